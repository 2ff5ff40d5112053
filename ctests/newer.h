/* Functions that are looked up by name. A file that includes this defines _GNU_SOURCE before anything else. */
#ifndef NEWER_H
#define NEWER_H

#include "harness.h"
#ifndef _WIN32
#include <dlfcn.h>
#endif

/* By name, for not every SDK has prototypes of the newer functions, nor the system's winhttp.dll the functions: without
 * them its cases end early. Ours has them all. */
static void *symbol(const char *name) {
#ifdef _WIN32
    const char *wanted = getenv("WINHTTP_WANTED");
    int is_systems = wanted && !strcmp(wanted, "system");
    void *found = (void *)GetProcAddress(GetModuleHandleA("winhttp.dll"), name);
#else
    int is_systems = 0;
    void *found = dlsym(RTLD_DEFAULT, name);
#endif
    if (!found && !is_systems) FAIL("no %s", name);
    return found;
}
#define NEWER(result, name, ...) result(WINAPI *p_##name)(__VA_ARGS__) = (result(WINAPI *)(__VA_ARGS__))symbol(#name); if (!p_##name) return

#endif
