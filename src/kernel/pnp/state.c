/* SPDX-License-Identifier: MIT */
/* state.c - the documented states of a device node, and which may follow which: one table.
 *
 * In: a node and where it goes; out: its state, its history. A step that the table lacks is a
 * mistake of ours and stops the machine. Each row counts how often it was taken; tests/pnp takes
 * them all (pnp/rows).
 */
#include "pnp_internal.h"

static const char *const state_names[NODE_STATE_COUNT] = {
    "DeviceNodeUninitialized",         "DeviceNodeInitialized",
    "DeviceNodeDriversAdded",          "DeviceNodeResourcesAssigned",
    "DeviceNodeStartPending",          "DeviceNodeStartCompletion",
    "DeviceNodeStartPostWork",         "DeviceNodeStarted",
    "DeviceNodeQueryStopped",          "DeviceNodeStopped",
    "DeviceNodeRestartCompletion",     "DeviceNodeEnumeratePending",
    "DeviceNodeEnumerateCompletion",   "DeviceNodeAwaitingQueuedDeletion",
    "DeviceNodeAwaitingQueuedRemoval", "DeviceNodeQueryRemoved",
    "DeviceNodeRemovePendingCloses",   "DeviceNodeRemoved",
    "DeviceNodeDeletePendingCloses",   "DeviceNodeDeleted",
};

/* What happens to the device, in the words of the walk. */
static struct transition {
    enum node_state from, to;
    _Atomic uint64_t seen;
} transitions[] = {
    /* it is found, gets its drivers, its resources, and starts */
    {NODE_UNINITIALIZED, NODE_INITIALIZED, 0},
    {NODE_INITIALIZED, NODE_DRIVERS_ADDED, 0},
    {NODE_DRIVERS_ADDED, NODE_RESOURCES_ASSIGNED, 0},
    {NODE_RESOURCES_ASSIGNED, NODE_START_PENDING, 0},
    {NODE_START_PENDING, NODE_START_COMPLETION, 0},
    {NODE_START_COMPLETION, NODE_START_POST_WORK, 0},
    {NODE_START_POST_WORK, NODE_STARTED, 0},
    /* its children are asked for */
    {NODE_STARTED, NODE_ENUMERATE_PENDING, 0},
    {NODE_ENUMERATE_PENDING, NODE_ENUMERATE_COMPLETION, 0},
    {NODE_ENUMERATE_COMPLETION, NODE_STARTED, 0},
    /* it pauses for other resources */
    {NODE_STARTED, NODE_QUERY_STOPPED, 0},
    {NODE_QUERY_STOPPED, NODE_STARTED, 0},
    {NODE_QUERY_STOPPED, NODE_STOPPED, 0},
    {NODE_STOPPED, NODE_RESTART_COMPLETION, 0},
    {NODE_RESTART_COMPLETION, NODE_STARTED, 0},
    /* may it go? it stays; it goes when its files are closed; at once */
    {NODE_STARTED, NODE_QUERY_REMOVED, 0},
    {NODE_QUERY_REMOVED, NODE_STARTED, 0},
    {NODE_QUERY_REMOVED, NODE_REMOVED, 0},
    {NODE_QUERY_REMOVED, NODE_AWAITING_QUEUED_REMOVAL, 0},
    /* it does not work: its drivers are told, and wait for its files */
    {NODE_DRIVERS_ADDED, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_START_PENDING, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_START_POST_WORK, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_STARTED, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_QUERY_STOPPED, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_STOPPED, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_RESTART_COMPLETION, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_ENUMERATE_PENDING, NODE_AWAITING_QUEUED_REMOVAL, 0},
    {NODE_AWAITING_QUEUED_REMOVAL, NODE_REMOVE_PENDING_CLOSES, 0},
    {NODE_AWAITING_QUEUED_REMOVAL, NODE_REMOVED, 0},
    {NODE_REMOVE_PENDING_CLOSES, NODE_REMOVED, 0},
    /* it was unplugged */
    {NODE_UNINITIALIZED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_INITIALIZED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_DRIVERS_ADDED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_START_PENDING, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_START_POST_WORK, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_STARTED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_QUERY_STOPPED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_STOPPED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_ENUMERATE_PENDING, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_REMOVE_PENDING_CLOSES, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_AWAITING_QUEUED_REMOVAL, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_QUERY_REMOVED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_REMOVED, NODE_AWAITING_QUEUED_DELETION, 0},
    {NODE_AWAITING_QUEUED_DELETION, NODE_DELETE_PENDING_CLOSES, 0},
    {NODE_AWAITING_QUEUED_DELETION, NODE_DELETED, 0},
    {NODE_DELETE_PENDING_CLOSES, NODE_DELETED, 0},
    /* it gets drivers again */
    {NODE_REMOVED, NODE_INITIALIZED, 0},
};
#define TRANSITION_COUNT (sizeof(transitions) / sizeof(*transitions))

const char *node_state_name(enum node_state state)
{
    return state >= NODE_UNINITIALIZED && state <= NODE_DELETED
               ? state_names[state - NODE_UNINITIALIZED]
               : "?";
}

static struct transition *transition_find(enum node_state from, enum node_state to)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return &transitions[i];
    return NULL;
}

bool node_state_may_follow(enum node_state from, enum node_state to)
{
    return transition_find(from, to) != NULL;
}

uint64_t node_state_seen(enum node_state from, enum node_state to)
{
    struct transition *transition = transition_find(from, to);
    return transition != NULL ? atomic_load(&transition->seen) : 0;
}

void node_state_set(struct device_node *node, enum node_state to)
{
    struct transition *transition = transition_find(node->state, to);
    if (transition == NULL)
        rtl_debug_printf("pnp: %s may not go from %s to %s\n", node_text(node),
                         node_state_name(node->state), node_state_name(to));
    COVE_ASSERT(transition != NULL);
    atomic_fetch_add_explicit(&transition->seen, 1, memory_order_relaxed);
    host_lock_take(&pnp_tree_lock);
    node->history[node->history_at++ % NODE_HISTORY] = (uint16_t)node->state;
    node->state = to;
    host_lock_give(&pnp_tree_lock);
}
