/* Another spelling of <winhttp.h>, for programs written where case does not matter. */
#include <winhttp.h>
