/* SPDX-License-Identifier: MIT */
/* token_services_ddi.c - who a process is, and which privileges it uses. */
#include "ex/ex.h"
#include "ps/ps.h"
#include "se/se.h"
#include "services.h"

#define TAG_TOKEN      'koTG'
#define TOKEN_BYTES    (64u * 1024)
#define PRIVILEGES_MAX 64u

/* Doc: nf-ntifs-ntopenprocesstoken */
SERVICE NtOpenProcessToken(HANDLE Process, ACCESS_MASK Access, PHANDLE Token)
{
    HANDLE made;
    void *process;
    NTSTATUS status = gate_probe_write(Token, sizeof *Token, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Process, PROCESS_QUERY_LIMITED_INFORMATION, ps_process_type,
                                     gate_mode(), &process, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(((struct process *)process)->token, Access, 0, &made);
    ob_dereference(process);
    if (NT_SUCCESS(status)) {
        status = gate_copy_out(Token, &made, sizeof made);
        if (!NT_SUCCESS(status))
            ob_handle_close(made, gate_mode());
    }
    return status;
}

/* Doc: nf-ntifs-ntqueryinformationtoken */
SERVICE NtQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Information,
                                ULONG Length, PULONG ReturnLength)
{
    void *token;
    ULONG needed = 0, room = Length < TOKEN_BYTES ? Length : TOKEN_BYTES;
    NTSTATUS status = gate_probe_write(ReturnLength, sizeof *ReturnLength, sizeof(ULONG));
    if (NT_SUCCESS(status) && room)
        status = gate_probe_write(Information, room, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Token, TOKEN_QUERY, se_token_type, gate_mode(), &token, NULL);
    if (!NT_SUCCESS(status))
        return status;
    void *buffer = ExAllocatePool2(POOL_FLAG_PAGED, room ? room : 1, TAG_TOKEN);
    /* SIDs in the answer are pointed at where the program will see them. */
    status = buffer ? se_token_query(token, Class, buffer, (uint64_t)Information, room, &needed)
                    : STATUS_INSUFFICIENT_RESOURCES;
    ob_dereference(token);
    if (NT_SUCCESS(status))
        status = gate_copy_out(Information, buffer, needed);
    if (buffer)
        ExFreePoolWithTag(buffer, TAG_TOKEN);
    NTSTATUS told = gate_copy_out(ReturnLength, &needed, sizeof needed);
    return NT_SUCCESS(status) && !NT_SUCCESS(told) ? told : status;
}

/* Switches one privilege; false: the token does not have it. */
static bool adjust(void *token, const LUID_AND_ATTRIBUTES *wanted,
                   LUID_AND_ATTRIBUTES *out_previous)
{
    bool was_enabled = false;
    bool has_it =
        !wanted->Luid.HighPart &&
        se_privilege_enable(token, wanted->Luid.LowPart,
                            (wanted->Attributes & SE_PRIVILEGE_ENABLED) != 0, &was_enabled);
    *out_previous = *wanted;
    out_previous->Attributes = was_enabled ? SE_PRIVILEGE_ENABLED : 0;
    return has_it;
}

struct privileges {
    ULONG count;
    LUID_AND_ATTRIBUTES item[PRIVILEGES_MAX];
};

/* Doc: winternl and AdjustTokenPrivileges; nf-securitybaseapi-adjusttokenprivileges.
 * Differs: DisableAllPrivileges is refused. */
SERVICE NtAdjustPrivilegesToken(HANDLE Token, BOOLEAN DisableAll, PTOKEN_PRIVILEGES NewState,
                                ULONG Length, PTOKEN_PRIVILEGES Previous, PULONG ReturnLength)
{
    struct privileges wanted = {0}, previous = {0};
    void *token;
    if (DisableAll)
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status = gate_copy_in(&wanted.count, NewState, sizeof wanted.count);
    if (NT_SUCCESS(status) && wanted.count > PRIVILEGES_MAX)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status =
            gate_copy_in(wanted.item, NewState->Privileges, wanted.count * sizeof *wanted.item);
    ULONG needed = (ULONG)(sizeof(ULONG) + wanted.count * sizeof *wanted.item);
    if (NT_SUCCESS(status) && Previous)
        status = Length < needed ? STATUS_BUFFER_TOO_SMALL
                                 : gate_probe_write(Previous, needed, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Token, TOKEN_ADJUST_PRIVILEGES, se_token_type, gate_mode(),
                                     &token, NULL);
    if (!NT_SUCCESS(status))
        return status;
    for (ULONG i = 0; i < wanted.count; i++) {
        if (!adjust(token, &wanted.item[i], &previous.item[previous.count]))
            status = STATUS_NOT_ALL_ASSIGNED;
        else if (previous.item[previous.count].Attributes !=
                 (wanted.item[i].Attributes & SE_PRIVILEGE_ENABLED))
            previous.count++;
    }
    ob_dereference(token);
    ULONG told = (ULONG)(sizeof(ULONG) + previous.count * sizeof *previous.item);
    if (Previous)
        gate_copy_out(Previous, &previous, told);
    if (ReturnLength)
        gate_copy_out(ReturnLength, &told, sizeof told);
    return status;
}
