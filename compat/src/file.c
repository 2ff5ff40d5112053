/* Files, directories and the standard handles, on descriptors. */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

LOCAL void file_close(struct object *file);

/* Errors and names */

DWORD error_of_errno(int number)
{
    switch (number) {
    case ENOENT:
        return ERROR_FILE_NOT_FOUND;
    case ENOTDIR:
        return ERROR_PATH_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EISDIR:
        return ERROR_ACCESS_DENIED;
    case EROFS:
        return ERROR_WRITE_PROTECT;
    case EEXIST:
        return ERROR_FILE_EXISTS;
    case ENOTEMPTY:
        return ERROR_DIR_NOT_EMPTY;
    case EMFILE:
    case ENFILE:
        return ERROR_TOO_MANY_OPEN_FILES;
    case ENOMEM:
        return ERROR_NOT_ENOUGH_MEMORY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERROR_DISK_FULL;
    case EBUSY:
    case ETXTBSY:
        return ERROR_SHARING_VIOLATION;
    case EXDEV:
        return ERROR_NOT_SAME_DEVICE;
    case EPIPE:
        return ERROR_NO_DATA;
    case EBADF:
        return ERROR_INVALID_HANDLE;
    case EINVAL:
        return ERROR_INVALID_PARAMETER;
    case ENAMETOOLONG:
        return ERROR_FILENAME_EXCED_RANGE;
    case EFAULT:
        return ERROR_NOACCESS;
    case EIO:
        return ERROR_IO_DEVICE;
    case ENOTSUP:
    case ENOSYS:
        return ERROR_NOT_SUPPORTED;
    default:
        return ERROR_GEN_FAILURE;
    }
}

static BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

static BOOL done(int result)
{
    return result == 0 ? TRUE : fail(error_of_errno(errno));
}

static bool directory_missing(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat status;

    if (slash == NULL || slash == path)
        return false;
    char *directory = strndup(path, (size_t)(slash - path));
    bool missing = directory != NULL && stat(directory, &status) != 0;
    free(directory);
    return missing;
}

/* The error for a name: Windows tells a missing file from a missing directory on the way to it. */
static DWORD error_for(const char *path)
{
    int number = errno;

    return number == ENOENT && directory_missing(path) ? ERROR_PATH_NOT_FOUND : error_of_errno(number);
}

/* Turns a Windows name in UTF-8 into a path, in place. */
static char *as_path(char *name)
{
    if (name == NULL)
        return NULL;
    if (strncmp(name, "\\\\?\\", 4) == 0 || strncmp(name, "\\\\.\\", 4) == 0)
        memmove(name, name + 4, strlen(name + 4) + 1);
    const char *device = _stricmp(name, "NUL") == 0 ? "/dev/null"
        : _stricmp(name, "CONIN$") == 0 || _stricmp(name, "CONOUT$") == 0 || _stricmp(name, "CON") == 0 ? "/dev/tty"
                                                                                                        : NULL;
    if (device != NULL) {
        free(name);
        return strdup(device);
    }
    for (char *p = name; *p != 0; p++)
        if (*p == '\\')
            *p = '/';
    return name;
}

char *path_of_wide(LPCWSTR name)
{
    return as_path(utf8_of(name));
}

char *path_of_narrow(LPCSTR name)
{
    return as_path(strdup(name));
}

DWORD copy_out_narrow(const char *text, LPSTR out, DWORD size)
{
    size_t length = strlen(text);

    if (length >= size || out == NULL)
        return (DWORD)length + 1;
    memcpy(out, text, length + 1);
    return (DWORD)length;
}

DWORD copy_out_wide(const char *text, LPWSTR out, DWORD size)
{
    size_t length;
    WCHAR *wide = to_utf16(text, strlen(text), &length);

    if (wide == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
    bool fits = length < size && out != NULL;
    if (fits)
        memcpy(out, wide, (length + 1) * sizeof(WCHAR));
    free(wide);
    return (DWORD)length + (fits ? 0 : 1);
}

#define ON_PATH(type, failure, make, call) \
    char *path = name == NULL ? NULL : make(name); \
    if (path == NULL) { \
        SetLastError(name == NULL ? ERROR_PATH_NOT_FOUND : ERROR_NOT_ENOUGH_MEMORY); \
        return failure; \
    } \
    type result = call; \
    DWORD error = GetLastError(); \
    free(path); \
    SetLastError(error); \
    return result

/* Opening */

static int open_flags(DWORD access, DWORD disposition)
{
    bool writes = (access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    bool reads = (access & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA)) != 0;
    int flags = O_CLOEXEC | O_NOCTTY | (writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY);

    if ((access & (FILE_APPEND_DATA | FILE_WRITE_DATA | GENERIC_WRITE | GENERIC_ALL)) == FILE_APPEND_DATA)
        flags |= O_APPEND;
    switch (disposition) {
    case CREATE_NEW:
        return flags | O_CREAT | O_EXCL;
    case CREATE_ALWAYS:
        return flags | O_CREAT | O_TRUNC;
    case OPEN_ALWAYS:
        return flags | O_CREAT;
    case TRUNCATE_EXISTING:
        return writes ? flags | O_TRUNC : -1;
    case OPEN_EXISTING:
        return flags;
    default:
        return -1;
    }
}

static HANDLE open_file(const char *path, DWORD access, DWORD disposition, DWORD attributes)
{
    int flags = open_flags(access, disposition);
    struct stat status;

    if (flags < 0) {
        fail(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    bool existed = stat(path, &status) == 0;
    if (existed && S_ISDIR(status.st_mode) && !(attributes & FILE_FLAG_BACKUP_SEMANTICS)) {
        fail(ERROR_ACCESS_DENIED);
        return INVALID_HANDLE_VALUE;
    }
    int descriptor = open(path, flags, attributes & FILE_ATTRIBUTE_READONLY ? 0444 : 0666);
    if (descriptor < 0) {
        fail(error_for(path));
        return INVALID_HANDLE_VALUE;
    }
    struct object *file = object_new(KIND_FILE);
    if (file == NULL) {
        close(descriptor);
        return INVALID_HANDLE_VALUE;
    }
    file->u.file.descriptor = descriptor;
    file->u.file.owned = true;
    if (attributes & FILE_FLAG_DELETE_ON_CLOSE)
        file->u.file.delete_name = strdup(path);
    HANDLE handle = object_publish(file);
    if (handle == NULL)
        return INVALID_HANDLE_VALUE;
    SetLastError(existed && (disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS) ? ERROR_ALREADY_EXISTS
                                                                                        : ERROR_SUCCESS);
    return handle;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
    DWORD attributes, HANDLE template_file)
{
    (void)share;
    (void)security;
    (void)template_file;
    ON_PATH(HANDLE, INVALID_HANDLE_VALUE, path_of_wide, open_file(path, access, disposition, attributes));
}

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
    DWORD attributes, HANDLE template_file)
{
    (void)share;
    (void)security;
    (void)template_file;
    ON_PATH(HANDLE, INVALID_HANDLE_VALUE, path_of_narrow, open_file(path, access, disposition, attributes));
}

void file_close(struct object *file)
{
    if (file->u.file.owned)
        close(file->u.file.descriptor);
    if (file->u.file.delete_name != NULL)
        unlink(file->u.file.delete_name);
    free(file->u.file.delete_name);
}

/* Reading and writing. An OVERLAPPED gives the position; the operation is complete when the function returns. */

static off_t offset_of(const OVERLAPPED *overlapped)
{
    return (off_t)((unsigned long long)overlapped->OffsetHigh << 32 | overlapped->Offset);
}

static BOOL finish(struct object *file, LPOVERLAPPED overlapped, ssize_t count, int number, LPDWORD transferred)
{
    object_release(file);
    if (count < 0)
        return fail(error_of_errno(number));
    if (transferred != NULL)
        *transferred = (DWORD)count;
    if (overlapped != NULL) {
        overlapped->Internal = 0;
        overlapped->InternalHigh = (ULONG_PTR)count;
        if (overlapped->hEvent != NULL)
            SetEvent(overlapped->hEvent);
    }
    return TRUE;
}

BOOL WINAPI ReadFile(HANDLE handle, LPVOID buffer, DWORD size, LPDWORD read_count, LPOVERLAPPED overlapped)
{
    struct object *file = object_get(handle, KIND_FILE);
    ssize_t count;

    if (read_count != NULL)
        *read_count = 0;
    if (file == NULL)
        return FALSE;
    do
        count = overlapped != NULL ? pread(file->u.file.descriptor, buffer, size, offset_of(overlapped))
                                   : read(file->u.file.descriptor, buffer, size);
    while (count < 0 && errno == EINTR);
    if (overlapped != NULL && count == 0 && size > 0) {
        object_release(file);
        return fail(ERROR_HANDLE_EOF);
    }
    return finish(file, overlapped, count, errno, read_count);
}

BOOL WINAPI WriteFile(HANDLE handle, LPCVOID buffer, DWORD size, LPDWORD written, LPOVERLAPPED overlapped)
{
    struct object *file = object_get(handle, KIND_FILE);
    ssize_t total = 0, count = 0;

    if (written != NULL)
        *written = 0;
    if (file == NULL)
        return FALSE;
    while (total < (ssize_t)size) {
        const char *at = (const char *)buffer + total;
        size_t left = size - (size_t)total;
        count = overlapped != NULL ? pwrite(file->u.file.descriptor, at, left, offset_of(overlapped) + total)
                                   : write(file->u.file.descriptor, at, left);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break;
        total += count;
    }
    if (count < 0 && written != NULL)
        *written = (DWORD)total;
    return finish(file, overlapped, count < 0 ? count : total, errno, written);
}

BOOL WINAPI FlushFileBuffers(HANDLE handle)
{
    struct object *file = object_get(handle, KIND_FILE);

    if (file == NULL)
        return FALSE;
    int result = fsync(file->u.file.descriptor);
    if (result != 0 && errno == EINVAL) /* a terminal or a pipe */
        result = 0;
    object_release(file);
    return done(result);
}

/* Position and size */

BOOL WINAPI SetFilePointerEx(HANDLE handle, LARGE_INTEGER distance, PLARGE_INTEGER position, DWORD method)
{
    static const int whence[] = { SEEK_SET, SEEK_CUR, SEEK_END };
    struct object *file;

    if (method > FILE_END)
        return fail(ERROR_INVALID_PARAMETER);
    if ((file = object_get(handle, KIND_FILE)) == NULL)
        return FALSE;
    off_t at = lseek(file->u.file.descriptor, distance.QuadPart, whence[method]);
    int number = errno;
    object_release(file);
    if (at < 0)
        return fail(number == EINVAL ? ERROR_NEGATIVE_SEEK : error_of_errno(number));
    if (position != NULL)
        position->QuadPart = at;
    return TRUE;
}

DWORD WINAPI SetFilePointer(HANDLE handle, LONG distance, PLONG distance_high, DWORD method)
{
    LARGE_INTEGER to = { .QuadPart = distance }, at;

    if (distance_high != NULL) {
        to.LowPart = (DWORD)distance;
        to.HighPart = *distance_high;
    }
    if (!SetFilePointerEx(handle, to, &at, method))
        return INVALID_SET_FILE_POINTER;
    if (distance_high != NULL)
        *distance_high = at.HighPart;
    SetLastError(NO_ERROR);
    return at.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE handle)
{
    struct object *file = object_get(handle, KIND_FILE);

    if (file == NULL)
        return FALSE;
    off_t at = lseek(file->u.file.descriptor, 0, SEEK_CUR);
    int result = at < 0 ? -1 : ftruncate(file->u.file.descriptor, at);
    object_release(file);
    return done(result);
}

BOOL WINAPI GetFileSizeEx(HANDLE handle, PLARGE_INTEGER size)
{
    struct object *file = object_get(handle, KIND_FILE);
    struct stat status;

    if (file == NULL)
        return FALSE;
    int result = fstat(file->u.file.descriptor, &status);
    object_release(file);
    if (result == 0)
        size->QuadPart = status.st_size;
    return done(result);
}

DWORD WINAPI GetFileSize(HANDLE handle, LPDWORD size_high)
{
    LARGE_INTEGER size;

    if (!GetFileSizeEx(handle, &size))
        return INVALID_FILE_SIZE;
    if (size_high != NULL)
        *size_high = (DWORD)size.HighPart;
    SetLastError(NO_ERROR);
    return size.LowPart;
}

DWORD WINAPI GetFileType(HANDLE handle)
{
    struct object *file = object_get(handle, KIND_FILE);
    struct stat status;

    if (file == NULL)
        return FILE_TYPE_UNKNOWN;
    int result = fstat(file->u.file.descriptor, &status);
    object_release(file);
    if (!done(result))
        return FILE_TYPE_UNKNOWN;
    SetLastError(NO_ERROR);
    if (S_ISCHR(status.st_mode))
        return FILE_TYPE_CHAR;
    return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ? FILE_TYPE_PIPE : FILE_TYPE_DISK;
}

/* By name */

static DWORD attributes_of(const struct stat *status)
{
    DWORD attributes = S_ISDIR(status->st_mode) ? FILE_ATTRIBUTE_DIRECTORY : 0;

    if (!S_ISDIR(status->st_mode) && (status->st_mode & 0222) == 0)
        attributes |= FILE_ATTRIBUTE_READONLY;
    return attributes == 0 ? FILE_ATTRIBUTE_NORMAL : attributes;
}

static DWORD file_attributes(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0)
        return attributes_of(&status);
    SetLastError(error_for(path));
    return INVALID_FILE_ATTRIBUTES;
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
    ON_PATH(DWORD, INVALID_FILE_ATTRIBUTES, path_of_wide, file_attributes(path));
}

DWORD WINAPI GetFileAttributesA(LPCSTR name)
{
    ON_PATH(DWORD, INVALID_FILE_ATTRIBUTES, path_of_narrow, file_attributes(path));
}

static BOOL file_information(const char *path, GET_FILEEX_INFO_LEVELS level, WIN32_FILE_ATTRIBUTE_DATA *out)
{
    struct stat status;

    if (level != GetFileExInfoStandard)
        return fail(ERROR_INVALID_PARAMETER);
    if (stat(path, &status) != 0)
        return fail(error_for(path));
    out->dwFileAttributes = attributes_of(&status);
    out->ftCreationTime = filetime_of(&status.st_ctim); /* the nearest there is */
    out->ftLastAccessTime = filetime_of(&status.st_atim);
    out->ftLastWriteTime = filetime_of(&status.st_mtim);
    out->nFileSizeHigh = (DWORD)((unsigned long long)status.st_size >> 32);
    out->nFileSizeLow = (DWORD)status.st_size;
    return TRUE;
}

BOOL WINAPI GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID out)
{
    ON_PATH(BOOL, FALSE, path_of_wide, file_information(path, level, out));
}

BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID out)
{
    ON_PATH(BOOL, FALSE, path_of_narrow, file_information(path, level, out));
}

static BOOL done_at(int result, const char *path)
{
    return result == 0 ? TRUE : fail(error_for(path));
}

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    ON_PATH(BOOL, FALSE, path_of_wide, done_at(unlink(path), path));
}

BOOL WINAPI DeleteFileA(LPCSTR name)
{
    ON_PATH(BOOL, FALSE, path_of_narrow, done_at(unlink(path), path));
}

static BOOL make_directory(const char *path)
{
    if (mkdir(path, 0777) == 0)
        return TRUE;
    return fail(errno == EEXIST ? ERROR_ALREADY_EXISTS : errno == ENOENT ? ERROR_PATH_NOT_FOUND : error_of_errno(errno));
}

BOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
    (void)security;
    ON_PATH(BOOL, FALSE, path_of_wide, make_directory(path));
}

BOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security)
{
    (void)security;
    ON_PATH(BOOL, FALSE, path_of_narrow, make_directory(path));
}

BOOL WINAPI RemoveDirectoryW(LPCWSTR name)
{
    ON_PATH(BOOL, FALSE, path_of_wide, done_at(rmdir(path), path));
}

BOOL WINAPI RemoveDirectoryA(LPCSTR name)
{
    ON_PATH(BOOL, FALSE, path_of_narrow, done_at(rmdir(path), path));
}

/* Without MOVEFILE_REPLACE_EXISTING an existing target is an error. Another file system is one in any case. */
static BOOL move_file(const char *from, const char *to, DWORD flags)
{
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, flags & MOVEFILE_REPLACE_EXISTING ? 0 : RENAME_NOREPLACE);

    if (result != 0 && errno == EEXIST)
        return fail(ERROR_ALREADY_EXISTS);
    return done_at(result, from);
}

BOOL WINAPI MoveFileExA(LPCSTR name, LPCSTR to, DWORD flags)
{
    char *target = to == NULL ? NULL : path_of_narrow(to);

    if (target == NULL)
        return fail(ERROR_INVALID_PARAMETER);
    char *path = name == NULL ? NULL : path_of_narrow(name);
    BOOL result = path == NULL ? fail(ERROR_PATH_NOT_FOUND) : move_file(path, target, flags);
    DWORD error = GetLastError();
    free(path);
    free(target);
    SetLastError(error);
    return result;
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    char *source = from == NULL ? NULL : utf8_of(from), *target = to == NULL ? NULL : utf8_of(to);
    BOOL result = MoveFileExA(source, target, flags);
    DWORD error = GetLastError();

    free(source);
    free(target);
    SetLastError(error);
    return result;
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to)
{
    return MoveFileExA(from, to, 0);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to)
{
    return MoveFileExW(from, to, 0);
}

/* Well-known directories. The temporary one ends in a separator, as programs append to it. */

static void temp_path(char out[PATH_MAX])
{
    const char *directory = getenv("TMPDIR");
    size_t length;

    if (directory == NULL || directory[0] == 0 || strlen(directory) > PATH_MAX - 2)
        directory = "/tmp";
    strcpy(out, directory);
    length = strlen(out);
    if (out[length - 1] != '/')
        strcpy(out + length, "/");
}

DWORD WINAPI GetTempPathA(DWORD size, LPSTR out)
{
    char path[PATH_MAX];

    temp_path(path);
    return copy_out_narrow(path, out, size);
}

DWORD WINAPI GetTempPathW(DWORD size, LPWSTR out)
{
    char path[PATH_MAX];

    temp_path(path);
    return copy_out_wide(path, out, size);
}

/* With `unique` 0 the file is made, so the name is taken; otherwise only the name is built. */
static UINT temp_file_name(const char *directory, const char *prefix, UINT unique, char out[MAX_PATH * 4])
{
    UINT number = unique & 0xFFFF;
    const char *slash = directory[0] == 0 || directory[strlen(directory) - 1] == '/' ? "" : "/";

    for (int tries = 0; tries < 65536; tries++) {
        if (unique == 0)
            number = (UINT)(GetTickCount() + GetCurrentProcessId() * 31u + (UINT)tries) & 0xFFFF;
        if (number == 0)
            continue;
        if (snprintf(out, MAX_PATH * 4, "%s%s%.3s%X.tmp", directory, slash, prefix, number) >= MAX_PATH * 4) {
            fail(ERROR_BUFFER_OVERFLOW);
            return 0;
        }
        if (unique != 0)
            return number;
        int descriptor = open(out, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (descriptor >= 0) {
            close(descriptor);
            return number;
        }
        if (errno != EEXIST) {
            fail(errno == ENOENT || errno == ENOTDIR ? ERROR_DIRECTORY : error_of_errno(errno));
            return 0;
        }
    }
    fail(ERROR_FILE_EXISTS);
    return 0;
}

UINT WINAPI GetTempFileNameA(LPCSTR name, LPCSTR prefix, UINT unique, LPSTR out)
{
    char text[MAX_PATH * 4];
    char *path = name == NULL ? NULL : path_of_narrow(name);
    UINT number = 0;

    if (path == NULL || out == NULL)
        fail(ERROR_INVALID_PARAMETER);
    else
        number = temp_file_name(path, prefix == NULL ? "" : prefix, unique, text);
    if (number != 0 && copy_out_narrow(text, out, MAX_PATH) >= MAX_PATH) {
        fail(ERROR_BUFFER_OVERFLOW);
        number = 0;
    }
    free(path);
    return number;
}

UINT WINAPI GetTempFileNameW(LPCWSTR name, LPCWSTR prefix, UINT unique, LPWSTR out)
{
    char text[MAX_PATH * 4];
    char *path = name == NULL ? NULL : path_of_wide(name), *start = prefix == NULL ? NULL : utf8_of(prefix);
    UINT number = 0;

    if (path == NULL || out == NULL)
        fail(ERROR_INVALID_PARAMETER);
    else
        number = temp_file_name(path, start == NULL ? "" : start, unique, text);
    if (number != 0 && copy_out_wide(text, out, MAX_PATH) >= MAX_PATH) {
        fail(ERROR_BUFFER_OVERFLOW);
        number = 0;
    }
    free(path);
    free(start);
    return number;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR out)
{
    char path[PATH_MAX];

    return getcwd(path, sizeof path) == NULL ? (DWORD)fail(error_of_errno(errno)) : copy_out_narrow(path, out, size);
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR out)
{
    char path[PATH_MAX];

    return getcwd(path, sizeof path) == NULL ? (DWORD)fail(error_of_errno(errno)) : copy_out_wide(path, out, size);
}

/* Standard handles: made when first asked for; closing one leaves the descriptor open. */

HANDLE WINAPI GetStdHandle(DWORD which)
{
    static HANDLE handles[3];
    DWORD descriptor = STD_INPUT_HANDLE - which;

    if (descriptor > 2) {
        SetLastError(ERROR_INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
    HANDLE known = __atomic_load_n(&handles[descriptor], __ATOMIC_ACQUIRE);
    if (known != NULL)
        return known;
    struct object *file = object_new(KIND_FILE);
    if (file == NULL)
        return INVALID_HANDLE_VALUE;
    file->u.file.descriptor = (int)descriptor;
    HANDLE made = object_publish(file);
    if (made == NULL)
        return INVALID_HANDLE_VALUE;
    if (!__atomic_compare_exchange_n(&handles[descriptor], &known, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        CloseHandle(made);
        return known;
    }
    return made;
}
