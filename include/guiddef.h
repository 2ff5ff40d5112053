/* GUID. */
#ifndef WIN32_GUIDDEF_HEADER
#define WIN32_GUIDDEF_HEADER

#include "win32/guid.h"

#endif
