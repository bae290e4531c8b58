/* SPDX-License-Identifier: MIT */
/* cm_notify_ddi.c - cfgmgr32: notifications by callback. Doc: cfgmgr32.h CM_Register_Notification
 */
#include <stdlib.h>
#include <string.h>

#include <initguid.h>

#include <wdmguid.h>

#include "crt/string.h"
#include "listen.h"

enum filter_type { FILTER_INTERFACE, FILTER_HANDLE, FILTER_INSTANCE, FILTER_COUNT };
#define ALL_INTERFACES 1u
#define ALL_INSTANCES  2u

struct filter { /* CM_NOTIFY_FILTER */
    DWORD size, flags;
    DWORD type, reserved;
    union {
        GUID class_guid;
        HANDLE target;
        wchar_t instance[200];
    } u;
};

enum action {
    ACTION_ARRIVAL,
    ACTION_REMOVAL,
    ACTION_QUERY_REMOVE,
    ACTION_QUERY_REMOVE_FAILED,
    ACTION_REMOVE_PENDING,
    ACTION_REMOVE_COMPLETE,
    ACTION_CUSTOM,
    ACTION_ENUMERATED,
    ACTION_STARTED,
    ACTION_REMOVED,
};

struct event_data { /* CM_NOTIFY_EVENT_DATA */
    DWORD type, reserved;
    union {
        struct {
            GUID class_guid;
            wchar_t link[1];
        } interface;
        struct {
            GUID event;
            LONG name_offset;
            DWORD size;
            BYTE data[1];
        } handle;
        wchar_t instance[1];
    } u;
};

typedef DWORD(WINAPI *callback)(void *notification, void *context, DWORD action,
                                struct event_data *data, DWORD size);

struct registration {
    callback routine;
    void *context;
};

static enum action action_of(const struct wire_plugplay_event *event)
{
    GUID guid;
    memcpy(&guid, event->event, sizeof guid);
    switch (event->kind) {
    case WIRE_NOTICE_INTERFACE:
        return IsEqualGUID(&guid, &GUID_DEVICE_INTERFACE_ARRIVAL) ? ACTION_ARRIVAL : ACTION_REMOVAL;
    case WIRE_NOTICE_ENUMERATED:
        return ACTION_ENUMERATED;
    case WIRE_NOTICE_STARTED:
        return ACTION_STARTED;
    case WIRE_NOTICE_REMOVED:
        return ACTION_REMOVED;
    default:
        break;
    }
    if (IsEqualGUID(&guid, &GUID_TARGET_DEVICE_QUERY_REMOVE))
        return ACTION_QUERY_REMOVE;
    if (IsEqualGUID(&guid, &GUID_TARGET_DEVICE_REMOVE_CANCELLED))
        return ACTION_QUERY_REMOVE_FAILED;
    return IsEqualGUID(&guid, &GUID_TARGET_DEVICE_REMOVE_COMPLETE) ? ACTION_REMOVE_COMPLETE
                                                                   : ACTION_CUSTOM;
}

static DWORD hear(struct listening *listening, void *context,
                  const struct wire_plugplay_event *event, const void *custom)
{
    const struct registration *registration = context;
    const wchar_t *name = (const wchar_t *)event->name;
    DWORD room = (DWORD)(sizeof(struct event_data) + event->custom_length +
                         (crt_wcslen(name) + 1) * sizeof *name);
    struct event_data *data = heap_take(room);
    if (!data)
        return ERROR_SUCCESS;
    memset(data, 0, room);
    enum action action = action_of(event);
    switch (event->kind) {
    case WIRE_NOTICE_INTERFACE:
        data->type = FILTER_INTERFACE;
        memcpy(&data->u.interface.class_guid, event->class_guid, sizeof(GUID));
        crt_wcscpy(data->u.interface.link, name);
        data->u.interface.link[1] = '\\';
        break;
    case WIRE_NOTICE_TARGET:
        data->type = FILTER_HANDLE;
        if (action != ACTION_CUSTOM)
            break;
        memcpy(&data->u.handle.event, event->event, sizeof(GUID));
        data->u.handle.name_offset = event->name_offset;
        data->u.handle.size = event->custom_length;
        memcpy(data->u.handle.data, custom, event->custom_length);
        break;
    default:
        data->type = FILTER_INSTANCE;
        crt_wcscpy(data->u.instance, name);
        break;
    }
    DWORD verdict = registration->routine(listening, registration->context, action, data, room);
    heap_give(data);
    return verdict;
}

static CONFIGRET filter_read(const struct filter *filter, struct listen_ask *ask)
{
    if (filter->size != sizeof *filter)
        return CR_INVALID_STRUCTURE_SIZE;
    if (filter->reserved || filter->type >= FILTER_COUNT)
        return CR_INVALID_DATA;
    if ((filter->flags & ALL_INTERFACES && filter->type != FILTER_INTERFACE) ||
        (filter->flags & ALL_INSTANCES && filter->type != FILTER_INSTANCE) ||
        (filter->flags & ~(ALL_INTERFACES | ALL_INSTANCES)))
        return CR_INVALID_FLAG;
    ask->kind = filter->type == FILTER_INTERFACE ? WIRE_LISTEN_INTERFACE
                : filter->type == FILTER_HANDLE  ? WIRE_LISTEN_TARGET
                                                 : WIRE_LISTEN_INSTANCE;
    if (filter->type == FILTER_INTERFACE && !filter->flags)
        ask->guid = filter->u.class_guid;
    if (filter->type == FILTER_HANDLE)
        ask->file = filter->u.target;
    if (filter->type == FILTER_INSTANCE && !filter->flags)
        ask->instance = filter->u.instance;
    return CR_SUCCESS;
}

EXPORT(CONFIGRET, CM_Register_Notification,
       (struct filter * filter, void *context, callback routine, void **out_notification))
{
    struct listen_ask ask = {.hear = hear};
    struct listening *listening;
    if (!filter || !routine || !out_notification)
        return CR_INVALID_POINTER;
    *out_notification = NULL;
    CONFIGRET cr = filter_read(filter, &ask);
    if (cr)
        return cr;
    struct registration *registration = malloc(sizeof *registration);
    if (!registration)
        return CR_OUT_OF_MEMORY;
    *registration = (struct registration){routine, context};
    ask.context = registration;
    NTSTATUS status = listen_begin(&ask, &listening);
    if (!NT_SUCCESS(status)) {
        free(registration);
        return status == STATUS_NO_MEMORY ? CR_OUT_OF_MEMORY : CR_INVALID_DATA;
    }
    *out_notification = listening;
    return CR_SUCCESS;
}

EXPORT(CONFIGRET, CM_Unregister_Notification, (void *notification))
{
    return notification && listen_end(notification) ? CR_SUCCESS : CR_INVALID_DATA;
}
