/* SPDX-License-Identifier: MIT */
/* spinlock_test.c - spin locks that several processors want, and device queues on them. */
#include "ke_test.h"

#define TURNS 2000

struct shared {
    KSPIN_LOCK lock;
    EX_SPIN_LOCK rw;
    uint64_t counter, copy;
    _Atomic int readers, writers;
};

static void count_plain(void *context)
{
    struct shared *shared = context;
    KIRQL irql;

    for (int i = 0; i < TURNS; i++) {
        KeAcquireSpinLock(&shared->lock, &irql);
        COVE_ASSERT(irql == PASSIVE_LEVEL && ke_irql() == DISPATCH_LEVEL);
        shared->counter++;
        if (i % 64 == 0)
            host_spin_pause(); /* another may run on the simulated ground */
        KeReleaseSpinLock(&shared->lock, irql);
        COVE_ASSERT(ke_irql() == PASSIVE_LEVEL);
    }
}

static void count_queued(void *context)
{
    struct shared *shared = context;
    KLOCK_QUEUE_HANDLE handle;

    for (int i = 0; i < TURNS; i++) {
        KeAcquireInStackQueuedSpinLock(&shared->lock, &handle);
        COVE_ASSERT(ke_irql() == DISPATCH_LEVEL);
        shared->counter++;
        KeReleaseInStackQueuedSpinLock(&handle);
    }
}

static void read_or_write(void *context)
{
    struct shared *shared = context;

    for (int i = 0; i < TURNS; i++) {
        KIRQL irql;

        if (i % 4 == 0) {
            irql = ExAcquireSpinLockExclusive(&shared->rw);
            COVE_ASSERT(++shared->writers == 1 && shared->readers == 0);
            shared->counter++;
            shared->copy++;
            shared->writers--;
            ExReleaseSpinLockExclusive(&shared->rw, irql);
        } else {
            irql = ExAcquireSpinLockShared(&shared->rw);
            shared->readers++;
            COVE_ASSERT(shared->writers == 0 && shared->counter == shared->copy);
            shared->readers--;
            ExReleaseSpinLockShared(&shared->rw, irql);
        }
    }
}

static void run_four(void (*entry)(void *), struct shared *shared)
{
    struct thread threads[4];

    for (int i = 0; i < 4; i++)
        start(&threads[i], entry, shared);
    for (int i = 0; i < 4; i++)
        assert_int_equal(wait_for(&threads[i]), STATUS_SUCCESS);
}

static void exclude(void)
{
    struct shared shared = {0};

    run_four(count_plain, &shared);
    assert_int_equal(shared.counter, 4 * TURNS);
    run_four(count_queued, &shared);
    assert_int_equal(shared.counter, 8 * TURNS);
    assert_int_equal(shared.lock, 0);
}

static void readers_and_writers(void)
{
    struct shared shared = {0};

    run_four(read_or_write, &shared);
    assert_int_equal(shared.counter, TURNS);
    assert_int_equal(shared.rw, 0);
}

static void are_tried_and_converted(void)
{
    KSPIN_LOCK lock = 0;
    EX_SPIN_LOCK rw = 0;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    assert_true(KeTestSpinLock(&lock));
    assert_true(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    assert_false(KeTestSpinLock(&lock));
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    assert_true(KeTestSpinLock(&lock));

    ExAcquireSpinLockSharedAtDpcLevel(&rw);
    ExAcquireSpinLockSharedAtDpcLevel(&rw);
    assert_false(ExTryConvertSharedSpinLockExclusive(&rw));
    ExReleaseSpinLockSharedFromDpcLevel(&rw);
    assert_true(ExTryConvertSharedSpinLockExclusive(&rw));
    ExReleaseSpinLockExclusiveFromDpcLevel(&rw);
    assert_int_equal(rw, 0);
    KeLowerIrql(irql);
}

static void device_queue_keeps_order(void)
{
    KDEVICE_QUEUE queue;
    KDEVICE_QUEUE_ENTRY entries[5];
    const ULONG keys[5] = {0, 30, 10, 20, 10};

    KeInitializeDeviceQueue(&queue);
    assert_null(KeRemoveByKeyDeviceQueueIfBusy(&queue, 0));
    assert_false(KeInsertDeviceQueue(&queue, &entries[0])); /* the device is free: not queued */
    assert_true(queue.Busy);
    for (int i = 1; i < 5; i++)
        assert_true(KeInsertByKeyDeviceQueue(&queue, &entries[i], keys[i]));
    assert_true(KeRemoveEntryDeviceQueue(&queue, &entries[3]));
    assert_false(KeRemoveEntryDeviceQueue(&queue, &entries[3]));
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 15), &entries[1]); /* 30 */
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 99), &entries[2]); /* round to the first */
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[4]);
    assert_true(queue.Busy);
    assert_null(KeRemoveDeviceQueue(&queue));
    assert_false(queue.Busy);
    assert_false(KeInsertDeviceQueue(&queue, &entries[0]));
    assert_true(KeInsertDeviceQueue(&queue, &entries[1]));
    assert_true(KeInsertDeviceQueue(&queue, &entries[2]));
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &entries[1]);
    assert_ptr_equal(KeRemoveByKeyDeviceQueueIfBusy(&queue, 0), &entries[2]);
    assert_null(KeRemoveDeviceQueue(&queue));
    assert_int_equal(queue.Lock, 0);
}

static const struct ke_test tests[] = {
    KE_TEST(exclude, 0),
    KE_TEST(readers_and_writers, 0),
    KE_TEST(are_tried_and_converted, 0),
    KE_TEST(device_queue_keeps_order, 0),
};

int main(void)
{
    return KE_TEST_RUN(tests);
}
