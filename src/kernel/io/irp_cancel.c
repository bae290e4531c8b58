/* SPDX-License-Identifier: MIT */
/* irp_cancel.c - asking for an IRP's early end: by address, thread or file.
 *
 * In: an IRP that may be completed at this very moment; out: its Cancel flag is set and its
 * cancel routine, if any, was called once. An IRP that a search found is held first, so that its
 * memory outlives the question.
 * Invariant: whoever exchanges CancelRoutine for NULL owns the cancellation.
 */
#include "io_internal.h"

#include "callout/callout.h"

/* The one lock that cancel routines are entered with; given back by the routine. */
static KSPIN_LOCK irp_cancel_lock;

void cancel_lock_init(void)
{
    KeInitializeSpinLock(&irp_cancel_lock);
}

void irp_cancel_lock_take(KIRQL *out_irql)
{
    KeAcquireSpinLock(&irp_cancel_lock, out_irql);
}

void irp_cancel_lock_give(KIRQL irql)
{
    KeReleaseSpinLock(&irp_cancel_lock, irql);
}

/* True: a cancel routine was called.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Takes:   borrows irp; it may be gone afterwards unless it is held
 * Doc:     wdm.h IoCancelIrp, DRIVER_CANCEL
 */
bool irp_cancel(PIRP irp)
{
    KIRQL irql;
    irp_cancel_lock_take(&irql);
    irp->Cancel = TRUE;
    PDRIVER_CANCEL routine = IoSetCancelRoutine(irp, NULL);
    trace_point(TRACE_IRP_CANCEL, irp, routine, 0);
    if (routine == NULL) {
        irp_cancel_lock_give(irql);
        return false;
    }
    if (irp->CurrentLocation > irp->StackCount + 1)
        io_bugcheck(CANCEL_STATE_IN_COMPLETED_IRP, (ULONG_PTR)irp, (ULONG_PTR)routine, 0, 0);
    irp->CancelIrql = irql;
    PDEVICE_OBJECT device = irp->CurrentLocation <= irp->StackCount
                                ? IoGetCurrentIrpStackLocation(irp)->DeviceObject
                                : NULL;
    callout_cancel(routine, device, irp);
    if (__builtin_expect(ke_irql() > irql, 0))
        io_bugcheck(DRIVER_RETURNED_HOLDING_CANCEL_LOCK, (ULONG_PTR)irp, (ULONG_PTR)routine, 0, 0);
    return true;
}

/* ---- by thread, process, file and status block --------------------------------------------- */

/* A search over all IRPs: rare, so that sending and finishing need no list and no lock. */
struct irp_search {
    const struct process_thread *thread; /* NULL: any of process */
    const struct process *process;
    const FILE_OBJECT *file; /* NULL: any */
    const void *user_status; /* NULL: any */
    unsigned count;
};

static bool irp_matches(struct irp *irp, const struct irp_search *search)
{
    const struct process_thread *thread = atomic_load_explicit(&irp->thread, memory_order_acquire);
    if (thread == NULL || irp->abi.Cancel)
        return false;
    if (search->thread != NULL ? thread != search->thread : irp->process != search->process)
        return false;
    if (search->file != NULL && irp->abi.Tail.Overlay.OriginalFileObject != search->file)
        return false;
    return search->user_status == NULL || irp->abi.UserIosb == search->user_status;
}

static void irp_search_one(PIRP abi, void *context)
{
    struct irp_search *search = context;
    struct irp *irp = irp_of_known(abi);
    if (!irp_hold_try(irp))
        return;
    if (irp_matches(irp, search)) {
        irp_cancel(abi);
        search->count++;
    }
    irp_hold_drop(irp);
}

void irp_thread_cancel_all(struct process_thread *thread)
{
    struct irp_search search = {.thread = thread};
    atomic_thread_fence(memory_order_seq_cst);
    irp_visit(irp_search_one, &search);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows everything
 * Errors:  none; *out_count is how many IRPs were asked
 * Doc:     ioapiset.h CancelIo, CancelIoEx, CancelSynchronousIo
 */
void io_cancel(struct process *process, struct process_thread *thread, FILE_OBJECT *file,
               void *user_status, unsigned *out_count)
{
    struct irp_search search = {
        .thread = thread, .process = process, .file = file, .user_status = user_status};
    irp_visit(irp_search_one, &search);
    if (out_count != NULL)
        *out_count = search.count;
}
