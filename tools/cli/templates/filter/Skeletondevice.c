/* SPDX-License-Identifier: MIT */
/* Skeletondevice.c - the function driver of the device that is filtered: it turns texts around. */
#include <initguid.h>

#include <ntddk.h>

#include <wdf.h>

#include "Skeleton_ioctl.h"

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD DeviceEvtDeviceAdd;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL DeviceEvtIoDeviceControl;

static NTSTATUS Reverse(WDFREQUEST Request, size_t Length)
{
    PUCHAR text, answer;
    NTSTATUS status;
    size_t i;

    if (Length > SKELETON_TEXT_MAX)
        return STATUS_INVALID_PARAMETER;
    status = WdfRequestRetrieveInputBuffer(Request, 1, (PVOID *)&text, NULL);
    if (NT_SUCCESS(status))
        status = WdfRequestRetrieveOutputBuffer(Request, Length, (PVOID *)&answer, NULL);
    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < Length - i; i++) {
        UCHAR byte = text[i];

        answer[i] = text[Length - 1 - i];
        answer[Length - 1 - i] = byte;
    }
    return STATUS_SUCCESS;
}

static VOID DeviceEvtIoDeviceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                                     size_t InputLength, ULONG IoControlCode)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    UNREFERENCED_PARAMETER(Queue);
    UNREFERENCED_PARAMETER(OutputLength);
    if (IoControlCode == IOCTL_SKELETON_REVERSE)
        status = Reverse(Request, InputLength);
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? InputLength : 0);
}

static NTSTATUS DeviceEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    status = WdfDeviceCreate(&DeviceInit, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_SKELETON, NULL);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = DeviceEvtIoDeviceControl;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, DeviceEvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
