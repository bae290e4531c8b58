/* SPDX-License-Identifier: MIT */
/* fault.c - processor faults: from a signal to the fault hook and back.
 *
 * In comes a synchronous signal on the thread's alternate stack; the hook sees what
 * the processor reported and may change every register. Faults inside the hook
 * nest, up to a depth. What the hook declines goes to whoever had the signal before
 * us (a sanitizer), or kills the process as if we had not been there.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host_internal.h"

/* Vectors of the processor, as the kernel passes them in REG_TRAPNO. */
enum {
    TRAP_DIVIDE = 0,
    TRAP_DEBUG = 1,
    TRAP_BREAKPOINT = 3,
    TRAP_OVERFLOW = 4,
    TRAP_INVALID = 6,
    TRAP_SEGMENT = 11,
    TRAP_STACK = 12,
    TRAP_PROTECTION = 13,
    TRAP_PAGE = 14,
    TRAP_X87 = 16,
    TRAP_ALIGNMENT = 17,
    TRAP_SIMD = 19,
};

/* Bits of a page fault's error code. */
#define PAGE_FAULT_WRITE   0x02u
#define PAGE_FAULT_EXECUTE 0x10u

#define EFLAGS_AC 0x40000u

#define SYSTEM_CALL_BYTES 2 /* syscall, int n */

/* A hook that faults this deep inside itself will not get better. */
#define HOST_FAULT_DEPTH 4

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
#define FAULT_SIGNALS (sizeof(fault_signals) / sizeof(fault_signals[0]))

static host_fault_hook *_Atomic fault_hook;
static struct sigaction fault_previous[FAULT_SIGNALS]; /* set at install */

static bool fault_decode_trap(uint64_t trap, struct host_fault *out_fault)
{
    switch (trap) {
    case TRAP_DIVIDE:
        out_fault->kind = HOST_FAULT_DIVIDE;
        return true;
    case TRAP_DEBUG:
        out_fault->kind = HOST_FAULT_STEP;
        return true;
    case TRAP_BREAKPOINT:
        out_fault->kind = HOST_FAULT_BREAKPOINT;
        return true;
    case TRAP_OVERFLOW: /* Linux lets `int 4` through its gate; show it as any other int n */
        out_fault->kind = HOST_FAULT_PRIVILEGED;
        out_fault->error_code = TRAP_OVERFLOW * 8 + 2;
        return true;
    case TRAP_SEGMENT:
    case TRAP_STACK:
    case TRAP_PROTECTION:
        out_fault->kind = HOST_FAULT_PRIVILEGED;
        return true;
    case TRAP_INVALID:
        out_fault->kind = HOST_FAULT_ILLEGAL;
        return true;
    case TRAP_X87:
    case TRAP_SIMD:
        out_fault->kind = HOST_FAULT_FLOAT;
        return true;
    case TRAP_ALIGNMENT:
        out_fault->kind = HOST_FAULT_ALIGNMENT;
        return true;
    default:
        return false;
    }
}

/* False: the signal was sent by somebody, or is of a kind that no processor raises. */
static bool fault_decode(int number, const siginfo_t *info, const ucontext_t *context,
                         struct host_fault *out_fault)
{
    const greg_t *registers = context->uc_mcontext.gregs;

    *out_fault = (struct host_fault){.error_code = (uint32_t)registers[REG_ERR],
                                     .vector = (uint8_t)registers[REG_TRAPNO]};
    if (info->si_code <= 0)
        return false;
    if (number == SIGSYS) {
        out_fault->kind = HOST_FAULT_SYSTEM_CALL;
        return true;
    }
    if (registers[REG_TRAPNO] != TRAP_PAGE)
        return fault_decode_trap((uint64_t)registers[REG_TRAPNO], out_fault);
    out_fault->kind = number == SIGBUS ? HOST_FAULT_BUS : HOST_FAULT_ACCESS;
    out_fault->address = host_context_address(context);
    out_fault->is_write = out_fault->error_code & PAGE_FAULT_WRITE;
    out_fault->is_execute = out_fault->error_code & PAGE_FAULT_EXECUTE;
    return true;
}

static const char *fault_kind_name(enum host_fault_kind kind)
{
    static const char *const names[] = {
        "page fault",  "general protection", "invalid opcode", "divide error", "breakpoint",
        "single step", "floating point",     "alignment",      "bus error",    "system call",
    };

    return names[kind];
}

static void fault_report(int number, const struct host_fault *fault, const ucontext_t *context)
{
    const struct host_thread *thread = host_thread_current;
    char line[256];
    int length = snprintf(
        line, sizeof(line),
        "cove: fatal %s (signal %d) at rip 0x%llx%s address 0x%llx error 0x%x in thread %s\n",
        fault_kind_name(fault->kind), number, (unsigned long long)host_context_pc(context),
        fault->is_execute ? " execute" : (fault->is_write ? " write" : ""),
        (unsigned long long)fault->address, fault->error_code,
        thread != NULL && thread->name[0] != '\0' ? thread->name : "(no name)");

    host_write_stderr(line, (size_t)length);
}

/* Nobody wants the fault. Returning runs the instruction again with the default action, so
 * that a core file or a debugger shows it where it happened. */
static void fault_give_up(int number, siginfo_t *info, void *context)
{
    struct sigaction defaults = {.sa_handler = SIG_DFL};

    for (size_t i = 0; i < FAULT_SIGNALS; i++) {
        struct sigaction *previous = &fault_previous[i];

        if (fault_signals[i] != number)
            continue;
        if (previous->sa_flags & SA_SIGINFO) {
            previous->sa_sigaction(number, info, context);
            return;
        }
        if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
            previous->sa_handler(number);
            return;
        }
    }
    sigaction(number, &defaults, NULL);
    /* Sent by hand, or a trap that has already passed its instruction: it does not recur. */
    if (info->si_code <= 0 || number == SIGTRAP || number == SIGSYS)
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), number);
}

/* The kernel leaves the flag on in the handler, where compiled code would trip over it. */
static void fault_clear_alignment_check(void)
{
#ifdef __LP64__
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(uint64_t)EFLAGS_AC);
#else
    __builtin_ia32_writeeflags_u32(__builtin_ia32_readeflags_u32() & ~EFLAGS_AC);
#endif
}

static __attribute__((noinline)) void fault_answer(int number, siginfo_t *info, void *opaque)
{
    ucontext_t *context = opaque;
    struct host_thread *thread = host_thread_current;
    host_fault_hook *hook = fault_hook;
    struct host_fault fault;
    struct host_registers registers;
    bool handled = false;
    int saved = errno;

    if (fault_decode(number, info, context, &fault)) {
        if (thread == NULL || thread->fault_depth < HOST_FAULT_DEPTH) {
            host_registers_load(&registers, context);
            if (fault.kind == HOST_FAULT_SYSTEM_CALL)
                registers.rip -= SYSTEM_CALL_BYTES; /* the filter looks when it is decoded */
            if (thread != NULL)
                thread->fault_depth++;
            handled = hook != NULL && hook(&fault, &registers);
            if (thread != NULL)
                thread->fault_depth--;
        }
        if (handled)
            host_registers_store(&registers, context);
        else
            fault_report(number, &fault, context);
    }
    if (!handled)
        fault_give_up(number, info, context);
    errno = saved;
}

/* Apart, so that nothing of the answer reads what a segment register leads to, or trips over the
 * flag, before that. */
static void fault_handle(int number, siginfo_t *info, void *context)
{
    host_segments_restore(context);
    if (((ucontext_t *)context)->uc_mcontext.gregs[REG_TRAPNO] == TRAP_ALIGNMENT)
        fault_clear_alignment_check();
    if (number == SIGSYS && info->si_code > 0 && host_system_call_answer(info, context))
        return;
    fault_answer(number, info, context);
}

void host_fault_install(host_fault_hook *hook)
{
    static struct host_lock lock; /* guards: fault_previous */
    struct sigaction action = {
        .sa_sigaction = fault_handle,
        .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
    };

    host_thread_self(); /* the thread that boots gets its alternate stack */
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, host_interrupt_signal());
    host_lock_take(&lock);
    fault_hook = hook;
    /* Each time: somebody may have taken the signals since. */
    for (size_t i = 0; i < FAULT_SIGNALS; i++) {
        struct sigaction previous;

        sigaction(fault_signals[i], &action, &previous);
        if (!(previous.sa_flags & SA_SIGINFO) || previous.sa_sigaction != fault_handle)
            fault_previous[i] = previous;
    }
    host_lock_give(&lock);
}
