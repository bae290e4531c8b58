/* SPDX-License-Identifier: MIT */
/* directive.c - finding the lines of a directive and the sections that they name. */
#include "entry_internal.h"

struct key_walk {
    const char *key;
    inf_visit_line *visit;
    void *context;
};

static int key_line(void *context, const struct inf_place *place)
{
    const struct key_walk *walk = context;
    bool is_it = place->line->key && inf_same(place->line->key, walk->key);
    return is_it ? walk->visit(walk->context, place) : 0;
}

int key_visit(const struct inf *inf, const struct inf_section *section, const char *key,
              inf_visit_line *visit, void *context, struct inf_error *out_error)
{
    struct key_walk walk = {.key = key, .visit = visit, .context = context};
    return inf_lines_visit(inf, section, key_line, &walk, out_error);
}

int field_section(const struct inf_place *place, uint32_t field, const struct inf **out_inf,
                  const struct inf_section **out_section, struct inf_error *out_error)
{
    const char *name = inf_text(place->line, field);
    *out_inf = place->inf;
    *out_section = NULL;
    if (!*name || section_named(place, name, out_inf, out_section) != INF_DAMAGED)
        return INF_OK;
    return inf_fail(place->inf, place->line->number, out_error,
                    "%.60s names [%.100s], which is not in the file; add the section or correct "
                    "the name",
                    place->line->key ? place->line->key : "the line", name);
}

int field_number(const struct inf_place *place, uint32_t field, int64_t otherwise, int64_t max,
                 int64_t *out_value, struct inf_error *out_error)
{
    int64_t value = otherwise;
    int result = inf_number(place->line, field, &value);
    if (result == INF_DAMAGED || value < 0 || value > max)
        return inf_fail(place->inf, place->line->number, out_error,
                        "\"%.60s\" is no number from 0 to %llu; write a decimal or 0x hexadecimal "
                        "number",
                        inf_text(place->line, field), (unsigned long long)max);
    *out_value = value;
    return INF_OK;
}

const char *security_find(const struct inf *inf, const struct inf_section *section)
{
    const struct inf_section *security = inf_section_format(inf, "%s.Security", section->name);
    return security && security->line_count > 0 ? inf_text(&security->lines[0], 0) : NULL;
}

struct name_walk {
    visit_named *visit;
    void *context;
    struct inf_error *error;
};

static int name_line(void *context, const struct inf_place *place)
{
    const struct name_walk *walk = context;
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < place->line->field_count; i++) {
        const char *name = inf_text(place->line, i);
        const struct inf_section *named = NULL;
        struct inf_place from = *place;
        if (*name != '@')
            result = field_section(place, i, &from.inf, &named, walk->error);
        if (result == 0 && *name && (named || *name == '@'))
            result = walk->visit(walk->context, &from, name, named);
    }
    return result;
}

int names_visit(const struct inf *inf, const struct inf_section *section, const char *key,
                visit_named *visit, void *context, struct inf_error *out_error)
{
    struct name_walk walk = {.visit = visit, .context = context, .error = out_error};
    return key_visit(inf, section, key, name_line, &walk, out_error);
}

struct directive_walk {
    const char *name;
    inf_visit_directive *visit;
    void *context;
};

static int directive_line(void *context, const struct inf_place *place)
{
    const struct directive_walk *walk = context;
    struct inf_directive directive = {.place = *place, .name = walk->name};
    uint32_t last = place->line->field_count;
    while (last > 0 && !*inf_text(place->line, last - 1))
        last--;
    directive.inf = place->inf;
    if (last > 0)
        (void)section_named(place, inf_text(place->line, last - 1), &directive.inf,
                            &directive.section);
    return walk->visit(walk->context, &directive);
}

int inf_directives_visit(const struct inf *inf, const struct inf_section *section, const char *name,
                         inf_visit_directive *visit, void *context, struct inf_error *out_error)
{
    struct directive_walk walk = {.name = name, .visit = visit, .context = context};
    return key_visit(inf, section, name, directive_line, &walk, out_error);
}
