/* SPDX-License-Identifier: MIT */
/* trap_port.c - IN and OUT in all their forms, answered by the hal's ports.
 *
 * String forms move one element at a time, so that a fault in the middle leaves rcx and the
 * pointer as the processor would.
 */
#include "hal/hal.h"
#include "mm/mm.h"
#include "trap_internal.h"

static uint16_t port_number(const ZydisDecodedOperand *operand, struct host_registers *registers)
{
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return (uint16_t)operand->imm.value.u;
    return (uint16_t)registers->rdx;
}

static enum trap_answer port_string(const struct trap_instruction *instruction,
                                    struct host_registers *registers, bool is_input, unsigned width,
                                    uint64_t *out_address)
{
    bool is_repeated =
        instruction->zydis.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE);
    uint64_t *pointer = is_input ? &registers->rdi : &registers->rsi;
    uint64_t count = is_repeated ? registers->rcx : 1;
    int64_t step = registers->eflags & EFLAGS_DIRECTION ? -(int64_t)width : (int64_t)width;
    uint16_t port = (uint16_t)registers->rdx;
    for (; count > 0; count--) {
        uint32_t value = is_input ? hal_port_read(port, width) : 0;
        void *memory = (void *)*pointer;
        NTSTATUS status =
            is_input ? mm_user_copy(memory, &value, width) : mm_user_copy(&value, memory, width);
        if (is_repeated)
            registers->rcx = count;
        if (!NT_SUCCESS(status)) {
            *out_address = *pointer;
            return TRAP_FAULTED;
        }
        if (!is_input)
            hal_port_write(port, width, value);
        *pointer += (uint64_t)step;
    }
    if (is_repeated)
        registers->rcx = 0;
    registers->rip += instruction->zydis.length;
    return TRAP_DONE;
}

enum trap_answer trap_port(const struct trap_instruction *instruction,
                           struct host_registers *registers, uint64_t *out_address)
{
    const ZydisDecodedOperand *first = &instruction->operands[0];
    const ZydisDecodedOperand *second = &instruction->operands[1];
    unsigned width;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_IN:
        width = first->size / 8;
        trap_register_write(registers, first->reg.value,
                            hal_port_read(port_number(second, registers), width));
        break;
    case ZYDIS_MNEMONIC_OUT:
        width = second->size / 8;
        hal_port_write(port_number(first, registers), width,
                       (uint32_t)trap_register_read(registers, second->reg.value));
        break;
    case ZYDIS_MNEMONIC_INSB:
    case ZYDIS_MNEMONIC_OUTSB:
        return port_string(instruction, registers,
                           instruction->zydis.mnemonic == ZYDIS_MNEMONIC_INSB, 1, out_address);
    case ZYDIS_MNEMONIC_INSW:
    case ZYDIS_MNEMONIC_OUTSW:
        return port_string(instruction, registers,
                           instruction->zydis.mnemonic == ZYDIS_MNEMONIC_INSW, 2, out_address);
    case ZYDIS_MNEMONIC_INSD:
    case ZYDIS_MNEMONIC_OUTSD:
        return port_string(instruction, registers,
                           instruction->zydis.mnemonic == ZYDIS_MNEMONIC_INSD, 4, out_address);
    default:
        return TRAP_NOT_OURS;
    }
    registers->rip += instruction->zydis.length;
    return TRAP_DONE;
}
