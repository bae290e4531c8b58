/* SPDX-License-Identifier: MIT */
/* pool_fail.c - the one allocation that is to fail, for tests of what comes then.
 *
 * In: its number, counted from when it is asked for; every later one succeeds again. Off, it
 * costs a load where memory is allocated.
 */
#include "pool_internal.h"

bool ex_allocation_counts;
static _Atomic uint64_t left; /* atomic: how many come before it and it */

void ex_allocation_fail_at(uint64_t number)
{
    left = number;
    ex_allocation_counts = number != 0;
}

bool ex_allocation_is_the_one(void)
{
    uint64_t before = __c11_atomic_load(&left, __ATOMIC_RELAXED);

    while (before != 0)
        if (__c11_atomic_compare_exchange_weak(&left, &before, before - 1, __ATOMIC_RELAXED,
                                               __ATOMIC_RELAXED))
            break;
    if (before != 1)
        return false;
    if (ddi_top != NULL)
        rtl_debug_printf("this allocation fails as asked for, in %s\n", ddi_top->row->name);
    else
        rtl_debug_printf("this allocation fails as asked for\n");
    return true;
}
