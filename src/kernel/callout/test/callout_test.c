/* SPDX-License-Identifier: MIT */
/* callout_test.c - arguments, results and the boundary record of calls into driver code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "callout/callout.h"

#define DRIVER __attribute__((ms_abi, noinline))

static uint64_t seen[10];
static struct callout_frame *inside;
static uint64_t return_address;

DRIVER static uint64_t take_ten(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                                uint64_t f, uint64_t g, uint64_t h, uint64_t i, uint64_t j)
{
    const uint64_t values[] = {a, b, c, d, e, f, g, h, i, j};
    for (unsigned k = 0; k < 10; k++)
        seen[k] = values[k];
    inside = callout_top;
    return_address = (uint64_t)__builtin_return_address(0);
    return 0x1122334455667788;
}

static void every_count_of_arguments_arrives(void **state)
{
    const uint64_t arguments[10] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    for (unsigned count = 0; count <= 10; count++) {
        for (unsigned i = 0; i < 10; i++)
            seen[i] = 0;
        assert_int_equal(callout_invoke((const void *)take_ten, arguments, count),
                         0x1122334455667788);
        for (unsigned i = 0; i < count; i++)
            assert_int_equal(seen[i], arguments[i]);
    }
}

static void boundary_is_recorded_and_undone(void **state)
{
    assert_null(callout_top);
    callout_invoke((const void *)take_ten, NULL, 0);
    assert_null(callout_top);
    assert_non_null(inside);
    assert_true(callout_is_boundary(return_address));
    assert_false(callout_is_boundary(return_address + 1));
    assert_false(callout_in_ddi());
}

static unsigned depth;
static uint64_t frames[4];

DRIVER static uint64_t nest(void)
{
    frames[depth++] = (uint64_t)callout_top;
    assert_int_equal(*(uint64_t *)callout_top->rsp, return_address);
    if (depth < 4)
        callout_invoke((const void *)nest, NULL, 0);
    return 0;
}

static void nested_callouts_form_a_chain(void **state)
{
    depth = 0;
    callout_invoke((const void *)nest, NULL, 0);
    assert_int_equal(depth, 4);
    for (unsigned i = 1; i < 4; i++)
        assert_true(frames[i] < frames[i - 1]);
    assert_null(callout_top);
}

static void unwinding_drops_what_lies_below(void **state)
{
    struct callout_frame outer = {0}, *top = &outer;
    struct ddi_frame call = {0};
    callout_top = top;
    ddi_top = &call;
    callout_unwind_to(0);
    assert_ptr_equal(callout_top, top);
    assert_ptr_equal(ddi_top, &call);
    callout_unwind_to(UINT64_MAX);
    assert_null(callout_top);
    assert_null(ddi_top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_count_of_arguments_arrives),
        cmocka_unit_test(boundary_is_recorded_and_undone),
        cmocka_unit_test(nested_callouts_form_a_chain),
        cmocka_unit_test(unwinding_drops_what_lies_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
