/* WinHttpCrackUrl, WinHttpCreateUrl, WinHttpCheckPlatform. */
#include "harness.h"

#ifndef ICU_INCLUDE_DEFAULT_PORT
#define ICU_INCLUDE_DEFAULT_PORT 0x00008000
#endif

/* UTF-16 as text: what is not printable ASCII becomes <hex>. */
static const char *narrow(const WCHAR *p, size_t n) {
    static char pool[32][1024];
    static unsigned next;
    char *to = pool[next++ % 32];
    size_t at = 0, i;
    if (!p) return "(null)";
    for (i = 0; i < n && at < 1000; i++)
        at += (size_t)(p[i] >= 32 && p[i] < 127 ? snprintf(to + at, 1024 - at, "%c", (char)p[i]) : snprintf(to + at, 1024 - at, "<%x>", p[i]));
    to[at] = 0;
    return to;
}
static size_t length(const WCHAR *p) {
    size_t n = 0;
    while (p[n]) n++;
    return n;
}
static const char *narrow0(const WCHAR *p) { return p ? narrow(p, length(p)) : "(null)"; }

#define EQ_TEXT(row, got, want)                                                                  \
    do {                                                                                         \
        const char *g_ = (got), *w_ = (want);                                                    \
        if (strcmp(g_, w_)) FAIL("%s: %s is\n       \"%s\", not\n       \"%s\"", (row), #got, g_, w_); \
    } while (0)

/* ---- WinHttpCrackUrl ------------------------------------------------------------------------- */

static DWORD crack(LPCWSTR url, DWORD n, DWORD flags, URL_COMPONENTS *uc) {
    SetLastError(0xdead);
    if (!WinHttpCrackUrl(url, n, flags, uc)) return GetLastError();
    if (GetLastError()) FAIL("last error %u after success", (unsigned)GetLastError());
    return 0;
}

static URL_COMPONENTS pointers(void) {
    URL_COMPONENTS uc;
    memset(&uc, 0, sizeof uc);
    uc.dwStructSize = sizeof uc;
    uc.dwSchemeLength = uc.dwHostNameLength = uc.dwUserNameLength = uc.dwPasswordLength = uc.dwUrlPathLength = uc.dwExtraInfoLength = (DWORD)-1;
    return uc;
}

typedef struct buffers {
    WCHAR scheme[64], host[64], user[64], password[64], path[128], extra[128];
} buffers;

static URL_COMPONENTS into(buffers *b) {
    URL_COMPONENTS uc;
    memset(&uc, 0, sizeof uc);
    memset(b, 0x5a, sizeof *b);
    uc.dwStructSize = sizeof uc;
    uc.lpszScheme = b->scheme, uc.dwSchemeLength = 64;
    uc.lpszHostName = b->host, uc.dwHostNameLength = 64;
    uc.lpszUserName = b->user, uc.dwUserNameLength = 64;
    uc.lpszPassword = b->password, uc.dwPasswordLength = 64;
    uc.lpszUrlPath = b->path, uc.dwUrlPathLength = 128;
    uc.lpszExtraInfo = b->extra, uc.dwExtraInfoLength = 128;
    return uc;
}

static void sizes_of_the_struct(void) {
    EQ(sizeof(URL_COMPONENTS), sizeof(void *) == 8 ? 104 : 60);
    EQ(INTERNET_SCHEME_HTTP, 1);
    EQ(INTERNET_SCHEME_HTTPS, 2);
    EQ(INTERNET_DEFAULT_HTTP_PORT, 80);
    EQ(INTERNET_DEFAULT_HTTPS_PORT, 443);
    EQ(INTERNET_DEFAULT_PORT, 0);
}

/* A user or password of NULL must come back as NULL and 0. */
static const struct {
    const char *url;
    DWORD error;
    int scheme_number, port;
    const char *scheme, *user, *password, *host, *path, *extra;
} grammar[] = {
    {"http://www.example.org/a/b?c=d", 0, 1, 80, "http", NULL, NULL, "www.example.org", "/a/b", "?c=d"},
    {"https://www.example.org/a", 0, 2, 443, "https", NULL, NULL, "www.example.org", "/a", ""},
    {"http://ann:secret@example.org:8080/a?b", 0, 1, 8080, "http", "ann", "secret", "example.org", "/a", "?b"},
    {"https://ann@example.org/", 0, 2, 443, "https", "ann", NULL, "example.org", "/", ""},
    {"http://a:b:c@example.org/", 0, 1, 80, "http", "a", "b:c", "example.org", "/", ""},
    {"HTTP://EXAMPLE.org/Path", 0, 1, 80, "HTTP", NULL, NULL, "EXAMPLE.org", "/Path", ""},
    {"hTTpS://example.org", 0, 2, 443, "hTTpS", NULL, NULL, "example.org", "", ""},
    {"http://example.org", 0, 1, 80, "http", NULL, NULL, "example.org", "", ""},
    {"http://example.org/", 0, 1, 80, "http", NULL, NULL, "example.org", "/", ""},
    {"http://example.org/post?", 0, 1, 80, "http", NULL, NULL, "example.org", "/post", "?"},
    {"http://example.org/post;a", 0, 1, 80, "http", NULL, NULL, "example.org", "/post;a", ""},
    {"http://example.org/x?a=b@c&d=e", 0, 1, 80, "http", NULL, NULL, "example.org", "/x", "?a=b@c&d=e"},
    {"http://example.org/x@y/z", 0, 1, 80, "http", NULL, NULL, "example.org", "/x@y/z", ""},
    {"http://example.org/a?b?c", 0, 1, 80, "http", NULL, NULL, "example.org", "/a", "?b?c"},
    {"http://example.org/a?b/c:d", 0, 1, 80, "http", NULL, NULL, "example.org", "/a", "?b/c:d"},
    {"http://example.org/a:9/b", 0, 1, 80, "http", NULL, NULL, "example.org", "/a:9/b", ""},
    {"http://example.org:", 0, 1, 80, "http", NULL, NULL, "example.org", "", ""},
    {"https://example.org:/", 0, 2, 443, "https", NULL, NULL, "example.org", "/", ""},
    {"http://example.org:0/", 0, 1, 0, "http", NULL, NULL, "example.org", "/", ""},
    {"http://example.org:1", 0, 1, 1, "http", NULL, NULL, "example.org", "", ""},
    {"http://example.org:42/", 0, 1, 42, "http", NULL, NULL, "example.org", "/", ""},
    {"http://example.org:65535/", 0, 1, 65535, "http", NULL, NULL, "example.org", "/", ""},
    {"http://example.org:65536/", .error = 12005},
    {"http://example.org:65537", .error = 12005},
    {"http://example.org:4294967376/", .error = 12005},
    {"http://example.org:99999999999999999999/", .error = 12005},
    {"http://example.org:80x/", .error = 12005},
    {"http://[::1]:8080/x", 0, 1, 8080, "http", NULL, NULL, "[::1]", "/x", ""},
    {"http://[fe80::1]/x?y", 0, 1, 80, "http", NULL, NULL, "[fe80::1]", "/x", "?y"},
    {"http://u:p@[::1]:81/", 0, 1, 81, "http", "u", "p", "[::1]", "/", ""},
    {"http://exam ple.o rg/a b", 0, 1, 80, "http", NULL, NULL, "exam ple.o rg", "/a b", ""},
    {"http://example.org/a\\b", 0, 1, 80, "http", NULL, NULL, "example.org", "/a\\b", ""},
    {"http://ex%61mple.org/%20", 0, 1, 80, "http", NULL, NULL, "ex%61mple.org", "/%20", ""},
    {"http://:@example.org/", 0, 1, 80, "http", "", "", "example.org", "/", ""},
    /* Nothing is trimmed, and a ? that no / comes before stays in the host, as in Windows 7 and 10. */
    {"http://example.org/a ", 0, 1, 80, "http", NULL, NULL, "example.org", "/a ", ""},
    {"http://example.org?x=1", 0, 1, 80, "http", NULL, NULL, "example.org?x=1", "", ""},
    {"http://example.org?x=1/y", 0, 1, 80, "http", NULL, NULL, "example.org?x=1", "/y", ""},
    {"http://[::1]:/", 0, 1, 80, "http", NULL, NULL, "[::1]", "/", ""},
    {"http://[::1", .error = 12005},
    {"http://[::1]x/", .error = 12005},
    {"http://[::1]:65536/", .error = 12005},
    {"http://:80/", .error = 12005},
    {"http://@/", .error = 12005},
    {"http://ann:secret@/", .error = 12005},
    {"http:///path", .error = 12005},
    {"http://example.org:-1/", .error = 12005},
    {"http://example.org: 80/", .error = 12005},
    {":", .error = 12006},
    {"://example.org/", .error = 12006},
    {"", .error = 12006},
    {"http", .error = 12006},
    {"www", .error = 12006},
    {"www.example.org", .error = 12006},
    {"example.org/path", .error = 12006},
    {"ftp://example.org/", .error = 12006},
    {"file:///tmp/x", .error = 12006},
    {"mailto:ann@example.org", .error = 12006},
    {"ws://example.org/", .error = 12006},
    {"wss://example.org/", .error = 12006},
    {"httpx://example.org/", .error = 12006},
    {" http://example.org/", .error = 12006},
    {"HTTP:www.example.org", .error = 12005},
    {"http:/www.example.org", .error = 12005},
    {"http:", .error = 12005},
    {"http:/", .error = 12005},
    {"http://", .error = 12005},
    {"https://", .error = 12005},
};

static void the_grammar_by_pointers(void) {
    size_t i;
    for (i = 0; i < sizeof grammar / sizeof *grammar; i++) {
        const char *row = grammar[i].url;
        LPCWSTR url = h_wide(row);
        LPCWSTR end = url + strlen(row);
        URL_COMPONENTS uc = pointers();
        uc.nScheme = (INTERNET_SCHEME)77;
        uc.nPort = 4711;
        EQ_ROW(row, crack(url, 0, 0, &uc), grammar[i].error);
        if (grammar[i].error) continue;
        EQ_ROW(row, uc.nScheme, grammar[i].scheme_number);
        EQ_ROW(row, uc.nPort, grammar[i].port);
        EXPECT(uc.lpszScheme == url);
        EQ_TEXT(row, narrow(uc.lpszScheme, uc.dwSchemeLength), grammar[i].scheme);
        EQ_TEXT(row, narrow(uc.lpszHostName, uc.dwHostNameLength), grammar[i].host);
        EQ_TEXT(row, narrow(uc.lpszUserName, uc.dwUserNameLength), grammar[i].user ? grammar[i].user : "(null)");
        if (!grammar[i].user) EQ_ROW(row, uc.dwUserNameLength, 0);
        EQ_TEXT(row, narrow(uc.lpszPassword, uc.dwPasswordLength), grammar[i].password ? grammar[i].password : "(null)");
        if (!grammar[i].password) EQ_ROW(row, uc.dwPasswordLength, 0);
        EQ_TEXT(row, narrow(uc.lpszUrlPath, uc.dwUrlPathLength), grammar[i].path);
        EQ_TEXT(row, narrow(uc.lpszExtraInfo, uc.dwExtraInfoLength), grammar[i].extra);
        /* They point into the caller's string; what is not there, at its end. */
        if (uc.lpszHostName < url || uc.lpszHostName > end) FAIL("%s: the host is elsewhere", row);
        if (!*grammar[i].path && uc.lpszUrlPath != end) FAIL("%s: the empty path is not at the end", row);
        if (!*grammar[i].extra && uc.lpszExtraInfo != end) FAIL("%s: the empty extra info is not at the end", row);
    }
}

static void the_grammar_by_buffers(void) {
    size_t i;
    for (i = 0; i < sizeof grammar / sizeof *grammar; i++) {
        const char *row = grammar[i].url;
        buffers b;
        URL_COMPONENTS uc = into(&b);
        EQ_ROW(row, crack(h_wide(row), 0, 0, &uc), grammar[i].error);
        if (grammar[i].error) continue;
        EQ_ROW(row, uc.nScheme, grammar[i].scheme_number);
        EQ_ROW(row, uc.nPort, grammar[i].port);
        EXPECT(uc.lpszScheme == b.scheme && uc.lpszHostName == b.host && uc.lpszUrlPath == b.path && uc.lpszExtraInfo == b.extra);
        EQ_TEXT(row, narrow0(b.scheme), grammar[i].scheme);
        EQ_ROW(row, uc.dwSchemeLength, strlen(grammar[i].scheme));
        EQ_TEXT(row, narrow0(b.host), grammar[i].host);
        EQ_ROW(row, uc.dwHostNameLength, strlen(grammar[i].host));
        EQ_TEXT(row, narrow0(b.user), grammar[i].user ? grammar[i].user : "");
        EQ_ROW(row, uc.dwUserNameLength, grammar[i].user ? strlen(grammar[i].user) : 0);
        EQ_TEXT(row, narrow0(b.password), grammar[i].password ? grammar[i].password : "");
        EQ_ROW(row, uc.dwPasswordLength, grammar[i].password ? strlen(grammar[i].password) : 0);
        EQ_TEXT(row, narrow0(b.path), grammar[i].path);
        EQ_ROW(row, uc.dwUrlPathLength, strlen(grammar[i].path));
        EQ_TEXT(row, narrow0(b.extra), grammar[i].extra);
        EQ_ROW(row, uc.dwExtraInfoLength, strlen(grammar[i].extra));
    }
}

/* The host swallows a ? that no / comes before. */
static void a_question_mark_behind_the_host(void) {
    LPCWSTR url = h_wide("http://example.org?");
    URL_COMPONENTS uc = pointers();
    EQ(crack(url, 0, 0, &uc), 0);
    EQ(uc.dwUrlPathLength, 0);
    EQ(uc.dwExtraInfoLength, 0);
    EXPECT(uc.lpszUrlPath == url + 19);
    EXPECT(uc.lpszExtraInfo == url + 19);
}

static void a_fragment_is_extra_information(void) {
    URL_COMPONENTS uc = pointers();
    EQ(crack(W("http://example.org/a#b"), 0, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszUrlPath, uc.dwUrlPathLength), "/a");
    EQ_STR(narrow(uc.lpszExtraInfo, uc.dwExtraInfoLength), "#b");
    uc = pointers();
    EQ(crack(W("http://example.org/a#b?c"), 0, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszExtraInfo, uc.dwExtraInfoLength), "#b?c");
    uc = pointers();
    EQ(crack(W("http://example.org/a?b#c"), 0, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszExtraInfo, uc.dwExtraInfoLength), "?b#c");
}

static void what_is_not_asked_for_stays(void) {
    URL_COMPONENTS uc;
    memset(&uc, 0, sizeof uc);
    uc.dwStructSize = sizeof uc;
    EQ(crack(W("https://ann:secret@example.org:99/a?b"), 0, 0, &uc), 0);
    EQ(uc.nScheme, 2);
    EQ(uc.nPort, 99);
    EXPECT(!uc.lpszScheme && !uc.lpszHostName && !uc.lpszUserName && !uc.lpszPassword && !uc.lpszUrlPath && !uc.lpszExtraInfo);
    EQ(uc.dwSchemeLength | uc.dwHostNameLength | uc.dwUserNameLength | uc.dwPasswordLength | uc.dwUrlPathLength | uc.dwExtraInfoLength, 0);
}

static void any_length_asks_for_a_pointer(void) {
    static const DWORD lengths[] = {1, 2, 0x7fffffff, 0x80000000, 0xffffffff};
    size_t i;
    LPCWSTR url = W("http://example.org/path");
    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        URL_COMPONENTS uc;
        memset(&uc, 0, sizeof uc);
        uc.dwStructSize = sizeof uc;
        uc.dwHostNameLength = lengths[i];
        EQ(crack(url, 0, 0, &uc), 0);
        EXPECT(uc.lpszHostName == url + 7);
        EQ(uc.dwHostNameLength, 11);
        EXPECT(!uc.lpszUrlPath && !uc.dwUrlPathLength);
    }
}

static void the_query_stays_in_the_path_when_nobody_asks_for_it(void) {
    buffers b;
    URL_COMPONENTS uc = pointers();
    uc.dwExtraInfoLength = 0;
    EQ(crack(W("http://example.org/a?b=c"), 0, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszUrlPath, uc.dwUrlPathLength), "/a?b=c");
    EXPECT(!uc.lpszExtraInfo);
    EQ(uc.dwExtraInfoLength, 0);
    uc = into(&b);
    uc.lpszExtraInfo = NULL, uc.dwExtraInfoLength = 0;
    EQ(crack(W("http://example.org/a?b=c"), 0, 0, &uc), 0);
    EQ_STR(narrow0(b.path), "/a?b=c");
    EQ(uc.dwUrlPathLength, 6);
}

static void short_buffers(void) {
    buffers b;
    URL_COMPONENTS uc = into(&b);
    uc.dwSchemeLength = 1;
    uc.dwHostNameLength = 2;
    EQ(crack(W("http://www.example.org/the/path?q"), 0, 0, &uc), ERROR_INSUFFICIENT_BUFFER);
    EQ(uc.dwSchemeLength, 5);
    EQ(uc.dwHostNameLength, 16);
    /* What fits is there all the same. */
    EQ(uc.dwUrlPathLength, 9);
    EQ_STR(narrow(b.path, 10), "/the/path<0>");
    EQ(uc.dwExtraInfoLength, 2);
    EQ_STR(narrow(b.extra, 3), "?q<0>");
    /* Each one alone, by one character: the NUL needs room too. */
    uc = into(&b);
    uc.dwHostNameLength = 15;
    EQ(crack(W("http://www.example.org/"), 0, 0, &uc), ERROR_INSUFFICIENT_BUFFER);
    EQ(uc.dwHostNameLength, 16);
    EQ(b.host[15], 0x5a5a);
    uc = into(&b);
    uc.dwHostNameLength = 16;
    EQ(crack(W("http://www.example.org/"), 0, 0, &uc), 0);
    EQ(uc.dwHostNameLength, 15);
    EQ(b.host[15], 0);
    EQ(b.host[16], 0x5a5a);
    uc = into(&b);
    uc.dwUserNameLength = 1, uc.dwPasswordLength = 6, uc.dwUrlPathLength = 2, uc.dwExtraInfoLength = 1;
    EQ(crack(W("http://ann:secret@example.org/a?b"), 0, 0, &uc), ERROR_INSUFFICIENT_BUFFER);
    EQ(uc.dwUserNameLength, 4);
    EQ(uc.dwPasswordLength, 7);
    EQ(uc.dwUrlPathLength, 3);
    EQ(uc.dwExtraInfoLength, 3);
    EQ(uc.dwHostNameLength, 11);
    /* An absent component needs room for its NUL. */
    uc = into(&b);
    uc.dwUserNameLength = 1;
    EQ(crack(W("http://example.org/"), 0, 0, &uc), 0);
    EQ(uc.dwUserNameLength, 0);
    EQ(b.user[0], 0);
}

static void a_buffer_of_no_length(void) {
    int i;
    for (i = 0; i < 6; i++) {
        buffers b;
        char row[32];
        URL_COMPONENTS uc = into(&b);
        DWORD *lengths[] = {&uc.dwSchemeLength, &uc.dwHostNameLength, &uc.dwUserNameLength, &uc.dwPasswordLength, &uc.dwUrlPathLength, &uc.dwExtraInfoLength};
        snprintf(row, sizeof row, "member %d", i);
        *lengths[i] = 0;
        uc.nScheme = (INTERNET_SCHEME)77;
        uc.nPort = 4711;
        EQ_ROW(row, crack(W("https://ann:secret@example.org:99/a?b"), 0, 0, &uc), ERROR_INVALID_PARAMETER);
        EQ_ROW(row, uc.nScheme, 77);
        EQ_ROW(row, uc.nPort, 4711);
        EQ_ROW(row, *lengths[i], 0);
        EQ_ROW(row, b.scheme[0], 0x5a5a);
        EQ_ROW(row, b.host[0], 0x5a5a);
    }
}

static void bad_parameters_of_crack(void) {
    URL_COMPONENTS uc = pointers();
    EQ(crack(NULL, 0, 0, &uc), ERROR_INVALID_PARAMETER);
    EQ(crack(NULL, 5, 0, &uc), ERROR_INVALID_PARAMETER);
    EQ(crack(W("http://example.org/"), 0, 0, NULL), ERROR_INVALID_PARAMETER);
    EQ(crack(NULL, 0, 0, NULL), ERROR_INVALID_PARAMETER);
    uc.dwStructSize = 0;
    EQ(crack(W("http://example.org/"), 0, 0, &uc), ERROR_INVALID_PARAMETER);
    uc.dwStructSize = sizeof uc - 1;
    EQ(crack(W("http://example.org/"), 0, 0, &uc), ERROR_INVALID_PARAMETER);
    uc.dwStructSize = sizeof uc + 1;
    EQ(crack(W("http://example.org/"), 0, 0, &uc), ERROR_INVALID_PARAMETER);
    EXPECT(!uc.lpszHostName);
}

/* The string ends where the length says; nothing behind it is looked at. */
static void a_given_length(void) {
    static const char text[] = "http://example.org/a?b";
    WCHAR *exact = malloc((sizeof text - 1) * sizeof *exact);
    URL_COMPONENTS uc = pointers();
    size_t i;
    for (i = 0; i < sizeof text - 1; i++) exact[i] = (WCHAR)text[i];
    EQ(crack(exact, sizeof text - 1, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszExtraInfo, uc.dwExtraInfoLength), "?b");
    free(exact);
    uc = pointers();
    EQ(crack(W("http://example.org/a?b"), 20, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszUrlPath, uc.dwUrlPathLength), "/a");
    EQ(uc.dwExtraInfoLength, 0);
    uc = pointers();
    EQ(crack(W("http://example.org:8080/"), 21, 0, &uc), 0);
    EQ(uc.nPort, 80);
    EQ_STR(narrow(uc.lpszHostName, uc.dwHostNameLength), "example.org");
    /* A NUL ends it too: programs count it, or give the size of their whole buffer. */
    uc = pointers();
    EQ(crack(W("http://example.org/a\0b?c\0d"), 26, 0, &uc), 0);
    EQ_STR(narrow(uc.lpszUrlPath, uc.dwUrlPathLength), "/a");
    EQ(uc.dwExtraInfoLength, 0);
    uc = pointers();
    EQ(crack(W("http://example.org:8080\0"), 24, 0, &uc), 0);
    EQ(uc.nPort, 8080);
    EQ_STR(narrow(uc.lpszHostName, uc.dwHostNameLength), "example.org");
    EQ(crack(W("http://example.org/"), 4, 0, &uc), 12006);
    EQ(crack(W("http://example.org/"), 7, 0, &uc), 12005);
}

static void decoding(void) {
    buffers b;
    URL_COMPONENTS uc = into(&b);
    EQ(crack(W("http://a%6en:p%77@ex%61mple.org/p%23q%2Fr%3fs?x=%41%26"), 0, ICU_DECODE, &uc), 0);
    EQ_STR(narrow0(b.host), "example.org");
    EQ(uc.dwHostNameLength, 11);
    EQ_STR(narrow0(b.user), "ann");
    EQ_STR(narrow0(b.password), "pw");
    EQ_STR(narrow0(b.path), "/p#q/r?s");
    EQ(uc.dwUrlPathLength, 8);
    EQ_STR(narrow0(b.extra), "?x=A&");
    EQ(uc.dwExtraInfoLength, 5);
    /* Byte by byte: not as UTF-8. */
    uc = into(&b);
    EQ(crack(W("http://example.org/%C3%a9"), 0, ICU_DECODE, &uc), 0);
    EQ_STR(narrow0(b.path), "/<c3><a9>");
}

static void decoding_needs_buffers(void) {
    static const DWORD flags[] = {ICU_DECODE, ICU_ESCAPE};
    buffers b;
    size_t i;
    for (i = 0; i < 2; i++) {
        URL_COMPONENTS uc = pointers();
        EQ(crack(W("http://example.org/a"), 0, flags[i], &uc), ERROR_INVALID_PARAMETER);
        uc = into(&b);
        uc.lpszUrlPath = NULL, uc.dwUrlPathLength = 1;
        EQ(crack(W("http://example.org/a"), 0, flags[i], &uc), ERROR_INVALID_PARAMETER);
        /* Not for what the URL does not have. */
        uc = into(&b);
        uc.lpszUserName = NULL, uc.dwUserNameLength = 1;
        EQ(crack(W("http://example.org/a"), 0, flags[i], &uc), 0);
        /* Nor for what nobody asked for. */
        memset(&uc, 0, sizeof uc);
        uc.dwStructSize = sizeof uc;
        uc.lpszHostName = b.host, uc.dwHostNameLength = 64;
        EQ(crack(W("http://example.org/a"), 0, flags[i], &uc), 0);
    }
}

static void escaping_while_cracking(void) {
    buffers b;
    URL_COMPONENTS uc = into(&b);
    EQ(crack(W("http://a n:p w@ex ample.org/a b{c}?d e|f"), 0, ICU_ESCAPE, &uc), 0);
    EQ_STR(narrow0(b.path), "/a%20b%7Bc%7D");
    EQ(uc.dwUrlPathLength, 13);
    EQ_STR(narrow0(b.extra), "?d%20e%7Cf");
    EQ_STR(narrow0(b.host), "ex ample.org");
    EQ_STR(narrow0(b.user), "a n");
    EQ_STR(narrow0(b.password), "p w");
    EQ_STR(narrow0(b.scheme), "http");
    /* The length needed is that of the escaped text. */
    uc = into(&b);
    uc.dwUrlPathLength = 6;
    EQ(crack(W("http://example.org/a b"), 0, ICU_ESCAPE, &uc), ERROR_INSUFFICIENT_BUFFER);
    EQ(uc.dwUrlPathLength, 7);
}

static void escaping_wins_over_decoding(void) {
    buffers b;
    URL_COMPONENTS uc = into(&b);
    EQ(crack(W("http://ex%61mple.org/a b"), 0, ICU_DECODE | ICU_ESCAPE, &uc), 0);
    EQ_STR(narrow0(b.host), "ex%61mple.org");
    EQ_STR(narrow0(b.path), "/a%20b");
}

/* Decoded after the parts have been found: no escape moves their borders. */
static void borders_are_found_before_decoding(void) {
    static const struct {
        const char *url, *user, *host, *path, *extra;
    } rows[] = {
        {"http://example.org/a%3fb?c", "", "example.org", "/a?b", "?c"},
        {"http://example.org/a%23b?c", "", "example.org", "/a#b", "?c"},
        {"http://a%40b@example.org/", "a@b", "example.org", "/", ""},
        {"http://a%3ab@example.org/", "a:b", "example.org", "/", ""},
        {"http://example.org%2fa/b", "", "example.org/a", "/b", ""},
        {"http://example.org/%", "", "example.org", "/%", ""},
        {"http://example.org/%4", "", "example.org", "/%4", ""},
        {"http://example.org/%4g%g4", "", "example.org", "/%4g%g4", ""},
        {"http://example.org/%2541", "", "example.org", "/%41", ""},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        buffers b;
        URL_COMPONENTS uc = into(&b);
        EQ_ROW(rows[i].url, crack(h_wide(rows[i].url), 0, ICU_DECODE, &uc), 0);
        EQ_TEXT(rows[i].url, narrow0(b.user), rows[i].user);
        EQ_TEXT(rows[i].url, narrow0(b.host), rows[i].host);
        EQ_TEXT(rows[i].url, narrow0(b.path), rows[i].path);
        EQ_TEXT(rows[i].url, narrow0(b.extra), rows[i].extra);
    }
}

/* Flags of the header that mean nothing here, and such as nobody knows. */
static void flags_without_a_meaning(void) {
    static const DWORD flags[] = {0x20000000, 0x08000000, 0x04000000, 0x02000000, 0x00008000, 0x00002000, 0x00001000, 0x00000001};
    size_t i;
    for (i = 0; i < sizeof flags / sizeof *flags; i++) {
        char row[32];
        URL_COMPONENTS uc = pointers();
        snprintf(row, sizeof row, "flag 0x%08x", (unsigned)flags[i]);
        EQ_ROW(row, crack(W("http://ann:secret@example.org:80/a%20b c?d%"), 0, flags[i], &uc), 0);
        EQ_TEXT(row, narrow(uc.lpszUserName, uc.dwUserNameLength), "ann");
        EQ_TEXT(row, narrow(uc.lpszHostName, uc.dwHostNameLength), "example.org");
        EQ_TEXT(row, narrow(uc.lpszUrlPath, uc.dwUrlPathLength), "/a%20b c");
        EQ_TEXT(row, narrow(uc.lpszExtraInfo, uc.dwExtraInfoLength), "?d%");
        EQ_ROW(row, uc.nPort, 80);
    }
}

/* Nothing is written when the call fails, whatever for. */
static void a_failure_writes_nothing(void) {
    static const struct {
        const char *url;
        DWORD flags, error;
    } rows[] = {
        {"ftp://example.org/", 0, 12006},
        {"http://", 0, 12005},
        {"http://example.org:65536/", 0, 12005},
        {"http://ann@example.org/", ICU_REJECT_USERPWD, 12005},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        buffers b;
        URL_COMPONENTS uc = into(&b), before;
        uc.nScheme = (INTERNET_SCHEME)77;
        uc.nPort = 4711;
        before = uc;
        EQ_ROW(rows[i].url, crack(h_wide(rows[i].url), 0, rows[i].flags, &uc), rows[i].error);
        EXPECT(!memcmp(&uc, &before, sizeof uc));
        EXPECT(b.scheme[0] == 0x5a5a && b.host[0] == 0x5a5a && b.path[0] == 0x5a5a);
    }
}

static void rejecting_credentials(void) {
    URL_COMPONENTS uc = pointers();
    EQ(crack(W("http://example.org/a@b"), 0, ICU_REJECT_USERPWD, &uc), 0);
    EQ(crack(W("http://ann:secret@example.org/"), 0, ICU_REJECT_USERPWD, &uc), 12005);
    EQ(crack(W("http://ann@example.org/"), 0, ICU_REJECT_USERPWD, &uc), 12005);
}

/* ---- WinHttpCreateUrl ------------------------------------------------------------------------ */

static WCHAR url_out[2048];

static DWORD create(URL_COMPONENTS *uc, DWORD flags, LPWSTR to, DWORD *n) {
    SetLastError(0xdead);
    if (!WinHttpCreateUrl(uc, flags, to, n)) return GetLastError();
    if (GetLastError()) FAIL("last error %u after success", (unsigned)GetLastError());
    return 0;
}

/* Each text by pointer and length 0 or, with `counted`, the length. NULL: absent. */
typedef struct parts {
    const char *scheme;
    int number, port;
    const char *user, *password, *host, *path, *extra;
} parts;

static URL_COMPONENTS components(const parts *p, int counted) {
    URL_COMPONENTS uc;
    memset(&uc, 0, sizeof uc);
    uc.dwStructSize = sizeof uc;
#define PUT(text, member, len)                                                                   \
    if (text) uc.member = (LPWSTR)h_wide(text), uc.len = counted ? (DWORD)strlen(text) : 0
    PUT(p->scheme, lpszScheme, dwSchemeLength);
    PUT(p->user, lpszUserName, dwUserNameLength);
    PUT(p->password, lpszPassword, dwPasswordLength);
    PUT(p->host, lpszHostName, dwHostNameLength);
    PUT(p->path, lpszUrlPath, dwUrlPathLength);
    PUT(p->extra, lpszExtraInfo, dwExtraInfoLength);
    uc.nScheme = (INTERNET_SCHEME)p->number;
    uc.nPort = (INTERNET_PORT)p->port;
    return uc;
}

static const struct {
    parts p;
    DWORD flags;
    const char *want;
} made[] = {
    {{"http", 1, 80, "ann", "secret", "example.org", "/a/b", "?c"}, 0, "http://ann:secret@example.org/a/b?c"},
    {{"https", 2, 443, NULL, NULL, "example.org", "/a", NULL}, 0, "https://example.org/a"},
    {{"https", 2, 80, NULL, NULL, "example.org", "/", NULL}, 0, "https://example.org:80/"},
    {{"http", 1, 443, NULL, NULL, "example.org", "/", NULL}, 0, "http://example.org:443/"},
    {{"http", 1, 42, NULL, NULL, "example.org", NULL, NULL}, 0, "http://example.org:42"},
    {{"http", 1, 65535, NULL, NULL, "example.org", NULL, NULL}, 0, "http://example.org:65535"},
    {{"http", 1, 0, NULL, NULL, "example.org", "/", NULL}, 0, "http://example.org:0/"},
    /* The scheme by its number; the text wins. */
    {{NULL, 0, 80, NULL, NULL, "example.org", "/", NULL}, 0, "http://example.org/"},
    {{NULL, 1, 80, NULL, NULL, "example.org", "/", NULL}, 0, "http://example.org/"},
    {{NULL, 2, 443, NULL, NULL, "example.org", "/", NULL}, 0, "https://example.org/"},
    {{NULL, 2, 80, NULL, NULL, "example.org", "/", NULL}, 0, "https://example.org:80/"},
    {{NULL, 3, 21, NULL, NULL, "example.org", "/", NULL}, 0, "ftp://example.org:21/"},
    {{"HTTPS", 0, 443, NULL, NULL, "example.org", "/", NULL}, 0, "HTTPS://example.org/"},
    {{"https", 1, 443, NULL, NULL, "example.org", "/", NULL}, 0, "https://example.org/"},
    {{"https", 0, 443, NULL, NULL, "example.org", "/", NULL}, 0, "https://example.org/"},
    {{"ftp", 0, 80, NULL, NULL, "example.org", "/", NULL}, 0, "ftp://example.org:80/"},
    {{"ws", 0, 80, NULL, NULL, "example.org", "/", NULL}, 0, "ws://example.org:80/"},
    /* Users and passwords. */
    {{"http", 1, 80, "ann", "", "example.org", "/", NULL}, 0, "http://ann:@example.org/"},
    {{"http", 1, 80, "", "", "example.org", "/", NULL}, 0, "http://:@example.org/"},
    {{"http", 1, 80, "", "secret", "example.org", "/", NULL}, 0, "http://:secret@example.org/"},
    {{"http", 1, 80, "ann", NULL, "example.org", "/", NULL}, 0, "http://ann@example.org/"},
    /* No host, no port. */
    {{"http", 1, 42, NULL, NULL, NULL, NULL, "?text"}, 0, "http://?text"},
    {{"http", 1, 42, NULL, NULL, NULL, "/text", NULL}, 0, "http:///text"},
    /* Path and extra information. */
    {{"http", 1, 80, NULL, NULL, "example.org", "a/b", NULL}, 0, "http://example.org/a/b"},
    {{"http", 1, 80, NULL, NULL, "example.org", NULL, "?x"}, 0, "http://example.org?x"},
    {{"http", 1, 80, NULL, NULL, "example.org", "/a", "#x"}, 0, "http://example.org/a#x"},
    {{"http", 1, 80, NULL, NULL, "example.org", "/a", "x"}, 0, "http://example.org/ax"},
    {{"http", 1, 80, NULL, NULL, "[::1]", "/a", NULL}, 0, "http://[::1]/a"},
    {{"http", 1, 81, NULL, NULL, "::1", "/a", NULL}, 0, "http://::1:81/a"},
    /* Escaping: path and extra information only. */
    {{"http", 1, 80, "a n", "p w", "ex ample.org", "/a b", "?c d"}, 0, "http://a n:p w@ex ample.org/a b?c d"},
    {{"http", 1, 80, "a n", "p w", "ex ample.org", "/a b", "?c d"}, ICU_ESCAPE, "http://a n:p w@ex ample.org/a%20b?c%20d"},
    {{"http", 1, 80, NULL, NULL, "example.org", "/a%20b", "?%41"}, ICU_ESCAPE, "http://example.org/a%2520b?%2541"},
    {{"http", 1, 80, NULL, NULL, "example.org", "a b", NULL}, ICU_ESCAPE, "http://example.org/a%20b"},
};

static void composing(int counted) {
    size_t i;
    for (i = 0; i < sizeof made / sizeof *made; i++) {
        const char *row = made[i].want;
        URL_COMPONENTS uc = components(&made[i].p, counted);
        DWORD n = 0, need = (DWORD)strlen(row);
        /* Length 0 with an empty text is the same either way. */
        EQ_ROW(row, create(&uc, made[i].flags, NULL, &n), ERROR_INSUFFICIENT_BUFFER);
        EQ_ROW(row, n, need + 1);
        memset(url_out, 0x5a, sizeof url_out);
        n = need;
        EQ_ROW(row, create(&uc, made[i].flags, url_out, &n), ERROR_INSUFFICIENT_BUFFER);
        EQ_ROW(row, n, need + 1);
        memset(url_out, 0x5a, sizeof url_out);
        EQ_ROW(row, create(&uc, made[i].flags, url_out, &n), 0);
        EQ_ROW(row, n, need);
        EQ_TEXT(row, narrow(url_out, need + 1), narrow(h_wide(row), need + 1));
        EQ_ROW(row, url_out[need + 1], 0x5a5a);
    }
}
static void composing_from_terminated_texts(void) { composing(0); }
static void composing_from_counted_texts(void) { composing(1); }

static void the_lengths_of_create(void) {
    static const parts p = {"http", 1, 80, "name", "secret", "www.example.org", "/a/place", "?asked"};
    static const DWORD small[] = {0, 1, 10, 46};
    const char *want = "http://name:secret@www.example.org/a/place?asked";
    URL_COMPONENTS uc = components(&p, 1);
    DWORD n, i;
    for (i = 0; i < 4; i++) {
        n = small[i];
        EQ(create(&uc, 0, url_out, &n), ERROR_INSUFFICIENT_BUFFER);
        EQ(n, strlen(want) + 1);
        n = small[i];
        EQ(create(&uc, 0, NULL, &n), ERROR_INSUFFICIENT_BUFFER);
        EQ(n, strlen(want) + 1);
    }
    n = 256;
    EQ(create(&uc, 0, NULL, &n), ERROR_INVALID_PARAMETER);
    EQ(n, 256);
    EQ(create(&uc, 0, url_out, &n), 0);
    EQ(n, strlen(want));
    EQ_STR(narrow0(url_out), want);
    /* A counted text ends where it says, whatever follows. */
    uc.lpszHostName = (LPWSTR)W("www.example.orgANISATION");
    uc.dwHostNameLength = 15;
    n = 256;
    EQ(create(&uc, 0, url_out, &n), 0);
    EQ_STR(narrow0(url_out), want);
    /* A NUL inside is a character like others. */
    uc.lpszExtraInfo = (LPWSTR)W("?a\0b");
    uc.dwExtraInfoLength = 4;
    n = 256;
    EQ(create(&uc, 0, url_out, &n), 0);
    EQ(n, strlen(want) - 2);
}

static void bad_parameters_of_create(void) {
    static const parts p = {"http", 1, 80, NULL, NULL, "example.org", "/", NULL};
    static const parts nobody = {"http", 1, 80, NULL, "secret", "example.org", "/", NULL};
    URL_COMPONENTS uc = components(&p, 1);
    DWORD n = 256;
    EQ(create(NULL, 0, url_out, &n), ERROR_INVALID_PARAMETER);
    EQ(n, 256);
    EQ(create(&uc, 0, url_out, NULL), ERROR_INVALID_PARAMETER);
    uc.dwStructSize = 0;
    EQ(create(&uc, 0, url_out, &n), ERROR_INVALID_PARAMETER);
    uc.dwStructSize = sizeof uc + 1;
    EQ(create(&uc, 0, url_out, &n), ERROR_INVALID_PARAMETER);
    EQ(n, 256);
    uc = components(&nobody, 1);
    EQ(create(&uc, 0, url_out, &n), ERROR_INVALID_PARAMETER);
    EQ(n, 256);
    /* A number that no scheme has. */
    uc = components(&p, 1);
    uc.lpszScheme = NULL, uc.dwSchemeLength = 0, uc.nScheme = (INTERNET_SCHEME)99;
    EXPECT(create(&uc, 0, url_out, &n) != 0);
    EQ(n, 256);
}

/* Flags that are not of this function change nothing. */
static void flags_that_create_does_not_have(void) {
    static const DWORD flags[] = {0x20000000, 0x10000000, 0x08000000, 0x04000000, 0x02000000, 0x00001000, 0x00000001};
    static const parts p = {"http", 1, 80, "a n", "p w", "h h", "/a %20", "?b"};
    size_t i;
    for (i = 0; i < sizeof flags / sizeof *flags; i++) {
        char row[32];
        URL_COMPONENTS uc = components(&p, 1);
        DWORD n = 256;
        snprintf(row, sizeof row, "flag 0x%08x", (unsigned)flags[i]);
        EQ_ROW(row, create(&uc, flags[i], url_out, &n), 0);
        EQ_TEXT(row, narrow0(url_out), "http://a n:p w@h h/a %20?b");
    }
}

static void every_character_escaped_or_not(void) {
    static const char raw[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$&'()*+,-./:;=?@_";
    unsigned ch;
    for (ch = 1; ch < 128; ch++) {
        URL_COMPONENTS uc;
        WCHAR path[] = {'/', 'x', (WCHAR)ch, 'y'}, extra[] = {'?', (WCHAR)ch};
        char want[64], row[32], c3[4];
        DWORD n = 256;
        memset(&uc, 0, sizeof uc);
        uc.dwStructSize = sizeof uc;
        uc.nPort = 80;
        uc.lpszHostName = (LPWSTR)W("h"), uc.dwHostNameLength = 1;
        uc.lpszUrlPath = path, uc.dwUrlPathLength = 4;
        uc.lpszExtraInfo = extra, uc.dwExtraInfoLength = 2;
        snprintf(row, sizeof row, "character 0x%02x", ch);
        if (strchr(raw, (int)ch)) snprintf(c3, sizeof c3, "%c", (int)ch);
        else snprintf(c3, sizeof c3, "%%%02X", ch);
        snprintf(want, sizeof want, "http://h/x%sy?%s", c3, c3);
        EQ_ROW(row, create(&uc, ICU_ESCAPE, url_out, &n), 0);
        EQ_TEXT(row, narrow0(url_out), want);
        n = 256;
        EQ_ROW(row, create(&uc, 0, url_out, &n), 0);
        EQ_ROW(row, n, 14);
        EQ_ROW(row, url_out[10], ch);
        EQ_ROW(row, url_out[13], ch);
    }
}

static void beyond_ascii(void) {
    static WCHAR path[] = {'/', 0xe9, 0x4e2d, 0};
    URL_COMPONENTS uc;
    DWORD n = 256, error;
    memset(&uc, 0, sizeof uc);
    uc.dwStructSize = sizeof uc;
    uc.nPort = 80;
    uc.lpszHostName = (LPWSTR)W("h"), uc.dwHostNameLength = 1;
    uc.lpszUrlPath = path;
    EQ(create(&uc, 0, url_out, &n), 0);
    EQ_STR(narrow0(url_out), "http://h/<e9><4e2d>");
    n = 256;
    error = create(&uc, ICU_ESCAPE, url_out, &n);
#ifdef _WIN32
    if (error) EQ(error, ERROR_INVALID_PARAMETER);
#else
    EQ(error, 0);
    EQ_STR(narrow0(url_out), "http://h/%C3%A9%E4%B8%AD");
#endif
}

static void newer_flags_of_create(void) {
    static const parts p = {"http", 1, 80, "a n", "p w", "h h", "/", NULL};
    URL_COMPONENTS uc = components(&p, 1);
    DWORD n = 256;
    EQ(create(&uc, ICU_INCLUDE_DEFAULT_PORT, url_out, &n), 0);
    EQ_STR(narrow0(url_out), "http://a n:p w@h h:80/");
    n = 256;
    EQ(create(&uc, ICU_ESCAPE | ICU_ESCAPE_AUTHORITY, url_out, &n), 0);
    EQ_STR(narrow0(url_out), "http://a%20n:p%20w@h%20h/");
    n = 256;
    EQ(create(&uc, ICU_REJECT_USERPWD, url_out, &n), 12005);
    EQ(n, 256);
    uc.lpszUserName = uc.lpszPassword = NULL;
    uc.dwUserNameLength = uc.dwPasswordLength = 0;
    n = 256;
    EQ(create(&uc, ICU_REJECT_USERPWD, url_out, &n), 0);
}

/* What was taken apart goes together again. */
static void there_and_back(void) {
    size_t i;
    for (i = 0; i < sizeof grammar / sizeof *grammar; i++) {
        const char *row = grammar[i].url;
        URL_COMPONENTS uc = pointers();
        DWORD n = 2048;
        /* The only rows that do not come back as they were: an empty port. */
        if (grammar[i].error || strstr(row, "org:/") || strstr(row, "]:/") || !strcmp(row, "http://example.org:")) continue;
        EQ_ROW(row, crack(h_wide(row), 0, 0, &uc), 0);
        EQ_ROW(row, create(&uc, 0, url_out, &n), 0);
        /* A length of 0 means "to the NUL", so the empty user name of `:@` takes what follows it. */
        if (uc.lpszUserName && !uc.dwUserNameLength) continue;
        /* Whether an empty path that is not NULL gets a slash is not written anywhere. */
        if (!*grammar[i].path && n == strlen(row) + 1 && url_out[n - 1] == '/') url_out[--n] = 0;
        EQ_TEXT(row, narrow0(url_out), row);
        EQ_ROW(row, n, strlen(row));
    }
}

static void the_platform(void) { EXPECT(WinHttpCheckPlatform()); }

TESTS {
    CASE(sizes_of_the_struct);
    CASE(the_grammar_by_pointers);
    CASE(the_grammar_by_buffers);
    CASE(a_question_mark_behind_the_host);
    CASE(a_fragment_is_extra_information);
    CASE(what_is_not_asked_for_stays);
    CASE(any_length_asks_for_a_pointer);
    CASE(the_query_stays_in_the_path_when_nobody_asks_for_it);
    CASE(short_buffers);
    CASE(a_buffer_of_no_length);
    CASE(bad_parameters_of_crack);
    CASE(a_given_length);
    CASE(decoding);
    CASE(decoding_needs_buffers);
    CASE(escaping_while_cracking);
    CASE(escaping_wins_over_decoding);
    CASE(borders_are_found_before_decoding);
    CASE(flags_without_a_meaning);
    CASE(a_failure_writes_nothing);
    CASE(rejecting_credentials);
    CASE(composing_from_terminated_texts);
    CASE(composing_from_counted_texts);
    CASE(the_lengths_of_create);
    CASE(bad_parameters_of_create);
    CASE(flags_that_create_does_not_have);
    CASE(every_character_escaped_or_not);
    CASE(beyond_ascii);
    CASE(newer_flags_of_create);
    CASE(there_and_back);
    CASE(the_platform);
}
END_TESTS
