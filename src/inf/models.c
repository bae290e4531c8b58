/* SPDX-License-Identifier: MIT */
/* models.c - from [Manufacturer] over the best models section to an install section. */
#include "inf/model.h"

#include <stdio.h>
#include <string.h>

#include "inf_internal.h"

/* "Name = Models, NTamd64" or only "Models", which is the name, too. */
static const char *models_name(const struct inf_line *line)
{
    return inf_text(line, 0);
}

/* Finds [name.decoration], or [name] without one. */
static const struct inf_section *models_section(const struct inf *inf, const char *name,
                                                const char *decoration)
{
    return *decoration ? inf_section_format(inf, "%s.%s", name, decoration)
                       : inf_section_find(inf, name);
}

static int line_check(const struct inf *inf, const struct inf_line *line,
                      struct inf_error *out_error)
{
    struct inf_decoration decoration;
    if (!*models_name(line))
        return inf_fail(inf, line->number, out_error,
                        "the manufacturer has no models section; write %%Name%% = Models,NTamd64");
    for (uint32_t i = 1; i < line->field_count; i++)
        if (*inf_text(line, i) && inf_decoration_parse(inf_text(line, i), &decoration))
            return inf_fail(inf, line->number, out_error,
                            "\"%s\" is no TargetOSVersion; write NT, an architecture and numbers "
                            "between dots, as in NTamd64.10.0...16299",
                            inf_text(line, i));
    return INF_OK;
}

int inf_manufacturers_visit(const struct inf *inf, inf_visit_models *visit, void *context,
                            struct inf_error *out_error)
{
    const struct inf_section *section = inf_section_find(inf, "Manufacturer");
    int result = INF_OK;
    for (uint32_t i = 0; section && result == INF_OK && i < section->line_count; i++) {
        const struct inf_line *line = &section->lines[i];
        result = line_check(inf, line, out_error);
        if (result == INF_OK)
            result = visit(context, line, "", models_section(inf, models_name(line), ""));
        for (uint32_t at = 1; result == INF_OK && at < line->field_count; at++)
            if (*inf_text(line, at))
                result = visit(context, line, inf_text(line, at),
                               models_section(inf, models_name(line), inf_text(line, at)));
    }
    return result;
}

/* The decoration that fits best; "" for none, which serves x86 alone; NULL: the target is not
 * served. */
static const char *decoration_choose(const struct inf_line *line, const struct inf_target *target)
{
    struct inf_decoration best, decoration;
    const char *chosen = NULL;
    for (uint32_t i = 1; i < line->field_count; i++) {
        if (!*inf_text(line, i) || inf_decoration_parse(inf_text(line, i), &decoration) ||
            !inf_decoration_fits(&decoration, target))
            continue;
        if (!chosen || inf_decoration_compare(&decoration, &best) > 0) {
            chosen = inf_text(line, i);
            best = decoration;
        }
    }
    return chosen ? chosen : target->architecture == INF_X86 ? "" : NULL;
}

int inf_models_visit(const struct inf *inf, const struct inf_target *target, inf_visit_model *visit,
                     void *context, struct inf_error *out_error)
{
    const struct inf_section *manufacturers = inf_section_find(inf, "Manufacturer");
    int result = INF_OK;
    for (uint32_t i = 0; manufacturers && result == INF_OK && i < manufacturers->line_count; i++) {
        const struct inf_line *line = &manufacturers->lines[i];
        result = line_check(inf, line, out_error);
        const char *decoration = result == INF_OK ? decoration_choose(line, target) : NULL;
        if (!decoration)
            continue;
        struct inf_model model = {.inf = inf,
                                  .manufacturer = line->key ? line->key : models_name(line)};
        model.section = models_section(inf, models_name(line), decoration);
        for (uint32_t at = 0; model.section && result == INF_OK && at < model.section->line_count;
             at++) {
            model.line = &model.section->lines[at];
            if (!model.line->key || !*inf_text(model.line, 0))
                continue;
            model.description = model.line->key;
            model.install = inf_text(model.line, 0);
            model.ids = model.line->fields + 1;
            model.id_count = model.line->field_count - 1;
            result = visit(context, &model);
        }
    }
    return result;
}

static bool install_try(const struct inf *inf, const char *name, const char *extension,
                        struct inf_install *out_install)
{
    const struct inf_section *section = inf_section_format(inf, "%s%s", name, extension);
    if (!section)
        return false;
    *out_install = (struct inf_install){.name = name, .section = section};
    snprintf(out_install->actual, sizeof out_install->actual, "%s", section->name);
    size_t plain = strlen(section->name) - strlen(extension);
    out_install->extension = out_install->actual + plain;
    return true;
}

int inf_install_find(const struct inf *inf, const char *name, const struct inf_target *target,
                     struct inf_install *out_install)
{
    char extension[16];
    snprintf(extension, sizeof extension, ".NT%s", inf_architecture_name(target->architecture));
    bool found = install_try(inf, name, extension, out_install) ||
                 (inf->options.is_template && install_try(inf, name, ".NT$ARCH$", out_install)) ||
                 install_try(inf, name, ".NT", out_install) ||
                 install_try(inf, name, "", out_install);
    return found ? INF_OK : INF_ABSENT;
}

int inf_default_install_find(const struct inf *inf, const struct inf_target *target,
                             struct inf_install *out_install)
{
    return inf_install_find(inf, "DefaultInstall", target, out_install);
}

const struct inf_section *inf_install_part(const struct inf *inf, const struct inf_install *install,
                                           const char *part)
{
    return inf_section_format(inf, "%s%s", install->actual, part);
}

const char *inf_install_part_name(uint32_t index)
{
    static const char *const names[] = {
        ".HW",       ".Services", ".CoInstallers", ".Interfaces", ".LogConfigOverride",
        ".Wdf",      ".WMI",      ".Events",       ".Filters",    ".Components",
        ".Software", ".COM",      ".FactDef",
    };
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}
