/* SPDX-License-Identifier: MIT */
/* path.c - paths taken apart and put together, for both character widths.
 *
 * Taking apart only counts, so one loop serves both widths.
 */
#include "crt/path.h"

#include "crt/string.h"

#include <stdbool.h>
#include <string.h>

static unsigned at(const char *narrow, const wchar_t *wide, size_t i)
{
    return narrow ? (unsigned char)narrow[i] : wide[i];
}

static bool is_separator(unsigned c)
{
    return c == '\\' || c == '/';
}

static struct crt_path split(const char *narrow, const wchar_t *wide)
{
    struct crt_path parts = {0};
    size_t end = 0, name, dot = 0;
    bool has_dot = false;

    if (at(narrow, wide, 0) && at(narrow, wide, 1) == ':')
        parts.drive_count = 2;
    name = parts.drive_count;
    for (end = name; at(narrow, wide, end); end++) {
        unsigned c = at(narrow, wide, end);
        if (is_separator(c)) {
            name = end + 1;
            has_dot = false;
        } else if (c == '.') {
            dot = end;
            has_dot = true;
        }
    }
    parts.directory_count = name - parts.drive_count;
    parts.extension_count = has_dot ? end - dot : 0;
    parts.name_count = end - name - parts.extension_count;
    return parts;
}

struct crt_path crt_path_split(const char *path)
{
    return split(path, NULL);
}

struct crt_path crt_path_split_wide(const wchar_t *path)
{
    return split(NULL, path);
}

int crt_path_make(char *path, size_t size, const char *drive, const char *directory,
                  const char *name, const char *extension)
{
    if (!path || size == 0)
        return CRT_EINVAL;
    path[0] = 0;
    char root[3] = {drive ? drive[0] : 0, ':', 0};
    int error = root[0] ? crt_strcat_s(path, size, root) : 0;
    if (!error && directory && directory[0]) {
        error = crt_strcat_s(path, size, directory);
        if (!error && !is_separator((unsigned char)directory[strlen(directory) - 1]))
            error = crt_strcat_s(path, size, "\\");
    }
    if (!error && name)
        error = crt_strcat_s(path, size, name);
    if (!error && extension && extension[0] && extension[0] != '.')
        error = crt_strcat_s(path, size, ".");
    if (!error && extension)
        error = crt_strcat_s(path, size, extension);
    return error;
}

int crt_path_make_wide(wchar_t *path, size_t size, const wchar_t *drive, const wchar_t *directory,
                       const wchar_t *name, const wchar_t *extension)
{
    if (!path || size == 0)
        return CRT_EINVAL;
    path[0] = 0;
    wchar_t root[3] = {drive ? drive[0] : 0, L':', 0};
    int error = root[0] ? crt_wcscat_s(path, size, root) : 0;
    if (!error && directory && directory[0]) {
        error = crt_wcscat_s(path, size, directory);
        if (!error && !is_separator(directory[crt_wcslen(directory) - 1]))
            error = crt_wcscat_s(path, size, L"\\");
    }
    if (!error && name)
        error = crt_wcscat_s(path, size, name);
    if (!error && extension && extension[0] && extension[0] != L'.')
        error = crt_wcscat_s(path, size, L".");
    if (!error && extension)
        error = crt_wcscat_s(path, size, extension);
    return error;
}
