/* SPDX-License-Identifier: MIT */
/* library.c - where the machine keeps the drivers that come with it: its own drive's system folder
 * first, then the folder that is installed with the machine's program.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* $COVE_LIBEXEC/drivers, or from where this code was loaded: a program in libexec/cove, or a
 * library or program in a folder beside libexec. */
static char *installed_folder(unsigned index)
{
    static const char *const from_module[] = {"drivers/", "../libexec/cove/drivers/"};
    const char *own = getenv("COVE_LIBEXEC");
    char *folder = NULL, real[PATH_MAX];
    Dl_info module;
    if (own != NULL && *own != '\0')
        return index == 0 && asprintf(&folder, "%s/drivers/", own) > 0 ? folder : NULL;
    if (index > 1 || dladdr((const void *)boot_library_folder, &module) == 0 ||
        realpath(module.dli_fname, real) == NULL)
        return NULL;
    *strrchr(real, '/') = '\0';
    return asprintf(&folder, "%s/%s", real, from_module[index]) > 0 ? folder : NULL;
}

char *boot_library_folder(unsigned index)
{
    char *folder = index == 0 ? system_folder() : NULL;
    if (folder != NULL || index > 2)
        return folder;
    return index == 0 ? strdup("/nowhere/") : installed_folder(index - 1);
}
