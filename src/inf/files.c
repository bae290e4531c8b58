/* SPDX-License-Identifier: MIT */
/* files.c - CopyFiles, DelFiles and RenFiles: which file goes where, and where it comes from. */
#include <stdio.h>
#include <string.h>

#include "entry_internal.h"
#include "inf/dirid.h"

enum { TARGET, SOURCE, UNUSED, FLAGS };

struct walk {
    const struct inf_target *target;
    inf_visit_file *visit;
    void *context;
    struct inf_error *error;
    enum inf_file_action action;
};

/* The line of a file or disk: [base.amd64] before [base]. */
static const struct inf_line *source_line(const struct inf *inf, const struct inf_target *target,
                                          const char *base, const char *key)
{
    const struct inf_line *line = inf_line_find(
        inf_section_format(inf, "%s.%s", base, inf_architecture_name(target->architecture)), key);
    return line ? line : inf_line_find(inf_section_find(inf, base), key);
}

static const char *path_trim(const char *path)
{
    while (*path == '\\' || *path == '/')
        path++;
    if (path[0] == '.' && (path[1] == 0 || path[1] == '\\'))
        return path_trim(path + 1);
    return path;
}

/* Disk and subfolder of a source file, as [SourceDisksFiles] and [SourceDisksNames] say. */
static int source_find(const struct walk *walk, struct inf_file *file, char *subdir, size_t room)
{
    const struct inf *inf = file->place.inf;
    struct inf_place place = {.inf = inf};
    int64_t disk;
    char number[24];
    place.line = source_line(inf, walk->target, "SourceDisksFiles", file->source);
    file->source_subdir = subdir;
    subdir[0] = 0;
    if (!place.line)
        return INF_OK;
    if (field_number(&place, 0, 0, UINT32_MAX, &disk, walk->error))
        return INF_DAMAGED;
    file->disk = (uint32_t)disk;
    snprintf(number, sizeof number, "%u", file->disk);
    const char *path =
        path_trim(inf_text(source_line(inf, walk->target, "SourceDisksNames", number), 3));
    const char *below = path_trim(inf_text(place.line, 1));
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] == '\\')
        length--;
    snprintf(subdir, room, "%.*s%s%s", (int)length, path, length > 0 && *below ? "\\" : "", below);
    length = strlen(subdir);
    while (length > 0 && subdir[length - 1] == '\\')
        subdir[--length] = 0;
    return INF_OK;
}

/* Where the files of a list go: its own line of [DestinationDirs] or the default. */
static int destination_find(const struct walk *walk, const char *list, struct inf_file *file)
{
    const struct inf_section *section = inf_section_find(file->place.inf, "DestinationDirs");
    struct inf_place place = {.inf = file->place.inf, .section = section};
    int64_t dirid = INF_DIRID_DEFAULT;
    place.line = list ? inf_line_find(section, list) : NULL;
    if (!place.line)
        place.line = inf_line_find(section, "DefaultDestDir");
    file->dirid = INF_DIRID_DEFAULT;
    file->subdir = "";
    if (!place.line)
        return INF_OK;
    int result = inf_number(place.line, 0, &dirid);
    if (result != INF_OK || dirid < -1 || dirid > UINT32_MAX)
        return inf_fail(place.inf, place.line->number, walk->error,
                        "\"%.60s\" is no DIRID; write its number alone, as in 13",
                        inf_text(place.line, 0));
    file->dirid = dirid == -1 || dirid == 65535 ? INF_DIRID_ABSOLUTE : (uint32_t)dirid;
    file->subdir = inf_text(place.line, 1);
    return INF_OK;
}

static int file_visit(const struct walk *walk, const char *list, struct inf_file *file)
{
    char subdir[2 * INF_FIELD_BYTES];
    file->action = walk->action;
    if (!*file->target)
        return inf_fail(file->place.inf, file->place.line->number, walk->error,
                        "the line names no file; write its name first");
    if (!*file->source)
        file->source = file->target;
    if (destination_find(walk, list, file) || source_find(walk, file, subdir, sizeof subdir))
        return INF_DAMAGED;
    return walk->visit(walk->context, file);
}

static int list_visit(void *context, const struct inf_place *directive, const char *name,
                      const struct inf_section *named)
{
    const struct walk *walk = context;
    struct inf_file file = {.place = *directive};
    int result = INF_OK;
    if (!named) {
        file.target = file.source = name + 1;
        return file_visit(walk, NULL, &file);
    }
    const char *security = security_find(directive->inf, named);
    for (uint32_t i = 0; result == INF_OK && i < named->line_count; i++) {
        int64_t flags;
        const struct inf_line *line = &named->lines[i];
        file = (struct inf_file){.place = {directive->inf, named, line}, .security = security};
        if (field_number(&file.place, FLAGS, 0, UINT32_MAX, &flags, walk->error))
            return INF_DAMAGED;
        file.flags = (uint32_t)flags;
        file.target = line->key ? line->key : inf_text(line, TARGET);
        file.source = line->key ? "" : inf_text(line, SOURCE);
        result = file_visit(walk, named->name, &file);
    }
    return result;
}

int inf_files_visit(const struct inf *inf, const struct inf_section *section,
                    const struct inf_target *target, inf_visit_file *visit, void *context,
                    struct inf_error *out_error)
{
    static const struct {
        const char *key;
        enum inf_file_action action;
    } directives[] = {
        {"DelFiles", INF_FILE_DELETE}, {"RenFiles", INF_FILE_RENAME}, {"CopyFiles", INF_FILE_COPY}};
    struct walk walk = {.target = target, .visit = visit, .context = context, .error = out_error};
    int result = INF_OK;
    for (size_t i = 0; result == INF_OK && i < sizeof directives / sizeof directives[0]; i++) {
        walk.action = directives[i].action;
        result = names_visit(inf, section, directives[i].key, list_visit, &walk, out_error);
    }
    return result;
}

int inf_file_list_visit(const struct inf *inf, const struct inf_section *list,
                        enum inf_file_action action, const struct inf_target *target,
                        inf_visit_file *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {
        .target = target, .visit = visit, .context = context, .error = out_error, .action = action};
    struct inf_place directive = {.inf = inf, .section = list};
    return list_visit(&walk, &directive, list->name, list);
}

int inf_source_files_visit(const struct inf *inf, const struct inf_target *target,
                           inf_visit_file *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.target = target, .visit = visit, .context = context, .error = out_error};
    const struct inf_section *own =
        inf_section_format(inf, "SourceDisksFiles.%s", inf_architecture_name(target->architecture));
    const struct inf_section *sections[] = {own, inf_section_find(inf, "SourceDisksFiles")};
    int result = INF_OK;
    for (unsigned at = 0; at < 2; at++) {
        for (uint32_t i = 0; sections[at] && result == INF_OK && i < sections[at]->line_count;
             i++) {
            const struct inf_line *line = &sections[at]->lines[i];
            char subdir[2 * INF_FIELD_BYTES];
            struct inf_file file = {.place = {inf, sections[at], line}, .subdir = ""};
            if (!line->key || (at == 1 && own && inf_line_find(own, line->key)))
                continue;
            file.target = file.source = line->key;
            result = source_find(&walk, &file, subdir, sizeof subdir);
            if (result == INF_OK)
                result = visit(context, &file);
        }
    }
    return result;
}
