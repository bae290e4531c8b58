/* SPDX-License-Identifier: MIT */
/* run.c - running 16-bit code and answering its calls, on either back end.
 *
 * cpu16_state holds the registers while they cross; whoever runs more 16-bit code meanwhile has
 * copied them before. Calls under way form a chain on the flat stack, innermost first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "cpu_internal.h"
#include "ntdll/heap.h"

#define EFLAGS_START 0x202u
#define EFLAGS_KEPT  0xcd5u /* arithmetic and direction */
#define THUNK_PAGE   4096u
#define SPARE_BYTES  16u /* what cpu16_back pushes on a stack that is empty again */

/* The 16-bit world's thread only. */
struct cpu16_registers cpu16_state;
uintptr_t cpu16_flat_stack;
uint16_t cpu16_host_fs, cpu16_host_gs;
static struct {
    struct cpu16_hooks hooks;
    struct host_thread *thread;
    const struct cpu16_backend *backend;
    struct cpu16_frame *innermost;
    struct far16 back, stack;
} cpu;

const struct cpu16_hooks *cpu16_hooks_get(void)
{
    return &cpu.hooks;
}

bool cpu16_is_here(void)
{
    return cpu.thread && cpu.thread == host_thread_self();
}

const struct cpu16_backend *cpu16_backend(void)
{
    return cpu.backend;
}

const char *cpu16_name(void)
{
    return cpu.backend->name;
}

void cpu16_thunk_write(void *where, uint32_t number)
{
    cpu.backend->thunk_write(where, number);
}

/* ---- the start ----------------------------------------------------------------------------- */

static int back_make(void)
{
    void *page;
    if (!NT_SUCCESS(memory_allocate(THUNK_PAGE, PAGE_EXECUTE_READWRITE, &page)))
        return ENOMEM;
    cpu.backend->back_write(page);
    cpu.back = FAR16(selector_take(page, THUNK_PAGE, CPU16_CODE), 0);
    return cpu.back.selector ? 0 : ENOMEM;
}

struct far16 cpu16_return(void)
{
    return cpu.back;
}

/* The one that is asked for; else the first that works. */
static int backend_choose(const char **out_reason)
{
    static const struct cpu16_backend *const all[] = {&cpu16_ldt, &cpu16_emulator};
    static char reasons[320];
    const char *forced = getenv("COVE_CPU16");
    reasons[0] = '\0';
    *out_reason = "COVE_CPU16 names no processor for it";
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        const char *reason = NULL;
        if (forced && strcmp(forced, all[i]->name))
            continue;
        cpu.backend = all[i];
        if (all[i]->start(&reason) == 0)
            return 0;
        size_t length = strlen(reasons);
        snprintf(reasons + length, sizeof reasons - length, "%s%s", length ? ", and " : "", reason);
        *out_reason = reasons;
    }
    return ENOTSUP;
}

int cpu16_start(const struct cpu16_hooks *hooks, const char **out_reason)
{
    cpu.hooks = *hooks;
    cpu.thread = host_thread_self();
    if (backend_choose(out_reason) == 0) {
        if (back_make() == 0)
            return 0;
        *out_reason = "there is no memory for it";
    }
    cpu.thread = NULL;
    return ENOTSUP;
}

/* ---- running ------------------------------------------------------------------------------ */

/* Loads that would fault in our own code must not be tried. What was freed reads as 0, as after
 * GlobalFree on Windows; code and stack that are gone are the code's fault. */
static void state_check(void)
{
    uint32_t *data[] = {&cpu16_state.ds, &cpu16_state.es, &cpu16_state.fs, &cpu16_state.gs};
    for (unsigned i = 0; i < sizeof data / sizeof *data; i++) {
        if (!selector_is_loadable(*data[i]))
            *data[i] = 0;
    }
    cpu16_state.eflags = (cpu16_state.eflags & EFLAGS_KEPT) | EFLAGS_START;
    bool has_stack = selector_is((uint16_t)cpu16_state.ss) &&
                     selector_kind((uint16_t)cpu16_state.ss) == CPU16_DATA;
    bool has_code = selector_is((uint16_t)cpu16_state.cs) &&
                    selector_kind((uint16_t)cpu16_state.cs) == CPU16_CODE &&
                    (uint16_t)cpu16_state.eip <= selector_limit((uint16_t)cpu16_state.cs);
    if (!has_stack || !has_code) {
        struct cpu16_fault fault = {.kind = CPU16_FAULT, .vector = has_code ? 12 : 13};
        struct cpu16_registers registers = cpu16_state;
        fault.error_code = (uint16_t)(has_code ? cpu16_state.ss : cpu16_state.cs) & ~3u;
        cpu.hooks.fault(&fault, &registers);
        cpu16_state = registers;
    }
}

void cpu16_frame_begin(struct cpu16_frame *frame)
{
    *frame = (struct cpu16_frame){.registers = cpu16_state, .outer = cpu.innermost};
    cpu.innermost = frame;
}

void cpu16_frame_end(struct cpu16_frame *frame)
{
    cpu.innermost = frame->outer;
    cpu16_state = frame->registers;
    state_check();
}

uint32_t cpu16_out_run(uint32_t number)
{
    struct cpu16_frame frame;
    if (number == 0)
        return true;
    cpu16_frame_begin(&frame);
    cpu.hooks.call(number, &frame.registers);
    cpu16_frame_end(&frame);
    return false;
}

void cpu16_run(struct cpu16_registers *registers)
{
    struct cpu16_frame *innermost = cpu.innermost;
    ASSERT(cpu16_is_here());
    cpu16_state = *registers;
    state_check();
    cpu.backend->enter();
    *registers = cpu16_state;
    cpu.innermost = innermost;
}

struct cpu16_registers *cpu16_outer(void)
{
    return cpu.innermost ? &cpu.innermost->registers : NULL;
}

void cpu16_give_up(struct cpu16_world *out_world)
{
    *out_world = (struct cpu16_world){cpu.innermost, cpu.stack, cpu16_flat_stack};
    cpu.thread = NULL;
}

void cpu16_take_over(const struct cpu16_world *world)
{
    cpu.innermost = world->innermost;
    cpu.stack = world->stack;
    cpu16_flat_stack = world->flat_stack;
    cpu.thread = host_thread_self();
    __asm__ volatile("movw %%fs, %0" : "=r"(cpu16_host_fs));
    __asm__ volatile("movw %%gs, %0" : "=r"(cpu16_host_gs));
}

void cpu16_stack_set(struct far16 top)
{
    cpu.stack = top;
}

void cpu16_call(struct far16 target, const void *arguments, size_t size_bytes,
                struct cpu16_registers *registers)
{
    struct cpu16_registers *outer = cpu16_outer();
    struct far16 top = outer ? FAR16(outer->ss, outer->esp) : cpu.stack;
    size_t needed = size_bytes + sizeof cpu.back + SPARE_BYTES;
    /* SP 0 is the top of 64 KiB. */
    if ((uint16_t)(top.offset - 1) < needed || !selector_is(top.selector)) {
        struct cpu16_fault fault = {.kind = CPU16_FAULT, .vector = 12};
        struct cpu16_registers here = outer ? *outer : *registers;
        cpu.hooks.fault(&fault, &here);
    }
    uint16_t offset = (uint16_t)(top.offset - SPARE_BYTES - size_bytes);
    uint8_t *stack = (uint8_t *)selector_base(top.selector);
    memcpy(stack + offset, arguments, size_bytes);
    offset = (uint16_t)(offset - sizeof cpu.back);
    memcpy(stack + offset, &cpu.back, sizeof cpu.back);
    registers->ss = top.selector;
    registers->esp = offset;
    registers->cs = target.selector;
    registers->eip = target.offset;
    registers->eflags = EFLAGS_START;
    cpu16_run(registers);
}

void cpu16_unwind(uintptr_t flat_stack)
{
    while (cpu16_flat_stack && cpu16_flat_stack < flat_stack)
        cpu16_flat_stack = *(const uintptr_t *)cpu16_flat_stack;
    while (cpu.innermost && (uintptr_t)cpu.innermost < flat_stack)
        cpu.innermost = cpu.innermost->outer;
}
