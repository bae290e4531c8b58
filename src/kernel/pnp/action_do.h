/* SPDX-License-Identifier: MIT */
/* action_do.h - what actions are given beside their node.
 */
#ifndef PNP_ACTION_DO_H
#define PNP_ACTION_DO_H

#include "pnp_internal.h"

struct root_creation {
    const UNICODE_STRING *device_id, *hardware_ids;
    struct device_node *node; /* out; referenced */
};

struct device_report {
    DRIVER_OBJECT *driver;
    DEVICE_OBJECT *pdo; /* the driver's own, NULL: one is made; out: the device's */
    const CM_RESOURCE_LIST *resources;
    const IO_RESOURCE_REQUIREMENTS_LIST *requirements;
    bool is_assigned;
};
NTSTATUS device_report(struct device_report *report);

#endif
