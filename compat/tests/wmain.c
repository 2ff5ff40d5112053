/* The arguments of wmain: run by ctest with text beyond ASCII and beyond 16 bits. */
#include "check.h"

int wmain(int argc, WCHAR *argv[], WCHAR *envp[])
{
    CHECK_NUMBER(argc, 4);
    CHECK_WIDE(argv[1], L"caf\xE9");
    CHECK_WIDE(argv[2], L"\xD83D\xDE00");
    CHECK_WIDE(argv[3], L"two words");
    CHECK(argv[4] == NULL);
    CHECK(envp[0] != NULL && wcschr(envp[0], '=') != NULL);
    return failures();
}
