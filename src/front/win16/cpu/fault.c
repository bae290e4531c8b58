/* SPDX-License-Identifier: MIT */
/* fault.c - faults of 16-bit code: from the signal to the 16-bit world's own handler.
 *
 * The hook runs on the signal stack. It keeps the registers and lets the thread go on in
 * cpu16_fault_enter, on the flat stack, where everything may be called; from there the code goes
 * on with the registers as they were left.
 */
#include <string.h>

#include "cpu_internal.h"
#include "host/confine.h"

#define LOCAL_TABLE     4u /* in a selector */
#define NATIVE_LOW      HOST_NATIVE_LOW32
#define EFLAGS_UNWANTED 0x40500u /* trap, direction, alignment check */
#define OPCODE_INT      0xcdu
#define VECTOR_STACK    12u
#define VECTOR_GENERAL  13u

struct cpu16_fault cpu16_fault_pending; /* between the signal and cpu16_fault_run */

static void registers_keep(const struct host_registers *from)
{
    cpu16_state = (struct cpu16_registers){
        .eax = (uint32_t)from->rax,
        .ecx = (uint32_t)from->rcx,
        .edx = (uint32_t)from->rdx,
        .ebx = (uint32_t)from->rbx,
        .ebp = (uint32_t)from->rbp,
        .esi = (uint32_t)from->rsi,
        .edi = (uint32_t)from->rdi,
        .esp = (uint32_t)from->rsp,
        .ss = from->ss,
        .eip = (uint32_t)from->rip,
        .cs = from->cs,
        .eflags = (uint32_t)from->eflags,
        .ds = from->ds,
        .es = from->es,
        .fs = from->fs,
        .gs = from->gs,
    };
}

/* The number of the `int` that cs:eip stands at; -1: there is none. */
static int interrupt_at(uint32_t cs, uint32_t eip)
{
    const uint8_t *code = far16_flat(FAR16(cs, eip), 2);
    return code && code[0] == OPCODE_INT ? code[1] : -1;
}

static void fault_describe(const struct host_fault *fault)
{
    int interrupt = interrupt_at(cpu16_state.cs, cpu16_state.eip);
    cpu16_fault_pending = (struct cpu16_fault){.kind = CPU16_FAULT,
                                               .vector = fault->vector,
                                               .error_code = fault->error_code,
                                               .address = (uint32_t)fault->address};
    switch (fault->kind) {
    case HOST_FAULT_SYSTEM_CALL: /* int 0x80 is an interrupt like any other here */
    case HOST_FAULT_PRIVILEGED:
        if (interrupt >= 0 && (fault->kind == HOST_FAULT_SYSTEM_CALL ||
                               fault->error_code == (unsigned)interrupt * 8 + 2)) {
            cpu16_fault_pending.kind = CPU16_INTERRUPT;
            cpu16_fault_pending.vector = (uint8_t)interrupt;
            cpu16_state.eip += 2;
        } else if (fault->kind == HOST_FAULT_SYSTEM_CALL) {
            cpu16_fault_pending.vector = VECTOR_GENERAL;
        } else if (fault->vector == 4) { /* into, with the overflow flag */
            cpu16_fault_pending.kind = CPU16_INTERRUPT;
        }
        break;
    case HOST_FAULT_BREAKPOINT:
    case HOST_FAULT_STEP:
        cpu16_fault_pending.kind = CPU16_INTERRUPT;
        break;
    default:
        break;
    }
}

/* The two pushes with which a call out begins did not find room: the code that called has too
 * little stack. The thunk's address lies on the stack. */
static bool push_describe(struct host_registers *registers)
{
    uintptr_t at = (uintptr_t)registers->rip;
    uint16_t sp = (uint16_t)registers->rsp;
    uint32_t skip;
    if (at >= (uintptr_t)cpu16_out && at < (uintptr_t)cpu16_out + 2)
        skip = (uint32_t)(at - (uintptr_t)cpu16_out) * 4;
    else if (at >= (uintptr_t)cpu16_back && at < (uintptr_t)cpu16_back + 2)
        skip = UINT32_MAX;
    else
        return false;
    registers_keep(registers);
    const uint32_t *pushed =
        skip == UINT32_MAX ? NULL : far16_flat(FAR16(registers->ss, sp + skip), 8);
    if (pushed) {
        memcpy(&cpu16_state.eip, &pushed[0], sizeof pushed[0]);
        memcpy(&cpu16_state.cs, &pushed[1], sizeof pushed[1]);
    }
    cpu16_fault_pending = (struct cpu16_fault){.kind = CPU16_FAULT, .vector = VECTOR_STACK};
    return true;
}

/* 16-bit code has jumped into a segment of the kernel's, 32 or 64 bits wide, or called the kernel,
 * which came back with its own. Its stack, or else its GS, tells it from code of ours, whose place
 * tells it from 32-bit programs' below. */
static bool escape_describe(const struct host_fault *fault, struct host_registers *registers)
{
    bool is_from_16 = (registers->ss & LOCAL_TABLE) || registers->gs != cpu16_host_gs;
    if (!is_from_16 || (fault->kind != HOST_FAULT_SYSTEM_CALL && registers->rip >= NATIVE_LOW))
        return false;
    registers_keep(registers);
    cpu16_fault_pending = (struct cpu16_fault){.kind = CPU16_FAULT, .vector = VECTOR_GENERAL};
    return true;
}

bool cpu16_fault_hook(const struct host_fault *fault, struct host_registers *registers)
{
    if (!cpu16_is_here() || !cpu16_flat_stack)
        return false;
    if (registers->cs & LOCAL_TABLE) {
        registers_keep(registers);
        fault_describe(fault);
    } else if (!((registers->ss & LOCAL_TABLE) && push_describe(registers)) &&
               !escape_describe(fault, registers)) {
        return false;
    }
    registers->rip = (uintptr_t)cpu16_fault_enter;
    registers->rsp = cpu16_flat_stack;
    registers->cs = FLAT_CODE;
    registers->ss = registers->ds = registers->es = FLAT_DATA;
    registers->fs = cpu16_host_fs;
    registers->gs = cpu16_host_gs;
    registers->eflags &= ~(uint64_t)EFLAGS_UNWANTED;
    return true;
}

void cpu16_fault_run(void)
{
    struct cpu16_fault fault = cpu16_fault_pending;
    struct cpu16_frame frame;
    cpu16_frame_begin(&frame);
    cpu16_hooks_get()->fault(&fault, &frame.registers);
    cpu16_frame_end(&frame);
}
