/* SPDX-License-Identifier: MIT */
/* ke_threads.c - tests of threaded DPCs, APCs that reach other threads, what threads say of
 * themselves, and resources that several threads want at once. */
#include "drivertest.h"

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
BOOLEAN NTAPI KeTestAlertThread(KPROCESSOR_MODE AlertMode);
UCHAR NTAPI KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor);
BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable);
BOOLEAN NTAPI KeIsAttachedProcess(VOID);
NTSTATUS NTAPI KeDeregisterNmiCallback(PVOID Handle);
PVOID NTAPI KeRegisterBoundCallback(PVOID CallbackRoutine);
NTSTATUS NTAPI KeDeregisterBoundCallback(PVOID Handle);
BOOLEAN NTAPI ExIsSoftBoot(VOID);
NTSTATUS NTAPI KeQueryLogicalProcessorRelationship(PPROCESSOR_NUMBER ProcessorNumber,
                                                   LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
                                                   PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Info,
                                                   PULONG Length);

static LARGE_INTEGER no_time;

static NTSTATUS look(PVOID object)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &no_time);
}

static VOID wait_for(PVOID object)
{
    KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL);
}

static PKTHREAD thread_new(PKSTART_ROUTINE start, PVOID context)
{
    PKTHREAD thread = NULL;
    HANDLE handle;

    if (!NT_SUCCESS(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, start, context)))
        return NULL;
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                              (PVOID *)&thread, NULL);
    ZwClose(handle);
    return thread;
}

static VOID thread_join(PKTHREAD thread)
{
    wait_for(thread);
    ObDereferenceObject(thread);
}

/* ---- threaded DPCs ---- */

static KEVENT dpc_began, dpc_may_end;
static volatile ULONG dpc_irql, dpc_processor, dpc_count;
static volatile PVOID dpc_argument;

static VOID NTAPI waiting_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    dpc_irql = KeGetCurrentIrql();
    dpc_processor = KeGetCurrentProcessorNumberEx(NULL);
    dpc_argument = argument1;
    KeSetEvent(&dpc_began, IO_NO_INCREMENT, FALSE);
    if (context)
        wait_for(&dpc_may_end); /* it is a thread: ordinary DPCs could not */
    dpc_count++;
}

static void threaded_dpc_runs_in_a_thread(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL), i;
    KDPC dpc;
    KIRQL irql;

    KeInitializeEvent(&dpc_began, SynchronizationEvent, FALSE);
    KeInitializeEvent(&dpc_may_end, SynchronizationEvent, FALSE);
    dpc_count = 0;
    for (i = 0; i < count; i++) {
        dpc_irql = dpc_processor = 99;
        KeInitializeThreadedDpc(&dpc, waiting_dpc, NULL);
        KeSetTargetProcessorDpc(&dpc, (CCHAR)i);
        KeSetSystemAffinityThread((KAFFINITY)1 << i);
        irql = KeRaiseIrqlToDpcLevel(); /* the processor's queue waits for it to be lowered */
        expect(KeInsertQueueDpc(&dpc, &dpc, NULL));
        expect(!KeInsertQueueDpc(&dpc, NULL, NULL));
        KeLowerIrql(irql);
        KeRevertToUserAffinityThread();
        wait_for(&dpc_began);
        expect_number(dpc_irql, PASSIVE_LEVEL);
        expect_number(dpc_processor, i);
        expect(dpc_argument == &dpc);
        KeFlushQueuedDpcs();
    }
    expect_number(dpc_count, count);
    KeSetTargetProcessorDpc(&dpc, (CCHAR)(count - 1)); /* from any processor */
    expect(KeInsertQueueDpc(&dpc, &dpc, NULL));
    KeFlushQueuedDpcs();
    expect_number(dpc_count, count + 1);
    expect_status(look(&dpc_began), STATUS_SUCCESS);
}

static void threaded_dpc_queued_again(void)
{
    KDPC first, second;

    dpc_count = 0;
    KeInitializeThreadedDpc(&first, waiting_dpc, &first);
    KeInitializeThreadedDpc(&second, waiting_dpc, NULL);
    KeSetTargetProcessorDpc(&first, 0);
    KeSetTargetProcessorDpc(&second, 0);
    expect(KeInsertQueueDpc(&first, NULL, NULL));
    wait_for(&dpc_began);
    expect(KeInsertQueueDpc(&second, NULL, NULL)); /* behind it, on the same processor's thread */
    expect(KeInsertQueueDpc(&first, NULL, NULL));  /* while it runs */
    expect(KeRemoveQueueDpc(&first));
    expect(!KeRemoveQueueDpc(&first));
    expect_number(dpc_count, 0);
    KeSetEvent(&dpc_may_end, IO_NO_INCREMENT, FALSE);
    KeFlushQueuedDpcs(); /* waits for threaded ones too */
    expect_number(dpc_count, 2);
    expect_status(look(&dpc_began), STATUS_SUCCESS);
    expect_status(look(&dpc_began), STATUS_TIMEOUT);
}

static void threaded_dpc_of_a_timer(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000};
    KTIMER timer;
    KDPC dpc;

    dpc_irql = 99;
    KeInitializeTimer(&timer);
    KeInitializeThreadedDpc(&dpc, waiting_dpc, NULL);
    KeSetTimer(&timer, due, &dpc);
    wait_for(&dpc_began);
    expect_number(dpc_irql, PASSIVE_LEVEL);
    KeFlushQueuedDpcs();
}

/* ---- APCs to other threads ---- */

struct target {
    KEVENT ready, wanted;
    volatile BOOLEAN is_spinning, is_over;
    volatile LONG calls;
    volatile PKTHREAD ran_on;
    volatile KIRQL irql;
    NTSTATUS waited;
};

static VOID NTAPI target_kernel(PKAPC apc, PKNORMAL_ROUTINE *normal, PVOID *context,
                                PVOID *argument1, PVOID *argument2)
{
    struct target *target = *argument1;

    target->irql = KeGetCurrentIrql();
    target->ran_on = KeGetCurrentThread();
    InterlockedIncrement(&target->calls);
}

static VOID NTAPI target_spins(PVOID context)
{
    struct target *target = context;

    KeSetEvent(&target->ready, IO_NO_INCREMENT, FALSE);
    target->is_spinning = TRUE;
    while (!target->calls && !target->is_over)
        YieldProcessor(); /* nothing here asks for it */
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID NTAPI target_waits(PVOID context)
{
    struct target *target = context;

    KeSetEvent(&target->ready, IO_NO_INCREMENT, FALSE);
    target->waited = KeWaitForSingleObject(&target->wanted, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void apc_send(PKTHREAD thread, PKAPC apc, struct target *target)
{
    KeInitializeApc(apc, thread, OriginalApcEnvironment, target_kernel, NULL, NULL, KernelMode,
                    NULL);
    expect(KeInsertQueueApc(apc, target, NULL, IO_NO_INCREMENT));
}

static void apc_reaches_a_running_thread(void)
{
    struct target target = {0};
    PKTHREAD thread;
    KAPC apc;

    KeInitializeEvent(&target.ready, NotificationEvent, FALSE);
    thread = thread_new(target_spins, &target);
    if (!thread)
        return;
    wait_for(&target.ready);
    apc_send(thread, &apc, &target);
    wait_for(thread);
    expect_number(target.calls, 1);
    expect_number(target.irql, APC_LEVEL);
    expect(target.ran_on == thread);
    ObDereferenceObject(thread);
}

static void apc_runs_in_the_middle_of_a_wait(void)
{
    struct target target = {0};
    LARGE_INTEGER moment = {.QuadPart = -1000};
    PKTHREAD thread;
    KAPC apc;

    KeInitializeEvent(&target.ready, NotificationEvent, FALSE);
    KeInitializeEvent(&target.wanted, NotificationEvent, FALSE);
    thread = thread_new(target_waits, &target);
    if (!thread)
        return;
    wait_for(&target.ready);
    apc_send(thread, &apc, &target);
    while (!target.calls) /* it need not have begun to wait yet */
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    expect_number(target.irql, APC_LEVEL);
    expect(target.ran_on == thread);
    expect_status(look(thread), STATUS_TIMEOUT); /* the wait goes on */
    KeSetEvent(&target.wanted, IO_NO_INCREMENT, FALSE);
    wait_for(thread);
    expect_status(target.waited, STATUS_SUCCESS);
    ObDereferenceObject(thread);
}

/* ---- resources that several want ---- */

struct wanter {
    PERESOURCE resource;
    BOOLEAN is_exclusive, is_starving;
    KEVENT holds, may_leave;
};

static VOID NTAPI wanter_main(PVOID context)
{
    struct wanter *self = context;

    KeEnterCriticalRegion();
    if (self->is_exclusive)
        ExAcquireResourceExclusiveLite(self->resource, TRUE);
    else if (self->is_starving)
        ExAcquireSharedStarveExclusive(self->resource, TRUE);
    else
        ExAcquireResourceSharedLite(self->resource, TRUE);
    KeSetEvent(&self->holds, IO_NO_INCREMENT, FALSE);
    wait_for(&self->may_leave);
    ExReleaseResourceLite(self->resource);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static PKTHREAD wanter_start(struct wanter *self, PERESOURCE resource)
{
    self->resource = resource;
    KeInitializeEvent(&self->holds, NotificationEvent, FALSE);
    KeInitializeEvent(&self->may_leave, NotificationEvent, FALSE);
    return thread_new(wanter_main, self);
}

static void until_exclusive_waits(PERESOURCE resource)
{
    LARGE_INTEGER moment = {.QuadPart = -1000};

    while (!ExGetExclusiveWaiterCount(resource))
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
}

static void shared_and_exclusive_waiters(void)
{
    struct wanter writer = {.is_exclusive = TRUE}, reader = {0}, starver = {.is_starving = TRUE};
    LARGE_INTEGER moment = {.QuadPart = -1000};
    PKTHREAD write, read, starve;
    ERESOURCE resource;

    ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    expect(ExAcquireResourceSharedLite(&resource, TRUE));
    write = wanter_start(&writer, &resource);
    until_exclusive_waits(&resource);
    expect_number(ExGetExclusiveWaiterCount(&resource), 1);

    /* A new reader waits behind the writer; one that may starve it does not, nor who has it. */
    read = wanter_start(&reader, &resource);
    while (!ExGetSharedWaiterCount(&resource))
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    starve = wanter_start(&starver, &resource);
    wait_for(&starver.holds);
    expect_status(look(&reader.holds), STATUS_TIMEOUT);
    expect_status(look(&writer.holds), STATUS_TIMEOUT);
    expect(ExAcquireResourceSharedLite(&resource, FALSE));
    ExReleaseResourceLite(&resource);
    expect(!ExAcquireSharedWaitForExclusive(&resource, FALSE)); /* waits even though it has it */

    KeSetEvent(&starver.may_leave, IO_NO_INCREMENT, FALSE);
    thread_join(starve);
    expect_status(look(&writer.holds), STATUS_TIMEOUT);
    ExReleaseResourceLite(&resource);
    wait_for(&writer.holds);
    expect_status(look(&reader.holds), STATUS_TIMEOUT);
    expect(!ExAcquireSharedStarveExclusive(&resource, FALSE)); /* it is held, not waited for */
    expect(!ExAcquireResourceSharedLite(&resource, FALSE));
    KeSetEvent(&writer.may_leave, IO_NO_INCREMENT, FALSE);
    wait_for(&reader.holds);
    KeSetEvent(&reader.may_leave, IO_NO_INCREMENT, FALSE);
    thread_join(write);
    thread_join(read);
    expect(ExAcquireResourceExclusiveLite(&resource, FALSE));
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    expect_status(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
}

/* ---- small questions ---- */

static BOOLEAN NTAPI nmi(PVOID context, BOOLEAN handled)
{
    return handled;
}

static void threads_and_callbacks(void)
{
    PKTHREAD self = KeGetCurrentThread();
    KAPC_STATE state;
    UCHAR ideal = KeSetIdealProcessorThread(self, 0);
    PVOID handle;

    expect_number(KeSetIdealProcessorThread(self, ideal), 0);
    expect(KeSetKernelStackSwapEnable(FALSE));
    expect(!KeSetKernelStackSwapEnable(TRUE));
    expect(!KeIsAttachedProcess());
    KeStackAttachProcess((PRKPROCESS)PsInitialSystemProcess, &state);
    expect(KeIsAttachedProcess());
    KeUnstackDetachProcess(&state);
    expect(!KeIsAttachedProcess());
    expect(!KeTestAlertThread(UserMode));
    handle = KeRegisterNmiCallback(nmi, NULL);
    expect(handle != NULL);
    expect_status(KeDeregisterNmiCallback(handle), STATUS_SUCCESS);
    expect_status(KeDeregisterNmiCallback(handle), STATUS_INVALID_HANDLE);
    handle = KeRegisterBoundCallback((PVOID)nmi);
    expect(handle != NULL);
    expect_status(KeDeregisterNmiCallback(handle), STATUS_INVALID_HANDLE);
    expect_status(KeDeregisterBoundCallback(handle), STATUS_SUCCESS);
    expect_status(KeDeregisterBoundCallback(handle), STATUS_INVALID_HANDLE);
    expect(!ExIsSoftBoot());
}

/* Each processor is one core; packages, nodes and groups hold them all. */
static void processors_belong_together(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL), length = 0, at, cores = 0, wholes = 0;
    KAFFINITY all = KeQueryActiveProcessors(), seen = 0;
    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX info;
    PROCESSOR_NUMBER number = {.Number = (UCHAR)(count - 1)};
    PUCHAR memory;

    expect_status(KeQueryLogicalProcessorRelationship(NULL, RelationAll, NULL, &length),
                  STATUS_INFO_LENGTH_MISMATCH);
    memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, length + 1, 'tseT');
    expect(length > 0 && memory != NULL);
    if (!memory)
        return;
    memory[length] = 0x5a;
    expect_status(KeQueryLogicalProcessorRelationship(NULL, RelationAll, (PVOID)memory, &length),
                  STATUS_SUCCESS);
    expect_number(memory[length], 0x5a);
    for (at = 0; at < length; at += info->Size) {
        info = (PVOID)(memory + at);
        if (!info->Size)
            break;
        if (info->Relationship == RelationProcessorCore) {
            cores++;
            expect_number(seen & info->Processor.GroupMask[0].Mask, 0);
            seen |= info->Processor.GroupMask[0].Mask;
        } else if (info->Relationship == RelationProcessorPackage) {
            wholes += info->Processor.GroupMask[0].Mask == all;
        } else if (info->Relationship == RelationNumaNode) {
            wholes += info->NumaNode.GroupMask.Mask == all;
        } else if (info->Relationship == RelationGroup) {
            wholes += info->Group.GroupInfo[0].ActiveProcessorMask == all &&
                      info->Group.GroupInfo[0].ActiveProcessorCount == count;
        }
    }
    expect_number(at, length);
    expect_number(cores, count);
    expect_number(wholes, 3);
    expect(seen == all);

    info = (PVOID)memory;
    expect_status(
        KeQueryLogicalProcessorRelationship(&number, RelationProcessorCore, info, &length),
        STATUS_SUCCESS);
    expect_number(length, info->Size);
    expect(info->Processor.GroupMask[0].Mask == (KAFFINITY)1 << (count - 1));
    length--;
    expect_status(
        KeQueryLogicalProcessorRelationship(&number, RelationProcessorCore, info, &length),
        STATUS_INFO_LENGTH_MISMATCH);
    expect_number(length, info->Size);
    number.Number = (UCHAR)count;
    expect_status(KeQueryLogicalProcessorRelationship(&number, RelationAll, info, &length),
                  STATUS_INVALID_PARAMETER);
    ExFreePoolWithTag(memory, 'tseT');
}

static void timer_resolution(void)
{
    ULONG coarsest, finest, now;

    ExQueryTimerResolution(&coarsest, &finest, &now);
    expect(now == coarsest && finest < coarsest);
    expect_number(ExSetTimerResolution(20000, TRUE), 20000);
    expect_number(ExSetTimerResolution(30000, TRUE), 20000); /* only ever finer */
    expect_number(ExSetTimerResolution(1, TRUE), finest);
    ExQueryTimerResolution(&coarsest, &finest, &now);
    expect_number(now, finest);
    expect_number(ExSetTimerResolution(0, FALSE), finest);
    expect_number(ExSetTimerResolution(0, FALSE), finest);
    expect_number(ExSetTimerResolution(0, FALSE), coarsest); /* as many as asked */
}

const struct drivertest drivertests[] = {
    DRIVERTEST(threaded_dpc_runs_in_a_thread),
    DRIVERTEST(threaded_dpc_queued_again),
    DRIVERTEST(threaded_dpc_of_a_timer),
    DRIVERTEST(apc_reaches_a_running_thread),
    DRIVERTEST(apc_runs_in_the_middle_of_a_wait),
    DRIVERTEST(shared_and_exclusive_waiters),
    DRIVERTEST(threads_and_callbacks),
    DRIVERTEST(processors_belong_together),
    DRIVERTEST(timer_resolution),
    DRIVERTEST_END,
};
