/* SPDX-License-Identifier: MIT */
/* trap_privileged.c - control registers, model-specific registers, interrupts, caches.
 *
 * In: a decoded instruction that the processor refused. CR8 is the IRQL of the processor that
 * the thread holds; what has no meaning here but does no harm is done as nothing; the rest is
 * answered as an exception.
 */
#include "base/trace.h"
#include "hal/hal.h"
#include "trap_internal.h"

/* What an x64 kernel finds: protected mode with paging, write protection, caches on. */
#define CR0_VALUE 0x80050033ull
/* PAE, global pages, fxsave, SSE exceptions, fsgsbase, xsave. */
#define CR4_VALUE 0x000506f8ull
#define DR6_VALUE 0xffff0ff0ull
#define DR7_VALUE 0x400ull
#define RED_ZONE  128u

static void skip(const struct trap_instruction *instruction, struct host_registers *registers)
{
    registers->rip += instruction->zydis.length;
}

void trap_lower(uint32_t irql)
{
    /* Code in a slot has stored it already: lowering is more than the store. */
    ke_irql_lower((KIRQL)irql);
}

/* Lowering may run DPCs, which must not happen on the signal stack: the thread goes through
 * trap_lower_enter, which finds irql, flags and return address below the interrupted stack. */
static void lower_on_own_stack(struct host_registers *registers, KIRQL irql)
{
    uint64_t *frame = (uint64_t *)(registers->rsp - RED_ZONE) - 3;
    frame[0] = irql;
    frame[1] = registers->eflags;
    frame[2] = registers->rip;
    registers->rsp = (uint64_t)frame;
    registers->eflags &= ~(EFLAGS_TRAP | EFLAGS_DIRECTION);
    registers->rip = (uint64_t)trap_lower_enter;
}

static enum trap_answer cr8_write(const struct trap_instruction *instruction,
                                  struct host_registers *registers, uint64_t value)
{
    if (value > HIGH_LEVEL)
        return TRAP_NOT_OURS; /* reserved bits: a general protection fault */
    skip(instruction, registers);
    if (value >= ke_irql())
        ke_irql_write((KIRQL)value);
    else
        lower_on_own_stack(registers, (KIRQL)value);
    return TRAP_DONE;
}

static bool control_value(ZydisRegister name, uint64_t *out_value)
{
    switch (name) {
    case ZYDIS_REGISTER_CR0:
        *out_value = CR0_VALUE;
        return true;
    case ZYDIS_REGISTER_CR2:
    case ZYDIS_REGISTER_CR3: /* no page tables to be seen */
        *out_value = 0;
        return true;
    case ZYDIS_REGISTER_CR4:
        *out_value = CR4_VALUE;
        return true;
    case ZYDIS_REGISTER_CR8:
        *out_value = ke_irql();
        return true;
    case ZYDIS_REGISTER_DR6:
        *out_value = DR6_VALUE;
        return true;
    case ZYDIS_REGISTER_DR7:
        *out_value = DR7_VALUE;
        return true;
    default:
        *out_value = 0;
        return ZydisRegisterGetClass(name) == ZYDIS_REGCLASS_DEBUG;
    }
}

static bool is_special(const ZydisDecodedOperand *operand)
{
    ZydisRegisterClass class = ZYDIS_REGCLASS_INVALID;
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
        class = ZydisRegisterGetClass(operand->reg.value);
    return class == ZYDIS_REGCLASS_CONTROL || class == ZYDIS_REGCLASS_DEBUG;
}

static enum trap_answer control_move(const struct trap_instruction *instruction,
                                     struct host_registers *registers)
{
    const ZydisDecodedOperand *to = &instruction->operands[0], *from = &instruction->operands[1];
    uint64_t value;
    if (is_special(from)) {
        if (!control_value(from->reg.value, &value))
            return TRAP_PRIVILEGED;
        trap_register_write(registers, to->reg.value, value);
        skip(instruction, registers);
        return TRAP_DONE;
    }
    if (!is_special(to))
        return TRAP_NOT_OURS;
    if (to->reg.value != ZYDIS_REGISTER_CR8)
        return TRAP_PRIVILEGED;
    return cr8_write(instruction, registers, trap_register_read(registers, from->reg.value));
}

static enum trap_answer msr_read(const struct trap_instruction *instruction,
                                 struct host_registers *registers)
{
    uint64_t value;
    if (!hal_msr_read((uint32_t)registers->rcx, &value))
        return TRAP_PRIVILEGED;
    registers->rax = (uint32_t)value;
    registers->rdx = value >> 32;
    skip(instruction, registers);
    return TRAP_DONE;
}

static enum trap_answer msr_write(const struct trap_instruction *instruction,
                                  struct host_registers *registers)
{
    uint64_t value = registers->rdx << 32 | (uint32_t)registers->rax;
    if (!hal_msr_write((uint32_t)registers->rcx, value))
        return TRAP_PRIVILEGED;
    skip(instruction, registers);
    lower_on_own_stack(registers, ke_irql()); /* it may have raised an interrupt */
    return TRAP_DONE;
}

enum trap_answer trap_privileged(const struct trap_instruction *instruction,
                                 struct host_registers *registers)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
        return control_move(instruction, registers);
    case ZYDIS_MNEMONIC_RDMSR:
        return msr_read(instruction, registers);
    case ZYDIS_MNEMONIC_WRMSR:
        return msr_write(instruction, registers);
    case ZYDIS_MNEMONIC_CLI:
    case ZYDIS_MNEMONIC_STI:
        /* Interrupts come at instruction boundaries of driver code only, and IRQL is what
         * holds them off: the flag has no effect of its own. */
        trace_point(TRACE_TRAP, instruction->zydis.mnemonic, registers->rip, 0);
        skip(instruction, registers);
        return TRAP_DONE;
    case ZYDIS_MNEMONIC_HLT: /* the next interrupt is always just about to come */
    case ZYDIS_MNEMONIC_INVLPG:
    case ZYDIS_MNEMONIC_INVD:
    case ZYDIS_MNEMONIC_WBINVD:
    case ZYDIS_MNEMONIC_CLTS:
        skip(instruction, registers);
        return TRAP_DONE;
    case ZYDIS_MNEMONIC_LGDT: /* the decoder does not count these */
    case ZYDIS_MNEMONIC_LIDT:
    case ZYDIS_MNEMONIC_RDPMC:
        return TRAP_PRIVILEGED;
    default:
        return instruction->zydis.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED ? TRAP_PRIVILEGED
                                                                          : TRAP_NOT_OURS;
    }
}
