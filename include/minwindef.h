/* Part of <windows.h>. */
#ifndef WIN32_MINWINDEF_HEADER
#define WIN32_MINWINDEF_HEADER

#include "windows.h"

#endif
