/* SPDX-License-Identifier: MIT */
/* drive.c - drive letters for the folders in which programs are started.
 *
 * A folder below one that has a letter already uses that letter. Letters are never taken
 * back while the machine runs: a driver may have been installed from there.
 */
#include <stdio.h>
#include <string.h>

#include "hostfs/hostfs.h"
#include "server_internal.h"

#define FIRST_LETTER 'D'
#define LAST_LETTER  'Y'
#define FOLDER_BYTES 2048

static struct {
    struct host_lock lock; /* guards the rest */
    char folder[LAST_LETTER - FIRST_LETTER + 1][FOLDER_BYTES];
} drives;

/* What of folder lies below base: "" for base itself, NULL when it is elsewhere. */
static const char *below(const char *folder, const char *base)
{
    size_t length = strlen(base);
    if (!length || strncmp(folder, base, length))
        return NULL;
    if (length == 1)
        return folder + 1; /* base is the root */
    if (!folder[length])
        return folder + length;
    return folder[length] == '/' ? folder + length + 1 : NULL;
}

static void directory_write(char letter, const char *rest, char *out_directory, size_t size)
{
    snprintf(out_directory, size, "%c:\\%s", letter, rest);
    for (char *at = out_directory; *at; at++) {
        if (*at == '/')
            *at = '\\';
    }
}

NTSTATUS drive_of_folder(const char *folder, char *out_directory, size_t size)
{
    if (*folder != '/' || strlen(folder) >= FOLDER_BYTES)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    host_lock_take(&drives.lock);
    for (char letter = FIRST_LETTER; letter <= LAST_LETTER; letter++) {
        char *base = drives.folder[letter - FIRST_LETTER];
        bool is_new = !*base;
        if (is_new)
            strcpy(base, folder);
        const char *rest = below(folder, base);
        if (!rest)
            continue;
        host_lock_give(&drives.lock);
        status = is_new ? hostfs_drive_add(letter, folder) : STATUS_SUCCESS;
        directory_write(letter, rest, out_directory, size);
        return status;
    }
    host_lock_give(&drives.lock);
    return status;
}
