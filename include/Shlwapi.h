/* Another spelling of <shlwapi.h>, for programs written where case does not matter. */
#include <shlwapi.h>
