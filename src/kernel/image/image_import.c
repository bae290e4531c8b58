/* SPDX-License-Identifier: MIT */
/* image_import.c - what a file imports: found before anything is mapped, filled in after.
 *
 * The kernel's names come from its table; a name that no table has is bound to an entry that
 * reports itself when called. Other modules are images: loaded ones, or files beside the
 * importer, which are then loaded for it. An unknown module is an error that says what to do.
 */
#include <stdlib.h>
#include <string.h>

#include "callout/ddi_frame.h"
#include "image_internal.h"

struct binder {
    const char *importer; /* base name */
    const char *path;
    struct module *module;
    unsigned depth;
    struct image_error *error;
    NTSTATUS status;
};

static uint64_t fail(struct binder *binder, NTSTATUS status)
{
    binder->status = status;
    return 0;
}

/* The loader of the machine's Windows does not know the name. */
static uint64_t fail_newer(struct binder *binder, const struct pe_import *import,
                           const struct abi_export *row)
{
    const struct windows_release *first = windows_first_with(row->ntddi);
    char mine[80], theirs[80] = "a Windows later than any known here";
    if (first != NULL)
        windows_text(first->build, theirs, sizeof(theirs));
    return fail(binder, image_fail(binder->error, STATUS_DRIVER_ENTRYPOINT_NOT_FOUND,
                                   "%s: imports %s of %s, which first appears in %s; this machine "
                                   "is %s: the procedure is not found",
                                   binder->importer, import->name, import->module, theirs,
                                   windows_text(kernel_build(), mine, sizeof(mine))));
}

static uint64_t resolve_kernel(struct binder *binder, const struct pe_import *import,
                               unsigned modules)
{
    if (import->by_ordinal)
        return fail(binder, image_fail(binder->error, STATUS_DRIVER_ORDINAL_NOT_FOUND,
                                       "%s: ImportLookupTable asks %s for ordinal %u; the kernel "
                                       "exports by name only",
                                       binder->importer, import->module, import->ordinal_or_hint));
    const struct abi_export *row = kernel_export_find(import->name);
    if (row != NULL && kernel_export_is_newer(row))
        return fail_newer(binder, import, row);
    if (row != NULL && row->address != NULL)
        return (uint64_t)row->address;
    if (row != NULL)
        return fail(binder, image_fail(binder->error, STATUS_DRIVER_ENTRYPOINT_NOT_FOUND,
                                       "%s: imports the variable %s of %s, which is not there yet; "
                                       "docs/status.md lists what is",
                                       binder->importer, import->name, import->module));
    uint64_t entry = (uint64_t)ddi_unknown_entry(import->name, modules);
    if (entry == 0)
        return fail(binder, image_fail(binder->error, STATUS_INSUFFICIENT_RESOURCES,
                                       "%s: imports %s of %s, one unknown name too many",
                                       binder->importer, import->name, import->module));
    return entry;
}

static bool imports_add(struct module *module, struct module *from)
{
    struct module **imports =
        realloc(module->imports, (module->import_count + 1) * sizeof(*imports));
    if (imports == NULL)
        return false;
    imports[module->import_count++] = from;
    module->imports = imports;
    return true;
}

static struct module *imports_find(const struct module *module, const char *name)
{
    struct module *found = module_find_locked(name);
    for (uint32_t i = 0; found != NULL && i < module->import_count; i++)
        if (module->imports[i] == found)
            return found;
    return NULL;
}

/* The module of that name with a reference for the importer; loads it when it is a file. */
static struct module *dependency(struct binder *binder, const char *name)
{
    struct module *found = imports_find(binder->module, name);
    if (found != NULL)
        return found;
    found = module_find_locked(name);
    if (found != NULL) {
        module_get_locked(found);
    } else {
        char *path = image_file_beside(binder->path, name);
        if (path == NULL) {
            binder->status = image_fail(
                binder->error, STATUS_DLL_NOT_FOUND,
                "%s: imports from %s, which is neither a module of the kernel nor a file beside "
                "it; put %s into the folder of %s",
                binder->importer, name, name, binder->importer);
            return NULL;
        }
        binder->status = module_load_locked(path, binder->depth + 1, &found, binder->error);
        free(path);
        if (!NT_SUCCESS(binder->status))
            return NULL;
    }
    if (!imports_add(binder->module, found)) {
        module_put_locked(found);
        binder->status = STATUS_INSUFFICIENT_RESOURCES;
        return NULL;
    }
    return found;
}

static uint64_t resolve(struct binder *binder, const struct pe_import *import)
{
    unsigned modules = module_kernel_bits(import->module);
    if (modules != 0)
        return resolve_kernel(binder, import, modules);
    struct module *from = dependency(binder, import->module);
    if (from == NULL)
        return 0;
    uint64_t address =
        module_export_locked(from, import->name, import->ordinal_or_hint, IMAGE_FORWARD_MAX);
    if (address != 0)
        return address;
    if (import->by_ordinal)
        return fail(binder, image_fail(binder->error, STATUS_DRIVER_ORDINAL_NOT_FOUND,
                                       "%s: imports ordinal %u of %s, which does not export it",
                                       binder->importer, import->ordinal_or_hint, import->module));
    return fail(binder, image_fail(binder->error, STATUS_DRIVER_ENTRYPOINT_NOT_FOUND,
                                   "%s: imports %s of %s, which does not export it",
                                   binder->importer, import->name, import->module));
}

static int check_one(void *context, const struct pe_import *import)
{
    return resolve(context, import) != 0 ? 0 : 1;
}

NTSTATUS imports_check_locked(const struct image_file *file, struct module *module, unsigned depth,
                              struct image_error *error)
{
    struct pe_view view = pe_view_file(&file->pe, file->bytes, file->size_bytes);
    struct binder binder = {.importer = file->name,
                            .path = file->path,
                            .module = module,
                            .depth = depth,
                            .error = error};
    struct pe_error pe_error;
    switch (pe_imports_each(&view, check_one, &binder, &pe_error)) {
    case PE_OK:
    case 1: /* no imports, or one that was refused */
        return binder.status;
    default:
        return image_fail(error, STATUS_INVALID_IMAGE_FORMAT, "%s: %s", file->name, pe_error.text);
    }
}

static void *bind_one(void *context, const char *module, const char *name, uint16_t ordinal_or_hint,
                      bool by_ordinal)
{
    struct pe_import import = {.module = module,
                               .name = name,
                               .by_ordinal = by_ordinal,
                               .ordinal_or_hint = ordinal_or_hint};
    return (void *)resolve(context, &import);
}

NTSTATUS imports_bind_locked(struct module *module, void *mapped, struct image_error *error)
{
    struct binder binder = {
        .importer = module->abi.name, .path = module->abi.path, .module = module, .error = error};
    struct pe_error pe_error;
    if (pe_imports_bind(&module->abi.pe, mapped, module->abi.size, bind_one, &binder, &pe_error) >=
        0)
        return STATUS_SUCCESS;
    if (!NT_SUCCESS(binder.status))
        return binder.status;
    return image_fail(error, STATUS_INVALID_IMAGE_FORMAT, "%s: %s", module->abi.name,
                      pe_error.text);
}
