/* Windows only: a DLL is a guest in the program's process. What it must leave alone there, and how it takes the program's
 * end. */
#include "proxies.h"
#include "newer.h"
#include "newer_options.h"

#ifdef _WIN32
/* ---- handles --------------------------------------------------------------------------------- */

/* How many handles a program started by this one could inherit. */
static int inheritable(void) {
    int n = 0;
    uintptr_t h;
    DWORD flags;
    for (h = 4; h < 0x4000; h += 4) n += GetHandleInformation((HANDLE)h, &flags) && flags & HANDLE_FLAG_INHERIT;
    return n;
}

static void nothing_is_inherited(int async) {
    int before = inheritable(), loopback = 1;
    recorder *r = rec_new();
    conn ws, by_interface;
    HANDLE probe = CreateEventA(&(SECURITY_ATTRIBUTES){.nLength = sizeof(SECURITY_ATTRIBUTES), .bInheritHandle = TRUE}, 0, 0, NULL);
    EQ(inheritable(), before + 1);
    CloseHandle(probe);
    NEED(h_websocket_on(&ws, async, "plain", "/echo", r));
    NEED(x_simple(&by_interface, async, "GET", "/keep/ordinary"));
    EXPECT(WinHttpSetOption(by_interface.req, WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, &loopback, sizeof loopback));
    EQ(x_exchange(&by_interface, async), 0);
    EQ(inheritable(), before);
    h_finish(&by_interface);
    h_finish(&ws);
}
BOTH(nothing_is_inherited)

/* ---- the processor --------------------------------------------------------------------------- */

/* A WebSocket with TLS: all that computes. */
static void talk(int async) {
    recorder *r = rec_new();
    conn c;
    char text[64];
    NEED(h_websocket_on(&c, async, "tls", "/greeting", r));
    EQ_STR(h_message(&c, async, text, sizeof text), "welcome");
    EQ(h_send(&c, async, TXT, "computed", 8), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "computed");
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}

typedef struct modes {
    unsigned short x87;
    unsigned sse;
} modes;
static modes get_modes(void) {
    modes m = {0, 0};
    __asm__ volatile("fnstcw %0" : "=m"(m.x87));
    __asm__ volatile("stmxcsr %0" : "=m"(m.sse));
    m.sse &= 0xffc0; /* not the flags of what was computed */
    return m;
}
static void set_modes(modes m) {
    __asm__ volatile("fldcw %0" ::"m"(m.x87));
    __asm__ volatile("ldmxcsr %0" ::"m"(m.sse));
}

/* Some languages' programs have exceptions for division by zero and the like, or round in another way. */
static void floating_point_is_as_the_program_set_it(int async) {
    modes before = get_modes(), odd = {0x0b32, 0x7900}, after;
    set_modes(odd);
    odd = get_modes();
    talk(async);
    after = get_modes();
    set_modes(before);
    EQ(after.x87, odd.x87);
    EQ(after.sse, odd.sse);
}
BOTH(floating_point_is_as_the_program_set_it)

#ifndef _WIN64
/* Compilers for 32-bit Windows promise four bytes, and so do the callers of a thread's first function. */
static void talk_both(void) {
    talk(0);
    talk(1);
}
static void with_stack_at(unsigned bytes) {
    __asm__ volatile("movl %%esp, %%ebx\n\tandl $-16, %%esp\n\tsubl %0, %%esp\n\tcall *%1\n\tmovl %%ebx, %%esp"
                     : : "S"(bytes), "D"(talk_both) : "eax", "ebx", "ecx", "edx", "memory", "cc");
}
static void the_stack_may_be_at_any_word(void) {
    unsigned bytes;
    h_limit(60);
    for (bytes = 0; bytes < 16; bytes += 4) with_stack_at(bytes);
}
#endif

/* ---- urgent data ----------------------------------------------------------------------------- */

static ULONGLONG processor_ms(void) {
    FILETIME made, ended, kernel, user;
    ULARGE_INTEGER a, b;
    GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user);
    a.LowPart = kernel.dwLowDateTime, a.HighPart = kernel.dwHighDateTime;
    b.LowPart = user.dwLowDateTime, b.HighPart = user.dwHighDateTime;
    return (a.QuadPart + b.QuadPart) / 10000;
}
static void send_to_the_deaf(void *p) {
    DWORD size = 64u << 20;
    void *data = calloc(1, size);
    EXPECT(WinHttpWebSocketSend(((conn *)p)->ws, BIN, data, size));
    free(data);
}
/* Winsock tells of them as it does of a connection that could not be made, and again until they are read. */
static void urgent_data_wake_nobody(void) {
    ULONGLONG before;
    h_thread sender;
    conn c;
    NEED(h_websocket_on(&c, 0, "plain", "/deaf?urgent=1", NULL));
    sender = h_spawn(send_to_the_deaf, &c);
    h_sleep(300);
    before = processor_ms();
    h_sleep(1500);
    if (processor_ms() - before > 150) FAIL("%u ms of 1500", (unsigned)(processor_ms() - before));
    EXPECT(WinHttpCloseHandle(c.ws));
    c.ws = NULL;
    h_join(sender);
    h_finish(&c);
}

/* ---- stacks ---------------------------------------------------------------------------------- */

/* This program asks for eight MiB for its threads (wine.cmake); its callbacks have a right to them. */
static int stack_seen;
static void CALLBACK deep(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    MEMORY_BASIC_INFORMATION here;
    (void)h, (void)context, (void)info, (void)length;
    if (status != WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE && status != WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) return;
    memset(&here, 0, sizeof here);
    VirtualQuery(&here, &here, sizeof here);
    h_put(&stack_seen, (int)(((char *)&here - (char *)here.AllocationBase) / 1024));
}
static void callbacks_have_the_programs_stack(void) {
    uint64_t end = h_ms() + 15000;
    conn c;
    NEED(h_prepare(&c, 1, "plain", "/keep/ordinary", NULL, 0));
    WinHttpSetStatusCallback(c.req, deep, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS, 0);
    NEED(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    while (!h_get(&stack_seen) && h_ms() < end) h_sleep(1);
    if (h_get(&stack_seen) < 7 * 1024) FAIL("%d KiB", h_get(&stack_seen));
    h_finish(&c);
}

/* ---- the end of the process ------------------------------------------------------------------ */

/* ExitProcess ends all other threads where they are, then asks each DLL to say goodbye. Some close their WinHTTP handles
 * there; shim/goodbye.c does it for this program. What was said comes out by a pipe that the parent reads. */
static void (*goodbye)(void);
static void say_goodbye(void) {
    DWORD n;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "a", 1, &n, NULL);
    goodbye();
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "z", 1, &n, NULL);
}

static conn last;
static h_event reached, never;
static void close_all(void) {
    WinHttpSetStatusCallback(last.ses, NULL, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    if (last.ws) WinHttpCloseHandle(last.ws);
    WinHttpCloseHandle(last.req);
    WinHttpCloseHandle(last.con);
    WinHttpCloseHandle(last.ses);
}

/* A thread of the library's is in a callback that does not return. */
static void CALLBACK stay(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    (void)h, (void)context, (void)status, (void)info, (void)length;
    h_event_set(&reached);
    h_event_wait(&never, 60000);
}
static int end_in_a_callback(void) {
    if (!h_prepare(&last, 1, "plain", "/keep/ordinary", NULL, 0)) return 1;
    WinHttpSetStatusCallback(last.req, stay, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS, 0);
    if (!WinHttpSendRequest(last.req, NULL, 0, NULL, 0, 0, 0) || !h_event_wait(&reached, 15000)) return 2;
    goodbye = close_all;
    return 0;
}

/* One of the program's own threads is in a call, and the goodbye makes another that takes turns with it. */
static void send_much(void *p) {
    DWORD size = 64u << 20;
    (void)p;
    WinHttpWebSocketSend(last.ws, BIN, calloc(1, size), size);
}
static void send_more(void) {
    WinHttpWebSocketSend(last.ws, BIN, "x", 1);
    close_all();
}
static int end_in_a_call(void) {
    if (!h_websocket_on(&last, 0, "plain", "/deaf", NULL)) return 1;
    h_spawn(send_much, NULL);
    h_sleep(200);
    goodbye = send_more;
    return 0;
}

/* A thread of the library's tells of new proxy settings. */
typedef VOID(CALLBACK *on_change)(ULONGLONG flags, PVOID context);
static void *registration;
static DWORD(WINAPI *unregister)(void *);
static VOID CALLBACK stay_told(ULONGLONG flags, PVOID context) {
    (void)flags, (void)context;
    h_event_set(&reached);
    h_event_wait(&never, 60000);
}
static void end_registration(void) { unregister(registration); }
static int end_in_a_notice(void) {
    DWORD(WINAPI *begin)(ULONGLONG, on_change, PVOID, void **) = symbol("WinHttpRegisterProxyChangeNotification");
    int told;
    unregister = symbol("WinHttpUnregisterProxyChangeNotification");
    if (!begin || !unregister || begin(1, stay_told, NULL, &registration)) return 1;
    set_user(DIRECT | PROXY, "guest:1", NULL, NULL);
    told = h_event_wait(&reached, 15000);
    restore_user();
    goodbye = end_registration;
    return told ? 0 : 2;
}

/* Everything moves, and the end comes at some moment. */
static void load(void *p) {
    int i;
    (void)p;
    for (i = 0;; i++) {
        conn c;
        if (h_prepare(&c, 1, "plain", "/keep/ordinary", NULL, 0) && WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0)) h_sleep((unsigned)i % 3);
        h_finish(&c);
    }
}
static int end_under_load(void) {
    int i;
    if (!h_websocket_on(&last, 1, "plain", "/echo", rec_new())) return 1;
    for (i = 0; i < 4; i++) h_spawn(load, NULL);
    h_sleep(50 + GetTickCount() % 50);
    goodbye = close_all;
    return 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} ends[] = {{"callback", end_in_a_callback}, {"call", end_in_a_call}, {"notice", end_in_a_notice}, {"load", end_under_load}};

static int child(const char *name) {
    void (*at_the_end)(void (*)(void));
    size_t i;
    int failed = 9;
    h_event_init(&reached), h_event_init(&never);
    for (i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!strcmp(ends[i].name, name)) failed = ends[i].run();
    if (failed) ExitProcess(100 + failed);
    at_the_end = (void (*)(void (*)(void)))(void *)GetProcAddress(LoadLibraryA("goodbye.dll"), "at_the_end");
    if (!at_the_end) ExitProcess(110);
    at_the_end(say_goodbye);
    ExitProcess(7);
}

/* It ends with what it has to say said and with its own exit code; or, if it may, in the middle with that of a process
 * which the system ends since a lock is nobody's any more. */
static void ends_with(const char *name, int may_be_cut) {
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    PROCESS_INFORMATION process;
    char program[MAX_PATH], line[MAX_PATH + 8], said[8] = "";
    DWORD code = 0, n = 0;
    HANDLE out;
    NEED(CreatePipe(&out, &start.hStdOutput, &inherited, 0));
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    GetModuleFileNameA(NULL, program, sizeof program);
    snprintf(line, sizeof line, "\"%s\"", program);
    SetEnvironmentVariableA("GUEST_CHILD", name);
    NEED(CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process));
    SetEnvironmentVariableA("GUEST_CHILD", NULL);
    CloseHandle(start.hStdOutput);
    if (WaitForSingleObject(process.hProcess, h_patience(25000)) != WAIT_OBJECT_0) FAIL("%s: does not end", name);
    GetExitCodeProcess(process.hProcess, &code);
    TerminateProcess(process.hProcess, 9);
    ReadFile(out, said, 1, &n, NULL);
    ReadFile(out, said + 1, 1, &n, NULL);
    if (may_be_cut && code == 0xC000004B) {
        EQ_STR(said, "a");
    } else {
        EQ(code, 7);
        EQ_STR(said, "az");
    }
    CloseHandle(out);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

static void the_program_ends_with_a_callback_running(void) { ends_with("callback", 0); }
static void the_program_ends_with_a_call_running(void) { ends_with("call", 1); }
static void the_program_ends_with_a_notice_running(void) { ends_with("notice", 0); }
static void the_program_ends_under_load(void) {
    int i;
    h_limit(120);
    for (i = 0; i < 8 && !h_failed; i++) ends_with("load", 1);
}
#endif

TESTS {
#ifdef _WIN32
    if (getenv("GUEST_CHILD")) return child(getenv("GUEST_CHILD"));
    CASE2(nothing_is_inherited);
    CASE2(floating_point_is_as_the_program_set_it);
#ifndef _WIN64
    CASE(the_stack_may_be_at_any_word);
#endif
    CASE(urgent_data_wake_nobody);
    CASE(callbacks_have_the_programs_stack);
    CASE(the_program_ends_with_a_callback_running);
    CASE(the_program_ends_with_a_call_running);
    CASE(the_program_ends_with_a_notice_running);
    CASE(the_program_ends_under_load);
#endif
}
END_TESTS
