/* SPDX-License-Identifier: MIT */
/* se_test.h - a machine with the rooms up to se, for this room's tests. */
#ifndef SE_TEST_H
#define SE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "se_internal.h"

static struct thread test_thread;
static struct ex_pool_counts pool_at_start;

static int machine_start(void **state)
{
    struct ke_options options = {.processors = 1};
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    test_thread = (struct thread){0};
    ke_thread_init(&test_thread, "test", NULL);
    ke_thread_adopt(&test_thread);
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    ke_processor_enter();
    ex_pool_counts(&pool_at_start);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(se_init(), STATUS_SUCCESS);
    return 0;
}

static int machine_stop(void **state)
{
    struct ex_pool_counts pool;
    se_fini();
    ob_fini();
    ex_pool_counts(&pool);
    assert_int_equal(pool.blocks, pool_at_start.blocks);
    ex_fini();
    ke_processor_leave();
    ke_thread_release(&test_thread);
    ke_fini();
    return 0;
}

#define NAME(text) (&(UNICODE_STRING){sizeof(L"" text) - 2, sizeof(L"" text), (WCHAR *)(L"" text)})

static inline PSECURITY_DESCRIPTOR sddl(UNICODE_STRING *text)
{
    PSECURITY_DESCRIPTOR descriptor;
    assert_int_equal(se_descriptor_of_sddl(text, &descriptor), STATUS_SUCCESS);
    assert_true(descriptor_is_valid(descriptor));
    assert_true(
        descriptor_relative_is_valid(descriptor, RtlLengthSecurityDescriptor(descriptor), 0));
    return descriptor;
}

#endif
