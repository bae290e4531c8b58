/* SPDX-License-Identifier: MIT */
/* package.c - a driver package: its INF with the machine's folders, and the files it is made of. */
#include <stdlib.h>
#include <string.h>

#include "inbox.h"
#include "inf/dirid.h"
#include "rtl/rtl.h"
#include "setup_internal.h"

const struct inf_target *store_target(void)
{
    static struct inf_target target;
    if (!target.major) {
        RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
        RtlGetVersion(&version);
        target = (struct inf_target){.architecture = INF_AMD64,
                                     .minor = version.dwMinorVersion,
                                     .build = version.dwBuildNumber,
                                     .product_type = 1,
                                     .major = version.dwMajorVersion};
    }
    return &target;
}

uint32_t package_parse(const uint8_t *bytes, size_t length, const char *name, const char *folder,
                       struct inf **out_inf, struct setup_error *error)
{
    struct inf_error why;
    struct inf_dirid_owner owner = {.source = folder, .store = folder};
    struct inf_options options = {.dirid = inf_dirid_table, .dirid_context = &owner};
    if (inf_parse(bytes, length, name, &options, out_inf, &why) != INF_OK)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    inf_include_set(*out_inf, inbox_find, NULL);
    return NO_ERROR;
}

/* ---- the files of a package ------------------------------------------------------------------ */

struct file_entry {
    char *path; /* below the package's folder, with backslashes */
    bool is_needed;
    uint32_t line;
};

struct gathering {
    const struct inf *inf;
    struct file_entry *entries;
    size_t count;
    bool is_short, is_needed;
    struct inf_error why;
};

static struct file_entry *entry_find(struct gathering *gathering, const char *path)
{
    for (size_t i = 0; i < gathering->count; i++)
        if (inf_same(gathering->entries[i].path, path))
            return &gathering->entries[i];
    return NULL;
}

static int entry_take(void *context, const struct inf_file *file)
{
    struct gathering *gathering = context;
    if (file->action != INF_FILE_COPY || file->place.inf != gathering->inf)
        return 0; /* deleted and renamed files, and those of in-box INFs, are not in the package */
    char *path = *file->source_subdir ? text_format("%s\\%s", file->source_subdir, file->source)
                                      : strdup(file->source);
    struct file_entry *entry = path ? entry_find(gathering, path) : NULL;
    if (entry) {
        entry->is_needed |= gathering->is_needed;
        free(path);
        return 0;
    }
    struct file_entry *grown =
        path ? realloc(gathering->entries, (gathering->count + 1) * sizeof *grown) : NULL;
    if (!grown) {
        gathering->is_short = true;
        free(path);
        return 1;
    }
    gathering->entries = grown;
    grown[gathering->count++] = (struct file_entry){
        .path = path, .is_needed = gathering->is_needed, .line = file->place.line->number};
    return 0;
}

static void install_take(struct gathering *gathering, const struct inf_install *install)
{
    inf_files_visit(gathering->inf, install->section, store_target(), entry_take, gathering,
                    &gathering->why);
}

static int model_take(void *context, const struct inf_model *model)
{
    struct gathering *gathering = context;
    struct inf_install install;
    if (inf_install_find(gathering->inf, model->install, store_target(), &install) == INF_OK)
        install_take(gathering, &install);
    return gathering->is_short;
}

/* Listed files may be missing when only a co-installer section names them; copied ones may not. */
uint32_t package_files(const struct inf *inf, package_file_visit *visit, void *context,
                       struct setup_error *error)
{
    struct gathering gathering = {.inf = inf, .is_needed = true};
    struct inf_install install;
    inf_models_visit(inf, store_target(), model_take, &gathering, &gathering.why);
    if (inf_default_install_find(inf, store_target(), &install) == INF_OK)
        install_take(&gathering, &install);
    gathering.is_needed = false;
    inf_source_files_visit(inf, store_target(), entry_take, &gathering, &gathering.why);
    uint32_t result =
        gathering.is_short ? setup_fail(error, ERROR_OUTOFMEMORY, "out of memory") : NO_ERROR;
    for (size_t i = 0; i < gathering.count; i++) {
        const struct file_entry *entry = &gathering.entries[i];
        if (!result && visit(context, entry->path, entry->is_needed, entry->line))
            result = error->code ? error->code : ERROR_INVALID_DATA;
        free(entry->path);
    }
    free(gathering.entries);
    return result;
}
