/* SPDX-License-Identifier: MIT */
/* check_install.c - rules of install sections, their parts, Include and Needs. */
#include <stdio.h>
#include <string.h>

#include "check_internal.h"

static bool is_legacy(const char *key)
{
    static const char *const keys[] = {"RegisterDlls", "UnregisterDlls",  "ProfileItems",
                                       "UpdateInis",   "UpdateIniFields", "Ini2Reg",
                                       "RenFiles",     "DelFiles",        "LogConfig",
                                       "Reboot",       "Restart",         "HardwareId"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (inf_same(key, keys[i]))
            return true;
    return false;
}

/* What is to be done with each section that a directive names. */
static void named_check(struct check *check, const struct inf_section *section,
                        const struct inf_line *line, bool is_hardware)
{
    bool is_registry = inf_same(line->key, "AddReg") || inf_same(line->key, "DelReg") ||
                       inf_same(line->key, "BitReg");
    bool is_property = inf_same(line->key, "AddProperty") || inf_same(line->key, "DelProperty");
    bool is_copy = inf_same(line->key, "CopyFiles");
    if (is_legacy(line->key))
        note(check, 1300, line->number, "%.60s", line->key);
    if (!is_registry && !is_property && !is_copy)
        return;
    if (line->field_count == 0)
        note(check, 1006, line->number, "%.60s", line->key);
    for (uint32_t i = 0; i < line->field_count; i++) {
        const char *name = inf_text(line, i);
        struct inf_place place = {check->inf, section, line};
        const struct inf *from = NULL;
        const struct inf_section *named = NULL;
        if (*name == '@' && is_copy) {
            check_file(check, NULL, name + 1, name + 1, line->number);
        } else if (*name && section_named(&place, name, &from, &named) == INF_DAMAGED) {
            note(check, 1203, line->number, "[%.100s]", name);
        } else if (named && from == check->inf) {
            if (is_registry)
                check_registry(check, named, is_hardware, line->key);
            else if (is_copy)
                check_files(check, named);
            else
                role_take(check, named, ROLE_USED);
        }
    }
}

static void check_needs(struct check *check, const struct inf_section *section)
{
    bool has_include = inf_line_find(section, "Include") != NULL;
    for (uint32_t k = 0; k < section->line_count; k++) {
        const struct inf_line *line = &section->lines[k];
        bool is_include = line->key && inf_same(line->key, "Include");
        if (!is_include && !(line->key && inf_same(line->key, "Needs")))
            continue;
        for (uint32_t i = 0; i < line->field_count; i++) {
            const char *name = inf_text(line, i);
            struct inf_place place = {check->inf, section, line};
            const struct inf *from;
            const struct inf_section *named;
            if (!*name)
                continue;
            if (is_include) {
                if (check->inf->include && !check->inf->include(check->inf->include_context, name))
                    note(check, 1202, line->number, "%.100s", name);
                continue;
            }
            int result = section_named(&place, name, &from, &named);
            if (result == INF_DAMAGED)
                note(check, 1315, line->number, "[%.100s]", name);
            else if (!has_include && (result == INF_ABSENT || from != check->inf))
                note(check, 2651, line->number, "[%.100s]", name);
        }
    }
}

static void lines_check(struct check *check, const struct inf_section *section, bool is_hardware)
{
    check_needs(check, section);
    for (uint32_t i = 0; i < section->line_count; i++)
        if (section->lines[i].key)
            named_check(check, section, &section->lines[i], is_hardware);
}

static void event_check(struct check *check, const struct inf_line *line)
{
    static const char *const logs[] = {"", "System", "Application", "Security"};
    bool is_known = false;
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
        is_known = is_known || inf_same(inf_text(line, 4), logs[i]);
    if (!is_known)
        note(check, 1250, line->number, "%.100s", inf_text(line, 4));
    const struct inf_section *section =
        *inf_text(line, 3) ? inf_section_find(check->inf, inf_text(line, 3)) : NULL;
    if (section && role_take(check, section, ROLE_PART))
        lines_check(check, section, false);
}

/* Returns whether it is the device's function driver. */
static bool add_service_check(struct check *check, const struct inf_section *part,
                              const struct inf_line *line)
{
    const char *name = inf_text(line, 0), *install = inf_text(line, 2);
    struct inf_place place = {check->inf, part, line};
    const struct inf *from;
    const struct inf_section *named;
    int64_t flags = 0;
    if (inf_number(line, 1, &flags) == INF_DAMAGED)
        note(check, 1268, line->number, "%.60s", inf_text(line, 1));
    bool is_associated = (flags & INF_SERVICE_ASSOCIATE) != 0;
    if (!*name && !is_associated)
        note(check, 1253, line->number, "AddService");
    if (is_associated && check->is_extension)
        note(check, 1383, line->number, "%.100s", name);
    if (*install) {
        const struct inf_section *section = inf_section_find(check->inf, install);
        if (section) {
            check_service(check, name, section, (uint32_t)flags, line->number);
            if (role_take(check, section, ROLE_SERVICE))
                lines_check(check, section, false);
        } else if (section_named(&place, install, &from, &named) == INF_DAMAGED) {
            note(check, 1203, line->number, "[%.100s]", install);
        }
    }
    event_check(check, line);
    return is_associated;
}

/* A section of the same part that is needed may be in an INF that nobody can read here. */
static bool has_needs(const struct inf_section *section)
{
    return section && inf_line_find(section, "Needs") != NULL;
}

static int associated_find(void *context, const struct inf_service *service)
{
    bool *found = context;
    *found = *found || (!service->is_delete && (service->flags & INF_SERVICE_ASSOCIATE) != 0);
    return 0;
}

static bool services_check(struct check *check, const struct inf_section *section)
{
    uint32_t at = 0, associated = 0, last = 0;
    const struct inf_line *line;
    bool is_new = role_take(check, section, ROLE_PART);
    if (is_new)
        check_needs(check, section);
    while ((line = inf_line_next(section, "AddService", &at)))
        if (add_service_check(check, section, line)) {
            associated++;
            last = line->number;
        }
    at = 0;
    while ((line = inf_line_next(section, "DelService", &at)))
        note(check, 1300, line->number, "DelService");
    if (associated > 1)
        note(check, 1211, last, "[%.100s]", section->name);
    if (associated == 0 && has_needs(section)) {
        bool found = check->inf->include == NULL; /* it may be there */
        struct inf_error error;
        if (inf_services_visit(check->inf, section, associated_find, &found, &error))
            found = true; /* another rule says what is wrong */
        return found;
    }
    return associated > 0;
}

static void guids_check(struct check *check, const struct inf_section *section, const char *key)
{
    uint32_t at = 0;
    uint8_t guid[16];
    const struct inf_line *line;
    while ((line = inf_line_next(section, key, &at))) {
        if (inf_guid_parse(inf_text(line, 0), guid))
            note(check, 1019, line->number, "%s \"%.60s\"", key, inf_text(line, 0));
        uint32_t field = inf_same(key, "AddInterface") ? 2 : 1;
        const char *name = inf_text(line, field);
        const struct inf_section *named = *name ? inf_section_find(check->inf, name) : NULL;
        if (*name && !named)
            note(check, 1203, line->number, "[%.100s]", name);
        else if (named && role_take(check, named, ROLE_PART))
            lines_check(check, named, false);
    }
}

/* Sections that network components are removed by. */
static void remove_mark(struct check *check, const struct inf_section *section)
{
    static const char *const names[] = {".Remove", ".Remove.Services"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct inf_section *named =
            inf_section_format(check->inf, "%s%s", section->name, names[i]);
        if (named)
            role_take(check, named, ROLE_USED);
    }
}

bool check_install(struct check *check, const struct inf_section *section)
{
    bool has_service = false;
    remove_mark(check, section);
    bool is_new = role_take(check, section, ROLE_INSTALL);
    if (is_new)
        lines_check(check, section, false);
    for (uint32_t i = 0; inf_install_part_name(i); i++) {
        const char *part = inf_install_part_name(i);
        const struct inf_section *named =
            inf_section_format(check->inf, "%s%s", section->name, part);
        if (!named)
            continue;
        if (inf_same(part, ".Services")) {
            has_service = services_check(check, named);
            continue;
        }
        if (!role_take(check, named, ROLE_PART))
            continue;
        if (inf_same(part, ".CoInstallers"))
            note(check, 1303, named->number, "[%.100s]", named->name);
        lines_check(check, named, inf_same(part, ".HW"));
        guids_check(check, named, "AddInterface");
        guids_check(check, named, "AddEventProvider");
    }
    return has_service;
}
