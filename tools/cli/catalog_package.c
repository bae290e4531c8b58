/* SPDX-License-Identifier: MIT */
/* catalog_package.c - what goes into a package's catalog.
 *
 * A package's files are its INF and what [SourceDisksFiles] lists for the systems that are asked
 * for; the catalog's name is the INF's CatalogFile.
 */
#include "catalog.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inf/entry.h"
#include "inf_file.h"
#include "options.h"

#define FILES_MAX 4096
#define IDS_MAX   4096

/* What a package is made of. */
struct package {
    const char *folder;
    const char *inf_path;
    bool needs_all;
    struct catalog_file files[FILES_MAX];
    unsigned file_count;
    char *ids[IDS_MAX];
    unsigned id_count;
    char problem[600];
};

/* Adds a file of the package once. */
static int file_add(struct package *package, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length;
    for (unsigned i = 0; i < package->file_count; i++)
        if (strcasecmp(package->files[i].name, name) == 0)
            return 0;
    uint8_t *bytes =
        package->file_count < FILES_MAX ? inf_file_read("inf2cat", path, &length) : NULL;
    if (!bytes)
        return EXIT_FAILED;
    package->files[package->file_count++] =
        (struct catalog_file){.name = strdup(name), .bytes = bytes, .length = length};
    return 0;
}

static int on_source(void *context, const struct inf_file *file)
{
    struct package *package = context;
    char below[PATH_MAX], path[PATH_MAX];
    snprintf(below, sizeof below, "%s\\%s", file->source_subdir, file->source);
    if (inf_file_find(package->folder, below, path, sizeof path))
        return file_add(package, path);
    if (!package->needs_all)
        return 0; /* whoever copies it will say so */
    snprintf(package->problem, sizeof package->problem,
             "%s:%u: %s is not in the package; add it below %s", package->inf_path,
             file->place.line->number, file->source, package->folder);
    return EXIT_FAILED;
}

static int on_model(void *context, const struct inf_model *model)
{
    struct package *package = context;
    for (uint32_t i = 0; i < model->id_count; i++) {
        bool is_there = !*model->ids[i].text || package->id_count == IDS_MAX;
        for (unsigned k = 0; k < package->id_count && !is_there; k++)
            is_there = strcasecmp(package->ids[k], model->ids[i].text) == 0;
        if (is_there)
            continue;
        char *id = strdup(model->ids[i].text);
        for (char *at = id; id && *at; at++)
            *at |= *at >= 'A' && *at <= 'Z' ? 0x20 : 0;
        if (id)
            package->ids[package->id_count++] = id;
    }
    return 0;
}

static void package_free(struct package *package)
{
    for (unsigned i = 0; i < package->file_count; i++) {
        free((char *)package->files[i].name);
        free((uint8_t *)package->files[i].bytes);
    }
    for (unsigned i = 0; i < package->id_count; i++)
        free(package->ids[i]);
    free(package);
}

static int files_list(struct package *package, struct package_catalog *inout, const struct inf *inf,
                      struct inf_error *error)
{
    struct inf_version version = {0};
    int result = inf_version_read(inf, &inout->targets[0], &version, error);
    if (result == INF_OK && !*version.catalog && inout->needs_name)
        result = inf_fail(inf, 0, error, "[Version] has no CatalogFile; add it");
    if (result == INF_OK)
        result = file_add(package, package->inf_path);
    for (unsigned i = 0; result == INF_OK && i < inout->target_count; i++) {
        result = inf_source_files_visit(inf, &inout->targets[i], on_source, package, error);
        if (result == INF_OK)
            result = inf_models_visit(inf, &inout->targets[i], on_model, package, error);
    }
    snprintf(inout->name, sizeof inout->name, "%s", version.catalog);
    return result;
}

int package_catalog_make(const char *inf_path, struct package_catalog *inout, char *out_problem,
                         size_t size)
{
    char folder[PATH_MAX];
    struct package *package = calloc(1, sizeof *package);
    struct inf_error error = {0};
    struct inf *inf = NULL;
    size_t length;
    uint8_t *bytes = package ? inf_file_read("catalog", inf_path, &length) : NULL;
    if (!bytes) {
        free(package);
        return EXIT_FAILED;
    }
    snprintf(folder, sizeof folder, "%s", inf_path);
    char *slash = strrchr(folder, '/');
    snprintf(slash ? slash : folder, 2, "%s", slash ? "" : ".");
    *package =
        (struct package){.folder = folder, .inf_path = inf_path, .needs_all = inout->needs_all};
    int result = inf_file_parse(inf_path, bytes, length, NULL, &inf, &error);
    free(bytes);
    if (result == INF_OK)
        result = files_list(package, inout, inf, &error);
    const struct catalog_facts facts = {.os = inout->os,
                                        .hardware_ids = (const char *const *)package->ids,
                                        .hardware_id_count = package->id_count};
    if (result == INF_OK)
        result = catalog_make(package->files, package->file_count, &facts, &inout->bytes,
                              &inout->length);
    if (result)
        snprintf(out_problem, size, "%s",
                 *package->problem ? package->problem
                 : *error.text     ? error.text
                                   : "out of memory");
    inout->file_count = package->file_count;
    inf_destroy(inf);
    package_free(package);
    return result ? EXIT_FAILED : 0;
}
