/* Modules. */
#ifndef WIN32_LIBLOADERAPI_HEADER
#define WIN32_LIBLOADERAPI_HEADER

#include "win32/module.h"

#endif
