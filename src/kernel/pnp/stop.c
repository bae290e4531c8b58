/* SPDX-License-Identifier: MIT */
/* stop.c - a device pauses, so that its resources can be given out anew, and goes on.
 *
 * In: a started device; out: stopped and started again with what it was assigned meanwhile, or
 * left as it was by IRP_MN_CANCEL_STOP_DEVICE.
 */
#include "pnp_internal.h"

/* Errors:  a driver's refusal: everyone in the stack is told that the device goes on
 * Doc:     "IRP_MN_QUERY_STOP_DEVICE"; STATUS_RESOURCE_REQUIREMENTS_CHANGED is a success */
NTSTATUS node_query_stop(struct device_node *node)
{
    if (node->state != NODE_STARTED || node_is(node, NODE_IS_STUCK))
        return STATUS_DEVICE_NOT_READY;
    NTSTATUS status = irp_plain(node, IRP_MN_QUERY_STOP_DEVICE);
    node_state_set(node, NODE_QUERY_STOPPED);
    if (!NT_SUCCESS(status))
        node_cancel_stop(node);
    return status;
}

void node_cancel_stop(struct device_node *node)
{
    (void)irp_plain(node, IRP_MN_CANCEL_STOP_DEVICE);
    node_state_set(node, NODE_STARTED);
}

/* Drivers must not fail it. Doc: "IRP_MN_STOP_DEVICE" */
NTSTATUS node_stop(struct device_node *node)
{
    NTSTATUS status = irp_plain(node, IRP_MN_STOP_DEVICE);
    node_state_set(node, NODE_STOPPED);
    return status;
}

/* With the lists that it has now. Not asked for its state again, children stay.
 *
 * Errors:  the device is removed by surprise, its problem set
 * Doc:     "IRP_MN_QUERY_PNP_DEVICE_STATE": not after a stop for rebalancing
 */
NTSTATUS node_restart(struct device_node *node)
{
    NTSTATUS status = irp_start(node);
    node_state_set(node, NODE_RESTART_COMPLETION);
    if (NT_SUCCESS(status)) {
        node_state_set(node, NODE_STARTED);
        node->flags |= NODE_DO_ENUMERATE;
        return status;
    }
    rtl_debug_printf("pnp: %s did not start again: %s\n", node_text(node), rtl_status_text(status));
    tree_surprise(node, CM_PROB_FAILED_START);
    return status;
}
