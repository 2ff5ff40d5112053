/* http, https, ws and wss through a proxy that nobody here wrote. Run by tests/peers/proxies.py, one proxy after the
 * other: PROXY is its proxy string, PROXY_LOGIN whether it asks for tester and secret. */
#include "http.h"

static int asks(void) { return getenv("PROXY_LOGIN") != NULL; }

static int p_open(conn *c, int async, const char *port, const char *path, int login) {
    int secure = strcmp(port, "plain") != 0;
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    c->ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_NAMED_PROXY, h_wide(getenv("PROXY")), NULL, async ? WINHTTP_FLAG_ASYNC : 0);
    if (!c->ses) return 0;
    h_apart(c->ses);
    h_record_all(c->ses, c->rec);
    c->con = WinHttpConnect(c->ses, W("localhost"), h_port(port), 0);
    c->req = WinHttpOpenRequest(c->con, W("GET"), h_wide(path), NULL, NULL, NULL, secure ? WINHTTP_FLAG_SECURE : 0);
    if (login && asks()) {
        EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_PROXY_USERNAME, (LPVOID)W("tester"), 6));
        EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_PROXY_PASSWORD, (LPVOID)W("secret"), 6));
    }
    return c->req != NULL;
}

static void exchange(const char *port, int async) {
    conn c;
    char body[4096];
    int twice;
    NEED(p_open(&c, async, port, "/head?of=it", 1));
    for (twice = 0; twice < 2; twice++) {
        EQ(x_exchange(&c, async), 0);
        EQ(h_status(c.req), 200);
        EQ(x_body(&c, async, body, sizeof body), 0);
        EXPECT(x_starts(body, "GET /head?of=it HTTP/1."));
        /* What was for the proxy stays with it. */
        EXPECT(!strstr(body, "Proxy-Authorization"));
    }
    h_finish(&c);
}
static void http(int async) { exchange("plain", async); }
static void https(int async) { exchange("tls", async); }
BOTH(http)
BOTH(https)

static void conversation(const char *port, int async) {
    enum { SIZE = 300000 };
    static unsigned char out[SIZE], back[SIZE];
    conn c;
    char text[64];
    DWORD n = 0;
    NEED(p_open(&c, async, port, "/echo", 1));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    EQ(h_upgrade(&c, async), 0);
    NEED(c.ws);
    EQ(h_send(&c, async, TXT, "through", 7), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "through");
    h_pattern(out, SIZE);
    EQ(h_send(&c, async, BIN, out, SIZE), 0);
    while (n < SIZE) {
        got g = h_receive(&c, async, back + n, SIZE - n);
        NEED(!g.error && g.bytes);
        n += g.bytes;
    }
    EXPECT(!memcmp(out, back, SIZE));
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
static void ws(int async) { conversation("plain", async); }
static void wss(int async) { conversation("tls", async); }
BOTH(ws)
BOTH(wss)

/* Credentials go out when they are asked for; without any the proxy's 407 is the response. */
static void without_credentials(int async) {
    static const char *ports[] = {"plain", "tls"};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        char body[8192];
        NEED(p_open(&c, async, ports[i], "/head", 0));
        EQ_ROW(ports[i], x_exchange(&c, async), 0);
        EQ_ROW(ports[i], h_status(c.req), asks() ? 407 : 200);
        EQ_ROW(ports[i], x_body(&c, async, body, sizeof body), 0);
        if (asks()) EXPECT(!x_starts(body, "GET"));
        h_finish(&c);
    }
}
BOTH(without_credentials)

static void a_server_that_is_not_there(int async) {
    conn c;
    NEED(p_open(&c, async, "refused", "/", 1));
    EQ(x_exchange(&c, async), 12029);
    h_finish(&c);
}
BOTH(a_server_that_is_not_there)

TESTS {
    CASE2(http);
    CASE2(https);
    CASE2(ws);
    CASE2(wss);
    CASE2(without_credentials);
    CASE2(a_server_that_is_not_there);
}
END_TESTS
