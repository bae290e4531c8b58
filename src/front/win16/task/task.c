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
#include "ntdll/thread.h"
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
#define LOAD_NO_MEMORY     0
#define LOAD_BAD_FORMAT    11

static struct task16 *tasks, *current;      /* whose turn it is may use them */
static const struct task16_start *starting; /* the first one's */

struct task16 *task16_current(void)
{
    return current;
}

void task_current_set(struct task16 *task)
{
    current = task;
}

struct task16 *task16_first(void)
{
    return tasks;
}

struct task16 *task16_find(uint16_t handle)
{
    struct task16 *task = handle ? tasks : NULL;
    while (task && task->handle != handle)
        task = task->next;
    return task;
}

uint16_t task16_count(void)
{
    uint16_t count = 0;
    for (struct task16 *task = tasks; task; task = task->next)
        count++;
    return count;
}

static void (*notice_hook)(enum task16_notice what, uint32_t data);

void task16_notice_set(void (*hook)(enum task16_notice what, uint32_t data))
{
    notice_hook = hook;
}

void task16_notice(enum task16_notice what, uint32_t data)
{
    if (notice_hook && current)
        notice_hook(what, data);
}

bool task16_is_shared(void)
{
    return starting && starting->is_shared;
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
/* 0: no memory. */
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
        return 0;
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

static void prefix_fill(const struct task16 *task, uint8_t *prefix, const char *line)
{
    char tail[TAIL_MOST + 2];
    /* A blank comes before what follows the program's name. */
    int length = snprintf(tail, sizeof tail, "%s%s", *line ? " " : "", line);
    if (length > (int)TAIL_MOST)
        length = TAIL_MOST;
    memcpy(prefix, "\xcd\x20", 2);
    put16(prefix + 0x02, 0xa000); /* top of memory */
    put16(prefix + 0x2c, task->environment);
    put16(prefix + 0x32, 20); /* handles in the table at 18h */
    memset(prefix + 0x18, 0xff, 20);
    for (uint8_t i = 0; i < 5; i++)
        prefix[0x18 + i] = i;
    prefix[TAIL_AT] = (uint8_t)length;
    memcpy(prefix + TAIL_AT + 1, tail, (size_t)length);
    prefix[TAIL_AT + 1 + (unsigned)length] = '\r';
}

static bool databases_make(struct task16 *task, const struct task16_start *start)
{
    struct block16 *block = block16_take(TASK_BYTES, GMEM_ZEROINIT, CPU16_DATA, 0);
    if (!block)
        return false;
    uint8_t *memory = block->memory;
    task->handle = block->selector;
    task->pdb = selector_take(memory + PREFIX_AT, PREFIX_BYTES, CPU16_DATA);
    task->environment = environment_make(start);
    if (!task->pdb || !task->environment)
        return false;
    task->transfer_area = FAR16(task->pdb, TAIL_AT);
    put16(memory + 0x1c, task->instance);
    put16(memory + 0x1e, task->module->handle);
    put16(memory + 0x22, task->parent);
    put16(memory + 0x60, task->pdb);
    strncpy((char *)memory + 0xf2, task->name, 8);
    memcpy(memory + 0xfa, "TD", 2);
    prefix_fill(task, memory + PREFIX_AT, start->line);
    return true;
}

/* ---- registers
 * ----------------------------------------------------------------------------------- */

/* The stack lies behind the static data, the heap behind the stack. False with a sentence. */
static bool stack_make(struct task16 *task, struct module16_error *error)
{
    const struct ne_image *image = &task->module->image;
    struct ne_segment segment;
    struct ne_error damage;
    unsigned number = image->stack_segment ? image->stack_segment : image->auto_data;
    error->code = LOAD_BAD_FORMAT;
    if (!number || number > image->segment_count) {
        snprintf(error->text, sizeof error->text, "it has no stack");
        return false;
    }
    struct segment16 *loaded = &task->module->segments[number - 1];
    uint32_t top = image->stack_offset;
    ne_segment(image, number, &segment, &damage); /* it was good before */
    uint32_t low = (segment.memory_bytes + 1) & ~1u;
    if (!top) {
        top = low + image->stack_bytes;
    } else {
        low = top > image->stack_bytes ? top - image->stack_bytes : 0;
    }
    if (top > loaded->bytes || top < STACK_AT_LEAST || !(loaded->flags & NE_SEGMENT_DATA)) {
        snprintf(error->text, sizeof error->text,
                 "its stack (%04x bytes below %04x:%04x) has no room", image->stack_bytes, number,
                 (unsigned)top);
        return false;
    }
    task->stack_low = (uint16_t)low;
    task->stack_top = (uint16_t)top;
    task->stack = FAR16(loaded->selector, top & ~1u);
    return true;
}

[[noreturn]] static void program_go(const struct task16 *task)
{
    const struct ne_image *image = &task->module->image;
    struct far16 stack = task->stack;
    struct cpu16_registers registers = {
        .ebx = image->stack_bytes,
        .ecx = image->heap_bytes,
        .edi = task->instance,
        .ds = image->auto_data ? task->instance : 0,
        .es = task->pdb,
        .ss = stack.selector,
        .esp = stack.offset,
        .cs = task->module->segments[image->entry_segment - 1].selector,
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

static void task_list_add(struct task16 *task)
{
    for (struct task16 *other = tasks; other && !task->previous; other = other->next) {
        if (!strcmp(other->module->name, task->module->name))
            task->previous = other->instance;
    }
    task->next = tasks;
    tasks = task;
}

bool task16_beside(const struct task16_start *start, const char **out_reason)
{
    struct task16 *task = calloc(1, sizeof *task);
    struct module16_error error;
    *out_reason = "this process has a 16-bit thread already";
    if (!task || current || !world_begin(start, out_reason)) {
        free(task);
        return false;
    }
    struct block16 *stack = block16_take(BESIDE_STACK_BYTES, GMEM_ZEROINIT, CPU16_DATA, 0);
    struct module16 *kernel = module16_library("KERNEL", &error);
    if (!stack || !kernel)
        no_memory();
    task->module = kernel;
    task->name = start->name;
    task->instance = kernel->instance;
    task->show = SHOW_NORMAL;
    task->stack_top = (uint16_t)(stack->bytes & ~1u);
    if (!databases_make(task, start))
        no_memory();
    task_list_add(task);
    current = task;
    cpu16_stack_set(FAR16(stack->selector, task->stack_top));
    return true;
}

/* ---- programs ---------------------------------------------------------------------------------
 */

/* The module becomes a task that could run. The bytes are taken. */
static bool task_make(struct task16 *task, const struct task16_start *start,
                      struct module16_error *error)
{
    struct module16 *module = module16_program(start->bytes, start->size, start->path, error);
    if (!module)
        return false;
    task->module = module;
    task->name = module->name;
    task->instance = module->instance;
    task->show = start->show ? start->show : SHOW_NORMAL;
    task->parent = current ? current->handle : 0;
    *error = (struct module16_error){.code = LOAD_BAD_FORMAT};
    snprintf(error->text, sizeof error->text, "it has no entry point");
    if (!module->image.entry_segment || !stack_make(task, error))
        return false;
    *error = (struct module16_error){.code = LOAD_NO_MEMORY};
    snprintf(error->text, sizeof error->text, "there is no memory to start it in");
    return databases_make(task, start) && task_turn_make(task);
}

[[noreturn]] void task16_run(const struct task16_start *start)
{
    struct task16 *task = calloc(1, sizeof *task);
    const char *reason;
    struct module16_error error = {.text = "there is no memory for it"};
    if (!world_begin(start, &reason))
        program_die(PROGRAM_CANNOT_START, "it is a 16-bit program, and %s", reason);
    if (!task || !task_make(task, start, &error))
        program_die(PROGRAM_CANNOT_START, "%s", error.text);
    task_list_add(task);
    current = task;
    cpu16_stack_set(task->stack);
    if (!module16_start(task->module))
        program_die(PROGRAM_CANNOT_START, "one of its libraries refused to start");
    program_go(task);
}

/* The thread of a task that was added. */
static DWORD WINAPI task_begin(PVOID of)
{
    struct task16 *task = of;
    task_turn_await(task);
    cpu16_stack_set(task->stack);
    if (!module16_start(task->module)) {
        program_complain("one of the libraries of %s refused to start", task->name);
        task16_exit(0xff);
    }
    task16_notice(
        TASK16_STARTS,
        far16_value(FAR16(task->module->segments[task->module->image.entry_segment - 1].selector,
                          task->module->image.entry_offset)));
    program_go(task);
}

uint16_t task16_add(void *bytes, size_t size, const char *path, const char *line, uint16_t show)
{
    struct task16_start start = *starting;
    struct module16_error error = {.code = LOAD_NO_MEMORY};
    struct task16 *task = calloc(1, sizeof *task);
    HANDLE thread = NULL;
    ULONG_PTR id;
    start.bytes = bytes;
    start.size = size;
    start.path = path;
    start.line = line;
    start.show = show;
    if (!task || !task_make(task, &start, &error) ||
        !NT_SUCCESS(thread_create(task_begin, task, 0, false, &thread, &id))) {
        if (task)
            task_drop(task);
        return error.code;
    }
    CloseHandle(thread);
    task_list_add(task);
    uint16_t instance = task->instance;
    task_turn_hand(task);
    return instance;
}

static void task_list_remove(const struct task16 *task)
{
    struct task16 **at = &tasks;
    while (*at && *at != task)
        at = &(*at)->next;
    if (*at)
        *at = task->next;
}

void task_drop(struct task16 *task)
{
    const uint16_t blocks[] = {task->environment, task->handle};
    if (task->module && !task->module->builtin)
        module16_free(task->module);
    task_list_remove(task);
    if (task->pdb) {
        block16_give_owned(task->pdb);
        selector_give(task->pdb, 1);
    }
    for (unsigned i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (blocks[i])
            block16_give(block16_find(blocks[i]));
    }
    if (task->turn)
        CloseHandle(task->turn);
    free(task);
}

void task16_exit(uint8_t code)
{
    task16_notice(TASK16_ENDS, code);
    if (task16_count() < 2 && !task16_is_shared())
        process_exit(code);
    task_end(code);
}

void task16_terminate(uint32_t status)
{
    if (task16_count() < 2)
        process_terminate(status);
    task_end(status);
}
