/* SPDX-License-Identifier: MIT */
/* hive.c - keys saved to hive files and restored from them; hives that hang in the tree.
 *
 * A loaded hive keeps its file open. What changes in it is written to the file, as a whole: first
 * into the log beside it, then into the file, whose base block says in between that it is not
 * whole. Whenever the machine ends, one of the two is. Invariant: the list of hives changes only
 * under the writing right of batch.c (cm_batch_begin), which is never held while a driver is asked.
 */
#include "hive.h"

#include <stdlib.h>
#include <string.h>

static const struct cm_files *files;         /* set once at boot */
static struct list hives = LIST_INIT(hives); /* guarded by: the writing right */

void cm_files_set(const struct cm_files *how)
{
    files = how;
}

/* ---- files --------------------------------------------------------------------------------------
 */

/* A whole hive out of a file: *out_bytes is malloc'd, *out_hive lies in it. */
static NTSTATUS hive_file_read(HANDLE file, void **out_bytes, struct hive *out_hive,
                               uint32_t *out_sequence)
{
    size_t length;
    void *bytes;
    NTSTATUS status = files->read(file, &bytes, &length);
    if (!NT_SUCCESS(status))
        return status;
    if (hive_open(bytes, length, out_hive))
        status = STATUS_NOT_REGISTRY_FILE;
    else if (!out_hive->is_whole)
        status = STATUS_REGISTRY_CORRUPT;
    if (out_sequence)
        *out_sequence = hive_sequence(bytes, length);
    if (NT_SUCCESS(status))
        *out_bytes = bytes;
    else
        free(bytes);
    return status;
}

/* The base block last: until then the file says that it is not whole. */
static NTSTATUS hive_file_write(HANDLE file, uint8_t *bytes, size_t length)
{
    uint8_t unfinished[HIVE_BASE_BYTES];
    memcpy(unfinished, bytes, sizeof unfinished);
    hive_mark_unfinished(unfinished);
    NTSTATUS status = files->write(file, 0, unfinished, sizeof unfinished);
    if (NT_SUCCESS(status))
        status =
            files->write(file, HIVE_BASE_BYTES, bytes + HIVE_BASE_BYTES, length - HIVE_BASE_BYTES);
    if (NT_SUCCESS(status))
        status = files->end(file, length);
    if (NT_SUCCESS(status))
        status = files->write(file, 0, bytes, HIVE_BASE_BYTES);
    return NT_SUCCESS(status) ? files->flush(file) : status;
}

static NTSTATUS hive_write(struct cm_hive *hive)
{
    struct hive_writer writer;
    host_lock_take(&cm_lock);
    bool is_needed = hive->is_dirty && !hive->is_replaced;
    hive->is_dirty = false;
    NTSTATUS status = is_needed ? hive_tree_write_locked(hive->root, hive->sequence + 1, &writer)
                                : STATUS_SUCCESS;
    host_lock_give(&cm_lock);
    if (NT_SUCCESS(status) && is_needed) {
        status = hive_file_write(hive->log, writer.bytes, writer.used);
        if (NT_SUCCESS(status))
            status = hive_file_write(hive->file, writer.bytes, writer.used);
        hive->sequence++;
        hive_writer_free(&writer);
    }
    if (!NT_SUCCESS(status)) {
        host_lock_take(&cm_lock);
        hive->is_dirty = true;
        host_lock_give(&cm_lock);
    }
    return status;
}

void cm_hive_mark_locked(struct cm_hive *hive)
{
    hive->is_dirty = true;
    if (hive->file)
        cm_store_write_later_locked();
}

NTSTATUS cm_hives_write(void)
{
    NTSTATUS result = STATUS_SUCCESS;
    list_for_each(link, &hives)
    {
        NTSTATUS status = hive_write(list_entry(link, struct cm_hive, link));
        result = NT_SUCCESS(result) ? status : result;
    }
    return result;
}

/* ---- saved and restored ------------------------------------------------------------------------
 */

NTSTATUS key_save_raw(void *body, HANDLE file)
{
    struct cm_key *key = body;
    struct hive_writer writer;
    if (!files)
        return STATUS_NOT_SUPPORTED;
    host_lock_take(&cm_lock);
    NTSTATUS status =
        key->node->is_deleted ? STATUS_KEY_DELETED : hive_tree_write_locked(key->node, 1, &writer);
    host_lock_give(&cm_lock);
    if (!NT_SUCCESS(status))
        return status;
    status = hive_file_write(file, writer.bytes, writer.used);
    hive_writer_free(&writer);
    return status;
}

/* A key object refers to something below the node; node itself does not count. */
static bool below_is_open_locked(const struct cm_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct cm_node *child = node->children[i];
        if (child->references > 1u + (child->dirty != 0) || below_is_open_locked(child))
            return true;
    }
    return false;
}

/* What hangs below the node, and its values, make room for those of tree, which goes. */
static void contents_replace_locked(struct cm_node *node, struct cm_node *tree)
{
    while (node->child_count > 0)
        node_destroy_tree_locked(node->children[node->child_count - 1]);
    values_free_locked(node);
    struct cm_node **children = node->children;
    uint32_t room = node->child_room;
    UNICODE_STRING class_name = node->class_name;
    node->children = tree->children;
    node->child_count = tree->child_count;
    node->child_room = tree->child_room;
    node->class_name = tree->class_name;
    node->value_count = tree->value_count;
    struct list *link;
    while ((link = list_pop_front(&tree->values)) != NULL)
        list_push_back(&node->values, link);
    tree->children = children;
    tree->child_count = 0;
    tree->child_room = room;
    tree->class_name = class_name;
    tree->value_count = 0;
    node_destroy_tree_locked(tree);
    for (uint32_t i = 0; i < node->child_count; i++) {
        node->children[i]->parent = node;
        hive_tree_adopt_locked(node->children[i], node->hive);
    }
    node_touch_locked(node);
    node_mark_locked(node, NODE_VALUES);
    watch_notify_locked(node, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET);
}

NTSTATUS key_restore_raw(void *body, HANDLE file, ULONG flags)
{
    struct cm_key *key = body;
    struct cm_node *tree;
    struct hive hive;
    void *bytes;
    if (flags & ~(ULONG)(REG_FORCE_RESTORE | REG_NO_LAZY_FLUSH))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = files ? hive_file_read(file, &bytes, &hive, NULL) : STATUS_NOT_SUPPORTED;
    if (!NT_SUCCESS(status))
        return status;
    /* One change: on the disk it is whole or not there. */
    cm_batch_begin();
    host_lock_take(&cm_lock);
    struct cm_node *node = key->node;
    if (node->is_deleted)
        status = STATUS_KEY_DELETED;
    else if (node == cm_root || node->parent == cm_root || node->is_link)
        status = STATUS_ACCESS_DENIED;
    else if (!(flags & REG_FORCE_RESTORE) && below_is_open_locked(node))
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status))
        status = hive_tree_read_locked(&hive, &tree);
    if (NT_SUCCESS(status))
        contents_replace_locked(node, tree);
    host_lock_give(&cm_lock);
    NTSTATUS written = cm_batch_end();
    free(bytes);
    return NT_SUCCESS(status) ? written : status;
}

/* ---- loaded and unloaded ------------------------------------------------------------------------
 */

/* The file, or the log when the file was being written as the machine ended. */
static NTSTATUS hive_contents_read(struct cm_hive *hive, void **out_bytes, struct hive *out_image)
{
    NTSTATUS status = hive_file_read(hive->file, out_bytes, out_image, &hive->sequence);
    if (status != STATUS_REGISTRY_CORRUPT)
        return status;
    if (!NT_SUCCESS(hive_file_read(hive->log, out_bytes, out_image, &hive->sequence)))
        return status;
    hive->is_dirty = true;
    return STATUS_REGISTRY_RECOVERED;
}

static NTSTATUS hive_hang_locked(struct cm_hive *hive, struct cm_node *parent,
                                 const UNICODE_STRING *name, const struct hive *image)
{
    struct cm_node *tree, *root;
    bool was_dirty = hive->is_dirty;
    if (parent->is_deleted)
        return STATUS_KEY_DELETED;
    if (parent->parent != cm_root)
        return STATUS_INVALID_PARAMETER;
    if (node_find_locked(parent, name))
        return STATUS_OBJECT_NAME_COLLISION;
    NTSTATUS status = hive_tree_read_locked(image, &tree);
    if (!NT_SUCCESS(status))
        return status;
    /* Volatile as it is made: its parent's file knows nothing of it. */
    status = node_create_locked(parent, name, REG_OPTION_VOLATILE, &root);
    if (!NT_SUCCESS(status)) {
        node_destroy_tree_locked(tree);
        return status;
    }
    root->hive = hive;
    root->is_volatile = false;
    root->security = tree->security;
    root->last_write = tree->last_write;
    tree->security = NULL;
    int64_t time = tree->last_write;
    contents_replace_locked(root, tree);
    root->last_write = time;
    root->references++;
    hive->root = root;
    hive->is_dirty = was_dirty; /* it is what the file has */
    return STATUS_SUCCESS;
}

static void hive_close(struct cm_hive *hive)
{
    if (hive->file)
        files->close(hive->file);
    if (hive->log) {
        files->remove(hive->log);
        files->close(hive->log);
    }
    ExFreePoolWithTag(hive, CM_TAG);
}

static NTSTATUS hive_files_open(struct cm_hive *hive, const OBJECT_ATTRIBUTES *file,
                                KPROCESSOR_MODE mode)
{
    static const UNICODE_STRING suffix = RTL_CONSTANT_STRING(L".LOG1");
    NTSTATUS status = files->open(file, mode, false, &hive->file);
    size_t bytes = (size_t)file->ObjectName->Length + suffix.Length;
    if (!NT_SUCCESS(status))
        return status;
    if (bytes > 0xfffe)
        return STATUS_NAME_TOO_LONG;
    UNICODE_STRING name = {0, (USHORT)bytes, ExAllocatePool2(POOL_FLAG_PAGED, bytes, CM_TAG)};
    if (!name.Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyUnicodeString(&name, file->ObjectName);
    RtlAppendUnicodeStringToString(&name, &suffix);
    OBJECT_ATTRIBUTES log = *file;
    log.ObjectName = &name;
    status = files->open(&log, mode, true, &hive->log);
    ExFreePoolWithTag(name.Buffer, CM_TAG);
    return status;
}

NTSTATUS key_load_raw(void *parent, const UNICODE_STRING *name, const OBJECT_ATTRIBUTES *file,
                      KPROCESSOR_MODE mode)
{
    struct cm_key *above = parent;
    struct hive image;
    void *bytes = NULL;
    if (!files || !file->ObjectName)
        return files ? STATUS_INVALID_PARAMETER : STATUS_NOT_SUPPORTED;
    struct cm_hive *hive = cm_allocate(sizeof *hive);
    if (!hive)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = hive_files_open(hive, file, mode);
    if (NT_SUCCESS(status))
        status = hive_contents_read(hive, &bytes, &image);
    NTSTATUS outcome = status; /* STATUS_REGISTRY_RECOVERED is a success to tell */
    if (NT_SUCCESS(status)) {
        cm_batch_begin();
        host_lock_take(&cm_lock);
        status = hive_hang_locked(hive, above->node, name, &image);
        host_lock_give(&cm_lock);
        if (NT_SUCCESS(status))
            list_push_back(&hives, &hive->link);
        cm_batch_end();
    }
    free(bytes);
    if (!NT_SUCCESS(status)) {
        hive_close(hive);
        return status;
    }
    return outcome;
}

/* Needs the writing right. The keys that are open answer from now on that they are deleted. */
static void hive_take_down(struct cm_hive *hive)
{
    list_remove(&hive->link);
    host_lock_take(&cm_lock);
    struct cm_node *root = hive->root;
    if (!root->is_deleted)
        node_destroy_tree_locked(root);
    node_put_locked(root);
    host_lock_give(&cm_lock);
    hive_close(hive);
}

NTSTATUS key_unload_raw(void *body, ULONG flags)
{
    struct cm_key *key = body;
    NTSTATUS status = STATUS_SUCCESS;
    if (flags & ~(ULONG)REG_FORCE_UNLOAD)
        return STATUS_INVALID_PARAMETER;
    cm_batch_begin();
    host_lock_take(&cm_lock);
    struct cm_node *root = key->node;
    struct cm_hive *hive = root->hive;
    if (root->is_deleted)
        status = STATUS_KEY_DELETED;
    else if (!hive || hive->root != root)
        status = STATUS_INVALID_PARAMETER;
    /* In the tree, the hive's own, and the key object through which it is unloaded. */
    else if (!(flags & REG_FORCE_UNLOAD) && (root->references > 3 || below_is_open_locked(root)))
        status = STATUS_CANNOT_DELETE;
    host_lock_give(&cm_lock);
    if (NT_SUCCESS(status))
        status = hive_write(hive);
    if (NT_SUCCESS(status))
        hive_take_down(hive);
    NTSTATUS written = cm_batch_end();
    return NT_SUCCESS(status) ? written : status;
}

void cm_hives_unload(void)
{
    cm_batch_begin();
    while (hives.next != &hives)
        hive_take_down(list_entry(hives.next, struct cm_hive, link));
    cm_batch_end();
}

/* ---- replaced
 * ------------------------------------------------------------------------------------ */

static NTSTATUS replace_files(struct cm_hive *hive, HANDLE fresh, HANDLE old)
{
    struct hive_writer writer;
    struct hive image;
    void *bytes;
    size_t length;
    NTSTATUS status = hive_file_read(fresh, &bytes, &image, NULL);
    if (!NT_SUCCESS(status))
        return status;
    free(bytes);
    host_lock_take(&cm_lock);
    status = hive_tree_write_locked(hive->root, hive->sequence + 1, &writer);
    host_lock_give(&cm_lock);
    if (!NT_SUCCESS(status))
        return status;
    status = hive_file_write(old, writer.bytes, writer.used);
    hive_writer_free(&writer);
    if (NT_SUCCESS(status))
        status = files->read(fresh, &bytes, &length);
    if (!NT_SUCCESS(status))
        return status;
    status = hive_file_write(hive->log, bytes, length);
    if (NT_SUCCESS(status))
        status = hive_file_write(hive->file, bytes, length);
    free(bytes);
    hive->is_replaced = NT_SUCCESS(status);
    return status;
}

NTSTATUS key_replace_raw(void *body, const OBJECT_ATTRIBUTES *new_file,
                         const OBJECT_ATTRIBUTES *old_file, KPROCESSOR_MODE mode)
{
    struct cm_key *key = body;
    HANDLE fresh = NULL, old = NULL;
    if (!files)
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status = files->open(new_file, mode, false, &fresh);
    if (NT_SUCCESS(status))
        status = files->open(old_file, mode, true, &old);
    if (NT_SUCCESS(status)) {
        cm_batch_begin();
        struct cm_hive *hive = key->node->hive;
        if (key->node->is_deleted)
            status = STATUS_KEY_DELETED;
        else if (!hive || hive->root != key->node || hive->is_replaced)
            status = STATUS_INVALID_PARAMETER;
        else
            status = replace_files(hive, fresh, old);
        cm_batch_end();
    }
    if (old)
        files->close(old);
    if (fresh)
        files->close(fresh);
    return status;
}
