/* SPDX-License-Identifier: MIT */
/* sync_test.c - critical sections, slim locks, condition variables, with threads that compete. */
#include "front_fake.h"
#include "ntdll/sync.h"

#define THREADS 4
#define TURNS   5000

static RTL_CRITICAL_SECTION section;
static RTL_SRWLOCK slim;
static RTL_CONDITION_VARIABLE condition;
static int counter, readers_most;
static _Atomic int readers, number;

static void run(void (*body)(void *))
{
    struct host_thread *thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(host_thread_create(NULL, body, NULL, &thread[i]), 0);
    for (int i = 0; i < THREADS; i++)
        host_thread_join(thread[i]);
}

static void section_body(void *unused)
{
    struct teb teb;
    fake_thread(&teb, (uintptr_t)atomic_fetch_add(&number, 1) + 100);
    for (int i = 0; i < TURNS; i++) {
        section_enter(&section);
        section_enter(&section);
        counter++;
        section_leave(&section);
        section_leave(&section);
    }
}

static void a_section_excludes(void **state)
{
    section_init(&section, 0);
    counter = 0;
    run(section_body);
    assert_int_equal(counter, THREADS * TURNS);
    assert_int_equal(section.LockCount, -1);
    assert_int_equal(section.RecursionCount, 0);
    assert_null(section.OwningThread);
}

static void try_body(void *out)
{
    struct teb teb;
    fake_thread(&teb, 2);
    *(bool *)out = section_try(&section);
}

static void a_held_section_is_not_entered(void **state)
{
    struct teb teb;
    struct host_thread *thread;
    bool is_entered = true;
    fake_thread(&teb, 1);
    section_init(&section, 0);
    assert_true(section_try(&section));
    assert_true(section_try(&section));
    assert_int_equal(host_thread_create(NULL, try_body, &is_entered, &thread), 0);
    host_thread_join(thread);
    assert_false(is_entered);
    assert_int_equal(section.RecursionCount, 2);
    section_leave(&section);
    section_leave(&section);
}

static void slim_body(void *unused)
{
    for (int i = 0; i < TURNS; i++) {
        if (i % 4) {
            srw_take_shared(&slim);
            int now = atomic_fetch_add(&readers, 1) + 1;
            if (now > readers_most)
                readers_most = now;
            atomic_fetch_sub(&readers, 1);
            srw_give_shared(&slim);
        } else {
            srw_take_exclusive(&slim);
            assert_int_equal(atomic_load(&readers), 0);
            counter++;
            srw_give_exclusive(&slim);
        }
    }
}

static void a_slim_lock_excludes_and_shares(void **state)
{
    counter = 0;
    slim.Ptr = NULL;
    run(slim_body);
    assert_int_equal(counter, THREADS * TURNS / 4);
    assert_null(slim.Ptr);
    assert_true(srw_try_shared(&slim));
    assert_true(srw_try_shared(&slim));
    assert_false(srw_try_exclusive(&slim));
    srw_give_shared(&slim);
    srw_give_shared(&slim);
    assert_true(srw_try_exclusive(&slim));
    assert_false(srw_try_shared(&slim));
    srw_give_exclusive(&slim);
}

static void consumer_body(void *unused)
{
    srw_take_exclusive(&slim);
    while (!counter) {
        uint32_t sequence = atomic_load(&condition.sequence);
        srw_give_exclusive(&slim);
        condition_wait(&condition, sequence, HOST_FOREVER);
        srw_take_exclusive(&slim);
    }
    counter--;
    srw_give_exclusive(&slim);
}

static void a_condition_wakes_everyone_in_turn(void **state)
{
    struct host_thread *thread[THREADS];
    counter = 0;
    slim.Ptr = condition.Ptr = NULL;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(host_thread_create(NULL, consumer_body, NULL, &thread[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        srw_take_exclusive(&slim);
        counter++;
        srw_give_exclusive(&slim);
        condition_wake(&condition, false);
    }
    for (int i = 0; i < THREADS; i++)
        host_thread_join(thread[i]);
    assert_int_equal(counter, 0);
    assert_int_equal(atomic_load(&condition.sleepers), 0);
}

static void a_wait_ends_with_its_time(void **state)
{
    condition.Ptr = NULL;
    assert_false(condition_wait(&condition, 0, host_clock_ns()));
    assert_true(condition_wait(&condition, 7, HOST_FOREVER)); /* it has moved on already */
    LARGE_INTEGER relative = {.QuadPart = -10};
    uint64_t now = host_clock_ns();
    assert_true(deadline_of_timeout(&relative) >= now + 1000);
    assert_true(deadline_of_timeout(NULL) == HOST_FOREVER);
    assert_true(deadline_of_ms(INFINITE) == HOST_FOREVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_excludes),
        cmocka_unit_test(a_held_section_is_not_entered),
        cmocka_unit_test(a_slim_lock_excludes_and_shares),
        cmocka_unit_test(a_condition_wakes_everyone_in_turn),
        cmocka_unit_test(a_wait_ends_with_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
