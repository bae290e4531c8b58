/* SPDX-License-Identifier: MIT */
/* place.c - host paths as programs see them. */
#include "place.h"

#include <stdio.h>
#include <string.h>

/* A host folder appears at C:\\Programs\\name: what follows the third component of directory
 * are the folders below it, and they end host_folder as well. */
static size_t place_length(const char *directory)
{
    size_t at = 0;
    for (int components = 0; directory[at]; at++) {
        if (directory[at] == '\\' && ++components == 3)
            break;
    }
    return at;
}

/* How much of host_folder is the place itself. The lengths agree: only separators differ. */
static size_t root_length(const char *host_folder, const char *directory)
{
    size_t tail = strlen(directory + place_length(directory)), whole = strlen(host_folder);
    return whole > tail ? whole - tail : 0;
}

void place_of_file(const char *file, const char *host_folder, const char *directory, char *out,
                   size_t size)
{
    size_t root = root_length(host_folder, directory);
    const char *name = strrchr(file, '/') + 1;
    if (root == 1)
        root = 0; /* the host's root ends in its separator */
    if (!strncmp(file, host_folder, root) && file[root] == '/') {
        snprintf(out, size, "%.*s\\%s", (int)place_length(directory), directory, file + root + 1);
    } else {
        size_t length = strlen(directory);
        snprintf(out, size, "%s%s%s", directory, directory[length - 1] == '\\' ? "" : "\\", name);
    }
    for (char *at = out; *at; at++) {
        if (*at == '/')
            *at = '\\';
    }
}
