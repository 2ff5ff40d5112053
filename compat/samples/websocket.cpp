// A WebSocket client in asynchronous style: upgrades, sends the arguments as messages, prints what comes back.
#include <windows.h>
#include <winhttp.h>

#include <string>
#include <vector>

#pragma comment(lib, "winhttp.lib")

struct WebSocketClient {
    HINTERNET session = nullptr;
    HINTERNET connection = nullptr;
    HINTERNET request = nullptr;
    HINTERNET socket = nullptr;
    HANDLE upgraded = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE closed = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE sent = CreateEvent(NULL, FALSE, FALSE, NULL);
    CRITICAL_SECTION lock;
    BYTE buffer[1024];
    std::string message;
    volatile LONG received = 0;
    DWORD error = 0;

    WebSocketClient() { InitializeCriticalSection(&lock); }
    ~WebSocketClient()
    {
        HINTERNET handles[] = { socket, request, connection, session };
        for (HINTERNET handle : handles)
            if (handle != nullptr)
                WinHttpCloseHandle(handle);
        CloseHandle(upgraded);
        CloseHandle(closed);
        CloseHandle(sent);
        DeleteCriticalSection(&lock);
    }

    void Receive()
    {
        DWORD result = WinHttpWebSocketReceive(socket, buffer, sizeof(buffer), nullptr, nullptr);
        if (result != NO_ERROR)
            Fail(result);
    }

    void Fail(DWORD code)
    {
        EnterCriticalSection(&lock);
        error = code;
        LeaveCriticalSection(&lock);
        SetEvent(upgraded);
        SetEvent(closed);
    }
};

static VOID CALLBACK OnStatus(HINTERNET handle, DWORD_PTR context, DWORD status, LPVOID information, DWORD)
{
    WebSocketClient *client = (WebSocketClient *)context;

    if (client == NULL)
        return;
    switch (status) {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        if (!WinHttpReceiveResponse(handle, NULL))
            client->Fail(GetLastError());
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        client->socket = WinHttpWebSocketCompleteUpgrade(handle, context);
        if (client->socket == NULL) {
            client->Fail(GetLastError());
            break;
        }
        client->Receive();
        SetEvent(client->upgraded);
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE: {
        WINHTTP_WEB_SOCKET_STATUS *read = (WINHTTP_WEB_SOCKET_STATUS *)information;
        if (read->eBufferType == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) {
            WinHttpWebSocketClose(client->socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0);
            break;
        }
        client->message.append((char *)client->buffer, read->dwBytesTransferred);
        if (read->eBufferType == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
            read->eBufferType == WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE) {
            printf("%ld: %s\n", (long)InterlockedIncrement(&client->received), client->message.c_str());
            client->message.clear();
        }
        client->Receive();
        break;
    }
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        SetEvent(client->sent);
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        SetEvent(client->closed);
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        client->Fail(((WINHTTP_ASYNC_RESULT *)information)->dwError);
        break;
    }
}

static bool Connect(WebSocketClient &client, const std::wstring &host, INTERNET_PORT port, const std::wstring &path)
{
    client.session = WinHttpOpen(L"WebSocket sample", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    if (client.session == NULL)
        return false;
    WinHttpSetStatusCallback(client.session, OnStatus, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS, 0);
    client.connection = WinHttpConnect(client.session, host.c_str(), port, 0);
    client.request = WinHttpOpenRequest(client.connection, L"GET", path.c_str(), NULL, NULL, NULL, 0);
    return client.request != NULL && WinHttpSetOption(client.request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0) &&
        WinHttpSendRequest(client.request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, NULL, 0, 0, (DWORD_PTR)&client);
}

int wmain(int argc, wchar_t **argv)
{
    if (argc < 4) {
        fwprintf(stderr, L"usage: %ls HOST PORT PATH MESSAGE...\n", argv[0]);
        return 2;
    }
    WebSocketClient client;
    if (!Connect(client, argv[1], (INTERNET_PORT)_wtoi(argv[2]), argv[3])) {
        fwprintf(stderr, L"cannot start: %u\n", GetLastError());
        return 1;
    }
    if (WaitForSingleObject(client.upgraded, 30000) != WAIT_OBJECT_0 || client.socket == NULL) {
        fwprintf(stderr, L"no upgrade: %u\n", client.error);
        return 1;
    }
    for (int i = 4; i < argc; i++) {
        int size = WideCharToMultiByte(CP_UTF8, 0, argv[i], -1, NULL, 0, NULL, NULL);
        std::vector<char> text(size);
        WideCharToMultiByte(CP_UTF8, 0, argv[i], -1, text.data(), size, NULL, NULL);
        DWORD error = WinHttpWebSocketSend(client.socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, text.data(),
            (DWORD)size - 1);
        if (error != NO_ERROR) {
            fwprintf(stderr, L"send: %u\n", error);
            return 1;
        }
        HANDLE handles[] = { client.sent, client.closed };
        if (WaitForMultipleObjects(2, handles, FALSE, 10000) != WAIT_OBJECT_0)
            break;
    }
    for (int tries = 0; tries < 50 && client.received < argc - 4 && client.error == 0; tries++)
        Sleep(100);
    WinHttpWebSocketClose(client.socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0);
    WaitForSingleObject(client.closed, 5000);
    return client.received == argc - 4 ? 0 : 1;
}
