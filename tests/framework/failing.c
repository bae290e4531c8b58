/* SPDX-License-Identifier: MIT */
/* failing.c - a DriverEntry that makes objects and then fails; its callbacks are called. */
#include <ntddk.h>

#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DRIVER_CONFIG config;
    WDFOBJECT parent, child;
    WDFSTRING string;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    status = WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                             WDF_NO_HANDLE);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &parent);
    if (!NT_SUCCESS(status))
        return status;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = parent;
    status = WdfObjectCreate(&attributes, &child);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfStringCreate(NULL, &attributes, &string);
    return NT_SUCCESS(status) ? STATUS_DEVICE_NOT_READY : status;
}
