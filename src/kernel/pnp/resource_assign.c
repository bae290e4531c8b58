/* SPDX-License-Identifier: MIT */
/* resource_assign.c - stub while written */
#include "pnp_internal.h"
NTSTATUS resources_assign(struct device_node *node)
{
    IO_RESOURCE_REQUIREMENTS_LIST *list = NULL;
    NTSTATUS status = irp_filter_requirements(node, node->wanted, &list);
    if (NT_SUCCESS(status) && list != NULL)
        ExFreePool(list);
    return status;
}
void resources_release(struct device_node *node)
{
    (void)node;
}
void node_requirements_changed(struct device_node *node)
{
    (void)node;
}
void interrupts_start(void)
{
}
void interrupts_stop(void)
{
}
