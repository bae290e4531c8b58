/* SPDX-License-Identifier: MIT */
/* control.c - the table of control verbs and the thread dressing each of them runs in.
 *
 * In comes a request of the command, out goes one JSON reply (a stream for log). A verb
 * runs as a system thread: it may call anything a system thread may.
 */
#include "control/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control_internal.h"
#include "ke/ke.h"
#include "ps/ps.h"

struct control_options control_options;

static void shutdown_serve(server_control *control, unsigned count, char **words)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddStringToObject(reply, "machine", control_options.name);
    cJSON_AddNumberToObject(reply, "pid", getpid());
    control_reply(control, 0, reply);
    control_options.shutdown();
}

static const struct control_verb verbs[] = {
    {"ps", 0, 0, control_ps, true},
    {"log", 0, 1, control_log, false},
    {"trace", 0, 1, control_trace, false},
    {"events", 1, 16, control_events, true},
    {"registry-read", 2, 2, control_registry_read, true},
    {"registry-write", 0, 0, control_registry_write, true},
    {"service-create", 2, 7, control_service_create, true},
    {"service-delete", 1, 1, control_service_delete, true},
    {"service-start", 1, 15, control_service_start, true},
    {"service-stop", 1, 1, control_service_stop, true},
    {"service-control", 2, 2, control_service_control, true},
    {"service-query", 0, 1, control_service_query, true},
    {"kd", 1, 3, control_kd, true},
    {"power", 1, 2, control_power, true},
    {"wmi", 1, 4, control_wmi, true},
    {"shutdown", 0, 0, shutdown_serve, false},
    {0},
};

void control_reply(server_control *control, uint32_t code, cJSON *reply)
{
    char *text = cJSON_PrintUnformatted(reply);
    cJSON_Delete(reply);
    if (!text)
        text = strdup("{}");
    server_control_reply(control, code, text, strlen(text), true);
    free(text);
}

void control_fail(server_control *control, uint32_t code, const char *text)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddNumberToObject(reply, "error", code);
    cJSON_AddStringToObject(reply, "text", text);
    control_reply(control, code, reply);
}

static void serve_as_kernel_thread(const struct control_verb *verb, server_control *control,
                                   unsigned count, char **words)
{
    struct process_thread *thread;
    NTSTATUS status = ps_thread_adopt(ps_system_process, &thread);
    if (!NT_SUCCESS(status)) {
        control_fail(control, (uint32_t)status, "the machine is out of memory");
        return;
    }
    ke_processor_enter();
    verb->serve(control, count, words);
    ke_processor_leave();
    ps_thread_release(thread);
}

static const struct control_verb *verb_find(const char *name)
{
    static const struct control_verb *const tables[] = {verbs, control_setup_verbs};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct control_verb *verb = tables[i]; verb->name; verb++)
            if (!strcmp(verb->name, name))
                return verb;
    return NULL;
}

static void control_serve(server_control *control, unsigned count, char **words)
{
    const struct control_verb *verb = count ? verb_find(words[0]) : NULL;
    if (!verb)
        control_fail(control, CONTROL_BAD_REQUEST,
                     "this machine does not know the request; is it of another version of cove?");
    else if (count - 1 < verb->least || count - 1 > verb->most)
        control_fail(control, CONTROL_BAD_REQUEST, "wrong number of words in the request");
    else if (verb->is_kernel)
        serve_as_kernel_thread(verb, control, count - 1, words + 1);
    else
        verb->serve(control, count - 1, words + 1);
}

void control_start(const struct control_options *options)
{
    control_options = *options;
    server_control_set(control_serve);
}
