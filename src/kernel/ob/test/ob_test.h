/* SPDX-License-Identifier: MIT */
/* ob_test.h - a machine with the rooms up to ob, for this room's tests.
 *
 * Each test begins and ends in machine_start and machine_stop, which check that objects,
 * handles and pool are back where they began.
 */
#ifndef OB_TEST_H
#define OB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ex/ex.h"
#include "ke/ke.h"
#include "ob/dispatcher_types.h"
#include "ob/ob.h"
#include "rtl/rtl.h"

static struct thread test_thread;
static struct ob_counts counts_at_start;
static struct ex_pool_counts pool_at_start;

static int machine_start(void **state)
{
    struct ke_options options = {.processors = host_is_sim() ? 1 : 4};
    if (host_is_sim())
        host_sim_seed(1);
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    test_thread = (struct thread){0};
    ke_thread_init(&test_thread, "test", NULL);
    ke_thread_adopt(&test_thread);
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    ke_processor_enter();
    ex_pool_counts(&pool_at_start);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
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
    struct ob_counts counts;
    struct ex_pool_counts pool;
    counts_check();
    ob_fini();
    ob_counts(&counts);
    assert_int_equal(counts.objects, 0);
    ex_pool_counts(&pool);
    assert_int_equal(pool.blocks, pool_at_start.blocks);
    ex_fini();
    ke_processor_leave();
    ke_thread_release(&test_thread);
    ke_fini();
    return 0;
}

/* Names as text. */
#define NAME(text) (&(UNICODE_STRING){sizeof(L"" text) - 2, sizeof(L"" text), (WCHAR *)(L"" text)})

static inline OBJECT_ATTRIBUTES attributes_of(UNICODE_STRING *name, ULONG flags, HANDLE root)
{
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, name, flags, root, NULL);
    return attributes;
}

static inline KEVENT *event_new(void)
{
    void *body;
    assert_int_equal(ob_create(ob_event_type, sizeof(KEVENT), &body), STATUS_SUCCESS);
    KeInitializeEvent(body, NotificationEvent, FALSE);
    return body;
}

/* An event with a permanent or temporary name. */
static inline KEVENT *event_named(UNICODE_STRING *name, ULONG flags)
{
    OBJECT_ATTRIBUTES attributes = attributes_of(name, flags | OBJ_CASE_INSENSITIVE, NULL);
    KEVENT *event = event_new();
    assert_int_equal(ob_insert(event, &attributes, 0, KernelMode, NULL, NULL), STATUS_SUCCESS);
    return event;
}

static inline NTSTATUS open_name(UNICODE_STRING *name, ULONG flags, struct object_type *type,
                                 void **out_body)
{
    OBJECT_ATTRIBUTES attributes = attributes_of(name, flags, NULL);
    return ob_open(&attributes, type, 0, KernelMode, NULL, out_body);
}

static inline bool name_is(const void *body, UNICODE_STRING *name)
{
    UNICODE_STRING is;
    assert_int_equal(ob_name_of(body, &is), STATUS_SUCCESS);
    bool same = RtlEqualUnicodeString(&is, name, FALSE);
    RtlFreeUnicodeString(&is);
    return same;
}

#endif
