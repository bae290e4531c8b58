/* SPDX-License-Identifier: MIT */
/* interface.h - what the notices know of interfaces beside their public door.
 */
#ifndef PNP_INTERFACE_INTERNAL_H
#define PNP_INTERFACE_INTERNAL_H

#include "pnp/interface.h"

/* The device has started: interfaces that were enabled meanwhile are announced. */
void interface_device_started(const UNICODE_STRING *instance);
/* Its drivers are gone: interfaces that they left enabled are disabled. */
void interface_device_removed(const UNICODE_STRING *instance);
void interface_fini(void);

#endif
