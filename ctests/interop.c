/* A conversation with a server that nobody here wrote. run by tests/peers/interop.py, one server after the other. */
#include "harness.h"

static void talk(int async) {
    recorder *r = rec_new();
    conn c;
    enum { SIZE = 1 << 20 };
    const char *where = getenv("INTEROP_PORT");
    unsigned char *out = malloc(SIZE), *back = malloc(SIZE);
    char text[256];
    USHORT code = 0;
    DWORD used = 0, n = 0;
    got g = {0, 0, 0};
    h_pattern(out, SIZE);
    NEED(where);
    NEED(h_websocket_on(&c, async, where, "/", r));
    EQ(h_send(&c, async, TXT, "gr\xc3\xbc\xc3\x9f", 6), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "gr\xc3\xbc\xc3\x9f");
    EQ(h_send(&c, async, TXTF, "one ", 4), 0);
    EQ(h_send(&c, async, TXTF, "two ", 4), 0);
    EQ(h_send(&c, async, TXT, "three", 5), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "one two three");
    EQ(h_send(&c, async, BIN, NULL, 0), 0);
    g = h_receive(&c, async, text, sizeof text);
    EQ(g.error, 0);
    EQ(g.bytes, 0);
    EQ(g.type, BIN);
    EQ(h_send(&c, async, BIN, out, SIZE), 0);
    while (n < SIZE) {
        g = h_receive(&c, async, back + n, SIZE - n);
        NEED(!g.error && g.bytes);
        n += g.bytes;
    }
    EQ(g.type, BIN);
    EXPECT(!memcmp(out, back, SIZE));
    EQ(h_close(&c, async, 1000, "interop"), 0);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, text, sizeof text, &used), 0);
    EQ(code, 1000);
    h_finish(&c);
    free(out);
    free(back);
}
BOTH(talk)

TESTS {
    CASE2(talk);
}
END_TESTS
