/* SPDX-License-Identifier: MIT */
/* device.h - devices by their instance paths, as install.c, remove.c and describe.c use them. */
#ifndef SETUP_DEVICE_H
#define SETUP_DEVICE_H

#include "pnp/pnp.h"
#include "setup_internal.h"

struct device_ids {
    char **hardware, **compatible;
};
void device_ids_read(const char *instance, struct device_ids *out_ids);
void device_ids_free(struct device_ids *ids);

/* All malloc'ed or NULL. */
char *node_instance(const struct device_node *node);
char *device_software_path(const char *instance); /* its key below Class */
char *device_published(const char *instance);     /* "oem0.inf" */
struct device_node *device_node_get(const char *instance);

/* Under the lock: the driver, every extension for the device, committed. */
uint32_t device_apply(const char *instance, const struct match *base, const struct device_ids *ids,
                      struct setup_error *error);

#endif
