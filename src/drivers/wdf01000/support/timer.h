/* SPDX-License-Identifier: MIT */
/* timer.h - a timer with a handle. */
#ifndef WDF01000_TIMER_H
#define WDF01000_TIMER_H

#include "support_internal.h"

struct fx_timer {
    struct fx_object object;
    PFN_WDF_TIMER callback;
    struct fx_object *parent;      /* lives longer */
    struct fx_object *lock_holder; /* referenced; whose callback lock to hold, or NULL */
    ULONG period_ms;               /* 0: fires once */
    ULONG tolerable_ms;            /* TolerableDelayUnlimited: does not wake the system */
    BOOLEAN is_passive;            /* fires through `passive` */

    PEX_TIMER extended; /* high resolution or no wake; else NULL and the two below */
    KTIMER kernel;
    KDPC dpc;
    struct fx_passive passive;

    KSPIN_LOCK lock;       /* guards: the three below */
    PKTHREAD stopper;      /* who waits in a stop: starts are refused */
    BOOLEAN start_refused; /* since that stop began */
    BOOLEAN is_closing;
};

/* config is in its newest form; size is the client's own (what it knew to set).
 *
 * IRQL:   <= DISPATCH_LEVEL
 * Errors: STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED (periodic and passive), those of
 *         fx_object_create and fx_serialize
 */
NTSTATUS fx_timer_create(struct fx_globals *globals, const WDF_TIMER_CONFIG *config,
                         PWDF_OBJECT_ATTRIBUTES attributes, struct fx_timer **out_timer);

/* TRUE: it was running already, and runs anew. */
BOOLEAN fx_timer_start(struct fx_timer *timer, LONGLONG due_100ns);
/* TRUE: it was running. wait: PASSIVE_LEVEL; returns when no callback runs or will run. */
BOOLEAN fx_timer_stop(struct fx_timer *timer, BOOLEAN wait);

#endif
