/* SPDX-License-Identifier: MIT */
/* completion_services_ddi.c - completion ports. */
#include "io/io.h"
#include "services.h"

#define ENTRIES_AT_ONCE 64

SERVICE NtCreateIoCompletion(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                             ULONG Count)
{
    struct gate_attributes attributes;
    void *port;
    NTSTATUS status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = io_completion_create(Count, &port);
    if (NT_SUCCESS(status))
        status = gate_object_insert(port, &attributes, Access, Handle);
    gate_release_attributes(&attributes);
    return status;
}

SERVICE NtSetIoCompletion(HANDLE Handle, PVOID Key, PVOID Context, NTSTATUS Status,
                          ULONG_PTR Information)
{
    void *port;
    NTSTATUS status = ob_handle_reference(Handle, IO_COMPLETION_MODIFY_STATE, io_completion_type,
                                          gate_mode(), &port, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = io_completion_post(port, Key, Context, Status, Information);
    ob_dereference(port);
    return status;
}

SERVICE NtRemoveIoCompletion(HANDLE Handle, PVOID *Key, PVOID *Context, PIO_STATUS_BLOCK Status,
                             PLARGE_INTEGER Timeout)
{
    LARGE_INTEGER storage, *timeout;
    void *port;
    NTSTATUS status = gate_probe_write(Key, sizeof *Key, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(Context, sizeof *Context, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(Status, sizeof *Status, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_capture_timeout(Timeout, &storage, &timeout);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Handle, IO_COMPLETION_MODIFY_STATE, io_completion_type,
                                     gate_mode(), &port, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct io_completion_packet packet;
    unsigned count = 0;
    status = io_completion_remove(port, gate_mode(), false, timeout, &packet, 1, &count);
    ob_dereference(port);
    if (status != STATUS_SUCCESS || !count)
        return status;
    gate_copy_out(Key, &packet.key, sizeof packet.key);
    gate_copy_out(Context, &packet.apc_context, sizeof packet.apc_context);
    return gate_copy_out(Status, &packet.status, sizeof packet.status);
}

/* As FILE_IO_COMPLETION_INFORMATION is documented. */
struct entry {
    void *key, *context;
    IO_STATUS_BLOCK status;
};

SERVICE NtRemoveIoCompletionEx(HANDLE Handle, PVOID Entries, ULONG Count, PULONG Removed,
                               PLARGE_INTEGER Timeout, BOOLEAN Alertable)
{
    LARGE_INTEGER storage, *timeout;
    void *port;
    if (!Count)
        return STATUS_INVALID_PARAMETER;
    unsigned most = Count < ENTRIES_AT_ONCE ? Count : ENTRIES_AT_ONCE, count = 0;
    NTSTATUS status = gate_probe_write(Entries, most * sizeof(struct entry), sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(Removed, sizeof *Removed, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_capture_timeout(Timeout, &storage, &timeout);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Handle, IO_COMPLETION_MODIFY_STATE, io_completion_type,
                                     gate_mode(), &port, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct io_completion_packet packets[ENTRIES_AT_ONCE];
    status = io_completion_remove(port, gate_mode(), Alertable, timeout, packets, most, &count);
    ob_dereference(port);
    for (unsigned i = 0; i < count && status == STATUS_SUCCESS; i++) {
        struct entry entry = {packets[i].key, packets[i].apc_context, packets[i].status};
        status = gate_copy_out((struct entry *)Entries + i, &entry, sizeof entry);
    }
    NTSTATUS told = gate_copy_out(Removed, &(ULONG){count}, sizeof(ULONG));
    return NT_SUCCESS(status) && !NT_SUCCESS(told) ? told : status;
}
