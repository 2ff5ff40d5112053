/* Heaps. */
#ifndef WIN32_HEAPAPI_HEADER
#define WIN32_HEAPAPI_HEADER

#include "win32/memory.h"

#endif
