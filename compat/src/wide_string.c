/* The wide string functions of the C library for 16-bit units. They replace glibc's, which read 32-bit ones. */
#include <inttypes.h>

#include "internal.h"

/* Anchor: a link with -u winhttp_compat_wide takes all replacements in, before any shared library is looked at. */
LOCAL extern const char winhttp_compat_wide_convert, winhttp_compat_wide_stdio, winhttp_compat_wide_fortify;
const char *const winhttp_compat_wide[] = {
    &winhttp_compat_wide_convert,
    &winhttp_compat_wide_stdio,
    &winhttp_compat_wide_fortify,
};

/* wmem */

WIDE wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t count)
{
    return memcpy(to, from, count * sizeof(wchar_t));
}

WIDE wchar_t *wmempcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t count)
{
    return wmemcpy(to, from, count) + count;
}

WIDE wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count)
{
    return memmove(to, from, count * sizeof(wchar_t));
}

WIDE wchar_t *wmemset(wchar_t *to, wchar_t unit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = unit;
    return to;
}

WIDE int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

WIDE wchar_t *wmemchr(const wchar_t *text, wchar_t unit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] == unit)
            return (wchar_t *)text + i;
    return NULL;
}

/* Length, copy, append */

WIDE size_t wcslen(const wchar_t *text)
{
    return wide_length(text);
}

WIDE size_t wcsnlen(const wchar_t *text, size_t limit)
{
    size_t n = 0;

    while (n < limit && text[n] != 0)
        n++;
    return n;
}

WIDE wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from)
{
    return wmemcpy(to, from, wcslen(from) + 1);
}

WIDE wchar_t *wcpcpy(wchar_t *restrict to, const wchar_t *restrict from)
{
    return wcscpy(to, from) + wcslen(from);
}

WIDE wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t count)
{
    size_t length = wcsnlen(from, count);

    wmemcpy(to, from, length);
    wmemset(to + length, 0, count - length);
    return to;
}

WIDE wchar_t *wcpncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t count)
{
    return wcsncpy(to, from, count) + wcsnlen(from, count);
}

WIDE wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from)
{
    wcscpy(to + wcslen(to), from);
    return to;
}

WIDE wchar_t *wcsncat(wchar_t *restrict to, const wchar_t *restrict from, size_t count)
{
    size_t length = wcsnlen(from, count);
    wchar_t *end = to + wcslen(to);

    wmemcpy(end, from, length);
    end[length] = 0;
    return to;
}

WIDE wchar_t *wcsdup(const wchar_t *text)
{
    size_t size = wcslen(text) + 1;
    wchar_t *copy = malloc(size * sizeof(wchar_t));

    return copy == NULL ? NULL : wmemcpy(copy, text, size);
}

/* Compare */

WIDE int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
        if (a[i] == 0)
            break;
    }
    return 0;
}

WIDE int wcscmp(const wchar_t *a, const wchar_t *b)
{
    return wcsncmp(a, b, SIZE_MAX);
}

WIDE int wcscoll(const wchar_t *a, const wchar_t *b)
{
    return wcscmp(a, b);
}

WIDE size_t wcsxfrm(wchar_t *restrict to, const wchar_t *restrict from, size_t size)
{
    size_t length = wcslen(from);

    if (size > 0) {
        size_t count = length < size ? length : size - 1;
        wmemcpy(to, from, count);
        to[count] = 0;
    }
    return length;
}

WIDE int wcsncasecmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned x = fold(a[i]), y = fold(b[i]);
        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            break;
    }
    return 0;
}

WIDE int wcscasecmp(const wchar_t *a, const wchar_t *b)
{
    return wcsncasecmp(a, b, SIZE_MAX);
}

/* Search */

WIDE wchar_t *wcschr(const wchar_t *text, wchar_t unit)
{
    for (;; text++) {
        if (*text == unit)
            return (wchar_t *)text;
        if (*text == 0)
            return NULL;
    }
}

WIDE wchar_t *wcschrnul(const wchar_t *text, wchar_t unit)
{
    while (*text != 0 && *text != unit)
        text++;
    return (wchar_t *)text;
}

WIDE wchar_t *wcsrchr(const wchar_t *text, wchar_t unit)
{
    for (size_t n = wcslen(text) + 1; n > 0; n--)
        if (text[n - 1] == unit)
            return (wchar_t *)text + n - 1;
    return NULL;
}

WIDE size_t wcsspn(const wchar_t *text, const wchar_t *accept)
{
    size_t n = 0;

    while (text[n] != 0 && wcschr(accept, text[n]) != NULL)
        n++;
    return n;
}

WIDE size_t wcscspn(const wchar_t *text, const wchar_t *reject)
{
    size_t n = 0;

    while (text[n] != 0 && wcschr(reject, text[n]) == NULL)
        n++;
    return n;
}

WIDE wchar_t *wcspbrk(const wchar_t *text, const wchar_t *accept)
{
    text += wcscspn(text, accept);
    return *text == 0 ? NULL : (wchar_t *)text;
}

WIDE wchar_t *wcsstr(const wchar_t *text, const wchar_t *wanted)
{
    size_t length = wcslen(wanted);

    for (; wcsncmp(text, wanted, length) != 0; text++)
        if (*text == 0)
            return NULL;
    return (wchar_t *)text;
}

WIDE wchar_t *wcswcs(const wchar_t *text, const wchar_t *wanted)
{
    return wcsstr(text, wanted);
}

WIDE wchar_t *wcstok(wchar_t *restrict text, const wchar_t *restrict delimiters, wchar_t **restrict rest)
{
    if (text == NULL)
        text = *rest;
    if (text == NULL)
        return NULL;
    text += wcsspn(text, delimiters);
    if (*text == 0) {
        *rest = text;
        return NULL;
    }
    wchar_t *end = text + wcscspn(text, delimiters);
    *rest = *end == 0 ? end : end + 1;
    *end = 0;
    return text;
}
