/* SPDX-License-Identifier: MIT */
/* memory_services_ddi.c - a program's own memory: reserve, commit, free, protect, ask. */
#include "mm/mm.h"
#include "ps/ps.h"
#include "services.h"

/* The process behind a handle, which must have a window. Gives a reference. */
static NTSTATUS process_of(HANDLE handle, ACCESS_MASK access, struct process **out_process)
{
    void *body;
    NTSTATUS status =
        ob_handle_reference(handle, access, ps_process_type, gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    *out_process = body;
    if ((*out_process)->window && !(*out_process)->is_ending)
        return STATUS_SUCCESS;
    ob_dereference(body);
    return STATUS_PROCESS_IS_TERMINATING;
}

/* Base and size of a range, in and out. */
static NTSTATUS range_in(PVOID *user_base, PSIZE_T user_size, uint64_t *out_base,
                         uint64_t *out_size)
{
    NTSTATUS status = gate_probe_write(user_base, sizeof *user_base, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(user_size, sizeof *user_size, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_copy_in(out_base, user_base, sizeof *out_base);
    return NT_SUCCESS(status) ? gate_copy_in(out_size, user_size, sizeof *out_size) : status;
}

static NTSTATUS range_out(PVOID *user_base, PSIZE_T user_size, uint64_t base, uint64_t size)
{
    NTSTATUS status = gate_copy_out(user_base, &base, sizeof base);
    return NT_SUCCESS(status) ? gate_copy_out(user_size, &size, sizeof size) : status;
}

/* Doc: nf-ntifs-ntallocatevirtualmemory */
SERVICE NtAllocateVirtualMemory(HANDLE Process, PVOID *Base, ULONG_PTR ZeroBits, PSIZE_T Size,
                                ULONG Type, ULONG Protect)
{
    uint64_t base, size;
    struct process *process;
    NTSTATUS status = range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = process_of(Process, PROCESS_VM_OPERATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_allocate(process->window, &base, &size, Type, Protect);
    ob_dereference(process);
    return NT_SUCCESS(status) ? range_out(Base, Size, base, size) : status;
}

/* Doc: nf-ntifs-ntfreevirtualmemory */
SERVICE NtFreeVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type)
{
    uint64_t base, size;
    struct process *process;
    NTSTATUS status = range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = process_of(Process, PROCESS_VM_OPERATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_free(process->window, &base, &size, Type);
    ob_dereference(process);
    return NT_SUCCESS(status) ? range_out(Base, Size, base, size) : status;
}

SERVICE NtProtectVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Protect,
                               PULONG OldProtect)
{
    uint64_t base, size;
    ULONG old;
    struct process *process;
    NTSTATUS status = range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = gate_probe_write(OldProtect, sizeof *OldProtect, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = process_of(Process, PROCESS_VM_OPERATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_protect(process->window, &base, &size, Protect, &old);
    ob_dereference(process);
    if (NT_SUCCESS(status))
        status = range_out(Base, Size, base, size);
    return NT_SUCCESS(status) ? gate_copy_out(OldProtect, &old, sizeof old) : status;
}

SERVICE NtQueryVirtualMemory(HANDLE Process, PVOID Base, ULONG Class, PVOID Information,
                             SIZE_T Length, PSIZE_T ReturnLength)
{
    MEMORY_BASIC_INFORMATION found;
    struct process *process;
    if (Class)
        return STATUS_INVALID_INFO_CLASS;
    if (Length < sizeof found)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = process_of(Process, PROCESS_QUERY_INFORMATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_query(process->window, (uint64_t)Base, &found);
    ob_dereference(process);
    SIZE_T length = sizeof found;
    if (NT_SUCCESS(status))
        status = gate_copy_out(Information, &found, sizeof found);
    return NT_SUCCESS(status) && ReturnLength ? gate_copy_out(ReturnLength, &length, sizeof length)
                                              : status;
}
