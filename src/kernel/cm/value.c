/* SPDX-License-Identifier: MIT */
/* value.c - values: set, read, deleted.
 *
 * A value keeps its place in the order of enumeration when it is set again. Invariant: a
 * reader sees a value's old bytes or its new ones, never a mixture.
 */
#include "cm_internal.h"

#include <string.h>

#define VALUE_NAME_MAX_BYTES (16383 * sizeof(WCHAR))

struct cm_value *value_find_locked(struct cm_node *node, const UNICODE_STRING *name)
{
    static const UNICODE_STRING unnamed;
    if (!name)
        name = &unnamed;
    list_for_each(link, &node->values)
    {
        struct cm_value *value = list_entry(link, struct cm_value, link);
        if (RtlEqualUnicodeString(&value->name, name, TRUE))
            return value;
    }
    return NULL;
}

static void value_free(struct cm_value *value)
{
    if (!value)
        return;
    cm_string_free(&value->name);
    if (value->bytes)
        ExFreePoolWithTag(value->bytes, CM_TAG);
    ExFreePoolWithTag(value, CM_TAG);
}

void values_free_locked(struct cm_node *node)
{
    struct list *link;
    while ((link = list_pop_front(&node->values)) != NULL)
        value_free(list_entry(link, struct cm_value, link));
    node->value_count = 0;
}

static NTSTATUS value_make(const UNICODE_STRING *name, ULONG type, const void *bytes, ULONG length,
                           struct cm_value **out_value)
{
    struct cm_value *value = cm_allocate(sizeof *value);
    if (!value)
        return STATUS_INSUFFICIENT_RESOURCES;
    list_init(&value->link);
    NTSTATUS status = cm_string_copy(name, &value->name);
    if (NT_SUCCESS(status) && length > 0) {
        value->bytes = cm_allocate(length);
        if (value->bytes)
            memcpy(value->bytes, bytes, length);
        else
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!NT_SUCCESS(status)) {
        value_free(value);
        return status;
    }
    value->type = type;
    value->length_bytes = length;
    *out_value = value;
    return STATUS_SUCCESS;
}

void value_remove_locked(struct cm_node *node, struct cm_value *value)
{
    list_remove(&value->link);
    node->value_count--;
    value_free(value);
}

NTSTATUS value_add_locked(struct cm_node *node, const UNICODE_STRING *name, ULONG type,
                          const void *bytes, ULONG length)
{
    struct cm_value *value;
    NTSTATUS status = value_make(name, type, bytes, length, &value);
    if (!NT_SUCCESS(status))
        return status;
    list_push_back(&node->values, &value->link);
    node->value_count++;
    return STATUS_SUCCESS;
}

NTSTATUS value_set_raw(void *body, const UNICODE_STRING *name, ULONG type, const void *data,
                       ULONG length)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    struct cm_value *fresh;
    if (name && name->Length > VALUE_NAME_MAX_BYTES)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = value_make(name, type, data, length, &fresh);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&cm_lock);
    if (node->is_deleted) {
        status = STATUS_KEY_DELETED;
    } else {
        struct cm_value *old = value_find_locked(node, name);
        bool is_same = old && old->type == type && old->length_bytes == length &&
                       (length == 0 || memcmp(old->bytes, data, length) == 0);
        if (old) {
            /* The new bytes take the old one's place, its name and its case stay. */
            void *bytes = old->bytes;
            old->bytes = fresh->bytes;
            old->type = type;
            old->length_bytes = length;
            fresh->bytes = bytes;
        } else {
            list_push_back(&node->values, &fresh->link);
            node->value_count++;
            fresh = NULL;
        }
        node_touch_locked(node);
        node_mark_locked(node, NODE_VALUES);
        if (!is_same)
            watch_notify_locked(node, REG_NOTIFY_CHANGE_LAST_SET);
    }
    host_lock_give(&cm_lock);
    value_free(fresh);
    return status;
}

NTSTATUS value_delete_raw(void *body, const UNICODE_STRING *name)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    struct cm_value *value = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&cm_lock);
    if (node->is_deleted) {
        status = STATUS_KEY_DELETED;
    } else {
        value = value_find_locked(node, name);
        if (value) {
            list_remove(&value->link);
            node->value_count--;
            node_touch_locked(node);
            node_mark_locked(node, NODE_VALUES);
            watch_notify_locked(node, REG_NOTIFY_CHANGE_LAST_SET);
        } else {
            status = STATUS_OBJECT_NAME_NOT_FOUND;
        }
    }
    host_lock_give(&cm_lock);
    value_free(value);
    return status;
}

NTSTATUS cm_value_get(void *body, const UNICODE_STRING *name, ULONG *out_type, void **out_data,
                      ULONG *out_length)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&cm_lock);
    struct cm_value *value = node->is_deleted ? NULL : value_find_locked(node, name);
    if (!value) {
        status = node->is_deleted ? STATUS_KEY_DELETED : STATUS_OBJECT_NAME_NOT_FOUND;
    } else {
        /* Room for a terminating zero character, which makes any string safe to read. */
        char *copy = ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)value->length_bytes + 2, CM_TAG);
        if (copy) {
            memcpy(copy, value->bytes ? value->bytes : "", value->length_bytes);
            *out_data = copy;
            *out_length = value->length_bytes;
            if (out_type)
                *out_type = value->type;
        } else {
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    host_lock_give(&cm_lock);
    return status;
}
