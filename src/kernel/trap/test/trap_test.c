/* SPDX-License-Identifier: MIT */
/* trap_test.c - drivers that fault, and drivers that think they are in ring 0.
 *
 * The framework takes the fault signals before each test, so each takes them back.
 */
#include "room_kernel.h"

#include "trap/trap.h"

static void start(void)
{
    room_start();
    trap_install();
}

static void faults_are_exceptions(void **state)
{
    (void)state;
    start();
    room_enter("room_seh.sys", 0, NULL);
    room_enter("room_seh.sys", 1, NULL);
    room_stop();
}

static void ring_zero(void **state)
{
    (void)state;
    start();
    room_enter("room_trap.sys", 0, NULL);
    room_stop();
}

static void what_raises(void **state)
{
    (void)state;
    start();
    room_enter("room_trap.sys", 1, NULL);
    room_stop();
}

static void lowering_runs_dpcs(void **state)
{
    (void)state;
    start();
    struct image *image = room_load("room_trap.sys");
    room_run(image, 2, NULL);
    image_unload(image);
    room_stop();
}

static void shared_data(void **state)
{
    (void)state;
    start();
    ke_version_set(10, 0, 22621);
    room_enter("room_trap.sys", 3, ke_shared_data());
    room_stop();
}

/* ---- bug checks ------------------------------------------------------------------------- */

static void unhandled_faults(void **state)
{
    (void)state;
    room_dies("room_seh.sys", 101, NULL, trap_install);
    assert_int_equal(room_bugcheck->code, KMODE_EXCEPTION_NOT_HANDLED);
    assert_int_equal((NTSTATUS)room_bugcheck->parameter[0], STATUS_ACCESS_VIOLATION);
    assert_int_equal(room_bugcheck->parameter[2], 1);
    assert_int_equal(room_bugcheck->parameter[3], 0);
    assert_non_null(room_bugcheck->registers);
    room_dies("room_trap.sys", 103, NULL, trap_install);
    assert_int_equal((NTSTATUS)room_bugcheck->parameter[0], STATUS_ASSERTION_FAILURE);
    room_dies("room_trap.sys", 104, NULL, trap_install);
    assert_int_equal(room_bugcheck->code, KMODE_EXCEPTION_NOT_HANDLED);
    assert_int_equal((NTSTATUS)room_bugcheck->parameter[0], STATUS_ASSERTION_FAILURE);
}

static void system_addresses(void **state)
{
    (void)state;
    room_dies("room_seh.sys", 102, NULL, trap_install);
    assert_int_equal(room_bugcheck->code, PAGE_FAULT_IN_NONPAGED_AREA);
    assert_int_equal(room_bugcheck->parameter[0], 0x4f0000000000);
    assert_int_equal(room_bugcheck->parameter[1], 2);
    assert_in_range(room_bugcheck->parameter[2], 0x480000000000, 0x490000000000);
    room_dies("room_seh.sys", 103, NULL, trap_install);
    assert_int_equal(room_bugcheck->code, ATTEMPTED_WRITE_TO_READONLY_MEMORY);
}

static void raised_irql(void **state)
{
    (void)state;
    room_dies("room_trap.sys", 101, NULL, trap_install);
    assert_int_equal(room_bugcheck->code, DRIVER_IRQL_NOT_LESS_OR_EQUAL);
    assert_int_equal(room_bugcheck->parameter[0], 16);
    assert_int_equal(room_bugcheck->parameter[1], DISPATCH_LEVEL);
    assert_int_equal(room_bugcheck->parameter[2], 1);
    assert_in_range(room_bugcheck->parameter[3], 0x480000000000, 0x490000000000);
}

static void fast_fail(void **state)
{
    (void)state;
    room_dies("room_trap.sys", 100, NULL, trap_install);
    assert_int_equal(room_bugcheck->code, KERNEL_SECURITY_CHECK_FAILURE);
    assert_int_equal(room_bugcheck->parameter[0], 2);
    assert_non_null(room_bugcheck->exception);
}

/* On a thread's own stack, which has a guard page. */
static void *overflow_run(void *argument)
{
    (void)argument;
    start();
    ke_bugcheck_hook_set(room_bugcheck_note);
    room_enter("room_trap.sys", 102, NULL);
    return NULL;
}

static void overflow_enter(void *argument)
{
    overflow_run(argument);
}

static void stack_overflow(void **state)
{
    int status;
    (void)state;
    memset(room_bugcheck, 0, sizeof(*room_bugcheck));
    pid_t child = fork();
    if (child == 0) {
        struct host_thread_options options = {.name = "deep"};
        struct host_thread *thread;
        host_thread_create(&options, overflow_enter, NULL, &thread);
        host_thread_join(thread);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
    assert_int_equal(room_bugcheck->code, UNEXPECTED_KERNEL_MODE_TRAP);
    assert_int_equal(room_bugcheck->parameter[0], 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_zero),
        cmocka_unit_test(what_raises),
        cmocka_unit_test(lowering_runs_dpcs),
        cmocka_unit_test(shared_data),
        cmocka_unit_test(faults_are_exceptions),
        cmocka_unit_test(unhandled_faults),
        cmocka_unit_test(system_addresses),
        cmocka_unit_test(raised_irql),
        cmocka_unit_test(fast_fail),
        cmocka_unit_test(stack_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
