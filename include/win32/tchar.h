/* The generic text names: wide ones when _UNICODE is defined, narrow ones otherwise. */
#ifndef WIN32_TCHAR_H
#define WIN32_TCHAR_H

#if defined(UNICODE) && !defined(_UNICODE)
#define _UNICODE
#endif
#if defined(_UNICODE) && !defined(UNICODE)
#define UNICODE
#endif

#include "base.h"
#include "crt.h"

#ifdef _UNICODE

#if WIN32_SHORT_WCHAR
#define WIN32_T(quoted) L##quoted
#else
#define WIN32_T(quoted) u##quoted
#endif
typedef WCHAR _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
#define _tmain wmain
#define _tWinMain wWinMain
#define _tenviron _wenviron
#define _tcslen wcslen
#define _tcsnlen wcsnlen
#define _tcscpy wcscpy
#define _tcscat wcscat
#define _tcsncpy wcsncpy
#define _tcsncat wcsncat
#define _tcscmp wcscmp
#define _tcsncmp wcsncmp
#define _tcsicmp _wcsicmp
#define _tcsnicmp _wcsnicmp
#define _tcschr wcschr
#define _tcsrchr wcsrchr
#define _tcsstr wcsstr
#define _tcspbrk wcspbrk
#define _tcsspn wcsspn
#define _tcscspn wcscspn
#define _tcsdup _wcsdup
#define _tcslwr _wcslwr
#define _tcsupr _wcsupr
#define _tcscpy_s wcscpy_s
#define _tcscat_s wcscat_s
#define _tcsncpy_s wcsncpy_s
#define _tcsncat_s wcsncat_s
#define _tcstok_s wcstok_s
#define _tcstol wcstol
#define _tcstoul wcstoul
#define _tcstod wcstod
#define _ttoi _wtoi
#define _ttol _wtol
#define _ttoi64 _wtoi64
#define _tstoi _wtoi
#define _tstol _wtol
#define _itot _itow
#define _itot_s _itow_s
#define _tprintf wprintf
#define _tprintf_s wprintf_s
#define _ftprintf fwprintf
#define _ftprintf_s fwprintf_s
#define _stprintf _swprintf
#define _stprintf_s swprintf_s
#define _vstprintf_s vswprintf_s
#define _sntprintf _snwprintf
#define _sntprintf_s _snwprintf_s
#define _vsntprintf _vsnwprintf
#define _vsntprintf_s _vsnwprintf_s
#define _vtprintf vwprintf
#define _vftprintf vfwprintf
#define _sctprintf _scwprintf
#define _vsctprintf _vscwprintf
#define _fputts fputws
#define _putts _putws
#define _fgetts fgetws
#define _puttchar putwchar
#define _tfopen _wfopen
#define _tfopen_s _wfopen_s
#define _tremove _wremove
#define _tgetenv _wgetenv
#define _tdupenv_s _wdupenv_s
#define _tsystem _wsystem
#define _istspace iswspace
#define _istdigit iswdigit
#define _istalpha iswalpha
#define _istalnum iswalnum
#define _istupper iswupper
#define _istlower iswlower
#define _totlower towlower
#define _totupper towupper

#else

#define WIN32_T(quoted) quoted
typedef char _TCHAR, _TXCHAR;
typedef signed char _TSCHAR;
typedef unsigned char _TUCHAR;
#define _tmain main
#define _tWinMain WinMain
#define _tenviron environ
#define _tcslen strlen
#define _tcsnlen strnlen
#define _tcscpy strcpy
#define _tcscat strcat
#define _tcsncpy strncpy
#define _tcsncat strncat
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcsicmp _stricmp
#define _tcsnicmp _strnicmp
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcspbrk strpbrk
#define _tcsspn strspn
#define _tcscspn strcspn
#define _tcsdup _strdup
#define _tcslwr _strlwr
#define _tcsupr _strupr
#define _tcscpy_s strcpy_s
#define _tcscat_s strcat_s
#define _tcsncpy_s strncpy_s
#define _tcsncat_s strncat_s
#define _tcstok_s strtok_s
#define _tcstol strtol
#define _tcstoul strtoul
#define _tcstod strtod
#define _ttoi atoi
#define _ttol atol
#define _ttoi64 _atoi64
#define _tstoi atoi
#define _tstol atol
#define _itot _itoa
#define _itot_s _itoa_s
#define _tprintf printf
#define _tprintf_s printf_s
#define _ftprintf fprintf
#define _ftprintf_s fprintf_s
#define _stprintf sprintf
#define _stprintf_s sprintf_s
#define _vstprintf_s vsprintf_s
#define _sntprintf _snprintf
#define _sntprintf_s _snprintf_s
#define _vsntprintf _vsnprintf
#define _vsntprintf_s _vsnprintf_s
#define _vtprintf vprintf
#define _vftprintf vfprintf
#define _sctprintf _scprintf
#define _vsctprintf _vscprintf
#define _fputts fputs
#define _putts puts
#define _fgetts fgets
#define _puttchar putchar
#define _tfopen fopen
#define _tfopen_s fopen_s
#define _tremove remove
#define _tgetenv getenv
#define _tdupenv_s _dupenv_s
#define _tsystem system
#define _istspace isspace
#define _istdigit isdigit
#define _istalpha isalpha
#define _istalnum isalnum
#define _istupper isupper
#define _istlower islower
#define _totlower tolower
#define _totupper toupper

#endif

#define _T(quoted) WIN32_T(quoted)
#define _TEXT(quoted) WIN32_T(quoted)

#endif
