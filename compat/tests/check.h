/* CHECK and its kin: say what is wrong and go on; `return failures()` ends a test. */
#ifndef CHECK_H
#define CHECK_H

#include <windows.h>

static int failure_count;

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            failure_count++; \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
        } \
    } while (0)

#define CHECK_NUMBER(actual, expected) \
    do { \
        long long check_actual = (long long)(actual), check_expected = (long long)(expected); \
        if (check_actual != check_expected) { \
            failure_count++; \
            fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, check_actual, check_expected); \
        } \
    } while (0)

#define CHECK_TEXT(actual, expected) \
    do { \
        const char *check_actual = (actual), *check_expected = (expected); \
        if (check_actual == NULL || strcmp(check_actual, check_expected) != 0) { \
            failure_count++; \
            fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #actual, \
                check_actual == NULL ? "NULL" : check_actual, check_expected); \
        } \
    } while (0)

/* Compares unit by unit itself, so that it does not rest on the functions under test. */
#define CHECK_WIDE(actual, expected) check_wide(__FILE__, __LINE__, #actual, (actual), (expected))

static inline void check_wide(const char *file, int line, const char *what, const WCHAR *actual, const WCHAR *expected)
{
    size_t i = 0;

    while (actual != NULL && actual[i] == expected[i] && expected[i] != 0)
        i++;
    if (actual == NULL || actual[i] != expected[i]) {
        failure_count++;
        fprintf(stderr, "%s:%d: %s is wrong at unit %u\n", file, line, what, (unsigned)i);
        for (size_t j = 0; actual != NULL && j < 80 && actual[j] != 0; j++)
            fprintf(stderr, actual[j] < 0x7F ? "%c" : "<%04X>", actual[j]);
        fprintf(stderr, "\n");
    }
}

static inline int failures(void)
{
    return failure_count != 0;
}

#endif
