// SPDX-License-Identifier: MIT
// packaged.c - the driver in the packages that the tests of setup install: a function driver, and
// under another name a filter. It attaches, passes everything down and says what it was given.
#include <ntddk.h>

struct extension {
    DEVICE_OBJECT *lower;
};

static NTSTATUS pass(DEVICE_OBJECT *device, IRP *irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(((struct extension *)device->DeviceExtension)->lower, irp);
}

static NTSTATUS pnp(DEVICE_OBJECT *device, IRP *irp)
{
    struct extension *extension = device->DeviceExtension;
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
    irp->IoStatus.Status = STATUS_SUCCESS;
    if (minor != IRP_MN_REMOVE_DEVICE)
        return pass(device, irp);
    DEVICE_OBJECT *lower = extension->lower;
    IoSkipCurrentIrpStackLocation(irp);
    NTSTATUS status = IoCallDriver(lower, irp);
    IoDetachDevice(lower);
    IoDeleteDevice(device);
    return status;
}

static NTSTATUS power(DEVICE_OBJECT *device, IRP *irp)
{
    PoStartNextPowerIrp(irp);
    IoSkipCurrentIrpStackLocation(irp);
    return PoCallDriver(((struct extension *)device->DeviceExtension)->lower, irp);
}

static NTSTATUS open_close(DEVICE_OBJECT *device, IRP *irp)
{
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

// "Greeting" of the key, printed: what AddReg has put there.
static void say(DEVICE_OBJECT *pdo, ULONG key_kind, const char *what)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Greeting");
    struct {
        KEY_VALUE_PARTIAL_INFORMATION information;
        UCHAR rest[256];
    } value;
    ULONG length;
    HANDLE key;
    if (!NT_SUCCESS(IoOpenDeviceRegistryKey(pdo, key_kind, KEY_READ, &key)))
        return;
    if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, &value,
                                   sizeof value - sizeof(WCHAR), &length)))
        DbgPrint("packaged: %s says %ws\n", what, (WCHAR *)value.information.Data);
    ZwClose(key);
}

static NTSTATUS add_device(DRIVER_OBJECT *driver, DEVICE_OBJECT *pdo)
{
    DEVICE_OBJECT *device;
    NTSTATUS status = IoCreateDevice(driver, sizeof(struct extension), NULL, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    struct extension *extension = device->DeviceExtension;
    extension->lower = IoAttachDeviceToDeviceStack(device, pdo);
    if (!extension->lower) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    say(pdo, PLUGPLAY_REGKEY_DRIVER, "the software key");
    say(pdo, PLUGPLAY_REGKEY_DEVICE, "the hardware key");
    device->Flags |= extension->lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static void unload(DRIVER_OBJECT *driver)
{
}

NTSTATUS DriverEntry(DRIVER_OBJECT *driver, UNICODE_STRING *path)
{
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = pass;
    driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLOSE] = open_close;
    driver->MajorFunction[IRP_MJ_CLEANUP] = open_close;
    driver->MajorFunction[IRP_MJ_PNP] = pnp;
    driver->MajorFunction[IRP_MJ_POWER] = power;
    driver->DriverExtension->AddDevice = add_device;
    driver->DriverUnload = unload;
    return STATUS_SUCCESS;
}
