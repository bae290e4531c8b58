/* SPDX-License-Identifier: MIT */
/* quota_ddi.c - PsChargePoolQuota and its relatives: what a driver charges by itself. */
#include "ps_ddi.h"
#include "ps_internal.h"

/* Bit 0 of a pool type tells paged from nonpaged. */
static bool type_is_paged(POOL_TYPE type)
{
    return ((ULONG)type & 1) != 0;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_QUOTA_EXCEEDED, nothing is charged then
 * Doc:     nf-ntifs-pschargepoolquota says what is charged; this one answers instead of raising
 */
NTSTATUS NTAPI PsChargeProcessPoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount)
{
    return ps_quota_charge((struct process *)Process, type_is_paged(PoolType), Amount);
}

NTSTATUS NTAPI PsChargeProcessNonPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount)
{
    return ps_quota_charge((struct process *)Process, false, Amount);
}

NTSTATUS NTAPI PsChargeProcessPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount)
{
    return ps_quota_charge((struct process *)Process, true, Amount);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  raises STATUS_QUOTA_EXCEEDED
 * Doc:     nf-ntifs-pschargepoolquota
 */
VOID NTAPI PsChargePoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount)
{
    NTSTATUS status = PsChargeProcessPoolQuota(Process, PoolType, Amount);
    if (!NT_SUCCESS(status))
        ke_raise(status);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  raises STATUS_QUOTA_EXCEEDED when more is returned than was charged
 * Doc:     nf-ntifs-psreturnpoolquota
 */
VOID NTAPI PsReturnPoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount)
{
    NTSTATUS status = ps_quota_return((struct process *)Process, type_is_paged(PoolType), Amount);
    if (!NT_SUCCESS(status))
        ke_raise(status);
}

VOID NTAPI PsReturnProcessNonPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount)
{
    PsReturnPoolQuota(Process, NonPagedPool, Amount);
}

VOID NTAPI PsReturnProcessPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount)
{
    PsReturnPoolQuota(Process, PagedPool, Amount);
}
