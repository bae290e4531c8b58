/* SPDX-License-Identifier: MIT */
/* device_child.c - static children: raw PDOs that the driver makes itself. */
#include <initguid.h>

#include "device_test.h"

#include <ntstrsafe.h>
#include <wdmguid.h>

DEFINE_GUID(GUID_TEST_RAW_CLASS, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c,
            0x9d, 0x06);
DEFINE_GUID(GUID_TEST_BUS, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c, 0x9d,
            0x07);

typedef struct _CHILD_CONTEXT {
    struct test_child *child;
} CHILD_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(CHILD_CONTEXT, child_context);

static NTSTATUS NTAPI child_d0_entry(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
    struct test_child *child = child_context(device)->child;

    child->starts++;
    KeSetEvent(&child->started, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static VOID NTAPI child_missing(WDFDEVICE device)
{
    child_context(device)->child->missing++;
}

static VOID NTAPI child_destroy(WDFOBJECT object)
{
    struct test_child *child = child_context(object)->child;

    if (child == NULL)
        return;
    child->destroyed++;
    KeSetEvent(&child->gone, IO_NO_INCREMENT, FALSE);
}

void test_child_init(struct test_child *child)
{
    RtlZeroMemory(child, sizeof(*child));
    KeInitializeEvent(&child->started, NotificationEvent, FALSE);
    KeInitializeEvent(&child->gone, NotificationEvent, FALSE);
}

struct test_child *test_child_of(WDFDEVICE pdo)
{
    return child_context(pdo)->child;
}

static NTSTATUS child_names(PWDFDEVICE_INIT init, ULONG number)
{
    DECLARE_CONST_UNICODE_STRING(id, L"FxTest\\Raw");
    DECLARE_CONST_UNICODE_STRING(second, L"FxTest\\Second");
    DECLARE_CONST_UNICODE_STRING(compatible, L"FxTest\\Any");
    DECLARE_CONST_UNICODE_STRING(english, L"A raw thing");
    DECLARE_CONST_UNICODE_STRING(german, L"Ein rohes Ding");
    DECLARE_CONST_UNICODE_STRING(place, L"Somewhere");
    DECLARE_UNICODE_STRING_SIZE(instance, 16);
    NTSTATUS status = RtlUnicodeStringPrintf(&instance, L"%u", number);

    expect_status(WdfPdoInitAssignDeviceID(init, &second), STATUS_SUCCESS);
    expect_status(WdfPdoInitAssignDeviceID(init, &id), STATUS_SUCCESS);
    expect_status(WdfPdoInitAddHardwareID(init, &id), STATUS_SUCCESS);
    expect_status(WdfPdoInitAddHardwareID(init, &second), STATUS_SUCCESS);
    expect_status(WdfPdoInitAddCompatibleID(init, &compatible), STATUS_SUCCESS);
    expect_status(WdfPdoInitAssignInstanceID(init, &instance), STATUS_SUCCESS);
    expect_status(WdfPdoInitAddDeviceText(init, &german, &place, 0x407), STATUS_SUCCESS);
    expect_status(WdfPdoInitAddDeviceText(init, &english, &place, 0x409), STATUS_SUCCESS);
    expect_status(WdfPdoInitAddDeviceText(init, &english, &place, 0x409),
                  STATUS_OBJECT_NAME_COLLISION);
    WdfPdoInitSetDefaultLocale(init, 0x407);
    return status;
}

NTSTATUS test_child_create(PWDFDEVICE_INIT *init, ULONG number, struct test_child *child,
                           WDFDEVICE *out_pdo)
{
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    WDF_PDO_EVENT_CALLBACKS pdo_events;
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status = child_names(*init, number);

    if (NT_SUCCESS(status))
        status = WdfPdoInitAssignRawDevice(*init, &GUID_TEST_RAW_CLASS);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceD0Entry = child_d0_entry;
    WdfDeviceInitSetPnpPowerEventCallbacks(*init, &events);
    WDF_PDO_EVENT_CALLBACKS_INIT(&pdo_events);
    pdo_events.EvtDeviceReportedMissing = child_missing;
    WdfPdoInitSetEventCallbacks(*init, &pdo_events);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, CHILD_CONTEXT);
    attributes.EvtDestroyCallback = child_destroy;
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(init, &attributes, out_pdo);
    if (!NT_SUCCESS(status))
        return status;
    child_context(*out_pdo)->child = child;
    return STATUS_SUCCESS;
}

static WDFDEVICE static_make(struct test_child *child)
{
    PWDFDEVICE_INIT init = WdfPdoInitAllocate(test_fdo);
    WDFDEVICE pdo = NULL;

    expect(init != NULL);
    if (init == NULL)
        return NULL;
    test_child_init(child);
    expect_status(test_child_create(&init, ++test_number, child, &pdo), STATUS_SUCCESS);
    if (pdo == NULL)
        WdfDeviceInitFree(init);
    return pdo;
}

void static_child_comes_and_goes(void)
{
    struct test_child child;
    WDFDEVICE pdo = static_make(&child);

    if (pdo == NULL)
        return;
    expect(WdfPdoGetParent(pdo) == test_fdo);
    expect(WdfDeviceWdmGetPhysicalDevice(pdo) == WdfDeviceWdmGetDeviceObject(pdo));
    expect(WdfDeviceWdmGetAttachedDevice(pdo) == NULL);
    expect_status(WdfPdoMarkMissing(pdo), STATUS_NO_SUCH_DEVICE);
    expect_status(WdfFdoAddStaticChild(test_fdo, pdo), STATUS_SUCCESS);
    expect_status(WdfFdoAddStaticChild(test_fdo, pdo), STATUS_INVALID_PARAMETER);
    expect(test_wait(&child.started));
    expect_number(child.starts, 1);
    expect_status(WdfPdoMarkMissing(test_fdo), STATUS_INVALID_PARAMETER);
    expect_status(WdfPdoMarkMissing(pdo), STATUS_SUCCESS);
    expect(test_wait(&child.gone));
    expect_number(child.missing, 1);
    expect_number(child.destroyed, 1);
}

void static_child_never_added(void)
{
    PWDFDEVICE_INIT init = WdfPdoInitAllocate(test_fdo);
    struct test_child child;
    WDFDEVICE pdo = NULL;

    /* Given back without a device, and refused without an id. */
    WdfDeviceInitFree(init);
    init = WdfPdoInitAllocate(test_fdo);
    expect(!NT_SUCCESS(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &pdo)));
    expect(pdo == NULL && init != NULL);
    expect(WdfFdoInitWdmGetPhysicalDevice(init) == NULL);
    WdfDeviceInitFree(init);
    pdo = static_make(&child);
    if (pdo == NULL)
        return;
    WdfObjectDelete(pdo);
    expect(test_wait(&child.gone));
    expect_number(child.starts, 0);
    expect_number(child.missing, 0);
}

void static_children_are_walked(void)
{
    struct test_child children[3];
    WDFDEVICE pdos[3] = {0}, at = NULL;
    ULONG count = 0, mine = 0, i;

    for (i = 0; i < 3; i++) {
        pdos[i] = static_make(&children[i]);
        if (pdos[i] == NULL || !NT_SUCCESS(WdfFdoAddStaticChild(test_fdo, pdos[i])))
            return;
    }
    for (i = 0; i < 3; i++)
        expect(test_wait(&children[i].started));
    expect(WdfFdoRetrieveNextStaticChild(test_fdo, NULL, WdfRetrievePresentChildren) == NULL);
    WdfFdoLockStaticChildListForIteration(test_fdo);
    expect(WdfFdoRetrieveNextStaticChild(test_fdo, NULL, 0) == NULL);
    while ((at = WdfFdoRetrieveNextStaticChild(test_fdo, at, WdfRetrievePresentChildren)) != NULL) {
        if (count < 3)
            mine += at == pdos[count];
        count++;
    }
    expect(WdfFdoRetrieveNextStaticChild(test_fdo, NULL, WdfRetrieveMissingChildren) == NULL);
    WdfFdoUnlockStaticChildListFromIteration(test_fdo);
    expect_number(count, 3);
    expect_number(mine, 3);
    for (i = 0; i < 3; i++)
        expect_status(WdfPdoMarkMissing(pdos[i]), STATUS_SUCCESS);
    for (i = 0; i < 3; i++)
        expect(test_wait(&children[i].gone));
}

/* --- what a PDO answers --- */

static ULONG ask; /* what the fill functions put in */

static void fill_id(PIO_STACK_LOCATION stack)
{
    stack->Parameters.QueryId.IdType = ask;
}

static void fill_text(PIO_STACK_LOCATION stack)
{
    stack->Parameters.QueryDeviceText.DeviceTextType = DeviceTextDescription;
    stack->Parameters.QueryDeviceText.LocaleId = ask;
}

static void fill_nothing(PIO_STACK_LOCATION stack)
{
}

static void fill_relations(PIO_STACK_LOCATION stack)
{
    stack->Parameters.QueryDeviceRelations.Type = ask;
}

static void expect_text(PDEVICE_OBJECT pdo, UCHAR minor, ULONG question, PCWSTR wanted)
{
    ULONG_PTR information = 0;
    NTSTATUS status;

    ask = question;
    status = test_pnp(pdo, minor, minor == IRP_MN_QUERY_ID ? fill_id : fill_text, &information);
    if (wanted == NULL) {
        expect_status(status, STATUS_NOT_SUPPORTED);
        return;
    }
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status))
        return;
    expect(wcscmp((PCWSTR)information, wanted) == 0);
    ExFreePool((PVOID)information);
}

void pdo_answers(void)
{
    PNP_BUS_INFORMATION bus = {GUID_TEST_BUS, PNPBus, 9}, *got;
    struct test_child child;
    WDFDEVICE pdo = static_make(&child);
    PDEVICE_OBJECT wdm;
    ULONG_PTR information = 0;
    PCWSTR ids;

    if (pdo == NULL)
        return;
    wdm = WdfDeviceWdmGetDeviceObject(pdo);
    expect_text(wdm, IRP_MN_QUERY_ID, BusQueryDeviceID, L"FxTest\\Raw");
    expect_text(wdm, IRP_MN_QUERY_ID, BusQueryContainerID, NULL);
    expect_text(wdm, IRP_MN_QUERY_DEVICE_TEXT, 0x409, L"A raw thing");
    expect_text(wdm, IRP_MN_QUERY_DEVICE_TEXT, 0x407, L"Ein rohes Ding");
    expect_text(wdm, IRP_MN_QUERY_DEVICE_TEXT, 0x40c, L"Ein rohes Ding");
    ask = BusQueryHardwareIDs;
    expect_status(test_pnp(wdm, IRP_MN_QUERY_ID, fill_id, &information), STATUS_SUCCESS);
    ids = (PCWSTR)information;
    expect(wcscmp(ids, L"FxTest\\Raw") == 0);
    ids += wcslen(ids) + 1;
    expect(wcscmp(ids, L"FxTest\\Second") == 0);
    expect(ids[wcslen(ids) + 1] == 0);
    ExFreePool((PVOID)information);
    WdfDeviceSetBusInformationForChildren(test_fdo, &bus);
    expect_status(test_pnp(wdm, IRP_MN_QUERY_BUS_INFORMATION, fill_nothing, &information),
                  STATUS_SUCCESS);
    got = (PNP_BUS_INFORMATION *)information;
    expect(IsEqualGUID(&got->BusTypeGuid, &GUID_TEST_BUS) && got->BusNumber == 9);
    ExFreePool(got);
    WdfObjectDelete(pdo);
    expect(test_wait(&child.gone));
}

static ULONG relations_count(PDEVICE_OBJECT device, ULONG type)
{
    DEVICE_RELATIONS *relations;
    ULONG_PTR information = 0;
    ULONG count, i;

    ask = type;
    if (!NT_SUCCESS(test_pnp(device, IRP_MN_QUERY_DEVICE_RELATIONS, fill_relations, &information)))
        return 0;
    relations = (DEVICE_RELATIONS *)information;
    count = relations->Count;
    for (i = 0; i < count; i++)
        ObDereferenceObject(relations->Objects[i]);
    ExFreePool(relations);
    return count;
}

void relations_are_kept(void)
{
    PDEVICE_OBJECT fdo = WdfDeviceWdmGetDeviceObject(test_fdo), other, wdm;
    struct test_child child, second;
    WDFDEVICE pdo = static_make(&child), pdo2 = static_make(&second);

    if (pdo == NULL || pdo2 == NULL)
        return;
    wdm = WdfDeviceWdmGetDeviceObject(pdo);
    other = WdfDeviceWdmGetDeviceObject(pdo2);
    expect_number(relations_count(fdo, RemovalRelations), 0);
    expect_status(WdfDeviceAddRemovalRelationsPhysicalDevice(test_fdo, wdm), STATUS_SUCCESS);
    expect_status(WdfDeviceAddRemovalRelationsPhysicalDevice(test_fdo, other), STATUS_SUCCESS);
    expect_number(relations_count(fdo, RemovalRelations), 2);
    WdfDeviceRemoveRemovalRelationsPhysicalDevice(test_fdo, other);
    expect_number(relations_count(fdo, RemovalRelations), 1);
    WdfDeviceClearRemovalRelationsDevices(test_fdo);
    expect_number(relations_count(fdo, RemovalRelations), 0);
    expect_number(relations_count(wdm, TargetDeviceRelation), 1);
    expect_number(relations_count(wdm, EjectionRelations), 0);
    expect_status(WdfPdoAddEjectionRelationsPhysicalDevice(pdo, other), STATUS_SUCCESS);
    expect_status(WdfPdoAddEjectionRelationsPhysicalDevice(pdo, other), STATUS_SUCCESS);
    expect_number(relations_count(wdm, EjectionRelations), 2);
    WdfPdoRemoveEjectionRelationsPhysicalDevice(pdo, other);
    expect_number(relations_count(wdm, EjectionRelations), 1);
    WdfPdoClearEjectionRelationsDevices(pdo);
    expect_number(relations_count(wdm, EjectionRelations), 0);
    expect_status(WdfPdoAddEjectionRelationsPhysicalDevice(test_fdo, other),
                  STATUS_INVALID_PARAMETER);
    WdfObjectDelete(pdo);
    WdfObjectDelete(pdo2);
    expect(test_wait(&child.gone) && test_wait(&second.gone));
}
