/* SPDX-License-Identifier: MIT */
/* task16/task16.h - the 16-bit program of this process: its databases, its start and its end.
 *
 * There is one task. Its task database and program segment prefix are as documented where programs
 * look; everything else is ours. What ends it ends the process.
 */
#ifndef TASK16_TASK16_H
#define TASK16_TASK16_H

#include "cpu16/cpu16.h"
#include "loader16/module16.h"

struct task16 {
    uint16_t handle, pdb, environment; /* selectors */
    const char *name;                  /* in reports */
    struct module16 *module;
    uint16_t instance;
    uint16_t stack_low, stack_top; /* in the automatic data segment */
    uint16_t show;
    struct far16 transfer_area; /* of DOS: what finds are written to */
    uint16_t error_mode;
};

struct task16_start {
    void *bytes; /* of the file; taken */
    size_t size;
    const char *path;               /* as programs see it */
    const char *name;               /* of a 32-bit program, in reports */
    const char *line;               /* the command line without the program's name */
    const char *const *environment; /* "NAME=value" …, NULL */
    /* False: nobody answers it; *fault may be another by then. */
    bool (*fault)(struct cpu16_fault *fault, struct cpu16_registers *registers);
};

/* Loads the program and runs it to its end. */
[[noreturn]] void task16_run(const struct task16_start *start);
/* Makes the calling thread of a 32-bit program the 16-bit world's: a task without a file of its
 * own, with databases and a stack. False with *out_reason: there can be none. */
bool task16_beside(const struct task16_start *start, const char **out_reason);
/* NULL before there is one. */
struct task16 *task16_current(void);
/* As INT 21h, AH=4Ch. */
[[noreturn]] void task16_exit(uint8_t code);

/* The report of a fault, then the end with the status's code. text: "General Protection Fault". */
[[noreturn]] void task16_die(uint32_t status, const char *text,
                             const struct cpu16_registers *registers);

#endif
