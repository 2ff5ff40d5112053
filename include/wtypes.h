/* Part of <windows.h>. */
#ifndef WIN32_WTYPES_HEADER
#define WIN32_WTYPES_HEADER

#include "windows.h"

#endif
