/* SPDX-License-Identifier: MIT */
/* access_ddi.c - what drivers call to capture a subject, check it and read its token. */
#include "se_internal.h"

#include <string.h>

#include "se_exports.h"

/* Doc:     nf-ntifs-secapturesubjectcontextex
 * IRQL:    PASSIVE_LEVEL
 */
VOID NTAPI SeCaptureSubjectContextEx(PETHREAD Thread, PEPROCESS Process,
                                     PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    memset(SubjectContext, 0, sizeof *SubjectContext);
    subject_capture(Thread, Process, &SubjectContext->PrimaryToken, &SubjectContext->ClientToken);
    SubjectContext->ImpersonationLevel = SecurityImpersonation;
    SubjectContext->ProcessAuditId = Process;
}

/* Doc:     nf-wdm-secapturesubjectcontext */
VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    SeCaptureSubjectContextEx(NULL, NULL, SubjectContext);
}

/* A token's identity never changes here, so there is nothing to keep others from doing.
 *
 * Doc:     nf-wdm-selocksubjectcontext
 */
VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
}

/* Doc:     nf-wdm-seunlocksubjectcontext */
VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
}

/* Doc:     nf-wdm-sereleasesubjectcontext */
VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (SubjectContext->PrimaryToken)
        ob_dereference(SubjectContext->PrimaryToken);
    if (SubjectContext->ClientToken)
        ob_dereference(SubjectContext->ClientToken);
    SubjectContext->PrimaryToken = SubjectContext->ClientToken = NULL;
}

/* TRUE when the access is granted.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  FALSE with *AccessStatus STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD …
 * Doc:     nf-wdm-seaccesscheck
 * Differs: *Privileges is always NULL
 */
BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
                            PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                            BOOLEAN SubjectContextLocked, ACCESS_MASK DesiredAccess,
                            ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
                            PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
                            PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Privileges)
        *Privileges = NULL;
    *GrantedAccess = 0;
    if (AccessMode == KernelMode) {
        ACCESS_MASK all = DesiredAccess & MAXIMUM_ALLOWED ? GenericMapping->GenericAll : 0;
        *GrantedAccess =
            PreviouslyGrantedAccess | all |
            (access_map(DesiredAccess, GenericMapping) & ~(ACCESS_MASK)MAXIMUM_ALLOWED);
        *AccessStatus = STATUS_SUCCESS;
        return TRUE;
    }
    struct token *token = SubjectSecurityContext->ClientToken
                              ? SubjectSecurityContext->ClientToken
                              : SubjectSecurityContext->PrimaryToken;
    if (SubjectSecurityContext->ClientToken &&
        SubjectSecurityContext->ImpersonationLevel < SecurityImpersonation)
        *AccessStatus = STATUS_BAD_IMPERSONATION_LEVEL;
    else if (!SecurityDescriptor) /* nothing that could grant anything */
        *AccessStatus = STATUS_ACCESS_DENIED;
    else if (!descriptor_is_valid(SecurityDescriptor))
        *AccessStatus = STATUS_INVALID_SECURITY_DESCR;
    else
        *AccessStatus = access_check(SecurityDescriptor, token, DesiredAccess,
                                     PreviouslyGrantedAccess, GenericMapping, GrantedAccess);
    return NT_SUCCESS(*AccessStatus);
}

/* Doc:     nf-ntifs-sefreeprivileges */
VOID NTAPI SeFreePrivileges(PPRIVILEGE_SET Privileges)
{
    if (Privileges)
        ExFreePool(Privileges);
}

static bool privileges_check(PPRIVILEGE_SET set, void *token)
{
    ULONG held = 0;
    for (ULONG i = 0; i < set->PrivilegeCount; i++) {
        LUID_AND_ATTRIBUTES *entry = &set->Privilege[i];
        if (entry->Luid.HighPart == 0 && se_privilege_is_enabled(token, entry->Luid.LowPart)) {
            entry->Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            held++;
        }
    }
    return set->Control & PRIVILEGE_SET_ALL_NECESSARY ? held == set->PrivilegeCount : held > 0;
}

/* Doc:     nf-ntifs-seprivilegecheck */
BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                               PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                               KPROCESSOR_MODE AccessMode)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (AccessMode == KernelMode)
        return TRUE;
    return privileges_check(RequiredPrivileges, SeQuerySubjectContextToken(SubjectSecurityContext));
}

/* Doc:     nf-ntddk-sesingleprivilegecheck */
BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode)
{
    SECURITY_SUBJECT_CONTEXT subject;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (PreviousMode == KernelMode)
        return TRUE;
    SeCaptureSubjectContext(&subject);
    bool is_held =
        PrivilegeValue.HighPart == 0 &&
        se_privilege_is_enabled(SeQuerySubjectContextToken(&subject), PrivilegeValue.LowPart);
    SeReleaseSubjectContext(&subject);
    return is_held;
}

/* Generic bits of what is still desired become the type's own.
 *
 * Doc:     nf-ntifs-sesetaccessstategenericmapping
 */
VOID NTAPI SeSetAccessStateGenericMapping(PACCESS_STATE AccessState,
                                          PGENERIC_MAPPING GenericMapping)
{
    AccessState->RemainingDesiredAccess =
        access_map(AccessState->RemainingDesiredAccess, GenericMapping);
}

/* ---- tokens ------------------------------------------------------------------------------ */

/* One value for the classes that are one number; otherwise a block from paged pool.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   the block becomes the caller's (ExFreePool)
 * Doc:     nf-ntifs-sequeryinformationtoken
 */
NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN Token,
                                       TOKEN_INFORMATION_CLASS TokenInformationClass,
                                       PVOID *TokenInformation)
{
    ULONG length = 0, value;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    switch (TokenInformationClass) {
    case TokenSessionId:
        *(PULONG)TokenInformation = 0;
        return STATUS_SUCCESS;
    case TokenIntegrityLevel:
        value = ((struct token *)Token)->integrity->sub[0];
        *(PULONG)TokenInformation = value;
        return STATUS_SUCCESS;
    default:
        break;
    }
    NTSTATUS status = se_token_query(Token, TokenInformationClass, NULL, 0, 0, &length);
    if (status != STATUS_BUFFER_TOO_SMALL)
        return status;
    void *buffer = ExAllocatePool2(POOL_FLAG_PAGED, length, SE_TAG);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    status =
        se_token_query(Token, TokenInformationClass, buffer, (uint64_t)buffer, length, &length);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(buffer, SE_TAG);
        return status;
    }
    *TokenInformation = buffer;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-sequeryauthenticationidtoken */
NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId)
{
    *AuthenticationId = ((struct token *)Token)->authentication_id;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-sequerysessionidtoken */
NTSTATUS NTAPI SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId)
{
    *SessionId = atomic_load(&((struct token *)Token)->session);
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-sesetsessionidtoken */
NTSTATUS NTAPI SeSetSessionIdToken(PACCESS_TOKEN Token, ULONG SessionId)
{
    atomic_store(&((struct token *)Token)->session, SessionId);
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-setokentype */
TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token)
{
    return ((struct token *)Token)->type;
}

SECURITY_IMPERSONATION_LEVEL NTAPI SeTokenImpersonationLevel(PACCESS_TOKEN Token)
{
    return ((struct token *)Token)->level;
}

/* Doc:     nf-ntifs-setokenisadmin */
BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token)
{
    return token_has_sid(Token, SID_OF(sid_admins), false);
}

/* Doc:     nf-ntifs-setokenisrestricted */
BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN Token)
{
    const struct token *token = Token;
    return token->restricted_count > 0 && !token->is_write_restricted;
}

/* Doc:     nf-ntifs-setokeniswriterestricted */
BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN Token)
{
    return ((struct token *)Token)->is_write_restricted;
}

/* No audit policy is set: nothing is ever audited. */
BOOLEAN NTAPI SeAuditingFileEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return FALSE;
}

BOOLEAN NTAPI SeAuditingFileOrGlobalEvents(BOOLEAN AccessGranted,
                                           PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext)
{
    return FALSE;
}
