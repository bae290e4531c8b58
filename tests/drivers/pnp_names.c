/* SPDX-License-Identifier: MIT */
/* pnp_names.c - interfaces, properties and notices of devices: what is refused, and what needs no
 * device.
 */
#include <initguid.h>

#include "drivertest.h"

#include <devpkey.h>
#include <wdmguid.h>

DEFINE_GUID(GUID_UNUSED, 0x6d7f1bd2, 0x1a02, 0x4c11, 0x9c, 0x0b, 0x11, 0x22, 0x33, 0x44, 0x55,
            0x66);

static NTSTATUS NTAPI Hear(PVOID Notification, PVOID Context)
{
    (*(ULONG *)Context)++;
    return STATUS_SUCCESS;
}

/* Only a PDO of the tree has interfaces, properties and keys. */
static void no_pdo_is_refused(void)
{
    PDEVICE_OBJECT device = drivertest_device;
    UNICODE_STRING link = {0};
    WCHAR text[64];
    ULONG length = 7, value = 1;
    DEVPROPTYPE type;
    HANDLE key;
    PWSTR list;
    struct {
        TARGET_DEVICE_CUSTOM_NOTIFICATION notice;
    } custom = {
        {.Version = 1, .Size = sizeof(custom), .Event = GUID_UNUSED, .NameBufferOffset = -1}};
    expect_status(IoRegisterDeviceInterface(device, &GUID_UNUSED, NULL, &link),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(IoGetDeviceInterfaces(&GUID_UNUSED, device, 0, &list),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(
        IoGetDeviceProperty(device, DevicePropertyHardwareID, sizeof(text), text, &length),
        STATUS_INVALID_DEVICE_REQUEST);
    expect_number(length, 0);
    expect_status(IoGetDevicePropertyData(device, &DEVPKEY_Device_InstanceId, 0, 0, sizeof(text),
                                          text, &length, &type),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(IoSetDevicePropertyData(device, &DEVPKEY_Device_FriendlyName, 0, 0,
                                          DEVPROP_TYPE_UINT32, sizeof(value), &value),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(IoOpenDeviceRegistryKey(device, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(
        IoOpenDeviceRegistryKey(device, PLUGPLAY_REGKEY_CURRENT_HWPROFILE, KEY_READ, &key),
        STATUS_INVALID_PARAMETER);
    expect_status(IoReportTargetDeviceChange(device, &custom), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(IoReportTargetDeviceChangeAsynchronous(device, &custom, NULL, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
}

static void unknown_links_are_refused(void)
{
    UNICODE_STRING alias = {0}, link, broken;
    ULONG value = 1, length;
    DEVPROPTYPE type;
    HANDLE key;
    RtlInitUnicodeString(&link, L"\\??\\ROOT#NOBODY#0000#{6d7f1bd2-1a02-4c11-9c0b-112233445566}");
    RtlInitUnicodeString(&broken, L"\\??\\C:\\file");
    expect_status(IoSetDeviceInterfaceState(&link, TRUE), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoSetDeviceInterfaceState(&link, FALSE), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoSetDeviceInterfaceState(&broken, TRUE), STATUS_INVALID_PARAMETER);
    expect_status(IoOpenDeviceInterfaceRegistryKey(&broken, KEY_READ, &key),
                  STATUS_INVALID_PARAMETER);
    expect(!NT_SUCCESS(IoOpenDeviceInterfaceRegistryKey(&link, KEY_READ, &key)));
    expect_status(IoGetDeviceInterfaceAlias(&link, &GUID_UNUSED, &alias),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoGetDeviceInterfacePropertyData(&link, &DEVPKEY_DeviceInterface_Enabled, 0, 0,
                                                   sizeof(value), &value, &length, &type),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoSetDeviceInterfacePropertyData(&link, &DEVPKEY_DeviceInterface_FriendlyName, 0,
                                                   0, DEVPROP_TYPE_UINT32, sizeof(value), &value),
                  STATUS_OBJECT_NAME_NOT_FOUND);
}

static void nobody_has_the_class(void)
{
    PWSTR list = NULL;
    expect_status(
        IoGetDeviceInterfaces(&GUID_UNUSED, NULL, DEVICE_INTERFACE_INCLUDE_NONACTIVE, &list),
        STATUS_SUCCESS);
    expect(list != NULL && list[0] == 0);
    if (list)
        ExFreePool(list);
}

static void registrations_come_and_go(void)
{
    PVOID entry = NULL, second = NULL;
    ULONG heard = 0;
    expect_status(IoRegisterPlugPlayNotification(
                      EventCategoryDeviceInterfaceChange,
                      PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES, (PVOID)&GUID_UNUSED,
                      drivertest_driver, Hear, &heard, &entry),
                  STATUS_SUCCESS);
    expect_status(IoRegisterPlugPlayNotification(EventCategoryHardwareProfileChange, 0, NULL,
                                                 drivertest_driver, Hear, &heard, &second),
                  STATUS_SUCCESS);
    expect_status(IoUnregisterPlugPlayNotification(entry), STATUS_SUCCESS);
    expect_status(IoUnregisterPlugPlayNotificationEx(second), STATUS_SUCCESS);
    expect_number(heard, 0);
    expect_status(IoRegisterPlugPlayNotification(EventCategoryReserved, 0, NULL, drivertest_driver,
                                                 Hear, &heard, &entry),
                  STATUS_INVALID_PARAMETER);
    expect_status(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0, NULL,
                                                 drivertest_driver, Hear, &heard, &entry),
                  STATUS_INVALID_PARAMETER);
}

DRIVERTEST_LIST = {
    DRIVERTEST(no_pdo_is_refused),
    DRIVERTEST(unknown_links_are_refused),
    DRIVERTEST(nobody_has_the_class),
    DRIVERTEST(registrations_come_and_go),
    DRIVERTEST_END,
};
