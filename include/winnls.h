/* Part of <windows.h>. */
#ifndef WIN32_WINNLS_HEADER
#define WIN32_WINNLS_HEADER

#include "windows.h"

#endif
