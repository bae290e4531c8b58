/* SPDX-License-Identifier: MIT */
/* descriptor_ddi.c - the Rtl functions on security descriptors. All are pure. */
#include "se_internal.h"

#include <string.h>

/* Doc:     nf-wdm-rtlcreatesecuritydescriptor */
NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    if (Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    memset(SecurityDescriptor, 0, sizeof(SECURITY_DESCRIPTOR));
    ((SECURITY_DESCRIPTOR *)SecurityDescriptor)->Revision = (UCHAR)Revision;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlcreatesecuritydescriptorrelative */
NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(
    PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor, ULONG Revision)
{
    if (Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    memset(SecurityDescriptor, 0, sizeof *SecurityDescriptor);
    SecurityDescriptor->Revision = (UCHAR)Revision;
    SecurityDescriptor->Control = SE_SELF_RELATIVE;
    return STATUS_SUCCESS;
}

/* Doc:     nf-wdm-rtllengthsecuritydescriptor */
ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    struct descriptor_parts parts;
    descriptor_parts(SecurityDescriptor, &parts);
    ULONG length = descriptor_parts_length(&parts);
    /* The header of an absolute descriptor is the longer one. */
    if (!(parts.control & SE_SELF_RELATIVE))
        length += sizeof(SECURITY_DESCRIPTOR) - sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    return length;
}

/* Doc:     nf-wdm-rtlvalidsecuritydescriptor */
BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return descriptor_is_valid(SecurityDescriptor);
}

/* Doc:     nf-wdm-rtlvalidrelativesecuritydescriptor */
BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput,
                                                 ULONG SecurityDescriptorLength,
                                                 SECURITY_INFORMATION RequiredInformation)
{
    return descriptor_relative_is_valid(SecurityDescriptorInput, SecurityDescriptorLength,
                                        RequiredInformation);
}

/* The descriptor as one that can be changed in place, or NULL. */
static NTSTATUS absolute_of(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR **out_absolute)
{
    SECURITY_DESCRIPTOR *absolute = descriptor;
    if (absolute->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    if (absolute->Control & SE_SELF_RELATIVE)
        return STATUS_INVALID_SECURITY_DESCR;
    *out_absolute = absolute;
    return STATUS_SUCCESS;
}

static void control_set(SECURITY_DESCRIPTOR *absolute, SECURITY_DESCRIPTOR_CONTROL bit, bool is_on)
{
    if (is_on)
        absolute->Control |= bit;
    else
        absolute->Control &= (SECURITY_DESCRIPTOR_CONTROL)~bit;
}

/* Errors:  STATUS_UNKNOWN_REVISION, STATUS_INVALID_SECURITY_DESCR: self-relative
 * Doc:     nf-wdm-rtlsetdaclsecuritydescriptor
 */
NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted)
{
    SECURITY_DESCRIPTOR *absolute;
    NTSTATUS status = absolute_of(SecurityDescriptor, &absolute);
    if (!NT_SUCCESS(status))
        return status;
    control_set(absolute, SE_DACL_PRESENT, DaclPresent);
    if (DaclPresent) {
        absolute->Dacl = Dacl;
        control_set(absolute, SE_DACL_DEFAULTED, DaclDefaulted);
    }
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlsetownersecuritydescriptor */
NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
                                             BOOLEAN OwnerDefaulted)
{
    SECURITY_DESCRIPTOR *absolute;
    NTSTATUS status = absolute_of(SecurityDescriptor, &absolute);
    if (!NT_SUCCESS(status))
        return status;
    absolute->Owner = Owner;
    control_set(absolute, SE_OWNER_DEFAULTED, OwnerDefaulted);
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlsetgroupsecuritydescriptor */
NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
                                             BOOLEAN GroupDefaulted)
{
    SECURITY_DESCRIPTOR *absolute;
    NTSTATUS status = absolute_of(SecurityDescriptor, &absolute);
    if (!NT_SUCCESS(status))
        return status;
    absolute->Group = Group;
    control_set(absolute, SE_GROUP_DEFAULTED, GroupDefaulted);
    return STATUS_SUCCESS;
}

static NTSTATUS parts_get(PSECURITY_DESCRIPTOR descriptor, struct descriptor_parts *out_parts)
{
    if (((SECURITY_DESCRIPTOR *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    descriptor_parts(descriptor, out_parts);
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlgetdaclsecuritydescriptor */
NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PBOOLEAN DaclPresent, PACL *Dacl,
                                            PBOOLEAN DaclDefaulted)
{
    struct descriptor_parts parts;
    NTSTATUS status = parts_get(SecurityDescriptor, &parts);
    if (!NT_SUCCESS(status))
        return status;
    *DaclPresent = (parts.control & SE_DACL_PRESENT) != 0;
    if (*DaclPresent) {
        *Dacl = parts.dacl;
        *DaclDefaulted = (parts.control & SE_DACL_DEFAULTED) != 0;
    }
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlgetsaclsecuritydescriptor */
NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PBOOLEAN SaclPresent, PACL *Sacl,
                                            PBOOLEAN SaclDefaulted)
{
    struct descriptor_parts parts;
    NTSTATUS status = parts_get(SecurityDescriptor, &parts);
    if (!NT_SUCCESS(status))
        return status;
    *SaclPresent = (parts.control & SE_SACL_PRESENT) != 0;
    if (*SaclPresent) {
        *Sacl = parts.sacl;
        *SaclDefaulted = (parts.control & SE_SACL_DEFAULTED) != 0;
    }
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_INVALID_SECURITY_DESCR: self-relative */
NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            BOOLEAN SaclPresent, PACL Sacl, BOOLEAN SaclDefaulted)
{
    SECURITY_DESCRIPTOR *absolute;
    NTSTATUS status = absolute_of(SecurityDescriptor, &absolute);
    if (!NT_SUCCESS(status))
        return status;
    control_set(absolute, SE_SACL_PRESENT, SaclPresent);
    if (SaclPresent) {
        absolute->Sacl = Sacl;
        control_set(absolute, SE_SACL_DEFAULTED, SaclDefaulted);
    }
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlgetownersecuritydescriptor */
NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
                                             PBOOLEAN OwnerDefaulted)
{
    struct descriptor_parts parts;
    NTSTATUS status = parts_get(SecurityDescriptor, &parts);
    if (!NT_SUCCESS(status))
        return status;
    *Owner = parts.owner;
    *OwnerDefaulted = (parts.control & SE_OWNER_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlgetgroupsecuritydescriptor */
NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
                                             PBOOLEAN GroupDefaulted)
{
    struct descriptor_parts parts;
    NTSTATUS status = parts_get(SecurityDescriptor, &parts);
    if (!NT_SUCCESS(status))
        return status;
    *Group = parts.group;
    *GroupDefaulted = (parts.control & SE_GROUP_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BAD_DESCRIPTOR_FORMAT: already self-relative; STATUS_BUFFER_TOO_SMALL with the
 *          length needed
 * Doc:     nf-ntifs-rtlabsolutetoselfrelativesd
 */
NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           PULONG BufferLength)
{
    struct descriptor_parts parts;
    descriptor_parts(AbsoluteSecurityDescriptor, &parts);
    if (parts.control & SE_SELF_RELATIVE)
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    ULONG needed = descriptor_parts_length(&parts), room = *BufferLength;
    *BufferLength = needed;
    if (room < needed)
        return STATUS_BUFFER_TOO_SMALL;
    descriptor_build(&parts, SelfRelativeSecurityDescriptor);
    return STATUS_SUCCESS;
}

/* Does a part fit? Tells what is needed either way. */
static bool part_fits(const void *part, ULONG length, PULONG in_out_room)
{
    ULONG room = *in_out_room, needed = part ? length : 0;
    *in_out_room = needed;
    return room >= needed;
}

/* Errors:  STATUS_BAD_DESCRIPTOR_FORMAT, STATUS_BUFFER_TOO_SMALL with all lengths needed
 * Doc:     nf-ntifs-rtlselfrelativetoabsolutesd
 */
NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PULONG AbsoluteSecurityDescriptorSize, PACL Dacl,
                                           PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner,
                                           PULONG OwnerSize, PSID PrimaryGroup,
                                           PULONG PrimaryGroupSize)
{
    struct descriptor_parts parts;
    SECURITY_DESCRIPTOR *absolute = AbsoluteSecurityDescriptor;
    descriptor_parts(SelfRelativeSecurityDescriptor, &parts);
    if (!(parts.control & SE_SELF_RELATIVE))
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    bool fits = part_fits(&parts, sizeof *absolute, AbsoluteSecurityDescriptorSize);
    fits &= part_fits(parts.dacl, parts.dacl ? parts.dacl->AclSize : 0, DaclSize);
    fits &= part_fits(parts.sacl, parts.sacl ? parts.sacl->AclSize : 0, SaclSize);
    fits &= part_fits(parts.owner, parts.owner ? sid_length(parts.owner) : 0, OwnerSize);
    fits &= part_fits(parts.group, parts.group ? sid_length(parts.group) : 0, PrimaryGroupSize);
    if (!fits)
        return STATUS_BUFFER_TOO_SMALL;
    memset(absolute, 0, sizeof *absolute);
    absolute->Revision = SECURITY_DESCRIPTOR_REVISION;
    absolute->Control = (SECURITY_DESCRIPTOR_CONTROL)(parts.control & ~SE_SELF_RELATIVE);
    if (parts.dacl)
        absolute->Dacl = memcpy(Dacl, parts.dacl, parts.dacl->AclSize);
    if (parts.sacl)
        absolute->Sacl = memcpy(Sacl, parts.sacl, parts.sacl->AclSize);
    if (parts.owner)
        absolute->Owner = memcpy(Owner, parts.owner, sid_length(parts.owner));
    if (parts.group)
        absolute->Group = memcpy(PrimaryGroup, parts.group, sid_length(parts.group));
    return STATUS_SUCCESS;
}
