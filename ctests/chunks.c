/* Request bodies that the program chunks itself: the library looks for their end, so that the connection serves the next request. */
#include "http.h"

static char body[1 << 16];

/* Sends `text`: of it `optional` bytes with the send, the rest in writes of `step` bytes, 0 for one. The number of the connection that it took. */
static const char *connection_of(conn *c, int async, const char *text, size_t optional, size_t step) {
    size_t len = strlen(text), at;
    DWORD n, error;
    EQ(x_send(c, async, NULL, 0, text, (DWORD)optional, 0), 0);
    for (at = optional; at < len; at += n) {
        DWORD most = (DWORD)(len - at), written = 0;
        n = step && step < most ? (DWORD)step : most;
        EQ(x_write(c, async, text + at, n, &written), 0);
        EQ(written, n);
    }
    error = x_receive(c, async);
    if (!error) error = x_body(c, async, body, sizeof body);
    EQ(error, 0);
    if (!error) {
        const char *end = strstr(body, "\r\n\r\n");
        EQ_STR(end ? end + 4 : "(no end of the head)", text);
    }
    return x_header(c->req, "X-Connection");
}

static void open_for(conn *c, int async, const char *path, LPCWSTR version, const char *coding) {
    char header[100];
    NEED(x_open(c, async, "plain", W("POST"), h_wide(path), version, NULL, NULL, 0));
    snprintf(header, sizeof header, "Transfer-Encoding: %s", coding);
    EXPECT(WinHttpAddRequestHeaders(c->req, h_wide(header), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
}

/* One request after the other on the same handle, so also after a response. */
static void a_body_that_has_ended_lets_the_connection_be_used_again(int async) {
    static const char *const texts[] = {"0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"};
    size_t i, cut;
    for (i = 0; i < 3; i++) {
        size_t len = strlen(texts[i]);
        char first[32];
        conn c;
        open_for(&c, async, "/wire?chunked&keep", NULL, i ? "chunked" : "gzip, Chunked");
        snprintf(first, sizeof first, "%s", connection_of(&c, async, texts[i], 0, 0));
        EQ_STR(connection_of(&c, async, texts[i], 0, 1), first);
        EQ_STR(connection_of(&c, async, texts[i], 0, 3), first);
        for (cut = 0; cut <= len; cut++) EQ_STR(connection_of(&c, async, texts[i], cut, 0), first);
        for (cut = 1; cut < len; cut++) EQ_STR(connection_of(&c, async, texts[i], 0, cut), first);
        h_finish(&c);
    }
}
BOTH(a_body_that_has_ended_lets_the_connection_be_used_again)

static void a_long_chunk_in_many_writes(int async) {
    static char text[40100];
    size_t n = (size_t)snprintf(text, sizeof text, "9C40\r\n");
    char first[32];
    conn c;
    memset(text + n, '0', 40000);
    snprintf(text + n + 40000, sizeof text - n - 40000, "\r\n0\r\n\r\n");
    open_for(&c, async, "/wire?chunked&keep", NULL, "chunked");
    snprintf(first, sizeof first, "%s", connection_of(&c, async, text, 0, 1000));
    EQ_STR(connection_of(&c, async, text, 100, 7000), first);
    EQ_STR(connection_of(&c, async, text, 0, 0), first);
    h_finish(&c);
}
BOTH(a_long_chunk_in_many_writes)

/* Sent as it is, but what the server takes for the next request nobody knows. */
static void a_body_without_a_certain_end_closes_the_connection(int async) {
    static const struct {
        const char *text, *coding;
        int old_request, old_answer;
    } rows[] = {
        {"3\r\nabc\r\n", "chunked", 0, 0},
        {"3\r\nabc\r\n0\r\n\r", "chunked", 0, 0},
        {"3\r\nabc\r\n0\r\n\r\nx", "chunked", 0, 0},
        {"0\r\n\r\n0\r\n\r\n", "chunked", 0, 0},
        {"4\r\nabc\r\n0\r\n\r\n", "chunked", 0, 0},
        {"post", "chunked", 0, 0},
        {"0\r\n\r\n", "gzip", 0, 0},
        {"0\r\n\r\n", "chunked", 1, 0},
        {"0\r\n\r\n", "chunked", 0, 1},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[64], first[32];
        const char *second;
        conn c;
        snprintf(path, sizeof path, "/wire?keep&bytes=%u%s", (unsigned)strlen(rows[i].text), rows[i].old_answer ? "&old" : "");
        open_for(&c, async, path, rows[i].old_request ? W("HTTP/1.0") : NULL, rows[i].coding);
        snprintf(first, sizeof first, "%s", connection_of(&c, async, rows[i].text, 0, 0));
        second = connection_of(&c, async, rows[i].text, 0, 1);
        if (!strcmp(first, second)) FAIL("row %u: used again", (unsigned)i);
        h_finish(&c);
    }
}
BOTH(a_body_without_a_certain_end_closes_the_connection)

/* The end that was missing is not made up by the next body. */
static void a_whole_body_after_one_that_failed(int async) {
    conn c;
    char first[32];
    DWORD limit = 300, enough = 15000;
    open_for(&c, async, "/wire?chunked&keep", NULL, "chunked");
    snprintf(first, sizeof first, "%s", connection_of(&c, async, "0\r\n\r\n", 0, 0));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &limit, sizeof limit));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, 0), 0);
    EQ(x_write(&c, async, "3\r\nabc\r\n", 8, NULL), 0);
    EQ(x_receive(&c, async), 12002);
    EQ(x_write(&c, async, "0\r\n\r\n", 5, NULL), 12019);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &enough, sizeof enough));
    EXPECT(strcmp(connection_of(&c, async, "3\r\nabc\r\n0\r\n\r\n", 0, 0), first));
    h_finish(&c);
}
BOTH(a_whole_body_after_one_that_failed)

TESTS {
    CASE2(a_body_that_has_ended_lets_the_connection_be_used_again);
    CASE2(a_long_chunk_in_many_writes);
    CASE2(a_body_without_a_certain_end_closes_the_connection);
    CASE2(a_whole_body_after_one_that_failed);
}
END_TESTS
