/* SPDX-License-Identifier: MIT */
/* passive.c - routines that are asked for at DISPATCH_LEVEL and run at PASSIVE_LEVEL.
 *
 * In: an object and its routine; out: runs of the routine on a system worker. Each post that
 * queues a run holds a reference on the object until that run is over, so the object may be
 * deleted in the middle of one. The I/O work item keeps the device object, and with it the driver.
 */
#include "support_internal.h"

struct passive_run {
    LIST_ENTRY entry;
    PKTHREAD thread;
};

static IO_WORKITEM_ROUTINE passive_run;

static void passive_run(PDEVICE_OBJECT device, PVOID context)
{
    struct fx_passive *passive = context;
    struct fx_object *object = passive->object;
    struct passive_run run = {.thread = KeGetCurrentThread()};
    KIRQL irql;

    UNREFERENCED_PARAMETER(device);
    KeAcquireSpinLock(&passive->lock, &irql);
    passive->queued = FALSE;
    InsertTailList(&passive->runs, &run.entry);
    KeReleaseSpinLock(&passive->lock, irql);

    passive->routine(object);

    KeAcquireSpinLock(&passive->lock, &irql);
    RemoveEntryList(&run.entry);
    if (!passive->queued && IsListEmpty(&passive->runs))
        KeSetEvent(&passive->idle, IO_NO_INCREMENT, FALSE);
    KeReleaseSpinLock(&passive->lock, irql);
    fx_object_deref(object);
}

NTSTATUS fx_passive_init(struct fx_passive *passive, struct fx_object *object,
                         fx_passive_routine *routine)
{
    PVOID owner = object->globals->driver_object;

    if (object->device && object->device->wdm)
        owner = object->device->wdm;
    passive->object = object;
    passive->routine = routine;
    passive->queued = FALSE;
    InitializeListHead(&passive->runs);
    KeInitializeSpinLock(&passive->lock);
    KeInitializeEvent(&passive->idle, NotificationEvent, TRUE);
    passive->item = IoAllocateWorkItem(owner);
    return passive->item ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

BOOLEAN fx_passive_post(struct fx_passive *passive)
{
    BOOLEAN queue;
    KIRQL irql;

    KeAcquireSpinLock(&passive->lock, &irql);
    queue = !passive->queued;
    if (queue) {
        passive->queued = TRUE;
        KeClearEvent(&passive->idle);
        fx_object_ref(passive->object);
    }
    KeReleaseSpinLock(&passive->lock, irql);
    if (queue)
        IoQueueWorkItem(passive->item, passive_run, DelayedWorkQueue, passive);
    return queue;
}

BOOLEAN fx_passive_is_inside(struct fx_passive *passive)
{
    PKTHREAD thread = KeGetCurrentThread();
    BOOLEAN found = FALSE;
    PLIST_ENTRY entry;
    KIRQL irql;

    if (!passive->item)
        return FALSE;
    KeAcquireSpinLock(&passive->lock, &irql);
    for (entry = passive->runs.Flink; entry != &passive->runs; entry = entry->Flink)
        found |= CONTAINING_RECORD(entry, struct passive_run, entry)->thread == thread;
    KeReleaseSpinLock(&passive->lock, irql);
    return found;
}

void fx_passive_flush(struct fx_passive *passive)
{
    if (!passive->item || fx_passive_is_inside(passive))
        return;
    KeEnterCriticalRegion();
    KeWaitForSingleObject(&passive->idle, Executive, KernelMode, FALSE, NULL);
    KeLeaveCriticalRegion();
}

void fx_passive_fini(struct fx_passive *passive)
{
    if (passive->item)
        IoFreeWorkItem(passive->item);
    passive->item = NULL;
}
