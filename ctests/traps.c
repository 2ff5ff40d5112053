/* What client programs rely on and implementers get wrong: the rows of http spec section 11 that no other program here
 * tests, and what real programs (tests/programs) have shown. */
#include "http.h"

/* Inside the notice of a redirect the response that redirects can be queried: programs take its cookies there. */
static char seen_location[256], seen_cookie[256];
static DWORD seen_status;
static void a_redirect_can_be_queried_hook(recorder *r, const h_record *e) {
    (void)r;
    if (e->status != STATUS(REDIRECT)) return;
    seen_status = h_status(e->handle);
    snprintf(seen_location, sizeof seen_location, "%s", x_header(e->handle, "Location"));
    snprintf(seen_cookie, sizeof seen_cookie, "%s", x_header(e->handle, "Set-Cookie"));
}
static void a_redirect_can_be_queried_in_its_notice(int async) {
    conn c;
    seen_status = 0, seen_location[0] = seen_cookie[0] = 0;
    NEED(x_simple(&c, async, "GET", "/cookie/hop?c=taste=good"));
    h_put(&c.rec->hook, a_redirect_can_be_queried_hook);
    EQ(x_exchange(&c, async), 0);
    EQ(rec_count(c.rec, c.req, STATUS(REDIRECT)), 1);
    EQ(seen_status, 302);
    EQ_STR(seen_location, "/cookie/show");
    EQ_STR(seen_cookie, "taste=good");
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "Location"), "12150");
    h_finish(&c);
}
BOTH(a_redirect_can_be_queried_in_its_notice)

#ifndef _WIN32
/* On Windows a program may call a DWORD an unsigned long; where that has 64 bits its value counts. */
static void a_number_given_as_a_long(void) {
    conn c;
    unsigned long disabled = WINHTTP_DISABLE_REDIRECTS, policy = WINHTTP_OPTION_REDIRECT_POLICY_NEVER;
    unsigned long wide = 0x100000000ul;
    DWORD value = 0, size = sizeof value;
    NEED(x_simple(&c, 0, "GET", "/status/302?to=/head"));
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, &policy, sizeof policy));
    EXPECT(WinHttpQueryOption(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, &value, &size));
    EQ(value, WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, &wide, sizeof wide));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &disabled, sizeof disabled));
    EQ(x_exchange(&c, 0), 0);
    EQ(h_status(c.req), 302);
    h_finish(&c);
}
#endif

/* 37: what a request came from may be closed while it runs; the connection is kept all the same. */
static void the_parents_of_a_running_request_are_closed(int async) {
    conn c;
    char first[64], second[64];
    DWORD n = 0;
    NEED(x_simple(&c, async, "GET", "/keep/ordinary"));
    EXPECT(WinHttpCloseHandle(c.con));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EXPECT(WinHttpCloseHandle(c.ses));
    EQ(x_receive(&c, async), 0);
    EQ(x_read(&c, async, first, sizeof first - 1, &n), 0);
    first[n] = 0;
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(rec_wait(c.rec, c.req, STATUS(HANDLE_CLOSING)));
    /* The next session has that connection, with its second request. */
    NEED(x_simple(&c, async, "GET", "/keep/ordinary"));
    EQ(x_exchange(&c, async), 0);
    EQ(x_read(&c, async, second, sizeof second - 1, &n), 0);
    second[n] = 0;
    EQ(atoi(second), atoi(first));
    EQ(atoi(strchr(second, ' ')), atoi(strchr(first, ' ')) + 1);
    h_finish(&c);
}
BOTH(the_parents_of_a_running_request_are_closed)

/* 42: a name that nobody knows is no error before the send; and nothing can be received then. */
static void an_unknown_name_is_the_sends_error(int async) {
    conn c;
    memset(&c, 0, sizeof c);
    c.rec = rec_new();
    c.ses = h_open(async);
    h_record_all(c.ses, c.rec);
    NEED(c.con = WinHttpConnect(c.ses, W("no-such-host.invalid"), 80, 0));
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0));
    EQ(rec_count(c.rec, NULL, ~(STATUS(HANDLE_CREATED))), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 12007);
    EQ(x_receive(&c, async), E_STATE);
    h_finish(&c);
}
BOTH(an_unknown_name_is_the_sends_error)

/* 62: an IPv6 address keeps its brackets in Host, whether the program wrote them or not; its scope is for this machine alone. */
static void the_host_of_an_ipv6_address(int async) {
    static const char *const hosts[] = {"::1", "[::1]", "[::1%1]"};
    char host[64];
    size_t i;
    snprintf(host, sizeof host, "Host: [::1]:%u\r\n", (unsigned)h_port("plain6"));
    for (i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        conn c;
        char text[2048];
        NEED(x_connect(&c, async, h_wide(hosts[i]), "plain6") && x_next(&c, "GET", "/head", 0));
        EQ_ROW(hosts[i], x_exchange(&c, async), 0);
        EQ(x_body(&c, async, text, sizeof text), 0);
        if (!strstr(text, host)) FAIL("%s: no \"%s\" in\n%s", hosts[i], host, text);
        h_finish(&c);
    }
}
BOTH(the_host_of_an_ipv6_address)

/* 70: HTTP/2 is for TLS only. Switched on, it changes nothing of a plain request. */
static void http_2_is_not_offered_in_the_clear(int async) {
    conn c;
    char text[2048];
    DWORD protocols = 1; /* WINHTTP_PROTOCOL_FLAG_HTTP2 */
    NEED(x_simple(&c, async, "GET", "/wire"));
    WinHttpSetOption(c.req, 133 /* ENABLE_HTTP_PROTOCOL */, &protocols, sizeof protocols);
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, text, sizeof text), 0);
    EXPECT(x_starts(text, "GET /wire HTTP/1.1\r\n"));
    EQ(x_lines(text, "Upgrade"), 0);
    EQ(x_lines(text, "HTTP2-Settings"), 0);
    EQ(x_lines(text, "Connection: Keep-Alive"), 1);
    h_finish(&c);
}
BOTH(http_2_is_not_offered_in_the_clear)

/* 5: success leaves 0 behind. */
static void success_resets_the_last_error(void) {
    conn c;
    DWORD n = 0, size = sizeof n, ms = 30000;
#define SAYS_NOTHING(call)                                                                       \
    do {                                                                                         \
        SetLastError(0xdeadbeef);                                                                \
        EXPECT(call);                                                                            \
        EQ_ROW(#call, GetLastError(), 0);                                                        \
    } while (0)
    memset(&c, 0, sizeof c);
    SAYS_NOTHING(c.ses = h_open(0));
    SAYS_NOTHING(c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0));
    SAYS_NOTHING(c.req = WinHttpOpenRequest(c.con, W("POST"), W("/status/200"), NULL, NULL, NULL, 0));
    SAYS_NOTHING(WinHttpAddRequestHeaders(c.req, W("X: 1"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    SAYS_NOTHING(WinHttpSetTimeouts(c.req, 0, 60000, 30000, 30000));
    SAYS_NOTHING(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    SAYS_NOTHING(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 4, 0));
    SAYS_NOTHING(WinHttpWriteData(c.req, "data", 4, &n));
    SAYS_NOTHING(WinHttpReceiveResponse(c.req, NULL));
    SAYS_NOTHING(WinHttpQueryHeaders(c.req, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &n, &size, NULL));
    SAYS_NOTHING(WinHttpQueryDataAvailable(c.req, &n));
    SAYS_NOTHING(WinHttpReadData(c.req, &n, 4, &size));
    size = sizeof n;
    SAYS_NOTHING(WinHttpQueryOption(c.req, WINHTTP_OPTION_HANDLE_TYPE, &n, &size));
    SAYS_NOTHING(WinHttpSetStatusCallback(c.req, rec_callback, 0, 0) == NULL);
    SAYS_NOTHING(WinHttpCloseHandle(c.req));
    SAYS_NOTHING(WinHttpCloseHandle(c.con));
    SAYS_NOTHING(WinHttpCloseHandle(c.ses));
}

TESTS {
    CASE(success_resets_the_last_error);
    CASE2(the_parents_of_a_running_request_are_closed);
    CASE2(an_unknown_name_is_the_sends_error);
    CASE2(the_host_of_an_ipv6_address);
    CASE2(http_2_is_not_offered_in_the_clear);
    CASE2(a_redirect_can_be_queried_in_its_notice);
#ifndef _WIN32
    CASE(a_number_given_as_a_long);
#endif
}
END_TESTS
