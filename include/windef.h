/* Part of <windows.h>. */
#ifndef WIN32_WINDEF_HEADER
#define WIN32_WINDEF_HEADER

#include "windows.h"

#endif
