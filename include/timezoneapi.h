/* Time conversion. */
#ifndef WIN32_TIMEZONEAPI_HEADER
#define WIN32_TIMEZONEAPI_HEADER

#include "win32/time.h"

#endif
