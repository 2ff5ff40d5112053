/* What the operating system says of this process: descriptors, threads, memory. */
#ifndef PROCESS_H
#define PROCESS_H

#include "harness.h"

#ifdef _WIN32
#include <psapi.h>

static inline long p_peak_kib(void) {
    PROCESS_MEMORY_COUNTERS memory;
    memset(&memory, 0, sizeof memory);
    K32GetProcessMemoryInfo(GetCurrentProcess(), &memory, sizeof memory);
    return (long)(memory.PeakWorkingSetSize / 1024);
}
/* Not to be had. */
static inline long p_sleeps(void) { return 0; }
static inline int p_descriptors(void) {
    DWORD n = 0;
    GetProcessHandleCount(GetCurrentProcess(), &n);
    return (int)n;
}
#else
#include <sys/resource.h>

/* A line of /proc/self/status: `VmHWM`, `VmRSS`, `Threads`. */
static inline long p_status(const char *name) {
    char line[256];
    long value = -1;
    size_t n = strlen(name);
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, name, n) && line[n] == ':') value = atol(line + n + 1);
    if (f) fclose(f);
    return value;
}
static inline long p_peak_kib(void) { return p_status("VmHWM"); }
/* How often its threads have gone to sleep. */
static inline long p_sleeps(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) ? -1 : usage.ru_nvcsw;
}
static inline long p_resident_kib(void) { return p_status("VmRSS"); }
static inline int p_threads(void) { return (int)p_status("Threads"); }
static inline int p_descriptors(void) {
    DIR *d = opendir("/proc/self/fd");
    int n = 0;
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n;
}
#endif

/* Until a number is at most that, for a bounded time. */
static inline int p_settles(int (*number)(void), int at_most) {
    uint64_t end = h_ms() + 10000;
    int n;
    while ((n = number()) > at_most && h_ms() < end) h_sleep(20);
    return n;
}

#endif
