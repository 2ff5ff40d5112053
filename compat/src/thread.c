/* Threads on pthreads. A thread's object lives as long as a handle to it or the thread itself. */
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

static _Thread_local DWORD current_id;
static _Thread_local struct object *current;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t changed_lock = PTHREAD_MUTEX_INITIALIZER;

DWORD WINAPI GetCurrentThreadId(void)
{
    if (current_id == 0)
        current_id = (DWORD)syscall(SYS_gettid);
    return current_id;
}

static void finish(void *parameter)
{
    struct object *thread = parameter;

    objects_lock();
    objects_abandon(GetCurrentThreadId());
    thread->signaled = true;
    object_wake(thread);
    objects_unlock();
    object_release(thread);
}

static void *run(void *parameter)
{
    struct object *thread = parameter;

    current = thread;
    pthread_mutex_lock(&changed_lock);
    thread->u.thread.id = GetCurrentThreadId();
    thread->u.thread.started = true;
    pthread_cond_broadcast(&changed);
    while (thread->u.thread.suspended > 0)
        pthread_cond_wait(&changed, &changed_lock);
    pthread_mutex_unlock(&changed_lock);
    pthread_cleanup_push(finish, thread);
    thread->u.thread.exit_code = thread->u.thread.start(thread->u.thread.parameter);
    pthread_cleanup_pop(1);
    return NULL;
}

static int start(struct object *thread, SIZE_T stack_size)
{
    pthread_attr_t attributes;
    pthread_t id;
    int error;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* Windows programs ask for as little as a page; code compiled for Linux needs more than that. */
    if (stack_size > 1024 * 1024)
        pthread_attr_setstacksize(&attributes, (stack_size + 0xFFFF) & ~(SIZE_T)0xFFFF);
    error = pthread_create(&id, &attributes, run, thread);
    pthread_attr_destroy(&attributes);
    return error;
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack_size, LPTHREAD_START_ROUTINE routine,
    LPVOID parameter, DWORD flags, LPDWORD id)
{
    struct object *thread = object_new(KIND_THREAD);

    (void)security;
    if (thread == NULL)
        return NULL;
    thread->u.thread.start = routine;
    thread->u.thread.parameter = parameter;
    thread->u.thread.exit_code = STILL_ACTIVE;
    thread->u.thread.suspended = (flags & CREATE_SUSPENDED) != 0;
    thread->references = 2; /* the handle's and the thread's own */
    HANDLE handle = object_publish(thread);
    if (handle == NULL) {
        object_release(thread);
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (start(thread, stack_size) != 0) {
        object_release(thread);
        CloseHandle(handle);
        SetLastError(ERROR_MAX_THRDS_REACHED);
        return NULL;
    }
    /* The handle is not known to anyone else yet, so the object is there to look at. */
    pthread_mutex_lock(&changed_lock);
    while (!thread->u.thread.started)
        pthread_cond_wait(&changed, &changed_lock);
    if (id != NULL)
        *id = thread->u.thread.id;
    pthread_mutex_unlock(&changed_lock);
    return handle;
}

DWORD WINAPI ResumeThread(HANDLE handle)
{
    struct object *thread = object_get(handle, KIND_THREAD);

    if (thread == NULL)
        return (DWORD)-1;
    pthread_mutex_lock(&changed_lock);
    DWORD before = thread->u.thread.suspended;
    if (before > 0) {
        thread->u.thread.suspended--;
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&changed_lock);
    object_release(thread);
    return before;
}

/* In a thread made by other means the code is lost; the thread ends all the same. */
void WINAPI ExitThread(DWORD code)
{
    if (current != NULL)
        current->u.thread.exit_code = code;
    pthread_exit(NULL);
}

BOOL WINAPI GetExitCodeThread(HANDLE handle, LPDWORD code)
{
    struct object *thread = object_get(handle, KIND_THREAD);

    if (thread == NULL)
        return FALSE;
    objects_lock();
    *code = thread->signaled ? thread->u.thread.exit_code : STILL_ACTIVE;
    objects_unlock();
    object_release(thread);
    return TRUE;
}

DWORD WINAPI GetThreadId(HANDLE handle)
{
    if (handle == GetCurrentThread())
        return GetCurrentThreadId();
    struct object *thread = object_get(handle, KIND_THREAD);
    DWORD id = thread == NULL ? 0 : thread->u.thread.id;
    if (thread != NULL)
        object_release(thread);
    return id;
}

HANDLE WINAPI GetCurrentThread(void)
{
    return (HANDLE)(LONG_PTR)-2;
}

BOOL WINAPI SwitchToThread(void)
{
    return sched_yield() == 0;
}

void WINAPI Sleep(DWORD milliseconds)
{
    struct timespec deadline;

    if (milliseconds == 0) {
        sched_yield();
        return;
    }
    if (milliseconds == INFINITE)
        for (;;)
            pause();
    deadline_after(&deadline, milliseconds);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == EINTR)
        continue;
}

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
    (void)alertable;
    Sleep(milliseconds);
    return 0;
}

/* The C library's way to threads */

struct beginning {
    unsigned(__stdcall *start)(void *);
    void(__cdecl *start_without_result)(void *);
    void *parameter;
};

static DWORD WINAPI begin(LPVOID parameter)
{
    struct beginning b = *(struct beginning *)parameter;

    free(parameter);
    if (b.start != NULL)
        return b.start(b.parameter);
    b.start_without_result(b.parameter);
    return 0;
}

static HANDLE begin_thread(struct beginning b, unsigned stack_size, unsigned flags, unsigned *id)
{
    struct beginning *copy = malloc(sizeof *copy);

    if (copy == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    *copy = b;
    HANDLE handle = CreateThread(NULL, stack_size, begin, copy, flags, id);
    if (handle == NULL) {
        free(copy);
        errno = EAGAIN;
    }
    return handle;
}

uintptr_t __cdecl _beginthreadex(void *security, unsigned stack_size, unsigned(__stdcall *routine)(void *),
    void *parameter, unsigned flags, unsigned *id)
{
    (void)security;
    return (uintptr_t)begin_thread((struct beginning){ .start = routine, .parameter = parameter }, stack_size, flags, id);
}

/* The thread's handle closes itself; the one returned serves for little but comparison with -1. */
uintptr_t __cdecl _beginthread(void(__cdecl *routine)(void *), unsigned stack_size, void *parameter)
{
    HANDLE handle = begin_thread((struct beginning){ .start_without_result = routine, .parameter = parameter },
        stack_size, 0, NULL);

    if (handle == NULL)
        return (uintptr_t)-1;
    CloseHandle(handle);
    return (uintptr_t)handle;
}

void __cdecl _endthreadex(unsigned code)
{
    ExitThread(code);
}

void __cdecl _endthread(void)
{
    ExitThread(0);
}

/* Thread-local storage */

DWORD WINAPI TlsAlloc(void)
{
    pthread_key_t key;

    if (pthread_key_create(&key, NULL) != 0) {
        SetLastError(ERROR_NO_SYSTEM_RESOURCES);
        return TLS_OUT_OF_INDEXES;
    }
    return key;
}

BOOL WINAPI TlsFree(DWORD index)
{
    if (pthread_key_delete(index) == 0)
        return TRUE;
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

LPVOID WINAPI TlsGetValue(DWORD index)
{
    SetLastError(ERROR_SUCCESS);
    return pthread_getspecific(index);
}

BOOL WINAPI TlsSetValue(DWORD index, LPVOID value)
{
    if (pthread_setspecific(index, value) == 0)
        return TRUE;
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

/* The process */

HANDLE WINAPI GetCurrentProcess(void)
{
    return (HANDLE)(LONG_PTR)-1;
}

DWORD WINAPI GetCurrentProcessId(void)
{
    return (DWORD)getpid();
}

void WINAPI ExitProcess(UINT code)
{
    exit((int)code);
}

/* This process only. */
BOOL WINAPI TerminateProcess(HANDLE process, UINT code)
{
    if (process == GetCurrentProcess())
        _exit((int)code);
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}
