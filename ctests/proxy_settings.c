/* The system's proxy settings: reading, writing, and sessions that use them. On Windows they are the registry's,
 * which each case leaves as it found it; on Linux run.py gives the program a configuration folder of its own. */
#define _GNU_SOURCE
#include "proxies.h"
#include "newer.h"

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

static void user_reads(const char *row, int detect, const char *script, const char *proxy, const char *bypass) {
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;
    memset(&config, 0xee, sizeof config);
    SetLastError(0xdead);
    if (!WinHttpGetIEProxyConfigForCurrentUser(&config)) {
        FAIL("%s: %u", row, (unsigned)GetLastError());
        return;
    }
    EQ_ROW(row, GetLastError(), 0);
    EQ_ROW(row, config.fAutoDetect, detect);
    EQ_TEXT(row, narrow(config.lpszAutoConfigUrl), script);
    EQ_TEXT(row, narrow(config.lpszProxy), proxy);
    EQ_TEXT(row, narrow(config.lpszProxyBypass), bypass);
    GlobalFree((HGLOBAL)config.lpszAutoConfigUrl);
    GlobalFree((HGLOBAL)config.lpszProxy);
    GlobalFree((HGLOBAL)config.lpszProxyBypass);
}

static void the_users_settings(void) {
    set_user(DIRECT, NULL, NULL, NULL);
    user_reads("direct", 0, "(null)", "(null)", "(null)");
    set_user(DIRECT | PROXY, "http=a:1;https=b:2", "<local>;*.c", NULL);
    user_reads("proxy", 0, "(null)", "http=a:1;https=b:2", "<local>;*.c");
    set_user(DIRECT | SCRIPT | DETECT, "a:1", NULL, "http://s/proxy.pac");
    user_reads("script", 1, "http://s/proxy.pac", "(null)", "(null)");
    set_user(DIRECT | PROXY | SCRIPT, "a:1", NULL, "http://s/proxy.pac");
    user_reads("all", 0, "http://s/proxy.pac", "a:1", "(null)");
    restore_user();
}

static void damaged_settings_are_as_none(void) {
    static const BYTE lying[] = {0x46, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 'a', ':', '1'};
    BYTE noise[3000];
    DWORD n, i;
    unsigned seed = 1;
    write_user(lying, sizeof lying);
    user_reads("lying", 0, "(null)", "(null)", "(null)");
    for (n = 0; n < sizeof noise; n += 1 + n) {
        WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;
        for (i = 0; i < n; i++) noise[i] = (BYTE)((seed = seed * 1103515245 + 12345) >> 16);
        write_user(noise, n);
        EXPECT(WinHttpGetIEProxyConfigForCurrentUser(&config));
        GlobalFree((HGLOBAL)config.lpszAutoConfigUrl);
        GlobalFree((HGLOBAL)config.lpszProxy);
        GlobalFree((HGLOBAL)config.lpszProxyBypass);
    }
    restore_user();
}

/* ---- the machine's settings ---------------------------------------------------------------------- */

static WINHTTP_PROXY_INFO info_of(DWORD type, const char *proxy, const char *bypass) {
    WINHTTP_PROXY_INFO info;
    info.dwAccessType = type;
    info.lpszProxy = proxy ? (LPWSTR)h_wide(proxy) : NULL;
    info.lpszProxyBypass = bypass ? (LPWSTR)h_wide(bypass) : NULL;
    return info;
}
static void check_info(const char *row, WINHTTP_PROXY_INFO *info, DWORD type, const char *proxy, const char *bypass) {
    EQ_ROW(row, info->dwAccessType, type);
    EQ_TEXT(row, narrow(info->lpszProxy), proxy);
    EQ_TEXT(row, narrow(info->lpszProxyBypass), bypass);
    GlobalFree((HGLOBAL)info->lpszProxy);
    GlobalFree((HGLOBAL)info->lpszProxyBypass);
}
static void machine_reads(const char *row, DWORD type, const char *proxy, const char *bypass) {
    WINHTTP_PROXY_INFO info;
    DWORD size = sizeof info;
    memset(&info, 0xee, sizeof info);
    SetLastError(0xdead);
    EXPECT(WinHttpGetDefaultProxyConfiguration(&info));
    EQ_ROW(row, GetLastError(), 0);
    check_info(row, &info, type, proxy, bypass);
    /* The NULL handle reads the same. */
    memset(&info, 0xee, sizeof info);
    EXPECT(WinHttpQueryOption(NULL, WINHTTP_OPTION_PROXY, &info, &size));
    check_info(row, &info, type, proxy, bypass);
}
static void option_reads(const char *row, HINTERNET h, DWORD type, const char *proxy, const char *bypass) {
    WINHTTP_PROXY_INFO info;
    DWORD size = sizeof info;
    memset(&info, 0xee, sizeof info);
    EXPECT(WinHttpQueryOption(h, WINHTTP_OPTION_PROXY, &info, &size));
    check_info(row, &info, type, proxy, bypass);
}
static void set_machine(DWORD type, const char *proxy, const char *bypass) {
    WINHTTP_PROXY_INFO info = info_of(type, proxy, bypass);
    SetLastError(0xdead);
    if (!WinHttpSetDefaultProxyConfiguration(&info)) FAIL("set: %u", (unsigned)GetLastError());
    EQ(GetLastError(), 0);
}

static void what_is_set_reads_back_and_counts_for_new_sessions(void) {
    WINHTTP_PROXY_INFO before;
    HINTERNET old, new;
    EXPECT(WinHttpGetDefaultProxyConfiguration(&before));
    old = WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, 0);
    set_machine(WINHTTP_ACCESS_TYPE_NAMED_PROXY, "http=a:1;https=b:2", "<local>;*.c");
    machine_reads("named", WINHTTP_ACCESS_TYPE_NAMED_PROXY, "http=a:1;https=b:2", "<local>;*.c");
    new = WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, 0);
    option_reads("new", new, WINHTTP_ACCESS_TYPE_NAMED_PROXY, "http=a:1;https=b:2", "<local>;*.c");
    option_reads("old", old, before.dwAccessType, narrow(before.lpszProxy), narrow(before.lpszProxyBypass));
    WinHttpCloseHandle(new);
    set_machine(WINHTTP_ACCESS_TYPE_NAMED_PROXY, "a", NULL);
    machine_reads("no list", WINHTTP_ACCESS_TYPE_NAMED_PROXY, "a", "(null)");
    set_machine(WINHTTP_ACCESS_TYPE_NO_PROXY, "ignored", "ignored");
    machine_reads("none", WINHTTP_ACCESS_TYPE_NO_PROXY, "(null)", "(null)");
    WinHttpCloseHandle(old);
    EXPECT(WinHttpSetDefaultProxyConfiguration(&before));
    machine_reads("restored", before.dwAccessType, narrow(before.lpszProxy), narrow(before.lpszProxyBypass));
    GlobalFree((HGLOBAL)before.lpszProxy);
    GlobalFree((HGLOBAL)before.lpszProxyBypass);
}

static void what_cannot_be_set(void) {
    static const WCHAR umlaut[] = {'a', 0xe4, ':', '1', 0};
    WINHTTP_PROXY_INFO info;
    DWORD type;
    EXPECT(!WinHttpSetDefaultProxyConfiguration(NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    for (type = 0; type < 6; type++) {
        if (type == WINHTTP_ACCESS_TYPE_NO_PROXY) continue;
        info = info_of(type, type == WINHTTP_ACCESS_TYPE_NAMED_PROXY ? NULL : "a:1", NULL);
        SetLastError(0xdead);
        EXPECT(!WinHttpSetDefaultProxyConfiguration(&info));
        EQ_ROW(x_text("type %u", (unsigned)type), GetLastError(), ERROR_INVALID_PARAMETER);
    }
    info = info_of(WINHTTP_ACCESS_TYPE_NAMED_PROXY, "", NULL);
    EXPECT(!WinHttpSetDefaultProxyConfiguration(&info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    info.lpszProxy = (LPWSTR)umlaut;
    EXPECT(!WinHttpSetDefaultProxyConfiguration(&info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    info = info_of(WINHTTP_ACCESS_TYPE_NAMED_PROXY, "a:1", NULL);
    info.lpszProxyBypass = (LPWSTR)umlaut;
    EXPECT(!WinHttpSetDefaultProxyConfiguration(&info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* ---- sessions that use them ---------------------------------------------------------------------- */

static const char *proxied(void) { return h_get_text("/proxied"); }

/* GET /head of the peer by a new session; the error, and in *through whether the proxy was asked. */
static DWORD get(int async, DWORD type, const char *host, const char *port, int *through, DWORD *failed) {
    int secure = strcmp(port, "plain") != 0;
    char body[1024];
    DWORD error;
    conn c;
    proxied();
    memset(&c, 0, sizeof c);
    c.rec = rec_new();
    c.ses = WinHttpOpen(W("ctests/1.0"), type, NULL, NULL, async ? WINHTTP_FLAG_ASYNC : 0);
    if (!c.ses) return GetLastError();
    h_apart(c.ses);
    h_record_all(c.ses, c.rec);
    c.con = WinHttpConnect(c.ses, h_wide(host), h_port(port), 0);
    c.req = WinHttpOpenRequest(c.con, W("GET"), W("/head"), NULL, NULL, NULL, secure ? WINHTTP_FLAG_SECURE : 0);
    error = x_exchange(&c, async);
    if (!error) error = x_body(&c, async, body, sizeof body);
    if (failed) {
        WINHTTP_REQUEST_STATS stats = {0};
        DWORD size = sizeof stats;
        stats.cStats = WinHttpRequestStatLast;
        EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_REQUEST_STATS, &stats, &size));
        *failed = (DWORD)stats.rgullStats[WinHttpProxyFailureCount];
    }
    h_finish(&c);
    *through = proxied()[0] != 0;
    return error;
}

static void the_default_type_uses_the_machines_proxy(int async) {
    WINHTTP_PROXY_INFO before;
    int through;
    EXPECT(WinHttpGetDefaultProxyConfiguration(&before));
    set_machine(WINHTTP_ACCESS_TYPE_NAMED_PROXY, x_text("127.0.0.1:%u", h_port("proxy")), "127.0.0.1");
    EQ(get(async, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 1);
    EQ(get(async, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, "localhost", "tls", &through, NULL), 0);
    EQ(through, 1);
    EQ(get(async, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, "127.0.0.1", "plain", &through, NULL), 0);
    EQ(through, 0);
    EQ(get(async, WINHTTP_ACCESS_TYPE_NO_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 0);
    EXPECT(WinHttpSetDefaultProxyConfiguration(&before));
}
BOTH(the_default_type_uses_the_machines_proxy)

static void the_automatic_type_uses_the_users_proxies(int async) {
    unsigned alive = h_port("proxy"), dead = h_port("refused");
    DWORD failed = 9;
    int through;
    set_user(DIRECT | PROXY, x_text("127.0.0.1:%u", alive), "127.0.0.1", NULL);
    EQ(get(async, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "localhost", "plain", &through, &failed), 0);
    EQ(through, 1);
    EQ(failed, 0);
    EQ(get(async, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "127.0.0.1", "plain", &through, NULL), 0);
    EQ(through, 0);
    /* Of a list, one that cannot be reached is passed over. */
    set_user(DIRECT | PROXY, x_text("127.0.0.1:%u;127.0.0.1:%u", dead, alive), NULL, NULL);
    EQ(get(async, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "localhost", "tls", &through, &failed), 0);
    EQ(through, 1);
    EQ(failed, 1);
    set_user(DIRECT | PROXY, x_text("http=127.0.0.1:%u;127.0.0.1:%u", dead, dead), NULL, NULL);
    EQ(get(async, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "localhost", "plain", &through, NULL), 12029);
    EQ(through, 0);
    /* What a proxy answers is no reason to ask the next. */
    set_user(DIRECT | PROXY, x_text("127.0.0.1:%u;127.0.0.1:%u", alive, dead), NULL, NULL);
    EQ(get(async, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "refuse503.test", "tls", &through, &failed), 12029);
    EQ(through, 1);
    EQ(failed, 0);
    set_user(DIRECT, NULL, NULL, NULL);
    EQ(get(async, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 0);
    restore_user();
}
BOTH(the_automatic_type_uses_the_users_proxies)

/* ---- newer functions ------------------------------------------------------------------------------ */

static void reading_settings_for_connections(void) {
    HINTERNET ses = h_open(0);
    WINHTTP_PROXY_SETTINGS settings;
    DWORD version = 0, later = 0;
    BOOL defaults = 9;
    NEWER(DWORD, WinHttpReadProxySettings, HINTERNET, PCWSTR, BOOL, BOOL, DWORD *, BOOL *, WINHTTP_PROXY_SETTINGS *);
    NEWER(VOID, WinHttpFreeProxySettings, WINHTTP_PROXY_SETTINGS *);
    NEWER(DWORD, WinHttpGetProxySettingsVersion, HINTERNET, DWORD *);
    NEWER(DWORD, WinHttpWriteProxySettings, HINTERNET, BOOL, WINHTTP_PROXY_SETTINGS *);
    NEWER(DWORD, WinHttpSetProxySettingsPerUser, BOOL);
    set_user(DIRECT | PROXY | SCRIPT, "a:1", "<local>", "http://s/");
    memset(&settings, 0xee, sizeof settings);
    EQ(p_WinHttpReadProxySettings(ses, NULL, 0, 0, &version, &defaults, &settings), 0);
    EQ(settings.dwStructSize, sizeof settings);
    EQ(settings.dwFlags, DIRECT | PROXY | SCRIPT);
    EQ(settings.dwCurrentSettingsVersion, version);
    EQ(defaults, 0);
    EQ_STR(narrow(settings.pwszProxy), "a:1");
    EQ_STR(narrow(settings.pwszProxyBypass), "<local>");
    EQ_STR(narrow(settings.pwszAutoconfigUrl), "http://s/");
    EXPECT(!settings.pwszConnectionName && !settings.pNetworkKeys);
    p_WinHttpFreeProxySettings(&settings);
    EXPECT(!settings.pwszProxy && !settings.pwszProxyBypass && !settings.pwszAutoconfigUrl);
    p_WinHttpFreeProxySettings(&settings);
    p_WinHttpFreeProxySettings(NULL);
    /* A connection's own: there are none. */
    EQ(p_WinHttpReadProxySettings(ses, W("VPN"), 0, 0, NULL, NULL, &settings), 2);
    EQ(p_WinHttpReadProxySettings(ses, W("VPN"), 1, 0, NULL, &defaults, &settings), 0);
    EQ(defaults, 1);
    p_WinHttpFreeProxySettings(&settings);
    EQ(p_WinHttpReadProxySettings(ses, NULL, 0, 0, NULL, NULL, NULL), ERROR_INVALID_PARAMETER);
    /* The version stays while the settings do. */
    EQ(p_WinHttpGetProxySettingsVersion(ses, &later), 0);
    EQ(later, version);
    set_user(DIRECT | PROXY, "b:1", NULL, NULL);
    EQ(p_WinHttpGetProxySettingsVersion(ses, &later), 0);
    EQ(later, version + 1);
    EQ(p_WinHttpGetProxySettingsVersion(ses, NULL), ERROR_INVALID_PARAMETER);
    /* Nothing of this can be written, and nothing is. */
    EQ(p_WinHttpReadProxySettings(ses, NULL, 0, 0, &version, NULL, &settings), 0);
    EQ(p_WinHttpWriteProxySettings(NULL, TRUE, &settings), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpWriteProxySettings(ses, FALSE, NULL), ERROR_INVALID_PARAMETER);
    settings.dwFlags = DIRECT;
    EQ(p_WinHttpWriteProxySettings(ses, TRUE, &settings), ERROR_ACCESS_DENIED);
    p_WinHttpFreeProxySettings(&settings);
    EQ(p_WinHttpSetProxySettingsPerUser(TRUE), ERROR_ACCESS_DENIED);
    EQ(p_WinHttpSetProxySettingsPerUser(FALSE), ERROR_ACCESS_DENIED);
    EQ(p_WinHttpReadProxySettings(ses, NULL, 0, 0, &later, NULL, &settings), 0);
    EQ(later, version);
    EQ_STR(narrow(settings.pwszProxy), "b:1");
    p_WinHttpFreeProxySettings(&settings);
    restore_user();
    WinHttpCloseHandle(ses);
}

/* Not in every SDK. */
enum { SETTINGS_COMPLETE = 0x08000000, SETTINGS_CALL = 7, WSL = 1 };
#define SETTINGS_ANSWERED (SETTINGS_COMPLETE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR)
#if defined _WIN32 && !defined _WIN64
#pragma pack(push, 4)
#endif
typedef struct settings_param {
    ULONGLONG flags;
    PCWSTR connection, probe;
} settings_param;
typedef struct settings_ex {
    ULONGLONG generation, flags;
    PCWSTR script, proxy, secure_proxy;
    ULONG count;
    PCWSTR *bypasses;
    DWORD interface_index;
    PCWSTR connection;
} settings_ex;
#if defined _WIN32 && !defined _WIN64
#pragma pack(pop)
#endif
#define SETTINGS_FUNCTIONS \
    NEWER(DWORD, WinHttpGetProxySettingsEx, HINTERNET, int, settings_param *, DWORD_PTR); \
    NEWER(DWORD, WinHttpGetProxySettingsResultEx, HINTERNET, PVOID); \
    NEWER(DWORD, WinHttpFreeProxySettingsEx, int, PVOID)

/* An asynchronous session with its recorder, and a resolver. */
static HINTERNET settings_resolver(HINTERNET *ses, recorder **r) {
    HINTERNET res = NULL;
    *ses = h_open(1);
    *r = rec_new();
    h_record_all(*ses, *r);
    EQ(WinHttpCreateProxyResolver(*ses, &res), 0);
    return res;
}

static void extended_settings(void) {
    static const struct {
        const char *proxy, *bypass, *script;
        DWORD set, flags;
        const char *http, *https;
        ULONG count;
    } rows[] = {
        {NULL, NULL, NULL, DIRECT, DIRECT, "(null)", "(null)", 0},
        {"a:81", NULL, NULL, DIRECT | PROXY, DIRECT | PROXY, "http://a:81", "http://a:81", 0},
        {"http=a:1;https=https://[::1]", "<local>;*.c d", NULL, DIRECT | PROXY, DIRECT | PROXY, "http://a:1", "https://[::1]:443", 3},
        {"http=a", NULL, NULL, DIRECT | PROXY, DIRECT | PROXY, "http://a:80", "(null)", 0},
        {"ftp=a:1", NULL, NULL, DIRECT | PROXY, DIRECT, "(null)", "(null)", 0},
        {NULL, NULL, "http://s/proxy.pac", DIRECT | SCRIPT | DETECT, DIRECT | SCRIPT | DETECT, "(null)", "(null)", 0},
    };
    HINTERNET ses, res;
    recorder *r;
    settings_param param = {0, W("VPN"), W("www.example.org")};
    settings_ex got;
    ULONGLONG generation = 0;
    DWORD version = 0;
    h_record e;
    int i;
    SETTINGS_FUNCTIONS;
    NEWER(DWORD, WinHttpGetProxySettingsVersion, HINTERNET, DWORD *);
    EQ(sizeof got, sizeof(void *) == 8 ? 72 : 44);
    EQ(sizeof param, sizeof(void *) == 8 ? 24 : 16);
    res = settings_resolver(&ses, &r);
    for (i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        set_user(rows[i].set, rows[i].proxy, rows[i].bypass, rows[i].script);
        EQ(p_WinHttpGetProxySettingsEx(res, i % 3, i % 2 ? &param : NULL, (DWORD_PTR)r), 997);
        NEED(rec_wait_nth(r, res, SETTINGS_ANSWERED, i + 1, 20000, &e));
        EQ(e.status, SETTINGS_COMPLETE);
        EXPECT(!e.pointer && !e.length);
        memset(&got, 0x55, sizeof got);
        EQ(p_WinHttpGetProxySettingsResultEx(res, &got), 0);
        EXPECT(got.generation > generation);
        generation = got.generation;
        EQ(p_WinHttpGetProxySettingsVersion(ses, &version), 0);
        EQ(got.generation, version);
        EQ(got.flags, rows[i].flags);
        EQ_STR(narrow(got.proxy), rows[i].http);
        EQ_STR(narrow(got.secure_proxy), rows[i].https);
        EQ_STR(narrow(got.script), rows[i].script ? rows[i].script : "(null)");
        EQ(got.count, rows[i].count);
        if (got.count == 3) {
            EQ_STR(narrow(got.bypasses[0]), "<local>");
            EQ_STR(narrow(got.bypasses[1]), "*.c");
            EQ_STR(narrow(got.bypasses[2]), "d");
        } else {
            EXPECT(!got.bypasses);
        }
        EXPECT(!got.connection && !got.interface_index);
        EQ(p_WinHttpFreeProxySettingsEx(i % 3, &got), 0);
        EXPECT(!got.proxy && !got.secure_proxy && !got.script && !got.count && !got.bypasses);
        EQ(p_WinHttpFreeProxySettingsEx(i % 3, &got), 0);
    }
    /* The answer stays, also when the settings change, and each copy is the program's own. */
    set_user(DIRECT, NULL, NULL, NULL);
    for (i = 0; i < 2; i++) {
        EQ(p_WinHttpGetProxySettingsResultEx(res, &got), 0);
        EQ_STR(narrow(got.script), "http://s/proxy.pac");
        GlobalFree((HGLOBAL)got.script);
    }
    restore_user();
    EXPECT(WinHttpCloseHandle(res));
    EXPECT(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ(rec_count(r, res, 0xffffffff), (int)(sizeof rows / sizeof *rows) + 1);
    WinHttpCloseHandle(ses);
}

static void arguments_of_extended_settings(void) {
    HINTERNET ses, res, con;
    recorder *r;
    settings_ex got;
    WINHTTP_PROXY_RESULT ways;
    int type;
    SETTINGS_FUNCTIONS;
    memset(&got, 0, sizeof got);
    res = settings_resolver(&ses, &r);
    con = WinHttpConnect(ses, W("127.0.0.1"), 80, 0);
    EQ(p_WinHttpGetProxySettingsEx(NULL, WSL, NULL, 0), 6);
    EQ(p_WinHttpGetProxySettingsEx(ses, WSL, NULL, 0), E_TYPE);
    EQ(p_WinHttpGetProxySettingsEx(con, WSL, NULL, 0), E_TYPE);
    EQ(p_WinHttpGetProxySettingsEx(res, -1, NULL, 0), 87);
    EQ(p_WinHttpGetProxySettingsEx(res, 4, NULL, 0), 87);
    EQ(p_WinHttpGetProxySettingsResultEx(NULL, &got), 6);
    EQ(p_WinHttpGetProxySettingsResultEx(ses, &got), E_TYPE);
    EQ(p_WinHttpGetProxySettingsResultEx(con, &got), E_TYPE);
    EQ(p_WinHttpGetProxySettingsResultEx(res, NULL), 87);
    EQ(p_WinHttpGetProxySettingsResultEx(res, &got), E_STATE);
    EQ(p_WinHttpFreeProxySettingsEx(WSL, NULL), 87);
    EQ(p_WinHttpFreeProxySettingsEx(4, &got), 87);
    for (type = 0; type < 4; type++) EQ(p_WinHttpFreeProxySettingsEx(type, &got), 0);
    EQ(rec_count(r, res, 0xffffffff), 0);
    for (type = 0; type < 4; type++) {
        EQ(p_WinHttpGetProxySettingsEx(res, type, NULL, (DWORD_PTR)r), 997);
        NEED(rec_wait_nth(r, res, SETTINGS_COMPLETE, type + 1, 20000, NULL));
    }
    /* A resolver has the answer to its last question only. */
    EQ(WinHttpGetProxyResult(res, &ways), E_STATE);
    EQ(WinHttpGetProxyForUrlEx(res, W("http://a/"), NULL, (DWORD_PTR)r), 997);
    NEED(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE));
    EQ(p_WinHttpGetProxySettingsResultEx(res, &got), E_STATE);
    EXPECT(WinHttpCloseHandle(res));
    EXPECT(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EQ(p_WinHttpGetProxySettingsEx(res, WSL, NULL, 0), 6);
    EQ(p_WinHttpGetProxySettingsResultEx(res, &got), 6);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
}

/* Closing ends the question. On Linux the settings come from a pipe that gives none, so the question is under way for
 * certain; on Windows it may have its answer by then. Either way it is told once, and the closing notice is the last. */
static void closing_while_settings_are_read(void) {
    HINTERNET ses, res;
    recorder *r;
    h_record e = {0};
    settings_ex got;
#ifndef _WIN32
    int pipe;
#endif
    SETTINGS_FUNCTIONS;
    res = settings_resolver(&ses, &r);
#ifndef _WIN32
    set_user(DIRECT, NULL, NULL, NULL);
    restore_user();
    EQ(mkfifo(config_file(), 0600), 0);
#endif
    EQ(p_WinHttpGetProxySettingsEx(res, WSL, NULL, (DWORD_PTR)r), 997);
#ifndef _WIN32
    pipe = open(config_file(), O_WRONLY); /* returns when the library reads */
    EXPECT(pipe >= 0);
    restore_user();
    EQ(p_WinHttpGetProxySettingsEx(res, WSL, NULL, (DWORD_PTR)r), E_STATE);
    EQ(WinHttpGetProxyForUrlEx(res, W("http://a/"), NULL, (DWORD_PTR)r), E_STATE);
    EQ(p_WinHttpGetProxySettingsResultEx(res, &got), E_STATE);
#endif
    EXPECT(WinHttpCloseHandle(res));
    NEED(rec_wait(r, res, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
    EXPECT(rec_wait_nth(r, res, SETTINGS_ANSWERED, 1, 1, &e));
#ifndef _WIN32
    EQ(e.status, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR);
    close(pipe);
#endif
    if (e.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) {
        EQ(e.info.result.dwResult, SETTINGS_CALL);
        EQ(e.info.result.dwError, E_CANCELLED);
    }
    EQ(rec_count(r, res, 0xffffffff), 2);
    EQ(rec_at(r, rec_mark(r) - 1).status, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING);
    EQ(p_WinHttpGetProxySettingsResultEx(res, &got), 6);
    WinHttpCloseHandle(ses);
}

typedef VOID(CALLBACK *on_change)(ULONGLONG flags, PVOID context);
typedef struct changes {
    h_mutex m;
    h_cond c;
    int count, running;
    ULONGLONG flags;
    void *end; /* a registration that the callback ends itself */
    h_event *hold; /* what the callback waits for */
    h_event entered, held;
} changes;
static DWORD(WINAPI *end_of_changes)(void *);
static VOID CALLBACK changed(ULONGLONG flags, PVOID context) {
    changes *c = context;
    h_event *hold;
    void *own;
    h_lock(&c->m);
    c->count++;
    c->running++;
    c->flags = flags;
    own = c->end, hold = c->hold;
    h_broadcast(&c->c);
    h_unlock(&c->m);
    if (own) EQ(end_of_changes(own), 0);
    h_event_set(&c->entered);
    if (hold) {
        h_event_set(&c->held);
        h_event_wait(hold, 5000);
    }
    h_put(&c->running, 0);
}
static int await_changes(changes *c, int count) {
    uint64_t end = h_ms() + 10000;
    int got;
    h_lock(&c->m);
    while (c->count < count && h_ms() < end) h_wait_until(&c->c, &c->m, end);
    got = c->count;
    h_unlock(&c->m);
    return got;
}
static changes *new_changes(void) {
    changes *c = calloc(1, sizeof *c);
    h_mutex_init(&c->m);
    h_cond_init(&c->c);
    h_event_init(&c->entered);
    h_event_init(&c->held);
    return c;
}
static void next_change(changes *c, void *own, h_event *hold) {
    h_lock(&c->m);
    c->end = own, c->hold = hold;
    h_unlock(&c->m);
}

static void let_go(void *hold) { h_event_set(hold); }

static void changes_are_told(void) {
    changes *one = new_changes(), *two = new_changes(), *three = new_changes();
    void *first = NULL, *second = NULL, *third = NULL;
    h_event hold;
    h_thread thread;
    NEWER(DWORD, WinHttpRegisterProxyChangeNotification, ULONGLONG, on_change, PVOID, void **);
    NEWER(DWORD, WinHttpUnregisterProxyChangeNotification, void *);
    end_of_changes = p_WinHttpUnregisterProxyChangeNotification;
    EQ(p_WinHttpRegisterProxyChangeNotification(1, NULL, one, &first), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpRegisterProxyChangeNotification(1, changed, one, NULL), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpRegisterProxyChangeNotification(0, changed, one, &first), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpRegisterProxyChangeNotification(3, changed, one, &first), ERROR_INVALID_PARAMETER);
    EQ(p_WinHttpUnregisterProxyChangeNotification(NULL), ERROR_INVALID_HANDLE);
    restore_user();
    EQ(p_WinHttpRegisterProxyChangeNotification(1, changed, one, &first), 0);
    EQ(p_WinHttpRegisterProxyChangeNotification(1, changed, two, &second), 0);
    EXPECT(first && second && first != second);
    set_user(DIRECT | PROXY, "a:1", NULL, NULL);
    EXPECT(await_changes(one, 1) >= 1 && await_changes(two, 1) >= 1);
    EQ(one->flags, 1);
    EQ(p_WinHttpUnregisterProxyChangeNotification(second), 0);
    EQ(p_WinHttpUnregisterProxyChangeNotification(second), ERROR_INVALID_HANDLE);
    h_put(&two->count, 0);
    /* One that ends itself inside its call. */
    EQ(p_WinHttpRegisterProxyChangeNotification(1, changed, three, &third), 0);
    next_change(three, third, NULL);
    set_user(DIRECT | PROXY, "b:1", NULL, NULL);
    EQ(await_changes(three, 1), 1);
    EQ(await_changes(one, 2), 2);
    EQ(h_get(&two->count), 0);
    EXPECT(h_event_wait(&three->entered, 5000));
    /* Ending waits for a call that runs. */
    h_event_init(&hold);
    next_change(one, NULL, &hold);
    set_user(DIRECT | PROXY, "c:1", NULL, NULL);
    EXPECT(h_event_wait(&one->held, 10000));
    EQ(h_get(&one->running), 1);
    thread = h_spawn(let_go, &hold);
    EQ(p_WinHttpUnregisterProxyChangeNotification(first), 0);
    EQ(h_get(&one->running), 0);
    h_join(thread);
    EQ(three->count, 1);
    restore_user();
    /* Again, from nothing. */
    next_change(three, NULL, NULL);
    EQ(p_WinHttpRegisterProxyChangeNotification(1, changed, three, &third), 0);
    set_user(DIRECT | PROXY, "d:1", NULL, NULL);
    EXPECT(await_changes(three, 2) >= 2);
    EQ(p_WinHttpUnregisterProxyChangeNotification(third), 0);
    restore_user();
    free(one);
    free(two);
    free(three);
}

/* ---- Linux ------------------------------------------------------------------------------------------- */

#ifndef _WIN32
static const char *const variables[] = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"};
static void clear_environment(void) {
    size_t i;
    for (i = 0; i < sizeof variables / sizeof *variables; i++) unsetenv(variables[i]);
}

/* Without a file the environment counts, for the machine's and for the user's settings. */
static void the_environment(void) {
    static const struct {
        const char *set, *proxy, *bypass;
    } rows[] = {
        {"", NULL, NULL},
        {"http_proxy=h:1", "http=h:1", NULL},
        {"HTTP_PROXY=h:1", "http=h:1", NULL},
        {"HTTP_PROXY=h:1 REQUEST_METHOD=GET", NULL, NULL},
        {"https_proxy=http://u:p@h:1/", "https=h:1", NULL},
        {"all_proxy=h:1 http_proxy=", "http=h:1;https=h:1", NULL},
        {"all_proxy=socks5://h:1", NULL, NULL},
        {"http_proxy=h:1 no_proxy=a,.b,127.0.0.1", "http=h:1", "a;*.a;b;*.b;127.0.0.1"},
        {"http_proxy=h:1 no_proxy=*", "http=h:1", "*"},
        {"no_proxy=a", NULL, NULL},
    };
    size_t i;
    restore_user();
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char set[256], *word;
        clear_environment();
        snprintf(set, sizeof set, "%s", rows[i].set);
        for (word = strtok(set, " "); word; word = strtok(NULL, " ")) {
            char *equals = strchr(word, '=');
            *equals = 0;
            setenv(word, equals + 1, 1);
        }
        machine_reads(rows[i].set, rows[i].proxy ? WINHTTP_ACCESS_TYPE_NAMED_PROXY : WINHTTP_ACCESS_TYPE_NO_PROXY, rows[i].proxy ? rows[i].proxy : "(null)", rows[i].bypass ? rows[i].bypass : "(null)");
        user_reads(rows[i].set, 0, "(null)", rows[i].proxy ? rows[i].proxy : "(null)", rows[i].bypass ? rows[i].bypass : "(null)");
    }
    clear_environment();
}

static void sessions_use_the_environment(void) {
    int through;
    restore_user();
    setenv("http_proxy", x_text("http://127.0.0.1:%u/", h_port("proxy")), 1);
    setenv("no_proxy", "127.0.0.0/8", 1);
    EQ(get(0, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 1);
    EQ(get(0, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 1);
    EQ(get(0, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, "localhost", "tls", &through, NULL), 0);
    EQ(through, 0);
    EQ(get(0, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, "127.0.0.1", "plain", &through, NULL), 0);
    EQ(through, 0);
    EQ(get(0, WINHTTP_ACCESS_TYPE_NO_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 0);
    /* A file counts instead of it, also one that names no proxy. */
    set_machine(WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL);
    EQ(get(0, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, "localhost", "plain", &through, NULL), 0);
    EQ(through, 0);
    restore_user();
    clear_environment();
}

/* Name and password of a variable are for a proxy that asks, in its own time, and for no server. */
static void logins_of_the_environment(void) {
    static const DWORD types[] = {WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY};
    size_t i;
    restore_user();
    setenv("all_proxy", x_text("http://tester:%%73ecret@127.0.0.1:%u/", h_port("proxy")), 1);
    for (i = 0; i < 2; i++) {
        const char *row = x_text("type %u", (unsigned)types[i]), *log, *second;
        conn c = {0};
        char body[1024];
        proxied();
        c.ses = WinHttpOpen(NULL, types[i], NULL, NULL, 0);
        c.con = WinHttpConnect(c.ses, W("login.test"), h_port("plain"), 0);
        c.req = WinHttpOpenRequest(c.con, NULL, W("/head"), NULL, NULL, NULL, 0);
        EQ_ROW(row, x_exchange(&c, 0), 0);
        EQ_ROW(row, h_status(c.req), 200);
        EQ_ROW(row, x_body(&c, 0, body, sizeof body), 0);
        EXPECT(!strstr(body, "Authorization"));
        log = proxied();
        second = strstr(log + 1, "#");
        NEED(second);
        EXPECT(!strstr(log, "Authorization") || strstr(log, "Authorization") > second);
        EXPECT(strstr(second, "Proxy-Authorization: Basic dGVzdGVyOnNlY3JldA=="));
        h_finish(&c);
    }
    clear_environment();
}

static void writing_keeps_the_rest_of_the_file(void) {
    static char text[1024];
    FILE *f;
    set_user(PROXY | SCRIPT, "old:1", "old", "http://s/");
    set_machine(WINHTTP_ACCESS_TYPE_NAMED_PROXY, "new:1", NULL);
    user_reads("written", 0, "http://s/", "new:1", "(null)");
    f = fopen(config_file(), "r");
    NEED(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    EXPECT(x_starts(text, "# by writing_keeps"));
    restore_user();
}

static void a_folder_that_cannot_be_written(void) {
    WINHTTP_PROXY_INFO info = info_of(WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL);
    static char home[256];
    snprintf(home, sizeof home, "%s", getenv("XDG_CONFIG_HOME"));
    setenv("XDG_CONFIG_HOME", "/proc/no/such/folder", 1);
    EXPECT(!WinHttpSetDefaultProxyConfiguration(&info));
    EQ(GetLastError(), ERROR_ACCESS_DENIED);
    setenv("XDG_CONFIG_HOME", home, 1);
}
#endif

TESTS {
#ifndef _WIN32
    clear_environment();
#endif
    CASE(the_users_settings);
    CASE(damaged_settings_are_as_none);
    CASE(what_is_set_reads_back_and_counts_for_new_sessions);
    CASE(what_cannot_be_set);
    CASE2(the_default_type_uses_the_machines_proxy);
    CASE2(the_automatic_type_uses_the_users_proxies);
    CASE(reading_settings_for_connections);
    CASE(extended_settings);
    CASE(arguments_of_extended_settings);
    CASE(closing_while_settings_are_read);
    CASE(changes_are_told);
#ifndef _WIN32
    CASE(the_environment);
    CASE(sessions_use_the_environment);
    CASE(logins_of_the_environment);
    CASE(writing_keeps_the_rest_of_the_file);
    CASE(a_folder_that_cannot_be_written);
#endif
}
END_TESTS
