/*
 * What the files of the compat library share. Compiled with -fshort-wchar: WCHAR, wchar_t and UTF-16 units are one.
 *
 * Functions of the Win32 API are visible, so that a program and the shared libraries it is made of see one handle
 * table. Functions that replace those of the C library carry WIDE and are hidden: shared libraries keep glibc's.
 */
#ifndef COMPAT_INTERNAL_H
#define COMPAT_INTERNAL_H

#include <stdbool.h>
#include <windows.h>

#define WIDE __attribute__((visibility("hidden")))
#define LOCAL __attribute__((visibility("hidden")))

/* utf.c: one scalar value forward. An invalid sequence gives CODE_INVALID and is skipped as Windows skips it. */
#define CODE_INVALID 0xFFFFFFFFu
#define CODE_REPLACEMENT 0xFFFDu
LOCAL unsigned utf8_next(const char **at, const char *end);
LOCAL unsigned utf16_next(const WCHAR **at, const WCHAR *end);
LOCAL size_t utf8_put(char *out, unsigned code);
LOCAL size_t utf16_put(WCHAR *out, unsigned code);
/* Whole strings, invalid input replaced; malloc'd and terminated, NULL without memory. `length` may be NULL. */
LOCAL char *to_utf8(const WCHAR *text, size_t units, size_t *length);
LOCAL WCHAR *to_utf16(const char *text, size_t bytes, size_t *length);
LOCAL char *utf8_of(const WCHAR *text);
LOCAL WCHAR *utf16_of(const char *text);
LOCAL size_t wide_length(const WCHAR *text);
/* Lower case by Unicode, for one UTF-16 unit. */
LOCAL unsigned fold(unsigned unit);

/* format.c: malloc'd and terminated text by a format of Microsoft's kind; the length, or -1 without memory. */
LOCAL int format_wide(WCHAR **out, const WCHAR *format, va_list arguments);
LOCAL int format_narrow(char **out, const char *format, va_list arguments);
/* Whether a narrow format has conversions glibc reads differently. */
LOCAL bool format_is_microsofts(const char *format);

/* object.c: what a HANDLE stands for. */
enum kind { KIND_EVENT, KIND_MUTEX, KIND_SEMAPHORE, KIND_THREAD, KIND_FILE };

struct object {
    enum kind kind;
    unsigned references;
    struct link *first_waiter, *last_waiter;
    WCHAR *name;
    bool signaled;
    union {
        struct {
            bool manual;
        } event;
        struct {
            DWORD owner;
            unsigned depth;
            bool abandoned;
        } mutex;
        struct {
            LONG count, maximum;
        } semaphore;
        struct {
            DWORD id, exit_code;
            unsigned suspended;
            bool started;
            LPTHREAD_START_ROUTINE start;
            void *parameter;
        } thread;
        struct {
            int descriptor;
            bool owned;
            char *delete_name;
        } file;
    } u;
};

/* A new object with one reference, or NULL and ERROR_NOT_ENOUGH_MEMORY. */
LOCAL struct object *object_new(enum kind kind);
/* Gives the object, with its reference, to the table. NULL: the reference is gone and the last error set. */
LOCAL HANDLE object_publish(struct object *object);
/* The object of a handle with a reference of its own, or NULL and ERROR_INVALID_HANDLE. */
LOCAL struct object *object_get(HANDLE handle, enum kind kind);
LOCAL void object_release(struct object *object);
LOCAL void objects_lock(void);
LOCAL void objects_unlock(void);
/* With the lock held: hands the object to those who wait for it, as far as its state allows. */
LOCAL void object_wake(struct object *object);
/* With the lock held: mutexes of a thread that ends become free. */
LOCAL void objects_abandon(DWORD thread);

/* time.c, file.c, module.c */
LOCAL void deadline_after(struct timespec *out, DWORD milliseconds);
LOCAL DWORD error_of_errno(int number);
LOCAL char *path_of_wide(LPCWSTR name);
LOCAL char *path_of_narrow(LPCSTR name);
LOCAL FILETIME filetime_of(const struct timespec *time);
LOCAL bool module_is_winhttp(HMODULE module);

/* Results copied out as Windows does: the length when it fits, else the size needed with the terminator. */
LOCAL DWORD copy_out_narrow(const char *text, LPSTR out, DWORD size);
LOCAL DWORD copy_out_wide(const char *text, LPWSTR out, DWORD size);

#endif
