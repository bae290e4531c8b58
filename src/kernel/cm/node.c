/* SPDX-License-Identifier: MIT */
/* node.c - nodes of the tree: made, found, taken out, freed.
 *
 * Children are kept sorted without regard to case: that is the order of enumeration and
 * makes finding one a binary search. Invariant: a node is freed when it is neither in the
 * tree nor referred to by a key object.
 */
#include "cm_internal.h"

#include <string.h>

struct host_lock cm_lock;
struct cm_node *cm_root;

void *cm_allocate(size_t bytes)
{
    void *memory = ExAllocatePool2(POOL_FLAG_PAGED, bytes, CM_TAG);
    if (memory)
        ex_pool_disown(memory);
    return memory;
}

NTSTATUS cm_string_copy(const UNICODE_STRING *from, UNICODE_STRING *out_copy)
{
    UNICODE_STRING copy = {0};
    if (from && from->Length > 0) {
        copy.Buffer = cm_allocate(from->Length);
        if (!copy.Buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        memcpy(copy.Buffer, from->Buffer, from->Length);
        copy.Length = copy.MaximumLength = from->Length;
    }
    *out_copy = copy;
    return STATUS_SUCCESS;
}

void cm_string_free(UNICODE_STRING *string)
{
    if (string->Buffer)
        ExFreePoolWithTag(string->Buffer, CM_TAG);
    memset(string, 0, sizeof *string);
}

void node_touch_locked(struct cm_node *node)
{
    node->last_write = (int64_t)host_wallclock_100ns();
    node_mark_locked(node, NODE_ROW);
}

/* Where name is among the children, or would be. */
static uint32_t child_place(const struct cm_node *parent, const UNICODE_STRING *name,
                            bool *out_is_there)
{
    uint32_t low = 0, high = parent->child_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        LONG order = RtlCompareUnicodeString(&parent->children[middle]->name, name, TRUE);
        if (order == 0) {
            *out_is_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out_is_there = false;
    return low;
}

static NTSTATUS children_grow(struct cm_node *parent)
{
    uint32_t room = parent->child_room ? parent->child_room * 2 : 8;
    struct cm_node **grown = cm_allocate(room * sizeof *grown);
    if (!grown)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (parent->children) {
        memcpy(grown, parent->children, parent->child_count * sizeof *grown);
        ExFreePoolWithTag(parent->children, CM_TAG);
    }
    parent->children = grown;
    parent->child_room = room;
    return STATUS_SUCCESS;
}

NTSTATUS node_create_locked(struct cm_node *parent, const UNICODE_STRING *name, ULONG options,
                            struct cm_node **out_node)
{
    NTSTATUS status = STATUS_SUCCESS;
    if (parent && parent->child_count == parent->child_room)
        status = children_grow(parent);
    if (!NT_SUCCESS(status))
        return status;
    struct cm_node *node = cm_allocate(sizeof *node);
    if (!node)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = cm_string_copy(name, &node->name);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(node, CM_TAG);
        return status;
    }
    list_init(&node->values);
    list_init(&node->dirty_link);
    node->references = 1;
    node->parent = parent;
    node->hive = parent ? parent->hive : NULL;
    node->view = parent ? parent->view : NULL;
    node->is_volatile = options & REG_OPTION_VOLATILE;
    node->is_link = options & REG_OPTION_CREATE_LINK;
    if (parent)
        node_touch_locked(node);
    if (parent) {
        bool is_there;
        uint32_t place = child_place(parent, name, &is_there);
        COVE_ASSERT(!is_there);
        memmove(&parent->children[place + 1], &parent->children[place],
                (parent->child_count - place) * sizeof parent->children[0]);
        parent->children[place] = node;
        parent->child_count++;
        node_touch_locked(parent);
        watch_notify_locked(parent, REG_NOTIFY_CHANGE_NAME);
    }
    *out_node = node;
    return STATUS_SUCCESS;
}

struct cm_node *node_find_locked(struct cm_node *parent, const UNICODE_STRING *name)
{
    bool is_there;
    uint32_t place = child_place(parent, name, &is_there);
    return is_there ? parent->children[place] : NULL;
}

void node_put_locked(struct cm_node *node)
{
    if (--node->references > 0)
        return;
    values_free_locked(node);
    COVE_ASSERT(node->child_count == 0);
    if (node->children)
        ExFreePoolWithTag(node->children, CM_TAG);
    cm_string_free(&node->name);
    cm_string_free(&node->class_name);
    if (node->security)
        ExFreePoolWithTag(node->security, CM_TAG);
    if (node->origin)
        node_put_locked(node->origin);
    ExFreePoolWithTag(node, CM_TAG);
}

void node_delete_locked(struct cm_node *node)
{
    struct cm_node *parent = node->parent;
    if (parent) {
        bool is_there;
        uint32_t place = child_place(parent, &node->name, &is_there);
        COVE_ASSERT(is_there && parent->children[place] == node);
        parent->child_count--;
        memmove(&parent->children[place], &parent->children[place + 1],
                (parent->child_count - place) * sizeof parent->children[0]);
        node_touch_locked(parent);
        watch_notify_locked(parent, REG_NOTIFY_CHANGE_NAME);
    }
    watch_end_locked(node, NULL);
    node->is_deleted = true;
    node_mark_locked(node, NODE_ROW);
    node->parent = NULL;
    values_free_locked(node);
    node_put_locked(node);
}

NTSTATUS node_rename_locked(struct cm_node *node, const UNICODE_STRING *name)
{
    struct cm_node *parent = node->parent;
    UNICODE_STRING copy;
    bool is_there;
    uint32_t old = child_place(parent, &node->name, &is_there);
    struct cm_node *other = node_find_locked(parent, name);
    if (other && other != node)
        return STATUS_OBJECT_NAME_COLLISION;
    NTSTATUS status = cm_string_copy(name, &copy);
    if (!NT_SUCCESS(status))
        return status;
    memmove(&parent->children[old], &parent->children[old + 1],
            (parent->child_count - old - 1) * sizeof parent->children[0]);
    parent->child_count--;
    cm_string_free(&node->name);
    node->name = copy;
    uint32_t place = child_place(parent, &node->name, &is_there);
    memmove(&parent->children[place + 1], &parent->children[place],
            (parent->child_count - place) * sizeof parent->children[0]);
    parent->children[place] = node;
    parent->child_count++;
    node_mark_locked(node, NODE_ROW);
    node_touch_locked(parent);
    watch_notify_locked(parent, REG_NOTIFY_CHANGE_NAME);
    return STATUS_SUCCESS;
}

void node_destroy_tree_locked(struct cm_node *node)
{
    while (node->child_count > 0)
        node_destroy_tree_locked(node->children[node->child_count - 1]);
    node_delete_locked(node);
}

NTSTATUS node_path_locked(const struct cm_node *node, UNICODE_STRING *out_path)
{
    size_t bytes = 0;
    for (const struct cm_node *at = node; at; at = at->parent)
        bytes += sizeof(WCHAR) + at->name.Length;
    if (bytes > 0xfffc)
        return STATUS_NAME_TOO_LONG;
    char *buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), CM_TAG);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    char *end = buffer + bytes;
    for (const struct cm_node *at = node; at; at = at->parent) {
        end -= at->name.Length;
        memcpy(end, at->name.Buffer, at->name.Length);
        end -= sizeof(WCHAR);
        *(WCHAR *)end = '\\';
    }
    out_path->Buffer = (WCHAR *)buffer;
    out_path->Length = (USHORT)bytes;
    out_path->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}
