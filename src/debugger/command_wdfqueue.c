/* SPDX-License-Identifier: MIT */
/* command_wdfqueue.c - !wdfqueue, !wdfdevicequeues, !wdfrequest.
 *
 * Doc:     the pages of these names (Microsoft Learn, debuggercmds: wdfkd)
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi_names.h"
#include "wdf.h"

/* Bits of fx_queue.flags and values of fx_queue.power, fx_request.where (queue_internal.h,
 * request.h of the Framework). */
enum { ACCEPT = 0x01, DISPATCH = 0x02, SHUTDOWN = 0x04, CANCEL = 0x08, DELETING = 0x10 };
static const char *const powers[] = {"PowerOn", "PowerHolding", "PowerStopping", "PowerOff",
                                     "PowerResuming"};
static const char *const places[] = {"not in a queue", "waiting in its queue",
                                     "canceled in its queue", "owned by the driver"};
static const struct {
    uint32_t bit;
    const char *name;
} request_flags[] = {
    {0x0001, "Received"},
    {0x0002, "Allocated by the driver"},
    {0x0004, "Completed"},
    {0x0008, "Cancelable"},
    {0x0010, "EvtRequestCancel called"},
    {0x0040, "Reserved"},
    {0x0080, "Stop awaited"},
    {0x0100, "EvtIoStop called"},
    {0x0200, "Resumed"},
    {0x0400, "In caller context"},
    {0x0800, "Create"},
};

static const char *name_of(const char *const *names, size_t count, uint64_t index)
{
    return index < count ? names[index] : "?";
}

/* ---- !wdfqueue ----------------------------------------------------------------------------- */

static cJSON *requests_describe(struct debugger *debugger, const struct wdf_copy *queue,
                                const char *field)
{
    cJSON *list = cJSON_CreateArray();
    struct wdf_copy request;
    struct wdf_object object;
    struct wdf_list at;
    uint64_t address;
    wdf_list_begin(debugger, wdf_place(queue, field), &at);
    while (wdf_list_next(&at, wdf_offset(queue->layout, "fx_request", "entry"), &address) &&
           wdf_object_read(debugger, address, &object) && wdf_object_is(&object, "WDFREQUEST") &&
           wdf_read(debugger, "fx_request", address, &request)) {
        cJSON *item = cJSON_CreateObject();
        wdf_add_address(item, "handle", ~address);
        wdf_add_address(item, "irp", wdf_value(&request, "irp"));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static cJSON *queue_describe(struct debugger *debugger, const struct wdf_object *object)
{
    static const char *const kinds[] = {"?", "Sequential", "Parallel", "Manual"};
    static const char *const routines[] = {"EvtIoDefault",
                                           "EvtIoRead",
                                           "EvtIoWrite",
                                           "EvtIoDeviceControl",
                                           "EvtIoInternalDeviceControl",
                                           "EvtIoStop",
                                           "EvtIoResume",
                                           "EvtIoCanceledOnQueue"};
    struct wdf_copy queue;
    if (!wdf_read(debugger, "fx_queue", object->copy.address, &queue))
        return NULL;
    cJSON *answer = cJSON_CreateObject(), *list;
    wdf_add_address(answer, "handle", ~queue.address);
    cJSON_AddStringToObject(answer, "dispatch",
                            name_of(kinds, 4, wdf_value(&queue, "config.DispatchType")));
    cJSON_AddBoolToObject(answer, "is_power_managed", wdf_value(&queue, "power_managed"));
    cJSON_AddStringToObject(answer, "power", name_of(powers, 5, wdf_value(&queue, "power")));
    cJSON_AddNumberToObject(answer, "flags", (double)wdf_value(&queue, "flags"));
    cJSON_AddNumberToObject(answer, "execution_level",
                            (double)wdf_value(&object->copy, "execution_level"));
    cJSON_AddNumberToObject(answer, "sync_scope", (double)wdf_value(&object->copy, "sync_scope"));
    wdf_add_address(answer, "device", ~wdf_value(&queue, "device"));
    cJSON_AddNumberToObject(answer, "owned_count", (double)wdf_value(&queue, "owned_count"));
    cJSON_AddNumberToObject(answer, "waiting_count", (double)wdf_value(&queue, "waiting_count"));
    cJSON_AddItemToObject(answer, "owned", requests_describe(debugger, &queue, "owned"));
    cJSON_AddItemToObject(answer, "waiting", requests_describe(debugger, &queue, "waiting"));
    cJSON_AddItemToObject(answer, "canceled", requests_describe(debugger, &queue, "canceled"));
    list = cJSON_AddArrayToObject(answer, "callbacks");
    for (size_t i = 0; i < sizeof routines / sizeof *routines; i++) {
        char field[48];
        snprintf(field, sizeof field, "config.%s", routines[i]);
        wdf_add_routine(debugger, list, routines[i], wdf_value(&queue, field));
    }
    return answer;
}

static void requests_say(struct debugger *debugger, const cJSON *queue, const char *name)
{
    const cJSON *request;
    cJSON_ArrayForEach(request, cJSON_GetObjectItem(queue, name))
        say(debugger, "        !WDFREQUEST 0x%s  !IRP 0x%s\n",
            plain(answer_address(request, "handle")), plain(answer_address(request, "irp")));
}

static void queue_say(struct debugger *debugger, int indent, const cJSON *queue)
{
    static const char *const levels[] = {"?", "?", "Passive", "Dispatch"};
    static const char *const scopes[] = {"?", "?", "Device", "Queue", "None"};
    unsigned flags = (unsigned)answer_whole(queue, "flags");
    const cJSON *callback;
    say(debugger, "%*s%s, %s, %s, %s, %s, ExecutionLevel%s, SynchronizationScope%s%s%s\n", indent,
        "", answer_text(queue, "dispatch"),
        answer_bool(queue, "is_power_managed") ? "Power-managed" : "Not power-managed",
        answer_text(queue, "power"), flags & ACCEPT ? "Can accept" : "Cannot accept",
        flags & DISPATCH ? "Can dispatch" : "Cannot dispatch",
        name_of(levels, 4, answer_whole(queue, "execution_level")),
        name_of(scopes, 5, answer_whole(queue, "sync_scope")), flags & CANCEL ? ", Purging" : "",
        flags & (SHUTDOWN | DELETING) ? ", Device gone" : "");
    say(debugger, "    Number of driver owned requests: %u\n",
        (unsigned)answer_whole(queue, "owned_count"));
    requests_say(debugger, queue, "owned");
    say(debugger, "    Number of waiting requests: %u\n",
        (unsigned)answer_whole(queue, "waiting_count"));
    requests_say(debugger, queue, "waiting");
    if (cJSON_GetArraySize(cJSON_GetObjectItem(queue, "canceled")))
        say(debugger, "    Requests canceled and not yet ended:\n");
    requests_say(debugger, queue, "canceled");
    say(debugger, "\n");
    cJSON_ArrayForEach(callback, cJSON_GetObjectItem(queue, "callbacks"))
    {
        uint64_t routine = answer_address(callback, "routine");
        say(debugger, "    %s: (0x%s) %s\n", answer_text(callback, "name"), plain(routine),
            symbol_text(debugger, routine));
    }
}

void command_wdfqueue(struct debugger *debugger, char *text)
{
    struct wdf_object object;
    if (!*text) {
        complain(debugger, "!wdfqueue HANDLE");
        return;
    }
    if (!wdf_handle_read(debugger, text, "WDFQUEUE", &object))
        return;
    cJSON *queue = queue_describe(debugger, &object);
    if (queue && debugger->options.is_json) {
        json_say(debugger, queue);
        return;
    }
    if (!queue) {
        complain(debugger, "The queue can not be read");
        return;
    }
    say(debugger, "Dumping WDFQUEUE 0x%s\n=========================\n",
        plain(~object.copy.address));
    queue_say(debugger, 0, queue);
    cJSON_Delete(queue);
}

/* ---- !wdfdevicequeues ---------------------------------------------------------------------- */

static cJSON *device_queues(struct debugger *debugger, const struct wdf_object *object)
{
    struct wdf_copy device, io;
    struct wdf_object queue;
    struct wdf_list at;
    uint64_t address;
    cJSON *list = cJSON_CreateArray();
    if (!wdf_read(debugger, "fx_device", object->copy.address, &device) ||
        !wdf_read(debugger, "fx_io", wdf_value(&device, "io"), &io))
        return list;
    wdf_list_begin(debugger, wdf_place(&io, "queues"), &at);
    while (wdf_list_next(&at, wdf_offset(io.layout, "fx_queue", "entry"), &address) &&
           wdf_object_read(debugger, address, &queue) && wdf_object_is(&queue, "WDFQUEUE")) {
        cJSON *item = queue_describe(debugger, &queue);
        cJSON_AddBoolToObject(item, "is_default", address == wdf_value(&io, "by_default"));
        cJSON_AddBoolToObject(item, "is_for_files", address == wdf_value(&io, "file_queue"));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

void command_wdfdevicequeues(struct debugger *debugger, char *text)
{
    struct wdf_object object;
    const cJSON *queue;
    unsigned number = 0;
    if (!*text) {
        complain(debugger, "!wdfdevicequeues HANDLE");
        return;
    }
    if (!wdf_handle_read(debugger, text, "WDFDEVICE", &object))
        return;
    cJSON *list = device_queues(debugger, &object);
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    say(debugger,
        "Dumping queues of WDFDEVICE 0x%s\n=====================================\n"
        "Number of queues: %d\n",
        plain(~object.copy.address), cJSON_GetArraySize(list));
    cJSON_ArrayForEach(queue, list)
    {
        say(debugger, "----------------------------------\nQueue: %u (!wdfqueue 0x%s)\n", ++number,
            plain(answer_address(queue, "handle")));
        queue_say(debugger, 4, queue);
        if (answer_bool(queue, "is_for_files"))
            say(debugger, "    This is WDF internal queue for create requests.\n");
        if (answer_bool(queue, "is_default"))
            say(debugger, "    This is the device's default queue.\n");
    }
    cJSON_Delete(list);
}

/* ---- !wdfrequest --------------------------------------------------------------------------- */

static cJSON *request_describe(struct debugger *debugger, const struct wdf_copy *request)
{
    uint32_t flags = (uint32_t)wdf_value(request, "flags");
    uint64_t queue = wdf_value(request, "queue"), target = wdf_value(request, "send.target");
    cJSON *answer = cJSON_CreateObject(), *list;
    wdf_add_address(answer, "handle", ~request->address);
    wdf_add_address(answer, "irp", wdf_value(request, "irp"));
    wdf_add_address(answer, "queue", queue ? ~queue : 0);
    wdf_add_address(answer, "target", target ? ~target : 0);
    cJSON_AddStringToObject(answer, "where", name_of(places, 4, wdf_value(request, "where")));
    list = cJSON_AddArrayToObject(answer, "flags");
    for (size_t i = 0; i < sizeof request_flags / sizeof *request_flags; i++)
        if (flags & request_flags[i].bit)
            cJSON_AddItemToArray(list, cJSON_CreateString(request_flags[i].name));
    wdf_add_address(answer, "cancel_routine", wdf_value(request, "cancel_routine"));
    cJSON_AddNumberToObject(answer, "status", (double)(uint32_t)wdf_value(request, "status"));
    return answer;
}

static void request_say(struct debugger *debugger, const cJSON *request)
{
    uint64_t irp = answer_address(request, "irp"), queue = answer_address(request, "queue"),
             target = answer_address(request, "target"),
             cancel = answer_address(request, "cancel_routine");
    uint32_t status = (uint32_t)answer_whole(request, "status");
    const cJSON *flag;
    bool is_first = true;
    if (irp)
        say(debugger, "    !IRP 0x%s\n", plain(irp));
    else
        say(debugger, "    no IRP (completed, or not given one)\n");
    if (queue)
        say(debugger, "    !WDFQUEUE 0x%s\n", plain(queue));
    if (target)
        say(debugger, "    !WDFIOTARGET 0x%s\n", plain(target));
    say(debugger, "    State: %s", answer_text(request, "where"));
    cJSON_ArrayForEach(flag, cJSON_GetObjectItem(request, "flags"))
    {
        say(debugger, "%s%s", is_first ? "; " : ", ", cJSON_GetStringValue(flag));
        is_first = false;
    }
    say(debugger, "\n");
    if (cancel)
        say(debugger, "    EvtRequestCancel: (0x%s) %s\n", plain(cancel),
            symbol_text(debugger, cancel));
    if (status)
        say(debugger, "    Status: 0x%08x (%s)\n", status,
            abi_status_name(status) ? abi_status_name(status) : "?");
}

void command_wdfrequest(struct debugger *debugger, char *text)
{
    struct wdf_object object;
    struct wdf_copy request;
    if (!*text) {
        complain(debugger, "!wdfrequest HANDLE");
        return;
    }
    if (!wdf_handle_read(debugger, text, "WDFREQUEST", &object))
        return;
    if (!wdf_read(debugger, "fx_request", object.copy.address, &request)) {
        complain(debugger, "The request can not be read");
        return;
    }
    cJSON *answer = request_describe(debugger, &request);
    if (debugger->options.is_json) {
        json_say(debugger, answer);
        return;
    }
    say(debugger, "Dumping WDFREQUEST 0x%s\n=========================\n", plain(~request.address));
    request_say(debugger, answer);
    cJSON_Delete(answer);
}
