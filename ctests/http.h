/* What the tests of plain HTTP share: each call brought to its end, synchronous or not, and whole exchanges. */
#ifndef HTTP_H
#define HTTP_H

#include "harness.h"

#define STATUS(name) WINHTTP_CALLBACK_STATUS_##name

/* A session of its own with its recorder, and the connection. */
static inline int x_connect(conn *c, int async, LPCWSTR host, const char *port) {
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    if (!(c->ses = h_open(async))) return 0;
    h_record_all(c->ses, c->rec);
    return (c->con = WinHttpConnect(c->ses, host, h_port(port), 0)) != NULL;
}

/* The next request of it. */
static inline int x_next(conn *c, const char *verb, const char *path, DWORD flags) {
    if (c->req) WinHttpCloseHandle(c->req);
    c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, flags);
    return c->req != NULL;
}

/* A request of its own session: `flags` are WinHttpOpenRequest's. The port chooses plain or TLS. */
static inline int x_open(conn *c, int async, const char *port, LPCWSTR verb, LPCWSTR object, LPCWSTR version, LPCWSTR referrer, LPCWSTR *accept, DWORD flags) {
    int secure = strcmp(port, "plain") && strcmp(port, "refused");
    if (!x_connect(c, async, secure ? W("localhost") : W("127.0.0.1"), port)) return 0;
    c->req = WinHttpOpenRequest(c->con, verb, object, version, referrer, accept, flags | (secure ? WINHTTP_FLAG_SECURE : 0));
    return c->req != NULL;
}
static inline int x_simple(conn *c, int async, const char *verb, const char *path) {
    return x_open(c, async, "plain", h_wide(verb), h_wide(path), NULL, NULL, NULL, 0);
}

/* One header more, or several. */
static inline void x_add(conn *c, const char *headers) {
    EXPECT(WinHttpAddRequestHeaders(c->req, h_wide(headers), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
}

/* printf, of which the last eight texts last. */
static inline const char *x_text(const char *format, ...) {
    static char out[8][2048];
    static unsigned next;
    char *to = out[next++ % 8];
    va_list args;
    va_start(args, format);
    vsnprintf(to, 2048, format, args);
    va_end(args);
    return to;
}

/* The end of an asynchronous call: its error and, in *length, what the notice says. */
static inline DWORD x_end(conn *c, DWORD mask, int before, DWORD *length, DWORD *number) {
    h_record e;
    if (!rec_wait_nth(c->rec, c->req, mask | STATUS(REQUEST_ERROR), before + 1, 15000, &e)) return 1460;
    if (e.status == STATUS(REQUEST_ERROR)) return e.info.result.dwError;
    if (length) *length = e.length;
    if (number) *number = e.info.number;
    return 0;
}
#define X_BEFORE(c, async, mask) ((async) ? rec_count((c)->rec, (c)->req, (mask) | STATUS(REQUEST_ERROR)) : 0)
/* Awaits only what it can: a call that fails directly has no notice. */
#define X_RESULT(ok, mask, length, number) (!(ok) ? GetLastError() : !async ? 0 : x_end(c, (mask), before, (length), (number)))

static inline DWORD x_send(conn *c, int async, LPCWSTR headers, DWORD headers_length, const void *optional, DWORD n, DWORD total) {
    int before = X_BEFORE(c, async, STATUS(SENDREQUEST_COMPLETE));
    return X_RESULT(WinHttpSendRequest(c->req, headers, headers_length, (LPVOID)optional, n, total, (DWORD_PTR)c->rec), STATUS(SENDREQUEST_COMPLETE), NULL, NULL);
}
static inline DWORD x_write(conn *c, int async, const void *data, DWORD n, DWORD *written) {
    int before = X_BEFORE(c, async, STATUS(WRITE_COMPLETE));
    DWORD direct = 0xbadbad, *out = async ? NULL : written ? written : &direct;
    return X_RESULT(WinHttpWriteData(c->req, data, n, out), STATUS(WRITE_COMPLETE), NULL, async ? written : NULL);
}
static inline DWORD x_receive(conn *c, int async) {
    int before = X_BEFORE(c, async, STATUS(HEADERS_AVAILABLE));
    return X_RESULT(WinHttpReceiveResponse(c->req, NULL), STATUS(HEADERS_AVAILABLE), NULL, NULL);
}
static inline DWORD x_available(conn *c, int async, DWORD *available) {
    int before = X_BEFORE(c, async, STATUS(DATA_AVAILABLE));
    return X_RESULT(WinHttpQueryDataAvailable(c->req, async ? NULL : available), STATUS(DATA_AVAILABLE), NULL, async ? available : NULL);
}
static inline DWORD x_read(conn *c, int async, void *to, DWORD n, DWORD *read) {
    int before = X_BEFORE(c, async, STATUS(READ_COMPLETE));
    return X_RESULT(WinHttpReadData(c->req, to, n, async ? NULL : read), STATUS(READ_COMPLETE), async ? read : NULL, NULL);
}

/* The whole body as text (NUL appended); its end by a read of 0. */
static inline DWORD x_body(conn *c, int async, char *to, DWORD room) {
    DWORD n = 0, got, error = 0;
    do {
        got = 0;
        error = x_read(c, async, to + n, room - 1 - n, &got);
        if (!error) n += got;
    } while (!error && got && n < room - 1);
    to[n] = 0;
    return error;
}

/* Send without a body, receive. */
static inline DWORD x_exchange(conn *c, int async) {
    DWORD error = x_send(c, async, NULL, 0, NULL, 0, 0);
    return error ? error : x_receive(c, async);
}

/* A header query as text: "12150" and the like for an error. */
static inline const char *x_query(HINTERNET req, DWORD level, const char *name, DWORD *index) {
    static char out[8][8192];
    static WCHAR wide[8192];
    static unsigned next;
    char *to = out[next++ % 8];
    DWORD size = sizeof wide, i;
    if (!WinHttpQueryHeaders(req, level, name ? h_wide(name) : NULL, wide, &size, index)) {
        snprintf(to, 8192, "%u", (unsigned)GetLastError());
        return to;
    }
    for (i = 0; i < size / 2 && i < 8191; i++) to[i] = (char)wide[i];
    to[i] = 0;
    return to;
}
#define x_header(req, name) x_query((req), WINHTTP_QUERY_CUSTOM, (name), NULL)
#define x_added(req, name) x_query((req), WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, (name), NULL)

static inline const char *x_url(HINTERNET req) {
    static char out[4][2048];
    static unsigned next;
    char *to = out[next++ % 4];
    WCHAR wide[2048];
    DWORD size = sizeof wide, i;
    if (!WinHttpQueryOption(req, WINHTTP_OPTION_URL, wide, &size)) {
        snprintf(to, 2048, "%u", (unsigned)GetLastError());
        return to;
    }
    for (i = 0; i < size / 2 && i < 2047; i++) to[i] = (char)wide[i];
    to[i] = 0;
    return to;
}

/* Bytes as hex digits, for the peer's paths. */
static inline const char *x_hex(const char *text, size_t n) {
    static char pool[8][8192];
    static unsigned next;
    char *to = pool[next++ % 8];
    size_t i;
    for (i = 0; i < n && i < 4095; i++) snprintf(to + 2 * i, 3, "%02x", (unsigned char)text[i]);
    to[2 * i] = 0;
    return to;
}

#define EQ_TEXT(row, got, want)                                                                  \
    do {                                                                                         \
        const char *g_ = (got), *w_ = (want);                                                    \
        if (strcmp(g_, w_)) FAIL("%s: %s is\n       \"%s\", not\n       \"%s\"", (row), #got, g_, w_); \
    } while (0)

static inline int x_starts(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

/* How often a line "NAME:..." is in a request's head, names compared as they are. */
static inline int x_lines(const char *head, const char *line) {
    int n = 0;
    size_t len = strlen(line);
    const char *p = head;
    while ((p = strstr(p, "\r\n"))) {
        p += 2;
        if (!strncmp(p, line, len)) n++;
    }
    return n;
}
#define HAS(head, line) x_lines((head), line "\r\n")

#endif
