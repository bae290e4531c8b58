/* SPDX-License-Identifier: MIT */
/* place.c - names of machines, where their sockets are, where our programs are. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client_internal.h"
#include "host/socket.h"

#define NAME_BYTES 64

static char error_text[1024];

int client_fail(int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error_text, sizeof error_text, format, arguments);
    va_end(arguments);
    return error;
}

const char *client_error(void)
{
    return error_text;
}

static bool name_is_valid(const char *name)
{
    if (!*name || *name == '.' || strlen(name) > NAME_BYTES)
        return false;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && !strchr("-_.", *name))
            return false;
    }
    return true;
}

int client_socket_path(const char *name, char *out_path, size_t size)
{
    if (!name_is_valid(name))
        return client_fail(
            EINVAL, "'%s' is no name for a machine: use at most %d letters, digits, '-', '_', '.'",
            name, NAME_BYTES);
    char folder[PATH_MAX];
    int error = host_runtime_folder(folder, sizeof folder);
    if (error)
        return client_fail(error,
                           "cannot use the runtime folder %s: %s; set COVE_RUNTIME_DIR to another",
                           folder, strerror(error));
    int length = snprintf(out_path, size, "%s/%s.sock", folder, name);
    /* A socket's path has room for 107 bytes. */
    if (length < 0 || (size_t)length >= size || length > 107)
        return client_fail(ENAMETOOLONG,
                           "the path %s/%s.sock is too long for a socket; set "
                           "COVE_RUNTIME_DIR to a shorter folder",
                           folder, name);
    return 0;
}

int client_machines(void (*visit)(const char *name, void *context), void *context)
{
    char folder[PATH_MAX];
    int error = host_runtime_folder(folder, sizeof folder);
    if (error)
        return client_fail(error, "cannot use the runtime folder %s: %s", folder, strerror(error));
    DIR *entries = opendir(folder);
    if (!entries)
        return client_fail(errno, "cannot read %s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(entries));) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".sock"))
            continue;
        char path[PATH_MAX + NAME_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int fd;
        if (host_socket_connect(path, &fd))
            continue;
        close(fd);
        entry->d_name[length - 5] = '\0';
        visit(entry->d_name, context);
    }
    closedir(entries);
    return 0;
}

int client_program_path(const char *program, char *out_path, size_t size)
{
    const char *own = getenv("COVE_LIBEXEC");
    char self[PATH_MAX];
    int length;
    if (own && *own) {
        length = snprintf(out_path, size, "%s/%s", own, program);
    } else {
        ssize_t got = readlink("/proc/self/exe", self, sizeof self - 1);
        if (got < 0)
            return client_fail(errno, "cannot tell where cove is installed: %s", strerror(errno));
        self[got] = '\0';
        *strrchr(self, '/') = '\0';
        length = snprintf(out_path, size, "%s/../libexec/cove/%s", self, program);
    }
    if (length < 0 || (size_t)length >= size)
        return client_fail(ENAMETOOLONG, "the path of %s is too long", program);
    if (access(out_path, X_OK))
        return client_fail(ENOENT, "%s is missing: build it (make) or install cove again",
                           out_path);
    return 0;
}
