/* MultiByteToWideChar and WideCharToMultiByte by the rules of their documentation. */
#include "internal.h"

enum { LATIN1 = 28591, ASCII = 20127, WINDOWS_1252 = 1252 };

/* 0x80 to 0x9F of code page 1252; the five holes map to the control characters of the same number. */
static const WCHAR upper_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
    0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0x009D, 0x017E, 0x0178,
};

static bool is_default(UINT page)
{
    return page <= CP_THREAD_ACP;
}

static bool is_single_byte(UINT page)
{
    return page == LATIN1 || page == ASCII || page == WINDOWS_1252;
}

static unsigned decode_byte(UINT page, unsigned char byte)
{
    if (page == ASCII && byte >= 0x80)
        return CODE_INVALID;
    if (page == WINDOWS_1252 && byte >= 0x80 && byte <= 0x9F)
        return upper_1252[byte - 0x80];
    return byte;
}

/* The byte for a character, or -1. */
static int encode_byte(UINT page, unsigned code)
{
    if (code < 0x80)
        return (int)code;
    if (page == ASCII)
        return -1;
    if (page == WINDOWS_1252)
        for (int i = 0; i < 32; i++)
            if (upper_1252[i] == code)
                return 0x80 + i;
    if (code >= (page == WINDOWS_1252 ? 0xA0u : 0x80u) && code <= 0xFF)
        return (int)code;
    return -1;
}

static int fail(DWORD error)
{
    SetLastError(error);
    return 0;
}

int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCSTR text, int bytes, LPWSTR out, int size)
{
    const DWORD known = MB_PRECOMPOSED | MB_COMPOSITE | MB_USEGLYPHCHARS | MB_ERR_INVALID_CHARS;

    if (text == NULL || bytes == 0 || bytes < -1 || size < 0 || (size > 0 && out == NULL) ||
        (size > 0 && (const void *)text == (const void *)out))
        return fail(ERROR_INVALID_PARAMETER);
    if (page != CP_UTF8 && !is_default(page) && !is_single_byte(page))
        return fail(ERROR_INVALID_PARAMETER);
    if (page == CP_UTF8 ? (flags & ~(DWORD)MB_ERR_INVALID_CHARS) != 0
                        : (flags & ~known) != 0 || (flags & (MB_PRECOMPOSED | MB_COMPOSITE)) == (MB_PRECOMPOSED | MB_COMPOSITE))
        return fail(ERROR_INVALID_FLAGS);

    size_t length = bytes < 0 ? strlen(text) + 1 : (size_t)bytes;
    const char *end = text + length;
    size_t written = 0;
    while (text < end) {
        unsigned code;
        WCHAR units[2];

        if (is_single_byte(page))
            code = decode_byte(page, (unsigned char)*text++);
        else
            code = utf8_next(&text, end);
        if (code == CODE_INVALID) {
            if (flags & MB_ERR_INVALID_CHARS)
                return fail(ERROR_NO_UNICODE_TRANSLATION);
            code = CODE_REPLACEMENT;
        }
        size_t n = utf16_put(units, code);
        if (size > 0) {
            if (written + n > (size_t)size)
                return fail(ERROR_INSUFFICIENT_BUFFER);
            memcpy(out + written, units, n * sizeof(WCHAR));
        }
        written += n;
        if (written > INT32_MAX)
            return fail(ERROR_ARITHMETIC_OVERFLOW);
    }
    return (int)written;
}

int WINAPI WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR text, int units, LPSTR out, int size,
    LPCSTR default_char, LPBOOL used_default)
{
    const DWORD known = WC_DISCARDNS | WC_SEPCHARS | WC_DEFAULTCHAR | WC_ERR_INVALID_CHARS | WC_COMPOSITECHECK |
        WC_NO_BEST_FIT_CHARS;

    if (text == NULL || units == 0 || units < -1 || size < 0 || (size > 0 && out == NULL) ||
        (size > 0 && (const void *)text == (const void *)out))
        return fail(ERROR_INVALID_PARAMETER);
    if (page != CP_UTF8 && !is_default(page) && !is_single_byte(page))
        return fail(ERROR_INVALID_PARAMETER);
    if (page == CP_UTF8 && (default_char != NULL || used_default != NULL))
        return fail(ERROR_INVALID_PARAMETER);
    if (page == CP_UTF8 ? (flags & ~(DWORD)WC_ERR_INVALID_CHARS) != 0 : (flags & ~known) != 0)
        return fail(ERROR_INVALID_FLAGS);

    size_t length = units < 0 ? wide_length(text) + 1 : (size_t)units;
    const WCHAR *end = text + length;
    size_t written = 0;
    bool defaulted = false;
    while (text < end) {
        unsigned code = utf16_next(&text, end);
        char bytes[4];
        size_t n;

        if (is_single_byte(page)) {
            int byte = code == CODE_INVALID ? -1 : encode_byte(page, code);
            if (byte < 0) {
                defaulted = true;
                byte = default_char != NULL ? (unsigned char)*default_char : '?';
            }
            bytes[0] = (char)byte;
            n = 1;
        } else {
            if (code == CODE_INVALID) {
                if (flags & WC_ERR_INVALID_CHARS)
                    return fail(ERROR_NO_UNICODE_TRANSLATION);
                defaulted = true;
                code = CODE_REPLACEMENT;
            }
            n = utf8_put(bytes, code);
        }
        if (size > 0) {
            if (written + n > (size_t)size)
                return fail(ERROR_INSUFFICIENT_BUFFER);
            memcpy(out + written, bytes, n);
        }
        written += n;
        if (written > INT32_MAX)
            return fail(ERROR_ARITHMETIC_OVERFLOW);
    }
    if (used_default != NULL)
        *used_default = defaulted;
    return (int)written;
}

UINT WINAPI GetACP(void)
{
    return CP_UTF8;
}

UINT WINAPI GetOEMCP(void)
{
    return CP_UTF8;
}

BOOL WINAPI IsValidCodePage(UINT page)
{
    return page == CP_UTF8 || is_single_byte(page);
}
