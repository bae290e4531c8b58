/* SPDX-License-Identifier: MIT */
/* interface.h - what the notices know of interfaces beside their public door.
 */
#ifndef PNP_INTERFACE_INTERNAL_H
#define PNP_INTERFACE_INTERNAL_H

#include "pnp/interface.h"

/* The device has started: interfaces that were enabled meanwhile are announced. */
void interface_device_started(struct device_node *node);
/* Its drivers are gone: interfaces that they left enabled are disabled, not those of a device that
 * has come back by the same name meanwhile. */
void interface_device_removed(struct device_node *node);
void interface_fini(void);

#endif
