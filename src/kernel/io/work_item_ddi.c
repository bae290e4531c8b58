/* SPDX-License-Identifier: MIT */
/* work_item_ddi.c - work items of devices: a routine of a driver in a system thread.
 *
 * Invariant: the device (or driver) object is referenced from queueing until the routine
 * has returned, so that the driver's code stays. A routine may free its own item.
 */
#include "io_internal.h"

#include "callout/callout.h"

struct _IO_WORKITEM {
    struct ex_work work;
    PVOID object; /* device or driver object */
    PIO_WORKITEM_ROUTINE routine;
    PIO_WORKITEM_ROUTINE_EX routine_ex; /* one of the two */
    PVOID context;
};

/* Doc:     wdm.h IoSizeofWorkItem */
ULONG NTAPI IoSizeofWorkItem(VOID)
{
    return sizeof(struct _IO_WORKITEM);
}

/* Doc:     wdm.h IoInitializeWorkItem */
VOID NTAPI IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
    *IoWorkItem = (struct _IO_WORKITEM){.object = IoObject};
}

/* Doc:     wdm.h IoUninitializeWorkItem */
VOID NTAPI IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
    IoWorkItem->object = NULL;
}

/* Doc:     wdm.h IoAllocateWorkItem */
PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    PIO_WORKITEM item = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*item), IO_TAG);
    if (item != NULL)
        IoInitializeWorkItem(DeviceObject, item);
    return item;
}

/* Doc:     wdm.h IoFreeWorkItem */
VOID NTAPI IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ExFreePoolWithTag(IoWorkItem, IO_TAG);
}

static void work_item_run(void *context)
{
    PIO_WORKITEM item = context;
    PVOID object = item->object;
    if (item->routine_ex != NULL)
        callout_work_item_ex(item->routine_ex, object, item->context, item);
    else
        callout_work_item(item->routine, object, item->context);
    ob_dereference(object);
}

static void work_item_queue(PIO_WORKITEM item)
{
    ob_reference(item->object);
    ex_work_queue(&item->work, work_item_run, item);
}

/* Doc:     wdm.h IoQueueWorkItem
 * Differs: QueueType does not choose a priority
 */
VOID NTAPI IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
                           WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)QueueType;
    IoWorkItem->routine = WorkerRoutine;
    IoWorkItem->routine_ex = NULL;
    IoWorkItem->context = Context;
    work_item_queue(IoWorkItem);
}

/* Doc:     wdm.h IoQueueWorkItemEx
 * Differs: QueueType does not choose a priority
 */
VOID NTAPI IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                             WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)QueueType;
    IoWorkItem->routine = NULL;
    IoWorkItem->routine_ex = WorkerRoutine;
    IoWorkItem->context = Context;
    work_item_queue(IoWorkItem);
}
