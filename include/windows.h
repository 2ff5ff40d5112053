/*
 * The part of the Win32 API that programs around WinHTTP use, for Linux; on Windows the SDK's <windows.h> is used.
 * One concept per file in win32/. compat/README.md lists what is there, and which flags a program is compiled with.
 */
#ifndef WIN32_WINDOWS_H
#define WIN32_WINDOWS_H

#if defined(_UNICODE) && !defined(UNICODE)
#define UNICODE
#endif

#include "win32/base.h"
#include "win32/errors.h"

#include "win32/console.h"
#include "win32/crt.h"
#include "win32/file.h"
#include "win32/memory.h"
#include "win32/message.h"
#include "win32/module.h"
#include "win32/sync.h"
#include "win32/system.h"
#include "win32/thread.h"
#include "win32/time.h"
#include "win32/unicode.h"
#include "win32/version.h"
#ifndef WIN32_LEAN_AND_MEAN
#include "win32/com.h"
#include "win32/crypt.h"
#include "win32/socket.h"
#include "win32/uuid.h"
#endif

#endif
