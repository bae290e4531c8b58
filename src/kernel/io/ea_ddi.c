/* SPDX-License-Identifier: MIT */
/* ea_ddi.c - lists of extended attributes and of quotas that a caller has built: are they whole?
 *
 * Every entry must lie in the buffer, be what its lengths say, and lead to the next by an aligned
 * offset; the offset of the first that does not is told.
 */
#include "io_internal.h"

#include "se/se.h"

/* What follows an entry: 0 ends the list; otherwise aligned, behind this entry, in the buffer. */
static bool entry_leads_on(ULONG next, ULONG size, ULONG left)
{
    return next == 0 || ((next & (sizeof(ULONG) - 1)) == 0 && next >= size && next < left);
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_EA_LIST_INCONSISTENT, *ErrorOffset: where
 * Doc:     ntifs.h IoCheckEaBufferValidity
 */
NTSTATUS NTAPI IoCheckEaBufferValidity(PFILE_FULL_EA_INFORMATION EaBuffer, ULONG EaLength,
                                       PULONG ErrorOffset)
{
    const ULONG head = FIELD_OFFSET(FILE_FULL_EA_INFORMATION, EaName);
    ULONG at = 0;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (EaLength <= MAXLONG) {
        for (;;) {
            const FILE_FULL_EA_INFORMATION *entry = (void *)((char *)EaBuffer + at);
            ULONG left = EaLength - at;
            if (left < head)
                break;
            ULONG size = head + entry->EaNameLength + 1u + entry->EaValueLength;
            if (left < size || entry->EaName[entry->EaNameLength] != '\0' ||
                !entry_leads_on(entry->NextEntryOffset, size, left))
                break;
            if (entry->NextEntryOffset == 0)
                return STATUS_SUCCESS;
            at += entry->NextEntryOffset;
        }
    }
    *ErrorOffset = at;
    return STATUS_EA_LIST_INCONSISTENT;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_QUOTA_LIST_INCONSISTENT, *ErrorOffset: where
 * Doc:     ntifs.h IoCheckQuotaBufferValidity
 */
NTSTATUS NTAPI IoCheckQuotaBufferValidity(PFILE_QUOTA_INFORMATION QuotaBuffer, ULONG QuotaLength,
                                          PULONG ErrorOffset)
{
    const ULONG head = FIELD_OFFSET(FILE_QUOTA_INFORMATION, Sid);
    const ULONG sid_head = FIELD_OFFSET(SID, SubAuthority);
    ULONG at = 0;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    while (QuotaLength <= MAXLONG) {
        const FILE_QUOTA_INFORMATION *entry = (void *)((char *)QuotaBuffer + at);
        ULONG left = QuotaLength - at;
        if (left < head + sid_head || entry->SidLength > left - head ||
            entry->SidLength < sid_head ||
            RtlLengthRequiredSid(entry->Sid.SubAuthorityCount) != entry->SidLength ||
            !RtlValidSid((PSID)&entry->Sid) ||
            !entry_leads_on(entry->NextEntryOffset, head + entry->SidLength, left))
            break;
        if (entry->NextEntryOffset == 0)
            return STATUS_SUCCESS;
        at += entry->NextEntryOffset;
    }
    *ErrorOffset = at;
    return STATUS_QUOTA_LIST_INCONSISTENT;
}
