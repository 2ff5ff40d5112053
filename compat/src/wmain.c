/*
 * The entry point for programs that have wmain, wWinMain or WinMain instead of main. It stands in an archive of its
 * own and is taken only if the program has no main.
 *
 * A C++ program's wmain has a C++ name unless it was declared before as a C function, which headers cannot do for
 * every form of its parameters; so the forms in use are looked for by their mangled names.
 */
#include <windows.h>

#define WEAK __attribute__((weak))

typedef int wide_main(int count, WCHAR **arguments, WCHAR **environment);

WEAK extern wide_main wmain;
WEAK extern wide_main wmain_none __asm__("_Z5wmainv");
WEAK extern wide_main wmain_two __asm__("_Z5wmainiPPw");
WEAK extern wide_main wmain_three __asm__("_Z5wmainiPPwS0_");
WEAK extern wide_main wmain_const __asm__("_Z5wmainiPPKw");
WEAK extern wide_main wmain_const_const __asm__("_Z5wmainiPKPKw");
WEAK extern wide_main wmain_const_array __asm__("_Z5wmainiPKPw");
WEAK extern wide_main wmain_const_three __asm__("_Z5wmainiPPKwS1_");
WEAK extern wide_main wmain_unsigned __asm__("_Z5wmainjPPw");
WEAK extern int WINAPI wWinMain(HINSTANCE, HINSTANCE, LPWSTR, int);
WEAK extern int WINAPI WinMain(HINSTANCE, HINSTANCE, LPSTR, int);

static wide_main *find_wmain(void)
{
    wide_main *known[] = { wmain, wmain_two, wmain_none, wmain_three, wmain_const, wmain_const_const,
        wmain_const_array, wmain_const_three, wmain_unsigned };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] != NULL)
            return known[i];
    return NULL;
}

static WCHAR *convert(const char *text)
{
    int size = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    WCHAR *wide = malloc((size_t)size * sizeof(WCHAR));

    if (wide == NULL)
        exit(1);
    MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, size);
    return wide;
}

static WCHAR **convert_list(char **list)
{
    size_t count = 0;

    while (list[count] != NULL)
        count++;
    WCHAR **wide = calloc(count + 1, sizeof *wide);
    if (wide == NULL)
        exit(1);
    for (size_t i = 0; i < count; i++)
        wide[i] = convert(list[i]);
    return wide;
}

/* What WinMain gets: the command line behind the program's name, which may be in quotes. */
static size_t name_length(const char *line)
{
    size_t n = line[0] == '"' ? strcspn(line + 1, "\"") + 2 : strcspn(line, " \t");

    return n + strspn(line + n, " \t");
}

int main(int count, char **arguments, char **environment)
{
    static WCHAR **wide_arguments, **wide_environment; /* reachable until the end of the process, as exit needs them */
    HINSTANCE instance = GetModuleHandleA(NULL);
    wide_main *wide = find_wmain();

    if (wide != NULL) {
        wide_arguments = convert_list(arguments);
        wide_environment = convert_list(environment);
        return wide(count, wide_arguments, wide_environment);
    }
    char *line = GetCommandLineA();
    char *parameters = line + name_length(line);
    if (WinMain != NULL)
        return WinMain(instance, NULL, parameters, 10);
    if (wWinMain != NULL)
        return wWinMain(instance, NULL, convert(parameters), 10);
    fputs("the program has neither main nor wmain, WinMain or wWinMain\n", stderr);
    return 127;
}
