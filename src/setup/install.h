/* SPDX-License-Identifier: MIT */
/* install.h - what kernel/pnp asks of this room. */
#ifndef SETUP_INSTALL_H
#define SETUP_INSTALL_H

#include "pnp/pnp.h"

/* A device without a driver: gives it the best of the store. true: its Enum key names one now. */
bool install_new_device(struct device_node *node);

#endif
