/* SPDX-License-Identifier: MIT */
/* thread.c (linux) - real threads: started, joined, interrupted and placed.
 *
 * A struct host_thread that somebody created lives until it is joined or, detached,
 * until it ends; an adopted one until its thread ends.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "host_internal.h"

static void *thread_start(void *argument)
{
    struct host_thread *thread = argument;

    host_thread_begin(thread);
    thread->entry(thread->argument);
    host_thread_end(thread);
    if (thread->detached)
        free(thread);
    return NULL;
}

int host_thread_create(const struct host_thread_options *options, void (*entry)(void *),
                       void *argument, struct host_thread **out_thread)
{
    struct host_thread *thread = calloc(1, sizeof(*thread));
    int error;

    if (thread == NULL)
        return ENOMEM;
    host_thread_describe(thread, options, entry, argument);
    error = host_thread_spawn(thread, options, thread_start, thread);
    if (error != 0) {
        free(thread);
        return error;
    }
    *out_thread = thread;
    return 0;
}

void host_thread_join(struct host_thread *thread)
{
    int error;

    COVE_ASSERT(!thread->detached && thread->entry != NULL);
    error = pthread_join(thread->handle, NULL);
    COVE_ASSERT(error == 0);
    free(thread);
}

struct host_thread *host_thread_adopt_ground(void)
{
    struct host_thread *thread = calloc(1, sizeof(*thread));

    COVE_ASSERT(thread != NULL);
    host_thread_begin(thread);
    return thread;
}

void host_thread_forget_ground(struct host_thread *thread)
{
    free(thread);
}

void host_thread_interrupt(struct host_thread *thread)
{
    if (__c11_atomic_exchange(&thread->interrupt_due, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    host_lock_take(&thread->end_lock);
    if (thread->alive)
        pthread_kill(thread->handle, host_interrupt_signal());
    host_lock_give(&thread->end_lock);
}

void host_interrupt_begin_ground(struct host_thread *thread)
{
    pthread_kill(thread->handle, host_interrupt_signal());
}

void host_thread_yield(void)
{
    sched_yield();
}

static cpu_set_t cpus_given; /* set once: what the process was given when it started */
static pthread_once_t cpus_once = PTHREAD_ONCE_INIT;

static void cpus_ask(void)
{
    if (sched_getaffinity(getpid(), sizeof(cpus_given), &cpus_given) != 0 ||
        CPU_COUNT(&cpus_given) == 0) {
        CPU_ZERO(&cpus_given);
        CPU_SET(0, &cpus_given);
    }
}

int host_cpu_count(void)
{
    pthread_once(&cpus_once, cpus_ask);
    return CPU_COUNT(&cpus_given);
}

int host_cpu_current(void)
{
    int cpu = sched_getcpu();

    return cpu < 0 ? 0 : cpu;
}

void host_thread_pin(int cpu)
{
    cpu_set_t one;

    pthread_once(&cpus_once, cpus_ask);
    if (cpu < 0) {
        sched_setaffinity(0, sizeof(cpus_given), &cpus_given);
        return;
    }
    if (cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &cpus_given))
        return; /* a hint that cannot be followed */
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof(one), &one);
}
