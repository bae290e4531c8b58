/* SPDX-License-Identifier: MIT */
/* inf_fuzz_ask.c - asks an INF for its version, models, ranks, and all entries of their sections.
 */
#include "inf_fuzz_ask.h"

#include <string.h>

#include "inf/dirid.h"
#include "inf/entry.h"
#include "inf/model.h"

#define MODELS_MAX 400 /* more are alike */

struct ask {
    const struct inf *inf;
    const struct inf_target *target;
    struct inf_answers *answers;
    void (*refuse)(const struct inf_error *);
    unsigned models;
};

static void answered(struct ask *ask, int result, const struct inf_error *error)
{
    if (result == INF_OK)
        return;
    if (ask->answers->refused++ == 0)
        ask->answers->first = *error;
    ask->refuse(error);
}

/* Reads what it is given: a sanitizer watches. */
static void touch(struct ask *ask, const char *text)
{
    char expanded[INF_FIELD_BYTES];
    const struct inf_dirid_owner owner = {"C:\\source", "C:\\store"};
    ask->answers->others += strlen(text);
    (void)inf_dirid_expand(text, inf_dirid_table, (void *)&owner, expanded, sizeof expanded);
}

static int on_registry(void *context, const struct inf_registry *entry)
{
    struct ask *ask = context;
    volatile uint8_t sum = 0;
    ask->answers->registry++;
    touch(ask, entry->subkey);
    touch(ask, entry->name);
    for (uint32_t i = 0; i < entry->data_length; i++)
        sum = (uint8_t)(sum + entry->data[i]);
    return 0;
}

static int on_file(void *context, const struct inf_file *file)
{
    struct ask *ask = context;
    ask->answers->files++;
    touch(ask, file->target);
    touch(ask, file->source);
    touch(ask, file->subdir);
    touch(ask, file->source_subdir);
    return 0;
}

static int on_filter(void *context, const struct inf_filter *filter)
{
    touch(context, filter->service);
    return 0;
}

static int on_property(void *context, const struct inf_property *property)
{
    volatile uint8_t sum = 0;
    (void)context;
    for (uint32_t i = 0; i < property->data_length; i++)
        sum = (uint8_t)(sum + property->data[i]);
    return 0;
}

static int on_provider(void *context, const struct inf_event_provider *provider)
{
    touch(context, provider->resource_file);
    return 0;
}

static int on_resource(void *context, const struct inf_resource *resource)
{
    touch(context, resource->attributes);
    return 0;
}

static void section_ask(struct ask *ask, const struct inf_section *section)
{
    struct inf_error error;
    answered(ask, inf_registry_visit(ask->inf, section, on_registry, ask, &error), &error);
    answered(ask, inf_files_visit(ask->inf, section, ask->target, on_file, ask, &error), &error);
    answered(ask, inf_properties_visit(ask->inf, section, on_property, ask, &error), &error);
}

static int on_service(void *context, const struct inf_service *service)
{
    struct ask *ask = context;
    ask->answers->services++;
    touch(ask, service->binary);
    touch(ask, service->display_name);
    if (service->section)
        section_ask(ask, service->section);
    if (service->event_section)
        section_ask(ask, service->event_section);
    return 0;
}

static int on_interface(void *context, const struct inf_interface *interface)
{
    struct ask *ask = context;
    touch(ask, interface->reference);
    if (interface->section)
        section_ask(ask, interface->section);
    return 0;
}

static void install_ask(struct ask *ask, const struct inf_install *install)
{
    struct inf_error error;
    section_ask(ask, install->section);
    answered(ask, inf_log_configs_visit(ask->inf, install->section, on_resource, ask, &error),
             &error);
    for (uint32_t i = 0; inf_install_part_name(i); i++) {
        const struct inf_section *part =
            inf_install_part(ask->inf, install, inf_install_part_name(i));
        if (!part)
            continue;
        section_ask(ask, part);
        answered(ask, inf_services_visit(ask->inf, part, on_service, ask, &error), &error);
        answered(ask, inf_filters_visit(ask->inf, part, on_filter, ask, &error), &error);
        answered(ask, inf_interfaces_visit(ask->inf, part, on_interface, ask, &error), &error);
        answered(ask, inf_event_providers_visit(ask->inf, part, on_provider, ask, &error), &error);
        answered(ask, inf_log_configs_visit(ask->inf, part, on_resource, ask, &error), &error);
    }
}

static int on_model(void *context, const struct inf_model *model)
{
    struct ask *ask = context;
    struct inf_install install;
    const char *const ids[] = {model->id_count ? model->ids[0].text : "none", "root\\other"};
    if (ask->models++ == MODELS_MAX)
        return 1;
    ask->answers->models++;
    (void)inf_identifier_score(model, ids, 2, ids, 1, NULL);
    if (inf_install_find(ask->inf, model->install, ask->target, &install) == INF_OK) {
        ask->answers->is_installable = true;
        (void)inf_feature(ask->inf, &install);
        install_ask(ask, &install);
    }
    return 0;
}

static const struct inf_target targets[] = {
    {INF_AMD64, 10, 0, 22621, 1, 0x100},
    {INF_X86, 6, 1, 7601, 3, 0x80},
    {INF_ARM64, 10, 0, 26100, 1, 0x300},
};

void inf_ask(const struct inf *inf, struct inf_answers *out_answers,
             void (*refuse)(const struct inf_error *))
{
    *out_answers = (struct inf_answers){0};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct ask ask = {
            .inf = inf, .target = &targets[i], .answers = out_answers, .refuse = refuse};
        struct inf_version version;
        struct inf_install install;
        struct inf_error error;
        answered(&ask, inf_version_read(inf, ask.target, &version, &error), &error);
        int result = inf_models_visit(inf, ask.target, on_model, &ask, &error);
        answered(&ask, result == 1 ? INF_OK : result, &error);
        if (inf_default_install_find(inf, ask.target, &install) == INF_OK) {
            out_answers->is_installable = true;
            install_ask(&ask, &install);
        }
        if (inf_install_find(inf, "ClassInstall32", ask.target, &install) == INF_OK)
            install_ask(&ask, &install);
        answered(&ask, inf_source_files_visit(inf, ask.target, on_file, &ask, &error), &error);
    }
}
