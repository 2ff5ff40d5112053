/* Connect, upgrade, echo, close, many thousand times: no descriptor, thread or memory stays. Linux. */
#include "harness.h"

#ifndef _WIN32
#include <malloc.h>
#endif

#ifdef H_SLOW
#define ROUNDS 600
#else
#define ROUNDS 10000
#endif

#ifndef _WIN32
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

/* Threads and sockets end a moment after the last close; give them a bounded time. */
static int settles(const char *path, int at_most) {
    uint64_t end = h_ms() + 10000;
    int n;
    while ((n = entries(path)) > at_most && h_ms() < end) h_sleep(20);
    return n;
}

static void CALLBACK silent(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    (void)h, (void)info, (void)length;
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING && context) h_inc((int *)context);
}

static void one_sync(int i) {
    static const char *paths[] = {"/echo", "/greeting", "/close/1000", "/raw/?then=drop", "/status/404", "/raw/830161"};
    conn c;
    char text[64];
    if (!h_websocket(&c, 0, paths[i % 6], NULL) && i % 6 != 4) FAIL("round %d: error %u", i, (unsigned)GetLastError());
    if (c.ws) {
        if (i % 6 == 0) EXPECT(!h_send(&c, 0, TXT, "leak?", 5));
        h_receive(&c, 0, text, sizeof text);
        if (i % 6 < 3) h_close(&c, 0, 1000, NULL);
    }
    h_finish(&c);
}

static int closings, begun;

static void one_async(int i) {
    conn c;
    memset(&c, 0, sizeof c);
    (void)i;
    /* What is still ending takes memory, which no program gives back: not too much of that at a time. */
    while (h_get(&closings) < 3 * (begun - 50)) h_sleep(1);
    begun++;
    c.ses = h_open(1);
    {
        DWORD_PTR context = (DWORD_PTR)&closings;
        WinHttpSetStatusCallback(c.ses, silent, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
        WinHttpSetOption(c.ses, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
    }
    c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
    c.req = WinHttpOpenRequest(c.con, NULL, W("/echo"), NULL, NULL, NULL, 0);
    WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    /* Closed while it is under way. */
    WinHttpCloseHandle(c.req);
    WinHttpCloseHandle(c.con);
    WinHttpCloseHandle(c.ses);
}

static void rounds(void (*one)(int), int count) {
    int i, fds, threads, fds_after, threads_after;
    long memory, memory_after;
    h_limit(300);
    /* Threads come and go with the sessions: without a limit each finds an arena of its own to grow. */
    mallopt(M_ARENA_MAX, 1);
    for (i = 0; i < count / 5; i++) one(i); /* warm: caches and pools reach their size */
    fds = settles("/proc/self/fd", 0 + entries("/proc/self/fd"));
    settles("/proc/self/task", 4);
    fds = settles("/proc/self/fd", 12);
    threads = entries("/proc/self/task");
    memory = resident_kib();
    for (i = 0; i < count && !h_failed; i++) one(i);
    fds_after = settles("/proc/self/fd", fds);
    threads_after = settles("/proc/self/task", threads);
    memory_after = resident_kib();
    if (fds_after > fds) FAIL("%d descriptors became %d", fds, fds_after);
    if (threads_after > threads) FAIL("%d threads became %d", threads, threads_after);
#ifndef H_SLOW /* a sanitizer keeps freed memory */
    if (memory_after > memory + 1024) FAIL("%ld KiB became %ld KiB", memory, memory_after);
#endif
    printf("# %d rounds: descriptors %d -> %d, threads %d -> %d, resident %ld -> %ld KiB\n", count, fds, fds_after, threads, threads_after, memory, memory_after);
}

static void sync_rounds(void) { rounds(one_sync, ROUNDS); }
static void async_rounds(void) {
    rounds(one_async, ROUNDS / 5);
    EQ(h_get(&closings), 3 * (ROUNDS / 5 + ROUNDS / 25));
}

/* Threads end after the last session closes. */
static void no_thread_without_a_session(void) {
    int before = settles("/proc/self/task", 4), after;
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, 1, "/echo", r));
    h_finish(&c);
    after = settles("/proc/self/task", before);
    if (after > before) FAIL("%d threads became %d", before, after);
}
#endif

TESTS {
#ifndef _WIN32
    CASE(no_thread_without_a_session);
    CASE(sync_rounds);
    CASE(async_rounds);
#endif
}
END_TESTS
