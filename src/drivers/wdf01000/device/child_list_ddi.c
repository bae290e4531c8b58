/* SPDX-License-Identifier: MIT */
/* child_list_ddi.c - WdfChildList…: the bus driver's calls about a dynamic child list. */
#include "child_list.h"

/* A description of the right size, or the documented refusal. */
static NTSTATUS id_check(struct fx_child_list *list, const fx_id *id, const char *call)
{
    if (id->IdentificationDescriptionSize == list->config.IdentificationDescriptionSize)
        return STATUS_SUCCESS;
    fx_log(list->object.globals, FX_LOG_ERROR,
           "%s: an identification description of %d bytes in a list of %d bytes", call,
           id->IdentificationDescriptionSize, list->config.IdentificationDescriptionSize);
    return STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS address_check(struct fx_child_list *list, const fx_address *address,
                              const char *call)
{
    if (address == NULL || (list->config.AddressDescriptionSize != 0 &&
                            address->AddressDescriptionSize == list->config.AddressDescriptionSize))
        return STATUS_SUCCESS;
    fx_log(list->object.globals, FX_LOG_ERROR,
           "%s: an address description of %d bytes in a list of %d bytes", call,
           address->AddressDescriptionSize, list->config.AddressDescriptionSize);
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS NTAPI imp_WdfChildListCreate(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                      PWDF_CHILD_LIST_CONFIG Config,
                                      PWDF_OBJECT_ATTRIBUTES ChildListAttributes,
                                      WDFCHILDLIST *ChildList)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    WDF_CHILD_LIST_CONFIG config;
    struct fx_child_list *list;
    NTSTATUS status;

    fx_needed(globals, Config);
    fx_needed(globals, ChildList);
    *ChildList = NULL;
    status = child_list_config_check(globals, Config, &config);
    if (!NT_SUCCESS(status))
        return status;
    if (!device_is_fdo(device)) {
        fx_log(globals, FX_LOG_ERROR, "WdfChildListCreate: WDFDEVICE %p is no FDO", Device);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = child_list_create(device, &config, ChildListAttributes, &list);
    if (NT_SUCCESS(status))
        *ChildList = child_list_handle(list);
    return status;
}

WDFDEVICE NTAPI imp_WdfChildListGetDevice(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList)
{
    return device_handle(child_list_of(fx_globals_of(abi), ChildList)->device);
}

/* --- changes --- */

NTSTATUS NTAPI imp_WdfChildListAddOrUpdateChildDescriptionAsPresent(
    PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription,
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    NTSTATUS status;

    fx_needed(globals, IdentificationDescription);
    status = id_check(list, IdentificationDescription,
                      "WdfChildListAddOrUpdateChildDescriptionAsPresent");
    if (NT_SUCCESS(status))
        status = address_check(list, AddressDescription,
                               "WdfChildListAddOrUpdateChildDescriptionAsPresent");
    if (!NT_SUCCESS(status))
        return status;
    return list_add(list, IdentificationDescription, AddressDescription);
}

NTSTATUS NTAPI imp_WdfChildListUpdateChildDescriptionAsMissing(
    PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    NTSTATUS status;

    fx_needed(globals, IdentificationDescription);
    status =
        id_check(list, IdentificationDescription, "WdfChildListUpdateChildDescriptionAsMissing");
    return NT_SUCCESS(status) ? list_missing(list, IdentificationDescription) : status;
}

VOID NTAPI imp_WdfChildListUpdateAllChildDescriptionsAsPresent(PWDF_DRIVER_GLOBALS abi,
                                                               WDFCHILDLIST ChildList)
{
    list_all_present(child_list_of(fx_globals_of(abi), ChildList));
}

VOID NTAPI imp_WdfChildListBeginScan(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList)
{
    list_scan_begin(child_list_of(fx_globals_of(abi), ChildList));
}

VOID NTAPI imp_WdfChildListEndScan(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList)
{
    list_scan_end(child_list_of(fx_globals_of(abi), ChildList));
}

/* --- looking --- */

WDFDEVICE NTAPI imp_WdfChildListRetrievePdo(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
                                            PWDF_CHILD_RETRIEVE_INFO RetrieveInfo)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    struct fx_child *child;
    WDFDEVICE pdo = NULL;
    KIRQL irql;

    fx_needed(globals, RetrieveInfo);
    fx_needed(globals, RetrieveInfo->IdentificationDescription);
    RetrieveInfo->Status = WdfChildListRetrieveDeviceUndefined;
    if (RetrieveInfo->Size != sizeof *RetrieveInfo ||
        !NT_SUCCESS(
            id_check(list, RetrieveInfo->IdentificationDescription, "WdfChildListRetrievePdo")) ||
        !NT_SUCCESS(
            address_check(list, RetrieveInfo->AddressDescription, "WdfChildListRetrievePdo")))
        return NULL;
    KeAcquireSpinLock(&list->lock, &irql);
    child = child_find_locked(list, RetrieveInfo->IdentificationDescription,
                              FX_STATE_BIT(FX_CHILD_NEW) | FX_STATE_BIT(FX_CHILD_PRESENT),
                              RetrieveInfo->EvtChildListIdentificationDescriptionCompare);
    if (child == NULL) {
        RetrieveInfo->Status = WdfChildListRetrieveDeviceNoSuchDevice;
    } else {
        RetrieveInfo->Status = child->pdo != NULL ? WdfChildListRetrieveDeviceSuccess
                                                  : WdfChildListRetrieveDeviceNotYetCreated;
        if (child->pdo != NULL)
            pdo = device_handle(child->pdo);
        if (RetrieveInfo->AddressDescription != NULL)
            child_address_copy(child, RetrieveInfo->AddressDescription);
    }
    KeReleaseSpinLock(&list->lock, irql);
    return pdo;
}

NTSTATUS NTAPI imp_WdfChildListRetrieveAddressDescription(
    PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription,
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    struct fx_child *child;
    NTSTATUS status;
    KIRQL irql;

    fx_needed(globals, IdentificationDescription);
    fx_needed(globals, AddressDescription);
    status = id_check(list, IdentificationDescription, "WdfChildListRetrieveAddressDescription");
    if (NT_SUCCESS(status))
        status = address_check(list, AddressDescription, "WdfChildListRetrieveAddressDescription");
    if (!NT_SUCCESS(status))
        return status;
    KeAcquireSpinLock(&list->lock, &irql);
    child = child_find_locked(list, IdentificationDescription,
                              FX_STATE_BIT(FX_CHILD_NEW) | FX_STATE_BIT(FX_CHILD_PRESENT), NULL);
    if (child == NULL)
        status = STATUS_NO_SUCH_DEVICE;
    else
        child_address_copy(child, AddressDescription);
    KeReleaseSpinLock(&list->lock, irql);
    return status;
}

VOID NTAPI imp_WdfChildListBeginIteration(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
                                          PWDF_CHILD_LIST_ITERATOR Iterator)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    struct fx_child_place *place;

    fx_needed(globals, Iterator);
    if (Iterator->Size != sizeof *Iterator ||
        (Iterator->Flags & ~(ULONG)WdfRetrieveAllChildren) != 0 || Iterator->Flags == 0) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfChildListBeginIteration: Size %d or Flags %x of the iterator", Iterator->Size,
               Iterator->Flags);
        return;
    }
    list_hold(list);
    place = (struct fx_child_place *)Iterator->Reserved;
    place->began = (ULONG_PTR)list;
    place->at = &list->children;
}

/* Does an iteration with these flags stop at the child? */
static BOOLEAN child_is_wanted(const struct fx_child *child, ULONG flags)
{
    switch (child->state) {
    case FX_CHILD_NEW:
        return (flags & WdfRetrievePendingChildren) != 0;
    case FX_CHILD_PRESENT:
        return (flags & WdfRetrievePresentChildren) != 0;
    case FX_CHILD_MISSING:
    case FX_CHILD_GONE:
        return (flags & WdfRetrieveMissingChildren) != 0 && child->pdo != NULL;
    }
    return FALSE;
}

static NTSTATUS retrieve_check(struct fx_child_list *list, const WDF_CHILD_RETRIEVE_INFO *info)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (info == NULL)
        return STATUS_SUCCESS;
    if (info->Size != sizeof *info)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (info->IdentificationDescription != NULL)
        status = id_check(list, info->IdentificationDescription, "WdfChildListRetrieveNextDevice");
    if (NT_SUCCESS(status))
        status = address_check(list, info->AddressDescription, "WdfChildListRetrieveNextDevice");
    return status;
}

static WDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS retrieve_status(const struct fx_child *child)
{
    if (child->state == FX_CHILD_NEW)
        return WdfChildListRetrieveDeviceNotYetCreated;
    return child->state == FX_CHILD_PRESENT ? WdfChildListRetrieveDeviceSuccess
                                            : WdfChildListRetrieveDeviceNoSuchDevice;
}

NTSTATUS NTAPI imp_WdfChildListRetrieveNextDevice(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
                                                  PWDF_CHILD_LIST_ITERATOR Iterator,
                                                  WDFDEVICE *Device, PWDF_CHILD_RETRIEVE_INFO Info)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    struct fx_child_place *place;
    NTSTATUS status;
    KIRQL irql;

    fx_needed(globals, Iterator);
    fx_needed(globals, Device);
    *Device = NULL;
    place = (struct fx_child_place *)Iterator->Reserved;
    if (Iterator->Size != sizeof *Iterator)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (place->began != (ULONG_PTR)list) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfChildListRetrieveNextDevice: call WdfChildListBeginIteration first");
        return STATUS_INVALID_DEVICE_STATE;
    }
    status = retrieve_check(list, Info);
    if (!NT_SUCCESS(status))
        return status;
    KeAcquireSpinLock(&list->lock, &irql);
    status = STATUS_NO_MORE_ENTRIES;
    for (place->at = place->at->Flink; place->at != &list->children; place->at = place->at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(place->at, struct fx_child, entry);

        if (!child_is_wanted(child, Iterator->Flags))
            continue;
        if (Info != NULL && Info->EvtChildListIdentificationDescriptionCompare != NULL &&
            Info->IdentificationDescription != NULL &&
            !child_is(child, Info->IdentificationDescription,
                      Info->EvtChildListIdentificationDescriptionCompare))
            continue;
        if (child->pdo != NULL)
            *Device = device_handle(child->pdo);
        if (Info != NULL) {
            if (Info->IdentificationDescription != NULL)
                child_id_copy(child, Info->IdentificationDescription);
            if (Info->AddressDescription != NULL)
                child_address_copy(child, Info->AddressDescription);
            Info->Status = retrieve_status(child);
        }
        status = STATUS_SUCCESS;
        break;
    }
    /* At the end it stays before the head, so that a further call ends again. */
    if (status == STATUS_NO_MORE_ENTRIES)
        place->at = list->children.Blink;
    KeReleaseSpinLock(&list->lock, irql);
    return status;
}

VOID NTAPI imp_WdfChildListEndIteration(PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
                                        PWDF_CHILD_LIST_ITERATOR Iterator)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    struct fx_child_place *place;

    fx_needed(globals, Iterator);
    place = (struct fx_child_place *)Iterator->Reserved;
    if (place->began != (ULONG_PTR)list)
        return;
    place->began = 0;
    list_release(list, FALSE);
}

BOOLEAN NTAPI imp_WdfChildListRequestChildEject(
    PWDF_DRIVER_GLOBALS abi, WDFCHILDLIST ChildList,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child_list *list = child_list_of(globals, ChildList);
    struct fx_device *pdo = NULL;
    struct fx_child *child;
    KIRQL irql;

    fx_needed(globals, IdentificationDescription);
    if (!NT_SUCCESS(id_check(list, IdentificationDescription, "WdfChildListRequestChildEject")))
        return FALSE;
    KeAcquireSpinLock(&list->lock, &irql);
    child =
        child_find_locked(list, IdentificationDescription, FX_STATE_BIT(FX_CHILD_PRESENT), NULL);
    if (child != NULL) {
        pdo = child->pdo;
        fx_object_ref(&pdo->object);
    }
    KeReleaseSpinLock(&list->lock, irql);
    if (pdo == NULL)
        return FALSE;
    if (pdo->wdm != NULL)
        IoRequestDeviceEject(pdo->wdm);
    fx_object_deref(&pdo->object);
    return TRUE;
}

/* --- descriptions of a PDO --- */

/* The entry of a PDO of a dynamic list, or NULL: logged. */
static struct fx_child *child_of(struct fx_globals *globals, WDFDEVICE Device, const char *call)
{
    struct fx_device *pdo = pdo_of(globals, Device, call);
    struct fx_child *child = pdo != NULL ? pdo->own->pdo->child : NULL;

    if (child != NULL && child->list != NULL)
        return child;
    if (pdo != NULL)
        fx_log(globals, FX_LOG_ERROR, "%s: WDFDEVICE %p is not in a dynamic child list", call,
               Device);
    return NULL;
}

NTSTATUS NTAPI imp_WdfPdoRetrieveIdentificationDescription(
    PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription)
{
    static const char call[] = "WdfPdoRetrieveIdentificationDescription";
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child *child = child_of(globals, Device, call);
    NTSTATUS status;
    KIRQL irql;

    fx_needed(globals, IdentificationDescription);
    if (child == NULL)
        return STATUS_INVALID_PARAMETER;
    status = id_check(child->list, IdentificationDescription, call);
    if (!NT_SUCCESS(status))
        return status;
    KeAcquireSpinLock(&child->list->lock, &irql);
    child_id_copy(child, IdentificationDescription);
    KeReleaseSpinLock(&child->list->lock, irql);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI
imp_WdfPdoRetrieveAddressDescription(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                     PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    static const char call[] = "WdfPdoRetrieveAddressDescription";
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child *child = child_of(globals, Device, call);
    NTSTATUS status;
    KIRQL irql;

    fx_needed(globals, AddressDescription);
    if (child == NULL)
        return STATUS_INVALID_PARAMETER;
    status = address_check(child->list, AddressDescription, call);
    if (!NT_SUCCESS(status))
        return status;
    KeAcquireSpinLock(&child->list->lock, &irql);
    child_address_copy(child, AddressDescription);
    KeReleaseSpinLock(&child->list->lock, irql);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI
imp_WdfPdoUpdateAddressDescription(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                   PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription)
{
    static const char call[] = "WdfPdoUpdateAddressDescription";
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_child *child = child_of(globals, Device, call);
    NTSTATUS status;

    fx_needed(globals, AddressDescription);
    if (child == NULL)
        return STATUS_INVALID_PARAMETER;
    status = address_check(child->list, AddressDescription, call);
    return NT_SUCCESS(status) ? child_address_update(child, AddressDescription) : status;
}
