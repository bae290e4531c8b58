/* SPDX-License-Identifier: MIT */
/* ps.h - processes and threads as objects.
 *
 * Rules of use. A process owns a handle table, a token and, unless it is the system
 * process, a window of memory. Its threads are the kernel halves of a program's threads
 * (companions) or system threads. Killing a process: every thread is asked to end, its
 * IRPs are cancelled (io registers how), the last thread to end runs the rundown that
 * closes all handles and destroys the window.
 */
#ifndef PS_PS_H
#define PS_PS_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

#include "base/list.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"

/* PEPROCESS points at it: the header is first because processes can be waited for. */
struct process {
    DISPATCHER_HEADER header; /* signalled when the last thread has ended */
    uint64_t id;              /* UniqueProcessId; set once */
    uint64_t parent_id;
    struct handle_table *handles; /* set once; empty and closed after rundown */
    struct mm_window *window;     /* set once; NULL: system process, or after rundown */
    void *token;
    char image_name[64]; /* set once */
    bool is_32bit;       /* set once */
    uint64_t peb;        /* user address */
    NTSTATUS exit_status;
    int64_t create_time;
    struct list link;                 /* process list; guarded by ps lock */
    struct list threads;              /* guarded by ps lock */
    uint32_t thread_count;            /* guarded by ps lock */
    bool is_ending;                   /* guarded by ps lock */
    UNICODE_STRING current_directory; /* host folder as an NT path; set once */
    void *program;                    /* gate/server's own */
    char image_file_name[16];         /* the first 14 bytes of the file's name, as drivers see it */
    uint64_t image_base;              /* user address of the program's image; set by its loader */
    int64_t exit_time;                /* 0 while it lives */
    _Atomic bool is_run_down;
    struct quota *quota;                 /* set once; NULL: the system's, which is not charged */
    EX_RUNDOWN_REF exit_synchronization; /* held: the process's memory and handles stay */
};

/* PETHREAD points at it. */
struct process_thread {
    struct thread tcb;       /* first */
    struct process *process; /* referenced */
    uint64_t id;
    struct list link; /* process->threads; guarded by ps lock */
    uint64_t teb;     /* user address */
    void *channel;    /* gate/server's own */
    int64_t create_time;
    PVOID start_address;
    int64_t exit_time; /* 0 while it lives */

    /* io's own; owner thread only */
    PVOID top_level_irp;
    PVOID device_to_verify;  /* file systems ask and set it for other threads, too */
    const GUID *activity_id; /* lies where its setter keeps it */
    bool are_hard_errors_off;
    void *io_object;              /* kept while the thread runs; referenced or NULL */
    _Atomic uint32_t irps_ending; /* no longer the thread's, but what they refer to is */

    /* ps's own */
    void (*entry)(void *); /* set once */
    void *entry_context;
    bool is_run_down;                                   /* owner thread only */
    bool is_worker;                                     /* one of the system's own; set once */
    void *impersonation_token;                          /* referenced or NULL; guarded by ps lock */
    SECURITY_IMPERSONATION_LEVEL impersonation_level;   /* likewise */
    bool impersonation_copies, impersonation_effective; /* likewise */
    bool impersonation_disabled;                        /* likewise */
};

NTSTATUS ps_init(void); /* system process; adopts nothing */
void ps_fini(void);

extern struct process *ps_system_process;
extern struct object_type *ps_process_type, *ps_thread_type;

/* Of the running thread, attached process considered. */
static inline struct process *ps_process_current(void)
{
    const struct thread *thread = ke_thread_current();
    if (!thread)
        return ps_system_process;
    if (__builtin_expect(thread->attached_process != NULL, 0))
        return thread->attached_process;
    return thread->process ? thread->process : ps_system_process;
}
/* NULL: a thread that is only ke's. */
static inline struct process_thread *ps_thread_current(void)
{
    struct thread *thread = ke_thread_current();
    return thread && thread->process ? (struct process_thread *)thread : NULL;
}

struct ps_process_options {
    const char *image_name;
    uint64_t id;              /* 0: the next free one; otherwise the host's process id */
    struct mm_window *window; /* taken */
    bool is_32bit;
};
NTSTATUS ps_process_create(const struct ps_process_options *options, struct process **out_process);
/* A thread of process whose kernel half runs entry(context) with previous mode `mode`.
 * Gives a reference in *out_thread. */
NTSTATUS ps_thread_create(struct process *process, const char *name, void (*entry)(void *),
                          void *context, KPROCESSOR_MODE mode, struct process_thread **out_thread);
/* Makes the calling host thread a thread of process (boot, in-process programs). */
NTSTATUS ps_thread_adopt(struct process *process, struct process_thread **out_thread);
void ps_thread_release(struct process_thread *thread);
/* Ends the calling thread: waits for its IRPs, runs its process down if it is the last. The
 * one way for a thread to end from within; returning from entry comes to the same. */
[[noreturn]] void ps_thread_exit(NTSTATUS status);
/* Asks one thread to end and cancels its I/O; does not wait. */
void ps_thread_terminate(struct process_thread *thread, NTSTATUS status);
/* A system thread for native rooms; nothing is given back (ex's workers, clocks). */
NTSTATUS ps_system_thread_start(const char *name, void (*entry)(void *), void *context);

/* What is called for each thread of a process that another one ends, so that it hears of it where
 * it runs its program's code. Holds no locks. Set once at boot. */
void ps_thread_ask_end_set(void (*ask_end)(struct process_thread *thread));

/* Asks all threads to end and cancels their I/O; does not wait. Idempotent. A process
 * whose threads have all ended is run down at once. */
void ps_process_terminate(struct process *process, NTSTATUS status);
/* io's part of ending a thread: cancel_irps asks for cancellation and does not wait;
 * wait_irps waits until the thread's list is empty (called on the ending thread itself). */
void ps_thread_io_set(void (*cancel_irps)(struct process_thread *),
                      void (*wait_irps)(struct process_thread *));
/* Called when a process has been run down (gate/server frees its half). */
void ps_process_gone_set(void (*gone)(struct process *));

/* Waits until no thread of a program runs: one that has ended may be on its last instructions.
 * false: not by deadline_ns (host_clock_ns).
 * IRQL: PASSIVE_LEVEL. */
bool ps_programs_wait(uint64_t deadline_ns);
/* Waits until what threads that have ended held is given back: those who wait for a thread learn
 * of its end before that. Whoever counts calls this first. IRQL: PASSIVE_LEVEL. */
void ps_threads_settle(void);
/* A live system thread that began in a routine within the range; 0: none. */
uint64_t ps_system_thread_find(uint64_t low, uint64_t high);
struct process *ps_process_find_get(uint64_t id);
struct process_thread *ps_thread_find_get(uint64_t id);
/* Puts the calling thread into the context of process (handles, window) and back; nests. */
struct process *ps_attach(struct process *process); /* returns what to give to ps_detach */
void ps_detach(struct process *previous);
/* An image has been mapped (process_id 0: into system space): drivers that asked are told.
 * IRQL: PASSIVE_LEVEL. */
void ps_image_loaded(PUNICODE_STRING name, uint64_t process_id, PIMAGE_INFO information);
/* What a thread acts as. take: the token referenced, NULL when it does not impersonate; set: token
 * NULL ends it; takes no reference of the caller's.
 * Errors: STATUS_BAD_IMPERSONATION_LEVEL. */
struct ps_impersonation {
    void *token;
    SECURITY_IMPERSONATION_LEVEL level;
    bool copies, is_effective;
};
void ps_impersonation_get(struct process_thread *thread, struct ps_impersonation *out_client);
NTSTATUS ps_impersonation_set(struct process_thread *thread, const struct ps_impersonation *client);
/* Processes and threads that have not ended, the system process not counted; and the objects
 * of the system's workers, which come and go by themselves (each is one block of pool). */
struct ps_counts {
    uint64_t processes, threads, worker_objects;
};
void ps_counts(struct ps_counts *out_counts);
/* The threads of one process that have not ended; each is referenced during visit. */
void ps_process_thread_visit(struct process *process,
                             void (*visit)(struct process_thread *thread, void *context),
                             void *context);
void ps_process_visit(void (*visit)(struct process *, void *), void *context);

/* ---- what processes are charged for pool ----------------------------------------------- */

#define PS_QUOTA_UNLIMITED UINT64_MAX

struct ps_quota {
    uint64_t used, peak, limit; /* bytes */
};
/* Also of a process that ends; the system process has no limit and is charged nothing. Errors:
 * STATUS_QUOTA_EXCEEDED, with nothing changed. IRQL: <= DISPATCH_LEVEL. */
NTSTATUS ps_quota_charge(struct process *process, bool is_paged, uint64_t bytes);
NTSTATUS ps_quota_return(struct process *process, bool is_paged, uint64_t bytes);
void ps_quota_query(struct process *process, bool is_paged, struct ps_quota *out_quota);
/* What is charged beyond a new limit stays charged. */
void ps_quota_limit(struct process *process, bool is_paged, uint64_t bytes);

#endif
