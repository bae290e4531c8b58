/* SPDX-License-Identifier: MIT */
/* irp_sync.c - IRPs that drivers have built for them: control, transfer, with or without a
 * thread's list.
 *
 * In: a driver's buffers (kernel memory or the current program's) and a target; out: an IRP
 * whose first stack location is filled. A synchronous one is in the thread's list and ends in
 * irp_finish; an asynchronous one belongs to the driver, whose completion routine frees it.
 */
#include "irp_sync.h"

#include <string.h>

static NTSTATUS sync_attach_buffer(PIRP abi, const void *input, ULONG input_length, void *output,
                                   ULONG output_length)
{
    ULONG length = input_length > output_length ? input_length : output_length;
    abi->UserBuffer = output;
    if (length == 0)
        return STATUS_SUCCESS;
    /* Always from pool: the driver frees it that keeps the IRP (IoBuildAsynchronousFsdRequest). */
    void *buffer =
        ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, length, IO_TAG_DATA);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    abi->AssociatedIrp.SystemBuffer = buffer;
    abi->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    if (output != NULL && output_length != 0) {
        abi->Flags |= IRP_INPUT_OPERATION;
        irp_of_known(abi)->output_length = output_length;
    }
    return input_length != 0 ? mm_user_copy(buffer, input, input_length) : STATUS_SUCCESS;
}

static NTSTATUS sync_attach_pages(PIRP abi, void *address, ULONG length, LOCK_OPERATION operation)
{
    if (address == NULL || length == 0)
        return STATUS_SUCCESS;
    PMDL mdl = IoAllocateMdl(address, length, FALSE, FALSE, NULL);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = mm_mdl_lock(mdl, KernelMode, operation);
    if (!NT_SUCCESS(status)) {
        IoFreeMdl(mdl);
        return status;
    }
    abi->MdlAddress = mdl;
    return STATUS_SUCCESS;
}

static NTSTATUS sync_fill_control(const struct irp_sync_control *control, PIRP abi,
                                  PIO_STACK_LOCATION stack)
{
    ULONG method = METHOD_FROM_CTL_CODE(control->code);
    stack->Parameters.DeviceIoControl.IoControlCode = control->code;
    stack->Parameters.DeviceIoControl.InputBufferLength = control->input_length;
    stack->Parameters.DeviceIoControl.OutputBufferLength = control->output_length;
    if (method == METHOD_BUFFERED)
        return sync_attach_buffer(abi, control->input, control->input_length, control->output,
                                  control->output_length);
    if (method == METHOD_NEITHER) {
        stack->Parameters.DeviceIoControl.Type3InputBuffer = control->input;
        abi->UserBuffer = control->output;
        return STATUS_SUCCESS;
    }
    NTSTATUS status = sync_attach_buffer(abi, control->input, control->input_length, NULL, 0);
    if (!NT_SUCCESS(status))
        return status;
    return sync_attach_pages(abi, control->output, control->output_length,
                             method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
}

/* NULL: no memory, or a fault on the buffers. */
PIRP irp_sync_control(const struct irp_sync_control *control)
{
    PIRP abi = irp_allocate(control->device->StackSize);
    if (abi == NULL)
        return NULL;
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(abi);
    stack->MajorFunction =
        control->is_internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
    if (!NT_SUCCESS(sync_fill_control(control, abi, stack))) {
        irp_discard(abi);
        return NULL;
    }
    abi->RequestorMode = KernelMode;
    abi->UserIosb = control->status;
    abi->UserEvent = control->event;
    trace_point(TRACE_IRP_BUILT, abi, stack->MajorFunction, abi->StackCount);
    irp_thread_attach(irp_of_known(abi), ps_thread_current());
    return abi;
}

static NTSTATUS sync_fill_transfer(const struct irp_sync_transfer *transfer, PIRP abi,
                                   PIO_STACK_LOCATION stack)
{
    bool is_read = transfer->major == IRP_MJ_READ;
    ULONG flags = transfer->device->Flags;
    if (!is_read && transfer->major != IRP_MJ_WRITE)
        return STATUS_SUCCESS;
    LARGE_INTEGER offset = {.QuadPart = transfer->offset != NULL ? transfer->offset->QuadPart : 0};
    if (is_read) {
        abi->Flags |= IRP_READ_OPERATION;
        stack->Parameters.Read.Length = transfer->length;
        stack->Parameters.Read.ByteOffset = offset;
    } else {
        abi->Flags |= IRP_WRITE_OPERATION;
        stack->Parameters.Write.Length = transfer->length;
        stack->Parameters.Write.ByteOffset = offset;
    }
    if (flags & DO_BUFFERED_IO)
        return is_read ? sync_attach_buffer(abi, NULL, 0, transfer->buffer, transfer->length)
                       : sync_attach_buffer(abi, transfer->buffer, transfer->length, NULL, 0);
    abi->UserBuffer = transfer->buffer;
    if (flags & DO_DIRECT_IO)
        return sync_attach_pages(abi, transfer->buffer, transfer->length,
                                 is_read ? IoWriteAccess : IoReadAccess);
    return STATUS_SUCCESS;
}

PIRP irp_sync_transfer(const struct irp_sync_transfer *transfer)
{
    PIRP abi = irp_allocate(transfer->device->StackSize);
    if (abi == NULL)
        return NULL;
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(abi);
    stack->MajorFunction = transfer->major;
    if (!NT_SUCCESS(sync_fill_transfer(transfer, abi, stack))) {
        irp_discard(abi);
        return NULL;
    }
    abi->RequestorMode = KernelMode;
    abi->UserIosb = transfer->status;
    abi->UserEvent = transfer->event;
    abi->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
    trace_point(TRACE_IRP_BUILT, abi, transfer->major, abi->StackCount);
    if (transfer->is_threaded)
        irp_thread_attach(irp_of_known(abi), ps_thread_current());
    return abi;
}

/* An IRP of a driver's own that carries a part of master's work. */
PIRP irp_associate(PIRP master, CCHAR stacks)
{
    PIRP abi = irp_allocate(stacks);
    if (abi == NULL)
        return NULL;
    abi->Flags |= IRP_ASSOCIATED_IRP;
    abi->AssociatedIrp.MasterIrp = master;
    abi->RequestorMode = master->RequestorMode;
    abi->Tail.Overlay.Thread = master->Tail.Overlay.Thread;
    return abi;
}
