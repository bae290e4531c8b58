/* SPDX-License-Identifier: MIT */
/* section.c - asking a parsed INF: sections, lines, fields, and the lines that Needs adds. */
#include "inf_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int name_compare_length(const char *a, const char *b, size_t b_length)
{
    for (size_t i = 0; i < b_length; i++)
        if (!a[i] || lower(a[i]) != lower(b[i]))
            return lower(a[i]) - lower(b[i]);
    return (unsigned char)a[b_length];
}

int name_compare(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) - lower(*b);
}

bool inf_same(const char *a, const char *b)
{
    return name_compare(a, b) == 0;
}

const char *inf_name(const struct inf *inf)
{
    return inf->name;
}

enum inf_encoding inf_encoding(const struct inf *inf)
{
    return inf->encoding;
}

const struct inf_token *inf_unresolved_at(const struct inf *inf, uint32_t index)
{
    return index < inf->unresolved.count ? (const struct inf_token *)inf->unresolved.items + index
                                         : NULL;
}

uint32_t inf_section_count(const struct inf *inf)
{
    return inf->section_count;
}

const struct inf_section *inf_section_at(const struct inf *inf, uint32_t index)
{
    return index < inf->section_count ? &inf->sections[index] : NULL;
}

const struct inf_section *inf_section_find(const struct inf *inf, const char *name)
{
    uint32_t low = 0, high = inf->section_count;
    while (is_blank(*name))
        name++;
    size_t length = strlen(name);
    while (length > 0 && is_blank(name[length - 1]))
        length--;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = name_compare_length(inf->by_name[middle]->name, name, length);
        if (order == 0)
            return inf->by_name[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct inf_section *inf_section_format(const struct inf *inf, const char *format, ...)
{
    char name[INF_FIELD_BYTES + INF_NAME_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return length > 0 && (size_t)length < sizeof name ? inf_section_find(inf, name) : NULL;
}

const struct inf_line *inf_line_next(const struct inf_section *section, const char *key,
                                     uint32_t *inout_at)
{
    while (section && *inout_at < section->line_count) {
        const struct inf_line *line = &section->lines[(*inout_at)++];
        if (line->key && inf_same(line->key, key))
            return line;
    }
    return NULL;
}

const struct inf_line *inf_line_find(const struct inf_section *section, const char *key)
{
    uint32_t at = 0;
    return inf_line_next(section, key, &at);
}

const char *inf_text(const struct inf_line *line, uint32_t index)
{
    return line && index < line->field_count ? line->fields[index].text : "";
}

int number_parse(const char *text, int64_t *out_value)
{
    uint64_t value = 0;
    bool is_negative = *text == '-';
    const char *at = text + (*text == '-' || *text == '+');
    unsigned base = 10, digit_count = 0;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    }
    for (; *at; at++, digit_count++) {
        int c = lower(*at);
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : 16;
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return INF_DAMAGED;
        value = value * base + digit;
    }
    if (digit_count == 0)
        return INF_DAMAGED;
    *out_value = (int64_t)(is_negative ? 0 - value : value);
    return INF_OK;
}

int inf_number(const struct inf_line *line, uint32_t index, int64_t *out_value)
{
    const char *text = inf_text(line, index);
    return *text ? number_parse(text, out_value) : INF_ABSENT;
}

const char *inf_value(const struct inf *inf, const char *section, const char *key)
{
    const struct inf_line *line = inf_line_find(inf_section_find(inf, section), key);
    return line ? inf_text(line, 0) : NULL;
}

void inf_include_set(struct inf *inf, inf_include_find *find, void *context)
{
    inf->include = find;
    inf->include_context = context;
}

/* Sections that have been or are to be visited: each once, however often it is needed. */
struct walk {
    inf_visit_line *visit;
    void *context;
    struct inf_error *error;
    struct {
        const struct inf *inf;
        const struct inf_section *section;
    } seen[INF_NEEDS_MAX];
    uint32_t seen_count;
};

/* An INF that an Include line names and that has the section; *out_missing: one that is not there.
 */
static const struct inf *included_find(const struct inf *inf, const struct inf_section *section,
                                       const char *name, const struct inf_line **out_missing)
{
    uint32_t at = 0;
    const struct inf_line *line;
    while ((line = inf_line_next(section, "Include", &at))) {
        for (uint32_t i = 0; i < line->field_count; i++) {
            const struct inf *included =
                *inf_text(line, i) ? inf->include(inf->include_context, inf_text(line, i)) : NULL;
            if (!included && *inf_text(line, i))
                *out_missing = line;
            if (included && inf_section_find(included, name))
                return included;
        }
    }
    return NULL;
}

/* The INF whose section a Needs names: this one, those this section includes, those that any does.
 */
static const struct inf *needed_find(const struct inf *inf, const struct inf_section *section,
                                     const char *name, const struct inf_line **out_missing)
{
    if (inf_section_find(inf, name))
        return inf;
    const struct inf *found = inf->include ? included_find(inf, section, name, out_missing) : NULL;
    const struct inf_line *other = NULL;
    for (uint32_t i = 0; !found && inf->include && i < inf->section_count; i++)
        if (!section_is_strings(inf->sections[i].name))
            found = included_find(inf, &inf->sections[i], name, &other);
    return found;
}

int section_named(const struct inf_place *place, const char *name, const struct inf **out_inf,
                  const struct inf_section **out_section)
{
    const struct inf_line *missing = NULL;
    const struct inf *found = needed_find(place->inf, place->section, name, &missing);
    if (found) {
        *out_inf = found;
        *out_section = inf_section_find(found, name);
        return INF_OK;
    }
    for (uint32_t i = 0; !place->inf->include && i < place->inf->section_count; i++)
        if (inf_line_find(&place->inf->sections[i], "Include"))
            return INF_ABSENT; /* it may stand in an INF that nobody can read now */
    return INF_DAMAGED;
}

static int walk_add(struct walk *walk, const struct inf *inf, const struct inf_section *section,
                    uint32_t number)
{
    for (uint32_t i = 0; i < walk->seen_count; i++)
        if (walk->seen[i].section == section)
            return INF_OK;
    if (walk->seen_count == INF_NEEDS_MAX)
        return inf_fail(inf, number, walk->error,
                        "more than %u sections are needed; drop some Needs", INF_NEEDS_MAX);
    walk->seen[walk->seen_count].inf = inf;
    walk->seen[walk->seen_count++].section = section;
    return INF_OK;
}

static int needs_add(struct walk *walk, const struct inf *inf, const struct inf_section *section,
                     const struct inf_line *line)
{
    for (uint32_t i = 0; i < line->field_count; i++) {
        const char *name = inf_text(line, i);
        const struct inf_line *missing = NULL;
        const struct inf *found = *name ? needed_find(inf, section, name, &missing) : NULL;
        if (found) {
            if (walk_add(walk, found, inf_section_find(found, name), line->number))
                return INF_DAMAGED;
        } else if (*name && inf->include && missing) {
            return inf_fail(inf, missing->number, walk->error,
                            "Include names %s, which is not there, and Needs [%s] of it; add the "
                            "INF or drop the line",
                            inf_text(missing, 0), name);
        } else if (*name && inf->include) {
            return inf_fail(inf, line->number, walk->error,
                            "Needs names [%s], which no included INF has; name one that it has",
                            name);
        }
    }
    return INF_OK;
}

int inf_lines_visit(const struct inf *inf, const struct inf_section *section, inf_visit_line *visit,
                    void *context, struct inf_error *out_error)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return inf_fail_memory(inf, out_error);
    *walk = (struct walk){.visit = visit, .context = context, .error = out_error};
    int result = section ? walk_add(walk, inf, section, section->number) : INF_OK;
    for (uint32_t at = 0; result == INF_OK && at < walk->seen_count; at++) {
        struct inf_place place = {.inf = walk->seen[at].inf, .section = walk->seen[at].section};
        for (uint32_t i = 0; result == INF_OK && i < place.section->line_count; i++) {
            place.line = &place.section->lines[i];
            const char *key = place.line->key;
            if (key && inf_same(key, "Needs"))
                result = needs_add(walk, place.inf, place.section, place.line);
            else if (!key || !inf_same(key, "Include"))
                result = visit(context, &place);
        }
    }
    free(walk);
    return result;
}
