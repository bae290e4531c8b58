/* SPDX-License-Identifier: MIT */
/* stdio_scan.c - the scanf family: from streams and strings, narrow and wide.
 *
 * Doc: "scanf, wscanf", "__stdio_common_vfscanf" (public ucrt headers). Differs: "C" locale.
 */
#include "crt/scan.h"
#include "crt_internal.h"

#define UCRT_SECURE   0x1u
#define UCRT_OLD_WIDE 0x2u

static unsigned options_of(uint64_t ucrt)
{
    return (ucrt & UCRT_SECURE ? CRT_SCAN_SECURE : 0) |
           (ucrt & UCRT_OLD_WIDE ? 0 : CRT_SCAN_ISO_WIDE);
}

static int narrow_get(void *context)
{
    return stream_get(context);
}

static void narrow_unget(void *context, int character)
{
    stream_unget(context, character);
}

static int wide_get(void *context)
{
    wchar_t c = stream_get_wide(context);
    return c == (wchar_t)0xffff ? CRT_SCAN_EOF : c;
}

static void wide_unget(void *context, int character)
{
    stream_unget_wide(context, (wchar_t)character);
}

static int stream_scan(struct stream *stream, unsigned options, const char *format,
                       __builtin_ms_va_list args)
{
    struct crt_source source = {narrow_get, narrow_unget, stream};
    if (!stream || !format)
        return crt_invalid(EINVAL), CRT_EOF;
    stream_lock(stream);
    int count = crt_scan(&source, options, format, args);
    stream_unlock(stream);
    return count;
}

static int stream_scan_wide(struct stream *stream, unsigned options, const wchar_t *format,
                            __builtin_ms_va_list args)
{
    struct crt_source source = {wide_get, wide_unget, stream};
    if (!stream || !format)
        return crt_invalid(EINVAL), CRT_EOF;
    stream_lock(stream);
    int count = crt_scan_wide(&source, options, format, args);
    stream_unlock(stream);
    return count;
}

static int text_scan(const char *text, size_t limit, unsigned options, const char *format,
                     __builtin_ms_va_list args)
{
    if (!text || !format)
        return crt_invalid(EINVAL), CRT_EOF;
    return crt_vsscanf(text, limit, options, format, args);
}

static int text_scan_wide(const wchar_t *text, size_t limit, unsigned options,
                          const wchar_t *format, __builtin_ms_va_list args)
{
    if (!text || !format)
        return crt_invalid(EINVAL), CRT_EOF;
    return crt_vswscanf(text, limit, options, format, args);
}

#define SCAN(name, params, call)             \
    CRT(int, name, params)                   \
    {                                        \
        __builtin_ms_va_list args;           \
        __builtin_ms_va_start(args, format); \
        int count = call;                    \
        __builtin_ms_va_end(args);           \
        return count;                        \
    }

SCAN(msvcrt_scanf, (const char *format, ...), stream_scan(STREAM_IN, 0, format, args))
SCAN(msvcrt_scanf_s, (const char *format, ...),
     stream_scan(STREAM_IN, CRT_SCAN_SECURE, format, args))
SCAN(msvcrt_fscanf, (struct stream * stream, const char *format, ...),
     stream_scan(stream, 0, format, args))
SCAN(msvcrt_fscanf_s, (struct stream * stream, const char *format, ...),
     stream_scan(stream, CRT_SCAN_SECURE, format, args))
SCAN(msvcrt_sscanf, (const char *text, const char *format, ...),
     text_scan(text, SIZE_MAX, 0, format, args))
SCAN(msvcrt_sscanf_s, (const char *text, const char *format, ...),
     text_scan(text, SIZE_MAX, CRT_SCAN_SECURE, format, args))
SCAN(msvcrt__snscanf, (const char *text, size_t count_most, const char *format, ...),
     text_scan(text, count_most, 0, format, args))
SCAN(msvcrt__snscanf_s, (const char *text, size_t count_most, const char *format, ...),
     text_scan(text, count_most, CRT_SCAN_SECURE, format, args))
SCAN(msvcrt_wscanf, (const wchar_t *format, ...), stream_scan_wide(STREAM_IN, 0, format, args))
SCAN(msvcrt_wscanf_s, (const wchar_t *format, ...),
     stream_scan_wide(STREAM_IN, CRT_SCAN_SECURE, format, args))
SCAN(msvcrt_fwscanf, (struct stream * stream, const wchar_t *format, ...),
     stream_scan_wide(stream, 0, format, args))
SCAN(msvcrt_fwscanf_s, (struct stream * stream, const wchar_t *format, ...),
     stream_scan_wide(stream, CRT_SCAN_SECURE, format, args))
SCAN(msvcrt_swscanf, (const wchar_t *text, const wchar_t *format, ...),
     text_scan_wide(text, SIZE_MAX, 0, format, args))
SCAN(msvcrt_swscanf_s, (const wchar_t *text, const wchar_t *format, ...),
     text_scan_wide(text, SIZE_MAX, CRT_SCAN_SECURE, format, args))

CRT(int, ucrt___stdio_common_vfscanf,
    (uint64_t options, struct stream *stream, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    return stream_scan(stream, options_of(options), format, args);
}

CRT(int, ucrt___stdio_common_vfwscanf,
    (uint64_t options, struct stream *stream, const wchar_t *format, void *locale,
     __builtin_ms_va_list args))
{
    return stream_scan_wide(stream, options_of(options), format, args);
}

CRT(int, ucrt___stdio_common_vsscanf,
    (uint64_t options, const char *text, size_t count, const char *format, void *locale,
     __builtin_ms_va_list args))
{
    return text_scan(text, count, options_of(options), format, args);
}

CRT(int, ucrt___stdio_common_vswscanf,
    (uint64_t options, const wchar_t *text, size_t count, const wchar_t *format, void *locale,
     __builtin_ms_va_list args))
{
    return text_scan_wide(text, count, options_of(options), format, args);
}
