/* Unique identifiers, as <rpc.h> has them. */
#ifndef WIN32_UUID_H
#define WIN32_UUID_H

#include "base.h"
#include "guid.h"

typedef LONG RPC_STATUS;

#define RPC_S_OK 0
#define RPC_S_UUID_LOCAL_ONLY 1824
#define RPC_S_UUID_NO_ADDRESS 1739

WIN32_BEGIN

/* A random identifier (version 4). */
RPC_STATUS WINAPI UuidCreate(UUID *out);

WIN32_END

#endif
