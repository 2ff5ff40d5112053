/* The same conversation by callbacks:  wsecho_async URL [message...]
 *
 * Every step is started in the callback of the step before; main waits for the session's HANDLE_CLOSING.
 */
#include <windows.h>
#include <winhttp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct client {
    HINTERNET session, connection, request, websocket;
    HANDLE done;
    char buffer[8192];
    DWORD used;
    char **messages;
    int count, next, failed;
} client;

static void finish(client *c) {
    HINTERNET request = c->request, websocket = c->websocket;
    c->request = c->websocket = NULL;
    if (websocket) WinHttpCloseHandle(websocket);
    if (request) WinHttpCloseHandle(request);
    WinHttpCloseHandle(c->connection);
    WinHttpCloseHandle(c->session);
}

static void fail(client *c, const char *what, DWORD error) {
    fprintf(stderr, "wsecho_async: %s: error %u\n", what, (unsigned)error);
    if (!c->failed++) finish(c);
}

static void receive(client *c) {
    DWORD error = WinHttpWebSocketReceive(c->websocket, c->buffer + c->used, sizeof c->buffer - c->used, NULL, NULL);
    if (error) fail(c, "WinHttpWebSocketReceive", error);
}

static void next_message(client *c) {
    DWORD error;
    c->used = 0;
    if (c->next == c->count) {
        printf("-> close\n");
        error = WinHttpWebSocketClose(c->websocket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, (void *)"goodbye", 7);
        if (error) fail(c, "WinHttpWebSocketClose", error);
        return;
    }
    printf("-> \"%s\"\n", c->messages[c->next]);
    error = WinHttpWebSocketSend(c->websocket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, c->messages[c->next], (DWORD)strlen(c->messages[c->next]));
    c->next++;
    if (error) fail(c, "WinHttpWebSocketSend", error);
}

static void headers_available(client *c) {
    DWORD status = 0, size = sizeof status;
    WinHttpQueryHeaders(c->request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX);
    if (status != 101) {
        fail(c, "the server did not switch to WebSocket; status", status);
        return;
    }
    c->websocket = WinHttpWebSocketCompleteUpgrade(c->request, (DWORD_PTR)c);
    if (!c->websocket) {
        fail(c, "WinHttpWebSocketCompleteUpgrade", GetLastError());
        return;
    }
    WinHttpCloseHandle(c->request);
    c->request = NULL;
    printf("connected\n");
    next_message(c);
}

static void read_complete(client *c, const WINHTTP_WEB_SOCKET_STATUS *read) {
    c->used += read->dwBytesTransferred;
    switch (read->eBufferType) {
    case WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE:
        printf("<- close\n");
        c->next = c->count;
        next_message(c);
        break;
    case WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE:
    case WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE:
        receive(c);
        break;
    default:
        printf("<- \"%.*s\"\n", (int)c->used, c->buffer);
        next_message(c);
    }
}

static void close_complete(client *c) {
    USHORT status = 0;
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD size = 0;
    if (WinHttpWebSocketQueryCloseStatus(c->websocket, &status, reason, sizeof reason, &size) == 0)
        printf("<- closed with status %u \"%.*s\"\n", (unsigned)status, (int)size, reason);
    finish(c);
}

static void CALLBACK on_status(HINTERNET handle, DWORD_PTR context, DWORD status, LPVOID info, DWORD length) {
    client *c = (client *)context;
    (void)length;
    if (!c) return;
    switch (status) {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        if (!WinHttpReceiveResponse(handle, NULL)) fail(c, "WinHttpReceiveResponse", GetLastError());
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE: headers_available(c); break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE: receive(c); break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE: read_complete(c, info); break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE: close_complete(c); break;
    case WINHTTP_CALLBACK_STATUS_SECURE_FAILURE: fprintf(stderr, "the certificate was refused: flags %#x\n", (unsigned)*(DWORD *)info); break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR: {
        DWORD error = ((WINHTTP_ASYNC_RESULT *)info)->dwError;
        if (error != ERROR_WINHTTP_OPERATION_CANCELLED) fail(c, "an operation failed", error);
        break;
    }
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        if (handle == c->session) SetEvent(c->done);
        break;
    default: break;
    }
}

int main(int argc, char **argv) {
    static char *defaults[] = {"Hello from a callback", "and once more"};
    static client c;
    char http[2048];
    WCHAR url[2048], host[256], path[2048];
    URL_COMPONENTS parts;
    DWORD_PTR context = (DWORD_PTR)&c;
    if (argc < 2) {
        fprintf(stderr, "usage: wsecho_async <ws://|wss://|http://|https:// address> [message...]\n");
        return 2;
    }
    c.messages = argc > 2 ? argv + 2 : defaults;
    c.count = argc > 2 ? argc - 2 : 2;
    c.done = CreateEventW(NULL, TRUE, FALSE, NULL);

    if (!strncmp(argv[1], "ws", 2)) snprintf(http, sizeof http, "http%s", argv[1] + 2);
    else snprintf(http, sizeof http, "%s", argv[1]);
    MultiByteToWideChar(CP_UTF8, 0, http, -1, url, ARRAYSIZE(url));
    memset(&parts, 0, sizeof parts);
    parts.dwStructSize = sizeof parts;
    parts.lpszHostName = host;
    parts.dwHostNameLength = ARRAYSIZE(host);
    parts.lpszUrlPath = path;
    parts.dwUrlPathLength = ARRAYSIZE(path);
    if (!WinHttpCrackUrl(url, 0, 0, &parts)) {
        fprintf(stderr, "wsecho_async: the address is not valid: error %u\n", (unsigned)GetLastError());
        return 1;
    }

    c.session = WinHttpOpen(L"wsecho_async/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    WinHttpSetOption(c.session, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
    if (WinHttpSetStatusCallback(c.session, on_status, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0) == WINHTTP_INVALID_STATUS_CALLBACK) return 1;
    c.connection = WinHttpConnect(c.session, host, parts.nPort, 0);
    c.request = WinHttpOpenRequest(c.connection, L"GET", path, NULL, NULL, NULL, parts.nScheme == INTERNET_SCHEME_HTTPS ? WINHTTP_FLAG_SECURE : 0);
    WinHttpSetOption(c.request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
    if (!WinHttpSendRequest(c.request, NULL, 0, NULL, 0, 0, context)) fail(&c, "WinHttpSendRequest", GetLastError());

    WaitForSingleObject(c.done, INFINITE);
    CloseHandle(c.done);
    return c.failed ? 1 : 0;
}
