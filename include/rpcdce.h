/* Part of <rpc.h>. */
#ifndef WIN32_RPCDCE_HEADER
#define WIN32_RPCDCE_HEADER

#include "rpc.h"

#endif
