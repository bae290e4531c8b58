/* SPDX-License-Identifier: MIT */
/* Skeleton.c - the smallest driver: says hello when it is loaded and when a device comes. */
#include <ntddk.h>

#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD SkeletonEvtDeviceAdd;

/* A device has come: give it a device object. */
static NTSTATUS SkeletonEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDFDEVICE device;

    UNREFERENCED_PARAMETER(Driver);
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "Skeleton: SkeletonEvtDeviceAdd\n");
    return WdfDeviceCreate(&DeviceInit, WDF_NO_OBJECT_ATTRIBUTES, &device);
}

/* The driver has been loaded: tell the Framework which routine adds devices. */
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "Skeleton: DriverEntry\n");
    WDF_DRIVER_CONFIG_INIT(&config, SkeletonEvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
