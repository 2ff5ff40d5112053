/* Authentication: challenges, credentials, and who gets them. The scripted server's side of it is in
 * tests/peers/auth_routes.py, real servers are started by tests/peers/auth_servers.py. */
#include "http.h"
#include "newer_options.h"

#ifndef WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES
#define WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES 193
#endif
#define SERVER WINHTTP_AUTH_TARGET_SERVER
#define PROXY WINHTTP_AUTH_TARGET_PROXY
#define BASIC WINHTTP_AUTH_SCHEME_BASIC
#define DIGEST WINHTTP_AUTH_SCHEME_DIGEST
#define NTLM WINHTTP_AUTH_SCHEME_NTLM
#define NEGOTIATE WINHTTP_AUTH_SCHEME_NEGOTIATE
#define PASSPORT WINHTTP_AUTH_SCHEME_PASSPORT
enum { E_PARAMETER = 87, E_RESEND = 12032 };

static char text[1 << 16];

#ifndef _WIN32
/* gss-ntlmssp 1.2 forgets a digest of libcrypto with each password; nothing of ours uses that library. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libcrypto.so\n"; }
#endif

/* ---- what the cases share ------------------------------------------------------------------- */

static DWORD set_text(HINTERNET h, DWORD option, const char *value) {
    return WinHttpSetOption(h, option, (LPVOID)h_wide(value), (DWORD)strlen(value)) ? 0 : GetLastError();
}
static DWORD give(HINTERNET h, DWORD target, DWORD scheme, const char *user, const char *password) {
    SetLastError(0xdead);
    return WinHttpSetCredentials(h, target, scheme, user ? h_wide(user) : NULL, password ? h_wide(password) : NULL, NULL) ? 0 : GetLastError();
}
static void options(HINTERNET h, const char *user, const char *password) {
    EQ(set_text(h, WINHTTP_OPTION_USERNAME, user), 0);
    EQ(set_text(h, WINHTTP_OPTION_PASSWORD, password), 0);
}
static DWORD status(HINTERNET h) {
    DWORD code = 0, size = sizeof code;
    return WinHttpQueryHeaders(h, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &code, &size, NULL) ? code : GetLastError();
}

/* One more request of the same session; the old one is closed. */
static int next(conn *c, const char *verb, const char *path) {
    DWORD flags = x_starts(x_url(c->req), "https:") ? WINHTTP_FLAG_SECURE : 0;
    WinHttpCloseHandle(c->req);
    if (c->rec) h_gone(c, c->req, "request");
    c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, flags);
    return c->req != NULL;
}
static int open_to(conn *c, int async, const char *host, const char *port, const char *verb, const char *path) {
    return x_connect(c, async, h_wide(host), port) && x_next(c, verb, path, strstr(port, "tls") ? WINHTTP_FLAG_SECURE : 0);
}

/* Sends and receives; the status, or the error. */
static DWORD ask(conn *c, int async) {
    DWORD error = x_exchange(c, async);
    return error ? error : status(c->req);
}
static DWORD ask_body(conn *c, int async, const char *body) {
    DWORD n = (DWORD)strlen(body), error = x_send(c, async, NULL, 0, body, n, n);
    if (!error) error = x_receive(c, async);
    return error ? error : status(c->req);
}
static const char *body(conn *c, int async) {
    DWORD error = x_body(c, async, text, sizeof text);
    if (error) snprintf(text, sizeof text, "(error %u)", (unsigned)error);
    return text;
}

/* What the scripted server wrote down for this id, and single words of it. */
static const char *log_of(const char *id) {
    char path[256];
    snprintf(path, sizeof path, "/auth/log/%s", id);
    return h_get_text(path);
}
static int lines(const char *log) {
    int n = *log != 0;
    for (; *log; log++) n += *log == '\n';
    return n;
}
static const char *word(const char *log, int line, int column) {
    static char out[8][2048];
    static unsigned at;
    char *to = out[at++ % 8];
    size_t n = 0;
    while (line-- > 0 && (log = strchr(log, '\n'))) log++;
    while (log && column-- > 0 && (log = strchr(log, ' '))) log++;
    while (log && log[n] && log[n] != ' ' && log[n] != '\n' && n < 2047) to[n] = log[n], n++;
    to[n] = 0;
    return to;
}
#define CONNECTION_OF(log, line) word(log, line, 0)
#define AUTH_OF(log, line) word(log, line, 2)
#define LENGTH_OF(log, line) word(log, line, 3)
#define BODY_OF(log, line) word(log, line, 4)

/* ---- WinHttpQueryAuthSchemes ---------------------------------------------------------------- */

static DWORD schemes(conn *c, DWORD *supported, DWORD *first, DWORD *target) {
    *supported = *first = *target = 0xbadbad;
    SetLastError(0xdead);
    return WinHttpQueryAuthSchemes(c->req, supported, first, target) ? GetLastError() : GetLastError() ? GetLastError() : 1;
}

static void the_challenge_is_told(void) {
    static const struct { const char *status, *query; DWORD supported, first, target; } rows[] = {
        {"401", "www=Basic%20realm%3D%22x%22", BASIC, BASIC, SERVER},
        {"401", "www=basic", BASIC, BASIC, SERVER},
        {"401", "www=Basic%20realm%3Dwithoutquotes", BASIC, BASIC, SERVER},
        {"401", "www=Bearer&www=Basic%20realm%3D%22x%22&www=NTLM", BASIC | NTLM, BASIC, SERVER},
        {"401", "www=NTLM&www=Negotiate&www=Basic%20realm%3D%22x%22", BASIC | NTLM | NEGOTIATE, NTLM, SERVER},
        {"401", "www=Digest%20realm%3D%22x%22%2C%20nonce%3D%22n%22%2C%20Basic%20realm%3D%22y%22", BASIC | DIGEST, DIGEST, SERVER},
        {"401", "www=Passport1.4%20realm%3Dx", PASSPORT, PASSPORT, SERVER},
        {"407", "proxy=Negotiate&proxy=Digest%20realm%3D%22x%22%2C%20nonce%3Dn", NEGOTIATE | DIGEST, NEGOTIATE, PROXY},
        {"401", "www=Bearer", 0, 0, 0},
        {"401", "", 0, 0, 0},
        {"401", "proxy=Basic", 0, 0, 0},
        {"403", "www=Basic", 0, 0, 0},
        {"200", "www=Basic", 0, 0, 0},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        DWORD supported, first, target, error;
        const char *path = x_text("/auth/ask?status=%s&size=3&%s", rows[i].status, rows[i].query);
        NEED(x_simple(&c, 0, "GET", path));
        EQ(schemes(&c, &supported, &first, &target), E_OP);
        /* No default credentials: localhost would count as one of the intranet. */
        EQ(ask(&c, 0), (DWORD)atoi(rows[i].status));
        error = schemes(&c, &supported, &first, &target);
        if (error != (rows[i].supported ? 0 : E_OP)) FAIL("%s: error %u", path, (unsigned)error);
        if (!rows[i].supported) EXPECT(supported == 0xbadbad && first == 0xbadbad && target == 0xbadbad);
        else if (supported != rows[i].supported || first != rows[i].first || target != rows[i].target)
            FAIL("%s: %x %x %x", path, (unsigned)supported, (unsigned)first, (unsigned)target);
        EQ_TEXT(path, body(&c, 0), "xxx");
        EXPECT(!WinHttpQueryAuthSchemes(c.req, NULL, &first, &target) && (GetLastError() == E_PARAMETER || !rows[i].supported));
        EXPECT(!WinHttpQueryAuthSchemes(c.req, &supported, NULL, &target));
        EXPECT(!WinHttpQueryAuthSchemes(c.req, &supported, &first, NULL));
        EXPECT(!WinHttpQueryAuthSchemes(c.con, &supported, &first, &target));
        EQ(GetLastError(), E_TYPE);
        h_finish(&c);
    }
    SetLastError(0);
    EXPECT(!WinHttpQueryAuthSchemes(NULL, NULL, NULL, NULL));
    EQ(GetLastError(), ERROR_INVALID_HANDLE);
}

/* ---- WinHttpSetCredentials ------------------------------------------------------------------ */

static void arguments_of_credentials(void) {
    static const struct { DWORD target, scheme; const char *user, *password; DWORD error; } rows[] = {
        {SERVER, BASIC, "u", "p", 0}, {PROXY, BASIC, "u", "p", 0}, {SERVER, BASIC, "u", "", 0},
        {SERVER, DIGEST, "u", "p", 0}, {SERVER, NTLM, "d\\u", "p", 0}, {SERVER, NEGOTIATE, "u@d", "p", 0},
        {SERVER, BASIC, NULL, NULL, E_PARAMETER}, {SERVER, BASIC, "u", NULL, E_PARAMETER}, {SERVER, BASIC, NULL, "p", E_PARAMETER},
        {SERVER, DIGEST, NULL, NULL, E_PARAMETER}, {SERVER, DIGEST, "u", NULL, E_PARAMETER},
        {SERVER, NTLM, NULL, NULL, 0}, {PROXY, NEGOTIATE, NULL, NULL, 0}, {SERVER, NTLM, "u", NULL, E_PARAMETER},
        {2, BASIC, "u", "p", E_PARAMETER}, {SERVER, 0, "u", "p", E_PARAMETER}, {SERVER, BASIC | NTLM, "u", "p", E_PARAMETER},
        {SERVER, 0x20, "u", "p", E_PARAMETER}, {SERVER, PASSPORT, "u", "p", ERROR_NOT_SUPPORTED},
    };
    size_t i;
    conn c;
    NEED(x_simple(&c, 0, "GET", "/status/200"));
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        DWORD error = give(c.req, rows[i].target, rows[i].scheme, rows[i].user, rows[i].password);
        if (error != rows[i].error) FAIL("row %u: %u", (unsigned)i, (unsigned)error);
        if (!error) EQ(GetLastError(), 0);
    }
    EXPECT(!WinHttpSetCredentials(c.req, SERVER, BASIC, W("u"), W("p"), text));
    EQ(GetLastError(), E_PARAMETER);
    EXPECT(!WinHttpSetCredentials(c.ses, SERVER, BASIC, W("u"), W("p"), NULL));
    EQ(GetLastError(), E_TYPE);
    EXPECT(!WinHttpSetCredentials(NULL, SERVER, BASIC, W("u"), W("p"), NULL));
    EQ(GetLastError(), ERROR_INVALID_HANDLE);
    h_finish(&c);
}

static void options_read_back(void) {
    static const DWORD all[] = {WINHTTP_OPTION_USERNAME, WINHTTP_OPTION_PASSWORD, WINHTTP_OPTION_PROXY_USERNAME, WINHTTP_OPTION_PROXY_PASSWORD};
    size_t i;
    conn c;
    NEED(x_simple(&c, 0, "GET", "/status/200"));
    EQ(give(c.req, SERVER, BASIC, "other", "secret"), 0);
    EQ(give(c.req, PROXY, BASIC, "other", "secret"), 0);
    for (i = 0; i < 4; i++) {
        WCHAR value[32];
        DWORD size = 0;
        SetLastError(0xdead);
        EXPECT(!WinHttpQueryOption(c.req, all[i], NULL, &size));
        EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, 2);
        size = sizeof value;
        value[0] = 0x55;
        EXPECT(WinHttpQueryOption(c.req, all[i], value, &size) && size == 0 && !value[0]);
        EXPECT(WinHttpSetOption(c.req, all[i], (LPVOID)W("name"), 4));
        size = 8;
        EXPECT(!WinHttpQueryOption(c.req, all[i], value, &size) && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
        EQ(size, 10);
        EXPECT(WinHttpQueryOption(c.req, all[i], value, &size));
        EQ(size, 8);
        EXPECT(value[0] == 'n' && value[3] == 'e' && !value[4]);
        EXPECT(!WinHttpSetOption(c.ses, all[i], (LPVOID)W("name"), 4) && GetLastError() == E_TYPE);
        EXPECT(WinHttpSetOption(c.req, all[i], (LPVOID)W(""), 0) || GetLastError() == E_PARAMETER);
    }
    h_finish(&c);
}

static void other_options(void) {
    DWORD value, size;
    BOOL yes = TRUE;
    WCHAR spn[64];
    BYTE creds[64] = {0};
    conn c;
    NEED(x_simple(&c, 0, "GET", "/status/200"));
    for (value = 0; value <= 3; value++) EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_AUTOLOGON_POLICY, &value, 4));
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_AUTOLOGON_POLICY, &value, 4) && GetLastError() == E_PARAMETER);
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_AUTOLOGON_POLICY, &yes, 4) && GetLastError() == E_TYPE);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_AUTOLOGON_POLICY, &value, 2) && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    for (value = 0; value <= 1; value++) EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SPN, &value, 4));
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_SPN, &value, 4) && GetLastError() == E_PARAMETER);
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_USE_GLOBAL_SERVER_CREDENTIALS, &yes, 4));
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_REJECT_USERPWD_IN_URL, &yes, 4));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_REJECT_USERPWD_IN_URL, &yes, 4));
    value = 0x11f;
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES, &value, 4));
    value = 0x200;
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES, &value, 4));
    EXPECT(!WinHttpSetOption(NULL, WINHTTP_OPTION_GLOBAL_SERVER_CREDS, creds, sizeof creds));
    EQ(GetLastError(), 12009);
    EXPECT(!WinHttpSetOption(NULL, WINHTTP_OPTION_GLOBAL_PROXY_CREDS, creds, sizeof creds));
    EQ(GetLastError(), 12009);
    size = sizeof spn;
    EXPECT(!WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_SPN_USED, spn, &size));
    EQ(GetLastError(), E_STATE);
    size = sizeof spn;
    EXPECT(!WinHttpQueryOption(c.req, WINHTTP_OPTION_PROXY_SPN_USED, spn, &size));
    EQ(GetLastError(), E_STATE);
    h_finish(&c);
}

/* ---- Basic ---------------------------------------------------------------------------------- */

static void basic_goes_out_with_the_first_request(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
    EQ(ask(&c, async), 200);
    EQ_TEXT("", body(&c, async), "welcome ");
    log = log_of(id);
    EQ(lines(log), 1);
    EQ_TEXT("", AUTH_OF(log, 0), "Basic_dXNlcjpwd2Q=|-");
    EQ_TEXT("", x_added(c.req, "Authorization"), "Basic dXNlcjpwd2Q=");
    h_finish(&c);
}
BOTH(basic_goes_out_with_the_first_request)

static void credentials_are_for_one_send(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?size=10240&id=%s", id)));
    EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
    EQ(ask(&c, async), 200);
    EQ(ask(&c, async), 401);
    EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
    /* The 401's body has not been read. */
    EQ(ask(&c, async), 200);
    log = log_of(id);
    EQ(lines(log), 3);
    EQ_TEXT("", AUTH_OF(log, 1), "-|-");
    EQ_TEXT("the connection is kept", CONNECTION_OF(log, 2), CONNECTION_OF(log, 0));
    h_finish(&c);
}
BOTH(credentials_are_for_one_send)

static void options_wait_for_a_challenge(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask(&c, async), 200);
    EQ_TEXT("", body(&c, async), "welcome ");
    log = log_of(id);
    EQ(lines(log), 2);
    EQ_TEXT("", AUTH_OF(log, 0), "-|-");
    EQ_TEXT("", AUTH_OF(log, 1), "Basic_dXNlcjpwd2Q=|-");
    EQ_TEXT("", CONNECTION_OF(log, 1), CONNECTION_OF(log, 0));
    h_finish(&c);
}
BOTH(options_wait_for_a_challenge)

/* Whichever comes first. */
static void credentials_beat_options(int async) {
    int order;
    for (order = 0; order < 2; order++) {
        const char *id = h_token();
        conn c;
        NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
        if (order) options(c.req, "wrong", "wrong");
        EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
        if (!order) options(c.req, "wrong", "wrong");
        EQ(ask(&c, async), 200);
        EQ(lines(log_of(id)), 1);
        h_finish(&c);
    }
}
BOTH(credentials_beat_options)

static void wrong_credentials_are_tried_once(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    EQ(give(c.req, SERVER, BASIC, "user", "wrong"), 0);
    EQ(ask(&c, async), 401);
    EQ_TEXT("", body(&c, async), "xxxxx");
    EQ(lines(log_of(id)), 1);
    id = h_token();
    NEED(next(&c, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    options(c.req, "user", "wrong");
    EQ(ask(&c, async), 401);
    EQ_TEXT("", body(&c, async), "xxxxx");
    log = log_of(id);
    EQ(lines(log), 2);
    h_finish(&c);
}
BOTH(wrong_credentials_are_tried_once)

static void names_with_a_domain_and_other_letters(void) {
    const char *id = h_token(), *log;
    static const WCHAR user[] = {'D', '\\', 0xfc, 's', 'r', 0}, password[] = {0x20ac, 0};
    conn c;
    NEED(x_simple(&c, 0, "GET", x_text("/auth/ask?id=%s", id)));
    EXPECT(WinHttpSetCredentials(c.req, SERVER, BASIC, user, password, NULL));
    EQ(ask(&c, 0), 401);
    log = log_of(id);
    EQ_TEXT("UTF-8", AUTH_OF(log, 0), "Basic_RFzDvHNyOuKCrA==|-");
    h_finish(&c);
}

/* What has worked is remembered by the session, for the same user only. */
static void the_session_remembers_what_worked(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask(&c, async), 200);
    id = h_token();
    NEED(next(&c, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask(&c, async), 200);
    EQ(lines(log_of(id)), 1);
    id = h_token();
    NEED(next(&c, "GET", x_text("/auth/basic/other/pwd?id=%s", id)));
    options(c.req, "other", "pwd");
    EQ(ask(&c, async), 200);
    log = log_of(id);
    EQ(lines(log), 2);
    EQ_TEXT("", AUTH_OF(log, 0), "-|-");
    id = h_token();
    NEED(next(&c, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    EQ(ask(&c, async), 401);
    EQ_TEXT("", AUTH_OF(log_of(id), 0), "-|-");
    h_finish(&c);
}
BOTH(the_session_remembers_what_worked)

static void authentication_switched_off(int async) {
    const char *id = h_token();
    DWORD off = WINHTTP_DISABLE_AUTHENTICATION;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?id=%s", id)));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof off));
    options(c.req, "user", "pwd");
    EQ(ask(&c, async), 401);
    EQ_TEXT("", body(&c, async), "xxxxx");
    EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
    EQ(ask(&c, async), 401);
    EQ(lines(log_of(id)), 2);
    h_finish(&c);
}
BOTH(authentication_switched_off)

/* ---- Digest --------------------------------------------------------------------------------- */

static void digest_of_every_kind(int async) {
    static const char *const kinds[] = {"", "algorithm=MD5-sess", "algorithm=md5", "algorithm=SHA-256", "algorithm=SHA-256-sess", "algorithm=SHA-512-256",
                                        "qop=", "qop=auth-int,auth", "algorithm=SHA-256&qop="};
    size_t i;
    conn c;
    NEED(x_simple(&c, async, "GET", "/status/200"));
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *id = h_token(), *log;
        NEED(next(&c, "GET", x_text("/auth/digest/user/pwd?id=%s&%s", id, kinds[i])));
        options(c.req, "user", "pwd");
        EQ_TEXT(kinds[i], x_text("%u", (unsigned)ask(&c, async)), "200");
        EXPECT(x_starts(body(&c, async), "welcome"));
        log = log_of(id);
        EQ(lines(log), 2);
        EQ_TEXT("never before it is asked for", AUTH_OF(log, 0), "-|-");
        id = h_token();
        NEED(next(&c, "GET", x_text("/auth/digest/user/pwd?id=%s&%s", id, kinds[i])));
        EQ(give(c.req, SERVER, DIGEST, "user", "pwd"), 0);
        EQ_TEXT(kinds[i], x_text("%u", (unsigned)ask(&c, async)), "200");
        EQ(lines(log_of(id)), 2);
    }
    h_finish(&c);
}
BOTH(digest_of_every_kind)

/* The program's loop: after the 401 the answer goes out at once; a nonce that is used again is counted on. */
static void digest_after_the_challenge(int async) {
    const char *id = h_token(), *log;
    DWORD supported, first, target;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/digest/user/pwd?same&id=%s", id)));
    EQ(ask(&c, async), 401);
    EQ(schemes(&c, &supported, &first, &target), 0);
    EQ(supported, DIGEST);
    EQ(give(c.req, SERVER, DIGEST, "user", "pwd"), 0);
    EQ(ask(&c, async), 200);
    EQ_TEXT("", body(&c, async), "welcome nc=00000001 ");
    EQ(lines(log_of(id)), 2);
    NEED(next(&c, "GET", x_text("/auth/digest/user/pwd?same&again&id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask(&c, async), 200);
    EQ_TEXT("", body(&c, async), "welcome nc=00000002 ");
    EQ(ask(&c, async), 200);
    EQ_TEXT("", body(&c, async), "welcome nc=00000003 ");
    log = log_of(id);
    EQ(lines(log), 6);
    h_finish(&c);
}
BOTH(digest_after_the_challenge)

static void stale_nonces_are_replaced(int async) {
    const char *id = h_token();
    int n;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/digest/stale/pwd?uses=2&id=%s", id)));
    EQ(ask(&c, async), 401);
    EQ(body(&c, async)[0], 'x');
    for (n = 0; n < 8; n++) {
        EQ(give(c.req, SERVER, DIGEST, "stale", "pwd"), 0);
        EQ(ask(&c, async), 200);
        EXPECT(x_starts(body(&c, async), "welcome"));
    }
    h_finish(&c);
    id = h_token();
    NEED(x_simple(&c, async, "GET", x_text("/auth/digest/stale/pwd?forever&id=%s", id)));
    options(c.req, "stale", "pwd");
    EQ(ask(&c, async), 401);
    n = lines(log_of(id));
    if (n < 3 || n > 12) FAIL("%d rounds", n);
    h_finish(&c);
}
BOTH(stale_nonces_are_replaced)

/* The strongest that is offered and can be answered. */
static void the_strongest_scheme_is_chosen(void) {
    static const struct { const char *query, *starts; } rows[] = {
        {"www=Basic&www=Digest%20realm%3Dr%2Cnonce%3Dn%2Copaque%3D%22%22", "Digest_username=\"user\""},
        {"www=Digest%20realm%3Dr%2Cnonce%3Dn&www=Digest%20realm%3Dr%2Cnonce%3Dm%2Calgorithm%3DSHA-256", "Digest_username=\"user\",_realm=\"r\",_nonce=\"m\""},
        {"www=Digest%20realm%3Dr%2Cnonce%3Dn%2Calgorithm%3DSHA-1&www=Basic%20realm%3Dx", "Basic_"},
        {"www=Digest%20realm%3Dr%2Cnonce%3Dn%2Cqop%3Dauth-int&www=Basic%20realm%3Dx", "Basic_"},
        {"www=Digest%20something&www=Basic%20realm%3Dx", "Basic_"},
        {"www=Basic%20something%2C%20Digest%20something", NULL},
        {"www=Bearer&www=Unknown%20Basic", NULL},
        {"www=Passport1.4%20x%3Dy", NULL},
        {"", NULL},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = h_token(), *log;
        conn c;
        NEED(x_simple(&c, 0, "GET", x_text("/auth/ask?id=%s&%s", id, rows[i].query)));
        options(c.req, "user", "pwd");
        EQ(ask(&c, 0), 401);
        log = log_of(id);
        if (lines(log) != (rows[i].starts ? 2 : 1)) FAIL("%s: %s", rows[i].query, log);
        else if (rows[i].starts && !x_starts(AUTH_OF(log, 1), rows[i].starts)) FAIL("%s: %s", rows[i].query, log);
        h_finish(&c);
    }
}

/* ---- bodies --------------------------------------------------------------------------------- */

static void a_body_given_with_the_send_goes_out_again(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "POST", x_text("/auth/basic/user/pwd?id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask_body(&c, async, "twenty bytes of body"), 200);
    EQ_TEXT("", body(&c, async), "welcome twenty bytes of body");
    log = log_of(id);
    EQ(lines(log), 2);
    EQ_TEXT("", BODY_OF(log, 0), "20");
    EQ_TEXT("", BODY_OF(log, 1), "20");
    id = h_token();
    NEED(next(&c, "PUT", x_text("/auth/digest/user/pwd?id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask_body(&c, async, "twenty bytes of body"), 200);
    EQ_TEXT("", body(&c, async), "welcome nc=00000001 twenty bytes of body");
    h_finish(&c);
}
BOTH(a_body_given_with_the_send_goes_out_again)

/* The loop of the documentation: what was written is written again when 12032 asks for it. */
static void a_written_body_is_asked_for_again(int async) {
    static const char *const kinds[] = {"basic", "digest"};
    size_t i;
    for (i = 0; i < 2; i++) {
        const char *id = h_token(), *log;
        DWORD error = E_RESEND;
        int sends = 0;
        conn c;
        NEED(x_simple(&c, async, "POST", x_text("/auth/%s/user/pwd?id=%s", kinds[i], id)));
        options(c.req, "user", "pwd");
        while (error == E_RESEND && sends < 4) {
            DWORD written = 0;
            sends++;
            error = x_send(&c, async, NULL, 0, "ab", 2, 6);
            if (!error) error = x_write(&c, async, "cdef", 4, &written);
            if (!error) error = x_receive(&c, async);
        }
        EQ(error, 0);
        EQ(sends, 2);
        EQ(status(c.req), 200);
        EQ_TEXT("", strchr(body(&c, async), 'a') ? strstr(text, "abcdef") : "", "abcdef");
        log = log_of(id);
        EQ(lines(log), 2);
        EXPECT(x_starts(AUTH_OF(log, 1), i ? "Digest_" : "Basic_"));
        /* Credentials that were given are good for the send that follows, too. */
        id = h_token();
        NEED(next(&c, "POST", x_text("/auth/digest/user/pwd?id=%s", id)));
        EQ(give(c.req, SERVER, DIGEST, "user", "pwd"), 0);
        for (error = E_RESEND, sends = 0; error == E_RESEND && sends < 4; sends++) {
            error = x_send(&c, async, NULL, 0, NULL, 0, 6);
            if (!error) error = x_write(&c, async, "abcdef", 6, NULL);
            if (!error) error = x_receive(&c, async);
        }
        EQ(error, 0);
        EQ(sends, 2);
        EQ(status(c.req), 200);
        h_finish(&c);
    }
}
BOTH(a_written_body_is_asked_for_again)

/* ---- who gets them -------------------------------------------------------------------------- */

/* From 127.0.0.1 to localhost, which is the same server to us and another one to anybody who is asked to trust it. */
static void credentials_stay_with_their_server(int async) {
    int how;
    for (how = 0; how < 4; how++) {
        const char *id = h_token(), *log;
        char to[512];
        conn c;
        int there = how == 3;
        snprintf(to, sizeof to, "http%%3A%%2F%%2F%s%%3A%d%%2Fauth%%2Fask%%3Fid%%3D%s%%26www%%3DBasic%%26www%%3DDigest%%2520nonce%%253Dn", there ? "127.0.0.1" : "localhost", h_port("plain"), id);
        NEED(x_simple(&c, async, "GET", x_text("/auth/go?id=%s&to=%s", id, to)));
        if (how == 0) options(c.req, "user", "pwd");
        if (how == 1 || how == 3) EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
        if (how == 2) EQ(give(c.req, SERVER, DIGEST, "user", "pwd"), 0);
        EQ(ask(&c, async), 401);
        log = log_of(id);
        EQ(lines(log), 2);
        EQ_TEXT("the first server", AUTH_OF(log, 0), how == 1 || how == 3 ? "Basic_dXNlcjpwd2Q=|-" : "-|-");
        EQ_TEXT("the second", AUTH_OF(log, 1), there ? "Basic_dXNlcjpwd2Q=|-" : "-|-");
        /* The program sees the 401 of the second server, and gives what is meant for that one. */
        EQ(give(c.req, SERVER, BASIC, "second", "pwd"), 0);
        EQ(ask(&c, async), 401);
        log = log_of(id);
        EQ(lines(log), 3);
        EQ_TEXT("then", AUTH_OF(log, 2), "Basic_c2Vjb25kOnB3ZA==|-");
        h_finish(&c);
    }
}
BOTH(credentials_stay_with_their_server)

static void a_server_is_no_proxy(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/ask?status=407&proxy=Basic&www=Basic&size=4&id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(set_text(c.req, WINHTTP_OPTION_PROXY_USERNAME, "user"), 0);
    EQ(set_text(c.req, WINHTTP_OPTION_PROXY_PASSWORD, "pwd"), 0);
    EQ(give(c.req, PROXY, BASIC, "user", "pwd"), 0);
    EQ(ask(&c, async), 407);
    EQ_TEXT("", body(&c, async), "xxxx");
    log = log_of(id);
    EQ(lines(log), 1);
    EQ_TEXT("", AUTH_OF(log, 0), "-|-");
    h_finish(&c);
}
BOTH(a_server_is_no_proxy)

static void names_in_a_location_can_be_refused(void) {
    BOOL yes = TRUE;
    int refuse;
    for (refuse = 0; refuse < 2; refuse++) {
        conn c;
        NEED(x_simple(&c, 0, "GET", x_text("/auth/go?to=http%%3A%%2F%%2Fuser%%3Apwd%%40127.0.0.1%%3A%d%%2Fhead", h_port("plain"))));
        if (refuse) EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_REJECT_USERPWD_IN_URL, &yes, sizeof yes));
        EQ(ask(&c, 0), refuse ? 12005u : 200u);
        if (!refuse) EXPECT(!strstr(body(&c, 0), "pwd") && !strstr(text, "uthorization"));
        h_finish(&c);
    }
}

static void a_websocket_logs_on(int async) {
    int how;
    for (how = 0; how < 3; how++) {
        const char *id = h_token(), *log;
        char got[64];
        recorder *r = rec_new();
        conn c;
        NEED(h_prepare(&c, async, "plain", x_text("/auth/ws/user/pwd?id=%s", id), r, 1));
        if (how == 0) EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
        if (how == 1) options(c.req, "user", "pwd");
        if (how == 2) {
            EQ(h_exchange(&c, async), 0);
            EQ(status(c.req), 401);
            EQ(give(c.req, SERVER, BASIC, "user", "pwd"), 0);
        }
        EQ(h_upgrade(&c, async), 0);
        EQ(h_send(&c, async, TXT, "hello", 5), 0);
        EQ_TEXT("", h_message(&c, async, got, sizeof got), "hello");
        log = log_of(id);
        EQ(lines(log), how ? 2 : 1);
        h_finish(&c);
    }
}
BOTH(a_websocket_logs_on)

/* The program's own header stays when nobody is asked for credentials. */
static void an_own_header_is_left_alone(void) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, 0, "GET", x_text("/auth/ask?www=Basic&id=%s", id)));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("Authorization: Bearer xyz"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    EQ(ask(&c, 0), 401);
    log = log_of(id);
    EQ(lines(log), 1);
    EQ_TEXT("", AUTH_OF(log, 0), "Bearer_xyz|-");
    h_finish(&c);
}

/* ---- hostile and broken --------------------------------------------------------------------- */

static void challenges_without_end(int async) {
    /* A type 2 message, over and over; garbage; nothing. */
    static const char *const rows[] = {
        "www=NTLM%20TlRMTVNTUAACAAAAAAAAADgAAAABAoEAASNFZ4mrze8AAAAAAAAAAAAAAAAAAAAA",
        "www=NTLM%20%21%21%21%21&www=Negotiate%20%3D%3D%3D",
        "www=NTLM", "www=Negotiate", "www=NTLM%20AAAA", "www=Negotiate%20YAAA&www=NTLM",
        "www=NTLM&close", "www=NTLM%20TlRMTVNTUAACAAAA&size=5000000",
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = h_token();
        int n;
        DWORD end;
        conn c;
        NEED(x_simple(&c, async, "GET", x_text("/auth/ask?id=%s&%s", id, rows[i])));
        options(c.req, "user", "pwd");
        end = ask(&c, async);
        /* Of a drain that is too long the request may die, of nothing else. */
        if (end != 401 && !(end == 12184 && strstr(rows[i], "size"))) FAIL("%s: %u", rows[i], (unsigned)end);
        n = lines(log_of(id));
        if (n > 4) FAIL("%s: %d requests", rows[i], n);
        h_finish(&c);
    }
}
BOTH(challenges_without_end)

static void many_and_huge_challenges(void) {
    char *path = malloc(1 << 16);
    size_t n;
    int i;
    conn c;
    n = (size_t)snprintf(path, 1 << 16, "/auth/ask?");
    for (i = 0; i < 800; i++) n += (size_t)snprintf(path + n, (1 << 16) - n, "www=Scheme%d%%20a%%3Db&", i);
    snprintf(path + n, (1 << 16) - n, "www=Basic");
    NEED(x_simple(&c, 0, "GET", path));
    options(c.req, "user", "pwd");
    EQ(ask(&c, 0), 401);
    h_finish(&c);
    n = (size_t)snprintf(path, 1 << 16, "/auth/ask?www=Digest%%20nonce%%3D%%22");
    memset(path + n, 'n', 30000);
    strcpy(path + n + 30000, "%22");
    NEED(x_simple(&c, 0, "GET", path));
    options(c.req, "user", "pwd");
    EQ(ask(&c, 0), 401);
    EXPECT(strlen(x_added(c.req, "Authorization")) > 5);
    h_finish(&c);
    n = (size_t)snprintf(path, 1 << 16, "/auth/ask?www=Digest%%20nonce%%3D%%22a%%00%%FF%%22%%2Crealm%%3D%%22%%5C");
    NEED(x_simple(&c, 0, "GET", path));
    options(c.req, "user", "pwd");
    n = ask(&c, 0);
    if (n != 401 && n != 12152) FAIL("%u", (unsigned)n);
    h_finish(&c);
    free(path);
}

static void a_large_401_is_left_behind(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(x_simple(&c, async, "GET", x_text("/auth/basic/user/pwd?size=3000000&id=%s", id)));
    options(c.req, "user", "pwd");
    EQ(ask(&c, async), 200);
    log = log_of(id);
    EQ(lines(log), 2);
    EXPECT(strcmp(CONNECTION_OF(log, 0), CONNECTION_OF(log, 1)));
    h_finish(&c);
}
BOTH(a_large_401_is_left_behind)

static void close_while_logging_on(void) {
    int n;
    for (n = 0; n < 6; n++) {
        conn c;
        NEED(x_simple(&c, 1, "GET", "/auth/digest/user/pwd?forever"));
        options(c.req, "user", "pwd");
        EXPECT(WinHttpSendRequest(c.req, NULL, 0, NULL, 0, 0, (DWORD_PTR)c.rec));
        EXPECT(WinHttpReceiveResponse(c.req, NULL) || GetLastError() == E_STATE);
        h_finish(&c);
    }
}

/* ---- servers by others ---------------------------------------------------------------------- */

/* How many requests have gone out, and how many connections were made, since the last call. */
static int sent(conn *c) { return rec_count(c->rec, c->req, STATUS(SENDING_REQUEST)); }
static int connected(conn *c) { return rec_count(c->rec, c->req, STATUS(CONNECTED_TO_SERVER)); }
static const char *user(conn *c) { return x_header(c->req, "X-User"); }
static void policy(conn *c, DWORD level) { EXPECT(WinHttpSetOption(c->req, WINHTTP_OPTION_AUTOLOGON_POLICY, &level, sizeof level)); }
static int own_session(conn *c, int async, const char *host, const char *port, const char *verb, const char *path) {
    if (!open_to(c, async, host, port, verb, path)) return 0;
    h_apart(c->ses);
    return next(c, verb, path);
}

static const struct server { const char *port, *path; DWORD scheme; int rounds; const char *name; } servers[] = {
    {"apache", "/basic", BASIC, 2, "user"},
    {"apache", "/digest", DIGEST, 2, "user"},
    {"nginx", "/", BASIC, 2, NULL},
    {"apache", "/ntlm", NTLM, 3, "user"},
    {"apache", "/ntlm", NEGOTIATE, 3, "user"},
    {"spnego", "/", NTLM, 3, "DOMAIN\\user"},
    /* This one wants answers that are bound to its certificate. */
    {"spnego_tls", "/", NTLM, 3, "DOMAIN\\user"},
    {"apache", "/kerberos", NEGOTIATE, 2, "user@TEST.EXAMPLE"},
};
#define FOR_SERVERS(s) for (s = servers + from; s < servers + to; s++)
/* A case for each kind of server: Wine does not have everything. */
#define BY(fn, kind, from, to)                                                                   \
    static void fn##_by_##kind(int async) { fn(async, from, to); }                               \
    BOTH(fn##_by_##kind)
#define BY_EACH(fn) BY(fn, password, 0, 3) BY(fn, ntlm, 3, 5) BY(fn, ntlm_of_pyspnego, 5, 7) BY(fn, kerberos, 7, 8)
#define CASES_BY_EACH(fn)                                                                        \
    CASE2(fn##_by_password);                                                                     \
    CASE2(fn##_by_ntlm);                                                                         \
    CASE2(fn##_by_ntlm_of_pyspnego);                                                             \
    CASE2(fn##_by_kerberos)
static const char *name_for(const struct server *s) { return s->scheme == NTLM || (s->scheme == NEGOTIATE && strstr(s->path, "ntlm")) ? "DOMAIN\\user" : "user"; }

/* The program's loop, step by step; then the options, which do it by themselves. */
static void real_servers(int async, int from, int to) {
    const struct server *s;
    FOR_SERVERS(s) {
        DWORD supported, first, target;
        const char *row = x_text("%s%s %x", s->port, s->path, (unsigned)s->scheme);
        conn c;
        NEED(own_session(&c, async, "localhost", s->port, "GET", s->path));
        policy(&c, 2);
        EQ(ask(&c, async), 401);
        EQ(schemes(&c, &supported, &first, &target), 0);
        if (!(supported & s->scheme)) FAIL("%s: offers %x", row, (unsigned)supported);
        EQ(give(c.req, SERVER, s->scheme, name_for(s), "pwd"), 0);
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "200");
        EXPECT(x_starts(body(&c, async), "welcome"));
        if (s->name && strcmp(user(&c), s->name) && strcmp(user(&c), "DOMAIN\\user")) FAIL("%s: %s", row, user(&c));
        EQ(give(c.req, SERVER, s->scheme, name_for(s), "wrong"), 0);
        if (s->scheme != NTLM && s->scheme != NEGOTIATE) EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "401");
        h_finish(&c);
        /* One connection for all of it. */
        NEED(own_session(&c, async, "localhost", s->port, "GET", s->path));
        options(c.req, name_for(s), "pwd");
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "200");
        if (sent(&c) != s->rounds || connected(&c) != 1) FAIL("%s: %d requests, %d connections", row, sent(&c), connected(&c));
        h_finish(&c);
        NEED(own_session(&c, async, "localhost", s->port, "GET", s->path));
        options(c.req, name_for(s), "wrong");
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "401");
        EXPECT(!x_starts(body(&c, async), "welcome"));
        h_finish(&c);
    }
}
BY_EACH(real_servers)

static void real_servers_take_bodies(int async, int from, int to) {
    const struct server *s;
    FOR_SERVERS(s) {
        const char *row = x_text("%s%s %x", s->port, s->path, (unsigned)s->scheme);
        DWORD error = E_RESEND;
        int sends;
        conn c;
        NEED(own_session(&c, async, "localhost", s->port, "POST", s->path));
        options(c.req, name_for(s), "pwd");
        EQ_TEXT(row, x_text("%u", (unsigned)ask_body(&c, async, "a body in one piece")), "200");
        EQ_TEXT(row, body(&c, async), "welcome a body in one piece");
        h_finish(&c);
        NEED(own_session(&c, async, "localhost", s->port, "PUT", s->path));
        policy(&c, 2);
        for (sends = 0; sends < 6; sends++) {
            error = x_send(&c, async, NULL, 0, "piece by ", 9, 14);
            if (!error) error = x_write(&c, async, "piece", 5, NULL);
            if (!error) error = x_receive(&c, async);
            if (!error && status(c.req) == 401) EQ(give(c.req, SERVER, s->scheme, name_for(s), "pwd"), 0);
            else if (error != E_RESEND) break;
        }
        if (error) FAIL("%s: %u after %d sends", row, (unsigned)error, sends + 1);
        else EQ_TEXT(row, body(&c, async), "welcome piece by piece");
        h_finish(&c);
    }
}
BY_EACH(real_servers_take_bodies)

/* Chunked by the library. With NTLM's first message the head says that there is no body, and what is written goes nowhere. */
static void real_servers_take_chunks(int async, int from, int to) {
    const struct server *s;
    FOR_SERVERS(s) {
        const char *row = x_text("%s%s %x", s->port, s->path, (unsigned)s->scheme);
        DWORD error = E_RESEND, feature = WINHTTP_FEATURE_FLAG_AUTOMATIC_CHUNKING;
        int sends, ended_before;
        for (ended_before = 0; ended_before < 2; ended_before++) {
            conn c;
            NEED(own_session(&c, async, "localhost", s->port, "PUT", s->path));
            NEED(WinHttpSetOption(c.ses, WINHTTP_OPTION_FEATURE_SUPPORTED, &feature, sizeof feature));
            WinHttpCloseHandle(c.req);
            h_gone(&c, c.req, "request");
            NEED(c.req = WinHttpOpenRequest(c.con, W("PUT"), h_wide(s->path), NULL, NULL, NULL, WINHTTP_FLAG_AUTOMATIC_CHUNKING));
            options(c.req, name_for(s), "pwd");
            error = E_RESEND;
            for (sends = 0; error == E_RESEND && sends < 6; sends++) {
                error = x_send(&c, async, NULL, 0, "piece by ", 9, 0);
                if (!error && !ended_before) error = x_write(&c, async, "piece", 5, NULL);
                if (!error) error = x_write(&c, async, NULL, 0, NULL);
                if (!error) error = x_receive(&c, async);
            }
            if (error) FAIL("%s: %u after %d sends", row, (unsigned)error, sends);
            else EQ_ROW(row, status(c.req), 200);
            /* All of the body came with the send, so nobody has to be asked for it. */
            if (ended_before) EQ_ROW(row, sends, 1);
            h_finish(&c);
        }
    }
}
BY(real_servers_take_chunks, password, 0, 3)
BY(real_servers_take_chunks, ntlm, 3, 5)

/* A connection that is somebody's is nobody else's. */
static void authenticated_connections_are_kept_apart(int async, int from, int to) {
    const struct server *s;
    FOR_SERVERS(s) {
        const char *path = s->path;
        conn c;
        NEED(own_session(&c, async, "localhost", s->port, "GET", path));
        options(c.req, "DOMAIN\\user", "pwd");
        EQ(ask(&c, async), 200);
        body(&c, async);
        EQ(sent(&c), 3);
        NEED(next(&c, "GET", path));
        policy(&c, 2);
        EQ(ask(&c, async), 401);
        body(&c, async);
        EQ(connected(&c), 1);
        NEED(next(&c, "GET", path));
        options(c.req, "DOMAIN\\other", "pwd2");
        EQ(ask(&c, async), 200);
        if (!strstr(user(&c), "other")) FAIL("user %s", user(&c));
        body(&c, async);
        NEED(next(&c, "GET", path));
        options(c.req, "DOMAIN\\user", "wrong");
        EQ(ask(&c, async), 401);
        body(&c, async);
        /* The same user goes on with the connection that is authenticated, by whatever way the name comes. */
        NEED(next(&c, "GET", path));
        options(c.req, "DOMAIN\\user", "pwd");
        EQ(ask(&c, async), 200);
        if (!strstr(user(&c), "user")) FAIL("user %s", user(&c));
        body(&c, async);
        EQ(sent(&c), 1);
        EQ(connected(&c), 0);
        NEED(next(&c, "GET", path));
        EQ(give(c.req, SERVER, NTLM, "DOMAIN\\user", "pwd"), 0);
        EQ(ask(&c, async), 200);
        EQ(sent(&c), 1);
        h_finish(&c);
    }
}
BY(authenticated_connections_are_kept_apart, ntlm, 3, 4)
BY(authenticated_connections_are_kept_apart, ntlm_of_pyspnego, 5, 6)

/* The user's own tickets: for localhost by itself, elsewhere when the policy says so or not at all. */
static void default_credentials(int async) {
    static const struct { const char *host; DWORD policy; int given; const char *bypass; DWORD status; } rows[] = {
        {"localhost", 0, 0, NULL, 200}, {"localhost", 1, 0, NULL, 200}, {"localhost", 2, 0, NULL, 401}, {"localhost", 3, 0, NULL, 401},
        {"localhost", 0, 1, NULL, 200}, {"localhost", 2, 1, NULL, 401}, {"127.0.0.1", 0, 0, NULL, 401}, {"127.0.0.1", 0, 1, NULL, 401},
        {"127.0.0.1", 1, 0, NULL, 200}, {"127.0.0.1", 1, 1, NULL, 200}, {"127.0.0.1", 0, 0, "127.0.0.1", 200}, {"127.0.0.1", 2, 0, "127.0.0.1", 401},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        WCHAR spn[64];
        DWORD size = sizeof spn;
        conn c;
        NEED(own_session(&c, async, rows[i].host, "apache", "GET", "/kerberos"));
        if (rows[i].bypass) {
            WCHAR proxy[32], bypass[32];
            WINHTTP_PROXY_INFO info = {WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy, bypass};
            memcpy(proxy, h_wide("localhost:1"), sizeof proxy);
            memcpy(bypass, h_wide(rows[i].bypass), sizeof bypass);
            EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_PROXY, &info, sizeof info));
            NEED(next(&c, "GET", "/kerberos"));
        }
        policy(&c, rows[i].policy);
        if (rows[i].given) EQ(give(c.req, SERVER, NEGOTIATE, NULL, NULL), 0);
        EQ_TEXT(x_text("row %u", (unsigned)i), x_text("%u", (unsigned)ask(&c, async)), x_text("%u", (unsigned)rows[i].status));
        if (rows[i].status == 200) {
            EQ_TEXT("", user(&c), "user@TEST.EXAMPLE");
            EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_SPN_USED, spn, &size));
            EQ(size, 2 * (5 + strlen(rows[i].host)));
            EQ(spn[5], rows[i].host[0]);
            /* Asked once, the session knows. */
            body(&c, async);
            if (!rows[i].given) {
                EQ(sent(&c), 2);
                EQ(ask(&c, async), 200);
                EQ(sent(&c), 3);
            }
        }
        /* Basic and Digest never get them. */
        NEED(next(&c, "GET", "/basic"));
        policy(&c, 1);
        EQ(ask(&c, async), 401);
        EQ(sent(&c), 1);
        h_finish(&c);
    }
}
BOTH(default_credentials)

/* With the port the name is another, for which there is no key. */
static void the_service_name_can_have_the_port(void) {
    DWORD yes = 1, size;
    WCHAR spn[64], expected[64];
    conn c;
    NEED(own_session(&c, 0, "localhost", "apache", "GET", "/kerberos"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SPN, &yes, sizeof yes));
    EQ(ask(&c, 0), 401);
    h_finish(&c);
    NEED(own_session(&c, 0, "localhost", "apache", "GET", "/ntlm"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_SPN, &yes, sizeof yes));
    EQ(give(c.req, SERVER, NTLM, "DOMAIN\\user", "pwd"), 0);
    EQ(ask(&c, 0), 200);
    size = sizeof spn;
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_SPN_USED, spn, &size));
    memcpy(expected, h_wide(x_text("HTTP/localhost:%d", h_port("apache"))), sizeof expected / 2);
    EXPECT(!memcmp(spn, expected, size));
    h_finish(&c);
}

static void a_rude_server_gets_the_401_shown(int async) {
    static const char *const paths[] = {"/rude", "/close"};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        NEED(own_session(&c, async, "localhost", "spnego", "GET", paths[i]));
        options(c.req, "DOMAIN\\user", "pwd");
        EQ(ask(&c, async), 401);
        EQ_TEXT(paths[i], body(&c, async), "go on");
        EQ(sent(&c), 2);
        /* And works with the next request. */
        NEED(next(&c, "GET", "/"));
        options(c.req, "DOMAIN\\user", "pwd");
        EQ(ask(&c, async), 200);
        h_finish(&c);
    }
}
BOTH(a_rude_server_gets_the_401_shown)

/* A token that goes out unasked and is refused is tried once more when it is asked for, and no oftener. */
static void a_token_that_went_out_unasked_is_not_the_last(int async) {
    conn c;
    NEED(own_session(&c, async, "localhost", "spnego", "GET", "/deaf"));
    EQ(give(c.req, SERVER, NTLM, "DOMAIN\\user", "pwd"), 0);
    EQ(ask(&c, async), 200);
    EXPECT(x_starts(body(&c, async), "welcome"));
    EQ(sent(&c), 3);
    h_finish(&c);
    NEED(own_session(&c, async, "localhost", "plain", "GET", "/auth/ask?status=401&www=NTLM"));
    EQ(give(c.req, SERVER, NTLM, "DOMAIN\\user", "pwd"), 0);
    EQ(ask(&c, async), 401);
    EQ(sent(&c), 2);
    h_finish(&c);
}
BOTH(a_token_that_went_out_unasked_is_not_the_last)

static void keep_alive_is_needed_for_ntlm(void) {
    DWORD off = WINHTTP_DISABLE_KEEP_ALIVE;
    conn c;
    NEED(own_session(&c, 0, "localhost", "spnego", "GET", "/"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof off));
    options(c.req, "DOMAIN\\user", "pwd");
    EQ(ask(&c, 0), 401);
    EQ(sent(&c), 1);
    h_finish(&c);
}

/* ---- proxies -------------------------------------------------------------------------------- */

static const struct proxy { const char *port; DWORD scheme; int rounds; } proxies[] = {
    {"proxy_basic", BASIC, 2}, {"proxy_digest", DIGEST, 2}, {"proxy_ntlm", NTLM, 3}, {"proxy_kerberos", NEGOTIATE, 2},
};
#define FOR_PROXIES(p) for (p = proxies + from; p < proxies + to; p++)
#define BY_EACH_PROXY(fn) BY(fn, password, 0, 2) BY(fn, ntlm, 2, 3) BY(fn, kerberos, 3, 4)
#define CASES_BY_EACH_PROXY(fn)                                                                  \
    CASE2(fn##_by_password);                                                                     \
    CASE2(fn##_by_ntlm);                                                                         \
    CASE2(fn##_by_kerberos)
static const char *proxy_user(const struct proxy *p) { return p->scheme == NTLM ? "DOMAIN\\user" : "user"; }

/* To the scripted server or Apache, plain or in TLS, through this proxy. */
static int through(conn *c, int async, const struct proxy *p, int secure, const char *verb, const char *path) {
    memset(c, 0, sizeof *c);
    c->rec = rec_new();
    /* The proxy by its name: tickets are for names. */
    c->ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_NAMED_PROXY, h_wide(x_text("localhost:%d", h_port(p->port))), NULL, async ? WINHTTP_FLAG_ASYNC : 0);
    if (!c->ses) return 0;
    h_apart(c->ses);
    h_record_all(c->ses, c->rec);
    if (!(c->con = WinHttpConnect(c->ses, W("localhost"), h_port(secure ? "tls" : "plain"), 0))) return 0;
    return (c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, secure ? WINHTTP_FLAG_SECURE : 0)) != NULL;
}
static int through_next(conn *c, int secure, const char *verb, const char *path) {
    WinHttpCloseHandle(c->req);
    if (c->rec) h_gone(c, c->req, "request");
    return (c->req = WinHttpOpenRequest(c->con, h_wide(verb), h_wide(path), NULL, NULL, NULL, secure ? WINHTTP_FLAG_SECURE : 0)) != NULL;
}
static void proxy_options(HINTERNET h, const char *name, const char *password) {
    EQ(set_text(h, WINHTTP_OPTION_PROXY_USERNAME, name), 0);
    EQ(set_text(h, WINHTTP_OPTION_PROXY_PASSWORD, password), 0);
}

static void real_proxies(int async, int from, int to) {
    const struct proxy *p;
    int secure;
    FOR_PROXIES(p) for (secure = 0; secure < 2; secure++) {
        char row[64];
        const char *id = h_token(), *log;
        DWORD supported, first, target;
        conn c;
        snprintf(row, sizeof row, "%s %s", p->port, secure ? "https" : "http");
        NEED(through(&c, async, p, secure, "GET", x_text("/auth/open?id=%s", id)));
        policy(&c, 2);
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "407");
        EQ(schemes(&c, &supported, &first, &target), 0);
        EQ(target, PROXY);
        if (!(supported & p->scheme)) FAIL("%s: offers %x", row, (unsigned)supported);
        EQ(give(c.req, PROXY, p->scheme, proxy_user(p), "pwd"), 0);
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "200");
        EQ_TEXT(row, body(&c, async), "welcome ");
        h_finish(&c);
        NEED(through(&c, async, p, secure, "POST", x_text("/auth/open?id=%s", id)));
        proxy_options(c.req, proxy_user(p), "pwd");
        EQ_TEXT(row, x_text("%u", (unsigned)ask_body(&c, async, "with a body")), "200");
        EQ_TEXT(row, body(&c, async), "welcome with a body");
        if (sent(&c) != p->rounds + secure) FAIL("%s: %d requests", row, sent(&c));
        /* Nothing of it is the server's to see. */
        log = log_of(id);
        if (strstr(log, "Basic_") || strstr(log, "Digest_") || strstr(log, "NTLM_") || strstr(log, "Negotiate_")) FAIL("%s: %s", row, log);
        /* The next request is known, or needs no introduction. */
        NEED(through_next(&c, secure, "GET", "/auth/open"));
        proxy_options(c.req, proxy_user(p), "pwd");
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "200");
        if ((p->scheme != DIGEST || secure) && sent(&c) != 1) FAIL("%s: %d requests on %d connections", row, sent(&c), connected(&c));
        body(&c, async);
        /* One without credentials gets nothing of what others have authenticated. */
        NEED(through_next(&c, secure, "GET", "/auth/open"));
        policy(&c, 2);
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "407");
        body(&c, async);
        NEED(through_next(&c, secure, "GET", "/auth/open"));
        proxy_options(c.req, proxy_user(p), "wrong");
        EQ_TEXT(row, x_text("%u", (unsigned)ask(&c, async)), "407");
        h_finish(&c);
    }
}
BY_EACH_PROXY(real_proxies)

/* The user's tickets are for proxies, whatever the policy says of servers, unless it says never. */
static void default_credentials_for_a_proxy(void) {
    static const struct { DWORD policy, status; } rows[] = {{0, 200}, {1, 200}, {2, 407}, {3, 200}};
    size_t i;
    for (i = 0; i < 8; i++) {
        conn c;
        NEED(through(&c, 0, &proxies[3], i & 1, "GET", "/auth/open"));
        policy(&c, rows[i / 2].policy);
        EQ_TEXT(x_text("row %u", (unsigned)i), x_text("%u", (unsigned)ask(&c, 0)), x_text("%u", (unsigned)rows[i / 2].status));
        h_finish(&c);
    }
}

/* Server and proxy ask both, each for its own. */
static void server_and_proxy_both_ask(int async, int from, int to) {
    const struct proxy *p;
    int secure;
    FOR_PROXIES(p) for (secure = 0; secure < 2; secure++) {
        const char *row = x_text("%s %d", p->port, secure), *id = h_token(), *log;
        conn c;
        NEED(through(&c, async, p, secure, "PUT", x_text("/auth/digest/user/server?id=%s", id)));
        options(c.req, "user", "server");
        proxy_options(c.req, proxy_user(p), "pwd");
        /* In absolute form the scripted server would see another target than Digest was computed for. */
        if (!secure) {
            NEED(through_next(&c, 0, "PUT", x_text("/auth/basic/user/server?id=%s", id)));
            options(c.req, "user", "server");
            proxy_options(c.req, proxy_user(p), "pwd");
        }
        EQ_TEXT(row, x_text("%u", (unsigned)ask_body(&c, async, "body")), "200");
        EXPECT(strstr(body(&c, async), "body"));
        log = log_of(id);
        EQ(lines(log), 2);
        if (!x_starts(AUTH_OF(log, 1), secure ? "Digest_" : "Basic_") || !strstr(AUTH_OF(log, 1), "|-")) FAIL("%s: %s", row, log);
        h_finish(&c);
    }
}
BY_EACH_PROXY(server_and_proxy_both_ask)

/* A proxy that never asks gets nothing; one that asks once gets it before it asks again. */
static void a_proxy_gets_nothing_unasked(int async) {
    static const char *const hosts[] = {"peaceful.test", "challenge.test", "shut.test"};
    size_t i;
    int given;
    for (i = 0; i < 3; i++) for (given = 0; given < 2; given++) {
        const char *log;
        conn c;
        memset(&c, 0, sizeof c);
        h_get_text("/proxied");
        c.rec = rec_new();
        c.ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_NAMED_PROXY, h_wide(x_text("127.0.0.1:%d", h_port("proxy"))), NULL, async ? WINHTTP_FLAG_ASYNC : 0);
        h_record_all(c.ses, c.rec);
        c.con = WinHttpConnect(c.ses, h_wide(hosts[i]), h_port("plain"), 0);
        NEED(c.req = WinHttpOpenRequest(c.con, W("GET"), W("/status/200"), NULL, NULL, NULL, 0));
        if (given) EQ(give(c.req, PROXY, BASIC, "user", "pwd"), 0);
        else proxy_options(c.req, "user", "pwd");
        EQ(ask(&c, async), i ? 407u : 200u);
        log = h_get_text("/proxied");
        EQ(strstr(log, "Proxy-Authorization: Basic dXNlcjpwd2Q=") != NULL, i > 0);
        if (strstr(log, "\r\n\r\n") && strstr(log, "Proxy-Authorization") && strstr(log, "Proxy-Authorization") < strstr(log, "\r\n\r\n")) FAIL("%s: unasked", hosts[i]);
        h_finish(&c);
    }
}
BOTH(a_proxy_gets_nothing_unasked)

/* A 407 that comes through a tunnel is the server's, who has no business with the proxy's password. */
static void a_407_out_of_a_tunnel_is_the_servers(int async) {
    const char *id = h_token(), *log;
    conn c;
    NEED(through(&c, async, &proxies[0], 1, "GET", x_text("/auth/ask?status=407&proxy=Basic&size=4&id=%s", id)));
    proxy_options(c.req, "user", "pwd");
    EQ(ask(&c, async), 407);
    EQ_TEXT("", body(&c, async), "xxxx");
    log = log_of(id);
    EQ(lines(log), 1);
    EQ_TEXT("", AUTH_OF(log, 0), "-|-");
    h_finish(&c);
}
BOTH(a_407_out_of_a_tunnel_is_the_servers)

static void schemes_for_proxies_can_be_switched_off(void) {
    /* NTLM goes by Negotiate, too. */
    static const DWORD bits[] = {1, 2, 4 | 0x10, 0x10};
    size_t i;
    for (i = 0; i < 4; i++) {
        DWORD off = bits[i];
        conn c;
        NEED(through(&c, 0, &proxies[i], 0, "GET", "/auth/open"));
        EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES, &off, sizeof off));
        NEED(through_next(&c, 0, "GET", "/auth/open"));
        proxy_options(c.req, proxy_user(&proxies[i]), "pwd");
        EQ(ask(&c, 0), 407);
        h_finish(&c);
    }
}

#ifndef _WIN32
/* Some cases again with all that the log has to say; passwords, names and what is made of them are not in it. */
static void nothing_of_it_is_in_the_log(void) {
    static const char *const secrets[] = {"pwd", "dXNlcjpwd2Q", "TlRMTVNTUAAD", "response=", "YII", "DOMAIN", "TEST.EXAMPLE", "Authorization"};
    static const char *const cases[] = {"real_servers_by_password_sync", "real_servers_by_ntlm_sync", "real_servers_by_kerberos_async", "real_proxies_by_password_sync", "real_proxies_by_ntlm_async", "default_credentials_sync"};
    size_t i, j;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[1024], self[512], line[4096];
        ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
        int some = 0;
        FILE *log;
        NEED(n > 0);
        self[n] = 0;
        snprintf(command, sizeof command, "WINHTTP_LOG=trace '%s' --only %s 2>&1 >/dev/null", self, cases[i]);
        NEED(log = popen(command, "r"));
        while (fgets(line, sizeof line, log)) {
            some++;
            for (j = 0; j < sizeof secrets / sizeof *secrets; j++)
                if (strstr(line, secrets[j])) FAIL("%s is in the log: %s", secrets[j], line);
        }
        EQ(pclose(log), 0);
        EXPECT(some > 0);
    }
}
#endif

TESTS {
    CASE(the_challenge_is_told);
    CASE(arguments_of_credentials);
    CASE(options_read_back);
    CASE(other_options);
    CASE2(basic_goes_out_with_the_first_request);
    CASE2(credentials_are_for_one_send);
    CASE2(options_wait_for_a_challenge);
    CASE2(credentials_beat_options);
    CASE2(wrong_credentials_are_tried_once);
    CASE(names_with_a_domain_and_other_letters);
    CASE2(the_session_remembers_what_worked);
    CASE2(authentication_switched_off);
    CASE2(digest_of_every_kind);
    CASE2(digest_after_the_challenge);
    CASE2(stale_nonces_are_replaced);
    CASE(the_strongest_scheme_is_chosen);
    CASE2(a_body_given_with_the_send_goes_out_again);
    CASE2(a_written_body_is_asked_for_again);
    CASE2(credentials_stay_with_their_server);
    CASE2(a_server_is_no_proxy);
    CASE(names_in_a_location_can_be_refused);
    CASE2(a_websocket_logs_on);
    CASE(an_own_header_is_left_alone);
    CASE2(challenges_without_end);
    CASE(many_and_huge_challenges);
    CASE2(a_large_401_is_left_behind);
    CASE(close_while_logging_on);
    CASES_BY_EACH(real_servers);
    CASES_BY_EACH(real_servers_take_bodies);
    CASE2(real_servers_take_chunks_by_password);
    CASE2(real_servers_take_chunks_by_ntlm);
    CASE2(authenticated_connections_are_kept_apart_by_ntlm);
    CASE2(authenticated_connections_are_kept_apart_by_ntlm_of_pyspnego);
    CASE2(default_credentials);
    CASE(the_service_name_can_have_the_port);
    CASE2(a_rude_server_gets_the_401_shown);
    CASE2(a_token_that_went_out_unasked_is_not_the_last);
    CASE(keep_alive_is_needed_for_ntlm);
    CASES_BY_EACH_PROXY(real_proxies);
    CASE(default_credentials_for_a_proxy);
    CASES_BY_EACH_PROXY(server_and_proxy_both_ask);
    CASE2(a_proxy_gets_nothing_unasked);
    CASE2(a_407_out_of_a_tunnel_is_the_servers);
    CASE(schemes_for_proxies_can_be_switched_off);
#ifndef _WIN32
    CASE(nothing_of_it_is_in_the_log);
#endif
}
END_TESTS
