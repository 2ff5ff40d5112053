/* Another spelling of <strsafe.h>, for programs written where case does not matter. */
#include <strsafe.h>
