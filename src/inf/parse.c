/* SPDX-License-Identifier: MIT */
/* parse.c - an INF from its bytes: sections of one name merged, tokens replaced, names sorted.
 *
 * Bytes become text (text.c), raw lines (lines.c) and strings (strings.c); here they become the
 * sections that are handed out. After inf_parse nothing of it changes any more.
 */
#include "inf_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct builder {
    struct inf *inf;
    const struct raw_inf *raw;
    struct inf_list names; /* struct named, one a header */
    char *text;            /* INF_FIELD_BYTES */
    struct inf_error *error;
};

/* A header in the file, and the section that it belongs to. */
struct named {
    const char *name;
    uint32_t raw_line;
    uint32_t section;
};

int inf_fail_name(const char *name, uint32_t line, struct inf_error *out_error, const char *format,
                  va_list arguments)
{
    struct inf_error error = {.line = line};
    size_t room = sizeof error.text;
    int used = line ? snprintf(error.text, room, "%.120s:%u: ", name, line)
                    : snprintf(error.text, room, "%.120s: ", name);
    vsnprintf(error.text + used, room - (size_t)used, format, arguments);
    if (out_error)
        *out_error = error;
    return INF_DAMAGED;
}

int inf_fail(const struct inf *inf, uint32_t line, struct inf_error *out_error, const char *format,
             ...)
{
    va_list arguments;
    va_start(arguments, format);
    inf_fail_name(inf->name, line, out_error, format, arguments);
    va_end(arguments);
    return INF_DAMAGED;
}

int inf_fail_memory(const struct inf *inf, struct inf_error *out_error)
{
    return inf_fail(inf, 0, out_error,
                    "no memory for its texts (at most %u MiB); replace %%tokens%% that are used "
                    "often by shorter ones",
                    INF_MEMORY_MAX >> 20);
}

void inf_odd(struct inf *inf, enum inf_oddity_kind kind, uint32_t number, const char *text)
{
    struct inf_oddity *oddity = list_add(&inf->oddities, sizeof *oddity);
    if (oddity)
        *oddity = (struct inf_oddity){.kind = kind, .number = number, .text = text};
}

/* The text with its tokens replaced; NULL after an error. */
static const char *expand(struct builder *builder, const char *text, uint32_t number)
{
    if (!strchr(text, '%'))
        return text;
    if (strings_expand(builder->inf, text, number, builder->text, builder->error))
        return NULL;
    size_t length = strlen(builder->text);
    if (text_utf16(builder->text, length, NULL) >= INF_FIELD_MAX) {
        inf_fail(
            builder->inf, number, builder->error,
            "a field is longer than %u characters when its %%tokens%% are replaced; shorten it",
            INF_FIELD_MAX - 1);
        return NULL;
    }
    const char *kept = memory_text(&builder->inf->memory, builder->text, length);
    if (!kept)
        inf_fail_memory(builder->inf, builder->error);
    return kept;
}

static int named_compare(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = name_compare(x->name, y->name);
    return order ? order : (x->raw_line > y->raw_line) - (x->raw_line < y->raw_line);
}

static int named_compare_line(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return (x->raw_line > y->raw_line) - (x->raw_line < y->raw_line);
}

/* Lists the headers and gives each the number of its section, in the order of the file. */
static int headers_name(struct builder *builder)
{
    const struct raw_line *lines = builder->raw->lines.items;
    const struct inf_field *fields = builder->raw->fields.items;
    for (uint32_t i = 0; i < builder->raw->lines.count; i++) {
        if (!lines[i].is_header)
            continue;
        struct named *named = list_add(&builder->names, sizeof *named);
        if (!named)
            return inf_fail_memory(builder->inf, builder->error);
        named->raw_line = i;
        named->name = expand(builder, fields[lines[i].first].text, lines[i].number);
        if (!named->name)
            return INF_DAMAGED;
    }
    return INF_OK;
}

/* After it, names are in the order of the file and know their section. */
static int headers_merge(struct builder *builder)
{
    struct inf *inf = builder->inf;
    struct named *names = builder->names.items;
    uint32_t count = builder->names.count;
    if (count == 0)
        return INF_OK;
    qsort(names, count, sizeof *names, named_compare);
    for (uint32_t i = 0; i < count; i++) /* the raw line of the first header of the name, for now */
        names[i].section = i > 0 && name_compare(names[i - 1].name, names[i].name) == 0
                               ? names[i - 1].section
                               : names[i].raw_line;
    qsort(names, count, sizeof *names, named_compare_line);
    inf->sections = memory_take(&inf->memory, count * sizeof *inf->sections);
    uint32_t *numbers = malloc(builder->raw->lines.count * sizeof *numbers);
    if (!inf->sections || !numbers) {
        free(numbers);
        return inf_fail_memory(inf, builder->error);
    }
    const struct raw_line *lines = builder->raw->lines.items;
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].section == names[i].raw_line) {
            numbers[names[i].raw_line] = inf->section_count;
            inf->sections[inf->section_count] = (struct inf_section){
                .name = names[i].name,
                .number = lines[names[i].raw_line].number,
                .index = inf->section_count,
            };
            inf->section_count++;
        }
        names[i].section = numbers[names[i].section];
    }
    free(numbers);
    return INF_OK;
}

static int line_fill(struct builder *builder, const struct raw_line *raw, bool is_raw,
                     struct inf_line *line)
{
    const struct inf_field *from =
        (const struct inf_field *)builder->raw->fields.items + raw->first;
    struct inf_field *fields =
        memory_take(&builder->inf->memory, (raw->count + 1) * sizeof *fields);
    if (!fields)
        return inf_fail_memory(builder->inf, builder->error);
    for (uint32_t i = 0; i < raw->count; i++) {
        fields[i].is_quoted = from[i].is_quoted;
        fields[i].text = is_raw ? from[i].text : expand(builder, from[i].text, raw->number);
        if (!fields[i].text)
            return INF_DAMAGED;
    }
    *line = (struct inf_line){.key = raw->has_key ? fields[0].text : NULL,
                              .fields = fields + raw->has_key,
                              .field_count = raw->count - raw->has_key,
                              .number = raw->number};
    return INF_OK;
}

/* Where each section's lines lie: counted first, then filled in in the order of the file. */
static int lines_fill(struct builder *builder)
{
    struct inf *inf = builder->inf;
    const struct raw_line *raw = builder->raw->lines.items;
    const struct named *names = builder->names.items;
    struct inf_line *lines =
        memory_take(&inf->memory, (builder->raw->lines.count + 1) * sizeof *lines);
    if (!lines)
        return inf_fail_memory(inf, builder->error);
    for (uint32_t i = 0, at = UINT32_MAX; i < builder->raw->lines.count; i++) {
        if (raw[i].is_header)
            at++;
        else
            inf->sections[names[at].section].line_count++;
    }
    for (uint32_t i = 0; i < inf->section_count; i++) {
        inf->sections[i].lines = lines;
        lines += inf->sections[i].line_count;
        inf->sections[i].line_count = 0;
    }
    for (uint32_t i = 0, at = UINT32_MAX; i < builder->raw->lines.count; i++) {
        if (raw[i].is_header) {
            at++;
            continue;
        }
        struct inf_section *section = &inf->sections[names[at].section];
        struct inf_line *line = (struct inf_line *)section->lines + section->line_count++;
        if (line_fill(builder, &raw[i], section_is_strings(section->name), line))
            return INF_DAMAGED;
    }
    return INF_OK;
}

static int section_compare(const void *a, const void *b)
{
    return name_compare((*(const struct inf_section *const *)a)->name,
                        (*(const struct inf_section *const *)b)->name);
}

static int build(struct inf *inf, const uint8_t *bytes, size_t length, struct inf_error *out_error)
{
    struct raw_inf raw = {0};
    struct builder builder = {.inf = inf, .raw = &raw, .error = out_error};
    char *text;
    size_t text_length;
    int result = text_decode(inf, bytes, length, &text, &text_length, out_error);
    if (result == INF_OK)
        result = raw_read(inf, text, text_length, &raw, out_error);
    if (result == INF_OK)
        result = strings_collect(inf, &raw, out_error);
    builder.text = memory_take(&inf->memory, INF_FIELD_BYTES);
    if (result == INF_OK && !builder.text)
        result = inf_fail_memory(inf, out_error);
    if (result == INF_OK)
        result = headers_name(&builder);
    if (result == INF_OK)
        result = headers_merge(&builder);
    if (result == INF_OK)
        result = lines_fill(&builder);
    if (result == INF_OK) {
        inf->by_name = memory_take(&inf->memory, (inf->section_count + 1) * sizeof *inf->by_name);
        if (!inf->by_name)
            result = inf_fail_memory(inf, out_error);
    }
    for (uint32_t i = 0; result == INF_OK && i < inf->section_count; i++)
        inf->by_name[i] = &inf->sections[i];
    if (result == INF_OK && inf->section_count > 0)
        qsort(inf->by_name, inf->section_count, sizeof *inf->by_name, section_compare);
    list_free(&builder.names);
    list_free(&raw.lines);
    list_free(&raw.fields);
    return result;
}

int inf_parse(const void *bytes, size_t length, const char *name, const struct inf_options *options,
              struct inf **out_inf, struct inf_error *out_error)
{
    struct inf *inf = calloc(1, sizeof *inf);
    char *copy = strdup(name);
    if (!inf || !copy) {
        const struct inf nameless = {.name = name};
        free(inf);
        free(copy);
        return inf_fail_memory(&nameless, out_error);
    }
    inf->name = copy;
    if (options)
        inf->options = *options;
    if (inf->options.language == 0)
        inf->options.language = INF_LANGUAGE;
    int result = build(inf, bytes, length, out_error);
    if (result == INF_OK)
        *out_inf = inf;
    else
        inf_destroy(inf);
    return result;
}

void inf_destroy(struct inf *inf)
{
    if (!inf)
        return;
    memory_give(&inf->memory);
    list_free(&inf->unresolved);
    list_free(&inf->oddities);
    free((char *)inf->name);
    free(inf);
}
