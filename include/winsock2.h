/* Socket names. */
#ifndef WIN32_WINSOCK2_HEADER
#define WIN32_WINSOCK2_HEADER

#include "windows.h"
#include "win32/socket.h"

#endif
