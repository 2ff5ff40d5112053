// The same program with Wine's own winhttp.dll and with ours: wine PORT WHO JOB SIZE CONNECTIONS OPERATIONS
// Synchronous calls only. Prints p50, operations a second and the rate; the rest is not to be had here.
#include <windows.h>
#include <winhttp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static HINTERNET server;
static char *room;

static double now(void) {
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return count.QuadPart * 1e9 / frequency.QuadPart;
}

static void fail(const char *what) {
    fprintf(stderr, "%s: %lu\n", what, GetLastError());
    exit(1);
}

static HINTERNET request(const WCHAR *path, int upgrade) {
    HINTERNET request = WinHttpOpenRequest(server, L"GET", path, NULL, NULL, NULL, 0);
    if (!request) fail("open");
    if (upgrade && !WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)) fail("upgrade");
    if (!WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, 0)) fail("send");
    if (!WinHttpReceiveResponse(request, NULL)) fail("receive");
    return request;
}

static size_t read_some(HINTERNET request, DWORD most) {
    DWORD read = 0;
    if (!WinHttpReadData(request, room, most, &read)) fail("read");
    return read;
}

static size_t receive(HINTERNET socket, DWORD most) {
    DWORD read = 0;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    if (WinHttpWebSocketReceive(socket, room, most, &read, &type)) fail("receive");
    return read;
}

static int by_size(const void *a, const void *b) {
    double d = *(const double *)a - *(const double *)b;
    return (d > 0) - (d < 0);
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    const char *job = argv[3];
    size_t size = strtoul(argv[4], 0, 10), operations = strtoul(argv[6], 0, 10);
    size_t warm_up = operations / 10 ? operations / 10 : 1, total = operations + warm_up;
    size_t wire = size + (size < 126 ? 6 : size < 65536 ? 8 : 14);
    DWORD most = size < 4096 ? 4096 : (DWORD)size;
    WCHAR path[100] = L"/echo";
    HINTERNET session = WinHttpOpen(L"bench", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    server = WinHttpConnect(session, L"127.0.0.1", (INTERNET_PORT)atoi(argv[1]), 0);
    if (!server) fail("connect");
    room = malloc(most);
    memset(room, 'x', most);
    double *times = calloc(total, sizeof *times), start = now();
    if (!strcmp(job, "get")) {
        swprintf(path, 100, L"/get/%u", (unsigned)size);
        for (size_t n = 0; n < total; n++) {
            if (n == warm_up) start = now();
            double sent = now();
            HINTERNET one = request(path, 0);
            while (read_some(one, most)) {
            }
            WinHttpCloseHandle(one);
            times[n] = now() - sent;
        }
    } else if (!strcmp(job, "download")) {
        swprintf(path, 100, L"/get/%I64u", (unsigned long long)(size * total));
        HINTERNET one = request(path, 0);
        size_t seen = 0, got, measured = 0;
        while ((got = read_some(one, most))) {
            if (!measured && seen >= warm_up * size) {
                measured = 1;
                start = now();
            }
            seen += got;
        }
        if (seen != size * total) fail("short");
    } else {
        int echo = !strcmp(job, "echo"), flood = !strcmp(job, "receive");
        if (flood) swprintf(path, 100, L"/flood/%u", (unsigned)size);
        if (!echo && !flood) swprintf(path, 100, L"/sink/%I64u", (unsigned long long)(wire * total));
        HINTERNET first = request(path, 1), socket = WinHttpWebSocketCompleteUpgrade(first, 0);
        if (!socket) fail("complete upgrade");
        WinHttpCloseHandle(first);
        for (size_t n = 0; n < total; n++) {
            if (n == warm_up) start = now();
            double sent = now();
            if (!flood && WinHttpWebSocketSend(socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, room, (DWORD)size)) fail("send");
            size_t seen = 0;
            while ((echo || flood) && seen < size) seen += receive(socket, most);
            times[n] = now() - sent;
        }
        if (!echo && !flood) receive(socket, most);
    }
    double seconds = (now() - start) / 1e9;
    qsort(times + warm_up, operations, sizeof *times, by_size);
    printf("%f NaN NaN %f %f NaN NaN\n", times[warm_up + operations / 2], operations / seconds,
        operations * (double)size / 1e6 / seconds);
    return 0;
}
