/* Generic text names. */
#ifndef WIN32_TCHAR_HEADER
#define WIN32_TCHAR_HEADER

#include "win32/tchar.h"

#endif
