/* SPDX-License-Identifier: MIT */
/* wait_test.c - events, semaphores, mutants, waits for several, what breaks a wait. */
#include "ke_test.h"

static LARGE_INTEGER zero;

static NTSTATUS poll(void *object)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &zero);
}

static void event_states(void)
{
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    assert_int_equal(poll(&event), STATUS_TIMEOUT);
    assert_int_equal(KeSetEvent(&event, 0, FALSE), 0);
    assert_int_equal(KeSetEvent(&event, 0, FALSE), 1);
    assert_int_equal(KeReadStateEvent(&event), 1);
    assert_int_equal(poll(&event), STATUS_SUCCESS);
    assert_int_equal(poll(&event), STATUS_SUCCESS);
    assert_int_equal(KeResetEvent(&event), 1);
    assert_int_equal(KeResetEvent(&event), 0);
    assert_int_equal(poll(&event), STATUS_TIMEOUT);

    KeInitializeEvent(&event, SynchronizationEvent, TRUE);
    assert_int_equal(poll(&event), STATUS_SUCCESS);
    assert_int_equal(poll(&event), STATUS_TIMEOUT);
    assert_int_equal(KePulseEvent(&event, 0, FALSE), 0);
    assert_int_equal(poll(&event), STATUS_TIMEOUT);
    assert_int_equal(wait_ms(&event, 1), STATUS_TIMEOUT);
}

struct waiters {
    KEVENT event;
    _Atomic int ready, woken;
};

static void wait_once(void *context)
{
    struct waiters *waiters = context;

    waiters->ready++;
    COVE_ASSERT(wait_for(&waiters->event) == STATUS_SUCCESS);
    waiters->woken++;
}

static void event_wakes_one_or_all(void)
{
    struct waiters waiters = {0};
    struct thread threads[4];

    KeInitializeEvent(&waiters.event, SynchronizationEvent, FALSE);
    for (int i = 0; i < 4; i++)
        start(&threads[i], wait_once, &waiters);
    for (int i = 1; i <= 4; i++) {
        KeSetEvent(&waiters.event, 0, FALSE);
        UNTIL(waiters.woken == i);
        if (i < 4)
            assert_int_equal(waiters.woken, i);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(wait_for(&threads[i]), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&waiters.event), 0);

    waiters.ready = waiters.woken = 0;
    KeInitializeEvent(&waiters.event, NotificationEvent, FALSE);
    for (int i = 0; i < 4; i++)
        start(&threads[i], wait_once, &waiters);
    UNTIL(waiters.ready == 4);
    KeSetEvent(&waiters.event, 0, FALSE);
    for (int i = 0; i < 4; i++)
        assert_int_equal(wait_for(&threads[i]), STATUS_SUCCESS);
    assert_int_equal(waiters.woken, 4);
}

static void semaphore_counts(void)
{
    KSEMAPHORE semaphore;
    LONG previous;

    KeInitializeSemaphore(&semaphore, 2, 3);
    assert_int_equal(poll(&semaphore), STATUS_SUCCESS);
    assert_int_equal(poll(&semaphore), STATUS_SUCCESS);
    assert_int_equal(poll(&semaphore), STATUS_TIMEOUT);
    assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 3, FALSE), 0);
    assert_int_equal(CATCH(KeReleaseSemaphore(&semaphore, 0, 1, FALSE)),
                     STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    assert_int_equal(CATCH(KeReleaseSemaphore(&semaphore, 0, -1, FALSE)),
                     STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    assert_int_equal(KeReadStateSemaphore(&semaphore), 3);
    assert_int_equal(ke_semaphore_try_release(&semaphore, 1, &previous),
                     STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    assert_int_equal(poll(&semaphore), STATUS_SUCCESS);
    assert_int_equal(ke_semaphore_try_release(&semaphore, 1, &previous), STATUS_SUCCESS);
    assert_int_equal(previous, 2);
}

struct mutex_pair {
    KMUTEX mutex;
    KMUTANT mutant;
    KEVENT taken, go;
    int counter;
};

static void take_and_leave_mutant(void *context)
{
    struct mutex_pair *pair = context;

    COVE_ASSERT(wait_for(&pair->mutant) == STATUS_SUCCESS);
    COVE_ASSERT(wait_for(&pair->mutant) == STATUS_SUCCESS);
    KeSetEvent(&pair->taken, 0, FALSE);
    COVE_ASSERT(wait_for(&pair->go) == STATUS_SUCCESS);
}

static void mutant_is_abandoned(void)
{
    struct mutex_pair pair;
    struct thread thread;
    LONG previous;

    ke_mutant_init(&pair.mutant, false);
    KeInitializeEvent(&pair.taken, SynchronizationEvent, FALSE);
    KeInitializeEvent(&pair.go, SynchronizationEvent, FALSE);
    start(&thread, take_and_leave_mutant, &pair);
    assert_int_equal(wait_for(&pair.taken), STATUS_SUCCESS);
    assert_int_equal(poll(&pair.mutant), STATUS_TIMEOUT);
    assert_int_equal(ke_mutant_try_release(&pair.mutant, &previous), STATUS_MUTANT_NOT_OWNED);
    KeSetEvent(&pair.go, 0, FALSE);
    assert_int_equal(wait_for(&pair.mutant), STATUS_ABANDONED_WAIT_0);
    assert_int_equal(wait_for(&pair.mutant), STATUS_SUCCESS);
    assert_int_equal(ke_mutant_try_release(&pair.mutant, &previous), STATUS_SUCCESS);
    assert_int_equal(previous, -1);
    assert_int_equal(ke_mutant_try_release(&pair.mutant, &previous), STATUS_SUCCESS);
    assert_int_equal(previous, 0);
    assert_int_equal(KeReadStateMutex(&pair.mutant), 1);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
}

/* Memory that goes while a thread owns the mutant in it is not touched when that thread ends. */
static void take_and_fini(void *context)
{
    KMUTANT mutant;

    (void)context;
    ke_mutant_init(&mutant, true);
    COVE_ASSERT(wait_for(&mutant) == STATUS_SUCCESS);
    ke_mutant_fini(&mutant);
    memset(&mutant, 0xdd, sizeof(mutant));
}

static void mutant_goes_first(void)
{
    struct thread thread;

    start(&thread, take_and_fini, NULL);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_true(thread.mutants.next == &thread.mutants);
}

static void count_under_mutex(void *context)
{
    struct mutex_pair *pair = context;

    for (int i = 0; i < 100; i++) {
        int seen;

        COVE_ASSERT(wait_for(&pair->mutex) == STATUS_SUCCESS);
        COVE_ASSERT(KeAreApcsDisabled());
        seen = pair->counter;
        if (i % 10 == 0)
            KeDelayExecutionThread(KernelMode, FALSE, &zero);
        pair->counter = seen + 1;
        KeReleaseMutex(&pair->mutex, FALSE);
    }
}

static void mutex_excludes(void)
{
    struct mutex_pair pair = {0};
    struct thread threads[3];

    KeInitializeMutex(&pair.mutex, 0);
    for (int i = 0; i < 3; i++)
        start(&threads[i], count_under_mutex, &pair);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wait_for(&threads[i]), STATUS_SUCCESS);
    assert_int_equal(pair.counter, 300);
    assert_int_equal(KeReadStateMutex(&pair.mutex), 1);
    assert_int_equal(CATCH(KeReleaseMutex(&pair.mutex, FALSE)), STATUS_MUTANT_NOT_OWNED);
    assert_false(KeAreApcsDisabled());
}

static void mutex_has_a_limit(void)
{
    KMUTEX mutex;

    KeInitializeMutex(&mutex, 0);
    assert_int_equal(wait_for(&mutex), STATUS_SUCCESS);
    mutex.Header.SignalState = (LONG)MINLONG;
    assert_int_equal(CATCH(wait_for(&mutex)), STATUS_MUTANT_LIMIT_EXCEEDED);
    mutex.Header.SignalState = 0;
    assert_int_equal(KeReleaseMutex(&mutex, FALSE), 0);
}

struct several {
    KEVENT a, b, c;
    _Atomic int state;
    NTSTATUS status;
};

static void wait_for_all(void *context)
{
    struct several *several = context;
    void *objects[] = {&several->a, &several->b, &several->c};

    several->state = 1;
    several->status =
        KeWaitForMultipleObjects(3, objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL);
    several->state = 2;
}

static void wait_all_takes_all_or_none(void)
{
    struct several several = {0};
    struct thread thread;

    KeInitializeEvent(&several.a, SynchronizationEvent, FALSE);
    KeInitializeEvent(&several.b, SynchronizationEvent, FALSE);
    KeInitializeEvent(&several.c, NotificationEvent, TRUE);
    start(&thread, wait_for_all, &several);
    UNTIL(several.state == 1);
    KeSetEvent(&several.a, 0, FALSE);
    assert_int_equal(wait_ms(&thread, 1), STATUS_TIMEOUT);
    assert_int_equal(KeReadStateEvent(&several.a), 1); /* not taken alone */
    assert_int_equal(poll(&several.a), STATUS_SUCCESS);
    KeSetEvent(&several.b, 0, FALSE);
    assert_int_equal(wait_ms(&thread, 1), STATUS_TIMEOUT);
    KeSetEvent(&several.a, 0, FALSE);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(several.status, STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&several.a), 0);
    assert_int_equal(KeReadStateEvent(&several.b), 0);
    assert_int_equal(KeReadStateEvent(&several.c), 1);
}

static void set_second(void *context)
{
    struct several *several = context;

    KeSetEvent(&several->b, 0, FALSE);
}

static void wait_any_says_which(void)
{
    struct several several;
    void *objects[] = {&several.a, &several.b, &several.b};
    struct thread thread;

    KeInitializeEvent(&several.a, SynchronizationEvent, FALSE);
    KeInitializeEvent(&several.b, SynchronizationEvent, FALSE);
    start(&thread, set_second, &several);
    assert_int_equal(
        KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL),
        STATUS_WAIT_1);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    KeSetEvent(&several.a, 0, FALSE);
    KeSetEvent(&several.b, 0, FALSE);
    assert_int_equal(
        KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, &zero, NULL),
        STATUS_WAIT_0);
    assert_int_equal(poll(&several.b), STATUS_SUCCESS);
    assert_int_equal(
        KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, &zero, NULL),
        STATUS_TIMEOUT);
    assert_true(IsListEmpty(&several.a.Header.WaitListHead));
}

struct breakable {
    KEVENT never;
    KPROCESSOR_MODE mode;
    BOOLEAN is_alertable;
    _Atomic int started;
    NTSTATUS status;
};

static void wait_breakable(void *context)
{
    struct breakable *breakable = context;

    breakable->started = 1;
    breakable->status = KeWaitForSingleObject(&breakable->never, UserRequest, breakable->mode,
                                              breakable->is_alertable, NULL);
}

static void waits_are_broken(void)
{
    struct breakable breakable = {.mode = UserMode};
    struct thread thread;
    LARGE_INTEGER timeout = due_in_ms(1);

    KeInitializeEvent(&breakable.never, NotificationEvent, FALSE);
    start(&thread, wait_breakable, &breakable);
    UNTIL(breakable.started);
    ke_thread_terminate(&thread);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(breakable.status, STATUS_THREAD_IS_TERMINATING);

    breakable = (struct breakable){.mode = KernelMode, .is_alertable = TRUE};
    KeInitializeEvent(&breakable.never, NotificationEvent, FALSE);
    start(&thread, wait_breakable, &breakable);
    UNTIL(breakable.started);
    ke_thread_alert(&thread);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(breakable.status, STATUS_ALERTED);
    assert_true(IsListEmpty(&breakable.never.Header.WaitListHead));

    /* A kernel-mode wait that is not alertable is broken by neither. */
    breakable = (struct breakable){.mode = KernelMode};
    KeInitializeEvent(&breakable.never, NotificationEvent, FALSE);
    start(&thread, wait_breakable, &breakable);
    UNTIL(breakable.started);
    ke_thread_alert(&thread);
    ke_thread_terminate(&thread);
    assert_int_equal(KeWaitForSingleObject(&thread, Executive, KernelMode, FALSE, &timeout),
                     STATUS_TIMEOUT);
    KeSetEvent(&breakable.never, 0, FALSE);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(breakable.status, STATUS_SUCCESS);

    /* An alert that came before is kept for the next alertable wait. */
    ke_thread_alert(ke_thread_current());
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &timeout), STATUS_ALERTED);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &timeout), STATUS_SUCCESS);
}

static void exit_deep(void *context)
{
    if (*(int *)context == 0)
        ke_thread_exit(STATUS_CANCELLED);
    --*(int *)context;
    exit_deep(context);
    COVE_ASSERT(!"came back");
}

static _Atomic int ended;

static void on_end(struct thread *thread)
{
    COVE_ASSERT(thread->header.SignalState == 1 && ke_irql() == PASSIVE_LEVEL);
    ended++;
}

static void thread_ends(void)
{
    struct thread thread = {0};
    int depth = 5;

    ended = 0;
    ke_thread_init(&thread, "exits", NULL);
    assert_int_equal(ke_thread_start(&thread, exit_deep, &depth, on_end), STATUS_SUCCESS);
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    assert_int_equal(thread.exit_status, STATUS_CANCELLED);
    UNTIL(ended == 1);
}

static void delay_takes_its_time(void)
{
    ULONGLONG start_100ns = KeQueryInterruptTime();
    LARGE_INTEGER interval = due_in_ms(2), absolute;

    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
    assert_true(KeQueryInterruptTime() - start_100ns >= 20000);
    KeQuerySystemTime(&absolute);
    absolute.QuadPart += 20000;
    start_100ns = KeQueryInterruptTime();
    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &absolute), STATUS_SUCCESS);
    assert_true(KeQueryInterruptTime() - start_100ns >= 15000);
    absolute.QuadPart = 1; /* long ago */
    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &absolute), STATUS_SUCCESS);
}

static const struct ke_test tests[] = {
    KE_TEST(event_states, 0),        KE_TEST(event_wakes_one_or_all, 0),
    KE_TEST(semaphore_counts, 0),    KE_TEST(mutant_is_abandoned, 0),
    KE_TEST(mutant_goes_first, 0),   KE_TEST(mutex_excludes, 0),
    KE_TEST(mutex_has_a_limit, 0),   KE_TEST(wait_all_takes_all_or_none, 0),
    KE_TEST(wait_any_says_which, 0), KE_TEST(waits_are_broken, 0),
    KE_TEST(thread_ends, 0),         KE_TEST(delay_takes_its_time, 0),
};

int main(void)
{
    return KE_TEST_RUN(tests);
}
