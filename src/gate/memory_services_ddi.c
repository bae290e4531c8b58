/* SPDX-License-Identifier: MIT */
/* memory_services_ddi.c - a program's own memory: reserve, commit, free, protect, ask. */
#include "mm/mm.h"
#include "ps/ps.h"
#include "services.h"

NTSTATUS gate_process_window(HANDLE handle, ACCESS_MASK access, void **out_process,
                             struct mm_window **out_window)
{
    void *body;
    NTSTATUS status =
        ob_handle_reference(handle, access, ps_process_type, gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct process *process = body;
    *out_window = process == ps_system_process ? mm_window_system() : process->window;
    if (*out_window && !process->is_ending) {
        *out_process = body;
        return STATUS_SUCCESS;
    }
    ob_dereference(body);
    return STATUS_PROCESS_IS_TERMINATING;
}

NTSTATUS gate_range_in(PVOID *user_base, PSIZE_T user_size, uint64_t *out_base, uint64_t *out_size)
{
    NTSTATUS status = gate_probe_write(user_base, sizeof *user_base, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(user_size, sizeof *user_size, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_copy_in(out_base, user_base, sizeof *out_base);
    return NT_SUCCESS(status) ? gate_copy_in(out_size, user_size, sizeof *out_size) : status;
}

NTSTATUS gate_range_out(PVOID *user_base, PSIZE_T user_size, uint64_t base, uint64_t size)
{
    NTSTATUS status = gate_copy_out(user_base, &base, sizeof base);
    return NT_SUCCESS(status) ? gate_copy_out(user_size, &size, sizeof size) : status;
}

/* Doc: nf-ntifs-ntallocatevirtualmemory */
SERVICE NtAllocateVirtualMemory(HANDLE Process, PVOID *Base, ULONG_PTR ZeroBits, PSIZE_T Size,
                                ULONG Type, ULONG Protect)
{
    uint64_t base, size;
    struct mm_window *window;
    void *process;
    NTSTATUS status = gate_range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_allocate(window, &base, &size, Type, Protect);
    ob_dereference(process);
    return NT_SUCCESS(status) ? gate_range_out(Base, Size, base, size) : status;
}

/* Doc: nf-ntifs-ntfreevirtualmemory */
SERVICE NtFreeVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type)
{
    uint64_t base, size;
    struct mm_window *window;
    void *process;
    NTSTATUS status = gate_range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_free(window, &base, &size, Type);
    ob_dereference(process);
    return NT_SUCCESS(status) ? gate_range_out(Base, Size, base, size) : status;
}

SERVICE NtProtectVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Protect,
                               PULONG OldProtect)
{
    uint64_t base, size;
    ULONG old;
    struct mm_window *window;
    void *process;
    NTSTATUS status = gate_range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = gate_probe_write(OldProtect, sizeof *OldProtect, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_protect(window, &base, &size, Protect, &old);
    ob_dereference(process);
    if (NT_SUCCESS(status))
        status = gate_range_out(Base, Size, base, size);
    return NT_SUCCESS(status) ? gate_copy_out(OldProtect, &old, sizeof old) : status;
}

SERVICE NtQueryVirtualMemory(HANDLE Process, PVOID Base, ULONG Class, PVOID Information,
                             SIZE_T Length, PSIZE_T ReturnLength)
{
    MEMORY_BASIC_INFORMATION found;
    struct mm_window *window;
    void *process;
    if (Class)
        return STATUS_INVALID_INFO_CLASS;
    if (Length < sizeof found)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_process_window(Process, PROCESS_QUERY_INFORMATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_window_query(window, (uint64_t)Base, &found);
    ob_dereference(process);
    SIZE_T length = sizeof found;
    if (NT_SUCCESS(status))
        status = gate_copy_out(Information, &found, sizeof found);
    return NT_SUCCESS(status) && ReturnLength ? gate_copy_out(ReturnLength, &length, sizeof length)
                                              : status;
}

/* Everything a program has committed is always there: locking is only checked. */
static NTSTATUS lock_check(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type)
{
    uint64_t base, size;
    struct mm_window *window;
    void *process;
    if (!Type || Type & ~3u)
        return STATUS_INVALID_PARAMETER_4;
    NTSTATUS status = gate_range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    uint64_t end = (base + size + 4095) & ~4095ull;
    base &= ~4095ull;
    for (uint64_t at = base; at < end && NT_SUCCESS(status);) {
        MEMORY_BASIC_INFORMATION found;
        status = mm_window_query(window, at, &found);
        if (NT_SUCCESS(status) && (found.State != MEM_COMMIT || found.Protect & PAGE_NOACCESS))
            status = STATUS_ACCESS_VIOLATION;
        at += found.RegionSize;
    }
    ob_dereference(process);
    return NT_SUCCESS(status) ? gate_range_out(Base, Size, base, end - base) : status;
}

/* Doc:     memoryapi.h VirtualLock */
SERVICE NtLockVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type)
{
    return lock_check(Process, Base, Size, Type);
}

/* Doc:     memoryapi.h VirtualUnlock
 * Differs: what was not locked is not refused
 */
SERVICE NtUnlockVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type)
{
    return lock_check(Process, Base, Size, Type);
}

/* Bytes between the caller's memory and a process's, which must be that process's own. */
static NTSTATUS transfer(HANDLE Process, PVOID Base, PVOID Buffer, SIZE_T Length, PSIZE_T Done,
                         bool is_write)
{
    struct mm_window *window;
    void *process;
    uint64_t done = 0, at = (uint64_t)Base;
    ACCESS_MASK access = is_write ? PROCESS_VM_WRITE | PROCESS_VM_OPERATION : PROCESS_VM_READ;
    NTSTATUS status = STATUS_SUCCESS;
    if (gate_mode() == UserMode &&
        ((uint64_t)Buffer + Length > MM_USER_END || (uint64_t)Buffer + Length < (uint64_t)Buffer))
        return STATUS_ACCESS_VIOLATION;
    if (Done)
        status = gate_probe_write(Done, sizeof *Done, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_process_window(Process, access, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    if (at < mm_window_base(window) || Length > mm_window_bytes(window) ||
        at - mm_window_base(window) > mm_window_bytes(window) - Length)
        status = STATUS_PARTIAL_COPY;
    else if (is_write)
        status = mm_window_copy(mm_window_here(window, Base), Buffer, Length, &done);
    else
        status = mm_window_copy(Buffer, mm_window_here(window, Base), Length, &done);
    ob_dereference(process);
    SIZE_T told = done;
    if (Done && !NT_SUCCESS(gate_copy_out(Done, &told, sizeof told)))
        return STATUS_ACCESS_VIOLATION;
    return status;
}

/* Doc:     memoryapi.h ReadProcessMemory */
SERVICE NtReadVirtualMemory(HANDLE Process, PVOID Base, PVOID Buffer, SIZE_T Length, PSIZE_T Done)
{
    return transfer(Process, Base, Buffer, Length, Done, false);
}

/* Doc:     memoryapi.h WriteProcessMemory */
SERVICE NtWriteVirtualMemory(HANDLE Process, PVOID Base, PVOID Buffer, SIZE_T Length, PSIZE_T Done)
{
    return transfer(Process, Base, Buffer, Length, Done, true);
}

/* A program's touch that the processor refused; its front asks before it raises.
 *
 * Errors:  STATUS_SUCCESS: try again; STATUS_GUARD_PAGE_VIOLATION, STATUS_ACCESS_VIOLATION
 */
SERVICE NtCoveMemoryFault(ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute)
{
    struct mm_window *window = ps_process_current()->window;
    if (!window || Address - mm_window_base(window) >= mm_window_bytes(window))
        return STATUS_ACCESS_VIOLATION;
    return mm_window_fault(Address, IsWrite, IsExecute);
}
