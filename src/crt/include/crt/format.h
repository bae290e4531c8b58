/* SPDX-License-Identifier: MIT */
/* crt/format.h - printf as Microsoft's run-time means it, for char and 16-bit characters.
 *
 * Goes in: a format and the caller's Windows-convention argument list. Comes out: characters
 * through a sink, or in a buffer with the exact return values of each Microsoft function.
 * Rules of use: no allocation, no state; %n is refused (-1); narrow text is UTF-8 where a
 * wide argument must become narrow or the reverse.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Options of crt_format and crt_format_wide. 0 is what ntoskrnl and msvcrt do. */
#define CRT_FORMAT_ISO_WIDE  0x1u /* wide functions: %s and %c take char, as C99 says */
#define CRT_FORMAT_OLD_FLOAT 0x2u /* three exponent digits, 1.#INF and 1.#QNAN (msvcrt.dll) */

/* Results below zero. -1 is all that most callers pass on. */
#define CRT_FORMAT_FAILED   (-1) /* truncated, or the sink refused */
#define CRT_FORMAT_OVERFLOW (-2) /* _s family: does not fit; the caller raises ERANGE */
#define CRT_FORMAT_INVALID  (-3) /* bad format or parameter; the caller raises EINVAL */

/* Takes count characters of the format's width; nonzero stops the formatting. */
typedef int crt_put(void *context, const void *chars, size_t count);

/* Formats into a sink.
 *
 * Errors:  CRT_FORMAT_FAILED when put refused, CRT_FORMAT_INVALID for %n, a width or precision
 *          beyond INT_MAX or a result longer than that; else the length. An unknown conversion
 *          prints its own letter, as msvcrt does
 * Doc:     "Format specification syntax: printf and wprintf functions"; UNICODE_STRING (%wZ)
 * Differs: narrow text is UTF-8 rather than an ANSI code page
 */
int crt_format(crt_put *put, void *context, unsigned options, const char *format,
               __builtin_ms_va_list args);
int crt_format_wide(crt_put *put, void *context, unsigned options, const wchar_t *format,
                    __builtin_ms_va_list args);

/* _vsnprintf, _vsnwprintf: length when it fits; no terminator when exactly full; -1 when cut.
 * A null buffer with count 0 counts. */
int crt_vsnprintf_ms(char *buffer, size_t count, unsigned options, const char *format,
                     __builtin_ms_va_list args);
int crt_vsnwprintf_ms(wchar_t *buffer, size_t count, unsigned options, const wchar_t *format,
                      __builtin_ms_va_list args);

/* vsnprintf of C99: always terminated (count > 0), returns the full length even when cut. The
 * wide one is vswprintf's way: always terminated, -1 when cut; a null buffer with count 0 counts.
 */
int crt_vsnprintf_c99(char *buffer, size_t count, unsigned options, const char *format,
                      __builtin_ms_va_list args);
int crt_vswprintf_c99(wchar_t *buffer, size_t count, unsigned options, const wchar_t *format,
                      __builtin_ms_va_list args);

/* The *printf_s family. size is the buffer's capacity, count the most characters to store, or
 * CRT_TRUNCATE for "as many as fit". Returns the length; CRT_FORMAT_FAILED when cut at count
 * (the text so far stays, terminated); CRT_FORMAT_OVERFLOW or _INVALID with the buffer emptied.
 * vsprintf_s(buffer, size, …) is crt_vsnprintf_s(buffer, size, CRT_NO_LIMIT, …). */
#define CRT_TRUNCATE ((size_t)-1)
#define CRT_NO_LIMIT ((size_t)-2)
int crt_vsnprintf_s(char *buffer, size_t size, size_t count, unsigned options, const char *format,
                    __builtin_ms_va_list args);
int crt_vsnwprintf_s(wchar_t *buffer, size_t size, size_t count, unsigned options,
                     const wchar_t *format, __builtin_ms_va_list args);

/* _vscprintf, _vscwprintf: the length alone. */
int crt_vscprintf(unsigned options, const char *format, __builtin_ms_va_list args);
int crt_vscwprintf(unsigned options, const wchar_t *format, __builtin_ms_va_list args);
