/* Functions beside the way of a request: dates, proxy settings, single headers, reading what is there. */
#include "harness.h"

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
    static const char *forms[] = {"Mon, 28 Jul 2008 10:05:52 GMT", "Mon, 28 Jul 2008 10:05:52 GMT\n", " mon 28 jul 2008 10 05 52\n"};
    size_t i;
    for (i = 0; i < 3; i++) {
        SYSTEMTIME time;
        memset(&time, 0xee, sizeof time);
        SetLastError(0xdead);
        EXPECT(WinHttpTimeToSystemTime(h_wide(forms[i]), &time));
        EQ(GetLastError(), 0);
        same_time(forms[i], &time);
    }
    SetLastError(0xdead);
    EXPECT(!WinHttpTimeToSystemTime(NULL, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpTimeToSystemTime(h_wide(forms[0]), NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void dates_are_written(void) {
    SYSTEMTIME time = {2008, 7, 1, 28, 10, 5, 52, 0};
    WCHAR text[WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR) + 1];
    char narrow[64];
    int i;
    memset(text, 0xee, sizeof text);
    SetLastError(0xdead);
    EXPECT(WinHttpTimeFromSystemTime(&time, text));
    EQ(GetLastError(), 0);
    for (i = 0; i < 30 && text[i]; i++) narrow[i] = (char)text[i];
    narrow[i] = 0;
    EQ_STR(narrow, "Mon, 28 Jul 2008 10:05:52 GMT");
    EXPECT(!WinHttpTimeFromSystemTime(&time, NULL));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpTimeFromSystemTime(NULL, text));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
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

TESTS {
    CASE(dates_are_read);
    CASE(dates_are_written);
    CASE(asking_for_proxy_settings_succeeds);
    CASE(proxy_settings_have_no_place_to_go);
    CASE(wrong_arguments_of_the_proxy_functions);
    CASE(a_header_is_a_date);
}
END_TESTS
