/* SPDX-License-Identifier: MIT */
/* host.h - everything the host gives us: the one seam to Linux.
 *
 * Rules of use. Two grounds implement these functions: linux (real threads, real
 * time) and sim (one thread runs at a time, virtual time, every choice drawn from a
 * seed); a program is linked with one of them. Functions return 0 or an errno
 * value. Nothing here knows NT. Up-calls (faults, interrupts) go through hooks that
 * are registered once at boot. A function that may block says so; the caller must
 * have given its virtual processor up first.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- threads ---------------------------------------------------------------- */

struct host_thread; /* opaque; freed by host_thread_join or, detached, at its end */

struct host_thread_options {
    const char *name;   /* <= 15 bytes shown in ps and gdb; copied */
    size_t stack_bytes; /* 0: 256 KiB (1 MiB in sanitized builds); a guard page is added below */
    bool detached;
};

/* Starts a thread running entry(argument). Errors: ENOMEM, EAGAIN. */
int host_thread_create(const struct host_thread_options *options, void (*entry)(void *),
                       void *argument, struct host_thread **out_thread);
void host_thread_join(struct host_thread *thread); /* may block */
struct host_thread *host_thread_self(void);        /* works for foreign threads too (adopts them) */
/* The stack of the calling thread: [low, high). */
void host_thread_stack(uintptr_t *out_low, uintptr_t *out_high);
/* Delivers the interrupt hook on that thread as soon as the host can; safe from any
 * thread, coalesced. Does nothing for a thread that has ended but is not yet joined. */
void host_thread_interrupt(struct host_thread *thread);
void host_thread_yield(void);
/* Keeps the calling thread on the processor that another thread last ran on / lets go. Hints. */
void host_thread_pin(int cpu); /* -1: any */
int host_cpu_count(void);
int host_cpu_current(void);
/* GS base of the calling thread (the KPCR). Uses wrgsbase where the CPU allows it. */
void host_gs_set(void *base);
void *host_gs_get(void);

/* ---- waiting ---------------------------------------------------------------- */

/* Never expires. */
#define HOST_FOREVER UINT64_MAX

/* Blocks while *word == expected, until host_wake or the deadline (host_clock_ns time).
 * Returns 0 when woken or the value differed (spurious returns allowed), ETIMEDOUT. */
int host_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
void host_wake(_Atomic uint32_t *word, int count); /* INT_MAX: all */
/* The same for words in memory shared between processes (not on sim). */
int host_wait_shared(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
void host_wake_shared(_Atomic uint32_t *word, int count);

/* A small adaptive lock for our own short sections. Not recursive, may be statically
 * zero-initialised, never held while calling driver code or blocking. */
struct host_lock {
    _Atomic uint32_t word; /* 0 free, 1 held, 2 held with waiters */
};
/* How many the thread holds: who turns a fault into a jump asks first. */
extern __thread uint32_t host_locks_held __attribute__((tls_model("initial-exec")));
void host_lock_take_slow(struct host_lock *lock);
void host_lock_give_slow(struct host_lock *lock);
static inline void host_lock_take(struct host_lock *lock)
{
    uint32_t expected = 0;
    if (__builtin_expect(!__c11_atomic_compare_exchange_strong(&lock->word, &expected, 1,
                                                               __ATOMIC_ACQUIRE, __ATOMIC_RELAXED),
                         0))
        host_lock_take_slow(lock);
    host_locks_held++;
}
/* false: somebody has it. */
static inline bool host_lock_try(struct host_lock *lock)
{
    uint32_t expected = 0;
    bool is_taken = __c11_atomic_compare_exchange_strong(&lock->word, &expected, 1,
                                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    host_locks_held += is_taken;
    return is_taken;
}
static inline void host_lock_give(struct host_lock *lock)
{
    host_locks_held--;
    if (__builtin_expect(__c11_atomic_exchange(&lock->word, 0, __ATOMIC_RELEASE) == 2, 0))
        host_lock_give_slow(lock);
}

/* ---- time --------------------------------------------------------------------- */

uint64_t host_clock_ns(void); /* monotonic; virtual on sim */
uint64_t
host_wallclock_100ns(void);      /* since 1601-01-01 UTC; on sim a fixed start plus virtual time */
void host_spin_pause(void);      /* one turn of a spin loop; a scheduling point on sim */
void host_stall_ns(uint64_t ns); /* busy waits (KeStallExecutionProcessor) */

/* ---- memory ------------------------------------------------------------------- */

enum host_protection { HOST_NONE = 0, HOST_READ = 1, HOST_WRITE = 2, HOST_EXECUTE = 4 };
#define HOST_PAGE 4096u

/* Reserves address space (no access). address 0: anywhere. With an address the range is
 * taken exactly or EEXIST. Errors: ENOMEM, EEXIST. */
int host_memory_reserve(void *address, size_t length, void **out_address);
int host_memory_commit(void *address, size_t length, int protection); /* zeroed anonymous pages */
int host_memory_protect(void *address, size_t length, int protection);
void host_memory_decommit(void *address, size_t length); /* back to reserved */
void host_memory_release(void *address, size_t length);

/* The parts of the linked file that holds this code, in whole pages, by rising address: fills up to
 * room and answers how many. Protection as linked; some are only read once they are relocated. */
struct host_segment {
    uintptr_t begin, end;
    int protection;
};
unsigned host_program_segments(struct host_segment *out_segments, unsigned room);

/* Two halves of a full barrier between threads: who does something often lets the compiler keep
 * its order, who does the opposite seldom makes all threads of the process pass a barrier. On a
 * host that cannot do that both are full barriers. */
extern bool host_fence_is_remote; /* set before main */
static inline void host_fence_light(void)
{
    if (__builtin_expect(host_fence_is_remote, 1))
        __c11_atomic_signal_fence(__ATOMIC_SEQ_CST);
    else
        __c11_atomic_thread_fence(__ATOMIC_SEQ_CST);
}
void host_fence_heavy(void);

/* Every thread of the process sees code that was changed before, from its next instruction on.
 * Errors: ENOSYS, the host cannot say so. */
int host_code_sync(void);

/* Memory that two processes share: a sparse file without a name. */
int host_share_create(const char *name, uint64_t length, int *out_fd);
int host_share_map(
    int fd, uint64_t offset, size_t length, int protection, void *address,
    void **out_address);       /* address non-NULL: exactly there, replacing a reservation */
void host_share_close(int fd); /* mappings stay */
void host_share_punch(int fd, uint64_t offset, size_t length); /* pages read as zero again */
/* Another descriptor of the same share. */
int host_share_duplicate(int fd, int *out_fd);
/* Bytes into a share without mapping it; from may be memory that is gone (EFAULT). */
int host_share_write(int fd, uint64_t offset, const void *from, size_t length);
/* What was written through mappings of a file is on its way to the disk. May block. */
int host_share_flush(int fd);

/* ---- faults and interrupts ------------------------------------------------------ */

/* Registers of an interrupted or faulting thread, as the CPU had them. The hook may
 * change them; they are loaded when it returns. */
struct host_registers {
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rip;
    uint64_t eflags;
    uint16_t cs, ss, ds, es, fs, gs; /* of a 32-bit process; else 0 */
    void *fpu; /* struct _fpstate of the signal frame (fxsave layout), may be NULL */
};

/* Of a 32-bit process: the segment registers with which its own code runs. Windows code may have
 * changed them, even so that it is 64-bit code; who sends a thread from there into code of ours
 * sets them too. */
void host_segments_own(struct host_registers *registers);

enum host_fault_kind {
    HOST_FAULT_ACCESS,     /* page fault: address and write/execute are set */
    HOST_FAULT_PRIVILEGED, /* #GP: privileged instruction, non-canonical address, int n */
    HOST_FAULT_ILLEGAL,    /* #UD */
    HOST_FAULT_DIVIDE,     /* #DE */
    HOST_FAULT_BREAKPOINT, /* int3; rip is after it */
    HOST_FAULT_STEP,
    HOST_FAULT_FLOAT, /* #MF, #XM */
    HOST_FAULT_ALIGNMENT,
    HOST_FAULT_BUS,         /* backing memory is gone */
    HOST_FAULT_SYSTEM_CALL, /* confine.h: from where no call may come */
};

struct host_fault {
    enum host_fault_kind kind;
    uint64_t address; /* HOST_FAULT_ACCESS */
    bool is_write, is_execute;
    uint8_t vector;      /* the processor's */
    uint32_t error_code; /* as the CPU pushed it; for #GP of int n: n * 8 + 2 */
};

/* Called on the faulting thread, on its alternate signal stack. Returns true when the
 * fault is dealt with (registers perhaps changed); false: the host's own report and death. */
typedef bool host_fault_hook(const struct host_fault *fault, struct host_registers *registers);
/* Called on the interrupted thread, on its OWN stack below the interrupted frame (128 bytes
 * of red zone skipped), with the interrupt signal unblocked, so it may block or run long.
 * registers are those at the interrupted instruction. */
typedef void host_interrupt_hook(struct host_registers *registers);
/* Asked on the signal stack before host_interrupt_hook: may this point be interrupted? Must
 * refuse when fewer than HOST_INTERRUPT_STACK bytes of stack are left below registers->rsp.
 * A refusal is not remembered by the host; the next host_thread_interrupt asks again. */
#define HOST_INTERRUPT_STACK 16384u
typedef bool host_interrupt_filter(const struct host_registers *registers);

/* May be called again, with the same hook or another: takes the signals back from whoever
 * has set them since. */
void host_fault_install(host_fault_hook *hook);
void host_interrupt_install(host_interrupt_filter *filter, host_interrupt_hook *hook);

/* ---- files and processes ------------------------------------------------------- */

uint64_t host_random64(void);          /* drawn from the seed on sim */
[[noreturn]] void host_exit(int code); /* at once: no destructors */
void host_write_stderr(const char *text, size_t length);

/* sim only; ENOTSUP on linux. Sets the seed of every later choice. */
int host_sim_seed(uint64_t seed);
/* Number of scheduling choices made so far (0 on linux). */
uint64_t host_sim_steps(void);
bool host_is_sim(void);

#endif
