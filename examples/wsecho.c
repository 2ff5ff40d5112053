/* A WebSocket client on WinHTTP:  wsecho URL [message...]
 *
 * Connects to a ws://, wss://, http:// or https:// address, upgrades, sends some messages, prints what
 * comes back, closes with a handshake and prints the peer's close status. The same source builds on
 * Windows against the SDK and on Linux against this project's headers.
 */
#include <windows.h>
#include <winhttp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    DWORD code;
    const char *text;
} errors[] = {
    {6, "invalid handle"},
    {87, "invalid parameter"},
    {4317, "the operation is not possible in this state"},
    {ERROR_WINHTTP_TIMEOUT, "timeout"},
    {ERROR_WINHTTP_INVALID_URL, "the address is not valid"},
    {ERROR_WINHTTP_UNRECOGNIZED_SCHEME, "the address must begin with ws://, wss://, http:// or https://"},
    {ERROR_WINHTTP_NAME_NOT_RESOLVED, "the server's name could not be resolved"},
    {ERROR_WINHTTP_OPERATION_CANCELLED, "cancelled"},
    {ERROR_WINHTTP_CANNOT_CONNECT, "no connection to the server"},
    {ERROR_WINHTTP_CONNECTION_ERROR, "the connection was lost"},
    {ERROR_WINHTTP_INVALID_SERVER_RESPONSE, "the server's answer breaks the protocol"},
    {ERROR_WINHTTP_SECURE_FAILURE, "the server's certificate was refused or TLS failed"},
};

static int fail(const char *what, DWORD error) {
    size_t i;
    const char *text = "";
    for (i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == error) text = errors[i].text;
    fprintf(stderr, "wsecho: %s failed: error %u%s%s\n", what, (unsigned)error, *text ? ", " : "", text);
    return 0;
}

/* ---- the address ---- */

typedef struct address {
    WCHAR host[256], path[2048];
    INTERNET_PORT port;
    BOOL secure;
} address;

/* WinHttpCrackUrl knows http and https alone, so ws becomes http and wss becomes https. */
static int parse(const char *url, address *to) {
    char http[2048];
    WCHAR wide[2048];
    URL_COMPONENTS parts;
    if (!strncmp(url, "ws://", 5)) snprintf(http, sizeof http, "http://%s", url + 5);
    else if (!strncmp(url, "wss://", 6)) snprintf(http, sizeof http, "https://%s", url + 6);
    else snprintf(http, sizeof http, "%s", url);
    if (!MultiByteToWideChar(CP_UTF8, 0, http, -1, wide, ARRAYSIZE(wide))) return fail("reading the address", GetLastError());

    memset(&parts, 0, sizeof parts);
    parts.dwStructSize = sizeof parts;
    parts.dwHostNameLength = (DWORD)-1;
    parts.dwUrlPathLength = (DWORD)-1;
    if (!WinHttpCrackUrl(wide, 0, 0, &parts)) return fail("WinHttpCrackUrl", GetLastError());
    if (parts.dwHostNameLength >= ARRAYSIZE(to->host) || parts.dwUrlPathLength >= ARRAYSIZE(to->path))
        return fail("reading the address", ERROR_WINHTTP_INVALID_URL);
    memcpy(to->host, parts.lpszHostName, parts.dwHostNameLength * sizeof(WCHAR));
    to->host[parts.dwHostNameLength] = 0;
    memcpy(to->path, parts.lpszUrlPath, parts.dwUrlPathLength * sizeof(WCHAR));
    to->path[parts.dwUrlPathLength] = 0;
    to->port = parts.nPort;
    to->secure = parts.nScheme == INTERNET_SCHEME_HTTPS;
    return 1;
}

/* ---- the upgrade ---- */

static HINTERNET session, connection, request, websocket;

static int refused(void) {
    DWORD status = 0, size = sizeof status, count = 0;
    char body[512];
    WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, WINHTTP_HEADER_NAME_BY_INDEX, &status, &size,
                        WINHTTP_NO_HEADER_INDEX);
    if (status == 101) return 0;
    fprintf(stderr, "wsecho: the server answered %u instead of switching to WebSocket\n", (unsigned)status);
    if (WinHttpReadData(request, body, sizeof body, &count) && count) fprintf(stderr, "%.*s\n", (int)count, body);
    return 1;
}

static int open_websocket(const address *to) {
    session = WinHttpOpen(L"wsecho/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0);
    if (!session) return fail("WinHttpOpen", GetLastError());
    connection = WinHttpConnect(session, to->host, to->port, 0);
    if (!connection) return fail("WinHttpConnect", GetLastError());
    request = WinHttpOpenRequest(connection, L"GET", to->path, NULL, WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
                                 to->secure ? WINHTTP_FLAG_SECURE : 0);
    if (!request) return fail("WinHttpOpenRequest", GetLastError());
    if (!WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)) return fail("asking for the upgrade", GetLastError());
    if (!WinHttpSendRequest(request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0, 0, 0)) return fail("WinHttpSendRequest", GetLastError());
    if (!WinHttpReceiveResponse(request, NULL)) return fail("WinHttpReceiveResponse", GetLastError());
    if (refused()) return 0;
    websocket = WinHttpWebSocketCompleteUpgrade(request, 0);
    if (!websocket) return fail("WinHttpWebSocketCompleteUpgrade", GetLastError());
    /* The request has done its work. */
    WinHttpCloseHandle(request);
    request = NULL;
    return 1;
}

/* ---- the conversation ---- */

static void print_message(const char *arrow, int text, const char *data, DWORD size) {
    DWORD i;
    printf("%s ", arrow);
    if (text) printf("text \"%.*s\"", (int)size, data);
    else {
        printf("binary");
        for (i = 0; i < size && i < 24; i++) printf(" %02x", (unsigned char)data[i]);
        if (size > 24) printf(" ...");
    }
    printf(" (%u bytes)\n", (unsigned)size);
}

/* One message of the server, put together from its pieces. 1: printed, 0: failed, -1: it closes. */
static int receive(void) {
    char buffer[8192];
    DWORD size = 0, count, error;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    do {
        if (size == sizeof buffer) return fail("receiving a message this long", ERROR_INSUFFICIENT_BUFFER);
        error = WinHttpWebSocketReceive(websocket, buffer + size, sizeof buffer - size, &count, &type);
        if (error) return fail("WinHttpWebSocketReceive", error);
        size += count;
    } while (type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE || type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE);
    if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        printf("<- close\n");
        return -1;
    }
    print_message("<-", type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, buffer, size);
    return 1;
}

static int send_piece(WINHTTP_WEB_SOCKET_BUFFER_TYPE type, const void *data, DWORD size) {
    DWORD error = WinHttpWebSocketSend(websocket, type, (void *)data, size);
    return error ? fail("WinHttpWebSocketSend", error) : 1;
}

static int say(const char *text) {
    print_message("->", 1, text, (DWORD)strlen(text));
    return send_piece(WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, text, (DWORD)strlen(text)) ? receive() : 0;
}

/* Text, binary, and one message in three fragments. */
static int show(void) {
    static const unsigned char bytes[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
    int state = say("Hello from WinHTTP");
    if (state > 0) state = say("Gr\xc3\xbc\xc3\x9f dich, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\xa6\x80");
    if (state > 0) {
        print_message("->", 0, (const char *)bytes, sizeof bytes);
        state = send_piece(WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, bytes, sizeof bytes) ? receive() : 0;
    }
    if (state > 0) {
        printf("-> text in three fragments: \"one, \" \"two, \" \"three\"\n");
        state = send_piece(WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, "one, ", 5) &&
                        send_piece(WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, "two, ", 5) &&
                        send_piece(WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "three", 5)
                    ? receive()
                    : 0;
    }
    return state;
}

static int close_websocket(void) {
    USHORT status = 0;
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD size = 0, error;
    printf("-> close %u \"goodbye\"\n", (unsigned)WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS);
    error = WinHttpWebSocketClose(websocket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, (void *)"goodbye", 7);
    if (error) return fail("WinHttpWebSocketClose", error);
    error = WinHttpWebSocketQueryCloseStatus(websocket, &status, reason, sizeof reason, &size);
    if (error) return fail("WinHttpWebSocketQueryCloseStatus", error);
    printf("<- closed with status %u \"%.*s\"\n", (unsigned)status, (int)size, reason);
    return 1;
}

int main(int argc, char **argv) {
    address to;
    int i, state = 1;
    if (argc < 2) {
        fprintf(stderr, "usage: wsecho <ws://|wss://|http://|https:// address> [message...]\n");
        return 2;
    }
    state = parse(argv[1], &to) && open_websocket(&to);
    if (state) {
        printf("connected to %s\n", argv[1]);
        if (argc == 2) state = show();
        for (i = 2; i < argc && state > 0; i++) state = say(argv[i]);
        if (state) state = close_websocket();
    }
    if (websocket) WinHttpCloseHandle(websocket);
    if (request) WinHttpCloseHandle(request);
    if (connection) WinHttpCloseHandle(connection);
    if (session) WinHttpCloseHandle(session);
    return state ? 0 : 1;
}
