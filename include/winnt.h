/* Part of <windows.h>. */
#ifndef WIN32_WINNT_HEADER
#define WIN32_WINNT_HEADER

#include "windows.h"

#endif
