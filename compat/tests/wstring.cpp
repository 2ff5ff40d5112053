// std::wstring with 16-bit characters, and the C++ overloads of the headers.
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "check.h"

static void test_wstring()
{
    std::wstring text = L"https://example.com/a/long/path/that/does/not/fit/the/small/buffer";

    CHECK_NUMBER(text.size(), 66);
    CHECK_NUMBER(text.find(L"example"), 8);
    CHECK(text.substr(8, 7) == L"example");
    CHECK_NUMBER(text.rfind(L'/'), 59);
    CHECK(text.compare(0, 5, L"https") == 0);
    CHECK_WIDE((text.substr(0, 5) + L":" + std::to_wstring(443)).c_str(), L"https:443");
    text.append(3, L'x').insert(0, L"<").replace(1, 5, L"http");
    CHECK_WIDE(text.substr(0, 8).c_str(), L"<http://");
    text.resize(2000, L'y');
    CHECK_NUMBER(wcslen(text.c_str()), 2000);
    CHECK_NUMBER(text.find_first_of(L"zy"), 69);
    CHECK_WIDE(std::to_wstring(-1234567890123ll).c_str(), L"-1234567890123");
    CHECK_WIDE(std::to_wstring(1.5).c_str(), L"1.500000");
    CHECK_NUMBER(std::stoi(std::wstring(L"8080")), 8080);
    CHECK_NUMBER(std::stoul(std::wstring(L"ff"), nullptr, 16), 255);

    std::map<std::wstring, int> ordered = { { L"b", 2 }, { L"a", 1 } };
    CHECK_NUMBER(ordered.begin()->second, 1);
    std::unordered_map<std::wstring, int> hashed;
    for (int i = 0; i < 100; i++)
        hashed[L"key" + std::to_wstring(i)] = i;
    CHECK_NUMBER(hashed[L"key57"], 57);
    std::wstring upper = L"mixed Case";
    std::transform(upper.begin(), upper.end(), upper.begin(), ::towupper);
    CHECK_WIDE(upper.c_str(), L"MIXED CASE");
}

static void test_conversion()
{
    std::wstring wide = L"caf\xE9 \xD83D\xDE00";
    int size = WideCharToMultiByte(CP_UTF8, 0, wide.data(), (int)wide.size(), nullptr, 0, nullptr, nullptr);
    std::string narrow(size, '\0');

    WideCharToMultiByte(CP_UTF8, 0, wide.data(), (int)wide.size(), &narrow[0], size, nullptr, nullptr);
    CHECK_TEXT(narrow.c_str(), "caf\xC3\xA9 \xF0\x9F\x98\x80");
}

static void test_overloads()
{
    wchar_t text[8];
    char bytes[8];
    volatile long counter = 0;
    DWORD small = 5;

    CHECK_NUMBER(wcscpy_s(text, L"abc"), 0);
    CHECK_NUMBER(wcscat_s(text, L"def"), 0);
    CHECK_WIDE(text, L"abcdef");
    CHECK_NUMBER(wcscpy_s(text, L"too long for it"), ERANGE);
    CHECK_NUMBER(swprintf_s(text, L"%s", L"abc"), 3);
    CHECK_NUMBER(sprintf_s(bytes, "%d", 12), 2);
    CHECK_NUMBER(swprintf(text, L"%d", 7), 1);
    CHECK_WIDE(text, L"7");
    CHECK_NUMBER(swprintf(text, 8, L"%d", 8), 1);
    CHECK_NUMBER(InterlockedIncrement(&counter), 1);
    CHECK_NUMBER(min(small, 9), 5);
    CHECK_NUMBER(max(small, (size_t)9), 9);
    CHECK_NUMBER(std::min(1, 2), 1);
    CHECK_NUMBER(_countof(text), 8);
}

int main()
{
    test_wstring();
    test_conversion();
    test_overloads();
    return failures();
}
