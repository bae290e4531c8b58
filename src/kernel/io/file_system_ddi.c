/* SPDX-License-Identifier: MIT */
/* file_system_ddi.c - the contract of file systems: registering, watching, verifying volumes.
 */
#include "file_system.h"

/* Doc:     ntifs.h IoRegisterFileSystem
 * Differs: the device is kept as an object; ReferenceCount, and so unloading, is not held up
 */
VOID NTAPI IoRegisterFileSystem(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    file_system_register(DeviceObject);
}

/* Doc:     ntifs.h IoUnregisterFileSystem */
VOID NTAPI IoUnregisterFileSystem(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)file_system_forget(DeviceObject, true);
}

/* Doc:     ntifs.h IoRegisterFsRegistrationChange */
NTSTATUS NTAPI IoRegisterFsRegistrationChange(PDRIVER_OBJECT DriverObject,
                                              PDRIVER_FS_NOTIFICATION Routine)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return fs_watcher_register(DriverObject, Routine);
}

/* Doc:     ntifs.h IoRegisterFsRegistrationChangeMountAware
 * Differs: volumes are mounted under no lock that the flag could order after
 */
NTSTATUS NTAPI IoRegisterFsRegistrationChangeMountAware(PDRIVER_OBJECT DriverObject,
                                                        PDRIVER_FS_NOTIFICATION Routine,
                                                        BOOLEAN SynchronizeWithMounts)
{
    (void)SynchronizeWithMounts;
    return IoRegisterFsRegistrationChange(DriverObject, Routine);
}

/* Doc:     ntifs.h IoUnregisterFsRegistrationChange */
VOID NTAPI IoUnregisterFsRegistrationChange(PDRIVER_OBJECT DriverObject,
                                            PDRIVER_FS_NOTIFICATION Routine)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)fs_watcher_forget(DriverObject, Routine);
}

/* Doc:     ntifs.h IoVerifyVolume */
NTSTATUS NTAPI IoVerifyVolume(PDEVICE_OBJECT DeviceObject, BOOLEAN AllowRawMount)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return volume_verify(DeviceObject, AllowRawMount != FALSE);
}
