/* Every function of a request in every state of it (http spec 0.4), synchronous and not. */
#define _GNU_SOURCE
#ifdef _WIN32
#include <winsock2.h> /* for WINHTTP_CONNECTION_INFO */
#endif
#include "http.h"
#include "newer.h"

enum { OPEN, SENDING, SENT, RECEIVING, RESPONSE, DRAINED, FAILED_SEND, FAILED_RECEIVE, STATES };
static const char *const state_names[] = {"open", "sending", "sent", "receiving", "response", "drained", "failed in send", "failed in receive"};

static char body[4096];
static char *big;
#define BIG (32u << 20)

/* A state that has an operation pending: there only what is answered at once can be asked. */
static int is_pending(int state) { return state == SENDING || state == RECEIVING; }

/* A fresh request in this state. */
static int bring(conn *c, int async, int state) {
    const char *port = state == FAILED_SEND ? "refused" : is_pending(state) ? "mute" : "plain";
    const char *path = state == SENT ? "/wire" : state == FAILED_RECEIVE ? "/garbage" : "/body/100";
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    if (!(c->ses = h_open(async))) return 0;
    h_record_all(c->ses, c->rec);
    if (!(c->con = WinHttpConnect(c->ses, W("127.0.0.1"), h_port(port), 0))) return 0;
    c->req = WinHttpOpenRequest(c->con, h_wide(state == SENDING || state == SENT ? "POST" : "GET"), h_wide(path), NULL, NULL, NULL, 0);
    if (!c->req) return 0;
    switch (state) {
    case SENDING:
        if (!big) big = calloc(1, BIG);
        return WinHttpSendRequest(c->req, NULL, 0, big, BIG, BIG, 0) && rec_wait(c->rec, c->req, STATUS(SENDING_REQUEST));
    case SENT: return !x_send(c, async, NULL, 0, NULL, 0, 4);
    case RECEIVING: return !x_send(c, async, NULL, 0, NULL, 0, 0) && WinHttpReceiveResponse(c->req, NULL) && rec_wait(c->rec, c->req, STATUS(RECEIVING_RESPONSE));
    case RESPONSE: return !x_exchange(c, async);
    case DRAINED: return !x_exchange(c, async) && !x_body(c, async, body, sizeof body);
    case FAILED_SEND: return x_send(c, async, NULL, 0, NULL, 0, 0) == 12029;
    case FAILED_RECEIVE: return !x_send(c, async, NULL, 0, NULL, 0, 0) && x_receive(c, async) == E_INVALID_RESPONSE;
    }
    return 1;
}

/* ---- the calls: each gives its error in the end ---- */

#define DIRECT(ok) ((ok) ? 0 : GetLastError())

static DWORD adds_a_header(conn *c, int async, int state) {
    (void)async, (void)state;
    return DIRECT(WinHttpAddRequestHeaders(c->req, W("X-More: 1"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
}
static DWORD queries(conn *c, DWORD level) {
    WCHAR text[1024];
    DWORD size = sizeof text, error;
    memset(text, 0x55, sizeof text);
    error = DIRECT(WinHttpQueryHeaders(c->req, level, NULL, text, &size, NULL));
    if (error && (text[0] != 0x5555 || size != sizeof text)) FAIL("a failed query wrote something");
    return error;
}
static DWORD queries_the_request(conn *c, int async, int state) {
    (void)async, (void)state;
    return queries(c, WINHTTP_QUERY_RAW_HEADERS_CRLF | WINHTTP_QUERY_FLAG_REQUEST_HEADERS);
}
static DWORD queries_the_status(conn *c, int async, int state) {
    (void)async, (void)state;
    return queries(c, WINHTTP_QUERY_STATUS_CODE);
}
static DWORD queries_the_method(conn *c, int async, int state) {
    (void)async, (void)state;
    return queries(c, WINHTTP_QUERY_REQUEST_METHOD);
}
static DWORD writes(conn *c, int async, int state) {
    DWORD written = 0xdeadbeef, error;
    if (is_pending(state)) return DIRECT(WinHttpWriteData(c->req, "data", 4, NULL));
    error = x_write(c, async, "data", 4, &written);
    EQ_ROW(state_names[state], written, error ? 0xdeadbeef : 4);
    return error;
}
static DWORD receives(conn *c, int async, int state) {
    DWORD error;
    if (is_pending(state)) return DIRECT(WinHttpReceiveResponse(c->req, NULL));
    error = x_receive(c, async);
    /* Asynchronously the wrong state, too, is told by the callback. */
    if (async && error) EXPECT(rec_count(c->rec, c->req, STATUS(REQUEST_ERROR)) > (state == FAILED_SEND || state == FAILED_RECEIVE));
    return error;
}
static DWORD asks_what_is_there(conn *c, int async, int state) {
    DWORD available = 0xdeadbeef, error;
    if (is_pending(state)) return DIRECT(WinHttpQueryDataAvailable(c->req, NULL));
    error = x_available(c, async, &available);
    if (error) EQ_ROW(state_names[state], available, 0xdeadbeef);
    else if (state == DRAINED) EQ(available, 0);
    else EXPECT(available > 0 && available <= 100);
    return error;
}
static DWORD reads(conn *c, int async, int state) {
    DWORD got = 0xdeadbeef, error;
    if (is_pending(state)) return DIRECT(WinHttpReadData(c->req, body, 10, NULL));
    error = x_read(c, async, body, 10, &got);
    if (!error) EQ_ROW(state_names[state], got, state == DRAINED ? 0 : 10);
    return error;
}
static DWORD sends(conn *c, int async, int state) {
    if (is_pending(state)) return DIRECT(WinHttpSendRequest(c->req, NULL, 0, NULL, 0, 0, 0));
    return x_send(c, async, NULL, 0, NULL, 0, 0);
}
static DWORD asks_for_schemes(conn *c, int async, int state) {
    DWORD supported = 0xdeadbeef, first = 0xdeadbeef, target = 0xdeadbeef, error;
    (void)async, (void)state;
    error = DIRECT(WinHttpQueryAuthSchemes(c->req, &supported, &first, &target));
    EXPECT(!error || (supported == 0xdeadbeef && first == 0xdeadbeef && target == 0xdeadbeef));
    return error;
}
static DWORD asks_for_the_url(conn *c, int async, int state) {
    (void)async, (void)state;
    return x_starts(x_url(c->req), "http://127.0.0.1:") ? 0 : GetLastError();
}
static DWORD asks_for_the_connection(conn *c, int async, int state) {
    WINHTTP_CONNECTION_INFO info;
    DWORD size = sizeof info;
    (void)async, (void)state;
    memset(&info, 0, sizeof info);
    info.cbSize = sizeof info;
    return DIRECT(WinHttpQueryOption(c->req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size));
}
static DWORD sets_timeouts(conn *c, int async, int state) {
    (void)async, (void)state;
    return DIRECT(WinHttpSetTimeouts(c->req, 1000, 2000, 3000, 4000));
}
static DWORD gives_credentials(conn *c, int async, int state) {
    (void)async, (void)state;
    return DIRECT(WinHttpSetCredentials(c->req, WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_SCHEME_BASIC, W("ann"), W("secret"), NULL));
}
static DWORD upgrades(conn *c, int async, int state) {
    (void)async, (void)state;
    return DIRECT(WinHttpWebSocketCompleteUpgrade(c->req, 0));
}
static DWORD sets_an_option(conn *c, int async, int state) {
    DWORD ms = 5000;
    (void)async, (void)state;
    return DIRECT(WinHttpSetOption(c->req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
}

/* What not every system's winhttp.dll has: the case fails then, and goes on. These functions give their error and leave the
 * last one alone, so it is set for them. */
#define ABSENT 0xfffffffe
static DWORD told(DWORD error) {
    SetLastError(error);
    return error;
}

static DWORD adds_single_headers(conn *c, int async, int state) {
    const void *header[] = {"X-Single", "1"};
    DWORD(WINAPI *add)(HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, const void **) = (DWORD(WINAPI *)(HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, const void **))symbol("WinHttpAddRequestHeadersEx");
    (void)async, (void)state;
    return add ? told(add(c->req, WINHTTP_ADDREQ_FLAG_ADD, 0, 0, 1, header)) : ABSENT;
}
static DWORD queries_all(conn *c, DWORD side) {
    static unsigned char buffer[4096];
    DWORD size = sizeof buffer, count = 0xdead, error;
    void *headers = NULL;
    DWORD(WINAPI *query)(HINTERNET, DWORD, ULONGLONG, UINT, DWORD *, void *, void *, DWORD *, void **, DWORD *) =
        (DWORD(WINAPI *)(HINTERNET, DWORD, ULONGLONG, UINT, DWORD *, void *, void *, DWORD *, void **, DWORD *))symbol("WinHttpQueryHeadersEx");
    if (!query) return ABSENT;
    error = query(c->req, WINHTTP_QUERY_RAW_HEADERS | side, 0, 0, NULL, NULL, buffer, &size, &headers, &count);
    if (error && (size != sizeof buffer || count != 0xdead || headers)) FAIL("a failed query wrote something");
    return told(error);
}
static DWORD queries_all_of_the_request(conn *c, int async, int state) {
    (void)async, (void)state;
    return queries_all(c, WINHTTP_QUERY_FLAG_REQUEST_HEADERS);
}
static DWORD queries_all_of_the_response(conn *c, int async, int state) {
    (void)async, (void)state;
    return queries_all(c, 0);
}
static DWORD reads_some(conn *c, int async, int state) {
    DWORD got = 0xdeadbeef, error;
    int before = X_BEFORE(c, async, STATUS(READ_COMPLETE));
    DWORD(WINAPI *read)(HINTERNET, void *, DWORD, DWORD *, ULONGLONG, DWORD, void *) = (DWORD(WINAPI *)(HINTERNET, void *, DWORD, DWORD *, ULONGLONG, DWORD, void *))symbol("WinHttpReadDataEx");
    if (!read) return ABSENT;
    error = read(c->req, body, 10, async || is_pending(state) ? NULL : &got, 0, 0, NULL);
    if (!error && async) error = x_end(c, STATUS(READ_COMPLETE), before, &got, NULL);
    if (!error) EQ_ROW(state_names[state], got <= 10 && !got == (state == DRAINED), 1);
    return told(error);
}

static DWORD has_a_context(conn *c, int async, int state) {
    DWORD_PTR context = 0;
    DWORD size = sizeof context;
    (void)async, (void)state;
    if (!WinHttpQueryOption(c->req, WINHTTP_OPTION_CONTEXT_VALUE, &context, &size)) return GetLastError();
    return context == (DWORD_PTR)c->rec ? DIRECT(WinHttpSetOption(c->req, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context)) : 1;
}
static DWORD sets_its_callback(conn *c, int async, int state) {
    (void)async, (void)state;
    return WinHttpSetStatusCallback(c->req, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0) == rec_callback ? 0 : 1;
}

/* -1: not established. The columns are the states. */
static const struct {
    const char *name;
    DWORD (*call)(conn *c, int async, int state);
    int errors[STATES];
} calls[] = {
    {"AddRequestHeaders", adds_a_header, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"AddRequestHeadersEx", adds_single_headers, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"QueryHeaders, request", queries_the_request, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"QueryHeaders, status", queries_the_status, {E_STATE, E_STATE, E_STATE, E_STATE, 0, 0, E_STATE, E_STATE}},
    {"QueryHeadersEx, request", queries_all_of_the_request, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"QueryHeadersEx, response", queries_all_of_the_response, {E_STATE, E_STATE, E_STATE, E_STATE, 0, 0, E_STATE, E_STATE}},
    {"QueryHeaders, method", queries_the_method, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"WriteData", writes, {E_STATE, E_STATE, 0, E_STATE, E_STATE, E_STATE, E_STATE, E_STATE}},
    /* In "sending" it is queued behind the send. */
    {"ReceiveResponse", receives, {E_STATE, 0, 0, -1, E_STATE, E_STATE, E_STATE, E_STATE}},
    {"QueryDataAvailable", asks_what_is_there, {E_STATE, E_STATE, E_STATE, E_STATE, 0, 0, E_STATE, E_STATE}},
    {"ReadData", reads, {E_STATE, E_STATE, E_STATE, E_STATE, 0, 0, E_STATE, E_STATE}},
    {"ReadDataEx", reads_some, {E_STATE, E_STATE, E_STATE, E_STATE, 0, 0, E_STATE, E_STATE}},
    {"SendRequest", sends, {0, E_STATE, E_STATE, E_STATE, 0, 0, 12029, 0}},
    {"SetCredentials", gives_credentials, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"WebSocketCompleteUpgrade", upgrades, {E_STATE, E_STATE, E_STATE, E_STATE, E_STATE, E_STATE, E_STATE, E_STATE}},
    {"QueryAuthSchemes", asks_for_schemes, {E_OP, E_OP, E_OP, E_OP, E_OP, E_OP, E_OP, E_OP}},
    {"QueryOption, URL", asks_for_the_url, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"QueryOption, CONNECTION_INFO", asks_for_the_connection, {E_STATE, -1, 0, 0, 0, 0, E_STATE, E_STATE}},
    {"SetOption", sets_an_option, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"SetTimeouts", sets_timeouts, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"CONTEXT_VALUE", has_a_context, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"SetStatusCallback", sets_its_callback, {0, 0, 0, 0, 0, 0, 0, 0}},
};

static void every_call_in_every_state(int async) {
    size_t i;
    int state;
    h_limit(60);
    for (state = 0; state < STATES; state++) {
        if (!async && is_pending(state)) continue;
        for (i = 0; i < sizeof calls / sizeof *calls; i++) {
            char row[128];
            conn c;
            DWORD error;
            snprintf(row, sizeof row, "%s, %s", calls[i].name, state_names[state]);
            if (!bring(&c, async, state)) {
                FAIL("%s: the state was not reached, error %u", row, (unsigned)GetLastError());
                return;
            }
            error = calls[i].call(&c, async, state);
            if (error == ABSENT) error = told(0);
            else if (calls[i].errors[state] >= 0) EQ_ROW(row, error, calls[i].errors[state]);
            if (!error) EQ_ROW(row, GetLastError() == 0 || GetLastError() == 997, 1);
            h_finish(&c);
        }
    }
}
BOTH(every_call_in_every_state)

/* A closed handle is good for nothing, in whatever state it was. */
static void every_call_after_closing(int async) {
    size_t i;
    int state;
    h_limit(60);
    for (state = 0; state < STATES; state++) {
        conn c;
        HINTERNET req;
        if (!async && is_pending(state)) continue;
        NEED(bring(&c, async, state));
        req = c.req;
        EXPECT(WinHttpCloseHandle(req));
        for (i = 0; i < sizeof calls / sizeof *calls; i++) {
            DWORD error;
            SetLastError(0);
            /* As in a pending state: nothing can be waited for. */
            error = calls[i].call(&c, 0, SENDING);
            if (error == ABSENT) continue;
            if (calls[i].call != asks_for_the_url && calls[i].call != sets_its_callback) EQ_ROW(calls[i].name, error, ERROR_INVALID_HANDLE);
            else EQ_ROW(calls[i].name, GetLastError(), ERROR_INVALID_HANDLE);
        }
        EXPECT(!WinHttpCloseHandle(req));
        h_finish(&c);
    }
}
BOTH(every_call_after_closing)

TESTS {
    CASE2(every_call_in_every_state);
    CASE2(every_call_after_closing);
}
END_TESTS
