/* The callback model: handle notices, inheritance, contexts, masks, payloads, depth, blocking. */
#include "harness.h"

#define STATUS(name) WINHTTP_CALLBACK_STATUS_##name

static DWORD_PTR context_of(HINTERNET h) {
    DWORD_PTR value = 0xdead;
    DWORD size = sizeof value;
    if (!WinHttpQueryOption(h, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size)) return 0xbad;
    return value;
}

static void created_and_closing_once_each(int async) {
    recorder *r = rec_new();
    conn c;
    HINTERNET h[4];
    h_record e;
    int i, mark;
    char text[64];
    NEED(h_websocket(&c, async, "/greeting", r));
    EQ(rec_count(r, NULL, STATUS(HANDLE_CREATED)), 3);
    e = rec_at(r, 0);
    EQ(e.status, STATUS(HANDLE_CREATED));
    EQ(e.length, sizeof(HINTERNET));
    EQ(e.handle, c.ses);
    EQ(e.info.handle, c.con);
    e = rec_at(r, 1);
    EQ(e.status, STATUS(HANDLE_CREATED));
    EQ(e.handle, c.req);
    EQ(e.info.handle, c.req);
    for (i = 2; rec_at(r, i).status != STATUS(HANDLE_CREATED) && i < rec_mark(r); i++) ;
    EQ(rec_at(r, i).handle, c.req);
    EQ(rec_at(r, i).info.handle, c.ws);
    EQ_STR(h_message(&c, async, text, sizeof text), "welcome");
    h[0] = c.ws, h[1] = c.req, h[2] = c.con, h[3] = c.ses;
    mark = rec_mark(r);
    for (i = 0; i < 4; i++) {
        SetLastError(0xdead);
        EXPECT(WinHttpCloseHandle(h[i]));
        EQ(GetLastError(), 0);
        EXPECT(rec_wait(r, h[i], STATUS(HANDLE_CLOSING)));
        EXPECT(!WinHttpCloseHandle(h[i]));
        EQ(GetLastError(), ERROR_INVALID_HANDLE);
    }
    EQ_STR(rec_trace(r, mark, 0), "CLOSING CLOSING CLOSING CLOSING");
    for (i = 0; i < 4; i++) {
        e = rec_at(r, mark + i);
        EQ(e.handle, h[i]);
        EQ(e.info.handle, h[i]);
        EQ(e.length, sizeof(HINTERNET));
    }
}
BOTH(created_and_closing_once_each)

/* Whatever the order of the closes: four notices, each once, nothing of a handle behind its own. */
static void closing_in_all_orders(void) {
    int order;
    for (order = 0; order < 24; order++) {
        recorder *r = rec_new();
        conn c;
        HINTERNET h[4];
        char buffer[64];
        int left[4] = {0, 1, 2, 3}, pick = order, n = 4, i, j;
        NEED(h_websocket(&c, 1, "/echo", r));
        h[0] = c.ses, h[1] = c.con, h[2] = c.req, h[3] = c.ws;
        EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
        while (n) {
            int which = pick % n;
            pick /= n;
            EXPECT(WinHttpCloseHandle(h[left[which]]));
            left[which] = left[--n];
        }
        for (i = 0; i < 4; i++) {
            if (!rec_wait(r, h[i], STATUS(HANDLE_CLOSING))) FAIL("order %d: no HANDLE_CLOSING of handle %d", order, i);
            EQ(rec_count(r, h[i], STATUS(HANDLE_CLOSING)), 1);
        }
        EQ(rec_count(r, h[3], STATUS(REQUEST_ERROR)), 1);
        for (i = 0; i < rec_mark(r); i++) {
            h_record e = rec_at(r, i);
            if (e.status != STATUS(HANDLE_CLOSING)) continue;
            for (j = i + 1; j < rec_mark(r); j++)
                if (rec_at(r, j).handle == e.handle) FAIL("order %d: %s after HANDLE_CLOSING", order, status_name(rec_at(r, j).status));
        }
    }
}

/* Parents close after their children have delivered theirs; the request does not wait for the socket. */
static void parents_wait_for_children(void) {
    recorder *r = rec_new();
    conn c;
    int i, at[4] = {-1, -1, -1, -1};
    NEED(h_websocket(&c, 1, "/echo", r));
    EXPECT(WinHttpCloseHandle(c.ses));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
    EQ(rec_count(r, c.ws, STATUS(HANDLE_CLOSING)), 0);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(rec_wait(r, c.ses, STATUS(HANDLE_CLOSING)));
    for (i = 0; i < rec_mark(r); i++) {
        h_record e = rec_at(r, i);
        if (e.status != STATUS(HANDLE_CLOSING)) continue;
        at[e.handle == c.ses ? 0 : e.handle == c.con ? 1 : e.handle == c.req ? 2 : 3] = i;
    }
    EXPECT(at[1] < at[0] && at[2] < at[1] && at[3] < at[1] && at[3] >= 0);
}

static void inherited_at_creation_only(void) {
    recorder *r = rec_new(), *other = rec_new();
    conn c;
    DWORD_PTR changed = (DWORD_PTR)other;
    NEED(h_prepare(&c, 1, "plain", "/echo", r, 1));
    EQ(context_of(c.con), r);
    EQ(context_of(c.req), r);
    /* Changing the parents later reaches nobody. */
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_CONTEXT_VALUE, &changed, sizeof changed));
    EXPECT(WinHttpSetOption(c.con, WINHTTP_OPTION_CONTEXT_VALUE, &changed, sizeof changed));
    EQ(context_of(c.req), r);
    EXPECT(WinHttpSetStatusCallback(c.ses, NULL, 0, 0) == rec_callback);
    EXPECT(WinHttpSetStatusCallback(c.con, NULL, 0, 0) == rec_callback);
    NEED(h_upgrade(&c, 1) == 0);
    EXPECT(rec_count(r, c.req, STATUS(SENDREQUEST_COMPLETE)) == 1);
    EQ(rec_mark(other), 0);
    /* The socket has the request's callback and the context of CompleteUpgrade. */
    EXPECT(WinHttpSetStatusCallback(c.ws, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0) == rec_callback);
    EQ(context_of(c.ws), r);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(rec_wait(r, c.ws, STATUS(HANDLE_CLOSING)));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpCloseHandle(c.ses));
    EQ(rec_mark(other), 0);
}

static void contexts(void) {
    recorder *r = rec_new();
    conn c;
    DWORD_PTR value = 7;
    DWORD size;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EQ(context_of(c.ses), 0);
    EQ(context_of(c.req), 0);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &value, 2));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &value, sizeof value + 1));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CONTEXT_VALUE, &value, sizeof value));
    EQ(context_of(c.req), 7);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(context_of(c.req), 7);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0);
    EQ(context_of(c.ws), 0);
    value = 9;
    EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_CONTEXT_VALUE, &value, sizeof value));
    EQ(context_of(c.ws), 9);
    size = sizeof value;
    EXPECT(WinHttpQueryOption(c.ws, WINHTTP_OPTION_CONTEXT_VALUE, &value, &size));
    EQ(size, sizeof value);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 11));
    EQ(context_of(c.req), 11);
    (void)r;
    h_finish(&c);
}

/* The context is read when the callback is made. */
static void context_changed_later_is_seen(void) {
    recorder *r = rec_new(), *later = rec_new();
    conn c;
    DWORD_PTR value = (DWORD_PTR)later;
    NEED(h_websocket(&c, 1, "/echo", r));
    EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_CONTEXT_VALUE, &value, sizeof value));
    EQ(WinHttpWebSocketSend(c.ws, TXT, (void *)"x", 1), 0);
    EXPECT(rec_wait(later, c.ws, STATUS(WRITE_COMPLETE)));
    EQ(rec_count(r, c.ws, STATUS(WRITE_COMPLETE)), 0);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(rec_wait(later, c.ws, STATUS(HANDLE_CLOSING)));
    c.ws = NULL;
    h_finish(&c);
}

static void set_status_callback(void) {
    HINTERNET ses = h_open(1);
    SetLastError(0xdead);
    EXPECT(WinHttpSetStatusCallback(ses, rec_callback, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS, 0) == NULL);
    EQ(GetLastError(), 0);
    {
        WINHTTP_STATUS_CALLBACK now = NULL;
        DWORD size = sizeof now;
        EXPECT(WinHttpQueryOption(ses, WINHTTP_OPTION_CALLBACK, &now, &size));
        EXPECT(now == rec_callback);
        EQ(size, sizeof now);
    }
    EXPECT(WinHttpSetStatusCallback(ses, NULL, 0, 0) == rec_callback);
    EXPECT(WinHttpSetStatusCallback(ses, NULL, 0, 0) == NULL);
    EXPECT(WinHttpSetStatusCallback(NULL, rec_callback, 0, 0) == WINHTTP_INVALID_STATUS_CALLBACK);
    EQ(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(WinHttpCloseHandle(ses));
}

static void the_mask_only_hides(void) {
    static const struct {
        DWORD mask;
        int created, write, close, shutdown, closing, sending;
    } rows[] = {
        {WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 1, 1, 1, 1, 1, 1},
        {WINHTTP_CALLBACK_FLAG_HANDLES, 1, 0, 0, 0, 1, 0},
        /* CLOSE_COMPLETE and SHUTDOWN_COMPLETE have no bit in ALL_COMPLETIONS and come all the same. */
        {0x017E0000, 0, 1, 1, 1, 0, 0},
        {0x017E0000 | 0x00010C00, 1, 1, 1, 1, 1, 0},
        {STATUS(WRITE_COMPLETE) | STATUS(CLOSE_COMPLETE), 0, 1, 1, 0, 0, 0},
        {STATUS(WRITE_COMPLETE) | STATUS(SHUTDOWN_COMPLETE), 0, 1, 0, 1, 0, 0},
        {STATUS(WRITE_COMPLETE), 0, 1, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 0},
        {WINHTTP_CALLBACK_FLAG_SEND_REQUEST, 0, 0, 0, 0, 0, 1},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        recorder *r = rec_new(), *masked = rec_new();
        conn c, d;
        char row[64];
        DWORD_PTR context = (DWORD_PTR)masked;
        snprintf(row, sizeof row, "mask %08x", (unsigned)rows[i].mask);
        /* The request's own notices; its mask is set before the send. */
        NEED(h_prepare(&d, 1, "plain", "/status/200", r, 0));
        EXPECT(WinHttpSetOption(d.req, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context));
        WinHttpSetStatusCallback(d.req, rec_callback, rows[i].mask | STATUS(SENDREQUEST_COMPLETE), 0);
        EXPECT(WinHttpSendRequest(d.req, NULL, 0, NULL, 0, 0, 0));
        EXPECT(rec_wait(masked, d.req, STATUS(SENDREQUEST_COMPLETE)));
        EQ_ROW(row, rec_count(masked, d.req, STATUS(SENDING_REQUEST)), rows[i].sending);
        d.rec = NULL;
        h_finish(&d);

        NEED(h_websocket(&c, 1, "/echo", r));
        EXPECT(WinHttpSetOption(c.ws, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context));
        WinHttpSetStatusCallback(c.ws, rec_callback, rows[i].mask, 0);
        EQ_ROW(row, WinHttpWebSocketSend(c.ws, TXT, (void *)"x", 1), 0);
        EQ_ROW(row, WinHttpWebSocketShutdown(c.ws, 1000, NULL, 0), 0);
        EQ_ROW(row, WinHttpWebSocketClose(c.ws, 1000, NULL, 0), 0);
        if (rows[i].close) EXPECT(rec_wait(masked, c.ws, STATUS(CLOSE_COMPLETE)));
        else {
            /* Its end can only be seen by the query. */
            USHORT code;
            DWORD used;
            uint64_t end = h_ms() + 5000;
            while (WinHttpWebSocketQueryCloseStatus(c.ws, &code, NULL, 0, &used) && h_ms() < end) h_sleep(2);
        }
        EXPECT(WinHttpCloseHandle(c.ws));
        if (rows[i].closing) EXPECT(rec_wait(masked, c.ws, STATUS(HANDLE_CLOSING)));
        EQ_ROW(row, rec_count(masked, c.ws, STATUS(WRITE_COMPLETE)), rows[i].write);
        EQ_ROW(row, rec_count(masked, c.ws, STATUS(SHUTDOWN_COMPLETE)), rows[i].shutdown);
        EQ_ROW(row, rec_count(masked, c.ws, STATUS(CLOSE_COMPLETE)), rows[i].close);
        EQ_ROW(row, rec_count(masked, c.ws, STATUS(HANDLE_CLOSING)), rows[i].closing);
        c.ws = NULL;
        h_finish(&c);
    }
}

static void sync_mode_delivers_no_completions(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    const DWORD completions = 0x017E0000 | STATUS(CLOSE_COMPLETE) | STATUS(SHUTDOWN_COMPLETE);
    int i;
    NEED(h_websocket(&c, 0, "/echo", r));
    EQ(h_send(&c, 0, TXT, "abc", 3), 0);
    EQ(h_receive(&c, 0, buffer, sizeof buffer).error, 0);
    EQ(h_shutdown(&c, 0, 1000, NULL), 0);
    EQ(h_close(&c, 0, 1000, NULL), 0);
    h_finish(&c);
    EQ(rec_count(r, NULL, completions), 0);
    EXPECT(rec_count(r, NULL, STATUS(SENDING_REQUEST)) == 1);
    for (i = 0; i < rec_mark(r); i++) EXPECT(rec_at(r, i).thread == h_thread_id());
}

static void trace_of_a_sync_request(void) {
    recorder *r = rec_new();
    conn c;
    unsigned long me = h_thread_id();
    int mark;
    NEED(h_prepare(&c, 0, "plain", "/echo", r, 1));
    EQ_STR(rec_trace(r, 0, me), "CREATED/C CREATED/C");
    mark = rec_mark(r);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ_STR(rec_trace(r, mark, me), "RESOLVING/C RESOLVED/C CONNECTING/C CONNECTED/C SENDING/C SENT/C");
    EXPECT(rec_at(r, rec_mark(r) - 1).length == 4 && rec_at(r, rec_mark(r) - 1).info.number > 100);
    mark = rec_mark(r);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    EQ_STR(rec_trace(r, mark, me), "RECEIVING/C RECEIVED/C");
    EXPECT(rec_at(r, rec_mark(r) - 1).length == 4 && rec_at(r, rec_mark(r) - 1).info.number > 50);
    c.ws = WinHttpWebSocketCompleteUpgrade(c.req, (DWORD_PTR)r);
    NEED(c.ws);
    mark = rec_mark(r);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(WinHttpCloseHandle(c.con));
    EXPECT(WinHttpCloseHandle(c.ses));
    EQ_STR(rec_trace(r, mark, me), "CLOSING/C CLOSING/C CLOSING/C CLOSING/C");
}

static void address_texts(recorder *r, const h_record *e) {
    if (e->status & (STATUS(RESOLVING_NAME) | STATUS(NAME_RESOLVED) | STATUS(CONNECTING_TO_SERVER) | STATUS(CONNECTED_TO_SERVER))) {
        const WCHAR *text = e->pointer;
        const char *want = "127.0.0.1";
        size_t i = 0;
        if (!text) {
            FAIL("no text with %s", status_name(e->status));
            return;
        }
        while (want[i] && text[i] == (WCHAR)want[i]) i++;
        if (text[i] || want[i]) FAIL("the text of %s is not the address", status_name(e->status));
    }
    (void)r;
}

static void names_and_addresses(void) {
    recorder *r = rec_new();
    conn c;
    h_put(&r->hook, address_texts);
    NEED(h_websocket(&c, 1, "/echo", r));
    h_finish(&c);
}

/* ---- depth ---- */

static char loop_buffer[16];

static void send_again(recorder *r, const h_record *e) {
    int *left = h_get(&r->user);
    if (e->status == STATUS(WRITE_COMPLETE) && --*left > 0)
        if (WinHttpWebSocketSend(e->handle, BIN, loop_buffer, 1)) FAIL("Send failed in WRITE_COMPLETE");
}

static void sends_from_write_complete_nest_three_deep(void) {
    recorder *r = rec_new();
    conn c;
    int left = 3000;
    NEED(h_websocket(&c, 1, "/deaf", r));
    h_put(&r->hook, send_again);
    h_put(&r->user, (void *)&left);
    EQ(WinHttpWebSocketSend(c.ws, BIN, loop_buffer, 1), 0);
    EXPECT(rec_wait_nth(r, c.ws, STATUS(WRITE_COMPLETE), 3000, 20000, NULL));
    if (r->max_depth > 3) FAIL("callbacks nested %d deep", r->max_depth);
    h_finish(&c);
}

/* The third callback deep the completions are put off. What they are for is closed before they come, and they still come,
 * before the end. */
static void shut_down_at_the_bottom(recorder *r, const h_record *e) {
    (void)r;
    if (e->status != STATUS(WRITE_COMPLETE)) return;
    if (e->depth < 3) {
        EQ(WinHttpWebSocketSend(e->handle, BIN, loop_buffer, 1), 0);
        return;
    }
    EQ(WinHttpWebSocketShutdown(e->handle, 1000, NULL, 0), 0);
    EXPECT(WinHttpCloseHandle(e->handle));
}

static void completions_put_off_come_before_the_end(void) {
    recorder *r = rec_new();
    conn c;
    int mark;
    NEED(h_websocket(&c, 1, "/echo", r));
    mark = rec_mark(r);
    h_put(&r->hook, shut_down_at_the_bottom);
    EQ(WinHttpWebSocketSend(c.ws, BIN, loop_buffer, 1), 0);
    EXPECT(rec_wait(r, c.ws, STATUS(HANDLE_CLOSING)));
    EQ_STR(rec_trace(r, mark, 0), "WRITE WRITE WRITE SHUTDOWN CLOSING");
    /* Another thread may be there before the call has returned. */
    EXPECT(rec_at(r, mark + 2).thread != rec_at(r, mark + 3).thread);
    c.ws = NULL;
    h_finish(&c);
}

static void receive_again(recorder *r, const h_record *e) {
    if (e->status == STATUS(READ_COMPLETE)) {
        int *left = h_get(&r->user);
        if (--*left > 0 && WinHttpWebSocketReceive(e->handle, loop_buffer, sizeof loop_buffer, NULL, NULL))
            FAIL("Receive failed in READ_COMPLETE");
    }
}

static void receives_from_read_complete_nest_three_deep(void) {
    recorder *r = rec_new();
    conn c;
    int left = 6250;
    NEED(h_websocket(&c, 1, "/send/binary/100000", r));
    h_put(&r->hook, receive_again);
    h_put(&r->user, (void *)&left);
    EQ(WinHttpWebSocketReceive(c.ws, loop_buffer, sizeof loop_buffer, NULL, NULL), 0);
    EXPECT(rec_wait_nth(r, c.ws, STATUS(READ_COMPLETE), 6250, 20000, NULL));
    if (r->max_depth > 3) FAIL("callbacks nested %d deep", r->max_depth);
    EQ(rec_at(r, rec_mark(r) - 1).info.ws_status.eBufferType, BIN);
    h_finish(&c);
}

static void read_ping_pong(recorder *r, const h_record *e) {
    DWORD error;
    if (e->status == STATUS(DATA_AVAILABLE) && e->info.number) {
        int before = rec_count(r, e->handle, STATUS(READ_COMPLETE));
        if (!WinHttpReadData(e->handle, loop_buffer, sizeof loop_buffer, NULL)) FAIL("ReadData failed");
        error = GetLastError();
        /* 0: it has completed here; 997: it will elsewhere. */
        if (error == 0) EXPECT(rec_count(r, e->handle, STATUS(READ_COMPLETE)) > before);
        else EQ(error, ERROR_IO_PENDING);
    } else if (e->status == STATUS(READ_COMPLETE)) {
        if (!WinHttpQueryDataAvailable(e->handle, NULL)) FAIL("QueryDataAvailable failed");
        error = GetLastError();
        if (error) EQ(error, ERROR_IO_PENDING);
    }
}

static void reads_of_a_body_nest_three_deep(void) {
    recorder *r = rec_new();
    conn c;
    int i;
    NEED(h_prepare(&c, 1, "plain", "/body/30000", r, 0));
    NEED(h_exchange(&c, 1) == 0);
    h_put(&r->hook, read_ping_pong);
    EXPECT(WinHttpQueryDataAvailable(c.req, NULL));
    for (i = 1; i < 4000; i++) {
        h_record e;
        if (!rec_wait_nth(r, c.req, STATUS(DATA_AVAILABLE) | STATUS(REQUEST_ERROR), i, 10000, &e)) {
            FAIL("the loop stopped at %d", i);
            break;
        }
        if (e.status == STATUS(REQUEST_ERROR) || !e.info.number) break;
    }
    if (r->max_depth > 3) FAIL("callbacks nested %d deep", r->max_depth);
    h_finish(&c);
}

/* ---- closing from inside ---- */

typedef struct closer {
    DWORD at;
    int done;
} closer;

static void close_at(recorder *r, const h_record *e) {
    closer *k = h_get(&r->user);
    if (e->status == k->at && h_inc(&k->done) == 1) {
        if (!WinHttpCloseHandle(e->handle)) FAIL("closing in %s: error %u", status_name(e->status), (unsigned)GetLastError());
        /* The handle is gone for every later call, and nothing crashes. */
        if (WinHttpCloseHandle(e->handle)) FAIL("closed twice in %s", status_name(e->status));
        EQ(GetLastError(), ERROR_INVALID_HANDLE);
    }
}

static void closing_in_every_notice_of_a_request(void) {
    static const DWORD at[] = {STATUS(RESOLVING_NAME), STATUS(NAME_RESOLVED), STATUS(CONNECTING_TO_SERVER), STATUS(CONNECTED_TO_SERVER),
        STATUS(SENDING_REQUEST), STATUS(REQUEST_SENT), STATUS(SENDREQUEST_COMPLETE), STATUS(RECEIVING_RESPONSE), STATUS(RESPONSE_RECEIVED),
        STATUS(HEADERS_AVAILABLE)};
    size_t i;
    for (i = 0; i < sizeof at / sizeof *at; i++) {
        recorder *r = rec_new();
        conn c;
        closer k = {at[i], 0};
        int j, last = -1;
        HINTERNET req;
        NEED(h_prepare(&c, 1, "plain", "/echo", r, 0));
        WinHttpCloseHandle(c.req);
        /* A connection of another session would leave nothing to resolve and to connect. */
        h_apart(c.ses);
        c.req = WinHttpOpenRequest(c.con, W("GET"), W("/echo"), NULL, NULL, NULL, 0);
        NEED(c.req && WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
        h_put(&r->user, (void *)&k);
        h_put(&r->hook, close_at);
        req = c.req;
        if (WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0) &&
            rec_wait(r, req, STATUS(SENDREQUEST_COMPLETE) | STATUS(REQUEST_ERROR) | STATUS(HANDLE_CLOSING)) && !h_get(&k.done))
            WinHttpReceiveResponse(req, NULL);
        if (!rec_wait(r, req, STATUS(HANDLE_CLOSING))) FAIL("closed in %s: no HANDLE_CLOSING", status_name(at[i]));
        EQ_ROW(status_name(at[i]), rec_count(r, req, STATUS(HANDLE_CLOSING)), 1);
        for (j = 0; j < rec_mark(r); j++)
            if (rec_at(r, j).handle == req) last = j;
        EQ_ROW(status_name(at[i]), rec_at(r, last).status, STATUS(HANDLE_CLOSING));
        if (rec_count(r, req, STATUS(SENDREQUEST_COMPLETE)) + rec_count(r, req, STATUS(REQUEST_ERROR)) > 2)
            FAIL("closed in %s: %s", status_name(at[i]), rec_trace(r, 0, 0));
        c.req = NULL;
        h_finish(&c);
    }
}

/* Refusing a server: after CloseHandle in SENDING_REQUEST no byte of the request may leave. */
static void closed_in_sending_request_sends_nothing(void) {
    recorder *r = rec_new();
    conn c;
    closer k = {STATUS(SENDING_REQUEST), 0};
    char path[128];
    const char *token = h_token();
    snprintf(path, sizeof path, "/status/200?id=%s", token);
    NEED(h_prepare(&c, 1, "plain", path, r, 0));
    h_put(&r->user, (void *)&k);
    h_put(&r->hook, close_at);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
    EQ(rec_count(r, c.req, STATUS(REQUEST_SENT)), 0);
    c.req = NULL;
    h_finish(&c);
    /* Had the request arrived, its report would be finished with the connection. */
    snprintf(path, sizeof path, "/report/%s?live", token);
    EQ_STR(h_get_text(path), "");
}

static void closing_in_every_notice_of_a_websocket(void) {
    static const DWORD at[] = {STATUS(WRITE_COMPLETE), STATUS(READ_COMPLETE), STATUS(SHUTDOWN_COMPLETE), STATUS(CLOSE_COMPLETE), STATUS(REQUEST_ERROR)};
    size_t i;
    for (i = 0; i < sizeof at / sizeof *at; i++) {
        recorder *r = rec_new();
        conn c;
        closer k = {at[i], 0};
        char buffer[64];
        HINTERNET ws;
        int j, last = -1;
        NEED(h_websocket(&c, 1, "/echo", r));
        ws = c.ws;
        h_put(&r->user, (void *)&k);
        h_put(&r->hook, close_at);
        WinHttpWebSocketReceive(ws, buffer, sizeof buffer, NULL, NULL);
        if (at[i] == STATUS(WRITE_COMPLETE) || at[i] == STATUS(READ_COMPLETE)) WinHttpWebSocketSend(ws, TXT, (void *)"x", 1);
        if (at[i] == STATUS(SHUTDOWN_COMPLETE)) WinHttpWebSocketShutdown(ws, 1000, NULL, 0);
        if (at[i] == STATUS(CLOSE_COMPLETE) || at[i] == STATUS(REQUEST_ERROR)) WinHttpWebSocketClose(ws, 1000, NULL, 0);
        if (!rec_wait(r, ws, STATUS(HANDLE_CLOSING))) FAIL("closed in %s: no HANDLE_CLOSING", status_name(at[i]));
        EQ_ROW(status_name(at[i]), rec_count(r, ws, STATUS(HANDLE_CLOSING)), 1);
        EQ_ROW(status_name(at[i]), rec_count(r, ws, STATUS(READ_COMPLETE) | STATUS(REQUEST_ERROR)) >= 1, 1);
        for (j = 0; j < rec_mark(r); j++)
            if (rec_at(r, j).handle == ws) last = j;
        EQ_ROW(status_name(at[i]), rec_at(r, last).status, STATUS(HANDLE_CLOSING));
        c.ws = NULL;
        h_finish(&c);
    }
}

/* Upgrade, close the request and start a receive, all inside HEADERS_AVAILABLE. */
typedef struct inside {
    HINTERNET ws;
    char buffer[64];
} inside;

static void upgrade_inside(recorder *r, const h_record *e) {
    inside *in = h_get(&r->user);
    if (e->status == STATUS(SENDREQUEST_COMPLETE)) {
        if (!WinHttpReceiveResponse(e->handle, NULL)) FAIL("ReceiveResponse in SENDREQUEST_COMPLETE");
    } else if (e->status == STATUS(HEADERS_AVAILABLE)) {
        in->ws = WinHttpWebSocketCompleteUpgrade(e->handle, (DWORD_PTR)r);
        if (!in->ws) FAIL("CompleteUpgrade in HEADERS_AVAILABLE: %u", (unsigned)GetLastError());
        EXPECT(WinHttpCloseHandle(e->handle));
        EQ(WinHttpWebSocketReceive(in->ws, in->buffer, sizeof in->buffer, NULL, NULL), 0);
    }
}

static void everything_from_inside_callbacks(void) {
    recorder *r = rec_new();
    conn c;
    inside in = {0};
    h_record e = {0};
    NEED(h_prepare(&c, 1, "plain", "/greeting", r, 1));
    h_put(&r->user, (void *)&in);
    h_put(&r->hook, upgrade_inside);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(rec_wait_nth(r, NULL, STATUS(READ_COMPLETE), 1, 5000, &e));
    EQ(e.info.ws_status.dwBytesTransferred, 7);
    EXPECT(!memcmp(in.buffer, "welcome", 7));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
    c.req = NULL;
    c.ws = in.ws;
    h_finish(&c);
}

/* The close handshake inside its own notices: status, Close, status again, CloseHandle. */
static void close_inside(recorder *r, const h_record *e) {
    char *seen = h_get(&r->user), reason[123];
    USHORT code = 0;
    DWORD used = 0;
    if (e->status == STATUS(READ_COMPLETE) && e->info.ws_status.eBufferType == CLOSED) {
        EQ(WinHttpWebSocketReceive(e->handle, reason, sizeof reason, NULL, NULL), E_OP);
        EQ(WinHttpWebSocketQueryCloseStatus(e->handle, &code, reason, sizeof reason, &used), 0);
        EQ(WinHttpWebSocketClose(e->handle, 1000, NULL, 0), 0);
    } else if (e->status == STATUS(CLOSE_COMPLETE)) {
        EQ(WinHttpWebSocketQueryCloseStatus(e->handle, &code, reason, sizeof reason, &used), 0);
        EQ(WinHttpWebSocketClose(e->handle, 1000, NULL, 0), E_OP);
        EXPECT(WinHttpCloseHandle(e->handle));
    } else {
        return;
    }
    snprintf(seen + strlen(seen), 64, "%u %.*s/", (unsigned)code, (int)used, reason);
}

static void the_whole_close_inside_its_notices(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[16], path[128], seen[256] = "";
    const char *token = h_token();
    HINTERNET ws;
    snprintf(path, sizeof path, "/close/1001/leaving?on=message&id=%s", token);
    NEED(h_websocket(&c, 1, path, r));
    ws = c.ws;
    h_put(&r->user, (void *)seen);
    h_put(&r->hook, close_inside);
    EQ(WinHttpWebSocketReceive(ws, buffer, sizeof buffer, NULL, NULL), 0);
    EQ(WinHttpWebSocketSend(ws, TXT, (void *)"x", 1), 0);
    EXPECT(rec_wait(r, ws, STATUS(HANDLE_CLOSING)));
    c.ws = NULL;
    h_finish(&c);
    EQ(rec_count(r, ws, STATUS(REQUEST_ERROR)), 0);
    EQ(rec_count(r, ws, STATUS(CLOSE_COMPLETE)), 1);
    EQ_STR(seen, "1001 leaving/1001 leaving/");
    snprintf(path, sizeof path, "/report/%s", token);
    EQ_STR(h_get_text(path), "text:fin:1:x close:fin:2:1000 EOF");
}

static void receive_response_inside(recorder *r, const h_record *e) {
    DWORD at = *(DWORD *)h_get(&r->user);
    if (e->status == at && !WinHttpReceiveResponse(e->handle, NULL)) FAIL("in %s: %u", status_name(at), (unsigned)GetLastError());
}

static void receive_response_before_the_send_has_finished(void) {
    static DWORD at[] = {STATUS(SENDING_REQUEST), STATUS(REQUEST_SENT), STATUS(SENDREQUEST_COMPLETE)};
    int i;
    for (i = 0; i < 3; i++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_prepare(&c, 1, "plain", "/echo", r, 1));
        h_put(&r->user, (void *)&at[i]);
        h_put(&r->hook, receive_response_inside);
        EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
        if (!rec_wait(r, c.req, STATUS(HEADERS_AVAILABLE))) FAIL("in %s: no HEADERS_AVAILABLE", status_name(at[i]));
        EQ_ROW(status_name(at[i]), rec_count(r, c.req, STATUS(SENDREQUEST_COMPLETE)), 1);
        h_finish(&c);
    }
}

static void receive_response_twice(void) {
    recorder *r = rec_new();
    conn c;
    h_record e;
    int mark;
    NEED(h_prepare(&c, 1, "plain", "/echo", r, 1));
    NEED(h_exchange(&c, 1) == 0);
    mark = rec_mark(r);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    EQ(GetLastError(), 0);
    EQ_STR(rec_trace(r, mark, h_thread_id()), "ERROR/C");
    e = rec_at(r, mark);
    EQ(e.info.result.dwResult, API_RECEIVE_RESPONSE);
    EQ(e.info.result.dwError, E_STATE);
    EQ(e.length, sizeof(WINHTTP_ASYNC_RESULT));
    h_finish(&c);
}

static void send_errors_by_callback(void) {
    recorder *r = rec_new();
    conn c;
    h_record e = {0};
    NEED(h_prepare(&c, 1, "refused", "/echo", r, 1));
    EQ(h_exchange(&c, 1), 12029);
    EXPECT(rec_wait_nth(r, c.req, STATUS(REQUEST_ERROR), 1, 100, &e));
    EQ(e.info.result.dwResult, API_SEND_REQUEST);
    EQ(e.length, sizeof(WINHTTP_ASYNC_RESULT));
    EQ(rec_count(r, c.req, STATUS(SENDING_REQUEST)), 0);
    h_finish(&c);
}

/* ---- read and write sides are independent ---- */

typedef struct blocker {
    h_event entered, release;
    DWORD at;
} blocker;

static void block_at(recorder *r, const h_record *e) {
    blocker *b = h_get(&r->user);
    if (e->status == b->at) {
        h_event_set(&b->entered);
        h_event_wait(&b->release, 10000);
    }
}

static void send_one(void *arg) { WinHttpWebSocketSend((HINTERNET)arg, TXT, (void *)"ping", 4); }

static void a_blocked_write_callback_does_not_stall_reading(void) {
    recorder *r = rec_new();
    conn c;
    blocker b;
    char buffer[64];
    h_thread t;
    h_event_init(&b.entered);
    h_event_init(&b.release);
    b.at = STATUS(WRITE_COMPLETE);
    NEED(h_websocket(&c, 1, "/echo", r));
    h_put(&r->user, (void *)&b);
    h_put(&r->hook, block_at);
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    t = h_spawn(send_one, c.ws);
    EXPECT(h_event_wait(&b.entered, 5000));
    EXPECT(rec_wait(r, c.ws, STATUS(READ_COMPLETE)));
    h_event_set(&b.release);
    h_join(t);
    h_finish(&c);
}

/* HANDLE_CLOSING waits until the callback that runs has returned; CloseHandle does not. */
static void closing_waits_for_the_running_callback(void) {
    recorder *r = rec_new();
    conn c;
    blocker b;
    char buffer[64];
    h_event_init(&b.entered);
    h_event_init(&b.release);
    b.at = STATUS(READ_COMPLETE);
    NEED(h_websocket(&c, 1, "/greeting", r));
    h_put(&r->user, (void *)&b);
    h_put(&r->hook, block_at);
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    if (!h_event_wait(&b.entered, 5000)) FAIL("no READ_COMPLETE");
    EXPECT(WinHttpCloseHandle(c.ws));
    EQ(rec_wait_nth(r, c.ws, STATUS(HANDLE_CLOSING), 1, 100, NULL), 0);
    h_event_set(&b.release);
    EXPECT(rec_wait(r, c.ws, STATUS(HANDLE_CLOSING)));
    c.ws = NULL;
    h_finish(&c);
}

/* A client that holds its own lock around calls and takes it in callbacks. */
static h_mutex own_lock;
static unsigned long own_owner;

static void lock_in_callback(recorder *r, const h_record *e) {
    (void)r;
    (void)e;
    if (h_get(&own_owner) == h_thread_id()) return; /* our own call is on this stack */
    h_lock(&own_lock);
    h_unlock(&own_lock);
}

static void clients_own_lock(void) {
    recorder *r = rec_new();
    conn c;
    char buffer[64];
    int i;
    h_mutex_init(&own_lock);
    NEED(h_websocket(&c, 1, "/echo", r));
    h_put(&r->hook, lock_in_callback);
    for (i = 0; i < 50; i++) {
        h_lock(&own_lock);
        h_put(&own_owner, h_thread_id());
        EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
        EQ(WinHttpWebSocketSend(c.ws, TXT, (void *)"x", 1), 0);
        h_put(&own_owner, 0);
        h_unlock(&own_lock);
        EXPECT(rec_wait_nth(r, c.ws, STATUS(READ_COMPLETE), i + 1, 5000, NULL));
    }
    EQ(WinHttpWebSocketReceive(c.ws, buffer, sizeof buffer, NULL, NULL), 0);
    h_lock(&own_lock);
    h_put(&own_owner, h_thread_id());
    EXPECT(WinHttpCloseHandle(c.ws));
    h_put(&own_owner, 0);
    h_unlock(&own_lock);
    EXPECT(rec_wait(r, c.ws, STATUS(HANDLE_CLOSING)));
    c.ws = NULL;
    h_finish(&c);
}

static void removed_callback_hears_nothing(void) {
    recorder *r = rec_new();
    conn c;
    int mark;
    NEED(h_websocket(&c, 1, "/echo", r));
    EXPECT(WinHttpSetStatusCallback(c.ws, NULL, 0, 0) == rec_callback);
    mark = rec_mark(r);
    EXPECT(WinHttpCloseHandle(c.ws));
    EXPECT(WinHttpCloseHandle(c.req));
    EXPECT(rec_wait(r, c.req, STATUS(HANDLE_CLOSING)));
    EQ_STR(rec_trace(r, mark, 0), "CLOSING");
    c.ws = c.req = NULL;
    h_finish(&c);
}

static void async_without_a_callback(void) {
    HINTERNET ses = h_open(1), con, req;
    con = WinHttpConnect(ses, W("127.0.0.1"), h_port("plain"), 0);
    req = WinHttpOpenRequest(con, NULL, W("/echo"), NULL, NULL, NULL, 0);
    EXPECT(WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0));
    EXPECT(WinHttpCloseHandle(req));
    EXPECT(WinHttpCloseHandle(con));
    EXPECT(WinHttpCloseHandle(ses));
}

TESTS {
    CASE2(created_and_closing_once_each);
    CASE(closing_in_all_orders);
    CASE(parents_wait_for_children);
    CASE(inherited_at_creation_only);
    CASE(contexts);
    CASE(context_changed_later_is_seen);
    CASE(set_status_callback);
    CASE(the_mask_only_hides);
    CASE(sync_mode_delivers_no_completions);
    CASE(trace_of_a_sync_request);
    CASE(names_and_addresses);
    CASE(sends_from_write_complete_nest_three_deep);
    CASE(completions_put_off_come_before_the_end);
    CASE(receives_from_read_complete_nest_three_deep);
    CASE(reads_of_a_body_nest_three_deep);
    CASE(closing_in_every_notice_of_a_request);
    CASE(closed_in_sending_request_sends_nothing);
    CASE(closing_in_every_notice_of_a_websocket);
    CASE(everything_from_inside_callbacks);
    CASE(the_whole_close_inside_its_notices);
    CASE(receive_response_before_the_send_has_finished);
    CASE(receive_response_twice);
    CASE(send_errors_by_callback);
    CASE(a_blocked_write_callback_does_not_stall_reading);
    CASE(closing_waits_for_the_running_callback);
    CASE(clients_own_lock);
    CASE(removed_callback_hears_nothing);
    CASE(async_without_a_callback);
}
END_TESTS
