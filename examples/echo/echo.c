/* SPDX-License-Identifier: MIT */
/* echo.c - a device that gives back what was written to it, after a while.
 *
 * One request at a time is with the driver; a timer completes it. The queue's lock is held over
 * its callbacks, EchoEvtCancel and EchoEvtTimer, so none of them runs while another does: whoever
 * finds the request in the queue's context owns it.
 */
#include <initguid.h>

#include <ntddk.h>

#include <wdf.h>

#include "echo_ioctl.h"

#define ECHO_WORK_MS 2

typedef struct _ECHO_QUEUE {
    WDFTIMER Timer;
    WDFREQUEST Current; /* with us until the timer fires or it is cancelled; or NULL */
    NTSTATUS Status;    /* what it is completed with */
    size_t Length;
    BOOLEAN IsPaused;
    ULONG Cancelled;
    size_t Kept; /* bytes of Data */
    UCHAR Data[ECHO_MAX];
} ECHO_QUEUE, *PECHO_QUEUE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(ECHO_QUEUE, EchoQueueOf)

typedef struct _ECHO_DEVICE {
    WDFQUEUE Queue;
} ECHO_DEVICE, *PECHO_DEVICE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(ECHO_DEVICE, EchoDeviceOf)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD EchoEvtDeviceAdd;
static EVT_WDF_IO_QUEUE_IO_READ EchoEvtRead;
static EVT_WDF_IO_QUEUE_IO_WRITE EchoEvtWrite;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL EchoEvtControl;
static EVT_WDF_REQUEST_CANCEL EchoEvtCancel;
static EVT_WDF_TIMER EchoEvtTimer;

/* ---- one request ----------------------------------------------------------------------------- */

/* Keeps the request for the timer. One that was cancelled on its way to us ends here. */
static VOID EchoKeep(PECHO_QUEUE Echo, WDFREQUEST Request, NTSTATUS Status, size_t Length)
{
    Echo->Current = Request;
    Echo->Status = Status;
    Echo->Length = Length;
    if (!NT_SUCCESS(WdfRequestMarkCancelableEx(Request, EchoEvtCancel))) {
        Echo->Current = NULL;
        Echo->Cancelled++;
        WdfRequestComplete(Request, STATUS_CANCELLED);
    } else if (!Echo->IsPaused) {
        WdfTimerStart(Echo->Timer, WDF_REL_TIMEOUT_IN_MS(ECHO_WORK_MS));
    }
}

static VOID EchoEvtRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PECHO_QUEUE echo = EchoQueueOf(Queue);
    NTSTATUS status;
    WDFMEMORY memory;

    if (Length > echo->Kept)
        Length = echo->Kept;
    status = WdfRequestRetrieveOutputMemory(Request, &memory);
    if (NT_SUCCESS(status) && Length)
        status = WdfMemoryCopyFromBuffer(memory, 0, echo->Data, Length);
    EchoKeep(echo, Request, status, NT_SUCCESS(status) ? Length : 0);
}

static VOID EchoEvtWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PECHO_QUEUE echo = EchoQueueOf(Queue);
    NTSTATUS status;
    WDFMEMORY memory;

    status = WdfRequestRetrieveInputMemory(Request, &memory);
    if (NT_SUCCESS(status) && Length > ECHO_MAX)
        status = STATUS_BUFFER_OVERFLOW;
    if (NT_SUCCESS(status))
        status = WdfMemoryCopyToBuffer(memory, 0, echo->Data, Length);
    if (NT_SUCCESS(status))
        echo->Kept = Length;
    EchoKeep(echo, Request, status, NT_SUCCESS(status) ? Length : 0);
}

static VOID EchoEvtCancel(WDFREQUEST Request)
{
    PECHO_QUEUE echo = EchoQueueOf(WdfRequestGetIoQueue(Request));

    echo->Current = NULL;
    echo->Cancelled++;
    WdfRequestComplete(Request, STATUS_CANCELLED);
}

/* When cancellation has begun, EchoEvtCancel is about to complete the request: hands off. */
static VOID EchoEvtTimer(WDFTIMER Timer)
{
    PECHO_QUEUE echo = EchoQueueOf(WdfTimerGetParentObject(Timer));
    WDFREQUEST request = echo->Current;

    if (!request || echo->IsPaused || WdfRequestUnmarkCancelable(request) == STATUS_CANCELLED)
        return;
    echo->Current = NULL;
    WdfRequestCompleteWithInformation(request, echo->Status, echo->Length);
}

/* ---- the timer, from outside ----------------------------------------------------------------- */

static VOID EchoEvtControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                           size_t InputLength, ULONG IoControlCode)
{
    WDFQUEUE queue = EchoDeviceOf(WdfIoQueueGetDevice(Queue))->Queue;
    PECHO_QUEUE echo = EchoQueueOf(queue);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR length = 0;
    PULONG cancelled;

    UNREFERENCED_PARAMETER(OutputLength);
    UNREFERENCED_PARAMETER(InputLength);
    switch (IoControlCode) {
    case IOCTL_ECHO_PAUSE:
    case IOCTL_ECHO_RESUME:
        /* This queue has no lock of its own: the other one's keeps its callbacks away. */
        WdfObjectAcquireLock(queue);
        echo->IsPaused = IoControlCode == IOCTL_ECHO_PAUSE;
        if (echo->Current && !echo->IsPaused)
            WdfTimerStart(echo->Timer, WDF_REL_TIMEOUT_IN_MS(ECHO_WORK_MS));
        WdfObjectReleaseLock(queue);
        break;
    case IOCTL_ECHO_CANCELLED:
        status =
            WdfRequestRetrieveOutputBuffer(Request, sizeof *cancelled, (PVOID *)&cancelled, NULL);
        if (NT_SUCCESS(status)) {
            *cancelled = echo->Cancelled;
            length = sizeof *cancelled;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    WdfRequestCompleteWithInformation(Request, status, length);
}

/* ---- the device ------------------------------------------------------------------------------ */

static NTSTATUS EchoQueuesCreate(WDFDEVICE Device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDF_TIMER_CONFIG timer;
    WDFQUEUE queue, controls;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = EchoEvtRead;
    config.EvtIoWrite = EchoEvtWrite;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, ECHO_QUEUE);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    status = WdfIoQueueCreate(Device, &config, &attributes, &queue);
    if (!NT_SUCCESS(status))
        return status;
    EchoDeviceOf(Device)->Queue = queue;

    WDF_TIMER_CONFIG_INIT(&timer, EchoEvtTimer);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = queue; /* whose lock is held over the callback */
    status = WdfTimerCreate(&timer, &attributes, &EchoQueueOf(queue)->Timer);
    if (!NT_SUCCESS(status))
        return status;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = EchoEvtControl;
    status = WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &controls);
    if (!NT_SUCCESS(status))
        return status;
    return WdfDeviceConfigureRequestDispatching(Device, controls, WdfRequestTypeDeviceControl);
}

static NTSTATUS EchoEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WdfDeviceInitSetIoType(DeviceInit, WdfDeviceIoBuffered);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, ECHO_DEVICE);
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_ECHO, NULL);
    return NT_SUCCESS(status) ? EchoQueuesCreate(device) : status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, EchoEvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
