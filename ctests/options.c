/* The options of the WebSocket and of the handles; timeouts. */
#include "harness.h"

static DWORD set(HINTERNET h, DWORD option, const void *value, DWORD size) {
    SetLastError(0xdead);
    if (WinHttpSetOption(h, option, (void *)value, size)) {
        EQ(GetLastError(), 0);
        return 0;
    }
    return GetLastError();
}
static DWORD set_dword(HINTERNET h, DWORD option, DWORD value) { return set(h, option, &value, sizeof value); }
static DWORD get_dword(HINTERNET h, DWORD option, DWORD *value) {
    DWORD size = sizeof *value;
    SetLastError(0xdead);
    *value = 0xdead;
    if (!WinHttpQueryOption(h, option, value, &size)) return GetLastError();
    EQ(GetLastError(), 0);
    EQ(size, 4);
    return 0;
}
static DWORD value_of(HINTERNET h, DWORD option) {
    DWORD v;
    DWORD error = get_dword(h, option, &v);
    return error ? 1000000 + error : v;
}

static void handle_types(void) {
    conn c;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    EQ(value_of(c.ses, WINHTTP_OPTION_HANDLE_TYPE), WINHTTP_HANDLE_TYPE_SESSION);
    EQ(value_of(c.con, WINHTTP_OPTION_HANDLE_TYPE), WINHTTP_HANDLE_TYPE_CONNECT);
    EQ(value_of(c.req, WINHTTP_OPTION_HANDLE_TYPE), WINHTTP_HANDLE_TYPE_REQUEST);
    EQ(value_of(c.ws, WINHTTP_OPTION_HANDLE_TYPE), H_TYPE_WEBSOCKET);
    h_finish(&c);
}

static void parent_handles(void) {
    conn c;
    HINTERNET parent;
    DWORD size = sizeof parent;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_PARENT_HANDLE, &parent, &size));
    EQ(parent, c.con);
    size = sizeof parent;
    EXPECT(WinHttpQueryOption(c.con, WINHTTP_OPTION_PARENT_HANDLE, &parent, &size));
    EQ(parent, c.ses);
    h_finish(&c);
}

static void worker_thread_count_reads_zero(void) {
    conn c;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EQ(value_of(c.ses, WINHTTP_OPTION_WORKER_THREAD_COUNT), 0);
    EQ(value_of(c.con, WINHTTP_OPTION_WORKER_THREAD_COUNT), 0);
    EQ(value_of(c.req, WINHTTP_OPTION_WORKER_THREAD_COUNT), 0);
    h_finish(&c);
}

static void upgrade_option(void) {
    conn c;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    EQ(set(c.ses, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0), E_TYPE);
    EQ(set(c.con, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0), E_TYPE);
    EQ(set(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0), 0);
    h_finish(&c);
}

static void buffer_sizes(DWORD option) {
    conn c;
    DWORD v;
    HINTERNET other;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    EQ(value_of(c.ses, option), 32768);
    EQ(value_of(c.req, option), 32768);
    EQ(get_dword(c.con, option, &v), E_TYPE);
    EQ(get_dword(c.ws, option, &v), E_TYPE);
    EQ(set_dword(c.con, option, 48000), E_TYPE);
    EQ(set_dword(c.ws, option, 48000), E_TYPE);
    v = 15;
    EQ(set(c.ses, option, &v, 2), ERROR_INSUFFICIENT_BUFFER);
    EQ(set_dword(c.req, option, 15), 0);
    EQ(value_of(c.req, option), 15);
    EQ(value_of(c.ses, option), 32768);
    /* Copied when a request is opened, independent afterwards. */
    EQ(set_dword(c.ses, option, 65535), 0);
    EQ(value_of(c.req, option), 15);
    other = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0);
    EQ(value_of(other, option), 65535);
    EQ(set_dword(c.ses, option, 16), 0);
    EQ(value_of(other, option), 65535);
    WinHttpCloseHandle(other);
    h_finish(&c);
}
static void receive_buffer_size(void) { buffer_sizes(WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE); }
static void send_buffer_size(void) { buffer_sizes(WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE); }

static void send_buffer_of_fifteen(void) {
    conn c;
    char text[16];
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EQ(set_dword(c.req, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 15), 0);
    EXPECT(!WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    EQ(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
    EQ(set_dword(c.req, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 16), 0);
    EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, 0));
    /* Captured at the send: 15 no longer hurts. */
    EQ(set_dword(c.req, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 15), 0);
    EXPECT(WinHttpReceiveResponse(c.req, NULL));
    NEED((c.ws = WinHttpWebSocketCompleteUpgrade(c.req, 0)) != NULL);
    EQ(h_send(&c, 0, TXT, "fine", 4), 0);
    EQ_STR(h_message(&c, 0, text, sizeof text), "fine");
    h_finish(&c);
}

static void keepalive_interval(void) {
    conn c;
    DWORD v = 0, size;
    const DWORD option = WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL;
    HINTERNET all[3];
    int i;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    all[0] = c.ses, all[1] = c.req, all[2] = c.ws;
    for (i = 0; i < 3; i++) {
        EQ(get_dword(all[i], option, &v), ERROR_INVALID_PARAMETER);
        size = 0;
        EXPECT(!WinHttpQueryOption(all[i], option, NULL, &size));
        EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    }
    EQ(set_dword(c.req, option, 20000), E_TYPE);
    EQ(set_dword(c.ses, option, 20000), E_TYPE);
    v = 20000;
    EQ(set(c.ws, option, &v, 2), ERROR_INVALID_PARAMETER);
    EQ(set(c.ws, option, &v, 16), ERROR_INVALID_PARAMETER);
    EQ(set_dword(c.ws, option, 14999), ERROR_INVALID_PARAMETER);
    EQ(set_dword(c.ws, option, 0), ERROR_INVALID_PARAMETER);
    EQ(set_dword(c.ws, option, 15000), 0);
    EQ(set_dword(c.ws, option, 0xffffffff), 0);
    h_finish(&c);
}

static void close_timeout(void) {
    conn c;
    DWORD v;
    const DWORD option = WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT;
    NEED(h_websocket(&c, 0, "/echo", NULL));
    EQ(value_of(c.ws, option), 10000);
    EQ(set_dword(c.ws, option, 1000), 0);
    EQ(value_of(c.ws, option), 1000);
    v = 1;
    EQ(set(c.ws, option, &v, 2), ERROR_INSUFFICIENT_BUFFER);
    EQ(set_dword(c.ws, WINHTTP_OPTION_RECEIVE_TIMEOUT, 5000), 0);
    EQ(set_dword(c.ws, WINHTTP_OPTION_SEND_TIMEOUT, 5000), 0);
    h_finish(&c);
}

static void unknown_options(void) {
    conn c;
    DWORD v = 0;
    HINTERNET all[3];
    int i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    all[0] = c.ses, all[1] = c.con, all[2] = c.req;
    for (i = 0; i < 3; i++) {
        EQ(set_dword(all[i], 0, 1), 12009);
        EQ(set_dword(all[i], 99999, 1), 12009);
        EQ(get_dword(all[i], 0, &v), ERROR_INVALID_PARAMETER);
        EXPECT(get_dword(all[i], 99999, &v) == 12009 || GetLastError() == ERROR_INVALID_PARAMETER);
    }
    h_finish(&c);
}

static void sizes_and_null_buffers(void) {
    conn c;
    DWORD v[2] = {2, 0}, size = 77;
    const DWORD option = WINHTTP_OPTION_CONNECT_TIMEOUT, policy = WINHTTP_OPTION_REDIRECT_POLICY;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EXPECT(!WinHttpQueryOption(c.req, option, v, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpQueryOption(c.req, option, NULL, &size));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 4);
    size = 3;
    EXPECT(!WinHttpQueryOption(c.req, option, v, &size));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 4);
    size = 8;
    EXPECT(WinHttpQueryOption(c.req, option, v, &size));
    EQ(size, 4);
    v[0] = 2;
    EQ(set(c.req, policy, v, 3), ERROR_INSUFFICIENT_BUFFER);
    EQ(set(c.req, policy, v, 5), ERROR_INSUFFICIENT_BUFFER);
    EQ(set(c.req, policy, NULL, 4), ERROR_INVALID_PARAMETER);
    EQ(set(c.req, policy, v, 4), 0);
    EQ(value_of(c.req, policy), 2);
    EQ(set_dword(c.ses, WINHTTP_OPTION_DISABLE_FEATURE, 0), E_TYPE);
    EQ(set_dword(c.con, WINHTTP_OPTION_DISABLE_FEATURE, 0), E_TYPE);
    EQ(set_dword(c.req, WINHTTP_OPTION_DISABLE_FEATURE, 0), 0);
    EQ(get_dword(c.req, WINHTTP_OPTION_DISABLE_FEATURE, v), ERROR_INVALID_PARAMETER);
    EQ(set_dword(c.con, WINHTTP_OPTION_SECURE_PROTOCOLS, 0x800), E_TYPE);
    h_finish(&c);
}

static void timeout_options(void) {
    static const DWORD options[] = {WINHTTP_OPTION_RESOLVE_TIMEOUT, WINHTTP_OPTION_CONNECT_TIMEOUT, WINHTTP_OPTION_SEND_TIMEOUT, WINHTTP_OPTION_RECEIVE_TIMEOUT};
    static const DWORD defaults[] = {0, 60000, 30000, 30000};
    conn c;
    int i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    for (i = 0; i < 4; i++) {
        EQ(value_of(c.ses, options[i]), defaults[i]);
        EQ(value_of(c.req, options[i]), defaults[i]);
        EQ(set_dword(c.con, options[i], 1), E_TYPE);
        EQ(set_dword(c.ses, options[i], 0xbeefdead), 0);
        EQ(value_of(c.ses, options[i]), 0xbeefdead);
        EQ(value_of(c.con, options[i]), 0xbeefdead);
        EQ(value_of(c.req, options[i]), defaults[i]);
        EQ(set_dword(c.req, options[i], 4711), 0);
        EQ(value_of(c.req, options[i]), 4711);
    }
    h_finish(&c);
}

static void receive_response_timeout(void) {
    conn c;
    const DWORD option = WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EQ(value_of(c.ses, option), 0xffffffff);
    EQ(value_of(c.req, option), 0xffffffff);
    EQ(set_dword(c.con, option, 1), E_TYPE);
    EQ(set_dword(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, 48879), 0);
    EQ(set_dword(c.req, option, 48878), 0);
    EQ(value_of(c.req, option), 48879);
    EQ(set_dword(c.req, option, 48880), 0);
    EQ(value_of(c.req, option), 48880);
    EQ(set_dword(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT, 0xbeefdead), 0);
    EQ(set_dword(c.req, option, 30000), 0);
    EQ(value_of(c.req, option), 0xbeefdead);
    h_finish(&c);
}

static void set_timeouts(void) {
    conn c;
    int i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 1));
    EXPECT(!WinHttpSetTimeouts(c.con, 1, 2, 3, 4));
    EQ(GetLastError(), E_TYPE);
    EXPECT(!WinHttpSetTimeouts(NULL, 1, 2, 3, 4));
    EQ(GetLastError(), ERROR_INVALID_HANDLE);
    for (i = 0; i < 4; i++) {
        int v[4] = {1, 2, 3, 4};
        v[i] = -2;
        EXPECT(!WinHttpSetTimeouts(c.req, v[0], v[1], v[2], v[3]));
        EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    }
    EQ(value_of(c.req, WINHTTP_OPTION_CONNECT_TIMEOUT), 60000);
    /* That is looked at before the handle's kind. */
    EXPECT(!WinHttpSetTimeouts(c.con, -2, 2, 3, 4));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpSetTimeouts(c.req, (int)0xbeefdead, 2, 3, 4));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(WinHttpSetTimeouts(c.ses, 1, 2, 3, 4));
    EQ(value_of(c.con, WINHTTP_OPTION_SEND_TIMEOUT), 3);
    EQ(value_of(c.req, WINHTTP_OPTION_SEND_TIMEOUT), 30000);
    EXPECT(WinHttpSetTimeouts(c.req, 0, -1, 3000, 4000));
    EQ(value_of(c.req, WINHTTP_OPTION_RESOLVE_TIMEOUT), 0);
    EQ(value_of(c.req, WINHTTP_OPTION_CONNECT_TIMEOUT), 0xffffffff);
    EQ(value_of(c.req, WINHTTP_OPTION_SEND_TIMEOUT), 3000);
    EQ(value_of(c.req, WINHTTP_OPTION_RECEIVE_TIMEOUT), 4000);
    h_finish(&c);
}

static void url_of_the_request(void) {
    conn c;
    WCHAR url[128];
    DWORD size = 0, i;
    char narrow[128], want[128];
    NEED(h_prepare(&c, 0, "plain", "/echo?x=1", NULL, 1));
    snprintf(want, sizeof want, "http://127.0.0.1:%u/echo?x=1", (unsigned)h_port("plain"));
    EXPECT(!WinHttpQueryOption(c.req, WINHTTP_OPTION_URL, NULL, &size));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, (strlen(want) + 1) * 2);
    size = sizeof url;
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_URL, url, &size));
    EQ(size, strlen(want) * 2);
    for (i = 0; i <= size / 2 && i < 127; i++) narrow[i] = (char)url[i];
    narrow[i] = 0;
    EQ_STR(narrow, want);
    h_finish(&c);
}

static void accepted_by_every_platform(void) {
    HINTERNET ses = h_open(1);
    BOOL yes = TRUE;
    DWORD error = set(ses, 111 /* ASSURED_NON_BLOCKING_CALLBACKS */, &yes, sizeof yes);
    if (error) EQ(error, 12009);
    EQ(set_dword(ses, WINHTTP_OPTION_MAX_CONNS_PER_SERVER, 0xffffffff), 0);
    EQ(value_of(ses, WINHTTP_OPTION_MAX_CONNS_PER_SERVER), 0xffffffff);
    EXPECT(WinHttpCloseHandle(ses));
}

TESTS {
    CASE(handle_types);
    CASE(parent_handles);
    CASE(worker_thread_count_reads_zero);
    CASE(upgrade_option);
    CASE(receive_buffer_size);
    CASE(send_buffer_size);
    CASE(send_buffer_of_fifteen);
    CASE(keepalive_interval);
    CASE(close_timeout);
    CASE(unknown_options);
    CASE(sizes_and_null_buffers);
    CASE(timeout_options);
    CASE(receive_response_timeout);
    CASE(set_timeouts);
    CASE(url_of_the_request);
    CASE(accepted_by_every_platform);
}
END_TESTS
