/* SPDX-License-Identifier: MIT */
/* setup/device.h - devices and setup classes as tools show them, and small changes to them.
 *
 * Rules of use: as setup.h. Lists end with NULL; a list or text that is not there is NULL or "".
 */
#ifndef SETUP_DEVICE_DOOR_H
#define SETUP_DEVICE_DOOR_H

#include "setup/setup.h"

struct setup_stack_row {
    const char *driver; /* "robot", the driver object's name without \Driver */
    const char *kind;   /* "PDO", "FDO", "Filter DO" */
    const char *role;   /* "bus driver", "lower filter", "function driver", "upper filter" */
    uint64_t device;    /* the device object */
};

struct setup_device {
    const char *instance, *parent;
    unsigned depth; /* below the root, which is 0 */
    bool is_present;
    const char *state; /* "Started" */
    uint32_t status, problem, problem_status, capabilities, config_flags;
    const char *description, *friendly_name, *manufacturer, *location, *service, *container;
    const char *class_name, *class_guid, *driver; /* driver: "{guid}\0000" */
    const char *published, *section, *provider, *version, *date, *matching_id;
    char **hardware_ids, **compatible_ids, **upper_filters, **lower_filters;
    char **class_upper_filters, **class_lower_filters, **resources, **extensions;
    const struct setup_stack_row *stack; /* from the PDO up */
    unsigned stack_count;
};
/* Devices in the order of the tree, parents first; with_phantoms: then those that are only in the
 * registry. What is handed out lives during visit. */
void setup_device_visit(bool with_phantoms,
                        void (*visit)(const struct setup_device *device, void *context),
                        void *context);

struct setup_class {
    const char *guid, *name, *description;
    char **upper_filters, **lower_filters;
};
void setup_class_visit(void (*visit)(const struct setup_class *row, void *context), void *context);
uint32_t setup_class_filters_set(const char *guid, bool upper, const char *const *names,
                                 uint32_t count, struct setup_error *error);

/* The device, its keys and its interfaces; a device that is not there: its keys. */
uint32_t setup_device_remove(const char *instance, bool *out_needs_restart,
                             struct setup_error *error);
uint32_t setup_device_ids_set(const char *instance, const char *const *ids, uint32_t count,
                              struct setup_error *error);
/* Every instance that has a key below Enum; true from visit stops and is the answer. */
bool setup_instances_visit(bool (*visit)(const char *instance, void *context), void *context);

#endif
