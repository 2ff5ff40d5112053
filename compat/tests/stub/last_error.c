/* Stands in for libwinhttp where it has not been built: the functions the compat library takes from it. */
#include <stdlib.h>
#include <windows.h>

static _Thread_local DWORD last_error;

DWORD WINAPI GetLastError(void)
{
    return last_error;
}

void WINAPI SetLastError(DWORD code)
{
    last_error = code;
}

HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size)
{
    return flags & GMEM_ZEROINIT ? calloc(1, size) : malloc(size);
}

HGLOBAL WINAPI GlobalFree(HGLOBAL memory)
{
    free(memory);
    return NULL;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size)
{
    return GlobalAlloc(flags, size);
}

HLOCAL WINAPI LocalFree(HLOCAL memory)
{
    return GlobalFree(memory);
}
