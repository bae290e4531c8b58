/* SPDX-License-Identifier: MIT */
/* Skeleton.c - a filter driver: what comes from above goes on to the function driver below.
 *
 * The Framework sends on what has no queue here: reads, writes, opens, Plug and Play, power. Only
 * device controls come to us; one of them we want to see again when it comes back.
 */
#include <initguid.h>

#include <ntddk.h>

#include <wdf.h>

#include "Skeleton_ioctl.h"

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD SkeletonEvtDeviceAdd;
static EVT_WDF_DRIVER_UNLOAD SkeletonEvtUnload;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL SkeletonEvtIoDeviceControl;
static EVT_WDF_REQUEST_COMPLETION_ROUTINE SkeletonEvtReversed;

/* The request has come back from below and is ours once more: here its answer may be changed. */
static VOID SkeletonEvtReversed(WDFREQUEST Request, WDFIOTARGET Target,
                                PWDF_REQUEST_COMPLETION_PARAMS Params, WDFCONTEXT Context)
{
    ULONG_PTR length = Params->IoStatus.Information, i;
    PUCHAR text;

    UNREFERENCED_PARAMETER(Target);
    UNREFERENCED_PARAMETER(Context);
    if (NT_SUCCESS(Params->IoStatus.Status) && length &&
        NT_SUCCESS(WdfRequestRetrieveOutputBuffer(Request, length, (PVOID *)&text, NULL)))
        for (i = 0; i < length; i++)
            if (text[i] >= 'a' && text[i] <= 'z')
                text[i] -= 'a' - 'A';
    WdfRequestCompleteWithInformation(Request, Params->IoStatus.Status, length);
}

static VOID SkeletonEvtIoDeviceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                                       size_t InputLength, ULONG IoControlCode)
{
    WDFIOTARGET below = WdfDeviceGetIoTarget(WdfIoQueueGetDevice(Queue));
    WDF_REQUEST_SEND_OPTIONS forget;
    BOOLEAN isSent;

    UNREFERENCED_PARAMETER(OutputLength);
    UNREFERENCED_PARAMETER(InputLength);
    WdfRequestFormatRequestUsingCurrentType(Request);
    if (IoControlCode == IOCTL_SKELETON_REVERSE) {
        WdfRequestSetCompletionRoutine(Request, SkeletonEvtReversed, NULL);
        isSent = WdfRequestSend(Request, below, WDF_NO_SEND_OPTIONS);
    } else {
        WDF_REQUEST_SEND_OPTIONS_INIT(&forget, WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
        isSent = WdfRequestSend(Request, below, &forget);
    }
    if (!isSent)
        WdfRequestComplete(Request, WdfRequestGetStatus(Request));
}

static NTSTATUS SkeletonEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    /* A filter: flags of the device below are taken over, what we do not handle goes down. */
    WdfFdoInitSetFilter(DeviceInit);
    status = WdfDeviceCreate(&DeviceInit, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status))
        return status;
    DbgPrint("Skeleton: filters a device\n");

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = SkeletonEvtIoDeviceControl;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

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
