/* SPDX-License-Identifier: MIT */
/* control_setup.h - the verbs about devices and driver packages, and the table of them. */
#ifndef CONTROL_SETUP_H
#define CONTROL_SETUP_H

#include "control_internal.h"
#include "pnp/pnp.h"
#include "setup/setup.h"

#define CONTROL_NO_SUCH_DEVICE 0xe000020bu /* ERROR_NO_SUCH_DEVINST */

/* A reply of many items; whoever hangs up gets no more. */
struct control_list {
    server_control *control;
    bool is_gone;
};
void control_item(struct control_list *list, cJSON *item); /* takes item */
void control_list_end(struct control_list *list);
void control_setup_fail(server_control *control, const struct setup_error *error);
void control_text_add(const char *text, void *list); /* to a JSON array */

void control_devices(server_control *control, unsigned count, char **words);
void control_device_enable(server_control *control, unsigned count, char **words);
void control_device_disable(server_control *control, unsigned count, char **words);
void control_device_restart(server_control *control, unsigned count, char **words);
void control_device_rescan(server_control *control, unsigned count, char **words);
void control_device_remove(server_control *control, unsigned count, char **words);
void control_device_sethwid(server_control *control, unsigned count, char **words);
void control_classes(server_control *control, unsigned count, char **words);
void control_class_filter(server_control *control, unsigned count, char **words);
void control_driver_nodes(server_control *control, unsigned count, char **words);
void control_driver_files(server_control *control, unsigned count, char **words);
void control_interfaces(server_control *control, unsigned count, char **words);

#endif
