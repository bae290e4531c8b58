/* SPDX-License-Identifier: MIT */
/* storduid.h - what tells one storage device from another (device unique identifiers). */
#ifndef _INC_STORDUID
#define _INC_STORDUID

#include <ntdef.h>

#include <guiddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DUID_VERSION_1 1

#define DUID_HARDWARE_IDS_ONLY    0
#define DUID_INCLUDE_SOFTWARE_IDS 1

/* Offsets are from the structure's start; 0: that part is not there. */
typedef struct _STORAGE_DEVICE_UNIQUE_IDENTIFIER {
    ULONG Version;
    ULONG Size;
    ULONG StorageDeviceIdOffset;
    ULONG StorageDeviceOffset;
    ULONG DriveLayoutSignatureOffset;
} STORAGE_DEVICE_UNIQUE_IDENTIFIER, *PSTORAGE_DEVICE_UNIQUE_IDENTIFIER;

typedef struct _STORAGE_DEVICE_LAYOUT_SIGNATURE {
    ULONG Version;
    ULONG Size;
    BOOLEAN Mbr;
    union {
        ULONG MbrSignature;
        GUID GptDiskId;
    } DeviceSpecific;
} STORAGE_DEVICE_LAYOUT_SIGNATURE, *PSTORAGE_DEVICE_LAYOUT_SIGNATURE;

typedef enum _DUID_MATCH_STATUS {
    DuidExactMatch = 0,
    DuidSubIdMatch,
    DuidNoMatch,
    DuidErrorGeneral = 100,
    DuidErrorMissingDuid,
    DuidErrorVersionMismatch,
    DuidErrorInvalidDuid,
    DuidErrorInvalidDeviceIdDescSize,
    DuidErrorInvalidDeviceDescSize,
    DuidErrorInvalidLayoutSigSize,
    DuidErrorInvalidLayoutSigVersion,
    DuidErrorMaximum
} DUID_MATCH_STATUS;

#ifdef __cplusplus
}
#endif

#endif
