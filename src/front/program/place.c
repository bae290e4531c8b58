/* SPDX-License-Identifier: MIT */
/* place.c - host paths as programs see them. */
#include "place.h"

#include <stdio.h>
#include <string.h>

/* How much of host_folder is the drive's root: what is left when the directory's components
 * are taken away from its end. The lengths agree, since only the separators differ. */
static size_t root_length(const char *host_folder, const char *directory)
{
    size_t tail = strlen(directory + 3), whole = strlen(host_folder);
    if (!tail)
        return whole == 1 ? 0 : whole;
    while (tail && directory[2 + tail] == '\\')
        tail--;
    size_t root = whole >= tail ? whole - tail : 0;
    return root && host_folder[root - 1] == '/' ? root - 1 : root;
}

void place_of_file(const char *file, const char *host_folder, const char *directory, char *out,
                   size_t size)
{
    size_t root = root_length(host_folder, directory);
    const char *name = strrchr(file, '/') + 1;
    if (!strncmp(file, host_folder, root) && file[root] == '/') {
        snprintf(out, size, "%.2s\\%s", directory, file + root + 1);
    } else {
        size_t length = strlen(directory);
        snprintf(out, size, "%s%s%s", directory, directory[length - 1] == '\\' ? "" : "\\", name);
    }
    for (char *at = out; *at; at++) {
        if (*at == '/')
            *at = '\\';
    }
}
