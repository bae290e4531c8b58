/* SPDX-License-Identifier: MIT */
/* bugcheck.c - the end of the machine: the first that comes stops everything.
 *
 * Drivers' callbacks are told, then the hook reports and ends the process. Others that come
 * meanwhile stay where they are; one that comes from inside (a callback that faults) ends that
 * callback, one from inside the hook ends the process at once. When the callbacks take too
 * long the clock's thread stands in for the one that stopped the machine, and reports.
 */
#include <stdio.h>

#include "base/abi_names.h"
#include "callout/callout.h"
#include "rtl/rtl.h"
#include "ke_internal.h"
#include "bugcheck_callback.h"

#define BUGCHECK_EXIT_CODE 70
#define CALLBACKS_NS       2000000000ull /* what all of them may take together */

static void (*_Atomic bugcheck_hook)(const struct bugcheck *);
static void (*_Atomic raise_hook)(NTSTATUS);

enum bugcheck_stage { STAGE_NONE, STAGE_CALLBACKS, STAGE_HOOK };
static _Atomic uint32_t bugcheck_stage;             /* atomic: enum bugcheck_stage */
static struct host_thread *_Atomic bugcheck_thread; /* atomic: who came first */
static struct host_thread *_Atomic report_thread;   /* atomic: who reports */
static struct bugcheck bugcheck_first;              /* written by bugcheck_thread */
static _Atomic uint64_t callbacks_deadline_ns;      /* atomic: 0: no callbacks are running */

/* What the thread was that stopped the machine, for who reports in its place. */
static struct {
    struct thread *thread;
    struct processor *processor;
    struct ddi_frame *ddi;
    struct callout_frame *callout;
} stopped;

/* Code and parameters, for drivers that import them: zero until then. */
extern ULONG_PTR KiBugCheckData[5];
ULONG_PTR KiBugCheckData[5];

void ke_bugcheck_hook_set(void (*hook)(const struct bugcheck *))
{
    bugcheck_hook = hook;
}

[[noreturn]] static void bugcheck_report_bare(const struct bugcheck *bugcheck)
{
    const struct abi_bugcheck *known = abi_bugcheck_find(bugcheck->code);
    char line[200];
    int length = snprintf(
        line, sizeof(line), "bug check 0x%X %s (0x%llx, 0x%llx, 0x%llx, 0x%llx)\n", bugcheck->code,
        known != NULL ? known->name : "", (unsigned long long)bugcheck->parameter[0],
        (unsigned long long)bugcheck->parameter[1], (unsigned long long)bugcheck->parameter[2],
        (unsigned long long)bugcheck->parameter[3]);

    host_write_stderr(line, (size_t)length);
    host_exit(BUGCHECK_EXIT_CODE);
}

[[noreturn]] static void stay(void)
{
    _Atomic uint32_t never = 0;

    for (;;) /* somebody else ends the process */
        host_wait(&never, 0, HOST_FOREVER);
}

[[noreturn]] static void bugcheck_report(void)
{
    void (*hook)(const struct bugcheck *) = bugcheck_hook;
    uint32_t expected = STAGE_CALLBACKS;

    if (!__c11_atomic_compare_exchange_strong(&bugcheck_stage, &expected, STAGE_HOOK,
                                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        stay();
    report_thread = host_thread_self();
    if (hook != NULL)
        hook(&bugcheck_first);
    bugcheck_report_bare(&bugcheck_first);
}

/* The rest of the callbacks; deeper on the stack when one of them has faulted. */
[[noreturn]] static void bugcheck_finish(void)
{
    /* What they call could need a lock that this thread stopped with. */
    if (processor_self != NULL && host_locks_held == 0) {
        ke_irql_raise(HIGH_LEVEL);
        bugcheck_callbacks_run();
    }
    bugcheck_report();
}

uint64_t bugcheck_watch(uint64_t now_ns)
{
    uint64_t deadline_ns = callbacks_deadline_ns;

    if (deadline_ns == 0 || bugcheck_stage != STAGE_CALLBACKS)
        return HOST_FOREVER;
    if (now_ns < deadline_ns)
        return deadline_ns;
    thread_self = stopped.thread;
    processor_self = stopped.processor;
    ddi_top = stopped.ddi;
    callout_top = stopped.callout;
    bugcheck_first.is_callback_stuck = true;
    bugcheck_report();
}

/* Nothing of it may be true any more when the callbacks have run. */
static void bugcheck_keep(const struct bugcheck *bugcheck)
{
    bugcheck_first = *bugcheck;
    bugcheck_first.irql = ke_irql();
    KiBugCheckData[0] = bugcheck->code;
    for (unsigned i = 0; i < 4; i++)
        KiBugCheckData[i + 1] = bugcheck->parameter[i];
    stopped.thread = thread_self;
    stopped.processor = processor_self;
    stopped.ddi = ddi_top;
    stopped.callout = callout_top;
}

void ke_bugcheck(const struct bugcheck *bugcheck)
{
    struct host_thread *self = host_thread_self(), *expected = NULL;

    if (report_thread == self)
        bugcheck_report_bare(bugcheck);
    if (!__c11_atomic_compare_exchange_strong(&bugcheck_thread, &expected, self, __ATOMIC_SEQ_CST,
                                              __ATOMIC_SEQ_CST)) {
        if (expected != self || bugcheck_stage != STAGE_CALLBACKS)
            stay();
        ddi_top = stopped.ddi; /* the one that faulted is not what stopped the machine */
        callout_top = stopped.callout;
        bugcheck_finish();
    }
    bugcheck_keep(bugcheck);
    bugcheck_stage = STAGE_CALLBACKS;
    if (!host_is_sim()) { /* whose time is not the callbacks' */
        callbacks_deadline_ns = host_clock_ns() + CALLBACKS_NS;
        clock_kick();
    }
    bugcheck_finish();
}

void bugcheck(ULONG code, uintptr_t p1, uintptr_t p2, uintptr_t p3, uintptr_t p4)
{
    struct bugcheck bugcheck = {.code = code, .parameter = {p1, p2, p3, p4}};

    ke_bugcheck(&bugcheck);
}

void bugcheck_irql_unexpected(KIRQL irql, KIRQL expected, unsigned kind, const void *routine,
                              const void *object)
{
    bugcheck(IRQL_UNEXPECTED_VALUE,
             (uintptr_t)irql << 16 | (uintptr_t)expected << 8 | (uintptr_t)kind, (uintptr_t)routine,
             (uintptr_t)object, 0);
}

static void breakpoint_raise(void)
{
    ke_raise(STATUS_BREAKPOINT);
}

void ke_raise_set(void (*raise)(NTSTATUS status))
{
    raise_hook = raise;
    rtl_breakpoint_set(raise ? breakpoint_raise : NULL);
}

void ke_raise(NTSTATUS status)
{
    void (*raise)(NTSTATUS) = raise_hook;

    if (raise != NULL)
        raise(status);
    bugcheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG_PTR)(LONG_PTR)status,
             (uintptr_t)__builtin_return_address(0), 0, 0);
}
