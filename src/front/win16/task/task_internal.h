/* SPDX-License-Identifier: MIT */
/* task_internal.h - shared inside win16/task. */
#ifndef TASK_INTERNAL_H
#define TASK_INTERNAL_H

#include "task16/task16.h"

/* fault.c: an instruction that is ours to do. */
bool task_instruction_answer(const struct cpu16_fault *fault, struct cpu16_registers *registers);
/* What nobody else takes. */
[[noreturn]] void task_fault_answer(const struct cpu16_fault *fault,
                                    struct cpu16_registers *registers);
[[noreturn]] void task_bad_pointer(struct far16 pointer, struct cpu16_registers *registers);

#endif
