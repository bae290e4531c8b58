/* SPDX-License-Identifier: MIT */
/* string.c - 8-bit strings: what the native C library lacks or does by its own locale.
 *
 * The _s functions check as documented: a null or zero-sized destination leaves everything
 * alone, any other failure empties the destination.
 */
#include "crt/string.h"

#include <stdint.h>
#include <string.h>

size_t crt_strnlen(const char *text, size_t limit)
{
    return strnlen(text, limit);
}

int crt_strnicmp(const char *a, const char *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int x = crt_tolower((unsigned char)a[i]);
        int y = crt_tolower((unsigned char)b[i]);
        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            break;
    }
    return 0;
}

int crt_stricmp(const char *a, const char *b)
{
    return crt_strnicmp(a, b, SIZE_MAX);
}

char *crt_strlwr(char *text)
{
    for (char *p = text; *p; p++)
        *p = (char)crt_tolower((unsigned char)*p);
    return text;
}

char *crt_strupr(char *text)
{
    for (char *p = text; *p; p++)
        *p = (char)crt_toupper((unsigned char)*p);
    return text;
}

char *crt_strrev(char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n / 2; i++) {
        char c = text[i];
        text[i] = text[n - 1 - i];
        text[n - 1 - i] = c;
    }
    return text;
}

char *crt_strtok(char *text, const char *delimiters, char **context)
{
    char *at = text ? text : *context;
    if (!at)
        return NULL;
    at += strspn(at, delimiters);
    if (!*at) {
        *context = at;
        return NULL;
    }
    char *end = at + strcspn(at, delimiters);
    if (*end)
        *end++ = 0;
    *context = end;
    return at;
}

#define CHARACTER char
#define LENGTH    strnlen
#include "string_bounded.h"

int crt_strncpy_s(char *to, size_t size, const char *from, size_t count)
{
    return copy_s(to, size, from, count);
}

int crt_strncat_s(char *to, size_t size, const char *from, size_t count)
{
    return concatenate_s(to, size, from, count);
}

int crt_strcpy_s(char *to, size_t size, const char *from)
{
    return crt_strncpy_s(to, size, from, WHOLE);
}

int crt_strcat_s(char *to, size_t size, const char *from)
{
    return crt_strncat_s(to, size, from, WHOLE);
}

int crt_memcpy_s(void *to, size_t size, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to)
        return CRT_EINVAL;
    if (!from || size < count) {
        memset(to, 0, size);
        return from ? CRT_ERANGE : CRT_EINVAL;
    }
    memcpy(to, from, count);
    return 0;
}

int crt_memmove_s(void *to, size_t size, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to || !from)
        return CRT_EINVAL;
    if (size < count)
        return CRT_ERANGE;
    memmove(to, from, count);
    return 0;
}
