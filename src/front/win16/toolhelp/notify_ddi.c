/* SPDX-License-Identifier: MIT */
/* notify_ddi.c - TOOLHELP: functions that a task has called at faults, and at what happens.
 *
 * At a fault: on the stack of the code that made it stand flags, CS and IP of that code, and below
 * them a handle of ours, the number of the exception, AX, and the way back to us. A function that
 * takes the fault drops what is below the flags' frame and returns by iret; one that does not
 * returns by retf, and the next one is asked. Where that stack has no room nobody is asked.
 * Doc: InterruptRegister and NotifyRegister in the Windows 3.1 SDK.
 */
#include <string.h>

#include "abi/win16.h"
#include "loader16/memory16.h"
#include "task16/task16.h"
#include "toolhelp16/toolhelp16.h"

#define CALLBACKS_MOST 16u
#define BACK_BYTES     2u
#define INTERRUPT_DPMI 0x31u

struct callback {
    uint16_t task; /* 0: free */
    struct far16 function;
};

/* The 16-bit world's thread only. */
static struct callback faults[CALLBACKS_MOST], notices[CALLBACKS_MOST];
static struct block16 *back;
static bool is_notifying;

static struct callback *callback_of(struct callback *list, uint16_t task)
{
    for (unsigned i = 0; i < CALLBACKS_MOST; i++) {
        if (list[i].task == task)
            return &list[i];
    }
    return NULL;
}

static uint16_t task_or_mine(uint16_t task)
{
    return task ? task : task16_current()->handle;
}

/* One a task. */
static bool callback_add(struct callback *list, uint16_t handle, struct far16 function)
{
    uint16_t task = task_or_mine(handle);
    struct callback *free_one = callback_of(list, 0);
    if (!task16_find(task) || callback_of(list, task) || !free_one || !function.selector)
        return false;
    *free_one = (struct callback){task, function};
    return true;
}

static bool callback_remove(struct callback *list, uint16_t handle)
{
    struct callback *callback = callback_of(list, task_or_mine(handle));
    if (callback)
        callback->task = 0;
    return callback;
}

/* ---- faults -----------------------------------------------------------------------------------
 */

struct __attribute__((packed)) frame {
    struct far16 way_back;
    uint16_t ax, number, handle; /* the callback's place in the list */
    uint16_t ip, cs, flags;
};

uint32_t toolhelp16_InterruptRegister(uint16_t task, struct far16 function)
{
    if (!back) {
        back = block16_take(1, GMEM_ZEROINIT, CPU16_CODE, 0);
        if (!back)
            return 0;
        memcpy(back->memory, (uint8_t[]){0xcd, INTERRUPT_DPMI}, BACK_BYTES);
    }
    return callback_add(faults, task, function);
}

uint32_t toolhelp16_InterruptUnRegister(uint16_t task)
{
    return callback_remove(faults, task);
}

/* Calls the first one from `index` on. */
static bool callback_enter(unsigned index, uint8_t vector, struct cpu16_registers *registers)
{
    while (index < CALLBACKS_MOST && !faults[index].task)
        index++;
    if (index == CALLBACKS_MOST)
        return false;
    const struct frame frame = {
        .way_back = FAR16(back->selector, 0),
        .ax = (uint16_t)registers->eax,
        .number = vector,
        .handle = (uint16_t)index,
        .ip = (uint16_t)registers->eip,
        .cs = (uint16_t)registers->cs,
        .flags = (uint16_t)registers->eflags,
    };
    uint16_t sp = (uint16_t)(REG16(registers->esp) - sizeof frame);
    void *at = far16_flat(FAR16(registers->ss, sp), sizeof frame);
    if (!at || sp > REG16(registers->esp))
        return false;
    memcpy(at, &frame, sizeof frame);
    REG16(registers->esp) = sp;
    registers->cs = faults[index].function.selector;
    registers->eip = faults[index].function.offset;
    return true;
}

/* One has returned: the frame without its way back is on the stack. */
static bool next_enter(struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    struct frame frame;
    uint16_t sp = (uint16_t)(REG16(registers->esp) - sizeof frame.way_back);
    const void *at = far16_flat(FAR16(registers->ss, sp), sizeof frame);
    if (!at)
        return false;
    memcpy(&frame, at, sizeof frame);
    REG16(registers->eax) = frame.ax;
    REG16(registers->esp) = (uint16_t)(sp + sizeof frame);
    registers->eip = frame.ip;
    registers->cs = frame.cs;
    registers->eflags = frame.flags;
    *fault = (struct cpu16_fault){.kind = CPU16_FAULT, .vector = (uint8_t)frame.number};
    return callback_enter(frame.handle + 1u, fault->vector, registers);
}

bool toolhelp16_fault(struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    if (fault->kind == CPU16_FAULT)
        return callback_enter(0, fault->vector, registers);
    if (fault->vector == 1 || fault->vector == 3) /* single step and breakpoint */
        return callback_enter(0, fault->vector, registers);
    return back && (uint16_t)registers->cs == back->selector &&
           (uint16_t)registers->eip == BACK_BYTES && next_enter(fault, registers);
}

/* ---- what happens -----------------------------------------------------------------------------
 */

uint32_t toolhelp16_NotifyRegister(uint16_t task, struct far16 function, uint16_t flags)
{
    return callback_add(notices, task, function);
}

uint32_t toolhelp16_NotifyUnRegister(uint16_t task)
{
    return callback_remove(notices, task);
}

/* BOOL FAR PASCAL (WORD id, DWORD data); what one does itself meanwhile is not told. */
static void notify(enum task16_notice what, uint32_t data)
{
    const struct __attribute__((packed)) {
        uint32_t data;
        uint16_t id;
    } arguments = {data, (uint16_t)what};
    bool is_taken = false;
    if (is_notifying)
        return;
    is_notifying = true;
    for (unsigned i = 0; i < CALLBACKS_MOST && !is_taken; i++) {
        struct cpu16_registers registers = {0};
        const struct task16 *task = task16_find(notices[i].task);
        if (!task)
            continue;
        registers.eax = registers.ds = task->instance;
        cpu16_call(notices[i].function, &arguments, sizeof arguments, &registers);
        is_taken = (uint16_t)registers.eax;
    }
    is_notifying = false;
}

static void task_ends(struct task16 *task)
{
    callback_remove(faults, task->handle);
    callback_remove(notices, task->handle);
}

void toolhelp16_init(void)
{
    task16_end_register(task_ends);
    task16_notice_set(notify);
}
