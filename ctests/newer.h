/* Functions that are looked up by name. A file that includes this defines _GNU_SOURCE before anything else. */
#ifndef NEWER_H
#define NEWER_H

#include "harness.h"
#ifndef _WIN32
#include <dlfcn.h>
#endif

/* By name, for not every SDK has prototypes of the newer functions, nor every system's winhttp.dll the functions: what it
 * lacks fails the case. */
static void *symbol(const char *name) {
#ifdef _WIN32
    void *found = (void *)GetProcAddress(GetModuleHandleA("winhttp.dll"), name);
#else
    void *found = dlsym(RTLD_DEFAULT, name);
#endif
    if (!found) FAIL("no %s", name);
    return found;
}
#define NEWER(result, name, ...) result(WINAPI *p_##name)(__VA_ARGS__) = (result(WINAPI *)(__VA_ARGS__))symbol(#name); if (!p_##name) return

#endif
