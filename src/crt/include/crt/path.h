/* SPDX-License-Identifier: MIT */
/* crt/path.h - a path taken apart: drive, directory, name and extension follow one another.
 *
 * Only text: nothing is looked up. The drive has its colon, the directory its last separator,
 * the extension its dot; each may be empty.
 */
#pragma once

#include <stddef.h>

struct crt_path {
    size_t drive_count, directory_count, name_count, extension_count;
};

struct crt_path crt_path_split(const char *path);
struct crt_path crt_path_split_wide(const wchar_t *path);

/* Puts a path together: separator and dot are added where missing; parts may be NULL.
 * 0, CRT_EINVAL, or CRT_ERANGE with the buffer emptied. */
int crt_path_make(char *path, size_t size, const char *drive, const char *directory,
                  const char *name, const char *extension);
int crt_path_make_wide(wchar_t *path, size_t size, const wchar_t *drive, const wchar_t *directory,
                       const wchar_t *name, const wchar_t *extension);
