/* SPDX-License-Identifier: MIT */
/* slow.c - a driver whose DriverEntry waits for a work item of its own that takes 100 seconds. */
#include <ntddk.h>

#include <wdf.h>

#include <wdmsec.h>

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_WORKITEM work;
static EVT_WDF_DRIVER_UNLOAD evt_unload;

static VOID work(WDFWORKITEM item)
{
    LARGE_INTEGER time = {.QuadPart = -10000000ll * 100};

    KeDelayExecutionThread(KernelMode, FALSE, &time);
}

static VOID evt_unload(WDFDRIVER driver)
{
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG item_config;
    WDF_DRIVER_CONFIG config;
    PWDFDEVICE_INIT init;
    WDFWORKITEM item;
    WDFDRIVER driver;
    WDFDEVICE device;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (!NT_SUCCESS(status))
        return status;
    init = WdfControlDeviceInitAllocate(driver, &SDDL_DEVOBJ_KERNEL_ONLY);
    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    WdfControlFinishInitializing(device);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    WDF_WORKITEM_CONFIG_INIT(&item_config, work);
    item_config.AutomaticSerialization = FALSE;
    status = WdfWorkItemCreate(&item_config, &attributes, &item);
    if (!NT_SUCCESS(status))
        return status;
    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    WdfObjectDelete(device);
    return STATUS_SUCCESS;
}
