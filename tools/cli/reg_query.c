/* SPDX-License-Identifier: MIT */
/* reg_query.c - `cove reg query` and `compare`: keys shown in the shape of the original tool. */
#include "reg.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

/* ---- finding
 * ---------------------------------------------------------------------------------------- */

/* '*' stands for any characters, '?' for one; without /e a part of the text will do. */
static bool matches(const char *pattern, const char *text, bool is_exact_case)
{
    for (; *pattern; pattern++, text++) {
        if (*pattern == '*') {
            while (pattern[1] == '*')
                pattern++;
            for (;; text++) {
                if (matches(pattern + 1, text, is_exact_case))
                    return true;
                if (!*text)
                    return false;
            }
        }
        bool is_same = is_exact_case
                           ? *pattern == *text
                           : tolower((unsigned char)*pattern) == tolower((unsigned char)*text);
        if (!*text || (*pattern != '?' && !is_same))
            return false;
    }
    return !*text;
}

static bool found(const struct reg_words *words, const char *text)
{
    char pattern[600];
    snprintf(pattern, sizeof pattern, words->finds_exact ? "%s" : "*%s*", words->find);
    return text && matches(pattern, text, words->finds_case);
}

static bool value_found(const struct reg_words *words, const struct reg_value *value)
{
    bool is_any = !words->finds_keys && !words->finds_data;
    uint32_t type;
    if (words->type && (!reg_type_parse(words->type, &type) || type != value->type))
        return false;
    if (words->value) {
        uint16_t wide[16384];
        size_t count = strlen(words->value) < 16384 ? regfile_widen(words->value, wide) : 0;
        if (!reg_names_equal(value->name, value->name_count, wide, count))
            return false;
    }
    if (!words->find)
        return true;
    char *name = reg_utf8(value->name, value->name_count);
    char *data = reg_data_text(value, words->separator);
    bool is_hit =
        (is_any && found(words, name)) || ((is_any || words->finds_data) && found(words, data));
    free(name);
    free(data);
    return is_hit;
}

static bool key_found(const struct reg_words *words, const char *path)
{
    const char *name = strrchr(path, '\\');
    return words->find && (words->finds_keys || !words->finds_data) &&
           found(words, name ? name + 1 : path);
}

/* ---- printing
 * ---------------------------------------------------------------------------------------- */

static void value_print(const struct reg_words *words, const struct reg_value *value)
{
    char room[16];
    char *name = value->name_count ? reg_utf8(value->name, value->name_count) : strdup("(Default)");
    char *data = reg_data_text(value, words->separator);
    const char *type = reg_type_name(value->type, room, sizeof room);
    if (words->shows_type_number)
        printf("    %s    %s (%u)    %s\n", name ? name : "?", type, value->type, data ? data : "");
    else
        printf("    %s    %s    %s\n", name ? name : "?", type, data ? data : "");
    free(name);
    free(data);
}

static cJSON *key_json(const struct reg_words *words, const struct reg_key *key, const char *path)
{
    cJSON *item = cJSON_CreateObject(), *values = cJSON_AddArrayToObject(item, "values");
    cJSON_AddStringToObject(item, "key", path);
    for (uint32_t i = 0; i < key->value_count; i++) {
        const struct reg_value *value = &key->values[i];
        char room[16];
        if (!value_found(words, value))
            continue;
        char *name = reg_utf8(value->name, value->name_count);
        char *data = reg_data_text(value, words->separator);
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", name ? name : "");
        cJSON_AddStringToObject(one, "type", reg_type_name(value->type, room, sizeof room));
        cJSON_AddStringToObject(one, "data", data ? data : "");
        cJSON_AddItemToArray(values, one);
        free(name);
        free(data);
    }
    return item;
}

struct query {
    const struct reg_words *words;
    cJSON *json;
    unsigned hits;
    bool is_open; /* the lines above are of this key */
};

/* One key of the answer; is_below: only its name was asked for. */
static void key_show(struct query *query, const struct reg_key *key, bool is_below)
{
    const struct reg_words *words = query->words;
    char *path = reg_utf8(key->path, key->path_count);
    bool wants_values = words->value || words->find || words->type;
    unsigned shown = 0;
    if (words->is_json) {
        cJSON_AddItemToArray(query->json, key_json(words, key, path));
        free(path);
        return;
    }
    for (uint32_t i = 0; !is_below && i < key->value_count; i++) {
        if (!value_found(words, &key->values[i]))
            continue;
        if (shown++ == 0)
            printf("\n%s\n", path);
        value_print(words, &key->values[i]);
    }
    bool is_key_hit = key_found(words, path);
    query->hits += shown + is_key_hit;
    if (shown)
        query->is_open = false;
    else if (is_key_hit || (!wants_values && (is_below || words->is_deep))) {
        printf("%s%s\n", query->is_open ? "" : "\n", path);
        query->is_open = is_below;
    }
    free(path);
}

int reg_query(const struct reg_words *words)
{
    struct query query = {.words = words};
    struct reg_file file;
    int result = reg_read(words, words->places[0], words->is_deep ? REG_DEPTH_ALL : 1, &file);
    if (result)
        return result;
    if (words->is_json)
        query.json = cJSON_CreateArray();
    bool is_named_only = words->value || words->find || words->type;
    for (uint32_t i = 0; i < file.key_count; i++) {
        bool is_below = i > 0 && !words->is_deep;
        if (!is_below || !is_named_only || words->find)
            key_show(&query, &file.keys[i], is_below);
    }
    regfile_free(&file);
    if (words->is_json) {
        char *text = cJSON_Print(query.json);
        puts(text ? text : "[]");
        free(text);
        cJSON_Delete(query.json);
        return 0;
    }
    if (words->find) {
        printf("\nEnd of search: %u match(es) found.\n", query.hits);
        return query.hits == 0;
    }
    if (words->value && !*words->value && !query.hits)
        printf("\n%s\n    (Default)    REG_SZ    (value not set)\n", words->places[0]);
    else if (words->value && !query.hits)
        return reg_not_found();
    putchar('\n');
    return 0;
}

/* ---- comparing
 * ---------------------------------------------------------------------------------------- */

/* The part of a path below the root of its side. */
static bool place_equal(const struct reg_key *left, size_t left_root, const struct reg_key *right,
                        size_t right_root)
{
    return reg_names_equal(left->path + left_root, left->path_count - left_root,
                           right->path + right_root, right->path_count - right_root);
}

static const struct reg_key *key_beside(const struct reg_file *file, size_t root,
                                        const struct reg_key *key, size_t key_root)
{
    for (uint32_t i = 0; i < file->key_count; i++)
        if (place_equal(&file->keys[i], root, key, key_root))
            return &file->keys[i];
    return NULL;
}

static const struct reg_value *value_beside(const struct reg_key *key,
                                            const struct reg_value *value)
{
    for (uint32_t i = 0; key && i < key->value_count; i++)
        if (reg_names_equal(key->values[i].name, key->values[i].name_count, value->name,
                            value->name_count))
            return &key->values[i];
    return NULL;
}

static void difference_print(char mark, const struct reg_key *key, const struct reg_value *value)
{
    char room[16];
    char *path = reg_utf8(key->path, key->path_count);
    char *name = value ? reg_utf8(value->name, value->name_count) : NULL;
    char *data = value ? reg_data_text(value, NULL) : NULL;
    if (value)
        printf("%c Value:  %s  %s  %s  %s\n", mark, path, *name ? name : "(Default)",
               reg_type_name(value->type, room, sizeof room), data);
    else
        printf("%c Key:  %s\n", mark, path);
    free(path);
    free(name);
    free(data);
}

static bool shows(const struct reg_words *words, bool is_same)
{
    char what = words->compare_shows;
    return what == 'a' || (what == 's' && is_same) || (what == 'd' && !is_same);
}

/* What one side has; is_second: only what the first has not. Returns how much is different. */
static unsigned side_compare(const struct reg_words *words, const struct reg_file *files,
                             const size_t *roots, bool is_second)
{
    const struct reg_file *own = &files[is_second], *other = &files[!is_second];
    unsigned differences = 0;
    for (uint32_t i = 0; i < own->key_count; i++) {
        const struct reg_key *key = &own->keys[i];
        const struct reg_key *beside = key_beside(other, roots[!is_second], key, roots[is_second]);
        differences += !beside;
        if (!beside && shows(words, false))
            difference_print(is_second ? '>' : '<', key, NULL);
        for (uint32_t v = 0; v < key->value_count; v++) {
            const struct reg_value *value = &key->values[v], *twin = value_beside(beside, value);
            bool is_same = twin && twin->type == value->type && twin->length == value->length &&
                           !memcmp(twin->data, value->data, value->length);
            if (!value_found(words, value) || (is_same && is_second))
                continue;
            differences += !is_same;
            if (shows(words, is_same))
                difference_print(is_same ? '=' : is_second ? '>' : '<', key, value);
        }
    }
    return differences;
}

int reg_compare(const struct reg_words *words)
{
    struct reg_file files[2];
    int result = reg_read(words, words->places[0], words->is_deep ? REG_DEPTH_ALL : 0, &files[0]);
    if (result)
        return result;
    result = reg_read(words, words->places[1], words->is_deep ? REG_DEPTH_ALL : 0, &files[1]);
    if (result) {
        regfile_free(&files[0]);
        return result;
    }
    size_t roots[2] = {files[0].keys[0].path_count, files[1].keys[0].path_count};
    unsigned differences = side_compare(words, files, roots, false);
    differences += side_compare(words, files, roots, true);
    printf("\nResults Compared:  %s\n\n", differences ? "Different" : "Identical");
    regfile_free(&files[0]);
    regfile_free(&files[1]);
    reg_done();
    return differences ? 2 : 0;
}
