/* SPDX-License-Identifier: MIT */
/* string.c - 8-bit text where the shared room has no exported form: what keeps state or errno.
 *
 * The plain functions (strlen, memcpy, the _s forms …) are src/crt's *_ddi.c, named in the
 * tables. Doc: "String manipulation", a page by name. Differs: "C" locale, UTF-8.
 */
#include <string.h>

#include "crt_internal.h"

CRT(char *, ucrt_strtok, (char *text, const char *delimiters))
{
    return crt_strtok(text, delimiters, &crt_thread()->token);
}

CRT(wchar_t *, ucrt_wcstok, (wchar_t * text, const wchar_t *delimiters, wchar_t **context))
{
    return crt_wcstok(text, delimiters, context ? context : &crt_thread()->wide_token);
}

CRT(wchar_t *, msvcrt_wcstok, (wchar_t * text, const wchar_t *delimiters))
{
    return crt_wcstok(text, delimiters, &crt_thread()->wide_token);
}

CRT(char *, ucrt__strdup, (const char *text))
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = size ? heap_take(size) : NULL;
    if (!copy)
        return text ? (crt_fail(ENOMEM), NULL) : NULL;
    return memcpy(copy, text, size);
}

CRT(wchar_t *, ucrt__wcsdup, (const wchar_t *text))
{
    size_t size = text ? (crt_wcslen(text) + 1) * sizeof *text : 0;
    wchar_t *copy = size ? heap_take(size) : NULL;
    if (!copy)
        return text ? (crt_fail(ENOMEM), NULL) : NULL;
    return memcpy(copy, text, size);
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

CRT(int, ucrt_strcoll, (const char *a, const char *b))
{
    return sign(strcmp(a, b));
}

CRT(int, ucrt_strncoll, (const char *a, const char *b, size_t count))
{
    return sign(strncmp(a, b, count));
}

CRT(int, ucrt_wcscoll, (const wchar_t *a, const wchar_t *b))
{
    return crt_wcscmp(a, b);
}

CRT(size_t, ucrt_strxfrm, (char *to, const char *from, size_t count))
{
    size_t length = strlen(from);
    if (to && count)
        memcpy(to, from, length < count ? length + 1 : count);
    return length;
}

CRT(size_t, ucrt_wcsxfrm, (wchar_t * to, const wchar_t *from, size_t count))
{
    size_t length = crt_wcslen(from);
    if (to && count)
        memcpy(to, from, (length < count ? length + 1 : count) * sizeof *to);
    return length;
}

/* The ones with a locale behind: it is always the same. */
CRT(int, ucrt__stricmp_l, (const char *a, const char *b, void *locale))
{
    return crt_stricmp(a, b);
}

CRT(int, ucrt__wcsicmp_l, (const wchar_t *a, const wchar_t *b, void *locale))
{
    return crt_wcsicmp(a, b);
}

CRT(size_t, ucrt_strnlen, (const char *text, size_t limit))
{
    return crt_strnlen(text, limit);
}

CRT(void, ucrt__swab, (char *from, char *to, int count))
{
    for (int i = 0; i + 1 < count; i += 2) {
        char low = from[i], high = from[i + 1];
        to[i] = high;
        to[i + 1] = low;
    }
}

/* ---- characters ------------------------------------------------------------------------------ */

CRT(int, ucrt__isctype, (int c, int classes))
{
    return crt_is(c, (unsigned)classes);
}

CRT(int, ucrt_isblank, (int c))
{
    return c == ' ' || c == '\t';
}

CRT(int, ucrt___isascii, (int c))
{
    return (unsigned)c < 0x80;
}

CRT(int, ucrt___toascii, (int c))
{
    return c & 0x7f;
}

CRT(int, ucrt___iscsym, (int c))
{
    return c == '_' || crt_is(c, CRT_ALPHA | CRT_DIGIT);
}

CRT(int, ucrt___iscsymf, (int c))
{
    return c == '_' || crt_is(c, CRT_ALPHA);
}

#define WIDE_CLASS(name, classes)                 \
    CRT(int, name, (wchar_t c))                   \
    {                                             \
        return c < 0x80 ? crt_is(c, classes) : 0; \
    }

WIDE_CLASS(ucrt_iswcntrl, CRT_CONTROL)
WIDE_CLASS(ucrt_iswgraph, CRT_PUNCT | CRT_ALPHA | CRT_DIGIT)
WIDE_CLASS(ucrt_iswlower, CRT_LOWER)
WIDE_CLASS(ucrt_iswprint, CRT_PUNCT | CRT_ALPHA | CRT_DIGIT | CRT_BLANK)
WIDE_CLASS(ucrt_iswpunct, CRT_PUNCT)
WIDE_CLASS(ucrt_iswupper, CRT_UPPER)
WIDE_CLASS(ucrt_iswblank, CRT_BLANK)
WIDE_CLASS(ucrt_iswascii, 0xffff)

CRT(int, ucrt_isleadbyte, (int c))
{
    return 0; /* as in code page 65001 on Windows */
}

CRT(int, ucrt__tolower, (int c))
{
    return c + ('a' - 'A'); /* only for upper-case letters */
}

CRT(int, ucrt__toupper, (int c))
{
    return c - ('a' - 'A');
}

/* _pctype: bits of the characters -1 to 255; the table is what inline isalpha reads. */
static uint16_t classes[257];
uint16_t *ucrt__pctype = classes + 1;
const uint16_t *ucrt__pwctype = classes + 1;

void ctype_init(void)
{
    for (int c = 0; c < 256; c++)
        classes[c + 1] = (uint16_t)crt_class(c);
}

CRT(const uint16_t *, ucrt___pctype_func, (void))
{
    return ucrt__pctype;
}

CRT(const uint16_t *, ucrt___pwctype_func, (void))
{
    return ucrt__pwctype;
}
