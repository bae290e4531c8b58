/* SPDX-License-Identifier: MIT */
/* sid_ddi.c - security identifiers and descriptors that a program makes. Doc: securitybaseapi.h */
#include <stdarg.h>
#include <string.h>

#include "ntdll/heap.h"
#include "win32_internal.h"

#define ERROR_INVALID_SID      1337u
#define ERROR_UNKNOWN_REVISION 1305u
#define SID_HEAD               8u

static DWORD sid_length(UCHAR count)
{
    return SID_HEAD + count * (DWORD)sizeof(ULONG);
}

EXPORT(BOOL, IsValidSid, (PSID sid))
{
    const SID *known = sid;
    return known && known->Revision == SID_REVISION &&
           known->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

EXPORT(DWORD, GetLengthSid, (PSID sid))
{
    return sid_length(((const SID *)sid)->SubAuthorityCount);
}

EXPORT(BOOL, InitializeSid, (PSID sid, SID_IDENTIFIER_AUTHORITY *authority, BYTE count))
{
    SID *made = sid;
    if (count > SID_MAX_SUB_AUTHORITIES)
        return error_fail(ERROR_INVALID_PARAMETER);
    memset(made, 0, sid_length(count));
    made->Revision = SID_REVISION;
    made->SubAuthorityCount = count;
    made->IdentifierAuthority = *authority;
    return TRUE;
}

EXPORT(PULONG, GetSidSubAuthority, (PSID sid, DWORD index))
{
    return &((SID *)sid)->SubAuthority[index];
}

EXPORT(PUCHAR, GetSidSubAuthorityCount, (PSID sid))
{
    return &((SID *)sid)->SubAuthorityCount;
}

EXPORT(BOOL, AllocateAndInitializeSid,
       (SID_IDENTIFIER_AUTHORITY * authority, BYTE count, DWORD a0, DWORD a1, DWORD a2, DWORD a3,
        DWORD a4, DWORD a5, DWORD a6, DWORD a7, PSID *out_sid))
{
    const DWORD values[] = {a0, a1, a2, a3, a4, a5, a6, a7};
    if (count > sizeof values / sizeof values[0])
        return error_fail(ERROR_INVALID_SID);
    SID *sid = heap_take(sid_length(count));
    if (!sid)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    (void)InitializeSid(sid, authority, count);
    for (BYTE i = 0; i < count; i++)
        sid->SubAuthority[i] = values[i];
    *out_sid = sid;
    return TRUE;
}

EXPORT(PVOID, FreeSid, (PSID sid))
{
    heap_give(sid);
    return NULL;
}

EXPORT(BOOL, EqualSid, (PSID a, PSID b))
{
    DWORD length = GetLengthSid(a);
    error_set(ERROR_SUCCESS);
    return length == GetLengthSid(b) && memcmp(a, b, length) == 0;
}

EXPORT(BOOL, CopySid, (DWORD size, PSID to, PSID from))
{
    DWORD length = GetLengthSid(from);
    if (length > size)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(to, from, length);
    return TRUE;
}

#define MOST_GROUP_BYTES 4096u

/* Differs: without a token it is the process's own, never a thread's. */
EXPORT(BOOL, CheckTokenMembership, (HANDLE token, PSID sid, BOOL *out_is_member))
{
    HANDLE opened = NULL;
    ULONG returned;
    NTSTATUS status = STATUS_SUCCESS;
    TOKEN_GROUPS *groups = heap_take(MOST_GROUP_BYTES);
    if (!groups)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    if (!token)
        status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &opened);
    if (NT_SUCCESS(status))
        status = NtQueryInformationToken(token ? token : opened, TokenGroups, groups,
                                         MOST_GROUP_BYTES, &returned);
    *out_is_member = FALSE;
    for (ULONG i = 0; NT_SUCCESS(status) && i < groups->GroupCount; i++) {
        const SID_AND_ATTRIBUTES *group = &groups->Groups[i];
        if (group->Attributes & SE_GROUP_ENABLED && EqualSid(group->Sid, sid))
            *out_is_member = TRUE;
    }
    if (opened)
        NtClose(opened);
    heap_give(groups);
    return error_result(status);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

/* Differs: in 32 bits it is self-relative, which has the same shape while it names nothing, because
 * the kernel takes an absolute one to have 64-bit pointers. */
#ifdef __LP64__
#define WIDTH_CONTROL 0
#else
#define WIDTH_CONTROL SE_SELF_RELATIVE
#endif

EXPORT(BOOL, InitializeSecurityDescriptor, (SECURITY_DESCRIPTOR * descriptor, DWORD revision))
{
    if (revision != SECURITY_DESCRIPTOR_REVISION)
        return error_fail(ERROR_UNKNOWN_REVISION);
    memset(descriptor, 0, sizeof *descriptor);
    descriptor->Revision = SECURITY_DESCRIPTOR_REVISION;
    descriptor->Control = WIDTH_CONTROL;
    return TRUE;
}

EXPORT(BOOL, SetSecurityDescriptorDacl,
       (SECURITY_DESCRIPTOR * descriptor, BOOL is_present, ACL *list, BOOL is_default))
{
    if (WIDTH_CONTROL && is_present && list)
        return error_fail(ERROR_NOT_SUPPORTED);
    descriptor->Control &= (SECURITY_DESCRIPTOR_CONTROL) ~(SE_DACL_PRESENT | SE_DACL_DEFAULTED);
    if (is_present)
        descriptor->Control |= SE_DACL_PRESENT;
    if (is_present && is_default)
        descriptor->Control |= SE_DACL_DEFAULTED;
    descriptor->Dacl = is_present ? list : NULL;
    return TRUE;
}
