/* SPDX-License-Identifier: MIT */
/* registry.c - registry keys: opening, creating, values of every kind, what is refused. */
#include "kmdf_test.h"

#define ROOT L"\\Registry\\Machine\\Software\\KmdfTest"

DECLARE_CONST_UNICODE_STRING(root_path, ROOT);
DECLARE_CONST_UNICODE_STRING(sub_name, L"Sub");
DECLARE_CONST_UNICODE_STRING(deep_name, L"Sub\\Deeper");
DECLARE_CONST_UNICODE_STRING(value_name, L"Value");
DECLARE_CONST_UNICODE_STRING(no_name, L"Nothing");
DECLARE_CONST_UNICODE_STRING(text, L"a text");

static WDFKEY root;

static void root_begin(void)
{
    ULONG disposition = 0;

    root = NULL;
    expect_status(WdfRegistryCreateKey(NULL, &root_path, KEY_ALL_ACCESS, REG_OPTION_VOLATILE,
                                       &disposition, WDF_NO_OBJECT_ATTRIBUTES, &root),
                  STATUS_SUCCESS);
    expect_number(disposition, REG_CREATED_NEW_KEY);
}

static void root_end(void)
{
    expect_status(WdfRegistryRemoveKey(root), STATUS_SUCCESS);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void keys(void)
{
    WDFKEY sub = NULL, again = NULL, reader = NULL;
    ULONG disposition = 0;

    root_begin();
    expect_status(WdfRegistryOpenKey(root, &sub_name, KEY_READ, NULL, &sub),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect(sub == NULL);
    expect_status(WdfRegistryCreateKey(root, &sub_name, KEY_ALL_ACCESS, REG_OPTION_VOLATILE,
                                       &disposition, NULL, &sub),
                  STATUS_SUCCESS);
    expect_number(disposition, REG_CREATED_NEW_KEY);
    expect_status(WdfRegistryCreateKey(root, &sub_name, KEY_ALL_ACCESS, REG_OPTION_VOLATILE,
                                       &disposition, NULL, &again),
                  STATUS_SUCCESS);
    expect_number(disposition, REG_OPENED_EXISTING_KEY);
    expect_status(WdfRegistryOpenKey(root, &deep_name, KEY_READ, NULL, &reader),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(WdfRegistryOpenKey(root, &sub_name, KEY_READ, NULL, &reader), STATUS_SUCCESS);
    WdfRegistryClose(reader);
    WdfRegistryClose(again);
    expect_status(WdfRegistryRemoveKey(sub), STATUS_SUCCESS);
    expect_status(WdfRegistryOpenKey(root, &sub_name, KEY_READ, NULL, &sub),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    root_end();
}

static void keys_for_wdm(void)
{
    UCHAR bytes[sizeof(KEY_BASIC_INFORMATION) + 100];
    ULONG length = 0;
    HANDLE handle;

    root_begin();
    handle = WdfRegistryWdmGetHandle(root);
    expect(handle != NULL);
    expect_status(ZwQueryKey(handle, KeyBasicInformation, bytes, sizeof bytes, &length),
                  STATUS_SUCCESS);
    expect_number(((KEY_BASIC_INFORMATION *)bytes)->NameLength, 8 * sizeof(WCHAR));
    root_end();
}

/* A key of the driver's goes with its parent, and its handle with it. */
static void keys_go_with_parents(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT parent = NULL;
    WDFKEY key = NULL;

    root_begin();
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &parent), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = parent;
    expect_status(WdfRegistryOpenKey(NULL, &root_path, KEY_READ, &attributes, &key),
                  STATUS_SUCCESS);
    WdfObjectDelete(parent);
    root_end();
}

static void keys_refused(void)
{
    UNICODE_STRING odd = {.Length = 3, .MaximumLength = 4, .Buffer = L"xx"};
    WDFKEY key = (WDFKEY)&key;
    ULONG number;
    KIRQL irql;

    expect_status(WdfRegistryOpenKey(NULL, &odd, KEY_READ, NULL, &key), STATUS_INVALID_PARAMETER);
    expect(key == NULL);
    root_begin();
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(WdfRegistryOpenKey(NULL, &root_path, KEY_READ, NULL, &key),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRegistryQueryULong(root, &value_name, &number), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRegistryAssignULong(root, &value_name, 1), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRegistryRemoveValue(root, &value_name), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRegistryRemoveKey(root), STATUS_INVALID_DEVICE_REQUEST);
    WdfRegistryClose(root); /* too high: nothing happens */
    KeLowerIrql(irql);
    expect_status(WdfRegistryAssignULong(root, &odd, 1), STATUS_INVALID_PARAMETER);
    root_end();
}

/* ---- values ---------------------------------------------------------------------------------- */

static void numbers(void)
{
    ULONG number = 5;

    root_begin();
    expect_status(WdfRegistryQueryULong(root, &value_name, &number), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(WdfRegistryAssignULong(root, &value_name, 0x12345678), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryULong(root, &value_name, &number), STATUS_SUCCESS);
    expect_number(number, 0x12345678);
    expect_status(WdfRegistryAssignUnicodeString(root, &value_name, &text), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryULong(root, &value_name, &number), STATUS_OBJECT_TYPE_MISMATCH);
    expect_status(WdfRegistryAssignValue(root, &value_name, REG_DWORD, 2, &number),
                  STATUS_SUCCESS); /* what is there is not what was meant */
    expect_status(WdfRegistryQueryULong(root, &value_name, &number), STATUS_OBJECT_TYPE_MISMATCH);
    expect_number(number, 0x12345678);
    expect_status(WdfRegistryRemoveValue(root, &value_name), STATUS_SUCCESS);
    expect_status(WdfRegistryRemoveValue(root, &value_name), STATUS_OBJECT_NAME_NOT_FOUND);
    root_end();
}

static void bytes(void)
{
    UCHAR in[20], out[20];
    ULONG length = 0, type = 0, i;

    for (i = 0; i < sizeof in; i++)
        in[i] = (UCHAR)(i * 3);
    root_begin();
    expect_status(WdfRegistryAssignValue(root, &value_name, REG_BINARY, sizeof in, in),
                  STATUS_SUCCESS);
    expect_status(WdfRegistryQueryValue(root, &value_name, sizeof out, out, &length, &type),
                  STATUS_SUCCESS);
    expect(length == sizeof in && type == REG_BINARY && RtlEqualMemory(in, out, sizeof in));
    RtlZeroMemory(out, sizeof out);
    length = type = 0;
    expect_status(WdfRegistryQueryValue(root, &value_name, 19, out, &length, &type),
                  STATUS_BUFFER_OVERFLOW);
    expect(length == sizeof in && type == REG_BINARY);
    length = 0;
    expect_status(WdfRegistryQueryValue(root, &value_name, 0, NULL, &length, NULL),
                  STATUS_BUFFER_OVERFLOW);
    expect_number(length, sizeof in);
    expect_status(WdfRegistryQueryValue(root, &value_name, sizeof out, out, NULL, NULL),
                  STATUS_SUCCESS);
    expect_status(WdfRegistryQueryValue(root, &no_name, sizeof out, out, &length, &type),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    root_end();
}

static void memories(void)
{
    WDFMEMORY in = NULL, out = (WDFMEMORY)&in;
    WDFMEMORY_OFFSET part = {.BufferOffset = 4, .BufferLength = 8};
    ULONG type = 0;
    size_t size = 0;

    root_begin();
    expect_status(WdfMemoryCreatePreallocated(NULL, "0123456789abcdef", 16, &in), STATUS_SUCCESS);
    expect_status(WdfRegistryAssignMemory(root, &value_name, REG_BINARY, in, &part),
                  STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMemory(root, &value_name, PagedPool, NULL, &out, &type),
                  STATUS_SUCCESS);
    expect(RtlEqualMemory(WdfMemoryGetBuffer(out, &size), "456789ab", 8));
    expect(size == 8 && type == REG_BINARY);
    WdfObjectDelete(out);
    expect_status(WdfRegistryAssignMemory(root, &value_name, REG_NONE, in, NULL), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMemory(root, &value_name, NonPagedPoolNx, NULL, &out, NULL),
                  STATUS_SUCCESS);
    expect(RtlEqualMemory(WdfMemoryGetBuffer(out, &size), "0123456789abcdef", 16) && size == 16);
    WdfObjectDelete(out);
    part.BufferLength = 13;
    expect_status(WdfRegistryAssignMemory(root, &value_name, REG_BINARY, in, &part),
                  STATUS_INTEGER_OVERFLOW);
    part.BufferOffset = (size_t)-1;
    expect_status(WdfRegistryAssignMemory(root, &value_name, REG_BINARY, in, &part),
                  STATUS_INTEGER_OVERFLOW);
    expect_status(WdfRegistryAssignValue(root, &value_name, REG_BINARY, 0, &part), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMemory(root, &value_name, PagedPool, NULL, &out, &type),
                  STATUS_RESOURCE_DATA_NOT_FOUND);
    expect(out == NULL);
    WdfObjectDelete(in);
    root_end();
}

static void strings(void)
{
    WCHAR room[16];
    UNICODE_STRING value = {.MaximumLength = sizeof room, .Buffer = room};
    WDFSTRING string = NULL, copy = NULL;
    USHORT length = 0;

    root_begin();
    expect_status(WdfStringCreate(&text, NULL, &string), STATUS_SUCCESS);
    expect_status(WdfStringCreate(NULL, NULL, &copy), STATUS_SUCCESS);
    expect_status(WdfRegistryAssignString(root, &value_name, string), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryUnicodeString(root, &value_name, &length, &value),
                  STATUS_SUCCESS);
    expect(RtlEqualUnicodeString(&value, &text, FALSE));
    expect_number(length, text.Length + sizeof(WCHAR)); /* with its terminator */
    length = 0;
    expect_status(WdfRegistryQueryUnicodeString(root, &value_name, &length, NULL),
                  STATUS_BUFFER_OVERFLOW);
    expect_number(length, text.Length + sizeof(WCHAR));
    value.MaximumLength = text.Length;
    value.Length = 0;
    expect_status(WdfRegistryQueryUnicodeString(root, &value_name, NULL, &value),
                  STATUS_BUFFER_OVERFLOW);
    value.MaximumLength = 0;
    expect_status(WdfRegistryQueryUnicodeString(root, &value_name, NULL, &value),
                  STATUS_INVALID_PARAMETER);
    expect_status(WdfRegistryQueryString(root, &value_name, copy), STATUS_SUCCESS);
    WdfStringGetUnicodeString(copy, &value);
    expect(RtlEqualUnicodeString(&value, &text, FALSE));

    /* An empty string is a terminator; no bytes at all are no data. */
    RtlInitUnicodeString(&value, NULL);
    expect_status(WdfRegistryAssignUnicodeString(root, &value_name, &value), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryString(root, &value_name, copy), STATUS_SUCCESS);
    WdfStringGetUnicodeString(copy, &value);
    expect_number(value.Length, 0);
    expect_status(WdfRegistryAssignValue(root, &value_name, REG_SZ, 0, room), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryString(root, &value_name, copy), STATUS_RESOURCE_DATA_NOT_FOUND);
    expect_status(WdfRegistryAssignULong(root, &value_name, 1), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryString(root, &value_name, copy), STATUS_OBJECT_TYPE_MISMATCH);
    expect_status(WdfRegistryQueryUnicodeString(root, &value_name, &length, NULL),
                  STATUS_OBJECT_TYPE_MISMATCH);
    WdfObjectDelete(string);
    WdfObjectDelete(copy);
    root_end();
}

/* Text without a terminator is text all the same. */
static void strings_without_end(void)
{
    WCHAR room[8];
    UNICODE_STRING value = {.MaximumLength = sizeof room, .Buffer = room};
    WDFSTRING string = NULL;

    root_begin();
    expect_status(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    expect_status(WdfRegistryAssignValue(root, &value_name, REG_SZ, 6, L"abc"), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryUnicodeString(root, &value_name, NULL, &value), STATUS_SUCCESS);
    expect_number(value.Length, 6);
    expect_status(WdfRegistryQueryString(root, &value_name, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &value);
    expect(value.Length == 6 && wcscmp(value.Buffer, L"abc") == 0);
    WdfObjectDelete(string);
    root_end();
}

static void many_strings(void)
{
    static const WCHAR raw[] = L"one\0two\0three\0";
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFCOLLECTION in = NULL, out = NULL;
    WDFOBJECT other = NULL;
    WCHAR back[20];
    ULONG length = 0, type = 0;
    UNICODE_STRING value;

    root_begin();
    expect_status(WdfCollectionCreate(NULL, &in), STATUS_SUCCESS);
    expect_status(WdfCollectionCreate(NULL, &out), STATUS_SUCCESS);
    expect_status(WdfRegistryAssignMultiString(root, &value_name, in), STATUS_INVALID_PARAMETER);
    expect_status(WdfRegistryAssignValue(root, &value_name, REG_MULTI_SZ, sizeof raw, (PVOID)raw),
                  STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = in;
    expect_status(WdfRegistryQueryMultiString(root, &value_name, &attributes, in), STATUS_SUCCESS);
    expect_number(WdfCollectionGetCount(in), 3);
    WdfStringGetUnicodeString(WdfCollectionGetItem(in, 1), &value);
    expect(wcscmp(value.Buffer, L"two") == 0);

    expect_status(WdfRegistryAssignMultiString(root, &no_name, in), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryValue(root, &no_name, sizeof back, back, &length, &type),
                  STATUS_SUCCESS);
    expect(type == REG_MULTI_SZ && length == sizeof raw && RtlEqualMemory(back, raw, sizeof raw));

    /* What comes is added; what goes wrong adds nothing. */
    expect_status(WdfRegistryQueryMultiString(root, &value_name, &attributes, in), STATUS_SUCCESS);
    expect_number(WdfCollectionGetCount(in), 6);
    expect_status(WdfRegistryAssignValue(root, &no_name, REG_MULTI_SZ, 10, (PVOID)raw),
                  STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMultiString(root, &no_name, NULL, out),
                  STATUS_OBJECT_TYPE_MISMATCH);
    expect_status(WdfRegistryAssignValue(root, &no_name, REG_MULTI_SZ, 7, (PVOID)raw),
                  STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMultiString(root, &no_name, NULL, out),
                  STATUS_OBJECT_TYPE_MISMATCH);
    expect_status(WdfRegistryAssignULong(root, &no_name, 1), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMultiString(root, &no_name, NULL, out),
                  STATUS_OBJECT_TYPE_MISMATCH);
    expect_status(WdfRegistryAssignValue(root, &no_name, REG_MULTI_SZ, 0, (PVOID)raw),
                  STATUS_SUCCESS);
    expect_status(WdfRegistryQueryMultiString(root, &no_name, NULL, out),
                  STATUS_RESOURCE_DATA_NOT_FOUND);
    expect_number(WdfCollectionGetCount(out), 0);

    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &other), STATUS_SUCCESS);
    expect_status(WdfCollectionAdd(in, other), STATUS_SUCCESS);
    expect_status(WdfRegistryAssignMultiString(root, &value_name, in), STATUS_INVALID_PARAMETER);
    WdfObjectDelete(other);
    WdfObjectDelete(in);
    WdfObjectDelete(out);
    root_end();
}

DRIVERTEST_LIST = {DRIVERTEST(keys),
                   DRIVERTEST(keys_for_wdm),
                   DRIVERTEST(keys_go_with_parents),
                   DRIVERTEST(keys_refused),
                   DRIVERTEST(numbers),
                   DRIVERTEST(bytes),
                   DRIVERTEST(memories),
                   DRIVERTEST(strings),
                   DRIVERTEST(strings_without_end),
                   DRIVERTEST(many_strings),
                   DRIVERTEST_END};
