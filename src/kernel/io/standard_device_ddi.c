/* SPDX-License-Identifier: MIT */
/* standard_device_ddi.c - devices that every machine has: \Device\Null and \Device\Beep.
 *
 * Null ends every read at once and swallows every write; Beep checks what it is asked to play
 * and is silent. Every request is completed in the caller's thread.
 */
#include <string.h>

#include "io_internal.h"

#include <ntddbeep.h>

static DRIVER_OBJECT *null_driver, *beep_driver; /* set once at boot */

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS device_make(PDRIVER_OBJECT driver, PCWSTR path, DEVICE_TYPE type)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    RtlInitUnicodeString(&name, path);
    NTSTATUS status = IoCreateDevice(driver, 0, &name, type, 0, FALSE, &device);
    if (NT_SUCCESS(status))
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return status;
}

static VOID NTAPI devices_delete(PDRIVER_OBJECT DriverObject)
{
    while (DriverObject->DeviceObject != NULL)
        IoDeleteDevice(DriverObject->DeviceObject);
}

/* ---- Null ------------------------------------------------------------------------------- */

static NTSTATUS NTAPI null_dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
        return complete(Irp, STATUS_END_OF_FILE, 0);
    case IRP_MJ_WRITE:
        return complete(Irp, STATUS_SUCCESS, stack->Parameters.Write.Length);
    case IRP_MJ_QUERY_INFORMATION: /* an empty file */
        if (stack->Parameters.QueryFile.FileInformationClass != FileStandardInformation)
            return complete(Irp, STATUS_INVALID_INFO_CLASS, 0);
        memset(Irp->AssociatedIrp.SystemBuffer, 0, sizeof(FILE_STANDARD_INFORMATION));
        return complete(Irp, STATUS_SUCCESS, sizeof(FILE_STANDARD_INFORMATION));
    default: /* create, cleanup, close, flush */
        return complete(Irp, STATUS_SUCCESS, 0);
    }
}

static NTSTATUS NTAPI null_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UCHAR served[] = {
        IRP_MJ_CREATE,        IRP_MJ_CLEANUP,          IRP_MJ_CLOSE, IRP_MJ_READ, IRP_MJ_WRITE,
        IRP_MJ_FLUSH_BUFFERS, IRP_MJ_QUERY_INFORMATION};
    for (unsigned i = 0; i < sizeof(served); i++)
        DriverObject->MajorFunction[served[i]] = null_dispatch;
    DriverObject->DriverUnload = devices_delete;
    return device_make(DriverObject, (PCWSTR)u"\\Device\\Null", FILE_DEVICE_NULL);
}

/* ---- Beep ------------------------------------------------------------------------------- */

/* Frequency 0 ends a sound. Doc: IOCTL_BEEP_SET */
static NTSTATUS beep_set(PIRP irp, ULONG length)
{
    const BEEP_SET_PARAMETERS *wanted = irp->AssociatedIrp.SystemBuffer;
    if (length < sizeof(*wanted))
        return STATUS_INVALID_PARAMETER;
    return wanted->Frequency == 0 || (wanted->Frequency >= BEEP_FREQUENCY_MINIMUM &&
                                      wanted->Frequency <= BEEP_FREQUENCY_MAXIMUM)
               ? STATUS_SUCCESS
               : STATUS_INVALID_PARAMETER;
}

static NTSTATUS NTAPI beep_dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    if (stack->MajorFunction != IRP_MJ_DEVICE_CONTROL)
        return complete(Irp, STATUS_SUCCESS, 0);
    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_BEEP_SET)
        return complete(Irp, STATUS_NOT_IMPLEMENTED, 0);
    return complete(Irp, beep_set(Irp, stack->Parameters.DeviceIoControl.InputBufferLength), 0);
}

static NTSTATUS NTAPI beep_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UCHAR served[] = {IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE,
                                   IRP_MJ_DEVICE_CONTROL};
    for (unsigned i = 0; i < sizeof(served); i++)
        DriverObject->MajorFunction[served[i]] = beep_dispatch;
    DriverObject->DriverUnload = devices_delete;
    return device_make(DriverObject, (PCWSTR)u"\\Device\\Beep", FILE_DEVICE_BEEP);
}

/* ---- start and stop ------------------------------------------------------------------------ */

/* IRQL:    PASSIVE_LEVEL; after io_init
 * Errors:  what driver and device objects bring
 */
NTSTATUS io_standard_devices_init(void)
{
    NTSTATUS status = io_native_driver_create("\\Driver\\Null", null_entry, &null_driver);
    if (NT_SUCCESS(status))
        status = io_native_driver_create("\\Driver\\Beep", beep_entry, &beep_driver);
    return status;
}

void io_standard_devices_fini(void)
{
    if (beep_driver != NULL)
        io_native_driver_destroy(beep_driver);
    if (null_driver != NULL)
        io_native_driver_destroy(null_driver);
    beep_driver = null_driver = NULL;
}
