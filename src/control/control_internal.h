/* SPDX-License-Identifier: MIT */
/* control_internal.h - verbs of the control door, and how they answer. */
#ifndef CONTROL_INTERNAL_H
#define CONTROL_INTERNAL_H

#include <stdint.h>

#include <cjson/cJSON.h>

#include "control/control.h"
#include "server/server.h"

struct control_verb {
    const char *name;
    unsigned least, most; /* words behind the verb */
    void (*serve)(server_control *control, unsigned count, char **words);
    bool is_kernel; /* needs a kernel thread and a processor */
};
extern const struct control_verb control_setup_verbs[]; /* devices and packages; ends with NULL */

#define CONTROL_BAD_REQUEST 0xc000000du /* STATUS_INVALID_PARAMETER */

extern struct control_options control_options; /* set once at start */

/* Sends the last reply; takes reply. */
void control_reply(server_control *control, uint32_t code, cJSON *reply);
void control_fail(server_control *control, uint32_t code, const char *text);

void control_ps(server_control *control, unsigned count, char **words);
void control_kd(server_control *control, unsigned count, char **words);
void control_log(server_control *control, unsigned count, char **words);
void control_trace(server_control *control, unsigned count, char **words);
void control_events(server_control *control, unsigned count, char **words);
void control_power(server_control *control, unsigned count, char **words);
void control_registry_read(server_control *control, unsigned count, char **words);
void control_registry_write(server_control *control, unsigned count, char **words);
void control_wmi(server_control *control, unsigned count, char **words);
void control_service_create(server_control *control, unsigned count, char **words);
void control_service_delete(server_control *control, unsigned count, char **words);
void control_service_start(server_control *control, unsigned count, char **words);
void control_service_stop(server_control *control, unsigned count, char **words);
void control_service_control(server_control *control, unsigned count, char **words);
void control_service_query(server_control *control, unsigned count, char **words);

#endif
