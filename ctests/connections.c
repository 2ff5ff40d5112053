/* Which connection a request gets, by options and by what can be asked about connections: marks, retries, names to
 * resolve instead, several addresses of a name, interfaces, servers of HTTP/1.0, groups. */
#ifndef _WIN32
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#endif
#include "http.h"
#include "newer_options.h"

static DWORD set(HINTERNET h, DWORD option, const void *value, DWORD size) {
    SetLastError(0xdead);
    return WinHttpSetOption(h, option, (void *)value, size) ? GetLastError() : GetLastError() ? GetLastError() : 0xbad;
}

/* Sends the present request, reads its answer; the number of its connection, or minus the error. */
static int number_of(conn *c, int async) {
    char text[4096];
    DWORD error = x_exchange(c, async);
    if (!error) error = x_body(c, async, text, sizeof text);
    return error ? -(int)error : atoi(text);
}

/* All apart from what other cases have left. */
static int begin(conn *c, int async) {
    if (!x_simple(c, async, "GET", "/keep/ordinary")) return 0;
    h_apart(c->ses);
    x_next(c, "GET", "/keep/ordinary", 0);
    return c->req != NULL;
}

/* ---- marks ---- */

typedef struct match {
    unsigned char guid[16];
    DWORD flags[2];
} match;

static void marks(int async) {
    static const unsigned char mine[16] = {1, 2, 3, 4}, other[16] = {9}, none[16];
    match wanted = {{1, 2, 3, 4}, {1, 0}};
    unsigned char is[16];
    DWORD size = 16;
    conn c;
    int first;
    NEED(begin(&c, async));
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONNECTION_GUID, is, &size));
    EXPECT(!memcmp(is, none, 16));
    EQ(set(c.req, WINHTTP_OPTION_CONNECTION_GUID, mine, 15), ERROR_INSUFFICIENT_BUFFER);
    EQ(set(c.req, WINHTTP_OPTION_CONNECTION_GUID, mine, 16), 0);
    first = number_of(&c, async);
    EXPECT(first > 0);
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONNECTION_GUID, is, &size));
    EXPECT(!memcmp(is, mine, 16));
    /* One that needs another mark gets a new connection, and leaves the marked one alone. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    memcpy(wanted.guid, other, 16);
    EQ(set(c.req, WINHTTP_OPTION_MATCH_CONNECTION_GUID, &wanted, 23), ERROR_INSUFFICIENT_BUFFER);
    wanted.flags[0] = 2;
    EQ(set(c.req, WINHTTP_OPTION_MATCH_CONNECTION_GUID, &wanted, 24), ERROR_INVALID_PARAMETER);
    wanted.flags[0] = 1;
    EQ(set(c.req, WINHTTP_OPTION_MATCH_CONNECTION_GUID, &wanted, 24), 0);
    EXPECT(number_of(&c, async) > first);
    /* The newest is the unmarked one now; asking for the mark finds the older. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    memcpy(wanted.guid, mine, 16);
    EQ(set(c.req, WINHTTP_OPTION_MATCH_CONNECTION_GUID, &wanted, 24), 0);
    EQ(number_of(&c, async), first);
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONNECTION_GUID, is, &size));
    EXPECT(!memcmp(is, mine, 16));
    /* Without the flag an unmarked one will do. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    memcpy(wanted.guid, other, 16);
    wanted.flags[0] = 0;
    EQ(set(c.req, WINHTTP_OPTION_MATCH_CONNECTION_GUID, &wanted, 24), 0);
    EXPECT(number_of(&c, async) > first);
    EQ(rec_count(c.rec, c.req, STATUS(CONNECTING_TO_SERVER)), 0);
    EQ(set(c.ses, WINHTTP_OPTION_CONNECTION_GUID, mine, 16), E_TYPE);
    EQ(set(c.con, WINHTTP_OPTION_MATCH_CONNECTION_GUID, &wanted, 24), E_TYPE);
    h_finish(&c);
}
BOTH(marks)

/* ---- retries ---- */

static int begin_with_retries(conn *c, int async, const char *port, const char *path, DWORD most, DWORD conditions) {
    DWORD retries[2] = {most, conditions};
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    if (!(c->ses = h_open(async))) return 0;
    h_record_all(c->ses, c->rec);
    EQ(set(c->ses, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 8), 0);
    h_apart(c->ses);
    c->con = WinHttpConnect(c->ses, strcmp(port, "plain") ? W("localhost") : W("127.0.0.1"), h_port(port), 0);
    c->req = WinHttpOpenRequest(c->con, W("GET"), h_wide(path), NULL, NULL, NULL, strcmp(port, "plain") ? WINHTTP_FLAG_SECURE : 0);
    return c->req != NULL;
}

static void retries_are_set_before_there_are_children(void) {
    DWORD retries[2] = {1, 7};
    conn c;
    NEED(x_simple(&c, 0, "GET", "/keep/ordinary"));
    EQ(set(c.ses, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 8), E_STATE);
    EQ(set(c.ses, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 4), ERROR_INSUFFICIENT_BUFFER);
    EQ(set(c.con, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 8), E_TYPE);
    EQ(set(c.req, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 8), E_TYPE);
    h_finish(&c);
    NEED(c.ses = h_open(0));
    retries[1] = 8;
    EQ(set(c.ses, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 8), ERROR_INVALID_PARAMETER);
    retries[1] = 7;
    EQ(set(c.ses, WINHTTP_OPTION_FAILED_CONNECTION_RETRIES, retries, 8), 0);
    EXPECT(WinHttpCloseHandle(c.ses));
}

static void status_408_is_tried_again(int async) {
    static const struct {
        DWORD most, conditions, times, status;
    } rows[] = {{1, 1, 1, 200}, {1, 6, 1, 408}, {0, 1, 1, 408}, {1, 1, 2, 408}, {3, 1, 2, 200}};
    char path[256];
    conn c;
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(path, sizeof path, "/keep/late?token=%s&times=%u", h_token(), (unsigned)rows[i].times);
        NEED(begin_with_retries(&c, async, "plain", path, rows[i].most, rows[i].conditions));
        EQ(x_exchange(&c, async), 0);
        EQ(h_status(c.req), rows[i].status);
        h_finish(&c);
    }
}
BOTH(status_408_is_tried_again)

/* The server takes the second request of a connection and hangs up. */
static void a_stale_connection_is_tried_again(int async) {
    conn c;
    int first;
    NEED(begin_with_retries(&c, async, "plain", "/keep/mute", 1, 4));
    first = number_of(&c, async);
    EXPECT(first > 0);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EXPECT(number_of(&c, async) > first);
    EQ(h_status(c.req), 200);
    h_finish(&c);
    /* Only where it was asked for. */
    NEED(begin_with_retries(&c, async, "plain", "/keep/mute", 1, 3));
    EXPECT(number_of(&c, async) > 0);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(number_of(&c, async), -12030);
    h_finish(&c);
}
BOTH(a_stale_connection_is_tried_again)

static void a_broken_handshake_is_tried_again(int async) {
    DWORD ignore = 0x3300;
    conn c;
    NEED(begin_with_retries(&c, async, "flaky", "/keep/ordinary", 1, 2));
    EQ(set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &ignore, 4), 0);
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    EQ(rec_count(c.rec, c.req, STATUS(CONNECTED_TO_SERVER)), 2);
    h_finish(&c);
    NEED(begin_with_retries(&c, async, "flaky", "/keep/ordinary", 1, 5));
    EQ(set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, &ignore, 4), 0);
    EXPECT(x_exchange(&c, async) != 0);
    EQ(x_exchange(&c, async), 0); /* the second of two */
    h_finish(&c);
}
BOTH(a_broken_handshake_is_tried_again)

/* ---- another name to resolve ---- */

static void another_name_is_resolved(int async) {
    static const WCHAR there[] = {'1', '2', '7', '.', '0', '.', '0', '.', '1', 0};
    char want[64];
    h_record e;
    conn c;
    memset(&c, 0, sizeof c);
    c.rec = rec_new();
    NEED(c.ses = h_open(async));
    h_record_all(c.ses, c.rec);
    h_apart(c.ses);
    NEED(c.con = WinHttpConnect(c.ses, W("nobody.invalid"), h_port("plain"), 0));
    NEED(c.req = WinHttpOpenRequest(c.con, W("GET"), W("/keep/ordinary"), NULL, NULL, NULL, 0));
    EQ(set(c.req, WINHTTP_OPTION_RESOLUTION_HOSTNAME, there, sizeof there), 0);
    EQ(x_exchange(&c, async), 0);
    EQ(h_status(c.req), 200);
    snprintf(want, sizeof want, "nobody.invalid:%u", (unsigned)h_port("plain"));
    EQ_STR(x_added(c.req, "Host"), want);
    EXPECT(rec_wait_nth(c.rec, c.req, STATUS(RESOLVING_NAME), 1, 1000, &e));
    /* Only before the first send, on a request, and nothing that is no name. */
    EQ(set(c.req, WINHTTP_OPTION_RESOLUTION_HOSTNAME, there, sizeof there), E_STATE);
    EQ(set(c.ses, WINHTTP_OPTION_RESOLUTION_HOSTNAME, there, sizeof there), E_TYPE);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(set(c.req, WINHTTP_OPTION_RESOLUTION_HOSTNAME, there, 0), ERROR_INVALID_PARAMETER);
    EQ(set(c.req, WINHTTP_OPTION_RESOLUTION_HOSTNAME, NULL, 10), ERROR_INVALID_PARAMETER);
    /* Without its NUL. */
    EQ(set(c.req, WINHTTP_OPTION_RESOLUTION_HOSTNAME, there, sizeof there - 2), 0);
    EQ(x_exchange(&c, async), 0);
    /* The connection is not for those who mean the name. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(x_exchange(&c, async), 12007);
    h_finish(&c);
}
BOTH(another_name_is_resolved)

/* ---- several addresses ---- */

#ifndef _WIN32
/* The library finds this one before the C library's: names that have both of this machine's addresses, in either order. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    int error, is_six_first = name && !strcmp(name, "six-four.test");
    struct addrinfo *end;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!is_six_first && (!name || strcmp(name, "four-six.test"))) return real(name, service, hints, out);
    if ((error = real(is_six_first ? "::1" : "127.0.0.1", service, hints, out))) return error;
    for (end = *out; end->ai_next; end = end->ai_next) {}
    return real(is_six_first ? "127.0.0.1" : "::1", service, hints, &end->ai_next);
}

static char tried[256];
static void addresses_that_are_tried(recorder *r, const h_record *e) {
    const WCHAR *text = e->pointer;
    size_t n = strlen(tried);
    (void)r;
    if (e->status != STATUS(CONNECTING_TO_SERVER)) return;
    if (n) tried[n++] = ' ';
    while (*text && n < sizeof tried - 1) tried[n++] = (char)*text++;
    tried[n] = 0;
}

/* In the resolver's order; with the fast fallback the first of IPv6 has a moment, then the first of IPv4 its time, then
 * the first again all of its own. */
static void the_order_of_addresses(int async) {
    static const struct {
        const char *name, *port;
        int fallback, limit;
        DWORD retries, error;
        const char *tried;
    } rows[] = {
        {"six-four.test", "no6", 0, 20000, 5, 0, "::1 127.0.0.1"},
        {"six-four.test", "no6", 1, 20000, 5, 0, "::1 127.0.0.1"},
        {"four-six.test", "no6", 0, 20000, 5, 0, "127.0.0.1"},
        {"four-six.test", "no6", 1, 20000, 5, 0, "::1 127.0.0.1"},
        {"six-four.test", "no6", 0, 20000, 1, 12029, "::1"},
        /* No answer: the moment is over long before the timeout. */
        {"six-four.test", "slow6", 1, 25000, 5, 0, "::1 127.0.0.1"},
        {"six-four.test", "slow6", 0, 600, 5, 0, "::1 127.0.0.1"},
        {"six-four.test", "slow6", 0, 600, 1, E_TIMEOUT, "::1"},
        {"six-four.test", "silent6", 1, 600, 5, E_TIMEOUT, "::1 127.0.0.1 ::1"},
        {"six-four.test", "silent6", 0, 600, 5, 12029, "::1 127.0.0.1"},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        char row[96];
        DWORD yes = 1;
        uint64_t start = h_ms();
        snprintf(row, sizeof row, "row %d: %s, %s, fallback %d", (int)i, rows[i].name, rows[i].port, rows[i].fallback);
        NEED(x_connect(&c, async, h_wide(rows[i].name), rows[i].port));
        EQ(set(c.ses, WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, &yes, 4), 0);
        if (rows[i].fallback) EQ(set(c.ses, WINHTTP_OPTION_IPV6_FAST_FALLBACK, &yes, 4), 0);
        EQ(set(c.ses, WINHTTP_OPTION_CONNECT_RETRIES, &rows[i].retries, 4), 0);
        EXPECT(WinHttpSetTimeouts(c.ses, 0, rows[i].limit, 30000, 30000));
        NEED(x_next(&c, "GET", "/status/200", 0));
        tried[0] = 0;
        h_put(&c.rec->hook, addresses_that_are_tried);
        EQ_ROW(row, x_exchange(&c, async), rows[i].error);
        EQ_TEXT(row, tried, rows[i].tried);
        if (*rows[i].port == 's' && *rows[i].tried == ':' && h_ms() - start < 250) FAIL("%s: after %u ms", row, (unsigned)(h_ms() - start));
        h_finish(&c);
    }
}
BOTH(the_order_of_addresses)
#endif

/* The loopback interface is the first everywhere. What goes by it is not for those who mean any; one that is not there
 * leads nowhere. */
static void a_way_by_an_interface(int async) {
    DWORD loopback = 1, nobody = 0x7ffffffe, none = 0;
    conn c;
    int any, by_it;
    NEED(begin(&c, async));
    any = number_of(&c, async);
    EXPECT(any > 0);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(set(c.req, WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, &loopback, 4), 0);
    by_it = number_of(&c, async);
    EXPECT(by_it > any);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(number_of(&c, async), any);
    /* From the session, and back. */
    EQ(set(c.ses, WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, &loopback, 4), 0);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(number_of(&c, async), by_it);
    EQ(set(c.req, WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, &none, 4), 0);
    EQ(number_of(&c, async), any);
    EQ(set(c.ses, WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY, &nobody, 4), 0);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(number_of(&c, async), -12029);
    h_finish(&c);
}
BOTH(a_way_by_an_interface)

/* ---- limits ---- */

static void servers_of_http_1_0_have_their_own_limit(int async) {
    DWORD one = 1;
    HINTERNET first;
    conn c;
    NEED(begin(&c, async));
    EQ(set(c.ses, WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER, &one, 4), 0);
    EXPECT(WinHttpSetTimeouts(c.ses, 0, 300, 30000, 30000));
    /* Nobody knows yet what it speaks: two at a time. */
    x_next(&c, "GET", "/keep/ordinary?size=3000000", 0);
    EQ(x_exchange(&c, async), 0);
    first = c.req, c.req = NULL;
    x_next(&c, "GET", "/keep/old", 0);
    EQ(x_exchange(&c, async), 0);
    /* Now it is known. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(x_exchange(&c, async), 12002);
    EXPECT(WinHttpCloseHandle(first));
    x_next(&c, "GET", "/keep/ordinary", 0);
    EQ(x_exchange(&c, async), 0);
    h_finish(&c);
}
BOTH(servers_of_http_1_0_have_their_own_limit)

/* ---- groups ---- */

/* Windows' import library may be older than these functions. */
typedef DWORD(WINAPI *query_group)(HINTERNET, const void *, ULONGLONG, void **);
typedef VOID(WINAPI *free_group)(void *);
#ifdef _WIN32
#define THE(name) ((void *)GetProcAddress(GetModuleHandleA("winhttp.dll"), #name))
#else
#define THE(name) ((void *)name)
#endif

typedef struct group {
    DWORD count;
    unsigned char guid[16];
} group;
typedef struct host_groups {
    LPCWSTR host;
    DWORD count;
    group *groups;
} host_groups;
typedef struct groups {
    DWORD hosts;
    host_groups *host;
} groups;

static void groups_of_connections(int async) {
    static const unsigned char mark[16] = {7, 7, 7};
    query_group query = (query_group)THE(WinHttpQueryConnectionGroup);
    free_group let_go = (free_group)THE(WinHttpFreeQueryConnectionGroupResult);
    HINTERNET first;
    groups *found = NULL;
    DWORD i, all = 0, marked = 0, before = 0;
    conn c;
    NEED(query && let_go);
    NEED(begin(&c, async));
    EQ(query(c.con, NULL, 1, (void **)&found), 0);
    NEED(found != NULL);
    if (found->hosts) for (i = 0; i < found->host->count; i++) before += found->host->groups[i].count;
    let_go(found);
    EQ(set(c.req, WINHTTP_OPTION_CONNECTION_GUID, mark, 16), 0);
    EQ(x_exchange(&c, async), 0);
    first = c.req, c.req = NULL;
    x_next(&c, "GET", "/keep/ordinary?size=3000000", 0);
    EQ(x_exchange(&c, async), 0);
    found = NULL;
    EQ(query(c.req, NULL, 0, (void **)&found), 0);
    NEED(found != NULL);
    EQ(found->hosts, 1);
    EXPECT(found->host->host[0] == '1' && found->host->host[8] == '1' && !found->host->host[9]); /* 127.0.0.1 */
    for (i = 0; i < found->host->count; i++) {
        all += found->host->groups[i].count;
        if (!memcmp(found->host->groups[i].guid, mark, 16)) marked += found->host->groups[i].count;
    }
    EQ(marked, 1);
    EXPECT(all >= 2 && all <= before + 2);
    let_go(found);
    /* By the mark, and by a mark that nobody has. */
    EQ(query(c.req, mark, 0, (void **)&found), 0);
    EQ(found->hosts, 1);
    EQ(found->host->count, 1);
    EQ(found->host->groups->count, 1);
    let_go(found);
    EQ(query(c.req, "0123456789abcdef", 0, (void **)&found), 0);
    EQ(found->hosts, 0);
    let_go(found);
    /* A connection handle means TLS unless told otherwise; nobody has that with this host's address. */
    EQ(query(c.con, mark, 0, (void **)&found), 0);
    EQ(found->hosts, 0);
    let_go(found);
    EQ(query(c.con, mark, 1, (void **)&found), 0);
    EQ(found->hosts, 1);
    let_go(found);
    let_go(NULL);
    EQ(query(c.ses, NULL, 0, (void **)&found), E_TYPE);
    EQ(query(NULL, NULL, 0, (void **)&found), ERROR_INVALID_HANDLE);
    EQ(query(c.req, NULL, 2, (void **)&found), ERROR_INVALID_PARAMETER);
    EQ(query(c.req, NULL, 0, NULL), ERROR_INVALID_PARAMETER);
    EXPECT(WinHttpCloseHandle(first));
    h_finish(&c);
}
BOTH(groups_of_connections)

TESTS {
    CASE2(marks);
    CASE(retries_are_set_before_there_are_children);
    CASE2(status_408_is_tried_again);
    CASE2(a_stale_connection_is_tried_again);
    CASE2(a_broken_handshake_is_tried_again);
    CASE2(another_name_is_resolved);
#ifndef _WIN32
    CASE2(the_order_of_addresses);
#endif
    CASE2(a_way_by_an_interface);
    CASE2(servers_of_http_1_0_have_their_own_limit);
    CASE2(groups_of_connections);
}
END_TESTS
