/* SPDX-License-Identifier: MIT */
/* toylower.c - a lower filter: it stands between the bus and the function driver.
 *
 * It adds to what the bus says of a toy: that pulling it out without a word does no harm, so
 * nobody is warned. The answer is changed on its way up, after the bus has given it.
 */
#include <ntddk.h>

typedef struct _FILTER {
    PDEVICE_OBJECT Lower;
} FILTER, *PFILTER;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FilterUnload;
static DRIVER_ADD_DEVICE FilterAddDevice;
static DRIVER_DISPATCH FilterPass, FilterPnp, FilterPower;

static NTSTATUS FilterPass(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(filter->Lower, Irp);
}

static NTSTATUS FilterCapabilities(PFILTER Filter, PIRP Irp)
{
    NTSTATUS status =
        IoForwardIrpSynchronously(Filter->Lower, Irp) ? Irp->IoStatus.Status : STATUS_UNSUCCESSFUL;

    if (NT_SUCCESS(status))
        IoGetCurrentIrpStackLocation(Irp)
            ->Parameters.DeviceCapabilities.Capabilities->SurpriseRemovalOK = TRUE;
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS FilterPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;
    NTSTATUS status;

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_QUERY_CAPABILITIES:
        return FilterCapabilities(filter, Irp);
    case IRP_MN_REMOVE_DEVICE:
        status = FilterPass(Device, Irp);
        IoDetachDevice(filter->Lower);
        IoDeleteDevice(Device);
        return status;
    default:
        return FilterPass(Device, Irp);
    }
}

static NTSTATUS FilterPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(filter->Lower, Irp);
}

static NTSTATUS FilterAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    PDEVICE_OBJECT device;
    NTSTATUS status =
        IoCreateDevice(Driver, sizeof(FILTER), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    PFILTER filter;

    if (!NT_SUCCESS(status))
        return status;
    filter = device->DeviceExtension;
    filter->Lower = IoAttachDeviceToDeviceStack(device, Physical);
    if (!filter->Lower) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |=
        filter->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID FilterUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    for (int major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        Driver->MajorFunction[major] = FilterPass;
    Driver->DriverUnload = FilterUnload;
    Driver->DriverExtension->AddDevice = FilterAddDevice;
    Driver->MajorFunction[IRP_MJ_PNP] = FilterPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = FilterPower;
    return STATUS_SUCCESS;
}
