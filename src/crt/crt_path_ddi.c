/* SPDX-License-Identifier: MIT */
/* crt_path_ddi.c - _splitpath_s and _makepath_s for drivers, both widths.
 *
 * A part's buffer may be NULL with size 0; if any part does not fit, all are emptied.
 * IRQL: any, as long as the memory is resident. Doc: the C run-time reference, page by name.
 */
#include "crt_ddi.h"

#include "crt/path.h"
#include "crt/string.h"

#include <stdbool.h>

/* A part's buffer with its size, and the part of the path that goes there. */
struct part {
    void *buffer;
    size_t size;
    size_t count;
};

/* 0, or why the four buffers cannot take their parts. */
static int check_parts(const void *path, const struct part parts[4])
{
    int error = path ? 0 : CRT_EINVAL;
    for (int i = 0; i < 4 && !error; i++) {
        if ((parts[i].buffer == NULL) != (parts[i].size == 0))
            error = CRT_EINVAL;
        else if (parts[i].buffer && parts[i].count >= parts[i].size)
            error = CRT_ERANGE;
    }
    return error;
}

/* Copies, or empties every buffer there is. The sizes were checked. */
static int fill_parts(const char *narrow, const wchar_t *wide, const struct part parts[4],
                      bool is_wide)
{
    int error = check_parts(is_wide ? (const void *)wide : narrow, parts);
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        size_t count = error ? 0 : parts[i].count;
        if (parts[i].buffer && parts[i].size && is_wide)
            crt_wcsncpy_s(parts[i].buffer, parts[i].size, error ? L"" : wide + at, count);
        else if (parts[i].buffer && parts[i].size)
            crt_strncpy_s(parts[i].buffer, parts[i].size, error ? "" : narrow + at, count);
        at += count;
    }
    return error;
}

DDI(int, ddi__splitpath_s,
    (const char *path, char *drive, size_t drive_size, char *directory, size_t directory_size,
     char *name, size_t name_size, char *extension, size_t extension_size))
{
    struct crt_path split = path ? crt_path_split(path) : (struct crt_path){0};
    struct part parts[4] = {{drive, drive_size, split.drive_count},
                            {directory, directory_size, split.directory_count},
                            {name, name_size, split.name_count},
                            {extension, extension_size, split.extension_count}};
    return fill_parts(path, NULL, parts, false);
}

DDI(int, ddi__wsplitpath_s,
    (const wchar_t *path, wchar_t *drive, size_t drive_size, wchar_t *directory,
     size_t directory_size, wchar_t *name, size_t name_size, wchar_t *extension,
     size_t extension_size))
{
    struct crt_path split = path ? crt_path_split_wide(path) : (struct crt_path){0};
    struct part parts[4] = {{drive, drive_size, split.drive_count},
                            {directory, directory_size, split.directory_count},
                            {name, name_size, split.name_count},
                            {extension, extension_size, split.extension_count}};
    return fill_parts(NULL, path, parts, true);
}

DDI(int, ddi__makepath_s,
    (char *path, size_t size, const char *drive, const char *directory, const char *name,
     const char *extension))
{
    return crt_path_make(path, size, drive, directory, name, extension);
}

DDI(int, ddi__wmakepath_s,
    (wchar_t * path, size_t size, const wchar_t *drive, const wchar_t *directory,
     const wchar_t *name, const wchar_t *extension))
{
    return crt_path_make_wide(path, size, drive, directory, name, extension);
}
