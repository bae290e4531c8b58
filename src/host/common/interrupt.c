/* SPDX-License-Identifier: MIT */
/* interrupt.c - a signal becomes a call of the interrupt hook on the thread's own stack.
 *
 * The handler asks the filter; on yes it copies the signal frame below the
 * interrupted stack pointer, in the layout of the kernel, and lets the thread go on
 * in host_interrupt_enter (interrupt_enter.S) with the signal unblocked. That calls
 * the hook and hands the copy to rt_sigreturn, which loads every register, the flags
 * and the whole extended state again. A refusal is forgotten: the filter remembers
 * what it needs, and the next host_thread_interrupt asks again.
 */
#include <errno.h>

#include "host_internal.h"

/* Called from interrupt_enter.S. */
void host_interrupt_run(ucontext_t *context);

static host_interrupt_filter *_Atomic interrupt_filter;
static host_interrupt_hook *_Atomic interrupt_hook;

int host_interrupt_signal(void)
{
    return SIGRTMIN + 2;
}

static __attribute__((noinline)) void interrupt_answer(ucontext_t *context)
{
    struct host_thread *thread = host_thread_current;
    host_interrupt_filter *filter = interrupt_filter;
    struct host_registers registers;
    int saved = errno;

    if (thread != NULL) {
        /* Cleared before asking: whoever sends from now on is asked for again. */
        thread->interrupt_due = 0;
        host_registers_load(&registers, context);
        if (filter != NULL && interrupt_hook != NULL && filter(&registers))
            host_interrupt_divert(context);
    }
    errno = saved;
}

static void interrupt_handle(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    host_segments_restore(context);
    interrupt_answer(context);
}

void host_interrupt_run(ucontext_t *context)
{
    struct host_registers registers;
    int saved = errno;

    host_registers_load(&registers, context);
    interrupt_hook(&registers);
    host_registers_store(&registers, context);
    errno = saved;
}

void host_interrupt_offer(struct host_registers *registers)
{
    host_interrupt_filter *filter = interrupt_filter;
    host_interrupt_hook *hook = interrupt_hook;

    if (filter != NULL && hook != NULL && filter(registers))
        hook(registers);
}

void host_interrupt_install(host_interrupt_filter *filter, host_interrupt_hook *hook)
{
    struct sigaction action = {
        .sa_sigaction = interrupt_handle,
        .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART,
    };

    host_thread_self();
    sigemptyset(&action.sa_mask);
    interrupt_filter = filter;
    interrupt_hook = hook;
    sigaction(host_interrupt_signal(), &action, NULL);
}
