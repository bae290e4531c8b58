/* SPDX-License-Identifier: MIT */
/* enumerate.c - who is on the bus? The bus's answer against the tree, and the walk of what is new.
 *
 * In: a started device; out: a node for each child that is new, those that are not reported any
 * more removed by surprise. tree_process then brings everything as far as it goes.
 */
#include "pnp_internal.h"

#include <stdatomic.h>

/* ---- the answer, object by object --------------------------------------------------------------
 */

static void child_check(struct device_node *bus, const DEVICE_RELATIONS *relations, ULONG at)
{
    DEVICE_OBJECT *pdo = relations->Objects[at];
    if (!ex_pool_is_allocated(pdo))
        pnp_bugcheck(2, pdo, bus->pdo->DriverObject, 0);
    /* IoDeleteDevice marks what it has ended. */
    if (pdo->Type != IO_TYPE_DEVICE || io_device_is_deleted(pdo))
        pnp_bugcheck(4, pdo, NULL, 0);
    for (ULONG i = 0; i < at; i++)
        if (relations->Objects[i] == pdo)
            pnp_bugcheck(1, pdo, pdo, 0);
}

static void child_new(struct device_node *bus, DEVICE_OBJECT *pdo)
{
    struct device_node *node = node_create(pdo); /* with the reference that came in the answer */
    if (node == NULL) {
        rtl_debug_printf("pnp: no memory for a child of %s\n", node_text(bus));
        ob_dereference(pdo);
        return;
    }
    node->flags |= NODE_IS_REPORTED;
    if (bus == pnp_root)
        node->flags |= NODE_IS_ROOT;
    node_insert(bus, node);
    pnp_node_put(node);
}

static void child_reported(struct device_node *bus, DEVICE_OBJECT *pdo)
{
    struct device_node *node = node_of_pdo(pdo);
    if (node != NULL && node_is(node, NODE_IS_HIDDEN) && node->parent == bus) {
        node_delete(node);
        node = NULL;
    }
    if (node == NULL) {
        child_new(bus, pdo);
        return;
    }
    ob_dereference(pdo); /* the node has one of its own */
    if (node->parent != bus)
        pnp_bugcheck(1, pdo, bus->pdo, 0);
    node->flags |= NODE_IS_REPORTED;
    if (node_is(node, NODE_IS_MISSING))
        node->flags |= NODE_IS_BACK_AGAIN;
}

/* The first child that has not been reported and is not on its way out already. */
static struct device_node *child_missing(struct device_node *bus)
{
    list_for_each(link, &bus->children)
    {
        struct device_node *node = list_entry(link, struct device_node, sibling);
        if (!node_is(node, NODE_IS_REPORTED | NODE_IS_MISSING))
            return node;
    }
    return NULL;
}

static void relations_compare(struct device_node *bus, const DEVICE_RELATIONS *relations)
{
    struct device_node *gone;
    list_for_each(link, &bus->children)
    {
        list_entry(link, struct device_node, sibling)->flags &= ~NODE_IS_REPORTED;
    }
    for (ULONG i = 0; relations != NULL && i < relations->Count; i++)
        child_check(bus, relations, i);
    for (ULONG i = 0; relations != NULL && i < relations->Count; i++)
        child_reported(bus, relations->Objects[i]);
    while ((gone = child_missing(bus)) != NULL) {
        gone->flags |= NODE_IS_MISSING;
        tree_surprise(gone, CM_PROB_DEVICE_NOT_THERE);
    }
}

static DEVICE_RELATIONS *relations_open; /* the worker's, while it compares */

void relations_lost(void)
{
    if (relations_open != NULL)
        ExFreePool(relations_open);
    relations_open = NULL;
}

/* A bus that fails the request has no news: its children stay as they are.
 *
 * Doc:     "IRP_MN_QUERY_DEVICE_RELATIONS", BusRelations; "Bug Check 0xCA", 1, 2, 4, 8
 */
void node_enumerate(struct device_node *node)
{
    DEVICE_RELATIONS *relations = NULL;
    node->flags &= ~NODE_DO_ENUMERATE;
    node_state_set(node, NODE_ENUMERATE_PENDING);
    NTSTATUS status = irp_query_relations(node, BusRelations, &relations);
    node_state_set(node, NODE_ENUMERATE_COMPLETION);
    relations_open = relations;
    if (NT_SUCCESS(status))
        relations_compare(node, relations);
    relations_lost();
    if (status == STATUS_IO_TIMEOUT)
        node_problem_set(node, CM_PROB_FAILED_POST_START, status);
    node_state_set(node, NODE_STARTED);
}

/* ---- as far as it goes --------------------------------------------------------------------------
 */

/* The system sleeps: what is to be done to devices is done when they are back. */
static _Atomic bool is_held;

static void node_step(struct device_node *node)
{
    if (is_held || node_is(node, NODE_IS_STUCK | NODE_IS_MISSING | NODE_IS_HIDDEN))
        return;
    if (node->state == NODE_UNINITIALIZED && node->problem == 0)
        (void)node_identify(node);
    if (node->state == NODE_INITIALIZED && node->problem == 0)
        (void)node_add(node);
    if (node->state == NODE_DRIVERS_ADDED && node->problem == 0)
        (void)node_start(node);
    if (node->state == NODE_STARTED && node_is(node, NODE_DO_ENUMERATE) &&
        !node_is(node, NODE_IS_STUCK))
        node_enumerate(node);
}

/* A node is never unlinked by its own step, only nodes below it are. */
void tree_process(struct device_node *top)
{
    for (struct device_node *at = top; at != NULL; at = tree_next(top, at))
        node_step(at);
}

bool tree_is_held(void)
{
    return is_held;
}

void pnp_hold(bool holds)
{
    is_held = holds;
    if (holds)
        pnp_wait_idle();
    else
        (void)action_post(ACTION_PROCESS, NULL, NULL);
}
