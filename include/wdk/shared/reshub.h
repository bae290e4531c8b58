/* SPDX-License-Identifier: MIT */
/*
 * reshub.h - names and properties of connections to simple buses.
 *
 * A driver makes the path of its connection from the two halves of the connection's id and opens
 * it; a bus driver reads the connection's descriptor. There is no resource hub here: the path
 * opens where a driver made a device of that name. Paths are complete or not made at all.
 */
#ifndef COVE_WDK_RESHUB_H
#define COVE_WDK_RESHUB_H

#include <ntdef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RESOURCE_HUB_DEVICE_NAME L"\\Device\\RESOURCE_HUB"

/* Bytes of a path: name, separator, sixteen digits of the id; the name brings the end. */
#define RESOURCE_HUB_PATH_SIZE \
    (sizeof(RESOURCE_HUB_DEVICE_NAME) + (1 + 2 * sizeof(LARGE_INTEGER)) * sizeof(WCHAR))

/* The tag of ACPI descriptors of serial buses, and their revision. */
#define SERIAL_BUS_DESCRIPTOR          0x8e
#define SERIAL_BUS_DESCRIPTOR_REVISION 1

#pragma pack(push, 1)
typedef struct _PNP_SERIAL_BUS_DESCRIPTOR {
    UCHAR Tag;
    USHORT Length;
    UCHAR RevisionId;
    UCHAR ResourceSourceIndex;
    UCHAR SerialBusType;
    UCHAR GeneralFlags;
    USHORT TypeSpecificFlags;
    UCHAR TypeSpecificRevisionId;
    USHORT TypeDataLength;
} PNP_SERIAL_BUS_DESCRIPTOR, *PPNP_SERIAL_BUS_DESCRIPTOR;
#pragma pack(pop)

typedef struct _RH_QUERY_CONNECTION_PROPERTIES_OUTPUT_BUFFER {
    ULONG Version;
    ULONG PropertiesLength;
    UCHAR ConnectionProperties[ANYSIZE_ARRAY];
} RH_QUERY_CONNECTION_PROPERTIES_OUTPUT_BUFFER, *PRH_QUERY_CONNECTION_PROPERTIES_OUTPUT_BUFFER;

/* Takes: a string with a buffer; RESOURCE_HUB_PATH_SIZE bytes are enough. */
static __inline NTSTATUS RESOURCE_HUB_CREATE_PATH_FROM_ID(PUNICODE_STRING ResourcePath,
                                                          ULONG ResourceIdLowPart,
                                                          ULONG ResourceIdHighPart)
{
    static const WCHAR prefix[] = RESOURCE_HUB_DEVICE_NAME L"\\";
    static const WCHAR digits[] = L"0123456789abcdef";
    const USHORT length = (USHORT)(RESOURCE_HUB_PATH_SIZE - sizeof(WCHAR));
    ULONGLONG id = (ULONGLONG)ResourceIdHighPart << 32 | ResourceIdLowPart;
    USHORT at = 0;

    if (!ResourcePath->Buffer || ResourcePath->MaximumLength < length)
        return (NTSTATUS)0xc0000023; /* STATUS_BUFFER_TOO_SMALL */
    for (; prefix[at]; at++)
        ResourcePath->Buffer[at] = prefix[at];
    for (int shift = 60; shift >= 0; shift -= 4)
        ResourcePath->Buffer[at++] = digits[id >> shift & 15];
    if (ResourcePath->MaximumLength > length)
        ResourcePath->Buffer[at] = 0;
    ResourcePath->Length = length;
    return 0;
}

#ifdef __cplusplus
}
#endif

#endif
