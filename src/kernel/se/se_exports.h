/* SPDX-License-Identifier: MIT */
/* se_exports.h - filling the variables that drivers read; for se_start.c only. */
#ifndef SE_SE_EXPORTS_H
#define SE_SE_EXPORTS_H

#include <ntifs.h>

NTSTATUS NTAPI SeCreateAccessState(PACCESS_STATE AccessState, PVOID AuxData,
                                   ACCESS_MASK DesiredAccess, PGENERIC_MAPPING GenericMapping);
VOID NTAPI SeDeleteAccessState(PACCESS_STATE AccessState);
NTSTATUS NTAPI ObAssignSecurity(PACCESS_STATE AccessState, PSECURITY_DESCRIPTOR ParentDescriptor,
                                PVOID Object, POBJECT_TYPE Type);
NTSTATUS NTAPI RtlFormatCurrentUserKeyPath(PUNICODE_STRING CurrentUserKeyPath);

extern PACL SeSystemDefaultDacl, SePublicDefaultDacl;
void exports_fill(void);

/* Exported, but not in Microsoft's headers as functions. */
NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR OriginalSecurityDescriptor,
                                           KPROCESSOR_MODE CurrentMode, POOL_TYPE PoolType,
                                           BOOLEAN CaptureIfKernel,
                                           PSECURITY_DESCRIPTOR *CapturedSecurityDescriptor);
NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR CapturedSecurityDescriptor,
                                           KPROCESSOR_MODE CurrentMode,
                                           BOOLEAN CaptureIfKernelMode);
NTSTATUS NTAPI RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid);
BOOLEAN NTAPI RtlValidAcl(PACL Acl);

#endif
