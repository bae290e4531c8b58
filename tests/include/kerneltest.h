/* SPDX-License-Identifier: MIT */
/* kerneltest.h - the ground floor of a machine for tests of rooms above kernel/ex.
 *
 * kernel_begin starts ke and ex on a thread of the test's own, which then holds a processor;
 * kernel_end stops them and finds no block of pool that was not there.
 */
#ifndef KERNELTEST_H
#define KERNELTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ex/ex.h"
#include "host/host.h"
#include "ke/ke.h"

static struct thread test_thread;
static struct ex_pool_counts pool_at_start;

/* As many processors as wanted; one on the simulated ground, whose order is that of seed 1. */
static inline void kernel_begin(unsigned processors)
{
    struct ke_options options = {.processors = host_is_sim() ? 1 : processors};
    if (host_is_sim())
        host_sim_seed(1);
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    test_thread = (struct thread){0};
    ke_thread_init(&test_thread, "test", NULL);
    ke_thread_adopt(&test_thread);
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    ke_processor_enter();
    ex_pool_counts(&pool_at_start);
}

static inline void kernel_end(void)
{
    struct ex_pool_counts pool;
    ex_pool_counts(&pool);
    assert_int_equal(pool.blocks, pool_at_start.blocks);
    ex_fini();
    ke_processor_leave();
    ke_thread_release(&test_thread);
    ke_fini();
}

/* A text as a name. */
#define NAME(text) (&(UNICODE_STRING){sizeof(L"" text) - 2, sizeof(L"" text), (WCHAR *)(L"" text)})

#endif
