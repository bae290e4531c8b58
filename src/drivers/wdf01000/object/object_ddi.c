/* SPDX-License-Identifier: MIT */
/* object_ddi.c - WdfObject…: what clients do with objects of any kind, and their own. */
#include "object.h"

#include <intrin.h>

#include "object_internal.h"
#include "wdf_entries.h"

const struct fx_type fx_type_object = {
    .name = "WDFOBJECT",
    .size = sizeof(struct fx_object),
    .flags = FX_TYPE_LEVEL_ALLOWED | FX_TYPE_SCOPE_ALLOWED,
};

static struct fx_object *object_of(PWDF_DRIVER_GLOBALS globals, WDFOBJECT handle)
{
    return fx_object_of(fx_globals_of(globals), handle, &fx_type_any);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  as fx_object_create
 * Doc:     WdfObjectCreate
 */
NTSTATUS NTAPI imp_WdfObjectCreate(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES Attributes,
                                   WDFOBJECT *Object)
{
    struct fx_object *object;
    NTSTATUS status;

    fx_needed(fx_globals_of(globals), Object);
    *Object = NULL;
    status =
        fx_object_create(fx_globals_of(globals), &fx_type_object, 0, Attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(object, _ReturnAddress());
    *Object = (WDFOBJECT)fx_handle_of(object);
    return STATUS_SUCCESS;
}

/* One that may not be deleted is left alone, as documented: an error in the log.
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     WdfObjectDelete
 */
VOID NTAPI imp_WdfObjectDelete(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Object)
{
    struct fx_object *object = object_of(globals, Object);

    if ((object->type->flags & FX_TYPE_NO_DELETE) != 0 ||
        (object->flags & FX_OBJECT_NO_DELETE) != 0) {
        fx_log(object->globals, FX_LOG_ERROR,
               "WdfObjectDelete of %s %p: the Framework deletes such an object itself (0x%08X)",
               object->type->name, Object, STATUS_CANNOT_DELETE);
        return;
    }
    if (object->type->remove == NULL || object->type->remove(object))
        fx_object_delete(object);
}

/* Doc: WdfObjectReference, WdfObjectReferenceWithTag */
VOID NTAPI imp_WdfObjectReferenceActual(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Handle, PVOID Tag,
                                        LONG Line, PCCH File)
{
    fx_object_ref_tag(object_of(globals, Handle), Tag, Line, File);
}

/* Doc: WdfObjectDereference, WdfObjectDereferenceWithTag */
VOID NTAPI imp_WdfObjectDereferenceActual(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Handle, PVOID Tag,
                                          LONG Line, PCCH File)
{
    fx_object_deref_tag(object_of(globals, Handle), Tag, Line, File);
}

/* Errors:  STATUS_NOT_FOUND: nothing can be asked here
 * Doc:     WdfObjectQuery, which has no public identifiers
 */
NTSTATUS NTAPI imp_WdfObjectQuery(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Object, const GUID *Guid,
                                  ULONG QueryBufferLength, PVOID QueryBuffer)
{
    (void)object_of(globals, Object);
    fx_needed(fx_globals_of(globals), Guid);
    return STATUS_NOT_FOUND;
}

/* ---- locks
 * --------------------------------------------------------------------------------------- */

static struct fx_object *lock_owner(PWDF_DRIVER_GLOBALS globals, WDFOBJECT handle)
{
    struct fx_object *object = object_of(globals, handle);

    if (object->callback_lock == NULL) {
        fx_log(object->globals, FX_LOG_ERROR,
               "%s %p has no lock: only devices and queues with a synchronization scope have",
               object->type->name, handle);
        fx_violation(object->globals, WDF_INVALID_LOCK_OPERATION, (ULONG_PTR)handle, 0, 0);
    }
    return object;
}

/* IRQL:    PASSIVE_LEVEL for a device or queue with passive level, else <= DISPATCH_LEVEL
 * Doc:     WdfObjectAcquireLock
 */
VOID NTAPI imp_WdfObjectAcquireLock(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Object)
{
    fx_callback_enter(lock_owner(globals, Object));
}

/* Doc: WdfObjectReleaseLock */
VOID NTAPI imp_WdfObjectReleaseLock(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Object)
{
    fx_callback_leave(lock_owner(globals, Object));
}
