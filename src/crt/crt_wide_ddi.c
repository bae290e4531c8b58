/* SPDX-License-Identifier: MIT */
/* crt_wide_ddi.c - 16-bit string functions for drivers, and the conversions between widths.
 *
 * IRQL: any, as long as the memory is resident. Doc: the C run-time reference, page by name.
 * Differs: multibyte text is UTF-8; the _s functions return their error, without a handler.
 */
#include "crt_ddi.h"

#include "crt/string.h"
#include "crt/utf.h"

DDI(size_t, ddi_wcslen, (const wchar_t *text))
{
    return crt_wcslen(text);
}

DDI(size_t, ddi_wcsnlen, (const wchar_t *text, size_t limit))
{
    return crt_wcsnlen(text, limit);
}

DDI(wchar_t *, ddi_wcscpy, (wchar_t * to, const wchar_t *from))
{
    return crt_wcscpy(to, from);
}

DDI(wchar_t *, ddi_wcsncpy, (wchar_t * to, const wchar_t *from, size_t count))
{
    return crt_wcsncpy(to, from, count);
}

DDI(wchar_t *, ddi_wcscat, (wchar_t * to, const wchar_t *from))
{
    return crt_wcscat(to, from);
}

DDI(wchar_t *, ddi_wcsncat, (wchar_t * to, const wchar_t *from, size_t count))
{
    return crt_wcsncat(to, from, count);
}

DDI(int, ddi_wcscmp, (const wchar_t *a, const wchar_t *b))
{
    return crt_wcscmp(a, b);
}

DDI(int, ddi_wcsncmp, (const wchar_t *a, const wchar_t *b, size_t count))
{
    return crt_wcsncmp(a, b, count);
}

DDI(wchar_t *, ddi_wcschr, (const wchar_t *text, wchar_t c))
{
    return crt_wcschr(text, c);
}

DDI(wchar_t *, ddi_wcsrchr, (const wchar_t *text, wchar_t c))
{
    return crt_wcsrchr(text, c);
}

DDI(wchar_t *, ddi_wcsstr, (const wchar_t *text, const wchar_t *part))
{
    return crt_wcsstr(text, part);
}

DDI(size_t, ddi_wcsspn, (const wchar_t *text, const wchar_t *set))
{
    return crt_wcsspn(text, set);
}

DDI(size_t, ddi_wcscspn, (const wchar_t *text, const wchar_t *set))
{
    return crt_wcscspn(text, set);
}

DDI(int, ddi__wcsicmp, (const wchar_t *a, const wchar_t *b))
{
    return crt_wcsicmp(a, b);
}

DDI(int, ddi__wcsnicmp, (const wchar_t *a, const wchar_t *b, size_t count))
{
    return crt_wcsnicmp(a, b, count);
}

DDI(wchar_t *, ddi__wcslwr, (wchar_t * text))
{
    return crt_wcslwr(text);
}

DDI(wchar_t *, ddi__wcsupr, (wchar_t * text))
{
    return crt_wcsupr(text);
}

DDI(wchar_t *, ddi__wcsrev, (wchar_t * text))
{
    return crt_wcsrev(text);
}

DDI(wchar_t *, ddi__wcsnset, (wchar_t * text, wchar_t c, size_t count))
{
    return crt_wmemset(text, c, crt_wcsnlen(text, count));
}

DDI(int, ddi_wcscpy_s, (wchar_t * to, size_t size, const wchar_t *from))
{
    return crt_wcscpy_s(to, size, from);
}

DDI(int, ddi_wcsncpy_s, (wchar_t * to, size_t size, const wchar_t *from, size_t count))
{
    return crt_wcsncpy_s(to, size, from, count);
}

DDI(int, ddi_wcscat_s, (wchar_t * to, size_t size, const wchar_t *from))
{
    return crt_wcscat_s(to, size, from);
}

DDI(int, ddi_wcsncat_s, (wchar_t * to, size_t size, const wchar_t *from, size_t count))
{
    return crt_wcsncat_s(to, size, from, count);
}

DDI(size_t, ddi_mbstowcs, (wchar_t * to, const char *from, size_t count))
{
    return crt_mbstowcs(to, from, count);
}

DDI(size_t, ddi_wcstombs, (char *to, const wchar_t *from, size_t count))
{
    return crt_wcstombs(to, from, count);
}

DDI(int, ddi_mbtowc, (wchar_t * to, const char *from, size_t count))
{
    if (!from || count == 0)
        return 0;
    wchar_t c[2];
    struct crt_utf r = crt_utf8_to_utf16(from, count < 3 ? count : 3, 0, c, 1);
    if (r.written == 0 || (r.replaced && r.consumed))
        return -1;
    /* One character only: see how long it is by what its lead byte says. */
    unsigned char lead = (unsigned char)from[0];
    if (to)
        *to = c[0];
    return lead == 0 ? 0 : lead < 0x80 ? 1 : lead < 0xe0 ? 2 : 3;
}

DDI(int, ddi_wctomb, (char *to, wchar_t c))
{
    if (!to)
        return 0;
    struct crt_utf r = crt_utf16_to_utf8(&c, 1, 0, to, 4);
    return r.replaced ? -1 : (int)r.written;
}

DDI(wchar_t *, ddi_wcspbrk, (const wchar_t *text, const wchar_t *set))
{
    return crt_wcspbrk(text, set);
}

DDI(wchar_t *, ddi_wcstok_s, (wchar_t * text, const wchar_t *delimiters, wchar_t **context))
{
    if (!delimiters || !context)
        return NULL;
    return crt_wcstok(text, delimiters, context);
}

/* The length of a string that must end within size; else it is emptied and the error is it. */
static int measure_s(wchar_t *text, size_t size, size_t *out_length)
{
    if (!text || size == 0)
        return CRT_EINVAL;
    *out_length = crt_wcsnlen(text, size);
    if (*out_length < size)
        return 0;
    text[0] = 0;
    return CRT_EINVAL;
}

DDI(int, ddi__wcslwr_s, (wchar_t * text, size_t size))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        crt_wcslwr(text);
    return error;
}

DDI(int, ddi__wcsupr_s, (wchar_t * text, size_t size))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        crt_wcsupr(text);
    return error;
}

DDI(int, ddi__wcsset_s, (wchar_t * text, size_t size, wchar_t c))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        crt_wmemset(text, c, length);
    return error;
}

DDI(int, ddi__wcsnset_s, (wchar_t * text, size_t size, wchar_t c, size_t count))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        crt_wmemset(text, c, count < length ? count : length);
    return error;
}
