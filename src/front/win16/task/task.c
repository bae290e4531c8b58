/* SPDX-License-Identifier: MIT */
/* task.c - the start of a 16-bit program: its databases, its registers, its stack; and its end.
 *
 * Doc: Microsoft's descriptions of InitTask and of the program segment prefix.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader16/call16.h"
#include "loader16/memory16.h"
#include "ntdll/error.h"
#include "ntdll/process.h"
#include "task_internal.h"

#define TASK_BYTES         0x200u /* the prefix is its second half */
#define PREFIX_AT          0x100u
#define PREFIX_BYTES       0x100u
#define TAIL_AT            0x80u
#define TAIL_MOST          126u
#define ENVIRON_MOST       0x8000u
#define BESIDE_STACK_BYTES 0x8000u
#define SHOW_NORMAL        1
#define STACK_AT_LEAST     256u

static struct task16 task;
static const struct task16_start *starting; /* while it starts and after */

struct task16 *task16_current(void)
{
    return task.module ? &task : NULL;
}

static void put16(uint8_t *at, uint16_t value)
{
    memcpy(at, &value, sizeof value);
}

[[noreturn]] static void no_memory(void)
{
    program_die(PROGRAM_CANNOT_START, "there is no memory to start it in");
}

/* ---- the environment
 * -----------------------------------------------------------------------------
 */

/* Strings, an empty one, a count of 1, the program's path. */
static uint16_t environment_make(const struct task16_start *start)
{
    static const uint16_t one = 1;
    size_t bytes = strlen(start->path) + 1 + sizeof one + 1;
    size_t count = 0;
    for (; start->environment[count]; count++) {
        size_t more = strlen(start->environment[count]) + 1;
        if (bytes + more > ENVIRON_MOST)
            break;
        bytes += more;
    }
    struct block16 *block = block16_take((uint32_t)bytes + 1, GMEM_ZEROINIT, CPU16_DATA, 0);
    if (!block)
        no_memory();
    uint8_t *at = block->memory;
    for (size_t i = 0; i < count; i++)
        at = (uint8_t *)stpcpy((char *)at, start->environment[i]) + 1;
    at += count ? 1 : 2;
    memcpy(at, &one, sizeof one);
    strcpy((char *)at + sizeof one, start->path);
    return block->selector;
}

/* ---- the databases
 * --------------------------------------------------------------------------------
 */

static void prefix_fill(uint8_t *prefix, const char *line)
{
    char tail[TAIL_MOST + 2];
    /* A blank comes before what follows the program's name. */
    int length = snprintf(tail, sizeof tail, "%s%s", *line ? " " : "", line);
    if (length > (int)TAIL_MOST)
        length = TAIL_MOST;
    memcpy(prefix, "\xcd\x20", 2);
    put16(prefix + 0x02, 0xa000); /* top of memory */
    put16(prefix + 0x2c, task.environment);
    put16(prefix + 0x32, 20); /* handles in the table at 18h */
    memset(prefix + 0x18, 0xff, 20);
    for (uint8_t i = 0; i < 5; i++)
        prefix[0x18 + i] = i;
    prefix[TAIL_AT] = (uint8_t)length;
    memcpy(prefix + TAIL_AT + 1, tail, (size_t)length);
    prefix[TAIL_AT + 1 + (unsigned)length] = '\r';
}

static void databases_make(const struct task16_start *start)
{
    struct block16 *block = block16_take(TASK_BYTES, GMEM_ZEROINIT, CPU16_DATA, 0);
    if (!block)
        no_memory();
    uint8_t *memory = block->memory;
    task.handle = block->selector;
    task.pdb = selector_take(memory + PREFIX_AT, PREFIX_BYTES, CPU16_DATA);
    task.environment = environment_make(start);
    if (!task.pdb)
        no_memory();
    task.transfer_area = FAR16(task.pdb, TAIL_AT);
    put16(memory + 0x1c, task.instance);
    put16(memory + 0x1e, task.module->handle);
    put16(memory + 0x60, task.pdb);
    strncpy((char *)memory + 0xf2, task.name, 8);
    memcpy(memory + 0xfa, "TD", 2);
    prefix_fill(memory + PREFIX_AT, start->line);
}

/* ---- registers
 * ----------------------------------------------------------------------------------- */

/* The stack lies behind the static data, the heap behind the stack. */
static struct far16 stack_make(void)
{
    const struct ne_image *image = &task.module->image;
    struct ne_segment segment;
    struct ne_error error;
    unsigned number = image->stack_segment ? image->stack_segment : image->auto_data;
    if (!number || number > image->segment_count)
        program_die(PROGRAM_CANNOT_START, "it has no stack");
    struct segment16 *loaded = &task.module->segments[number - 1];
    uint32_t top = image->stack_offset;
    ne_segment(image, number, &segment, &error); /* it was good before */
    uint32_t low = (segment.memory_bytes + 1) & ~1u;
    if (!top) {
        top = low + image->stack_bytes;
    } else {
        low = top > image->stack_bytes ? top - image->stack_bytes : 0;
    }
    if (top > loaded->bytes || top < STACK_AT_LEAST || !(loaded->flags & NE_SEGMENT_DATA))
        program_die(PROGRAM_CANNOT_START, "its stack (%04x bytes below %04x:%04x) has no room",
                    image->stack_bytes, number, (unsigned)top);
    task.stack_low = (uint16_t)low;
    task.stack_top = (uint16_t)top;
    return FAR16(loaded->selector, top & ~1u);
}

static void program_go(struct far16 stack)
{
    const struct ne_image *image = &task.module->image;
    struct cpu16_registers registers = {
        .ebx = image->stack_bytes,
        .ecx = image->heap_bytes,
        .edi = task.instance,
        .ds = image->auto_data ? task.instance : 0,
        .es = task.pdb,
        .ss = stack.selector,
        .esp = stack.offset,
        .cs = task.module->segments[image->entry_segment - 1].selector,
        .eip = image->entry_offset,
    };
    /* One that returns from its entry point ends, as if it had asked to. */
    struct far16 back = cpu16_return();
    registers.esp -= sizeof back;
    memcpy((uint8_t *)selector_base(stack.selector) + registers.esp, &back, sizeof back);
    cpu16_run(&registers);
    task16_exit((uint8_t)registers.eax);
}

static void task_call(uint32_t number, struct cpu16_registers *registers)
{
    call16_answer(number, registers);
}

static void task_fault(const struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    struct cpu16_fault left = *fault;
    if (!task_instruction_answer(fault, registers) && !starting->fault(&left, registers))
        task_fault_answer(&left, registers);
}

static bool world_begin(const struct task16_start *start, const char **out_reason)
{
    static const struct cpu16_hooks hooks = {task_call, task_fault};
    starting = start;
    call16_bad_pointer_set(task_bad_pointer);
    return !cpu16_start(&hooks, out_reason);
}

bool task16_beside(const struct task16_start *start, const char **out_reason)
{
    struct module16_error error;
    *out_reason = "this process has a 16-bit thread already";
    if (task.module || !world_begin(start, out_reason))
        return false;
    struct block16 *stack = block16_take(BESIDE_STACK_BYTES, GMEM_ZEROINIT, CPU16_DATA, 0);
    struct module16 *kernel = module16_library("KERNEL", &error);
    if (!stack || !kernel)
        no_memory();
    task.module = kernel;
    task.name = start->name;
    task.instance = kernel->instance;
    task.show = SHOW_NORMAL;
    task.stack_top = (uint16_t)(stack->bytes & ~1u);
    databases_make(start);
    cpu16_stack_set(FAR16(stack->selector, task.stack_top));
    return true;
}

[[noreturn]] void task16_run(const struct task16_start *start)
{
    const char *reason;
    struct module16_error error;
    if (!world_begin(start, &reason))
        program_die(PROGRAM_CANNOT_START, "it is a 16-bit program, and %s", reason);
    struct module16 *module = module16_program(start->bytes, start->size, start->path, &error);
    if (!module)
        program_die(PROGRAM_CANNOT_START, "%s", error.text);
    if (!module->image.entry_segment)
        program_die(PROGRAM_CANNOT_START, "it has no entry point");
    task.module = module;
    task.name = module->name;
    task.instance = module->instance;
    task.show = SHOW_NORMAL;
    struct far16 stack = stack_make();
    databases_make(start);
    cpu16_stack_set(stack);
    if (!module16_start(module))
        program_die(PROGRAM_CANNOT_START, "one of its libraries refused to start");
    program_go(stack);
    __builtin_unreachable();
}

void task16_exit(uint8_t code)
{
    process_exit(code);
}
