/* SPDX-License-Identifier: MIT */
/* file_name.c - files by name: remove, rename, _access, _stat, folders, full paths.
 *
 * Doc: "File handling", "Directory control", a page by name. Differs: one drive's current
 * folder; st_dev and st_ino are 0.
 */
#include <string.h>

#include "crt/path.h"
#include "crt_internal.h"
#include "host/host.h"

#define EPOCH_100NS  116444736000000000ull
#define SECOND_100NS 10000000ull

/* 0, or -1 with errno. */
static int answer(BOOL is_done)
{
    return is_done ? 0 : crt_fail_win32();
}

#define BY_NAME(narrow, wide_name, call)               \
    CRT(int, wide_name, (const wchar_t *path))         \
    {                                                  \
        return path ? answer(call) : crt_fail(EINVAL); \
    }                                                  \
    CRT(int, narrow, (const char *name))               \
    {                                                  \
        struct wide wide;                              \
        wide_of(&wide, name);                          \
        int result = wide_name(wide.text);             \
        wide_drop(&wide);                              \
        return result;                                 \
    }

BY_NAME(ucrt_remove, ucrt__wremove, DeleteFileW(path))
BY_NAME(ucrt__mkdir, ucrt__wmkdir, CreateDirectoryW(path, NULL))
BY_NAME(ucrt__rmdir, ucrt__wrmdir, RemoveDirectoryW(path))
BY_NAME(ucrt__chdir, ucrt__wchdir, SetCurrentDirectoryW(path))

CRT(int, ucrt__wrename, (const wchar_t *from, const wchar_t *to))
{
    return from && to ? answer(MoveFileW(from, to)) : crt_fail(EINVAL);
}

CRT(int, ucrt_rename, (const char *from, const char *to))
{
    struct wide wide_from, wide_to;
    wide_of(&wide_from, from);
    wide_of(&wide_to, to);
    int result = ucrt__wrename(wide_from.text, wide_to.text);
    wide_drop(&wide_to);
    wide_drop(&wide_from);
    return result;
}

CRT(int, ucrt__waccess, (const wchar_t *path, int mode))
{
    if (!path || mode & ~6)
        return crt_fail(EINVAL);
    DWORD attributes = GetFileAttributesW(path);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return crt_fail_win32();
    bool is_refused = mode & 2 && attributes & FILE_ATTRIBUTE_READONLY &&
                      !(attributes & FILE_ATTRIBUTE_DIRECTORY);
    return is_refused ? crt_fail(EACCES) : 0;
}

CRT(int, ucrt__access, (const char *path, int mode))
{
    struct wide wide;
    wide_of(&wide, path);
    int result = ucrt__waccess(wide.text, mode);
    wide_drop(&wide);
    return result;
}

CRT(int, ucrt__access_s, (const char *path, int mode))
{
    return ucrt__access(path, mode) ? crt_thread()->error : 0;
}

CRT(int, ucrt__waccess_s, (const wchar_t *path, int mode))
{
    return ucrt__waccess(path, mode) ? crt_thread()->error : 0;
}

CRT(int, ucrt__wchmod, (const wchar_t *path, int mode))
{
    DWORD attributes = path ? GetFileAttributesW(path) : INVALID_FILE_ATTRIBUTES;
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return path ? crt_fail_win32() : crt_fail(EINVAL);
    attributes &= ~(DWORD)FILE_ATTRIBUTE_READONLY;
    if (!(mode & 0x80))
        attributes |= FILE_ATTRIBUTE_READONLY;
    return answer(SetFileAttributesW(path, attributes));
}

CRT(int, ucrt__chmod, (const char *path, int mode))
{
    struct wide wide;
    wide_of(&wide, path);
    int result = ucrt__wchmod(wide.text, mode);
    wide_drop(&wide);
    return result;
}

/* ---- _stat ----------------------------------------------------------------------------------- */

struct stat64 { /* struct _stat64 */
    uint32_t device;
    uint16_t node, mode;
    int16_t links, user, group;
    uint32_t rdevice;
    int64_t size, read_time, write_time, create_time;
};
_Static_assert(sizeof(struct stat64) == 56, "public header");

struct stat64i32 { /* struct _stat64i32, _stat of 64-bit msvcrt.dll */
    uint32_t device;
    uint16_t node, mode;
    int16_t links, user, group;
    uint32_t rdevice;
    int32_t size;
    int64_t read_time, write_time, create_time;
};
_Static_assert(sizeof(struct stat64i32) == 48, "public header");

#define MODE_FILE    0x8000
#define MODE_FOLDER  0x4000
#define MODE_DEVICE  0x2000
#define MODE_PIPE    0x1000
#define MODE_READ    0x124
#define MODE_WRITE   0x092
#define MODE_EXECUTE 0x049

static int64_t seconds_of(FILETIME time)
{
    uint64_t value = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    return value < EPOCH_100NS ? 0 : (int64_t)((value - EPOCH_100NS) / SECOND_100NS);
}

static uint16_t mode_of(DWORD attributes, const wchar_t *path)
{
    static const wchar_t programs[4][5] = {L".exe", L".com", L".bat", L".cmd"};
    uint16_t mode = MODE_READ | (attributes & FILE_ATTRIBUTE_READONLY ? 0 : MODE_WRITE);
    if (attributes & FILE_ATTRIBUTE_DIRECTORY)
        return mode | MODE_FOLDER | MODE_EXECUTE;
    const wchar_t *dot = path ? crt_wcsrchr(path, '.') : NULL;
    for (int i = 0; dot && i < 4; i++)
        mode |= crt_wcsicmp(dot, programs[i]) ? 0 : MODE_EXECUTE;
    return mode | MODE_FILE;
}

CRT(int, ucrt__wstat64, (const wchar_t *path, struct stat64 *out))
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    if (!path || !out)
        return crt_fail(EINVAL);
    if (!GetFileAttributesExW(path, 0, &data))
        return crt_fail_win32();
    *out = (struct stat64){.mode = mode_of(data.dwFileAttributes, path), .links = 1};
    out->size = (int64_t)((uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
    out->read_time = seconds_of(data.ftLastAccessTime);
    out->write_time = seconds_of(data.ftLastWriteTime);
    out->create_time = seconds_of(data.ftCreationTime);
    return 0;
}

CRT(int, ucrt__fstat64, (int fd, struct stat64 *out))
{
    BY_HANDLE_FILE_INFORMATION data;
    unsigned flags = fd_flags(fd);
    if (!out)
        return crt_fail(EINVAL);
    if (!flags)
        return crt_fail(EBADF);
    *out = (struct stat64){.links = 1};
    if (flags & (FD_DEVICE | FD_PIPE)) {
        out->mode = flags & FD_DEVICE ? MODE_DEVICE : MODE_PIPE;
        out->device = out->rdevice = (uint32_t)fd;
        return 0;
    }
    if (!GetFileInformationByHandle(fd_handle(fd), &data))
        return crt_fail_win32();
    out->mode = mode_of(data.dwFileAttributes, NULL);
    out->links = (int16_t)data.nNumberOfLinks;
    out->size = (int64_t)((uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
    out->read_time = seconds_of(data.ftLastAccessTime);
    out->write_time = seconds_of(data.ftLastWriteTime);
    out->create_time = seconds_of(data.ftCreationTime);
    return 0;
}

static int narrow_size(const struct stat64 *from, struct stat64i32 *out)
{
    if (from->size > INT32_MAX)
        return crt_fail(132); /* EOVERFLOW */
    *out =
        (struct stat64i32){from->device,    from->node,       from->mode,       from->links,
                           from->user,      from->group,      from->rdevice,    (int32_t)from->size,
                           from->read_time, from->write_time, from->create_time};
    return 0;
}

CRT(int, ucrt__wstat64i32, (const wchar_t *path, struct stat64i32 *out))
{
    struct stat64 full;
    return ucrt__wstat64(path, &full) ? -1 : narrow_size(&full, out);
}

CRT(int, ucrt__fstat64i32, (int fd, struct stat64i32 *out))
{
    struct stat64 full;
    return ucrt__fstat64(fd, &full) ? -1 : narrow_size(&full, out);
}

CRT(int, ucrt__stat64, (const char *path, struct stat64 *out))
{
    struct wide wide;
    wide_of(&wide, path);
    int result = ucrt__wstat64(wide.text, out);
    wide_drop(&wide);
    return result;
}

CRT(int, ucrt__stat64i32, (const char *path, struct stat64i32 *out))
{
    struct wide wide;
    wide_of(&wide, path);
    int result = ucrt__wstat64i32(wide.text, out);
    wide_drop(&wide);
    return result;
}

static FILETIME filetime_of(int64_t seconds)
{
    uint64_t value = (uint64_t)seconds * SECOND_100NS + EPOCH_100NS;
    return (FILETIME){(DWORD)value, (DWORD)(value >> 32)};
}

/* times: of access, of writing; NULL: now. */
CRT(int, ucrt__futime64, (int fd, const int64_t *times))
{
    HANDLE handle = fd_handle(fd);
    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    int64_t now = (int64_t)((host_wallclock_100ns() - EPOCH_100NS) / SECOND_100NS);
    FILETIME read = filetime_of(times ? times[0] : now);
    FILETIME written = filetime_of(times ? times[1] : now);
    return answer(SetFileTime(handle, NULL, &read, &written));
}

CRT(int, ucrt__utime64, (const char *path, const int64_t *times))
{
    struct wide wide;
    wide_of(&wide, path);
    int fd = fd_open(wide.text, O_MS_RDWR | O_MS_BINARY, 0x40, 0);
    wide_drop(&wide);
    if (fd < 0)
        return -1;
    int result = ucrt__futime64(fd, times);
    fd_close(fd);
    return result;
}

/* ---- places ---------------------------------------------------------------------------------- */

/* text into out of size characters, or onto the heap when out is NULL. */
static wchar_t *text_answer(const wchar_t *text, wchar_t *out, size_t size)
{
    size_t count = crt_wcslen(text) + 1;
    if (!out)
        out = heap_take(count * sizeof *out);
    else if (count > size)
        return crt_fail(ERANGE), NULL;
    if (!out)
        return crt_fail(ENOMEM), NULL;
    return memcpy(out, text, count * sizeof *out);
}

static char *text_answer_narrow(const wchar_t *text, char *out, size_t size)
{
    char *made = text_narrow(text);
    if (!made)
        return crt_fail(ENOMEM), NULL;
    if (!out)
        return made;
    size_t count = strlen(made) + 1;
    if (count <= size)
        memcpy(out, made, count);
    else
        out = (crt_fail(ERANGE), NULL);
    heap_give(made);
    return out;
}

CRT(wchar_t *, ucrt__wgetcwd, (wchar_t * out, int size))
{
    wchar_t path[1024];
    if (!GetCurrentDirectoryW(1024, path))
        return crt_fail_win32(), NULL;
    return text_answer(path, out, (size_t)size);
}

CRT(char *, ucrt__getcwd, (char *out, int size))
{
    wchar_t path[1024];
    if (!GetCurrentDirectoryW(1024, path))
        return crt_fail_win32(), NULL;
    return text_answer_narrow(path, out, (size_t)size);
}

CRT(int, ucrt__getdrive, (void))
{
    wchar_t path[1024];
    if (!GetCurrentDirectoryW(1024, path) || path[1] != ':')
        return 0;
    return crt_towupper(path[0]) - 'A' + 1;
}

CRT(wchar_t *, ucrt__wfullpath, (wchar_t * out, const wchar_t *path, size_t size))
{
    wchar_t full[1024];
    if (!path || !*path)
        return ucrt__wgetcwd(out, (int)size);
    DWORD length = GetFullPathNameW(path, 1024, full, NULL);
    if (!length || length >= 1024)
        return length ? (crt_fail(ERANGE), NULL) : (crt_fail_win32(), NULL);
    return text_answer(full, out, size);
}

CRT(char *, ucrt__fullpath, (char *out, const char *path, size_t size))
{
    wchar_t full[1024];
    struct wide wide;
    if (!path || !*path)
        return ucrt__getcwd(out, (int)size);
    wide_of(&wide, path);
    DWORD length = wide.text ? GetFullPathNameW(wide.text, 1024, full, NULL) : 0;
    wide_drop(&wide);
    if (!length || length >= 1024)
        return length ? (crt_fail(ERANGE), NULL) : (crt_fail_win32(), NULL);
    return text_answer_narrow(full, out, size);
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void part_copy(char *to, const char **from, size_t count)
{
    if (to) {
        memcpy(to, *from, count);
        to[count] = 0;
    }
    *from += count;
}

CRT(void, ucrt__splitpath, (const char *path, char *drive, char *folder, char *name, char *type))
{
    struct crt_path parts = crt_path_split(path);
    part_copy(drive, &path, parts.drive_count);
    part_copy(folder, &path, parts.directory_count);
    part_copy(name, &path, parts.name_count);
    part_copy(type, &path, parts.extension_count);
}

static void part_copy_wide(wchar_t *to, const wchar_t **from, size_t count)
{
    if (to) {
        memcpy(to, *from, count * sizeof *to);
        to[count] = 0;
    }
    *from += count;
}

CRT(void, ucrt__wsplitpath,
    (const wchar_t *path, wchar_t *drive, wchar_t *folder, wchar_t *name, wchar_t *type))
{
    struct crt_path parts = crt_path_split_wide(path);
    part_copy_wide(drive, &path, parts.drive_count);
    part_copy_wide(folder, &path, parts.directory_count);
    part_copy_wide(name, &path, parts.name_count);
    part_copy_wide(type, &path, parts.extension_count);
}

CRT(void, ucrt__makepath,
    (char *path, const char *drive, const char *folder, const char *name, const char *type))
{
    crt_path_make(path, MAX_PATH, drive, folder, name, type);
}

CRT(void, ucrt__wmakepath,
    (wchar_t * path, const wchar_t *drive, const wchar_t *folder, const wchar_t *name,
     const wchar_t *type))
{
    crt_path_make_wide(path, MAX_PATH, drive, folder, name, type);
}
