/* SPDX-License-Identifier: MIT */
/* stream.c - streams: a buffer over a descriptor, in the form that msvcrt's inline getc knows.
 *
 * A stream reads or writes, never both at once. reading: count characters are left at `at`;
 * writing: base..at waits to go out, and count is the room left (0 when line ends flush, so
 * that the inline putc comes here). Errors stay in flags until clearerr.
 * Locks: table.lock -> a stream's lock (recursive) -> the descriptors'.
 */
#include <string.h>

#include "crt_internal.h"

#define BUFFER_BYTES 4096

/* Streams beyond the array that msvcrt exports. Their lock stands right behind the public part,
 * where mingw-w64's stdio takes it. */
struct more {
    struct stream stream;
    struct stream_state state;
};
_Static_assert(offsetof(struct more, state.lock) == sizeof(struct stream), "public header");

struct stream ucrt__iob[IOB_COUNT];
static struct stream_state iob_state[IOB_COUNT];

static struct {
    RTL_CRITICAL_SECTION lock; /* guards: more, and who takes a free stream */
    struct more *more[STREAMS_MAX - IOB_COUNT];
} table;

struct stream_state *stream_state(struct stream *stream)
{
    if (stream >= ucrt__iob && stream < ucrt__iob + IOB_COUNT)
        return &iob_state[stream - ucrt__iob];
    return &((struct more *)stream)->state;
}

void stream_lock(struct stream *stream)
{
    section_enter(&stream_state(stream)->lock);
}

void stream_unlock(struct stream *stream)
{
    section_leave(&stream_state(stream)->lock);
}

void stream_init(void)
{
    section_init(&table.lock, 0);
    memset(ucrt__iob, 0, sizeof ucrt__iob);
    memset(iob_state, 0, sizeof iob_state);
    for (int i = 0; i < IOB_COUNT; i++)
        section_init(&iob_state[i].lock, 0);
    for (int i = 0; i < 3; i++) {
        ucrt__iob[i].fd = fd_flags(i) ? i : -2;
        ucrt__iob[i].flags = i ? STREAM_WRITE : STREAM_READ;
    }
    if (fd_flags(1) & FD_TERMINAL)
        STREAM_OUT->flags |= STREAM_LINE;
    STREAM_ERR->flags |= STREAM_NONE;
}

/* ---- all of them --------------------------------------------------------------------------------
 */

struct stream *stream_take(void)
{
    struct stream *found = NULL;
    section_enter(&table.lock);
    for (int i = 3; i < STREAMS_MAX && !found; i++) {
        if (i < IOB_COUNT) {
            if (!ucrt__iob[i].flags)
                found = &ucrt__iob[i];
            continue;
        }
        struct more **at = &table.more[i - IOB_COUNT];
        if (!*at) {
            *at = heap_take(sizeof **at);
            if (!*at)
                break;
            memset(*at, 0, sizeof **at);
            section_init(&(*at)->state.lock, 0);
        }
        if (!(*at)->stream.flags)
            found = &(*at)->stream;
    }
    if (found) {
        *found = (struct stream){.flags = STREAM_BOTH, .fd = -1}; /* taken */
        stream_state(found)->high = stream_state(found)->low = 0;
        stream_state(found)->start = 0;
    } else {
        crt_fail(EMFILE);
    }
    section_leave(&table.lock);
    return found;
}

void stream_visit(int flags, void (*visit)(struct stream *stream, void *context), void *context)
{
    section_enter(&table.lock);
    for (int i = 0; i < STREAMS_MAX; i++) {
        struct stream *stream = NULL;
        if (i < IOB_COUNT)
            stream = &ucrt__iob[i];
        else if (table.more[i - IOB_COUNT])
            stream = &table.more[i - IOB_COUNT]->stream;
        if (!stream || !(stream->flags & flags))
            continue;
        stream_lock(stream);
        if (stream->flags & flags)
            visit(stream, context);
        stream_unlock(stream);
    }
    section_leave(&table.lock);
}

static void flush_one(struct stream *stream, void *context)
{
    int *failed = context;
    if (stream_flush(stream))
        *failed = CRT_EOF;
}

int stream_flush_all(void)
{
    int failed = 0;
    stream_visit(STREAM_WRITE, flush_one, &failed);
    return failed;
}

static void flush_free(struct stream *stream)
{
    RTL_CRITICAL_SECTION *lock = &stream_state(stream)->lock;
    if (!(stream->flags & STREAM_WRITE) || !section_try(lock))
        return;
    stream_flush(stream);
    section_leave(lock);
}

/* Whoever holds a lock now may never give it back. */
void stream_flush_end(void)
{
    console_keys_end();
    if (!section_try(&table.lock))
        return;
    for (int i = 0; i < IOB_COUNT; i++)
        flush_free(&ucrt__iob[i]);
    for (int i = 0; i < STREAMS_MAX - IOB_COUNT; i++) {
        if (table.more[i])
            flush_free(&table.more[i]->stream);
    }
    section_leave(&table.lock);
}

/* ---- the buffer ------------------------------------------------------------------------------ */

static void buffer_make(struct stream *stream)
{
    if (stream->base)
        return;
    if (!(stream->flags & STREAM_NONE)) {
        stream->base = heap_take(BUFFER_BYTES);
        if (stream->base) {
            stream->size = BUFFER_BYTES;
            stream->flags |= STREAM_OWN;
        } else {
            stream->flags |= STREAM_NONE;
        }
    }
    if (!stream->base) {
        stream->base = (char *)&stream->small;
        stream->size = 1;
    }
    stream->at = stream->base;
    stream->count = 0;
}

void stream_buffer_drop(struct stream *stream)
{
    if (stream->flags & STREAM_OWN)
        heap_give(stream->base);
    stream->base = stream->at = NULL;
    stream->count = stream->size = 0;
    stream->flags &= ~(STREAM_OWN | STREAM_USER);
}

static int failed(struct stream *stream)
{
    stream->flags |= STREAM_ERROR;
    stream->count = 0;
    return CRT_EOF;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_all(struct stream *stream, const char *data, size_t count)
{
    while (count) {
        unsigned piece = count > 0x40000000 ? 0x40000000 : (unsigned)count;
        int done = fd_write(stream->fd, data, piece);
        if (done <= 0)
            return failed(stream);
        data += done;
        count -= (size_t)done;
    }
    return 0;
}

static size_t room(const struct stream *stream)
{
    return (size_t)(stream->base + stream->size - stream->at);
}

/* What inline putc may use. */
static void room_tell(struct stream *stream)
{
    stream->count = stream->flags & (STREAM_LINE | STREAM_NONE) ? 0 : (int32_t)room(stream);
}

int stream_flush(struct stream *stream)
{
    if (!(stream->flags & STREAM_WRITE) || !stream->base)
        return 0;
    size_t waiting = (size_t)(stream->at - stream->base);
    stream->at = stream->base;
    stream->count = 0;
    if (stream->flags & STREAM_BOTH)
        stream->flags &= ~STREAM_WRITE; /* either way from here */
    else
        room_tell(stream);
    return waiting ? write_all(stream, stream->base, waiting) : 0;
}

static int write_begin(struct stream *stream)
{
    if (!(stream->flags & STREAM_OPENED)) {
        crt_fail(EBADF);
        return CRT_EOF;
    }
    if (stream->flags & STREAM_WRITE && stream->base)
        return 0;
    if (!(stream->flags & (STREAM_WRITE | STREAM_BOTH))) {
        crt_fail(EBADF);
        return failed(stream);
    }
    if (stream->flags & STREAM_READ && stream->base) {
        /* Only at the end of the file may writing follow reading without a seek. */
        if (!(stream->flags & STREAM_END) && stream->count)
            return failed(stream);
        stream->at = stream->base;
    }
    stream->flags = (stream->flags | STREAM_WRITE) & ~(STREAM_END | STREAM_READ);
    buffer_make(stream);
    stream->at = stream->base;
    return 0;
}

size_t stream_write(struct stream *stream, const void *data, size_t count)
{
    const char *from = data;
    size_t left = count;
    if (!count || write_begin(stream))
        return 0;
    if (stream->flags & STREAM_NONE)
        return write_all(stream, from, count) ? 0 : count;
    while (left) {
        size_t piece = room(stream);
        if (stream->at == stream->base && left >= (size_t)stream->size) {
            piece = left - left % (size_t)stream->size;
            if (write_all(stream, from, piece))
                return count - left;
        } else {
            piece = left < piece ? left : piece;
            memcpy(stream->at, from, piece);
            stream->at += piece;
        }
        from += piece;
        left -= piece;
        if (!room(stream) && (stream_flush(stream) || write_begin(stream)))
            return count - left;
    }
    if (stream->flags & STREAM_LINE && memchr(data, '\n', count) && stream_flush(stream))
        return 0;
    room_tell(stream);
    return count;
}

int stream_put(struct stream *stream, int character)
{
    char c = (char)character;
    return stream_write(stream, &c, 1) == 1 ? (uint8_t)c : CRT_EOF;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_begin(struct stream *stream)
{
    if (!(stream->flags & STREAM_OPENED)) {
        crt_fail(EBADF);
        return CRT_EOF;
    }
    if (stream->flags & STREAM_READ)
        return buffer_make(stream), 0;
    if (!(stream->flags & STREAM_BOTH) ||
        (stream->flags & STREAM_WRITE && stream->base && stream->at != stream->base)) {
        crt_fail(EBADF);
        return failed(stream);
    }
    stream->flags = (stream->flags | STREAM_READ) & ~STREAM_WRITE;
    buffer_make(stream);
    stream->at = stream->base;
    stream->count = 0;
    return 0;
}

/* What was asked stands on the screen before the answer is waited for. */
static void prompt_show(const struct stream *stream)
{
    if (!(fd_flags(stream->fd) & FD_DEVICE) || !(STREAM_OUT->flags & STREAM_WRITE))
        return;
    stream_lock(STREAM_OUT);
    stream_flush(STREAM_OUT);
    stream_unlock(STREAM_OUT);
}

/* Reads a buffer full; false at the end or after an error. */
static bool refill(struct stream *stream)
{
    if (read_begin(stream))
        return false;
    prompt_show(stream);
    stream->at = stream->base;
    stream->count = 0;
    if (fd_is_translated(stream->fd))
        stream_state(stream)->start = fd_seek(stream->fd, 0, 1);
    int got = fd_read(stream->fd, stream->base, (unsigned)stream->size);
    if (got <= 0) {
        stream->flags |= got ? STREAM_ERROR : STREAM_END;
        return false;
    }
    stream->count = got;
    return true;
}

int stream_fill(struct stream *stream)
{
    if (!refill(stream))
        return CRT_EOF;
    stream->count--;
    return (uint8_t)*stream->at++;
}

int stream_get(struct stream *stream)
{
    if (stream->flags & STREAM_READ && stream->count > 0) {
        stream->count--;
        return (uint8_t)*stream->at++;
    }
    return stream_fill(stream);
}

size_t stream_read(struct stream *stream, void *data, size_t count)
{
    char *to = data;
    size_t left = count;
    while (left) {
        size_t ready = stream->flags & STREAM_READ && stream->count > 0 ? (size_t)stream->count : 0;
        if (!ready) {
            if (!refill(stream))
                break;
            continue;
        }
        size_t piece = left < ready ? left : ready;
        memcpy(to, stream->at, piece);
        stream->at += piece;
        stream->count -= (int32_t)piece;
        to += piece;
        left -= piece;
    }
    return count - left;
}

int stream_unget(struct stream *stream, int character)
{
    if (character == CRT_EOF || read_begin(stream))
        return CRT_EOF;
    if (stream->at == stream->base) {
        if (stream->count)
            return CRT_EOF;
        stream->at++;
    }
    *--stream->at = (char)character;
    stream->count++;
    stream->flags &= ~STREAM_END;
    return (uint8_t)character;
}

/* ---- places ---------------------------------------------------------------------------------- */

int64_t stream_tell(struct stream *stream)
{
    int64_t now = fd_seek(stream->fd, 0, 1);
    if (now < 0 || !stream->base)
        return now;
    if (stream->flags & STREAM_READ) {
        if (!fd_is_translated(stream->fd))
            return now - stream->count;
        if (!stream->count && !(fd_flags(stream->fd) & FD_END))
            return now;
        return fd_offset(stream->fd, stream_state(stream)->start, stream->at - stream->base);
    }
    if (!(stream->flags & STREAM_WRITE))
        return now;
    if (fd_flags(stream->fd) & FD_APPEND && stream->at != stream->base)
        now = fd_seek(stream->fd, 0, 2);
    int64_t waiting = stream->at - stream->base;
    if (fd_is_translated(stream->fd)) {
        for (const char *at = stream->base; at < stream->at; at++)
            waiting += *at == '\n';
    }
    return now + waiting;
}

int stream_seek(struct stream *stream, int64_t distance, int method)
{
    if (!(stream->flags & STREAM_OPENED) || method < 0 || method > 2)
        return crt_fail(EINVAL);
    if (method == 1) {
        int64_t now = stream_tell(stream);
        if (now < 0)
            return -1;
        distance += now;
        method = 0;
    }
    if (stream_flush(stream))
        return -1;
    stream->at = stream->base;
    stream->count = 0;
    stream->flags &= ~STREAM_END;
    if (stream->flags & STREAM_BOTH)
        stream->flags &= ~(STREAM_READ | STREAM_WRITE);
    else if (stream->flags & STREAM_WRITE && stream->base)
        room_tell(stream);
    stream_state(stream)->high = stream_state(stream)->low = 0;
    return fd_seek(stream->fd, distance, method) < 0 ? -1 : 0;
}
