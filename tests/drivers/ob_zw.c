/* SPDX-License-Identifier: MIT */
/* ob_zw.c - tests of objects and system services from inside a driver: registry keys,
 * files, handles, references, named events, links and directories. */
#include "drivertest.h"

static LARGE_INTEGER no_time;

static void attributes_of(POBJECT_ATTRIBUTES attributes, PUNICODE_STRING name, PCWSTR text)
{
    RtlInitUnicodeString(name, text);
    InitializeObjectAttributes(attributes, name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
}

/* ---- registry ---------------------------------------------------------------------------------
 */

#define VALUE_BYTES 200

static void registry_values(void)
{
    UCHAR buffer[VALUE_BYTES];
    PKEY_VALUE_PARTIAL_INFORMATION partial = (PVOID)buffer;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    ULONG disposition = 0, length = 0, number = 99;
    HANDLE key = NULL, child = NULL;

    InitializeObjectAttributes(&attributes, &drivertest_registry_path,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwOpenKey(&key, KEY_ALL_ACCESS, &attributes), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"Parameters");
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, key,
                               NULL);
    expect_status(ZwCreateKey(&child, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_VOLATILE,
                              &disposition),
                  STATUS_SUCCESS);
    expect_number(disposition, REG_CREATED_NEW_KEY);
    RtlInitUnicodeString(&name, L"Number");
    expect_status(ZwSetValueKey(child, &name, 0, REG_DWORD, &number, sizeof number),
                  STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"NUMBER");
    expect_status(
        ZwQueryValueKey(child, &name, KeyValuePartialInformation, buffer, VALUE_BYTES, &length),
        STATUS_SUCCESS);
    expect(partial->Type == REG_DWORD && partial->DataLength == 4);
    expect_number(*(PULONG)partial->Data, 99);
    expect_status(ZwQueryValueKey(child, &name, KeyValuePartialInformation, buffer, 0, &length),
                  STATUS_BUFFER_TOO_SMALL);
    expect_number(length, FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + 4);
    expect_status(
        ZwEnumerateValueKey(child, 1, KeyValueBasicInformation, buffer, VALUE_BYTES, &length),
        STATUS_NO_MORE_ENTRIES);
    expect_status(ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, VALUE_BYTES, &length),
                  STATUS_SUCCESS);
    expect_status(ZwDeleteValueKey(child, &name), STATUS_SUCCESS);
    expect_status(
        ZwQueryValueKey(child, &name, KeyValuePartialInformation, buffer, VALUE_BYTES, &length),
        STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(ZwDeleteKey(child), STATUS_SUCCESS);
    expect_status(ZwClose(child), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"Parameters");
    expect_status(ZwOpenKey(&child, KEY_READ, &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(ZwClose(key), STATUS_SUCCESS);
}

/* ---- files
 * ---------------------------------------------------------------------------------------- */

static void own_device(void)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK status;
    UNICODE_STRING name;
    PFILE_OBJECT file;
    HANDLE handle = NULL;
    ULONG out = 0;

    attributes_of(&attributes, &name, L"\\DosDevices\\DriverTest");
    expect_status(ZwCreateFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &status, NULL, 0,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN,
                               FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_SUCCESS);
    expect_status(
        ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, (PVOID *)&file, NULL),
        STATUS_SUCCESS);
    expect(file->DeviceObject == drivertest_device);
    expect(IoGetRelatedDeviceObject(file) == drivertest_device);
    ObDereferenceObject(file);
    expect_status(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &status,
                                        CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8ff, METHOD_BUFFERED, 0),
                                        NULL, 0, &out, sizeof out),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    attributes_of(&attributes, &name, L"\\Device\\NoSuchDevice");
    expect_status(ZwCreateFile(&handle, GENERIC_READ, &attributes, &status, NULL, 0, 0, FILE_OPEN,
                               0, NULL, 0),
                  STATUS_OBJECT_NAME_NOT_FOUND);
}

static void host_file(void)
{
    static CHAR bytes[16];
    OBJECT_ATTRIBUTES attributes;
    FILE_STANDARD_INFORMATION standard;
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    IO_STATUS_BLOCK status;
    LARGE_INTEGER offset;
    UNICODE_STRING name;
    HANDLE handle = NULL;

    attributes_of(&attributes, &name, L"\\??\\C:\\drivertest.txt");
    expect_status(ZwCreateFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &status, NULL, 0,
                               0, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(ZwCreateFile(&handle, GENERIC_READ | GENERIC_WRITE | DELETE | SYNCHRONIZE,
                               &attributes, &status, NULL, FILE_ATTRIBUTE_NORMAL, 0, FILE_CREATE,
                               FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0),
                  STATUS_SUCCESS);
    expect_number(status.Information, FILE_CREATED);
    offset.QuadPart = 0;
    expect_status(
        ZwWriteFile(handle, NULL, NULL, NULL, &status, (PVOID) "0123456789", 10, &offset, NULL),
        STATUS_SUCCESS);
    expect_number(status.Information, 10);
    offset.QuadPart = 4;
    expect_status(ZwReadFile(handle, NULL, NULL, NULL, &status, bytes, 16, &offset, NULL),
                  STATUS_SUCCESS);
    expect(status.Information == 6 && RtlEqualMemory(bytes, "456789", 6));
    offset.QuadPart = 10;
    expect_status(ZwReadFile(handle, NULL, NULL, NULL, &status, bytes, 16, &offset, NULL),
                  STATUS_END_OF_FILE);
    expect_status(ZwQueryInformationFile(handle, &status, &standard, sizeof standard,
                                         FileStandardInformation),
                  STATUS_SUCCESS);
    expect(standard.EndOfFile.QuadPart == 10 && !standard.Directory);
    expect_status(ZwSetInformationFile(handle, &status, &disposition, sizeof disposition,
                                       FileDispositionInformation),
                  STATUS_SUCCESS);
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    expect_status(ZwCreateFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &status, NULL, 0,
                               0, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_OBJECT_NAME_NOT_FOUND);
}

/* ---- handles and references
 * --------------------------------------------------------------------------- */

static void events_by_handle(void)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE handle = NULL, second = NULL;
    PKEVENT event, named;
    LONG previous = 9;

    attributes_of(&attributes, &name, L"\\BaseNamedObjects\\DriverTestEvent");
    expect_status(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
                  STATUS_SUCCESS);
    expect_status(ZwCreateEvent(&second, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
                  STATUS_OBJECT_NAME_COLLISION);
    expect_status(ObReferenceObjectByHandle(handle, EVENT_MODIFY_STATE, *ExEventObjectType,
                                            KernelMode, (PVOID *)&event, NULL),
                  STATUS_SUCCESS);
    expect_status(ZwWaitForSingleObject(handle, FALSE, &no_time), STATUS_TIMEOUT);
    KeSetEvent(event, 0, FALSE);
    expect_status(ZwWaitForSingleObject(handle, FALSE, &no_time), STATUS_SUCCESS);
    named = IoCreateNotificationEvent(&name, &second);
    expect(named == event); /* opens what is there */
    expect_status(ZwClose(second), STATUS_SUCCESS);
    expect_status(ZwSetEvent(handle, &previous), STATUS_SUCCESS);
    expect(previous != 0);
    expect_status(
        ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, (PVOID *)&named, NULL),
        STATUS_OBJECT_TYPE_MISMATCH);
    ObDereferenceObject(event);
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    /* A reference by handle fails once the handle is closed; nothing else does. */
    expect_status(
        ObReferenceObjectByHandle((HANDLE)0x7ffffff0, 0, NULL, KernelMode, (PVOID *)&named, NULL),
        STATUS_INVALID_HANDLE);
}

static void references(void)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle = NULL, process = NULL;
    PKEVENT event;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, SynchronizationEvent, TRUE),
                  STATUS_SUCCESS);
    expect_status(ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, *ExEventObjectType,
                                            KernelMode, (PVOID *)&event, NULL),
                  STATUS_SUCCESS);
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    expect(KeReadStateEvent(event) != 0); /* lives on by its reference */
    ObReferenceObject(event);
    ObDereferenceObject(event);
    expect_status(ObReferenceObjectByPointer(event, 0, *ExEventObjectType, KernelMode),
                  STATUS_SUCCESS);
    expect_status(ObReferenceObjectByPointer(event, 0, *IoFileObjectType, KernelMode),
                  STATUS_OBJECT_TYPE_MISMATCH);
    ObDereferenceObject(event);
    expect_status(ObOpenObjectByPointer(event, OBJ_KERNEL_HANDLE, NULL, EVENT_ALL_ACCESS,
                                        *ExEventObjectType, KernelMode, &handle),
                  STATUS_SUCCESS);
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    ObDereferenceObject(event);
    expect_status(ObOpenObjectByPointer(PsGetCurrentProcess(), OBJ_KERNEL_HANDLE, NULL,
                                        PROCESS_ALL_ACCESS, *PsProcessType, KernelMode, &process),
                  STATUS_SUCCESS);
    expect_status(ZwClose(process), STATUS_SUCCESS);
}

/* ---- names
 * ------------------------------------------------------------------------------------------------
 */

static void symbolic_links(void)
{
    WCHAR text[64];
    UNICODE_STRING link, target, found = {0, sizeof text, text};
    OBJECT_ATTRIBUTES attributes;
    PFILE_OBJECT file;
    PDEVICE_OBJECT device;
    HANDLE handle = NULL;
    ULONG length = 0;

    RtlInitUnicodeString(&target, L"\\Device\\DriverTest");
    attributes_of(&attributes, &link, L"\\DosDevices\\DriverTestLink");
    expect_status(IoCreateSymbolicLink(&link, &target), STATUS_SUCCESS);
    expect_status(IoCreateSymbolicLink(&link, &target), STATUS_OBJECT_NAME_COLLISION);
    expect_status(ZwOpenSymbolicLinkObject(&handle, SYMBOLIC_LINK_QUERY, &attributes),
                  STATUS_SUCCESS);
    expect_status(ZwQuerySymbolicLinkObject(handle, &found, &length), STATUS_SUCCESS);
    expect(RtlEqualUnicodeString(&found, &target, FALSE));
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    expect_status(IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file, &device), STATUS_SUCCESS);
    expect(device == drivertest_device);
    ObDereferenceObject(file);
    expect_status(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
    expect_status(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file, &device),
                  STATUS_OBJECT_NAME_NOT_FOUND);
}

static void directories(void)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name, device_name;
    PDEVICE_OBJECT device = NULL;
    HANDLE handle = NULL, same = NULL;

    attributes_of(&attributes, &name, L"\\DriverTestDirectory");
    expect_status(ZwCreateDirectoryObject(&handle, DIRECTORY_ALL_ACCESS, &attributes),
                  STATUS_SUCCESS);
    expect_status(ZwCreateDirectoryObject(&same, DIRECTORY_ALL_ACCESS, &attributes),
                  STATUS_OBJECT_NAME_COLLISION);
    RtlInitUnicodeString(&device_name, L"\\DriverTestDirectory\\Device");
    expect_status(
        IoCreateDevice(drivertest_driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
        STATUS_SUCCESS);
    IoDeleteDevice(device);
    expect_status(ZwClose(handle), STATUS_SUCCESS);
    expect_status(
        IoCreateDevice(drivertest_driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
        STATUS_OBJECT_PATH_NOT_FOUND);
}

static void object_names(void)
{
    UCHAR buffer[256];
    POBJECT_NAME_INFORMATION information = (PVOID)buffer;
    UNICODE_STRING wanted;
    ULONG length = 0;

    RtlInitUnicodeString(&wanted, L"\\Device\\DriverTest");
    expect_status(ObQueryNameString(drivertest_device, information, sizeof buffer, &length),
                  STATUS_SUCCESS);
    expect(RtlEqualUnicodeString(&information->Name, &wanted, FALSE));
    expect_status(ObQueryNameString(drivertest_device, information, 20, &length),
                  STATUS_INFO_LENGTH_MISMATCH);
    expect(length > 20);
}

DRIVERTEST_LIST = {
    DRIVERTEST(registry_values),  DRIVERTEST(own_device),   DRIVERTEST(host_file),
    DRIVERTEST(events_by_handle), DRIVERTEST(references),   DRIVERTEST(symbolic_links),
    DRIVERTEST(directories),      DRIVERTEST(object_names), DRIVERTEST_END,
};
