/* SPDX-License-Identifier: MIT */
/* quota_driver.c - a driver that charges pool to whoever asks it. Program: quota.c. */
#include <ntifs.h>

#include "quota.h"

#define TAG 'touQ'

/* Exported, in no header of the kit. */
NTKERNELAPI NTSTATUS NTAPI PsChargeProcessNonPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
NTKERNELAPI NTSTATUS NTAPI PsChargeProcessPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
NTKERNELAPI VOID NTAPI PsReturnProcessNonPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
NTKERNELAPI VOID NTAPI PsReturnProcessPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE Process, ULONG Class, PVOID Information,
                                                  ULONG Length, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationProcess(HANDLE Process, ULONG Class, PVOID Information,
                                                ULONG Length);

static PVOID Kept;

static VM_COUNTERS Counters(VOID)
{
    VM_COUNTERS counters = {0};

    ZwQueryInformationProcess(ZwCurrentProcess(), 3, &counters, sizeof(counters), NULL);
    return counters;
}

static NTSTATUS Limit(SIZE_T Paged, SIZE_T NonPaged)
{
    QUOTA_LIMITS limits = {.PagedPoolLimit = Paged, .NonPagedPoolLimit = NonPaged};

    return ZwSetInformationProcess(ZwCurrentProcess(), 1, &limits, sizeof(limits));
}

/* ---- what is expected -------------------------------------------------------------------- */

#define EXPECT(condition) \
    if (!(condition))     \
    return __LINE__

static NTSTATUS RaisedByCharge(POOL_TYPE Type, ULONG_PTR Amount)
{
    __try {
        PsChargePoolQuota(PsGetCurrentProcess(), Type, Amount);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RaisedByReturn(POOL_TYPE Type, ULONG_PTR Amount)
{
    __try {
        PsReturnPoolQuota(PsGetCurrentProcess(), Type, Amount);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RaisedByPool(SIZE_T Size)
{
    __try {
        ExFreePool(ExAllocatePoolWithQuotaTag(PagedPool, Size, TAG));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RaisedByPool2(SIZE_T Size)
{
    POOL_FLAGS flags = POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA | POOL_FLAG_RAISE_ON_FAILURE;

    __try {
        ExFreePool(ExAllocatePool2(flags, Size, TAG));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

/* By hand: each charge is seen, and each return. */
static ULONG CheckCharges(VOID)
{
    PEPROCESS self = PsGetCurrentProcess();
    VM_COUNTERS before = Counters(), after;

    EXPECT(NT_SUCCESS(PsChargeProcessPoolQuota(self, PagedPool, 1000)));
    EXPECT(NT_SUCCESS(PsChargeProcessPagedPoolQuota(self, 200)));
    EXPECT(NT_SUCCESS(PsChargeProcessNonPagedPoolQuota(self, 30)));
    EXPECT(RaisedByCharge(NonPagedPoolCacheAligned, 4) == STATUS_SUCCESS);
    after = Counters();
    EXPECT(after.QuotaPagedPoolUsage == before.QuotaPagedPoolUsage + 1200);
    EXPECT(after.QuotaNonPagedPoolUsage == before.QuotaNonPagedPoolUsage + 34);
    EXPECT(after.QuotaPeakPagedPoolUsage >= after.QuotaPagedPoolUsage);
    PsReturnProcessPagedPoolQuota(self, 200);
    PsReturnProcessNonPagedPoolQuota(self, 30);
    EXPECT(RaisedByReturn(PagedPool, 1000) == STATUS_SUCCESS);
    EXPECT(RaisedByReturn(NonPagedPool, 4) == STATUS_SUCCESS);
    after = Counters();
    EXPECT(after.QuotaPagedPoolUsage == before.QuotaPagedPoolUsage);
    EXPECT(after.QuotaNonPagedPoolUsage == before.QuotaNonPagedPoolUsage);
    EXPECT(RaisedByReturn(PagedPool, before.QuotaPagedPoolUsage + 1) == STATUS_QUOTA_EXCEEDED);
    EXPECT(NT_SUCCESS(PsChargeProcessPoolQuota(PsInitialSystemProcess, PagedPool, MAXLONG)));
    PsReturnPoolQuota(PsInitialSystemProcess, PagedPool, MAXLONG);
    return 0;
}

/* Blocks of every kind of place in the pool. */
static ULONG CheckBlocks(SIZE_T Size, BOOLEAN IsAligned)
{
    POOL_FLAGS flags = POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA;
    VM_COUNTERS before = Counters();
    BOOLEAN is_charged = FALSE;
    PUCHAR block, plain;

    if (IsAligned)
        flags |= POOL_FLAG_CACHE_ALIGNED;
    block = ExAllocatePool2(flags, Size, TAG);
    EXPECT(block);
    EXPECT(Counters().QuotaPagedPoolUsage == before.QuotaPagedPoolUsage + Size);
    EXPECT(ExQueryPoolBlockSize(block, &is_charged) >= Size && is_charged);
    EXPECT(!IsAligned || ((ULONG_PTR)block & 63) == 0);
    EXPECT(block[0] == 0 && block[Size - 1] == 0);
    RtlFillMemory(block, Size, 0xff); /* its owner is not within it */
    ExFreePoolWithTag(block, TAG);
    EXPECT(Counters().QuotaPagedPoolUsage == before.QuotaPagedPoolUsage);
    plain = ExAllocatePoolWithTag(PagedPool, Size, TAG);
    EXPECT(plain);
    EXPECT(Counters().QuotaPagedPoolUsage == before.QuotaPagedPoolUsage);
    EXPECT(ExQueryPoolBlockSize(plain, &is_charged) >= Size && !is_charged);
    ExFreePoolWithTag(plain, TAG);
    block = ExAllocatePoolWithQuotaTag(
        (POOL_TYPE)(NonPagedPoolNx | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE), Size, TAG);
    EXPECT(block);
    EXPECT(Counters().QuotaNonPagedPoolUsage == before.QuotaNonPagedPoolUsage + Size);
    ExFreePool(block);
    EXPECT(Counters().QuotaNonPagedPoolUsage == before.QuotaNonPagedPoolUsage);
    return 0;
}

static ULONG CheckLimit(VOID)
{
    const POOL_TYPE quiet = (POOL_TYPE)(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE);
    VM_COUNTERS before = Counters();
    PVOID first, second;

    EXPECT(NT_SUCCESS(Limit(before.QuotaPagedPoolUsage + 10000, 0)));
    first = ExAllocatePoolWithQuotaTag(quiet, 6000, TAG);
    EXPECT(first);
    EXPECT(!ExAllocatePoolWithQuotaTag(quiet, 6000, TAG));
    EXPECT(!ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA, 6000, TAG));
    EXPECT(RaisedByPool(6000) == STATUS_QUOTA_EXCEEDED);
    EXPECT(RaisedByPool2(6000) == STATUS_QUOTA_EXCEEDED);
    EXPECT(RaisedByCharge(PagedPool, 6000) == STATUS_QUOTA_EXCEEDED);
    EXPECT(PsChargeProcessPagedPoolQuota(PsGetCurrentProcess(), 4001) == STATUS_QUOTA_EXCEEDED);
    EXPECT(RaisedByPool(4000) == STATUS_SUCCESS);
    second = ExAllocatePoolWithTag(PagedPool, 60000, TAG); /* is not charged */
    EXPECT(second);
    ExFreePool(second);
    ExFreePool(first);
    EXPECT(RaisedByPool(6000) == STATUS_SUCCESS);
    EXPECT(NT_SUCCESS(Limit(MAXSIZE_T, 0)));
    EXPECT(Counters().QuotaPagedPoolUsage == before.QuotaPagedPoolUsage);
    return 0;
}

static ULONG CheckAll(VOID)
{
    static const SIZE_T sizes[] = {1, 7, 100, 4000, 4072, 4073, 4080, 4096, 70000};
    ULONG line = CheckCharges();

    for (ULONG round = 0; round < 40 && !line; round++) /* the first are from special pool */
        for (ULONG i = 0; i < RTL_NUMBER_OF(sizes) && !line; i++)
            line = CheckBlocks(sizes[i], round % 2 == 1);
    return line ? line : CheckLimit();
}

/* ---- requests ---------------------------------------------------------------------------- */

static NTSTATUS Control(PIO_STACK_LOCATION Stack, PULONG Value, ULONG_PTR *OutLength)
{
    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_QUOTA_CHECK:
        *Value = CheckAll();
        *OutLength = sizeof(*Value);
        return STATUS_SUCCESS;
    case IOCTL_QUOTA_USED:
        *Value = (ULONG)Counters().QuotaNonPagedPoolUsage;
        *OutLength = sizeof(*Value);
        return STATUS_SUCCESS;
    case IOCTL_QUOTA_LIMIT:
        return Limit(0, *Value);
    case IOCTL_QUOTA_KEEP:
        Kept = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_USE_QUOTA, *Value, TAG);
        return Kept ? STATUS_SUCCESS : STATUS_QUOTA_EXCEEDED;
    case IOCTL_QUOTA_FREE:
        ExFreePoolWithTag(Kept, TAG);
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        status = Control(stack, Irp->AssociatedIrp.SystemBuffer, &Irp->IoStatus.Information);
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Quota");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Quota");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Quota");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
