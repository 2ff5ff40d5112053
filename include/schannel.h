/* The issuer list of a client certificate request. */
#ifndef WIN32_SCHANNEL_HEADER
#define WIN32_SCHANNEL_HEADER

#include "windows.h"
#include "win32/crypt.h"

#endif
