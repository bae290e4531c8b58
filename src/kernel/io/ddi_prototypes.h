/* SPDX-License-Identifier: MIT */
/* ddi_prototypes.h - contract functions of this room that the public headers leave to their
 * version gates or do not declare. A second, equal declaration does no harm.
 */
#ifndef IO_DDI_PROTOTYPES_H
#define IO_DDI_PROTOTYPES_H

#include <ntifs.h>

NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
VOID FASTCALL IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota);
BOOLEAN NTAPI IoIsValidIrpStatus(NTSTATUS Status);
VOID NTAPI IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key,
                         PDRIVER_CANCEL CancelFunction);
VOID NTAPI IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable);
VOID NTAPI IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key);
VOID NTAPI IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
                                  BOOLEAN NonCancelable);
VOID NTAPI IoStartTimer(PDEVICE_OBJECT DeviceObject);
VOID NTAPI IoStopTimer(PDEVICE_OBJECT DeviceObject);
VOID NTAPI IoWriteErrorLogEntry(PVOID ElEntry);
PCONFIGURATION_INFORMATION NTAPI IoGetConfigurationInformation(VOID);
NTSTATUS NTAPI IoQueryFullDriverPath(PDRIVER_OBJECT DriverObject, PUNICODE_STRING FullPath);
PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject);
PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject);
NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                                          PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                                          ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                                          PCUNICODE_STRING DefaultSDDLString,
                                          LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject);

#ifndef DRIVER_VERIFIER_IOMANAGER_VIOLATION
#define DRIVER_VERIFIER_IOMANAGER_VIOLATION 0xC9
#endif
#ifndef WMIREG_ACTION_REGISTER
#define WMIREG_ACTION_REGISTER     1
#define WMIREG_ACTION_DEREGISTER   2
#define WMIREG_ACTION_REREGISTER   3
#define WMIREG_ACTION_UPDATE_GUIDS 4
#define WMIREG_ACTION_BLOCK_IRPS   5
#endif
#ifndef STATUS_CONTINUE_COMPLETION
#define STATUS_CONTINUE_COMPLETION STATUS_SUCCESS
#endif

#endif
