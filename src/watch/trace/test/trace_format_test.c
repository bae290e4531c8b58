/* SPDX-License-Identifier: MIT */
/* trace_format_test.c - numbers for addresses, and the lines people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "gate/gate.h"
#include "trace_internal.h"

static struct trace_numbers numbers;

static int begin(void **state)
{
    memset(&numbers, 0, sizeof numbers);
    return 0;
}

static uint32_t irp_number(enum trace_kind kind, uint64_t irp)
{
    struct trace_entry entry = {.kind = kind, .a = irp};
    trace_number(&numbers, &entry, 0x1000);
    assert_int_equal(entry.thread, 1);
    return entry.irp;
}

static void an_irp_keeps_its_number_until_it_is_freed(void **state)
{
    assert_int_equal(irp_number(TRACE_IRP_BUILT, 0xa0), 1);
    assert_int_equal(irp_number(TRACE_IRP_BUILT, 0xb0), 2);
    assert_int_equal(irp_number(TRACE_IRP_DOWN, 0xa0), 1);
    assert_int_equal(irp_number(TRACE_IRP_FREED, 0xa0), 1);
    assert_int_equal(irp_number(TRACE_IRP_BUILT, 0xa0), 3);
    assert_int_equal(irp_number(TRACE_IRP_UP, 0xb0), 2);
}

static void an_address_built_anew_is_a_new_irp(void **state)
{
    assert_int_equal(irp_number(TRACE_IRP_BUILT, 0xa0), 1);
    assert_int_equal(irp_number(TRACE_IRP_BUILT, 0xa0), 2);
}

static void many_irps_do_not_overflow_the_table(void **state)
{
    for (uint64_t i = 1; i <= 10 * TRACE_OBJECTS; i++)
        assert_int_equal(irp_number(TRACE_IRP_BUILT, i << 8), i);
}

static void widths_are_told_where_they_change(void **state)
{
    char line[TRACE_LINE];
    struct trace_entry enter = {.kind = TRACE_SERVICE_ENTER, .a = UINT32_MAX, .thread = 1};
    trace_format(&enter, line);
    assert_string_equal(line, "gate  #1           ?");
    enter.c = 1;
    trace_format(&enter, line);
    assert_string_equal(line, "gate  #1           ? 32 \xe2\x86\x92 64");
    struct trace_entry thunk = {
        .kind = TRACE_THUNK, .thread = 1, .a = TRACE_THUNK_CALL, .b = 3, .c = 1};
    trace_format(&thunk, line);
    assert_string_equal(line, "thunk #1           16 \xe2\x86\x92 32       parameters=3 flat=1");
    thunk.a = TRACE_THUNK_BACK;
    trace_format(&thunk, line);
    assert_string_equal(line, "thunk #1           32 \xe2\x86\x92 16       bytes=3 cdecl");
    thunk.a = TRACE_THUNK_RETURN;
    trace_format(&thunk, line);
    assert_string_equal(line, "thunk #1           16 \xe2\x86\x90 32");
    thunk.a = TRACE_THUNK_BACK_RETURN;
    trace_format(&thunk, line);
    assert_string_equal(line, "thunk #1           32 \xe2\x86\x90 16");
    thunk.a = TRACE_THUNKS;
    assert_int_equal(trace_format(&thunk, line), 0);
}

static void lines_say_room_thread_irp_and_what(void **state)
{
    char line[TRACE_LINE];
    struct trace_entry down = {
        .kind = TRACE_IRP_DOWN, .c = 14 << 8, .irp = 5, .thread = 1, .name = "Edu"};
    assert_int_equal(trace_format(&down, line), strlen(line));
    assert_string_equal(line, "io    #1   irp 5   \xe2\x86\x93 Edu         DEVICE_CONTROL");
    struct trace_entry up = {
        .kind = TRACE_IRP_UP, .c = 0xc0000005, .irp = 5, .thread = 2, .name = "Edu"};
    trace_format(&up, line);
    assert_string_equal(line, "io    #2   irp 5   \xe2\x86\x91 Edu         ACCESS_VIOLATION");
    struct trace_entry freed = {.kind = TRACE_IRP_FREED};
    assert_int_equal(trace_format(&freed, line), 0);
}

static void an_unknown_status_is_a_number(void **state)
{
    char line[TRACE_LINE];
    struct trace_entry entry = {
        .kind = TRACE_IRP_FINISHED, .b = 0xe1234567, .c = 4, .irp = 1, .thread = 1};
    trace_format(&entry, line);
    assert_non_null(strstr(line, "finished      0xe1234567 info=4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_irp_keeps_its_number_until_it_is_freed, begin),
        cmocka_unit_test_setup(an_address_built_anew_is_a_new_irp, begin),
        cmocka_unit_test_setup(many_irps_do_not_overflow_the_table, begin),
        cmocka_unit_test(lines_say_room_thread_irp_and_what),
        cmocka_unit_test(widths_are_told_where_they_change),
        cmocka_unit_test(an_unknown_status_is_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
