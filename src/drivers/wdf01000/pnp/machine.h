/* SPDX-License-Identifier: MIT */
/* machine.h - what walks a table of states (tables.h).
 *
 * One thread at a time walks a machine, at PASSIVE_LEVEL, with no lock held. Events that come
 * meanwhile, from any thread, wait in the machine's queue.
 */
#ifndef WDF01000_PNP_MACHINE_H
#define WDF01000_PNP_MACHINE_H

#include "../support/support.h"
#include "tables.h"

struct fx_machine;
struct fx_device;

struct fx_step {
    UCHAR state, event, next;
};

struct fx_machine {
    const struct fx_table *table;
    struct fx_device *device;
    struct fx_passive worker;
    KSPIN_LOCK lock; /* guards: queue, queued, is_running; state is written by the runner */
    UCHAR queue[FX_EVENTS_MAX];
    UCHAR queued;
    BOOLEAN is_running;
    KEVENT idle; /* notification: nobody walks it */
    BOOLEAN is_np;
    KTIMER np_timer; /* runs while an action is at work that may not page */
    KDPC np_dpc;
    PKTHREAD np_thread; /* whose action it is */
    volatile UCHAR state;
    ULONG steps;
    struct fx_step history[FX_HISTORY_LENGTH]; /* [steps % length] is the oldest */
};

/* IRQL: PASSIVE_LEVEL. routine runs fx_machine_run for this machine (fx_passive gives the object).
 * Errors: STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_machine_init(struct fx_machine *machine, const struct fx_table *table,
                         struct fx_device *device, fx_passive_routine *routine);
void fx_machine_fini(struct fx_machine *machine);

/* Queues an event; the machine walks on in a worker. IRQL: <= DISPATCH_LEVEL */
void fx_machine_post(struct fx_machine *machine, UCHAR event);

/* Queues an event and walks here, unless another thread is walking already.
 * IRQL: PASSIVE_LEVEL, no lock held */
void fx_machine_send(struct fx_machine *machine, UCHAR event);
void fx_machine_run(struct fx_machine *machine);

/* Returns when nobody walks the machine and nobody is about to. Not from its own actions. */
void fx_machine_flush(struct fx_machine *machine);

ULONG fx_machine_public_state(const struct fx_machine *machine, UCHAR state);

#endif
