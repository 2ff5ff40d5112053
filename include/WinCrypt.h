/* Another spelling of <wincrypt.h>, for programs written where case does not matter. */
#include <wincrypt.h>
