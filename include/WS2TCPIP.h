/* Another spelling of <ws2tcpip.h>, for programs written where case does not matter. */
#include <ws2tcpip.h>
