/* Downloads a URL into a file, synchronously, the way a small Windows console program does it. */
#ifndef UNICODE
#define UNICODE
#define _UNICODE
#endif
#include <Windows.h>
#include <WinHttp.h>
#include <tchar.h>
#include <stdio.h>
#include <strsafe.h>

#pragma comment(lib, "winhttp.lib")

static void PrintError(LPCTSTR step, DWORD error)
{
    LPTSTR message = NULL;
    DWORD length = FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE |
            FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
        GetModuleHandle(TEXT("winhttp.dll")), error, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPTSTR)&message, 0,
        NULL);

    _ftprintf(stderr, TEXT("%s: error %u: %s"), step, error, length != 0 ? message : TEXT("(no text)\n"));
    if (message != NULL)
        LocalFree(message);
}

static BOOL PrintHeaders(HINTERNET request)
{
    DWORD size = 0;
    LPWSTR headers;
    BOOL ok;

    WinHttpQueryHeaders(request, WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX, WINHTTP_NO_OUTPUT_BUFFER,
        &size, WINHTTP_NO_HEADER_INDEX);
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER)
        return FALSE;
    headers = (LPWSTR)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
    if (headers == NULL)
        return FALSE;
    ok = WinHttpQueryHeaders(request, WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX, headers, &size,
        WINHTTP_NO_HEADER_INDEX);
    if (ok)
        printf("%S", headers);
    HeapFree(GetProcessHeap(), 0, headers);
    return ok;
}

static BOOL SaveBody(HINTERNET request, HANDLE file)
{
    BYTE buffer[8192];
    DWORD available, read, written;
    ULONGLONG total = 0;

    for (;;) {
        available = 0;
        if (!WinHttpQueryDataAvailable(request, &available))
            return FALSE;
        if (available == 0)
            break;
        if (!WinHttpReadData(request, buffer, min(available, sizeof(buffer)), &read))
            return FALSE;
        if (read == 0)
            break;
        if (!WriteFile(file, buffer, read, &written, NULL))
            return FALSE;
        total += read;
    }
    _tprintf(TEXT("%I64u bytes\n"), total);
    return TRUE;
}

int __cdecl wmain(int argc, WCHAR *argv[])
{
    HINTERNET session = NULL, connection = NULL, request = NULL;
    HANDLE file = INVALID_HANDLE_VALUE;
    URL_COMPONENTS parts;
    WCHAR host[256], path[2048];
    DWORD status = 0, size = sizeof(status);
    int result = 1;

    if (argc != 3) {
        wprintf(L"usage: %s URL FILE\n", argv[0]);
        return 2;
    }
    ZeroMemory(&parts, sizeof(parts));
    parts.dwStructSize = sizeof(parts);
    parts.lpszHostName = host;
    parts.dwHostNameLength = ARRAYSIZE(host);
    parts.lpszUrlPath = path;
    parts.dwUrlPathLength = ARRAYSIZE(path);
    if (!WinHttpCrackUrl(argv[1], 0, 0, &parts)) {
        PrintError(TEXT("WinHttpCrackUrl"), GetLastError());
        return 1;
    }
    session = WinHttpOpen(L"Sample/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, WINHTTP_NO_PROXY_NAME,
        WINHTTP_NO_PROXY_BYPASS, 0);
    if (session != NULL)
        connection = WinHttpConnect(session, host, parts.nPort, 0);
    if (connection != NULL)
        request = WinHttpOpenRequest(connection, L"GET", path, NULL, WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
            parts.nScheme == INTERNET_SCHEME_HTTPS ? WINHTTP_FLAG_SECURE : 0);
    if (request == NULL ||
        !WinHttpSendRequest(request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0, 0, 0) ||
        !WinHttpReceiveResponse(request, NULL)) {
        PrintError(TEXT("request"), GetLastError());
        goto done;
    }
    if (!WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
            WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX) ||
        !PrintHeaders(request)) {
        PrintError(TEXT("WinHttpQueryHeaders"), GetLastError());
        goto done;
    }
    file = CreateFile(argv[2], GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE || !SaveBody(request, file)) {
        PrintError(argv[2], GetLastError());
        goto done;
    }
    result = status == HTTP_STATUS_OK ? 0 : 1;

done:
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    if (request != NULL)
        WinHttpCloseHandle(request);
    if (connection != NULL)
        WinHttpCloseHandle(connection);
    if (session != NULL)
        WinHttpCloseHandle(session);
    return result;
}
