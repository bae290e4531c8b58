/* SPDX-License-Identifier: MIT */
/* sync_ddi.c - critical sections, slim locks, condition variables, one-time work and waits on
 * addresses, under the names programs call.
 *
 * Doc: synchapi.h, wdm.h RtlRunOnce…
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "host/host.h"
#include "ntdll/error.h"
#include "ntdll/sync.h"

/* ---- critical sections ---------------------------------------------------------------------- */

EXPORT(NTSTATUS, RtlInitializeCriticalSection, (RTL_CRITICAL_SECTION * section))
{
    section_init(section, 0);
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, RtlInitializeCriticalSectionAndSpinCount,
       (RTL_CRITICAL_SECTION * section, ULONG spins))
{
    section_init(section, spins);
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, RtlInitializeCriticalSectionEx,
       (RTL_CRITICAL_SECTION * section, ULONG spins, ULONG flags))
{
    section_init(section, spins);
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, RtlDeleteCriticalSection, (RTL_CRITICAL_SECTION * section))
{
    memset(section, 0, sizeof *section);
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, RtlEnterCriticalSection, (RTL_CRITICAL_SECTION * section))
{
    section_enter(section);
    return STATUS_SUCCESS;
}

EXPORT(ULONG, RtlTryEnterCriticalSection, (RTL_CRITICAL_SECTION * section))
{
    return section_try(section);
}

EXPORT(NTSTATUS, RtlLeaveCriticalSection, (RTL_CRITICAL_SECTION * section))
{
    section_leave(section);
    return STATUS_SUCCESS;
}

EXPORT(ULONG, RtlSetCriticalSectionSpinCount, (RTL_CRITICAL_SECTION * section, ULONG spins))
{
    ULONG old = (ULONG)section->SpinCount;
    section->SpinCount = spins;
    return old;
}

/* kernel32's answer to the initialising forms is a BOOL. */
EXPORT(void, front_InitializeCriticalSection, (RTL_CRITICAL_SECTION * section))
{
    section_init(section, 0);
}

EXPORT(BOOL, front_InitializeCriticalSectionAndSpinCount,
       (RTL_CRITICAL_SECTION * section, DWORD spins))
{
    section_init(section, spins);
    return TRUE;
}

EXPORT(BOOL, front_InitializeCriticalSectionEx,
       (RTL_CRITICAL_SECTION * section, DWORD spins, DWORD flags))
{
    section_init(section, spins);
    return TRUE;
}

/* ---- slim locks ------------------------------------------------------------------------------ */

EXPORT(void, RtlInitializeSRWLock, (RTL_SRWLOCK * lock))
{
    lock->Ptr = NULL;
}

EXPORT(void, RtlAcquireSRWLockExclusive, (RTL_SRWLOCK * lock))
{
    srw_take_exclusive(lock);
}

EXPORT(void, RtlAcquireSRWLockShared, (RTL_SRWLOCK * lock))
{
    srw_take_shared(lock);
}

EXPORT(BOOLEAN, RtlTryAcquireSRWLockExclusive, (RTL_SRWLOCK * lock))
{
    return srw_try_exclusive(lock);
}

EXPORT(BOOLEAN, RtlTryAcquireSRWLockShared, (RTL_SRWLOCK * lock))
{
    return srw_try_shared(lock);
}

EXPORT(void, RtlReleaseSRWLockExclusive, (RTL_SRWLOCK * lock))
{
    srw_give_exclusive(lock);
}

EXPORT(void, RtlReleaseSRWLockShared, (RTL_SRWLOCK * lock))
{
    srw_give_shared(lock);
}

/* ---- condition variables ------------------------------------------------------------------------
 */

#define CONDITION_VARIABLE_LOCKMODE_SHARED 1u

EXPORT(void, RtlInitializeConditionVariable, (RTL_CONDITION_VARIABLE * variable))
{
    variable->Ptr = NULL;
}

EXPORT(void, RtlWakeConditionVariable, (RTL_CONDITION_VARIABLE * variable))
{
    condition_wake(variable, false);
}

EXPORT(void, RtlWakeAllConditionVariable, (RTL_CONDITION_VARIABLE * variable))
{
    condition_wake(variable, true);
}

EXPORT(BOOL, SleepConditionVariableCS,
       (RTL_CONDITION_VARIABLE * variable, RTL_CRITICAL_SECTION *section, DWORD milliseconds))
{
    uint32_t sequence = atomic_load(&variable->sequence);
    uint64_t deadline = deadline_of_ms(milliseconds);
    section_leave(section);
    bool is_woken = condition_wait(variable, sequence, deadline);
    section_enter(section);
    return is_woken ? TRUE : error_fail(ERROR_TIMEOUT);
}

EXPORT(BOOL, SleepConditionVariableSRW,
       (RTL_CONDITION_VARIABLE * variable, RTL_SRWLOCK *lock, DWORD milliseconds, ULONG flags))
{
    uint32_t sequence = atomic_load(&variable->sequence);
    uint64_t deadline = deadline_of_ms(milliseconds);
    bool is_shared = flags & CONDITION_VARIABLE_LOCKMODE_SHARED;
    is_shared ? srw_give_shared(lock) : srw_give_exclusive(lock);
    bool is_woken = condition_wait(variable, sequence, deadline);
    is_shared ? srw_take_shared(lock) : srw_take_exclusive(lock);
    return is_woken ? TRUE : error_fail(ERROR_TIMEOUT);
}

/* ---- one-time work
 * ---------------------------------------------------------------------------------- */

#define ONCE_STATE    3u
#define ONCE_UNDERWAY 1u
#define ONCE_DONE     2u

static _Atomic uint64_t *once_value(PRTL_RUN_ONCE once)
{
    return (_Atomic uint64_t *)(void *)once;
}

EXPORT(void, RtlRunOnceInitialize, (PRTL_RUN_ONCE once))
{
    once->Ptr = NULL;
}

EXPORT(NTSTATUS, RtlRunOnceBeginInitialize, (PRTL_RUN_ONCE once, ULONG flags, PVOID *context))
{
    _Atomic uint64_t *value = once_value(once);
    for (;;) {
        uint64_t seen = atomic_load(value);
        if ((seen & ONCE_STATE) == ONCE_DONE) {
            if (context)
                *context = (PVOID)(seen & ~(uint64_t)ONCE_STATE);
            return STATUS_SUCCESS;
        }
        if (flags & RTL_RUN_ONCE_CHECK_ONLY)
            return STATUS_UNSUCCESSFUL;
        if (flags & RTL_RUN_ONCE_ASYNC)
            return STATUS_PENDING;
        if (seen == 0 && atomic_compare_exchange_strong(value, &seen, ONCE_UNDERWAY))
            return STATUS_PENDING;
        if ((seen & ONCE_STATE) == ONCE_UNDERWAY)
            host_wait((_Atomic uint32_t *)value, (uint32_t)seen, HOST_FOREVER);
    }
}

EXPORT(NTSTATUS, RtlRunOnceComplete, (PRTL_RUN_ONCE once, ULONG flags, PVOID context))
{
    _Atomic uint64_t *value = once_value(once);
    if ((uint64_t)context & ONCE_STATE)
        return STATUS_INVALID_PARAMETER_3;
    uint64_t done = flags & RTL_RUN_ONCE_INIT_FAILED ? 0 : (uint64_t)context | ONCE_DONE;
    uint64_t expected = flags & RTL_RUN_ONCE_ASYNC ? 0 : ONCE_UNDERWAY;
    if (!atomic_compare_exchange_strong(value, &expected, done))
        return STATUS_UNSUCCESSFUL;
    host_wake((_Atomic uint32_t *)value, INT_MAX);
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, RtlRunOnceExecuteOnce,
       (PRTL_RUN_ONCE once, PRTL_RUN_ONCE_INIT_FN routine, PVOID parameter, PVOID *context))
{
    NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);
    if (status != STATUS_PENDING)
        return status;
    PVOID result = NULL;
    if (!routine(once, parameter, &result)) {
        RtlRunOnceComplete(once, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    status = RtlRunOnceComplete(once, 0, result);
    if (NT_SUCCESS(status) && context)
        *context = result;
    return status;
}

EXPORT(BOOL, InitOnceExecuteOnce,
       (PRTL_RUN_ONCE once, PRTL_RUN_ONCE_INIT_FN routine, PVOID parameter, PVOID *context))
{
    return error_result(RtlRunOnceExecuteOnce(once, routine, parameter, context));
}

EXPORT(BOOL, InitOnceBeginInitialize,
       (PRTL_RUN_ONCE once, DWORD flags, BOOL *pending, PVOID *context))
{
    NTSTATUS status = RtlRunOnceBeginInitialize(once, flags, context);
    *pending = status == STATUS_PENDING;
    return error_result(status);
}

EXPORT(BOOL, InitOnceComplete, (PRTL_RUN_ONCE once, DWORD flags, PVOID context))
{
    return error_result(RtlRunOnceComplete(once, flags, context));
}

/* ---- waits on addresses
 * --------------------------------------------------------------------------- */

#define BUCKETS 64u

/* Threads that wait on addresses with the same hash share a sequence; a wake wakes all. */
static struct {
    _Atomic uint32_t sequence, sleepers;
} bucket[BUCKETS];

static unsigned bucket_of(const volatile void *address)
{
    uint64_t key = (uint64_t)address >> 2;
    return (unsigned)((key ^ key >> 9) % BUCKETS);
}

EXPORT(BOOL, WaitOnAddress,
       (volatile void *address, PVOID compare, SIZE_T size, DWORD milliseconds))
{
    unsigned at = bucket_of(address);
    if (size != 1 && size != 2 && size != 4 && size != 8)
        return error_fail(ERROR_INVALID_PARAMETER);
    atomic_fetch_add(&bucket[at].sleepers, 1);
    uint32_t sequence = atomic_load(&bucket[at].sequence);
    int error = 0;
    if (!memcmp((const void *)address, compare, size))
        error = host_wait(&bucket[at].sequence, sequence, deadline_of_ms(milliseconds));
    atomic_fetch_sub(&bucket[at].sleepers, 1);
    return error == ETIMEDOUT ? error_fail(ERROR_TIMEOUT) : TRUE;
}

EXPORT(void, WakeByAddressAll, (PVOID address))
{
    unsigned at = bucket_of(address);
    atomic_fetch_add(&bucket[at].sequence, 1);
    if (atomic_load(&bucket[at].sleepers))
        host_wake(&bucket[at].sequence, INT_MAX);
}

EXPORT(void, WakeByAddressSingle, (PVOID address))
{
    WakeByAddressAll(address); /* others of the bucket wake for nothing, which is allowed */
}
