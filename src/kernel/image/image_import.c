/* SPDX-License-Identifier: MIT */
/* image_import.c - what a file imports: found before anything is mapped, filled in after.
 *
 * The kernel's names come from its table; a name that no table has is bound to an entry that
 * reports itself when called. Other modules are images: loaded ones, or files beside the
 * importer, which are then loaded for it. An unknown module is an error that says what to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "callout/ddi_frame.h"
#include "image_internal.h"

struct binder {
    const char *importer; /* base name */
    const char *path;
    struct module *module;
    unsigned depth;
    bool is_binding; /* the second time that each import is looked for */
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

/* A variable that nobody has written: the driver loads, its use faults and is then named. */
static uint64_t resolve_absent(struct binder *binder, const struct abi_export *row)
{
    uint64_t place = image_absent_place_locked(row);
    if (place == 0)
        return fail(binder, image_fail(binder->error, STATUS_INSUFFICIENT_RESOURCES,
                                       "%s: imports the variable %s, one absent variable too many",
                                       binder->importer, row->name));
    if (binder->is_binding)
        image_absent_note_locked(binder->importer, row);
    return place;
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
        return resolve_absent(binder, row);
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

/* The files that are being loaded, the newest first: each imports the one before it. */
struct loading {
    const struct loading *importer;
    const char *name;
};
static const struct loading *loading_top; /* image_lock */

/* An image that is being loaded cannot be imported from: it is not whole yet. */
static bool is_circle(struct binder *binder, const char *name)
{
    char text[200] = "";
    const struct loading *at = loading_top;
    while (at != NULL && strcasecmp(at->name, name) != 0)
        at = at->importer;
    if (at == NULL)
        return false;
    for (const struct loading *step = loading_top;; step = step->importer) {
        char rest[200];
        snprintf(rest, sizeof(rest), "%s imports from %s%s%s", step->name,
                 step == loading_top ? name : "it", text[0] != '\0' ? ", " : "", text);
        strcpy(text, rest);
        if (step == at)
            break;
    }
    binder->status = image_fail(binder->error, STATUS_INVALID_IMAGE_FORMAT,
                                "%s: imports go in a circle (%s); move what both need into a "
                                "third driver",
                                binder->importer, text);
    return true;
}

/* The module of that name with a reference for the importer; loads it when it is a file. With
 * is_asked a file that is nowhere is no error. */
static struct module *dependency(struct binder *binder, const char *name, bool is_asked)
{
    struct module *found = imports_find(binder->module, name);
    if (found != NULL)
        return found;
    if (is_circle(binder, name))
        return NULL;
    found = module_find_locked(name);
    if (found != NULL) {
        module_get_locked(found);
    } else {
        char *path = image_library_path(binder->path, name);
        if (path == NULL && is_asked)
            return NULL;
        if (path == NULL) {
            binder->status = image_fail(
                binder->error, STATUS_DLL_NOT_FOUND,
                "%s: imports from %s, which is neither a module of the kernel nor a file beside "
                "it or among the system's drivers; put %s into the folder of %s",
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

/* An export that its module takes from another, which is then loaded for the importer as well:
 * "MODULE.Name" or "MODULE.#12", MODULE without its suffix. True: nothing is left to follow. */
static bool load_forwarders(struct binder *binder, struct module *from, const char *export,
                            uint16_t ordinal)
{
    static const char *const suffixes[] = {".sys", ".dll", ".exe", ""};
    char name[80];
    for (unsigned depth = 0; depth < IMAGE_FORWARD_MAX; depth++) {
        const char *forwarder = module_forwarder_locked(from, export, ordinal);
        const char *dot = forwarder != NULL ? strrchr(forwarder, '.') : NULL;
        if (dot == NULL || (size_t)(dot - forwarder) > sizeof(name) - 8)
            return true;
        struct module *next = NULL;
        for (size_t i = 0; next == NULL && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
            snprintf(name, sizeof(name), "%.*s%s", (int)(dot - forwarder), forwarder, suffixes[i]);
            if (module_kernel_bits(name) != 0)
                return true;
            next = dependency(binder, name, true);
            if (next == NULL && !NT_SUCCESS(binder->status))
                return false;
        }
        if (next == NULL)
            return true;
        from = next;
        export = dot[1] != '#' ? dot + 1 : NULL;
        ordinal = export == NULL ? (uint16_t)strtoul(dot + 2, NULL, 10) : 0;
    }
    return true;
}

static uint64_t resolve(struct binder *binder, const struct pe_import *import)
{
    unsigned modules = module_kernel_bits(import->module);
    if (modules != 0)
        return resolve_kernel(binder, import, modules);
    struct module *from = dependency(binder, import->module, false);
    if (from == NULL || !load_forwarders(binder, from, import->name, import->ordinal_or_hint))
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
    struct loading loading = {.importer = loading_top, .name = file->name};
    loading_top = &loading;
    int result = pe_imports_each(&view, check_one, &binder, &pe_error);
    loading_top = loading.importer;
    switch (result) {
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
    struct binder binder = {.importer = module->abi.name,
                            .path = module->abi.path,
                            .module = module,
                            .is_binding = true,
                            .error = error};
    struct pe_error pe_error;
    if (pe_imports_bind(&module->abi.pe, mapped, module->abi.size, bind_one, &binder, &pe_error) >=
        0)
        return STATUS_SUCCESS;
    if (!NT_SUCCESS(binder.status))
        return binder.status;
    return image_fail(error, STATUS_INVALID_IMAGE_FORMAT, "%s: %s", module->abi.name,
                      pe_error.text);
}
