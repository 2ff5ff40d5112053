/* Responses: status lines and headers, queries, bodies and their ends, interim responses, redirects. */
#include "http.h"

#define E_REDIRECT 12156
#define E_RESEND 12032
#define E_HEADER_SIZE 12182
#define E_CHUNK_HEADER 12183

static char body[1 << 16];

/* A request to which the server answers exactly this; `how` is the rest of the query, "then=close" say. */
static int answered(conn *c, int async, const char *verb, const char *raw, const char *how) {
    char path[4096];
    snprintf(path, sizeof path, "/answer/%s?%s", x_hex(raw, strlen(raw)), how);
    return x_simple(c, async, verb, path);
}

/* The same, exchanged. */
static DWORD answer(conn *c, int async, const char *raw, const char *how) {
    if (!answered(c, async, "GET", raw, how)) return 99999;
    return x_exchange(c, async);
}

static void set_dword(HINTERNET h, DWORD option, DWORD value) { EXPECT(WinHttpSetOption(h, option, &value, sizeof value)); }

/* Text with its controls visible. */
static const char *shown(const char *text) {
    static char pool[8][512];
    static unsigned next;
    char *to = pool[next++ % 8];
    size_t n = 0;
    for (; *text && n < 500; text++)
        n += (size_t)((unsigned char)*text >= 32 ? snprintf(to + n, 512 - n, "%c", *text) : snprintf(to + n, 512 - n, "<%x>", (unsigned char)*text));
    to[n] = 0;
    return to;
}

/* ---- the head -------------------------------------------------------------------------------- */

static void accepted_status_lines(int async) {
    static const struct {
        const char *line, *text, *version;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\n", "OK", "HTTP/1.1"},
        {"HTTP/1.0 200 OK\r\n", "OK", "HTTP/1.0"},
        {"HTTP/1.2 200 OK\r\n", "OK", NULL},
        {"HTTP/1.7 200 OK\r\n", "OK", NULL},
        {"HTTP/1.1 200\r\n", "", "HTTP/1.1"},
        {"HTTP/1.1 200 \r\n", "", "HTTP/1.1"},
        {"HTTP/1.1  200  OK\r\n", "OK", "HTTP/1.1"},
        {"HTTP/1.1 200      Something\r\n", "Something", "HTTP/1.1"},
        {"HTTP/1.1 200 Some thing else \r\n", "Some thing else", "HTTP/1.1"},
        {"HTTP/1.1 200 O\tK\r\n", "O\tK", "HTTP/1.1"},
        {"HTTP/1.1\t200 OK\r\n", "OK", "HTTP/1.1"},
        {"HTTP/1.1 200\tOK\r\n", "OK", "HTTP/1.1"},
        {"HTTP/1.1 200\t\r\n", "", "HTTP/1.1"},
        {"HTTP/1.1 200 O\n", "O", "HTTP/1.1"},
        {"HTTP/1.1 200\n", "", "HTTP/1.1"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[256];
        const char *row = shown(rows[i].line);
        snprintf(raw, sizeof raw, "%sContent-Length: 2\r\n\r\nok", rows[i].line);
        EQ_ROW(row, answer(&c, async, raw, ""), 0);
        EQ_ROW(row, h_status(c.req), 200);
        EQ_TEXT(row, x_query(c.req, WINHTTP_QUERY_STATUS_TEXT, NULL, NULL), rows[i].text);
        if (rows[i].version) EQ_TEXT(row, x_query(c.req, WINHTTP_QUERY_VERSION, NULL, NULL), rows[i].version);
        else EXPECT(strcmp(x_query(c.req, WINHTTP_QUERY_VERSION, NULL, NULL), "HTTP/1.0"));
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EQ_TEXT(row, body, "ok");
        h_finish(&c);
    }
}
BOTH(accepted_status_lines)

static void every_class_of_status(void) {
    static const int codes[] = {200, 201, 206, 299, 305, 306, 345, 400, 401, 404, 407, 500, 599, 600, 999};
    size_t i;
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        conn c;
        char raw[128], want[8];
        snprintf(raw, sizeof raw, "HTTP/1.1 %d Some\r\nContent-Length: 2\r\n\r\nok", codes[i]);
        snprintf(want, sizeof want, "%d", codes[i]);
        EQ_ROW(raw, answer(&c, 0, raw, ""), 0);
        EQ_ROW(raw, h_status(c.req), codes[i]);
        EQ_STR(x_query(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL), want);
        EQ_ROW(raw, x_body(&c, 0, body, sizeof body), 0);
        EQ_TEXT(raw, body, "ok");
        h_finish(&c);
    }
}

static void rejected_status_lines(int async) {
    static const char *const rows[] = {
        "just text\r\n\r\n", "<html>no head</html>", "HTTP/0.9 200 OK", "HTTP/0.1 200 OK", "HTTP/2.0 200 OK", "HTTP/2.1 200 OK", "HTTP/3.0 200 OK", "HTTP/3.5 200 OK",
        "HTTP/4.2 200 OK", "HTTP/12.1 200 OK", "HTTP/1.12 200 OK", "HTTP/1.A 200 OK", "HTTP/A.1 200 OK", "HTTP/X.Y.Z 200 OK", "HTTP/1.1 23 OK", "HTTP/1.1 99 OK", "HTTP/1.1 1000 OK",
        "HTTP/1.1 2345 OK", "HTTP/1.1 20c OK", "HTTP/1.1 2bc OK", "HTTP/1.1 !11 OK", "HTTP/1.1 abc OK", "HTTP/1.1 200OK", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1\t", "NOTHTTP/1.1 200 OK",
        "ABCD/1.1 200 OK", "HTTP 1.1 200 OK", "HTTP\\1.1 200 OK", "HTTP/1.1 200 O\rK", "http/1.1", "HTTP/1.1 -20 OK", "HTTP/1.1 +20 OK", "HTTP/1.1200 OK",
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[256];
        snprintf(raw, sizeof raw, "%s\r\nContent-Length: 2\r\n\r\nok", rows[i]);
        EQ_ROW(shown(rows[i]), answer(&c, async, raw, ""), E_INVALID_RESPONSE);
        EQ_ROW(shown(rows[i]), h_status(c.req), 0);
        h_finish(&c);
    }
}
BOTH(rejected_status_lines)

static void accepted_header_lines(void) {
    static const struct {
        const char *lines, *name, *value;
    } rows[] = {
        {"X-A: value\r\n", "X-A", "value"},
        {"X-A:value\r\n", "X-A", "value"},
        {"X-A: value\n", "X-A", "value"},
        {"X-A  :   value  \r\n", "X-A", "value"},
        {"X-A\t:\tvalue\t\r\n", "X-A", "value"},
        {"X-A:\r\n", "X-A", ""},
        {"X-A:   \r\n", "X-A", ""},
        {"X-A: a:b: c\r\n", "X-A", "a:b: c"},
        {"X-A: one\r\n two\r\n", "X-A", "one two"},
        {"X-A: one\r\n\ttwo\r\n", "X-A", "one two"},
        {"X-A:\r\n one\r\n", "X-A", "one"},
        {"X-A: one\n two\n three\n", "X-A", "one two three"},
        {"x-a: lower\r\n", "X-A", "lower"},
        {"X-A: \xe9\xff\r\n", "X-A", "\xe9\xff"},
        {"!#$%&'*+-.^_`|~: value\r\n", "!#$%&'*+-.^_`|~", "value"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[256];
        const char *row = shown(rows[i].lines), *value;
        snprintf(raw, sizeof raw, "HTTP/1.1 200 OK\r\n%sContent-Length: 2\r\n\r\nok", rows[i].lines);
        EQ_ROW(row, answer(&c, 0, raw, ""), 0);
        value = x_header(c.req, rows[i].name);
        /* How a fold's blanks are joined is not said; one blank at least. */
        if (strchr(rows[i].value, ' ') && strpbrk(value, " \t")) {
            static char one[256];
            size_t n = 0;
            for (; *value; value++)
                if (*value != ' ' && *value != '\t') one[n++] = *value;
                else if (n && one[n - 1] != ' ') one[n++] = ' ';
            one[n] = 0;
            value = one;
        }
        EQ_TEXT(row, value, rows[i].value);
        EQ_ROW(row, x_body(&c, 0, body, sizeof body), 0);
        EQ_TEXT(row, body, "ok");
        h_finish(&c);
    }
}

static void rejected_header_lines(int async) {
    static const char *const rows[] = {"nocolon", "no colon", "Content-Length      ", ":", ": value", "a b: c", "a(b): c", "a/b: c", "a\"b: c", "X\x01Y: c", "X\xe9: c"};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[256];
        snprintf(raw, sizeof raw, "HTTP/1.1 200 OK\r\nX-Before: 1\r\n%s\r\nContent-Length: 2\r\n\r\nok", rows[i]);
        EQ_ROW(shown(rows[i]), answer(&c, async, raw, ""), E_INVALID_RESPONSE);
        h_finish(&c);
    }
}
BOTH(rejected_header_lines)

static void the_header_size_limit(int async) {
    static const struct {
        DWORD limit, size;
        int lines;
    } rows[] = {{0, 65536, 0}, {0, 65536, 1}, {1024, 1024, 0}, {1024, 1024, 1}, {31 * 1024, 31 * 1024, 0}, {65536, 65536, 1}, {131072, 131072, 0}, {131072, 131072, 1}};
    size_t i;
    int over;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        for (over = 0; over < 2; over++) {
            conn c;
            char path[64], row[64];
            DWORD error;
            snprintf(path, sizeof path, "/header-size/%u%s", (unsigned)rows[i].size + (unsigned)over, rows[i].lines ? "?lines" : "");
            snprintf(row, sizeof row, "limit %u, %s", (unsigned)rows[i].limit, path);
            NEED(x_simple(&c, async, "GET", path));
            if (rows[i].limit) set_dword(c.req, WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, rows[i].limit);
            error = x_exchange(&c, async);
            if (error != E_INVALID_RESPONSE || !over) EQ_ROW(row, error, over ? E_HEADER_SIZE : 0);
            if (!error) {
                EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
                EQ_TEXT(row, body, "ok");
            }
            h_finish(&c);
        }
}
BOTH(the_header_size_limit)

static void how_many_headers(int async) {
    int over;
    for (over = 0; over < 2; over++) {
        conn c;
        NEED(x_simple(&c, async, "GET", over ? "/header-count/4097" : "/header-count/4096"));
        EQ(x_exchange(&c, async), over ? 12181 : 0);
        if (!over) {
            EQ(x_body(&c, async, body, sizeof body), 0);
            EQ_STR(body, "ok");
        }
        h_finish(&c);
    }
}
BOTH(how_many_headers)

/* Without waiting for its end, which does not come. */
static void an_endless_header(int async) {
    static const char *const starts[] = {"HTTP/1.1 200 OK\r\nX-Long: ", "HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nName-", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Long: "};
    size_t i;
    for (i = 0; i < 4; i++) {
        conn c;
        uint64_t start = h_ms();
        DWORD error = answer(&c, async, starts[i], "pad=70000");
        if (error != E_INVALID_RESPONSE) EQ_ROW(shown(starts[i]), error, E_HEADER_SIZE);
        EXPECT(h_ms() - start < 5000);
        h_finish(&c);
    }
}
BOTH(an_endless_header)

static void interim_heads_count_separately(void) {
    conn c;
    NEED(answered(&c, 0, "GET", "HTTP/1.1 103 Hints\r\nX-Some: 0123456789012345678901234567890123456789\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Some: 0123456789\r\n\r\nok", ""));
    set_dword(c.req, WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, 80);
    EQ(x_exchange(&c, 0), 0);
    h_finish(&c);
}

static void a_head_that_does_not_end(int async) {
    static const char *const rows[] = {"", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "HTTP/1.1 100 Continue\r\n\r\n"};
    static const char *const ends[] = {"then=close", "then=reset"};
    size_t i;
    for (i = 0; i < 10; i++) {
        conn c;
        EQ_ROW(shown(rows[i / 2]), answer(&c, async, rows[i / 2], ends[i % 2]), E_CONNECTION);
        h_finish(&c);
    }
}
BOTH(a_head_that_does_not_end)

/* ---- queries --------------------------------------------------------------------------------- */

static const char queried[] =
    "HTTP/1.1 200 Fine so far\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nX-Number: 42\r\nVia: one\r\nSet-Cookie: b=2\r\n"
    "x-MIXED: Case\r\nSet-Cookie: c=3\r\nX-Big: 5000000000\r\nX-Empty:\r\nLast-Modified: Mon, 28 Jul 2008 10:05:52 GMT\r\n\r\nok";

static DWORD query(HINTERNET req, DWORD level, LPCWSTR name, void *to, DWORD *size, DWORD *index) {
    SetLastError(0xdead);
    if (!WinHttpQueryHeaders(req, level, name, to, size, index)) return GetLastError();
    if (GetLastError()) FAIL("last error %u after success", (unsigned)GetLastError());
    return 0;
}

static void buffers_of_queries(void) {
    conn c;
    WCHAR to[64];
    DWORD size, index, i;
    EQ(answer(&c, 0, queried, ""), 0);
    size = sizeof to;
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_TYPE, NULL, to, &size, NULL), 0);
    EQ(size, 20);
    EQ(to[10], 0);
    for (i = 0; i <= 20; i++) {
        index = 0;
        size = i;
        memset(to, 0x5a, sizeof to);
        EQ(query(c.req, WINHTTP_QUERY_CONTENT_TYPE, NULL, to, &size, &index), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, 22);
        EQ(index, 0);
        EQ(to[0], 0x5a5a);
    }
    index = 0;
    size = 22;
    memset(to, 0x5a, sizeof to);
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_TYPE, NULL, to, &size, &index), 0);
    EQ(size, 20);
    EQ(index, 1);
    EQ(to[10], 0);
    EQ(to[11], 0x5a5a);
    /* NULL asks for the size, whatever length comes with it. */
    for (i = 0; i < 2000; i += 500) {
        size = i;
        index = 0;
        EQ(query(c.req, WINHTTP_QUERY_CONTENT_TYPE, NULL, NULL, &size, &index), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, 22);
        EQ(index, 0);
    }
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_TYPE, NULL, to, NULL, NULL), ERROR_INVALID_PARAMETER);
    memset(to, 0x5a, sizeof to);
    size = sizeof to;
    EQ(query(c.req, WINHTTP_QUERY_ORIG_URI, NULL, to, &size, NULL), 12150);
    EQ(to[0], 0x5a5a);
    size = sizeof to;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM, W("X-Empty"), to, &size, NULL), 0);
    EQ(size, 0);
    EQ(to[0], 0);
    h_finish(&c);
}

static void names_of_queries(void) {
    conn c;
    WCHAR to[64];
    DWORD size = sizeof to;
    EQ(answer(&c, 0, queried, ""), 0);
    EQ_STR(x_header(c.req, "x-mixed"), "Case");
    EQ_STR(x_header(c.req, "X-MIXED"), "Case");
    EQ_STR(x_header(c.req, "x-mixe"), "12150");
    EQ_STR(x_header(c.req, "Content-Type"), "text/plain");
    /* Only CUSTOM looks at the name. */
    EQ_STR(x_query(c.req, WINHTTP_QUERY_CONTENT_TYPE, "Set-Cookie", NULL), "text/plain");
    EQ_STR(x_query(c.req, WINHTTP_QUERY_STATUS_TEXT, "nonsense", NULL), "Fine so far");
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM, NULL, to, &size, NULL), ERROR_INVALID_PARAMETER);
    size = sizeof to;
    EQ(query(c.req, WINHTTP_QUERY_MAX + 1, NULL, to, &size, NULL), ERROR_INVALID_PARAMETER);
    h_finish(&c);
}

static void indices_of_queries(void) {
    conn c;
    WCHAR to[512];
    DWORD index = 0, size;
    EQ(answer(&c, 0, queried, ""), 0);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_SET_COOKIE, NULL, NULL), "a=1");
    EQ_STR(x_query(c.req, WINHTTP_QUERY_SET_COOKIE, NULL, &index), "a=1");
    EQ(index, 1);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_SET_COOKIE, NULL, &index), "b=2");
    EQ(index, 2);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_CUSTOM, "set-cookie", &index), "c=3");
    EQ(index, 3);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_SET_COOKIE, NULL, &index), "12150");
    EQ(index, 3);
    index = 1;
    EQ_STR(x_query(c.req, WINHTTP_QUERY_CONTENT_TYPE, NULL, &index), "12150");
    EQ(index, 1);
    index = 0;
    size = sizeof to;
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, to, &size, &index), 0);
    EQ(index, 0);
    size = sizeof to;
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, NULL, to, &size, &index), 0);
    EQ(index, 0);
    h_finish(&c);
}

static void numbers_of_queries(void) {
    conn c;
    struct {
        DWORD number, after;
    } to = {0xdead, 0xbeef};
    uint64_t big = 0x5a5a;
    SYSTEMTIME time;
    DWORD size, index = 0;
    EQ(answer(&c, 0, queried, ""), 0);
    size = 4;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER, W("X-Number"), &to, &size, &index), 0);
    EQ(to.number, 42);
    EQ(size, 4);
    EQ(index, 1);
    size = 8;
    index = 0;
    EQ(query(c.req, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &to, &size, NULL), 0);
    EQ(to.number, 200);
    EQ(to.after, 0xbeef);
    EQ(size, 4);
    to.number = 0xdead;
    size = 3;
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER, NULL, &to, &size, NULL), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 4);
    size = 0;
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER, NULL, NULL, &size, NULL), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 4);
    EQ(to.number, 0xdead);
    size = 4;
    EQ(query(c.req, WINHTTP_QUERY_AGE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &to, &size, NULL), 12150);
    EQ(to.number, 0xdead);
    size = 8;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER64, W("X-Big"), &big, &size, NULL), 0);
    EQ(size, 8);
    EXPECT(big == 5000000000u);
    size = 4;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER64, W("X-Big"), &big, &size, NULL), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 8);
    /* What is no number, or too large a one; what is no date; two of them at once. */
    size = 4;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER, W("x-MIXED"), &to, &size, NULL), 12154);
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER, W("X-Big"), &to, &size, NULL), 12154);
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER, W("X-Empty"), &to, &size, NULL), 12154);
    EQ(to.number, 0xdead);
    EQ(size, 4);
    size = 8;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_NUMBER64, W("x-MIXED"), &big, &size, NULL), 12154);
    EXPECT(big == 5000000000u);
    size = sizeof time;
    EQ(query(c.req, WINHTTP_QUERY_LAST_MODIFIED | WINHTTP_QUERY_FLAG_SYSTEMTIME, NULL, &time, &size, NULL), 0);
    EXPECT(size == sizeof time && time.wYear == 2008 && time.wMonth == 7 && time.wDay == 28 && time.wSecond == 52);
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_TYPE | WINHTTP_QUERY_FLAG_SYSTEMTIME, NULL, &time, &size, NULL), 12154);
    EXPECT(size == sizeof time && time.wYear == 2008);
    EQ(query(c.req, WINHTTP_QUERY_AGE | WINHTTP_QUERY_FLAG_SYSTEMTIME, NULL, &time, &size, NULL), 12150);
    size = sizeof time - 1;
    EQ(query(c.req, WINHTTP_QUERY_LAST_MODIFIED | WINHTTP_QUERY_FLAG_SYSTEMTIME, NULL, &time, &size, NULL), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, sizeof time);
    EQ(query(c.req, WINHTTP_QUERY_LAST_MODIFIED | WINHTTP_QUERY_FLAG_SYSTEMTIME | WINHTTP_QUERY_FLAG_NUMBER, NULL, &time, &size, NULL), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_LENGTH | 0x00010000, NULL, &time, &size, NULL), ERROR_INVALID_PARAMETER);
    h_finish(&c);
}

static const char *const level_names[] = {
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-ID", "Content-Description", "Content-Length", "Content-Language",
        "Allow", "Public", "Date", "Expires", "Last-Modified", "Message-ID", "URI", "Derived-From", "Cost", "Link", "Pragma", NULL, NULL, NULL, NULL,
        NULL, "Connection", "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Forwarded",
        "From", "If-Modified-Since", "Location", "Orig-URI", "Referer", "Retry-After", "Server", "Title", "User-Agent", "WWW-Authenticate",
        "Proxy-Authenticate", "Accept-Ranges", "Set-Cookie", "Cookie", NULL, "Refresh", "Content-Disposition", "Age", "Cache-Control", "Content-Base",
        "Content-Location", "Content-MD5", "Content-Range", "ETag", "Host", "If-Match", "If-None-Match", "If-Range", "If-Unmodified-Since",
        "Max-Forwards", "Proxy-Authorization", "Range", "Transfer-Encoding", "Upgrade", "Vary", "Via", "Warning", "Expect", "Proxy-Connection",
        "Unless-Modified-Since", NULL, NULL, NULL, NULL, "Proxy-Support", "Authentication-Info", "PassportURLs", "PassportConfig",
};

static void every_level_by_its_header(void) {
    DWORD level;
    EQ(sizeof level_names / sizeof *level_names, WINHTTP_QUERY_MAX + 1);
    for (level = 0; level <= WINHTTP_QUERY_MAX; level++) {
        const char *name = level_names[level], *value;
        char text[128], row[64];
        conn c;
        if (!name) continue;
        snprintf(row, sizeof row, "level %u, %s", (unsigned)level, name);
        value = level == WINHTTP_QUERY_CONTENT_LENGTH ? "0" : level == WINHTTP_QUERY_TRANSFER_ENCODING ? "chunked" : "some value";
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n%s: %s\r\n\r\n0\r\n\r\n", name, value);
        NEED(answered(&c, 0, "GET", text, ""));
        EQ_TEXT(row, x_query(c.req, level | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, NULL), "12150");
        snprintf(text, sizeof text, "%s: of the request", name);
        EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(text), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
        EQ_TEXT(row, x_query(c.req, level | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, NULL), "of the request");
        snprintf(text, sizeof text, "%s:", name);
        EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(text), (DWORD)-1, WINHTTP_ADDREQ_FLAG_REPLACE));
        EQ_ROW(row, x_exchange(&c, 0), 0);
        EQ_TEXT(row, x_query(c.req, level, NULL, NULL), value);
        EQ_TEXT(row, x_header(c.req, name), value);
        h_finish(&c);
    }
}

static void raw_headers(void) {
    conn c;
    WCHAR to[1024];
    DWORD size, need = 0, i, lines = 0;
    const char *raw;
    EQ(answer(&c, 0, queried, ""), 0);
    raw = x_query(c.req, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, NULL);
    EXPECT(x_starts(raw, "HTTP/1.1 200 Fine so far\r\n"));
    EXPECT(strlen(raw) > 4 && !strcmp(raw + strlen(raw) - 4, "\r\n\r\n"));
    EXPECT(HAS(raw, "Content-Length: 2"));
    EXPECT(HAS(raw, "x-MIXED: Case"));
    EQ(x_lines(raw, "Set-Cookie: "), 3);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, NULL, &need, NULL), ERROR_INSUFFICIENT_BUFFER);
    EQ(need, strlen(raw) * 2 + 2);
    size = sizeof to;
    memset(to, 0x5a, sizeof to);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, NULL, to, &size, NULL), 0);
    EQ(to[size / 2], 0);
    EQ(to[size / 2 - 1], 0);
    EXPECT(to[size / 2 - 2] != 0);
    EQ(to[size / 2 + 1], 0x5a5a);
    for (i = 0; i < size / 2; i++) lines += !to[i];
    EQ(lines, 12);
    h_finish(&c);
}

/* The same of the request, whose version is its own. */
static void raw_headers_of_the_request(void) {
    conn c;
    WCHAR to[1024];
    DWORD size = sizeof to, i;
    char want[512];
    NEED(x_open(&c, 0, "plain", W("POST"), W("/framing"), W("HTTP/1.0"), NULL, NULL, 0));
    EQ_STR(x_query(c.req, WINHTTP_QUERY_VERSION | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, NULL), "HTTP/1.0");
    EQ(x_exchange(&c, 0), 0);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_VERSION | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, NULL), "HTTP/1.0");
    EQ_STR(x_query(c.req, WINHTTP_QUERY_VERSION, NULL, NULL), "HTTP/1.1");
    memset(to, 0x5a, sizeof to);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, to, &size, NULL), 0);
    EXPECT(!to[size / 2] && !to[size / 2 - 1] && to[size / 2 - 2]);
    for (i = 0; i < size / 2; i++) body[i] = to[i] ? (char)to[i] : '|';
    body[i] = 0;
    snprintf(want, sizeof want, "POST /framing HTTP/1.0|Connection: Keep-Alive|User-Agent: ctests/1.0|Content-Length: 0|Host: 127.0.0.1:%u|", (unsigned)h_port("plain"));
    EQ_STR(body, want);
    h_finish(&c);
}

static void queries_at_the_wrong_moment(void) {
    conn c;
    char to[16];
    DWORD n = 0xdead;
    NEED(x_simple(&c, 0, "GET", "/status/200"));
    EQ_STR(x_query(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL), "12019");
    EQ(x_available(&c, 0, &n), E_STATE);
    EQ(n, 0xdead);
    EXPECT(!WinHttpReadData(c.req, to, sizeof to, &n));
    EQ(GetLastError(), E_STATE);
    EXPECT(!WinHttpReceiveResponse(c.req, NULL));
    EQ(GetLastError(), E_STATE);
    EQ(x_send(&c, 0, NULL, 0, NULL, 0, 0), 0);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL), "12019");
    n = 0xdead;
    EQ(x_available(&c, 0, &n), E_STATE);
    EQ(n, 0xdead);
    EQ(x_receive(&c, 0), 0);
    EQ_STR(x_query(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL), "200");
    EXPECT(!WinHttpReceiveResponse(c.req, NULL));
    EQ(GetLastError(), E_STATE);
    h_finish(&c);
}

/* ---- bodies ---------------------------------------------------------------------------------- */

/* Nothing is read for them: the server sends no more, and keeps the connection. */
static void responses_without_a_body(int async) {
    static const struct {
        const char *verb, *head;
    } rows[] = {
        {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"},
        {"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n"},
        {"HEAD", "HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\n"},
        {"GET", "HTTP/1.1 204 No\r\nContent-Length: 100\r\n\r\n"},
        {"GET", "HTTP/1.1 304 No\r\nContent-Length: 100\r\n\r\n"},
        {"GET", "HTTP/1.1 204 No\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"POST", "HTTP/1.1 204 No\r\nContent-Length: 100\r\n\r\n"},
        {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        int k;
        char to[16];
        uint64_t start = h_ms();
        NEED(answered(&c, async, rows[i].verb, rows[i].head, ""));
        EQ_ROW(rows[i].head, x_exchange(&c, async), 0);
        EXPECT(atoi(x_header(c.req, "Content-Length")) == (i == 7 ? 0 : 100));
        for (k = 0; k < 2; k++) {
            DWORD n = 0xdead;
            EQ_ROW(rows[i].head, x_available(&c, async, &n), 0);
            EQ_ROW(rows[i].head, n, 0);
            n = 0xdead;
            EQ_ROW(rows[i].head, x_read(&c, async, to, sizeof to, &n), 0);
            EQ_ROW(rows[i].head, n, 0);
        }
        EXPECT(h_ms() - start < 3000);
        h_finish(&c);
    }
}
BOTH(responses_without_a_body)

static void framing_of_bodies(int async) {
    static const struct {
        const char *raw, *how, *want;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "", "hello"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", "", "hello"},
        {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "then=close", "until the end"},
        {"HTTP/1.0 200 OK\r\n\r\nuntil the end", "then=close", "until the end"},
        {"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nuntil the end", "then=close", "until the end"},
        {"HTTP/1.1 200 OK\r\n\r\n", "then=close", ""},
        /* FIN before the length: the end like any other. */
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "then=close", "abc"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "then=close", ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n00002\r\nlo\r\n000\r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "", "0123456789"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n", "", "0123456789"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \t\r\nhello\r\n0 \r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n0;last\r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 ; a=\"b\"\r\nhello\r\n0\r\n\r\n", "", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\nMore: 2\r\n\r\n", "", "hello"},
        /* Behind the last chunk an end is an end. */
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "then=close", "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n", "then=close", "hello"},
        /* Lengths that agree; lengths beside chunks, which are not looked at. */
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "", "hello"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", "", "hello"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0005\r\n\r\nhello", "", "hello"},
        {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "", "hello"},
        /* Only the last coding counts, over all lines of the name. */
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nX: Y\r\n\r\nas it is", "then=close", "as it is"},
        {"HTTP/1.1 200 OK\r\nX: Y\r\nTransfer-Encoding: x\r\nContent-Length: 5\r\n\r\nhello", "", "hello"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        DWORD n = 0xdead;
        char to[8];
        const char *row = shown(rows[i].raw);
        EQ_ROW(row, answer(&c, async, rows[i].raw, rows[i].how), 0);
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EQ_TEXT(row, body, rows[i].want);
        EQ_ROW(row, x_read(&c, async, to, sizeof to, &n), 0);
        EQ_ROW(row, n, 0);
        EQ_ROW(row, x_available(&c, async, &n), 0);
        EQ_ROW(row, n, 0);
        if (strstr(rows[i].raw, "Transfer-Encoding: c")) EQ_STR(x_header(c.req, "Transfer-Encoding"), "chunked");
        EQ_STR(x_header(c.req, "X-Trailer"), "12150");
        h_finish(&c);
    }
}
BOTH(framing_of_bodies)

/* ReceiveResponse may already know; otherwise the read fails, and goes on failing. */
static void broken_bodies(int async) {
    static const struct {
        const char *raw, *how;
        DWORD error;
    } rows[] = {
        {"5\r\nhel", "then=close", E_CONNECTION},
        {"5\r\nhello", "then=close", E_CONNECTION},
        {"5\r\nhello\r\n", "then=close", E_CONNECTION},
        {"5\r\nhello\r\n0", "then=close", E_CONNECTION},
        {"", "then=close", E_CONNECTION},
        {"5", "then=close", E_CONNECTION},
        {"5\r\nhello\r\n", "then=reset", E_CONNECTION},
        {"\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"   \r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"10000000000000000\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"xyz\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"-5\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"0x5\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5gibberish\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5\x0b\xff\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5 5\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5\r\nhelloX\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5\r\nhello5\r\nhello\r\n0\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5;", "pad=100000", E_CHUNK_HEADER},
        {"0000", "then=close", E_CONNECTION},
        {"5\r\nhello\r\n0\r\nnocolon\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5\r\nhello\r\n0\r\n: x\r\n\r\n", "", E_INVALID_RESPONSE},
        {"5\r\nhello\r\n0\r\nX-Trailer: ", "pad=100000", E_CHUNK_HEADER},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[256];
        const char *row = shown(rows[i].raw);
        DWORD error;
        snprintf(raw, sizeof raw, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s", rows[i].raw);
        error = answer(&c, async, raw, rows[i].how);
        if (!error) {
            error = x_body(&c, async, body, sizeof body);
            if (error) EXPECT(x_body(&c, async, body, sizeof body) != 0);
        }
        /* 12152 has been seen for a truncated one too. */
        if (!(rows[i].error == E_CONNECTION && error == E_INVALID_RESPONSE)) EQ_ROW(row, error, rows[i].error);
        h_finish(&c);
    }
}
BOTH(broken_bodies)

/* The head stays, for a program that wants to know what broke off. */
static void what_came_before_the_break_can_be_read(int async) {
    conn c;
    DWORD n = 0;
    char to[16] = "";
    EQ(answer(&c, async, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "delay=50&then=close"), 0);
    EQ(x_read(&c, async, to, 5, &n), 0);
    EQ(n, 5);
    EQ_STR(to, "hello");
    EXPECT(x_read(&c, async, to, 5, &n) != 0);
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "Transfer-Encoding"), "chunked");
    EXPECT(x_read(&c, async, to, 5, &n) != 0);
    h_finish(&c);
}
BOTH(what_came_before_the_break_can_be_read)

static void a_reset_is_always_an_error(int async) {
    static const char *const rows[] = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "HTTP/1.1 200 OK\r\n\r\nabc", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n"};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        EQ_ROW(rows[i], answer(&c, async, rows[i], "then=reset"), 0);
        EQ_ROW(rows[i], x_body(&c, async, body, sizeof body), E_CONNECTION);
        h_finish(&c);
    }
}
BOTH(a_reset_is_always_an_error)

static void contents_of_impossible_lengths(void) {
    static const char *const rows[] = {"Content-Length: abc", "Content-Length: -1", "Content-Length: 5x", "Content-Length: 2\r\nContent-Length: 3", "Content-Length: 99999999999999999999999",
        "Content-Length:", "Content-Length: 2, 3", "Content-Length: 2,", "Content-Length: +2", "Content-Length: 0x2", "Content-Length: 2 2", "Content-Length: 18446744073709551616"};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[256];
        snprintf(raw, sizeof raw, "HTTP/1.1 200 OK\r\n%s\r\n\r\nok", rows[i]);
        EQ_ROW(shown(rows[i]), answer(&c, 0, raw, ""), E_INVALID_RESPONSE);
        h_finish(&c);
    }
}

/* Cut at every place, and byte by byte. */
static void split_at_every_byte(int async) {
    static const char raw[] =
        "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 Fine\r\nX-A: one\r\n two\r\nTransfer-Encoding: chunked\r\n\r\n5;e\r\nhello\r\nb\r\n, 0123 5678\r\n0\r\nT: 1\r\n\r\n";
    int at;
    h_limit(60);
    for (at = 0; at <= (int)sizeof raw - 1; at++) {
        conn c;
        char how[64];
        snprintf(how, sizeof how, at == (int)sizeof raw - 1 ? "slow" : "split=%d", at);
        EQ_ROW(how, answer(&c, async, raw, how), 0);
        EQ_ROW(how, h_status(c.req), 200);
        EQ_TEXT(how, x_query(c.req, WINHTTP_QUERY_STATUS_TEXT, NULL, NULL), "Fine");
        EXPECT(x_starts(x_header(c.req, "X-A"), "one"));
        EQ_TEXT(how, x_header(c.req, "Link"), "12150");
        EQ_ROW(how, x_body(&c, async, body, sizeof body), 0);
        EQ_TEXT(how, body, "hello, 0123 5678");
        h_finish(&c);
    }
}
BOTH(split_at_every_byte)

static void a_big_body_however_read(int async) {
    static const struct {
        DWORD ask, size;
    } rows[] = {{1, 2000}, {7, 20000}, {100, 300000}, {8191, 300000}, {8192, 300000}, {8193, 300000}, {65536, 3000000}, {4000000, 3000000}};
    static unsigned char want[3000000], got[4000000];
    size_t i;
    h_pattern(want, sizeof want);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char path[64];
        DWORD n, at = 0;
        snprintf(path, sizeof path, "/body/%u", (unsigned)rows[i].size);
        NEED(x_simple(&c, async, "GET", path));
        EQ_ROW(path, x_exchange(&c, async), 0);
        while (at < rows[i].size) {
            DWORD left = rows[i].size - at, asked = rows[i].ask;
            n = 0;
            if (x_read(&c, async, got + at, asked, &n)) break;
            /* Full, unless the body ends. */
            if (n != (asked < left ? asked : left)) {
                FAIL("%s: a read of %u at %u gave %u", path, (unsigned)asked, (unsigned)at, (unsigned)n);
                break;
            }
            at += n;
        }
        EQ_ROW(path, at, rows[i].size);
        EXPECT(!memcmp(got, want, at));
        n = 0xdead;
        EQ_ROW(path, x_read(&c, async, got, 10, &n), 0);
        EQ_ROW(path, n, 0);
        h_finish(&c);
    }
}
BOTH(a_big_body_however_read)

static void available_then_exactly_that(int async) {
    static const char *const paths[] = {"/body/300000", "/body/1", "/body/8192", "/body/8193"};
    static const DWORD sizes[] = {300000, 1, 8192, 8193};
    static char to[300000];
    size_t i;
    for (i = 0; i < 4; i++) {
        conn c;
        DWORD total = 0, n, again, got;
        NEED(x_simple(&c, async, "GET", paths[i]));
        EQ(x_exchange(&c, async), 0);
        for (;;) {
            n = again = 0xdead;
            EQ_ROW(paths[i], x_available(&c, async, &n), 0);
            EQ_ROW(paths[i], x_available(&c, async, &again), 0);
            EQ_ROW(paths[i], again, n);
            if (!n || n > sizes[i]) break;
            EQ_ROW(paths[i], x_read(&c, async, to, n, &got), 0);
            EQ_ROW(paths[i], got, n);
            if (!got) break;
            total += got;
        }
        EQ_ROW(paths[i], n, 0);
        EQ_ROW(paths[i], total, sizes[i]);
        h_finish(&c);
    }
}
BOTH(available_then_exactly_that)

/* What is announced is there: it can be read while the server is silent. */
static void available_is_what_is_there(int async) {
    static const char *const raws[] = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello"};
    static const char *const rests[] = {"HELLO", "HELLO", "HELLO\r\n0\r\n\r\n"};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        char how[256], to[16] = "";
        const char *token = h_token();
        DWORD n = 0, before;
        snprintf(how, sizeof how, "gate=%s%s&rest=%s", token, i == 1 ? "&then=close" : "", x_hex(rests[i], strlen(rests[i])));
        EQ(answer(&c, async, raws[i], how), 0);
        EQ_ROW(raws[i], x_available(&c, async, &n), 0);
        EQ_ROW(raws[i], n, 5);
        EQ_ROW(raws[i], x_read(&c, async, to, 2, &n), 0);
        EQ_ROW(raws[i], n, 2);
        EQ_ROW(raws[i], x_available(&c, async, &n), 0);
        EQ_ROW(raws[i], n, 3);
        EQ_ROW(raws[i], x_read(&c, async, to + 2, 3, &n), 0);
        EQ_ROW(raws[i], n, 3);
        EQ_STR(to, "hello");
        if (async) {
            /* Nothing is there: the notice waits for it. */
            before = (DWORD)rec_count(c.rec, c.req, STATUS(DATA_AVAILABLE));
            EXPECT(WinHttpQueryDataAvailable(c.req, NULL));
            h_sleep(100);
            EQ(rec_count(c.rec, c.req, STATUS(DATA_AVAILABLE)), before);
            snprintf(how, sizeof how, "/release/%s", token);
            h_get_text(how);
            EXPECT(rec_wait_nth(c.rec, c.req, STATUS(DATA_AVAILABLE), (int)before + 1, 5000, NULL));
        } else {
            snprintf(how, sizeof how, "/release/%s", token);
            h_get_text(how);
        }
        EQ_ROW(raws[i], x_available(&c, async, &n), 0);
        EQ_ROW(raws[i], n, 5);
        EQ_ROW(raws[i], x_read(&c, async, to, sizeof to, &n), 0);
        EQ_ROW(raws[i], n, 5);
        EXPECT(!memcmp(to, "HELLO", 5));
        h_finish(&c);
    }
}
BOTH(available_is_what_is_there)

static void a_read_waits_until_its_buffer_is_full(int async) {
    static const char *const raws[] = {"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"};
    static const char *const rests[] = {"HELLO!!", "7\r\nHELLO!!\r\n0\r\n\r\n"};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        char how[256], to[16] = "";
        DWORD n = 0;
        snprintf(how, sizeof how, "delay=200&rest=%s", x_hex(rests[i], strlen(rests[i])));
        EQ(answer(&c, async, raws[i], how), 0);
        EQ(x_read(&c, async, to, 10, &n), 0);
        EQ_ROW(raws[i], n, 10);
        EQ_STR(to, "helloHELLO");
        EQ(x_read(&c, async, to, 10, &n), 0);
        EQ_ROW(raws[i], n, 2);
        EQ(x_read(&c, async, to, 10, &n), 0);
        EQ_ROW(raws[i], n, 0);
        h_finish(&c);
    }
}
BOTH(a_read_waits_until_its_buffer_is_full)

static void parameters_of_reads(int async) {
    conn c;
    char to[16];
    DWORD n = 0xdead;
    EQ(answer(&c, async, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ""), 0);
    EXPECT(!WinHttpReadData(c.req, NULL, 5, async ? NULL : &n));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    n = 0xdead;
    SetLastError(0xdead);
    EQ(x_read(&c, async, to, 0, &n), 0);
    EQ(n, 0);
    if (!async) {
        SetLastError(0xdead);
        EXPECT(WinHttpQueryDataAvailable(c.req, &n));
        EQ(GetLastError(), 0);
        EQ(n, 5);
        SetLastError(0xdead);
        EXPECT(WinHttpReadData(c.req, to, 5, &n));
        EQ(GetLastError(), 0);
        EQ(n, 5);
    }
    h_finish(&c);
}
BOTH(parameters_of_reads)

/* ---- interim responses ----------------------------------------------------------------------- */

static void interim_responses(int async) {
    static const int codes[] = {100, 101, 102, 103, 150, 180, 199};
    size_t i;
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        conn c;
        char raw[256], row[32];
        h_record e;
        snprintf(row, sizeof row, "code %d", codes[i]);
        snprintf(raw, sizeof raw, "HTTP/1.1 %d Wait\r\nX-Interim: 1\r\nSet-Cookie: interim=1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", codes[i]);
        EQ_ROW(row, answer(&c, async, raw, ""), 0);
        EQ_ROW(row, h_status(c.req), 200);
        EQ_TEXT(row, x_header(c.req, "X-Interim"), "12150");
        EQ_TEXT(row, x_header(c.req, "Set-Cookie"), "12150");
        /* Whether a 101 nobody asked for has a notice is not said. */
        if (codes[i] != 101) EQ_ROW(row, rec_count(c.rec, c.req, STATUS(INTERMEDIATE_RESPONSE)), 1);
        if (rec_wait_nth(c.rec, c.req, STATUS(INTERMEDIATE_RESPONSE), 1, 100, &e)) {
            EQ_ROW(row, e.length, 4);
            EQ_ROW(row, e.info.number, codes[i]);
        }
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EQ_TEXT(row, body, "ok");
        h_finish(&c);
    }
}
BOTH(interim_responses)

static void how_many_interim_responses(int async) {
    static const struct {
        DWORD limit;
        int count, fine;
    } rows[] = {{10, 10, 1}, {10, 11, 0}, {2, 2, 1}, {2, 3, 0}, {20, 20, 1}, {0, 0, 1}, {0, 1, 0}, {0xffffffff, 30, 1}};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[1024] = "", row[64];
        int k;
        DWORD error;
        for (k = 0; k < rows[i].count; k++) strcat(raw, "HTTP/1.1 102 Wait\r\n\r\n");
        strcat(raw, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        snprintf(row, sizeof row, "limit %u, %d responses", (unsigned)rows[i].limit, rows[i].count);
        NEED(answered(&c, async, "GET", raw, ""));
        /* 10 is what there is by itself. */
        if (rows[i].limit != 10) set_dword(c.req, WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, rows[i].limit);
        error = x_exchange(&c, async);
        if (rows[i].fine) {
            EQ_ROW(row, error, 0);
            EQ_ROW(row, h_status(c.req), 200);
            EQ_ROW(row, rec_count(c.rec, c.req, STATUS(INTERMEDIATE_RESPONSE)), rows[i].count);
        } else {
            /* Or it is handed to the program; Windows' way is not known. */
            if (error || h_status(c.req) != 102) EQ_ROW(row, error, E_INVALID_RESPONSE);
        }
        h_finish(&c);
    }
}
BOTH(how_many_interim_responses)

/* However many are allowed: the response has one timeout for all of them. */
static void interim_responses_without_end(int async) {
    conn c;
    NEED(x_simple(&c, async, "GET", "/drip/200?interim"));
    set_dword(c.req, WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, 0xffffffff);
    set_dword(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, 500);
    set_dword(c.req, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 500);
    EQ(x_exchange(&c, async), E_TIMEOUT);
    EXPECT(rec_count(c.rec, c.req, STATUS(INTERMEDIATE_RESPONSE)) < 200);
    h_finish(&c);
}
BOTH(interim_responses_without_end)

/* ---- redirects ------------------------------------------------------------------------------- */

/* The URL of the last REDIRECT notice, and the lengths it came with. */
static char told_url[2048];
static DWORD told_length;
static int told;

static void hear_redirect(recorder *r, const h_record *e) {
    const WCHAR *url = e->pointer;
    DWORD i;
    (void)r;
    if (e->status != STATUS(REDIRECT)) return;
    for (i = 0; url[i] && i < 2047; i++) told_url[i] = (char)url[i];
    told_url[i] = 0;
    told_length = e->length;
    told++;
}

static const char *plain_url(const char *path) {
    static char out[4][1024];
    static unsigned next;
    char *to = out[next++ % 4];
    snprintf(to, 1024, "http://127.0.0.1:%u%s", (unsigned)h_port("plain"), path);
    return to;
}

static const int redirect_codes[] = {300, 301, 302, 303, 307, 308};

static void which_method_after_a_redirect(int async) {
    static const struct {
        const char *verb, *after[6];
    } rows[] = {
        {"GET", {"GET", "GET", "GET", "GET", "GET", "GET"}},
        {"HEAD", {"HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD"}},
        {"POST", {"GET", "GET", "GET", "GET", "POST", "POST"}},
        {"PUT", {"PUT", "PUT", "PUT", "GET", "PUT", "PUT"}},
        {"DELETE", {"DELETE", "DELETE", "DELETE", "GET", "DELETE", "DELETE"}},
        {"PATCH", {"PATCH", "PATCH", "PATCH", "GET", "PATCH", "PATCH"}},
        {"OPTIONS", {"OPTIONS", "OPTIONS", "OPTIONS", "GET", "OPTIONS", "OPTIONS"}},
        {"FROB", {"FROB", "FROB", "FROB", "GET", "FROB", "FROB"}},
    };
    size_t i, k;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        for (k = 0; k < 6; k++) {
            conn c;
            char path[64], want[64], row[32];
            snprintf(row, sizeof row, "%s %d", rows[i].verb, redirect_codes[k]);
            snprintf(path, sizeof path, "/status/%d?to=/framing", redirect_codes[k]);
            snprintf(want, sizeof want, "%s /framing", rows[i].after[k]);
            NEED(x_simple(&c, async, rows[i].verb, path));
            EQ_ROW(row, x_exchange(&c, async), 0);
            EQ_ROW(row, h_status(c.req), 200);
            EQ_TEXT(row, x_header(c.req, "X-Request"), want);
            EQ_TEXT(row, x_query(c.req, WINHTTP_QUERY_REQUEST_METHOD, NULL, NULL), rows[i].after[k]);
            EQ_TEXT(row, x_url(c.req), plain_url("/framing"));
            EQ_ROW(row, rec_count(c.rec, c.req, STATUS(REDIRECT)), 1);
            h_finish(&c);
        }
}
BOTH(which_method_after_a_redirect)

static void what_is_no_redirect(int async) {
    static const int codes[] = {200, 201, 304, 305, 306, 345, 400, 404, 500};
    size_t i;
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        conn c;
        char raw[128], row[32];
        snprintf(row, sizeof row, "code %d", codes[i]);
        snprintf(raw, sizeof raw, "HTTP/1.1 %d Some\r\nLocation: /framing\r\nContent-Length: 2\r\n\r\nok", codes[i]);
        EQ_ROW(row, answer(&c, async, raw, ""), 0);
        EQ_ROW(row, h_status(c.req), codes[i]);
        EQ_TEXT(row, x_header(c.req, "Location"), "/framing");
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EQ_TEXT(row, body, codes[i] == 304 ? "" : "ok");
        EQ_ROW(row, rec_count(c.rec, c.req, STATUS(REDIRECT)), 0);
        h_finish(&c);
    }
}
BOTH(what_is_no_redirect)

static void how_many_redirects(int async) {
    static const struct {
        DWORD limit;
        int hops;
        DWORD error;
    } rows[] = {{10, 10, 0}, {10, 11, E_REDIRECT}, {2, 2, 0}, {2, 3, E_REDIRECT}, {3, 3, 0}, {1, 1, 0}, {1, 2, E_REDIRECT}, {20, 20, 0}, {0, 0, 0}, {0, 1, E_REDIRECT}};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char path[32], row[64];
        snprintf(path, sizeof path, "/hop/%d", rows[i].hops);
        snprintf(row, sizeof row, "limit %u, %d hops", (unsigned)rows[i].limit, rows[i].hops);
        NEED(x_simple(&c, async, "GET", path));
        if (rows[i].limit != 10) set_dword(c.req, WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, rows[i].limit);
        EQ_ROW(row, x_exchange(&c, async), rows[i].error);
        if (!rows[i].error) {
            EQ_ROW(row, h_status(c.req), 200);
            EQ_ROW(row, rec_count(c.rec, c.req, STATUS(REDIRECT)), rows[i].hops);
            EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
            EQ_TEXT(row, body, "landed\n");
            EQ_TEXT(row, x_url(c.req), plain_url("/hop/0"));
        } else {
            EQ_TEXT(row, x_query(c.req, WINHTTP_QUERY_STATUS_CODE, NULL, NULL), "12019");
            if (rows[i].limit) EXPECT(strcmp(x_url(c.req), plain_url(path)) != 0);
        }
        h_finish(&c);
    }
}
BOTH(how_many_redirects)

static void a_redirect_to_nowhere(int async) {
    size_t i;
    for (i = 0; i < 6; i++) {
        conn c;
        char raw[128], row[32];
        DWORD error;
        snprintf(row, sizeof row, "code %d", redirect_codes[i]);
        snprintf(raw, sizeof raw, "HTTP/1.1 %d Some\r\nContent-Length: 2\r\n\r\nok", redirect_codes[i]);
        error = answer(&c, async, raw, "");
        if (error != E_INVALID_RESPONSE) EQ_ROW(row, error, 12150);
        h_finish(&c);
        /* With following off it is an ordinary answer. */
        NEED(answered(&c, async, "GET", raw, ""));
        set_dword(c.req, WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
        EQ_ROW(row, x_exchange(&c, async), 0);
        EQ_ROW(row, h_status(c.req), redirect_codes[i]);
        h_finish(&c);
    }
}
BOTH(a_redirect_to_nowhere)

static void a_redirect_to_something_else(int async) {
    static const char *const rows[] = {"ftp://example.org/", "mailto:ann@example.org", "file:///etc/hosts", "http://", "http://127.0.0.1:99999/", "javascript:x"};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[128];
        DWORD error;
        snprintf(raw, sizeof raw, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 2\r\n\r\nok", rows[i]);
        error = answer(&c, async, raw, "");
        if (error != 12005 && error != 12006 && error != E_REDIRECT) FAIL("%s: error %u", rows[i], (unsigned)error);
        h_finish(&c);
    }
}
BOTH(a_redirect_to_something_else)

static void not_following(int async) {
    int how;
    for (how = 0; how < 3; how++) {
        conn c;
        NEED(x_simple(&c, async, "GET", "/status/302?to=/framing"));
        if (how == 0) set_dword(c.req, WINHTTP_OPTION_DISABLE_FEATURE, WINHTTP_DISABLE_REDIRECTS);
        if (how == 1) set_dword(c.req, WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
        if (how == 2) {
            /* From the session, by a request opened afterwards. */
            WinHttpCloseHandle(c.req);
            set_dword(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
            c.req = WinHttpOpenRequest(c.con, NULL, W("/status/302?to=/framing"), NULL, NULL, NULL, 0);
            NEED(c.req);
        }
        EQ(x_exchange(&c, async), 0);
        EQ(h_status(c.req), 302);
        EQ_STR(x_header(c.req, "Location"), "/framing");
        EQ(x_body(&c, async, body, sizeof body), 0);
        EQ_STR(body, "the body of 302\n");
        EQ_STR(x_url(c.req), plain_url("/status/302?to=/framing"));
        EQ(rec_count(c.rec, c.req, STATUS(REDIRECT)), 0);
        h_finish(&c);
    }
}
BOTH(not_following)

static void locations_are_resolved(int async) {
    char absolute[64], relative_scheme[64];
    struct {
        const char *to, *want;
    } rows[] = {
        {"/framing", "/framing"},
        {"/framing?a=b", "/framing?a=b"},
        {"200", "/status/200"},
        {"../framing", "/framing"},
        {"./200", "/status/200"},
        {"../../../framing", "/framing"},
        {"/x/../framing/./y", "/framing/y"},
        {"../framing/a/b/../c", "/framing/a/c"},
        {"/framing%23part", "/framing"}, /* a fragment, encoded for the way to the peer */
        {"/framing/a%20b", "/framing/a%20b"},
        {"/framing/a%2520b", "/framing/a%20b"},
        {absolute, "/framing/abs"},
        {relative_scheme, "/framing/rel"},
    };
    size_t i;
    snprintf(absolute, sizeof absolute, "%s", plain_url("/framing/abs"));
    snprintf(relative_scheme, sizeof relative_scheme, "//127.0.0.1:%u/framing/rel", (unsigned)h_port("plain"));
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char path[256], want[128];
        snprintf(path, sizeof path, "/status/302?to=%s", rows[i].to);
        told = 0;
        NEED(x_simple(&c, async, "GET", path));
        h_put(&c.rec->hook, hear_redirect);
        EQ_ROW(rows[i].to, x_exchange(&c, async), 0);
        EQ_ROW(rows[i].to, h_status(c.req), 200);
        EQ_TEXT(rows[i].to, x_url(c.req), plain_url(rows[i].want));
        EQ_ROW(rows[i].to, told, 1);
        EQ_TEXT(rows[i].to, told_url, plain_url(rows[i].want));
        /* With its NUL or without: both have been seen. */
        if (told_length != strlen(told_url) + 1) EQ_ROW(rows[i].to, told_length, strlen(told_url));
        if (x_starts(rows[i].want, "/framing")) {
            snprintf(want, sizeof want, "GET %s", rows[i].want);
            EQ_TEXT(rows[i].to, x_header(c.req, "X-Request"), want);
        }
        h_finish(&c);
    }
}
BOTH(locations_are_resolved)

/* The query alone, against the URL that answered; its own query is dropped. */
static void a_location_of_a_query(void) {
    conn c;
    char path[512], want[600];
    const char *raw = "HTTP/1.1 302 Found\r\nLocation: ?then=close&x\r\nContent-Length: 0\r\n\r\n";
    told = 0;
    snprintf(path, sizeof path, "/answer/%s", x_hex(raw, strlen(raw)));
    NEED(x_simple(&c, 0, "GET", path));
    h_put(&c.rec->hook, hear_redirect);
    set_dword(c.req, WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, 1);
    EQ(x_exchange(&c, 0), E_REDIRECT);
    snprintf(want, sizeof want, "%s?then=close&x", plain_url(path));
    EXPECT(told >= 1);
    EQ_STR(told_url, want);
    h_finish(&c);
}

static void headers_travel_with_redirects(int async) {
    char path[128];
    conn c;
    snprintf(path, sizeof path, "/status/302?to=http://localhost:%u/head", (unsigned)h_port("plain"));
    NEED(x_simple(&c, async, "GET", path));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("X-A: 1\r\nAuthorization: Bearer x\r\nContent-Type: text/x"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EXPECT(HAS(body, "X-A: 1"));
    EXPECT(HAS(body, "Authorization: Bearer x"));
    EXPECT(HAS(body, "User-Agent: ctests/1.0"));
    EXPECT(HAS(body, "Connection: Keep-Alive"));
    EQ(x_lines(body, "Referer"), 0);
    EQ(x_lines(body, "Host: localhost:"), 1);
    EQ(x_lines(body, "Host:"), 1);
    h_finish(&c);
}
BOTH(headers_travel_with_redirects)

/* The program's own Host is for the host it was meant for, however that is spelt. */
static void a_host_header_stays_with_its_host(int async) {
    static const struct {
        LPCWSTR from;
        const char *to;
        int stays;
    } rows[] = {{W("127.0.0.1"), "127.0.0.1", 1}, {W("localhost"), "LOCALHOST", 1}, {W("127.0.0.1"), "localhost", 0}};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        char path[128];
        snprintf(path, sizeof path, "/status/302?to=http://%s:%u/head", rows[i].to, (unsigned)h_port("plain"));
        NEED(x_connect(&c, async, rows[i].from, "plain") && x_next(&c, "GET", path, 0));
        x_add(&c, "Host: mine.example");
        EQ_ROW(path, x_exchange(&c, async), 0);
        EQ_ROW(path, x_body(&c, async, body, sizeof body), 0);
        EQ_ROW(path, HAS(body, "Host: mine.example"), rows[i].stays);
        EQ_ROW(path, x_lines(body, "Host:"), 1);
        h_finish(&c);
    }
}
BOTH(a_host_header_stays_with_its_host)

/* Bytes that no URL has are escaped one by one, escapes stay as they are. */
static void odd_bytes_in_a_location(int async) {
    static const char *const rows[][2] = {
        {"/framing/\xe9\xff", "/framing/%E9%FF"}, {"/framing/a b", "/framing/a%20b"}, {"/framing/%e9%zz%", "/framing/%e9%zz%"}, {"/framing/\"<>|", "/framing/\"<>|"}, {"  /framing/x\t", "/framing/x"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char raw[128], want[64];
        const char *row = rows[i][1];
        snprintf(raw, sizeof raw, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", rows[i][0]);
        EQ_ROW(row, answer(&c, async, raw, ""), 0);
        snprintf(want, sizeof want, "GET %s", rows[i][1]);
        EQ_TEXT(row, x_header(c.req, "X-Request"), want);
        EQ_TEXT(row, x_url(c.req), plain_url(rows[i][1]));
        h_finish(&c);
    }
}
BOTH(odd_bytes_in_a_location)

/* In the REDIRECT notice the program may change what goes along. */
static void change_headers(recorder *r, const h_record *e) {
    (void)r;
    if (e->status != STATUS(REDIRECT)) return;
    WinHttpAddRequestHeaders(e->handle, W("Authorization:"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_REPLACE);
    WinHttpAddRequestHeaders(e->handle, W("X-New: 2"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD);
}
static void headers_change_in_the_notice_of_the_redirect(int async) {
    conn c;
    NEED(x_simple(&c, async, "GET", "/status/302?to=/head"));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Authorization: Bearer x"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    h_put(&c.rec->hook, change_headers);
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EQ(x_lines(body, "Authorization"), 0);
    EXPECT(HAS(body, "X-New: 2"));
    h_finish(&c);
}
BOTH(headers_change_in_the_notice_of_the_redirect)

static void closed_in_the_notice_of_the_redirect_hook(recorder *r, const h_record *e) {
    (void)r;
    if (e->status == STATUS(REDIRECT)) WinHttpCloseHandle(e->handle);
}
static void closed_in_the_notice_of_the_redirect(void) {
    conn c;
    NEED(x_simple(&c, 1, "GET", "/status/302?to=/head"));
    h_put(&c.rec->hook, closed_in_the_notice_of_the_redirect_hook);
    EQ(x_send(&c, 1, NULL, 0, NULL, 0, 0), 0);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    EXPECT(rec_wait(c.rec, c.req, STATUS(HANDLE_CLOSING)));
    EQ(rec_count(c.rec, c.req, STATUS(HEADERS_AVAILABLE)), 0);
    c.req = NULL;
    h_finish(&c);
}

static void post_becomes_get_without_its_body(int async) {
    static const char *const headers[] = {"Content-Type: text/x", "Content-Type: text/x\r\nContent-Length: 4", "Content-Type: text/x\r\nTransfer-Encoding: chunked"};
    static const char *const bodies[] = {"body", "body", "4\r\nbody\r\n0\r\n\r\n"};
    size_t i;
    for (i = 0; i < 3; i++) {
        conn c;
        /* The route does not read a chunked body itself; the connection is not used again. */
        const char *raw = "HTTP/1.1 302 Found\r\nLocation: /head\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        if (i < 2) NEED(x_simple(&c, async, "POST", "/status/302?to=/head"));
        else NEED(answered(&c, async, "POST", raw, "delay=200&then=close"));
        EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(headers[i]), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
        EQ_ROW(headers[i], x_send(&c, async, NULL, 0, bodies[i], (DWORD)strlen(bodies[i]), (DWORD)strlen(bodies[i])), 0);
        EQ_ROW(headers[i], x_receive(&c, async), 0);
        EQ_ROW(headers[i], x_body(&c, async, body, sizeof body), 0);
        EXPECT(x_starts(body, "GET /head "));
        EQ_ROW(headers[i], x_lines(body, "Content-Length"), 0);
        EQ_ROW(headers[i], x_lines(body, "Transfer-Encoding"), 0);
        EQ_ROW(headers[i], x_lines(body, "Content-Type: text/x"), 1);
        h_finish(&c);
    }
}
BOTH(post_becomes_get_without_its_body)

static void optional_data_are_sent_again(int async) {
    static const struct {
        const char *verb;
        int code;
    } rows[] = {{"POST", 307}, {"POST", 308}, {"PUT", 301}, {"PUT", 302}, {"PUT", 307}, {"DELETE", 302}, {"PATCH", 308}, {"GET", 302}};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char path[64], row[32], want[32];
        const char *at;
        snprintf(row, sizeof row, "%s %d", rows[i].verb, rows[i].code);
        snprintf(want, sizeof want, "%s /wire?bytes=10 ", rows[i].verb);
        snprintf(path, sizeof path, "/status/%d?to=/wire?bytes=10", rows[i].code);
        NEED(x_simple(&c, async, rows[i].verb, path));
        EQ_ROW(row, x_send(&c, async, NULL, 0, "0123456789", 10, 10), 0);
        EQ_ROW(row, x_receive(&c, async), 0);
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EXPECT(x_starts(body, want));
        EQ_ROW(row, HAS(body, "Content-Length: 10"), 1);
        at = strstr(body, "\r\n\r\n");
        EQ_TEXT(row, at ? at + 4 : "", "0123456789");
        h_finish(&c);
    }
}
BOTH(optional_data_are_sent_again)

/* What was written is gone: the program must send again, to the new place. */
static void written_data_must_be_sent_again_by_the_program(int async) {
    static const DWORD optional[] = {0, 4};
    int i;
    for (i = 0; i < 2; i++) {
        conn c;
        const char *at;
        NEED(x_simple(&c, async, "POST", "/status/307?to=/wire?bytes=10"));
        EQ(x_send(&c, async, NULL, 0, optional[i] ? "0123" : NULL, optional[i], 10), 0);
        EQ(x_write(&c, async, &"0123456789"[optional[i]], 10 - optional[i], NULL), 0);
        EQ(x_receive(&c, async), E_RESEND);
        EQ_STR(x_url(c.req), plain_url("/wire?bytes=10"));
        EQ(x_send(&c, async, NULL, 0, optional[i] ? "0123" : NULL, optional[i], 10), 0);
        EQ(x_write(&c, async, &"0123456789"[optional[i]], 10 - optional[i], NULL), 0);
        EQ(x_receive(&c, async), 0);
        EQ(h_status(c.req), 200);
        EQ(x_body(&c, async, body, sizeof body), 0);
        EXPECT(x_starts(body, "POST /wire?bytes=10 "));
        at = strstr(body, "\r\n\r\n");
        EQ_STR(at ? at + 4 : "", "0123456789");
        h_finish(&c);
    }
    /* Not when the method becomes GET. */
    {
        conn c;
        NEED(x_simple(&c, async, "POST", "/status/302?to=/framing"));
        EQ(x_send(&c, async, NULL, 0, NULL, 0, 10), 0);
        EQ(x_write(&c, async, "0123456789", 10, NULL), 0);
        EQ(x_receive(&c, async), 0);
        EQ_STR(x_header(c.req, "X-Request"), "GET /framing");
        EQ_STR(x_header(c.req, "X-Length"), "none");
        h_finish(&c);
    }
}
BOTH(written_data_must_be_sent_again_by_the_program)

static void from_https_to_http(int async) {
    char path[128];
    conn c;
    snprintf(path, sizeof path, "/status/302?to=%s", plain_url("/framing"));
    NEED(x_open(&c, async, "tls", NULL, h_wide(path), NULL, NULL, NULL, 0));
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 302);
    EQ_STR(x_header(c.req, "Location"), plain_url("/framing"));
    EXPECT(x_starts(x_url(c.req), "https://localhost:"));
    EQ(rec_count(c.rec, c.req, STATUS(REDIRECT)), 0);
    h_finish(&c);
    NEED(x_open(&c, async, "tls", NULL, h_wide(path), NULL, NULL, NULL, 0));
    set_dword(c.req, WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS);
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "X-Request"), "GET /framing");
    EQ_STR(x_url(c.req), plain_url("/framing"));
    h_finish(&c);
}
BOTH(from_https_to_http)

static void from_http_to_https(int async) {
    char path[128], url[64];
    conn c;
    snprintf(url, sizeof url, "https://localhost:%u/framing", (unsigned)h_port("tls"));
    snprintf(path, sizeof path, "/status/301?to=%s", url);
    NEED(x_simple(&c, async, "GET", path));
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "X-Request"), "GET /framing");
    EQ_STR(x_url(c.req), url);
    h_finish(&c);
}
BOTH(from_http_to_https)

/* After a redirect the handle points to where it went. */
static void sending_again_after_a_redirect(int async) {
    conn c;
    NEED(x_simple(&c, async, "GET", "/status/302?to=/framing/there"));
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, body, sizeof body), 0);
    EQ(x_exchange(&c, async), 0);
    EQ_STR(x_header(c.req, "X-Request"), "GET /framing/there");
    EQ(rec_count(c.rec, c.req, STATUS(REDIRECT)), 1);
    h_finish(&c);
}
BOTH(sending_again_after_a_redirect)

TESTS {
    CASE2(accepted_status_lines);
    CASE(every_class_of_status);
    CASE2(rejected_status_lines);
    CASE(accepted_header_lines);
    CASE2(rejected_header_lines);
    CASE2(the_header_size_limit);
    CASE2(how_many_headers);
    CASE2(an_endless_header);
    CASE(interim_heads_count_separately);
    CASE2(a_head_that_does_not_end);
    CASE(buffers_of_queries);
    CASE(names_of_queries);
    CASE(indices_of_queries);
    CASE(numbers_of_queries);
    CASE(every_level_by_its_header);
    CASE(raw_headers);
    CASE(raw_headers_of_the_request);
    CASE(queries_at_the_wrong_moment);
    CASE2(responses_without_a_body);
    CASE2(framing_of_bodies);
    CASE2(broken_bodies);
    CASE2(what_came_before_the_break_can_be_read);
    CASE2(a_reset_is_always_an_error);
    CASE(contents_of_impossible_lengths);
    CASE2(split_at_every_byte);
    CASE2(a_big_body_however_read);
    CASE2(available_then_exactly_that);
    CASE2(available_is_what_is_there);
    CASE2(a_read_waits_until_its_buffer_is_full);
    CASE2(parameters_of_reads);
    CASE2(interim_responses);
    CASE2(how_many_interim_responses);
    CASE2(interim_responses_without_end);
    CASE2(which_method_after_a_redirect);
    CASE2(what_is_no_redirect);
    CASE2(how_many_redirects);
    CASE2(a_redirect_to_nowhere);
    CASE2(a_redirect_to_something_else);
    CASE2(not_following);
    CASE2(locations_are_resolved);
    CASE(a_location_of_a_query);
    CASE2(headers_travel_with_redirects);
    CASE2(a_host_header_stays_with_its_host);
    CASE2(odd_bytes_in_a_location);
    CASE2(headers_change_in_the_notice_of_the_redirect);
    CASE(closed_in_the_notice_of_the_redirect);
    CASE2(post_becomes_get_without_its_body);
    CASE2(optional_data_are_sent_again);
    CASE2(written_data_must_be_sent_again_by_the_program);
    CASE2(from_https_to_http);
    CASE2(from_http_to_https);
    CASE2(sending_again_after_a_redirect);
}
END_TESTS
