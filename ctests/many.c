/* A thousand sockets at once, and callbacks that block. */
#include "harness.h"

#define STATUS(name) WINHTTP_CALLBACK_STATUS_##name

#ifdef H_SLOW
#define SOCKETS 200
#else
#define SOCKETS 1000
#endif

/* Each socket runs by its callbacks alone: send, receive response, upgrade, echo, close, gone. */
typedef struct client {
    HINTERNET req, ws;
    char out[32], in[32];
    int echoed, closed, failed, gone;
} client;

static client clients[SOCKETS];
static int all_gone;
static h_event everyone;

static void CALLBACK step(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    client *k = (client *)context;
    (void)length;
    if (!k) return;
    switch (status) {
    case STATUS(SENDREQUEST_COMPLETE):
        if (!WinHttpReceiveResponse(h, NULL)) k->failed = 1;
        break;
    case STATUS(HEADERS_AVAILABLE):
        k->ws = WinHttpWebSocketCompleteUpgrade(h, context);
        if (!k->ws) {
            k->failed = 2;
            break;
        }
        WinHttpCloseHandle(h);
        if (WinHttpWebSocketReceive(k->ws, k->in, sizeof k->in, NULL, NULL)) k->failed = 3;
        if (WinHttpWebSocketSend(k->ws, TXT, k->out, (DWORD)strlen(k->out))) k->failed = 4;
        break;
    case STATUS(READ_COMPLETE): {
        WINHTTP_WEB_SOCKET_STATUS *s = info;
        k->echoed = s->dwBytesTransferred == strlen(k->out) && !memcmp(k->in, k->out, s->dwBytesTransferred);
        if (WinHttpWebSocketClose(h, 1000, NULL, 0)) k->failed = 5;
        break;
    }
    case STATUS(CLOSE_COMPLETE):
        k->closed = 1;
        WinHttpCloseHandle(h);
        break;
    case STATUS(REQUEST_ERROR):
        k->failed = (int)((WINHTTP_ASYNC_RESULT *)info)->dwError;
        if (h == k->ws || h == k->req) WinHttpCloseHandle(h);
        break;
    case STATUS(HANDLE_CLOSING):
        if (h_inc(&k->gone) == 2 && h_inc(&all_gone) == SOCKETS) h_event_set(&everyone);
        break;
    default: break;
    }
}

static void a_thousand_at_once(void) {
    HINTERNET ses = h_open(1), con;
    int i, bad = 0;
    DWORD unlimited = 0xFFFFFFFF;
    h_limit(90);
    h_event_init(&everyone);
    WinHttpSetStatusCallback(ses, step, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    WinHttpSetOption(ses, WINHTTP_OPTION_MAX_CONNS_PER_SERVER, &unlimited, sizeof unlimited);
    con = WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
    for (i = 0; i < SOCKETS; i++) {
        client *k = &clients[i];
        snprintf(k->out, sizeof k->out, "client %d", i);
        k->req = WinHttpOpenRequest(con, NULL, W("/echo"), NULL, NULL, NULL, 0);
        WinHttpSetOption(k->req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
        if (!WinHttpSendRequest(k->req, NULL, 0, NULL, 0, 0, (DWORD_PTR)k)) FAIL("send %d: %u", i, (unsigned)GetLastError());
    }
    EXPECT(h_event_wait(&everyone, 60000));
    for (i = 0; i < SOCKETS; i++)
        if (!clients[i].echoed || !clients[i].closed || clients[i].failed || clients[i].gone != 2)
            if (bad++ < 5)
                FAIL("client %d: echoed %d closed %d failed %d notices %d", i, clients[i].echoed, clients[i].closed, clients[i].failed, clients[i].gone);
    EQ(bad, 0);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
}

/* All sockets open at the same time, then all echo. */
static void a_thousand_open(void) {
    recorder *r = rec_new();
    static conn c[SOCKETS];
    static char in[SOCKETS][16];
    HINTERNET ses = h_open(1), con;
    int i, echoes;
    h_limit(120);
    h_record_all(ses, r);
    con = WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
    for (i = 0; i < SOCKETS; i++) {
        c[i].rec = r;
        c[i].req = WinHttpOpenRequest(con, NULL, W("/echo"), NULL, NULL, NULL, 0);
        WinHttpSetOption(c[i].req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
        EXPECT(WinHttpSendRequest(c[i].req, NULL, 0, NULL, 0, 0, 0));
    }
    EXPECT(rec_wait_nth(r, NULL, STATUS(SENDREQUEST_COMPLETE), SOCKETS, 60000, NULL));
    for (i = 0; i < SOCKETS; i++) EXPECT(WinHttpReceiveResponse(c[i].req, NULL));
    EXPECT(rec_wait_nth(r, NULL, STATUS(HEADERS_AVAILABLE), SOCKETS, 60000, NULL));
    for (i = 0; i < SOCKETS; i++) {
        c[i].ws = WinHttpWebSocketCompleteUpgrade(c[i].req, (DWORD_PTR)r);
        EXPECT(c[i].ws);
        WinHttpCloseHandle(c[i].req);
    }
    for (i = 0; i < SOCKETS; i++) {
        EQ(WinHttpWebSocketReceive(c[i].ws, in[i], 16, NULL, NULL), 0);
        EQ(WinHttpWebSocketSend(c[i].ws, BIN, (void *)"all together", 12), 0);
    }
    EXPECT(rec_wait_nth(r, NULL, STATUS(READ_COMPLETE), SOCKETS, 60000, NULL));
    for (i = echoes = 0; i < SOCKETS; i++) echoes += !memcmp(in[i], "all together", 12);
    EQ(echoes, SOCKETS);
    for (i = 0; i < SOCKETS; i++) WinHttpCloseHandle(c[i].ws);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
    EXPECT(rec_wait_nth(r, NULL, STATUS(HANDLE_CLOSING), 2 * SOCKETS + 2, 60000, NULL));
    EQ(rec_count(r, NULL, STATUS(REQUEST_ERROR)), 0);
}

/* 200 handles sit in their READ_COMPLETE until told; the 201st must not notice. */
#define SLEEPERS 200
static h_event wake;
static int asleep;

static void fall_asleep(recorder *r, const h_record *e) {
    (void)r;
    if (e->status == STATUS(READ_COMPLETE)) {
        h_inc(&asleep);
        h_event_wait(&wake, 20000);
    }
}

static void sleeping_callbacks_delay_nobody(void) {
    static conn c[SLEEPERS];
    static char in[SLEEPERS][16];
    conn last;
    recorder *r = rec_new(), *mine = rec_new();
    char text[32];
    uint64_t start, took;
    int i;
    h_limit(90);
    h_event_init(&wake);
    NEED(h_websocket(&last, 1, "/echo", mine));
    for (i = 0; i < SLEEPERS; i++) {
        NEED(h_websocket(&c[i], 1, "/echo", r));
        EQ(WinHttpWebSocketReceive(c[i].ws, in[i], 16, NULL, NULL), 0);
    }
    h_put(&r->hook, fall_asleep);
    for (i = 0; i < SLEEPERS; i++) EQ(WinHttpWebSocketSend(c[i].ws, BIN, (void *)"zzz", 3), 0);
    /* Every one of them gets into its callback while the others stay in theirs. */
    EXPECT(rec_wait_nth(r, NULL, STATUS(READ_COMPLETE), SLEEPERS, 15000, NULL));
    start = h_ms();
    EQ(h_send(&last, 1, TXT, "quick", 5), 0);
    EQ_STR(h_message(&last, 1, text, sizeof text), "quick");
    took = h_ms() - start;
    if (took > 5000) FAIL("the 201st waited %u ms", (unsigned)took);
    /* A new connection comes to life too. */
    {
        conn fresh;
        recorder *f = rec_new();
        NEED(h_websocket(&fresh, 1, "/greeting", f));
        EQ_STR(h_message(&fresh, 1, text, sizeof text), "welcome");
        h_finish(&fresh);
    }
    EXPECT(!wake.set);
    h_event_set(&wake);
    for (i = 0; i < SLEEPERS; i++) {
        c[i].rec = NULL;
        h_finish(&c[i]);
    }
    EXPECT(rec_wait_nth(r, NULL, STATUS(HANDLE_CLOSING), 4 * SLEEPERS, 20000, NULL));
    h_finish(&last);
}

/* Send and Receive from a thread that is not the library's, for messages that may have been read ahead of the
 * Receive: an empty one of these once did not wake it. */
#ifdef H_SLOW
#define POSTED 3000
#else
#define POSTED 20000
#endif

static struct {
    h_mutex m;
    h_cond c;
    int sent, received;
    DWORD error, type, bytes;
} post;

static void CALLBACK posted(HINTERNET h, DWORD_PTR context, DWORD status, void *info, DWORD length) {
    (void)h, (void)context, (void)length;
    h_lock(&post.m);
    if (status == STATUS(WRITE_COMPLETE)) post.sent++;
    if (status == STATUS(READ_COMPLETE)) {
        post.type = (DWORD)((WINHTTP_WEB_SOCKET_STATUS *)info)->eBufferType;
        post.bytes = ((WINHTTP_WEB_SOCKET_STATUS *)info)->dwBytesTransferred;
        post.received++;
    }
    if (status == STATUS(REQUEST_ERROR)) post.error = ((WINHTTP_ASYNC_RESULT *)info)->dwError;
    h_broadcast(&post.c);
    h_unlock(&post.m);
}

static int post_reaches(const int *count, int wanted) {
    uint64_t end = h_ms() + 5000;
    int there;
    h_lock(&post.m);
    while (*count < wanted && !post.error && h_ms() < end) h_wait_until(&post.c, &post.m, end);
    there = *count >= wanted && !post.error;
    h_unlock(&post.m);
    return there;
}

static void messages_posted_from_another_thread(void) {
    recorder *r = rec_new();
    conn c;
    static char out[5][64], in[64];
    int done = 0, sent = 0;
    unsigned round = 0, noise = 1;
    h_limit(90);
    h_mutex_init(&post.m);
    h_cond_init(&post.c);
    NEED(h_websocket(&c, 1, "/echo", r));
    WinHttpSetStatusCallback(c.ws, posted, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    while (done < POSTED) {
        /* Mostly one message, and now and then time for its echo to be read ahead: it is then all that there is.
         * Or some at once, whose echoes wait behind one another. Half of them are empty. */
        int batch, i;
        noise = noise * 1103515245 + 12345;
        batch = noise >> 16 & 3 ? 1 : 2 + (int)(noise >> 20 & 3);
        for (i = 0; i < batch; i++) {
            int n = (done + i) % 2 ? 0 : (done + i) % 48;
            memset(out[i], 'a' + (done + i) % 26, 64);
            EQ(WinHttpWebSocketSend(c.ws, (done + i) % 3 ? BIN : TXT, n ? out[i] : NULL, (DWORD)n), 0);
            sent++;
            if (!post_reaches(&post.sent, sent)) {
                FAIL("send %d: no WRITE_COMPLETE, error %u", sent, (unsigned)post.error);
                goto over;
            }
        }
        if (round++ % 8 == 0) h_sleep(1);
        for (i = 0; i < batch; i++, done++) {
            int n = done % 2 ? 0 : done % 48;
            EQ(WinHttpWebSocketReceive(c.ws, in, sizeof in, NULL, NULL), 0);
            if (!post_reaches(&post.received, done + 1)) {
                FAIL("receive %d of a message of %d: no READ_COMPLETE, error %u", done + 1, n, (unsigned)post.error);
                goto over;
            }
            EQ(post.bytes, n);
            EQ(post.type, done % 3 ? BIN : TXT);
            if (n && in[n - 1] != 'a' + done % 26) FAIL("message %d is another", done);
        }
    }
over:
    WinHttpSetStatusCallback(c.ws, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    h_finish(&c);
}

TESTS {
    CASE(messages_posted_from_another_thread);
    CASE(a_thousand_at_once);
    CASE(a_thousand_open);
    CASE(sleeping_callbacks_delay_nobody);
}
END_TESTS
