/* Another spelling of <windows.h>, for programs written where case does not matter. */
#include <windows.h>
