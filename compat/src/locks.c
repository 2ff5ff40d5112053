/*
 * Critical sections, slim locks, condition variables and one-time initialisation, each in storage the program owns.
 * All-zero storage is a valid slim lock, condition variable and one-time flag.
 */
#include <pthread.h>
#include <sched.h>

#include "internal.h"

struct variable {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned long long wakes;
};

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION), "critical section storage");
_Static_assert(sizeof(pthread_rwlock_t) <= sizeof(SRWLOCK), "slim lock storage");
_Static_assert(sizeof(struct variable) <= sizeof(CONDITION_VARIABLE), "condition variable storage");

static pthread_mutex_t *mutex_of(LPCRITICAL_SECTION section)
{
    return (pthread_mutex_t *)section->storage;
}

static pthread_rwlock_t *rwlock_of(PSRWLOCK lock)
{
    return (pthread_rwlock_t *)lock->storage;
}

static struct variable *variable_of(PCONDITION_VARIABLE variable)
{
    return (struct variable *)variable->storage;
}

/* Critical sections */

void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutexattr_t attributes;

    memset(section, 0, sizeof *section);
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(mutex_of(section), &attributes);
    pthread_mutexattr_destroy(&attributes);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins)
{
    (void)spins;
    InitializeCriticalSection(section);
    return TRUE;
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins, DWORD flags)
{
    (void)flags;
    return InitializeCriticalSectionAndSpinCount(section, spins);
}

void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutex_destroy(mutex_of(section));
}

void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutex_lock(mutex_of(section));
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section)
{
    return pthread_mutex_trylock(mutex_of(section)) == 0;
}

void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutex_unlock(mutex_of(section));
}

/* Slim reader/writer locks */

void WINAPI InitializeSRWLock(PSRWLOCK lock)
{
    memset(lock, 0, sizeof *lock);
}

void WINAPI AcquireSRWLockExclusive(PSRWLOCK lock)
{
    pthread_rwlock_wrlock(rwlock_of(lock));
}

void WINAPI AcquireSRWLockShared(PSRWLOCK lock)
{
    pthread_rwlock_rdlock(rwlock_of(lock));
}

BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK lock)
{
    return pthread_rwlock_trywrlock(rwlock_of(lock)) == 0;
}

BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK lock)
{
    return pthread_rwlock_tryrdlock(rwlock_of(lock)) == 0;
}

void WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock)
{
    pthread_rwlock_unlock(rwlock_of(lock));
}

void WINAPI ReleaseSRWLockShared(PSRWLOCK lock)
{
    pthread_rwlock_unlock(rwlock_of(lock));
}

/*
 * Condition variables with a lock of their own, so they work with any lock of the program: it is taken before the
 * program's is let go, and a wake between the two cannot be missed. Waking early is allowed, as on Windows.
 */

void WINAPI InitializeConditionVariable(PCONDITION_VARIABLE variable)
{
    memset(variable, 0, sizeof *variable);
}

/* With the variable's lock held. */
static BOOL sleep_on(struct variable *v, DWORD milliseconds)
{
    unsigned long long wakes = v->wakes;
    struct timespec deadline;
    int error = 0;

    deadline_after(&deadline, milliseconds);
    while (v->wakes == wakes && error == 0) {
        if (milliseconds == INFINITE)
            error = pthread_cond_wait(&v->changed, &v->lock);
        else
            error = pthread_cond_clockwait(&v->changed, &v->lock, CLOCK_MONOTONIC, &deadline);
    }
    return v->wakes != wakes;
}

static BOOL report(BOOL woken)
{
    if (!woken)
        SetLastError(ERROR_TIMEOUT);
    return woken;
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE variable, PCRITICAL_SECTION section, DWORD milliseconds)
{
    struct variable *v = variable_of(variable);

    pthread_mutex_lock(&v->lock);
    LeaveCriticalSection(section);
    BOOL woken = sleep_on(v, milliseconds);
    pthread_mutex_unlock(&v->lock);
    EnterCriticalSection(section);
    return report(woken);
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE variable, PSRWLOCK lock, DWORD milliseconds, ULONG flags)
{
    struct variable *v = variable_of(variable);

    pthread_mutex_lock(&v->lock);
    pthread_rwlock_unlock(rwlock_of(lock));
    BOOL woken = sleep_on(v, milliseconds);
    pthread_mutex_unlock(&v->lock);
    if (flags & CONDITION_VARIABLE_LOCKMODE_SHARED)
        AcquireSRWLockShared(lock);
    else
        AcquireSRWLockExclusive(lock);
    return report(woken);
}

void WINAPI WakeConditionVariable(PCONDITION_VARIABLE variable)
{
    struct variable *v = variable_of(variable);

    pthread_mutex_lock(&v->lock);
    v->wakes++;
    pthread_cond_signal(&v->changed);
    pthread_mutex_unlock(&v->lock);
}

void WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE variable)
{
    struct variable *v = variable_of(variable);

    pthread_mutex_lock(&v->lock);
    v->wakes++;
    pthread_cond_broadcast(&v->changed);
    pthread_mutex_unlock(&v->lock);
}

/* One-time initialisation: storage[0] is the state, storage[1] the context. */

enum { FRESH, RUNNING, DONE };

BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter, LPVOID *context)
{
    ULONGLONG *state = &once->storage[0];
    ULONGLONG seen;

    while ((seen = __atomic_load_n(state, __ATOMIC_ACQUIRE)) != DONE) {
        if (seen == FRESH && __atomic_compare_exchange_n(state, &seen, RUNNING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            PVOID made = NULL;
            if (!function(once, parameter, &made)) {
                __atomic_store_n(state, FRESH, __ATOMIC_RELEASE);
                return FALSE;
            }
            once->storage[1] = (ULONGLONG)(uintptr_t)made;
            __atomic_store_n(state, DONE, __ATOMIC_RELEASE);
        } else if (seen == RUNNING) {
            sched_yield();
        }
    }
    if (context != NULL)
        *context = (LPVOID)(uintptr_t)once->storage[1];
    return TRUE;
}
