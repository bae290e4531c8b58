/* SPDX-License-Identifier: MIT */
/* miniport.c - a driver whose driver object belongs to another library (here: to itself). */
#include <ntddk.h>

#include <wdf.h>
#include <wdfminiport.h>

DRIVER_INITIALIZE DriverEntry;

static ULONG cleanups;

static VOID evt_cleanup(WDFOBJECT object)
{
    cleanups++;
}

static VOID unload(PDRIVER_OBJECT driver)
{
    WdfDriverMiniportUnload(WdfGetDriver());
    NT_ASSERT(cleanups == 1);
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
    DriverObject->DriverUnload = unload;
    return status;
}
