/* Finding a proxy script: WPAD. What the network says is decided here: on Linux by a resolver of this program's, on Windows by
 * a DHCP client of its own (shim/dhcpcsvc.c). */
#include "proxies.h"

enum { E_DETECT = 12180, DHCP = WINHTTP_AUTO_DETECT_TYPE_DHCP, DNS = WINHTTP_AUTO_DETECT_TYPE_DNS_A };

/* The URL that is found in these ways, or the error. */
static const char *detected(DWORD ways) {
    LPWSTR url = (LPWSTR)1;
    const char *text;
    SetLastError(1);
    if (!WinHttpDetectAutoProxyConfigUrl(ways, &url)) {
        EXPECT(!url);
        return x_text("error %u", (unsigned)GetLastError());
    }
    EQ(GetLastError(), 0);
    text = narrow(url);
    GlobalFree(url);
    return text;
}

/* The proxies that a script found in these ways names, "direct", or the error. */
static const char *proxies(HINTERNET ses, DWORD ways) {
    WINHTTP_AUTOPROXY_OPTIONS o;
    WINHTTP_PROXY_INFO info;
    const char *text = "direct";
    memset(&o, 0, sizeof o);
    o.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT;
    o.dwAutoDetectFlags = ways;
    if (!WinHttpGetProxyForUrl(ses, W("http://www.example.com/"), &o, &info)) return x_text("error %u", (unsigned)GetLastError());
    if (info.lpszProxy) {
        text = narrow(info.lpszProxy);
        GlobalFree(info.lpszProxy);
    }
    return text;
}

#ifndef _WIN32
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>

/* ---- DNS: the names that are asked for, and the one that there is ---------------------------------- */

static h_mutex names;
static char asked[2048], there[128];

/* What this machine is called itself may have a domain, which is asked first and of no interest here. */
static int is_own(const char *name) {
    static char own[256];
    const char *domain;
    FILE *f = fopen("/proc/sys/kernel/hostname", "r");
    if (!f || !fgets(own, sizeof own, f)) own[0] = 0;
    if (f) fclose(f);
    own[strcspn(own, "\n")] = 0;
    for (domain = strchr(own, '.'); domain; domain = strchr(domain + 1, '.'))
        if (!strcmp(name, x_text("wpad%s.", domain))) return 1;
    return 0;
}

/* The library finds these two before the C library's. A name that begins with wpad is 127.0.0.1 if it is there. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name && !strncmp(name, "wpad", 4) && !is_own(name)) {
        int found;
        h_lock(&names);
        if (strlen(asked) + strlen(name) + 2 < sizeof asked) strcat(strcat(asked, *asked ? " " : ""), name);
        found = !strncmp(name, there, strlen(there)) && *there && (!name[strlen(there)] || !strcmp(name + strlen(there), "."));
        h_unlock(&names);
        if (!found) return EAI_NONAME;
        name = "127.0.0.1";
    }
    return real(name, service, hints, out);
}

/* Port 80 of this machine is that of the scripted server, 3128 that of its proxy. */
__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *to, socklen_t size) {
    int (*real)(int, const struct sockaddr *, socklen_t);
    *(void **)&real = dlsym(RTLD_NEXT, "connect");
    if (to->sa_family == AF_INET && size == sizeof(struct sockaddr_in)) {
        struct sockaddr_in address;
        memcpy(&address, to, sizeof address);
        if (address.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
            if (address.sin_port == htons(80)) address.sin_port = htons(h_port("plain"));
            if (address.sin_port == htons(3128)) address.sin_port = htons(h_port("proxy"));
        }
        return real(fd, (struct sockaddr *)&address, sizeof address);
    }
    return real(fd, to, size);
}

/* From here on the machine is in these domains, and this name is there. */
static void network(const char *domains, const char *name) {
    static int once;
    if (!once++) h_mutex_init(&names);
    setenv("LOCALDOMAIN", domains, 1);
    h_lock(&names);
    asked[0] = 0;
    strcpy(there, name);
    h_unlock(&names);
}

/* Options spec 6.5. The dot at the end keeps the C library's resolver from adding domains of its own. */
static void names_that_are_asked_for(void) {
    static const struct {
        const char *domains, *asked;
    } rows[] = {
        {"a.b.example.org", "wpad.a.b.example.org. wpad.b.example.org. wpad.example.org."},
        {"EXAMPLE.org.", "wpad.example.org."},
        {"example.org", "wpad.example.org."},
        {"x.example.co.uk", "wpad.x.example.co.uk. wpad.example.co.uk."},
        {"city.kawasaki.jp", "wpad.city.kawasaki.jp."},
        {"corp.internal", "wpad.corp.internal."},
        /* Everybody's domains, whoever hands them out. */
        {"org", ""},
        {"com", ""},
        {"co.uk", ""},
        {"", ""},
        {".", ""},
        {"one.example.org two.example.net example.org", "wpad.one.example.org. wpad.example.org. wpad.two.example.net. wpad.example.net."},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        network(rows[i].domains, "");
        EQ_STR(detected(DNS), "error 12180");
        EQ_STR(asked, rows[i].asked);
        network(rows[i].domains, "");
        EQ_STR(detected(DHCP | DNS), "error 12180");
        EQ_STR(asked, rows[i].asked);
        network(rows[i].domains, "");
        EQ_STR(detected(DHCP), "error 12180");
        EQ_STR(asked, "");
    }
}

static void the_nearest_name_is_found(void) {
    network("a.b.example.org", "wpad.b.example.org");
    EQ_STR(detected(DNS), "http://wpad.b.example.org/wpad.dat");
    EQ_STR(asked, "wpad.a.b.example.org. wpad.b.example.org.");
    network("a.b.example.org", "wpad.b.example.org");
    EQ_STR(detected(DHCP | DNS), "http://wpad.b.example.org/wpad.dat");
    network("a.b.example.org", "wpad.b.example.org");
    EQ_STR(detected(DHCP), "error 12180");
    EQ_STR(asked, "");
    network("a.example.org b.example.net", "wpad.example.net");
    EQ_STR(detected(DNS), "http://wpad.example.net/wpad.dat");
    /* That there is one in a domain of everybody's does not help it. */
    network("b.example.co.uk", "wpad.co.uk");
    EQ_STR(detected(DNS), "error 12180");
    network("example.org", "wpad");
    EQ_STR(detected(DNS), "error 12180");
}

static void the_script_that_is_found_is_asked(void) {
    HINTERNET ses = h_open(0);
    network("a.b.example.org", "wpad.b.example.org");
    EQ_STR(proxies(ses, DNS), "wpad.b.example.org:3128");
    EQ_STR(asked, "wpad.a.b.example.org. wpad.b.example.org. wpad.b.example.org");
    /* The session remembers both. */
    network("a.b.example.org", "");
    EQ_STR(proxies(ses, DNS), "wpad.b.example.org:3128");
    EQ_STR(asked, "");
    EQ(WinHttpResetAutoProxy(ses, WINHTTP_RESET_ALL), 0);
    EQ_STR(proxies(ses, DNS), "error 12180");
    WinHttpCloseHandle(ses);
}

static void requests_go_where_it_says(void) {
    int async;
    for (async = 0; async < 2; async++) {
        conn c;
        const char *seen;
        memset(&c, 0, sizeof c);
        network("b.example.org", "wpad.example.org");
        set_user(DIRECT | DETECT, NULL, NULL, NULL);
        h_get_text("/proxied");
        c.rec = rec_new();
        c.ses = WinHttpOpen(W("ctests/1.0"), WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, NULL, async ? WINHTTP_FLAG_ASYNC : 0);
        h_record_all(c.ses, c.rec);
        c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("plain"), 0);
        c.req = WinHttpOpenRequest(c.con, W("GET"), W("/status/200"), NULL, NULL, NULL, 0);
        EQ(h_exchange(&c, async), 0);
        EQ(h_status(c.req), 200);
        h_finish(&c);
        seen = h_get_text("/proxied");
        EXPECT(strstr(seen, "/status/200"));
    }
    restore_user();
}
#else

/* ---- DHCP: a client that says what it is told to ---------------------------------------------------- */

static void (*answer_with)(const char *, DWORD, DWORD);
static int (*times_asked)(void);

/* The library finds the one that the process has already. */
static int shim(void) {
    char path[MAX_PATH];
    HMODULE client = GetModuleHandleA("dhcpcsvc.dll");
    DWORD n = GetModuleFileNameA(NULL, path, sizeof path - 32);
    while (n && path[n - 1] != '\\') n--;
    strcpy(path + n, "..\\dhcp\\dhcpcsvc.dll");
    if (!client) client = LoadLibraryA(path);
    *(FARPROC *)&answer_with = GetProcAddress(client, "answer_with");
    *(FARPROC *)&times_asked = GetProcAddress(client, "times_asked");
    if (!answer_with || !times_asked) FAIL("%s is not what was loaded", path);
    return answer_with && times_asked;
}
static void say(const char *text, DWORD size) { answer_with(text, size, 0); }

static void what_dhcp_says(void) {
    static const struct {
        const char *said;
        DWORD size;
        const char *url;
    } rows[] = {
        {"http://127.0.0.1/a.pac", 22, "http://127.0.0.1/a.pac"},
        {"http://127.0.0.1/a.pac", 23, "http://127.0.0.1/a.pac"},
        {"http://127.0.0.1/a.pac\n", 23, "http://127.0.0.1/a.pac"},
        {"http://127.0.0.1/a.pac\0rest", 27, "http://127.0.0.1/a.pac"},
        {"", 0, "error 12180"},
        {"\n", 1, "error 12180"},
        {"\xff\xfe", 2, "error 12180"},
    };
    static char longest[3000];
    size_t i;
    NEED(shim());
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        say(rows[i].said, rows[i].size);
        EQ_STR(detected(DHCP), rows[i].url);
        EXPECT(times_asked() > 0);
        /* What DHCP says goes first; DNS knows nothing here. */
        EQ_STR(detected(DHCP | DNS), rows[i].url);
    }
    /* DNS alone asks nobody else. */
    say("http://127.0.0.1/a.pac", 22);
    EQ_STR(detected(DNS), "error 12180");
    EQ(times_asked(), 0);
    /* More than the first room for it. */
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "http://127.0.0.1/", 17);
    say(longest, 400);
    EQ(strlen(detected(DHCP)), 400);
    say(longest, sizeof longest);
    EXPECT(strstr(detected(DHCP), "error") == NULL);
    /* No server. */
    answer_with("", 0, ERROR_FILE_NOT_FOUND);
    EQ_STR(detected(DHCP), "error 12180");
    EXPECT(times_asked() > 0);
    answer_with("", 0, ERROR_MORE_DATA);
    EQ_STR(detected(DHCP), "error 12180");
}

static void the_script_that_dhcp_names_is_asked(void) {
    HINTERNET ses = h_open(0);
    const char *url = x_text("http://127.0.0.1:%u/wpad.dat", h_port("plain"));
    NEED(shim());
    say(url, (DWORD)strlen(url));
    EQ_STR(proxies(ses, DHCP), "127.0.0.1:3128");
    EQ_STR(proxies(ses, DHCP | DNS), "127.0.0.1:3128");
    EQ_STR(proxies(ses, DNS), "error 12180");
    answer_with("", 0, ERROR_FILE_NOT_FOUND);
    EQ(WinHttpResetAutoProxy(ses, WINHTTP_RESET_ALL), 0);
    EQ_STR(proxies(ses, DHCP), "error 12180");
    WinHttpCloseHandle(ses);
}

/* A real client, in a network without such a server. */
static void without_a_server(void) {
    if (answer_with) answer_with("", 0, ERROR_FILE_NOT_FOUND);
    EQ_STR(detected(DHCP), "error 12180");
    EQ_STR(detected(DHCP | DNS), "error 12180");
    EQ_STR(detected(DNS), "error 12180");
}
#endif

TESTS {
#ifndef _WIN32
    CASE(names_that_are_asked_for);
    CASE(the_nearest_name_is_found);
    CASE(the_script_that_is_found_is_asked);
    CASE(requests_go_where_it_says);
#else
    CASE(without_a_server);
    CASE(what_dhcp_says);
    CASE(the_script_that_dhcp_names_is_asked);
#endif
}
END_TESTS
