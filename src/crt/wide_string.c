/* SPDX-License-Identifier: MIT */
/* wide_string.c - 16-bit strings: length, copies, comparison, search, and their _s forms.
 *
 * Characters are compared as unsigned 16-bit units.
 */
#include "crt/string.h"

#include <stdint.h>
#include <string.h>

size_t crt_wcslen(const wchar_t *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

size_t crt_wcsnlen(const wchar_t *text, size_t limit)
{
    size_t n = 0;
    while (n < limit && text[n])
        n++;
    return n;
}

wchar_t *crt_wcscpy(wchar_t *to, const wchar_t *from)
{
    memcpy(to, from, (crt_wcslen(from) + 1) * sizeof(wchar_t));
    return to;
}

wchar_t *crt_wcsncpy(wchar_t *to, const wchar_t *from, size_t count)
{
    size_t n = crt_wcsnlen(from, count);
    memcpy(to, from, n * sizeof(wchar_t));
    memset(to + n, 0, (count - n) * sizeof(wchar_t));
    return to;
}

wchar_t *crt_wcscat(wchar_t *to, const wchar_t *from)
{
    crt_wcscpy(to + crt_wcslen(to), from);
    return to;
}

wchar_t *crt_wcsncat(wchar_t *to, const wchar_t *from, size_t count)
{
    wchar_t *end = to + crt_wcslen(to);
    size_t n = crt_wcsnlen(from, count);
    memcpy(end, from, n * sizeof(wchar_t));
    end[n] = 0;
    return to;
}

int crt_wcsncmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
        if (a[i] == 0)
            break;
    }
    return 0;
}

int crt_wcscmp(const wchar_t *a, const wchar_t *b)
{
    return crt_wcsncmp(a, b, SIZE_MAX);
}

int crt_wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wchar_t x = crt_towlower(a[i]);
        wchar_t y = crt_towlower(b[i]);
        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            break;
    }
    return 0;
}

int crt_wcsicmp(const wchar_t *a, const wchar_t *b)
{
    return crt_wcsnicmp(a, b, SIZE_MAX);
}

wchar_t *crt_wcschr(const wchar_t *text, wchar_t c)
{
    for (;; text++) {
        if (*text == c)
            return (wchar_t *)text;
        if (*text == 0)
            return NULL;
    }
}

wchar_t *crt_wcsrchr(const wchar_t *text, wchar_t c)
{
    const wchar_t *found = NULL;
    for (;; text++) {
        if (*text == c)
            found = text;
        if (*text == 0)
            return (wchar_t *)found;
    }
}

wchar_t *crt_wcsstr(const wchar_t *text, const wchar_t *part)
{
    size_t n = crt_wcslen(part);
    if (n == 0)
        return (wchar_t *)text;
    for (; (text = crt_wcschr(text, part[0])) != NULL; text++)
        if (crt_wcsncmp(text, part, n) == 0)
            return (wchar_t *)text;
    return NULL;
}

/* The terminator is never in a set. */
static int in_set(const wchar_t *set, wchar_t c)
{
    return c != 0 && crt_wcschr(set, c) != NULL;
}

size_t crt_wcsspn(const wchar_t *text, const wchar_t *set)
{
    size_t n = 0;
    while (in_set(set, text[n]))
        n++;
    return n;
}

size_t crt_wcscspn(const wchar_t *text, const wchar_t *set)
{
    size_t n = 0;
    while (text[n] && !in_set(set, text[n]))
        n++;
    return n;
}

wchar_t *crt_wcspbrk(const wchar_t *text, const wchar_t *set)
{
    text += crt_wcscspn(text, set);
    return *text ? (wchar_t *)text : NULL;
}

wchar_t *crt_wcslwr(wchar_t *text)
{
    for (wchar_t *p = text; *p; p++)
        *p = crt_towlower(*p);
    return text;
}

wchar_t *crt_wcsupr(wchar_t *text)
{
    for (wchar_t *p = text; *p; p++)
        *p = crt_towupper(*p);
    return text;
}

wchar_t *crt_wcsrev(wchar_t *text)
{
    size_t n = crt_wcslen(text);
    for (size_t i = 0; i < n / 2; i++) {
        wchar_t c = text[i];
        text[i] = text[n - 1 - i];
        text[n - 1 - i] = c;
    }
    return text;
}

wchar_t *crt_wcstok(wchar_t *text, const wchar_t *delimiters, wchar_t **context)
{
    wchar_t *at = text ? text : *context;
    if (!at)
        return NULL;
    at += crt_wcsspn(at, delimiters);
    if (!*at) {
        *context = at;
        return NULL;
    }
    wchar_t *end = at + crt_wcscspn(at, delimiters);
    if (*end)
        *end++ = 0;
    *context = end;
    return at;
}

wchar_t *crt_wmemset(wchar_t *to, wchar_t c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = c;
    return to;
}

#define CHARACTER wchar_t
#define LENGTH    crt_wcsnlen
#include "string_bounded.h"

int crt_wcsncpy_s(wchar_t *to, size_t size, const wchar_t *from, size_t count)
{
    return copy_s(to, size, from, count);
}

int crt_wcsncat_s(wchar_t *to, size_t size, const wchar_t *from, size_t count)
{
    return concatenate_s(to, size, from, count);
}

int crt_wcscpy_s(wchar_t *to, size_t size, const wchar_t *from)
{
    return crt_wcsncpy_s(to, size, from, WHOLE);
}

int crt_wcscat_s(wchar_t *to, size_t size, const wchar_t *from)
{
    return crt_wcsncat_s(to, size, from, WHOLE);
}
