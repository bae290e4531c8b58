/* SPDX-License-Identifier: MIT */
/* cm_test.h - a machine with the rooms up to cm, for this room's tests. */
#ifndef CM_TEST_H
#define CM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cm/cm.h"
#include "ex/ex.h"
#include "ke/ke.h"
#include "rtl/rtl.h"

static struct thread test_thread;
static struct ob_counts counts_at_start;
static struct ex_pool_counts pool_at_start;

static int machine_start(void **state)
{
    struct ke_options options = {.processors = 2};
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    test_thread = (struct thread){0};
    ke_thread_init(&test_thread, "test", NULL);
    ke_thread_adopt(&test_thread);
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    ke_processor_enter();
    ex_pool_counts(&pool_at_start);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(cm_init(), STATUS_SUCCESS);
    ob_counts(&counts_at_start);
    return 0;
}

static inline void counts_check(void)
{
    struct ob_counts counts;
    ex_work_drain();
    ob_counts(&counts);
    assert_int_equal(counts.objects, counts_at_start.objects);
    assert_int_equal(counts.handles, counts_at_start.handles);
}

static int machine_stop(void **state)
{
    struct ex_pool_counts pool;
    counts_check();
    cm_fini();
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

static inline NTSTATUS key_open(UNICODE_STRING *name, bool create, ULONG options, ULONG attributes,
                                void **out_key)
{
    OBJECT_ATTRIBUTES object;
    ULONG disposition;
    InitializeObjectAttributes(&object, name, OBJ_CASE_INSENSITIVE | attributes, NULL, NULL);
    return cm_key_open(&object, KEY_ALL_ACCESS, KernelMode, create, options, &disposition, out_key);
}

static inline void *key_new(UNICODE_STRING *name)
{
    void *key;
    assert_int_equal(key_open(name, true, 0, 0, &key), STATUS_SUCCESS);
    return key;
}

/* Deletes the key and lets it go. */
static inline void key_end(void *key)
{
    assert_int_equal(cm_key_delete(key), STATUS_SUCCESS);
    ob_dereference(key);
}

#endif
