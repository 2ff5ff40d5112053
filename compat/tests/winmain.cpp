// WinMain gets the command line without the program's name.
#include "check.h"

int WINAPI WinMain(HINSTANCE instance, HINSTANCE, LPSTR commandLine, int)
{
    CHECK(instance != nullptr);
    CHECK_TEXT(commandLine, "caf\xC3\xA9 \xF0\x9F\x98\x80 \"two words\"");
    return failures();
}
