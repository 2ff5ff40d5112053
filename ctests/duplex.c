/* WINHTTP_FLAG_AUTOMATIC_CHUNKING: the library chunks the body, and WriteData goes on while the response comes. */
#include "http.h"
#include "newer_options.h"


/* More than any socket's buffers hold. */
static unsigned char plenty[64 << 20];
static char text[1 << 16];

static int d_open_version(conn *c, int async, const char *port, const char *verb, const char *path, LPCWSTR version) {
    int secure = !strcmp(port, "tls") || !strcmp(port, "node_tls");
    DWORD feature = WINHTTP_FEATURE_FLAG_AUTOMATIC_CHUNKING;
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    if (!(c->ses = h_open(async))) return 0;
    h_record_all(c->ses, c->rec);
    /* Where it is unknown, all that follows would only take long. */
    if (!WinHttpSetOption(c->ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &feature, sizeof feature)) return 0;
    if (!(c->con = WinHttpConnect(c->ses, secure ? W("localhost") : W("127.0.0.1"), h_port(port), 0))) return 0;
    c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), version, NULL, NULL, WINHTTP_FLAG_AUTOMATIC_CHUNKING | (secure ? WINHTTP_FLAG_SECURE : 0));
    return c->req && WinHttpSetOption(c->req, WINHTTP_OPTION_CONTEXT_VALUE, &c->rec, sizeof c->rec);
}
static int d_open(conn *c, int async, const char *port, const char *path) { return d_open_version(c, async, port, "POST", path, NULL); }

/* A call under way: on a thread of its own in a synchronous session. */
enum { D_RECEIVE = 1, D_AVAILABLE, D_READ, D_WRITE, D_SEND };
typedef struct {
    conn *c;
    int async, api, before, started;
    void *data;
    DWORD n, error, value;
    h_thread thread;
} d_call;

static const DWORD d_done[] = {0, STATUS(HEADERS_AVAILABLE), STATUS(DATA_AVAILABLE), STATUS(READ_COMPLETE), STATUS(WRITE_COMPLETE), STATUS(SENDREQUEST_COMPLETE)};

/* How many calls of this kind have ended; the nth of them. */
static int d_ends_locked(conn *c, int api, int nth, h_record *out) {
    int i, seen = 0;
    for (i = 0; i < c->rec->count; i++) {
        const h_record *e = &c->rec->log[i];
        int ours = e->status == d_done[api] || (e->status == STATUS(REQUEST_ERROR) && (int)e->info.result.dwResult == api);
        if (!ours || e->handle != c->req) continue;
        if (++seen == nth) *out = *e;
    }
    return seen;
}
static int d_ends(conn *c, int api) {
    int seen;
    h_lock(&c->rec->m);
    seen = d_ends_locked(c, api, 0, NULL);
    h_unlock(&c->rec->m);
    return seen;
}

static void d_run(void *arg) {
    d_call *d = arg;
    DWORD *value = d->async ? NULL : &d->value;
    BOOL ok;
    switch (d->api) {
    case D_RECEIVE: ok = WinHttpReceiveResponse(d->c->req, NULL); break;
    case D_AVAILABLE: ok = WinHttpQueryDataAvailable(d->c->req, value); break;
    case D_READ: ok = WinHttpReadData(d->c->req, d->data, d->n, value); break;
    case D_WRITE: ok = WinHttpWriteData(d->c->req, d->data, d->n, value); break;
    default: ok = WinHttpSendRequest(d->c->req, NULL, 0, d->data, d->n, 0, (DWORD_PTR)d->c->rec);
    }
    d->error = ok ? 0 : GetLastError();
    d->started = ok;
}

static void d_begin(d_call *d, conn *c, int async, int api, const void *data, DWORD n) {
    memset(d, 0, sizeof *d);
    d->c = c, d->async = async, d->api = api, d->data = (void *)data, d->n = n, d->value = 0xbadbad;
    if (!async) {
        d->thread = h_spawn(d_run, d);
        return;
    }
    d->before = d_ends(c, api);
    d_run(d);
}

/* Its error. */
static DWORD d_await(d_call *d) {
    uint64_t end = h_ms() + h_patience(15000);
    int ended;
    h_record e;
    if (!d->async) {
        h_join(d->thread);
        return d->error;
    }
    if (!d->started) return d->error;
    h_lock(&d->c->rec->m);
    while (!(ended = d_ends_locked(d->c, d->api, d->before + 1, &e) > d->before) && h_ms() < end) h_wait_until(&d->c->rec->c, &d->c->rec->m, end);
    h_unlock(&d->c->rec->m);
    if (!ended) return 1460;
    if (e.status == STATUS(REQUEST_ERROR)) return e.info.result.dwError;
    d->value = d->api == D_READ ? e.length : e.info.number;
    return 0;
}

static DWORD d_do(conn *c, int async, int api, const void *data, DWORD n, DWORD *value) {
    d_call d;
    DWORD error;
    memset(&d, 0, sizeof d);
    d.c = c, d.async = async, d.api = api, d.data = (void *)data, d.n = n, d.value = 0xbadbad;
    d.before = d_ends(c, api);
    d_run(&d);
    error = async ? d_await(&d) : d.error;
    if (value && !error) *value = d.value;
    return error;
}
/* Of a write that another call's failure ends; a thread that had not got into it yet found a request that has failed. */
static void d_ended_with_it(d_call *write) {
    DWORD error = d_await(write);
    if (write->async || error != 12019) EQ(error, 12030);
}
#define SEND(data, n) d_do(&c, async, D_SEND, (data), (n), NULL)
#define RECEIVE() d_do(&c, async, D_RECEIVE, NULL, 0, NULL)

/* The error, or how much has been written. */
static int d_write(conn *c, int async, const void *data, DWORD n) {
    DWORD written = 0xbadbad, error = d_do(c, async, D_WRITE, data, n, &written);
    return error ? -(int)error : (int)written;
}
#define WRITE(data, n) d_write(&c, async, (data), (n))

static const char *d_body(conn *c, int async) {
    DWORD n = 0, got = 1, error = 0;
    while (!error && got && n < sizeof text - 1) {
        error = d_do(c, async, D_READ, text + n, (DWORD)sizeof text - 1 - n, &got);
        if (!error) n += got;
    }
    text[n] = 0;
    if (error) snprintf(text + n, sizeof text - n, "(error %u)", (unsigned)error);
    return text;
}
static const char *d_connection(conn *c) {
    static char out[4][64];
    static unsigned next;
    char *to = out[next++ % 4];
    snprintf(to, 64, "%s", x_header(c->req, "X-Connection"));
    return to;
}
static void d_timeout(conn *c, DWORD option, DWORD ms) { EXPECT(WinHttpSetOption(c->req, option, &ms, sizeof ms)); }

/* ---- both directions ------------------------------------------------------------------------- */

/* As gRPC does it: the next message goes out when the answer to the last one is there. */
static void talk(int async, const char *port, const char *path) {
    conn c;
    d_call receive;
    char said[64], heard[64];
    DWORD n;
    int i;
    NEED(d_open(&c, async, port, path));
    EQ(SEND(NULL, 0), 0);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    EQ(WRITE("first", 5), 5);
    EQ(d_await(&receive), 0);
    EQ(h_status(c.req), 200);
    EQ_STR(x_added(c.req, "Transfer-Encoding"), "chunked");
    EQ(d_do(&c, async, D_READ, heard, 5, &n), 0);
    EXPECT(n == 5 && !memcmp(heard, "first", 5));
    for (i = 0; i < 20; i++) {
        d_call read;
        int len = snprintf(said, sizeof said, "message %d of many", i * i * i);
        memset(heard, 0, sizeof heard);
        d_begin(&read, &c, async, D_READ, heard, (DWORD)len);
        EQ(WRITE(said, (DWORD)len), len);
        EQ(d_await(&read), 0);
        EQ(read.value, len);
        EQ_STR(heard, said);
    }
    EQ(WRITE(NULL, 0), 0);
    EQ_STR(d_body(&c, async), "");
    h_finish(&c);
}
static void question_and_answer(int async) { talk(async, "plain", "/duplex/echo"); }
BOTH(question_and_answer)
static void question_and_answer_with_tls(int async) { talk(async, "tls", "/duplex/echo"); }
BOTH(question_and_answer_with_tls)
static void question_and_answer_with_node(int async) { talk(async, "node", "/"); }
BOTH(question_and_answer_with_node)
static void question_and_answer_with_node_and_tls(int async) { talk(async, "node_tls", "/"); }
BOTH(question_and_answer_with_node_and_tls)

/* A writer and a reader that know nothing of each other. */
enum { PIECE = 48 << 10 };
typedef struct {
    conn *c;
    int async, pieces;
    unsigned char *data;
    int failed;
} pump;
static void pump_out(void *arg) {
    pump *p = arg;
    int i;
    for (i = 0; i < p->pieces && !p->failed; i++) {
        DWORD n = (DWORD)(PIECE - i % 7 * 1000);
        if (d_write(p->c, p->async, p->data, n) != (int)n) p->failed = 1;
        p->data += n;
    }
    if (d_write(p->c, p->async, NULL, 0)) p->failed = 1;
}
static void pump_both(int async, const char *port, const char *path) {
    static unsigned char in[PIECE];
    conn c;
    d_call receive;
    pump out = {&c, async, 150, NULL, 0};
    size_t total = 0, at = 0;
    int i;
    h_thread writer;
    DWORD got = 1, error = 0;
    unsigned char *data;
    for (i = 0; i < out.pieces; i++) total += (size_t)(PIECE - i % 7 * 1000);
    data = malloc(total);
    h_pattern(data, total);
    out.data = data;
    NEED(d_open(&c, async, port, path));
    EQ(SEND(NULL, 0), 0);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    writer = h_spawn(pump_out, &out);
    EQ(d_await(&receive), 0);
    while (!error && got) {
        error = d_do(&c, async, D_READ, in, sizeof in, &got);
        if (error || at + got > total || memcmp(in, data + at, got)) break;
        at += got;
    }
    EQ(error, 0);
    EQ(at, total);
    h_join(writer);
    EQ(out.failed, 0);
    h_finish(&c);
    free(data);
}
static void megabytes_in_both_directions(int async) { pump_both(async, "plain", "/duplex/echo"); }
BOTH(megabytes_in_both_directions)
static void megabytes_in_both_directions_with_tls(int async) { pump_both(async, "tls", "/duplex/echo"); }
BOTH(megabytes_in_both_directions_with_tls)
static void megabytes_in_both_directions_with_node(int async) { pump_both(async, "node_tls", "/"); }
BOTH(megabytes_in_both_directions_with_node)

/* ---- where the body ends --------------------------------------------------------------------- */

static void receiving_does_not_end_the_body(int async) {
    conn c;
    d_call receive;
    NEED(d_open(&c, async, "plain", "/duplex/count"));
    EQ(SEND(NULL, 0), 0);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    EQ(WRITE("hello", 5), 5);
    EQ(WRITE(plenty, 100000), 100000);
    EQ(WRITE("x", 1), 1);
    if (async) EQ(d_ends(&c, D_RECEIVE), 0);
    EQ(WRITE(NULL, 0), 0);
    EQ(d_await(&receive), 0);
    EQ_STR(d_body(&c, async), "100006 bytes in 3 chunks\n");
    h_finish(&c);
}
BOTH(receiving_does_not_end_the_body)

static void nothing_can_be_written_behind_the_end(int async) {
    conn c;
    NEED(d_open(&c, async, "plain", "/duplex/count"));
    EQ(WRITE("x", 1), -12019);
    EQ(SEND(NULL, 0), 0);
    EQ(WRITE("abc", 3), 3);
    EQ(WRITE(NULL, 0), 0);
    EQ(WRITE(NULL, 0), -12019);
    EQ(WRITE("x", 1), -12019);
    EQ(RECEIVE(), 0);
    EQ(WRITE(NULL, 0), -12019);
    EQ(WRITE("x", 1), -12019);
    EQ_STR(d_body(&c, async), "3 bytes in 1 chunks\n");
    EQ(WRITE("x", 1), -12019);
    /* And the next one begins anew. */
    EQ(SEND(NULL, 0), 0);
    EQ(WRITE(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    EQ_STR(d_body(&c, async), "0 bytes in 0 chunks\n");
    h_finish(&c);
}
BOTH(nothing_can_be_written_behind_the_end)

static void data_of_the_send_is_the_first_chunk(int async) {
    static const DWORD sizes[] = {1, 15, 16, 16384, 16385, 100000};
    char want[64];
    size_t i;
    conn c;
    NEED(d_open(&c, async, "plain", "/duplex/count"));
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        EQ(SEND(plenty, sizes[i]), 0);
        EQ(WRITE("more", 4), 4);
        EQ(WRITE(NULL, 0), 0);
        EQ(RECEIVE(), 0);
        snprintf(want, sizeof want, "%u bytes in 2 chunks\n", (unsigned)sizes[i] + 4);
        EQ_STR(d_body(&c, async), want);
    }
    h_finish(&c);
}
BOTH(data_of_the_send_is_the_first_chunk)

static void any_verb_can_have_a_body(int async) {
    static const char *const verbs[] = {"GET", "PUT", "DELETE", "PROPFIND"};
    size_t i;
    for (i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        conn c;
        NEED(d_open_version(&c, async, "plain", verbs[i], "/duplex/count", NULL));
        EQ(SEND(NULL, 0), 0);
        EQ_STR(x_added(c.req, "Transfer-Encoding"), "chunked");
        EQ_STR(x_added(c.req, "Content-Length"), "12150");
        EQ(WRITE("abc", 3), 3);
        EQ(WRITE(NULL, 0), 0);
        EQ(RECEIVE(), 0);
        EQ_STR(d_body(&c, async), "3 bytes in 1 chunks\n");
        h_finish(&c);
    }
}
BOTH(any_verb_can_have_a_body)

/* Of the two ways to say how long it is, the application's own is the one. */
static void a_declared_length_is_not_chunked(int async) {
    conn c;
    d_call receive;
    int by_header;
    for (by_header = 0; by_header < 2; by_header++) {
        NEED(d_open(&c, async, "plain", "/framing"));
        if (by_header) EXPECT(WinHttpAddRequestHeaders(c.req, W("Content-Length: 10"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
        EQ(x_send(&c, async, NULL, 0, NULL, 0, by_header ? 0 : 10), 0);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        EQ(WRITE("01234", 5), 5);
        EQ(WRITE(NULL, 0), 0);
        EQ(WRITE("0123456789", 10), -ERROR_INVALID_PARAMETER);
        EQ(WRITE("56789", 5), 5);
        EQ(d_await(&receive), 0);
        EQ_STR(x_header(c.req, "X-Length"), "10");
        EQ_STR(x_header(c.req, "X-Encoding"), "none");
        EQ(WRITE("x", 1), -12019);
        h_finish(&c);
    }
}
BOTH(a_declared_length_is_not_chunked)

static void chunks_of_the_applications_own(int async) {
    conn c;
    d_call receive;
    char first[64];
    NEED(d_open(&c, async, "plain", "/duplex/count"));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Transfer-Encoding: chunked"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(SEND("3\r\nabc\r\n", 8), 0);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    EQ(WRITE("2\r\nde", 5), 5);
    EQ(WRITE("\r\n0\r\n\r\n", 7), 7);
    EQ(d_await(&receive), 0);
    snprintf(first, sizeof first, "%s", d_connection(&c));
    EQ_STR(d_body(&c, async), "5 bytes in 2 chunks\n");
    EQ(SEND("0\r\n\r\n", 5), 0);
    EQ(RECEIVE(), 0);
    EQ_STR(d_connection(&c), first);
    h_finish(&c);
}
BOTH(chunks_of_the_applications_own)

static void http_1_0_has_no_chunks(int async) {
    conn c;
    NEED(d_open_version(&c, async, "plain", "POST", "/framing", W("HTTP/1.0")));
    EQ(SEND(NULL, 0), 0);
    EQ(WRITE("x", 1), -ERROR_INVALID_PARAMETER);
    EQ(RECEIVE(), 0);
    EQ_STR(x_header(c.req, "X-Length"), "0");
    EQ_STR(x_header(c.req, "X-Encoding"), "none");
    EQ(SEND("abc", 3), 0);
    EQ(RECEIVE(), 0);
    EQ_STR(x_header(c.req, "X-Length"), "3");
    h_finish(&c);
}
BOTH(http_1_0_has_no_chunks)

/* ---- the connection afterwards --------------------------------------------------------------- */

static void a_connection_is_used_again_when_both_directions_have_ended(int async) {
    conn c;
    d_call receive;
    char first[64];
    int i;
    NEED(d_open(&c, async, "plain", "/duplex/echo"));
    for (i = 0; i < 10; i++) {
        EQ(SEND("a", 1), 0);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        EQ(WRITE("bc", 2), 2);
        EQ(d_await(&receive), 0);
        EQ(WRITE(NULL, 0), 0);
        EQ_STR(d_body(&c, async), "abc");
        if (i == 0) snprintf(first, sizeof first, "%s", d_connection(&c));
        else EQ_STR(d_connection(&c), first);
    }
    h_finish(&c);
}
BOTH(a_connection_is_used_again_when_both_directions_have_ended)

/* It has the rest of a body to come, which would be another request to the server. */
static void a_connection_whose_response_was_early_is_not_used_again(int async) {
    conn c;
    char first[64];
    NEED(d_open(&c, async, "plain", "/duplex/early?status=200&then=drain"));
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    snprintf(first, sizeof first, "%s", d_connection(&c));
    EQ_STR(d_body(&c, async), "early");
    EQ(WRITE(plenty, 200000), 200000);
    EQ(WRITE(NULL, 0), 0);
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    EXPECT(strcmp(d_connection(&c), first));
    /* Nor when the body is never ended. */
    snprintf(first, sizeof first, "%s", d_connection(&c));
    EQ_STR(d_body(&c, async), "early");
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    EXPECT(strcmp(d_connection(&c), first));
    h_finish(&c);
}
BOTH(a_connection_whose_response_was_early_is_not_used_again)

static void a_server_before_http_1_1_has_not_understood_the_chunks(int async) {
    conn c;
    char first[64];
    NEED(d_open(&c, async, "plain", "/wire?chunked&keep&old"));
    EQ(SEND("abc", 3), 0);
    EQ(WRITE(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    snprintf(first, sizeof first, "%s", d_connection(&c));
    d_body(&c, async);
    EQ(SEND("abc", 3), 0);
    EQ(WRITE(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    EXPECT(strcmp(d_connection(&c), first));
    h_finish(&c);
}
BOTH(a_server_before_http_1_1_has_not_understood_the_chunks)

/* ---- early answers --------------------------------------------------------------------------- */

/* Writes until that fails: the error, or 0 after so much that a server that reads has taken it. */
static DWORD write_on(conn *c, int async) {
    int i;
    for (i = 0; i < 500; i++) {
        int written = d_write(c, async, plenty, 1 << 16);
        if (written != 1 << 16) return (DWORD)-written;
    }
    return 0;
}

static void an_early_refusal_from_a_server_that_reads_on(int async) {
    static const char *const ways[] = {"fin", "drain"};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        char path[64];
        snprintf(path, sizeof path, "/duplex/early?then=%s", ways[i]);
        NEED(d_open(&c, async, "plain", path));
        EQ(SEND(NULL, 0), 0);
        EQ(RECEIVE(), 0);
        EQ(h_status(c.req), 413);
        EQ(write_on(&c, async), 0);
        EQ_STR(d_body(&c, async), "early");
        EQ(write_on(&c, async), 0);
        EQ(WRITE(NULL, 0), 0);
        h_finish(&c);
    }
}
BOTH(an_early_refusal_from_a_server_that_reads_on)

/* The refusal is there; what is written behind it fails, and nothing hangs. */
static void an_early_refusal_from_a_server_that_breaks_off(int async) {
    conn c;
    NEED(d_open(&c, async, "plain", "/duplex/early?then=reset"));
    EQ(SEND(NULL, 0), 0);
    EQ(write_on(&c, async), 12030);
    EQ(WRITE("x", 1), -12019);
    EQ(WRITE(NULL, 0), -12019);
    /* Whether it got here before the reset is not ours to say. */
    {
        DWORD error = RECEIVE();
        if (error) EQ(error, 12030);
        else EQ(h_status(c.req), 413);
    }
    /* The handle is as good as new. */
    EQ(SEND(NULL, 0), 0);
    EQ(write_on(&c, async), 12030);
    h_finish(&c);
}
BOTH(an_early_refusal_from_a_server_that_breaks_off)

static void nodes_early_refusal(int async) {
    conn c;
    DWORD error;
    NEED(d_open(&c, async, "node", "/early"));
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    EQ(h_status(c.req), 413);
    EQ_STR(d_body(&c, async), "early");
    error = write_on(&c, async);
    if (error) EQ(error, 12030);
    h_finish(&c);
}
BOTH(nodes_early_refusal)

/* An end of the connection that is none of the body: the writer may learn it, but the reader must not miss it. */
static void a_broken_connection_is_no_end_of_a_body(int async) {
    conn c;
    DWORD error;
    NEED(d_open(&c, async, "plain", "/duplex/break"));
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    error = write_on(&c, async);
    EQ(error, 12030);
    error = d_do(&c, async, D_READ, text, sizeof text, NULL);
    EQ(error, 12030);
    EQ(d_do(&c, async, D_READ, text, sizeof text, NULL), 12019);
    h_finish(&c);
}
BOTH(a_broken_connection_is_no_end_of_a_body)

/* ---- one side's errors ----------------------------------------------------------------------- */

static void a_write_that_waits_ends_with_a_receive_that_fails(int async) {
    conn c;
    d_call receive, write;
    NEED(d_open(&c, async, "mute", "/"));
    d_timeout(&c, WINHTTP_OPTION_RECEIVE_TIMEOUT, 300);
    d_timeout(&c, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 300);
    d_timeout(&c, WINHTTP_OPTION_SEND_TIMEOUT, 600000);
    EQ(SEND(NULL, 0), 0);
    d_begin(&write, &c, async, D_WRITE, plenty, sizeof plenty);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    EQ(d_await(&receive), 12002);
    d_ended_with_it(&write);
    EQ(WRITE("x", 1), -12019);
    EQ(WRITE(NULL, 0), -12019);
    h_finish(&c);
}
BOTH(a_write_that_waits_ends_with_a_receive_that_fails)

static void a_write_that_times_out_leaves_the_response_alone(int async) {
    conn c;
    d_call read;
    NEED(d_open(&c, async, "plain", "/duplex/early?length=1000&then=deaf"));
    d_timeout(&c, WINHTTP_OPTION_SEND_TIMEOUT, 300);
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    d_begin(&read, &c, async, D_READ, text, 1000);
    EQ(WRITE(plenty, sizeof plenty), -12002);
    EQ(WRITE("x", 1), -12019);
    if (async) EQ(d_ends(&c, D_READ), 0);
    WinHttpCloseHandle(c.req);
    EQ(d_await(&read), 12017);
    h_gone(&c, c.req, "request");
    c.req = NULL;
    h_finish(&c);
}
BOTH(a_write_that_times_out_leaves_the_response_alone)

/* A server need not answer as long as it is being sent to. */
static void the_time_to_answer_begins_with_the_last_write(int async) {
    enum { LIMIT = 1000 };
    conn c;
    d_call receive;
    uint64_t begin, last, longest = 0;
    DWORD error;
    NEED(d_open(&c, async, "plain", "/duplex/count"));
    d_timeout(&c, WINHTTP_OPTION_RECEIVE_TIMEOUT, LIMIT);
    d_timeout(&c, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, LIMIT);
    EQ(SEND(NULL, 0), 0);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    begin = last = h_ms();
    while (h_ms() < begin + 3 * LIMIT) {
        h_sleep(LIMIT / 10);
        d_write(&c, async, "x", 1);
        if (h_ms() - last > longest) longest = h_ms() - last;
        last = h_ms();
    }
    d_write(&c, async, NULL, 0);
    error = d_await(&receive);
    /* A machine that stood still for so long says nothing. */
    if (longest < LIMIT * 8 / 10) EQ(error, 0);
    h_finish(&c);
}
BOTH(the_time_to_answer_begins_with_the_last_write)

static void a_server_that_says_nothing_is_not_waited_for_forever(int async) {
    conn c;
    NEED(d_open(&c, async, "plain", "/duplex/count"));
    d_timeout(&c, WINHTTP_OPTION_RECEIVE_TIMEOUT, 200);
    d_timeout(&c, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 200);
    EQ(SEND(NULL, 0), 0);
    EQ(WRITE("x", 1), 1);
    EQ(RECEIVE(), 12002);
    EQ(WRITE("x", 1), -12019);
    h_finish(&c);
}
BOTH(a_server_that_says_nothing_is_not_waited_for_forever)

/* ---- closing --------------------------------------------------------------------------------- */

/* Both calls are told, each by its own name, and the handle's end comes last. */
static void closing_ends_both(int async, int reading) {
    conn c;
    d_call main_call, write;
    DWORD errors[2];
    NEED(d_open(&c, async, reading ? "plain" : "mute", "/duplex/early?length=1000&then=deaf"));
    EQ(SEND(NULL, 0), 0);
    if (reading) EQ(RECEIVE(), 0);
    d_begin(&main_call, &c, async, reading ? D_READ : D_RECEIVE, text, 1000);
    d_begin(&write, &c, async, D_WRITE, plenty, sizeof plenty);
    if (!async) h_sleep(100);
    EXPECT(WinHttpCloseHandle(c.req));
    errors[0] = d_await(&main_call);
    errors[1] = d_await(&write);
    /* A thread that had not got into its call yet found no handle. */
    if (async || errors[0] != 6) EQ(errors[0], 12017);
    if (async || errors[1] != 6) EQ(errors[1], 12017);
    h_gone(&c, c.req, "request");
    rec_quiet(c.rec);
    if (async) {
        h_record last = rec_at(c.rec, rec_mark(c.rec) - 1);
        EQ(rec_count(c.rec, c.req, STATUS(REQUEST_ERROR)), 2);
        EQ(rec_count(c.rec, c.req, STATUS(HANDLE_CLOSING)), 1);
        EXPECT(last.status == STATUS(HANDLE_CLOSING) && last.handle == c.req);
    }
    c.req = NULL;
    h_finish(&c);
}
static void closing_while_the_head_is_awaited(int async) { closing_ends_both(async, 0); }
BOTH(closing_while_the_head_is_awaited)
static void closing_while_the_body_is_read(int async) { closing_ends_both(async, 1); }
BOTH(closing_while_the_body_is_read)

static void closing_when_only_the_body_is_open(int async) {
    conn c;
    d_call write;
    NEED(d_open(&c, async, "plain", "/duplex/early?then=deaf"));
    EQ(SEND(NULL, 0), 0);
    EQ(RECEIVE(), 0);
    EQ_STR(d_body(&c, async), "early");
    d_begin(&write, &c, async, D_WRITE, plenty, sizeof plenty);
    if (!async) h_sleep(100);
    else EQ(WRITE("x", 1), -12019);
    if (async) EXPECT(!WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0) && GetLastError() == 12019);
    EXPECT(WinHttpCloseHandle(c.req));
    {
        DWORD error = d_await(&write);
        if (async || error != 6) EQ(error, 12017);
    }
    h_gone(&c, c.req, "request");
    c.req = NULL;
    h_finish(&c);
}
BOTH(closing_when_only_the_body_is_open)

static void close_in_hook(recorder *r, const h_record *e) {
    if (e->status == (DWORD)(DWORD_PTR)r->user) WinHttpCloseHandle(e->handle);
}
static void closing_inside_a_notice_while_the_other_side_waits(void) {
    static const DWORD when[] = {STATUS(WRITE_COMPLETE), STATUS(HEADERS_AVAILABLE)};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        NEED(d_open(&c, 1, "plain", i ? "/duplex/early?then=deaf" : "/duplex/count"));
        c.rec->user = (void *)(DWORD_PTR)when[i];
        h_put(&c.rec->hook, close_in_hook);
        EQ(d_do(&c, 1, D_SEND, NULL, 0, NULL), 0);
        if (i) EXPECT(WinHttpWriteData(c.req, plenty, sizeof plenty, NULL));
        EXPECT(WinHttpReceiveResponse(c.req, NULL));
        if (!i) EXPECT(WinHttpWriteData(c.req, "x", 1, NULL));
        h_gone(&c, c.req, "request");
        rec_quiet(c.rec);
        h_put(&c.rec->hook, NULL);
        EQ(rec_count(c.rec, c.req, STATUS(HANDLE_CLOSING)), 1);
        EQ(rec_count(c.rec, c.req, STATUS(REQUEST_ERROR)), 1);
        EQ(rec_at(c.rec, rec_mark(c.rec) - 1).status, STATUS(HANDLE_CLOSING));
        c.req = NULL;
        h_finish(&c);
    }
}

/* Whatever is under way: each call that was taken ends once. */
static void closing_at_any_time(void) {
    int i;
#ifdef H_SLOW
    enum { ROUNDS = 25 };
#else
    enum { ROUNDS = 100 };
#endif
    for (i = 0; i < ROUNDS; i++) {
        conn c;
        int k, taken = 1;
        HINTERNET req;
        NEED(d_open(&c, 1, i % 3 ? "plain" : "tls", i % 2 ? "/duplex/echo" : "/duplex/early?then=drain"));
        EQ(d_do(&c, 1, D_SEND, "ab", 2, NULL), 0);
        taken += WinHttpReceiveResponse(c.req, NULL);
        taken += WinHttpWriteData(c.req, plenty, (DWORD)(i * 1000), NULL);
        if (i % 4 == 1) rec_wait(c.rec, c.req, STATUS(WRITE_COMPLETE) | STATUS(REQUEST_ERROR));
        if (i % 4 == 2) taken += WinHttpQueryDataAvailable(c.req, NULL);
        if (i % 4 == 3) rec_wait(c.rec, c.req, STATUS(HEADERS_AVAILABLE) | STATUS(REQUEST_ERROR));
        if (i % 5 == 0) taken += WinHttpWriteData(c.req, NULL, 0, NULL);
        for (k = 0; k < i * 200; k++) (void)h_get(&c.rec->hook);
        req = c.req;
        h_finish(&c);
        (void)req;
        {
            recorder *r = h_recorders[h_recorder_count - 1];
            DWORD ends = STATUS(SENDREQUEST_COMPLETE) | STATUS(HEADERS_AVAILABLE) | STATUS(DATA_AVAILABLE) | STATUS(WRITE_COMPLETE) | STATUS(REQUEST_ERROR);
            EQ(rec_count(r, req, ends), taken);
            EQ(rec_count(r, req, STATUS(HANDLE_CLOSING)), 1);
        }
    }
}

/* ---- redirects and challenges ---------------------------------------------------------------- */

static void a_redirect_to_get_needs_no_body(int async) {
    conn c;
    d_call receive;
    int written;
    for (written = 0; written < 2; written++) {
        NEED(d_open(&c, async, "plain", "/duplex/redirect?code=303&to=/body/5"));
        EQ(SEND(NULL, 0), 0);
        if (written) EQ(WRITE("some", 4), 4);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        if (written) {
            EQ(WRITE(plenty, sizeof plenty), (int)sizeof plenty);
        }
        EQ(d_await(&receive), 0);
        EQ(h_status(c.req), 200);
        EQ_STR(x_added(c.req, "Transfer-Encoding"), "12150");
        /* What is left of it goes nowhere, so that a writer need not know. */
        EQ(WRITE("more", 4), 4);
        EQ(strlen(d_body(&c, async)), 5);
        EQ(WRITE("more", 4), 4);
        EQ(WRITE(NULL, 0), 0);
        h_finish(&c);
    }
}
BOTH(a_redirect_to_get_needs_no_body)

static void a_redirect_of_a_body_asks_for_it_again(int async) {
    conn c;
    d_call receive;
    int how;
    for (how = 0; how < 3; how++) {
        NEED(d_open(&c, async, "plain", "/duplex/redirect?code=307&to=/duplex/count"));
        EQ(SEND(how ? "ab" : NULL, how ? 2 : 0), 0);
        if (how == 2) EQ(WRITE("cd", 2), 2);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        EQ(d_await(&receive), 12032);
        /* A writer that does not know comes to its end. */
        if (how != 1) {
            EQ(WRITE(plenty, 100000), 100000);
            EQ(WRITE(NULL, 0), 0);
            EQ(WRITE("x", 1), -12019);
        }
        EQ(SEND(NULL, 0), 0);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        EQ(WRITE("again", 5), 5);
        EQ(WRITE(NULL, 0), 0);
        EQ(d_await(&receive), 0);
        EQ_STR(d_body(&c, async), "5 bytes in 1 chunks\n");
        h_finish(&c);
    }
}
BOTH(a_redirect_of_a_body_asks_for_it_again)

/* Without the flag, too: nobody could write to the new target. */
static void a_redirect_before_the_body_asks_for_it(int async) {
    static const DWORD sizes[] = {0, 2, 5};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        NEED(x_open(&c, async, "plain", W("POST"), W("/duplex/redirect?code=307&to=/framing"), NULL, NULL, NULL, 0));
        EQ(x_send(&c, async, NULL, 0, "abcde", sizes[i], 5), 0);
        EQ(RECEIVE(), i == 2 ? 0 : 12032);
        if (i < 2) {
            EQ(x_send(&c, async, NULL, 0, "ab", 2, 5), 0);
            EQ(WRITE("cde", 3), 3);
            EQ(RECEIVE(), 0);
        }
        EQ_STR(x_header(c.req, "X-Length"), "5");
        h_finish(&c);
    }
}
BOTH(a_redirect_before_the_body_asks_for_it)

static void a_redirect_ends_a_write_that_waits(int async) {
    conn c;
    d_call receive, write;
    NEED(d_open(&c, async, "plain", "/duplex/early?status=307&then=deaf"));
    d_timeout(&c, WINHTTP_OPTION_SEND_TIMEOUT, 600000);
    EQ(SEND(NULL, 0), 0);
    d_begin(&write, &c, async, D_WRITE, plenty, sizeof plenty);
    d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
    /* It lacks a Location. */
    EQ(d_await(&receive), 12150);
    d_ended_with_it(&write);
    h_finish(&c);
}
BOTH(a_redirect_ends_a_write_that_waits)

/* All of the body came with the send, and its end is known. */
static void a_body_at_hand_is_sent_again(int async) {
    static const char *const paths[] = {"/duplex/redirect?code=307&to=/duplex/count", "/duplex/basic", "/duplex/basic?early"};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        NEED(d_open(&c, async, "plain", paths[i]));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_USERNAME, (void *)W("user"), 4));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PASSWORD, (void *)W("password"), 8));
        EQ(SEND("abc", 3), 0);
        EQ(WRITE(NULL, 0), 0);
        EQ(RECEIVE(), 0);
        EQ(h_status(c.req), 200);
        EQ_STR(d_body(&c, async), "3 bytes in 1 chunks\n");
        h_finish(&c);
    }
}
BOTH(a_body_at_hand_is_sent_again)

static void a_challenge_asks_for_the_body_again(int async) {
    conn c;
    d_call receive;
    int early;
    for (early = 0; early < 2; early++) {
        NEED(d_open(&c, async, "plain", early ? "/duplex/basic?early" : "/duplex/basic"));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_USERNAME, (void *)W("user"), 4));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PASSWORD, (void *)W("password"), 8));
        EQ(SEND(NULL, 0), 0);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        EQ(WRITE("abc", 3), 3);
        EQ(WRITE(NULL, 0), 0);
        EQ(d_await(&receive), 12032);
        EQ(SEND(NULL, 0), 0);
        d_begin(&receive, &c, async, D_RECEIVE, NULL, 0);
        EQ(WRITE("abc", 3), 3);
        EQ(WRITE(NULL, 0), 0);
        EQ(d_await(&receive), 0);
        EQ(h_status(c.req), 200);
        EQ_STR(d_body(&c, async), "3 bytes in 1 chunks\n");
        h_finish(&c);
    }
}
BOTH(a_challenge_asks_for_the_body_again)

/* Without the flag, too: a body that the application chunked, all of it with the send. */
static void own_chunks_at_hand_are_sent_again(int async) {
    static const struct {
        const char *body;
        DWORD error;
    } rows[] = {{"3\r\nabc\r\n0\r\n\r\n", 0}, {"3\r\nabc\r\n0\r\n\r\nx", 12032}, {"3\r\nabc\r\n", 12032}};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        NEED(x_open(&c, async, "plain", W("POST"), W("/duplex/basic?early"), NULL, NULL, NULL, 0));
        EXPECT(WinHttpAddRequestHeaders(c.req, W("Transfer-Encoding: chunked"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_USERNAME, (void *)W("user"), 4));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PASSWORD, (void *)W("password"), 8));
        EQ(SEND(rows[i].body, (DWORD)strlen(rows[i].body)), 0);
        EQ(RECEIVE(), rows[i].error);
        if (!rows[i].error) EQ_STR(d_body(&c, async), "3 bytes in 1 chunks\n");
        h_finish(&c);
    }
}
BOTH(own_chunks_at_hand_are_sent_again)

/* A proxy that makes no tunnel has answered before anything was written. */
static void a_body_for_a_proxy_that_refuses_goes_nowhere(int async) {
    DWORD feature = WINHTTP_FEATURE_FLAG_AUTOMATIC_CHUNKING;
    char proxy[64];
    conn c;
    memset(&c, 0, sizeof c);
    c.rec = rec_new();
    snprintf(proxy, sizeof proxy, "127.0.0.1:%u", (unsigned)h_port("proxy"));
    c.ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_NAMED_PROXY, h_wide(proxy), NULL, async ? WINHTTP_FLAG_ASYNC : 0);
    NEED(c.ses && WinHttpSetOption(c.ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &feature, sizeof feature));
    h_record_all(c.ses, c.rec);
    c.con = WinHttpConnect(c.ses, W("challenge.test"), h_port("tls"), 0);
    c.req = WinHttpOpenRequest(c.con, W("POST"), W("/duplex/count"), NULL, NULL, NULL, WINHTTP_FLAG_AUTOMATIC_CHUNKING | WINHTTP_FLAG_SECURE);
    NEED(c.req);
    EQ(SEND("ab", 2), 0);
    EQ(WRITE("cd", 2), 2);
    EQ(RECEIVE(), 0);
    EQ(h_status(c.req), 407);
    EQ(WRITE(plenty, 100000), 100000);
    EQ_STR(d_body(&c, async), "the proxy's own words\n");
    EQ(WRITE("more", 4), 4);
    EQ(WRITE(NULL, 0), 0);
    h_finish(&c);
}
BOTH(a_body_for_a_proxy_that_refuses_goes_nowhere)

/* ---- and without the flag -------------------------------------------------------------------- */

static void without_the_flag_nothing_is_written_beside_the_response(int async) {
    conn c;
    NEED(x_open(&c, async, "plain", W("POST"), W("/duplex/early?then=fin"), NULL, NULL, NULL, 0));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Transfer-Encoding: chunked"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(SEND(NULL, 0), 0);
    EQ(WRITE("3\r\nabc\r\n", 8), 8);
    EQ(RECEIVE(), 0);
    EQ(WRITE("0\r\n\r\n", 5), -12019);
    h_finish(&c);
}
BOTH(without_the_flag_nothing_is_written_beside_the_response)

TESTS {
    CASE2(question_and_answer);
    CASE2(question_and_answer_with_tls);
    CASE2(question_and_answer_with_node);
    CASE2(question_and_answer_with_node_and_tls);
    CASE2(megabytes_in_both_directions);
    CASE2(megabytes_in_both_directions_with_tls);
    CASE2(megabytes_in_both_directions_with_node);
    CASE2(receiving_does_not_end_the_body);
    CASE2(nothing_can_be_written_behind_the_end);
    CASE2(data_of_the_send_is_the_first_chunk);
    CASE2(any_verb_can_have_a_body);
    CASE2(a_declared_length_is_not_chunked);
    CASE2(chunks_of_the_applications_own);
    CASE2(http_1_0_has_no_chunks);
    CASE2(a_connection_is_used_again_when_both_directions_have_ended);
    CASE2(a_connection_whose_response_was_early_is_not_used_again);
    CASE2(a_server_before_http_1_1_has_not_understood_the_chunks);
    CASE2(an_early_refusal_from_a_server_that_reads_on);
    CASE2(an_early_refusal_from_a_server_that_breaks_off);
    CASE2(nodes_early_refusal);
    CASE2(a_broken_connection_is_no_end_of_a_body);
    CASE2(a_write_that_waits_ends_with_a_receive_that_fails);
    CASE2(a_write_that_times_out_leaves_the_response_alone);
    CASE2(the_time_to_answer_begins_with_the_last_write);
    CASE2(a_server_that_says_nothing_is_not_waited_for_forever);
    CASE2(closing_while_the_head_is_awaited);
    CASE2(closing_while_the_body_is_read);
    CASE2(closing_when_only_the_body_is_open);
    CASE(closing_inside_a_notice_while_the_other_side_waits);
    CASE(closing_at_any_time);
    CASE2(a_redirect_to_get_needs_no_body);
    CASE2(a_redirect_of_a_body_asks_for_it_again);
    CASE2(a_redirect_before_the_body_asks_for_it);
    CASE2(a_redirect_ends_a_write_that_waits);
    CASE2(a_body_at_hand_is_sent_again);
    CASE2(a_challenge_asks_for_the_body_again);
    CASE2(own_chunks_at_hand_are_sent_again);
    CASE2(a_body_for_a_proxy_that_refuses_goes_nowhere);
    CASE2(without_the_flag_nothing_is_written_beside_the_response);
}
END_TESTS
