/* SPDX-License-Identifier: MIT */
/* fd.c - descriptors: small numbers over handles, and the line ends of text files.
 *
 * Text mode writes "\n" as "\r\n", reads it back as "\n", and ends at Ctrl-Z. Descriptors 0 to
 * 2 of the start never translate, so that Linux tools read what programs print.
 * Doc: "Text and binary mode file I/O", "Low-level I/O". Lock: table.lock, a leaf.
 */
#include <string.h>

#include "crt_internal.h"
#include "host/host.h"

#define CTRL_Z 0x1a
#define PIECE  1024u /* on the stack, so in the window */

struct fd {
    HANDLE handle;
    unsigned flags;
    int16_t ahead; /* a byte read too far, after a "\r"; -1: none */
};

static struct {
    struct host_lock lock; /* guards: which are open; each is its user's otherwise */
    struct fd all[FD_COUNT];
} table;

static struct fd *fd_get(int fd)
{
    if (fd < 0 || fd >= FD_COUNT || !(table.all[fd].flags & FD_OPEN)) {
        crt_fail(EBADF);
        return NULL;
    }
    return &table.all[fd];
}

unsigned fd_flags(int fd)
{
    return fd >= 0 && fd < FD_COUNT && table.all[fd].flags & FD_OPEN ? table.all[fd].flags : 0;
}

HANDLE fd_handle(int fd)
{
    struct fd *at = fd_get(fd);
    return at ? at->handle : INVALID_HANDLE_VALUE;
}

bool fd_is_translated(int fd)
{
    return (fd_flags(fd) & (FD_TEXT | FD_STANDARD)) == FD_TEXT;
}

static unsigned flags_of_handle(HANDLE handle)
{
    DWORD mode, type = GetFileType(handle);
    unsigned flags = type == 2 ? FD_DEVICE : type == 3 ? FD_PIPE : 0;
    if (GetConsoleMode(handle, &mode))
        flags |= FD_DEVICE | FD_TERMINAL;
    return flags;
}

void fd_init(void)
{
    struct process_parameters *parameters = peb_current()->ProcessParameters;
    HANDLE standard[3] = {parameters->StandardInput, parameters->StandardOutput,
                          parameters->StandardError};
    ULONG error = error_get();
    memset(table.all, 0, sizeof table.all);
    for (int i = 0; i < 3; i++) {
        if (!standard[i] || standard[i] == INVALID_HANDLE_VALUE)
            continue;
        table.all[i] = (struct fd){
            standard[i], FD_OPEN | FD_TEXT | FD_STANDARD | flags_of_handle(standard[i]), -1};
    }
    error_set(error);
}

int fd_adopt(HANDLE handle, unsigned flags)
{
    flags |= flags_of_handle(handle) | FD_OPEN;
    host_lock_take(&table.lock);
    for (int i = 0; i < FD_COUNT; i++) {
        if (table.all[i].flags & FD_OPEN)
            continue;
        table.all[i] = (struct fd){handle, flags, -1};
        host_lock_give(&table.lock);
        return i;
    }
    host_lock_give(&table.lock);
    return crt_fail(EMFILE);
}

int fd_close(int fd)
{
    host_lock_take(&table.lock);
    struct fd *at = fd_get(fd);
    HANDLE handle = at ? at->handle : NULL;
    if (at)
        *at = (struct fd){.ahead = -1};
    host_lock_give(&table.lock);
    if (!at)
        return -1;
    return CloseHandle(handle) ? 0 : crt_fail_win32();
}

/* ---- opening --------------------------------------------------------------------------------- */

static DWORD share_of(int share)
{
    switch (share) {
    case 0x10: /* _SH_DENYRW */
        return 0;
    case 0x20: /* _SH_DENYWR */
        return FILE_SHARE_READ;
    case 0x30: /* _SH_DENYRD */
        return FILE_SHARE_WRITE;
    default:
        return FILE_SHARE_READ | FILE_SHARE_WRITE;
    }
}

static DWORD disposition_of(int flags)
{
    switch (flags & (O_MS_CREAT | O_MS_EXCL | O_MS_TRUNC)) {
    case O_MS_CREAT:
        return 4; /* OPEN_ALWAYS */
    case O_MS_CREAT | O_MS_EXCL:
    case O_MS_CREAT | O_MS_EXCL | O_MS_TRUNC:
        return 1; /* CREATE_NEW */
    case O_MS_CREAT | O_MS_TRUNC:
        return 2; /* CREATE_ALWAYS */
    case O_MS_TRUNC:
    case O_MS_TRUNC | O_MS_EXCL:
        return 5; /* TRUNCATE_EXISTING */
    default:
        return 3; /* OPEN_EXISTING */
    }
}

int fd_open(const wchar_t *path, int flags, int share, int mode)
{
    static const DWORD access[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE, 0};
    DWORD attributes = FILE_ATTRIBUTE_NORMAL, wanted = access[flags & 3];
    if (!path || !wanted || flags & O_MS_UNICODE)
        return crt_fail(EINVAL);
    if (flags & O_MS_CREAT && !(mode & 0x80 /* _S_IWRITE */))
        attributes = FILE_ATTRIBUTE_READONLY;
    if (flags & O_MS_TEMPORARY) {
        attributes |= 0x04000000; /* FILE_FLAG_DELETE_ON_CLOSE */
        wanted |= DELETE;
    }
    HANDLE handle =
        CreateFileW(path, wanted, share_of(share), NULL, disposition_of(flags), attributes, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return crt_fail_win32();
    unsigned kept = (flags & O_MS_BINARY ? 0 : FD_TEXT) | (flags & O_MS_APPEND ? FD_APPEND : 0);
    int fd = fd_adopt(handle, kept);
    if (fd < 0)
        CloseHandle(handle);
    return fd;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int raw_read(struct fd *at, void *buffer, unsigned count)
{
    DWORD done = 0;
    if (ReadFile(at->handle, buffer, count, &done, NULL))
        return (int)done;
    ULONG error = error_get();
    if (error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE)
        return 0;
    return crt_fail_win32();
}

/* Turns "\r\n" into "\n" in place. A "\r" at the very end waits for the byte behind it. */
static int lines_read(struct fd *at, char *buffer, int count)
{
    int to = 0;
    for (int from = 0; from < count; from++) {
        char c = buffer[from];
        if (c == CTRL_Z && !(at->flags & FD_DEVICE)) {
            at->flags |= FD_END;
            break;
        }
        if (c == '\r' && from + 1 == count) {
            char next;
            if (raw_read(at, &next, 1) == 1) {
                if (next == '\n')
                    c = '\n';
                else
                    at->ahead = (uint8_t)next;
            }
        } else if (c == '\r' && buffer[from + 1] == '\n') {
            continue;
        }
        buffer[to++] = c;
    }
    return to;
}

int fd_read(int fd, void *buffer, unsigned count)
{
    struct fd *at = fd_get(fd);
    char *text = buffer;
    int held = 0;
    if (!at)
        return -1;
    if (!count || at->flags & FD_END)
        return 0;
    if (at->ahead >= 0) {
        text[held++] = (char)at->ahead;
        at->ahead = -1;
    }
    int done = 0;
    /* A byte that is held is an answer already: a pipe must not block for more. */
    if ((unsigned)held < count && !(held && at->flags & (FD_PIPE | FD_DEVICE)))
        done = raw_read(at, text + held, count - (unsigned)held);
    if (done < 0)
        return held ? held : -1;
    return fd_is_translated(fd) ? lines_read(at, text, held + done) : held + done;
}

int64_t fd_offset(int fd, int64_t start, int64_t characters)
{
    struct fd *at = fd_get(fd);
    char piece[PIECE];
    int64_t offset = start;
    LARGE_INTEGER now, none = {.QuadPart = 0};
    if (!at)
        return -1;
    if (!SetFilePointerEx(at->handle, none, &now, 1))
        return crt_fail_win32();
    bool was_return = false;
    LARGE_INTEGER to = {.QuadPart = start};
    SetFilePointerEx(at->handle, to, NULL, 0);
    while (characters > 0) {
        int got = raw_read(at, piece, sizeof piece);
        if (got <= 0)
            break;
        for (int i = 0; i < got && characters > 0; i++, offset++) {
            bool is_pair = was_return && piece[i] == '\n';
            was_return = piece[i] == '\r';
            characters -= !is_pair;
            /* The last character may be the first half of a pair. */
            if (!characters && was_return && i + 1 < got && piece[i + 1] == '\n')
                offset++;
        }
    }
    SetFilePointerEx(at->handle, now, NULL, 0);
    return offset;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Bytes written; -1 when none were. */
static int raw_write(struct fd *at, const char *data, unsigned count)
{
    unsigned total = 0;
    while (total < count) {
        DWORD done = 0;
        if (!WriteFile(at->handle, data + total, count - total, &done, NULL))
            return total ? (int)total : crt_fail_win32();
        if (!done)
            return total ? (int)total : crt_fail(ENOSPC);
        total += done;
    }
    return (int)total;
}

/* Answers how many of the caller's characters went out. */
static int lines_write(struct fd *at, const char *data, unsigned count)
{
    char piece[PIECE];
    unsigned from = 0;
    while (from < count) {
        unsigned filled = 0, begin = from;
        while (from < count && filled < sizeof piece - 1) {
            if (data[from] == '\n')
                piece[filled++] = '\r';
            piece[filled++] = data[from++];
        }
        if (raw_write(at, piece, filled) != (int)filled)
            return begin ? (int)begin : -1;
    }
    return (int)count;
}

int fd_write(int fd, const void *buffer, unsigned count)
{
    struct fd *at = fd_get(fd);
    if (!at)
        return -1;
    if (!count)
        return 0;
    if (at->flags & FD_APPEND) {
        LARGE_INTEGER zero = {.QuadPart = 0};
        SetFilePointerEx(at->handle, zero, NULL, 2);
    }
    return fd_is_translated(fd) ? lines_write(at, buffer, count) : raw_write(at, buffer, count);
}

int64_t fd_seek(int fd, int64_t distance, int method)
{
    struct fd *at = fd_get(fd);
    LARGE_INTEGER move = {.QuadPart = distance}, position;
    if (!at)
        return -1;
    if (method < 0 || method > 2)
        return crt_fail(EINVAL);
    if (at->flags & (FD_PIPE | FD_DEVICE))
        return crt_fail(ESPIPE);
    bool is_question = method == 1 && !distance;
    int is_ahead = at->ahead >= 0;
    if (method == 1 && !is_question)
        move.QuadPart -= is_ahead;
    if (!SetFilePointerEx(at->handle, move, &position, (DWORD)method))
        return crt_fail_win32();
    if (is_question)
        return position.QuadPart - is_ahead;
    at->ahead = -1;
    at->flags &= ~FD_END;
    return position.QuadPart;
}

/* ---- modes and copies ------------------------------------------------------------------------ */

int fd_mode_set(int fd, int mode)
{
    struct fd *at = fd_get(fd);
    if (!at)
        return -1;
    if (mode != O_MS_BINARY && mode != O_MS_TEXT && !(mode & O_MS_UNICODE))
        return crt_fail(EINVAL);
    int old = at->flags & FD_TEXT ? O_MS_TEXT : O_MS_BINARY;
    at->flags = mode == O_MS_BINARY ? at->flags & ~FD_TEXT : at->flags | FD_TEXT;
    return old;
}

int fd_duplicate(int fd, int onto)
{
    struct fd *at = fd_get(fd);
    HANDLE copy, self = ZwCurrentProcess();
    if (!at)
        return -1;
    if (onto == fd)
        return fd;
    if (onto < -1 || onto >= FD_COUNT)
        return crt_fail(EBADF);
    unsigned flags = at->flags & ~(FD_OPEN | FD_END);
    if (!DuplicateHandle(self, at->handle, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return crt_fail_win32();
    if (onto < 0)
        return fd_adopt(copy, flags);
    if (fd_flags(onto))
        fd_close(onto);
    host_lock_take(&table.lock);
    table.all[onto] = (struct fd){copy, flags | FD_OPEN, -1};
    host_lock_give(&table.lock);
    return onto;
}
