/* Error codes. */
#ifndef WIN32_WINERROR_HEADER
#define WIN32_WINERROR_HEADER

#include "win32/errors.h"

#endif
