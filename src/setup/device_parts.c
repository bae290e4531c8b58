/* SPDX-License-Identifier: MIT */
/* device_parts.c - the .Filters, .Interfaces, .Wdf and .Events parts of an install section. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "setup_internal.h"

#define PATH_INTERFACES PATH_CONTROL_SET "\\Control\\DeviceClasses"
#define PATH_WINEVT     "\\Registry\\Machine\\Software\\Microsoft\\Windows\\CurrentVersion\\WINEVT"
#define PATH_UMDF \
    "\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion\\WUDF\\Services"

struct part_work {
    struct plan *plan;
    const char *key; /* the device's, or its instance */
    struct setup_error *error;
};

static void append_one(struct plan *plan, const char *key, const char *name, const char *text)
{
    uint32_t length;
    uint8_t *wide = text_wide(text, &length);
    if (wide)
        plan_data(plan, plan_step_add(plan, PLAN_APPEND, key, name), REG_MULTI_SZ, wide, length);
    else
        plan->is_short = true;
    free(wide);
}

/* ---- AddFilter ---------------------------------------------------------------------------------
 */

/* A level that the base driver's package has named among its lower ones; all others are upper. */
static bool level_is_lower(const char *device_key, const char *level)
{
    char **levels = setup_key_list(device_key, "LowerFilterLevels");
    bool is_lower = false;
    for (size_t i = 0; levels && levels[i]; i++)
        is_lower |= inf_same(levels[i], level);
    setup_key_list_free(levels);
    return is_lower;
}

static int filter_take(void *context, const struct inf_filter *filter)
{
    struct part_work *work = context;
    bool is_upper = *filter->level ? !level_is_lower(work->key, filter->level) : filter->is_upper;
    append_one(work->plan, work->key, is_upper ? "UpperFilters" : "LowerFilters", filter->service);
    return 0;
}

uint32_t filters_plan(struct plan *plan, const char *device_key, const struct inf *inf,
                      const struct inf_section *section, struct setup_error *error)
{
    struct part_work work = {plan, device_key, error};
    struct inf_error why;
    if (inf_filters_visit(inf, section, filter_take, &work, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}

/* ---- AddInterface ------------------------------------------------------------------------------
 */

static int interface_take(void *context, const struct inf_interface *interface)
{
    struct part_work *work = context;
    const char *between = *interface->reference ? "\\" : "";
    char *name = text_format("%s#%s", work->key, interface->guid);
    for (char *at = name; at && *at; at++)
        *at = *at == '\\' ? '#' : *at;
    char *key = name ? text_format("%s\\%s\\##?#%s", PATH_INTERFACES, interface->guid, name) : NULL,
         *reference = key ? text_format("%s\\#%s", key, interface->reference) : NULL,
         *parameters = reference ? text_format("%s\\Device Parameters", reference) : NULL,
         *link = name ? text_format("\\\\?\\%s%s%s", name, between, interface->reference) : NULL;
    uint32_t result = NO_ERROR;
    if (parameters && link) {
        plan_text(work->plan, key, "DeviceInstance", REG_SZ, work->key);
        plan_text(work->plan, reference, "SymbolicLink", REG_SZ, link);
        if (interface->section) {
            result = registry_plan(work->plan, interface->inf, interface->section, parameters, NULL,
                                   work->error);
            if (!result)
                result = properties_plan(work->plan, reference, interface->inf, interface->section,
                                         work->error);
        }
    } else {
        work->plan->is_short = true;
    }
    free(link);
    free(parameters);
    free(reference);
    free(key);
    free(name);
    return result != NO_ERROR;
}

uint32_t interfaces_plan(struct plan *plan, const char *instance, const struct inf *inf,
                         const struct inf_section *section, struct setup_error *error)
{
    struct part_work work = {plan, instance, error};
    struct inf_error why;
    if (inf_interfaces_visit(inf, section, interface_take, &work, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}

/* ---- .Wdf --------------------------------------------------------------------------------------
 */

/* Every entry of a service's section in a .Wdf part, as a string under its own name. */
static void entries_plan(struct plan *plan, const char *key, const struct inf *inf,
                         const char *section_name)
{
    const struct inf_section *section = inf_section_find(inf, section_name);
    for (uint32_t i = 0; section && i < section->line_count; i++)
        if (section->lines[i].key)
            plan_text(plan, key, section->lines[i].key, REG_SZ, inf_text(&section->lines[i], 0));
}

static int wdf_take(void *context, const struct inf_place *place)
{
    struct part_work *work = context;
    const char *entry = place->line->key;
    char *key = NULL;
    if (!entry)
        return 0;
    if (inf_same(entry, "KmdfService")) {
        key = text_format("%s\\%s\\Parameters\\Wdf", PATH_SERVICES, inf_text(place->line, 0));
        if (key)
            entries_plan(work->plan, key, place->inf, inf_text(place->line, 1));
    } else if (inf_same(entry, "UmdfService")) {
        key = text_format("%s\\%s", PATH_UMDF, inf_text(place->line, 0));
        if (key)
            entries_plan(work->plan, key, place->inf, inf_text(place->line, 1));
    } else if (inf_same(entry, "UmdfServiceOrder")) {
        const char *names[32];
        uint32_t count = 0;
        for (uint32_t i = 0; i < place->line->field_count && count < 32; i++)
            names[count++] = place->line->fields[i].text;
        key = text_format("%s\\WUDF", work->key);
        if (key)
            plan_list(work->plan, key, "DriverList", names, count);
    } else {
        /* Directives about the driver's host process and its dispatcher. */
        key = text_format("%s\\WUDF", work->key);
        if (key)
            plan_text(work->plan, key, entry, REG_SZ, inf_text(place->line, 0));
    }
    if (!key)
        work->plan->is_short = true;
    free(key);
    return 0;
}

uint32_t wdf_plan(struct plan *plan, const char *device_key, const struct inf *inf,
                  const struct inf_section *section, struct setup_error *error)
{
    char *parameters = text_format("%s\\Device Parameters", device_key);
    if (!parameters)
        return setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    struct part_work work = {plan, parameters, error};
    struct inf_error why;
    int failed = inf_lines_visit(inf, section, wdf_take, &work, &why);
    free(parameters);
    if (failed == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}

/* ---- .Events -----------------------------------------------------------------------------------
 */

static void channel_plan(struct plan *plan, const struct inf *inf, const char *publisher,
                         const struct inf_line *line, uint32_t index)
{
    static const char *const numbers[] = {"Isolation", "Enabled", "LoggingMaxSize",
                                          "LoggingRetention", "LoggingAutoBackup"};
    static const char *const values[] = {"Isolation", "Enabled", "MaxSize", "Retention",
                                         "AutoBackupLogFiles"};
    bool is_import = inf_same(line->key, "ImportChannel");
    const char *name = inf_text(line, 0);
    const struct inf_section *section = is_import ? NULL : inf_section_find(inf, inf_text(line, 2));
    int64_t number;
    char *reference = text_format("%s\\ChannelReferences\\%u", publisher, index),
         *channel = text_format("%s\\Channels\\%s", PATH_WINEVT, name);
    if (!reference || !channel) {
        plan->is_short = true;
    } else {
        const struct inf_line *value = section ? inf_line_find(section, "Value") : NULL;
        bool has_value = value && inf_number(value, 0, &number) == INF_OK;
        plan_text(plan, reference, "", REG_SZ, name);
        plan_number(plan, reference, "Id", has_value ? (uint32_t)number : 16 + index);
        plan_number(plan, reference, "Flags", is_import);
        if (!is_import && inf_number(line, 1, &number) == INF_OK)
            plan_number(plan, channel, "Type", (uint32_t)number - 1);
        for (size_t i = 0; section && i < sizeof numbers / sizeof *numbers; i++) {
            const struct inf_line *entry = inf_line_find(section, numbers[i]);
            if (entry && inf_number(entry, 0, &number) == INF_OK)
                plan_number(plan, channel, values[i], (uint32_t)number);
        }
        const struct inf_line *access = section ? inf_line_find(section, "Access") : NULL;
        if (access)
            plan_text(plan, channel, "ChannelAccess", REG_SZ, inf_text(access, 0));
    }
    free(reference);
    free(channel);
}

static int provider_take(void *context, const struct inf_event_provider *provider)
{
    struct part_work *work = context;
    uint32_t count = 0;
    char *key = text_format("%s\\Publishers\\%s", PATH_WINEVT, provider->guid),
         *references = key ? text_format("%s\\ChannelReferences", key) : NULL;
    if (references) {
        plan_text(work->plan, key, "", REG_SZ, provider->name);
        plan_text(work->plan, key, "ResourceFileName", REG_EXPAND_SZ, provider->resource_file);
        if (*provider->message_file)
            plan_text(work->plan, key, "MessageFileName", REG_EXPAND_SZ, provider->message_file);
        if (*provider->parameter_file)
            plan_text(work->plan, key, "ParameterFileName", REG_EXPAND_SZ,
                      provider->parameter_file);
        for (uint32_t i = 0; provider->section && i < provider->section->line_count; i++) {
            const struct inf_line *line = &provider->section->lines[i];
            if (line->key &&
                (inf_same(line->key, "ImportChannel") || inf_same(line->key, "AddChannel")))
                channel_plan(work->plan, provider->inf, key, line, count++);
        }
        plan_number(work->plan, references, "Count", count);
    } else {
        work->plan->is_short = true;
    }
    free(references);
    free(key);
    return 0;
}

uint32_t events_plan(struct plan *plan, const struct inf *inf, const struct inf_section *section,
                     struct setup_error *error)
{
    struct part_work work = {plan, "", error};
    struct inf_error why;
    if (inf_event_providers_visit(inf, section, provider_take, &work, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    return error->code;
}
