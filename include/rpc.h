/* Unique identifiers. */
#ifndef WIN32_RPC_HEADER
#define WIN32_RPC_HEADER

#include "windows.h"
#include "win32/uuid.h"

#endif
