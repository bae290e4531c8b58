/* SPDX-License-Identifier: MIT */
/* crt_string_ddi.c - 8-bit string functions for drivers.
 *
 * IRQL: any, as long as the memory is resident. Doc: the C run-time reference, page by name.
 * Differs: the _s functions return their error; there is no invalid-parameter handler.
 */
#include "crt_ddi.h"

#include "crt/string.h"

#include <string.h>

DDI(size_t, ddi_strlen, (const char *text))
{
    return strlen(text);
}

DDI(size_t, ddi_strnlen, (const char *text, size_t limit))
{
    return crt_strnlen(text, limit);
}

DDI(int, ddi_strcmp, (const char *a, const char *b))
{
    int r = strcmp(a, b);
    return (r > 0) - (r < 0);
}

DDI(int, ddi_strncmp, (const char *a, const char *b, size_t count))
{
    int r = strncmp(a, b, count);
    return (r > 0) - (r < 0);
}

DDI(char *, ddi_strcpy, (char *to, const char *from))
{
    return strcpy(to, from);
}

DDI(char *, ddi_strncpy, (char *to, const char *from, size_t count))
{
    size_t n = strnlen(from, count);
    memcpy(to, from, n);
    memset(to + n, 0, count - n);
    return to;
}

DDI(char *, ddi_strcat, (char *to, const char *from))
{
    return strcat(to, from);
}

DDI(char *, ddi_strncat, (char *to, const char *from, size_t count))
{
    char *end = to + strlen(to);
    size_t n = strnlen(from, count);
    memcpy(end, from, n);
    end[n] = 0;
    return to;
}

DDI(char *, ddi_strchr, (const char *text, int c))
{
    return strchr(text, c);
}

DDI(char *, ddi_strrchr, (const char *text, int c))
{
    return strrchr(text, c);
}

DDI(char *, ddi_strstr, (const char *text, const char *part))
{
    return strstr(text, part);
}

DDI(size_t, ddi_strspn, (const char *text, const char *set))
{
    return strspn(text, set);
}

DDI(char *, ddi_strtok_s, (char *text, const char *delimiters, char **context))
{
    if (!delimiters || !context)
        return NULL;
    return crt_strtok(text, delimiters, context);
}

DDI(int, ddi__stricmp, (const char *a, const char *b))
{
    return crt_stricmp(a, b);
}

DDI(int, ddi__strnicmp, (const char *a, const char *b, size_t count))
{
    return crt_strnicmp(a, b, count);
}

DDI(char *, ddi__strlwr, (char *text))
{
    return crt_strlwr(text);
}

DDI(char *, ddi__strupr, (char *text))
{
    return crt_strupr(text);
}

DDI(char *, ddi__strrev, (char *text))
{
    return crt_strrev(text);
}

DDI(char *, ddi__strset, (char *text, int c))
{
    return memset(text, c, strlen(text));
}

DDI(char *, ddi__strnset, (char *text, int c, size_t count))
{
    return memset(text, c, strnlen(text, count));
}

DDI(int, ddi_strcpy_s, (char *to, size_t size, const char *from))
{
    return crt_strcpy_s(to, size, from);
}

DDI(int, ddi_strncpy_s, (char *to, size_t size, const char *from, size_t count))
{
    return crt_strncpy_s(to, size, from, count);
}

DDI(int, ddi_strcat_s, (char *to, size_t size, const char *from))
{
    return crt_strcat_s(to, size, from);
}

DDI(int, ddi_strncat_s, (char *to, size_t size, const char *from, size_t count))
{
    return crt_strncat_s(to, size, from, count);
}

DDI(size_t, ddi_strcspn, (const char *text, const char *set))
{
    return strcspn(text, set);
}

DDI(char *, ddi_strpbrk, (const char *text, const char *set))
{
    return strpbrk(text, set);
}

/* The length of a string that must end within size; else it is emptied and the error is it. */
static int measure_s(char *text, size_t size, size_t *out_length)
{
    if (!text || size == 0)
        return CRT_EINVAL;
    *out_length = strnlen(text, size);
    if (*out_length < size)
        return 0;
    text[0] = 0;
    return CRT_EINVAL;
}

DDI(int, ddi__strlwr_s, (char *text, size_t size))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        crt_strlwr(text);
    return error;
}

DDI(int, ddi__strupr_s, (char *text, size_t size))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        crt_strupr(text);
    return error;
}

DDI(int, ddi__strset_s, (char *text, size_t size, int c))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        memset(text, c, length);
    return error;
}

DDI(int, ddi__strnset_s, (char *text, size_t size, int c, size_t count))
{
    size_t length;
    int error = measure_s(text, size, &length);
    if (!error)
        memset(text, c, count < length ? count : length);
    return error;
}
