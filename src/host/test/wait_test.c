/* SPDX-License-Identifier: MIT */
/* wait_test.c - waiting on a word and the small lock, with real threads.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/host.h"

static void a_different_value_returns_at_once(void **state)
{
    _Atomic uint32_t word = 1;

    assert_int_equal(host_wait(&word, 0, HOST_FOREVER), 0);
}

static void a_wait_ends_at_its_deadline_and_not_before(void **state)
{
    _Atomic uint32_t word = 0;
    uint64_t deadline = host_clock_ns() + 2000000;
    int result;

    do
        result = host_wait(&word, 0, deadline);
    while (result == 0);
    assert_int_equal(result, ETIMEDOUT);
    assert_true(host_clock_ns() >= deadline);
    assert_int_equal(host_wait(&word, 0, 0), ETIMEDOUT);
}

struct table {
    _Atomic uint32_t turn;
    _Atomic uint32_t arrived, released;
};

#define ROUNDS 5000

static void play(struct table *table, uint32_t parity)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t mine = 2 * i + parity;
        uint32_t seen;

        while ((seen = table->turn) != mine)
            host_wait(&table->turn, seen, HOST_FOREVER);
        table->turn = mine + 1;
        host_wake(&table->turn, 1);
    }
}

static void play_odd(void *argument)
{
    play(argument, 1);
}

static void no_wake_is_lost(void **state)
{
    struct host_thread *thread;
    struct table table = {0};

    assert_int_equal(host_thread_create(NULL, play_odd, &table, &thread), 0);
    play(&table, 0);
    host_thread_join(thread);
    assert_int_equal(table.turn, 2 * ROUNDS);
}

static void stand_at_the_gate(void *argument)
{
    struct table *table = argument;

    table->arrived++;
    while (table->turn == 0)
        host_wait(&table->turn, 0, HOST_FOREVER);
    table->released++;
}

static void wake_all_wakes_all(void **state)
{
    struct host_thread *threads[8];
    struct table table = {0};

    for (int i = 0; i < 8; i++)
        assert_int_equal(host_thread_create(NULL, stand_at_the_gate, &table, &threads[i]), 0);
    while (table.arrived != 8)
        host_thread_yield();
    assert_int_equal(table.released, 0);
    table.turn = 1;
    host_wake(&table.turn, INT_MAX);
    for (int i = 0; i < 8; i++)
        host_thread_join(threads[i]);
    assert_int_equal(table.released, 8);
}

struct counter {
    struct host_lock lock;
    uint64_t value; /* plain on purpose: only the lock keeps it right */
    uint64_t twice;
};

#define THREADS   6
#define ADDITIONS 100000

static void add_many(void *argument)
{
    struct counter *counter = argument;

    for (int i = 0; i < ADDITIONS; i++) {
        host_lock_take(&counter->lock);
        counter->value++;
        if ((i & 1023) == 0)
            host_thread_yield(); /* lets the others run into a held lock */
        counter->twice += 2;
        host_lock_give(&counter->lock);
    }
}

static void the_lock_excludes_and_ends_free(void **state)
{
    struct host_thread *threads[THREADS];
    struct counter counter = {0};

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(host_thread_create(NULL, add_many, &counter, &threads[i]), 0);
    for (int i = 0; i < THREADS; i++)
        host_thread_join(threads[i]);
    assert_int_equal(counter.value, THREADS * ADDITIONS);
    assert_int_equal(counter.twice, 2 * THREADS * ADDITIONS);
    assert_int_equal(counter.lock.word, 0);
}

static void take_and_give(void *argument)
{
    struct counter *counter = argument;

    host_lock_take(&counter->lock);
    counter->value++;
    host_lock_give(&counter->lock);
}

static void a_sleeper_is_woken_by_the_owner(void **state)
{
    struct host_thread *thread;
    struct counter counter = {0};

    host_lock_take(&counter.lock);
    assert_int_equal(host_thread_create(NULL, take_and_give, &counter, &thread), 0);
    while (counter.lock.word != 2) /* it has given up spinning */
        host_thread_yield();
    assert_int_equal(counter.value, 0);
    host_lock_give(&counter.lock);
    host_thread_join(thread);
    assert_int_equal(counter.value, 1);
    assert_int_equal(counter.lock.word, 0);
}

static void clocks_go_forward(void **state)
{
    uint64_t before = host_clock_ns(), wall = host_wallclock_100ns();

    host_stall_ns(200000);
    assert_true(host_clock_ns() >= before + 200000);
    assert_true(host_wallclock_100ns() > wall);
    /* between 2020 and 2200 */
    assert_true(wall > 132223104000000000ull && wall < 189000000000000000ull);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_different_value_returns_at_once),
        cmocka_unit_test(a_wait_ends_at_its_deadline_and_not_before),
        cmocka_unit_test(no_wake_is_lost),
        cmocka_unit_test(wake_all_wakes_all),
        cmocka_unit_test(the_lock_excludes_and_ends_free),
        cmocka_unit_test(a_sleeper_is_woken_by_the_owner),
        cmocka_unit_test(clocks_go_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
