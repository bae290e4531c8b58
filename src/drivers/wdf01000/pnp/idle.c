/* SPDX-License-Identifier: MIT */
/* idle.c - counts the uses of a device, and watches for the time in which there are none.
 *
 * In: uses by queues, children and the client; out: whether queues may deliver now, a word to the
 * policy when the device is needed or has idled. One word holds the count and, in its highest bit,
 * whether the device is closed (not in D0 for its queues): a use costs one interlocked addition.
 */
#include "room.h"

void fx_uses_open(struct fx_device *device)
{
    InterlockedAnd(&device->pnp->uses, ~(LONG)FX_USES_CLOSED);
}

void fx_uses_tell(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_waited;
    KIRQL irql;

    KeSetEvent(&pnp->up_event, IO_NO_INCREMENT, FALSE);
    KeAcquireSpinLock(&pnp->lock, &irql);
    is_waited = pnp->wants_awake;
    pnp->wants_awake = FALSE;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (is_waited)
        fx_machine_post(&pnp->pnp, PNP_Awake);
}

void fx_uses_close(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    InterlockedOr(&pnp->uses, (LONG)FX_USES_CLOSED);
    KeClearEvent(&pnp->up_event);
}

BOOLEAN fx_uses_close_idle(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (InterlockedCompareExchange(&pnp->uses, (LONG)FX_USES_CLOSED, 0) != 0)
        return FALSE;
    KeClearEvent(&pnp->up_event);
    return TRUE;
}

void fx_uses_fail(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_waited;
    KIRQL irql;

    pnp->policy_failed = TRUE;
    InterlockedOr(&pnp->uses, (LONG)FX_USES_CLOSED);
    KeSetEvent(&pnp->up_event, IO_NO_INCREMENT, FALSE);
    KeAcquireSpinLock(&pnp->lock, &irql);
    is_waited = pnp->wants_awake;
    pnp->wants_awake = FALSE;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (is_waited)
        fx_machine_post(&pnp->pnp, PNP_AwakeFailed);
}

ULONG fx_uses_count(struct fx_device *device)
{
    return (ULONG)device->pnp->uses & ~FX_USES_CLOSED;
}

/* ---- the timer ------------------------------------------------------------------------------ */

static LONG64 now(void)
{
    return (LONG64)KeQueryInterruptTime();
}

static void timer_set(struct fx_pnp *pnp, LONG64 wait)
{
    LARGE_INTEGER due = {.QuadPart = -wait};

    if (InterlockedExchange(&pnp->idle_armed, TRUE) == FALSE)
        KeSetTimer(&pnp->idle_timer, due, &pnp->idle_dpc);
}

static LONG64 timeout(const struct fx_pnp *pnp)
{
    /* What the system manages begins when nobody uses the device any more. */
    return pnp->framework.handle != NULL ? 0 : (LONG64)pnp->idle.timeout_ms * 10000;
}

/* Uses do not touch the timer while it runs: it looks itself how long ago the last one was. */
static VOID NTAPI idle_expired(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_pnp *pnp = context;
    LONG64 rest;

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    InterlockedExchange(&pnp->idle_armed, FALSE);
    if (!pnp->idle_watching || pnp->uses != 0)
        return; /* the end of the last use sets it again */
    rest = pnp->last_use + timeout(pnp) - now();
    if (rest > 0)
        timer_set(pnp, rest);
    else
        fx_machine_post(&pnp->policy, POLICY_Idle);
}

void fx_idle_watch(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    pnp->last_use = now();
    InterlockedExchange(&pnp->idle_watching, TRUE);
    if (pnp->uses == 0)
        timer_set(pnp, timeout(pnp));
}

void fx_idle_unwatch(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    InterlockedExchange(&pnp->idle_watching, FALSE);
    KeCancelTimer(&pnp->idle_timer);
    KeFlushQueuedDpcs();
    InterlockedExchange(&pnp->idle_armed, FALSE);
}

void fx_uses_init(struct fx_pnp *pnp)
{
    pnp->uses = (LONG)FX_USES_CLOSED;
    KeInitializeEvent(&pnp->up_event, NotificationEvent, FALSE);
    KeInitializeTimer(&pnp->idle_timer);
    KeInitializeDpc(&pnp->idle_dpc, idle_expired, pnp);
}

/* ---- uses ----------------------------------------------------------------------------------- */

BOOLEAN fx_power_reference(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp == NULL)
        return TRUE;
    if (!((ULONG)InterlockedIncrement(&pnp->uses) & FX_USES_CLOSED))
        return TRUE;
    fx_machine_post(&pnp->policy, POLICY_IoPresent);
    return FALSE;
}

void fx_power_dereference(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    LONG left;

    if (pnp == NULL)
        return;
    left = InterlockedDecrement(&pnp->uses);
    NT_ASSERT(((ULONG)left & ~FX_USES_CLOSED) != ~FX_USES_CLOSED);
    if (left == 0 && pnp->idle_watching) {
        pnp->last_use = now();
        if (!pnp->idle_armed)
            timer_set(pnp, timeout(pnp));
    }
}

BOOLEAN fx_power_is_up(struct fx_device *device)
{
    return device->pnp == NULL || !((ULONG)device->pnp->uses & FX_USES_CLOSED);
}

NTSTATUS fx_power_reference_wait(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (fx_power_reference(device))
        return STATUS_SUCCESS;
    for (;;) {
        KeWaitForSingleObject(&pnp->up_event, Executive, KernelMode, FALSE, NULL);
        if (!((ULONG)pnp->uses & FX_USES_CLOSED))
            return STATUS_SUCCESS;
        if (pnp->policy_failed) {
            fx_power_dereference(device);
            return STATUS_POWER_STATE_INVALID;
        }
        fx_machine_post(&pnp->policy, POLICY_IoPresent); /* went down again meanwhile */
    }
}
