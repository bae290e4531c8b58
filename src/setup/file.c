/* SPDX-License-Identifier: MIT */
/* file.c - files of drive C: and of folders that were lent, by the names that INFs use.
 *
 * A Windows path is looked up without regard to case, as everybody's; what is missing of it gets
 * the spelling of who asks first. All goes through host/files.h: the machine opens nothing itself.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/files.h"
#include "host/host.h"
#include "hostfs/hostfs.h"
#include "rtl/rtl.h"
#include "setup_internal.h"

#define FILE_BYTES_MAX ((size_t)256 << 20)

static char *path_lookup(const char *windows_path)
{
    char *nt = text_format("\\??\\%s", windows_path), *found = NULL;
    UNICODE_STRING name;
    if (nt && NT_SUCCESS(rtl_unicode_of(nt, &name))) {
        if (!NT_SUCCESS(hostfs_host_path(&name, &found)))
            found = NULL;
        RtlFreeUnicodeString(&name);
    }
    free(nt);
    return found;
}

char *file_host_path(const char *windows_path, bool make_folders)
{
    char *found = path_lookup(windows_path);
    const char *slash = strrchr(windows_path, '\\');
    if (found || !slash || !slash[1])
        return found;
    char *above = strndup(windows_path, (size_t)(slash - windows_path) + (slash[-1] == ':'));
    char *folder = above ? file_host_path(above, make_folders) : NULL;
    free(above);
    if (folder && make_folders)
        host_file_make_folder(folder, 0700); /* EEXIST most of the time */
    char *path = folder ? text_format("%s/%s", folder, slash + 1) : NULL;
    free(folder);
    return path;
}

bool file_is_there(const char *host_path)
{
    int fd;
    if (host_file_open(host_path, O_RDONLY, 0, &fd))
        return false;
    close(fd);
    return true;
}

uint32_t file_read(const char *host_path, uint8_t **out_bytes, size_t *out_length,
                   struct setup_error *error)
{
    int fd, failure = host_file_open(host_path, O_RDONLY, 0, &fd);
    if (failure)
        return setup_fail(error, failure == ENOENT ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_DATA,
                          "cannot read %s: %s", host_path, strerror(failure));
    struct stat status;
    uint8_t *bytes = NULL;
    size_t length = 0;
    bool is_good = !fstat(fd, &status) && S_ISREG(status.st_mode) &&
                   (size_t)status.st_size <= FILE_BYTES_MAX &&
                   (bytes = malloc((size_t)status.st_size + 1));
    while (is_good && length < (size_t)status.st_size) {
        ssize_t got = read(fd, bytes + length, (size_t)status.st_size - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    close(fd);
    if (!is_good) {
        free(bytes);
        return setup_fail(error, ERROR_INVALID_DATA, "cannot read %s: it is no file below 256 MiB",
                          host_path);
    }
    *out_bytes = bytes;
    *out_length = length;
    return NO_ERROR;
}

uint32_t file_write(const char *host_path, const void *bytes, size_t length,
                    struct setup_error *error)
{
    int fd, failure = host_file_open(host_path, O_WRONLY | O_CREAT | O_TRUNC, 0600, &fd);
    size_t done = 0;
    if (failure)
        return setup_fail(error, ERROR_WRITE_FAULT, "cannot write %s: %s", host_path,
                          strerror(failure));
    while (done < length) {
        ssize_t put = write(fd, (const uint8_t *)bytes + done, length - done);
        if (put < 0) {
            failure = errno;
            break;
        }
        done += (size_t)put;
    }
    close(fd);
    if (failure) {
        host_file_remove(host_path, false);
        return setup_fail(error, ERROR_WRITE_FAULT, "cannot write %s: %s", host_path,
                          strerror(failure));
    }
    return NO_ERROR;
}

uint32_t file_copy(const char *from_host, const char *to_host, struct setup_error *error)
{
    uint8_t *bytes;
    size_t length;
    uint32_t result = file_read(from_host, &bytes, &length, error);
    if (result)
        return result;
    result = file_write(to_host, bytes, length, error);
    free(bytes);
    return result;
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **file_names(const char *host_path)
{
    int fd;
    if (host_file_open(host_path, O_RDONLY | O_DIRECTORY, 0, &fd))
        return NULL;
    DIR *folder = fdopendir(fd);
    char **names = NULL;
    size_t count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        char **grown = realloc(names, (count + 2) * sizeof *names);
        if (!grown)
            break;
        names = grown;
        names[count] = strdup(entry->d_name);
        names[++count] = NULL;
    }
    if (folder)
        closedir(folder);
    else
        close(fd);
    if (count)
        qsort(names, count, sizeof *names, name_compare);
    return names;
}

void file_tree_remove(const char *host_path)
{
    char **names = file_names(host_path);
    for (size_t i = 0; names && names[i]; i++) {
        char *below = text_format("%s/%s", host_path, names[i]);
        if (below)
            file_tree_remove(below);
        free(below);
    }
    setup_key_list_free(names);
    if (host_file_remove(host_path, false))
        host_file_remove(host_path, true);
}
