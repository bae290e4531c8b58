/* SPDX-License-Identifier: MIT */
/* cc_overlay.c - makes the driver's own headers match in any case, as on Windows.
 *
 * In: the folders of sources, those after -I and the temporary one; out: an overlay file for clang
 * that names what lies in and below them. Only headers are named, a folder at most once, hidden
 * folders not at all. A name that is spelt right is opened as it is.
 */
#include "cc.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Deeper folders and longer lists are a source tree nobody includes from. */
#define DEEPEST 4
#define MOST    20000

struct overlay {
    FILE *file;
    size_t count;
};

/* A word of the overlay's format: in single quotes, those inside doubled. */
static void word_write(FILE *file, const char *before, const char *word, const char *after)
{
    fprintf(file, "%s'", before);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputc('\'', file);
        fputc(*word, file);
    }
    fprintf(file, "'%s", after);
}

static bool is_header(const char *name)
{
    static const char *const extensions[] = {".h",   ".hpp", ".hxx", ".hh",  ".inl",
                                             ".inc", ".ver", ".rh",  ".rc2", ".tmh"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < sizeof(extensions) / sizeof(extensions[0]); i++)
        if (strcasecmp(dot, extensions[i]) == 0)
            return true;
    return false;
}

static void folder_write(struct overlay *overlay, const char *path, unsigned depth)
{
    DIR *listing = opendir(path);
    struct dirent *entry;

    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        struct stat about;
        if (entry->d_name[0] == '.' || overlay->count >= MOST)
            continue;
        char *inside = text_copyf("%s/%s", path, entry->d_name);
        if (fstatat(dirfd(listing), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(about.st_mode) && depth < DEEPEST) {
            overlay->count++;
            word_write(overlay->file, "{ 'name': ", entry->d_name,
                       ", 'type': 'directory', 'contents': [\n");
            folder_write(overlay, inside, depth + 1);
            fputs("]},\n", overlay->file);
        } else if (!S_ISDIR(about.st_mode) && is_header(entry->d_name)) {
            overlay->count++;
            word_write(overlay->file, "{ 'name': ", entry->d_name, ", 'type': 'file', ");
            word_write(overlay->file, "'external-contents': ", inside, " },\n");
        }
    }
    if (listing != NULL)
        closedir(listing);
}

/* Adds the real path of a folder unless it is there or lies below one that is. */
static void folder_add(struct words *folders, const char *path)
{
    char real[PATH_MAX];

    if (realpath(*path != '\0' ? path : ".", real) == NULL || strcmp(real, "/") == 0)
        return;
    for (size_t i = 0; i < folders->count; i++) {
        size_t length = strlen(folders->items[i]);
        if (strncmp(folders->items[i], real, length) == 0 &&
            (real[length] == '\0' || real[length] == '/'))
            return;
    }
    words_addf(folders, "%s", real);
}

const char *cc_overlay_write(const struct cc_options *options, const char *temporary)
{
    const char *path = text_copyf("%s/overlay.yaml", temporary);
    struct overlay overlay = {.file = fopen(path, "w")};
    struct words folders = {0};

    if (overlay.file == NULL)
        return NULL;
    for (size_t i = 0; i < options->source_count; i++) {
        const char *source = options->sources[i].path;
        const char *slash = strrchr(source, '/');
        folder_add(&folders,
                   slash == NULL ? "." : text_copyf("%.*s", (int)(slash - source), source));
    }
    for (size_t i = 0; i < options->resource.count; i++)
        if (strncmp(options->resource.items[i], "-I", 2) == 0)
            folder_add(&folders, options->resource.items[i] + 2);
    folder_add(&folders, temporary);

    fputs("{ 'version': 0, 'case-sensitive': 'false', 'redirecting-with': 'fallback',\n"
          "'roots': [\n",
          overlay.file);
    for (size_t i = 0; i < folders.count; i++) {
        word_write(overlay.file, "{ 'name': ", folders.items[i],
                   ", 'type': 'directory', 'contents': [\n");
        folder_write(&overlay, folders.items[i], 0);
        fputs("]},\n", overlay.file);
    }
    fputs("]}\n", overlay.file);
    return fclose(overlay.file) == 0 ? path : NULL;
}
