/* _ASSERT. */
#ifndef WIN32_CRTDBG_HEADER
#define WIN32_CRTDBG_HEADER

#include "win32/crt.h"

#endif
