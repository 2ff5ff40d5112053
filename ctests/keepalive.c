/* An idle websocket keeps itself alive with unsolicited pongs. */
#include "process.h"

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

/* Both kinds of session at the same time, for the wait is long. */
static void both_await_pong(const char *path) {
    idle sync, async;
    h_thread waits;
    open_idle(&sync, 0, path);
    open_idle(&async, 1, path);
    waits = h_spawn(await_pong, &sync);
    await_pong(&async);
    h_join(waits);
    h_finish(&sync.c);
    h_finish(&async.c);
}

/* A connection that has ended needs none: a socket of which the program knows that keeps nobody busy. */
static void unsolicited_pong_when_idle(void) {
    idle dead;
    char buffer[16];
    long before;
    open_idle(&dead, 1, "/raw/?then=drop");
    EXPECT(h_receive(&dead.c, 1, buffer, sizeof buffer).error);
    both_await_pong("/first-frame");
    before = p_sleeps();
    h_sleep(1000);
    if (p_sleeps() - before > 300) FAIL("the threads woke %ld times", p_sleeps() - before);
    h_finish(&dead.c);
}

/* Idle is who sends nothing, whatever comes. */
static void unsolicited_pong_while_receiving(void) { both_await_pong("/first-frame?chatter"); }

TESTS {
    CASE(unsolicited_pong_when_idle);
    CASE(unsolicited_pong_while_receiving);
}
END_TESTS
