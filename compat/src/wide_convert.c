/* Wide numbers, and multibyte conversion: the multibyte encoding is UTF-8 in every locale. */
#include <inttypes.h>

#include "internal.h"

LOCAL extern const char winhttp_compat_wide_convert;
const char winhttp_compat_wide_convert = 0;

/* The start of a text as far as it can be a number, in ASCII; then its end is found again by position. */
static char *number_text(const wchar_t *text, char *small, size_t size)
{
    size_t length = 0;

    while (text[length] != 0 && text[length] < 0x80)
        length++;
    char *copy = length < size ? small : malloc(length + 1);
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < length; i++)
        copy[i] = (char)text[i];
    copy[length] = 0;
    return copy;
}

#define NUMBER(type, name, parse) \
    WIDE type name(const wchar_t *restrict text, wchar_t **restrict end) \
    { \
        char small[128], *stop, *copy = number_text(text, small, sizeof small); \
        if (end != NULL) \
            *end = (wchar_t *)text; \
        if (copy == NULL) \
            return 0; \
        type value = parse(copy, &stop); \
        if (end != NULL) \
            *end = (wchar_t *)text + (stop - copy); \
        if (copy != small) \
            free(copy); \
        return value; \
    }
#define INTEGER(type, name, parse) \
    WIDE type name(const wchar_t *restrict text, wchar_t **restrict end, int base) \
    { \
        char small[128], *stop, *copy = number_text(text, small, sizeof small); \
        if (end != NULL) \
            *end = (wchar_t *)text; \
        if (copy == NULL) \
            return 0; \
        type value = parse(copy, &stop, base); \
        if (end != NULL) \
            *end = (wchar_t *)text + (stop - copy); \
        if (copy != small) \
            free(copy); \
        return value; \
    }

NUMBER(double, wcstod, strtod)
NUMBER(float, wcstof, strtof)
NUMBER(long double, wcstold, strtold)
INTEGER(long, wcstol, strtol)
INTEGER(unsigned long, wcstoul, strtoul)
INTEGER(long long, wcstoll, strtoll)
INTEGER(unsigned long long, wcstoull, strtoull)
INTEGER(intmax_t, wcstoimax, strtoimax)
INTEGER(uintmax_t, wcstoumax, strtoumax)

/* Newer glibc headers send the same calls to these names. */
long __isoc23_wcstol(const wchar_t *restrict text, wchar_t **restrict end, int base);
unsigned long __isoc23_wcstoul(const wchar_t *restrict text, wchar_t **restrict end, int base);
long long __isoc23_wcstoll(const wchar_t *restrict text, wchar_t **restrict end, int base);
unsigned long long __isoc23_wcstoull(const wchar_t *restrict text, wchar_t **restrict end, int base);
INTEGER(long, __isoc23_wcstol, strtol)
INTEGER(unsigned long, __isoc23_wcstoul, strtoul)
INTEGER(long long, __isoc23_wcstoll, strtoll)
INTEGER(unsigned long long, __isoc23_wcstoull, strtoull)

/* Whole strings. Invalid input is an error here, as the C standard has it. */

WIDE size_t mbsrtowcs(wchar_t *restrict to, const char **restrict from, size_t size, mbstate_t *restrict state)
{
    const char *at = *from, *end = at + strlen(at) + 1;
    size_t written = 0;

    (void)state;
    for (;;) {
        const char *before = at;
        unsigned code = utf8_next(&at, end);
        wchar_t units[2];

        if (code == CODE_INVALID) {
            if (to != NULL)
                *from = before;
            errno = EILSEQ;
            return (size_t)-1;
        }
        size_t n = utf16_put(units, code);
        if (to != NULL && written + n > size) {
            *from = before;
            return written;
        }
        if (to != NULL)
            memcpy(to + written, units, n * sizeof(wchar_t));
        if (code == 0) {
            if (to != NULL)
                *from = NULL;
            return written;
        }
        written += n;
    }
}

WIDE size_t wcsrtombs(char *restrict to, const wchar_t **restrict from, size_t size, mbstate_t *restrict state)
{
    const wchar_t *at = *from, *end = at + wide_length(at) + 1;
    size_t written = 0;

    (void)state;
    for (;;) {
        const wchar_t *before = at;
        unsigned code = utf16_next(&at, end);
        char bytes[4];

        if (code == CODE_INVALID) {
            if (to != NULL)
                *from = before;
            errno = EILSEQ;
            return (size_t)-1;
        }
        size_t n = utf8_put(bytes, code);
        if (to != NULL && written + n > size) {
            *from = before;
            return written;
        }
        if (to != NULL)
            memcpy(to + written, bytes, n);
        if (code == 0) {
            if (to != NULL)
                *from = NULL;
            return written;
        }
        written += n;
    }
}

WIDE size_t mbstowcs(wchar_t *restrict to, const char *restrict from, size_t size)
{
    const char *at = from;

    return mbsrtowcs(to, &at, size, NULL);
}

WIDE size_t wcstombs(char *restrict to, const wchar_t *restrict from, size_t size)
{
    const wchar_t *at = from;

    return wcsrtombs(to, &at, size, NULL);
}

/* One character. A character beyond 16 bits does not fit a wchar_t and is refused. */

static size_t one_character(wchar_t *to, const char *from, size_t size)
{
    const char *at = from;
    unsigned code;

    if (size == 0)
        return (size_t)-2;
    code = utf8_next(&at, from + size);
    if (code == CODE_INVALID && at == from + size && size < 4 && (unsigned char)*from >= 0xC2)
        return (size_t)-2;
    if (code > 0xFFFF) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    if (to != NULL)
        *to = (wchar_t)code;
    return code == 0 ? 0 : (size_t)(at - from);
}

WIDE size_t mbrtowc(wchar_t *restrict to, const char *restrict from, size_t size, mbstate_t *restrict state)
{
    (void)state;
    return from == NULL ? 0 : one_character(to, from, size);
}

WIDE int mbtowc(wchar_t *restrict to, const char *restrict from, size_t size)
{
    size_t n = from == NULL ? 0 : one_character(to, from, size);

    return n == (size_t)-2 ? -1 : (int)n;
}

WIDE size_t wcrtomb(char *restrict to, wchar_t unit, mbstate_t *restrict state)
{
    (void)state;
    if (to == NULL)
        return 1;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    return utf8_put(to, unit);
}

WIDE int wctomb(char *to, wchar_t unit)
{
    return to == NULL ? 0 : (int)wcrtomb(to, unit, NULL);
}
