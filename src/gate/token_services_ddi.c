/* SPDX-License-Identifier: MIT */
/* token_services_ddi.c - who a process is, and which privileges it uses. */
#include <stdatomic.h>

#include "ex/ex.h"
#include "ps/ps.h"
#include "se/se.h"
#include "services.h"

#define TAG_TOKEN      'koTG'
#define TOKEN_BYTES    (64u * 1024)
#define PRIVILEGES_MAX 64u

/* A handle to a token, told to the caller; a program may not have a kernel handle. */
static NTSTATUS token_open(void *token, ACCESS_MASK access, ULONG attributes, PHANDLE out_handle)
{
    HANDLE made;
    if (gate_mode() == UserMode)
        attributes &= ~(ULONG)OBJ_KERNEL_HANDLE;
    NTSTATUS status = ob_access_check(token, access, gate_mode(), &access);
    if (NT_SUCCESS(status))
        status = ob_handle_create(token, access, attributes, &made);
    if (!NT_SUCCESS(status))
        return status;
    status = gate_copy_out(out_handle, &made, sizeof made);
    if (!NT_SUCCESS(status))
        ob_handle_close(made, gate_mode());
    return status;
}

/* Doc: nf-ntifs-ntopenprocesstokenex */
SERVICE NtOpenProcessTokenEx(HANDLE Process, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token)
{
    void *process;
    NTSTATUS status = gate_probe_write(Token, sizeof *Token, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Process, PROCESS_QUERY_LIMITED_INFORMATION, ps_process_type,
                                     gate_mode(), &process, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = token_open(((struct process *)process)->token, Access, Attributes, Token);
    ob_dereference(process);
    return status;
}

/* Doc: nf-ntifs-ntopenprocesstoken */
SERVICE NtOpenProcessToken(HANDLE Process, ACCESS_MASK Access, PHANDLE Token)
{
    return NtOpenProcessTokenEx(Process, Access, 0, Token);
}

/* Doc: nf-ntifs-ntopenthreadtokenex. OpenAsSelf: nothing here hides a token from its own thread. */
SERVICE NtOpenThreadTokenEx(HANDLE Thread, ACCESS_MASK Access, BOOLEAN OpenAsSelf, ULONG Attributes,
                            PHANDLE Token)
{
    struct ps_impersonation client;
    void *thread;
    NTSTATUS status = gate_probe_write(Token, sizeof *Token, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Thread, THREAD_QUERY_LIMITED_INFORMATION, ps_thread_type,
                                     gate_mode(), &thread, NULL);
    if (!NT_SUCCESS(status))
        return status;
    ps_impersonation_get(thread, &client);
    ob_dereference(thread);
    if (!client.token)
        return STATUS_NO_TOKEN;
    status = client.level == SecurityAnonymous
                 ? STATUS_CANT_OPEN_ANONYMOUS
                 : token_open(client.token, Access, Attributes, Token);
    ob_dereference(client.token);
    return status;
}

SERVICE NtOpenThreadToken(HANDLE Thread, ACCESS_MASK Access, BOOLEAN OpenAsSelf, PHANDLE Token)
{
    return NtOpenThreadTokenEx(Thread, Access, OpenAsSelf, 0, Token);
}

/* Doc: nf-ntifs-ntduplicatetoken. Differs: EffectiveOnly keeps what is disabled. */
SERVICE NtDuplicateToken(HANDLE Existing, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                         BOOLEAN EffectiveOnly, TOKEN_TYPE Type, PHANDLE Token)
{
    OBJECT_ATTRIBUTES attributes = {0};
    SECURITY_QUALITY_OF_SERVICE quality = {.ImpersonationLevel = SecurityAnonymous};
    void *token, *copy;
    ACCESS_MASK granted;
    NTSTATUS status = gate_probe_write(Token, sizeof *Token, sizeof(ULONG));
    if (NT_SUCCESS(status) && Attributes)
        status = gate_copy_in(&attributes, Attributes, sizeof attributes);
    if (NT_SUCCESS(status) && attributes.SecurityQualityOfService)
        status = gate_copy_in(&quality, attributes.SecurityQualityOfService, sizeof quality);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Existing, TOKEN_DUPLICATE, se_token_type, gate_mode(), &token,
                                     &granted);
    if (!NT_SUCCESS(status))
        return status;
    status = se_token_duplicate(token, Type, quality.ImpersonationLevel, &copy);
    ob_dereference(token);
    if (!NT_SUCCESS(status))
        return status;
    status = token_open(copy, Access ? Access : granted, attributes.Attributes, Token);
    ob_dereference(copy);
    return status;
}

/* Doc: nf-ntifs-ntsetinformationtoken. Differs: TokenSessionId only. */
SERVICE NtSetInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Information,
                              ULONG Length)
{
    ULONG session;
    void *token;
    if (Class != TokenSessionId)
        return STATUS_INVALID_INFO_CLASS;
    NTSTATUS status = Length < sizeof session ? STATUS_INFO_LENGTH_MISMATCH
                                              : gate_copy_in(&session, Information, sizeof session);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Token, TOKEN_ADJUST_SESSIONID, se_token_type, gate_mode(),
                                     &token, NULL);
    if (!NT_SUCCESS(status))
        return status;
    SeSetSessionIdToken(token, session);
    ob_dereference(token);
    return STATUS_SUCCESS;
}

/* Doc: nf-securitybaseapi-privilegecheck */
SERVICE NtPrivilegeCheck(HANDLE Token, PPRIVILEGE_SET Required, PBOOLEAN Result)
{
    struct {
        ULONG count, control;
        LUID_AND_ATTRIBUTES item[PRIVILEGES_MAX];
    } set = {0};
    void *token;
    ULONG held = 0;
    NTSTATUS status = gate_copy_in(&set, Required, FIELD_OFFSET(PRIVILEGE_SET, Privilege));
    if (NT_SUCCESS(status) && set.count > PRIVILEGES_MAX)
        status = STATUS_INVALID_PARAMETER;
    ULONG bytes = set.count * (ULONG)sizeof *set.item;
    if (NT_SUCCESS(status))
        status = gate_copy_in(set.item, Required->Privilege, bytes);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Token, TOKEN_QUERY, se_token_type, gate_mode(), &token, NULL);
    if (!NT_SUCCESS(status))
        return status;
    for (ULONG i = 0; i < set.count; i++)
        if (se_privilege_is_enabled(token, set.item[i].Luid.LowPart)) {
            set.item[i].Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            held++;
        }
    ob_dereference(token);
    BOOLEAN result = set.control & PRIVILEGE_SET_ALL_NECESSARY ? held == set.count : held > 0;
    status = gate_copy_out(Required->Privilege, set.item, bytes);
    return NT_SUCCESS(status) ? gate_copy_out(Result, &result, sizeof result) : status;
}

SERVICE NtAllocateLocallyUniqueId(PLUID Luid)
{
    static _Atomic LONG64 last = 0x10000;
    LONG64 next = atomic_fetch_add(&last, 1) + 1;
    LUID luid = {(ULONG)next, (LONG)(next >> 32)};
    return gate_copy_out(Luid, &luid, sizeof luid);
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
