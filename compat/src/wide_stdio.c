/*
 * Wide and narrow formatted output. Wide text goes out as UTF-8 bytes, so a stream never gets a "wide" orientation
 * and printf and wprintf mix. The narrow functions are glibc's unless the format has one of Microsoft's conversions.
 */
#include "internal.h"

LOCAL extern const char winhttp_compat_wide_stdio;
const char winhttp_compat_wide_stdio = 0;

/* glibc's own functions under the names its checked variants have; 0 switches the checks off. */
extern int __vfprintf_chk(FILE *file, int flag, const char *format, va_list arguments);
extern int __vsnprintf_chk(char *out, size_t size, int flag, size_t space, const char *format, va_list arguments);

#define FORWARD(call, last) \
    va_list arguments; \
    va_start(arguments, last); \
    int length = call; \
    va_end(arguments); \
    return length

static int write_bytes(FILE *file, const char *bytes, size_t count)
{
    return fwrite(bytes, 1, count, file) == count ? 0 : -1;
}

static int write_wide(FILE *file, const wchar_t *text, size_t units)
{
    size_t count;
    char *bytes = to_utf8(text, units, &count);

    if (bytes == NULL)
        return -1;
    int result = write_bytes(file, bytes, count);
    free(bytes);
    return result;
}

/* Narrow output */

WIDE int vfprintf(FILE *restrict file, const char *restrict format, va_list arguments)
{
    char *text;

    if (!format_is_microsofts(format))
        return __vfprintf_chk(file, 0, format, arguments);
    int length = format_narrow(&text, format, arguments);
    if (length >= 0 && write_bytes(file, text, (size_t)length) < 0)
        length = -1;
    free(text);
    return length;
}

WIDE int vprintf(const char *restrict format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

WIDE int fprintf(FILE *restrict file, const char *restrict format, ...)
{
    FORWARD(vfprintf(file, format, arguments), format);
}

WIDE int printf(const char *restrict format, ...)
{
    FORWARD(vfprintf(stdout, format, arguments), format);
}

WIDE int vsnprintf(char *restrict out, size_t size, const char *restrict format, va_list arguments)
{
    char *text;

    if (!format_is_microsofts(format))
        return __vsnprintf_chk(out, size, 0, SIZE_MAX, format, arguments);
    int length = format_narrow(&text, format, arguments);
    if (length >= 0 && size > 0) {
        size_t count = (size_t)length < size ? (size_t)length : size - 1;
        memcpy(out, text, count);
        out[count] = 0;
    }
    free(text);
    return length;
}

WIDE int vsprintf(char *restrict out, const char *restrict format, va_list arguments)
{
    return vsnprintf(out, INT32_MAX, format, arguments);
}

WIDE int snprintf(char *restrict out, size_t size, const char *restrict format, ...)
{
    FORWARD(vsnprintf(out, size, format, arguments), format);
}

WIDE int sprintf(char *restrict out, const char *restrict format, ...)
{
    FORWARD(vsprintf(out, format, arguments), format);
}

/* Wide output */

WIDE int vfwprintf(FILE *restrict file, const wchar_t *restrict format, va_list arguments)
{
    wchar_t *text;
    int length = format_wide(&text, format, arguments);

    if (length >= 0 && write_wide(file, text, (size_t)length) < 0)
        length = -1;
    free(text);
    return length;
}

WIDE int vwprintf(const wchar_t *restrict format, va_list arguments)
{
    return vfwprintf(stdout, format, arguments);
}

WIDE int fwprintf(FILE *restrict file, const wchar_t *restrict format, ...)
{
    FORWARD(vfwprintf(file, format, arguments), format);
}

WIDE int wprintf(const wchar_t *restrict format, ...)
{
    FORWARD(vfwprintf(stdout, format, arguments), format);
}

WIDE int vswprintf(wchar_t *restrict out, size_t size, const wchar_t *restrict format, va_list arguments)
{
    wchar_t *text;
    int length = format_wide(&text, format, arguments);

    if (length >= 0 && size > 0) {
        size_t count = (size_t)length < size ? (size_t)length : size - 1;
        memcpy(out, text, count * sizeof(wchar_t));
        out[count] = 0;
    }
    free(text);
    return length < 0 || (size_t)length >= size ? -1 : length;
}

WIDE int swprintf(wchar_t *restrict out, size_t size, const wchar_t *restrict format, ...)
{
    FORWARD(vswprintf(out, size, format, arguments), format);
}

WIDE int fputws(const wchar_t *restrict text, FILE *restrict file)
{
    return write_wide(file, text, wide_length(text));
}

/*
 * Single units. The halves of a surrogate pair come in two calls, so the first half waits (per thread) for the second
 * when writing, and the second for the next call when reading.
 */
static _Thread_local wchar_t written_half;
static _Thread_local FILE *read_half_of;
static _Thread_local wchar_t read_half;

WIDE wint_t fputwc(wchar_t unit, FILE *file)
{
    wchar_t pair[2] = { written_half, unit };
    bool second = written_half != 0 && unit >= 0xDC00 && unit <= 0xDFFF;

    written_half = 0;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        written_half = unit;
        return unit;
    }
    return write_wide(file, second ? pair : &unit, second ? 2 : 1) < 0 ? WEOF : unit;
}

WIDE wint_t putwc(wchar_t unit, FILE *file)
{
    return fputwc(unit, file);
}

WIDE wint_t putwchar(wchar_t unit)
{
    return fputwc(unit, stdout);
}

WIDE wint_t fgetwc(FILE *file)
{
    char bytes[4];
    size_t count = 0;
    wchar_t units[2];

    if (read_half_of == file) {
        read_half_of = NULL;
        return read_half;
    }
    int byte = fgetc(file);
    if (byte == EOF)
        return WEOF;
    size_t wanted = byte < 0xC2 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : byte < 0xF5 ? 4 : 1;
    bytes[count++] = (char)byte;
    while (count < wanted && (byte = fgetc(file)) != EOF) {
        if ((byte & 0xC0) != 0x80) {
            ungetc(byte, file);
            break;
        }
        bytes[count++] = (char)byte;
    }
    const char *at = bytes;
    unsigned code = utf8_next(&at, bytes + count);
    if (utf16_put(units, code == CODE_INVALID ? CODE_REPLACEMENT : code) == 2) {
        read_half_of = file;
        read_half = units[1];
    }
    return units[0];
}

WIDE wint_t getwc(FILE *file)
{
    return fgetwc(file);
}

WIDE wint_t getwchar(void)
{
    return fgetwc(stdin);
}

WIDE wchar_t *fgetws(wchar_t *restrict out, int size, FILE *restrict file)
{
    int n = 0;
    wint_t unit = 0;

    while (n < size - 1 && unit != '\n' && (unit = fgetwc(file)) != WEOF)
        out[n++] = (wchar_t)unit;
    if (n == 0)
        return NULL;
    out[n] = 0;
    return out;
}

WIDE size_t wcsftime(wchar_t *restrict out, size_t size, const wchar_t *restrict format, const struct tm *restrict time)
{
    char *narrow = utf8_of(format);
    char text[1024];
    size_t length = narrow == NULL ? 0 : strftime(text, sizeof text, narrow, time);
    wchar_t *wide = to_utf16(text, length, &length);

    free(narrow);
    if (wide == NULL || length >= size)
        length = 0;
    else
        memcpy(out, wide, (length + 1) * sizeof(wchar_t));
    free(wide);
    return length;
}
