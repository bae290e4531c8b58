/* SPDX-License-Identifier: MIT */
/* irp_cancel.c - asking for an IRP's early end: by address, thread or file.
 *
 * In: an IRP that may be completed at this very moment; out: its Cancel flag is set and its
 * cancel routine, if any, was called once. An IRP found in a thread's list is held first, so
 * that its memory outlives the question.
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
    return true;
}

/* ---- the thread's list --------------------------------------------------------------------- */

void irp_thread_attach(struct irp *irp, struct process_thread *thread)
{
    if (thread == NULL)
        return;
    irp->abi.Tail.Overlay.Thread = (PETHREAD)thread;
    irp->thread = thread;
    irp->process = thread->process;
    host_lock_take(&thread->irp_lock);
    list_push_back(&thread->irps, (struct list *)&irp->abi.ThreadListEntry);
    host_lock_give(&thread->irp_lock);
}

void irp_thread_detach(struct irp *irp)
{
    struct process_thread *thread = irp->thread;
    if (thread == NULL)
        return;
    host_lock_take(&thread->irp_lock);
    /* An ending thread may have let go of it meanwhile. */
    bool is_mine = irp->thread == thread;
    bool is_drained = false;
    if (is_mine) {
        list_remove((struct list *)&irp->abi.ThreadListEntry);
        irp->thread = NULL;
        is_drained = thread->tcb.is_terminating && list_is_empty(&thread->irps);
    }
    /* Under the lock: afterwards the ending thread may be gone. */
    if (is_drained)
        irp_thread_drained(thread);
    host_lock_give(&thread->irp_lock);
}

/* ---- by thread, file and status block ----------------------------------------------------------
 */

struct irp_filter {
    FILE_OBJECT *file; /* NULL: any */
    void *user_status; /* NULL: any */
};

static bool irp_matches(const IRP *irp, const struct irp_filter *filter)
{
    if (filter->file != NULL && irp->Tail.Overlay.OriginalFileObject != filter->file)
        return false;
    return filter->user_status == NULL || irp->UserIosb == filter->user_status;
}

/* Holds and returns an IRP of the list that matches and was not asked yet; NULL: none. */
static struct irp *irp_thread_next(struct process_thread *thread, const struct irp_filter *filter)
{
    struct irp *found = NULL;
    host_lock_take(&thread->irp_lock);
    list_for_each(node, &thread->irps)
    {
        PIRP irp = CONTAINING_RECORD((PLIST_ENTRY)node, IRP, ThreadListEntry);
        if (irp->Cancel || !irp_matches(irp, filter))
            continue;
        found = irp_of_known(irp);
        irp->Cancel = TRUE; /* so that the next look passes over it */
        atomic_fetch_add(&found->holds, 1);
        break;
    }
    host_lock_give(&thread->irp_lock);
    return found;
}

static unsigned irp_thread_cancel(struct process_thread *thread, const struct irp_filter *filter)
{
    unsigned count = 0;
    struct irp *irp;
    while ((irp = irp_thread_next(thread, filter)) != NULL) {
        irp_cancel(&irp->abi);
        irp_hold_drop(irp);
        count++;
    }
    return count;
}

void irp_thread_cancel_all(struct process_thread *thread)
{
    irp_thread_cancel(thread, &(struct irp_filter){NULL, NULL});
}

/* A search over all IRPs, because a process' threads may come and go meanwhile. */
struct irp_search {
    const struct process *process;
    struct irp_filter filter;
    unsigned count;
};

static void irp_search_one(PIRP abi, void *context)
{
    struct irp_search *search = context;
    struct irp *irp = irp_of_known(abi);
    if (!irp_hold_try(irp))
        return;
    if (irp->process == search->process && irp->thread != NULL && !abi->Cancel &&
        irp_matches(abi, &search->filter)) {
        irp_cancel(abi);
        search->count++;
    }
    irp_hold_drop(irp);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows everything
 * Errors:  none; *out_count is how many IRPs were asked
 * Doc:     ioapiset.h CancelIo, CancelIoEx, CancelSynchronousIo
 */
void io_cancel(struct process *process, struct process_thread *thread, FILE_OBJECT *file,
               void *user_status, unsigned *out_count)
{
    struct irp_search search = {.process = process, .filter = {file, user_status}};
    if (thread != NULL)
        search.count = irp_thread_cancel(thread, &search.filter);
    else
        irp_visit(irp_search_one, &search);
    if (out_count != NULL)
        *out_count = search.count;
}
