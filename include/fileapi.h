/* Files. */
#ifndef WIN32_FILEAPI_HEADER
#define WIN32_FILEAPI_HEADER

#include "win32/file.h"

#endif
