/* SPDX-License-Identifier: MIT */
/* seh_test.c - raised exceptions in a driver of clang's, and where they end unhandled. */
#include "room_kernel.h"

#include "seh/seh.h"

#define CODE_A ((NTSTATUS)0xe0000001)

static void handles_what_software_raises(void **state)
{
    (void)state;
    room_start();
    seh_init();
    room_enter("room_seh.sys", 0, NULL);
    room_stop();
}

static void prepare(void)
{
    seh_init();
}

static void prepare_system(void)
{
    seh_init();
    room_thread.is_system = true;
}

static void unhandled_is_a_bug_check(void **state)
{
    (void)state;
    room_dies("room_seh.sys", 100, NULL, prepare);
    assert_int_equal(room_bugcheck->code, KMODE_EXCEPTION_NOT_HANDLED);
    assert_int_equal((NTSTATUS)room_bugcheck->parameter[0], CODE_A);
    assert_in_range(room_bugcheck->parameter[1], 0x480000000000, 0x490000000000);
    room_dies("room_seh.sys", 100, NULL, prepare_system);
    assert_int_equal(room_bugcheck->code, SYSTEM_THREAD_EXCEPTION_NOT_HANDLED);
    assert_int_equal((NTSTATUS)room_bugcheck->parameter[0], CODE_A);
    assert_true(room_bugcheck->parameter[2] != 0 && room_bugcheck->parameter[3] != 0);
}

static void unwinding_to_no_frame_is_an_exception(void **state)
{
    (void)state;
    room_dies("room_seh.sys", 104, NULL, prepare);
    assert_int_equal(room_bugcheck->code, KMODE_EXCEPTION_NOT_HANDLED);
    assert_int_equal((NTSTATUS)room_bugcheck->parameter[0], STATUS_INVALID_UNWIND_TARGET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles_what_software_raises),
        cmocka_unit_test(unhandled_is_a_bug_check),
        cmocka_unit_test(unwinding_to_no_frame_is_an_exception),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
