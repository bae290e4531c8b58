/* SPDX-License-Identifier: MIT */
/*
 * Security: descriptors, access lists, identifiers, privileges, the state of one
 * access check, and the routines of the security monitor that wdm.h documents.
 */
#ifndef _WDM_SECURITY_H_
#define _WDM_SECURITY_H_

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef PVOID PSECURITY_DESCRIPTOR;
typedef PVOID PACCESS_TOKEN;
typedef PVOID PSID;
typedef ULONG SECURITY_INFORMATION, *PSECURITY_INFORMATION;
typedef USHORT SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;

#define OWNER_SECURITY_INFORMATION               (0x00000001L)
#define GROUP_SECURITY_INFORMATION               (0x00000002L)
#define DACL_SECURITY_INFORMATION                (0x00000004L)
#define SACL_SECURITY_INFORMATION                (0x00000008L)
#define LABEL_SECURITY_INFORMATION               (0x00000010L)
#define ATTRIBUTE_SECURITY_INFORMATION           (0x00000020L)
#define SCOPE_SECURITY_INFORMATION               (0x00000040L)
#define PROCESS_TRUST_LABEL_SECURITY_INFORMATION (0x00000080L)
#define ACCESS_FILTER_SECURITY_INFORMATION       (0x00000100L)
#define BACKUP_SECURITY_INFORMATION              (0x00010000L)
#define PROTECTED_DACL_SECURITY_INFORMATION      (0x80000000L)
#define PROTECTED_SACL_SECURITY_INFORMATION      (0x40000000L)
#define UNPROTECTED_DACL_SECURITY_INFORMATION    (0x20000000L)
#define UNPROTECTED_SACL_SECURITY_INFORMATION    (0x10000000L)

#define SECURITY_DESCRIPTOR_REVISION   (1)
#define SECURITY_DESCRIPTOR_REVISION1  (1)
#define SECURITY_DESCRIPTOR_MIN_LENGTH (sizeof(SECURITY_DESCRIPTOR))

typedef struct _ACL {
    UCHAR AclRevision;
    UCHAR Sbz1;
    USHORT AclSize;
    USHORT AceCount;
    USHORT Sbz2;
} ACL, *PACL;
#define ACL_REVISION     (2)
#define ACL_REVISION_DS  (4)
#define ACL_REVISION1    (1)
#define ACL_REVISION2    (2)
#define ACL_REVISION3    (3)
#define ACL_REVISION4    (4)
#define MIN_ACL_REVISION ACL_REVISION2
#define MAX_ACL_REVISION ACL_REVISION4
#define MAXDWORD_ACL     0xffffffff

typedef struct _SECURITY_DESCRIPTOR {
    UCHAR Revision;
    UCHAR Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    PSID Owner;
    PSID Group;
    PACL Sacl;
    PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

typedef enum _SECURITY_IMPERSONATION_LEVEL {
    SecurityAnonymous,
    SecurityIdentification,
    SecurityImpersonation,
    SecurityDelegation
} SECURITY_IMPERSONATION_LEVEL,
    *PSECURITY_IMPERSONATION_LEVEL;
#define SECURITY_MAX_IMPERSONATION_LEVEL SecurityDelegation
#define SECURITY_MIN_IMPERSONATION_LEVEL SecurityAnonymous
#define DEFAULT_IMPERSONATION_LEVEL      SecurityImpersonation
#define VALID_IMPERSONATION_LEVEL(L) \
    (((L) >= SECURITY_MIN_IMPERSONATION_LEVEL) && ((L) <= SECURITY_MAX_IMPERSONATION_LEVEL))

#define SECURITY_DYNAMIC_TRACKING (TRUE)
#define SECURITY_STATIC_TRACKING  (FALSE)
typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE, *PSECURITY_CONTEXT_TRACKING_MODE;

typedef struct _SECURITY_QUALITY_OF_SERVICE {
    ULONG Length;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    SECURITY_CONTEXT_TRACKING_MODE ContextTrackingMode;
    BOOLEAN EffectiveOnly;
} SECURITY_QUALITY_OF_SERVICE, *PSECURITY_QUALITY_OF_SERVICE;

typedef struct _SE_IMPERSONATION_STATE {
    PACCESS_TOKEN Token;
    BOOLEAN CopyOnOpen;
    BOOLEAN EffectiveOnly;
    SECURITY_IMPERSONATION_LEVEL Level;
} SE_IMPERSONATION_STATE, *PSE_IMPERSONATION_STATE;

#pragma pack(push, 4)
typedef struct _LUID_AND_ATTRIBUTES {
    LUID Luid;
    ULONG Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;
#pragma pack(pop)
typedef LUID_AND_ATTRIBUTES LUID_AND_ATTRIBUTES_ARRAY[ANYSIZE_ARRAY];
typedef LUID_AND_ATTRIBUTES_ARRAY *PLUID_AND_ATTRIBUTES_ARRAY;

#define SE_PRIVILEGE_ENABLED_BY_DEFAULT (0x00000001L)
#define SE_PRIVILEGE_ENABLED            (0x00000002L)
#define SE_PRIVILEGE_REMOVED            (0x00000004L)
#define SE_PRIVILEGE_USED_FOR_ACCESS    (0x80000000L)

#define PRIVILEGE_SET_ALL_NECESSARY (1)
typedef struct _PRIVILEGE_SET {
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[ANYSIZE_ARRAY];
} PRIVILEGE_SET, *PPRIVILEGE_SET;

#define INITIAL_PRIVILEGE_COUNT 3
typedef struct _INITIAL_PRIVILEGE_SET {
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[INITIAL_PRIVILEGE_COUNT];
} INITIAL_PRIVILEGE_SET, *PINITIAL_PRIVILEGE_SET;

#define SE_MIN_WELL_KNOWN_PRIVILEGE                    (2L)
#define SE_CREATE_TOKEN_PRIVILEGE                      (2L)
#define SE_ASSIGNPRIMARYTOKEN_PRIVILEGE                (3L)
#define SE_LOCK_MEMORY_PRIVILEGE                       (4L)
#define SE_INCREASE_QUOTA_PRIVILEGE                    (5L)
#define SE_UNSOLICITED_INPUT_PRIVILEGE                 (6L)
#define SE_MACHINE_ACCOUNT_PRIVILEGE                   (6L)
#define SE_TCB_PRIVILEGE                               (7L)
#define SE_SECURITY_PRIVILEGE                          (8L)
#define SE_TAKE_OWNERSHIP_PRIVILEGE                    (9L)
#define SE_LOAD_DRIVER_PRIVILEGE                       (10L)
#define SE_SYSTEM_PROFILE_PRIVILEGE                    (11L)
#define SE_SYSTEMTIME_PRIVILEGE                        (12L)
#define SE_PROF_SINGLE_PROCESS_PRIVILEGE               (13L)
#define SE_INC_BASE_PRIORITY_PRIVILEGE                 (14L)
#define SE_CREATE_PAGEFILE_PRIVILEGE                   (15L)
#define SE_CREATE_PERMANENT_PRIVILEGE                  (16L)
#define SE_BACKUP_PRIVILEGE                            (17L)
#define SE_RESTORE_PRIVILEGE                           (18L)
#define SE_SHUTDOWN_PRIVILEGE                          (19L)
#define SE_DEBUG_PRIVILEGE                             (20L)
#define SE_AUDIT_PRIVILEGE                             (21L)
#define SE_SYSTEM_ENVIRONMENT_PRIVILEGE                (22L)
#define SE_CHANGE_NOTIFY_PRIVILEGE                     (23L)
#define SE_REMOTE_SHUTDOWN_PRIVILEGE                   (24L)
#define SE_UNDOCK_PRIVILEGE                            (25L)
#define SE_SYNC_AGENT_PRIVILEGE                        (26L)
#define SE_ENABLE_DELEGATION_PRIVILEGE                 (27L)
#define SE_MANAGE_VOLUME_PRIVILEGE                     (28L)
#define SE_IMPERSONATE_PRIVILEGE                       (29L)
#define SE_CREATE_GLOBAL_PRIVILEGE                     (30L)
#define SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE            (31L)
#define SE_RELABEL_PRIVILEGE                           (32L)
#define SE_INC_WORKING_SET_PRIVILEGE                   (33L)
#define SE_TIME_ZONE_PRIVILEGE                         (34L)
#define SE_CREATE_SYMBOLIC_LINK_PRIVILEGE              (35L)
#define SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE (36L)
#define SE_MAX_WELL_KNOWN_PRIVILEGE                    SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE

typedef struct _SECURITY_SUBJECT_CONTEXT {
    PACCESS_TOKEN ClientToken;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    PACCESS_TOKEN PrimaryToken;
    PVOID ProcessAuditId;
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;

typedef struct _ACCESS_STATE {
    LUID OperationID;
    BOOLEAN SecurityEvaluated;
    BOOLEAN GenerateAudit;
    BOOLEAN GenerateOnClose;
    BOOLEAN PrivilegesAllocated;
    ULONG Flags;
    ACCESS_MASK RemainingDesiredAccess;
    ACCESS_MASK PreviouslyGrantedAccess;
    ACCESS_MASK OriginalDesiredAccess;
    SECURITY_SUBJECT_CONTEXT SubjectSecurityContext;
    PSECURITY_DESCRIPTOR SecurityDescriptor;
    PVOID AuxData;
    union {
        INITIAL_PRIVILEGE_SET InitialPrivilegeSet;
        PRIVILEGE_SET PrivilegeSet;
    } Privileges;
    BOOLEAN AuditPrivileges;
    UNICODE_STRING ObjectName;
    UNICODE_STRING ObjectTypeName;
} ACCESS_STATE, *PACCESS_STATE;

typedef enum _SECURITY_OPERATION_CODE {
    SetSecurityDescriptor,
    QuerySecurityDescriptor,
    DeleteSecurityDescriptor,
    AssignSecurityDescriptor
} SECURITY_OPERATION_CODE,
    *PSECURITY_OPERATION_CODE;

typedef VOID NTAPI NTFS_DEREF_EXPORTED_SECURITY_DESCRIPTOR(PVOID Vcb, PVOID SecurityDescriptor);
typedef NTFS_DEREF_EXPORTED_SECURITY_DESCRIPTOR *PNTFS_DEREF_EXPORTED_SECURITY_DESCRIPTOR;

#ifdef __cplusplus
}
#endif

#endif
