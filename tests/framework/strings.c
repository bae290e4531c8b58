/* SPDX-License-Identifier: MIT */
/* strings.c - string objects and collections. */
#include "kmdf_test.h"

DECLARE_CONST_UNICODE_STRING(some_text, L"some text");

/* ---- strings --------------------------------------------------------------------------------- */

static void strings(void)
{
    WDFSTRING string = NULL;
    UNICODE_STRING value = {0};

    expect_status(WdfStringCreate(&some_text, WDF_NO_OBJECT_ATTRIBUTES, &string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &value);
    expect(RtlEqualUnicodeString(&value, &some_text, FALSE));
    expect(value.Buffer != some_text.Buffer && value.Buffer[value.Length / 2] == 0);
    WdfObjectDelete(string);

    expect_status(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string), STATUS_SUCCESS);
    RtlFillMemory(&value, sizeof value, 0xff);
    WdfStringGetUnicodeString(string, &value);
    expect(value.Length == 0);
    WdfObjectDelete(string);
}

static void strings_refused(void)
{
    UNICODE_STRING wrong = {.Length = 3, .MaximumLength = 4, .Buffer = some_text.Buffer};
    WDFSTRING string = (WDFSTRING)&string;
    UNICODE_STRING value = {.Length = 77};
    KIRQL irql;

    expect_status(WdfStringCreate(&wrong, NULL, &string), STATUS_INVALID_PARAMETER);
    expect(string == NULL);
    wrong.Length = 6;
    expect_status(WdfStringCreate(&wrong, NULL, &string), STATUS_INVALID_PARAMETER);
    wrong.Length = wrong.MaximumLength = 2;
    wrong.Buffer = NULL;
    expect_status(WdfStringCreate(&wrong, NULL, &string), STATUS_INVALID_PARAMETER);

    expect_status(WdfStringCreate(&some_text, NULL, &string), STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfStringGetUnicodeString(string, &value);
    KeLowerIrql(irql);
    expect_number(value.Length, 77);
    WdfObjectDelete(string);
}

/* ---- collections ----------------------------------------------------------------------------- */

static ULONG destroyed;

static VOID evt_destroy(WDFOBJECT object)
{
    destroyed++;
}

static WDFOBJECT object_make(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
    return object;
}

static void collections(void)
{
    WDFCOLLECTION collection = NULL;
    WDFOBJECT object[4];
    ULONG i;

    destroyed = 0;
    expect_status(WdfCollectionCreate(WDF_NO_OBJECT_ATTRIBUTES, &collection), STATUS_SUCCESS);
    expect_number(WdfCollectionGetCount(collection), 0);
    expect(WdfCollectionGetFirstItem(collection) == NULL);
    expect(WdfCollectionGetLastItem(collection) == NULL);
    expect(WdfCollectionGetItem(collection, 0) == NULL);
    for (i = 0; i < ARRAYSIZE(object); i++) {
        object[i] = object_make();
        expect_status(WdfCollectionAdd(collection, object[i]), STATUS_SUCCESS);
    }
    expect_number(WdfCollectionGetCount(collection), 4);
    for (i = 0; i < ARRAYSIZE(object); i++)
        expect(WdfCollectionGetItem(collection, i) == object[i]);
    expect(WdfCollectionGetFirstItem(collection) == object[0]);
    expect(WdfCollectionGetLastItem(collection) == object[3]);
    expect(WdfCollectionGetItem(collection, 4) == NULL);
    expect(WdfCollectionGetItem(collection, MAXULONG - 1) == NULL);

    WdfCollectionRemoveItem(collection, 1);
    WdfCollectionRemove(collection, object[3]);
    expect_number(WdfCollectionGetCount(collection), 2);
    expect(WdfCollectionGetItem(collection, 1) == object[2]);
    /* What is not in it is only logged. */
    WdfCollectionRemoveItem(collection, 2);
    WdfCollectionRemove(collection, object[3]);
    expect_number(WdfCollectionGetCount(collection), 2);
    for (i = 0; i < ARRAYSIZE(object); i++)
        WdfObjectDelete(object[i]);
    expect_number(destroyed, 2); /* the other two are held by the collection */
    WdfObjectDelete(collection);
    expect_number(destroyed, 4);
}

/* An object may be in one collection twice: it goes one time after the other. */
static void collections_hold_twice(void)
{
    WDFCOLLECTION collection = NULL;
    WDFOBJECT object = object_make();

    destroyed = 0;
    expect_status(WdfCollectionCreate(WDF_NO_OBJECT_ATTRIBUTES, &collection), STATUS_SUCCESS);
    expect_status(WdfCollectionAdd(collection, object), STATUS_SUCCESS);
    expect_status(WdfCollectionAdd(collection, object), STATUS_SUCCESS);
    WdfObjectDelete(object);
    WdfCollectionRemove(collection, object);
    expect_number(WdfCollectionGetCount(collection), 1);
    expect_number(destroyed, 0);
    WdfCollectionRemoveItem(collection, 0);
    expect_number(destroyed, 1);
    WdfObjectDelete(collection);
}

static void collections_at_dispatch(void)
{
    WDFCOLLECTION collection = NULL;
    WDFOBJECT object = object_make();
    KIRQL irql;

    destroyed = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(WdfCollectionCreate(WDF_NO_OBJECT_ATTRIBUTES, &collection), STATUS_SUCCESS);
    expect_status(WdfCollectionAdd(collection, object), STATUS_SUCCESS);
    WdfObjectDelete(collection);
    WdfObjectDelete(object);
    KeLowerIrql(irql);
    expect_number(destroyed, 1);
}

DRIVERTEST_LIST = {DRIVERTEST(strings),
                   DRIVERTEST(strings_refused),
                   DRIVERTEST(collections),
                   DRIVERTEST(collections_hold_twice),
                   DRIVERTEST(collections_at_dispatch),
                   DRIVERTEST_END};
