/* SPDX-License-Identifier: MIT */
/* relations_ddi.c - which other devices go when this one is removed or ejected. */
#include "device_internal.h"

NTSTATUS NTAPI imp_WdfDeviceAddRemovalRelationsPhysicalDevice(PWDF_DRIVER_GLOBALS abi,
                                                              WDFDEVICE Device,
                                                              PDEVICE_OBJECT PhysicalDevice)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);

    fx_needed(globals, PhysicalDevice);
    return related_removal_add(device, PhysicalDevice);
}

VOID NTAPI imp_WdfDeviceRemoveRemovalRelationsPhysicalDevice(PWDF_DRIVER_GLOBALS abi,
                                                             WDFDEVICE Device,
                                                             PDEVICE_OBJECT PhysicalDevice)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);

    fx_needed(globals, PhysicalDevice);
    related_removal_remove(device, PhysicalDevice);
}

VOID NTAPI imp_WdfDeviceClearRemovalRelationsDevices(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    related_removal_remove(device_of(fx_globals_of(abi), Device), NULL);
}

struct fx_device *pdo_of(struct fx_globals *globals, WDFDEVICE handle, const char *call)
{
    struct fx_device *device = device_of(globals, handle);

    if (device->kind == FX_DEVICE_PDO)
        return device;
    fx_log(globals, FX_LOG_ERROR, "%s: WDFDEVICE %p is no PDO", call, handle);
    return NULL;
}

NTSTATUS NTAPI imp_WdfPdoAddEjectionRelationsPhysicalDevice(PWDF_DRIVER_GLOBALS abi,
                                                            WDFDEVICE Device,
                                                            PDEVICE_OBJECT PhysicalDevice)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *pdo = pdo_of(globals, Device, "WdfPdoAddEjectionRelationsPhysicalDevice");

    fx_needed(globals, PhysicalDevice);
    return pdo != NULL ? related_ejection_add(pdo, PhysicalDevice) : STATUS_INVALID_PARAMETER;
}

VOID NTAPI imp_WdfPdoRemoveEjectionRelationsPhysicalDevice(PWDF_DRIVER_GLOBALS abi,
                                                           WDFDEVICE Device,
                                                           PDEVICE_OBJECT PhysicalDevice)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *pdo = pdo_of(globals, Device, "WdfPdoRemoveEjectionRelationsPhysicalDevice");

    fx_needed(globals, PhysicalDevice);
    if (pdo != NULL)
        related_ejection_remove(pdo, PhysicalDevice);
}

VOID NTAPI imp_WdfPdoClearEjectionRelationsDevices(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    struct fx_device *pdo =
        pdo_of(fx_globals_of(abi), Device, "WdfPdoClearEjectionRelationsDevices");

    if (pdo != NULL)
        related_ejection_remove(pdo, NULL);
}
