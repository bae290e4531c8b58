/* SPDX-License-Identifier: MIT */
/* dpc.c - deferred procedure calls with a handle.
 *
 * In: a parent below a device; out: EvtDpcFunc at DISPATCH_LEVEL, under the parent's callback lock
 * when it is serialized. Invariant: after dispose no call is queued or running.
 */
#include "dpc.h"

static void dpc_run(PKDPC kernel_dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_dpc *dpc = context;

    UNREFERENCED_PARAMETER(kernel_dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    if (!dpc->callback)
        return;
    if (dpc->lock_holder)
        fx_callback_enter(dpc->lock_holder);
    FX_WATCHED(dpc->object.globals, dpc->callback, dpc->callback(fx_handle_of(&dpc->object)));
    if (dpc->lock_holder)
        fx_callback_leave(dpc->lock_holder);
}

static void dpc_dispose(struct fx_object *object)
{
    struct fx_dpc *dpc = (struct fx_dpc *)object;

    KeRemoveQueueDpc(&dpc->kernel);
    KeFlushQueuedDpcs();
}

const struct fx_type fx_type_dpc = {
    .name = "WDFDPC",
    .size = sizeof(struct fx_dpc),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_PARENT_NEEDED,
    .dispose = dpc_dispose,
};

NTSTATUS fx_dpc_create(struct fx_globals *globals, const WDF_DPC_CONFIG *config,
                       PWDF_OBJECT_ATTRIBUTES attributes, struct fx_dpc **out_dpc)
{
    struct fx_object *object, *parent;
    struct fx_dpc *dpc;
    NTSTATUS status;

    status = fx_attributes_check(globals, &fx_type_dpc, attributes);
    if (!NT_SUCCESS(status))
        return status;
    parent = fx_object_of(globals, attributes->ParentObject, &fx_type_any);
    status = fx_object_create(globals, &fx_type_dpc, 0, attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    dpc = (struct fx_dpc *)object;
    dpc->callback = config->EvtDpcFunc;
    KeInitializeDpc(&dpc->kernel, dpc_run, dpc);
    status = fx_serialize(parent, config->AutomaticSerialization, FALSE, &dpc->lock_holder);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    dpc->parent = parent;
    *out_dpc = dpc;
    return STATUS_SUCCESS;
}

BOOLEAN fx_dpc_cancel(struct fx_dpc *dpc, BOOLEAN wait)
{
    BOOLEAN was_queued = KeRemoveQueueDpc(&dpc->kernel);

    if (wait && !was_queued)
        KeFlushQueuedDpcs();
    return was_queued;
}
