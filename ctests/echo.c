/* The handshake and the first messages. */
#include "process.h"

static void say(conn *c, int async, int type, const char *text) {
    char back[4096];
    got g;
    EQ(h_send(c, async, type, text, (DWORD)strlen(text)), 0);
    g = h_receive(c, async, back, sizeof back);
    EQ(g.error, 0);
    EQ(g.bytes, strlen(text));
    EQ(g.type, type);
    if (g.bytes == strlen(text)) EXPECT(!memcmp(back, text, g.bytes));
}

static void echo(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/echo", r));
    EQ(h_status(c.req), 101);
    say(&c, async, TXT, "hello");
    say(&c, async, BIN, "\x01\x02\xff\xfe");
    say(&c, async, TXT, "");
    say(&c, async, BIN, "");
    say(&c, async, TXT, "gr\xc3\xbc\xc3\x9f \xf0\x9f\xa6\x80");
    EQ(h_close(&c, async, 1000, "bye"), 0);
    h_finish(&c);
}
BOTH(echo)

static void every_small_length(int async) {
    recorder *r = rec_new();
    conn c;
    DWORD n;
    unsigned char out[300], back[300];
    NEED(h_websocket(&c, async, "/echo", r));
    h_pattern(out, sizeof out);
    for (n = 0; n < 300; n++) {
        got g;
        EQ(h_send(&c, async, BIN, n ? out : NULL, n), 0);
        g = h_receive(&c, async, back, sizeof back);
        if (g.error || g.bytes != n || g.type != BIN || memcmp(out, back, n)) {
            FAIL("length %u came back as error %u, %u bytes, type %d", (unsigned)n, (unsigned)g.error, (unsigned)g.bytes, g.type);
            break;
        }
    }
    h_finish(&c);
}
BOTH(every_small_length)

static void the_buffer_sent_is_not_changed(int async) {
    recorder *r = rec_new();
    conn c;
    static unsigned char out[70000], copy[70000];
    h_pattern(out, sizeof out);
    memcpy(copy, out, sizeof out);
    NEED(h_websocket(&c, async, "/sink", r));
    EQ(h_send(&c, async, BIN, out, sizeof out), 0);
    EXPECT(!memcmp(out, copy, sizeof out));
    h_finish(&c);
}
BOTH(the_buffer_sent_is_not_changed)

static void greeting_in_the_packet_of_the_101(int async) {
    recorder *r = rec_new();
    conn c;
    char text[64];
    NEED(h_websocket(&c, async, "/greeting", r));
    EQ_STR(h_message(&c, async, text, sizeof text), "welcome");
    say(&c, async, TXT, "thanks");
    h_finish(&c);
}
BOTH(greeting_in_the_packet_of_the_101)

/* The value of a header in a request's head, or NULL; spelled exactly so. */
static const char *header_in(const char *head, const char *name, char *value) {
    char start[128];
    const char *at, *end;
    snprintf(start, sizeof start, "\r\n%s: ", name);
    at = strstr(head, start);
    if (!at) return NULL;
    at += strlen(start);
    end = strstr(at, "\r\n");
    memcpy(value, at, (size_t)(end - at));
    value[end - at] = 0;
    return value;
}

static void the_request_on_the_wire(void) {
    conn c;
    char head[4096], value[512];
    NEED(h_websocket(&c, 0, "/head", NULL));
    h_message(&c, 0, head, sizeof head);
    EXPECT(!strncmp(head, "GET /head HTTP/1.1\r\n", 20));
    EXPECT(header_in(head, "Connection", value) && !strcmp(value, "Upgrade"));
    EXPECT(header_in(head, "Upgrade", value) && (!strcmp(value, "websocket") || !strcmp(value, "Websocket")));
    EXPECT(header_in(head, "Sec-WebSocket-Version", value) && !strcmp(value, "13"));
    EXPECT(header_in(head, "Sec-WebSocket-Key", value) && strlen(value) == 24);
    EXPECT(header_in(head, "Host", value) && !strncmp(value, "127.0.0.1:", 10));
    EXPECT(header_in(head, "User-Agent", value) && !strcmp(value, "ctests/1.0"));
    EXPECT(!header_in(head, "Content-Length", value));
    EXPECT(!header_in(head, "Transfer-Encoding", value));
    EXPECT(!header_in(head, "Sec-WebSocket-Protocol", value));
    EXPECT(!header_in(head, "Sec-WebSocket-Extensions", value));
    EXPECT(!header_in(head, "Origin", value));
    if (strlen(head) > 255) FAIL("the request has %u bytes, known servers read 255", (unsigned)strlen(head));
    h_finish(&c);
}

static void added_headers_are_sent(void) {
    conn c;
    char head[4096], value[512];
    NEED(h_prepare(&c, 0, "plain", "/head", NULL, 1));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Origin: http://test\r\nAuthorization: Bearer abc"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EXPECT(WinHttpSendRequest(c.req, W("X-Late: yes"), (DWORD)-1, NULL, 0, 0, 0));
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    NEED((c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0)) != NULL);
    h_message(&c, 0, head, sizeof head);
    EXPECT(header_in(head, "Origin", value) && !strcmp(value, "http://test"));
    EXPECT(header_in(head, "Authorization", value) && !strcmp(value, "Bearer abc"));
    EXPECT(header_in(head, "X-Late", value) && !strcmp(value, "yes"));
    h_finish(&c);
}

/* A body is unusual there, but is one: nothing of it is left for the WebSocket. */
static void a_body_with_the_upgrade(void) {
    conn c;
    char head[4096], value[512];
    NEED(h_prepare(&c, 0, "plain", "/head", NULL, 1));
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, (void *)"body!", 5, 5, 0));
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    NEED((c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0)) != NULL);
    h_message(&c, 0, head, sizeof head);
    EXPECT(header_in(head, "Content-Length", value) && !strcmp(value, "5"));
    say(&c, 0, TXT, "behind it");
    h_finish(&c);
}

static void an_own_automatic_header_is_not_doubled(void) {
    conn c;
    char head[4096];
    const char *first;
    NEED(h_prepare(&c, 0, "plain", "/head", NULL, 1));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Sec-WebSocket-Version: 8\r\nUpgrade: other"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(h_upgrade(&c, 0), 0);
    NEED(c.ws);
    h_message(&c, 0, head, sizeof head);
    first = strstr(head, "Sec-WebSocket-Version: 13");
    EXPECT(first && !strstr(first + 1, "Sec-WebSocket-Version:"));
    EXPECT(!strstr(head, "Sec-WebSocket-Version: 8"));
    EXPECT(!strstr(head, "Upgrade: other"));
    h_finish(&c);
}

/* A header of the request or of the response as narrow text; the error when there is none. */
static DWORD query(HINTERNET req, DWORD what, char *value) {
    WCHAR wide[256];
    DWORD size = sizeof wide, i;
    if (!WinHttpQueryHeaders(req, what, NULL, wide, &size, NULL)) return GetLastError();
    for (i = 0; i <= size / 2; i++) value[i] = (char)wide[i];
    return 0;
}
static DWORD query_custom(HINTERNET req, DWORD what, LPCWSTR name, char *value) {
    WCHAR wide[256];
    DWORD size = sizeof wide, i;
    if (!WinHttpQueryHeaders(req, WINHTTP_QUERY_CUSTOM | what, name, wide, &size, NULL)) return GetLastError();
    for (i = 0; i <= size / 2; i++) value[i] = (char)wide[i];
    return 0;
}

static void header_queries_around_the_upgrade(void) {
    conn c;
    char key[256], again[256], value[256];
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Key"), key), 12150);
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Version"), value), 12150);
    EQ(query(c.req, WINHTTP_QUERY_UPGRADE, value), E_STATE);
    NEED(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Key"), key), 0);
    EQ(strlen(key), 24);
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Version"), value), 0);
    EQ_STR(value, "13");
    EQ(query(c.req, WINHTTP_QUERY_UPGRADE, value), E_STATE);
    EQ(query(c.req, WINHTTP_QUERY_CONNECTION, value), E_STATE);
    NEED(WinHttpReceiveResponse(c.req, NULL));
    EQ(query(c.req, WINHTTP_QUERY_UPGRADE, value), 0);
    EQ_STR(value, "websocket");
    EQ(query(c.req, WINHTTP_QUERY_CONNECTION, value), 0);
    EQ_STR(value, "Upgrade");
    EQ(query_custom(c.req, 0, W("Sec-WebSocket-Accept"), value), 0);
    EQ(strlen(value), 28);
    EQ(query(c.req, WINHTTP_QUERY_CONTENT_LENGTH, value), 12150);
    SetLastError(0xdead);
    NEED((c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0)) != NULL);
    EQ(GetLastError(), 0);
    EQ(query_custom(c.req, 0, W("Sec-WebSocket-Accept"), value), 0);
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Key"), again), 0);
    EQ_STR(again, key);
    h_finish(&c);
}

static void no_data_behind_the_101(void) {
    conn c;
    char text[64];
    DWORD available = 0xdead;
    NEED(h_prepare(&c, 0, "plain", "/greeting", NULL, 1));
    EQ(h_exchange(&c, 0), 0);
    EXPECT(WinHttpQueryDataAvailable(c.req, &available));
    EQ(available, 0);
    available = 0xdead;
    EXPECT(WinHttpReadData(c.req, text, sizeof text, &available));
    EQ(available, 0);
    /* It was the WebSocket's. */
    NEED((c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0)) != NULL);
    EQ_STR(h_message(&c, 0, text, sizeof text), "welcome");
    h_finish(&c);
}

/* A connection that has become a WebSocket is not for another request, also when nobody has completed the upgrade. */
static void an_upgrade_that_nobody_completes(int async) {
    recorder *r = rec_new();
    conn c;
    char path[128];
    const char *token = h_token();
    snprintf(path, sizeof path, "/echo?id=%s", token);
    NEED(h_prepare(&c, async, "plain", path, r, 1));
    EQ(h_exchange(&c, async), 0);
    h_finish(&c);
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "EOF");
}
BOTH(an_upgrade_that_nobody_completes)

/* The same request sent again makes a second, independent socket with a new key. */
static void resent_request_gives_a_second_websocket(void) {
    conn c;
    HINTERNET first;
    char key[2][256], text[64];
    NEED(h_websocket(&c, 0, "/echo", NULL));
    first = c.ws;
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Key"), key[0]), 0);
    NEED(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(query_custom(c.req, WINHTTP_QUERY_FLAG_REQUEST_HEADERS, W("Sec-WebSocket-Key"), key[1]), 0);
    EXPECT(strcmp(key[0], key[1]) != 0);
    /* Without ReceiveResponse: Windows gives the handle at once. */
    c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0);
    NEED(c.ws);
    EXPECT(c.ws != first);
    EQ(h_send(&c, 0, TXT, "second", 6), 0);
    EQ_STR(h_message(&c, 0, text, sizeof text), "second");
    {
        conn d = c;
        d.ws = first;
        EQ(h_send(&d, 0, TXT, "first", 5), 0);
        EQ_STR(h_message(&d, 0, text, sizeof text), "first");
    }
    EXPECT(WinHttpCloseHandle(first));
    h_finish(&c);
}

/* What a request came from is not needed for its upgrade either, and a second send of it makes another socket. */
static void upgraded_again_without_its_parents(int async) {
    recorder *r = rec_new();
    conn c, first;
    NEED(h_websocket(&c, async, "/echo", r));
    first = c;
    EQ(h_exchange(&c, async), 0);
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpCloseHandle(c.ses));
    c.con = c.ses = NULL;
    NEED(c.ws = WinHttpWebSocketCompleteUpgrade(c.req, (DWORD_PTR)r));
    EXPECT(c.ws != first.ws);
    say(&c, async, TXT, "second");
    say(&first, async, TXT, "first");
    EXPECT(WinHttpCloseHandle(first.ws));
    say(&c, async, TXT, "alone");
    h_finish(&c);
    if (async) EXPECT(rec_wait(r, first.ses, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
}
BOTH(upgraded_again_without_its_parents)

static void survives_its_request_connection_and_session(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/echo", r));
    EXPECT(WinHttpCloseHandle(c.req));
    say(&c, async, TXT, "after the request");
    EXPECT(WinHttpCloseHandle(c.con));
    say(&c, async, TXT, "after the connection");
    EXPECT(WinHttpCloseHandle(c.ses));
    say(&c, async, TXT, "after the session");
    EQ(h_close(&c, async, 1000, NULL), 0);
    EXPECT(WinHttpCloseHandle(c.ws));
    if (async) EXPECT(rec_wait(r, c.ws, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
}
BOTH(survives_its_request_connection_and_session)

static void answers_other_than_101_are_ordinary(int async) {
    static const int codes[] = {200, 301, 400, 401, 403, 404, 500, 503};
    size_t i;
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        recorder *r = rec_new();
        conn c;
        char path[64], body[256] = "", want[64];
        DWORD n = 0;
        snprintf(path, sizeof path, "/status/%d", codes[i]);
        snprintf(want, sizeof want, "the body of %d\n", codes[i]);
        NEED(h_prepare(&c, async, "plain", path, r, 1));
        if (codes[i] == 301) {
            DWORD never = WINHTTP_DISABLE_REDIRECTS;
            EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &never, sizeof never));
        }
        EQ_ROW(path, h_exchange(&c, async), 0);
        EQ_ROW(path, h_status(c.req), codes[i]);
        if (async) {
            h_record e;
            EXPECT(WinHttpReadData(c.req, body, 255, NULL));
            if (rec_wait_nth(r, c.req, WINHTTP_CALLBACK_STATUS_READ_COMPLETE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 5000, &e)) {
                EQ_ROW(path, e.status, WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
                EQ_ROW(path, e.pointer, body);
                n = e.length;
            }
        } else {
            EXPECT(WinHttpReadData(c.req, body, 255, &n));
        }
        body[n < 255 ? n : 255] = 0;
        EQ_STR(body, want);
        SetLastError(0xdead);
        EXPECT(!(c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0)));
        EQ_ROW(path, GetLastError(), E_STATE);
        h_finish(&c);
    }
}
BOTH(answers_other_than_101_are_ordinary)

static void redirect_leads_to_the_websocket(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/redirect-ws", r));
    say(&c, async, TXT, "there");
    h_finish(&c);
}
BOTH(redirect_leads_to_the_websocket)

static void asked_sub_protocol(void) {
    conn c;
    char value[256];
    NEED(h_prepare(&c, 0, "plain", "/handshake/chosen-protocol", NULL, 1));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Sec-WebSocket-Protocol: chat, superchat"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(h_upgrade(&c, 0), 0);
    EQ(query_custom(c.req, 0, W("Sec-WebSocket-Protocol"), value), 0);
    EQ_STR(value, "chat");
    h_finish(&c);
}

static void asked_sub_protocol_unanswered(void) {
    conn c;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Sec-WebSocket-Protocol: chat"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(h_upgrade(&c, 0), 0);
    h_finish(&c);
}

static void header_case_does_not_matter(void) {
    conn c;
    NEED(h_websocket(&c, 0, "/handshake/case", NULL));
    say(&c, 0, TXT, "fine");
    h_finish(&c);
}

/* What a 101 may have beside what it must; lengths and codings mean nothing there, for no body follows. */
static void unusual_answers_to_the_upgrade(int async) {
    static const char *const paths[] = {"/handshake/length", "/handshake/chunked", "/handshake/long", "/handshake/early"};
    size_t i;
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_prepare(&c, async, "plain", paths[i], r, 1));
        EQ_ROW(paths[i], h_upgrade(&c, async), 0);
        EQ_ROW(paths[i], rec_count(r, c.req, WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE), i == 3);
        NEED(c.ws);
        say(&c, async, TXT, "here");
        h_finish(&c);
    }
}
BOTH(unusual_answers_to_the_upgrade)

/* More in the packet of the 101 than anything that reads heads or frames takes at once. */
static void a_burst_behind_the_101(int async) {
    static unsigned char want[400000], back[400000];
    recorder *r = rec_new();
    conn c;
    DWORD n = 0;
    got g;
    h_pattern(want, sizeof want);
    NEED(h_websocket(&c, async, "/send/binary/400000/777?with101", r));
    do {
        g = h_receive(&c, async, back + n, 500);
        EQ(g.error, 0);
        n += g.bytes;
    } while (!g.error && g.type == BINF && n <= sizeof back - 500);
    while (!g.error && g.type == BINF) {
        g = h_receive(&c, async, back + n, (DWORD)sizeof back - n);
        n += g.bytes;
    }
    EQ(g.type, BIN);
    EQ(n, sizeof back);
    EXPECT(!memcmp(want, back, sizeof back));
    h_finish(&c);
}
BOTH(a_burst_behind_the_101)

static void ping_is_answered_with_its_payload(int async) {
    recorder *r = rec_new();
    conn c;
    char text[128];
    NEED(h_websocket(&c, async, "/ping/payload", r));
    EQ_STR(h_message(&c, async, text, sizeof text), "pong:fin:7:payload");
    h_finish(&c);
}
BOTH(ping_is_answered_with_its_payload)

static void pings_between_fragments(int async) {
    recorder *r = rec_new();
    conn c;
    char text[128];
    NEED(h_websocket(&c, async, "/ping-fragments", r));
    EQ_STR(h_message(&c, async, text, sizeof text), "one two three");
    EQ_STR(h_message(&c, async, text, sizeof text), "pong:fin:2:p1 pong:fin:2:p2");
    h_finish(&c);
}
BOTH(pings_between_fragments)

static void pongs_do_not_disturb_sends(int async) {
    recorder *r = rec_new();
    conn c;
    int i;
    NEED(h_websocket(&c, async, "/ping-storm", r));
    for (i = 0; i < 100; i++) say(&c, async, TXT, "between the pings");
    h_finish(&c);
}
BOTH(pongs_do_not_disturb_sends)

/* Asynchronous sockets answer pings also while no Receive is pending. */
static void a_ping_is_answered_without_a_receive(void) {
    recorder *r = rec_new();
    conn c;
    char path[128], text[64];
    const char *token = h_token();
    uint64_t end = h_ms() + 10000;
    snprintf(path, sizeof path, "/ping/idle?id=%s", token);
    NEED(h_websocket(&c, 1, path, r));
    snprintf(path, sizeof path, "/report/%s?live", token);
    while (strcmp(h_get_text(path), "pong:fin:4:idle") && h_ms() < end) h_sleep(5);
    EQ_STR(h_get_text(path), "pong:fin:4:idle");
    EQ_STR(h_message(&c, 1, text, sizeof text), "pong:fin:4:idle");
    h_finish(&c);
}

/* A server that pings without end and reads nothing: the answers that wait do not fill the memory, and the last ping is
 * answered all the same. */
static void a_flood_of_pings(int async) {
    enum { MIB = 24 };
    recorder *r = rec_new();
    conn c;
    char path[128], text[64];
    const char *token = h_token();
    int pongs = 0, pings = 0;
    snprintf(path, sizeof path, "/ping-flood/%d?gate=%s", MIB, token);
    NEED(h_websocket(&c, async, path, r));
#if defined H_SLOW || defined _WIN32 /* what else takes memory there hides it */
    EQ_STR(h_message(&c, async, text, sizeof text), "all said");
#else
    {
        long before = p_peak_kib();
        EQ_STR(h_message(&c, async, text, sizeof text), "all said");
        if (p_peak_kib() - before > MIB * 1024 / 4) FAIL("%ld KiB more", p_peak_kib() - before);
    }
#endif
    snprintf(path, sizeof path, "/release/%s", token);
    h_get_text(path);
    h_message(&c, async, text, sizeof text);
    EXPECT(sscanf(text, "%d %d", &pongs, &pings) == 2);
    EXPECT(pongs > 0 && pongs <= pings);
    h_finish(&c);
}
BOTH(a_flood_of_pings)

/* A server that never stops pinging does not keep the program from what it wants to do. */
typedef struct receiver {
    conn *c;
    got g;
    h_event started, ended;
} receiver;

static void receive_apart(void *arg) {
    receiver *w = arg;
    char buffer[16];
    h_event_set(&w->started);
    w->g = h_receive(w->c, 0, buffer, sizeof buffer);
    h_event_set(&w->ended);
}

static void calls_in_an_endless_flood(int async) {
    int closes;
    for (closes = 0; closes < 2; closes++) {
        recorder *r = rec_new();
        conn c;
        char buffer[16];
        DWORD ms = 200;
        receiver w;
        h_thread thread = 0;
        NEED(h_websocket(&c, async, "/ping-flood/endless", r));
        EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, &ms, sizeof ms));
        w.c = &c;
        h_event_init(&w.started);
        h_event_init(&w.ended);
        if (async) EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
        else thread = h_spawn(receive_apart, &w);
        if (!async) h_event_wait(&w.started, 5000);
        h_sleep(100); /* into the flood */
        if (async) EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), E_OP);
        if (closes) {
            /* The server does not answer. */
            h_record e = {0};
            EQ(WinHttpWebSocketClose(c.ws, 1000, NULL, 0), async ? 0 : E_TIMEOUT);
            if (async) {
                EXPECT(rec_wait_nth(r, c.ws, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 2, 10000, &e));
                EQ(e.info.ws_result.AsyncResult.dwError, E_TIMEOUT);
                EQ(e.info.ws_result.Operation, WINHTTP_WEB_SOCKET_CLOSE_OPERATION);
            }
        } else {
            HINTERNET ws = c.ws;
            EXPECT(WinHttpCloseHandle(ws));
            if (async) EXPECT(rec_wait(r, ws, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
        }
        if (!async) {
            if (!h_event_wait(&w.ended, 10000)) FAIL("the Receive does not end");
            h_join(thread);
            /* The other, if it had not got there yet. */
            if (w.g.error != E_CANCELLED) EQ(w.g.error, closes ? E_OP : ERROR_INVALID_HANDLE);
        }
        if (!closes) c.ws = NULL;
        h_finish(&c);
    }
}
BOTH(calls_in_an_endless_flood)

TESTS {
    CASE2(echo);
    CASE2(every_small_length);
    CASE2(the_buffer_sent_is_not_changed);
    CASE2(greeting_in_the_packet_of_the_101);
    CASE(the_request_on_the_wire);
    CASE(added_headers_are_sent);
    CASE(a_body_with_the_upgrade);
    CASE(an_own_automatic_header_is_not_doubled);
    CASE(header_queries_around_the_upgrade);
    CASE(no_data_behind_the_101);
    CASE2(an_upgrade_that_nobody_completes);
    CASE(resent_request_gives_a_second_websocket);
    CASE2(upgraded_again_without_its_parents);
    CASE2(survives_its_request_connection_and_session);
    CASE2(answers_other_than_101_are_ordinary);
    CASE2(redirect_leads_to_the_websocket);
    CASE(asked_sub_protocol);
    CASE(asked_sub_protocol_unanswered);
    CASE(header_case_does_not_matter);
    CASE2(unusual_answers_to_the_upgrade);
    CASE2(a_burst_behind_the_101);
    CASE2(ping_is_answered_with_its_payload);
    CASE(a_ping_is_answered_without_a_receive);
    CASE2(a_flood_of_pings);
    CASE2(calls_in_an_endless_flood);
    CASE2(pings_between_fragments);
    CASE2(pongs_do_not_disturb_sends);
}
END_TESTS
