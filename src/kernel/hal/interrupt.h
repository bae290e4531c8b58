/* SPDX-License-Identifier: MIT */
/* interrupt.h - interrupt objects: a driver's service routine, its lock and its vectors. */
#ifndef HAL_INTERRUPT_H
#define HAL_INTERRUPT_H

#include "hal/hal.h"

#define INTERRUPT_LINES_MAX  8u  /* vectors of one object */
#define INTERRUPT_SHARED_MAX 16u /* objects on one vector */

/* What a PKINTERRUPT points at. Everything but is_active is set once at connect. */
struct interrupt {
    KSPIN_LOCK *lock; /* the driver's, or own_lock */
    KSPIN_LOCK own_lock;
    PKSERVICE_ROUTINE routine; /* NULL: a message's */
    PKMESSAGE_SERVICE_ROUTINE message_routine;
    ULONG message;
    void *context;
    KIRQL synchronize_irql;
    bool is_shared;
    _Atomic bool is_active; /* atomic: IoReportInterruptInactive makes it false */
    unsigned line_count;
    struct hal_interrupt_resource lines[INTERRUPT_LINES_MAX];
};

/* Connects an object (in memory of the pool, given to the driver) to all of its lines, or to
 * none. Errors: STATUS_INVALID_PARAMETER when a vector is taken by who does not share it, or in
 * another mode; STATUS_INSUFFICIENT_RESOURCES when too many share it. */
NTSTATUS interrupt_connect(struct interrupt *interrupt);
/* Returns when its routine is not running and will not any more. IRQL: PASSIVE_LEVEL. */
void interrupt_disconnect(struct interrupt *interrupt);
/* Raises to the object's IRQL and takes its lock; returns the old IRQL. */
KIRQL interrupt_lock_take(struct interrupt *interrupt);
void interrupt_lock_give(struct interrupt *interrupt, KIRQL irql);
/* The index-th interrupt that a device was assigned. */
bool interrupt_resource_find(PDEVICE_OBJECT device, unsigned index,
                             struct hal_interrupt_resource *out_resource);

#endif
