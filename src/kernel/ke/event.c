/* SPDX-License-Identifier: MIT */
/* event.c - events: a state that one thread sets and others wait for. */
#include "ke_internal.h"

void event_init(KEVENT *event, EVENT_TYPE type, bool is_signalled)
{
    ke_header_init(&event->Header,
                   type == SynchronizationEvent ? DISPATCHER_EVENT_SYNCHRONIZATION
                                                : DISPATCHER_EVENT_NOTIFICATION,
                   sizeof(*event), is_signalled);
}

LONG event_set(KEVENT *event)
{
    struct aftermath aftermath = {0};
    LONG previous;

    dispatcher_take();
    previous = event->Header.SignalState;
    event->Header.SignalState = 1;
    if (previous == 0)
        dispatcher_signal_locked(&event->Header, &aftermath);
    dispatcher_give(&aftermath);
    return previous;
}

LONG event_reset(KEVENT *event)
{
    LONG previous;

    dispatcher_take();
    previous = event->Header.SignalState;
    event->Header.SignalState = 0;
    host_lock_give(&dispatcher_lock);
    return previous;
}

LONG event_pulse(KEVENT *event)
{
    struct aftermath aftermath = {0};
    LONG previous;

    dispatcher_take();
    previous = event->Header.SignalState;
    event->Header.SignalState = 1;
    dispatcher_signal_locked(&event->Header, &aftermath);
    event->Header.SignalState = 0;
    dispatcher_give(&aftermath);
    return previous;
}

void event_clear(KEVENT *event)
{
    (void)event_reset(event);
}
