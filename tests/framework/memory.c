/* SPDX-License-Identifier: MIT */
/* memory.c - memory objects: pool, preallocated, lookaside lists; copies and their bounds. */
#include "kmdf_test.h"

typedef struct _NOTE {
    ULONG number;
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, note_of);

static ULONG cleanups, destroys;
static KIRQL destroy_irql;

static VOID evt_cleanup(WDFOBJECT object)
{
    cleanups++;
    /* The buffer is there until the last reference goes. */
    *(PUCHAR)WdfMemoryGetBuffer(object, NULL) = 1;
}

static VOID evt_destroy(WDFOBJECT object)
{
    destroys++;
    destroy_irql = KeGetCurrentIrql();
    *(PUCHAR)WdfMemoryGetBuffer(object, NULL) = 2;
}

/* ---- from pool ------------------------------------------------------------------------------- */

static void from_pool(void)
{
    static const POOL_TYPE pools[] = {NonPagedPool, NonPagedPoolNx, PagedPool};
    ULONG i;

    for (i = 0; i < ARRAYSIZE(pools); i++) {
        WDFMEMORY memory = NULL;
        PVOID buffer = NULL;
        size_t size = 0;

        expect_status(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, pools[i], 'tseT', 3 * PAGE_SIZE,
                                      &memory, &buffer),
                      STATUS_SUCCESS);
        expect(buffer != NULL && WdfMemoryGetBuffer(memory, &size) == buffer);
        expect_number(size, 3 * PAGE_SIZE);
        expect(WdfMemoryGetBuffer(memory, NULL) == buffer);
        RtlFillMemory(buffer, size, 0x11);
        WdfObjectDelete(memory);
    }
}

static void bad_parameters(void)
{
    WDFMEMORY memory = (WDFMEMORY)&memory;
    KIRQL irql;

    expect_status(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 0, &memory, NULL),
                  STATUS_INVALID_PARAMETER);
    expect(memory == NULL);
    expect_status(WdfMemoryCreatePreallocated(NULL, &memory, 0, &memory), STATUS_INVALID_PARAMETER);
    expect_status(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, (size_t)1 << 60, &memory, NULL),
                  STATUS_INSUFFICIENT_RESOURCES);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(WdfMemoryCreate(NULL, PagedPool, 0, 16, &memory, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(irql);
}

static KEVENT gone;

static VOID evt_destroy_paged(WDFOBJECT object)
{
    evt_destroy(object);
    KeSetEvent(&gone, IO_NO_INCREMENT, FALSE);
}

/* Paged memory that is deleted at DISPATCH_LEVEL goes at PASSIVE_LEVEL, soon. */
static void paged_deleted_at_dispatch(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFMEMORY memory = NULL;
    KIRQL irql;

    destroys = 0;
    destroy_irql = HIGH_LEVEL;
    KeInitializeEvent(&gone, NotificationEvent, FALSE);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtDestroyCallback = evt_destroy_paged;
    expect_status(WdfMemoryCreate(&attributes, PagedPool, 0, 16, &memory, NULL), STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfObjectDelete(memory);
    KeLowerIrql(irql);
    KeWaitForSingleObject(&gone, Executive, KernelMode, FALSE, NULL);
    expect_number(destroys, 1);
    expect_number(destroy_irql, PASSIVE_LEVEL);
}

static void deleted_at_dispatch(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFMEMORY memory = NULL;
    WDFOBJECT parent = NULL;
    KIRQL irql;

    cleanups = destroys = 0;
    destroy_irql = HIGH_LEVEL;
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &parent), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    attributes.ParentObject = parent;
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 16, &memory, NULL),
                  STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfObjectDelete(memory);
    KeLowerIrql(irql);
    expect_number(destroys, 1);
    expect_number(destroy_irql, DISPATCH_LEVEL);
    WdfObjectDelete(parent);
    expect_number(cleanups, 1);
}

static void a_reference_keeps_the_buffer(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFMEMORY memory = NULL;
    PUCHAR buffer = NULL;

    cleanups = destroys = 0;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 100, &memory, (PVOID *)&buffer),
                  STATUS_SUCCESS);
    note_of(memory)->number = 7;
    WdfObjectReference(memory);
    WdfObjectDelete(memory);
    expect_number(cleanups, 1);
    expect_number(destroys, 0);
    buffer[99] = 3;
    expect(WdfMemoryGetBuffer(memory, NULL) == buffer && note_of(memory)->number == 7);
    WdfObjectDereference(memory);
    expect_number(destroys, 1);
}

/* ---- the client's own bytes ------------------------------------------------------------------ */

static void preallocated(void)
{
    UCHAR first[8] = {0}, second[16] = {0};
    WDFMEMORY memory = NULL;
    size_t size = 0;

    expect_status(WdfMemoryCreatePreallocated(NULL, first, sizeof first, &memory), STATUS_SUCCESS);
    expect(WdfMemoryGetBuffer(memory, &size) == first && size == sizeof first);
    expect_status(WdfMemoryAssignBuffer(memory, second, 0), STATUS_INVALID_PARAMETER);
    expect(WdfMemoryGetBuffer(memory, &size) == first);
    expect_status(WdfMemoryAssignBuffer(memory, second, sizeof second), STATUS_SUCCESS);
    expect(WdfMemoryGetBuffer(memory, &size) == second && size == sizeof second);
    expect_status(WdfMemoryCopyFromBuffer(memory, 8, "12345678", 8), STATUS_SUCCESS);
    expect(RtlEqualMemory(second + 8, "12345678", 8) && second[7] == 0 && first[0] == 0);
    WdfObjectDelete(memory);
    expect(second[8] == '1');
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void copies_and_their_bounds(void)
{
    WDFMEMORY memory = NULL;
    UCHAR out[32];
    PUCHAR buffer = NULL;

    expect_status(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 16, &memory, (PVOID *)&buffer),
                  STATUS_SUCCESS);
    RtlFillMemory(buffer, 16, 'b');
    expect_status(WdfMemoryCopyFromBuffer(memory, 0, "0123456789abcdef", 16), STATUS_SUCCESS);
    expect_status(WdfMemoryCopyToBuffer(memory, 10, out, 6), STATUS_SUCCESS);
    expect(RtlEqualMemory(out, "abcdef", 6));
    /* One byte too many, offsets past the end, lengths that wrap around: nothing is copied. */
    RtlFillMemory(out, sizeof out, 0xee);
    expect_status(WdfMemoryCopyToBuffer(memory, 0, out, 17), STATUS_BUFFER_TOO_SMALL);
    expect_status(WdfMemoryCopyToBuffer(memory, 10, out, 7), STATUS_BUFFER_TOO_SMALL);
    expect_status(WdfMemoryCopyToBuffer(memory, 16, out, 1), STATUS_BUFFER_TOO_SMALL);
    expect_status(WdfMemoryCopyToBuffer(memory, (size_t)-1, out, 2), STATUS_BUFFER_TOO_SMALL);
    expect_status(WdfMemoryCopyToBuffer(memory, 0, out, 0), STATUS_INVALID_PARAMETER);
    expect(out[0] == 0xee && out[31] == 0xee);
    expect_status(WdfMemoryCopyFromBuffer(memory, 15, "XY", 2), STATUS_INVALID_BUFFER_SIZE);
    expect_status(WdfMemoryCopyFromBuffer(memory, 16, "X", 1), STATUS_INVALID_BUFFER_SIZE);
    expect_status(WdfMemoryCopyFromBuffer(memory, (size_t)-1, "XY", 2), STATUS_INVALID_BUFFER_SIZE);
    expect_status(WdfMemoryCopyFromBuffer(memory, 0, "X", 0), STATUS_INVALID_PARAMETER);
    expect(RtlEqualMemory(buffer, "0123456789abcdef", 16));
    WdfObjectDelete(memory);
}

/* ---- lookaside lists ------------------------------------------------------------------------- */

static void lookaside(POOL_TYPE pool, size_t size)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFLOOKASIDE list = NULL;
    WDFMEMORY memory[5] = {NULL};
    PVOID first;
    ULONG i;

    cleanups = destroys = 0;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(
        WdfLookasideListCreate(WDF_NO_OBJECT_ATTRIBUTES, size, pool, &attributes, 'tsil', &list),
        STATUS_SUCCESS);
    for (i = 0; i < ARRAYSIZE(memory); i++) {
        size_t is = 0;
        PVOID buffer;

        expect_status(WdfMemoryCreateFromLookaside(list, &memory[i]), STATUS_SUCCESS);
        buffer = WdfMemoryGetBuffer(memory[i], &is);
        expect_number(is, size);
        expect_number((ULONG_PTR)buffer % MEMORY_ALLOCATION_ALIGNMENT, 0);
        expect_number(note_of(memory[i])->number, 0);
        RtlFillMemory(buffer, size, (UCHAR)i + 1);
        note_of(memory[i])->number = i + 1;
    }
    for (i = 0; i < ARRAYSIZE(memory); i++)
        expect(*(PUCHAR)WdfMemoryGetBuffer(memory[i], NULL) == i + 1 &&
               note_of(memory[i])->number == i + 1);
    /* What was given back comes again, with a context that is zero once more. */
    first = WdfMemoryGetBuffer(memory[0], NULL);
    WdfObjectDelete(memory[0]);
    expect_status(WdfMemoryCreateFromLookaside(list, &memory[0]), STATUS_SUCCESS);
    expect(WdfMemoryGetBuffer(memory[0], NULL) == first);
    expect_number(note_of(memory[0])->number, 0);
    /* The list goes after its last entry. */
    WdfObjectDelete(list);
    *(PUCHAR)WdfMemoryGetBuffer(memory[4], NULL) = 9;
    for (i = 0; i < ARRAYSIZE(memory); i++)
        WdfObjectDelete(memory[i]);
    expect_number(cleanups, 6);
    expect_number(destroys, 6);
}

static void lookaside_not_paged(void)
{
    lookaside(NonPagedPoolNx, 24);
}

static void lookaside_paged(void)
{
    lookaside(PagedPool, 100);
}

static void lookaside_large(void)
{
    lookaside(NonPagedPoolNx, 2 * PAGE_SIZE + 8);
}

static void lookaside_with_parents(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFLOOKASIDE list = (WDFLOOKASIDE)&list;
    WDFOBJECT parent = NULL;
    WDFMEMORY memory = NULL;

    expect_status(WdfLookasideListCreate(NULL, 0, PagedPool, NULL, 0, &list),
                  STATUS_INVALID_PARAMETER);
    expect(list == NULL);
    cleanups = destroys = 0;
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &parent), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    attributes.ParentObject = parent;
    attributes.EvtCleanupCallback = evt_cleanup;
    expect_status(WdfLookasideListCreate(NULL, 32, NonPagedPoolNx, &attributes, 0, &list),
                  STATUS_SUCCESS);
    expect_status(WdfMemoryCreateFromLookaside(list, &memory), STATUS_SUCCESS);
    expect_status(WdfMemoryCreateFromLookaside(list, &memory), STATUS_SUCCESS);
    WdfObjectDelete(parent);
    expect_number(cleanups, 2);
    WdfObjectDelete(list);
}

DRIVERTEST_LIST = {DRIVERTEST(from_pool),
                   DRIVERTEST(bad_parameters),
                   DRIVERTEST(deleted_at_dispatch),
                   DRIVERTEST(paged_deleted_at_dispatch),
                   DRIVERTEST(a_reference_keeps_the_buffer),
                   DRIVERTEST(preallocated),
                   DRIVERTEST(copies_and_their_bounds),
                   DRIVERTEST(lookaside_not_paged),
                   DRIVERTEST(lookaside_paged),
                   DRIVERTEST(lookaside_large),
                   DRIVERTEST(lookaside_with_parents),
                   DRIVERTEST_END};
