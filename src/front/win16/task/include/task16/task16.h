/* SPDX-License-Identifier: MIT */
/* task16/task16.h - the 16-bit programs of this process: their databases, starts and ends.
 *
 * There is one task, and what ends it ends the process; or, where the process was started to be
 * shared, several: each has a thread, and they take turns when they wait or yield, never otherwise.
 * A task's database and program segment prefix are as documented where programs look; everything
 * else is ours. All of this is for the thread whose turn it is.
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
    struct far16 stack;            /* where it begins */
    uint16_t show;
    struct far16 transfer_area; /* of DOS: what finds are written to */
    uint16_t error_mode;
    struct task16 *next;
    uint16_t parent;   /* handle of the task that started it; 0: none here */
    uint16_t previous; /* instance of one before with the same program; 0: none */
    uint16_t events;   /* that were posted and not waited for */
    bool has_started;  /* and waited for the event of its start */
    void *queue;       /* USER's */
    /* switch.c */
    struct cpu16_world world; /* while another has its turn */
    void *turn;               /* event: it is this one's */
    bool is_waiting, is_doomed;
    uint64_t deadline_ns; /* of its wait; UINT64_MAX: none */
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
    uint16_t show;  /* 0: as usual */
    bool is_shared; /* programs that it starts become tasks of this process */
};

/* Loads the program and runs it to its end. */
[[noreturn]] void task16_run(const struct task16_start *start);
/* Makes the calling thread of a 32-bit program the 16-bit world's: a task without a file of its
 * own, with databases and a stack. False with *out_reason: there can be none. */
bool task16_beside(const struct task16_start *start, const char **out_reason);
/* NULL before there is one. */
struct task16 *task16_current(void);
struct task16 *task16_first(void); /* newest first */
struct task16 *task16_find(uint16_t handle);
uint16_t task16_count(void);

/* A program's file becomes one more task, which runs until it waits or yields for the first time.
 * Bytes are taken. Answers its instance, or what LoadModule answers below 32. */
uint16_t task16_add(void *bytes, size_t size, const char *path, const char *line, uint16_t show);
bool task16_is_shared(void);

/* ---- turns (switch.c) ------------------------------------------------------------------------ */

/* Lets every other task that can have its turn first. */
void task16_yield(void);
void task16_yield_to(struct task16 *task); /* if it can have its turn; else as task16_yield */
/* Until task16_wake, or for so long. False: nobody is left who could wake it. */
bool task16_wait(uint32_t milliseconds);
#define TASK16_FOREVER UINT32_MAX
void task16_wake(struct task16 *task);
/* Ends another task when its turn comes, the current one now. */
void task16_doom(struct task16 *task);

/* What TOOLHELP tells of, by its numbers, and what it tells with it. */
enum task16_notice {
    TASK16_STARTS = 4,      /* far pointer of its entry */
    TASK16_ENDS = 5,        /* exit code */
    TASK16_MODULE_GOES = 6, /* handle */
    TASK16_DEBUG_TEXT = 11, /* far pointer */
};
void task16_notice_set(void (*hook)(enum task16_notice what, uint32_t data));
void task16_notice(enum task16_notice what, uint32_t data);

/* What is called for a task that ends, while it is still there. At most 4. */
void task16_end_register(void (*end)(struct task16 *task));
/* As INT 21h, AH=4Ch. */
[[noreturn]] void task16_exit(uint8_t code);
/* At once: the task, and the process where it was the last. */
[[noreturn]] void task16_terminate(uint32_t status);

/* The report of a fault, then the end with the status's code. text: "General Protection Fault". */
[[noreturn]] void task16_die(uint32_t status, const char *text,
                             const struct cpu16_registers *registers);

#endif
