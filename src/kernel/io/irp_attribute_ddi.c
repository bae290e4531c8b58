/* SPDX-License-Identifier: MIT */
/* irp_attribute_ddi.c - what an IRP bears beside its work: priority, activity, whether its
 * sender waits, and the status that several lower IRPs add up to.
 *
 * A priority hint lies in bits of IRP.Flags that no contract names, so that it costs nothing
 * when nobody sets one and belongs to IRPs in drivers' own memory, too.
 */
#include "io_internal.h"

/* 0: nobody has said; otherwise the hint plus one. */
#define PRIORITY_SHIFT       17
#define PAGE_PRIORITY_NORMAL 5 /* as winbase.h names it: MEMORY_PRIORITY_NORMAL */
#define PRIORITY_MASK        (7u << PRIORITY_SHIFT)

/* ---- priority ---------------------------------------------------------------------------- */

/* Doc:     wdm.h IoGetIoPriorityHint */
IO_PRIORITY_HINT NTAPI IoGetIoPriorityHint(PIRP Irp)
{
    ULONG hint = (Irp->Flags & PRIORITY_MASK) >> PRIORITY_SHIFT;
    return hint == 0 ? IoPriorityNormal : (IO_PRIORITY_HINT)(hint - 1);
}

/* Doc:     wdm.h IoSetIoPriorityHint */
NTSTATUS NTAPI IoSetIoPriorityHint(PIRP Irp, IO_PRIORITY_HINT PriorityHint)
{
    if ((ULONG)PriorityHint >= MaxIoPriorityTypes)
        return STATUS_INVALID_PARAMETER;
    Irp->Flags = (Irp->Flags & ~PRIORITY_MASK) | ((ULONG)PriorityHint + 1) << PRIORITY_SHIFT;
    return STATUS_SUCCESS;
}

/* Nothing is paged here, so no IRP carries paging I/O unless a driver has marked its own.
 * Doc:     ntddk.h IoGetPagingIoPriority
 */
IO_PAGING_PRIORITY NTAPI IoGetPagingIoPriority(PIRP Irp)
{
    return Irp->Flags & IRP_PAGING_IO ? IoPagingPriorityNormal : IoPagingPriorityInvalid;
}

/* Doc:     ntifs.h IoRetrievePriorityInfo
 * Differs: page priority is always the normal one; a file has no hint of its own
 */
NTSTATUS NTAPI IoRetrievePriorityInfo(PIRP Irp, PFILE_OBJECT FileObject, PETHREAD Thread,
                                      PIO_PRIORITY_INFO PriorityInfo)
{
    (void)FileObject;
    if (PriorityInfo->Size != sizeof(*PriorityInfo))
        return STATUS_INVALID_PARAMETER;
    PriorityInfo->IoPriority = Irp != NULL ? IoGetIoPriorityHint(Irp) : IoPriorityNormal;
    PriorityInfo->PagePriority = PAGE_PRIORITY_NORMAL;
    if (Thread == NULL && Irp != NULL)
        Thread = Irp->Tail.Overlay.Thread;
    PriorityInfo->ThreadPriority =
        Thread != NULL ? (ULONG)KeQueryPriorityThread((PKTHREAD)Thread) : 0xffff;
    return STATUS_SUCCESS;
}

/* ---- activities -------------------------------------------------------------------------------
 */

/* Doc:     ntddk.h IoGetActivityIdIrp */
NTSTATUS NTAPI IoGetActivityIdIrp(PIRP Irp, LPGUID Guid)
{
    const struct irp *irp = irp_of(Irp);
    if (irp == NULL || irp->activity == NULL)
        return STATUS_NOT_FOUND;
    *Guid = *irp->activity;
    return STATUS_SUCCESS;
}

/* Doc:     ntddk.h IoSetActivityIdIrp */
NTSTATUS NTAPI IoSetActivityIdIrp(PIRP Irp, LPCGUID Guid)
{
    struct irp *irp = irp_of(Irp);
    struct process_thread *thread = ps_thread_current();
    if (irp == NULL)
        return STATUS_UNSUCCESSFUL;
    if (Guid == NULL && (PETHREAD)thread == Irp->Tail.Overlay.Thread && thread != NULL)
        Guid = thread->activity_id;
    if (Guid == NULL)
        return STATUS_NOT_SUPPORTED;
    if (irp->activity == NULL) {
        irp->activity = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*irp->activity), IO_TAG);
        if (irp->activity == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        ex_pool_disown(irp->activity);
    }
    *irp->activity = *Guid;
    return STATUS_SUCCESS;
}

/* Doc:     ntddk.h IoGetActivityIdThread */
LPCGUID NTAPI IoGetActivityIdThread(VOID)
{
    const struct process_thread *thread = ps_thread_current();
    return thread != NULL ? thread->activity_id : NULL;
}

/* The thread keeps the address, so the caller keeps the GUID until it clears it.
 * Doc:     ntddk.h IoSetActivityIdThread
 */
LPGUID NTAPI IoSetActivityIdThread(LPCGUID ActivityId)
{
    struct process_thread *thread = ps_thread_current();
    const GUID *original = thread != NULL ? thread->activity_id : NULL;
    if (thread != NULL)
        thread->activity_id = ActivityId;
    return (LPGUID)(uintptr_t)original;
}

/* Doc:     ntddk.h IoClearActivityIdThread */
VOID NTAPI IoClearActivityIdThread(LPCGUID OriginalId)
{
    (void)IoSetActivityIdThread(OriginalId);
}

/* Doc:     ntddk.h IoPropagateActivityIdToThread */
NTSTATUS NTAPI IoPropagateActivityIdToThread(PIRP Irp, LPGUID PropagatedId, LPCGUID *OriginalId)
{
    NTSTATUS status = IoGetActivityIdIrp(Irp, PropagatedId);
    if (NT_SUCCESS(status))
        *OriginalId = IoSetActivityIdThread(PropagatedId);
    return status;
}

/* ---- status and waiting ------------------------------------------------------------------------
 */

/* Doc:     ntddk.h IoSetMasterIrpStatus
 * Differs: which of two errors is the more severe is not documented; the larger code is here
 */
VOID NTAPI IoSetMasterIrpStatus(PIRP MasterIrp, NTSTATUS Status)
{
    volatile LONG *place = (volatile LONG *)&MasterIrp->IoStatus.Status;
    if (Status == STATUS_FT_READ_FROM_COPY)
        return;
    for (;;) {
        NTSTATUS is = *place;
        bool replaces = Status == STATUS_VERIFY_REQUIRED ||
                        (is != STATUS_VERIFY_REQUIRED && !NT_SUCCESS(Status) &&
                         (NT_SUCCESS(is) || (ULONG)Status > (ULONG)is));
        if (!replaces || InterlockedCompareExchange(place, Status, is) == is)
            return;
    }
}

/* Doc:     ntifs.h IoIsOperationSynchronous */
BOOLEAN NTAPI IoIsOperationSynchronous(PIRP Irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(Irp);
    bool is_control = stack->MajorFunction == IRP_MJ_DEVICE_CONTROL ||
                      stack->MajorFunction == IRP_MJ_FILE_SYSTEM_CONTROL;
    if (Irp->Flags & IRP_PAGING_IO)
        return (Irp->Flags & IRP_SYNCHRONOUS_PAGING_IO) != 0;
    if (Irp->Flags & IRP_SYNCHRONOUS_API)
        return TRUE;
    if (stack->FileObject != NULL && file_is_synchronous(stack->FileObject))
        return TRUE;
    return is_control &&
           METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode) == METHOD_BUFFERED;
}
