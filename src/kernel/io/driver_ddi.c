/* SPDX-License-Identifier: MIT */
/* driver_ddi.c - the contract of driver objects: the default dispatch routine, client
 * extensions, reinitialisation.
 */
#include "io_internal.h"

#include "callout/ddi_frame.h"

/* Every major function that a driver leaves alone.
 * Doc:     wdm.h DRIVER_OBJECT.MajorFunction
 */
static NTSTATUS NTAPI driver_invalid_request(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

PDRIVER_DISPATCH driver_default_dispatch(void)
{
    return driver_invalid_request;
}

/* Doc:     wdm.h IoAllocateDriverObjectExtension */
NTSTATUS NTAPI IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject,
                                               PVOID ClientIdentificationAddress,
                                               ULONG DriverObjectExtensionSize,
                                               PVOID *DriverObjectExtension)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct driver *driver = driver_of(DriverObject);
    NTSTATUS status = STATUS_SUCCESS;
    *DriverObjectExtension = NULL;
    struct driver_extension_block *block =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*block) + DriverObjectExtensionSize, IO_TAG);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    block->id = ClientIdentificationAddress;
    host_lock_take(&io_database_lock);
    list_for_each(node, &driver->extensions)
    {
        if (list_entry(node, struct driver_extension_block, link)->id == block->id)
            status = STATUS_OBJECT_NAME_COLLISION;
    }
    if (NT_SUCCESS(status))
        list_push_back(&driver->extensions, &block->link);
    host_lock_give(&io_database_lock);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(block, IO_TAG);
        return status;
    }
    *DriverObjectExtension = block + 1;
    return STATUS_SUCCESS;
}

/* Doc:     wdm.h IoGetDriverObjectExtension */
PVOID NTAPI IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject,
                                       PVOID ClientIdentificationAddress)
{
    struct driver *driver = driver_of(DriverObject);
    PVOID found = NULL;
    host_lock_take(&io_database_lock);
    list_for_each(node, &driver->extensions)
    {
        struct driver_extension_block *block =
            list_entry(node, struct driver_extension_block, link);
        if (block->id == ClientIdentificationAddress)
            found = block + 1;
    }
    host_lock_give(&io_database_lock);
    return found;
}

/* Doc:     ntddk.h IoRegisterDriverReinitialization */
VOID NTAPI IoRegisterDriverReinitialization(PDRIVER_OBJECT DriverObject,
                                            PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                            PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    struct driver_reinitialize *entry =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*entry), IO_TAG);
    if (entry == NULL)
        return;
    ex_pool_disown(entry); /* it goes with the driver object */
    entry->routine = DriverReinitializationRoutine;
    entry->context = Context;
    host_lock_take(&io_database_lock);
    list_push_back(&driver_of(DriverObject)->reinitialize, &entry->link);
    host_lock_give(&io_database_lock);
}

/* Doc:     ntddk.h IoRegisterBootDriverReinitialization
 * Differs: runs where IoRegisterDriverReinitialization's routines run
 */
VOID NTAPI IoRegisterBootDriverReinitialization(PDRIVER_OBJECT DriverObject,
                                                PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                                PVOID Context)
{
    IoRegisterDriverReinitialization(DriverObject, DriverReinitializationRoutine, Context);
}

#define BUILD_OF_OTHERS_PATHS 16299u /* the first that tells a driver another one's path */

extern ULONG NtBuildNumber;

/* Errors:  STATUS_ACCESS_DENIED: not the caller's own driver, before Windows 10, version 1709
 * Doc:     wdm.h IoQueryFullDriverPath
 */
NTSTATUS NTAPI IoQueryFullDriverPath(PDRIVER_OBJECT DriverObject, PUNICODE_STRING FullPath)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    struct driver *driver = driver_of(DriverObject);
    if ((USHORT)NtBuildNumber < BUILD_OF_OTHERS_PATHS && ddi_top != NULL &&
        image_of_address(ddi_top->rip) != driver->image)
        return STATUS_ACCESS_DENIED;
    if (driver->image == NULL || driver->image->path == NULL)
        return STATUS_INVALID_PARAMETER;
    return rtl_unicode_of(driver->image->path, FullPath);
}

/* Doc:     ntddk.h IoGetConfigurationInformation */
PCONFIGURATION_INFORMATION NTAPI IoGetConfigurationInformation(VOID)
{
    static CONFIGURATION_INFORMATION information;
    return &information;
}
