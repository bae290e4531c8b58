/* SPDX-License-Identifier: MIT */
/* interrupt_divert.c - an interrupted thread goes on in host_interrupt_enter, on its own stack.
 *
 * The signal frame is copied below the interrupted stack pointer in the layout of the kernel, so
 * that rt_sigreturn finds what it knows.
 */
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
void host_interrupt_divert(ucontext_t *context)
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
