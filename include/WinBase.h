/* Another spelling of <winbase.h>, for programs written where case does not matter. */
#include <winbase.h>
