/* HTTP/1.1 beyond one request a connection: which requests share one, sending again, cookies, codings. */
#include "http.h"

/* ---- helpers ---- */

/* Reads all of the body into `text`, NUL appended; how much, or -1 and the error. */
static int read_all(conn *c, int async, char *text, DWORD room, DWORD *error) {
    DWORD n = 0, got;
    h_record e;
    *error = 0;
    for (;;) {
        const DWORD ends = WINHTTP_CALLBACK_STATUS_READ_COMPLETE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR;
        int before = async ? rec_count(c->rec, c->req, ends) : 0;
        got = 0;
        if (!WinHttpReadData(c->req, text + n, room - 1 - n, async ? NULL : &got)) {
            *error = GetLastError();
            return -1;
        }
        if (async) {
            if (!rec_wait_nth(c->rec, c->req, ends, before + 1, 10000, &e)) return -1;
            if (e.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) {
                *error = e.info.result.dwError;
                return -1;
            }
            got = e.length;
        }
        n += got;
        if (!got || n + 1 == room) break;
    }
    text[n] = 0;
    return (int)n;
}

/* One exchange on a request of its own; the body as text, "(error N)" when it fails. */
static const char *get(conn *c, int async, const char *path) {
    static char text[4][4096];
    static unsigned next;
    char *to = text[next++ % 4];
    DWORD error;
    int n;
    x_next(c, "GET", path, 0);
    error = h_exchange(c, async);
    n = error ? -1 : read_all(c, async, to, 4096, &error);
    if (n < 0) snprintf(to, 4096, "(error %u)", (unsigned)error);
    while (n > 0 && to[n - 1] == '\n') to[--n] = 0;
    return to;
}

/* The connection that serves a request just now. */
static int connection(conn *c, int async) { return atoi(get(c, async, "/keep/ordinary")); }

/* Session and connection for several requests. */
static int prepare(conn *c, int async) { return h_prepare(c, async, "plain", "/keep/ordinary", async ? rec_new() : NULL, 0); }

/* ---- which requests share a connection ---- */

static void requests_share_a_connection(int async) {
    static const char *paths[] = {"/keep/ordinary", "/keep/chunked", "/keep/old?alive", "/keep/ordinary?code=404", "/keep/redirect"};
    conn c;
    size_t i;
    NEED(prepare(&c, async));
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        int first = connection(&c, async);
        EXPECT(first > 0);
        get(&c, async, paths[i]);
        EQ_ROW(paths[i], connection(&c, async), first);
    }
    h_finish(&c);
}
BOTH(requests_share_a_connection)

static void what_ends_a_connection(int async) {
    static const char *paths[] = {"/keep/close", "/keep/old", "/keep/until-close", "/keep/surplus", "/keep/ends"};
    conn c;
    size_t i;
    NEED(prepare(&c, async));
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        int first = connection(&c, async), second;
        EQ_ROW(paths[i], atoi(get(&c, async, paths[i])), first);
        h_sleep(30);
        second = connection(&c, async);
        if (second <= first) FAIL("%s: connection %d again (%d)", paths[i], first, second);
    }
    h_finish(&c);
}
BOTH(what_ends_a_connection)

static void sessions_and_modes_share_too(void) {
    conn a, b;
    int first;
    NEED(prepare(&a, 0));
    first = connection(&a, 0);
    h_finish(&a);
    NEED(prepare(&b, 1));
    EQ(connection(&b, 1), first);
    /* Nobody is told of steps that are not made. */
    EQ(rec_count(b.rec, NULL, WINHTTP_CALLBACK_STATUS_RESOLVING_NAME | WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER), 0);
    EQ(rec_count(b.rec, b.req, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST), 1);
    h_finish(&b);
    NEED(prepare(&a, 0));
    EQ(connection(&a, 0), first);
    h_finish(&a);
}

/* The last asynchronous session takes the engine with it, at about the time when the next request looks around. */
static void a_session_that_ends_leaves_its_connection_at_hand(void) {
    conn a, b;
    int first = 0, round;
    for (round = 0; round < 50; round++) {
        NEED(prepare(&a, 1));
        NEED(prepare(&b, 0));
        if (round) EQ(connection(&a, 1), first);
        else first = connection(&a, 1);
        h_finish(&a);
        EQ(connection(&b, 0), first);
        h_finish(&b);
    }
}

static void a_session_can_keep_to_itself(void) {
    conn a, b;
    DWORD yes = 1;
    int first, apart;
    NEED(prepare(&a, 0));
    first = connection(&a, 0);
    NEED(prepare(&b, 0));
    EXPECT(WinHttpSetOption(b.ses, WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, &yes, sizeof yes));
    apart = connection(&b, 0);
    EXPECT(apart != first);
    EQ(connection(&b, 0), apart);
    EQ(connection(&a, 0), first);
    h_finish(&b);
    h_finish(&a);
}

static void the_application_ends_a_connection(int async) {
    conn c;
    DWORD feature = WINHTTP_DISABLE_KEEP_ALIVE, error;
    char text[64];
    int first;
    recorder *r = rec_new();
    NEED(h_prepare(&c, async, "plain", "/keep/ordinary", r, 0));
    first = connection(&c, async);
    /* A header of its own: the notices of the end come with it. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    x_add(&c, "Connection: close");
    rec_clear(r);
    EQ(h_exchange(&c, async), 0);
    read_all(&c, async, text, sizeof text, &error);
    EQ(atoi(text), first);
    EQ(rec_count(r, c.req, WINHTTP_CALLBACK_STATUS_CLOSING_CONNECTION), 1);
    EQ(rec_count(r, c.req, WINHTTP_CALLBACK_STATUS_CONNECTION_CLOSED), 1);
    EXPECT(connection(&c, async) != first);

    first = connection(&c, async);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &feature, sizeof feature));
    EQ(h_exchange(&c, async), 0);
    read_all(&c, async, text, sizeof text, &error);
    EXPECT(connection(&c, async) != first);

    first = connection(&c, async);
    x_next(&c, "GET", "/keep/ordinary", 0);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_EXPIRE_CONNECTION, NULL, 0));
    EQ(h_exchange(&c, async), 0);
    EQ(WinHttpSetOption(c.req, WINHTTP_OPTION_EXPIRE_CONNECTION, NULL, 0), TRUE);
    read_all(&c, async, text, sizeof text, &error);
    EXPECT(connection(&c, async) != first);
    h_finish(&c);
}
BOTH(the_application_ends_a_connection)

/* The last byte frees the connection, while the handle is open and nobody has read a 0. */
static void the_last_byte_frees_the_connection(void) {
    conn c;
    HINTERNET held;
    char text[1000];
    DWORD n = 0;
    int first;
    NEED(prepare(&c, 0));
    first = connection(&c, 0);
    x_next(&c, "GET", "/keep/ordinary?size=1000", 0);
    EQ(h_exchange(&c, 0), 0);
    EXPECT(WinHttpReadData(c.req, text, 1000, &n) && n == 1000);
    held = c.req;
    c.req = NULL;
    EQ(connection(&c, 0), first);
    EXPECT(WinHttpReadData(held, text, 1000, &n) && n == 0);
    EXPECT(WinHttpCloseHandle(held));
    h_finish(&c);
}

static void a_short_rest_is_read_on_close(void) {
    conn c;
    int first;
    NEED(prepare(&c, 0));
    first = connection(&c, 0);
    x_next(&c, "GET", "/keep/ordinary?size=10000", 0);
    EQ(h_exchange(&c, 0), 0);
    h_sleep(30);
    EQ(connection(&c, 0), first);
    /* More than MAX_RESPONSE_DRAIN_SIZE is not. */
    x_next(&c, "GET", "/keep/ordinary?size=3000000", 0);
    EQ(h_exchange(&c, 0), 0);
    h_sleep(30);
    EXPECT(connection(&c, 0) != first);
    first = connection(&c, 0);
    x_next(&c, "GET", "/keep/ordinary?size=10000", 0);
    {
        DWORD limit = 9999;
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, &limit, sizeof limit));
    }
    EQ(h_exchange(&c, 0), 0);
    h_sleep(30);
    EXPECT(connection(&c, 0) != first);
    h_finish(&c);
}

/* The server takes the second request and closes: no silent second try. */
static void a_stale_connection_is_an_error(int async) {
    conn c;
    NEED(prepare(&c, async));
    EXPECT(atoi(get(&c, async, "/keep/mute")) > 0);
    EQ_STR(get(&c, async, "/keep/ordinary"), "(error 12030)");
    EXPECT(connection(&c, async) > 0);
    h_finish(&c);
}
BOTH(a_stale_connection_is_an_error)

static HINTERNET secure_get(conn *c, DWORD forgive, char *text) {
    HINTERNET req = WinHttpOpenRequest(c->con, W("GET"), W("/keep/ordinary"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE);
    DWORD n = 0;
    if (forgive) EXPECT(WinHttpSetOption(req, WINHTTP_OPTION_SECURITY_FLAGS, &forgive, sizeof forgive));
    EXPECT(WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0) && WinHttpReceiveResponse(req, NULL));
    EXPECT(WinHttpReadData(req, text, 63, &n));
    text[n] = 0;
    return req;
}

/* Who forgives less must not get the connection of one who forgives more. */
static void trust_keeps_connections_apart(void) {
    conn c;
    char one[64], two[64], three[64];
    NEED(h_prepare(&c, 0, "tls", "/keep/ordinary", NULL, 0));
    WinHttpCloseHandle(secure_get(&c, 0, one));
    WinHttpCloseHandle(secure_get(&c, 0, two));
    EQ(atoi(two), atoi(one));
    WinHttpCloseHandle(secure_get(&c, SECURITY_FLAG_IGNORE_UNKNOWN_CA, three));
    EXPECT(atoi(three) != atoi(one));
    WinHttpCloseHandle(secure_get(&c, 0, three));
    EQ(atoi(three), atoi(one));
    h_finish(&c);
}

/* ---- sending again ---- */

static void sending_again_on_one_handle(int async) {
    conn c;
    char text[256];
    DWORD error;
    int first, i;
    NEED(prepare(&c, async));
    first = connection(&c, async);
    x_next(&c, "GET", "/keep/ordinary?size=10240&code=401", 0);
    for (i = 0; i < 3; i++) {
        EQ(h_exchange(&c, async), 0);
        EQ(h_status(c.req), 401);
        EQ(atoi(x_header(c.req, "X-Connection")), first);
    }
    /* Half read, then again. */
    EXPECT(WinHttpReadData(c.req, text, 100, async ? NULL : &error));
    if (async) EXPECT(rec_wait(c.rec, c.req, WINHTTP_CALLBACK_STATUS_READ_COMPLETE));
    x_add(&c, "X-More: yes");
    EQ(h_exchange(&c, async), 0);
    EQ(h_status(c.req), 401);
    EQ(atoi(x_header(c.req, "X-Connection")), first);
    h_finish(&c);
}
BOTH(sending_again_on_one_handle)

/* ---- cookies ---- */

static void cookies_come_back(int async) {
    conn c, other;
    NEED(prepare(&c, async));
    EQ_STR(get(&c, async, "/cookie/show"), "");
    get(&c, async, "/cookie/set?c=name%3Dvalue&c=NAME%3Dvalue");
    /* In the order of their arrival, the newest first; case makes another cookie. */
    EQ_STR(get(&c, async, "/cookie/show"), "Cookie: NAME=value; name=value");
    /* Each response of a request brings its own, but interim ones. */
    EQ_STR(get(&c, async, "/cookie/hop?c=hop%3D1"), "Cookie: hop=1; NAME=value; name=value");
    EQ_STR(get(&c, async, "/cookie/interim?c=early%3D1"), "none");
    EQ_STR(get(&c, async, "/cookie/show"), "Cookie: hop=1; NAME=value; name=value");
    get(&c, async, "/cookie/set?c=hop%3D;max-age=0&c=s%3D1;secure&c=p%3D1;path=/else&c=x%3D1;domain=example.org");
    EQ_STR(get(&c, async, "/cookie/show"), "Cookie: NAME=value; name=value");
    /* Another session has none. */
    NEED(prepare(&other, async));
    EQ_STR(get(&other, async, "/cookie/show"), "");
    h_finish(&other);
    h_finish(&c);
}
BOTH(cookies_come_back)

/* By an option that was meant for Passport: the cookies of a URL are cleared. */
static void cookies_of_a_url_are_cleared(int async) {
    static const char *const others[] = {"", "no URL", "/cookie/show", "http://localhost/cookie/show", "http://127.0.0.1/", "http://127.0.0.1/cook/show"};
    const DWORD sign_out = WINHTTP_OPTION_PASSPORT_SIGN_OUT;
    LPCWSTR url = W("http://127.0.0.1/cookie/show");
    conn c;
    size_t i;
    NEED(prepare(&c, async));
    get(&c, async, "/cookie/set?c=a=1&c=b=2;path=/keep&c=d=3");
    for (i = 0; i < sizeof others / sizeof *others; i++) EXPECT(WinHttpSetOption(c.ses, sign_out, (LPVOID)h_wide(others[i]), (DWORD)strlen(others[i])));
    EQ_STR(get(&c, async, "/cookie/show"), "Cookie: d=3; a=1");
    EXPECT(WinHttpSetOption(c.ses, sign_out, (LPVOID)url, 28));
    EQ_STR(get(&c, async, "/cookie/show"), "");
    get(&c, async, "/keep/ordinary");
    EQ_STR(x_added(c.req, "Cookie"), "b=2");
    h_finish(&c);
}
BOTH(cookies_of_a_url_are_cleared)

/* What comes back of a Set-Cookie from localhost, to the route that set it and to one elsewhere. */
static void which_cookies_come_back(void) {
    static const struct {
        const char *set, *here, *elsewhere;
    } rows[] = {
        /* For the folder that it came from, and below. */
        {"a=b", "a=b", ""},
        {"a = b ", "a=b", ""},
        {"a=b; Path=/", "a=b", "a=b"},
        {"a=b;path=/keep", "", "a=b"},
        {"a=b; Path=/kee", "", ""},
        {"a=b; Path=/cookie/show", "a=b", ""},
        {"a=b; Path=relative", "a=b", ""},
        {"a=b ; Domain = localhost ; Path = / ;", "a=b", "a=b"},
        {"a=b; Domain=LOCALHOST; Path=/", "a=b", "a=b"},
        {"a=b; Domain=.localhost; Path=/", "a=b", "a=b"},
        {"a=b; Domain=; Path=/", "a=b", "a=b"},
        {"a=b; Domain=example.org; Path=/", "", ""},
        {"a=b; Domain=host; Path=/", "", ""},
        {"a=b; Domain=sub.localhost; Path=/", "", ""},
        {"a=b; Secure; Path=/", "", ""},
        {"a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/", "", ""},
        {"a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Path=/", "a=b", "a=b"},
        {"a=b; Expires=whenever; Path=/", "a=b", "a=b"},
        {"a=b; Max-Age=0; Path=/", "", ""},
        {"a=b; Max-Age=-1; Path=/", "", ""},
        {"a=b; Max-Age=1000; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/", "a=b", "a=b"},
        {"a=\"b c\"; HttpOnly; SameSite=Strict; Nonsense; Path=/", "a=\"b c\"", "a=\"b c\""},
        {"a=b=c; Path=/", "a=b=c", "a=b=c"},
        {"a=; Path=/", "a=", "a="},
        {"=b; Path=/", "", ""},
        {"a; Path=/", "", ""},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[256], want[64];
        conn c;
        NEED(prepare(&c, 0));
        WinHttpCloseHandle(c.req), c.req = NULL;
        WinHttpCloseHandle(c.con);
        NEED(c.con = WinHttpConnect(c.ses, W("localhost"), h_port("plain"), 0));
        snprintf(path, sizeof path, "/cookie/set?c=%s", rows[i].set);
        get(&c, 0, path);
        snprintf(want, sizeof want, "%s%s", *rows[i].here ? "Cookie: " : "", rows[i].here);
        if (strcmp(get(&c, 0, "/cookie/show"), want)) FAIL("%s: not \"%s\"", rows[i].set, want);
        /* What goes elsewhere is in the request's own headers. */
        get(&c, 0, "/keep/ordinary");
        if (strcmp(x_added(c.req, "Cookie"), *rows[i].elsewhere ? rows[i].elsewhere : "12150")) FAIL("%s: elsewhere %s", rows[i].set, x_added(c.req, "Cookie"));
        h_finish(&c);
    }
}

/* The jar's go behind the program's first; a 401 sets cookies like any answer. */
static void the_applications_cookies_stay_apart(void) {
    static const char raw[] = "HTTP/1.1 401 Who\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n";
    conn c;
    char text[256], path[512] = "/answer/";
    DWORD error;
    size_t i;
    NEED(prepare(&c, 0));
    for (i = 0; i < sizeof raw - 1; i++) snprintf(path + strlen(path), 3, "%02x", (unsigned char)raw[i]);
    get(&c, 0, path);
    EQ(h_status(c.req), 401);
    x_next(&c, "GET", "/cookie/show", 0);
    x_add(&c, "Cookie: x=1");
    x_add(&c, "Cookie: y=2");
    EQ(h_exchange(&c, 0), 0);
    read_all(&c, 0, text, sizeof text, &error);
    EQ_STR(text, "Cookie: x=1; a=b\nCookie: y=2\n");
    h_finish(&c);
}

static void the_applications_cookie_comes_first(void) {
    conn c;
    DWORD feature = WINHTTP_DISABLE_COOKIES, error;
    char text[256];
    int i;
    NEED(prepare(&c, 0));
    get(&c, 0, "/cookie/set?c=name%3Dvalue");
    EQ_STR(x_header(c.req, "Set-Cookie"), "name=value");
    x_next(&c, "GET", "/cookie/show", 0);
    x_add(&c, "Cookie: mine=1");
    /* The automatic part is made anew for each send. */
    for (i = 0; i < 2; i++) {
        EQ(h_exchange(&c, 0), 0);
        read_all(&c, 0, text, sizeof text, &error);
        EQ_STR(text, "Cookie: mine=1; name=value\n");
    }
    x_next(&c, "GET", "/cookie/set?c=more%3D1", 0);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &feature, sizeof feature));
    x_add(&c, "Cookie: mine=1");
    EQ(h_exchange(&c, 0), 0);
    read_all(&c, 0, text, sizeof text, &error);
    EQ_STR(text, "Cookie: mine=1\n");
    EQ_STR(get(&c, 0, "/cookie/show"), "Cookie: name=value");
    h_finish(&c);
}

/* ---- many at once ---- */

#ifdef H_SLOW
#define EACH 100
#else
#define EACH 1000
#endif

static HINTERNET crowd_connection;
static int crowd_failures, crowd_left;

static void crowd_thread(void *unused) {
    int i;
    (void)unused;
    for (i = 0; i < EACH; i++) {
        HINTERNET req = WinHttpOpenRequest(crowd_connection, W("GET"), W("/keep/ordinary?size=3000"), NULL, NULL, NULL, 0);
        char text[4096];
        DWORD n = 0;
        if (!WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, 0) || !WinHttpReceiveResponse(req, NULL) ||
            (i % 3 && (!WinHttpReadData(req, text, sizeof text, &n) || n != 3000)))
            h_inc(&crowd_failures);
        WinHttpCloseHandle(req);
    }
}

static void four_threads_on_one_session(void) {
    conn c;
    h_thread threads[4];
    int i, before, after;
    h_limit(120);
    NEED(prepare(&c, 0));
    crowd_connection = c.con;
    before = connection(&c, 0);
    for (i = 0; i < 4; i++) threads[i] = h_spawn(crowd_thread, NULL);
    for (i = 0; i < 4; i++) h_join(threads[i]);
    EQ(crowd_failures, 0);
    after = connection(&c, 0);
    /* Every third response is not read; what of it has not arrived at the close costs a connection. */
    if (after - before > 4 * EACH / 3 + 10) FAIL("%d new connections", after - before);
    h_finish(&c);
}

static void crowd_open(void) {
    HINTERNET req = WinHttpOpenRequest(crowd_connection, W("GET"), W("/keep/chunked?size=3000"), NULL, NULL, NULL, 0);
    char *room = malloc(4096);
    if (!WinHttpSendRequest(req, NULL, 0, NULL, 0, 0, (DWORD_PTR)room)) h_inc(&crowd_failures);
}

static void CALLBACK crowd_callback(HINTERNET req, DWORD_PTR room, DWORD status, void *info, DWORD length) {
    (void)info;
    switch (status) {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE: WinHttpReceiveResponse(req, NULL); break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE: WinHttpReadData(req, (void *)room, 4096, NULL); break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR: h_inc(&crowd_failures); WinHttpCloseHandle(req); break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        if (length != 3000) h_inc(&crowd_failures);
        WinHttpCloseHandle(req);
        break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        if (!room) break;
        free((void *)room);
        if (__atomic_sub_fetch(&crowd_left, 1, __ATOMIC_SEQ_CST) >= 4) crowd_open();
        break;
    }
}

static void four_at_once_asynchronously(void) {
    conn c;
    uint64_t end = h_ms() + 100000;
    int before, after, i;
    h_limit(120);
    NEED(prepare(&c, 0));
    before = connection(&c, 0);
    h_finish(&c);
    crowd_failures = 0;
    memset(&c, 0, sizeof c);
    c.ses = h_open(1);
    WinHttpSetStatusCallback(c.ses, crowd_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
    crowd_connection = c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
    h_put(&crowd_left, 4 * EACH);
    for (i = 0; i < 4; i++) crowd_open();
    while (h_get(&crowd_left) > 0 && h_ms() < end) h_sleep(5);
    EQ(crowd_left, 0);
    EQ(crowd_failures, 0);
    WinHttpCloseHandle(c.con);
    WinHttpCloseHandle(c.ses);
    NEED(prepare(&c, 0));
    after = connection(&c, 0);
    if (after - before > 8) FAIL("%d new connections", after - before);
    h_finish(&c);
}

static HINTERNET second;
static int second_done;

static void send_second(void *unused) {
    (void)unused;
    if (!WinHttpSendRequest(second, NULL, 0, NULL, 0, 0, 0)) h_put(&second_done, (int)GetLastError());
    else h_put(&second_done, 1);
}

/* The second request waits inside the send until the first has let go of its connection. */
static void connections_are_limited(int async) {
    unsigned pause = 50;
    conn c;
    DWORD one = 1, ms = 200;
    h_thread thread;
    HINTERNET first;
    recorder *r = rec_new();
    memset(&c, 0, sizeof c);
    c.rec = r;
    c.ses = h_open(async);
    h_record_all(c.ses, r);
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_MAX_CONNS_PER_SERVER, &one, sizeof one));
    c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
    x_next(&c, "GET", "/keep/ordinary?size=3000000", 0);
    EQ(h_exchange(&c, async), 0);
    first = c.req;
    c.req = NULL;
    /* Not for ever. */
    x_next(&c, "GET", "/keep/ordinary", 0);
    WinHttpSetOption(c.req, WINHTTP_OPTION_CONNECT_TIMEOUT, &ms, sizeof ms);
    EQ(h_exchange(&c, async), E_TIMEOUT);
    x_next(&c, "GET", "/keep/ordinary", 0);
    second = c.req;
    second_done = 0;
    thread = h_spawn(send_second, NULL);
    h_sleep(150);
    EQ(h_get(&second_done), async);
    EQ(rec_count(r, second, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST), 0);
    WinHttpCloseHandle(first);
    h_join(thread);
    EQ(second_done, 1);
    EXPECT(rec_wait(r, second, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST));
    if (async) EXPECT(rec_wait(r, second, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE));
    /* Closing ends the wait, too. */
    first = c.req;
    do {
        c.req = NULL;
        x_next(&c, "GET", "/keep/ordinary", 0);
        second = c.req;
        second_done = 0;
        thread = h_spawn(send_second, NULL);
        h_sleep(pause);
        EXPECT(WinHttpCloseHandle(second));
        h_join(thread);
        EXPECT(rec_wait(r, second, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    } while (!async && h_too_early((DWORD)second_done, &pause));
    if (!async) EQ(second_done, E_CANCELLED);
    WinHttpCloseHandle(first);
    c.req = NULL;
    h_finish(&c);
}
BOTH(connections_are_limited)

/* A WebSocket on a connection that has served others. */
static void a_kept_connection_becomes_a_websocket(int async) {
    conn c;
    char text[64];
    NEED(prepare(&c, async));
    EXPECT(connection(&c, async) > 0);
    x_next(&c, "GET", "/echo", 0);
    if (async) rec_clear(c.rec);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    NEED(h_upgrade(&c, async) == 0);
    if (async) EQ(rec_count(c.rec, NULL, WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER), 0);
    EQ(h_send(&c, async, TXT, "kept", 4), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "kept");
    EQ(h_close(&c, async, 1000, NULL), 0);
    h_finish(&c);
}
BOTH(a_kept_connection_becomes_a_websocket)

/* ---- content codings ---- */

static char plain[400001], expected[400001];

static void ask_decoded(conn *c, const char *verb, const char *path) {
    DWORD both = WINHTTP_DECOMPRESSION_FLAG_ALL;
    x_next(c, verb, path, 0);
    EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_DECOMPRESSION, &both, sizeof both));
}

static void bodies_are_decoded(int async) {
    static const char *paths[] = {"/gzip/gzip/400000", "/gzip/zlib/400000", "/gzip/bare/400000", "/gzip/gzip/400000?chunked",
        "/gzip/gzip/5000?slow", "/gzip/zlib/1", "/gzip/gzip/0", "/gzip/gzip/5000?chunked&slow"};
    conn c;
    size_t i;
    NEED(prepare(&c, async));
    h_pattern((unsigned char *)expected, 400000);
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        int first = connection(&c, async), size = atoi(strrchr(paths[i], '/') + 1);
        DWORD error;
        ask_decoded(&c, "GET", paths[i]);
        x_add(&c, "Accept-Encoding: br");
        EQ_ROW(paths[i], h_exchange(&c, async), 0);
        EQ_STR(x_header(c.req, "X-Asked"), "Accept-Encoding: gzip, deflate");
        EQ_STR(x_header(c.req, "Content-Encoding"), "12150");
        EQ_STR(x_header(c.req, "Content-Length"), "12150");
        EQ_ROW(paths[i], read_all(&c, async, plain, sizeof plain, &error), size);
        if (memcmp(plain, expected, (size_t)size)) FAIL("%s: other bytes", paths[i]);
        EQ_ROW(paths[i], connection(&c, async), first);
    }
    h_finish(&c);
}
BOTH(bodies_are_decoded)

static void available_counts_decoded_bytes(void) {
    conn c;
    DWORD available, got, total = 0;
    NEED(prepare(&c, 0));
    h_pattern((unsigned char *)expected, 400000);
    ask_decoded(&c, "GET", "/gzip/gzip/300000");
    EQ(h_exchange(&c, 0), 0);
    for (;;) {
        available = got = 0;
        NEED(WinHttpQueryDataAvailable(c.req, &available));
        if (!available) break;
        NEED(total + available <= 300000 && WinHttpReadData(c.req, plain + total, available, &got));
        EQ(got, available);
        total += got;
    }
    EQ(total, 300000);
    EXPECT(!memcmp(plain, expected, total));
    h_finish(&c);
}

static void what_is_not_decoded(void) {
    conn c;
    DWORD error, unknown = 4;
    NEED(prepare(&c, 0));
    /* Nobody asked. */
    x_next(&c, "GET", "/gzip/gzip/1000", 0);
    EQ(h_exchange(&c, 0), 0);
    EQ_STR(x_header(c.req, "X-Asked"), "");
    EQ_STR(x_header(c.req, "Content-Encoding"), "gzip");
    EXPECT(read_all(&c, 0, plain, sizeof plain, &error) > 2 && plain[0] == 0x1f);
    /* No coding of ours, no body. */
    ask_decoded(&c, "GET", "/gzip/other/1000");
    EQ(h_exchange(&c, 0), 0);
    EQ_STR(x_header(c.req, "Content-Encoding"), "br");
    EQ(read_all(&c, 0, plain, sizeof plain, &error), 1000);
    ask_decoded(&c, "HEAD", "/gzip/gzip/1000");
    EQ(h_exchange(&c, 0), 0);
    EQ(read_all(&c, 0, plain, sizeof plain, &error), 0);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_DECOMPRESSION, &unknown, sizeof unknown));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    h_finish(&c);
}

static void corrupt_codings_are_errors(int async) {
    static const char *paths[] = {"/gzip/corrupt/9000", "/gzip/short/9000", "/gzip/corrupt/9000?chunked"};
    conn c;
    size_t i;
    NEED(prepare(&c, async));
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        DWORD error;
        ask_decoded(&c, "GET", paths[i]);
        EQ_ROW(paths[i], h_exchange(&c, async), 0);
        EQ_ROW(paths[i], read_all(&c, async, plain, sizeof plain, &error), -1);
        EQ_ROW(paths[i], error, E_INVALID_RESPONSE);
    }
    h_finish(&c);
}
BOTH(corrupt_codings_are_errors)

/* ---- what is told of a request ---- */

static void times_and_counters(void) {
    WINHTTP_REQUEST_TIMES t, again;
    WINHTTP_REQUEST_STATS s;
    DWORD size = sizeof t, error;
    ULONGLONG last = 0;
    size_t i;
    static const int steps[] = {WinHttpConnectionAcquireStart, WinHttpNameResolutionStart, WinHttpNameResolutionEnd,
        WinHttpConnectionEstablishmentStart, WinHttpConnectionEstablishmentEnd, WinHttpConnectionAcquireEnd, WinHttpSendRequestStart,
        WinHttpSendRequestHeadersEnd, WinHttpSendRequestEnd, WinHttpReceiveResponseStart, WinHttpReceiveResponseHeadersEnd,
        WinHttpReceiveResponseEnd};
    conn c;
    NEED(prepare(&c, 0));
    h_apart(c.ses);
    ask_decoded(&c, "GET", "/gzip/gzip/90000");
    t.cTimes = WinHttpRequestTimeLast;
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_TIMES, &t, &size));
    EQ(size, sizeof t);
    EQ(t.cTimes, WinHttpRequestTimeLast);
    EQ(t.rgullTimes[WinHttpSendRequestStart], 0);
    EQ(h_exchange(&c, 0), 0);
    EQ(read_all(&c, 0, plain, sizeof plain, &error), 90000);
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_TIMES, &t, &size));
    for (i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (t.rgullTimes[steps[i]] < last || !t.rgullTimes[steps[i]]) FAIL("time %d is out of order", steps[i]);
        last = t.rgullTimes[steps[i]];
    }
    EQ(t.rgullTimes[WinHttpTlsHandshakeClientLeg1Start], 0);
    size = sizeof s;
    s.cStats = WinHttpRequestStatLast;
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_STATS, &s, &size));
    EQ(s.ullFlags, WINHTTP_REQUEST_STAT_FLAG_FIRST_REQUEST);
    EQ(s.ulIndex, 0);
    EQ(s.cStats, WinHttpRequestStatLast);
    EXPECT(s.rgullStats[WinHttpRequestHeadersSize] > 50 && s.rgullStats[WinHttpResponseHeadersSize] > 50);
    EQ(s.rgullStats[WinHttpResponseBodySize], 90000);
    EXPECT(s.rgullStats[WinHttpResponseBodyCompressedSize] > 0 && s.rgullStats[WinHttpResponseBodyCompressedSize] < 90000);

    /* The second on the connection has nothing to connect. */
    EQ(h_exchange(&c, 0), 0);
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_STATS, &s, &size));
    EXPECT(!s.ullFlags && s.ulIndex == 1 && !s.rgullStats[WinHttpResponseBodySize]);
    size = sizeof again;
    again.cTimes = WinHttpRequestTimeLast;
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_TIMES, &again, &size));
    EQ(again.rgullTimes[WinHttpConnectionEstablishmentStart], 0);
    EXPECT(again.rgullTimes[WinHttpSendRequestStart] > t.rgullTimes[WinHttpReceiveResponseEnd]);
    h_finish(&c);
}

/* As many as the program's structure says; the rest of the array is the program's. */
static void as_many_times_and_counters_as_are_asked_for(void) {
    static const DWORD wanted[] = {0, 1, 21, 36, 37, 64, 0xffffffff};
    conn c;
    size_t i;
    NEED(prepare(&c, 0));
    EQ(h_exchange(&c, 0), 0);
    for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        WINHTTP_REQUEST_TIMES t;
        WINHTTP_REQUEST_STATS s;
        DWORD size = sizeof t, times = wanted[i] < WinHttpRequestTimeLast ? wanted[i] : WinHttpRequestTimeLast;
        DWORD counters = wanted[i] < WinHttpRequestStatLast ? wanted[i] : WinHttpRequestStatLast, k;
        char row[32];
        snprintf(row, sizeof row, "%u wanted", (unsigned)wanted[i]);
        memset(&t, 0x5a, sizeof t);
        memset(&s, 0x5a, sizeof s);
        t.cTimes = s.cStats = wanted[i];
        EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_TIMES, &t, &size));
        EQ_ROW(row, size, sizeof t);
        EQ_ROW(row, t.cTimes, times);
        for (k = 0; k < 64; k++)
            if ((t.rgullTimes[k] == 0x5a5a5a5a5a5a5a5au) != (k >= times)) FAIL("%s: time %u", row, (unsigned)k);
        size = sizeof s;
        EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_STATS, &s, &size));
        EQ_ROW(row, size, sizeof s);
        EQ_ROW(row, s.cStats, counters);
        EXPECT(!(s.ullFlags & ~(ULONGLONG)WINHTTP_REQUEST_STAT_FLAG_FIRST_REQUEST));
        for (k = 0; k < 32; k++)
            if ((s.rgullStats[k] == 0x5a5a5a5a5a5a5a5au) != (k >= counters)) FAIL("%s: counter %u", row, (unsigned)k);
    }
    h_finish(&c);
}

/* The addresses stay known when the connection serves others already. */
static void the_connection_stays_known(void) {
    WINHTTP_CONNECTION_INFO info;
    DWORD size = sizeof info;
    conn c;
    NEED(prepare(&c, 0));
    EXPECT(!WinHttpQueryOption(c.req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size));
    EQ(GetLastError(), E_STATE);
    get(&c, 0, "/keep/ordinary");
    memset(&info, 0, sizeof info);
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_CONNECTION_INFO, &info, &size));
    EQ(size, sizeof info);
    EQ(info.cbSize, sizeof info);
    {
        const unsigned char *peer = (const unsigned char *)&info.RemoteAddress;
        EQ(peer[2] << 8 | peer[3], h_port("plain"));
        EQ(peer[4], 127);
    }
    h_finish(&c);
}

/* ---- trailers ---- */

static void trailers_come_with_the_end(void) {
    const DWORD level = WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_TRAILERS;
    conn c;
    WCHAR text[64];
    DWORD size = sizeof text, error;
    NEED(prepare(&c, 0));
    x_next(&c, "GET", "/keep/chunked", 0);
    EQ(h_exchange(&c, 0), 0);
    EXPECT(!WinHttpQueryHeaders(c.req, level, W("X-Trailer"), text, &size, NULL));
    EQ(GetLastError(), E_STATE);
    read_all(&c, 0, plain, sizeof plain, &error);
    EXPECT(WinHttpQueryHeaders(c.req, level, W("x-trailer"), text, &size, NULL));
    EXPECT(size == 8 && !memcmp(text, W("late"), 8));
    EQ_STR(x_header(c.req, "X-Trailer"), "12150");
    EXPECT(!WinHttpQueryHeaders(c.req, level, W("X-Other"), text, &size, NULL));
    EQ(GetLastError(), 12150);
    h_finish(&c);
}

/* All of them, as lines. */
static void raw_trailers(int async) {
    const DWORD crlf = WINHTTP_QUERY_RAW_HEADERS_CRLF | WINHTTP_QUERY_FLAG_TRAILERS, nul = WINHTTP_QUERY_RAW_HEADERS | WINHTTP_QUERY_FLAG_TRAILERS;
    static const char *paths[] = {"/keep/ordinary", "/keep/chunked?bare", "/keep/until-close"};
    conn c;
    WCHAR text[64];
    DWORD size = 0, index = 0, error;
    size_t i;
    NEED(prepare(&c, async));
    x_next(&c, "GET", "/keep/chunked", 0);
    EQ_STR(x_query(c.req, crlf, NULL, NULL), "12019");
    EQ(h_exchange(&c, async), 0);
    EQ_STR(x_query(c.req, crlf, NULL, NULL), "12019");
    read_all(&c, async, plain, sizeof plain, &error);
    EQ_STR(x_query(c.req, crlf, NULL, &index), "X-Trailer: late\r\n");
    EQ(index, 0);
    EXPECT(!WinHttpQueryHeaders(c.req, crlf, NULL, NULL, &size, NULL));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, 36);
    EXPECT(WinHttpQueryHeaders(c.req, crlf, NULL, text, &size, NULL));
    EQ(size, 34);
    size = sizeof text;
    EXPECT(WinHttpQueryHeaders(c.req, nul, NULL, text, &size, NULL));
    EXPECT(size == 32 && !memcmp(text, W("X-Trailer: late\0"), 34));
    /* Of a body that has none. */
    for (i = 0; i < 3; i++) {
        EXPECT(*get(&c, async, paths[i]));
        EQ_STR(x_query(c.req, crlf, NULL, NULL), "12150");
        EQ_STR(x_query(c.req, nul, NULL, NULL), "12150");
    }
    h_finish(&c);
}
BOTH(raw_trailers)

TESTS {
    CASE2(requests_share_a_connection);
    CASE2(what_ends_a_connection);
    CASE(sessions_and_modes_share_too);
    CASE(a_session_that_ends_leaves_its_connection_at_hand);
    CASE(a_session_can_keep_to_itself);
    CASE2(the_application_ends_a_connection);
    CASE(the_last_byte_frees_the_connection);
    CASE(a_short_rest_is_read_on_close);
    CASE2(a_stale_connection_is_an_error);
    CASE(trust_keeps_connections_apart);
    CASE2(sending_again_on_one_handle);
    CASE2(cookies_come_back);
    CASE2(cookies_of_a_url_are_cleared);
    CASE(which_cookies_come_back);
    CASE(the_applications_cookies_stay_apart);
    CASE(the_applications_cookie_comes_first);
    CASE(four_threads_on_one_session);
    CASE(four_at_once_asynchronously);
    CASE2(connections_are_limited);
    CASE2(a_kept_connection_becomes_a_websocket);
    CASE2(bodies_are_decoded);
    CASE(available_counts_decoded_bytes);
    CASE(what_is_not_decoded);
    CASE2(corrupt_codings_are_errors);
    CASE(times_and_counters);
    CASE(as_many_times_and_counters_as_are_asked_for);
    CASE(the_connection_stays_known);
    CASE(trailers_come_with_the_end);
    CASE2(raw_trailers);
}
END_TESTS
