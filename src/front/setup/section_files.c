/* SPDX-License-Identifier: MIT */
/* section_files.c - CopyFiles, DelFiles and RenFiles of a section, put into a file queue.
 *
 * In: an open INF and a section; out: an operation for each file. A destination is what
 * [DestinationDirs] says, a source the folder that was given with what [SourceDisksFiles] says.
 */
#include "section.h"

#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "inf/dirid.h"

#define PATH_MOST 1024u

wchar_t *section_text(const char *text)
{
    return wide_copy(text ? text : "", text ? strlen(text) : 0, NULL);
}

struct walk {
    const struct section_files *files;
    DWORD error;
};

/* Up to three parts, separators between them, none doubled. False: too long. */
static bool path_of(char *out, const char *first, const char *second, const char *third)
{
    const char *parts[] = {first, second, third};
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
        const char *part = parts[i];
        while (used && *part == '\\')
            part++;
        if (!*part)
            continue;
        if (used && out[used - 1] != '\\')
            out[used++] = '\\';
        size_t length = strlen(part);
        if (used + length + 2 > PATH_MOST)
            return false;
        memcpy(out + used, part, length);
        used += length;
    }
    out[used] = '\0';
    return true;
}

static bool operation_queue(const struct walk *walk, const struct inf_file *file,
                            const char *source_text, const char *target_text)
{
    wchar_t *source = section_text(source_text), *target = section_text(target_text);
    struct file_queue *queue = walk->files->queue;
    bool is_done = source && target;
    if (is_done && file->action == INF_FILE_DELETE)
        is_done = queue_delete_add(queue, target);
    else if (is_done && file->action == INF_FILE_RENAME)
        is_done = queue_rename_add(queue, source, target);
    else if (is_done) /* SP_COPY_NOOVERWRITE and _REPLACEONLY have other bits than an INF's */
        is_done =
            queue_copy_add(queue, source, target,
                           walk->files->style | (file->flags & INF_COPY_NO_OVERWRITE ? 8u : 0) |
                               (file->flags & INF_COPY_REPLACEONLY ? 0x400u : 0));
    heap_give(target);
    heap_give(source);
    return is_done;
}

static int file_take(void *context, const struct inf_file *file)
{
    struct walk *walk = context;
    struct inf_handle *handle = walk->files->handle;
    char target[PATH_MOST], source[PATH_MOST];
    const char *folder =
        file->dirid == INF_DIRID_ABSOLUTE ? "" : inf_handle_folder(handle, file->dirid);
    const char *origin = walk->files->source ? walk->files->source : handle->source;
    if (!folder) {
        walk->error = ERROR_INVALID_DATA;
        return 1;
    }
    bool fits = path_of(target, folder, file->subdir, file->target);
    if (file->action == INF_FILE_RENAME)
        fits = fits && path_of(source, folder, file->subdir, file->source);
    else
        fits = fits && path_of(source, origin, file->source_subdir ? file->source_subdir : "",
                               file->source);
    if (!fits)
        walk->error = ERROR_INVALID_PARAMETER;
    else if (!operation_queue(walk, file, source, target))
        walk->error = ERROR_NOT_ENOUGH_MEMORY;
    return walk->error != 0;
}

static DWORD answer_of(const struct walk *walk, int result)
{
    return walk->error ? walk->error : result == INF_DAMAGED ? ERROR_GENERAL_SYNTAX : 0;
}

DWORD section_files_queue(const struct section_files *files, const struct inf_section *section)
{
    struct walk walk = {.files = files};
    struct inf_error why;
    int result =
        inf_files_visit(files->handle->inf, section, inf_handle_target(), file_take, &walk, &why);
    return answer_of(&walk, result);
}

DWORD section_list_queue(const struct section_files *files, const struct inf_section *list,
                         enum inf_file_action action)
{
    struct walk walk = {.files = files};
    struct inf_error why;
    int result = inf_file_list_visit(files->handle->inf, list, action, inf_handle_target(),
                                     file_take, &walk, &why);
    return answer_of(&walk, result);
}
