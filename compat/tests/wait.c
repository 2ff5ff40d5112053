/* Events, semaphores, mutexes, threads, locks and condition variables. */
#include <process.h>

#include "check.h"

static HANDLE shared_event, shared_done;
static volatile LONG woken;

static DWORD WINAPI wait_for_event(LPVOID parameter)
{
    (void)parameter;
    if (WaitForSingleObject(shared_event, 5000) == WAIT_OBJECT_0)
        InterlockedIncrement(&woken);
    ReleaseSemaphore(shared_done, 1, NULL);
    return 7;
}

static void test_event_states(void)
{
    HANDLE automatic = CreateEvent(NULL, FALSE, TRUE, NULL);
    HANDLE manual = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE both[2] = { automatic, manual };

    CHECK_NUMBER(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    CHECK_NUMBER(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    SetEvent(manual);
    CHECK_NUMBER(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    CHECK_NUMBER(WaitForSingleObject(manual, INFINITE), WAIT_OBJECT_0);
    CHECK_NUMBER(WaitForMultipleObjects(2, both, FALSE, 0), WAIT_OBJECT_0 + 1);
    CHECK_NUMBER(WaitForMultipleObjects(2, both, TRUE, 10), WAIT_TIMEOUT);
    SetEvent(automatic);
    CHECK_NUMBER(WaitForMultipleObjects(2, both, TRUE, 10), WAIT_OBJECT_0);
    CHECK_NUMBER(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    ResetEvent(manual);
    ULONGLONG before = GetTickCount64();
    CHECK_NUMBER(WaitForSingleObject(manual, 50), WAIT_TIMEOUT);
    CHECK(GetTickCount64() - before >= 49);
    CHECK(CloseHandle(automatic) && CloseHandle(manual));
    CHECK(!CloseHandle(manual));
    CHECK_NUMBER(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK(!SetEvent(manual));
    CHECK_NUMBER(WaitForSingleObject(manual, 0), WAIT_FAILED);
    CHECK_NUMBER(WaitForSingleObject(NULL, 0), WAIT_FAILED);
    CHECK(!CloseHandle(INVALID_HANDLE_VALUE) || GetCurrentProcess() == INVALID_HANDLE_VALUE);
}

/* Two sets in a row release two threads that wait, even if neither runs in between. */
static void test_each_set_releases_one(void)
{
    HANDLE threads[4];
    DWORD code;

    shared_event = CreateEventW(NULL, FALSE, FALSE, NULL);
    shared_done = CreateSemaphoreW(NULL, 0, 100, NULL);
    woken = 0;
    for (int i = 0; i < 4; i++)
        threads[i] = CreateThread(NULL, 0, wait_for_event, NULL, 0, NULL);
    Sleep(200);
    SetEvent(shared_event);
    SetEvent(shared_event);
    for (int i = 0; i < 2; i++)
        CHECK_NUMBER(WaitForSingleObject(shared_done, 5000), WAIT_OBJECT_0);
    Sleep(50);
    CHECK_NUMBER(woken, 2);
    CHECK_NUMBER(WaitForMultipleObjects(4, threads, TRUE, 0), WAIT_TIMEOUT);
    SetEvent(shared_event);
    SetEvent(shared_event);
    CHECK_NUMBER(WaitForMultipleObjects(4, threads, TRUE, 5000), WAIT_OBJECT_0);
    CHECK_NUMBER(woken, 4);
    for (int i = 0; i < 4; i++) {
        CHECK(GetExitCodeThread(threads[i], &code) && code == 7);
        CloseHandle(threads[i]);
    }
    CloseHandle(shared_event);
    CloseHandle(shared_done);
}

static unsigned __stdcall end_early(void *parameter)
{
    *(int *)parameter = 1;
    _endthreadex(3);
}

static void test_threads(void)
{
    int ran = 0;
    unsigned id = 0;
    DWORD code;
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, end_early, &ran, CREATE_SUSPENDED, &id);

    CHECK_NUMBER(WaitForSingleObject(thread, 30), WAIT_TIMEOUT);
    CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    CHECK(id != 0 && id == GetThreadId(thread) && id != GetCurrentThreadId());
    CHECK_NUMBER(ran, 0);
    CHECK_NUMBER(ResumeThread(thread), 1);
    CHECK_NUMBER(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == 3);
    CHECK_NUMBER(ran, 1);
    CloseHandle(thread);
}

static DWORD WINAPI take_and_end(LPVOID mutex)
{
    return WaitForSingleObject(mutex, INFINITE);
}

static void test_mutex(void)
{
    HANDLE mutex = CreateMutex(NULL, FALSE, TEXT("test mutex"));
    HANDLE again = CreateMutexA(NULL, FALSE, "test mutex");

    CHECK_NUMBER(GetLastError(), ERROR_ALREADY_EXISTS);
    CHECK_NUMBER(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
    CHECK_NUMBER(WaitForSingleObject(again, 0), WAIT_OBJECT_0);
    CHECK(ReleaseMutex(mutex) && ReleaseMutex(mutex) && !ReleaseMutex(mutex));
    CHECK_NUMBER(GetLastError(), ERROR_NOT_OWNER);
    HANDLE thread = CreateThread(NULL, 0, take_and_end, mutex, 0, NULL);
    CHECK_NUMBER(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
    CHECK_NUMBER(WaitForSingleObject(mutex, 1000), WAIT_ABANDONED);
    CHECK(ReleaseMutex(mutex));
    CloseHandle(thread);
    CloseHandle(mutex);
    CloseHandle(again);
}

static CRITICAL_SECTION section;
static CONDITION_VARIABLE filled = CONDITION_VARIABLE_INIT;
static SRWLOCK slim = SRWLOCK_INIT;
static int items;

static DWORD WINAPI produce(LPVOID parameter)
{
    (void)parameter;
    for (int i = 0; i < 1000; i++) {
        EnterCriticalSection(&section);
        items++;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&filled);
    }
    return 0;
}

static void test_locks(void)
{
    int taken = 0;

    InitializeCriticalSection(&section);
    HANDLE thread = CreateThread(NULL, 0, produce, NULL, 0, NULL);
    EnterCriticalSection(&section);
    while (taken < 1000) {
        while (items == 0)
            if (!SleepConditionVariableCS(&filled, &section, 5000))
                break;
        taken += items;
        items = 0;
    }
    CHECK(!SleepConditionVariableCS(&filled, &section, 10) || items == 0);
    CHECK(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&section);
    CHECK_NUMBER(taken, 1000);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    DeleteCriticalSection(&section);

    AcquireSRWLockShared(&slim);
    CHECK(TryAcquireSRWLockShared(&slim));
    CHECK(!TryAcquireSRWLockExclusive(&slim));
    ReleaseSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);
    AcquireSRWLockExclusive(&slim);
    SetLastError(0);
    CHECK(!SleepConditionVariableSRW(&filled, &slim, 10, 0));
    CHECK_NUMBER(GetLastError(), ERROR_TIMEOUT);
    ReleaseSRWLockExclusive(&slim);
}

static void test_interlocked(void)
{
    volatile LONG value = 1;
    long wide = -1;
    void *pointer = NULL;
    int target = 0;

    CHECK_NUMBER(InterlockedIncrement(&value), 2);
    CHECK_NUMBER(InterlockedExchange(&value, 5), 2);
    CHECK_NUMBER(InterlockedCompareExchange(&value, 9, 4), 5);
    CHECK_NUMBER(InterlockedCompareExchange(&value, 9, 5), 5);
    CHECK_NUMBER(InterlockedExchangeAdd(&value, 1), 9);
    CHECK_NUMBER(InterlockedDecrement(&wide), -2);
    CHECK(InterlockedCompareExchangePointer(&pointer, &target, NULL) == NULL && pointer == &target);
}

int main(void)
{
    test_event_states();
    test_each_set_releases_one();
    test_threads();
    test_mutex();
    test_locks();
    test_interlocked();
    return failures();
}
