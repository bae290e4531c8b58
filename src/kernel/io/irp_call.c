/* SPDX-License-Identifier: MIT */
/* irp_call.c - stages 4 and 5: an IRP is given to a driver.
 *
 * In: a built IRP; out: the driver's answer, for a synchronous file the final status.
 * Invariant: from the call of the driver on the IRP is its holder's; only the IRP's wait
 * record, which lies on our stack, may be looked at.
 */
#include "io_internal.h"

#include "callout/callout.h"

/* ---- stage 5: one driver down ------------------------------------------------------------ */

/* IRQL:    <= DISPATCH_LEVEL
 * Takes:   irp, for the driver
 * Errors:  the dispatch routine's; bug check 0x35 when no stack location is left, 0xC9 when the
 *          routine returned at another IRQL, or an answer that does not fit what it did
 * Doc:     wdm.h IoCallDriver
 */
NTSTATUS irp_call_next(PDEVICE_OBJECT device, PIRP irp)
{
    if (--irp->CurrentLocation <= 0)
        io_bugcheck(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)irp, 0, 0, 0);
    PIO_STACK_LOCATION stack = --irp->Tail.Overlay.CurrentStackLocation;
    UCHAR major = stack->MajorFunction;
    stack->DeviceObject = device;
    struct irp *ours = irp_of(irp);
    uint32_t steps = 0;
    if (ours != NULL)
        steps = irp_step_record(
            ours,
            &(struct irp_step){.device = device, .major = major, .minor = stack->MinorFunction});
    trace_point(TRACE_IRP_DOWN, irp, device, (ULONG)major << 8 | stack->MinorFunction);
    PDRIVER_DISPATCH routine = major <= IRP_MJ_MAXIMUM_FUNCTION
                                   ? device->DriverObject->MajorFunction[major]
                                   : driver_default_dispatch();
    KIRQL irql = ke_irql();
    NTSTATUS status = callout_dispatch(routine, device, irp);
    if (__builtin_expect(ke_irql() != irql, 0))
        io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, IO_RULE_CALL_CHANGED_IRQL,
                    (ULONG_PTR)routine, irql, ke_irql());
    if (ours != NULL)
        irp_answer_look(ours, stack, steps, (const void *)routine, status);
    if (status == STATUS_PENDING)
        trace_point(TRACE_IRP_PENDING, irp, device, 0);
    return status;
}

/* ---- waiting for the end ------------------------------------------------------------------ */

void irp_wait_done(struct irp_wait *wait, NTSTATUS status, ULONG_PTR information)
{
    wait->status = status;
    wait->information = information;
    if (wait->sender == ke_thread_current()) {
        /* The sender itself completes, inside the driver's call or in a DPC that interrupted
         * its way to sleep: nothing can change under it. */
        uint32_t state = atomic_load_explicit(&wait->state, memory_order_relaxed);
        atomic_store_explicit(&wait->state, IRP_WAIT_DONE, memory_order_relaxed);
        if (state == IRP_WAIT_SLEEPING)
            KeSetEvent(&wait->event, IO_NO_INCREMENT, FALSE);
        return;
    }
    /* After the exchange a sender that is not asleep may be gone, and wait with it. */
    if (atomic_exchange(&wait->state, IRP_WAIT_DONE) == IRP_WAIT_SLEEPING)
        KeSetEvent(&wait->event, IO_NO_INCREMENT, FALSE);
}

static void irp_wait_init(struct irp_wait *wait)
{
    wait->sender = ke_thread_current();
    atomic_store_explicit(&wait->state, IRP_WAIT_RUNNING, memory_order_relaxed);
}

void irp_wait_sleep(struct irp_wait *wait)
{
    if (atomic_load_explicit(&wait->state, memory_order_acquire) == IRP_WAIT_DONE)
        return;
    KeInitializeEvent(&wait->event, NotificationEvent, FALSE);
    uint32_t running = IRP_WAIT_RUNNING;
    if (atomic_compare_exchange_strong(&wait->state, &running, IRP_WAIT_SLEEPING))
        KeWaitForSingleObject(&wait->event, Executive, KernelMode, FALSE, NULL);
}

/* A sender whose thread was asked to end while its IRP was still on its way to the driver:
 * the asker may have come too early to see it. The mark on the thread was made before. */
static void irp_cancel_if_ending(void)
{
    struct process_thread *thread = ps_thread_current();
    /* Pairs with the asker: mark, then search; here: attach, then look at the mark. */
    atomic_thread_fence(memory_order_seq_cst);
    if (thread != NULL && thread->tcb.is_terminating)
        irp_thread_cancel_all(thread);
}

/* ---- stage 4 -------------------------------------------------------------------------------- */

/* Doc: "Bug Check 0xC4", 0xC5: a dispatch routine entered critical regions and stayed, or left
 * one that was not its own. */
[[noreturn]] static void irp_regions_wrong(PDEVICE_OBJECT device, UCHAR major, int32_t before)
{
    const void *routine = device->DriverObject->MajorFunction[major];
    io_bugcheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xc5, (ULONG_PTR)routine,
                (ULONG_PTR)(LONG_PTR)ke_thread_current()->kernel_apc_disable,
                (ULONG_PTR)(LONG_PTR)before);
}

/* Gives an IRP of a request to the file's top device. A synchronous file's (or synchronous
 * service's) sender waits here; any other gets the driver's answer.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   irp; the request's references to file and event
 * Errors:  the driver's
 * Doc:     "Handling IRPs"; ntifs.h NtDeviceIoControlFile
 */
NTSTATUS irp_send(PIRP abi, const struct io_request *request)
{
    UCHAR major = request->major;
    struct irp *irp = irp_of_known(abi);
    FILE_OBJECT *file = request->file;
    bool waits = file_is_synchronous(file) || (abi->Flags & IRP_SYNCHRONOUS_API) != 0;
    struct irp_wait wait;
    irp_wait_init(&wait);
    irp_owns_add(irp, (request->event != NULL ? IRP_OWNS_EVENT : 0) | (waits ? 0 : IRP_OWNS_FILE));
    irp->wait = waits ? &wait : NULL;
    irp_thread_attach(irp, ps_thread_current());
    const struct thread *thread = ke_thread_current();
    int32_t regions = thread->kernel_apc_disable;
    PDEVICE_OBJECT top = file_top(file);
    NTSTATUS status = irp_call_next(top, abi);
    if (__builtin_expect(thread->kernel_apc_disable != regions, 0))
        irp_regions_wrong(top, major, regions);
    if (status == STATUS_PENDING)
        irp_cancel_if_ending();
    if (!waits)
        return status;
    if (atomic_load_explicit(&wait.state, memory_order_acquire) != IRP_WAIT_DONE) {
        KeClearEvent(&file->Event);
        irp_wait_sleep(&wait);
        KeSetEvent(&file->Event, IO_NO_INCREMENT, FALSE);
    }
    if (status == STATUS_PENDING)
        status = wait.status;
    file->FinalStatus = status;
    return status;
}

NTSTATUS irp_send_and_wait(PDEVICE_OBJECT device, PIRP abi, ULONG_PTR *out_information)
{
    struct irp *irp = irp_of_known(abi);
    struct irp_wait wait;
    irp_wait_init(&wait);
    irp->wait = &wait;
    /* The end of a file is nothing that an ending thread may cancel. */
    bool is_close = (abi->Flags & IRP_CLOSE_OPERATION) != 0;
    if (!is_close)
        irp_thread_attach(irp, ps_thread_current());
    if (irp_call_next(device, abi) == STATUS_PENDING && !is_close)
        irp_cancel_if_ending();
    irp_wait_sleep(&wait);
    if (out_information != NULL)
        *out_information = wait.information;
    return wait.status;
}

/* ---- the gate's door ----------------------------------------------------------------------------
 */

static NTSTATUS irp_build(const struct io_request *request, PIRP *out_irp)
{
    switch (request->major) {
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
        return irp_build_transfer(request, out_irp);
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
    case IRP_MJ_FILE_SYSTEM_CONTROL:
        return irp_build_control(request, out_irp);
    case IRP_MJ_FLUSH_BUFFERS:
        return irp_build_plain(request, out_irp);
    case IRP_MJ_LOCK_CONTROL:
        return irp_build_lock(request, out_irp);
    case IRP_MJ_QUERY_INFORMATION:
    case IRP_MJ_SET_INFORMATION:
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
    case IRP_MJ_SET_VOLUME_INFORMATION:
    case IRP_MJ_QUERY_SECURITY:
    case IRP_MJ_DIRECTORY_CONTROL:
        return irp_build_information(request, out_irp);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* Offsets with a special meaning, and the position that a synchronous file keeps. */
static NTSTATUS irp_place_transfer(struct io_request *request)
{
    FILE_OBJECT *file = request->file;
    if (request->major == IRP_MJ_WRITE &&
        (file_of(file)->granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == FILE_APPEND_DATA) {
        /* Opened for appending only: every write goes to the end. */
        request->offset.LowPart = FILE_WRITE_TO_END_OF_FILE;
        request->offset.HighPart = -1;
    }
    bool is_position =
        request->offset.HighPart == -1 && request->offset.LowPart == FILE_USE_FILE_POINTER_POSITION;
    bool is_end = request->offset.HighPart == -1 &&
                  request->offset.LowPart == FILE_WRITE_TO_END_OF_FILE &&
                  request->major == IRP_MJ_WRITE;
    if (is_position && file_is_synchronous(file))
        request->offset = file->CurrentByteOffset;
    else if (request->offset.QuadPart < 0 && !is_end)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static void io_request_drop(const struct io_request *request)
{
    if (request->event != NULL)
        ob_dereference(request->event);
    file_put(request->file);
}

static NTSTATUS io_request_status_write(const struct io_request *request, NTSTATUS status,
                                        ULONG_PTR information)
{
    return request->user_status == NULL
               ? STATUS_SUCCESS
               : mm_user_status_write(request->user_status, status, information,
                                      mm_address_is_low(request->user_status));
}

/* A request that ended without an IRP ends like any other: status block, event, port. */
static NTSTATUS io_request_end(const struct io_request *request, const IO_STATUS_BLOCK *block)
{
    FILE_OBJECT *file = request->file;
    if (NT_ERROR(block->Status))
        return block->Status;
    NTSTATUS written = io_request_status_write(request, block->Status, block->Information);
    if (!NT_SUCCESS(written))
        return written;
    if (request->event != NULL)
        KeSetEvent(request->event, IO_NO_INCREMENT, FALSE);
    else if (!file_is_synchronous(file) && !(file->Flags & FO_SKIP_SET_EVENT))
        KeSetEvent(&file->Event, IO_NO_INCREMENT, FALSE);
    if (file->CompletionContext != NULL && request->apc_context != NULL &&
        !file_is_synchronous(file) && !(file->Flags & FO_SKIP_COMPLETION_PORT))
        return io_completion_post(file->CompletionContext->Port, file->CompletionContext->Key,
                                  request->apc_context, block->Status,
                                  block->Information) == STATUS_SUCCESS
                   ? block->Status
                   : STATUS_INSUFFICIENT_RESOURCES;
    return block->Status;
}

/* What needs no IRP: information that io keeps itself, and what a fast I/O table serves. */
static bool io_request_serve(const struct io_request *request, NTSTATUS *out_status)
{
    IO_STATUS_BLOCK block = {0};
    bool is_information = request->major != IRP_MJ_DEVICE_CONTROL &&
                          file_information_serve(request, &block.Status, &block.Information);
    if (is_information || (file_top(request->file)->DriverObject->FastIoDispatch != NULL &&
                           io_fast_serve(request, &block))) {
        *out_status = io_request_end(request, &block);
        return true;
    }
    return false;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   the references to file and event in request
 * Errors:  the builders' and the driver's
 * Doc:     ntifs.h NtReadFile, NtWriteFile, NtDeviceIoControlFile
 */
NTSTATUS io_request_send(struct io_request *request)
{
    FILE_OBJECT *file = request->file;
    bool is_synchronous = file_is_synchronous(file);
    NTSTATUS status;
    PIRP irp;
    if (is_synchronous && !NT_SUCCESS(status = file_lock(file, request->mode))) {
        io_request_drop(request);
        return status;
    }
    if (request->major == IRP_MJ_READ || request->major == IRP_MJ_WRITE)
        status = irp_place_transfer(request);
    else
        status = STATUS_SUCCESS;
    if (request->event != NULL)
        KeClearEvent(request->event);
    bool is_sent = false;
    bool is_taken = false;
    if (NT_SUCCESS(status) && !io_request_serve(request, &status)) {
        status = irp_build(request, &irp);
        is_sent = NT_SUCCESS(status);
    }
    if (is_sent) {
        is_taken = !is_synchronous && !(irp->Flags & IRP_SYNCHRONOUS_API);
        if (is_taken)
            KeClearEvent(&file->Event);
        status = irp_send(irp, request);
    } else if (request->event != NULL) {
        ob_dereference(request->event);
    }
    if (is_synchronous)
        file_unlock(file);
    if (!is_taken)
        file_put(file);
    return status;
}
