/* SPDX-License-Identifier: MIT */
/* registers.c - between a 32-bit signal frame and struct host_registers.
 *
 * The 64-bit names hold the 32-bit registers; those from r8 on are 0.
 */
#include "host_internal.h"

/* host_registers member, signal frame index */
#define REGISTERS(X) \
    X(rax, REG_EAX)  \
    X(rcx, REG_ECX)  \
    X(rdx, REG_EDX)  \
    X(rbx, REG_EBX)  \
    X(rsp, REG_ESP)  \
    X(rbp, REG_EBP)  \
    X(rsi, REG_ESI)  \
    X(rdi, REG_EDI)  \
    X(rip, REG_EIP)  \
    X(eflags, REG_EFL)

#define SEGMENTS(X) \
    X(cs, REG_CS)   \
    X(ss, REG_SS)   \
    X(ds, REG_DS)   \
    X(es, REG_ES)   \
    X(fs, REG_FS)   \
    X(gs, REG_GS)

void host_registers_load(struct host_registers *out_registers, const ucontext_t *context)
{
    *out_registers = (struct host_registers){.fpu = context->uc_mcontext.fpregs};
#define LOAD(member, index) out_registers->member = (uint32_t)context->uc_mcontext.gregs[index];
    REGISTERS(LOAD)
#undef LOAD
#define LOAD(member, index) out_registers->member = (uint16_t)context->uc_mcontext.gregs[index];
    SEGMENTS(LOAD)
#undef LOAD
}

void host_registers_store(const struct host_registers *registers, ucontext_t *context){
#define STORE(member, index) context->uc_mcontext.gregs[index] = (greg_t)registers->member;
    REGISTERS(STORE) SEGMENTS(STORE)
#undef STORE
}

uint64_t host_context_pc(const ucontext_t *context)
{
    return (uint32_t)context->uc_mcontext.gregs[REG_EIP];
}

uint64_t host_context_address(const ucontext_t *context)
{
    return (uint32_t)context->uc_mcontext.cr2;
}
