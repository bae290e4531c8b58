/* SPDX-License-Identifier: MIT */
/* nonpnp.c - a control device: all transfer methods, file positions, programs of both widths.
 *
 * Requests come to one parallel queue. What has addresses of the program's in it comes first to
 * NonPnpEvtInCallerContext, in the program's own context: there they are probed and locked.
 */
#include <ntddk.h>

#include <wdf.h>

#include "nonpnp_ioctl.h"

/* What a 32-bit program means by NONPNP_PIECE. */
typedef struct _NONPNP_PIECE32 {
    UINT32 Address;
    ULONG Length;
} NONPNP_PIECE32;

/* The program's memory, locked; of a METHOD_NEITHER request. */
typedef struct _NONPNP_REQUEST {
    WDFMEMORY Input, Output;
    ULONG Sum, PointerBytes; /* of an IOCTL_NONPNP_SUM */
} NONPNP_REQUEST, *PNONPNP_REQUEST;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NONPNP_REQUEST, NonPnpRequestOf)

typedef struct _NONPNP_FILE {
    WDFWAITLOCK Lock; /* guards: Bytes, Length */
    size_t Length;
    UCHAR Bytes[NONPNP_TEXT_MAX];
} NONPNP_FILE, *PNONPNP_FILE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NONPNP_FILE, NonPnpFileOf)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_UNLOAD NonPnpEvtUnload;
static EVT_WDF_DEVICE_FILE_CREATE NonPnpEvtCreate;
static EVT_WDF_FILE_CLOSE NonPnpEvtClose;
static EVT_WDF_IO_IN_CALLER_CONTEXT NonPnpEvtInCallerContext;
static EVT_WDF_IO_QUEUE_IO_READ NonPnpEvtRead;
static EVT_WDF_IO_QUEUE_IO_WRITE NonPnpEvtWrite;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL NonPnpEvtControl;

DECLARE_CONST_UNICODE_STRING(DeviceName, L"\\Device\\NonPnp");
DECLARE_CONST_UNICODE_STRING(LinkName, L"\\DosDevices\\NonPnp");

/* ---- files ----------------------------------------------------------------------------------- */

static VOID NonPnpEvtCreate(WDFDEVICE Device, WDFREQUEST Request, WDFFILEOBJECT FileObject)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    UNREFERENCED_PARAMETER(Device);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = FileObject; /* goes with the file */
    WdfRequestComplete(Request, WdfWaitLockCreate(&attributes, &NonPnpFileOf(FileObject)->Lock));
}

static VOID NonPnpEvtClose(WDFFILEOBJECT FileObject)
{
    DbgPrint("NonPnp: a file with %Iu bytes is closed\n", NonPnpFileOf(FileObject)->Length);
}

static VOID NonPnpEvtRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PNONPNP_FILE file = NonPnpFileOf(WdfRequestGetFileObject(Request));
    WDF_REQUEST_PARAMETERS parameters;
    LONGLONG offset;
    NTSTATUS status;
    WDFMEMORY memory;

    UNREFERENCED_PARAMETER(Queue);
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(Request, &parameters);
    offset = parameters.Parameters.Read.DeviceOffset;
    status = WdfRequestRetrieveOutputMemory(Request, &memory);
    WdfWaitLockAcquire(file->Lock, NULL);
    if (NT_SUCCESS(status) && (offset < 0 || (ULONGLONG)offset >= file->Length))
        status = STATUS_END_OF_FILE;
    if (NT_SUCCESS(status)) {
        if (Length > file->Length - (size_t)offset)
            Length = file->Length - (size_t)offset;
        status = WdfMemoryCopyFromBuffer(memory, 0, file->Bytes + offset, Length);
    }
    WdfWaitLockRelease(file->Lock);
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? Length : 0);
}

static VOID NonPnpEvtWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PNONPNP_FILE file = NonPnpFileOf(WdfRequestGetFileObject(Request));
    WDF_REQUEST_PARAMETERS parameters;
    LONGLONG offset;
    NTSTATUS status;
    WDFMEMORY memory;

    UNREFERENCED_PARAMETER(Queue);
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(Request, &parameters);
    offset = parameters.Parameters.Write.DeviceOffset;
    status = WdfRequestRetrieveInputMemory(Request, &memory);
    WdfWaitLockAcquire(file->Lock, NULL);
    if (NT_SUCCESS(status) &&
        (offset < 0 || offset > NONPNP_TEXT_MAX || Length > NONPNP_TEXT_MAX - (size_t)offset))
        status = STATUS_DISK_FULL;
    if (NT_SUCCESS(status))
        status = WdfMemoryCopyToBuffer(memory, 0, file->Bytes + offset, Length);
    if (NT_SUCCESS(status) && file->Length < (size_t)offset + Length)
        file->Length = (size_t)offset + Length;
    WdfWaitLockRelease(file->Lock);
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? Length : 0);
}

/* ---- in the program's context ---------------------------------------------------------------- */

/* METHOD_NEITHER: both buffers are the program's own; they are locked for the queue. */
static NTSTATUS NeitherLock(WDFREQUEST Request, PNONPNP_REQUEST Context)
{
    PVOID input, output;
    size_t inputLength, outputLength;
    NTSTATUS status;

    status = WdfRequestRetrieveUnsafeUserInputBuffer(Request, 1, &input, &inputLength);
    if (NT_SUCCESS(status))
        status =
            WdfRequestRetrieveUnsafeUserOutputBuffer(Request, inputLength, &output, &outputLength);
    if (NT_SUCCESS(status))
        status =
            WdfRequestProbeAndLockUserBufferForRead(Request, input, inputLength, &Context->Input);
    if (NT_SUCCESS(status))
        status = WdfRequestProbeAndLockUserBufferForWrite(Request, output, outputLength,
                                                          &Context->Output);
    return status;
}

/* The structure is buffered, but the address in it is the program's, and of its width. */
static NTSTATUS SumMake(WDFREQUEST Request, PNONPNP_REQUEST Context)
{
    NONPNP_PIECE piece;
    NONPNP_PIECE32 *narrow;
    NONPNP_PIECE *wide;
    WDFMEMORY memory;
    NTSTATUS status;
    PUCHAR bytes;
    ULONG i;

    if (WdfRequestIsFrom32BitProcess(Request)) {
        status = WdfRequestRetrieveInputBuffer(Request, sizeof *narrow, (PVOID *)&narrow, NULL);
        if (!NT_SUCCESS(status))
            return status;
        piece.Address = UlongToPtr(narrow->Address);
        piece.Length = narrow->Length;
        Context->PointerBytes = sizeof narrow->Address;
    } else {
        status = WdfRequestRetrieveInputBuffer(Request, sizeof *wide, (PVOID *)&wide, NULL);
        if (!NT_SUCCESS(status))
            return status;
        piece = *wide;
        Context->PointerBytes = sizeof wide->Address;
    }
    if (piece.Length == 0 || piece.Length > NONPNP_TEXT_MAX)
        return STATUS_INVALID_PARAMETER;
    status = WdfRequestProbeAndLockUserBufferForRead(Request, piece.Address, piece.Length, &memory);
    if (!NT_SUCCESS(status))
        return status;
    bytes = WdfMemoryGetBuffer(memory, NULL);
    for (i = 0; i < piece.Length; i++)
        Context->Sum += bytes[i];
    return STATUS_SUCCESS;
}

static VOID NonPnpEvtInCallerContext(WDFDEVICE Device, WDFREQUEST Request)
{
    WDF_REQUEST_PARAMETERS parameters;
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status = STATUS_SUCCESS;
    PNONPNP_REQUEST context;
    ULONG code;

    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(Request, &parameters);
    code = parameters.Parameters.DeviceIoControl.IoControlCode;
    if (parameters.Type == WdfRequestTypeDeviceControl &&
        (code == IOCTL_NONPNP_NEITHER || code == IOCTL_NONPNP_SUM)) {
        WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NONPNP_REQUEST);
        status = WdfObjectAllocateContext(Request, &attributes, (PVOID *)&context);
        if (NT_SUCCESS(status))
            status = code == IOCTL_NONPNP_NEITHER ? NeitherLock(Request, context)
                                                  : SumMake(Request, context);
    }
    if (NT_SUCCESS(status))
        status = WdfDeviceEnqueueRequest(Device, Request);
    if (!NT_SUCCESS(status))
        WdfRequestComplete(Request, status);
}

/* ---- device controls ------------------------------------------------------------------------- */

/* From and To may be the same memory. */
static VOID Reverse(const UCHAR *From, PUCHAR To, size_t Length)
{
    size_t i;

    for (i = 0; i < Length - i; i++) {
        UCHAR byte = From[i];

        To[i] = From[Length - 1 - i];
        To[Length - 1 - i] = byte;
    }
}

static NTSTATUS TurnAround(WDFREQUEST Request, ULONG Code, size_t InputLength, size_t OutputLength,
                           size_t *Length)
{
    PUCHAR from, to;
    NTSTATUS status;

    if (Code == IOCTL_NONPNP_IN_DIRECT) {
        /* The second buffer is data for the driver: its pages were locked for reading. */
        status = WdfRequestRetrieveOutputBuffer(Request, 1, (PVOID *)&to, Length);
        return status;
    }
    if (InputLength > NONPNP_TEXT_MAX || InputLength > OutputLength)
        return InputLength > OutputLength ? STATUS_BUFFER_TOO_SMALL : STATUS_INVALID_PARAMETER;
    if (Code == IOCTL_NONPNP_NEITHER) {
        from = WdfMemoryGetBuffer(NonPnpRequestOf(Request)->Input, NULL);
        to = WdfMemoryGetBuffer(NonPnpRequestOf(Request)->Output, NULL);
    } else {
        status = WdfRequestRetrieveInputBuffer(Request, 1, (PVOID *)&from, NULL);
        if (NT_SUCCESS(status))
            status = WdfRequestRetrieveOutputBuffer(Request, InputLength, (PVOID *)&to, NULL);
        if (!NT_SUCCESS(status))
            return status;
    }
    Reverse(from, to, InputLength);
    *Length = InputLength;
    return STATUS_SUCCESS;
}

static VOID NonPnpEvtControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                             size_t InputLength, ULONG IoControlCode)
{
    NTSTATUS status;
    size_t length = 0;
    NONPNP_SUM *sum;

    UNREFERENCED_PARAMETER(Queue);
    switch (IoControlCode) {
    case IOCTL_NONPNP_BUFFERED:
    case IOCTL_NONPNP_IN_DIRECT:
    case IOCTL_NONPNP_OUT_DIRECT:
    case IOCTL_NONPNP_NEITHER:
        status = TurnAround(Request, IoControlCode, InputLength, OutputLength, &length);
        break;
    case IOCTL_NONPNP_SUM:
        status = WdfRequestRetrieveOutputBuffer(Request, sizeof *sum, (PVOID *)&sum, NULL);
        if (NT_SUCCESS(status)) {
            sum->Sum = NonPnpRequestOf(Request)->Sum;
            sum->PointerBytes = NonPnpRequestOf(Request)->PointerBytes;
            length = sizeof *sum;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    WdfRequestCompleteWithInformation(Request, status, length);
}

/* ---- the device and the driver --------------------------------------------------------------- */

static NTSTATUS DeviceMake(PWDFDEVICE_INIT Init)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_FILEOBJECT_CONFIG files;
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status;

    WdfDeviceInitSetIoType(Init, WdfDeviceIoBuffered);
    WdfDeviceInitSetIoInCallerContextCallback(Init, NonPnpEvtInCallerContext);
    WDF_FILEOBJECT_CONFIG_INIT(&files, NonPnpEvtCreate, NonPnpEvtClose, WDF_NO_EVENT_CALLBACK);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NONPNP_FILE);
    WdfDeviceInitSetFileObjectConfig(Init, &files, &attributes);
    status = WdfDeviceInitAssignName(Init, &DeviceName);
    /* Wait locks are taken in the queue's callbacks: they have to run at PASSIVE_LEVEL. */
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&Init, &attributes, &device);
    if (!NT_SUCCESS(status)) {
        if (Init)
            WdfDeviceInitFree(Init);
        return status;
    }
    status = WdfDeviceCreateSymbolicLink(device, &LinkName);
    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
        config.EvtIoRead = NonPnpEvtRead;
        config.EvtIoWrite = NonPnpEvtWrite;
        config.EvtIoDeviceControl = NonPnpEvtControl;
        status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    }
    if (NT_SUCCESS(status))
        WdfControlFinishInitializing(device);
    else
        WdfObjectDelete(device);
    return status;
}

static VOID NonPnpEvtUnload(WDFDRIVER Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    DbgPrint("NonPnp: unloaded\n");
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
    config.EvtDriverUnload = NonPnpEvtUnload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (!NT_SUCCESS(status))
        return status;
    init = WdfControlDeviceInitAllocate(driver, &everybody);
    return init ? DeviceMake(init) : STATUS_INSUFFICIENT_RESOURCES;
}
