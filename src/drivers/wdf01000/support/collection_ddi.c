/* SPDX-License-Identifier: MIT */
/* collection_ddi.c - WdfCollectionXxx as a client calls it. */
#include "support_internal.h"
#include <wdf_entries.h>

static struct fx_collection *collection_of(struct fx_globals *globals, WDFCOLLECTION handle)
{
    return (struct fx_collection *)fx_object_of(globals, handle, &fx_type_collection);
}

static WDFOBJECT item_handle(struct fx_collection *collection, ULONG index)
{
    struct fx_object *object = fx_collection_at(collection, index);

    return object ? fx_handle_of(object) : NULL;
}

NTSTATUS NTAPI imp_WdfCollectionCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                       PWDF_OBJECT_ATTRIBUTES CollectionAttributes,
                                       WDFCOLLECTION *Collection)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_collection *collection;
    NTSTATUS status;

    fx_needed(globals, Collection);
    *Collection = NULL;
    status = fx_collection_create(globals, CollectionAttributes, &collection);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&collection->object, _ReturnAddress());
    *Collection = fx_handle_of(&collection->object);
    return STATUS_SUCCESS;
}

ULONG NTAPI imp_WdfCollectionGetCount(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection)
{
    return collection_of(fx_globals_of(DriverGlobals), Collection)->count;
}

NTSTATUS NTAPI imp_WdfCollectionAdd(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                                    WDFOBJECT Object)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_collection *collection = collection_of(globals, Collection);

    return fx_collection_add(collection, fx_object_of(globals, Object, &fx_type_any));
}

VOID NTAPI imp_WdfCollectionRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                                   WDFOBJECT Item)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_collection *collection = collection_of(globals, Collection);
    struct fx_object *object = fx_object_of(globals, Item, &fx_type_any);

    if (!NT_SUCCESS(fx_collection_remove_object(collection, object)))
        fx_log(globals, FX_LOG_ERROR, "WDFCOLLECTION %p: object %p is not in it, nothing removed",
               Collection, Item);
}

VOID NTAPI imp_WdfCollectionRemoveItem(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                                       ULONG Index)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_collection *collection = collection_of(globals, Collection);

    if (!NT_SUCCESS(fx_collection_remove(collection, Index)))
        fx_log(globals, FX_LOG_ERROR, "WDFCOLLECTION %p: no item %u, it has %u", Collection, Index,
               collection->count);
}

WDFOBJECT NTAPI imp_WdfCollectionGetItem(PWDF_DRIVER_GLOBALS DriverGlobals,
                                         WDFCOLLECTION Collection, ULONG Index)
{
    return item_handle(collection_of(fx_globals_of(DriverGlobals), Collection), Index);
}

WDFOBJECT NTAPI imp_WdfCollectionGetFirstItem(PWDF_DRIVER_GLOBALS DriverGlobals,
                                              WDFCOLLECTION Collection)
{
    return item_handle(collection_of(fx_globals_of(DriverGlobals), Collection), 0);
}

WDFOBJECT NTAPI imp_WdfCollectionGetLastItem(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFCOLLECTION Collection)
{
    return item_handle(collection_of(fx_globals_of(DriverGlobals), Collection), FX_COLLECTION_LAST);
}
