/* Nothing hangs: each stage ends with its error within its time. */
#include "harness.h"
#ifndef _WIN32
#include <signal.h>
#include <sys/time.h>
#endif

static void receive_timeout_on_the_response(int async) {
    static const char *paths[] = {"/stall", "/half"};
    int i;
    for (i = 0; i < 2; i++) {
        recorder *r = rec_new();
        conn c;
        DWORD ms = 300;
        uint64_t start;
        NEED(h_prepare(&c, async, "plain", paths[i], r, 1));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
        start = h_ms();
        EQ_ROW(paths[i], h_exchange(&c, async), E_TIMEOUT);
        if (h_ms() - start > 5000 || h_ms() - start < 250) FAIL("%s: after %u ms", paths[i], (unsigned)(h_ms() - start));
        h_finish(&c);
    }
}
BOTH(receive_timeout_on_the_response)

static void receive_timeout_from_the_session(void) {
    conn c;
    memset(&c, 0, sizeof c);
    c.ses = h_open(0);
    EXPECT(WinHttpSetTimeouts(c.ses, 0, 60000, 30000, 250));
    c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
    c.req = WinHttpOpenRequest(c.con, NULL, W("/stall"), NULL, NULL, NULL, 0);
    EQ(h_exchange(&c, 0), E_TIMEOUT);
    h_finish(&c);
}

/* An idle websocket does not end by the request's receive timeout. */
static void idle_websocket_has_no_receive_timeout(int async) {
    recorder *r = rec_new();
    conn c;
    char text[64];
    DWORD ms = 200;
    NEED(h_prepare(&c, async, "plain", "/echo?delay=900", r, 1));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    NEED(h_upgrade(&c, async) == 0);
    EQ(h_send(&c, async, TXT, "late", 4), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "late");
    h_finish(&c);
}
BOTH(idle_websocket_has_no_receive_timeout)

/* A server that reads nothing any more ends a Send, also one that the server has read a part of. */
static unsigned char unread[32 << 20];

static void send_timeout_of_a_websocket(int async) {
    recorder *r = rec_new();
    conn c;
    DWORD ms = 300;
    uint64_t start;
    h_record e;
    NEED(h_websocket(&c, async, "/deaf", r));
    EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_SEND_TIMEOUT, &ms, sizeof ms));
    start = h_ms();
    EQ(h_send(&c, async, BIN, unread, sizeof unread), E_TIMEOUT);
    if (h_ms() - start < 250) FAIL("after %u ms", (unsigned)(h_ms() - start));
    EXPECT(h_send(&c, async, BIN, "x", 1) != 0);
    if (async && rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 100, &e)) {
        EQ(e.info.ws_result.AsyncResult.dwResult, 0);
        EQ(e.info.ws_result.Operation, WINHTTP_WEB_SOCKET_SEND_OPERATION);
    }
    h_finish(&c);
    EQ(rec_count(r, NULL, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR), async);
}
BOTH(send_timeout_of_a_websocket)

typedef struct {
    conn *c;
    h_event started;
    DWORD error;
} sending;

static void send_unread(void *arg) {
    sending *s = arg;
    h_event_set(&s->started);
    s->error = WinHttpWebSocketSend(s->c->ws, BIN, unread, sizeof unread);
}

/* A limit that is set while a Send waits holds for it. */
static void send_timeout_set_while_a_send_waits(int async) {
    recorder *r = rec_new();
    conn c;
    sending s;
    h_thread t = {0};
    DWORD ms = 600000;
    uint64_t start = h_ms();
    h_record e;
    NEED(h_websocket(&c, async, "/deaf", r));
    NEED(WinHttpSetOption(c.ws, WINHTTP_OPTION_SEND_TIMEOUT, &ms, sizeof ms));
    ms = 300;
    if (async) {
        EQ(WinHttpWebSocketSend(c.ws, BIN, unread, sizeof unread), 0);
    } else {
        s.c = &c;
        h_event_init(&s.started);
        t = h_spawn(send_unread, &s);
        h_event_wait(&s.started, 5000);
        h_sleep(200);
    }
    EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_SEND_TIMEOUT, &ms, sizeof ms));
    if (!async) {
        h_join(t);
        EQ(s.error, E_TIMEOUT);
    } else if (rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 25000, &e)) {
        EQ(e.info.ws_result.AsyncResult.dwError, E_TIMEOUT);
        EQ(e.info.ws_result.Operation, WINHTTP_WEB_SOCKET_SEND_OPERATION);
    } else {
        FAIL("the Send does not end");
    }
    if (h_ms() - start > 25000) FAIL("after %u ms", (unsigned)(h_ms() - start));
    h_finish(&c);
}
BOTH(send_timeout_set_while_a_send_waits)

/* A server that takes a little now and then keeps a Send going, also while there is never enough room for the system to
   call the socket writable. */
static void a_send_that_moves_slowly_does_not_time_out(int async) {
    recorder *r = rec_new();
    conn c;
    char path[128], text[64], want[64];
    DWORD ms = 2500;
    h_limit(60);
    snprintf(path, sizeof path, "/deaf?sips=25&gate=%s", h_token());
    NEED(h_websocket(&c, async, path, r));
    NEED(WinHttpSetOption(c.ws, WINHTTP_OPTION_SEND_TIMEOUT, &ms, sizeof ms));
    EQ(h_send(&c, async, BIN, unread, sizeof unread), 0);
    h_message(&c, async, text, sizeof text);
    snprintf(want, sizeof want, "%u ", (unsigned)sizeof unread);
    EXPECT(!strncmp(text, want, strlen(want)));
    h_finish(&c);
}
BOTH(a_send_that_moves_slowly_does_not_time_out)

static void connection_refused(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_prepare(&c, async, "refused", "/echo", r, 1));
    EQ(h_exchange(&c, async), 12029);
    h_finish(&c);
}
BOTH(connection_refused)

static void name_not_resolved(int async) {
    recorder *r = rec_new();
    conn c;
    memset(&c, 0, sizeof c);
    c.rec = r;
    c.ses = h_open(async);
    h_record_all(c.ses, r);
    c.con = WinHttpConnect(c.ses, W("no-such-host.invalid"), 80, 0);
    NEED(c.con);
    c.req = WinHttpOpenRequest(c.con, NULL, W("/"), NULL, NULL, NULL, 0);
    EQ(h_exchange(&c, async), 12007);
    h_finish(&c);
}
BOTH(name_not_resolved)

static void silent_tls_server(int async) {
    recorder *r = rec_new();
    conn c;
    /* Plain HTTP spoken on the port: the peer waits for a request head and never answers a hello. */
    memset(&c, 0, sizeof c);
    c.rec = r;
    c.ses = h_open(async);
    h_record_all(c.ses, r);
    WinHttpSetTimeouts(c.ses, 0, 400, 400, 400);
    c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
    c.req = WinHttpOpenRequest(c.con, NULL, W("/"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE);
    EQ(h_exchange(&c, async), E_TIMEOUT);
    h_finish(&c);
}
BOTH(silent_tls_server)

/* The handle can be used again after a failure. */
static void sent_again_after_a_failure(int async) {
    recorder *r = rec_new();
    conn c;
    DWORD ms = 200;
    NEED(h_prepare(&c, async, "plain", "/stall", r, 1));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    EQ(h_exchange(&c, async), E_TIMEOUT);
    EQ(h_exchange(&c, async), E_TIMEOUT);
    h_finish(&c);
}
BOTH(sent_again_after_a_failure)

#ifndef _WIN32
static void ignore(int signal) { (void)signal; }

/* Signals interrupt waiting, and it goes on, but not for ever. */
static void receive_timeout_of_a_program_with_a_timer(void) {
    const struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action, before;
    DWORD ms = 300;
    conn c;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore;
    action.sa_flags = SA_RESTART;
    NEED(h_prepare(&c, 0, "plain", "/stall", rec_new(), 1));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, &ms, sizeof ms));
    EQ(sigaction(SIGALRM, &action, &before), 0);
    EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
    EQ(h_exchange(&c, 0), E_TIMEOUT);
    EQ(setitimer(ITIMER_REAL, &never, NULL), 0);
    EQ(sigaction(SIGALRM, &before, NULL), 0);
    h_finish(&c);
}
#endif

TESTS {
    CASE2(receive_timeout_on_the_response);
    CASE(receive_timeout_from_the_session);
#ifndef _WIN32
    CASE(receive_timeout_of_a_program_with_a_timer);
#endif
    CASE2(idle_websocket_has_no_receive_timeout);
    CASE2(send_timeout_of_a_websocket);
    CASE2(send_timeout_set_while_a_send_waits);
    CASE2(a_send_that_moves_slowly_does_not_time_out);
    CASE2(connection_refused);
    CASE2(name_not_resolved);
    CASE2(silent_tls_server);
    CASE2(sent_again_after_a_failure);
}
END_TESTS
