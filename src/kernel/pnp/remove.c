/* SPDX-License-Identifier: MIT */
/* remove.c - a device goes: asked for (tree_remove, tree_eject), or by surprise (tree_surprise).
 *
 * In: a device and why; out: IRP_MN_REMOVE_DEVICE to every stack, children first, drivers without
 * a device unloaded. A device that its bus still has stays in the tree without drivers; one that
 * is missing leaves the tree. After a surprise files may be open: the stack waits for them.
 */
#include "pnp_internal.h"

/* ---- one stack ----------------------------------------------------------------------------------
 */

/* Doc:     "IRP_MN_REMOVE_DEVICE"; drivers must succeed it */
void node_remove_stack(struct device_node *node)
{
    if (node_is(node, NODE_IS_STUCK))
        return;
    io_stack_shut(node->pdo, false);
    if (!node_is(node, NODE_IS_REMOVE_SENT)) { /* else it has come back late */
        (void)stack_drivers_get(node, &node->drivers);
        node->flags |=
            NODE_IS_REMOVE_SENT | (node_is(node, NODE_IS_MISSING) ? NODE_IS_REMOVE_LAST : 0);
        NTSTATUS status = irp_plain(node, IRP_MN_REMOVE_DEVICE);
        if (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED)
            rtl_debug_printf("pnp: %s: IRP_MN_REMOVE_DEVICE must not fail: %s\n", node_text(node),
                             rtl_status_text(status));
    }
    if (node_is(node, NODE_IS_STUCK)) {
        node_problem_set(node, CM_PROB_FAILED_POST_START, STATUS_IO_TIMEOUT);
        return;
    }
    resources_release(node);
    service_device_remove(node);
    node->flags &= ~(NODE_IS_ADDED | NODE_IS_SURPRISED | NODE_IS_ASKED | NODE_DO_ENUMERATE |
                     NODE_IS_REMOVE_SENT | NODE_IS_REMOVE_LAST);
    node->device_state = 0;
    if (node->state != NODE_INITIALIZED && node->state != NODE_REMOVED &&
        node->state != NODE_AWAITING_QUEUED_DELETION && node->state != NODE_DELETE_PENDING_CLOSES)
        node_state_set(node, NODE_REMOVED);
    struct stack_drivers drivers = node->drivers;
    node->drivers = (struct stack_drivers){0};
    stack_drivers_release(&drivers);
    (void)node_tell(node, PNP_EVENT_STACK_REMOVED, NULL);
}

/* The node itself: its bus has dropped the PDO, or never will be asked for it again. */
void node_delete(struct device_node *node)
{
    if (node->state != NODE_AWAITING_QUEUED_DELETION && node->state != NODE_DELETE_PENDING_CLOSES)
        node_state_set(node, NODE_AWAITING_QUEUED_DELETION);
    node_state_set(node, NODE_DELETED);
    struct device_node *parent = node->parent;
    bool is_back = node_is(node, NODE_IS_BACK_AGAIN);
    pnp_node_reference(node);
    node_unlink(node);
    if (node_is(node, NODE_IS_KEYED)) /* else nobody has heard of it */
        (void)node_tell(node, PNP_EVENT_GONE, NULL);
    pnp_node_put(node);
    if (is_back && parent != NULL)
        node_ask(parent, NODE_ASK_ENUMERATE);
}

/* ---- asked for ---------------------------------------------------------------------------------
 */

/* A device that goes takes its children's nodes with it: its driver, which made them, is gone.
 * The first one's node stays, and those of its relations. */
void removal_run(struct removal *removal, ULONG problem)
{
    for (unsigned i = 0; i < removal->count; i++)
        if (node_is(removal->node[i], NODE_IS_ASKED))
            (void)node_tell(removal->node[i], PNP_EVENT_REMOVE_PENDING, NULL);
    for (unsigned i = 0; i < removal->count; i++) {
        struct device_node *node = removal->node[i];
        bool has_parent_in = false;
        for (unsigned k = i + 1; k < removal->count; k++)
            has_parent_in = has_parent_in || removal->node[k] == node->parent;
        /* Its bus made its PDO and counts on the request, nobody else has seen it. */
        if (node->state == NODE_UNINITIALIZED && has_parent_in)
            node_state_set(node, NODE_AWAITING_QUEUED_DELETION);
        if (node->state != NODE_UNINITIALIZED && node->state != NODE_REMOVED)
            node_remove_stack(node);
        if (node_is(node, NODE_IS_STUCK))
            continue;
        if (has_parent_in && list_is_empty(&node->children)) {
            node_delete(node);
            /* Its PDO goes now, not after the bus driver's code that is to be unloaded. */
            pnp_node_put(node);
            removal->node[i] = NULL;
        } else if (problem != 0) {
            node_problem_set(node, problem, STATUS_SUCCESS);
        } else if (node->state == NODE_REMOVED) {
            node_problem_set(node, 0, STATUS_SUCCESS);
        }
    }
}

/* problem: what the device has afterwards, 0: none, it may start again.
 *
 * Errors:  STATUS_PLUGPLAY_QUERY_VETOED
 */
NTSTATUS tree_remove(struct device_node *node, ULONG problem, struct pnp_veto *veto)
{
    struct removal removal;
    NTSTATUS status = removal_collect(node, false, &removal);
    if (!NT_SUCCESS(status))
        return status;
    status = removal_query(&removal, veto);
    if (NT_SUCCESS(status))
        removal_run(&removal, problem);
    removal_free(&removal);
    return status;
}

/* Doc:     "IRP_MN_EJECT": after the removal of the device and its relations; then the bus is asked
 *          whether it has gone */
NTSTATUS tree_eject(struct device_node *node, struct pnp_veto *veto)
{
    struct removal removal;
    NTSTATUS status = removal_collect(node, true, &removal);
    if (!NT_SUCCESS(status))
        return status;
    status = removal_query(&removal, veto);
    if (NT_SUCCESS(status)) {
        removal_run(&removal, CM_PROB_HELD_FOR_EJECT);
        irp_set_lock(node, false);
        irp_eject(node);
        if (node->parent != NULL)
            node_ask(node->parent, NODE_ASK_ENUMERATE);
    }
    removal_free(&removal);
    return status;
}

/* ---- by surprise
 * ---------------------------------------------------------------------------------
 */

/* Sends SURPRISE_REMOVAL to a stack that has drivers or was started.
 * Doc: "IRP_MN_SURPRISE_REMOVAL"; "before the device is started", too */
static void node_surprise(struct device_node *node, bool is_missing)
{
    bool had_stack = node->state != NODE_UNINITIALIZED && node->state != NODE_INITIALIZED &&
                     node->state != NODE_REMOVED && node->state != NODE_DELETED;
    bool was_told = node_is(node, NODE_IS_SURPRISED);
    if (is_missing && node->state != NODE_AWAITING_QUEUED_DELETION &&
        node->state != NODE_DELETE_PENDING_CLOSES)
        node_state_set(node, NODE_AWAITING_QUEUED_DELETION);
    else if (!is_missing && had_stack && !was_told && node->state != NODE_AWAITING_QUEUED_REMOVAL)
        node_state_set(node, NODE_AWAITING_QUEUED_REMOVAL);
    if (!had_stack || was_told || node_is(node, NODE_IS_STUCK))
        return;
    node->flags |= NODE_IS_SURPRISED;
    (void)irp_plain(node, IRP_MN_SURPRISE_REMOVAL);
    (void)node_tell(node, PNP_EVENT_REMOVE_PENDING, NULL);
}

/* The stack of a device that was surprised goes when no file is open on it; false: it waits. */
static bool node_finish(struct device_node *node)
{
    if (node_is(node, NODE_IS_STUCK) || !list_is_empty(&node->children))
        return false;
    io_stack_shut(node->pdo, true);
    if (stack_open_count(node) != 0) {
        if (node->state == NODE_AWAITING_QUEUED_DELETION)
            node_state_set(node, NODE_DELETE_PENDING_CLOSES);
        else if (node->state == NODE_AWAITING_QUEUED_REMOVAL)
            node_state_set(node, NODE_REMOVE_PENDING_CLOSES);
        return false;
    }
    node_remove_stack(node);
    return !node_is(node, NODE_IS_STUCK);
}

/* top and all below it, children first; nodes below go with their parents. */
static void tree_finish(struct device_node *top)
{
    struct device_node *next;
    for (struct device_node *at = tree_first_up(top); at != NULL; at = next) {
        next = tree_next_up(top, at);
        bool is_missing = node_is(at, NODE_IS_MISSING);
        if (node_finish(at) && is_missing)
            node_delete(at);
    }
}

static struct device_node *surprise_open; /* the worker's; referenced */

void surprise_lost(void)
{
    if (surprise_open != NULL)
        pnp_node_put(surprise_open);
    surprise_open = NULL;
}

/* Children of a device that is gone are missing with it. */
void tree_surprise(struct device_node *node, ULONG problem)
{
    pnp_node_reference(node);
    surprise_open = node;
    for (struct device_node *at = tree_first_up(node); at != NULL; at = tree_next_up(node, at)) {
        bool is_missing = at != node || node_is(node, NODE_IS_MISSING);
        if (is_missing)
            at->flags |= NODE_IS_MISSING;
        if (at->problem == 0)
            node_problem_set(at, at == node ? problem : CM_PROB_DEVICE_NOT_THERE, STATUS_SUCCESS);
        node_surprise(at, is_missing);
    }
    tree_finish(node);
    surprise_lost();
}

/* The last file of a device that waits has been closed: it goes, and so may those above it. */
void node_closed(struct device_node *node)
{
    while (node != NULL && node->parent != NULL &&
           (node->state == NODE_REMOVE_PENDING_CLOSES ||
            node->state == NODE_DELETE_PENDING_CLOSES ||
            node->state == NODE_AWAITING_QUEUED_DELETION ||
            node->state == NODE_AWAITING_QUEUED_REMOVAL)) {
        struct device_node *parent = node->parent;
        bool is_missing = node_is(node, NODE_IS_MISSING);
        if (!node_finish(node))
            return;
        if (is_missing)
            node_delete(node);
        node = parent;
    }
}
