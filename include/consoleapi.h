/* The console. */
#ifndef WIN32_CONSOLEAPI_HEADER
#define WIN32_CONSOLEAPI_HEADER

#include "win32/console.h"

#endif
