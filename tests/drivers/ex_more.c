/* SPDX-License-Identifier: MIT */
/* ex_more.c - tests of the executive's locks, pool and lists beyond the everyday calls of ex.c. */
#include "drivertest.h"

VOID FASTCALL ExfAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock);
VOID FASTCALL ExfAcquirePushLockShared(PEX_PUSH_LOCK PushLock);
VOID FASTCALL ExfReleasePushLock(PEX_PUSH_LOCK PushLock);
VOID FASTCALL ExfReleasePushLockExclusive(PEX_PUSH_LOCK PushLock);
VOID FASTCALL ExfReleasePushLockShared(PEX_PUSH_LOCK PushLock);

BOOLEAN NTAPI ExTryToAcquireResourceExclusiveLite(PERESOURCE Resource);
PSLIST_ENTRY NTAPI RtlFirstEntrySList(const SLIST_HEADER *ListHead);
PSLIST_ENTRY NTAPI imported_flush(PSLIST_HEADER ListHead) __asm__("ExInterlockedFlushSList");

static VOID thread_end(PVOID object)
{
    expect_status(KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL),
                  STATUS_SUCCESS);
    ObDereferenceObject(object);
}

static PVOID thread_begin(PKSTART_ROUTINE routine, PVOID context)
{
    HANDLE handle = NULL;
    PVOID object = NULL;

    expect_status(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine, context),
        STATUS_SUCCESS);
    expect_status(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                            &object, NULL),
                  STATUS_SUCCESS);
    ZwClose(handle);
    return object;
}

/* ---- push locks ---------------------------------------------------------------------------- */

struct push {
    EX_PUSH_LOCK lock;
    volatile LONG has_it;
};

static VOID push_taker(PVOID context)
{
    struct push *push = context;

    KeEnterCriticalRegion();
    ExAcquirePushLockExclusiveEx(&push->lock, 0);
    push->has_it = 1;
    ExReleasePushLockExclusiveEx(&push->lock, 0);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void push_locks(void)
{
    struct push push = {0};
    PVOID thread;

    KeEnterCriticalRegion();
    ExAcquirePushLockSharedEx(&push.lock, 0);
    ExAcquirePushLockSharedEx(&push.lock, 0);
    ExReleasePushLockSharedEx(&push.lock, 0);
    thread = thread_begin(push_taker, &push);
    expect_number(push.has_it, 0); /* it is still shared */
    ExReleasePushLockSharedEx(&push.lock, 0);
    thread_end(thread);
    expect_number(push.has_it, 1);
    ExAcquirePushLockExclusiveEx(&push.lock, 0);
    expect(push.lock != 0);
    ExReleasePushLockExclusiveEx(&push.lock, 0);
    expect_number(push.lock, 0);

    ExfAcquirePushLockExclusive(&push.lock);
    expect(push.lock != 0);
    ExfReleasePushLockExclusive(&push.lock);
    ExfAcquirePushLockShared(&push.lock);
    ExfAcquirePushLockShared(&push.lock);
    ExfReleasePushLockShared(&push.lock);
    expect(push.lock != 0);
    ExfReleasePushLock(&push.lock); /* whichever way it was taken */
    expect_number(push.lock, 0);
    ExfAcquirePushLockExclusive(&push.lock);
    ExfReleasePushLock(&push.lock);
    expect_number(push.lock, 0);
    KeLeaveCriticalRegion();
}

static void guarded_mutex_unsafe(void)
{
    KGUARDED_MUTEX mutex;

    KeInitializeGuardedMutex(&mutex);
    KeEnterGuardedRegion();
    KeAcquireGuardedMutexUnsafe(&mutex);
    expect(!KeTryToAcquireGuardedMutex(&mutex));
    KeReleaseGuardedMutexUnsafe(&mutex);
    KeLeaveGuardedRegion();
    expect(KeTryToAcquireGuardedMutex(&mutex));
    KeReleaseGuardedMutex(&mutex);
}

/* ---- resources ----------------------------------------------------------------------------- */

struct shared {
    ERESOURCE resource;
    volatile LONG exclusive, shared_;
};

static VOID looker(PVOID context)
{
    struct shared *shared = context;

    KeEnterCriticalRegion();
    shared->exclusive = ExAcquireResourceExclusiveLite(&shared->resource, FALSE);
    if (shared->exclusive)
        ExReleaseResourceLite(&shared->resource);
    shared->shared_ = ExAcquireResourceSharedLite(&shared->resource, FALSE);
    if (shared->shared_)
        ExReleaseResourceLite(&shared->resource);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void seen_by_others(struct shared *shared, LONG exclusive, LONG shared_)
{
    thread_end(thread_begin(looker, shared));
    expect_number(shared->exclusive, exclusive);
    expect_number(shared->shared_, shared_);
}

static void resources(void)
{
    struct shared *shared = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *shared, 'tseT');
    PERESOURCE resource = &shared->resource;

    expect_status(ExInitializeResourceLite(resource), STATUS_SUCCESS);
    ExDisableResourceBoostLite(resource);
    KeEnterCriticalRegion();
    expect(ExTryToAcquireResourceExclusiveLite(resource));
    expect(ExIsResourceAcquiredExclusiveLite(resource));
    seen_by_others(shared, FALSE, FALSE);
    ExConvertExclusiveToSharedLite(resource);
    seen_by_others(shared, FALSE, TRUE);
    ExReleaseResourceLite(resource);
    seen_by_others(shared, TRUE, TRUE);
    KeLeaveCriticalRegion();

    (VOID) ExEnterCriticalRegionAndAcquireResourceShared(resource);
    expect(KeAreApcsDisabled());
    expect_number(ExIsResourceAcquiredSharedLite(resource), 1);
    (VOID) ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(resource);
    expect_number(ExIsResourceAcquiredSharedLite(resource), 2);
    ExReleaseResourceAndLeaveCriticalRegion(resource);
    ExReleaseResourceAndLeaveCriticalRegion(resource);
    expect(!KeAreApcsDisabled());
    expect_number(ExIsResourceAcquiredSharedLite(resource), 0);

    expect_status(ExReinitializeResourceLite(resource), STATUS_SUCCESS);
    seen_by_others(shared, TRUE, TRUE);
    expect_number(ExGetExclusiveWaiterCount(resource), 0);
    expect_number(ExGetSharedWaiterCount(resource), 0);
    ExDeleteResourceLite(resource);
    ExFreePoolWithTag(shared, 'tseT');
}

/* A resource that is released in the name of something that is no thread. */
static void resource_owner(void)
{
    struct shared *shared = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *shared, 'tseT');
    ERESOURCE_THREAD owner = (ERESOURCE_THREAD)shared | 3;

    ExInitializeResourceLite(&shared->resource);
    KeEnterCriticalRegion();
    expect(ExAcquireResourceExclusiveLite(&shared->resource, TRUE));
    ExSetResourceOwnerPointerEx(&shared->resource, (PVOID)owner, 0);
    KeLeaveCriticalRegion();
    seen_by_others(shared, FALSE, FALSE);
    ExReleaseResourceForThreadLite(&shared->resource, owner);
    seen_by_others(shared, TRUE, TRUE);
    ExDeleteResourceLite(&shared->resource);
    ExFreePoolWithTag(shared, 'tseT');
}

/* ---- rundown ------------------------------------------------------------------------------- */

static VOID rundown_waiter(PVOID context)
{
    ExWaitForRundownProtectionReleaseCacheAware(context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void rundown_use(PEX_RUNDOWN_REF_CACHE_AWARE rundown)
{
    PVOID thread;

    expect(ExAcquireRundownProtectionCacheAware(rundown));
    expect(ExAcquireRundownProtectionCacheAwareEx(rundown, 3));
    thread = thread_begin(rundown_waiter, rundown);
    ExReleaseRundownProtectionCacheAwareEx(rundown, 3);
    ExReleaseRundownProtectionCacheAware(rundown);
    thread_end(thread);
    ExRundownCompletedCacheAware(rundown);
    expect(!ExAcquireRundownProtectionCacheAware(rundown));
    ExReInitializeRundownProtectionCacheAware(rundown);
    expect(ExAcquireRundownProtectionCacheAware(rundown));
    ExReleaseRundownProtectionCacheAware(rundown);
}

static void rundown_cache_aware(void)
{
    PEX_RUNDOWN_REF_CACHE_AWARE rundown =
        ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, 'tseT');
    SIZE_T bytes = ExSizeOfRundownProtectionCacheAware();

    expect(rundown != NULL);
    rundown_use(rundown);
    ExFreeCacheAwareRundownProtection(rundown);
    expect(bytes != 0);
    rundown = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, 'tseT');
    ExInitializeRundownProtectionCacheAware(rundown, bytes);
    rundown_use(rundown);
    ExFreePoolWithTag(rundown, 'tseT');
}

/* ---- pool ---------------------------------------------------------------------------------- */

static void pool_forms(void)
{
    PUCHAR block = ExAllocatePool(NonPagedPoolNx, 100);
    PAGED_LOOKASIDE_LIST list;
    BOOLEAN is_charged = TRUE;
    PVOID entry;

    expect(block != NULL);
    expect(ExQueryPoolBlockSize(block, &is_charged) >= 100);
    ExFreePool(block);
    block = ExAllocatePoolWithQuota(PagedPool, 100);
    expect(block != NULL);
    block[99] = 1;
    ExFreePool(block);
    block = ExAllocatePoolWithTagPriority(NonPagedPoolNx, 5000, 'tseT', LowPoolPriority);
    expect(block != NULL);
    block[4999] = 1;
    ExFreePoolWithTag(block, 'tseT');
    ExInitializePagedLookasideList(&list, NULL, NULL, 0, 64, 'tseT', 0);
    entry = ExAllocateFromPagedLookasideList(&list);
    expect(entry != NULL);
    ExFreeToPagedLookasideList(&list, entry);
    expect(ExAllocateFromPagedLookasideList(&list) == entry); /* it was kept */
    ExFreeToPagedLookasideList(&list, entry);
    ExDeletePagedLookasideList(&list);
}

static void zones(void)
{
    ULONG bytes = 2 * sizeof(PVOID) + 4 * 32; /* a link and a pointer lead a segment */
    PUCHAR first = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * bytes, 'tseT');
    ZONE_HEADER zone;
    KSPIN_LOCK lock;
    ULONG count;

    KeInitializeSpinLock(&lock);
    expect_status(ExInitializeZone(&zone, 33, first, bytes), STATUS_INVALID_PARAMETER);
    expect_status(ExInitializeZone(&zone, 32, first, bytes), STATUS_SUCCESS);
    for (count = 0; zone.FreeList.Next; count++)
        PopEntryList(&zone.FreeList);
    expect_number(count, 4);
    expect_status(ExExtendZone(&zone, first + bytes, bytes), STATUS_SUCCESS);
    expect_status(ExInterlockedExtendZone(&zone, first + 2 * bytes, bytes, &lock), STATUS_SUCCESS);
    for (count = 0; zone.FreeList.Next; count++)
        PopEntryList(&zone.FreeList);
    expect_number(count, 8);
    ExFreePoolWithTag(first, 'tseT');
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void slist_first(void)
{
    SLIST_HEADER *head = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *head, 'tseT');
    SLIST_ENTRY *entry = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *entry, 'tseT');

    InitializeSListHead(head);
    expect(RtlFirstEntrySList(head) == NULL);
    ExInterlockedPushEntrySList(head, entry, NULL);
    expect(RtlFirstEntrySList(head) == entry);
    expect(imported_flush(head) == entry);
    expect(RtlFirstEntrySList(head) == NULL);
    ExFreePoolWithTag(entry, 'tseT');
    ExFreePoolWithTag(head, 'tseT');
}

static void firmware(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"BootOrder");
    GUID vendor = {0};
    ULONG length = 0, attributes = 0;
    UCHAR value[4];

    expect(ExGetFirmwareType() == FirmwareTypeBios || ExGetFirmwareType() == FirmwareTypeUefi ||
           ExGetFirmwareType() == FirmwareTypeUnknown);
    expect_status(ExGetFirmwareEnvironmentVariable(&name, &vendor, value, &length, &attributes),
                  STATUS_NOT_IMPLEMENTED);
    expect_status(ExSetFirmwareEnvironmentVariable(&name, &vendor, value, 4, 7),
                  STATUS_NOT_IMPLEMENTED);
    expect(!ExVerifySuite(DataCenter));
}

DRIVERTEST_LIST = {
    DRIVERTEST(push_locks),
    DRIVERTEST(guarded_mutex_unsafe),
    DRIVERTEST(resources),
    DRIVERTEST(resource_owner),
    DRIVERTEST(rundown_cache_aware),
    DRIVERTEST(pool_forms),
    DRIVERTEST(zones),
    DRIVERTEST(slist_first),
    DRIVERTEST(firmware),
    DRIVERTEST_END,
};
