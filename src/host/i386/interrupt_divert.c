/* SPDX-License-Identifier: MIT */
/* interrupt_divert.c - an interrupted 32-bit thread goes on in host_interrupt_enter.
 *
 * The signal frame is copied below the interrupted stack pointer in the layout of the kernel: what
 * rt_sigreturn takes lies 140 bytes above the stack pointer at the call.
 */
#include <stddef.h>

#include "host_internal.h"

/* What the kernel writes of a ucontext_t; the C library's type is longer. */
#define KERNEL_CONTEXT_BYTES (offsetof(ucontext_t, uc_sigmask) + sizeof(uint64_t))
#define CONTEXT_ABOVE        140u
/* In front of the fxsave image lies one of the x87's own; the processor wants the former at a
 * multiple of 64. */
#define LEGACY_BYTES 112u
/* First word of the software bytes of an fxsave image that an xsave image extends; then the length
 * of everything. */
#define XSTATE_MAGIC    0x46505853u
#define FXSAVE_BYTES    512u
#define FXSAVE_SOFTWARE 464u
/* Trap, direction, alignment check: not to be inherited by the hook. */
#define EFLAGS_UNWANTED 0x40500

/* interrupt_enter.S */
void host_interrupt_enter(void);

static uint32_t state_bytes(const char *state)
{
    const uint32_t *software = (const uint32_t *)(state + LEGACY_BYTES + FXSAVE_SOFTWARE);

    return software[0] == XSTATE_MAGIC ? software[1] : LEGACY_BYTES + FXSAVE_BYTES;
}

void host_interrupt_divert(ucontext_t *context)
{
    greg_t *registers = context->uc_mcontext.gregs;
    uintptr_t top = (uintptr_t)registers[REG_ESP];
    void *state = context->uc_mcontext.fpregs;
    ucontext_t *copy;
    struct host_registers own;

    if (state != NULL) {
        uint32_t bytes = state_bytes(state);

        top = ((top - bytes + LEGACY_BYTES) & ~(uintptr_t)63) - LEGACY_BYTES;
        __builtin_memcpy((void *)top, state, bytes);
        state = (void *)top;
    }
    copy = (ucontext_t *)((top - KERNEL_CONTEXT_BYTES) & ~(uintptr_t)15);
    __builtin_memcpy(copy, context, KERNEL_CONTEXT_BYTES);
    copy->uc_mcontext.fpregs = state;

    host_registers_load(&own, context);
    host_segments_own(&own);
    host_registers_store(&own, context);
    registers[REG_ESP] = (greg_t)((uintptr_t)copy - CONTEXT_ABOVE);
    registers[REG_EAX] = (greg_t)(uintptr_t)copy;
    registers[REG_EBP] = 0;
    registers[REG_EIP] = (greg_t)(uintptr_t)host_interrupt_enter;
    registers[REG_EFL] &= ~EFLAGS_UNWANTED;
}
