/* SPDX-License-Identifier: MIT */
/* sid_ddi.c - the Rtl functions on security identifiers. All are pure. */
#include "se_internal.h"

#include <stdio.h>
#include <string.h>

/* Doc:     nf-ntifs-rtlvalidsid */
BOOLEAN NTAPI RtlValidSid(PSID Sid)
{
    return sid_is_valid(Sid);
}

/* Doc:     nf-ntifs-rtlequalsid */
BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2)
{
    return sid_equals(Sid1, Sid2);
}

/* All but the last sub-authority alike.
 *
 * Doc:     nf-ntifs-rtlequalprefixsid
 */
BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2)
{
    const SID *a = Sid1, *b = Sid2;
    if (a->SubAuthorityCount != b->SubAuthorityCount || a->Revision != b->Revision)
        return FALSE;
    ULONG length = a->SubAuthorityCount ? sid_length(a) - (ULONG)sizeof(ULONG) : sid_length(a);
    return memcmp(a, b, length) == 0;
}

/* Doc:     nf-ntifs-rtllengthrequiredsid */
ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount)
{
    return FIELD_OFFSET(SID, SubAuthority) + SubAuthorityCount * (ULONG)sizeof(ULONG);
}

/* Doc:     nf-ntifs-rtllengthsid */
ULONG NTAPI RtlLengthSid(PSID Sid)
{
    return sid_length(Sid);
}

/* Doc:     nf-ntifs-rtlinitializesid */
NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                UCHAR SubAuthorityCount)
{
    SID *sid = Sid;
    if (SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
        return STATUS_INVALID_PARAMETER;
    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = SubAuthorityCount;
    sid->IdentifierAuthority = *IdentifierAuthority;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlinitializesidex */
NTSTATUS NTAPI_CDECL RtlInitializeSidEx(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                        UCHAR SubAuthorityCount, ...)
{
    __builtin_ms_va_list arguments;
    NTSTATUS status = RtlInitializeSid(Sid, IdentifierAuthority, SubAuthorityCount);
    if (!NT_SUCCESS(status))
        return status;
    /* The last named parameter is promoted to the same register that it would have as an int. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wvarargs"
    __builtin_ms_va_start(arguments, SubAuthorityCount);
#pragma clang diagnostic pop
    for (unsigned i = 0; i < SubAuthorityCount; i++)
        *RtlSubAuthoritySid(Sid, i) = __builtin_va_arg(arguments, ULONG);
    __builtin_ms_va_end(arguments);
    return STATUS_SUCCESS;
}

/* Freed with RtlFreeSid.
 *
 * Doc:     nf-ntifs-rtlallocateandinitializesid
 */
NTSTATUS NTAPI RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                           UCHAR SubAuthorityCount, ULONG SubAuthority0,
                                           ULONG SubAuthority1, ULONG SubAuthority2,
                                           ULONG SubAuthority3, ULONG SubAuthority4,
                                           ULONG SubAuthority5, ULONG SubAuthority6,
                                           ULONG SubAuthority7, PSID *Sid)
{
    const ULONG sub[8] = {SubAuthority0, SubAuthority1, SubAuthority2, SubAuthority3,
                          SubAuthority4, SubAuthority5, SubAuthority6, SubAuthority7};
    if (SubAuthorityCount > 8)
        return STATUS_INVALID_SID;
    PSID sid = ExAllocatePool2(POOL_FLAG_PAGED, RtlLengthRequiredSid(SubAuthorityCount), SE_TAG);
    if (!sid)
        return STATUS_NO_MEMORY;
    RtlInitializeSid(sid, IdentifierAuthority, SubAuthorityCount);
    memcpy(RtlSubAuthoritySid(sid, 0), sub, SubAuthorityCount * sizeof(ULONG));
    *Sid = sid;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-rtlfreesid */
PVOID NTAPI RtlFreeSid(PSID Sid)
{
    ExFreePoolWithTag(Sid, SE_TAG);
    return NULL;
}

/* Doc:     winnt RtlIdentifierAuthoritySid */
PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(PSID Sid)
{
    return &((SID *)Sid)->IdentifierAuthority;
}

/* Doc:     nf-ntifs-rtlsubauthoritysid */
PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority)
{
    return (PULONG)((char *)Sid + RtlLengthRequiredSid(SubAuthority));
}

/* Doc:     nf-ntifs-rtlsubauthoritycountsid */
PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid)
{
    return &((SID *)Sid)->SubAuthorityCount;
}

/* Doc:     nf-ntifs-rtlcopysid */
NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid)
{
    if (sid_length(SourceSid) > DestinationSidLength)
        return STATUS_BUFFER_TOO_SMALL;
    memmove(DestinationSid, SourceSid, sid_length(SourceSid));
    return STATUS_SUCCESS;
}

/* "S-1-5-18".
 *
 * Errors:  STATUS_INVALID_SID, STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY
 * Doc:     nf-ntifs-rtlconvertsidtounicodestring
 */
NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid,
                                            BOOLEAN AllocateDestinationString)
{
    char text[SECURITY_MAX_SID_STRING_CHARACTERS + 8];
    const SID *sid = Sid;
    uint64_t authority = 0;
    if (!sid_is_valid(sid))
        return STATUS_INVALID_SID;
    for (unsigned i = 0; i < 6; i++)
        authority = authority << 8 | sid->IdentifierAuthority.Value[i];
    /* An authority of more than 32 bits is written in hexadecimal, as documented. */
    int length = snprintf(text, sizeof text, authority >> 32 ? "S-%u-0x%llx" : "S-%u-%llu",
                          sid->Revision, (unsigned long long)authority);
    for (unsigned i = 0; i < sid->SubAuthorityCount; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "-%u",
                           *RtlSubAuthoritySid(Sid, i));
    USHORT bytes = (USHORT)((size_t)length * sizeof(WCHAR));
    if (AllocateDestinationString) {
        UnicodeString->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), SE_TAG);
        if (!UnicodeString->Buffer)
            return STATUS_NO_MEMORY;
        UnicodeString->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    } else if (UnicodeString->MaximumLength < bytes) {
        return STATUS_BUFFER_OVERFLOW;
    }
    UnicodeString->Length = bytes;
    for (int i = 0; i < length; i++)
        UnicodeString->Buffer[i] = (WCHAR)text[i];
    if (UnicodeString->MaximumLength >= bytes + sizeof(WCHAR))
        UnicodeString->Buffer[length] = 0;
    return STATUS_SUCCESS;
}
