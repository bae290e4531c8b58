/* SPDX-License-Identifier: MIT */
/* library.c - where the machine keeps the drivers that come with it: its own drive's system folder
 * first, then the folder that is installed with the machine's program; so for libraries that a
 * driver imports, and for services whose file is looked for in the system's drivers folder.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/boot.h"
#include "boot_internal.h"
#include "host/files.h"
#include "hostfs/hostfs.h"
#include "rtl/rtl.h"

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

/* Where the file of a service is. What the machine's own drive does not have in its drivers folder
 * may be one of the drivers that come with the machine: their names are in small letters.
 */
NTSTATUS boot_driver_host_path(const UNICODE_STRING *nt_path, char **out_path)
{
    static const WCHAR folder[] = L"\\SystemRoot\\System32\\drivers\\";
    const UNICODE_STRING prefix = {sizeof(folder) - sizeof(WCHAR), sizeof(folder), (PWSTR)folder};
    NTSTATUS status = hostfs_host_path(nt_path, out_path);
    if (NT_SUCCESS(status) || *installed_folder == '\0' ||
        !RtlPrefixUnicodeString(&prefix, nt_path, TRUE))
        return status;
    char name[64];
    size_t count = (nt_path->Length - prefix.Length) / sizeof(WCHAR);
    const WCHAR *from = nt_path->Buffer + prefix.Length / sizeof(WCHAR);
    if (count >= sizeof(name))
        return status;
    for (size_t i = 0; i < count; i++) {
        if (from[i] >= 0x80 || from[i] == '\\' || from[i] == '/')
            return status;
        name[i] = (char)RtlDowncaseUnicodeChar(from[i]);
    }
    name[count] = '\0';
    char *path;
    if (asprintf(&path, "%s/%s", installed_folder, name) < 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    int fd;
    if (host_file_open(path, O_RDONLY, 0, &fd) != 0) {
        free(path);
        return status;
    }
    close(fd);
    *out_path = path;
    return STATUS_SUCCESS;
}
