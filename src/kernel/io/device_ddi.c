/* SPDX-License-Identifier: MIT */
/* device_ddi.c - the contract of device objects: create, delete, attach, detach, find.
 */
#include "io_internal.h"

#include "se/se.h"

/* Doc:     wdm.h IoCreateDevice */
NTSTATUS NTAPI IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                              PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                              ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                              PDEVICE_OBJECT *DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return device_create(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                         DeviceCharacteristics, Exclusive, NULL, DeviceObject);
}

/* Doc:     wdmsec.h IoCreateDeviceSecure
 * Differs: class GUID overrides in the registry are not looked up
 */
NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                                          PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                                          ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                                          PCUNICODE_STRING DefaultSDDLString,
                                          LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    PSECURITY_DESCRIPTOR descriptor;
    (void)DeviceClassGuid;
    NTSTATUS status = se_descriptor_of_sddl(DefaultSDDLString, &descriptor);
    if (!NT_SUCCESS(status))
        return status;
    status = device_create(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                           DeviceCharacteristics, Exclusive, descriptor, DeviceObject);
    if (!NT_SUCCESS(status))
        ExFreePool(descriptor);
    return status;
}

/* Doc:     wdm.h IoDeleteDevice */
VOID NTAPI IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    device_delete(DeviceObject);
}

/* ---- stacks ------------------------------------------------------------------------------- */

/* Doc:     wdm.h IoAttachDeviceToDeviceStack */
PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice,
                                                 PDEVICE_OBJECT TargetDevice)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return device_attach(SourceDevice, TargetDevice, NULL);
}

/* Doc:     ntifs.h IoAttachDeviceToDeviceStackSafe */
NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice,
                                               PDEVICE_OBJECT TargetDevice,
                                               PDEVICE_OBJECT *AttachedToDeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return device_attach(SourceDevice, TargetDevice, AttachedToDeviceObject) != NULL
               ? STATUS_SUCCESS
               : STATUS_NO_SUCH_DEVICE;
}

/* Doc:     wdm.h IoAttachDevice */
NTSTATUS NTAPI IoAttachDevice(PDEVICE_OBJECT SourceDevice, PUNICODE_STRING TargetDevice,
                              PDEVICE_OBJECT *AttachedDevice)
{
    PFILE_OBJECT file;
    PDEVICE_OBJECT target;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = IoGetDeviceObjectPointer(TargetDevice, FILE_READ_ATTRIBUTES, &file, &target);
    if (!NT_SUCCESS(status))
        return status;
    if (device_attach(SourceDevice, target, AttachedDevice) == NULL)
        status = STATUS_NO_SUCH_DEVICE;
    ObfDereferenceObject(file);
    return status;
}

/* Doc:     ntddk.h IoAttachDeviceByPointer (obsolete) */
NTSTATUS NTAPI IoAttachDeviceByPointer(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice)
{
    return IoAttachDeviceToDeviceStack(SourceDevice, TargetDevice) != NULL ? STATUS_SUCCESS
                                                                           : STATUS_NO_SUCH_DEVICE;
}

/* Doc:     wdm.h IoDetachDevice */
VOID NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    device_detach(TargetDevice);
}

/* Doc:     ntifs.h IoGetAttachedDevice */
PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
    return device_top(DeviceObject);
}

/* Doc:     wdm.h IoGetAttachedDeviceReference */
PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return device_top_get(DeviceObject);
}

/* Doc:     ntifs.h IoGetLowerDeviceObject */
PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject)
{
    return device_lower_get(DeviceObject, false);
}

/* Doc:     ntifs.h IoGetDeviceAttachmentBaseRef */
PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject)
{
    return device_lower_get(DeviceObject, true);
}

/* Doc:     ntifs.h IoEnumerateDeviceObjectList */
NTSTATUS NTAPI IoEnumerateDeviceObjectList(PDRIVER_OBJECT DriverObject,
                                           PDEVICE_OBJECT *DeviceObjectList,
                                           ULONG DeviceObjectListSize,
                                           PULONG ActualNumberDeviceObjects)
{
    ULONG room = DeviceObjectListSize / sizeof(*DeviceObjectList);
    ULONG count = 0;
    host_lock_take(&io_database_lock);
    for (PDEVICE_OBJECT at = DriverObject->DeviceObject; at != NULL; at = at->NextDevice)
        count++;
    *ActualNumberDeviceObjects = count;
    NTSTATUS status = count > room ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
    PDEVICE_OBJECT at = DriverObject->DeviceObject;
    for (ULONG i = 0; NT_SUCCESS(status) && i < count; i++, at = at->NextDevice) {
        ob_reference(device_of(at));
        DeviceObjectList[i] = at;
    }
    host_lock_give(&io_database_lock);
    return status;
}

/* ---- from files and names ----------------------------------------------------------------------
 */

/* Doc:     wdm.h IoGetRelatedDeviceObject */
PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
    PDEVICE_OBJECT device = FileObject->DeviceObject;
    if (FileObject->FileObjectExtension != NULL)
        return file_top(FileObject);
    if (FileObject->Vpb != NULL && FileObject->Vpb->DeviceObject != NULL)
        device = FileObject->Vpb->DeviceObject;
    return device_top(device);
}

/* Doc:     ntifs.h IoGetBaseFileSystemDeviceObject */
PDEVICE_OBJECT NTAPI IoGetBaseFileSystemDeviceObject(PFILE_OBJECT FileObject)
{
    if (FileObject->Vpb != NULL && FileObject->Vpb->DeviceObject != NULL)
        return FileObject->Vpb->DeviceObject;
    return FileObject->DeviceObject;
}

/* The handle of Windows' own way is opened and closed here, too: CREATE, CLEANUP now, CLOSE
 * with the caller's last dereference.
 * Doc:     wdm.h IoGetDeviceObjectPointer
 */
NTSTATUS NTAPI IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
                                        PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
    OBJECT_ATTRIBUTES attributes;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    struct io_create create = {
        .access = DesiredAccess,
        .disposition = FILE_OPEN,
        .options = FILE_NON_DIRECTORY_FILE,
    };
    InitializeObjectAttributes(&attributes, ObjectName, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    NTSTATUS status = io_file_open_get(&attributes, KernelMode, &create);
    if (!NT_SUCCESS(status))
        return status;
    *FileObject = create.file;
    *DeviceObject = IoGetRelatedDeviceObject(create.file);
    file_cleanup(create.file);
    return STATUS_SUCCESS;
}

/* ---- volume parameter blocks
 * --------------------------------------------------------------------- */

static KSPIN_LOCK vpb_lock;

/* Doc:     ntifs.h IoAcquireVpbSpinLock */
VOID NTAPI IoAcquireVpbSpinLock(PKIRQL Irql)
{
    KeAcquireSpinLock(&vpb_lock, Irql);
}

/* Doc:     ntifs.h IoReleaseVpbSpinLock */
VOID NTAPI IoReleaseVpbSpinLock(KIRQL Irql)
{
    KeReleaseSpinLock(&vpb_lock, Irql);
}
