/* SPDX-License-Identifier: MIT */
/* se.c - tests of security from inside a driver: SIDs, lists, descriptors, tokens and what they
 * grant, clients that a thread acts for. */
#include "drivertest.h"

NTSTATUS NTAPI SeCreateAccessState(PACCESS_STATE state, PVOID auxiliary, ACCESS_MASK desired,
                                   PGENERIC_MAPPING mapping);
VOID NTAPI SeDeleteAccessState(PACCESS_STATE state);
NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR from, KPROCESSOR_MODE mode,
                                           POOL_TYPE pool, BOOLEAN even_kernel,
                                           PSECURITY_DESCRIPTOR *captured);
NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR captured, KPROCESSOR_MODE mode,
                                           BOOLEAN even_kernel);
NTSTATUS NTAPI RtlFormatCurrentUserKeyPath(PUNICODE_STRING path);
NTSTATUS NTAPI PsAssignImpersonationToken(PETHREAD thread, HANDLE token);
NTSTATUS NTAPI ZwDuplicateToken(HANDLE token, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                BOOLEAN effective, TOKEN_TYPE type, PHANDLE copy);

BOOLEAN NTAPI RtlValidAcl(PACL acl);
extern DECLSPEC_IMPORT PACL SePublicDefaultDacl, SeSystemDefaultDacl;

static GENERIC_MAPPING mapping = {0x1, 0x2, 0x4, 0xf | STANDARD_RIGHTS_REQUIRED};

/* ---- identifiers and descriptors --------------------------------------------------------- */

static void sids(void)
{
    SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
    PSID sid = NULL;

    expect_status(RtlAllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                              DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &sid),
                  STATUS_SUCCESS);
    expect(RtlEqualSid(sid, SeExports->SeAliasAdminsSid));
    expect_number(*RtlSubAuthorityCountSid(sid), 2);
    expect_number(RtlIdentifierAuthoritySid(sid)->Value[5], 5);
    RtlFreeSid(sid);
}

static void descriptors(void)
{
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_DESCRIPTOR_RELATIVE relative;
    PSECURITY_DESCRIPTOR captured = NULL;
    PSID group = NULL;
    BOOLEAN defaulted = TRUE;
    UCHAR room[128];
    PACL acl = (PACL)room;
    PACE_HEADER ace;

    expect_status(RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
                  STATUS_SUCCESS);
    expect_status(RtlCreateSecurityDescriptorRelative(&relative, SECURITY_DESCRIPTOR_REVISION),
                  STATUS_SUCCESS);
    expect(relative.Control & SE_SELF_RELATIVE);
    expect_status(RtlSetGroupSecurityDescriptor(&descriptor, SeExports->SeWorldSid, FALSE),
                  STATUS_SUCCESS);
    expect_status(RtlGetGroupSecurityDescriptor(&descriptor, &group, &defaulted), STATUS_SUCCESS);
    expect(group == SeExports->SeWorldSid && !defaulted);
    RtlSetOwnerSecurityDescriptor(&descriptor, SeExports->SeAliasAdminsSid, FALSE);
    expect_status(RtlCreateAcl(acl, sizeof room, ACL_REVISION), STATUS_SUCCESS);
    expect_status(RtlAddAccessAllowedAceEx(acl, ACL_REVISION, OBJECT_INHERIT_ACE, GENERIC_READ,
                                           SeExports->SeWorldSid),
                  STATUS_SUCCESS);
    expect_status(RtlGetAce(acl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    expect_number(ace->AceFlags, OBJECT_INHERIT_ACE);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
    expect_status(RtlSetSaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE), STATUS_SUCCESS);
    expect(descriptor.Sacl == acl && (descriptor.Control & SE_SACL_PRESENT));
    RtlSetSaclSecurityDescriptor(&descriptor, FALSE, NULL, FALSE);
    expect_status(SeCaptureSecurityDescriptor(&descriptor, KernelMode, PagedPool, TRUE, &captured),
                  STATUS_SUCCESS);
    expect(captured != &descriptor && RtlValidSecurityDescriptor(captured));
    expect(SeValidSecurityDescriptor(RtlLengthSecurityDescriptor(captured), captured));
    expect(!SeValidSecurityDescriptor(4, captured));
    expect_status(SeReleaseSecurityDescriptor(captured, KernelMode, TRUE), STATUS_SUCCESS);
    expect(RtlValidAcl(SePublicDefaultDacl) && RtlValidAcl(SeSystemDefaultDacl));
}

/* ---- subjects and tokens ----------------------------------------------------------------- */

static void subjects(void)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PACCESS_TOKEN token;
    LUID luid, system = SYSTEM_LUID;
    ULONG session = 7;
    PTOKEN_USER user;

    SeCaptureSubjectContextEx(PsGetCurrentThread(), PsGetCurrentProcess(), &subject);
    SeLockSubjectContext(&subject);
    token = SeQuerySubjectContextToken(&subject);
    expect(token != NULL);
    expect_status(SeQueryAuthenticationIdToken(token, &luid), STATUS_SUCCESS);
    expect(luid.LowPart != 0);
    expect_status(SeQuerySessionIdToken(token, &session), STATUS_SUCCESS);
    expect_number(session, 0);
    expect_number(SeTokenType(token), TokenPrimary);
    expect_number(SeTokenImpersonationLevel(token), SecurityImpersonation);
    expect(!SeTokenIsRestricted(token) && !SeTokenIsWriteRestricted(token));
    expect_status(SeQueryInformationToken(token, TokenUser, (PVOID *)&user), STATUS_SUCCESS);
    expect(RtlValidSid(user->User.Sid));
    ExFreePool(user);
    SeUnlockSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
    token = PsReferencePrimaryToken(PsInitialSystemProcess);
    SeQueryAuthenticationIdToken(token, &luid);
    expect(luid.LowPart == system.LowPart && luid.HighPart == system.HighPart);
    expect(ObGetObjectSecurity != NULL && *SeTokenObjectType != NULL);
    expect_status(ObReferenceObjectByPointer(token, 0, *SeTokenObjectType, KernelMode),
                  STATUS_SUCCESS);
    ObDereferenceObject(token);
    PsDereferencePrimaryToken(token);
    expect(!SeAuditingFileEvents(TRUE, NULL));
    expect(!SeAuditingFileOrGlobalEvents(TRUE, NULL, NULL));
}

static BOOLEAN may(PACCESS_TOKEN token, ACCESS_MASK desired, ACCESS_MASK for_world,
                   ACCESS_MASK for_admins)
{
    SECURITY_SUBJECT_CONTEXT subject = {.PrimaryToken = token};
    SECURITY_DESCRIPTOR descriptor;
    PPRIVILEGE_SET privileges = NULL;
    ACCESS_MASK granted;
    NTSTATUS status;
    UCHAR room[128];
    PACL acl = (PACL)room;
    BOOLEAN result;

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(acl, sizeof room, ACL_REVISION);
    if (for_world)
        RtlAddAccessAllowedAce(acl, ACL_REVISION, for_world, SeExports->SeWorldSid);
    if (for_admins)
        RtlAddAccessAllowedAce(acl, ACL_REVISION, for_admins, SeExports->SeAliasAdminsSid);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
    result = SeAccessCheck(&descriptor, &subject, FALSE, desired, 0, &privileges, &mapping,
                           UserMode, &granted, &status);
    if (privileges)
        SeFreePrivileges(privileges);
    return result;
}

static void filtered_tokens(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess()), less = NULL;
    TOKEN_GROUPS groups = {1, {{SeExports->SeAliasAdminsSid, 0}}};
    TOKEN_GROUPS only = {1, {{SeExports->SeWorldSid, 0}}};
    PTOKEN_GROUPS restricted;
    ULONG session;

    expect(may(token, 1, 0, 1) && may(token, 1, 1, 0) && !may(token, 2, 1, 1));
    expect_status(SeFilterToken(token, 0, &groups, NULL, NULL, &less), STATUS_SUCCESS);
    expect(!may(less, 1, 0, 1) && may(less, 1, 1, 0)); /* no administrator any more */
    expect(SeTokenIsAdmin(token) && !SeTokenIsAdmin(less));
    ObDereferenceObject(less);
    expect_status(SeFilterToken(token, DISABLE_MAX_PRIVILEGE, NULL, NULL, &only, &less),
                  STATUS_SUCCESS);
    expect(SeTokenIsRestricted(less));
    expect(may(less, 1, 1, 0) && !may(less, 1, 0, 1)); /* both checks must pass */
    expect_status(SeQueryInformationToken(less, TokenRestrictedSids, (PVOID *)&restricted),
                  STATUS_SUCCESS);
    expect(restricted->GroupCount == 1 &&
           RtlEqualSid(restricted->Groups[0].Sid, SeExports->SeWorldSid));
    ExFreePool(restricted);
    expect_status(SeSetSessionIdToken(less, 3), STATUS_SUCCESS);
    SeQuerySessionIdToken(less, &session);
    expect_number(session, 3);
    ObDereferenceObject(less);
    expect_status(SeFilterToken(token, WRITE_RESTRICTED, NULL, NULL, &only, &less), STATUS_SUCCESS);
    expect(SeTokenIsWriteRestricted(less));
    expect(may(less, 1, 0, 1) && !may(less, 2, 0, 2)); /* reading is spared */
    ObDereferenceObject(less);
    expect_status(SeFilterToken(token, 0x1000, NULL, NULL, NULL, &less), STATUS_INVALID_PARAMETER);
    PsDereferencePrimaryToken(token);
}

static void access_states(void)
{
    ACCESS_STATE state;
    ULONG_PTR auxiliary[16];
    PRIVILEGE_SET set = {1, 0, {{{SE_LOAD_DRIVER_PRIVILEGE, 0}, 0}}};
    GENERIC_MAPPING other = {0x100, 0, 0, 0};
    PSECURITY_DESCRIPTOR made = NULL;
    BOOLEAN generate = TRUE;

    expect_status(SeCreateAccessState(&state, auxiliary, GENERIC_READ | DELETE, &mapping),
                  STATUS_SUCCESS);
    expect_number(state.OriginalDesiredAccess, 1 | DELETE);
    expect(state.SubjectSecurityContext.PrimaryToken != NULL);
    SeSetAccessStateGenericMapping(&state, &other);
    expect_status(SeAppendPrivileges(&state, &set), STATUS_SUCCESS);
    expect_status(SeAppendPrivileges(&state, &set), STATUS_SUCCESS);
    SeOpenObjectAuditAlarm(NULL, NULL, NULL, NULL, &state, FALSE, TRUE, KernelMode, &generate);
    expect(!generate);
    generate = TRUE;
    SeOpenObjectForDeleteAuditAlarm(NULL, NULL, NULL, NULL, &state, FALSE, TRUE, KernelMode,
                                    &generate);
    expect(!generate);
    expect_status(SeAssignSecurityEx(NULL, NULL, &made, NULL, FALSE, 0,
                                     &state.SubjectSecurityContext, &mapping, PagedPool),
                  STATUS_SUCCESS);
    expect(RtlValidSecurityDescriptor(made));
    SeDeassignSecurity(&made);
    SeDeleteAccessState(&state);
}

/* ---- acting for a client ----------------------------------------------------------------- */

static void impersonation(void)
{
    SECURITY_QUALITY_OF_SERVICE quality = {sizeof quality, SecurityImpersonation,
                                           SECURITY_STATIC_TRACKING, FALSE};
    SECURITY_CLIENT_CONTEXT client;
    SECURITY_SUBJECT_CONTEXT subject;
    SE_IMPERSONATION_STATE kept;
    SECURITY_IMPERSONATION_LEVEL level;
    PETHREAD thread = PsGetCurrentThread();
    PACCESS_TOKEN token;
    BOOLEAN copies, effective;

    expect(PsReferenceImpersonationToken(thread, &copies, &effective, &level) == NULL);
    expect_status(SeCreateClientSecurity(thread, &quality, FALSE, &client), STATUS_SUCCESS);
    expect_status(SeImpersonateClientEx(&client, NULL), STATUS_SUCCESS);
    token = PsReferenceImpersonationToken(thread, &copies, &effective, &level);
    expect(token == client.ClientToken && level == SecurityImpersonation);
    PsDereferenceImpersonationToken(token);
    SeCaptureSubjectContext(&subject);
    expect(subject.ClientToken == client.ClientToken);
    SeReleaseSubjectContext(&subject);
    expect(PsDisableImpersonation(thread, &kept));
    expect(PsReferenceImpersonationToken(thread, &copies, &effective, &level) == NULL);
    PsRestoreImpersonation(thread, &kept);
    token = PsReferenceImpersonationToken(thread, &copies, &effective, &level);
    expect(token != NULL);
    PsDereferenceImpersonationToken(token);
    PsRevertToSelf();
    expect(PsReferenceImpersonationToken(thread, &copies, &effective, &level) == NULL);
    expect_status(PsImpersonateClient(thread, client.ClientToken, TRUE, TRUE, SecurityDelegation),
                  STATUS_SUCCESS);
    token = PsReferenceImpersonationToken(thread, &copies, &effective, &level);
    expect(copies && effective && level == SecurityDelegation);
    PsDereferenceImpersonationToken(token);
    expect_status(PsImpersonateClient(thread, NULL, FALSE, FALSE, SecurityAnonymous),
                  STATUS_SUCCESS);
    SeDeleteClientSecurity(&client);
    SeCaptureSubjectContext(&subject);
    expect_status(SeCreateClientSecurityFromSubjectContext(&subject, &quality, FALSE, &client),
                  STATUS_SUCCESS);
    SeImpersonateClient(&client, thread);
    PsRevertToSelf();
    SeDeleteClientSecurity(&client);
    SeReleaseSubjectContext(&subject);
}

static void token_handles(void)
{
    SECURITY_QUALITY_OF_SERVICE quality = {sizeof quality, SecurityIdentification, 0, FALSE};
    OBJECT_ATTRIBUTES attributes;
    HANDLE primary = NULL, copy = NULL, thread = NULL;
    UNICODE_STRING path;
    UCHAR buffer[256];
    ULONG length;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    attributes.SecurityQualityOfService = &quality;
    expect_status(
        ZwOpenProcessTokenEx(ZwCurrentProcess(), TOKEN_ALL_ACCESS, OBJ_KERNEL_HANDLE, &primary),
        STATUS_SUCCESS);
    expect_status(
        ZwOpenThreadTokenEx(ZwCurrentThread(), TOKEN_QUERY, TRUE, OBJ_KERNEL_HANDLE, &thread),
        STATUS_NO_TOKEN);
    expect_status(ZwDuplicateToken(primary, 0, &attributes, FALSE, TokenImpersonation, &copy),
                  STATUS_SUCCESS);
    expect_status(
        ZwQueryInformationToken(copy, TokenImpersonationLevel, buffer, sizeof buffer, &length),
        STATUS_SUCCESS);
    expect_number(*(PULONG)buffer, SecurityIdentification);
    expect_status(PsAssignImpersonationToken(PsGetCurrentThread(), primary), STATUS_BAD_TOKEN_TYPE);
    expect_status(PsAssignImpersonationToken(PsGetCurrentThread(), copy), STATUS_SUCCESS);
    expect_status(
        ZwOpenThreadTokenEx(ZwCurrentThread(), TOKEN_QUERY, TRUE, OBJ_KERNEL_HANDLE, &thread),
        STATUS_SUCCESS);
    expect_status(PsAssignImpersonationToken(PsGetCurrentThread(), NULL), STATUS_SUCCESS);
    ZwClose(thread);
    ZwClose(copy);
    ZwClose(primary);
    expect_status(RtlFormatCurrentUserKeyPath(&path), STATUS_SUCCESS);
    expect(path.Length > 30 && path.Buffer[0] == L'\\' && path.Buffer[15] == L'S');
    RtlFreeUnicodeString(&path);
}

DRIVERTEST_LIST = {
    DRIVERTEST(sids),          DRIVERTEST(descriptors),
    DRIVERTEST(subjects),      DRIVERTEST(filtered_tokens),
    DRIVERTEST(access_states), DRIVERTEST(impersonation),
    DRIVERTEST(token_handles), DRIVERTEST_END,
};
