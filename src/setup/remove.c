/* SPDX-License-Identifier: MIT */
/* remove.c - devices and packages away again, with what their installation had put down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "device.h"
#include "io/io.h"
#include "rtl/rtl.h"
#include "setup/device.h"

#define PATH_INTERFACES PATH_CONTROL_SET "\\Control\\DeviceClasses"

/* ---- devices ------------------------------------------------------------------------------------
 */

/* Keys of the device's interfaces, in every class. */
static void interfaces_delete_plan(struct plan *plan, const char *instance)
{
    char *prefix = text_format("##?#%s#", instance);
    char **classes = prefix ? setup_key_names(PATH_INTERFACES) : NULL;
    for (char *at = prefix; at && *at; at++)
        *at = *at == '\\' ? '#' : *at;
    for (size_t i = 0; classes && classes[i]; i++) {
        char *class_key = text_format("%s\\%s", PATH_INTERFACES, classes[i]);
        char **names = class_key ? setup_key_names(class_key) : NULL;
        for (size_t j = 0; names && names[j]; j++) {
            char *key = strncasecmp(names[j], prefix, strlen(prefix))
                            ? NULL
                            : text_format("%s\\%s", class_key, names[j]);
            if (key)
                plan_step_add(plan, PLAN_DELETE_KEY, key, NULL);
            free(key);
        }
        setup_key_list_free(names);
        free(class_key);
    }
    setup_key_list_free(classes);
    free(prefix);
}

uint32_t setup_device_remove(const char *instance, bool *out_needs_restart,
                             struct setup_error *error)
{
    struct plan plan = {0};
    char *software = device_software_path(instance),
         *key = text_format("%s\\%s", PATH_ENUM, instance);
    struct device_node *node = device_node_get(instance);
    NTSTATUS status = STATUS_SUCCESS;
    *out_needs_restart = false;
    if (!node && (!key || !setup_key_exists(key)))
        setup_fail(error, ERROR_NO_SUCH_DEVINST, "there is no device %s", instance);
    if (node && !error->code) {
        struct pnp_veto veto = {0};
        status = pnp_device_remove(node, &veto);
        if (!NT_SUCCESS(status)) {
            char *who = text_of_wide(veto.name, sizeof veto.name);
            setup_fail(error, RtlNtStatusToDosError(status), "%s cannot be removed: %s%s%s",
                       instance, rtl_status_text(status), who && *who ? ", refused by " : "",
                       who ? who : "");
            free(who);
        }
    }
    if (node)
        pnp_node_put(node);
    if (!error->code) {
        setup_lock();
        if (software)
            plan_step_add(&plan, PLAN_DELETE_KEY, software, NULL);
        if (key)
            plan_step_add(&plan, PLAN_DELETE_KEY, key, NULL);
        interfaces_delete_plan(&plan, instance);
        plan_commit(&plan, error);
        setup_note("<<<  device %s was removed", instance);
        setup_unlock();
    }
    plan_fini(&plan);
    free(software);
    free(key);
    return error->code;
}

/* ---- who uses a package
 * --------------------------------------------------------------------------- */

/* Calls visit with every instance that has a key below Enum; nonzero stops. */
static bool instances_visit(bool (*visit)(const char *instance, void *context), void *context)
{
    char **enumerators = setup_key_names(PATH_ENUM);
    bool is_stopped = false;
    for (size_t i = 0; enumerators && enumerators[i] && !is_stopped; i++) {
        char *key = text_format("%s\\%s", PATH_ENUM, enumerators[i]);
        char **devices = key ? setup_key_names(key) : NULL;
        free(key);
        for (size_t j = 0; devices && devices[j] && !is_stopped; j++) {
            key = text_format("%s\\%s\\%s", PATH_ENUM, enumerators[i], devices[j]);
            char **names = key ? setup_key_names(key) : NULL;
            free(key);
            for (size_t k = 0; names && names[k] && !is_stopped; k++) {
                char *instance = text_format("%s\\%s\\%s", enumerators[i], devices[j], names[k]);
                is_stopped = instance && visit(instance, context);
                free(instance);
            }
            setup_key_list_free(names);
        }
        setup_key_list_free(devices);
    }
    setup_key_list_free(enumerators);
    return is_stopped;
}

static bool device_uses(const char *instance, const char *published)
{
    char *own = device_published(instance), *key = text_format("%s\\%s", PATH_ENUM, instance);
    bool is_used = own && !strcasecmp(own, published);
    char **extensions = key ? setup_key_list(key, "ExtendedConfigurationIds") : NULL;
    for (size_t i = 0; extensions && extensions[i]; i++)
        is_used |= !strncasecmp(extensions[i], published, strlen(published)) &&
                   extensions[i][strlen(published)] == ':';
    setup_key_list_free(extensions);
    free(own);
    free(key);
    return is_used;
}

struct users {
    const char *published;
    char **names;
    size_t count;
};

static bool user_take(const char *instance, void *context)
{
    struct users *users = context;
    if (!device_uses(instance, users->published))
        return false;
    char **grown = realloc(users->names, (users->count + 2) * sizeof *grown);
    if (!grown)
        return true;
    users->names = grown;
    grown[users->count++] = strdup(instance);
    grown[users->count] = NULL;
    return false;
}

/* ---- a device without its package
 * ---------------------------------------------------------------- */

static uint32_t driver_take_away(const char *instance, struct setup_error *error)
{
    static const char *const values[] = {"Service",      "Driver",
                                         "ClassGUID",    "UpperFilters",
                                         "LowerFilters", "ExtendedConfigurationIds"};
    struct plan plan = {0};
    char *key = text_format("%s\\%s", PATH_ENUM, instance),
         *software = device_software_path(instance);
    for (size_t i = 0; key && i < sizeof values / sizeof *values; i++)
        plan_step_add(&plan, PLAN_DELETE_VALUE, key, values[i]);
    if (software)
        plan_step_add(&plan, PLAN_DELETE_KEY, software, NULL);
    uint32_t result = plan_commit(&plan, error);
    plan_fini(&plan);
    free(software);
    free(key);
    return result;
}

/* The next best driver, or none; the lock is held for the choice only. */
static uint32_t device_leave(const char *instance, const char *published, struct setup_error *error)
{
    struct device_ids ids;
    struct match_list list;
    device_ids_read(instance, &ids);
    setup_lock();
    match_find(ids.hardware, ids.compatible, false, NULL, &list);
    const struct match *next = NULL;
    for (size_t i = 0; i < list.count && !next; i++)
        if (strcasecmp(list.matches[i].package->abi.published, published))
            next = &list.matches[i];
    uint32_t result =
        next ? device_apply(instance, next, &ids, error) : driver_take_away(instance, error);
    match_fini(&list);
    setup_unlock();
    device_ids_free(&ids);
    struct device_node *node = result ? NULL : device_node_get(instance);
    if (node) {
        pnp_device_configure(node, NULL, 0);
        pnp_node_put(node);
    }
    return result;
}

/* Services that only this package had installed and that do not run. */
static void services_release(const char *published)
{
    char **services = setup_key_names(PATH_SERVICES);
    struct plan plan = {0};
    struct setup_error error = {0};
    for (size_t i = 0; services && services[i]; i++) {
        char *key = text_format("%s\\%s", PATH_SERVICES, services[i]);
        char **owners = key ? setup_key_list(key, "Owners") : NULL;
        bool is_owner = false, has_others = false;
        for (size_t j = 0; owners && owners[j]; j++) {
            bool is_it = !strcasecmp(owners[j], published);
            is_owner |= is_it;
            has_others |= !is_it;
        }
        DRIVER_OBJECT *driver = is_owner && !has_others ? io_driver_find_get(services[i]) : NULL;
        if (driver)
            ObDereferenceObject(driver);
        else if (is_owner && !has_others)
            plan_step_add(&plan, PLAN_DELETE_KEY, key, NULL);
        uint32_t length;
        uint8_t *wide = is_owner && (has_others || driver) ? text_wide(published, &length) : NULL;
        if (wide)
            plan_data(&plan, plan_step_add(&plan, PLAN_DELETE_STRING, key, "Owners"), REG_MULTI_SZ,
                      wide, length);
        free(wide);
        setup_key_list_free(owners);
        free(key);
    }
    setup_key_list_free(services);
    plan_commit(&plan, &error);
    plan_fini(&plan);
}

uint32_t setup_package_delete(const char *published, bool uninstall, bool force,
                              struct setup_error *error)
{
    struct users users = {.published = published};
    setup_lock();
    bool is_there = store_find(published) != NULL;
    setup_unlock();
    if (!is_there)
        return setup_fail(error, ERROR_NOT_AN_INSTALLED_OEM_INF,
                          "%s is no package of the driver store; `cove pnputil /enum-drivers` "
                          "lists them",
                          published);
    instances_visit(user_take, &users);
    if (users.count && !uninstall && !force)
        setup_fail(error, ERROR_INF_IN_USE_BY_DEVICES,
                   "%s is used by %s%s; uninstall it from its devices (/uninstall), or force it",
                   published, users.names[0], users.count > 1 ? " and others" : "");
    for (size_t i = 0; i < users.count && uninstall && !error->code; i++)
        device_leave(users.names[i], published, error);
    setup_key_list_free(users.names);
    if (error->code)
        return error->code;
    setup_lock();
    struct package *package = store_find(published);
    if (package)
        store_remove(package, error);
    if (!error->code && (uninstall || !users.count))
        services_release(published);
    setup_unlock();
    return error->code;
}

/* ---- changes to one key
 * ---------------------------------------------------------------------------- */

static uint32_t list_write(const char *key, const char *name, const char *const *texts,
                           uint32_t count, struct setup_error *error)
{
    struct plan plan = {0};
    setup_lock();
    if (count)
        plan_list(&plan, key, name, texts, count);
    else
        plan_step_add(&plan, PLAN_DELETE_VALUE, key, name);
    uint32_t result = plan_commit(&plan, error);
    setup_unlock();
    plan_fini(&plan);
    return result;
}

uint32_t setup_device_ids_set(const char *instance, const char *const *ids, uint32_t count,
                              struct setup_error *error)
{
    char *key = text_format("%s\\%s", PATH_ENUM, instance);
    uint32_t result =
        key && setup_key_exists(key)
            ? list_write(key, "HardwareID", ids, count, error)
            : setup_fail(error, ERROR_NO_SUCH_DEVINST, "there is no device %s", instance);
    free(key);
    return result;
}

uint32_t setup_class_filters_set(const char *guid, bool upper, const char *const *names,
                                 uint32_t count, struct setup_error *error)
{
    char *key = text_format("%s\\%s", PATH_CLASS, guid);
    uint32_t result =
        key && setup_key_exists(key)
            ? list_write(key, upper ? "UpperFilters" : "LowerFilters", names, count, error)
            : setup_fail(error, ERROR_INVALID_CLASS, "there is no class %s", guid);
    free(key);
    return result;
}

bool setup_instances_visit(bool (*visit)(const char *instance, void *context), void *context)
{
    return instances_visit(visit, context);
}
