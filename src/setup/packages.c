/* SPDX-License-Identifier: MIT */
/* packages.c - the public door to the driver store: add, list, export, drivers that fit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "device.h"
#include "host/files.h"
#include "inf/dirid.h"

uint32_t setup_package_add(const struct setup_source *source, struct setup_package *out_package,
                           struct setup_error *error)
{
    struct package *package;
    setup_lock();
    uint32_t result = store_add(source, &package, error);
    if (!result) {
        *out_package = package->abi;
        package->abi.was_there = false;
    }
    setup_unlock();
    return result;
}

void setup_package_visit(void (*visit)(const struct setup_package *package, void *context),
                         void *context)
{
    setup_lock();
    for (const struct package *package = store_first(); package; package = package->next)
        visit(&package->abi, context);
    setup_unlock();
}

/* Locked when it is found; NULL: error says that it is not there, nothing is locked. */
static struct package *package_lock(const char *published, struct setup_error *error)
{
    setup_lock();
    struct package *package = store_find(published);
    if (!package) {
        setup_unlock();
        setup_fail(error, ERROR_NOT_AN_INSTALLED_OEM_INF,
                   "%s is no package of the driver store; `cove pnputil /enum-drivers` lists them",
                   published);
    }
    return package;
}

struct file_walk {
    void (*visit)(const char *path, void *context);
    void *context;
    const char *folder;  /* of the package, on the host */
    const char *to_host; /* export; NULL: only listed */
    struct setup_error *error;
};

static void file_export(struct file_walk *walk, const char *path)
{
    char *from = text_format("%s/%s", walk->folder, path),
         *to = text_format("%s/%s", walk->to_host, path);
    for (char *at = from; at && *at; at++)
        *at = *at == '\\' ? '/' : *at;
    for (char *at = to; at && *at; at++) {
        if (*at != '\\')
            continue;
        *at = '\0';
        host_file_make_folder(to, 0777);
        *at = '/';
    }
    if (from && to)
        file_copy(from, to, walk->error);
    free(from);
    free(to);
}

static int file_visit(void *context, const char *path, bool is_needed, uint32_t line)
{
    struct file_walk *walk = context;
    char *host = text_format("%s/%s", walk->folder, path);
    for (char *at = host; at && *at; at++)
        *at = *at == '\\' ? '/' : *at;
    bool is_there = host && file_is_there(host);
    free(host);
    if (is_there && walk->to_host)
        file_export(walk, path);
    else if (is_there)
        walk->visit(path, walk->context);
    return walk->error->code != 0;
}

static uint32_t files_walk(struct file_walk *walk, const struct package *package)
{
    walk->folder = package->host_folder;
    file_visit(walk, package->abi.original, true, 0);
    if (*package->abi.catalog)
        file_visit(walk, package->abi.catalog, true, 0);
    return package_files(package->inf, file_visit, walk, walk->error);
}

uint32_t setup_package_files(const char *published, void (*visit)(const char *path, void *context),
                             void *context, struct setup_error *error)
{
    struct file_walk walk = {.visit = visit, .context = context, .error = error};
    struct package *package = package_lock(published, error);
    if (!package)
        return error->code;
    files_walk(&walk, package);
    setup_unlock();
    return error->code;
}

uint32_t setup_package_export(const char *published, const char *host_folder,
                              struct setup_error *error)
{
    struct file_walk walk = {.to_host = host_folder, .error = error};
    struct package *package = package_lock(published, error);
    if (!package)
        return error->code;
    files_walk(&walk, package);
    setup_unlock();
    return error->code;
}

/* ---- hardware IDs
 * --------------------------------------------------------------------------------- */

struct id_walk {
    void (*visit)(const char *id, void *context);
    void *context;
    char **seen;
    size_t count;
};

static int root_id_take(void *context, const struct inf_model *model)
{
    struct id_walk *walk = context;
    const char *id = model->id_count ? model->ids[0].text : "";
    if (strncasecmp(id, "root\\", 5))
        return 0;
    for (size_t i = 0; i < walk->count; i++)
        if (!strcasecmp(walk->seen[i], id))
            return 0;
    char **grown = realloc(walk->seen, (walk->count + 2) * sizeof *grown);
    if (!grown)
        return 1;
    walk->seen = grown;
    grown[walk->count++] = strdup(id);
    grown[walk->count] = NULL;
    return 0;
}

uint32_t setup_package_root_ids(const char *published, void (*visit)(const char *id, void *context),
                                void *context, struct setup_error *error)
{
    struct id_walk walk = {.visit = visit, .context = context};
    struct inf_error why;
    struct package *package = package_lock(published, error);
    if (!package)
        return error->code;
    bool is_extension = *package->abi.extension_id;
    if (!is_extension)
        inf_models_visit(package->inf, store_target(), root_id_take, &walk, &why);
    setup_unlock();
    for (size_t i = 0; i < walk.count; i++)
        visit(walk.seen[i], context);
    setup_key_list_free(walk.seen);
    return NO_ERROR;
}

/* ---- drivers of a device
 * ---------------------------------------------------------------------------- */

static void driver_fill(const struct match *match, const char *installed, struct setup_driver *out)
{
    const struct setup_package *abi = &match->package->abi;
    *out = (struct setup_driver){
        .published = abi->published,
        .section = match->install.actual,
        .description = match->model.description,
        .manufacturer = match->model.manufacturer,
        .provider = abi->provider,
        .date = abi->date,
        .version = abi->version,
        .matching_id = match->matching_id,
        .rank = match->rank,
        .is_signed = abi->signature == SETUP_SIGNED_TEST || abi->signature == SETUP_SIGNED_TRUSTED,
        .is_extension = *abi->extension_id,
        .is_installed = installed && !strcasecmp(installed, abi->published),
    };
}

uint32_t setup_driver_visit(const char *instance,
                            void (*visit)(const struct setup_driver *driver, void *context),
                            void *context, struct setup_error *error)
{
    struct device_ids ids;
    struct setup_driver driver;
    device_ids_read(instance, &ids);
    setup_lock();
    char *installed = device_published(instance);
    for (int extension = 0; extension < 2; extension++) {
        struct match_list list;
        match_find(ids.hardware, ids.compatible, extension, NULL, &list);
        for (size_t i = 0; i < list.count; i++) {
            driver_fill(&list.matches[i], installed, &driver);
            if (extension)
                driver.is_installed = true; /* the chosen of each extension is */
            visit(&driver, context);
        }
        match_fini(&list);
    }
    setup_unlock();
    free(installed);
    device_ids_free(&ids);
    return NO_ERROR;
}

struct target_walk {
    void (*visit)(const char *path, void *context);
    void *context;
    const struct package *package;
};

static int target_take(void *context, const struct inf_file *file)
{
    struct target_walk *walk = context;
    struct inf_dirid_owner owner = {.store = walk->package->abi.folder,
                                    .source = walk->package->abi.folder};
    const char *folder =
        file->dirid == INF_DIRID_ABSOLUTE ? "" : inf_dirid_table(&owner, file->dirid);
    if (file->action != INF_FILE_COPY || !folder || file->place.inf != walk->package->inf)
        return 0;
    char *path = text_format("%s%s%s\\%s", folder, *folder && *file->subdir ? "\\" : "",
                             file->subdir, file->target);
    if (path)
        walk->visit(path, walk->context);
    free(path);
    return 0;
}

uint32_t setup_driver_files(const char *instance, struct setup_driver *out_driver,
                            void (*visit)(const char *path, void *context), void *context,
                            struct setup_error *error)
{
    struct device_ids ids;
    struct match_list list;
    struct inf_error why;
    device_ids_read(instance, &ids);
    setup_lock();
    char *installed = device_published(instance);
    match_find(ids.hardware, ids.compatible, false, NULL, &list);
    const struct match *found = NULL;
    for (size_t i = 0; installed && i < list.count && !found; i++)
        if (!strcasecmp(installed, list.matches[i].package->abi.published))
            found = &list.matches[i];
    if (found) {
        struct target_walk walk = {visit, context, found->package};
        driver_fill(found, installed, out_driver);
        out_driver->section = found->model.install; /* both live as long as the package */
        inf_files_visit(found->package->inf, found->install.section, store_target(), target_take,
                        &walk, &why);
    } else {
        setup_fail(error, ERROR_NO_DRIVER_SELECTED, "%s has no driver of a package", instance);
    }
    match_fini(&list);
    setup_unlock();
    free(installed);
    device_ids_free(&ids);
    return error->code;
}
