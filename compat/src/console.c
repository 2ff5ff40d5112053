/* The console: UTF-8 text to a standard handle, and the terminal's echo and line modes. */
#include <termios.h>
#include <unistd.h>

#include "internal.h"

/* The terminal behind a handle, or -1 and ERROR_INVALID_HANDLE as for a redirected handle on Windows. */
static int terminal_of(HANDLE handle)
{
    struct object *file = object_get(handle, KIND_FILE);
    int descriptor = -1;

    if (file == NULL)
        return -1;
    if (isatty(file->u.file.descriptor))
        descriptor = file->u.file.descriptor;
    object_release(file);
    if (descriptor < 0)
        SetLastError(ERROR_INVALID_HANDLE);
    return descriptor;
}

BOOL WINAPI WriteConsoleA(HANDLE console, const void *text, DWORD chars, LPDWORD written, LPVOID reserved)
{
    (void)reserved;
    return terminal_of(console) >= 0 && WriteFile(console, text, chars, written, NULL);
}

BOOL WINAPI WriteConsoleW(HANDLE console, const void *text, DWORD chars, LPDWORD written, LPVOID reserved)
{
    size_t length;
    DWORD count;

    (void)reserved;
    if (terminal_of(console) < 0)
        return FALSE;
    char *bytes = to_utf8(text, chars, &length);
    if (bytes == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return FALSE;
    }
    BOOL result = WriteFile(console, bytes, (DWORD)length, &count, NULL);
    free(bytes);
    if (written != NULL)
        *written = result ? chars : 0;
    return result;
}

BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode)
{
    int terminal = terminal_of(console);
    struct termios settings;

    if (terminal < 0 || tcgetattr(terminal, &settings) != 0)
        return FALSE;
    if (terminal != STDIN_FILENO) {
        *mode = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
        return TRUE;
    }
    *mode = (settings.c_lflag & ISIG ? ENABLE_PROCESSED_INPUT : 0) | (settings.c_lflag & ICANON ? ENABLE_LINE_INPUT : 0) |
        (settings.c_lflag & ECHO ? ENABLE_ECHO_INPUT : 0);
    return TRUE;
}

static tcflag_t with(tcflag_t flags, tcflag_t flag, bool on)
{
    return on ? flags | flag : flags & ~flag;
}

/* Output modes need nothing: terminals understand escape sequences as they are. */
BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode)
{
    int terminal = terminal_of(console);
    struct termios settings;

    if (terminal < 0)
        return FALSE;
    if (terminal != STDIN_FILENO)
        return TRUE;
    if (tcgetattr(terminal, &settings) != 0)
        return FALSE;
    settings.c_lflag = with(settings.c_lflag, ISIG, (mode & ENABLE_PROCESSED_INPUT) != 0);
    settings.c_lflag = with(settings.c_lflag, ICANON, (mode & ENABLE_LINE_INPUT) != 0);
    settings.c_lflag = with(settings.c_lflag, ECHO, (mode & ENABLE_ECHO_INPUT) != 0);
    return tcsetattr(terminal, TCSANOW, &settings) == 0;
}

UINT WINAPI GetConsoleCP(void)
{
    return CP_UTF8;
}

UINT WINAPI GetConsoleOutputCP(void)
{
    return CP_UTF8;
}

static BOOL set_code_page(UINT page)
{
    if (page == CP_UTF8)
        return TRUE;
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

BOOL WINAPI SetConsoleCP(UINT page)
{
    return set_code_page(page);
}

BOOL WINAPI SetConsoleOutputCP(UINT page)
{
    return set_code_page(page);
}

BOOL WINAPI SetConsoleTitleA(LPCSTR title)
{
    if (isatty(STDOUT_FILENO))
        dprintf(STDOUT_FILENO, "\033]0;%s\007", title);
    return TRUE;
}

BOOL WINAPI SetConsoleTitleW(LPCWSTR title)
{
    char *narrow = utf8_of(title);

    if (narrow != NULL)
        SetConsoleTitleA(narrow);
    free(narrow);
    return TRUE;
}
