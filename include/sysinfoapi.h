/* Clocks. */
#ifndef WIN32_SYSINFOAPI_HEADER
#define WIN32_SYSINFOAPI_HEADER

#include "win32/time.h"

#endif
