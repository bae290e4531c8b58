/* SPDX-License-Identifier: MIT */
/* place.c - where on the machine's drive C: the folder lies in which a program is started.
 *
 * A host folder appears as C:\Programs\<its name>, a link in the folder behind C:. A folder
 * below one that has a place already is found there. Places are never taken back while the
 * machine runs: a driver may have been installed from there.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files.h"
#include "server_internal.h"

#define PLACES_MAX 256

static struct {
    struct host_lock lock; /* guards the rest */
    char drive[PATH_MAX];  /* the host folder behind C:; set once at start */
    struct {
        char folder[PATH_MAX], name[NAME_MAX + 8];
    } *place[PLACES_MAX];
    unsigned count;
} places;

void place_drive_set(const char *folder)
{
    snprintf(places.drive, sizeof places.drive, "%s", folder ? folder : "");
}

/* What of folder lies below base: "" for base itself, NULL when it is elsewhere. */
static const char *below(const char *folder, const char *base)
{
    size_t length = strlen(base);
    if (length == 1)
        return folder + 1; /* base is the root */
    if (strncmp(folder, base, length))
        return NULL;
    if (!folder[length])
        return folder + length;
    return folder[length] == '/' ? folder + length + 1 : NULL;
}

/* The deepest place that holds folder. */
static int find_locked(const char *folder)
{
    int found = -1;
    size_t longest = 0;
    for (unsigned i = 0; i < places.count; i++) {
        size_t length = strlen(places.place[i]->folder);
        if (length >= longest && below(folder, places.place[i]->folder)) {
            found = (int)i;
            longest = length;
        }
    }
    return found;
}

/* Makes the link; another folder of the same name gets a number behind it. */
static int link_make(const char *folder, int descriptor, char *out_name, size_t size)
{
    const char *base = strrchr(folder, '/') + 1;
    if (!*base)
        base = "root";
    char path[PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/Programs", places.drive);
    int error = host_file_make_folder(path, 0700);
    if (error && error != EEXIST)
        return error;
    for (unsigned n = 1; n <= PLACES_MAX; n++) {
        if (n == 1)
            snprintf(out_name, size, "%s", base);
        else
            snprintf(out_name, size, "%s-%u", base, n);
        snprintf(path, sizeof path, "%s/Programs/%s", places.drive, out_name);
        error = host_file_make_link(folder, path);
        if (!error) /* under both names: the loader sees the one behind the link */
            return host_opener_lend(path, descriptor) ?: host_opener_lend(folder, descriptor);
        if (error != EEXIST)
            return error;
    }
    return EEXIST;
}

static NTSTATUS add_locked(const char *folder, int descriptor, int *out_index)
{
    if (places.count == PLACES_MAX)
        return STATUS_INSUFFICIENT_RESOURCES;
    void *memory = calloc(1, sizeof *places.place[0]);
    if (!memory)
        return STATUS_INSUFFICIENT_RESOURCES;
    places.place[places.count] = memory;
    snprintf(places.place[places.count]->folder, PATH_MAX, "%s", folder);
    if (link_make(folder, descriptor, places.place[places.count]->name,
                  sizeof places.place[0]->name)) {
        free(memory);
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    *out_index = (int)places.count++;
    return STATUS_SUCCESS;
}

static void separators_set(char *path)
{
    for (; *path; path++) {
        if (*path == '/')
            *path = '\\';
    }
}

NTSTATUS place_of_folder(const char *folder, int descriptor, char *out_directory, size_t size)
{
    if (*folder != '/' || strlen(folder) >= PATH_MAX || !*places.drive)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    const char *within = below(folder, places.drive); /* on drive C: it has its own name */
    if (within) {
        snprintf(out_directory, size, "C:\\%s", within);
        separators_set(out_directory);
        return STATUS_SUCCESS;
    }
    host_lock_take(&places.lock);
    int index = find_locked(folder);
    NTSTATUS status = index < 0 ? add_locked(folder, descriptor, &index) : STATUS_SUCCESS;
    if (NT_SUCCESS(status)) {
        const char *rest = below(folder, places.place[index]->folder);
        snprintf(out_directory, size, "C:\\Programs\\%s%s%s", places.place[index]->name,
                 *rest ? "\\" : "", rest);
    }
    host_lock_give(&places.lock);
    if (NT_SUCCESS(status))
        separators_set(out_directory);
    return status;
}

void place_forget_all(void)
{
    while (places.count > 0)
        free(places.place[--places.count]);
}
