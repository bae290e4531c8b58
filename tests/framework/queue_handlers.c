/* SPDX-License-Identifier: MIT */
/* queue_handlers.c - see queue_handlers.h. */
#include "queue_handlers.h"

/* ---- what the handlers saw --------------------------------------------------------------------
 */

WDFREQUEST held[64];
volatile LONG held_count;
volatile LONG calls, inside, inside_most;
volatile LONG told;
KIRQL call_irql;
WDFQUEUE forward_to;

void seen_clear(void)
{
    RtlZeroMemory(held, sizeof(held));
    held_count = calls = inside = inside_most = told = 0;
    forward_to = NULL;
}

void handler_enter(void)
{
    LONG now = InterlockedIncrement(&inside);

    call_irql = KeGetCurrentIrql();
    InterlockedIncrement(&calls);
    if (now > inside_most)
        inside_most = now;
}

void handler_leave(void)
{
    InterlockedDecrement(&inside);
}

VOID evt_hold(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    handler_enter();
    held[InterlockedIncrement(&held_count) - 1] = request;
    handler_leave();
}

VOID evt_complete(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    handler_enter();
    WdfRequestComplete(request, STATUS_SUCCESS);
    handler_leave();
}

VOID evt_state(WDFQUEUE queue, WDFCONTEXT context)
{
    UNREFERENCED_PARAMETER(queue);
    InterlockedAdd(&told, (LONG)(LONG_PTR)context);
}

void config_hold(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoDefault = evt_hold;
}

void config_complete(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoDefault = evt_complete;
}

void config_two(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    config_hold(config, attributes);
    config->Settings.Parallel.NumberOfPresentedRequests = 2;
}

void expect_state(WDFQUEUE queue, ULONG wanted, ULONG waiting, ULONG owned)
{
    ULONG is_waiting, is_owned;

    expect_number(WdfIoQueueGetState(queue, &is_waiting, &is_owned), wanted);
    expect_number(is_waiting, waiting);
    expect_number(is_owned, owned);
}

void send_many(struct sent *sent, ULONG count, WDFDEVICE device)
{
    ULONG i;

    for (i = 0; i < count; i++)
        sent_control(&sent[i], device, SENDER_CODE(i, METHOD_BUFFERED));
}

void complete_held(ULONG from, ULONG to)
{
    ULONG i;

    for (i = from; i < to; i++)
        WdfRequestComplete(held[i], STATUS_SUCCESS);
}
