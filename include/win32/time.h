/* Clocks, tick counts and the two Windows forms of a point in time. */
#ifndef WIN32_TIME_H
#define WIN32_TIME_H

#include "base.h"

WIN32_BEGIN

DWORD WINAPI GetTickCount(void);
ULONGLONG WINAPI GetTickCount64(void);
BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count);
BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency);
void WINAPI GetSystemTime(LPSYSTEMTIME time);
void WINAPI GetLocalTime(LPSYSTEMTIME time);
void WINAPI GetSystemTimeAsFileTime(LPFILETIME time);
void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, LPFILETIME to);
BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, LPSYSTEMTIME to);
BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *from, LPFILETIME to);
LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b);

WIN32_END

#endif
