/* SPDX-License-Identifier: MIT */
/* wait_ddi.c - what drivers call to wait. */
#include "ke_internal.h"

/* A wait that may block must leave the processor; who only asks may ask at DISPATCH_LEVEL. */
static KIRQL wait_limit(const LARGE_INTEGER *timeout)
{
    return timeout != NULL && timeout->QuadPart == 0 ? DISPATCH_LEVEL : APC_LEVEL;
}

/* Doc: "Bug Check 0xB8: ATTEMPTED_SWITCH_FROM_DPC"; otherwise the general rule. */
static void wait_require_irql_at_most(const char *function, KIRQL limit)
{
    if (__builtin_expect(ke_irql() <= limit, 1))
        return;
    if (__c11_atomic_load(&processor_self->dpcs.running, __ATOMIC_RELAXED) != NULL)
        bugcheck(ATTEMPTED_SWITCH_FROM_DPC, (uintptr_t)thread_self, 0, 0, 0);
    ke_irql_violation(function, limit);
}

/* Anything else than an initialised dispatcher object, as far as that can be seen from outside.
 * Looked at before the dispatcher lock is taken: a bad pointer faults in the driver's name. */
static void wait_require_object(const void *object)
{
    const DISPATCHER_HEADER *header = object;
    const LIST_ENTRY *list = &header->WaitListHead;
    bool is_type = header->Type <= DISPATCHER_TIMER_SYNCHRONIZATION;

    if (__builtin_expect(!is_type || list->Flink == NULL || list->Blink == NULL, 0))
        bugcheck(KERNEL_SECURITY_CHECK_FAILURE, 3 /* a list is corrupt */, 0, 0, (uintptr_t)object);
}

/* Waits until the object is signalled.
 *
 * IRQL:    <= APC_LEVEL; == DISPATCH_LEVEL with a Timeout of zero
 * Errors:  STATUS_TIMEOUT, STATUS_ALERTED, STATUS_USER_APC, STATUS_ABANDONED_WAIT_0,
 *          STATUS_THREAD_IS_TERMINATING; raises STATUS_MUTANT_LIMIT_EXCEEDED; bug check 0xB8
 *          in a DPC
 * Doc:     wdm.h KeWaitForSingleObject
 */
NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
                                     KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                     PLARGE_INTEGER Timeout)
{
    wait_require_irql_at_most(__func__, wait_limit(Timeout));
    (void)WaitReason;
    wait_require_object(Object);
    return wait_objects(1, &Object, false, WaitMode, Alertable != FALSE, Timeout);
}

/* Waits until one or all of the objects are signalled.
 *
 * IRQL:    <= APC_LEVEL; == DISPATCH_LEVEL with a Timeout of zero
 * Errors:  as KeWaitForSingleObject; bug check 0xC when Count is out of range
 * Doc:     wdm.h KeWaitForMultipleObjects
 * Differs: WaitBlockArray is not used
 */
NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
                                        KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                        BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                        PKWAIT_BLOCK WaitBlockArray)
{
    wait_require_irql_at_most(__func__, wait_limit(Timeout));
    if (Count == 0 || Count > MAXIMUM_WAIT_OBJECTS ||
        (WaitBlockArray == NULL && Count > THREAD_WAIT_OBJECTS))
        bugcheck(MAXIMUM_WAIT_OBJECTS_EXCEEDED, Count, 0, 0, 0);
    (void)WaitReason;
    for (ULONG i = 0; i < Count; i++)
        wait_require_object(Object[i]);
    return wait_objects(Count, Object, WaitType == WaitAll, WaitMode, Alertable != FALSE, Timeout);
}

/* Sleeps for the interval.
 *
 * IRQL:    <= APC_LEVEL
 * Units:   100 ns; negative: from now, positive: system time
 * Errors:  STATUS_ALERTED, STATUS_USER_APC
 * Doc:     wdm.h KeDelayExecutionThread
 */
NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                      PLARGE_INTEGER Interval)
{
    wait_require_irql_at_most(__func__, APC_LEVEL);
    return wait_delay(WaitMode, Alertable != FALSE, Interval);
}
