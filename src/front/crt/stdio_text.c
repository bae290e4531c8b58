/* SPDX-License-Identifier: MIT */
/* stdio_text.c - characters, lines and blocks through streams, narrow and wide.
 *
 * Each function holds its stream's lock for the whole of its work; the _nolock ones do not.
 * Doc: "Stream I/O", a page by name.
 */
#include <string.h>

#include "crt_internal.h"

#define WIDE_EOF ((wchar_t)0xffff)

/* result = expression, under the stream's lock. */
#define LOCKED(type, stream, expression) \
    stream_lock(stream);                 \
    type result = (expression);          \
    stream_unlock(stream);               \
    return result

/* ---- characters ------------------------------------------------------------------------------ */

CRT(int, ucrt_fgetc, (struct stream * stream))
{
    LOCKED(int, stream, stream_get(stream));
}

CRT(int, ucrt_getchar, (void))
{
    return ucrt_fgetc(STREAM_IN);
}

CRT(int, ucrt__filbuf, (struct stream * stream))
{
    LOCKED(int, stream, stream_fill(stream));
}

CRT(int, ucrt__getc_nolock, (struct stream * stream))
{
    return stream_get(stream);
}

CRT(int, ucrt_ungetc, (int character, struct stream *stream))
{
    LOCKED(int, stream, stream_unget(stream, character));
}

CRT(int, ucrt_fputc, (int character, struct stream *stream))
{
    LOCKED(int, stream, stream_put(stream, character));
}

CRT(int, ucrt__flsbuf, (int character, struct stream *stream))
{
    /* The inline putc has taken one off already. */
    LOCKED(int, stream, stream_put(stream, character));
}

CRT(int, ucrt_putchar, (int character))
{
    return ucrt_fputc(character, STREAM_OUT);
}

CRT(int, ucrt__putc_nolock, (int character, struct stream *stream))
{
    return stream_put(stream, character);
}

CRT(wchar_t, ucrt_fgetwc, (struct stream * stream))
{
    LOCKED(wchar_t, stream, stream_get_wide(stream));
}

CRT(wchar_t, ucrt_getwchar, (void))
{
    return ucrt_fgetwc(STREAM_IN);
}

CRT(wchar_t, ucrt_ungetwc, (wchar_t character, struct stream *stream))
{
    LOCKED(wchar_t, stream, stream_unget_wide(stream, character));
}

CRT(wchar_t, ucrt_fputwc, (wchar_t character, struct stream *stream))
{
    LOCKED(wchar_t, stream, stream_put_wide(stream, &character, 1) ? WIDE_EOF : character);
}

CRT(wchar_t, ucrt_putwchar, (wchar_t character))
{
    return ucrt_fputwc(character, STREAM_OUT);
}

/* ---- lines ----------------------------------------------------------------------------------- */

CRT(int, ucrt_fputs, (const char *text, struct stream *stream))
{
    size_t count = strlen(text);
    LOCKED(int, stream, stream_write(stream, text, count) == count ? 0 : CRT_EOF);
}

CRT(int, ucrt_puts, (const char *text))
{
    size_t count = strlen(text);
    LOCKED(int, STREAM_OUT,
           stream_write(STREAM_OUT, text, count) == count && stream_put(STREAM_OUT, '\n') == '\n'
               ? 0
               : CRT_EOF);
}

CRT(int, ucrt_fputws, (const wchar_t *text, struct stream *stream))
{
    LOCKED(int, stream, stream_put_wide(stream, text, crt_wcslen(text)));
}

CRT(int, ucrt__putws, (const wchar_t *text))
{
    static const wchar_t end = '\n';
    LOCKED(int, STREAM_OUT,
           stream_put_wide(STREAM_OUT, text, crt_wcslen(text)) ||
                   stream_put_wide(STREAM_OUT, &end, 1)
               ? CRT_EOF
               : 0);
}

/* Up to count characters or the line's end, which goes in if is_kept. Answers how many;
 * SIZE_MAX: nothing but the end of the file, or an error. */
static size_t line_read(struct stream *stream, char *out, size_t count, bool is_kept)
{
    size_t filled = 0;
    while (filled < count) {
        int c = stream_get(stream);
        if (c == CRT_EOF) {
            if (!filled || stream->flags & STREAM_ERROR)
                return SIZE_MAX;
            break;
        }
        if (c != '\n' || is_kept)
            out[filled++] = (char)c;
        if (c == '\n')
            break;
    }
    return filled;
}

CRT(char *, ucrt_fgets, (char *out, int count, struct stream *stream))
{
    if (!out || count <= 0)
        return crt_fail(EINVAL), NULL;
    stream_lock(stream);
    size_t filled = line_read(stream, out, (size_t)count - 1, true);
    stream_unlock(stream);
    if (filled == SIZE_MAX)
        return NULL;
    out[filled] = 0;
    return out;
}

CRT(char *, ucrt_gets, (char *out))
{
    stream_lock(STREAM_IN);
    size_t filled = line_read(STREAM_IN, out, SIZE_MAX, false);
    stream_unlock(STREAM_IN);
    if (filled == SIZE_MAX)
        return NULL;
    out[filled] = 0;
    return out;
}

/* A line that does not fit is dropped whole. */
CRT(char *, ucrt_gets_s, (char *out, size_t size))
{
    if (!out || !size)
        return crt_invalid(EINVAL), NULL;
    size_t filled = 0;
    bool fits = true;
    int c;
    stream_lock(STREAM_IN);
    while ((c = stream_get(STREAM_IN)) != CRT_EOF && c != '\n') {
        if (filled + 1 < size)
            out[filled++] = (char)c;
        else
            fits = false;
    }
    stream_unlock(STREAM_IN);
    out[filled] = 0;
    if (!fits)
        *out = 0, crt_invalid(ERANGE);
    return fits && (c != CRT_EOF || filled) ? out : NULL;
}

CRT(wchar_t *, ucrt_fgetws, (wchar_t * out, int count, struct stream *stream))
{
    int filled = 0;
    if (!out || count <= 0)
        return crt_fail(EINVAL), NULL;
    stream_lock(stream);
    while (filled + 1 < count) {
        wchar_t c = stream_get_wide(stream);
        if (c == WIDE_EOF)
            break;
        out[filled++] = c;
        if (c == '\n')
            break;
    }
    stream_unlock(stream);
    out[filled] = 0;
    return filled || count == 1 ? out : NULL;
}

/* Without the line's end; a line that does not fit is dropped whole. */
CRT(wchar_t *, ucrt__getws_s, (wchar_t * out, size_t count))
{
    size_t filled = 0;
    wchar_t c;
    if (!out || !count)
        return crt_invalid(EINVAL), NULL;
    stream_lock(STREAM_IN);
    while ((c = stream_get_wide(STREAM_IN)) != WIDE_EOF && c != '\n') {
        if (filled + 1 < count)
            out[filled] = c;
        filled++;
    }
    stream_unlock(STREAM_IN);
    if (filled >= count) {
        *out = 0;
        return crt_invalid(ERANGE), NULL;
    }
    out[filled] = 0;
    return c != WIDE_EOF || filled ? out : NULL;
}

CRT(wchar_t *, ucrt__getws, (wchar_t * out))
{
    return ucrt__getws_s(out, SIZE_MAX);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

CRT(size_t, ucrt_fread, (void *data, size_t size, size_t count, struct stream *stream))
{
    size_t bytes;
    if (__builtin_mul_overflow(size, count, &bytes) || !stream)
        return crt_fail(EINVAL), 0;
    if (!bytes)
        return 0;
    stream_lock(stream);
    size_t done = stream_read(stream, data, bytes);
    stream_unlock(stream);
    return done / size;
}

CRT(size_t, ucrt_fread_s,
    (void *data, size_t capacity, size_t size, size_t count, struct stream *stream))
{
    size_t bytes;
    if (!data || __builtin_mul_overflow(size, count, &bytes))
        return crt_invalid(EINVAL), 0;
    if (bytes > capacity)
        return memset(data, 0, capacity), crt_invalid(ERANGE), 0;
    return ucrt_fread(data, size, count, stream);
}

CRT(size_t, ucrt_fwrite, (const void *data, size_t size, size_t count, struct stream *stream))
{
    size_t bytes;
    if (__builtin_mul_overflow(size, count, &bytes) || !stream)
        return crt_fail(EINVAL), 0;
    if (!bytes)
        return 0;
    stream_lock(stream);
    size_t done = stream_write(stream, data, bytes);
    stream_unlock(stream);
    return done / size;
}

CRT(int32_t, ucrt__getw, (struct stream * stream))
{
    int32_t value;
    return ucrt_fread(&value, sizeof value, 1, stream) == 1 ? value : CRT_EOF;
}

CRT(int32_t, ucrt__putw, (int32_t value, struct stream *stream))
{
    return ucrt_fwrite(&value, sizeof value, 1, stream) == 1 ? value : CRT_EOF;
}
