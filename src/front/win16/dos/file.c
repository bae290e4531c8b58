/* SPDX-License-Identifier: MIT */
/* file.c - DOS's file numbers over handles of the 32-bit side. */
#include <string.h>

#include "dos16/dos16.h"
#include "dos16/windows.h"
#include "task16/task16.h"

#define FILES           255u
#define ACCESS_MASK_DOS 3u
#define CREATE_NEW      1u
#define CREATE_ALWAYS   2u
#define OPEN_EXISTING   3u
#define DOS_ATTRIBUTES  0x27u /* read-only, hidden, system, archive */
#define SHARE_ALL       (FILE_SHARE_READ | FILE_SHARE_WRITE)

static HANDLE files[FILES];    /* NULL: free; the 16-bit world's thread only */
static uint16_t owners[FILES]; /* the task that opened it; 0: of all */

static void task_ends(struct task16 *task)
{
    for (uint16_t i = 0; i < FILES; i++) {
        if (owners[i] == task->handle)
            dos16_close(i);
    }
}

void dos16_init(void)
{
    task16_end_register(task_ends);
    for (unsigned i = 0; i < 3; i++)
        files[i] = GetStdHandle((DWORD)(-10 - (int)i));
    /* The auxiliary device and the printer: there is none. */
    for (unsigned i = 3; i < 5; i++)
        files[i] = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, OPEN_EXISTING,
                               0, NULL);
}

uint16_t dos16_last_error(void)
{
    ULONG error = error_get();
    return error && error < 0x60 ? (uint16_t)error : DOS16_INVALID_DATA;
}

HANDLE dos16_handle(uint16_t file)
{
    return file < FILES && files[file] ? files[file] : INVALID_HANDLE_VALUE;
}

uint16_t dos16_adopt(HANDLE handle, uint16_t *out_file)
{
    for (uint16_t i = 0; i < FILES; i++) {
        if (!files[i]) {
            files[i] = handle;
            owners[i] = task16_current()->handle;
            *out_file = i;
            return 0;
        }
    }
    CloseHandle(handle);
    return DOS16_TOO_MANY_FILES;
}

static DWORD share_of(uint8_t mode)
{
    switch (mode >> 4 & 7) {
    case 1:
        return 0;
    case 2:
        return FILE_SHARE_READ;
    case 3:
        return FILE_SHARE_WRITE;
    default:
        return SHARE_ALL;
    }
}

static uint16_t opened(HANDLE handle, uint16_t *out_file)
{
    return handle == INVALID_HANDLE_VALUE ? dos16_last_error() : dos16_adopt(handle, out_file);
}

uint16_t dos16_open(const char *name, uint8_t mode, uint16_t *out_file)
{
    static const DWORD access[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE,
                                   GENERIC_READ};
    return opened(CreateFileA(name, access[mode & ACCESS_MASK_DOS], share_of(mode), NULL,
                              OPEN_EXISTING, 0, NULL),
                  out_file);
}

uint16_t dos16_create(const char *name, uint16_t attributes, bool is_new, uint16_t *out_file)
{
    return opened(CreateFileA(name, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL,
                              is_new ? CREATE_NEW : CREATE_ALWAYS, attributes & DOS_ATTRIBUTES,
                              NULL),
                  out_file);
}

uint16_t dos16_close(uint16_t file)
{
    HANDLE handle = dos16_handle(file);
    if (handle == INVALID_HANDLE_VALUE)
        return DOS16_INVALID_HANDLE;
    files[file] = NULL;
    owners[file] = 0;
    if (file >= 3) /* the standard ones are the process's, too */
        CloseHandle(handle);
    return 0;
}

uint16_t dos16_read(uint16_t file, void *to, uint32_t bytes, uint32_t *out_done)
{
    HANDLE handle = dos16_handle(file);
    DWORD done = 0;
    *out_done = 0;
    if (handle == INVALID_HANDLE_VALUE)
        return DOS16_INVALID_HANDLE;
    if (bytes && !ReadFile(handle, to, bytes, &done, NULL) && error_get() != ERROR_HANDLE_EOF &&
        error_get() != ERROR_BROKEN_PIPE)
        return dos16_last_error();
    *out_done = done;
    return 0;
}

uint16_t dos16_write(uint16_t file, const void *from, uint32_t bytes, uint32_t *out_done)
{
    HANDLE handle = dos16_handle(file);
    DWORD done = 0;
    *out_done = 0;
    if (handle == INVALID_HANDLE_VALUE)
        return DOS16_INVALID_HANDLE;
    if (!bytes)
        return SetEndOfFile(handle) ? 0 : dos16_last_error();
    if (!WriteFile(handle, from, bytes, &done, NULL))
        return dos16_last_error();
    *out_done = done;
    return 0;
}

uint16_t dos16_seek(uint16_t file, int32_t distance, uint16_t origin, uint32_t *out_position)
{
    HANDLE handle = dos16_handle(file);
    LARGE_INTEGER to = {.QuadPart = distance}, position;
    if (handle == INVALID_HANDLE_VALUE)
        return DOS16_INVALID_HANDLE;
    if (origin > 2)
        return DOS16_INVALID_FUNCTION;
    if (!SetFilePointerEx(handle, to, &position, origin))
        return dos16_last_error();
    *out_position = (uint32_t)position.QuadPart;
    return 0;
}

uint16_t dos16_delete(const char *name)
{
    return DeleteFileA(name) ? 0 : dos16_last_error();
}
