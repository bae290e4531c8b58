/* SPDX-License-Identifier: MIT */
/* scarce_io.c - a driver with queues, files and a reserve of requests, while one of its machine's
 * allocations fails: it loads or it does not, and a read always succeeds once the reserve is there.
 */
#include <ntddk.h>
#include <wdf.h>

#include <wdmsec.h>

DRIVER_INITIALIZE DriverEntry;

typedef struct _NOTE {
    UCHAR bytes[4096]; /* so that a request is an allocation of its own */
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, note_of);

#define READS 6

static WDFDEVICE device;
static WDFQUEUE manual;
static WDFREQUEST held[READS];
static ULONG held_count;

static VOID evt_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WDFMEMORY memory;
    NTSTATUS status = WdfRequestRetrieveOutputMemory(request, &memory);

    UNREFERENCED_PARAMETER(queue);
    note_of(request)->bytes[0] = 1;
    if (NT_SUCCESS(status))
        *(PUCHAR)WdfMemoryGetBuffer(memory, NULL) = 0x5a;
    /* Some wait, so that more than one is under way. */
    if (NT_SUCCESS(status) && held_count < 2)
        held[held_count++] = request;
    else
        WdfRequestCompleteWithInformation(request, status, length);
}

static VOID evt_write(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    UNREFERENCED_PARAMETER(queue);
    UNREFERENCED_PARAMETER(length);
    if (!NT_SUCCESS(WdfRequestForwardToIoQueue(request, manual)) ||
        !NT_SUCCESS(WdfIoQueueRetrieveNextRequest(manual, &request)))
        DbgPrint("scarce_io: wrong status of a forward\n");
    else
        WdfRequestComplete(request, STATUS_SUCCESS);
}

static NTSTATUS came_back(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(wdm);
    UNREFERENCED_PARAMETER(irp);
    UNREFERENCED_PARAMETER(context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void send(PIRP *out_irp, UCHAR major, PVOID buffer)
{
    PDEVICE_OBJECT wdm = WdfDeviceWdmGetDeviceObject(device);
    PIRP irp = IoAllocateIrp(wdm->StackSize, FALSE);

    *out_irp = irp;
    if (irp == NULL)
        return;
    IoGetNextIrpStackLocation(irp)->MajorFunction = major;
    IoGetNextIrpStackLocation(irp)->Parameters.Read.Length = 8; /* Write's lies there, too */
    irp->AssociatedIrp.SystemBuffer = buffer;
    IoSetCompletionRoutine(irp, came_back, NULL, TRUE, TRUE, TRUE);
    (void)IoCallDriver(wdm, irp);
}

static void end(PIRP irp)
{
    if (irp == NULL)
        return;
    if (!NT_SUCCESS(irp->IoStatus.Status))
        DbgPrint("scarce_io: wrong status 0x%08X\n", irp->IoStatus.Status);
    IoFreeIrp(irp);
}

static NTSTATUS queues_make(void)
{
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = evt_read;
    config.EvtIoWrite = evt_write;
    status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &manual);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_DEFAULT_INIT(&policy, 3);
    return WdfIoQueueAssignForwardProgressPolicy(queue, &policy);
}

static NTSTATUS device_make(WDFDRIVER driver)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\CoveScarce");
    PWDFDEVICE_INIT init =
        WdfControlDeviceInitAllocate(driver, &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R);
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    WdfDeviceInitSetRequestAttributes(init, &attributes);
    status = WdfDeviceInitAssignName(init, &name);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    status = queues_make();
    WdfControlFinishInitializing(device);
    return status;
}

static VOID evt_unload(WDFDRIVER driver)
{
    UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG64 buffers[READS + 1];
    PIRP irps[READS + 1];
    WDF_DRIVER_CONFIG config;
    WDFDRIVER driver;
    NTSTATUS status;
    ULONG i;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (NT_SUCCESS(status))
        status = device_make(driver);
    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < READS; i++)
        send(&irps[i], IRP_MJ_READ, &buffers[i]);
    send(&irps[READS], IRP_MJ_WRITE, &buffers[READS]);
    for (i = 0; i < held_count; i++)
        WdfRequestComplete(held[i], STATUS_SUCCESS);
    for (i = 0; i <= READS; i++)
        end(irps[i]);
    DbgPrint("scarce_io: all is there\n");
    return STATUS_SUCCESS;
}
