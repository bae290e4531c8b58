/* SPDX-License-Identifier: MIT */
/* hostfs.h - folders of the host and a program's standard handles, as a file system.
 *
 * A native driver \FileSystem\hostfs. Drive letters are symbolic links \GLOBAL??\X: to one
 * device per host folder; \Device\HostPipe serves file descriptors that a program brought
 * along (its stdin, stdout, stderr). Names are looked up case-insensitively, as on Windows.
 * Paths cannot leave the folder of their drive by "..".
 */
#ifndef HOSTFS_HOSTFS_H
#define HOSTFS_HOSTFS_H

#include <stdbool.h>

#include <ntifs.h>

#include "io/io.h"

NTSTATUS hostfs_init(void);
void hostfs_fini(void);
/* Gives folder (absolute host path) the drive letter. */
NTSTATUS hostfs_drive_add(char letter, const char *folder);
/* How many letters there are: each is a device and a symbolic link, two objects. */
unsigned hostfs_drive_count(void);
/* An open file on descriptor fd (taken), for handles that a process starts with. */
NTSTATUS hostfs_file_of_descriptor(int fd, bool can_read, bool can_write, FILE_OBJECT **out_file);
/* Host path of an NT path (\??\C:\x\y or \SystemRoot\…): malloc'ed; for ImagePath. */
NTSTATUS hostfs_host_path(const UNICODE_STRING *nt_path, char **out_path);
/* The other way round: \??\X:\… for an absolute host path; RtlFreeUnicodeString. */
NTSTATUS hostfs_nt_path(const char *host_path, UNICODE_STRING *out_path);

#endif
