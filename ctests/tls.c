/* wss: a private CA by SSL_CERT_FILE, refused certificates, ignore flags, TLS 1.2 and 1.3. */
#include "harness.h"

#define STATUS(name) WINHTTP_CALLBACK_STATUS_##name

static void echo_on(const char *port, int async) {
    recorder *r = rec_new();
    conn c;
    char text[64];
    NEED(h_websocket_on(&c, async, port, "/greeting", r));
    EQ_STR(h_message(&c, async, text, sizeof text), "welcome");
    EQ(h_send(&c, async, TXT, "secret", 6), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "secret");
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
static void wss_echo(int async) { echo_on("tls", async); }
static void tls_1_2(int async) { echo_on("tls12", async); }
static void tls_1_3(int async) { echo_on("tls13", async); }
BOTH(wss_echo)
BOTH(tls_1_2)
BOTH(tls_1_3)

static void big_message_over_tls(int async) {
    recorder *r = rec_new();
    conn c;
    enum { SIZE = 4 << 20 };
    unsigned char *out = malloc(SIZE), *back = malloc(SIZE);
    DWORD n = 0;
    got g = {0, 0, 0};
    h_pattern(out, SIZE);
    NEED(h_websocket_on(&c, async, "tls", "/echo", r));
    EQ(h_send(&c, async, BIN, out, SIZE), 0);
    while (n < SIZE) {
        g = h_receive(&c, async, back + n, SIZE - n);
        NEED(!g.error && g.bytes);
        n += g.bytes;
    }
    EQ(g.type, BIN);
    EXPECT(!memcmp(out, back, SIZE));
    h_finish(&c);
    free(out);
    free(back);
}
BOTH(big_message_over_tls)

// They are here before the first Receive, and a read of the socket takes dozens of them.
static void messages_that_wait_over_tls(int async) {
    enum { COUNT = 60, MOST = 4000 };
    static unsigned char out[MOST + COUNT], back[MOST];
    recorder *r = rec_new();
    conn c;
    h_pattern(out, sizeof out);
    NEED(h_websocket_on(&c, async, "tls", "/echo", r));
    for (int i = 0; i < COUNT; i++) EQ(h_send(&c, async, BIN, out + i, i * 997 % MOST), 0);
    for (int i = 0; i < COUNT; i++) {
        got g = h_receive(&c, async, back, sizeof back);
        EQ(g.error, 0);
        EQ(g.bytes, i * 997 % MOST);
        EQ(g.type, BIN);
        NEED(!memcmp(out + i, back, g.bytes));
    }
    h_finish(&c);
}
BOTH(messages_that_wait_over_tls)

static void write_completes_on_the_calling_thread(void) {
    recorder *r = rec_new();
    conn c;
    static char data[16384];
    int mark;
    NEED(h_websocket_on(&c, 1, "tls", "/sink", r));
    mark = rec_mark(r);
    EQ(WinHttpWebSocketSend(c.ws, BIN, data, sizeof data), 0);
    EQ_STR(rec_trace(r, mark, h_thread_id()), "WRITE/C");
    h_finish(&c);
}

static const struct {
    const char *port;
    DWORD bit, ignore;
} refused[] = {
    {"unknown", WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA, SECURITY_FLAG_IGNORE_UNKNOWN_CA},
    {"expired", WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID, SECURITY_FLAG_IGNORE_CERT_DATE_INVALID},
    {"wrongname", WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID, SECURITY_FLAG_IGNORE_CERT_CN_INVALID},
};

static void bad_certificates(int async) {
    size_t i;
    for (i = 0; i < 3; i++) {
        recorder *r = rec_new();
        conn c;
        h_record e = {0};
        DWORD flags = 0xdead, size = sizeof flags, back = 0;
        char text[64];
        const char *row = refused[i].port;
        NEED(h_prepare(&c, async, row, "/greeting", r, 1));
        EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, &size));
        EQ_ROW(row, flags, 0);
        EQ_ROW(row, h_exchange(&c, async), 12175);
        EXPECT(rec_wait_nth(r, c.req, STATUS(SECURE_FAILURE), 1, 100, &e));
        EQ_ROW(row, e.length, 4);
        EQ_ROW(row, e.info.number, refused[i].bit);
        EQ_ROW(row, rec_count(r, c.req, STATUS(SENDING_REQUEST)), 0);
        if (async) {
            EXPECT(rec_wait_nth(r, c.req, STATUS(REQUEST_ERROR), 1, 100, &e));
            EQ_ROW(row, e.info.result.dwResult, API_SEND_REQUEST);
        }
        /* A flag for another fault does not help; the right one does, on the same handle. */
        flags = refused[(i + 1) % 3].ignore;
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
        EQ_ROW(row, h_exchange(&c, async), 12175);
        flags = refused[i].ignore;
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
        EQ_ROW(row, h_upgrade(&c, async), 0);
        size = sizeof back;
        EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &back, &size));
        EXPECT(back & SECURITY_FLAG_SECURE);
        EXPECT(back & flags);
        if (c.ws) EQ_STR(h_message(&c, async, text, sizeof text), "welcome");
        h_finish(&c);
    }
}
BOTH(bad_certificates)

static void security_flag_values(void) {
    conn c;
    DWORD flags;
    NEED(h_prepare(&c, 0, "tls", "/echo", NULL, 1));
    flags = SECURITY_FLAG_SECURE;
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    flags = 0x80;
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
    flags = 0x3300;
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
    EQ(GetLastError(), E_TYPE);
    flags = 0;
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
    h_finish(&c);
}

/* A connection accepted with ignore flags is not for a request without them. */
static void ignore_flags_do_not_leak(void) {
    recorder *r = rec_new();
    conn c, d;
    DWORD flags = SECURITY_FLAG_IGNORE_UNKNOWN_CA;
    NEED(h_prepare(&c, 0, "unknown", "/status/200", NULL, 0));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &flags, sizeof flags));
    EQ(h_exchange(&c, 0), 0);
    h_finish(&c);
    NEED(h_prepare(&d, 0, "unknown", "/status/200", r, 0));
    EQ(h_exchange(&d, 0), 12175);
    h_finish(&d);
}

/* Closing the handle in SENDING_REQUEST over TLS: that is where clients look at the certificate. */
static void close_there(recorder *r, const h_record *e) {
    (void)r;
    if (e->status == STATUS(SENDING_REQUEST)) WinHttpCloseHandle(e->handle);
}

static void refused_by_the_client_in_sending_request(void) {
    recorder *r = rec_new();
    conn c;
    char path[128];
    const char *token = h_token();
    snprintf(path, sizeof path, "/status/200?id=%s", token);
    NEED(h_prepare(&c, 1, "tls", path, r, 0));
    h_put(&r->hook, close_there);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
    EQ(rec_count(r, c.req, STATUS(REQUEST_SENT)), 0);
    c.req = NULL;
    h_finish(&c);
    snprintf(path, sizeof path, "/report/%s?live", token);
    EQ_STR(h_get_text(path), "");
}

static void connection_ends_over_tls(int async) {
    recorder *r = rec_new();
    conn c;
    char buffer[16];
    NEED(h_websocket_on(&c, async, "tls", "/raw/?then=drop", r));
    EQ(h_receive(&c, async, buffer, sizeof buffer).error, E_CONNECTION);
    h_finish(&c);
    NEED(h_websocket_on(&c, async, "tls", "/raw/?then=reset&on=message", r));
    EQ(h_send(&c, async, TXT, "x", 1), 0);
    EQ(h_receive(&c, async, buffer, sizeof buffer).error, E_CONNECTION);
    h_finish(&c);
}
BOTH(connection_ends_over_tls)

static void pending_operations_over_tls(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[16];
    NEED(h_websocket_on(&c, 1, "tls", "/echo", r));
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(rec_wait(r, c.ws, STATUS(HANDLE_CLOSING)));
    EQ(rec_count(r, c.ws, STATUS(REQUEST_ERROR)), 1);
    c.ws = NULL;
    h_finish(&c);
}

TESTS {
    CASE2(wss_echo);
    CASE2(tls_1_2);
    CASE2(tls_1_3);
    CASE2(big_message_over_tls);
    CASE2(messages_that_wait_over_tls);
    CASE(write_completes_on_the_calling_thread);
    CASE2(bad_certificates);
    CASE(security_flag_values);
    CASE(ignore_flags_do_not_leak);
    CASE(refused_by_the_client_in_sending_request);
    CASE2(connection_ends_over_tls);
    CASE(pending_operations_over_tls);
}
END_TESTS
