/* SPDX-License-Identifier: MIT */
/* power_setting.c - callbacks of drivers that want to know a power setting.
 *
 * Each is told the setting's value once after it has registered, by a worker; the values are those
 * of a machine on mains whose display is on, and they do not change. Taking a registration back
 * waits for its callback.
 */
#include "power.h"

#include <string.h>

#include "callout/callout.h"

struct power_value {
    GUID setting;
    ULONG length;
    union {
        ULONG number;
        GUID guid;
    };
};

/* As the Power Setting GUIDs page names them, with what holds here. */
static const struct power_value power_values[] = {
    /* GUID_ACDC_POWER_SOURCE: PoAc */
    {.setting = {0x5d3e9a59, 0xe9d5, 0x4b00, {0xa6, 0xbd, 0xff, 0x34, 0xff, 0x51, 0x65, 0x48}},
     .length = 4,
     .number = 0},
    /* GUID_MONITOR_POWER_ON */
    {.setting = {0x02731015, 0x4510, 0x4526, {0x99, 0xe6, 0xe5, 0xa1, 0x7e, 0xbd, 0x1a, 0xea}},
     .length = 4,
     .number = 1},
    /* GUID_CONSOLE_DISPLAY_STATE: on */
    {.setting = {0x6fe69556, 0x704a, 0x47a0, {0x8f, 0x24, 0xc2, 0x8d, 0x93, 0x6f, 0xda, 0x47}},
     .length = 4,
     .number = 1},
    /* GUID_BATTERY_PERCENTAGE_REMAINING */
    {.setting = {0xa7ad8041, 0xb45a, 0x4cae, {0x87, 0xa3, 0xee, 0xcb, 0xb4, 0x68, 0xa9, 0xe1}},
     .length = 4,
     .number = 100},
    /* GUID_POWERSCHEME_PERSONALITY: GUID_TYPICAL_POWER_SAVINGS */
    {.setting = {0x245d8541, 0x3943, 0x4422, {0xb0, 0x25, 0x13, 0xa7, 0x84, 0xf6, 0x79, 0xb7}},
     .length = sizeof(GUID),
     .guid = {0x381b4222, 0xf694, 0x41f0, {0x96, 0x85, 0xff, 0x5b, 0xb2, 0x60, 0xdf, 0x2e}}},
};

struct power_listener {
    ULONG tag; /* LISTENER_TAG while it is one */
    PPOWER_SETTING_CALLBACK routine;
    PVOID context;
    const struct power_value *value;
    KEVENT told; /* the first call is over */
    struct ex_work work;
};
#define LISTENER_TAG 'lPvC'

static void listener_tell(void *context)
{
    struct power_listener *listener = context;
    struct power_value value = *listener->value;
    (void)callout_power_setting(listener->routine, &value.setting, &value.number, value.length,
                                listener->context);
    KeSetEvent(&listener->told, IO_NO_INCREMENT, FALSE);
}

static const struct power_value *value_find(LPCGUID setting)
{
    for (size_t i = 0; i < sizeof(power_values) / sizeof(power_values[0]); i++)
        if (memcmp(&power_values[i].setting, setting, sizeof(*setting)) == 0)
            return &power_values[i];
    return NULL;
}

NTSTATUS power_setting_register(LPCGUID setting, PPOWER_SETTING_CALLBACK routine, PVOID context,
                                PVOID *out_handle)
{
    struct power_listener *listener =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*listener), IO_TAG);
    if (listener == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    listener->tag = LISTENER_TAG;
    listener->routine = routine;
    listener->context = context;
    listener->value = value_find(setting);
    KeInitializeEvent(&listener->told, NotificationEvent, listener->value == NULL);
    *out_handle = listener;
    if (listener->value != NULL)
        ex_work_queue(&listener->work, listener_tell, listener);
    return STATUS_SUCCESS;
}

NTSTATUS power_setting_unregister(PVOID handle)
{
    struct power_listener *listener = handle;
    if (listener == NULL || listener->tag != LISTENER_TAG)
        return STATUS_INVALID_PARAMETER;
    KeWaitForSingleObject(&listener->told, Executive, KernelMode, FALSE, NULL);
    listener->tag = 0;
    ExFreePoolWithTag(listener, IO_TAG);
    return STATUS_SUCCESS;
}
