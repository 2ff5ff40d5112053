/* Another spelling of <winsock2.h>, for programs written where case does not matter. */
#include <winsock2.h>
