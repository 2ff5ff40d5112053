/* Another spelling of <winnls.h>, for programs written where case does not matter. */
#include <winnls.h>
