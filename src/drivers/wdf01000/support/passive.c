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
    BOOLEAN is_late; /* the object was deleted from inside: nobody waited */
};

static IO_WORKITEM_ROUTINE passive_run;

static KSPIN_LOCK late_lock; /* guards: late_runs and late_runs_over of every client */

static void late_begin(struct fx_globals *globals)
{
    KIRQL irql;

    KeAcquireSpinLock(&late_lock, &irql);
    globals->late_runs++;
    KeReleaseSpinLock(&late_lock, irql);
}

static void late_end(struct fx_globals *globals)
{
    KIRQL irql;

    KeAcquireSpinLock(&late_lock, &irql);
    if (--globals->late_runs == 0 && globals->late_runs_over)
        KeSetEvent(globals->late_runs_over, IO_NO_INCREMENT, FALSE);
    KeReleaseSpinLock(&late_lock, irql);
}

void fx_passive_wait(struct fx_globals *globals)
{
    KEVENT over;
    BOOLEAN waits;
    KIRQL irql;

    KeInitializeEvent(&over, NotificationEvent, FALSE);
    KeAcquireSpinLock(&late_lock, &irql);
    waits = globals->late_runs != 0;
    if (waits)
        globals->late_runs_over = &over;
    KeReleaseSpinLock(&late_lock, irql);
    if (!waits)
        return;
    KeWaitForSingleObject(&over, Executive, KernelMode, FALSE, NULL);
    KeAcquireSpinLock(&late_lock, &irql); /* who set it is out of it */
    globals->late_runs_over = NULL;
    KeReleaseSpinLock(&late_lock, irql);
}

/* Whoever waits for a run finds its reference given back: the object's own is still there then.
 * Only after a deletion from inside, when nobody waited, it may be the last: then the client
 * waits, when it goes.
 */
static void passive_run(PDEVICE_OBJECT device, PVOID context)
{
    struct fx_passive *passive = context;
    struct fx_object *object = passive->object;
    struct fx_globals *globals = object->globals;
    struct passive_run run = {.thread = KeGetCurrentThread()};
    KIRQL irql;

    UNREFERENCED_PARAMETER(device);
    KeAcquireSpinLock(&passive->lock, &irql);
    run.is_late = passive->is_late;
    passive->queued = passive->is_late = FALSE;
    InsertTailList(&passive->runs, &run.entry);
    KeReleaseSpinLock(&passive->lock, irql);

    passive->routine(object);

    KeAcquireSpinLock(&passive->lock, &irql);
    if (!run.is_late)
        fx_object_deref(object);
    RemoveEntryList(&run.entry);
    if (!passive->queued && IsListEmpty(&passive->runs))
        KeSetEvent(&passive->idle, IO_NO_INCREMENT, FALSE);
    KeReleaseSpinLock(&passive->lock, irql);
    if (run.is_late) {
        fx_object_deref(object);
        late_end(globals);
    }
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

static BOOLEAN inside_locked(struct fx_passive *passive)
{
    PKTHREAD thread = KeGetCurrentThread();
    PLIST_ENTRY entry;

    for (entry = passive->runs.Flink; entry != &passive->runs; entry = entry->Flink)
        if (CONTAINING_RECORD(entry, struct passive_run, entry)->thread == thread)
            return TRUE;
    return FALSE;
}

BOOLEAN fx_passive_is_inside(struct fx_passive *passive)
{
    BOOLEAN is_inside;
    KIRQL irql;

    if (!passive->item)
        return FALSE;
    KeAcquireSpinLock(&passive->lock, &irql);
    is_inside = inside_locked(passive);
    KeReleaseSpinLock(&passive->lock, irql);
    return is_inside;
}

/* Nobody waits for what runs or is about to: each of these runs is the client's to wait for. */
static void runs_leave_locked(struct fx_passive *passive)
{
    PLIST_ENTRY entry;

    for (entry = passive->runs.Flink; entry != &passive->runs; entry = entry->Flink) {
        struct passive_run *run = CONTAINING_RECORD(entry, struct passive_run, entry);

        if (!run->is_late)
            late_begin(passive->object->globals);
        run->is_late = TRUE;
    }
    if (passive->queued && !passive->is_late)
        late_begin(passive->object->globals);
    passive->is_late = passive->queued;
}

void fx_passive_flush(struct fx_passive *passive)
{
    BOOLEAN is_inside;
    KIRQL irql;

    if (!passive->item)
        return;
    KeAcquireSpinLock(&passive->lock, &irql);
    is_inside = inside_locked(passive);
    if (is_inside)
        runs_leave_locked(passive);
    KeReleaseSpinLock(&passive->lock, irql);
    if (is_inside)
        return;
    KeEnterCriticalRegion();
    fx_wait(passive->object->globals, &passive->idle, passive->object->type->name,
            fx_handle_of(passive->object));
    KeLeaveCriticalRegion();
    /* Who set it has to be out of the lock, too: the object may go now. */
    KeAcquireSpinLock(&passive->lock, &irql);
    KeReleaseSpinLock(&passive->lock, irql);
}

void fx_passive_fini(struct fx_passive *passive)
{
    if (passive->item)
        IoFreeWorkItem(passive->item);
    passive->item = NULL;
}
