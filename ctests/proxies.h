/* What the tests of proxies share: texts, and the user's settings, which each case leaves as it found them. On Windows they
 * are the registry's; on Linux run.py gives the program a configuration folder of its own. */
#ifndef PROXIES_H
#define PROXIES_H

#include "http.h"

#ifndef _WIN32
#include <errno.h>
#include <sys/stat.h>
#endif

static const char *narrow(LPCWSTR text) {
    static char out[8][512];
    static unsigned next;
    char *to = out[next++ % 8];
    size_t i;
    if (!text) return "(null)";
    for (i = 0; text[i] && i < 511; i++) to[i] = (char)text[i];
    to[i] = 0;
    return to;
}

/* ---- the user's settings ------------------------------------------------------------------------- */

enum { DIRECT = 1, PROXY = 2, SCRIPT = 4, DETECT = 8 };

#ifdef _WIN32
static const char *const connections = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections";
static BYTE kept[4096];
static DWORD kept_size;
static int is_kept;

/* Writes the bytes as the user's settings; NULL removes them. */
static void write_user(const void *bytes, DWORD size) {
    HKEY key;
    if (RegCreateKeyExA(HKEY_CURRENT_USER, connections, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL)) {
        FAIL("no key");
        return;
    }
    if (!is_kept) {
        is_kept = 1;
        kept_size = sizeof kept;
        if (RegQueryValueExA(key, "DefaultConnectionSettings", NULL, NULL, kept, &kept_size)) kept_size = 0;
    }
    if (bytes) {
        EQ(RegSetValueExA(key, "DefaultConnectionSettings", 0, REG_BINARY, bytes, size), 0);
    } else {
        RegDeleteValueA(key, "DefaultConnectionSettings");
    }
    RegCloseKey(key);
}
static DWORD put_text(BYTE *to, const char *text) {
    DWORD n = text ? (DWORD)strlen(text) : 0;
    memcpy(to, &n, 4);
    if (n) memcpy(to + 4, text, n);
    return n + 4;
}
static void set_user(DWORD flags, const char *proxy, const char *bypass, const char *script) {
    BYTE value[2048] = {0x46, 0, 0, 0, 9};
    DWORD n = 12;
    memcpy(value + 8, &flags, 4);
    n += put_text(value + n, proxy);
    n += put_text(value + n, bypass);
    n += put_text(value + n, script);
    write_user(value, n + 32);
}
static void restore_user(void) { write_user(kept_size ? kept : NULL, kept_size); }
#else
static const char *config_file(void) { return x_text("%s/winhttp/proxy.conf", getenv("XDG_CONFIG_HOME")); }
/* In one step, as programs do: who watches must not see half of it. */
static void write_user(const void *bytes, DWORD size) {
    const char *fresh = x_text("%s/winhttp/fresh", getenv("XDG_CONFIG_HOME"));
    FILE *f;
    mkdir(x_text("%s/winhttp", getenv("XDG_CONFIG_HOME")), 0700);
    f = fopen(fresh, "w");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) || rename(fresh, config_file())) FAIL("%s: %s", config_file(), strerror(errno));
}
static void set_user(DWORD flags, const char *proxy, const char *bypass, const char *script) {
    const char *text = x_text("# by %s\n%s%s\n%s%s\n%s%s\ndetect = %s\n", h_case, flags & PROXY ? "proxy = " : "#", proxy ? proxy : "",
                               flags & PROXY && bypass ? "bypass = " : "#", bypass ? bypass : "", flags & SCRIPT ? "script = " : "#",
                               script ? script : "", flags & DETECT ? "yes" : "no");
    write_user(text, (DWORD)strlen(text));
}
static void restore_user(void) { remove(config_file()); }
#endif

#endif
