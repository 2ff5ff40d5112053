/* Clocks, and conversion between FILETIME (100 ns since 1601) and calendar time. */
#include "internal.h"

#define TICKS_PER_SECOND 10000000ull
#define SECONDS_1601_TO_1970 11644473600ll

static unsigned long long nanoseconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (unsigned long long)now.tv_sec * 1000000000ull + (unsigned long long)now.tv_nsec;
}

void deadline_after(struct timespec *out, DWORD milliseconds)
{
    clock_gettime(CLOCK_MONOTONIC, out);
    out->tv_sec += milliseconds / 1000;
    out->tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (out->tv_nsec >= 1000000000) {
        out->tv_sec++;
        out->tv_nsec -= 1000000000;
    }
}

ULONGLONG WINAPI GetTickCount64(void)
{
    return nanoseconds(CLOCK_MONOTONIC) / 1000000;
}

DWORD WINAPI GetTickCount(void)
{
    return (DWORD)GetTickCount64();
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count)
{
    count->QuadPart = (LONGLONG)nanoseconds(CLOCK_MONOTONIC);
    return TRUE;
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    frequency->QuadPart = 1000000000;
    return TRUE;
}

static unsigned long long ticks_of(const FILETIME *time)
{
    return (unsigned long long)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static FILETIME filetime_of_ticks(unsigned long long ticks)
{
    return (FILETIME){ .dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32) };
}

FILETIME filetime_of(const struct timespec *time)
{
    return filetime_of_ticks((unsigned long long)(time->tv_sec + SECONDS_1601_TO_1970) * TICKS_PER_SECOND +
        (unsigned long long)time->tv_nsec / 100);
}

void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *time = filetime_of(&now);
}

void WINAPI GetSystemTimeAsFileTime(LPFILETIME time)
{
    GetSystemTimePreciseAsFileTime(time);
}

static void systemtime_of(const struct tm *tm, WORD milliseconds, LPSYSTEMTIME out)
{
    out->wYear = (WORD)(tm->tm_year + 1900);
    out->wMonth = (WORD)(tm->tm_mon + 1);
    out->wDayOfWeek = (WORD)tm->tm_wday;
    out->wDay = (WORD)tm->tm_mday;
    out->wHour = (WORD)tm->tm_hour;
    out->wMinute = (WORD)tm->tm_min;
    out->wSecond = (WORD)tm->tm_sec;
    out->wMilliseconds = milliseconds;
}

void WINAPI GetSystemTime(LPSYSTEMTIME out)
{
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    systemtime_of(gmtime_r(&now.tv_sec, &tm), (WORD)(now.tv_nsec / 1000000), out);
}

void WINAPI GetLocalTime(LPSYSTEMTIME out)
{
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    systemtime_of(localtime_r(&now.tv_sec, &tm), (WORD)(now.tv_nsec / 1000000), out);
}

static BOOL invalid(void)
{
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

static int days_in(int month, int year)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

/* The day of the week is not looked at. */
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, LPFILETIME to)
{
    if (from->wYear < 1601 || from->wYear > 30827 || from->wMonth < 1 || from->wMonth > 12 || from->wDay < 1 ||
        from->wDay > days_in(from->wMonth, from->wYear) || from->wHour > 23 || from->wMinute > 59 ||
        from->wSecond > 59 || from->wMilliseconds > 999)
        return invalid();
    struct tm tm = {
        .tm_year = from->wYear - 1900,
        .tm_mon = from->wMonth - 1,
        .tm_mday = from->wDay,
        .tm_hour = from->wHour,
        .tm_min = from->wMinute,
        .tm_sec = from->wSecond,
    };
    struct timespec time = { .tv_sec = timegm(&tm), .tv_nsec = from->wMilliseconds * 1000000l };
    *to = filetime_of(&time);
    return TRUE;
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, LPSYSTEMTIME to)
{
    unsigned long long ticks = ticks_of(from);
    struct tm tm;

    if (ticks >> 63)
        return invalid();
    time_t seconds = (time_t)(ticks / TICKS_PER_SECOND) - SECONDS_1601_TO_1970;
    systemtime_of(gmtime_r(&seconds, &tm), (WORD)(ticks % TICKS_PER_SECOND / 10000), to);
    return TRUE;
}

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *from, LPFILETIME to)
{
    unsigned long long ticks = ticks_of(from);
    struct tm tm;

    if (ticks >> 63)
        return invalid();
    time_t now = time(NULL);
    localtime_r(&now, &tm); /* today's offset, also for a date in the other half of the year */
    *to = filetime_of_ticks(ticks + (unsigned long long)(tm.tm_gmtoff * (long long)TICKS_PER_SECOND));
    return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b)
{
    unsigned long long x = ticks_of(a), y = ticks_of(b);

    return x < y ? -1 : x > y;
}
