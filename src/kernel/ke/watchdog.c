/* SPDX-License-Identifier: MIT */
/* watchdog.c - a processor that stays at DISPATCH_LEVEL for seconds stops the machine.
 *
 * A thread of the host's looks at every processor once a second. One that it finds at or above
 * DISPATCH_LEVEL gets a mark in its pending word, which lowering IRQL and the begin of the next
 * DPC take away; a mark that stays is one stretch of code that never ends. Its thread is then
 * interrupted where it loops, so that the report shows the driver.
 * On the sim ground, whose time is not the host's, there is no such thread.
 */
#include "ke_internal.h"

#define WATCH_PERIOD_NS 1000000000ull
#define WATCH_LIMIT_NS  8000000000ull /* less than who waits for a spin lock allows */
#define WATCH_ASK_NS    1000000ull    /* how soon one that did not hear is asked again */
#define WATCH_ASKS      2000u
#define WATCH_TICK_NS   (KE_TICK_100NS * KE_NS_PER_100NS)

static _Atomic uint32_t watch_stop; /* atomic: 1: the thread is to end; it sleeps on it */
static struct host_thread *watch_thread;

[[noreturn]] static void watch_bite(const struct processor *processor, const void *registers)
{
    bool is_dpc = __c11_atomic_load(&processor->dpcs.running, __ATOMIC_RELAXED) != NULL;
    struct bugcheck bugcheck = {
        .code = DPC_WATCHDOG_VIOLATION,
        .parameter = {is_dpc ? 0 : 1, WATCH_LIMIT_NS / WATCH_TICK_NS,
                      is_dpc ? WATCH_LIMIT_NS / WATCH_TICK_NS : 0, 0},
        .registers = registers,
    };

    ke_bugcheck(&bugcheck);
}

void watchdog_interrupted(struct processor *processor, const void *registers)
{
    if ((__c11_atomic_load(&processor->pending, __ATOMIC_RELAXED) & PENDING_BITE) != 0)
        watch_bite(processor, registers);
}

/* It loops. Most of the loop may be in calls of ours, where nobody is interrupted. */
[[noreturn]] static void watch_ask(struct processor *processor)
{
    __c11_atomic_fetch_or(&processor->pending, PENDING_BITE, __ATOMIC_SEQ_CST);
    for (unsigned i = 0; i < WATCH_ASKS; i++) {
        processor_interrupt_owner(processor);
        host_wait(&watch_stop, 0, host_clock_ns() + WATCH_ASK_NS);
    }
    watch_bite(processor, NULL);
}

static void watch_look(struct processor *processor, uint64_t now_ns)
{
    uint32_t pending = __c11_atomic_load(&processor->pending, __ATOMIC_RELAXED);

    if (__c11_atomic_load(&processor->owner, __ATOMIC_RELAXED) == NULL ||
        __c11_atomic_load(&processor->pcr.irql, __ATOMIC_RELAXED) < DISPATCH_LEVEL) {
        processor->watch_start_ns = 0;
    } else if (processor->watch_start_ns == 0 || (pending & PENDING_WATCH) == 0) {
        processor->watch_start_ns = now_ns;
        __c11_atomic_fetch_or(&processor->pending, PENDING_WATCH, __ATOMIC_SEQ_CST);
    } else if (now_ns - processor->watch_start_ns >= WATCH_LIMIT_NS) {
        watch_ask(processor);
    }
}

static void watch_main(void *unused)
{
    (void)unused;
    while (watch_stop == 0) {
        uint64_t now_ns = host_clock_ns();

        for (unsigned i = 0; i < processor_count; i++)
            watch_look(&processors[i], now_ns);
        host_wait(&watch_stop, 0, now_ns + WATCH_PERIOD_NS);
    }
}

NTSTATUS watchdog_start(void)
{
    struct host_thread_options options = {.name = "ke-watchdog"};

    watch_stop = 0;
    watch_thread = NULL;
    if (host_is_sim())
        return STATUS_SUCCESS;
    return host_thread_create(&options, watch_main, NULL, &watch_thread) == 0
               ? STATUS_SUCCESS
               : STATUS_INSUFFICIENT_RESOURCES;
}

void watchdog_stop(void)
{
    if (watch_thread == NULL)
        return;
    watch_stop = 1;
    host_wake(&watch_stop, 1);
    host_thread_join(watch_thread);
    watch_thread = NULL;
}
