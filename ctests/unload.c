/* Load the library, use it, close all, unload it; again and again. Linux; the Windows twin comes with the DLL. */
#include "harness.h"
#ifndef _WIN32
#include <dlfcn.h>

#ifdef H_SLOW
#define ROUNDS 20
#else
#define ROUNDS 200
#endif

/* The functions by name: this program is not linked with the library. */
#define NEEDED(name) __typeof__(name) *p_##name = (__typeof__(name) *)dlsym(lib, #name); if (!p_##name) { FAIL("no " #name); return; }

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

static int closings;
static void CALLBACK count(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    (void)h, (void)context, (void)info, (void)length;
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) h_inc(&closings);
}

static void one(int async) {
    void *lib = dlopen(getenv("WINHTTP_LIBRARY") ? getenv("WINHTTP_LIBRARY") : "libwinhttp.so", RTLD_NOW | RTLD_LOCAL);
    HINTERNET ses, con, req, ws;
    char buffer[32];
    uint64_t end;
    if (!lib) {
        FAIL("%s", dlerror());
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
    dlclose(lib);
}

static void load_and_unload(void) {
    int i, maps, tasks, fds;
    long memory;
    uint64_t end;
    h_limit(120);
    for (i = 0; i < 10; i++) one(i % 2);
    h_sleep(200);
    maps = lines("/proc/self/maps"), tasks = entries("/proc/self/task"), fds = entries("/proc/self/fd");
    memory = resident_kib();
    for (i = 0; i < ROUNDS && !h_failed; i++) one(i % 2);
    end = h_ms() + 10000;
    while ((entries("/proc/self/task") > tasks || entries("/proc/self/fd") > fds) && h_ms() < end) h_sleep(20);
    if (entries("/proc/self/task") > tasks) FAIL("%d threads became %d", tasks, entries("/proc/self/task"));
    if (entries("/proc/self/fd") > fds) FAIL("%d descriptors became %d", fds, entries("/proc/self/fd"));
    printf("# %d rounds: mappings %d -> %d, threads %d -> %d, descriptors %d -> %d, resident %ld -> %ld KiB\n", ROUNDS, maps,
           lines("/proc/self/maps"), tasks, entries("/proc/self/task"), fds, entries("/proc/self/fd"), memory, resident_kib());
#ifndef H_SLOW
    if (resident_kib() > memory + 2048) FAIL("%ld KiB became %ld KiB", memory, resident_kib());
    if (lines("/proc/self/maps") > maps + 8) FAIL("%d mappings became %d", maps, lines("/proc/self/maps"));
#endif
}

static void loading_alone_starts_nothing(void) {
    int tasks = entries("/proc/self/task");
    void *lib = dlopen(getenv("WINHTTP_LIBRARY") ? getenv("WINHTTP_LIBRARY") : "libwinhttp.so", RTLD_NOW | RTLD_LOCAL);
    if (!lib) {
        FAIL("%s", dlerror());
        return;
    }
    EQ(entries("/proc/self/task"), tasks);
    dlclose(lib);
}
#endif

TESTS {
#ifndef _WIN32
    CASE(loading_alone_starts_nothing);
    CASE(load_and_unload);
#endif
}
END_TESTS
