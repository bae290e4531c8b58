/* SPDX-License-Identifier: MIT */
/* trap_shared.c - reads of the shared-data page at 0xfffff78000000000.
 *
 * No process can map that address, so a read of it faults. Plain loads are done here at once.
 * For every other instruction one register of its address is moved so that it reads our own
 * page, the processor runs it as a single step, and the register is moved back. The steps of
 * code that interrupts such a step nest inside it, so a small stack per thread is enough.
 */
#include <string.h>

#include "trap_internal.h"

#define STEPS_MAX 8u

/* An adjusted instruction that has not run yet. owner thread only */
struct step {
    ZydisRegister name; /* the whole register that was moved */
    uint64_t delta, before;
    ZydisRegister written; /* which part of it the instruction itself writes; NONE: none */
    bool was_stepping;     /* the driver itself had the trap flag on */
};
static __thread struct step steps[STEPS_MAX] __attribute__((tls_model("initial-exec")));
static __thread uint32_t step_count __attribute__((tls_model("initial-exec")));

/* ---- how old the page may be ------------------------------------------------------------- */

#define FRESH_NS     10000u   /* a tick of Windows is at least fifty times as long */
#define CALIBRATE_NS 1000000u /* of both clocks, before one is believed to tell the other */

uint64_t trap_fresh_until;
static uint64_t counter_start, clock_start_ns; /* set once at init */
static bool is_counter_steady;                 /* same */

/* Does the counter run at one rate, whatever the processor does? */
static bool counter_is_steady(void)
{
    uint32_t eax = 0x80000000, ebx, ecx = 0, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (host_is_sim() || eax < 0x80000007)
        return false;
    eax = 0x80000007;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return edx & 1u << 8;
}

void trap_shared_init(void)
{
    ke_shared_data(); /* made once, not in a fault */
    is_counter_steady = counter_is_steady();
    counter_start = __builtin_ia32_rdtsc();
    clock_start_ns = host_clock_ns();
}

void trap_refresh(void)
{
    uint64_t elapsed_ns = host_clock_ns() - clock_start_ns, counter = __builtin_ia32_rdtsc();
    ke_shared_data();
    if (!is_counter_steady || elapsed_ns < CALIBRATE_NS)
        return;
    double rate = (double)(counter - counter_start) / (double)elapsed_ns;
    __atomic_store_n(&trap_fresh_until, counter + (uint64_t)(rate * FRESH_NS), __ATOMIC_RELAXED);
}

/* ---- instructions that are not replaced ---------------------------------------------------- */

static bool on_page(uint64_t address)
{
    return address - SHARED_DATA_BASE < SHARED_DATA_SIZE;
}

static uint64_t sign_extend(uint64_t value, unsigned bits)
{
    return bits >= 64 ? value : (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits));
}

/* MOV, MOVZX, MOVSX, MOVSXD from memory into a general register. */
static bool load_plain(const struct trap_instruction *instruction, struct host_registers *registers,
                       uint64_t address)
{
    const ZydisDecodedOperand *to = &instruction->operands[0], *from = &instruction->operands[1];
    uint64_t value = 0;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
        break;
    default:
        return false;
    }
    if (to->type != ZYDIS_OPERAND_TYPE_REGISTER ||
        trap_register(registers, to->reg.value) == NULL || from->type != ZYDIS_OPERAND_TYPE_MEMORY)
        return false;
    size_t offset = address - SHARED_DATA_BASE, size = from->size / 8;
    if (size > 8 || offset + size > SHARED_DATA_SIZE)
        return false;
    memcpy(&value, (const char *)ke_shared_data() + offset, size);
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_MOVSX ||
        instruction->zydis.mnemonic == ZYDIS_MNEMONIC_MOVSXD)
        value = sign_extend(value, from->size);
    trap_register_write(registers, to->reg.value, value);
    registers->rip += instruction->zydis.length;
    return true;
}

static const ZydisDecodedOperand *operand_on_page(const struct trap_instruction *instruction,
                                                  struct host_registers *registers)
{
    for (unsigned i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
            operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN &&
            on_page(trap_operand_address(instruction, operand, registers)))
            return operand;
    }
    return NULL;
}

/* Pointers of string instructions only advance: they are moved back by as much. */
static bool is_string(const struct trap_instruction *instruction)
{
    return instruction->zydis.meta.category == ZYDIS_CATEGORY_STRINGOP;
}

static bool operand_is_of(const ZydisDecodedOperand *operand, ZydisRegister whole,
                          ZydisOperandActions actions)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER && (operand->actions & actions) &&
           ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, operand->reg.value) ==
               whole;
}

/* The part of `whole` that the instruction overwrites: its result is not moved back. */
static ZydisRegister written_part(const struct trap_instruction *instruction, ZydisRegister whole)
{
    for (unsigned i = 0; i < instruction->zydis.operand_count && !is_string(instruction); i++)
        if (operand_is_of(&instruction->operands[i], whole, ZYDIS_OPERAND_ACTION_MASK_WRITE))
            return instruction->operands[i].reg.value;
    return ZYDIS_REGISTER_NONE;
}

/* Which register carries the address: moving it moves the whole address by as much. */
static ZydisRegister movable(const ZydisDecodedOperand *operand)
{
    ZydisRegister base = operand->mem.base, index = operand->mem.index;
    if (base != ZYDIS_REGISTER_NONE && base != ZYDIS_REGISTER_RIP && base != index &&
        ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, base) == 64)
        return base;
    if (index != ZYDIS_REGISTER_NONE && operand->mem.scale == 1 && base != index &&
        ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, index) == 64)
        return index;
    return ZYDIS_REGISTER_NONE;
}

/* A register that is source as well ("add rax, [rax+8]", "cmp [rax], rax") would show the
 * moved address. */
static bool is_also_value(const struct trap_instruction *instruction, ZydisRegister whole)
{
    for (unsigned i = 0; i < instruction->zydis.operand_count && !is_string(instruction); i++)
        if (operand_is_of(&instruction->operands[i], whole, ZYDIS_OPERAND_ACTION_MASK_READ))
            return true;
    return false;
}

static bool step_begin(const struct trap_instruction *instruction, struct host_registers *registers)
{
    const ZydisDecodedOperand *operand = operand_on_page(instruction, registers);
    ZydisRegister name = operand != NULL ? movable(operand) : ZYDIS_REGISTER_NONE;
    uint64_t *place = trap_register(registers, name);
    if (place == NULL || step_count == STEPS_MAX || is_also_value(instruction, name))
        return false;
    struct step *step = &steps[step_count++];
    *step = (struct step){
        .name = name,
        .delta = (uint64_t)ke_shared_data() - SHARED_DATA_BASE,
        .before = *place,
        .written = written_part(instruction, name),
        .was_stepping = registers->eflags & EFLAGS_TRAP,
    };
    *place += step->delta;
    registers->eflags |= EFLAGS_TRAP;
    return true;
}

bool trap_shared_read(const struct host_fault *fault, struct host_registers *registers,
                      bool may_patch)
{
    struct trap_instruction instruction;
    uint64_t code;
    if (fault->kind != HOST_FAULT_ACCESS || fault->is_write || fault->is_execute ||
        !on_page(fault->address) || !trap_decode(registers->rip, &instruction))
        return false;
    if (may_patch && (code = trap_patch_site(&instruction, registers->rip)) != 0) {
        registers->rip = code;
        return true;
    }
    return load_plain(&instruction, registers, fault->address) ||
           step_begin(&instruction, registers);
}

bool trap_shared_step(struct host_registers *registers)
{
    if (step_count == 0)
        return false;
    struct step *step = &steps[--step_count];
    uint64_t *place = trap_register(registers, step->name);
    uint64_t after = *place;
    if (step->written == ZYDIS_REGISTER_NONE) {
        *place = after - step->delta;
    } else if (after == step->before + step->delta) {
        *place = step->before; /* a conditional move that did not */
    } else {
        /* A narrow result lies in the moved value: put it into what was there before. */
        uint64_t result = trap_register_read(registers, step->written);
        *place = step->before;
        trap_register_write(registers, step->written, result);
    }
    if (!step->was_stepping)
        registers->eflags &= ~EFLAGS_TRAP;
    return !step->was_stepping;
}
