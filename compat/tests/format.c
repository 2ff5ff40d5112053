/* Formatted text, wide and narrow, and what happens when it does not fit. */
#include "check.h"

#define WIDE_IS(expected, ...) \
    do { \
        WCHAR made[128] = { 0 }; \
        swprintf(made, 128, __VA_ARGS__); \
        CHECK_WIDE(made, expected); \
    } while (0)
#define NARROW_IS(expected, ...) \
    do { \
        char made[128] = { 0 }; \
        sprintf(made, __VA_ARGS__); \
        CHECK_TEXT(made, expected); \
    } while (0)

static void test_wide(void)
{
    WIDE_IS(L"wide narrow", L"%s %S", L"wide", "narrow");
    WIDE_IS(L"wide narrow", L"%ls %hs", L"wide", "narrow");
    WIDE_IS(L"[   ab][ab   ][a]", L"[%5s][%-5s][%.1s]", L"ab", L"ab", L"ab");
    WIDE_IS(L"[  a]", L"[%*.*s]", 3, 1, L"ab");
    WIDE_IS(L"caf\xE9 \xE9", L"%S %c", "caf\xC3\xA9", 0xE9);
    WIDE_IS(L"-7 42 ff FF 010 +1", L"%d %u %x %X %03o %+d", -7, 42u, 255u, 255u, 8u, 1);
    WIDE_IS(L"1.50 1e+10", L"%.2f %g", 1.5, 1e10);
    WIDE_IS(L"123456789012 18446744073709551615", L"%I64d %llu", 123456789012ll, ~0ull);
    WIDE_IS(L"100% (null)", L"%d%% %s", 100, (WCHAR *)NULL);
    WIDE_IS(L"00000000000000FF", L"%p", (void *)0xFF);
    WIDE_IS(L"0x0001", L"0x%.4x", 1u);
    WIDE_IS(L"ab", L"%c%C", 'a', 'b');
}

static void test_narrow(void)
{
    NARROW_IS("narrow wide", "%s %S", "narrow", L"wide");
    NARROW_IS("caf\xC3\xA9 wide", "%ls %ws", L"caf\xE9", L"wide");
    NARROW_IS("[  \xF0\x9F\x98\x80]", "[%6S]", L"\xD83D\xDE00");
    NARROW_IS("-1 7", "%I64d %I32u", -1ll, 7u);
    NARROW_IS("plain 1 2.5", "plain %d %.1f", 1, 2.5);
    NARROW_IS("2 1", "%2$d %1$d", 1, 2);
}

static void test_full_buffers(void)
{
    WCHAR wide[4];
    char narrow[4];

    CHECK_NUMBER(swprintf(wide, 4, L"%s", L"abc"), 3);
    CHECK_NUMBER(swprintf(wide, 4, L"%s", L"abcd"), -1);
    CHECK_WIDE(wide, L"abc");
    CHECK_NUMBER(_snwprintf(wide, 4, L"%s", L"abcd"), 4);
    CHECK_NUMBER(wide[3], 'd');
    CHECK_NUMBER(_snwprintf(wide, 4, L"%s", L"abcde"), -1);
    CHECK_NUMBER(swprintf_s(wide, 4, L"%s", L"abcd"), -1);
    CHECK_WIDE(wide, L"");
    CHECK_NUMBER(swprintf_s(wide, 4, L"%d", 123), 3);
    CHECK_NUMBER(_snwprintf_s(wide, 4, _TRUNCATE, L"%s", L"abcd"), -1);
    CHECK_WIDE(wide, L"abc");
    CHECK_NUMBER(_snprintf(narrow, 4, "%s", "abcd"), 4);
    CHECK_NUMBER(_snprintf(narrow, 4, "%s", "abcde"), -1);
    CHECK_NUMBER(snprintf(narrow, 4, "%S", L"abcde"), 5);
    CHECK_TEXT(narrow, "abc");
    CHECK_NUMBER(sprintf_s(narrow, 4, "%s", "abcd"), -1);
    CHECK_TEXT(narrow, "");
    CHECK_NUMBER(_scwprintf(L"%s", L"abcd"), 4);
    CHECK_NUMBER(wsprintfW(wide, L"%d", 12), 2);
}

static void test_streams(void)
{
    WCHAR line[32];
    char bytes[64] = { 0 };
    FILE *file = tmpfile();

    CHECK_NUMBER(fwprintf(file, L"%s\n", L"caf\xE9 \xD83D\xDE00"), 8);
    fprintf(file, "%S\n", L"wide");
    fputws(L"last", file);
    rewind(file);
    CHECK(fgetws(line, 32, file) == line);
    CHECK_WIDE(line, L"caf\xE9 \xD83D\xDE00\n");
    CHECK(fgetws(line, 32, file) == line);
    CHECK_WIDE(line, L"wide\n");
    CHECK(fgetws(line, 32, file) == line);
    CHECK_WIDE(line, L"last");
    CHECK(fgetws(line, 32, file) == NULL);
    rewind(file);
    CHECK(fread(bytes, 1, sizeof bytes, file) > 0);
    CHECK_TEXT(bytes, "caf\xC3\xA9 \xF0\x9F\x98\x80\nwide\nlast");
    fclose(file);
}

int main(void)
{
    test_wide();
    test_narrow();
    test_full_buffers();
    test_streams();
    return failures();
}
