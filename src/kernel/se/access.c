/* SPDX-License-Identifier: MIT */
/* access.c - is this token granted what it desires?
 *
 * The order is the documented one: privileges that replace the list, the owner's own
 * rights, then the list from first to last; what an entry denies before another has
 * allowed it stays denied. Kernel mode is never refused.
 */
#include "se_internal.h"

#define GENERIC_BITS (GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL)

ACCESS_MASK access_map(ACCESS_MASK access, const GENERIC_MAPPING *mapping)
{
    ACCESS_MASK mapped = access & ~(ACCESS_MASK)GENERIC_BITS;
    if (access & GENERIC_READ)
        mapped |= mapping->GenericRead;
    if (access & GENERIC_WRITE)
        mapped |= mapping->GenericWrite;
    if (access & GENERIC_EXECUTE)
        mapped |= mapping->GenericExecute;
    if (access & GENERIC_ALL)
        mapped |= mapping->GenericAll;
    return mapped;
}

/* Whom an ACE that grants or denies the whole object is about; NULL: it does not. */
static const SID *whole_object_sid(const ACE_HEADER *ace, bool *out_is_deny)
{
    *out_is_deny =
        ace->AceType == ACCESS_DENIED_ACE_TYPE || ace->AceType == ACCESS_DENIED_OBJECT_ACE_TYPE;
    if (ace->AceFlags & INHERIT_ONLY_ACE)
        return NULL;
    if (ace->AceType == ACCESS_ALLOWED_OBJECT_ACE_TYPE ||
        ace->AceType == ACCESS_DENIED_OBJECT_ACE_TYPE)
        return ((const struct object_ace *)ace)->present & OBJECT_ACE_TYPE ? NULL : ace_sid(ace);
    return *out_is_deny || ace->AceType == ACCESS_ALLOWED_ACE_TYPE ? ace_sid(ace) : NULL;
}

/* What the list grants of `wanted`, or, with is_maximum, of everything. */
static ACCESS_MASK list_grants(const ACL *acl, const struct token *token, ACCESS_MASK wanted,
                               bool is_maximum, const GENERIC_MAPPING *mapping, bool is_restricted)
{
    ACCESS_MASK granted = 0, denied = 0;
    const char *at = (const char *)(acl + 1);
    for (unsigned i = 0; i < acl->AceCount; i++, at += ((const ACE_HEADER *)at)->AceSize) {
        const ACCESS_ALLOWED_ACE *ace = (const ACCESS_ALLOWED_ACE *)at;
        bool is_deny;
        const SID *sid = whole_object_sid(&ace->Header, &is_deny);
        if (!sid || !(is_restricted ? token_is_restricted_to(token, sid)
                                    : token_has_sid(token, sid, is_deny)))
            continue;
        ACCESS_MASK mask = access_map(ace->Mask, mapping);
        if (is_deny)
            denied |= mask & ~granted;
        else
            granted |= mask & ~denied;
        if (!is_maximum && (wanted & denied))
            break;
    }
    return granted;
}

/* Rights that come from privileges and from owning the object. */
static ACCESS_MASK own_grants(const struct descriptor_parts *parts, struct token *token,
                              ACCESS_MASK desired)
{
    ACCESS_MASK granted = 0;
    if ((desired & ACCESS_SYSTEM_SECURITY) && se_privilege_is_enabled(token, SE_SECURITY_PRIVILEGE))
        granted |= ACCESS_SYSTEM_SECURITY;
    if ((desired & WRITE_OWNER) && se_privilege_is_enabled(token, SE_TAKE_OWNERSHIP_PRIVILEGE))
        granted |= WRITE_OWNER;
    if (parts->owner && token_has_sid(token, parts->owner, false))
        granted |= READ_CONTROL | WRITE_DAC;
    return granted;
}

NTSTATUS access_check(PSECURITY_DESCRIPTOR descriptor, struct token *token, ACCESS_MASK desired,
                      ACCESS_MASK granted_before, const GENERIC_MAPPING *mapping,
                      ACCESS_MASK *out_granted)
{
    struct descriptor_parts parts;
    bool is_maximum = desired & MAXIMUM_ALLOWED;
    ACCESS_MASK wanted = access_map(desired, mapping) & ~(ACCESS_MASK)MAXIMUM_ALLOWED;
    descriptor_parts(descriptor, &parts);
    if ((wanted & ACCESS_SYSTEM_SECURITY) && !se_privilege_is_enabled(token, SE_SECURITY_PRIVILEGE))
        return STATUS_PRIVILEGE_NOT_HELD;
    ACCESS_MASK granted = granted_before;
    if (!parts.dacl) {
        /* No list, or an empty place where one should be: nobody is refused. */
        granted |= wanted | (is_maximum ? mapping->GenericAll : 0);
    } else {
        ACCESS_MASK own = own_grants(&parts, token, wanted);
        ACCESS_MASK left = wanted & ~(own | granted_before);
        ACCESS_MASK listed = list_grants(parts.dacl, token, left, is_maximum, mapping, false);
        if (token->restricted_count > 0) {
            /* The second check: the restricting SIDs alone, own rights do not count. */
            ACCESS_MASK second = list_grants(parts.dacl, token, wanted, is_maximum, mapping, true);
            ACCESS_MASK spared =
                token->is_write_restricted
                    ? ~(access_map(GENERIC_WRITE, mapping) | DELETE | WRITE_DAC | WRITE_OWNER)
                    : 0;
            own &= second | spared;
            listed &= second | spared;
        }
        if (is_maximum)
            granted |= own | listed;
        else
            granted |= (own | listed) & wanted;
    }
    if ((wanted & ~granted) || granted == 0)
        return STATUS_ACCESS_DENIED;
    *out_granted = granted;
    return STATUS_SUCCESS;
}

NTSTATUS se_check(PSECURITY_DESCRIPTOR descriptor, void *token, ACCESS_MASK desired,
                  const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode, ACCESS_MASK *out_granted)
{
    if (mode == KernelMode || !descriptor) {
        ACCESS_MASK all = desired & MAXIMUM_ALLOWED ? mapping->GenericAll : 0;
        *out_granted = (access_map(desired, mapping) & ~(ACCESS_MASK)MAXIMUM_ALLOWED) | all;
        return STATUS_SUCCESS;
    }
    if (!descriptor_is_valid(descriptor))
        return STATUS_INVALID_SECURITY_DESCR;
    return access_check(descriptor, token, desired, 0, mapping, out_granted);
}
