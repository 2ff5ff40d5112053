// A C++ _tmain with its C++ name.
#define UNICODE
#include "check.h"
#include <tchar.h>

int _tmain(int argc, _TCHAR *argv[])
{
    CHECK_NUMBER(argc, 4);
    CHECK_WIDE(argv[1], _T("caf\xE9"));
    CHECK_WIDE(argv[2], L"\xD83D\xDE00");
    return failures();
}
