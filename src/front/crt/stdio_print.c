/* SPDX-License-Identifier: MIT */
/* stdio_print.c - the printf family: into streams and into buffers, narrow and wide.
 *
 * Text for a stream is gathered in pieces, so that an unbuffered one is not written by the
 * character. msvcrt's functions use its wide specifiers; ucrt's inline headers say with options
 * what they want. Doc: "printf, wprintf", "__stdio_common_vfprintf" (public ucrt headers).
 * Differs: locales are "C"; positional parameters (_p) are absent.
 */
#include <string.h>

#include "crt_internal.h"

#define UCRT_OLD_TERMINATION 0x01u
#define UCRT_SNPRINTF        0x02u
#define UCRT_OLD_WIDE        0x04u
#define UCRT_OLD_EXPONENTS   0x10u

static unsigned options_of(uint64_t ucrt)
{
    return (ucrt & UCRT_OLD_WIDE ? 0 : CRT_FORMAT_ISO_WIDE) |
           (ucrt & UCRT_OLD_EXPONENTS ? CRT_FORMAT_OLD_FLOAT : 0);
}

/* What the caller's rules-broken answers mean outside: -1 and errno. */
static int answer(int result)
{
    if (result == CRT_FORMAT_OVERFLOW)
        crt_invalid(ERANGE);
    else if (result == CRT_FORMAT_INVALID)
        crt_invalid(EINVAL);
    return result < 0 ? -1 : result;
}

/* ---- into streams ---------------------------------------------------------------------------- */

struct gather {
    struct stream *stream;
    size_t filled;
    char text[512];
    bool failed;
};

static int gather_out(struct gather *gather)
{
    if (gather->filled &&
        stream_write(gather->stream, gather->text, gather->filled) != gather->filled)
        gather->failed = true;
    gather->filled = 0;
    return gather->failed;
}

static int gather_put(void *context, const void *chars, size_t count)
{
    struct gather *gather = context;
    const char *from = chars;
    while (count) {
        size_t piece = sizeof gather->text - gather->filled;
        if (!piece) {
            if (gather_out(gather))
                return 1;
            continue;
        }
        piece = count < piece ? count : piece;
        memcpy(gather->text + gather->filled, from, piece);
        gather->filled += piece;
        from += piece;
        count -= piece;
    }
    return gather->failed;
}

static int put_wide(void *context, const void *chars, size_t count)
{
    return stream_put_wide(context, chars, count);
}

static int stream_print(struct stream *stream, unsigned options, const char *format,
                        __builtin_ms_va_list args)
{
    struct gather gather;
    if (!stream || !format)
        return crt_invalid(EINVAL), -1;
    gather.stream = stream;
    gather.filled = 0;
    gather.failed = false;
    stream_lock(stream);
    int result = crt_format(gather_put, &gather, options, format, args);
    if (gather_out(&gather))
        result = CRT_FORMAT_FAILED;
    stream_unlock(stream);
    return answer(result);
}

static int stream_print_wide(struct stream *stream, unsigned options, const wchar_t *format,
                             __builtin_ms_va_list args)
{
    if (!stream || !format)
        return crt_invalid(EINVAL), -1;
    stream_lock(stream);
    int result = crt_format_wide(put_wide, stream, options, format, args);
    stream_unlock(stream);
    return answer(result);
}

#define STREAM_PRINT(name, function, params, stream, options, type, last) \
    CRT(int, name, params)                                                \
    {                                                                     \
        __builtin_ms_va_list args;                                        \
        __builtin_ms_va_start(args, last);                                \
        int result = function(stream, options, (const type *)last, args); \
        __builtin_ms_va_end(args);                                        \
        return result;                                                    \
    }

/* msvcrt.dll prints doubles with three digits of exponent; ucrt does not come this way. */
STREAM_PRINT(msvcrt_printf, stream_print, (const char *format, ...), STREAM_OUT,
             CRT_FORMAT_OLD_FLOAT, char, format)
STREAM_PRINT(msvcrt_fprintf, stream_print, (struct stream * stream, const char *format, ...),
             stream, CRT_FORMAT_OLD_FLOAT, char, format)
STREAM_PRINT(msvcrt_wprintf, stream_print_wide, (const wchar_t *format, ...), STREAM_OUT,
             CRT_FORMAT_OLD_FLOAT, wchar_t, format)
STREAM_PRINT(msvcrt_fwprintf, stream_print_wide,
             (struct stream * stream, const wchar_t *format, ...), stream, CRT_FORMAT_OLD_FLOAT,
             wchar_t, format)

CRT(int, msvcrt_vprintf, (const char *format, __builtin_ms_va_list args))
{
    return stream_print(STREAM_OUT, CRT_FORMAT_OLD_FLOAT, format, args);
}

CRT(int, msvcrt_vfprintf, (struct stream * stream, const char *format, __builtin_ms_va_list args))
{
    return stream_print(stream, CRT_FORMAT_OLD_FLOAT, format, args);
}

CRT(int, msvcrt_vwprintf, (const wchar_t *format, __builtin_ms_va_list args))
{
    return stream_print_wide(STREAM_OUT, CRT_FORMAT_OLD_FLOAT, format, args);
}

CRT(int, msvcrt_vfwprintf,
    (struct stream * stream, const wchar_t *format, __builtin_ms_va_list args))
{
    return stream_print_wide(stream, CRT_FORMAT_OLD_FLOAT, format, args);
}

CRT(int, ucrt___stdio_common_vfprintf,
    (uint64_t options, struct stream *stream, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    return stream_print(stream, options_of(options), format, args);
}

CRT(int, ucrt___stdio_common_vfwprintf,
    (uint64_t options, struct stream *stream, const wchar_t *format, void *locale,
     __builtin_ms_va_list args))
{
    return stream_print_wide(stream, options_of(options), format, args);
}

/* The _s forms refuse what the others print; bad formats are refused by both here. */
CRT(int, ucrt___stdio_common_vfprintf_s,
    (uint64_t options, struct stream *stream, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    return stream_print(stream, options_of(options), format, args);
}

CRT(int, ucrt___stdio_common_vfwprintf_s,
    (uint64_t options, struct stream *stream, const wchar_t *format, void *locale,
     __builtin_ms_va_list args))
{
    return stream_print_wide(stream, options_of(options), format, args);
}

/* On the console: standard output, at once. */
CRT(int, ucrt___conio_common_vcprintf,
    (uint64_t options, const char *format, void *locale, __builtin_ms_va_list args))
{
    int result = stream_print(STREAM_OUT, options_of(options), format, args);
    stream_lock(STREAM_OUT);
    stream_flush(STREAM_OUT);
    stream_unlock(STREAM_OUT);
    return result;
}

CRT(int, msvcrt__cprintf, (const char *format, ...))
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result =
        ucrt___conio_common_vcprintf(UCRT_OLD_WIDE | UCRT_OLD_EXPONENTS, format, NULL, args);
    __builtin_ms_va_end(args);
    return result;
}

/* ---- ucrt, into buffers ---------------------------------------------------------------------- */

CRT(int, ucrt___stdio_common_vsprintf,
    (uint64_t options, char *buffer, size_t count, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    unsigned how = options_of(options);
    if (!format || (!buffer && count))
        return crt_invalid(EINVAL), -1;
    if (options & UCRT_OLD_TERMINATION)
        return answer(crt_vsnprintf_ms(buffer, count, how, format, args));
    int length = crt_vsnprintf_c99(buffer, count, how, format, args);
    bool is_cut = length >= 0 && buffer && (size_t)length >= count;
    return is_cut && !(options & UCRT_SNPRINTF) ? -1 : answer(length);
}

CRT(int, ucrt___stdio_common_vswprintf,
    (uint64_t options, wchar_t *buffer, size_t count, const wchar_t *format, void *locale,
     __builtin_ms_va_list args))
{
    unsigned how = options_of(options);
    if (!format || (!buffer && count))
        return crt_invalid(EINVAL), -1;
    if (options & UCRT_OLD_TERMINATION)
        return answer(crt_vsnwprintf_ms(buffer, count, how, format, args));
    return answer(crt_vswprintf_c99(buffer, count, how, format, args));
}

CRT(int, ucrt___stdio_common_vsprintf_s,
    (uint64_t options, char *buffer, size_t size, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    return answer(crt_vsnprintf_s(buffer, size, CRT_NO_LIMIT, options_of(options), format, args));
}

CRT(int, ucrt___stdio_common_vswprintf_s,
    (uint64_t options, wchar_t *buffer, size_t size, const wchar_t *format, void *locale,
     __builtin_ms_va_list args))
{
    return answer(crt_vsnwprintf_s(buffer, size, CRT_NO_LIMIT, options_of(options), format, args));
}

CRT(int, ucrt___stdio_common_vsnprintf_s,
    (uint64_t options, char *buffer, size_t size, size_t count, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    return answer(crt_vsnprintf_s(buffer, size, count, options_of(options), format, args));
}

CRT(int, ucrt___stdio_common_vsnwprintf_s,
    (uint64_t options, wchar_t *buffer, size_t size, size_t count, const wchar_t *format,
     void *locale, __builtin_ms_va_list args))
{
    return answer(crt_vsnwprintf_s(buffer, size, count, options_of(options), format, args));
}
