/* SPDX-License-Identifier: MIT */
/* wait.c - the waiting thread's side of the dispatcher.
 *
 * A wait that can be satisfied at once never leaves the lock. Any other hangs its blocks
 * into the objects, gives the processor up, sleeps on the host and takes a processor again
 * at the IRQL it had. A kernel APC breaks the sleep, runs, and the wait begins anew with the
 * same deadline.
 */
#include <errno.h>

#include "ke_internal.h"

uint64_t wait_deadline_ns(const LARGE_INTEGER *timeout)
{
    uint64_t length_100ns, now_ns;

    if (timeout == NULL)
        return HOST_FOREVER;
    if (timeout->QuadPart == 0)
        return 0;
    if (timeout->QuadPart < 0) {
        length_100ns = 0 - (uint64_t)timeout->QuadPart;
    } else {
        uint64_t now = time_system_100ns();

        length_100ns = (uint64_t)timeout->QuadPart > now ? (uint64_t)timeout->QuadPart - now : 0;
    }
    now_ns = host_clock_ns();
    if (length_100ns > (HOST_FOREVER - 1 - now_ns) / KE_NS_PER_100NS)
        return HOST_FOREVER - 1;
    return now_ns + length_100ns * KE_NS_PER_100NS;
}

/* Why a thread that has nothing yet must not block; STATUS_SUCCESS: it may. */
static NTSTATUS wait_refusal_locked(struct thread *thread, KPROCESSOR_MODE mode, bool is_alertable)
{
    if (is_alertable && thread->is_alerted) {
        thread->is_alerted = false;
        return STATUS_ALERTED;
    }
    if (mode != UserMode)
        return STATUS_SUCCESS;
    if (thread->is_terminating)
        return STATUS_THREAD_IS_TERMINATING;
    if (is_alertable && !list_is_empty(&thread->user_apcs)) {
        thread->is_user_apc_due = true;
        return STATUS_USER_APC;
    }
    return STATUS_SUCCESS;
}

/* Sleeps until another thread has ended the wait or the deadline has. The processor was
 * given up; the dispatcher lock is not held. */
static void wait_sleep(struct thread *thread, uint32_t seen, uint64_t deadline_ns)
{
    while (__c11_atomic_load(&thread->wake_word, __ATOMIC_ACQUIRE) == seen) {
        struct aftermath aftermath = {0};
        bool was_waiting;

        if (host_wait(&thread->wake_word, seen, deadline_ns) != ETIMEDOUT)
            continue;
        dispatcher_take();
        was_waiting = thread->is_waiting;
        if (was_waiting)
            dispatcher_unwait_locked(thread, STATUS_TIMEOUT, &aftermath);
        host_lock_give(&dispatcher_lock);
        if (was_waiting)
            return;
        deadline_ns = HOST_FOREVER; /* somebody ended it just now and is about to say so */
    }
}

NTSTATUS wait_block_locked(struct wait *wait, KPROCESSOR_MODE mode, bool is_alertable,
                           uint64_t deadline_ns)
{
    struct thread *thread = wait->thread;
    struct aftermath aftermath = {0};
    KIRQL irql = ke_irql();
    NTSTATUS status;
    uint32_t seen;

    status = wait_refusal_locked(thread, mode, is_alertable);
    if (status == STATUS_SUCCESS && deadline_ns == 0)
        status = STATUS_TIMEOUT;
    if (status != STATUS_SUCCESS) {
        host_lock_give(&dispatcher_lock);
        return status;
    }
    wait->is_apc_breakable = irql < APC_LEVEL;
    if (wait->is_apc_breakable && apcs_are_deliverable(thread, irql)) {
        host_lock_give(&dispatcher_lock);
        return STATUS_KERNEL_APC;
    }
    for (unsigned i = 0; i < wait->count; i++) {
        struct list *head = (struct list *)&wait->blocks[i].object->WaitListHead;

        wait->blocks[i].wait = wait;
        if (wait->blocks[i].object->Type == DISPATCHER_QUEUE)
            list_push_front(head, &wait->blocks[i].link); /* queues wake the latest comer */
        else
            list_push_back(head, &wait->blocks[i].link);
    }
    thread->wait = wait;
    thread->is_waiting = true;
    thread->is_alertable = is_alertable;
    thread->wait_mode = mode;
    seen = __c11_atomic_load(&thread->wake_word, __ATOMIC_RELAXED);
    queue_thread_blocks_locked(thread, &aftermath);
    dispatcher_give(&aftermath);

    processor_give();
    wait_sleep(thread, seen, deadline_ns);
    processor_take(irql);
    return thread->wait_status;
}

/* Can the wait be satisfied now? If so, does it. */
static bool wait_try_locked(struct wait *wait, NTSTATUS *out_status)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (wait->is_all) {
        for (unsigned i = 0; i < wait->count; i++)
            if (!dispatcher_is_signalled(wait->blocks[i].object, wait->thread))
                return false;
        for (unsigned i = 0; i < wait->count; i++)
            if (dispatcher_satisfy_locked(wait->blocks[i].object, wait->thread) != STATUS_SUCCESS)
                status = STATUS_ABANDONED;
        *out_status = status;
        return true;
    }
    for (unsigned i = 0; i < wait->count; i++) {
        if (!dispatcher_is_signalled(wait->blocks[i].object, wait->thread))
            continue;
        *out_status = dispatcher_satisfy_locked(wait->blocks[i].object, wait->thread) + (NTSTATUS)i;
        return true;
    }
    return false;
}

/* A mutant that its owner took so often that it cannot be counted any more? */
static bool wait_is_over_limit_locked(const struct wait *wait)
{
    for (unsigned i = 0; i < wait->count; i++) {
        const DISPATCHER_HEADER *object = wait->blocks[i].object;

        if (object->Type == DISPATCHER_MUTANT && object->SignalState == (LONG)MINLONG &&
            dispatcher_is_signalled(object, wait->thread))
            return true;
    }
    return false;
}

NTSTATUS wait_objects(unsigned count, void *const *objects, bool is_all, KPROCESSOR_MODE mode,
                      bool is_alertable, const LARGE_INTEGER *timeout)
{
    struct wait_block blocks[MAXIMUM_WAIT_OBJECTS];
    struct wait wait = {
        .thread = thread_self,
        .blocks = blocks,
        .count = count,
        .is_all = is_all,
    };
    uint64_t deadline_ns = HOST_FOREVER;
    bool has_deadline = false;
    NTSTATUS status;

    COVE_ASSERT(wait.thread != NULL && count <= MAXIMUM_WAIT_OBJECTS);
    for (unsigned i = 0; i < count; i++)
        blocks[i].object = objects[i];
    for (;;) {
        dispatcher_take();
        if (wait_is_over_limit_locked(&wait)) {
            host_lock_give(&dispatcher_lock);
            ke_raise(STATUS_MUTANT_LIMIT_EXCEEDED);
        }
        if (wait_try_locked(&wait, &status)) {
            host_lock_give(&dispatcher_lock);
            return status;
        }
        /* The clock is read only by those who block. */
        if (!has_deadline) {
            deadline_ns = wait_deadline_ns(timeout);
            has_deadline = true;
        }
        status = wait_block_locked(&wait, mode, is_alertable, deadline_ns);
        if (status != STATUS_KERNEL_APC)
            return status;
        apcs_deliver();
    }
}

NTSTATUS wait_delay(KPROCESSOR_MODE mode, bool is_alertable, const LARGE_INTEGER *interval)
{
    struct wait wait = {.thread = thread_self};
    uint64_t deadline_ns = wait_deadline_ns(interval);
    NTSTATUS status;

    do {
        dispatcher_take();
        status = wait_block_locked(&wait, mode, is_alertable, deadline_ns);
        if (status == STATUS_KERNEL_APC)
            apcs_deliver();
    } while (status == STATUS_KERNEL_APC);
    if (deadline_ns == 0)
        processor_yield();
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}
