/* SPDX-License-Identifier: MIT */
/* impersonation_ddi.c - what a thread acts as: a copy of its process's token, or another one.
 * Doc: securitybaseapi.h
 */
#include "win32_internal.h"

EXPORT(BOOL, OpenThreadToken, (HANDLE thread, DWORD access, BOOL as_self, HANDLE *token))
{
    return error_result(NtOpenThreadToken(thread, access, (BOOLEAN)as_self, token));
}

static NTSTATUS thread_token_set(HANDLE thread, HANDLE token)
{
    return NtSetInformationThread(thread, ThreadImpersonationToken, &token, sizeof token);
}

EXPORT(BOOL, SetThreadToken, (HANDLE * thread, HANDLE token))
{
    return error_result(thread_token_set(thread ? *thread : ZwCurrentThread(), token));
}

EXPORT(BOOL, RevertToSelf, (void))
{
    return error_result(thread_token_set(ZwCurrentThread(), NULL));
}

static NTSTATUS token_copy(HANDLE token, DWORD access, SECURITY_IMPERSONATION_LEVEL level,
                           TOKEN_TYPE type, ULONG flags, HANDLE *out_copy)
{
    SECURITY_QUALITY_OF_SERVICE quality = {.Length = sizeof quality, .ImpersonationLevel = level};
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, NULL, flags, NULL, NULL);
    attributes.SecurityQualityOfService = &quality;
    return NtDuplicateToken(token, access, &attributes, FALSE, type, out_copy);
}

EXPORT(BOOL, DuplicateTokenEx,
       (HANDLE token, DWORD access, const SECURITY_ATTRIBUTES *security,
        SECURITY_IMPERSONATION_LEVEL level, TOKEN_TYPE type, HANDLE *copy))
{
    ULONG flags = security && security->bInheritHandle ? OBJ_INHERIT : 0;
    return error_result(token_copy(token, access, level, type, flags, copy));
}

EXPORT(BOOL, DuplicateToken, (HANDLE token, SECURITY_IMPERSONATION_LEVEL level, HANDLE *copy))
{
    return error_result(
        token_copy(token, TOKEN_IMPERSONATE | TOKEN_QUERY, level, TokenImpersonation, 0, copy));
}

EXPORT(BOOL, ImpersonateSelf, (SECURITY_IMPERSONATION_LEVEL level))
{
    HANDLE token, copy = NULL;
    NTSTATUS status = NtOpenProcessToken(ZwCurrentProcess(), TOKEN_DUPLICATE, &token);
    if (!NT_SUCCESS(status))
        return error_result(status);
    status = token_copy(token, TOKEN_IMPERSONATE, level, TokenImpersonation, 0, &copy);
    if (NT_SUCCESS(status)) {
        status = thread_token_set(ZwCurrentThread(), copy);
        NtClose(copy);
    }
    NtClose(token);
    return error_result(status);
}

/* A primary token is copied first: a thread holds impersonation tokens only. */
EXPORT(BOOL, ImpersonateLoggedOnUser, (HANDLE token))
{
    HANDLE copy = NULL;
    TOKEN_TYPE type = TokenPrimary;
    ULONG returned;
    NTSTATUS status = NtQueryInformationToken(token, TokenType, &type, sizeof type, &returned);
    if (NT_SUCCESS(status) && type == TokenPrimary)
        status = token_copy(token, TOKEN_IMPERSONATE, SecurityImpersonation, TokenImpersonation, 0,
                            &copy);
    if (NT_SUCCESS(status))
        status = thread_token_set(ZwCurrentThread(), copy ? copy : token);
    if (copy)
        NtClose(copy);
    return error_result(status);
}
