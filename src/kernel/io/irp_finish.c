/* SPDX-License-Identifier: MIT */
/* irp_finish.c - the end of an IRP: what its sender was promised, then nothing more.
 *
 * In: an IRP that every stack location has given back. Order: copy output, status block,
 * pages and buffers, off the thread's list, free; the signal comes last, because whoever
 * sees it may count what is alive. Runs in whatever thread completed, up to DISPATCH_LEVEL:
 * a program's memory is mapped here at its own addresses.
 */
#include "io_internal.h"

#include <string.h>

/* What is left to do when the IRP is gone. */
struct irp_signals {
    bool is_silent; /* nothing is told; references are dropped all the same */
    struct irp_wait *wait;
    KEVENT *event;
    FILE_OBJECT *file; /* whose event is set, reference dropped if owns says so */
    uint32_t owns;
    NTSTATUS status;
    ULONG_PTR information;
    struct process_thread *thread; /* does not end before the references are dropped; or NULL */
    struct process_thread *apc_thread;
    PIO_APC_ROUTINE apc;
    void *apc_context, *user_status;
};

/* ---- associated IRPs --------------------------------------------------------------------- */

/* The last of a master's associated IRPs completes the master. */
static void irp_finish_associated(PIRP abi)
{
    PIRP master = abi->AssociatedIrp.MasterIrp;
    irp_free_mdls(abi);
    IoFreeIrp(abi);
    if (InterlockedDecrement(&master->AssociatedIrp.IrpCount) == 0)
        IoCompleteRequest(master, IO_NO_INCREMENT);
}

/* ---- parts of the finish ------------------------------------------------------------------ */

/* Where a program's buffer lies in this process: whoever completes need not have the low addresses
 * of a 32-bit program. */
static void *user_here(const struct irp *irp, void *address)
{
    if (!mm_address_is_low(address) || irp->abi.Tail.Overlay.Thread == NULL)
        return address;
    const struct process *process =
        (struct process *)IoThreadToProcess(irp->abi.Tail.Overlay.Thread);
    return process->window != NULL ? mm_window_here(process->window, address) : address;
}

/* Not on error, and never more than the sender's buffer holds, whatever Information says. */
static void irp_copy_output(struct irp *irp)
{
    PIRP abi = &irp->abi;
    const ULONG wanted = IRP_BUFFERED_IO | IRP_INPUT_OPERATION;
    if ((abi->Flags & wanted) != wanted || NT_ERROR(abi->IoStatus.Status) ||
        abi->IoStatus.Status == STATUS_VERIFY_REQUIRED || (irp->owns & IRP_ABANDONED))
        return;
    size_t length = abi->IoStatus.Information;
    if (length > irp->output_length)
        length = irp->output_length;
    if (length == 0 || abi->UserBuffer == NULL)
        return;
    if (abi->RequestorMode == KernelMode) {
        memcpy(abi->UserBuffer, abi->AssociatedIrp.SystemBuffer, length);
        return;
    }
    NTSTATUS status =
        mm_user_copy(user_here(irp, abi->UserBuffer), abi->AssociatedIrp.SystemBuffer, length);
    if (!NT_SUCCESS(status)) {
        abi->IoStatus.Status = status;
        abi->IoStatus.Information = 0;
    }
}

static void irp_free_buffers(struct irp *irp)
{
    PIRP abi = &irp->abi;
    if (abi->Flags & IRP_DEALLOCATE_BUFFER)
        irp_buffer_free(irp, abi->AssociatedIrp.SystemBuffer);
    abi->Flags &= ~(ULONG)(IRP_DEALLOCATE_BUFFER | IRP_BUFFERED_IO);
    if (abi->Tail.Overlay.AuxiliaryBuffer != NULL) {
        ExFreePool(abi->Tail.Overlay.AuxiliaryBuffer);
        abi->Tail.Overlay.AuxiliaryBuffer = NULL;
    }
    irp_free_mdls(abi);
}

static void irp_write_status(struct irp *irp)
{
    PIRP abi = &irp->abi;
    IO_STATUS_BLOCK *block = abi->UserIosb;
    if (block == NULL || (irp->owns & IRP_ABANDONED))
        return;
    if (abi->RequestorMode == KernelMode) {
        *block = abi->IoStatus;
        return;
    }
    (void)mm_user_status_write(user_here(irp, block), abi->IoStatus.Status,
                               abi->IoStatus.Information, mm_address_is_low(block));
}

/* The packet, if the file has a port, lies in the IRP's own memory. True: the port has it. */
static bool irp_post_packet(struct irp *irp, FILE_OBJECT *file, bool is_inline)
{
    if (file == NULL || file->CompletionContext == NULL || irp->wait != NULL ||
        (irp->owns & IRP_ABANDONED))
        return false;
    void *apc_context = irp->abi.Overlay.AsynchronousParameters.UserApcContext;
    if (apc_context == NULL || irp->abi.Overlay.AsynchronousParameters.UserApcRoutine != NULL)
        return false;
    if (is_inline && (file->Flags & FO_SKIP_COMPLETION_PORT))
        return false;
    IO_COMPLETION_CONTEXT *context = file->CompletionContext;
    completion_post_irp(context->Port, context->Key, irp, apc_context);
    return true;
}

static void irp_tell(const struct irp_signals *signals)
{
    if (signals->event != NULL) {
        KeSetEvent(signals->event, IO_NO_INCREMENT, FALSE);
    } else if (signals->file != NULL && signals->wait == NULL &&
               !(signals->file->Flags & FO_SKIP_SET_EVENT)) {
        signals->file->FinalStatus = signals->status;
        KeSetEvent(&signals->file->Event, IO_NO_INCREMENT, FALSE);
    }
    if (signals->apc_thread != NULL)
        io_apc_post(signals->apc_thread, signals->apc, signals->apc_context, signals->user_status);
}

static void irp_signal(const struct irp_signals *signals)
{
    if (!signals->is_silent)
        irp_tell(signals);
    if (signals->apc_thread != NULL)
        ob_dereference(signals->apc_thread);
    if (signals->owns & IRP_OWNS_EVENT)
        ob_dereference(signals->event);
    if (signals->owns & IRP_OWNS_FILE)
        file_put(signals->file);
    if (signals->thread != NULL)
        atomic_fetch_sub(&signals->thread->irps_ending, 1);
    if (signals->wait != NULL)
        irp_wait_done(signals->wait, signals->status, signals->information);
}

/* Who waits for nothing but the end, the usual case, is told and that is all. */
static void irp_end_waited(struct irp *irp)
{
    struct irp_wait *wait = irp->wait;
    NTSTATUS status = irp->abi.IoStatus.Status;
    ULONG_PTR information = irp->abi.IoStatus.Information;
    trace_point(TRACE_IRP_FINISHED, &irp->abi, (ULONG)status, information);
    irp_thread_detach(irp);
    irp_free(&irp->abi);
    irp_wait_done(wait, status, information);
}

/* Everything else: event, file, APC, port, and the references that the IRP owned. */
static __attribute__((noinline)) void irp_end(struct irp *irp, bool is_inline, bool is_silent)
{
    PIRP abi = &irp->abi;
    FILE_OBJECT *file = abi->Tail.Overlay.OriginalFileObject;
    struct irp_signals signals = {
        .is_silent = is_silent,
        .wait = irp->wait,
        .event = abi->UserEvent,
        .file = file,
        .owns = irp->owns,
        .status = abi->IoStatus.Status,
        .information = abi->IoStatus.Information,
        .apc = abi->Overlay.AsynchronousParameters.UserApcRoutine,
        .apc_context = abi->Overlay.AsynchronousParameters.UserApcContext,
        .user_status = abi->UserIosb,
    };
    if (signals.apc != NULL && irp_is_attached(irp)) {
        /* It may end as soon as the IRP is no longer its own. */
        signals.apc_thread = irp->thread;
        ob_reference(irp->thread);
    }
    /* Whoever waits for the process to be gone may rely on its files being closed. */
    if (signals.owns != 0 && irp_is_attached(irp)) {
        signals.thread = irp->thread;
        atomic_fetch_add(&signals.thread->irps_ending, 1);
    }
    trace_point(TRACE_IRP_FINISHED, abi, (ULONG)signals.status, signals.information);
    irp_thread_detach(irp);
    if (is_silent || !irp_post_packet(irp, file, is_inline))
        irp_free(abi);
    irp_signal(&signals);
}

/* ---- stage 8 -------------------------------------------------------------------------------- */

/* IRQL:    <= DISPATCH_LEVEL
 * Takes:   irp; nobody holds it afterwards
 * Errors:  none; a fault while writing to the sender becomes the status of the request
 * Doc:     "Completing IRPs"; ntifs.h NtReadFile (status block, event, APC, port)
 */
void irp_finish(PIRP abi)
{
    if (abi->Flags & IRP_ASSOCIATED_IRP) {
        irp_finish_associated(abi);
        return;
    }
    struct irp *irp = irp_of(abi);
    if (irp == NULL || (!irp_is_attached(irp) && irp->wait == NULL && !(irp->owns & IRP_ABANDONED)))
        /* Allocated by a driver, whose completion routine had to keep and free it. */
        io_bugcheck(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)abi, 0, 0, 0);
    /* A failure that the driver's answer itself reports is served by that answer alone. */
    bool is_inline = !abi->PendingReturned;
    bool is_silent = is_inline && NT_ERROR(abi->IoStatus.Status);
    irp_copy_output(irp);
    if (!is_silent)
        irp_write_status(irp);
    irp_free_buffers(irp);
    abi->CurrentLocation = (CHAR)(abi->StackCount + 2); /* a second completion is noticed */
    if (irp->wait != NULL && abi->UserEvent == NULL && irp->owns == 0 &&
        abi->Overlay.AsynchronousParameters.UserApcRoutine == NULL)
        irp_end_waited(irp);
    else
        irp_end(irp, is_inline, is_silent);
}
