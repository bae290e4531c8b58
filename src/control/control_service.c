/* SPDX-License-Identifier: MIT */
/* control_service.c - service-create, -delete, -start, -stop, -query: scm in JSON. */
#include <stdio.h>
#include <string.h>

#include "control_internal.h"
#include "scm/scm.h"

static void outcome(server_control *control, uint32_t error, const char *text, const char *name)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddStringToObject(reply, "service", name);
    cJSON_AddNumberToObject(reply, "error", error);
    if (text && *text)
        cJSON_AddStringToObject(reply, "text", text);
    control_reply(control, error, reply);
}

static void status_add(cJSON *item, const struct scm_status *status)
{
    cJSON_AddNumberToObject(item, "type", status->type);
    cJSON_AddNumberToObject(item, "state", status->state);
    cJSON_AddNumberToObject(item, "controls_accepted", status->controls_accepted);
    cJSON_AddNumberToObject(item, "win32_exit_code", status->win32_exit_code);
    cJSON_AddNumberToObject(item, "service_exit_code", status->service_exit_code);
    cJSON_AddNumberToObject(item, "check_point", status->check_point);
    cJSON_AddNumberToObject(item, "wait_hint", status->wait_hint);
}

/* NAME IMAGE-PATH [START] */
void control_service_create(server_control *control, unsigned count, char **words)
{
    struct scm_config config = {.type = 1, .start = 3, .error_control = 1};
    snprintf(config.name, sizeof config.name, "%s", words[0]);
    snprintf(config.image_path, sizeof config.image_path, "%s", words[1]);
    if (count > 2)
        sscanf(words[2], "%u", &config.start);
    outcome(control, scm_create(&config), NULL, words[0]);
}

void control_service_delete(server_control *control, unsigned count, char **words)
{
    outcome(control, scm_delete(words[0]), NULL, words[0]);
}

void control_service_start(server_control *control, unsigned count, char **words)
{
    char text[400];
    uint32_t error = scm_start(words[0], text, sizeof text);
    outcome(control, error, text, words[0]);
}

void control_service_stop(server_control *control, unsigned count, char **words)
{
    char text[400];
    struct scm_status status;
    uint32_t error = scm_stop(words[0], &status, text, sizeof text);
    if (error) {
        outcome(control, error, text, words[0]);
        return;
    }
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddStringToObject(reply, "service", words[0]);
    status_add(reply, &status);
    control_reply(control, 0, reply);
}

static void service_add(const struct scm_config *config, const struct scm_status *status,
                        void *list)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "service", config->name);
    cJSON_AddStringToObject(item, "display_name",
                            *config->display_name ? config->display_name : config->name);
    cJSON_AddStringToObject(item, "image_path", config->image_path);
    cJSON_AddNumberToObject(item, "start", config->start);
    cJSON_AddNumberToObject(item, "error_control", config->error_control);
    status_add(item, status);
    cJSON_AddItemToArray(list, item);
}

/* [NAME] */
void control_service_query(server_control *control, unsigned count, char **words)
{
    cJSON *list = cJSON_CreateArray();
    if (!count) {
        scm_visit(service_add, list);
        control_reply(control, 0, list);
        return;
    }
    struct scm_config config;
    struct scm_status status;
    uint32_t error = scm_config_get(words[0], &config);
    if (!error)
        error = scm_query(words[0], &status);
    if (error) {
        cJSON_Delete(list);
        outcome(control, error, NULL, words[0]);
        return;
    }
    service_add(&config, &status, list);
    control_reply(control, 0, list);
}
