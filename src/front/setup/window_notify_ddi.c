/* SPDX-License-Identifier: MIT */
/* window_notify_ddi.c - user32: notifications of devices as messages to windows, as controls to
 * services.
 * Doc: winuser.h RegisterDeviceNotificationW, dbt.h
 *
 * WM_DEVICECHANGE is sent by the listening thread; what a window answers to a question goes back
 * to the machine. A service's handler hears SERVICE_CONTROL_DEVICEEVENT by way of its dispatcher.
 */
#include <stdlib.h>
#include <string.h>

#include <initguid.h>

#include <wdmguid.h>

#include "crt/string.h"
#include "listen.h"

#define NOTIFY_SERVICE        1u
#define NOTIFY_ALL_INTERFACES 4u

#define WM_DEVICECHANGE          0x219u
#define DBT_DEVICEARRIVAL        0x8000u
#define DBT_DEVICEQUERYREMOVE    0x8001u
#define DBT_DEVICEQUERYFAILED    0x8002u
#define DBT_DEVICEREMOVECOMPLETE 0x8004u
#define DBT_CUSTOMEVENT          0x8006u
#define DBT_DEVTYP_INTERFACE     5u
#define DBT_DEVTYP_HANDLE        6u
#define QUERY_DENY               0x424d5144l
#define CONTROL_DEVICEEVENT      11u

LONG_PTR WINAPI SendMessageW(HWND window, UINT message, ULONG_PTR w, LONG_PTR l);
BOOL WINAPI IsWindow(HWND window);

struct broadcast_interface { /* DEV_BROADCAST_DEVICEINTERFACE */
    DWORD size, type, reserved;
    GUID class_guid;
    char name[2];
};
struct broadcast_handle { /* DEV_BROADCAST_HANDLE */
    DWORD size, type, reserved;
    HANDLE handle;
    void *notification;
    GUID event;
    LONG name_offset;
    BYTE data[1];
};

struct window_listener {
    HWND window;    /* NULL: a service */
    HANDLE service; /* its status handle */
    bool is_wide;
    HANDLE file;
};

/* The event and its structure; heap. */
static void *broadcast_make(const struct window_listener *listener, struct listening *listening,
                            const struct wire_plugplay_event *event, const void *custom,
                            UINT *out_code)
{
    GUID guid;
    memcpy(&guid, event->event, sizeof guid);
    if (event->kind == WIRE_NOTICE_INTERFACE) {
        const wchar_t *name = (const wchar_t *)event->name;
        size_t room = (crt_wcslen(name) + 1) * 3;
        struct broadcast_interface *data = heap_take(sizeof *data + room);
        if (!data)
            return NULL;
        memset(data, 0, sizeof *data + room);
        data->type = DBT_DEVTYP_INTERFACE;
        memcpy(&data->class_guid, event->class_guid, sizeof(GUID));
        DWORD needed;
        (void)text_answer(name, listener->is_wide, data->name, (DWORD)room, &needed);
        data->name[listener->is_wide ? sizeof(wchar_t) : 1] = '\\';
        data->size = (DWORD)(offsetof(struct broadcast_interface, name) +
                             needed * (listener->is_wide ? sizeof(wchar_t) : 1));
        *out_code = IsEqualGUID(&guid, &GUID_DEVICE_INTERFACE_ARRIVAL) ? DBT_DEVICEARRIVAL
                                                                       : DBT_DEVICEREMOVECOMPLETE;
        return data;
    }
    struct broadcast_handle *data = heap_take(sizeof *data + event->custom_length);
    if (!data)
        return NULL;
    memset(data, 0, sizeof *data);
    data->size = (DWORD)(sizeof *data + event->custom_length);
    data->type = DBT_DEVTYP_HANDLE;
    data->handle = listener->file;
    data->notification = listening;
    *out_code = IsEqualGUID(&guid, &GUID_TARGET_DEVICE_QUERY_REMOVE)       ? DBT_DEVICEQUERYREMOVE
                : IsEqualGUID(&guid, &GUID_TARGET_DEVICE_REMOVE_CANCELLED) ? DBT_DEVICEQUERYFAILED
                : IsEqualGUID(&guid, &GUID_TARGET_DEVICE_REMOVE_COMPLETE) ? DBT_DEVICEREMOVECOMPLETE
                                                                          : DBT_CUSTOMEVENT;
    if (*out_code == DBT_CUSTOMEVENT) {
        data->event = guid;
        data->name_offset = event->name_offset;
        memcpy(data->data, custom, event->custom_length);
    }
    return data;
}

static DWORD hear(struct listening *listening, void *context,
                  const struct wire_plugplay_event *event, const void *custom)
{
    const struct window_listener *listener = context;
    UINT code;
    void *data = broadcast_make(listener, listening, event, custom, &code);
    if (!data)
        return ERROR_SUCCESS;
    if (!listener->window) {
        DWORD verdict = service_event(listener->service, CONTROL_DEVICEEVENT, code, data);
        heap_give(data);
        return code == DBT_DEVICEQUERYREMOVE ? verdict : ERROR_SUCCESS;
    }
    LONG_PTR answer = SendMessageW(listener->window, WM_DEVICECHANGE, code, (LONG_PTR)data);
    heap_give(data);
    return code == DBT_DEVICEQUERYREMOVE && answer == QUERY_DENY ? ERROR_ACCESS_DENIED
                                                                 : ERROR_SUCCESS;
}

static void *notification_begin(HANDLE recipient, const void *filter, DWORD flags, bool is_wide)
{
    struct listen_ask ask = {.hear = hear, .is_handed_on = true};
    const struct broadcast_interface *interface = filter;
    const struct broadcast_handle *handle = filter;
    struct listening *listening;
    bool is_service = flags & NOTIFY_SERVICE;
    if (!filter)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    if (is_service ? !service_handle_is_status(recipient) : !IsWindow(recipient))
        return error_fail(is_service ? ERROR_INVALID_HANDLE : ERROR_INVALID_PARAMETER), NULL;
    struct window_listener listener = {
        .window = is_service ? NULL : recipient, .service = recipient, .is_wide = is_wide};
    if (interface->type == DBT_DEVTYP_INTERFACE &&
        interface->size >= offsetof(struct broadcast_interface, name)) {
        ask.kind = WIRE_LISTEN_INTERFACE;
        if (!(flags & NOTIFY_ALL_INTERFACES))
            ask.guid = interface->class_guid;
    } else if (interface->type == DBT_DEVTYP_HANDLE &&
               handle->size >= offsetof(struct broadcast_handle, event)) {
        ask.kind = WIRE_LISTEN_TARGET;
        listener.file = ask.file = handle->handle;
    } else {
        return error_fail(ERROR_INVALID_DATA), NULL;
    }
    struct window_listener *copy = malloc(sizeof *copy);
    if (!copy)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    *copy = listener;
    ask.context = copy;
    NTSTATUS status = listen_begin(&ask, &listening);
    if (NT_SUCCESS(status))
        return listening;
    free(copy);
    error_result(status);
    return NULL;
}

EXPORT(void *, RegisterDeviceNotificationW, (HANDLE recipient, void *filter, DWORD flags))
{
    return notification_begin(recipient, filter, flags, true);
}

EXPORT(void *, RegisterDeviceNotificationA, (HANDLE recipient, void *filter, DWORD flags))
{
    return notification_begin(recipient, filter, flags, false);
}

EXPORT(BOOL, UnregisterDeviceNotification, (void *notification))
{
    return notification && listen_end(notification) ? TRUE : error_fail(ERROR_INVALID_HANDLE);
}
