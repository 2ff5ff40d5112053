/* Automatic proxies: scripts, the functions that ask them, and requests that go where a script says. */
#include "proxies.h"

#ifndef WINHTTP_HANDLE_TYPE_PROXY_RESOLVER
#define WINHTTP_HANDLE_TYPE_PROXY_RESOLVER 4
#endif

enum { E_LOGIN = 12015, E_SCRIPT = 12166, E_DOWNLOAD = 12167, E_SERVICE = 12178, E_DETECT = 12180 };

/* A URL on the scripted server. */
static LPCWSTR at(const char *path) { return h_wide(x_text("http://127.0.0.1:%u%s", h_port("plain"), path)); }

/* The URL of this very script. */
static LPCWSTR script(const char *text) {
    static char path[2048];
    size_t i, n = strlen(text), used;
    strcpy(path, "/pac/hex/");
    used = strlen(path);
    for (i = 0; i < n && used + 2 < sizeof path; i++, used += 2) sprintf(path + used, "%02x", (unsigned char)text[i]);
    return at(path);
}

/* The URL of a script whose FindProxyForURL has this body. */
static LPCWSTR body(const char *text) {
    return script(x_text("function FindProxyForURL(url, host) { %s }", text));
}

static WINHTTP_AUTOPROXY_OPTIONS by_script(LPCWSTR url) {
    WINHTTP_AUTOPROXY_OPTIONS o;
    memset(&o, 0, sizeof o);
    o.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL;
    o.lpszAutoConfigUrl = url;
    return o;
}

/* ---- WinHttpGetProxyForUrl ---------------------------------------------------------------------- */

/* The proxies for a URL, "direct", or the error. */
static const char *proxies_with(HINTERNET ses, const char *url, WINHTTP_AUTOPROXY_OPTIONS *o) {
    WINHTTP_PROXY_INFO info;
    const char *text;
    memset(&info, 0x55, sizeof info);
    SetLastError(1);
    if (!WinHttpGetProxyForUrl(ses, h_wide(url), o, &info)) {
        DWORD error = GetLastError();
        EQ(info.dwAccessType, WINHTTP_ACCESS_TYPE_NO_PROXY);
        EXPECT(!info.lpszProxy && !info.lpszProxyBypass);
        return x_text("error %u", (unsigned)error);
    }
    EQ(GetLastError(), 0);
    EXPECT(!info.lpszProxyBypass);
    if (info.dwAccessType == WINHTTP_ACCESS_TYPE_NO_PROXY) {
        EXPECT(!info.lpszProxy);
        return "direct";
    }
    EQ(info.dwAccessType, WINHTTP_ACCESS_TYPE_NAMED_PROXY);
    text = narrow(info.lpszProxy);
    GlobalFree(info.lpszProxy);
    return text;
}
static const char *proxies(HINTERNET ses, const char *url, LPCWSTR script_url) {
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(script_url);
    return proxies_with(ses, url, &o);
}

static const char *const site = "http://www.example.org/path?query";

/* Rows of options spec 6.6. */
static void arguments(void) {
    HINTERNET ses = h_open(0), con = WinHttpConnect(ses, W("127.0.0.1"), 80, 0);
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(body("return 'PROXY p:1'"));
    WINHTTP_PROXY_INFO info;
    LPCWSTR url = h_wide(site);
    static const struct {
        DWORD flags, detect;
        int script;
        DWORD error;
    } rows[] = {
        {0, 0, 0, 87},
        {0, 3, 1, 87},
        {WINHTTP_AUTOPROXY_AUTO_DETECT, 0, 0, 87},
        {WINHTTP_AUTOPROXY_AUTO_DETECT, 0, 1, 87},
        {WINHTTP_AUTOPROXY_CONFIG_URL, 0, 0, 87},
        {WINHTTP_AUTOPROXY_CONFIG_URL, 3, 0, 87},
        {WINHTTP_AUTOPROXY_AUTO_DETECT | WINHTTP_AUTOPROXY_CONFIG_URL, 2, 0, 87},
        {WINHTTP_AUTOPROXY_AUTO_DETECT | WINHTTP_AUTOPROXY_CONFIG_URL, 0, 1, 87},
        {WINHTTP_AUTOPROXY_CONFIG_URL, 0, 1, 0},
        {WINHTTP_AUTOPROXY_CONFIG_URL | WINHTTP_AUTOPROXY_RUN_INPROCESS, 0, 1, 0},
    };
    size_t i;
    EXPECT(!WinHttpGetProxyForUrl(NULL, url, &o, &info));
    EQ(GetLastError(), 6);
    EXPECT(!WinHttpGetProxyForUrl(con, url, &o, &info));
    EQ(GetLastError(), E_TYPE);
    EXPECT(!WinHttpGetProxyForUrl(ses, NULL, &o, &info));
    EQ(GetLastError(), 87);
    EXPECT(!WinHttpGetProxyForUrl(ses, url, NULL, &info));
    EQ(GetLastError(), 87);
    EXPECT(!WinHttpGetProxyForUrl(ses, url, &o, NULL));
    EQ(GetLastError(), 87);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        o.dwFlags = rows[i].flags;
        o.dwAutoDetectFlags = rows[i].detect;
        o.lpszAutoConfigUrl = rows[i].script ? body("return 'PROXY p:1'") : NULL;
        EQ_STR(proxies_with(ses, site, &o), rows[i].error ? x_text("error %u", (unsigned)rows[i].error) : "p:1");
    }
    EQ_STR(proxies(ses, "http:", body("return 'DIRECT'")), "error 12005");
    EQ_STR(proxies(ses, "", body("return 'DIRECT'")), "error 12005");
    EQ_STR(proxies(ses, "nowhere://a/", body("return 'DIRECT'")), "error 12006");
    EQ_STR(proxies(ses, site, W("ftp://127.0.0.1/proxy.pac")), "error 12006");
    EQ_STR(proxies(ses, site, W("file:///etc/proxy.pac")), "error 12006");
    EQ_STR(proxies(ses, site, W("proxy.pac")), "error 12005");
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
    EXPECT(!WinHttpGetProxyForUrl(ses, url, &o, &info));
    EQ(GetLastError(), 6);
}

static void answers(void) {
    static const struct {
        const char *body, *expected;
    } rows[] = {
        {"return 'DIRECT'", "direct"},
        {"return ''", "direct"},
        {"return null", "direct"},
        {"return 'PROXY a.example.org:8080'", "a.example.org:8080"},
        {"return 'proxy a; PROXY b:81 ;DIRECT;PROXY c'", "a:80;b:81"},
        {"return 'DIRECT; PROXY a'", "direct"},
        {"return 'SOCKS s:1; PROXY a; HTTPS h'", "a:80"},
        {"return 'SOCKS s:1'", "direct"},
        {"return 'PROXY [::1]:3128'", "[::1]:3128"},
        {"return 'PROXY ' + host", "www.example.org:80"},
        {"return url == 'http://www.example.org/path?query' ? 'PROXY same' : 'DIRECT'", "same:80"},
        {"if (isPlainHostName(host)) return 'DIRECT'; else return 'PROXY w3proxy:8080; DIRECT'", "w3proxy:8080"},
        {"if (isInNet(dnsResolve('127.0.0.1'), '127.0.0.0', '255.0.0.0')) return 'PROXY in-net'", "in-net:80"},
        {"if (isResolvable('localhost')) return 'PROXY resolved'", "resolved:80"},
        {"if (!isResolvable('no-such-name.invalid')) return 'PROXY unknown'", "unknown:80"},
        {"return 'PROXY ' + (dnsResolve('no-such-name.invalid') || 'nothing')", "nothing:80"},
        {"if (isInNetEx('::1', '::/64') && sortIpAddressList('10.0.0.1;::1') == '::1;10.0.0.1') return 'PROXY six'", "six:80"},
        {"if (/^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(myIpAddress())) return 'PROXY mine'", "mine:80"},
        {"if (weekdayRange('SUN', 'SAT') && timeRange(0, 23) && dateRange('JAN', 'DEC')) return 'PROXY now'", "now:80"},
    };
    HINTERNET ses = h_open(0);
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) EQ_STR(proxies(ses, site, body(rows[i].body)), rows[i].expected);
    EQ_STR(proxies(ses, "https://user:word@www.example.org:444/secret?s",
                   body("return url == 'https://www.example.org:444/' ? 'PROXY kept' : 'PROXY told'")), "kept:80");
    EQ_STR(proxies(ses, "http://[::1]:81/", body("return host == '::1' ? 'PROXY bare' : 'DIRECT'")), "bare:80");
    WinHttpCloseHandle(ses);
}

/* What administrators write: the ways of the old guides to such scripts. */
static void scripts_as_they_are_written(void) {
    static const struct {
        const char *script, *url, *expected;
    } rows[] = {
        /* Servers of the house directly, all else by the proxy, or directly when that is down. */
        {"function FindProxyForURL(url, host) { if (isPlainHostName(host) || dnsDomainIs(host, '.example.net')) return 'DIRECT';"
         " else return 'PROXY w3proxy.example.net:8080; DIRECT'; }", "http://intranet/", "direct"},
        {"function FindProxyForURL(url, host) { if (isPlainHostName(host) || dnsDomainIs(host, '.example.net')) return 'DIRECT';"
         " else return 'PROXY w3proxy.example.net:8080; DIRECT'; }", "http://www.example.com/", "w3proxy.example.net:8080"},
        /* The same, but for servers outside the wall. */
        {"function FindProxyForURL(url, host) { if ((isPlainHostName(host) || dnsDomainIs(host, '.example.net')) &&"
         " !localHostOrDomainIs(host, 'www.example.net')) return 'DIRECT'; return 'PROXY out:3128'; }", "http://www.example.net/", "out:3128"},
        {"function FindProxyForURL(url, host) { if (localHostOrDomainIs(host, 'www.example.net')) return 'DIRECT'; return 'PROXY out:3128'; }",
         "http://www/", "direct"},
        /* By subnet. */
        {"function FindProxyForURL(url, host) { if (isInNet(host, '127.0.0.0', '255.0.0.0')) return 'DIRECT'; return 'PROXY out'; }",
         "http://127.9.9.9/", "direct"},
        {"function FindProxyForURL(url, host) { var ip = dnsResolve(host); if (ip && isInNet(ip, '10.0.0.0', '255.0.0.0')) return 'DIRECT';"
         " return 'PROXY out'; }", "http://127.0.0.1/", "out:80"},
        /* By the URL's scheme, and by what it looks like. */
        {"function FindProxyForURL(url, host) { if (url.substring(0, 5) == 'http:') return 'PROXY plain:80'; else if (url.substring(0, 6) =="
         " 'https:') return 'PROXY secret:8080'; else return 'DIRECT'; }", "https://www.example.org/", "secret:8080"},
        {"function FindProxyForURL(url, host) { if (shExpMatch(host, '*.example.(org|com)') || shExpMatch(url, '*/downloads/*.zip'))"
         " return 'PROXY big'; return 'DIRECT'; }", "http://a.example.org/downloads/b.zip", "big:80"},
        /* The load is spread by a sum of the URL's characters. */
        {"function sum(s) { var n = 0; for (var i = 0; i < s.length; i++) n += s.charCodeAt(i); return n % 3; }"
         " function FindProxyForURL(url, host) { return ['PROXY a:1; PROXY b:1', 'PROXY b:1; PROXY c:1', 'PROXY c:1; PROXY a:1'][sum(host)]; }",
         "http://aaa/", "a:1;b:1"},
        {"function FindProxyForURL(url, host) { var levels = dnsDomainLevels(host); return levels > 0 ? 'PROXY deep' + levels : 'DIRECT'; }",
         "http://a.b.c/", "deep2:80"},
        {"function FindProxyForURL(url, host) { if (weekdayRange('MON', 'SUN') && timeRange(0, 0, 0, 23, 59, 59) && dateRange(1, 'JAN', 31, 'DEC'))"
         " return 'PROXY always'; }", "http://a/", "always:80"},
        /* The functions that know IPv6. */
        {"function FindProxyForURL() { return 'PROXY old'; } function FindProxyForURLEx(url, host) { return 'PROXY new' }", "http://a/", "new:80"},
        {"function FindProxyForURLEx(url, host) { return isInNetEx(host, '3ffe:8311:ffff::/48') ? 'PROXY six' : 'DIRECT'; }",
         "http://[3ffe:8311:ffff::1]/", "six:80"},
        {"function FindProxyForURLEx(url, host) { return isResolvableEx('127.0.0.1') && isResolvableEx('::1') && isResolvableEx('localhost') &&"
         " !isResolvableEx('no-such-name.invalid') ? 'PROXY resolved' : 'DIRECT'; }", "http://a/", "resolved:80"},
        {"function FindProxyForURLEx(url, host) { return dnsResolveEx('127.0.0.1') === '127.0.0.1' && dnsResolveEx('::1') === '::1' &&"
         " /(^|;)(127.0.0.1|::1)(;|$)/.test(dnsResolveEx('localhost')) && dnsResolveEx('no-such-name.invalid') === '' ? 'PROXY all' : 'DIRECT'; }",
         "http://a/", "all:80"},
        {"function FindProxyForURLEx(url, host) { var mine = myIpAddressEx(); return typeof mine === 'string' && mine.split(';').every(function (a) {"
         " return a === '' || isResolvableEx(a); }) ? 'PROXY mine' : 'DIRECT'; }", "http://a/", "mine:80"},
        {"function FindProxyForURLEx(url, host) { return isInNetEx('10.1.2.3', '10.0.0.0/8') && !isInNetEx('10.1.2.3', '::/0') &&"
         " !isInNetEx('10.1.2.3', '10.0.0.0/33') && isInNetEx('localhost', '127.0.0.0/8') | isInNetEx('localhost', '::1/128') ? 'PROXY net' : ''; }",
         "http://a/", "net:80"},
        {"function FindProxyForURLEx(url, host) { return 'PROXY ' + sortIpAddressList('10.2.3.9;2001:4898::1;::9') .split(';').length +"
         " sortIpAddressList('nonsense').length + getClientVersion(); }", "http://a/", "301.0:80"},
    };
    HINTERNET ses = h_open(0);
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) EQ_STR(proxies(ses, rows[i].url, script(rows[i].script)), rows[i].expected);
    WinHttpCloseHandle(ses);
}

/* What is no text is direct, and what a script does to the functions it was given is its own affair. */
static void odd_scripts(void) {
    static const struct {
        const char *script, *expected;
    } rows[] = {
        {"function FindProxyForURL() { return 7 }", "direct"},
        {"function FindProxyForURL() { return true }", "direct"},
        {"function FindProxyForURL() { return ['PROXY a'] }", "direct"},
        {"function FindProxyForURL() { return { toString: function () { return 'PROXY a' } } }", "direct"},
        {"function FindProxyForURL() { return new String('PROXY a') }", "direct"},
        {"function FindProxyForURL() { return FindProxyForURL }", "direct"},
        {"function FindProxyForURL() { return Symbol('PROXY a') }", "direct"},
        {"async function FindProxyForURL() { return 'PROXY a' }", "direct"},
        {"function* FindProxyForURL() { yield 'PROXY a' }", "direct"},
        {"function FindProxyForURL() { return '\\u0000PROXY a' }", "direct"},
        {"function FindProxyForURL() { return 'PROXY \\ud800' }", "direct"},
        {"function isInNet() { return true } var dnsResolve = function () { return '1.2.3.4' };"
         " function FindProxyForURL() { return isInNet() && dnsResolve() == '1.2.3.4' ? 'PROXY own' : 'DIRECT' }", "own:80"},
        {"const alert = 'PROXY konst'; let isPlainHostName = 1; function FindProxyForURL() { return alert }", "konst:80"},
        {"isInNet = shExpMatch = null; delete this.dnsResolve; function FindProxyForURL() { return 'PROXY ' + typeof isInNet + typeof dnsResolve }",
         "objectundefined:80"},
        {"String.prototype.split = Array.prototype.join = Object.prototype.toString = RegExp.prototype.exec = null; Array = String = null;"
         " function FindProxyForURL(url, host) { return dnsDomainIs(host, '.org') && shExpMatch(url, 'http:*') ? 'PROXY still' : 'DIRECT' }", "still:80"},
        {"Object.prototype.length = 5; Object.prototype.then = 1; function FindProxyForURL() { return 'PROXY a' }", "a:80"},
        {"function FindProxyForURL() { var s = 'PROXY ' + 'a'.repeat(3000000); return s }", "direct"},
        {"function FindProxyForURL() { return 'x'.repeat(3000000) + ';PROXY a' }", "a:80"},
    };
    char many[512] = "a:80";
    HINTERNET ses = h_open(0);
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) EQ_STR(proxies(ses, site, script(rows[i].script)), rows[i].expected);
    /* Nobody tries more than 64. */
    for (i = 1; i < 64; i++) strcat(many, ";a:80");
    EQ_STR(proxies(ses, site, body("return 'PROXY a;'.repeat(500000)")), many);
    WinHttpCloseHandle(ses);
}

static void case_of_the_host(void) {
    HINTERNET ses = h_open(0);
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(body("return 'PROXY ' + host + (url.indexOf('WWW') > 0 ? ':1' : ':2')"));
    EQ_STR(proxies_with(ses, "HTTP://WWW.example.org/", &o), "WWW.example.org:1");
    o.dwFlags |= WINHTTP_AUTOPROXY_HOST_LOWERCASE;
    EQ_STR(proxies_with(ses, "HTTP://WWW.example.org/", &o), "www.example.org:2");
    o.dwFlags |= WINHTTP_AUTOPROXY_HOST_KEEPCASE;
    EQ_STR(proxies_with(ses, "HTTP://WWW.example.org/", &o), "WWW.example.org:1");
    WinHttpCloseHandle(ses);
}

static void failures(void) {
    HINTERNET ses = h_open(0);
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(at("/pac/login"));
    EQ_STR(proxies(ses, site, at("/pac/nothing")), "error 12167");
    EQ_STR(proxies(ses, site, at("/status/500")), "error 12167");
    EQ_STR(proxies(ses, site, at("/drop")), "error 12167");
    EQ_STR(proxies(ses, site, h_wide(x_text("http://127.0.0.1:%u/", h_port("refused")))), "error 12167");
    EQ_STR(proxies(ses, site, W("http://no-such-name.invalid/proxy.pac")), "error 12167");
    EQ_STR(proxies_with(ses, site, &o), "error 12015");
    o.fAutoLogonIfChallenged = TRUE; /* there is nobody to log on */
    EQ_STR(proxies_with(ses, site, &o), "error 12015");
    EQ_STR(proxies(ses, site, script("var x = 1;")), "error 12166");
    EQ_STR(proxies(ses, site, script("function FindProxyForURL(url, host) {")), "error 12166");
    EQ_STR(proxies(ses, site, script("<html></html>")), "error 12166");
    EQ_STR(proxies(ses, site, body("throw new Error('no')")), "error 12166");
    EQ_STR(proxies(ses, site, body("return nothing.at.all")), "error 12166");
    /* All that failed leaves the session good. */
    EQ_STR(proxies(ses, site, body("return 'PROXY a'")), "a:80");
    WinHttpCloseHandle(ses);
}

static void downloads(void) {
    HINTERNET ses = h_open(0);
    EQ_STR(proxies(ses, site, at("/pac/size/1048576")), "whole:80");
    EQ_STR(proxies(ses, site, at("/pac/size/1048577")), "error 12167");
    EQ_STR(proxies(ses, site, at("/pac/latin1")), "caf1:80");
    EQ_STR(proxies(ses, site, at("/pac/agent")), "WinHttp-Autoproxy-Service-5.1:80");
    EQ_STR(proxies(ses, site, at(x_text("/pac/redirect/%s", h_token()))), "count-1:80");
    WinHttpCloseHandle(ses);
}

static void a_script_that_does_not_come(void) {
    HINTERNET ses = h_open(0);
    uint64_t begin;
    WinHttpSetTimeouts(ses, 300, 300, 300, 300);
    begin = h_ms();
    EQ_STR(proxies(ses, site, at("/stall")), "error 12167");
    EXPECT(h_ms() - begin < 10000);
    WinHttpCloseHandle(ses);
}

static void the_last_script_is_remembered(void) {
    HINTERNET ses = h_open(0), other = h_open(0);
    LPCWSTR url = at(x_text("/pac/count/%s", h_token()));
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(url);
    EQ_STR(proxies(ses, site, url), "count-1:80");
    EQ_STR(proxies(ses, site, url), "count-1:80");
    EQ_STR(proxies(other, site, url), "count-2:80"); /* by session */
    EQ(WinHttpResetAutoProxy(ses, WINHTTP_RESET_SWPAD_ALL), 0);
    EQ_STR(proxies(ses, site, url), "count-1:80");
    EQ(WinHttpResetAutoProxy(ses, WINHTTP_RESET_SCRIPT_CACHE), 0);
    EQ_STR(proxies(ses, site, url), "count-3:80");
    o.dwFlags |= WINHTTP_AUTOPROXY_NO_CACHE_CLIENT;
    EQ_STR(proxies_with(ses, site, &o), "count-4:80");
    EQ_STR(proxies(ses, site, url), "count-4:80");
    EQ_STR(proxies(ses, site, body("return 'DIRECT'")), "direct");
    EQ_STR(proxies(ses, site, url), "count-5:80"); /* one of each */
    EQ(WinHttpResetAutoProxy(ses, WINHTTP_RESET_ALL), 0);
    EQ_STR(proxies(ses, site, url), "count-6:80");
    EQ(WinHttpResetAutoProxy(NULL, WINHTTP_RESET_ALL), 6);
    WinHttpCloseHandle(ses);
    EQ(WinHttpResetAutoProxy(ses, WINHTTP_RESET_ALL), 6);
    WinHttpCloseHandle(other);
}

static void a_reset_needs_a_session(void) {
    HINTERNET ses = h_open(0), con = WinHttpConnect(ses, W("127.0.0.1"), 80, 0);
    EQ(WinHttpResetAutoProxy(con, WINHTTP_RESET_ALL), E_TYPE);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
}

/* One thread a script: the slow ones take their time side by side. */
typedef struct hostile {
    HINTERNET ses;
    LPCWSTR url;
    const char *result;
    uint64_t took;
    h_thread thread;
} hostile;
static void ask_hostile(void *p) {
    hostile *h = p;
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(h->url);
    WINHTTP_PROXY_INFO info;
    uint64_t begin = h_ms();
    h->result = WinHttpGetProxyForUrl(h->ses, W("http://www.example.org/"), &o, &info) ? "answered" : GetLastError() == E_SCRIPT ? "12166" : "another error";
    h->took = h_ms() - begin;
}
static void hostile_scripts(void) {
    static const char *const bodies[] = {
        "for (;;) ;",
        "for (;;) { try { for (;;) ; } catch (e) { } }",
        "var s = 'x'; for (;;) s += s;",
        "var a = []; for (;;) a.push([]);",
        "function f() { return f() + 1 } return f()",
        "return /^(a+)+$/.test(new Array(60).join('a') + 'b')",
        "return eval('1')",
        "return Array.prototype.reverse.call({ length: 9007199254740991 })",
        "throw { get message() { for (;;) ; }, toString: function () { for (;;) ; } }",
        "var e = new Error('x'.repeat(1000000)); e.stack = e.cause = e; throw e",
        "try { (function f() { f() })() } catch (e) { for (;;) ; }",
        "var s = '['; for (var i = 0; i < 22; i++) s += s; return JSON.parse(s)",
        "async function f() { await f() } for (;;) f()",
        "for (var x of (function* () { for (;;) yield 1 })()) ;",
        "for (var i = 0;; i++) isInNet(i + '.invalid', '0.0.0.0', '0.0.0.0')",
        "Object.defineProperty(Object.prototype, 'toString', { get: function () { for (;;) ; } }); return '' + {}",
        "return dnsResolve({ toString: function () { throw 'no' } })",
    };
    enum { N = sizeof bodies / sizeof *bodies };
    hostile all[N];
    size_t i;
    for (i = 0; i < N; i++) {
        all[i].ses = h_open(0);
        all[i].url = body(bodies[i]);
        all[i].thread = h_spawn(ask_hostile, &all[i]);
    }
    for (i = 0; i < N; i++) {
        h_join(all[i].thread);
        if (strcmp(all[i].result, "12166")) FAIL("%s: %s", bodies[i], all[i].result);
        if (all[i].took > 40000) FAIL("%s took %u ms", bodies[i], (unsigned)all[i].took);
        WinHttpCloseHandle(all[i].ses);
    }
}

/* ---- detection ---------------------------------------------------------------------------------- */

static void detection_arguments(void) {
    LPWSTR url = (LPWSTR)1;
    EXPECT(!WinHttpDetectAutoProxyConfigUrl(0, &url));
    EQ(GetLastError(), 87);
    EXPECT(!WinHttpDetectAutoProxyConfigUrl(4, &url));
    EQ(GetLastError(), 87);
    EXPECT(!WinHttpDetectAutoProxyConfigUrl(WINHTTP_AUTO_DETECT_TYPE_DNS_A, NULL));
    EQ(GetLastError(), 87);
}

/* No machine that tests run on has a server named wpad. */
static void nothing_to_detect(void) {
    HINTERNET ses = h_open(0);
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(body("return 'PROXY fallback'"));
    LPWSTR url = (LPWSTR)1;
    EXPECT(!WinHttpDetectAutoProxyConfigUrl(WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A, &url));
    EQ(GetLastError(), E_DETECT);
    EXPECT(url == NULL);
    o.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT;
    o.dwAutoDetectFlags = WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A;
    EQ_STR(proxies_with(ses, site, &o), "error 12180");
    o.dwFlags |= WINHTTP_AUTOPROXY_CONFIG_URL;
    EQ_STR(proxies_with(ses, site, &o), "fallback:80");
    o.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT | WINHTTP_AUTOPROXY_ALLOW_STATIC;
    EQ_STR(proxies_with(ses, site, &o), "direct");
    o.dwFlags = WINHTTP_AUTOPROXY_ALLOW_STATIC;
    EQ_STR(proxies_with(ses, site, &o), "direct");
    WinHttpCloseHandle(ses);
}

/* ---- resolvers ---------------------------------------------------------------------------------- */

#define ANSWERED (WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR)

static HINTERNET resolver(HINTERNET ses) {
    HINTERNET res = NULL;
    EQ(WinHttpCreateProxyResolver(ses, &res), 0);
    return res;
}

/* A session with its recorder. */
static HINTERNET async_session(recorder **r) {
    HINTERNET ses = h_open(1);
    *r = rec_new();
    h_record_all(ses, *r);
    return ses;
}

/* The result as text. */
static const char *result(HINTERNET res) {
    WINHTTP_PROXY_RESULT got;
    char text[1024] = "";
    DWORD i, error;
    memset(&got, 0x55, sizeof got);
    if ((error = WinHttpGetProxyResult(res, &got)) != 0) return x_text("error %u", (unsigned)error);
    for (i = 0; i < got.cEntries; i++) {
        WINHTTP_PROXY_RESULT_ENTRY *e = &got.pEntries[i];
        size_t used = strlen(text);
        if (e->fProxy) snprintf(text + used, sizeof text - used, "%d %s %u;", e->ProxyScheme, narrow(e->pwszProxy), e->ProxyPort);
        else snprintf(text + used, sizeof text - used, e->fBypass ? "bypass;" : "direct;");
        EXPECT(e->fProxy || !e->pwszProxy);
    }
    WinHttpFreeProxyResult(&got);
    EQ(got.cEntries, 0);
    EXPECT(!got.pEntries);
    return x_text("%s", text);
}

static void resolver_arguments(void) {
    recorder *r;
    HINTERNET sync = h_open(0), ses = async_session(&r), con = WinHttpConnect(ses, W("127.0.0.1"), 80, 0), res = NULL;
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(NULL);
    WINHTTP_PROXY_RESULT got;
    WINHTTP_PROXY_RESULT_EX got_ex;
    DWORD value = 0, size = sizeof value;
    HINTERNET parent = NULL;
    EQ(WinHttpCreateProxyResolver(NULL, &res), 6);
    EQ(WinHttpCreateProxyResolver(sync, &res), E_TYPE);
    EQ(WinHttpCreateProxyResolver(con, &res), E_TYPE);
    EQ(WinHttpCreateProxyResolver(ses, NULL), 87);
    EXPECT(!res);
    res = resolver(ses);
    EXPECT(WinHttpQueryOption(res, WINHTTP_OPTION_HANDLE_TYPE, &value, &size));
    EQ(value, WINHTTP_HANDLE_TYPE_PROXY_RESOLVER);
    size = sizeof parent;
    EXPECT(WinHttpQueryOption(res, WINHTTP_OPTION_PARENT_HANDLE, &parent, &size));
    EXPECT(parent == ses);
    size = sizeof value;
    EXPECT(!WinHttpQueryOption(res, WINHTTP_OPTION_CONNECT_TIMEOUT, &value, &size));
    EQ(GetLastError(), E_TYPE);
    EXPECT(!WinHttpSetTimeouts(res, 1, 1, 1, 1));
    EQ(GetLastError(), E_TYPE);
    EXPECT(!WinHttpConnect(res, W("a"), 80, 0));
    EQ(GetLastError(), E_TYPE);

    EQ(WinHttpGetProxyForUrlEx(NULL, W("http://a/"), &o, 0), 6);
    EQ(WinHttpGetProxyForUrlEx(ses, W("http://a/"), &o, 0), E_TYPE);
    EQ(WinHttpGetProxyForUrlEx(res, NULL, &o, 0), 87);
    EQ(WinHttpGetProxyForUrlEx(res, W("http://a/"), &o, 0), 87); /* no URL of a script */
    o.dwFlags = 0;
    EQ(WinHttpGetProxyForUrlEx(res, W("http://a/"), &o, 0), 87);
    EQ(WinHttpGetProxyForUrlEx(res, W("http:"), NULL, 0), 12005);
    EQ(WinHttpGetProxyResult(NULL, &got), 6);
    EQ(WinHttpGetProxyResult(ses, &got), E_TYPE);
    EQ(WinHttpGetProxyResult(res, NULL), 87);
    EQ(WinHttpGetProxyResult(res, &got), E_STATE);
    EQ(WinHttpGetProxyResultEx(res, &got_ex), E_STATE);
    WinHttpFreeProxyResult(NULL);
    WinHttpFreeProxyResultEx(NULL);
    EQ(rec_count(r, res, 0xffffffff), 0);
    EXPECT(WinHttpCloseHandle(res));
    EXPECT(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ(WinHttpGetProxyForUrlEx(res, W("http://a/"), NULL, 0), 6);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
    WinHttpCloseHandle(sync);
}

static void a_resolver_tells(void) {
    recorder *r, *other = rec_new();
    HINTERNET ses = async_session(&r), res = resolver(ses);
    WINHTTP_AUTOPROXY_OPTIONS o =
        by_script(body("return 'PROXY a.example.org:81; HTTPS b; SOCKS c; DIRECT; PROXY [::1]:5'"));
    WINHTTP_PROXY_RESULT_EX got;
    h_record e;
    EQ(WinHttpGetProxyForUrlEx(res, h_wide(site), &o, (DWORD_PTR)other), 997);
    NEED(rec_wait_nth(other, res, ANSWERED, 1, 20000, &e));
    EQ(e.status, WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE);
    EXPECT(!e.pointer && !e.length);
    EQ_STR(result(res), "1 a.example.org 81;2 b 443;4 c 1080;direct;1 ::1 5;");
    EQ_STR(result(res), "1 a.example.org 81;2 b 443;4 c 1080;direct;1 ::1 5;");
    memset(&got, 0x55, sizeof got);
    EQ(WinHttpGetProxyResultEx(res, &got), 0);
    EQ(got.cEntries, 5);
    EXPECT(!got.hProxyDetectionHandle && !got.dwProxyInterfaceAffinity);
    WinHttpFreeProxyResultEx(&got);
    EXPECT(!got.cEntries && !got.pEntries);
    /* One look-up after the other. */
    o.lpszAutoConfigUrl = body("return 'DIRECT'");
    EQ(WinHttpGetProxyForUrlEx2(res, h_wide(site), &o, 0, NULL, (DWORD_PTR)other), 997);
    EXPECT(rec_wait_nth(other, res, ANSWERED, 2, 20000, &e));
    EQ_STR(result(res), "direct;");
    EXPECT(WinHttpCloseHandle(res));
    EXPECT(rec_wait(other, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ(rec_count(other, res, 0xffffffff), 3);
    WinHttpCloseHandle(ses);
}

static void a_resolver_tells_of_failure(void) {
    static const struct {
        const char *url;
        DWORD error;
    } rows[] = {{"/pac/nothing", E_DOWNLOAD}, {"/pac/login", E_LOGIN}, {"/pac/hex/7b", E_SCRIPT}};
    recorder *r;
    HINTERNET ses = async_session(&r), res = resolver(ses);
    WINHTTP_AUTOPROXY_OPTIONS o;
    h_record e;
    int i;
    for (i = 0; i < 3; i++) {
        o = by_script(at(rows[i].url));
        EQ(WinHttpGetProxyForUrlEx(res, h_wide(site), &o, (DWORD_PTR)r), 997);
        NEED(rec_wait_nth(r, res, ANSWERED, i + 1, 20000, &e));
        EQ(e.status, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR);
        EQ(e.info.result.dwResult, API_GET_PROXY_FOR_URL);
        EQ(e.info.result.dwError, rows[i].error);
        EQ_STR(result(res), "error 12019");
    }
    WinHttpCloseHandle(res);
    WinHttpCloseHandle(ses);
}

static void null_options_ask_the_system(void) {
    recorder *r;
    HINTERNET ses = async_session(&r), res = resolver(ses);
    EQ(WinHttpGetProxyForUrlEx(res, h_wide(site), NULL, (DWORD_PTR)r), 997);
    EXPECT(rec_wait_nth(r, res, WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE, 1, 20000, NULL));
    EQ_STR(result(res), "direct;");
    WinHttpCloseHandle(res);
    WinHttpCloseHandle(ses);
}

/* Closing ends the look-up, wherever it is; the closing notice is the last one. */
static void closing_a_resolver(void) {
    const char *const where[] = {"/stall", "/pac/trickle", NULL};
    int i;
    for (i = 0; i < 3; i++) {
        recorder *r;
        HINTERNET ses = async_session(&r), res = resolver(ses);
        WINHTTP_AUTOPROXY_OPTIONS o = by_script(where[i] ? at(where[i]) : body("for (;;) ;"));
        h_record e = {0};
        uint64_t begin = h_ms();
        EQ(WinHttpGetProxyForUrlEx(res, h_wide(site), &o, (DWORD_PTR)r), 997);
        EQ(WinHttpGetProxyForUrlEx(res, h_wide(site), &o, (DWORD_PTR)r), E_STATE);
        EQ_STR(result(res), "error 12019");
        if (i) h_sleep(100); /* somewhere in the middle; wherever it is, the same must happen */
        EXPECT(WinHttpCloseHandle(res));
        NEED(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
        EXPECT(h_ms() - begin < 5000);
        EXPECT(rec_wait_nth(r, res, ANSWERED, 1, 1, &e));
        EQ(e.status, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR);
        EQ(e.info.result.dwError, E_CANCELLED);
        EQ(rec_count(r, res, 0xffffffff), 2);
        EQ(rec_at(r, rec_mark(r) - 1).status, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING);
        WinHttpCloseHandle(ses);
    }
}

static void close_in_callback(recorder *r, const h_record *e) {
    (void)r;
    if (e->status & ANSWERED) WinHttpCloseHandle(e->handle);
}
static void closing_a_resolver_in_its_callback(void) {
    recorder *r;
    HINTERNET ses = async_session(&r), res = resolver(ses);
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(body("return 'DIRECT'"));
    h_put(&r->hook, close_in_callback);
    EQ(WinHttpGetProxyForUrlEx(res, h_wide(site), &o, (DWORD_PTR)r), 997);
    EXPECT(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ(rec_count(r, res, 0xffffffff), 2);
    /* The session, closed before its resolver would be, says so last. */
    WinHttpCloseHandle(ses);
}

static void many_resolvers(void) {
    enum { N = 40 };
    recorder *r;
    HINTERNET ses = async_session(&r), all[N];
    LPCWSTR url = at(x_text("/pac/count/%s", h_token()));
    WINHTTP_AUTOPROXY_OPTIONS o = by_script(url);
    int i;
    for (i = 0; i < N; i++) {
        all[i] = resolver(ses);
        EQ(WinHttpGetProxyForUrlEx(all[i], h_wide(site), &o, (DWORD_PTR)r), 997);
    }
    WinHttpCloseHandle(ses);
    EXPECT(rec_wait_nth(r, NULL, WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE, N, 20000, NULL));
    for (i = 0; i < N; i++) {
        EQ_STR(result(all[i]), "1 count-1 80;"); /* fetched once for all */
        WinHttpCloseHandle(all[i]);
    }
    EXPECT(rec_wait_nth(r, NULL, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, N, 10000, NULL));
}

/* ---- requests that follow a script -------------------------------------------------------------- */

/* The answer's status, or the error, of a request in a session of the automatic access type. */
static DWORD request_status(int async, const char *path) {
    conn c;
    DWORD error, status;
    memset(&c, 0, sizeof c);
    c.rec = rec_new();
    c.ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, NULL, async ? WINHTTP_FLAG_ASYNC : 0);
    h_apart(c.ses);
    h_record_all(c.ses, c.rec);
    c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
    c.req = WinHttpOpenRequest(c.con, W("GET"), h_wide(path), NULL, NULL, NULL, 0);
    error = h_exchange(&c, async);
    status = error ? error : h_status(c.req);
    h_finish(&c);
    return status;
}

static void requests_follow_a_script(void) {
    struct {
        const char *answer;
        DWORD status;
        int through_proxy;
    } rows[] = {
        {"PROXY 127.0.0.1:PROXY", 200, 1},
        {"PROXY 127.0.0.1:DEAD; PROXY 127.0.0.1:PROXY; DIRECT", 200, 1},
        {"PROXY 127.0.0.1:DEAD; SOCKS 127.0.0.1:1; DIRECT", 200, 0},
        {"DIRECT; PROXY 127.0.0.1:PROXY", 200, 0},
        {"PROXY 127.0.0.1:DEAD", 12029, 0},
        /* Nobody speaks SOCKS: such a way is no way. */
        {"SOCKS 127.0.0.1:PROXY; DIRECT", 200, 0},
        {"SOCKS5 127.0.0.1:PROXY; SOCKS4 127.0.0.1:PROXY; PROXY 127.0.0.1:PROXY", 200, 1},
        {"SOCKS 127.0.0.1:PROXY", 12029, 0},
    };
    size_t i;
    int async;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (async = 0; async < 2; async++) {
            char answer[256] = "";
            const char *from = rows[i].answer, *seen;
            while (*from) {
                size_t used = strlen(answer);
                if (!strncmp(from, ":PROXY", 6)) snprintf(answer + used, sizeof answer - used, ":%u", h_port("proxy")), from += 6;
                else if (!strncmp(from, ":DEAD", 5)) snprintf(answer + used, sizeof answer - used, ":%u", h_port("refused")), from += 5;
                else answer[used] = *from++, answer[used + 1] = 0;
            }
            set_user(DIRECT | SCRIPT, NULL, NULL, narrow(body(x_text("return '%s'", answer))));
            h_get_text("/proxied");
            EQ_ROW(rows[i].answer, request_status(async, "/status/200"), rows[i].status);
            seen = h_get_text("/proxied");
            EQ_ROW(rows[i].answer, strstr(seen, "/status/200") != NULL, rows[i].through_proxy);
        }
    }
    restore_user();
}

/* Without a script that answers, the other settings count. */
static void requests_do_without_a_script(void) {
    int async;
    for (async = 0; async < 2; async++) {
        set_user(DIRECT | SCRIPT, NULL, NULL, narrow(at("/pac/nothing")));
        EQ(request_status(async, "/status/200"), 200);
        set_user(DIRECT | SCRIPT, NULL, NULL, narrow(body("throw 'no'")));
        EQ(request_status(async, "/status/200"), 200);
        set_user(DIRECT | DETECT, NULL, NULL, NULL);
        EQ(request_status(async, "/status/200"), 200);
    }
    restore_user();
}

TESTS {
    CASE(arguments);
    CASE(answers);
    CASE(scripts_as_they_are_written);
    CASE(odd_scripts);
    CASE(case_of_the_host);
    CASE(failures);
    CASE(downloads);
    CASE(a_script_that_does_not_come);
    CASE(the_last_script_is_remembered);
    CASE(a_reset_needs_a_session);
    CASE(hostile_scripts);
    CASE(detection_arguments);
    CASE(nothing_to_detect);
    CASE(resolver_arguments);
    CASE(a_resolver_tells);
    CASE(a_resolver_tells_of_failure);
    CASE(null_options_ask_the_system);
    CASE(closing_a_resolver);
    CASE(closing_a_resolver_in_its_callback);
    CASE(many_resolvers);
    CASE(requests_follow_a_script);
    CASE(requests_do_without_a_script);
}
END_TESTS
