/* SPDX-License-Identifier: MIT */
/* dpc_test.c - DPCs: when they run, at which IRQL, in which order, on which processor; APCs
 * and queues of entries, whose order matters as much. */
#include "ke_test.h"

struct record {
    _Atomic int count;
    uintptr_t order[16];
    KIRQL irql[16];
    unsigned processor[16];
};

static void NTAPI note(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    struct record *record = context;
    int i = record->count;

    (void)dpc;
    (void)argument2;
    COVE_ASSERT(KeIsExecutingDpc());
    record->order[i] = (uintptr_t)argument1;
    record->irql[i] = ke_irql();
    record->processor[i] = ke_processor_number();
    record->count = i + 1;
}

static void *tag(uintptr_t value)
{
    return (void *)value;
}

static void runs_at_once_below_dispatch(void)
{
    struct record record = {0};
    KDPC dpc;

    KeInitializeDpc(&dpc, note, &record);
    assert_true(KeInsertQueueDpc(&dpc, tag(7), NULL));
    assert_int_equal(record.count, 1);
    assert_int_equal(record.order[0], 7);
    assert_int_equal(record.irql[0], DISPATCH_LEVEL);
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    assert_false(KeIsExecutingDpc());
}

static void waits_for_irql_and_importance(void)
{
    struct record record = {0};
    KDPC dpcs[4];
    KIRQL irql;

    for (int i = 0; i < 4; i++)
        KeInitializeDpc(&dpcs[i], note, &record);
    KeSetImportanceDpc(&dpcs[2], HighImportance);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    for (uintptr_t i = 0; i < 4; i++)
        assert_true(KeInsertQueueDpc(&dpcs[i], tag(i), NULL));
    assert_false(KeInsertQueueDpc(&dpcs[1], tag(9), NULL)); /* is queued */
    assert_true(KeRemoveQueueDpc(&dpcs[0]));
    assert_false(KeRemoveQueueDpc(&dpcs[0]));
    assert_int_equal(record.count, 0);
    KeLowerIrql(irql);
    assert_int_equal(record.count, 3);
    assert_int_equal(record.order[0], 2);
    assert_int_equal(record.order[1], 1);
    assert_int_equal(record.order[2], 3);
    assert_false(KeRemoveQueueDpc(&dpcs[1]));
}

static void spin_lock_release_runs_them(void)
{
    struct record record = {0};
    KSPIN_LOCK lock;
    KIRQL irql;
    KDPC dpc;

    KeInitializeSpinLock(&lock);
    KeInitializeDpc(&dpc, note, &record);
    KeAcquireSpinLock(&lock, &irql);
    KeInsertQueueDpc(&dpc, tag(1), NULL);
    assert_int_equal(record.count, 0);
    KeReleaseSpinLock(&lock, irql);
    assert_int_equal(record.count, 1);
}

static _Atomic int again;

static void NTAPI requeue(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    (void)context;
    (void)argument1;
    (void)argument2;
    if (--again > 0)
        COVE_ASSERT(KeInsertQueueDpc(dpc, NULL, NULL));
}

static void may_queue_itself(void)
{
    KDPC dpc;

    again = 5;
    KeInitializeDpc(&dpc, requeue, NULL);
    assert_true(KeInsertQueueDpc(&dpc, NULL, NULL));
    assert_int_equal(again, 0);
}

static void targets_a_processor(void)
{
    struct record record = {0};
    PROCESSOR_NUMBER number = {.Number = (UCHAR)(ke_processor_count() - 1)};
    KDPC dpc;

    KeInitializeDpc(&dpc, note, &record);
    assert_int_equal(KeSetTargetProcessorDpcEx(&dpc, &number), STATUS_SUCCESS);
    number.Number = (UCHAR)ke_processor_count();
    assert_int_equal(KeSetTargetProcessorDpcEx(&dpc, &number), STATUS_INVALID_PARAMETER);
    for (int i = 0; i < 10; i++) {
        record.count = 0;
        assert_true(KeInsertQueueDpc(&dpc, tag(1), NULL));
        KeFlushQueuedDpcs();
        assert_int_equal(record.count, 1);
        assert_int_equal(record.processor[0], ke_processor_count() - 1);
    }
}

static void queue_from_outside(void *context)
{
    KDPC *dpc = context;

    COVE_ASSERT(!ke_processor_is_held());
    COVE_ASSERT(KeInsertQueueDpc(dpc, tag(3), NULL));
}

static void may_be_queued_without_a_processor(void)
{
    struct record record = {0};
    struct host_thread *thread;
    KDPC dpc;

    KeInitializeDpc(&dpc, note, &record);
    assert_int_equal(host_thread_create(NULL, queue_from_outside, &dpc, &thread), 0);
    UNTIL(record.count == 1);
    assert_int_equal(record.order[0], 3);
    ke_processor_leave();
    host_thread_join(thread);
    ke_processor_enter();
}

static struct {
    _Atomic int kernel, normal, special, rundown;
    KIRQL kernel_irql, normal_irql;
} apcs;

static void NTAPI apc_kernel(KAPC *apc, PKNORMAL_ROUTINE *routine, PVOID *context, PVOID *argument1,
                             PVOID *argument2)
{
    (void)apc;
    (void)context;
    (void)argument1;
    (void)argument2;
    apcs.kernel_irql = ke_irql();
    if (*routine == NULL)
        apcs.special++;
    else
        apcs.kernel++;
}

static void NTAPI apc_normal(PVOID context, PVOID argument1, PVOID argument2)
{
    COVE_ASSERT(context == tag(1) && argument1 == tag(2) && argument2 == tag(3));
    apcs.normal_irql = ke_irql();
    apcs.normal++;
}

static void NTAPI apc_rundown(KAPC *apc)
{
    (void)apc;
    apcs.rundown++;
}

void NTAPI KeInitializeApc(PRKAPC, PRKTHREAD, KAPC_ENVIRONMENT, PKKERNEL_ROUTINE, PKRUNDOWN_ROUTINE,
                           PKNORMAL_ROUTINE, KPROCESSOR_MODE, PVOID);
BOOLEAN NTAPI KeInsertQueueApc(PRKAPC, PVOID, PVOID, KPRIORITY);

static void apc_set(KAPC *apc, struct thread *thread, PKNORMAL_ROUTINE normal, KPROCESSOR_MODE mode)
{
    KeInitializeApc(apc, (PRKTHREAD)thread, OriginalApcEnvironment, apc_kernel, apc_rundown, normal,
                    mode, tag(1));
}

struct sleeper {
    KEVENT wake;
    _Atomic int started;
    NTSTATUS status;
};

static void sleep_for_apc(void *context)
{
    struct sleeper *sleeper = context;

    sleeper->started = 1;
    sleeper->status = KeWaitForSingleObject(&sleeper->wake, UserRequest, UserMode, TRUE, NULL);
}

static void kernel_apcs_run_in_their_thread(void)
{
    struct sleeper sleeper = {0};
    struct thread thread;
    KAPC normal, special;

    memset(&apcs, 0, sizeof(apcs));
    apc_set(&normal, ke_thread_current(), apc_normal, KernelMode);
    apc_set(&special, ke_thread_current(), NULL, KernelMode);
    KeEnterCriticalRegion();
    assert_true(KeInsertQueueApc(&normal, tag(2), tag(3), 0));
    assert_false(KeInsertQueueApc(&normal, tag(2), tag(3), 0));
    assert_true(KeInsertQueueApc(&special, NULL, NULL, 0));
    assert_int_equal(apcs.special, 1); /* a critical region keeps only the other out */
    assert_int_equal(apcs.kernel, 0);
    KeLeaveCriticalRegion();
    assert_int_equal(apcs.normal, 1);
    assert_int_equal(apcs.kernel_irql, APC_LEVEL);
    assert_int_equal(apcs.normal_irql, PASSIVE_LEVEL);

    KeEnterGuardedRegion();
    assert_true(KeInsertQueueApc(&special, NULL, NULL, 0));
    assert_int_equal(apcs.special, 1);
    KeLeaveGuardedRegion();
    assert_int_equal(apcs.special, 2);

    /* A wait is broken off for it and goes on. */
    KeInitializeEvent(&sleeper.wake, SynchronizationEvent, FALSE);
    start(&thread, sleep_for_apc, &sleeper);
    UNTIL(sleeper.started);
    apc_set(&normal, &thread, apc_normal, KernelMode);
    assert_true(KeInsertQueueApc(&normal, tag(2), tag(3), 0));
    UNTIL(apcs.normal == 2);
    assert_int_equal(KeReadStateEvent(&sleeper.wake), 0);
    KeSetEvent(&sleeper.wake, 0, FALSE);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(sleeper.status, STATUS_SUCCESS);
    assert_false(KeInsertQueueApc(&normal, NULL, NULL, 0)); /* the thread has ended */
}

static void user_apcs_break_alertable_waits(void)
{
    struct sleeper sleeper = {0};
    struct ke_user_apc call;
    struct thread thread;
    KAPC apc;

    memset(&apcs, 0, sizeof(apcs));
    KeInitializeEvent(&sleeper.wake, SynchronizationEvent, FALSE);
    start(&thread, sleep_for_apc, &sleeper);
    UNTIL(sleeper.started);
    apc_set(&apc, &thread, apc_normal, UserMode);
    assert_true(KeInsertQueueApc(&apc, tag(2), tag(3), 0));
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(sleeper.status, STATUS_USER_APC);
    assert_int_equal(apcs.rundown, 1); /* it ended without taking it */

    apc_set(&apc, ke_thread_current(), apc_normal, UserMode);
    assert_false(ke_user_apc_take(&call));
    assert_true(KeInsertQueueApc(&apc, tag(2), tag(3), 0));
    assert_int_equal(apcs.kernel, 0);
    assert_true(ke_user_apc_is_pending());
    assert_true(ke_user_apc_take(&call));
    assert_int_equal(apcs.kernel, 1);
    assert_ptr_equal(call.routine, apc_normal);
    assert_ptr_equal(call.context, tag(1));
    assert_ptr_equal(call.argument2, tag(3));
    assert_false(ke_user_apc_is_pending());
}

struct pool {
    KQUEUE queue;
    _Atomic int taken, busy, most;
};

static void take_entries(void *context)
{
    struct pool *pool = context;
    LARGE_INTEGER timeout = due_in_ms(50), turn = {.QuadPart = -100};
    PLIST_ENTRY entry;

    for (;;) {
        int busy, most;

        entry = KeRemoveQueue(&pool->queue, KernelMode, &timeout);
        if ((NTSTATUS)(ULONG_PTR)entry == STATUS_TIMEOUT)
            return;
        busy = ++pool->busy;
        most = pool->most;
        while (busy > most && !__c11_atomic_compare_exchange_strong(
                                  &pool->most, &most, busy, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        host_thread_yield();
        pool->busy--;
        pool->taken++;
        if (pool->taken % 7 == 0) /* lets another thread of the pool in */
            KeDelayExecutionThread(KernelMode, FALSE, &turn);
    }
}

static void queues_feed_threads(void)
{
    struct pool pool = {0};
    struct thread threads[3];
    LIST_ENTRY entries[100];
    LARGE_INTEGER zero = {0};

    KeInitializeQueue(&pool.queue, 1);
    assert_int_equal(KeInsertQueue(&pool.queue, &entries[0]), 0);
    assert_int_equal(KeInsertHeadQueue(&pool.queue, &entries[1]), 1);
    assert_int_equal(KeReadStateQueue(&pool.queue), 2);
    assert_ptr_equal(KeRemoveQueue(&pool.queue, KernelMode, &zero), &entries[1]);
    assert_ptr_equal(KeRemoveQueue(&pool.queue, KernelMode, &zero), &entries[0]);
    assert_int_equal((NTSTATUS)(ULONG_PTR)KeRemoveQueue(&pool.queue, KernelMode, &zero),
                     STATUS_TIMEOUT);
    KeInsertQueue(&pool.queue, &entries[2]);
    KeInsertQueue(&pool.queue, &entries[3]);
    assert_ptr_equal(KeRundownQueue(&pool.queue), &entries[2]);
    assert_ptr_equal(entries[2].Flink, &entries[3]);
    assert_ptr_equal(entries[3].Flink, &entries[2]);
    assert_null(KeRundownQueue(&pool.queue));

    for (int i = 0; i < 3; i++)
        start(&threads[i], take_entries, &pool);
    for (int i = 0; i < 100; i++)
        KeInsertQueue(&pool.queue, &entries[i]);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wait_for(&threads[i]), STATUS_SUCCESS);
    assert_int_equal(pool.taken, 100);
    assert_in_range(pool.most, 1, 3);
    assert_int_equal(pool.queue.CurrentCount, 0);
    assert_true(IsListEmpty(&pool.queue.ThreadListHead));
}

static const struct ke_test tests[] = {
    KE_TEST(runs_at_once_below_dispatch, 0),
    KE_TEST(waits_for_irql_and_importance, 0),
    KE_TEST(spin_lock_release_runs_them, 0),
    KE_TEST(may_queue_itself, 0),
    KE_TEST(targets_a_processor, 0),
    KE_TEST(may_be_queued_without_a_processor, 0),
    KE_TEST(kernel_apcs_run_in_their_thread, 0),
    KE_TEST(user_apcs_break_alertable_waits, 0),
    KE_TEST(queues_feed_threads, 0),
};

int main(void)
{
    return KE_TEST_RUN(tests);
}
