/* SPDX-License-Identifier: MIT */
/* thread_ddi.c - what drivers call on threads: who runs, priorities, APCs off and on. */
#include "callout/callout.h"
#include "ke_internal.h"

/* Doc: wdm.h KeGetCurrentThread */
PKTHREAD NTAPI KeGetCurrentThread(VOID)
{
    return (PKTHREAD)thread_self;
}

/* Sets a thread's priority; returns the old one.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h KeSetPriorityThread
 * Differs: the host schedules; the number is only kept
 */
KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    struct thread *thread = (struct thread *)Thread;

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return __atomic_exchange_n(&thread->priority, Priority, __ATOMIC_RELAXED);
}

/* Doc: wdm.h KeQueryPriorityThread */
KPRIORITY NTAPI KeQueryPriorityThread(PRKTHREAD Thread)
{
    return __atomic_load_n(&((struct thread *)Thread)->priority, __ATOMIC_RELAXED);
}

/* Sets the increment over the process' base priority; returns the old one.
 *
 * Doc:     ntddk.h KeSetBasePriorityThread
 * Differs: as KeSetPriorityThread
 */
LONG NTAPI KeSetBasePriorityThread(PRKTHREAD Thread, LONG Increment)
{
    struct thread *thread = (struct thread *)Thread;
    LONG old = thread->base_increment;

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    thread->base_increment = Increment;
    thread->priority += Increment - old;
    return old;
}

/* An APC may have waited for this. */
static void apcs_let_in(void)
{
    if (__builtin_expect(thread_self->is_apc_pending, 0) && ke_irql() < APC_LEVEL)
        apcs_deliver();
}

/* Keeps normal kernel APCs out of the calling thread.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeEnterCriticalRegion
 * Differs: documented for <= APC_LEVEL; drivers that try for a lock without waiting call it at
 *          DISPATCH_LEVEL, as Microsoft's own framework does, and there it is harmless
 */
VOID NTAPI KeEnterCriticalRegion(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    thread_self->kernel_apc_disable--;
}

/* What waited comes when the IRQL allows it. Doc: wdm.h KeLeaveCriticalRegion. IRQL: <=
 * DISPATCH_LEVEL, as above */
VOID NTAPI KeLeaveCriticalRegion(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (++thread_self->kernel_apc_disable == 0)
        apcs_let_in();
}

/* Keeps all kernel APCs out. Doc: wdm.h KeEnterGuardedRegion. IRQL: <= APC_LEVEL */
VOID NTAPI KeEnterGuardedRegion(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    thread_self->special_apc_disable--;
}

/* Doc: wdm.h KeLeaveGuardedRegion. IRQL: <= APC_LEVEL */
VOID NTAPI KeLeaveGuardedRegion(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (++thread_self->special_apc_disable == 0)
        apcs_let_in();
}

/* Are normal kernel APCs kept out? Doc: wdm.h KeAreApcsDisabled */
BOOLEAN NTAPI KeAreApcsDisabled(VOID)
{
    return thread_self->kernel_apc_disable != 0 || thread_self->special_apc_disable != 0;
}

/* Are all kept out? Doc: wdm.h KeAreAllApcsDisabled */
BOOLEAN NTAPI KeAreAllApcsDisabled(VOID)
{
    return thread_self->special_apc_disable != 0 || ke_irql() >= APC_LEVEL;
}

BOOLEAN NTAPI KeTestAlertThread(KPROCESSOR_MODE AlertMode);
/* Was the thread alerted? It is not any more. For UserMode, user APCs become due. No public page.
 */
BOOLEAN NTAPI KeTestAlertThread(KPROCESSOR_MODE AlertMode)
{
    bool was_alerted;

    if (AlertMode == UserMode)
        return ke_user_apc_test() == STATUS_ALERTED;
    dispatcher_take();
    was_alerted = thread_self->is_alerted;
    thread_self->is_alerted = false;
    host_lock_give(&dispatcher_lock);
    return was_alerted;
}

/* Calls a routine with Size bytes of stack to spare. Kernel stacks are large: it is the same
 * stack.
 *
 * IRQL:    <= APC_LEVEL; DISPATCH_LEVEL if not Wait
 * Errors:  STATUS_NO_MEMORY when the stack has less left, STATUS_INVALID_PARAMETER_3
 * Doc:     ntddk.h KeExpandKernelStackAndCalloutEx
 */
NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                               SIZE_T Size, BOOLEAN Wait, PVOID Context)
{
    uint64_t argument = (uintptr_t)Parameter;

    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    (void)Context;
    if (Size > MAXIMUM_EXPANSION_SIZE)
        return STATUS_INVALID_PARAMETER_3;
    if ((uintptr_t)__builtin_frame_address(0) - thread_self->stack_low < Size)
        return STATUS_NO_MEMORY;
    callout_invoke((const void *)Callout, &argument, 1);
    return STATUS_SUCCESS;
}

/* Doc: ntddk.h KeExpandKernelStackAndCallout */
NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                             SIZE_T Size)
{
    return KeExpandKernelStackAndCalloutEx(Callout, Parameter, Size, TRUE, NULL);
}
