/* SPDX-License-Identifier: MIT */
/* legacy_resource_ddi.c - the contract of drivers that look for hardware by themselves, on a
 * machine that describes none: claims are kept, searches find nothing.
 */
#include "legacy_resource.h"

/* What a driver may claim for itself and for one device, one after the other. */
static NTSTATUS claim_both(PDRIVER_OBJECT driver, PCM_RESOURCE_LIST driver_list,
                           ULONG driver_length, PDEVICE_OBJECT device,
                           PCM_RESOURCE_LIST device_list, ULONG device_length, bool overrides,
                           PBOOLEAN out_conflict)
{
    bool driver_conflicts = false, device_conflicts = false;
    NTSTATUS status = STATUS_SUCCESS;
    if (driver_list != NULL)
        status =
            legacy_resource_claim(driver, driver_list, driver_length, overrides, &driver_conflicts);
    if (NT_SUCCESS(status) && device != NULL)
        status =
            legacy_resource_claim(device, device_list, device_length, overrides, &device_conflicts);
    *out_conflict = driver_conflicts || device_conflicts;
    return status;
}

/* Doc:     ntddk.h IoReportResourceForDetection */
NTSTATUS NTAPI IoReportResourceForDetection(PDRIVER_OBJECT DriverObject,
                                            PCM_RESOURCE_LIST DriverList, ULONG DriverListSize,
                                            PDEVICE_OBJECT DeviceObject,
                                            PCM_RESOURCE_LIST DeviceList, ULONG DeviceListSize,
                                            PBOOLEAN ConflictDetected)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return claim_both(DriverObject, DriverList, DriverListSize, DeviceObject, DeviceList,
                      DeviceListSize, false, ConflictDetected);
}

/* Doc:     ntddk.h IoReportResourceUsage (obsolete) */
NTSTATUS NTAPI IoReportResourceUsage(PUNICODE_STRING DriverClassName, PDRIVER_OBJECT DriverObject,
                                     PCM_RESOURCE_LIST DriverList, ULONG DriverListSize,
                                     PDEVICE_OBJECT DeviceObject, PCM_RESOURCE_LIST DeviceList,
                                     ULONG DeviceListSize, BOOLEAN OverrideConflict,
                                     PBOOLEAN ConflictDetected)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)DriverClassName;
    return claim_both(DriverObject, DriverList, DriverListSize, DeviceObject, DeviceList,
                      DeviceListSize, OverrideConflict != FALSE, ConflictDetected);
}

/* Doc:     ntddk.h IoAssignResources (obsolete) */
NTSTATUS NTAPI IoAssignResources(PUNICODE_STRING RegistryPath, PUNICODE_STRING DriverClassName,
                                 PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT DeviceObject,
                                 PIO_RESOURCE_REQUIREMENTS_LIST RequestedResources,
                                 PCM_RESOURCE_LIST *AllocatedResources)
{
    const void *owner = DeviceObject != NULL ? (const void *)DeviceObject : DriverObject;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)RegistryPath;
    (void)DriverClassName;
    *AllocatedResources = NULL;
    if (RequestedResources == NULL) {
        legacy_resource_forget(owner);
        return STATUS_SUCCESS;
    }
    return legacy_resource_assign(owner, RequestedResources, AllocatedResources);
}

/* No adapter, controller or peripheral is described in this machine's registry, so the routine
 * is called for none.
 * Doc:     ntddk.h IoQueryDeviceDescription (obsolete)
 */
NTSTATUS NTAPI IoQueryDeviceDescription(PINTERFACE_TYPE BusType, PULONG BusNumber,
                                        PCONFIGURATION_TYPE ControllerType, PULONG ControllerNumber,
                                        PCONFIGURATION_TYPE PeripheralType, PULONG PeripheralNumber,
                                        PIO_QUERY_DEVICE_ROUTINE CalloutRoutine, PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)BusNumber;
    (void)ControllerType;
    (void)ControllerNumber;
    (void)PeripheralType;
    (void)PeripheralNumber;
    (void)CalloutRoutine;
    (void)Context;
    return BusType == NULL ? STATUS_INVALID_PARAMETER : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* Drivers are loaded into a machine that is up, so the question always comes too late.
 * Doc:     wdm.h IoGetBootDiskInformation
 */
NTSTATUS NTAPI IoGetBootDiskInformation(PBOOTDISK_INFORMATION BootDiskInformation, ULONG Size)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)BootDiskInformation;
    return Size < sizeof(*BootDiskInformation) ? STATUS_INVALID_PARAMETER : STATUS_TOO_LATE;
}
