/* What Microsoft's C library adds for strings, numbers, files and the environment; <win32/crt.h> says what. */
#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "internal.h"

#define FORWARD(call, last) \
    va_list arguments; \
    va_start(arguments, last); \
    int length = call; \
    va_end(arguments); \
    return length

/* The four copying _s functions, for both kinds of character. */

#define BOUNDED_COPIES(unit, prefix, length_up_to) \
    static errno_t prefix##put(unit *to, rsize_t size, size_t at, const unit *from, rsize_t count) \
    { \
        if (to == NULL || size == 0) \
            return EINVAL; \
        if (from == NULL && count != 0) { \
            to[0] = 0; \
            return EINVAL; \
        } \
        if (at >= size) { \
            to[0] = 0; \
            return EINVAL; \
        } \
        bool cut = count == _TRUNCATE; \
        size_t room = size - at - 1; \
        size_t length = from == NULL ? 0 : length_up_to(from, count < room + 1 ? count : room + 1); \
        if (length > room) { \
            if (!cut) { \
                to[0] = 0; \
                return ERANGE; \
            } \
            length = room; \
        } else { \
            cut = false; \
        } \
        if (length > 0) \
            memmove(to + at, from, length * sizeof(unit)); \
        to[at + length] = 0; \
        return cut ? STRUNCATE : 0; \
    } \
    errno_t prefix##cpy_s(unit *to, rsize_t size, const unit *from) \
    { \
        return prefix##put(to, size, 0, from, SIZE_MAX - 1); \
    } \
    errno_t prefix##ncpy_s(unit *to, rsize_t size, const unit *from, rsize_t count) \
    { \
        return prefix##put(to, size, 0, from, count); \
    } \
    errno_t prefix##cat_s(unit *to, rsize_t size, const unit *from) \
    { \
        return prefix##put(to, size, to == NULL ? 0 : length_up_to(to, size), from, SIZE_MAX - 1); \
    } \
    errno_t prefix##ncat_s(unit *to, rsize_t size, const unit *from, rsize_t count) \
    { \
        return prefix##put(to, size, to == NULL ? 0 : length_up_to(to, size), from, count); \
    }

BOUNDED_COPIES(char, str, strnlen)
BOUNDED_COPIES(wchar_t, wcs, wcsnlen)

errno_t memcpy_s(void *to, rsize_t size, const void *from, rsize_t count)
{
    return memmove_s(to, size, from, count);
}

errno_t memmove_s(void *to, rsize_t size, const void *from, rsize_t count)
{
    if (count == 0)
        return 0;
    if (to == NULL || from == NULL)
        return EINVAL;
    if (count > size) {
        memset(to, 0, size);
        return ERANGE;
    }
    memmove(to, from, count);
    return 0;
}

errno_t wmemcpy_s(wchar_t *to, rsize_t size, const wchar_t *from, rsize_t count)
{
    return memmove_s(to, size * sizeof(wchar_t), from, count * sizeof(wchar_t));
}

errno_t wmemmove_s(wchar_t *to, rsize_t size, const wchar_t *from, rsize_t count)
{
    return memmove_s(to, size * sizeof(wchar_t), from, count * sizeof(wchar_t));
}

/* Strings: compare, copy, change case */

static int ascii_lower(unsigned unit)
{
    return unit >= 'A' && unit <= 'Z' ? (int)unit + 32 : (int)unit;
}

static unsigned ascii_upper(unsigned unit)
{
    return unit >= 'a' && unit <= 'z' ? unit - 32 : unit;
}

int _strnicmp(const char *a, const char *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int x = ascii_lower((unsigned char)a[i]), y = ascii_lower((unsigned char)b[i]);
        if (x != y || x == 0)
            return x - y;
    }
    return 0;
}

int _stricmp(const char *a, const char *b)
{
    return _strnicmp(a, b, SIZE_MAX);
}

int _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int x = ascii_lower(a[i]), y = ascii_lower(b[i]);
        if (x != y || x == 0)
            return x - y;
    }
    return 0;
}

int _wcsicmp(const wchar_t *a, const wchar_t *b)
{
    return _wcsnicmp(a, b, SIZE_MAX);
}

char *_strdup(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

wchar_t *_wcsdup(const wchar_t *text)
{
    return text == NULL ? NULL : wcsdup(text);
}

char *_strlwr(char *text)
{
    for (char *p = text; *p != 0; p++)
        *p = (char)ascii_lower((unsigned char)*p);
    return text;
}

char *_strupr(char *text)
{
    for (char *p = text; *p != 0; p++)
        *p = (char)ascii_upper((unsigned char)*p);
    return text;
}

wchar_t *_wcslwr(wchar_t *text)
{
    for (wchar_t *p = text; *p != 0; p++)
        *p = (wchar_t)ascii_lower(*p);
    return text;
}

wchar_t *_wcsupr(wchar_t *text)
{
    for (wchar_t *p = text; *p != 0; p++)
        *p = (wchar_t)ascii_upper(*p);
    return text;
}

wchar_t *_wcsrev(wchar_t *text)
{
    for (size_t i = 0, j = wcslen(text); i + 1 < j; i++) {
        wchar_t unit = text[i];
        text[i] = text[--j];
        text[j] = unit;
    }
    return text;
}

errno_t _wcslwr_s(wchar_t *text, size_t size)
{
    if (text == NULL || wcsnlen(text, size) >= size)
        return EINVAL;
    _wcslwr(text);
    return 0;
}

errno_t _wcsupr_s(wchar_t *text, size_t size)
{
    if (text == NULL || wcsnlen(text, size) >= size)
        return EINVAL;
    _wcsupr(text);
    return 0;
}

char *strtok_s(char *text, const char *delimiters, char **context)
{
    return strtok_r(text, delimiters, context);
}

wchar_t *wcstok_s(wchar_t *text, const wchar_t *delimiters, wchar_t **context)
{
    return wcstok(text, delimiters, context);
}

size_t strnlen_s(const char *text, size_t size)
{
    return text == NULL ? 0 : strnlen(text, size);
}

size_t wcsnlen_s(const wchar_t *text, size_t size)
{
    return text == NULL ? 0 : wcsnlen(text, size);
}

/* Multibyte conversion with a bound; `count` limits what is converted, _TRUNCATE cuts at the buffer. */

errno_t mbstowcs_s(size_t *converted, wchar_t *to, size_t size, const char *from, size_t count)
{
    size_t length = from == NULL ? (size_t)-1 : mbstowcs(NULL, from, 0);
    errno_t result = 0;

    if (converted != NULL)
        *converted = 0;
    if (to != NULL && size > 0)
        to[0] = 0;
    if (length == (size_t)-1)
        return from == NULL ? EINVAL : EILSEQ;
    if (to == NULL) {
        if (converted != NULL)
            *converted = length + 1;
        return size == 0 ? 0 : EINVAL;
    }
    if (count != _TRUNCATE && length > count)
        length = count;
    if (length >= size) {
        if (count != _TRUNCATE || size == 0)
            return ERANGE;
        length = size - 1;
        result = STRUNCATE;
    }
    length = mbstowcs(to, from, length);
    to[length] = 0;
    if (converted != NULL)
        *converted = length + 1;
    return result;
}

errno_t wcstombs_s(size_t *converted, char *to, size_t size, const wchar_t *from, size_t count)
{
    size_t length = from == NULL ? (size_t)-1 : wcstombs(NULL, from, 0);
    errno_t result = 0;

    if (converted != NULL)
        *converted = 0;
    if (to != NULL && size > 0)
        to[0] = 0;
    if (length == (size_t)-1)
        return from == NULL ? EINVAL : EILSEQ;
    if (to == NULL) {
        if (converted != NULL)
            *converted = length + 1;
        return size == 0 ? 0 : EINVAL;
    }
    if (count != _TRUNCATE && length > count)
        length = count;
    if (length >= size) {
        if (count != _TRUNCATE || size == 0)
            return ERANGE;
        length = size - 1;
        result = STRUNCATE;
    }
    length = wcstombs(to, from, length);
    to[length] = 0;
    if (converted != NULL)
        *converted = length + 1;
    return result;
}

/* Formatted text, in the three ways a full buffer is met: refused (_s), cut (_snprintf_s), not terminated (_snprintf) */

#define BOUNDED_FORMATS(unit, vformat, v_s, p_s, v_n, p_n, v_ns, p_ns, v_count, p_count) \
    int v_s(unit *out, size_t size, const unit *format, va_list arguments) \
    { \
        unit *text = NULL; \
        if (out == NULL || size == 0 || format == NULL) { \
            errno = EINVAL; \
            return -1; \
        } \
        int length = vformat(&text, format, arguments); \
        out[0] = 0; \
        if (length >= 0 && (size_t)length < size) { \
            memcpy(out, text, ((size_t)length + 1) * sizeof(unit)); \
        } else { \
            errno = ERANGE; \
            length = -1; \
        } \
        free(text); \
        return length; \
    } \
    int p_s(unit *out, size_t size, const unit *format, ...) \
    { \
        FORWARD(v_s(out, size, format, arguments), format); \
    } \
    int v_n(unit *out, size_t size, const unit *format, va_list arguments) \
    { \
        unit *text = NULL; \
        int length = vformat(&text, format, arguments); \
        if (length >= 0 && size > 0) \
            memcpy(out, text, ((size_t)length < size ? (size_t)length + 1 : size) * sizeof(unit)); \
        free(text); \
        return (size_t)length > size && out != NULL ? -1 : length; \
    } \
    int p_n(unit *out, size_t size, const unit *format, ...) \
    { \
        FORWARD(v_n(out, size, format, arguments), format); \
    } \
    int v_ns(unit *out, size_t size, size_t count, const unit *format, va_list arguments) \
    { \
        unit *text = NULL; \
        if (out == NULL || size == 0 || format == NULL) { \
            errno = EINVAL; \
            return -1; \
        } \
        int length = vformat(&text, format, arguments); \
        size_t room = count < size ? count : size - 1; \
        out[0] = 0; \
        if (length >= 0 && ((size_t)length <= room || count < size || count == _TRUNCATE)) { \
            size_t copied = (size_t)length <= room ? (size_t)length : room; \
            memcpy(out, text, copied * sizeof(unit)); \
            out[copied] = 0; \
            if (copied < (size_t)length) \
                length = -1; \
        } else { \
            errno = ERANGE; \
            length = -1; \
        } \
        free(text); \
        return length; \
    } \
    int p_ns(unit *out, size_t size, size_t count, const unit *format, ...) \
    { \
        FORWARD(v_ns(out, size, count, format, arguments), format); \
    } \
    int v_count(const unit *format, va_list arguments) \
    { \
        unit *text = NULL; \
        int length = vformat(&text, format, arguments); \
        free(text); \
        return length; \
    } \
    int p_count(const unit *format, ...) \
    { \
        FORWARD(v_count(format, arguments), format); \
    }

BOUNDED_FORMATS(char, format_narrow, vsprintf_s, sprintf_s, _vsnprintf, _snprintf, _vsnprintf_s, _snprintf_s,
    _vscprintf, _scprintf)
BOUNDED_FORMATS(wchar_t, format_wide, vswprintf_s, swprintf_s, _vsnwprintf, _snwprintf, _vsnwprintf_s, _snwprintf_s,
    _vscwprintf, _scwprintf)

int printf_s(const char *format, ...)
{
    FORWARD(vprintf(format, arguments), format);
}

int fprintf_s(FILE *file, const char *format, ...)
{
    FORWARD(vfprintf(file, format, arguments), format);
}

int wprintf_s(const wchar_t *format, ...)
{
    FORWARD(vwprintf(format, arguments), format);
}

int fwprintf_s(FILE *file, const wchar_t *format, ...)
{
    FORWARD(vfwprintf(file, format, arguments), format);
}

int _vswprintf(wchar_t *out, const wchar_t *format, va_list arguments)
{
    return vswprintf(out, INT32_MAX, format, arguments);
}

int _swprintf(wchar_t *out, const wchar_t *format, ...)
{
    FORWARD(_vswprintf(out, format, arguments), format);
}

int _putws(const wchar_t *text)
{
    return fputws(text, stdout) < 0 || fputc('\n', stdout) == EOF ? -1 : 0;
}

/* Numbers */

#define DIGITS 66

/* The digits of a value, at the end of `digits`; a sign only in base ten. */
static const char *number(char digits[DIGITS], unsigned long long value, bool negative, int radix)
{
    char *p = digits + DIGITS - 1;

    *p = 0;
    do {
        *--p = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)radix];
        value /= (unsigned)radix;
    } while (value != 0);
    if (negative)
        *--p = '-';
    return p;
}

static errno_t narrow_number(char *out, size_t size, unsigned long long value, bool negative, int radix)
{
    char digits[DIGITS];

    if (radix < 2 || radix > 36)
        return EINVAL;
    return strcpy_s(out, size, number(digits, value, negative, radix));
}

static errno_t wide_number(wchar_t *out, size_t size, unsigned long long value, bool negative, int radix)
{
    char digits[DIGITS];
    wchar_t wide[DIGITS];
    size_t n = 0;

    if (radix < 2 || radix > 36)
        return EINVAL;
    for (const char *p = number(digits, value, negative, radix); *p != 0; p++)
        wide[n++] = (wchar_t)*p;
    wide[n] = 0;
    return wcscpy_s(out, size, wide);
}

/* Only base ten is signed; other bases show the bits of the type. */
#define SIGNED(value, type) \
    (value) < 0 && radix == 10 ? 0 - (unsigned long long)(value) : (unsigned long long)(type)(value), \
        (value) < 0 && radix == 10, radix

errno_t _itoa_s(int value, char *out, size_t size, int radix)
{
    return narrow_number(out, size, SIGNED(value, unsigned));
}

errno_t _i64toa_s(long long value, char *out, size_t size, int radix)
{
    return narrow_number(out, size, SIGNED(value, unsigned long long));
}

errno_t _ultoa_s(unsigned long value, char *out, size_t size, int radix)
{
    return narrow_number(out, size, value, false, radix);
}

errno_t _ui64toa_s(unsigned long long value, char *out, size_t size, int radix)
{
    return narrow_number(out, size, value, false, radix);
}

errno_t _itow_s(int value, wchar_t *out, size_t size, int radix)
{
    return wide_number(out, size, SIGNED(value, unsigned));
}

errno_t _i64tow_s(long long value, wchar_t *out, size_t size, int radix)
{
    return wide_number(out, size, SIGNED(value, unsigned long long));
}

errno_t _ultow_s(unsigned long value, wchar_t *out, size_t size, int radix)
{
    return wide_number(out, size, value, false, radix);
}

errno_t _ui64tow_s(unsigned long long value, wchar_t *out, size_t size, int radix)
{
    return wide_number(out, size, value, false, radix);
}

char *_itoa(int value, char *out, int radix)
{
    _itoa_s(value, out, DIGITS, radix);
    return out;
}

wchar_t *_itow(int value, wchar_t *out, int radix)
{
    _itow_s(value, out, DIGITS, radix);
    return out;
}

wchar_t *_ultow(unsigned long value, wchar_t *out, int radix)
{
    _ultow_s(value, out, DIGITS, radix);
    return out;
}

/* Microsoft's atoi keeps to the limits of the type. */
int _wtoi(const wchar_t *text)
{
    long long value = wcstoll(text, NULL, 10);

    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int)value;
}

long _wtol(const wchar_t *text)
{
    return wcstol(text, NULL, 10);
}

long long _wtoi64(const wchar_t *text)
{
    return wcstoll(text, NULL, 10);
}

double _wtof(const wchar_t *text)
{
    return wcstod(text, NULL);
}

long long _wcstoi64(const wchar_t *text, wchar_t **end, int base)
{
    return wcstoll(text, end, base);
}

unsigned long long _wcstoui64(const wchar_t *text, wchar_t **end, int base)
{
    return wcstoull(text, end, base);
}

long long _atoi64(const char *text)
{
    return strtoll(text, NULL, 10);
}

long long _strtoi64(const char *text, char **end, int base)
{
    return strtoll(text, end, base);
}

unsigned long long _strtoui64(const char *text, char **end, int base)
{
    return strtoull(text, end, base);
}

/* Files */

int _fileno(FILE *file)
{
    return fileno(file);
}

/* Streams are binary and wide text is UTF-8 in any mode: nothing to set, the mode "before" was text. */
int _setmode(int descriptor, int mode)
{
    (void)mode;
    return fcntl(descriptor, F_GETFD) < 0 ? -1 : _O_TEXT;
}

int _isatty(int descriptor)
{
    return isatty(descriptor);
}

/* Drops what only Microsoft's fopen knows: t, ", ccs=UTF-8" and the like. */
static FILE *open_stream(char *path, const char *mode)
{
    char kept[8];
    size_t n = 0;

    for (; path != NULL && *mode != 0 && *mode != ',' && n < sizeof kept - 1; mode++)
        if (strchr("rwa+bx", *mode) != NULL)
            kept[n++] = *mode;
    kept[n] = 0;
    FILE *file = path == NULL ? NULL : fopen(path, kept);
    free(path);
    return file;
}

FILE *_wfopen(const wchar_t *name, const wchar_t *mode)
{
    char *narrow_mode = utf8_of(mode);
    FILE *file = narrow_mode == NULL ? NULL : open_stream(path_of_wide(name), narrow_mode);

    free(narrow_mode);
    return file;
}

FILE *_fsopen(const char *name, const char *mode, int share)
{
    (void)share;
    return open_stream(path_of_narrow(name), mode);
}

FILE *_wfsopen(const wchar_t *name, const wchar_t *mode, int share)
{
    (void)share;
    return _wfopen(name, mode);
}

errno_t fopen_s(FILE **file, const char *name, const char *mode)
{
    if (file == NULL || name == NULL || mode == NULL)
        return EINVAL;
    *file = _fsopen(name, mode, 0);
    return *file == NULL ? errno : 0;
}

errno_t _wfopen_s(FILE **file, const wchar_t *name, const wchar_t *mode)
{
    if (file == NULL || name == NULL || mode == NULL)
        return EINVAL;
    *file = _wfopen(name, mode);
    return *file == NULL ? errno : 0;
}

int _fseeki64(FILE *file, long long offset, int origin)
{
    return fseeko(file, offset, origin);
}

long long _ftelli64(FILE *file)
{
    return ftello(file);
}

#define ON_PATH(call) \
    char *path = path_of_wide(name); \
    int result = path == NULL ? -1 : call; \
    free(path); \
    return result

int _wremove(const wchar_t *name)
{
    ON_PATH(remove(path));
}

int _wunlink(const wchar_t *name)
{
    ON_PATH(unlink(path));
}

int _wmkdir(const wchar_t *name)
{
    ON_PATH(mkdir(path, 0777));
}

int _waccess(const wchar_t *name, int mode)
{
    ON_PATH(access(path, mode));
}

int _wsystem(const wchar_t *command)
{
    char *text = utf8_of(command);
    int result = text == NULL ? -1 : system(text);

    free(text);
    return result;
}

/* A key from the terminal, without waiting for the end of the line and without echo. */
int _getch(void)
{
    struct termios before, raw;
    unsigned char byte;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;

    fflush(stdout);
    if (terminal) {
        raw = before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return count == 1 ? byte : EOF;
}

/* Time: the parameters are the other way round than in C11's functions of the same names. */

errno_t localtime_s(struct tm *out, const time_t *time)
{
    if (out == NULL || time == NULL)
        return EINVAL;
    return localtime_r(time, out) == NULL ? EINVAL : 0;
}

errno_t gmtime_s(struct tm *out, const time_t *time)
{
    if (out == NULL || time == NULL)
        return EINVAL;
    return gmtime_r(time, out) == NULL ? EINVAL : 0;
}

errno_t ctime_s(char *out, rsize_t size, const time_t *time)
{
    char text[64];

    if (out == NULL || size < 26 || time == NULL || ctime_r(time, text) == NULL)
        return EINVAL;
    return strcpy_s(out, size, text);
}

__time64_t _time64(__time64_t *out)
{
    __time64_t now = time(NULL);

    if (out != NULL)
        *out = now;
    return now;
}

errno_t strerror_s(char *out, rsize_t size, int code)
{
    char text[256];

    return strncpy_s(out, size, strerror_r(code, text, sizeof text), _TRUNCATE) == EINVAL ? EINVAL : 0;
}

/* Environment */

errno_t _dupenv_s(char **out, size_t *length, const char *name)
{
    if (out == NULL || name == NULL)
        return EINVAL;
    const char *value = getenv(name);
    *out = _strdup(value);
    if (length != NULL)
        *length = value == NULL ? 0 : strlen(value) + 1;
    return value != NULL && *out == NULL ? ENOMEM : 0;
}

errno_t getenv_s(size_t *needed, char *out, rsize_t size, const char *name)
{
    const char *value = name == NULL ? NULL : getenv(name);

    if (needed == NULL || name == NULL)
        return EINVAL;
    *needed = value == NULL ? 0 : strlen(value) + 1;
    if (out != NULL && size > 0)
        out[0] = 0;
    if (size == 0 || value == NULL)
        return 0;
    return strcpy_s(out, size, value);
}

errno_t _wdupenv_s(wchar_t **out, size_t *length, const wchar_t *name)
{
    if (out == NULL || name == NULL)
        return EINVAL;
    char *narrow = utf8_of(name);
    const char *value = narrow == NULL ? NULL : getenv(narrow);
    size_t units = 0;
    *out = value == NULL ? NULL : to_utf16(value, strlen(value), &units);
    if (length != NULL)
        *length = value == NULL ? 0 : units + 1;
    free(narrow);
    return value != NULL && *out == NULL ? ENOMEM : 0;
}

/* The result stays valid until the same thread asks again. */
wchar_t *_wgetenv(const wchar_t *name)
{
    static _Thread_local wchar_t *last;
    wchar_t *value;

    if (_wdupenv_s(&value, NULL, name) != 0)
        return NULL;
    free(last);
    last = value;
    return value;
}
