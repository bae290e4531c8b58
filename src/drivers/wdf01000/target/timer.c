/* SPDX-License-Identifier: MIT */
/* timer.c - a sent request's timeout: after it the request is cancelled and ends with
 * STATUS_IO_TIMEOUT.
 *
 * The timer belongs to the request from its first use until the request goes. FX_SEND_TIMER_SET
 * under target->lock says that its DPC may still come.
 */
#include "target_internal.h"

struct fx_send_timer {
    KTIMER timer;
    KDPC dpc;
};

static KDEFERRED_ROUTINE timer_ran_out;

static VOID NTAPI timer_ran_out(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_request *request = context;
    struct fx_send *send = &request->send;
    struct fx_target *target = send->target;
    BOOLEAN is_mine, wake = FALSE;
    KIRQL irql;

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    KeAcquireSpinLock(&target->lock, &irql);
    send->flags &= ~FX_SEND_TIMER_SET;
    if (send->flags & FX_SEND_COMPLETED) {
        /* It came back before, and left its hand to us. */
        is_mine = InterlockedDecrement(&send->completers) == 0;
    } else {
        send->flags |= FX_SEND_TIMED_OUT;
        InterlockedIncrement(&send->completers);
        KeReleaseSpinLock(&target->lock, irql);
        fx_send_cancel(request);
        KeAcquireSpinLock(&target->lock, &irql);
        is_mine = InterlockedDecrement(&send->completers) == 0;
    }
    if (is_mine) {
        send->flags |= FX_SEND_TIMED_OUT;
        wake = fx_send_forget_locked(target, request);
    }
    KeReleaseSpinLock(&target->lock, irql);
    if (is_mine)
        fx_send_finish(target, request, wake);
}

NTSTATUS fx_timer_allocate(struct fx_request *request)
{
    struct fx_send_timer *timer;

    if (request->send.timer != NULL)
        return STATUS_SUCCESS;
    timer = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*timer), FX_TAG);
    if (timer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeTimer(&timer->timer);
    KeInitializeDpc(&timer->dpc, timer_ran_out, request);
    if (InterlockedCompareExchangePointer((PVOID volatile *)&request->send.timer, timer, NULL) !=
        NULL)
        ExFreePoolWithTag(timer, FX_TAG);
    return STATUS_SUCCESS;
}

void fx_timer_start_locked(struct fx_request *request, LONGLONG timeout_100ns)
{
    struct fx_send_timer *timer = request->send.timer;
    LARGE_INTEGER due;

    due.QuadPart = timeout_100ns;
    request->send.flags |= FX_SEND_TIMER_SET;
    KeSetTimer(&timer->timer, due, &timer->dpc);
}

BOOLEAN fx_timer_stop_locked(struct fx_request *request)
{
    if (!(request->send.flags & FX_SEND_TIMER_SET))
        return TRUE;
    if (!KeCancelTimer(&request->send.timer->timer))
        return FALSE;
    request->send.flags &= ~FX_SEND_TIMER_SET;
    return TRUE;
}
