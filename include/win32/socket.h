/* The names winhttp.h and simple programs use from Winsock, over the system's own socket headers. */
#ifndef WIN32_SOCKET_H
#define WIN32_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base.h"
#include "errors.h"

/* Tells winhttp.h that SOCKADDR_STORAGE is there. */
#ifndef _WS2DEF_
#define _WS2DEF_
#endif

typedef struct sockaddr SOCKADDR, *PSOCKADDR, *LPSOCKADDR;
typedef struct sockaddr_in SOCKADDR_IN, *PSOCKADDR_IN;
typedef struct sockaddr_in6 SOCKADDR_IN6, *PSOCKADDR_IN6;
typedef struct sockaddr_storage SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE;

typedef struct _WSADATA {
    WORD wVersion;
    WORD wHighVersion;
} WSADATA, *LPWSADATA;

/* Nothing needs to be started on Linux; the version asked for is granted. */
WIN32_INLINE int WSAStartup(WORD version, LPWSADATA data)
{
    data->wVersion = version;
    data->wHighVersion = MAKEWORD(2, 2);
    return 0;
}
WIN32_INLINE int WSACleanup(void) { return 0; }

#endif
