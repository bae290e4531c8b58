/* SPDX-License-Identifier: MIT */
/* pnp_device.c - properties, interfaces and requests of a device of the tree: one that this driver
 * has found itself.
 */
#include <initguid.h>

#include "drivertest.h"

#include <devpkey.h>
#include <wdmguid.h>

DEFINE_GUID(GUID_TESTED, 0x6d7f1bd2, 0x1a02, 0x4c11, 0x9c, 0x0b, 0x11, 0x22, 0x33, 0x44, 0x55,
            0x77);

static PDEVICE_OBJECT Reported;

/* A device that this driver has found itself; one for all tests, taken away with the driver. */
static PDEVICE_OBJECT ReportedDevice(void)
{
    if (!Reported)
        expect_status(IoReportDetectedDevice(drivertest_driver, InterfaceTypeUndefined, (ULONG)-1,
                                             (ULONG)-1, NULL, NULL, FALSE, &Reported),
                      STATUS_SUCCESS);
    return Reported;
}

static void properties_of_a_device(void)
{
    static const DEVPROPKEY own = {{0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}}, 9};
    PDEVICE_OBJECT pdo = ReportedDevice();
    WCHAR text[200];
    ULONG length = 0, value = 5, back = 0;
    DEVPROPTYPE type = 0;
    HANDLE key;
    if (!pdo)
        return;
    expect_status(
        IoGetDeviceProperty(pdo, DevicePropertyEnumeratorName, sizeof(text), text, &length),
        STATUS_SUCCESS);
    expect(!_wcsicmp(text, L"ROOT"));
    expect_status(IoGetDeviceProperty(pdo, DevicePropertyEnumeratorName, 2, text, &length),
                  STATUS_BUFFER_TOO_SMALL);
    expect_number(length, 5 * sizeof(WCHAR));
    expect_status(IoSetDevicePropertyData(pdo, &own, 0, PLUGPLAY_PROPERTY_PERSISTENT,
                                          DEVPROP_TYPE_UINT32, sizeof(value), &value),
                  STATUS_SUCCESS);
    expect_status(IoGetDevicePropertyData(pdo, &own, 0, 0, sizeof(back), &back, &length, &type),
                  STATUS_SUCCESS);
    expect_number(back, 5);
    expect_number(type, DEVPROP_TYPE_UINT32);
    expect_status(IoGetDevicePropertyData(pdo, &own, 0x407, 0, sizeof(back), &back, &length, &type),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoSetDevicePropertyData(pdo, &own, 0, 0, DEVPROP_TYPE_UINT32, 3, &value),
                  STATUS_INVALID_PARAMETER);
    expect_status(IoSetDevicePropertyData(pdo, &own, 0, 0, DEVPROP_TYPE_EMPTY, 0, NULL),
                  STATUS_SUCCESS);
    expect_status(IoGetDevicePropertyData(pdo, &own, 0, 0, sizeof(back), &back, &length, &type),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoOpenDeviceRegistryKey(pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key),
                  STATUS_SUCCESS);
    ZwClose(key);
}

static void interfaces_of_a_device(void)
{
    PDEVICE_OBJECT pdo = ReportedDevice();
    UNICODE_STRING link = {0}, again = {0}, referenced = {0}, alias = {0}, name;
    PWSTR list = NULL;
    HANDLE key;
    DEVPROP_BOOLEAN enabled = 0;
    DEVPROPTYPE type;
    ULONG length;
    if (!pdo)
        return;
    RtlInitUnicodeString(&name, L"ref");
    expect_status(IoRegisterDeviceInterface(pdo, &GUID_TESTED, NULL, &link), STATUS_SUCCESS);
    expect_status(IoRegisterDeviceInterface(pdo, &GUID_TESTED, NULL, &again),
                  STATUS_OBJECT_NAME_EXISTS);
    expect(RtlEqualUnicodeString(&link, &again, TRUE));
    expect_status(IoRegisterDeviceInterface(pdo, &GUID_TESTED, &name, &referenced), STATUS_SUCCESS);
    expect(referenced.Length == link.Length + 4 * sizeof(WCHAR));
    RtlInitUnicodeString(&name, L"a\\b");
    expect_status(IoRegisterDeviceInterface(pdo, &GUID_TESTED, &name, &alias),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(IoGetDeviceInterfaceAlias(&link, &GUID_TESTED, &alias), STATUS_SUCCESS);
    RtlFreeUnicodeString(&alias);
    expect_status(IoSetDeviceInterfaceState(&link, FALSE), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoSetDeviceInterfaceState(&link, TRUE), STATUS_SUCCESS);
    expect_status(IoSetDeviceInterfaceState(&link, TRUE), STATUS_OBJECT_NAME_EXISTS);
    expect_status(IoGetDeviceInterfacePropertyData(&link, &DEVPKEY_DeviceInterface_Enabled, 0, 0,
                                                   sizeof(enabled), &enabled, &length, &type),
                  STATUS_SUCCESS);
    expect_number(enabled, DEVPROP_TRUE);
    expect_status(IoGetDeviceInterfaces(&GUID_TESTED, pdo, 0, &list), STATUS_SUCCESS);
    expect(list && !_wcsicmp(list, link.Buffer) && !list[link.Length / sizeof(WCHAR) + 1]);
    if (list)
        ExFreePool(list);
    expect_status(IoOpenDeviceInterfaceRegistryKey(&link, KEY_ALL_ACCESS, &key), STATUS_SUCCESS);
    ZwClose(key);
    expect_status(IoSetDeviceInterfaceState(&link, FALSE), STATUS_SUCCESS);
    RtlFreeUnicodeString(&link);
    RtlFreeUnicodeString(&again);
    RtlFreeUnicodeString(&referenced);
}

/* An interface's name of its bus is in the first of its compatible IDs; none: "Internal". */
static void reported_devices_have_ids(void)
{
    PDEVICE_OBJECT pdo = ReportedDevice();
    WCHAR text[200] = L"";
    ULONG length = 0;
    if (!pdo)
        return;
    expect_status(
        IoGetDeviceProperty(pdo, DevicePropertyCompatibleIDs, sizeof(text), text, &length),
        STATUS_SUCCESS);
    expect(!_wcsicmp(text, L"DETECTEDInternal\\pnp_device_test"));
    expect(!_wcsicmp(text + wcslen(text) + 1, L"DETECTED\\pnp_device_test"));
}

/* What a root device says to requests that nobody sends it: as it came, but what concerns all. */
static NTSTATUS ask(PDEVICE_OBJECT pdo, PIO_STACK_LOCATION parameters)
{
    KEVENT done;
    IO_STATUS_BLOCK block = {.Status = STATUS_NOT_SUPPORTED};
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    PIRP irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, pdo, NULL, 0, NULL, &done, &block);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    stack->MinorFunction = parameters->MinorFunction;
    stack->Parameters = parameters->Parameters;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    if (IoCallDriver(pdo, irp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return block.Status;
}

static void requests_that_drivers_send(void)
{
    PDEVICE_OBJECT pdo = ReportedDevice();
    ULONG number = 0;
    IO_STACK_LOCATION usage = {.MinorFunction = IRP_MN_DEVICE_USAGE_NOTIFICATION},
                      config = {.MinorFunction = IRP_MN_READ_CONFIG},
                      lock = {.MinorFunction = IRP_MN_SET_LOCK},
                      interface = {.MinorFunction = IRP_MN_QUERY_INTERFACE};
    BUS_INTERFACE_STANDARD bus;
    if (!pdo)
        return;
    usage.Parameters.UsageNotification.InPath = TRUE;
    usage.Parameters.UsageNotification.Type = DeviceUsageTypePaging;
    expect_status(ask(pdo, &usage), STATUS_SUCCESS);
    usage.Parameters.UsageNotification.InPath = FALSE;
    expect_status(ask(pdo, &usage), STATUS_SUCCESS);
    config.Parameters.ReadWriteConfig.Buffer = &number;
    config.Parameters.ReadWriteConfig.Length = sizeof(number);
    expect_status(ask(pdo, &config), STATUS_NOT_SUPPORTED);
    config.MinorFunction = IRP_MN_WRITE_CONFIG;
    expect_status(ask(pdo, &config), STATUS_NOT_SUPPORTED);
    lock.Parameters.SetLock.Lock = TRUE;
    expect_status(ask(pdo, &lock), STATUS_NOT_SUPPORTED);
    interface.Parameters.QueryInterface.InterfaceType = &GUID_BUS_INTERFACE_STANDARD;
    interface.Parameters.QueryInterface.Size = sizeof(bus);
    interface.Parameters.QueryInterface.Version = 1;
    interface.Parameters.QueryInterface.Interface = (PINTERFACE)&bus;
    expect_status(ask(pdo, &interface), STATUS_NOT_SUPPORTED);
}

DRIVERTEST_LIST = {DRIVERTEST(properties_of_a_device), DRIVERTEST(interfaces_of_a_device),
                   DRIVERTEST(reported_devices_have_ids), DRIVERTEST(requests_that_drivers_send),
                   DRIVERTEST_END};
