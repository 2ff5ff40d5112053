/* Real work through TileDB's file systems, which bring the cloud SDKs of Amazon and Microsoft for C++, both with their own
 * transports on WinHTTP: storage_client s3|azure DLL NAME=VALUE... The pairs are TileDB's configuration. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

typedef struct config config;
typedef struct context context;
typedef struct vfs vfs;
typedef struct file file;
typedef struct error error;
enum { READ, WRITE, APPEND };

/* What is used of TileDB's C interface; each gives 0 when all went well. */
#define FUNCTIONS(X)                                                                      \
    X(config_alloc, (config * *to, error * *why))                                         \
    X(config_set, (config * on, const char *name, const char *value, error **why))        \
    X(ctx_alloc, (config * with, context * *to))                                          \
    X(ctx_get_last_error, (context * on, error * *why))                                   \
    X(error_message, (error * of, const char **text))                                     \
    X(vfs_alloc, (context * on, config * with, vfs * *to))                                \
    X(vfs_create_bucket, (context * on, vfs * in, const char *uri))                       \
    X(vfs_remove_bucket, (context * on, vfs * in, const char *uri))                       \
    X(vfs_empty_bucket, (context * on, vfs * in, const char *uri))                        \
    X(vfs_is_bucket, (context * on, vfs * in, const char *uri, int32_t *is))              \
    X(vfs_is_file, (context * on, vfs * in, const char *uri, int32_t *is))                \
    X(vfs_file_size, (context * on, vfs * in, const char *uri, uint64_t *size))           \
    X(vfs_touch, (context * on, vfs * in, const char *uri))                               \
    X(vfs_remove_file, (context * on, vfs * in, const char *uri))                         \
    X(vfs_copy_file, (context * on, vfs * in, const char *from, const char *to))          \
    X(vfs_move_file, (context * on, vfs * in, const char *from, const char *to))          \
    X(vfs_ls, (context * on, vfs * in, const char *uri, int32_t (*each)(const char *, void *), void *data)) \
    X(vfs_open, (context * on, vfs * in, const char *uri, int mode, file * *to))          \
    X(vfs_close, (context * on, file * of))                                               \
    X(vfs_fh_free, (file * *of))                                                          \
    X(vfs_write, (context * on, file * to, const void *bytes, uint64_t length))           \
    X(vfs_read, (context * on, file * from, uint64_t offset, void *bytes, uint64_t length))
#define DECLARE(name, parameters) static int32_t(*name) parameters;
FUNCTIONS(DECLARE)

static context *ctx;
static vfs *store;
static char bucket[128];
static int failures;

static const char *why(void) {
    error *e = NULL;
    const char *text = NULL;
    if (ctx_get_last_error(ctx, &e) || !e || error_message(e, &text) || !text) return "no message";
    return text;
}

#define CHECK(what)                                                                    \
    do {                                                                               \
        if (!(what)) {                                                                 \
            printf("FAIL %s\n     line %d: %s\n     %s\n", __func__, __LINE__, #what, why()); \
            failures++;                                                                \
            return;                                                                    \
        }                                                                              \
    } while (0)
#define OK(call) CHECK((call) == 0)
#define PASSED printf("ok %s\n", __func__)

static const char *at(const char *name) {
    static char out[8][256];
    static unsigned next;
    char *to = out[next++ % 8];
    snprintf(to, 256, "%s/%s", bucket, name);
    return to;
}

static unsigned char *noise(size_t length, unsigned seed) {
    unsigned char *bytes = malloc(length);
    for (size_t i = 0; i < length; i++) bytes[i] = (unsigned char)((seed = seed * 1103515245 + 12345) >> 16);
    return bytes;
}

static int put(const char *name, const void *bytes, size_t length) {
    file *f = NULL;
    if (vfs_open(ctx, store, at(name), WRITE, &f)) return 1;
    int failed = length && vfs_write(ctx, f, bytes, length);
    failed |= vfs_close(ctx, f);
    vfs_fh_free(&f);
    return failed;
}

static int get(const char *name, uint64_t offset, void *bytes, size_t length) {
    file *f = NULL;
    if (vfs_open(ctx, store, at(name), READ, &f)) return 1;
    int failed = vfs_read(ctx, f, offset, bytes, length);
    vfs_close(ctx, f);
    vfs_fh_free(&f);
    return failed;
}

static void makes_a_bucket(void) {
    int32_t is = 1;
    OK(vfs_is_bucket(ctx, store, bucket, &is));
    CHECK(!is);
    OK(vfs_create_bucket(ctx, store, bucket));
    OK(vfs_is_bucket(ctx, store, bucket, &is));
    CHECK(is);
    PASSED;
}

static void writes_and_reads(void) {
    char text[6] = "";
    uint64_t size = 0;
    int32_t is = 0;
    OK(put("hello.txt", "hello", 5));
    OK(vfs_is_file(ctx, store, at("hello.txt"), &is));
    CHECK(is);
    OK(vfs_file_size(ctx, store, at("hello.txt"), &size));
    CHECK(size == 5);
    OK(get("hello.txt", 0, text, 5));
    CHECK(!strcmp(text, "hello"));
    PASSED;
}

/* Several requests at a time, from threads of the SDK's users; the parts' sizes are in the configuration. */
static void writes_and_reads_megabytes_in_parts(void) {
    size_t length = 11 * 1000 * 1000;
    unsigned char *bytes = noise(length, 1), *back = calloc(1, length);
    uint64_t size = 0;
    OK(put("big", bytes, length));
    OK(vfs_file_size(ctx, store, at("big"), &size));
    CHECK(size == length);
    OK(get("big", 0, back, length));
    CHECK(!memcmp(bytes, back, length));
    free(bytes), free(back);
    PASSED;
}

static void reads_ranges(void) {
    unsigned char *bytes = noise(11 * 1000 * 1000, 1), back[1000];
    for (unsigned i = 0; i < 20; i++) {
        OK(get("big", i * 499999, back, sizeof back));
        CHECK(!memcmp(bytes + i * 499999, back, sizeof back));
    }
    free(bytes);
    PASSED;
}

static int32_t counts(const char *uri, void *data) {
    (void)uri;
    ++*(int *)data;
    return 1;
}

static void lists(void) {
    char name[32];
    int seen = 0;
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "folder/with spaces & more %d", i);
        OK(put(name, name, strlen(name)));
    }
    OK(vfs_ls(ctx, store, at("folder"), counts, &seen));
    CHECK(seen == 30);
    PASSED;
}

static void copies_moves_and_removes(void) {
    int32_t is = 0;
    OK(vfs_copy_file(ctx, store, at("hello.txt"), at("copy.txt")));
    OK(vfs_move_file(ctx, store, at("copy.txt"), at("moved.txt")));
    OK(vfs_is_file(ctx, store, at("moved.txt"), &is));
    CHECK(is);
    OK(vfs_remove_file(ctx, store, at("moved.txt")));
    OK(vfs_is_file(ctx, store, at("moved.txt"), &is));
    CHECK(!is);
    PASSED;
}

static void an_empty_file(void) {
    uint64_t size = 1;
    OK(vfs_touch(ctx, store, at("nothing")));
    OK(vfs_file_size(ctx, store, at("nothing"), &size));
    CHECK(size == 0);
    PASSED;
}

static void what_is_missing_is_an_error(void) {
    char text[6];
    int32_t is = 1;
    OK(vfs_is_file(ctx, store, at("missing"), &is));
    CHECK(!is);
    CHECK(get("missing", 0, text, 5));
    PASSED;
}

static DWORD WINAPI reader(void *name) {
    char text[64] = "";
    for (int i = 0; i < 10; i++)
        if (get(name, 0, text, strlen(name)) || memcmp(text, name, strlen(name))) return 1;
    return 0;
}

static void many_threads(void) {
    HANDLE threads[16];
    char names[16][32];
    DWORD code, bad = 0;
    for (int i = 0; i < 16; i++) {
        snprintf(names[i], sizeof names[i], "folder/with spaces & more %d", i);
        threads[i] = CreateThread(NULL, 0, reader, names[i], 0, NULL);
    }
    for (int i = 0; i < 16; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        GetExitCodeThread(threads[i], &code);
        bad += code;
    }
    CHECK(!bad);
    PASSED;
}

static void removes_the_bucket(void) {
    int32_t is = 1;
    OK(vfs_empty_bucket(ctx, store, bucket));
    OK(vfs_remove_bucket(ctx, store, bucket));
    OK(vfs_is_bucket(ctx, store, bucket, &is));
    CHECK(!is);
    PASSED;
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    HMODULE dll = count > 2 ? LoadLibraryA(arguments[2]) : NULL;
    if (!dll) return printf("FAIL no %s: %lu\n", arguments[2], GetLastError()), 1;
#define FIND(name, parameters)                                    \
    name = (int32_t(*) parameters)(void *)GetProcAddress(dll, "tiledb_" #name); \
    if (!name) return printf("FAIL no tiledb_%s\n", #name), 1;
    FUNCTIONS(FIND)
    config *with = NULL;
    error *e = NULL;
    if (config_alloc(&with, &e)) return printf("FAIL no configuration\n"), 1;
    for (int i = 3; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        *value++ = 0;
        if (config_set(with, arguments[i], value, &e)) return printf("FAIL cannot set %s\n", arguments[i]), 1;
    }
    if (ctx_alloc(with, &ctx)) return printf("FAIL no context\n"), 1;
    if (vfs_alloc(ctx, with, &store)) return printf("FAIL no file system: %s\n", why()), 1;
    snprintf(bucket, sizeof bucket, "%s://bucket-%lu", arguments[1], GetCurrentProcessId());
    makes_a_bucket();
    writes_and_reads();
    writes_and_reads_megabytes_in_parts();
    reads_ranges();
    lists();
    copies_moves_and_removes();
    an_empty_file();
    what_is_missing_is_an_error();
    many_threads();
    removes_the_bucket();
        /* Nothing of the DLLs' endings is part of this. */
    TerminateProcess(GetCurrentProcess(), failures != 0);
}
