/* Last error. */
#ifndef WIN32_ERRHANDLINGAPI_HEADER
#define WIN32_ERRHANDLINGAPI_HEADER

#include "win32/errors.h"

#endif
