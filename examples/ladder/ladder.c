/* SPDX-License-Identifier: MIT */
/* ladder.c - the top of the ladder: a 64-bit driver whose callers are of any width.
 *
 * A request's structure has a pointer, a handle and a size. It is looked at in the caller's
 * context: WdfRequestIsFrom32BitProcess says which layout came, what came is converted member by
 * member, and text and event are held for the queue. A second request of the program's waits in a
 * queue of its own; the driver calls up by completing it.
 */
#include <ntddk.h>

#include <wdf.h>

#include "ladder_ioctl.h"

/* What a 32-bit program means by LADDER_REQUEST. */
typedef struct _LADDER_REQUEST32 {
    UINT32 Text;
    UINT32 Event;
    UINT32 Length;
} LADDER_REQUEST32, *PLADDER_REQUEST32;
C_ASSERT(sizeof(LADDER_REQUEST32) == 12);
C_ASSERT(sizeof(LADDER_REQUEST) == 24);

/* The program's, held until the request is done. */
typedef struct _LADDER_HELD {
    WDFMEMORY Text;
    PKEVENT Event; /* NULL: none */
} LADDER_HELD, *PLADDER_HELD;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(LADDER_HELD, LadderHeldOf)

typedef struct _LADDER_DEVICE {
    WDFQUEUE Waiting;
} LADDER_DEVICE, *PLADDER_DEVICE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(LADDER_DEVICE, LadderDeviceOf)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_UNLOAD LadderEvtUnload;
static EVT_WDF_IO_IN_CALLER_CONTEXT LadderEvtInCallerContext;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL LadderEvtControl;
static EVT_WDF_OBJECT_CONTEXT_DESTROY LadderEvtHeldDestroy;

DECLARE_CONST_UNICODE_STRING(DeviceName, L"\\Device\\Ladder");
DECLARE_CONST_UNICODE_STRING(LinkName, L"\\DosDevices\\Ladder");

/* ---- in the program's context ---------------------------------------------------------------- */

/* Handles are widened with their sign, pointers with zeros. */
static NTSTATUS RequestOf(WDFREQUEST Request, PLADDER_REQUEST Wide)
{
    PLADDER_REQUEST32 narrow;
    PLADDER_REQUEST given;
    NTSTATUS status;

    if (WdfRequestIsFrom32BitProcess(Request)) {
        status = WdfRequestRetrieveInputBuffer(Request, sizeof(*narrow), (PVOID *)&narrow, NULL);
        if (!NT_SUCCESS(status))
            return status;
        Wide->Text = UlongToPtr(narrow->Text);
        Wide->Event = LongToHandle((LONG)narrow->Event);
        Wide->Length = narrow->Length;
        DbgPrint("Ladder: %u bytes of a 32-bit program become %u\n", (ULONG)sizeof(*narrow),
                 (ULONG)sizeof(*Wide));
        return STATUS_SUCCESS;
    }
    status = WdfRequestRetrieveInputBuffer(Request, sizeof(*given), (PVOID *)&given, NULL);
    if (NT_SUCCESS(status))
        *Wide = *given;
    return status;
}

static NTSTATUS Hold(WDFREQUEST Request)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    LADDER_REQUEST wide;
    PLADDER_HELD held;
    NTSTATUS status;

    status = RequestOf(Request, &wide);
    if (!NT_SUCCESS(status))
        return status;
    if (wide.Length == 0 || wide.Length > LADDER_TEXT_MAX)
        return STATUS_INVALID_PARAMETER;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, LADDER_HELD);
    attributes.EvtDestroyCallback = LadderEvtHeldDestroy;
    status = WdfObjectAllocateContext(Request, &attributes, (PVOID *)&held);
    if (!NT_SUCCESS(status))
        return status;
    if (wide.Event) {
        status = ObReferenceObjectByHandle(wide.Event, EVENT_MODIFY_STATE, *ExEventObjectType,
                                           UserMode, (PVOID *)&held->Event, NULL);
        if (!NT_SUCCESS(status))
            return status;
    }
    return WdfRequestProbeAndLockUserBufferForRead(Request, wide.Text, wide.Length, &held->Text);
}

static VOID LadderEvtHeldDestroy(WDFOBJECT Object)
{
    PLADDER_HELD held = LadderHeldOf(Object);

    if (held->Event)
        ObDereferenceObject(held->Event);
}

static VOID LadderEvtInCallerContext(WDFDEVICE Device, WDFREQUEST Request)
{
    WDF_REQUEST_PARAMETERS parameters;
    NTSTATUS status = STATUS_SUCCESS;

    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(Request, &parameters);
    if (parameters.Type == WdfRequestTypeDeviceControl &&
        parameters.Parameters.DeviceIoControl.IoControlCode == IOCTL_LADDER_CLIMB)
        status = Hold(Request);
    if (NT_SUCCESS(status))
        status = WdfDeviceEnqueueRequest(Device, Request);
    if (!NT_SUCCESS(status))
        WdfRequestComplete(Request, status);
}

/* ---- from the queue ---------------------------------------------------------------------------
 */

/* The call up: whoever waits longest hears of it. */
static VOID Tell(WDFQUEUE Waiting, ULONG Sum, size_t Length)
{
    PLADDER_NOTICE notice;
    WDFREQUEST waiter;
    NTSTATUS status;

    if (!NT_SUCCESS(WdfIoQueueRetrieveNextRequest(Waiting, &waiter)))
        return; /* nobody listens */
    status = WdfRequestRetrieveOutputBuffer(waiter, sizeof(*notice), (PVOID *)&notice, NULL);
    if (NT_SUCCESS(status)) {
        notice->Sum = Sum;
        notice->Length = (ULONG)Length;
    }
    WdfRequestCompleteWithInformation(waiter, status, NT_SUCCESS(status) ? sizeof(*notice) : 0);
}

static NTSTATUS Climb(WDFQUEUE Waiting, WDFREQUEST Request, size_t *Length)
{
    PLADDER_HELD held = LadderHeldOf(Request);
    PLADDER_ANSWER answer;
    const UCHAR *text;
    NTSTATUS status;
    size_t bytes, i;
    ULONG sum = 0;

    status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*answer), (PVOID *)&answer, NULL);
    if (!NT_SUCCESS(status))
        return status;
    text = WdfMemoryGetBuffer(held->Text, &bytes);
    for (i = 0; i < bytes; i++)
        sum += text[i];
    Tell(Waiting, sum, bytes);
    if (held->Event)
        KeSetEvent(held->Event, IO_NO_INCREMENT, FALSE);
    answer->Sum = sum;
    answer->Is32Bit = WdfRequestIsFrom32BitProcess(Request);
    *Length = sizeof(*answer);
    return STATUS_SUCCESS;
}

static VOID LadderEvtControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                             size_t InputLength, ULONG IoControlCode)
{
    WDFQUEUE waiting = LadderDeviceOf(WdfIoQueueGetDevice(Queue))->Waiting;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    size_t length = 0;

    UNREFERENCED_PARAMETER(OutputLength);
    UNREFERENCED_PARAMETER(InputLength);
    if (IoControlCode == IOCTL_LADDER_WAIT) {
        status = WdfRequestForwardToIoQueue(Request, waiting);
        if (NT_SUCCESS(status))
            return; /* until Tell, or until it is cancelled */
    } else if (IoControlCode == IOCTL_LADDER_CLIMB) {
        status = Climb(waiting, Request, &length);
    }
    WdfRequestCompleteWithInformation(Request, status, length);
}

/* ---- the device and the driver --------------------------------------------------------------- */

static NTSTATUS QueuesMake(WDFDEVICE Device)
{
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    status = WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES,
                              &LadderDeviceOf(Device)->Waiting);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = LadderEvtControl;
    return WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

static NTSTATUS DeviceMake(PWDFDEVICE_INIT Init)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    NTSTATUS status;

    WdfDeviceInitSetIoInCallerContextCallback(Init, LadderEvtInCallerContext);
    status = WdfDeviceInitAssignName(Init, &DeviceName);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, LADDER_DEVICE);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&Init, &attributes, &device);
    if (!NT_SUCCESS(status)) {
        if (Init)
            WdfDeviceInitFree(Init);
        return status;
    }
    status = WdfDeviceCreateSymbolicLink(device, &LinkName);
    if (NT_SUCCESS(status))
        status = QueuesMake(device);
    if (NT_SUCCESS(status))
        WdfControlFinishInitializing(device);
    else
        WdfObjectDelete(device);
    return status;
}

static VOID LadderEvtUnload(WDFDRIVER Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    /* Everybody may open it. */
    DECLARE_CONST_UNICODE_STRING(everybody, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)");
    WDF_DRIVER_CONFIG config;
    PWDFDEVICE_INIT init;
    WDFDRIVER driver;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = LadderEvtUnload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (!NT_SUCCESS(status))
        return status;
    init = WdfControlDeviceInitAllocate(driver, &everybody);
    return init ? DeviceMake(init) : STATUS_INSUFFICIENT_RESOURCES;
}
