/* SPDX-License-Identifier: MIT */
/* control_service.c - service-create, -delete, -start, -stop, -query: scm in JSON. */
#include <stdio.h>
#include <stdlib.h>
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
    cJSON_AddNumberToObject(item, "process_id", status->process_id);
}

/* "a/b" becomes a list of two names. */
static void dependencies_take(struct scm_config *config, const char *text)
{
    snprintf(config->dependencies, sizeof config->dependencies - 1, "%s", text);
    for (char *at = config->dependencies; *at; at++) {
        if (*at == '/')
            *at = '\0';
    }
}

/* NAME IMAGE-PATH [START [TYPE [DEPENDENCIES [DISPLAY-NAME [GROUP]]]]] */
void control_service_create(server_control *control, unsigned count, char **words)
{
    struct scm_config config = {.type = 1, .start = 3, .error_control = 1};
    snprintf(config.name, sizeof config.name, "%s", words[0]);
    snprintf(config.image_path, sizeof config.image_path, "%s", words[1]);
    if (count > 2)
        sscanf(words[2], "%u", &config.start);
    if (count > 3)
        sscanf(words[3], "%u", &config.type);
    if (count > 4)
        dependencies_take(&config, words[4]);
    if (count > 5)
        snprintf(config.display_name, sizeof config.display_name, "%s", words[5]);
    if (count > 6)
        snprintf(config.group, sizeof config.group, "%s", words[6]);
    outcome(control, scm_create(&config), NULL, words[0]);
}

void control_service_delete(server_control *control, unsigned count, char **words)
{
    outcome(control, scm_delete(words[0]), NULL, words[0]);
}

/* NAME [ARGUMENT]... */
void control_service_start(server_control *control, unsigned count, char **words)
{
    char text[400], all[2048];
    struct scm_arguments arguments = {.text = all};
    for (unsigned i = 1; i < count; i++) {
        size_t length = strlen(words[i]) + 1;
        if (length > sizeof all - arguments.length)
            break;
        memcpy(all + arguments.length, words[i], length);
        arguments.length += (uint32_t)length;
        arguments.count++;
    }
    uint32_t error = scm_start(words[0], &arguments, text, sizeof text);
    outcome(control, error, text, words[0]);
}

static void status_reply(server_control *control, uint32_t error, const char *text,
                         const char *name, const struct scm_status *status)
{
    if (error) {
        outcome(control, error, text, name);
        return;
    }
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddStringToObject(reply, "service", name);
    status_add(reply, status);
    control_reply(control, 0, reply);
}

void control_service_stop(server_control *control, unsigned count, char **words)
{
    char text[400];
    struct scm_status status = {0};
    uint32_t error = scm_stop(words[0], &status, text, sizeof text);
    status_reply(control, error, text, words[0], &status);
}

/* NAME CODE */
void control_service_control(server_control *control, unsigned count, char **words)
{
    char text[400];
    struct scm_status status = {0};
    uint32_t error =
        scm_control(words[0], (uint32_t)strtoul(words[1], NULL, 0), &status, text, sizeof text);
    status_reply(control, error, text, words[0], &status);
}

static void dependencies_add(cJSON *item, const struct scm_config *config)
{
    cJSON *list = cJSON_AddArrayToObject(item, "dependencies");
    for (const char *at = config->dependencies; *at; at += strlen(at) + 1)
        cJSON_AddItemToArray(list, cJSON_CreateString(at));
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
    cJSON_AddStringToObject(item, "group", config->group);
    cJSON_AddStringToObject(item, "account", config->account);
    cJSON_AddNumberToObject(item, "tag", config->tag);
    dependencies_add(item, config);
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
