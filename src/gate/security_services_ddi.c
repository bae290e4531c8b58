/* SPDX-License-Identifier: MIT */
/* security_services_ddi.c - descriptors of objects by handle: asked for and changed by parts.
 *
 * Keys keep theirs in the registry, an open device's is the device's, any other object carries
 * its own. A program's descriptor is captured part by part before it is looked at.
 */
#include <string.h>

#include "cm/cm.h"
#include "ex/ex.h"
#include "io/io.h"
#include "services.h"

#define TAG_SECURITY    'esTG'
#define DESCRIPTOR_MOST 0x10000u

static ACCESS_MASK access_to_read(SECURITY_INFORMATION what)
{
    return (what & ~(SECURITY_INFORMATION)SACL_SECURITY_INFORMATION ? READ_CONTROL : 0) |
           (what & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0);
}

static ACCESS_MASK access_to_write(SECURITY_INFORMATION what)
{
    return (what & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION) ? WRITE_OWNER : 0) |
           (what & DACL_SECURITY_INFORMATION ? WRITE_DAC : 0) |
           (what & SACL_SECURITY_INFORMATION ? ACCESS_SYSTEM_SECURITY : 0);
}

/* Whose descriptor a handle means. A file on a device answers for itself, which only its file
 * system could. */
static NTSTATUS bearer_of(void *body, void **out_bearer)
{
    *out_bearer = body;
    if (ob_type_of(body) != (struct object_type *)*IoFileObjectType)
        return STATUS_SUCCESS;
    PFILE_OBJECT file = body;
    if (file->FileName.Length > 0 || !file->DeviceObject)
        return STATUS_INVALID_DEVICE_REQUEST;
    *out_bearer = file->DeviceObject;
    return STATUS_SUCCESS;
}

static NTSTATUS descriptor_query(void *body, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR buffer,
                                 ULONG *in_out_length)
{
    PSECURITY_DESCRIPTOR has;
    void *bearer;
    if (ob_type_of(body) == cm_key_type)
        return cm_key_security_query(body, what, buffer, in_out_length);
    NTSTATUS status = bearer_of(body, &bearer);
    if (NT_SUCCESS(status))
        status = ob_security_get(bearer, &has);
    if (!NT_SUCCESS(status))
        return status;
    status = SeQuerySecurityDescriptorInfo(&what, buffer, in_out_length, &has);
    ob_security_free(has);
    return status;
}

/* Doc: nf-ntifs-zwquerysecurityobject. Differs: files of a volume have no descriptor */
SERVICE NtQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                              PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                              PULONG LengthNeeded)
{
    void *body;
    ULONG needed = Length < DESCRIPTOR_MOST ? Length : DESCRIPTOR_MOST;
    NTSTATUS status = gate_probe_write(LengthNeeded, sizeof *LengthNeeded, sizeof(ULONG));
    if (NT_SUCCESS(status) && Length)
        status = gate_probe_write(SecurityDescriptor, Length, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Handle, access_to_read(SecurityInformation), NULL, gate_mode(),
                                     &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    void *buffer = ExAllocatePool2(POOL_FLAG_PAGED, needed ? needed : 1, TAG_SECURITY);
    status = buffer ? descriptor_query(body, SecurityInformation, buffer, &needed)
                    : STATUS_INSUFFICIENT_RESOURCES;
    ob_dereference(body);
    if (NT_SUCCESS(status))
        status = gate_copy_out(SecurityDescriptor, buffer, needed);
    if (buffer)
        ExFreePoolWithTag(buffer, TAG_SECURITY);
    NTSTATUS told = gate_copy_out(LengthNeeded, &needed, sizeof needed);
    return NT_SUCCESS(status) && !NT_SUCCESS(told) ? told : status;
}

/* ---- capturing ------------------------------------------------------------------------- */

/* A part whose length stands in its first bytes. */
static NTSTATUS part_capture(const void *user, bool is_list, void **out_part)
{
    UCHAR head[8];
    *out_part = NULL;
    if (!user)
        return STATUS_SUCCESS;
    NTSTATUS status = gate_copy_in(head, user, sizeof head);
    if (!NT_SUCCESS(status))
        return status;
    /* An ACL says its size, a SID its number of subauthorities. */
    ULONG length = is_list ? ((ACL *)head)->AclSize : 8u + 4u * head[1];
    if (length < sizeof head)
        return STATUS_INVALID_SECURITY_DESCR;
    void *part = ExAllocatePool2(POOL_FLAG_PAGED, length, TAG_SECURITY);
    if (!part)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = gate_copy_in(part, user, length);
    /* The program may have changed the length meanwhile. */
    if (NT_SUCCESS(status) && memcmp(part, head, is_list ? sizeof(ACL) : 2) != 0)
        status = STATUS_INVALID_SECURITY_DESCR;
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(part, TAG_SECURITY);
        return status;
    }
    *out_part = part;
    return STATUS_SUCCESS;
}

static void descriptor_release(SECURITY_DESCRIPTOR *descriptor)
{
    void *parts[] = {descriptor->Owner, descriptor->Group, descriptor->Sacl, descriptor->Dacl};
    for (unsigned i = 0; i < 4; i++)
        if (parts[i])
            ExFreePoolWithTag(parts[i], TAG_SECURITY);
}

/* An absolute descriptor whose parts are the kernel's. */
static NTSTATUS descriptor_capture(const void *user, SECURITY_DESCRIPTOR *out_descriptor)
{
    SECURITY_DESCRIPTOR_RELATIVE relative;
    SECURITY_DESCRIPTOR from = {0};
    NTSTATUS status = gate_copy_in(&relative, user, sizeof relative);
    if (!NT_SUCCESS(status))
        return status;
    if (relative.Control & SE_SELF_RELATIVE) {
        char *base = (char *)(uintptr_t)user;
        from.Revision = relative.Revision;
        from.Control = relative.Control;
        from.Owner = relative.Owner ? base + relative.Owner : NULL;
        from.Group = relative.Group ? base + relative.Group : NULL;
        from.Sacl = relative.Sacl ? (ACL *)(base + relative.Sacl) : NULL;
        from.Dacl = relative.Dacl ? (ACL *)(base + relative.Dacl) : NULL;
    } else {
        status = gate_copy_in(&from, user, sizeof from);
    }
    *out_descriptor = (SECURITY_DESCRIPTOR){.Revision = from.Revision,
                                            .Control = from.Control & ~SE_SELF_RELATIVE};
    if (NT_SUCCESS(status))
        status = part_capture(from.Owner, false, &out_descriptor->Owner);
    if (NT_SUCCESS(status))
        status = part_capture(from.Group, false, &out_descriptor->Group);
    if (NT_SUCCESS(status) && (from.Control & SE_SACL_PRESENT))
        status = part_capture(from.Sacl, true, (void **)&out_descriptor->Sacl);
    if (NT_SUCCESS(status) && (from.Control & SE_DACL_PRESENT))
        status = part_capture(from.Dacl, true, (void **)&out_descriptor->Dacl);
    if (NT_SUCCESS(status) && !RtlValidSecurityDescriptor(out_descriptor))
        status = STATUS_INVALID_SECURITY_DESCR;
    if (!NT_SUCCESS(status))
        descriptor_release(out_descriptor);
    return status;
}

/* ---- changing -------------------------------------------------------------------------- */

/* The parts of an object that has no descriptor yet: none. */
static NTSTATUS descriptor_begin(void *bearer, PSECURITY_DESCRIPTOR *out_descriptor)
{
    PSECURITY_DESCRIPTOR has;
    NTSTATUS status = ob_security_get(bearer, &has);
    if (!NT_SUCCESS(status))
        return status;
    ULONG length = has ? RtlLengthSecurityDescriptor(has) : sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    SECURITY_DESCRIPTOR_RELATIVE *copy = ExAllocatePool2(POOL_FLAG_PAGED, length, TAG_SECURITY);
    if (copy && has)
        memcpy(copy, has, length);
    else if (copy)
        *copy = (SECURITY_DESCRIPTOR_RELATIVE){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                               .Control = SE_SELF_RELATIVE};
    ob_security_free(has);
    *out_descriptor = copy;
    return copy ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS descriptor_change(void *body, SECURITY_INFORMATION what,
                                  PSECURITY_DESCRIPTOR change)
{
    PSECURITY_DESCRIPTOR descriptor;
    void *bearer;
    if (ob_type_of(body) == cm_key_type)
        return cm_key_security_set(body, what, change);
    NTSTATUS status = bearer_of(body, &bearer);
    if (NT_SUCCESS(status))
        status = descriptor_begin(bearer, &descriptor);
    if (!NT_SUCCESS(status))
        return status;
    GENERIC_MAPPING mapping = ob_type_ops(ob_type_of(bearer))->mapping;
    status = SeSetSecurityDescriptorInfo(bearer, &what, change, &descriptor, PagedPool, &mapping);
    if (NT_SUCCESS(status))
        status = ob_security_set(bearer, descriptor);
    ExFreePool(descriptor);
    return status;
}

/* Doc: nf-ntifs-zwsetsecurityobject. Differs: files of a volume have no descriptor */
SERVICE NtSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                            PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    SECURITY_DESCRIPTOR descriptor;
    void *body;
    if (!SecurityDescriptor)
        return STATUS_ACCESS_VIOLATION;
    NTSTATUS status = descriptor_capture(SecurityDescriptor, &descriptor);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_reference(Handle, access_to_write(SecurityInformation), NULL, gate_mode(),
                                 &body, NULL);
    if (NT_SUCCESS(status)) {
        status = descriptor_change(body, SecurityInformation, &descriptor);
        ob_dereference(body);
    }
    descriptor_release(&descriptor);
    return status;
}
