/* SPDX-License-Identifier: MIT */
/* device_fdo.c - the init of an FDO, and what is asked of and set in the device afterwards. */
#include <initguid.h>

#include "device_test.h"

#include <devpkey.h>
#include <wdmguid.h>

DEFINE_GUID(GUID_TEST_CLASS, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c, 0x9d,
            0x01);

static const DEVPROPKEY test_property = {
    {0x71f2b3c4, 0x11aa, 0x4d55, {0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c, 0x9d, 0x08}}, 2};
static UCHAR init_text[256];
extern EVT_WDFDEVICE_WDM_IRP_PREPROCESS stack_preprocess;
extern EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL stack_control;
extern EVT_WDF_IO_QUEUE_IO_READ stack_read;
extern NTSTATUS stack_routes(WDFDEVICE device);

/* What only the init of a PDO or of a control device takes is refused. */
static void refusals(PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(id, L"Test\\Nothing");
    static const GUID class_guid = {1};

    expect_status(WdfPdoInitAssignDeviceID(init, &id), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfPdoInitAssignInstanceID(init, &id), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfPdoInitAddHardwareID(init, &id), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfPdoInitAddCompatibleID(init, &id), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfPdoInitAssignContainerID(init, &id), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfPdoInitAddDeviceText(init, &id, &id, 0x409), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfPdoInitAssignRawDevice(init, &class_guid), STATUS_INVALID_DEVICE_REQUEST);
    WdfPdoInitSetDefaultLocale(init, 0x409);
    WdfPdoInitAllowForwardingRequestToParent(init);
    WdfPdoInitRemovePowerDependencyOnParent(init);
    expect_status(
        WdfDeviceInitAssignWdmIrpPreprocessCallback(init, stack_preprocess, 0x40, NULL, 0),
        STATUS_INVALID_PARAMETER);
}

/* What PnP says of the device before it is made. */
static void init_questions(PWDFDEVICE_INIT init)
{
    WDF_DEVICE_PROPERTY_DATA data;
    DEVPROPTYPE type = 0;
    WDFMEMORY memory = NULL;
    ULONG bytes = 0;
    size_t size;
    WDFKEY key = NULL;
    WCHAR *name;

    expect(WdfFdoInitWdmGetPhysicalDevice(init) != NULL);
    expect_status(WdfFdoInitQueryProperty(init, DevicePropertyHardwareID, 0, NULL, &bytes),
                  STATUS_BUFFER_TOO_SMALL);
    expect(bytes >= sizeof(L"Root\\FxDeviceTest"));
    expect_status(WdfFdoInitQueryProperty(init, DevicePropertyHardwareID, sizeof(init_text),
                                          init_text, &bytes),
                  STATUS_SUCCESS);
    expect(_wcsicmp((WCHAR *)init_text, L"Root\\FxDeviceTest") == 0);
    expect_status(WdfFdoInitAllocAndQueryProperty(init, DevicePropertyDeviceDescription,
                                                  NonPagedPoolNx, WDF_NO_OBJECT_ATTRIBUTES,
                                                  &memory),
                  STATUS_SUCCESS);
    if (memory != NULL) {
        name = WdfMemoryGetBuffer(memory, &size);
        expect(size >= sizeof(WCHAR) && name[0] != 0);
        WdfObjectDelete(memory);
    }
    WDF_DEVICE_PROPERTY_DATA_INIT(&data, &DEVPKEY_Device_Service);
    expect_status(
        WdfFdoInitQueryPropertyEx(init, &data, sizeof(init_text), init_text, &bytes, &type),
        STATUS_SUCCESS);
    expect_number(type, DEVPROP_TYPE_STRING);
    expect(_wcsicmp((WCHAR *)init_text, L"fxdevice_test") == 0);
    memory = NULL;
    expect_status(WdfFdoInitAllocAndQueryPropertyEx(init, &data, PagedPool,
                                                    WDF_NO_OBJECT_ATTRIBUTES, &memory, &type),
                  STATUS_SUCCESS);
    if (memory != NULL) {
        WdfMemoryGetBuffer(memory, &size);
        expect_number(size, bytes);
        WdfObjectDelete(memory);
    }
    expect_status(WdfFdoInitOpenRegistryKey(init, PLUGPLAY_REGKEY_DEVICE, KEY_READ,
                                            WDF_NO_OBJECT_ATTRIBUTES, &key),
                  STATUS_SUCCESS);
    if (key != NULL)
        WdfRegistryClose(key);
}

static NTSTATUS queue_create(void)
{
    WDF_IO_QUEUE_CONFIG queue;

    WDF_IO_QUEUE_CONFIG_INIT(&queue, WdfIoQueueDispatchParallel);
    queue.EvtIoDeviceControl = stack_control;
    queue.EvtIoInternalDeviceControl = stack_control;
    queue.EvtIoRead = stack_read;
    queue.PowerManaged = WdfFalse;
    return WdfIoQueueCreate(test_fdo, &queue, WDF_NO_OBJECT_ATTRIBUTES, &test_queue);
}

NTSTATUS test_add(PWDFDEVICE_INIT *init)
{
    DECLARE_CONST_UNICODE_STRING(name, DEVICE_TEST_NAME);
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    WDF_IO_TYPE_CONFIG io_type;
    WDF_REMOVE_LOCK_OPTIONS remove_lock;
    PWDFDEVICE_INIT given = *init;
    NTSTATUS status;

    refusals(given);
    init_questions(given);
    WDF_IO_TYPE_CONFIG_INIT(&io_type);
    io_type.ReadWriteIoType = WdfDeviceIoDirect;
    WdfDeviceInitSetIoTypeEx(given, &io_type);
    WdfDeviceInitSetIoType(given, WdfDeviceIoBuffered);
    WdfDeviceInitSetDeviceType(given, FILE_DEVICE_BUS_EXTENDER);
    WdfDeviceInitSetCharacteristics(given, FILE_REMOVABLE_MEDIA, TRUE);
    WdfDeviceInitSetExclusive(given, FALSE);
    WDF_REMOVE_LOCK_OPTIONS_INIT(&remove_lock, WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO);
    WdfDeviceInitSetRemoveLockOptions(given, &remove_lock);
    WdfDeviceInitAllowSelfIoTarget(given);
    expect_status(WdfDeviceInitAssignWdmIrpPreprocessCallback(
                      given, stack_preprocess, IRP_MJ_INTERNAL_DEVICE_CONTROL, NULL, 0),
                  STATUS_SUCCESS);
    /* A class without a name, and what is the same with a descriptor. */
    WdfDeviceInitSetDeviceClass(given, &GUID_TEST_CLASS);
    expect_status(WdfDeviceCreate(init, WDF_NO_OBJECT_ATTRIBUTES, &test_fdo),
                  STATUS_INVALID_SECURITY_DESCR);
    expect(*init == given);
    expect_status(WdfDeviceInitAssignSDDLString(given, &sddl), STATUS_SUCCESS);
    expect_status(WdfDeviceInitAssignName(given, &name), STATUS_SUCCESS);
    status = WdfDeviceCreate(init, WDF_NO_OBJECT_ATTRIBUTES, &test_fdo);
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status))
        return status;
    expect(*init == NULL);
    status = queue_create();
    expect_status(status, STATUS_SUCCESS);
    if (NT_SUCCESS(status))
        status =
            WdfDeviceConfigureRequestDispatching(test_fdo, test_queue, WdfRequestTypeDeviceControl);
    if (NT_SUCCESS(status))
        status = WdfDeviceConfigureRequestDispatching(test_fdo, test_queue,
                                                      WdfRequestTypeDeviceControlInternal);
    if (NT_SUCCESS(status))
        status = stack_routes(test_fdo);
    expect_status(status, STATUS_SUCCESS);
    return status;
}

/* --- the FDO --- */

void fdo_is_in_its_stack(void)
{
    PDEVICE_OBJECT wdm = WdfDeviceWdmGetDeviceObject(test_fdo);
    PDEVICE_OBJECT physical = WdfDeviceWdmGetPhysicalDevice(test_fdo);
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(physical);

    expect(wdm != NULL && physical != NULL && wdm != physical);
    expect(top == wdm);
    ObDereferenceObject(top);
    expect(WdfDeviceWdmGetAttachedDevice(test_fdo) == physical);
    expect(WdfWdmDeviceGetWdfDeviceHandle(wdm) == test_fdo);
    expect(WdfWdmDeviceGetWdfDeviceHandle(physical) == NULL);
    expect(WdfDeviceGetDriver(test_fdo) == WdfGetDriver());
    expect(WdfWdmDriverGetWdfDriverHandle(wdm->DriverObject) == WdfGetDriver());
    expect((wdm->Flags & DO_DEVICE_INITIALIZING) == 0);
    expect((wdm->Flags & DO_BUFFERED_IO) != 0 && (wdm->Flags & DO_DIRECT_IO) == 0);
    expect((wdm->Flags & DO_POWER_PAGABLE) != 0);
    expect_number(wdm->DeviceType, FILE_DEVICE_BUS_EXTENDER);
    /* The stack below, one for the preprocessor, one for the remove lock, one for itself. */
    expect(wdm->StackSize >= physical->StackSize + 3);
    expect(WdfDeviceGetSelfIoTarget(test_fdo) != NULL);
    expect(WdfFdoGetDefaultChildList(test_fdo) == NULL);
}

void names_and_links(void)
{
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\FxDeviceTestLink");
    DECLARE_CONST_UNICODE_STRING(link2, L"\\DosDevices\\FxDeviceTestLink");
    UNICODE_STRING value;
    WDFSTRING string;
    OBJECT_ATTRIBUTES attributes;
    WCHAR buffer[128];
    HANDLE handle = NULL;

    expect_status(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string), STATUS_SUCCESS);
    expect_status(WdfDeviceRetrieveDeviceName(test_fdo, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &value);
    expect(wcscmp(value.Buffer, DEVICE_TEST_NAME) == 0);
    WdfObjectDelete(string);
    expect_status(WdfDeviceCreateSymbolicLink(test_fdo, &link), STATUS_SUCCESS);
    expect_status(WdfDeviceCreateSymbolicLink(test_fdo, &link2), STATUS_OBJECT_NAME_COLLISION);
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&link, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwOpenSymbolicLinkObject(&handle, GENERIC_READ, &attributes), STATUS_SUCCESS);
    value.Buffer = buffer;
    value.Length = 0;
    value.MaximumLength = sizeof(buffer);
    if (handle != NULL) {
        expect_status(ZwQuerySymbolicLinkObject(handle, &value, NULL), STATUS_SUCCESS);
        expect(value.Length == sizeof(DEVICE_TEST_NAME) - sizeof(WCHAR) &&
               _wcsnicmp(buffer, DEVICE_TEST_NAME, value.Length / sizeof(WCHAR)) == 0);
        ZwClose(handle);
    }
    IoDeleteSymbolicLink((PUNICODE_STRING)&link);
}

void characteristics(void)
{
    ULONG old = WdfDeviceGetCharacteristics(test_fdo);

    expect((old & FILE_REMOVABLE_MEDIA) != 0 && (old & FILE_DEVICE_SECURE_OPEN) != 0);
    WdfDeviceSetCharacteristics(test_fdo, old | FILE_READ_ONLY_DEVICE);
    expect_number(WdfDeviceGetCharacteristics(test_fdo), old | FILE_READ_ONLY_DEVICE);
    WdfDeviceSetCharacteristics(test_fdo, old);
    expect_number(WdfDeviceGetAlignmentRequirement(test_fdo),
                  WdfDeviceWdmGetDeviceObject(test_fdo)->AlignmentRequirement);
    WdfDeviceSetAlignmentRequirement(test_fdo, FILE_QUAD_ALIGNMENT);
    expect_number(WdfDeviceWdmGetDeviceObject(test_fdo)->AlignmentRequirement, FILE_QUAD_ALIGNMENT);
    WdfDeviceSetAlignmentRequirement(test_fdo, 0);
}

void properties(void)
{
    WDF_DEVICE_PROPERTY_DATA data;
    WCHAR text[128];
    ULONG bytes = 0, value = 0x1234;
    DEVPROPTYPE type;
    WDFMEMORY memory = NULL;
    size_t size;

    expect_status(
        WdfDeviceQueryProperty(test_fdo, DevicePropertyEnumeratorName, sizeof(text), text, &bytes),
        STATUS_SUCCESS);
    expect(_wcsicmp(text, L"ROOT") == 0);
    expect_status(WdfDeviceQueryProperty(test_fdo, DevicePropertyEnumeratorName, 2, text, &bytes),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(WdfDeviceAllocAndQueryProperty(test_fdo, DevicePropertyHardwareID, PagedPool,
                                                 WDF_NO_OBJECT_ATTRIBUTES, &memory),
                  STATUS_SUCCESS);
    if (memory != NULL) {
        expect(_wcsicmp(WdfMemoryGetBuffer(memory, &size), L"Root\\FxDeviceTest") == 0);
        WdfObjectDelete(memory);
    }
    WDF_DEVICE_PROPERTY_DATA_INIT(&data, &test_property);
    expect_status(
        WdfDeviceAssignProperty(test_fdo, &data, DEVPROP_TYPE_UINT32, sizeof(value), &value),
        STATUS_SUCCESS);
    value = 0;
    expect_status(WdfDeviceQueryPropertyEx(test_fdo, &data, sizeof(value), &value, &bytes, &type),
                  STATUS_SUCCESS);
    expect_number(value, 0x1234);
    expect_number(type, DEVPROP_TYPE_UINT32);
    memory = NULL;
    expect_status(WdfDeviceAllocAndQueryPropertyEx(test_fdo, &data, NonPagedPoolNx,
                                                   WDF_NO_OBJECT_ATTRIBUTES, &memory, &type),
                  STATUS_SUCCESS);
    if (memory != NULL) {
        expect_number(*(ULONG *)WdfMemoryGetBuffer(memory, &size), 0x1234);
        expect_number(size, sizeof(ULONG));
        WdfObjectDelete(memory);
    }
    data.Size--;
    expect_status(WdfDeviceQueryPropertyEx(test_fdo, &data, sizeof(value), &value, &bytes, &type),
                  STATUS_INFO_LENGTH_MISMATCH);
}

void registry_keys(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"FxDeviceTest");
    DECLARE_CONST_UNICODE_STRING(map, L"FxDeviceTestMap");
    WDFKEY key = NULL;
    ULONG value = 0;

    expect_status(WdfDeviceOpenRegistryKey(test_fdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ | KEY_WRITE,
                                           WDF_NO_OBJECT_ATTRIBUTES, &key),
                  STATUS_SUCCESS);
    if (key != NULL) {
        expect_status(WdfRegistryAssignULong(key, &name, 77), STATUS_SUCCESS);
        WdfRegistryClose(key);
    }
    key = NULL;
    expect_status(WdfDeviceOpenRegistryKey(test_fdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ,
                                           WDF_NO_OBJECT_ATTRIBUTES, &key),
                  STATUS_SUCCESS);
    if (key != NULL) {
        expect_status(WdfRegistryQueryULong(key, &name, &value), STATUS_SUCCESS);
        expect_number(value, 77);
        WdfRegistryClose(key);
    }
    key = NULL;
    expect_status(WdfDeviceOpenDevicemapKey(test_fdo, &map, KEY_READ | KEY_WRITE,
                                            WDF_NO_OBJECT_ATTRIBUTES, &key),
                  STATUS_SUCCESS);
    if (key != NULL) {
        expect_status(WdfRegistryAssignULong(key, &name, 1), STATUS_SUCCESS);
        expect_status(WdfRegistryRemoveKey(key), STATUS_SUCCESS);
    }
}
