/* SPDX-License-Identifier: MIT */
/* scm_program.h - services of programs and the processes they run in; shared by the two files that
 * look after them. */
#ifndef SCM_PROGRAM_H
#define SCM_PROGRAM_H

#include "base/list.h"
#include "host/host.h"
#include "ke/ke.h"
#include "ps/ps.h"
#include "scm_internal.h"

/* A process that was started for services. Counted: the list's own, its thread's, and of each who
 * waits for it. */
struct service_process {
    struct list link; /* among processes, until it is over */
    uint32_t references;
    char line[1024];         /* what was started; set once */
    struct process *process; /* referenced; NULL: it has not come yet */
    bool is_connected;       /* it serves controls */
    bool is_over, is_given_up;
    NTSTATUS outcome, exit_status; /* once it is over: was it ever a process, and how it ended */
    unsigned service_count;        /* that are not stopped */
    struct list tasks, taken;      /* not fetched yet, not answered yet */
    KEVENT ready;                  /* something to fetch, or nothing ever again */
    KEVENT connected;              /* or over */
};

/* One for each service that was started since the machine began. */
struct service {
    struct list link;
    char name[256]; /* set once */
    struct scm_status status;
    struct service_process *process; /* counted; NULL: stopped */
    struct list waits;               /* struct state_wait: wants to hear of a new state */
    unsigned failure_count;
    int64_t failure_time; /* 100 ns since the machine began */
};

/* A task lies on the stack of who waits for its answer. */
struct task {
    struct list link;
    struct service *service;
    struct scm_ask ask;
    const struct scm_arguments *arguments; /* of the first one, which has code 0 */
    uint64_t number;
    bool is_answered;
    uint32_t result;
    KEVENT answered;
};

extern struct host_lock scm_program_lock; /* guards: all of the above; a leaf */

struct service *scm_service_find_locked(const char *name);
struct service_process *scm_process_current_locked(void);
void scm_process_put(struct service_process *process);
/* scm_task.c: gives task to the process of its service and waits for the answer. */
uint32_t scm_task_do(struct service_process *process, struct task *task);
/* Nobody will answer what is left. */
void scm_tasks_end_locked(struct service_process *process);
/* How long a process may take to answer. */
LARGE_INTEGER scm_patience(void);

#endif
