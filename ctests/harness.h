/* The C tests' own small layer: threads, events, a recorder of callbacks, cases. It uses the types of
 * windows.h and winhttp.h and nothing else of Windows on Linux, so that it needs no compat library.
 *
 * A program of tests is:    static void opens(void) { EXPECT(...); }
 *                           TESTS { CASE(opens); } END_TESTS
 * It prints `ok NAME` or `FAIL NAME` and why, a case a line, and exits with 1 if any case failed.
 * Arguments: --list, --only NAME,NAME...; --brief makes waits and limits short, for cases that are expected to fail. A
 * case that takes more than its time ends the program with `FAIL NAME hangs` (run.py then starts it again for the rest).
 */
#ifndef HARNESS_H
#define HARNESS_H

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h> /* Windows' winhttp.h has WINHTTP_CONNECTION_INFO only behind it */
#endif
#include <windows.h>
#include <winhttp.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef _WIN32
#include <dirent.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>
#endif

/* What older SDK headers lack. */
#ifndef WINHTTP_OPTION_DISABLE_GLOBAL_POOLING
#define WINHTTP_OPTION_DISABLE_GLOBAL_POOLING 195
#endif
#ifndef WINHTTP_HANDLE_TYPE_WEBSOCKET
#define H_TYPE_WEBSOCKET 5
#else
#define H_TYPE_WEBSOCKET WINHTTP_HANDLE_TYPE_WEBSOCKET
#endif

#ifndef WINHTTP_QUERY_FLAG_TRAILERS
#define WINHTTP_QUERY_FLAG_TRAILERS 0x02000000
#endif

#define W(text) ((LPCWSTR)L##text)

#define BIN WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define BINF WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
#define TXT WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define TXTF WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
#define CLOSED WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE

enum { E_OP = 4317, E_STATE = 12019, E_TYPE = 12018, E_CANCELLED = 12017, E_INVALID_RESPONSE = 12152, E_CONNECTION = 12030, E_TIMEOUT = 12002 };

/* ---- threads, locks, time ------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define H_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define H_SLOW 1
#endif
#endif

#ifdef _WIN32
typedef CRITICAL_SECTION h_mutex;
typedef CONDITION_VARIABLE h_cond;
typedef HANDLE h_thread;
#define h_lock EnterCriticalSection
#define h_unlock LeaveCriticalSection
static void h_mutex_init(h_mutex *m) { InitializeCriticalSection(m); }
static void h_cond_init(h_cond *c) { InitializeConditionVariable(c); }
static void h_broadcast(h_cond *c) { WakeAllConditionVariable(c); }
static uint64_t h_ms(void) { return GetTickCount64(); }
static void h_wait_until(h_cond *c, h_mutex *m, uint64_t end) {
    uint64_t now = h_ms();
    SleepConditionVariableCS(c, m, now >= end ? 0 : (DWORD)(end - now));
}
static unsigned long h_thread_id(void) { return GetCurrentThreadId(); }
static void h_sleep(unsigned ms) { Sleep(ms); }
#else
typedef pthread_mutex_t h_mutex;
typedef pthread_cond_t h_cond;
typedef pthread_t h_thread;
#define h_lock pthread_mutex_lock
#define h_unlock pthread_mutex_unlock
static void h_mutex_init(h_mutex *m) { pthread_mutex_init(m, NULL); }
static void h_cond_init(h_cond *c) {
    pthread_condattr_t a;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_cond_init(c, &a);
}
static void h_broadcast(h_cond *c) { pthread_cond_broadcast(c); }
static uint64_t h_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
static void h_wait_until(h_cond *c, h_mutex *m, uint64_t end) {
    struct timespec t = {(time_t)(end / 1000), (long)(end % 1000) * 1000000};
    pthread_cond_timedwait(c, m, &t);
}
static unsigned long h_thread_id(void) { return (unsigned long)pthread_self(); }
static void h_sleep(unsigned ms) {
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}
#endif

/* What closes a handle in which another thread blocks can only give that thread some time to get there. This error says
 * that it had not: the case begins anew, with more. */
static inline int h_too_early(DWORD error, unsigned *pause) {
    if (error != ERROR_INVALID_HANDLE || *pause > 5000) return 0;
    *pause *= 8;
    return 1;
}

typedef struct h_start {
    void (*fn)(void *);
    void *arg;
} h_start;

#ifdef _WIN32
static DWORD WINAPI h_thread_main(void *p) {
    h_start s = *(h_start *)p;
    free(p);
    s.fn(s.arg);
    return 0;
}
static h_thread h_spawn(void (*fn)(void *), void *arg) {
    h_start *s = malloc(sizeof *s);
    s->fn = fn;
    s->arg = arg;
    return CreateThread(NULL, 0, h_thread_main, s, 0, NULL);
}
static void h_join(h_thread t) {
    WaitForSingleObject(t, INFINITE);
    CloseHandle(t);
}
#else
static void *h_thread_main(void *p) {
    h_start s = *(h_start *)p;
    free(p);
    s.fn(s.arg);
    return NULL;
}
static h_thread h_spawn(void (*fn)(void *), void *arg) {
    h_start *s = malloc(sizeof *s);
    pthread_t t;
    s->fn = fn;
    s->arg = arg;
    if (pthread_create(&t, NULL, h_thread_main, s)) abort();
    return t;
}
static void h_join(h_thread t) { pthread_join(t, NULL); }
#endif

static int h_brief;

/* How long to wait for what ought to come within `ms`. */
static inline unsigned h_patience(unsigned ms) {
#ifdef H_SLOW
    ms *= 3;
#endif
    return h_brief && ms > 1000 ? 1000 : ms;
}

/* An event that stays set. */
typedef struct h_event {
    h_mutex m;
    h_cond c;
    int set;
} h_event;
static inline void h_event_init(h_event *e) {
    h_mutex_init(&e->m);
    h_cond_init(&e->c);
    e->set = 0;
}
static inline void h_event_set(h_event *e) {
    h_lock(&e->m);
    e->set = 1;
    h_broadcast(&e->c);
    h_unlock(&e->m);
}
static inline int h_event_wait(h_event *e, unsigned ms) {
    uint64_t end = h_ms() + h_patience(ms);
    int set;
    h_lock(&e->m);
    while (!e->set && h_ms() < end) h_wait_until(&e->c, &e->m, end);
    set = e->set;
    h_unlock(&e->m);
    return set;
}

#define h_inc(p) __atomic_add_fetch((p), 1, __ATOMIC_SEQ_CST)
#define h_get(p) __atomic_load_n((p), __ATOMIC_SEQ_CST)
#define h_put(p, v) __atomic_store_n((p), (v), __ATOMIC_SEQ_CST)

/* ---- cases ----------------------------------------------------------------------------------- */

static const char *h_case = "?";
static int h_failed, h_failures, h_cases;
static uint64_t h_deadline;
static h_mutex h_print;

static inline void h_fail(const char *file, int line, const char *fmt, ...) {
    const char *slash = strrchr(file, '/');
    va_list args;
    h_lock(&h_print);
    if (!h_failed) printf("FAIL %s", h_case);
    if (h_failed++ < 12) {
        printf("\n     %s:%d: ", slash ? slash + 1 : file, line);
        va_start(args, fmt);
        vprintf(fmt, args);
        va_end(args);
    }
    fflush(stdout);
    h_unlock(&h_print);
}
#define FAIL(...) h_fail(__FILE__, __LINE__, __VA_ARGS__)
#define EXPECT(cond) ((cond) ? (void)0 : FAIL("not so: %s", #cond))
/* Both are numbers; pointers and handles too. */
#define EQ(got, want)                                                                            \
    do {                                                                                         \
        long long g_ = (long long)(intptr_t)(got), w_ = (long long)(intptr_t)(want);             \
        if (g_ != w_) FAIL("%s is %lld, not %lld", #got, g_, w_);                                \
    } while (0)
#define EQ_ROW(row, got, want)                                                                   \
    do {                                                                                         \
        long long g_ = (long long)(intptr_t)(got), w_ = (long long)(intptr_t)(want);             \
        if (g_ != w_) FAIL("%s: %s is %lld, not %lld", (row), #got, g_, w_);                     \
    } while (0)
#define EQ_STR(got, want)                                                                        \
    do {                                                                                         \
        const char *g_ = (got), *w_ = (want);                                                    \
        if (strcmp(g_, w_)) FAIL("%s is\n       \"%s\", not\n       \"%s\"", #got, g_, w_);      \
    } while (0)
/* Ends the case when there is no point in going on. */
#define NEED(cond)                                                                               \
    do {                                                                                         \
        if (!(cond)) {                                                                           \
            FAIL("needed: %s (last error %u)", #cond, (unsigned)GetLastError());                 \
            return;                                                                              \
        }                                                                                        \
    } while (0)

static inline void h_watchdog(void *arg) {
    (void)arg;
    for (;;) {
        h_sleep(100);
        if (h_ms() > h_get(&h_deadline)) {
            h_fail("watchdog", 0, "hangs");
            printf("\n");
            fflush(stdout);
            _exit(3);
        }
    }
}

static inline void h_limit(unsigned seconds) {
#ifdef H_SLOW
    seconds *= 4;
#endif
    if (h_brief && seconds > 3 && seconds < 3600) seconds = 3;
    h_put(&h_deadline, h_ms() + seconds * 1000u);
}

static int h_listing;
static const char *h_only; /* ",NAME,NAME,"; all cases without */

static inline void h_arguments(int argc, char **argv) {
    int i;
    for (i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--list")) h_listing = 1;
        else if (!strcmp(argv[i], "--brief")) h_brief = 1;
        else if (!strcmp(argv[i], "--only") && i + 1 < argc) {
            size_t room = strlen(argv[++i]) + 3;
            char *quoted = malloc(room);
            snprintf(quoted, room, ",%s,", argv[i]);
            h_only = quoted;
        } else {
            fprintf(stderr, "unknown argument %s\n", argv[i]);
            exit(2);
        }
    }
}

static inline int h_wanted(const char *name) {
    char quoted[128];
    snprintf(quoted, sizeof quoted, ",%s,", name);
    return !h_only || strstr(h_only, quoted) != NULL;
}

static inline void h_run(const char *name, void (*fn)(void)) {
    if (h_listing) {
        printf("%s\n", name);
        return;
    }
    if (!h_wanted(name)) return;
    h_case = name;
    h_failed = 0;
    h_limit(30);
    fn();
    h_cases++;
    h_lock(&h_print);
    if (h_failed) {
        h_failures++;
        printf("\n");
    } else {
        printf("ok %s\n", name);
    }
    fflush(stdout);
    h_unlock(&h_print);
}

#define CASE(fn) h_run(#fn, fn)
#define TESTS                                                                                    \
    int main(int argc, char **argv) {                                                            \
        h_arguments(argc, argv);                                                                 \
        h_mutex_init(&h_print);                                                                  \
        h_limit(3600);                                                                           \
        h_spawn(h_watchdog, NULL);
#define END_TESTS                                                                                \
    return h_failures ? 1 : 0;                                                                   \
    }

/* ---- the peer -------------------------------------------------------------------------------- */

static inline INTERNET_PORT h_port(const char *name) {
    char key[64] = "PEER_";
    const char *value;
    size_t i;
    for (i = 0; name[i] && i < 50; i++) key[5 + i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 32 : name[i]);
    key[5 + i] = 0;
    value = getenv(key);
    if (!value) {
        fprintf(stderr, "%s is not set: run the tests by ctests/run.py\n", key);
        exit(2);
    }
    return (INTERNET_PORT)atoi(value);
}

/* Narrow to wide, in one of some rotating buffers. */
static inline LPCWSTR h_wide(const char *text) {
    static WCHAR pool[64][2048];
    static unsigned next;
    WCHAR *to = pool[h_inc(&next) % 64];
    size_t i;
    for (i = 0; text[i] && i < 2047; i++) to[i] = (WCHAR)(unsigned char)text[i];
    to[i] = 0;
    return to;
}

/* ---- recorder of callbacks ------------------------------------------------------------------- */

typedef struct h_record {
    HINTERNET handle;
    DWORD_PTR context;
    DWORD status, length;
    void *pointer;
    union {
        DWORD number;
        HINTERNET handle;
        WINHTTP_ASYNC_RESULT result;
        WINHTTP_WEB_SOCKET_ASYNC_RESULT ws_result;
        WINHTTP_WEB_SOCKET_STATUS ws_status;
    } info;
    unsigned long thread;
    int depth;
} h_record;

typedef struct recorder {
    h_mutex m;
    h_cond c;
    h_record *log;
    int count, room;
    void (*hook)(struct recorder *, const h_record *); /* runs in the callback, no lock held */
    void *user;
    int running; /* hooks not returned yet: they may look at the case's stack */
    int max_depth;
} recorder;

static __thread int h_depth;

/* Recorders live as long as the program: a late callback is a failure to report, not a crash. */
static recorder *volatile h_recorders[20000];
static unsigned h_recorder_count;

static inline recorder *rec_new(void) {
    recorder *r = calloc(1, sizeof *r);
    if (h_recorder_count < 20000) h_recorders[h_recorder_count++] = r;
    h_mutex_init(&r->m);
    h_cond_init(&r->c);
    r->room = 64;
    r->log = malloc(sizeof *r->log * (size_t)r->room);
    return r;
}

static void CALLBACK rec_callback(HINTERNET handle, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    recorder *r = (recorder *)context;
    void (*hook)(recorder *, const h_record *);
    h_record e;
    if (!r) return;
    memset(&e, 0, sizeof e);
    e.handle = handle;
    e.context = context;
    e.status = status;
    e.length = length;
    e.pointer = info;
    e.thread = h_thread_id();
    e.depth = ++h_depth;
    switch (status) {
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        /* On a request it is the caller's buffer, whose length may be anything. */
        if (info && length == sizeof(WINHTTP_WEB_SOCKET_STATUS)) memcpy(&e.info, info, length);
        break;
    default:
        if (info && length <= sizeof e.info) memcpy(&e.info, info, length);
    }
    h_lock(&r->m);
    if (r->count == r->room) {
        r->room *= 2;
        r->log = realloc(r->log, sizeof *r->log * (size_t)r->room);
    }
    r->log[r->count++] = e;
    r->running++;
    if (e.depth > r->max_depth) r->max_depth = e.depth;
    h_broadcast(&r->c);
    h_unlock(&r->m);
    hook = h_get(&r->hook);
    if (hook) hook(r, &e);
    h_depth--;
    h_lock(&r->m);
    r->running--;
    h_broadcast(&r->c);
    h_unlock(&r->m);
}

/* Until every callback of this recorder has returned. */
static inline void rec_quiet(recorder *r) {
    uint64_t end = h_ms() + 10000;
    h_lock(&r->m);
    while (r->running && h_ms() < end) h_wait_until(&r->c, &r->m, end);
    h_unlock(&r->m);
}

static inline int rec_matches(const h_record *e, HINTERNET handle, DWORD mask) {
    return (e->status & mask) && (!handle || e->handle == handle);
}

/* Waits for the nth (from 1) record of these statuses, of this handle or any; gives a copy. */
static inline int rec_wait_nth(recorder *r, HINTERNET handle, DWORD mask, int nth, unsigned ms, h_record *out) {
    uint64_t end;
    int i, seen, found = 0;
    end = h_ms() + h_patience(ms);
    h_lock(&r->m);
    for (;;) {
        for (i = seen = 0; i < r->count; i++)
            if (rec_matches(&r->log[i], handle, mask) && ++seen == nth) break;
        if (seen == nth) {
            if (out) *out = r->log[i];
            found = 1;
            break;
        }
        if (h_ms() >= end) break;
        h_wait_until(&r->c, &r->m, end);
    }
    h_unlock(&r->m);
    return found;
}
#define rec_wait(r, handle, mask) rec_wait_nth((r), (handle), (mask), 1, 10000, NULL)

static inline int rec_count(recorder *r, HINTERNET handle, DWORD mask) {
    int i, seen = 0;
    h_lock(&r->m);
    for (i = 0; i < r->count; i++) seen += rec_matches(&r->log[i], handle, mask);
    h_unlock(&r->m);
    return seen;
}

static inline int rec_mark(recorder *r) {
    int n;
    h_lock(&r->m);
    n = r->count;
    h_unlock(&r->m);
    return n;
}

static inline h_record rec_at(recorder *r, int i) {
    h_record e;
    memset(&e, 0, sizeof e);
    h_lock(&r->m);
    if (i >= 0 && i < r->count) e = r->log[i];
    h_unlock(&r->m);
    return e;
}

static inline void rec_clear(recorder *r) {
    h_lock(&r->m);
    r->count = 0;
    h_unlock(&r->m);
}

static inline const char *status_name(DWORD s) {
    switch (s) {
    case 0x1: return "RESOLVING";
    case 0x2: return "RESOLVED";
    case 0x4: return "CONNECTING";
    case 0x8: return "CONNECTED";
    case 0x10: return "SENDING";
    case 0x20: return "SENT";
    case 0x40: return "RECEIVING";
    case 0x80: return "RECEIVED";
    case 0x100: return "CLOSING_CONNECTION";
    case 0x200: return "CONNECTION_CLOSED";
    case 0x400: return "CREATED";
    case 0x800: return "CLOSING";
    case 0x4000: return "REDIRECT";
    case 0x8000: return "INTERMEDIATE";
    case 0x10000: return "SECURE_FAILURE";
    case 0x20000: return "HEADERS";
    case 0x40000: return "DATA";
    case 0x80000: return "READ";
    case 0x100000: return "WRITE";
    case 0x200000: return "ERROR";
    case 0x400000: return "SENDREQUEST";
    case 0x2000000: return "CLOSE";
    case 0x4000000: return "SHUTDOWN";
    default: return "UNKNOWN";
    }
}

/* The records from `from` on as words; a repeated CONNECTING (several addresses) is said once. With
 * `me`, each word ends in /C for that thread and /W for another. */
static inline const char *rec_trace(recorder *r, int from, unsigned long me) {
    static char out[4][4096];
    static unsigned next;
    char *to = out[next++ % 4];
    size_t n = 0;
    int i;
    to[0] = 0;
    h_lock(&r->m);
    for (i = from; i < r->count && n < 4000; i++) {
        if (i > from && r->log[i].status == 0x4 && r->log[i - 1].status == 0x4) continue;
        n += (size_t)snprintf(to + n, 4096 - n, "%s%s%s", n ? " " : "", status_name(r->log[i].status),
                              !me ? "" : r->log[i].thread == me ? "/C" : "/W");
    }
    h_unlock(&r->m);
    return to;
}

/* ---- connections ----------------------------------------------------------------------------- */

typedef struct conn {
    HINTERNET ses, con, req, ws;
    recorder *rec;
} conn;

static inline HINTERNET h_open(int async) {
    return WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, async ? WINHTTP_FLAG_ASYNC : 0);
}

/* No connection that another case has left serves this session. The older DLL of a system need not know the option. */
static inline void h_apart(HINTERNET ses) {
    BOOL yes = TRUE;
    const char *wanted = getenv("WINHTTP_WANTED");
    if (!WinHttpSetOption(ses, WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, &yes, sizeof yes)) EXPECT(wanted && !strcmp(wanted, "system") && GetLastError() == 12009);
}

static inline void h_record_all(HINTERNET h, recorder *r) {
    DWORD_PTR context = (DWORD_PTR)r;
    WinHttpSetStatusCallback(h, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    WinHttpSetOption(h, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
}

/* Session, connection and a request for `path`, with the upgrade option unless plain. */
static inline int h_prepare(conn *c, int async, const char *port, const char *path, recorder *r, int upgrade) {
    int secure = strcmp(port, "plain") && strcmp(port, "refused");
    memset(c, 0, sizeof *c);
    c->rec = r;
    c->ses = h_open(async);
    if (!c->ses) return 0;
    if (r) h_record_all(c->ses, r);
    c->con = WinHttpConnect(c->ses, secure ? W("localhost") : W("127.0.0.1"), h_port(port), 0);
    if (!c->con) return 0;
    c->req = WinHttpOpenRequest(c->con, W("GET"), h_wide(path), NULL, NULL, NULL, secure ? WINHTTP_FLAG_SECURE : 0);
    if (!c->req) return 0;
    return !upgrade || WinHttpSetOption(c->req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
}

#define H_DONE (WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR)

/* Send and receive the response head; the error, 0 when all went well. */
static inline DWORD h_exchange(conn *c, int async) {
    h_record e;
    int before = async ? rec_count(c->rec, c->req, H_DONE) : 0;
    if (!WinHttpSendRequest(c->req, NULL, 0, NULL, 0, 0, async ? (DWORD_PTR)c->rec : 0)) return GetLastError();
    if (async) {
        if (!rec_wait_nth(c->rec, c->req, H_DONE, before + 1, 15000, &e)) return 1460;
        if (e.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) return e.info.result.dwError;
    }
    if (!WinHttpReceiveResponse(c->req, NULL)) return GetLastError();
    if (async) {
        if (!rec_wait_nth(c->rec, c->req, H_DONE, before + 2, 15000, &e)) return 1460;
        if (e.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) return e.info.result.dwError;
    }
    return 0;
}

static inline DWORD h_upgrade(conn *c, int async) {
    DWORD error = h_exchange(c, async);
    if (error) return error;
    c->ws = WinHttpWebSocketCompleteUpgrade(c->req, (DWORD_PTR)c->rec);
    return c->ws ? 0 : GetLastError();
}

static inline int h_websocket_on(conn *c, int async, const char *port, const char *path, recorder *r) {
    DWORD error;
    if (!h_prepare(c, async, port, path, r, 1)) return 0;
    error = h_upgrade(c, async);
    if (error) SetLastError(error);
    return !error;
}
#define h_websocket(c, async, path, r) h_websocket_on((c), (async), "plain", (path), (r))

/* Closes what is open, from the inside out, and waits for the last notice of each when there is a recorder. */
static inline void h_gone(conn *c, HINTERNET h, const char *name) {
    if (c->rec && h && !rec_wait(c->rec, h, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING))
        FAIL("HANDLE_CLOSING of the %s did not come", name);
}
static inline void h_finish(conn *c) {
    if (c->ws) WinHttpCloseHandle(c->ws);
    if (c->req) WinHttpCloseHandle(c->req);
    if (c->con) WinHttpCloseHandle(c->con);
    if (c->ses) WinHttpCloseHandle(c->ses);
    h_gone(c, c->ws, "websocket");
    h_gone(c, c->req, "request");
    h_gone(c, c->con, "connection");
    h_gone(c, c->ses, "session");
    if (c->rec) rec_quiet(c->rec);
    memset(c, 0, sizeof *c);
}

/* The body of GET `path` on the plain port, by a session of its own; "" when it fails. */
static inline const char *h_get_text(const char *path) {
    static char out[4][8192];
    static unsigned next;
    char *to = out[next++ % 4];
    conn c;
    DWORD n = 0, got = 0;
    to[0] = 0;
    if (h_prepare(&c, 0, "plain", path, NULL, 0) && !h_exchange(&c, 0)) {
        while (n < 8191 && WinHttpReadData(c.req, to + n, 8191 - n, &got) && got) n += got;
        to[n] = 0;
        while (n && (to[n - 1] == '\n' || to[n - 1] == '\r')) to[--n] = 0;
    }
    c.rec = NULL;
    h_finish(&c);
    return to;
}

/* A token for /report and /release that no other case has. */
static inline const char *h_token(void) {
    static char out[64];
    static unsigned n;
    snprintf(out, sizeof out, "%s-%u", h_case, ++n);
    return out;
}

static inline DWORD h_status(HINTERNET req) {
    DWORD status = 0, size = sizeof status;
    WinHttpQueryHeaders(req, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &status, &size, NULL);
    return status;
}

/* ---- sync and async alike -------------------------------------------------------------------- */

typedef struct got {
    DWORD error, bytes;
    int type;
} got;

/* One Receive, brought to its end; the recorder tells an asynchronous socket. */
static inline got h_receive(conn *c, int async, void *buffer, DWORD size) {
    got g = {0, 0, -1};
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = (WINHTTP_WEB_SOCKET_BUFFER_TYPE)-1;
    const DWORD ends = WINHTTP_CALLBACK_STATUS_READ_COMPLETE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR;
    int before;
    h_record e;
    if (!async) {
        g.error = WinHttpWebSocketReceive(c->ws, buffer, size, &g.bytes, &type);
        g.type = (int)type;
        return g;
    }
    before = rec_count(c->rec, c->ws, ends);
    g.error = WinHttpWebSocketReceive(c->ws, buffer, size, NULL, NULL);
    if (g.error) return g;
    if (!rec_wait_nth(c->rec, c->ws, ends, before + 1, 20000, &e)) {
        g.error = 1460;
        return g;
    }
    if (e.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) {
        g.error = e.info.ws_result.AsyncResult.dwError;
        return g;
    }
    g.bytes = e.info.ws_status.dwBytesTransferred;
    g.type = (int)e.info.ws_status.eBufferType;
    return g;
}

static inline DWORD h_ended(conn *c, DWORD mask, int before) {
    h_record e;
    if (!rec_wait_nth(c->rec, c->ws, mask | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, before + 1, 20000, &e)) return 1460;
    return e.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR ? e.info.ws_result.AsyncResult.dwError : 0;
}

static inline DWORD h_send(conn *c, int async, int type, const void *data, DWORD size) {
    const DWORD ends = WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE;
    int before = async ? rec_count(c->rec, c->ws, ends | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) : 0;
    DWORD error = WinHttpWebSocketSend(c->ws, (WINHTTP_WEB_SOCKET_BUFFER_TYPE)type, (void *)data, size);
    return error || !async ? error : h_ended(c, ends, before);
}

static inline DWORD h_close(conn *c, int async, USHORT code, const char *reason) {
    const DWORD ends = WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE;
    int before = async ? rec_count(c->rec, c->ws, ends | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) : 0;
    DWORD error = WinHttpWebSocketClose(c->ws, code, (void *)reason, reason ? (DWORD)strlen(reason) : 0);
    return error || !async ? error : h_ended(c, ends, before);
}

static inline DWORD h_shutdown(conn *c, int async, USHORT code, const char *reason) {
    const DWORD ends = WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE;
    int before = async ? rec_count(c->rec, c->ws, ends | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) : 0;
    DWORD error = WinHttpWebSocketShutdown(c->ws, code, (void *)reason, reason ? (DWORD)strlen(reason) : 0);
    return error || !async ? error : h_ended(c, ends, before);
}

/* A whole message into `buffer` as text (NUL appended), whatever pieces it came in; "" on an error. */
static inline const char *h_message(conn *c, int async, char *buffer, DWORD size) {
    DWORD n = 0;
    got g;
    do {
        g = h_receive(c, async, buffer + n, size - 1 - n);
        if (g.error || g.type == CLOSED) {
            snprintf(buffer, size, "(error %u type %d)", (unsigned)g.error, g.type);
            return buffer;
        }
        n += g.bytes;
    } while (g.type == BINF || g.type == TXTF);
    buffer[n] = 0;
    return buffer;
}

static inline void h_pattern(unsigned char *to, size_t size) {
    size_t i;
    for (i = 0; i < size; i++) to[i] = (unsigned char)(33 + (i * 7 + i / 251) % 90);
}

/* Both modes of a case that does not care. */
#define BOTH(fn)                                                                                 \
    static void fn##_sync(void) { fn(0); }                                                       \
    static void fn##_async(void) { fn(1); }
#define CASE2(fn)                                                                                \
    CASE(fn##_sync);                                                                             \
    CASE(fn##_async)

#endif
