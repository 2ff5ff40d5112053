/* What the tests of certificates share. */
#ifndef TRUST_H
#define TRUST_H

#include "http.h"
#include <wincrypt.h>
#ifdef _WIN32
#define SECURITY_WIN32
#include <security.h> /* for schannel.h */
#include <schannel.h>
#endif

#define BIT(name) WINHTTP_CALLBACK_STATUS_FLAG_##name

static void t_env(const char *name, const char *value) {
#ifdef _WIN32
    SetEnvironmentVariableA(name, value);
#else
    if (value) setenv(name, value, 1);
    else unsetenv(name);
#endif
}

static const char *t_certs(const char *name) {
    static char paths[4][1024];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, 1024, "%s/%s", getenv("TEST_CERTS"), name);
    return path;
}

static const char *t_narrow(LPCWSTR wide) {
    static char texts[4][256];
    static unsigned next;
    char *text = texts[next++ % 4];
    size_t i;
    for (i = 0; wide && wide[i] && i < 255; i++) text[i] = (char)wide[i];
    text[i] = 0;
    return text;
}

static int t_open(conn *c, int async, const char *port, const char *path) {
    return x_open(c, async, port, W("GET"), h_wide(path), NULL, NULL, NULL, WINHTTP_FLAG_SECURE);
}

static int t_set(HINTERNET handle, DWORD option, DWORD value) {
    return WinHttpSetOption(handle, option, &value, sizeof value);
}

/* A DWORD option's value, or 0xbad and the error's number. */
static DWORD t_get(HINTERNET handle, DWORD option) {
    DWORD value = 0, size = sizeof value;
    return WinHttpQueryOption(handle, option, &value, &size) ? value : 0xbad0000 + GetLastError();
}

/* The bits of the SECURE_FAILURE notices from the `nth` on. */
static DWORD t_bits(conn *c, int nth) {
    h_record e = {0};
    if (!rec_wait_nth(c->rec, c->req, STATUS(SECURE_FAILURE), nth, 2000, &e)) return 0xdead;
    return e.length == 4 ? e.info.number : 0xbeef;
}

/* What the peer's /tls says of the connection. */
static const char *t_seen(conn *c, int async) {
    static char text[16384];
    DWORD error = x_exchange(c, async);
    if (!error) error = x_body(c, async, text, sizeof text);
    if (error) snprintf(text, sizeof text, "error %u", (unsigned)error);
    return text;
}

#endif
