/* SPDX-License-Identifier: MIT */
/* mountmgr.h - requests to the mount manager, which gives volumes their drive letters. */
#ifndef _MOUNTMGR_
#define _MOUNTMGR_

#include <ntdef.h>

#include <devioctl.h>
#include <guiddef.h>

#define MOUNTMGR_DEVICE_NAME     L"\\Device\\MountPointManager"
#define MOUNTMGR_DOS_DEVICE_NAME L"\\\\.\\MountPointManager"
#define MOUNTMGRCONTROLTYPE      0x0000006d /* 'm' */

DEFINE_GUID(MOUNTDEV_MOUNTED_DEVICE_GUID, 0x53f5630d, 0xb6bf, 0x11d0, 0x94, 0xf2, 0x00, 0xa0, 0xc9,
            0x1e, 0xfb, 0x8b);

#define MOUNTMGR_CODE_(number, access) \
    CTL_CODE(MOUNTMGRCONTROLTYPE, number, METHOD_BUFFERED, access)
#define MOUNTMGR_READ_WRITE_                       (FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_MOUNTMGR_CREATE_POINT                MOUNTMGR_CODE_(0, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_DELETE_POINTS               MOUNTMGR_CODE_(1, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_QUERY_POINTS                MOUNTMGR_CODE_(2, FILE_ANY_ACCESS)
#define IOCTL_MOUNTMGR_DELETE_POINTS_DBONLY        MOUNTMGR_CODE_(3, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_NEXT_DRIVE_LETTER           MOUNTMGR_CODE_(4, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_AUTO_DL_ASSIGNMENTS         MOUNTMGR_CODE_(5, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_VOLUME_MOUNT_POINT_CREATED  MOUNTMGR_CODE_(6, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_VOLUME_MOUNT_POINT_DELETED  MOUNTMGR_CODE_(7, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_CHANGE_NOTIFY               MOUNTMGR_CODE_(8, FILE_READ_ACCESS)
#define IOCTL_MOUNTMGR_KEEP_LINKS_WHEN_OFFLINE     MOUNTMGR_CODE_(9, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_CHECK_UNPROCESSED_VOLUMES   MOUNTMGR_CODE_(10, FILE_READ_ACCESS)
#define IOCTL_MOUNTMGR_VOLUME_ARRIVAL_NOTIFICATION MOUNTMGR_CODE_(11, FILE_READ_ACCESS)
#define IOCTL_MOUNTMGR_QUERY_DOS_VOLUME_PATH       MOUNTMGR_CODE_(12, FILE_ANY_ACCESS)
#define IOCTL_MOUNTMGR_QUERY_DOS_VOLUME_PATHS      MOUNTMGR_CODE_(13, FILE_ANY_ACCESS)

#define IOCTL_MOUNTMGR_SCRUB_REGISTRY     MOUNTMGR_CODE_(14, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_QUERY_AUTO_MOUNT   MOUNTMGR_CODE_(15, FILE_ANY_ACCESS)
#define IOCTL_MOUNTMGR_SET_AUTO_MOUNT     MOUNTMGR_CODE_(16, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_BOOT_DL_ASSIGNMENT MOUNTMGR_CODE_(17, MOUNTMGR_READ_WRITE_)
#define IOCTL_MOUNTMGR_TRACELOG_CACHE     MOUNTMGR_CODE_(18, FILE_READ_ACCESS)

/* What every volume answers; the rest is in mountdev.h. */
#define MOUNTDEVCONTROLTYPE 0x0000004d /* 'M' */
#define IOCTL_MOUNTDEV_QUERY_DEVICE_NAME \
    CTL_CODE(MOUNTDEVCONTROLTYPE, 2, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _MOUNTDEV_NAME {
    USHORT NameLength;
    WCHAR Name[1];
} MOUNTDEV_NAME, *PMOUNTDEV_NAME;

/* Offsets are from the structure's beginning, lengths in bytes; an offset of 0: not given. */
typedef struct _MOUNTMGR_CREATE_POINT_INPUT {
    USHORT SymbolicLinkNameOffset;
    USHORT SymbolicLinkNameLength;
    USHORT DeviceNameOffset;
    USHORT DeviceNameLength;
} MOUNTMGR_CREATE_POINT_INPUT, *PMOUNTMGR_CREATE_POINT_INPUT;

typedef struct _MOUNTMGR_MOUNT_POINT {
    ULONG SymbolicLinkNameOffset;
    USHORT SymbolicLinkNameLength;
    USHORT Reserved1;
    ULONG UniqueIdOffset;
    USHORT UniqueIdLength;
    USHORT Reserved2;
    ULONG DeviceNameOffset;
    USHORT DeviceNameLength;
    USHORT Reserved3;
} MOUNTMGR_MOUNT_POINT, *PMOUNTMGR_MOUNT_POINT;

typedef struct _MOUNTMGR_MOUNT_POINTS {
    ULONG Size;
    ULONG NumberOfMountPoints;
    MOUNTMGR_MOUNT_POINT MountPoints[1];
} MOUNTMGR_MOUNT_POINTS, *PMOUNTMGR_MOUNT_POINTS;

typedef struct _MOUNTMGR_DRIVE_LETTER_TARGET {
    USHORT DeviceNameLength;
    WCHAR DeviceName[1];
} MOUNTMGR_DRIVE_LETTER_TARGET, *PMOUNTMGR_DRIVE_LETTER_TARGET;

typedef struct _MOUNTMGR_DRIVE_LETTER_INFORMATION {
    BOOLEAN DriveLetterWasAssigned;
    UCHAR CurrentDriveLetter;
} MOUNTMGR_DRIVE_LETTER_INFORMATION, *PMOUNTMGR_DRIVE_LETTER_INFORMATION;

typedef struct _MOUNTMGR_VOLUME_MOUNT_POINT {
    USHORT SourceVolumeNameOffset;
    USHORT SourceVolumeNameLength;
    USHORT TargetVolumeNameOffset;
    USHORT TargetVolumeNameLength;
} MOUNTMGR_VOLUME_MOUNT_POINT, *PMOUNTMGR_VOLUME_MOUNT_POINT;

typedef struct _MOUNTMGR_CHANGE_NOTIFY_INFO {
    ULONG EpicNumber;
} MOUNTMGR_CHANGE_NOTIFY_INFO, *PMOUNTMGR_CHANGE_NOTIFY_INFO;

typedef struct _MOUNTMGR_TARGET_NAME {
    USHORT DeviceNameLength;
    WCHAR DeviceName[1];
} MOUNTMGR_TARGET_NAME, *PMOUNTMGR_TARGET_NAME;

typedef struct _MOUNTMGR_VOLUME_PATHS {
    ULONG MultiSzLength;
    WCHAR MultiSz[1];
} MOUNTMGR_VOLUME_PATHS, *PMOUNTMGR_VOLUME_PATHS;

/* Is a name one of the mount manager's: "\DosDevices\X:", "\??\Volume{GUID}"? */
#define MOUNTMGR_IS_DRIVE_LETTER(name)                                                     \
    ((name)->Length == 28 && (name)->Buffer[12] >= 'A' && (name)->Buffer[12] <= 'Z' &&     \
     (name)->Buffer[13] == ':' && (name)->Buffer[0] == '\\' && (name)->Buffer[1] == 'D' && \
     (name)->Buffer[2] == 'o' && (name)->Buffer[3] == 's' && (name)->Buffer[4] == 'D' &&   \
     (name)->Buffer[5] == 'e' && (name)->Buffer[6] == 'v' && (name)->Buffer[7] == 'i' &&   \
     (name)->Buffer[8] == 'c' && (name)->Buffer[9] == 'e' && (name)->Buffer[10] == 's' &&  \
     (name)->Buffer[11] == '\\')

#endif
