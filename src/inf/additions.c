/* SPDX-License-Identifier: MIT */
/* additions.c - AddFilter, AddInterface and AddEventProvider. */
#include "entry_internal.h"

/* One kind of directive; the visit is the caller's. */
struct walk {
    union {
        inf_visit_filter *filter;
        inf_visit_interface *interface;
        inf_visit_event_provider *provider;
    } visit;
    void *context;
    struct inf_error *error;
};

static int guid_check(const struct inf_place *place, const char *guid, struct inf_error *out_error)
{
    uint8_t bytes[16];
    if (inf_guid_parse(guid, bytes) == INF_OK)
        return INF_OK;
    return inf_fail(place->inf, place->line->number, out_error,
                    "\"%.60s\" is no GUID; write {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}", guid);
}

static int filter_visit(void *context, const struct inf_place *place)
{
    const struct walk *walk = context;
    struct inf_filter filter = {.place = *place, .service = inf_text(place->line, 0)};
    const struct inf_section *section;
    const struct inf *from;
    int64_t flags;
    if (!*filter.service)
        return inf_fail(place->inf, place->line->number, walk->error,
                        "AddFilter names no service; write its name first");
    if (field_number(place, 1, 0, UINT32_MAX, &flags, walk->error) ||
        field_section(place, 2, &from, &section, walk->error))
        return INF_DAMAGED;
    const char *position = inf_text(inf_line_find(section, "FilterPosition"), 0);
    filter.flags = (uint32_t)flags;
    filter.level = inf_text(inf_line_find(section, "FilterLevel"), 0);
    filter.is_upper = inf_same(position, "Upper");
    if (!*filter.level && !filter.is_upper && !inf_same(position, "Lower"))
        return inf_fail(place->inf, section ? section->number : place->line->number, walk->error,
                        "filter %.60s has neither FilterLevel nor a FilterPosition; write "
                        "FilterPosition = Upper or Lower",
                        filter.service);
    return walk->visit.filter(walk->context, &filter);
}

int inf_filters_visit(const struct inf *inf, const struct inf_section *section,
                      inf_visit_filter *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.visit.filter = visit, .context = context, .error = out_error};
    return key_visit(inf, section, "AddFilter", filter_visit, &walk, out_error);
}

static int interface_visit(void *context, const struct inf_place *place)
{
    const struct walk *walk = context;
    struct inf_interface interface = {.place = *place,
                                      .inf = place->inf,
                                      .guid = inf_text(place->line, 0),
                                      .reference = inf_text(place->line, 1)};
    int64_t flags;
    if (guid_check(place, interface.guid, walk->error) ||
        field_section(place, 2, &interface.inf, &interface.section, walk->error) ||
        field_number(place, 3, 0, UINT32_MAX, &flags, walk->error))
        return INF_DAMAGED;
    interface.flags = (uint32_t)flags;
    return walk->visit.interface(walk->context, &interface);
}

int inf_interfaces_visit(const struct inf *inf, const struct inf_section *section,
                         inf_visit_interface *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.visit.interface = visit, .context = context, .error = out_error};
    return key_visit(inf, section, "AddInterface", interface_visit, &walk, out_error);
}

static int provider_visit(void *context, const struct inf_place *place)
{
    const struct walk *walk = context;
    struct inf_event_provider provider = {
        .place = *place, .inf = place->inf, .guid = inf_text(place->line, 0)};
    if (guid_check(place, provider.guid, walk->error) ||
        field_section(place, 1, &provider.inf, &provider.section, walk->error))
        return INF_DAMAGED;
    provider.name = inf_text(inf_line_find(provider.section, "ProviderName"), 0);
    provider.resource_file = inf_text(inf_line_find(provider.section, "ResourceFile"), 0);
    provider.message_file = inf_text(inf_line_find(provider.section, "MessageFile"), 0);
    provider.parameter_file = inf_text(inf_line_find(provider.section, "ParameterFile"), 0);
    if (!*provider.name || !*provider.resource_file)
        return inf_fail(place->inf, place->line->number, walk->error,
                        "event provider %.60s has no ProviderName or no ResourceFile; add it to "
                        "its section",
                        provider.guid);
    return walk->visit.provider(walk->context, &provider);
}

int inf_event_providers_visit(const struct inf *inf, const struct inf_section *section,
                              inf_visit_event_provider *visit, void *context,
                              struct inf_error *out_error)
{
    struct walk walk = {.visit.provider = visit, .context = context, .error = out_error};
    return key_visit(inf, section, "AddEventProvider", provider_visit, &walk, out_error);
}
