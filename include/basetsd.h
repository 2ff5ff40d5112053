/* Part of <windows.h>. */
#ifndef WIN32_BASETSD_HEADER
#define WIN32_BASETSD_HEADER

#include "windows.h"

#endif
