/* SPDX-License-Identifier: MIT */
/* hive_tree.c - between the tree and the bytes of a hive file.
 *
 * Bytes become a tree that hangs nowhere, whole or not at all; then it takes the place of a key's
 * contents, or hangs below one. A tree becomes bytes in one go while it is locked, so that a file
 * shows one instant. Volatile keys are not in it.
 */
#include "hive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_COUNT       255
#define VALUE_NAME_MAX_COUNT 16383

/* Everybody may do everything: what a key without a descriptor of its own has in a file.
 * Self-relative, owner and group administrators, an access list of one entry for S-1-1-0. */
static const uint8_t open_to_all[] = {
    1,    0, 4,  0x80, 48, 0, 0, 0, 64, 0, 0,  0, 0,    0, 0,   0, 20,   0, 0, 0,
    2,    0, 28, 0,    1,  0, 0, 0, 0,  2, 20, 0, 0x3f, 0, 0xf, 0, 1,    1, 0, 0,
    0,    0, 0,  1,    0,  0, 0, 0, 1,  2, 0,  0, 0,    0, 0,   5, 32,   0, 0, 0,
    0x20, 2, 0,  0,    1,  2, 0, 0, 0,  0, 0,  5, 32,   0, 0,   0, 0x20, 2, 0, 0,
};

/* What is being built is nobody's yet: its marks lead nowhere. */
static struct cm_hive building;

/* ---- bytes to a tree --------------------------------------------------------------------------
 */

struct reading {
    const struct hive *hive;
    uint32_t keys_left; /* a circle of cells ends here */
    WCHAR name[VALUE_NAME_MAX_COUNT + 1];
};

static NTSTATUS text_read(struct reading *reading, const struct hive_text *text, uint32_t most,
                          UNICODE_STRING *out_name)
{
    uint32_t count = text->is_narrow ? text->length_bytes : text->length_bytes / 2;
    if (count > most)
        return STATUS_REGISTRY_CORRUPT;
    hive_text_widen(text, reading->name);
    *out_name = (UNICODE_STRING){(USHORT)(count * sizeof(WCHAR)), (USHORT)(count * sizeof(WCHAR)),
                                 reading->name};
    return STATUS_SUCCESS;
}

static NTSTATUS values_read_locked(struct reading *reading, const struct hive_key *key,
                                   struct cm_node *node)
{
    for (uint32_t i = 0; i < key->value_count; i++) {
        struct hive_value value;
        UNICODE_STRING name;
        if (hive_value_read(reading->hive, key, i, &value))
            return STATUS_REGISTRY_CORRUPT;
        NTSTATUS status = text_read(reading, &value.name, VALUE_NAME_MAX_COUNT, &name);
        if (!NT_SUCCESS(status))
            return status;
        if (value_find_locked(node, &name))
            return STATUS_REGISTRY_CORRUPT;
        void *bytes = malloc((size_t)value.length_bytes + 1);
        if (!bytes)
            return STATUS_INSUFFICIENT_RESOURCES;
        status = hive_value_copy(reading->hive, &value, bytes)
                     ? STATUS_REGISTRY_CORRUPT
                     : value_add_locked(node, &name, value.type, bytes, value.length_bytes);
        free(bytes);
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

/* A descriptor of a damaged file is not one that se may look at. */
static NTSTATUS parts_read_locked(struct reading *reading, const struct hive_key *key,
                                  struct cm_node *node)
{
    UNICODE_STRING class_name;
    NTSTATUS status = text_read(reading, &key->class_name, VALUE_NAME_MAX_COUNT, &class_name);
    if (NT_SUCCESS(status))
        status = cm_string_copy(&class_name, &node->class_name);
    bool is_open = key->security_bytes == sizeof open_to_all &&
                   memcmp(key->security, open_to_all, sizeof open_to_all) == 0;
    if (!NT_SUCCESS(status) || !key->security || is_open)
        return status;
    if (key->security_bytes < sizeof(SECURITY_DESCRIPTOR_RELATIVE) ||
        !RtlValidRelativeSecurityDescriptor((PSECURITY_DESCRIPTOR)(uintptr_t)key->security,
                                            key->security_bytes, 0))
        return STATUS_REGISTRY_CORRUPT;
    node->security = cm_allocate(key->security_bytes);
    if (!node->security)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(node->security, key->security, key->security_bytes);
    return STATUS_SUCCESS;
}

static bool name_is_good(const UNICODE_STRING *name)
{
    for (unsigned i = 0; i < name->Length / sizeof(WCHAR); i++)
        if (name->Buffer[i] == '\\' || name->Buffer[i] == 0)
            return false;
    return name->Length > 0;
}

/* parent NULL: the root, whose own name means nothing. *out_node is set as soon as it is made. */
static NTSTATUS key_read_locked(struct reading *reading, uint32_t cell, unsigned depth,
                                struct cm_node *parent, struct cm_node **out_node)
{
    struct hive_key key;
    UNICODE_STRING name = {0};
    struct cm_node *node;
    if (depth > HIVE_DEPTH_MAX || reading->keys_left-- == 0 ||
        hive_key_read(reading->hive, cell, &key))
        return STATUS_REGISTRY_CORRUPT;
    NTSTATUS status =
        parent ? text_read(reading, &key.name, NAME_MAX_COUNT, &name) : STATUS_SUCCESS;
    if (NT_SUCCESS(status) && parent && (!name_is_good(&name) || node_find_locked(parent, &name)))
        status = STATUS_REGISTRY_CORRUPT;
    if (NT_SUCCESS(status))
        status = node_create_locked(parent, &name,
                                    key.flags & HIVE_KEY_LINK ? REG_OPTION_CREATE_LINK : 0, &node);
    if (!NT_SUCCESS(status))
        return status;
    node->hive = &building;
    if (out_node)
        *out_node = node;
    status = parts_read_locked(reading, &key, node);
    if (NT_SUCCESS(status))
        status = values_read_locked(reading, &key, node);
    for (uint32_t i = 0; i < key.child_count && NT_SUCCESS(status); i++) {
        uint32_t child;
        status = hive_child_find(reading->hive, &key, i, &child)
                     ? STATUS_REGISTRY_CORRUPT
                     : key_read_locked(reading, child, depth + 1, node, NULL);
    }
    node->last_write = key.time_100ns;
    return status;
}

NTSTATUS hive_tree_read_locked(const struct hive *hive, struct cm_node **out_root)
{
    struct reading *reading = malloc(sizeof *reading);
    struct cm_node *root = NULL;
    if (!reading)
        return STATUS_INSUFFICIENT_RESOURCES;
    reading->hive = hive;
    reading->keys_left = hive_key_limit(hive);
    NTSTATUS status = key_read_locked(reading, hive->root, 0, NULL, &root);
    free(reading);
    if (NT_SUCCESS(status))
        *out_root = root;
    else if (root)
        node_destroy_tree_locked(root);
    return status;
}

void hive_tree_adopt_locked(struct cm_node *node, struct cm_hive *hive)
{
    node->hive = hive;
    node_mark_locked(node, NODE_ROW | NODE_VALUES);
    for (uint32_t i = 0; i < node->child_count; i++)
        hive_tree_adopt_locked(node->children[i], hive);
}

/* ---- a tree to bytes ---------------------------------------------------------------------------
 */

static uint16_t upcase(uint16_t character)
{
    return RtlUpcaseUnicodeChar(character);
}

static uint32_t children_kept(const struct cm_node *node)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < node->child_count; i++)
        count += !node->children[i]->is_volatile;
    return count;
}

static void node_write_locked(struct hive_writer *writer, const struct cm_node *node,
                              uint32_t parent, uint32_t index, uint32_t *out_cell)
{
    struct hive_new_key key = {
        .name = node->name.Buffer,
        .name_count = node->name.Length / (uint32_t)sizeof(WCHAR),
        .class_name = node->class_name.Buffer,
        .class_count = node->class_name.Length / (uint32_t)sizeof(WCHAR),
        .parent = parent,
        .flags = node->is_link ? HIVE_KEY_LINK : 0,
        .time_100ns = node->last_write,
        .security = node->security ? node->security : (void *)(uintptr_t)open_to_all,
        .security_bytes =
            node->security ? RtlLengthSecurityDescriptor(node->security) : sizeof open_to_all,
        .child_count = children_kept(node),
        .value_count = node->value_count,
    };
    uint32_t cell = out_cell ? hive_root_add(writer, &key) : hive_child_add(writer, &key, index);
    uint32_t at = 0;
    if (writer->has_failed)
        return;
    list_for_each(link, &node->values)
    {
        const struct cm_value *value = list_entry(link, struct cm_value, link);
        hive_value_add(writer, cell, at++, value->name.Buffer,
                       value->name.Length / (uint32_t)sizeof(WCHAR), value->type, value->bytes,
                       value->length_bytes);
    }
    at = 0;
    for (uint32_t i = 0; i < node->child_count && !writer->has_failed; i++)
        if (!node->children[i]->is_volatile)
            node_write_locked(writer, node->children[i], cell, at++, NULL);
    if (out_cell)
        *out_cell = cell;
}

NTSTATUS hive_tree_write_locked(const struct cm_node *root, uint32_t sequence,
                                struct hive_writer *writer)
{
    uint32_t cell = 0;
    hive_begin(writer, upcase);
    node_write_locked(writer, root, 0, 0, &cell);
    if (!hive_finish(writer, cell, sequence, (int64_t)host_wallclock_100ns()))
        return STATUS_SUCCESS;
    hive_writer_free(writer);
    return STATUS_INSUFFICIENT_RESOURCES;
}
