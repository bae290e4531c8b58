/* SPDX-License-Identifier: MIT */
/* ke_more.c - tests of what drivers ask of processors, spin locks, APCs, time and queues beyond
 * the everyday calls of ke.c. */
#include "drivertest.h"

/* Prototypes of public headers that ours leave to the driver. */
typedef enum _KAPC_ENVIRONMENT {
    OriginalApcEnvironment,
    AttachedApcEnvironment,
    CurrentApcEnvironment,
    InsertApcEnvironment
} KAPC_ENVIRONMENT;
VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext);
BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment);
BOOLEAN NTAPI KeRemoveQueueApc(PRKAPC Apc);
BOOLEAN NTAPI KeTestAlertThread(KPROCESSOR_MODE AlertMode);
BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive);

/* Inline for compilers of today; older binaries import them. */
KIRQL NTAPI imported_raise(KIRQL NewIrql) __asm__("KfRaiseIrql");
VOID NTAPI imported_lower(KIRQL NewIrql) __asm__("KfLowerIrql");
KIRQL NTAPI imported_raise_to_dpc(VOID) __asm__("KeRaiseIrqlToDpcLevel");
NTSTATUS NTAPI imported_save(PKFLOATING_SAVE FloatSave) __asm__("KeSaveFloatingPointState");
NTSTATUS NTAPI imported_restore(PKFLOATING_SAVE FloatSave) __asm__("KeRestoreFloatingPointState");
VOID NTAPI imported_init(PKSPIN_LOCK SpinLock) __asm__("KeInitializeSpinLock");
VOID NTAPI imported_give(PKSPIN_LOCK SpinLock) __asm__("KefReleaseSpinLockFromDpcLevel");

__declspec(dllimport) extern CCHAR KeNumberProcessors;
__declspec(dllimport) extern ULONG_PTR KiBugCheckData[5];

static LARGE_INTEGER no_time;

static NTSTATUS look(PVOID object)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &no_time);
}

/* ---- spin locks and IRQL ----------------------------------------------------------------------
 */

static void spin_lock_forms(void)
{
    KLOCK_QUEUE_HANDLE handle;
    KSPIN_LOCK lock;
    KIRQL irql, outer;

    lock = 1;
    imported_init(&lock);
    expect_number(lock, 0);
    irql = KeAcquireSpinLockRaiseToDpc(&lock);
    expect_number(irql, PASSIVE_LEVEL);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(!KeTestSpinLock(&lock));
    KeReleaseSpinLock(&lock, irql);
    expect(KeTestSpinLock(&lock));

    irql = KeAcquireSpinLockForDpc(&lock); /* raises, as in a threaded DPC */
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(!KeTestSpinLock(&lock));
    KeReleaseSpinLockForDpc(&lock, irql);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);

    KeAcquireInStackQueuedSpinLockForDpc(&lock, &handle);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(!KeTestSpinLock(&lock));
    KeReleaseInStackQueuedSpinLockForDpc(&handle);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);

    outer = imported_raise_to_dpc();
    KeAcquireSpinLockAtDpcLevel(&lock);
    imported_give(&lock);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    expect(!KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    expect(KeTestSpinLock(&lock));
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    imported_lower(outer);
    outer = imported_raise(APC_LEVEL);
    expect_number(KeGetCurrentIrql(), APC_LEVEL);
    imported_lower(outer);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void exclusive_at_dpc_level(void)
{
    EX_SPIN_LOCK lock = 0;
    KIRQL irql = KeRaiseIrqlToDpcLevel();

    ExAcquireSpinLockExclusiveAtDpcLevel(&lock);
    expect(lock != 0);
    ExReleaseSpinLockExclusiveFromDpcLevel(&lock);
    expect_number(lock, 0);
    KeLowerIrql(irql);
}

/* ---- processors ---------------------------------------------------------------------------------
 */

static void processor_numbers(void)
{
    ULONG count = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), i;
    PROCESSOR_NUMBER number = {.Group = 1};
    GROUP_AFFINITY affinity = {0};
    USHORT on_node = 0;

    expect(count >= 1 && count == KeQueryMaximumProcessorCount());
    expect_number(KeNumberProcessors, count);
    expect_number(KeQueryMaximumProcessorCountEx(0), count);
    expect_number(KeQueryActiveProcessorCountEx(7), 0);
    expect_number(KeQueryActiveGroupCount(), 1);
    expect_number(KeQueryMaximumGroupCount(), 1);
    expect_number(KeQueryGroupAffinity(0), KeQueryActiveProcessors());
    expect_number(KeQueryGroupAffinity(1), 0);
    expect_number(KeGetCurrentNodeNumber(), 0);
    expect_number(KeQueryHighestNodeNumber(), 0);
    KeQueryNodeActiveAffinity(0, &affinity, &on_node);
    expect_number(affinity.Mask, KeQueryActiveProcessors());
    expect_number(on_node, count);
    KeQueryNodeActiveAffinity(3, &affinity, &on_node);
    expect(affinity.Mask == 0 && on_node == 0);
    expect_number(KeQueryNodeMaximumProcessorCount(0), count);
    expect_number(KeQueryNodeMaximumProcessorCount(3), 0);
    expect_number(KeGetProcessorIndexFromNumber(&number), MAXULONG);
    for (i = 0; i < count; i++) {
        expect_status(KeGetProcessorNumberFromIndex(i, &number), STATUS_SUCCESS);
        expect(number.Group == 0 && number.Number == i);
        expect_number(KeGetProcessorIndexFromNumber(&number), i);
    }
    expect_status(KeGetProcessorNumberFromIndex(count, &number), STATUS_INVALID_PARAMETER);
    expect(KeGetRecommendedSharedDataAlignment() >= 64);
    expect(KeInvalidateAllCaches());
    KeInvalidateRangeAllCaches(&number, sizeof number);
}

static void affinity_moves_the_thread(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL), i;
    GROUP_AFFINITY wanted = {0}, before = {.Mask = 99};

    for (i = 0; i < count; i++) {
        wanted.Mask = (KAFFINITY)1 << i;
        KeSetSystemGroupAffinityThread(&wanted, &before);
        expect_number(KeGetCurrentProcessorNumberEx(NULL), i);
        KeRevertToUserGroupAffinityThread(&before);
        KeSetSystemAffinityThread((KAFFINITY)1 << i);
        expect_number(KeGetCurrentProcessorNumberEx(NULL), i);
        KeRevertToUserAffinityThread();
    }
}

/* Every processor is in the routine at the same time: each waits until all are. */
static volatile LONG ipi_arrived, ipi_irqls;
static volatile LONG64 ipi_seen;

static ULONG_PTR NTAPI ipi(ULONG_PTR context)
{
    ULONG self = KeGetCurrentProcessorNumberEx(NULL);

    InterlockedOr64(&ipi_seen, (LONG64)1 << self);
    if (KeGetCurrentIrql() == IPI_LEVEL)
        InterlockedIncrement(&ipi_irqls);
    InterlockedIncrement(&ipi_arrived);
    while (ipi_arrived < (LONG)context)
        YieldProcessor();
    return 100 + self;
}

static void ipi_on_all(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL), i;
    KIRQL irql;

    for (i = 0; i < 20; i++) {
        ULONG_PTR answer;

        ipi_arrived = ipi_irqls = 0;
        ipi_seen = 0;
        irql = i % 2 ? KeRaiseIrqlToDpcLevel() : KeGetCurrentIrql();
        answer = KeIpiGenericCall(ipi, count);
        expect(answer >= 100 && answer < 100 + count);
        if (i % 2) {
            expect_number(answer, 100 + KeGetCurrentProcessorNumberEx(NULL));
            KeLowerIrql(irql);
        }
        expect_number(ipi_arrived, count);
        expect_number(ipi_irqls, count);
        expect_number(ipi_seen, KeQueryActiveProcessors());
    }
}

static volatile LONG calls, meetings, firsts;

static VOID NTAPI on_every_processor(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    InterlockedIncrement(&calls);
    if (KeSignalCallDpcSynchronize(argument2))
        InterlockedIncrement(&firsts);
    if (calls == (LONG)(ULONG_PTR)context)
        InterlockedIncrement(&meetings); /* all had come before anybody went on */
    if (KeSignalCallDpcSynchronize(argument2))
        InterlockedIncrement(&firsts);
    KeSignalCallDpcDone(argument1);
}

static void dpc_on_all(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL), i;

    for (i = 0; i < 20; i++) {
        calls = meetings = firsts = 0;
        KeGenericCallDpc(on_every_processor, (PVOID)(ULONG_PTR)count);
        expect_number(calls, count);
        expect_number(meetings, count);
        expect_number(firsts, 2);
        expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    }
}

/* ---- DPCs, timers, time
 * --------------------------------------------------------------------------- */

static KEVENT dpc_done;

static VOID NTAPI dpc_routine(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    KDPC_WATCHDOG_INFORMATION watchdog;

    expect_status(KeQueryDpcWatchdogInformation(&watchdog), STATUS_SUCCESS);
    expect(!KeShouldYieldProcessor());
    KeSetEvent(&dpc_done, IO_NO_INCREMENT, FALSE);
}

static void dpc_kinds(void)
{
    KDPC_WATCHDOG_INFORMATION watchdog;
    KDPC dpc;
    KIRQL irql;

    KeInitializeEvent(&dpc_done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&dpc, dpc_routine, NULL);
    expect(KeInsertQueueDpc(&dpc, NULL, NULL));
    expect_status(KeWaitForSingleObject(&dpc_done, Executive, KernelMode, FALSE, NULL),
                  STATUS_SUCCESS);
    expect_status(KeQueryDpcWatchdogInformation(&watchdog), STATUS_UNSUCCESSFUL);
    irql = KeRaiseIrqlToDpcLevel();
    KeInitializeDpc(&dpc, dpc_routine, NULL);
    expect(KeInsertQueueDpc(&dpc, NULL, NULL));
    expect(KeRemoveQueueDpcEx(&dpc, FALSE));
    KeLowerIrql(irql);
    expect(!KeRemoveQueueDpcEx(&dpc, TRUE));
    expect_status(look(&dpc_done), STATUS_TIMEOUT);
}

static void coalescable_timer(void)
{
    LARGE_INTEGER due;
    KTIMER timer;
    ULONG maximum, minimum, current;

    KeInitializeTimer(&timer);
    due.QuadPart = -10000;
    expect(!KeSetCoalescableTimer(&timer, due, 0, 5, NULL));
    expect_status(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL),
                  STATUS_SUCCESS);
    due.QuadPart = -10000LL * 1000 * 3600;
    expect(!KeSetCoalescableTimer(&timer, due, 100, 5, NULL));
    expect(KeCancelTimer(&timer));
    ExQueryTimerResolution(&maximum, &minimum, &current);
    expect(minimum <= current && current <= maximum && minimum > 0);
    expect_number(ExSetTimerResolution(10000, TRUE), 10000);
    expect_number(ExSetTimerResolution(0, FALSE), current);
}

static void clocks(void)
{
    ULONG64 stamp = 0, later = 0, first, second;
    LARGE_INTEGER now, precise;

    first = KeQueryInterruptTimePrecise(&stamp);
    second = KeQueryUnbiasedInterruptTimePrecise(&later);
    expect(second >= first && later >= stamp);
    expect(KeQueryUnbiasedInterruptTime() >= second);
    KeQuerySystemTimePrecise(&precise);
    KeQuerySystemTime(&now);
    expect(now.QuadPart - precise.QuadPart < 10000000LL * 60);
    expect(precise.QuadPart > 0x01d000000000000); /* this century */
    expect_status(KeQueryAuxiliaryCounterFrequency(&stamp), STATUS_NOT_SUPPORTED);
    expect_status(KeConvertAuxiliaryCounterToPerformanceCounter(1, &stamp, NULL),
                  STATUS_NOT_SUPPORTED);
    expect_status(KeConvertPerformanceCounterToAuxiliaryCounter(1, &stamp, NULL),
                  STATUS_NOT_SUPPORTED);
}

/* ---- APCs
 * ------------------------------------------------------------------------------------------- */

static KAPC apc;
static volatile LONG kernel_calls, normal_calls, apc_irqls;

static VOID NTAPI apc_kernel(PKAPC self, PKNORMAL_ROUTINE *normal, PVOID *context, PVOID *argument1,
                             PVOID *argument2)
{
    kernel_calls++;
    apc_irqls = apc_irqls * 10 + KeGetCurrentIrql();
}

static VOID NTAPI apc_normal(PVOID context, PVOID argument1, PVOID argument2)
{
    normal_calls++;
    apc_irqls = apc_irqls * 10 + KeGetCurrentIrql();
    expect(context == &apc && argument1 == &kernel_calls && argument2 == &normal_calls);
}

static void apc_start(PKNORMAL_ROUTINE normal)
{
    kernel_calls = normal_calls = apc_irqls = 0;
    KeInitializeApc(&apc, KeGetCurrentThread(), OriginalApcEnvironment, apc_kernel, NULL, normal,
                    KernelMode, &apc);
}

static BOOLEAN apc_insert(void)
{
    return KeInsertQueueApc(&apc, (PVOID)&kernel_calls, (PVOID)&normal_calls, IO_NO_INCREMENT);
}

static void apc_delivery(void)
{
    KIRQL irql;

    apc_start(apc_normal); /* to the running thread: at once */
    expect(apc_insert());
    expect(kernel_calls == 1 && normal_calls == 1);
    expect_number(apc_irqls, APC_LEVEL * 10 + PASSIVE_LEVEL);

    apc_start(apc_normal); /* a critical region keeps it out */
    KeEnterCriticalRegion();
    expect(KeAreApcsDisabled() && !KeAreAllApcsDisabled());
    expect(apc_insert());
    expect(!apc_insert()); /* it is queued */
    expect_number(kernel_calls, 0);
    KeLeaveCriticalRegion();
    expect_number(normal_calls, 1);

    apc_start(apc_normal); /* left above APC_LEVEL: it comes when the IRQL is low */
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeEnterCriticalRegion();
    expect(apc_insert());
    KeLeaveCriticalRegion();
    expect_number(kernel_calls, 0);
    KeLowerIrql(irql);
    expect(kernel_calls == 1 && normal_calls == 1);

    apc_start(NULL); /* a special one is let in there */
    KeEnterCriticalRegion();
    expect(apc_insert());
    expect_number(kernel_calls, 1);
    KeLeaveCriticalRegion();

    apc_start(NULL); /* but not into a guarded region, nor at APC_LEVEL */
    KeEnterGuardedRegion();
    expect(KeAreAllApcsDisabled());
    expect(apc_insert());
    expect_number(kernel_calls, 0);
    KeLeaveGuardedRegion();
    expect_number(kernel_calls, 1);
    apc_start(NULL);
    KeRaiseIrql(APC_LEVEL, &irql);
    expect(apc_insert());
    expect_number(kernel_calls, 0);
    KeLowerIrql(irql);
    expect_number(kernel_calls, 1);
}

static void apc_taken_back(void)
{
    apc_start(apc_normal);
    KeEnterCriticalRegion();
    expect(!KeRemoveQueueApc(&apc));
    expect(apc_insert());
    expect(KeRemoveQueueApc(&apc));
    expect(!KeRemoveQueueApc(&apc));
    KeLeaveCriticalRegion();
    expect_number(kernel_calls, 0);
    expect(!KeTestAlertThread(KernelMode));
}

/* ---- threads
 * -------------------------------------------------------------------------------------------
 */

static void priorities(void)
{
    PKTHREAD self = KeGetCurrentThread();
    KPRIORITY before = KeQueryPriorityThread(self);
    LONG increment;

    expect_number(KeSetPriorityThread(self, 12), before);
    expect_number(KeQueryPriorityThread(self), 12);
    increment = KeSetBasePriorityThread(self, 1);
    expect_number(KeSetBasePriorityThread(self, increment), 1);
    KeSetPriorityThread(self, before);
}

static VOID NTAPI with_stack(PVOID context)
{
    *(KIRQL *)context = KeGetCurrentIrql();
}

static void stack_and_state(void)
{
    KIRQL seen = 77;
    KFLOATING_SAVE floats;
    XSTATE_SAVE state;

    expect_status(KeExpandKernelStackAndCallout(with_stack, &seen, 8192), STATUS_SUCCESS);
    expect_number(seen, PASSIVE_LEVEL);
    seen = 77;
    expect_status(KeExpandKernelStackAndCalloutEx(with_stack, &seen, 8192, FALSE, NULL),
                  STATUS_SUCCESS);
    expect_number(seen, PASSIVE_LEVEL);
    expect_status(
        KeExpandKernelStackAndCalloutEx(with_stack, &seen, MAXIMUM_EXPANSION_SIZE + 1, TRUE, NULL),
        STATUS_INVALID_PARAMETER_3);
    expect_status(imported_save(&floats), STATUS_SUCCESS);
    expect_status(imported_restore(&floats), STATUS_SUCCESS);
    expect_status(KeSaveExtendedProcessorState(3, &state), STATUS_SUCCESS);
    KeRestoreExtendedProcessorState(&state);
}

/* ---- mutants, queues
 * --------------------------------------------------------------------------------- */

static void mutants(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    KMUTANT mutant;

    KeInitializeMutant(&mutant, TRUE);
    expect_number(KeReadStateMutant(&mutant), 0);
    expect_status(KeWaitForMutexObject(&mutant, Executive, KernelMode, FALSE, NULL),
                  STATUS_SUCCESS);
    expect_number(KeReadStateMutant(&mutant), -1);
    expect_number(KeReleaseMutant(&mutant, IO_NO_INCREMENT, FALSE, FALSE), -1);
    expect_number(KeReleaseMutant(&mutant, IO_NO_INCREMENT, FALSE, FALSE), 0);
    expect_number(KeReadStateMutant(&mutant), 1);
    __try {
        KeReleaseMutant(&mutant, IO_NO_INCREMENT, FALSE, FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_MUTANT_NOT_OWNED);
}

static void queue_of_many(void)
{
    LIST_ENTRY entries[3];
    PLIST_ENTRY taken[4] = {NULL};
    KQUEUE queue;
    ULONG i;

    KeInitializeQueue(&queue, 1);
    for (i = 0; i < 3; i++)
        expect_number(KeInsertQueue(&queue, &entries[i]), i);
    expect_number(KeRemoveQueueEx(&queue, KernelMode, FALSE, &no_time, taken, 2), 2);
    expect(taken[0] == &entries[0] && taken[1] == &entries[1]);
    expect_number(KeReadStateQueue(&queue), 1);
    expect_number(KeRemoveQueueEx(&queue, KernelMode, TRUE, NULL, taken, 4), 1);
    expect(taken[0] == &entries[2]);
    expect_number(KeRemoveQueueEx(&queue, KernelMode, FALSE, &no_time, taken, 4), 1);
    expect_number((LONG_PTR)taken[0], STATUS_TIMEOUT);
    expect(KeRundownQueue(&queue) == NULL);
}

/* ---- bug checks: registering only; the calls are tested where machines stop
 * --------------------------- */

static VOID NTAPI never_called(KBUGCHECK_CALLBACK_REASON reason,
                               struct _KBUGCHECK_REASON_CALLBACK_RECORD *record, PVOID data,
                               ULONG length)
{
}

static VOID NTAPI never_either(PVOID buffer, ULONG length)
{
}

static void bugcheck_records(void)
{
    static UCHAR component[] = "drivertest";
    static KBUGCHECK_REASON_CALLBACK_RECORD reason;
    static KBUGCHECK_CALLBACK_RECORD record;
    static UCHAR buffer[16];

    KeInitializeCallbackRecord(&reason);
    KeInitializeCallbackRecord(&record);
    expect(!KeDeregisterBugCheckReasonCallback(&reason));
    expect(KeRegisterBugCheckReasonCallback(&reason, never_called, KbCallbackSecondaryDumpData,
                                            component));
    expect(!KeRegisterBugCheckReasonCallback(&reason, never_called, KbCallbackSecondaryDumpData,
                                             component));
    expect(KeDeregisterBugCheckReasonCallback(&reason));
    expect(KeRegisterBugCheckCallback(&record, never_either, buffer, sizeof buffer, component));
    expect(KeDeregisterBugCheckCallback(&record));
    expect(!KeDeregisterBugCheckCallback(&record));
    expect(KiBugCheckData[0] == 0 && KiBugCheckData[4] == 0);
}

DRIVERTEST_LIST = {
    DRIVERTEST(spin_lock_forms),
    DRIVERTEST(exclusive_at_dpc_level),
    DRIVERTEST(processor_numbers),
    DRIVERTEST(affinity_moves_the_thread),
    DRIVERTEST(ipi_on_all),
    DRIVERTEST(dpc_on_all),
    DRIVERTEST(dpc_kinds),
    DRIVERTEST(coalescable_timer),
    DRIVERTEST(clocks),
    DRIVERTEST(apc_delivery),
    DRIVERTEST(apc_taken_back),
    DRIVERTEST(priorities),
    DRIVERTEST(stack_and_state),
    DRIVERTEST(mutants),
    DRIVERTEST(queue_of_many),
    DRIVERTEST(bugcheck_records),
    DRIVERTEST_END,
};
