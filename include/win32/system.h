/* Debugging aids, the environment and the command line. */
#ifndef WIN32_SYSTEM_H
#define WIN32_SYSTEM_H

#include "base.h"

WIN32_BEGIN

void WINAPI DebugBreak(void);
BOOL WINAPI IsDebuggerPresent(void);
/* Shown on standard error when the environment has WINHTTP_COMPAT_DEBUG, otherwise dropped. */
void WINAPI OutputDebugStringA(LPCSTR text);
void WINAPI OutputDebugStringW(LPCWSTR text);

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR out, DWORD size);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR out, DWORD size);
BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
BOOL WINAPI GetComputerNameA(LPSTR out, LPDWORD size);
BOOL WINAPI GetComputerNameW(LPWSTR out, LPDWORD size);

LPSTR WINAPI GetCommandLineA(void);
LPWSTR WINAPI GetCommandLineW(void);
/* The array and its strings are one block for LocalFree. */
LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR commandLine, int *count);

WIN32_END

#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetEnvironmentVariable SetEnvironmentVariableW
#define GetComputerName GetComputerNameW
#define GetCommandLine GetCommandLineW
#else
#define OutputDebugString OutputDebugStringA
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetEnvironmentVariable SetEnvironmentVariableA
#define GetComputerName GetComputerNameA
#define GetCommandLine GetCommandLineA
#endif
#define MAX_COMPUTERNAME_LENGTH 15

#endif
