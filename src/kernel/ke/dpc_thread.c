/* SPDX-License-Identifier: MIT */
/* dpc_thread.c - the threads that run threaded DPCs: one a processor, at PASSIVE_LEVEL.
 *
 * In comes a DPC that the processor's queue has moved on; its routine runs on the processor it
 * was queued for, which other DPCs may interrupt. The threads start with the first threaded DPC
 * that is initialized and end with the room.
 */
#include <stdio.h>

#include "base/trace.h"
#include "callout/callout.h"
#include "ke_internal.h"

#define DPC_THREAD_PRIORITY 31

/* guards: whether they have been started */
static struct host_lock start_lock;
static unsigned started;
static _Atomic bool is_stopping;

static struct dpc_thread {
    struct thread thread;
    struct processor *processor;
    KSEMAPHORE wanted; /* one for each DPC that was moved on, and one to end */
} dpc_threads[KE_PROCESSORS_MAX];

/* false: the line is dry. */
static bool threaded_run(struct processor *processor)
{
    KDPC copy, *dpc = dpc_pop(processor, &processor->threaded, &copy);
    KIRQL irql;

    if (dpc == NULL)
        return false;
    trace_point(TRACE_DPC, dpc, copy.DeferredRoutine, 0);
    callout_dpc(copy.DeferredRoutine, dpc, copy.DeferredContext, copy.SystemArgument1,
                copy.SystemArgument2);
    irql = ke_irql();
    if (irql != PASSIVE_LEVEL)
        bugcheck_irql_unexpected(irql, PASSIVE_LEVEL, 2, (const void *)copy.DeferredRoutine, dpc);
    return true;
}

static void dpc_thread_main(void *context)
{
    struct dpc_thread *self = context;
    struct processor *processor = self->processor;
    void *objects[] = {&self->wanted};

    KeSetSystemAffinityThreadEx((KAFFINITY)1 << processor->pcr.number);
    while (!is_stopping) {
        (void)wait_objects(1, objects, false, KernelMode, false, NULL);
        while (threaded_run(processor))
            ;
        dpc_line_dry(&processor->threaded);
    }
}

static NTSTATUS dpc_thread_start(unsigned index)
{
    struct dpc_thread *self = &dpc_threads[index];
    char name[32];

    *self = (struct dpc_thread){.processor = &processors[index]};
    snprintf(name, sizeof(name), "dpc %u", index);
    semaphore_init(&self->wanted, 0, MAXLONG);
    ke_thread_init(&self->thread, name, NULL);
    self->thread.is_system = true;
    self->thread.priority = DPC_THREAD_PRIORITY;
    return ke_thread_start(&self->thread, dpc_thread_main, self, NULL);
}

NTSTATUS dpc_threads_start(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    host_lock_take(&start_lock);
    while (started < processor_count && NT_SUCCESS(status)) {
        status = dpc_thread_start(started);
        started += NT_SUCCESS(status);
    }
    host_lock_give(&start_lock);
    return status;
}

void dpc_threads_stop(void)
{
    is_stopping = true;
    for (unsigned i = 0; i < started; i++)
        dpc_thread_wake(&processors[i]);
    started = 0;
}

/* After the room's other threads have ended. */
void dpc_threads_reset(void)
{
    is_stopping = false;
}

void dpc_thread_wake(struct processor *processor)
{
    LONG previous;

    (void)ke_semaphore_try_release(&dpc_threads[processor->pcr.number].wanted, 1, &previous);
}

bool dpc_thread_is_self(const struct processor *processor)
{
    return thread_self == &dpc_threads[processor->pcr.number].thread;
}
