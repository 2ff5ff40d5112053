/* COM, see win32/com.h. */
#ifndef WIN32_OBJBASE_HEADER
#define WIN32_OBJBASE_HEADER

#include "windows.h"
#include "win32/com.h"

#endif
