/* Clocks. */
#ifndef WIN32_PROFILEAPI_HEADER
#define WIN32_PROFILEAPI_HEADER

#include "win32/time.h"

#endif
