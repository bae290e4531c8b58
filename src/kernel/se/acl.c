/* SPDX-License-Identifier: MIT */
/* acl.c - access control lists: checked, and added to.
 *
 * A list is a header and ACEs one behind the other. Nothing here trusts the numbers in a
 * list before acl_is_valid has looked at all of them.
 */
#include "se_internal.h"

#include <string.h>

SID *ace_sid(const ACE_HEADER *ace)
{
    switch (ace->AceType) {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_DENIED_ACE_TYPE:
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_ALARM_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
        return (SID *)&((ACCESS_ALLOWED_ACE *)ace)->SidStart;
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_OBJECT_ACE_TYPE: {
        const struct object_ace *of_object = (const struct object_ace *)ace;
        return (SID *)&of_object->types[(of_object->present & OBJECT_ACE_TYPE ? 1 : 0) +
                                        (of_object->present & OBJECT_ACE_INHERITED ? 1 : 0)];
    }
    default:
        return NULL;
    }
}

static bool ace_is_valid(const ACE_HEADER *ace, size_t room)
{
    if (room < sizeof *ace || ace->AceSize < sizeof *ace || ace->AceSize > room ||
        ace->AceSize % sizeof(ULONG) != 0)
        return false;
    if (ace_is_of_object(ace->AceType) && ace->AceSize < sizeof(struct object_ace))
        return false;
    if (!ace_sid(ace))
        return true; /* a kind that is passed over */
    const size_t sid_at = (size_t)((const char *)ace_sid(ace) - (const char *)ace);
    if (ace->AceSize < sid_at + FIELD_OFFSET(SID, SubAuthority))
        return false;
    const SID *sid = ace_sid(ace);
    return sid_is_valid(sid) && sid_at + sid_length(sid) <= ace->AceSize;
}

void *acl_end(const ACL *acl)
{
    const char *at = (const char *)(acl + 1), *end = (const char *)acl + acl->AclSize;
    for (unsigned i = 0; i < acl->AceCount; i++) {
        const ACE_HEADER *ace = (const ACE_HEADER *)at;
        if (at > end || !ace_is_valid(ace, (size_t)(end - at)))
            return NULL;
        at += ace->AceSize;
    }
    return (void *)at;
}

bool acl_is_valid(const ACL *acl)
{
    return acl->AclRevision >= MIN_ACL_REVISION && acl->AclRevision <= MAX_ACL_REVISION &&
           acl->AclSize >= sizeof *acl && acl_end(acl);
}

NTSTATUS acl_add(ACL *acl, UCHAR type, ULONG flags, ACCESS_MASK mask, PSID sid, ULONG revision)
{
    if (!sid_is_valid(sid))
        return STATUS_INVALID_SID;
    if (acl->AclRevision > MAX_ACL_REVISION || revision > MAX_ACL_REVISION)
        return STATUS_REVISION_MISMATCH;
    if (flags & ~(ULONG)(VALID_INHERIT_FLAGS | SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG))
        return STATUS_INVALID_PARAMETER;
    ACCESS_ALLOWED_ACE *ace = acl_is_valid(acl) ? acl_end(acl) : NULL;
    if (!ace)
        return STATUS_INVALID_ACL;
    ULONG length = FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + sid_length(sid);
    if ((char *)ace + length > (char *)acl + acl->AclSize)
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ace->Header = (ACE_HEADER){type, (UCHAR)flags, (USHORT)length};
    ace->Mask = mask;
    memcpy(&ace->SidStart, sid, sid_length(sid));
    acl->AceCount++;
    if (revision > acl->AclRevision)
        acl->AclRevision = (UCHAR)revision;
    return STATUS_SUCCESS;
}
