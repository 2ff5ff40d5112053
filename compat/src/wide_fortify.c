/* The names glibc's headers use under _FORTIFY_SOURCE. Without them a checked call would go to 32-bit code. */
#include "internal.h"

LOCAL extern const char winhttp_compat_wide_fortify;
const char winhttp_compat_wide_fortify = 0;

extern void __chk_fail(void) __attribute__((noreturn));

static void check(size_t needed, size_t space)
{
    if (needed > space)
        __chk_fail();
}

#define CHECKED_COPY(name, plain, needed) \
    WIDE wchar_t *name(wchar_t *to, const wchar_t *from, size_t count, size_t space); \
    WIDE wchar_t *name(wchar_t *to, const wchar_t *from, size_t count, size_t space) \
    { \
        check(needed, space); \
        return plain(to, from, count); \
    }
#define CHECKED_STRING(name, plain, needed) \
    WIDE wchar_t *name(wchar_t *to, const wchar_t *from, size_t space); \
    WIDE wchar_t *name(wchar_t *to, const wchar_t *from, size_t space) \
    { \
        check(needed, space); \
        return plain(to, from); \
    }

CHECKED_COPY(__wmemcpy_chk, wmemcpy, count)
CHECKED_COPY(__wmemmove_chk, wmemmove, count)
CHECKED_COPY(__wmempcpy_chk, wmempcpy, count)
CHECKED_COPY(__wcsncpy_chk, wcsncpy, count)
CHECKED_COPY(__wcpncpy_chk, wcpncpy, count)
CHECKED_COPY(__wcsncat_chk, wcsncat, wcslen(to) + wcsnlen(from, count) + 1)
CHECKED_STRING(__wcscpy_chk, wcscpy, wcslen(from) + 1)
CHECKED_STRING(__wcpcpy_chk, wcpcpy, wcslen(from) + 1)
CHECKED_STRING(__wcscat_chk, wcscat, wcslen(to) + wcslen(from) + 1)

WIDE wchar_t *__wmemset_chk(wchar_t *to, wchar_t unit, size_t count, size_t space);
WIDE wchar_t *__wmemset_chk(wchar_t *to, wchar_t unit, size_t count, size_t space)
{
    check(count, space);
    return wmemset(to, unit, count);
}

WIDE wchar_t *__fgetws_chk(wchar_t *out, size_t space, int size, FILE *file);
WIDE wchar_t *__fgetws_chk(wchar_t *out, size_t space, int size, FILE *file)
{
    check(size > 0 ? (size_t)size : 0, space);
    return fgetws(out, size, file);
}

WIDE size_t __mbstowcs_chk(wchar_t *to, const char *from, size_t size, size_t space);
WIDE size_t __mbstowcs_chk(wchar_t *to, const char *from, size_t size, size_t space)
{
    check(size, space);
    return mbstowcs(to, from, size);
}

WIDE size_t __wcstombs_chk(char *to, const wchar_t *from, size_t size, size_t space);
WIDE size_t __wcstombs_chk(char *to, const wchar_t *from, size_t size, size_t space)
{
    check(size, space);
    return wcstombs(to, from, size);
}

#define FORWARD(call) \
    va_list arguments; \
    va_start(arguments, format); \
    int length = call; \
    va_end(arguments); \
    return length

WIDE int __vswprintf_chk(wchar_t *out, size_t size, int flag, size_t space, const wchar_t *format, va_list arguments);
WIDE int __vswprintf_chk(wchar_t *out, size_t size, int flag, size_t space, const wchar_t *format, va_list arguments)
{
    (void)flag;
    check(size, space);
    return vswprintf(out, size, format, arguments);
}

WIDE int __swprintf_chk(wchar_t *out, size_t size, int flag, size_t space, const wchar_t *format, ...);
WIDE int __swprintf_chk(wchar_t *out, size_t size, int flag, size_t space, const wchar_t *format, ...)
{
    FORWARD(__vswprintf_chk(out, size, flag, space, format, arguments));
}

WIDE int __vfwprintf_chk(FILE *file, int flag, const wchar_t *format, va_list arguments);
WIDE int __vfwprintf_chk(FILE *file, int flag, const wchar_t *format, va_list arguments)
{
    (void)flag;
    return vfwprintf(file, format, arguments);
}

WIDE int __vwprintf_chk(int flag, const wchar_t *format, va_list arguments);
WIDE int __vwprintf_chk(int flag, const wchar_t *format, va_list arguments)
{
    (void)flag;
    return vwprintf(format, arguments);
}

WIDE int __fwprintf_chk(FILE *file, int flag, const wchar_t *format, ...);
WIDE int __fwprintf_chk(FILE *file, int flag, const wchar_t *format, ...)
{
    (void)flag;
    FORWARD(vfwprintf(file, format, arguments));
}

WIDE int __wprintf_chk(int flag, const wchar_t *format, ...);
WIDE int __wprintf_chk(int flag, const wchar_t *format, ...)
{
    (void)flag;
    FORWARD(vwprintf(format, arguments));
}

/* Narrow ones: printf("%S") must not reach glibc either. Those with a buffer are checked by size. */

WIDE int __fprintf_chk(FILE *file, int flag, const char *format, ...);
WIDE int __fprintf_chk(FILE *file, int flag, const char *format, ...)
{
    (void)flag;
    FORWARD(vfprintf(file, format, arguments));
}

WIDE int __printf_chk(int flag, const char *format, ...);
WIDE int __printf_chk(int flag, const char *format, ...)
{
    (void)flag;
    FORWARD(vprintf(format, arguments));
}

WIDE int __vprintf_chk(int flag, const char *format, va_list arguments);
WIDE int __vprintf_chk(int flag, const char *format, va_list arguments)
{
    (void)flag;
    return vprintf(format, arguments);
}

WIDE int __snprintf_chk(char *out, size_t size, int flag, size_t space, const char *format, ...);
WIDE int __snprintf_chk(char *out, size_t size, int flag, size_t space, const char *format, ...)
{
    (void)flag;
    check(size, space);
    FORWARD(vsnprintf(out, size, format, arguments));
}

static int checked_vsprintf(char *out, size_t space, const char *format, va_list arguments)
{
    int length = vsnprintf(out, space, format, arguments);

    if (length >= 0)
        check((size_t)length + 1, space);
    return length;
}

WIDE int __sprintf_chk(char *out, int flag, size_t space, const char *format, ...);
WIDE int __sprintf_chk(char *out, int flag, size_t space, const char *format, ...)
{
    (void)flag;
    FORWARD(checked_vsprintf(out, space, format, arguments));
}

WIDE int __vsprintf_chk(char *out, int flag, size_t space, const char *format, va_list arguments);
WIDE int __vsprintf_chk(char *out, int flag, size_t space, const char *format, va_list arguments)
{
    (void)flag;
    return checked_vsprintf(out, space, format, arguments);
}
