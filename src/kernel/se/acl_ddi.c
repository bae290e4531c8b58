/* SPDX-License-Identifier: MIT */
/* acl_ddi.c - the Rtl functions on access control lists. All are pure. */
#include "se_internal.h"

#include <string.h>

#include "se_exports.h"

/* Doc:     nf-ntifs-rtlcreateacl */
NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
    if (AclLength < sizeof(ACL))
        return STATUS_BUFFER_TOO_SMALL;
    if (AclRevision < MIN_ACL_REVISION || AclRevision > MAX_ACL_REVISION || AclLength > 0xffff)
        return STATUS_INVALID_PARAMETER;
    *Acl = (ACL){(UCHAR)AclRevision, 0, (USHORT)(AclLength & ~3u), 0, 0};
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlValidAcl(PACL Acl)
{
    return acl_is_valid(Acl);
}

/* Errors:  STATUS_ALLOTTED_SPACE_EXCEEDED, STATUS_INVALID_ACL, STATUS_INVALID_SID,
 *          STATUS_REVISION_MISMATCH
 * Doc:     nf-ntifs-rtladdaccessallowedace
 */
NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return acl_add(Acl, ACCESS_ALLOWED_ACE_TYPE, 0, AccessMask, Sid, AceRevision);
}

/* Doc:     nf-ntifs-rtladdaccessallowedaceex */
NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                        ACCESS_MASK AccessMask, PSID Sid)
{
    return acl_add(Acl, ACCESS_ALLOWED_ACE_TYPE, AceFlags, AccessMask, Sid, AceRevision);
}

NTSTATUS NTAPI RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return acl_add(Acl, ACCESS_DENIED_ACE_TYPE, 0, AccessMask, Sid, AceRevision);
}

static ACE_HEADER *ace_at(const ACL *acl, ULONG index)
{
    char *at = (char *)(acl + 1);
    while (index-- > 0)
        at += ((ACE_HEADER *)at)->AceSize;
    return (ACE_HEADER *)at;
}

/* Puts whole ACEs in front of the one at the index; MAXULONG: behind all.
 *
 * Errors:  STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_PARAMETER
 * Doc:     nf-ntifs-rtladdace
 */
NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList,
                         ULONG AceListLength)
{
    ULONG count = 0, at = 0;
    char *end = acl_is_valid(Acl) ? acl_end(Acl) : NULL;
    if (!end)
        return STATUS_INVALID_PARAMETER;
    while (at < AceListLength) {
        const ACE_HEADER *ace = (const ACE_HEADER *)((char *)AceList + at);
        if (AceListLength - at < sizeof *ace || ace->AceSize < sizeof *ace ||
            ace->AceSize > AceListLength - at)
            return STATUS_INVALID_PARAMETER;
        at += ace->AceSize;
        count++;
    }
    if (AceListLength > (ULONG)((char *)Acl + Acl->AclSize - end))
        return STATUS_BUFFER_TOO_SMALL;
    if (StartingAceIndex > Acl->AceCount)
        StartingAceIndex = Acl->AceCount;
    char *place = (char *)ace_at(Acl, StartingAceIndex);
    memmove(place + AceListLength, place, (size_t)(end - place));
    memcpy(place, AceList, AceListLength);
    Acl->AceCount = (USHORT)(Acl->AceCount + count);
    if (AceRevision > Acl->AclRevision)
        Acl->AclRevision = (UCHAR)AceRevision;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtldeleteace */
NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex)
{
    char *end = acl_is_valid(Acl) ? acl_end(Acl) : NULL;
    if (!end || AceIndex >= Acl->AceCount)
        return STATUS_INVALID_PARAMETER;
    ACE_HEADER *ace = ace_at(Acl, AceIndex);
    USHORT size = ace->AceSize;
    memmove(ace, (char *)ace + size, (size_t)(end - ((char *)ace + size)));
    memset(end - size, 0, size);
    Acl->AceCount--;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlgetace */
NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
    if (AceIndex >= Acl->AceCount || !acl_is_valid(Acl))
        return STATUS_INVALID_PARAMETER;
    *Ace = ace_at(Acl, AceIndex);
    return STATUS_SUCCESS;
}
