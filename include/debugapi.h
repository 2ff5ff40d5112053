/* Debugging aids. */
#ifndef WIN32_DEBUGAPI_HEADER
#define WIN32_DEBUGAPI_HEADER

#include "win32/system.h"

#endif
