/* SPDX-License-Identifier: MIT */
/* irp_answer.c - does a dispatch routine's answer fit what it did to the IRP?
 *
 * In: the IRP, which may be finished and on its way with another request by now, and the count
 * of its steps when the driver was called. Every step down or up adds one and is written before
 * it is counted, and a completion counts before it wipes the stack location. So a count that has
 * not moved, read after the mark, shows a driver that still has the IRP and a mark that is its
 * own; a count one higher, read before and after the step, shows how the driver completed it.
 * With more steps the IRP went elsewhere in between and others answer for it.
 */
#include "io_internal.h"

[[noreturn]] static void irp_answer_wrong(enum io_rule rule, struct irp *irp, const void *routine,
                                          NTSTATUS status)
{
    io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, rule, (ULONG_PTR)routine, (ULONG_PTR)&irp->abi,
                (ULONG_PTR)(ULONG)status);
}

/* Doc:     "Bug Check 0xC9", 0x226, 0x23D, 0x23E; wdm.h IoMarkIrpPending
 * Differs: only requests of the I/O manager itself, which would hang or be ended twice
 */
void irp_answer_check(struct irp *irp, const IO_STACK_LOCATION *stack, uint32_t steps,
                      const void *routine, NTSTATUS status)
{
    bool is_kept = atomic_load_explicit(&irp->steps, memory_order_acquire) == steps;
    bool is_marked = is_kept ? (*(const volatile UCHAR *)&stack->Control & SL_PENDING_RETURNED) != 0
                             : *(const volatile bool *)&irp->step[steps % IRP_STEPS].is_pending;
    bool is_up = is_kept || *(const volatile bool *)&irp->step[steps % IRP_STEPS].is_up;
    bool is_of_driver = *(const void *const volatile *)&irp->creator != NULL;

    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(&irp->steps, memory_order_acquire) != steps + !is_kept)
        return;
    if (is_of_driver || !is_up)
        return;
    if (status == STATUS_PENDING && !is_marked)
        irp_answer_wrong(IO_RULE_PENDING_NOT_MARKED, irp, routine, status);
    if (status != STATUS_PENDING && is_marked)
        irp_answer_wrong(IO_RULE_MARKED_NOT_PENDING, irp, routine, status);
    if (status != STATUS_PENDING && is_kept)
        irp_answer_wrong(IO_RULE_NOT_ANSWERED, irp, routine, status);
}
