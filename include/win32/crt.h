/*
 * What Microsoft's C library has beyond standard C: the _s functions, _wcsicmp and its family, _snwprintf and so on.
 * The standard wide functions (wcslen, wprintf, ...) come from <wchar.h>; under -fshort-wchar the compat library
 * defines them for 16-bit units.
 *
 * The _s functions report a wrong argument by their result (EINVAL, ERANGE) and an emptied destination; they do not
 * end the program.
 */
#ifndef WIN32_CRT_H
#define WIN32_CRT_H

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "base.h"

typedef int errno_t;
typedef size_t rsize_t;
typedef long long __time64_t;

#define _TRUNCATE ((size_t)-1)
#ifndef STRUNCATE
#define STRUNCATE 80
#endif
#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#define _O_TEXT 0x4000
#define _O_BINARY 0x8000
#define _O_WTEXT 0x10000
#define _O_U16TEXT 0x20000
#define _O_U8TEXT 0x40000
#ifndef _ASSERTE
#define _ASSERTE(condition) ((void)0)
#define _ASSERT(condition) ((void)0)
#endif

WIN32_BEGIN

/* Narrow strings. */
int _stricmp(const char *a, const char *b);
int _strnicmp(const char *a, const char *b, size_t count);
char *_strdup(const char *text);
char *_strlwr(char *text);
char *_strupr(char *text);
errno_t strcpy_s(char *to, rsize_t size, const char *from);
errno_t strcat_s(char *to, rsize_t size, const char *from);
errno_t strncpy_s(char *to, rsize_t size, const char *from, rsize_t count);
errno_t strncat_s(char *to, rsize_t size, const char *from, rsize_t count);
char *strtok_s(char *text, const char *delimiters, char **context);
size_t strnlen_s(const char *text, size_t size);
errno_t memcpy_s(void *to, rsize_t size, const void *from, rsize_t count);
errno_t memmove_s(void *to, rsize_t size, const void *from, rsize_t count);

/* Narrow formatted text; %S and %ls take UTF-16, %I64d and the like are known. */
int sprintf_s(char *out, size_t size, const char *format, ...);
int vsprintf_s(char *out, size_t size, const char *format, va_list arguments);
int _snprintf(char *out, size_t size, const char *format, ...);
int _vsnprintf(char *out, size_t size, const char *format, va_list arguments);
int _snprintf_s(char *out, size_t size, size_t count, const char *format, ...);
int _vsnprintf_s(char *out, size_t size, size_t count, const char *format, va_list arguments);
int _scprintf(const char *format, ...);
int _vscprintf(const char *format, va_list arguments);
int printf_s(const char *format, ...);
int fprintf_s(FILE *file, const char *format, ...);

/* Numbers. */
char *_itoa(int value, char *out, int radix);
errno_t _itoa_s(int value, char *out, size_t size, int radix);
errno_t _ultoa_s(unsigned long value, char *out, size_t size, int radix);
errno_t _i64toa_s(long long value, char *out, size_t size, int radix);
errno_t _ui64toa_s(unsigned long long value, char *out, size_t size, int radix);
long long _atoi64(const char *text);
long long _strtoi64(const char *text, char **end, int base);
unsigned long long _strtoui64(const char *text, char **end, int base);

/* Files, time, environment. */
int _fileno(FILE *file);
int _setmode(int descriptor, int mode);
int _isatty(int descriptor);
errno_t fopen_s(FILE **file, const char *name, const char *mode);
FILE *_fsopen(const char *name, const char *mode, int share);
int _fseeki64(FILE *file, long long offset, int origin);
long long _ftelli64(FILE *file);
int _getch(void);
errno_t localtime_s(struct tm *out, const time_t *time);
errno_t gmtime_s(struct tm *out, const time_t *time);
errno_t ctime_s(char *out, rsize_t size, const time_t *time);
__time64_t _time64(__time64_t *out);
errno_t strerror_s(char *out, rsize_t size, int number);
errno_t _dupenv_s(char **out, size_t *length, const char *name);
errno_t getenv_s(size_t *needed, char *out, rsize_t size, const char *name);

#if WIN32_SHORT_WCHAR

/* Wide strings. */
#if !defined(__cplusplus)
wchar_t *wcsdup(const wchar_t *text);
#endif
wchar_t *_wcsdup(const wchar_t *text);
int _wcsicmp(const wchar_t *a, const wchar_t *b);
int _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count);
#ifdef __cplusplus
WIN32_INLINE int wcsicmp(const wchar_t *a, const wchar_t *b) { return _wcsicmp(a, b); }
#else
#define wcsicmp _wcsicmp
#define wcsnicmp _wcsnicmp
#endif
wchar_t *_wcslwr(wchar_t *text);
wchar_t *_wcsupr(wchar_t *text);
wchar_t *_wcsrev(wchar_t *text);
errno_t _wcslwr_s(wchar_t *text, size_t size);
errno_t _wcsupr_s(wchar_t *text, size_t size);
errno_t wcscpy_s(wchar_t *to, rsize_t size, const wchar_t *from);
errno_t wcscat_s(wchar_t *to, rsize_t size, const wchar_t *from);
errno_t wcsncpy_s(wchar_t *to, rsize_t size, const wchar_t *from, rsize_t count);
errno_t wcsncat_s(wchar_t *to, rsize_t size, const wchar_t *from, rsize_t count);
wchar_t *wcstok_s(wchar_t *text, const wchar_t *delimiters, wchar_t **context);
size_t wcsnlen_s(const wchar_t *text, size_t size);
errno_t wmemcpy_s(wchar_t *to, rsize_t size, const wchar_t *from, rsize_t count);
errno_t wmemmove_s(wchar_t *to, rsize_t size, const wchar_t *from, rsize_t count);
errno_t mbstowcs_s(size_t *converted, wchar_t *to, size_t size, const char *from, size_t count);
errno_t wcstombs_s(size_t *converted, char *to, size_t size, const wchar_t *from, size_t count);

/* Wide formatted text: %s takes UTF-16, %S and %hs take UTF-8. */
int swprintf_s(wchar_t *out, size_t size, const wchar_t *format, ...);
int vswprintf_s(wchar_t *out, size_t size, const wchar_t *format, va_list arguments);
int _snwprintf(wchar_t *out, size_t size, const wchar_t *format, ...);
int _vsnwprintf(wchar_t *out, size_t size, const wchar_t *format, va_list arguments);
int _snwprintf_s(wchar_t *out, size_t size, size_t count, const wchar_t *format, ...);
int _vsnwprintf_s(wchar_t *out, size_t size, size_t count, const wchar_t *format, va_list arguments);
int _swprintf(wchar_t *out, const wchar_t *format, ...);
int _vswprintf(wchar_t *out, const wchar_t *format, va_list arguments);
int _scwprintf(const wchar_t *format, ...);
int _vscwprintf(const wchar_t *format, va_list arguments);
int wprintf_s(const wchar_t *format, ...);
int fwprintf_s(FILE *file, const wchar_t *format, ...);
int _putws(const wchar_t *text);

/* Numbers. */
int _wtoi(const wchar_t *text);
long _wtol(const wchar_t *text);
long long _wtoi64(const wchar_t *text);
double _wtof(const wchar_t *text);
long long _wcstoi64(const wchar_t *text, wchar_t **end, int base);
unsigned long long _wcstoui64(const wchar_t *text, wchar_t **end, int base);
wchar_t *_itow(int value, wchar_t *out, int radix);
wchar_t *_ultow(unsigned long value, wchar_t *out, int radix);
errno_t _itow_s(int value, wchar_t *out, size_t size, int radix);
errno_t _ultow_s(unsigned long value, wchar_t *out, size_t size, int radix);
errno_t _i64tow_s(long long value, wchar_t *out, size_t size, int radix);
errno_t _ui64tow_s(unsigned long long value, wchar_t *out, size_t size, int radix);

/* There is no 16-bit scanning; glibc's functions would read 32-bit formats. */
#ifdef __clang__
#define WIN32_NO_SCAN __attribute__((unavailable("there is no 16-bit scanf here")))
#else
#define WIN32_NO_SCAN __attribute__((error("there is no 16-bit scanf here")))
#endif
int swscanf(const wchar_t *text, const wchar_t *format, ...) WIN32_NO_SCAN;
int fwscanf(FILE *file, const wchar_t *format, ...) WIN32_NO_SCAN;
int wscanf(const wchar_t *format, ...) WIN32_NO_SCAN;
int swscanf_s(const wchar_t *text, const wchar_t *format, ...) WIN32_NO_SCAN;

/* Files and environment. */
FILE *_wfopen(const wchar_t *name, const wchar_t *mode);
errno_t _wfopen_s(FILE **file, const wchar_t *name, const wchar_t *mode);
FILE *_wfsopen(const wchar_t *name, const wchar_t *mode, int share);
int _wremove(const wchar_t *name);
int _wunlink(const wchar_t *name);
int _wmkdir(const wchar_t *name);
int _waccess(const wchar_t *name, int mode);
int _wsystem(const wchar_t *command);
wchar_t *_wgetenv(const wchar_t *name);
errno_t _wdupenv_s(wchar_t **out, size_t *length, const wchar_t *name);

#endif

WIN32_END

#ifndef _strcmpi
#define _strcmpi _stricmp
#endif
#ifndef stricmp
#define stricmp _stricmp
#endif
#ifndef strnicmp
#define strnicmp _strnicmp
#endif

/* Overloads that take the size from the array, and swprintf without a size, as Microsoft's C++ headers have them. */
#ifdef __cplusplus
extern "C++" {

template <size_t N>
inline errno_t strcpy_s(char (&to)[N], const char *from) { return strcpy_s(to, N, from); }
template <size_t N>
inline errno_t strcat_s(char (&to)[N], const char *from) { return strcat_s(to, N, from); }
template <size_t N>
inline errno_t strncpy_s(char (&to)[N], const char *from, rsize_t count) { return strncpy_s(to, N, from, count); }
template <size_t N>
inline errno_t strncat_s(char (&to)[N], const char *from, rsize_t count) { return strncat_s(to, N, from, count); }
template <size_t N>
inline int vsprintf_s(char (&out)[N], const char *format, va_list arguments)
{
    return vsprintf_s(out, N, format, arguments);
}
template <size_t N>
inline int sprintf_s(char (&out)[N], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsprintf_s(out, N, format, arguments);
    va_end(arguments);
    return length;
}
template <size_t N>
inline int _snprintf_s(char (&out)[N], size_t count, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = _vsnprintf_s(out, N, count, format, arguments);
    va_end(arguments);
    return length;
}

#if WIN32_SHORT_WCHAR
template <size_t N>
inline errno_t wcscpy_s(wchar_t (&to)[N], const wchar_t *from) { return wcscpy_s(to, N, from); }
template <size_t N>
inline errno_t wcscat_s(wchar_t (&to)[N], const wchar_t *from) { return wcscat_s(to, N, from); }
template <size_t N>
inline errno_t wcsncpy_s(wchar_t (&to)[N], const wchar_t *from, rsize_t count)
{
    return wcsncpy_s(to, N, from, count);
}
template <size_t N>
inline errno_t wcsncat_s(wchar_t (&to)[N], const wchar_t *from, rsize_t count)
{
    return wcsncat_s(to, N, from, count);
}
template <size_t N>
inline int vswprintf_s(wchar_t (&out)[N], const wchar_t *format, va_list arguments)
{
    return vswprintf_s(out, N, format, arguments);
}
template <size_t N>
inline int swprintf_s(wchar_t (&out)[N], const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vswprintf_s(out, N, format, arguments);
    va_end(arguments);
    return length;
}
template <size_t N>
inline int _snwprintf_s(wchar_t (&out)[N], size_t count, const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = _vsnwprintf_s(out, N, count, format, arguments);
    va_end(arguments);
    return length;
}
inline int swprintf(wchar_t *out, const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = _vswprintf(out, format, arguments);
    va_end(arguments);
    return length;
}
template <size_t N>
inline errno_t _itow_s(int value, wchar_t (&out)[N], int radix) { return _itow_s(value, out, N, radix); }
#endif
template <size_t N>
inline errno_t _itoa_s(int value, char (&out)[N], int radix) { return _itoa_s(value, out, N, radix); }
}
#endif

#endif
