/* UTF-8 and UTF-16, one scalar value at a time. Invalid UTF-8 is cut as Unicode recommends: maximal subparts. */
#include "internal.h"

unsigned utf8_next(const char **at, const char *end)
{
    const unsigned char *p = (const unsigned char *)*at;
    size_t left = (size_t)(end - *at);
    unsigned lead = p[0];
    unsigned low = 0x80, high = 0xBF;
    unsigned code;
    size_t more;

    *at += 1;
    if (lead < 0x80)
        return lead;
    if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1;
        code = lead & 0x1F;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2;
        code = lead & 0x0F;
        if (lead == 0xE0)
            low = 0xA0;
        if (lead == 0xED)
            high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3;
        code = lead & 0x07;
        if (lead == 0xF0)
            low = 0x90;
        if (lead == 0xF4)
            high = 0x8F;
    } else {
        return CODE_INVALID;
    }
    for (size_t i = 1; i <= more; i++) {
        if (i >= left || p[i] < low || p[i] > high)
            return CODE_INVALID;
        code = code << 6 | (p[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
        *at += 1;
    }
    return code;
}

unsigned utf16_next(const WCHAR **at, const WCHAR *end)
{
    unsigned unit = *(*at)++;

    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || *at == end || **at < 0xDC00 || **at > 0xDFFF)
        return CODE_INVALID;
    return 0x10000 + ((unit - 0xD800) << 10) + (*(*at)++ - 0xDC00u);
}

size_t utf8_put(char *out, unsigned code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

size_t utf16_put(WCHAR *out, unsigned code)
{
    if (code < 0x10000) {
        out[0] = (WCHAR)code;
        return 1;
    }
    out[0] = (WCHAR)(0xD800 + ((code - 0x10000) >> 10));
    out[1] = (WCHAR)(0xDC00 + (code & 0x3FF));
    return 2;
}

char *to_utf8(const WCHAR *text, size_t units, size_t *length)
{
    const WCHAR *end = text + units;
    char *out = malloc(units * 3 + 1);
    size_t n = 0;

    if (out == NULL)
        return NULL;
    while (text < end) {
        unsigned code = utf16_next(&text, end);
        n += utf8_put(out + n, code == CODE_INVALID ? CODE_REPLACEMENT : code);
    }
    out[n] = 0;
    if (length != NULL)
        *length = n;
    return out;
}

WCHAR *to_utf16(const char *text, size_t bytes, size_t *length)
{
    const char *end = text + bytes;
    WCHAR *out = malloc((bytes + 1) * sizeof(WCHAR));
    size_t n = 0;

    if (out == NULL)
        return NULL;
    while (text < end) {
        unsigned code = utf8_next(&text, end);
        n += utf16_put(out + n, code == CODE_INVALID ? CODE_REPLACEMENT : code);
    }
    out[n] = 0;
    if (length != NULL)
        *length = n;
    return out;
}

char *utf8_of(const WCHAR *text)
{
    return to_utf8(text, wide_length(text), NULL);
}

WCHAR *utf16_of(const char *text)
{
    return to_utf16(text, strlen(text), NULL);
}

size_t wide_length(const WCHAR *text)
{
    size_t n = 0;

    while (text[n] != 0)
        n++;
    return n;
}
