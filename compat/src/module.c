/*
 * Modules. A module handle is what dlopen gives. Names of Windows libraries are mapped: winhttp.dll is libwinhttp.so,
 * wherever the program has it from; other names are tried as they are. Windows' own libraries are not there.
 */
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <unistd.h>

#include "internal.h"

#define LIBRARY "libwinhttp.so"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool is_library(const char *path)
{
    return strncmp(base_name(path), LIBRARY, strlen(LIBRARY)) == 0;
}

/* The path of libwinhttp as it is loaded, in a buffer of PATH_MAX bytes. */
static int find_library(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    if (info->dlpi_name == NULL || !is_library(info->dlpi_name) || strlen(info->dlpi_name) >= PATH_MAX)
        return 0;
    strcpy(out, info->dlpi_name);
    return 1;
}

static bool names_winhttp(const char *name)
{
    const char *base = base_name(name);

    return _stricmp(base, "winhttp.dll") == 0 || _stricmp(base, "winhttp") == 0;
}

static HMODULE open_module(const char *name, int mode)
{
    char *path = path_of_narrow(name);
    char loaded[PATH_MAX] = LIBRARY;
    void *module = NULL;

    if (path != NULL && names_winhttp(path)) {
        dl_iterate_phdr(find_library, loaded);
        module = dlopen(loaded, mode);
    } else if (path != NULL) {
        module = dlopen(path, mode);
    }
    free(path);
    if (module == NULL)
        SetLastError(ERROR_MOD_NOT_FOUND);
    return module;
}

/* Does not count as a use of the module. */
HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
    HMODULE module = name == NULL ? dlopen(NULL, RTLD_LAZY) : open_module(name, RTLD_LAZY | RTLD_NOLOAD);

    if (module != NULL)
        dlclose(module);
    return module;
}

HMODULE WINAPI LoadLibraryA(LPCSTR name)
{
    if (name == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    return open_module(name, RTLD_NOW);
}

HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags)
{
    (void)file;
    (void)flags;
    return LoadLibraryA(name);
}

#define BY_WIDE_NAME(function, null_result) \
    char *narrow = name == NULL ? NULL : utf8_of(name); \
    HMODULE module = name != NULL && narrow == NULL ? NULL : function; \
    DWORD error = GetLastError(); \
    free(narrow); \
    SetLastError(error); \
    return module

HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
    BY_WIDE_NAME(GetModuleHandleA(narrow), NULL);
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
    BY_WIDE_NAME(LoadLibraryA(narrow), NULL);
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
    BY_WIDE_NAME(LoadLibraryExA(narrow, file, flags), NULL);
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    if (module != NULL && dlclose(module) == 0)
        return TRUE;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}

/* By name only: the numbers of exports differ between versions of Windows too. */
FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name)
{
    void *address = NULL;

    if ((ULONG_PTR)name > 0xFFFF)
        address = dlsym(module == NULL ? RTLD_DEFAULT : module, name);
    if (address == NULL)
        SetLastError(ERROR_PROC_NOT_FOUND);
    return (FARPROC)(uintptr_t)address;
}

static const char *module_path(HMODULE module)
{
    struct link_map *map;

    if (module == NULL || dlinfo(module, RTLD_DI_LINKMAP, &map) != 0)
        return NULL;
    return map->l_name;
}

bool module_is_winhttp(HMODULE module)
{
    const char *path = module_path(module);

    return path != NULL && is_library(path);
}

/* The program's own path for NULL and for its handle. */
static bool module_file_name(HMODULE module, char out[PATH_MAX])
{
    const char *path = module == NULL ? "" : module_path(module);

    if (path == NULL) {
        SetLastError(ERROR_MOD_NOT_FOUND);
        return false;
    }
    if (path[0] != 0 && strlen(path) < PATH_MAX) {
        strcpy(out, path);
        return true;
    }
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (length < 0) {
        SetLastError(error_of_errno(errno));
        return false;
    }
    out[length] = 0;
    return true;
}

/* A name that does not fit is cut: `size` is the result and the error is set. */

DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR out, DWORD size)
{
    char path[PATH_MAX];

    if (!module_file_name(module, path))
        return 0;
    DWORD length = copy_out_narrow(path, out, size);
    if (length < size) {
        SetLastError(ERROR_SUCCESS);
        return length;
    }
    strncpy_s(out, size, path, _TRUNCATE);
    SetLastError(ERROR_INSUFFICIENT_BUFFER);
    return size;
}

DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR out, DWORD size)
{
    char path[PATH_MAX];

    if (!module_file_name(module, path))
        return 0;
    WCHAR *wide = utf16_of(path);
    if (wide == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
    DWORD length = (DWORD)wide_length(wide);
    wcsncpy_s(out, size, wide, _TRUNCATE);
    free(wide);
    SetLastError(length < size ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    return length < size ? length : size;
}
