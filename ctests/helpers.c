/* Functions beside the way of a request: dates, proxy settings, reading what is there. */
#define _GNU_SOURCE
#include "newer.h"

static void same_time(const char *row, const SYSTEMTIME *a) {
    EQ_ROW(row, a->wYear, 2008);
    EQ_ROW(row, a->wMonth, 7);
    EQ_ROW(row, a->wDayOfWeek, 1);
    EQ_ROW(row, a->wDay, 28);
    EQ_ROW(row, a->wHour, 10);
    EQ_ROW(row, a->wMinute, 5);
    EQ_ROW(row, a->wSecond, 52);
    EQ_ROW(row, a->wMilliseconds, 0);
}

static void dates_are_read(void) {
    static const char *forms[] = {
        "Mon, 28 Jul 2008 10:05:52 GMT", "Mon, 28 Jul 2008 10:05:52 GMT\n", " mon 28 jul 2008 10 05 52\n", "MON, 28 JUL 2008 10:05:52 gmt", "Mon, 28 Jul 2008 10:05:52",
        "28 Jul 2008 10:05:52", "Mon;28/Jul/2008;10.05.52", "\t\r\n Mon, 28 Jul 2008 10:05:52 GMT",
        /* The other two forms of HTTP. */
        "Monday, 28-Jul-08 10:05:52 GMT", "Mon Jul 28 10:05:52 2008",
    };
    size_t i;
    for (i = 0; i < sizeof forms / sizeof *forms; i++) {
        SYSTEMTIME time;
        memset(&time, 0xee, sizeof time);
        SetLastError(0xdead);
        if (!WinHttpTimeToSystemTime(h_wide(forms[i]), &time)) FAIL("%s: error %u", forms[i], (unsigned)GetLastError());
        EQ_ROW(forms[i], GetLastError(), 0);
        same_time(forms[i], &time);
    }
}

/* The week day is believed. */
static void the_week_day_is_not_computed(void) {
    SYSTEMTIME time = {2008, 7, 3, 28, 10, 5, 52, 0};
    WCHAR text[WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR)];
    EXPECT(WinHttpTimeToSystemTime(W("Wed, 28 Jul 2008 10:05:52 GMT"), &time));
    EQ(time.wDayOfWeek, 3);
    EXPECT(WinHttpTimeFromSystemTime(&time, text));
    EXPECT(!memcmp(text, W("Wed, 28 Jul 2008 10:05:52 GMT"), 60));
}

static void what_is_no_date(void) {
    static const char *forms[] = {"", " ", "soon", "Mon", "Mon, 28", "28 08 2008 10:05:52", "Mon, 31 Feb 2008 10:05:52 GMT", "Mon, 28 Jul 2008 24:00:00 GMT", "Mon, 28 Jul 2008 10:60:00 GMT", "99999999999999999999 Jul 2008"};
    SYSTEMTIME time, before;
    size_t i;
    memset(&before, 0xee, sizeof before);
    for (i = 0; i < sizeof forms / sizeof *forms; i++) {
        time = before;
        SetLastError(0xdead);
        EQ_ROW(forms[i], WinHttpTimeToSystemTime(h_wide(forms[i]), &time), FALSE);
        EQ_ROW(forms[i], GetLastError(), ERROR_INVALID_PARAMETER);
        if (memcmp(&time, &before, sizeof time)) FAIL("%s: something was written", forms[i]);
    }
    EXPECT(!WinHttpTimeToSystemTime(NULL, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpTimeToSystemTime(NULL, &time));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpTimeToSystemTime(W("Mon, 28 Jul 2008 10:05:52 GMT"), NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* 62 bytes of room, of which 60 are used. */
static void dates_are_written(void) {
    static const struct {
        SYSTEMTIME time;
        const char *text;
    } rows[] = {
        {{2008, 7, 1, 28, 10, 5, 52, 0}, "Mon, 28 Jul 2008 10:05:52 GMT"},
        {{2008, 7, 1, 28, 10, 5, 52, 999}, "Mon, 28 Jul 2008 10:05:52 GMT"},
        {{1601, 1, 1, 1, 0, 0, 0, 0}, "Mon, 01 Jan 1601 00:00:00 GMT"},
        {{9999, 12, 5, 31, 23, 59, 59, 0}, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {{2024, 2, 4, 29, 1, 2, 3, 0}, "Thu, 29 Feb 2024 01:02:03 GMT"},
    };
    size_t k;
    for (k = 0; k < sizeof rows / sizeof *rows; k++) {
        WCHAR text[WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR) + 1];
        char narrow[64];
        int i;
        memset(text, 0xee, sizeof text);
        SetLastError(0xdead);
        EXPECT(WinHttpTimeFromSystemTime(&rows[k].time, text));
        EQ(GetLastError(), 0);
        for (i = 0; i < 30 && text[i]; i++) narrow[i] = (char)text[i];
        narrow[i] = 0;
        EQ_STR(narrow, rows[k].text);
        EQ(text[WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR)], 0xeeee);
    }
}

/* Nothing is looked up beyond the names of days and months. */
static void numbers_that_no_date_has(void) {
    static const SYSTEMTIME rows[] = {
        {2008, 0, 1, 28, 10, 5, 52, 0},     {2008, 13, 1, 28, 10, 5, 52, 0},    {2008, 7, 7, 28, 10, 5, 52, 0}, {2008, 65535, 1, 28, 10, 5, 52, 0},
        {2008, 7, 65535, 28, 10, 5, 52, 0}, {65535, 7, 1, 65535, 65535, 65535, 65535, 65535},
    };
    WCHAR text[WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR)];
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char row[16];
        snprintf(row, sizeof row, "row %d", (int)i);
        memset(text, 0xee, sizeof text);
        SetLastError(0xdead);
        EQ_ROW(row, WinHttpTimeFromSystemTime(&rows[i], text), FALSE);
        EQ_ROW(row, GetLastError(), ERROR_INVALID_PARAMETER);
        EQ_ROW(row, text[0], 0xeeee);
    }
    EXPECT(!WinHttpTimeFromSystemTime(&rows[0], NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpTimeFromSystemTime(NULL, text));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EQ(text[0], 0xeeee);
}

/* Clients ask these before anything else, and give up when they fail. */
static void asking_for_proxy_settings_succeeds(void) {
    WINHTTP_PROXY_INFO info;
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;
    memset(&info, 0xee, sizeof info);
    memset(&config, 0xee, sizeof config);
    SetLastError(0xdead);
    EXPECT(WinHttpGetDefaultProxyConfiguration(&info));
    EXPECT(info.dwAccessType == WINHTTP_ACCESS_TYPE_NO_PROXY || info.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY);
    if (info.dwAccessType == WINHTTP_ACCESS_TYPE_NO_PROXY) EXPECT(!info.lpszProxy && !info.lpszProxyBypass);
    SetLastError(0xdead);
    EXPECT(WinHttpGetIEProxyConfigForCurrentUser(&config));
    EQ(GetLastError(), 0);
    EXPECT(config.fAutoDetect == 0 || config.fAutoDetect == 1);
}

static void proxy_settings_have_no_place_to_go(void) {
    EXPECT(!WinHttpGetDefaultProxyConfiguration(NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpGetIEProxyConfigForCurrentUser(NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void wrong_arguments_of_the_proxy_functions(void) {
    WINHTTP_AUTOPROXY_OPTIONS options;
    WINHTTP_PROXY_INFO info;
    LPWSTR url = NULL;
    HINTERNET ses = h_open(0), con;
    memset(&options, 0, sizeof options);
    memset(&info, 0, sizeof info);
    NEED(ses);
    EXPECT(!WinHttpDetectAutoProxyConfigUrl(0, &url));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpDetectAutoProxyConfigUrl(WINHTTP_AUTO_DETECT_TYPE_DNS_A, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpGetProxyForUrl(NULL, NULL, NULL, NULL));
    EQ(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(!WinHttpGetProxyForUrl(ses, NULL, NULL, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpGetProxyForUrl(ses, W("http://localhost"), NULL, &info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpGetProxyForUrl(ses, W("http://localhost"), &options, &info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    options.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT;
    EXPECT(!WinHttpGetProxyForUrl(ses, W("http://localhost"), &options, &info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    options.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL;
    EXPECT(!WinHttpGetProxyForUrl(ses, W("http://localhost"), &options, &info));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    con = WinHttpConnect(ses, W("localhost"), 80, 0);
    EXPECT(!WinHttpSetCredentials(con, 0, 1, W("a"), W("b"), NULL));
    EQ(GetLastError(), E_TYPE);
    WinHttpCloseHandle(con);
    WinHttpCloseHandle(ses);
}

static void a_header_is_a_date(void) {
    conn c;
    SYSTEMTIME time;
    DWORD size = sizeof time;
    NEED(h_prepare(&c, 0, "plain", "/status/200", NULL, 0));
    EXPECT(WinHttpAddRequestHeaders(c.req, W("If-Modified-Since: Mon, 28 Jul 2008 10:05:52 GMT"), (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD));
    NEED(!h_exchange(&c, 0));
    EXPECT(WinHttpQueryHeaders(c.req, WINHTTP_QUERY_IF_MODIFIED_SINCE | WINHTTP_QUERY_FLAG_REQUEST_HEADERS | WINHTTP_QUERY_FLAG_SYSTEMTIME,
        NULL, &time, &size, NULL));
    EQ(size, sizeof time);
    same_time("the header", &time);
    size = 4;
    EXPECT(!WinHttpQueryHeaders(c.req, WINHTTP_QUERY_IF_MODIFIED_SINCE | WINHTTP_QUERY_FLAG_REQUEST_HEADERS | WINHTTP_QUERY_FLAG_SYSTEMTIME,
        NULL, &time, &size, NULL));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EQ(size, sizeof time);
    h_finish(&c);
}

static void reading_what_is_there(int async) {
    static const char body[] = "the body of 200\n";
    recorder *r = rec_new();
    char text[64] = "";
    DWORD n, all = 0, flags;
    int calls;
    conn c;
    NEWER(DWORD, WinHttpReadDataEx, HINTERNET, LPVOID, DWORD, LPDWORD, ULONGLONG, DWORD, PVOID);
    for (flags = 0; flags < 2; flags++) {
        rec_clear(r);
        all = 0;
        NEED(h_prepare(&c, async, "plain", "/status/200", r, 0));
        NEED(!h_exchange(&c, async));
        for (calls = 0; calls < 20; calls++) {
            h_record e;
            NEED(!p_WinHttpReadDataEx(c.req, text + all, (DWORD)sizeof text - all, async ? NULL : &n, flags, 0, NULL));
            if (async) {
                NEED(rec_wait_nth(r, c.req, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, calls + 1, 5000, &e));
                n = e.length;
            }
            all += n;
            if (!n) break;
        }
        EQ(all, sizeof body - 1);
        EXPECT(!memcmp(text, body, sizeof body - 1));
        if (flags) EQ(calls, 1);
        EQ(p_WinHttpReadDataEx(c.req, text, 1, &n, 6, 0, NULL), ERROR_INVALID_PARAMETER);
        EQ(p_WinHttpReadDataEx(c.req, text, 1, &n, (ULONGLONG)1 << 32, 0, NULL), ERROR_INVALID_PARAMETER);
        EQ(p_WinHttpReadDataEx(c.req, text, 1, &n, flags, 4, NULL), ERROR_INVALID_PARAMETER);
        EQ(p_WinHttpReadDataEx(c.req, text, 1, &n, flags, 0, text), ERROR_INVALID_PARAMETER);
        EQ(p_WinHttpReadDataEx(c.req, NULL, 1, &n, flags, 0, NULL), ERROR_INVALID_PARAMETER);
        h_finish(&c);
    }
}
static void reading_what_is_there_sync(void) { reading_what_is_there(0); }
static void reading_what_is_there_async(void) { reading_what_is_there(1); }

/* What frees takes an empty result; what asks says which handle it misses. */
static void newer_proxy_functions(void) {
    HINTERNET ses = h_open(1);
    WINHTTP_PROXY_RESULT_EX result;
    WINHTTP_PROXY_SETTINGS settings;
    DWORD version = 0;
    NEWER(VOID, WinHttpFreeProxyResultEx, WINHTTP_PROXY_RESULT_EX *);
    NEWER(DWORD, WinHttpGetProxyResultEx, HINTERNET, WINHTTP_PROXY_RESULT_EX *);
    NEWER(DWORD, WinHttpGetProxyForUrlEx2, HINTERNET, PCWSTR, WINHTTP_AUTOPROXY_OPTIONS *, DWORD, BYTE *, DWORD_PTR);
    NEWER(VOID, WinHttpFreeProxySettings, WINHTTP_PROXY_SETTINGS *);
    NEWER(DWORD, WinHttpGetProxySettingsVersion, HINTERNET, DWORD *);
    NEWER(DWORD, WinHttpReadProxySettings, HINTERNET, PCWSTR, BOOL, BOOL, DWORD *, BOOL *, WINHTTP_PROXY_SETTINGS *);
    NEWER(DWORD, WinHttpWriteProxySettings, HINTERNET, BOOL, WINHTTP_PROXY_SETTINGS *);
    NEED(ses);
    memset(&result, 0, sizeof result);
    memset(&settings, 0, sizeof settings);
    p_WinHttpFreeProxyResultEx(&result);
    p_WinHttpFreeProxySettings(&settings);
    EQ(p_WinHttpGetProxyResultEx(NULL, &result), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpGetProxyResultEx(ses, &result), E_TYPE);
    EQ(p_WinHttpGetProxyForUrlEx2(NULL, NULL, NULL, 0, NULL, 0), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpGetProxySettingsVersion(NULL, &version), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpGetProxySettingsVersion(ses, &version), 0);
    EQ(p_WinHttpReadProxySettings(NULL, NULL, 0, 0, NULL, NULL, &settings), ERROR_INVALID_HANDLE);
    EQ(p_WinHttpWriteProxySettings(NULL, 0, &settings), ERROR_INVALID_HANDLE);
    WinHttpCloseHandle(ses);
}

TESTS {
    CASE(reading_what_is_there_sync);
    CASE(reading_what_is_there_async);
    CASE(newer_proxy_functions);
    CASE(dates_are_read);
    CASE(the_week_day_is_not_computed);
    CASE(what_is_no_date);
    CASE(dates_are_written);
    CASE(numbers_that_no_date_has);
    CASE(asking_for_proxy_settings_succeeds);
    CASE(proxy_settings_have_no_place_to_go);
    CASE(wrong_arguments_of_the_proxy_functions);
    CASE(a_header_is_a_date);
}
END_TESTS
