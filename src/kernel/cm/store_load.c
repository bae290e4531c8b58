/* SPDX-License-Identifier: MIT */
/* store_load.c - reads all rows of a registry database and finds out whether they are a tree.
 *
 * A file can be damaged where SQLite sees nothing wrong: everything that the tree relies on is
 * looked at here, before a machine starts on it. Invariant of what comes out: ids are unique,
 * every parent stands before its children, names are of legal length.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store.h"

#define NAME_MAX_BYTES (255 * 2)

static int64_t number_of(struct cm_store *store, const char *text)
{
    sqlite3_stmt *statement;
    int64_t value = -1;
    if (sqlite3_prepare_v2(cm_store_database(store), text, -1, &statement, NULL) != SQLITE_OK)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

struct reader {
    struct store_image *image;
    size_t used, room; /* of image->memory */
    const char *wrong; /* what is wrong with the rows */
    int64_t at;        /* in which key */
};

static struct store_bytes take_bytes(struct reader *reader, sqlite3_stmt *statement, int column)
{
    struct store_bytes bytes = {0};
    int type = sqlite3_column_type(statement, column);
    if (type != SQLITE_BLOB && type != SQLITE_NULL) {
        reader->wrong = "has something else where bytes should be";
        return bytes;
    }
    const void *from = sqlite3_column_blob(statement, column);
    bytes.length = (uint32_t)sqlite3_column_bytes(statement, column);
    if (bytes.length == 0)
        return bytes;
    if (reader->used + bytes.length > reader->room) {
        reader->wrong = "is larger than it says";
        return (struct store_bytes){0};
    }
    memcpy(reader->image->memory + reader->used, from, bytes.length);
    bytes.bytes = reader->image->memory + reader->used;
    reader->used += (bytes.length + 7) & ~7u;
    return bytes;
}

static bool name_is_good(const struct store_bytes *name)
{
    const uint16_t *text = name->bytes;
    if (name->length == 0 || name->length % 2 || name->length > NAME_MAX_BYTES)
        return false;
    for (uint32_t i = 0; i < name->length / 2; i++)
        if (text[i] == '\\')
            return false;
    return true;
}

/* A breadth-first walk from the root: a key that is not reached hangs on nothing. */
static const char keys_text[] =
    "WITH RECURSIVE tree (id, depth) AS (SELECT 0, 0 UNION ALL"
    " SELECT k.id, depth + 1 FROM keys k JOIN tree t ON k.parent = t.id WHERE depth < 512)"
    " SELECT k.id, parent, name, class, is_link, time, security"
    " FROM keys k JOIN tree t ON k.id = t.id ORDER BY depth, k.id";

static void keys_read(struct cm_store *store, struct reader *reader, uint32_t room)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(cm_store_database(store), keys_text, -1, &statement, NULL) !=
        SQLITE_OK) {
        reader->wrong = "has not the tables of a registry";
        return;
    }
    while (!reader->wrong && sqlite3_step(statement) == SQLITE_ROW) {
        if (reader->image->key_count == room) {
            reader->wrong = "is below itself";
            break;
        }
        struct store_key *key = &reader->image->keys[reader->image->key_count++];
        reader->at = sqlite3_column_int64(statement, 0);
        *key = (struct store_key){
            .id = (uint64_t)reader->at,
            .parent = (uint64_t)sqlite3_column_int64(statement, 1),
            .is_link = sqlite3_column_int(statement, 4),
            .time = sqlite3_column_int64(statement, 5),
        };
        key->name = take_bytes(reader, statement, 2);
        key->class_name = take_bytes(reader, statement, 3);
        key->security = take_bytes(reader, statement, 6);
        if (!reader->wrong && (!name_is_good(&key->name) || key->class_name.length % 2))
            reader->wrong = "has an impossible name";
        if (reader->at <= 0)
            reader->wrong = "has an impossible number";
    }
    sqlite3_finalize(statement);
    if (!reader->wrong && reader->image->key_count != room) {
        reader->at = 0;
        reader->wrong = "some keys hang on no other";
    }
}

static int key_compare(const void *left, const void *right)
{
    const struct store_key *const *a = left, *const *b = right;
    return (*a)->id<(*b)->id ? -1 : (*a)->id>(*b)->id;
}

static struct store_key *key_of_id(struct store_key **sorted, uint32_t count, uint64_t id)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sorted[middle]->id == id)
            return sorted[middle];
        if (sorted[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The keys by id; every one learns where its parent stands. */
static struct store_key **keys_sort(struct reader *reader)
{
    struct store_image *image = reader->image;
    struct store_key **sorted = malloc((image->key_count + 1) * sizeof(void *));
    for (uint32_t i = 0; sorted && i < image->key_count; i++)
        sorted[i] = &image->keys[i];
    if (!sorted)
        return NULL;
    qsort(sorted, image->key_count, sizeof *sorted, key_compare);
    for (uint32_t i = 0; i < image->key_count; i++) {
        struct store_key *key = &image->keys[i];
        const struct store_key *parent = key_of_id(sorted, image->key_count, key->parent);
        key->parent_index = parent ? (uint32_t)(parent - image->keys) : STORE_ROOT;
        if (key->parent && (!parent || parent >= key)) {
            reader->at = (int64_t)key->id;
            reader->wrong = "hangs on nothing";
            key->parent_index = STORE_ROOT;
        }
    }
    return sorted;
}

static void values_read(struct cm_store *store, struct reader *reader, uint32_t room)
{
    struct store_image *image = reader->image;
    sqlite3_stmt *statement;
    struct store_key *key = NULL, **sorted = keys_sort(reader);
    if (!sorted || sqlite3_prepare_v2(cm_store_database(store),
                                      "SELECT key, name, type, data FROM vals ORDER BY key, place",
                                      -1, &statement, NULL) != SQLITE_OK) {
        reader->wrong = "has not the tables of a registry";
        free(sorted);
        return;
    }
    while (!reader->wrong && image->value_count < room && sqlite3_step(statement) == SQLITE_ROW) {
        struct store_value *value = &image->values[image->value_count];
        reader->at = sqlite3_column_int64(statement, 0);
        if (!key || key->id != (uint64_t)reader->at)
            key = key_of_id(sorted, image->key_count, (uint64_t)reader->at);
        *value = (struct store_value){.key = (uint64_t)reader->at,
                                      .type = (uint32_t)sqlite3_column_int64(statement, 2)};
        value->name = take_bytes(reader, statement, 1);
        value->data = take_bytes(reader, statement, 3);
        if (!key)
            reader->wrong = "has values but no key";
        else if (value->name.length % 2 || value->name.length > 0xfffe)
            reader->wrong = "has a value with an impossible name";
        else if (key->value_count == 0)
            key->first_value = image->value_count;
        else if (key->first_value + key->value_count != image->value_count)
            reader->wrong = "has values in two places"; /* an index that lies */
        if (key)
            key->value_count++;
        image->value_count++;
    }
    sqlite3_finalize(statement);
    free(sorted);
}

int cm_store_image_read(struct cm_store *store, char *error)
{
    struct store_image *image = cm_store_image_of(store);
    int64_t keys = number_of(store, "SELECT count(*) FROM keys");
    int64_t values = number_of(store, "SELECT count(*) FROM vals");
    /* Each piece is rounded up to eight bytes. */
    int64_t bytes = number_of(
        store,
        "SELECT (SELECT coalesce(sum(length(name) + coalesce(length(class), 0) +"
        " coalesce(length(security), 0) + 24), 0) FROM keys) +"
        " (SELECT coalesce(sum(length(name) + coalesce(length(data), 0) + 16), 0) FROM vals)");
    int64_t layout = number_of(store, "SELECT layout FROM cove");
    if (keys < 0 || values < 0 || bytes < 0 || layout < 0 || keys > INT32_MAX ||
        values > INT32_MAX) {
        snprintf(error, 256, "has not the tables of a registry");
        return EILSEQ;
    }
    image->layout = (uint32_t)layout;
    image->last_id = (uint64_t)number_of(store, "SELECT coalesce(max(id), 0) FROM keys");
    image->keys = calloc((size_t)keys + 1, sizeof *image->keys);
    image->values = calloc((size_t)values + 1, sizeof *image->values);
    image->memory = malloc((size_t)bytes + 1);
    if (!image->keys || !image->values || !image->memory) {
        snprintf(error, 256, "out of memory");
        return ENOMEM;
    }
    struct reader reader = {.image = image, .room = (size_t)bytes};
    keys_read(store, &reader, (uint32_t)keys);
    if (!reader.wrong)
        values_read(store, &reader, (uint32_t)values);
    if (!reader.wrong)
        return 0;
    if (reader.at)
        snprintf(error, 256, "is damaged (key number %lld %s)", (long long)reader.at, reader.wrong);
    else
        snprintf(error, 256, "is damaged (%s)", reader.wrong);
    return EILSEQ;
}
