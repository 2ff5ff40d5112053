/* Named proxies: what they are asked, what comes back through them, and what becomes of it when they misbehave. */
#ifdef _WIN32
#include <winsock2.h> /* for WINHTTP_CONNECTION_INFO */
#endif
#include "http.h"

#ifndef WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE
#define WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE 103
#define WINHTTP_OPTION_IS_PROXY_CONNECT_RESPONSE 104
#endif
#ifndef WINHTTP_OPTION_PROXY_DISABLE_SERVICE_CALLS
#define WINHTTP_OPTION_PROXY_DISABLE_SERVICE_CALLS 137
#endif
#ifndef WINHTTP_OPTION_PROXY_RESULT_ENTRY
#define WINHTTP_OPTION_PROXY_RESULT_ENTRY 39
#endif

/* The scripted proxy's address as a proxy string, with something before and behind it. */
static LPCWSTR at_proxy(const char *before, const char *behind) {
    char text[128];
    snprintf(text, sizeof text, "%s127.0.0.1:%u%s", before, h_port("proxy"), behind);
    return h_wide(text);
}

/* Another request of the session. */
static int p_next(conn *c, const char *host, const char *port, const char *path) {
    int secure = strcmp(port, "plain") && strcmp(port, "refused");
    if (c->req) WinHttpCloseHandle(c->req);
    if (c->con) WinHttpCloseHandle(c->con);
    if (!(c->con = WinHttpConnect(c->ses, h_wide(host), h_port(port), 0))) return 0;
    c->req = WinHttpOpenRequest(c->con, W("GET"), h_wide(path), NULL, NULL, NULL, secure ? WINHTTP_FLAG_SECURE : 0);
    return c->req != NULL;
}
/* A request in a session whose proxy is `proxy`, and whose connections are its own. */
static int p_open(conn *c, int async, LPCWSTR proxy, LPCWSTR bypass, const char *host, const char *port, const char *path) {
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    c->ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy, bypass, async ? WINHTTP_FLAG_ASYNC : 0);
    if (!c->ses) return 0;
    h_apart(c->ses);
    h_record_all(c->ses, c->rec);
    return p_next(c, host, port, path);
}
static int p_simple(conn *c, int async, const char *host, const char *port, const char *path) {
    return p_open(c, async, at_proxy("", ""), NULL, host, port, path);
}

/* What the proxy was asked since the last time. */
static const char *proxied(void) { return h_get_text("/proxied"); }

/* Without what a "#N " before each request says about its connection. */
static const char *unnumbered(const char *log) {
    const char *blank = strchr(log, ' ');
    return *log == '#' && blank ? blank + 1 : log;
}

static DWORD is_refusal(HINTERNET req) {
    DWORD is = 0xdead, size = sizeof is;
    if (!WinHttpQueryOption(req, WINHTTP_OPTION_IS_PROXY_CONNECT_RESPONSE, &is, &size)) return 1000000 + GetLastError();
    return is;
}

static void http_goes_in_absolute_form(int async) {
    conn c;
    char body[512];
    const char *log;
    proxied();
    NEED(p_simple(&c, async, "only-a-proxy-knows.test", "plain", "/head?b=c"));
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "Via"), "1.1 scripted");
    EQ(x_body(&c, async, body, sizeof body), 0);
    EQ_STR(x_url(c.req), x_text("http://only-a-proxy-knows.test:%u/head?b=c", h_port("plain")));
    EQ(is_refusal(c.req), 0);
    log = proxied();
    EQ_TEXT("log", unnumbered(log), x_text("GET http://only-a-proxy-knows.test:%u/head?b=c HTTP/1.1\r\nUser-Agent: ctests/1.0\r\n"
        "Proxy-Connection: Keep-Alive\r\nHost: only-a-proxy-knows.test:%u", h_port("plain"), h_port("plain")));
    /* The proxy is what was looked up and connected to. */
    EQ_STR(rec_trace(c.rec, 0, 0), async ? "CREATED CREATED RESOLVING RESOLVED CONNECTING CONNECTED SENDING SENT SENDREQUEST RECEIVING RECEIVED HEADERS READ READ"
                                         : "CREATED CREATED RESOLVING RESOLVED CONNECTING CONNECTED SENDING SENT RECEIVING RECEIVED");
    h_finish(&c);
}
BOTH(http_goes_in_absolute_form)

static void the_default_port_is_not_in_the_absolute_form(void) {
    static const struct {
        INTERNET_PORT port;
        const char *line, *host;
    } rows[] = {{80, "GET http://old.test/x%20y HTTP/1.1\r\n", "\nHost: old.test"}, {443, "GET http://old.test:443/x%20y HTTP/1.1\r\n", "\nHost: old.test:443"}, {0, "GET http://old.test/x%20y HTTP/1.1\r\n", "\nHost: old.test"}};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        const char *log;
        proxied();
        NEED(p_simple(&c, 0, "old.test", "plain", "/"));
        WinHttpCloseHandle(c.req);
        WinHttpCloseHandle(c.con);
        c.con = WinHttpConnect(c.ses, W("old.test"), rows[i].port, 0);
        c.req = WinHttpOpenRequest(c.con, W("GET"), W("x y"), NULL, NULL, NULL, 0);
        EQ(x_exchange(&c, 0), 0);
        log = proxied();
        if (!strstr(log, rows[i].line) || strlen(log) < 20 || strcmp(log + strlen(log) - strlen(rows[i].host), rows[i].host)) FAIL("%s and %s are not in\n%s", rows[i].line, rows[i].host, log);
        h_finish(&c);
    }
}

/* One connection to the proxy serves requests to any server; an HTTP/1.0 proxy says by Proxy-Connection that it does. */
static void connections_to_a_proxy_are_kept(int async) {
    static const char *hosts[] = {"old-one.test", "old-two.test", "challenge.test", "old-three.test"};
    size_t i;
    unsigned number = 0;
    conn c;
    NEED(p_simple(&c, async, "old.test", "plain", "/"));
    for (i = 0; i < 4; i++) {
        char body[128];
        unsigned now = 0;
        proxied();
        NEED(p_next(&c, hosts[i], "plain", "/"));
        EQ_ROW(hosts[i], x_exchange(&c, async), 0);
        EQ_ROW(hosts[i], x_body(&c, async, body, sizeof body), 0);
        EQ_STR(body, "the proxy's own words\n");
        EQ_ROW(hosts[i], h_status(c.req), strstr(hosts[i], "challenge") ? 407 : 200);
        sscanf(proxied(), "#%u ", &now);
        if (i) EQ_ROW(hosts[i], now, number);
        number = now;
    }
    h_finish(&c);
}
BOTH(connections_to_a_proxy_are_kept)

static void remote_is_the_proxy(conn *c) {
    WINHTTP_CONNECTION_INFO info;
    DWORD size = sizeof info;
    const unsigned char *remote = (const unsigned char *)&info.RemoteAddress;
    memset(&info, 0, sizeof info);
    EXPECT(WinHttpQueryOption(c->req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size));
    EQ(remote[2] << 8 | remote[3], h_port("proxy"));
}

static void https_goes_through_a_tunnel(int async) {
    conn c;
    char body[512];
    proxied();
    NEED(p_simple(&c, async, "localhost", "tls", "/head"));
    WinHttpAddRequestHeaders(c.req, W("Cookie: a=b\r\nAuthorization: secret\r\nX-Mine: 1"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD);
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EXPECT(x_starts(body, "GET /head HTTP/1.1\r\n"));
    EXPECT(HAS(body, "X-Mine: 1") && HAS(body, "Connection: Keep-Alive") && !strstr(body, "Proxy"));
    EQ(is_refusal(c.req), 0);
    remote_is_the_proxy(&c);
    /* Nothing that was meant for the server, and always the port. */
    EQ_TEXT("log", unnumbered(proxied()), x_text("CONNECT localhost:%u HTTP/1.1\r\nUser-Agent: ctests/1.0\r\n"
        "Proxy-Connection: Keep-Alive\r\nContent-Length: 0\r\nHost: localhost:%u", h_port("tls"), h_port("tls")));
    EQ_STR(rec_trace(c.rec, 0, 0), async ? "CREATED CREATED RESOLVING RESOLVED CONNECTING CONNECTED SENDING SENT RECEIVING RECEIVED SENDING SENT SENDREQUEST RECEIVING RECEIVED HEADERS READ READ"
                                         : "CREATED CREATED RESOLVING RESOLVED CONNECTING CONNECTED SENDING SENT RECEIVING RECEIVED SENDING SENT RECEIVING RECEIVED");
    /* The tunnel is kept, too. */
    NEED(p_next(&c, "localhost", "tls", "/head"));
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EQ_STR(proxied(), "");
    h_finish(&c);
}
BOTH(https_goes_through_a_tunnel)

static void certificates_are_checked_inside_the_tunnel(int async) {
    conn c;
    NEED(p_simple(&c, async, "localhost", "wrongname", "/head"));
    EQ(x_exchange(&c, async), 12175);
    h_finish(&c);
}
BOTH(certificates_are_checked_inside_the_tunnel)

static void websockets_on(const char *port, int async) {
    conn c;
    char text[64];
    DWORD error;
    proxied();
    NEED(p_simple(&c, async, "localhost", port, "/greeting"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    error = h_upgrade(&c, async);
    EQ(error, 0);
    if (!error) {
        EQ_STR(h_message(&c, async, text, sizeof text), "welcome");
        EQ(h_send(&c, async, TXT, "through", 7), 0);
        EQ_STR(h_message(&c, async, text, sizeof text), "through");
        EQ(h_close(&c, async, 1000, NULL), 0);
    }
    EXPECT(strstr(proxied(), x_text("CONNECT localhost:%u HTTP/1.1\r\n", h_port(port))));
    h_finish(&c);
}
static void ws_goes_through_a_tunnel(int async) { websockets_on("plain", async); }
static void wss_goes_through_a_tunnel(int async) { websockets_on("tls", async); }
BOTH(ws_goes_through_a_tunnel)
BOTH(wss_goes_through_a_tunnel)

/* ---- TLS with the proxy itself ------------------------------------------------------------------ */

static void a_proxy_over_tls(int async) {
    static const struct {
        const char *port, *asked;
    } rows[] = {{"plain", "GET http://localhost:%u/head HTTP/1.1\r\n"}, {"tls", "CONNECT localhost:%u HTTP/1.1\r\n"}};
    LPCWSTR proxy = h_wide(x_text("https://localhost:%u", h_port("tlsproxy")));
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        char body[512];
        int again;
        proxied();
        NEED(p_open(&c, async, proxy, NULL, "localhost", rows[i].port, "/head"));
        for (again = 0; again < 2; again++) {
            EQ_ROW(rows[i].port, x_exchange(&c, async), 0);
            EQ_ROW(rows[i].port, x_body(&c, async, body, sizeof body), 0);
            EXPECT(x_starts(body, "GET /head HTTP/1.1\r\n"));
        }
        EXPECT(strstr(proxied(), x_text(rows[i].asked, h_port(rows[i].port))));
        h_finish(&c);
    }
}
BOTH(a_proxy_over_tls)

static void a_big_message_through_both_layers_of_tls(int async) {
    enum { SIZE = 3 << 20 };
    unsigned char *out = malloc(SIZE), *back = malloc(SIZE);
    conn c;
    DWORD n = 0;
    h_pattern(out, SIZE);
    NEED(p_open(&c, async, h_wide(x_text("https://localhost:%u", h_port("tlsproxy"))), NULL, "localhost", "tls", "/echo"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    EQ(h_upgrade(&c, async), 0);
    NEED(c.ws);
    EQ(h_send(&c, async, BIN, out, SIZE), 0);
    while (n < SIZE) {
        got g = h_receive(&c, async, back + n, SIZE - n);
        NEED(!g.error && g.bytes);
        n += g.bytes;
    }
    EXPECT(!memcmp(out, back, SIZE));
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
    free(out);
    free(back);
}
BOTH(a_big_message_through_both_layers_of_tls)

/* A request through a tunnel without TLS inside: whom the proxy may be belongs to the tunnel all the same. */
static void plain_through(conn *c, int async, DWORD ignored, DWORD error, int connects) {
    static char body[4096];
    int before = rec_count(c->rec, 0, STATUS(CONNECTED_TO_SERVER));
    if (c->req) WinHttpCloseHandle(c->req);
    NEED(c->req = WinHttpOpenRequest(c->con, NULL, W("/status/200"), NULL, NULL, NULL, 0));
    EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_SECURITY_FLAGS, &ignored, sizeof ignored));
    EQ(x_exchange(c, async), error);
    if (!error) {
        EQ(h_status(c->req), 200);
        EQ(x_body(c, async, body, sizeof body), 0);
    }
    EQ(rec_count(c->rec, 0, STATUS(CONNECTED_TO_SERVER)) - before, connects);
}
static void a_tunnel_through_a_proxy_that_was_forgiven_is_for_who_forgives(int async) {
    conn c;
    NEED(p_open(&c, async, h_wide(x_text("https://localhost:%u", h_port("unknownproxy"))), NULL, "localhost", "plain", "/head"));
    plain_through(&c, async, SECURITY_FLAG_IGNORE_UNKNOWN_CA, 0, 1);
    plain_through(&c, async, SECURITY_FLAG_IGNORE_UNKNOWN_CA, 0, 0);
    plain_through(&c, async, 0, 12188, 1);
    plain_through(&c, async, SECURITY_FLAG_IGNORE_UNKNOWN_CA, 0, 0);
    h_finish(&c);
}
BOTH(a_tunnel_through_a_proxy_that_was_forgiven_is_for_who_forgives)

static void a_proxy_whose_certificate_is_bad(int async) {
    static const char *ports[] = {"plain", "tls"};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        NEED(p_open(&c, async, h_wide(x_text("https://localhost:%u", h_port("unknown"))), NULL, "localhost", ports[i], "/head"));
        EQ_ROW(ports[i], x_exchange(&c, async), 12188);
        h_finish(&c);
    }
}
BOTH(a_proxy_whose_certificate_is_bad)

/* ---- a proxy that makes no tunnel ---------------------------------------------------------------- */

/* 407 is the application's to see, body and all; a body that it still owes goes nowhere. */
static void a_challenge_is_the_response(int async) {
    static const char *hosts[] = {"challenge.test", "shut.test"};
    size_t i;
    for (i = 0; i < 2; i++) {
        const char *row = hosts[i];
        conn c;
        char body[128];
        DWORD written = 0;
        proxied();
        NEED(p_simple(&c, async, row, "tls", "/head"));
        EQ_ROW(row, x_send(&c, async, NULL, 0, "ab", 2, 5), 0);
        EQ_ROW(row, x_write(&c, async, "cde", 3, &written), 0);
        EQ_ROW(row, written, 3);
        EQ_ROW(row, x_receive(&c, async), 0);
        EQ_ROW(row, h_status(c.req), 407);
        EQ_STR(x_header(c.req, "Proxy-Authenticate"), "Basic realm=\"test\"");
        EQ_ROW(row, is_refusal(c.req), 1);
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EQ_STR(body, "the proxy's own words\n");
        remote_is_the_proxy(&c);
        EXPECT(!strstr(proxied(), "Authorization"));
        /* Again, on the same handle. */
        EQ_ROW(row, x_exchange(&c, async), 0);
        EQ_ROW(row, h_status(c.req), 407);
        h_finish(&c);
    }
}
BOTH(a_challenge_is_the_response)

/* What else a proxy says must not look as if the server had said it: not its body, cookies or redirects. */
static void a_refusal_is_an_error_unless_it_is_wanted(int async) {
    static const char *hosts[] = {"refuse200x.test", "refuse302.test", "refuse403.test", "refuse503.test"};
    size_t i;
    for (i = 1; i < 4; i++) {
        const char *row = hosts[i];
        conn c;
        char body[128];
        BOOL yes = TRUE;
        NEED(p_simple(&c, async, row, "tls", "/head"));
        EQ_ROW(row, x_exchange(&c, async), 12029);
        h_finish(&c);
        NEED(p_simple(&c, async, row, "tls", "/head"));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE, &yes, sizeof yes));
        EQ_ROW(row, x_exchange(&c, async), 0);
        EQ_ROW(row, h_status(c.req), atoi(row + 6));
        EQ_ROW(row, is_refusal(c.req), 1);
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EQ_STR(body, "the proxy's own words\n");
        h_finish(&c);
    }
}
BOTH(a_refusal_is_an_error_unless_it_is_wanted)

static void a_refused_upgrade_is_no_websocket(int async) {
    conn c;
    NEED(p_simple(&c, async, "challenge.test", "plain", "/greeting"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EXPECT(!WinHttpWebSocketCompleteUpgrade(c.req, 0));
    EQ(GetLastError(), E_STATE);
    EQ(x_receive(&c, async), 0);
    EQ(h_status(c.req), 407);
    EXPECT(!WinHttpWebSocketCompleteUpgrade(c.req, 0));
    EQ(GetLastError(), E_STATE);
    h_finish(&c);
}
BOTH(a_refused_upgrade_is_no_websocket)

static void proxies_that_misbehave(int async) {
    static const struct {
        const char *host, *port;
        DWORD error;
    } rows[] = {
        {"garbage.test", "tls", E_INVALID_RESPONSE},  {"garbage.test", "plain", E_INVALID_RESPONSE},
        {"mute.test", "tls", E_TIMEOUT},              {"mute.test", "plain", E_TIMEOUT},
        {"cut.test", "tls", E_CONNECTION},            {"cut.test", "plain", E_CONNECTION},
        {"hangup.test", "tls", E_CONNECTION},         {"hangup.test", "plain", E_CONNECTION},
        {"reset.test", "tls", E_CONNECTION},          {"extra.test", "tls", E_INVALID_RESPONSE},
        {"endless.test", "tls", 12182},               {"switching.test", "tls", E_TIMEOUT},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *row = x_text("%s %s", rows[i].host, rows[i].port);
        DWORD ms = 300;
        conn c;
        NEED(p_simple(&c, async, rows[i].host, rows[i].port, "/head"));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
        EQ_ROW(row, x_exchange(&c, async), rows[i].error);
        h_finish(&c);
    }
}
BOTH(proxies_that_misbehave)

/* Interim answers, single bytes, and lengths that mean nothing before a tunnel: all is well. */
static void odd_tunnels_that_work(int async) {
    static const char *hosts[] = {"dribble.test", "lengthy.test"};
    size_t i;
    for (i = 0; i < 2; i++) {
        DWORD forgive = SECURITY_FLAG_IGNORE_CERT_CN_INVALID;
        conn c;
        char body[512];
        NEED(p_simple(&c, async, hosts[i], "tls", "/head"));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &forgive, sizeof forgive));
        EQ_ROW(hosts[i], x_exchange(&c, async), 0);
        EQ_ROW(hosts[i], x_body(&c, async, body, sizeof body), 0);
        EXPECT(x_starts(body, "GET /head HTTP/1.1\r\n"));
        h_finish(&c);
    }
}
BOTH(odd_tunnels_that_work)

static void a_proxy_that_is_not_there(int async) {
    conn c;
    char text[64];
    snprintf(text, sizeof text, "127.0.0.1:%u", h_port("refused"));
    NEED(p_open(&c, async, h_wide(text), NULL, "localhost", "plain", "/head"));
    EQ(x_exchange(&c, async), 12029);
    h_finish(&c);
    NEED(p_open(&c, async, W("no-such-proxy.invalid:80"), NULL, "localhost", "tls", "/head"));
    EQ(x_exchange(&c, async), 12007);
    h_finish(&c);
    /* Of several, only the first is used. */
    NEED(p_open(&c, async, h_wide(x_text("127.0.0.1:%u;127.0.0.1:%u", h_port("refused"), h_port("proxy"))), NULL, "localhost", "plain", "/head"));
    EQ(x_exchange(&c, async), 12029);
    h_finish(&c);
}
BOTH(a_proxy_that_is_not_there)

static void closing_while_the_proxy_is_silent(void) {
    conn c;
    NEED(p_simple(&c, 1, "mute.test", "tls", "/head"));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait(c.rec, c.req, STATUS(RECEIVING_RESPONSE)));
    WinHttpCloseHandle(c.req);
    EXPECT(rec_wait(c.rec, c.req, STATUS(REQUEST_ERROR)));
    h_finish(&c);
}

/* ---- which way ------------------------------------------------------------------------------------- */

static void proxy_strings_and_bypass_lists(void) {
    static const struct {
        const char *before, *behind, *bypass, *port;
        int used;
    } rows[] = {
        {"", "", NULL, "plain", 1},
        {"http://", "/", NULL, "plain", 1},
        {"http=", "", NULL, "plain", 1},
        {"http=", "", NULL, "tls", 0},
        {"HTTPS=http://", "", NULL, "tls", 1},
        {"https=", "", NULL, "plain", 0},
        {"socks=127.0.0.1:1 http=", "", NULL, "plain", 1},
        {"", "", "", "plain", 1},
        {"", "", "localhost", "plain", 0},
        {"", "", "LOCAL*", "tls", 0},
        {"", "", "<local>", "plain", 0},
        {"", "", "<local>", "tls", 0},
        {"", "", "127.0.0.1", "plain", 1},
        {"", "", "https://localhost", "plain", 1},
        {"", "", "https://localhost", "tls", 0},
        {"", "", "localhost:1", "plain", 1},
        {"", "", "a;b c\tlocalhost", "plain", 0},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *row = x_text("%s...%s [%s] %s", rows[i].before, rows[i].behind, rows[i].bypass ? rows[i].bypass : "-", rows[i].port);
        conn c;
        char body[512];
        proxied();
        NEED(p_open(&c, 0, at_proxy(rows[i].before, rows[i].behind), rows[i].bypass ? h_wide(rows[i].bypass) : NULL, "localhost", rows[i].port, "/head"));
        WinHttpAddRequestHeaders(c.req, W("Connection: close"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD);
        EQ_ROW(row, x_exchange(&c, 0), 0);
        EQ_ROW(row, x_body(&c, 0, body, sizeof body), 0);
        EQ_ROW(row, proxied()[0] != 0, rows[i].used);
        h_finish(&c);
    }
}

static void strings_that_name_no_proxy(void) {
    static const char *bad[] = {"", "a:99999", "a:x", "http://user:password@a:1", "http://a/path", "a:1;b:x"};
    size_t i;
    EXPECT(!WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NAMED_PROXY, NULL, NULL, 0));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        SetLastError(0xdead);
        EQ_ROW(bad[i], WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NAMED_PROXY, h_wide(bad[i]), NULL, 0) != NULL, 0);
        EQ_ROW(bad[i], GetLastError(), ERROR_INVALID_PARAMETER);
    }
    EXPECT(!WinHttpOpen(NULL, 2, NULL, NULL, 0));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpOpen(NULL, 5, NULL, NULL, 0));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void redirects_choose_their_way_anew(int async) {
    conn c;
    char path[512];
    const char *answer = x_text("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:%u/head\r\n\r\n", h_port("plain"));
    proxied();
    snprintf(path, sizeof path, "/answer/%s", x_hex(answer, strlen(answer)));
    NEED(p_open(&c, async, at_proxy("", ""), W("127.*"), "elsewhere.test", "plain", path));
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "Via"), "12150");
    EXPECT(strstr(proxied(), "GET http://elsewhere.test"));
    h_finish(&c);
}
BOTH(redirects_choose_their_way_anew)

/* ---- options ----------------------------------------------------------------------------------------- */

static const char *narrow(LPCWSTR text) {
    static char out[4][256];
    static unsigned next;
    char *to = out[next++ % 4];
    size_t i;
    if (!text) return "(null)";
    for (i = 0; text[i] && i < 255; i++) to[i] = (char)text[i];
    to[i] = 0;
    return to;
}

static void switches_of_sessions(void) {
    HINTERNET ses = WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    DWORD yes = TRUE, size = sizeof yes;
    EXPECT(WinHttpSetOption(ses, WINHTTP_OPTION_PROXY_DISABLE_SERVICE_CALLS, &yes, sizeof yes));
    EXPECT(WinHttpSetOption(ses, WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE, &yes, sizeof yes));
    EXPECT(!WinHttpSetOption(ses, WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE, &yes, 1));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT(!WinHttpQueryOption(ses, WINHTTP_OPTION_IS_PROXY_CONNECT_RESPONSE, &yes, &size));
    EQ(GetLastError(), E_TYPE);
    WinHttpCloseHandle(ses);
}

static void option_reads(HINTERNET h, DWORD type, const char *proxy, const char *bypass) {
    WINHTTP_PROXY_INFO info;
    DWORD size = 0;
    memset(&info, 0xee, sizeof info);
    EXPECT(!WinHttpQueryOption(h, WINHTTP_OPTION_PROXY, NULL, &size));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, sizeof info);
    if (!WinHttpQueryOption(h, WINHTTP_OPTION_PROXY, &info, &size)) {
        FAIL("query: %u", (unsigned)GetLastError());
        return;
    }
    EQ(size, sizeof info);
    EQ(info.dwAccessType, type);
    EQ_STR(narrow(info.lpszProxy), proxy);
    EQ_STR(narrow(info.lpszProxyBypass), bypass);
    GlobalFree((HGLOBAL)info.lpszProxy);
    GlobalFree((HGLOBAL)info.lpszProxyBypass);
}

static void the_proxy_option_of_sessions_and_requests(void) {
    HINTERNET ses = WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NAMED_PROXY, W("a:1;b:2"), W("c <local>"), 0), con, req;
    WINHTTP_PROXY_INFO info = {WINHTTP_ACCESS_TYPE_NAMED_PROXY, (LPWSTR)W("http=d"), NULL};
    NEED(ses);
    con = WinHttpConnect(ses, W("localhost"), 1, 0);
    req = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, 0);
    option_reads(ses, WINHTTP_ACCESS_TYPE_NAMED_PROXY, "a:1;b:2", "c <local>");
    option_reads(req, WINHTTP_ACCESS_TYPE_NAMED_PROXY, "a:1;b:2", "c <local>");
    EXPECT(WinHttpSetOption(req, WINHTTP_OPTION_PROXY, &info, sizeof info));
    option_reads(req, WINHTTP_ACCESS_TYPE_NAMED_PROXY, "http=d", "(null)");
    option_reads(ses, WINHTTP_ACCESS_TYPE_NAMED_PROXY, "a:1;b:2", "c <local>");
    /* What stands beside this type is not looked at. */
    info.dwAccessType = WINHTTP_ACCESS_TYPE_NO_PROXY;
    info.lpszProxy = info.lpszProxyBypass = (LPWSTR)(intptr_t)1;
    EXPECT(WinHttpSetOption(ses, WINHTTP_OPTION_PROXY, &info, sizeof info));
    option_reads(ses, WINHTTP_ACCESS_TYPE_NO_PROXY, "(null)", "(null)");
    option_reads(req, WINHTTP_ACCESS_TYPE_NAMED_PROXY, "http=d", "(null)");
    EXPECT(!WinHttpSetOption(con, WINHTTP_OPTION_PROXY, &info, sizeof info));
    EQ(GetLastError(), E_TYPE);
    EXPECT(!WinHttpSetOption(ses, WINHTTP_OPTION_PROXY, &info, sizeof info - 1));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT(!WinHttpSetOption(ses, WINHTTP_OPTION_PROXY, NULL, sizeof info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    info.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
    info.lpszProxy = (LPWSTR)W("");
    info.lpszProxyBypass = NULL;
    EXPECT(!WinHttpSetOption(ses, WINHTTP_OPTION_PROXY, &info, sizeof info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    info.dwAccessType = 7;
    EXPECT(!WinHttpSetOption(ses, WINHTTP_OPTION_PROXY, &info, sizeof info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpSetOption(NULL, WINHTTP_OPTION_PROXY, &info, sizeof info));
    WinHttpCloseHandle(req);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
}

/* The request's own beats the session's, both ways. */
static void a_request_has_its_own_proxy(int async) {
    WINHTTP_PROXY_INFO info = {WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL};
    conn c;
    proxied();
    NEED(p_simple(&c, async, "localhost", "plain", "/head"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PROXY, &info, sizeof info));
    EQ(x_exchange(&c, async), 0);
    EQ_STR(proxied(), "");
    h_finish(&c);
    NEED(x_simple(&c, async, "GET", "/head"));
    info.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
    info.lpszProxy = (LPWSTR)at_proxy("", "");
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PROXY, &info, sizeof info));
    EQ(x_exchange(&c, async), 0);
    EXPECT(strstr(proxied(), "GET http://127.0.0.1:"));
    h_finish(&c);
}
BOTH(a_request_has_its_own_proxy)

static void a_resolvers_entry_is_used_as_it_is(int async) {
    WINHTTP_PROXY_RESULT_ENTRY entry;
    conn c;
    memset(&entry, 0, sizeof entry);
    proxied();
    NEED(x_simple(&c, async, "GET", "/head"));
    entry.fProxy = TRUE;
    entry.ProxyScheme = INTERNET_SCHEME_HTTP;
    entry.pwszProxy = (PWSTR)W("127.0.0.1");
    entry.ProxyPort = h_port("proxy");
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PROXY_RESULT_ENTRY, &entry, sizeof entry));
    EQ(x_exchange(&c, async), 0);
    EXPECT(strstr(proxied(), "GET http://127.0.0.1:"));
    entry.pwszProxy = (PWSTR)W("no host");
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_PROXY_RESULT_ENTRY, &entry, sizeof entry));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_PROXY_RESULT_ENTRY, &entry, sizeof entry));
    EQ(GetLastError(), E_TYPE);
    entry.fProxy = FALSE;
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_PROXY_RESULT_ENTRY, &entry, sizeof entry));
    EQ(x_exchange(&c, async), 0);
    EQ_STR(proxied(), "");
    h_finish(&c);
}
BOTH(a_resolvers_entry_is_used_as_it_is)

TESTS {
    CASE2(http_goes_in_absolute_form);
    CASE(the_default_port_is_not_in_the_absolute_form);
    CASE2(connections_to_a_proxy_are_kept);
    CASE2(https_goes_through_a_tunnel);
    CASE2(certificates_are_checked_inside_the_tunnel);
    CASE2(ws_goes_through_a_tunnel);
    CASE2(wss_goes_through_a_tunnel);
    CASE2(a_proxy_over_tls);
    CASE2(a_big_message_through_both_layers_of_tls);
    CASE2(a_tunnel_through_a_proxy_that_was_forgiven_is_for_who_forgives);
    CASE2(a_proxy_whose_certificate_is_bad);
    CASE2(a_challenge_is_the_response);
    CASE2(a_refusal_is_an_error_unless_it_is_wanted);
    CASE2(a_refused_upgrade_is_no_websocket);
    CASE2(proxies_that_misbehave);
    CASE2(odd_tunnels_that_work);
    CASE2(a_proxy_that_is_not_there);
    CASE(closing_while_the_proxy_is_silent);
    CASE(proxy_strings_and_bypass_lists);
    CASE(strings_that_name_no_proxy);
    CASE2(redirects_choose_their_way_anew);
    CASE(switches_of_sessions);
    CASE(the_proxy_option_of_sessions_and_requests);
    CASE2(a_request_has_its_own_proxy);
    CASE2(a_resolvers_entry_is_used_as_it_is);
}
END_TESTS
