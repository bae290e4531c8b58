/* SPDX-License-Identifier: MIT */
/* ddi_prototypes.h - what this room implements and ntifs.h does not declare: drivers get it
 * from other headers of the kit, or declare it themselves.
 */
#ifndef IO_DDI_PROTOTYPES_H
#define IO_DDI_PROTOTYPES_H

#include <ntifs.h>

NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                                          PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                                          ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                                          PCUNICODE_STRING DefaultSDDLString,
                                          LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject);

#endif
