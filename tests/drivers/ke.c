/* SPDX-License-Identifier: MIT */
/* ke.c - tests of the kernel's dispatcher from inside a driver: objects that are waited
 * for, timers and DPCs, spin locks and IRQL, system threads. */
#include "drivertest.h"

#define MS(n) (-10000LL * (n))

static LARGE_INTEGER no_time; /* zero: look, do not wait */

static NTSTATUS wait_ms(PVOID object, LONG ms)
{
    LARGE_INTEGER due;

    due.QuadPart = MS(ms);
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &due);
}

static NTSTATUS look(PVOID object)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &no_time);
}

/* Waits until the thread behind the handle has ended. */
static void thread_join(HANDLE handle)
{
    PVOID thread;

    expect_status(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                            &thread, NULL),
                  STATUS_SUCCESS);
    expect_status(wait_ms(thread, 10000), STATUS_SUCCESS);
    ObDereferenceObject(thread);
    ZwClose(handle);
}

static HANDLE thread_start(PKSTART_ROUTINE routine, PVOID context)
{
    HANDLE handle = NULL;

    expect_status(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine, context),
        STATUS_SUCCESS);
    return handle;
}

/* ---- events, semaphores, mutexes ------------------------------------------------------------ */

static void events(void)
{
    KEVENT manual, automatic;

    KeInitializeEvent(&manual, NotificationEvent, FALSE);
    KeInitializeEvent(&automatic, SynchronizationEvent, TRUE);
    expect_status(look(&manual), STATUS_TIMEOUT);
    expect(KeReadStateEvent(&manual) == 0);
    expect(KeSetEvent(&manual, IO_NO_INCREMENT, FALSE) == 0);
    expect(KeSetEvent(&manual, IO_NO_INCREMENT, FALSE) != 0);
    expect_status(look(&manual), STATUS_SUCCESS);
    expect_status(look(&manual), STATUS_SUCCESS);
    expect(KeResetEvent(&manual) != 0);
    expect(KeResetEvent(&manual) == 0);
    expect_status(look(&automatic), STATUS_SUCCESS);
    expect_status(look(&automatic), STATUS_TIMEOUT);
    KeSetEvent(&automatic, IO_NO_INCREMENT, FALSE);
    KeClearEvent(&automatic);
    expect_status(look(&automatic), STATUS_TIMEOUT);
}

static void semaphores(void)
{
    KSEMAPHORE semaphore;

    KeInitializeSemaphore(&semaphore, 1, 3);
    expect_number(KeReadStateSemaphore(&semaphore), 1);
    expect_status(look(&semaphore), STATUS_SUCCESS);
    expect_status(look(&semaphore), STATUS_TIMEOUT);
    expect_number(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE), 0);
    expect_number(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE), 2);
    expect_status(look(&semaphore), STATUS_SUCCESS);
    expect_number(KeReadStateSemaphore(&semaphore), 2);
}

static void semaphore_limit(void)
{
    KSEMAPHORE semaphore;
    NTSTATUS status = STATUS_SUCCESS;

    KeInitializeSemaphore(&semaphore, 1, 1);
    __try {
        KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    expect_number(KeReadStateSemaphore(&semaphore), 1);
}

static KMUTEX mutex;
static NTSTATUS mutex_seen;

static VOID mutex_looker(PVOID unused)
{
    mutex_seen = look(&mutex);
    if (mutex_seen == STATUS_SUCCESS)
        KeReleaseMutex(&mutex, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void mutexes(void)
{
    KeInitializeMutex(&mutex, 0);
    expect_number(KeReadStateMutex(&mutex), 1);
    expect_status(look(&mutex), STATUS_SUCCESS);
    expect_status(look(&mutex), STATUS_SUCCESS); /* the owner may again */
    thread_join(thread_start(mutex_looker, NULL));
    expect_status(mutex_seen, STATUS_TIMEOUT);
    KeReleaseMutex(&mutex, FALSE);
    KeReleaseMutex(&mutex, FALSE);
    thread_join(thread_start(mutex_looker, NULL));
    expect_status(mutex_seen, STATUS_SUCCESS);
}

/* ---- waits -------------------------------------------------------------------------------------
 */

static void wait_any_and_all(void)
{
    KEVENT events_[3];
    PVOID objects[3] = {&events_[0], &events_[1], &events_[2]};
    int i;

    for (i = 0; i < 3; i++)
        KeInitializeEvent(&events_[i], SynchronizationEvent, FALSE);
    expect_status(
        KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, &no_time, NULL),
        STATUS_TIMEOUT);
    KeSetEvent(&events_[1], 0, FALSE);
    KeSetEvent(&events_[2], 0, FALSE);
    expect_status(
        KeWaitForMultipleObjects(3, objects, WaitAll, Executive, KernelMode, FALSE, &no_time, NULL),
        STATUS_TIMEOUT);
    expect(KeReadStateEvent(&events_[1]) != 0); /* not taken by the wait that failed */
    expect_status(
        KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, &no_time, NULL),
        STATUS_WAIT_1);
    KeSetEvent(&events_[0], 0, FALSE);
    KeSetEvent(&events_[1], 0, FALSE);
    expect_status(
        KeWaitForMultipleObjects(3, objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL),
        STATUS_SUCCESS);
    for (i = 0; i < 3; i++)
        expect(KeReadStateEvent(&events_[i]) == 0);
}

static void wait_blocks_are_lent(void)
{
    KEVENT events_[8];
    PVOID objects[8];
    KWAIT_BLOCK blocks[8];
    int i;

    for (i = 0; i < 8; i++) {
        KeInitializeEvent(&events_[i], NotificationEvent, i == 7);
        objects[i] = &events_[i];
    }
    expect_status(
        KeWaitForMultipleObjects(8, objects, WaitAny, Executive, KernelMode, FALSE, NULL, blocks),
        STATUS_WAIT_0 + 7);
}

static void timeouts(void)
{
    KEVENT never;
    LARGE_INTEGER due, began, ended;
    ULONG64 ticks = KeQueryInterruptTime();

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    expect_status(wait_ms(&never, 5), STATUS_TIMEOUT);
    expect(KeQueryInterruptTime() - ticks >= 5 * 10000);
    KeQuerySystemTime(&began);
    due.QuadPart = began.QuadPart + 5 * 10000; /* absolute */
    expect_status(KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &due),
                  STATUS_TIMEOUT);
    KeQuerySystemTime(&ended);
    expect(ended.QuadPart >= due.QuadPart);
    due.QuadPart = MS(3);
    ticks = KeQueryInterruptTime();
    expect_status(KeDelayExecutionThread(KernelMode, FALSE, &due), STATUS_SUCCESS);
    expect(KeQueryInterruptTime() - ticks >= 3 * 10000);
}

/* ---- timers and DPCs
 * ------------------------------------------------------------------------------ */

static KEVENT dpc_done;
static KDPC dpc_second;
static LONG dpc_runs, dpc_irql, dpc_nested;

static VOID dpc_note(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    InterlockedIncrement(&dpc_runs);
    dpc_irql = KeGetCurrentIrql();
    expect(context == (PVOID)&dpc_runs);
    if (argument1 == (PVOID)1 && argument2 == (PVOID)2)
        dpc_nested++;
    KeSetEvent(&dpc_done, IO_NO_INCREMENT, FALSE);
}

static void timer_with_dpc(void)
{
    KTIMER timer;
    KDPC dpc;
    LARGE_INTEGER due;

    dpc_runs = 0;
    dpc_irql = -1;
    KeInitializeEvent(&dpc_done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&dpc, dpc_note, &dpc_runs);
    KeInitializeTimer(&timer);
    due.QuadPart = MS(2);
    expect(!KeSetTimer(&timer, due, &dpc));
    expect_status(wait_ms(&timer, 10000), STATUS_SUCCESS);
    expect_status(wait_ms(&dpc_done, 10000), STATUS_SUCCESS);
    expect_number(dpc_irql, DISPATCH_LEVEL);
    expect(KeReadStateTimer(&timer));
    expect(!KeCancelTimer(&timer));
    due.QuadPart = MS(3600 * 1000);
    expect(!KeSetTimer(&timer, due, &dpc));
    expect(KeSetTimer(&timer, due, &dpc)); /* was in the queue */
    expect(!KeReadStateTimer(&timer));
    expect(KeCancelTimer(&timer));
    expect(!KeCancelTimer(&timer));
    KeFlushQueuedDpcs();
    expect_number(dpc_runs, 1);
}

static void timer_periodic(void)
{
    KTIMER timer;
    KDPC dpc;
    LARGE_INTEGER due;
    int i;

    dpc_runs = 0;
    KeInitializeEvent(&dpc_done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&dpc, dpc_note, &dpc_runs);
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    due.QuadPart = MS(1);
    KeSetTimerEx(&timer, due, 1, &dpc);
    for (i = 0; i < 5; i++)
        expect_status(wait_ms(&timer, 10000), STATUS_SUCCESS);
    expect(KeCancelTimer(&timer));
    KeFlushQueuedDpcs();
    expect(dpc_runs >= 1); /* one that is still queued is not queued again */
}

static VOID dpc_queues_another(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(KeInsertQueueDpc(&dpc_second, (PVOID)1, (PVOID)2));
}

static void dpc_from_dpc(void)
{
    KDPC first;
    KIRQL irql;

    dpc_nested = dpc_runs = 0;
    KeInitializeEvent(&dpc_done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&first, dpc_queues_another, NULL);
    KeInitializeDpc(&dpc_second, dpc_note, &dpc_runs);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect(KeInsertQueueDpc(&first, NULL, NULL));
    expect(!KeInsertQueueDpc(&first, NULL, NULL)); /* is queued */
    expect_number(dpc_runs, 0);                    /* not above its level */
    KeLowerIrql(irql);
    expect_status(wait_ms(&dpc_done, 10000), STATUS_SUCCESS);
    expect_number(dpc_nested, 1);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect(KeInsertQueueDpc(&dpc_second, NULL, NULL));
    expect(KeRemoveQueueDpc(&dpc_second));
    expect(!KeRemoveQueueDpc(&dpc_second));
    KeLowerIrql(irql);
    KeFlushQueuedDpcs();
    expect_number(dpc_runs, 1);
}

/* ---- spin locks and IRQL
 * ----------------------------------------------------------------------------- */

static KSPIN_LOCK counter_lock;
static volatile LONG counter; /* guarded by counter_lock; deliberately not atomic */

static VOID counter_thread(PVOID unused)
{
    KIRQL irql;
    int i;

    for (i = 0; i < 20000; i++) {
        KeAcquireSpinLock(&counter_lock, &irql);
        counter = counter + 1;
        KeReleaseSpinLock(&counter_lock, irql);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void spin_locks_exclude(void)
{
    HANDLE threads[4];
    int i;

    counter = 0;
    KeInitializeSpinLock(&counter_lock);
    for (i = 0; i < 4; i++)
        threads[i] = thread_start(counter_thread, NULL);
    for (i = 0; i < 4; i++)
        thread_join(threads[i]);
    expect_number(counter, 4 * 20000);
}

static void irql(void)
{
    KSPIN_LOCK lock;
    KLOCK_QUEUE_HANDLE queued;
    KIRQL old = 99, inner = 99;

    KeInitializeSpinLock(&lock);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeAcquireSpinLock(&lock, &old);
    expect_number(old, PASSIVE_LEVEL);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(!KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLock(&lock, old);
    KeRaiseIrql(APC_LEVEL, &old);
    expect_number(KeGetCurrentIrql(), APC_LEVEL);
    KeAcquireInStackQueuedSpinLock(&lock, &queued);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseInStackQueuedSpinLock(&queued);
    expect_number(KeGetCurrentIrql(), APC_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &inner);
    expect_number(inner, APC_LEVEL);
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(inner);
    KeLowerIrql(old);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeEnterCriticalRegion();
    expect(KeAreApcsDisabled());
    KeLeaveCriticalRegion();
    expect(!KeAreApcsDisabled());
}

/* ---- threads
 * -----------------------------------------------------------------------------------------------
 */

static KEVENT thread_may_end;
static PETHREAD thread_own;

static VOID thread_body(PVOID context)
{
    thread_own = PsGetCurrentThread();
    *(LONG *)context = 7;
    expect(PsGetCurrentProcess() == PsInitialSystemProcess);
    expect_status(wait_ms(&thread_may_end, 10000), STATUS_SUCCESS);
    PsTerminateSystemThread(STATUS_SUCCESS);
    expect(FALSE); /* not reached */
}

static void threads(void)
{
    LONG told = 0;
    HANDLE handle;
    PETHREAD thread;

    KeInitializeEvent(&thread_may_end, NotificationEvent, FALSE);
    handle = thread_start(thread_body, &told);
    expect_status(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                            (PVOID *)&thread, NULL),
                  STATUS_SUCCESS);
    expect_status(look(thread), STATUS_TIMEOUT);
    KeSetEvent(&thread_may_end, 0, FALSE);
    thread_join(handle);
    expect_number(told, 7);
    expect(thread == thread_own && thread != PsGetCurrentThread());
    expect_status(PsGetThreadExitStatus(thread), STATUS_SUCCESS);
    ObDereferenceObject(thread);
    expect(PsGetCurrentProcess() != PsInitialSystemProcess);
}

DRIVERTEST_LIST = {
    DRIVERTEST(events),
    DRIVERTEST(semaphores),
    DRIVERTEST(semaphore_limit),
    DRIVERTEST(mutexes),
    DRIVERTEST(wait_any_and_all),
    DRIVERTEST(wait_blocks_are_lent),
    DRIVERTEST(timeouts),
    DRIVERTEST(timer_with_dpc),
    DRIVERTEST(timer_periodic),
    DRIVERTEST(dpc_from_dpc),
    DRIVERTEST(spin_locks_exclude),
    DRIVERTEST(irql),
    DRIVERTEST(threads),
    DRIVERTEST_END,
};
