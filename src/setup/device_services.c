/* SPDX-License-Identifier: MIT */
/* device_services.c - AddService and DelService of a .Services section, as steps.
 *
 * Doc: "INF AddService Directive", "INF DelService Directive"
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rtl/rtl.h"
#include "se/se.h"
#include "setup_internal.h"

#define PATH_EVENT_LOG   PATH_SERVICES "\\EventLog"
#define PATH_GROUP_ORDER PATH_CONTROL_SET "\\Control\\GroupOrderList"
#define TYPE_WIN32       0x30u
#define TYPE_DRIVER      0x0bu
#define START_SYSTEM     1u
#define START_DISABLED   4u
#define ERROR_CRITICAL   3u
#define GROUP_TAGS_MAX   256u
#define PATH_TRIGGERS    PATH_CONTROL_SET "\\Control\\ServiceTriggers"

#define TRIGGER_INTERFACE_ARRIVAL 1 /* SERVICE_TRIGGER_TYPE_DEVICE_INTERFACE_ARRIVAL */

#define FAILURE_ACTIONS_MAX 64u

struct service_work {
    struct plan *plan;
    const struct package *package;
    char *out_service;
    size_t size;
    struct setup_error *error;
};

/* ImagePath of a Windows path: drivers of boot are loaded before there are drive letters. */
static char *image_path(const char *binary)
{
    static const char windows[] = "C:\\Windows\\";
    if (!strncasecmp(binary, windows, sizeof windows - 1))
        return text_format("\\SystemRoot\\%s", binary + sizeof windows - 1);
    return binary[0] && binary[1] == ':' ? text_format("\\??\\%s", binary) : strdup(binary);
}

/* The tag of a service in its group: its old one, or the next; the group's list grows by it. */
static void tag_plan(struct plan *plan, const char *key, const struct inf_service *service)
{
    uint32_t tags[GROUP_TAGS_MAX + 1] = {0}, type, length, top = 0;
    uint32_t own = setup_key_number(key, "Tag", 0);
    uint8_t *data;
    setup_key_value(PATH_GROUP_ORDER, service->load_order_group, &type, &data, &length);
    if (data && type == REG_BINARY && length >= 4 && length <= sizeof tags)
        memcpy(tags, data, length);
    free(data);
    if (tags[0] >= GROUP_TAGS_MAX)
        return;
    for (uint32_t i = 1; i <= tags[0]; i++)
        top = tags[i] > top ? tags[i] : top;
    if (own)
        return;
    bool to_front = service->flags & INF_SERVICE_TAG_TO_FRONT;
    if (to_front)
        memmove(tags + 2, tags + 1, tags[0] * sizeof *tags);
    tags[0]++;
    tags[to_front ? 1 : tags[0]] = top + 1;
    plan_number(plan, key, "Tag", top + 1);
    plan_data(plan, plan_step_add(plan, PLAN_SET, PATH_GROUP_ORDER, service->load_order_group),
              REG_BINARY, tags, (tags[0] + 1) * (uint32_t)sizeof *tags);
}

/* Names with a plus sign are groups. */
static void dependencies_plan(struct plan *plan, const char *key, const struct inf_service *service)
{
    const char *services[64], *groups[64];
    uint32_t service_count = 0, group_count = 0;
    for (uint32_t i = 0; i < service->dependency_count; i++) {
        const char *name = service->dependencies[i].text;
        if (*name == '+' && group_count < 64)
            groups[group_count++] = name + 1;
        else if (*name && *name != '+' && service_count < 64)
            services[service_count++] = name;
    }
    if (service_count)
        plan_list(plan, key, "DependOnService", services, service_count);
    if (group_count)
        plan_list(plan, key, "DependOnGroup", groups, group_count);
}

static uint32_t service_check(const struct service_work *work, const struct inf_service *service)
{
    const char *name = work->package->abi.original;
    unsigned line = service->place.line->number;
    const char *wrong = NULL;
    if (strlen(service->name) > 255 || strpbrk(service->name, "/\\"))
        wrong = "its name is longer than 255 letters or has a slash";
    else if (!service->section)
        wrong = "there is no section of that name";
    else if (!*service->binary)
        wrong = "ServiceBinary is missing";
    else if (!(service->type & (TYPE_DRIVER | TYPE_WIN32)))
        wrong = "ServiceType is none of 1, 2, 8, 0x10, 0x20";
    else if (service->start > START_DISABLED)
        wrong = "StartType is above 4";
    else if (service->error_control > ERROR_CRITICAL)
        wrong = "ErrorControl is above 3";
    if (!wrong)
        return NO_ERROR;
    return setup_fail(work->error, ERROR_BAD_SERVICE_INSTALLSECT, "%s:%u: service %s: %s", name,
                      line, service->name, wrong);
}

static void service_values(struct plan *plan, const char *key, const struct inf_service *service)
{
    bool exists = setup_key_exists(key);
    uint32_t keep = exists ? service->flags : 0;
    /* Programs are named as programs name them; the service control manager knows letters. */
    char *path = service->type & TYPE_WIN32 ? strdup(service->binary) : image_path(service->binary);
    plan_number(plan, key, "Type", service->type);
    if (!(keep & INF_SERVICE_KEEP_START))
        plan_number(plan, key, "Start", service->start);
    if (!(keep & INF_SERVICE_KEEP_ERROR))
        plan_number(plan, key, "ErrorControl", service->error_control);
    plan_text(plan, key, "ImagePath", REG_EXPAND_SZ, path ? path : service->binary);
    if (*service->display_name && !(keep & INF_SERVICE_KEEP_DISPLAY_NAME))
        plan_text(plan, key, "DisplayName", REG_SZ, service->display_name);
    if (*service->description && !(keep & INF_SERVICE_KEEP_DESCRIPTION))
        plan_text(plan, key, "Description", REG_SZ, service->description);
    if (*service->start_name)
        plan_text(plan, key, "ObjectName", REG_SZ, service->start_name);
    if (*service->load_order_group && !(keep & INF_SERVICE_KEEP_GROUP)) {
        plan_text(plan, key, "Group", REG_SZ, service->load_order_group);
        if (service->start <= START_SYSTEM)
            tag_plan(plan, key, service);
    }
    if (!(keep & INF_SERVICE_KEEP_DEPENDENCIES))
        dependencies_plan(plan, key, service);
    if (service->boot_flags && !(keep & INF_SERVICE_KEEP_BOOT_FLAGS))
        plan_number(plan, key, "BootFlags", service->boot_flags);
    free(path);
}

/* As the service control manager reads it: SERVICE_FAILURE_ACTIONS with 32-bit pointers. */
struct failure_actions {
    uint32_t reset_seconds, message, command, count, offset;
    struct {
        uint32_t kind, delay_ms;
    } action[FAILURE_ACTIONS_MAX];
};

static void failures_plan(struct plan *plan, const char *key, const struct inf_service *service)
{
    const struct inf_line *named = inf_line_find(service->section, "FailureActions");
    const struct inf_section *section =
        named ? inf_section_find(service->inf, inf_text(named, 0)) : NULL;
    struct failure_actions actions = {.offset = offsetof(struct failure_actions, action)};
    int64_t number, delay;
    uint32_t at = 0;
    if (!section)
        return;
    const struct inf_line *line = inf_line_find(section, "ResetPeriod");
    actions.reset_seconds =
        line && inf_number(line, 0, &number) == INF_OK ? (uint32_t)number : UINT32_MAX;
    while (actions.count < FAILURE_ACTIONS_MAX && (line = inf_line_next(section, "Action", &at))) {
        if (inf_number(line, 0, &number) != INF_OK || inf_number(line, 1, &delay) != INF_OK)
            continue;
        actions.action[actions.count].kind = (uint32_t)number;
        actions.action[actions.count++].delay_ms = (uint32_t)delay;
    }
    plan_data(plan, plan_step_add(plan, PLAN_SET, key, "FailureActions"), REG_BINARY, &actions,
              actions.offset + 8 * actions.count);
    line = inf_line_find(section, "NonCrashFailures");
    if (line && inf_number(line, 0, &number) == INF_OK)
        plan_number(plan, key, "FailureActionsOnNonCrashFailures", (uint32_t)number);
}

/* One section that AddTrigger names. As the service control manager reads it: a key of numbers, the
 * interface class and perhaps a hardware ID; and the class's own list of services. */
static bool trigger_plan(struct plan *plan, const char *key, unsigned index,
                         const struct inf_service *service, const struct inf_section *section)
{
    const struct inf_line *type = inf_line_find(section, "TriggerType"),
                          *action = inf_line_find(section, "Action"),
                          *data = inf_line_find(section, "DataItem");
    const char *class_text = inf_text(inf_line_find(section, "SubType"), 0);
    int64_t type_number, action_number, data_type;
    uint8_t guid[16];
    uint32_t length;
    if (!section || inf_number(type, 0, &type_number) != INF_OK ||
        inf_number(action, 0, &action_number) != INF_OK ||
        inf_guid_parse(class_text, guid) != INF_OK || type_number != TRIGGER_INTERFACE_ARRIVAL)
        return false;
    char *path = text_format("%s\\TriggerInfo\\%u", key, index);
    char *list = text_format("%s\\%s", PATH_TRIGGERS, class_text);
    if (path && list) {
        plan_number(plan, path, "Type", (uint32_t)type_number);
        plan_number(plan, path, "Action", (uint32_t)action_number);
        plan_data(plan, plan_step_add(plan, PLAN_SET, path, "GUID"), REG_BINARY, guid, sizeof guid);
        plan_text(plan, list, service->name, REG_SZ, "");
    } else {
        plan->is_short = true;
    }
    if (path && data && inf_number(data, 0, &data_type) == INF_OK) {
        uint8_t *text = text_wide(inf_text(data, 1), &length);
        plan_number(plan, path, "DataType0", (uint32_t)data_type);
        if (text)
            plan_data(plan, plan_step_add(plan, PLAN_SET, path, "Data0"), REG_BINARY, text, length);
        free(text);
    }
    free(list);
    free(path);
    return true;
}

static void triggers_plan(struct plan *plan, const char *key, const struct inf_service *service)
{
    const struct inf_line *line;
    unsigned count = 0;
    uint32_t at = 0;
    char *path = text_format("%s\\TriggerInfo", key);
    if (path && setup_key_exists(path))
        plan_step_add(plan, PLAN_DELETE_KEY, path, NULL);
    free(path);
    while ((line = inf_line_next(service->section, "AddTrigger", &at)))
        for (uint32_t i = 0; i < line->field_count; i++) {
            const char *name = line->fields[i].text;
            if (trigger_plan(plan, key, count, service, inf_section_find(service->inf, name)))
                count++;
            else
                setup_note("     AddTrigger of service %s is not carried out: [%s] is no arrival "
                           "of a device interface",
                           service->name, name);
        }
}

/* Entries that serve services of programs: kept where a service's key keeps them. */
static void win32_values(struct plan *plan, const char *key, const struct inf_service *service)
{
    static const struct {
        const char *entry, *value;
        uint32_t keep;
    } numbers[] = {{"DelayedAutoStart", "DelayedAutostart", INF_SERVICE_KEEP_DELAYED},
                   {"ServiceSidType", "ServiceSidType", INF_SERVICE_KEEP_SID_TYPE}};
    uint32_t keep = setup_key_exists(key) ? service->flags : 0;
    int64_t number;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct inf_line *line = inf_line_find(service->section, numbers[i].entry);
        if (line && !(keep & numbers[i].keep) && inf_number(line, 0, &number) == INF_OK)
            plan_number(plan, key, numbers[i].value, (uint32_t)number);
    }
    const struct inf_line *line = inf_line_find(service->section, "RequiredPrivileges");
    const char *names[64];
    uint32_t count = 0;
    for (uint32_t i = 0; line && i < line->field_count && count < 64; i++)
        names[count++] = line->fields[i].text;
    if (count && !(keep & INF_SERVICE_KEEP_PRIVILEGES))
        plan_list(plan, key, "RequiredPrivileges", names, count);
    if (!(keep & INF_SERVICE_KEEP_TRIGGERS))
        triggers_plan(plan, key, service);
    if (!(keep & INF_SERVICE_KEEP_FAILURES))
        failures_plan(plan, key, service);
}

static uint32_t service_security(struct service_work *work, const char *key,
                                 const struct inf_service *service)
{
    if (!*service->security ||
        (setup_key_exists(key) && !(service->flags & INF_SERVICE_REPLACE_SECURITY)))
        return NO_ERROR;
    UNICODE_STRING text;
    PSECURITY_DESCRIPTOR descriptor;
    NTSTATUS status = rtl_unicode_of(service->security, &text);
    if (NT_SUCCESS(status)) {
        status = se_descriptor_of_sddl(&text, &descriptor);
        RtlFreeUnicodeString(&text);
    }
    if (!NT_SUCCESS(status))
        return setup_fail(work->error, ERROR_BAD_SERVICE_INSTALLSECT,
                          "%s:%u: service %s: Security=\"%s\" is no security descriptor string",
                          work->package->abi.original, service->place.line->number, service->name,
                          service->security);
    char *path = text_format("%s\\Security", key);
    if (path)
        plan_data(work->plan, plan_step_add(work->plan, PLAN_SET, path, "Security"), REG_BINARY,
                  descriptor, RtlLengthSecurityDescriptor(descriptor));
    else
        work->plan->is_short = true;
    free(path);
    ExFreePool(descriptor);
    return NO_ERROR;
}

static uint32_t event_log_plan(struct service_work *work, const struct inf_service *service)
{
    if (!service->event_section)
        return NO_ERROR;
    char *key = text_format("%s\\%s\\%s", PATH_EVENT_LOG,
                            *service->event_log_name ? service->event_log_name : "System",
                            *service->event_name ? service->event_name : service->name);
    uint32_t result = key ? registry_plan(work->plan, service->inf, service->event_section, key,
                                          NULL, work->error)
                          : setup_fail(work->error, ERROR_OUTOFMEMORY, "out of memory");
    free(key);
    return result;
}

static uint32_t service_add(struct service_work *work, const struct inf_service *service)
{
    uint32_t result = service_check(work, service), length;
    char *key = text_format("%s\\%s", PATH_SERVICES, service->name);
    if (result || !key) {
        free(key);
        return result ? result : setup_fail(work->error, ERROR_OUTOFMEMORY, "out of memory");
    }
    service_values(work->plan, key, service);
    win32_values(work->plan, key, service);
    uint8_t *owner = text_wide(work->package->abi.published, &length);
    if (owner)
        plan_data(work->plan, plan_step_add(work->plan, PLAN_APPEND, key, "Owners"), REG_MULTI_SZ,
                  owner, length);
    free(owner);
    result = service_security(work, key, service);
    if (!result)
        result = registry_plan(work->plan, service->inf, service->section, key, NULL, work->error);
    if (!result)
        result = event_log_plan(work, service);
    free(key);
    return result;
}

static void service_delete(struct service_work *work, const struct inf_service *service)
{
    char *key = text_format("%s\\%s", PATH_SERVICES, service->name);
    if (key)
        plan_step_add(work->plan, PLAN_DELETE_KEY, key, NULL);
    else
        work->plan->is_short = true;
    free(key);
}

static int service_take(void *context, const struct inf_service *service)
{
    struct service_work *work = context;
    uint32_t result = NO_ERROR;
    if (service->is_delete)
        service_delete(work, service);
    else if (*service->name)
        result = service_add(work, service);
    /* "No driver" of an INF that was included does not take away the package's own. */
    bool is_kept = !*service->name && *work->out_service && strcmp(work->out_service, "?");
    if (!service->is_delete && service->flags & INF_SERVICE_ASSOCIATE && !is_kept)
        snprintf(work->out_service, work->size, "%s", service->name);
    return result != NO_ERROR;
}

uint32_t services_plan(struct plan *plan, const struct package *package,
                       const struct inf_section *section, char *out_service, size_t size,
                       struct setup_error *error)
{
    struct service_work work = {plan, package, out_service, size, error};
    struct inf_error why;
    if (inf_services_visit(package->inf, section, service_take, &work, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_BAD_SERVICE_INSTALLSECT, "%s", why.text);
    return error->code;
}
