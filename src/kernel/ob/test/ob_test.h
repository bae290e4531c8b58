/* SPDX-License-Identifier: MIT */
/* ob_test.h - a machine with the rooms up to ob, for this room's tests.
 *
 * Each test begins and ends in machine_start and machine_stop, which check that objects,
 * handles and pool are back where they began.
 */
#ifndef OB_TEST_H
#define OB_TEST_H

#include "kerneltest.h"

#include "ob/dispatcher_types.h"
#include "ob/ob.h"
#include "rtl/rtl.h"

static struct ob_counts counts_at_start;

static int machine_start(void **state)
{
    kernel_begin(4);
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
    counts_check();
    ob_fini();
    ob_counts(&counts);
    assert_int_equal(counts.objects, 0);
    kernel_end();
    return 0;
}

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
