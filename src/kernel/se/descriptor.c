/* SPDX-License-Identifier: MIT */
/* descriptor.c - security descriptors: taken apart, put together, checked.
 *
 * A descriptor is absolute (pointers) or self-relative (offsets); only this file knows
 * the difference. What it builds is self-relative: header, SACL, DACL, owner, group.
 */
#include "se_internal.h"

#include <string.h>

static void *relative_part(PSECURITY_DESCRIPTOR descriptor, ULONG offset)
{
    return offset ? (char *)descriptor + offset : NULL;
}

void descriptor_parts(PSECURITY_DESCRIPTOR descriptor, struct descriptor_parts *out_parts)
{
    const SECURITY_DESCRIPTOR *absolute = descriptor;
    const SECURITY_DESCRIPTOR_RELATIVE *relative = descriptor;
    out_parts->control = absolute->Control;
    if (absolute->Control & SE_SELF_RELATIVE) {
        out_parts->owner = relative_part(descriptor, relative->Owner);
        out_parts->group = relative_part(descriptor, relative->Group);
        out_parts->sacl = relative_part(descriptor, relative->Sacl);
        out_parts->dacl = relative_part(descriptor, relative->Dacl);
    } else {
        out_parts->owner = absolute->Owner;
        out_parts->group = absolute->Group;
        out_parts->sacl = absolute->Sacl;
        out_parts->dacl = absolute->Dacl;
    }
    if (!(out_parts->control & SE_SACL_PRESENT))
        out_parts->sacl = NULL;
    if (!(out_parts->control & SE_DACL_PRESENT))
        out_parts->dacl = NULL;
}

static ULONG align4(ULONG length)
{
    return (length + 3) & ~3u;
}

ULONG descriptor_parts_length(const struct descriptor_parts *parts)
{
    ULONG length = sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    if (parts->owner)
        length += align4(sid_length(parts->owner));
    if (parts->group)
        length += align4(sid_length(parts->group));
    if (parts->sacl)
        length += align4(parts->sacl->AclSize);
    if (parts->dacl)
        length += align4(parts->dacl->AclSize);
    return length;
}

/* Appends a part; answers its offset, or 0 when there is none. */
static ULONG part_put(void *buffer, ULONG *at, const void *part, ULONG length)
{
    ULONG offset = *at;
    if (!part)
        return 0;
    memcpy((char *)buffer + offset, part, length);
    *at += align4(length);
    return offset;
}

void descriptor_build(const struct descriptor_parts *parts, void *buffer)
{
    SECURITY_DESCRIPTOR_RELATIVE *relative = buffer;
    ULONG at = sizeof *relative;
    memset(buffer, 0, descriptor_parts_length(parts));
    relative->Revision = SECURITY_DESCRIPTOR_REVISION;
    relative->Control = parts->control | SE_SELF_RELATIVE;
    relative->Sacl = part_put(buffer, &at, parts->sacl, parts->sacl ? parts->sacl->AclSize : 0);
    relative->Dacl = part_put(buffer, &at, parts->dacl, parts->dacl ? parts->dacl->AclSize : 0);
    relative->Owner =
        part_put(buffer, &at, parts->owner, parts->owner ? sid_length(parts->owner) : 0);
    relative->Group =
        part_put(buffer, &at, parts->group, parts->group ? sid_length(parts->group) : 0);
}

NTSTATUS descriptor_make(const struct descriptor_parts *parts, ULONG tag,
                         PSECURITY_DESCRIPTOR *out_descriptor, ULONG *out_length)
{
    ULONG length = descriptor_parts_length(parts);
    void *buffer = ExAllocatePool2(POOL_FLAG_PAGED, length, tag);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    descriptor_build(parts, buffer);
    *out_descriptor = buffer;
    if (out_length)
        *out_length = length;
    return STATUS_SUCCESS;
}

bool descriptor_is_valid(PSECURITY_DESCRIPTOR descriptor)
{
    struct descriptor_parts parts;
    if (((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION)
        return false;
    descriptor_parts(descriptor, &parts);
    return (!parts.owner || sid_is_valid(parts.owner)) &&
           (!parts.group || sid_is_valid(parts.group)) &&
           (!parts.sacl || acl_is_valid(parts.sacl)) && (!parts.dacl || acl_is_valid(parts.dacl));
}

static bool relative_sid_is_valid(PSECURITY_DESCRIPTOR descriptor, ULONG length, ULONG offset)
{
    const ULONG least = FIELD_OFFSET(SID, SubAuthority);
    if (offset % sizeof(ULONG) != 0 || offset < sizeof(SECURITY_DESCRIPTOR_RELATIVE) ||
        offset > length || length - offset < least)
        return false;
    const SID *sid = (const SID *)((char *)descriptor + offset);
    return sid_is_valid(sid) && sid_length(sid) <= length - offset;
}

static bool relative_acl_is_valid(PSECURITY_DESCRIPTOR descriptor, ULONG length, ULONG offset)
{
    if (offset % sizeof(ULONG) != 0 || offset < sizeof(SECURITY_DESCRIPTOR_RELATIVE) ||
        offset > length || length - offset < sizeof(ACL))
        return false;
    const ACL *acl = (const ACL *)((char *)descriptor + offset);
    return acl->AclSize <= length - offset && acl_is_valid(acl);
}

bool descriptor_relative_is_valid(PSECURITY_DESCRIPTOR descriptor, ULONG length,
                                  SECURITY_INFORMATION required)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = descriptor;
    if (length < sizeof *relative || relative->Revision != SECURITY_DESCRIPTOR_REVISION ||
        !(relative->Control & SE_SELF_RELATIVE))
        return false;
    if (relative->Owner ? !relative_sid_is_valid(descriptor, length, relative->Owner)
                        : (required & OWNER_SECURITY_INFORMATION) != 0)
        return false;
    if (relative->Group ? !relative_sid_is_valid(descriptor, length, relative->Group)
                        : (required & GROUP_SECURITY_INFORMATION) != 0)
        return false;
    bool has_dacl = relative->Control & SE_DACL_PRESENT;
    if (has_dacl && relative->Dacl && !relative_acl_is_valid(descriptor, length, relative->Dacl))
        return false;
    if (!has_dacl && (required & DACL_SECURITY_INFORMATION))
        return false;
    bool has_sacl = relative->Control & SE_SACL_PRESENT;
    if (has_sacl && relative->Sacl && !relative_acl_is_valid(descriptor, length, relative->Sacl))
        return false;
    return has_sacl || !(required & SACL_SECURITY_INFORMATION);
}
