/* SPDX-License-Identifier: MIT */
/* tell.c - who hears of what happens to devices: drivers and programs that asked.
 *
 * The one place where the walk meets notifications.
 */
#include "pnp_internal.h"

NTSTATUS node_tell(struct device_node *node, enum node_event event, struct pnp_veto *veto)
{
    (void)node;
    (void)event;
    (void)veto;
    return STATUS_SUCCESS;
}
