/* SPDX-License-Identifier: MIT */
/* ke_internal.h - what the files of this room know of each other.
 *
 * Lock order is in README.md. Names ending in _locked want the dispatcher lock held.
 * Nothing here may be called with a host lock held unless its comment says so.
 */
#ifndef KE_INTERNAL_H
#define KE_INTERNAL_H

#include "ke/ke.h"
#include "base/assert.h"

#define KE_PROCESSORS_MAX 64u
#define KE_INITIAL_EXEC   __attribute__((tls_model("initial-exec")))

#define KE_NS_PER_100NS 100u
#define KE_TICK_100NS   156250u /* 64 ticks a second */

/* ---- processor.c ------------------------------------------------------------------ */

/* The page that GS points at while a processor is held: the documented fields of KPCR and
 * its KPRCB at their places. Written by the owner only. */
struct pcr_page {
    uint64_t gdt_base, tss_base, user_rsp;
    struct pcr_page *self; /* 0x18 */
    void *current_prcb;    /* 0x20 */
    void *lock_array;      /* 0x28 */
    void *used_self;       /* 0x30 */
    uint64_t idt_base;     /* 0x38 */
    uint64_t unused[2];    /* 0x40 */
    _Atomic uint8_t irql;  /* 0x50; atomic: the clock looks at it */
    uint8_t reserved1[0x60 - 0x51];
    uint16_t major_version, minor_version; /* 0x60 */
    uint8_t reserved2[0x180 - 0x64];
    uint32_t mxcsr;        /* 0x180: KPRCB begins */
    uint8_t legacy_number; /* 0x184 */
    uint8_t reserved3[3];
    struct thread *_Atomic current_thread; /* 0x188; atomic: apc.c looks for a thread */
    struct thread *next_thread;            /* 0x190 */
    struct thread *idle_thread;            /* 0x198 */
    uint8_t nesting_level, reserved4[3];
    uint32_t number; /* 0x1a4 */
    uint8_t reserved5[0x1000 - 0x1a8];
};
_Static_assert(offsetof(struct pcr_page, self) == 0x18, "KPCR.Self");
_Static_assert(offsetof(struct pcr_page, current_prcb) == 0x20, "KPCR.CurrentPrcb");
_Static_assert(offsetof(struct pcr_page, irql) == KE_PCR_IRQL, "KPCR.Irql");
_Static_assert(offsetof(struct pcr_page, mxcsr) == 0x180, "KPCR.Prcb");
_Static_assert(offsetof(struct pcr_page, current_thread) == 0x188, "KPRCB.CurrentThread");
_Static_assert(offsetof(struct pcr_page, number) == KE_PCR_NUMBER, "KPRCB.Number");
_Static_assert(sizeof(struct pcr_page) == 0x1000, "one page");

/* Reasons to look up from what a processor is doing: bits of processor.pending. */
enum pending {
    PENDING_DPC = 1,       /* its DPC queue is not empty */
    PENDING_INTERRUPT = 2, /* it was asked to look at the queue of interrupt sources */
    PENDING_APC = 4,       /* its thread was sent a kernel APC */
    PENDING_YIELD = 8,     /* its thread's quantum is over, or it may not run there */
    PENDING_WATCH = 16,    /* the watchdog saw it at DISPATCH_LEVEL; gone once it was lower */
    PENDING_BITE = 32,     /* it stayed there: its thread stops the machine */
};

/* DPCs that wait to run, and the one that does. */
struct dpc_line {
    KDPC *first, *last;
    KDPC *_Atomic running;    /* the one whose routine runs; only its address is used */
    _Atomic uint32_t idle;    /* atomic: counts how often the line ran dry */
    _Atomic uint32_t flushes; /* atomic: threads that wait for idle */
};

struct processor {
    struct pcr_page pcr;
    /* Who holds it; NULL: free. atomic; whoever signals the owner holds interrupt_lock, so
     * that a thread can wait out those who still look at it before it ends. */
    struct host_thread *_Atomic owner;
    _Atomic uint32_t pending; /* atomic: enum pending */
    _Atomic uint64_t enters;  /* counts changes of owner; written by the owner */
    bool is_draining;         /* owner only */

    /* after: dispatcher lock; guards: both lines */
    struct host_lock dpc_lock;
    struct dpc_line dpcs;     /* run at DISPATCH_LEVEL, here */
    struct dpc_line threaded; /* run by the processor's DPC thread */

    /* leader of the clock only: when the present owner was first seen waited for */
    uint64_t quantum_enters, quantum_start_ns;
    uint64_t watch_start_ns; /* watchdog only: when PENDING_WATCH was set */
} __attribute__((aligned(4096)));

extern struct processor processors[KE_PROCESSORS_MAX];
extern unsigned processor_count;           /* set once at init */
extern CCHAR KeNumberProcessors;           /* the same, for drivers that import it */
extern _Atomic uint32_t processor_waiters; /* atomic: threads queued for a processor */

void processors_init(unsigned count);
void processors_fini(void);
/* Takes a processor for the calling thread / gives its own up; IRQL becomes irql. What is
 * pending is run first. give wants IRQL <= APC_LEVEL. */
void processor_take(KIRQL irql);
void processor_give(void);
/* Gives it up without running what is pending, which becomes the clock's. */
void processor_drop(void);
/* Takes just this one if it is free, at PASSIVE_LEVEL. Nothing pending is run. */
bool processor_try_take(struct processor *processor);
/* Lets another thread have the processor if one is waiting, or moves to one that the thread's
 * affinity allows. IRQL <= APC_LEVEL. */
void processor_yield(void);
/* Runs interrupts above irql and, if irql < DISPATCH_LEVEL, DPCs; IRQL is irql then. */
void processor_service(struct processor *processor, KIRQL irql);
/* Makes whoever holds the processor look at pending; if nobody does, somebody will. May be
 * called by any thread at any IRQL; takes interrupt_lock. */
void processor_notify(struct processor *processor);
/* Only the first half, for the clock, which looks again anyway. */
void processor_interrupt_owner(struct processor *processor);
/* Waits until nobody else can still be about to signal the calling thread, which holds no
 * processor and will not again. */
void processor_settle(void);
/* The interrupt filter and hook of the host. */
bool processor_may_interrupt(const struct host_registers *registers);
void processor_interrupt(struct host_registers *registers);

/* ---- interrupt.c --------------------------------------------------------------------- */

extern struct host_lock interrupt_lock;
extern _Atomic uint32_t interrupts_queued; /* atomic: length of the queue */
void interrupts_init(void);
/* Runs every queued source for this processor whose IRQL is above irql. Returns true if others
 * for it remain. */
bool interrupts_run(struct processor *processor, KIRQL irql);
/* IRQL of the most urgent source for this processor; PASSIVE_LEVEL if there is none. */
KIRQL interrupts_highest(const struct processor *processor);

/* ---- clock.c --------------------------------------------------------------------------- */

NTSTATUS clock_start(void);
void clock_stop(void);
/* Makes the clock look at everything now. */
void clock_kick(void);
/* The time the clock will wake by itself. Dispatcher lock. */
extern uint64_t clock_wake_100ns;

/* ---- watchdog.c ------------------------------------------------------------------------ */

NTSTATUS watchdog_start(void);
void watchdog_stop(void);
/* The host has interrupted the owner of the processor in driver code. */
void watchdog_interrupted(struct processor *processor, const void *registers);

/* ---- dispatcher.c ------------------------------------------------------------------------ */

extern struct host_lock dispatcher_lock;

/* What is left to do once the dispatcher lock is given back. */
struct aftermath {
    struct thread *wake; /* chain through wake_next, oldest first */
    struct thread *wake_last;
    uint64_t notify; /* processors that got a DPC */
};

/* One object of one wait; lies on the waiting thread's stack. Dispatcher lock. */
struct wait_block {
    struct list link; /* in object->WaitListHead */
    struct wait *wait;
    DISPATCHER_HEADER *object;
};

struct wait {
    struct thread *thread;
    struct wait_block *blocks;
    unsigned count;
    bool is_all;
    bool is_apc_breakable; /* a kernel APC may be run in the middle */
    LIST_ENTRY *entry;     /* what a KQUEUE handed over */
};

static inline void dispatcher_take(void)
{
    host_lock_take(&dispatcher_lock);
}
/* Gives the lock back, then wakes and notifies. */
void dispatcher_give(struct aftermath *aftermath);

/* The object became signalled: satisfies whom it can, oldest first. */
void dispatcher_signal_locked(DISPATCHER_HEADER *object, struct aftermath *aftermath);
/* Ends a thread's wait with status. It must be waiting. */
void dispatcher_unwait_locked(struct thread *thread, NTSTATUS status, struct aftermath *aftermath);
/* May this thread have the object now? */
bool dispatcher_is_signalled(const DISPATCHER_HEADER *object, const struct thread *thread);
/* Takes it. STATUS_SUCCESS or STATUS_ABANDONED. */
NTSTATUS dispatcher_satisfy_locked(DISPATCHER_HEADER *object, struct thread *thread);

/* ---- wait.c -------------------------------------------------------------------------------- */

/* How long: the host's clock, HOST_FOREVER, or 0 for "do not wait". */
uint64_t wait_deadline_ns(const LARGE_INTEGER *timeout);
/* Blocks until the wait is satisfied, times out or is broken. Called with the dispatcher
 * lock, which it gives back; prepare is asked again, with the lock, after every APC, and
 * says true when there is nothing to wait for any more. */
NTSTATUS wait_block_locked(struct wait *wait, KPROCESSOR_MODE mode, bool is_alertable,
                           uint64_t deadline_ns);
NTSTATUS wait_objects(unsigned count, void *const *objects, bool is_all, KPROCESSOR_MODE mode,
                      bool is_alertable, const LARGE_INTEGER *timeout);
NTSTATUS wait_delay(KPROCESSOR_MODE mode, bool is_alertable, const LARGE_INTEGER *interval);

/* ---- thread.c, mutant.c, queue.c, apc.c ------------------------------------------------------ */

extern uint64_t threads_alive; /* dispatcher lock */
void threads_fini(void);
/* The kernel's mutex that the thread still owns, or NULL. */
KMUTANT *mutants_kernel_locked(const struct thread *thread);
/* The same; programs' mutants are abandoned. */
KMUTANT *mutants_abandon_locked(struct thread *thread, struct aftermath *aftermath);
/* The thread stops and starts to count as one that its queue keeps busy. */
void queue_thread_blocks_locked(struct thread *thread, struct aftermath *aftermath);
void queue_thread_resumes_locked(struct thread *thread);
void queue_thread_leaves_locked(struct thread *thread, struct aftermath *aftermath);
/* Runs the calling thread's kernel APCs as far as it lets them in. */
void apcs_deliver(void);
bool apcs_are_deliverable(const struct thread *thread, KIRQL irql);
/* Drops all of the calling thread's, telling each rundown routine; no more are accepted. */
void apcs_rundown(struct thread *thread);
void apc_init(KAPC *apc, struct thread *thread, PKKERNEL_ROUTINE kernel, PKRUNDOWN_ROUTINE rundown,
              PKNORMAL_ROUTINE normal, KPROCESSOR_MODE mode, void *context);
/* False: it is queued already, or the thread has ended. */
bool apc_queue(KAPC *apc, void *argument1, void *argument2);
bool apc_remove(KAPC *apc);
void mutex_init(KMUTEX *mutex);

/* ---- event.c, semaphore.c
 * ------------------------------------------------------------------------ */

void event_init(KEVENT *event, EVENT_TYPE type, bool is_signalled);
LONG event_set(KEVENT *event); /* these three return the state before */
LONG event_reset(KEVENT *event);
LONG event_pulse(KEVENT *event);
void event_clear(KEVENT *event);
void semaphore_init(KSEMAPHORE *semaphore, LONG count, LONG limit);

/* ---- dpc.c ------------------------------------------------------------------------------------
 */

extern _Atomic uint64_t dpcs_queued; /* atomic */
/* Queues it; false if it was queued already. out_target is to be notified by the caller, or
 * NULL if the calling thread's own processor got it. May be called with the dispatcher lock. */
bool dpc_queue(KDPC *dpc, void *argument1, void *argument2, struct processor **out_target);
bool dpc_remove(KDPC *dpc);
/* Runs the processor's queue dry. The caller holds it, at DISPATCH_LEVEL. */
void dpc_drain(struct processor *processor);
void dpcs_flush(void);
/* Takes the first DPC off; the copy is what is left of it when its routine frees it. */
KDPC *dpc_pop(struct processor *processor, struct dpc_line *line, KDPC *out_copy);
/* After a line has run dry: wakes who waits for that. */
void dpc_line_dry(struct dpc_line *line);

/* ---- dpc_thread.c --------------------------------------------------------------------------- */

/* KDPC.Type: public numbers. */
#define DPC_OBJECT          19
#define DPC_OBJECT_THREADED 26

/* Starts a thread for each processor if there are none yet. IRQL <= DISPATCH_LEVEL. */
NTSTATUS dpc_threads_start(void);
void dpc_threads_stop(void);
void dpc_threads_reset(void);
/* One more is in the processor's line of threaded DPCs. No lock held. */
void dpc_thread_wake(struct processor *processor);
bool dpc_thread_is_self(const struct processor *processor);

/* ---- queue.c ----------------------------------------------------------------------------------
 */

void queue_init(KQUEUE *queue, ULONG count);
LONG queue_insert(KQUEUE *queue, LIST_ENTRY *entry, bool at_head);
LIST_ENTRY *queue_remove(KQUEUE *queue, KPROCESSOR_MODE mode, bool is_alertable,
                         const LARGE_INTEGER *timeout);
/* An entry that is there, for a thread that has one already; NULL: none. */
LIST_ENTRY *queue_take_more(KQUEUE *queue);
LIST_ENTRY *queue_rundown(KQUEUE *queue);

/* ---- timer.c -----------------------------------------------------------------------------------
 */

extern uint64_t timers_set; /* dispatcher lock */
void timers_init(void);
uint64_t timers_next_due_locked(void); /* interrupt time; UINT64_MAX: none */
/* Asks for an interrupt that expires what is due. */
void timers_request(void);
bool timer_set(KTIMER *timer, LARGE_INTEGER due, ULONG period_ms, KDPC *dpc);
bool timer_cancel(KTIMER *timer);
/* Makes a timer that is set expire once more only, and marks it; false: it is not set. */
bool timer_doom(KTIMER *timer, _Atomic bool *is_doomed);
void timer_init(KTIMER *timer, TIMER_TYPE type);

/* ---- time.c
 * -------------------------------------------------------------------------------------- */

void time_init(void);
uint64_t time_interrupt_100ns(void); /* since ke_init */
uint64_t time_system_100ns(void);
uint64_t time_to_host_ns(uint64_t interrupt_100ns);

/* ---- broadcast.c -------------------------------------------------------------------------- */

/* Runs routine(context) on every processor at once at IPI_LEVEL; gives the caller's answer. */
ULONG_PTR broadcast_interrupt(PKIPI_BROADCAST_WORKER routine, ULONG_PTR context);
/* Runs a DPC routine on every processor, the caller's own included, and waits for all. */
void broadcast_dpc(PKDEFERRED_ROUTINE routine, void *context);
void broadcast_dpc_done(void *barrier);
bool broadcast_dpc_synchronize(void *barrier);

/* ---- bugcheck.c
 * ------------------------------------------------------------------------------------ */

/* For the clock's leader: when it must look again at a machine that is stopping. Reports in
 * place of a thread whose callbacks do not come back, and does not return then. */
uint64_t bugcheck_watch(uint64_t now_ns);
[[noreturn]] void bugcheck(ULONG code, uintptr_t p1, uintptr_t p2, uintptr_t p3, uintptr_t p4);
/* A routine came back at another IRQL than it was called at (bug check 0xC8). */
[[noreturn]] void bugcheck_irql_unexpected(KIRQL irql, KIRQL expected, unsigned kind,
                                           const void *routine, const void *object);

#endif
