/* SPDX-License-Identifier: MIT */
/* control_setup.c - package-*, device-install, device-update: the driver store in JSON. */
#include "control_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "setup/device.h"

static void package_fields(cJSON *item, const struct setup_package *package)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        {"published", package->published},    {"original", package->original},
        {"folder", package->folder},          {"provider", package->provider},
        {"class", package->class_name},       {"class_guid", package->class_guid},
        {"extension", package->extension_id}, {"date", package->date},
        {"version", package->version},        {"catalog", package->catalog},
        {"signer", package->signer},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cJSON_AddStringToObject(item, texts[i].name, texts[i].text);
    cJSON_AddNumberToObject(item, "signature", package->signature);
    cJSON_AddBoolToObject(item, "is_primitive", package->is_primitive);
    cJSON_AddBoolToObject(item, "was_there", package->was_there);
}

static void package_add(const struct setup_package *package, void *context)
{
    cJSON *item = cJSON_CreateObject();
    package_fields(item, package);
    control_item(context, item);
}

static void packages(server_control *control, unsigned count, char **words)
{
    struct control_list list = {.control = control};
    setup_package_visit(package_add, &list);
    control_list_end(&list);
}

/* PATH none|test|trusted|bad SIGNER [CATALOG]. Answers the package with its Root\ hardware IDs; a
 * refusal says whether a test signature would do. */
static void add(server_control *control, unsigned count, char **words)
{
    static const char *const names[] = {
        [SETUP_UNSIGNED] = "none",
        [SETUP_SIGNED_TEST] = "test",
        [SETUP_SIGNED_TRUSTED] = "trusted",
        [SETUP_SIGNATURE_BAD] = "bad",
    };
    struct setup_source source = {
        .inf_path = words[0], .signer = words[2], .catalog_path = count > 3 ? words[3] : NULL};
    struct setup_package package;
    struct setup_error error = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], words[1]))
            source.signature = (enum setup_signature)i;
    uint32_t code = setup_package_add(&source, &package, &error);
    cJSON *reply = cJSON_CreateObject();
    if (code) {
        cJSON_AddStringToObject(reply, "text", error.text);
        cJSON_AddBoolToObject(reply, "wants_test", error.wants_test);
        control_reply(control, code, reply);
        return;
    }
    package_fields(reply, &package);
    cJSON *ids = cJSON_AddArrayToObject(reply, "root_ids");
    setup_package_root_ids(package.published, control_text_add, ids, &error);
    control_reply(control, 0, reply);
}

static void finish(server_control *control, const struct setup_error *error)
{
    if (error->code)
        control_setup_fail(control, error);
    else
        control_reply(control, 0, cJSON_CreateObject());
}

static bool has_word(unsigned count, char **words, const char *word)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(words[i], word))
            return true;
    return false;
}

/* PUBLISHED [uninstall] [force] */
static void drop(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    setup_package_delete(words[0], has_word(count, words, "uninstall"),
                         has_word(count, words, "force"), &error);
    finish(control, &error);
}

/* PUBLISHED FOLDER */
static void export(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    setup_package_export(words[0], words[1], &error);
    finish(control, &error);
}

static void files(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    cJSON *list = cJSON_CreateArray();
    if (setup_package_files(words[0], control_text_add, list, &error)) {
        cJSON_Delete(list);
        control_setup_fail(control, &error);
        return;
    }
    control_reply(control, 0, list);
}

/* PUBLISHED install|uninstall */
static void primitive(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    if (!strcmp(words[1], "install"))
        setup_primitive_install(words[0], &error);
    else
        setup_primitive_uninstall(words[0], &error);
    finish(control, &error);
}

static void outcome(server_control *control, const struct setup_outcome *result,
                    const struct setup_error *error)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddStringToObject(reply, "instance", result->instance);
    cJSON_AddNumberToObject(reply, "count", result->count);
    cJSON_AddBoolToObject(reply, "needs_restart", result->needs_restart);
    if (*error->text)
        cJSON_AddStringToObject(reply, "text", error->text);
    control_reply(control, 0, reply);
}

/* PUBLISHED HARDWARE-ID */
static void device_install(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    struct setup_outcome result;
    if (setup_device_create(words[0], words[1], &result, &error))
        control_setup_fail(control, &error);
    else
        outcome(control, &result, &error);
}

/* PUBLISHED HARDWARE-ID|* [force] */
static void device_update(server_control *control, unsigned count, char **words)
{
    struct setup_error error = {0};
    struct setup_outcome result;
    const char *id = strcmp(words[1], "*") ? words[1] : NULL;
    if (setup_device_update(words[0], id, has_word(count, words, "force"), &result, &error))
        control_setup_fail(control, &error);
    else
        outcome(control, &result, &error);
}

/* FAIL-AT DIE-AT; answers how many steps the last installation had */
static void fault(server_control *control, unsigned count, char **words)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddNumberToObject(reply, "steps", setup_fault_steps());
    setup_fault_set((unsigned)strtoul(words[0], NULL, 10), (unsigned)strtoul(words[1], NULL, 10));
    control_reply(control, 0, reply);
}

const struct control_verb control_setup_verbs[] = {
    {"devices", 1, 1, control_devices, true},
    {"device-enable", 1, 1, control_device_enable, true},
    {"device-disable", 1, 1, control_device_disable, true},
    {"device-restart", 1, 1, control_device_restart, true},
    {"device-rescan", 0, 1, control_device_rescan, true},
    {"device-remove", 1, 1, control_device_remove, true},
    {"device-sethwid", 2, 2, control_device_sethwid, true},
    {"device-install", 2, 2, device_install, true},
    {"device-update", 2, 3, device_update, true},
    {"classes", 0, 0, control_classes, true},
    {"class-filter", 3, 3, control_class_filter, true},
    {"driver-nodes", 1, 1, control_driver_nodes, true},
    {"driver-files", 1, 1, control_driver_files, true},
    {"interfaces", 0, 1, control_interfaces, true},
    {"packages", 0, 0, packages, true},
    {"package-add", 3, 4, add, true},
    {"package-delete", 1, 3, drop, true},
    {"package-export", 2, 2, export, true},
    {"package-files", 1, 1, files, true},
    {"package-primitive", 2, 2, primitive, true},
    {"setup-fault", 2, 2, fault, true},
    {0},
};
