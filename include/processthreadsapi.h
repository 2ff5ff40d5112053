/* Threads. */
#ifndef WIN32_PROCESSTHREADSAPI_HEADER
#define WIN32_PROCESSTHREADSAPI_HEADER

#include "win32/thread.h"

#endif
