/* SPDX-License-Identifier: MIT */
/* batclass.h - battery miniclass drivers and what they call of battc.sys. */
#ifndef _BATCLASS_
#define _BATCLASS_

#include <wdm.h>

#include <poclass.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS(NTAPI BCLASS_QUERY_TAG_CALLBACK)(PVOID Context, PULONG BatteryTag);
typedef BCLASS_QUERY_TAG_CALLBACK *BCLASS_QUERY_TAG;
typedef NTSTATUS(NTAPI BCLASS_QUERY_INFORMATION_CALLBACK)(PVOID Context, ULONG BatteryTag,
                                                          BATTERY_QUERY_INFORMATION_LEVEL Level,
                                                          LONG AtRate, PVOID Buffer,
                                                          ULONG BufferLength,
                                                          PULONG ReturnedLength);
typedef BCLASS_QUERY_INFORMATION_CALLBACK *BCLASS_QUERY_INFORMATION;
typedef NTSTATUS(NTAPI BCLASS_QUERY_STATUS_CALLBACK)(PVOID Context, ULONG BatteryTag,
                                                     PBATTERY_STATUS BatteryStatus);
typedef BCLASS_QUERY_STATUS_CALLBACK *BCLASS_QUERY_STATUS;

typedef struct {
    ULONG PowerState;
    ULONG LowCapacity;
    ULONG HighCapacity;
} BATTERY_NOTIFY, *PBATTERY_NOTIFY;

typedef NTSTATUS(NTAPI BCLASS_SET_STATUS_NOTIFY_CALLBACK)(PVOID Context, ULONG BatteryTag,
                                                          PBATTERY_NOTIFY BatteryNotify);
typedef BCLASS_SET_STATUS_NOTIFY_CALLBACK *BCLASS_SET_STATUS_NOTIFY;
typedef NTSTATUS(NTAPI BCLASS_DISABLE_STATUS_NOTIFY_CALLBACK)(PVOID Context);
typedef BCLASS_DISABLE_STATUS_NOTIFY_CALLBACK *BCLASS_DISABLE_STATUS_NOTIFY;
typedef NTSTATUS(NTAPI BCLASS_SET_INFORMATION_CALLBACK)(PVOID Context, ULONG BatteryTag,
                                                        BATTERY_SET_INFORMATION_LEVEL Level,
                                                        PVOID Buffer);
typedef BCLASS_SET_INFORMATION_CALLBACK *BCLASS_SET_INFORMATION;

#define BATTERY_CLASS_MAJOR_VERSION   0x0001
#define BATTERY_CLASS_MINOR_VERSION   0x0000
#define BATTERY_CLASS_MINOR_VERSION_1 0x0001

typedef struct {
    USHORT MajorVersion;
    USHORT MinorVersion;
    PVOID Context;
    BCLASS_QUERY_TAG QueryTag;
    BCLASS_QUERY_INFORMATION QueryInformation;
    BCLASS_SET_INFORMATION SetInformation;
    BCLASS_QUERY_STATUS QueryStatus;
    BCLASS_SET_STATUS_NOTIFY SetStatusNotify;
    BCLASS_DISABLE_STATUS_NOTIFY DisableStatusNotify;
    PDEVICE_OBJECT Pdo;
    PUNICODE_STRING DeviceName;
} BATTERY_MINIPORT_INFO, *PBATTERY_MINIPORT_INFO;

/* BATTERY_CLASS_MINOR_VERSION_1: the miniport's own device object, too. */
typedef struct {
    USHORT MajorVersion;
    USHORT MinorVersion;
    PVOID Context;
    BCLASS_QUERY_TAG QueryTag;
    BCLASS_QUERY_INFORMATION QueryInformation;
    BCLASS_SET_INFORMATION SetInformation;
    BCLASS_QUERY_STATUS QueryStatus;
    BCLASS_SET_STATUS_NOTIFY SetStatusNotify;
    BCLASS_DISABLE_STATUS_NOTIFY DisableStatusNotify;
    PDEVICE_OBJECT Pdo;
    PUNICODE_STRING DeviceName;
    PDEVICE_OBJECT Fdo;
} BATTERY_MINIPORT_INFO_V1_1, *PBATTERY_MINIPORT_INFO_V1_1;

NTSTATUS NTAPI BatteryClassInitializeDevice(PBATTERY_MINIPORT_INFO MiniportInfo, PVOID *ClassData);
NTSTATUS NTAPI BatteryClassUnload(PVOID ClassData);
NTSTATUS NTAPI BatteryClassIoctl(PVOID ClassData, PIRP Irp);
NTSTATUS NTAPI BatteryClassStatusNotify(PVOID ClassData);
NTSTATUS NTAPI BatteryClassSystemControl(PVOID ClassData, PVOID WmiLibContext,
                                         PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Disposition);
NTSTATUS NTAPI BatteryClassQueryWmiDataBlock(PVOID ClassData, PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                             ULONG GuidIndex, PULONG InstanceLengthArray,
                                             ULONG OutBufferSize, PUCHAR Buffer);

#ifdef __cplusplus
}
#endif

#endif
