/* SPDX-License-Identifier: MIT */
/* ps_internal.h - what the files of this room share. */
#ifndef PS_INTERNAL_H
#define PS_INTERNAL_H

#include <stdatomic.h>

#include "base/assert.h"
#include "host/host.h"
#include "ex/ex.h"
#include "se/se.h"
#include "ps/ps.h"

#define PS_TAG 'sPoc'

/* guards: the process list, every process's threads, thread_count and is_ending. after: nothing */
extern struct host_lock ps_lock;

/* process.c */
NTSTATUS process_make(const char *image_name, uint64_t id, struct process **out_process);
/* After the last thread, or instead of one: notifies, closes, unmaps, signals. Once. */
void process_rundown(struct process *process);
void process_delete_body(void *body);
uint64_t ps_id_next(void);

/* thread.c */
extern _Atomic uint64_t thread_workers;
extern void (*thread_cancel_irps)(struct process_thread *);
extern void (*thread_wait_irps)(struct process_thread *);
/* A thread object that is on its process's list but does not run. Errors:
 * STATUS_PROCESS_IS_TERMINATING. Gives a reference. */
NTSTATUS thread_make(struct process *process, const char *name, struct process_thread **out_thread);
/* Starts it; the running thread holds a reference of its own. */
NTSTATUS thread_launch(struct process_thread *thread, void (*entry)(void *), void *context);
/* Takes a thread that never ran off its process's list. */
void thread_unmake(struct process_thread *thread);
void thread_delete_body(void *body);

NTSTATUS NTAPI PsAssignImpersonationToken(PETHREAD Thread, HANDLE Token);

/* quota.c */
struct quota *quota_create(void);
void quota_put(struct quota *quota); /* NULL: nothing */
void quota_install(void);

/* notify.c: tells drivers. IRQL: PASSIVE_LEVEL, no lock held */
NTSTATUS notify_process_created(struct process *process);
void notify_process_ended(struct process *process);
void notify_thread_created(struct process_thread *thread);
void notify_thread_ended(struct process_thread *thread);

enum notify_kind {
    NOTIFY_PROCESS,    /* PCREATE_PROCESS_NOTIFY_ROUTINE */
    NOTIFY_PROCESS_EX, /* PCREATE_PROCESS_NOTIFY_ROUTINE_EX */
    NOTIFY_THREAD,
    NOTIFY_IMAGE,
    NOTIFY_KINDS
};
NTSTATUS notify_add(enum notify_kind kind, const void *routine);
/* Waits until the routine is not running any more. */
NTSTATUS notify_remove(enum notify_kind kind, const void *routine);

#endif
