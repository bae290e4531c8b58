/* SPDX-License-Identifier: MIT */
/* emulator_check.c - the limits of segments, which the emulator itself does not look at.
 *
 * Each access is held against the segments that its instruction may use, each run of code against
 * its segment. Differs: code that runs over its segment's end faults at the instruction that does,
 * but what ran in one piece before that has not happened.
 */
#include "decode.h"
#include "emulator.h"

#define VECTOR_STACK   12u
#define VECTOR_GENERAL 13u

static uint32_t register_read(int name)
{
    uint32_t value = 0;
    unicorn.reg_read(emulator.engine, name, &value);
    return value;
}

static bool holds(uint16_t selector, uint32_t address, uint32_t size, bool is_write)
{
    if (!selector_is(selector) || (is_write && selector_kind(selector) != CPU16_DATA))
        return false;
    uint32_t offset = address - (uint32_t)(uintptr_t)selector_base(selector);
    uint32_t limit = selector_limit(selector);
    return offset <= limit && size - 1 <= limit - offset;
}

static struct decoded decode_at(uint16_t selector, uint32_t offset)
{
    struct far16 place = FAR16(selector, offset);
    const uint8_t *code = offset <= 0xffff ? far16_flat(place, 1) : NULL;
    return decode(code, code ? far16_room(place) : 0);
}

static bool admits(const struct decoded *decoded, uint32_t address, uint32_t size, bool is_write)
{
    static const int names[] = {UC_X86_REG_ES, UC_X86_REG_CS, UC_X86_REG_SS,
                                UC_X86_REG_DS, UC_X86_REG_FS, UC_X86_REG_GS};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (decoded->segments & 1u << i &&
            holds((uint16_t)register_read(names[i]), address, size, is_write))
            return true;
    }
    return false;
}

/* Where the engine stands; it may be some instructions further in the same run of code. */
static struct far16 place_now(void)
{
    uint16_t selector = (uint16_t)register_read(UC_X86_REG_CS);
    return FAR16(selector, emulator_offset(register_read(UC_X86_REG_EIP), selector_base(selector)));
}

[[noreturn]] static void fault_at(uint32_t offset, uint8_t vector)
{
    emulator.fault_offset = (int32_t)offset;
    emulator_fault(vector, 0);
    emulator_leave();
}

void emulator_access_check(uc_engine *engine, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void *context)
{
    if (address >= EMULATOR_TABLES) /* descriptors; touched_nothing has what is behind them */
        return;
    struct far16 place = place_now();
    uint32_t end = emulator.block_offset + emulator.block_bytes, at = place.offset, fault = at;
    bool is_write = type == UC_MEM_WRITE || type == UC_MEM_WRITE_UNMAPPED;
    unsigned segments = 0;
    do {
        struct decoded decoded = decode_at(place.selector, at);
        if ((at == place.offset || decoded.is_far_or_long) && decoded.segments) {
            if (admits(&decoded, (uint32_t)address, (uint32_t)size, is_write))
                return;
            fault = segments ? fault : at;
            segments |= decoded.segments;
        }
        at += (uint32_t)decoded.length;
    } while (at < end);
    fault_at(fault, segments == 1u << DECODE_SS ? VECTOR_STACK : VECTOR_GENERAL);
}

/* Ports are another's: in and out, which the engine would let through. */
static void port_used(void)
{
    struct far16 place = place_now();
    uint32_t end = emulator.block_offset + emulator.block_bytes, at = place.offset;
    for (;;) {
        struct decoded decoded = decode_at(place.selector, at);
        if (decoded.is_port || at + decoded.length >= end)
            fault_at(at, VECTOR_GENERAL);
        at += (uint32_t)decoded.length;
    }
}

uint32_t emulator_port_in(uc_engine *engine, uint32_t port, int size, void *context)
{
    port_used();
    return 0;
}

void emulator_port_out(uc_engine *engine, uint32_t port, int size, uint32_t value, void *context)
{
    port_used();
}

/* Where the instruction begins that ends at or behind an offset of the code; from a known one. */
static uint32_t instruction_over(uint16_t selector, uint32_t offset, uint32_t end)
{
    for (;;) {
        uint32_t next = offset + (uint32_t)decode_at(selector, offset).length;
        if (next >= end)
            return offset;
        offset = next;
    }
}

void emulator_block_check(uc_engine *engine, uint64_t address, uint32_t size, void *context)
{
    uint16_t selector = (uint16_t)register_read(UC_X86_REG_CS);
    uint32_t limit = selector_limit(selector);
    uint32_t offset = (uint32_t)address - (uint32_t)(uintptr_t)selector_base(selector);
    uint16_t from = emulator.block_offset;
    uint32_t from_bytes = emulator.block_bytes;
    emulator.block_offset = (uint16_t)offset;
    emulator.block_bytes = size;
    if (!selector_is(selector) || (offset <= limit && (!size || size - 1 <= limit - offset)))
        return;
    /* Jumps are faults of their own, calls included: the target is looked at first. */
    fault_at(offset > limit ? instruction_over(selector, from, from + from_bytes)
                            : instruction_over(selector, offset, limit + 2),
             VECTOR_GENERAL);
}
