/* An idle websocket keeps itself alive with unsolicited pongs. */
#include "harness.h"

/* What the server saw first, and when; the interval is the smallest that can be set. */
static void first_pong(int async) {
    recorder *r = rec_new();
    conn c;
    char text[64] = "";
    DWORD ms = WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE;
    uint64_t start;
    got g;
    NEED(h_websocket(&c, async, "/first-frame", r));
    EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, &ms, sizeof ms));
    start = h_ms();
    g = h_receive(&c, async, text, sizeof text - 1);
    EQ(g.error, 0);
    EQ_STR(text, "pong:fin:0");
    if (h_ms() - start < 14000 || h_ms() - start > 19000) FAIL("after %u ms", (unsigned)(h_ms() - start));
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}

static void in_another_thread(void *unused) {
    (void)unused;
    first_pong(0);
}

/* Both kinds of session at the same time, for the wait is long. */
static void unsolicited_pong_when_idle(void) {
    h_thread sync = h_spawn(in_another_thread, NULL);
    first_pong(1);
    h_join(sync);
}

TESTS {
    CASE(unsolicited_pong_when_idle);
}
END_TESTS
