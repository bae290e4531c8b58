/* SPDX-License-Identifier: MIT */
/* start.c - a stack with its drivers gets its resources and starts.
 *
 * In: DeviceNodeDriversAdded; out: DeviceNodeStarted, or a problem and a stack that was told so by
 * IRP_MN_REMOVE_DEVICE.
 */
#include "pnp_internal.h"

static NTSTATUS start_failed(struct device_node *node, ULONG problem, NTSTATUS why)
{
    rtl_debug_printf("pnp: %s did not start: %s\n", node_text(node), rtl_status_text(why));
    if (node->problem == 0)
        node_problem_set(node, problem, why);
    if (node_is(node, NODE_IS_STUCK))
        return why; /* nothing more is sent to it until its driver has answered */
    node_state_set(node, NODE_AWAITING_QUEUED_REMOVAL);
    node_remove_stack(node);
    return why;
}

/* Doc:     "IRP_MN_QUERY_PNP_DEVICE_STATE", PNP_DEVICE_STATE */
void node_state_query(struct device_node *node)
{
    PNP_DEVICE_STATE state = 0;
    NTSTATUS status = irp_query_state(node, &state);
    if (!NT_SUCCESS(status))
        return;
    host_lock_take(&pnp_tree_lock);
    node->device_state = state;
    host_lock_give(&pnp_tree_lock);
}

/* What a device that says so of itself comes to; false: it goes on. */
static bool device_state_act(struct device_node *node)
{
    PNP_DEVICE_STATE state = node->device_state;
    if (state & (PNP_DEVICE_FAILED | PNP_DEVICE_REMOVED | PNP_DEVICE_DISABLED)) {
        ULONG problem = state & PNP_DEVICE_REMOVED    ? CM_PROB_DEVICE_NOT_THERE
                        : state & PNP_DEVICE_DISABLED ? CM_PROB_HARDWARE_DISABLED
                                                      : CM_PROB_FAILED_POST_START;
        tree_surprise(node, problem);
        return true;
    }
    return false;
}

/* IoInvalidateDeviceState: asked again while the device runs. */
void node_state_changed(struct device_node *node)
{
    if (node->state != NODE_STARTED || node_is(node, NODE_IS_STUCK))
        return;
    node_state_query(node);
    if (node_is(node, NODE_IS_STUCK)) {
        node_problem_set(node, CM_PROB_FAILED_POST_START, STATUS_IO_TIMEOUT);
        return;
    }
    if (device_state_act(node))
        return;
    if (node->device_state & PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED)
        node_requirements_changed(node);
}

/* After the drivers have said that it runs. Doc: "Adding a PnP Device to a Running System" */
static NTSTATUS start_complete(struct device_node *node)
{
    node_state_set(node, NODE_START_POST_WORK);
    (void)irp_query_capabilities(node, &node->capabilities);
    irp_set_lock(node, true);
    node_state_query(node);
    if (node_is(node, NODE_IS_STUCK)) {
        node_problem_set(node, CM_PROB_FAILED_POST_START, STATUS_IO_TIMEOUT);
        return STATUS_IO_TIMEOUT;
    }
    node_state_set(node, NODE_STARTED);
    node->flags |= NODE_DO_ENUMERATE;
    (void)node_tell(node, PNP_EVENT_STARTED, NULL);
    return device_state_act(node) ? STATUS_PLUGPLAY_NO_DEVICE : STATUS_SUCCESS;
}

NTSTATUS node_start(struct device_node *node)
{
    irp_query_legacy_bus(node);
    NTSTATUS status = node_is(node, NODE_IS_STUCK) ? STATUS_IO_TIMEOUT : resources_assign(node);
    if (!NT_SUCCESS(status))
        return start_failed(
            node, status == STATUS_IO_TIMEOUT ? CM_PROB_FAILED_START : CM_PROB_NORMAL_CONFLICT,
            status);
    node_state_set(node, NODE_RESOURCES_ASSIGNED);
    node_state_set(node, NODE_START_PENDING);
    status = irp_start(node);
    if (!NT_SUCCESS(status))
        return start_failed(node, CM_PROB_FAILED_START, status);
    node_state_set(node, NODE_START_COMPLETION);
    return start_complete(node);
}
