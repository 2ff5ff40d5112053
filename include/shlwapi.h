/* The string functions of Shlwapi that WinHTTP programs use; its path and URL functions are not here. */
#ifndef WIN32_SHLWAPI_HEADER
#define WIN32_SHLWAPI_HEADER

#include "windows.h"

WIN32_BEGIN

LPSTR WINAPI StrStrA(LPCSTR text, LPCSTR wanted);
LPWSTR WINAPI StrStrW(LPCWSTR text, LPCWSTR wanted);
LPSTR WINAPI StrStrIA(LPCSTR text, LPCSTR wanted);
LPWSTR WINAPI StrStrIW(LPCWSTR text, LPCWSTR wanted);
LPSTR WINAPI StrDupA(LPCSTR text);
LPWSTR WINAPI StrDupW(LPCWSTR text);
int WINAPI StrCmpIW(LPCWSTR a, LPCWSTR b);
int WINAPI StrCmpNIW(LPCWSTR a, LPCWSTR b, int count);

WIN32_END

#ifdef UNICODE
#define StrStr StrStrW
#define StrStrI StrStrIW
#define StrDup StrDupW
#else
#define StrStr StrStrA
#define StrStrI StrStrIA
#define StrDup StrDupA
#endif

#endif
