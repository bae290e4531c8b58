/* SPDX-License-Identifier: MIT */
/* resource_rebalance.c - others move aside: query-stop, stop, other resources, start again.
 *
 * In: a device whose wishes nobody's assignment leaves room for; out: it has its lists and those
 * that had to move run on with others; or all is as it was, everyone who was asked told so.
 */
#include "resource.h"

struct mover {
    struct device_node *node;
    CM_RESOURCE_LIST *old_raw, *old_translated;
    bool is_moved;
};

struct movers {
    struct mover *mover; /* pool */
    unsigned count;
};

/* Only one that is started, has something and says itself what else would do. */
static bool may_move(const struct device_node *node, const struct device_node *other)
{
    return node != other && node->state == NODE_STARTED && node->raw != NULL &&
           node->filtered != NULL && !node_is(node, NODE_IS_STUCK) && !tree_is_below(other, node);
}

static NTSTATUS movers_find(struct device_node *node, struct movers *movers)
{
    unsigned room = 0;
    for (struct device_node *at = pnp_root; at != NULL; at = tree_next(pnp_root, at))
        room += may_move(at, node);
    if (room == 0)
        return STATUS_CONFLICTING_ADDRESSES;
    movers->mover = pnp_allocate(room * sizeof(*movers->mover));
    if (movers->mover == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    /* Those that refuse keep what they have; the others may help. */
    for (struct device_node *at = pnp_root; at != NULL; at = tree_next(pnp_root, at))
        if (may_move(at, node) && NT_SUCCESS(node_query_stop(at)))
            movers->mover[movers->count++].node = at;
    return movers->count != 0 ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
}

static void mover_empty(struct mover *mover)
{
    host_lock_take(&pnp_tree_lock);
    mover->old_raw = mover->node->raw;
    mover->old_translated = mover->node->translated;
    mover->node->raw = mover->node->translated = NULL;
    host_lock_give(&pnp_tree_lock);
}

static void mover_restore(struct mover *mover)
{
    resources_release(mover->node);
    host_lock_take(&pnp_tree_lock);
    mover->node->raw = mover->old_raw;
    mover->node->translated = mover->old_translated;
    host_lock_give(&pnp_tree_lock);
    mover->old_raw = mover->old_translated = NULL;
}

static bool is_same(const CM_RESOURCE_LIST *a, const CM_RESOURCE_LIST *b)
{
    return a != NULL && b != NULL && resource_list_bytes(a) == resource_list_bytes(b) &&
           memcmp(a, b, resource_list_bytes(a)) == 0;
}

static NTSTATUS choose_and_take(struct device_node *node)
{
    CM_RESOURCE_LIST *list;
    NTSTATUS status = resources_choose(node, node->filtered, &list);
    return NT_SUCCESS(status) ? resources_take(node, list) : status;
}

/* Who still has room for what it has keeps it. */
static NTSTATUS mover_place(struct mover *mover)
{
    if (!resources_conflict(mover->node, mover->old_raw)) {
        mover_restore(mover);
        return STATUS_SUCCESS;
    }
    NTSTATUS status = choose_and_take(mover->node);
    mover->is_moved = NT_SUCCESS(status) && !is_same(mover->node->raw, mover->old_raw);
    return status;
}

static void movers_go_on(struct movers *movers, bool is_done)
{
    for (unsigned i = 0; i < movers->count; i++) {
        struct mover *mover = &movers->mover[i];
        if (!is_done || !mover->is_moved)
            node_cancel_stop(mover->node);
        else if (NT_SUCCESS(node_stop(mover->node)))
            continue;
    }
    for (unsigned i = 0; is_done && i < movers->count; i++) {
        struct mover *mover = &movers->mover[i];
        if (mover->is_moved)
            (void)node_restart(mover->node);
        pnp_free(mover->old_raw);
        pnp_free(mover->old_translated);
    }
}

/* Errors:  STATUS_CONFLICTING_ADDRESSES
 * Doc:     "Stopping a Device to Rebalance Resources"; "IRP_MN_QUERY_STOP_DEVICE" */
NTSTATUS resources_rebalance(struct device_node *node)
{
    struct movers movers = {0};
    NTSTATUS status = movers_find(node, &movers);
    if (!NT_SUCCESS(status)) {
        pnp_free(movers.mover);
        return status;
    }
    for (unsigned i = 0; i < movers.count; i++)
        mover_empty(&movers.mover[i]);
    status = choose_and_take(node);
    for (unsigned i = 0; NT_SUCCESS(status) && i < movers.count; i++)
        status = mover_place(&movers.mover[i]);
    if (!NT_SUCCESS(status)) {
        resources_release(node);
        for (unsigned i = 0; i < movers.count; i++)
            if (movers.mover[i].old_raw != NULL)
                mover_restore(&movers.mover[i]);
    }
    movers_go_on(&movers, NT_SUCCESS(status));
    pnp_free(movers.mover);
    return status;
}
