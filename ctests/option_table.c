/* Every option by one table: on which handles it is set and queried, of which size, what it is at first and which values
 * it takes. What an option does is in other programs. */
#include "harness.h"
#include "newer_options.h"

/* What a value is. */
enum { NO_VALUE, NUMBER, TEXT, BYTES };

typedef struct row {
    const char *name;
    DWORD option;
    /* Handles: session, connection, request, WebSocket, NULL. */
    const char *set, *query;
    int shape;
    DWORD size;
    DWORD is;    /* at first, where it can be queried */
    DWORD value; /* to be set */
    DWORD bad;   /* not to be had; the same as `value`: there is none */
    DWORD wrong_size;
} row;

#define ANY_SIZE 0
#define IS(option, set, query, shape, size, is, value, bad, wrong_size) {#option, option, set, query, shape, size, is, value, bad, wrong_size}
/* A DWORD of which any value will do. */
#define DWORD_ROW(option, set, query, is) {#option, option, set, query, NUMBER, 4, is, 1, 1, ERROR_INSUFFICIENT_BUFFER}
/* One that takes `value` and not `bad`. */
#define CHOICE(option, set, query, is, value, bad) {#option, option, set, query, NUMBER, 4, is, value, bad, ERROR_INSUFFICIENT_BUFFER}

static const row rows[] = {
    DWORD_ROW(WINHTTP_OPTION_RESOLVE_TIMEOUT, "SR", "SCR", 0),
    DWORD_ROW(WINHTTP_OPTION_CONNECT_TIMEOUT, "SR", "SCR", 60000),
    DWORD_ROW(WINHTTP_OPTION_CONNECT_RETRIES, "SR", "SR", 5),
    DWORD_ROW(WINHTTP_OPTION_READ_BUFFER_SIZE, "R", "R", 0),
    DWORD_ROW(WINHTTP_OPTION_WRITE_BUFFER_SIZE, "R", "R", 0),
    DWORD_ROW(WINHTTP_OPTION_REQUEST_PRIORITY, "R", "R", 0),
    IS(WINHTTP_OPTION_EXTENDED_ERROR, "", "SRN", NUMBER, 4, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_HTTP_VERSION, "N", "N", BYTES, 8, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_FEATURE, "R", "", 0),
    CHOICE(WINHTTP_OPTION_CODEPAGE, "S", "", 0, 28591, 12345),
    DWORD_ROW(WINHTTP_OPTION_MAX_CONNS_PER_SERVER, "S", "S", 0xffffffff),
    DWORD_ROW(WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER, "S", "S", 0xffffffff),
    DWORD_ROW(WINHTTP_OPTION_WORKER_THREAD_COUNT, "N", "SCR", 0),
    CHOICE(WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH, "S", "", 0, 0x10000000, 1),
    CHOICE(WINHTTP_OPTION_REDIRECT_POLICY, "SR", "SR", 1, 2, 3),
    IS(WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, "SR", "SR", NUMBER, 4, 10, 3, 3, ERROR_INVALID_PARAMETER),
    DWORD_ROW(WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, "SR", "SR", 10),
    DWORD_ROW(WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, "SR", "SR", 65536),
    DWORD_ROW(WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, "SR", "SR", 1 << 20),
    DWORD_ROW(WINHTTP_OPTION_REJECT_USERPWD_IN_URL, "SR", "", 0),
    CHOICE(WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, "SR", "SR", 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_UNSAFE_HEADER_PARSING, "R", "", 0),
    DWORD_ROW(WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS, "S", "", 0),
    IS(WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, "W", "", NUMBER, 4, 0, 20000, 14999, ERROR_INVALID_PARAMETER),
    CHOICE(WINHTTP_OPTION_DECOMPRESSION, "SR", "", 0, 3, 4),
    DWORD_ROW(WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, "SR", "SR", 32768),
    DWORD_ROW(WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, "SR", "SR", 32768),
    CHOICE(WINHTTP_OPTION_TCP_PRIORITY_HINT, "SR", "", 0, 1, 3),
    IS(WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL, "SR", "", NUMBER, 4, 0, 3, 4, ERROR_INVALID_PARAMETER),
    IS(WINHTTP_OPTION_HTTP_PROTOCOL_USED, "", "R", NUMBER, 4, 0, 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_ENCODE_EXTRA, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_STREAM_QUEUE, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_IPV6_FAST_FALLBACK, "S", "", 0),
    IS(WINHTTP_OPTION_CONNECTION_GUID, "R", "R", BYTES, 16, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER),
    IS(WINHTTP_OPTION_MATCH_CONNECTION_GUID, "R", "", BYTES, 24, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER),
    IS(WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, "S", "", BYTES, 8, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER),
    IS(WINHTTP_OPTION_RESOLUTION_HOSTNAME, "R", "", TEXT, ANY_SIZE, 0, 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_HTTP_PROTOCOL_REQUIRED, "SR", "", 0),
    IS(WINHTTP_OPTION_TCP_KEEPALIVE, "S", "", BYTES, 12, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER),
    DWORD_ROW(WINHTTP_OPTION_TCP_FAST_OPEN, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_REQUIRE_STREAM_END, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_ENABLE_HTTP2_PLUS_CLIENT_CERT, "S", "", 0),
    CHOICE(WINHTTP_OPTION_HTTP2_KEEPALIVE, "S", "", 0, 5000, 4999),
    DWORD_ROW(WINHTTP_OPTION_HTTP2_PLUS_TRANSFER_ENCODING, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_BACKGROUND_CONNECTIONS, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_FIRST_AVAILABLE_CONNECTION, "S", "", 0),
    IS(WINHTTP_OPTION_HTTP2_RECEIVE_WINDOW, "SR", "", BYTES, 8, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER),
    CHOICE(WINHTTP_OPTION_FEATURE_SUPPORTED, "S", "", 0, 44, 44),
    DWORD_ROW(WINHTTP_OPTION_HTTP3_KEEPALIVE, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_HTTP3_HANDSHAKE_TIMEOUT, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_HTTP3_INITIAL_RTT, "S", "", 0),
    IS(WINHTTP_OPTION_REQUEST_ANNOTATION, "R", "R", TEXT, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_PASSPORT_SIGN_OUT, "S", "", TEXT, ANY_SIZE, 0, 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, "S", "", 0),
};
#define ROWS (sizeof rows / sizeof *rows)

/* That only tell of an exchange, so 12019 before there is one. */
static const row tellers[] = {
    IS(WINHTTP_OPTION_CONNECTION_INFO, "", "R", BYTES, sizeof(void *) == 8 ? 264 : 260, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_CONNECTION_STATS_V0, "", "R", BYTES, 88, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_CONNECTION_STATS_V1, "", "R", BYTES, 136, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_TCP_PRIORITY_STATUS, "", "R", NUMBER, 4, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_STREAM_ERROR_CODE, "", "R", NUMBER, 4, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_HTTP3_STREAM_ERROR_CODE, "", "R", BYTES, 8, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_PASSPORT_COBRANDING_TEXT, "", "R", TEXT, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_PASSPORT_COBRANDING_URL, "", "R", TEXT, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_PASSPORT_RETURN_URL, "", "R", TEXT, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_QUIC_STATS, "", "R", BYTES, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_QUIC_STATS_V2, "", "R", BYTES, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_QUIC_STREAM_STATS, "", "R", BYTES, ANY_SIZE, 0, 0, 0, 0),
    IS(WINHTTP_OPTION_FAST_FORWARDING_STATUS, "", "R", BYTES, ANY_SIZE, 0, 0, 0, 0),
};
#define TELLERS (sizeof tellers / sizeof *tellers)

static const DWORD unknown[] = {
    WINHTTP_OPTION_CONNECTION_FILTER,
    WINHTTP_OPTION_KDC_PROXY_SETTINGS,
    WINHTTP_OPTION_SET_TOKEN_BINDING,
    WINHTTP_OPTION_TOKEN_BINDING_PUBLIC_KEY,
    WINHTTP_OPTION_REFERER_TOKEN_BINDING_HOSTNAME,
    WINHTTP_OPTION_USE_LOOKASIDE,
    WINHTTP_OPTION_ERROR_LOG_GUID,
    WINHTTP_OPTION_SESSION_ERROR_LOG_GUID,
    WINHTTP_OPTION_UPGRADE_TO_PROTOCOL,
    WINHTTP_OPTION_CONNECTION_STATS_V2,
    WINHTTP_OPTION_DSCP_TAG,
    WINHTTP_OPTION_HTTP11_DOWNGRADE_TTL,
    109,
    213,
    4095,
    0xffffffff,
};

static DWORD set(HINTERNET h, DWORD option, const void *value, DWORD size) {
    SetLastError(0xdead);
    if (!WinHttpSetOption(h, option, (void *)value, size)) return GetLastError();
    return GetLastError() ? 0xbad : 0;
}
static DWORD get(HINTERNET h, DWORD option, void *value, DWORD *size) {
    SetLastError(0xdead);
    if (!WinHttpQueryOption(h, option, value, size)) return GetLastError();
    return GetLastError() ? 0xbad : 0;
}

/* All kinds of handle, fresh; the WebSocket's comes with a request of its own. */
static const char kinds[] = "SCRWN";
static int open_all(conn *c, conn *w, HINTERNET all[5]) {
    if (!h_prepare(c, 0, "plain", "/echo", NULL, 0) || !h_websocket(w, 0, "/echo", NULL)) return 0;
    all[0] = c->ses, all[1] = c->con, all[2] = c->req, all[3] = w->ws, all[4] = NULL;
    return 1;
}

/* What a handle that an option is not for gets; NULL is a bad handle unless the option is the process'. */
static DWORD wrong_handle(const row *r, char kind) {
    return kind == 'N' && !strchr(r->set, 'N') && !strchr(r->query, 'N') ? ERROR_INVALID_HANDLE : E_TYPE;
}

static void handles_that_set_and_query(void) {
    static unsigned char bytes[1024];
    conn c, w;
    HINTERNET all[5];
    size_t i;
    int k;
    NEED(open_all(&c, &w, all));
    for (i = 0; i < ROWS + TELLERS; i++) {
        const row *r = i < ROWS ? &rows[i] : &tellers[i - ROWS];
        for (k = 0; k < 5; k++) {
            DWORD size = sizeof bytes, error;
            if (!strchr(r->set, kinds[k])) {
                error = set(all[k], r->option, &r->value, r->size == 4 ? 4 : 0);
                if (!*r->set && error != ERROR_INVALID_HANDLE) EQ_ROW(r->name, error, 12011);
                else EQ_ROW(r->name, error, wrong_handle(r, kinds[k]));
            }
            if (!strchr(r->query, kinds[k])) {
                error = get(all[k], r->option, bytes, &size);
                if (!*r->query && error != ERROR_INVALID_HANDLE) EQ_ROW(r->name, error, ERROR_INVALID_PARAMETER);
                else EQ_ROW(r->name, error, wrong_handle(r, kinds[k]));
                EQ_ROW(r->name, size, sizeof bytes);
            }
        }
    }
    h_finish(&c);
    h_finish(&w);
}

static void defaults(void) {
    conn c, w;
    HINTERNET all[5];
    size_t i;
    int k;
    NEED(open_all(&c, &w, all));
    for (i = 0; i < ROWS; i++) {
        for (k = 0; k < 5; k++) {
            DWORD value[2] = {0xbadbad, 0xbadbad}, size = sizeof value;
            if (rows[i].shape != NUMBER || !strchr(rows[i].query, kinds[k])) continue;
            EQ_ROW(rows[i].name, get(all[k], rows[i].option, value, &size), 0);
            EQ_ROW(rows[i].name, size, 4);
            EQ_ROW(rows[i].name, value[0], rows[i].is);
            EQ_ROW(rows[i].name, value[1], 0xbadbad);
        }
    }
    h_finish(&c);
    h_finish(&w);
}

static void sizes(void) {
    static unsigned char bytes[1024], ones[64];
    conn c, w;
    HINTERNET all[5];
    size_t i;
    int k;
    memset(ones, 0xff, sizeof ones); /* nor a number of 8 bytes that would fit 4 */
    NEED(open_all(&c, &w, all));
    for (i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        if (r->shape == TEXT) continue;
        for (k = 0; k < 5; k++) {
            DWORD size, wanted;
            if (strchr(r->set, kinds[k])) {
                for (wanted = r->size - 1; wanted <= r->size + 4; wanted++)
                    if (wanted != r->size) EQ_ROW(r->name, set(all[k], r->option, ones, wanted), r->wrong_size);
                EQ_ROW(r->name, set(all[k], r->option, ones, 0), r->wrong_size);
                EQ_ROW(r->name, set(all[k], r->option, NULL, r->size), ERROR_INVALID_PARAMETER);
            }
            if (strchr(r->query, kinds[k])) {
                EQ_ROW(r->name, get(all[k], r->option, bytes, NULL), ERROR_INVALID_PARAMETER);
                for (wanted = 0; wanted <= r->size; wanted++) {
                    size = wanted;
                    EQ_ROW(r->name, get(all[k], r->option, wanted == r->size ? NULL : bytes, &size), ERROR_INSUFFICIENT_BUFFER);
                    EQ_ROW(r->name, size, r->size);
                }
                size = sizeof bytes;
                EQ_ROW(r->name, get(all[k], r->option, bytes, &size), 0);
                EQ_ROW(r->name, size, r->size);
            }
        }
    }
    h_finish(&c);
    h_finish(&w);
}

static void values(void) {
    conn c, w;
    HINTERNET all[5];
    size_t i;
    int k;
    NEED(open_all(&c, &w, all));
    for (i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        for (k = 0; k < 5; k++) {
            DWORD value = 0xbadbad, size = 4;
            if (r->shape != NUMBER || !strchr(r->set, kinds[k])) continue;
            EQ_ROW(r->name, set(all[k], r->option, &r->value, 4), 0);
            if (r->bad != r->value) EQ_ROW(r->name, set(all[k], r->option, &r->bad, 4), ERROR_INVALID_PARAMETER);
            if (!strchr(r->query, kinds[k])) continue;
            EQ_ROW(r->name, get(all[k], r->option, &value, &size), 0);
            EQ_ROW(r->name, value, r->value);
        }
    }
    h_finish(&c);
    h_finish(&w);
}

static void nothing_to_tell_before_an_exchange(void) {
    static unsigned char bytes[1024];
    conn c;
    size_t i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    for (i = 0; i < TELLERS; i++) {
        DWORD size = sizeof bytes;
        EQ_ROW(tellers[i].name, get(c.req, tellers[i].option, bytes, &size), E_STATE);
        EQ_ROW(tellers[i].name, size, sizeof bytes);
        if (tellers[i].size == ANY_SIZE) continue;
        size = tellers[i].size - 1;
        EQ_ROW(tellers[i].name, get(c.req, tellers[i].option, bytes, &size), ERROR_INSUFFICIENT_BUFFER);
        EQ_ROW(tellers[i].name, size, tellers[i].size);
    }
    h_finish(&c);
}

static void options_that_are_not_there(void) {
    conn c, w;
    HINTERNET all[5];
    size_t i;
    int k;
    NEED(open_all(&c, &w, all));
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        for (k = 0; k < 5; k++) {
            DWORD value = 1, size = 4, error = k == 4 ? ERROR_INVALID_HANDLE : 12009;
            EQ(set(all[k], unknown[i], &value, 4), error);
            EQ(set(all[k], unknown[i], NULL, 0), error);
            EQ(get(all[k], unknown[i], &value, &size), error);
            EQ(size, 4);
        }
    }
    h_finish(&c);
    h_finish(&w);
}

static void a_closed_handle_is_none(void) {
    conn c;
    HINTERNET closed;
    size_t i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    closed = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0);
    EXPECT(WinHttpCloseHandle(closed));
    for (i = 0; i < ROWS; i++) {
        DWORD value = 1, size = 4;
        EQ_ROW(rows[i].name, set(closed, rows[i].option, &value, 4), ERROR_INVALID_HANDLE);
        EQ_ROW(rows[i].name, get(closed, rows[i].option, &value, &size), ERROR_INVALID_HANDLE);
    }
    h_finish(&c);
}

static void the_process_keeps_its_version(void) {
    DWORD version[2] = {0, 0}, size = 8;
    EQ(get(NULL, WINHTTP_OPTION_HTTP_VERSION, version, &size), 0);
    EQ(size, 8);
    EQ(version[0], 1);
    EQ(version[1], 1);
    version[1] = 0;
    EQ(set(NULL, WINHTTP_OPTION_HTTP_VERSION, version, 8), 0);
    version[0] = 7;
    EQ(set(NULL, WINHTTP_OPTION_HTTP_VERSION, version, 8), ERROR_INVALID_PARAMETER);
    EQ(get(NULL, WINHTTP_OPTION_HTTP_VERSION, version, &size), 0);
    EQ(version[0], 1);
    EQ(version[1], 0);
    version[1] = 1;
    EQ(set(NULL, WINHTTP_OPTION_HTTP_VERSION, version, 8), 0);
}

static void tracing_is_switched_for_the_process(void) {
    BOOL yes = 5;
    DWORD size = sizeof yes;
    EQ(set(NULL, WINHTTP_OPTION_ENABLETRACING, &yes, sizeof yes), 0);
    EQ(get(NULL, WINHTTP_OPTION_ENABLETRACING, &yes, &size), 0);
    EQ(yes, TRUE);
    yes = FALSE;
    EQ(set(NULL, WINHTTP_OPTION_ENABLETRACING, &yes, sizeof yes), 0);
    EQ(get(NULL, WINHTTP_OPTION_ENABLETRACING, &yes, &size), 0);
    EQ(yes, FALSE);
}

static void an_annotation_is_kept(void) {
    static WCHAR note[64001], back[64001];
    conn c;
    DWORD size = 2, i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    back[0] = 7;
    EQ(get(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, back, &size), 0);
    EQ(size, 0);
    EQ(back[0], 0);
    EQ(set(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, W("why"), 4), 0); /* with its NUL */
    size = 7;
    EQ(get(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, back, &size), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 8);
    EQ(get(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, back, &size), 0);
    EQ(size, 6);
    EXPECT(!memcmp(back, W("why"), 8));
    for (i = 0; i < 64001; i++) note[i] = 'n';
    EQ(set(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, note, 64001), ERROR_INVALID_PARAMETER);
    EQ(set(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, note, 64000), 0);
    EQ(set(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, NULL, 3), ERROR_INVALID_PARAMETER);
    EQ(set(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, NULL, 0), 0);
    size = 2;
    EQ(get(c.req, WINHTTP_OPTION_REQUEST_ANNOTATION, back, &size), 0);
    EQ(size, 0);
    h_finish(&c);
}

static void fast_forwarding_is_not_supported(void) {
    conn c;
    DWORD value = 1;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    EQ(set(c.req, WINHTTP_OPTION_ENABLE_FAST_FORWARDING, &value, 4), 12193);
    EQ(set(c.req, WINHTTP_OPTION_FAST_FORWARDING_RESPONSE_DATA, &value, 4), 12193);
    EQ(set(c.ses, WINHTTP_OPTION_ENABLE_FAST_FORWARDING, &value, 4), E_TYPE);
    h_finish(&c);
}

static void features(void) {
    /* Of those that are not: HTTP/2 windows, token binding, QUIC, fast forwarding, and numbers of nothing. */
    static const DWORD there[] = {2, 3, 4, 5, 7, 8, 12, 14, 24, 27, 38, 39, 44, 46, 48, 49, 50, 51, 53, 54, 55, 56, 60, 61, 62, 63, 73, 76, 80}, missing[] = {0, 21, 28, 29, 30, 43, 66, 69, 79, 82, 90, 1000, 0xffffffff};
    HINTERNET ses = h_open(0);
    size_t i;
    for (i = 0; i < sizeof there / sizeof *there; i++) EQ(set(ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &there[i], 4), 0);
    for (i = 0; i < sizeof missing / sizeof *missing; i++) EQ(set(ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &missing[i], 4), 12009);
    EXPECT(WinHttpCloseHandle(ses));
}

/* HTTP/1.1 is what there is, so a request that must have more fails; without the demand it goes through. */
static void a_required_protocol_that_is_not_there(int async) {
    conn c;
    DWORD http2 = 1, yes = 1, no = 0, used = 7, size = 4;
    NEED(h_prepare(&c, async, "plain", "/keep/ordinary", async ? rec_new() : NULL, 0));
    EQ(set(c.req, WINHTTP_OPTION_HTTP_PROTOCOL_REQUIRED, &yes, 4), 0);
    EQ(h_exchange(&c, async), 0); /* nothing in particular was asked for */
    EQ(set(c.req, WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL, &http2, 4), 0);
    EQ(h_exchange(&c, async), 12190);
    EQ(set(c.req, WINHTTP_OPTION_HTTP_PROTOCOL_REQUIRED, &no, 4), 0);
    EQ(h_exchange(&c, async), 0);
    EQ(get(c.req, WINHTTP_OPTION_HTTP_PROTOCOL_USED, &used, &size), 0);
    EQ(used, 0);
    h_finish(&c);
}
BOTH(a_required_protocol_that_is_not_there)

static const char *url_of(HINTERNET req) {
    static char out[512];
    WCHAR url[512];
    DWORD size = sizeof url, i;
    if (get(req, WINHTTP_OPTION_URL, url, &size)) return "";
    for (i = 0; i <= size / 2; i++) out[i] = (char)url[i];
    return strchr(strchr(out, ':') + 3, '/');
}

static void the_code_page_is_for_the_query(void) {
    static const struct {
        DWORD code_page;
        const char *target;
    } pages[] = {{65001, "/%C3%A9?%C3%A9%E2%82%AC"}, {1252, "/%C3%A9?%E9%80"}, {28591, "/%C3%A9?%E9?"}, {0, "/%C3%A9?%C3%A9%E2%82%AC"}};
    static const WCHAR object[] = {'/', 0xe9, '?', 0xe9, 0x20ac, 0};
    conn c;
    int i;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    for (i = 0; i < 4; i++) {
        HINTERNET req;
        EQ(set(c.ses, WINHTTP_OPTION_CODEPAGE, &pages[i].code_page, 4), 0);
        NEED((req = WinHttpOpenRequest(c.con, NULL, object, NULL, NULL, NULL, 0)) != NULL);
        EQ_STR(url_of(req), pages[i].target);
        EXPECT(WinHttpCloseHandle(req));
    }
    h_finish(&c);
}

static void the_socket_error_behind_the_last_one(int async) {
    conn c;
    h_record e;
    DWORD error = 0, size = 4;
    NEED(h_prepare(&c, async, "refused", "/", async ? rec_new() : NULL, 0));
    EQ(h_exchange(&c, async), 12029);
    if (!async) {
        EQ(get(c.req, WINHTTP_OPTION_EXTENDED_ERROR, &error, &size), 0);
        EQ(error, 10061);
        error = 0;
        EQ(get(NULL, WINHTTP_OPTION_EXTENDED_ERROR, &error, &size), 0);
        EQ(error, 10061);
    } else {
        EXPECT(rec_wait_nth(c.rec, c.req, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1, 1000, &e));
    }
    h_finish(&c);
}
BOTH(the_socket_error_behind_the_last_one)

static void a_connection_with_tcp_options(int async) {
    conn c;
    DWORD keep_alive[3] = {1, 30000, 1000}, hint = 1, status = 7, size = 4;
    NEED(h_prepare(&c, async, "plain", "/keep/ordinary", async ? rec_new() : NULL, 0));
    EQ(set(c.ses, WINHTTP_OPTION_TCP_KEEPALIVE, keep_alive, sizeof keep_alive), 0);
    EQ(set(c.ses, WINHTTP_OPTION_TCP_PRIORITY_HINT, &hint, 4), 0);
    WinHttpCloseHandle(c.req);
    NEED((c.req = WinHttpOpenRequest(c.con, NULL, W("/keep/ordinary"), NULL, NULL, NULL, 0)) != NULL);
    EQ(h_exchange(&c, async), 0);
    EQ(get(c.req, WINHTTP_OPTION_TCP_PRIORITY_STATUS, &status, &size), 0);
    EQ(status, 1);
    h_finish(&c);
}
BOTH(a_connection_with_tcp_options)

/* TCP_INFO of a connection in use; Wine's sockets tell none. */
static void statistics_of_the_connection(int async) {
    struct {
        DWORD state, mss;
        unsigned long long ms;
        DWORD words[8];
        unsigned long long out, in;
        DWORD rest[18];
    } info;
    conn c;
    DWORD size, error;
    EQ(sizeof info, 136);
    NEED(h_prepare(&c, async, "plain", "/keep/ordinary?size=100000", async ? rec_new() : NULL, 0));
    EQ(h_exchange(&c, async), 0);
    memset(&info, 0x55, sizeof info);
    size = sizeof info;
    error = get(c.req, WINHTTP_OPTION_CONNECTION_STATS_V1, &info, &size);
    if (error != 12009) {
        EQ(error, 0);
        EQ(size, 136);
        EQ(info.state, 4); /* established */
        EXPECT(info.mss >= 536);
        EXPECT(info.ms < 60000);
        EXPECT(info.out > 20 && info.out < 2000);
        EXPECT(info.in > 100 && info.in < 200000);
        memset(&info, 0x55, sizeof info);
        size = 88;
        EQ(get(c.req, WINHTTP_OPTION_CONNECTION_STATS_V0, &info, &size), 0);
        EQ(size, 88);
        EQ(info.state, 4);
        EQ(info.rest[6], 0x55555555); /* behind the smaller structure */
    }
#ifndef _WIN32
    EQ(error, 0);
#endif
    h_finish(&c);
}
BOTH(statistics_of_the_connection)

TESTS {
    CASE(handles_that_set_and_query);
    CASE(defaults);
    CASE(sizes);
    CASE(values);
    CASE(nothing_to_tell_before_an_exchange);
    CASE(options_that_are_not_there);
    CASE(a_closed_handle_is_none);
    CASE(the_process_keeps_its_version);
    CASE(tracing_is_switched_for_the_process);
    CASE(an_annotation_is_kept);
    CASE(fast_forwarding_is_not_supported);
    CASE(features);
    CASE2(a_required_protocol_that_is_not_there);
    CASE(the_code_page_is_for_the_query);
    CASE2(the_socket_error_behind_the_last_one);
    CASE2(a_connection_with_tcp_options);
    CASE2(statistics_of_the_connection);
}
END_TESTS
