/* SPDX-License-Identifier: MIT */
/* work_test.c - work items: run once each, also when all wait for others, drained, ended. */
#include "ex_test.h"

static _Atomic unsigned ran;

static void count_one(void *context)
{
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    (*(_Atomic unsigned *)context)++;
}

static VOID NTAPI count_one_driver(PVOID context)
{
    (*(_Atomic unsigned *)context)++;
}

static void every_item_runs_once(void)
{
    static struct ex_work works[100];
    static WORK_QUEUE_ITEM items[100];
    KIRQL irql;

    ran = 0;
    ex_work_drain(); /* with nothing to do */
    irql = ke_irql_raise(DISPATCH_LEVEL);
    for (unsigned i = 0; i < 100; i++)
        ex_work_queue(&works[i], count_one, &ran);
    ke_irql_lower(irql);
    for (unsigned i = 0; i < 100; i++) {
        ExInitializeWorkItem(&items[i], count_one_driver, &ran);
        ExQueueWorkItem(&items[i], i % 3 == 0 ? DelayedWorkQueue : CriticalWorkQueue);
    }
    ex_work_drain();
    assert_int_equal(ran, 200);
}

struct chain {
    struct ex_work work;
    KEVENT *mine, *next;
};

static void wait_then_set(void *context)
{
    struct chain *chain = context;

    KeWaitForSingleObject(chain->mine, Executive, KernelMode, FALSE, NULL);
    KeSetEvent(chain->next, 0, FALSE);
    ran++;
}

/* Each waits for the one queued after it: as many threads as items are needed. */
static void items_may_wait_for_later_ones(void)
{
    static struct chain chain[20];
    static KEVENT events[21];

    ran = 0;
    for (unsigned i = 0; i <= 20; i++)
        KeInitializeEvent(&events[i], NotificationEvent, FALSE);
    for (unsigned i = 0; i < 20; i++) {
        chain[i].next = &events[i];
        chain[i].mine = &events[i + 1];
        ex_work_queue(&chain[i].work, wait_then_set, &chain[i]);
    }
    KeSetEvent(&events[20], 0, FALSE);
    ex_work_drain();
    assert_int_equal(ran, 20);
    assert_int_equal(KeReadStateEvent(&events[0]), 1);
}

struct again {
    struct ex_work work;
    unsigned left;
};

static void queue_again(void *context)
{
    struct again *again = context;

    if (--again->left > 0)
        ex_work_queue(&again->work, queue_again, again);
}

static void an_item_may_queue_itself(void)
{
    static struct again again;

    again.left = 500;
    ex_work_queue(&again.work, queue_again, &again);
    ex_work_drain();
    assert_int_equal(again.left, 0);
}

static struct ex_work inner;

static void drain_inside(void *context)
{
    ex_work_queue(&inner, count_one, &ran);
    ex_work_drain();
    assert_int_equal(ran, 1);
    ran++;
}

/* And who waits for all work waits for what that worker does afterwards, too. */
static void a_worker_may_drain(void)
{
    static struct ex_work work;

    ran = 0;
    ex_work_queue(&work, drain_inside, NULL);
    ex_work_drain();
    assert_int_equal(ran, 2);
}

static unsigned started;
static struct thread threads[80];

static NTSTATUS start_counted(const char *name, void (*entry)(void *), void *context)
{
    memset(&threads[started], 0, sizeof(threads[started]));
    ke_thread_init(&threads[started], name, NULL);
    return ke_thread_start(&threads[started++], entry, context, NULL);
}

static void threads_of_another_making(void)
{
    static struct ex_work works[10];

    started = 0;
    ran = 0;
    ex_work_queue(&works[0], count_one, &ran);
    ex_work_threads_set(start_counted); /* what is queued runs first or after: never lost */
    assert_true(started >= 1);
    for (unsigned i = 1; i < 10; i++)
        ex_work_queue(&works[i], count_one, &ran);
    ex_work_drain();
    assert_int_equal(ran, 10);
    ex_work_threads_set(NULL);
    for (unsigned i = 0; i < started; i++)
        thread_wait(&threads[i]);
}

int main(void)
{
    static const struct ex_test tests[] = {
        EX_TEST(every_item_runs_once),      EX_TEST(items_may_wait_for_later_ones),
        EX_TEST(an_item_may_queue_itself),  EX_TEST(a_worker_may_drain),
        EX_TEST(threads_of_another_making),
    };

    return EX_TEST_RUN(tests);
}
