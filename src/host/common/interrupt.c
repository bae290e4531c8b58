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
#include <stddef.h>

#include "host_internal.h"

#define RED_ZONE_BYTES 128u
/* What the kernel writes of a ucontext_t; the C library's type is longer. */
#define KERNEL_CONTEXT_BYTES (offsetof(ucontext_t, uc_sigmask) + sizeof(uint64_t))
/* First word of the software bytes of an fxsave image that an xsave image extends. */
#define XSTATE_MAGIC 0x46505853u
#define FXSAVE_BYTES 512u
/* Where the software bytes start: magic, then the length of the whole image. */
#define FXSAVE_SOFTWARE 464u
/* Trap, direction, alignment check: not to be inherited by the hook. */
#define EFLAGS_UNWANTED 0x40500u

/* interrupt_enter.S */
void host_interrupt_enter(void);
/* Called from there. */
void host_interrupt_run(ucontext_t *context);

static host_interrupt_filter *_Atomic interrupt_filter;
static host_interrupt_hook *_Atomic interrupt_hook;

int host_interrupt_signal(void)
{
    return SIGRTMIN + 2;
}

/* The target may be stack memory that a sanitizer still holds poisoned. */
static void copy_bytes(void *target, const void *source, size_t length)
{
    __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(length) : : "memory");
}

static size_t interrupt_fpu_bytes(const void *fpu)
{
    const uint32_t *software = (const uint32_t *)((const char *)fpu + FXSAVE_SOFTWARE);

    return software[0] == XSTATE_MAGIC ? software[1] : FXSAVE_BYTES;
}

/* Copies the frame to the thread's own stack and points the thread at it. */
static void interrupt_divert(ucontext_t *context)
{
    greg_t *registers = context->uc_mcontext.gregs;
    uintptr_t top = (uintptr_t)registers[REG_RSP] - RED_ZONE_BYTES;
    void *fpu = context->uc_mcontext.fpregs;
    ucontext_t *copy;

    if (fpu != NULL) {
        size_t bytes = interrupt_fpu_bytes(fpu);

        top = (top - bytes) & ~(uintptr_t)63;
        copy_bytes((void *)top, fpu, bytes);
        fpu = (void *)top;
    }
    top = (top - KERNEL_CONTEXT_BYTES) & ~(uintptr_t)63;
    copy = (ucontext_t *)top;
    copy_bytes(copy, context, KERNEL_CONTEXT_BYTES);
    copy_bytes(&copy->uc_mcontext.fpregs, &fpu, sizeof(fpu));

    registers[REG_RSP] = (greg_t)top;
    registers[REG_RDI] = (greg_t)top;
    registers[REG_RBP] = 0;
    registers[REG_RIP] = (greg_t)host_interrupt_enter;
    registers[REG_EFL] &= ~(greg_t)EFLAGS_UNWANTED;
}

static void interrupt_handle(int number, siginfo_t *info, void *opaque)
{
    ucontext_t *context = opaque;
    struct host_thread *thread = host_thread_current;
    host_interrupt_filter *filter = interrupt_filter;
    struct host_registers registers;
    int saved = errno;

    (void)number;
    (void)info;
    if (thread != NULL) {
        /* Cleared before asking: whoever sends from now on is asked for again. */
        thread->interrupt_due = 0;
        host_registers_load(&registers, context);
        if (filter != NULL && interrupt_hook != NULL && filter(&registers))
            interrupt_divert(context);
    }
    errno = saved;
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
