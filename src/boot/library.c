/* SPDX-License-Identifier: MIT */
/* library.c - where the machine keeps the drivers that come with it: its own drive's system folder
 * first, then the folder that is installed with the machine's program.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/boot.h"
#include "boot_internal.h"
#include "hostfs/hostfs.h"

static char *system_folder(void)
{
    static const WCHAR name[] = L"\\SystemRoot\\System32\\drivers";
    UNICODE_STRING path = {sizeof(name) - sizeof(WCHAR), sizeof(name), (PWSTR)name};
    char *host = NULL, *folder = NULL;
    if (!NT_SUCCESS(hostfs_host_path(&path, &host)) || asprintf(&folder, "%s/", host) < 0)
        folder = NULL;
    free(host);
    return folder;
}

/* The first of these that is there: $COVE_LIBEXEC/drivers, or from where this code was loaded, a
 * program in libexec/cove, or a library or program in a folder beside libexec. */
static char *installed_find(void)
{
    static const char *const from_module[] = {"drivers", "../libexec/cove/drivers"};
    const char *own = getenv("COVE_LIBEXEC");
    char *folder = NULL, real[PATH_MAX];
    Dl_info module;
    if (own != NULL && *own != '\0')
        return asprintf(&folder, "%s/drivers", own) > 0 ? folder : NULL;
    /* A program's name is what it was called by, which may be no path. */
    if (dladdr((const void *)boot_library_folder, &module) == 0 ||
        realpath(strchr(module.dli_fname, '/') != NULL ? module.dli_fname : "/proc/self/exe",
                 real) == NULL)
        return NULL;
    *strrchr(real, '/') = '\0';
    for (size_t i = 0; i < sizeof(from_module) / sizeof(*from_module); i++) {
        if (asprintf(&folder, "%s/%s", real, from_module[i]) < 0)
            return NULL;
        if (access(folder, R_OK) == 0)
            return folder;
        free(folder);
    }
    return NULL;
}

static char installed_folder[PATH_MAX]; /* set once, before the machine shuts itself in */

const char *boot_drivers_folder(void)
{
    char *found = *installed_folder == '\0' ? installed_find() : NULL;
    if (found != NULL && realpath(found, installed_folder) == NULL)
        *installed_folder = '\0';
    free(found);
    return *installed_folder != '\0' ? installed_folder : NULL;
}

char *boot_library_folder(unsigned index)
{
    char *folder = index == 0 ? system_folder() : NULL;
    if (folder != NULL || index > 1)
        return folder;
    if (index == 0)
        return strdup("/nowhere/");
    if (boot_drivers_folder() == NULL || asprintf(&folder, "%s/", boot_drivers_folder()) < 0)
        return NULL;
    return folder;
}
