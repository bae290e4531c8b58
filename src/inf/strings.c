/* SPDX-License-Identifier: MIT */
/* strings.c - [Strings], the one of the wished language, and the %tokens% that it defines.
 *
 * One section serves the whole file: the exact language, else its neutral form, else any of its
 * family, else the section without a language. A token that it does not define stays as it is and
 * is remembered. %% is a percent sign; %13% is a DIRID.
 */
#include "inf_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGE_NONE    0x10000u
#define PRIMARY(id)      ((id) & 0x3ffu)
#define DIRID_DIGITS_MAX 10

bool section_is_strings(const char *name)
{
    return name_compare_length(name, "Strings", 7) == 0 ||
           (strlen(name) > 8 && name_compare_length("Strings.", name, 8) == 0);
}

/* The language of a [Strings.nnnn]; LANGUAGE_NONE for [Strings] and what is no number. */
static uint32_t section_language(const char *name)
{
    char *end;
    if (strlen(name) != 12)
        return LANGUAGE_NONE;
    unsigned long value = strtoul(name + 8, &end, 16);
    return *end || value > 0xffff ? LANGUAGE_NONE : (uint32_t)value;
}

/* How well a section serves the language; 0: not at all. */
static int section_fit(const char *name, uint32_t wish)
{
    uint32_t language = section_language(name);
    if (language == LANGUAGE_NONE)
        return name[7] == 0 ? 1 : 0;
    return language == wish                     ? 4
           : language == PRIMARY(wish)          ? 3
           : PRIMARY(language) == PRIMARY(wish) ? 2
                                                : 0;
}

static int string_compare(const void *a, const void *b)
{
    const struct inf_string *x = a, *y = b;
    int order = name_compare(x->key, y->key);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* "%%" in a key or a string of [Strings] is one percent sign; nothing else is replaced there. */
static const char *percents_halve(struct inf *inf, const char *text)
{
    if (!strstr(text, "%%"))
        return text;
    char *copy = memory_text(&inf->memory, text, strlen(text));
    char *to = copy;
    for (const char *at = copy; copy && *at; at++) {
        *to++ = *at;
        if (at[0] == '%' && at[1] == '%')
            at++;
    }
    if (copy)
        *to = 0;
    return copy;
}

/* A string's value is its whole line: commas outside quotation marks belong to it, too. */
static const char *value_join(struct inf *inf, const struct inf_field *fields, uint32_t count)
{
    size_t length = 0;
    if (count == 1)
        return fields[0].text;
    for (uint32_t i = 0; i < count; i++)
        length += strlen(fields[i].text) + 1;
    char *joined = memory_take(&inf->memory, length + 1), *to = joined;
    for (uint32_t i = 0; joined && i < count; i++) {
        size_t part = strlen(fields[i].text);
        if (i > 0)
            *to++ = ',';
        memcpy(to, fields[i].text, part);
        to += part;
    }
    if (joined)
        *to = 0;
    return joined;
}

static void duplicates_remove(struct inf *inf)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < inf->string_count; i++) {
        if (kept > 0 && name_compare(inf->strings[kept - 1].key, inf->strings[i].key) == 0) {
            inf_odd(inf, INF_ODD_DUPLICATE, inf->strings[i].number, inf->strings[i].key);
            continue;
        }
        inf->strings[kept++] = inf->strings[i];
    }
    inf->string_count = kept;
}

int strings_collect(struct inf *inf, const struct raw_inf *raw, struct inf_error *out_error)
{
    const struct raw_line *lines = raw->lines.items;
    const struct inf_field *fields = raw->fields.items;
    const char *best = NULL;
    bool is_in = false;
    uint32_t count = 0;
    for (uint32_t i = 0; i < raw->lines.count; i++) {
        const char *name = lines[i].is_header ? fields[lines[i].first].text : "";
        if (section_is_strings(name) && section_fit(name, inf->options.language) >
                                            (best ? section_fit(best, inf->options.language) : 0))
            best = name;
    }
    inf->strings = memory_take(&inf->memory, raw->lines.count * sizeof *inf->strings);
    if (!inf->strings)
        return inf_fail_memory(inf, out_error);
    for (uint32_t i = 0; best && i < raw->lines.count; i++) {
        const struct inf_field *field = fields + lines[i].first;
        if (lines[i].is_header) {
            is_in = name_compare(field->text, best) == 0;
        } else if (is_in && lines[i].has_key) {
            struct inf_string *string = &inf->strings[count++];
            *string = (struct inf_string){.number = lines[i].number};
            string->key = percents_halve(inf, field->text);
            string->value =
                lines[i].count > 1 ? value_join(inf, field + 1, lines[i].count - 1) : "";
            if (string->value)
                string->value = percents_halve(inf, string->value);
            if (!string->key || !string->value)
                return inf_fail_memory(inf, out_error);
        }
    }
    inf->string_count = count;
    qsort(inf->strings, count, sizeof *inf->strings, string_compare);
    duplicates_remove(inf);
    return INF_OK;
}

struct inf_string *strings_find(const struct inf *inf, const char *key, size_t length)
{
    uint32_t low = 0, high = inf->string_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = name_compare_length(inf->strings[middle].key, key, length);
        if (order == 0)
            return &inf->strings[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *inf_string(const struct inf *inf, const char *key)
{
    const struct inf_string *string = strings_find(inf, key, strlen(key));
    return string ? string->value : NULL;
}

/* What %name% stands for; NULL: it stays. */
static const char *token_value(struct inf *inf, const char *name, size_t length, uint32_t number)
{
    struct inf_string *string = strings_find(inf, name, length);
    if (string) {
        string->is_used = true;
        return string->value;
    }
    if (length > 0 && length <= DIRID_DIGITS_MAX && strspn(name, "-0123456789") >= length) {
        char digits[DIRID_DIGITS_MAX + 1] = {0};
        memcpy(digits, name, length);
        return inf->options.dirid ? inf->options.dirid(inf->options.dirid_context,
                                                       (uint32_t)strtol(digits, NULL, 10))
                                  : NULL;
    }
    struct inf_token *token = list_add(&inf->unresolved, sizeof *token);
    if (token) {
        token->number = number;
        token->name = memory_text(&inf->memory, name, length);
        if (!token->name)
            inf->unresolved.count--;
    }
    return NULL;
}

/* The length of a token's name whose percent signs are doubled ("%a%%b%"); 0: no such string. */
static size_t doubled_name(const struct inf *inf, const char *name, const char *close,
                           const char **out_value)
{
    char key[INF_NAME_BYTES];
    size_t length = 0;
    const char *at = name;
    while (close && close[1] == '%') {
        size_t part = (size_t)(close - at) + 1;
        if (length + part >= sizeof key)
            return 0;
        memcpy(key + length, at, part);
        length += part;
        at = close + 2;
        close = strchr(at, '%');
        if (!close || length + (size_t)(close - at) >= sizeof key)
            return 0;
        const struct inf_string *string;
        memcpy(key + length, at, (size_t)(close - at));
        string = strings_find(inf, key, length + (size_t)(close - at));
        if (string) {
            *out_value = string->value;
            return (size_t)(close - name);
        }
    }
    return 0;
}

int strings_expand(struct inf *inf, const char *text, uint32_t number, char *out_text,
                   struct inf_error *out_error)
{
    size_t used = 0;
    while (*text) {
        const char *from = text, *close = *text == '%' ? strchr(text + 1, '%') : NULL;
        size_t length = *text == '%' ? 1 : strcspn(text, "%");
        text += length;
        if (*from == '%' && !close) {
            inf_odd(inf, INF_ODD_PERCENT, number, "");
        } else if (close && close == from + 1) {
            text = close + 1;
        } else if (close) {
            const char *value = NULL;
            size_t name = (size_t)(close - from) - 1;
            if (!strings_find(inf, from + 1, name)) {
                size_t longer = doubled_name(inf, from + 1, close, &value);
                name = longer ? longer : name;
            }
            if (!value)
                value = token_value(inf, from + 1, name, number);
            length = value ? strlen(value) : name + 2;
            text = from + name + 2;
            from = value ? value : from;
        }
        if (used + length >= INF_FIELD_BYTES)
            return inf_fail(
                inf, number, out_error,
                "a field is longer than %u characters when its %%tokens%% are replaced; "
                "shorten it",
                INF_FIELD_MAX - 1);
        memcpy(out_text + used, from, length);
        used += length;
    }
    out_text[used] = 0;
    return INF_OK;
}
