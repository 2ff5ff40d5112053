/* Certificate structures. */
#ifndef WIN32_WINCRYPT_HEADER
#define WIN32_WINCRYPT_HEADER

#include "windows.h"
#include "win32/crypt.h"

#endif
