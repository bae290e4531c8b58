/* SPDX-License-Identifier: MIT */
/* work_ddi.c - ExQueueWorkItem. */
#include "ke/ke.h"
#include "work.h"

/* IRQL:    <= DISPATCH_LEVEL
 * Takes:   WorkItem: the system's until its routine starts
 * Errors:  bug check WORKER_THREAD_RETURNED_AT_BAD_IRQL when the routine returns raised
 * Doc:     nf-wdm-exqueueworkitem
 * Differs: the host schedules all workers alike; urgent items are only taken first
 */
VOID NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    enum work_urgency urgency = WORK_CRITICAL;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (QueueType == HyperCriticalWorkQueue || QueueType == SuperCriticalWorkQueue ||
        QueueType == RealTimeWorkQueue)
        urgency = WORK_HYPER_CRITICAL;
    else if (QueueType == DelayedWorkQueue || QueueType == BackgroundWorkQueue)
        urgency = WORK_DELAYED;
    work_insert(WorkItem, urgency);
}
