/* SPDX-License-Identifier: MIT */
/* ke.h - virtual processors, IRQL, the dispatcher: threads, waits, DPCs, timers.
 *
 * Rules of use. A host thread may run kernel or driver code only while it holds a
 * virtual processor (ke_processor_enter … ke_processor_leave). IRQL, the DPC queue and
 * the KPCR belong to the processor. Every wait gives the processor up and takes one
 * again; so does anything that may block on the host (bracket it with leave/enter at
 * PASSIVE_LEVEL). Contract functions (KeSetEvent, KeWaitForSingleObject, KeSetTimer …)
 * of wdm.h are implemented here and may be called by native rooms directly. Routines of
 * drivers (DPCs, thread starts) are entered through kernel/callout; a native routine may
 * stand in their place if it is ms_abi.
 */
#ifndef KE_KE_H
#define KE_KE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

#include "base/list.h"
#include "host/host.h"

/* ---- start and stop ---------------------------------------------------------- */

struct ke_options {
    unsigned processors; /* 0: as many as the host has, at most 64; 1 on sim */
};
NTSTATUS ke_init(const struct ke_options *options);
/* Stops the clock and frees processors; every thread but the caller must have ended. */
void ke_fini(void);

/* ---- processors and IRQL ------------------------------------------------------ */

/* Takes a free virtual processor for the calling thread, in arrival order; blocks on the
 * host while all are held. IRQL is then PASSIVE_LEVEL. Pending DPCs of the processor run
 * first. The fast path is one atomic exchange. */
void ke_processor_enter(void);
/* Gives it back. IRQL must be PASSIVE_LEVEL. */
void ke_processor_leave(void);
unsigned ke_processor_count(void);
/* What a processor is at just now, for a debugger: its IRQL, and the address of its thread (never
 * to be touched). false: nobody holds it. */
bool ke_processor_look(unsigned number, KIRQL *out_irql, const void **out_thread);

/* The processor that the calling host thread holds and the kernel's thread that it is, or NULL:
 * read by everyone, written by ke. owner thread only */
struct processor;
struct thread;
extern __thread struct processor *processor_self __attribute__((tls_model("initial-exec")));
extern __thread struct thread *thread_self __attribute__((tls_model("initial-exec")));

/* A processor begins with its KPCR; the offsets are the contract's. */
#define KE_PCR_IRQL   0x50
#define KE_PCR_NUMBER 0x1a4

static inline bool ke_processor_is_held(void)
{
    return processor_self != NULL;
}

static inline unsigned ke_processor_number(void)
{
    const char *pcr = (const char *)processor_self;
    return pcr != NULL ? *(const uint32_t *)(pcr + KE_PCR_NUMBER) : 0;
}

/* PASSIVE_LEVEL when no processor is held. */
static inline KIRQL ke_irql(void)
{
    const char *pcr = (const char *)processor_self;
    return pcr != NULL ? *(const volatile KIRQL *)(pcr + KE_PCR_IRQL) : PASSIVE_LEVEL;
}
KIRQL ke_irql_raise(KIRQL irql); /* returns the old one */
void ke_irql_lower(KIRQL irql);  /* runs what became deliverable: DPCs */
/* The same for an emulated MOV CR8: no check of direction. */
void ke_irql_write(KIRQL irql);

/* Offsets from GS of the running processor's IRQL (a byte) and of 32 bits that are zero as long
 * as lowering it is a mere store: for code that is generated. */
void ke_processor_places(uint32_t *out_irql, uint32_t *out_pending);

/* Runs routine at irql on some processor as soon as possible, as a device interrupt does;
 * callable from any host thread, with or without a processor. Coalesced per source: a
 * source that is queued is not queued again. routine is native. */
struct ke_interrupt_source {
    struct list link;
    void (*routine)(void *context);
    void *context;
    KIRQL irql;
    bool is_queued;     /* guarded by ke's interrupt lock */
    KAFFINITY affinity; /* processors it may run on; 0: any; not changed while it is queued */
};
void ke_interrupt_request(struct ke_interrupt_source *source);
/* Runs now, on this thread, what is pending for its processor: interrupts above the current
 * IRQL, DPCs if it is below DISPATCH_LEVEL, a yield that is due. For native code that is about
 * to return to a driver, holds no lock and has nothing half done. One load when idle. */
void ke_interrupts_poll(void);

/* ---- threads -------------------------------------------------------------------- */

/* DISPATCHER_HEADER.Type of what can be waited for: the public KOBJECTS numbers. A process
 * is waited for like a notification event. */
enum dispatcher_type {
    DISPATCHER_EVENT_NOTIFICATION = 0,
    DISPATCHER_EVENT_SYNCHRONIZATION = 1,
    DISPATCHER_MUTANT = 2,
    DISPATCHER_PROCESS = 3,
    DISPATCHER_QUEUE = 4,
    DISPATCHER_SEMAPHORE = 5,
    DISPATCHER_THREAD = 6,
    DISPATCHER_TIMER_NOTIFICATION = 8,
    DISPATCHER_TIMER_SYNCHRONIZATION = 9,
};
/* A header of one of these types; state > 0: signalled. */
void ke_header_init(DISPATCHER_HEADER *header, enum dispatcher_type type, size_t bytes, LONG state);
/* Makes a notification object (a process that ended) signalled for ever. IRQL <= DISPATCH. */
void ke_header_signal(DISPATCHER_HEADER *header);

/* The kernel's thread. PKTHREAD/PETHREAD point at it: header must be first, because
 * threads can be waited for. ps embeds it as the first member of its own struct. */
struct thread {
    DISPATCHER_HEADER header;    /* signalled when the thread has ended */
    struct host_thread *host;    /* set once at start */
    void *process;               /* the process it belongs to (ps); set once */
    void *attached_process;      /* KeStackAttachProcess; owner thread only */
    uint8_t previous_mode;       /* owner thread only: UserMode while a program's service runs */
    bool is_system;              /* set once */
    _Atomic bool is_terminating; /* asked to end: user-mode waits fail from now on */
    int32_t kernel_apc_disable;  /* owner thread only: critical and guarded regions */
    int32_t special_apc_disable;
    KPRIORITY priority;
    NTSTATUS exit_status;
    uintptr_t stack_low, stack_high; /* set once at start */
    struct wait *wait;               /* what it waits for now, on its stack; dispatcher lock */
    struct list mutants;             /* mutants it owns; dispatcher lock */
    struct list user_apcs;           /* dispatcher lock */
    _Atomic uint32_t wake_word;      /* what it blocks on */
    NTSTATUS wait_status;            /* dispatcher lock */
    bool is_waiting, is_alertable, is_alerted; /* dispatcher lock */
    /* A wait was broken for a user APC: it runs before the program goes on. Set under the
     * dispatcher lock, cleared by the owner. */
    _Atomic bool is_user_apc_due;
    KPROCESSOR_MODE wait_mode;
    char name[32];

    /* ke's own from here on */
    struct list kernel_apcs;     /* dispatcher lock */
    _Atomic bool is_apc_pending; /* a kernel APC is queued; atomic */
    bool is_apc_refusing;        /* it ends: no more APCs; dispatcher lock */
    bool is_stack_locked;        /* KeSetKernelStackSwapEnable(FALSE); owner thread only */
    UCHAR ideal_processor;       /* only kept; atomic */
    bool is_in_apc;              /* owner thread only: a normal kernel APC is running */
    LONG base_increment;         /* KeSetBasePriorityThread */
    KAFFINITY affinity;          /* owner thread only: processors it may hold; 0: any */
    KQUEUE *queue;               /* the queue it takes entries from; dispatcher lock */
    struct list queue_link;      /* in queue->ThreadListHead; dispatcher lock */
    bool is_queue_busy;          /* it counts in queue->CurrentCount; dispatcher lock */
    struct list live_link;       /* among all live threads; dispatcher lock */
    struct thread *wake_next;    /* threads about to be woken; dispatcher lock, then the waker */
    void (*entry)(void *);       /* set once at start */
    void *entry_context;
    void (*on_end)(struct thread *);
    void *exit_jump; /* owner thread only: where ke_thread_exit goes */
    /* Addresses that only some processes have, and that must be shown while it holds a processor
     * (mm); NULL: none. Owner thread only; held: those it has taken. */
    void *space, *space_held;
};

/* take is called before a thread of such a space gets a processor, give after it gave it back; take
 * waits until no other space is held. */
void ke_space_hooks_set(void (*take)(void *space), void (*give)(void *space));
/* The calling thread needs this one from now on. IRQL <= DISPATCH_LEVEL; below it others run
 * meanwhile. */
void ke_space_change(void *space);

/* Prepares a thread whose memory the caller owns (zeroed). Not yet running. */
void ke_thread_init(struct thread *thread, const char *name, void *process);
/* Starts it as a host thread that holds a processor while entry runs; when entry returns or
 * calls ke_thread_exit, owned mutants are abandoned, the header is signalled and on_end (if
 * any) is called last of all, on that thread, at PASSIVE_LEVEL (it may free the thread). */
NTSTATUS ke_thread_start(struct thread *thread, void (*entry)(void *), void *context,
                         void (*on_end)(struct thread *));
/* Makes the calling host thread a kernel thread (boot, in-process callers); undone by
 * ke_thread_release. It holds no processor yet. */
void ke_thread_adopt(struct thread *thread);
void ke_thread_release(struct thread *thread);
[[noreturn]] void ke_thread_exit(NTSTATUS status);
/* NULL on a thread that is not the kernel's. */
static inline struct thread *ke_thread_current(void)
{
    return thread_self;
}
/* Asks a thread to end: sets is_terminating and breaks a wait it is in with WaitMode
 * UserMode (which returns STATUS_THREAD_IS_TERMINATING), now and from now on. */
void ke_thread_terminate(struct thread *thread);
/* Breaks an alertable wait (NtAlertThread). */
void ke_thread_alert(struct thread *thread);

static inline KPROCESSOR_MODE ke_previous_mode(void)
{
    return thread_self != NULL ? (KPROCESSOR_MODE)thread_self->previous_mode : KernelMode;
}
/* Sets the running thread's previous mode, returns the old one. */
uint8_t ke_previous_mode_swap(uint8_t mode);

/* ---- APCs ------------------------------------------------------------------------ */

/* In no header of the kit: drivers that use APCs bring their own. */
typedef enum _KAPC_ENVIRONMENT {
    OriginalApcEnvironment,
    AttachedApcEnvironment,
    CurrentApcEnvironment,
    InsertApcEnvironment
} KAPC_ENVIRONMENT;

/* KeInitializeApc and KeInsertQueueApc are the contract. Kernel APCs run on their thread when
 * it waits or lowers IRQL; user APCs are taken here by whoever enters the program's code.
 * Takes the oldest user APC off the calling thread and runs its kernel routine. Returns false
 * when there is none. What is left to call in the program: out_routine (NULL: nothing). */
struct ke_user_apc {
    PKNORMAL_ROUTINE routine;
    PVOID context, argument1, argument2;
};
bool ke_user_apc_take(struct ke_user_apc *out_apc);
bool ke_user_apc_is_pending(void);
/* Makes the calling thread's user APCs due, and answers what NtTestAlert does: STATUS_ALERTED
 * when it was alerted (it is not any more), else STATUS_SUCCESS. */
NTSTATUS ke_user_apc_test(void);

/* ---- mutants, semaphores of programs -----------------------------------------------------------
 */

/* A KMUTANT as NtCreateMutant makes it: taking it does not disable APCs, and a thread that
 * ends while it owns one abandons it (a driver's KMUTEX: bug check). */
void ke_mutant_init(KMUTANT *mutant, bool is_owned);
/* Undoes one acquisition. Errors: STATUS_MUTANT_NOT_OWNED. */
NTSTATUS ke_mutant_try_release(KMUTANT *mutant, LONG *out_previous);
/* Before its memory goes, owned or not: takes it off its owner's list. Nobody may wait for it. */
void ke_mutant_fini(KMUTANT *mutant);
/* KeReleaseSemaphore without the exception. Errors: STATUS_SEMAPHORE_LIMIT_EXCEEDED, nothing
 * changed. */
NTSTATUS ke_semaphore_try_release(KSEMAPHORE *semaphore, LONG adjustment, LONG *out_previous);

/* ---- exceptions --------------------------------------------------------------------- */

/* Documented exceptions (a semaphore's limit, a mutex of another thread) are raised through
 * this, in the context of the driver's call; boot sets it. Unset: bug check. It must not
 * return. */
void ke_raise_set(void (*raise)(NTSTATUS status));
[[noreturn]] void ke_raise(NTSTATUS status);

/* A timer that is set and lies in a range of memory, or whose DPC or DPC's routine does: what
 * must not be when the memory goes. false: none. */
enum ke_timer_use { KE_TIMER_ITSELF = 0, KE_TIMER_DPC = 1, KE_TIMER_ROUTINE = 2 };
bool ke_timer_find(uint64_t low, uint64_t high, enum ke_timer_use *out_use, uint64_t *out_address);

/* No timer expires any more, and none can be set: the memory and the code of those that drivers
 * left set are about to go. IRQL: PASSIVE_LEVEL. Ends with ke_fini. */
void ke_timers_end(void);

/* Counts of what is alive, for "everything is back where it began" in tests. */
struct ke_counts {
    uint64_t threads, timers_set, dpcs_queued;
    uint64_t program_threads; /* of programs, until their very last instruction */
    uint64_t leaving_threads; /* have ended for who waits for them, and still hold their objects */
};
void ke_counts(struct ke_counts *out_counts);

/* ---- waits ------------------------------------------------------------------------ */

/* KeWaitForSingleObject and KeWaitForMultipleObjects are the waits. This one is for native
 * rooms that must block on the host (a read from a pipe, a child process): gives the
 * processor up, runs block(context), takes one again. IRQL: <= APC_LEVEL. */
void ke_block_on_host(void (*block)(void *), void *context);

/* ---- time -------------------------------------------------------------------------- */

/* The page that programs and drivers read at 0xfffff78000000000 and 0x7ffe0000. Brought up
 * to date by every call. */
KUSER_SHARED_DATA *ke_shared_data(void);
void ke_version_set(ULONG major, ULONG minor, ULONG build);

/* ---- bug check ---------------------------------------------------------------------- */

struct bugcheck {
    ULONG code;
    ULONG_PTR parameter[4];
    const void *registers;  /* struct host_registers of the fault, or NULL */
    const void *exception;  /* EXCEPTION_RECORD, or NULL */
    KIRQL irql;             /* these two are filled in by ke: what it was */
    bool is_callback_stuck; /* a driver's callback did not come back in time */
};
/* Stops the machine: tells the hook (report, exit code) and never returns. Any IRQL. */
[[noreturn]] void ke_bugcheck(const struct bugcheck *bugcheck);
/* The reporter; it must end the process. boot sets it before any driver is loaded. */
void ke_bugcheck_hook_set(void (*hook)(const struct bugcheck *));

/* What a callback that a driver registered for bug checks had to say. Valid inside the hook;
 * component and the data are the driver's memory. */
struct ke_bugcheck_data {
    const void *routine;
    const char *component;
    KBUGCHECK_CALLBACK_REASON reason; /* KbCallbackInvalid: of KeRegisterBugCheckCallback */
    GUID guid;                        /* KbCallbackSecondaryDumpData only */
    uint64_t address, bytes;
    bool is_physical; /* address is */
    bool is_returned; /* false: it faulted or never came back */
};
unsigned ke_bugcheck_data(const struct ke_bugcheck_data **out_data);

/* The driver broke a documented rule that the kernel checks at the door, e.g. IRQL too
 * high: bug check with rule's code. Used by the first lines of every DDI. */
#define KE_REQUIRE_IRQL_AT_MOST(limit)                \
    do {                                              \
        if (__builtin_expect(ke_irql() > (limit), 0)) \
            ke_irql_violation(__func__, (limit));     \
    } while (0)
/* IRQL_NOT_LESS_OR_EQUAL (0xA) with the current IRQL; name is logged. At APC_LEVEL it is only
 * logged: Windows lets such calls pass, and drivers make them inside fast mutexes. */
void ke_irql_violation(const char *function, KIRQL limit);

/* Registered once: filter and hook for host interrupts need to know what driver code is. Called
 * on a signal stack at any instruction: must take no lock and allocate nothing. */
void ke_driver_code_set(bool (*is_driver_code)(uint64_t rip));

#endif
