/* SPDX-License-Identifier: MIT */
/* pnp.c - the life of a device's three machines, and what may be asked of them.
 *
 * In: what WDFDEVICE_INIT gathered, at WdfDeviceCreate; out: struct fx_pnp with the machines in
 * their first states. Flags of the WDM device object that say how its power code behaves are set
 * here, once.
 */
#define INITGUID
#include "../target/target.h"
#include "room.h"

#include <wdmguid.h>

#define RESTARTS_MAX         5u
#define RESTART_WINDOW_100NS (10ll * 1000 * 1000 * 10)

/* Exported: a test reads the counters of the rows. */
__declspec(dllexport) const struct fx_table *const fx_tables[FX_TABLES] = {
    &fx_pnp_table, &fx_power_table, &fx_policy_table};

/* ---- what WDFDEVICE_INIT gathers ------------------------------------------------------------ */

void fx_pnp_init_begin(struct fx_pnp_init *init)
{
    RtlZeroMemory(init, sizeof(*init));
    for (ULONG i = 0; i < RTL_NUMBER_OF(init->state_callbacks); i++)
        InitializeListHead(&init->state_callbacks[i]);
    init->policy_owner = WdfUseDefault;
    init->pageable = WdfUseDefault;
    init->release_order = WdfReleaseHardwareOrderOnFailureEarly;
}

static void callbacks_free(LIST_ENTRY *heads)
{
    for (ULONG i = 0; i < 3; i++)
        while (!IsListEmpty(&heads[i]))
            ExFreePoolWithTag(
                CONTAINING_RECORD(RemoveHeadList(&heads[i]), struct fx_state_callback, link),
                FX_TAG);
}

void fx_pnp_init_fini(struct fx_pnp_init *init)
{
    callbacks_free(init->state_callbacks);
}

static void callbacks_move(LIST_ENTRY *to, LIST_ENTRY *from)
{
    for (ULONG i = 0; i < 3; i++) {
        InitializeListHead(&to[i]);
        while (!IsListEmpty(&from[i]))
            InsertTailList(&to[i], RemoveHeadList(&from[i]));
    }
}

/* ---- creation ------------------------------------------------------------------------------- */

static void pnp_run(struct fx_object *object)
{
    fx_machine_run(&((struct fx_device *)object)->pnp->pnp);
}

static void power_run(struct fx_object *object)
{
    fx_machine_run(&((struct fx_device *)object)->pnp->power);
}

static void policy_run(struct fx_object *object)
{
    fx_machine_run(&((struct fx_device *)object)->pnp->policy);
}

/* The function driver, or the bus driver of a raw device, unless it says otherwise. */
static BOOLEAN owner_of(const struct fx_device *device, const struct fx_pnp_init *init)
{
    if (init->policy_owner != WdfUseDefault)
        return init->policy_owner == WdfTrue;
    return device->kind == FX_DEVICE_FDO || (device->kind == FX_DEVICE_PDO && device->raw);
}

/* A filter does as the driver below it does; a child as its bus, unless either says otherwise. */
static BOOLEAN pageable_of(const struct fx_device *device, const struct fx_pnp_init *init)
{
    if (device->kind == FX_DEVICE_FILTER)
        return (device->lower->Flags & DO_POWER_PAGABLE) != 0;
    if (init->inrush)
        return FALSE;
    if (init->pageable != WdfUseDefault)
        return init->pageable == WdfTrue;
    if (device->kind == FX_DEVICE_PDO && device->parent != NULL)
        return (device->parent->wdm->Flags & DO_POWER_PAGABLE) != 0;
    return device->lower == NULL || (device->lower->Flags & DO_POWER_PAGABLE) != 0 ||
           (device->lower->Flags & DO_POWER_INRUSH) == 0;
}

static void flags_set(struct fx_device *device, const struct fx_pnp_init *init, BOOLEAN is_pageable)
{
    ULONG flags = is_pageable ? DO_POWER_PAGABLE : 0;

    if (device->kind == FX_DEVICE_FILTER)
        flags |= device->lower->Flags & DO_POWER_INRUSH;
    else if (init->inrush)
        flags |= DO_POWER_INRUSH;
    device->wdm->Flags = (device->wdm->Flags & ~(DO_POWER_PAGABLE | DO_POWER_INRUSH)) | flags;
}

static NTSTATUS machines_init(struct fx_pnp *pnp)
{
    struct fx_device *device = pnp->device;
    NTSTATUS status = fx_machine_init(&pnp->pnp, &fx_pnp_table, device, pnp_run);

    if (NT_SUCCESS(status))
        status = fx_machine_init(&pnp->power, &fx_power_table, device, power_run);
    if (NT_SUCCESS(status))
        status = fx_machine_init(&pnp->policy, &fx_policy_table, device, policy_run);
    return status;
}

NTSTATUS fx_pnp_create(struct fx_device *device, struct fx_pnp_init *init)
{
    struct fx_pnp *pnp = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*pnp), FX_TAG);
    BOOLEAN is_pageable = pageable_of(device, init);
    NTSTATUS status;

    if (pnp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    device->pnp = pnp;
    pnp->device = device;
    pnp->evt = init->evt;
    pnp->policy_evt = init->policy_evt;
    pnp->fdo_evt = init->fdo_evt;
    pnp->pdo_evt = init->pdo_evt;
    pnp->release_order = init->release_order;
    pnp->is_owner = owner_of(device, init);
    pnp->static_stop_remove = TRUE;
    pnp->previous_state = WdfPowerDeviceD3Final;
    pnp->state.Size = sizeof(pnp->state);
    pnp->state.Disabled = pnp->state.DontDisplayInUI = pnp->state.Failed = WdfUseDefault;
    pnp->state.NotDisableable = pnp->state.Removed = WdfUseDefault;
    pnp->state.ResourcesChanged = pnp->state.AssignedToGuest = WdfUseDefault;
    KeInitializeSpinLock(&pnp->lock);
    KeInitializeEvent(&pnp->removed, NotificationEvent, FALSE);
    callbacks_move(pnp->state_callbacks, init->state_callbacks);
    KeInitializeEvent(&pnp->framework.changed, SynchronizationEvent, FALSE);
    fx_uses_init(pnp);
    flags_set(device, init, is_pageable);
    status = machines_init(pnp);
    if (!NT_SUCCESS(status)) {
        fx_pnp_destroy(device);
        return status;
    }
    pnp->pnp.is_np = pnp->power.is_np = pnp->policy.is_np = !is_pageable;
    fx_machine_send(&pnp->pnp, PNP_Create);
    return STATUS_SUCCESS;
}

void fx_pnp_destroy(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp == NULL)
        return;
    KeCancelTimer(&pnp->idle_timer);
    fx_machine_fini(&pnp->policy);
    fx_machine_fini(&pnp->power);
    fx_machine_fini(&pnp->pnp);
    callbacks_free(pnp->state_callbacks);
    for (ULONG i = 0; i < pnp->dependent.count; i++)
        ObDereferenceObject(pnp->dependent.devices[i]);
    if (pnp->dependent.devices != NULL)
        ExFreePoolWithTag(pnp->dependent.devices, FX_TAG);
    fx_power_framework_free(pnp);
    device->pnp = NULL;
    ExFreePoolWithTag(pnp, FX_TAG);
}

/* ---- states --------------------------------------------------------------------------------- */

static ULONG state_of(const struct fx_machine *machine)
{
    return fx_machine_public_state(machine, machine->state);
}

WDF_DEVICE_PNP_STATE fx_pnp_state(struct fx_device *device)
{
    return (WDF_DEVICE_PNP_STATE)state_of(&device->pnp->pnp);
}

WDF_DEVICE_POWER_STATE fx_power_state(struct fx_device *device)
{
    return (WDF_DEVICE_POWER_STATE)state_of(&device->pnp->power);
}

WDF_DEVICE_POWER_POLICY_STATE fx_policy_state(struct fx_device *device)
{
    return (WDF_DEVICE_POWER_POLICY_STATE)state_of(&device->pnp->policy);
}

BOOLEAN fx_pnp_is_started(struct fx_device *device)
{
    return device->pnp != NULL && device->pnp->is_started;
}

/* ---- a child that its bus does not report any more ------------------------------------------ */

void fx_pnp_reported_missing(struct fx_device *pdo)
{
    struct fx_pnp *pnp = pdo->pnp;

    if (pnp->is_missing)
        return;
    pnp->is_missing = TRUE;
    if (pnp->pdo_evt.EvtDeviceReportedMissing != NULL)
        FX_WATCHED(pdo->object.globals, pnp->pdo_evt.EvtDeviceReportedMissing,
                   pnp->pdo_evt.EvtDeviceReportedMissing(fx_device_handle(pdo)));
}

BOOLEAN fx_pnp_is_missing(struct fx_device *pdo)
{
    return pdo->pnp != NULL && pdo->pnp->is_missing;
}

void fx_pnp_relations_query(struct fx_device *device, DEVICE_RELATION_TYPE type)
{
    if (device->pnp != NULL && device->pnp->evt.EvtDeviceRelationsQuery != NULL)
        FX_WATCHED(device->object.globals, device->pnp->evt.EvtDeviceRelationsQuery,
                   device->pnp->evt.EvtDeviceRelationsQuery(fx_device_handle(device), type));
}

/* ---- a device that has failed --------------------------------------------------------------- */

/* Restarts of a device are counted in a volatile key of its own: the driver may be loaded anew. */
struct restarts {
    LONGLONG since; /* system time of the first of them */
    ULONG count;
};

static HANDLE restarts_open(struct fx_device *device)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"WdfRestart");
    OBJECT_ATTRIBUTES attributes;
    HANDLE parent, key = NULL;

    if (!NT_SUCCESS(IoOpenDeviceRegistryKey(device->physical, PLUGPLAY_REGKEY_DEVICE,
                                            KEY_READ | KEY_WRITE, &parent)))
        return NULL;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, parent,
                               NULL);
    if (!NT_SUCCESS(ZwCreateKey(&key, KEY_READ | KEY_WRITE, &attributes, 0, NULL,
                                REG_OPTION_VOLATILE, NULL)))
        key = NULL;
    ZwClose(parent);
    return key;
}

/* May the device be started once more? Five times within ten seconds, then no more. */
static BOOLEAN restart_allowed(struct fx_device *device)
{
    UCHAR buffer[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(struct restarts)];
    PKEY_VALUE_PARTIAL_INFORMATION info = (PVOID)buffer;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Attempts");
    struct restarts restarts = {0};
    HANDLE key = restarts_open(device);
    LARGE_INTEGER now;
    ULONG length;

    if (key == NULL)
        return FALSE;
    KeQuerySystemTime(&now);
    if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, info, sizeof(buffer),
                                   &length)) &&
        info->DataLength == sizeof(restarts))
        RtlCopyMemory(&restarts, info->Data, sizeof(restarts));
    if (restarts.count == 0 || now.QuadPart - restarts.since > RESTART_WINDOW_100NS) {
        restarts.since = now.QuadPart;
        restarts.count = 0;
    }
    restarts.count++;
    ZwSetValueKey(key, &name, 0, REG_BINARY, &restarts, sizeof(restarts));
    ZwClose(key);
    return restarts.count <= RESTARTS_MAX;
}

/* The bus takes the device out and reports it anew, if it can. */
static BOOLEAN restart(struct fx_device *device)
{
    REENUMERATE_SELF_INTERFACE_STANDARD bus = {0};

    if (KeGetCurrentIrql() != PASSIVE_LEVEL || device->lower == NULL ||
        !NT_SUCCESS(fx_interface_query(device->lower, &GUID_REENUMERATE_SELF_INTERFACE_STANDARD,
                                       (PINTERFACE)&bus, sizeof(bus), 1, NULL)))
        return FALSE;
    if (restart_allowed(device)) {
        bus.SurpriseRemoveAndReenumerateSelf(bus.Context);
        bus.InterfaceDereference(bus.Context);
        return TRUE;
    }
    fx_log(device->object.globals, FX_LOG_ERROR,
           "WDFDEVICE %p has failed too often; it is not started again", fx_device_handle(device));
    bus.InterfaceDereference(bus.Context);
    return FALSE;
}

void fx_pnp_set_failed(struct fx_device *device, WDF_DEVICE_FAILED_ACTION action)
{
    struct fx_pnp *pnp = device->pnp;
    KIRQL irql;

    InterlockedExchange(&pnp->failed_action, action);
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->state.Failed = WdfTrue;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (action != WdfDeviceFailedAttemptRestart || !restart(device))
        IoInvalidateDeviceState(device->physical);
}
