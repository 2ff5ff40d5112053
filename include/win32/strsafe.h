/* String functions that always terminate what they write and say in an HRESULT whether it was cut. */
#ifndef WIN32_STRSAFE_H
#define WIN32_STRSAFE_H

#include "base.h"
#include "errors.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026)

typedef LPSTR STRSAFE_LPSTR;
typedef LPCSTR STRSAFE_LPCSTR;
typedef LPWSTR STRSAFE_LPWSTR;
typedef LPCWSTR STRSAFE_LPCWSTR;

WIN32_BEGIN

HRESULT StringCchCopyA(LPSTR to, size_t size, LPCSTR from);
HRESULT StringCchCopyW(LPWSTR to, size_t size, LPCWSTR from);
HRESULT StringCchCopyNA(LPSTR to, size_t size, LPCSTR from, size_t count);
HRESULT StringCchCopyNW(LPWSTR to, size_t size, LPCWSTR from, size_t count);
HRESULT StringCchCatA(LPSTR to, size_t size, LPCSTR from);
HRESULT StringCchCatW(LPWSTR to, size_t size, LPCWSTR from);
HRESULT StringCchLengthA(LPCSTR text, size_t maximum, size_t *length);
HRESULT StringCchLengthW(LPCWSTR text, size_t maximum, size_t *length);
HRESULT StringCchPrintfA(LPSTR out, size_t size, LPCSTR format, ...);
HRESULT StringCchPrintfW(LPWSTR out, size_t size, LPCWSTR format, ...);
HRESULT StringCchVPrintfA(LPSTR out, size_t size, LPCSTR format, va_list arguments);
HRESULT StringCchVPrintfW(LPWSTR out, size_t size, LPCWSTR format, va_list arguments);
HRESULT StringCbPrintfA(LPSTR out, size_t bytes, LPCSTR format, ...);
HRESULT StringCbPrintfW(LPWSTR out, size_t bytes, LPCWSTR format, ...);

WIN32_END

#define StringCbCopyA(to, bytes, from) StringCchCopyA((to), (bytes), (from))
#define StringCbCopyW(to, bytes, from) StringCchCopyW((to), (bytes) / sizeof(WCHAR), (from))
#define StringCbCatA(to, bytes, from) StringCchCatA((to), (bytes), (from))
#define StringCbCatW(to, bytes, from) StringCchCatW((to), (bytes) / sizeof(WCHAR), (from))

#ifdef UNICODE
#define StringCchCopy StringCchCopyW
#define StringCchCopyN StringCchCopyNW
#define StringCchCat StringCchCatW
#define StringCchLength StringCchLengthW
#define StringCchPrintf StringCchPrintfW
#define StringCchVPrintf StringCchVPrintfW
#define StringCbPrintf StringCbPrintfW
#define StringCbCopy StringCbCopyW
#define StringCbCat StringCbCatW
#else
#define StringCchCopy StringCchCopyA
#define StringCchCopyN StringCchCopyNA
#define StringCchCat StringCchCatA
#define StringCchLength StringCchLengthA
#define StringCchPrintf StringCchPrintfA
#define StringCchVPrintf StringCchVPrintfA
#define StringCbPrintf StringCbPrintfA
#define StringCbCopy StringCbCopyA
#define StringCbCat StringCbCatA
#endif

#endif
