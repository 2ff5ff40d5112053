/*
 * Basic types of the Win32 headers for Linux: sizes as on 64-bit Windows (LLP64 names on an LP64 system).
 *
 * WCHAR is one UTF-16 code unit. Under -fshort-wchar it is wchar_t, so L"..." is a WCHAR string and existing
 * programs compile as they are. Without that flag it is char16_t and programs must write TEXT("...") or u"...";
 * the 16-bit C functions of <win32/crt.h> are not declared then.
 */
#ifndef WIN32_BASE_H
#define WIN32_BASE_H

#if defined(_WIN32)
#error "these headers are for Linux; on Windows use those of the SDK"
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "sal.h"

#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
#define WIN32_SHORT_WCHAR 1
#else
#define WIN32_SHORT_WCHAR 0
#if !defined(__cplusplus)
#include <uchar.h>
#endif
#endif

#if WIN32_SHORT_WCHAR && defined(__GLIBCXX__) && defined(_GLIBCXX_EXTERN_TEMPLATE)
#if _GLIBCXX_EXTERN_TEMPLATE > 0 && __cplusplus <= 201703L && !defined(_GLIBCXX_ASSERTIONS)
#error "std::wstring needs -D_GLIBCXX_ASSERTIONS together with -fshort-wchar (see compat/README.md)"
#endif
#endif

/* Linkage and calling conventions: there is one convention, so the keywords vanish. */

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define WIN32_BEGIN extern "C" {
#define WIN32_END }
#else
#define EXTERN_C extern
#define WIN32_BEGIN
#define WIN32_END
#endif

#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __thiscall
#define __thiscall
#endif
#ifndef __vectorcall
#define __vectorcall
#endif
#ifndef _cdecl
#define _cdecl
#endif
#ifndef _stdcall
#define _stdcall
#endif
#define WINAPI
#define WINAPIV
#define APIENTRY
#define CALLBACK
#define PASCAL
#define NTAPI
#define STDAPICALLTYPE
#define STDMETHODCALLTYPE
#define FAR
#define NEAR
#define CONST const
#define WINBASEAPI
#define WINADVAPI
#define WINUSERAPI
#define DECLSPEC_IMPORT

#ifndef __declspec
#define __declspec(what) WIN32_DECLSPEC_##what
#endif
#define WIN32_DECLSPEC_dllexport __attribute__((visibility("default")))
#define WIN32_DECLSPEC_dllimport
#define WIN32_DECLSPEC_noreturn __attribute__((noreturn))
#define WIN32_DECLSPEC_noinline __attribute__((noinline))
#define WIN32_DECLSPEC_nothrow __attribute__((nothrow))
#define WIN32_DECLSPEC_selectany __attribute__((weak))
#define WIN32_DECLSPEC_thread __thread
#define WIN32_DECLSPEC_novtable
#define WIN32_DECLSPEC_align(n) __attribute__((aligned(n)))
#define WIN32_DECLSPEC_deprecated __attribute__((deprecated))
#define WIN32_DECLSPEC_uuid(text)
#define WIN32_DECLSPEC_restrict
#define WIN32_DECLSPEC_noalias
#define DECLSPEC_NORETURN __declspec(noreturn)
#define DECLSPEC_ALIGN(n) __declspec(align(n))
#define DECLSPEC_SELECTANY __declspec(selectany)

#ifndef __forceinline
#define __forceinline static __inline__ __attribute__((always_inline, unused))
#endif
#define FORCEINLINE __forceinline
#ifndef _inline
#define _inline __inline__
#endif
#ifndef __assume
#define __assume(condition) ((void)0)
#endif
#ifndef __debugbreak
#define __debugbreak() __builtin_trap()
#endif
#define WIN32_INLINE static __inline__ __attribute__((unused))

/* Integers. */

#ifndef __int64
#define __int64 long long
#endif
#ifndef __int32
#define __int32 int
#endif
#ifndef __int16
#define __int16 short
#endif
#ifndef __int8
#define __int8 char
#endif

#ifndef VOID
#define VOID void
#endif

typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID, *PCVOID;

typedef char CHAR, *PCHAR, *LPCH, *PCH;
typedef signed char INT8, *PINT8;
typedef unsigned char UCHAR, BYTE, UINT8, *PUCHAR, *PBYTE, *LPBYTE, *PUINT8;
typedef short SHORT, INT16, *PSHORT, *PINT16;
typedef unsigned short USHORT, WORD, UINT16, *PUSHORT, *PWORD, *LPWORD, *PUINT16;
typedef int INT, LONG, LONG32, INT32, *PINT, *LPINT, *PLONG, *LPLONG, *PINT32;
typedef unsigned int UINT, ULONG, DWORD, ULONG32, DWORD32, UINT32, *PUINT, *LPUINT, *PULONG, *LPULONG, *PDWORD,
    *LPDWORD, *PUINT32;
typedef long long LONGLONG, LONG64, INT64, *PLONGLONG, *PLONG64, *PINT64;
typedef unsigned long long ULONGLONG, DWORDLONG, ULONG64, DWORD64, UINT64, *PULONGLONG, *PDWORDLONG, *PULONG64,
    *PDWORD64, *PUINT64;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;

typedef intptr_t INT_PTR, LONG_PTR, SSIZE_T, *PINT_PTR, *PLONG_PTR, *PSSIZE_T;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR, *PUINT_PTR, *PULONG_PTR, *PDWORD_PTR;
typedef size_t SIZE_T, *PSIZE_T;

typedef int BOOL, *PBOOL, *LPBOOL;
typedef BYTE BOOLEAN, *PBOOLEAN;
typedef LONG HRESULT;
typedef LONG NTSTATUS;
typedef WORD LANGID;
typedef DWORD LCID;
typedef DWORD ACCESS_MASK;
typedef DWORD COLORREF;
typedef WORD ATOM;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

/* Characters. */

#if WIN32_SHORT_WCHAR
typedef wchar_t WCHAR;
#else
typedef char16_t WCHAR;
#endif
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *LPWSTR, *PWSTR, *NWPSTR, *BSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *LPCWCH, *PCWCH;
typedef LPWSTR *PZPWSTR;
typedef CHAR *LPSTR, *PSTR, *NPSTR;
typedef const CHAR *LPCSTR, *PCSTR, *LPCCH, *PCCH;
typedef WCHAR OLECHAR, *LPOLESTR;
typedef const WCHAR *LPCOLESTR;

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR, TBYTE;
typedef LPWSTR PTSTR, LPTSTR;
typedef LPCWSTR PCTSTR, LPCTSTR;
#else
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE;
typedef LPSTR PTSTR, LPTSTR;
typedef LPCSTR PCTSTR, LPCTSTR;
#endif

#if !defined(UNICODE)
#define WIN32_TEXT(quoted) quoted
#elif WIN32_SHORT_WCHAR
#define WIN32_TEXT(quoted) L##quoted
#else
#define WIN32_TEXT(quoted) u##quoted
#endif
#define TEXT(quoted) WIN32_TEXT(quoted)
#define __TEXT(quoted) WIN32_TEXT(quoted)
#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL ((CHAR)0)

/* Handles. */

typedef void *HANDLE, **PHANDLE, **LPHANDLE;
#define DECLARE_HANDLE(name) \
    struct name##__ { \
        int unused; \
    }; \
    typedef struct name##__ *name

DECLARE_HANDLE(HINSTANCE);
DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HKEY);
DECLARE_HANDLE(HICON);
DECLARE_HANDLE(HRSRC);
typedef HINSTANCE HMODULE;
typedef HANDLE HGLOBAL, HLOCAL;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef INT_PTR (*FARPROC)(void);
typedef INT_PTR (*PROC)(void);

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

/* Structures that several headers share. */

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _SYSTEMTIME {
    WORD wYear;
    WORD wMonth;
    WORD wDayOfWeek;
    WORD wDay;
    WORD wHour;
    WORD wMinute;
    WORD wSecond;
    WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

typedef struct _OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    __extension__ union {
        __extension__ struct {
            DWORD Offset;
            DWORD OffsetHigh;
        };
        PVOID Pointer;
    };
    HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

#include "guid.h"

/* Small macros. */

#define MAX_PATH 260
#define INFINITE 0xFFFFFFFFu
#define MAXCHAR 0x7f
#define MAXSHORT 0x7fff
#define MAXLONG 0x7fffffff
#define MAXBYTE 0xff
#define MAXWORD 0xffff
#define MAXDWORD 0xffffffffu
#define MAXULONG32 0xffffffffu
#define MAXLONGLONG 0x7fffffffffffffffll
#define MINLONG ((LONG)0x80000000)
#define MAXSIZE_T SIZE_MAX
#define MAXDWORD64 ((DWORD64)-1)
#define DWORD_MAX 0xffffffffu
#define ULONG_MAX32 0xffffffffu

#define MAKEWORD(low, high) ((WORD)(((DWORD_PTR)(low)&0xff) | (((DWORD_PTR)(high)&0xff) << 8)))
#define MAKELONG(low, high) ((LONG)(((DWORD_PTR)(low)&0xffff) | (((DWORD_PTR)(high)&0xffff) << 16)))
#define LOWORD(value) ((WORD)((DWORD_PTR)(value)&0xffff))
#define HIWORD(value) ((WORD)(((DWORD_PTR)(value) >> 16) & 0xffff))
#define LOBYTE(value) ((BYTE)((DWORD_PTR)(value)&0xff))
#define HIBYTE(value) ((BYTE)(((DWORD_PTR)(value) >> 8) & 0xff))

#define LANG_NEUTRAL 0x00
#define LANG_ENGLISH 0x09
#define SUBLANG_NEUTRAL 0x00
#define SUBLANG_DEFAULT 0x01
#define SUBLANG_SYS_DEFAULT 0x02
#define SUBLANG_ENGLISH_US 0x01
#define MAKELANGID(primary, sub) ((LANGID)((((WORD)(sub)) << 10) | (WORD)(primary)))
#define PRIMARYLANGID(language) ((WORD)((language)&0x3ff))
#define SUBLANGID(language) ((WORD)((WORD)(language) >> 10))
#define MAKELCID(language, sort) ((LCID)((((DWORD)(sort)) << 16) | (DWORD)(LANGID)(language)))
#define LANG_SYSTEM_DEFAULT MAKELANGID(LANG_NEUTRAL, SUBLANG_SYS_DEFAULT)
#define LANG_USER_DEFAULT MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT)
#define LOCALE_SYSTEM_DEFAULT MAKELCID(LANG_SYSTEM_DEFAULT, 0)
#define LOCALE_USER_DEFAULT MAKELCID(LANG_USER_DEFAULT, 0)
#define LOCALE_INVARIANT 0x007f

#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

#define UNREFERENCED_PARAMETER(name) ((void)(name))
#define UNREFERENCED_LOCAL_VARIABLE(name) ((void)(name))
#define DBG_UNREFERENCED_PARAMETER(name) ((void)(name))
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define CONTAINING_RECORD(address, type, field) ((type *)((char *)(address)-offsetof(type, field)))
#define PtrToUlong(p) ((ULONG)(ULONG_PTR)(p))
#define PtrToLong(p) ((LONG)(LONG_PTR)(p))
#define UlongToPtr(value) ((void *)(ULONG_PTR)(ULONG)(value))
#define LongToPtr(value) ((void *)(LONG_PTR)(LONG)(value))
#define HandleToUlong(h) ((ULONG)(ULONG_PTR)(h))
#define UlongToHandle(value) ((HANDLE)(ULONG_PTR)(ULONG)(value))
#define C_ASSERT(condition) \
    extern __attribute__((unused)) int win32_c_assert[(condition) ? 1 : -1]

/* The number of elements of an array; C++ refuses a pointer. */
#ifdef __cplusplus
extern "C++" {
template <class T, size_t N>
char (&win32_array_size(T (&)[N]))[N];
}
#define ARRAYSIZE(array) (sizeof(win32_array_size(array)))
#else
#define ARRAYSIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif
#define RTL_NUMBER_OF(array) ARRAYSIZE(array)
#ifndef _countof
#define _countof(array) ARRAYSIZE(array)
#endif
#ifndef _ARRAYSIZE
#define _ARRAYSIZE(array) ARRAYSIZE(array)
#endif

/*
 * min and max: macros in C. In C++ macros of these names break the standard library's headers, so std::min and
 * std::max are brought in, with versions for two different types as the macros would take.
 */
#ifndef NOMINMAX
#ifdef __cplusplus
extern "C++" {
#include <algorithm>
#include <type_traits>
using std::max;
using std::min;
template <class A, class B>
inline typename std::enable_if<!std::is_same<A, B>::value, typename std::common_type<A, B>::type>::type
min(const A &a, const B &b)
{
    typedef typename std::common_type<A, B>::type T;
    return T(b) < T(a) ? T(b) : T(a);
}
template <class A, class B>
inline typename std::enable_if<!std::is_same<A, B>::value, typename std::common_type<A, B>::type>::type
max(const A &a, const B &b)
{
    typedef typename std::common_type<A, B>::type T;
    return T(a) < T(b) ? T(b) : T(a);
}
}
#else
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif
#endif

/* DEFINE_ENUM_FLAG_OPERATORS: or, and, xor and complement on an enumeration, in C++ only. */
#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(E) \
    extern "C++" { \
    inline constexpr E operator|(E a, E b) { return E(int(a) | int(b)); } \
    inline constexpr E operator&(E a, E b) { return E(int(a) & int(b)); } \
    inline constexpr E operator^(E a, E b) { return E(int(a) ^ int(b)); } \
    inline constexpr E operator~(E a) { return E(~int(a)); } \
    inline E &operator|=(E &a, E b) { return a = a | b; } \
    inline E &operator&=(E &a, E b) { return a = a & b; } \
    inline E &operator^=(E &a, E b) { return a = a ^ b; } \
    }
#else
#define DEFINE_ENUM_FLAG_OPERATORS(E)
#endif

#endif
