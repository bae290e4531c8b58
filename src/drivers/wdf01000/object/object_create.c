/* SPDX-License-Identifier: MIT */
/* object_create.c - objects begin: attributes checked, memory laid out, a place in the tree.
 *
 * In: a type, what the client's attributes say, a parent. Out: an object with one reference, its
 * own, as the newest child of its parent; or a status and nothing changed. One allocation holds the
 * room's struct, the extra bytes and the client's first context.
 */
#include "object.h"

#include "object_internal.h"

/* Accepts any object where a handle may be of every kind. */
const struct fx_type fx_type_any = {.name = "WDFOBJECT"};

/* ---- attributes --------------------------------------------------------------------------------
 */

/* Drivers of before 1.9 knew no EvtDriverGetUniqueContextType. */
#define CONTEXT_TYPE_BYTES_FIRST \
    FIELD_OFFSET(WDF_OBJECT_CONTEXT_TYPE_INFO, EvtDriverGetUniqueContextType)

static NTSTATUS refuse(struct fx_globals *globals, const struct fx_type *type, const char *what,
                       ULONG_PTR value, NTSTATUS status)
{
    fx_log(globals, FX_LOG_ERROR, "attributes of a new %s: %s (0x%Ix), 0x%08X", type->name, what,
           value, status);
    return status;
}

static NTSTATUS context_check(struct fx_globals *globals, const struct fx_type *type,
                              const WDF_OBJECT_ATTRIBUTES *attributes)
{
    PCWDF_OBJECT_CONTEXT_TYPE_INFO info = attributes->ContextTypeInfo;

    if (info == NULL)
        return attributes->ContextSizeOverride == 0
                   ? STATUS_SUCCESS
                   : refuse(globals, type, "ContextSizeOverride without ContextTypeInfo",
                            attributes->ContextSizeOverride, STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    if (info->Size != sizeof(*info) && info->Size != CONTEXT_TYPE_BYTES_FIRST)
        return refuse(globals, type, "ContextTypeInfo->Size", info->Size,
                      STATUS_INFO_LENGTH_MISMATCH);
    if (info->ContextSize > 0 && info->ContextName == NULL)
        return refuse(globals, type, "the context type has no ContextName", info->ContextSize,
                      STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    if (attributes->ContextSizeOverride > 0 && attributes->ContextSizeOverride < info->ContextSize)
        return refuse(globals, type, "ContextSizeOverride is less than ContextSize",
                      attributes->ContextSizeOverride, STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    if (info->ContextSize > MAXULONG || attributes->ContextSizeOverride > MAXULONG)
        return refuse(globals, type, "the context is too large", info->ContextSize,
                      STATUS_INTEGER_OVERFLOW);
    return STATUS_SUCCESS;
}

NTSTATUS fx_attributes_check(struct fx_globals *globals, const struct fx_type *type,
                             PWDF_OBJECT_ATTRIBUTES attributes)
{
    NTSTATUS status;

    if (attributes == NULL)
        return (type->flags & FX_TYPE_PARENT_NEEDED) == 0
                   ? STATUS_SUCCESS
                   : refuse(globals, type, "there are none, and it needs a ParentObject", 0,
                            STATUS_WDF_PARENT_NOT_SPECIFIED);
    if (attributes->Size != sizeof(*attributes))
        return refuse(globals, type, "Size", attributes->Size, STATUS_INFO_LENGTH_MISMATCH);
    status = context_check(globals, type, attributes);
    if (!NT_SUCCESS(status))
        return status;
    if ((type->flags & FX_TYPE_PARENT_FIXED) != 0 && attributes->ParentObject != NULL)
        return refuse(globals, type, "it may not be given a ParentObject",
                      (ULONG_PTR)attributes->ParentObject,
                      STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    if ((type->flags & FX_TYPE_PARENT_NEEDED) != 0 && attributes->ParentObject == NULL)
        return refuse(globals, type, "ParentObject is NULL", 0, STATUS_WDF_PARENT_NOT_SPECIFIED);
    if (attributes->ExecutionLevel == WdfExecutionLevelInvalid ||
        attributes->ExecutionLevel > WdfExecutionLevelDispatch)
        return refuse(globals, type, "ExecutionLevel is none", attributes->ExecutionLevel,
                      STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    if (attributes->SynchronizationScope == WdfSynchronizationScopeInvalid ||
        attributes->SynchronizationScope > WdfSynchronizationScopeNone)
        return refuse(globals, type, "SynchronizationScope is none",
                      attributes->SynchronizationScope, STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    if ((type->flags & FX_TYPE_SCOPE_ALLOWED) == 0 &&
        attributes->SynchronizationScope != WdfSynchronizationScopeInheritFromParent &&
        attributes->SynchronizationScope != WdfSynchronizationScopeNone)
        return refuse(globals, type, "it has no SynchronizationScope of its own",
                      attributes->SynchronizationScope, STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
    if ((type->flags & FX_TYPE_LEVEL_ALLOWED) == 0 &&
        attributes->ExecutionLevel != WdfExecutionLevelInheritFromParent)
        return refuse(globals, type, "it has no ExecutionLevel of its own",
                      attributes->ExecutionLevel, STATUS_WDF_EXECUTION_LEVEL_INVALID);
    return STATUS_SUCCESS;
}

/* ---- memory -------------------------------------------------------------------------------------
 */

static __forceinline ULONG_PTR align16(ULONG_PTR bytes)
{
    return (bytes + 15) & ~(ULONG_PTR)15;
}

ULONG_PTR fx_context_bytes(const WDF_OBJECT_ATTRIBUTES *attributes)
{
    ULONG_PTR size;

    if (attributes == NULL ||
        (attributes->ContextTypeInfo == NULL && attributes->EvtCleanupCallback == NULL &&
         attributes->EvtDestroyCallback == NULL))
        return 0;
    size = attributes->ContextSizeOverride;
    if (size == 0 && attributes->ContextTypeInfo != NULL)
        size = attributes->ContextTypeInfo->ContextSize;
    return sizeof(struct fx_context) + align16(size);
}

void fx_context_init(struct fx_context *context, const WDF_OBJECT_ATTRIBUTES *attributes)
{
    PCWDF_OBJECT_CONTEXT_TYPE_INFO info = attributes->ContextTypeInfo;

    context->cleanup = attributes->EvtCleanupCallback;
    context->destroy = attributes->EvtDestroyCallback;
    if (info == NULL)
        return;
    /* Drivers of before 1.9 left UniqueType empty. */
    context->type = info->UniqueType != NULL ? info->UniqueType : info;
    context->size =
        attributes->ContextSizeOverride != 0 ? attributes->ContextSizeOverride : info->ContextSize;
}

ULONG_PTR fx_object_bytes(const struct fx_type *type, ULONG_PTR extra,
                          const WDF_OBJECT_ATTRIBUTES *attributes)
{
    return align16(type->size + extra) + fx_context_bytes(attributes);
}

/* ---- the tree
 * ------------------------------------------------------------------------------------ */

static void inherit(struct fx_object *object, const WDF_OBJECT_ATTRIBUTES *attributes,
                    const struct fx_object *parent)
{
    object->execution_level = parent != NULL ? parent->execution_level : WdfExecutionLevelDispatch;
    object->sync_scope = parent != NULL ? parent->sync_scope : WdfSynchronizationScopeNone;
    if (parent != NULL) {
        object->device = parent->device;
        object->callback_lock = parent->callback_lock;
    }
    if (attributes == NULL)
        return;
    if (attributes->ExecutionLevel != WdfExecutionLevelInheritFromParent)
        object->execution_level = (UCHAR)attributes->ExecutionLevel;
    if (attributes->SynchronizationScope != WdfSynchronizationScopeInheritFromParent)
        object->sync_scope = (UCHAR)attributes->SynchronizationScope;
}

/* What hangs below wants PASSIVE_LEVEL, so the whole tree does when it is deleted. */
static void passive_tell(struct fx_object *object)
{
    for (; object != NULL && (object->flags & FX_OBJECT_PASSIVE) == 0; object = object->parent)
        _InterlockedOr8((volatile char *)&object->flags, FX_OBJECT_PASSIVE);
}

NTSTATUS fx_object_init(struct fx_object *object, struct fx_globals *globals,
                        const struct fx_type *type, ULONG_PTR extra,
                        const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent)
{
    KIRQL irql;

    object->type = type;
    object->globals = globals;
    object->magic = FX_OBJECT_MAGIC;
    object->references = 1;
    object->state = FX_OBJECT_ALIVE;
    InitializeListHead(&object->children);
    inherit(object, attributes, parent);
    if (fx_context_bytes(attributes) != 0) {
        struct fx_context *context =
            (struct fx_context *)((PUCHAR)object + align16(type->size + extra));
        fx_context_init(context, attributes);
        context->object = object;
        object->contexts = context;
    }
    if ((type->flags & FX_TYPE_PASSIVE) != 0 ||
        (attributes != NULL && attributes->ExecutionLevel == WdfExecutionLevelPassive))
        object->flags = FX_OBJECT_PASSIVE;
    if (globals->verifier.track_handles)
        fx_track_begin(object);
    if (parent == NULL)
        return STATUS_SUCCESS;

    KeAcquireSpinLock(&parent->lock, &irql);
    if (parent->state != FX_OBJECT_ALIVE) {
        KeReleaseSpinLock(&parent->lock, irql);
        return STATUS_DELETE_PENDING;
    }
    object->parent = parent;
    InsertTailList(&parent->children, &object->sibling);
    KeReleaseSpinLock(&parent->lock, irql);
    if ((object->flags & FX_OBJECT_PASSIVE) != 0)
        passive_tell(parent);
    return STATUS_SUCCESS;
}

/* ---- creation
 * ------------------------------------------------------------------------------------ */

PVOID fx_allocate(struct fx_globals *globals, ULONG_PTR bytes)
{
    struct fx_verifier *verifier = &globals->verifier;

    /* VerifierAllocateFailCount: so many succeed, then each fails. */
    if (verifier->count_allocations && InterlockedDecrement(&verifier->allocations_left) < 0) {
        verifier->allocations_left = 0;
        fx_log(globals, FX_LOG_NOTE, "the verifier lets an allocation of 0x%Ix bytes fail", bytes);
        return NULL;
    }
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, globals->abi.DriverTag);
}

NTSTATUS fx_object_create(struct fx_globals *globals, const struct fx_type *type, ULONG_PTR extra,
                          PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object *parent,
                          struct fx_object **out_object)
{
    struct fx_object *object;
    NTSTATUS status;

    if (attributes != NULL || (type->flags & FX_TYPE_PARENT_NEEDED) != 0) {
        status = fx_attributes_check(globals, type, attributes);
        if (!NT_SUCCESS(status))
            return status;
    }
    if (attributes != NULL && attributes->ParentObject != NULL)
        parent = fx_object_of(globals, attributes->ParentObject, &fx_type_any);
    else if (parent == NULL)
        parent = (struct fx_object *)globals->driver;
    object = fx_allocate(globals, fx_object_bytes(type, extra, attributes));
    if (object == NULL) {
        fx_log(globals, FX_LOG_ERROR, "no memory for a %s of 0x%Ix bytes", type->name,
               fx_object_bytes(type, extra, attributes));
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = fx_object_init(object, globals, type, extra, attributes, parent);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "a %s cannot be created below %s %p: that is being deleted",
               type->name, parent->type->name, fx_handle_of(parent));
        fx_track_end(object);
        ExFreePoolWithTag(object, globals->abi.DriverTag);
        return status;
    }
    *out_object = object;
    return STATUS_SUCCESS;
}

void fx_object_abandon(struct fx_object *object)
{
    for (struct fx_context *context = object->contexts; context != NULL; context = context->next) {
        context->cleanup = NULL;
        context->destroy = NULL;
    }
    fx_object_delete(object);
}

/* ---- what is this?
 * ------------------------------------------------------------------------------- */

BOOLEAN fx_object_is(const struct fx_object *object, const struct fx_type *type)
{
    const struct fx_type *is;

    for (is = object->type; is != NULL; is = is->parent)
        if (is == type)
            return TRUE;
    return type == &fx_type_any;
}

struct fx_object *fx_object_of_derived(struct fx_globals *globals, const void *handle,
                                       const struct fx_type *type)
{
    struct fx_object *object = (struct fx_object *)(~(ULONG_PTR)handle);

    if (((ULONG_PTR)handle & 7) == 7 && object->magic == FX_OBJECT_MAGIC &&
        fx_object_is(object, type))
        return object;
    if (handle == NULL)
        fx_log(globals, FX_LOG_ERROR, "a %s was expected, the handle is NULL", type->name);
    else if (((ULONG_PTR)handle & 7) != 7 || object->magic != FX_OBJECT_MAGIC)
        fx_log(globals, FX_LOG_ERROR,
               "a %s was expected, %p is no handle of an object, or the object was deleted",
               type->name, handle);
    else
        fx_log(globals, FX_LOG_ERROR, "a %s was expected, %p is a %s", type->name, handle,
               object->type->name);
    fx_violation(globals, WDF_INVALID_HANDLE, (ULONG_PTR)handle, (ULONG_PTR)type->name, 0);
}
