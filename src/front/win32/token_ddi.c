/* SPDX-License-Identifier: MIT */
/* token_ddi.c - tokens and privileges; random bytes. Doc: securitybaseapi.h, winbase.h */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "host/host.h"
#include "win32_internal.h"

#define ERROR_NO_SUCH_PRIVILEGE 1313u
#define FIRST_PRIVILEGE         2u

/* By value, from SE_MIN_WELL_KNOWN_PRIVILEGE. */
static const char *const privileges[] = {
    "SeCreateTokenPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeLockMemoryPrivilege",
    "SeIncreaseQuotaPrivilege",
    "SeMachineAccountPrivilege",
    "SeTcbPrivilege",
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
    "SeLoadDriverPrivilege",
    "SeSystemProfilePrivilege",
    "SeSystemtimePrivilege",
    "SeProfileSingleProcessPrivilege",
    "SeIncreaseBasePriorityPrivilege",
    "SeCreatePagefilePrivilege",
    "SeCreatePermanentPrivilege",
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeShutdownPrivilege",
    "SeDebugPrivilege",
    "SeAuditPrivilege",
    "SeSystemEnvironmentPrivilege",
    "SeChangeNotifyPrivilege",
    "SeRemoteShutdownPrivilege",
    "SeUndockPrivilege",
    "SeSyncAgentPrivilege",
    "SeEnableDelegationPrivilege",
    "SeManageVolumePrivilege",
    "SeImpersonatePrivilege",
    "SeCreateGlobalPrivilege",
    "SeTrustedCredManAccessPrivilege",
    "SeRelabelPrivilege",
    "SeIncreaseWorkingSetPrivilege",
    "SeTimeZonePrivilege",
    "SeCreateSymbolicLinkPrivilege",
};

EXPORT(BOOL, LookupPrivilegeValueA, (LPCSTR system, LPCSTR name, LUID *out))
{
    for (ULONG i = 0; i < sizeof privileges / sizeof *privileges; i++) {
        if (!crt_stricmp(name, privileges[i])) {
            *out = (LUID){FIRST_PRIVILEGE + i, 0};
            return TRUE;
        }
    }
    return error_fail(ERROR_NO_SUCH_PRIVILEGE);
}

EXPORT(BOOL, LookupPrivilegeValueW, (LPCWSTR system, LPCWSTR name, LUID *out))
{
    char narrow[64];
    crt_utf8_from_string(name, narrow, sizeof narrow);
    return LookupPrivilegeValueA(NULL, narrow, out);
}

EXPORT(BOOL, OpenProcessToken, (HANDLE process, DWORD access, HANDLE *token))
{
    return error_result(NtOpenProcessToken(process, access, token));
}

EXPORT(BOOL, GetTokenInformation, (HANDLE token, int class, LPVOID out, DWORD size, DWORD *needed))
{
    ULONG returned = 0;
    NTSTATUS status =
        NtQueryInformationToken(token, (TOKEN_INFORMATION_CLASS) class, out, size, &returned);
    *needed = returned;
    return error_result(status);
}

EXPORT(BOOL, AdjustTokenPrivileges,
       (HANDLE token, BOOL disable_all, TOKEN_PRIVILEGES *state, DWORD size,
        TOKEN_PRIVILEGES *previous, DWORD *needed))
{
    ULONG returned = 0;
    NTSTATUS status = NtAdjustPrivilegesToken(token, (BOOLEAN)disable_all, state, size, previous,
                                              previous ? &returned : NULL);
    if (needed)
        *needed = returned;
    if (!NT_SUCCESS(status))
        return error_result(status);
    error_set(status == STATUS_NOT_ALL_ASSIGNED ? ERROR_NOT_ALL_ASSIGNED : ERROR_SUCCESS);
    return TRUE;
}

/* RtlGenRandom. */
EXPORT(BOOLEAN, SystemFunction036, (PVOID out, ULONG size))
{
    char *at = out;
    while (size) {
        uint64_t value = host_random64();
        ULONG part = size < sizeof value ? size : (ULONG)sizeof value;
        memcpy(at, &value, part);
        at += part;
        size -= part;
    }
    return TRUE;
}

EXPORT(BOOL, GetUserNameA, (LPSTR out, DWORD *size))
{
    DWORD room = *size;
    *size = sizeof "SYSTEM";
    if (room < sizeof "SYSTEM")
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(out, "SYSTEM", sizeof "SYSTEM");
    return TRUE;
}

EXPORT(BOOL, GetUserNameW, (LPWSTR out, DWORD *count))
{
    DWORD room = *count;
    *count = sizeof "SYSTEM";
    if (room < sizeof "SYSTEM")
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(out, L"SYSTEM", sizeof L"SYSTEM");
    return TRUE;
}
