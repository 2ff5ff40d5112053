/* Another spelling of <shellapi.h>, for programs written where case does not matter. */
#include <shellapi.h>
