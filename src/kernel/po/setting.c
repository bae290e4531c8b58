/* SPDX-License-Identifier: MIT */
/* setting.c - callbacks of drivers that want to know a power setting.
 *
 * Each is told the setting's value once after it has registered, and when it changes, by a worker.
 * A value that changes twice while a driver is being told is told once more. Taking a registration
 * back waits for its callback.
 */
#include "po_internal.h"

#include <string.h>

#include "base/list.h"
#include "callout/callout.h"
#include "ex/ex.h"
#include "host/host.h"

struct power_value {
    GUID setting;
    ULONG length;
    union {
        ULONG number;
        GUID guid;
    };
};

/* As the Power Setting GUIDs page names them, with what holds at first. settings_lock */
enum { SOURCE, MONITOR, DISPLAY, BATTERY, SCHEME };
static struct power_value power_values[] = {
    /* GUID_ACDC_POWER_SOURCE: PoAc */
    [SOURCE] =
        {.setting = {0x5d3e9a59, 0xe9d5, 0x4b00, {0xa6, 0xbd, 0xff, 0x34, 0xff, 0x51, 0x65, 0x48}},
         .length = 4,
         .number = 0},
    /* GUID_MONITOR_POWER_ON */
    [MONITOR] =
        {.setting = {0x02731015, 0x4510, 0x4526, {0x99, 0xe6, 0xe5, 0xa1, 0x7e, 0xbd, 0x1a, 0xea}},
         .length = 4,
         .number = 1},
    /* GUID_CONSOLE_DISPLAY_STATE: on */
    [DISPLAY] =
        {.setting = {0x6fe69556, 0x704a, 0x47a0, {0x8f, 0x24, 0xc2, 0x8d, 0x93, 0x6f, 0xda, 0x47}},
         .length = 4,
         .number = 1},
    /* GUID_BATTERY_PERCENTAGE_REMAINING */
    [BATTERY] =
        {.setting = {0xa7ad8041, 0xb45a, 0x4cae, {0x87, 0xa3, 0xee, 0xcb, 0xb4, 0x68, 0xa9, 0xe1}},
         .length = 4,
         .number = 100},
    /* GUID_POWERSCHEME_PERSONALITY: GUID_TYPICAL_POWER_SAVINGS */
    [SCHEME] =
        {.setting = {0x245d8541, 0x3943, 0x4422, {0xb0, 0x25, 0x13, 0xa7, 0x84, 0xf6, 0x79, 0xb7}},
         .length = sizeof(GUID),
         .guid = {0x381b4222, 0xf694, 0x41f0, {0x96, 0x85, 0xff, 0x5b, 0xb2, 0x60, 0xdf, 0x2e}}},
};

struct listener {
    ULONG tag; /* LISTENER_TAG while it is one */
    struct list link;
    PPOWER_SETTING_CALLBACK routine;
    PVOID context;
    const struct power_value *value; /* NULL: a setting that never changes here */
    KEVENT idle;                     /* no call is queued or under way */
    bool is_queued, is_changed;      /* changed since the call began */
    struct ex_work work;
};
#define LISTENER_TAG 'lPvC'

static struct host_lock settings_lock; /* guards: values, listeners and their flags */
static struct list listeners;
static void (*observer)(const GUID *setting); /* set at boot */

void settings_init(void)
{
    list_init(&listeners);
    power_values[SOURCE].number = PoAc;
    power_values[BATTERY].number = 100;
}

/* Calls until nothing has changed meanwhile. */
static void listener_tell(void *context)
{
    struct listener *listener = context;
    bool is_more = true;

    while (is_more) {
        host_lock_take(&settings_lock);
        struct power_value value = *listener->value;
        listener->is_changed = false;
        host_lock_give(&settings_lock);
        (void)callout_power_setting(listener->routine, &value.setting, &value.number, value.length,
                                    listener->context);
        host_lock_take(&settings_lock);
        is_more = listener->is_changed;
        listener->is_queued = is_more;
        host_lock_give(&settings_lock);
    }
    KeSetEvent(&listener->idle, IO_NO_INCREMENT, FALSE);
}

/* True: the caller queues it. */
static bool listener_wake_locked(struct listener *listener)
{
    listener->is_changed = true;
    if (listener->is_queued)
        return false;
    listener->is_queued = true;
    KeClearEvent(&listener->idle);
    return true;
}

static const struct power_value *value_find(LPCGUID setting)
{
    for (size_t i = 0; i < sizeof(power_values) / sizeof(power_values[0]); i++)
        if (memcmp(&power_values[i].setting, setting, sizeof(*setting)) == 0)
            return &power_values[i];
    return NULL;
}

NTSTATUS setting_register(LPCGUID setting, PPOWER_SETTING_CALLBACK routine, PVOID context,
                          PVOID *out_handle)
{
    struct listener *listener = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*listener), PO_TAG);
    if (listener == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    listener->tag = LISTENER_TAG;
    listener->routine = routine;
    listener->context = context;
    listener->value = value_find(setting);
    KeInitializeEvent(&listener->idle, NotificationEvent, TRUE);
    *out_handle = listener;
    host_lock_take(&settings_lock);
    list_push_back(&listeners, &listener->link);
    bool is_first = listener->value != NULL && listener_wake_locked(listener);
    host_lock_give(&settings_lock);
    if (is_first)
        ex_work_queue(&listener->work, listener_tell, listener);
    return STATUS_SUCCESS;
}

NTSTATUS setting_unregister(PVOID handle)
{
    struct listener *listener = handle;
    if (listener == NULL || listener->tag != LISTENER_TAG)
        return STATUS_INVALID_PARAMETER;
    host_lock_take(&settings_lock);
    list_remove(&listener->link);
    host_lock_give(&settings_lock);
    KeWaitForSingleObject(&listener->idle, Executive, KernelMode, FALSE, NULL);
    listener->tag = 0;
    ExFreePoolWithTag(listener, PO_TAG);
    return STATUS_SUCCESS;
}

static void value_set(struct power_value *value, ULONG number)
{
    host_lock_take(&settings_lock);
    bool is_new = value->number != number;
    value->number = number;
    list_for_each(node, &listeners)
    {
        struct listener *listener = list_entry(node, struct listener, link);
        if (is_new && listener->value == value && listener_wake_locked(listener))
            ex_work_queue(&listener->work, listener_tell, listener);
    }
    host_lock_give(&settings_lock);
    if (is_new && observer != NULL)
        observer(&value->setting);
}

ULONG po_setting_get(const GUID *setting, void *out_value)
{
    const struct power_value *value = value_find(setting);
    if (value == NULL)
        return 0;
    host_lock_take(&settings_lock);
    memcpy(out_value, &value->number, value->length);
    host_lock_give(&settings_lock);
    return value->length;
}

void po_setting_observe(void (*changed)(const GUID *setting))
{
    observer = changed;
}

void po_source_set(bool is_battery, ULONG percent)
{
    value_set(&power_values[SOURCE], is_battery ? PoDc : PoAc);
    value_set(&power_values[BATTERY], percent < 100 ? percent : 100);
}
