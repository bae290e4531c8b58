/* SPDX-License-Identifier: MIT */
/* device_list.c - dynamic child lists, each made for one test. */
#include "device_test.h"

#include <wdmguid.h>

typedef struct _ID {
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER header;
    ULONG number;
    ULONG slot; /* of `children`: not compared */
} ID;

typedef struct _ADDRESS {
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER header;
    ULONG place;
} ADDRESS;

#define CHILDREN 8

static struct test_child children[CHILDREN];
static ULONG first; /* number of slot 0 */
static LONG copies; /* address descriptions that the list holds */
static NTSTATUS refuse;
static WDFDEVICE *briefly; /* where to keep slot 0's PDO: slot 1's creation says it is missing */
static LONG created, reenumerated;
static WDFCHILDLIST list;

static NTSTATUS NTAPI evt_create(WDFCHILDLIST List, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER Id,
                                 PWDFDEVICE_INIT Init)
{
    ID *id = CONTAINING_RECORD(Id, ID, header);
    WDFDEVICE pdo = NULL;
    NTSTATUS status;

    InterlockedIncrement(&created);
    if (refuse != STATUS_SUCCESS)
        return refuse;
    if (briefly != NULL && id->slot == 1)
        expect_status(WdfPdoMarkMissing(*briefly), STATUS_SUCCESS);
    status = test_child_create(&Init, id->number, &children[id->slot], &pdo);
    if (briefly != NULL && id->slot == 0)
        *briefly = pdo;
    return status;
}

static BOOLEAN NTAPI evt_compare(WDFCHILDLIST List,
                                 PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER First,
                                 PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER Second)
{
    return CONTAINING_RECORD(First, ID, header)->number ==
           CONTAINING_RECORD(Second, ID, header)->number;
}

static NTSTATUS NTAPI evt_duplicate(WDFCHILDLIST List, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER Source,
                                    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER Copy)
{
    InterlockedIncrement(&copies);
    expect_number(Copy->AddressDescriptionSize, sizeof(ADDRESS));
    *CONTAINING_RECORD(Copy, ADDRESS, header) = *CONTAINING_RECORD(Source, ADDRESS, header);
    return STATUS_SUCCESS;
}

static VOID NTAPI evt_copy(WDFCHILDLIST List, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER Source,
                           PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER Copy)
{
    *CONTAINING_RECORD(Copy, ADDRESS, header) = *CONTAINING_RECORD(Source, ADDRESS, header);
}

static VOID NTAPI evt_cleanup(WDFCHILDLIST List, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER Address)
{
    InterlockedDecrement(&copies);
}

static BOOLEAN NTAPI evt_reenumerated(WDFCHILDLIST List, WDFDEVICE Old,
                                      PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER OldAddress,
                                      PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER NewAddress)
{
    reenumerated++;
    return TRUE;
}

static BOOLEAN list_make(void)
{
    WDF_CHILD_LIST_CONFIG config;

    WDF_CHILD_LIST_CONFIG_INIT(&config, sizeof(ID), evt_create);
    config.AddressDescriptionSize = sizeof(ADDRESS);
    config.EvtChildListIdentificationDescriptionCompare = evt_compare;
    config.EvtChildListAddressDescriptionDuplicate = evt_duplicate;
    config.EvtChildListAddressDescriptionCopy = evt_copy;
    config.EvtChildListAddressDescriptionCleanup = evt_cleanup;
    config.EvtChildListDeviceReenumerated = evt_reenumerated;
    first = test_number;
    test_number += CHILDREN;
    created = reenumerated = 0;
    refuse = STATUS_SUCCESS;
    for (ULONG i = 0; i < CHILDREN; i++)
        test_child_init(&children[i]);
    list = NULL;
    expect_status(WdfChildListCreate(test_fdo, &config, WDF_NO_OBJECT_ATTRIBUTES, &list),
                  STATUS_SUCCESS);
    return list != NULL;
}

static void id_init(ID *id, ULONG slot)
{
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&id->header, sizeof(*id));
    id->number = first + slot;
    id->slot = slot;
}

static NTSTATUS add(ULONG slot, ULONG place)
{
    ADDRESS address;
    ID id;

    id_init(&id, slot);
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.header, sizeof(address));
    address.place = place;
    return WdfChildListAddOrUpdateChildDescriptionAsPresent(list, &id.header, &address.header);
}

static NTSTATUS missing(ULONG slot)
{
    ID id;

    id_init(&id, slot);
    return WdfChildListUpdateChildDescriptionAsMissing(list, &id.header);
}

static WDFDEVICE find(ULONG slot, WDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS wanted, ULONG place)
{
    WDF_CHILD_RETRIEVE_INFO info;
    ADDRESS address;
    WDFDEVICE pdo;
    ID id;

    id_init(&id, slot);
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.header, sizeof(address));
    address.place = 0;
    WDF_CHILD_RETRIEVE_INFO_INIT(&info, &id.header);
    info.AddressDescription = &address.header;
    pdo = WdfChildListRetrievePdo(list, &info);
    expect_number(info.Status, wanted);
    expect_number(address.place, place);
    expect((pdo != NULL) == (wanted == WdfChildListRetrieveDeviceSuccess));
    return pdo;
}

void dynamic_child_comes_and_goes(void)
{
    ADDRESS address;
    WDFDEVICE pdo;
    ID id;

    if (!list_make())
        return;
    expect(WdfChildListGetDevice(list) == test_fdo);
    find(0, WdfChildListRetrieveDeviceNoSuchDevice, 0);
    expect_status(missing(0), STATUS_NO_SUCH_DEVICE);
    expect_status(add(0, 7), STATUS_SUCCESS);
    expect(test_wait(&children[0].started));
    pdo = find(0, WdfChildListRetrieveDeviceSuccess, 7);
    expect_status(add(0, 8), STATUS_OBJECT_NAME_EXISTS);
    expect(find(0, WdfChildListRetrieveDeviceSuccess, 8) == pdo);
    id_init(&id, 0);
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.header, sizeof(address));
    expect_status(WdfChildListRetrieveAddressDescription(list, &id.header, &address.header),
                  STATUS_SUCCESS);
    expect_number(address.place, 8);
    if (pdo != NULL) {
        address.place = 9;
        expect_status(WdfPdoUpdateAddressDescription(pdo, &address.header), STATUS_SUCCESS);
        address.place = 0;
        expect_status(WdfPdoRetrieveAddressDescription(pdo, &address.header), STATUS_SUCCESS);
        expect_number(address.place, 9);
        id.number = 0;
        expect_status(WdfPdoRetrieveIdentificationDescription(pdo, &id.header), STATUS_SUCCESS);
        expect_number(id.number, first);
        expect(WdfPdoGetParent(pdo) == test_fdo);
    }
    expect_number(created, 1);
    expect_status(missing(0), STATUS_SUCCESS);
    expect(test_wait(&children[0].gone));
    expect_number(children[0].missing, 1);
    find(0, WdfChildListRetrieveDeviceNoSuchDevice, 0);
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

void scan_finds_what_is_missing(void)
{
    if (!list_make())
        return;
    WdfChildListBeginScan(list);
    for (ULONG i = 0; i < 4; i++)
        expect_status(add(i, i), STATUS_SUCCESS);
    find(0, WdfChildListRetrieveDeviceNotYetCreated, 0);
    WdfChildListEndScan(list);
    for (ULONG i = 0; i < 4; i++)
        expect(test_wait(&children[i].started));
    expect_number(created, 4);
    WdfChildListBeginScan(list);
    expect_status(add(1, 1), STATUS_OBJECT_NAME_EXISTS);
    expect_status(add(3, 3), STATUS_OBJECT_NAME_EXISTS);
    WdfChildListEndScan(list);
    expect(test_wait(&children[0].gone) && test_wait(&children[2].gone));
    find(1, WdfChildListRetrieveDeviceSuccess, 1);
    /* All are said to be there: nothing goes. */
    WdfChildListBeginScan(list);
    WdfChildListUpdateAllChildDescriptionsAsPresent(list);
    WdfChildListEndScan(list);
    find(3, WdfChildListRetrieveDeviceSuccess, 3);
    expect_number(created, 4);
    WdfChildListBeginScan(list);
    WdfChildListEndScan(list);
    expect(test_wait(&children[1].gone) && test_wait(&children[3].gone));
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

void ejected_child_goes(void)
{
    ID id;

    if (!list_make())
        return;
    expect_status(add(0, 1), STATUS_SUCCESS);
    expect(test_wait(&children[0].started));
    id_init(&id, 0);
    expect(WdfChildListRequestChildEject(list, &id.header));
    /* The bus has handed it out: it is not described any more. */
    expect(test_wait(&children[0].gone));
    find(0, WdfChildListRetrieveDeviceNoSuchDevice, 0);
    expect_number(children[0].missing, 1);
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

void iteration_holds_the_list(void)
{
    WDF_CHILD_LIST_ITERATOR iterator;
    WDF_CHILD_RETRIEVE_INFO info;
    ULONG count = 0;
    WDFDEVICE pdo;
    ID id;

    if (!list_make())
        return;
    expect_status(add(0, 0), STATUS_SUCCESS);
    expect_status(add(1, 0), STATUS_SUCCESS);
    expect(test_wait(&children[0].started) && test_wait(&children[1].started));
    WDF_CHILD_LIST_ITERATOR_INIT(&iterator, WdfRetrievePresentChildren);
    expect_status(WdfChildListRetrieveNextDevice(list, &iterator, &pdo, NULL),
                  STATUS_INVALID_DEVICE_STATE);
    WdfChildListBeginIteration(list, &iterator);
    expect_status(add(2, 0), STATUS_SUCCESS); /* waits */
    expect_status(missing(0), STATUS_SUCCESS);
    find(2, WdfChildListRetrieveDeviceNoSuchDevice, 0);
    find(0, WdfChildListRetrieveDeviceSuccess, 0);
    id_init(&id, 0);
    WDF_CHILD_RETRIEVE_INFO_INIT(&info, &id.header);
    while (NT_SUCCESS(WdfChildListRetrieveNextDevice(list, &iterator, &pdo, &info))) {
        expect(pdo != NULL && test_child_of(pdo) == &children[id.slot]);
        expect_number(info.Status, WdfChildListRetrieveDeviceSuccess);
        count++;
    }
    expect_number(count, 2);
    expect_status(WdfChildListRetrieveNextDevice(list, &iterator, &pdo, &info),
                  STATUS_NO_MORE_ENTRIES);
    WdfChildListEndIteration(list, &iterator);
    expect(test_wait(&children[2].started) && test_wait(&children[0].gone));
    expect_status(missing(1), STATUS_SUCCESS);
    expect_status(missing(2), STATUS_SUCCESS);
    expect(test_wait(&children[1].gone) && test_wait(&children[2].gone));
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

/* What a scan describes or leaves out meanwhile counts when the list is let go. */
void scan_while_the_list_is_held(void)
{
    WDF_CHILD_LIST_ITERATOR iterator;

    if (!list_make())
        return;
    expect_status(add(0, 0), STATUS_SUCCESS);
    expect_status(add(1, 0), STATUS_SUCCESS);
    expect(test_wait(&children[0].started) && test_wait(&children[1].started));
    WDF_CHILD_LIST_ITERATOR_INIT(&iterator, WdfRetrievePresentChildren);
    WdfChildListBeginIteration(list, &iterator);
    WdfChildListBeginScan(list);
    expect_status(add(1, 0), STATUS_SUCCESS);
    expect_status(add(2, 0), STATUS_SUCCESS);
    WdfChildListEndScan(list);
    find(0, WdfChildListRetrieveDeviceSuccess, 0);
    WdfChildListEndIteration(list, &iterator);
    expect(test_wait(&children[2].started) && test_wait(&children[0].gone));
    find(0, WdfChildListRetrieveDeviceNoSuchDevice, 0);
    find(1, WdfChildListRetrieveDeviceSuccess, 0);
    expect_number(children[1].starts, 1);
    expect_status(missing(1), STATUS_SUCCESS);
    expect_status(missing(2), STATUS_SUCCESS);
    expect(test_wait(&children[1].gone) && test_wait(&children[2].gone));
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

void creation_is_refused(void)
{
    if (!list_make())
        return;
    refuse = STATUS_INSUFFICIENT_RESOURCES;
    expect_status(add(0, 0), STATUS_SUCCESS);
    refuse = STATUS_SUCCESS;
    /* Whether PnP came by before or after: the second child comes. */
    expect_status(add(1, 0), STATUS_SUCCESS);
    expect(test_wait(&children[1].started));
    expect_status(missing(0), STATUS_SUCCESS);
    expect_status(missing(1), STATUS_SUCCESS);
    expect(test_wait(&children[1].gone));
    if (children[0].starts != 0)
        expect(test_wait(&children[0].gone));
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

/* The bus takes a child back while its answer is still being made: PnP never hears of it. */
void child_gone_before_it_is_told(void)
{
    WDFDEVICE pdo = NULL;

    if (!list_make())
        return;
    briefly = &pdo;
    WdfChildListBeginScan(list);
    expect_status(add(0, 0), STATUS_SUCCESS);
    expect_status(add(1, 0), STATUS_SUCCESS);
    WdfChildListEndScan(list);
    expect(test_wait(&children[1].started));
    expect(test_wait(&children[0].gone));
    briefly = NULL;
    expect_number(children[0].starts, 0);
    expect_number(children[0].missing, 0);
    find(0, WdfChildListRetrieveDeviceNoSuchDevice, 0);
    expect_status(missing(1), STATUS_SUCCESS);
    expect(test_wait(&children[1].gone));
    WdfObjectDelete(list);
    expect_number(copies, 0);
}

void descriptions_of_wrong_size(void)
{
    WDF_CHILD_LIST_CONFIG config;
    WDFCHILDLIST other = NULL;
    ADDRESS address;
    ID id;

    if (!list_make())
        return;
    id_init(&id, 0);
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.header, sizeof(address));
    id.header.IdentificationDescriptionSize--;
    expect_status(WdfChildListAddOrUpdateChildDescriptionAsPresent(list, &id.header, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfChildListUpdateChildDescriptionAsMissing(list, &id.header),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect(!WdfChildListRequestChildEject(list, &id.header));
    id_init(&id, 0);
    expect(!WdfChildListRequestChildEject(list, &id.header));
    address.header.AddressDescriptionSize++;
    expect_status(
        WdfChildListAddOrUpdateChildDescriptionAsPresent(list, &id.header, &address.header),
        STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(list);
    WDF_CHILD_LIST_CONFIG_INIT(&config, sizeof(ID), NULL);
    expect_status(WdfChildListCreate(test_fdo, &config, WDF_NO_OBJECT_ATTRIBUTES, &other),
                  STATUS_INVALID_PARAMETER);
    WDF_CHILD_LIST_CONFIG_INIT(&config, 2, evt_create);
    expect_status(WdfChildListCreate(test_fdo, &config, WDF_NO_OBJECT_ATTRIBUTES, &other),
                  STATUS_INVALID_PARAMETER);
    config.Size -= 4;
    expect_status(WdfChildListCreate(test_fdo, &config, WDF_NO_OBJECT_ATTRIBUTES, &other),
                  STATUS_INFO_LENGTH_MISMATCH);
    expect(other == NULL);
}

/* --- the standard interface of a PDO --- */

static REENUMERATE_SELF_INTERFACE_STANDARD self;

static void fill_reenumerate(PIO_STACK_LOCATION stack)
{
    stack->Parameters.QueryInterface.InterfaceType = &GUID_REENUMERATE_SELF_INTERFACE_STANDARD;
    stack->Parameters.QueryInterface.Size = sizeof(self);
    stack->Parameters.QueryInterface.Version = 1;
    stack->Parameters.QueryInterface.Interface = (PINTERFACE)&self;
    stack->Parameters.QueryInterface.InterfaceSpecificData = NULL;
}

void reenumerated_by_itself(void)
{
    ULONG_PTR information = 0;
    WDFDEVICE pdo;

    if (!list_make())
        return;
    expect_status(add(0, 3), STATUS_SUCCESS);
    expect(test_wait(&children[0].started));
    pdo = find(0, WdfChildListRetrieveDeviceSuccess, 3);
    if (pdo == NULL)
        return;
    expect_status(test_pnp(WdfDeviceWdmGetDeviceObject(pdo), IRP_MN_QUERY_INTERFACE,
                           fill_reenumerate, &information),
                  STATUS_SUCCESS);
    expect(self.SurpriseRemoveAndReenumerateSelf != NULL);
    if (self.SurpriseRemoveAndReenumerateSelf == NULL)
        return;
    KeClearEvent(&children[0].started);
    self.SurpriseRemoveAndReenumerateSelf(self.Context);
    expect_number(reenumerated, 1);
    self.InterfaceDereference(self.Context);
    /* The same description, another PDO; the first has gone before. */
    expect(test_wait(&children[0].started));
    expect_number(created, 2);
    find(0, WdfChildListRetrieveDeviceSuccess, 3);
    expect_status(missing(0), STATUS_SUCCESS);
    expect(test_wait(&children[0].gone));
    WdfObjectDelete(list);
    expect_number(copies, 0);
}
