/* SPDX-License-Identifier: MIT */
/* misuse_support.c - rules of the small objects, broken one at a time. */
#include <ntddk.h>

#include <wdf.h>

#include "misuse.h"

DECLARE_CONST_UNICODE_STRING(some_name, L"Name");

static WDFMEMORY memory_make(void)
{
    WDFMEMORY memory = NULL;

    (void)WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 16, &memory, NULL);
    return memory;
}

static WDFSPINLOCK spin_make(void)
{
    WDFSPINLOCK lock = NULL;

    (void)WdfSpinLockCreate(NULL, &lock);
    return lock;
}

/* ---- locks ----------------------------------------------------------------------------------- */

static void spin_lock_twice(void)
{
    WDFSPINLOCK lock = spin_make();

    WdfSpinLockAcquire(lock);
    WdfSpinLockAcquire(lock);
}

static void spin_lock_not_held(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfSpinLockRelease(spin_make());
}

static void wait_lock_twice(void)
{
    WDFWAITLOCK lock = NULL;

    (void)WdfWaitLockCreate(NULL, &lock);
    (void)WdfWaitLockAcquire(lock, NULL);
    (void)WdfWaitLockAcquire(lock, NULL);
}

/* ---- handles --------------------------------------------------------------------------------- */

static void assign_to_pool(void)
{
    static UCHAR bytes[16];

    (void)WdfMemoryAssignBuffer(memory_make(), bytes, sizeof bytes);
}

static void memory_is_no_string(void)
{
    UNICODE_STRING text;

    WdfStringGetUnicodeString((WDFSTRING)memory_make(), &text);
}

static void lock_is_no_dpc(void)
{
    (void)WdfDpcEnqueue((WDFDPC)spin_make());
}

static void lock_is_no_timer(void)
{
    (void)WdfTimerStop((WDFTIMER)spin_make(), FALSE);
}

static void lock_is_no_work_item(void)
{
    WdfWorkItemEnqueue((WDFWORKITEM)spin_make());
}

static void lock_is_no_key(void)
{
    WdfRegistryClose((WDFKEY)spin_make());
}

static void lock_is_no_collection(void)
{
    (void)WdfCollectionGetCount((WDFCOLLECTION)spin_make());
}

static void lock_is_no_lookaside(void)
{
    WDFMEMORY memory;

    (void)WdfMemoryCreateFromLookaside((WDFLOOKASIDE)spin_make(), &memory);
}

static void lock_is_no_instance(void)
{
    WdfWmiInstanceDeregister((WDFWMIINSTANCE)spin_make());
}

/* ---- parameters that may not be NULL --------------------------------------------------------- */

static void null_memory(void)
{
    (void)WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 16, NULL, NULL);
}

static void null_preallocated(void)
{
    WDFMEMORY memory;

    (void)WdfMemoryCreatePreallocated(NULL, NULL, 16, &memory);
}

static void null_copy(void)
{
    (void)WdfMemoryCopyFromBuffer(memory_make(), 0, NULL, 1);
}

static void null_lookaside(void)
{
    (void)WdfLookasideListCreate(NULL, 16, NonPagedPoolNx, NULL, 0, NULL);
}

static void null_string(void)
{
    (void)WdfStringCreate(&some_name, NULL, NULL);
}

static void null_collection(void)
{
    (void)WdfCollectionCreate(NULL, NULL);
}

static void null_spin_lock(void)
{
    (void)WdfSpinLockCreate(NULL, NULL);
}

static void null_wait_lock(void)
{
    (void)WdfWaitLockCreate(NULL, NULL);
}

static void null_timer(void)
{
    WDFTIMER timer;

    (void)WdfTimerCreate(NULL, NULL, &timer);
}

static void null_dpc(void)
{
    WDFDPC dpc;

    (void)WdfDpcCreate(NULL, NULL, &dpc);
}

static void null_work_item(void)
{
    WDFWORKITEM item;

    (void)WdfWorkItemCreate(NULL, NULL, &item);
}

static void null_key_name(void)
{
    WDFKEY key;

    (void)WdfRegistryOpenKey(NULL, NULL, KEY_READ, NULL, &key);
}

static void null_key(void)
{
    (void)WdfRegistryCreateKey(NULL, &some_name, KEY_READ, 0, NULL, NULL, NULL);
}

static void null_instance(void)
{
    WDFWMIINSTANCE instance;

    (void)WdfWmiInstanceCreate(NULL, NULL, NULL, &instance);
}

#define RULE(name) {L"" #name, name}

const struct misuse_rule misuse_support[] = {
    RULE(spin_lock_twice),
    RULE(spin_lock_not_held),
    RULE(wait_lock_twice),
    RULE(assign_to_pool),
    RULE(memory_is_no_string),
    RULE(lock_is_no_dpc),
    RULE(lock_is_no_timer),
    RULE(lock_is_no_work_item),
    RULE(lock_is_no_key),
    RULE(lock_is_no_collection),
    RULE(lock_is_no_lookaside),
    RULE(lock_is_no_instance),
    RULE(null_memory),
    RULE(null_preallocated),
    RULE(null_copy),
    RULE(null_lookaside),
    RULE(null_string),
    RULE(null_collection),
    RULE(null_spin_lock),
    RULE(null_wait_lock),
    RULE(null_timer),
    RULE(null_dpc),
    RULE(null_work_item),
    RULE(null_key_name),
    RULE(null_key),
    RULE(null_instance),
};
const ULONG misuse_support_count = ARRAYSIZE(misuse_support);
