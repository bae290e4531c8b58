/* SPDX-License-Identifier: MIT */
/* transaction.c - the registry as a transaction sees it.
 *
 * A transaction's first key makes it a view: a copy of the whole tree, whose nodes know the keys
 * that they are copies of. All operations work on the copy as on any tree; nothing of it is marked
 * for the disk. Committing compares: what the view has changed and others have not is done to the
 * registry in one go, which is one commit of the store; otherwise it is a conflict.
 */
#include "cm_internal.h"

#include "tm/tm.h"

struct cm_view {
    struct cm_node *root;     /* referenced */
    struct cm_node **deleted; /* keys of the registry, referenced, in the order of deletion */
    unsigned deleted_count, deleted_room;
    bool is_short; /* no memory for one of them: it cannot be committed */
    bool is_ending;
};

/* ---- the copy
 * ------------------------------------------------------------------------------------ */

static NTSTATUS copy_locked(struct cm_view *view, struct cm_node *from, struct cm_node *parent,
                            struct cm_node **out_node)
{
    struct cm_node *node;
    NTSTATUS status = node_create_locked(parent, &from->name,
                                         (from->is_volatile ? REG_OPTION_VOLATILE : 0) |
                                             (from->is_link ? REG_OPTION_CREATE_LINK : 0),
                                         &node);
    if (!NT_SUCCESS(status))
        return status;
    node->view = view;
    node->origin = from;
    from->references++;
    if (out_node)
        *out_node = node;
    status = cm_string_copy(&from->class_name, &node->class_name);
    if (NT_SUCCESS(status) && from->security) {
        ULONG length = RtlLengthSecurityDescriptor(from->security);
        node->security = cm_allocate(length);
        if (node->security)
            RtlCopyMemory(node->security, from->security, length);
        else
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    list_for_each(link, &from->values)
    {
        const struct cm_value *value = list_entry(link, struct cm_value, link);
        if (NT_SUCCESS(status))
            status = value_add_locked(node, &value->name, value->type, value->bytes,
                                      value->length_bytes);
    }
    for (uint32_t i = 0; i < from->child_count && NT_SUCCESS(status); i++)
        status = copy_locked(view, from->children[i], node, NULL);
    node->last_write = node->origin_time = from->last_write;
    node->changed = 0;
    return status;
}

static void view_free(struct cm_view *view)
{
    host_lock_take(&cm_lock);
    view->is_ending = true;
    for (unsigned i = 0; i < view->deleted_count; i++)
        node_put_locked(view->deleted[i]);
    if (view->root) {
        node_destroy_tree_locked(view->root);
        node_put_locked(view->root);
    }
    host_lock_give(&cm_lock);
    if (view->deleted)
        ExFreePoolWithTag(view->deleted, CM_TAG);
    ExFreePoolWithTag(view, CM_TAG);
}

static NTSTATUS view_make(void **out_view)
{
    struct cm_view *view = cm_allocate(sizeof *view);
    if (!view)
        return STATUS_INSUFFICIENT_RESOURCES;
    host_lock_take(&cm_lock);
    NTSTATUS status = copy_locked(view, cm_root, NULL, &view->root);
    if (view->root)
        view->root->references++;
    host_lock_give(&cm_lock);
    if (!NT_SUCCESS(status)) {
        view_free(view);
        return status;
    }
    *out_view = view;
    return STATUS_SUCCESS;
}

/* ---- changes
 * --------------------------------------------------------------------------------------- */

static void deleted_remember_locked(struct cm_view *view, struct cm_node *origin)
{
    if (view->deleted_count == view->deleted_room) {
        unsigned room = view->deleted_room ? 2 * view->deleted_room : 8;
        struct cm_node **grown = cm_allocate(room * sizeof(*grown));
        if (!grown) {
            view->is_short = true;
            return;
        }
        if (view->deleted) {
            RtlCopyMemory(grown, view->deleted, view->deleted_count * sizeof *grown);
            ExFreePoolWithTag(view->deleted, CM_TAG);
        }
        view->deleted = grown;
        view->deleted_room = room;
    }
    origin->references++;
    view->deleted[view->deleted_count++] = origin;
}

void cm_view_mark_locked(struct cm_node *node, unsigned what)
{
    node->changed |= (uint8_t)what;
    if (node->is_deleted && node->origin && !node->view->is_ending)
        deleted_remember_locked(node->view, node->origin);
}

/* ---- committing
 * -------------------------------------------------------------------------------------- */

/* Others have changed the key since, or it is gone. */
static bool has_conflict_locked(const struct cm_node *node)
{
    const struct cm_node *origin = node->origin;
    if (origin && origin->is_deleted)
        return node->changed != 0;
    if (origin && (node->changed & NODE_VALUES) && origin->last_write != node->origin_time)
        return true;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct cm_node *child = node->children[i];
        if (!child->origin && origin) {
            struct cm_node *other = node_find_locked((struct cm_node *)origin, &child->name);
            /* One that the transaction has deleted and made anew is no other's. */
            bool is_own = false;
            for (unsigned k = 0; other && k < node->view->deleted_count; k++)
                is_own = is_own || node->view->deleted[k] == other;
            if (other && !is_own)
                return true;
        }
        if (has_conflict_locked(child))
            return true;
    }
    return false;
}

static bool deletions_are_possible_locked(const struct cm_view *view)
{
    for (unsigned i = 0; i < view->deleted_count; i++) {
        const struct cm_node *node = view->deleted[i];
        if (node->is_deleted)
            return false;
        for (uint32_t c = 0; c < node->child_count; c++) {
            bool goes = false;
            for (unsigned k = 0; k < i; k++)
                goes = goes || view->deleted[k] == node->children[c];
            if (!goes)
                return false;
        }
    }
    return true;
}

static NTSTATUS view_prepare(void *context)
{
    struct cm_view *view = context;
    host_lock_take(&cm_lock);
    NTSTATUS status = view->is_short ? STATUS_INSUFFICIENT_RESOURCES
                      : has_conflict_locked(view->root) || !deletions_are_possible_locked(view)
                          ? STATUS_TRANSACTIONAL_CONFLICT
                          : STATUS_SUCCESS;
    host_lock_give(&cm_lock);
    return status;
}

/* The copy's own parts go over: it is freed after this. */
static void parts_move_locked(struct cm_node *from, struct cm_node *to)
{
    struct list *link;
    values_free_locked(to);
    while ((link = list_pop_front(&from->values)) != NULL)
        list_push_back(&to->values, link);
    to->value_count = from->value_count;
    from->value_count = 0;
    UNICODE_STRING class_name = to->class_name;
    PSECURITY_DESCRIPTOR security = to->security;
    to->class_name = from->class_name;
    to->security = from->security;
    from->class_name = class_name;
    from->security = security;
    node_touch_locked(to);
    node_mark_locked(to, NODE_VALUES);
    watch_notify_locked(to, REG_NOTIFY_CHANGE_LAST_SET);
}

static NTSTATUS apply_locked(struct cm_node *node, struct cm_node *real)
{
    NTSTATUS status = STATUS_SUCCESS;
    if (node->changed & NODE_VALUES || !node->origin)
        parts_move_locked(node, real);
    for (uint32_t i = 0; i < node->child_count && NT_SUCCESS(status); i++) {
        struct cm_node *child = node->children[i], *below = child->origin;
        if (!below)
            below = node_find_locked(real, &child->name);
        if (!below)
            status = node_create_locked(real, &child->name,
                                        (child->is_volatile ? REG_OPTION_VOLATILE : 0) |
                                            (child->is_link ? REG_OPTION_CREATE_LINK : 0),
                                        &below);
        if (NT_SUCCESS(status) && !below->is_deleted)
            status = apply_locked(child, below);
    }
    return status;
}

static NTSTATUS view_commit(void *context)
{
    struct cm_view *view = context;
    cm_batch_begin();
    host_lock_take(&cm_lock);
    for (unsigned i = 0; i < view->deleted_count; i++)
        if (!view->deleted[i]->is_deleted && view->deleted[i]->child_count == 0)
            node_delete_locked(view->deleted[i]);
    NTSTATUS status = apply_locked(view->root, cm_root);
    host_lock_give(&cm_lock);
    NTSTATUS written = cm_batch_end();
    view_free(view);
    return NT_SUCCESS(status) ? written : status;
}

static void view_rollback(void *context)
{
    view_free(context);
}

/* ---- finding
 * ----------------------------------------------------------------------------------------- */

static const struct tm_participant_ops participant = {view_prepare, view_commit, view_rollback};

static struct cm_node *same_place_locked(const struct cm_view *view, const struct cm_node *node)
{
    if (!node->parent)
        return node == cm_root ? view->root : NULL;
    struct cm_node *above = same_place_locked(view, node->parent);
    return above ? node_find_locked(above, &node->name) : NULL;
}

NTSTATUS cm_view_find(void *transaction, struct cm_node *node, struct cm_node **out_node)
{
    void *context;
    if (node->view) {
        *out_node = node;
        return tm_is_active(transaction) ? STATUS_SUCCESS : STATUS_TRANSACTION_NOT_ACTIVE;
    }
    NTSTATUS status = tm_join(transaction, &participant, view_make, &context);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&cm_lock);
    *out_node = same_place_locked(context, node);
    host_lock_give(&cm_lock);
    return *out_node ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
