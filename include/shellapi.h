/* CommandLineToArgvW. */
#ifndef WIN32_SHELLAPI_HEADER
#define WIN32_SHELLAPI_HEADER

#include "windows.h"

#endif
