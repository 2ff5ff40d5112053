/* WinHttpQueryHeadersEx, and headers as they were on the wire. */
#include "http.h"

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

TESTS {
    CASE2(all_headers);
    CASE2(one_header);
    CASE(what_is_refused);
    CASE2(trailers_too);
    CASE(wire_encoding_of_one_header);
}
END_TESTS
