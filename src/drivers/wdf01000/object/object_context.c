/* SPDX-License-Identifier: MIT */
/* object_context.c - a client's memory in objects: found by type, added later.
 *
 * The first context lies in the object's own memory, others in blocks of their own; none is ever
 * taken away before the object goes. So the list may be walked without a lock.
 */
#include "object.h"

#include "object_internal.h"
#include "wdf_entries.h"

PVOID fx_context_find(const struct fx_object *object, PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
    for (struct fx_context *context = object->contexts; context != NULL; context = context->next)
        if (context->type == type)
            return context->data;
    return NULL;
}

/* The way into every callback of every driver: one comparison for an object's first context.
 * Doc: WdfObjectGetTypedContextWorker, behind the accessors of WDF_DECLARE_CONTEXT_TYPE
 */
PVOID NTAPI imp_WdfObjectGetTypedContextWorker(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Handle,
                                               PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo)
{
    struct fx_object *object = (struct fx_object *)(~(ULONG_PTR)Handle);

    if (((ULONG_PTR)Handle & 7) != 7 || object->magic != FX_OBJECT_MAGIC)
        object = fx_object_of(fx_globals_of(globals), Handle, &fx_type_any);
    for (struct fx_context *context = object->contexts; context != NULL; context = context->next)
        if (context->type == TypeInfo)
            return context->data;
    return NULL;
}

/* Doc: WdfObjectContextGetObject */
WDFOBJECT NTAPI imp_WdfObjectContextGetObject(PWDF_DRIVER_GLOBALS globals, PVOID ContextPointer)
{
    struct fx_globals *client = fx_globals_of(globals);
    struct fx_context *context;

    fx_needed(client, ContextPointer);
    context = CONTAINING_RECORD(ContextPointer, struct fx_context, data);
    return (WDFOBJECT)fx_handle_of(context->object);
}

/* At the end of the list, unless there is one of this type. */
static NTSTATUS context_add(struct fx_object *object, struct fx_context *context, PVOID *out_there)
{
    struct fx_context *volatile *at;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    KeAcquireSpinLock(&object->lock, &irql);
    if (object->state != FX_OBJECT_ALIVE)
        status = STATUS_DELETE_PENDING;
    for (at = &object->contexts; *at != NULL; at = (struct fx_context *volatile *)&(*at)->next) {
        if (context->type != NULL && (*at)->type == context->type) {
            *out_there = (*at)->data;
            status = STATUS_OBJECT_NAME_EXISTS;
        }
    }
    if (status == STATUS_SUCCESS) {
        *at = context;
        _InterlockedOr8((volatile char *)&object->flags, FX_OBJECT_FREE_CONTEXTS);
    }
    KeReleaseSpinLock(&object->lock, irql);
    return status;
}

NTSTATUS fx_context_add(struct fx_globals *who, struct fx_object *object,
                        PWDF_OBJECT_ATTRIBUTES attributes, PVOID *out_context)
{
    /* Rules of attributes for what gets no parent, level or scope. */
    static const struct fx_type context_type = {.name = "context", .flags = FX_TYPE_PARENT_FIXED};
    struct fx_context *context;
    NTSTATUS status;

    if (out_context != NULL)
        *out_context = NULL;
    status = fx_attributes_check(who, &context_type, attributes);
    if (!NT_SUCCESS(status))
        return status;
    if (attributes->ContextTypeInfo == NULL) {
        fx_log(who, FX_LOG_ERROR, "a context for %s %p: attributes name no type",
               object->type->name, fx_handle_of(object));
        return STATUS_OBJECT_NAME_INVALID;
    }
    context = fx_allocate(object->globals, fx_context_bytes(attributes));
    if (context == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    fx_context_init(context, attributes);
    context->object = object;
    context->is_separate = TRUE;
    PVOID data = context->data;
    status = context_add(object, context, &data);
    if (status != STATUS_SUCCESS)
        ExFreePoolWithTag(context, object->globals->abi.DriverTag);
    if (out_context != NULL && NT_SUCCESS(status))
        *out_context = data;
    return status;
}

void fx_contexts_move(struct fx_object *from, struct fx_object *to)
{
    struct fx_context *first = from->contexts, *context, *volatile * at;

    from->contexts = NULL;
    for (context = first; context != NULL; context = context->next)
        context->object = to;
    for (at = &to->contexts; *at != NULL; at = (struct fx_context *volatile *)&(*at)->next)
        ;
    *at = first;
    if (first != NULL)
        _InterlockedOr8((volatile char *)&to->flags, FX_OBJECT_FREE_CONTEXTS);
}

/* Doc: WdfObjectAllocateContext */
NTSTATUS NTAPI imp_WdfObjectAllocateContext(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Handle,
                                            PWDF_OBJECT_ATTRIBUTES ContextAttributes,
                                            PVOID *Context)
{
    struct fx_globals *client = fx_globals_of(globals);

    fx_needed(client, ContextAttributes);
    return fx_context_add(client, fx_object_of(client, Handle, &fx_type_any), ContextAttributes,
                          Context);
}
