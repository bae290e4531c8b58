/* SPDX-License-Identifier: MIT */
/* child_list.c - dynamic child lists: what a bus driver says is there, kept apart from what PnP
 * was told.
 *
 * In: descriptions that become present or missing, in scans or one by one, at any IRQL up to
 * DISPATCH_LEVEL. Out: an entry for each child, which child_report.c turns into PDOs and relations
 * when PnP asks. Changes made while somebody walks the list, or while it is reported, wait until
 * that has ended. Invariant: an entry with a PDO lives until that PDO is gone.
 *
 * The driver's compare and copy callbacks run under the list's lock (documented at
 * DISPATCH_LEVEL); duplicate and cleanup, which may allocate and free, never do.
 */
#include "child_list.h"

static void list_dispose(struct fx_object *object);
static void list_destroy(struct fx_object *object);

const struct fx_type fx_type_child_list = {
    .name = "WDFCHILDLIST",
    .size = sizeof(struct fx_child_list),
    .flags = FX_TYPE_PARENT_FIXED,
    .dispose = list_dispose,
    .destroy = list_destroy,
};

/* --- descriptions --- */

static NTSTATUS id_duplicate(struct fx_child_list *list, const fx_id *source, fx_id **out_copy)
{
    ULONG bytes = list->config.IdentificationDescriptionSize;
    fx_id *copy = room_allocate(list->object.globals, bytes);
    NTSTATUS status = STATUS_SUCCESS;

    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    copy->IdentificationDescriptionSize = bytes;
    if (list->config.EvtChildListIdentificationDescriptionDuplicate != NULL)
        status = list->config.EvtChildListIdentificationDescriptionDuplicate(
            child_list_handle(list), (fx_id *)source, copy);
    else
        RtlCopyMemory(copy, source, bytes);
    if (!NT_SUCCESS(status)) {
        room_free(copy);
        return status;
    }
    *out_copy = copy;
    return STATUS_SUCCESS;
}

static NTSTATUS address_duplicate(struct fx_child_list *list, const fx_address *source,
                                  fx_address **out_copy)
{
    ULONG bytes = list->config.AddressDescriptionSize;
    fx_address *copy = room_allocate(list->object.globals, bytes);
    NTSTATUS status = STATUS_SUCCESS;

    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    copy->AddressDescriptionSize = bytes;
    if (list->config.EvtChildListAddressDescriptionDuplicate != NULL)
        status = list->config.EvtChildListAddressDescriptionDuplicate(child_list_handle(list),
                                                                      (fx_address *)source, copy);
    else
        RtlCopyMemory(copy, source, bytes);
    if (!NT_SUCCESS(status)) {
        room_free(copy);
        return status;
    }
    *out_copy = copy;
    return STATUS_SUCCESS;
}

static void id_free(struct fx_child_list *list, fx_id *id)
{
    if (id != NULL && list->config.EvtChildListIdentificationDescriptionCleanup != NULL)
        list->config.EvtChildListIdentificationDescriptionCleanup(child_list_handle(list), id);
    room_free(id);
}

static void address_free(struct fx_child_list *list, fx_address *address)
{
    if (address != NULL && list->config.EvtChildListAddressDescriptionCleanup != NULL)
        list->config.EvtChildListAddressDescriptionCleanup(child_list_handle(list), address);
    room_free(address);
}

void child_free(struct fx_child *child)
{
    id_free(child->list, child->id);
    address_free(child->list, child->address);
    room_free(child);
}

void child_id_copy(const struct fx_child *child, fx_id *out)
{
    struct fx_child_list *list = child->list;

    if (list->config.EvtChildListIdentificationDescriptionCopy != NULL)
        list->config.EvtChildListIdentificationDescriptionCopy(child_list_handle(list), child->id,
                                                               out);
    else
        RtlCopyMemory(out, child->id, list->config.IdentificationDescriptionSize);
}

void child_address_copy(const struct fx_child *child, fx_address *out)
{
    struct fx_child_list *list = child->list;

    if (child->address == NULL)
        return;
    if (list->config.EvtChildListAddressDescriptionCopy != NULL)
        list->config.EvtChildListAddressDescriptionCopy(child_list_handle(list), child->address,
                                                        out);
    else
        RtlCopyMemory(out, child->address, list->config.AddressDescriptionSize);
}

BOOLEAN child_is(const struct fx_child *child, const fx_id *id, fx_compare *compare)
{
    struct fx_child_list *list = child->list;

    if (compare == NULL)
        compare = list->config.EvtChildListIdentificationDescriptionCompare;
    if (compare != NULL)
        return compare(child_list_handle(list), child->id, (fx_id *)id);
    return RtlCompareMemory(child->id, id, list->config.IdentificationDescriptionSize) ==
           list->config.IdentificationDescriptionSize;
}

struct fx_child *child_find_locked(struct fx_child_list *list, const fx_id *id, ULONG states,
                                   fx_compare *compare)
{
    LIST_ENTRY *at;

    for (at = list->children.Flink; at != &list->children; at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        /* A dead entry only waits for the one who walks over it. */
        if (!child->is_dead && (states & FX_STATE_BIT(child->state)) != 0 &&
            child_is(child, id, compare))
            return child;
    }
    return NULL;
}

/* --- changes --- */

/* Makes a change; what of its memory is left over stays in it for the caller to free. */
static NTSTATUS change_apply_locked(struct fx_child_list *list, struct fx_child_change *change)
{
    struct fx_child *child;
    fx_address *address;

    if (change->is_missing) {
        child =
            child_find_locked(list, change->child->id,
                              FX_STATE_BIT(FX_CHILD_NEW) | FX_STATE_BIT(FX_CHILD_PRESENT), NULL);
        if (child == NULL)
            return STATUS_NO_SUCH_DEVICE;
        list->is_dirty = TRUE;
        if (child->state == FX_CHILD_PRESENT) {
            child->state = FX_CHILD_MISSING;
        } else {
            RemoveEntryList(&child->entry);
            InsertTailList(&change->freed, &child->entry);
        }
        return STATUS_SUCCESS;
    }
    child = child_find_locked(list, change->child->id,
                              FX_STATE_BIT(FX_CHILD_NEW) | FX_STATE_BIT(FX_CHILD_PRESENT), NULL);
    if (child == NULL)
        child = child_find_locked(list, change->child->id, FX_STATE_BIT(FX_CHILD_MISSING), NULL);
    if (child == NULL) {
        change->child->seen = TRUE;
        InsertTailList(&list->children, &change->child->entry);
        change->child = NULL;
        list->is_dirty = TRUE;
        list->retries = 0;
        return STATUS_SUCCESS;
    }
    child->seen = TRUE;
    if (change->child->address != NULL) {
        address = child->address;
        child->address = change->child->address;
        change->child->address = address;
    }
    if (child->state == FX_CHILD_MISSING) {
        /* It came back before PnP heard of its going. */
        child->state = FX_CHILD_PRESENT;
        return STATUS_SUCCESS;
    }
    return STATUS_OBJECT_NAME_EXISTS;
}

static void change_free(struct fx_child_change *change)
{
    while (!IsListEmpty(&change->freed))
        child_free(CONTAINING_RECORD(RemoveHeadList(&change->freed), struct fx_child, entry));
    if (change->child != NULL)
        child_free(change->child);
    room_free(change);
}

/* Makes the waiting changes if nobody holds the list; their memory comes back in `done`. */
static void changes_apply_locked(struct fx_child_list *list, LIST_ENTRY *done)
{
    while (list->holds == 0 && !IsListEmpty(&list->changes)) {
        struct fx_child_change *change =
            CONTAINING_RECORD(RemoveHeadList(&list->changes), struct fx_child_change, entry);

        change_apply_locked(list, change);
        InsertTailList(done, &change->entry);
    }
}

/* TRUE: PnP is to be asked to look, outside of the lock. */
static BOOLEAN dirty_take_locked(struct fx_child_list *list)
{
    if (!list->is_dirty || list->holds != 0 || list->scans != 0)
        return FALSE;
    list->is_dirty = FALSE;
    return TRUE;
}

/* Entries whose PDOs went while somebody held the list. */
static void dead_take_locked(struct fx_child_list *list, LIST_ENTRY *dead)
{
    LIST_ENTRY *at, *next;

    for (at = list->children.Flink; list->holds == 0 && at != &list->children; at = next) {
        next = at->Flink;
        if (CONTAINING_RECORD(at, struct fx_child, entry)->is_dead) {
            RemoveEntryList(at);
            InsertTailList(dead, at);
        }
    }
}

/* What the scan that has ended did not describe. A description that came while the list was held
 * counts from when it was let go; until then nothing is left out. */
static void sweep_locked(struct fx_child_list *list, LIST_ENTRY *freed)
{
    LIST_ENTRY *at, *next;

    if (!list->is_swept || list->holds != 0 || list->scans != 0)
        return;
    list->is_swept = FALSE;
    for (at = list->children.Flink; at != &list->children; at = next) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        next = at->Flink;
        if (child->seen || (child->state != FX_CHILD_NEW && child->state != FX_CHILD_PRESENT))
            continue;
        list->is_dirty = TRUE;
        if (child->state == FX_CHILD_PRESENT) {
            child->state = FX_CHILD_MISSING;
        } else {
            RemoveEntryList(&child->entry);
            InsertTailList(freed, &child->entry);
        }
    }
}

void children_invalidate(struct fx_device *device)
{
    if (device->wdm != NULL && device->physical != NULL)
        IoInvalidateDeviceRelations(device->physical, BusRelations);
}

void list_release(struct fx_child_list *list, BOOLEAN is_scan)
{
    LIST_ENTRY done, dead;
    BOOLEAN invalidate;
    KIRQL irql;

    InitializeListHead(&done);
    InitializeListHead(&dead);
    KeAcquireSpinLock(&list->lock, &irql);
    if (is_scan)
        list->scans--;
    else
        list->holds--;
    dead_take_locked(list, &dead);
    changes_apply_locked(list, &done);
    sweep_locked(list, &dead);
    invalidate = dirty_take_locked(list);
    KeReleaseSpinLock(&list->lock, irql);
    while (!IsListEmpty(&done))
        change_free(CONTAINING_RECORD(RemoveHeadList(&done), struct fx_child_change, entry));
    while (!IsListEmpty(&dead))
        child_free(CONTAINING_RECORD(RemoveHeadList(&dead), struct fx_child, entry));
    if (invalidate)
        children_invalidate(list->device);
}

NTSTATUS list_add_again(struct fx_child_list *list, const struct fx_child *old)
{
    struct fx_child *child = room_allocate(list->object.globals, sizeof *child);
    NTSTATUS status;
    KIRQL irql;

    if (child == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    child->list = list;
    status = id_duplicate(list, old->id, &child->id);
    if (NT_SUCCESS(status) && old->address != NULL)
        status = address_duplicate(list, old->address, &child->address);
    if (!NT_SUCCESS(status)) {
        child_free(child);
        return status;
    }
    KeAcquireSpinLock(&list->lock, &irql);
    child->seen = old->seen; /* a scan may have left it out since the list was held */
    InsertTailList(&list->children, &child->entry);
    KeReleaseSpinLock(&list->lock, irql);
    return STATUS_SUCCESS;
}

void list_hold(struct fx_child_list *list)
{
    KIRQL irql;

    KeAcquireSpinLock(&list->lock, &irql);
    list->holds++;
    KeReleaseSpinLock(&list->lock, irql);
}

/* Copies the descriptions, makes the change or leaves it for whoever holds the list. */
static NTSTATUS list_change(struct fx_child_list *list, const fx_id *id, const fx_address *address,
                            BOOLEAN is_missing)
{
    struct fx_globals *globals = list->object.globals;
    struct fx_child_change *change = room_allocate(globals, sizeof *change);
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN invalidate, is_held;
    KIRQL irql;

    if (change == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    InitializeListHead(&change->freed);
    change->is_missing = is_missing;
    change->child = room_allocate(globals, sizeof *change->child);
    if (change->child == NULL) {
        room_free(change);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    change->child->list = list;
    status = id_duplicate(list, id, &change->child->id);
    if (NT_SUCCESS(status) && address != NULL)
        status = address_duplicate(list, address, &change->child->address);
    if (!NT_SUCCESS(status)) {
        change_free(change);
        return status;
    }
    KeAcquireSpinLock(&list->lock, &irql);
    is_held = list->holds != 0;
    if (is_held) {
        InsertTailList(&list->changes, &change->entry);
    } else {
        status = change_apply_locked(list, change);
    }
    invalidate = dirty_take_locked(list);
    KeReleaseSpinLock(&list->lock, irql);
    if (!is_held)
        change_free(change);
    if (invalidate)
        children_invalidate(list->device);
    return status;
}

NTSTATUS list_add(struct fx_child_list *list, const fx_id *id, const fx_address *address)
{
    return list_change(list, id, address, FALSE);
}

NTSTATUS list_missing(struct fx_child_list *list, const fx_id *id)
{
    return list_change(list, id, NULL, TRUE);
}

NTSTATUS child_address_update(struct fx_child *child, const fx_address *address)
{
    struct fx_child_list *list = child->list;
    fx_address *copy, *old;
    KIRQL irql;
    NTSTATUS status = address_duplicate(list, address, &copy);

    if (!NT_SUCCESS(status))
        return status;
    KeAcquireSpinLock(&list->lock, &irql);
    old = child->address;
    child->address = copy;
    KeReleaseSpinLock(&list->lock, irql);
    address_free(list, old);
    return STATUS_SUCCESS;
}

/* --- scans --- */

void list_scan_begin(struct fx_child_list *list)
{
    LIST_ENTRY *at;
    KIRQL irql;

    KeAcquireSpinLock(&list->lock, &irql);
    /* One that begins inside another goes on with its marks. */
    if (list->scans++ == 0) {
        list->is_swept = FALSE; /* this one's end does */
        for (at = list->children.Flink; at != &list->children; at = at->Flink)
            CONTAINING_RECORD(at, struct fx_child, entry)->seen = FALSE;
    }
    KeReleaseSpinLock(&list->lock, irql);
}

void list_scan_end(struct fx_child_list *list)
{
    KIRQL irql;

    KeAcquireSpinLock(&list->lock, &irql);
    list->is_swept |= list->scans == 1;
    KeReleaseSpinLock(&list->lock, irql);
    list_release(list, TRUE);
}

void list_all_present(struct fx_child_list *list)
{
    LIST_ENTRY *at;
    KIRQL irql;

    KeAcquireSpinLock(&list->lock, &irql);
    for (at = list->children.Flink; at != &list->children; at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        child->seen = TRUE;
        if (child->state == FX_CHILD_MISSING && !(list->in_report && child->is_unreported))
            child->state = FX_CHILD_PRESENT;
    }
    KeReleaseSpinLock(&list->lock, irql);
}

/* --- the list --- */

NTSTATUS child_list_config_check(struct fx_globals *globals, const WDF_CHILD_LIST_CONFIG *config,
                                 WDF_CHILD_LIST_CONFIG *out_config)
{
    const char *wrong = NULL;
    NTSTATUS status = fx_struct_copy(globals, out_config, sizeof *out_config, config,
                                     INDEX_WDF_CHILD_LIST_CONFIG);

    if (!NT_SUCCESS(status))
        return status;
    if (out_config->IdentificationDescriptionSize < sizeof(fx_id))
        wrong = "IdentificationDescriptionSize is smaller than its header";
    else if (out_config->AddressDescriptionSize != 0 &&
             out_config->AddressDescriptionSize < sizeof(fx_address))
        wrong = "AddressDescriptionSize is smaller than its header";
    else if (out_config->EvtChildListCreateDevice == NULL)
        wrong = "EvtChildListCreateDevice is needed";
    if (wrong == NULL)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "WDF_CHILD_LIST_CONFIG: %s", wrong);
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS child_list_create(struct fx_device *device, WDF_CHILD_LIST_CONFIG *config,
                           WDF_OBJECT_ATTRIBUTES *attributes, struct fx_child_list **out_list)
{
    struct fx_object *object;
    struct fx_child_list *list;
    KIRQL irql;
    NTSTATUS status = fx_object_create(device->object.globals, &fx_type_child_list, 0, attributes,
                                       &device->object, &object);

    if (!NT_SUCCESS(status))
        return status;
    list = (struct fx_child_list *)object;
    list->device = device;
    list->config = *config;
    KeInitializeSpinLock(&list->lock);
    InitializeListHead(&list->children);
    InitializeListHead(&list->changes);
    KeAcquireSpinLock(&device->own->child_lock, &irql);
    device->own->has_children = TRUE;
    InsertTailList(&device->own->child_lists, &list->device_entry);
    KeReleaseSpinLock(&device->own->child_lock, irql);
    *out_list = list;
    return STATUS_SUCCESS;
}

static void list_dispose(struct fx_object *object)
{
    struct fx_child_list *list = (struct fx_child_list *)object;
    KIRQL irql;

    if (list->device == NULL || list->device_entry.Flink == NULL)
        return;
    KeAcquireSpinLock(&list->device->own->child_lock, &irql);
    RemoveEntryList(&list->device_entry);
    list->device_entry.Flink = NULL;
    KeReleaseSpinLock(&list->device->own->child_lock, irql);
}

/* Children whose PDOs are still there lose their entry with the list. */
static void list_destroy(struct fx_object *object)
{
    struct fx_child_list *list = (struct fx_child_list *)object;

    while (list->changes.Flink != NULL && !IsListEmpty(&list->changes))
        change_free(
            CONTAINING_RECORD(RemoveHeadList(&list->changes), struct fx_child_change, entry));
    while (list->children.Flink != NULL && !IsListEmpty(&list->children)) {
        struct fx_child *child =
            CONTAINING_RECORD(RemoveHeadList(&list->children), struct fx_child, entry);

        if (child->pdo != NULL && child->pdo->own->pdo != NULL)
            child->pdo->own->pdo->child = NULL;
        child_free(child);
    }
}
