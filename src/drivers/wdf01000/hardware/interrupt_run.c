/* SPDX-License-Identifier: MIT */
/* interrupt_run.c - from the vector to the client: service routine, DPC, work item, lock.
 *
 * In: calls of the kernel at an interrupt's IRQL; out: EvtInterruptIsr under the interrupt's lock,
 * then EvtInterruptDpc or EvtInterruptWorkItem under the parent's callback lock. With passive
 * handling the vector only starts a work item, which calls EvtInterruptIsr under a wait lock; a
 * level line is kept from interrupting again until that has run.
 */
#include "interrupt.h"

void fx_interrupt_report(PKINTERRUPT kernel, BOOLEAN active)
{
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS parameters = {
        .Version = CONNECT_FULLY_SPECIFIED,
        .ConnectionContext.InterruptObject = kernel,
    };

    if (active)
        IoReportInterruptActive(&parameters);
    else
        IoReportInterruptInactive(&parameters);
}

static BOOLEAN isr_call(struct fx_interrupt *interrupt)
{
    PFN_WDF_INTERRUPT_ISR isr = interrupt->config.EvtInterruptIsr;
    BOOLEAN is_ours;

    FX_WATCHED(interrupt->object.globals, isr,
               is_ours = isr(fx_handle_of(&interrupt->object), interrupt->info.MessageNumber));
    return is_ours;
}

BOOLEAN NTAPI fx_interrupt_service(PKINTERRUPT kernel, PVOID context)
{
    struct fx_interrupt *interrupt = context;

    if (!interrupt->config.PassiveHandling)
        return isr_call(interrupt);
    if (interrupt->info.Mode == LevelSensitive)
        fx_interrupt_report(kernel, FALSE);
    KeInsertQueueDpc(&interrupt->service_dpc, NULL, NULL);
    return TRUE;
}

static void service_deferred(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_interrupt *interrupt = context;

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    fx_passive_post(&interrupt->service_work);
}

static void service_at_passive(struct fx_object *object)
{
    struct fx_interrupt *interrupt = (struct fx_interrupt *)object;

    fx_interrupt_lock(interrupt);
    (void)isr_call(interrupt);
    if (interrupt->info.Mode == LevelSensitive && interrupt->kernel && !interrupt->is_inactive)
        fx_interrupt_report(interrupt->kernel, TRUE);
    fx_interrupt_unlock(interrupt);
}

/* ---- what the service routine asked for --------------------------------------------------------
 */

static void deferred(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_interrupt *interrupt = context;

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    if (!interrupt->config.EvtInterruptDpc) {
        fx_passive_post(&interrupt->work);
        return;
    }
    if (interrupt->holder)
        fx_callback_enter(interrupt->holder);
    FX_WATCHED(interrupt->object.globals, interrupt->config.EvtInterruptDpc,
               interrupt->config.EvtInterruptDpc(fx_handle_of(&interrupt->object),
                                                 fx_handle_of(interrupt->associated)));
    if (interrupt->holder)
        fx_callback_leave(interrupt->holder);
}

static void work_item(struct fx_object *object)
{
    struct fx_interrupt *interrupt = (struct fx_interrupt *)object;

    if (interrupt->holder)
        fx_callback_enter(interrupt->holder);
    FX_WATCHED(object->globals, interrupt->config.EvtInterruptWorkItem,
               interrupt->config.EvtInterruptWorkItem(fx_handle_of(object),
                                                      fx_handle_of(interrupt->associated)));
    if (interrupt->holder)
        fx_callback_leave(interrupt->holder);
}

NTSTATUS fx_interrupt_run_init(struct fx_interrupt *interrupt)
{
    NTSTATUS status = STATUS_SUCCESS;

    KeInitializeSpinLock(&interrupt->own_lock);
    KeInitializeEvent(&interrupt->own_wait, SynchronizationEvent, TRUE);
    KeInitializeDpc(&interrupt->dpc, deferred, interrupt);
    KeInitializeDpc(&interrupt->service_dpc, service_deferred, interrupt);
    if (interrupt->config.EvtInterruptWorkItem)
        status = fx_passive_init(&interrupt->work, &interrupt->object, work_item);
    if (NT_SUCCESS(status) && interrupt->config.PassiveHandling)
        status = fx_passive_init(&interrupt->service_work, &interrupt->object, service_at_passive);
    return status;
}

void fx_interrupt_run_flush(struct fx_interrupt *interrupt)
{
    /* Each may have been on its way to the next: vector, DPC, routine, DPC, work item. */
    KeFlushQueuedDpcs();
    fx_passive_flush(&interrupt->service_work);
    KeFlushQueuedDpcs();
    fx_passive_flush(&interrupt->work);
}

void fx_interrupt_run_fini(struct fx_interrupt *interrupt)
{
    fx_passive_fini(&interrupt->service_work);
    fx_passive_fini(&interrupt->work);
}

/* ---- the lock ----------------------------------------------------------------------------------
 */

/* Of passive handling. Gives STATUS_TIMEOUT only when it does not wait. */
static NTSTATUS wait_lock_take(struct fx_interrupt *interrupt, const LONGLONG *timeout)
{
    NTSTATUS status;

    if (interrupt->wait_lock)
        return fx_wait_lock_acquire(interrupt->wait_lock, timeout);
    KeEnterCriticalRegion();
    status = KeWaitForSingleObject(&interrupt->own_wait, Executive, KernelMode, FALSE,
                                   (PLARGE_INTEGER)timeout);
    if (status != STATUS_SUCCESS)
        KeLeaveCriticalRegion();
    return status;
}

void fx_interrupt_lock(struct fx_interrupt *interrupt)
{
    KIRQL irql;

    if (interrupt->config.PassiveHandling) {
        (void)wait_lock_take(interrupt, NULL);
        return;
    }
    if (!interrupt->kernel) {
        fx_log(interrupt->object.globals, FX_LOG_ERROR,
               "WDFINTERRUPT %p is not connected: its lock can be taken only after "
               "EvtInterruptEnable and before EvtInterruptDisable",
               fx_handle_of(&interrupt->object));
        fx_violation(interrupt->object.globals, WDF_INVALID_LOCK_OPERATION,
                     (ULONG_PTR)fx_handle_of(&interrupt->object), 0, 0);
    }
    irql = KeAcquireInterruptSpinLock(interrupt->kernel);
    interrupt->old_irql = irql;
}

BOOLEAN fx_interrupt_try_lock(struct fx_interrupt *interrupt)
{
    LONGLONG now = 0;

    return wait_lock_take(interrupt, &now) == STATUS_SUCCESS;
}

void fx_interrupt_unlock(struct fx_interrupt *interrupt)
{
    if (!interrupt->config.PassiveHandling) {
        KeReleaseInterruptSpinLock(interrupt->kernel, interrupt->old_irql);
    } else if (interrupt->wait_lock) {
        fx_wait_lock_release(interrupt->wait_lock);
    } else {
        KeSetEvent(&interrupt->own_wait, IO_NO_INCREMENT, FALSE);
        KeLeaveCriticalRegion();
    }
}
