/* Every option by one table: on which handles it is set and queried, of which size, what it is at first and which values
 * it takes. What an option does is in other programs. */
#include "harness.h"
#include "newer_options.h"

/* What a value is. A BINDING is what only a look at its kind tells: a certificate, say; its size is not tried. */
enum { NO_VALUE, NUMBER, TEXT, BYTES, BINDING };

typedef struct row {
    const char *name;
    DWORD option;
    /* Handles: session, connection, request, WebSocket, proxy resolver, NULL. */
    const char *set, *query;
    int shape;
    DWORD size;
    DWORD is;    /* at first, where it can be queried */
    DWORD value; /* to be set */
    DWORD bad;   /* not to be had; the same as `value`: there is none */
    DWORD wrong_size;
} row;

#define ANY_SIZE 0
#define POINTER sizeof(void *)
/* Of a structure with pointers, for both word sizes. */
#define SIZE_OF(wide, narrow) (sizeof(void *) == 8 ? (wide) : (narrow))
#define IS(option, set, query, shape, size, is, value, bad, wrong_size) {#option, option, set, query, shape, size, is, value, bad, wrong_size}
/* A DWORD of which any value will do. */
#define DWORD_ROW(option, set, query, is) {#option, option, set, query, NUMBER, 4, is, 1, 1, ERROR_INSUFFICIENT_BUFFER}
/* One that takes `value` and not `bad`. */
#define CHOICE(option, set, query, is, value, bad) {#option, option, set, query, NUMBER, 4, is, value, bad, ERROR_INSUFFICIENT_BUFFER}
/* So many bytes. */
#define BYTES_ROW(option, set, query, size) {#option, option, set, query, BYTES, size, 0, 0, 0, ERROR_INSUFFICIENT_BUFFER}
#define TEXT_ROW(option, set, query) {#option, option, set, query, TEXT, ANY_SIZE, 0, 0, 0, 0}
/* Neither sizes nor values of it are tried here. */
#define HANDLES_ROW(option, shape, set, query) {#option, option, set, query, shape, ANY_SIZE, 0, 0, 0, 0}

static const row rows[] = {
    BYTES_ROW(WINHTTP_OPTION_CALLBACK, "SR", "SCRWP", POINTER),
    DWORD_ROW(WINHTTP_OPTION_RESOLVE_TIMEOUT, "SR", "SCR", 0),
    DWORD_ROW(WINHTTP_OPTION_CONNECT_TIMEOUT, "SR", "SCR", 60000),
    DWORD_ROW(WINHTTP_OPTION_CONNECT_RETRIES, "SR", "SR", 5),
    DWORD_ROW(WINHTTP_OPTION_SEND_TIMEOUT, "SRW", "SCRW", 30000),
    DWORD_ROW(WINHTTP_OPTION_RECEIVE_TIMEOUT, "SRW", "SCRW", 30000),
    CHOICE(WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, "SR", "SCR", 0xffffffff, 90000, 90000),
    IS(WINHTTP_OPTION_HANDLE_TYPE, "", "SCRWP", BYTES, 4, 0, 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_READ_BUFFER_SIZE, "R", "R", 0),
    DWORD_ROW(WINHTTP_OPTION_WRITE_BUFFER_SIZE, "R", "R", 0),
    DWORD_ROW(WINHTTP_OPTION_REQUEST_PRIORITY, "R", "R", 0),
    BYTES_ROW(WINHTTP_OPTION_PARENT_HANDLE, "", "SCRWP", POINTER),
    IS(WINHTTP_OPTION_EXTENDED_ERROR, "", "SRN", NUMBER, 4, 0, 0, 0, 0),
    CHOICE(WINHTTP_OPTION_SECURITY_FLAGS, "R", "R", 0, 0x100, 1),
    TEXT_ROW(WINHTTP_OPTION_URL, "", "R"),
    IS(WINHTTP_OPTION_SECURITY_KEY_BITNESS, "", "R", NUMBER, 4, 0, 0, 0, 0),
    BYTES_ROW(WINHTTP_OPTION_PROXY, "SR", "SRN", sizeof(WINHTTP_PROXY_INFO)),
    BYTES_ROW(WINHTTP_OPTION_PROXY_RESULT_ENTRY, "R", "", SIZE_OF(32, 20)),
    TEXT_ROW(WINHTTP_OPTION_USER_AGENT, "SR", "SR"),
    BYTES_ROW(WINHTTP_OPTION_CONTEXT_VALUE, "SCRWP", "SCRWP", POINTER),
    HANDLES_ROW(WINHTTP_OPTION_CLIENT_CERT_CONTEXT, BINDING, "R", ""),
    BYTES_ROW(WINHTTP_OPTION_HTTP_VERSION, "SRN", "SRN", 8),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_FEATURE, "R", "", 0),
    CHOICE(WINHTTP_OPTION_CODEPAGE, "S", "", 0, 28591, 12345),
    DWORD_ROW(WINHTTP_OPTION_MAX_CONNS_PER_SERVER, "S", "S", 0xffffffff),
    DWORD_ROW(WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER, "S", "S", 0xffffffff),
    CHOICE(WINHTTP_OPTION_AUTOLOGON_POLICY, "R", "", 0, 3, 4),
    IS(WINHTTP_OPTION_ENABLE_FEATURE, "SR", "", BYTES, 4, 0, 0, 0, ERROR_INVALID_PARAMETER),
    DWORD_ROW(WINHTTP_OPTION_WORKER_THREAD_COUNT, "N", "SCR", 0),
    CHOICE(WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH, "S", "", 0, 0x10000000, 1),
    CHOICE(WINHTTP_OPTION_SECURE_PROTOCOLS, "S", "", 0, 0x800, 1),
    DWORD_ROW(WINHTTP_OPTION_ENABLETRACING, "N", "N", 0),
    CHOICE(WINHTTP_OPTION_REDIRECT_POLICY, "SR", "SR", 1, 2, 3),
    IS(WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, "SR", "SR", NUMBER, 4, 10, 3, 3, ERROR_INVALID_PARAMETER),
    DWORD_ROW(WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, "SR", "SR", 10),
    DWORD_ROW(WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, "SR", "SR", 65536),
    DWORD_ROW(WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, "SR", "SR", 1 << 20),
    CHOICE(WINHTTP_OPTION_SPN, "R", "", 0, 1, 2),
    HANDLES_ROW(WINHTTP_OPTION_GLOBAL_PROXY_CREDS, NO_VALUE, "N", ""),
    HANDLES_ROW(WINHTTP_OPTION_GLOBAL_SERVER_CREDS, NO_VALUE, "N", ""),
    BYTES_ROW(WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, "S", "", POINTER),
    DWORD_ROW(WINHTTP_OPTION_REJECT_USERPWD_IN_URL, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_USE_GLOBAL_SERVER_CREDENTIALS, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE, "SR", "", 0),
    IS(WINHTTP_OPTION_IS_PROXY_CONNECT_RESPONSE, "", "R", NUMBER, 4, 0, 0, 0, 0),
    CHOICE(WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, "SR", "SR", 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_UNSAFE_HEADER_PARSING, "R", "", 0),
    DWORD_ROW(WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS, "S", "", 0),
    HANDLES_ROW(WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NO_VALUE, "R", ""),
    DWORD_ROW(WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, "RW", "RW", 10000),
    IS(WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, "W", "", NUMBER, 4, 0, 20000, 14999, ERROR_INVALID_PARAMETER),
    CHOICE(WINHTTP_OPTION_DECOMPRESSION, "SR", "", 0, 3, 4),
    DWORD_ROW(WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, "SR", "SR", 32768),
    DWORD_ROW(WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, "SR", "SR", 32768),
    CHOICE(WINHTTP_OPTION_TCP_PRIORITY_HINT, "SR", "", 0, 1, 3),
    IS(WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL, "SR", "", NUMBER, 4, 0, 3, 4, ERROR_INVALID_PARAMETER),
    IS(WINHTTP_OPTION_HTTP_PROTOCOL_USED, "", "R", NUMBER, 4, 0, 0, 0, 0),
    DWORD_ROW(WINHTTP_OPTION_PROXY_DISABLE_SERVICE_CALLS, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_ENCODE_EXTRA, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_STREAM_QUEUE, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_IPV6_FAST_FALLBACK, "S", "", 0),
    BYTES_ROW(WINHTTP_OPTION_REQUEST_TIMES, "", "R", SIZE_OF(520, 516)),
    HANDLES_ROW(WINHTTP_OPTION_EXPIRE_CONNECTION, NO_VALUE, "R", ""),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_HTTP_PROTOCOL_REQUIRED, "SR", "", 0),
    BYTES_ROW(WINHTTP_OPTION_REQUEST_STATS, "", "R", 272),
    CHOICE(WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS, "SR", "", 0, 4, 1),
    BYTES_ROW(WINHTTP_OPTION_TCP_KEEPALIVE, "S", "", 12),
    DWORD_ROW(WINHTTP_OPTION_TCP_FAST_OPEN, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_TLS_FALSE_START, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE, "R", "", 0),
    DWORD_ROW(WINHTTP_OPTION_TLS_PROTOCOL_INSECURE_FALLBACK, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_REQUIRE_STREAM_END, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_ENABLE_HTTP2_PLUS_CLIENT_CERT, "S", "", 0),
    BYTES_ROW(WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, "S", "", 8),
    CHOICE(WINHTTP_OPTION_HTTP2_KEEPALIVE, "S", "", 0, 5000, 4999),
    TEXT_ROW(WINHTTP_OPTION_RESOLUTION_HOSTNAME, "R", ""),
    DWORD_ROW(WINHTTP_OPTION_HTTP2_PLUS_TRANSFER_ENCODING, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_CERT_CHAIN_BUILDING, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_BACKGROUND_CONNECTIONS, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_FIRST_AVAILABLE_CONNECTION, "S", "", 0),
    BYTES_ROW(WINHTTP_OPTION_CONNECTION_GUID, "R", "R", 16),
    BYTES_ROW(WINHTTP_OPTION_MATCH_CONNECTION_GUID, "R", "", 24),
    BYTES_ROW(WINHTTP_OPTION_HTTP2_RECEIVE_WINDOW, "SR", "", 8),
    CHOICE(WINHTTP_OPTION_FEATURE_SUPPORTED, "S", "", 0, 44, 44),
    DWORD_ROW(WINHTTP_OPTION_HTTP3_KEEPALIVE, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_HTTP3_HANDSHAKE_TIMEOUT, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_HTTP3_INITIAL_RTT, "S", "", 0),
    TEXT_ROW(WINHTTP_OPTION_REQUEST_ANNOTATION, "R", "R"),
    TEXT_ROW(WINHTTP_OPTION_PASSPORT_SIGN_OUT, "S", ""),
    CHOICE(WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES, "S", "", 0, 1, 0x200),
    DWORD_ROW(WINHTTP_OPTION_REVERT_IMPERSONATION_SERVER_CERT, "SR", "", 0),
    DWORD_ROW(WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, "S", "", 0),
    DWORD_ROW(WINHTTP_OPTION_USE_SESSION_SCH_CRED, "S", "", 0),
    HANDLES_ROW(WINHTTP_OPTION_ENABLE_FAST_FORWARDING, NO_VALUE, "R", ""),
    HANDLES_ROW(WINHTTP_OPTION_FAST_FORWARDING_RESPONSE_DATA, NO_VALUE, "R", ""),
    TEXT_ROW(WINHTTP_OPTION_USERNAME, "R", "R"),
    TEXT_ROW(WINHTTP_OPTION_PASSWORD, "R", "R"),
    TEXT_ROW(WINHTTP_OPTION_PROXY_USERNAME, "R", "R"),
    TEXT_ROW(WINHTTP_OPTION_PROXY_PASSWORD, "R", "R"),
};
#define ROWS (sizeof rows / sizeof *rows)

/* That only tell of an exchange, so 12019 before there is one. */
static const row tellers[] = {
    BYTES_ROW(WINHTTP_OPTION_SECURITY_CERTIFICATE_STRUCT, "", "R", SIZE_OF(64, 40)),
    BYTES_ROW(WINHTTP_OPTION_SERVER_CERT_CONTEXT, "", "R", POINTER),
    BYTES_ROW(WINHTTP_OPTION_CONNECTION_INFO, "", "R", SIZE_OF(264, 260)),
    BYTES_ROW(WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST, "", "R", POINTER),
    TEXT_ROW(WINHTTP_OPTION_SERVER_SPN_USED, "", "R"),
    TEXT_ROW(WINHTTP_OPTION_PROXY_SPN_USED, "", "R"),
    BYTES_ROW(WINHTTP_OPTION_SERVER_CBT, "", "R", ANY_SIZE),
    BYTES_ROW(WINHTTP_OPTION_CONNECTION_STATS_V0, "", "R", 88),
    BYTES_ROW(WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT, "", "R", POINTER),
    BYTES_ROW(WINHTTP_OPTION_CONNECTION_STATS_V1, "", "R", 136),
    BYTES_ROW(WINHTTP_OPTION_SECURITY_INFO, "", "R", 708),
    BYTES_ROW(WINHTTP_OPTION_TCP_PRIORITY_STATUS, "", "R", 4),
    BYTES_ROW(WINHTTP_OPTION_STREAM_ERROR_CODE, "", "R", 4),
    BYTES_ROW(WINHTTP_OPTION_HTTP3_STREAM_ERROR_CODE, "", "R", 8),
    TEXT_ROW(WINHTTP_OPTION_PASSPORT_COBRANDING_TEXT, "", "R"),
    TEXT_ROW(WINHTTP_OPTION_PASSPORT_COBRANDING_URL, "", "R"),
    TEXT_ROW(WINHTTP_OPTION_PASSPORT_RETURN_URL, "", "R"),
    BYTES_ROW(WINHTTP_OPTION_QUIC_STATS, "", "R", ANY_SIZE),
    BYTES_ROW(WINHTTP_OPTION_QUIC_STATS_V2, "", "R", ANY_SIZE),
    BYTES_ROW(WINHTTP_OPTION_QUIC_STREAM_STATS, "", "R", ANY_SIZE),
    BYTES_ROW(WINHTTP_OPTION_FAST_FORWARDING_STATUS, "", "R", ANY_SIZE),
};
#define TELLERS (sizeof tellers / sizeof *tellers)

static const DWORD unknown[] = {
    WINHTTP_OPTION_CONNECTION_FILTER,
    WINHTTP_OPTION_KDC_PROXY_SETTINGS,
    WINHTTP_OPTION_SOURCE_ADDRESS,
    WINHTTP_OPTION_SET_TOKEN_BINDING,
    WINHTTP_OPTION_TOKEN_BINDING_PUBLIC_KEY,
    WINHTTP_OPTION_REFERER_TOKEN_BINDING_HOSTNAME,
    WINHTTP_OPTION_RESOLVER_CACHE_CONFIG,
    WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_CACHE_ONLY,
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

/* All kinds of handle, fresh; the WebSocket's comes with a request of its own, the resolver's with a session. */
static const char kinds[] = "SCRWPN";
#define KINDS 6
typedef struct handles {
    conn c, w;
    HINTERNET ses, all[KINDS];
} handles;
static int open_all(handles *h) {
    memset(h, 0, sizeof *h);
    if (!h_prepare(&h->c, 0, "plain", "/echo", NULL, 0) || !h_websocket(&h->w, 0, "/echo", NULL) || !(h->ses = h_open(1))) return 0;
    h->all[0] = h->c.ses, h->all[1] = h->c.con, h->all[2] = h->c.req, h->all[3] = h->w.ws;
    return !WinHttpCreateProxyResolver(h->ses, &h->all[4]);
}
static void close_all(handles *h) {
    EXPECT(WinHttpCloseHandle(h->all[4]));
    EXPECT(WinHttpCloseHandle(h->ses));
    h_finish(&h->c);
    h_finish(&h->w);
}

/* What a handle that an option is not for gets; NULL is a bad handle unless the option is the process'. */
static DWORD wrong_handle(const row *r, char kind) {
    return kind == 'N' && !strchr(r->set, 'N') && !strchr(r->query, 'N') ? ERROR_INVALID_HANDLE : E_TYPE;
}

static void handles_that_set_and_query(void) {
    static unsigned char bytes[1024];
    handles h;
    size_t i;
    int k;
    NEED(open_all(&h));
    for (i = 0; i < ROWS + TELLERS; i++) {
        const row *r = i < ROWS ? &rows[i] : &tellers[i - ROWS];
        for (k = 0; k < KINDS; k++) {
            DWORD size = sizeof bytes, error;
            if (!strchr(r->set, kinds[k])) {
                error = set(h.all[k], r->option, &r->value, r->size == 4 ? 4 : 0);
                if (!*r->set && error != ERROR_INVALID_HANDLE) EQ_ROW(r->name, error, 12011);
                else EQ_ROW(r->name, error, wrong_handle(r, kinds[k]));
            }
            if (!strchr(r->query, kinds[k])) {
                error = get(h.all[k], r->option, bytes, &size);
                if (!*r->query && error != ERROR_INVALID_HANDLE) EQ_ROW(r->name, error, ERROR_INVALID_PARAMETER);
                else EQ_ROW(r->name, error, wrong_handle(r, kinds[k]));
                EQ_ROW(r->name, size, sizeof bytes);
            }
        }
    }
    close_all(&h);
}

static void defaults(void) {
    handles h;
    size_t i;
    int k;
    NEED(open_all(&h));
    for (i = 0; i < ROWS; i++) {
        for (k = 0; k < KINDS; k++) {
            DWORD value[2] = {0xbadbad, 0xbadbad}, size = sizeof value;
            if (rows[i].shape != NUMBER || !strchr(rows[i].query, kinds[k])) continue;
            EQ_ROW(rows[i].name, get(h.all[k], rows[i].option, value, &size), 0);
            EQ_ROW(rows[i].name, size, 4);
            EQ_ROW(rows[i].name, value[0], rows[i].is);
            EQ_ROW(rows[i].name, value[1], 0xbadbad);
        }
    }
    close_all(&h);
}

/* What an answer of this kind leaves to be freed: the texts of the proxy settings. */
static void release(DWORD option, void *answer) {
    WINHTTP_PROXY_INFO *info = answer;
    if (option != WINHTTP_OPTION_PROXY) return;
    GlobalFree(info->lpszProxy);
    GlobalFree(info->lpszProxyBypass);
}

static void sizes(void) {
    static unsigned char bytes[1024], ones[64];
    handles h;
    size_t i;
    int k;
    memset(ones, 0xff, sizeof ones); /* nor a number of 8 bytes that would fit 4 */
    NEED(open_all(&h));
    for (i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        if (r->size == ANY_SIZE) continue;
        for (k = 0; k < KINDS; k++) {
            DWORD size, wanted;
            if (strchr(r->set, kinds[k])) {
                for (wanted = 0; wanted <= r->size + 4; wanted++)
                    if (wanted != r->size) EQ_ROW(r->name, set(h.all[k], r->option, ones, wanted), r->wrong_size);
                EQ_ROW(r->name, set(h.all[k], r->option, NULL, r->size), ERROR_INVALID_PARAMETER);
                EQ_ROW(r->name, set(h.all[k], r->option, NULL, 1), ERROR_INVALID_PARAMETER);
                EQ_ROW(r->name, set(h.all[k], r->option, NULL, 0), r->wrong_size);
            }
            if (strchr(r->query, kinds[k])) {
                EQ_ROW(r->name, get(h.all[k], r->option, bytes, NULL), ERROR_INVALID_PARAMETER);
                for (wanted = 0; wanted <= r->size; wanted++) {
                    size = wanted;
                    memset(bytes, 0x5a, sizeof bytes);
                    EQ_ROW(r->name, get(h.all[k], r->option, wanted == r->size ? NULL : bytes, &size), ERROR_INSUFFICIENT_BUFFER);
                    EQ_ROW(r->name, size, r->size);
                    EQ_ROW(r->name, bytes[0], 0x5a);
                }
                size = sizeof bytes;
                EQ_ROW(r->name, get(h.all[k], r->option, bytes, &size), 0);
                EQ_ROW(r->name, size, r->size);
                EQ_ROW(r->name, bytes[r->size], 0x5a);
                release(r->option, bytes);
            }
        }
    }
    close_all(&h);
}

/* Text is told with its NUL, which the length leaves out; what does not fit is not written at all. */
static void sizes_of_texts(void) {
    static WCHAR text[512];
    handles h;
    size_t i;
    int k;
    NEED(open_all(&h));
    for (i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        if (r->shape != TEXT) continue;
        for (k = 0; k < KINDS; k++) {
            DWORD size = 0, need, wanted;
            if (strchr(r->set, kinds[k])) {
                EQ_ROW(r->name, set(h.all[k], r->option, NULL, 1), ERROR_INVALID_PARAMETER);
                EQ_ROW(r->name, set(h.all[k], r->option, NULL, 100), ERROR_INVALID_PARAMETER);
            }
            if (!strchr(r->query, kinds[k])) continue;
            EQ_ROW(r->name, get(h.all[k], r->option, text, NULL), ERROR_INVALID_PARAMETER);
            EQ_ROW(r->name, get(h.all[k], r->option, NULL, &size), ERROR_INSUFFICIENT_BUFFER);
            need = size;
            EXPECT(need >= 2 && need % 2 == 0 && need < sizeof text);
            for (wanted = 0; wanted <= need; wanted++) {
                size = wanted;
                memset(text, 0x5a, sizeof text);
                EQ_ROW(r->name, get(h.all[k], r->option, wanted == need ? NULL : text, &size), ERROR_INSUFFICIENT_BUFFER);
                EQ_ROW(r->name, size, need);
                EQ_ROW(r->name, text[0], 0x5a5a);
            }
            size = need;
            EQ_ROW(r->name, get(h.all[k], r->option, text, &size), 0);
            EQ_ROW(r->name, size, need - 2);
            EQ_ROW(r->name, text[need / 2 - 1], 0);
            EQ_ROW(r->name, text[need / 2], 0x5a5a);
        }
    }
    close_all(&h);
}

/* Programs give the size of their buffers, in bytes or not; the text ends at its NUL. */
static void texts_end_at_their_nul(void) {
    static const WCHAR text[] = {'a', 'n', 'n', 0, 0x1234, 'x', 0, 'y'};
    handles h;
    size_t i;
    int k;
    NEED(open_all(&h));
    for (i = 0; i < ROWS; i++)
        for (k = 0; k < KINDS; k++) {
            WCHAR back[16];
            DWORD size = sizeof back;
            if (rows[i].shape != TEXT || !strchr(rows[i].set, kinds[k])) continue;
            EQ_ROW(rows[i].name, set(h.all[k], rows[i].option, text, 8), 0);
            if (!strchr(rows[i].query, kinds[k])) continue;
            EQ_ROW(rows[i].name, get(h.all[k], rows[i].option, back, &size), 0);
            EQ_ROW(rows[i].name, size, 6);
            EXPECT(!memcmp(back, text, 8));
        }
    close_all(&h);
}

static void values(void) {
    handles h;
    size_t i;
    int k;
    NEED(open_all(&h));
    for (i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        for (k = 0; k < KINDS; k++) {
            DWORD value = 0xbadbad, size = 4;
            if (r->shape != NUMBER || !strchr(r->set, kinds[k])) continue;
            EQ_ROW(r->name, set(h.all[k], r->option, &r->value, 4), 0);
            if (r->bad != r->value) EQ_ROW(r->name, set(h.all[k], r->option, &r->bad, 4), ERROR_INVALID_PARAMETER);
            if (!strchr(r->query, kinds[k])) continue;
            EQ_ROW(r->name, get(h.all[k], r->option, &value, &size), 0);
            EQ_ROW(r->name, value, r->value);
        }
    }
    close_all(&h);
}

/* The buffer is the context itself, so it has a least size. */
static void a_certificate_that_is_too_short(void) {
    static unsigned char context[64];
    conn c;
    DWORD size;
    HINTERNET req;
    NEED(h_prepare(&c, 0, "plain", "/echo", NULL, 0));
    NEED(req = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, WINHTTP_FLAG_SECURE));
    for (size = 0; size < SIZE_OF(40, 20); size++) EQ(set(req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, context, size), ERROR_INVALID_PARAMETER);
    EQ(set(req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, NULL, SIZE_OF(40, 20)), ERROR_INVALID_PARAMETER);
    EQ(set(req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, NULL, 0), 0);
    EQ(set(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, NULL, 0), E_STATE);
    EXPECT(WinHttpCloseHandle(req));
    h_finish(&c);
}

/* Nothing below TLS 1.2 in a session of secure defaults, which is asynchronous. */
static void protocols_of_secure_defaults(void) {
    static const DWORD weak[] = {0x08, 0x20, 0x80, 0x200, 0xa80, 0x2aa8}, strong[] = {0x800, 0x2000, 0x2800};
    HINTERNET ses = WinHttpOpen(W("a"), WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0x30000000), resolver = NULL;
    size_t i;
    NEED(ses);
    for (i = 0; i < sizeof weak / sizeof *weak; i++) EQ(set(ses, WINHTTP_OPTION_SECURE_PROTOCOLS, &weak[i], 4), ERROR_ACCESS_DENIED);
    for (i = 0; i < sizeof strong / sizeof *strong; i++) EQ(set(ses, WINHTTP_OPTION_SECURE_PROTOCOLS, &strong[i], 4), 0);
    EQ(WinHttpCreateProxyResolver(ses, &resolver), 0);
    EXPECT(WinHttpCloseHandle(resolver));
    EXPECT(WinHttpCloseHandle(ses));
    /* Another session may, for what it is worth. */
    NEED(ses = h_open(0));
    for (i = 0; i < sizeof weak / sizeof *weak; i++) EQ(set(ses, WINHTTP_OPTION_SECURE_PROTOCOLS, &weak[i], 4), 0);
    EXPECT(WinHttpCloseHandle(ses));
}

/* As without Windows' registry switch. */
static void what_global_credentials_say(void) {
    static const DWORD options[] = {WINHTTP_OPTION_GLOBAL_PROXY_CREDS, WINHTTP_OPTION_GLOBAL_SERVER_CREDS};
    static unsigned char creds[64];
    int i;
    for (i = 0; i < 2; i++) {
        EQ(set(NULL, options[i], creds, SIZE_OF(56, 28)), 12009);
        EQ(set(NULL, options[i], NULL, 0), 12009);
        EQ(set(NULL, options[i], NULL, 1), ERROR_INVALID_PARAMETER);
    }
}

static int heard_by_the_other;
static void CALLBACK the_other(HINTERNET h, DWORD_PTR context, DWORD status, LPVOID info, DWORD length) {
    (void)h, (void)context, (void)info, (void)length;
    if (status != WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) FAIL("heard %x", (unsigned)status);
    h_inc(&heard_by_the_other);
}
static void another_callback_for_the_same_notices(void) {
    recorder *r = rec_new();
    void *function = (void *)the_other, *was = NULL, *none = NULL, *invalid = (void *)(intptr_t)-1;
    DWORD size = sizeof was;
    HINTERNET silent;
    conn c;
    NEED(h_prepare(&c, 0, "plain", "/status/200", r, 0));
    EXPECT(WinHttpSetStatusCallback(c.req, rec_callback, WINHTTP_CALLBACK_FLAG_HANDLES, 0) == rec_callback);
    EQ(set(c.req, WINHTTP_OPTION_CALLBACK, &function, sizeof function), 0);
    EQ(get(c.req, WINHTTP_OPTION_CALLBACK, &was, &size), 0);
    EXPECT(was == function);
    EQ(set(c.req, WINHTTP_OPTION_CALLBACK, &invalid, sizeof invalid), ERROR_INVALID_PARAMETER);
    EQ(h_exchange(&c, 0), 0);
    EXPECT(WinHttpCloseHandle(c.req));
    EQ(h_get(&heard_by_the_other), 1);
    EQ(rec_count(r, c.req, ~WINHTTP_CALLBACK_STATUS_HANDLE_CREATED), 0);
    c.req = NULL;
    /* None any more. */
    NEED(silent = WinHttpOpenRequest(c.con, NULL, NULL, NULL, NULL, NULL, 0));
    EQ(set(silent, WINHTTP_OPTION_CALLBACK, &none, sizeof none), 0);
    EXPECT(WinHttpSetStatusCallback(silent, NULL, 0, 0) == NULL);
    EXPECT(WinHttpCloseHandle(silent));
    h_finish(&c);
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
    handles h;
    size_t i;
    int k;
    NEED(open_all(&h));
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        for (k = 0; k < KINDS; k++) {
            DWORD value = 1, size = 4, error = kinds[k] == 'N' ? ERROR_INVALID_HANDLE : 12009;
            EQ(set(h.all[k], unknown[i], &value, 4), error);
            EQ(set(h.all[k], unknown[i], NULL, 0), error);
            EQ(get(h.all[k], unknown[i], &value, &size), error);
            EQ(size, 4);
        }
    }
    close_all(&h);
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
    /* Not among them: what only HTTP/2 or 3 has, what is accepted without effect, and numbers of nothing. */
    static const DWORD there[] = {2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 17, 24, 27, 38, 39, 44, 46, 48, 49, 50, 51, 52, 53, 54, 55, 56, 59, 60, 61, 62, 63, 73, 74, 76, 77, 80};
    HINTERNET ses = h_open(0);
    DWORD feature, last = 0xffffffff;
    size_t next = 0;
    for (feature = 0; feature < 200; feature++) {
        int is_there = next < sizeof there / sizeof *there && there[next] == feature;
        char row[32];
        next += (size_t)is_there;
        snprintf(row, sizeof row, "feature %u", (unsigned)feature);
        EQ_ROW(row, set(ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &feature, 4), is_there ? 0 : 12009);
    }
    EQ(set(ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &last, 4), 12009);
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
    NEED(h_prepare(&c, async, "plain", "/", async ? rec_new() : NULL, 0));
    /* On a connection that has not served others before. */
    h_apart(c.ses);
    WinHttpCloseHandle(c.req);
    NEED((c.req = WinHttpOpenRequest(c.con, NULL, W("/keep/ordinary?size=100000"), NULL, NULL, NULL, 0)) != NULL);
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
        if (!(info.in > 100 && info.in < 200000)) FAIL("%u bytes came", (unsigned)info.in);
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
    CASE(sizes_of_texts);
    CASE(texts_end_at_their_nul);
    CASE(a_certificate_that_is_too_short);
    CASE(protocols_of_secure_defaults);
    CASE(what_global_credentials_say);
    CASE(another_callback_for_the_same_notices);
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
