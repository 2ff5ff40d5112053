/* A DLL of the program's, loaded after WinHTTP, that has something to say at the end of the process: the loader asks it when
 * all threads but one are gone. */
#include <windows.h>

static void (*last_words)(void);

__declspec(dllexport) void at_the_end(void (*function)(void)) { last_words = function; }

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID process_ends) {
    (void)module;
    if (reason == DLL_PROCESS_DETACH && process_ends && last_words) last_words();
    return TRUE;
}
