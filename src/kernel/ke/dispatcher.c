/* SPDX-License-Identifier: MIT */
/* dispatcher.c - dispatcher objects: when one is signalled, who gets it, and who wakes.
 *
 * Theory
 *
 * 1. An object is a DISPATCHER_HEADER at the start of memory that somebody else owns: a
 *    driver's KEVENT, a thread. SignalState > 0 means signalled. A waiting thread hangs a
 *    struct wait_block, from its own stack, into the list of each object that it waits for.
 *    One lock, dispatcher_lock, guards every header, list, wait and timer: waits for several
 *    objects at once would otherwise need all their locks.
 *
 * 2. To satisfy a wait is to change the objects as the contract says (dispatcher_satisfy):
 *    an auto-reset event or timer is reset, a semaphore counted down, a mutant gets an owner,
 *    all others stay as they are. It is done by the thread that signals, under the lock,
 *    before the waiter wakes: so nobody can take the object in between, and a wait for all
 *    objects takes all of them or none.
 *
 * 3. A wait ends exactly once, in dispatcher_unwait_locked: blocks leave their lists, the
 *    status is stored, thread->wait becomes NULL. Who does it is whoever gets the lock first:
 *    a signaller, the timed-out waiter itself, an alert, a termination, an APC.
 *
 * 4. The waiter sleeps on the host on its wake_word, which changes after the lock has been
 *    given back: a woken thread then does not run into the lock, and its memory, which it may
 *    free at once, is not touched after the word has changed. Hence struct aftermath: what a
 *    holder of the lock has to do when it lets go. Processors that were given a DPC by an
 *    expiring timer are told in the same way.
 *
 * 5. The lock is held for short, bounded work only: never over driver code, never over a
 *    host wait. It may be taken with or without a processor, at any IRQL <= DISPATCH_LEVEL.
 */
#include "ke_internal.h"

/* guards: dispatcher objects, struct wait, timers, queues, lists of threads and APCs */
struct host_lock dispatcher_lock;

void ke_header_init(DISPATCHER_HEADER *header, enum dispatcher_type type, size_t bytes, LONG state)
{
    header->Lock = 0;
    header->Type = (UCHAR)type;
    header->Size = (UCHAR)(bytes / sizeof(ULONG));
    header->SignalState = state;
    header->WaitListHead.Flink = header->WaitListHead.Blink = &header->WaitListHead;
}

void dispatcher_give(struct aftermath *aftermath)
{
    struct thread *thread = aftermath->wake;
    uint64_t notify = aftermath->notify;

    host_lock_give(&dispatcher_lock);
    while (thread != NULL) {
        struct thread *next = thread->wake_next;
        _Atomic uint32_t *word = &thread->wake_word;

        __c11_atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
        host_wake(word, 1); /* an address by now: the thread may have ended */
        thread = next;
    }
    for (; notify != 0; notify &= notify - 1)
        processor_notify(&processors[__builtin_ctzll(notify)]);
}

bool dispatcher_is_signalled(const DISPATCHER_HEADER *object, const struct thread *thread)
{
    if (object->SignalState > 0)
        return true;
    return object->Type == DISPATCHER_MUTANT &&
           ((const KMUTANT *)object)->OwnerThread == (const struct _KTHREAD *)thread;
}

static NTSTATUS mutant_satisfy_locked(KMUTANT *mutant, struct thread *thread)
{
    bool was_abandoned;

    if (--mutant->Header.SignalState != 0)
        return STATUS_SUCCESS; /* once more, by its owner */
    was_abandoned = mutant->Abandoned;
    mutant->Abandoned = 0;
    mutant->OwnerThread = (struct _KTHREAD *)thread;
    thread->kernel_apc_disable -= mutant->ApcDisable;
    list_push_back(&thread->mutants, (struct list *)&mutant->MutantListEntry);
    return was_abandoned ? STATUS_ABANDONED : STATUS_SUCCESS;
}

NTSTATUS dispatcher_satisfy_locked(DISPATCHER_HEADER *object, struct thread *thread)
{
    switch (object->Type) {
    case DISPATCHER_EVENT_SYNCHRONIZATION:
    case DISPATCHER_TIMER_SYNCHRONIZATION:
        object->SignalState = 0;
        return STATUS_SUCCESS;
    case DISPATCHER_SEMAPHORE:
        object->SignalState--;
        return STATUS_SUCCESS;
    case DISPATCHER_MUTANT:
        return mutant_satisfy_locked((KMUTANT *)object, thread);
    default:
        return STATUS_SUCCESS;
    }
}

void dispatcher_unwait_locked(struct thread *thread, NTSTATUS status, struct aftermath *aftermath)
{
    struct wait *wait = thread->wait;

    COVE_ASSERT(thread->is_waiting && wait != NULL);
    for (unsigned i = 0; i < wait->count; i++)
        list_remove(&wait->blocks[i].link);
    thread->wait = NULL;
    thread->is_waiting = false;
    thread->wait_status = status;
    queue_thread_resumes_locked(thread);
    thread->wake_next = NULL;
    if (aftermath->wake_last != NULL)
        aftermath->wake_last->wake_next = thread;
    else
        aftermath->wake = thread;
    aftermath->wake_last = thread;
}

static bool wait_has_all(const struct wait *wait)
{
    for (unsigned i = 0; i < wait->count; i++)
        if (!dispatcher_is_signalled(wait->blocks[i].object, wait->thread))
            return false;
    return true;
}

/* Takes what the wait is for; the object of block is signalled. */
static NTSTATUS wait_satisfy_locked(struct wait *wait, const struct wait_block *block)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!wait->is_all) {
        status = dispatcher_satisfy_locked(block->object, wait->thread);
        return status + (NTSTATUS)(block - wait->blocks);
    }
    for (unsigned i = 0; i < wait->count; i++)
        if (dispatcher_satisfy_locked(wait->blocks[i].object, wait->thread) != STATUS_SUCCESS)
            status = STATUS_ABANDONED;
    return status;
}

void dispatcher_signal_locked(DISPATCHER_HEADER *object, struct aftermath *aftermath)
{
    struct list *head = (struct list *)&object->WaitListHead;
    struct list *node = head->next;

    while (node != head && object->SignalState > 0) {
        struct wait_block *block = list_entry(node, struct wait_block, link);
        struct wait *wait = block->wait;
        struct thread *thread = wait->thread;

        node = node->next;
        if (wait->is_all && !wait_has_all(wait))
            continue;
        /* A thread may wait for one object twice: its later block goes, too. */
        while (node != head && list_entry(node, struct wait_block, link)->wait == wait)
            node = node->next;
        dispatcher_unwait_locked(thread, wait_satisfy_locked(wait, block), aftermath);
    }
}

void ke_header_signal(DISPATCHER_HEADER *header)
{
    struct aftermath aftermath = {0};

    dispatcher_take();
    header->SignalState = 1;
    dispatcher_signal_locked(header, &aftermath);
    dispatcher_give(&aftermath);
}
