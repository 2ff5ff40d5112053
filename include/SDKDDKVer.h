/* Another spelling of <sdkddkver.h>, for programs written where case does not matter. */
#include <sdkddkver.h>
