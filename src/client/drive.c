/* SPDX-License-Identifier: MIT */
/* drive.c - the folder that is a machine's drive C:, beside its socket.
 *
 * Made before the machine starts, removed when it has ended; one that a killed machine left
 * behind is emptied before it is used again.
 */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_internal.h"

static int entry_remove(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    return remove(path);
}

static void folder_remove(const char *path)
{
    nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* <runtime folder>/NAME.drive */
static int drive_path(const char *name, char *out_path, size_t size)
{
    int error = client_socket_path(name, out_path, size);
    if (error)
        return error;
    char *dot = strrchr(out_path, '.');
    if ((size_t)(dot - out_path) + sizeof ".drive" > size)
        return client_fail(ENAMETOOLONG, "the path of machine '%s' is too long", name);
    strcpy(dot, ".drive");
    return 0;
}

int client_drive_make(const char *name, char *out_path, size_t size)
{
    static const char *const folders[] = {"", "/Windows", "/Windows/System32",
                                          "/Windows/System32/drivers"};
    int error = drive_path(name, out_path, size);
    if (error)
        return error;
    folder_remove(out_path);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof path, "%s%s", out_path, folders[i]);
        if (length < 0 || (size_t)length >= sizeof path)
            return client_fail(ENAMETOOLONG, "the path of machine '%s' is too long", name);
        if (mkdir(path, 0700))
            return client_fail(errno, "cannot make %s: %s", path, strerror(errno));
    }
    return 0;
}

void client_forget(const char *name)
{
    char path[PATH_MAX];
    if (!drive_path(name, path, sizeof path))
        folder_remove(path);
}
