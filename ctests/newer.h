/* Functions that are looked up by name. A file that includes this defines _GNU_SOURCE before anything else. */
#ifndef NEWER_H
#define NEWER_H

#include "harness.h"
#ifndef _WIN32
#include <dlfcn.h>
#endif

/* By name, for not every winhttp.dll has the newer functions, nor every SDK their prototypes. NULL: skip. */
static void *symbol(const char *name) {
#ifdef _WIN32
    return (void *)GetProcAddress(GetModuleHandleA("winhttp.dll"), name);
#else
    void *found = dlsym(RTLD_DEFAULT, name);
    if (!found) FAIL("no %s", name);
    return found;
#endif
}
#define NEWER(result, name, ...) result(WINAPI *p_##name)(__VA_ARGS__) = (result(WINAPI *)(__VA_ARGS__))symbol(#name); if (!p_##name) return

#endif
