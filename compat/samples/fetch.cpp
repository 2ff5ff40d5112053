// A small asynchronous client class: callbacks drive the request, an event tells the caller that it is over.
#include <SDKDDKVer.h>
#include <windows.h>
#include <winhttp.h>
#include <tchar.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#pragma comment(lib, "winhttp")

class HttpRequest {
public:
    HttpRequest(HINTERNET session, const std::wstring &url) : done_(CreateEvent(nullptr, TRUE, FALSE, nullptr))
    {
        URL_COMPONENTS parts = {};
        parts.dwStructSize = sizeof(parts);
        parts.dwHostNameLength = (DWORD)-1;
        parts.dwUrlPathLength = (DWORD)-1;
        parts.dwExtraInfoLength = (DWORD)-1;
        if (!WinHttpCrackUrl(url.c_str(), (DWORD)url.length(), 0, &parts))
            throw std::runtime_error("bad URL");
        std::wstring host(parts.lpszHostName, parts.dwHostNameLength);
        std::wstring target(parts.lpszUrlPath, parts.dwUrlPathLength + parts.dwExtraInfoLength);
        connection_ = WinHttpConnect(session, host.c_str(), parts.nPort, 0);
        request_ = WinHttpOpenRequest(connection_, L"GET", target.c_str(), nullptr, WINHTTP_NO_REFERER,
            WINHTTP_DEFAULT_ACCEPT_TYPES, parts.nScheme == INTERNET_SCHEME_HTTPS ? WINHTTP_FLAG_SECURE : 0);
        if (request_ == nullptr)
            throw std::runtime_error("WinHttpOpenRequest failed: " + std::to_string(GetLastError()));
        if (WinHttpSetStatusCallback(request_, &HttpRequest::OnStatus, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0) ==
            WINHTTP_INVALID_STATUS_CALLBACK)
            throw std::runtime_error("WinHttpSetStatusCallback failed");
    }

    HttpRequest(const HttpRequest &) = delete;

    ~HttpRequest()
    {
        WinHttpCloseHandle(request_);
        WaitForSingleObject(done_, INFINITE);
        WinHttpCloseHandle(connection_);
        CloseHandle(done_);
    }

    void AddHeader(const std::wstring &name, const std::wstring &value)
    {
        std::wstring line = name + L": " + value;
        WinHttpAddRequestHeaders(request_, line.c_str(), (DWORD)-1L, WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_REPLACE);
    }

    DWORD Run(DWORD timeout)
    {
        HANDLE over = CreateEventW(nullptr, FALSE, FALSE, nullptr);
        over_ = over;
        if (!WinHttpSendRequest(request_, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0, 0,
                reinterpret_cast<DWORD_PTR>(this)))
            error_ = GetLastError();
        else if (WaitForSingleObject(over, timeout) != WAIT_OBJECT_0)
            error_ = ERROR_WINHTTP_TIMEOUT;
        CloseHandle(over);
        return error_;
    }

    std::wstring Header(DWORD which) const
    {
        DWORD size = 0;
        WinHttpQueryHeaders(request_, which, WINHTTP_HEADER_NAME_BY_INDEX, nullptr, &size, WINHTTP_NO_HEADER_INDEX);
        std::wstring value(size / sizeof(wchar_t), L'\0');
        if (!WinHttpQueryHeaders(request_, which, WINHTTP_HEADER_NAME_BY_INDEX, &value[0], &size, WINHTTP_NO_HEADER_INDEX))
            return std::wstring();
        value.resize(size / sizeof(wchar_t));
        return value;
    }

    const std::string &Body() const { return body_; }

private:
    static void CALLBACK OnStatus(HINTERNET, DWORD_PTR context, DWORD status, LPVOID information, DWORD length)
    {
        HttpRequest *self = reinterpret_cast<HttpRequest *>(context);
        if (self != nullptr)
            self->Handle(status, information, length);
    }

    void Handle(DWORD status, LPVOID information, DWORD length)
    {
        switch (status) {
        case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
            if (!WinHttpReceiveResponse(request_, nullptr))
                Finish(GetLastError());
            break;
        case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
            if (status == WINHTTP_CALLBACK_STATUS_READ_COMPLETE) {
                if (length == 0) {
                    Finish(ERROR_SUCCESS);
                    break;
                }
                body_.append(static_cast<char *>(information), length);
            }
            if (!WinHttpReadData(request_, buffer_, sizeof(buffer_), nullptr))
                Finish(GetLastError());
            break;
        case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
            Finish(static_cast<WINHTTP_ASYNC_RESULT *>(information)->dwError);
            break;
        case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
            SetEvent(done_);
            break;
        }
    }

    void Finish(DWORD error)
    {
        error_ = error;
        SetEvent(over_);
    }

    HINTERNET connection_ = nullptr;
    HINTERNET request_ = nullptr;
    HANDLE done_;
    HANDLE over_ = nullptr;
    DWORD error_ = ERROR_SUCCESS;
    BYTE buffer_[4096];
    std::string body_;
};

int _tmain(int argc, _TCHAR *argv[])
{
    std::wstring url = L"http://localhost/";
    if (argc > 1) {
#ifdef UNICODE
        url = argv[1];
#else
        wchar_t wide[1024];
        MultiByteToWideChar(CP_UTF8, 0, argv[1], -1, wide, _countof(wide));
        url = wide;
#endif
    }
    HINTERNET session = WinHttpOpen(L"Fetch/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, nullptr, nullptr, WINHTTP_FLAG_ASYNC);
    int result = 1;
    try {
        HttpRequest request(session, url);
        request.AddHeader(L"X-Sample", std::to_wstring(GetTickCount64()));
        DWORD error = request.Run(30000);
        if (error != ERROR_SUCCESS) {
            wprintf(L"%s failed: %u\n", url.c_str(), error);
        } else {
            wprintf(L"%s %s, %u bytes\n", request.Header(WINHTTP_QUERY_STATUS_CODE).c_str(),
                request.Header(WINHTTP_QUERY_STATUS_TEXT).c_str(), (unsigned)request.Body().size());
            result = 0;
        }
    } catch (const std::exception &e) {
        printf("%s\n", e.what());
    }
    WinHttpCloseHandle(session);
    return result;
}
