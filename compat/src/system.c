/* Debugging aids, the environment and the command line. */
#include <signal.h>
#include <unistd.h>

#include "internal.h"

void WINAPI DebugBreak(void)
{
    raise(SIGTRAP);
}

/* A debugger is what traces this process. */
BOOL WINAPI IsDebuggerPresent(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    long tracer = 0;

    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "TracerPid:", 10) == 0)
            tracer = strtol(line + 10, NULL, 10);
    if (status != NULL)
        fclose(status);
    return tracer != 0;
}

void WINAPI OutputDebugStringA(LPCSTR text)
{
    if (text != NULL && getenv("WINHTTP_COMPAT_DEBUG") != NULL)
        fputs(text, stderr);
}

void WINAPI OutputDebugStringW(LPCWSTR text)
{
    char *narrow = text == NULL ? NULL : utf8_of(text);

    OutputDebugStringA(narrow);
    free(narrow);
}

/* Environment */

static const char *value_of(const char *name)
{
    const char *value = name == NULL ? NULL : getenv(name);

    SetLastError(value == NULL ? ERROR_ENVVAR_NOT_FOUND : ERROR_SUCCESS);
    return value;
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR out, DWORD size)
{
    const char *value = value_of(name);

    return value == NULL ? 0 : copy_out_narrow(value, out, size);
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR out, DWORD size)
{
    char *narrow = name == NULL ? NULL : utf8_of(name);
    const char *value = value_of(narrow);

    free(narrow);
    return value == NULL ? 0 : copy_out_wide(value, out, size);
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value)
{
    int result = name == NULL ? (errno = EINVAL, -1) : value == NULL ? unsetenv(name) : setenv(name, value, 1);

    if (result != 0)
        SetLastError(error_of_errno(errno));
    return result == 0;
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
    char *narrow_name = name == NULL ? NULL : utf8_of(name), *narrow_value = value == NULL ? NULL : utf8_of(value);
    BOOL result = SetEnvironmentVariableA(narrow_name, narrow_value);

    free(narrow_name);
    free(narrow_value);
    return result;
}

static BOOL computer_name(char *text, size_t size)
{
    if (gethostname(text, size - 1) == 0)
        return TRUE;
    SetLastError(error_of_errno(errno));
    return FALSE;
}

BOOL WINAPI GetComputerNameA(LPSTR out, LPDWORD size)
{
    char text[256] = "";

    if (!computer_name(text, sizeof text))
        return FALSE;
    DWORD length = copy_out_narrow(text, out, *size);
    BOOL fits = length < *size;
    *size = length;
    if (!fits)
        SetLastError(ERROR_BUFFER_OVERFLOW);
    return fits;
}

BOOL WINAPI GetComputerNameW(LPWSTR out, LPDWORD size)
{
    char text[256] = "";

    if (!computer_name(text, sizeof text))
        return FALSE;
    DWORD length = copy_out_wide(text, out, *size);
    BOOL fits = length < *size;
    *size = length;
    if (!fits)
        SetLastError(ERROR_BUFFER_OVERFLOW);
    return fits;
}

/* The command line: the arguments, quoted where CommandLineToArgvW needs it to find them again. */

static void append(char **line, size_t *length, const char *text, size_t count)
{
    char *grown = *line == NULL && *length > 0 ? NULL : realloc(*line, *length + count + 1);

    if (grown == NULL)
        return;
    memcpy(grown + *length, text, count);
    *length += count;
    grown[*length] = 0;
    *line = grown;
}

static void append_argument(char **line, size_t *length, const char *argument)
{
    bool quote = argument[0] == 0 || strpbrk(argument, " \t\"") != NULL;
    size_t backslashes = 0;

    if (*length > 0)
        append(line, length, " ", 1);
    if (quote)
        append(line, length, "\"", 1);
    for (const char *p = argument; *p != 0; p++) {
        if (*p == '"')
            for (size_t i = 0; i <= backslashes; i++)
                append(line, length, "\\", 1);
        backslashes = *p == '\\' ? backslashes + 1 : 0;
        append(line, length, p, 1);
    }
    if (quote) {
        for (size_t i = 0; i < backslashes; i++)
            append(line, length, "\\", 1);
        append(line, length, "\"", 1);
    }
}

static char *read_command_line(void)
{
    FILE *file = fopen("/proc/self/cmdline", "re");
    char *line = NULL, *argument = NULL;
    size_t length = 0, size = 0;

    while (file != NULL && getdelim(&argument, &size, 0, file) > 0)
        append_argument(&line, &length, argument);
    free(argument);
    if (file != NULL)
        fclose(file);
    return line != NULL ? line : strdup("");
}

static char *narrow_line;
static WCHAR *wide_line;

/* Read once; a second reader that comes at the same time drops its copy. */
LPSTR WINAPI GetCommandLineA(void)
{
    char *known = __atomic_load_n(&narrow_line, __ATOMIC_ACQUIRE);

    if (known != NULL)
        return known;
    char *line = read_command_line();
    if (__atomic_compare_exchange_n(&narrow_line, &known, line, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return line;
    free(line);
    return known;
}

LPWSTR WINAPI GetCommandLineW(void)
{
    WCHAR *known = __atomic_load_n(&wide_line, __ATOMIC_ACQUIRE);

    if (known != NULL)
        return known;
    WCHAR *line = utf16_of(GetCommandLineA());
    if (__atomic_compare_exchange_n(&wide_line, &known, line, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return line;
    free(line);
    return known;
}

/*
 * Splits one argument off. Backslashes are plain unless a quote follows: 2n of them and a quote are n and a quoting
 * mark, 2n+1 are n and a plain quote. Within quotes a doubled quote is a plain one.
 */
static const WCHAR *split(const WCHAR *at, WCHAR **out)
{
    bool quoted = false;
    WCHAR *to = *out;

    for (; *at != 0 && (quoted || (*at != ' ' && *at != '\t')); at++) {
        size_t backslashes = 0;
        while (*at == '\\') {
            backslashes++;
            at++;
        }
        size_t kept = *at == '"' ? backslashes / 2 : backslashes;
        for (size_t i = 0; i < kept; i++)
            *to++ = '\\';
        if (*at != '"' || backslashes % 2 == 1) {
            if (*at == 0 || (!quoted && (*at == ' ' || *at == '\t')))
                break;
            *to++ = *at;
        } else if (quoted && at[1] == '"') {
            *to++ = *at++;
        } else {
            quoted = !quoted;
        }
    }
    *to++ = 0;
    *out = to;
    return at;
}

LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR line, int *count)
{
    if (line == NULL || count == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (line[0] == 0)
        line = L"program";
    size_t length = wcslen(line);
    size_t pointers = length / 2 + 3;
    LPWSTR *list = LocalAlloc(LMEM_FIXED, pointers * sizeof(LPWSTR) + (length + 2) * 2 * sizeof(WCHAR));
    if (list == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    WCHAR *to = (WCHAR *)(list + pointers);
    *count = 0;
    for (const WCHAR *at = line; *at != 0;) {
        at += wcsspn(at, L" \t");
        if (*at == 0)
            break;
        list[(*count)++] = to;
        at = split(at, &to);
    }
    list[*count] = NULL;
    return list;
}
