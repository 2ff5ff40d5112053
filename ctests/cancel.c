/* Closing handles under pending operations: from other threads and from inside callbacks. */
#include "harness.h"

#define STATUS(name) WINHTTP_CALLBACK_STATUS_##name

/* The one REQUEST_ERROR of this operation, then HANDLE_CLOSING as the last word of the handle. */
static void cancelled(recorder *r, HINTERNET h, int operation, DWORD api) {
    int i, seen = 0, last = -1;
    if (!rec_wait(r, h, STATUS(HANDLE_CLOSING))) FAIL("no HANDLE_CLOSING");
    for (i = 0; i < rec_mark(r); i++) {
        h_record e = rec_at(r, i);
        if (e.handle != h) continue;
        last = i;
        if (e.status != STATUS(REQUEST_ERROR)) continue;
        if (operation >= 0) {
            if ((int)e.info.ws_result.Operation != operation) continue;
            EQ(e.length, sizeof(WINHTTP_WEB_SOCKET_ASYNC_RESULT));
            EQ(e.info.ws_result.AsyncResult.dwResult, 0);
        } else {
            EQ(e.length, sizeof(WINHTTP_ASYNC_RESULT));
            EQ(e.info.result.dwResult, api);
        }
        EQ(e.info.result.dwError, E_CANCELLED);
        seen++;
    }
    EQ(seen, 1);
    EQ(rec_at(r, last).status, STATUS(HANDLE_CLOSING));
    EQ(rec_count(r, h, STATUS(HANDLE_CLOSING)), 1);
}

static void close_it(void *arg) {
    if (!WinHttpCloseHandle((HINTERNET)arg)) FAIL("CloseHandle: %u", (unsigned)GetLastError());
}

static void close_from(HINTERNET h, int other_thread) {
    if (other_thread) h_join(h_spawn(close_it, h));
    else close_it(h);
}

static void pending_receive(void) {
    int other;
    for (other = 0; other < 2; other++) {
        recorder *r = rec_new();
        conn c;
        char buffer[64];
        NEED(h_websocket(&c, 1, "/echo", r));
        EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
        close_from(c.ws, other);
        cancelled(r, c.ws, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION, 0);
        c.ws = NULL;
        h_finish(&c);
    }
}

static unsigned char *big;
#define BIG (32u << 20)

static void pending_send(void) {
    int other;
    for (other = 0; other < 2; other++) {
        recorder *r = rec_new();
        conn c;
        if (!big) big = calloc(1, BIG);
        NEED(h_websocket(&c, 1, "/deaf", r));
        EQ(WinHttpWebSocketSend(c.ws, BIN, big, BIG), 0);
        EQ(rec_count(r, c.ws, STATUS(WRITE_COMPLETE)), 0);
        close_from(c.ws, other);
        cancelled(r, c.ws, WINHTTP_WEB_SOCKET_SEND_OPERATION, 0);
        EQ(rec_count(r, c.ws, STATUS(WRITE_COMPLETE)), 0);
        c.ws = NULL;
        h_finish(&c);
    }
}

static void pending_send_and_receive(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    if (!big) big = calloc(1, BIG);
    NEED(h_websocket(&c, 1, "/deaf", r));
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    EQ(WinHttpWebSocketSend(c.ws, BIN, big, BIG), 0);
    EXPECT(WinHttpCloseHandle(c.ws));
    cancelled(r, c.ws, WINHTTP_WEB_SOCKET_SEND_OPERATION, 0);
    cancelled(r, c.ws, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION, 0);
    EQ(rec_count(r, c.ws, STATUS(REQUEST_ERROR)), 2);
    c.ws = NULL;
    h_finish(&c);
}

/* A Shutdown goes behind the Send that waits. Closed there, both end; else both complete, in this order. */
static void pending_send_and_shutdown(void) {
    int closed;
    for (closed = 0; closed < 2; closed++) {
        recorder *r = rec_new();
        conn c;
        char path[128];
        const char *token = h_token();
        int mark;
        if (!big) big = calloc(1, BIG);
        snprintf(path, sizeof path, "/deaf?gate=%s", token);
        NEED(h_websocket(&c, 1, path, r));
        mark = rec_mark(r);
        EQ(WinHttpWebSocketSend(c.ws, BIN, big, BIG), 0);
        EQ(WinHttpWebSocketShutdown(c.ws, 1000, NULL, 0), 0);
        EQ(WinHttpWebSocketShutdown(c.ws, 1000, NULL, 0), E_OP);
        EQ_STR(rec_trace(r, mark, 0), "");
        if (closed) {
            EXPECT(WinHttpCloseHandle(c.ws));
            cancelled(r, c.ws, WINHTTP_WEB_SOCKET_SEND_OPERATION, 0);
            cancelled(r, c.ws, WINHTTP_WEB_SOCKET_SHUTDOWN_OPERATION, 0);
            c.ws = NULL;
        } else {
            snprintf(path, sizeof path, "/release/%s", token);
            h_get_text(path);
            EXPECT(rec_wait_nth(r, c.ws, STATUS(SHUTDOWN_COMPLETE), 1, 20000, NULL));
            EQ_STR(rec_trace(r, mark, 0), "WRITE SHUTDOWN");
            EQ(h_close(&c, 1, 1000, NULL), 0);
        }
        h_finish(&c);
    }
}

static void pending_close(void) {
    int other;
    for (other = 0; other < 2; other++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_websocket(&c, 1, "/noanswer-close", r));
        EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 0), 0);
        close_from(c.ws, other);
        cancelled(r, c.ws, WINHTTP_WEB_SOCKET_CLOSE_OPERATION, 0);
        EQ(rec_count(r, c.ws, STATUS(CLOSE_COMPLETE)), 0);
        c.ws = NULL;
        h_finish(&c);
    }
}

/* Close while a Send is outstanding is refused and changes nothing. */
static void close_with_a_send_outstanding_is_refused(void) {
    recorder *r = rec_new();
    conn c;
    int mark;
    if (!big) big = calloc(1, BIG);
    NEED(h_websocket(&c, 1, "/deaf", r));
    EQ(WinHttpWebSocketSend(c.ws, BIN, big, BIG), 0);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 0), E_OP);
    EQ(rec_mark(r), mark);
    EXPECT(WinHttpCloseHandle(c.ws));
    cancelled(r, c.ws, WINHTTP_WEB_SOCKET_SEND_OPERATION, 0);
    c.ws = NULL;
    h_finish(&c);
}

static void pending_response(void) {
    int other;
    for (other = 0; other < 2; other++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_prepare(&c, 1, "plain", "/stall", r, 1));
        EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
        EXPECT(rec_wait(r, c.req, STATUS(SENDREQUEST_COMPLETE)));
        EXPECT(WinHttpReceiveResponse(c.req, NULL));
        close_from(c.req, other);
        cancelled(r, c.req, -1, API_RECEIVE_RESPONSE);
        c.req = NULL;
        h_finish(&c);
    }
}

/* A connect that is under way: either it was cancelled or it won the race, but never both and never after CLOSING. */
static void pending_connect(void) {
    int round;
    for (round = 0; round < 40; round++) {
        recorder *r = rec_new();
        conn c;
        int done, errors;
        NEED(h_prepare(&c, 1, round % 2 ? "plain" : "tls", "/echo", r, 1));
        EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
        if (round % 4 >= 2) rec_wait_nth(r, c.req, STATUS(CONNECTING_TO_SERVER), 1, 1000, NULL);
        EXPECT(WinHttpCloseHandle(c.req));
        EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
        done = rec_count(r, c.req, STATUS(SENDREQUEST_COMPLETE));
        errors = rec_count(r, c.req, STATUS(REQUEST_ERROR));
        if (done + errors != 1) FAIL("%d completions: %s", done + errors, rec_trace(r, 0, 0));
        c.req = NULL;
        h_finish(&c);
    }
}

/* Closing the parents does not cancel what is pending on the child. */
static void closing_parents_cancels_nothing(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    NEED(h_websocket(&c, 1, "/echo", r));
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpCloseHandle(c.ses));
    EQ(rec_wait_nth(r, c.ws, STATUS(REQUEST_ERROR), 1, 50, NULL), 0);
    EQ(WinHttpWebSocketSend(c.ws, TXT, (void *)"alive", 5), 0);
    EXPECT(rec_wait(r, c.ws, STATUS(READ_COMPLETE)));
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(rec_wait(r, c.ws, STATUS(HANDLE_CLOSING)));
}

static void request_outlives_its_parents(void) {
    recorder *r = rec_new();
    conn c;
    DWORD_PTR value;
    DWORD size = sizeof value;
    NEED(h_websocket(&c, 1, "/echo", r));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size));
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size));
    EXPECT(WinHttpCloseHandle(c.ses));
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size));
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
}

/* ---- synchronous ---- */

typedef struct blocked {
    conn *c;
    got g;
    DWORD error;
    h_event started, ended;
} blocked;

static void block_in_receive(void *arg) {
    blocked *b = arg;
    char buffer[64];
    h_event_set(&b->started);
    b->g = h_receive(b->c, 0, buffer, sizeof buffer);
    b->error = b->g.error;
    h_event_set(&b->ended);
}

static void blocked_init(blocked *b, conn *c) {
    memset(b, 0, sizeof *b);
    b->c = c;
    h_event_init(&b->started);
    h_event_init(&b->ended);
}

/* Closes the handle, the WebSocket or else the request, in which a thread blocks. */
static void woken_by_close_handle(const char *path, int upgraded, void (*block)(void *)) {
    unsigned pause = 20;
    blocked b;
    do {
        conn c;
        HINTERNET *handle = upgraded ? &c.ws : &c.req;
        h_thread t;
        if (upgraded) NEED(h_websocket(&c, 0, path, NULL));
        else NEED(h_prepare(&c, 0, "plain", path, NULL, 1) && WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
        blocked_init(&b, &c);
        t = h_spawn(block, &b);
        h_event_wait(&b.started, 5000);
        h_sleep(pause);
        EXPECT(WinHttpCloseHandle(*handle));
        if (!h_event_wait(&b.ended, 5000)) FAIL("the blocked call was not woken");
        h_join(t);
        *handle = NULL;
        h_finish(&c);
    } while (h_too_early(b.error, &pause));
    EQ(b.error, E_CANCELLED);
}

static void sync_receive_woken_by_close_handle(void) {
    int round;
    for (round = 0; round < 10; round++) woken_by_close_handle("/echo", 1, block_in_receive);
}

/* The close may come before the call, when the handle is simply invalid, or at its beginning. */
static void sync_receive_that_begins_while_the_handle_is_closed(void) {
    int round;
    for (round = 0; round < 10; round++) {
        conn c;
        blocked b;
        h_thread t;
        NEED(h_websocket(&c, 0, "/echo", NULL));
        blocked_init(&b, &c);
        t = h_spawn(block_in_receive, &b);
        h_event_wait(&b.started, 5000);
        EXPECT(WinHttpCloseHandle(c.ws));
        if (!h_event_wait(&b.ended, 5000)) FAIL("the Receive does not end");
        h_join(t);
        if (b.error != E_CANCELLED && b.error != ERROR_INVALID_HANDLE) FAIL("Receive gave %u", (unsigned)b.error);
        c.ws = NULL;
        h_finish(&c);
    }
}

/* A peer that answers wakes the Receive anyhow, one that is silent does not. */
static void sync_receive_woken_by_close(void) {
    static const int delays[] = {0, 5, 50};
    int round;
    for (round = 0; round < 6; round++) {
        int silent = round % 2;
        DWORD ms = 300;
        conn c;
        blocked b;
        h_thread t;
        NEED(h_websocket(&c, 0, silent ? "/noanswer-close" : "/echo", NULL));
        EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, &ms, sizeof ms));
        blocked_init(&b, &c);
        t = h_spawn(block_in_receive, &b);
        h_event_wait(&b.started, 5000);
        h_sleep(delays[round / 2]); /* before the call, at its beginning, inside */
        EQ(h_close(&c, 0, 1000, NULL), silent ? E_TIMEOUT : 0);
        if (!h_event_wait(&b.ended, 5000)) FAIL("the blocked Receive was not woken");
        h_join(t);
        /* After the Close, there was nothing to receive. */
        if (b.g.error != E_CANCELLED && !(round < 2 && b.g.error)) FAIL("Receive gave %u", (unsigned)b.g.error);
        h_finish(&c);
    }
}

static void sync_receive_sees_the_answer_to_shutdown(void) {
    conn c;
    blocked b;
    h_thread t;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    blocked_init(&b, &c);
    t = h_spawn(block_in_receive, &b);
    h_event_wait(&b.started, 5000);
    h_sleep(20);
    EQ(h_shutdown(&c, 0, 1000, NULL), 0);
    if (!h_event_wait(&b.ended, 5000)) FAIL("the blocked Receive did not end");
    h_join(t);
    EQ(b.g.error, 0);
    EQ(b.g.type, CLOSED);
    EQ(h_close(&c, 0, 1000, NULL), 0);
    h_finish(&c);
}

static void block_in_send(void *arg) {
    blocked *b = arg;
    h_event_set(&b->started);
    b->error = WinHttpWebSocketSend(b->c->ws, BIN, big, BIG);
    h_event_set(&b->ended);
}

static void sync_send_woken_by_close_handle(void) {
    if (!big) big = calloc(1, BIG);
    woken_by_close_handle("/deaf", 1, block_in_send);
}

static void block_in_small_send(void *arg) {
    blocked *b = arg;
    b->error = WinHttpWebSocketSend(b->c->ws, BIN, big, 1);
    h_event_set(&b->ended);
}
static void block_in_shutdown(void *arg) {
    blocked *b = arg;
    b->error = WinHttpWebSocketShutdown(b->c->ws, 1000, NULL, 0);
    h_event_set(&b->ended);
}

/* Whoever gets the turn after a Send, the others do not wait for ever. */
static void sync_send_and_shutdown_wait_for_their_turn(void) {
    conn c;
    blocked sent, next, shut;
    h_thread t[3];
    if (!big) big = calloc(1, BIG);
    NEED(h_websocket(&c, 0, "/echo", NULL));
    blocked_init(&sent, &c), blocked_init(&next, &c), blocked_init(&shut, &c);
    t[0] = h_spawn(block_in_send, &sent);
    h_event_wait(&sent.started, 5000);
    h_sleep(20);
    t[1] = h_spawn(block_in_shutdown, &shut);
    h_sleep(20);
    t[2] = h_spawn(block_in_small_send, &next);
    if (!h_event_wait(&sent.ended, 30000)) FAIL("the first Send does not end");
    if (!h_event_wait(&shut.ended, 30000)) FAIL("the Shutdown does not end");
    if (!h_event_wait(&next.ended, 30000)) FAIL("the second Send does not end");
    EXPECT(WinHttpCloseHandle(c.ws));
    h_join(t[0]), h_join(t[1]), h_join(t[2]);
    EQ(sent.error, 0);
    EQ(shut.error, 0);
    EXPECT(next.error == 0 || next.error == E_OP);
    c.ws = NULL;
    h_finish(&c);
}

static void block_in_close(void *arg) {
    blocked *b = arg;
    h_event_set(&b->started);
    b->error = h_close(b->c, 0, 1000, NULL);
    h_event_set(&b->ended);
}

static void sync_close_woken_by_close_handle(void) { woken_by_close_handle("/noanswer-close", 1, block_in_close); }

static void block_in_response(void *arg) {
    blocked *b = arg;
    h_event_set(&b->started);
    b->error = WinHttpReceiveResponse(b->c->req, NULL) ? 0 : GetLastError();
    h_event_set(&b->ended);
}

static void sync_response_woken_by_close_handle(void) { woken_by_close_handle("/stall", 0, block_in_response); }

/* Receive in one thread, Send in another, for a while. */
static void sync_send_beside_a_blocked_receive(void) {
    conn c;
    blocked b;
    h_thread t;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    blocked_init(&b, &c);
    t = h_spawn(block_in_receive, &b);
    h_event_wait(&b.started, 5000);
    h_sleep(20);
    EQ(h_send(&c, 0, TXT, "wake", 4), 0);
    if (!h_event_wait(&b.ended, 5000)) FAIL("the Receive did not end");
    h_join(t);
    EQ(b.g.error, 0);
    EQ(b.g.bytes, 4);
    h_finish(&c);
}

/* Many closes of one value at a time: exactly one succeeds. */
static HINTERNET shared;
static int successes;
static void close_shared(void *arg) {
    (void)arg;
    if (WinHttpCloseHandle(shared)) h_inc(&successes);
}

static void racing_closes(void) {
    int round, i;
    for (round = 0; round < 50; round++) {
        h_thread t[4];
        shared = h_open(1);
        h_put(&successes, 0);
        for (i = 0; i < 4; i++) t[i] = h_spawn(close_shared, NULL);
        for (i = 0; i < 4; i++) h_join(t[i]);
        EQ(successes, 1);
    }
}

TESTS {
    CASE(pending_receive);
    CASE(pending_send);
    CASE(pending_send_and_receive);
    CASE(pending_send_and_shutdown);
    CASE(pending_close);
    CASE(close_with_a_send_outstanding_is_refused);
    CASE(pending_response);
    CASE(pending_connect);
    CASE(closing_parents_cancels_nothing);
    CASE(request_outlives_its_parents);
    CASE(sync_receive_woken_by_close_handle);
    CASE(sync_receive_that_begins_while_the_handle_is_closed);
    CASE(sync_receive_woken_by_close);
    CASE(sync_receive_sees_the_answer_to_shutdown);
    CASE(sync_send_woken_by_close_handle);
    CASE(sync_send_and_shutdown_wait_for_their_turn);
    CASE(sync_close_woken_by_close_handle);
    CASE(sync_response_woken_by_close_handle);
    CASE(sync_send_beside_a_blocked_receive);
    CASE(racing_closes);
}
END_TESTS
