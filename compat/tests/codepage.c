/* MultiByteToWideChar and WideCharToMultiByte: characters, lengths, sizes, errors. */
#include "check.h"

static void test_characters(void)
{
    static const WCHAR wide[] = { 'a', 0xE9, 0x20AC, 0xD83D, 0xDE00, 0 };
    static const char narrow[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    WCHAR units[16];
    char bytes[16];

    CHECK_NUMBER(MultiByteToWideChar(CP_UTF8, 0, narrow, -1, units, 16), 6);
    CHECK_WIDE(units, wide);
    CHECK_NUMBER(WideCharToMultiByte(CP_UTF8, 0, wide, -1, bytes, 16, NULL, NULL), 11);
    CHECK_TEXT(bytes, narrow);
    CHECK_NUMBER(MultiByteToWideChar(CP_ACP, MB_PRECOMPOSED, narrow, -1, NULL, 0), 6);
    CHECK_NUMBER(WideCharToMultiByte(CP_THREAD_ACP, 0, wide, 5, NULL, 0, NULL, NULL), 10);
    CHECK_NUMBER(MultiByteToWideChar(1252, 0, "\x80\xE9", 2, units, 16), 2);
    CHECK_NUMBER(units[0], 0x20AC);
    CHECK_NUMBER(units[1], 0xE9);
}

static void test_lengths(void)
{
    WCHAR units[4] = { 'x', 'x', 'x', 'x' };
    char bytes[4] = { 'x', 'x', 'x', 'x' };

    CHECK_NUMBER(MultiByteToWideChar(CP_UTF8, 0, "ab", 2, units, 4), 2);
    CHECK_NUMBER(units[2], 'x');
    CHECK_NUMBER(MultiByteToWideChar(CP_UTF8, 0, "ab", 3, units, 4), 3);
    CHECK_NUMBER(units[2], 0);
    CHECK_NUMBER(MultiByteToWideChar(CP_UTF8, 0, "ab", -1, NULL, 0), 3);
    CHECK_NUMBER(WideCharToMultiByte(CP_UTF8, 0, L"ab", 2, bytes, 4, NULL, NULL), 2);
    CHECK_NUMBER(bytes[2], 'x');
    CHECK_NUMBER(WideCharToMultiByte(CP_UTF8, 0, L"", -1, NULL, 0, NULL, NULL), 1);
    CHECK_NUMBER(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, units, 4), 4);
}

static void check_error(int result, DWORD error, int line)
{
    if (result != 0 || GetLastError() != error) {
        fprintf(stderr, "line %d: result %d, error %u instead of %u\n", line, result, GetLastError(), error);
        failure_count++;
    }
    SetLastError(0);
}
#define CHECK_ERROR(call, error) check_error(call, error, __LINE__)

static void test_errors(void)
{
    WCHAR units[8];
    char bytes[8];
    BOOL used;

    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, units, 3), ERROR_INSUFFICIENT_BUFFER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "\xF0\x9F\x98\x80", 4, units, 1), ERROR_INSUFFICIENT_BUFFER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, NULL, -1, units, 3), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "a", 0, units, 3), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "a", 1, units, -1), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "a", 1, NULL, 1), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, "a", 1, units, 1), ERROR_INVALID_FLAGS);
    CHECK_ERROR(MultiByteToWideChar(4711, 0, "a", 1, units, 1), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, bytes, 3, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"\x20AC", 1, bytes, 2, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"a", 0, bytes, 3, NULL, NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"a", 1, bytes, 3, "?", NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"a", 1, bytes, 3, NULL, &used), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, WC_NO_BEST_FIT_CHARS, L"a", 1, bytes, 3, NULL, NULL), ERROR_INVALID_FLAGS);
    CHECK_NUMBER(WideCharToMultiByte(20127, 0, L"\xE9", 1, bytes, 3, NULL, &used), 1);
    CHECK(used && bytes[0] == '?');
}

static void test_invalid_text(void)
{
    /* Each row: bytes, and how many U+FFFD they become (maximal subparts). */
    static const struct {
        const char *bytes;
        int replacements;
    } rows[] = {
        { "\x80", 1 }, { "\xC0\xAF", 2 }, { "\xE0\x80\xAF", 3 }, { "\xE2\x82", 1 }, { "\xED\xA0\x80", 3 },
        { "\xF0\x9F\x98", 1 }, { "\xF4\x90\x80\x80", 4 }, { "\xFF", 1 }, { "\xF0\x80\x80\x80", 4 },
    };
    static const WCHAR lone[] = { 'a', 0xDC00, 'b', 0xD800, 0 };
    WCHAR units[8];
    char bytes[16];

    for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
        int length = (int)strlen(rows[i].bytes);
        CHECK_NUMBER(MultiByteToWideChar(CP_UTF8, 0, rows[i].bytes, length, units, 8), rows[i].replacements);
        for (int j = 0; j < rows[i].replacements; j++)
            CHECK_NUMBER(units[j], 0xFFFD);
        CHECK_ERROR(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, rows[i].bytes, length, units, 8),
            ERROR_NO_UNICODE_TRANSLATION);
    }
    CHECK_NUMBER(WideCharToMultiByte(CP_UTF8, 0, lone, -1, bytes, 16, NULL, NULL), 9);
    CHECK_TEXT(bytes, "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, lone, -1, bytes, 16, NULL, NULL),
        ERROR_NO_UNICODE_TRANSLATION);
}

int main(void)
{
    test_characters();
    test_lengths();
    test_errors();
    test_invalid_text();
    return failures();
}
