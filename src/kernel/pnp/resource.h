/* SPDX-License-Identifier: MIT */
/* resource.h - between the arbiter, who gives out, and who moves others aside.
 */
#ifndef PNP_RESOURCE_H
#define PNP_RESOURCE_H

#include "hal/hal.h"
#include "pnp_internal.h"

struct partial_walk {
    const CM_RESOURCE_LIST *list;
    const CM_FULL_RESOURCE_DESCRIPTOR *full;
    ULONG full_index, index;
};
struct partial_walk partial_walk_begin(const CM_RESOURCE_LIST *list); /* NULL: an empty one */
const CM_PARTIAL_RESOURCE_DESCRIPTOR *partial_next(struct partial_walk *walk);

struct device_node *resource_holder(const struct device_node *owner,
                                    const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted);
NTSTATUS resources_choose(struct device_node *node, const IO_RESOURCE_REQUIREMENTS_LIST *wanted,
                          CM_RESOURCE_LIST **out_list);
/* Takes raw; its translation is made. */
NTSTATUS resources_take(struct device_node *node, CM_RESOURCE_LIST *raw);
/* Others are stopped and get something else, if that makes room. */
NTSTATUS resources_rebalance(struct device_node *node);

#endif
