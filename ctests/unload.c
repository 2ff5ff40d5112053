/* Load the library, use it, close all, unload it; again and again: no thread, no descriptor or handle, no mapping or
 * module, no thread-local slot stays. */
#include "harness.h"

#ifdef _WIN32
#include <psapi.h>
#include <tlhelp32.h>
#else
#include <dlfcn.h>
#include <malloc.h>
#include <sys/stat.h>
#endif

#ifdef H_SLOW
#define ROUNDS 20
#else
#define ROUNDS 200
#endif

/* The functions by name: this program is not linked with the library. */
#define NEEDED(name) __typeof__(name) *p_##name = (__typeof__(name) *)symbol(lib, #name); if (!p_##name) { FAIL("no " #name); return; }

#ifdef _WIN32
typedef HMODULE library;
static library load(void) { return LoadLibraryA("winhttp.dll"); }
static void *symbol(library lib, const char *name) { return (void *)GetProcAddress(lib, name); }
static void unload(library lib) { FreeLibrary(lib); }
static int modules(void) { return GetModuleHandleA("winhttp.dll") != NULL; }
static int threads(void) {
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry = {.dwSize = sizeof entry};
    int n = 0;
    for (BOOL more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry))
        n += entry.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(all);
    return n;
}
static int descriptors(void) {
    DWORD n = 0;
    HANDLE event;
    if (GetProcessHandleCount(GetCurrentProcess(), &n) && n) return (int)n;
    /* Wine 8 does not count them, but gives the lowest number that is free. */
    event = CreateEventA(NULL, 0, 0, NULL);
    CloseHandle(event);
    return (int)((uintptr_t)event / 4);
}
static long resident_kib(void) {
    PROCESS_MEMORY_COUNTERS memory = {.cb = sizeof memory};
    K32GetProcessMemoryInfo(GetCurrentProcess(), &memory, sizeof memory);
    return (long)(memory.WorkingSetSize / 1024);
}
/* The lowest free thread-local slot: grows when slots are lost. */
static int mappings(void) {
    DWORD slot = TlsAlloc();
    TlsFree(slot);
    return (int)slot;
}
#else
typedef void *library;
static library load(void) {
    const char *name = getenv("WINHTTP_LIBRARY");
    library lib = dlopen(name ? name : "libwinhttp.so", RTLD_NOW | RTLD_LOCAL);
    if (!lib) FAIL("%s", dlerror());
    return lib;
}
static void *symbol(library lib, const char *name) { return dlsym(lib, name); }
static void unload(library lib) { dlclose(lib); }
static int modules(void) {
    char line[1024];
    FILE *f = fopen("/proc/self/maps", "r");
    int n = 0;
    while (f && fgets(line, sizeof line, f)) n += strstr(line, "libwinhttp") != NULL;
    if (f) fclose(f);
    return n;
}
static int lines(const char *path) {
    FILE *f = fopen(path, "r");
    int c, n = 0;
    while (f && (c = fgetc(f)) != EOF) n += c == '\n';
    if (f) fclose(f);
    return n;
}
static int entries(const char *path) {
    DIR *d = opendir(path);
    int n = 0;
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n;
}

static long resident_kib(void) {
    long total = 0, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2) pages = 0;
    if (f) fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}
static int threads(void) { return entries("/proc/self/task"); }
static int descriptors(void) { return entries("/proc/self/fd"); }
static int mappings(void) { return lines("/proc/self/maps"); }
#endif

static void expect_gone(void) {
    uint64_t end = h_ms() + 20000;
    while (modules() && h_ms() < end) {
        h_sleep(1);
#ifndef _WIN32
        /* A library that was let go while a thread of its was ending goes with the next one that is closed. */
        if (modules()) unload(load());
#endif
    }
    if (modules()) FAIL("the module is still there");
}

static int closings;
static void CALLBACK count(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    (void)h, (void)context, (void)info, (void)length;
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) h_inc(&closings);
}

static void one(int async) {
    library lib = load();
    HINTERNET ses, con, req, ws;
    char buffer[32];
    uint64_t end;
    if (!lib) {
        FAIL("cannot be loaded");
        return;
    }
    {
        NEEDED(WinHttpOpen) NEEDED(WinHttpConnect) NEEDED(WinHttpOpenRequest) NEEDED(WinHttpSetOption) NEEDED(WinHttpSendRequest)
        NEEDED(WinHttpReceiveResponse) NEEDED(WinHttpWebSocketCompleteUpgrade) NEEDED(WinHttpWebSocketSend) NEEDED(WinHttpWebSocketReceive)
        NEEDED(WinHttpWebSocketClose) NEEDED(WinHttpCloseHandle) NEEDED(WinHttpSetStatusCallback)
        ses = p_WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, async ? WINHTTP_FLAG_ASYNC : 0);
        closings = 0;
        p_WinHttpSetStatusCallback(ses, count, WINHTTP_CALLBACK_FLAG_HANDLES, 0);
        con = p_WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
        req = p_WinHttpOpenRequest(con, NULL, W("/echo"), NULL, NULL, NULL, 0);
        EXPECT(p_WinHttpSetOption(req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
        EXPECT(p_WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0));
        if (!async) {
            EXPECT(p_WinHttpReceiveResponse(req, NULL));
            ws = p_WinHttpWebSocketCompleteUpgrade(req, 0);
            EXPECT(ws);
            EQ(p_WinHttpWebSocketSend(ws, TXT, (void *)"x", 1), 0);
            EQ(p_WinHttpWebSocketReceive(ws, buffer, sizeof buffer, NULL, NULL), 0);
            EQ(p_WinHttpWebSocketClose(ws, 1000, NULL, 0), 0);
            p_WinHttpCloseHandle(ws);
        }
        p_WinHttpCloseHandle(req);
        p_WinHttpCloseHandle(con);
        p_WinHttpCloseHandle(ses);
        end = h_ms() + 10000;
        while (h_get(&closings) < (async ? 3 : 4) && h_ms() < end) h_sleep(1);
        EQ(h_get(&closings), async ? 3 : 4);
    }
    unload(lib);
}

static void load_and_unload(void) {
    int i, maps, tasks, fds;
    long memory;
    uint64_t end;
    h_limit(120);
#ifndef _WIN32
    /* Threads come and go: without a limit each finds an arena of its own to map. */
    mallopt(M_ARENA_MAX, 1);
#endif
    for (i = 0; i < 10; i++) one(i % 2);
    h_sleep(200);
    end = h_ms() + 10000;
#ifdef _WIN32
    while (modules() && h_ms() < end) h_sleep(20);
#endif
    maps = mappings(), tasks = threads(), fds = descriptors();
    memory = resident_kib();
    for (i = 0; i < ROUNDS && !h_failed; i++) one(i % 2);
    end = h_ms() + 10000;
    while ((threads() > tasks || descriptors() > fds) && h_ms() < end) h_sleep(20);
#ifndef _WIN32
    /* A library that was let go while a thread of its was ending goes with the next one that is closed. */
    if (modules()) unload(load());
#endif
    while (modules() && h_ms() < end) h_sleep(20);
    if (modules()) FAIL("the module is still there");
    if (threads() > tasks) FAIL("%d threads became %d", tasks, threads());
    if (descriptors() > fds) FAIL("%d descriptors became %d", fds, descriptors());
    printf("# %d rounds: mappings %d -> %d, threads %d -> %d, descriptors %d -> %d, resident %ld -> %ld KiB\n", ROUNDS, maps,
           mappings(), tasks, threads(), fds, descriptors(), memory, resident_kib());
#ifndef H_SLOW
    if (resident_kib() > memory + 2048) FAIL("%ld KiB became %ld KiB", memory, resident_kib());
    /* The C library keeps the stacks of some ended threads, two mappings each. */
    if (mappings() > maps + 24) FAIL("%d mappings became %d", maps, mappings());
#endif
}

/* Two threads of the program that want the same of one WebSocket. The library makes them wait, and must not be kept by
 * what it leaves on them: they outlive it. */
typedef struct waiters {
    HINTERNET ws;
    __typeof__(WinHttpWebSocketSend) *send;
    __typeof__(WinHttpWebSocketShutdown) *shutdown;
    __typeof__(WinHttpWebSocketReceive) *receive;
    void *data;
    DWORD size;
    int done;
    h_event may_end;
} waiters;
static void has_waited(waiters *w, DWORD error) {
    EXPECT(error);
    h_inc(&w->done);
    h_event_wait(&w->may_end, 60000);
}
static void send_all(void *p) {
    waiters *w = p;
    has_waited(w, w->send(w->ws, BIN, w->data, w->size));
}
static void send_one(void *p) {
    waiters *w = p;
    has_waited(w, w->send(w->ws, BIN, w->data, 1));
}
static void shut_down(void *p) {
    waiters *w = p;
    has_waited(w, w->shutdown(w->ws, 1000, NULL, 0));
}
static void receive_one(void *p) {
    waiters *w = p;
    char buffer[8];
    has_waited(w, w->receive(w->ws, buffer, sizeof buffer, NULL, NULL));
}

static void wait_and_unload(const char *path, int answered, void (*first)(void *), void (*second)(void *), void (*third)(void *)) {
    static waiters w;
    library lib = load();
    HINTERNET ses, con, req;
    h_thread threads_of_ours[3];
    uint64_t end;
    int i;
    if (!lib) return;
    memset(&w, 0, sizeof w);
    h_event_init(&w.may_end);
    {
        NEEDED(WinHttpOpen) NEEDED(WinHttpConnect) NEEDED(WinHttpOpenRequest) NEEDED(WinHttpSetOption) NEEDED(WinHttpSendRequest)
        NEEDED(WinHttpReceiveResponse) NEEDED(WinHttpWebSocketCompleteUpgrade) NEEDED(WinHttpWebSocketSend) NEEDED(WinHttpWebSocketReceive)
        NEEDED(WinHttpWebSocketShutdown) NEEDED(WinHttpCloseHandle)
        ses = p_WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
        con = p_WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
        req = p_WinHttpOpenRequest(con, NULL, h_wide(path), NULL, NULL, NULL, 0);
        EXPECT(p_WinHttpSetOption(req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
        EXPECT(p_WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0));
        if (answered) EXPECT(p_WinHttpReceiveResponse(req, NULL));
        w.ws = p_WinHttpWebSocketCompleteUpgrade(req, 0);
        EXPECT(w.ws);
        w.send = p_WinHttpWebSocketSend, w.receive = p_WinHttpWebSocketReceive, w.shutdown = p_WinHttpWebSocketShutdown;
        w.data = calloc(1, w.size = 32u << 20);
        threads_of_ours[0] = h_spawn(first, &w);
        h_sleep(50);
        threads_of_ours[1] = h_spawn(second, &w);
        threads_of_ours[2] = h_spawn(third, &w);
        h_sleep(50);
        EQ(h_get(&w.done), 0);
        EXPECT(p_WinHttpCloseHandle(w.ws));
        end = h_ms() + 20000;
        while (h_get(&w.done) < 3 && h_ms() < end) h_sleep(1);
        EQ(h_get(&w.done), 3);
        p_WinHttpCloseHandle(req);
        p_WinHttpCloseHandle(con);
        p_WinHttpCloseHandle(ses);
    }
    unload(lib);
    expect_gone();
    h_event_set(&w.may_end);
    for (i = 0; i < 3; i++) h_join(threads_of_ours[i]);
    free(w.data);
}

static void threads_that_waited_for_their_turn(void) { wait_and_unload("/deaf", 1, send_all, send_one, shut_down); }
static void threads_that_waited_for_the_upgrade(void) { wait_and_unload("/stall", 0, send_one, receive_one, shut_down); }

#ifndef _WIN32
/* Ending notices of proxy settings waits for the one that runs. */
static h_event told, may_return;
static void CALLBACK settings_changed(ULONGLONG flags, PVOID context) {
    (void)flags, (void)context;
    h_event_set(&told);
    h_event_wait(&may_return, 60000);
}
static void let_it_return(void *unused) {
    (void)unused;
    h_sleep(50); /* the other thread is to wait by then; if it is not, the case shows less */
    h_event_set(&may_return);
}

static void a_thread_that_waited_for_a_notice(void) {
    char path[600];
    void *registration = NULL;
    library lib = load();
    h_thread other;
    FILE *f;
    if (!lib) return;
    h_event_init(&told), h_event_init(&may_return);
    {
        NEEDED(WinHttpRegisterProxyChangeNotification) NEEDED(WinHttpUnregisterProxyChangeNotification)
        EQ(p_WinHttpRegisterProxyChangeNotification(1, settings_changed, NULL, &registration), 0);
        snprintf(path, sizeof path, "%s/winhttp", getenv("XDG_CONFIG_HOME"));
        mkdir(path, 0700);
        strcat(path, "/proxy.conf");
        f = fopen(path, "w");
        if (!f || fputs("proxy = a:1\n", f) < 0 || fclose(f)) FAIL("%s cannot be written", path);
        if (!h_event_wait(&told, 20000)) FAIL("nobody was told");
        other = h_spawn(let_it_return, NULL);
        EQ(p_WinHttpUnregisterProxyChangeNotification(registration), 0);
        h_join(other);
        remove(path);
    }
    unload(lib);
    expect_gone();
}
#endif

/* Connections at rest are kept for other sessions; with the library they go. */
static void idle_connections_go_with_the_library(void) {
    int i, fds = 0, tasks = threads();
    char line[16];
    uint64_t end;
    DWORD n;
    for (i = 0; i < 12; i++) {
        library lib = load();
        HINTERNET ses, con, req;
        if (!lib) {
            FAIL("cannot be loaded");
            return;
        }
        {
            NEEDED(WinHttpOpen) NEEDED(WinHttpConnect) NEEDED(WinHttpOpenRequest) NEEDED(WinHttpSendRequest)
            NEEDED(WinHttpReceiveResponse) NEEDED(WinHttpReadData) NEEDED(WinHttpCloseHandle)
            ses = p_WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
            con = p_WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
            req = p_WinHttpOpenRequest(con, NULL, W("/keep/ordinary"), NULL, NULL, NULL, 0);
            EXPECT(p_WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0));
            EXPECT(p_WinHttpReceiveResponse(req, NULL));
            while (p_WinHttpReadData(req, line, sizeof line, &n) && n) {}
            EXPECT(p_WinHttpCloseHandle(req));
            EXPECT(p_WinHttpCloseHandle(con));
            EXPECT(p_WinHttpCloseHandle(ses));
        }
        unload(lib);
        expect_gone();
        if (i == 3) fds = descriptors();
    }
    end = h_ms() + 10000;
    while ((threads() > tasks || descriptors() > fds) && h_ms() < end) h_sleep(20);
    if (descriptors() > fds) FAIL("%d descriptors became %d", fds, descriptors());
}

static void loading_alone_starts_nothing(void) {
    int tasks = threads();
    library lib = load();
    if (!lib) {
        FAIL("the library does not load");
        return;
    }
    EQ(threads(), tasks);
    unload(lib);
}

#ifdef _WIN32
/* The library must stay mapped while its threads run, whenever the program lets it go. */
static void unloading_with_a_session_open(void) {
    int i, tasks = threads();
    uint64_t end;
    for (i = 0; i < 20; i++) {
        library lib = load();
        HINTERNET ses;
        NEED(lib);
        {
            NEEDED(WinHttpOpen)
            ses = p_WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
        }
        NEED(ses);
        unload(lib);
        h_sleep(5);
        EXPECT(modules());
        lib = load();
        {
            NEEDED(WinHttpCloseHandle)
            EXPECT(p_WinHttpCloseHandle(ses));
        }
        unload(lib);
    }
    end = h_ms() + 10000;
    while ((threads() > tasks || modules()) && h_ms() < end) h_sleep(20);
    EQ(threads(), tasks);
    EQ(modules(), 0);
}

static library in_callback;
static void CALLBACK let_go(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    (void)h, (void)context, (void)info, (void)length;
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING && h_inc(&closings) == 3) unload(in_callback);
}

/* The last notice of the last handle is where a program may think that it needs the library no more. */
static void unloading_in_the_last_callback(void) {
    int i, tasks = threads();
    uint64_t end;
    for (i = 0; i < 20; i++) {
        library lib = load();
        HINTERNET ses, con, req;
        NEED(lib);
        in_callback = lib;
        {
            NEEDED(WinHttpOpen) NEEDED(WinHttpConnect) NEEDED(WinHttpOpenRequest) NEEDED(WinHttpSendRequest)
            NEEDED(WinHttpCloseHandle) NEEDED(WinHttpSetStatusCallback)
            ses = p_WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
            closings = 0;
            p_WinHttpSetStatusCallback(ses, let_go, WINHTTP_CALLBACK_FLAG_HANDLES, 0);
            con = p_WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
            req = p_WinHttpOpenRequest(con, NULL, W("/echo"), NULL, NULL, NULL, 0);
            EXPECT(p_WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0));
            /* One more reference for the calls below: the notice may come before they have returned. */
            load();
            p_WinHttpCloseHandle(ses);
            p_WinHttpCloseHandle(con);
            p_WinHttpCloseHandle(req);
        }
        end = h_ms() + 10000;
        while (h_get(&closings) < 3 && h_ms() < end) h_sleep(1);
        EQ(h_get(&closings), 3);
        unload(lib);
        end = h_ms() + 10000;
        while (modules() && h_ms() < end) h_sleep(1);
        EQ(modules(), 0);
    }
    end = h_ms() + 10000;
    while (threads() > tasks && h_ms() < end) h_sleep(20);
    EQ(threads(), tasks);
}
#endif

TESTS {
    CASE(loading_alone_starts_nothing);
    CASE(load_and_unload);
    CASE(idle_connections_go_with_the_library);
    CASE(threads_that_waited_for_their_turn);
    CASE(threads_that_waited_for_the_upgrade);
#ifndef _WIN32
    CASE(a_thread_that_waited_for_a_notice);
#endif
#ifdef _WIN32
    CASE(unloading_with_a_session_open);
    CASE(unloading_in_the_last_callback);
#endif
}
END_TESTS
