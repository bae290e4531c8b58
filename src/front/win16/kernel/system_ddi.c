/* SPDX-License-Identifier: MIT */
/* system_ddi.c - KERNEL: the task, its start and end, the system's versions and folders. */
#include <stdio.h>
#include <string.h>

#include "abi/win16.h"
#include "dos16/dos16.h"
#include "dos16/windows.h"
#include "kernel_internal.h"
#include "loader16/builtin.h"
#include "ntdll/process.h"
#include "task16/task16.h"

#define VERSION_WINDOWS 0x0a03u /* 3.10, minor above major */
#define VERSION_DOS     0x0500u /* 5.0, major above minor */
#define WIN_FLAGS       0x0413u /* protected mode, 386, enhanced, coprocessor */
#define STACK_TOP_AT    0x0a    /* words of the automatic data segment */
#define STACK_LOW_AT    0x0c
#define STACK_BASE_AT   0x0e
#define COMMAND_TAIL_AT 0x81

uint32_t kernel16_GetVersion(void)
{
    return (uint32_t)VERSION_DOS << 16 | VERSION_WINDOWS;
}

uint32_t kernel16_GetWinFlags(void)
{
    return WIN_FLAGS;
}

/* AX 1; CX bytes of stack, DX show command, DI instance, SI previous one, ES:BX command line. */
void kernel16_InitTask(struct cpu16_registers *registers)
{
    const struct task16 *task = task16_current();
    uint8_t *data = far16_flat(FAR16(task->instance, 0), 16);
    REG16(registers->eax) = 1;
    REG16(registers->ecx) = (uint16_t)(task->stack_top - task->stack_low);
    REG16(registers->edx) = task->show;
    REG16(registers->edi) = task->instance;
    REG16(registers->esi) = task->previous;
    REG16(registers->ebx) = COMMAND_TAIL_AT;
    registers->es = task->pdb;
    /* A data segment that begins with a null word leaves room for these. */
    if (data && task->module->image.auto_data && !data[0] && !data[1]) {
        memcpy(data + STACK_TOP_AT, &task->stack_low, 2);
        memcpy(data + STACK_LOW_AT, &task->stack_top, 2);
        memcpy(data + STACK_BASE_AT, &task->stack_top, 2);
    }
}

uint32_t kernel16_FatalExit(uint16_t code)
{
    program_complain("it called FatalExit(%d)", (int16_t)code);
    task16_terminate(code);
}

uint32_t kernel16_ExitKernel(uint16_t code)
{
    task16_exit((uint8_t)code);
}

uint32_t kernel16_FatalAppExit(uint16_t action, const char *text)
{
    program_complain("%s", text ? text : "it ends");
    task16_terminate(PROGRAM_ABSENT);
}

uint32_t kernel16_GetCurrentTask(void)
{
    return (uint32_t)task16_current()->handle << 16 | task16_current()->handle;
}

uint32_t kernel16_GetCurrentPDB(void)
{
    return (uint32_t)task16_current()->pdb << 16 | task16_current()->pdb;
}

uint32_t kernel16_GetDOSEnvironment(void)
{
    return (uint32_t)task16_current()->environment << 16;
}

uint32_t kernel16_GetTaskDS(void)
{
    return task16_current()->instance;
}

uint32_t kernel16_GetNumTasks(void)
{
    return task16_count();
}

uint32_t kernel16_IsTask(uint16_t task)
{
    return task16_find(task) != NULL;
}

/* ---- turns ------------------------------------------------------------------------------------
 */

uint32_t kernel16_Yield(void)
{
    task16_yield();
    return 0;
}

uint32_t kernel16_OldYield(void)
{
    task16_yield();
    return 0;
}

uint32_t kernel16_DirectedYield(uint16_t task)
{
    if (task16_find(task))
        task16_yield_to(task16_find(task));
    else
        task16_yield();
    return 0;
}

/* 0: the task is NULL or the calling one. A start's own event has been there already. */
uint32_t kernel16_WaitEvent(uint16_t handle)
{
    struct task16 *task = task16_current();
    if (!task->has_started) {
        task->has_started = true;
        return 0;
    }
    while (!task->events) {
        if (!task16_wait(TASK16_FOREVER)) {
            program_complain("it waits for an event, and no task is there that could post one");
            task16_terminate(PROGRAM_ABSENT);
        }
    }
    task->events--;
    return 1;
}

uint32_t kernel16_PostEvent(uint16_t handle)
{
    struct task16 *task = task16_find(handle);
    if (task) {
        task->events++;
        task16_wake(task);
    }
    return 0;
}

/* ---- the task ---------------------------------------------------------------------------------
 */

uint32_t kernel16_SetErrorMode(uint16_t mode)
{
    uint16_t before = task16_current()->error_mode;
    task16_current()->error_mode = mode;
    return before;
}

uint32_t kernel16_SetHandleCount(uint16_t count)
{
    return count > 255 ? 255 : count;
}

uint32_t kernel16_OutputDebugString(struct far16 text)
{
    const char *flat = win16_string(cpu16_outer(), far16_value(text));
    task16_notice(TASK16_DEBUG_TEXT, far16_value(text));
    if (flat)
        OutputDebugStringA(flat);
    return 0;
}

uint32_t kernel16_GetWindowsDirectory(void *out, uint16_t size)
{
    return GetWindowsDirectoryA(out, size);
}

uint32_t kernel16_GetSystemDirectory(void *out, uint16_t size)
{
    return GetSystemDirectoryA(out, size);
}

uint32_t kernel16_IsDBCSLeadByte(uint16_t byte)
{
    return 0;
}

uint32_t kernel16_LockSegment(uint16_t segment)
{
    return segment;
}

uint32_t kernel16_UnlockSegment(uint16_t segment)
{
    return segment;
}

uint32_t kernel16_IsTaskLocked(void)
{
    return 0;
}

void kernel16_DOS3Call(struct cpu16_registers *registers)
{
    dos16_call(registers);
}

void kernel16_DebugBreak(struct cpu16_registers *registers)
{
    task16_die((uint32_t)STATUS_BREAKPOINT, "Breakpoint", registers);
}
