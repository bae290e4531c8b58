/* SPDX-License-Identifier: MIT */
/* store_write.c - from the tree to the store: what has changed, copied in one go, written in one
 * transaction.
 *
 * A changed node is marked and stands on a list, with a reference, until it is written; a deleted
 * one too. The copy is made while the tree is locked, so a transaction holds all changes up to
 * one instant or none; the disk is waited for without any lock of the tree.
 */
#include "cm_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

/* guarded by cm_lock, but for store itself: set before the first change, gone after the last */
static struct {
    struct cm_store *store;
    struct list dirty; /* struct cm_node.dirty_link; each is referenced */
    uint64_t last_id;
    uint32_t layout;
    bool is_layout_new;
} kept = {.dirty = LIST_INIT(kept.dirty)};

bool cm_store_is_used(void)
{
    return kept.store != NULL;
}

uint32_t cm_store_layout(void)
{
    return kept.layout;
}

void cm_store_layout_set(uint32_t layout)
{
    kept.is_layout_new |= kept.layout != layout;
    kept.layout = layout;
}

/* ---- marks --------------------------------------------------------------------------------- */

void node_mark_locked(struct cm_node *node, unsigned what)
{
    if (node->view) {
        cm_view_mark_locked(node, what);
        return;
    }
    if (node->hive && !node->is_volatile) {
        cm_hive_mark_locked(node->hive);
        return;
    }
    if (!kept.store || node->is_volatile || node == cm_root)
        return;
    if (!node->dirty) {
        node->references++;
        list_push_back(&kept.dirty, &node->dirty_link);
        cm_store_write_later_locked();
    }
    node->dirty |= what;
}

static void node_unmark_locked(struct cm_node *node)
{
    node->dirty = 0;
    list_remove(&node->dirty_link);
    node_put_locked(node);
}

/* ---- the copy ------------------------------------------------------------------------------ */

/* What is to be written of one node; its bytes are in copy.memory, by offset. */
struct change {
    struct cm_node *node; /* referenced: is marked again when the disk refuses */
    unsigned what;
    bool is_deleted;
    struct store_key key;
    uint32_t first_value, value_count;
};

struct copy {
    struct change *changes;
    uint32_t change_count;
    struct store_value *values;
    uint32_t value_count;
    char *memory;
    size_t used;
};

/* Marks that a child set on its new parent are the parent's own, so the parent has a row by then.
 */
static uint64_t node_id_locked(struct cm_node *node)
{
    if (node == cm_root)
        return 0;
    if (!node->store_id)
        node->store_id = ++kept.last_id;
    return node->store_id;
}

static struct store_bytes copy_bytes(struct copy *copy, const void *bytes, size_t length)
{
    struct store_bytes copied = {copy->memory + copy->used, (uint32_t)length};
    if (length)
        memcpy(copy->memory + copy->used, bytes, length);
    copy->used += length;
    return copied;
}

static size_t node_bytes_locked(const struct cm_node *node)
{
    size_t bytes = node->name.Length + (size_t)node->class_name.Length;
    if (node->security)
        bytes += RtlLengthSecurityDescriptor(node->security);
    list_for_each(link, &node->values)
    {
        const struct cm_value *value = list_entry(link, struct cm_value, link);
        bytes += value->name.Length + (size_t)value->length_bytes;
    }
    return bytes;
}

static bool copy_room_locked(struct copy *copy)
{
    size_t bytes = 0, values = 0, changes = 0;
    list_for_each(link, &kept.dirty)
    {
        const struct cm_node *node = list_entry(link, struct cm_node, dirty_link);
        changes++;
        values += node->value_count;
        bytes += node_bytes_locked(node);
    }
    copy->changes = malloc((changes + 1) * sizeof *copy->changes);
    copy->values = malloc((values + 1) * sizeof *copy->values);
    copy->memory = malloc(bytes + 1);
    return copy->changes && copy->values && copy->memory;
}

static void change_fill_locked(struct copy *copy, struct change *change, struct cm_node *node)
{
    change->key = (struct store_key){
        .id = node_id_locked(node),
        .parent = node_id_locked(node->parent),
        .is_link = node->is_link,
        .time = node->last_write,
        .name = copy_bytes(copy, node->name.Buffer, node->name.Length),
        .class_name = copy_bytes(copy, node->class_name.Buffer, node->class_name.Length),
    };
    if (node->security)
        change->key.security =
            copy_bytes(copy, node->security, RtlLengthSecurityDescriptor(node->security));
    change->first_value = copy->value_count;
    if (!(change->what & NODE_VALUES))
        return;
    list_for_each(link, &node->values)
    {
        const struct cm_value *value = list_entry(link, struct cm_value, link);
        copy->values[copy->value_count++] = (struct store_value){
            .key = change->key.id,
            .type = value->type,
            .name = copy_bytes(copy, value->name.Buffer, value->name.Length),
            .data = copy_bytes(copy, value->bytes, value->length_bytes),
        };
    }
    change->value_count = copy->value_count - change->first_value;
}

/* The reference that the mark held is the change's from now on. */
static NTSTATUS copy_take(struct copy *copy)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct list *link;
    host_lock_take(&cm_lock);
    if (!copy_room_locked(copy)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        while ((link = list_pop_front(&kept.dirty)) != NULL) {
            struct cm_node *node = list_entry(link, struct cm_node, dirty_link);
            struct change *change = &copy->changes[copy->change_count++];
            *change =
                (struct change){.node = node, .what = node->dirty, .is_deleted = node->is_deleted};
            node->dirty = 0;
            if (!node->is_deleted)
                change_fill_locked(copy, change, node);
            else
                change->key.id = node->store_id;
        }
    }
    host_lock_give(&cm_lock);
    return status;
}

static void copy_end(struct copy *copy, bool is_written)
{
    host_lock_take(&cm_lock);
    for (uint32_t i = 0; i < copy->change_count; i++) {
        struct cm_node *node = copy->changes[i].node;
        if (!is_written)
            node_mark_locked(node, copy->changes[i].what);
        node_put_locked(node);
    }
    host_lock_give(&cm_lock);
    free(copy->changes);
    free(copy->values);
    free(copy->memory);
}

/* ---- the disk ------------------------------------------------------------------------------ */

struct writing {
    const struct copy *copy;
    int error;
};

/* Deletions first: a name may have been given anew; ids never are. */
static void copy_write(void *context)
{
    struct writing *writing = context;
    const struct copy *copy = writing->copy;
    cm_store_begin(kept.store);
    for (uint32_t i = 0; i < copy->change_count; i++) {
        const struct change *change = &copy->changes[i];
        if (change->is_deleted && change->key.id)
            cm_store_key_delete(kept.store, change->key.id);
    }
    for (uint32_t i = 0; i < copy->change_count; i++) {
        const struct change *change = &copy->changes[i];
        if (change->is_deleted)
            continue;
        cm_store_key_put(kept.store, &change->key);
        if (!(change->what & NODE_VALUES))
            continue;
        cm_store_values_clear(kept.store, change->key.id);
        for (uint32_t v = 0; v < change->value_count; v++)
            cm_store_value_put(kept.store, v, &copy->values[change->first_value + v]);
    }
    if (kept.is_layout_new)
        cm_store_layout_put(kept.store, kept.layout);
    writing->error = cm_store_commit(kept.store);
}

/* Needs the writing right of batch.c. */
NTSTATUS cm_store_write(void)
{
    struct copy copy = {0};
    struct writing writing = {.copy = &copy};
    if (!kept.store)
        return STATUS_SUCCESS;
    NTSTATUS status = copy_take(&copy);
    if (NT_SUCCESS(status) && (copy.change_count || kept.is_layout_new)) {
        ke_block_on_host(copy_write, &writing);
        if (writing.error)
            status = writing.error == ENOSPC ? STATUS_DISK_FULL : STATUS_REGISTRY_IO_FAILED;
        else
            kept.is_layout_new = false;
    }
    copy_end(&copy, NT_SUCCESS(status));
    return status;
}

const char *cm_store_write_error(void)
{
    return kept.store ? cm_store_error(kept.store) : "";
}

/* ---- the beginning and the end --------------------------------------------------------------- */

static struct cm_store *store_given; /* by cm_store_use, until cm_init */

void cm_store_use(struct cm_store *store)
{
    store_given = store;
}

static NTSTATUS bytes_string(const struct store_bytes *bytes, UNICODE_STRING *out_string)
{
    UNICODE_STRING borrowed = {(USHORT)bytes->length, (USHORT)bytes->length,
                               (WCHAR *)(uintptr_t)bytes->bytes};
    return cm_string_copy(&borrowed, out_string);
}

/* A descriptor that a damaged file holds is not one that se may look at. */
static NTSTATUS security_load(struct cm_node *node, const struct store_bytes *security)
{
    if (security->length == 0)
        return STATUS_SUCCESS;
    if (security->length < sizeof(SECURITY_DESCRIPTOR_RELATIVE) ||
        !RtlValidRelativeSecurityDescriptor((PSECURITY_DESCRIPTOR)security->bytes, security->length,
                                            0))
        return STATUS_REGISTRY_CORRUPT;
    node->security = cm_allocate(security->length);
    if (!node->security)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(node->security, security->bytes, security->length);
    return STATUS_SUCCESS;
}

static NTSTATUS key_load_locked(const struct store_image *image, const struct store_key *key,
                                struct cm_node *parent, struct cm_node **out_node)
{
    UNICODE_STRING name = {(USHORT)key->name.length, (USHORT)key->name.length,
                           (WCHAR *)(uintptr_t)key->name.bytes};
    struct cm_node *node;
    if (!parent || node_find_locked(parent, &name))
        return STATUS_REGISTRY_CORRUPT; /* two of a name, but for case */
    NTSTATUS status =
        node_create_locked(parent, &name, key->is_link ? REG_OPTION_CREATE_LINK : 0, &node);
    if (!NT_SUCCESS(status))
        return status;
    node->store_id = key->id;
    status = bytes_string(&key->class_name, &node->class_name);
    if (NT_SUCCESS(status))
        status = security_load(node, &key->security);
    for (uint32_t i = 0; i < key->value_count && NT_SUCCESS(status); i++) {
        const struct store_value *value = &image->values[key->first_value + i];
        UNICODE_STRING value_name = {(USHORT)value->name.length, (USHORT)value->name.length,
                                     (WCHAR *)(uintptr_t)value->name.bytes};
        status =
            value_add_locked(node, &value_name, value->type, value->data.bytes, value->data.length);
    }
    node->last_write = key->time;
    *out_node = node;
    return status;
}

static NTSTATUS tree_load_locked(const struct store_image *image)
{
    struct cm_node **nodes = calloc((size_t)image->key_count + 1, sizeof *nodes);
    NTSTATUS status = nodes ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    for (uint32_t i = 0; i < image->key_count && NT_SUCCESS(status); i++) {
        const struct store_key *key = &image->keys[i];
        struct cm_node *parent =
            key->parent_index == STORE_ROOT ? cm_root : nodes[key->parent_index];
        status = key_load_locked(image, key, parent, &nodes[i]);
    }
    /* Children were made after it and have moved the time of their parent. */
    for (uint32_t i = 0; i < image->key_count && NT_SUCCESS(status); i++)
        nodes[i]->last_write = image->keys[i].time;
    free(nodes);
    return status;
}

NTSTATUS cm_store_load(void)
{
    struct cm_store *store = store_given;
    store_given = NULL;
    kept.layout = 0;
    kept.is_layout_new = false;
    if (!store)
        return STATUS_SUCCESS;
    const struct store_image *image = cm_store_image(store);
    host_lock_take(&cm_lock);
    NTSTATUS status = tree_load_locked(image);
    kept.last_id = image->last_id;
    kept.layout = image->layout;
    host_lock_give(&cm_lock);
    cm_store_image_drop(store);
    kept.store = store; /* from here on changes are marked */
    return status;
}

void cm_store_end(void)
{
    struct list *link;
    host_lock_take(&cm_lock);
    while ((link = kept.dirty.next) != &kept.dirty)
        node_unmark_locked(list_entry(link, struct cm_node, dirty_link));
    host_lock_give(&cm_lock);
    if (kept.store)
        cm_store_close(kept.store);
    if (store_given)
        cm_store_close(store_given);
    kept.store = store_given = NULL;
}
