/* SPDX-License-Identifier: MIT */
/* exception_context.c - a 32-bit program's registers, between the host's signal and a CONTEXT. */
#include <string.h>

#include "../ntdll/exception_internal.h"
#include "../ntdll/thread_internal.h"
#include "door/door.h"
#include "host/host.h"

#define LEGACY_BYTES 112u /* of the x87's own image, in front of the fxsave image */

void context_of_registers(const struct host_registers *from, CONTEXT *to)
{
    memset(to, 0, sizeof *to);
    to->ContextFlags = CONTEXT_FULL;
    to->EFlags = (ULONG)from->eflags;
    to->Eax = (ULONG)from->rax;
    to->Ecx = (ULONG)from->rcx;
    to->Edx = (ULONG)from->rdx;
    to->Ebx = (ULONG)from->rbx;
    to->Esp = (ULONG)from->rsp;
    to->Ebp = (ULONG)from->rbp;
    to->Esi = (ULONG)from->rsi;
    to->Edi = (ULONG)from->rdi;
    to->Eip = (ULONG)from->rip;
    __asm__("movl %%cs, %0" : "=r"(to->SegCs));
    __asm__("movl %%ds, %0" : "=r"(to->SegDs));
    __asm__("movl %%fs, %0" : "=r"(to->SegFs));
    to->SegSs = to->SegEs = to->SegDs;
    if (from->fpu) {
        memcpy(&to->FloatSave, from->fpu, LEGACY_BYTES - sizeof(ULONG));
        memcpy(to->ExtendedRegisters, (const char *)from->fpu + LEGACY_BYTES,
               sizeof to->ExtendedRegisters);
        to->ContextFlags |= CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS;
    }
}

void registers_of_context(const CONTEXT *from, struct host_registers *to)
{
    if ((from->ContextFlags & CONTEXT_CONTROL) == CONTEXT_CONTROL) {
        to->rip = from->Eip;
        to->rsp = from->Esp;
        to->rbp = from->Ebp;
        to->eflags = from->EFlags;
    }
    if ((from->ContextFlags & CONTEXT_INTEGER) != CONTEXT_INTEGER)
        return;
    to->rax = from->Eax;
    to->rcx = from->Ecx;
    to->rdx = from->Edx;
    to->rbx = from->Ebx;
    to->rsi = from->Esi;
    to->rdi = from->Edi;
}

/* Handlers stand in lists, whatever frames lie in between. */
bool exception_is_reachable(const struct teb *teb, uint64_t rsp)
{
    return !door_is_in_service(teb->thread->channel);
}

extern const char wow64_copy_begin[], wow64_copy_end[], wow64_copy_failed[]; /* copy.S */

bool exception_is_expected(struct host_registers *registers)
{
    bool is_copy =
        registers->rip >= (uintptr_t)wow64_copy_begin && registers->rip < (uintptr_t)wow64_copy_end;
    if (is_copy)
        registers->rip = (uintptr_t)wow64_copy_failed;
    return is_copy;
}

void exception_divert(struct host_registers *registers, uint64_t stack, EXCEPTION_RECORD *record,
                      CONTEXT *context, void (*to)(EXCEPTION_RECORD *, CONTEXT *))
{
    uint32_t *top = (uint32_t *)(uintptr_t)(stack & ~15ull);
    top[-1] = 0;
    top[-2] = 0;
    top[-3] = (uint32_t)(uintptr_t)context;
    top[-4] = (uint32_t)(uintptr_t)record;
    top[-5] = 0; /* it does not return */
    registers->rsp = (uintptr_t)&top[-5];
    registers->rip = (uintptr_t)to;
    registers->eflags &= ~(uint64_t)0x500; /* direction and trap flags */
    host_segments_own(registers);
}
