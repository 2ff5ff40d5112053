/* Bounded string functions. */
#ifndef WIN32_STRSAFE_HEADER
#define WIN32_STRSAFE_HEADER

#include "win32/strsafe.h"

#endif
