/* SPDX-License-Identifier: MIT */
/* power_notify_ddi.c - the system's sleep and power settings as messages to windows, as controls to
 * services, as calls. Doc: winuser.h, powerbase.h, powersetting.h; "WM_POWERBROADCAST"
 *
 * Messages are sent by the listening thread. What is told to all windows needs no registration;
 * message-only windows are told when they have registered. The system sleeps when its windows have
 * answered, or in two seconds.
 */
#include <stdlib.h>
#include <string.h>

#include "listen.h"
#include "setup/setup.h"

#define NOTIFY_SERVICE  1u
#define NOTIFY_CALLBACK 2u

#define WM_POWERBROADCAST      0x218u
#define PBT_POWERSETTINGCHANGE 0x8013u
#define CONTROL_POWEREVENT     13u
#define TOP_WINDOWS_MOST       256u

LONG_PTR WINAPI SendMessageW(HWND window, UINT message, ULONG_PTR w, LONG_PTR l);
BOOL WINAPI IsWindow(HWND window);

typedef ULONG(WINAPI *power_callback)(PVOID context, ULONG type, PVOID setting);
struct power_parameters { /* DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS */
    power_callback callback;
    PVOID context;
};

struct power_setting { /* POWERBROADCAST_SETTING */
    GUID setting;
    DWORD length;
    BYTE data[16];
};

struct power_listener {
    HWND window;
    HANDLE service;
    struct power_parameters call; /* callback NULL: one of the others */
};

static void recipient_tell(const struct power_listener *listener, DWORD event, void *data)
{
    if (listener->call.callback)
        (void)listener->call.callback(listener->call.context, event, data);
    else if (listener->service)
        (void)service_event(listener->service, CONTROL_POWEREVENT, event, data);
    else
        (void)SendMessageW(listener->window, WM_POWERBROADCAST, event, (LONG_PTR)data);
}

static DWORD hear_setting(struct listening *listening, void *context,
                          const struct wire_plugplay_event *event, const void *custom)
{
    struct power_setting *setting = heap_take(sizeof *setting);
    if (!setting || event->custom_length > sizeof setting->data) {
        heap_give(setting);
        return ERROR_SUCCESS;
    }
    memset(setting, 0, sizeof *setting);
    memcpy(&setting->setting, event->event, sizeof setting->setting);
    setting->length = event->custom_length;
    memcpy(setting->data, custom, event->custom_length);
    recipient_tell(context, PBT_POWERSETTINGCHANGE, setting);
    heap_give(setting);
    return ERROR_SUCCESS;
}

static DWORD event_of(const struct wire_plugplay_event *event, const void *custom)
{
    DWORD code = 0;
    memcpy(&code, custom, event->custom_length < sizeof code ? event->custom_length : sizeof code);
    return code;
}

/* A window that hears what is told to all is not told twice. */
static DWORD hear_event(struct listening *listening, void *context,
                        const struct wire_plugplay_event *event, const void *custom)
{
    const struct power_listener *listener = context;
    if (!listener->window || !window_is_top(listener->window))
        recipient_tell(listener, event_of(event, custom), NULL);
    return ERROR_SUCCESS;
}

static DWORD hear_for_all(struct listening *listening, void *context,
                          const struct wire_plugplay_event *event, const void *custom)
{
    HWND windows[TOP_WINDOWS_MOST];
    unsigned count = windows_top(windows, TOP_WINDOWS_MOST);
    for (unsigned i = 0; i < count && i < TOP_WINDOWS_MOST; i++)
        (void)SendMessageW(windows[i], WM_POWERBROADCAST, event_of(event, custom), 0);
    return ERROR_SUCCESS;
}

/* ---- registrations -------------------------------------------------------------------------- */

static NTSTATUS listener_begin(const struct power_listener *listener, const GUID *setting,
                               struct listening **out_listening)
{
    struct listen_ask ask = {.kind = WIRE_LISTEN_POWER,
                             .hear = setting ? hear_setting : hear_event,
                             .is_handed_on = !listener->call.callback};
    if (setting)
        ask.guid = *setting;
    struct power_listener *copy = malloc(sizeof *copy);
    if (!copy)
        return STATUS_NO_MEMORY;
    *copy = *listener;
    ask.context = copy;
    NTSTATUS status = listen_begin(&ask, out_listening);
    if (!NT_SUCCESS(status))
        free(copy);
    return status;
}

/* Win32's error, or 0 and the registration. setting NULL: sleep and its end. */
static DWORD registration_begin(HANDLE recipient, const GUID *setting, DWORD flags,
                                bool allows_callback, void **out_registration)
{
    struct power_listener listener = {0};
    struct listening *listening;
    const struct power_parameters *parameters = recipient;
    switch (flags) {
    case 0:
        if (!IsWindow(recipient))
            return ERROR_INVALID_PARAMETER;
        listener.window = recipient;
        break;
    case NOTIFY_SERVICE:
        if (!service_handle_is_status(recipient))
            return ERROR_INVALID_HANDLE;
        listener.service = recipient;
        break;
    case NOTIFY_CALLBACK:
        if (!allows_callback || !parameters || !parameters->callback)
            return ERROR_INVALID_PARAMETER;
        listener.call = *parameters;
        break;
    default:
        return ERROR_INVALID_PARAMETER;
    }
    NTSTATUS status = listener_begin(&listener, setting, &listening);
    if (!NT_SUCCESS(status))
        return error_of_status(status);
    *out_registration = listening;
    return ERROR_SUCCESS;
}

static void *registration_answer(HANDLE recipient, const GUID *setting, DWORD flags)
{
    void *registration = NULL;
    DWORD error = registration_begin(recipient, setting, flags, !setting, &registration);
    if (error)
        error_set(error);
    return registration;
}

EXPORT(void *, RegisterPowerSettingNotification,
       (HANDLE recipient, const GUID *setting, DWORD flags))
{
    if (!setting)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    return registration_answer(recipient, setting, flags);
}

EXPORT(void *, RegisterSuspendResumeNotification, (HANDLE recipient, DWORD flags))
{
    return registration_answer(recipient, NULL, flags);
}

EXPORT(BOOL, UnregisterPowerSettingNotification, (void *registration))
{
    return registration && listen_end(registration) ? TRUE : error_fail(ERROR_INVALID_HANDLE);
}

EXPORT(DWORD, PowerSettingRegisterNotification,
       (const GUID *setting, DWORD flags, HANDLE recipient, void **out_registration))
{
    if (!setting || !out_registration)
        return ERROR_INVALID_PARAMETER;
    return registration_begin(recipient, setting, flags, true, out_registration);
}

EXPORT(DWORD, PowerRegisterSuspendResumeNotification,
       (DWORD flags, HANDLE recipient, void **out_registration))
{
    if (!out_registration)
        return ERROR_INVALID_PARAMETER;
    return registration_begin(recipient, NULL, flags, true, out_registration);
}

EXPORT(DWORD, PowerSettingUnregisterNotification, (void *registration))
{
    return registration && listen_end(registration) ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

/* ---- what every window hears ---------------------------------------------------------------- */

static void first_window(void)
{
    struct listen_ask ask = {.kind = WIRE_LISTEN_POWER, .hear = hear_for_all, .is_handed_on = true};
    struct listening *listening;
    (void)listen_begin(&ask, &listening); /* as long as the program */
}

void frontsetup_init(void)
{
    windows_top_hook(first_window);
}
