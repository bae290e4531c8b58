/* SPDX-License-Identifier: MIT */
/* run_once_ddi.c - one-time initialisation: the first thread in does it, the others wait.
 *
 * The word is 0 before, 1 while a thread is at it, 3 while several try (asynchronous), and the
 * context with 2 in its low bits afterwards. Waiters lie on their threads' stacks.
 */
#include "callout/callout.h"
#include "ex_ddi.h"
#include "host/host.h"
#include "ke/ke.h"

enum run_once_state { ONCE_NEW, ONCE_BUSY, ONCE_DONE, ONCE_ASYNC };
#define ONCE_STATE 3ull

struct once_waiter {
    struct once_waiter *next;
    RTL_RUN_ONCE *once;
    KEVENT done;
};

/* guards: the chain of all waiters and every word that is ONCE_BUSY */
static struct host_lock once_lock;
static struct once_waiter *waiters;

static enum run_once_state state_of(const RTL_RUN_ONCE *once)
{
    return (enum run_once_state)((ULONG_PTR)__atomic_load_n(&once->Ptr, __ATOMIC_ACQUIRE) &
                                 ONCE_STATE);
}

static void word_set(RTL_RUN_ONCE *once, ULONG_PTR word)
{
    __atomic_store_n(&once->Ptr, (PVOID)word, __ATOMIC_RELEASE);
}

/* Doc: nf-ntddk-rtlrunonceinitialize */
VOID NTAPI RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce)
{
    RunOnce->Ptr = NULL;
}

/* Waits for the thread that is at it. Called with the lock, which it gives back. */
static void once_wait_locked(RTL_RUN_ONCE *once)
{
    struct once_waiter waiter = {.next = waiters, .once = once};

    KeInitializeEvent(&waiter.done, SynchronizationEvent, FALSE);
    waiters = &waiter;
    host_lock_give(&once_lock);
    KeWaitForSingleObject(&waiter.done, Executive, KernelMode, FALSE, NULL);
}

/* IRQL:    <= APC_LEVEL
 * Errors:  STATUS_PENDING (a success): the caller must initialise and call RtlRunOnceComplete;
 *          STATUS_UNSUCCESSFUL: only asked, and not done; STATUS_INVALID_PARAMETER_2;
 *          STATUS_INVALID_PARAMETER: begun in the other manner
 * Doc:     nf-ntddk-rtlrunoncebegininitialize
 */
NTSTATUS NTAPI RtlRunOnceBeginInitialize(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID *Context)
{
    bool is_async = (Flags & RTL_RUN_ONCE_ASYNC) != 0;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if ((Flags & ~(ULONG)(RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC)) != 0 || Flags == 3)
        return STATUS_INVALID_PARAMETER_2;
    for (;;) {
        enum run_once_state state = state_of(RunOnce);

        if (state == ONCE_DONE) {
            if (Context != NULL)
                *Context = (PVOID)((ULONG_PTR)RunOnce->Ptr & ~ONCE_STATE);
            return STATUS_SUCCESS;
        }
        if ((Flags & RTL_RUN_ONCE_CHECK_ONLY) != 0)
            return STATUS_UNSUCCESSFUL;
        host_lock_take(&once_lock);
        state = state_of(RunOnce);
        if (state == ONCE_NEW || (state == ONCE_ASYNC && is_async)) {
            word_set(RunOnce, is_async ? ONCE_ASYNC : ONCE_BUSY);
            host_lock_give(&once_lock);
            return STATUS_PENDING;
        }
        if (state == ONCE_BUSY && !is_async) {
            once_wait_locked(RunOnce);
            continue;
        }
        host_lock_give(&once_lock);
        if (state != ONCE_DONE)
            return STATUS_INVALID_PARAMETER;
    }
}

static void once_wake(RTL_RUN_ONCE *once)
{
    struct once_waiter *mine = NULL, **at;

    host_lock_take(&once_lock);
    for (at = &waiters; *at != NULL;) {
        struct once_waiter *waiter = *at;
        if (waiter->once != once) {
            at = &waiter->next;
            continue;
        }
        *at = waiter->next;
        waiter->next = mine;
        mine = waiter;
    }
    host_lock_give(&once_lock);
    while (mine != NULL) {
        struct once_waiter *next = mine->next;
        KeSetEvent(&mine->done, 0, FALSE); /* then it is its thread's stack again */
        mine = next;
    }
}

/* Errors:  STATUS_UNSUCCESSFUL: nobody was at it; STATUS_OBJECT_NAME_COLLISION: another of
 *          several was first; STATUS_INVALID_PARAMETER_2, _3
 * Doc:     nf-ntddk-rtlrunoncecomplete
 */
NTSTATUS NTAPI RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context)
{
    bool is_failed = (Flags & RTL_RUN_ONCE_INIT_FAILED) != 0;
    bool is_async = (Flags & RTL_RUN_ONCE_ASYNC) != 0;
    enum run_once_state state;

    if ((Flags & ~(ULONG)(RTL_RUN_ONCE_INIT_FAILED | RTL_RUN_ONCE_ASYNC)) != 0 ||
        (is_failed && is_async))
        return STATUS_INVALID_PARAMETER_2;
    if (((ULONG_PTR)Context & ONCE_STATE) != 0 || (is_failed && Context != NULL))
        return STATUS_INVALID_PARAMETER_3;
    host_lock_take(&once_lock);
    state = state_of(RunOnce);
    if (state == (is_async ? ONCE_ASYNC : ONCE_BUSY))
        word_set(RunOnce, is_failed ? ONCE_NEW : (ULONG_PTR)Context | ONCE_DONE);
    host_lock_give(&once_lock);
    if (state == ONCE_DONE && is_async)
        return STATUS_OBJECT_NAME_COLLISION;
    if (state != (is_async ? ONCE_ASYNC : ONCE_BUSY))
        return STATUS_UNSUCCESSFUL;
    once_wake(RunOnce);
    return STATUS_SUCCESS;
}

/* IRQL:    <= APC_LEVEL
 * Errors:  STATUS_UNSUCCESSFUL: the driver's routine said no
 * Doc:     nf-ntddk-rtlrunonceexecuteonce
 */
NTSTATUS NTAPI RtlRunOnceExecuteOnce(PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn,
                                     PVOID Parameter, PVOID *Context)
{
    PVOID made = NULL;
    NTSTATUS status = RtlRunOnceBeginInitialize(RunOnce, 0, Context);

    if (status != STATUS_PENDING)
        return status;
    if ((ULONG)callout_invoke(
            (const void *)InitFn,
            (uint64_t[]){(uintptr_t)RunOnce, (uintptr_t)Parameter, (uintptr_t)&made}, 3) == 0) {
        RtlRunOnceComplete(RunOnce, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    status = RtlRunOnceComplete(RunOnce, 0, made);
    if (NT_SUCCESS(status) && Context != NULL)
        *Context = made;
    return status;
}
