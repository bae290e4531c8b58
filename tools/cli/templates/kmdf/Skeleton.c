/* SPDX-License-Identifier: MIT */
/* Skeleton.c - a function driver for a device without hardware, with the Framework. */
#include <initguid.h>

#include <ntddk.h>

#include <wdf.h>

#include "Skeleton_ioctl.h"

/* What the driver keeps of each device: memory that lives as long as the device. */
typedef struct _SKELETON_DEVICE {
    ULONG Reversed; /* texts so far */
} SKELETON_DEVICE, *PSKELETON_DEVICE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(SKELETON_DEVICE, SkeletonDeviceOf)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD SkeletonEvtDeviceAdd;
static EVT_WDF_DRIVER_UNLOAD SkeletonEvtUnload;
static EVT_WDF_DEVICE_D0_ENTRY SkeletonEvtD0Entry;
static EVT_WDF_DEVICE_D0_EXIT SkeletonEvtD0Exit;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL SkeletonEvtIoDeviceControl;

/* ---- requests -------------------------------------------------------------------------------- */

/* Buffered: input and output are the same memory, so the text is turned around where it is. */
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

static VOID SkeletonEvtIoDeviceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                                       size_t InputLength, ULONG IoControlCode)
{
    PSKELETON_DEVICE device = SkeletonDeviceOf(WdfIoQueueGetDevice(Queue));
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    UNREFERENCED_PARAMETER(OutputLength);
    if (IoControlCode == IOCTL_SKELETON_REVERSE)
        status = Reverse(Request, InputLength);
    if (NT_SUCCESS(status))
        InterlockedIncrement((LONG *)&device->Reversed);
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? InputLength : 0);
}

/* ---- the device ------------------------------------------------------------------------------ */

/* The device has power: here hardware would be made ready. */
static NTSTATUS SkeletonEvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(PreviousState);
    DbgPrint("Skeleton: started\n");
    return STATUS_SUCCESS;
}

static NTSTATUS SkeletonEvtD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    UNREFERENCED_PARAMETER(TargetState);
    DbgPrint("Skeleton: stopped after %u texts\n", SkeletonDeviceOf(Device)->Reversed);
    return STATUS_SUCCESS;
}

static NTSTATUS SkeletonEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS callbacks;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
    callbacks.EvtDeviceD0Entry = SkeletonEvtD0Entry;
    callbacks.EvtDeviceD0Exit = SkeletonEvtD0Exit;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &callbacks);

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SKELETON_DEVICE);
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_SKELETON, NULL);
    if (!NT_SUCCESS(status))
        return status;

    /* Requests without a queue of their own come here, as many at a time as there are. */
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = SkeletonEvtIoDeviceControl;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

/* ---- the driver ------------------------------------------------------------------------------ */

static VOID SkeletonEvtUnload(WDFDRIVER Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    DbgPrint("Skeleton: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    DbgPrint("Skeleton: loaded\n");
    WDF_DRIVER_CONFIG_INIT(&config, SkeletonEvtDeviceAdd);
    config.EvtDriverUnload = SkeletonEvtUnload;
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
