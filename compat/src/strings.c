/* The string functions of Win32 itself: lstr*, StringCch*, StrStr* and ordinal comparison. */
#include <locale.h>
#include <strsafe.h>
#include <shlwapi.h>

#include "internal.h"

#define FORWARD(call) \
    va_list arguments; \
    va_start(arguments, format); \
    HRESULT result = call; \
    va_end(arguments); \
    return result

/* Case by the tables of glibc's C.UTF-8 locale; ASCII alone where there is no such locale. */
unsigned fold(unsigned unit)
{
    static locale_t unicode;
    locale_t known = __atomic_load_n(&unicode, __ATOMIC_ACQUIRE);

    if (unit < 0x80)
        return unit >= 'A' && unit <= 'Z' ? unit + 32 : unit;
    if (known == NULL) {
        locale_t none = NULL;
        known = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
        if (known == NULL)
            return unit;
        if (!__atomic_compare_exchange_n(&unicode, &none, known, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            freelocale(known);
            known = none;
        }
    }
    return (unsigned)towlower_l(unit, known);
}

/* lstr*: NULL is an empty string. */

int WINAPI lstrlenA(LPCSTR text)
{
    return text == NULL ? 0 : (int)strlen(text);
}

int WINAPI lstrlenW(LPCWSTR text)
{
    return text == NULL ? 0 : (int)wcslen(text);
}

LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from)
{
    return to == NULL || from == NULL ? NULL : strcpy(to, from);
}

LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from)
{
    return to == NULL || from == NULL ? NULL : wcscpy(to, from);
}

LPSTR WINAPI lstrcpynA(LPSTR to, LPCSTR from, int size)
{
    if (to == NULL || from == NULL || size <= 0)
        return NULL;
    strncpy_s(to, (size_t)size, from, _TRUNCATE);
    return to;
}

LPWSTR WINAPI lstrcpynW(LPWSTR to, LPCWSTR from, int size)
{
    if (to == NULL || from == NULL || size <= 0)
        return NULL;
    wcsncpy_s(to, (size_t)size, from, _TRUNCATE);
    return to;
}

LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR from)
{
    return to == NULL || from == NULL ? NULL : strcat(to, from);
}

LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR from)
{
    return to == NULL || from == NULL ? NULL : wcscat(to, from);
}

static int sign(int value)
{
    return value < 0 ? -1 : value > 0;
}

int WINAPI lstrcmpA(LPCSTR a, LPCSTR b)
{
    return sign(strcmp(a == NULL ? "" : a, b == NULL ? "" : b));
}

int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b)
{
    return sign(wcscmp(a == NULL ? L"" : a, b == NULL ? L"" : b));
}

int WINAPI lstrcmpiA(LPCSTR a, LPCSTR b)
{
    return sign(_stricmp(a == NULL ? "" : a, b == NULL ? "" : b));
}

int WINAPI lstrcmpiW(LPCWSTR a, LPCWSTR b)
{
    return sign(wcscasecmp(a == NULL ? L"" : a, b == NULL ? L"" : b));
}

int WINAPI CompareStringOrdinal(LPCWSTR a, int a_chars, LPCWSTR b, int b_chars, BOOL ignore_case)
{
    if (a == NULL || b == NULL || a_chars < -1 || b_chars < -1) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    size_t n = a_chars < 0 ? wcslen(a) : (size_t)a_chars, m = b_chars < 0 ? wcslen(b) : (size_t)b_chars;
    for (size_t i = 0; i < n && i < m; i++) {
        unsigned x = ignore_case ? fold(a[i]) : a[i], y = ignore_case ? fold(b[i]) : b[i];
        if (x != y)
            return x < y ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
    }
    return n < m ? CSTR_LESS_THAN : n > m ? CSTR_GREATER_THAN : CSTR_EQUAL;
}

/* wsprintf writes 1024 characters at most, the terminator included. */

int WINAPIV wsprintfA(LPSTR out, LPCSTR format, ...)
{
    FORWARD((_vsnprintf_s(out, 1024, _TRUNCATE, format, arguments), (int)strlen(out)));
}

int WINAPIV wsprintfW(LPWSTR out, LPCWSTR format, ...)
{
    FORWARD((_vsnwprintf_s(out, 1024, _TRUNCATE, format, arguments), (int)wcslen(out)));
}

/* StringCch*: what does not fit is cut. */

static HRESULT result_of(errno_t error)
{
    return error == 0 ? S_OK : error == STRUNCATE ? STRSAFE_E_INSUFFICIENT_BUFFER : STRSAFE_E_INVALID_PARAMETER;
}

static bool is_size(size_t size)
{
    return size > 0 && size <= STRSAFE_MAX_CCH;
}

#define BOUNDED(unit, pointer, text_pointer, Copy, CopyN, Cat, Length, VPrintf, Printf, prefix, units_up_to, vprint) \
    HRESULT Copy(pointer to, size_t size, text_pointer from) \
    { \
        return is_size(size) ? result_of(prefix##ncpy_s(to, size, from, _TRUNCATE)) : STRSAFE_E_INVALID_PARAMETER; \
    } \
    HRESULT CopyN(pointer to, size_t size, text_pointer from, size_t count) \
    { \
        if (!is_size(size) || to == NULL || from == NULL || count > STRSAFE_MAX_CCH) \
            return STRSAFE_E_INVALID_PARAMETER; \
        size_t length = units_up_to(from, count); \
        size_t kept = length < size ? length : size - 1; \
        memcpy(to, from, kept * sizeof(unit)); \
        to[kept] = 0; \
        return kept < length ? STRSAFE_E_INSUFFICIENT_BUFFER : S_OK; \
    } \
    HRESULT Cat(pointer to, size_t size, text_pointer from) \
    { \
        if (!is_size(size) || to == NULL || from == NULL || units_up_to(to, size) == size) \
            return STRSAFE_E_INVALID_PARAMETER; \
        return result_of(prefix##ncat_s(to, size, from, _TRUNCATE)); \
    } \
    HRESULT Length(text_pointer text, size_t maximum, size_t *length) \
    { \
        size_t n = text == NULL || !is_size(maximum) ? maximum : units_up_to(text, maximum); \
        if (length != NULL) \
            *length = n < maximum ? n : 0; \
        return n < maximum ? S_OK : STRSAFE_E_INVALID_PARAMETER; \
    } \
    HRESULT VPrintf(pointer out, size_t size, text_pointer format, va_list arguments) \
    { \
        if (!is_size(size)) \
            return STRSAFE_E_INVALID_PARAMETER; \
        return vprint(out, size, _TRUNCATE, format, arguments) < 0 ? STRSAFE_E_INSUFFICIENT_BUFFER : S_OK; \
    } \
    HRESULT Printf(pointer out, size_t size, text_pointer format, ...) \
    { \
        FORWARD(VPrintf(out, size, format, arguments)); \
    }

BOUNDED(char, LPSTR, LPCSTR, StringCchCopyA, StringCchCopyNA, StringCchCatA, StringCchLengthA, StringCchVPrintfA,
    StringCchPrintfA, str, strnlen, _vsnprintf_s)
BOUNDED(WCHAR, LPWSTR, LPCWSTR, StringCchCopyW, StringCchCopyNW, StringCchCatW, StringCchLengthW, StringCchVPrintfW,
    StringCchPrintfW, wcs, wcsnlen, _vsnwprintf_s)

HRESULT StringCbPrintfA(LPSTR out, size_t bytes, LPCSTR format, ...)
{
    FORWARD(StringCchVPrintfA(out, bytes, format, arguments));
}

HRESULT StringCbPrintfW(LPWSTR out, size_t bytes, LPCWSTR format, ...)
{
    FORWARD(StringCchVPrintfW(out, bytes / sizeof(WCHAR), format, arguments));
}

/* Shlwapi */

LPSTR WINAPI StrStrA(LPCSTR text, LPCSTR wanted)
{
    return text == NULL || wanted == NULL || *wanted == 0 ? NULL : strstr(text, wanted);
}

LPWSTR WINAPI StrStrW(LPCWSTR text, LPCWSTR wanted)
{
    return text == NULL || wanted == NULL || *wanted == 0 ? NULL : wcsstr(text, wanted);
}

LPSTR WINAPI StrStrIA(LPCSTR text, LPCSTR wanted)
{
    return text == NULL || wanted == NULL || *wanted == 0 ? NULL : strcasestr(text, wanted);
}

LPWSTR WINAPI StrStrIW(LPCWSTR text, LPCWSTR wanted)
{
    if (text == NULL || wanted == NULL || *wanted == 0)
        return NULL;
    for (size_t length = wcslen(wanted); *text != 0; text++)
        if (wcsncasecmp(text, wanted, length) == 0)
            return (LPWSTR)text;
    return NULL;
}

LPSTR WINAPI StrDupA(LPCSTR text)
{
    LPSTR copy = text == NULL ? NULL : LocalAlloc(LMEM_FIXED, strlen(text) + 1);

    return copy == NULL ? NULL : strcpy(copy, text);
}

LPWSTR WINAPI StrDupW(LPCWSTR text)
{
    LPWSTR copy = text == NULL ? NULL : LocalAlloc(LMEM_FIXED, (wcslen(text) + 1) * sizeof(WCHAR));

    return copy == NULL ? NULL : wcscpy(copy, text);
}

int WINAPI StrCmpIW(LPCWSTR a, LPCWSTR b)
{
    return lstrcmpiW(a, b);
}

int WINAPI StrCmpNIW(LPCWSTR a, LPCWSTR b, int count)
{
    return wcsncasecmp(a, b, count < 0 ? 0 : (size_t)count);
}
