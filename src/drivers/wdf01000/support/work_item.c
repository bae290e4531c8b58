/* SPDX-License-Identifier: MIT */
/* work_item.c - work items with a handle.
 *
 * In: a parent below a device; out: EvtWorkItem on a system worker at PASSIVE_LEVEL. A deletion
 * waits for the callback, but one from inside the callback does not: the object goes when the
 * callback has returned.
 */
#include "work_item.h"

static void work_run(struct fx_object *object)
{
    struct fx_work_item *item = (struct fx_work_item *)object;

    if (item->lock_holder)
        fx_callback_enter(item->lock_holder);
    FX_WATCHED(object->globals, item->callback, item->callback(fx_handle_of(object)));
    if (item->lock_holder)
        fx_callback_leave(item->lock_holder);
}

/* A callback that deletes its own item may still be inside the lock of an object that goes now. */
static void work_dispose(struct fx_object *object)
{
    struct fx_work_item *item = (struct fx_work_item *)object;

    InterlockedExchange(&item->is_closing, TRUE);
    fx_passive_flush(&item->passive);
}

static void work_destroy(struct fx_object *object)
{
    struct fx_work_item *item = (struct fx_work_item *)object;

    fx_passive_fini(&item->passive);
    if (item->lock_holder)
        fx_object_deref(item->lock_holder);
}

const struct fx_type fx_type_work_item = {
    .name = "WDFWORKITEM",
    .size = sizeof(struct fx_work_item),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_PARENT_NEEDED,
    .dispose = work_dispose,
    .destroy = work_destroy,
};

NTSTATUS fx_work_item_create(struct fx_globals *globals, const WDF_WORKITEM_CONFIG *config,
                             PWDF_OBJECT_ATTRIBUTES attributes, struct fx_work_item **out_item)
{
    struct fx_object *object, *parent;
    struct fx_work_item *item;
    NTSTATUS status;

    status = fx_attributes_check(globals, &fx_type_work_item, attributes);
    if (!NT_SUCCESS(status))
        return status;
    if (!config->EvtWorkItemFunc) {
        fx_log(globals, FX_LOG_ERROR, "WdfWorkItemCreate: EvtWorkItemFunc is NULL");
        return STATUS_INVALID_PARAMETER;
    }
    parent = fx_object_of(globals, attributes->ParentObject, &fx_type_any);
    status = fx_object_create(globals, &fx_type_work_item, 0, attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    item = (struct fx_work_item *)object;
    item->callback = config->EvtWorkItemFunc;
    item->parent = parent;
    status = fx_serialize(parent, config->AutomaticSerialization, TRUE, &item->lock_holder);
    if (NT_SUCCESS(status) && item->lock_holder)
        fx_object_ref(item->lock_holder);
    if (NT_SUCCESS(status))
        status = fx_passive_init(&item->passive, object, work_run);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    *out_item = item;
    return STATUS_SUCCESS;
}

void fx_work_item_enqueue(struct fx_work_item *item)
{
    if (item->is_closing)
        fx_log(item->object.globals, FX_LOG_ERROR,
               "WDFWORKITEM %p is being deleted: it is not enqueued any more",
               fx_handle_of(&item->object));
    else
        fx_passive_post(&item->passive);
}

void fx_work_item_flush(struct fx_work_item *item)
{
    if (fx_passive_is_inside(&item->passive))
        fx_log(item->object.globals, FX_LOG_ERROR,
               "WDFWORKITEM %p: WdfWorkItemFlush in its own callback would wait for ever",
               fx_handle_of(&item->object));
    fx_passive_flush(&item->passive);
}
