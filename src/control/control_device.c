/* SPDX-License-Identifier: MIT */
/* control_device.c - devices, device-*, classes, class-filter, driver-nodes, driver-files: what
 * `cove devcon` and `cove pnputil` ask about devices, in JSON.
 *
 * Lists are sent item by item, as a tree may be longer than one reply.
 */
#include <stdio.h>
#include <string.h>

#include "control_internal.h"
#include "control_setup.h"
#include "rtl/rtl.h"
#include "setup/device.h"

void control_item(struct control_list *list, cJSON *item)
{
    char *text = cJSON_PrintUnformatted(item);
    cJSON_Delete(item);
    if (text && !list->is_gone)
        list->is_gone = !server_control_reply(list->control, 0, text, strlen(text), false);
    cJSON_free(text);
}

void control_list_end(struct control_list *list)
{
    server_control_reply(list->control, 0, "", 0, true);
}

void control_setup_fail(server_control *control, const struct setup_error *error)
{
    control_fail(control, error->code, error->text);
}

static void texts_add(cJSON *item, const char *name, char *const *texts)
{
    cJSON *list = cJSON_AddArrayToObject(item, name);
    for (size_t i = 0; texts && texts[i]; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(texts[i]));
}

static void stack_add(cJSON *item, const struct setup_device *device)
{
    cJSON *stack = cJSON_AddArrayToObject(item, "stack");
    for (unsigned i = 0; i < device->stack_count; i++) {
        const struct setup_stack_row *row = &device->stack[i];
        char address[24];
        cJSON *object = cJSON_CreateObject();
        snprintf(address, sizeof address, "0x%llx", (unsigned long long)row->device);
        cJSON_AddStringToObject(object, "driver", row->driver);
        cJSON_AddStringToObject(object, "kind", row->kind);
        cJSON_AddStringToObject(object, "role", row->role);
        cJSON_AddStringToObject(object, "device", address);
        cJSON_AddItemToArray(stack, object);
    }
}

static void device_add(const struct setup_device *device, void *context)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        {"instance", device->instance},
        {"parent", device->parent},
        {"state", device->state},
        {"description", device->description},
        {"friendly_name", device->friendly_name},
        {"manufacturer", device->manufacturer},
        {"location", device->location},
        {"service", device->service},
        {"container", device->container},
        {"class", device->class_name},
        {"class_guid", device->class_guid},
        {"driver", device->driver},
        {"inf", device->published},
        {"section", device->section},
        {"provider", device->provider},
        {"version", device->version},
        {"date", device->date},
        {"matching_id", device->matching_id},
    };
    cJSON *item = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cJSON_AddStringToObject(item, texts[i].name, texts[i].text ? texts[i].text : "");
    cJSON_AddBoolToObject(item, "present", device->is_present);
    cJSON_AddNumberToObject(item, "depth", device->depth);
    cJSON_AddNumberToObject(item, "status", device->status);
    cJSON_AddNumberToObject(item, "problem", device->problem);
    cJSON_AddNumberToObject(item, "problem_status", device->problem_status);
    cJSON_AddNumberToObject(item, "capabilities", device->capabilities);
    cJSON_AddNumberToObject(item, "config_flags", device->config_flags);
    texts_add(item, "hardware_ids", device->hardware_ids);
    texts_add(item, "compatible_ids", device->compatible_ids);
    texts_add(item, "upper_filters", device->upper_filters);
    texts_add(item, "lower_filters", device->lower_filters);
    texts_add(item, "class_upper_filters", device->class_upper_filters);
    texts_add(item, "class_lower_filters", device->class_lower_filters);
    texts_add(item, "resources", device->resources);
    texts_add(item, "extensions", device->extensions);
    stack_add(item, device);
    control_item(context, item);
}

/* present|all */
void control_devices(server_control *control, unsigned count, char **words)
{
    struct control_list list = {.control = control};
    setup_device_visit(!strcmp(words[0], "all"), device_add, &list);
    control_list_end(&list);
}

/* ---- changes
 * ------------------------------------------------------------------------------------- */

static void done(server_control *control, bool needs_restart)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddBoolToObject(reply, "needs_restart", needs_restart);
    control_reply(control, 0, reply);
}

static struct device_node *node_of(const char *instance)
{
    UNICODE_STRING name;
    if (!NT_SUCCESS(rtl_unicode_of(instance, &name)))
        return NULL;
    struct device_node *node = pnp_node_find_get(&name);
    RtlFreeUnicodeString(&name);
    return node;
}

static void outcome(server_control *control, const char *instance, NTSTATUS status,
                    const struct pnp_veto *veto)
{
    char text[400];
    if (NT_SUCCESS(status) || status == STATUS_PNP_RESTART_ENUMERATION) {
        done(control, status == STATUS_PNP_RESTART_ENUMERATION);
        return;
    }
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, veto->name);
    char *who = name.Length ? rtl_utf8_of(&name) : NULL;
    snprintf(text, sizeof text, "%s%s%s", rtl_status_text(status), who ? ", refused by " : "",
             who ? who : "");
    rtl_free(who);
    control_fail(control, RtlNtStatusToDosError(status), text);
}

/* Verbs of one device that is there. */
static void device_verb(server_control *control, const char *instance,
                        NTSTATUS (*act)(struct device_node *node, struct pnp_veto *veto))
{
    struct pnp_veto veto = {0};
    struct device_node *node = node_of(instance);
    if (!node) {
        control_fail(control, CONTROL_NO_SUCH_DEVICE, "there is no such device");
        return;
    }
    NTSTATUS status = act(node, &veto);
    pnp_node_put(node);
    outcome(control, instance, status, &veto);
}

static NTSTATUS enable(struct device_node *node, struct pnp_veto *veto)
{
    return pnp_device_enable(node);
}

static NTSTATUS rescan(struct device_node *node, struct pnp_veto *veto)
{
    return pnp_rescan(node);
}

void control_device_enable(server_control *control, unsigned count, char **words)
{
    device_verb(control, words[0], enable);
}

void control_device_disable(server_control *control, unsigned count, char **words)
{
    device_verb(control, words[0], pnp_device_disable);
}

void control_device_restart(server_control *control, unsigned count, char **words)
{
    device_verb(control, words[0], pnp_device_restart);
}

/* [INSTANCE] */
void control_device_rescan(server_control *control, unsigned count, char **words)
{
    struct pnp_veto nobody = {0};
    if (count)
        device_verb(control, words[0], rescan);
    else
        outcome(control, "", pnp_rescan(NULL), &nobody);
    pnp_wait_idle();
}

void control_device_remove(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    bool needs_restart;
    if (setup_device_remove(words[0], &needs_restart, &error))
        control_setup_fail(control, &error);
    else
        done(control, needs_restart);
}

#define NAMES_MAX 64

/* The words of one word with line ends between; counts them. */
static unsigned names_split(char *word, const char **names)
{
    unsigned count = 0;
    char *rest;
    for (char *name = strtok_r(word, "\n", &rest); name && count < NAMES_MAX;
         name = strtok_r(NULL, "\n", &rest))
        names[count++] = name;
    return count;
}

/* INSTANCE IDS: one ID a line */
void control_device_sethwid(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    const char *names[NAMES_MAX];
    if (setup_device_ids_set(words[0], names, names_split(words[1], names), &error))
        control_setup_fail(control, &error);
    else
        done(control, false);
}

/* ---- classes
 * ------------------------------------------------------------------------------------- */

static void class_add(const struct setup_class *row, void *context)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "guid", row->guid);
    cJSON_AddStringToObject(item, "name", row->name);
    cJSON_AddStringToObject(item, "description", row->description);
    texts_add(item, "upper_filters", row->upper_filters);
    texts_add(item, "lower_filters", row->lower_filters);
    control_item(context, item);
}

void control_classes(server_control *control, unsigned count, char **words)
{
    struct control_list list = {.control = control};
    setup_class_visit(class_add, &list);
    control_list_end(&list);
}

/* GUID upper|lower FILTERS: one a line */
void control_class_filter(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    const char *names[NAMES_MAX];
    unsigned names_count = names_split(words[2], names);
    if (setup_class_filters_set(words[0], !strcmp(words[1], "upper"), names, names_count, &error))
        control_setup_fail(control, &error);
    else
        done(control, false);
}

/* ---- drivers of a device
 * --------------------------------------------------------------------------- */

static void driver_fields(cJSON *item, const struct setup_driver *driver)
{
    cJSON_AddStringToObject(item, "inf", driver->published);
    cJSON_AddStringToObject(item, "section", driver->section);
    cJSON_AddStringToObject(item, "description", driver->description);
    cJSON_AddStringToObject(item, "manufacturer", driver->manufacturer);
    cJSON_AddStringToObject(item, "provider", driver->provider);
    cJSON_AddStringToObject(item, "date", driver->date);
    cJSON_AddStringToObject(item, "version", driver->version);
    cJSON_AddStringToObject(item, "matching_id", driver->matching_id);
    cJSON_AddNumberToObject(item, "rank", driver->rank);
    cJSON_AddBoolToObject(item, "is_signed", driver->is_signed);
    cJSON_AddBoolToObject(item, "is_extension", driver->is_extension);
    cJSON_AddBoolToObject(item, "is_installed", driver->is_installed);
}

static void driver_add(const struct setup_driver *driver, void *context)
{
    cJSON *item = cJSON_CreateObject();
    driver_fields(item, driver);
    control_item(context, item);
}

void control_driver_nodes(server_control *control, unsigned count, char **words)
{
    struct control_list list = {.control = control};
    struct setup_error error = {0};
    setup_driver_visit(words[0], driver_add, &list, &error);
    control_list_end(&list);
}

void control_text_add(const char *text, void *list)
{
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

void control_driver_files(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    struct setup_driver driver;
    cJSON *reply = cJSON_CreateObject(), *files = cJSON_AddArrayToObject(reply, "files");
    if (setup_driver_files(words[0], &driver, control_text_add, files, &error)) {
        cJSON_Delete(reply);
        control_setup_fail(control, &error);
        return;
    }
    driver_fields(reply, &driver);
    control_reply(control, 0, reply);
}
