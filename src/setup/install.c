/* SPDX-License-Identifier: MIT */
/* install.c - drivers of the store onto devices: new ones, better ones, those that are asked for.
 *
 * Under the installation lock a driver is chosen, planned and committed; the lock is given back
 * before the device is started, as drivers run then.
 */
#include "install.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cm/cm.h"
#include "device.h"
#include "rtl/rtl.h"
#include "setup_internal.h"

char *node_instance(const struct device_node *node)
{
    const UNICODE_STRING *name = pnp_node_instance(node);
    return text_of_wide(name->Buffer, name->Length);
}

struct device_node *device_node_get(const char *instance)
{
    UNICODE_STRING name;
    if (!NT_SUCCESS(rtl_unicode_of(instance, &name)))
        return NULL;
    struct device_node *node = pnp_node_find_get(&name);
    RtlFreeUnicodeString(&name);
    return node;
}

void device_ids_read(const char *instance, struct device_ids *out)
{
    char *key = text_format("%s\\%s", PATH_ENUM, instance);
    out->hardware = key ? setup_key_list(key, "HardwareID") : NULL;
    out->compatible = key ? setup_key_list(key, "CompatibleIDs") : NULL;
    free(key);
}

void device_ids_free(struct device_ids *ids)
{
    setup_key_list_free(ids->hardware);
    setup_key_list_free(ids->compatible);
}

char *device_software_path(const char *instance)
{
    char *key = text_format("%s\\%s", PATH_ENUM, instance);
    char *driver = key ? setup_key_text(key, "Driver") : NULL;
    char *path = driver ? text_format("%s\\%s", PATH_CLASS, driver) : NULL;
    free(driver);
    free(key);
    return path;
}

char *device_published(const char *instance)
{
    char *path = device_software_path(instance);
    char *published = path ? setup_key_text(path, "InfPath") : NULL;
    free(path);
    return published;
}

/* The driver and, after it, every extension for the device, as one plan. */
static uint32_t whole_plan(struct plan *plan, const char *instance, const struct match *base,
                           const struct device_ids *ids, struct setup_error *error)
{
    struct match_list extensions;
    char *software_key = device_software_key(instance, base->package->abi.class_guid);
    if (!software_key)
        return setup_fail(error, ERROR_OUTOFMEMORY, "class %s has no free number for a driver",
                          base->package->abi.class_guid);
    match_find(ids->hardware, ids->compatible, true, NULL, &extensions);
    uint32_t result = device_plan(plan, instance, base, software_key, false, error);
    for (size_t i = 0; i < extensions.count && !result; i++)
        result = device_plan(plan, instance, &extensions.matches[i], software_key, true, error);
    match_fini(&extensions);
    free(software_key);
    return result;
}

uint32_t device_apply(const char *instance, const struct match *base, const struct device_ids *ids,
                      struct setup_error *error)
{
    struct plan plan = {0};
    uint32_t result = whole_plan(&plan, instance, base, ids, error);
    if (!result)
        result = plan_commit(&plan, error);
    plan_fini(&plan);
    return result;
}

/* ---- a new device of a bus ---------------------------------------------------------------------
 */

bool install_new_device(struct device_node *node)
{
    char *instance = node_instance(node);
    struct device_ids ids = {0};
    struct match_list list;
    struct setup_error error = {0};
    bool is_installed = false;
    if (!instance || !setup_options.drive_folder) {
        free(instance);
        return false;
    }
    setup_lock();
    char *driver = device_published(instance);
    device_ids_read(instance, &ids);
    match_find(ids.hardware, ids.compatible, false, NULL, &list);
    if (driver)
        is_installed = true; /* somebody was faster */
    else if (list.count)
        is_installed = !device_apply(instance, &list.matches[0], &ids, &error);
    match_fini(&list);
    setup_unlock();
    if (error.code)
        rtl_debug_printf("setup: %s: %s\n", instance, error.text);
    device_ids_free(&ids);
    free(driver);
    free(instance);
    return is_installed;
}

/* ---- a device below the root
 * --------------------------------------------------------------------- */

static uint32_t root_create(const struct match *match, const char *hardware_id,
                            struct device_node **out_node, struct setup_error *error)
{
    UNICODE_STRING name, id;
    char *class_name =
        strdup(*match->package->abi.class_name ? match->package->abi.class_name : "UNKNOWN");
    for (char *at = class_name; at && *at; at++)
        *at = *at == ' ' || *at == '\\' || *at == ',' ? '_'
              : *at >= 'a' && *at <= 'z'              ? *at - 32
                                                      : *at;
    uint32_t length;
    uint8_t *wide = text_wide(hardware_id, &length), *list = wide ? calloc(1, length + 2) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    if (list && class_name && NT_SUCCESS(rtl_unicode_of(class_name, &name))) {
        memcpy(list, wide, length);
        id = (UNICODE_STRING){(USHORT)(length + 2), (USHORT)(length + 2), (PWSTR)list};
        status = pnp_root_create(&name, &id, out_node);
        RtlFreeUnicodeString(&name);
    }
    free(list);
    free(wide);
    free(class_name);
    return NT_SUCCESS(status)
               ? NO_ERROR
               : setup_fail(error, RtlNtStatusToDosError(status),
                            "cannot make a device below the root: %s", rtl_status_text(status));
}

/* The device and all of its installation in one batch of the registry. */
static uint32_t root_install(const struct match *match, const char *hardware_id,
                             struct device_node **out_node, struct setup_error *error)
{
    struct plan plan = {0};
    struct undo *undo = NULL;
    struct device_node *node = NULL;
    struct device_ids ids = {0};
    bool is_prepared = false;
    char *instance = NULL;
    cm_batch_begin();
    uint32_t result = root_create(match, hardware_id, &node, error);
    if (!result && !(instance = node_instance(node)))
        result = setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    if (!result) {
        device_ids_read(instance, &ids);
        result = whole_plan(&plan, instance, match, &ids, error);
    }
    if (!result) {
        result = plan_prepare(&plan, error);
        is_prepared = !result;
    }
    if (!result)
        result = plan_apply(&plan, &undo, error);
    if (result) {
        if (is_prepared)
            plan_abandon(&plan, NULL);
        if (node) {
            pnp_device_remove(node, NULL);
            pnp_node_put(node);
        }
    }
    NTSTATUS status = cm_batch_end();
    if (!result && !NT_SUCCESS(status)) {
        result = setup_fail(error, RtlNtStatusToDosError(status),
                            "the registry cannot be written: %s", rtl_status_text(status));
        plan_abandon(&plan, undo);
        pnp_device_remove(node, NULL);
        pnp_node_put(node);
    }
    if (!result) {
        plan_finish(&plan, undo);
        *out_node = node;
    }
    plan_fini(&plan);
    device_ids_free(&ids);
    free(instance);
    return result;
}

static struct package *package_named(const char *published, struct setup_error *error)
{
    struct package *package = store_find(published);
    if (!package)
        setup_fail(error, ERROR_NOT_AN_INSTALLED_OEM_INF,
                   "%s is no package of the driver store; `cove devcon dp_enum` lists them",
                   published);
    return package;
}

uint32_t setup_device_create(const char *published, const char *hardware_id,
                             struct setup_outcome *out_outcome, struct setup_error *error)
{
    char *ids[] = {(char *)hardware_id, NULL};
    struct match_list list = {0};
    struct device_node *node = NULL;
    uint32_t result = NO_ERROR;
    *out_outcome = (struct setup_outcome){.count = 0};
    setup_lock();
    struct package *package = package_named(published, error);
    if (package) {
        match_find(ids, NULL, false, package, &list);
        result = list.count
                     ? root_install(&list.matches[0], hardware_id, &node, error)
                     : setup_fail(error, ERROR_NO_DRIVER_SELECTED,
                                  "%s has no driver for the hardware ID %s on this machine; `cove "
                                  "inf` lists the IDs that it has",
                                  package->abi.original, hardware_id);
        match_fini(&list);
    }
    setup_unlock();
    if (error->code)
        return result ? result : error->code;
    char *instance = node_instance(node);
    snprintf(out_outcome->instance, sizeof out_outcome->instance, "%s", instance ? instance : "");
    out_outcome->count = 1;
    free(instance);
    pnp_device_configure(node, error->text, sizeof error->text);
    pnp_node_put(node);
    return NO_ERROR;
}

/* ---- better drivers
 * ------------------------------------------------------------------------------ */

struct instances {
    char **names;
    size_t count;
};

static void instance_take(struct device_node *node, unsigned depth, void *context)
{
    struct instances *instances = context;
    char **grown = depth ? realloc(instances->names, (instances->count + 2) * sizeof *grown) : NULL;
    char *name = grown ? node_instance(node) : NULL;
    if (grown)
        instances->names = grown;
    if (name) {
        grown[instances->count++] = name;
        grown[instances->count] = NULL;
    }
}

static bool ids_have(const struct device_ids *ids, const char *wanted)
{
    for (size_t i = 0; ids->hardware && ids->hardware[i]; i++)
        if (!strcasecmp(ids->hardware[i], wanted))
            return true;
    for (size_t i = 0; ids->compatible && ids->compatible[i]; i++)
        if (!strcasecmp(ids->compatible[i], wanted))
            return true;
    return false;
}

/* The match that the device is installed with; NULL: none, or its package has gone. */
static const struct match *match_installed(const char *instance, const struct match_list *list)
{
    char *published = device_published(instance);
    const struct match *found = NULL;
    for (size_t i = 0; published && i < list->count && !found; i++)
        if (!strcasecmp(list->matches[i].package->abi.published, published))
            found = &list->matches[i];
    free(published);
    return found;
}

static const struct match *match_of(const struct match_list *list, const struct package *package)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->matches[i].package == package)
            return &list->matches[i];
    return NULL;
}

/* 1: it got the driver; 0: it keeps what it has; -1: failed. Under the lock. */
static int device_offer(const char *instance, struct package *package, const struct device_ids *ids,
                        bool force, struct setup_error *error)
{
    struct match_list list, extensions = {0};
    bool is_extension = *package->abi.extension_id;
    match_find(ids->hardware, ids->compatible, false, NULL, &list);
    const struct match *installed = match_installed(instance, &list), *offered = installed;
    bool is_better;
    if (is_extension) {
        match_find(ids->hardware, ids->compatible, true, NULL, &extensions);
        is_better = match_of(&extensions, package) != NULL;
        if (!offered && list.count)
            offered = &list.matches[0];
    } else {
        offered = match_of(&list, package);
        is_better = offered && (force || !installed || match_compare(offered, installed) < 0);
    }
    int result = 0;
    if (offered && is_better)
        result = device_apply(instance, offered, ids, error) ? -1 : 1;
    match_fini(&list);
    match_fini(&extensions);
    return result;
}

static void device_update_one(const char *instance, const char *published, const char *hardware_id,
                              bool force, unsigned *out_seen, struct setup_outcome *outcome,
                              struct setup_error *error)
{
    struct device_ids ids;
    int changed = 0;
    device_ids_read(instance, &ids);
    if (!hardware_id || ids_have(&ids, hardware_id)) {
        ++*out_seen;
        setup_lock();
        struct package *package = package_named(published, error);
        if (package)
            changed = device_offer(instance, package, &ids, force, error);
        setup_unlock();
    }
    device_ids_free(&ids);
    struct device_node *node = changed > 0 ? device_node_get(instance) : NULL;
    if (node) {
        NTSTATUS status = pnp_device_configure(node, error->text, sizeof error->text);
        outcome->needs_restart |= status == STATUS_PNP_RESTART_ENUMERATION;
        pnp_node_put(node);
    }
    outcome->count += changed > 0;
}

uint32_t setup_device_update(const char *published, const char *hardware_id, bool force,
                             struct setup_outcome *out_outcome, struct setup_error *error)
{
    struct instances instances = {0};
    unsigned seen = 0;
    *out_outcome = (struct setup_outcome){.count = 0};
    pnp_visit(instance_take, &instances);
    for (size_t i = 0; i < instances.count && !error->code; i++)
        device_update_one(instances.names[i], published, hardware_id, force, &seen, out_outcome,
                          error);
    setup_key_list_free(instances.names);
    if (error->code || out_outcome->count)
        return error->code;
    if (hardware_id && !seen)
        return setup_fail(error, ERROR_NO_SUCH_DEVINST,
                          "no device has the hardware ID %s; `cove devcon hwids *` lists them",
                          hardware_id);
    return setup_fail(error, ERROR_NO_MORE_ITEMS,
                      "no device takes %s: it fits none, or they have a better driver", published);
}
