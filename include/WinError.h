/* Another spelling of <winerror.h>, for programs written where case does not matter. */
#include <winerror.h>
