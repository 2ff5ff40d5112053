/* Every function with NULL, garbage, closed and wrong-kind handles, bad pointers and sizes: the
 * documented error, outputs untouched, never a crash. */
#define _GNU_SOURCE
#include "newer.h"

#define GARBAGE ((HINTERNET)(intptr_t)0x7fff1234)

enum { NOTHING, TRASH, GONE, SESSION, CONNECT, REQUEST, WEBSOCKET, RESOLVER, KINDS };
static const char *kind_names[] = {"NULL", "garbage", "closed", "session", "connection", "request", "websocket", "resolver"};

static HINTERNET made[KINDS];
static conn base;
static HINTERNET resolvers_session;

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
    /* Only asynchronous sessions have resolvers. */
    resolvers_session = h_open(1);
    return made[REQUEST] && resolvers_session && !WinHttpCreateProxyResolver(resolvers_session, &made[RESOLVER]);
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
static DWORD c_close(HINTERNET h) { return h == base.ses || h == base.con || h == made[REQUEST] || h == base.ws || h == made[RESOLVER] ? 0 : of_bool(WinHttpCloseHandle(h)); }
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

static DWORD c_write(HINTERNET h) { return of_bool(WinHttpWriteData(h, buffer, 1, &number)); }
static DWORD c_credentials(HINTERNET h) { return of_bool(WinHttpSetCredentials(h, WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_SCHEME_BASIC, W("a"), W("b"), NULL)); }
static DWORD c_schemes(HINTERNET h) { return of_bool(WinHttpQueryAuthSchemes(h, &number, &number, &number)); }
static DWORD c_resolver(HINTERNET h) {
    HINTERNET out = NULL;
    DWORD error = WinHttpCreateProxyResolver(h, &out);
    if (!error) WinHttpCloseHandle(out);
    else EXPECT(!out);
    return error;
}
static DWORD c_proxy(HINTERNET h) {
    WINHTTP_AUTOPROXY_OPTIONS options = {0};
    WINHTTP_PROXY_INFO info;
    return of_bool(WinHttpGetProxyForUrl(h, W("http://localhost/"), &options, &info));
}
static DWORD c_proxy_ex(HINTERNET h) {
    WINHTTP_AUTOPROXY_OPTIONS options = {0};
    return WinHttpGetProxyForUrlEx(h, W("http://localhost/"), &options, 0);
}
static DWORD c_proxy_result(HINTERNET h) {
    WINHTTP_PROXY_RESULT result;
    return WinHttpGetProxyResult(h, &result);
}
static DWORD c_reset(HINTERNET h) { return WinHttpResetAutoProxy(h, 0); }

/* What not every system's winhttp.dll has: the case fails then, and goes on. */
#define ABSENT 0xfffffffeu
#define NEWER_CALL(name, result, types, arguments)                                               \
    result(WINAPI *call) types = (result(WINAPI *) types)symbol(#name);                          \
    return call ? call arguments : ABSENT

static DWORD c_add_headers_ex(HINTERNET h) {
    const void *header[] = {"A", "b"};
    NEWER_CALL(WinHttpAddRequestHeadersEx, DWORD, (HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, const void **), (h, WINHTTP_ADDREQ_FLAG_ADD, 0, 0, 1, header));
}
static DWORD c_query_headers_ex(HINTERNET h) {
    void *headers;
    size_of_number = sizeof buffer;
    NEWER_CALL(WinHttpQueryHeadersEx, DWORD, (HINTERNET, DWORD, ULONGLONG, UINT, DWORD *, void *, void *, DWORD *, void **, DWORD *),
        (h, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size_of_number, &headers, &number));
}
static DWORD c_read_ex(HINTERNET h) {
    NEWER_CALL(WinHttpReadDataEx, DWORD, (HINTERNET, void *, DWORD, DWORD *, ULONGLONG, DWORD, void *), (h, buffer, sizeof buffer, &number, 0, 0, NULL));
}
static DWORD c_group(HINTERNET h) {
    void *result = NULL;
    DWORD(WINAPI *call)(HINTERNET, void *, ULONGLONG, void **) = (DWORD(WINAPI *)(HINTERNET, void *, ULONGLONG, void **))symbol("WinHttpQueryConnectionGroup");
    void(WINAPI *release)(void *) = (void(WINAPI *)(void *))symbol("WinHttpFreeQueryConnectionGroupResult");
    DWORD error = call ? call(h, NULL, 0, &result) : ABSENT;
    if (release) release(result);
    return error;
}
static DWORD c_proxy_ex2(HINTERNET h) {
    WINHTTP_AUTOPROXY_OPTIONS options = {0};
    NEWER_CALL(WinHttpGetProxyForUrlEx2, DWORD, (HINTERNET, PCWSTR, WINHTTP_AUTOPROXY_OPTIONS *, DWORD, BYTE *, DWORD_PTR), (h, W("http://localhost/"), &options, 0, NULL, 0));
}
static DWORD c_proxy_result_ex(HINTERNET h) {
    static DWORD_PTR result[16];
    NEWER_CALL(WinHttpGetProxyResultEx, DWORD, (HINTERNET, void *), (h, result));
}
static DWORD c_proxy_settings(HINTERNET h) { NEWER_CALL(WinHttpGetProxySettingsEx, DWORD, (HINTERNET, int, void *, DWORD_PTR), (h, 99, NULL, 0)); }
static DWORD c_proxy_settings_result(HINTERNET h) {
    static DWORD_PTR result[32];
    NEWER_CALL(WinHttpGetProxySettingsResultEx, DWORD, (HINTERNET, void *), (h, result));
}
static DWORD c_settings_version(HINTERNET h) { NEWER_CALL(WinHttpGetProxySettingsVersion, DWORD, (HINTERNET, DWORD *), (h, &number)); }
static DWORD c_read_settings(HINTERNET h) {
    NEWER_CALL(WinHttpReadProxySettings, DWORD, (HINTERNET, PCWSTR, BOOL, BOOL, DWORD *, BOOL *, void *), (h, NULL, FALSE, FALSE, NULL, NULL, NULL));
}
static DWORD c_write_settings(HINTERNET h) {
    static DWORD_PTR settings[32];
    NEWER_CALL(WinHttpWriteProxySettings, DWORD, (HINTERNET, BOOL, void *), (h, FALSE, settings));
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
    /*                                        NULL garbage closed session connection request websocket resolver */
    {"WinHttpConnect", c_connect,             {BAD, BAD, BAD, 0, KIND, KIND, KIND, KIND}},
    {"WinHttpOpenRequest", c_open_request,    {BAD, BAD, BAD, KIND, 0, KIND, KIND, KIND}},
    {"WinHttpAddRequestHeaders", c_add_headers, {BAD, BAD, BAD, KIND, KIND, 0, KIND, KIND}},
    {"WinHttpAddRequestHeadersEx", c_add_headers_ex, {BAD, BAD, BAD, KIND, KIND, 0, KIND, KIND}},
    {"WinHttpSetCredentials", c_credentials,  {BAD, BAD, BAD, KIND, KIND, 0, KIND, KIND}},
    {"WinHttpQueryAuthSchemes", c_schemes,    {BAD, BAD, BAD, KIND, KIND, E_OP, KIND, KIND}},
    {"WinHttpReceiveResponse", c_receive_response, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpQueryHeaders", c_query_headers,  {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpQueryHeadersEx", c_query_headers_ex, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpQueryDataAvailable", c_available, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpReadData", c_read,               {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpReadDataEx", c_read_ex,          {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpWriteData", c_write,             {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpWebSocketCompleteUpgrade", c_upgrade, {BAD, BAD, BAD, KIND, KIND, E_STATE, KIND, KIND}},
    {"WinHttpWebSocketSend", c_ws_send,       {BAD, BAD, BAD, KIND, KIND, KIND, 87, KIND}},
    {"WinHttpWebSocketReceive", c_ws_receive, {BAD, BAD, BAD, KIND, KIND, KIND, 0, KIND}},
    {"WinHttpWebSocketShutdown", c_ws_shutdown, {BAD, BAD, BAD, KIND, KIND, KIND, 0, KIND}},
    {"WinHttpWebSocketClose", c_ws_close,     {BAD, BAD, BAD, KIND, KIND, KIND, 0, KIND}},
    {"WinHttpWebSocketQueryCloseStatus", c_ws_status, {BAD, BAD, BAD, KIND, KIND, KIND, E_OP, KIND}},
    {"WinHttpCloseHandle", c_close,           {BAD, BAD, BAD, 0, 0, 0, 0, 0}},
    {"WinHttpSetTimeouts", c_timeouts,        {BAD, BAD, BAD, 0, KIND, 0, ANY, KIND}},
    {"WinHttpSetStatusCallback", c_callback,  {BAD, BAD, BAD, 0, 0, 0, 0, 0}},
    {"WinHttpQueryOption", c_get_option,      {BAD, BAD, BAD, 0, 0, 0, 0, 0}},
    {"WinHttpSetOption", c_set_option,        {BAD, BAD, BAD, 0, 0, 0, 0, 0}},
    {"WinHttpQueryConnectionGroup", c_group,  {BAD, BAD, BAD, KIND, 0, 0, KIND, KIND}},
    /* A synchronous session has no resolvers. */
    {"WinHttpCreateProxyResolver", c_resolver, {BAD, BAD, BAD, KIND, KIND, KIND, KIND, KIND}},
    {"WinHttpGetProxyForUrl", c_proxy,        {BAD, BAD, BAD, 87, KIND, KIND, KIND, KIND}},
    {"WinHttpGetProxyForUrlEx", c_proxy_ex,   {BAD, BAD, BAD, KIND, KIND, KIND, KIND, 87}},
    {"WinHttpGetProxyForUrlEx2", c_proxy_ex2, {BAD, BAD, BAD, KIND, KIND, KIND, KIND, 87}},
    {"WinHttpGetProxyResult", c_proxy_result, {BAD, BAD, BAD, KIND, KIND, KIND, KIND, E_STATE}},
    {"WinHttpGetProxyResultEx", c_proxy_result_ex, {BAD, BAD, BAD, KIND, KIND, KIND, KIND, E_STATE}},
    {"WinHttpGetProxySettingsEx", c_proxy_settings, {BAD, BAD, BAD, KIND, KIND, KIND, KIND, 87}},
    {"WinHttpGetProxySettingsResultEx", c_proxy_settings_result, {BAD, BAD, BAD, KIND, KIND, KIND, KIND, E_STATE}},
    {"WinHttpGetProxySettingsVersion", c_settings_version, {BAD, BAD, BAD, 0, KIND, KIND, KIND, KIND}},
    {"WinHttpReadProxySettings", c_read_settings, {BAD, BAD, BAD, 87, KIND, KIND, KIND, KIND}},
    {"WinHttpWriteProxySettings", c_write_settings, {BAD, BAD, BAD, ERROR_ACCESS_DENIED, KIND, KIND, KIND, KIND}},
    {"WinHttpResetAutoProxy", c_reset,        {BAD, BAD, BAD, 0, KIND, KIND, KIND, KIND}},
    /* The last, for what comes after it would find it in another state. */
    {"WinHttpSendRequest", c_send,            {BAD, BAD, BAD, KIND, KIND, 0, KIND, KIND}},
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
            if (error == ABSENT) continue;
            if (rows[i].want[kind] != ANY) EQ_ROW(row, error, rows[i].want[kind]);
            /* Reads alone may put 0 in their count before anything else. */
            if (error && !((rows[i].call == c_read || rows[i].call == c_read_ex) && number == 0) && number != 0x5a5a5a5a) FAIL("%s: an output was touched", row);
            if (error) EXPECT(code_out == 0x5a5a && (int)type_out == 0x5a);
        }
    WinHttpCloseHandle(made[RESOLVER]);
    WinHttpCloseHandle(resolvers_session);
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
    DWORD bit;
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
    for (bit = 1; bit; bit <<= 1) {
        char row[32];
        if (bit == WINHTTP_FLAG_ASYNC) continue;
        snprintf(row, sizeof row, "flag 0x%x", (unsigned)bit);
        EQ_ROW(row, WinHttpOpen(W("a"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, bit), NULL);
        EQ_ROW(row, GetLastError(), ERROR_INVALID_PARAMETER);
    }
}

static void connect_parameters(void) {
    /* No host has such a name; and such as it may be written. */
    static const char *bad[] = {"", " ", "a b", "a\tb", "http://host", "host/", "/host", "host:80", "host:", "user@host", "a\\b", "a?b", "a#b", "a%20b", "a\r\nb",
        "[::1", "::1]", "[::1]:80", "[]", "[host]", "[127.0.0.1]", "1::2::3", "[fe80::1%]"};
    static const char *good[] = {"localhost", "LOCALHOST", "host.", "under_score-1", "127.0.0.1", "::1", "[::1]", "[fe80::1%4]", "fe80::1%eth0", "xn--bcher-kva.example"};
    HINTERNET ses = h_open(0), h;
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        SetLastError(0xdead);
        EQ_ROW(bad[i], WinHttpConnect(ses, h_wide(bad[i]), 80, 0), NULL);
        EQ_ROW(bad[i], GetLastError(), ERROR_WINHTTP_INVALID_URL);
    }
    for (i = 0; i < sizeof good / sizeof *good; i++) {
        SetLastError(0xdead);
        h = WinHttpConnect(ses, h_wide(good[i]), 80, 0);
        if (!h) FAIL("%s: error %u", good[i], (unsigned)GetLastError());
        EQ_ROW(good[i], GetLastError(), 0);
        WinHttpCloseHandle(h);
    }
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
