/* Windows only: which winhttp.dll is loaded, its version, and its messages. */
#include "harness.h"

#ifdef _WIN32
static HMODULE module(void) { return GetModuleHandleA("winhttp.dll"); }

/* WINHTTP_WANTED (by run-wine.sh) says whose it must be. */
static void the_loaded_module_is_the_wanted_one(void) {
    const char *wanted = getenv("WINHTTP_WANTED");
    char file[MAX_PATH] = "", program[MAX_PATH] = "", *name = NULL;
    UINT length = 0;
    DWORD size, ignored;
    int is_beside, is_ours = 0;
    void *info;
    EXPECT(WinHttpCheckPlatform());
    NEED(module());
    GetModuleFileNameA(module(), file, sizeof file);
    GetModuleFileNameA(NULL, program, sizeof program);
    *strrchr(program, '\\') = 0;
    is_beside = !strncmp(file, program, strlen(program));
    size = GetFileVersionInfoSizeA(file, &ignored);
    info = calloc(1, size + 1);
    if (size && GetFileVersionInfoA(file, 0, size, info)
        && VerQueryValueA(info, "\\StringFileInfo\\040904b0\\ProductName", (void **)&name, &length))
        is_ours = !strcmp(name, "drop-in WinHTTP");
    free(info);
    if (!wanted) return;
    if (is_beside != !strcmp(wanted, "ours") || is_ours != is_beside) FAIL("wanted %s, loaded %s", wanted, file);
}

static void the_version_is_windows_tens(void) {
    char file[MAX_PATH] = "";
    VS_FIXEDFILEINFO *fixed = NULL;
    UINT length = 0;
    DWORD size, ignored;
    void *info;
    NEED(module());
    GetModuleFileNameA(module(), file, sizeof file);
    size = GetFileVersionInfoSizeA(file, &ignored);
    NEED(size);
    info = calloc(1, size);
    EXPECT(GetFileVersionInfoA(file, 0, size, info));
    EXPECT(VerQueryValueA(info, "\\", (void **)&fixed, &length));
    if (fixed) EQ(fixed->dwFileVersionMS, 10 << 16);
    free(info);
}

/* What every program that reports WinHTTP's errors does. */
static void every_error_has_a_message(void) {
    static const DWORD runs[][2] = {{12001, 12002}, {12004, 12007}, {12009, 12009}, {12011, 12012}, {12015, 12015}, {12017, 12019},
        {12029, 12030}, {12032, 12032}, {12037, 12038}, {12044, 12045}, {12057, 12057}, {12100, 12103}, {12150, 12150},
        {12152, 12157}, {12166, 12167}, {12169, 12170}, {12172, 12172}, {12175, 12186}};
    size_t i;
    DWORD code, n;
    WCHAR text[512];
    for (i = 0; i < sizeof runs / sizeof *runs; i++)
        for (code = runs[i][0]; code <= runs[i][1]; code++) {
            n = FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE, module(), code, 0, text, 512, NULL);
            if (n < 5) FAIL("%u: length %u, error %u", (unsigned)code, (unsigned)n, (unsigned)GetLastError());
            else if (text[n - 2] != '\r' || text[n - 1] != '\n') FAIL("%u: does not end its line", (unsigned)code);
        }
    EQ(FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE, module(), 12003, 0, text, 512, NULL), 0);
}

/* Programs ask for any language, for the user's, for the system's, or for one that the library does not have. */
static void messages_are_there_whatever_the_language(void) {
    static const DWORD languages[] = {MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL), MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT),
        MAKELANGID(LANG_NEUTRAL, SUBLANG_SYS_DEFAULT), MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_UK),
        MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN), MAKELANGID(LANG_JAPANESE, SUBLANG_DEFAULT)};
    size_t i;
    char text[512];
    for (i = 0; i < sizeof languages / sizeof *languages; i++)
        if (!FormatMessageA(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS, module(), 12007, languages[i], text, sizeof text, NULL))
            FAIL("language %#x: error %u", (unsigned)languages[i], (unsigned)GetLastError());
}

/* The program ends with a session open, a receive pending and threads running: it must end, with its own exit code. */
static int child(void) {
    static char buffer[64];
    recorder *r = rec_new();
    conn c;
    if (!h_websocket_on(&c, 1, "plain", "/echo", r)) return 1;
    if (WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL)) return 2;
    return 7;
}

static void the_program_may_end_at_any_time(void) {
    char program[MAX_PATH], line[MAX_PATH + 8];
    int i;
    GetModuleFileNameA(NULL, program, sizeof program);
    snprintf(line, sizeof line, "\"%s\"", program);
    SetEnvironmentVariableA("MODULE_CHILD", "1");
    for (i = 0; i < 5; i++) {
        STARTUPINFOA start = {.cb = sizeof start};
        PROCESS_INFORMATION process;
        DWORD code = 0;
        NEED(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process));
        EQ(WaitForSingleObject(process.hProcess, 15000), WAIT_OBJECT_0);
        GetExitCodeProcess(process.hProcess, &code);
        EQ(code, 7);
        TerminateProcess(process.hProcess, 9);
        CloseHandle(process.hThread);
        CloseHandle(process.hProcess);
    }
    SetEnvironmentVariableA("MODULE_CHILD", NULL);
}

/* Names that a program may import must be there, or it would not load. */
static void every_name_of_the_import_library_is_exported(void) {
    static const char *names[] = {"DllCanUnloadNow", "DllGetClassObject", "WinHttpAddRequestHeaders", "WinHttpCreateProxyResolver",
        "WinHttpDetectAutoProxyConfigUrl", "WinHttpFreeProxyResult", "WinHttpGetDefaultProxyConfiguration",
        "WinHttpGetIEProxyConfigForCurrentUser", "WinHttpGetProxyForUrl", "WinHttpGetProxyForUrlEx", "WinHttpGetProxyResult",
        "WinHttpQueryAuthSchemes", "WinHttpResetAutoProxy", "WinHttpSetCredentials", "WinHttpSetDefaultProxyConfiguration",
        "WinHttpTimeFromSystemTime", "WinHttpTimeToSystemTime", "WinHttpWebSocketShutdown"};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (!GetProcAddress(module(), names[i])) FAIL("no %s", names[i]);
}
#endif

TESTS {
#ifdef _WIN32
    if (getenv("MODULE_CHILD")) return child();
    CASE(the_loaded_module_is_the_wanted_one);
    CASE(the_version_is_windows_tens);
    CASE(every_error_has_a_message);
    CASE(messages_are_there_whatever_the_language);
    CASE(the_program_may_end_at_any_time);
    CASE(every_name_of_the_import_library_is_exported);
#endif
}
END_TESTS
