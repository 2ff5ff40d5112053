/* The client of the Autobahn suite, by WinHTTP calls alone: client sync|async PORT AGENT */
#include "../../ctests/harness.h"

static INTERNET_PORT port;
static int async;

static int open_path(conn *c, recorder *r, const char *path) {
    DWORD error;
    memset(c, 0, sizeof *c);
    c->rec = r;
    c->ses = h_open(async);
    if (async) h_record_all(c->ses, r);
    c->con = WinHttpConnect(c->ses, W("127.0.0.1"), port, 0);
    c->req = WinHttpOpenRequest(c->con, NULL, h_wide(path), NULL, NULL, NULL, 0);
    if (!c->req || !WinHttpSetOption(c->req, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)) return 0;
    error = h_upgrade(c, async);
    if (error) fprintf(stderr, "%s: error %u\n", path, (unsigned)error);
    return !error;
}

/* A whole message; its type, CLOSED, or -1. The buffer grows. */
static int whole_message(conn *c, char **buffer, DWORD *room, DWORD *size) {
    got g;
    *size = 0;
    do {
        if (*room - *size < 65536) *buffer = realloc(*buffer, *room = *room * 2 + 131072);
        if (async) rec_clear(c->rec); /* nothing is pending here */
        g = h_receive(c, async, *buffer + *size, *room - *size);
        if (g.error) return -1;
        *size += g.bytes;
    } while (g.type == BINF || g.type == TXTF);
    return g.type;
}

static void finish(conn *c) {
    if (!async) c->rec = NULL;
    h_finish(c);
}

int main(int argc, char **argv) {
    char path[256], *buffer = NULL, number[16];
    DWORD room = 0, size;
    int cases, i, type;
    conn c;
    recorder *r = rec_new();
    h_mutex_init(&h_print);
    h_case = "autobahn";
    if (argc < 4) return 2;
    async = !strcmp(argv[1], "async");
    port = (INTERNET_PORT)atoi(argv[2]);

    if (!open_path(&c, r, "/getCaseCount")) return 1;
    type = whole_message(&c, &buffer, &room, &size);
    if (type != TXT || size > 10) return 1;
    memcpy(number, buffer, size);
    number[size] = 0;
    cases = atoi(number);
    h_close(&c, async, 1000, NULL);
    finish(&c);

    for (i = 1; i <= cases; i++) {
        rec_clear(r);
        snprintf(path, sizeof path, "/runCase?case=%d&agent=%s", i, argv[3]);
        if (open_path(&c, r, path)) {
            while ((type = whole_message(&c, &buffer, &room, &size)) >= 0 && type != CLOSED) {
                if (async) rec_clear(r);
                if (h_send(&c, async, type, buffer, size)) break;
            }
            if (async) rec_clear(r);
            if (type == CLOSED) h_close(&c, async, 1000, NULL);
        }
        finish(&c);
    }

    rec_clear(r);
    snprintf(path, sizeof path, "/updateReports?agent=%s", argv[3]);
    if (!open_path(&c, r, path)) return 1;
    whole_message(&c, &buffer, &room, &size);
    h_close(&c, async, 1000, NULL);
    finish(&c);
    free(buffer);
    printf("%d cases\n", cases);
    return h_failed != 0;
}
