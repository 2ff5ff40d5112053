/* Threads by the C library's names. */
#ifndef WIN32_PROCESS_HEADER
#define WIN32_PROCESS_HEADER

#include "win32/thread.h"

#endif
