/* Another spelling of <windef.h>, for programs written where case does not matter. */
#include <windef.h>
