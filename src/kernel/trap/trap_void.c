/* SPDX-License-Identifier: MIT */
/* trap_void.c - writes to physical addresses behind which there is nothing: they are lost.
 *
 * Reads of such a mapping see ones; it is mapped for reading only, so a write faults. The
 * instruction is passed over as a bus without a device does; what it would have left in
 * registers is left there.
 */
#include "mm/mm.h"
#include "trap_internal.h"

static uint64_t stride_of(const struct trap_instruction *instruction,
                          const struct host_registers *registers)
{
    uint64_t size = instruction->operands[0].size / 8;
    return (registers->eflags & EFLAGS_DIRECTION) != 0 ? 0 - size : size;
}

/* One turn of STOS or MOVS, or with REP as many as the page has; the rest faults again. */
static bool string_pass(const struct trap_instruction *instruction,
                        struct host_registers *registers)
{
    uint64_t stride = stride_of(instruction, registers);
    bool is_stored = instruction->zydis.mnemonic >= ZYDIS_MNEMONIC_STOSB &&
                     instruction->zydis.mnemonic <= ZYDIS_MNEMONIC_STOSW;
    bool is_moved = instruction->zydis.mnemonic >= ZYDIS_MNEMONIC_MOVSB &&
                    instruction->zydis.mnemonic <= ZYDIS_MNEMONIC_MOVSW;
    bool repeats = (instruction->zydis.attributes & ZYDIS_ATTRIB_HAS_REP) != 0;
    if (!is_stored && !is_moved)
        return false;
    registers->rdi += stride;
    if (is_moved)
        registers->rsi += stride;
    if (!repeats || --registers->rcx == 0)
        registers->rip += instruction->zydis.length;
    return true;
}

bool trap_void_write(const struct host_fault *fault, struct host_registers *registers)
{
    struct trap_instruction instruction;
    if (fault->kind != HOST_FAULT_ACCESS || !fault->is_write ||
        !mm_address_is_void((const void *)fault->address) ||
        !trap_decode(registers->rip, &instruction))
        return false;
    if (string_pass(&instruction, registers))
        return true;
    if (instruction.zydis.mnemonic == ZYDIS_MNEMONIC_XCHG)
        for (unsigned i = 0; i < 2; i++)
            if (instruction.operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER)
                trap_register_write(registers, instruction.operands[i].reg.value, UINT64_MAX);
    registers->rip += instruction.zydis.length;
    return true;
}
