/* _setmode, _isatty. */
#ifndef WIN32_IO_HEADER
#define WIN32_IO_HEADER

#include "win32/crt.h"

#endif
