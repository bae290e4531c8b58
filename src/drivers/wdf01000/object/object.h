/* SPDX-License-Identifier: MIT */
/* object.h - the object room's door: creation, references, deletion, callback locks, the driver.
 *
 * Order of a deletion (fx_object_delete, or the parent's):
 *   1. each child, in order of creation, goes through 1-3 itself;
 *   2. type->dispose;
 *   3. EvtCleanupCallback of each context, in the order in which they were added;
 *   4. when the whole tree is cleaned up, references are given back, children's before parents';
 *   5. with an object's last reference: EvtDestroyCallback of each context, type->destroy, memory.
 * Handles of children stay good until the parent's cleanup callback has returned. A tree in which
 * something wants PASSIVE_LEVEL is handed to a work item as a whole when deleted above it.
 */
#ifndef WDF01000_OBJECT_H
#define WDF01000_OBJECT_H

#include "../fx.h"

/* ---- creation ---------------------------------------------------------------------------- */

/* Creates an object with a context and callbacks as attributes (may be NULL) say.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Takes:   parent: who owns it if attributes name nobody; NULL: the client's driver object. extra:
 *          bytes behind the type's struct, zeroed like the struct
 * Errors:  STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED, STATUS_WDF_PARENT_NOT_SPECIFIED,
 *          STATUS_WDF_EXECUTION_LEVEL_INVALID, STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID,
 *          STATUS_WDF_OBJECT_ATTRIBUTES_INVALID, STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_INVALID_PARAMETER, STATUS_DELETE_PENDING (the parent goes),
 *          STATUS_INSUFFICIENT_RESOURCES; each logged
 */
NTSTATUS fx_object_create(struct fx_globals *globals, const struct fx_type *type, ULONG_PTR extra,
                          PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object *parent,
                          struct fx_object **out_object);

/* The rules for attributes alone: who keeps some for later (requests of a device, file objects)
 * checks them when they are given.
 */
NTSTATUS fx_attributes_check(struct fx_globals *globals, const struct fx_type *type,
                             PWDF_OBJECT_ATTRIBUTES attributes);

/* For rooms with memory of their own (lookaside lists, embedded objects): bytes that an object
 * needs, and its beginning in such zeroed memory, which is the type's business afterwards
 * (type->free). Attributes were checked; parent may be NULL: then the room alone holds it.
 * Errors of init: STATUS_DELETE_PENDING only.
 */
ULONG_PTR fx_object_bytes(const struct fx_type *type, ULONG_PTR extra,
                          const WDF_OBJECT_ATTRIBUTES *attributes);
NTSTATUS fx_object_init(struct fx_object *object, struct fx_globals *globals,
                        const struct fx_type *type, ULONG_PTR extra,
                        const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent);

/* Creation went wrong after fx_object_create: deletes it without a word to the client. */
void fx_object_abandon(struct fx_object *object);

/* Where the client called from; shown with leaks: fx_object_creator(object, _ReturnAddress()). */
static __forceinline void fx_object_creator(struct fx_object *object, PVOID address)
{
    object->creator = address;
}

/* ---- references -------------------------------------------------------------------------- */

/* IRQL: <= DISPATCH_LEVEL (destroy of a passive object is deferred). */
static __forceinline void fx_object_ref(struct fx_object *object)
{
    InterlockedIncrement(&object->references);
}
/* The last reference has gone: destroy callbacks, memory. */
void fx_object_last(struct fx_object *object);
static __forceinline void fx_object_deref(struct fx_object *object)
{
    if (InterlockedDecrement(&object->references) == 0)
        fx_object_last(object);
}

/* The same for a client's own references: kept with tag and place under TrackHandles. */
void fx_object_ref_tag(struct fx_object *object, PVOID tag, LONG line, const char *file);
void fx_object_deref_tag(struct fx_object *object, PVOID tag, LONG line, const char *file);

/* ---- deletion ---------------------------------------------------------------------------- */

/* Deletes an object and all below it; nothing if that has begun already.
 * IRQL: <= DISPATCH_LEVEL. Takes: the object's own reference.
 */
void fx_object_delete(struct fx_object *object);

/* Steps 1-3 now; the rest when fx_object_delete comes. For devices, which are cleaned up at
 * removal and go with their WDM device object. IRQL: PASSIVE_LEVEL.
 */
void fx_object_dispose(struct fx_object *object);

/* Waits until nothing of the client waits for the work item any more. IRQL: PASSIVE_LEVEL. */
void fx_dispose_wait(struct fx_globals *globals);

/* Takes an object out of the tree; the room answers for its deletion.
 * Errors: STATUS_DELETE_PENDING: the parent is at it.
 */
NTSTATUS fx_object_unparent(struct fx_object *object);

/* Walks children that are of a type, in order of creation, each referenced during the call; stops
 * when visit answers FALSE. IRQL: <= DISPATCH_LEVEL; no lock is held in visit.
 */
void fx_object_children(struct fx_object *object, const struct fx_type *type,
                        BOOLEAN (*visit)(struct fx_object *child, void *context), void *context);

/* ---- contexts ---------------------------------------------------------------------------- */

/* The client's memory of this type, or NULL. */
PVOID fx_context_find(const struct fx_object *object, PCWDF_OBJECT_CONTEXT_TYPE_INFO type);

/* One more of a type, for a client or for its class extension (who).
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_OBJECT_NAME_EXISTS (a success): there is one of this type, which is given;
 *          STATUS_OBJECT_NAME_INVALID: attributes have no type; STATUS_DELETE_PENDING;
 *          STATUS_INSUFFICIENT_RESOURCES; what attributes of any object may be refused for
 */
NTSTATUS fx_context_add(struct fx_globals *who, struct fx_object *object,
                        PWDF_OBJECT_ATTRIBUTES attributes, PVOID *out_context);

/* All contexts of an object that was made without one go on as another's, who is new, too. */
void fx_contexts_move(struct fx_object *from, struct fx_object *to);

/* ---- callback locks ---------------------------------------------------------------------- */

/* Held over callbacks of a device (or queue) whose synchronization scope says so. It belongs to
 * the device or queue and knows its level: passive (a mutex) or dispatch (a spin lock). The same
 * thread may enter again.
 */
struct fx_callback_lock {
    BOOLEAN is_passive;
    PKTHREAD owner; /* who is inside; written by the owner alone */
    ULONG depth;
    KIRQL irql;
    KSPIN_LOCK spin; /* dispatch level */
    KMUTEX mutex;    /* passive level */
};

void fx_callback_lock_init(struct fx_callback_lock *lock, BOOLEAN is_passive);

/* Enters and leaves object->callback_lock; nothing if it has none.
 * IRQL: PASSIVE_LEVEL for a passive lock: who may be above it moves to a work item first
 *       (fx_callback_is_passive); else <= DISPATCH_LEVEL, and DISPATCH_LEVEL inside.
 */
void fx_callback_enter(struct fx_object *object);
void fx_callback_leave(struct fx_object *object);
static __forceinline BOOLEAN fx_callback_is_passive(const struct fx_object *object)
{
    return object->execution_level == WdfExecutionLevelPassive;
}

/* ---- the driver object ------------------------------------------------------------------- */

extern const struct fx_type fx_type_driver;
extern const struct fx_type fx_type_object; /* WDFOBJECT made by WdfObjectCreate */

struct fx_driver {
    struct fx_object object;
    PDRIVER_OBJECT wdm;
    UNICODE_STRING registry_path; /* = globals' */
    WDF_DRIVER_CONFIG config;     /* EvtDriverDeviceAdd, EvtDriverUnload, flags, pool tag */
    BOOLEAN is_stopping;          /* unload has begun */
};

static __forceinline struct fx_driver *fx_driver_of(struct fx_globals *globals, WDFDRIVER handle)
{
    return (struct fx_driver *)fx_object_of(globals, handle, &fx_type_driver);
}

#endif
