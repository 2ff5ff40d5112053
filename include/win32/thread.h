/* Threads, thread-local storage, and what a program asks about its own process. */
#ifndef WIN32_THREAD_H
#define WIN32_THREAD_H

#include "base.h"

#define CREATE_SUSPENDED 0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define STILL_ACTIVE 259
#define TLS_OUT_OF_INDEXES 0xFFFFFFFFu

typedef DWORD(WINAPI *PTHREAD_START_ROUTINE)(LPVOID parameter);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;

WIN32_BEGIN

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stackSize, LPTHREAD_START_ROUTINE start,
    LPVOID parameter, DWORD flags, LPDWORD threadId);
DWORD WINAPI ResumeThread(HANDLE thread);
void WINAPI ExitThread(DWORD code) __attribute__((noreturn));
BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code);
DWORD WINAPI GetThreadId(HANDLE thread);
DWORD WINAPI GetCurrentThreadId(void);
HANDLE WINAPI GetCurrentThread(void);
BOOL WINAPI SwitchToThread(void);
void WINAPI Sleep(DWORD milliseconds);
DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable);

DWORD WINAPI TlsAlloc(void);
BOOL WINAPI TlsFree(DWORD index);
LPVOID WINAPI TlsGetValue(DWORD index);
BOOL WINAPI TlsSetValue(DWORD index, LPVOID value);

HANDLE WINAPI GetCurrentProcess(void);
DWORD WINAPI GetCurrentProcessId(void);
void WINAPI ExitProcess(UINT code) __attribute__((noreturn));
BOOL WINAPI TerminateProcess(HANDLE process, UINT code);

uintptr_t __cdecl _beginthreadex(void *security, unsigned stackSize, unsigned(__stdcall *start)(void *),
    void *parameter, unsigned flags, unsigned *threadId);
uintptr_t __cdecl _beginthread(void(__cdecl *start)(void *), unsigned stackSize, void *parameter);
void __cdecl _endthreadex(unsigned code) __attribute__((noreturn));
void __cdecl _endthread(void) __attribute__((noreturn));

WIN32_END

#endif
