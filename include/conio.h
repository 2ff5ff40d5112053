/* _getch. */
#ifndef WIN32_CONIO_HEADER
#define WIN32_CONIO_HEADER

#include "win32/crt.h"

#endif
