/* Real work through libgit2, whose WinHTTP transport uses the library under test: git_client URL TLS-URL FOLDER.
 * The same file is built against the git2.dll of a Windows wheel, and against libgit2 compiled here for Linux.
 * URL serves the repositories `small`, `big` and `moved` (a redirect to small); TLS-URL the same over https. */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#endif

static int failures;
static char folder[512], url[512], tls[512];
static int certificates, credentials;

static void report(const char *name, int ok, int code) {
    const git_error *e = git_error_last();
    if (ok) {
        printf("ok %s\n", name);
    } else {
        printf("FAIL %s\n     code %d: %s\n", name, code, e && e->message ? e->message : "no message");
        failures++;
    }
    fflush(stdout);
}
#define STEP(name, call)                                                                         \
    do {                                                                                         \
        int code_ = (call);                                                                      \
        if (code_) {                                                                             \
            report(name, 0, code_);                                                              \
            return;                                                                              \
        }                                                                                        \
    } while (0)

static const char *join(const char *left, const char *right) {
    static char out[16][1024];
    static unsigned next;
    char *to = out[next++ % 16];
    snprintf(to, 1024, "%s/%s", left, right);
    return to;
}

static int accept_certificate(git_cert *cert, int valid, const char *host, void *payload) {
    (void)cert, (void)valid, (void)host, (void)payload;
    certificates++;
    return 0;
}

static int ask_credentials(git_credential **out, const char *from, const char *user, unsigned int allowed, void *payload) {
    (void)from, (void)user, (void)payload;
    if (credentials++ || !(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT)) return -1;
    return git_credential_userpass_plaintext_new(out, "tester", "secret");
}

static int clone(const char *from, const char *to, git_repository **repo) {
    git_clone_options options = GIT_CLONE_OPTIONS_INIT;
    options.fetch_opts.callbacks.certificate_check = accept_certificate;
    options.fetch_opts.callbacks.credentials = ask_credentials;
    return git_clone(repo, from, join(folder, to), &options);
}

static long size_of(const char *path) {
    FILE *f = fopen(path, "rb");
    long size = -1;
    if (f) {
        fseek(f, 0, SEEK_END);
        size = ftell(f);
        fclose(f);
    }
    return size;
}

/* A commit with one new file of `size` bytes that do not compress. */
static int commit(git_repository *repo, const char *file, size_t size) {
    const char *path = join(git_repository_workdir(repo), file);
    FILE *f = fopen(path, "wb");
    unsigned state = 12345;
    git_index *index = NULL;
    git_oid tree_id, parent_id, id;
    git_tree *tree = NULL;
    git_commit *parent = NULL;
    git_signature *me = NULL;
    int code;
    if (!f) return -1;
    while (size--) {
        state = state * 1103515245u + 12345u;
        fputc((int)(state >> 16 & 255), f);
    }
    fclose(f);
    if ((code = git_repository_index(&index, repo))) return code;
    if ((code = git_index_add_bypath(index, file)) || (code = git_index_write(index)) || (code = git_index_write_tree(&tree_id, index)) ||
        (code = git_tree_lookup(&tree, repo, &tree_id)) || (code = git_reference_name_to_id(&parent_id, repo, "HEAD")) ||
        (code = git_commit_lookup(&parent, repo, &parent_id)) || (code = git_signature_now(&me, "Tester", "tester@localhost")))
        return code;
    {
        const git_commit *parents[] = {parent};
        code = git_commit_create(&id, repo, "HEAD", me, me, NULL, "another", tree, 1, (void *)parents);
    }
    git_signature_free(me);
    git_commit_free(parent);
    git_tree_free(tree);
    git_index_free(index);
    return code;
}

static int push(git_repository *repo) {
    git_push_options options = GIT_PUSH_OPTIONS_INIT;
    char spec[] = "refs/heads/main:refs/heads/main", *specs[] = {spec};
    git_strarray list = {specs, 1};
    git_remote *remote = NULL;
    int code = git_remote_lookup(&remote, repo, "origin");
    options.callbacks.certificate_check = accept_certificate;
    options.callbacks.credentials = ask_credentials;
    if (!code) code = git_remote_push(remote, &list, &options);
    git_remote_free(remote);
    return code;
}

static int fetch(git_repository *repo) {
    git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
    git_remote *remote = NULL;
    int code = git_remote_lookup(&remote, repo, "origin");
    options.callbacks.certificate_check = accept_certificate;
    if (!code) code = git_remote_fetch(remote, NULL, &options, NULL);
    git_remote_free(remote);
    return code;
}

static int same(git_repository *a, const char *name_a, git_repository *b, const char *name_b) {
    git_oid left, right;
    return !git_reference_name_to_id(&left, a, name_a) && !git_reference_name_to_id(&right, b, name_b) && git_oid_equal(&left, &right);
}

static void clones_a_small_repository(void) {
    git_repository *repo = NULL;
    STEP(__func__, clone(join(url, "small"), "small", &repo));
    report(__func__, size_of(join(folder, "small/hello.txt")) == 6, 0);
    git_repository_free(repo);
}

static void clones_megabytes(void) {
    git_repository *repo = NULL;
    STEP(__func__, clone(join(url, "big"), "big", &repo));
    report(__func__, size_of(join(folder, "big/noise.bin")) == 8000000, 0);
    git_repository_free(repo);
}

static void pushes_and_fetches_back(void) {
    git_repository *one = NULL, *two = NULL;
    STEP(__func__, clone(join(url, "small"), "one", &one));
    STEP(__func__, clone(join(url, "small"), "two", &two));
    STEP(__func__, commit(one, "more.bin", 1000));
    STEP(__func__, push(one));
    STEP(__func__, fetch(two));
    report(__func__, same(one, "HEAD", two, "refs/remotes/origin/main"), 0);
    git_repository_free(one);
    git_repository_free(two);
}

static void pushes_megabytes(void) {
    git_repository *one = NULL, *two = NULL;
    STEP(__func__, clone(join(url, "small"), "large", &one));
    STEP(__func__, commit(one, "large.bin", 5000000));
    STEP(__func__, push(one));
    STEP(__func__, clone(join(url, "small"), "check", &two));
    report(__func__, size_of(join(folder, "check/large.bin")) == 5000000, 0);
    git_repository_free(one);
    git_repository_free(two);
}

static void follows_a_redirect(void) {
    git_repository *repo = NULL;
    STEP(__func__, clone(join(url, "moved"), "moved", &repo));
    report(__func__, size_of(join(folder, "moved/hello.txt")) == 6, 0);
    git_repository_free(repo);
}

static void a_missing_repository_is_an_error(void) {
    git_repository *repo = NULL;
    int code = clone(join(url, "nothing"), "nothing", &repo);
    report(__func__, code < 0 && git_error_last() && strstr(git_error_last()->message, "404"), code);
}

static void clones_over_tls(void) {
    git_repository *repo = NULL;
    certificates = 0;
    STEP(__func__, clone(join(tls, "small"), "tls", &repo));
    report(__func__, size_of(join(folder, "tls/hello.txt")) == 6 && certificates, certificates);
    git_repository_free(repo);
}

static void logs_in(void) {
    git_repository *repo = NULL;
    credentials = 0;
    STEP(__func__, clone(join(url, "locked"), "locked", &repo));
    report(__func__, size_of(join(folder, "locked/hello.txt")) == 6 && credentials == 1, credentials);
    git_repository_free(repo);
}

#ifdef _WIN32
static void the_dll_beside_the_program_is_loaded(void) {
    char dll[MAX_PATH] = "", program[MAX_PATH] = "";
    GetModuleFileNameA(GetModuleHandleA("winhttp.dll"), dll, sizeof dll);
    GetModuleFileNameA(NULL, program, sizeof program);
    strcpy(strrchr(program, '\\') + 1, "winhttp.dll");
    report(__func__, !_stricmp(dll, program), 0);
}
#endif

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    snprintf(url, sizeof url, "%s", argv[1]);
    snprintf(tls, sizeof tls, "%s", argv[2]);
    snprintf(folder, sizeof folder, "%s", argv[3]);
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    clones_a_small_repository();
    clones_megabytes();
    pushes_and_fetches_back();
    pushes_megabytes();
    follows_a_redirect();
    a_missing_repository_is_an_error();
    clones_over_tls();
    logs_in();
#ifdef _WIN32
    the_dll_beside_the_program_is_loaded();
#endif
    git_libgit2_shutdown();
    return failures ? 1 : 0;
}
