/* Messages, modules, files, heaps, time and the command line. */
#include <rpc.h>
#include <shellapi.h>
#include <urlmon.h>

#include "check.h"

static void test_system_messages(void)
{
    WCHAR text[128], *allocated = NULL;
    char bytes[128];
    DWORD length;

    length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_ACCESS_DENIED,
        MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), text, 128, NULL);
    CHECK_WIDE(text, L"Access is denied.\r\n");
    CHECK_NUMBER(length, 19);
    CHECK_NUMBER(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL,
        (DWORD)HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED), 0, bytes, 128, NULL), 18);
    CHECK_TEXT(bytes, "Access is denied. ");
    length = FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM, NULL, ERROR_INVALID_HANDLE, 0,
        (LPWSTR)&allocated, 0, NULL);
    CHECK(length > 0 && allocated != NULL && wcslen(allocated) == length);
    CHECK(LocalFree(allocated) == NULL);
}

static void test_message_failures(void)
{
    WCHAR text[8];

    CHECK_NUMBER(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 54321, 0, text, 8, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_MR_MID_NOT_FOUND);
    CHECK_NUMBER(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, NULL, ERROR_ACCESS_DENIED, 0, text, 8, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    CHECK_NUMBER(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 5, MAKELANGID(0x0C, 1), text, 8, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_RESOURCE_LANG_NOT_FOUND);
    CHECK_NUMBER(FormatMessageW(0, NULL, 5, 0, text, 8, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_NUMBER(FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE, NULL, 12007, 0, text, 8, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_RESOURCE_TYPE_NOT_FOUND);
    CHECK_NUMBER(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 12007, 0, text, 8, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_MR_MID_NOT_FOUND);
}

static void test_winhttp_messages(void)
{
    char *allocated = NULL;
    HMODULE module = GetModuleHandle(TEXT("WinHTTP.dll"));

    CHECK(module != NULL);
    CHECK(FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS,
        module, 12007, 0, (LPSTR)&allocated, 0, NULL) > 0);
    CHECK_TEXT(allocated, "The server's name could not be resolved.\r\n");
    LocalFree(allocated);
    CHECK(FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM,
        module, ERROR_FILE_NOT_FOUND, 0, (LPSTR)&allocated, 0, NULL) > 0);
    CHECK_TEXT(allocated, "The file does not exist.\r\n");
    LocalFree(allocated);
    CHECK_NUMBER(FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE, module, 12003, 0,
        (LPSTR)&allocated, 0, NULL), 0);
    CHECK_NUMBER(GetLastError(), ERROR_MR_MID_NOT_FOUND);
    CHECK(allocated == NULL);
}

static void test_inserts(void)
{
    DWORD_PTR arguments[] = { (DWORD_PTR)L"first", 42, (DWORD_PTR)L"third" };
    DWORD_PTR narrow[] = { (DWORD_PTR)"first" };
    WCHAR text[64];
    char bytes[64];

    FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, L"%3 %1 %2!05d! 100%% a%nb%!%0 not here",
        0, 0, text, 64, (va_list *)arguments);
    CHECK_WIDE(text, L"third first 00042 100% a\r\nb!");
    FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_IGNORE_INSERTS, L"%1 is kept", 0, 0, text, 64, NULL);
    CHECK_WIDE(text, L"%1 is kept");
    FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "<%1!8s!>", 0, 0, bytes, 64,
        (va_list *)narrow);
    CHECK_TEXT(bytes, "<   first>");
}

static void test_modules(void)
{
    HMODULE module = LoadLibraryW(L"winhttp.dll");
    WCHAR path[MAX_PATH];
    char small[4];

    CHECK(module != NULL && module == GetModuleHandleA("winhttp"));
    CHECK((uintptr_t)GetProcAddress(module, "SetLastError") == (uintptr_t)SetLastError);
    CHECK(GetProcAddress(module, "NoSuchFunction") == NULL);
    CHECK_NUMBER(GetLastError(), ERROR_PROC_NOT_FOUND);
    CHECK(FreeLibrary(module));
    CHECK(LoadLibraryA("no such library.dll") == NULL);
    CHECK_NUMBER(GetLastError(), ERROR_MOD_NOT_FOUND);
    CHECK(GetModuleHandle(NULL) != NULL);
    CHECK(GetModuleFileNameW(NULL, path, MAX_PATH) > 0 && path[0] == '/');
    CHECK_NUMBER(GetModuleFileNameA(NULL, small, 4), 4);
    CHECK_NUMBER(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
}

static void test_files(void)
{
    WCHAR folder[MAX_PATH], name[MAX_PATH];
    char bytes[16] = { 0 };
    DWORD count;
    LARGE_INTEGER size;

    CHECK(GetTempPathW(MAX_PATH, folder) > 0 && folder[wcslen(folder) - 1] == '/');
    CHECK_NUMBER(GetTempPathW(2, folder), wcslen(folder) + 1);
    CHECK(GetTempFileNameW(folder, L"win", 0, name) != 0);
    CHECK_NUMBER(GetFileAttributesW(name), FILE_ATTRIBUTE_NORMAL);
    HANDLE file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    CHECK_NUMBER(GetLastError(), ERROR_ALREADY_EXISTS);
    CHECK(WriteFile(file, "hello world", 11, &count, NULL) && count == 11);
    CHECK_NUMBER(SetFilePointer(file, 6, NULL, FILE_BEGIN), 6);
    CHECK(ReadFile(file, bytes, 16, &count, NULL) && count == 5);
    CHECK_TEXT(bytes, "world");
    CHECK(ReadFile(file, bytes, 16, &count, NULL) && count == 0);
    CHECK_NUMBER(SetFilePointer(file, -1, NULL, FILE_BEGIN), INVALID_SET_FILE_POINTER);
    CHECK_NUMBER(GetLastError(), ERROR_NEGATIVE_SEEK);
    CHECK(GetFileSizeEx(file, &size) && size.QuadPart == 11);
    CHECK_NUMBER(GetFileSize(file, NULL), 11);
    CHECK_NUMBER(GetFileType(file), FILE_TYPE_DISK);
    CHECK(CloseHandle(file));
    CHECK(CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL) == INVALID_HANDLE_VALUE);
    CHECK_NUMBER(GetLastError(), ERROR_FILE_EXISTS);
    CHECK(DeleteFileW(name) && !DeleteFileW(name));
    CHECK_NUMBER(GetLastError(), ERROR_FILE_NOT_FOUND);
    CHECK(CreateFileA("\\no such\\folder\\file", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE);
    CHECK_NUMBER(GetLastError(), ERROR_PATH_NOT_FOUND);
    CHECK_NUMBER(GetFileAttributesA("/tmp"), FILE_ATTRIBUTE_DIRECTORY);
    CHECK(WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "out\n", 4, &count, NULL) && count == 4);
}

static void test_heap(void)
{
    char *memory = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 10);

    CHECK(memory != NULL && memory[9] == 0);
    CHECK_NUMBER(HeapSize(GetProcessHeap(), 0, memory), 10);
    memory = HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, memory, 1000);
    CHECK(memory != NULL && memory[999] == 0);
    CHECK(HeapFree(GetProcessHeap(), 0, memory));
    HANDLE heap = HeapCreate(0, 0, 0);
    CHECK(HeapAlloc(heap, 0, 100) != NULL && HeapAlloc(heap, 0, 100) != NULL);
    CHECK(HeapDestroy(heap));
}

static void test_time(void)
{
    SYSTEMTIME time = { 2008, 7, 1, 28, 10, 5, 52, 250 }, back;
    FILETIME file;
    LARGE_INTEGER frequency, start, end;

    CHECK(SystemTimeToFileTime(&time, &file) && FileTimeToSystemTime(&file, &back));
    CHECK(memcmp(&time, &back, sizeof time) == 0);
    CHECK_NUMBER((long long)file.dwHighDateTime << 32 | file.dwLowDateTime, 128617131522500000ll);
    time.wDay = 32;
    CHECK(!SystemTimeToFileTime(&time, &file));
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&start);
    Sleep(20);
    QueryPerformanceCounter(&end);
    CHECK((end.QuadPart - start.QuadPart) * 1000 / frequency.QuadPart >= 19);
}

static void test_command_line(void)
{
    int count;
    LPWSTR *list = CommandLineToArgvW(L"program \"a b\" c\\\\\"d e\" \\\"f\\\" g\\h \"\"", &count);

    CHECK_NUMBER(count, 6);
    CHECK_WIDE(list[1], L"a b");
    CHECK_WIDE(list[2], L"c\\d e");
    CHECK_WIDE(list[3], L"\"f\"");
    CHECK_WIDE(list[4], L"g\\h");
    CHECK_WIDE(list[5], L"");
    LocalFree(list);
    CHECK(wcsstr(GetCommandLineW(), L"system") != NULL);
}

static void test_com_has_no_classes(void)
{
    IInternetSecurityManager *manager = (IInternetSecurityManager *)1;

    CHECK_NUMBER(CoCreateInstance(&CLSID_InternetSecurityManager, NULL, CLSCTX_ALL, &IID_IInternetSecurityManager,
        (void **)&manager), CO_E_NOTINITIALIZED);
    CHECK_NUMBER(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
    CHECK_NUMBER(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_FALSE);
    CHECK_NUMBER(CoInitialize(NULL), RPC_E_CHANGED_MODE);
    manager = (IInternetSecurityManager *)1;
    CHECK_NUMBER(CoCreateInstance(&CLSID_InternetSecurityManager, NULL, CLSCTX_ALL, &IID_IInternetSecurityManager,
        (void **)&manager), REGDB_E_CLASSNOTREG);
    CHECK(manager == NULL);
    CoUninitialize();
    CoUninitialize();
    CHECK_NUMBER(CoInitialize(NULL), S_OK);
    CoUninitialize();
}

static void test_identifiers(void)
{
    UUID one, two;

    CHECK_NUMBER(UuidCreate(&one), RPC_S_OK);
    CHECK_NUMBER(UuidCreate(&two), RPC_S_OK);
    CHECK(!IsEqualGUID(&one, &two));
    CHECK_NUMBER(one.Data3 >> 12, 4);
    CHECK_NUMBER(one.Data4[0] >> 6, 2);
}

static BOOL is_at_least(DWORD major, DWORD minor, WORD pack, BYTE condition)
{
    OSVERSIONINFOEX info = {0};
    ULONGLONG mask = 0;

    info.dwOSVersionInfoSize = sizeof info;
    info.dwMajorVersion = major;
    info.dwMinorVersion = minor;
    info.wServicePackMajor = pack;
    VER_SET_CONDITION(mask, VER_MAJORVERSION, condition);
    VER_SET_CONDITION(mask, VER_MINORVERSION, condition);
    VER_SET_CONDITION(mask, VER_SERVICEPACKMAJOR, condition);
    return VerifyVersionInfo(&info, VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR, mask);
}

static void test_version(void)
{
    OSVERSIONINFOEX info = {0};

    CHECK(is_at_least(6, 1, 3, VER_GREATER_EQUAL));
    CHECK(is_at_least(10, 0, 0, VER_GREATER_EQUAL));
    CHECK(is_at_least(10, 0, 0, VER_EQUAL));
    CHECK(!is_at_least(10, 0, 0, VER_GREATER));
    CHECK(!is_at_least(10, 1, 0, VER_GREATER_EQUAL));
    CHECK(!is_at_least(11, 0, 0, VER_GREATER_EQUAL));
    CHECK_NUMBER(GetLastError(), ERROR_OLD_WIN_VERSION);
    CHECK(is_at_least(11, 0, 0, VER_LESS));
    CHECK(!VerifyVersionInfo(&info, VER_MAJORVERSION, 0));
    CHECK_NUMBER(GetLastError(), ERROR_BAD_ARGUMENTS);
}

int main(void)
{
    test_system_messages();
    test_message_failures();
    test_winhttp_messages();
    test_inserts();
    test_modules();
    test_files();
    test_heap();
    test_time();
    test_command_line();
    test_com_has_no_classes();
    test_identifiers();
    test_version();
    return failures();
}
