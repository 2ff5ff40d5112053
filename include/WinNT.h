/* Another spelling of <winnt.h>, for programs written where case does not matter. */
#include <winnt.h>
