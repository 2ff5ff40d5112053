/* Ordinary work against servers nobody here wrote: nginx, Apache httpd, httpbin, git's. tests/peers/real.py starts them. */
#include "http.h"

static char body[1 << 20];

/* A request to one of the servers, in a session of its own. */
static int at(conn *c, int async, const char *server, const char *verb, const char *path) {
    int secure = strstr(server, "tls") != NULL;
    return x_connect(c, async, secure ? W("localhost") : W("127.0.0.1"), server) && x_next(c, verb, path, secure ? WINHTTP_FLAG_SECURE : 0);
}

static void fetches(conn *c, int async, const char *row, DWORD status) {
    EQ_ROW(row, x_exchange(c, async), 0);
    EQ_ROW(row, h_status(c->req), status);
    EQ_ROW(row, x_body(c, async, body, sizeof body), 0);
}

static void sends(conn *c, int async, const char *row, const char *data, DWORD size, DWORD status) {
    EQ_ROW(row, x_send(c, async, NULL, 0, data, size, size), 0);
    EQ_ROW(row, x_receive(c, async), 0);
    EQ_ROW(row, h_status(c->req), status);
    EQ_ROW(row, x_body(c, async, body, sizeof body), 0);
}

static int lines_in(const char *text) {
    int n = 0;
    while ((text = strchr(text, '\n'))) n++, text++;
    return n;
}

static void decode(conn *c) {
    DWORD both = WINHTTP_DECOMPRESSION_FLAG_ALL;
    EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_DECOMPRESSION, &both, sizeof both));
}

/* ---- nginx ---- */

static void nginx_keeps_one_connection(int async) {
    conn c;
    char first[64] = "";
    int i;
    NEED(at(&c, async, "nginx", "GET", "/own-pool"));
    h_apart(c.ses);
    for (i = 0; i < 8; i++) {
        NEED(x_next(&c, "GET", "/connection", 0));
        fetches(&c, async, "nginx", 200);
        if (!i) snprintf(first, sizeof first, "%.50s", body);
        EQ_STR(strtok(body, " "), strtok(first, " "));
    }
    EQ(rec_count(c.rec, NULL, STATUS(CONNECTED_TO_SERVER)), 1);
    h_finish(&c);
}
BOTH(nginx_keeps_one_connection)

/* It announces the end after every third request. */
static void nginx_ends_connections(int async) {
    conn c;
    int i;
    NEED(at(&c, async, "nginx_few", "GET", "/"));
    h_apart(c.ses);
    for (i = 0; i < 7; i++) {
        NEED(x_next(&c, "GET", "/hello.txt", 0));
        fetches(&c, async, "few", 200);
        EQ_STR(body, "hello\n");
    }
    EQ(rec_count(c.rec, NULL, STATUS(CONNECTED_TO_SERVER)), 3);
    h_finish(&c);
}
BOTH(nginx_ends_connections)

static void nginx_compresses_in_chunks(int async) {
    conn c;
    NEED(at(&c, async, "nginx", "GET", "/lines.txt"));
    fetches(&c, async, "plain", 200);
    EQ(lines_in(body), 20000);
    EQ_STR(x_header(c.req, "Transfer-Encoding"), "12150");
    NEED(x_next(&c, "GET", "/lines.txt", 0));
    decode(&c);
    fetches(&c, async, "gzip", 200);
    EQ(lines_in(body), 20000);
    EXPECT(!strncmp(body + strlen(body) - 11, "line 19999\n", 11));
    EQ_STR(x_header(c.req, "Transfer-Encoding"), "chunked");
    EQ_STR(x_header(c.req, "Content-Encoding"), "12150");
    NEED(x_next(&c, "GET", "/lines.txt", 0));
    x_add(&c, "Accept-Encoding: gzip");
    EQ(x_exchange(&c, async), 0);
    EQ_STR(x_header(c.req, "Content-Encoding"), "gzip");
    EQ(x_read(&c, async, body, 2, NULL), 0);
    EXPECT(!memcmp(body, "\x1f\x8b", 2));
    h_finish(&c);
}
BOTH(nginx_compresses_in_chunks)

static void nginx_ranges_and_conditions(int async) {
    conn c;
    char line[256];
    NEED(at(&c, async, "nginx", "GET", "/lines.txt"));
    x_add(&c, "Range: bytes=5-11");
    fetches(&c, async, "range", 206);
    EQ_STR(body, "0\nline ");
    EXPECT(x_starts(x_header(c.req, "Content-Range"), "bytes 5-11/"));
    snprintf(line, sizeof line, "If-Modified-Since: %s", x_header(c.req, "Last-Modified"));
    NEED(x_next(&c, "GET", "/lines.txt", 0));
    x_add(&c, line);
    fetches(&c, async, "304", 304);
    EQ_STR(body, "");
    NEED(x_next(&c, "GET", "/lines.txt", 0));
    x_add(&c, "Range: bytes=99999999-");
    fetches(&c, async, "416", 416);
    NEED(x_next(&c, "HEAD", "/lines.txt", 0));
    fetches(&c, async, "HEAD", 200);
    EQ_STR(body, "");
    EXPECT(atoi(x_header(c.req, "Content-Length")) > 100000);
    EXPECT(rec_count(c.rec, NULL, STATUS(CONNECTED_TO_SERVER)) <= 1);
    h_finish(&c);
}
BOTH(nginx_ranges_and_conditions)

static void nginx_limits(int async) {
    conn c;
    static char big[6000];
    DWORD error;
    memset(big, 'x', sizeof big - 1);
    memcpy(big, "X-Big: ", 7);
    NEED(at(&c, async, "nginx", "GET", "/hello.txt"));
    x_add(&c, "X-Small: 1");
    EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(big), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD)); /* 2047 of it */
    EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(big), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(big), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    fetches(&c, async, "headers", 400);
    /* A body over the limit: refused by its length, before it has been read. */
    NEED(x_next(&c, "POST", "/limited", 0));
    sends(&c, async, "small", big, 900, 204);
    NEED(x_next(&c, "POST", "/limited", 0));
    error = x_send(&c, async, NULL, 0, body, 500000, 500000);
    if (!error) error = x_receive(&c, async);
    if (!error) EQ(h_status(c.req), 413);
    else EQ(error, E_CONNECTION);
    h_finish(&c);
}
BOTH(nginx_limits)

static void nginx_slowly(int async) {
    conn c;
    DWORD got = 0, available = 0, total = 0, ms = 5000;
    NEED(at(&c, async, "nginx", "GET", "/slow/lines.txt"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    EQ(x_exchange(&c, async), 0);
    do {
        NEED(!x_available(&c, async, &available));
        if (!available) break;
        NEED(available <= sizeof body);
        NEED(!x_read(&c, async, body, available, &got));
        EQ(got, available);
        total += got;
    } while (!h_failed);
    EQ(total, atoi(x_header(c.req, "Content-Length")));
    h_finish(&c);
}
BOTH(nginx_slowly)

static void nginx_hangs_up(int async) {
    conn c;
    NEED(at(&c, async, "nginx", "GET", "/hang-up"));
    EQ(x_exchange(&c, async), E_CONNECTION);
    h_finish(&c);
}
BOTH(nginx_hangs_up)

static void nginx_takes_uploads(int async) {
    conn c;
    int i;
    NEED(at(&c, async, "nginx", "POST", "/upload"));
    h_pattern((unsigned char *)body, sizeof body);
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 8 * sizeof body), 0);
    for (i = 0; i < 8; i++) EQ(x_write(&c, async, body, sizeof body, NULL), 0);
    EQ(x_receive(&c, async), 0);
    EQ(h_status(c.req), 204);
    /* The program's own chunks. */
    NEED(x_next(&c, "PUT", "/upload", 0));
    x_add(&c, "Transfer-Encoding: chunked");
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EQ(x_write(&c, async, "5\r\nhello\r\n", 10, NULL), 0);
    EQ(x_write(&c, async, "0\r\n\r\n", 5, NULL), 0);
    EQ(x_receive(&c, async), 0);
    EQ(h_status(c.req), 204);
    h_finish(&c);
}
BOTH(nginx_takes_uploads)

static void nginx_over_tls(int async) {
    static const char *const servers[] = {"nginx_tls12", "nginx_tls13"};
    int i, j;
    for (i = 0; i < 2; i++) {
        conn c;
        NEED(at(&c, async, servers[i], "GET", "/lines.txt"));
        fetches(&c, async, servers[i], 200);
        EQ_ROW(servers[i], lines_in(body), 20000);
        for (j = 0; j < 3; j++) {
            NEED(x_next(&c, "POST", "/upload", WINHTTP_FLAG_SECURE));
            sends(&c, async, servers[i], body, 200000, 204);
        }
        EXPECT(rec_count(c.rec, NULL, STATUS(CONNECTED_TO_SERVER)) <= 1);
        h_finish(&c);
    }
}
BOTH(nginx_over_tls)

/* ---- Apache ---- */

static void apache_serves_files(int async) {
    conn c;
    NEED(at(&c, async, "apache", "GET", "/lines.txt"));
    fetches(&c, async, "GET", 200);
    EQ(lines_in(body), 20000);
    NEED(x_next(&c, "GET", "/nothing-here", 0));
    fetches(&c, async, "404", 404);
    EXPECT(strstr(body, "Not Found"));
    NEED(x_next(&c, "GET", "/lines.txt", 0));
    x_add(&c, "Range: bytes=0-3,10-13");
    fetches(&c, async, "ranges", 206);
    EXPECT(x_starts(x_header(c.req, "Content-Type"), "multipart/byteranges"));
    EXPECT(rec_count(c.rec, NULL, STATUS(CONNECTED_TO_SERVER)) <= 1);
    h_finish(&c);
}
BOTH(apache_serves_files)

/* It sends back the request's head as it came. */
static void apache_traces(int async) {
    conn c;
    NEED(at(&c, async, "apache", "TRACE", "/some where?a=\"b\""));
    x_add(&c, "X-Odd: \xe9\ttab");
    fetches(&c, async, "TRACE", 200);
    EXPECT(x_starts(body, "TRACE /some%20where?a=%22b%22 HTTP/1.1\r\n"));
    EXPECT(strstr(body, "X-Odd: \xe9\ttab\r\n"));
    EXPECT(strstr(body, "User-Agent: ctests/1.0\r\n"));
    h_finish(&c);
}
BOTH(apache_traces)

static void apache_deflates(int async) {
    conn c;
    NEED(at(&c, async, "apache", "GET", "/deflated/lines.txt"));
    decode(&c);
    fetches(&c, async, "deflate", 200);
    EQ(lines_in(body), 20000);
    EQ_STR(x_header(c.req, "Content-Encoding"), "12150");
    h_finish(&c);
}
BOTH(apache_deflates)

static void apache_continues(int async) {
    conn c;
    NEED(at(&c, async, "apache", "POST", "/git/small/git-upload-pack"));
    x_add(&c, "Expect: 100-continue");
    x_add(&c, "Content-Type: application/x-git-upload-pack-request");
    sends(&c, async, "Expect", "0000", 4, 200);
    EXPECT(rec_count(c.rec, c.req, STATUS(INTERMEDIATE_RESPONSE)) <= 1);
    h_finish(&c);
}
BOTH(apache_continues)

static void apache_over_tls(int async) {
    conn c;
    NEED(at(&c, async, "apache_tls", "GET", "/lines.txt"));
    fetches(&c, async, "tls", 200);
    EQ(lines_in(body), 20000);
    h_finish(&c);
}
BOTH(apache_over_tls)

static void apache_asks_for_a_password(int async) {
    conn c;
    NEED(at(&c, async, "apache", "GET", "/locked/hello.txt"));
    fetches(&c, async, "401", 401);
    EQ_STR(x_header(c.req, "WWW-Authenticate"), "Basic realm=\"the test server\"");
    EXPECT(strstr(body, "Unauthorized"));
    NEED(x_next(&c, "GET", "/locked/hello.txt", 0));
    x_add(&c, "Authorization: Basic dGVzdGVyOnNlY3JldA==");
    fetches(&c, async, "own", 200);
    EQ_STR(body, "hello\n");
    h_finish(&c);
}
BOTH(apache_asks_for_a_password)

static void git_tells_its_references(int async) {
    conn c;
    NEED(at(&c, async, "apache", "GET", "/git/small/info/refs?service=git-upload-pack"));
    fetches(&c, async, "refs", 200);
    EQ_STR(x_header(c.req, "Content-Type"), "application/x-git-upload-pack-advertisement");
    EXPECT(x_starts(body, "001e# service=git-upload-pack\n"));
    /* The first reference carries the capabilities behind a NUL. */
    EXPECT(strstr(body, " HEAD"));
    h_finish(&c);
}
BOTH(git_tells_its_references)

/* ---- httpbin ---- */

static void httpbin_echoes(int async) {
    static const char *const verbs[] = {"POST", "PUT", "PATCH", "DELETE"};
    conn c;
    size_t i;
    NEED(at(&c, async, "httpbin", "GET", "/anything/a%20b?x=y&x=z"));
    x_add(&c, "X-Mine: of course");
    fetches(&c, async, "GET", 200);
    EXPECT(strstr(body, "\"X-Mine\": \"of course\""));
    EXPECT(strstr(body, "\"method\": \"GET\""));
    for (i = 0; i < 4; i++) {
        NEED(x_next(&c, verbs[i], "/anything", 0));
        x_add(&c, "Content-Type: application/x-www-form-urlencoded");
        sends(&c, async, verbs[i], "name=value", 10, 200);
        EXPECT(strstr(body, "\"name\": \"value\""));
        EXPECT(strstr(body, verbs[i]));
    }
    h_finish(&c);
}
BOTH(httpbin_echoes)

static void httpbin_statuses(int async) {
    static const DWORD statuses[] = {200, 201, 202, 204, 206, 304, 305, 400, 402, 404, 405, 406, 410, 418, 429, 500, 502, 503, 599};
    conn c;
    size_t i;
    NEED(at(&c, async, "httpbin", "GET", "/get"));
    for (i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char path[64], row[16];
        snprintf(path, sizeof path, "/status/%u", (unsigned)statuses[i]);
        snprintf(row, sizeof row, "%u", (unsigned)statuses[i]);
        NEED(x_next(&c, "GET", path, 0));
        fetches(&c, async, row, statuses[i]);
    }
    h_finish(&c);
}
BOTH(httpbin_statuses)

static void httpbin_redirects(int async) {
    static const char *const paths[] = {"/redirect/3", "/relative-redirect/3", "/absolute-redirect/3"};
    conn c;
    size_t i;
    NEED(at(&c, async, "httpbin", "GET", "/get"));
    for (i = 0; i < 3; i++) {
        int before = rec_count(c.rec, NULL, STATUS(REDIRECT));
        NEED(x_next(&c, "GET", paths[i], 0));
        fetches(&c, async, paths[i], 200);
        EQ_ROW(paths[i], rec_count(c.rec, NULL, STATUS(REDIRECT)) - before, 3);
        EXPECT(strstr(x_url(c.req), "/get"));
    }
    NEED(x_next(&c, "GET", "/redirect/11", 0));
    EQ(x_exchange(&c, async), 12156);
    NEED(x_next(&c, "POST", "/redirect-to?url=/anything&status_code=307", 0));
    sends(&c, async, "307", "kept", 4, 200);
    EXPECT(strstr(body, "\"data\": \"kept\"") && strstr(body, "POST"));
    NEED(x_next(&c, "POST", "/redirect-to?url=/anything&status_code=303", 0));
    sends(&c, async, "303", "lost", 4, 200);
    EXPECT(strstr(body, "\"data\": \"\"") && strstr(body, "GET"));
    h_finish(&c);
}
BOTH(httpbin_redirects)

static void httpbin_cookies(int async) {
    conn c;
    NEED(at(&c, async, "httpbin", "GET", "/cookies/set?one=1&two=2"));
    fetches(&c, async, "set", 200);
    EXPECT(strstr(body, "\"one\": \"1\"") && strstr(body, "\"two\": \"2\""));
    NEED(x_next(&c, "GET", "/cookies/delete?one=", 0));
    fetches(&c, async, "delete", 200);
    EXPECT(!strstr(body, "\"one\"") && strstr(body, "\"two\": \"2\""));
    h_finish(&c);
}
BOTH(httpbin_cookies)

static void httpbin_codings(int async) {
    static const char *const rows[][2] = {{"/gzip", "\"gzipped\": true"}, {"/deflate", "\"deflated\": true"}};
    conn c;
    size_t i;
    NEED(at(&c, async, "httpbin", "GET", "/get"));
    for (i = 0; i < 2; i++) {
        NEED(x_next(&c, "GET", rows[i][0], 0));
        decode(&c);
        fetches(&c, async, rows[i][0], 200);
        EXPECT(strstr(body, rows[i][1]));
    }
    NEED(x_next(&c, "GET", "/brotli", 0));
    decode(&c);
    fetches(&c, async, "br", 200);
    EQ_STR(x_header(c.req, "Content-Encoding"), "br");
    h_finish(&c);
}
BOTH(httpbin_codings)

static void httpbin_streams(int async) {
    conn c;
    NEED(at(&c, async, "httpbin", "GET", "/stream/50"));
    fetches(&c, async, "stream", 200);
    EQ(lines_in(body), 50);
    EQ_STR(x_header(c.req, "Transfer-Encoding"), "chunked");
    NEED(x_next(&c, "GET", "/drip?duration=0.3&numbytes=30&delay=0", 0));
    fetches(&c, async, "drip", 200);
    EQ(strlen(body), 30);
    h_finish(&c);
}
BOTH(httpbin_streams)

static void httpbin_is_late(int async) {
    conn c;
    DWORD ms = 300;
    NEED(at(&c, async, "httpbin", "GET", "/delay/1"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    EQ(x_exchange(&c, async), E_TIMEOUT);
    h_finish(&c);
}
BOTH(httpbin_is_late)

TESTS {
    CASE2(nginx_keeps_one_connection);
    CASE2(nginx_ends_connections);
    CASE2(nginx_compresses_in_chunks);
    CASE2(nginx_ranges_and_conditions);
    CASE2(nginx_limits);
    CASE2(nginx_slowly);
    CASE2(nginx_hangs_up);
    CASE2(nginx_takes_uploads);
    CASE2(nginx_over_tls);
    CASE2(apache_serves_files);
    CASE2(apache_traces);
    CASE2(apache_deflates);
    CASE2(apache_continues);
    CASE2(apache_over_tls);
    CASE2(apache_asks_for_a_password);
    CASE2(git_tells_its_references);
    CASE2(httpbin_echoes);
    CASE2(httpbin_statuses);
    CASE2(httpbin_redirects);
    CASE2(httpbin_cookies);
    CASE2(httpbin_codings);
    CASE2(httpbin_streams);
    CASE2(httpbin_is_late);
}
END_TESTS
