/* SPDX-License-Identifier: MIT */
/* install.h - drivers of packages put onto devices. */
#ifndef SETUP_INSTALL_H
#define SETUP_INSTALL_H

#include "set.h"

/* The driver that is selected for a device, or the best one that the store has. */
BOOL install_selected(struct device_element *element);

#endif
