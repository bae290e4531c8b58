/* SPDX-License-Identifier: MIT */
/* access_state_ddi.c - access states: one attempt to open, from its wish to what is granted; and
 * the audits that follow it.
 *
 * The auxiliary data behind a state is the caller's memory, its layout ours: the privileges used
 * and the mapping. No audit policy is set on a machine, so nothing is ever written.
 */
#include "se_internal.h"

#include <string.h>

#include "se_exports.h"

/* Behind AuxData; drivers hand in memory for it and never look. */
struct access_auxiliary {
    PPRIVILEGE_SET privileges;
    GENERIC_MAPPING mapping;
};

/* Captures the calling thread's subject.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   AuxData stays the caller's, until SeDeleteAccessState
 */
NTSTATUS NTAPI SeCreateAccessState(PACCESS_STATE AccessState, PVOID AuxData,
                                   ACCESS_MASK DesiredAccess, PGENERIC_MAPPING GenericMapping)
{
    struct access_auxiliary *auxiliary = AuxData;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    memset(AccessState, 0, sizeof *AccessState);
    memset(auxiliary, 0, sizeof *auxiliary);
    if (GenericMapping) {
        auxiliary->mapping = *GenericMapping;
        DesiredAccess = access_map(DesiredAccess, GenericMapping);
    }
    AccessState->AuxData = auxiliary;
    AccessState->OriginalDesiredAccess = AccessState->RemainingDesiredAccess = DesiredAccess;
    SeCaptureSubjectContext(&AccessState->SubjectSecurityContext);
    return STATUS_SUCCESS;
}

VOID NTAPI SeDeleteAccessState(PACCESS_STATE AccessState)
{
    struct access_auxiliary *auxiliary = AccessState->AuxData;
    if (auxiliary && auxiliary->privileges) {
        ExFreePool(auxiliary->privileges);
        auxiliary->privileges = NULL;
    }
    SeReleaseSubjectContext(&AccessState->SubjectSecurityContext);
}

/* Doc:     nf-ntifs-seappendprivileges */
NTSTATUS NTAPI SeAppendPrivileges(PACCESS_STATE AccessState, PPRIVILEGE_SET Privileges)
{
    struct access_auxiliary *auxiliary = AccessState->AuxData;
    PPRIVILEGE_SET old = auxiliary->privileges;
    ULONG had = old ? old->PrivilegeCount : 0, count = had + Privileges->PrivilegeCount;
    PPRIVILEGE_SET fresh = ExAllocatePool2(POOL_FLAG_PAGED,
                                           FIELD_OFFSET(PRIVILEGE_SET, Privilege) +
                                               (SIZE_T)count * sizeof fresh->Privilege[0],
                                           SE_TAG);
    if (!fresh)
        return STATUS_INSUFFICIENT_RESOURCES;
    fresh->PrivilegeCount = count;
    fresh->Control = Privileges->Control;
    for (ULONG i = 0; i < count; i++)
        fresh->Privilege[i] = i < had ? old->Privilege[i] : Privileges->Privilege[i - had];
    if (old)
        ExFreePool(old);
    auxiliary->privileges = fresh;
    return STATUS_SUCCESS;
}

/* Gives the object the descriptor of the state's creator, or what the parent hands down.
 *
 * IRQL:    PASSIVE_LEVEL
 */
NTSTATUS NTAPI ObAssignSecurity(PACCESS_STATE AccessState, PSECURITY_DESCRIPTOR ParentDescriptor,
                                PVOID Object, POBJECT_TYPE Type)
{
    PSECURITY_DESCRIPTOR descriptor;
    GENERIC_MAPPING mapping = ob_type_ops((struct object_type *)Type)->mapping;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    NTSTATUS status = SeAssignSecurity(ParentDescriptor, AccessState->SecurityDescriptor,
                                       &descriptor, (struct object_type *)Type == ob_directory_type,
                                       &AccessState->SubjectSecurityContext, &mapping, PagedPool);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_security_set(Object, descriptor);
    SeDeassignSecurity(&descriptor);
    return status;
}

/* Doc:     nf-ntifs-seopenobjectauditalarm */
VOID NTAPI SeOpenObjectAuditAlarm(PUNICODE_STRING ObjectTypeName, PVOID Object,
                                  PUNICODE_STRING AbsoluteObjectName,
                                  PSECURITY_DESCRIPTOR SecurityDescriptor,
                                  PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
                                  BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode,
                                  PBOOLEAN GenerateOnClose)
{
    *GenerateOnClose = FALSE;
}

/* Doc:     nf-ntifs-seopenobjectfordeleteauditalarm */
VOID NTAPI SeOpenObjectForDeleteAuditAlarm(PUNICODE_STRING ObjectTypeName, PVOID Object,
                                           PUNICODE_STRING AbsoluteObjectName,
                                           PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
                                           BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode,
                                           PBOOLEAN GenerateOnClose)
{
    *GenerateOnClose = FALSE;
}

/* The path below which the running user's keys lie; RtlFreeUnicodeString frees it.
 *
 * IRQL:    PASSIVE_LEVEL
 */
NTSTATUS NTAPI RtlFormatCurrentUserKeyPath(PUNICODE_STRING CurrentUserKeyPath)
{
    UNICODE_STRING sid, prefix = RTL_CONSTANT_STRING(L"\\REGISTRY\\USER\\");
    void *primary, *client;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    subject_capture(NULL, NULL, &primary, &client);
    const struct token *token = client ? client : primary;
    NTSTATUS status = RtlConvertSidToUnicodeString(&sid, SID_OF(*token->user), TRUE);
    ob_dereference(primary);
    if (client)
        ob_dereference(client);
    if (!NT_SUCCESS(status))
        return status;
    UNICODE_STRING path = {.MaximumLength = (USHORT)(prefix.Length + sid.Length + sizeof(WCHAR))};
    path.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, path.MaximumLength, SE_TAG);
    if (path.Buffer) {
        RtlAppendUnicodeStringToString(&path, &prefix);
        RtlAppendUnicodeStringToString(&path, &sid);
        *CurrentUserKeyPath = path;
    } else {
        status = STATUS_NO_MEMORY;
    }
    RtlFreeUnicodeString(&sid);
    return status;
}
