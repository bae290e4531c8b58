/* SPDX-License-Identifier: MIT */
/* child_report.c - children as PnP sees them: PDOs are made when it asks, and ended when it has
 * heard that they are missing.
 *
 * In: IRP_MN_QUERY_DEVICE_RELATIONS of a bus, the end of a PDO; out: relations, and entries that
 * come and go with it. PASSIVE_LEVEL; PnP asks one device one question at a time.
 * Invariant: a PDO in the relations is PRESENT; one that was MISSING is GONE afterwards.
 */
#include "child_list.h"

#define RETRIES_MAX 3

/* --- making PDOs --- */

/* A NEW child to be made: not refused before, and without a namesake whose PDO has not gone yet. */
static struct fx_child *child_next_new(struct fx_child_list *list, struct fx_child *after)
{
    struct fx_child *found = NULL;
    LIST_ENTRY *at;
    KIRQL irql;

    KeAcquireSpinLock(&list->lock, &irql);
    for (at = after != NULL ? after->entry.Flink : list->children.Flink;
         found == NULL && at != &list->children; at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        if (child->state == FX_CHILD_NEW && !child->failed &&
            child_find_locked(list, child->id,
                              FX_STATE_BIT(FX_CHILD_GONE) | FX_STATE_BIT(FX_CHILD_MISSING),
                              NULL) == NULL)
            found = child;
    }
    KeReleaseSpinLock(&list->lock, irql);
    return found;
}

/* EvtChildListCreateDevice for one child. TRUE: it wants to be asked again later. */
static BOOLEAN child_make(struct fx_child_list *list, struct fx_child *child)
{
    struct WDFDEVICE_INIT *init = pdo_init_create(list->device);
    struct fx_device *created;
    NTSTATUS status = STATUS_RETRY;
    KIRQL irql;

    if (init == NULL)
        return TRUE;
    init->ours = TRUE;
    init->child = child;
    FX_WATCHED(list->object.globals, list->config.EvtChildListCreateDevice,
               status =
                   list->config.EvtChildListCreateDevice(child_list_handle(list), child->id, init));
    created = init->created;
    init_free(init);
    if (NT_SUCCESS(status) && created == NULL)
        status = STATUS_INVALID_DEVICE_OBJECT_PARAMETER;
    if (!NT_SUCCESS(status)) {
        fx_log(list->object.globals, FX_LOG_ERROR,
               "EvtChildListCreateDevice of WDFCHILDLIST %p: status %x%s", child_list_handle(list),
               status, status == STATUS_RETRY ? "" : ": the child is not reported");
        if (created != NULL) {
            created->own->pdo->child = NULL;
            device_cancel(created);
        }
        child->failed = status != STATUS_RETRY;
        return status == STATUS_RETRY;
    }
    KeAcquireSpinLock(&list->lock, &irql);
    child->pdo = created;
    child->state = FX_CHILD_PRESENT;
    KeReleaseSpinLock(&list->lock, irql);
    return FALSE;
}

static void list_make(struct fx_child_list *list)
{
    struct fx_child *child = NULL;
    BOOLEAN retry = FALSE;

    while ((child = child_next_new(list, child)) != NULL)
        retry |= child_make(list, child);
    if (!retry)
        list->retries = 0;
    else if (++list->retries <= RETRIES_MAX)
        list->is_dirty = TRUE;
    else
        fx_log(list->object.globals, FX_LOG_ERROR,
               "EvtChildListCreateDevice of WDFCHILDLIST %p has asked for a retry %d times: it is "
               "called again when the list changes",
               child_list_handle(list), list->retries);
}

/* --- the relations --- */

struct report {
    DEVICE_OBJECT **devices; /* NULL while only counting */
    ULONG count, room;
};

static void report_child(struct report *report, const struct fx_child *child)
{
    if (child->state != FX_CHILD_PRESENT)
        return;
    if (report->devices != NULL && report->count < report->room)
        report->devices[report->count] = child->pdo->wdm;
    if (report->devices == NULL || report->count < report->room)
        report->count++;
}

/* Every list and the static children, which are all held. */
static void report_all(struct fx_device *device, struct report *report)
{
    LIST_ENTRY *at, *child;
    KIRQL irql;

    KeAcquireSpinLock(&device->own->child_lock, &irql);
    for (at = device->own->child_lists.Flink; at != &device->own->child_lists; at = at->Flink) {
        struct fx_child_list *list = CONTAINING_RECORD(at, struct fx_child_list, device_entry);

        KeAcquireSpinLockAtDpcLevel(&list->lock);
        for (child = list->children.Flink; child != &list->children; child = child->Flink)
            report_child(report, CONTAINING_RECORD(child, struct fx_child, entry));
        KeReleaseSpinLockFromDpcLevel(&list->lock);
    }
    for (child = device->own->static_children.Flink; child != &device->own->static_children;
         child = child->Flink)
        report_child(report, CONTAINING_RECORD(child, struct fx_child, entry));
    KeReleaseSpinLock(&device->own->child_lock, irql);
}

/* A child that PnP has just not been told of: the next one, as GONE and with a reference. */
static struct fx_device *children_take_missing(LIST_ENTRY *children)
{
    LIST_ENTRY *at;

    for (at = children->Flink; at != children; at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        if (child->state == FX_CHILD_MISSING && child->is_unreported) {
            child->state = FX_CHILD_GONE;
            fx_object_ref(&child->pdo->object);
            return child->pdo;
        }
    }
    return NULL;
}

static void missing_mark(LIST_ENTRY *children)
{
    LIST_ENTRY *at;

    for (at = children->Flink; at != children; at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        child->is_unreported = child->state == FX_CHILD_MISSING;
    }
}

/* Tells the machines of the PDOs that were left out of a report. A child that came and went between
 * two answers, or while one was made, is nothing to PnP: nobody but us ends it. */
static void missing_report(struct fx_device *device, struct fx_child_list *list)
{
    LIST_ENTRY *children = list != NULL ? &list->children : &device->own->static_children;
    KSPIN_LOCK *lock = list != NULL ? &list->lock : &device->own->child_lock;
    struct fx_device *pdo;
    KIRQL irql;

    for (;;) {
        KeAcquireSpinLock(lock, &irql);
        pdo = children_take_missing(children);
        KeReleaseSpinLock(lock, irql);
        if (pdo == NULL)
            break;
        if (pdo->own->is_reported)
            fx_pnp_reported_missing(pdo);
        else
            child_end(pdo);
        fx_object_deref(&pdo->object);
    }
}

/* Calls visit for every list of the device, referenced; lists made meanwhile are not seen. */
static void lists_visit(struct fx_device *device, void (*visit)(struct fx_child_list *list))
{
    struct fx_child_list *lists[16];
    ULONG count = 0, skip = 0, i;
    LIST_ENTRY *at;
    KIRQL irql;

    do {
        ULONG index = 0;

        count = 0;
        KeAcquireSpinLock(&device->own->child_lock, &irql);
        for (at = device->own->child_lists.Flink; at != &device->own->child_lists && count < 16;
             at = at->Flink, index++) {
            if (index < skip)
                continue;
            lists[count] = CONTAINING_RECORD(at, struct fx_child_list, device_entry);
            fx_object_ref(&lists[count++]->object);
        }
        KeReleaseSpinLock(&device->own->child_lock, irql);
        for (i = 0; i < count; i++) {
            visit(lists[i]);
            fx_object_deref(&lists[i]->object);
        }
        skip += count;
    } while (count == 16);
}

static void list_prepare(struct fx_child_list *list)
{
    KIRQL irql;

    list_hold(list);
    list_make(list);
    KeAcquireSpinLock(&list->lock, &irql);
    missing_mark(&list->children);
    list->in_report = TRUE;
    KeReleaseSpinLock(&list->lock, irql);
}

static void list_finish(struct fx_child_list *list)
{
    if (!list->in_report)
        return;
    missing_report(list->device, list);
    list->in_report = FALSE;
    list_release(list, FALSE);
}

static void list_forget(struct fx_child_list *list)
{
    if (!list->in_report)
        return;
    list->in_report = FALSE;
    list_release(list, FALSE);
}

NTSTATUS child_lists_report(struct fx_device *device, IRP *irp)
{
    struct fx_globals *globals = device->object.globals;
    struct report report = {0};
    NTSTATUS status;
    KIRQL irql;
    ULONG i;

    if (!device->own->has_children)
        return STATUS_NOT_SUPPORTED;
    lists_visit(device, list_prepare);
    KeAcquireSpinLock(&device->own->child_lock, &irql);
    missing_mark(&device->own->static_children);
    KeReleaseSpinLock(&device->own->child_lock, irql);
    report_all(device, &report);
    report.room = report.count;
    report.count = 0;
    report.devices = room_allocate(globals, report.room * sizeof *report.devices + 1);
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (report.devices != NULL) {
        report_all(device, &report);
        status = relations_add(globals, irp, report.devices, report.count);
        for (i = 0; NT_SUCCESS(status) && i < report.count; i++)
            (*(struct fx_device **)report.devices[i]->DeviceExtension)->own->is_reported = TRUE;
        room_free(report.devices);
    }
    if (!NT_SUCCESS(status)) {
        lists_visit(device, list_forget);
        return status;
    }
    missing_report(device, NULL);
    lists_visit(device, list_finish);
    return STATUS_SUCCESS;
}

/* --- the end of a PDO --- */

void child_end(struct fx_device *pdo)
{
    fx_pnp_cancel(pdo);
    fx_device_gone(pdo);
}

void child_pdo_gone(struct fx_device *pdo)
{
    struct fx_child *child = pdo->own->pdo->child, *other = NULL;
    struct fx_device *parent = pdo->parent;
    BOOLEAN is_ours;
    KSPIN_LOCK *lock;
    KIRQL irql;

    if (child == NULL)
        return;
    pdo->own->pdo->child = NULL;
    lock = child->list != NULL ? &child->list->lock : &parent->own->child_lock;
    KeAcquireSpinLock(lock, &irql);
    child->pdo = NULL;
    child->state = FX_CHILD_GONE;
    child->is_dead = child->list != NULL && child->list->holds != 0;
    if (!child->is_dead)
        RemoveEntryList(&child->entry);
    if (child->list != NULL)
        other = child_find_locked(child->list, child->id, FX_STATE_BIT(FX_CHILD_NEW), NULL);
    is_ours = !child->is_dead;
    KeReleaseSpinLock(lock, irql);
    /* Its namesake has waited for this. */
    if (other != NULL)
        children_invalidate(parent);
    if (is_ours && child->list != NULL)
        child_free(child);
    else if (is_ours)
        room_free(child);
}

static NTSTATUS missing_set(struct fx_device *pdo)
{
    struct fx_child *child = pdo->own->pdo->child;
    NTSTATUS status = STATUS_NO_SUCH_DEVICE;
    KSPIN_LOCK *lock;
    KIRQL irql;

    if (child == NULL)
        return status;
    lock = child->list != NULL ? &child->list->lock : &pdo->parent->own->child_lock;
    KeAcquireSpinLock(lock, &irql);
    if (child->state == FX_CHILD_PRESENT) {
        child->state = FX_CHILD_MISSING;
        child->is_unreported = FALSE;
        status = STATUS_SUCCESS;
    }
    KeReleaseSpinLock(lock, irql);
    return status;
}

NTSTATUS child_mark_missing(struct fx_device *pdo)
{
    NTSTATUS status = missing_set(pdo);

    if (NT_SUCCESS(status))
        children_invalidate(pdo->parent);
    return status;
}

void fx_child_ejected(struct fx_device *pdo)
{
    child_mark_missing(pdo);
}

/* The same description comes again in an entry of its own, which waits until the first PDO is
 * gone. The entry of the first is kept meanwhile by holding the list.
 */
void child_reenumerate(struct fx_device *pdo)
{
    struct fx_child *child = pdo->own->pdo->child;
    struct fx_child_list *list = child != NULL ? child->list : NULL;

    /* A static child is the driver's to make again: it is only removed. */
    if (list == NULL) {
        child_mark_missing(pdo);
        return;
    }
    list_hold(list);
    if (NT_SUCCESS(missing_set(pdo))) {
        if (list->config.EvtChildListDeviceReenumerated == NULL ||
            list->config.EvtChildListDeviceReenumerated(child_list_handle(list), device_handle(pdo),
                                                        child->address, child->address))
            list_add_again(list, child);
        children_invalidate(pdo->parent);
    }
    list_release(list, FALSE);
}
