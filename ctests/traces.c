/* Notifications in Windows' order (websocket and callbacks spec 2.6 and 2.9): every step of a request, synchronous and not,
 * with the thread that each comes on. /C is the thread inside the call, /W another one. */
#include "http.h"

static char body[65536];

/* ---- synchronous: everything on the calling thread, and no completion ever ---- */

static unsigned long me;
static int mark;

#define TRACE(c, want)                                                                           \
    do {                                                                                         \
        EQ_STR(rec_trace((c)->rec, mark, me), (want));                                           \
        mark = rec_mark((c)->rec);                                                               \
    } while (0)

static int start(conn *c, int async, const char *port, const char *verb, const char *path) {
    me = h_thread_id();
    mark = 0;
    if (!x_open(c, async, port, h_wide(verb), h_wide(path), NULL, NULL, NULL, 0)) return 0;
    /* Connections of other cases would shorten the traces. */
    WinHttpCloseHandle(c->req);
    h_apart(c->ses);
    if (async) rec_wait(c->rec, c->req, STATUS(HANDLE_CLOSING));
    mark = rec_mark(c->rec);
    c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, strcmp(port, "plain") && strcmp(port, "refused") ? WINHTTP_FLAG_SECURE : 0);
    return c->req != NULL;
}

static int again(conn *c, const char *verb, const char *path) {
    HINTERNET old = c->req;
    WinHttpCloseHandle(old);
    rec_wait(c->rec, old, STATUS(HANDLE_CLOSING));
    c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, 0);
    mark = rec_mark(c->rec);
    return c->req != NULL;
}

static void ends(conn *c) {
    conn all = *c;
    mark = rec_mark(c->rec);
    EXPECT(WinHttpCloseHandle(c->req));
    EXPECT(WinHttpCloseHandle(c->con));
    EXPECT(WinHttpCloseHandle(c->ses));
    TRACE(c, "CLOSING/C CLOSING/C CLOSING/C");
    EQ(rec_at(c->rec, mark - 3).handle, all.req);
    EQ(rec_at(c->rec, mark - 2).handle, all.con);
    EQ(rec_at(c->rec, mark - 1).handle, all.ses);
    memset(c, 0, sizeof *c);
}

static void a_sync_request(void) {
    conn c;
    DWORD n = 0;
    NEED(start(&c, 0, "plain", "GET", "/body/100"));
    TRACE(&c, "CREATED/C");
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    TRACE(&c, "RESOLVING/C RESOLVED/C CONNECTING/C CONNECTED/C SENDING/C SENT/C");
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    TRACE(&c, "RECEIVING/C RECEIVED/C");
    EXPECT(WinHttpQueryDataAvailable(c.req, &n));
    EXPECT(WinHttpReadData(c.req, body, sizeof body, &n));
    EQ(n, 100);
    EXPECT(WinHttpReadData(c.req, body, sizeof body, &n));
    EQ(n, 0);
    EQ(rec_count(c.rec, NULL, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS), 0);
    /* The same connection again, also for a request whose body nobody has read. */
    NEED(again(&c, "GET", "/body/50"));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    TRACE(&c, "SENDING/C SENT/C");
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    NEED(again(&c, "POST", "/status/200"));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 4, 0));
    TRACE(&c, "SENDING/C SENT/C");
    EXPECT(WinHttpWriteData(c.req, "data", 4, &n));
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    ends(&c);
}

/* A wait for the network within the body has its notices, in pairs. */
static void a_sync_read_that_waits(void) {
    conn c;
    DWORD n = 0;
    const char *trace;
    NEED(start(&c, 0, "plain", "GET", "/drip/3"));
    EQ(x_exchange(&c, 0), 0);
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReadData(c.req, body, 3, &n));
    EQ(n, 3);
    for (trace = rec_trace(c.rec, mark, me); x_starts(trace, "RECEIVING/C RECEIVED/C"); trace += trace[22] == ' ' ? 23 : 22) ;
    EQ_STR(trace, "");
    EQ(rec_count(c.rec, NULL, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS), 0);
    ends(&c);
}

static void a_sync_redirect(void) {
    conn c;
    char elsewhere[128];
    NEED(start(&c, 0, "plain", "GET", "/status/302?to=/head"));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    TRACE(&c, "RECEIVING/C RECEIVED/C REDIRECT/C SENDING/C SENT/C RECEIVING/C RECEIVED/C");
    snprintf(elsewhere, sizeof elsewhere, "/status/302?to=http://localhost:%u/head", (unsigned)h_port("plain"));
    NEED(again(&c, "GET", elsewhere));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    TRACE(&c, "RECEIVING/C RECEIVED/C REDIRECT/C RESOLVING/C RESOLVED/C CONNECTING/C CONNECTED/C SENDING/C SENT/C RECEIVING/C RECEIVED/C");
    ends(&c);
}

static void a_sync_end_of_the_connection(void) {
    conn c;
    DWORD n = 0;
    NEED(start(&c, 0, "plain", "GET", "/keep/close"));
    EQ(x_exchange(&c, 0), 0);
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReadData(c.req, body, sizeof body, &n));
    EXPECT(WinHttpReadData(c.req, body, sizeof body, &n));
    EXPECT(!strstr(rec_trace(c.rec, mark, 0), "CONNECTION")); /* the server's wish says nothing */
    NEED(again(&c, "GET", "/body/10"));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Connection: close"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(x_exchange(&c, 0), 0);
    mark = rec_mark(c.rec);
    do EXPECT(WinHttpReadData(c.req, body, sizeof body, &n)); while (n);
    TRACE(&c, "CLOSING_CONNECTION/C CONNECTION_CLOSED/C");
    ends(&c);
}

static void sync_failures(void) {
    conn c;
    NEED(start(&c, 0, "refused", "GET", "/"));
    mark = rec_mark(c.rec);
    EXPECT(!WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(GetLastError(), 12029);
    TRACE(&c, "RESOLVING/C RESOLVED/C CONNECTING/C");
    ends(&c);
    NEED(start(&c, 0, "unknown", "GET", "/"));
    mark = rec_mark(c.rec);
    EXPECT(!WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(GetLastError(), 12175);
    TRACE(&c, "RESOLVING/C RESOLVED/C CONNECTING/C CONNECTED/C SECURE_FAILURE/C");
    ends(&c);
}

/* ---- asynchronous ---- */

/* The statuses since the mark without threads, once this one has come. */
#define UNTIL(c, status, want)                                                                   \
    do {                                                                                         \
        if (!rec_wait((c)->rec, (c)->req, (status))) FAIL("%s did not come", status_name(status)); \
        EQ_STR(rec_trace((c)->rec, mark, 0), (want));                                            \
        mark = rec_mark((c)->rec);                                                               \
    } while (0)

static void on_another_thread(conn *c, DWORD status) {
    int i;
    for (i = 0; i < rec_mark(c->rec); i++) {
        h_record e = rec_at(c->rec, i);
        if (e.status == status && e.handle == c->req) EXPECT(e.thread != me);
    }
}

static void an_async_request(void) {
    conn c;
    NEED(start(&c, 1, "plain", "GET", "/body/100"));
    TRACE(&c, "CREATED/C");
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    UNTIL(&c, STATUS(SENDREQUEST_COMPLETE), "RESOLVING RESOLVED CONNECTING CONNECTED SENDING SENT SENDREQUEST");
    on_another_thread(&c, STATUS(SENDREQUEST_COMPLETE));
    h_sleep(100); /* the reply arrives */
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    /* With the reply at hand all of it is on the calling thread, before the call returns. */
    TRACE(&c, "RECEIVING/C RECEIVED/C HEADERS/C");
    EXPECT(WinHttpQueryDataAvailable(c.req, NULL));
    EQ(GetLastError(), 0);
    TRACE(&c, "DATA/C");
    EXPECT(WinHttpReadData(c.req, body, 100, NULL));
    EQ(GetLastError(), 0);
    TRACE(&c, "READ/C");
    EXPECT(WinHttpReadData(c.req, body, 100, NULL));
    TRACE(&c, "READ/C");
    EQ(rec_at(c.rec, mark - 1).length, 0);
    h_finish(&c);
}

static void an_async_reuse_and_writes(void) {
    conn c;
    NEED(start(&c, 1, "plain", "GET", "/body/100"));
    EQ(x_exchange(&c, 1), 0);
    NEED(again(&c, "POST", "/status/200"));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 8, 0));
    UNTIL(&c, STATUS(SENDREQUEST_COMPLETE), "SENDING SENT SENDREQUEST");
    EXPECT(WinHttpWriteData(c.req, "data", 4, NULL));
    UNTIL(&c, STATUS(WRITE_COMPLETE), "WRITE");
    EXPECT(WinHttpWriteData(c.req, "data", 4, NULL));
    EXPECT(rec_wait_nth(c.rec, c.req, STATUS(WRITE_COMPLETE), 2, 5000, NULL));
    TRACE(&c, strstr(rec_trace(c.rec, mark, me), "/C") ? "WRITE/C" : "WRITE/W");
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    UNTIL(&c, STATUS(HEADERS_AVAILABLE), "RECEIVING RECEIVED HEADERS");
    h_finish(&c);
}

/* A reply that is late: it is told on another thread, and so is a read that waits. */
static void an_async_wait(void) {
    conn c;
    const char *token = h_token();
    char path[512];
    snprintf(path, sizeof path, "/answer/?rest=%s&gate=%s", x_hex("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38), token);
    NEED(start(&c, 1, "plain", "GET", path));
    EQ(x_send(&c, 1, NULL, 0, NULL, 0, 0), 0);
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    TRACE(&c, "RECEIVING/C");
    snprintf(path, sizeof path, "/release/%s", token);
    h_get_text(path);
    UNTIL(&c, STATUS(HEADERS_AVAILABLE), "RECEIVED HEADERS");
    on_another_thread(&c, STATUS(HEADERS_AVAILABLE));
    h_finish(&c);
    NEED(start(&c, 1, "plain", "GET", "/drip/2"));
    EQ(x_exchange(&c, 1), 0);
    EXPECT(WinHttpReadData(c.req, body, 2, NULL));
    EQ(GetLastError(), 997);
    EXPECT(rec_wait(c.rec, c.req, STATUS(READ_COMPLETE)));
    on_another_thread(&c, STATUS(READ_COMPLETE));
    h_finish(&c);
}

static void an_async_redirect(void) {
    conn c;
    NEED(start(&c, 1, "plain", "GET", "/status/302?to=/head"));
    EQ(x_send(&c, 1, NULL, 0, NULL, 0, 0), 0);
    h_sleep(100); /* the reply arrives */
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    UNTIL(&c, STATUS(HEADERS_AVAILABLE), "RECEIVING RECEIVED REDIRECT SENDING SENT RECEIVING RECEIVED HEADERS");
    EQ(rec_count(c.rec, c.req, STATUS(SENDREQUEST_COMPLETE)), 1);
    on_another_thread(&c, STATUS(HEADERS_AVAILABLE));
    /* The first three are on the calling thread, for the reply was there. */
    EQ(rec_at(c.rec, mark - 8).thread, me);
    EQ(rec_at(c.rec, mark - 6).thread, me);
    h_finish(&c);
}

static void an_async_end_of_the_connection(void) {
    conn c;
    NEED(start(&c, 1, "plain", "GET", "/body/10"));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Connection: close"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(x_exchange(&c, 1), 0);
    mark = rec_mark(c.rec);
    EQ(x_read(&c, 1, body, 10, NULL), 0);
    EQ(x_read(&c, 1, body, 10, NULL), 0);
    EXPECT(strstr(rec_trace(c.rec, mark, 0), "CLOSING_CONNECTION CONNECTION_CLOSED READ"));
    h_finish(&c);
}

static void async_failures(void) {
    conn c;
    h_record e;
    NEED(start(&c, 1, "refused", "GET", "/"));
    mark = rec_mark(c.rec);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    UNTIL(&c, STATUS(REQUEST_ERROR), "RESOLVING RESOLVED CONNECTING ERROR");
    e = rec_at(c.rec, mark - 1);
    EQ(e.info.result.dwResult, API_SEND_REQUEST);
    EQ(e.info.result.dwError, 12029);
    h_finish(&c);
    NEED(start(&c, 1, "unknown", "GET", "/"));
    mark = rec_mark(c.rec);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    UNTIL(&c, STATUS(REQUEST_ERROR), "RESOLVING RESOLVED CONNECTING CONNECTED SECURE_FAILURE ERROR");
    e = rec_at(c.rec, mark - 1);
    EQ(e.info.result.dwResult, API_SEND_REQUEST);
    EQ(e.info.result.dwError, 12175);
    h_finish(&c);
    NEED(start(&c, 1, "plain", "GET", "/garbage"));
    EQ(x_send(&c, 1, NULL, 0, NULL, 0, 0), 0);
    mark = rec_mark(c.rec);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    UNTIL(&c, STATUS(REQUEST_ERROR), "RECEIVING ERROR");
    e = rec_at(c.rec, mark - 1);
    EQ(e.info.result.dwResult, API_RECEIVE_RESPONSE);
    EQ(e.info.result.dwError, E_INVALID_RESPONSE);
    h_finish(&c);
}

static void an_interim_response(int async) {
    static const char raw[] = "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    conn c;
    char path[512];
    const char *trace;
    snprintf(path, sizeof path, "/answer/%s", x_hex(raw, sizeof raw - 1));
    NEED(start(&c, async, "plain", "GET", path));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    mark = rec_mark(c.rec);
    EQ(x_receive(&c, async), 0);
    trace = rec_trace(c.rec, mark, 0);
    EXPECT(x_starts(trace, "RECEIVING RECEIVED INTERMEDIATE"));
    EXPECT(strstr(trace, "RECEIVED INTERMEDIATE") && strstr(strstr(trace, "INTERMEDIATE"), "RECEIVED"));
    h_finish(&c);
}
BOTH(an_interim_response)

/* ReceiveResponse inside SENDREQUEST_COMPLETE runs on that thread. */
static int in_complete_ok;
static void receive_in_complete(recorder *r, const h_record *e) {
    (void)r;
    if (e->status == STATUS(SENDREQUEST_COMPLETE)) in_complete_ok = WinHttpReceiveResponse(e->handle, NULL);
}
static void receiving_inside_the_completion_of_the_send(void) {
    conn c;
    int i;
    unsigned long thread = 0;
    in_complete_ok = 0;
    NEED(start(&c, 1, "plain", "GET", "/body/10"));
    h_put(&c.rec->hook, receive_in_complete);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait(c.rec, c.req, STATUS(HEADERS_AVAILABLE)));
    rec_quiet(c.rec);
    EXPECT(in_complete_ok);
    for (i = 0; i < rec_mark(c.rec); i++) {
        h_record e = rec_at(c.rec, i);
        if (e.status == STATUS(SENDREQUEST_COMPLETE)) thread = e.thread;
        if (e.status == STATUS(RECEIVING_RESPONSE)) EQ(e.thread, thread);
    }
    h_finish(&c);
}

TESTS {
    CASE(a_sync_request);
    CASE(a_sync_read_that_waits);
    CASE(a_sync_redirect);
    CASE(a_sync_end_of_the_connection);
    CASE(sync_failures);
    CASE(an_async_request);
    CASE(an_async_reuse_and_writes);
    CASE(an_async_wait);
    CASE(an_async_redirect);
    CASE(an_async_end_of_the_connection);
    CASE(async_failures);
    CASE2(an_interim_response);
    CASE(receiving_inside_the_completion_of_the_send);
}
END_TESTS
