/* Another spelling of <tchar.h>, for programs written where case does not matter. */
#include <tchar.h>
