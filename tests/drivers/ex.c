/* SPDX-License-Identifier: MIT */
/* ex.c - tests of the executive's services from inside a driver: pool, lookaside lists,
 * interlocked lists, fast mutexes, resources, rundown protection, work items. */
#include "drivertest.h"

#define TAG 'tstE'

static NTSTATUS wait_ms(PVOID object, LONG ms)
{
    LARGE_INTEGER due;

    due.QuadPart = -10000LL * ms;
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &due);
}

/* Runs a routine on a thread of its own and waits for its end. */
static void on_thread(PKSTART_ROUTINE routine, PVOID context)
{
    HANDLE handle;
    PVOID thread;

    expect_status(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine, context),
        STATUS_SUCCESS);
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &thread, NULL);
    expect_status(wait_ms(thread, 10000), STATUS_SUCCESS);
    ObDereferenceObject(thread);
    ZwClose(handle);
}

/* ---- pool ---------------------------------------------------------------------------------- */

static BOOLEAN is_filled(const UCHAR *bytes, SIZE_T count, UCHAR value)
{
    while (count-- > 0)
        if (bytes[count] != value)
            return FALSE;
    return TRUE;
}

static void pool(void)
{
    static const SIZE_T sizes[] = {1, 8, 16, 24, 100, 4080, 4096, 4097, 70000, 3000000};
    PUCHAR block;
    ULONG i;

    for (i = 0; i < ARRAYSIZE(sizes); i++) {
        block = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG);
        expect(block != NULL);
        if (!block)
            continue;
        expect(is_filled(block, sizes[i], 0)); /* zeroed unless asked otherwise */
        expect(((ULONG_PTR)block & 15) == 0);
        expect(sizes[i] < PAGE_SIZE || ((ULONG_PTR)block & (PAGE_SIZE - 1)) == 0);
        RtlFillMemory(block, sizes[i], 0xa5);
        ExFreePoolWithTag(block, TAG);
    }
    block = ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_UNINITIALIZED, 64, TAG);
    expect(block != NULL);
    ExFreePool(block);
    block = ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG);
    expect(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolZero(NonPagedPoolNx, 64, TAG);
    expect(block && is_filled(block, 64, 0));
    ExFreePool(block);
}

static void pool_limits(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    PVOID block = (PVOID)1;

    expect(ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)1 << 46, TAG) == NULL);
    expect(ExAllocatePoolWithTag(NonPagedPoolNx, (SIZE_T)1 << 46, TAG) == NULL);
    __try {
        block =
            ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, (SIZE_T)1 << 46, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_INSUFFICIENT_RESOURCES);
    expect(block == (PVOID)1);
}

static void lookaside(void)
{
    NPAGED_LOOKASIDE_LIST list;
    LOOKASIDE_LIST_EX extended;
    PVOID blocks[8], again;
    int i;

    ExInitializeNPagedLookasideList(&list, NULL, NULL, POOL_NX_ALLOCATION, 96, TAG, 0);
    for (i = 0; i < 8; i++) {
        blocks[i] = ExAllocateFromNPagedLookasideList(&list);
        expect(blocks[i] != NULL);
        RtlFillMemory(blocks[i], 96, (UCHAR)i);
    }
    for (i = 0; i < 8; i++)
        expect(is_filled(blocks[i], 96, (UCHAR)i));
    for (i = 0; i < 8; i++)
        ExFreeToNPagedLookasideList(&list, blocks[i]);
    again = ExAllocateFromNPagedLookasideList(&list);
    expect(again != NULL);
    ExFreeToNPagedLookasideList(&list, again);
    ExDeleteNPagedLookasideList(&list);

    expect_status(ExInitializeLookasideListEx(&extended, NULL, NULL, NonPagedPoolNx, 0, 40, TAG, 0),
                  STATUS_SUCCESS);
    again = ExAllocateFromLookasideListEx(&extended);
    expect(again != NULL);
    ExFreeToLookasideListEx(&extended, again);
    ExFlushLookasideListEx(&extended);
    ExDeleteLookasideListEx(&extended);
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct node {
    SLIST_ENTRY entry; /* first: 16-byte aligned */
    LIST_ENTRY link;
    ULONG number;
};

static struct node *nodes; /* from pool, so aligned */
#define NODES 4

static void s_lists(void)
{
    PSLIST_HEADER head = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *head, TAG);
    ULONG i;

    nodes = ExAllocatePool2(POOL_FLAG_NON_PAGED, NODES * sizeof *nodes, TAG);
    InitializeSListHead(head);
    expect(ExInterlockedPopEntrySList(head, NULL) == NULL);
    for (i = 0; i < NODES; i++) {
        nodes[i].number = i;
        expect(InterlockedPushEntrySList(head, &nodes[i].entry) ==
               (i ? &nodes[i - 1].entry : NULL));
    }
    expect_number(ExQueryDepthSList(head), NODES);
    expect(InterlockedPopEntrySList(head) == &nodes[NODES - 1].entry);
    expect(InterlockedFlushSList(head) == &nodes[NODES - 2].entry);
    expect_number(ExQueryDepthSList(head), 0);
    expect(InterlockedPopEntrySList(head) == NULL);
    ExFreePoolWithTag(nodes, TAG);
    ExFreePoolWithTag(head, TAG);
}

static PSLIST_HEADER shared_head;

static VOID s_list_thread(PVOID unused)
{
    PSLIST_ENTRY entry;
    int i;

    for (i = 0; i < 20000; i++) {
        entry = InterlockedPopEntrySList(shared_head);
        if (entry)
            InterlockedPushEntrySList(shared_head, entry);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void s_lists_race(void)
{
    HANDLE handles[2];
    PVOID thread;
    ULONG i, count = 0;

    shared_head = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *shared_head, TAG);
    nodes = ExAllocatePool2(POOL_FLAG_NON_PAGED, NODES * sizeof *nodes, TAG);
    InitializeSListHead(shared_head);
    for (i = 0; i < NODES; i++)
        InterlockedPushEntrySList(shared_head, &nodes[i].entry);
    for (i = 0; i < 2; i++)
        PsCreateSystemThread(&handles[i], THREAD_ALL_ACCESS, NULL, NULL, NULL, s_list_thread, NULL);
    for (i = 0; i < 2; i++) {
        ObReferenceObjectByHandle(handles[i], THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &thread,
                                  NULL);
        expect_status(wait_ms(thread, 20000), STATUS_SUCCESS);
        ObDereferenceObject(thread);
        ZwClose(handles[i]);
    }
    while (InterlockedPopEntrySList(shared_head))
        count++;
    expect_number(count, NODES);
    ExFreePoolWithTag(nodes, TAG);
    ExFreePoolWithTag(shared_head, TAG);
}

static void interlocked_lists(void)
{
    LIST_ENTRY head;
    struct node one, two;
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    InitializeListHead(&head);
    expect(ExInterlockedInsertTailList(&head, &one.link, &lock) == NULL);
    expect(ExInterlockedInsertHeadList(&head, &two.link, &lock) == &one.link);
    expect(ExInterlockedRemoveHeadList(&head, &lock) == &two.link);
    expect(ExInterlockedRemoveHeadList(&head, &lock) == &one.link);
    expect(ExInterlockedRemoveHeadList(&head, &lock) == NULL);
}

static void interlocked_numbers(void)
{
    LARGE_INTEGER large = {.QuadPart = 0xffffffff}, add = {.QuadPart = 1};
    KSPIN_LOCK lock;
    ULONG number = 5;

    KeInitializeSpinLock(&lock);
    expect_number(ExInterlockedAddLargeInteger(&large, add, &lock).QuadPart, 0xffffffff);
    expect_number(large.QuadPart, 0x100000000);
    expect_number(ExInterlockedAddUlong(&number, 3, &lock), 5);
    expect_number(number, 8);
}

/* ---- mutual exclusion ---------------------------------------------------------------------------
 */

static FAST_MUTEX fast;
static BOOLEAN was_free;

static VOID fast_looker(PVOID unused)
{
    was_free = ExTryToAcquireFastMutex(&fast);
    if (was_free)
        ExReleaseFastMutex(&fast);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void fast_mutexes(void)
{
    ExInitializeFastMutex(&fast);
    ExAcquireFastMutex(&fast);
    expect_number(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&fast);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&fast); /* APCs are off already; a thread can be made */
    on_thread(fast_looker, NULL);
    expect(!was_free);
    ExReleaseFastMutexUnsafe(&fast);
    KeLeaveCriticalRegion();
    on_thread(fast_looker, NULL);
    expect(was_free);
}

static PERESOURCE resource;
static BOOLEAN could_share, could_own;

static VOID resource_looker(PVOID unused)
{
    KeEnterCriticalRegion();
    could_share = ExAcquireResourceSharedLite(resource, FALSE);
    if (could_share)
        ExReleaseResourceLite(resource);
    could_own = ExAcquireResourceExclusiveLite(resource, FALSE);
    if (could_own)
        ExReleaseResourceLite(resource);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void resources(void)
{
    resource = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *resource, TAG);
    expect_status(ExInitializeResourceLite(resource), STATUS_SUCCESS);
    KeEnterCriticalRegion();
    expect(ExAcquireResourceSharedLite(resource, TRUE));
    on_thread(resource_looker, NULL);
    expect(could_share && !could_own);
    expect(ExIsResourceAcquiredSharedLite(resource) == 1);
    expect(!ExIsResourceAcquiredExclusiveLite(resource));
    ExReleaseResourceLite(resource);
    expect(ExAcquireResourceExclusiveLite(resource, TRUE));
    expect(ExAcquireResourceExclusiveLite(resource, TRUE)); /* the owner may again */
    on_thread(resource_looker, NULL);
    expect(!could_share && !could_own);
    expect(ExIsResourceAcquiredExclusiveLite(resource));
    ExReleaseResourceLite(resource);
    ExConvertExclusiveToSharedLite(resource);
    on_thread(resource_looker, NULL);
    expect(could_share && !could_own);
    ExReleaseResourceLite(resource);
    on_thread(resource_looker, NULL);
    expect(could_share && could_own);
    KeLeaveCriticalRegion();
    expect_status(ExDeleteResourceLite(resource), STATUS_SUCCESS);
    ExFreePoolWithTag(resource, TAG);
}

static EX_RUNDOWN_REF rundown;
static KEVENT rundown_begun;
static volatile LONG rundown_is_over;

static VOID rundown_waiter(PVOID unused)
{
    KeSetEvent(&rundown_begun, 0, FALSE);
    ExWaitForRundownProtectionRelease(&rundown);
    rundown_is_over = 1;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void rundowns(void)
{
    HANDLE handle;
    PVOID thread;

    ExInitializeRundownProtection(&rundown);
    KeInitializeEvent(&rundown_begun, NotificationEvent, FALSE);
    rundown_is_over = 0;
    expect(ExAcquireRundownProtection(&rundown));
    PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, rundown_waiter, NULL);
    expect_status(wait_ms(&rundown_begun, 10000), STATUS_SUCCESS);
    while (ExAcquireRundownProtection(&rundown)) /* until the waiter is inside */
        ExReleaseRundownProtection(&rundown);
    expect_number(rundown_is_over, 0);
    ExReleaseRundownProtection(&rundown);
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &thread, NULL);
    expect_status(wait_ms(thread, 10000), STATUS_SUCCESS);
    ObDereferenceObject(thread);
    ZwClose(handle);
    expect_number(rundown_is_over, 1);
    expect(!ExAcquireRundownProtection(&rundown));
    ExReInitializeRundownProtection(&rundown);
    expect(ExAcquireRundownProtection(&rundown));
    ExReleaseRundownProtection(&rundown);
}

/* ---- work items
 * ------------------------------------------------------------------------------------ */

struct work {
    WORK_QUEUE_ITEM item;
    KEVENT done;
    KIRQL irql;
    PEPROCESS process;
};

static VOID work_routine(PVOID context)
{
    struct work *work = context;

    work->irql = KeGetCurrentIrql();
    work->process = PsGetCurrentProcess();
    KeSetEvent(&work->done, 0, FALSE);
}

static void work_items(void)
{
    struct work *work = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *work, TAG);

    KeInitializeEvent(&work->done, NotificationEvent, FALSE);
    work->irql = 99;
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    ExInitializeWorkItem(&work->item, work_routine, work);
    ExQueueWorkItem(&work->item, DelayedWorkQueue);
    expect_status(wait_ms(&work->done, 10000), STATUS_SUCCESS);
    expect_number(work->irql, PASSIVE_LEVEL);
    expect(work->process == PsInitialSystemProcess);
    ExFreePoolWithTag(work, TAG);
}

static void identifiers(void)
{
    UUID one, two;

    expect_status(ExUuidCreate(&one), STATUS_SUCCESS);
    expect_status(ExUuidCreate(&two), STATUS_SUCCESS);
    expect(!IsEqualGUID(&one, &two));
    expect(ExGetPreviousMode() == UserMode); /* asked by a program */
}

DRIVERTEST_LIST = {
    DRIVERTEST(pool),
    DRIVERTEST(pool_limits),
    DRIVERTEST(lookaside),
    DRIVERTEST(s_lists),
    DRIVERTEST(s_lists_race),
    DRIVERTEST(interlocked_lists),
    DRIVERTEST(interlocked_numbers),
    DRIVERTEST(fast_mutexes),
    DRIVERTEST(resources),
    DRIVERTEST(rundowns),
    DRIVERTEST(work_items),
    DRIVERTEST(identifiers),
    DRIVERTEST_END,
};
