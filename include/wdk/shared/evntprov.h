/* SPDX-License-Identifier: MIT */
/* evntprov.h - describing an event and its data for tracing.
 *
 * Kernel code sends what is described here with EtwWrite and its kin of wdm.h.
 */
#ifndef _EVNTPROV_
#define _EVNTPROV_

#include <ntdef.h>

#ifndef EVENT_DESCRIPTOR_DEF
#define EVENT_DESCRIPTOR_DEF
typedef struct _EVENT_DESCRIPTOR {
    USHORT Id;
    UCHAR Version;
    UCHAR Channel;
    UCHAR Level;
    UCHAR Opcode;
    USHORT Task;
    ULONGLONG Keyword;
} EVENT_DESCRIPTOR, *PEVENT_DESCRIPTOR;
typedef const EVENT_DESCRIPTOR *PCEVENT_DESCRIPTOR;
#endif

#ifndef EVENT_DATA_DESCRIPTOR_DEF
#define EVENT_DATA_DESCRIPTOR_DEF
typedef struct _EVENT_DATA_DESCRIPTOR {
    ULONGLONG Ptr;
    ULONG Size;
    union {
        ULONG Reserved;
        struct {
            UCHAR Type;
            UCHAR Reserved1;
            USHORT Reserved2;
        } DUMMYSTRUCTNAME;
    } DUMMYUNIONNAME;
} EVENT_DATA_DESCRIPTOR, *PEVENT_DATA_DESCRIPTOR;
#endif

#ifndef EVENT_FILTER_DESCRIPTOR_DEF
#define EVENT_FILTER_DESCRIPTOR_DEF
typedef struct _EVENT_FILTER_DESCRIPTOR {
    ULONGLONG Ptr;
    ULONG Size;
    ULONG Type;
} EVENT_FILTER_DESCRIPTOR, *PEVENT_FILTER_DESCRIPTOR;
#endif

typedef enum _EVENT_INFO_CLASS {
    EventProviderBinaryTrackInfo,
    EventProviderSetReserved1,
    EventProviderSetTraits,
    EventProviderUseDescriptorType,
    MaxEventInfo
} EVENT_INFO_CLASS;

#define EVENT_DATA_DESCRIPTOR_TYPE_NONE               (0)
#define EVENT_DATA_DESCRIPTOR_TYPE_EVENT_METADATA     (1)
#define EVENT_DATA_DESCRIPTOR_TYPE_PROVIDER_METADATA  (2)
#define EVENT_DATA_DESCRIPTOR_TYPE_TIMESTAMP_OVERRIDE (3)

#define EVENT_WRITEEX_NO_FLAGS       (0x00000000)
#define EVENT_WRITEEX_FLAG_INPRIVATE (0x00000002)

#define EVENT_CONTROL_CODE_DISABLE_PROVIDER (0)
#define EVENT_CONTROL_CODE_ENABLE_PROVIDER  (1)
#define EVENT_CONTROL_CODE_CAPTURE_STATE    (2)

#define EVENT_MIN_LEVEL                   (0)
#define EVENT_MAX_LEVEL                   (0xff)
#define EVENT_ACTIVITY_CTRL_GET_ID        (1)
#define EVENT_ACTIVITY_CTRL_SET_ID        (2)
#define EVENT_ACTIVITY_CTRL_CREATE_ID     (3)
#define EVENT_ACTIVITY_CTRL_GET_SET_ID    (4)
#define EVENT_ACTIVITY_CTRL_CREATE_SET_ID (5)
#define MAX_EVENT_DATA_DESCRIPTORS        (128)

FORCEINLINE VOID EventDataDescCreate(PEVENT_DATA_DESCRIPTOR EventDataDescriptor,
                                     const VOID *DataPtr, ULONG DataSize)
{
    EventDataDescriptor->Ptr = (ULONGLONG)(ULONG_PTR)DataPtr;
    EventDataDescriptor->Size = DataSize;
    EventDataDescriptor->Reserved = 0;
}

FORCEINLINE VOID EventDescCreate(PEVENT_DESCRIPTOR EventDescriptor, USHORT Id, UCHAR Version,
                                 UCHAR Channel, UCHAR Level, USHORT Task, UCHAR Opcode,
                                 ULONGLONG Keyword)
{
    EventDescriptor->Id = Id;
    EventDescriptor->Version = Version;
    EventDescriptor->Channel = Channel;
    EventDescriptor->Level = Level;
    EventDescriptor->Task = Task;
    EventDescriptor->Opcode = Opcode;
    EventDescriptor->Keyword = Keyword;
}

FORCEINLINE VOID EventDescZero(PEVENT_DESCRIPTOR EventDescriptor)
{
    EventDescCreate(EventDescriptor, 0, 0, 0, 0, 0, 0, 0);
}

#endif
