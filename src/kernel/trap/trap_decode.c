/* SPDX-License-Identifier: MIT */
/* trap_decode.c - instructions and their operands, out of the registers of a fault.
 *
 * The decoder is made once; decoding allocates nothing. Memory that an operand names is read
 * only through mm's fault-proof copy.
 */
#include "mm/mm.h"
#include "trap_internal.h"

static ZydisDecoder decoder; /* set once */

void trap_decode_init(void)
{
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
}

size_t trap_code_read(uint64_t address, uint8_t *out_bytes, size_t count)
{
    /* An instruction may be the last before a page that is not there. */
    if (!NT_SUCCESS(mm_user_copy(out_bytes, (const void *)address, count))) {
        size_t length = HOST_PAGE - (address & (HOST_PAGE - 1));
        if (length >= count || !NT_SUCCESS(mm_user_copy(out_bytes, (const void *)address, length)))
            return 0;
        count = length;
    }
    trap_patch_original(address, out_bytes, count);
    return count;
}

bool trap_decode(uint64_t rip, struct trap_instruction *out_instruction)
{
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    size_t length = trap_code_read(rip, bytes, sizeof(bytes));
    return length != 0 &&
           ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, length, &out_instruction->zydis,
                                               out_instruction->operands));
}

uint64_t *trap_register(struct host_registers *registers, ZydisRegister name)
{
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name);
    if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15)
        return NULL;
    return &registers->rax + (whole - ZYDIS_REGISTER_RAX);
}

_Static_assert(offsetof(struct host_registers, r15) - offsetof(struct host_registers, rax) ==
                       15 * sizeof(uint64_t) &&
                   ZYDIS_REGISTER_R15 - ZYDIS_REGISTER_RAX == 15,
               "both are in machine order");

static bool is_high_byte(ZydisRegister name)
{
    return name >= ZYDIS_REGISTER_AH && name <= ZYDIS_REGISTER_BH;
}

static uint64_t width_mask(ZydisRegister name)
{
    unsigned bits = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, name);
    return bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

uint64_t trap_register_read(struct host_registers *registers, ZydisRegister name)
{
    const uint64_t *place = trap_register(registers, name);
    if (name == ZYDIS_REGISTER_RIP)
        return registers->rip;
    if (place == NULL)
        return 0;
    return (is_high_byte(name) ? *place >> 8 : *place) & width_mask(name);
}

void trap_register_write(struct host_registers *registers, ZydisRegister name, uint64_t value)
{
    uint64_t *place = trap_register(registers, name), mask = width_mask(name);
    if (place == NULL)
        return;
    if (is_high_byte(name))
        *place = (*place & ~0xff00ull) | (value & 0xff) << 8;
    else if (mask > 0xffff) /* a 32-bit result clears the upper half */
        *place = value & mask;
    else
        *place = (*place & ~mask) | (value & mask);
}

uint64_t trap_operand_address(const struct trap_instruction *instruction,
                              const ZydisDecodedOperand *operand, struct host_registers *registers)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    uint64_t address = (uint64_t)memory->disp.value;
    if (memory->base == ZYDIS_REGISTER_RIP)
        address += registers->rip + instruction->zydis.length;
    else if (memory->base != ZYDIS_REGISTER_NONE)
        address += trap_register_read(registers, memory->base);
    if (memory->index != ZYDIS_REGISTER_NONE)
        address += trap_register_read(registers, memory->index) * memory->scale;
    if (memory->segment == ZYDIS_REGISTER_GS)
        address += (uint64_t)host_gs_get();
    return address;
}

bool trap_operand_read(const struct trap_instruction *instruction,
                       const ZydisDecodedOperand *operand, struct host_registers *registers,
                       uint64_t *out_value)
{
    uint64_t value = 0;
    switch (operand->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        *out_value = trap_register_read(registers, operand->reg.value);
        return true;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        *out_value = operand->imm.value.u;
        return true;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        if (operand->size > 64 ||
            !NT_SUCCESS(mm_user_copy(
                &value, (const void *)trap_operand_address(instruction, operand, registers),
                operand->size / 8)))
            return false;
        *out_value = value;
        return true;
    default:
        return false;
    }
}
