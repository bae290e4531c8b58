/* SPDX-License-Identifier: MIT */
/* assign_ddi.c - descriptors of new objects, captured descriptors, parts of descriptors. */
#include "se_internal.h"

#include <string.h>

#include "se_exports.h"

/* Who makes the object: what stands for a creator in an inherited entry becomes him. */
struct creator {
    const SID *owner, *group;
};

static const SID *sid_made(const struct creator *creator, const ACE_HEADER *ace)
{
    const SID *sid = ace_sid(ace);
    if (sid != NULL && sid_equals(sid, SID_OF(sid_creator_owner)))
        return creator->owner;
    if (sid != NULL && sid_equals(sid, SID_OF(sid_creator_group)))
        return creator->group;
    return NULL;
}

/* Copies an entry with other flags and, unless it is NULL, another SID. Returns its size. */
static USHORT ace_put(char *to, const ACE_HEADER *ace, UCHAR flags, const SID *sid)
{
    USHORT size = ace->AceSize;
    if (sid == NULL) {
        memcpy(to, ace, size);
    } else {
        const char *old = (const char *)ace_sid(ace), *end = (const char *)ace + size;
        ULONG before = (ULONG)(old - (const char *)ace), length = sid_length(sid);
        const char *rest = old + sid_length((const SID *)old);
        memcpy(to, ace, before);
        memcpy(to + before, sid, length);
        memcpy(to + before + length, rest, (size_t)(end - rest));
        size = (USHORT)(before + length + (ULONG)(end - rest));
    }
    ((ACE_HEADER *)to)->AceFlags = flags;
    ((ACE_HEADER *)to)->AceSize = size;
    return size;
}

/* What one entry of the parent's becomes: nothing, an entry, or two of them: one for the object
 * and, where a creator was named, one that waits for the objects below. Returns their bytes. */
static ULONG ace_inherit(char *to, const ACE_HEADER *ace, bool is_container,
                         const struct creator *creator, USHORT *count)
{
    UCHAR wanted = is_container ? CONTAINER_INHERIT_ACE : OBJECT_INHERIT_ACE;
    bool passes_through = is_container && (ace->AceFlags & OBJECT_INHERIT_ACE) &&
                          !(ace->AceFlags & NO_PROPAGATE_INHERIT_ACE);
    if (!(ace->AceFlags & wanted) && !passes_through)
        return 0;
    UCHAR flags = ace->AceFlags & (UCHAR) ~(INHERIT_ONLY_ACE | INHERITED_ACE);
    if (!is_container || (flags & NO_PROPAGATE_INHERIT_ACE))
        flags &= (UCHAR)~VALID_INHERIT_FLAGS;
    if (!(ace->AceFlags & wanted))
        flags |= INHERIT_ONLY_ACE;
    const SID *sid = flags & INHERIT_ONLY_ACE ? NULL : sid_made(creator, ace);
    bool is_passed_on = sid != NULL && (flags & (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE));
    ULONG used = ace_put(to, ace, is_passed_on ? flags & (UCHAR)~VALID_INHERIT_FLAGS : flags, sid);
    ++*count;
    if (is_passed_on) {
        used += ace_put(to + used, ace, flags | INHERIT_ONLY_ACE, NULL);
        ++*count;
    }
    return used;
}

/* The entries of a parent's list that a new object inherits, as a list in pool; NULL: none. */
static NTSTATUS list_inherit(const ACL *parent, bool is_container, const struct creator *creator,
                             ACL **out_acl)
{
    *out_acl = NULL;
    if (!parent)
        return STATUS_SUCCESS;
    /* Each entry may become two, one of them with a longer SID. */
    ULONG room = 2u * parent->AclSize + parent->AceCount * (ULONG)SECURITY_MAX_SID_SIZE;
    ACL *acl = ExAllocatePool2(POOL_FLAG_PAGED, room, SE_TAG);
    if (!acl)
        return STATUS_INSUFFICIENT_RESOURCES;
    ULONG used = sizeof(*acl);
    const char *at = (const char *)(parent + 1);
    *acl = (ACL){.AclRevision = parent->AclRevision};
    for (unsigned i = 0; i < parent->AceCount; i++, at += ((const ACE_HEADER *)at)->AceSize)
        used += ace_inherit((char *)acl + used, (const ACE_HEADER *)at, is_container, creator,
                            &acl->AceCount);
    NTSTATUS status = used > MAXUSHORT ? STATUS_BAD_INHERITANCE_ACL : STATUS_SUCCESS;
    acl->AclSize = (USHORT)used;
    if (acl->AceCount == 0 || !NT_SUCCESS(status)) {
        ExFreePoolWithTag(acl, SE_TAG);
        acl = NULL;
    }
    *out_acl = acl;
    return status;
}

/* Generic rights in the entries that hold for the object itself become its own rights. */
static void list_map(ACL *acl, const GENERIC_MAPPING *mapping)
{
    char *at = (char *)(acl + 1);
    for (unsigned i = 0; i < acl->AceCount; i++, at += ((ACE_HEADER *)at)->AceSize)
        if (ace_sid((ACE_HEADER *)at) && !(((ACE_HEADER *)at)->AceFlags & INHERIT_ONLY_ACE))
            ((ACCESS_ALLOWED_ACE *)at)->Mask =
                access_map(((ACCESS_ALLOWED_ACE *)at)->Mask, mapping);
}

/* The descriptor of a new object: what the creator said, else what the parent hands down, else
 * the default of the creator's token.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   *NewDescriptor becomes the caller's (SeDeassignSecurity)
 * Doc:     nf-wdm-seassignsecurityex
 * Differs: object types of entries and AutoInheritFlags are not applied
 */
NTSTATUS NTAPI SeAssignSecurityEx(PSECURITY_DESCRIPTOR ParentDescriptor,
                                  PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                  PSECURITY_DESCRIPTOR *NewDescriptor, GUID *ObjectType,
                                  BOOLEAN IsDirectoryObject, ULONG AutoInheritFlags,
                                  PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                  PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType)
{
    struct descriptor_parts parent = {0}, given = {0}, parts = {0};
    const struct token *token = SeQuerySubjectContextToken(SubjectContext);
    ACL *inherited = NULL;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if ((ParentDescriptor && !descriptor_is_valid(ParentDescriptor)) ||
        (ExplicitDescriptor && !descriptor_is_valid(ExplicitDescriptor)))
        return STATUS_INVALID_SECURITY_DESCR;
    if (ParentDescriptor)
        descriptor_parts(ParentDescriptor, &parent);
    if (ExplicitDescriptor)
        descriptor_parts(ExplicitDescriptor, &given);
    parts.owner = given.owner ? given.owner : SID_OF(*token->owner);
    parts.group = given.group ? given.group : SID_OF(*token->primary_group);
    parts.control = SE_DACL_PRESENT | (given.control & (SE_DACL_PROTECTED | SE_SACL_PRESENT));
    parts.sacl = given.sacl;
    if (given.control & SE_DACL_PRESENT) {
        parts.dacl = given.dacl;
    } else {
        struct creator creator = {parts.owner, parts.group};
        NTSTATUS status = list_inherit(parent.dacl, IsDirectoryObject, &creator, &inherited);
        if (!NT_SUCCESS(status))
            return status;
        parts.dacl = inherited ? inherited : system_default_dacl;
        parts.control |= inherited ? 0 : SE_DACL_DEFAULTED;
    }
    NTSTATUS status = descriptor_make(&parts, SE_TAG, NewDescriptor, NULL);
    if (inherited)
        ExFreePoolWithTag(inherited, SE_TAG);
    if (NT_SUCCESS(status)) {
        descriptor_parts(*NewDescriptor, &parts);
        if (parts.dacl && GenericMapping)
            list_map(parts.dacl, GenericMapping);
    }
    return status;
}

/* Doc:     nf-wdm-seassignsecurity */
NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor,
                                PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                PSECURITY_DESCRIPTOR *NewDescriptor, BOOLEAN IsDirectoryObject,
                                PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType)
{
    return SeAssignSecurityEx(ParentDescriptor, ExplicitDescriptor, NewDescriptor, NULL,
                              IsDirectoryObject, 0, SubjectContext, GenericMapping, PoolType);
}

/* Doc:     nf-wdm-sedeassignsecurity */
NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor)
{
    if (*SecurityDescriptor)
        ExFreePool(*SecurityDescriptor);
    *SecurityDescriptor = NULL;
    return STATUS_SUCCESS;
}

/* Doc:     nf-wdm-sevalidsecuritydescriptor */
BOOLEAN NTAPI SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return descriptor_relative_is_valid(SecurityDescriptor, Length, OWNER_SECURITY_INFORMATION);
}

/* A self-relative copy in pool. Memory of a program must have been captured by the caller.
 *
 * IRQL:    PASSIVE_LEVEL
 */
NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR OriginalSecurityDescriptor,
                                           KPROCESSOR_MODE CurrentMode, POOL_TYPE PoolType,
                                           BOOLEAN CaptureIfKernel,
                                           PSECURITY_DESCRIPTOR *CapturedSecurityDescriptor)
{
    struct descriptor_parts parts;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!OriginalSecurityDescriptor || (CurrentMode == KernelMode && !CaptureIfKernel)) {
        *CapturedSecurityDescriptor = OriginalSecurityDescriptor;
        return STATUS_SUCCESS;
    }
    if (!descriptor_is_valid(OriginalSecurityDescriptor))
        return STATUS_INVALID_SECURITY_DESCR;
    descriptor_parts(OriginalSecurityDescriptor, &parts);
    return descriptor_make(&parts, SE_TAG, CapturedSecurityDescriptor, NULL);
}

NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR CapturedSecurityDescriptor,
                                           KPROCESSOR_MODE CurrentMode, BOOLEAN CaptureIfKernelMode)
{
    if (CapturedSecurityDescriptor && (CurrentMode != KernelMode || CaptureIfKernelMode))
        ExFreePoolWithTag(CapturedSecurityDescriptor, SE_TAG);
    return STATUS_SUCCESS;
}

/* The parts that are asked for, self-relative.
 *
 * Errors:  STATUS_BUFFER_TOO_SMALL with the length needed
 * Doc:     nf-ntifs-sequerysecuritydescriptorinfo
 */
NTSTATUS NTAPI SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION SecurityInformation,
                                             PSECURITY_DESCRIPTOR SecurityDescriptor, PULONG Length,
                                             PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor)
{
    struct descriptor_parts parts = {0};
    SECURITY_INFORMATION wanted = *SecurityInformation;
    ULONG room = *Length;
    if (*ObjectsSecurityDescriptor)
        descriptor_parts(*ObjectsSecurityDescriptor, &parts);
    if (!(wanted & OWNER_SECURITY_INFORMATION))
        parts.owner = NULL;
    if (!(wanted & GROUP_SECURITY_INFORMATION))
        parts.group = NULL;
    if (!(wanted & DACL_SECURITY_INFORMATION)) {
        parts.dacl = NULL;
        parts.control &= (SECURITY_DESCRIPTOR_CONTROL)~SE_DACL_PRESENT;
    }
    if (!(wanted & SACL_SECURITY_INFORMATION)) {
        parts.sacl = NULL;
        parts.control &= (SECURITY_DESCRIPTOR_CONTROL)~SE_SACL_PRESENT;
    }
    *Length = descriptor_parts_length(&parts);
    if (room < *Length)
        return STATUS_BUFFER_TOO_SMALL;
    descriptor_build(&parts, SecurityDescriptor);
    return STATUS_SUCCESS;
}

/* Replaces *ObjectsSecurityDescriptor by one with the given parts; the old one is freed.
 *
 * Errors:  STATUS_NO_SECURITY_ON_OBJECT
 * Doc:     nf-ntifs-sesetsecuritydescriptorinfo
 * Differs: inherited entries are not computed anew
 */
NTSTATUS NTAPI SeSetSecurityDescriptorInfo(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                           PSECURITY_DESCRIPTOR ModificationDescriptor,
                                           PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                           POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping)
{
    struct descriptor_parts parts, change;
    SECURITY_INFORMATION wanted = *SecurityInformation;
    PSECURITY_DESCRIPTOR fresh;
    if (!*ObjectsSecurityDescriptor)
        return STATUS_NO_SECURITY_ON_OBJECT;
    if (!descriptor_is_valid(ModificationDescriptor))
        return STATUS_INVALID_SECURITY_DESCR;
    descriptor_parts(*ObjectsSecurityDescriptor, &parts);
    descriptor_parts(ModificationDescriptor, &change);
    if (wanted & OWNER_SECURITY_INFORMATION) {
        if (!change.owner)
            return STATUS_INVALID_OWNER;
        parts.owner = change.owner;
    }
    if (wanted & GROUP_SECURITY_INFORMATION)
        parts.group = change.group;
    if (wanted & DACL_SECURITY_INFORMATION) {
        const SECURITY_DESCRIPTOR_CONTROL bits = SE_DACL_PRESENT | SE_DACL_PROTECTED;
        parts.dacl = change.dacl;
        parts.control =
            (SECURITY_DESCRIPTOR_CONTROL)((parts.control & ~bits) | (change.control & bits));
    }
    if (wanted & SACL_SECURITY_INFORMATION) {
        const SECURITY_DESCRIPTOR_CONTROL bits = SE_SACL_PRESENT | SE_SACL_PROTECTED;
        parts.sacl = change.sacl;
        parts.control =
            (SECURITY_DESCRIPTOR_CONTROL)((parts.control & ~bits) | (change.control & bits));
    }
    NTSTATUS status = descriptor_make(&parts, SE_TAG, &fresh, NULL);
    if (!NT_SUCCESS(status))
        return status;
    descriptor_parts(fresh, &parts);
    if (parts.dacl && GenericMapping)
        list_map(parts.dacl, GenericMapping);
    ExFreePool(*ObjectsSecurityDescriptor);
    *ObjectsSecurityDescriptor = fresh;
    return STATUS_SUCCESS;
}
