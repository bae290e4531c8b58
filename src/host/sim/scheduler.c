/* SPDX-License-Identifier: MIT */
/* scheduler.c (sim) - who runs next, and what time it is.
 *
 * At each scheduling point the thread to go on is drawn among those that are ready,
 * from a stream that the seed fixes. Time passes by a step a point; when nobody is
 * ready it jumps to the earliest deadline; when there is none either, nothing can
 * ever happen again, and the process says who waits for what and aborts.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/points.h"
#include "sim_internal.h"

/* Owned by the holder of the baton. */
static struct {
    struct list threads;
    unsigned int next_number;
    uint64_t choices, chances; /* states of two splitmix64 streams */
    uint64_t now;
    uint64_t steps;
} sim = {
    .threads = LIST_INIT(sim.threads),
    .choices = 1,
    .chances = ~1ull,
};

static _Atomic bool sim_started;
static struct sim_thread *_Atomic sim_arrivals; /* atomic: foreign threads push, the holder takes */

/* splitmix64, after Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static uint64_t sim_draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

static struct sim_thread *sim_thread_of(struct list *node)
{
    return list_entry(node, struct sim_thread, link);
}

static void sim_admit(struct sim_thread *thread)
{
    thread->number = sim.next_number++;
    thread->state = SIM_READY;
    list_push_back(&sim.threads, &thread->link);
}

static void sim_admit_arrivals(void)
{
    struct sim_thread *thread = __c11_atomic_exchange(&sim_arrivals, NULL, __ATOMIC_ACQUIRE);

    while (thread != NULL) {
        struct sim_thread *next = thread->arrival;

        sim_admit(thread);
        thread = next;
    }
}

/* Ends the waits whose deadline has come. Returns the earliest of the others. */
static uint64_t sim_expire(void)
{
    uint64_t earliest = HOST_FOREVER;

    list_for_each(node, &sim.threads)
    {
        struct sim_thread *thread = sim_thread_of(node);

        if (thread->state != SIM_WAITING || thread->deadline == HOST_FOREVER)
            continue;
        if (thread->deadline <= sim.now) {
            thread->state = SIM_READY;
            thread->result = ETIMEDOUT;
        } else if (thread->deadline < earliest) {
            earliest = thread->deadline;
        }
    }
    return earliest;
}

static unsigned int sim_count_ready(void)
{
    unsigned int count = 0;

    list_for_each(node, &sim.threads) count += sim_thread_of(node)->state == SIM_READY;
    return count;
}

[[noreturn]] static void sim_deadlock(void)
{
    char line[200];
    int length = snprintf(line, sizeof(line),
                          "sim: deadlock after %llu steps at %llu ns: every thread waits, and "
                          "nothing can wake one\n",
                          (unsigned long long)sim.steps, (unsigned long long)sim.now);

    host_write_stderr(line, (size_t)length);
    list_for_each(node, &sim.threads)
    {
        const struct sim_thread *thread = sim_thread_of(node);

        if (thread->state == SIM_JOINING)
            length = snprintf(line, sizeof(line), "sim:   thread %u '%s' joins thread %u '%s'\n",
                              thread->number, thread->host.name, thread->joined->number,
                              thread->joined->host.name);
        else
            length = snprintf(line, sizeof(line),
                              "sim:   thread %u '%s' waits on word %p (expects %u, holds %u)\n",
                              thread->number, thread->host.name, (void *)thread->word,
                              thread->expected, *thread->word);
        host_write_stderr(line, (size_t)length);
    }
    abort();
}

/* Draws the next thread. NULL: there is none at all, the last one has left. */
static struct sim_thread *sim_choose(void)
{
    unsigned int count, index;

    sim.steps++;
    sim.now += SIM_STEP_NS;
    for (;;) {
        uint64_t earliest;

        sim_admit_arrivals();
        earliest = sim_expire();
        count = sim_count_ready();
        if (count != 0)
            break;
        if (list_is_empty(&sim.threads))
            return NULL;
        if (earliest == HOST_FOREVER)
            sim_deadlock();
        sim.now = earliest;
    }
    index = (unsigned int)(sim_draw(&sim.choices) % count);
    list_for_each(node, &sim.threads)
    {
        struct sim_thread *thread = sim_thread_of(node);

        if (thread->state == SIM_READY && index-- == 0)
            return thread;
    }
    __builtin_unreachable();
}

static void sim_pass(struct sim_thread *next)
{
    __c11_atomic_store(&next->baton, 1, __ATOMIC_RELEASE);
    host_futex_wake(&next->baton, 1, false);
}

void sim_await(struct sim_thread *self)
{
    while (__c11_atomic_exchange(&self->baton, 0, __ATOMIC_ACQUIRE) == 0)
        host_futex_wait(&self->baton, 0, HOST_FOREVER, false);
}

/* A thread is interrupted where it comes back from a scheduling point. The registers say
 * where that is; the hook's changes to them have no effect here. */
static __attribute__((noinline)) void sim_interrupt(struct sim_thread *self)
{
    void **frame = __builtin_frame_address(0);
    struct host_registers registers = {
        .rbp = (uint64_t)frame[0],
        .rip = (uint64_t)frame[1],
        .rsp = (uint64_t)(frame + 2),
        .eflags = __builtin_ia32_readeflags_u64(),
    };

    self->host.interrupt_due = 0;
    host_interrupt_offer(&registers);
}

int sim_point(struct sim_thread *self)
{
    struct sim_thread *next = sim_choose();
    int result;

    if (next != self) {
        sim_pass(next);
        sim_await(self);
    }
    result = self->result; /* before the hook, which may wait too */
    self->result = 0;
    if (self->host.interrupt_due != 0)
        sim_interrupt(self);
    return result;
}

void sim_leave(struct sim_thread *self)
{
    struct sim_thread *next;

    self->state = SIM_ENDED;
    list_remove(&self->link);
    list_for_each(node, &sim.threads)
    {
        struct sim_thread *thread = sim_thread_of(node);

        if (thread->state == SIM_JOINING && thread->joined == self)
            thread->state = SIM_READY;
    }
    next = sim_choose();
    if (next != NULL)
        sim_pass(next);
    else
        __c11_atomic_store(&sim_started, false, __ATOMIC_RELEASE); /* the next comer is first */
}

void sim_enter(struct sim_thread *thread)
{
    sim_admit(thread);
}

/* Keeps the first thread, and so all that it starts, on the processor where it is: only one
 * of them ever runs, and waking one on another processor takes nine times as long. */
static void sim_stay(void)
{
    int cpu = sched_getcpu();
    cpu_set_t here;

    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return;
    CPU_ZERO(&here);
    CPU_SET(cpu, &here);
    sched_setaffinity(0, sizeof(here), &here);
}

void sim_arrive(struct sim_thread *thread)
{
    bool started = false;

    if (__c11_atomic_compare_exchange_strong(&sim_started, &started, true, __ATOMIC_ACQ_REL,
                                             __ATOMIC_ACQUIRE)) {
        sim_admit(thread);
        sim_stay();
        return;
    }
    thread->arrival = __c11_atomic_load(&sim_arrivals, __ATOMIC_RELAXED);
    while (!__c11_atomic_compare_exchange_weak(&sim_arrivals, &thread->arrival, thread,
                                               __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    sim_await(thread);
}

void sim_wake(const _Atomic uint32_t *word, int count)
{
    while (count > 0) {
        struct sim_thread *drawn = NULL;
        unsigned int waiters = 0, index;

        list_for_each(node, &sim.threads)
        {
            const struct sim_thread *thread = sim_thread_of(node);

            waiters += thread->state == SIM_WAITING && thread->word == word;
        }
        if (waiters == 0)
            return;
        index = count >= (int)waiters ? 0 : (unsigned int)(sim_draw(&sim.choices) % waiters);
        list_for_each(node, &sim.threads)
        {
            struct sim_thread *thread = sim_thread_of(node);

            if (thread->state == SIM_WAITING && thread->word == word && index-- == 0)
                drawn = thread;
        }
        drawn->state = SIM_READY;
        drawn->result = 0;
        count--;
    }
}

uint64_t sim_now(void)
{
    return sim.now;
}

void sim_advance(uint64_t ns)
{
    sim.now += ns;
}

uint64_t host_random64(void)
{
    sim_self();
    return sim_draw(&sim.chances);
}

int host_sim_seed(uint64_t seed)
{
    sim_self();
    sim.choices = seed;
    sim.chances = ~seed;
    return 0;
}

uint64_t host_sim_steps(void)
{
    return sim.steps;
}

bool host_points;

bool host_is_sim(void)
{
    return true;
}
