/* SPDX-License-Identifier: MIT */
/* lookaside_ddi.c - lookaside lists: blocks of one size kept for the next allocation.
 *
 * Drivers take and give by inline code that touches the documented fields, so those are exact.
 * Their Allocate and Free are called by the driver itself: it must be given the entries that
 * a driver imports, not the functions behind them.
 */
#include "callout/callout.h"
#include "ex_ddi.h"
#include "ke/ke.h"
#include "slist.h"

#define LOOKASIDE_DEPTH 256

/* Absent in programs without an export table, like the room's own tests. */
extern const char ddi_entry_ExAllocatePoolWithTag[] __attribute__((weak));
extern const char ddi_entry_ExFreePool[] __attribute__((weak));

static void *entry_or(const char *entry, void *function)
{
    return entry != NULL ? (void *)(uintptr_t)entry : function;
}

static PVOID NTAPI allocate_ex(POOL_TYPE type, SIZE_T bytes, ULONG tag,
                               PLOOKASIDE_LIST_EX lookaside)
{
    return ExAllocatePoolWithTag(type, bytes, tag);
}

static VOID NTAPI free_ex(PVOID buffer, PLOOKASIDE_LIST_EX lookaside)
{
    ExFreePool(buffer);
}

static void lookaside_init(GENERAL_LOOKASIDE_POOL *list, POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
    __builtin_memset(list, 0, sizeof(*list));
    InitializeSListHead(&list->ListHead);
    list->Depth = LOOKASIDE_DEPTH;
    list->MaximumDepth = EX_MAXIMUM_LOOKASIDE_DEPTH_BASE;
    list->Type = type;
    list->Tag = tag;
    /* A free block holds the link. */
    list->Size = (ULONG)(bytes < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : bytes);
    InitializeListHead(&list->ListEntry);
}

static void plain_init(GENERAL_LOOKASIDE *list, PALLOCATE_FUNCTION allocate, PFREE_FUNCTION free,
                       POOL_TYPE type, ULONG flags, SIZE_T bytes, ULONG tag)
{
    lookaside_init((GENERAL_LOOKASIDE_POOL *)list, (POOL_TYPE)(type | (POOL_TYPE)flags), bytes,
                   tag);
    list->Allocate = allocate != NULL
                         ? allocate
                         : (PALLOCATE_FUNCTION)entry_or(ddi_entry_ExAllocatePoolWithTag,
                                                        (void *)ExAllocatePoolWithTag);
    list->Free =
        free != NULL ? free : (PFREE_FUNCTION)entry_or(ddi_entry_ExFreePool, (void *)ExFreePool);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-exinitializenpagedlookasidelist
 * Differs: the depth does not follow use; it stays at 256
 */
VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
                                           PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                           ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    plain_init(&Lookaside->L, Allocate, Free, NonPagedPool, Flags, Size, Tag);
}

/* IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-exinitializepagedlookasidelist
 */
VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
                                          PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                          ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    plain_init(&Lookaside->L, Allocate, Free, PagedPool, Flags, Size, Tag);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER_4 (type), STATUS_INVALID_PARAMETER_5 (flags)
 * Doc:     nf-wdm-exinitializelookasidelistex
 */
NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
                                           PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
                                           POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag,
                                           USHORT Depth)
{
    ULONG type = (ULONG)PoolType;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if ((type & ~(ULONG)(POOL_NX_ALLOCATION | POOL_ZERO_ALLOCATION | POOL_COLD_ALLOCATION)) >
        PagedPoolCacheAlignedSession)
        return STATUS_INVALID_PARAMETER_4;
    if (Flags > EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE)
        return STATUS_INVALID_PARAMETER_5;
    if (Flags == EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL)
        type |= POOL_RAISE_IF_ALLOCATION_FAILURE;
    if (Flags == EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE)
        type |= POOL_QUOTA_FAIL_INSTEAD_OF_RAISE;
    lookaside_init(&Lookaside->L, (POOL_TYPE)type, Size, Tag);
    Lookaside->L.AllocateEx = Allocate != NULL ? Allocate : allocate_ex;
    Lookaside->L.FreeEx = Free != NULL ? Free : free_ex;
    return STATUS_SUCCESS;
}

/* Takes the entries out one by one, because the driver's own free routine gets them. */
static void plain_flush(GENERAL_LOOKASIDE *list)
{
    SLIST_ENTRY *entry;

    while ((entry = slist_pop(&list->ListHead)) != NULL) {
        if ((const void *)list->Free == (const void *)ddi_entry_ExFreePool ||
            (const void *)list->Free == (const void *)ExFreePool)
            ExFreePool(entry);
        else
            callout_invoke((const void *)list->Free, (uint64_t[]){(uintptr_t)entry}, 1);
    }
}

/* Doc: nf-wdm-exdeletenpagedlookasidelist */
VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    plain_flush(&Lookaside->L);
}

/* Doc: nf-wdm-exdeletepagedlookasidelist */
VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    plain_flush(&Lookaside->L);
}

/* Doc: nf-wdm-exflushlookasidelistex */
VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    SLIST_ENTRY *entry;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    while ((entry = slist_pop(&Lookaside->L.ListHead)) != NULL) {
        if (Lookaside->L.FreeEx == free_ex)
            ExFreePool(entry);
        else
            callout_invoke((const void *)Lookaside->L.FreeEx,
                           (uint64_t[]){(uintptr_t)entry, (uintptr_t)Lookaside}, 2);
    }
}

/* Doc: nf-wdm-exdeletelookasidelistex */
VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    ExFlushLookasideListEx(Lookaside);
}
