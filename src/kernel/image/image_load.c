/* SPDX-License-Identifier: MIT */
/* image_load.c - from a path to an image that can run.
 *
 * First half: read and check the file, load what it imports from, find every import. Second
 * half: map, move, bind, guard, protect, publish. A failure leaves nothing behind.
 */
#include <stdlib.h>
#include <string.h>

#include "image_internal.h"

static struct module *module_make(struct image_file *file)
{
    struct module *module = calloc(1, sizeof(*module));
    if (module == NULL)
        return NULL;
    module->layout = malloc(sizeof(*module->layout));
    if (module->layout == NULL) {
        free(module);
        return NULL;
    }
    *module->layout = file->layout;
    strncpy(module->abi.name, file->name, sizeof(module->abi.name) - 1);
    module->abi.pe = file->pe;
    module->abi.timestamp = file->pe.timestamp;
    module->abi.references = 1;
    module->abi.path = file->path; /* the module's from here on */
    list_init(&module->abi.link);
    return module;
}

/* The half that changes things; the file has been checked. */
static NTSTATUS module_commit_locked(const struct image_file *file, struct module *module,
                                     struct image_error *error)
{
    NTSTATUS status = image_place(file, module, error);
    if (!NT_SUCCESS(status))
        return status;
    status = imports_bind_locked(module, (void *)module->abi.base, error);
    if (!NT_SUCCESS(status))
        return status;
    image_guard_fill(module);
    status = image_protect(module);
    if (NT_SUCCESS(status) && !image_index_add(&module->abi))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status))
        return image_fail(error, status, "%s: no memory for its pages", module->abi.name);
    module_publish_locked(module);
    return STATUS_SUCCESS;
}

NTSTATUS module_load_locked(const char *path, unsigned depth, struct module **out_module,
                            struct image_error *error)
{
    struct image_file file;
    if (depth > IMAGE_DEPTH_MAX)
        return image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                          "%s: imports lead %u files deep; perhaps in a circle", path, depth);
    NTSTATUS status = image_file_open(path, &file, error);
    if (!NT_SUCCESS(status))
        return status;
    struct module *module = module_make(&file);
    if (module == NULL) {
        image_file_close(&file);
        return image_fail(error, STATUS_INSUFFICIENT_RESOURCES, "no memory to load %s", path);
    }
    status = imports_check_locked(&file, module, depth, error);
    if (NT_SUCCESS(status))
        status = module_commit_locked(&file, module, error);
    free(file.bytes);
    if (NT_SUCCESS(status))
        *out_module = module;
    else
        module_free(module);
    return status;
}

static NTSTATUS load_locked(const char *path, struct module **out_module, struct image_error *error)
{
    char *real = realpath(path, NULL);
    struct module *module = real != NULL ? module_find_path_locked(real) : NULL;
    free(real);
    if (module == NULL)
        return module_load_locked(path, 0, out_module, error);
    if (module->is_driver)
        return image_fail(error, STATUS_IMAGE_ALREADY_LOADED,
                          "%s is loaded already; stop the service that uses it first",
                          module->abi.path);
    module_get_locked(module); /* an importer brought it in; now it runs for itself */
    *out_module = module;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Locks:   image_lock
 * Errors:  STATUS_INVALID_IMAGE_FORMAT and its kin: *out_error names file and field;
 *          STATUS_DLL_NOT_FOUND, STATUS_DRIVER_ENTRYPOINT_NOT_FOUND,
 *          STATUS_DRIVER_ORDINAL_NOT_FOUND; STATUS_IMAGE_ALREADY_LOADED
 * Doc:     "PE Format"; ntifs.h ZwLoadDriver
 * Differs: modules that a driver imports from are looked for in its own folder
 */
NTSTATUS image_load(const char *path, struct image **out_image, struct image_error *out_error)
{
    struct image_error error = {0};
    struct module *module;
    host_lock_take(&image_lock);
    NTSTATUS status = load_locked(path, &module, &error);
    if (NT_SUCCESS(status))
        module->is_driver = true;
    host_lock_give(&image_lock);
    if (NT_SUCCESS(status))
        *out_image = &module->abi;
    else if (out_error != NULL)
        *out_error = error;
    return status;
}

void image_unload(struct image *image)
{
    host_lock_take(&image_lock);
    module_of(image)->is_driver = false;
    module_put_locked(module_of(image));
    host_lock_give(&image_lock);
}
