/* SPDX-License-Identifier: MIT */
/* process_services_ddi.c - processes and threads by handle. */
#include "ps/ps.h"
#include "se/se.h"
#include "services.h"

#ifndef THREAD_SET_THREAD_TOKEN /* winnt.h has it */
#define THREAD_SET_THREAD_TOKEN 0x0080
#endif

/* Opens a body that was found by id; takes its reference. */
static NTSTATUS open_found(void *body, ACCESS_MASK access, PHANDLE handle)
{
    HANDLE made;
    if (!body)
        return STATUS_INVALID_CID;
    NTSTATUS status = ob_access_check(body, access, gate_mode(), &access);
    if (NT_SUCCESS(status))
        status = ob_handle_create(body, access, 0, &made);
    ob_dereference(body);
    if (NT_SUCCESS(status)) {
        status = gate_copy_out(handle, &made, sizeof made);
        if (!NT_SUCCESS(status))
            ob_handle_close(made, gate_mode());
    }
    return status;
}

/* Doc: nf-ntddk-ntopenprocess */
NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId)
{
    CLIENT_ID id;
    NTSTATUS status = gate_probe_write(ProcessHandle, sizeof *ProcessHandle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_copy_in(&id, ClientId, sizeof id);
    if (!NT_SUCCESS(status))
        return status;
    if (DesiredAccess & PROCESS_QUERY_INFORMATION)
        DesiredAccess |= PROCESS_QUERY_LIMITED_INFORMATION; /* as documented */
    return open_found(ps_process_find_get((uint64_t)id.UniqueProcess), DesiredAccess,
                      ProcessHandle);
}

SERVICE NtOpenThread(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                     PCLIENT_ID Id)
{
    CLIENT_ID id;
    NTSTATUS status = gate_probe_write(Handle, sizeof *Handle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_copy_in(&id, Id, sizeof id);
    if (!NT_SUCCESS(status))
        return status;
    return open_found(ps_thread_find_get((uint64_t)id.UniqueThread), Access, Handle);
}

SERVICE NtTerminateProcess(HANDLE Handle, NTSTATUS Status)
{
    void *process;
    NTSTATUS status = ob_handle_reference(Handle ? Handle : NtCurrentProcess(), PROCESS_TERMINATE,
                                          ps_process_type, gate_mode(), &process, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (process == ps_system_process)
        status = STATUS_ACCESS_DENIED;
    else
        ps_process_terminate(process, Status);
    ob_dereference(process);
    return status;
}

SERVICE NtAlertThread(HANDLE Handle)
{
    void *thread;
    NTSTATUS status =
        ob_handle_reference(Handle, THREAD_ALERT, ps_thread_type, gate_mode(), &thread, NULL);
    if (!NT_SUCCESS(status))
        return status;
    ke_thread_alert(&((struct process_thread *)thread)->tcb);
    ob_dereference(thread);
    return STATUS_SUCCESS;
}

/* As documented for THREAD_BASIC_INFORMATION and PROCESS_BASIC_INFORMATION (winternl.h). */
struct thread_basic {
    NTSTATUS exit_status;
    PVOID teb;
    CLIENT_ID id;
    ULONG_PTR affinity;
    KPRIORITY priority, base_priority;
};
struct process_basic {
    NTSTATUS exit_status;
    PVOID peb;
    ULONG_PTR affinity;
    KPRIORITY base_priority;
    ULONG_PTR id, parent_id;
};
enum {
    ThreadBasic = 0,
    ThreadTimesClass = 1,
    ProcessBasic = 0,
    ProcessQuota = 1,
    ProcessMemory = 3,
    ProcessTimesClass = 4,
    ProcessWow64 = 26
};
#define STATUS_STILL_ACTIVE 0x103

static NTSTATUS answer(PVOID buffer, ULONG length, PULONG return_length, const void *value,
                       ULONG size)
{
    if (length < size)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_copy_out(buffer, value, size);
    return NT_SUCCESS(status) ? gate_length_tell(return_length, size) : status;
}

SERVICE NtQueryInformationThread(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length,
                                 PULONG ReturnLength)
{
    void *body;
    NTSTATUS status = ob_handle_reference(Handle, THREAD_QUERY_LIMITED_INFORMATION, ps_thread_type,
                                          gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct process_thread *thread = body;
    if (Class == ThreadBasic) {
        struct thread_basic basic = {.exit_status = thread->tcb.header.SignalState
                                                        ? thread->tcb.exit_status
                                                        : STATUS_STILL_ACTIVE,
                                     .teb = (PVOID)thread->teb,
                                     .id = {(HANDLE)thread->process->id, (HANDLE)thread->id},
                                     .affinity = ((ULONG_PTR)1 << ke_processor_count()) - 1,
                                     .priority = thread->tcb.priority};
        status = answer(Information, Length, ReturnLength, &basic, sizeof basic);
    } else if (Class == ThreadTimesClass) {
        struct gate_times times = {.create.QuadPart = thread->create_time,
                                   .exit.QuadPart = thread->exit_time};
        status = answer(Information, Length, ReturnLength, &times, sizeof times);
    } else {
        status = STATUS_INVALID_INFO_CLASS;
    }
    ob_dereference(body);
    return status;
}

/* ---- quotas ------------------------------------------------------------------------------ */

/* As documented for VM_COUNTERS; what nobody counts here is zero. */
struct process_memory {
    SIZE_T peak_virtual, virtual;
    ULONG faults;
    SIZE_T peak_working_set, working_set;
    SIZE_T peak_paged, paged, peak_nonpaged, nonpaged;
    SIZE_T pagefile, peak_pagefile;
};

static NTSTATUS quota_answer(struct process *process, PVOID buffer, ULONG length,
                             PULONG return_length)
{
    struct ps_quota paged, nonpaged;
    ps_quota_query(process, true, &paged);
    ps_quota_query(process, false, &nonpaged);
    QUOTA_LIMITS limits = {.PagedPoolLimit = paged.limit,
                           .NonPagedPoolLimit = nonpaged.limit,
                           .PagefileLimit = MAXSIZE_T};
    return answer(buffer, length, return_length, &limits, sizeof limits);
}

static NTSTATUS memory_answer(struct process *process, PVOID buffer, ULONG length,
                              PULONG return_length)
{
    struct ps_quota paged, nonpaged;
    ps_quota_query(process, true, &paged);
    ps_quota_query(process, false, &nonpaged);
    struct process_memory memory = {.peak_paged = paged.peak,
                                    .paged = paged.used,
                                    .peak_nonpaged = nonpaged.peak,
                                    .nonpaged = nonpaged.used};
    return answer(buffer, length, return_length, &memory, sizeof memory);
}

/* A pool limit of zero is not changed; working sets have none here. */
static NTSTATUS quota_set(HANDLE handle, PVOID information, ULONG length)
{
    QUOTA_LIMITS limits;
    void *process;
    NTSTATUS status = length < sizeof limits ? STATUS_INFO_LENGTH_MISMATCH
                                             : gate_copy_in(&limits, information, sizeof limits);
    if (!NT_SUCCESS(status))
        return status;
    bool is_pool = limits.PagedPoolLimit != 0 || limits.NonPagedPoolLimit != 0;
    if (is_pool &&
        !SeSinglePrivilegeCheck(RtlConvertUlongToLuid(SE_INCREASE_QUOTA_PRIVILEGE), gate_mode()))
        return STATUS_PRIVILEGE_NOT_HELD;
    status = ob_handle_reference(handle, PROCESS_SET_QUOTA, ps_process_type, gate_mode(), &process,
                                 NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (limits.PagedPoolLimit != 0)
        ps_quota_limit(process, true, limits.PagedPoolLimit);
    if (limits.NonPagedPoolLimit != 0)
        ps_quota_limit(process, false, limits.NonPagedPoolLimit);
    ob_dereference(process);
    return STATUS_SUCCESS;
}

/* Doc: winternl.h NtQueryInformationProcess */
NTSTATUS NTAPI NtQueryInformationProcess(HANDLE ProcessHandle,
                                         PROCESSINFOCLASS ProcessInformationClass,
                                         PVOID ProcessInformation, ULONG ProcessInformationLength,
                                         PULONG ReturnLength)
{
    void *body;
    NTSTATUS status = ob_handle_reference(ProcessHandle, PROCESS_QUERY_LIMITED_INFORMATION,
                                          ps_process_type, gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct process *process = body;
    ULONG length = ProcessInformationLength;
    if ((int)ProcessInformationClass == ProcessBasic) {
        struct process_basic basic = {
            .exit_status = process->header.SignalState ? process->exit_status : STATUS_STILL_ACTIVE,
            .peb = (PVOID)process->peb,
            .affinity = ((ULONG_PTR)1 << ke_processor_count()) - 1,
            .base_priority = 8,
            .id = process->id,
            .parent_id = process->parent_id};
        status = answer(ProcessInformation, length, ReturnLength, &basic, sizeof basic);
    } else if ((int)ProcessInformationClass == ProcessTimesClass) {
        struct gate_times times = {.create.QuadPart = process->create_time};
        status = answer(ProcessInformation, length, ReturnLength, &times, sizeof times);
    } else if ((int)ProcessInformationClass == ProcessQuota) {
        status = quota_answer(process, ProcessInformation, length, ReturnLength);
    } else if ((int)ProcessInformationClass == ProcessMemory) {
        status = memory_answer(process, ProcessInformation, length, ReturnLength);
    } else if ((int)ProcessInformationClass == ProcessWow64) {
        ULONG_PTR peb32 = process->is_32bit ? process->peb : 0;
        status = answer(ProcessInformation, length, ReturnLength, &peb32, sizeof peb32);
    } else {
        status = STATUS_INVALID_INFO_CLASS;
    }
    ob_dereference(body);
    return status;
}

/* NULL: the thread stops acting for somebody. */
static NTSTATUS thread_token_set(struct process_thread *thread, const void *user, ULONG length)
{
    HANDLE handle;
    void *token;
    if (length != sizeof handle)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_copy_in(&handle, user, sizeof handle);
    if (!NT_SUCCESS(status))
        return status;
    if (!handle)
        return ps_impersonation_set(thread, &(struct ps_impersonation){0});
    status =
        ob_handle_reference(handle, TOKEN_IMPERSONATE, se_token_type, gate_mode(), &token, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (SeTokenType(token) != TokenImpersonation)
        status = STATUS_BAD_TOKEN_TYPE;
    else
        status = ps_impersonation_set(
            thread,
            &(struct ps_impersonation){.token = token, .level = SeTokenImpersonationLevel(token)});
    ob_dereference(token);
    return status;
}

/* Doc: nf-ntifs-ntsetinformationthread. Differs: of the rest only the priority is kept; affinity
 * is accepted.
 */
NTSTATUS NTAPI NtSetInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                                      PVOID ThreadInformation, ULONG ThreadInformationLength)
{
    enum { Priority = 2, BasePriority = 3, Affinity = 4, Impersonation = 5 };
    void *body;
    ACCESS_MASK access = (int)ThreadInformationClass == Impersonation ? THREAD_SET_THREAD_TOKEN
                                                                      : THREAD_SET_INFORMATION;
    NTSTATUS status =
        ob_handle_reference(ThreadHandle, access, ps_thread_type, gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    LONG value = 0;
    switch ((int)ThreadInformationClass) {
    case Priority:
    case BasePriority:
        status = ThreadInformationLength < sizeof value
                     ? STATUS_INFO_LENGTH_MISMATCH
                     : gate_copy_in(&value, ThreadInformation, sizeof value);
        if (NT_SUCCESS(status) && (int)ThreadInformationClass == Priority)
            KeSetPriorityThread((PKTHREAD)body, value);
        else if (NT_SUCCESS(status))
            KeSetBasePriorityThread((PKTHREAD)body, value);
        break;
    case Affinity:
        break;
    case Impersonation:
        status = thread_token_set(body, ThreadInformation, ThreadInformationLength);
        break;
    default:
        status = STATUS_INVALID_INFO_CLASS;
    }
    ob_dereference(body);
    return status;
}

/* Doc:     "ZwSetInformationProcess" (Microsoft Learn)
 * Differs: priorities and modes are accepted and change nothing; ProcessAccessToken is absent
 */
SERVICE NtSetInformationProcess(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length)
{
    enum { BasePriority = 5, DefaultHardErrorMode = 12, PriorityClass = 18, PriorityBoost = 22 };
    ULONG value = 0, least = Class == PriorityClass ? 2 : 4;
    void *process;
    switch (Class) {
    case ProcessQuota:
        return quota_set(Handle, Information, Length);
    case BasePriority:
    case DefaultHardErrorMode:
    case PriorityClass:
    case PriorityBoost:
        break;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status =
        Length < least ? STATUS_INFO_LENGTH_MISMATCH : gate_copy_in(&value, Information, least);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Handle, PROCESS_SET_INFORMATION, ps_process_type, gate_mode(),
                                     &process, NULL);
    if (NT_SUCCESS(status))
        ob_dereference(process);
    return status;
}
