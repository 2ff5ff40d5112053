/* Shutdown, Close, QueryCloseStatus and the state table of the WebSocket handle. */
#include "harness.h"

/* QueryCloseStatus as text: "CODE REASON", or "error N". */
static const char *close_status(HINTERNET ws) {
    static char text[4][256];
    static unsigned next;
    char *to = text[next++ % 4], reason[123];
    USHORT code = 0xbeef;
    DWORD used = 0xdeadbeef, error = WinHttpWebSocketQueryCloseStatus(ws, &code, reason, sizeof reason, &used);
    if (error) {
        snprintf(to, 256, "error %u", (unsigned)error);
        if (code != 0xbeef || used != 0xdeadbeef) FAIL("the outputs were touched");
    } else {
        snprintf(to, 256, "%u %.*s", (unsigned)code, (int)used, reason);
    }
    return to;
}

static void client_closes_first(int async) {
    recorder *r = rec_new();
    conn c;
    char path[128];
    const char *token = h_token();
    snprintf(path, sizeof path, "/echo?id=%s", token);
    NEED(h_websocket(&c, async, path, r));
    EQ_STR(close_status(c.ws), "error 4317");
    EQ(h_close(&c, async, 1000, "all done"), 0);
    EQ_STR(close_status(c.ws), "1000 all done");
    EQ_STR(close_status(c.ws), "1000 all done");
    h_finish(&c);
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "close:fin:10:1000:all_done");
}
BOTH(client_closes_first)

static void the_peers_own_status_is_reported(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/answer-close/4321/its%20own", r));
    EQ(h_close(&c, async, 1000, "mine"), 0);
    EQ_STR(close_status(c.ws), "4321 its own");
    h_finish(&c);
}
BOTH(the_peers_own_status_is_reported)

static void server_closes_first(int async) {
    recorder *r = rec_new();
    conn c;
    char path[128], buffer[64];
    const char *token = h_token();
    got g;
    snprintf(path, sizeof path, "/close/1001/going%%20away?id=%s", token);
    NEED(h_websocket(&c, async, path, r));
    g = h_receive(&c, async, buffer, sizeof buffer);
    EQ(g.error, 0);
    EQ(g.bytes, 0);
    EQ(g.type, CLOSED);
    EQ_STR(close_status(c.ws), "1001 going away");
    EQ(h_close(&c, async, 1000, "answer"), 0);
    EQ_STR(close_status(c.ws), "1001 going away");
    h_finish(&c);
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "close:fin:8:1000:answer EOF");
}
BOTH(server_closes_first)

static void server_closes_in_the_packet_of_the_101(int async) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    got g;
    NEED(h_websocket(&c, async, "/close/1008/no?with101", r));
    g = h_receive(&c, async, buffer, sizeof buffer);
    EQ(g.error, 0);
    EQ(g.type, CLOSED);
    EQ_STR(close_status(c.ws), "1008 no");
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
BOTH(server_closes_in_the_packet_of_the_101)

/* Receive does not answer the peer's close by itself. */
static void receive_does_not_answer(void) {
    conn c;
    char path[128], buffer[64];
    const char *token = h_token();
    snprintf(path, sizeof path, "/close/1000?id=%s", token);
    NEED(h_websocket(&c, 0, path, NULL));
    EQ(h_receive(&c, 0, buffer, sizeof buffer).type, CLOSED);
    snprintf(path, sizeof path, "/report/%s?live", token);
    EQ_STR(h_get_text(path), "");
    EQ(h_shutdown(&c, 0, 3000, "x"), 0);
    h_finish(&c);
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "close:fin:3:3000:x EOF");
}

/* What a code becomes on the wire, and what of the server's codes is reported. */
static void close_codes(int async) {
    static const struct {
        USHORT code;
        const char *reason, *wire;
    } rows[] = {
        {1000, NULL, "close:fin:2:1000"},     {1001, "gone", "close:fin:6:1001:gone"}, {1003, NULL, "close:fin:2:1003"},
        {1011, NULL, "close:fin:2:1011"},     {1014, NULL, "close:fin:2:1014"},        {3000, NULL, "close:fin:2:3000"},
        {4999, "own", "close:fin:5:4999:own"}, {1005, NULL, "close:fin:0"},            {1006, NULL, "close:fin:0"},
        {1015, NULL, "close:fin:0"},           {0, NULL, "close:fin:2:0"},             {999, "low", "close:fin:5:999:low"},
        {65535, NULL, "close:fin:2:65535"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        recorder *r = rec_new();
        conn c;
        char path[128], row[32];
        const char *token = h_token();
        snprintf(row, sizeof row, "code %u", rows[i].code);
        snprintf(path, sizeof path, "/answer-close/1000?id=%s", token);
        NEED(h_websocket(&c, async, path, r));
        EQ_ROW(row, h_shutdown(&c, async, rows[i].code, rows[i].reason), 0);
        h_finish(&c);
        snprintf(path, sizeof path, "/report/%s", token);
        {
            const char *saw = h_get_text(path);
            size_t n = strlen(rows[i].wire);
            if (strncmp(saw, rows[i].wire, n) || (saw[n] && saw[n] != ' ')) FAIL("%s: the server saw %s", row, saw);
        }
    }
}
BOTH(close_codes)

static void codes_from_the_server(void) {
    static const struct {
        const char *path, *want;
    } rows[] = {
        {"/close/0", "1005 "},          {"/close/1000", "1000 "},  {"/close/1002/bad", "1002 bad"}, {"/close/1011", "1011 "},
        {"/close/3999/x", "3999 x"},    {"/close/4999", "4999 "},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char buffer[16];
        NEED(h_websocket(&c, 0, rows[i].path, NULL));
        EQ_ROW(rows[i].path, h_receive(&c, 0, buffer, sizeof buffer).error, 0);
        EQ_STR(close_status(c.ws), rows[i].want);
        h_finish(&c);
    }
}

/* Codes that must not be on the wire (RFC 6455 7.4) fail the connection. */
static void codes_that_no_server_may_send(void) {
    static const char *paths[] = {"/close/999",  "/close/1004", "/close/1005", "/close/1006",
                                  "/close/1015", "/close/2999", "/close/5000", "/close/65535"};
    size_t i;
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        conn c;
        char buffer[16];
        NEED(h_websocket(&c, 0, paths[i], NULL));
        EQ_ROW(paths[i], h_receive(&c, 0, buffer, sizeof buffer).error, E_INVALID_RESPONSE);
        EQ_STR(close_status(c.ws), "error 12152");
        h_finish(&c);
    }
}

static void a_code_without_status_takes_no_reason(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/echo", r));
    EQ(WinHttpWebSocketShutdown(c.ws, 1005, (void *)"why", 3), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketClose(c.ws, 1005, (void *)"why", 3), ERROR_INVALID_PARAMETER);
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
BOTH(a_code_without_status_takes_no_reason)

static void reason_lengths(int async) {
    char reason[200];
    DWORD n;
    memset(reason, 'r', sizeof reason);
    for (n = 120; n <= 129; n++) {
        recorder *r = rec_new();
        conn c;
        char row[32], back[200];
        USHORT code = 0;
        DWORD used = 0, error;
        int mark;
        snprintf(row, sizeof row, "%u bytes", (unsigned)n);
        NEED(h_websocket(&c, async, "/echo", r));
        mark = rec_mark(r);
        if (n > 123) {
            EQ_ROW(row, WinHttpWebSocketShutdown(c.ws, 1000, reason, n), ERROR_INVALID_PARAMETER);
            EQ_ROW(row, WinHttpWebSocketClose(c.ws, 1000, reason, n), ERROR_INVALID_PARAMETER);
            EQ_ROW(row, rec_mark(r), mark);
            EQ_ROW(row, h_close(&c, async, 1000, NULL), 0);
        } else {
            reason[n] = 0;
            EQ_ROW(row, h_close(&c, async, 1000, reason), 0);
            reason[n] = 'r';
            error = WinHttpWebSocketQueryCloseStatus(c.ws, &code, back, 123, &used);
            EQ_ROW(row, error, 0);
            EQ_ROW(row, used, n);
            EQ_ROW(row, code, 1000);
            EXPECT(!memcmp(back, reason, n));
        }
        h_finish(&c);
    }
}
BOTH(reason_lengths)

static void parameters_of_shutdown_and_close(int async) {
    recorder *r = rec_new();
    conn c;
    int mark;
    NEED(h_websocket(&c, async, "/echo", r));
    mark = rec_mark(r);
    EQ(WinHttpWebSocketShutdown(c.ws, 1000, NULL, 5), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 5), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketShutdown(NULL, 1000, NULL, 5), ERROR_INVALID_PARAMETER);
    EQ(rec_mark(r), mark);
    /* A reason with its NUL is 8 bytes like any other. */
    {
        DWORD error = WinHttpWebSocketShutdown(c.ws, 1000, (void *)"success", 8);
        EQ(error, 0);
    }
    {
        char buffer[16];
        EQ(h_receive(&c, async, buffer, sizeof buffer).type, CLOSED);
    }
    h_finish(&c);
}
BOTH(parameters_of_shutdown_and_close)

static void query_close_status(void) {
    conn c;
    char reason[123];
    USHORT code;
    DWORD used;
    NEED(h_websocket(&c, 0, "/close/1001/twelve%20bytes", NULL));
    EQ(h_receive(&c, 0, reason, sizeof reason).type, CLOSED);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, NULL, reason, sizeof reason, &used), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, reason, sizeof reason, NULL), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, NULL, 1, &used), ERROR_INVALID_PARAMETER);
    code = 0;
    used = 0;
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, NULL, 0, &used), ERROR_INSUFFICIENT_BUFFER);
    EQ(used, 12);
    EQ(code, 1001);
    code = 0;
    used = 0;
    memset(reason, '#', sizeof reason);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, reason, 11, &used), ERROR_INSUFFICIENT_BUFFER);
    EQ(used, 12);
    EQ(code, 1001);
    EQ(reason[0], '#');
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, reason, 0, &used), ERROR_INSUFFICIENT_BUFFER);
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, reason, 12, &used), 0);
    EQ(used, 12);
    EXPECT(!memcmp(reason, "twelve bytes", 12));
    EQ(reason[12], '#');
    h_finish(&c);
    /* No reason, no buffer. */
    NEED(h_websocket(&c, 0, "/close/1000", NULL));
    EQ(h_receive(&c, 0, reason, sizeof reason).type, CLOSED);
    used = 77;
    EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, NULL, 0, &used), 0);
    EQ(used, 0);
    EQ(code, 1000);
    h_finish(&c);
}

static void close_drops_the_data_on_its_way(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/noise-close/50", r));
    EQ(h_send(&c, async, TXT, "echoed and never read", 21), 0);
    EQ(h_close(&c, async, 1000, "enough"), 0);
    EQ_STR(close_status(c.ws), "1000 enough");
    h_finish(&c);
}
BOTH(close_drops_the_data_on_its_way)

static void shutdown_then_data_then_close(int async) {
    recorder *r = rec_new();
    conn c;
    char text[64], path[128];
    const char *token = h_token();
    snprintf(path, sizeof path, "/answer-close/1000/late?gate=%s", token);
    NEED(h_websocket(&c, async, path, r));
    EQ(h_send(&c, async, TXT, "before", 6), 0);
    EQ(h_shutdown(&c, async, 1000, NULL), 0);
    EQ_STR(close_status(c.ws), "error 4317");
    EQ_STR(h_message(&c, async, text, sizeof text), "before");
    snprintf(path, sizeof path, "/release/%s", token);
    h_get_text(path);
    EQ(h_receive(&c, async, text, sizeof text).type, CLOSED);
    EQ_STR(close_status(c.ws), "1000 late");
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
BOTH(shutdown_then_data_then_close)

/* Close after Shutdown sends nothing more. */
static void one_close_frame_only(int async) {
    recorder *r = rec_new();
    conn c;
    char path[128];
    const char *token = h_token();
    snprintf(path, sizeof path, "/echo?id=%s", token);
    NEED(h_websocket(&c, async, path, r));
    EQ(h_shutdown(&c, async, 1000, "one"), 0);
    EQ(h_close(&c, async, 1001, "two"), 0);
    EQ_STR(close_status(c.ws), "1000 one");
    h_finish(&c);
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "close:fin:5:1000:one");
}
BOTH(one_close_frame_only)

/* Shutdown and at once CloseHandle: the frame still reaches the server. */
static void shutdown_survives_closing_the_handle(int async) {
    int secure;
    for (secure = 0; secure < 2; secure++) {
        recorder *r = rec_new();
        conn c;
        char path[128];
        const char *token = h_token();
        snprintf(path, sizeof path, "/echo?id=%s", token);
        NEED(h_websocket_on(&c, async, secure ? "tls" : "plain", path, r));
        EQ(WinHttpWebSocketShutdown(c.ws, 1000, (void *)"bye", 3), 0);
        h_finish(&c);
        snprintf(path, sizeof path, "/report/%s", token);
        EQ_STR(h_get_text(path), "close:fin:5:1000:bye");
    }
}
BOTH(shutdown_survives_closing_the_handle)

static void short_timeout(conn *c) {
    DWORD ms = 300, size = sizeof ms, back = 0;
    EXPECT(WinHttpSetOption(c->ws, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, &ms, sizeof ms));
    EXPECT(WinHttpQueryOption(c->ws, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, &back, &size));
    EQ(back, ms);
}

static void close_times_out(int async) {
    recorder *r = rec_new();
    conn c;
    char path[128];
    const char *token = h_token();
    uint64_t start;
    snprintf(path, sizeof path, "/noanswer-close?id=%s", token);
    NEED(h_websocket(&c, async, path, r));
    short_timeout(&c);
    start = h_ms();
    EQ(h_close(&c, async, 1000, NULL), E_TIMEOUT);
    EXPECT(h_ms() - start >= 250);
    EXPECT(h_ms() - start < 5000);
    EQ_STR(close_status(c.ws), "error 4317");
    /* The connection ends with that, not with the handle. */
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "close:fin:2:1000 EOF");
    h_finish(&c);
}
BOTH(close_times_out)

/* What is left of a message that was received in part is thrown away like whole ones. */
static void close_in_the_middle_of_a_message(int async) {
    static const char *const paths[] = {"/send/binary/300000", "/send/text/300000/7000", "/send/binary/300000/100?with101"};
    size_t i;
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        recorder *r = rec_new();
        conn c;
        char buffer[99];
        got g;
        NEED(h_websocket(&c, async, paths[i], r));
        g = h_receive(&c, async, buffer, sizeof buffer);
        EQ_ROW(paths[i], g.bytes, sizeof buffer);
        EQ_ROW(paths[i], g.type, i == 1 ? TXTF : BINF);
        EQ_ROW(paths[i], h_close(&c, async, 1000, "enough"), 0);
        EQ_STR(close_status(c.ws), "1000 enough");
        h_finish(&c);
    }
}
BOTH(close_in_the_middle_of_a_message)

/* The buffer is the program's again in the notice that the Receive was cancelled, whatever the server still sends. */
static char given_back[4096];
static void take_back(recorder *r, const h_record *e) {
    (void)r;
    if (e->status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) memset(given_back, '#', sizeof given_back);
}

static void the_buffer_of_a_cancelled_receive_is_left_alone(void) {
    recorder *r = rec_new();
    conn c;
    size_t i;
    NEED(h_websocket(&c, 1, "/noise-close/50", r));
    h_put(&r->hook, take_back);
    EQ(WinHttpWebSocketReceive(c.ws, given_back, sizeof given_back, NULL, NULL), 0);
    EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 0), 0);
    EXPECT(rec_wait(r, c.ws, WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE));
    EQ(rec_count(r, c.ws, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR), 1);
    for (i = 0; i < sizeof given_back && given_back[i] == '#'; i++) ;
    EQ(i, sizeof given_back);
    h_finish(&c);
}

static void peer_drops_instead_of_answering(int async) {
    recorder *r = rec_new();
    conn c;
    char buffer[16];
    NEED(h_websocket(&c, async, "/drop-close", r));
    EQ(h_close(&c, async, 1000, NULL), E_CONNECTION);
    h_finish(&c);
    NEED(h_websocket(&c, async, "/drop-close?reset", r));
    EQ(h_close(&c, async, 1000, NULL), E_CONNECTION);
    h_finish(&c);
    /* The same after a Shutdown, to whoever waits first. */
    NEED(h_websocket(&c, async, "/drop-close", r));
    EQ(h_shutdown(&c, async, 1000, NULL), 0);
    EQ(h_close(&c, async, 1000, NULL), E_CONNECTION);
    h_finish(&c);
    NEED(h_websocket(&c, async, "/drop-close", r));
    EQ(h_shutdown(&c, async, 1000, NULL), 0);
    EQ(h_receive(&c, async, buffer, sizeof buffer).error, E_CONNECTION);
    EQ(h_close(&c, async, 1000, NULL), E_CONNECTION);
    EQ_STR(close_status(c.ws), "error 4317");
    h_finish(&c);
}
BOTH(peer_drops_instead_of_answering)

/* Many servers do not wait for the answer to their close frame. */
static void server_closes_and_goes(int async) {
    int secure;
    for (secure = 0; secure < 2; secure++) {
        recorder *r = rec_new();
        conn c;
        char buffer[16];
        NEED(h_websocket_on(&c, async, secure ? "tls" : "plain", "/raw/880603e8676f6e65?then=drop", r));
        EQ(h_receive(&c, async, buffer, sizeof buffer).type, CLOSED);
        EQ_STR(close_status(c.ws), "1000 gone");
        EQ(h_close(&c, async, 1000, NULL), 0);
        EQ_STR(close_status(c.ws), "1000 gone");
        h_finish(&c);
    }
}
BOTH(server_closes_and_goes)

static void peer_answers_with_an_invalid_frame(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/garbage-close", r));
    EQ(h_close(&c, async, 1000, NULL), E_INVALID_RESPONSE);
    h_finish(&c);
}
BOTH(peer_answers_with_an_invalid_frame)

/* ---- the state table: every call in every state ---- */

enum { OPEN, OPEN_R, SHUT, SHUT_R, CLOSING, CLOSED_, DEAD, STATES };
static const char *state_names[] = {"OPEN", "OPEN+R", "SHUT", "SHUT+R", "CLOSING", "CLOSED", "DEAD"};
enum { SEND, RECEIVE, SHUTDOWN, CLOSE, QUERY, CALLS };
static const char *call_names[] = {"Send", "Receive", "Shutdown", "Close", "QueryCloseStatus"};

#define OP E_OP
/* In DEAD, after a failed Receive, 4317 is also possible for Receive; the table has the recommended one. */
static const DWORD table[CALLS][STATES] = {
    /*             OPEN OPEN+R SHUT SHUT+R CLOSING CLOSED DEAD */
    /* Send     */ {0, OP, OP, OP, OP, OP, E_CONNECTION},
    /* Receive  */ {0, OP, 0, OP, OP, OP, E_CONNECTION},
    /* Shutdown */ {0, 0, OP, OP, OP, OP, E_CONNECTION},
    /* Close    */ {0, 0, 0, 0, OP, OP, E_CONNECTION},
    /* Query    */ {OP, 0, OP, 0, OP, 0, OP},
};

static int reach(conn *c, int async, int state, recorder *r) {
    static const char *paths[] = {"/answer-close/1000", "/close/1000", "/noanswer-close", "/echo", "/noanswer-close", "/echo", "/raw/?then=drop"};
    char buffer[64];
    if (!h_websocket(c, async, paths[state], r)) return 0;
    switch (state) {
    case OPEN_R: return h_receive(c, async, buffer, sizeof buffer).type == CLOSED;
    case SHUT: return h_shutdown(c, async, 1000, NULL) == 0;
    case SHUT_R: return h_shutdown(c, async, 1000, NULL) == 0 && h_receive(c, async, buffer, sizeof buffer).type == CLOSED;
    case CLOSING: return WinHttpWebSocketClose(c->ws, 1000, NULL, 0) == 0;
    case CLOSED_: return h_close(c, async, 1000, NULL) == 0;
    case DEAD: return h_receive(c, async, buffer, sizeof buffer).error != 0;
    default: return 1;
    }
}

static void state_table(int async) {
    int state, call;
    h_limit(60);
    for (state = 0; state < STATES; state++)
        for (call = 0; call < CALLS; call++) {
            recorder *r = rec_new();
            conn c;
            char row[64], buffer[64] = "xyz";
            DWORD error = 1, want = table[call][state];
            USHORT code;
            DWORD used;
            int mark;
            got g;
            if (state == CLOSING && !async) continue;
            snprintf(row, sizeof row, "%s in %s", call_names[call], state_names[state]);
            if (!reach(&c, async, state, r)) {
                FAIL("%s: the state was not reached", row);
                h_finish(&c);
                continue;
            }
            if (call == CLOSE && state == SHUT) short_timeout(&c); /* its peer does not answer */
            mark = rec_mark(r);
            switch (call) {
            case SEND: error = h_send(&c, async, TXT, "xyz", 3); break;
            case RECEIVE:
                if (want) {
                    g = h_receive(&c, async, buffer, sizeof buffer);
                    error = g.error;
                } else if (async) {
                    error = WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL);
                } else {
                    /* Something to receive: the echo of one message, sent before where still possible. */
                    error = state == OPEN ? h_send(&c, 0, TXT, "e", 1) : 0;
                    if (!error && state == OPEN) error = h_receive(&c, 0, buffer, sizeof buffer).error;
                }
                break;
            case SHUTDOWN: error = h_shutdown(&c, async, 1000, NULL); break;
            case CLOSE:
                error = h_close(&c, async, 1000, NULL);
                if (state == SHUT && error == E_TIMEOUT) error = 0;
                break;
            case QUERY: error = WinHttpWebSocketQueryCloseStatus(c.ws, &code, buffer, sizeof buffer, &used); break;
            }
            if (state == DEAD && call == RECEIVE && error == E_OP) error = E_CONNECTION;
            EQ_ROW(row, error, want);
            /* A refused call owes no callback, and a dead socket's error comes without one. */
            if (want && async && state != DEAD && rec_mark(r) != mark) FAIL("%s: there was a callback", row);
            if (async && state == DEAD && call == CLOSE && rec_mark(r) != mark) FAIL("%s: there was a callback", row);
            h_finish(&c);
        }
}
BOTH(state_table)

/* The column CLOSING of a synchronous session: another thread is inside Close. */
typedef struct closer {
    conn *c;
    DWORD error;
    h_event started;
} closer;

static void close_apart(void *arg) {
    closer *k = arg;
    h_event_set(&k->started);
    k->error = h_close(k->c, 0, 1000, NULL);
}

static void calls_beside_a_synchronous_close(void) {
    conn c;
    closer k;
    char path[128], buffer[16];
    const char *token = h_token();
    uint64_t end = h_ms() + 10000;
    DWORD error;
    h_thread thread;
    snprintf(path, sizeof path, "/answer-close/1000/late?gate=%s", token);
    NEED(h_websocket(&c, 0, path, NULL));
    k.c = &c;
    h_event_init(&k.started);
    thread = h_spawn(close_apart, &k);
    h_event_wait(&k.started, 5000);
    /* Sends go well until the Close has begun. */
    while (!(error = h_send(&c, 0, TXT, "x", 1)) && h_ms() < end) h_sleep(1);
    EQ(error, E_OP);
    EQ(h_receive(&c, 0, buffer, sizeof buffer).error, E_OP);
    EQ(h_shutdown(&c, 0, 1000, NULL), E_OP);
    EQ(h_close(&c, 0, 1000, NULL), E_OP);
    EQ_STR(close_status(c.ws), "error 4317");
    snprintf(path, sizeof path, "/release/%s", token);
    h_get_text(path);
    h_join(thread);
    EQ(k.error, 0);
    EQ_STR(close_status(c.ws), "1000 late");
    h_finish(&c);
}

/* ---- traces of the specification ---- */

static void trace_of_the_whole_life(void) {
    recorder *r = rec_new();
    conn c;
    unsigned long me = h_thread_id();
    static unsigned char eight[8192];
    char buffer[256];
    DWORD size = 15;
    h_record e = {0};
    got g;
    int mark;
    NEED(h_prepare(&c, 1, "plain", "/greeting", r, 1));
    EQ_STR(rec_trace(r, 0, me), "CREATED/C CREATED/C");
    /* A send buffer too small: an error by callback, and the handle stays usable. */
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, &size, sizeof size));
    mark = rec_mark(r);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait_nth(r, c.req, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 5000, &e));
    EQ(e.info.result.dwError, ERROR_NOT_ENOUGH_MEMORY);
    EQ(e.info.result.dwResult, API_SEND_REQUEST);
    EQ_STR(rec_trace(r, mark, 0), "ERROR");
    size = 16;
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, &size, sizeof size));
    mark = rec_mark(r);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(GetLastError(), 0);
    EXPECT(rec_wait_nth(r, c.req, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1, 5000, &e));
    EXPECT(e.thread != me);
    EQ_STR(rec_trace(r, mark, 0), "RESOLVING RESOLVED CONNECTING CONNECTED SENDING SENT SENDREQUEST");
    /* The peer's answer arrives on loopback within no time; wait for it by its own means. */
    h_get_text("/status/200");
    h_sleep(100);
    mark = rec_mark(r);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    EQ(GetLastError(), 0);
    EQ_STR(rec_trace(r, mark, me), "RECEIVING/C RECEIVED/C HEADERS/C");
    mark = rec_mark(r);
    c.ws = WinHttpWebSocketCompleteUpgrade(c.req, (DWORD_PTR)r);
    NEED(c.ws);
    EQ_STR(rec_trace(r, mark, me), "CREATED/C");
    e = rec_at(r, mark);
    EQ(e.info.handle, c.ws);
    EQ(e.length, sizeof(HINTERNET));
    mark = rec_mark(r);
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(rec_wait(r, c.req, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ_STR(rec_trace(r, mark, 0), "CLOSING");
    c.req = NULL;
    mark = rec_mark(r);
    EQ(WinHttpWebSocketSend(c.ws, BINF, eight, sizeof eight), 0);
    EQ_STR(rec_trace(r, mark, me), "WRITE/C");
    e = rec_at(r, mark);
    EQ(e.length, sizeof(WINHTTP_WEB_SOCKET_STATUS));
    EQ(e.info.ws_status.dwBytesTransferred, sizeof eight);
    EQ(e.info.ws_status.eBufferType, BINF);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketSend(c.ws, TXTF, eight, 10), 87);
    EQ(WinHttpWebSocketSend(c.ws, TXT, eight, 10), 87);
    EQ_STR(rec_trace(r, mark, 0), "");
    EQ(WinHttpWebSocketSend(c.ws, BINF, eight, sizeof eight), 0);
    EQ(WinHttpWebSocketSend(c.ws, BIN, NULL, 0), 0);
    EQ(WinHttpWebSocketSend(c.ws, BIN, (void *)"hello", 5), 0);
    EQ(WinHttpWebSocketShutdown(c.ws, 1000, (void *)"success", 8), 0);
    EQ_STR(rec_trace(r, mark, me), "WRITE/C WRITE/C WRITE/C SHUTDOWN/C");
    EQ(rec_at(r, mark + 3).length, 0);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketSend(c.ws, BIN, (void *)"x", 1), E_OP);
    EQ(WinHttpWebSocketShutdown(c.ws, 1000, NULL, 0), E_OP);
    EQ_STR(rec_trace(r, mark, 0), "");
    EQ_STR(h_message(&c, 1, buffer, sizeof buffer), "welcome");
    {
        static unsigned char back[65536];
        DWORD n = 0;
        do {
            g = h_receive(&c, 1, back + n, sizeof back - n);
            n += g.bytes;
        } while (!g.error && g.type == BINF);
        EQ(n, 2 * sizeof eight);
        EQ(g.type, BIN);
    }
    EQ_STR(h_message(&c, 1, buffer, sizeof buffer), "hello");
    EQ_STR(close_status(c.ws), "error 4317");
    mark = rec_mark(r);
    EQ(h_close(&c, 1, 1000, NULL), 0);
    EQ_STR(rec_trace(r, mark, 0), "CLOSE");
    EQ(rec_at(r, mark).length, 0);
    {
        USHORT code = 0;
        DWORD used = 0;
        EQ(WinHttpWebSocketQueryCloseStatus(c.ws, &code, buffer, 123, &used), 0);
        EQ(code, 1000);
    }
    mark = rec_mark(r);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(rec_wait(r, c.ws, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ_STR(rec_trace(r, mark, 0), "CLOSING");
    c.ws = NULL;
    h_finish(&c);
}

static void trace_of_close_with_a_receive_pending(void) {
    recorder *r = rec_new();
    conn c;
    unsigned long me = h_thread_id();
    char buffer[64], path[128];
    const char *token = h_token();
    DWORD untouched = 77;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = (WINHTTP_WEB_SOCKET_BUFFER_TYPE)78;
    h_record e;
    int mark;
    snprintf(path, sizeof path, "/answer-close/1000?gate=%s", token);
    NEED(h_websocket(&c, 1, path, r));
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, &untouched, &type), 0);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 0), 0);
    EQ_STR(rec_trace(r, mark, me), "ERROR/C");
    e = rec_at(r, mark);
    EQ(e.length, sizeof(WINHTTP_WEB_SOCKET_ASYNC_RESULT));
    EQ(e.info.ws_result.AsyncResult.dwResult, 0);
    EQ(e.info.ws_result.AsyncResult.dwError, E_CANCELLED);
    EQ(e.info.ws_result.Operation, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION);
    EQ_STR(close_status(c.ws), "error 4317");
    snprintf(path, sizeof path, "/release/%s", token);
    h_get_text(path);
    EXPECT(rec_wait(r, c.ws, WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE));
    EQ_STR(rec_trace(r, mark, 0), "ERROR CLOSE");
    EQ_STR(close_status(c.ws), "1000 ");
    EQ(untouched, 77);
    EQ(type, 78);
    h_finish(&c);
    EQ_STR(rec_trace(r, mark + 2, 0), "CLOSING CLOSING CLOSING CLOSING");
}

static void trace_of_closing_the_handle_in_close(void) {
    recorder *r = rec_new();
    conn c;
    unsigned long me = h_thread_id();
    char buffer[64];
    HINTERNET ws;
    h_record e;
    int mark;
    NEED(h_websocket(&c, 1, "/noanswer-close", r));
    ws = c.ws;
    EQ(WinHttpWebSocketReceive(ws, buffer, sizeof buffer, NULL, NULL), 0);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketClose(ws, 1000, NULL, 0), 0);
    EQ_STR(rec_trace(r, mark, me), "ERROR/C");
    EXPECT(WinHttpCloseHandle(ws));
    EXPECT(rec_wait(r, ws, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ_STR(rec_trace(r, mark, 0), "ERROR ERROR CLOSING");
    e = rec_at(r, mark + 1);
    EQ(e.info.ws_result.AsyncResult.dwResult, 0);
    EQ(e.info.ws_result.AsyncResult.dwError, E_CANCELLED);
    EQ(e.info.ws_result.Operation, WINHTTP_WEB_SOCKET_CLOSE_OPERATION);
    c.ws = NULL;
    h_finish(&c);
}

static void trace_of_shutdown_with_a_receive_pending(void) {
    recorder *r = rec_new();
    conn c;
    unsigned long me = h_thread_id();
    char buffer[64];
    h_record e = {0};
    int mark;
    NEED(h_websocket(&c, 1, "/echo", r));
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), E_OP);
    EQ(rec_mark(r), mark);
    EQ(WinHttpWebSocketShutdown(c.ws, 1000, NULL, 0), 0);
    e = rec_at(r, mark);
    EQ(e.status, WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE);
    EQ(e.thread == me, 1);
    EXPECT(rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, 1, 5000, &e));
    EQ(e.length, sizeof(WINHTTP_WEB_SOCKET_STATUS));
    EQ(e.info.ws_status.dwBytesTransferred, 0);
    EQ(e.info.ws_status.eBufferType, CLOSED);
    EQ_STR(close_status(c.ws), "1000 ");
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), E_OP);
    mark = rec_mark(r);
    EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 0), 0);
    EQ_STR(rec_trace(r, mark, me), "CLOSE/C");
    EQ(rec_at(r, mark).length, 0);
    mark = rec_mark(r);
    h_finish(&c);
    EQ_STR(rec_trace(r, mark, 0), "CLOSING CLOSING CLOSING CLOSING");
}

TESTS {
    CASE2(client_closes_first);
    CASE2(the_peers_own_status_is_reported);
    CASE2(server_closes_first);
    CASE2(server_closes_in_the_packet_of_the_101);
    CASE(receive_does_not_answer);
    CASE2(close_codes);
    CASE(codes_from_the_server);
    CASE(codes_that_no_server_may_send);
    CASE2(a_code_without_status_takes_no_reason);
    CASE2(reason_lengths);
    CASE2(parameters_of_shutdown_and_close);
    CASE(query_close_status);
    CASE2(close_drops_the_data_on_its_way);
    CASE2(shutdown_then_data_then_close);
    CASE2(one_close_frame_only);
    CASE2(shutdown_survives_closing_the_handle);
    CASE2(close_times_out);
    CASE2(close_in_the_middle_of_a_message);
    CASE(the_buffer_of_a_cancelled_receive_is_left_alone);
    CASE2(peer_drops_instead_of_answering);
    CASE2(server_closes_and_goes);
    CASE2(peer_answers_with_an_invalid_frame);
    CASE2(state_table);
    CASE(trace_of_the_whole_life);
    CASE(trace_of_close_with_a_receive_pending);
    CASE(trace_of_closing_the_handle_in_close);
    CASE(trace_of_shutdown_with_a_receive_pending);
    CASE(calls_beside_a_synchronous_close);
}
END_TESTS
