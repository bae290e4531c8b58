/* SPDX-License-Identifier: MIT */
/* serialize.c - which lock the callbacks of timers, DPCs and work items run under.
 *
 * In: a parent and AutomaticSerialization; out: the object whose callback lock is held over each
 * callback. The parent's synchronization scope decides, and the level of its lock must be the
 * level of the callback.
 */
#include "support_internal.h"

NTSTATUS fx_serialize(struct fx_object *parent, BOOLEAN automatic, BOOLEAN is_passive,
                      struct fx_object **out_holder)
{
    struct fx_globals *globals = parent->globals;
    struct fx_object *holder = parent;

    *out_holder = NULL;
    if (!parent->device) {
        fx_log(globals, FX_LOG_ERROR, "%s %p has no device above it: name one as the parent",
               parent->type->name, fx_handle_of(parent));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!automatic)
        return STATUS_SUCCESS;
    /* An object between has no lock of its own: its nearest device or queue has. */
    while (!holder->callback_lock && holder != &parent->device->object && holder->parent)
        holder = holder->parent;
    if (!holder->callback_lock)
        return STATUS_SUCCESS; /* no scope that synchronizes */
    if (holder->callback_lock->is_passive != is_passive) {
        fx_log(globals, FX_LOG_ERROR,
               "AutomaticSerialization: the callbacks of %s %p run at %s level, this one does not: "
               "set it to FALSE, or change an ExecutionLevel",
               holder->type->name, fx_handle_of(holder), is_passive ? "dispatch" : "passive");
        return STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL;
    }
    *out_holder = holder;
    return STATUS_SUCCESS;
}
