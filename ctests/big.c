/* 64 MiB each way, byte for byte. */
#include "harness.h"

#ifdef H_SLOW
#define SIZE (8u << 20)
#else
#define SIZE (64u << 20)
#endif

typedef struct sender {
    conn *c;
    const unsigned char *data;
    DWORD error;
} sender;

static void send_all(void *arg) {
    sender *s = arg;
    s->error = WinHttpWebSocketSend(s->c->ws, BIN, (void *)s->data, SIZE);
}

/* Receives one message into `back`; the number of pieces. */
static int collect(conn *c, int async, unsigned char *back) {
    DWORD n = 0;
    int pieces = 0;
    got g;
    do {
        g = h_receive(c, async, back + n, SIZE - n < 65536 ? SIZE - n + 1 : 65536);
        if (g.error) {
            FAIL("error %u after %u bytes", (unsigned)g.error, (unsigned)n);
            return 0;
        }
        n += g.bytes;
        pieces++;
    } while (g.type == BINF && n <= SIZE);
    EQ(g.type, BIN);
    EQ(n, SIZE);
    return pieces;
}

static void echo_64_mib(int async) {
    recorder *r = rec_new();
    conn c;
    sender s;
    unsigned char *out = malloc(SIZE), *back = malloc(SIZE + 65536);
    h_limit(120);
    NEED(h_websocket(&c, async, "/echo", r));
    h_pattern(out, SIZE);
    memset(back, 0, SIZE);
    s.c = &c;
    s.data = out;
    if (async) {
        EQ(h_send(&c, 1, BIN, out, SIZE), 0);
        collect(&c, 1, back);
    } else {
        h_thread t = h_spawn(send_all, &s);
        collect(&c, 0, back);
        h_join(t);
        EQ(s.error, 0);
    }
    EXPECT(!memcmp(out, back, SIZE));
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
    free(out);
    free(back);
}
BOTH(echo_64_mib)

/* Both directions at once, many messages: the echo of each comes back in order. */
typedef struct pump {
    conn *c;
    int count;
    DWORD error;
} pump;

static DWORD length_of(int i) { return (DWORD)((unsigned)i * 7919u % 200000u); }

static void pump_out(void *arg) {
    pump *p = arg;
    unsigned char *data = malloc(200000);
    int i;
    h_pattern(data, 200000);
    for (i = 0; i < p->count && !p->error; i++) p->error = WinHttpWebSocketSend(p->c->ws, BIN, data, length_of(i));
    free(data);
}

static void full_duplex_sync(void) {
    conn c;
    pump p;
    h_thread t;
    int i;
    unsigned char *back = malloc(200000), *want = malloc(200000);
    h_limit(90);
    h_pattern(want, 200000);
    NEED(h_websocket(&c, 0, "/echo", NULL));
    p.c = &c;
    p.count = 200;
    p.error = 0;
    t = h_spawn(pump_out, &p);
    for (i = 0; i < p.count; i++) {
        DWORD n = 0;
        got g;
        do {
            g = h_receive(&c, 0, back + n, 200000 - n);
            n += g.bytes;
        } while (!g.error && g.type == BINF);
        if (g.error || n != length_of(i) || memcmp(back, want, n)) {
            FAIL("message %d: error %u, %u bytes of %u", i, (unsigned)g.error, (unsigned)n, (unsigned)length_of(i));
            break;
        }
    }
    h_join(t);
    EQ(p.error, 0);
    h_finish(&c);
    free(back);
    free(want);
}

/* A send that the socket cannot take is accepted, completes later and only once. */
static void send_completes_when_the_peer_reads_again(void) {
    recorder *r = rec_new();
    conn c;
    char path[128], text[64];
    const char *token = h_token();
    unsigned char *out = malloc(SIZE);
    h_record e = {0};
    int i, calls = 0;
    h_limit(90);
    h_pattern(out, SIZE);
    snprintf(path, sizeof path, "/deaf?gate=%s", token);
    NEED(h_websocket(&c, 1, path, r));
    EQ(WinHttpWebSocketSend(c.ws, BIN, out, SIZE), 0);
    calls = rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, 1, 200, NULL);
    EQ(calls, 0);
    /* One outstanding: the second is refused, without a callback. */
    for (i = 0; i < 3; i++) EQ(WinHttpWebSocketSend(c.ws, BIN, out, 10), E_OP);
    snprintf(path, sizeof path, "/release/%s", token);
    EQ_STR(h_get_text(path), "released");
    EXPECT(rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, 1, 60000, &e));
    EQ(e.info.ws_status.dwBytesTransferred, SIZE);
    EQ(e.info.ws_status.eBufferType, BIN);
    h_message(&c, 1, text, sizeof text);
    {
        char want[64];
        snprintf(want, sizeof want, "%u ", (unsigned)SIZE);
        EXPECT(!strncmp(text, want, strlen(want)));
    }
    EQ(rec_count(r, c.ws, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE), 1);
    h_finish(&c);
    free(out);
}

TESTS {
    CASE2(echo_64_mib);
    CASE(full_duplex_sync);
    CASE(send_completes_when_the_peer_reads_again);
}
END_TESTS
