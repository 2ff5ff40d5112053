/*
 * Handles, and waiting for what they stand for.
 *
 * One lock guards the handle table, the state of every object and the lists of those who wait. Whoever changes an
 * object's state hands it over (object_wake) to the waiters first in line, so two SetEvent calls release two waiters
 * of an auto-reset event even if neither has run in between.
 */
#include <pthread.h>

#include "internal.h"

struct waiter;

/* A waiter's place in the line of one object. */
struct link {
    struct waiter *waiter;
    struct link *before, *after;
};

struct waiter {
    pthread_cond_t woken;
    struct object **objects;
    struct link links[MAXIMUM_WAIT_OBJECTS];
    DWORD count;
    bool all;
    bool done;
    DWORD result;
    DWORD thread;
};

struct slot {
    struct object *object;
    unsigned generation;
};

/* A handle is (generation << 24) | ((index + 1) << 2): never NULL, and stale ones are seen for a while. */
#define INDEX_LIMIT ((1u << 22) - 2)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot *slots;
static size_t slot_count;

void objects_lock(void)
{
    pthread_mutex_lock(&lock);
}

void objects_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

/* The table */

struct object *object_new(enum kind kind)
{
    struct object *object = calloc(1, sizeof *object);

    if (object == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    object->kind = kind;
    object->references = 1;
    return object;
}

static HANDLE publish_locked(struct object *object)
{
    size_t index = 0;

    while (index < slot_count && slots[index].object != NULL)
        index++;
    if (index == slot_count) {
        size_t count = slot_count * 2 + 32;
        struct slot *grown = count > INDEX_LIMIT ? NULL : realloc(slots, count * sizeof *slots);
        if (grown == NULL)
            return NULL;
        memset(grown + slot_count, 0, (count - slot_count) * sizeof *slots);
        slots = grown;
        slot_count = count;
    }
    slots[index].object = object;
    return (HANDLE)((uintptr_t)(slots[index].generation & 0x7F) << 24 | (index + 1) << 2);
}

HANDLE object_publish(struct object *object)
{
    objects_lock();
    HANDLE handle = publish_locked(object);
    objects_unlock();
    if (handle == NULL) {
        object_release(object);
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    }
    return handle;
}

static struct slot *slot_of(HANDLE handle)
{
    uintptr_t value = (uintptr_t)handle;
    size_t index = (value >> 2 & 0x3FFFFF) - 1;

    if (value >> 31 != 0 || (value & 3) != 0 || index >= slot_count || slots[index].object == NULL ||
        (slots[index].generation & 0x7F) != value >> 24)
        return NULL;
    return &slots[index];
}

static struct object *get_locked(HANDLE handle)
{
    struct slot *slot = slot_of(handle);

    if (slot == NULL)
        return NULL;
    slot->object->references++;
    return slot->object;
}

struct object *object_get(HANDLE handle, enum kind kind)
{
    objects_lock();
    struct object *object = get_locked(handle);
    if (object != NULL && object->kind != kind) {
        object->references--;
        object = NULL;
    }
    objects_unlock();
    if (object == NULL)
        SetLastError(ERROR_INVALID_HANDLE);
    return object;
}

LOCAL void file_close(struct object *file);

void object_release(struct object *object)
{
    objects_lock();
    bool last = --object->references == 0;
    objects_unlock();
    if (!last)
        return;
    if (object->kind == KIND_FILE)
        file_close(object);
    free(object->name);
    free(object);
}

BOOL WINAPI CloseHandle(HANDLE handle)
{
    if (handle == GetCurrentProcess() || handle == GetCurrentThread())
        return TRUE;
    objects_lock();
    struct slot *slot = slot_of(handle);
    struct object *object = slot == NULL ? NULL : slot->object;
    if (slot != NULL) {
        slot->object = NULL;
        slot->generation++;
    }
    objects_unlock();
    if (object == NULL) {
        SetLastError(ERROR_INVALID_HANDLE);
        return FALSE;
    }
    object_release(object);
    return TRUE;
}

BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process, LPHANDLE target, DWORD access,
    BOOL inherit, DWORD options)
{
    (void)access;
    (void)inherit;
    if (source_process != GetCurrentProcess() || target_process != GetCurrentProcess() || target == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    objects_lock();
    struct object *object = get_locked(source);
    objects_unlock();
    if (object == NULL) {
        SetLastError(ERROR_INVALID_HANDLE);
        return FALSE;
    }
    HANDLE copy = object_publish(object);
    if (copy == NULL)
        return FALSE;
    *target = copy;
    if (options & DUPLICATE_CLOSE_SOURCE)
        CloseHandle(source);
    return TRUE;
}

/* State */

static bool is_ready(const struct object *object, DWORD thread)
{
    switch (object->kind) {
    case KIND_MUTEX:
        return object->u.mutex.owner == 0 || object->u.mutex.owner == thread;
    case KIND_SEMAPHORE:
        return object->u.semaphore.count > 0;
    case KIND_FILE: /* every operation on a file ends before its function returns */
        return true;
    default:
        return object->signaled;
    }
}

/* Takes from an object what a wait takes. True for a mutex whose owner ended without releasing it. */
static bool consume(struct object *object, DWORD thread)
{
    bool abandoned = false;

    switch (object->kind) {
    case KIND_EVENT:
        if (!object->u.event.manual)
            object->signaled = false;
        break;
    case KIND_MUTEX:
        abandoned = object->u.mutex.abandoned;
        object->u.mutex.abandoned = false;
        object->u.mutex.owner = thread;
        object->u.mutex.depth++;
        break;
    case KIND_SEMAPHORE:
        object->u.semaphore.count--;
        break;
    default:
        break;
    }
    return abandoned;
}

/* Ends the wait if the objects' states allow it. */
static bool satisfy(struct waiter *w)
{
    if (w->all) {
        bool abandoned = false;
        for (DWORD i = 0; i < w->count; i++)
            if (!is_ready(w->objects[i], w->thread))
                return false;
        for (DWORD i = 0; i < w->count; i++)
            abandoned |= consume(w->objects[i], w->thread);
        w->result = abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0;
        return w->done = true;
    }
    for (DWORD i = 0; i < w->count; i++)
        if (is_ready(w->objects[i], w->thread)) {
            w->result = (consume(w->objects[i], w->thread) ? WAIT_ABANDONED_0 : WAIT_OBJECT_0) + i;
            return w->done = true;
        }
    return false;
}

void object_wake(struct object *object)
{
    for (struct link *link = object->first_waiter; link != NULL; link = link->after)
        if (!link->waiter->done && satisfy(link->waiter))
            pthread_cond_signal(&link->waiter->woken);
}

void objects_abandon(DWORD thread)
{
    for (size_t i = 0; i < slot_count; i++) {
        struct object *object = slots[i].object;
        if (object != NULL && object->kind == KIND_MUTEX && object->u.mutex.owner == thread) {
            object->u.mutex.owner = 0;
            object->u.mutex.depth = 0;
            object->u.mutex.abandoned = true;
            object_wake(object);
        }
    }
}

/* Waiting */

static void line_up(struct waiter *w)
{
    for (DWORD i = 0; i < w->count; i++) {
        struct link *link = &w->links[i];
        struct object *object = w->objects[i];
        link->waiter = w;
        link->before = object->last_waiter;
        link->after = NULL;
        if (link->before != NULL)
            link->before->after = link;
        else
            object->first_waiter = link;
        object->last_waiter = link;
    }
}

static void leave_line(struct waiter *w)
{
    for (DWORD i = 0; i < w->count; i++) {
        struct link *link = &w->links[i];
        struct object *object = w->objects[i];
        if (link->before != NULL)
            link->before->after = link->after;
        else
            object->first_waiter = link->after;
        if (link->after != NULL)
            link->after->before = link->before;
        else
            object->last_waiter = link->before;
    }
}

static void sleep_until_done(struct waiter *w, DWORD milliseconds)
{
    pthread_condattr_t attributes;
    struct timespec deadline;

    deadline_after(&deadline, milliseconds);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->woken, &attributes);
    pthread_condattr_destroy(&attributes);
    line_up(w);
    while (!w->done) {
        if (milliseconds == INFINITE)
            pthread_cond_wait(&w->woken, &lock);
        else if (pthread_cond_timedwait(&w->woken, &lock, &deadline) == ETIMEDOUT)
            break;
    }
    leave_line(w);
    pthread_cond_destroy(&w->woken);
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds)
{
    struct object *objects[MAXIMUM_WAIT_OBJECTS];
    struct waiter w = { .objects = objects, .all = all != FALSE, .result = WAIT_TIMEOUT, .thread = GetCurrentThreadId() };
    DWORD error = ERROR_SUCCESS;

    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS || handles == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    objects_lock();
    for (; w.count < count && error == ERROR_SUCCESS; w.count++) {
        objects[w.count] = get_locked(handles[w.count]);
        if (objects[w.count] == NULL) {
            error = ERROR_INVALID_HANDLE;
            break;
        }
        for (DWORD i = 0; all && i < w.count; i++)
            if (objects[i] == objects[w.count])
                error = ERROR_INVALID_PARAMETER;
    }
    if (error == ERROR_SUCCESS && !satisfy(&w) && milliseconds != 0)
        sleep_until_done(&w, milliseconds);
    objects_unlock();
    for (DWORD i = 0; i < w.count; i++)
        object_release(objects[i]);
    if (error != ERROR_SUCCESS) {
        SetLastError(error);
        return WAIT_FAILED;
    }
    return w.result;
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, BOOL alertable)
{
    (void)alertable;
    return WaitForMultipleObjects(count, handles, all, milliseconds);
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
    return WaitForMultipleObjects(1, &handle, FALSE, milliseconds);
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
    (void)alertable;
    return WaitForSingleObject(handle, milliseconds);
}

/* Creation, by name or without; names are known within the process. */

/* A handle to the object of that name if there is one of that kind. `taken`: there is one, of whatever kind. */
static HANDLE open_named(enum kind kind, LPCWSTR name, bool *taken)
{
    HANDLE handle = NULL;

    *taken = false;
    if (name == NULL || name[0] == 0)
        return NULL;
    objects_lock();
    for (size_t i = 0; i < slot_count && !*taken; i++) {
        struct object *object = slots[i].object;
        if (object == NULL || object->name == NULL || wcscmp(object->name, name) != 0)
            continue;
        *taken = true;
        if (object->kind == kind) {
            object->references++;
            handle = publish_locked(object);
            if (handle == NULL)
                object->references--;
        }
    }
    objects_unlock();
    if (*taken)
        SetLastError(handle != NULL ? ERROR_ALREADY_EXISTS : ERROR_INVALID_HANDLE);
    return handle;
}

static HANDLE publish_named(struct object *object, LPCWSTR name)
{
    if (object == NULL)
        return NULL;
    if (name != NULL && name[0] != 0)
        object->name = _wcsdup(name);
    HANDLE handle = object_publish(object);
    if (handle != NULL)
        SetLastError(ERROR_SUCCESS);
    return handle;
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial, LPCWSTR name)
{
    bool taken;
    HANDLE existing = open_named(KIND_EVENT, name, &taken);

    (void)security;
    if (taken)
        return existing;
    struct object *event = object_new(KIND_EVENT);
    if (event != NULL) {
        event->u.event.manual = manual != FALSE;
        event->signaled = initial != FALSE;
    }
    return publish_named(event, name);
}

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCWSTR name)
{
    bool taken;
    HANDLE existing = open_named(KIND_MUTEX, name, &taken);

    (void)security;
    if (taken)
        return existing;
    struct object *mutex = object_new(KIND_MUTEX);
    if (mutex != NULL && owned) {
        mutex->u.mutex.owner = GetCurrentThreadId();
        mutex->u.mutex.depth = 1;
    }
    return publish_named(mutex, name);
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, LPCWSTR name)
{
    bool taken;

    (void)security;
    if (maximum <= 0 || initial < 0 || initial > maximum) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    HANDLE existing = open_named(KIND_SEMAPHORE, name, &taken);
    if (taken)
        return existing;
    struct object *semaphore = object_new(KIND_SEMAPHORE);
    if (semaphore != NULL) {
        semaphore->u.semaphore.count = initial;
        semaphore->u.semaphore.maximum = maximum;
    }
    return publish_named(semaphore, name);
}

#define WITH_WIDE_NAME(call) \
    WCHAR *wide = name == NULL ? NULL : utf16_of(name); \
    HANDLE handle = call; \
    DWORD error = GetLastError(); \
    free(wide); \
    SetLastError(error); \
    return handle

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial, LPCSTR name)
{
    WITH_WIDE_NAME(CreateEventW(security, manual, initial, wide));
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return CreateEventW(security, (flags & CREATE_EVENT_MANUAL_RESET) != 0, (flags & CREATE_EVENT_INITIAL_SET) != 0, name);
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
{
    WITH_WIDE_NAME(CreateEventExW(security, wide, flags, access));
}

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCSTR name)
{
    WITH_WIDE_NAME(CreateMutexW(security, owned, wide));
}

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, LPCSTR name)
{
    WITH_WIDE_NAME(CreateSemaphoreW(security, initial, maximum, wide));
}

/* Signalling */

BOOL WINAPI SetEvent(HANDLE handle)
{
    struct object *event = object_get(handle, KIND_EVENT);

    if (event == NULL)
        return FALSE;
    objects_lock();
    event->signaled = true;
    object_wake(event);
    objects_unlock();
    object_release(event);
    return TRUE;
}

BOOL WINAPI ResetEvent(HANDLE handle)
{
    struct object *event = object_get(handle, KIND_EVENT);

    if (event == NULL)
        return FALSE;
    objects_lock();
    event->signaled = false;
    objects_unlock();
    object_release(event);
    return TRUE;
}

BOOL WINAPI ReleaseMutex(HANDLE handle)
{
    struct object *mutex = object_get(handle, KIND_MUTEX);
    bool owner;

    if (mutex == NULL)
        return FALSE;
    objects_lock();
    owner = mutex->u.mutex.owner == GetCurrentThreadId();
    if (owner && --mutex->u.mutex.depth == 0) {
        mutex->u.mutex.owner = 0;
        object_wake(mutex);
    }
    objects_unlock();
    object_release(mutex);
    if (!owner)
        SetLastError(ERROR_NOT_OWNER);
    return owner;
}

BOOL WINAPI ReleaseSemaphore(HANDLE handle, LONG count, LONG *previous)
{
    struct object *semaphore = object_get(handle, KIND_SEMAPHORE);
    DWORD error = ERROR_SUCCESS;

    if (semaphore == NULL)
        return FALSE;
    objects_lock();
    if (count <= 0) {
        error = ERROR_INVALID_PARAMETER;
    } else if (count > semaphore->u.semaphore.maximum - semaphore->u.semaphore.count) {
        error = ERROR_TOO_MANY_POSTS;
    } else {
        if (previous != NULL)
            *previous = semaphore->u.semaphore.count;
        semaphore->u.semaphore.count += count;
        object_wake(semaphore);
    }
    objects_unlock();
    object_release(semaphore);
    if (error != ERROR_SUCCESS)
        SetLastError(error);
    return error == ERROR_SUCCESS;
}
