/* The 16-bit string functions, the _s functions, numbers and lstr*. */
#include <strsafe.h>

#include "check.h"

static void test_wide_strings(void)
{
    WCHAR text[32];
    WCHAR *rest, *end;

    CHECK_NUMBER(sizeof(wchar_t), 2);
    CHECK_NUMBER(wcslen(L"abc"), 3);
    CHECK_NUMBER(wcsnlen(L"abc", 2), 2);
    CHECK_WIDE(wcscat(wcscpy(text, L"abc"), L"def"), L"abcdef");
    CHECK_WIDE(wcsncat(wcscpy(text, L"abc"), L"def", 2), L"abcde");
    CHECK_WIDE(wcsncpy(text, L"xy", 5), L"xy");
    CHECK_NUMBER(text[4], 0);
    CHECK(wcscmp(L"a", L"b") < 0 && wcscmp(L"b", L"a") > 0 && wcscmp(L"a", L"a") == 0);
    CHECK(wcsncmp(L"abc", L"abd", 2) == 0 && wcsncmp(L"abc", L"abd", 3) < 0);
    CHECK(wcscmp(L"\x00FF", L"\xFFFF") < 0);
    CHECK_WIDE(wcschr(L"abcb", 'b'), L"bcb");
    CHECK_WIDE(wcsrchr(L"abcb", 'b'), L"b");
    CHECK(wcschr(L"abc", 'x') == NULL);
    CHECK_WIDE(wcschr(L"abc", 0), L"");
    CHECK_WIDE(wcsstr(L"the cat sat", L"cat"), L"cat sat");
    CHECK(wcsstr(L"abc", L"abcd") == NULL);
    CHECK_WIDE(wcspbrk(L"key=value", L"=:"), L"=value");
    wcscpy(text, L" one,two ");
    CHECK_WIDE(wcstok_s(text, L" ,", &rest), L"one");
    CHECK_WIDE(wcstok_s(NULL, L" ,", &rest), L"two");
    CHECK(wcstok_s(NULL, L" ,", &rest) == NULL);
    CHECK_NUMBER(wcstol(L" -42x", &end, 10), -42);
    CHECK_WIDE(end, L"x");
    CHECK_NUMBER(wcstoul(L"0x1F", NULL, 0), 31);
    CHECK_NUMBER(_wtoi(L"443/path"), 443);
    CHECK_NUMBER(_wtoi(L"99999999999"), INT32_MAX);
    CHECK(wcstod(L"2.5 ", &end) == 2.5 && *end == ' ');
    CHECK_NUMBER(_wcsicmp(L"Content-Type", L"content-type"), 0);
    CHECK(_wcsnicmp(L"HTTPS://", L"http:", 5) > 0);
    CHECK_NUMBER(lstrcmpiW(L"\xC9t\xE9", L"\xE9T\xC9"), 0);
    CHECK_NUMBER(CompareStringOrdinal(L"A", -1, L"a", 1, TRUE), CSTR_EQUAL);
    WCHAR *copy = _wcsdup(L"copy");
    CHECK_WIDE(copy, L"copy");
    free(copy);
    CHECK(wmemchr(L"abc", 'c', 3) != NULL && wmemcmp(L"abc", L"abd", 3) < 0);
    CHECK_WIDE(_wcslwr(wcscpy(text, L"ABC")), L"abc");
    CHECK_NUMBER(lstrlenW(NULL), 0);
    CHECK_WIDE(lstrcpynW(text, L"abcdef", 4), L"abc");
}

static void test_bounded(void)
{
    WCHAR text[4];
    char bytes[4];
    size_t length;

    CHECK_NUMBER(wcscpy_s(text, 4, L"abc"), 0);
    CHECK_WIDE(text, L"abc");
    CHECK_NUMBER(wcscpy_s(text, 4, L"abcd"), ERANGE);
    CHECK_WIDE(text, L"");
    CHECK_NUMBER(wcsncpy_s(text, 4, L"abcdef", 3), 0);
    CHECK_NUMBER(wcsncpy_s(text, 4, L"abcdef", _TRUNCATE), STRUNCATE);
    CHECK_WIDE(text, L"abc");
    CHECK_NUMBER(wcscat_s(text, 4, L"d"), ERANGE);
    CHECK_NUMBER(wcscpy_s(NULL, 4, L"d"), EINVAL);
    CHECK_NUMBER(strcpy_s(bytes, 4, "ab"), 0);
    CHECK_NUMBER(strcat_s(bytes, 4, "c"), 0);
    CHECK_TEXT(bytes, "abc");
    CHECK_NUMBER(strcat_s(bytes, 4, "d"), ERANGE);
    CHECK_NUMBER(strncpy_s(bytes, 4, "abcdef", _TRUNCATE), STRUNCATE);
    CHECK_NUMBER(StringCchCopyW(text, 4, L"abcd"), STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK_WIDE(text, L"abc");
    CHECK_NUMBER(StringCchCopyW(text, 4, L"a"), S_OK);
    CHECK_NUMBER(StringCchCatW(text, 4, L"bcd"), STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK_WIDE(text, L"abc");
    CHECK_NUMBER(StringCchPrintfA(bytes, 4, "%S", L"abcd"), STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK_TEXT(bytes, "abc");
    CHECK(StringCchLengthW(L"abc", 10, &length) == S_OK && length == 3);
    CHECK_NUMBER(_itow_s(-15, text, 4, 10), 0);
    CHECK_WIDE(text, L"-15");
    CHECK_NUMBER(_itoa_s(255, bytes, 4, 16), 0);
    CHECK_TEXT(bytes, "ff");
}

static void test_multibyte(void)
{
    WCHAR text[8];
    char bytes[8];
    size_t converted;

    CHECK_NUMBER(mbstowcs(NULL, "caf\xC3\xA9", 0), 4);
    CHECK_NUMBER(mbstowcs(text, "caf\xC3\xA9", 8), 4);
    CHECK_WIDE(text, L"caf\xE9");
    CHECK_NUMBER(wcstombs(bytes, text, 8), 5);
    CHECK_TEXT(bytes, "caf\xC3\xA9");
    CHECK_NUMBER(wcstombs(bytes, text, 4), 3);
    CHECK_NUMBER(mbstowcs(text, "\xFF", 8), -1);
    CHECK_NUMBER(mbstowcs_s(&converted, text, 8, "abc", _TRUNCATE), 0);
    CHECK_NUMBER(converted, 4);
    CHECK_NUMBER(wcstombs_s(&converted, bytes, 3, L"abc", _TRUNCATE), STRUNCATE);
    CHECK_TEXT(bytes, "ab");
}

int main(void)
{
    test_wide_strings();
    test_bounded();
    test_multibyte();
    return failures();
}
