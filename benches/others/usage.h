// What the clients in C and C++ share: resources, and the line that run.py reads.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/resource.h>

typedef struct {
    double wall, cpu, switches;
} usage;

static double clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

static usage usage_now(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    usage u;
    u.wall = clock_ns();
    u.cpu = (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e9 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e3;
    u.switches = r.ru_nvcsw + r.ru_nivcsw;
    return u;
}

static int by_size(const void *a, const void *b) {
    double d = *(const double *)a - *(const double *)b;
    return (d > 0) - (d < 0);
}

// Nanoseconds of each measured operation are in `times[..count]`; none: no p50.
static void report(usage from, double size, double operations, double *times, size_t count) {
    usage to = usage_now();
    double seconds = (to.wall - from.wall) / 1e9;
    if (count) {
        qsort(times, count, sizeof *times, by_size);
        printf("%f ", times[count / 2]);
    } else {
        printf("NaN ");
    }
    printf("%f %f %f %f NaN NaN\n", (to.cpu - from.cpu) / operations, (to.switches - from.switches) / operations,
        operations / seconds, operations * size / 1e6 / seconds);
}
