/* SPDX-License-Identifier: MIT */
/* ntifs/se.h - decisions about access: the security monitor's functions, tokens of
 * processes and threads, and the arithmetic of identifiers, lists and descriptors.
 * Part of ntifs.h.
 */
#ifndef _NTIFS_SE_
#define _NTIFS_SE_

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Subjects, privileges, tokens ---- */

NTKERNELAPI VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI SeCaptureSubjectContextEx(PETHREAD Thread, PEPROCESS Process,
                                                 PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                                           PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                                           KPROCESSOR_MODE AccessMode);
NTKERNELAPI VOID NTAPI SeFreePrivileges(PPRIVILEGE_SET Privileges);
NTKERNELAPI NTSTATUS NTAPI SeAppendPrivileges(PACCESS_STATE AccessState, PPRIVILEGE_SET Privileges);
NTKERNELAPI NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN Token,
                                                   TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                   PVOID *TokenInformation);
NTKERNELAPI NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token,
                                                        PLUID AuthenticationId);
NTKERNELAPI NTSTATUS NTAPI SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId);
NTKERNELAPI NTSTATUS NTAPI SeSetSessionIdToken(PACCESS_TOKEN Token, ULONG SessionId);
NTKERNELAPI TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token);
NTKERNELAPI SECURITY_IMPERSONATION_LEVEL NTAPI SeTokenImpersonationLevel(PACCESS_TOKEN Token);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN Token);
NTKERNELAPI NTSTATUS NTAPI SeFilterToken(PACCESS_TOKEN ExistingToken, ULONG Flags,
                                         PTOKEN_GROUPS SidsToDisable,
                                         PTOKEN_PRIVILEGES PrivilegesToDelete,
                                         PTOKEN_GROUPS RestrictedSids,
                                         PACCESS_TOKEN *FilteredToken);
NTKERNELAPI NTSTATUS NTAPI SeLocateProcessImageName(PEPROCESS Process,
                                                    PUNICODE_STRING *pImageFileName);
#define DISABLE_MAX_PRIVILEGE 0x1
#define SANDBOX_INERT         0x2
#define LUA_TOKEN             0x4
#define WRITE_RESTRICTED      0x8

#define SeQuerySubjectContextToken(SubjectContext)                    \
    (((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken       \
         ? ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken \
         : ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->PrimaryToken)
#define SeLengthSid(Sid) (8 + (4 * ((SID *)(Sid))->SubAuthorityCount))

/* ---- Access state and checks ---- */

NTKERNELAPI VOID NTAPI SeSetAccessStateGenericMapping(PACCESS_STATE AccessState,
                                                      PGENERIC_MAPPING GenericMapping);
#if (NTDDI_VERSION >= NTDDI_WIN7)
NTKERNELAPI BOOLEAN NTAPI SeAccessCheckFromState(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PTOKEN_ACCESS_INFORMATION PrimaryTokenInformation,
    PTOKEN_ACCESS_INFORMATION ClientTokenInformation, ACCESS_MASK DesiredAccess,
    ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
    PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode, PACCESS_MASK GrantedAccess,
    PNTSTATUS AccessStatus);
NTKERNELAPI VOID NTAPI SeFreeTokenInformation(PVOID TokenInformation);
#endif
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI BOOLEAN NTAPI SeAccessCheckFromStateEx(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PACCESS_TOKEN PrimaryToken, PACCESS_TOKEN ClientToken,
    ACCESS_MASK DesiredAccess, ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
    PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode, PACCESS_MASK GrantedAccess,
    PNTSTATUS AccessStatus);
#endif
NTKERNELAPI NTSTATUS NTAPI SeQuerySecurityDescriptorInfo(
    PSECURITY_INFORMATION SecurityInformation, PSECURITY_DESCRIPTOR SecurityDescriptor,
    PULONG Length, PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor);
NTKERNELAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfo(
    PVOID Object, PSECURITY_INFORMATION SecurityInformation,
    PSECURITY_DESCRIPTOR ModificationDescriptor, PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
    POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfoEx(
    PVOID Object, PSECURITY_INFORMATION SecurityInformation,
    PSECURITY_DESCRIPTOR ModificationDescriptor, PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
    ULONG AutoInheritFlags, POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping);

/* ---- Impersonation ---- */

NTKERNELAPI NTSTATUS NTAPI SeCreateClientSecurity(PETHREAD ClientThread,
                                                  PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                                  BOOLEAN RemoteSession,
                                                  PSECURITY_CLIENT_CONTEXT ClientContext);
NTKERNELAPI NTSTATUS NTAPI SeCreateClientSecurityFromSubjectContext(
    PSECURITY_SUBJECT_CONTEXT SubjectContext, PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
    BOOLEAN ServerIsRemote, PSECURITY_CLIENT_CONTEXT ClientContext);
NTKERNELAPI VOID NTAPI SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext,
                                           PETHREAD ServerThread);
NTKERNELAPI NTSTATUS NTAPI SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext,
                                                 PETHREAD ServerThread);
NTKERNELAPI PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process);
NTKERNELAPI VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);
NTKERNELAPI VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken);
NTKERNELAPI PACCESS_TOKEN NTAPI
PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen, PBOOLEAN EffectiveOnly,
                              PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTKERNELAPI NTSTATUS NTAPI PsImpersonateClient(PETHREAD Thread, PACCESS_TOKEN Token,
                                               BOOLEAN CopyOnOpen, BOOLEAN EffectiveOnly,
                                               SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTKERNELAPI BOOLEAN NTAPI PsDisableImpersonation(PETHREAD Thread,
                                                 PSE_IMPERSONATION_STATE ImpersonationState);
NTKERNELAPI VOID NTAPI PsRestoreImpersonation(PETHREAD Thread,
                                              PSE_IMPERSONATION_STATE ImpersonationState);
NTKERNELAPI VOID NTAPI PsRevertToSelf(VOID);

#define SeStopImpersonatingClient() PsRevertToSelf()
#define SeDeleteClientSecurity(C)                              \
    {                                                          \
        if (SeTokenType((C)->ClientToken) == TokenPrimary) {   \
            PsDereferencePrimaryToken((C)->ClientToken);       \
        } else {                                               \
            PsDereferenceImpersonationToken((C)->ClientToken); \
        }                                                      \
    }

/* ---- Auditing and logon sessions ---- */

NTKERNELAPI VOID NTAPI SeOpenObjectAuditAlarm(PUNICODE_STRING ObjectTypeName, PVOID Object,
                                              PUNICODE_STRING AbsoluteObjectName,
                                              PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
                                              BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode,
                                              PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeOpenObjectForDeleteAuditAlarm(
    PUNICODE_STRING ObjectTypeName, PVOID Object, PUNICODE_STRING AbsoluteObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
    BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode, PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeDeleteObjectAuditAlarm(PVOID Object, HANDLE Handle);
NTKERNELAPI BOOLEAN NTAPI SeAuditingFileEvents(BOOLEAN AccessGranted,
                                               PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI
SeAuditingFileEventsWithContext(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI BOOLEAN NTAPI SeAuditingHardLinkEvents(BOOLEAN AccessGranted,
                                                   PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI
SeAuditingFileOrGlobalEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                             PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI VOID NTAPI SeAuditHardLinkCreation(PUNICODE_STRING FileName, PUNICODE_STRING LinkName,
                                               BOOLEAN bSuccess);
NTKERNELAPI NTSTATUS NTAPI
SeRegisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
NTKERNELAPI NTSTATUS NTAPI
SeUnregisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
NTKERNELAPI NTSTATUS NTAPI SeMarkLogonSessionForTerminationNotification(PLUID LogonId);

/* ---- Identifiers, lists, descriptors ---- */

NTSYSAPI BOOLEAN NTAPI RtlValidSid(PSID Sid);
NTSYSAPI BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2);
NTSYSAPI BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2);
NTSYSAPI ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount);
NTSYSAPI ULONG NTAPI RtlLengthSid(PSID Sid);
NTSYSAPI PVOID NTAPI RtlFreeSid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                                    UCHAR SubAuthorityCount, ULONG SubAuthority0,
                                                    ULONG SubAuthority1, ULONG SubAuthority2,
                                                    ULONG SubAuthority3, ULONG SubAuthority4,
                                                    ULONG SubAuthority5, ULONG SubAuthority6,
                                                    ULONG SubAuthority7, PSID *Sid);
NTSYSAPI NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                         UCHAR SubAuthorityCount);
#if (NTDDI_VERSION >= NTDDI_WIN10)
NTSYSAPI NTSTATUS NTAPI_CDECL RtlInitializeSidEx(PSID Sid,
                                                 PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                                 UCHAR SubAuthorityCount, ...);
#endif
NTSYSAPI PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(PSID Sid);
NTSYSAPI PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority);
NTSYSAPI PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid);
NTSYSAPI NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid,
                                                     BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision);
NTSYSAPI NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex,
                                  PVOID AceList, ULONG AceListLength);
NTSYSAPI NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex);
NTSYSAPI NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask,
                                               PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                                 ACCESS_MASK AccessMask, PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(
    PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor, ULONG Revision);
NTSYSAPI NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     PBOOLEAN DaclPresent, PACL *Dacl,
                                                     PBOOLEAN DaclDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     PBOOLEAN SaclPresent, PACL *Sacl,
                                                     PBOOLEAN SaclDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     BOOLEAN SaclPresent, PACL Sacl,
                                                     BOOLEAN SaclDefaulted);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN Token);
NTSYSAPI NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID Owner, BOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID *Owner, PBOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID Group, BOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID *Group, PBOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(
    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, PULONG BufferLength);
NTSYSAPI NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(
    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor, PULONG AbsoluteSecurityDescriptorSize,
    PACL Dacl, PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner, PULONG OwnerSize,
    PSID PrimaryGroup, PULONG PrimaryGroupSize);

#ifdef __cplusplus
}
#endif
#endif
