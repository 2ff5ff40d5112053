/* Options that no other program here is about, and the Win32 functions that come with the library on Linux. */
#include "http.h"

static DWORD set(HINTERNET h, DWORD option, const void *value, DWORD size) {
    SetLastError(0xdead);
    if (!WinHttpSetOption(h, option, (void *)value, size)) return GetLastError();
    if (GetLastError()) FAIL("option %u: last error %u after success", (unsigned)option, (unsigned)GetLastError());
    return 0;
}
static DWORD get(HINTERNET h, DWORD option, void *value, DWORD *size) {
    SetLastError(0xdead);
    if (!WinHttpQueryOption(h, option, value, size)) return GetLastError();
    if (GetLastError()) FAIL("option %u: last error %u after success", (unsigned)option, (unsigned)GetLastError());
    return 0;
}
static DWORD set_number(HINTERNET h, DWORD option, DWORD value) { return set(h, option, &value, sizeof value); }
static DWORD get_number(HINTERNET h, DWORD option, DWORD *value) {
    DWORD size = sizeof *value, error = get(h, option, value, &size);
    if (!error) EQ(size, 4);
    return error;
}
static DWORD number_of(HINTERNET h, DWORD option) {
    DWORD value = 0xbadbad, error = get_number(h, option, &value);
    return error ? 0xe0000000 + error : value;
}

/* Those of a session that a request takes over when it is opened. */
static const struct {
    const char *name;
    DWORD option, is;
} numbers[] = {
    {"CONNECT_RETRIES", WINHTTP_OPTION_CONNECT_RETRIES, 5},
    {"MAX_HTTP_AUTOMATIC_REDIRECTS", WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, 10},
    {"MAX_HTTP_STATUS_CONTINUE", WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, 10},
    {"MAX_RESPONSE_HEADER_SIZE", WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, 65536},
    {"MAX_RESPONSE_DRAIN_SIZE", WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, 1 << 20},
};
#define NUMBERS (sizeof numbers / sizeof *numbers)

static void defaults_of_numbers(void) {
    conn c;
    size_t i;
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < NUMBERS; i++) {
        EQ_ROW(numbers[i].name, number_of(c.ses, numbers[i].option), numbers[i].is);
        EQ_ROW(numbers[i].name, number_of(c.req, numbers[i].option), numbers[i].is);
    }
    EQ(number_of(c.ses, WINHTTP_OPTION_MAX_CONNS_PER_SERVER), 0xffffffff);
    EQ(number_of(c.ses, WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER), 0xffffffff);
    h_finish(&c);
}

static void numbers_are_kept_and_inherited(void) {
    conn c;
    size_t i;
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < NUMBERS; i++) {
        HINTERNET later;
        const DWORD o = numbers[i].option;
        EQ_ROW(numbers[i].name, set_number(c.ses, o, 4711), 0);
        EQ_ROW(numbers[i].name, number_of(c.ses, o), 4711);
        EQ_ROW(numbers[i].name, number_of(c.req, o), numbers[i].is);
        later = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0);
        EQ_ROW(numbers[i].name, number_of(later, o), 4711);
        EQ_ROW(numbers[i].name, set_number(later, o, 17), 0);
        EQ_ROW(numbers[i].name, number_of(later, o), 17);
        EQ_ROW(numbers[i].name, number_of(c.ses, o), 4711);
        EXPECT(WinHttpCloseHandle(later));
    }
    h_finish(&c);
}

static void numbers_on_the_wrong_handle_or_of_the_wrong_size(void) {
    conn c;
    DWORD value[2] = {7, 7}, size, error;
    size_t i;
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < NUMBERS; i++) {
        const DWORD o = numbers[i].option;
        EQ_ROW(numbers[i].name, set_number(c.con, o, 7), E_TYPE);
        EQ_ROW(numbers[i].name, get_number(c.con, o, value), E_TYPE);
        for (size = 3; size <= 8; size++) {
            if (size == 4) continue;
            error = set(c.req, o, value, size);
            /* 87 has been seen for this one. */
            if (o != WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS || error != ERROR_INVALID_PARAMETER) EQ_ROW(numbers[i].name, error, ERROR_INSUFFICIENT_BUFFER);
        }
        EQ_ROW(numbers[i].name, set(c.req, o, NULL, 4), ERROR_INVALID_PARAMETER);
        size = 3;
        EQ_ROW(numbers[i].name, get(c.req, o, value, &size), ERROR_INSUFFICIENT_BUFFER);
        EQ_ROW(numbers[i].name, size, 4);
        size = 0;
        EQ_ROW(numbers[i].name, get(c.req, o, NULL, &size), ERROR_INSUFFICIENT_BUFFER);
        EQ_ROW(numbers[i].name, size, 4);
        size = 8;
        EQ_ROW(numbers[i].name, get(c.req, o, value, &size), 0);
        EQ_ROW(numbers[i].name, size, 4);
        EQ_ROW(numbers[i].name, value[0], numbers[i].is);
        EQ_ROW(numbers[i].name, value[1], 7);
        EQ_ROW(numbers[i].name, get(c.req, o, value, NULL), ERROR_INVALID_PARAMETER);
        EQ_ROW(numbers[i].name, number_of(c.req, o), numbers[i].is);
    }
    h_finish(&c);
}

static void connections_per_server(void) {
    static const DWORD options[] = {WINHTTP_OPTION_MAX_CONNS_PER_SERVER, WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER};
    conn c;
    DWORD value;
    int i;
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < 2; i++) {
        EQ(set_number(c.ses, options[i], 10), 0);
        EQ(number_of(c.ses, options[i]), 10);
        EQ(set_number(c.ses, options[i], 0), 0); /* means 2 */
        value = number_of(c.ses, options[i]);
        EXPECT(value == 0 || value == 2);
        EQ(set_number(c.ses, options[i], 0xffffffff), 0);
        EQ(number_of(c.ses, options[i]), 0xffffffff);
        EQ(set_number(c.con, options[i], 10), E_TYPE);
        EQ(set_number(c.req, options[i], 10), E_TYPE);
        EQ(get_number(c.con, options[i], &value), E_TYPE);
        EQ(get_number(c.req, options[i], &value), E_TYPE);
        EQ(set(c.ses, options[i], &value, 3), ERROR_INSUFFICIENT_BUFFER);
    }
    h_finish(&c);
}

static void how_many_addresses_are_tried(int async) {
    conn c;
    NEED(x_simple(&c, async, "GET", "/head"));
    WinHttpCloseHandle(c.req);
    WinHttpCloseHandle(c.con);
    c.con = WinHttpConnect(c.ses, W("localhost"), h_port("refused"), 0);
    c.req = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0);
    NEED(c.req);
    EQ(set_number(c.req, WINHTTP_OPTION_CONNECT_RETRIES, 1), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 12029);
    EQ(rec_count(c.rec, c.req, STATUS(CONNECTING_TO_SERVER)), 1);
    h_finish(&c);
}
BOTH(how_many_addresses_are_tried)

/* The limit of the session holds for its requests. */
static void limits_of_the_session(int async) {
    static const struct {
        DWORD option, value;
        const char *path;
        DWORD error;
    } rows[] = {
        {WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, 2, "/hop/2", 0},
        {WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, 2, "/hop/3", 12156},
        {WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, 1000, "/header-size/1000", 0},
        {WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, 1000, "/header-size/1001", 12182},
        /* What is not drained is closed, and a redirect goes on. */
        {WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, 4, "/status/302?to=/head", 0},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char row[64];
        DWORD error;
        snprintf(row, sizeof row, "option %u, %s", (unsigned)rows[i].option, rows[i].path);
        NEED(x_simple(&c, async, "GET", "/head"));
        WinHttpCloseHandle(c.req);
        EQ_ROW(row, set_number(c.ses, rows[i].option, rows[i].value), 0);
        c.req = WinHttpOpenRequest(c.con, NULL, h_wide(rows[i].path), NULL, NULL, NULL, 0);
        NEED(c.req);
        error = x_exchange(&c, async);
        if (error != E_INVALID_RESPONSE || rows[i].error != 12182) EQ_ROW(row, error, rows[i].error);
        if (!error) EQ_ROW(row, h_status(c.req), 200);
        h_finish(&c);
    }
}
BOTH(limits_of_the_session)

/* ---- USER_AGENT ------------------------------------------------------------------------------ */

static const char *agent_of(HINTERNET ses) {
    static char out[128];
    WCHAR wide[128];
    DWORD size = sizeof wide, error = get(ses, WINHTTP_OPTION_USER_AGENT, wide, &size), i;
    if (error) {
        snprintf(out, sizeof out, "%u", (unsigned)error);
        return out;
    }
    for (i = 0; i <= size / 2 && i < 127; i++) out[i] = (char)wide[i];
    out[i] = 0;
    return out;
}
/* The line of the user agent that the server gets from a new request. */
static const char *agent_sent(conn *c, const char *own) {
    static char body[4096];
    char *at, *end;
    if (c->req) WinHttpCloseHandle(c->req);
    c->req = WinHttpOpenRequest(c->con, NULL, W("/head"), NULL, NULL, NULL, 0);
    if (own) WinHttpAddRequestHeaders(c->req, h_wide(own), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD);
    if (x_exchange(c, 0) || x_body(c, 0, body, sizeof body)) return "(error)";
    at = strstr(body, "\r\nUser-Agent: ");
    if (!at) return "(none)";
    at += 14;
    end = strstr(at, "\r\n");
    if (strstr(end, "\r\nUser-Agent:")) return "(two)";
    *end = 0;
    return at;
}

static void the_user_agent(void) {
    conn c;
    WCHAR wide[32];
    DWORD size = 0;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ_STR(agent_of(c.ses), "ctests/1.0");
    EQ(get(c.ses, WINHTTP_OPTION_USER_AGENT, NULL, &size), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 22);
    size = 21;
    EQ(get(c.ses, WINHTTP_OPTION_USER_AGENT, wide, &size), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 22);
    EQ(get(c.ses, WINHTTP_OPTION_USER_AGENT, wide, &size), 0);
    EQ(size, 20);
    EQ(wide[10], 0);
    EQ_STR(agent_sent(&c, NULL), "ctests/1.0");
    /* Characters, with the NUL or without. */
    EQ(set(c.ses, WINHTTP_OPTION_USER_AGENT, W("another/2"), 10), 0);
    EQ_STR(agent_of(c.ses), "another/2");
    EQ_STR(agent_sent(&c, NULL), "another/2");
    EQ(set(c.ses, WINHTTP_OPTION_USER_AGENT, W("third/3.33"), 7), 0);
    EQ_STR(agent_of(c.ses), "third/3");
    EQ_STR(agent_sent(&c, NULL), "third/3");
    EQ_STR(agent_sent(&c, "User-Agent: own"), "own");
    EQ(set(c.ses, WINHTTP_OPTION_USER_AGENT, NULL, 4), ERROR_INVALID_PARAMETER);
    EQ_STR(agent_of(c.ses), "third/3");
    EQ(set(c.con, WINHTTP_OPTION_USER_AGENT, W("x"), 2), E_TYPE);
    EQ_STR(agent_of(c.con), "12018");
    h_finish(&c);
}

/* A request has the session's, until it is given one of its own. */
static void the_user_agent_of_a_request(int async) {
    static char body[4096];
    conn c;
    NEED(x_simple(&c, async, "GET", "/head"));
    EQ_STR(agent_of(c.req), "ctests/1.0");
    EQ(set(c.ses, WINHTTP_OPTION_USER_AGENT, W("another/2"), 10), 0);
    EQ_STR(agent_of(c.req), "another/2");
    /* As programs do: the size in bytes, where characters are counted. */
    EQ(set(c.req, WINHTTP_OPTION_USER_AGENT, W("mine/3\0\x2345 and more"), 14), 0);
    EQ_STR(agent_of(c.req), "mine/3");
    EQ_STR(agent_of(c.ses), "another/2");
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EXPECT(HAS(body, "User-Agent: mine/3"));
    EQ(set(c.req, WINHTTP_OPTION_USER_AGENT, NULL, 0), 0);
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EQ(x_lines(body, "User-Agent"), 0);
    h_finish(&c);
}
BOTH(the_user_agent_of_a_request)

/* ---- CONNECTION_INFO ------------------------------------------------------------------------- */

/* family, port, IPv4 address of a SOCKADDR_STORAGE; no socket headers here */
static void address(const void *storage, unsigned *family, unsigned *port, unsigned *ip) {
    const unsigned char *p = storage;
    unsigned short f;
    memcpy(&f, p, 2);
    *family = f;
    *port = (unsigned)(p[2] << 8 | p[3]);
    *ip = (unsigned)p[4] << 24 | (unsigned)p[5] << 16 | (unsigned)p[6] << 8 | p[7];
}

static void check_connection(HINTERNET req, const char *port_name, const char *row) {
    WINHTTP_CONNECTION_INFO info;
    DWORD size = sizeof info;
    unsigned family, port, ip;
    memset(&info, 0x5a, sizeof info);
    EQ_ROW(row, get(req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size), 0);
    EQ_ROW(row, size, sizeof info);
    EQ_ROW(row, info.cbSize, sizeof info);
    address(&info.RemoteAddress, &family, &port, &ip);
    EQ_ROW(row, family, 2);
    EQ_ROW(row, port, h_port(port_name));
    EQ_ROW(row, ip, 0x7f000001);
    address(&info.LocalAddress, &family, &port, &ip);
    EQ_ROW(row, family, 2);
    EXPECT(port != 0 && port != h_port(port_name));
    EQ_ROW(row, ip, 0x7f000001);
}

static void look_at_the_connection(recorder *r, const h_record *e) {
    if (e->status != STATUS(SENDING_REQUEST)) return;
    check_connection(e->handle, r->user, "in SENDING_REQUEST");
}

static void connection_info(int async) {
    static const char *const ports[] = {"plain", "tls"};
    int i;
    EQ(sizeof(WINHTTP_CONNECTION_INFO), sizeof(void *) == 8 ? 264 : 260);
    for (i = 0; i < 2; i++) {
        WINHTTP_CONNECTION_INFO info;
        DWORD size = sizeof info;
        conn c;
        NEED(x_open(&c, async, ports[i], NULL, W("/head"), NULL, NULL, NULL, 0));
        c.rec->user = (void *)ports[i];
        h_put(&c.rec->hook, look_at_the_connection);
        EQ(get(c.req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size), E_STATE);
        EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
        EQ(rec_count(c.rec, c.req, STATUS(SENDING_REQUEST)), 1);
        check_connection(c.req, ports[i], "after the send");
        EQ(x_receive(&c, async), 0);
        check_connection(c.req, ports[i], "after the response");
        size = sizeof info - 1;
        EQ(get(c.req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, sizeof info);
        size = 0;
        EQ(get(c.req, WINHTTP_OPTION_CONNECTION_INFO, NULL, &size), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, sizeof info);
        size = sizeof info;
        EQ(get(c.ses, WINHTTP_OPTION_CONNECTION_INFO, &info, &size), E_TYPE);
        size = sizeof info;
        EQ(get(c.con, WINHTTP_OPTION_CONNECTION_INFO, &info, &size), E_TYPE);
        EXPECT(set(c.req, WINHTTP_OPTION_CONNECTION_INFO, &info, sizeof info) != 0);
        h_finish(&c);
    }
}
BOTH(connection_info)

/* ---- UNLOAD_NOTIFY_EVENT --------------------------------------------------------------------- */

/* The library looks for SetEvent by name in the running program: link with -rdynamic. */
#ifdef _WIN32
typedef HANDLE event;
static event event_new(void) { return CreateEventW(NULL, TRUE, FALSE, NULL); }
static int event_wait(event e, unsigned ms) { return WaitForSingleObject(e, ms) == WAIT_OBJECT_0; }
#else
typedef HANDLE event;
__attribute__((visibility("default"))) BOOL WINAPI SetEvent(HANDLE e) {
    h_event_set((h_event *)e);
    return TRUE;
}
static event event_new(void) {
    static h_event made[8]; /* they live as long as the program, as a late SetEvent needs them */
    static unsigned n;
    h_event *e = &made[n++ % 8];
    h_event_init(e);
    return (HANDLE)e;
}
static int event_wait(event e, unsigned ms) { return h_event_wait((h_event *)e, ms); }
#endif

static int in_the_last_callback, callback_over;
static void slow_closing(recorder *r, const h_record *e) {
    if (e->status != STATUS(HANDLE_CLOSING) || e->handle != r->user) return;
    h_put(&in_the_last_callback, 1);
    h_sleep(200);
    h_put(&callback_over, 1);
}

static void unload_notify_event(int async) {
    conn c;
    event e = event_new();
    NEED(x_simple(&c, async, "GET", "/body/100000"));
    EQ(set(c.ses, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &e, sizeof e), 0);
    EQ(set(c.ses, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &e, sizeof e - 1), ERROR_INSUFFICIENT_BUFFER);
    EQ(set(c.con, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &e, sizeof e), E_TYPE);
    EQ(set(c.req, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &e, sizeof e), E_TYPE);
    EQ(x_exchange(&c, async), 0);
    h_put(&in_the_last_callback, 0);
    h_put(&callback_over, 0);
    c.rec->user = c.ses;
    h_put(&c.rec->hook, slow_closing);
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(rec_wait(c.rec, c.req, STATUS(HANDLE_CLOSING)));
    EXPECT(rec_wait(c.rec, c.con, STATUS(HANDLE_CLOSING)));
    EXPECT(!event_wait(e, 100));
    EXPECT(WinHttpCloseHandle(c.ses));
    EXPECT(event_wait(e, 3000));
    EQ(h_get(&in_the_last_callback), 1);
    EQ(h_get(&callback_over), 1);
    EQ(rec_count(c.rec, NULL, STATUS(HANDLE_CLOSING)), 3);
}
BOTH(unload_notify_event)

/* The session goes first; the event waits for the socket. */
static void unload_notify_event_after_a_websocket(void) {
    recorder *r = rec_new();
    conn c;
    event e = event_new();
    char text[32];
    NEED(h_prepare(&c, 1, "plain", "/echo", r, 1));
    EQ(set(c.ses, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &e, sizeof e), 0);
    EQ(h_upgrade(&c, 1), 0);
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpCloseHandle(c.ses));
    EQ(h_send(&c, 1, TXT, "alive", 5), 0);
    EQ_STR(h_message(&c, 1, text, sizeof text), "alive");
    EXPECT(!event_wait(e, 100));
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(event_wait(e, 3000));
    EQ(rec_count(r, c.ws, STATUS(HANDLE_CLOSING)), 1);
}

/* ---- ASSURED_NON_BLOCKING_CALLBACKS ---------------------------------------------------------- */

static void assured_non_blocking_callbacks(void) {
    conn c;
    BOOL yes = TRUE;
    const DWORD option = WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS;
    NEED(x_simple(&c, 1, "GET", "/head"));
    EQ(set(c.ses, option, &yes, sizeof yes), 0);
    EQ(set(c.req, option, &yes, sizeof yes), E_TYPE);
    EQ(set(c.con, option, &yes, sizeof yes), E_TYPE);
    EQ(set(c.ses, option, &yes, 3), ERROR_INSUFFICIENT_BUFFER);
    EQ(x_exchange(&c, 1), 0);
    EQ(h_status(c.req), 200);
    h_finish(&c);
}

/* ---- memory ---------------------------------------------------------------------------------- */

#ifndef _WIN32
static void memory_functions(void) {
    size_t size;
    for (size = 0; size < 100000; size = size * 3 + 1) {
        unsigned char *a = GlobalAlloc(GMEM_ZEROINIT, size), *b = LocalAlloc(LMEM_ZEROINIT, size), *p = GlobalAlloc(GMEM_FIXED, size), *q = LocalAlloc(LMEM_FIXED, size);
        size_t i, sum = 0;
        EXPECT(a && b && p && q);
        for (i = 0; i < size; i++) sum += a[i] + b[i];
        EQ(sum, 0);
        memset(a, 1, size), memset(b, 2, size), memset(p, 3, size), memset(q, 4, size);
        EQ(GlobalFree(a), 0);
        EQ(LocalFree(b), 0);
        EQ(GlobalFree(p), 0);
        EQ(LocalFree(q), 0);
    }
    EQ(GlobalFree(NULL), 0);
    EQ(LocalFree(NULL), 0);
#ifndef H_SLOW /* a sanitizer ends the program instead */
    SetLastError(0);
    EQ(GlobalAlloc(0, (size_t)-1 / 2), 0);
    EQ(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
#endif
}
#endif

TESTS {
    CASE(defaults_of_numbers);
    CASE(numbers_are_kept_and_inherited);
    CASE(numbers_on_the_wrong_handle_or_of_the_wrong_size);
    CASE(connections_per_server);
    CASE2(how_many_addresses_are_tried);
    CASE2(limits_of_the_session);
    CASE(the_user_agent);
    CASE2(the_user_agent_of_a_request);
    CASE2(connection_info);
    CASE2(unload_notify_event);
    CASE(unload_notify_event_after_a_websocket);
    CASE(assured_non_blocking_callbacks);
#ifndef _WIN32
    CASE(memory_functions);
#endif
}
END_TESTS
