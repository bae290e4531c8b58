/* SPDX-License-Identifier: MIT */
/* format_buffer.c - formatting into buffers, with the return value of each Microsoft function.
 *
 * One sink for both widths stores what fits and then either counts on or refuses; the public
 * functions differ only in terminator and result.
 */
#include "format_internal.h"

#include "crt/string.h"

#include <string.h>

struct store {
    char *bytes;       /* NULL: counts only */
    size_t unit;       /* bytes a character */
    size_t room;       /* characters that may be stored */
    size_t used;       /* characters stored */
    bool stop_at_full; /* refuse what does not fit rather than count it */
};

static int store_put(void *context, const void *chars, size_t count)
{
    struct store *store = context;
    size_t left = store->room - store->used;
    size_t n = count < left ? count : left;
    if (store->bytes)
        memcpy(store->bytes + store->used * store->unit, chars, n * store->unit);
    store->used += n;
    return n < count && store->stop_at_full;
}

static void store_terminate(struct store *store, size_t at)
{
    memset(store->bytes + at * store->unit, 0, store->unit);
}

static struct store store_counting(void)
{
    return (struct store){.room = SIZE_MAX};
}

int crt_vscprintf(unsigned options, const char *format, __builtin_ms_va_list args)
{
    struct store store = store_counting();
    return crt_format(store_put, &store, options, format, args);
}

int crt_vscwprintf(unsigned options, const wchar_t *format, __builtin_ms_va_list args)
{
    struct store store = store_counting();
    return crt_format_wide(store_put, &store, options, format, args);
}

/* The old functions terminate only where there is room left. */
static int finish_ms(struct store *store, int result)
{
    if (store->used < store->room)
        store_terminate(store, store->used);
    return result < 0 ? -1 : result;
}

int crt_vsnprintf_ms(char *buffer, size_t count, unsigned options, const char *format,
                     __builtin_ms_va_list args)
{
    if (!buffer)
        return count == 0 && format ? crt_vscprintf(options, format, args) : -1;
    struct store store = {.bytes = buffer, .unit = 1, .room = count, .stop_at_full = true};
    return finish_ms(&store, crt_format(store_put, &store, options, format, args));
}

int crt_vsnwprintf_ms(wchar_t *buffer, size_t count, unsigned options, const wchar_t *format,
                      __builtin_ms_va_list args)
{
    if (!buffer)
        return count == 0 && format ? crt_vscwprintf(options, format, args) : -1;
    struct store store = {
        .bytes = (char *)buffer, .unit = sizeof(wchar_t), .room = count, .stop_at_full = true};
    return finish_ms(&store, crt_format_wide(store_put, &store, options, format, args));
}

int crt_vsnprintf_c99(char *buffer, size_t count, unsigned options, const char *format,
                      __builtin_ms_va_list args)
{
    if (count == 0)
        return crt_vscprintf(options, format, args);
    struct store store = {.bytes = buffer, .unit = 1, .room = count - 1};
    int result = crt_format(store_put, &store, options, format, args);
    store_terminate(&store, store.used);
    return result < 0 ? -1 : result;
}

int crt_vswprintf_c99(wchar_t *buffer, size_t count, unsigned options, const wchar_t *format,
                      __builtin_ms_va_list args)
{
    if (!buffer && count == 0)
        return crt_vscwprintf(options, format, args);
    if (count == 0)
        return -1;
    struct store store = {
        .bytes = (char *)buffer, .unit = sizeof(wchar_t), .room = count - 1, .stop_at_full = true};
    int result = crt_format_wide(store_put, &store, options, format, args);
    store_terminate(&store, store.used);
    return result < 0 ? -1 : result;
}

/* What a _s function stores at most: count characters, or all but one of size. */
static size_t secure_room(size_t size, size_t count)
{
    return count < size ? count : size - 1;
}

/* Cut is fine when the limit was the caller's own count; else the buffer was too small. */
static int finish_s(struct store *store, size_t size, size_t count, int result)
{
    if (result == CRT_FORMAT_FAILED && count != CRT_TRUNCATE && count >= size)
        result = CRT_FORMAT_OVERFLOW;
    if (result < 0 && result != CRT_FORMAT_FAILED)
        store->used = 0;
    store_terminate(store, store->used);
    return result;
}

int crt_vsnprintf_s(char *buffer, size_t size, size_t count, unsigned options, const char *format,
                    __builtin_ms_va_list args)
{
    if (!buffer && size == 0 && count == 0 && format)
        return 0;
    if (!buffer || size == 0 || !format) {
        if (buffer && size)
            buffer[0] = 0;
        return CRT_FORMAT_INVALID;
    }
    struct store store = {
        .bytes = buffer, .unit = 1, .room = secure_room(size, count), .stop_at_full = true};
    return finish_s(&store, size, count, crt_format(store_put, &store, options, format, args));
}

int crt_vsnwprintf_s(wchar_t *buffer, size_t size, size_t count, unsigned options,
                     const wchar_t *format, __builtin_ms_va_list args)
{
    if (!buffer && size == 0 && count == 0 && format)
        return 0;
    if (!buffer || size == 0 || !format) {
        if (buffer && size)
            buffer[0] = 0;
        return CRT_FORMAT_INVALID;
    }
    struct store store = {.bytes = (char *)buffer,
                          .unit = sizeof(wchar_t),
                          .room = secure_room(size, count),
                          .stop_at_full = true};
    return finish_s(&store, size, count, crt_format_wide(store_put, &store, options, format, args));
}
