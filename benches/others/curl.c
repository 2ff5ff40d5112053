// libcurl's easy interface: curl PORT WHO JOB SIZE CONNECTIONS OPERATIONS
#include <curl/curl.h>

#include "usage.h"

static size_t seen, measure_from;
static usage start;

static size_t take(char *data, size_t one, size_t count, void *unused) {
    (void)data, (void)unused;
    if (measure_from && seen >= measure_from) {
        start = usage_now();
        measure_from = 0;
    }
    seen += one * count;
    return one * count;
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    int download = !strcmp(argv[3], "download");
    size_t size = strtoul(argv[4], 0, 10), operations = strtoul(argv[6], 0, 10);
    size_t warm_up = operations / 10 ? operations / 10 : 1, total = operations + warm_up;
    CURL *curl = curl_easy_init();
    char url[200];
    snprintf(url, sizeof url, "http://127.0.0.1:%s/get/%zu", argv[1], download ? size * total : size);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "bench");
    if (download) {
        curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 65536L);
        measure_from = warm_up * size;
        if (curl_easy_perform(curl) || seen != size * total) return 1;
        report(start, size, operations, 0, 0);
        return 0;
    }
    double *times = calloc(total, sizeof *times);
    start = usage_now();
    for (size_t n = 0; n < total; n++) {
        if (n == warm_up) start = usage_now();
        double sent = clock_ns();
        seen = 0;
        if (curl_easy_perform(curl) || seen != size) return 1;
        times[n] = clock_ns() - sent;
    }
    report(start, size, operations, times + warm_up, operations);
    return 0;
}
