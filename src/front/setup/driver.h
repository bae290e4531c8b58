/* SPDX-License-Identifier: MIT */
/* driver.h - drivers that fit a device, as elements of its list. */
#ifndef SETUP_DRIVER_H
#define SETUP_DRIVER_H

#include "set.h"

struct driver_element {
    struct list link; /* first */
    struct wire_driver driver;
};

/* Reads the device's list unless it is there. Errors: last error set */
bool drivers_read(struct device_element *element);

#endif
