/* SPDX-License-Identifier: MIT */
/* object_delete.c - objects end: cleanup from the leaves up, then references, then memory.
 *
 * In: an object that somebody deletes; out: it and all below it are cleaned up, and gone as soon as
 * nobody holds a reference. From the moment that an object is DISPOSING nobody adds or removes
 * children: its list may be walked without the lock. What wants PASSIVE_LEVEL and is deleted above
 * it waits in the client's list for a work item.
 */
#include "object.h"

#include "../bind/bind.h"
#include "object_internal.h"

/* The client's objects that wait for PASSIVE_LEVEL. */
struct fx_dispose {
    KSPIN_LOCK lock; /* guards: waiting, is_running */
    LIST_ENTRY waiting;
    BOOLEAN is_running;
    PKTHREAD thread; /* that the work item runs on; its own business */
    KEVENT idle;
    PIO_WORKITEM work;
};

/* ---- cleanup ----------------------------------------------------------------------------------
 */

static void cleanup_call(struct fx_object *object)
{
    for (struct fx_context *context = object->contexts; context != NULL; context = context->next) {
        PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup = context->cleanup;
        context->cleanup = NULL;
        if (cleanup != NULL)
            FX_WATCHED(object->globals, cleanup, cleanup(fx_handle_of(object)));
    }
}

/* From ALIVE to DISPOSING; FALSE: somebody else has done so. */
static BOOLEAN disposal_begin(struct fx_object *object)
{
    BOOLEAN begins;
    KIRQL irql;

    /* A leaf that nobody else has a reference to: who creates a child below it now has a handle
     * that he may not use. Of two who delete it one has taken it out of its parent.
     */
    if (object->references == 1 && IsListEmpty(&object->children) &&
        (PVOID)object->device != (PVOID)object) {
        begins = object->state < FX_OBJECT_DISPOSING;
        if (begins)
            object->state = FX_OBJECT_DISPOSING;
        return begins;
    }
    KeAcquireSpinLock(&object->lock, &irql);
    begins = object->state < FX_OBJECT_DISPOSING;
    if (begins)
        object->state = FX_OBJECT_DISPOSING;
    KeReleaseSpinLock(&object->lock, irql);
    return begins;
}

/* Steps 1 to 3; FALSE: somebody else has begun them. */
static BOOLEAN tree_dispose(struct fx_object *object)
{
    if (!disposal_begin(object))
        return FALSE;
    if ((PVOID)object->device == (PVOID)object) /* what was below it may still need it */
        fx_dispose_wait(object->globals);
    for (PLIST_ENTRY at = object->children.Flink; at != &object->children; at = at->Flink)
        (void)tree_dispose(CONTAINING_RECORD(at, struct fx_object, sibling));
    if (object->type->dispose != NULL)
        object->type->dispose(object);
    if (object->contexts != NULL)
        cleanup_call(object);
    object->state = FX_OBJECT_DISPOSED;
    return TRUE;
}

/* Step 4. Whoever holds references to an object that is gone from the tree is remembered. */
static void tree_release(struct fx_object *object)
{
    struct fx_globals *globals = object->globals;
    KIRQL irql;

    while (!IsListEmpty(&object->children)) {
        struct fx_object *child =
            CONTAINING_RECORD(RemoveHeadList(&object->children), struct fx_object, sibling);
        child->parent = NULL;
        tree_release(child);
    }
    object->state = FX_OBJECT_DELETED;
    if (object->references == 1) { /* nobody else can take one any more */
        object->references = 0;
        fx_object_last(object);
        return;
    }
    KeAcquireSpinLock(&globals->lock, &irql);
    InsertTailList(&globals->lingering, &object->sibling);
    _InterlockedOr8((volatile char *)&object->flags, FX_OBJECT_LINGERING);
    KeReleaseSpinLock(&globals->lock, irql);
    fx_object_deref(object);
}

/* ---- the end of the memory ---------------------------------------------------------------------
 */

static void object_destroy(struct fx_object *object)
{
    struct fx_context *context, *next;
    struct fx_globals *globals = object->globals;
    BOOLEAN has_more = (object->flags & FX_OBJECT_FREE_CONTEXTS) != 0;

    if ((object->flags & FX_OBJECT_TRACKED) != 0)
        fx_track_end(object);
    for (context = object->contexts; context != NULL; context = context->next) {
        if (context->cleanup != NULL) /* added after the cleanup of the others */
            FX_WATCHED(globals, context->cleanup, context->cleanup(fx_handle_of(object)));
        if (context->destroy != NULL)
            FX_WATCHED(globals, context->destroy, context->destroy(fx_handle_of(object)));
    }
    if (has_more) {
        for (context = object->contexts; context != NULL; context = next) {
            next = context->next;
            if (context->is_separate)
                ExFreePoolWithTag(context, globals->abi.DriverTag);
        }
    }
    if (object->type->destroy != NULL)
        object->type->destroy(object);
    object->magic = 0;
    const struct fx_type *type = object->type;
    object->type = NULL;
    if (type->free != NULL)
        type->free(object);
    else
        ExFreePoolWithTag(object, globals->abi.DriverTag);
}

static void dispose_post(struct fx_object *object)
{
    struct fx_dispose *dispose = object->globals->dispose;
    BOOLEAN starts;
    KIRQL irql;

    KeAcquireSpinLock(&dispose->lock, &irql);
    InsertTailList(&dispose->waiting, &object->sibling);
    starts = !dispose->is_running;
    dispose->is_running = TRUE;
    if (starts)
        KeClearEvent(&dispose->idle);
    KeReleaseSpinLock(&dispose->lock, irql);
    if (starts)
        IoQueueWorkItem(dispose->work, fx_dispose_run, DelayedWorkQueue, object->globals);
}

void fx_object_last(struct fx_object *object)
{
    struct fx_globals *globals = object->globals;
    KIRQL irql;

    if (object->state != FX_OBJECT_DELETED) {
        fx_log(globals, FX_LOG_ERROR,
               "%s %p: a reference too many was given back: its own is gone and it was not deleted",
               object->type->name, fx_handle_of(object));
        fx_violation(globals, WDF_OBJECT_ERROR, (ULONG_PTR)fx_handle_of(object), 0, 0);
    }
    if ((object->flags & FX_OBJECT_LINGERING) != 0) {
        KeAcquireSpinLock(&globals->lock, &irql);
        RemoveEntryList(&object->sibling);
        KeReleaseSpinLock(&globals->lock, irql);
    }
    if ((object->flags & FX_OBJECT_PASSIVE) != 0 && KeGetCurrentIrql() > PASSIVE_LEVEL)
        dispose_post(object);
    else
        object_destroy(object);
}

/* ---- deletion
 * ------------------------------------------------------------------------------------ */

/* Out of the parent's list; FALSE: the parent is being cleaned up and does the rest. */
static BOOLEAN unlink_from(struct fx_object *object, struct fx_object *parent)
{
    BOOLEAN is_mine;
    KIRQL irql;

    KeAcquireSpinLock(&parent->lock, &irql);
    is_mine = parent->state == FX_OBJECT_ALIVE;
    if (is_mine) {
        RemoveEntryList(&object->sibling);
        object->parent = NULL;
    }
    KeReleaseSpinLock(&parent->lock, irql);
    return is_mine;
}

NTSTATUS fx_object_unparent(struct fx_object *object)
{
    struct fx_object *parent = object->parent;

    if (parent == NULL)
        return STATUS_SUCCESS;
    return unlink_from(object, parent) ? STATUS_SUCCESS : STATUS_DELETE_PENDING;
}

void fx_object_delete(struct fx_object *object)
{
    struct fx_object *parent;
    UCHAR state;

    if ((_InterlockedOr8((volatile char *)&object->flags, FX_OBJECT_DELETE_CALLED) &
         FX_OBJECT_DELETE_CALLED) != 0)
        return;
    parent = object->parent;
    if (parent != NULL && !unlink_from(object, parent))
        return;
    state = object->state;
    if (state == FX_OBJECT_DISPOSED) { /* by fx_object_dispose */
        tree_release(object);
        return;
    }
    if ((object->flags & FX_OBJECT_PASSIVE) != 0 && KeGetCurrentIrql() > PASSIVE_LEVEL) {
        if ((object->type->flags & FX_TYPE_NOT_DEFERRED) != 0 &&
            fx_verifier_is(object->globals, 11))
            fx_log(object->globals, FX_LOG_ERROR,
                   "%s %p is deleted above PASSIVE_LEVEL and something below it wants that: give "
                   "a timer, work item or the like another parent",
                   object->type->name, fx_handle_of(object));
        dispose_post(object);
        return;
    }
    if (tree_dispose(object))
        tree_release(object);
}

void fx_object_dispose(struct fx_object *object)
{
    struct fx_object *parent = object->parent;

    if (parent != NULL && !unlink_from(object, parent))
        return;
    (void)tree_dispose(object);
}

/* ---- the work item
 * ------------------------------------------------------------------------------- */

VOID fx_dispose_run(PDEVICE_OBJECT device, PVOID context)
{
    struct fx_globals *globals = context;
    struct fx_dispose *dispose = globals->dispose;
    struct fx_object *object;
    KIRQL irql;

    dispose->thread = KeGetCurrentThread();
    for (;;) {
        KeAcquireSpinLock(&dispose->lock, &irql);
        if (IsListEmpty(&dispose->waiting)) {
            dispose->is_running = FALSE;
            dispose->thread = NULL;
            /* Set under the lock: who waits for it frees the lock. */
            KeSetEvent(&dispose->idle, IO_NO_INCREMENT, FALSE);
            KeReleaseSpinLock(&dispose->lock, irql);
            return;
        }
        object = CONTAINING_RECORD(RemoveHeadList(&dispose->waiting), struct fx_object, sibling);
        KeReleaseSpinLock(&dispose->lock, irql);
        if (object->state == FX_OBJECT_DELETED)
            object_destroy(object);
        else if (tree_dispose(object))
            tree_release(object);
    }
}

void fx_dispose_wait(struct fx_globals *globals)
{
    struct fx_dispose *dispose = globals->dispose;
    KIRQL irql;

    if (dispose == NULL || dispose->thread == KeGetCurrentThread())
        return;
    KeWaitForSingleObject(&dispose->idle, Executive, KernelMode, FALSE, NULL);
    KeAcquireSpinLock(&dispose->lock, &irql); /* the work item is out of it */
    KeReleaseSpinLock(&dispose->lock, irql);
}

NTSTATUS fx_dispose_create(struct fx_globals *globals)
{
    struct fx_dispose *dispose;

    dispose = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*dispose), FX_TAG);
    if (dispose == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    dispose->work = IoAllocateWorkItem(fx_library_device);
    if (dispose->work == NULL) {
        ExFreePoolWithTag(dispose, FX_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InitializeListHead(&dispose->waiting);
    KeInitializeEvent(&dispose->idle, NotificationEvent, TRUE);
    globals->dispose = dispose;
    return STATUS_SUCCESS;
}

void fx_dispose_destroy(struct fx_globals *globals)
{
    struct fx_dispose *dispose = globals->dispose;

    if (dispose == NULL)
        return;
    globals->dispose = NULL;
    IoFreeWorkItem(dispose->work);
    ExFreePoolWithTag(dispose, FX_TAG);
}

/* ---- children
 * ------------------------------------------------------------------------------------ */

void fx_object_children(struct fx_object *object, const struct fx_type *type,
                        BOOLEAN (*visit)(struct fx_object *child, void *context), void *context)
{
    struct fx_object *previous = NULL, *child;
    BOOLEAN goes_on = TRUE;
    PLIST_ENTRY at;
    KIRQL irql;

    while (goes_on) {
        KeAcquireSpinLock(&object->lock, &irql);
        /* One that has left the list since tells nothing about its place: begin anew. */
        at = previous != NULL && previous->parent == object ? previous->sibling.Flink
                                                            : object->children.Flink;
        for (child = NULL; at != &object->children && child == NULL; at = at->Flink) {
            child = CONTAINING_RECORD(at, struct fx_object, sibling);
            if (!fx_object_is(child, type))
                child = NULL;
        }
        if (child != NULL)
            fx_object_ref(child);
        KeReleaseSpinLock(&object->lock, irql);
        if (previous != NULL)
            fx_object_deref(previous);
        if (child == NULL)
            return;
        goes_on = visit(child, context);
        previous = child;
    }
    if (previous != NULL)
        fx_object_deref(previous);
}
