/* Handles. */
#ifndef WIN32_HANDLEAPI_HEADER
#define WIN32_HANDLEAPI_HEADER

#include "win32/sync.h"

#endif
