/* SPDX-License-Identifier: MIT */
/* query.c - may it go? Who goes with a device, and who says no.
 *
 * In: a device; out: the list of all that must go with it (its subtree, the removal and ejection
 * relations that its drivers name, and theirs), each asked, children before parents; or the name
 * of who refused, and everyone who had agreed told that the device stays.
 */
#include "pnp_internal.h"

/* ---- who goes ----------------------------------------------------------------------------------
 */

static bool removal_has(const struct removal *removal, const struct device_node *node)
{
    for (unsigned i = 0; i < removal->count; i++)
        if (removal->node[i] == node)
            return true;
    return false;
}

static NTSTATUS removal_add(struct removal *removal, struct device_node *node)
{
    if (removal->count == removal->room) {
        unsigned room = removal->room != 0 ? 2 * removal->room : 8;
        struct device_node **grown = pnp_allocate(room * sizeof(*grown));
        if (grown == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        if (removal->count != 0)
            memcpy(grown, removal->node, removal->count * sizeof(*grown));
        pnp_free(removal->node);
        removal->node = grown;
        removal->room = room;
    }
    pnp_node_reference(node);
    removal->node[removal->count++] = node;
    return STATUS_SUCCESS;
}

static NTSTATUS removal_add_tree(struct removal *removal, struct device_node *top, bool ejects);

/* Related devices are removed before the one that names them. */
static NTSTATUS removal_add_relations(struct removal *removal, struct device_node *node,
                                      DEVICE_RELATION_TYPE type, bool ejects)
{
    DEVICE_RELATIONS *relations = NULL;
    if (!node_is(node, NODE_IS_ADDED) && node->state < NODE_STARTED)
        return STATUS_SUCCESS;
    NTSTATUS status = irp_query_relations(node, type, &relations);
    if (!NT_SUCCESS(status) || relations == NULL)
        return STATUS_SUCCESS;
    status = STATUS_SUCCESS;
    for (ULONG i = 0; i < relations->Count; i++) {
        DEVICE_OBJECT *pdo = relations->Objects[i];
        if (io_device_is_deleted(pdo))
            pnp_bugcheck(0xb, pdo, relations, 0);
        struct device_node *related = node_of_pdo(pdo);
        if (NT_SUCCESS(status) && related != NULL && related != pnp_root &&
            !tree_is_below(node, related))
            status = removal_add_tree(removal, related, ejects);
        ob_dereference(pdo);
    }
    ExFreePool(relations);
    return status;
}

static NTSTATUS removal_add_one(struct removal *removal, struct device_node *node, bool ejects)
{
    NTSTATUS status = removal_add_relations(removal, node, RemovalRelations, ejects);
    if (NT_SUCCESS(status) && ejects)
        status = removal_add_relations(removal, node, EjectionRelations, ejects);
    return NT_SUCCESS(status) && !removal_has(removal, node) ? removal_add(removal, node) : status;
}

static NTSTATUS removal_add_tree(struct removal *removal, struct device_node *top, bool ejects)
{
    NTSTATUS status = STATUS_SUCCESS;
    if (removal_has(removal, top))
        return status;
    for (struct device_node *at = tree_first_up(top); NT_SUCCESS(status) && at != NULL;
         at = tree_next_up(top, at))
        if (!removal_has(removal, at))
            status = removal_add_one(removal, at, ejects);
    return status;
}

static struct removal *removal_open; /* the worker's; on its stack */

void removal_lost(void)
{
    if (removal_open != NULL)
        removal_free(removal_open);
}

/* out_removal is the caller's until removal_free. */
NTSTATUS removal_collect(struct device_node *node, bool ejects, struct removal *out_removal)
{
    *out_removal = (struct removal){0};
    removal_open = out_removal;
    NTSTATUS status = removal_add_tree(out_removal, node, ejects);
    if (!NT_SUCCESS(status))
        removal_free(out_removal);
    return status;
}

void removal_free(struct removal *removal)
{
    for (unsigned i = 0; i < removal->count; i++)
        pnp_node_put(removal->node[i]);
    pnp_free(removal->node);
    *removal = (struct removal){0};
    removal_open = NULL;
}

/* ---- who says no --------------------------------------------------------------------------------
 */

static void veto_name(struct pnp_veto *veto, PNP_VETO_TYPE type, const UNICODE_STRING *name)
{
    size_t count = name->Length / sizeof(WCHAR), room = sizeof(veto->name) / sizeof(WCHAR) - 1;
    if (count > room)
        count = room;
    veto->type = type;
    memcpy(veto->name, name->Buffer, count * sizeof(WCHAR));
    veto->name[count] = 0;
}

/* Files that are open on any device of the stack. */
unsigned stack_open_count(struct device_node *node)
{
    unsigned count = 0;
    for (DEVICE_OBJECT *at = node->pdo; at != NULL; at = at->AttachedDevice)
        count += (unsigned)at->ReferenceCount;
    return count;
}

/* Only a started device has someone to ask; on the way there no device rests. */
static bool is_askable(const struct device_node *node)
{
    return node->state == NODE_STARTED;
}

static NTSTATUS node_ask_drivers(struct device_node *node, struct pnp_veto *veto)
{
    NTSTATUS status = irp_plain(node, IRP_MN_QUERY_REMOVE_DEVICE);
    node->back = node->state;
    node_state_set(node, NODE_QUERY_REMOVED);
    node->flags |= NODE_IS_ASKED;
    if (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED) {
        veto_name(veto, PNP_VetoDriver, &node->instance);
        return STATUS_PLUGPLAY_QUERY_VETOED;
    }
    /* Doc: "Windows 2000 and later … fail the query if there are open handles after the IRP" */
    if (stack_open_count(node) != 0) {
        veto_name(veto, PNP_VetoOutstandingOpen, &node->instance);
        return STATUS_PLUGPLAY_QUERY_VETOED;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS node_may_go(struct device_node *node, struct pnp_veto *veto)
{
    if (node_is(node, NODE_IS_STUCK)) {
        veto_name(veto, PNP_VetoDevice, &node->instance);
        return STATUS_PLUGPLAY_QUERY_VETOED;
    }
    if (node->state == NODE_REMOVE_PENDING_CLOSES || node->state == NODE_DELETE_PENDING_CLOSES) {
        veto_name(veto, PNP_VetoOutstandingOpen, &node->instance);
        return STATUS_PLUGPLAY_QUERY_VETOED;
    }
    if (!is_askable(node))
        return STATUS_SUCCESS;
    NTSTATUS status = node_tell(node, PNP_EVENT_QUERY_REMOVE, veto);
    if (!NT_SUCCESS(status))
        return STATUS_PLUGPLAY_QUERY_VETOED;
    status = node_ask_drivers(node, veto);
    return status;
}

void node_stays(struct device_node *node)
{
    if (!node_is(node, NODE_IS_ASKED))
        return;
    node->flags &= ~NODE_IS_ASKED;
    if (!node_is(node, NODE_IS_STUCK))
        (void)irp_plain(node, IRP_MN_CANCEL_REMOVE_DEVICE);
    node_state_set(node, node->back);
    (void)node_tell(node, PNP_EVENT_REMOVE_CANCELED, NULL);
}

/* Parents hear first that they stay, so that they work when their children do.
 * Doc: "IRP_MN_CANCEL_REMOVE_DEVICE" */
void removal_cancel(struct removal *removal, unsigned asked)
{
    while (asked-- > 0)
        node_stays(removal->node[asked]);
}

/* Errors:  STATUS_PLUGPLAY_QUERY_VETOED, *veto says whose; everyone was told that nothing comes of
 *          it */
NTSTATUS removal_query(struct removal *removal, struct pnp_veto *veto)
{
    for (unsigned i = 0; i < removal->count; i++) {
        NTSTATUS status = node_may_go(removal->node[i], veto);
        if (NT_SUCCESS(status))
            continue;
        removal_cancel(removal, i + 1);
        return status;
    }
    return STATUS_SUCCESS;
}
