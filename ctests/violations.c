/* Servers that break the rules: frames, handshakes, and connections that end badly. */
#include "harness.h"

static const struct {
    const char *name, *hex;
    DWORD error;
    const char *wire; /* the close frame that the server gets, if we can say so */
} frames[] = {
    {"RSV1", "c10161", E_INVALID_RESPONSE, "1002"},
    {"RSV2", "a10161", E_INVALID_RESPONSE, "1002"},
    {"RSV3", "910161", E_INVALID_RESPONSE, "1002"},
    {"masked", "81810000000061", E_INVALID_RESPONSE, "1002"},
    {"opcode 3", "830161", E_INVALID_RESPONSE, "1002"},
    {"opcode 7", "870161", E_INVALID_RESPONSE, "1002"},
    {"opcode 11", "8b0161", E_INVALID_RESPONSE, "1002"},
    {"opcode 15", "8f0161", E_INVALID_RESPONSE, "1002"},
    {"continuation of nothing", "800161", E_INVALID_RESPONSE, "1002"},
    {"non-final continuation of nothing", "000161", E_INVALID_RESPONSE, "1002"},
    {"new text inside a message", "0101618101620a", E_INVALID_RESPONSE, "1002"},
    {"new binary inside a message", "01016182016200", E_INVALID_RESPONSE, "1002"},
    {"fragmented ping", "090161", E_INVALID_RESPONSE, "1002"},
    {"fragmented pong", "0a0161", E_INVALID_RESPONSE, "1002"},
    {"fragmented close", "080203e8", E_INVALID_RESPONSE, "1002"},
    {"ping of 126 bytes", "897e007e", E_INVALID_RESPONSE, "1002"},
    {"pong of 126 bytes", "8a7e007e", E_INVALID_RESPONSE, "1002"},
    {"close of 126 bytes", "887e007e", E_INVALID_RESPONSE, "1002"},
    {"close of one byte", "880103", E_INVALID_RESPONSE, "1002"},
    {"close reason that is no text", "880403e8c328", E_INVALID_RESPONSE, "1007"},
    {"64-bit length with its top bit", "827f8000000000000001", E_INVALID_RESPONSE, "1002"},
    {"invalid text", "8102c328", E_INVALID_RESPONSE, "1007"},
    {"surrogate in text", "8103eda080", E_INVALID_RESPONSE, "1007"},
    {"overlong text", "8102c0af", E_INVALID_RESPONSE, "1007"},
    {"above U+10FFFF", "8104f4908080", E_INVALID_RESPONSE, "1007"},
    {"text cut in a character", "8102f09f", E_INVALID_RESPONSE, "1007"},
    {"invalid continuation of text", "0101c3800128", E_INVALID_RESPONSE, "1007"},
};

/* Receives until something fails; the error. */
static DWORD first_error(conn *c, int async) {
    char buffer[256];
    int i;
    for (i = 0; i < 10; i++) {
        got g = h_receive(c, async, buffer, sizeof buffer);
        if (g.error) return g.error;
        if (g.type == CLOSED) return 1;
    }
    return 2;
}

static void invalid_frames(int async) {
    size_t i;
    for (i = 0; i < sizeof frames / sizeof *frames; i++) {
        recorder *r = rec_new();
        conn c;
        char path[256];
        const char *saw, *token = h_token();
        snprintf(path, sizeof path, "/raw/%s?then=hold&id=%s", frames[i].hex, token);
        NEED(h_websocket(&c, async, path, r));
        EQ_ROW(frames[i].name, first_error(&c, async), frames[i].error);
        /* The connection is dead. */
        {
            char buffer[8];
            DWORD again = h_receive(&c, async, buffer, sizeof buffer).error;
            if (!again) FAIL("%s: a second Receive succeeded", frames[i].name);
            if (!h_send(&c, async, TXT, "x", 1)) FAIL("%s: a Send succeeded", frames[i].name);
        }
        /* Only a close frame that is wrong itself has to do with the close status. */
        {
            USHORT code;
            DWORD used, error = WinHttpWebSocketQueryCloseStatus(c.ws, &code, NULL, 0, &used);
            EQ_ROW(frames[i].name, error, strncmp(frames[i].hex, "880", 3) ? E_OP : E_INVALID_RESPONSE);
        }
        /* It ends now, not with the handle. */
        snprintf(path, sizeof path, "/report/%s", token);
        saw = h_get_text(path);
        h_finish(&c);
        if (strstr(saw, "STILL-OPEN")) FAIL("%s: the connection is still open", frames[i].name);
        snprintf(path, sizeof path, ":%s", frames[i].wire);
        if (!strstr(saw, "close:fin") || !strstr(saw, path)) FAIL("%s: no close %s; the server saw: %s", frames[i].name, frames[i].wire, saw);
    }
}
BOTH(invalid_frames)

/* The same while Close waits for the peer's close frame. */
static void invalid_frames_during_close(int async) {
    size_t i;
    for (i = 0; i < sizeof frames / sizeof *frames; i++) {
        recorder *r = rec_new();
        conn c;
        char path[256];
        if (strcmp(frames[i].wire, "1002")) continue; /* text is thrown away unread there: either answer will do */
        snprintf(path, sizeof path, "/raw/%s?then=hold&on=message", frames[i].hex);
        NEED(h_websocket(&c, async, path, r));
        EQ_ROW(frames[i].name, h_close(&c, async, 1000, NULL), E_INVALID_RESPONSE);
        h_finish(&c);
    }
}
BOTH(invalid_frames_during_close)

/* Data behind the peer's close frame does not matter; a second close frame neither blocks nor crashes. */
static void frames_behind_the_close(int async) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    NEED(h_websocket(&c, async, "/raw/880203e8880203e9810161?then=hold&with101", r));
    EQ(h_receive(&c, async, buffer, sizeof buffer).type, CLOSED);
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
BOTH(frames_behind_the_close)

static void close_inside_a_message(int async) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    NEED(h_websocket(&c, async, "/raw/010161880203e8?then=hold", r));
    EQ(h_receive(&c, async, buffer, sizeof buffer).type, TXTF);
    EQ(h_receive(&c, async, buffer, sizeof buffer).type, CLOSED);
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
BOTH(close_inside_a_message)

static void connections_that_end(int async) {
    static const struct {
        const char *name, *path;
    } rows[] = {
        {"EOF without close", "/raw/?then=drop"},
        {"EOF after a message", "/raw/810161?then=drop"},
        {"EOF inside a frame head", "/raw/81?then=drop"},
        {"EOF inside a frame", "/raw/81056162?then=drop"},
        {"EOF inside a message", "/raw/010161?then=drop"},
        {"reset", "/raw/?then=reset&on=message"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_websocket(&c, async, rows[i].path, r));
        if (strstr(rows[i].path, "on=message")) EQ_ROW(rows[i].name, h_send(&c, async, TXT, "x", 1), 0);
        EQ_ROW(rows[i].name, first_error(&c, async), E_CONNECTION);
        h_finish(&c);
    }
}
BOTH(connections_that_end)

/* An asynchronous Receive that is pending when the connection ends: one error, of its own operation. */
static void pending_receive_when_the_peer_drops(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[16];
    h_record e = {0};
    NEED(h_websocket(&c, 1, "/raw/?then=drop&on=message", r));
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    EQ(WinHttpWebSocketSend(c.ws, TXT, (void *)"x", 1), 0);
    EXPECT(rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 5000, &e));
    EQ(e.length, sizeof(WINHTTP_WEB_SOCKET_ASYNC_RESULT));
    EQ(e.info.ws_result.AsyncResult.dwResult, 0);
    EQ(e.info.ws_result.AsyncResult.dwError, E_CONNECTION);
    EQ(e.info.ws_result.Operation, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION);
    h_finish(&c);
    EQ(rec_count(r, NULL, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR), 1);
}

/* A Send that waits for a server that does not read ends too when the connection is found dead. */
static unsigned char unread[32 << 20];

typedef struct sender {
    conn *c;
    DWORD error;
    h_event ended;
} sender;

static void send_apart(void *arg) {
    sender *s = arg;
    s->error = WinHttpWebSocketSend(s->c->ws, BIN, unread, sizeof unread);
    h_event_set(&s->ended);
}

static void a_send_that_waits_learns_of_the_end(int async) {
    static const struct {
        const char *name, *hex;
        DWORD error;
    } rows[] = {{"EOF", "", E_CONNECTION}, {"RSV1", "c10161", E_INVALID_RESPONSE}};
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        recorder *r = rec_new();
        conn c;
        char path[128], release[128], buffer[16];
        const char *token = h_token();
        snprintf(path, sizeof path, "/deaf-says/%s?gate=%s", rows[i].hex, token);
        snprintf(release, sizeof release, "/release/%s", token);
        NEED(h_websocket(&c, async, path, r));
        if (async) {
            int n, seen[4] = {0};
            EQ(WinHttpWebSocketSend(c.ws, BIN, unread, sizeof unread), 0);
            EQ(rec_count(r, c.ws, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE), 0);
            EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
            h_get_text(release);
            if (!rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 2, 10000, NULL)) FAIL("%s: not both were told", rows[i].name);
            for (n = 0; n < rec_mark(r); n++) {
                h_record e = rec_at(r, n);
                if (e.status != WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) continue;
                EQ_ROW(rows[i].name, e.info.ws_result.AsyncResult.dwResult, 0);
                seen[e.info.ws_result.Operation & 3] = (int)e.info.ws_result.AsyncResult.dwError;
            }
            EQ_ROW(rows[i].name, seen[WINHTTP_WEB_SOCKET_RECEIVE_OPERATION], rows[i].error);
            EQ_ROW(rows[i].name, seen[WINHTTP_WEB_SOCKET_SEND_OPERATION], E_CONNECTION);
        } else {
            sender s;
            h_thread thread;
            s.c = &c;
            h_event_init(&s.ended);
            thread = h_spawn(send_apart, &s);
            h_sleep(50); /* into the call */
            h_get_text(release);
            EQ_ROW(rows[i].name, h_receive(&c, 0, buffer, sizeof buffer).error, rows[i].error);
            if (!h_event_wait(&s.ended, 10000)) FAIL("%s: the Send does not end", rows[i].name);
            if (!s.ended.set) WinHttpCloseHandle(c.ws), c.ws = NULL;
            h_join(thread);
            EQ_ROW(rows[i].name, s.error, E_CONNECTION);
        }
        h_finish(&c);
        if (async) EQ_ROW(rows[i].name, rec_count(r, NULL, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR), 2);
    }
}
BOTH(a_send_that_waits_learns_of_the_end)

static void handshakes(int async) {
    static const struct {
        const char *path;
        DWORD error;
    } rows[] = {
        {"/handshake/wrong-accept", E_INVALID_RESPONSE},  {"/handshake/no-accept", E_INVALID_RESPONSE},
        {"/handshake/no-upgrade", E_INVALID_RESPONSE},    {"/handshake/wrong-upgrade", E_INVALID_RESPONSE},
        {"/handshake/no-connection", E_INVALID_RESPONSE}, {"/handshake/wrong-connection", E_INVALID_RESPONSE},
        {"/handshake/protocol", E_INVALID_RESPONSE},      {"/handshake/extension", E_INVALID_RESPONSE},
        {"/garbage", E_INVALID_RESPONSE},                 {"/drop", E_CONNECTION},
        {"/reset", E_CONNECTION},                         {"/handshake/case", 0},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_prepare(&c, async, "plain", rows[i].path, r, 1));
        EQ_ROW(rows[i].path, h_exchange(&c, async), rows[i].error);
        if (rows[i].error) {
            HINTERNET ws = WinHttpWebSocketCompleteUpgrade(c.req, 0);
            EQ_ROW(rows[i].path, ws, NULL);
            EQ_ROW(rows[i].path, GetLastError(), E_STATE);
        }
        h_finish(&c);
    }
}
BOTH(handshakes)

TESTS {
    CASE2(invalid_frames);
    CASE2(invalid_frames_during_close);
    CASE2(frames_behind_the_close);
    CASE2(close_inside_a_message);
    CASE2(connections_that_end);
    CASE(pending_receive_when_the_peer_drops);
    CASE2(a_send_that_waits_learns_of_the_end);
    CASE2(handshakes);
}
END_TESTS
