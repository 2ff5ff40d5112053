/* FormatMessage: find the text, put in the arguments, break or join the lines, hand the result out. */
#include "message_table.h"

/* A message as it is built up; always UTF-16 inside. */
struct text {
    WCHAR *units;
    size_t length, capacity;
    bool failed;
};

static void append(struct text *text, const WCHAR *units, size_t count)
{
    if (text->length + count + 1 > text->capacity && !text->failed) {
        size_t capacity = (text->length + count + 1) * 2 + 128;
        WCHAR *grown = realloc(text->units, capacity * sizeof(WCHAR));
        if (grown == NULL) {
            text->failed = true;
        } else {
            text->units = grown;
            text->capacity = capacity;
        }
    }
    if (text->failed)
        return;
    memcpy(text->units + text->length, units, count * sizeof(WCHAR));
    text->length += count;
    text->units[text->length] = 0;
}

static void append_unit(struct text *text, WCHAR unit)
{
    append(text, &unit, 1);
}

/* Where the arguments are: an array, or a va_list read in order and remembered, since %1 may come twice. */
struct arguments {
    DWORD_PTR *array;
    va_list *list;
    DWORD_PTR taken[99];
    unsigned taken_count;
    bool wide_strings;
};

static DWORD_PTR argument(struct arguments *a, unsigned index)
{
    if (a->array != NULL)
        return a->array[index];
    while (a->taken_count <= index)
        a->taken[a->taken_count++] = va_arg(*a->list, DWORD_PTR);
    return a->taken[index];
}

static int print_wide(WCHAR **out, const WCHAR *format, ...)
{
    va_list list;

    va_start(list, format);
    int length = format_wide(out, format, list);
    va_end(list);
    return length;
}

/* %n or %n!format!, from the position after '%'. In the A function %s means a narrow string and %S a wide one. */
static const WCHAR *append_insert(struct text *text, const WCHAR *at, struct arguments *a)
{
    WCHAR format[40] = L"%s";
    unsigned index = (unsigned)(*at++ - '0');
    WCHAR *printed = NULL;
    int length, stars = 0;

    if (*at >= '0' && *at <= '9')
        index = index * 10 + (unsigned)(*at++ - '0');
    const WCHAR *end = *at == '!' ? wcschr(at + 1, '!') : NULL;
    if (end != NULL && end - at < 36) {
        format[0] = '%';
        wmemcpy(format + 1, at + 1, (size_t)(end - at - 1));
        format[end - at] = 0;
        at = end + 1;
    }
    size_t last = wcslen(format) - 1;
    if (!a->wide_strings && wcspbrk(format, L"lhw") == NULL && wcschr(L"sScC", format[last]) != NULL)
        format[last] ^= 'a' ^ 'A';
    for (const WCHAR *p = format; *p != 0; p++)
        stars += *p == '*';
    index--;
    if (stars == 0)
        length = print_wide(&printed, format, argument(a, index));
    else if (stars == 1)
        length = print_wide(&printed, format, (int)argument(a, index), argument(a, index + 1));
    else
        length = print_wide(&printed, format, (int)argument(a, index), (int)argument(a, index + 1), argument(a, index + 2));
    if (length < 0)
        text->failed = true;
    else
        append(text, printed, (size_t)length);
    free(printed);
    return at;
}

/* The escape after '%', inserts switched on. NULL: the message ends here without a line break (%0). */
static const WCHAR *append_escape(struct text *text, const WCHAR *at, struct arguments *a)
{
    switch (*at) {
    case '0':
        return NULL;
    case 'n':
        append(text, L"\r\n", 2);
        return at + 1;
    case 'r':
        append_unit(text, '\r');
        return at + 1;
    case 't':
        append_unit(text, '\t');
        return at + 1;
    case 'b':
        append_unit(text, ' ');
        return at + 1;
    case 0:
        return at;
    default:
        if (*at >= '1' && *at <= '9' && (a->array != NULL || a->list != NULL))
            return append_insert(text, at, a);
        append_unit(text, *at);
        return at + 1;
    }
}

/*
 * `width`: 0 keeps the message's line breaks; 255 turns them into spaces; anything between also breaks lines at that
 * many characters.
 */
static void expand(struct text *text, const WCHAR *message, DWORD flags, struct arguments *a)
{
    DWORD width = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK;

    for (const WCHAR *at = message; at != NULL && *at != 0;) {
        if (*at == '%' && !(flags & FORMAT_MESSAGE_IGNORE_INSERTS)) {
            at = append_escape(text, at + 1, a);
        } else if (width != 0 && (*at == '\r' || *at == '\n')) {
            at += at[0] == '\r' && at[1] == '\n' ? 2 : 1;
            append_unit(text, ' ');
        } else {
            append_unit(text, *at++);
        }
    }
    append(text, L"", 0);
    if (width == 0 || width == FORMAT_MESSAGE_MAX_WIDTH_MASK || text->failed)
        return;
    size_t start = 0, space = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (text->units[i] == ' ')
            space = i;
        if (text->units[i] == '\n')
            start = i + 1;
        if (i - start >= width && space > start) {
            text->units[space] = '\n';
            start = space + 1;
        }
    }
}

static const char *look_up(const struct message_text *texts, unsigned count, DWORD number)
{
    for (unsigned i = 0; i < count; i++)
        if (texts[i].number == number)
            return texts[i].text;
    return NULL;
}

/* There is one language, English; asking for none or for the user's default finds it too. */
static bool language_known(DWORD language)
{
    return PRIMARYLANGID(language) == LANG_NEUTRAL || PRIMARYLANGID(language) == LANG_ENGLISH;
}

/* A text of the tables, or NULL and the error. An HRESULT that wraps a system code finds that code's text. */
static const char *find_text(DWORD flags, LPCVOID source, DWORD number, DWORD language, DWORD *error)
{
    const char *text = NULL;

    *error = ERROR_MR_MID_NOT_FOUND;
    if (flags & FORMAT_MESSAGE_FROM_HMODULE) {
        HMODULE module = source != NULL ? (HMODULE)(uintptr_t)source : GetModuleHandleA(NULL);
        if (module_is_winhttp(module))
            text = look_up(winhttp_texts, winhttp_text_count, number);
        else
            *error = ERROR_RESOURCE_TYPE_NOT_FOUND;
    }
    if (text == NULL && (flags & FORMAT_MESSAGE_FROM_SYSTEM)) {
        *error = ERROR_MR_MID_NOT_FOUND;
        if (number >> 16 == 0x8007)
            number &= 0xFFFF;
        text = look_up(system_texts, system_text_count, number);
    }
    if (text != NULL && !language_known(language)) {
        *error = ERROR_RESOURCE_LANG_NOT_FOUND;
        return NULL;
    }
    return text;
}

static bool sources_valid(DWORD flags, LPCVOID source)
{
    const DWORD tables = FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM;

    if (flags & FORMAT_MESSAGE_FROM_STRING)
        return source != NULL && (flags & tables) == 0;
    return (flags & tables) != 0;
}

/* The message as UTF-16 on the heap, or NULL and the last error. */
static WCHAR *build(DWORD flags, LPCVOID source, DWORD number, DWORD language, va_list *list, bool wide, size_t *length)
{
    struct arguments a = { .wide_strings = wide };
    struct text text = { 0 };
    WCHAR *message = NULL;
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;

    if (!sources_valid(flags, source)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
        a.array = (DWORD_PTR *)(void *)list;
    else
        a.list = list;
    if (flags & FORMAT_MESSAGE_FROM_STRING) {
        message = wide ? _wcsdup(source) : utf16_of(source);
    } else {
        char line[256];
        const char *found = find_text(flags, source, number, language, &error);
        if (found != NULL) {
            snprintf(line, sizeof line, "%s\r\n", found);
            message = utf16_of(line);
            error = ERROR_NOT_ENOUGH_MEMORY;
        }
    }
    if (message != NULL)
        expand(&text, message, flags, &a);
    free(message);
    if (message == NULL || text.failed) {
        free(text.units);
        SetLastError(error);
        return NULL;
    }
    *length = text.length;
    return text.units;
}

/* Hands out `length` characters of `unit` bytes and a terminator, in the way the flags ask for. */
static DWORD hand_out(DWORD flags, const void *text, size_t length, size_t unit, void *out, DWORD size)
{
    size_t bytes = (length + 1) * unit;

    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        size_t least = size * unit;
        void *memory = LocalAlloc(LMEM_ZEROINIT, bytes < least ? least : bytes);
        if (memory == NULL) {
            SetLastError(ERROR_NOT_ENOUGH_MEMORY);
            return 0;
        }
        *(void **)out = memory;
        out = memory;
    } else if (length >= size) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    memcpy(out, text, bytes);
    return (DWORD)length;
}

DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD message, DWORD language, LPWSTR out, DWORD size,
    va_list *arguments)
{
    size_t length;

    if (out == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER)
        *(void **)(void *)out = NULL;
    WCHAR *text = build(flags, source, message, language, arguments, true, &length);
    DWORD result = text == NULL ? 0 : hand_out(flags, text, length, sizeof(WCHAR), out, size);
    free(text);
    return result;
}

DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD message, DWORD language, LPSTR out, DWORD size,
    va_list *arguments)
{
    size_t length;
    DWORD result = 0;

    if (out == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER)
        *(void **)(void *)out = NULL;
    WCHAR *text = build(flags, source, message, language, arguments, false, &length);
    char *narrow = text == NULL ? NULL : to_utf8(text, length, &length);
    if (narrow != NULL)
        result = hand_out(flags, narrow, length, 1, out, size);
    else if (text != NULL)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    free(narrow);
    free(text);
    return result;
}
