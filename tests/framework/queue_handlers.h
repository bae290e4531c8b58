/* SPDX-License-Identifier: MIT */
/* queue_handlers.h - handlers that hold or complete what they are given, and what they saw; for the
 * tests of queues.
 */
#ifndef TESTS_QUEUE_HANDLERS_H
#define TESTS_QUEUE_HANDLERS_H

#include "sender.h"

#define MANY  8
#define READY (WdfIoQueueAcceptRequests | WdfIoQueueDispatchRequests)
#define IDLE  (WdfIoQueueNoRequests | WdfIoQueueDriverNoRequests)

extern WDFREQUEST held[64];
extern volatile LONG held_count;
extern volatile LONG calls, inside, inside_most;
extern volatile LONG told;
extern KIRQL call_irql;
extern WDFQUEUE forward_to;

void seen_clear(void);
void handler_enter(void);
void handler_leave(void);
VOID evt_hold(WDFQUEUE queue, WDFREQUEST request);
VOID evt_complete(WDFQUEUE queue, WDFREQUEST request);
VOID evt_state(WDFQUEUE queue, WDFCONTEXT context);
void config_hold(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes);
void config_complete(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes);
/* Two requests at a time. */
void config_two(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes);
void expect_state(WDFQUEUE queue, ULONG wanted, ULONG waiting, ULONG owned);
void send_many(struct sent *sent, ULONG count, WDFDEVICE device);
void complete_held(ULONG from, ULONG to);

#endif
