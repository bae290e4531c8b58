/* SPDX-License-Identifier: MIT */
/* file_temporary.c - names for temporary files, files made of them, and looking along a path.
 *
 * Doc: "_tempnam, tmpnam", "_mktemp", "_searchenv", "tmpfile". A name is unused when it is
 * given out; only tmpfile also holds it.
 */
#include <stdio.h>
#include <string.h>

#include "crt_internal.h"
#include "host/host.h"

#define TRIES 100

/* Writes folder\prefix and some digits. */
static void name_write(char *out, size_t size, const char *folder, const char *prefix)
{
    size_t length = strlen(folder);
    bool is_ended = !length || folder[length - 1] == '\\' || folder[length - 1] == '/';
    snprintf(out, size, "%s%s%s%x", folder, is_ended ? "" : "\\", prefix,
             (unsigned)host_random64());
}

static bool is_used(const char *name)
{
    struct wide wide;
    wide_of(&wide, name);
    bool used = GetFileAttributesW(wide.text) != INVALID_FILE_ATTRIBUTES;
    wide_drop(&wide);
    return used;
}

static bool name_find(char *out, size_t size, const char *folder, const char *prefix)
{
    for (int i = 0; i < TRIES; i++) {
        name_write(out, size, folder, prefix);
        if (!is_used(out))
            return true;
    }
    crt_fail(EEXIST);
    return false;
}

static bool folder_get(char *out, size_t size)
{
    wchar_t path[MAX_PATH + 2];
    DWORD length = GetTempPathW(MAX_PATH, path);
    if (!length || length > MAX_PATH)
        return crt_fail(ENOENT), false;
    crt_utf8_from_string(path, out, size);
    return true;
}

CRT(struct stream *, ucrt_tmpfile, (void))
{
    char folder[MAX_PATH * 3], name[MAX_PATH * 3 + 32];
    if (!folder_get(folder, sizeof folder))
        return NULL;
    for (int i = 0; i < TRIES; i++) {
        struct wide wide;
        name_write(name, sizeof name, folder, "t");
        wide_of(&wide, name);
        int fd =
            fd_open(wide.text, O_MS_CREAT | O_MS_EXCL | O_MS_RDWR | O_MS_BINARY | O_MS_TEMPORARY,
                    0x40, 0x180);
        wide_drop(&wide);
        if (fd < 0 && crt_thread()->error == EEXIST)
            continue;
        struct stream *stream = fd < 0 ? NULL : stream_take();
        if (stream)
            stream_begin(stream, fd, STREAM_BOTH);
        else if (fd >= 0)
            fd_close(fd);
        return stream;
    }
    return NULL;
}

CRT(int, ucrt_tmpfile_s, (struct stream * *out))
{
    if (!out)
        return crt_invalid(EINVAL);
    *out = ucrt_tmpfile();
    return *out ? 0 : crt_thread()->error;
}

CRT(char *, ucrt_tmpnam, (char *out))
{
    char folder[MAX_PATH * 3], name[MAX_PATH * 3 + 32];
    struct crt_thread *thread = crt_thread();
    if (!folder_get(folder, sizeof folder) || !name_find(name, sizeof name, folder, "s"))
        return NULL;
    if (!out)
        out = thread->temporary_name;
    /* L_tmpnam is 260. */
    return crt_strcpy_s(out, MAX_PATH, name) ? NULL : out;
}

CRT(char *, ucrt__tempnam, (const char *folder, const char *prefix))
{
    char found[MAX_PATH * 3], name[MAX_PATH * 3 + 64];
    if (folder && is_used(folder))
        crt_strcpy_s(found, sizeof found, folder);
    else if (!folder_get(found, sizeof found))
        return NULL;
    if (!name_find(name, sizeof name, found, prefix ? prefix : ""))
        return NULL;
    char *made = heap_take(strlen(name) + 1);
    return made ? strcpy(made, name) : (crt_fail(ENOMEM), NULL);
}

/* The six X at the end become a letter and five digits of the process. */
CRT(char *, ucrt__mktemp, (char *name))
{
    size_t length = name ? strlen(name) : 0;
    if (length < 6 || strcmp(name + length - 6, "XXXXXX"))
        return crt_invalid(EINVAL), NULL;
    unsigned id = (unsigned)(uintptr_t)teb_current()->UniqueProcess % 100000;
    char digits[8];
    snprintf(digits, sizeof digits, "%05u", id);
    memcpy(name + length - 5, digits, 5);
    for (char letter = 'a'; letter <= 'z'; letter++) {
        name[length - 6] = letter;
        if (!is_used(name))
            return name;
    }
    crt_fail(EEXIST);
    return NULL;
}

CRT(int, ucrt__mktemp_s, (char *name, size_t size))
{
    if (!name || !size || crt_strnlen(name, size) == size)
        return crt_invalid(EINVAL);
    return ucrt__mktemp(name) ? 0 : crt_thread()->error;
}

CRT(void, ucrt__searchenv, (const char *file, const char *variable, char *out))
{
    char *WINAPI ucrt_getenv(const char *name);
    char *WINAPI ucrt__fullpath(char *to, const char *path, size_t size);
    char name[MAX_PATH];
    *out = 0;
    if (is_used(file)) {
        ucrt__fullpath(out, file, MAX_PATH);
        return;
    }
    for (const char *at = ucrt_getenv(variable); at && *at;) {
        size_t count = strcspn(at, ";");
        if (count + strlen(file) + 2 <= sizeof name) {
            snprintf(name, sizeof name, "%.*s\\%s", (int)count, at, file);
            if (is_used(name)) {
                ucrt__fullpath(out, name, MAX_PATH);
                return;
            }
        }
        at += count + (at[count] == ';');
    }
    crt_fail(ENOENT);
}
