/* Ten thousand requests from four threads on one session: all are answered rightly, and no descriptor, thread or memory
 * stays behind. */
#include "process.h"
#ifndef _WIN32
#include <malloc.h>
#endif
#include "http.h"

#ifdef H_SLOW
#define REQUESTS 1200
#else
#define REQUESTS 10000
#endif
#define THREADS 4
#define AT_ONCE 4 /* asynchronous requests of one thread */

/* The kinds of exchange, and what their body must be. */
typedef struct kind {
    const char *verb, *path;
    DWORD status, body; /* bytes of it */
    const char *optional;
} kind;
static const kind kinds[] = {
    {"GET", "/body/100", 200, 100, NULL},
    {"GET", "/body/20000", 200, 20000, NULL},
    {"POST", "/status/201", 201, 16, "some data"},
    {"GET", "/keep/chunked?size=5000", 200, 5000, NULL},
    {"HEAD", "/body/77", 200, 0, NULL},
    {"GET", "/status/204", 204, 0, NULL},
    {"GET", "/hop/2", 200, 7, NULL},
    {"GET", "/keep/ends?size=333", 200, 333, NULL},
    {"GET", "/status/404", 404, 16, NULL},
    {"GET", "/gzip/gzip/3000", 200, 0, NULL}, /* the body is not read */
    {"GET", "/body/64", 200, 64, NULL},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static HINTERNET session, connection;
static int done, wrong;

static HINTERNET open_kind(const kind *k) {
    return WinHttpOpenRequest(connection, h_wide(k->verb), h_wide(k->path), NULL, NULL, NULL, 0);
}
static int send_kind(HINTERNET req, const kind *k) {
    DWORD n = k->optional ? (DWORD)strlen(k->optional) : 0;
    return WinHttpSendRequest(req, NULL, 0, (LPVOID)k->optional, n, n, 0);
}
static int skips_body(const kind *k) { return !strncmp(k->path, "/gzip", 5); }
static void mistake(const char *what, const kind *k, DWORD number) {
    if (h_inc(&wrong) < 6) FAIL("%s %s: %s %u", k->verb, k->path, what, (unsigned)number);
}

/* ---- synchronous ---- */

static void sync_thread(void *arg) {
    int turn;
    static __thread char text[32768];
    (void)arg;
    while ((turn = h_inc(&done)) <= REQUESTS && h_get(&wrong) < 5) {
        const kind *k = &kinds[(unsigned)turn % KINDS];
        HINTERNET req = open_kind(k);
        DWORD n = 0, got = 0;
        /* The server ends a connection without a word: Windows does not try again, so a request may meet its end. */
        if (!send_kind(req, k) || !WinHttpReceiveResponse(req, NULL)) {
            if (GetLastError() != E_CONNECTION) mistake("error", k, GetLastError());
        } else if (h_status(req) != k->status) {
            mistake("status", k, h_status(req));
        } else if (!skips_body(k)) {
            while (WinHttpReadData(req, text, sizeof text, &got) && got) n += got;
            if (n != k->body) mistake("bytes of body", k, n);
        }
        WinHttpCloseHandle(req);
    }
}

/* ---- asynchronous ---- */

typedef struct flight {
    const kind *k;
    HINTERNET req;
    DWORD error, body;
    h_mutex m;
    h_cond c;
    int closed;
    char text[8192];
} flight;

static void CALLBACK fly(HINTERNET req, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    flight *f = (flight *)context;
    if (!f) return;
    switch (status) {
    case STATUS(SENDREQUEST_COMPLETE):
        if (!WinHttpReceiveResponse(req, NULL)) f->error = GetLastError(), WinHttpCloseHandle(req);
        break;
    case STATUS(HEADERS_AVAILABLE):
        if (h_status(req) != f->k->status) f->error = h_status(req);
        if (f->error || skips_body(f->k) || !WinHttpReadData(req, f->text, sizeof f->text, NULL)) WinHttpCloseHandle(req);
        break;
    case STATUS(READ_COMPLETE):
        f->body += length;
        if (!length || !WinHttpReadData(req, f->text, sizeof f->text, NULL)) WinHttpCloseHandle(req);
        break;
    case STATUS(REQUEST_ERROR):
        f->error = ((WINHTTP_ASYNC_RESULT *)info)->dwError;
        WinHttpCloseHandle(req);
        break;
    case STATUS(HANDLE_CLOSING):
        h_lock(&f->m);
        f->closed = 1;
        h_broadcast(&f->c);
        h_unlock(&f->m);
        break;
    }
}

static void launch(flight *f, const kind *k) {
    DWORD_PTR context = (DWORD_PTR)f;
    f->k = k, f->error = f->body = 0, f->closed = 0;
    f->req = open_kind(k);
    WinHttpSetOption(f->req, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
    if (!send_kind(f->req, k)) f->error = GetLastError(), WinHttpCloseHandle(f->req);
}

static void land(flight *f) {
    uint64_t end = h_ms() + 20000;
    int closed;
    h_lock(&f->m);
    while (!f->closed && h_ms() < end) h_wait_until(&f->c, &f->m, end);
    closed = f->closed;
    h_unlock(&f->m);
    if (!closed) mistake("does not end", f->k, 0);
    else if (f->error && f->error != E_CONNECTION) mistake("error or status", f->k, f->error);
    else if (!f->error && !skips_body(f->k) && f->body != f->k->body) mistake("bytes of body", f->k, f->body);
}

static void async_thread(void *arg) {
    flight *flights = calloc(AT_ONCE, sizeof *flights);
    int i, aloft[AT_ONCE] = {0}, turn, more = 1, any = 1;
    (void)arg;
    for (i = 0; i < AT_ONCE; i++) h_mutex_init(&flights[i].m), h_cond_init(&flights[i].c);
    while (any) {
        for (any = i = 0; i < AT_ONCE; i++) {
            if (aloft[i]) land(&flights[i]), aloft[i] = 0;
            more = more && (turn = h_inc(&done)) <= REQUESTS && h_get(&wrong) < 5;
            if (!more) continue;
            launch(&flights[i], &kinds[(unsigned)turn % KINDS]);
            any = aloft[i] = 1;
        }
        for (i = 0; i < AT_ONCE; i++) any |= aloft[i];
    }
    if (!h_get(&wrong)) free(flights); /* a callback may still come to what did not end */
}

/* ---- both ---- */

static void round_of(int async, int from) {
    h_thread threads[THREADS];
    int i;
    h_put(&done, from);
    for (i = 0; i < THREADS; i++) threads[i] = h_spawn(async ? async_thread : sync_thread, NULL);
    for (i = 0; i < THREADS; i++) h_join(threads[i]);
}

static void open_session(int async) {
    DWORD both = WINHTTP_DECOMPRESSION_FLAG_ALL;
    session = h_open(async);
    WinHttpSetOption(session, WINHTTP_OPTION_DECOMPRESSION, &both, sizeof both);
    if (async) WinHttpSetStatusCallback(session, fly, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | WINHTTP_CALLBACK_FLAG_HANDLES, 0);
    connection = WinHttpConnect(session, W("127.0.0.1"), h_port("plain"), 0);
}

static void ten_thousand_from_four_threads(int async) {
    int descriptors, descriptors_after;
    uint64_t start;
#ifndef _WIN32
    int threads, threads_after;
    long memory, memory_after;
#endif
    h_limit(200);
    h_put(&wrong, 0);
    open_session(async);
    NEED(connection);
    round_of(async, REQUESTS - REQUESTS / 8); /* warm: pools and caches reach their size */
    descriptors = p_descriptors();
#ifndef _WIN32
    threads = p_threads();
    memory = p_resident_kib();
#endif
    start = h_ms();
    round_of(async, 0);
    /* A few idle connections more or less are not a leak. */
    descriptors_after = p_settles(p_descriptors, descriptors + THREADS * AT_ONCE);
    printf("# %s: %u ms, descriptors %d -> %d\n", async ? "asynchronous" : "synchronous", (unsigned)(h_ms() - start), descriptors, descriptors_after);
    if (descriptors_after > descriptors + THREADS * AT_ONCE) FAIL("%d descriptors became %d", descriptors, descriptors_after);
#ifndef _WIN32
    threads_after = p_settles(p_threads, threads + 2);
    memory_after = p_resident_kib();
    printf("# threads %d -> %d, resident %ld -> %ld KiB\n", threads, threads_after, memory, memory_after);
    if (threads_after > threads + 2) FAIL("%d threads became %d", threads, threads_after);
#ifndef H_SLOW
    if (memory_after > memory + 2048) FAIL("%ld KiB became %ld", memory, memory_after);
#endif
#endif
    EXPECT(WinHttpCloseHandle(connection));
    EXPECT(WinHttpCloseHandle(session));
}
BOTH(ten_thousand_from_four_threads)

TESTS {
#ifndef _WIN32
    mallopt(M_ARENA_MAX, 1); /* threads come and go: without a limit each finds an arena of its own to grow */
#endif
    CASE2(ten_thousand_from_four_threads);
}
END_TESTS
