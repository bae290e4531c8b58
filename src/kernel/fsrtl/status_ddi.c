/* SPDX-License-Identifier: MIT */
/* status_ddi.c - which failures a file system handles, and pool that raises instead of failing. */
#include "ex/ex.h"
#include "fsrtl/fsrtl.h"
#include "ke/ke.h"

#define POOL_TAG 'trSF' /* "FSrt" in a dump */

/* FALSE: the code itself is wrong, so the machine should stop.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlisntstatusexpected
 */
BOOLEAN NTAPI FsRtlIsNtstatusExpected(NTSTATUS Exception)
{
    return Exception != STATUS_DATATYPE_MISALIGNMENT && Exception != STATUS_ACCESS_VIOLATION &&
           Exception != STATUS_ILLEGAL_INSTRUCTION && Exception != STATUS_INSTRUCTION_MISALIGNMENT;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlnormalizentstatus */
NTSTATUS NTAPI FsRtlNormalizeNtstatus(NTSTATUS Exception, NTSTATUS GenericException)
{
    return FsRtlIsNtstatusExpected(Exception) ? Exception : GenericException;
}

/* Not when one sector alone is bad.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlistotaldevicefailure
 */
BOOLEAN NTAPI FsRtlIsTotalDeviceFailure(NTSTATUS Status)
{
    return !NT_SUCCESS(Status) && Status != STATUS_CRC_ERROR && Status != STATUS_DEVICE_DATA_ERROR;
}

/* IRQL:    as ExAllocatePoolWithTag
 * Errors:  raises STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-ntifs-fsrtlallocatepoolwithtag
 */
PVOID NTAPI FsRtlAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    PVOID memory = ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
    if (!memory)
        ke_raise(STATUS_INSUFFICIENT_RESOURCES);
    return memory;
}

PVOID NTAPI FsRtlAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return FsRtlAllocatePoolWithTag(PoolType, NumberOfBytes, POOL_TAG);
}

/* Doc: nf-ntifs-fsrtlallocatepoolwithquotatag */
PVOID NTAPI FsRtlAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag); /* raises by itself */
}

PVOID NTAPI FsRtlAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return FsRtlAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, POOL_TAG);
}
