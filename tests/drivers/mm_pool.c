/* SPDX-License-Identifier: MIT */
/* mm_pool.c - tests of pool from inside a driver: flags and their combinations, extended
 * parameters, odd and large sizes, what raises and what answers NULL. */
#include "drivertest.h"

#define TAG 'looP'

static NTSTATUS raised_by(POOL_FLAGS flags, SIZE_T bytes, ULONG tag)
{
    PVOID block = NULL;

    __try {
        block = ExAllocatePool2(flags, bytes, tag);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    if (!block)
        return STATUS_NO_MEMORY; /* none raised, none given */
    ExFreePoolWithTag(block, tag);
    return STATUS_SUCCESS;
}

static void flags_and_refusals(void)
{
    expect_status(raised_by(POOL_FLAG_NON_PAGED, 10, TAG), STATUS_SUCCESS);
    expect_status(raised_by(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA, 10, TAG), STATUS_SUCCESS);
    expect_status(raised_by(POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_CACHE_ALIGNED, 10, TAG),
                  STATUS_SUCCESS);
    expect_status(raised_by(POOL_FLAG_PAGED | POOL_FLAG_SESSION, 10, TAG), STATUS_SUCCESS);
    expect_status(raised_by(POOL_FLAG_NON_PAGED, 10, 0), STATUS_NO_MEMORY);
    expect_status(raised_by(0, 10, TAG), STATUS_NO_MEMORY);
    expect_status(raised_by(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 10, TAG), STATUS_NO_MEMORY);
    expect_status(
        raised_by(POOL_FLAG_RAISE_ON_FAILURE | POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 10, TAG),
        STATUS_INVALID_PARAMETER);
    expect_status(raised_by(POOL_FLAG_RAISE_ON_FAILURE | POOL_FLAG_NON_PAGED, (SIZE_T)1 << 46, TAG),
                  STATUS_INSUFFICIENT_RESOURCES);
    /* Flags in the upper half are hints: those that are not known are passed over. */
    expect_status(raised_by(POOL_FLAG_NON_PAGED | (1ull << 60), 10, TAG), STATUS_SUCCESS);
}

static BOOLEAN is_zero(const UCHAR *bytes, SIZE_T count)
{
    while (count-- > 0)
        if (bytes[count])
            return FALSE;
    return TRUE;
}

static void contents_and_alignment(void)
{
    static const SIZE_T sizes[] = {0, 1, 15, 16, 17, 4080, 4095, 4096, 4097, 70000, 3 << 20};
    ULONG i;

    for (i = 0; i < ARRAYSIZE(sizes); i++) {
        PUCHAR dirty = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED,
                                       sizes[i] ? sizes[i] : 1, TAG);
        PUCHAR block;
        RtlFillMemory(dirty, sizes[i], 0xcc);
        ExFreePoolWithTag(dirty, TAG);
        block = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG);
        expect(block != NULL && ((ULONG_PTR)block & 15) == 0 && is_zero(block, sizes[i]));
        if (sizes[i] >= PAGE_SIZE) /* a page or more begins at one */
            expect(((ULONG_PTR)block & (PAGE_SIZE - 1)) == 0);
        ExFreePool(block);
        block = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, sizes[i], TAG);
        expect(block != NULL && ((ULONG_PTR)block & 63) == 0);
        ExFreePool2(block, TAG, NULL, 0);
    }
}

static void older_ways(void)
{
    BOOLEAN charged = TRUE;
    PVOID block = ExAllocatePool(NonPagedPoolNx, 100);
    NTSTATUS status = STATUS_SUCCESS;

    expect(block != NULL && ExQueryPoolBlockSize(block, &charged) >= 100 && !charged);
    ExFreePool(block);
    block = ExAllocatePoolWithQuota(PagedPool, 5000);
    expect(block != NULL && ExQueryPoolBlockSize(block, &charged) >= 5000);
    ExFreePool(block);
    block = ExAllocatePoolWithTagPriority(NonPagedPoolNx, 40, TAG, LowPoolPriority);
    expect(block != NULL);
    ExFreePoolWithTag(block, TAG);
    expect(ExAllocatePoolWithTagPriority(NonPagedPoolNx, (SIZE_T)1 << 46, TAG, HighPoolPriority) ==
           NULL);
    __try {
        ExAllocatePoolWithQuotaTag(PagedPool, (SIZE_T)1 << 46, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_INSUFFICIENT_RESOURCES);
    expect(ExAllocatePoolWithQuotaTag(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, (SIZE_T)1 << 46,
                                      TAG) == NULL);
}

static void extended_parameters(void)
{
    POOL_EXTENDED_PARAMETER parameters[2] = {0};
    PVOID block;
    NTSTATUS status = STATUS_SUCCESS;

    parameters[0].Type = PoolExtendedParameterPriority;
    parameters[0].Priority = HighPoolPriority;
    parameters[1].Type = PoolExtendedParameterNumaNode;
    block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 100, TAG, parameters, 2);
    expect(block != NULL && is_zero(block, 100));
    ExFreePool2(block, TAG, NULL, 0);
    parameters[1].Type = PoolExtendedParameterSecurePool;
    expect(ExAllocatePool3(POOL_FLAG_NON_PAGED, 100, TAG, parameters, 2) == NULL);
    __try {
        ExAllocatePool3(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 100, TAG, parameters, 2);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_NOT_SUPPORTED);
    parameters[1].Optional = 1; /* may be passed over */
    block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 100, TAG, parameters, 2);
    expect(block != NULL);
    ExFreePoolWithTag(block, TAG);
}

DRIVERTEST_LIST = {
    DRIVERTEST(flags_and_refusals),
    DRIVERTEST(contents_and_alignment),
    DRIVERTEST(older_ways),
    DRIVERTEST(extended_parameters),
    DRIVERTEST_END,
};
