/* SPDX-License-Identifier: MIT */
/* scan_string.c - strings as the scanner's source, for sscanf and swscanf.
 *
 * The string ends at its terminator or at the caller's limit, whichever comes first.
 */
#include "crt/scan.h"

struct string_source {
    const char *narrow;
    const wchar_t *wide;
    size_t at;
    size_t limit;
};

static int string_get(void *context)
{
    struct string_source *string = context;
    if (string->at >= string->limit)
        return CRT_SCAN_EOF;
    int c = string->narrow ? (unsigned char)string->narrow[string->at] : string->wide[string->at];
    if (c == 0)
        return CRT_SCAN_EOF;
    string->at++;
    return c;
}

static void string_unget(void *context, int character)
{
    (void)character;
    ((struct string_source *)context)->at--;
}

int crt_vsscanf(const char *text, size_t limit, unsigned options, const char *format,
                __builtin_ms_va_list args)
{
    struct string_source string = {.narrow = text, .limit = limit};
    struct crt_source source = {string_get, string_unget, &string};
    return crt_scan(&source, options, format, args);
}

int crt_vswscanf(const wchar_t *text, size_t limit, unsigned options, const wchar_t *format,
                 __builtin_ms_va_list args)
{
    struct string_source string = {.wide = text, .limit = limit};
    struct crt_source source = {string_get, string_unget, &string};
    return crt_scan_wide(&source, options, format, args);
}
