/* SPDX-License-Identifier: MIT */
/* host_internal.h - what the grounds and their common part know of each other.
 *
 * common/ holds what is the same on both grounds; linux/ and sim/ each embed
 * struct host_thread in a thread of their own. Names that end in _ground are
 * implemented once by each ground and called by common/.
 */
#ifndef HOST_INTERNAL_H
#define HOST_INTERNAL_H

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include "base/assert.h"
#include "host/host.h"

#define HOST_NAME_BYTES 16

struct host_thread {
    void (*entry)(void *); /* set once at create; NULL: adopted */
    void *argument;        /* set once at create */
    pthread_t handle;      /* set once at create */
    char name[HOST_NAME_BYTES];
    bool detached;

    /* owner thread only */
    uintptr_t stack_low, stack_high;
    int fault_depth;
    void *alternate;            /* mapping of the alternate signal stack, guard page included */
    stack_t previous_alternate; /* what was there before: put back at the end (AddressSanitizer
                                   unmaps whatever stack it finds then) */

    /* after: nothing; guards: alive */
    struct host_lock end_lock;
    bool alive;                     /* the pthread may be signalled */
    _Atomic uint32_t interrupt_due; /* atomic: sent, and not yet asked */
};

/* The calling thread; NULL until adopted. Read in signal handlers, hence the model. */
extern __thread struct host_thread *host_thread_current __attribute__((tls_model("initial-exec")));

/* Makes the calling thread `thread`: stack bounds, name, alternate signal stack, GS base 0
 * (a new thread inherits its creator's). end undoes it and forbids later signals. */
void host_thread_begin(struct host_thread *thread);
void host_thread_end(struct host_thread *thread);
/* Starts a pthread on a guarded stack. Errors: ENOMEM, EAGAIN. */
int host_thread_spawn(struct host_thread *thread, const struct host_thread_options *options,
                      void *(*start)(void *), void *start_argument);
/* Copies what options say into a zeroed thread. */
void host_thread_describe(struct host_thread *thread, const struct host_thread_options *options,
                          void (*entry)(void *), void *argument);
/* Gives the calling foreign thread a struct host_thread; forget frees it at that thread's end. */
struct host_thread *host_thread_adopt_ground(void);
void host_thread_forget_ground(struct host_thread *thread);
/* The calling thread has just begun and an interrupt has been asked for already. */
void host_interrupt_begin_ground(struct host_thread *thread);

/* Makes an interrupted thread go on in interrupt_enter.S when its signal handler returns. */
void host_interrupt_divert(ucontext_t *context);
/* The interrupt signal; a function because the C library keeps some for itself. */
int host_interrupt_signal(void);
/* sim: asks the filter and calls the hook, at a point that the caller describes. */
void host_interrupt_offer(struct host_registers *registers);

/* Of a signal frame: where it happened; what was touched, for a page fault. */
uint64_t host_context_pc(const ucontext_t *context);
uint64_t host_context_address(const ucontext_t *context);
void host_registers_load(struct host_registers *out_registers, const ucontext_t *context);
void host_registers_store(const struct host_registers *registers, ucontext_t *context);

/* First act of a signal handler: 16-bit code has segment registers of its own, 32-bit code may
 * change them, and a 32-bit process's handler is entered with their FS and GS. */
void host_segments_restore(const ucontext_t *context);

/* What a new thread has to do for itself once its process is confined (confine.h). */
void host_confine_thread(void);
/* A refused system call that is made all the same, for code that had no other way; the registers
 * say then what came of it. False: it is a fault. */
bool host_system_call_answer(const siginfo_t *info, ucontext_t *context);

/* HOST_READ and friends as mmap wants them. */
int host_protection_bits(int protection);

/* Raw futex. shared: the word may be seen by other processes. Deadline on CLOCK_MONOTONIC. */
int host_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns, bool shared);
void host_futex_wake(_Atomic uint32_t *word, int count, bool shared);

#endif
