/* SPDX-License-Identifier: MIT */
/* check_models.c - rules of [Manufacturer], of models, and of default install sections. */
#include <stdio.h>
#include <string.h>

#include "check_internal.h"

#define BUILD_FIRST 14310 /* of Windows 10, that reads build numbers */

static void check_decoration(struct check *check, const char *text, uint32_t line)
{
    struct inf_decoration decoration;
    if (inf_decoration_parse(text, &decoration)) {
        note(check, 1287, line, "%.100s", text);
        return;
    }
    bool is_old =
        !decoration.has_major || decoration.major < 10 ||
        (decoration.major == 10 && decoration.minor == 0 && decoration.build < BUILD_FIRST);
    if (decoration.has_build && is_old)
        note(check, 1288, line, "%.100s", text);
}

/* Every section of an install name: [Name], [Name.NT], [Name.NTamd64]... Returns whether there was
 * one, and whether each of them associates a service. */
static bool installs_check(struct check *check, const char *name, bool *out_has_service)
{
    static const char *const extensions[] = {"",         ".NT",    ".NTx86",   ".NTia64",
                                             ".NTamd64", ".NTarm", ".NTarm64", ".NT$ARCH$"};
    bool is_there = false;
    *out_has_service = false;
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        const struct inf_section *section =
            inf_section_format(check->inf, "%s%s", name, extensions[i]);
        if (!section)
            continue;
        is_there = true;
        *out_has_service = check_install(check, section) || *out_has_service;
    }
    return is_there;
}

/* Protocols, services and clients of the network are no devices with a function driver. */
static bool is_network_component(const struct check *check)
{
    const char *name = inf_value(check->inf, "Version", "Class");
    return name && (inf_same(name, "NetTrans") || inf_same(name, "NetService") ||
                    inf_same(name, "NetClient"));
}

static void check_model(struct check *check, const struct inf_line *line)
{
    const char *install = inf_text(line, 0);
    bool has_service;
    if (!line->key || !*install) {
        note(check, 1271, line->number, "%.100s", line->key ? line->key : install);
        return;
    }
    check->has_models = true;
    if (!installs_check(check, install, &has_service)) {
        note(check, 1261, line->number, "%.100s with [%.100s]", line->key, install);
        return;
    }
    if (!has_service && !check->is_extension && !is_network_component(check))
        note(check, 1296, line->number, "%.100s with [%.100s]",
             *inf_text(line, 1) ? inf_text(line, 1) : line->key, install);
}

static void check_models_section(struct check *check, const char *name, const char *decoration,
                                 uint32_t line)
{
    const struct inf_section *section =
        *decoration ? inf_section_format(check->inf, "%s.%s", name, decoration)
                    : inf_section_find(check->inf, name);
    if (!section) {
        note(check, 1203, line, "[%.100s%s%.100s]", name, *decoration ? "." : "", decoration);
        return;
    }
    if (!role_take(check, section, ROLE_USED))
        return;
    if (!*decoration)
        note(check, 2010, section->number, "[%.100s]", name);
    for (uint32_t i = 0; i < section->line_count; i++)
        check_model(check, &section->lines[i]);
}

static void check_manufacturer(struct check *check, const struct inf_line *line)
{
    const char *name = inf_text(line, 0);
    bool is_decorated = false;
    if (!*name) {
        note(check, 1011, line->number, "%.100s", line->key ? line->key : "");
        return;
    }
    for (uint32_t i = 1; i < line->field_count; i++) {
        if (!*inf_text(line, i))
            continue;
        is_decorated = true;
        check_decoration(check, inf_text(line, i), line->number);
        check_models_section(check, name, inf_text(line, i), line->number);
    }
    if (!is_decorated || inf_section_find(check->inf, name))
        check_models_section(check, name, "", line->number);
}

static bool check_defaults(struct check *check)
{
    bool is_there = false;
    for (uint32_t i = 0; i < check->inf->section_count; i++) {
        const struct inf_section *section = &check->inf->sections[i];
        const char *rest = section->name + 14;
        if (strncasecmp(section->name, "DefaultInstall", 14) != 0)
            continue;
        /* [DefaultInstall.NTamd64.Services] is a part. */
        if (*rest && (strncasecmp(rest, ".NT", 3) != 0 || strchr(rest + 1, '.')))
            continue;
        is_there = true;
        if (!*rest || inf_same(rest, ".NT"))
            note(check, 1421, section->number, "[%.100s]", section->name);
        check_install(check, section);
    }
    return is_there;
}

static void check_arch(struct check *check)
{
    for (uint32_t i = 0; !check->options->is_template && i < check->inf->section_count; i++)
        if (strstr(check->inf->sections[i].name, "$ARCH$"))
            note(check, 1274, check->inf->sections[i].number, "[%.100s]",
                 check->inf->sections[i].name);
}

void check_models(struct check *check)
{
    const struct inf_section *section = inf_section_find(check->inf, "Manufacturer");
    bool has_service;
    for (uint32_t i = 0; section && i < section->line_count; i++)
        check_manufacturer(check, &section->lines[i]);
    bool has_default = check_defaults(check);
    if (section && has_default)
        note(check, 1212, section->number, "[Manufacturer], [DefaultInstall]");
    if (!check->has_models && !has_default && !check->options->is_included)
        note(check, 1297, section ? section->number : 0, "no models");
    (void)installs_check(check, "ClassInstall32", &has_service);
    check_arch(check);
}
