/* SPDX-License-Identifier: MIT */
/* irp_build.c - stage 3: a request becomes an IRP with its first stack location filled.
 *
 * In: a checked request; out: an IRP that irp_send may give away. Three small functions do
 * what the transfer method says: buffered copies, direct locks, neither passes addresses.
 * Nothing is left behind when a builder fails; the file's and the event's references stay
 * the request's until irp_send.
 */
#include "io_internal.h"

#include <string.h>

/* ---- common head and undo ------------------------------------------------------------ */

NTSTATUS irp_build_start(const struct io_request *request, PIRP *out_irp,
                         PIO_STACK_LOCATION *out_stack)
{
    PDEVICE_OBJECT device = file_top(request->file);
    PIRP abi = irp_allocate(device->StackSize);
    if (abi == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    abi->RequestorMode = request->mode;
    abi->UserIosb = request->user_status;
    abi->UserEvent = request->event;
    abi->Overlay.AsynchronousParameters.UserApcRoutine = request->apc;
    abi->Overlay.AsynchronousParameters.UserApcContext = request->apc_context;
    abi->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
    abi->Tail.Overlay.OriginalFileObject = request->file;
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(abi);
    stack->MajorFunction = request->major;
    stack->MinorFunction = request->minor;
    stack->Flags = (UCHAR)request->stack_flags;
    stack->FileObject = request->file;
    trace_point(TRACE_IRP_BUILT, abi, request->major, abi->StackCount);
    *out_irp = abi;
    *out_stack = stack;
    return STATUS_SUCCESS;
}

void irp_discard(PIRP abi)
{
    irp_free_mdls(abi);
    if (abi->Flags & IRP_DEALLOCATE_BUFFER)
        irp_buffer_free(irp_of_known(abi), abi->AssociatedIrp.SystemBuffer);
    irp_free(abi);
}

/* ---- the three methods ----------------------------------------------------------------- */

/* Buffered: one buffer, large enough for either direction; input is copied in, output will
 * be copied by the finish. */
static NTSTATUS irp_attach_buffer(PIRP abi, KPROCESSOR_MODE mode, const void *input,
                                  ULONG input_length, void *output, ULONG output_length)
{
    ULONG length = input_length > output_length ? input_length : output_length;
    struct irp *irp = irp_of_known(abi);
    abi->UserBuffer = output;
    if (length == 0)
        return STATUS_SUCCESS;
    NTSTATUS status;
    void *buffer = irp_buffer_allocate(irp, length, &status);
    if (buffer == NULL)
        return status;
    abi->AssociatedIrp.SystemBuffer = buffer;
    abi->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    if (output != NULL && output_length != 0) {
        abi->Flags |= IRP_INPUT_OPERATION;
        irp->output_length = output_length;
    }
    if (input_length == 0)
        return STATUS_SUCCESS;
    if (mode == KernelMode) {
        memcpy(buffer, input, input_length);
        return STATUS_SUCCESS;
    }
    return mm_user_copy(buffer, input, input_length);
}

/* Direct: the caller's pages are described and locked; the driver maps them if it likes. */
static NTSTATUS irp_attach_pages(PIRP abi, KPROCESSOR_MODE mode, void *address, ULONG length,
                                 LOCK_OPERATION operation)
{
    if (length == 0)
        return STATUS_SUCCESS;
    PMDL mdl = mm_mdl_allocate(address, length);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = mm_mdl_lock(mdl, mode, operation);
    if (!NT_SUCCESS(status)) {
        mm_mdl_free(mdl);
        return status;
    }
    abi->MdlAddress = mdl;
    return STATUS_SUCCESS;
}

/* Neither: addresses as the caller gave them, valid in its context only. */
static NTSTATUS irp_attach_addresses(PIRP abi, PIO_STACK_LOCATION stack, void *input, void *output)
{
    abi->UserBuffer = output;
    stack->Parameters.DeviceIoControl.Type3InputBuffer = input;
    return STATUS_SUCCESS;
}

/* ---- requests ------------------------------------------------------------------------------ */

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows request; gives the IRP
 * Errors:  STATUS_INSUFFICIENT_RESOURCES; a fault on the caller's buffers
 * Doc:     "Buffer Descriptions for I/O Control Codes"; wdm.h IRP_MJ_DEVICE_CONTROL
 */
NTSTATUS irp_build_control(const struct io_request *request, PIRP *out_irp)
{
    PIRP abi;
    PIO_STACK_LOCATION stack;
    NTSTATUS status = irp_build_start(request, &abi, &stack);
    if (!NT_SUCCESS(status))
        return status;
    stack->Parameters.DeviceIoControl.IoControlCode = request->control_code;
    stack->Parameters.DeviceIoControl.InputBufferLength = request->input_length;
    stack->Parameters.DeviceIoControl.OutputBufferLength = request->output_length;
    switch (METHOD_FROM_CTL_CODE(request->control_code)) {
    case METHOD_BUFFERED:
        status = irp_attach_buffer(abi, request->mode, request->input, request->input_length,
                                   request->output, request->output_length);
        break;
    case METHOD_IN_DIRECT:
    case METHOD_OUT_DIRECT:
        status =
            irp_attach_buffer(abi, request->mode, request->input, request->input_length, NULL, 0);
        if (NT_SUCCESS(status) && request->output != NULL)
            status = irp_attach_pages(
                abi, request->mode, request->output, request->output_length,
                METHOD_FROM_CTL_CODE(request->control_code) == METHOD_IN_DIRECT ? IoReadAccess
                                                                                : IoWriteAccess);
        abi->UserBuffer = request->output;
        break;
    default:
        status = irp_attach_addresses(abi, stack, request->input, request->output);
        break;
    }
    if (!NT_SUCCESS(status)) {
        irp_discard(abi);
        return status;
    }
    *out_irp = abi;
    return STATUS_SUCCESS;
}

static void irp_fill_transfer(const struct io_request *request, PIRP abi, PIO_STACK_LOCATION stack)
{
    if (request->major == IRP_MJ_READ) {
        abi->Flags |= IRP_READ_OPERATION;
        stack->Parameters.Read.Length = request->output_length;
        stack->Parameters.Read.Key = request->key;
        stack->Parameters.Read.ByteOffset = request->offset;
    } else {
        abi->Flags |= IRP_WRITE_OPERATION;
        stack->Parameters.Write.Length = request->input_length;
        stack->Parameters.Write.Key = request->key;
        stack->Parameters.Write.ByteOffset = request->offset;
        if (request->file->Flags & FO_WRITE_THROUGH)
            stack->Flags |= SL_WRITE_THROUGH;
    }
    if (request->file->Flags & FO_NO_INTERMEDIATE_BUFFERING)
        abi->Flags |= IRP_NOCACHE;
}

/* Read and write: the device's flags choose the method.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows request; gives the IRP
 * Errors:  STATUS_INSUFFICIENT_RESOURCES; a fault on the caller's buffers
 * Doc:     "Methods for Accessing Data Buffers"; wdm.h DEVICE_OBJECT.Flags
 */
NTSTATUS irp_build_transfer(const struct io_request *request, PIRP *out_irp)
{
    PIRP abi;
    PIO_STACK_LOCATION stack;
    NTSTATUS status = irp_build_start(request, &abi, &stack);
    if (!NT_SUCCESS(status))
        return status;
    bool is_read = request->major == IRP_MJ_READ;
    ULONG method = file_top(request->file)->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
    irp_fill_transfer(request, abi, stack);
    if (method & DO_BUFFERED_IO)
        status = is_read ? irp_attach_buffer(abi, request->mode, NULL, 0, request->output,
                                             request->output_length)
                         : irp_attach_buffer(abi, request->mode, request->input,
                                             request->input_length, NULL, 0);
    else if (method & DO_DIRECT_IO)
        status = irp_attach_pages(abi, request->mode, is_read ? request->output : request->input,
                                  is_read ? request->output_length : request->input_length,
                                  is_read ? IoWriteAccess : IoReadAccess);
    if (!(method & DO_BUFFERED_IO))
        abi->UserBuffer = is_read ? request->output : request->input;
    if (!NT_SUCCESS(status)) {
        irp_discard(abi);
        return status;
    }
    *out_irp = abi;
    return STATUS_SUCCESS;
}

/* Flush and whatever else has no buffer. */
NTSTATUS irp_build_plain(const struct io_request *request, PIRP *out_irp)
{
    PIO_STACK_LOCATION stack;
    return irp_build_start(request, out_irp, &stack);
}

/* Locks and unlocks of a range: its length lies beside the IRP and goes with it.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows request; gives the IRP
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 * Doc:     ntifs.h IRP_MJ_LOCK_CONTROL
 */
NTSTATUS irp_build_lock(const struct io_request *request, PIRP *out_irp)
{
    PIRP abi;
    PIO_STACK_LOCATION stack;
    NTSTATUS status = irp_build_start(request, &abi, &stack);
    if (!NT_SUCCESS(status))
        return status;
    LARGE_INTEGER *length = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*length), IO_TAG_NAME);
    if (length == NULL) {
        irp_discard(abi);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *length = request->range_length;
    /* The finish frees it with the IRP. */
    abi->Tail.Overlay.AuxiliaryBuffer = (PCHAR)length;
    stack->Parameters.LockControl.Length = length;
    stack->Parameters.LockControl.Key = request->key;
    stack->Parameters.LockControl.ByteOffset = request->offset;
    if (request->minor != IRP_MN_LOCK)
        abi->Flags |= IRP_SYNCHRONOUS_API;
    *out_irp = abi;
    return STATUS_SUCCESS;
}

/* Where the members of a query's or set's stack location lie differs by major function only
 * in name: Length first, then the class. */
static void irp_fill_information(const struct io_request *request, PIO_STACK_LOCATION stack)
{
    switch (request->major) {
    case IRP_MJ_QUERY_INFORMATION:
        stack->Parameters.QueryFile.Length = request->output_length;
        stack->Parameters.QueryFile.FileInformationClass = request->information_class;
        break;
    case IRP_MJ_SET_INFORMATION:
        stack->Parameters.SetFile.Length = request->input_length;
        stack->Parameters.SetFile.FileInformationClass = request->information_class;
        break;
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
        stack->Parameters.QueryVolume.Length = request->output_length;
        stack->Parameters.QueryVolume.FsInformationClass = request->information_class;
        break;
    case IRP_MJ_SET_VOLUME_INFORMATION:
        stack->Parameters.SetVolume.Length = request->input_length;
        stack->Parameters.SetVolume.FsInformationClass = request->information_class;
        break;
    case IRP_MJ_QUERY_SECURITY:
        stack->Parameters.QuerySecurity.SecurityInformation = request->information_class;
        stack->Parameters.QuerySecurity.Length = request->output_length;
        break;
    default:
        break;
    }
}

/* The pattern of a directory query travels behind the buffer it belongs to. */
static NTSTATUS irp_fill_directory(const struct io_request *request, PIRP abi,
                                   PIO_STACK_LOCATION stack)
{
    stack->Parameters.QueryDirectory.Length = request->output_length;
    stack->Parameters.QueryDirectory.FileInformationClass = request->information_class;
    const UNICODE_STRING *pattern = request->directory_pattern;
    if (pattern == NULL)
        return STATUS_SUCCESS;
    UNICODE_STRING *copy =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*copy) + pattern->Length, IO_TAG_NAME);
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    copy->Buffer = (WCHAR *)(copy + 1);
    copy->Length = copy->MaximumLength = pattern->Length;
    if (pattern->Length != 0)
        memcpy(copy->Buffer, pattern->Buffer, pattern->Length);
    /* The finish frees it with the IRP. */
    abi->Tail.Overlay.AuxiliaryBuffer = (PCHAR)copy;
    stack->Parameters.QueryDirectory.FileName = copy;
    return STATUS_SUCCESS;
}

/* Query and set of file and volume information, directory queries: always buffered, except
 * directories of devices that do neither.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows request; gives the IRP
 * Errors:  STATUS_INSUFFICIENT_RESOURCES; a fault on the caller's buffers
 * Doc:     ntifs.h IRP_MJ_QUERY_INFORMATION, IRP_MJ_DIRECTORY_CONTROL
 * Differs: directory queries are buffered whatever the device's flags are
 */
NTSTATUS irp_build_information(const struct io_request *request, PIRP *out_irp)
{
    PIRP abi;
    PIO_STACK_LOCATION stack;
    NTSTATUS status = irp_build_start(request, &abi, &stack);
    if (!NT_SUCCESS(status))
        return status;
    if (request->major == IRP_MJ_DIRECTORY_CONTROL)
        status = irp_fill_directory(request, abi, stack);
    else
        irp_fill_information(request, stack);
    if (NT_SUCCESS(status))
        status = irp_attach_buffer(abi, request->mode, request->input, request->input_length,
                                   request->output, request->output_length);
    if (!NT_SUCCESS(status)) {
        if (abi->Tail.Overlay.AuxiliaryBuffer != NULL)
            ExFreePool(abi->Tail.Overlay.AuxiliaryBuffer);
        irp_discard(abi);
        return status;
    }
    if (request->major != IRP_MJ_DIRECTORY_CONTROL)
        abi->Flags |= IRP_SYNCHRONOUS_API;
    *out_irp = abi;
    return STATUS_SUCCESS;
}
