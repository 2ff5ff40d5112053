/* Every function with NULL, garbage, closed and wrong-kind handles, bad pointers and sizes: the
 * documented error, outputs untouched, never a crash. */
#include "harness.h"

#define GARBAGE ((HINTERNET)(intptr_t)0x7fff1234)

enum { NOTHING, TRASH, GONE, SESSION, CONNECT, REQUEST, WEBSOCKET, KINDS };
static const char *kind_names[] = {"NULL", "garbage", "closed", "session", "connection", "request", "websocket"};

static HINTERNET made[KINDS];
static conn base;

static int make_all(int async, recorder *r) {
    if (!h_websocket(&base, async, "/echo", r)) return 0;
    made[NOTHING] = NULL;
    made[TRASH] = GARBAGE;
    made[GONE] = h_open(async);
    WinHttpCloseHandle(made[GONE]);
    made[SESSION] = base.ses;
    made[CONNECT] = base.con;
    /* A request that was never sent, so that a right kind is at a wrong moment. */
    made[REQUEST] = WinHttpOpenRequest(base.con, NULL, W("/status/200"), NULL, NULL, NULL, 0);
    made[WEBSOCKET] = base.ws;
    return made[REQUEST] != NULL;
}

/* The result of a call as an error number: 0 for success. */
static DWORD of_bool(BOOL ok) { return ok ? 0 : GetLastError(); }
static DWORD of_handle(HINTERNET h) {
    if (!h) return GetLastError();
    WinHttpCloseHandle(h);
    return 0;
}

static char buffer[64];
static WCHAR wide[64];
static DWORD number, size_of_number;
static WINHTTP_WEB_SOCKET_BUFFER_TYPE type_out;
static USHORT code_out;

static DWORD c_connect(HINTERNET h) { return of_handle(WinHttpConnect(h, W("localhost"), 80, 0)); }
static DWORD c_open_request(HINTERNET h) { return of_handle(WinHttpOpenRequest(h, NULL, NULL, NULL, NULL, NULL, 0)); }
static DWORD c_add_headers(HINTERNET h) { return of_bool(WinHttpAddRequestHeaders(h, W("A: b"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD)); }
static DWORD c_send(HINTERNET h) { return of_bool(WinHttpSendRequest(h, NULL, 0, NULL, 0, 0, 0)); }
static DWORD c_receive_response(HINTERNET h) { return of_bool(WinHttpReceiveResponse(h, NULL)); }
static DWORD c_query_headers(HINTERNET h) {
    size_of_number = sizeof number;
    return of_bool(WinHttpQueryHeaders(h, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &number, &size_of_number, NULL));
}
static DWORD c_available(HINTERNET h) { return of_bool(WinHttpQueryDataAvailable(h, &number)); }
static DWORD c_read(HINTERNET h) { return of_bool(WinHttpReadData(h, buffer, sizeof buffer, &number)); }
static DWORD c_upgrade(HINTERNET h) { return of_handle(WinHttpWebSocketCompleteUpgrade(h, 0)); }
static DWORD c_ws_send(HINTERNET h) { return WinHttpWebSocketSend(h, (WINHTTP_WEB_SOCKET_BUFFER_TYPE)77, buffer, 1); }
static DWORD c_ws_receive(HINTERNET h) { return h == base.ws ? 0 : WinHttpWebSocketReceive(h, buffer, sizeof buffer, &number, &type_out); }
static DWORD c_ws_shutdown(HINTERNET h) { return h == base.ws ? 0 : WinHttpWebSocketShutdown(h, 1000, NULL, 0); }
static DWORD c_ws_close(HINTERNET h) { return h == base.ws ? 0 : WinHttpWebSocketClose(h, 1000, NULL, 0); }
static DWORD c_ws_status(HINTERNET h) { return WinHttpWebSocketQueryCloseStatus(h, &code_out, buffer, sizeof buffer, &number); }
static DWORD c_close(HINTERNET h) { return h == base.ses || h == base.con || h == made[REQUEST] || h == base.ws ? 0 : of_bool(WinHttpCloseHandle(h)); }
static DWORD c_timeouts(HINTERNET h) { return of_bool(WinHttpSetTimeouts(h, 1000, 1000, 1000, 1000)); }
static DWORD c_callback(HINTERNET h) {
    return WinHttpSetStatusCallback(h, NULL, 0, 0) == WINHTTP_INVALID_STATUS_CALLBACK ? GetLastError() : 0;
}
static DWORD c_get_option(HINTERNET h) {
    DWORD_PTR value;
    DWORD size = sizeof value;
    return of_bool(WinHttpQueryOption(h, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size));
}
static DWORD c_set_option(HINTERNET h) {
    DWORD_PTR value = 0;
    return of_bool(WinHttpSetOption(h, WINHTTP_OPTION_CONTEXT_VALUE, &value, sizeof value));
}

#define BAD ERROR_INVALID_HANDLE
#define KIND E_TYPE
#define ANY 0xffffffffu
/* Expected per kind of handle; a sync session unless the row cannot be. */
static const struct {
    const char *name;
    DWORD (*call)(HINTERNET);
    DWORD want[KINDS];
} rows[] = {
    /*                                        NULL garbage closed session connection request websocket */
    {"WinHttpConnect", c_connect,             {BAD, BAD, BAD, 0, KIND, KIND, KIND}},
    {"WinHttpOpenRequest", c_open_request,    {BAD, BAD, BAD, KIND, 0, KIND, KIND}},
    {"WinHttpAddRequestHeaders", c_add_headers, {BAD, BAD, BAD, KIND, KIND, 0, KIND}},
    {"WinHttpReceiveResponse", c_receive_response, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND}},
    {"WinHttpQueryHeaders", c_query_headers,  {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND}},
    {"WinHttpQueryDataAvailable", c_available, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND}},
    {"WinHttpReadData", c_read,               {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND}},
    {"WinHttpWebSocketCompleteUpgrade", c_upgrade, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND}},
    {"WinHttpWebSocketSend", c_ws_send,       {BAD, BAD, BAD, KIND, KIND, KIND, 87}},
    {"WinHttpWebSocketReceive", c_ws_receive, {BAD, BAD, BAD, KIND, KIND, KIND, 0}},
    {"WinHttpWebSocketShutdown", c_ws_shutdown, {BAD, BAD, BAD, KIND, KIND, KIND, 0}},
    {"WinHttpWebSocketClose", c_ws_close,     {BAD, BAD, BAD, KIND, KIND, KIND, 0}},
    {"WinHttpWebSocketQueryCloseStatus", c_ws_status, {BAD, BAD, BAD, KIND, KIND, KIND, E_OP}},
    {"WinHttpCloseHandle", c_close,           {BAD, BAD, BAD, 0, 0, 0, 0}},
    {"WinHttpSetTimeouts", c_timeouts,        {BAD, BAD, BAD, 0, KIND, 0, ANY}},
    {"WinHttpSetStatusCallback", c_callback,  {BAD, BAD, BAD, 0, 0, 0, 0}},
    {"WinHttpQueryOption", c_get_option,      {BAD, BAD, BAD, 0, 0, 0, 0}},
    {"WinHttpSetOption", c_set_option,        {BAD, BAD, BAD, 0, 0, 0, 0}},
    {"WinHttpSendRequest", c_send,            {BAD, BAD, BAD, KIND, KIND, 0, KIND}},
};

static void every_kind_of_handle(void) {
    size_t i;
    int kind;
    NEED(make_all(0, NULL));
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        for (kind = 0; kind < KINDS; kind++) {
            char row[96];
            DWORD error;
            snprintf(row, sizeof row, "%s(%s)", rows[i].name, kind_names[kind]);
            number = 0x5a5a5a5a;
            code_out = 0x5a5a;
            type_out = (WINHTTP_WEB_SOCKET_BUFFER_TYPE)0x5a;
            SetLastError(0xdead);
            error = rows[i].call(made[kind]);
            if (rows[i].want[kind] != ANY) EQ_ROW(row, error, rows[i].want[kind]);
            /* ReadData alone may put 0 in its count before anything else. */
            if (error && !(rows[i].call == c_read && number == 0) && number != 0x5a5a5a5a) FAIL("%s: an output was touched", row);
            if (error) EXPECT(code_out == 0x5a5a && (int)type_out == 0x5a);
        }
    WinHttpCloseHandle(made[REQUEST]);
    h_finish(&base);
}

/* Addresses near live handles, and values made from them, are not handles. */
static void values_near_a_handle(void) {
    static const intptr_t steps[] = {-4096, -16, -8, -1, 8, 16, 4096, 0x10000, -0x10000};
    HINTERNET ses = h_open(0);
    size_t i;
    DWORD_PTR value;
    for (i = 0; i < sizeof steps / sizeof *steps; i++) {
        DWORD size = sizeof value;
        HINTERNET near_it = (HINTERNET)((intptr_t)ses + steps[i]);
        if (!near_it) continue;
        if (WinHttpQueryOption(near_it, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size)) FAIL("handle %+d is live", (int)steps[i]);
    }
    EXPECT(WinHttpCloseHandle(ses));
    for (i = 0; i < 3; i++) {
        EXPECT(!WinHttpCloseHandle(ses));
        EQ(GetLastError(), ERROR_INVALID_HANDLE);
    }
}

/* A stale value never means a newer handle. */
static void closed_handle_stays_invalid_after_its_slot_is_reused(void) {
    HINTERNET old[200], fresh[200];
    int i, j;
    for (i = 0; i < 200; i++) old[i] = h_open(0);
    for (i = 0; i < 200; i++) EXPECT(WinHttpCloseHandle(old[i]));
    for (i = 0; i < 200; i++) fresh[i] = h_open(0);
    for (i = 0; i < 200; i++) {
        for (j = 0; j < 200; j++)
            if (old[i] == fresh[j]) break;
        if (j == 200) EXPECT(!WinHttpCloseHandle(old[i]));
        else FAIL("a handle value came again at once");
    }
    for (i = 0; i < 200; i++) EXPECT(WinHttpCloseHandle(fresh[i]));
}

static void open_parameters(void) {
    HINTERNET h;
    h = WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    EXPECT(h);
    EXPECT(WinHttpCloseHandle(h));
    h = WinHttpOpen(W("a"), WINHTTP_ACCESS_TYPE_NO_PROXY, W("ignored"), W("ignored"), 0);
    EXPECT(h);
    EXPECT(WinHttpCloseHandle(h));
    SetLastError(0xdead);
    h = WinHttpOpen(W("a"), 99, NULL, NULL, 0);
    EQ(h, NULL);
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    h = WinHttpOpen(W("a"), WINHTTP_ACCESS_TYPE_NAMED_PROXY, NULL, NULL, 0);
    EQ(h, NULL);
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    h = WinHttpOpen(W("a"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0x30000000);
    EXPECT(h);
    EXPECT(WinHttpCloseHandle(h));
    SetLastError(0xdead);
    h = WinHttpOpen(W("a"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    EQ(GetLastError(), 0);
    EXPECT(WinHttpCloseHandle(h));
}

static void connect_parameters(void) {
    HINTERNET ses = h_open(0), h;
    h = WinHttpConnect(ses, NULL, 80, 0);
    EQ(h, NULL);
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    /* The cheap check comes before the handle. */
    h = WinHttpConnect(NULL, NULL, 80, 0);
    EQ(h, NULL);
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    h = WinHttpConnect(ses, W("localhost"), 80, 1);
    EQ(h, NULL);
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    SetLastError(0xdead);
    h = WinHttpConnect(ses, W("localhost"), 0, 0);
    EXPECT(h);
    EQ(GetLastError(), 0);
    EXPECT(WinHttpCloseHandle(h));
    EXPECT(WinHttpCloseHandle(ses));
}

static void open_request_parameters(void) {
    HINTERNET ses = h_open(0), con = WinHttpConnect(ses, W("localhost"), 80, 0), h;
    SetLastError(0xdead);
    h = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, 0);
    EXPECT(h);
    EQ(GetLastError(), 0);
    EXPECT(WinHttpCloseHandle(h));
    h = WinHttpOpenRequest(con, W(""), W(""), W(""), NULL, NULL, 0);
    EXPECT(h);
    EXPECT(WinHttpCloseHandle(h));
    h = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, 0x00000001);
    EQ(h, NULL);
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(WinHttpCloseHandle(con));
    EXPECT(WinHttpCloseHandle(ses));
}

static void null_pointers_and_sizes(int async) {
    recorder *r = rec_new();
    conn c;
    DWORD size = 0;
    int mark;
    NEED(h_websocket(&c, async, "/echo", r));
    mark = rec_mark(r);
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, wide, NULL, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    size = 0;
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL, &size, NULL));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 8);
    size = 6;
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, wide, &size, NULL));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 8);
    size = 8;
    EXPECT(WinHttpQueryHeaders(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, wide, &size, NULL));
    EQ(size, 6);
    size = 3;
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &number, &size, NULL));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 4);
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_CUSTOM, NULL, wide, &size, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpQueryHeaders(c.req, 79, NULL, wide, &size, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketSend(c.ws, BIN, NULL, 1), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketSend(NULL, BIN, NULL, 1), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketReceive(c.ws, NULL, 0, &number, &type_out), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketReceive(c.ws, NULL, 10, &number, &type_out), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketReceive(c.ws, buffer, 0, &number, &type_out), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketReceive(NULL, NULL, 0, &number, &type_out), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, NULL, NULL, 0, NULL), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code_out, NULL, 5, &number), ERROR_INVALID_PARAMETER);
    EQ(rec_mark(r), mark);
    if (!async) {
        /* Both out pointers NULL: tolerated. */
        EQ(WinHttpWebSocketSend(c.ws, TXT, (void *)"x", 1), 0);
        EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    }
    h_finish(&c);
}
BOTH(null_pointers_and_sizes)

static void upgrade_at_the_wrong_moment(void) {
    conn c;
    recorder *r = rec_new();
    /* Not sent. */
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EQ(of_handle(WinHttpWebSocketCompleteUpgrade(c.req, 0)), E_STATE);
    h_finish(&c);
    /* Without the option. */
    NEED(h_prepare(&c, 0, "plain", "/status/200", NULL, 0));
    EQ(h_exchange(&c, 0), 0);
    EQ(of_handle(WinHttpWebSocketCompleteUpgrade(c.req, 0)), E_STATE);
    h_finish(&c);
    /* Twice. */
    NEED(h_websocket(&c, 0, "/echo", NULL));
    EQ(of_handle(WinHttpWebSocketCompleteUpgrade(c.req, 0)), E_STATE);
    h_finish(&c);
    /* While the response is pending. */
    NEED(h_prepare(&c, 1, "plain", "/stall", r, 1));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait(r, c.req, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE));
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    EQ(of_handle(WinHttpWebSocketCompleteUpgrade(c.req, 0)), E_STATE);
    h_finish(&c);
}

static void response_before_the_send(void) {
    recorder *r = rec_new();
    conn c;
    h_record e = {0};
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EXPECT(!WinHttpReceiveResponse(c.req, NULL));
    EQ(GetLastError(), E_STATE);
    h_finish(&c);
    NEED(h_prepare(&c, 1, "plain", "/echo", r, 1));
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    if (rec_wait_nth(r, c.req, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 1000, &e)) EQ(e.info.result.dwError, E_STATE);
    h_finish(&c);
}

TESTS {
    CASE(every_kind_of_handle);
    CASE(values_near_a_handle);
    CASE(closed_handle_stays_invalid_after_its_slot_is_reused);
    CASE(open_parameters);
    CASE(connect_parameters);
    CASE(open_request_parameters);
    CASE2(null_pointers_and_sizes);
    CASE(upgrade_at_the_wrong_moment);
    CASE(response_before_the_send);
}
END_TESTS
