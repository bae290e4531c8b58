/* SPDX-License-Identifier: MIT */
/* hive_write.c - a tree of keys as the bytes of a hive file.
 *
 * Cells are laid one behind the other into bins of whole pages; none is ever freed. A failed
 * allocation makes the writer failed, and everything after it does nothing.
 */
#include <errno.h>
#include <stdlib.h>

#include "hive_internal.h"
#include "regfile/hive.h"

#define BIN_HEADER 32u

static uint8_t *cell_at(const struct hive_writer *writer, uint32_t cell)
{
    return writer->bytes + HIVE_BASE_BYTES + cell + 4;
}

static bool bytes_grow(struct hive_writer *writer, size_t to)
{
    if (to > INT32_MAX)
        return false;
    if (to > writer->room) {
        size_t room = to + to / 2;
        uint8_t *grown = realloc(writer->bytes, room);
        if (!grown)
            return false;
        writer->bytes = grown;
        writer->room = room;
    }
    memset(writer->bytes + writer->used, 0, to - writer->used);
    writer->used = to;
    return true;
}

/* What is left of the bin becomes a free cell. */
static void bin_end(struct hive_writer *writer)
{
    if (writer->bin < writer->bin_end)
        hive_put32(writer->bytes + writer->bin, (uint32_t)(writer->bin_end - writer->bin));
}

static bool bin_begin(struct hive_writer *writer, size_t cell_bytes)
{
    size_t bytes = (cell_bytes + BIN_HEADER + HIVE_BIN_BYTES - 1) / HIVE_BIN_BYTES * HIVE_BIN_BYTES;
    size_t at = writer->used;
    bin_end(writer);
    if (!bytes_grow(writer, at + bytes))
        return false;
    memcpy(writer->bytes + at, "hbin", 4);
    hive_put32(writer->bytes + at + 4, (uint32_t)(at - HIVE_BASE_BYTES));
    hive_put32(writer->bytes + at + 8, (uint32_t)bytes);
    writer->bin = at + BIN_HEADER;
    writer->bin_end = at + bytes;
    return true;
}

/* 0: it has failed (the first cell lies behind a header). */
static uint32_t cell_add(struct hive_writer *writer, size_t payload)
{
    size_t bytes = (payload + 4 + 7) & ~(size_t)7;
    if (writer->has_failed || payload > INT32_MAX / 2)
        return 0;
    if (writer->bin_end - writer->bin < bytes && !bin_begin(writer, bytes)) {
        writer->has_failed = true;
        return 0;
    }
    size_t at = writer->bin;
    hive_put32(writer->bytes + at, 0u - (uint32_t)bytes);
    writer->bin += bytes;
    return (uint32_t)(at - HIVE_BASE_BYTES);
}

void hive_begin(struct hive_writer *writer, uint16_t (*upcase)(uint16_t))
{
    *writer = (struct hive_writer){.upcase = upcase};
    writer->has_failed = !bytes_grow(writer, HIVE_BASE_BYTES);
    writer->bin = writer->bin_end = HIVE_BASE_BYTES;
}

/* ---- parts of a key ------------------------------------------------------------------------- */

static bool is_narrow(const uint16_t *name, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (name[i] > 0xff)
            return false;
    return true;
}

static void name_put(uint8_t *to, const uint16_t *name, uint32_t count, bool narrow)
{
    for (uint32_t i = 0; i < count; i++)
        if (narrow)
            to[i] = (uint8_t)name[i];
        else
            hive_put16(to + 2 * i, name[i]);
}

/* Descriptors are shared: a ring of those there are. */
static uint32_t security_add(struct hive_writer *writer, const void *security, uint32_t length)
{
    uint32_t at = writer->security;
    if (!length)
        return HIVE_NOWHERE;
    while (at) {
        uint8_t *sk = cell_at(writer, at);
        if (hive_get32(sk + SK_LENGTH) == length && memcmp(sk + SK_BYTES, security, length) == 0) {
            hive_put32(sk + SK_REFERENCES, hive_get32(sk + SK_REFERENCES) + 1);
            return at;
        }
        at = hive_get32(sk + SK_NEXT) == writer->security ? 0 : hive_get32(sk + SK_NEXT);
    }
    uint32_t cell = cell_add(writer, SK_BYTES + length);
    if (!cell)
        return HIVE_NOWHERE;
    if (!writer->security)
        writer->security = cell;
    uint8_t *sk = cell_at(writer, cell), *first = cell_at(writer, writer->security);
    uint32_t last = cell == writer->security ? cell : hive_get32(first + SK_BEFORE);
    memcpy(sk, "sk", 2);
    hive_put32(sk + SK_NEXT, writer->security);
    hive_put32(sk + SK_BEFORE, last);
    hive_put32(cell_at(writer, last) + SK_NEXT, cell);
    hive_put32(first + SK_BEFORE, cell);
    hive_put32(sk + SK_REFERENCES, 1);
    hive_put32(sk + SK_LENGTH, length);
    memcpy(sk + SK_BYTES, security, length);
    return cell;
}

static uint32_t list_add(struct hive_writer *writer, uint32_t count)
{
    uint32_t cell = cell_add(writer, 4 + 8 * (size_t)count);
    if (!cell)
        return 0;
    memcpy(cell_at(writer, cell), "lh", 2);
    hive_put16(cell_at(writer, cell) + 2, count);
    return cell;
}

static uint32_t lists_add(struct hive_writer *writer, uint32_t count)
{
    uint32_t lists = (count + HIVE_LIST_MAX - 1) / HIVE_LIST_MAX;
    if (count == 0)
        return HIVE_NOWHERE;
    if (lists == 1)
        return list_add(writer, count);
    if (lists > UINT16_MAX) {
        writer->has_failed = true;
        return 0;
    }
    uint32_t cell = cell_add(writer, 4 + 4 * (size_t)lists);
    for (uint32_t i = 0; i < lists && cell; i++) {
        uint32_t left = count - i * HIVE_LIST_MAX;
        uint32_t list = list_add(writer, left < HIVE_LIST_MAX ? left : HIVE_LIST_MAX);
        hive_put32(cell_at(writer, cell) + 4 + 4 * i, list);
    }
    if (cell && !writer->has_failed) {
        memcpy(cell_at(writer, cell), "ri", 2);
        hive_put16(cell_at(writer, cell) + 2, lists);
    }
    return cell;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static uint32_t key_add(struct hive_writer *writer, const struct hive_new_key *key, uint32_t parent,
                        uint32_t flags)
{
    bool narrow = is_narrow(key->name, key->name_count);
    uint32_t name_bytes = narrow ? key->name_count : 2 * key->name_count;
    uint32_t cell = cell_add(writer, NK_NAME + name_bytes);
    uint32_t security = security_add(writer, key->security, key->security_bytes);
    uint32_t children = lists_add(writer, key->child_count);
    uint32_t values =
        key->value_count ? cell_add(writer, 4 * (size_t)key->value_count) : HIVE_NOWHERE;
    uint32_t class_cell =
        key->class_count ? cell_add(writer, 2 * (size_t)key->class_count) : HIVE_NOWHERE;
    if (writer->has_failed)
        return 0;
    uint8_t *nk = cell_at(writer, cell);
    memcpy(nk, "nk", 2);
    hive_put16(nk + NK_FLAGS, flags | key->flags | (narrow ? NK_IS_NARROW : 0));
    memcpy(nk + NK_TIME, &key->time_100ns, sizeof key->time_100ns);
    hive_put32(nk + NK_PARENT, parent);
    hive_put32(nk + NK_CHILD_COUNT, key->child_count);
    hive_put32(nk + NK_CHILDREN, children);
    hive_put32(nk + NK_VOLATILE_CHILDREN, HIVE_NOWHERE);
    hive_put32(nk + NK_VALUE_COUNT, key->value_count);
    hive_put32(nk + NK_VALUES, values);
    hive_put32(nk + NK_SECURITY, security);
    hive_put32(nk + NK_CLASS, class_cell);
    hive_put16(nk + NK_NAME_LENGTH, name_bytes);
    hive_put16(nk + NK_CLASS_LENGTH, 2 * key->class_count);
    name_put(nk + NK_NAME, key->name, key->name_count, narrow);
    if (key->class_count)
        name_put(cell_at(writer, class_cell), key->class_name, key->class_count, false);
    return cell;
}

static void maximum_raise(uint8_t *at, uint32_t value)
{
    if (hive_get32(at) < value)
        hive_put32(at, value);
}

uint32_t hive_root_add(struct hive_writer *writer, const struct hive_new_key *key)
{
    return key_add(writer, key, 0, NK_IS_ROOT | NK_IS_KEPT);
}

uint32_t hive_child_add(struct hive_writer *writer, const struct hive_new_key *key, uint32_t index)
{
    uint32_t cell = key_add(writer, key, key->parent, 0);
    if (writer->has_failed)
        return 0;
    uint8_t *parent = cell_at(writer, key->parent);
    uint32_t hash = 0;
    for (uint32_t i = 0; i < key->name_count; i++)
        hash = hash * 37 + writer->upcase(key->name[i]);
    maximum_raise(parent + NK_MAX_NAME, 2 * key->name_count);
    maximum_raise(parent + NK_MAX_CLASS, 2 * key->class_count);
    uint8_t *list = cell_at(writer, hive_get32(parent + NK_CHILDREN));
    if (memcmp(list, "ri", 2) == 0) {
        list = cell_at(writer, hive_get32(list + 4 + 4 * (index / HIVE_LIST_MAX)));
        index %= HIVE_LIST_MAX;
    }
    hive_put32(list + 4 + 8 * index, cell);
    hive_put32(list + 8 + 8 * index, hash);
    return cell;
}

/* ---- values ---------------------------------------------------------------------------------- */

static uint32_t bytes_add(struct hive_writer *writer, const uint8_t *data, uint32_t length)
{
    uint32_t cell = cell_add(writer, length);
    if (cell)
        memcpy(cell_at(writer, cell), data, length);
    return cell;
}

static uint32_t pieces_add(struct hive_writer *writer, const uint8_t *data, uint32_t length)
{
    uint32_t count = (length + HIVE_PIECE_MAX - 1) / HIVE_PIECE_MAX;
    if (count > UINT16_MAX) {
        writer->has_failed = true;
        return 0;
    }
    uint32_t cell = cell_add(writer, DB_BYTES), list = cell_add(writer, 4 * (size_t)count);
    for (uint32_t i = 0; i < count && !writer->has_failed; i++) {
        uint32_t left = length - i * HIVE_PIECE_MAX;
        uint32_t part = left < HIVE_PIECE_MAX ? left : HIVE_PIECE_MAX;
        /* A full piece's cell has four bytes behind it, as the layout wants. */
        uint32_t piece = cell_add(writer, left < HIVE_PIECE_MAX ? part : part + 4);
        if (!piece)
            return 0;
        memcpy(cell_at(writer, piece), data + (size_t)i * HIVE_PIECE_MAX, part);
        hive_put32(cell_at(writer, list) + 4 * i, piece);
    }
    if (writer->has_failed)
        return 0;
    memcpy(cell_at(writer, cell), "db", 2);
    hive_put16(cell_at(writer, cell) + DB_COUNT, count);
    hive_put32(cell_at(writer, cell) + DB_LIST, list);
    return cell;
}

void hive_value_add(struct hive_writer *writer, uint32_t key, uint32_t index, const uint16_t *name,
                    uint32_t name_count, uint32_t type, const void *data, uint32_t length)
{
    bool narrow = is_narrow(name, name_count);
    uint32_t name_bytes = narrow ? name_count : 2 * name_count, bytes = HIVE_NOWHERE, here = 0;
    uint32_t cell = cell_add(writer, VK_NAME + name_bytes);
    if (length <= 4 && length > 0)
        memcpy(&here, data, length);
    else if (length > HIVE_PIECE_MAX)
        bytes = pieces_add(writer, data, length);
    else if (length > 0)
        bytes = bytes_add(writer, data, length);
    if (writer->has_failed)
        return;
    uint8_t *vk = cell_at(writer, cell), *nk = cell_at(writer, key);
    memcpy(vk, "vk", 2);
    hive_put16(vk + VK_NAME_LENGTH, name_bytes);
    hive_put32(vk + VK_LENGTH, length <= 4 ? length | HIVE_INLINE : length);
    hive_put32(vk + VK_DATA, length <= 4 ? here : bytes);
    hive_put32(vk + VK_TYPE, type);
    hive_put16(vk + VK_FLAGS, narrow);
    name_put(vk + VK_NAME, name, name_count, narrow);
    hive_put32(cell_at(writer, hive_get32(nk + NK_VALUES)) + 4 * index, cell);
    maximum_raise(nk + NK_MAX_VALUE_NAME, 2 * name_count);
    maximum_raise(nk + NK_MAX_VALUE_DATA, length);
}

/* ---- the end --------------------------------------------------------------------------------- */

int hive_finish(struct hive_writer *writer, uint32_t root, uint32_t sequence, int64_t time_100ns)
{
    if (writer->has_failed)
        return ENOMEM;
    bin_end(writer);
    writer->bin = writer->bin_end;
    uint8_t *base = writer->bytes;
    memcpy(base, "regf", 4);
    hive_put32(base + BASE_SEQUENCE, sequence);
    hive_put32(base + BASE_SEQUENCE_END, sequence);
    memcpy(base + BASE_TIME, &time_100ns, sizeof time_100ns);
    hive_put32(base + BASE_MAJOR, 1);
    hive_put32(base + BASE_MINOR, 5);
    hive_put32(base + BASE_FORMAT, 1);
    hive_put32(base + BASE_ROOT, root);
    hive_put32(base + BASE_LENGTH, (uint32_t)(writer->used - HIVE_BASE_BYTES));
    hive_put32(base + BASE_CLUSTER, 1);
    hive_put32(base + BASE_SUM, hive_sum(base));
    return 0;
}

void hive_mark_unfinished(uint8_t *base)
{
    hive_put32(base + BASE_SEQUENCE_END, hive_get32(base + BASE_SEQUENCE) - 1);
    hive_put32(base + BASE_SUM, hive_sum(base));
}

void hive_writer_free(struct hive_writer *writer)
{
    free(writer->bytes);
    *writer = (struct hive_writer){0};
}
