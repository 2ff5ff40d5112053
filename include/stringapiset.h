/* Code page conversion. */
#ifndef WIN32_STRINGAPISET_HEADER
#define WIN32_STRINGAPISET_HEADER

#include "win32/unicode.h"

#endif
