/* SPDX-License-Identifier: MIT */
/* miniport.c - a driver whose driver object belongs to another library (here: to itself). */
#include <ntddk.h>

#include <wdf.h>
#include <wdfminiport.h>

DRIVER_INITIALIZE DriverEntry;

static ULONG cleanups;
static PDEVICE_OBJECT port, physical; /* the other library's, as it were */

static VOID evt_cleanup(WDFOBJECT object)
{
    cleanups++;
}

static VOID unload(PDRIVER_OBJECT driver)
{
    WdfDriverMiniportUnload(WdfGetDriver());
    NT_ASSERT(cleanups == 2);
    IoDeleteDevice(port);
    IoDeleteDevice(physical);
}

/* Objects of the Framework for a device whose IRPs somebody else has. */
static NTSTATUS device_make(PDRIVER_OBJECT driver)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device = NULL;
    NTSTATUS status;

    status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &physical);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &port);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = evt_cleanup;
    if (NT_SUCCESS(status))
        status =
            WdfDeviceMiniportCreate(WdfGetDriver(), &attributes, port, physical, physical, &device);
    if (!NT_SUCCESS(status))
        return status;
    return WdfDeviceWdmGetDeviceObject(device) == port &&
                   WdfDeviceWdmGetAttachedDevice(device) == physical &&
                   WdfDeviceWdmGetPhysicalDevice(device) == physical &&
                   WdfDeviceGetIoTarget(device) != NULL
               ? STATUS_SUCCESS
               : STATUS_UNSUCCESSFUL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDRIVER_DISPATCH before = DriverObject->MajorFunction[IRP_MJ_PNP];
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DRIVER_CONFIG config;
    WDFOBJECT object;
    NTSTATUS status;

    cleanups = 0;
    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNoDispatchOverride;
    status = WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                             WDF_NO_HANDLE);
    if (!NT_SUCCESS(status))
        return status;
    if (WdfDriverGlobals->DisplaceDriverUnload || DriverObject->DriverUnload != NULL ||
        DriverObject->MajorFunction[IRP_MJ_PNP] != before)
        return STATUS_UNSUCCESSFUL;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = evt_cleanup;
    status = WdfObjectCreate(&attributes, &object);
    if (NT_SUCCESS(status))
        status = device_make(DriverObject);
    DriverObject->DriverUnload = unload;
    return status;
}
