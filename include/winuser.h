/* Part of <windows.h>. */
#ifndef WIN32_WINUSER_HEADER
#define WIN32_WINUSER_HEADER

#include "windows.h"

#endif
