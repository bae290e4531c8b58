/* SPDX-License-Identifier: MIT */
/* thread_io.c - the I/O of threads that end.
 *
 * A thread does not end before its IRPs have, and have dropped what they refer to. Most end while
 * they are being cancelled; for those that a driver completes later the thread looks again and
 * again, because a finish that had to wake somebody would cost every request. A driver that never
 * completes cannot hold it for ever: after five minutes the IRPs are cut loose and finish without
 * touching the program's memory.
 */
#include "io_internal.h"

#define DRAIN_TIMEOUT_NS    (5ull * 60 * 1000000000)
#define DRAIN_FIRST_100NS   (-1000ll)   /* 0.1 ms */
#define DRAIN_LONGEST_100NS (-100000ll) /* 10 ms */

struct thread_search {
    struct process_thread *thread;
    unsigned count;
    bool cuts;
};

static void thread_search_one(PIRP abi, void *context)
{
    struct thread_search *search = context;
    struct irp *irp = irp_of_known(abi);
    struct process_thread *thread = search->thread;
    if (atomic_load_explicit(&irp->thread, memory_order_acquire) != thread || !irp_hold_try(irp))
        return;
    if (search->cuts) {
        atomic_fetch_or(&irp->owns, IRP_ABANDONED);
        abi->Tail.Overlay.Thread = NULL;
        atomic_compare_exchange_strong(&irp->thread, &thread, NULL);
    }
    search->count++;
    irp_hold_drop(irp);
}

static unsigned thread_irps(struct process_thread *thread, bool cuts)
{
    struct thread_search search = {.thread = thread, .cuts = cuts};
    irp_visit(thread_search_one, &search);
    return search.count + atomic_load(&thread->irps_ending);
}

/* On the ending thread itself, after cancellation.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     "Handling Canceled IRPs": a thread waits for its I/O, five minutes at most
 */
static void thread_irps_drain(struct process_thread *thread)
{
    LARGE_INTEGER moment = {.QuadPart = DRAIN_FIRST_100NS};
    uint64_t deadline_ns = 0;
    while (thread_irps(thread, false) != 0) {
        if (deadline_ns == 0)
            deadline_ns = host_clock_ns() + DRAIN_TIMEOUT_NS;
        if (host_clock_ns() > deadline_ns) {
            unsigned count = thread_irps(thread, true);
            rtl_debug_printf("io: a thread of process %llu ends although drivers still hold %u "
                             "IRPs of it\n",
                             (unsigned long long)thread->process->id, count);
            return;
        }
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
        if (moment.QuadPart > DRAIN_LONGEST_100NS)
            moment.QuadPart *= 2;
    }
}

void irp_thread_wait_all(struct process_thread *thread)
{
    thread_irps_drain(thread);
    if (thread->io_object != NULL)
        ob_dereference(thread->io_object);
    thread->io_object = NULL;
}
