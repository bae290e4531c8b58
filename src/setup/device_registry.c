/* SPDX-License-Identifier: MIT */
/* device_registry.c - AddReg, DelReg, BitReg, AddProperty and CopyFiles of a section, as steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inf/dirid.h"
#include "rtl/rtl.h"
#include "se/se.h"
#include "setup_internal.h"

struct registry_work {
    struct plan *plan;
    const char *relative, *device_key;
    struct setup_error *error;
};

/* Values that an INF sets for the device itself although it names the hardware key.
 * Doc: "INF AddReg Directive", special values for DDInstall.HW */
static bool is_of_device(const char *name)
{
    static const char *const names[] = {"UpperFilters", "LowerFilters",          "DeviceType",
                                        "Exclusive",    "DeviceCharacteristics", "Security",
                                        "FriendlyName"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (inf_same(names[i], name))
            return true;
    return false;
}

static char *registry_path(const struct registry_work *work, const struct inf_registry *entry)
{
    static const struct {
        const char *root, *path;
    } roots[] = {
        {"HKLM", "\\Registry\\Machine"},
        {"HKCR", "\\Registry\\Machine\\Software\\Classes"},
        {"HKU", "\\Registry\\User"},
        {"HKCU", "\\Registry\\User\\.DEFAULT"},
    };
    const char *root = work->relative;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (inf_same(entry->root, roots[i].root))
            root = roots[i].path;
    if (root == work->relative && work->device_key && !*entry->subkey && is_of_device(entry->name))
        root = work->device_key;
    return *entry->subkey ? text_format("%s\\%s", root, entry->subkey) : strdup(root);
}

static void security_add(struct registry_work *work, enum plan_kind kind, const char *path,
                         const char *name, const char *sddl)
{
    UNICODE_STRING text;
    PSECURITY_DESCRIPTOR descriptor;
    if (!NT_SUCCESS(rtl_unicode_of(sddl, &text))) {
        work->plan->is_short = true;
        return;
    }
    if (NT_SUCCESS(se_descriptor_of_sddl(&text, &descriptor))) {
        plan_data(work->plan, plan_step_add(work->plan, kind, path, name), REG_BINARY, descriptor,
                  RtlLengthSecurityDescriptor(descriptor));
        ExFreePool(descriptor);
    } else {
        setup_fail(work->error, ERROR_INVALID_DATA, "\"%s\" is no security descriptor string",
                   sddl);
    }
    RtlFreeUnicodeString(&text);
}

static int registry_take(void *context, const struct inf_registry *entry)
{
    static const enum plan_kind kinds[] = {
        [INF_REGISTRY_SET] = PLAN_SET,
        [INF_REGISTRY_KEY] = PLAN_KEY,
        [INF_REGISTRY_APPEND] = PLAN_APPEND,
        [INF_REGISTRY_DELETE_VALUE] = PLAN_DELETE_VALUE,
        [INF_REGISTRY_DELETE_KEY] = PLAN_DELETE_KEY,
        [INF_REGISTRY_DELETE_STRING] = PLAN_DELETE_STRING,
        [INF_REGISTRY_BITS_SET] = PLAN_BITS_SET,
        [INF_REGISTRY_BITS_CLEAR] = PLAN_BITS_CLEAR,
    };
    struct registry_work *work = context;
    char *path = registry_path(work, entry);
    if (!path) {
        work->plan->is_short = true;
        return 1;
    }
    char *text = entry->type == INF_REG_SZ && inf_same(entry->name, "Security") &&
                         work->device_key && !strcmp(path, work->device_key)
                     ? text_of_wide(entry->data, entry->data_length)
                     : NULL;
    if (text) {
        security_add(work, PLAN_SET, path, "Security", text);
    } else {
        struct plan_step *step = plan_step_add(work->plan, kinds[entry->action], path, entry->name);
        if (step) {
            step->if_absent = entry->if_absent;
            step->if_present = entry->if_present;
            step->bit_mask = entry->bit_mask;
            step->bit_byte = entry->bit_byte;
            plan_data(work->plan, step, entry->type, entry->data, entry->data_length);
        }
    }
    if (entry->security && *entry->security)
        security_add(work, PLAN_SECURITY, path, NULL, entry->security);
    free(text);
    free(path);
    return 0;
}

uint32_t registry_plan(struct plan *plan, const struct inf *inf, const struct inf_section *section,
                       const char *relative_root, const char *device_key, struct setup_error *error)
{
    struct registry_work work = {plan, relative_root, device_key, error};
    struct inf_error why;
    if (inf_registry_visit(inf, section, registry_take, &work, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}

/* ---- properties ------------------------------------------------------------------------------ */

struct property_work {
    struct plan *plan;
    const char *object_key;
};

static int property_take(void *context, const struct inf_property *property)
{
    struct property_work *work = context;
    UNICODE_STRING guid;
    GUID fmtid;
    memcpy(&fmtid, property->fmtid, sizeof fmtid);
    if (!NT_SUCCESS(RtlStringFromGUID(&fmtid, &guid))) {
        work->plan->is_short = true;
        return 1;
    }
    char *text = text_of_wide(guid.Buffer, guid.Length),
         *path =
             text ? text_format("%s\\Properties\\%s\\%04X", work->object_key, text, property->pid)
                  : NULL;
    if (path && property->is_delete)
        plan_step_add(work->plan, PLAN_DELETE_KEY, path, NULL);
    else if (path)
        plan_data(work->plan, plan_step_add(work->plan, PLAN_SET, path, ""),
                  PROPERTY_TYPE(property->type), property->data, property->data_length);
    else
        work->plan->is_short = true;
    free(path);
    free(text);
    RtlFreeUnicodeString(&guid);
    return 0;
}

uint32_t properties_plan(struct plan *plan, const char *object_key, const struct inf *inf,
                         const struct inf_section *section, struct setup_error *error)
{
    struct property_work work = {plan, object_key};
    struct inf_error why;
    if (inf_properties_visit(inf, section, property_take, &work, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}

/* ---- files -------------------------------------------------------------------------------------
 */

struct file_work {
    struct plan *plan;
    const struct package *package;
    struct setup_error *error;
};

static char *file_target(const struct file_work *work, const struct inf_file *file)
{
    const char *folder = "";
    if (file->dirid != INF_DIRID_ABSOLUTE) {
        struct inf_dirid_owner owner = {.store = work->package->abi.folder,
                                        .source = work->package->abi.folder};
        folder = inf_dirid_table(&owner, file->dirid);
        if (!folder) {
            setup_fail(work->error, ERROR_GENERAL_SYNTAX,
                       "%s:%u: %u is no DIRID of a folder here; [DestinationDirs] says where %s "
                       "goes",
                       inf_name(file->place.inf), file->place.line->number, file->dirid,
                       file->target);
            return NULL;
        }
    }
    const char *between = *folder && *file->subdir ? "\\" : "";
    return text_format("%s%s%s\\%s", folder, between, file->subdir, file->target);
}

/* The package's own copy of a file. */
static char *file_origin(const struct file_work *work, const struct inf_file *file)
{
    char *path = text_format("%s%s%s\\%s", work->package->abi.folder,
                             *file->source_subdir ? "\\" : "", file->source_subdir, file->source);
    char *host = path ? file_host_path(path, false) : NULL;
    free(path);
    return host;
}

static void other_file_add(struct file_work *work, const struct inf_file *file, const char *target)
{
    plan_copy(work->plan, "", target);
    if (!work->plan->file_count)
        return;
    struct plan_file *added = &work->plan->files[work->plan->file_count - 1];
    added->kind = file->action == INF_FILE_DELETE ? PLAN_DELETE : PLAN_RENAME;
    if (file->action != INF_FILE_RENAME)
        return;
    const char *slash = strrchr(target, '\\');
    free(added->from);
    added->from = text_format("%.*s\\%s", (int)(slash - target), target, file->source);
}

static int file_take(void *context, const struct inf_file *file)
{
    struct file_work *work = context;
    if (file->place.inf != work->package->inf)
        return 0; /* in-box files are not on this machine */
    char *target = file_target(work, file), *origin = NULL;
    if (!target)
        return 1;
    if (file->action != INF_FILE_COPY) {
        other_file_add(work, file, target);
    } else if (file->dirid != INF_DIRID_DRIVER_STORE) {
        origin = file_origin(work, file);
        if (!origin || !file_is_there(origin)) {
            setup_fail(work->error, ERROR_FILE_NOT_FOUND, "%s:%u: %s is not in the driver store",
                       work->package->abi.original, file->place.line->number, file->source);
        } else {
            plan_copy(work->plan, origin, target);
            for (size_t i = 0; i < work->plan->file_count; i++)
                if (!strcmp(work->plan->files[i].to, target)) {
                    work->plan->files[i].if_absent = file->flags & INF_COPY_NO_OVERWRITE;
                    work->plan->files[i].if_present = file->flags & INF_COPY_REPLACEONLY;
                }
        }
    }
    free(origin);
    free(target);
    return work->error->code != 0;
}

uint32_t files_plan(struct plan *plan, const struct package *package,
                    const struct inf_section *section, struct setup_error *error)
{
    struct file_work work = {plan, package, error};
    struct inf_error why;
    if (inf_files_visit(package->inf, section, store_target(), file_take, &work, &why) ==
        INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}
