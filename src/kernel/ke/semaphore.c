/* SPDX-License-Identifier: MIT */
/* semaphore.c - semaphores: a count that waits take from, up to a limit. */
#include "ke_internal.h"

void semaphore_init(KSEMAPHORE *semaphore, LONG count, LONG limit)
{
    ke_header_init(&semaphore->Header, DISPATCHER_SEMAPHORE, sizeof(*semaphore), count);
    semaphore->Limit = limit;
}

NTSTATUS ke_semaphore_try_release(KSEMAPHORE *semaphore, LONG adjustment, LONG *out_previous)
{
    struct aftermath aftermath = {0};
    LONG previous;

    dispatcher_take();
    previous = semaphore->Header.SignalState;
    if (adjustment < 0 || adjustment > semaphore->Limit - previous) {
        host_lock_give(&dispatcher_lock);
        return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
    }
    *out_previous = previous;
    semaphore->Header.SignalState = previous + adjustment;
    dispatcher_signal_locked(&semaphore->Header, &aftermath);
    dispatcher_give(&aftermath);
    return STATUS_SUCCESS;
}
