/* SPDX-License-Identifier: MIT */
/* crt/scan.h - scanf as Microsoft's run-time means it, for char and 16-bit characters.
 *
 * Characters come from a source that can take one back; assigned values go where the
 * Windows-convention argument list points. No allocation, no state.
 */
#pragma once

#include <stddef.h>

#define CRT_SCAN_SECURE   0x1u /* %c %s %[ are followed by an unsigned capacity */
#define CRT_SCAN_ISO_WIDE 0x2u /* wide functions: %s stores char, as C99 says */
#define CRT_SCAN_EOF      (-1)

/* get returns the next character or CRT_SCAN_EOF; unget gives the last one back. */
struct crt_source {
    int (*get)(void *context);
    void (*unget)(void *context, int character);
    void *context;
};

/* Scans; returns the number of values stored, or CRT_SCAN_EOF when input ended before the first
 * conversion. A buffer that is too small (secure) is emptied and ends the scan.
 *
 * Doc:     "Format specification fields: scanf and wscanf functions", "scanf type field characters"
 */
int crt_scan(const struct crt_source *source, unsigned options, const char *format,
             __builtin_ms_va_list args);
int crt_scan_wide(const struct crt_source *source, unsigned options, const wchar_t *format,
                  __builtin_ms_va_list args);

/* The same over a string of at most limit characters that ends at its terminator. */
int crt_vsscanf(const char *text, size_t limit, unsigned options, const char *format,
                __builtin_ms_va_list args);
int crt_vswscanf(const wchar_t *text, size_t limit, unsigned options, const wchar_t *format,
                 __builtin_ms_va_list args);
