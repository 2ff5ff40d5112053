/* Socket names. */
#ifndef WIN32_WS2TCPIP_HEADER
#define WIN32_WS2TCPIP_HEADER

#include "windows.h"
#include "win32/socket.h"

#endif
