/* A request hangs at each stage of its way, and is ended there: by closing its handle, and by its timeouts. */
#ifndef _WIN32
#define _GNU_SOURCE
#include <netdb.h>
#include <dlfcn.h>
#endif
#include "http.h"

/* ---- a resolver that can be held up ---- */

#ifndef _WIN32
static h_event resolver_goes_on;
/* The library finds this one before the C library's. `slow.test` waits, then is 127.0.0.1. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name && !strcmp(name, "slow.test")) {
        h_event_wait(&resolver_goes_on, 20000);
        name = "127.0.0.1";
    }
    return real(name, service, hints, out);
}
#endif

/* ---- the stages ---- */

enum { API_RECEIVE = 1, API_QUERY, API_READ, API_WRITE, API_SEND };

typedef struct stage {
    const char *name;
    const char *host, *port;
    int secure;
    const char *path;
    int api;         /* the call that hangs */
    DWORD reached;   /* the last notice before it does */
} stage;

#define HALF "/answer/485454502f312e3120323030204f4b0d0a436f6e74656e742d4c656e6774683a2031300d0a0d0a31323334"      /* 10 announced, "1234" */
#define EMPTY "/answer/485454502f312e3120323030204f4b0d0a436f6e74656e742d4c656e6774683a2031300d0a0d0a"             /* 10 announced */
#define CONTINUE "/answer/485454502f312e312031303020436f6e74696e75650d0a0d0a"                                      /* 100 */
#define CHUNK "/answer/485454502f312e3120323030204f4b0d0a5472616e736665722d456e636f64696e673a206368756e6b65640d0a0d0a6130300d0a78" /* a00, "x" */

static const stage stages[] = {
#ifndef _WIN32
    {"resolving", "slow.test", "plain", 0, "/body/1", API_SEND, STATUS(RESOLVING_NAME)},
#endif
    {"connecting", "127.0.0.1", "full", 0, "/body/1", API_SEND, STATUS(CONNECTING_TO_SERVER)},
    {"TLS", "127.0.0.1", "mute", 1, "/body/1", API_SEND, STATUS(CONNECTED_TO_SERVER)},
    {"sending", "127.0.0.1", "mute", 0, "/body/1", API_SEND, STATUS(SENDING_REQUEST)},
    {"writing", "127.0.0.1", "mute", 0, "/body/1", API_WRITE, STATUS(SENDREQUEST_COMPLETE)},
    {"receiving", "127.0.0.1", "mute", 0, "/body/1", API_RECEIVE, STATUS(RECEIVING_RESPONSE)},
    {"half a head", "127.0.0.1", "plain", 0, "/half", API_RECEIVE, STATUS(RECEIVING_RESPONSE)},
    {"an interim head", "127.0.0.1", "plain", 0, CONTINUE, API_RECEIVE, STATUS(INTERMEDIATE_RESPONSE)},
    {"no body yet", "127.0.0.1", "plain", 0, EMPTY, API_QUERY, STATUS(HEADERS_AVAILABLE)},
    {"reading", "127.0.0.1", "plain", 0, EMPTY, API_READ, STATUS(HEADERS_AVAILABLE)},
    {"half a body", "127.0.0.1", "plain", 0, HALF, API_READ, STATUS(HEADERS_AVAILABLE)},
    {"half a chunk", "127.0.0.1", "plain", 0, CHUNK, API_READ, STATUS(HEADERS_AVAILABLE)},
};
#define STAGES (sizeof stages / sizeof *stages)

static char body[4096];
static char *big;
#define BIG (32u << 20)

static int open_stage(conn *c, int async, const stage *s) {
    if (!big) big = calloc(1, BIG);
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    if (!(c->ses = h_open(async))) return 0;
    h_record_all(c->ses, c->rec);
    if (!(c->con = WinHttpConnect(c->ses, h_wide(s->host), h_port(s->port), 0))) return 0;
    c->req = WinHttpOpenRequest(c->con, W("POST"), h_wide(s->path), NULL, NULL, NULL, s->secure ? WINHTTP_FLAG_SECURE : 0);
    return c->req != NULL;
}

/* Everything before the call that hangs. */
static DWORD lead_up(conn *c, int async, const stage *s) {
    DWORD error = 0;
    if (s->api == API_SEND) return 0;
    error = x_send(c, async, NULL, 0, NULL, 0, s->api == API_WRITE ? BIG : 0);
    if (!error && (s->api == API_READ || s->api == API_QUERY)) error = x_receive(c, async);
    return error;
}

static DWORD hang(conn *c, int async, const stage *s) {
    DWORD n = 0, *out = async ? NULL : &n;
    int sending = !strcmp(s->name, "sending"), ok = 0;
    switch (s->api) {
    case API_SEND: ok = WinHttpSendRequest(c->req, NULL, 0, sending ? big : NULL, sending ? BIG : 0, sending ? BIG : 0, 0); break;
    case API_WRITE: ok = WinHttpWriteData(c->req, big, BIG, out); break;
    case API_RECEIVE: ok = WinHttpReceiveResponse(c->req, NULL); break;
    case API_QUERY: ok = WinHttpQueryDataAvailable(c->req, out); break;
    case API_READ: ok = WinHttpReadData(c->req, body, 100, out); break;
    }
    return ok ? 0 : GetLastError();
}

/* ---- closed ---- */

#define PROMPT 1000

typedef struct blocked {
    conn *c;
    const stage *s;
    DWORD error;
} blocked;
static void block(void *arg) {
    blocked *b = arg;
    b->error = hang(b->c, 0, b->s);
}

static void closed_while_it_blocks(void) {
    unsigned pause = 60;
    size_t i;
    h_limit(60);
    for (i = 0; i < STAGES;) {
        const stage *s = &stages[i];
        conn c;
        blocked b = {&c, s, 0};
        h_thread thread;
        uint64_t start;
        DWORD notice = s->reached & (STATUS(SENDREQUEST_COMPLETE) | STATUS(HEADERS_AVAILABLE)) ? 0 : s->reached;
        NEED(open_stage(&c, 0, s));
        EQ_ROW(s->name, lead_up(&c, 0, s), 0);
        thread = h_spawn(block, &b);
        if (notice) EXPECT(rec_wait(c.rec, c.req, notice));
        h_sleep(pause);
        start = h_ms();
        EXPECT(WinHttpCloseHandle(c.req));
        EQ_ROW(s->name, h_ms() - start < PROMPT, 1);
        h_join(thread);
        if (!h_too_early(b.error, &pause)) {
            EQ_ROW(s->name, b.error, E_CANCELLED);
            if (h_ms() - start > PROMPT * (1 + 2 * !!getenv("CTEST_WRAP"))) FAIL("%s: took %u ms", s->name, (unsigned)(h_ms() - start));
            pause = 60;
            i++;
        }
        h_finish(&c);
    }
}

static void close_it(void *arg) {
    EXPECT(WinHttpCloseHandle((HINTERNET)arg));
}

static void closed_while_it_is_pending(void) {
    size_t i;
    int other;
    h_limit(60);
    for (i = 0; i < STAGES; i++) {
        for (other = 0; other < 2; other++) {
            const stage *s = &stages[i];
            conn c;
            h_record e;
            int n, errors = 0, last = -1;
            uint64_t start;
            NEED(open_stage(&c, 1, s));
            EQ_ROW(s->name, lead_up(&c, 1, s), 0);
            EQ_ROW(s->name, hang(&c, 1, s), 0);
            if (!rec_wait(c.rec, c.req, s->reached)) FAIL("%s: not reached", s->name);
            start = h_ms();
            if (other) h_join(h_spawn(close_it, c.req));
            else close_it(c.req);
            if (!rec_wait(c.rec, c.req, STATUS(HANDLE_CLOSING))) FAIL("%s: no HANDLE_CLOSING", s->name);
            if (h_ms() - start > PROMPT * (1 + 2 * !!getenv("CTEST_WRAP"))) FAIL("%s: took %u ms", s->name, (unsigned)(h_ms() - start));
            for (n = 0; n < rec_mark(c.rec); n++) {
                e = rec_at(c.rec, n);
                if (e.handle != c.req) continue;
                last = n;
                if (e.status != STATUS(REQUEST_ERROR)) continue;
                errors++;
                EQ_ROW(s->name, e.info.result.dwResult, s->api);
                EQ_ROW(s->name, e.info.result.dwError, E_CANCELLED);
                EQ_ROW(s->name, e.length, sizeof(WINHTTP_ASYNC_RESULT));
            }
            EQ_ROW(s->name, errors, 1);
            EQ_ROW(s->name, rec_at(c.rec, last).status, STATUS(HANDLE_CLOSING));
            c.req = NULL;
            h_finish(&c);
        }
    }
}

/* ---- timed out ---- */

#define LIMIT 150

static void timed_out(int async) {
    size_t i;
    h_limit(60);
    for (i = 0; i < STAGES; i++) {
        const stage *s = &stages[i];
        conn c;
        DWORD error;
        uint64_t start;
        NEED(open_stage(&c, async, s));
        EXPECT(WinHttpSetTimeouts(c.req, LIMIT, LIMIT, LIMIT, LIMIT));
        EQ_ROW(s->name, lead_up(&c, async, s), 0);
        start = h_ms();
        error = hang(&c, async, s);
        if (async && !error) {
            h_record e;
            memset(&e, 0, sizeof e);
            if (!rec_wait_nth(c.rec, c.req, STATUS(REQUEST_ERROR), 1, 10000, &e)) FAIL("%s: no error", s->name);
            EQ_ROW(s->name, e.info.result.dwResult, s->api);
            error = e.info.result.dwError;
        }
        EQ_ROW(s->name, error, E_TIMEOUT);
        if (h_ms() - start < LIMIT - 20) FAIL("%s: too early, %u ms", s->name, (unsigned)(h_ms() - start));
        if (h_ms() - start > LIMIT + 2000) FAIL("%s: too late, %u ms", s->name, (unsigned)(h_ms() - start));
        /* It has failed and says so. */
        if (s->api == API_SEND) EQ_ROW(s->name, async ? E_STATE : x_receive(&c, async), E_STATE);
        h_finish(&c);
    }
}
BOTH(timed_out)

/* The limits are those of the moment: also when they are set on a request that is on its way. */
static void timeouts_set_on_the_way(int async) {
    size_t i;
    h_limit(20);
    for (i = 0; i < STAGES; i++) {
        const stage *s = &stages[i];
        const DWORD limit = LIMIT;
        conn c;
        DWORD error;
        if (s->api == API_SEND) continue;
        NEED(open_stage(&c, async, s));
        EQ_ROW(s->name, lead_up(&c, async, s), 0);
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SEND_TIMEOUT, (void *)&limit, sizeof limit));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, (void *)&limit, sizeof limit));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, (void *)&limit, sizeof limit));
        error = hang(&c, async, s);
        if (async && !error) {
            h_record e;
            memset(&e, 0, sizeof e);
            if (!rec_wait_nth(c.rec, c.req, STATUS(REQUEST_ERROR), 1, 10000, &e)) FAIL("%s: no error", s->name);
            error = e.info.result.dwError;
        }
        EQ_ROW(s->name, error, E_TIMEOUT);
        h_finish(&c);
    }
}
BOTH(timeouts_set_on_the_way)

/* The limit of one stage does not end another. */
static void each_timeout_is_for_its_own_stage(void) {
    static const struct {
        int stage_api;
        const char *port;
        int limits[4];
    } rows[] = {
        {API_SEND, "full", {LIMIT, 0, LIMIT, LIMIT}},    /* connecting without a limit */
        {API_WRITE, "mute", {LIMIT, LIMIT, 0, LIMIT}},   /* sending */
        {API_RECEIVE, "mute", {LIMIT, LIMIT, LIMIT, 0}}, /* receiving */
    };
    size_t i;
    for (i = 0; i < 3; i++) {
        stage s = {"another", "127.0.0.1", rows[i].port, 0, "/body/1", rows[i].stage_api, 0};
        conn c;
        const int *l = rows[i].limits;
        NEED(open_stage(&c, 1, &s));
        EXPECT(WinHttpSetTimeouts(c.req, l[0], l[1], l[2], l[3]));
        EQ(lead_up(&c, 1, &s), 0);
        EQ(hang(&c, 1, &s), 0);
        EXPECT(!rec_wait_nth(c.rec, c.req, STATUS(REQUEST_ERROR), 1, 3 * LIMIT, NULL));
        h_finish(&c);
    }
}

/* The receive timeout is for each receive: a body that trickles is read to its end, however long it takes. */
static void a_trickling_body_does_not_time_out(int async) {
    conn c;
    char path[512];
    DWORD ms = 200;
    uint64_t start = h_ms();
    snprintf(path, sizeof path, "/drip/%d", 8);
    NEED(x_simple(&c, async, "GET", path));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EQ_STR(body, "dddddddd");
    EXPECT(h_ms() - start > ms);
    h_finish(&c);
}
BOTH(a_trickling_body_does_not_time_out)

/* The limit for the whole head is looked at when something arrives. */
static void a_trickling_head_times_out(int async) {
    conn c;
    DWORD ms = 200;
    NEED(x_simple(&c, async, "GET", "/drip/40?head"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, &ms, sizeof ms));
    EQ(x_exchange(&c, async), E_TIMEOUT);
    h_finish(&c);
}
BOTH(a_trickling_head_times_out)

TESTS {
#ifndef _WIN32
    h_event_init(&resolver_goes_on);
#endif
    CASE(closed_while_it_blocks);
    CASE(closed_while_it_is_pending);
    CASE2(timed_out);
    CASE2(timeouts_set_on_the_way);
    CASE(each_timeout_is_for_its_own_stage);
    CASE2(a_trickling_body_does_not_time_out);
    CASE2(a_trickling_head_times_out);
}
END_TESTS
