/* SPDX-License-Identifier: MIT */
/* thread_io.c - the I/O of threads that end, and what a finished request tells its thread.
 *
 * A thread does not end before its IRPs have: it asks for cancellation and sleeps until its
 * list is empty. A driver that never completes cannot hold it for ever: after five minutes
 * the IRPs are cut loose and finish without touching the program's memory.
 */
#include "io_internal.h"

#define DRAIN_TIMEOUT_100NS (-5ll * 60 * 10000000)

/* A thread that waits for its list to become empty; lies on that thread's stack. */
struct thread_drain {
    struct list link;
    struct process_thread *thread;
    KEVENT event;
};
static struct host_lock drain_lock; /* guards: drains; after: a thread's irp_lock */
static struct list drains = LIST_INIT(drains);

void irp_thread_drained(struct process_thread *thread)
{
    host_lock_take(&drain_lock);
    list_for_each(node, &drains)
    {
        struct thread_drain *drain = list_entry(node, struct thread_drain, link);
        if (drain->thread == thread)
            KeSetEvent(&drain->event, IO_NO_INCREMENT, FALSE);
    }
    host_lock_give(&drain_lock);
}

static bool thread_has_irps(struct process_thread *thread)
{
    host_lock_take(&thread->irp_lock);
    bool has = !list_is_empty(&thread->irps);
    host_lock_give(&thread->irp_lock);
    return has;
}

/* The IRPs stay with their drivers; nothing of the program is theirs any more. */
static void thread_cut_loose(struct process_thread *thread)
{
    host_lock_take(&thread->irp_lock);
    struct list *node;
    while ((node = list_pop_front(&thread->irps)) != NULL) {
        PIRP abi = CONTAINING_RECORD((PLIST_ENTRY)node, IRP, ThreadListEntry);
        struct irp *irp = irp_of_known(abi);
        atomic_fetch_or(&irp->owns, IRP_ABANDONED);
        irp->thread = NULL;
        abi->Tail.Overlay.Thread = NULL;
    }
    host_lock_give(&thread->irp_lock);
}

void irp_thread_wait_all(struct process_thread *thread)
{
    struct thread_drain drain = {.thread = thread};
    LARGE_INTEGER timeout = {.QuadPart = DRAIN_TIMEOUT_100NS};
    if (!thread_has_irps(thread))
        return;
    KeInitializeEvent(&drain.event, NotificationEvent, FALSE);
    host_lock_take(&drain_lock);
    list_push_back(&drains, &drain.link);
    host_lock_give(&drain_lock);
    NTSTATUS status = STATUS_SUCCESS;
    thread->tcb.is_terminating = true;
    irp_thread_cancel_all(thread);
    while (status != STATUS_TIMEOUT && thread_has_irps(thread)) {
        status = KeWaitForSingleObject(&drain.event, Executive, KernelMode, FALSE, &timeout);
        KeClearEvent(&drain.event);
    }
    host_lock_take(&drain_lock);
    list_remove(&drain.link);
    host_lock_give(&drain_lock);
    if (!thread_has_irps(thread))
        return;
    rtl_debug_printf("io: a thread of process %llu ends although a driver still holds IRPs of it\n",
                     (unsigned long long)(thread->process != NULL ? thread->process->id : 0));
    thread_cut_loose(thread);
}
