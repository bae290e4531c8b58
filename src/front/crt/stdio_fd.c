/* SPDX-License-Identifier: MIT */
/* stdio_fd.c - the low-level functions that programs call: _open, _read, _write, _lseek and so on.
 *
 * Doc: "Low-level I/O", a page by name. Differs: _O_WTEXT, _O_U16TEXT and _O_U8TEXT cannot be
 * opened; set with _setmode they change nothing, because text is UTF-8 already.
 */
#include <string.h>

#include "crt_internal.h"

static _Atomic int creation_mask; /* _umask */

/* The third parameter counts only with _O_CREAT; reading it from its register is harmless. */
CRT(int, ucrt__wopen, (const wchar_t *path, int flags, int mode))
{
    return fd_open(path, flags, 0x40 /* _SH_DENYNO */, mode & ~creation_mask);
}

CRT(int, ucrt__open, (const char *path, int flags, int mode))
{
    struct wide wide;
    wide_of(&wide, path);
    int fd = fd_open(wide.text, flags, 0x40, mode & ~creation_mask);
    wide_drop(&wide);
    return fd;
}

CRT(int, ucrt__wsopen_s, (int *out, const wchar_t *path, int flags, int share, int mode))
{
    if (!out)
        return crt_invalid(EINVAL);
    *out = fd_open(path, flags, share, mode);
    return *out < 0 ? crt_thread()->error : 0;
}

CRT(int, ucrt__sopen_s, (int *out, const char *path, int flags, int share, int mode))
{
    struct wide wide;
    wide_of(&wide, path);
    int error = ucrt__wsopen_s(out, wide.text, flags, share, mode);
    wide_drop(&wide);
    return error;
}

CRT(int, ucrt__sopen, (const char *path, int flags, int share, int mode))
{
    struct wide wide;
    wide_of(&wide, path);
    int fd = fd_open(wide.text, flags, share, mode);
    wide_drop(&wide);
    return fd;
}

CRT(int, ucrt__wsopen, (const wchar_t *path, int flags, int share, int mode))
{
    return fd_open(path, flags, share, mode);
}

CRT(int, ucrt__close, (int fd))
{
    return fd_close(fd);
}

CRT(int, ucrt__read, (int fd, void *buffer, unsigned count))
{
    return fd_read(fd, buffer, count);
}

CRT(int, ucrt__write, (int fd, const void *buffer, unsigned count))
{
    return fd_write(fd, buffer, count);
}

CRT(int64_t, ucrt__lseeki64, (int fd, int64_t distance, int method))
{
    return fd_seek(fd, distance, method);
}

CRT(int32_t, ucrt__lseek, (int fd, int32_t distance, int method))
{
    return (int32_t)fd_seek(fd, distance, method);
}

CRT(int64_t, ucrt__telli64, (int fd))
{
    return fd_seek(fd, 0, 1);
}

CRT(int32_t, ucrt__tell, (int fd))
{
    return (int32_t)fd_seek(fd, 0, 1);
}

CRT(int, ucrt__eof, (int fd))
{
    int64_t size, now = fd_seek(fd, 0, 1);
    if (now < 0)
        return -1;
    size = fd_seek(fd, 0, 2);
    fd_seek(fd, now, 0);
    return now >= size;
}

CRT(int, ucrt__isatty, (int fd))
{
    if (!fd_flags(fd))
        return crt_fail(EBADF), 0;
    return fd_flags(fd) & FD_DEVICE ? 0x40 : 0;
}

CRT(int, ucrt__setmode, (int fd, int mode))
{
    return fd_mode_set(fd, mode);
}

CRT(intptr_t, ucrt__get_osfhandle, (int fd))
{
    return (intptr_t)fd_handle(fd);
}

CRT(int, ucrt__open_osfhandle, (intptr_t handle, int flags))
{
    unsigned kept = (flags & O_MS_TEXT ? FD_TEXT : 0) | (flags & O_MS_APPEND ? FD_APPEND : 0);
    return fd_adopt((HANDLE)handle, kept);
}

CRT(int, ucrt__commit, (int fd))
{
    HANDLE handle = fd_handle(fd);
    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    return FlushFileBuffers(handle) ? 0 : crt_fail_win32();
}

CRT(int64_t, ucrt__filelengthi64, (int fd))
{
    LARGE_INTEGER size;
    HANDLE handle = fd_handle(fd);
    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    return GetFileSizeEx(handle, &size) ? size.QuadPart : crt_fail_win32();
}

CRT(int32_t, ucrt__filelength, (int fd))
{
    return (int32_t)ucrt__filelengthi64(fd);
}

CRT(int, ucrt__chsize_s, (int fd, int64_t size))
{
    int64_t now = fd_seek(fd, 0, 1);
    if (now < 0)
        return crt_thread()->error;
    if (size < 0)
        return crt_invalid(EINVAL);
    int error = 0;
    if (fd_seek(fd, size, 0) < 0)
        error = crt_thread()->error;
    else if (!SetEndOfFile(fd_handle(fd)))
        error = (crt_fail_win32(), crt_thread()->error);
    fd_seek(fd, now, 0);
    return error;
}

CRT(int, ucrt__chsize, (int fd, int32_t size))
{
    return ucrt__chsize_s(fd, size) ? -1 : 0;
}

CRT(int, ucrt__dup, (int fd))
{
    return fd_duplicate(fd, -1);
}

CRT(int, ucrt__dup2, (int fd, int onto))
{
    return fd_duplicate(fd, onto) < 0 ? -1 : 0;
}

CRT(int, ucrt__wcreat, (const wchar_t *path, int mode))
{
    return fd_open(path, O_MS_CREAT | O_MS_TRUNC | O_MS_RDWR, 0x40, mode);
}

CRT(int, ucrt__creat, (const char *path, int mode))
{
    return ucrt__open(path, O_MS_CREAT | O_MS_TRUNC | O_MS_RDWR, mode);
}

CRT(int, ucrt__umask, (int mask))
{
    return atomic_exchange(&creation_mask, mask & 0x180);
}
