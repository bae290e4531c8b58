/* SPDX-License-Identifier: MIT */
/* object_services_ddi.c - handles, names, directories and links. */
#include <string.h>

#include "ex/ex.h"
#include "ps/ps.h"
#include "services.h"

NTSTATUS gate_object_insert(void *body, const struct gate_attributes *attributes,
                            ACCESS_MASK access, PHANDLE handle)
{
    HANDLE made;
    void *inserted;
    NTSTATUS status = gate_probe_write(handle, sizeof *handle, sizeof(ULONG));
    if (!NT_SUCCESS(status)) {
        ob_dereference(body);
        return status;
    }
    status = ob_insert(body, &attributes->attributes, access, gate_mode(), &inserted, &made);
    if (!NT_SUCCESS(status)) {
        ob_dereference(body);
        return status;
    }
    ob_dereference(inserted);
    NTSTATUS copied = gate_copy_out(handle, &made, sizeof made);
    if (!NT_SUCCESS(copied)) {
        ob_handle_close(made, gate_mode());
        return copied;
    }
    return status; /* STATUS_OBJECT_NAME_EXISTS is told */
}

NTSTATUS gate_object_open(struct object_type *type, const OBJECT_ATTRIBUTES *user,
                          ACCESS_MASK access, PHANDLE handle)
{
    struct gate_attributes attributes;
    NTSTATUS status = gate_probe_write(handle, sizeof *handle, sizeof(ULONG));
    if (!NT_SUCCESS(status))
        return status;
    status = gate_capture_attributes(user, &attributes);
    void *body;
    HANDLE made;
    if (NT_SUCCESS(status)) {
        status = ob_open(&attributes.attributes, type, access, gate_mode(), NULL, &body);
        if (NT_SUCCESS(status)) {
            status = ob_handle_create(body, access, attributes.attributes.Attributes, &made);
            ob_dereference(body);
        }
        gate_release_attributes(&attributes);
    }
    if (NT_SUCCESS(status)) {
        status = gate_copy_out(handle, &made, sizeof made);
        if (!NT_SUCCESS(status))
            ob_handle_close(made, gate_mode());
    }
    return status;
}

/* Doc: nf-ntifs-ntclose */
NTSTATUS NTAPI NtClose(HANDLE Handle)
{
    return ob_handle_close(Handle, gate_mode());
}

/* Doc: ntifs.h OBJECT_HANDLE_FLAG_INFORMATION, whose class is the only one that can be set. */
SERVICE NtSetInformationObject(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length)
{
    struct {
        BOOLEAN inherit, protect;
    } flags;
    if (Class != 4) /* ObjectHandleFlagInformation */
        return STATUS_INVALID_INFO_CLASS;
    if (Length < sizeof flags)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_copy_in(&flags, Information, sizeof flags);
    if (!NT_SUCCESS(status))
        return status;
    return ob_handle_attributes_set(Handle, gate_mode(),
                                    (flags.inherit ? OBJ_INHERIT : 0) |
                                        (flags.protect ? OB_PROTECT_CLOSE : 0));
}

SERVICE NtMakeTemporaryObject(HANDLE Handle)
{
    void *body;
    NTSTATUS status = ob_handle_reference(Handle, DELETE, NULL, gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    ObMakeTemporaryObject(body);
    ob_dereference(body);
    return STATUS_SUCCESS;
}

/* Both processes must be of this machine; a handle table lives as long as its process. */
static NTSTATUS duplicate(struct process *from, HANDLE source, struct process *to,
                          ACCESS_MASK access, ULONG attributes, ULONG options, HANDLE *out_handle)
{
    if (!from->handles || (to && !to->handles))
        return STATUS_PROCESS_IS_TERMINATING;
    if (to)
        return ob_handle_duplicate(from->handles, source, to->handles, access, attributes, options,
                                   gate_mode(), out_handle);
    return STATUS_INVALID_HANDLE;
}

static NTSTATUS close_in(struct process *process, HANDLE handle)
{
    struct process *previous = ps_attach(process);
    NTSTATUS status = ob_handle_close(handle, gate_mode());
    ps_detach(previous);
    return status;
}

SERVICE NtDuplicateObject(HANDLE SourceProcess, HANDLE Source, HANDLE TargetProcess, PHANDLE Target,
                          ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    void *from, *to = NULL;
    HANDLE made = NULL;
    NTSTATUS status =
        Target ? gate_probe_write(Target, sizeof *Target, sizeof(ULONG)) : STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        status = ob_handle_reference(SourceProcess, PROCESS_DUP_HANDLE, ps_process_type,
                                     gate_mode(), &from, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (TargetProcess)
        status = ob_handle_reference(TargetProcess, PROCESS_DUP_HANDLE, ps_process_type,
                                     gate_mode(), &to, NULL);
    if (NT_SUCCESS(status)) {
        if (to)
            status = duplicate(from, Source, to, DesiredAccess, HandleAttributes,
                               Options & ~(ULONG)DUPLICATE_CLOSE_SOURCE, &made);
        if (Options & DUPLICATE_CLOSE_SOURCE)
            close_in(from, Source);
    }
    if (NT_SUCCESS(status) && Target)
        status = gate_copy_out(Target, &made, sizeof made);
    if (to)
        ob_dereference(to);
    ob_dereference(from);
    return status;
}

/* ---- NtQueryObject
 * ------------------------------------------------------------------------------------ */

/* A counted string behind a UNICODE_STRING, both in the program's buffer. */
static NTSTATUS name_out(PVOID buffer, ULONG length, const UNICODE_STRING *name,
                         PULONG return_length)
{
    ULONG needed =
        sizeof(UNICODE_STRING) + (name->Length ? name->Length + (ULONG)sizeof(WCHAR) : 0);
    NTSTATUS status = gate_length_tell(return_length, needed);
    if (!NT_SUCCESS(status))
        return status;
    if (length < needed)
        return length < sizeof(UNICODE_STRING) ? STATUS_INFO_LENGTH_MISMATCH
                                               : STATUS_BUFFER_OVERFLOW;
    UNICODE_STRING header = {0};
    WCHAR zero = 0;
    WCHAR *text = (WCHAR *)((char *)buffer + sizeof header);
    if (name->Length) {
        header = (UNICODE_STRING){name->Length, (USHORT)(name->Length + sizeof zero), text};
        status = gate_copy_out(text, name->Buffer, name->Length);
        if (NT_SUCCESS(status))
            status = gate_copy_out((char *)text + name->Length, &zero, sizeof zero);
    }
    return NT_SUCCESS(status) ? gate_copy_out(buffer, &header, sizeof header) : status;
}

static NTSTATUS query_name(void *body, PVOID buffer, ULONG length, PULONG return_length)
{
    ULONG room = 2048;
    OBJECT_NAME_INFORMATION *name = ExAllocatePool2(POOL_FLAG_PAGED, room, 'bOtG');
    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = ObQueryNameString(body, name, room, &room);
    if (NT_SUCCESS(status))
        status = name_out(buffer, length, &name->Name, return_length);
    ExFreePoolWithTag(name, 'bOtG');
    return status;
}

static NTSTATUS query_type(void *body, PVOID buffer, ULONG length, PULONG return_length)
{
    WCHAR text[64];
    UNICODE_STRING name = {.Buffer = text};
    for (const char *at = ob_type_name(ob_type_of(body)); *at && name.Length < sizeof text - 2;
         at++) {
        text[name.Length / sizeof(WCHAR)] = (WCHAR)(unsigned char)*at;
        name.Length += sizeof(WCHAR);
    }
    return name_out(buffer, length, &name, return_length);
}

static NTSTATUS query_flags(HANDLE handle, PVOID buffer, ULONG length, PULONG return_length)
{
    ULONG attributes = 0;
    if (length < 2 * sizeof(BOOLEAN))
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = ob_handle_attributes_get(handle, gate_mode(), &attributes);
    BOOLEAN flags[2] = {(attributes & OBJ_INHERIT) != 0, (attributes & OB_PROTECT_CLOSE) != 0};
    if (NT_SUCCESS(status))
        status = gate_copy_out(buffer, flags, sizeof flags);
    return NT_SUCCESS(status) ? gate_length_tell(return_length, sizeof flags) : status;
}

SERVICE NtQueryObject(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length,
                      PULONG ReturnLength)
{
    enum { ObjectBasic = 0, ObjectName = 1, ObjectType = 2 };
    void *body;
    ACCESS_MASK granted;
    NTSTATUS status = ob_handle_reference(Handle, 0, NULL, gate_mode(), &body, &granted);
    if (!NT_SUCCESS(status))
        return status;
    if (Class == 4) { /* ObjectHandleFlagInformation */
        status = query_flags(Handle, Information, Length, ReturnLength);
    } else if (Class == ObjectBasic) {
        PUBLIC_OBJECT_BASIC_INFORMATION basic = {.GrantedAccess = granted,
                                                 .HandleCount = (ULONG)ob_handle_count(body),
                                                 .PointerCount =
                                                     (ULONG)ob_reference_count(body) - 1};
        status = Length < sizeof basic ? STATUS_INFO_LENGTH_MISMATCH
                                       : gate_copy_out(Information, &basic, sizeof basic);
        if (NT_SUCCESS(status))
            status = gate_length_tell(ReturnLength, sizeof basic);
    } else if (Class == ObjectName) {
        status = query_name(body, Information, Length, ReturnLength);
    } else if (Class == ObjectType) {
        status = query_type(body, Information, Length, ReturnLength);
    } else {
        status = STATUS_INVALID_INFO_CLASS;
    }
    ob_dereference(body);
    return status;
}

/* ---- directories and links
 * ------------------------------------------------------------------------------ */

SERVICE NtCreateDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    struct gate_attributes attributes;
    void *directory;
    NTSTATUS status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_create(ob_directory_type, ob_directory_body_bytes(), &directory);
    if (NT_SUCCESS(status))
        status = gate_object_insert(directory, &attributes, Access, Handle);
    gate_release_attributes(&attributes);
    return status;
}

SERVICE NtOpenDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return gate_object_open(ob_directory_type, Attributes, Access, Handle);
}

SERVICE NtOpenSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return gate_object_open(ob_symbolic_link_type, Attributes, Access, Handle);
}

SERVICE NtQuerySymbolicLinkObject(HANDLE Handle, PUNICODE_STRING Target, PULONG ReturnedLength)
{
    void *link;
    UNICODE_STRING user;
    NTSTATUS status = gate_copy_in(&user, Target, sizeof user);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Handle, SYMBOLIC_LINK_QUERY, ob_symbolic_link_type,
                                     gate_mode(), &link, NULL);
    if (!NT_SUCCESS(status))
        return status;
    const UNICODE_STRING *target = ob_symbolic_link_target(link);
    status = gate_length_tell(ReturnedLength, target->Length);
    if (NT_SUCCESS(status) && user.MaximumLength < target->Length)
        status = STATUS_BUFFER_TOO_SMALL;
    if (NT_SUCCESS(status))
        status = gate_copy_out(user.Buffer, target->Buffer, target->Length);
    if (NT_SUCCESS(status)) {
        user.Length = target->Length;
        status = gate_copy_out(Target, &user, sizeof user);
    }
    ob_dereference(link);
    return status;
}

SERVICE NtCreateSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access,
                                   POBJECT_ATTRIBUTES Attributes, PUNICODE_STRING Target)
{
    struct gate_attributes attributes;
    UNICODE_STRING target;
    void *link;
    NTSTATUS status = gate_capture_string(Target, &target);
    if (!NT_SUCCESS(status))
        return status;
    status =
        target.Length ? gate_capture_attributes(Attributes, &attributes) : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        status = ob_symbolic_link_new(&target, &link);
        if (NT_SUCCESS(status))
            status = gate_object_insert(link, &attributes, Access, Handle);
        gate_release_attributes(&attributes);
    }
    gate_release_string(&target);
    return status;
}
