/* SPDX-License-Identifier: MIT */
/* root.h - between the root enumerator and its driver's answers.
 */
#ifndef PNP_ROOT_H
#define PNP_ROOT_H

#include "pnp_internal.h"

/* The device extension of the root and of each device that it reports. */
struct root_device {
    struct list link; /* root_lock */
    DEVICE_OBJECT *pdo;
    UNICODE_STRING instance; /* "ROOT\X\0000"; set once */
    bool is_root;            /* HTREE\ROOT\0 itself; set once */
    bool is_present;         /* root_lock */
};

DRIVER_INITIALIZE root_driver_entry;
DEVICE_RELATIONS *root_relations(void); /* pool; NULL: no memory */
void root_device_removed(struct root_device *device);

#endif
