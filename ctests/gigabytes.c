/* Five gigabytes up and down: 64-bit counts, and memory that does not grow. */
#include "process.h"
#include "http.h"

#ifdef H_SLOW
#define TOTAL (96ull << 20)
#else
#define TOTAL (5ull << 30)
#endif
#define PIECE (1u << 20)
#define MAY_GROW_KIB 4096

static unsigned char piece[PIECE];

static int bulk(conn *c, int async, const char *verb) {
    char path[64];
    snprintf(path, sizeof path, "/%llu", TOTAL);
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    if (!(c->ses = h_open(async))) return 0;
    h_record_all(c->ses, c->rec);
    if (!(c->con = WinHttpConnect(c->ses, W("127.0.0.1"), h_port("bulk"), 0))) return 0;
    c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, 0);
    return c->req != NULL;
}

static void memory_is(long before, const char *what, uint64_t start) {
    long after = p_peak_kib();
    printf("# %s: peak %ld -> %ld KiB, %llu ms\n", what, before, after, (unsigned long long)(h_ms() - start));
#ifndef H_SLOW /* a sanitizer has memory of its own */
    if (after > before + MAY_GROW_KIB) FAIL("%s: %ld KiB became %ld", what, before, after);
#endif
}

static void downloads(int async) {
    conn c;
    unsigned long long total = 0, length = 0;
    DWORD got, size = sizeof length, keep = STATUS(READ_COMPLETE) | STATUS(REQUEST_ERROR);
    long before = 0;
    uint64_t start = h_ms();
    h_limit(120);
    NEED(bulk(&c, async, "GET"));
    EQ(x_exchange(&c, async), 0);
    EXPECT(WinHttpQueryHeaders(c.req, WINHTTP_QUERY_CONTENT_LENGTH | 0x08000000 /* NUMBER64 */, NULL, &length, &size, NULL));
    EQ(length, TOTAL);
    /* Without the informational notices the recorder stays small. */
    WinHttpSetStatusCallback(c.req, rec_callback, keep, 0);
    do {
        got = 0;
        rec_clear(c.rec);
        NEED(!x_read(&c, async, piece, PIECE, &got));
        if (got && (piece[0] != 0 || piece[1] != 7 || piece[got - 1] != (unsigned char)((got - 1) * 7 + (got - 1) / 251))) FAIL("a piece differs at %llu", total);
        total += got;
        if (!before && total > TOTAL / 20) before = p_peak_kib();
    } while (got && !h_failed);
    EQ(total, TOTAL);
    memory_is(before, async ? "download, asynchronous" : "download", start);
    WinHttpSetStatusCallback(c.req, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    rec_clear(c.rec);
    h_finish(&c);
}
BOTH(downloads)

static void uploads(int async) {
    conn c;
    char header[64], text[64];
    unsigned long long total = 0;
    DWORD written, keep = STATUS(WRITE_COMPLETE) | STATUS(REQUEST_ERROR);
    long before = 0;
    uint64_t start = h_ms();
    h_limit(120);
    NEED(bulk(&c, async, "PUT"));
    snprintf(header, sizeof header, "Content-Length: %llu", TOTAL);
    EXPECT(WinHttpAddRequestHeaders(c.req, h_wide(header), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(x_send(&c, async, NULL, 0, NULL, 0, WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH), 0);
    WinHttpSetStatusCallback(c.req, rec_callback, keep, 0);
    while (total < TOTAL && !h_failed) {
        rec_clear(c.rec);
        written = 0;
        NEED(!x_write(&c, async, piece, PIECE, &written));
        EQ(written, PIECE);
        total += written;
        if (!before && total > TOTAL / 20) before = p_peak_kib();
    }
    /* Not one byte more. */
    EXPECT(!WinHttpWriteData(c.req, piece, 1, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    memory_is(before, async ? "upload, asynchronous" : "upload", start);
    WinHttpSetStatusCallback(c.req, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    rec_clear(c.rec);
    EQ(x_receive(&c, async), 0);
    EQ(x_body(&c, async, text, sizeof text), 0);
    snprintf(header, sizeof header, "%llu", TOTAL);
    EQ_STR(text, header);
    h_finish(&c);
}
BOTH(uploads)

TESTS {
    CASE2(downloads);
    CASE2(uploads);
}
END_TESTS
