/* SPDX-License-Identifier: MIT */
/* thread.c (sim) - threads that take turns.
 *
 * Each is a real pthread, so that stacks, thread-local memory, GS and fault signals
 * are the real ones; but it only runs while it holds the baton. Creating, yielding,
 * joining and ending are scheduling points.
 */
#include <errno.h>
#include <stdlib.h>

#include "sim_internal.h"

struct sim_thread *sim_self(void)
{
    return (struct sim_thread *)host_thread_self();
}

static void *thread_start(void *argument)
{
    struct sim_thread *thread = argument;

    sim_await(thread);
    host_thread_begin(&thread->host);
    thread->host.entry(thread->host.argument);
    host_thread_end(&thread->host);
    sim_leave(thread);
    if (thread->host.detached)
        free(thread);
    return NULL;
}

int host_thread_create(const struct host_thread_options *options, void (*entry)(void *),
                       void *argument, struct host_thread **out_thread)
{
    struct sim_thread *self = sim_self();
    struct sim_thread *thread = calloc(1, sizeof(*thread));
    int error;

    if (thread == NULL)
        return ENOMEM;
    host_thread_describe(&thread->host, options, entry, argument);
    error = host_thread_spawn(&thread->host, options, thread_start, thread);
    if (error != 0) {
        free(thread);
        return error;
    }
    *out_thread = &thread->host; /* before the point: the new thread may look for it */
    sim_enter(thread);
    sim_point(self);
    return 0;
}

void host_thread_join(struct host_thread *host)
{
    struct sim_thread *self = sim_self();
    struct sim_thread *thread = (struct sim_thread *)host;

    COVE_ASSERT(!host->detached && host->entry != NULL);
    if (thread->state != SIM_ENDED) {
        self->joined = thread;
        self->state = SIM_JOINING;
    }
    sim_point(self);
    COVE_ASSERT(thread->state == SIM_ENDED);
    /* What is left of it touches nothing of ours and needs no turn. */
    pthread_join(host->handle, NULL);
    free(thread);
}

struct host_thread *host_thread_adopt_ground(void)
{
    struct sim_thread *thread = calloc(1, sizeof(*thread));

    COVE_ASSERT(thread != NULL);
    sim_arrive(thread);
    host_thread_begin(&thread->host);
    return &thread->host;
}

void host_thread_forget_ground(struct host_thread *host)
{
    struct sim_thread *thread = (struct sim_thread *)host;

    sim_leave(thread);
    free(thread);
}

void host_thread_interrupt(struct host_thread *thread)
{
    thread->interrupt_due = 1;
}

void host_interrupt_begin_ground(struct host_thread *thread)
{
    (void)thread; /* met at its first scheduling point */
}

void host_thread_yield(void)
{
    sim_point(sim_self());
}

void host_thread_pin(int cpu)
{
    (void)cpu; /* there is one processor */
}

int host_cpu_count(void)
{
    return 1;
}

int host_cpu_current(void)
{
    return 0;
}
