/* SPDX-License-Identifier: MIT */
/* environ.c - environment variables as C programs see them, narrow and wide.
 *
 * Two arrays, made when asked for from the process's block; a change goes into both and to the
 * process. Replaced strings stay: a program may hold what getenv gave it.
 * Doc: "getenv", "_putenv", "_dupenv_s", "getenv_s". Lock: lock (nobody holds it in a call out).
 */
#include <string.h>

#include "crt_internal.h"

char **ucrt__environ, **ucrt___initenv;
wchar_t **ucrt__wenviron, **ucrt___winitenv;

static RTL_SRWLOCK lock; /* guards: the arrays, not the strings */

void environ_init(void)
{
    ucrt__environ = ucrt___initenv = NULL;
    ucrt__wenviron = ucrt___winitenv = NULL;
}

bool environ_load_wide(void)
{
    bool is_there = true;
    srw_take_exclusive(&lock);
    if (!ucrt__wenviron) {
        const wchar_t *block = peb_current()->ProcessParameters->Environment, *at;
        size_t count = 0;
        for (at = block; at && *at; at += crt_wcslen(at) + 1)
            count++;
        wchar_t **made = heap_take((count + 1) * sizeof *made);
        count = 0;
        for (at = block; made && at && *at; at += crt_wcslen(at) + 1) {
            size_t size = (crt_wcslen(at) + 1) * sizeof *at;
            wchar_t *copy = *at == '=' ? NULL : heap_take(size); /* "=C:=…": not for programs */
            if (copy)
                made[count++] = memcpy(copy, at, size);
        }
        is_there = made;
        if (made)
            made[count] = NULL;
        ucrt__wenviron = ucrt___winitenv = made;
    }
    srw_give_exclusive(&lock);
    return is_there;
}

bool environ_load(void)
{
    if (!environ_load_wide())
        return false;
    bool is_there = true;
    srw_take_exclusive(&lock);
    if (!ucrt__environ) {
        size_t count = 0, kept = 0;
        while (ucrt__wenviron[count])
            count++;
        char **made = heap_take((count + 1) * sizeof *made);
        for (size_t i = 0; made && i < count; i++) {
            made[kept] = text_narrow(ucrt__wenviron[i]);
            kept += made[kept] != NULL;
        }
        is_there = made;
        if (made)
            made[kept] = NULL;
        ucrt__environ = ucrt___initenv = made;
    }
    srw_give_exclusive(&lock);
    return is_there;
}

/* ---- finding --------------------------------------------------------------------------------- */

static size_t find(const char *name, size_t length)
{
    size_t i = 0;
    for (; ucrt__environ[i]; i++) {
        if (!crt_strnicmp(ucrt__environ[i], name, length) && ucrt__environ[i][length] == '=')
            break;
    }
    return i;
}

static size_t find_wide(const wchar_t *name, size_t length)
{
    size_t i = 0;
    for (; ucrt__wenviron[i]; i++) {
        if (!crt_wcsnicmp(ucrt__wenviron[i], name, length) && ucrt__wenviron[i][length] == '=')
            break;
    }
    return i;
}

CRT(char *, ucrt_getenv, (const char *name))
{
    if (!name || !*name || !environ_load())
        return NULL;
    size_t length = strlen(name);
    srw_take_shared(&lock);
    char *found = ucrt__environ[find(name, length)];
    srw_give_shared(&lock);
    return found ? found + length + 1 : NULL;
}

CRT(wchar_t *, ucrt__wgetenv, (const wchar_t *name))
{
    if (!name || !*name || !environ_load_wide())
        return NULL;
    size_t length = crt_wcslen(name);
    srw_take_shared(&lock);
    wchar_t *found = ucrt__wenviron[find_wide(name, length)];
    srw_give_shared(&lock);
    return found ? found + length + 1 : NULL;
}

CRT(int, ucrt_getenv_s, (size_t *needed, char *buffer, size_t size, const char *name))
{
    if (!needed || (!buffer && size))
        return crt_invalid(EINVAL);
    const char *value = ucrt_getenv(name);
    *needed = value ? strlen(value) + 1 : 0;
    if (buffer && size)
        *buffer = 0;
    if (!value || !size)
        return 0;
    return *needed > size ? ERANGE : crt_strcpy_s(buffer, size, value);
}

CRT(int, ucrt__dupenv_s, (char **out, size_t *count, const char *name))
{
    if (!out || !name)
        return crt_invalid(EINVAL);
    const char *value = ucrt_getenv(name);
    size_t size = value ? strlen(value) + 1 : 0;
    *out = NULL;
    if (count)
        *count = size;
    if (!value)
        return 0;
    *out = heap_take(size);
    if (!*out)
        return crt_fail(ENOMEM), ENOMEM;
    memcpy(*out, value, size);
    return 0;
}

CRT(int, ucrt__wdupenv_s, (wchar_t * *out, size_t *count, const wchar_t *name))
{
    if (!out || !name)
        return crt_invalid(EINVAL);
    const wchar_t *value = ucrt__wgetenv(name);
    size_t chars = value ? crt_wcslen(value) + 1 : 0;
    *out = NULL;
    if (count)
        *count = chars;
    if (!value)
        return 0;
    *out = heap_take(chars * sizeof **out);
    if (!*out)
        return crt_fail(ENOMEM), ENOMEM;
    memcpy(*out, value, chars * sizeof **out);
    return 0;
}

/* ---- changing -------------------------------------------------------------------------------- */

/* Puts entry at place i of an array of pointers, or takes that place out when entry is NULL. */
static bool array_set(void ***array, size_t i, void *entry)
{
    void **at = *array;
    if (!entry) {
        while (at[i]) {
            at[i] = at[i + 1];
            i++;
        }
        return true;
    }
    if (!at[i]) {
        void **made = heap_take((i + 2) * sizeof *made);
        if (!made)
            return false;
        memcpy(made, at, i * sizeof *made);
        made[i + 1] = NULL;
        *array = at = made; /* the old one may be envp of main */
    }
    at[i] = entry;
    return true;
}

/* entry: "NAME=value", ours now; value empty takes the variable away. */
static int entry_set(wchar_t *entry)
{
    wchar_t *sign = crt_wcschr(entry, '=');
    if (!sign || sign == entry || !environ_load()) {
        heap_give(entry);
        return crt_fail(EINVAL);
    }
    bool is_removal = !sign[1], done = true;
    char *narrow = is_removal ? NULL : text_narrow(entry);
    if (!is_removal && !narrow) {
        heap_give(entry);
        return crt_fail(ENOMEM);
    }
    *sign = 0;
    SetEnvironmentVariableW(entry, is_removal ? NULL : sign + 1);
    char *name = text_narrow(entry);
    *sign = '=';
    srw_take_exclusive(&lock);
    size_t at_wide = find_wide(entry, (size_t)(sign - entry));
    size_t at = name ? find(name, strlen(name)) : 0;
    if (!name)
        done = false;
    else
        done = array_set((void ***)&ucrt__wenviron, at_wide, is_removal ? NULL : entry) &&
               array_set((void ***)&ucrt__environ, at, narrow);
    srw_give_exclusive(&lock);
    heap_give(name);
    if (is_removal)
        heap_give(entry);
    return done ? 0 : crt_fail(ENOMEM);
}

CRT(int, ucrt__wputenv, (const wchar_t *text))
{
    size_t size = text ? (crt_wcslen(text) + 1) * sizeof *text : 0;
    wchar_t *entry = size ? heap_take(size) : NULL;
    if (!entry)
        return crt_fail(text ? ENOMEM : EINVAL);
    return entry_set(memcpy(entry, text, size));
}

CRT(int, ucrt__putenv, (const char *text))
{
    wchar_t *entry = text ? text_wide(text) : NULL;
    return entry ? entry_set(entry) : crt_fail(text ? ENOMEM : EINVAL);
}

CRT(int, ucrt__wputenv_s, (const wchar_t *name, const wchar_t *value))
{
    if (!name || !value)
        return crt_invalid(EINVAL);
    size_t name_count = crt_wcslen(name), value_count = crt_wcslen(value);
    wchar_t *entry = heap_take((name_count + value_count + 2) * sizeof *entry);
    if (!entry)
        return crt_fail(ENOMEM), ENOMEM;
    memcpy(entry, name, name_count * sizeof *entry);
    entry[name_count] = '=';
    memcpy(entry + name_count + 1, value, (value_count + 1) * sizeof *entry);
    return entry_set(entry) ? crt_thread()->error : 0;
}

CRT(int, ucrt__putenv_s, (const char *name, const char *value))
{
    struct wide wide_name, wide_value;
    wide_of(&wide_name, name);
    wide_of(&wide_value, value);
    int error = ucrt__wputenv_s(wide_name.text, wide_value.text);
    wide_drop(&wide_value);
    wide_drop(&wide_name);
    return error;
}
