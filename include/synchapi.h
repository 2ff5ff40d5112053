/* Waits and locks. */
#ifndef WIN32_SYNCHAPI_HEADER
#define WIN32_SYNCHAPI_HEADER

#include "win32/sync.h"
#include "win32/thread.h"

#endif
