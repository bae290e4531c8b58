/* SPDX-License-Identifier: MIT */
/* registers.c - between the kernel's signal frame and struct host_registers.
 *
 * What is loaded and stored unchanged is the identity; the floating point state is
 * not copied, registers->fpu points into the frame.
 */
#include "host_internal.h"

/* host_registers member, signal frame index */
#define REGISTERS(X) \
    X(rax, REG_RAX)  \
    X(rcx, REG_RCX)  \
    X(rdx, REG_RDX)  \
    X(rbx, REG_RBX)  \
    X(rsp, REG_RSP)  \
    X(rbp, REG_RBP)  \
    X(rsi, REG_RSI)  \
    X(rdi, REG_RDI)  \
    X(r8, REG_R8)    \
    X(r9, REG_R9)    \
    X(r10, REG_R10)  \
    X(r11, REG_R11)  \
    X(r12, REG_R12)  \
    X(r13, REG_R13)  \
    X(r14, REG_R14)  \
    X(r15, REG_R15)  \
    X(rip, REG_RIP)  \
    X(eflags, REG_EFL)

void host_registers_load(struct host_registers *out_registers, const ucontext_t *context)
{
#define LOAD(member, index) out_registers->member = (uint64_t)context->uc_mcontext.gregs[index];
    REGISTERS(LOAD)
#undef LOAD
    out_registers->cs = out_registers->ss = out_registers->ds = 0;
    out_registers->es = out_registers->fs = out_registers->gs = 0;
    out_registers->fpu = context->uc_mcontext.fpregs;
}

void host_registers_store(const struct host_registers *registers, ucontext_t *context){
#define STORE(member, index) context->uc_mcontext.gregs[index] = (greg_t)registers->member;
    REGISTERS(STORE)
#undef STORE
}

uint64_t host_context_pc(const ucontext_t *context)
{
    return (uint64_t)context->uc_mcontext.gregs[REG_RIP];
}

uint64_t host_context_address(const ucontext_t *context)
{
    return (uint64_t)context->uc_mcontext.gregs[REG_CR2];
}
