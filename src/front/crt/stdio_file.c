/* SPDX-License-Identifier: MIT */
/* stdio_file.c - opening and closing streams, their places, buffers and states.
 *
 * Doc: "Stream I/O", a page by name. Differs: of the ccs= encodings only UTF-8 opens, and adds
 * no byte order mark.
 */
#include <string.h>

#include "crt_internal.h"

/* ---- modes ----------------------------------------------------------------------------------- */

struct mode {
    int open;
    int stream;
};

static const wchar_t *spaces_skip(const wchar_t *text)
{
    while (*text == ' ')
        text++;
    return text;
}

/* ", ccs=UTF-8". False: an encoding that is not there, or nonsense. */
static bool encoding_read(const wchar_t *text)
{
    static const wchar_t key[] = L"ccs", value[] = L"UTF-8";
    text = spaces_skip(text);
    if (crt_wcsnicmp(text, key, 3))
        return false;
    text = spaces_skip(text + 3);
    if (*text++ != '=')
        return false;
    text = spaces_skip(text);
    return !crt_wcsnicmp(text, value, 5) && !*spaces_skip(text + 5);
}

static bool mode_read(const wchar_t *text, struct mode *out)
{
    text = spaces_skip(text);
    switch (*text++) {
    case 'r':
        *out = (struct mode){O_MS_RDONLY, STREAM_READ};
        break;
    case 'w':
        *out = (struct mode){O_MS_WRONLY | O_MS_CREAT | O_MS_TRUNC, STREAM_WRITE};
        break;
    case 'a':
        *out = (struct mode){O_MS_WRONLY | O_MS_CREAT | O_MS_APPEND, STREAM_WRITE};
        break;
    default:
        return false;
    }
    for (; *text; text++) {
        switch (*text) {
        case '+':
            out->open = (out->open & ~3) | O_MS_RDWR;
            out->stream = STREAM_BOTH;
            break;
        case 'b':
            out->open |= O_MS_BINARY;
            break;
        case 't':
            out->open |= O_MS_TEXT;
            break;
        case 'x':
            out->open |= O_MS_EXCL;
            break;
        case 'D':
            out->open |= O_MS_TEMPORARY;
            break;
        case ' ':
        case 'c':
        case 'n':
        case 'N':
        case 'S':
        case 'R':
        case 'T':
            break;
        case ',':
            return encoding_read(text + 1);
        default:
            return false;
        }
    }
    if (!(out->open & O_MS_TEXT) && ucrt__fmode == O_MS_BINARY)
        out->open |= O_MS_BINARY;
    return true;
}

/* ---- opening --------------------------------------------------------------------------------- */

void stream_begin(struct stream *stream, int fd, int flags)
{
    stream->fd = fd;
    stream->flags = flags;
    if (fd_flags(fd) & FD_TERMINAL && flags & STREAM_WRITE)
        stream->flags |= STREAM_LINE;
}

static struct stream *open_into(struct stream *stream, const wchar_t *path, const wchar_t *text,
                                int share)
{
    struct mode mode;
    int fd = -1;
    if (!path || !text || !mode_read(text, &mode))
        crt_fail(EINVAL);
    else
        fd = fd_open(path, mode.open, share, 0x180 /* _S_IREAD | _S_IWRITE */);
    if (fd < 0) {
        stream->flags = 0;
        return NULL;
    }
    stream_begin(stream, fd, mode.stream);
    return stream;
}

CRT(struct stream *, ucrt__wfsopen, (const wchar_t *path, const wchar_t *mode, int share))
{
    struct stream *stream = stream_take();
    return stream ? open_into(stream, path, mode, share) : NULL;
}

CRT(struct stream *, ucrt__fsopen, (const char *path, const char *mode, int share))
{
    struct wide wide_path, wide_mode;
    wide_of(&wide_path, path);
    wide_of(&wide_mode, mode);
    struct stream *stream = ucrt__wfsopen(wide_path.text, wide_mode.text, share);
    wide_drop(&wide_mode);
    wide_drop(&wide_path);
    return stream;
}

CRT(struct stream *, ucrt__wfopen, (const wchar_t *path, const wchar_t *mode))
{
    return ucrt__wfsopen(path, mode, 0x40);
}

CRT(struct stream *, ucrt_fopen, (const char *path, const char *mode))
{
    return ucrt__fsopen(path, mode, 0x40);
}

CRT(int, ucrt_fopen_s, (struct stream * *out, const char *path, const char *mode))
{
    if (!out || !path || !mode)
        return crt_invalid(EINVAL);
    *out = ucrt__fsopen(path, mode, 0x80 /* _SH_SECURE */);
    return *out ? 0 : crt_thread()->error;
}

CRT(int, ucrt__wfopen_s, (struct stream * *out, const wchar_t *path, const wchar_t *mode))
{
    if (!out || !path || !mode)
        return crt_invalid(EINVAL);
    *out = ucrt__wfsopen(path, mode, 0x80);
    return *out ? 0 : crt_thread()->error;
}

CRT(struct stream *, ucrt__wfdopen, (int fd, const wchar_t *text))
{
    struct mode mode;
    if (!fd_flags(fd))
        return crt_fail(EBADF), NULL;
    if (!text || !mode_read(text, &mode))
        return crt_fail(EINVAL), NULL;
    struct stream *stream = stream_take();
    if (stream)
        stream_begin(stream, fd, mode.stream);
    return stream;
}

CRT(struct stream *, ucrt__fdopen, (int fd, const char *mode))
{
    struct wide wide;
    wide_of(&wide, mode);
    struct stream *stream = ucrt__wfdopen(fd, wide.text);
    wide_drop(&wide);
    return stream;
}

/* ---- closing --------------------------------------------------------------------------------- */

static int close_locked(struct stream *stream)
{
    int result = CRT_EOF;
    if (stream->flags & STREAM_OPENED) {
        result = stream_flush(stream);
        stream_buffer_drop(stream);
        if (stream->fd >= 0 && fd_close(stream->fd))
            result = CRT_EOF;
    }
    stream->fd = -1;
    return result;
}

CRT(int, ucrt_fclose, (struct stream * stream))
{
    if (!stream)
        return crt_fail(EINVAL);
    stream_lock(stream);
    int result = close_locked(stream);
    stream->flags = 0; /* free for the next one */
    stream_unlock(stream);
    return result;
}

CRT(struct stream *, ucrt__wfreopen,
    (const wchar_t *path, const wchar_t *mode, struct stream *stream))
{
    if (!stream)
        return crt_fail(EINVAL), NULL;
    stream_lock(stream);
    close_locked(stream);
    stream->flags = STREAM_BOTH; /* nobody else's meanwhile */
    struct stream *opened = open_into(stream, path, mode, 0x40);
    stream_unlock(stream);
    return opened;
}

CRT(struct stream *, ucrt_freopen, (const char *path, const char *mode, struct stream *stream))
{
    struct wide wide_path, wide_mode;
    wide_of(&wide_path, path);
    wide_of(&wide_mode, mode);
    struct stream *opened = ucrt__wfreopen(wide_path.text, wide_mode.text, stream);
    wide_drop(&wide_mode);
    wide_drop(&wide_path);
    return opened;
}

CRT(int, ucrt_freopen_s,
    (struct stream * *out, const char *path, const char *mode, struct stream *stream))
{
    if (!out || !path || !mode || !stream)
        return crt_invalid(EINVAL);
    *out = ucrt_freopen(path, mode, stream);
    return *out ? 0 : crt_thread()->error;
}

struct closing {
    int count;
};

static void close_beyond(struct stream *stream, void *context)
{
    struct closing *closing = context;
    if (stream == STREAM_IN || stream == STREAM_OUT || stream == STREAM_ERR)
        return;
    close_locked(stream);
    stream->flags = 0;
    closing->count++;
}

CRT(int, ucrt__fcloseall, (void))
{
    struct closing closing = {0};
    stream_visit(STREAM_OPENED, close_beyond, &closing);
    return closing.count;
}

/* ---- places and states ----------------------------------------------------------------------- */

CRT(int, ucrt_fflush, (struct stream * stream))
{
    if (!stream)
        return stream_flush_all();
    stream_lock(stream);
    int result = stream_flush(stream);
    stream_unlock(stream);
    return result;
}

CRT(int, ucrt__flushall, (void))
{
    return stream_flush_all();
}

CRT(int, ucrt__fseeki64, (struct stream * stream, int64_t distance, int method))
{
    if (!stream)
        return crt_fail(EINVAL);
    stream_lock(stream);
    int result = stream_seek(stream, distance, method);
    stream_unlock(stream);
    return result;
}

CRT(int, ucrt_fseek, (struct stream * stream, int32_t distance, int method))
{
    return ucrt__fseeki64(stream, distance, method);
}

CRT(int64_t, ucrt__ftelli64, (struct stream * stream))
{
    if (!stream)
        return crt_fail(EINVAL);
    stream_lock(stream);
    int64_t place = stream_tell(stream);
    stream_unlock(stream);
    return place;
}

CRT(int32_t, ucrt_ftell, (struct stream * stream))
{
    int64_t place = ucrt__ftelli64(stream);
    return place > INT32_MAX ? (int32_t)crt_fail(EINVAL) : (int32_t)place;
}

CRT(void, ucrt_rewind, (struct stream * stream))
{
    ucrt__fseeki64(stream, 0, 0);
    if (stream)
        stream->flags &= ~STREAM_ERROR;
}

CRT(int, ucrt_fgetpos, (struct stream * stream, int64_t *place))
{
    if (!place)
        return crt_fail(EINVAL);
    *place = ucrt__ftelli64(stream);
    return *place < 0 ? -1 : 0;
}

CRT(int, ucrt_fsetpos, (struct stream * stream, const int64_t *place))
{
    return place ? ucrt__fseeki64(stream, *place, 0) : crt_fail(EINVAL);
}

CRT(int, ucrt_feof, (struct stream * stream))
{
    return stream ? stream->flags & STREAM_END : 0;
}

CRT(int, ucrt_ferror, (struct stream * stream))
{
    return stream ? stream->flags & STREAM_ERROR : 0;
}

CRT(void, ucrt_clearerr, (struct stream * stream))
{
    stream_lock(stream);
    stream->flags &= ~(STREAM_END | STREAM_ERROR);
    stream_unlock(stream);
}

CRT(int, ucrt_clearerr_s, (struct stream * stream))
{
    if (!stream)
        return crt_invalid(EINVAL);
    ucrt_clearerr(stream);
    return 0;
}

CRT(int, ucrt__fileno, (struct stream * stream))
{
    return stream ? stream->fd : crt_fail(EINVAL);
}

CRT(int, ucrt_setvbuf, (struct stream * stream, char *buffer, int mode, size_t size))
{
    enum { FULL = 0, NONE = 4, LINE = 0x40 };
    if (!stream || (mode != FULL && mode != NONE && mode != LINE) ||
        (mode != NONE && (size < 2 || size > INT32_MAX)))
        return crt_fail(EINVAL);
    stream_lock(stream);
    stream_flush(stream);
    stream_buffer_drop(stream);
    stream->flags &= ~(STREAM_NONE | STREAM_LINE);
    if (mode == NONE) {
        stream->flags |= STREAM_NONE;
    } else {
        /* Line buffering is full buffering in the original; here a terminal's stays lively. */
        if (mode == LINE)
            stream->flags |= STREAM_LINE;
        stream->flags |= buffer ? STREAM_USER : 0;
        char *base = buffer ? buffer : heap_take(size);
        if (base) {
            stream->base = stream->at = base;
            stream->size = (int32_t)size;
            stream->flags |= buffer ? 0 : STREAM_OWN;
        }
    }
    stream_unlock(stream);
    return 0;
}

CRT(void, ucrt_setbuf, (struct stream * stream, char *buffer))
{
    ucrt_setvbuf(stream, buffer, buffer ? 0 : 4, 512);
}

CRT(struct stream *, ucrt___iob_func, (void))
{
    return ucrt__iob;
}

CRT(struct stream *, ucrt___acrt_iob_func, (unsigned index))
{
    return &ucrt__iob[index < 3 ? index : 0];
}

CRT(void, ucrt__lock_file, (struct stream * stream))
{
    stream_lock(stream);
}

CRT(void, ucrt__unlock_file, (struct stream * stream))
{
    stream_unlock(stream);
}

CRT(int, ucrt__getmaxstdio, (void))
{
    return STREAMS_MAX;
}

CRT(int, ucrt__setmaxstdio, (int count))
{
    /* All there are may be used from the start. */
    if (count < IOB_COUNT || count > STREAMS_MAX)
        return crt_invalid(EINVAL), -1;
    return count;
}

CRT(int, ucrt__rmtmp, (void))
{
    return 0; /* tmpfile's go when they are closed */
}

/* What the C++ library's file buffers look into. */
CRT(int, ucrt__get_stream_buffer_pointers,
    (struct stream * stream, char ***base, char ***at, int32_t **count))
{
    if (!stream)
        return crt_invalid(EINVAL);
    if (base)
        *base = &stream->base;
    if (at)
        *at = &stream->at;
    if (count)
        *count = &stream->count;
    return 0;
}
