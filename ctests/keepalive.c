/* An idle websocket keeps itself alive with unsolicited pongs. */
#include "harness.h"

typedef struct idle {
    conn c;
    int async;
    uint64_t since;
} idle;

static void open_idle(idle *i, int async, const char *path) {
    DWORD ms = WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE; /* the smallest interval that can be set */
    i->async = async;
    NEED(h_websocket(&i->c, async, path, rec_new()));
    EXPECT(WinHttpSetOption(i->c.ws, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, &ms, sizeof ms));
    i->since = h_ms();
}

/* The server tells which frame it saw first. */
static void await_pong(void *of) {
    idle *i = of;
    char text[64] = "";
    uint64_t took;
    got g;
    do {
        memset(text, 0, sizeof text);
        g = h_receive(&i->c, i->async, text, sizeof text - 1);
    } while (!g.error && !strcmp(text, "still here"));
    took = h_ms() - i->since;
    EQ(g.error, 0);
    EQ_STR(text, "pong:fin:0");
    if (took < 14000 || took > 19000) FAIL("after %u ms", (unsigned)took);
}

/* Idle is who sends nothing, whatever comes. Both kinds of session at the same time, for the wait is long. */
static void unsolicited_pong_when_nothing_is_sent(void) {
    idle all[4];
    h_thread waits[4];
    int i;
    for (i = 0; i < 4; i++) open_idle(&all[i], i % 2, i < 2 ? "/first-frame" : "/first-frame?chatter");
    for (i = 0; i < 4; i++) waits[i] = h_spawn(await_pong, &all[i]);
    for (i = 0; i < 4; i++) h_join(waits[i]);
    for (i = 0; i < 4; i++) h_finish(&all[i].c);
}

TESTS {
    CASE(unsolicited_pong_when_nothing_is_sent);
}
END_TESTS
