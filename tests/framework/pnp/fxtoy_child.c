/* SPDX-License-Identifier: MIT */
/* fxtoy_child.c - the toy bus's children: a dynamic list of what the test has plugged in. */
#include "fxtoy_driver.h"

struct child {
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER header;
    ULONG id;
};

#define NOTE(name, argument) noted(device, FXTOY_##name, (int)(argument))

static NTSTATUS resources(WDFDEVICE device, WDFCMRESLIST list)
{
    return NOTE(Resources, WdfCmResourceListGetCount(list));
}

static NTSTATUS requirements(WDFDEVICE device, WDFIORESREQLIST list)
{
    return NOTE(Requirements, WdfIoResourceRequirementsListGetCount(list));
}

static NTSTATUS eject(WDFDEVICE device)
{
    NTSTATUS status = NOTE(Eject, 0);

    if (NT_SUCCESS(status) && shared->child_not_there_after_eject) {
        shared->present[context_of(device)->id - 1] = 0;
        bus_scan(WdfPdoGetParent(device));
    }
    return status;
}

static NTSTATUS lock(WDFDEVICE device, BOOLEAN is_locked)
{
    return NOTE(Lock, is_locked);
}

static NTSTATUS enable_wake(WDFDEVICE device, SYSTEM_POWER_STATE state)
{
    NTSTATUS status = NOTE(EnableWake, state);

    if (shared->wake_event != NULL)
        KeSetEvent(shared->wake_event, IO_NO_INCREMENT, FALSE);
    return status;
}

static VOID disable_wake(WDFDEVICE device)
{
    (void)NOTE(DisableWake, 0);
}

static VOID missing(WDFDEVICE device)
{
    (void)NOTE(Missing, 0);
}

static void capabilities_set(WDFDEVICE device)
{
    WDF_DEVICE_POWER_CAPABILITIES power;
    WDF_DEVICE_PNP_CAPABILITIES pnp;

    WDF_DEVICE_PNP_CAPABILITIES_INIT(&pnp);
    pnp.Removable = WdfTrue;
    pnp.EjectSupported = WdfTrue;
    pnp.SurpriseRemovalOK = WdfTrue;
    pnp.UniqueID = WdfTrue;
    pnp.Address = (ULONG)context_of(device)->id;
    WdfDeviceSetPnpCapabilities(device, &pnp);
    WDF_DEVICE_POWER_CAPABILITIES_INIT(&power);
    power.DeviceState[PowerSystemWorking] = PowerDeviceD0;
    power.DeviceState[PowerSystemSleeping3] = PowerDeviceD3;
    if (!shared->bus_cannot_wake) {
        power.WakeFromD3 = WdfTrue;
        power.WakeFromD2 = WdfTrue;
        power.DeviceWake = PowerDeviceD2;
        power.SystemWake = PowerSystemSleeping3;
    }
    WdfDeviceSetPowerCapabilities(device, &power);
}

static NTSTATUS child_create(WDFCHILDLIST list,
                             PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER description,
                             PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(device_id, L"FXBUS\\TOY");
    DECLARE_UNICODE_STRING_SIZE(instance, 16);
    ULONG id = CONTAINING_RECORD(description, struct child, header)->id;
    WDF_PDO_EVENT_CALLBACKS evt;
    WDFDEVICE device;
    NTSTATUS status = note(FXTOY_CHILD, FXTOY_Add, (int)id, 0);

    if (!NT_SUCCESS(status))
        return status;
    WdfPdoInitAssignDeviceID(init, &device_id);
    WdfPdoInitAddHardwareID(init, &device_id);
    RtlIntegerToUnicodeString(id, 10, &instance);
    WdfPdoInitAssignInstanceID(init, &instance);
    WDF_PDO_EVENT_CALLBACKS_INIT(&evt);
    evt.EvtDeviceResourcesQuery = resources;
    evt.EvtDeviceResourceRequirementsQuery = requirements;
    evt.EvtDeviceEject = eject;
    evt.EvtDeviceSetLock = lock;
    evt.EvtDeviceEnableWakeAtBus = enable_wake;
    evt.EvtDeviceDisableWakeAtBus = disable_wake;
    evt.EvtDeviceReportedMissing = missing;
    WdfPdoInitSetEventCallbacks(init, &evt);
    callbacks_set(init);
    if (shared->child_is_owner)
        WdfDeviceInitSetPowerPolicyOwnership(init, TRUE);
    status = device_make(&init, FXTOY_CHILD, (int)id, &device);
    if (NT_SUCCESS(status))
        capabilities_set(device);
    return status;
}

static VOID scan(WDFCHILDLIST list)
{
    struct child child;

    (void)note(FXTOY_BUS, FXTOY_Scan, -1, 0);
    WdfChildListBeginScan(list);
    for (ULONG i = 0; i < FXTOY_SLOTS; i++) {
        if (!shared->present[i])
            continue;
        WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&child.header, sizeof(child));
        child.id = i + 1;
        (void)WdfChildListAddOrUpdateChildDescriptionAsPresent(list, &child.header, NULL);
    }
    WdfChildListEndScan(list);
}

void bus_init(PWDFDEVICE_INIT init)
{
    WDF_CHILD_LIST_CONFIG config;

    WDF_CHILD_LIST_CONFIG_INIT(&config, sizeof(struct child), child_create);
    config.EvtChildListScanForChildren = scan;
    WdfFdoInitSetDefaultChildListConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
}

NTSTATUS bus_scan(WDFDEVICE device)
{
    scan(WdfFdoGetDefaultChildList(device));
    return STATUS_SUCCESS;
}

WDFDEVICE bus_child(WDFDEVICE device, int id)
{
    WDF_CHILD_RETRIEVE_INFO info;
    struct child child;

    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&child.header, sizeof(child));
    child.id = (ULONG)id;
    WDF_CHILD_RETRIEVE_INFO_INIT(&info, &child.header);
    return WdfChildListRetrievePdo(WdfFdoGetDefaultChildList(device), &info);
}

NTSTATUS bus_wake(WDFDEVICE device, int id, NTSTATUS status)
{
    WDFDEVICE pdo = bus_child(device, id);

    return pdo != NULL ? WdfDeviceIndicateWakeStatus(pdo, status) : STATUS_NO_SUCH_DEVICE;
}

/* The number that the bus has given its child. */
int child_id(PDEVICE_OBJECT physical)
{
    ULONG address = 0, length;

    if (!NT_SUCCESS(IoGetDeviceProperty(physical, DevicePropertyAddress, sizeof(address), &address,
                                        &length)))
        return -1;
    return (int)address;
}
