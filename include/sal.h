/* Annotations. */
#ifndef WIN32_SAL_HEADER
#define WIN32_SAL_HEADER

#include "win32/sal.h"

#endif
