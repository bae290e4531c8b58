/* SPDX-License-Identifier: MIT */
/* task_internal.h - shared inside win16/task. */
#ifndef TASK_INTERNAL_H
#define TASK_INTERNAL_H

#include "ntdll/win.h"
#include "task16/task16.h"
#include "win32/win32.h"

HANDLE WINAPI CreateEventW(SECURITY_ATTRIBUTES *security, BOOL is_manual, BOOL is_set,
                           LPCWSTR name);
BOOL WINAPI SetEvent(HANDLE event);
DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
void WINAPI Sleep(DWORD milliseconds);
BOOL WINAPI CloseHandle(HANDLE handle);

/* fault.c: an instruction that is ours to do. */
bool task_instruction_answer(const struct cpu16_fault *fault, struct cpu16_registers *registers);
/* What nobody else takes. */
[[noreturn]] void task_fault_answer(const struct cpu16_fault *fault,
                                    struct cpu16_registers *registers);
[[noreturn]] void task_bad_pointer(struct far16 pointer, struct cpu16_registers *registers);

/* task.c: a task that ends, or could not be made, goes with its memory and modules. */
void task_drop(struct task16 *task);
/* switch.c. The calling thread's first turn; and the last one of the current task, which does not
 * come back: status is the process's, should it be the last task. */
void task_turn_await(struct task16 *task);
void task_turn_hand(struct task16 *task);
bool task_turn_make(struct task16 *task);
[[noreturn]] void task_end(uint32_t status);
void task_current_set(struct task16 *task);

#endif
