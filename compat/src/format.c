/*
 * Formatted text as Microsoft's C library makes it. One engine for wide and narrow formats; they differ in what %s
 * and %c mean: text as wide as the format, %S and %C text of the other kind, with h always narrow and l always wide.
 */
#include "internal.h"

struct sink {
    bool wide;
    void *units;
    size_t length, capacity;
    bool failed;
};

struct conversion {
    char flags[8];
    int width;
    int precision; /* -1: none */
    enum { SIZE_INT, SIZE_CHAR, SIZE_SHORT, SIZE_LONG, SIZE_64, SIZE_LONG_DOUBLE } size;
    unsigned kind;
};

static size_t unit_size(const struct sink *sink)
{
    return sink->wide ? sizeof(WCHAR) : 1;
}

static void put(struct sink *sink, const void *units, size_t count)
{
    size_t size = unit_size(sink);

    if (sink->length + count + 1 > sink->capacity && !sink->failed) {
        size_t capacity = (sink->length + count + 1) * 2 + 64;
        void *grown = realloc(sink->units, capacity * size);
        if (grown == NULL) {
            sink->failed = true;
        } else {
            sink->units = grown;
            sink->capacity = capacity;
        }
    }
    if (sink->failed)
        return;
    memcpy((char *)sink->units + sink->length * size, units, count * size);
    sink->length += count;
}

static void put_ascii(struct sink *sink, const char *text, size_t count)
{
    if (!sink->wide) {
        put(sink, text, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        WCHAR unit = (unsigned char)text[i];
        put(sink, &unit, 1);
    }
}

static void put_padded(struct sink *sink, const struct conversion *c, const void *units, size_t count)
{
    bool left = strchr(c->flags, '-') != NULL;
    const char *pad = strchr(c->flags, '0') != NULL && !left ? "0" : " ";
    size_t padding = c->width > 0 && (size_t)c->width > count ? (size_t)c->width - count : 0;

    for (size_t i = 0; !left && i < padding; i++)
        put_ascii(sink, pad, 1);
    put(sink, units, count);
    for (size_t i = 0; left && i < padding; i++)
        put_ascii(sink, pad, 1);
}

/* Text of either kind, `limit` units of it at most. */
static void put_text(struct sink *sink, const struct conversion *c, const void *text, bool wide, size_t limit)
{
    size_t count = 0;
    void *converted = NULL;

    if (wide)
        while (count < limit && ((const WCHAR *)text)[count] != 0)
            count++;
    else
        count = strnlen(text, limit);
    if (wide != sink->wide) {
        converted = wide ? (void *)to_utf8(text, count, &count) : (void *)to_utf16(text, count, &count);
        if (converted == NULL) {
            sink->failed = true;
            return;
        }
        text = converted;
    }
    put_padded(sink, c, text, count);
    free(converted);
}

static void put_string(struct sink *sink, const struct conversion *c, const void *text, bool wide)
{
    size_t limit = c->precision < 0 ? SIZE_MAX : (size_t)c->precision;

    if (text == NULL) {
        text = "(null)";
        wide = false;
    }
    put_text(sink, c, text, wide, limit);
}

static void put_character(struct sink *sink, const struct conversion *c, int character, bool wide)
{
    WCHAR unit = (WCHAR)character;
    char byte = (char)character;

    if (wide == sink->wide)
        put_padded(sink, c, wide ? (void *)&unit : (void *)&byte, 1);
    else if (character == 0)
        put_padded(sink, c, L"", 1);
    else
        put_text(sink, c, wide ? (void *)&unit : (void *)&byte, wide, 1);
}

/* Numbers are left to the C library: the conversion is spelled out again for asprintf. */
static void put_number(struct sink *sink, const struct conversion *c, const char *length, long long integer,
    long double real)
{
    char spec[64];
    char *text = NULL;
    int n = 0;
    int count;

    spec[n++] = '%';
    for (const char *f = c->flags; *f != 0; f++)
        spec[n++] = *f;
    if (c->width > 0)
        n += snprintf(spec + n, 16, "%d", c->width);
    if (c->precision >= 0)
        n += snprintf(spec + n, 16, ".%d", c->precision);
    snprintf(spec + n, 8, "%s%c", length, (char)c->kind);
    if (length[0] == 'L')
        count = asprintf(&text, spec, real);
    else if (length[0] == 'l')
        count = asprintf(&text, spec, integer);
    else
        count = asprintf(&text, spec, (double)real);
    if (count < 0) {
        sink->failed = true;
        return;
    }
    put_ascii(sink, text, (size_t)count);
    free(text);
}

static void put_pointer(struct sink *sink, const struct conversion *c, void *pointer)
{
    struct conversion hex = *c;

    hex.kind = 'X';
    hex.precision = (int)sizeof(void *) * 2;
    put_number(sink, &hex, "ll", (long long)(uintptr_t)pointer, 0);
}

static unsigned fetch(const void *format, bool wide, size_t at)
{
    return wide ? ((const WCHAR *)format)[at] : ((const unsigned char *)format)[at];
}

static bool is_digit(unsigned unit)
{
    return unit >= '0' && unit <= '9';
}

static int parse_number(const void *format, bool wide, size_t *at)
{
    int value = 0;

    for (; is_digit(fetch(format, wide, *at)); ++*at)
        if (value < 1000000)
            value = value * 10 + (int)(fetch(format, wide, *at) - '0');
    return value;
}

/* The size prefix: h, hh, l, ll, L, j, z, t, w and Microsoft's I, I32, I64. */
static void parse_size(const void *format, bool wide, size_t *at, struct conversion *c)
{
    unsigned unit = fetch(format, wide, *at);
    unsigned next = unit == 0 ? 0 : fetch(format, wide, *at + 1);

    switch (unit) {
    case 'h':
        c->size = next == 'h' ? SIZE_CHAR : SIZE_SHORT;
        *at += next == 'h' ? 2 : 1;
        break;
    case 'l':
        c->size = next == 'l' ? SIZE_64 : SIZE_LONG;
        *at += next == 'l' ? 2 : 1;
        break;
    case 'w':
        c->size = SIZE_LONG;
        *at += 1;
        break;
    case 'L':
        c->size = SIZE_LONG_DOUBLE;
        *at += 1;
        break;
    case 'j':
    case 'z':
    case 't':
        c->size = SIZE_64;
        *at += 1;
        break;
    case 'I':
        *at += 1;
        if (next == '6' && fetch(format, wide, *at + 1) == '4') {
            c->size = SIZE_64;
            *at += 2;
        } else if (next == '3' && fetch(format, wide, *at + 1) == '2') {
            *at += 2;
        } else {
            c->size = SIZE_64;
        }
        break;
    default:
        break;
    }
}

/* A va_list by address: passed on as a plain parameter its position would be lost. */
struct arguments {
    va_list list;
};

static long long signed_argument(const struct conversion *c, struct arguments *a)
{
    switch (c->size) {
    case SIZE_CHAR:
        return (signed char)va_arg(a->list, int);
    case SIZE_SHORT:
        return (short)va_arg(a->list, int);
    case SIZE_LONG:
        return va_arg(a->list, long);
    case SIZE_64:
    case SIZE_LONG_DOUBLE:
        return va_arg(a->list, long long);
    default:
        return va_arg(a->list, int);
    }
}

static long long unsigned_argument(const struct conversion *c, struct arguments *a)
{
    switch (c->size) {
    case SIZE_CHAR:
        return (unsigned char)va_arg(a->list, unsigned);
    case SIZE_SHORT:
        return (unsigned short)va_arg(a->list, unsigned);
    case SIZE_LONG:
        return (long long)va_arg(a->list, unsigned long);
    case SIZE_64:
    case SIZE_LONG_DOUBLE:
        return va_arg(a->list, long long);
    default:
        return va_arg(a->list, unsigned);
    }
}

static void put_conversion(struct sink *sink, struct conversion *c, struct arguments *a)
{
    bool wide = sink->wide;
    char literal;

    switch (c->kind) {
    case 'd':
    case 'i':
        put_number(sink, c, "ll", signed_argument(c, a), 0);
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_number(sink, c, "ll", unsigned_argument(c, a), 0);
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        if (c->size == SIZE_LONG_DOUBLE)
            put_number(sink, c, "L", 0, va_arg(a->list, long double));
        else
            put_number(sink, c, "", 0, va_arg(a->list, double));
        break;
    case 'p':
        put_pointer(sink, c, va_arg(a->list, void *));
        break;
    case 'S':
    case 'C':
        wide = !wide;
        /* fall through */
    case 's':
    case 'c':
        if (c->size == SIZE_SHORT)
            wide = false;
        if (c->size == SIZE_LONG)
            wide = true;
        if (c->kind == 's' || c->kind == 'S')
            put_string(sink, c, va_arg(a->list, void *), wide);
        else
            put_character(sink, c, va_arg(a->list, int), wide);
        break;
    case 'n': /* switched off, as in Microsoft's library */
        (void)va_arg(a->list, void *);
        break;
    default:
        literal = (char)c->kind;
        put_ascii(sink, &literal, 1);
        break;
    }
}

static size_t parse_conversion(const void *format, bool wide, size_t at, struct conversion *c, struct arguments *a)
{
    size_t flags = 0;

    memset(c, 0, sizeof *c);
    c->precision = -1;
    for (unsigned unit; (unit = fetch(format, wide, at)) != 0 && unit < 0x80 && strchr("-+ #0", (int)unit) != NULL; at++)
        if (flags < sizeof c->flags - 1)
            c->flags[flags++] = (char)unit;
    if (fetch(format, wide, at) == '*') {
        c->width = va_arg(a->list, int);
        if (c->width < 0) {
            c->width = -c->width;
            if (flags < sizeof c->flags - 1)
                c->flags[flags++] = '-';
        }
        at++;
    } else {
        c->width = parse_number(format, wide, &at);
    }
    if (fetch(format, wide, at) == '.') {
        at++;
        if (fetch(format, wide, at) == '*') {
            c->precision = va_arg(a->list, int);
            at++;
        } else {
            c->precision = parse_number(format, wide, &at);
        }
    }
    parse_size(format, wide, &at, c);
    c->kind = fetch(format, wide, at);
    return c->kind == 0 ? at : at + 1;
}

static int format_any(struct sink *sink, const void *format, va_list list)
{
    static const WCHAR terminator = 0;
    struct arguments a;
    size_t at = 0;

    va_copy(a.list, list);
    for (unsigned unit; (unit = fetch(format, sink->wide, at)) != 0;) {
        struct conversion c;
        size_t start = at;

        while (unit != 0 && unit != '%')
            unit = fetch(format, sink->wide, ++at);
        put(sink, (const char *)format + start * unit_size(sink), at - start);
        if (unit == 0)
            break;
        at = parse_conversion(format, sink->wide, at + 1, &c, &a);
        if (c.kind != 0)
            put_conversion(sink, &c, &a);
    }
    va_end(a.list);
    put(sink, &terminator, 1);
    if (sink->failed || sink->length > INT32_MAX) {
        free(sink->units);
        errno = ENOMEM;
        return -1;
    }
    return (int)sink->length - 1;
}

int format_wide(WCHAR **out, const WCHAR *format, va_list arguments)
{
    struct sink sink = { .wide = true };
    int length = format_any(&sink, format, arguments);

    *out = length < 0 ? NULL : sink.units;
    return length;
}

int format_narrow(char **out, const char *format, va_list arguments)
{
    struct sink sink = { .wide = false };
    int length = format_any(&sink, format, arguments);

    *out = length < 0 ? NULL : sink.units;
    return length;
}

bool format_is_microsofts(const char *format)
{
    while ((format = strchr(format, '%')) != NULL) {
        format++;
        if (*format == '%') {
            format++;
            continue;
        }
        format += strspn(format, "-+ #0123456789.*'");
        if (*format == 'I' || *format == 'w' || *format == 'S' || *format == 'C')
            return true;
        if ((*format == 'l' || *format == 'h') && strchr("sScC", format[1]) != NULL && format[1] != 0)
            return true;
    }
    return false;
}
