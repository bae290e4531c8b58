/* SPDX-License-Identifier: MIT */
/* store_lazy_sim_test.c - changes that nobody flushes reach the disk by themselves, soon, and
 * together; on the simulated ground, where seconds take no time. */
#include "store_test.h"

#define ROOT "\\Registry\\Machine\\Software\\Lazy"

static void pause_ms(int milliseconds)
{
    LARGE_INTEGER delay = {.QuadPart = -10000ll * milliseconds};
    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &delay), STATUS_SUCCESS);
}

static void after_some_seconds(void **state)
{
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT));
    number_set(key, NAME("n"), 1);
    pause_ms(500);
    state_copy();
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT), NAME("n")), -2); /* not at once */

    machine_boot(state_folder);
    key = key_old(NAME(ROOT));
    number_set(key, NAME("n"), 2);
    pause_ms(1000);
    number_set(key, NAME("m"), 3); /* does not put it off */
    pause_ms(3000);
    state_copy();
    number_set(key, NAME("n"), 4); /* halting writes this */
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT), NAME("n")), 2);
    assert_int_equal(number_in_copy(NAME(ROOT), NAME("m")), 3);
    state_copy();
    assert_int_equal(number_in_copy(NAME(ROOT), NAME("n")), 4);
}

static void not_in_a_batch(void **state)
{
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT));
    number_set(key, NAME("n"), 10);
    cm_batch_begin();
    pause_ms(9000); /* the worker is due many times */
    state_copy();
    assert_int_equal(cm_batch_end(), STATUS_SUCCESS);
    number_set(key, NAME("n"), 11);
    pause_ms(6000);
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT), NAME("n")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(after_some_seconds),
                                       cmocka_unit_test(not_in_a_batch)};
    return cmocka_run_group_tests(tests, folders_make, folders_remove);
}
