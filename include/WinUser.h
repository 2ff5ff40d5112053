/* Another spelling of <winuser.h>, for programs written where case does not matter. */
#include <winuser.h>
