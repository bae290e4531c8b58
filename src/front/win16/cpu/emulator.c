/* SPDX-License-Identifier: MIT */
/* emulator.c - the emulated back end: Unicorn's x86 in 16-bit protected mode at privilege 3.
 *
 * The program's window lies at its own addresses in the emulated memory too, so that far pointers
 * mean the same on both sides; behind it lie the tables of descriptors. Calls and faults stop the
 * emulation and are answered outside it: no frame of the library is on the stack while our code,
 * or a 32-bit DLL, runs. The library does not look at limits of segments; emulator_check.c does.
 */
#include "emulator.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ntdll/error.h"
#include "ntdll/exception.h"
#include "ntdll/process.h"

#define INT_CALL       0xf8 /* the interrupts that our thunks raise */
#define INT_BACK       0xf9
#define THUNK_MARK     "CoTk"
#define MARK_AT        2u
#define NUMBER_AT      6u
#define GDT_AT         0x10000u
#define START_CODE_AT  0x11000u
#define START_STACK_AT 0x12000u
#define TABLES_BYTES   0x13000u
#define LDT_IN_GDT     0x08u
#define RING0_CODE     0x10u
#define RING0_DATA     0x18u
#define START_CODE     0x20u /* privilege 3: where the emulation leaves privilege 0 for good */
#define START_DATA     0x28u
#define PRESENT_CODE   0xfbu /* readable, accessed */
#define PRESENT_DATA   0xf3u
#define READ_ONLY      0x02u /* the bit that it lacks */
#define OPCODE_INT     0xcdu
#define OPCODE_INT3    0xccu
#define OPCODE_INTO    0xceu
#define VECTOR_ILLEGAL 6u
#define VECTOR_PAGE    14u
#define VECTOR_GENERAL 13u
#define RED_ZONE       256u

struct emulator emulator = {.fault_offset = -1};

/* ---- descriptors ---------------------------------------------------------------------------- */

static uint64_t descriptor(uint32_t base, uint32_t limit, unsigned rights)
{
    uint64_t flags = 0;
    if (limit > 0xfffff) {
        limit >>= 12;
        flags = 8; /* counted in pages */
    }
    return (uint64_t)(base >> 24) << 56 | flags << 52 | (uint64_t)(limit >> 16) << 48 |
           (uint64_t)rights << 40 | (uint64_t)(base & 0xffffff) << 16 | (limit & 0xffff);
}

/* What the engine has, as long as is_known: loading a register costs more than looking at it. */
static struct cpu16_registers known;
static bool is_known;

static int entry_write(uint16_t selector)
{
    uint64_t entry = 0;
    if (selector_is(selector)) {
        enum cpu16_segment kind = selector_kind(selector);
        unsigned rights = kind == CPU16_CODE ? PRESENT_CODE : PRESENT_DATA;
        uint32_t base = (uint32_t)(uintptr_t)selector_base(selector);
        entry = descriptor(base, selector_limit(selector),
                           kind == CPU16_DATA_READ_ONLY ? rights & ~READ_ONLY : rights);
        /* What was there before may have been translated. */
        if (kind == CPU16_CODE)
            unicorn.ctl(emulator.engine, UC_CTL_WRITE(UC_CTL_TB_REMOVE_CACHE, 2), (uint64_t)base,
                        (uint64_t)base + selector_limit(selector));
    }
    memcpy(emulator.tables + (selector & ~7u), &entry, sizeof entry);
    is_known = false; /* one that is loaded is loaded again */
    return 0;
}

static bool is_loadable(uint16_t selector)
{
    return false;
}

/* ---- thunks --------------------------------------------------------------------------------- */

static void trap_write(uint8_t *at, uint8_t vector, uint32_t number)
{
    at[0] = OPCODE_INT;
    at[1] = vector;
    memcpy(at + MARK_AT, THUNK_MARK, 4);
    memcpy(at + NUMBER_AT, &number, sizeof number);
}

static void thunk_write(void *where, uint32_t number)
{
    trap_write(where, INT_CALL, number);
}

static void back_write(void *where)
{
    trap_write(where, INT_BACK, 0);
}

/* ---- registers ------------------------------------------------------------------------------ */

static const struct {
    int name;
    size_t at;
} registers[] = {
    {UC_X86_REG_EAX, offsetof(struct cpu16_registers, eax)},
    {UC_X86_REG_ECX, offsetof(struct cpu16_registers, ecx)},
    {UC_X86_REG_EDX, offsetof(struct cpu16_registers, edx)},
    {UC_X86_REG_EBX, offsetof(struct cpu16_registers, ebx)},
    {UC_X86_REG_EBP, offsetof(struct cpu16_registers, ebp)},
    {UC_X86_REG_ESI, offsetof(struct cpu16_registers, esi)},
    {UC_X86_REG_EDI, offsetof(struct cpu16_registers, edi)},
    {UC_X86_REG_ESP, offsetof(struct cpu16_registers, esp)},
    {UC_X86_REG_EIP, offsetof(struct cpu16_registers, eip)},
    {UC_X86_REG_EFLAGS, offsetof(struct cpu16_registers, eflags)},
    {UC_X86_REG_SS, offsetof(struct cpu16_registers, ss)},
    {UC_X86_REG_CS, offsetof(struct cpu16_registers, cs)},
    {UC_X86_REG_DS, offsetof(struct cpu16_registers, ds)},
    {UC_X86_REG_ES, offsetof(struct cpu16_registers, es)},
    {UC_X86_REG_FS, offsetof(struct cpu16_registers, fs)},
    {UC_X86_REG_GS, offsetof(struct cpu16_registers, gs)},
};
#define REGISTERS (sizeof registers / sizeof *registers)

static bool is_changed(size_t at)
{
    return memcmp((const char *)&cpu16_state + at, (const char *)&known + at, 4) != 0;
}

static void registers_load(void)
{
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (!is_known || is_changed(registers[i].at))
            unicorn.reg_write(emulator.engine, registers[i].name,
                              (const char *)&cpu16_state + registers[i].at);
    }
    is_known = false;
}

static void registers_store(void)
{
    memset(&cpu16_state, 0, sizeof cpu16_state);
    for (unsigned i = 0; i < REGISTERS; i++)
        unicorn.reg_read(emulator.engine, registers[i].name,
                         (char *)&cpu16_state + registers[i].at);
    known = cpu16_state;
    is_known = true;
    cpu16_state.eip = emulator_offset(cpu16_state.eip, selector_base((uint16_t)cpu16_state.cs));
}

/* ---- what stops the emulation --------------------------------------------------------------- */

void emulator_fault(uint8_t vector, uint32_t address)
{
    cpu16_fault_pending =
        (struct cpu16_fault){.kind = CPU16_FAULT, .vector = vector, .address = address};
    emulator.has_fault = true;
}

static void interrupted(uc_engine *engine, uint32_t vector, void *context)
{
    emulator_fault((uint8_t)vector, 0);
    unicorn.emu_stop(engine);
}

static bool touched_nothing(uc_engine *engine, uc_mem_type type, uint64_t address, int size,
                            int64_t value, void *context)
{
    emulator_access_check(engine, type, address, size, value, context);
    emulator_fault(VECTOR_PAGE, (uint32_t)address);
    return false;
}

/* Out of the middle of an instruction; the engine cannot be used any more. */
[[noreturn]] void emulator_leave(void)
{
    emulator.is_broken = true;
    __builtin_longjmp(emulator.way_out, 1);
}

/* The window's page is there for the emulator, but not for the process. On the signal stack. */
static bool fault_hook(const struct host_fault *fault, struct host_registers *at)
{
    if (!emulator.is_running || !cpu16_is_here() || fault->kind != HOST_FAULT_ACCESS ||
        fault->address >= EMULATOR_WINDOW_END)
        return false;
    emulator_fault(VECTOR_PAGE, (uint32_t)fault->address);
    at->rip = (uintptr_t)emulator_leave;
    at->rsp = ((at->rsp - RED_ZONE) & ~(uint64_t)15) - sizeof(uintptr_t);
    return true;
}

/* ---- an engine ------------------------------------------------------------------------------ */

/* Its state at privilege 3, kept so that it can be gone back to. */
static bool ring3_enter(void)
{
    uint32_t ss = RING0_DATA, cs = RING0_CODE, esp = EMULATOR_TABLES + START_STACK_AT;
    const uint32_t stack[] = {0, START_CODE | 3, 0x202, 0x1000, START_DATA | 3};
    memcpy(emulator.tables + START_STACK_AT, stack, sizeof stack);
    emulator.tables[START_CODE_AT] = 0xcf; /* iretd; what it goes to comes back */
    trap_write(emulator.tables + START_CODE_AT + 16, INT_BACK, 0);
    unicorn.reg_write(emulator.engine, UC_X86_REG_SS, &ss);
    unicorn.reg_write(emulator.engine, UC_X86_REG_CS, &cs);
    unicorn.reg_write(emulator.engine, UC_X86_REG_ESP, &esp);
    uc_err error =
        unicorn.emu_start(emulator.engine, EMULATOR_TABLES + START_CODE_AT, EMULATOR_NOWHERE, 0, 0);
    registers_store();
    emulator.has_fault = false;
    return error == UC_ERR_OK && cpu16_state.cs == (START_CODE | 3);
}

static void tables_fill(void)
{
    uint64_t *gdt = (uint64_t *)(emulator.tables + GDT_AT);
    gdt[LDT_IN_GDT / 8] = descriptor(EMULATOR_TABLES, GDT_AT - 1, 0x82);
    gdt[RING0_CODE / 8] = descriptor(0, UINT32_MAX, 0x9b) | (uint64_t)4 << 52;
    gdt[RING0_DATA / 8] = descriptor(0, UINT32_MAX, 0x93) | (uint64_t)4 << 52;
    gdt[START_CODE / 8] = descriptor(EMULATOR_TABLES + START_CODE_AT + 16, 15, PRESENT_CODE);
    gdt[START_DATA / 8] = descriptor(EMULATOR_TABLES + START_CODE_AT, 4095, PRESENT_DATA);
}

/* instruction: of UC_HOOK_INSN alone. */
static bool hook(int type, void *function, int instruction)
{
    uc_hook handle;
    return unicorn.hook_add(emulator.engine, &handle, type, function, NULL, (uint64_t)1,
                            (uint64_t)0, instruction) == UC_ERR_OK;
}

/* uc_x86_mmr, as the library was compiled: without our -malign-double. */
struct table_register {
    uint32_t selector, base, base_high, limit, flags;
};

static bool engine_make(void)
{
    struct table_register gdt = {.base = EMULATOR_TABLES + GDT_AT, .limit = 0xfff};
    struct table_register ldt = {
        .selector = LDT_IN_GDT, .base = EMULATOR_TABLES, .limit = GDT_AT - 1, .flags = 0x8200};
    struct cpu16_registers kept = cpu16_state;
    tables_fill();
    bool is_good =
        unicorn.open(UC_ARCH_X86, UC_MODE_32, &emulator.engine) == UC_ERR_OK &&
        unicorn.mem_map_ptr(emulator.engine, EMULATOR_WINDOW, EMULATOR_WINDOW_END - EMULATOR_WINDOW,
                            UC_PROT_ALL, (void *)EMULATOR_WINDOW) == UC_ERR_OK &&
        unicorn.mem_map_ptr(emulator.engine, EMULATOR_TABLES, TABLES_BYTES, UC_PROT_ALL,
                            emulator.tables) == UC_ERR_OK &&
        unicorn.reg_write(emulator.engine, UC_X86_REG_GDTR, &gdt) == UC_ERR_OK &&
        unicorn.reg_write(emulator.engine, UC_X86_REG_LDTR, &ldt) == UC_ERR_OK &&
        hook(UC_HOOK_INTR, (void *)interrupted, 0) &&
        hook(UC_HOOK_MEM_INVALID, (void *)touched_nothing, 0) && ring3_enter() &&
        hook(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, (void *)emulator_access_check, 0) &&
        hook(UC_HOOK_BLOCK, (void *)emulator_block_check, 0) &&
        hook(UC_HOOK_INSN, (void *)emulator_port_in, UC_X86_INS_IN) &&
        hook(UC_HOOK_INSN, (void *)emulator_port_out, UC_X86_INS_OUT) &&
        unicorn.context_alloc(emulator.engine, &emulator.pristine) == UC_ERR_OK &&
        unicorn.context_save(emulator.engine, emulator.pristine) == UC_ERR_OK;
    cpu16_state = kept;
    is_known = false;
    /* Programs have no segment of the global table. */
    memset(emulator.tables + GDT_AT + RING0_CODE, 0, START_DATA + 8 - RING0_CODE);
    return is_good;
}

static int start(const char **out_reason)
{
    int error = unicorn_load(out_reason);
    if (error)
        return error;
    *out_reason = "the emulator refuses to start";
    emulator.tables = aligned_alloc(HOST_PAGE, TABLES_BYTES);
    if (!emulator.tables)
        return ENOMEM;
    memset(emulator.tables, 0, TABLES_BYTES);
    if (!engine_make())
        return ENOTSUP;
    exception_fault_first(fault_hook);
    return 0;
}

/* The library takes a second fault for one inside the handling of the first: what it remembers of
 * that is forgotten with everything else, save the coprocessor's registers. */
static void fault_forget(void)
{
    static const int kept[] = {
        UC_X86_REG_FP0,  UC_X86_REG_FP1,  UC_X86_REG_FP2,   UC_X86_REG_FP3,
        UC_X86_REG_FP4,  UC_X86_REG_FP5,  UC_X86_REG_FP6,   UC_X86_REG_FP7,
        UC_X86_REG_FPCW, UC_X86_REG_FPSW, UC_X86_REG_FPTAG, UC_X86_REG_MXCSR,
    };
    uint8_t values[sizeof kept / sizeof *kept][16];
    for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++)
        unicorn.reg_read(emulator.engine, kept[i], values[i]);
    unicorn.context_restore(emulator.engine, emulator.pristine);
    is_known = false;
    for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++)
        unicorn.reg_write(emulator.engine, kept[i], values[i]);
}

/* ---- running -------------------------------------------------------------------------------- */

/* Was it an `int`, of which cs:eip is the end? The library does not tell; but only an `int` is
 * behind the instruction, at the end of what ran in one piece. */
static bool is_interrupt(uint8_t vector)
{
    uint32_t eip = (uint16_t)cpu16_state.eip;
    if (eip != (uint16_t)(emulator.block_offset + emulator.block_bytes))
        return false;
    const uint8_t *before = eip >= 2 ? far16_flat(FAR16(cpu16_state.cs, eip - 2), 2) : NULL;
    return before &&
           ((before[0] == OPCODE_INT && before[1] == vector) ||
            (vector == 3 && before[1] == OPCODE_INT3) || (vector == 4 && before[1] == OPCODE_INTO));
}

/* The number of the thunk whose trap this is; -1: it is none. */
static int64_t thunk_number(uint8_t vector)
{
    const uint8_t *thunk = vector == INT_CALL || vector == INT_BACK
                               ? far16_flat(FAR16(cpu16_state.cs, cpu16_state.eip - 2), 10)
                               : NULL;
    uint32_t number;
    if (!thunk || thunk[1] != vector || memcmp(thunk + MARK_AT, THUNK_MARK, 4) != 0)
        return -1;
    memcpy(&number, thunk + NUMBER_AT, sizeof number);
    return vector == INT_BACK ? 0 : number;
}

/* The way back that the far call has left. */
static bool way_back_take(void)
{
    uint16_t far[2];
    const void *stack = far16_flat(FAR16(cpu16_state.ss, cpu16_state.esp), sizeof far);
    if (!stack)
        return false;
    memcpy(far, stack, sizeof far);
    cpu16_state.eip = far[0];
    cpu16_state.cs = far[1];
    REG16(cpu16_state.esp) = (uint16_t)(REG16(cpu16_state.esp) + sizeof far);
    return true;
}

/* Registers in, until something stops it, registers out. */
static void emulate(void)
{
    if (emulator.is_broken) {
        emulator.is_broken = false;
        if (!engine_make())
            program_die(PROGRAM_CANNOT_START, "the emulator cannot be started again");
    }
    registers_load();
    emulator.has_fault = false;
    uc_err error = UC_ERR_OK;
    if (__builtin_setjmp(emulator.way_out) == 0) {
        emulator.is_running = true;
        error =
            unicorn.emu_start(emulator.engine, (uint16_t)cpu16_state.eip, EMULATOR_NOWHERE, 0, 0);
    }
    emulator.is_running = false;
    registers_store();
    if (!emulator.has_fault)
        emulator_fault(error == UC_ERR_INSN_INVALID ? VECTOR_ILLEGAL : VECTOR_GENERAL, 0);
    if (emulator.fault_offset >= 0)
        cpu16_state.eip = (uint32_t)emulator.fault_offset;
    emulator.fault_offset = -1;
}

static void enter(void)
{
    /* A link of the chain that cpu16_unwind follows. */
    volatile uintptr_t outer = cpu16_flat_stack;
    bool is_back = false;
    cpu16_flat_stack = (uintptr_t)&outer;
    while (!is_back) {
        emulate();
        uint8_t vector = cpu16_fault_pending.vector;
        int64_t number = thunk_number(vector);
        if (number == 0 || (number > 0 && way_back_take())) {
            is_back = cpu16_out_run((uint32_t)number);
            continue;
        }
        bool is_fault = !is_interrupt(vector);
        if (!is_fault)
            cpu16_fault_pending.kind = CPU16_INTERRUPT;
        cpu16_fault_run();
        if (is_fault && !emulator.is_broken)
            fault_forget();
    }
    cpu16_flat_stack = outer;
}

const struct cpu16_backend cpu16_emulator = {
    "unicorn", start, entry_write, is_loadable, thunk_write, back_write, enter,
};
