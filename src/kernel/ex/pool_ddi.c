/* SPDX-License-Identifier: MIT */
/* pool_ddi.c - ExAllocatePool and its relatives.
 *
 * Paged and nonpaged memory is the same here, but the rule of IRQL is held: paged pool at
 * APC_LEVEL at most, any pool at DISPATCH_LEVEL at most.
 */
#include "ex_ddi.h"
#include "pool_internal.h"

#define POOL_TAG_NONE 0x656e6f4eu /* 'None' */

/* Bits of POOL_TYPE. */
#define TYPE_PAGED         1u
#define TYPE_CACHE_ALIGNED 4u

static void pool_irql_check(ULONG rule, bool is_paged, ULONG_PTR type, ULONG_PTR what)
{
    KIRQL irql = ke_irql();

    if (__builtin_expect(irql > (is_paged ? APC_LEVEL : DISPATCH_LEVEL), 0))
        pool_caller_broke(rule, irql, type, what);
}

#define BUILD_OF_ZEROING 19041u /* the first that knows POOL_ZERO_ALLOCATION */
#define NOT_ZEROED       0xcd

extern ULONG NtBuildNumber;

/* What an older Windows makes of a flag that it does not know: the block is not cleared, which
 * a driver without POOL_ZERO_DOWN_LEVEL_SUPPORT is to notice. */
static void *allocate_on_older(void *memory, SIZE_T bytes)
{
    if (memory != NULL)
        __builtin_memset(memory, NOT_ZEROED, bytes);
    return memory;
}

static void *allocate_by_type(ULONG type, SIZE_T bytes, ULONG tag, bool is_charged)
{
    enum pool_zeroing zeroing = (type & POOL_ZERO_ALLOCATION) != 0 ? POOL_ZEROED : POOL_AS_IS;
    bool is_aligned = (type & TYPE_CACHE_ALIGNED) != 0;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    unsigned flags = (type & TYPE_PAGED) != 0           ? POOL_BLOCK_PAGED
                     : (type & POOL_NX_ALLOCATION) != 0 ? 0
                                                        : POOL_BLOCK_EXECUTABLE;
    void *memory;

    pool_irql_check(0x08, (type & TYPE_PAGED) != 0, type, bytes);
    if (__builtin_expect(is_charged, 0))
        memory = pool_allocate_charged(bytes, tag, flags, zeroing, is_aligned, &status);
    else
        memory = pool_allocate(bytes, tag, flags, zeroing, is_aligned);
    if ((type & POOL_ZERO_ALLOCATION) != 0 && (USHORT)NtBuildNumber != 0 &&
        (USHORT)NtBuildNumber < BUILD_OF_ZEROING && callout_in_ddi())
        memory = allocate_on_older(memory, bytes);
    if (__builtin_expect(memory == NULL, 0) && (type & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0)
        ke_raise(status);
    return memory;
}

/* IRQL:    <= DISPATCH_LEVEL; paged pool <= APC_LEVEL
 * Errors:  NULL, or the exception STATUS_INSUFFICIENT_RESOURCES if PoolType asks for it; bug
 *          check BAD_POOL_CALLER for a wrong IRQL and for tag 0
 * Doc:     nf-wdm-exallocatepoolwithtag
 */
PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (__builtin_expect(Tag == 0, 0))
        pool_caller_broke(0x9b, (ULONG_PTR)PoolType, NumberOfBytes,
                          ddi_top == NULL ? 0 : ddi_top->rip);
    return allocate_by_type((ULONG)PoolType, NumberOfBytes, Tag, false);
}

/* Doc: nf-wdm-exallocatepool */
PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return allocate_by_type((ULONG)PoolType, NumberOfBytes, POOL_TAG_NONE, false);
}

/* Doc:     nf-wdm-exallocatepoolwithtagpriority
 * Differs: memory is never so short that the priority matters; no special pool
 */
PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                          EX_POOL_PRIORITY Priority)
{
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

/* Charged to the current process until it is freed.
 *
 * Errors:  raises STATUS_QUOTA_EXCEEDED or STATUS_INSUFFICIENT_RESOURCES; NULL instead if PoolType
 *          has POOL_QUOTA_FAIL_INSTEAD_OF_RAISE
 * Doc:     nf-wdm-exallocatepoolwithquotatag
 */
PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    ULONG type = (ULONG)PoolType;

    if (__builtin_expect(Tag == 0, 0))
        pool_caller_broke(0x9b, type, NumberOfBytes, ddi_top == NULL ? 0 : ddi_top->rip);
    if ((type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) == 0)
        type |= POOL_RAISE_IF_ALLOCATION_FAILURE;
    return allocate_by_type(type & ~(ULONG)POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, NumberOfBytes, Tag,
                            true);
}

/* Doc:     nf-wdm-exallocatepoolwithquota */
PVOID NTAPI ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, POOL_TAG_NONE);
}

#define POOL_FLAG_TYPES (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED)
#define POOL_FLAGS_REQUIRED                                                                \
    (POOL_FLAG_TYPES | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED | POOL_FLAG_SESSION | \
     POOL_FLAG_CACHE_ALIGNED | POOL_FLAG_RAISE_ON_FAILURE)
#define POOL_FLAGS_OPTIONAL_MASK 0xffffffff00000000ull

/* Flags from POOL_FLAG_OPTIONAL_START up are hints: unknown ones are ignored. */
static bool pool_flags_are_valid(POOL_FLAGS flags)
{
    POOL_FLAGS type = flags & POOL_FLAG_TYPES;

    return (flags & ~POOL_FLAGS_OPTIONAL_MASK & ~POOL_FLAGS_REQUIRED) == 0 && type != 0 &&
           (type & (type - 1)) == 0;
}

/* IRQL:    <= DISPATCH_LEVEL; paged pool <= APC_LEVEL
 * Errors:  NULL for tag 0, invalid flags and no memory; POOL_FLAG_RAISE_ON_FAILURE: the
 *          exception STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES or
 *          STATUS_QUOTA_EXCEEDED instead
 * Doc:     nf-wdm-exallocatepool2
 */
PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    unsigned flags = (Flags & POOL_FLAG_PAGED) != 0               ? POOL_BLOCK_PAGED
                     : (Flags & POOL_FLAG_NON_PAGED_EXECUTE) != 0 ? POOL_BLOCK_EXECUTABLE
                                                                  : 0;
    enum pool_zeroing zeroing = (Flags & POOL_FLAG_UNINITIALIZED) != 0 ? POOL_AS_IS : POOL_ZEROED;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    void *memory;

    if (__builtin_expect(Tag == 0 || !pool_flags_are_valid(Flags), 0)) {
        if ((Flags & POOL_FLAG_RAISE_ON_FAILURE) != 0)
            ke_raise(STATUS_INVALID_PARAMETER);
        return NULL;
    }
    pool_irql_check(0x08, (Flags & POOL_FLAG_PAGED) != 0, (ULONG_PTR)Flags, NumberOfBytes);
    if (__builtin_expect((Flags & POOL_FLAG_USE_QUOTA) != 0, 0))
        memory = pool_allocate_charged(NumberOfBytes, Tag, flags, zeroing,
                                       (Flags & POOL_FLAG_CACHE_ALIGNED) != 0, &status);
    else
        memory = pool_allocate(NumberOfBytes, Tag, flags, zeroing,
                               (Flags & POOL_FLAG_CACHE_ALIGNED) != 0);
    if (__builtin_expect(memory == NULL, 0) && (Flags & POOL_FLAG_RAISE_ON_FAILURE) != 0)
        ke_raise(status);
    return memory;
}

/* Errors:  NULL also for a required parameter that is not known
 * Doc:     nf-wdm-exallocatepool3, ns-wdm-pool_extended_parameter
 * Differs: priority and NUMA node have no effect; there is no secure pool
 */
PVOID NTAPI ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
                            PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                            ULONG ExtendedParametersCount)
{
    for (ULONG i = 0; i < ExtendedParametersCount; i++) {
        ULONG64 type = ExtendedParameters[i].Type;

        if (type == PoolExtendedParameterPriority || type == PoolExtendedParameterNumaNode ||
            ExtendedParameters[i].Optional)
            continue;
        if ((Flags & POOL_FLAG_RAISE_ON_FAILURE) != 0)
            ke_raise(type == PoolExtendedParameterSecurePool ? STATUS_NOT_SUPPORTED
                                                             : STATUS_INVALID_PARAMETER);
        return NULL;
    }
    return ExAllocatePool2(Flags, NumberOfBytes, Tag);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  bug check BAD_POOL_CALLER or BAD_POOL_HEADER for what is no live block, and for
 *          a tag that is neither 0 nor the block's
 * Doc:     nf-wdm-exfreepoolwithtag
 */
VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    pool_irql_check(0x09, false, 0, (ULONG_PTR)P);
    pool_free(P, Tag);
}

/* Doc: nf-ntddk-exfreepool */
VOID NTAPI ExFreePool(PVOID P)
{
    ExFreePoolWithTag(P, 0);
}

/* Doc: nf-wdm-exfreepool2 */
VOID NTAPI ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                       ULONG ExtendedParametersCount)
{
    ExFreePoolWithTag(P, Tag);
}

/* Bytes that a block holds, and whether quota was charged for it.
 *
 * Doc: nf-ntifs-exquerypoolblocksize
 */
SIZE_T NTAPI ExQueryPoolBlockSize(PVOID PoolBlock, PBOOLEAN QuotaCharged)
{
    uint32_t number = page_number(PoolBlock);

    *QuotaCharged = FALSE;
    if (!ex_pool_is_allocated(PoolBlock))
        return 0;
    *QuotaCharged = pool_is_charged(PoolBlock);
    if (pages[number].kind != PAGE_SMALL)
        return (SIZE_T)pages[number].count << 12;
    return ((struct block *)PoolBlock - 1)->bytes - (*QuotaCharged ? sizeof(void *) : 0);
}
