/* SPDX-License-Identifier: MIT */
/* inf_file.c - reads INF files; keeps those that others include until the verb ends. */
#include "inf_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define INCLUDED_MAX 64

static struct {
    char name[128];
    struct inf *inf; /* NULL: there is none of that name */
} included[INCLUDED_MAX];
static unsigned included_count;

static uint8_t *whole_read(const char *path, size_t *out_length)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    if (!file)
        return NULL;
    bytes = malloc(INF_FILE_MAX + 1);
    if (bytes)
        *out_length = fread(bytes, 1, INF_FILE_MAX + 1, file);
    if (bytes && ferror(file)) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

uint8_t *inf_file_read(const char *verb, const char *path, size_t *out_length)
{
    uint8_t *bytes = whole_read(path, out_length);
    if (!bytes)
        fprintf(stderr, "cove %s: %s: %s\n", verb, path, strerror(errno));
    return bytes;
}

/* Where the INFs of the machine are. */
static void inbox_path(const char *name, char *path, size_t room)
{
    char self[PATH_MAX];
    const char *chosen = getenv("COVE_INF");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    if (chosen && *chosen)
        snprintf(path, room, "%s/%s", chosen, name);
    else
        snprintf(path, room, "%s/../share/cove/inf/%s", self, name);
}

static const struct inf *include_find(void *context, const char *name)
{
    char path[2 * PATH_MAX], plain[sizeof included[0].name];
    size_t length, at = 0;
    (void)context;
    if (strlen(name) >= sizeof plain || strchr(name, '/'))
        return NULL;
    for (; name[at]; at++)
        plain[at] = (char)tolower((unsigned char)name[at]);
    plain[at] = 0;
    for (unsigned i = 0; i < included_count; i++)
        if (strcmp(included[i].name, plain) == 0)
            return included[i].inf;
    if (included_count == INCLUDED_MAX)
        return NULL;
    unsigned slot = included_count++; /* taken before parsing: it may include itself */
    strcpy(included[slot].name, plain);
    inbox_path(plain, path, sizeof path);
    uint8_t *bytes = whole_read(path, &length);
    if (bytes && inf_parse(bytes, length, plain, NULL, &included[slot].inf, NULL) == INF_OK)
        inf_include_set(included[slot].inf, include_find, NULL);
    free(bytes);
    return included[slot].inf;
}

int inf_file_parse(const char *path, const uint8_t *bytes, size_t length,
                   const struct inf_options *options, struct inf **out_inf,
                   struct inf_error *out_error)
{
    int result = inf_parse(bytes, length, path, options, out_inf, out_error);
    if (result == INF_OK)
        inf_include_set(*out_inf, include_find, NULL);
    return result;
}

bool inf_file_find(const char *folder, const char *below, char *out_path, size_t room)
{
    char rest[PATH_MAX], *next = rest;
    snprintf(rest, sizeof rest, "%s", below);
    snprintf(out_path, room, "%s", folder);
    for (char *part; (part = strsep(&next, "\\/")) != NULL;) {
        DIR *directory = *part ? opendir(out_path) : NULL;
        bool found = !*part;
        for (struct dirent *entry; directory && !found && (entry = readdir(directory));)
            if (strcasecmp(entry->d_name, part) == 0) {
                found = true;
                size_t used = strlen(out_path);
                snprintf(out_path + used, room - used, "/%s", entry->d_name);
            }
        if (directory)
            closedir(directory);
        if (!found)
            return false;
    }
    return true;
}

void inf_file_close(void)
{
    for (unsigned i = 0; i < included_count; i++)
        inf_destroy(included[i].inf);
    included_count = 0;
}
