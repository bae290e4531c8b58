/* SPDX-License-Identifier: MIT */
/* benchstart.c - how long a stack takes from the first AddDevice above the bus to its started
 * device.
 *
 * benchdrv.sys stands in the measured stack twice, as the lowest and as the highest of its filters:
 * time runs from the end of the first one's AddDevice to the START_DEVICE that comes back to the
 * last one. As a function driver it is the least that there can be: it passes everything down.
 */
#include <ntddk.h>

#include "benchdrv.h"
#include "benchstart.h"

/* Stacks are started one after the other: nothing here is touched by two at once. */
static LONGLONG began, took;
static LONG count;

static PDEVICE_OBJECT *Lower(PDEVICE_OBJECT Device)
{
    return Device->DeviceExtension;
}

BOOLEAN StartIsStack(PDEVICE_OBJECT Device)
{
    return Device->DeviceExtension != NULL;
}

NTSTATUS StartAdd(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, sizeof(PDEVICE_OBJECT), NULL, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    *Lower(device) = IoAttachDeviceToDeviceStack(device, Physical);
    if (*Lower(device) == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= (*Lower(device))->Flags & (DO_POWER_PAGABLE | DO_BUFFERED_IO | DO_DIRECT_IO);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    if (began == 0)
        began = KeQueryPerformanceCounter(NULL).QuadPart;
    return STATUS_SUCCESS;
}

static NTSTATUS Started(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Context);
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    if (NT_SUCCESS(Irp->IoStatus.Status) && began != 0) {
        took = KeQueryPerformanceCounter(NULL).QuadPart - began;
        count++;
    }
    return STATUS_CONTINUE_COMPLETION;
}

NTSTATUS StartPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PDEVICE_OBJECT lower = *Lower(Device);
    NTSTATUS status;

    if (stack->MinorFunction == IRP_MN_START_DEVICE) {
        IoCopyCurrentIrpStackLocationToNext(Irp);
        IoSetCompletionRoutine(Irp, Started, NULL, TRUE, TRUE, TRUE);
        return IoCallDriver(lower, Irp);
    }
    if (stack->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return StartPass(Device, Irp);
    began = 0;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(lower, Irp);
    IoDetachDevice(lower);
    IoDeleteDevice(Device);
    return status;
}

NTSTATUS StartPass(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(*Lower(Device), Irp);
}

VOID StartTell(struct bench_loop *Loop)
{
    LARGE_INTEGER frequency;

    (void)KeQueryPerformanceCounter(&frequency);
    Loop->sum = (ULONG64)took * 1000000000u / (ULONG64)frequency.QuadPart;
    Loop->turns = (ULONG)count;
}
