/* SPDX-License-Identifier: MIT */
/* irp_build_ddi.c - the contract of IRPs that the I/O manager builds for drivers.
 */
#include "irp_sync.h"

/* Doc:     wdm.h IoBuildDeviceIoControlRequest */
PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
                                         PVOID InputBuffer, ULONG InputBufferLength,
                                         PVOID OutputBuffer, ULONG OutputBufferLength,
                                         BOOLEAN InternalDeviceIoControl, PKEVENT Event,
                                         PIO_STATUS_BLOCK IoStatusBlock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct irp_sync_control control = {
        .device = DeviceObject,
        .code = IoControlCode,
        .input = InputBuffer,
        .output = OutputBuffer,
        .input_length = InputBufferLength,
        .output_length = OutputBufferLength,
        .is_internal = InternalDeviceIoControl != FALSE,
        .event = Event,
        .status = IoStatusBlock,
    };
    return irp_sync_control(&control);
}

/* Doc:     wdm.h IoBuildSynchronousFsdRequest */
PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
                                        PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
                                        PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct irp_sync_transfer transfer = {
        .device = DeviceObject,
        .major = (UCHAR)MajorFunction,
        .buffer = Buffer,
        .length = Length,
        .offset = StartingOffset,
        .event = Event,
        .status = IoStatusBlock,
        .is_threaded = true,
    };
    return irp_sync_transfer(&transfer);
}

/* Doc:     wdm.h IoBuildAsynchronousFsdRequest */
PIRP NTAPI IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
                                         PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
                                         PIO_STATUS_BLOCK IoStatusBlock)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct irp_sync_transfer transfer = {
        .device = DeviceObject,
        .major = (UCHAR)MajorFunction,
        .buffer = Buffer,
        .length = Length,
        .offset = StartingOffset,
        .status = IoStatusBlock,
    };
    return irp_sync_transfer(&transfer);
}

/* Doc:     ntifs.h IoQueueThreadIrp */
VOID NTAPI IoQueueThreadIrp(PIRP Irp)
{
    struct irp *irp = irp_of(Irp);
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (irp != NULL)
        irp_thread_attach(irp, ps_thread_current());
}

/* Doc:     ntddk.h IoMakeAssociatedIrp */
PIRP NTAPI IoMakeAssociatedIrp(PIRP Irp, CCHAR StackSize)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return irp_associate(Irp, StackSize);
}
