/* SPDX-License-Identifier: MIT */
/* exception_context.c - a 64-bit program's registers, between the host's signal and a CONTEXT. */
#include <string.h>

#include "door/door.h"
#include "exception_internal.h"
#include "host/host.h"
#include "thread_internal.h"

void context_of_registers(const struct host_registers *from, CONTEXT *to)
{
    memset(to, 0, offsetof(CONTEXT, VectorRegister));
    to->ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
    to->EFlags = (ULONG)from->eflags;
    to->Rax = from->rax;
    to->Rcx = from->rcx;
    to->Rdx = from->rdx;
    to->Rbx = from->rbx;
    to->Rsp = from->rsp;
    to->Rbp = from->rbp;
    to->Rsi = from->rsi;
    to->Rdi = from->rdi;
    to->R8 = from->r8;
    to->R9 = from->r9;
    to->R10 = from->r10;
    to->R11 = from->r11;
    to->R12 = from->r12;
    to->R13 = from->r13;
    to->R14 = from->r14;
    to->R15 = from->r15;
    to->Rip = from->rip;
    if (from->fpu) {
        memcpy(&to->FltSave, from->fpu, sizeof to->FltSave);
        to->MxCsr = to->FltSave.MxCsr;
        to->ContextFlags = CONTEXT_FULL;
    }
}

/* What ContextFlags names, of control and integers. */
void registers_of_context(const CONTEXT *from, struct host_registers *to)
{
    if ((from->ContextFlags & CONTEXT_CONTROL) == CONTEXT_CONTROL) {
        to->rip = from->Rip;
        to->rsp = from->Rsp;
        to->eflags = from->EFlags;
    }
    if ((from->ContextFlags & CONTEXT_INTEGER) != CONTEXT_INTEGER)
        return;
    to->rax = from->Rax;
    to->rcx = from->Rcx;
    to->rdx = from->Rdx;
    to->rbx = from->Rbx;
    to->rbp = from->Rbp;
    to->rsi = from->Rsi;
    to->rdi = from->Rdi;
    to->r8 = from->R8;
    to->r9 = from->R9;
    to->r10 = from->R10;
    to->r11 = from->R11;
    to->r12 = from->R12;
    to->r13 = from->R13;
    to->r14 = from->R14;
    to->r15 = from->R15;
}

bool exception_is_expected(struct host_registers *registers)
{
    return false; /* what a 64-bit program hands over is looked at by the kernel alone */
}

/* A call that handlers can be looked for from, and no service that would stay half asked. */
bool exception_is_reachable(const struct teb *teb, uint64_t rsp)
{
    const struct call_record *call = teb->calls;
    while (call && call->rsp < rsp)
        call = call->next;
    return call && call->rsp <= (uint64_t)teb->StackBase &&
           !door_is_in_service(teb->thread->channel);
}

void exception_divert(struct host_registers *registers, uint64_t stack, EXCEPTION_RECORD *record,
                      CONTEXT *context, void (*to)(EXCEPTION_RECORD *, CONTEXT *))
{
    registers->rdi = (uint64_t)record;
    registers->rsi = (uint64_t)context;
    registers->rsp = stack - 8;
    registers->rip = (uint64_t)to;
    registers->eflags &= ~(uint64_t)0x500; /* direction and trap flags */
}
