/* SPDX-License-Identifier: MIT */
/* irp_complete.c - the way back up: unwinding a completed IRP through its stack.
 *
 * Every IRP passes here once per IoCompleteRequest. It leaves either parked (a completion
 * routine kept it) or on its way to irp_finish().
 * Invariant: exactly one holder; after irp_finish() nobody holds it.
 */
#include "io_internal.h"

#include "callout/callout.h"

static bool irp_wants_completion(const IRP *irp, UCHAR control)
{
    if (NT_SUCCESS(irp->IoStatus.Status)) {
        if (control & SL_INVOKE_ON_SUCCESS)
            return true;
    } else if (control & SL_INVOKE_ON_ERROR) {
        return true;
    }
    return irp->Cancel && (control & SL_INVOKE_ON_CANCEL);
}

/* A location is read once and wiped, so that a routine is never called twice. */
static void irp_stack_clear(PIO_STACK_LOCATION stack)
{
    stack->MinorFunction = 0;
    stack->Flags = 0;
    stack->Control &= SL_ERROR_RETURNED;
    stack->Parameters.Others.Argument1 = NULL;
    stack->Parameters.Others.Argument2 = NULL;
    stack->Parameters.Others.Argument3 = NULL;
    stack->FileObject = NULL;
    stack->CompletionRoutine = NULL;
    stack->Context = NULL;
}

/* Takes the IRP one location up. True: a completion routine kept it. */
static bool irp_unwind_one(PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    UCHAR control = stack->Control;
    PIO_COMPLETION_ROUTINE routine = stack->CompletionRoutine;
    PVOID context = stack->Context;
    struct irp *ours = irp_of(irp);

    if (ours != NULL)
        irp_step_record(ours,
                        &(struct irp_step){.device = stack->DeviceObject,
                                           .status = irp->IoStatus.Status,
                                           .major = stack->MajorFunction,
                                           .is_up = true,
                                           .is_pending = (control & SL_PENDING_RETURNED) != 0});
    trace_point(TRACE_IRP_UP, irp, stack->DeviceObject, (ULONG)irp->IoStatus.Status);
    irp->PendingReturned = (control & SL_PENDING_RETURNED) != 0;
    irp_stack_clear(stack);
    irp->CurrentLocation++;
    irp->Tail.Overlay.CurrentStackLocation++;
    bool is_top = irp->CurrentLocation == irp->StackCount + 1;
    if (!irp_wants_completion(irp, control)) {
        /* Nobody looked at PendingReturned here: the mark travels up by itself. */
        if (irp->PendingReturned && !is_top)
            IoMarkIrpPending(irp);
        return false;
    }
    /* The routine's device is the one that set it, the next above. */
    PDEVICE_OBJECT device = is_top ? NULL : IoGetCurrentIrpStackLocation(irp)->DeviceObject;
    KIRQL irql = ke_irql();
    NTSTATUS answer = callout_completion(routine, device, irp, context);
    if (__builtin_expect(ke_irql() != irql, 0))
        io_bugcheck(IRQL_UNEXPECTED_VALUE,
                    (ULONG_PTR)ke_irql() << 16 | (ULONG_PTR)irql << 8 | IO_IRQL_OF_CALLOUT,
                    (ULONG_PTR)routine, (ULONG_PTR)context, 0);
    return answer == STATUS_MORE_PROCESSING_REQUIRED;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Takes:   irp
 * Doc:     "Completing IRPs"; wdm.h IO_COMPLETION_ROUTINE, IoMarkIrpPending
 */
void irp_unwind(PIRP irp)
{
    trace_point(TRACE_IRP_COMPLETE, irp, (ULONG)irp->IoStatus.Status, irp->IoStatus.Information);
    while (irp->CurrentLocation <= irp->StackCount)
        if (irp_unwind_one(irp))
            return;
    irp_finish(irp);
}
