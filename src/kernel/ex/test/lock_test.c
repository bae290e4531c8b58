/* SPDX-License-Identifier: MIT */
/* lock_test.c - resources, mutexes, push locks, rundown protection, S-lists, lookaside lists:
 * who may enter, who waits, what a wrong release leads to, many threads at once.
 */
#include "ex_test.h"

#define THREADS 4
#define ROUNDS  (host_is_sim() ? 30 : 4000)

static ERESOURCE *resource_new(void)
{
    ERESOURCE *resource = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*resource), EX_TEST_TAG);

    assert_int_equal(ExInitializeResourceLite(resource), STATUS_SUCCESS);
    return resource;
}

static void resource_free(ERESOURCE *resource)
{
    assert_int_equal(resource->ActiveEntries, 0);
    assert_int_equal(ExGetExclusiveWaiterCount(resource), 0);
    assert_int_equal(ExGetSharedWaiterCount(resource), 0);
    ExDeleteResourceLite(resource);
    ExFreePool(resource);
}

static void resources_alone(void)
{
    ERESOURCE *resource = resource_new();

    assert_true(ExAcquireResourceExclusiveLite(resource, FALSE));
    assert_true(ExAcquireResourceExclusiveLite(resource, FALSE)); /* again */
    assert_true(ExAcquireResourceSharedLite(resource, FALSE));    /* stays exclusive */
    assert_true(ExIsResourceAcquiredExclusiveLite(resource));
    assert_int_equal(ExIsResourceAcquiredSharedLite(resource), 3);
    assert_int_equal(resource->ActiveCount, 1);
    ExReleaseResourceLite(resource);
    ExReleaseResourceLite(resource);
    ExConvertExclusiveToSharedLite(resource);
    assert_false(ExIsResourceAcquiredExclusiveLite(resource));
    assert_int_equal(ExIsResourceAcquiredSharedLite(resource), 1);
    assert_false(ExAcquireResourceExclusiveLite(resource, FALSE));
    ExReleaseResourceLite(resource);
    assert_int_equal(ExIsResourceAcquiredSharedLite(resource), 0);

    assert_int_equal(BUGCHECK(ExReleaseResourceLite(resource))->code, RESOURCE_NOT_OWNED);
    ExEnterCriticalRegionAndAcquireResourceExclusive(resource);
    assert_true(KeAreApcsDisabled());
    ExReleaseResourceAndLeaveCriticalRegion(resource);
    assert_false(KeAreApcsDisabled());

    /* Given to somebody who is no thread. */
    ExAcquireResourceExclusiveLite(resource, TRUE);
    ExSetResourceOwnerPointer(resource, (PVOID)0x12343);
    assert_int_equal(ExIsResourceAcquiredSharedLite(resource), 0);
    ExReleaseResourceForThreadLite(resource, 0x12343);
    resource_free(resource);
}

struct side {
    struct thread thread;
    ERESOURCE *resource;
    BOOLEAN(NTAPI *acquire)(PERESOURCE, BOOLEAN);
    _Atomic unsigned stage; /* 1: runs, 2: has it, 3: gave it back */
    _Atomic bool may_release;
};

static void side_run(void *context)
{
    struct side *side = context;

    KeEnterCriticalRegion();
    side->stage = 1;
    assert_true(side->acquire(side->resource, TRUE));
    side->stage = 2;
    UNTIL(side->may_release);
    ExReleaseResourceLite(side->resource);
    side->stage = 3;
    KeLeaveCriticalRegion();
}

static void side_start(struct side *side, ERESOURCE *resource,
                       BOOLEAN(NTAPI *acquire)(PERESOURCE, BOOLEAN))
{
    side->resource = resource;
    side->acquire = acquire;
    side->stage = 0;
    side->may_release = false;
    thread_run(&side->thread, side_run, side);
}

static void resources_and_waiting_writers(void)
{
    static struct side reader, writer, late;
    ERESOURCE *resource = resource_new();

    KeEnterCriticalRegion();
    assert_true(ExAcquireResourceSharedLite(resource, TRUE));
    side_start(&reader, resource, ExAcquireResourceSharedLite);
    UNTIL(reader.stage == 2); /* two readers */
    assert_int_equal(resource->ActiveEntries, 2);
    side_start(&writer, resource, ExAcquireResourceExclusiveLite);
    UNTIL(ExGetExclusiveWaiterCount(resource) == 1);
    assert_int_equal(writer.stage, 1);

    /* We have it: once more is granted, unless we stand behind the writer by wish. */
    assert_true(ExAcquireResourceSharedLite(resource, FALSE));
    ExReleaseResourceLite(resource);
    assert_false(ExAcquireSharedWaitForExclusive(resource, FALSE));
    assert_true(ExAcquireSharedStarveExclusive(resource, FALSE));
    ExReleaseResourceLite(resource);
    /* A newcomer waits behind the writer. */
    side_start(&late, resource, ExAcquireResourceSharedLite);
    UNTIL(ExGetSharedWaiterCount(resource) == 1);

    reader.may_release = true;
    UNTIL(reader.stage == 3);
    assert_int_equal(writer.stage, 1);
    ExReleaseResourceLite(resource);
    UNTIL(writer.stage == 2);
    assert_int_equal(late.stage, 1);
    assert_false(ExAcquireResourceSharedLite(resource, FALSE));
    writer.may_release = true;
    UNTIL(late.stage == 2);
    late.may_release = true;
    thread_wait(&reader.thread);
    thread_wait(&writer.thread);
    thread_wait(&late.thread);
    assert_int_equal(resource->ContentionCount, 2);
    KeLeaveCriticalRegion();
    resource_free(resource);
}

static void a_starving_reader_passes(void)
{
    static struct side reader, writer;
    ERESOURCE *resource = resource_new();

    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(resource, TRUE);
    side_start(&writer, resource, ExAcquireResourceExclusiveLite);
    UNTIL(ExGetExclusiveWaiterCount(resource) == 1);
    side_start(&reader, resource, ExAcquireSharedStarveExclusive);
    UNTIL(reader.stage == 2);
    reader.may_release = writer.may_release = true;
    ExReleaseResourceLite(resource);
    thread_wait(&reader.thread);
    thread_wait(&writer.thread);
    KeLeaveCriticalRegion();
    resource_free(resource);
}

/* ---- many threads on one lock of each kind ------------------------------------------------------
 */

static struct {
    ERESOURCE *resource;
    FAST_MUTEX fast;
    KGUARDED_MUTEX guarded;
    EX_PUSH_LOCK push;
    _Atomic int writers[4], readers[4];
    unsigned value[4];
} all;

static void enter_exclusive(unsigned kind)
{
    assert_int_equal(++all.writers[kind], 1);
    assert_int_equal(all.readers[kind], 0);
    all.value[kind]++;
    if (host_is_sim())
        host_spin_pause();
    all.writers[kind]--;
}

static void enter_shared(unsigned kind)
{
    all.readers[kind]++;
    assert_int_equal(all.writers[kind], 0);
    if (host_is_sim())
        host_spin_pause();
    all.readers[kind]--;
}

static void storm_run(void *context)
{
    unsigned seed = (unsigned)(uintptr_t)context;

    for (int i = 0; i < ROUNDS; i++) {
        bool is_shared = ((seed = seed * 1664525 + 1013904223) >> 30) != 0;

        KeEnterCriticalRegion();
        if (is_shared)
            ExAcquireResourceSharedLite(all.resource, TRUE);
        else
            ExAcquireResourceExclusiveLite(all.resource, TRUE);
        if (is_shared)
            enter_shared(0);
        else
            enter_exclusive(0);
        ExReleaseResourceLite(all.resource);

        if (is_shared)
            ExAcquirePushLockShared(&all.push);
        else
            ExAcquirePushLockExclusive(&all.push);
        if (is_shared)
            enter_shared(1);
        else
            enter_exclusive(1);
        if (is_shared)
            ExReleasePushLockShared(&all.push);
        else
            ExReleasePushLockExclusive(&all.push);
        KeLeaveCriticalRegion();

        ExAcquireFastMutex(&all.fast);
        assert_int_equal(ke_irql(), APC_LEVEL);
        enter_exclusive(2);
        ExReleaseFastMutex(&all.fast);
        assert_int_equal(ke_irql(), PASSIVE_LEVEL);

        KeAcquireGuardedMutex(&all.guarded);
        assert_true(KeAreAllApcsDisabled());
        enter_exclusive(3);
        KeReleaseGuardedMutex(&all.guarded);
    }
}

static void many_threads(void)
{
    static struct thread threads[THREADS];

    memset(&all, 0, sizeof(all));
    all.resource = resource_new();
    ExInitializeFastMutex(&all.fast);
    KeInitializeGuardedMutex(&all.guarded);
    ExInitializePushLock(&all.push);
    for (unsigned i = 0; i < THREADS; i++)
        thread_run(&threads[i], storm_run, (void *)(uintptr_t)(i * 1237 + 11));
    for (unsigned i = 0; i < THREADS; i++)
        thread_wait(&threads[i]);
    assert_int_equal(all.push, 0);
    assert_int_equal(all.fast.Count, 1);
    assert_int_equal(all.value[2], (unsigned)ROUNDS * THREADS);
    assert_int_equal(all.value[3], (unsigned)ROUNDS * THREADS);
    resource_free(all.resource);
}

static void mutexes_that_are_taken(void)
{
    FAST_MUTEX mutex;

    ExInitializeFastMutex(&mutex);
    assert_true(ExTryToAcquireFastMutex(&mutex));
    assert_int_equal(ke_irql(), APC_LEVEL);
    assert_false(ExTryToAcquireFastMutex(&mutex));
    assert_int_equal(ke_irql(), APC_LEVEL);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    KeInitializeGuardedMutex(&mutex);
    assert_true(KeTryToAcquireGuardedMutex(&mutex));
    assert_false(KeTryToAcquireGuardedMutex(&mutex));
    KeReleaseGuardedMutex(&mutex);
    assert_false(KeAreAllApcsDisabled());
}

/* ---- rundown
 * ---------------------------------------------------------------------------------------- */

struct user {
    struct thread thread;
    EX_RUNDOWN_REF *reference;
    _Atomic unsigned uses;
    _Atomic bool *is_gone;
};

static void user_run(void *context)
{
    struct user *user = context;

    while (ExAcquireRundownProtection(user->reference)) {
        assert_false(*user->is_gone);
        user->uses++;
        ke_interrupts_poll();
        if (host_is_sim())
            host_spin_pause();
        assert_false(*user->is_gone);
        ExReleaseRundownProtection(user->reference);
    }
}

static void rundown(void)
{
    static struct user users[THREADS];
    static _Atomic bool is_gone;
    EX_RUNDOWN_REF reference;

    is_gone = false;
    ExInitializeRundownProtection(&reference);
    for (unsigned i = 0; i < THREADS; i++) {
        users[i].reference = &reference;
        users[i].is_gone = &is_gone;
        users[i].uses = 0;
        thread_run(&users[i].thread, user_run, &users[i]);
    }
    UNTIL(users[0].uses > 3 && users[1].uses > 3);
    ExWaitForRundownProtectionRelease(&reference);
    is_gone = true;
    assert_false(ExAcquireRundownProtection(&reference));
    for (unsigned i = 0; i < THREADS; i++)
        thread_wait(&users[i].thread);
    ExRundownCompleted(&reference);
    ExWaitForRundownProtectionRelease(&reference); /* at once */
    ExReInitializeRundownProtection(&reference);
    assert_true(ExAcquireRundownProtectionEx(&reference, 5));
    assert_int_equal(reference.Count, 10);
    ExReleaseRundownProtectionEx(&reference, 5);
}

/* ---- S-lists and lookaside lists
 * ---------------------------------------------------------------------- */

struct node {
    SLIST_ENTRY entry;
    _Atomic unsigned owners;
};

static SLIST_HEADER list;

static void slist_run(void *context)
{
    for (int i = 0; i < ROUNDS * 4; i++) {
        struct node *node = (struct node *)ExpInterlockedPopEntrySList(&list);

        if (node == NULL)
            continue;
        assert_int_equal(++node->owners, 1);
        if (host_is_sim())
            host_spin_pause();
        node->owners--;
        ExpInterlockedPushEntrySList(&list, &node->entry);
    }
}

static void slists(void)
{
    static struct thread threads[THREADS];
    static struct node nodes[6];
    unsigned count = 0;

    InitializeSListHead(&list);
    assert_null(ExpInterlockedPopEntrySList(&list));
    assert_null(ExpInterlockedFlushSList(&list));
    for (unsigned i = 0; i < 6; i++) {
        nodes[i].owners = 0;
        assert_ptr_equal(ExpInterlockedPushEntrySList(&list, &nodes[i].entry),
                         i == 0 ? NULL : &nodes[i - 1].entry);
        assert_int_equal(ExQueryDepthSList(&list), i + 1);
    }
    assert_ptr_equal(FirstEntrySList(&list), &nodes[5].entry);
    for (unsigned i = 0; i < THREADS; i++)
        thread_run(&threads[i], slist_run, NULL);
    for (unsigned i = 0; i < THREADS; i++)
        thread_wait(&threads[i]);
    assert_int_equal(ExQueryDepthSList(&list), 6);
    for (SLIST_ENTRY *at = ExpInterlockedFlushSList(&list); at != NULL; at = at->Next)
        count++;
    assert_int_equal(count, 6);
    assert_int_equal(ExQueryDepthSList(&list), 0);
}

static unsigned freed;

static VOID NTAPI free_counted(PVOID memory)
{
    freed++;
    ExFreePool(memory);
}

static void lookaside(void)
{
    static DECLSPEC_ALIGN(64) NPAGED_LOOKASIDE_LIST plain;
    static DECLSPEC_ALIGN(64) LOOKASIDE_LIST_EX extended;
    void *a, *b;

    freed = 0;
    ExInitializeNPagedLookasideList(&plain, NULL, free_counted, 0, 100, EX_TEST_TAG, 0);
    a = ExAllocateFromNPagedLookasideList(&plain);
    b = ExAllocateFromNPagedLookasideList(&plain);
    assert_int_equal(plain.L.TotalAllocates, 2);
    assert_int_equal(plain.L.AllocateMisses, 2);
    ExFreeToNPagedLookasideList(&plain, a);
    assert_ptr_equal(ExAllocateFromNPagedLookasideList(&plain), a);
    assert_int_equal(plain.L.AllocateMisses, 2);
    ExFreeToNPagedLookasideList(&plain, a);
    ExFreeToNPagedLookasideList(&plain, b);
    ExDeleteNPagedLookasideList(&plain);
    assert_int_equal(freed, 2);

    assert_int_equal(
        ExInitializeLookasideListEx(&extended, NULL, NULL, (POOL_TYPE)99, 0, 16, EX_TEST_TAG, 0),
        STATUS_INVALID_PARAMETER_4);
    assert_int_equal(
        ExInitializeLookasideListEx(&extended, NULL, NULL, NonPagedPoolNx, 3, 16, EX_TEST_TAG, 0),
        STATUS_INVALID_PARAMETER_5);
    assert_int_equal(
        ExInitializeLookasideListEx(&extended, NULL, NULL, NonPagedPoolNx, 0, 16, EX_TEST_TAG, 0),
        STATUS_SUCCESS);
    a = ExAllocateFromLookasideListEx(&extended);
    ExFreeToLookasideListEx(&extended, a);
    ExFlushLookasideListEx(&extended);
    assert_int_equal(ExQueryDepthSList(&extended.L.ListHead), 0);
    ExDeleteLookasideListEx(&extended);
}

static void lists_under_a_lock(void)
{
    LIST_ENTRY head, a, b;
    SINGLE_LIST_ENTRY single = {NULL}, x, y;
    LARGE_INTEGER sum = {.QuadPart = 5}, step = {.QuadPart = -7};
    KSPIN_LOCK lock = 0;
    ULONG number = 3;

    InitializeListHead(&head);
    assert_null(ExInterlockedInsertHeadList(&head, &a, &lock));
    assert_ptr_equal(ExInterlockedInsertTailList(&head, &b, &lock), &a);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &a);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &b);
    assert_null(ExInterlockedRemoveHeadList(&head, &lock));
    assert_null(ExInterlockedPushEntryList(&single, &x, &lock));
    assert_ptr_equal(ExInterlockedPushEntryList(&single, &y, &lock), &x);
    assert_ptr_equal(ExInterlockedPopEntryList(&single, &lock), &y);
    assert_int_equal(ExInterlockedAddLargeInteger(&sum, step, &lock).QuadPart, 5);
    assert_int_equal(sum.QuadPart, -2);
    assert_int_equal(ExInterlockedAddUlong(&number, 4, &lock), 3);
    assert_int_equal(number, 7);
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    assert_int_equal(lock, 0);
}

/* ---- run once
 * --------------------------------------------------------------------------------------------- */

static RTL_RUN_ONCE once;
static _Atomic unsigned initialisations;

static ULONG NTAPI initialise(PRTL_RUN_ONCE run_once, PVOID parameter, PVOID *context)
{
    LARGE_INTEGER turn = {.QuadPart = -1000};

    initialisations++;
    KeDelayExecutionThread(KernelMode, FALSE, &turn); /* others come and wait */
    *context = parameter;
    return parameter != NULL;
}

static void once_run(void *context)
{
    PVOID got = NULL;

    assert_int_equal(RtlRunOnceExecuteOnce(&once, initialise, &once, &got), STATUS_SUCCESS);
    assert_ptr_equal(got, &once);
}

static void run_once(void)
{
    static struct thread threads[THREADS];
    PVOID got;

    RtlRunOnceInitialize(&once);
    initialisations = 0;
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &got),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(RtlRunOnceExecuteOnce(&once, initialise, NULL, &got), STATUS_UNSUCCESSFUL);
    for (unsigned i = 0; i < THREADS; i++)
        thread_run(&threads[i], once_run, NULL);
    for (unsigned i = 0; i < THREADS; i++)
        thread_wait(&threads[i]);
    assert_int_equal(initialisations, 2);
    assert_int_equal(RtlRunOnceComplete(&once, 0, NULL), STATUS_UNSUCCESSFUL);
    RtlRunOnceInitialize(&once);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &got), STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &got), STATUS_PENDING);
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, &once), STATUS_SUCCESS);
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, &got),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, 0, &got), STATUS_SUCCESS);
    assert_ptr_equal(got, &once);
}

static void small_answers(void)
{
    UUID a, b;
    LARGE_INTEGER local, utc = {.QuadPart = 1000000}, back;

    assert_int_equal(ExUuidCreate(&a), STATUS_SUCCESS);
    assert_int_equal(ExUuidCreate(&b), STATUS_SUCCESS);
    assert_memory_not_equal(&a, &b, sizeof(a));
    assert_int_equal(a.Data3 >> 12, 4);
    ExSystemTimeToLocalTime(&utc, &local);
    ExLocalTimeToSystemTime(&local, &back);
    assert_int_equal(back.QuadPart, utc.QuadPart);
    assert_int_equal(ExGetPreviousMode(), KernelMode);
    assert_true(ExIsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE)); /* any x64 has it */
    assert_false(ExIsProcessorFeaturePresent(1000));
    assert_int_equal(CATCH(ExRaiseStatus(STATUS_NO_MEMORY)), STATUS_NO_MEMORY);
    assert_int_equal(CATCH(ExRaiseAccessViolation()), STATUS_ACCESS_VIOLATION);
}

int main(void)
{
    static const struct ex_test tests[] = {
        EX_TEST(resources_alone),
        EX_TEST(resources_and_waiting_writers),
        EX_TEST(a_starving_reader_passes),
        EX_TEST(many_threads),
        EX_TEST(mutexes_that_are_taken),
        EX_TEST(rundown),
        EX_TEST(slists),
        EX_TEST(lookaside),
        EX_TEST(lists_under_a_lock),
        EX_TEST(run_once),
        EX_TEST(small_answers),
    };

    return EX_TEST_RUN(tests);
}
