/* Part of <windows.h>. */
#ifndef WIN32_WINBASE_HEADER
#define WIN32_WINBASE_HEADER

#include "windows.h"

#endif
