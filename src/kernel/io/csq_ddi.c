/* SPDX-License-Identifier: MIT */
/* csq_ddi.c - cancel-safe queues: the driver keeps the queue, these routines keep its IRPs
 * and their cancellation apart.
 *
 * Invariant: an IRP in the queue has our cancel routine; whoever exchanges that for NULL,
 * under the queue's lock, takes it out. The IRP (Tail.Overlay.DriverContext[3]) leads to the
 * queue, or to the driver's context of it, which leads to both.
 */
#include "io_internal.h"

#include "callout/callout.h"

#define CSQ_SLOT 3

/* ---- the driver's six routines -------------------------------------------------------------- */

static uint64_t csq_call(const void *routine, IO_CSQ *csq, const void *b, const void *c)
{
    const uint64_t arguments[3] = {(uint64_t)csq, (uint64_t)b, (uint64_t)c};
    return callout_ops->invoke(routine, arguments, 3);
}

static KIRQL csq_lock(IO_CSQ *csq)
{
    KIRQL irql = 0;
    csq_call(csq->CsqAcquireLock, csq, &irql, NULL);
    return irql;
}

static void csq_unlock(IO_CSQ *csq, KIRQL irql)
{
    csq_call(csq->CsqReleaseLock, csq, (void *)(uintptr_t)irql, NULL);
}

static NTSTATUS csq_insert(IO_CSQ *csq, PIRP irp, PVOID context)
{
    uint64_t result = csq_call(csq->CsqInsertIrp, csq, irp, context);
    return csq->Type == IO_TYPE_CSQ_EX ? (NTSTATUS)result : STATUS_SUCCESS;
}

static void csq_remove(IO_CSQ *csq, PIRP irp)
{
    csq_call(csq->CsqRemoveIrp, csq, irp, NULL);
}

static PIRP csq_peek(IO_CSQ *csq, PIRP irp, PVOID context)
{
    return (PIRP)csq_call(csq->CsqPeekNextIrp, csq, irp, context);
}

/* ---- cancellation ------------------------------------------------------------------------------
 */

static IO_CSQ *csq_of_irp(PIRP irp)
{
    IO_CSQ *csq = irp->Tail.Overlay.DriverContext[CSQ_SLOT];
    return csq->Type == IO_TYPE_CSQ_IRP_CONTEXT ? ((IO_CSQ_IRP_CONTEXT *)csq)->Csq : csq;
}

/* The queue's lock is held: the IRP belongs to nobody's cancellation any more. */
static void csq_forget(PIRP irp)
{
    IO_CSQ_IRP_CONTEXT *context = irp->Tail.Overlay.DriverContext[CSQ_SLOT];
    if (context->Type == IO_TYPE_CSQ_IRP_CONTEXT)
        context->Irp = NULL;
    irp->Tail.Overlay.DriverContext[CSQ_SLOT] = NULL;
}

static VOID NTAPI csq_cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    irp_cancel_lock_give(Irp->CancelIrql);
    IO_CSQ *csq = csq_of_irp(Irp);
    KIRQL irql = csq_lock(csq);
    csq_remove(csq, Irp);
    csq_forget(Irp);
    csq_unlock(csq, irql);
    csq_call(csq->CsqCompleteCanceledIrp, csq, Irp, NULL);
}

/* ---- the contract
 * ---------------------------------------------------------------------------------- */

static NTSTATUS csq_init(IO_CSQ *csq, ULONG type, const void *insert, PIO_CSQ_REMOVE_IRP remove,
                         PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                         PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
    *csq = (IO_CSQ){
        .Type = type,
        .CsqInsertIrp = (PIO_CSQ_INSERT_IRP)insert,
        .CsqRemoveIrp = remove,
        .CsqPeekNextIrp = peek,
        .CsqAcquireLock = acquire,
        .CsqReleaseLock = release,
        .CsqCompleteCanceledIrp = complete,
    };
    return STATUS_SUCCESS;
}

/* Doc:     wdm.h IoCsqInitialize */
NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
                               PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                               PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                               PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                               PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                               PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    return csq_init(Csq, IO_TYPE_CSQ, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
                    CsqReleaseLock, CsqCompleteCanceledIrp);
}

/* Doc:     wdm.h IoCsqInitializeEx */
NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                                 PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                                 PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                                 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                                 PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                                 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    return csq_init(Csq, IO_TYPE_CSQ_EX, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
                    CsqReleaseLock, CsqCompleteCanceledIrp);
}

/* Doc:     wdm.h IoCsqInsertIrpEx */
NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
                                PVOID InsertContext)
{
    if (Context != NULL) {
        *Context = (IO_CSQ_IRP_CONTEXT){.Type = IO_TYPE_CSQ_IRP_CONTEXT, .Irp = Irp, .Csq = Csq};
        Irp->Tail.Overlay.DriverContext[CSQ_SLOT] = Context;
    } else {
        Irp->Tail.Overlay.DriverContext[CSQ_SLOT] = Csq;
    }
    KIRQL irql = csq_lock(Csq);
    NTSTATUS status = csq_insert(Csq, Irp, InsertContext);
    if (!NT_SUCCESS(status)) {
        csq_forget(Irp);
        csq_unlock(Csq, irql);
        return status;
    }
    IoMarkIrpPending(Irp);
    (void)IoSetCancelRoutine(Irp, csq_cancel);
    /* Cancelled before it had a routine: whoever gets the routine back ends it. */
    bool is_cancelled = Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL;
    if (is_cancelled) {
        csq_remove(Csq, Irp);
        csq_forget(Irp);
    }
    csq_unlock(Csq, irql);
    if (is_cancelled)
        csq_call(Csq->CsqCompleteCanceledIrp, Csq, Irp, NULL);
    return status;
}

/* Doc:     wdm.h IoCsqInsertIrp */
VOID NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
    (void)IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

/* Doc:     wdm.h IoCsqRemoveIrp */
PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    KIRQL irql = csq_lock(Csq);
    PIRP irp = Context->Irp;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL)
        irp = NULL; /* its cancellation has begun */
    if (irp != NULL) {
        csq_remove(Csq, irp);
        csq_forget(irp);
    }
    csq_unlock(Csq, irql);
    return irp;
}

/* Doc:     wdm.h IoCsqRemoveNextIrp */
PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    KIRQL irql = csq_lock(Csq);
    PIRP irp = csq_peek(Csq, NULL, PeekContext);
    while (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL)
        irp = csq_peek(Csq, irp, PeekContext);
    if (irp != NULL) {
        csq_remove(Csq, irp);
        csq_forget(irp);
    }
    csq_unlock(Csq, irql);
    return irp;
}
