/* SPDX-License-Identifier: MIT */
/* thread_test.c - starting, joining, naming and placing threads; stacks and GS.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "host/host.h"

struct witness {
    struct host_thread *self;
    uintptr_t low, high, here;
    char name[32];
    void *gs_at_start, *gs_at_end;
    bool on_alternate_stack, has_guard;
    _Atomic uint32_t done;
};

/* Is the page unreadable? Asked of the kernel. */
static bool page_is_closed(uintptr_t page)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], rights[8];
    unsigned long from, to;
    bool closed = true;

    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps) != NULL)
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && from <= page && page < to)
            closed = rights[0] == '-';
    fclose(maps);
    return closed;
}

static void bear_witness(void *argument)
{
    struct witness *witness = argument;
    stack_t alternate;

    witness->gs_at_start = host_gs_get();
    witness->self = host_thread_self();
    host_thread_stack(&witness->low, &witness->high);
    witness->here = (uintptr_t)__builtin_frame_address(0);
    witness->has_guard = page_is_closed(witness->low - HOST_PAGE) && !page_is_closed(witness->low);
    pthread_getname_np(pthread_self(), witness->name, sizeof(witness->name));
    sigaltstack(NULL, &alternate);
    witness->on_alternate_stack =
        !(alternate.ss_flags & SS_DISABLE) && alternate.ss_size >= 64 * 1024;
    host_gs_set(witness);
    for (int i = 0; i < 100; i++)
        host_thread_yield();
    witness->gs_at_end = host_gs_get();
    witness->done = 1;
    host_wake(&witness->done, 1);
}

static void a_thread_has_what_was_asked_for(void **state)
{
    struct host_thread_options options = {.name = "a-name-that-is-too-long",
                                          .stack_bytes = 400 * 1024};
    struct host_thread *thread;
    struct witness witness = {0};
    void *mine = host_gs_get();

    host_gs_set(&options);
    assert_int_equal(host_thread_create(&options, bear_witness, &witness, &thread), 0);
    host_thread_join(thread);
    assert_ptr_equal(witness.self, thread);
    assert_string_equal(witness.name, "a-name-that-is-");
    assert_true(witness.low < witness.here && witness.here < witness.high);
    assert_true(witness.high - witness.low >= 400 * 1024);
    assert_true(witness.high - witness.low < 600 * 1024);
    assert_true(witness.has_guard);
    assert_true(witness.on_alternate_stack);
    assert_null(witness.gs_at_start); /* not inherited */
    assert_ptr_equal(witness.gs_at_end, &witness);
    assert_ptr_equal(host_gs_get(), &options);
    host_gs_set(mine);
}

static void the_first_thread_is_adopted(void **state)
{
    uintptr_t low, high, here = (uintptr_t)__builtin_frame_address(0);

    assert_non_null(host_thread_self());
    assert_ptr_equal(host_thread_self(), host_thread_self());
    host_thread_stack(&low, &high);
    assert_true(low < here && here < high);
}

static void *foreign(void *argument)
{
    bear_witness(argument);
    return NULL;
}

static void a_foreign_thread_is_adopted_and_forgotten(void **state)
{
    struct witness witness = {0};
    pthread_t handle;

    for (int i = 0; i < 50; i++) {
        assert_int_equal(pthread_create(&handle, NULL, foreign, &witness), 0);
        assert_int_equal(pthread_join(handle, NULL), 0);
        assert_non_null(witness.self);
        assert_true(witness.self != host_thread_self());
        assert_true(witness.on_alternate_stack);
        assert_true(witness.low < witness.here && witness.here < witness.high);
    }
}

static void a_detached_thread_ends_by_itself(void **state)
{
    struct host_thread_options options = {.name = "detached", .detached = true};
    struct host_thread *thread;
    struct witness witness = {0};

    assert_int_equal(host_thread_create(&options, bear_witness, &witness, &thread), 0);
    while (witness.done == 0)
        host_wait(&witness.done, 0, HOST_FOREVER);
    assert_string_equal(witness.name, "detached");
}

static void too_large_a_stack_is_an_error(void **state)
{
    struct host_thread_options options = {.stack_bytes = (size_t)1 << 60};
    struct host_thread *thread = NULL;
    struct witness witness = {0};
    int error = host_thread_create(&options, bear_witness, &witness, &thread);

    assert_true(error == ENOMEM || error == EAGAIN);
    assert_null(thread);
}

static void add_one(void *argument)
{
    __c11_atomic_fetch_add((_Atomic uint32_t *)argument, 1, __ATOMIC_RELAXED);
}

static size_t count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    size_t count = 0;

    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps) != NULL)
        count++;
    fclose(maps);
    return count;
}

static void threads_leave_nothing_behind(void **state)
{
    _Atomic uint32_t count = 0;
    size_t before = 0;

    for (int round = 0; round < 40; round++) {
        struct host_thread *threads[8];

        for (int i = 0; i < 8; i++)
            assert_int_equal(host_thread_create(NULL, add_one, (void *)&count, &threads[i]), 0);
        for (int i = 0; i < 8; i++)
            host_thread_join(threads[i]);
        if (round == 8)
            before = count_mappings(); /* the C library keeps some stacks for reuse */
    }
    assert_int_equal(count, 320);
    assert_true(count_mappings() <= before + 16);
}

static void pinning_is_followed(void **state)
{
    int home = host_cpu_current();

    assert_true(host_cpu_count() >= 1);
    host_thread_pin(home);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(host_cpu_current(), home);
        host_thread_yield();
    }
    host_thread_pin(100000); /* not there: ignored */
    assert_int_equal(host_cpu_current(), home);
    host_thread_pin(-1);
}

static void the_ground_says_which_it_is(void **state)
{
    assert_false(host_is_sim());
    assert_int_equal(host_sim_seed(1), ENOTSUP);
    assert_int_equal(host_sim_steps(), 0);
    assert_true(host_random64() != host_random64());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_has_what_was_asked_for),
        cmocka_unit_test(the_first_thread_is_adopted),
        cmocka_unit_test(a_foreign_thread_is_adopted_and_forgotten),
        cmocka_unit_test(a_detached_thread_ends_by_itself),
        cmocka_unit_test(too_large_a_stack_is_an_error),
        cmocka_unit_test(threads_leave_nothing_behind),
        cmocka_unit_test(pinning_is_followed),
        cmocka_unit_test(the_ground_says_which_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
