/* What a request looks like to the server: its line, its headers and their order, its body. */
#include "http.h"
#include "modifiers.h"
#include "newer_options.h"


static char head[1 << 17];

/* The request's head as the server got it; sends it first. */
static const char *seen(conn *c) {
    DWORD error = x_exchange(c, 0);
    head[0] = 0;
    if (!error) error = x_body(c, 0, head, sizeof head);
    if (error) snprintf(head, sizeof head, "(error %u)", (unsigned)error);
    return head;
}

static DWORD add(HINTERNET req, const char *text, DWORD flags) {
    SetLastError(0xdead);
    if (!WinHttpAddRequestHeaders(req, h_wide(text), (DWORD)-1, flags)) return GetLastError();
    if (GetLastError()) FAIL("last error %u after success", (unsigned)GetLastError());
    return 0;
}

/* All values of the added header of that name, by index. */
static const char *values(HINTERNET req, const char *name) {
    static char out[1024];
    DWORD index = 0, was;
    out[0] = 0;
    for (;;) {
        const char *v;
        was = index;
        v = x_query(req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, name, &index);
        if (index == was) break;
        if (out[0]) strcat(out, " | ");
        strcat(out, *v ? v : "(empty)");
    }
    return out;
}

/* The lines of the head whose names begin with X, in order, without their prefix. */
static const char *lines_of(const char *text, const char *name) {
    static char out[1024];
    const char *p = text;
    size_t len = strlen(name), n = 0;
    out[0] = 0;
    while ((p = strstr(p, "\r\n"))) {
        p += 2;
        if (strncmp(p, name, len) || p[len] != ':') continue;
        if (n) n += (size_t)snprintf(out + n, sizeof out - n, " | ");
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s", (int)(strstr(p, "\r\n") - p - (int)len - 2), p + len + 2);
    }
    return out;
}

/* ---- the request line ------------------------------------------------------------------------ */

/* Text up to the first CR. */
static const char *line_of(const char *text) {
    static char out[2048];
    size_t n = strcspn(text, "\r");
    snprintf(out, sizeof out, "%.*s", (int)(n < 2047 ? n : 2047), text);
    return out;
}

static const char *line_for(LPCWSTR verb, LPCWSTR object, LPCWSTR version, DWORD flags) {
    conn c;
    const char *line = "";
    if (x_open(&c, 0, "plain", verb, object, version, NULL, NULL, flags)) line = line_of(seen(&c));
    h_finish(&c);
    return line;
}

static void verbs_and_versions(void) {
    EQ_STR(line_for(NULL, W("/head"), NULL, 0), "GET /head HTTP/1.1");
    EQ_STR(line_for(W(""), W("/head"), W(""), 0), "GET /head HTTP/1.1");
    EQ_STR(line_for(W("get"), W("/head"), NULL, 0), "get /head HTTP/1.1");
    EQ_STR(line_for(W("POST"), W("/head"), W("HTTP/1.1"), 0), "POST /head HTTP/1.1");
    EQ_STR(line_for(W("PROPFIND"), W("/head"), NULL, 0), "PROPFIND /head HTTP/1.1");
    EQ_STR(line_for(W("M-SEARCH"), W("/head"), NULL, 0), "M-SEARCH /head HTTP/1.1");
    EQ_STR(line_for(W("frOB!"), W("/head"), NULL, 0), "frOB! /head HTTP/1.1");
    EQ_STR(line_for(W("GET"), W("/head"), W("HTTP/1.0"), 0), "GET /head HTTP/1.0");
    /* Programs name these, though only negotiation leads there. */
    EQ_STR(line_for(W("GET"), W("/head"), W("HTTP/2"), 0), "GET /head HTTP/1.1");
    EQ_STR(line_for(W("GET"), W("/head"), W("HTTP/2.0"), 0), "GET /head HTTP/1.1");
    EQ_STR(line_for(W("GET"), W("/head"), W("HTTP/3"), 0), "GET /head HTTP/1.1");
}

/* What is no token and no version of HTTP/1 is refused: nothing can be smuggled into the request line. */
static void bad_verbs_and_versions(void) {
    static const WCHAR high[] = {'G', 0xe9, 0}, wide[] = {0x4e2d, 0};
    LPCWSTR verbs[] = {W("GE T"), W(" GET"), W("GET "), W("GET\r\nX: 1"), W("GET / HTTP/1.1"), W("G:T"), W("G/T"), W("G\tT"), high, wide};
    LPCWSTR versions[] = {W("1.1"), W("HTTP"), W("HTTP/1"), W("HTTP/1.10"), W("HTTP/2.1"), W("HTTP/4"), W("HTTP/0.9"), W("http/1.1"), W(" HTTP/1.1"), W("HTTP/1.1 "), W("HTTP/1.1\r\nX: 1"), wide};
    conn c;
    size_t i;
    for (i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        EXPECT(!x_open(&c, 0, "plain", verbs[i], W("/head"), NULL, NULL, NULL, 0));
        EQ(GetLastError(), ERROR_INVALID_PARAMETER);
        h_finish(&c);
    }
    for (i = 0; i < sizeof versions / sizeof *versions; i++) {
        EXPECT(!x_open(&c, 0, "plain", NULL, W("/head"), versions[i], NULL, NULL, 0));
        EQ(GetLastError(), ERROR_INVALID_PARAMETER);
        h_finish(&c);
    }
}

/* Nor into the headers that the library makes of the program's texts. */
static void line_ends_in_texts(void) {
    LPCWSTR types[] = {W("text/a\r\nX-Evil: 1"), W("text/b\nX-Evil: 2"), NULL};
    conn c;
    memset(&c, 0, sizeof c);
    NEED(c.ses = WinHttpOpen(W("agent\r\nX-Evil: 3\r\n\r\n"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0));
    NEED(c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0));
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, W("/head/\r\nX-Evil: 4"), NULL, W("http://a/\r\nX-Evil: 5"), types, WINHTTP_FLAG_ESCAPE_DISABLE));
    EQ_STR(line_of(seen(&c)), "GET /head/X-Evil:%204 HTTP/1.1");
    h_finish(&c);
    memset(&c, 0, sizeof c);
    NEED(c.ses = WinHttpOpen(W("agent\r\nX-Evil: 3\r\n\r\n"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0));
    NEED(c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0));
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, W("/head"), NULL, W("http://a/\r\nX-Evil: 5"), types, 0));
    seen(&c);
    EQ(x_lines(head, "X-Evil"), 0);
    EQ(x_lines(head, "Referer: http://a/"), 1);
    EQ(x_lines(head, "Accept: text/a"), 1);
    EQ(x_lines(head, "User-Agent: agent"), 1);
    EQ(x_lines(head, "\r\n"), 1);
    h_finish(&c);
}

static void object_names(void) {
    conn c;
    char body[256];
    static const struct {
        const char *object, *target;
    } others[] = {{"*", "/*"}, {"http://example.org/x", "/http://example.org/x"}, {"//example.org/x", "//example.org/x"}, {"?a=b", "/?a=b"}, {"/a?b?c#d", "/a?b?c%23d"}};
    size_t i;
    for (i = 0; i < sizeof others / sizeof *others; i++) {
        char want[64];
        NEED(x_simple(&c, 0, "OPTIONS", others[i].object));
        EQ(x_exchange(&c, 0), 0);
        EQ(x_body(&c, 0, body, sizeof body), 0);
        snprintf(want, sizeof want, "no route %s\n", others[i].target);
        EQ_STR(body, want);
        h_finish(&c);
    }
    EQ_STR(line_for(NULL, W("head"), NULL, 0), "GET /head HTTP/1.1");
    EQ_STR(line_for(NULL, W("head?a"), NULL, 0), "GET /head?a HTTP/1.1");
    EQ_STR(line_for(NULL, W("/head/../head"), NULL, 0), "GET /head/../head HTTP/1.1");
    EQ_STR(line_for(NULL, W("/head/#frag"), NULL, 0), "GET /head/%23frag HTTP/1.1");
    NEED(x_open(&c, 0, "plain", NULL, NULL, NULL, NULL, NULL, 0));
    EQ(x_exchange(&c, 0), 0);
    EQ(x_body(&c, 0, body, sizeof body), 0);
    EQ_STR(body, "no route /\n");
    h_finish(&c);
    NEED(x_open(&c, 0, "plain", NULL, W(""), NULL, NULL, NULL, 0));
    EQ(x_exchange(&c, 0), 0);
    EQ(x_body(&c, 0, body, sizeof body), 0);
    EQ_STR(body, "no route /\n");
    h_finish(&c);
}

/* What one character becomes; `query` when it stands behind the first question mark. */
static const char *escaped(unsigned ch, DWORD flags, int query) {
    static char out[8];
    const int raw_unsafe = (flags & WINHTTP_FLAG_ESCAPE_DISABLE) || (query && (flags & WINHTTP_FLAG_ESCAPE_DISABLE_QUERY));
    const int crlf = ch == '\r' || ch == '\n';
    int escape;
    if (crlf && raw_unsafe) return "";
    if (ch == ' ' || crlf) escape = 1;
    else if (ch < 32 || ch == 127 || strchr("\"#<>[\\]^{|}`", (int)ch)) escape = !raw_unsafe;
    else if (ch == '%') escape = !!(flags & WINHTTP_FLAG_ESCAPE_PERCENT);
    else escape = 0;
    if (escape) snprintf(out, sizeof out, "%%%02X", ch);
    else snprintf(out, sizeof out, "%c", (int)ch);
    return out;
}

static void escaping(DWORD flags) {
    int query;
    unsigned ch;
    for (query = 0; query < 2; query++)
        for (ch = 1; ch < 128; ch++) {
            WCHAR object[] = {'/', 'h', 'e', 'a', 'd', query ? '?' : '/', 'a', (WCHAR)ch, 'b', 0};
            char want[64], row[64];
            snprintf(row, sizeof row, "flags 0x%x, character 0x%02x in the %s", (unsigned)flags, ch, query ? "query" : "path");
            snprintf(want, sizeof want, "GET /head%ca%sb HTTP/1.1", query ? '?' : '/', escaped(ch, flags, query));
            EQ_TEXT(row, line_for(NULL, object, NULL, flags), want);
        }
}
static void escaping_by_default(void) { escaping(0); }
static void escaping_percent_too(void) { escaping(WINHTTP_FLAG_ESCAPE_PERCENT); }
static void escaping_disabled(void) { escaping(WINHTTP_FLAG_ESCAPE_DISABLE); }
static void escaping_disabled_in_the_query(void) { escaping(WINHTTP_FLAG_ESCAPE_DISABLE_QUERY); }

static void beyond_ascii_is_always_escaped_as_utf8(void) {
    static const DWORD flags[] = {0, WINHTTP_FLAG_ESCAPE_PERCENT, WINHTTP_FLAG_ESCAPE_DISABLE, WINHTTP_FLAG_ESCAPE_DISABLE_QUERY, WINHTTP_FLAG_NULL_CODEPAGE};
    static const WCHAR object[] = {'h', 'e', 'a', 'd', '/', 0x80, 0x4e2d, 0xd83d, 0xde00, '?', 0xe9, 0};
    size_t i;
    for (i = 0; i < 4; i++) EQ_STR(line_for(NULL, object, NULL, flags[i]), "GET /head/%C2%80%E4%B8%AD%F0%9F%98%80?%C3%A9 HTTP/1.1");
}

static void flags_of_a_request(void) {
    static const DWORD known[] = {WINHTTP_FLAG_SECURE, WINHTTP_FLAG_ESCAPE_PERCENT, WINHTTP_FLAG_NULL_CODEPAGE, WINHTTP_FLAG_ESCAPE_DISABLE, WINHTTP_FLAG_ESCAPE_DISABLE_QUERY, WINHTTP_FLAG_BYPASS_PROXY_CACHE, WINHTTP_FLAG_REFRESH, WINHTTP_FLAG_AUTOMATIC_CHUNKING};
    DWORD all = 0, bit;
    HINTERNET ses = h_open(0), con = WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0), req;
    size_t i;
    for (i = 0; i < sizeof known / sizeof *known; i++) {
        all |= known[i];
        SetLastError(0xdead);
        req = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, known[i]);
        EXPECT(req);
        EQ(GetLastError(), 0);
        WinHttpCloseHandle(req);
    }
    for (bit = 1; bit; bit <<= 1) {
        char row[32];
        if (bit & all) continue;
        snprintf(row, sizeof row, "flag 0x%x", (unsigned)bit);
        SetLastError(0xdead);
        req = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, bit);
        EQ_ROW(row, req, 0);
        EQ_ROW(row, GetLastError(), ERROR_INVALID_PARAMETER);
        if (req) WinHttpCloseHandle(req);
    }
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
}

/* ---- what the library adds ------------------------------------------------------------------- */

static void the_headers_of_a_plain_get(void) {
    conn c;
    char want[256];
    NEED(x_simple(&c, 0, "GET", "/head"));
    snprintf(want, sizeof want, "GET /head HTTP/1.1\r\nConnection: Keep-Alive\r\nUser-Agent: ctests/1.0\r\nHost: 127.0.0.1:%u\r\n\r\n", (unsigned)h_port("plain"));
    EQ_STR(seen(&c), want);
    h_finish(&c);
}

/* The same words in HTTP/1.0; other words when the program wants no more of the connection. */
static void the_connection_header(void) {
    DWORD off = WINHTTP_DISABLE_KEEP_ALIVE;
    conn c;
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), W("HTTP/1.0"), NULL, NULL, 0));
    EQ_STR(lines_of(seen(&c), "Connection"), "Keep-Alive");
    h_finish(&c);
    NEED(x_simple(&c, 0, "GET", "/head"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof off));
    EQ_STR(lines_of(seen(&c), "Connection"), "close");
    h_finish(&c);
    NEED(x_simple(&c, 0, "GET", "/head"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof off));
    EQ(add(c.req, "Connection: mine", ADD), 0);
    EQ_STR(lines_of(seen(&c), "Connection"), "mine");
    h_finish(&c);
}

static void the_referrer(void) {
    conn c;
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, W("http://example.org/from here"), NULL, 0));
    EXPECT(HAS(seen(&c), "Referer: http://example.org/from here"));
    h_finish(&c);
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, W("http://example.org/"), NULL, 0));
    EQ(add(c.req, "Referer: http://example.net/", ADD | REPLACE), 0);
    EQ_STR(lines_of(seen(&c), "Referer"), "http://example.net/");
    h_finish(&c);
}

static void accept_types(void) {
    LPCWSTR none[] = {NULL}, one[] = {W("text/html"), NULL}, three[] = {W("text/html"), W("image/*;q=0.5"), W("*/*"), NULL};
    conn c;
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, NULL, NULL, 0));
    EQ(x_lines(seen(&c), "Accept"), 0);
    h_finish(&c);
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, NULL, none, 0));
    EQ(x_lines(seen(&c), "Accept"), 0);
    h_finish(&c);
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, NULL, one, 0));
    EQ_STR(lines_of(seen(&c), "Accept"), "text/html");
    h_finish(&c);
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, NULL, three, 0));
    EQ_STR(lines_of(seen(&c), "Accept"), "text/html, image/*;q=0.5, */*");
    h_finish(&c);
}

static void bypassing_caches(void) {
    conn c;
    NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, NULL, NULL, WINHTTP_FLAG_BYPASS_PROXY_CACHE));
    seen(&c);
    EQ_STR(lines_of(head, "Cache-Control"), "no-cache");
    EQ_STR(lines_of(head, "Pragma"), "no-cache");
    h_finish(&c);
}

static void an_agent_of_nothing(void) {
    static const int empty[] = {0, 1};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        memset(&c, 0, sizeof c);
        c.ses = WinHttpOpen(empty[i] ? W("") : NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
        c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
        c.req = WinHttpOpenRequest(c.con, NULL, W("/head"), NULL, NULL, NULL, 0);
        NEED(c.req);
        EXPECT(x_starts(seen(&c), "GET"));
        EQ(x_lines(head, "User-Agent"), 0);
        h_finish(&c);
    }
}

/* What no byte stands for becomes a question mark: a program may be called anything. */
static void an_agent_of_any_letters(void) {
    static const WCHAR agent[] = {0x41f, 0x440, '/', 0xe9, 0x4e2d, 0xd83d, 0xde00, 0};
    conn c = {.ses = WinHttpOpen(agent, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0)};
    NEED(c.ses);
    NEED(c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0));
    NEED(x_next(&c, "GET", "/head", 0));
    EQ_STR(lines_of(seen(&c), "User-Agent"), "\?\?/\xe9\?\?");
    h_finish(&c);
}

static void the_host_header(void) {
    conn c;
    char want[64];
    memset(&c, 0, sizeof c);
    NEED(x_open(&c, 0, "tls", NULL, W("/head"), NULL, NULL, NULL, 0));
    snprintf(want, sizeof want, "localhost:%u", (unsigned)h_port("tls"));
    EQ_STR(lines_of(seen(&c), "Host"), want);
    h_finish(&c);
    /* One of the program's goes out in its place; the connection is where it was. */
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(add(c.req, "Host: example.org:1", ADD), 0);
    EQ_STR(lines_of(seen(&c), "Host"), "example.org:1");
    h_finish(&c);
}

/* Port 0 is the default of either scheme, so one connection serves both; 443 alone makes nothing secure. */
static void default_ports(void) {
    static const struct {
        INTERNET_PORT port;
        DWORD flags;
        const char *url;
    } rows[] = {{0, 0, "http://example.org/"}, {0, WINHTTP_FLAG_SECURE, "https://example.org/"}, {80, 0, "http://example.org/"}, {80, WINHTTP_FLAG_SECURE, "https://example.org:80/"},
                {443, 0, "http://example.org:443/"}, {443, WINHTTP_FLAG_SECURE, "https://example.org/"}, {8080, 0, "http://example.org:8080/"}, {65535, WINHTTP_FLAG_SECURE, "https://example.org:65535/"}};
    HINTERNET ses = h_open(0), con, req;
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        NEED(con = WinHttpConnect(ses, W("example.org"), rows[i].port, 0));
        NEED(req = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, rows[i].flags));
        EQ_STR(x_url(req), rows[i].url);
        WinHttpCloseHandle(req);
        NEED(req = WinHttpOpenRequest(con, NULL, NULL, NULL, NULL, NULL, rows[i].flags ^ WINHTTP_FLAG_SECURE));
        EXPECT(x_starts(x_url(req), rows[i].flags ? "http://" : "https://"));
        WinHttpCloseHandle(req);
        WinHttpCloseHandle(con);
    }
    WinHttpCloseHandle(ses);
}

/* The order of Windows 10 and 11, however the headers were added. */
static void the_order_of_the_headers(void) {
    static const char known[] =
        "Cache-Control: 1\r\nConnection: close\r\nDate: 2\r\nKeep-Alive: 3\r\nPragma: 4\r\nTrailer: 5\r\nUpgrade: 6\r\nVia: 7\r\nWarning: 8\r\nAllow: 9\r\n"
        "Content-Type: 10\r\nContent-Encoding: 11\r\nContent-Language: 12\r\nContent-Location: 13\r\nContent-MD5: 14\r\nContent-Range: 15\r\nExpires: 16\r\n"
        "Last-Modified: 17\r\nAccept: 18\r\nAccept-Charset: 19\r\nAccept-Encoding: 20\r\nAccept-Language: 21\r\nAuthorization: 22\r\nCookie: a=23\r\n"
        "Expect: 24\r\nFrom: 25\r\nIf-Match: 26\r\nIf-Modified-Since: 27\r\nIf-None-Match: 28\r\nIf-Range: 29\r\nIf-Unmodified-Since: 30\r\n"
        "Max-Forwards: 31\r\nProxy-Authorization: 32\r\nReferer: 33\r\nRange: 34\r\nTE: 35\r\nUser-Agent: 36\r\n";
    char reversed[2048], want[4096], work[2048], *lines[64];
    int n = 0, i;
    size_t at = 0;
    char *p;
    conn c;
    strcpy(work, known);
    for (p = work; *p; p += strlen(p) + 2) {
        lines[n++] = p;
        *strchr(p, '\r') = 0;
    }
    at += (size_t)snprintf(reversed + at, sizeof reversed - at, "X-First: 1\r\ntranslate: f\r\n");
    for (i = n; i-- > 0;) at += (size_t)snprintf(reversed + at, sizeof reversed - at, "%s\r\n", lines[i]);
    snprintf(reversed + at, sizeof reversed - at, "SOAPAction: x\r\nA-Last: 2");
    NEED(x_simple(&c, 0, "POST", "/head"));
    EQ(add(c.req, reversed, ADD), 0);
    snprintf(want, sizeof want, "POST /head HTTP/1.1\r\n%sX-First: 1\r\ntranslate: f\r\nSOAPAction: x\r\nA-Last: 2\r\nContent-Length: 0\r\nHost: 127.0.0.1:%u\r\n\r\n", known, (unsigned)h_port("plain"));
    EQ_STR(seen(&c), want);
    h_finish(&c);
}

static void the_order_of_transfer_encoding(void) {
    conn c;
    char want[512];
    NEED(x_simple(&c, 0, "POST", "/wire?chunked"));
    EQ(add(c.req, "X-A: 1\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nAccept: */*", ADD), 0);
    EQ(x_send(&c, 0, NULL, 0, NULL, 0, 0), 0);
    EQ(x_write(&c, 0, "0\r\n\r\n", 5, NULL), 0);
    EQ(x_receive(&c, 0), 0);
    EQ(x_body(&c, 0, head, sizeof head), 0);
    snprintf(want, sizeof want,
             "POST /wire?chunked HTTP/1.1\r\nConnection: Keep-Alive\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\nAccept: */*\r\nUser-Agent: ctests/1.0\r\n"
             "X-A: 1\r\nHost: 127.0.0.1:%u\r\n\r\n0\r\n\r\n",
             (unsigned)h_port("plain"));
    EQ_STR(head, want);
    h_finish(&c);
}

/* ---- WinHttpAddRequestHeaders ---------------------------------------------------------------- */

static void grammar_of_added_headers(void) {
    static const struct {
        const char *text;
        DWORD error;
        const char *name, *value;
    } rows[] = {
        {"X-A: value", 0, "X-A", "value"},
        {"X-A:value", 0, "X-A", "value"},
        {"X-A:    value", 0, "X-A", "value"},
        {"X-A:\tvalue", 0, "X-A", "value"},
        {"X-A:", 0, "X-A", ""},
        {"X-A: ", 0, "X-A", ""},
        {"X-A: a:b", 0, "X-A", "a:b"},
        {"X-A: value\r\n", 0, "X-A", "value"},
        {"X-A: value\n", 0, "X-A", "value"},
        {"X-A: value\r", 0, "X-A", "value"},
        {"X-A: value\n\r", 0, "X-A", "value"},
        {"X-A: value\r\n\r\n", 0, "X-A", "value"},
        {"!#$%&'*+-.^_`|~09azAZ: value", 0, "!#$%&'*+-.^_`|~09azAZ", "value"},
        {":", ERROR_INVALID_PARAMETER, NULL, NULL},
        {":b", ERROR_INVALID_PARAMETER, NULL, NULL},
        {": b", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"cd", ERROR_INVALID_PARAMETER, NULL, NULL},
        {" e :f", ERROR_INVALID_PARAMETER, NULL, NULL},
        {" e:f", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"e :f", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"a b: c", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"a\tb: c", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"a(b): c", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"a/b: c", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"a@b: c", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"X-A: 1\r\n folded", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"X-A: 1\r\nbad\r\nX-B: 2", ERROR_INVALID_PARAMETER, NULL, NULL},
        {"X-A: 1\r\n: 2", ERROR_INVALID_PARAMETER, NULL, NULL},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        NEED(x_simple(&c, 0, "GET", "/head"));
        EQ_ROW(rows[i].text, add(c.req, rows[i].text, ADD), rows[i].error);
        if (rows[i].name) {
            EQ_TEXT(rows[i].text, x_added(c.req, rows[i].name), rows[i].value);
            EQ_TEXT(rows[i].text, lines_of(seen(&c), rows[i].name), rows[i].value);
        } else {
            seen(&c);
            EQ_ROW(rows[i].text, x_lines(head, "bad"), 0);
        }
        h_finish(&c);
    }
}

static void any_run_of_cr_and_lf_separates(void) {
    static const char *const breaks[] = {"\r\n", "\n", "\r", "\n\r", "\n\n\n", "\r\r\r", "\r\n\r\n", "\r\r\n\n"};
    size_t i;
    for (i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        conn c;
        char text[64];
        NEED(x_simple(&c, 0, "GET", "/head"));
        snprintf(text, sizeof text, "X-A: one%sX-B: two", breaks[i]);
        EQ(add(c.req, text, ADD), 0);
        seen(&c);
        EQ_STR(lines_of(head, "X-A"), "one");
        EQ_STR(lines_of(head, "X-B"), "two");
        h_finish(&c);
    }
}

static void lengths_of_added_headers(void) {
    conn c;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EXPECT(!WinHttpAddRequestHeaders(c.req, NULL, 0, ADD));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpAddRequestHeaders(c.req, NULL, (DWORD)-1, ADD));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpAddRequestHeaders(c.req, NULL, 5, ADD));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpAddRequestHeaders(c.req, W("X-A: b"), 0, ADD));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(WinHttpAddRequestHeaders(c.req, W("X-B: one and more"), 8, ADD));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("X-C: 12\r\nX-D: 3"), 9, ADD));
    /* The length of a whole buffer: its text ends at the NUL, whatever is behind. */
    EXPECT(WinHttpAddRequestHeaders(c.req, W("X-E: 4\r\n\0\x1234 no header\0"), 22, ADD));
    EQ(x_send(&c, 0, W("X-F: 5\0: no header"), 18, NULL, 0, 0), 0);
    EQ(x_receive(&c, 0), 0);
    EQ(x_body(&c, 0, head, sizeof head), 0);
    EQ_STR(lines_of(head, "X-E"), "4");
    EQ_STR(lines_of(head, "X-F"), "5");
    EQ(x_lines(head, "X-A"), 0);
    EQ_STR(lines_of(head, "X-B"), "one");
    EQ_STR(lines_of(head, "X-C"), "12");
    EQ(x_lines(head, "X-D"), 0);
    h_finish(&c);
}

/* Each row goes on from the one before it. */
static void modifiers(void) {
    static const struct {
        const char *text;
        DWORD flags, error;
        const char *after; /* of W */
    } rows[] = {
        {"W: 0", REPLACE, 12150, ""},
        {"W:", REPLACE, 12150, ""},
        {"W: 1", ADD, 0, "1"},
        {"W: x", ADD_IF_NEW, 12155, "1"},
        {"w: 2", ADD, 0, "1 | 2"},
        {"W: 3", REPLACE, 0, "3 | 2"},
        {"W: 4", COALESCE, 0, "3, 4 | 2"},
        {"W: 5", WITH_COMMA, 0, "3, 4, 5 | 2"},
        {"W: 6", WITH_SEMICOLON, 0, "3, 4, 5; 6 | 2"},
        {"W: 4", ADD | REPLACE, 0, "4 | 2"},
        {"W:", REPLACE, 0, "2"},
        {"W:", ADD | REPLACE, 0, ""},
        {"W: 7", ADD | REPLACE, 0, "7"},
        {"W:", REPLACE, 0, ""},
        {"W: 8", ADD_IF_NEW, 0, "8"},
        {"W: 9", 0, 0, "8 | 9"},
        {"W: 5", REPLACE | COALESCE, 0, "5 | 9"},
        {"W:", REPLACE, 0, "9"},
        {"W:", REPLACE, 0, ""},
        {"W: a", COALESCE, 0, "a"},
        {"W:", REPLACE, 0, ""},
        {"W: b", WITH_SEMICOLON, 0, "b"},
        {"W:", REPLACE, 0, ""},
        {"W: c", 0, 0, "c"},
    };
    size_t i, k;
    conn c;
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char row[64];
        snprintf(row, sizeof row, "row %d, %s 0x%x", (int)i, rows[i].text, (unsigned)rows[i].flags);
        EQ_ROW(row, add(c.req, rows[i].text, rows[i].flags), rows[i].error);
        EQ_TEXT(row, values(c.req, "W"), rows[i].after);
    }
    h_finish(&c);
    /* The same on the wire: the first k rows and then the request. */
    for (k = 1; k <= sizeof rows / sizeof *rows; k++) {
        static char wire[2048];
        NEED(x_simple(&c, 0, "GET", "/head"));
        for (i = 0; i < k; i++) add(c.req, rows[i].text, rows[i].flags);
        snprintf(wire, sizeof wire, "%s", lines_of(seen(&c), "W"));
        if (x_lines(head, "w:")) snprintf(wire + strlen(wire), 64, "%s%s", *wire ? " | " : "", lines_of(head, "w"));
        {
            char row[32];
            snprintf(row, sizeof row, "wire after %d", (int)k);
            EQ_TEXT(row, wire, rows[k - 1].after);
        }
        h_finish(&c);
    }
}

static void replacing_line_by_line(void) {
    conn c;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(add(c.req, "A: 1\r\nB: 2\r\nA: 3", ADD), 0);
    EQ(add(c.req, "A: x\r\nB: y", REPLACE), 0);
    EQ_STR(values(c.req, "A"), "x | 3");
    EQ_STR(values(c.req, "B"), "y");
    EQ(add(c.req, "B: z\r\nNone: 1", REPLACE), 12150);
    EQ_STR(values(c.req, "None"), "");
    h_finish(&c);
}

static void a_stored_empty_header_by_add_or_replace(void) {
    conn c;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(add(c.req, "Empty:", ADD | REPLACE), 0);
    EQ_STR(values(c.req, "Empty"), "(empty)");
    EXPECT(x_lines(seen(&c), "Empty:") == 1);
    h_finish(&c);
}

static void names_keep_their_spelling(void) {
    conn c;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(add(c.req, "tRANSLATE: f\r\nconTENT-tYPE: x", ADD), 0);
    seen(&c);
    EXPECT(HAS(head, "tRANSLATE: f"));
    EXPECT(HAS(head, "conTENT-tYPE: x"));
    EQ_STR(x_added(c.req, "Translate"), "f");
    h_finish(&c);
}

static void the_programs_own_replace_automatic_ones(void) {
    static const char *const rows[] = {"Connection: close", "User-Agent: mine", "Host: example.org", "Accept: own/own", "Cookie: a=b", "Authorization: Bearer x",
                                       "Proxy-Connection: close", "Upgrade: h2c", "TE: trailers", "Expect: 100-continue", "Date: today", "Via: me", "Range: bytes=0-1", "Proxy-Authorization: Basic x"};
    LPCWSTR types[] = {W("text/html"), NULL};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(rows[i], ":"), rows[i]);
        NEED(x_open(&c, 0, "plain", NULL, W("/head"), NULL, NULL, types, 0));
        EQ_ROW(rows[i], add(c.req, rows[i], ADD), 0);
        EQ_TEXT(rows[i], lines_of(seen(&c), name), rows[i] + strlen(name) + 2);
        h_finish(&c);
    }
}

static void latin_1_values(void) {
    static const WCHAR latin[] = {'X', ':', ' ', 'a', 0xe9, 0xff, 'b', 0}, wide[] = {'X', ':', ' ', 0x100, 0}, cjk[] = {'X', ':', ' ', 0x4e2d, 0};
    const WCHAR *bad[] = {wide, cjk};
    conn c;
    int i;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EXPECT(WinHttpAddRequestHeaders(c.req, latin, (DWORD)-1, ADD));
    EQ_STR(lines_of(seen(&c), "X"), "a\xe9\xff" "b");
    h_finish(&c);
    for (i = 0; i < 2; i++) {
        DWORD error = 0;
        NEED(x_simple(&c, 0, "GET", "/head"));
        if (!WinHttpAddRequestHeaders(c.req, bad[i], (DWORD)-1, ADD)) error = GetLastError();
        else error = x_send(&c, 0, NULL, 0, NULL, 0, 0);
        EQ(error, ERROR_INVALID_PARAMETER);
        h_finish(&c);
    }
}

static void long_headers(void) {
    static WCHAR text[70100];
    static const unsigned sizes[] = {12000, 70000};
    conn c;
    unsigned k, i;
    for (k = 0; k < 2; k++) {
        DWORD error = 0;
        NEED(x_simple(&c, 0, "GET", "/head"));
        text[0] = 'X', text[1] = ':';
        for (i = 0; i < sizes[k]; i++) text[2 + i] = 'v';
        text[2 + i] = 0;
        if (!WinHttpAddRequestHeaders(c.req, text, (DWORD)-1, ADD)) error = GetLastError();
        else error = x_exchange(&c, 0);
        EQ(error, k ? ERROR_INVALID_PARAMETER : 0);
        if (!error) {
            const char *at;
            EQ(x_body(&c, 0, head, sizeof head), 0);
            at = strstr(head, "X: v");
            EXPECT(at && strspn(at + 3, "v") == sizes[0]);
        }
        h_finish(&c);
    }
}

static void the_head_by_query_before_and_after_the_send(void) {
    conn c;
    const DWORD raw = WINHTTP_QUERY_RAW_HEADERS_CRLF | WINHTTP_QUERY_FLAG_REQUEST_HEADERS;
    const char *text;
    NEED(x_simple(&c, 0, "POST", "/head"));
    EQ(add(c.req, "X-A: 1", ADD), 0);
    text = x_query(c.req, raw, NULL, NULL);
    EXPECT(x_starts(text, "POST /head HTTP/1.1\r\n"));
    EXPECT(HAS(text, "X-A: 1"));
    EXPECT(!strcmp(text + strlen(text) - 4, "\r\n\r\n"));
    EQ(x_lines(text, "Host"), 0);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_REQUEST_METHOD, NULL, NULL), "POST");
    EQ_STR(x_query(c.req, WINHTTP_QUERY_HOST | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, NULL), "12150");
    seen(&c);
    text = x_query(c.req, raw, NULL, NULL);
    EXPECT(x_starts(text, "POST /head HTTP/1.1\r\n"));
    EXPECT(!strcmp(text + strlen(text) - 4, "\r\n\r\n"));
    EXPECT(HAS(text, "X-A: 1"));
    EXPECT(HAS(text, "Content-Length: 0"));
    EXPECT(HAS(text, "User-Agent: ctests/1.0"));
    EXPECT(HAS(text, "Connection: Keep-Alive"));
    EQ(x_lines(text, "Host: 127.0.0.1:"), 1);
    h_finish(&c);
}

/* ---- WinHttpSendRequest ---------------------------------------------------------------------- */

static void the_headers_argument(int async) {
    static const struct {
        const char *text;
        DWORD length, error;
        const char *a, *b;
    } rows[] = {
        {NULL, 0, 0, "", ""},
        {"", 0, 0, "", ""},
        {"", (DWORD)-1, 0, "", ""},
        {"X-A: 1", (DWORD)-1, 0, "1", ""},
        {"X-A: 1", 0, 0, "1", ""},
        {"X-A: 123456", 8, 0, "123", ""},
        {"X-A: 1\rX-B: 2", (DWORD)-1, 0, "1", "2"},
        {"X-A: 1\r\n\r\nX-B: 2\r\n\r\n", 0, 0, "1", "2"},
        {"bad", (DWORD)-1, ERROR_INVALID_PARAMETER, "", ""},
        {"X-A: 1\r\nbad", (DWORD)-1, ERROR_INVALID_PARAMETER, "", ""},
        {"X-A : 1", (DWORD)-1, ERROR_INVALID_PARAMETER, "", ""},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        const char *row = rows[i].text ? rows[i].text : "(null)";
        NEED(x_simple(&c, async, "GET", "/head"));
        EQ_ROW(row, x_send(&c, async, rows[i].text ? h_wide(rows[i].text) : NULL, rows[i].length, NULL, 0, 0), rows[i].error);
        if (!rows[i].error) {
            EQ_ROW(row, x_receive(&c, async), 0);
            EQ_ROW(row, x_body(&c, async, head, sizeof head), 0);
            EQ_TEXT(row, lines_of(head, "X-A"), rows[i].a);
            EQ_TEXT(row, lines_of(head, "X-B"), rows[i].b);
        }
        h_finish(&c);
    }
}
BOTH(the_headers_argument)

/* Not looked at: it is NULL. */
static void a_length_of_null_headers(void) {
    static const DWORD lengths[] = {(DWORD)-1, 1, 100};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        DWORD error;
        NEED(x_simple(&c, 0, "GET", "/head"));
        error = x_send(&c, 0, NULL, lengths[i], NULL, 0, 0);
        EXPECT(error == 0 || error == ERROR_INVALID_PARAMETER);
        h_finish(&c);
    }
}

static void headers_of_the_send_replace_and_stay(void) {
    conn c;
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(add(c.req, "X-A: old", ADD), 0);
    EQ(x_send(&c, 0, W("X-A: new\r\nX-B: 2"), (DWORD)-1, NULL, 0, 0), 0);
    EQ(x_receive(&c, 0), 0);
    EQ(x_body(&c, 0, head, sizeof head), 0);
    EQ_STR(lines_of(head, "X-A"), "new");
    EQ_STR(values(c.req, "X-A"), "new");
    seen(&c);
    EQ_STR(lines_of(head, "X-A"), "new");
    EQ_STR(lines_of(head, "X-B"), "2");
    h_finish(&c);
}

static void which_framing_header_is_sent(int async) {
    static const struct {
        const char *verb, *headers;
        DWORD total;
        const char *length, *encoding;
    } rows[] = {
        {"GET", NULL, 0, "none", "none"},
        {"HEAD", NULL, 0, "none", "none"},
        {"OPTIONS", NULL, 0, "none", "none"},
        {"DELETE", NULL, 0, "none", "none"},
        {"TRACE", NULL, 0, "none", "none"},
        {"POST", NULL, 0, "0", "none"},
        {"PUT", NULL, 0, "0", "none"},
        {"PATCH", NULL, 0, "0", "none"},
        {"PROPFIND", NULL, 0, "0", "none"},
        {"MOVE", NULL, 0, "0", "none"},
        {"FROB", NULL, 0, "0", "none"},
        {"GET", NULL, 4, "4", "none"},
        {"DELETE", NULL, 4, "4", "none"},
        {"OPTIONS", NULL, 4, "4", "none"},
        {"POST", NULL, 4, "4", "none"},
        {"PUT", NULL, 4, "4", "none"},
        {"FROB", NULL, 4, "4", "none"},
        {"POST", "Content-Length: 4", 4, "4", "none"},
        {"GET", "Content-Length: 4", 4, "4", "none"},
        {"GET", "Content-Length: 0", 0, "0", "none"},
        {"POST", "Transfer-Encoding: chunked", 0, "none", "chunked"},
        {"GET", "Transfer-Encoding: chunked", 0, "none", "chunked"},
        {"PUT", "Transfer-Encoding: gzip, chunked", 0, "none", "gzip, chunked"},
        {"POST", "Content-Length: 4\r\nTransfer-Encoding: chunked", 0, "none", "chunked"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char row[96];
        snprintf(row, sizeof row, "%s with %s and %u", rows[i].verb, rows[i].headers ? rows[i].headers : "nothing", (unsigned)rows[i].total);
        NEED(x_simple(&c, async, rows[i].verb, "/framing"));
        EQ_ROW(row, x_send(&c, async, rows[i].headers ? h_wide(rows[i].headers) : NULL, (DWORD)-!!rows[i].headers, rows[i].total ? "body" : NULL, rows[i].total, rows[i].total), 0);
        EQ_ROW(row, x_receive(&c, async), 0);
        EQ_TEXT(row, x_header(c.req, "X-Length"), rows[i].length);
        EQ_TEXT(row, x_header(c.req, "X-Encoding"), rows[i].encoding);
        h_finish(&c);
    }
}
BOTH(which_framing_header_is_sent)

/* The server's view of head and body; what came after the blank line. */
static const char *wire_body(conn *c, int async) {
    const char *at;
    DWORD error = x_receive(c, async);
    if (!error) error = x_body(c, async, head, sizeof head);
    if (error) {
        snprintf(head, sizeof head, "(error %u)", (unsigned)error);
        return head;
    }
    at = strstr(head, "\r\n\r\n");
    return at ? at + 4 : "(no end of the head)";
}

static void a_body_in_the_send(int async) {
    static const char *const verbs[] = {"POST", "PUT", "GET", "DELETE", "FROB"};
    size_t i;
    for (i = 0; i < 5; i++) {
        conn c;
        NEED(x_simple(&c, async, verbs[i], "/wire?bytes=10"));
        EQ(x_send(&c, async, NULL, 0, "0123456789", 10, 10), 0);
        EQ_TEXT(verbs[i], wire_body(&c, async), "0123456789");
        EQ_STR(lines_of(head, "Content-Length"), "10");
        h_finish(&c);
    }
}
BOTH(a_body_in_the_send)

static void a_body_by_writes(int async) {
    conn c;
    DWORD n;
    NEED(x_simple(&c, async, "POST", "/wire?bytes=10"));
    EQ(x_write(&c, async, "x", 1, NULL), E_STATE);
    EQ(x_send(&c, async, NULL, 0, "0123", 4, 10), 0);
    n = 0xdead;
    EQ(x_write(&c, async, "456", 3, &n), 0);
    EQ(n, 3);
    /* More than was said: nothing of it goes out. */
    n = 0xdead;
    SetLastError(0);
    EXPECT(!WinHttpWriteData(c.req, "789a", 4, async ? NULL : &n));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EQ(n, 0xdead);
    n = 0xdead;
    EQ(x_write(&c, async, NULL, 0, &n), 0);
    EQ(n, 0);
    n = 0xdead;
    EQ(x_write(&c, async, "789", 3, &n), 0);
    EQ(n, 3);
    n = 0xdead;
    EXPECT(!WinHttpWriteData(c.req, "a", 1, async ? NULL : &n));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EQ(n, 0xdead);
    EQ_STR(wire_body(&c, async), "0123456789");
    EQ_STR(lines_of(head, "Content-Length"), "10");
    h_finish(&c);
}
BOTH(a_body_by_writes)

static void a_body_by_writes_alone(int async) {
    conn c;
    int i;
    NEED(x_simple(&c, async, "PUT", "/wire?bytes=100"));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 100), 0);
    for (i = 0; i < 50; i++) EQ(x_write(&c, async, "ab", 2, NULL), 0);
    EQ(strlen(wire_body(&c, async)), 100);
    h_finish(&c);
}
BOTH(a_body_by_writes_alone)

static void a_big_body_by_writes(int async) {
    static unsigned char data[100000];
    conn c;
    DWORD n;
    int i;
    size_t got;
    const char *body;
    h_pattern(data, sizeof data);
    NEED(x_simple(&c, async, "PUT", "/framing"));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 50 * sizeof data), 0);
    for (i = 0; i < 50; i++) {
        EQ(x_write(&c, async, data, sizeof data, &n), 0);
        EQ(n, sizeof data);
    }
    EQ(x_receive(&c, async), 0);
    EQ_STR(x_header(c.req, "X-Length"), "5000000");
    h_finish(&c);
    NEED(x_simple(&c, async, "PUT", "/wire?bytes=100000"));
    EQ(x_send(&c, async, NULL, 0, data, 30000, sizeof data), 0);
    EQ(x_write(&c, async, data + 30000, 70000, &n), 0);
    body = wire_body(&c, async);
    got = strlen(body);
    EQ(got, sizeof data);
    if (got == sizeof data) EXPECT(!memcmp(body, data, got));
    h_finish(&c);
}
BOTH(a_big_body_by_writes)

static void a_write_that_nothing_announced(int async) {
    conn c;
    DWORD n = 0xdead;
    NEED(x_simple(&c, async, "POST", "/framing"));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH), 0);
    EXPECT(!WinHttpWriteData(c.req, "x", 1, async ? NULL : &n));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EQ(n, 0xdead);
    EQ(x_receive(&c, async), 0);
    EQ_STR(x_header(c.req, "X-Length"), "0");
    /* And after the response. */
    EXPECT(!WinHttpWriteData(c.req, "x", 1, async ? NULL : &n));
    EXPECT(GetLastError() == ERROR_INVALID_PARAMETER || GetLastError() == E_STATE);
    EQ(n, 0xdead);
    h_finish(&c);
}
BOTH(a_write_that_nothing_announced)

static void bad_parameters_of_write(void) {
    conn c;
    DWORD n = 0xdead;
    NEED(x_simple(&c, 0, "POST", "/wire?bytes=2"));
    EQ(x_send(&c, 0, NULL, 0, NULL, 0, 2), 0);
    EXPECT(!WinHttpWriteData(c.req, NULL, 1, &n));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EQ(n, 0xdead);
    SetLastError(0xdead);
    EXPECT(WinHttpWriteData(c.req, "ok", 2, &n));
    EQ(GetLastError(), 0);
    EQ(n, 2);
    EQ_STR(wire_body(&c, 0), "ok");
    h_finish(&c);
}

/* The program frames; the library adds nothing, not even the last chunk. */
static void chunking_by_the_program(int async) {
    conn c;
    DWORD n;
    NEED(x_simple(&c, async, "POST", "/wire?chunked"));
    EQ(add(c.req, "Transfer-Encoding: chunked", ADD), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EQ(x_write(&c, async, "3\r\nabc\r\n", 8, &n), 0);
    EQ(n, 8);
    EQ(x_write(&c, async, "2\r\nde", 5, NULL), 0);
    EQ(x_write(&c, async, "\r\n0\r\n\r\n", 7, NULL), 0);
    EQ_STR(wire_body(&c, async), "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EQ(x_lines(head, "Content-Length"), 0);
    EQ_STR(lines_of(head, "Transfer-Encoding"), "chunked");
    h_finish(&c);
}
BOTH(chunking_by_the_program)

/* Optional data with a Transfer-Encoding go out as they are. */
static void chunking_by_the_program_in_the_send(int async) {
    static const char *const verbs[] = {"POST", "PUT"};
    int i;
    for (i = 0; i < 2; i++) {
        conn c;
        NEED(x_simple(&c, async, verbs[i], "/wire?bytes=4"));
        EQ(add(c.req, "Transfer-Encoding: chunked", ADD), 0);
        EQ(x_send(&c, async, NULL, 0, "post", 4, 4), 0);
        EQ_STR(wire_body(&c, async), "post");
        EQ(x_lines(head, "Content-Length"), 0);
        h_finish(&c);
    }
}
BOTH(chunking_by_the_program_in_the_send)

static void a_content_length_by_the_program(int async) {
    conn c;
    NEED(x_simple(&c, async, "POST", "/wire?bytes=10"));
    EQ(add(c.req, "Content-Length: 10", ADD), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH), 0);
    EQ(x_write(&c, async, "01234", 5, NULL), 0);
    EQ(x_write(&c, async, "56789", 5, NULL), 0);
    EQ_STR(wire_body(&c, async), "0123456789");
    EQ_STR(lines_of(head, "Content-Length"), "10");
    h_finish(&c);
    /* More than 32 bits. */
    NEED(x_simple(&c, async, "POST", "/wire?bytes=10"));
    EQ(add(c.req, "Content-Length: 5000000000", ADD), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EQ(x_write(&c, async, "01234", 5, NULL), 0);
    EQ(x_write(&c, async, "56789", 5, NULL), 0);
    EQ_STR(wire_body(&c, async), "0123456789");
    EQ_STR(lines_of(head, "Content-Length"), "5000000000");
    h_finish(&c);
}
BOTH(a_content_length_by_the_program)

/* The server waits for what does not come, and the client for the server. */
static void writing_less_than_announced(int async) {
    conn c;
    DWORD limit = 500;
    NEED(x_simple(&c, async, "POST", "/framing"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &limit, sizeof limit));
    EQ(x_send(&c, async, NULL, 0, "0123", 4, 10), 0);
    EQ(x_receive(&c, async), E_TIMEOUT);
    h_finish(&c);
}
BOTH(writing_less_than_announced)

/* Either is fine, and what is sent is consistent. */
static void optional_data_beyond_the_total(int async) {
    conn c;
    DWORD error;
    NEED(x_simple(&c, async, "POST", "/framing"));
    error = x_send(&c, async, NULL, 0, "0123456789", 10, 4);
    if (error) {
        EQ(error, ERROR_INVALID_PARAMETER);
    } else {
        EQ(x_receive(&c, async), 0);
        EXPECT(!strcmp(x_header(c.req, "X-Length"), "10") || !strcmp(x_header(c.req, "X-Length"), "4"));
    }
    h_finish(&c);
}
BOTH(optional_data_beyond_the_total)

/* The bytes of it; duplex.c has the rest. */
static void automatic_chunking(int async) {
    conn c;
    const char *at;
    DWORD feature = WINHTTP_FEATURE_FLAG_AUTOMATIC_CHUNKING;
    NEED(x_open(&c, async, "plain", W("POST"), W("/wire?chunked"), NULL, NULL, NULL, WINHTTP_FLAG_AUTOMATIC_CHUNKING));
    NEED(WinHttpSetOption(c.ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &feature, sizeof feature));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EQ(x_write(&c, async, "hello", 5, NULL), 0);
    EQ(x_write(&c, async, ", world", 7, NULL), 0);
    EQ(x_write(&c, async, NULL, 0, NULL), 0);
    at = wire_body(&c, async);
    EQ_STR(at, "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n");
    EQ_STR(lines_of(head, "Transfer-Encoding"), "chunked");
    h_finish(&c);
}
BOTH(automatic_chunking)

/* Its end comes after that of the send. */
static void receiving_before_the_send_is_over(void) {
    conn c;
    int i;
    for (i = 0; i < 50; i++) {
        NEED(x_simple(&c, 1, "GET", "/status/200"));
        EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
        EXPECT(WinHttpReceiveResponse(c.req, NULL));
        EXPECT(rec_wait(c.rec, c.req, STATUS(HEADERS_AVAILABLE)));
        EQ(rec_count(c.rec, c.req, STATUS(SENDREQUEST_COMPLETE)), 1);
        EQ(rec_count(c.rec, c.req, STATUS(REQUEST_ERROR)), 0);
        EQ(h_status(c.req), 200);
        h_finish(&c);
    }
}

/* And again afterwards: the handle is none the worse. */
static void a_send_that_fails(int async) {
    conn c;
    int i;
    NEED(x_open(&c, async, "refused", NULL, W("/"), NULL, NULL, NULL, 0));
    for (i = 0; i < 2; i++) {
        EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 12029);
        EQ(x_receive(&c, async), E_STATE);
        EQ_STR(x_query(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL), "12019");
    }
    h_finish(&c);
}
BOTH(a_send_that_fails)

/* No waiting for a 100, whatever the header says. */
static void expecting_100_continue(int async) {
    conn c;
    uint64_t start = h_ms();
    NEED(x_simple(&c, async, "POST", "/wire?bytes=4"));
    EQ(add(c.req, "Expect: 100-continue", ADD), 0);
    EQ(x_send(&c, async, NULL, 0, "body", 4, 4), 0);
    EQ_STR(wire_body(&c, async), "body");
    EQ_STR(lines_of(head, "Expect"), "100-continue");
    EXPECT(h_ms() - start < 5000);
    h_finish(&c);
    NEED(x_simple(&c, async, "GET", "/wire"));
    EQ(add(c.req, "Expect: 100-continue", ADD), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EQ_STR(wire_body(&c, async), "");
    EQ_STR(lines_of(head, "Expect"), "100-continue");
    h_finish(&c);
}
BOTH(expecting_100_continue)

/* The server answers and goes; what is written then goes nowhere, sooner or later. */
static void writing_to_a_server_that_has_gone(int async) {
    static char data[65536];
    char path[256];
    const char *raw = "HTTP/1.1 413 Too much\r\nContent-Length: 0\r\n\r\n";
    conn c;
    DWORD error = 0;
    int i;
    snprintf(path, sizeof path, "/answer/%s?then=close", x_hex(raw, strlen(raw)));
    NEED(x_simple(&c, async, "POST", path));
    EQ(add(c.req, "Transfer-Encoding: chunked", ADD), 0);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    for (i = 0; i < 2000 && !error; i++) error = x_write(&c, async, data, sizeof data, NULL);
    EQ(error, E_CONNECTION);
    EQ(x_receive(&c, async), E_STATE);
    h_finish(&c);
}
BOTH(writing_to_a_server_that_has_gone)

static DWORD_PTR context_of(HINTERNET req) {
    DWORD_PTR value = 0x5a;
    DWORD size = sizeof value;
    EXPECT(WinHttpQueryOption(req, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size));
    return value;
}

static void the_context_of_a_send(void) {
    conn c;
    recorder *other;
    DWORD_PTR context;
    NEED(x_simple(&c, 0, "GET", "/head"));
    other = rec_new();
    EQ(context_of(c.req), c.rec);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(context_of(c.req), c.rec);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    context = (DWORD_PTR)other;
    rec_clear(c.rec);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, context));
    EQ(context_of(c.req), context);
    /* From the first notice of the send on. */
    EQ(rec_count(c.rec, c.req, 0xffffffff), 0);
    EXPECT(rec_count(other, c.req, STATUS(REQUEST_SENT)) > 0);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(context_of(c.req), context);
    context = (DWORD_PTR)c.rec;
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context));
    h_finish(&c);
}

/* The same handle once more: the headers stay, the body is the new one. */
static void sending_again(int async) {
    conn c;
    int i;
    NEED(x_simple(&c, async, "POST", "/wire?bytes=4"));
    EQ(add(c.req, "X-A: 1", ADD), 0);
    for (i = 0; i < 3; i++) {
        char body[8];
        snprintf(body, sizeof body, "no %d", i);
        EQ(x_send(&c, async, NULL, 0, body, 4, 4), 0);
        EQ_STR(wire_body(&c, async), body);
        EQ_STR(lines_of(head, "X-A"), "1");
        EQ_STR(lines_of(head, "Content-Length"), "4");
        EQ_STR(lines_of(head, "Connection"), "Keep-Alive");
    }
    h_finish(&c);
}
BOTH(sending_again)

/* The URL of a request to this server: what the name became. */
static const char *url_of(LPCWSTR name) {
    conn c = {.ses = h_open(0)};
    const char *url = "";
    c.con = WinHttpConnect(c.ses, name, 0, 0);
    if (c.con) c.req = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0);
    else EQ(GetLastError(), ERROR_WINHTTP_INVALID_URL);
    if (c.req) url = x_url(c.req);
    h_finish(&c);
    return url;
}

static void international_names_become_punycode(void) {
    WCHAR label[80];
    size_t i;
    EQ_STR(url_of(W("b\xfc" "cher.example")), "http://xn--bcher-kva.example/");
    EQ_STR(url_of(W("B\xdc" "CHER.Example")), "http://xn--bcher-kva.example/");
    EQ_STR(url_of(W("\x65e5\x672c\x8a9e.\x30c6\x30b9\x30c8")), "http://xn--wgv71a119e.xn--zckzah/");
    EQ_STR(url_of(W("xn--bcher-kva.example")), "http://xn--bcher-kva.example/");
    /* Letters of full width, and the full stop that goes with them. */
    EQ_STR(url_of(W("\xff45\xff58.a\x3002" "b")), "http://ex.a.b/");
    for (i = 0; i < 79; i++) label[i] = 0xe9;
    label[79] = 0;
    EQ_STR(url_of(label), "");
    EQ_STR(url_of(W("b\xfc" "cher..example")), "");
    EQ_STR(url_of(W("b\xfc" "cher.example/")), "");
    EQ_STR(url_of(W("b\xfc" "cher.example:80")), "");
    EQ_STR(url_of(W("b\xfc" "cher example")), "");
    EQ_STR(url_of(W("a@b\xfc" "cher.example")), "");
    EQ_STR(url_of(W("[\xfc]")), "");
    label[0] = 0xd800; /* half a character */
    label[1] = 0;
    EQ_STR(url_of(label), "");
}

/* The wire and the resolver see the ASCII form. */
static void an_international_name_is_resolved(void) {
    recorder *r = rec_new();
    conn c = {.rec = r, .ses = h_open(0)};
    h_record e;
    h_record_all(c.ses, r);
    c.con = WinHttpConnect(c.ses, W("\xff4cocalhost"), h_port("plain"), 0);
    NEED(c.con);
    c.req = WinHttpOpenRequest(c.con, NULL, W("/status/204"), NULL, NULL, NULL, 0);
    EQ(h_exchange(&c, 0), 0);
    EQ(h_status(c.req), 204);
    EXPECT(rec_wait_nth(r, c.req, WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, 1, 0, &e));
    h_finish(&c);
}

TESTS {
    CASE(verbs_and_versions);
    CASE(bad_verbs_and_versions);
    CASE(line_ends_in_texts);
    CASE(object_names);
    CASE(escaping_by_default);
    CASE(escaping_percent_too);
    CASE(escaping_disabled);
    CASE(escaping_disabled_in_the_query);
    CASE(beyond_ascii_is_always_escaped_as_utf8);
    CASE(flags_of_a_request);
    CASE(the_headers_of_a_plain_get);
    CASE(the_connection_header);
    CASE(the_referrer);
    CASE(accept_types);
    CASE(bypassing_caches);
    CASE(an_agent_of_nothing);
    CASE(an_agent_of_any_letters);
    CASE(the_host_header);
    CASE(default_ports);
    CASE(international_names_become_punycode);
    CASE(an_international_name_is_resolved);
    CASE(the_order_of_the_headers);
    CASE(the_order_of_transfer_encoding);
    CASE(grammar_of_added_headers);
    CASE(any_run_of_cr_and_lf_separates);
    CASE(lengths_of_added_headers);
    CASE(modifiers);
    CASE(replacing_line_by_line);
    CASE(a_stored_empty_header_by_add_or_replace);
    CASE(names_keep_their_spelling);
    CASE(the_programs_own_replace_automatic_ones);
    CASE(latin_1_values);
    CASE(long_headers);
    CASE(the_head_by_query_before_and_after_the_send);
    CASE2(the_headers_argument);
    CASE(a_length_of_null_headers);
    CASE(headers_of_the_send_replace_and_stay);
    CASE2(which_framing_header_is_sent);
    CASE2(a_body_in_the_send);
    CASE2(a_body_by_writes);
    CASE2(a_body_by_writes_alone);
    CASE2(a_big_body_by_writes);
    CASE2(a_write_that_nothing_announced);
    CASE(bad_parameters_of_write);
    CASE2(chunking_by_the_program);
    CASE2(chunking_by_the_program_in_the_send);
    CASE2(a_content_length_by_the_program);
    CASE2(writing_less_than_announced);
    CASE2(optional_data_beyond_the_total);
    CASE2(automatic_chunking);
    CASE(receiving_before_the_send_is_over);
    CASE2(a_send_that_fails);
    CASE2(expecting_100_continue);
    CASE2(writing_to_a_server_that_has_gone);
    CASE(the_context_of_a_send);
    CASE2(sending_again);
}
END_TESTS
