/* The same functions under _FORTIFY_SOURCE, where glibc's headers call others. */
#include "check.h"

int main(int argc, char **argv)
{
    WCHAR text[32];
    const WCHAR *value = argc > 100 ? L"other" : L"value";

    (void)argv;
    wcscpy(text, value);
    wcscat(text, L"!");
    CHECK_WIDE(text, L"value!");
    swprintf(text, 32, L"%s %S", value, "narrow");
    CHECK_WIDE(text, L"value narrow");
    wmemcpy(text, value, 6);
    CHECK_WIDE(text, L"value");
    wprintf(L"%s\n", text);
    printf("%S\n", text);
    return failures();
}
