/* SPDX-License-Identifier: MIT */
/* timer_test.c - timers: once, periodic, cancelled, with and without DPC, in order. */
#include "ke_test.h"

static LARGE_INTEGER zero;

struct ticks {
    _Atomic int count;
    int order[64];
    KEVENT done;
    int wanted;
};

struct numbered {
    KTIMER timer;
    KDPC dpc;
    struct ticks *ticks;
    int number;
};

static void NTAPI tick(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    struct numbered *numbered = context;
    struct ticks *ticks = numbered->ticks;
    int i = ticks->count;

    (void)argument1;
    (void)argument2;
    COVE_ASSERT(dpc == &numbered->dpc && ke_irql() == DISPATCH_LEVEL);
    if (i < 64)
        ticks->order[i] = numbered->number;
    ticks->count = i + 1;
    if (i + 1 == ticks->wanted)
        KeSetEvent(&ticks->done, 0, FALSE);
}

static void numbered_init(struct numbered *numbered, struct ticks *ticks, int number)
{
    KeInitializeTimer(&numbered->timer);
    KeInitializeDpc(&numbered->dpc, tick, numbered);
    KeSetTargetProcessorDpc(&numbered->dpc, 0); /* one after the other */
    numbered->ticks = ticks;
    numbered->number = number;
}

static void ticks_init(struct ticks *ticks, int wanted)
{
    memset(ticks, 0, sizeof(*ticks));
    ticks->wanted = wanted;
    KeInitializeEvent(&ticks->done, NotificationEvent, FALSE);
}

static void expires_once(void)
{
    ULONGLONG start_100ns = KeQueryInterruptTime();
    KTIMER timer;

    KeInitializeTimerEx(&timer, SynchronizationTimer);
    assert_false(KeSetTimer(&timer, due_in_ms(2), NULL));
    assert_false(KeReadStateTimer(&timer));
    assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
    assert_true(KeQueryInterruptTime() - start_100ns >= 20000);
    assert_false(KeReadStateTimer(&timer));
    assert_false(KeCancelTimer(&timer));

    KeInitializeTimer(&timer);
    assert_false(KeSetTimer(&timer, due_in_ms(1), NULL));
    assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
    assert_true(KeReadStateTimer(&timer));
    assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
}

static void is_set_anew_and_cancelled(void)
{
    struct ticks ticks;
    struct numbered numbered;

    ticks_init(&ticks, 1);
    numbered_init(&numbered, &ticks, 0);
    assert_false(KeSetTimer(&numbered.timer, due_in_ms(100000), &numbered.dpc));
    assert_true(KeSetTimer(&numbered.timer, due_in_ms(200000), &numbered.dpc));
    assert_true(KeCancelTimer(&numbered.timer));
    assert_false(KeCancelTimer(&numbered.timer));
    assert_int_equal(wait_ms(&numbered.timer, 1), STATUS_TIMEOUT);
    assert_true(KeSetTimer(&numbered.timer, due_in_ms(100000), &numbered.dpc) == FALSE);
    assert_true(KeSetTimer(&numbered.timer, due_in_ms(1), &numbered.dpc));
    assert_int_equal(wait_for(&ticks.done), STATUS_SUCCESS);
    assert_int_equal(ticks.count, 1);
}

static void past_due_expires_now(void)
{
    struct ticks ticks;
    struct numbered numbered;
    LARGE_INTEGER due = {.QuadPart = 1};

    ticks_init(&ticks, 2);
    numbered_init(&numbered, &ticks, 0);
    KeSetTimer(&numbered.timer, zero, &numbered.dpc);
    assert_true(KeReadStateTimer(&numbered.timer));
    KeFlushQueuedDpcs();
    assert_int_equal(ticks.count, 1);
    KeSetTimer(&numbered.timer, due, &numbered.dpc); /* the year 1601 */
    assert_int_equal(wait_for(&ticks.done), STATUS_SUCCESS);
    KeQuerySystemTime(&due);
    due.QuadPart += 20000;
    KeSetTimer(&numbered.timer, due, NULL);
    assert_false(KeReadStateTimer(&numbered.timer));
    assert_int_equal(wait_for(&numbered.timer), STATUS_SUCCESS);
}

static void periodic_goes_on(void)
{
    ULONGLONG start_100ns = KeQueryInterruptTime();
    struct ticks ticks;
    struct numbered numbered;

    ticks_init(&ticks, 5);
    numbered_init(&numbered, &ticks, 0);
    KeSetTimerEx(&numbered.timer, due_in_ms(1), 1, &numbered.dpc);
    assert_int_equal(wait_for(&ticks.done), STATUS_SUCCESS);
    assert_true(KeCancelTimer(&numbered.timer));
    KeFlushQueuedDpcs();
    assert_true(ticks.count >= 5);
    assert_true(KeQueryInterruptTime() - start_100ns >= 50000);
}

static void expire_in_order(void)
{
    struct ticks ticks;
    struct numbered numbered[32];

    ticks_init(&ticks, 32);
    for (int i = 0; i < 32; i++) {
        LARGE_INTEGER due = {.QuadPart = -20000 - 1000 * (i * 7 % 32)};

        numbered_init(&numbered[i], &ticks, i * 7 % 32);
        KeSetTimer(&numbered[i].timer, due, &numbered[i].dpc);
    }
    assert_int_equal(wait_for(&ticks.done), STATUS_SUCCESS);
    for (int i = 1; i < 32; i++)
        assert_true(ticks.order[i - 1] < ticks.order[i]);
}

static void expires_while_processors_are_held(void)
{
    struct ticks ticks;
    struct numbered numbered;
    KIRQL irql;

    ticks_init(&ticks, 1);
    numbered_init(&numbered, &ticks, 0);
    KeSetTimer(&numbered.timer, due_in_ms(1), &numbered.dpc);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeStallExecutionProcessor(3000);
    if (ke_processor_count() == 1)
        assert_int_equal(ticks.count, 0); /* IRQL keeps it out */
    KeLowerIrql(irql);
    KeStallExecutionProcessor(5000); /* and a stall at PASSIVE_LEVEL lets it in */
    assert_int_equal(wait_for(&ticks.done), STATUS_SUCCESS);
}

struct ex {
    _Atomic int count, deleted;
    PEX_TIMER timer;
};

static void NTAPI ex_tick(PEX_TIMER timer, PVOID context)
{
    struct ex *ex = context;

    COVE_ASSERT(timer == ex->timer && ke_irql() == DISPATCH_LEVEL);
    ex->count++;
}

static void NTAPI ex_deleted(void *context)
{
    ((struct ex *)context)->deleted++;
}

static void ex_timers(void)
{
    struct ex ex = {0};
    EXT_DELETE_PARAMETERS parameters;

    ExInitializeDeleteTimerParameters(&parameters);
    parameters.DeleteCallback = ex_deleted;
    parameters.DeleteContext = &ex;
    assert_null(ExAllocateTimer(ex_tick, &ex, 1));
    ex.timer = ExAllocateTimer(ex_tick, &ex, EX_TIMER_NOTIFICATION);
    assert_non_null(ex.timer);
    assert_false(ExSetTimer(ex.timer, -10000, 0, NULL));
    assert_int_equal(wait_for(ex.timer), STATUS_SUCCESS);
    UNTIL(ex.count == 1);
    assert_false(ExSetTimer(ex.timer, -10000, 10000, NULL));
    UNTIL(ex.count >= 4);
    assert_true(ExCancelTimer(ex.timer, NULL));
    assert_false(ExCancelTimer(ex.timer, NULL));
    assert_false(ExSetTimer(ex.timer, -100000000, 0, NULL));
    assert_true(ExDeleteTimer(ex.timer, TRUE, TRUE, &parameters));
    assert_int_equal(ex.deleted, 1);

    /* Not cancelled: it expires once more, then goes. */
    ex.count = 0;
    ex.timer = ExAllocateTimer(ex_tick, &ex, 0);
    assert_false(ExSetTimer(ex.timer, -10000, 10000, NULL));
    assert_false(ExDeleteTimer(ex.timer, FALSE, FALSE, &parameters));
    UNTIL(ex.deleted == 2);
    assert_true(ex.count >= 1);

    ex.timer = ExAllocateTimer(NULL, NULL, 0); /* never set */
    assert_false(ExDeleteTimer(ex.timer, TRUE, TRUE, &parameters));
    assert_int_equal(ex.deleted, 3);
}

static bool find(const void *low, size_t size, enum ke_timer_use *out_use)
{
    uint64_t address;

    return ke_timer_find((uintptr_t)low, (uintptr_t)low + size, out_use, &address) &&
           address >= (uintptr_t)low && address < (uintptr_t)low + size;
}

/* What must not be when memory goes. */
static void is_found_in_memory(void)
{
    enum ke_timer_use use = KE_TIMER_ROUTINE;
    KTIMER timer;
    KDPC dpc;

    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, tick, NULL);
    assert_false(find(&timer, sizeof(timer), &use));
    KeSetTimer(&timer, due_in_ms(3600000), &dpc);
    assert_true(find(&timer, sizeof(timer), &use));
    assert_int_equal(use, KE_TIMER_ITSELF);
    assert_true(find(&dpc, sizeof(dpc), &use));
    assert_int_equal(use, KE_TIMER_DPC);
    assert_true(find((const void *)(uintptr_t)tick, 1, &use));
    assert_int_equal(use, KE_TIMER_ROUTINE);
    assert_false(find(&use, sizeof(use), &use));
    assert_true(KeCancelTimer(&timer));
    assert_false(find(&timer, sizeof(timer), &use));
}

static void time_is_told_alike(void)
{
    KUSER_SHARED_DATA *data = ke_shared_data();
    LARGE_INTEGER frequency, before, after, ticks;
    ULONGLONG shared;

    before = KeQueryPerformanceCounter(&frequency);
    assert_int_equal(frequency.QuadPart, 10000000);
    KeStallExecutionProcessor(200);
    after = KeQueryPerformanceCounter(NULL);
    assert_true(after.QuadPart - before.QuadPart >= 2000);
    data = ke_shared_data();
    shared = ((ULONGLONG)(ULONG)data->InterruptTime.High1Time << 32) | data->InterruptTime.LowPart;
    assert_true(shared >= (ULONGLONG)after.QuadPart);
    assert_true(shared <= KeQueryInterruptTime());
    assert_int_equal(data->InterruptTime.High1Time, data->InterruptTime.High2Time);
    KeQueryTickCount(&ticks);
    assert_true(ticks.QuadPart <= (LONGLONG)(KeQueryInterruptTime() / KeQueryTimeIncrement()));
    ke_version_set(6, 1, 7601);
    assert_int_equal(ke_shared_data()->NtMajorVersion, 6);
    assert_int_equal(data->NtBuildNumber, 7601);
}

static const struct ke_test tests[] = {
    KE_TEST(expires_once, 0),
    KE_TEST(is_set_anew_and_cancelled, 0),
    KE_TEST(past_due_expires_now, 0),
    KE_TEST(periodic_goes_on, 0),
    KE_TEST(expire_in_order, 0),
    KE_TEST(expires_while_processors_are_held, 0),
    KE_TEST(expires_while_processors_are_held, 1),
    KE_TEST(ex_timers, 0),
    KE_TEST(is_found_in_memory, 0),
    KE_TEST(time_is_told_alike, 0),
};

int main(void)
{
    return KE_TEST_RUN(tests);
}
