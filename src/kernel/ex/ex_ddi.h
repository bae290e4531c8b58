/* SPDX-License-Identifier: MIT */
/* ex_ddi.h - contract functions of this room that no header of the driver kit declares. */
#ifndef EX_EX_DDI_H
#define EX_EX_DDI_H

#include "ex/ex.h"

SIZE_T NTAPI ExQueryPoolBlockSize(PVOID PoolBlock, PBOOLEAN QuotaCharged);
BOOLEAN NTAPI ExTryToAcquireResourceExclusiveLite(PERESOURCE Resource);

/* What lies at the start of a zone's segment. */
typedef struct _ZONE_SEGMENT_HEADER {
    SINGLE_LIST_ENTRY SegmentList;
    PVOID Reserved;
} ZONE_SEGMENT_HEADER, *PZONE_SEGMENT_HEADER;

USHORT NTAPI ddi_ExQueryDepthSList(PSLIST_HEADER ListHead);
VOID NTAPI ddi_InitializeSListHead(PSLIST_HEADER SListHead);
PSLIST_ENTRY NTAPI RtlFirstEntrySList(const SLIST_HEADER *ListHead);
VOID NTAPI ExfAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock);
VOID NTAPI ExfAcquirePushLockShared(PEX_PUSH_LOCK PushLock);
VOID NTAPI ExfReleasePushLockExclusive(PEX_PUSH_LOCK PushLock);
VOID NTAPI ExfReleasePushLockShared(PEX_PUSH_LOCK PushLock);
VOID NTAPI ExfReleasePushLock(PEX_PUSH_LOCK PushLock);

#endif
