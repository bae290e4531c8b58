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
/* Who wants to hear how an ejection ended; pool. */
struct eject_listener {
    PIO_DEVICE_EJECT_CALLBACK routine;
    PVOID context;
    DRIVER_OBJECT *driver; /* referenced until it has been told */
};
NTSTATUS eject_post(struct device_node *node, PIO_DEVICE_EJECT_CALLBACK routine, PVOID context,
                    DRIVER_OBJECT *driver);
NTSTATUS root_device_report(const UNICODE_STRING *service);
NTSTATUS device_report(struct device_report *report);

#endif
