/* SPDX-License-Identifier: MIT */
/* ntdll/path.h - from the names programs use to names the kernel knows.
 *
 * Pure text: nothing is looked up. Counts are characters without a terminator.
 * Doc: "Naming Files, Paths, and Namespaces" (Microsoft Learn).
 */
#ifndef NTDLL_PATH_H
#define NTDLL_PATH_H

#include "ntdll/win.h"

#define PATH_COUNT_MAX 32767u

enum path_kind {
    PATH_RELATIVE,       /* dir\x */
    PATH_ROOTED,         /* \x */
    PATH_DRIVE_RELATIVE, /* C:x */
    PATH_DRIVE_ABSOLUTE, /* C:\x */
    PATH_UNC,            /* \\server\share\x */
    PATH_DEVICE,         /* \\.\x */
    PATH_VERBATIM,       /* \\?\x, \??\x */
};
enum path_kind path_kind(const wchar_t *path);

/* The device a name stands for wherever it stands: NUL, CON, COM1 …; its length, or 0. */
size_t path_device(const wchar_t *path, const wchar_t **out_name);

/* The whole path of path, seen from the current directory (which ends in a backslash), into
 * out. Answers its length, or what out would have to hold with the terminator; 0: no name. */
size_t path_full(const wchar_t *path, const wchar_t *current, wchar_t *out, size_t out_count);

/* The NT name: \??\C:\dir\x. STATUS_OBJECT_NAME_INVALID, STATUS_NAME_TOO_LONG. */
NTSTATUS path_nt(const wchar_t *path, const wchar_t *current, wchar_t *out, size_t out_count,
                 size_t *out_length);

/* The program's current directory, with its final backslash; copied under a lock. */
size_t path_current_get(wchar_t *out, size_t out_count);
NTSTATUS path_current_set(const wchar_t *path);
/* path_nt seen from the program's current directory, on the process heap: RtlFreeUnicodeString. */
NTSTATUS path_nt_current(const wchar_t *path, UNICODE_STRING *out_name);

#endif
