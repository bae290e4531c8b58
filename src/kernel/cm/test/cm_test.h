/* SPDX-License-Identifier: MIT */
/* cm_test.h - a machine with the rooms up to cm, for this room's tests. */
#ifndef CM_TEST_H
#define CM_TEST_H

#include "kerneltest.h"

#include "cm/cm.h"
#include "rtl/rtl.h"

static struct ob_counts counts_at_start;

static int machine_start(void **state)
{
    kernel_begin(2);
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
    counts_check();
    cm_fini();
    ob_fini();
    kernel_end();
    return 0;
}

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
