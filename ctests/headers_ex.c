/* WinHttpAddRequestHeadersEx, WinHttpQueryHeadersEx, and headers as they were on the wire. */
#define _GNU_SOURCE
#include "http.h"
#include "modifiers.h"
#include "newer.h"

#ifndef WINHTTP_QUERY_FLAG_WIRE_ENCODING
#define WINHTTP_QUERY_FLAG_WIRE_ENCODING 0x01000000
#endif

typedef struct name_and_value {
    const void *name, *value;
} name_and_value;
/* Windows' import library may be older than the function. */
typedef DWORD(WINAPI *query_headers_ex)(HINTERNET, DWORD, ULONGLONG, UINT, DWORD *, const void *, void *, DWORD *, name_and_value **, DWORD *);
#ifdef _WIN32
#define THE(name) ((query_headers_ex)(void *)GetProcAddress(GetModuleHandleA("winhttp.dll"), #name))
#else
#define THE(name) ((query_headers_ex)(void *)name)
#endif
static query_headers_ex query;

static const char *narrow(const void *text) {
    static char out[8][256];
    static unsigned next;
    char *to = out[next++ % 8];
    const WCHAR *from = text;
    int i;
    for (i = 0; from[i] && i < 255; i++) to[i] = (char)from[i];
    to[i] = 0;
    return to;
}

/* The peer's answer is what the path says, in hex. */
static int answer(conn *c, int async, const char *head) {
    char path[4096];
    snprintf(path, sizeof path, "/answer/%s", x_hex(head, strlen(head)));
    return x_simple(c, async, "GET", path) && !x_exchange(c, async);
}
static const char RESPONSE[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-One: first\r\nx-ONE: second\r\nX-Empty:\r\nX-High: \xe9\r\n\r\n";

static void all_headers(int async) {
    static const char *names[] = {"Content-Length", "X-One", "x-ONE", "X-Empty", "X-High"}, *values[] = {"0", "first", "second", "", "\xe9"};
    static unsigned char buffer[4096];
    name_and_value *headers = NULL;
    DWORD size = 0, count = 99, needed, i, shift;
    conn c;
    NEED((query = THE(WinHttpQueryHeadersEx)) != NULL);
    NEED(answer(&c, async, RESPONSE));
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, NULL, &size, &headers, &count), ERROR_INSUFFICIENT_BUFFER);
    EQ(headers, NULL);
    EQ(count, 99);
    needed = size;
    size = needed - 1;
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size, &headers, &count), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, needed);
    for (shift = 0; shift < 8; shift++) {
        memset(buffer, 0x55, sizeof buffer);
        size = needed;
        EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer + shift, &size, &headers, &count), 0);
        NEED(count == 5);
        EXPECT((unsigned char *)headers >= buffer + shift && !((size_t)headers % sizeof(void *)));
        for (i = 0; i < 5; i++) {
            EQ_STR(narrow(headers[i].name), names[i]);
            EQ_STR(narrow(headers[i].value), values[i]);
        }
        for (i = 0; i < shift; i++) EQ(buffer[i], 0x55);
        EQ(buffer[shift + needed], 0x55);
    }
    /* As bytes. */
    size = sizeof buffer;
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS | WINHTTP_QUERY_FLAG_WIRE_ENCODING, 0, 0, NULL, NULL, buffer, &size, &headers, &count), 0);
    EXPECT(size < needed);
    NEED(count == 5);
    for (i = 0; i < 5; i++) {
        EQ_STR(headers[i].name, names[i]);
        EQ_STR(headers[i].value, values[i]);
    }
    h_finish(&c);
}
BOTH(all_headers)

static void one_header(int async) {
    static unsigned char buffer[4096];
    struct {
        LPCWSTR wide;
    } name = {W("x-one")};
    struct {
        const char *narrow;
    } bytes = {"X-ONE"};
    name_and_value *headers = NULL;
    DWORD size = sizeof buffer, count = 0, index = 0;
    conn c;
    NEED((query = THE(WinHttpQueryHeadersEx)) != NULL);
    NEED(answer(&c, async, RESPONSE));
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM, 0, 0, &index, &name, buffer, &size, &headers, &count), 0);
    EQ(count, 1);
    EQ_STR(narrow(headers->name), "X-One");
    EQ_STR(narrow(headers->value), "first");
    EQ(index, 1);
    size = sizeof buffer;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_WIRE_ENCODING, 0, 0, &index, &bytes, buffer, &size, &headers, &count), 0);
    EQ_STR(headers->value, "second");
    EQ(index, 2);
    size = sizeof buffer;
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM, 0, 0, &index, &name, buffer, &size, &headers, &count), 12150);
    EQ(index, 2);
    EQ(size, sizeof buffer);
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_LENGTH, 0, 0, NULL, NULL, buffer, &size, &headers, &count), 0);
    EQ_STR(narrow(headers->value), "0");
    size = 4;
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_LENGTH, 0, 0, &index, NULL, buffer, &size, &headers, &count), 12150); /* its third */
    size = sizeof buffer;
    EQ(query(c.req, WINHTTP_QUERY_HOST | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, 0, 0, NULL, NULL, buffer, &size, &headers, &count), 0);
    EXPECT(x_starts(narrow(headers->value), "127.0.0.1:"));
    h_finish(&c);
}
BOTH(one_header)

static void what_is_refused(void) {
    static const DWORD levels[] = {WINHTTP_QUERY_VERSION, WINHTTP_QUERY_STATUS_CODE, WINHTTP_QUERY_STATUS_TEXT, WINHTTP_QUERY_RAW_HEADERS_CRLF, 79, 71,
        WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER, WINHTTP_QUERY_CONTENT_LENGTH | 0x08000000, WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_SYSTEMTIME,
        WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_REQUEST_HEADERS | WINHTTP_QUERY_FLAG_TRAILERS, WINHTTP_QUERY_CUSTOM};
    static unsigned char buffer[4096];
    name_and_value *headers = NULL;
    DWORD size = sizeof buffer, count = 0;
    const void *no_name = NULL;
    size_t i;
    conn c;
    NEED((query = THE(WinHttpQueryHeadersEx)) != NULL);
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size, &headers, &count), E_STATE);
    h_finish(&c);
    NEED(answer(&c, 0, RESPONSE));
    for (i = 0; i < sizeof levels / sizeof *levels; i++) EQ(query(c.req, levels[i], 0, 0, NULL, NULL, buffer, &size, &headers, &count), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, WINHTTP_QUERY_CUSTOM, 0, 0, NULL, &no_name, buffer, &size, &headers, &count), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 1, 0, NULL, NULL, buffer, &size, &headers, &count), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, NULL, &headers, &count), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size, NULL, &count), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size, &headers, NULL), ERROR_INVALID_PARAMETER);
    EQ(query(c.con, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size, &headers, &count), E_TYPE);
    EQ(query(NULL, WINHTTP_QUERY_RAW_HEADERS, 0, 0, NULL, NULL, buffer, &size, &headers, &count), ERROR_INVALID_HANDLE);
    h_finish(&c);
}

static void trailers_too(int async) {
    static unsigned char buffer[4096];
    char text[4096];
    name_and_value *headers = NULL;
    DWORD size = sizeof buffer, count = 0;
    conn c;
    NEED((query = THE(WinHttpQueryHeadersEx)) != NULL);
    NEED(x_simple(&c, async, "GET", "/keep/chunked"));
    EQ(x_exchange(&c, async), 0);
    EQ(x_body(&c, async, text, sizeof text), 0);
    EQ(query(c.req, WINHTTP_QUERY_RAW_HEADERS | WINHTTP_QUERY_FLAG_TRAILERS, 0, 0, NULL, NULL, buffer, &size, &headers, &count), 0);
    NEED(count == 1);
    EQ_STR(narrow(headers->name), "X-Trailer");
    EQ_STR(narrow(headers->value), "late");
    h_finish(&c);
}
BOTH(trailers_too)

/* The flag with the older function: bytes, with a NUL of one byte that the length does not count. */
static void wire_encoding_of_one_header(void) {
    char buffer[16];
    DWORD size = 0, index = 0;
    conn c;
    NEED(answer(&c, 0, RESPONSE));
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_WIRE_ENCODING, W("X-High"), NULL, &size, NULL));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 2);
    size = 1;
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_WIRE_ENCODING, W("X-High"), buffer, &size, NULL));
    size = sizeof buffer;
    EXPECT(WinHttpQueryHeaders(c.req, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_WIRE_ENCODING, W("X-High"), buffer, &size, &index));
    EQ(size, 1);
    EQ_STR(buffer, "\xe9");
    EQ(index, 1);
    h_finish(&c);
}

/* ---- WinHttpAddRequestHeadersEx -------------------------------------------------------------- */

#define UNICODE_TEXTS 1

/* Every added header of the request, as lines without the first and the last. */
static const char *added(HINTERNET req) {
    static char out[2][1024];
    static unsigned next;
    char *to = out[next++ % 2];
    const char *all = x_query(req, WINHTTP_QUERY_RAW_HEADERS_CRLF | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, NULL), *p = strstr(all, "\r\n");
    size_t n = 0;
    to[0] = 0;
    while (p && p[2] && p[2] != '\r') {
        const char *end = strstr(p + 2, "\r\n");
        n += (size_t)snprintf(to + n, 1024 - n, "%s%.*s", n ? " | " : "", (int)(end - p - 2), p + 2);
        p = end;
    }
    return to;
}

/* The same table as that of WinHttpAddRequestHeaders; each row goes on from the one before it. */
static void modifiers_of_single_headers(int wide) {
    static const struct {
        const char *name, *value;
        DWORD flags, error;
        const char *after;
    } rows[] = {
        {"W", "0", REPLACE, 12150, ""},
        {"W", "", REPLACE, 12150, ""},
        {"W", NULL, REPLACE, 12150, ""},
        {"W", "1", ADD, 0, "W: 1"},
        {"w", "x", ADD_IF_NEW, 12155, "W: 1"},
        {"w", "2", ADD, 0, "W: 1 | w: 2"},
        {"W", "3", REPLACE, 0, "W: 3 | w: 2"},
        {"W", "4", COALESCE, 0, "W: 3, 4 | w: 2"},
        {"W", "5", WITH_COMMA, 0, "W: 3, 4, 5 | w: 2"},
        {"W", "6", WITH_SEMICOLON, 0, "W: 3, 4, 5; 6 | w: 2"},
        {"W", "4", ADD | REPLACE, 0, "W: 4 | w: 2"},
        {"W", "", REPLACE, 0, "w: 2"},
        {"W", NULL, ADD | REPLACE, 0, ""},
        {"W", "7", ADD | REPLACE, 0, "W: 7"},
        {"W", NULL, REPLACE, 0, ""},
        {"W", "8", ADD_IF_NEW, 0, "W: 8"},
        {"W", "9", 0, 0, "W: 8 | W: 9"},
        {"W", "5", REPLACE | COALESCE, 0, "W: 5 | W: 9"},
        {"V", "a", COALESCE, 0, "W: 5 | W: 9 | V: a"},
        {"U", "b", WITH_SEMICOLON, 0, "W: 5 | W: 9 | V: a | U: b"},
        {"T", NULL, ADD, 0, "W: 5 | W: 9 | V: a | U: b | T: "},
    };
    size_t i;
    conn c;
    NEWER(DWORD, WinHttpAddRequestHeadersEx, HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, name_and_value *);
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char row[64];
        name_and_value one = {rows[i].name, rows[i].value};
        snprintf(row, sizeof row, "row %d, %s: %s 0x%x", (int)i, rows[i].name, rows[i].value ? rows[i].value : "(null)", (unsigned)rows[i].flags);
        if (wide) one.name = h_wide(rows[i].name), one.value = rows[i].value ? h_wide(rows[i].value) : NULL;
        EQ_ROW(row, p_WinHttpAddRequestHeadersEx(c.req, rows[i].flags, wide ? UNICODE_TEXTS : 0, 0, 1, &one), rows[i].error);
        EQ_TEXT(row, added(c.req), rows[i].after);
    }
    h_finish(&c);
}
static void modifiers_of_single_headers_in_bytes(void) { modifiers_of_single_headers(0); }
static void modifiers_of_single_headers_in_utf_16(void) { modifiers_of_single_headers(1); }

/* One element is one header; nothing in it is parsed. */
static void grammar_of_single_headers(void) {
    static const struct {
        const char *name, *value, *line; /* NULL: refused */
    } rows[] = {
        {"X-A", "value", "X-A: value"},
        {"x-a", "Value", "x-a: Value"},
        {"X-A", "  value \t", "X-A: value"},
        {"X-A", "a: b", "X-A: a: b"},
        {"X-A", "", "X-A: "},
        {"X-A", "\xe9\xff", "X-A: \xe9\xff"},
        {"!#$%&'*+-.^_`|~09azAZ", "value", "!#$%&'*+-.^_`|~09azAZ: value"},
        {"X-A", "1\r\nX-B: 2", NULL},
        {"X-A", "1\n", NULL},
        {"X-A", "\r1", NULL},
        {"X-A: 1", "2", NULL},
        {"X-A:", "1", NULL},
        {"X-A\r\nX-B", "1", NULL},
        {" X-A", "1", NULL},
        {"X-A ", "1", NULL},
        {"X A", "1", NULL},
        {"X(A)", "1", NULL},
        {"X\xe9", "1", NULL},
        {"", "1", NULL},
        {NULL, "1", NULL},
        {NULL, NULL, NULL},
    };
    size_t i;
    int wide;
    NEWER(DWORD, WinHttpAddRequestHeadersEx, HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, name_and_value *);
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        for (wide = 0; wide < 2; wide++) {
            conn c;
            char row[64];
            static WCHAR name[64], value[64];
            name_and_value one = {rows[i].name, rows[i].value};
            size_t k;
            snprintf(row, sizeof row, "row %d, %s", (int)i, wide ? "UTF-16" : "bytes");
            for (k = 0; wide && rows[i].name && k <= strlen(rows[i].name); k++) name[k] = (unsigned char)rows[i].name[k], one.name = name;
            for (k = 0; wide && rows[i].value && k <= strlen(rows[i].value); k++) value[k] = (unsigned char)rows[i].value[k], one.value = value;
            NEED(x_simple(&c, 0, "GET", "/head"));
            EQ_ROW(row, p_WinHttpAddRequestHeadersEx(c.req, ADD, wide ? UNICODE_TEXTS : 0, 0, 1, &one), rows[i].line ? 0 : ERROR_INVALID_PARAMETER);
            EQ_TEXT(row, added(c.req), rows[i].line ? rows[i].line : "");
            if (rows[i].line) {
                static char head[4096];
                EQ_ROW(row, x_exchange(&c, 0), 0);
                EQ_ROW(row, x_body(&c, 0, head, sizeof head), 0);
                if (HAS(head, "") > 1 || !strstr(head, rows[i].line)) FAIL("%s: \"%s\" is not in\n%s", row, rows[i].line, head);
            }
            h_finish(&c);
        }
}

/* Characters that no byte has, and texts beyond 64 KB. */
static void single_headers_that_cannot_be_sent(void) {
    static const WCHAR above[] = {'a', 0x100, 0}, half[] = {0xd800, 0};
    static char longest[0x10002];
    name_and_value rows[] = {{W("X-A"), above}, {above, W("1")}, {W("X-A"), half}}, one = {"X-A", longest};
    conn c;
    size_t i;
    NEWER(DWORD, WinHttpAddRequestHeadersEx, HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, name_and_value *);
    NEED(x_simple(&c, 0, "GET", "/head"));
    for (i = 0; i < 3; i++) EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, UNICODE_TEXTS, 0, 1, &rows[i]), ERROR_INVALID_PARAMETER);
    memset(longest, 'v', 0x10001);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 0, 1, &one), ERROR_INVALID_PARAMETER);
    EQ_STR(added(c.req), "");
    longest[0x10000] = 0;
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 0, 1, &one), 0);
    h_finish(&c);
}

/* All of a call's headers or none; a later one sees what an earlier one did. */
static void several_single_headers(void) {
    name_and_value three[] = {{"X-A", "1"}, {"X-B", "2"}, {"X-A", "3"}}, broken[] = {{"X-C", "4"}, {"X-D", "5\r\nX-E: 6"}}, again[] = {{"X-C", "4"}, {"x-c", "5"}};
    name_and_value replaced[] = {{"X-A", "x"}, {"X-B", "y"}}, missing[] = {{"X-A", "z"}, {"X-None", "z"}};
    conn c;
    NEWER(DWORD, WinHttpAddRequestHeadersEx, HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, name_and_value *);
    NEED(x_simple(&c, 0, "GET", "/head"));
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 0, 3, three), 0);
    EQ_STR(added(c.req), "X-A: 1 | X-B: 2 | X-A: 3");
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 0, 2, broken), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD_IF_NEW, 0, 0, 2, again), 12155);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, REPLACE, 0, 0, 2, missing), 12150);
    EQ_STR(added(c.req), "X-A: 1 | X-B: 2 | X-A: 3");
    EQ(p_WinHttpAddRequestHeadersEx(c.req, REPLACE, 0, 0, 2, replaced), 0);
    EQ_STR(added(c.req), "X-A: x | X-B: y | X-A: 3");
    EQ(p_WinHttpAddRequestHeadersEx(c.req, WITH_COMMA, 0, 0, 2, again), 0);
    EQ_STR(added(c.req), "X-A: x | X-B: y | X-A: 3 | X-C: 4, 5");
    h_finish(&c);
}

static void bad_parameters_of_single_headers(void) {
    name_and_value one = {"X-A", "1"};
    HINTERNET closed;
    conn c;
    NEWER(DWORD, WinHttpAddRequestHeadersEx, HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD, name_and_value *);
    NEED(x_simple(&c, 0, "GET", "/head"));
    NEED(closed = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0));
    EXPECT(WinHttpCloseHandle(closed));
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 0, 0, &one), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 0, 1, NULL), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 0, 1, 1, &one), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, 2, 0, 1, &one), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpAddRequestHeadersEx(c.req, ADD, (ULONGLONG)1 << 32, 0, 1, &one), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpAddRequestHeadersEx(NULL, ADD, 0, 0, 1, &one), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpAddRequestHeadersEx(closed, ADD, 0, 0, 1, &one), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpAddRequestHeadersEx(c.con, ADD, 0, 0, 1, &one), E_TYPE);
    EQ(p_WinHttpAddRequestHeadersEx(c.ses, ADD, 0, 0, 1, &one), E_TYPE);
    EQ_STR(added(c.req), "");
    h_finish(&c);
}

TESTS {
    CASE(modifiers_of_single_headers_in_bytes);
    CASE(modifiers_of_single_headers_in_utf_16);
    CASE(grammar_of_single_headers);
    CASE(single_headers_that_cannot_be_sent);
    CASE(several_single_headers);
    CASE(bad_parameters_of_single_headers);
    CASE2(all_headers);
    CASE2(one_header);
    CASE(what_is_refused);
    CASE2(trailers_too);
    CASE(wire_encoding_of_one_header);
}
END_TESTS
