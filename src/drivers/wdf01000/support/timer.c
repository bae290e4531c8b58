/* SPDX-License-Identifier: MIT */
/* timer.c - timers with a handle: dispatch and passive, once and periodic, coalesced, of high
 * resolution, without waking the system.
 *
 * In: a due time; out: EvtTimerFunc, from a DPC or, for a passive timer, from a worker. What a
 * kernel timer can do is left to a kernel timer; high resolution and "no wake" need an executive
 * timer, which older systems lack: there these two fall back to the former.
 * Invariants: after a waiting stop nothing runs or will run, even if the callback starts its timer
 * again in between; after dispose the timer cannot be started.
 */
#include "timer.h"

/* Executive timers are not on every version that the Framework runs on. */
static struct {
    PEX_TIMER(NTAPI *allocate)(PEXT_CALLBACK, PVOID, ULONG);
    BOOLEAN(NTAPI *set)(PEX_TIMER, LONGLONG, LONGLONG, PEXT_SET_PARAMETERS);
    BOOLEAN(NTAPI *cancel)(PEX_TIMER, PEXT_CANCEL_PARAMETERS);
    BOOLEAN(NTAPI *delete)(PEX_TIMER, BOOLEAN, BOOLEAN, PEXT_DELETE_PARAMETERS);
    BOOLEAN looked; /* set last; the same values are written by everyone */
} executive;

static PVOID routine_find(PCWSTR name)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, name);
    return MmGetSystemRoutineAddress(&string);
}

static BOOLEAN executive_timers(void)
{
    if (!executive.looked && KeGetCurrentIrql() == PASSIVE_LEVEL) {
        executive.set = routine_find(L"ExSetTimer");
        executive.cancel = routine_find(L"ExCancelTimer");
        executive.delete = routine_find(L"ExDeleteTimer");
        executive.allocate = routine_find(L"ExAllocateTimer");
        KeMemoryBarrier();
        executive.looked = TRUE;
    }
    return executive.allocate != NULL;
}

/* ---- firing ---------------------------------------------------------------------------------- */

static void timer_call(struct fx_object *object)
{
    struct fx_timer *timer = (struct fx_timer *)object;

    if (!timer->callback)
        return;
    if (timer->lock_holder)
        fx_callback_enter(timer->lock_holder);
    FX_WATCHED(object->globals, timer->callback, timer->callback(fx_handle_of(object)));
    if (timer->lock_holder)
        fx_callback_leave(timer->lock_holder);
}

static void timer_fired(struct fx_timer *timer)
{
    if (timer->is_passive)
        fx_passive_post(&timer->passive);
    else
        timer_call(&timer->object);
}

static void timer_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    timer_fired(context);
}

static void timer_extended(PEX_TIMER extended, PVOID context)
{
    UNREFERENCED_PARAMETER(extended);
    timer_fired(context);
}

/* ---- the clock ------------------------------------------------------------------------------- */

static BOOLEAN clock_set(struct fx_timer *timer, LONGLONG due_100ns)
{
    LARGE_INTEGER due = {.QuadPart = due_100ns};
    EXT_SET_PARAMETERS parameters = {0};

    if (!timer->extended)
        return KeSetCoalescableTimer(
            &timer->kernel, due, timer->period_ms,
            timer->tolerable_ms == TolerableDelayUnlimited ? 0 : timer->tolerable_ms, &timer->dpc);
    if (timer->tolerable_ms == TolerableDelayUnlimited)
        parameters.NoWakeTolerance = EX_TIMER_UNLIMITED_TOLERANCE;
    return executive.set(timer->extended, due_100ns, timer->period_ms * 10000LL, &parameters);
}

static BOOLEAN clock_cancel(struct fx_timer *timer)
{
    if (timer->extended)
        return executive.cancel(timer->extended, NULL);
    return KeCancelTimer(&timer->kernel);
}

BOOLEAN fx_timer_start(struct fx_timer *timer, LONGLONG due_100ns)
{
    BOOLEAN was_running = FALSE;
    KIRQL irql;

    KeAcquireSpinLock(&timer->lock, &irql);
    if (timer->is_closing) {
        fx_log(timer->object.globals, FX_LOG_ERROR,
               "WDFTIMER %p is being deleted: it cannot be started", fx_handle_of(&timer->object));
    } else if (timer->stopper) {
        timer->start_refused = TRUE;
    } else {
        was_running = clock_set(timer, due_100ns);
    }
    KeReleaseSpinLock(&timer->lock, irql);
    return was_running;
}

/* Of a dispatch timer nobody can wait, or clean up, inside its callback. */
static BOOLEAN is_inside(struct fx_timer *timer)
{
    return timer->is_passive && fx_passive_is_inside(&timer->passive);
}

BOOLEAN fx_timer_stop(struct fx_timer *timer, BOOLEAN wait)
{
    BOOLEAN was_running;
    KIRQL irql;

    if (!wait)
        return clock_cancel(timer);
    if (is_inside(timer)) {
        fx_log(timer->object.globals, FX_LOG_ERROR,
               "WDFTIMER %p: a waiting stop in its own callback would wait for ever",
               fx_handle_of(&timer->object));
        return FALSE;
    }
    KeAcquireSpinLock(&timer->lock, &irql);
    timer->stopper = KeGetCurrentThread();
    timer->start_refused = FALSE;
    KeReleaseSpinLock(&timer->lock, irql);

    was_running = clock_cancel(timer);
    KeFlushQueuedDpcs();
    if (timer->is_passive)
        fx_passive_flush(&timer->passive);

    KeAcquireSpinLock(&timer->lock, &irql);
    was_running |= timer->start_refused;
    timer->stopper = NULL;
    KeReleaseSpinLock(&timer->lock, irql);
    return was_running;
}

/* ---- the object ------------------------------------------------------------------------------ */

static void timer_dispose(struct fx_object *object)
{
    struct fx_timer *timer = (struct fx_timer *)object;
    KIRQL irql;

    KeAcquireSpinLock(&timer->lock, &irql);
    timer->is_closing = TRUE;
    KeReleaseSpinLock(&timer->lock, irql);
    if (!is_inside(timer)) {
        fx_timer_stop(timer, TRUE);
        return;
    }
    clock_cancel(timer); /* its own callback deletes it, and goes on after that */
    KeFlushQueuedDpcs();
    fx_passive_flush(&timer->passive);
}

static void timer_destroy(struct fx_object *object)
{
    struct fx_timer *timer = (struct fx_timer *)object;

    if (timer->extended)
        executive.delete(timer->extended, TRUE, FALSE, NULL);
    fx_passive_fini(&timer->passive);
    if (timer->lock_holder)
        fx_object_deref(timer->lock_holder);
}

const struct fx_type fx_type_timer = {
    .name = "WDFTIMER",
    .size = sizeof(struct fx_timer),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_PARENT_NEEDED | FX_TYPE_LEVEL_ALLOWED,
    .dispose = timer_dispose,
    .destroy = timer_destroy,
};

static NTSTATUS config_check(struct fx_globals *globals, const WDF_TIMER_CONFIG *config,
                             BOOLEAN is_passive)
{
    const char *wrong = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (config->Period > MAXLONG) {
        wrong = "Period is negative";
    } else if (config->TolerableDelay > MAXLONG &&
               !(config->TolerableDelay == TolerableDelayUnlimited && fx_client_is(globals, 13))) {
        wrong = "TolerableDelay is negative";
    } else if (config->TolerableDelay && config->UseHighResolutionTimer == WdfTrue) {
        wrong = "a timer of high resolution tolerates no delay: set TolerableDelay to 0";
    } else if (config->Period && is_passive) {
        wrong = "a passive timer cannot be periodic: start it again from its callback";
        status = STATUS_NOT_SUPPORTED;
    }
    if (!wrong)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "WdfTimerCreate: %s (Period %u, TolerableDelay %u)", wrong,
           config->Period, config->TolerableDelay);
    return status;
}

static NTSTATUS clock_make(struct fx_timer *timer, const WDF_TIMER_CONFIG *config)
{
    ULONG kind = 0;

    KeInitializeTimerEx(&timer->kernel, NotificationTimer);
    KeInitializeDpc(&timer->dpc, timer_dpc, timer);
    if (config->UseHighResolutionTimer == WdfTrue)
        kind = EX_TIMER_HIGH_RESOLUTION;
    else if (config->TolerableDelay == TolerableDelayUnlimited)
        kind = EX_TIMER_NO_WAKE;
    if (kind && executive_timers()) {
        timer->extended = executive.allocate(timer_extended, timer, kind);
        if (!timer->extended)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    return timer->is_passive ? fx_passive_init(&timer->passive, &timer->object, timer_call)
                             : STATUS_SUCCESS;
}

NTSTATUS fx_timer_create(struct fx_globals *globals, const WDF_TIMER_CONFIG *config,
                         PWDF_OBJECT_ATTRIBUTES attributes, struct fx_timer **out_timer)
{
    struct fx_object *object, *parent;
    struct fx_timer *timer;
    BOOLEAN is_passive;
    NTSTATUS status;

    status = fx_attributes_check(globals, &fx_type_timer, attributes);
    if (!NT_SUCCESS(status))
        return status;
    is_passive = attributes->ExecutionLevel == WdfExecutionLevelPassive;
    status = config_check(globals, config, is_passive);
    if (!NT_SUCCESS(status))
        return status;
    parent = fx_object_of(globals, attributes->ParentObject, &fx_type_any);
    status = fx_object_create(globals, &fx_type_timer, 0, attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    timer = (struct fx_timer *)object;
    KeInitializeSpinLock(&timer->lock);
    timer->callback = config->EvtTimerFunc;
    timer->parent = parent;
    timer->period_ms = config->Period;
    timer->tolerable_ms = config->TolerableDelay;
    timer->is_passive = is_passive;
    status = clock_make(timer, config);
    if (NT_SUCCESS(status))
        status =
            fx_serialize(parent, config->AutomaticSerialization, is_passive, &timer->lock_holder);
    if (NT_SUCCESS(status) && timer->lock_holder)
        fx_object_ref(timer->lock_holder);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    *out_timer = timer;
    return STATUS_SUCCESS;
}
