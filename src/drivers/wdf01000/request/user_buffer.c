/* SPDX-License-Identifier: MIT */
/* user_buffer.c - a program's own addresses in a request, for a driver at the top of its stack.
 *
 * In: a request in the context of the process that sent it. Out: the raw address, or a memory
 * object over pages that stay locked and mapped until the request is completed.
 */
#include "request_internal.h"

static void fx_user_memory_destroy(struct fx_object *object)
{
    struct fx_memory *memory = (struct fx_memory *)object;

    if (memory->mdl != NULL) {
        MmUnlockPages(memory->mdl);
        IoFreeMdl(memory->mdl);
    }
}

static const struct fx_type type_memory_of_user = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .parent = &fx_type_memory,
    .destroy = fx_user_memory_destroy,
};

static BOOLEAN fx_request_is_raw_control(const IO_STACK_LOCATION *stack)
{
    return stack->MajorFunction == IRP_MJ_DEVICE_CONTROL &&
           (stack->Parameters.DeviceIoControl.IoControlCode & 3) == METHOD_NEITHER;
}

static BOOLEAN fx_request_is_raw_transfer(const struct fx_request *request, UCHAR major)
{
    return request->stack->MajorFunction == major &&
           !(request->object.device->wdm->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO));
}

static NTSTATUS fx_user_answer(PVOID address, SIZE_T length, SIZE_T minimum, PVOID *out_buffer,
                               SIZE_T *out_length)
{
    if (length < minimum)
        return STATUS_BUFFER_TOO_SMALL;
    *out_buffer = address;
    if (out_length != NULL)
        *out_length = length;
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_user_input(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                               SIZE_T *out_length)
{
    const IO_STACK_LOCATION *stack = request->stack;

    if (request->irp == NULL || stack == NULL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (fx_request_is_raw_control(stack))
        return fx_user_answer(stack->Parameters.DeviceIoControl.Type3InputBuffer,
                              stack->Parameters.DeviceIoControl.InputBufferLength, minimum,
                              out_buffer, out_length);
    if (fx_request_is_raw_transfer(request, IRP_MJ_WRITE))
        return fx_user_answer(request->irp->UserBuffer, stack->Parameters.Write.Length, minimum,
                              out_buffer, out_length);
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS fx_request_user_output(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                SIZE_T *out_length)
{
    const IO_STACK_LOCATION *stack = request->stack;

    if (request->irp == NULL || stack == NULL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (fx_request_is_raw_control(stack))
        return fx_user_answer(request->irp->UserBuffer,
                              stack->Parameters.DeviceIoControl.OutputBufferLength, minimum,
                              out_buffer, out_length);
    if (fx_request_is_raw_transfer(request, IRP_MJ_READ))
        return fx_user_answer(request->irp->UserBuffer, stack->Parameters.Read.Length, minimum,
                              out_buffer, out_length);
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* Locking raises for a bad address. */
static NTSTATUS fx_user_lock_pages(PMDL mdl, LOCK_OPERATION operation)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        MmProbeAndLockPages(mdl, UserMode, operation);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

NTSTATUS fx_request_lock_user(struct fx_request *request, PVOID address, SIZE_T length,
                              LOCK_OPERATION operation, struct fx_memory **out_memory)
{
    struct fx_object *object = NULL;
    struct fx_memory *memory;
    PVOID mapped;
    NTSTATUS status;
    PMDL mdl;

    if (length == 0)
        return STATUS_INVALID_USER_BUFFER;
    if (request->irp == NULL || request->stack == NULL || length > MAXULONG)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (IoGetRequestorProcess(request->irp) != IoGetCurrentProcess())
        return STATUS_ACCESS_VIOLATION;
    mdl = IoAllocateMdl(address, (ULONG)length, FALSE, TRUE, NULL);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = fx_user_lock_pages(mdl, operation);
    if (!NT_SUCCESS(status)) {
        IoFreeMdl(mdl);
        return status;
    }
    status = STATUS_INSUFFICIENT_RESOURCES;
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
    if (mapped != NULL)
        status = fx_object_create(request->object.globals, &type_memory_of_user, 0, NULL,
                                  &request->object, &object);
    if (!NT_SUCCESS(status)) {
        MmUnlockPages(mdl);
        IoFreeMdl(mdl);
        return status;
    }
    memory = (struct fx_memory *)object;
    fx_memory_embed(memory, mapped, length, mdl, operation == IoReadAccess);
    *out_memory = memory;
    return STATUS_SUCCESS;
}
