/* SPDX-License-Identifier: MIT */
/* library.c - the Framework as a driver: its device, its registration with the loader, its end.
 *
 * In: DriverEntry, once a machine; out: the loader knows the library and holds its device open
 * while there are clients, so DriverUnload runs when there are none.
 */
#include <ntddk.h>

#include <wdf.h>
#include <wdfldr.h>

#include "bind.h"
#include "client.h"

DRIVER_INITIALIZE DriverEntry;

PDEVICE_OBJECT fx_library_device;

static WDF_LIBRARY_INFO library_info = {
    .Size = sizeof(WDF_LIBRARY_INFO),
    .LibraryRegisterClient = client_register,
    .LibraryUnregisterClient = client_unregister,
    .Version = {1, FX_VERSION_MINOR, 0},
};

/* Open, cleanup and close of the library's own device; nothing else is for it. */
static NTSTATUS library_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    irp->IoStatus.Status =
        major == IRP_MJ_CREATE || major == IRP_MJ_CLEANUP || major == IRP_MJ_CLOSE
            ? STATUS_SUCCESS
            : STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status = irp->IoStatus.Status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID library_unload(PDRIVER_OBJECT driver)
{
    IoDeleteDevice(fx_library_device);
    fx_library_device = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KMDF0");
    NTSTATUS status;

    clients_init();
    status = IoCreateDevice(DriverObject, 0, (PUNICODE_STRING)&name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &fx_library_device);
    if (!NT_SUCCESS(status))
        return status;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = library_dispatch;
    DriverObject->DriverUnload = library_unload;
    fx_library_device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = WdfRegisterLibrary(&library_info, RegistryPath, &name);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(fx_library_device);
    return status;
}
