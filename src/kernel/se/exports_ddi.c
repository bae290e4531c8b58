/* SPDX-License-Identifier: MIT */
/* exports_ddi.c - the variables that drivers read: well-known identifiers and privileges. */
#include "se_internal.h"

#include "se_exports.h"

static SE_EXPORTS exports;
PSE_EXPORTS SeExports = &exports;
POBJECT_TYPE *SeTokenObjectType = (POBJECT_TYPE *)&se_token_type;
PACL SeSystemDefaultDacl, SePublicDefaultDacl;

static void privileges_fill(void)
{
    static const struct {
        USHORT offset;
        ULONG privilege;
    } rows[] = {
#define ROW(field, value) {FIELD_OFFSET(SE_EXPORTS, field), value}
        ROW(SeCreateTokenPrivilege, SE_CREATE_TOKEN_PRIVILEGE),
        ROW(SeAssignPrimaryTokenPrivilege, SE_ASSIGNPRIMARYTOKEN_PRIVILEGE),
        ROW(SeLockMemoryPrivilege, SE_LOCK_MEMORY_PRIVILEGE),
        ROW(SeIncreaseQuotaPrivilege, SE_INCREASE_QUOTA_PRIVILEGE),
        ROW(SeUnsolicitedInputPrivilege, SE_UNSOLICITED_INPUT_PRIVILEGE),
        ROW(SeTcbPrivilege, SE_TCB_PRIVILEGE),
        ROW(SeSecurityPrivilege, SE_SECURITY_PRIVILEGE),
        ROW(SeTakeOwnershipPrivilege, SE_TAKE_OWNERSHIP_PRIVILEGE),
        ROW(SeLoadDriverPrivilege, SE_LOAD_DRIVER_PRIVILEGE),
        ROW(SeCreatePagefilePrivilege, SE_CREATE_PAGEFILE_PRIVILEGE),
        ROW(SeIncreaseBasePriorityPrivilege, SE_INC_BASE_PRIORITY_PRIVILEGE),
        ROW(SeSystemProfilePrivilege, SE_SYSTEM_PROFILE_PRIVILEGE),
        ROW(SeSystemtimePrivilege, SE_SYSTEMTIME_PRIVILEGE),
        ROW(SeProfileSingleProcessPrivilege, SE_PROF_SINGLE_PROCESS_PRIVILEGE),
        ROW(SeCreatePermanentPrivilege, SE_CREATE_PERMANENT_PRIVILEGE),
        ROW(SeBackupPrivilege, SE_BACKUP_PRIVILEGE),
        ROW(SeRestorePrivilege, SE_RESTORE_PRIVILEGE),
        ROW(SeShutdownPrivilege, SE_SHUTDOWN_PRIVILEGE),
        ROW(SeDebugPrivilege, SE_DEBUG_PRIVILEGE),
        ROW(SeAuditPrivilege, SE_AUDIT_PRIVILEGE),
        ROW(SeSystemEnvironmentPrivilege, SE_SYSTEM_ENVIRONMENT_PRIVILEGE),
        ROW(SeChangeNotifyPrivilege, SE_CHANGE_NOTIFY_PRIVILEGE),
        ROW(SeRemoteShutdownPrivilege, SE_REMOTE_SHUTDOWN_PRIVILEGE),
        ROW(SeUndockPrivilege, SE_UNDOCK_PRIVILEGE),
        ROW(SeSyncAgentPrivilege, SE_SYNC_AGENT_PRIVILEGE),
        ROW(SeEnableDelegationPrivilege, SE_ENABLE_DELEGATION_PRIVILEGE),
        ROW(SeManageVolumePrivilege, SE_MANAGE_VOLUME_PRIVILEGE),
        ROW(SeImpersonatePrivilege, SE_IMPERSONATE_PRIVILEGE),
        ROW(SeCreateGlobalPrivilege, SE_CREATE_GLOBAL_PRIVILEGE),
        ROW(SeTrustedCredManAccessPrivilege, SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE),
        ROW(SeRelabelPrivilege, SE_RELABEL_PRIVILEGE),
        ROW(SeIncreaseWorkingSetPrivilege, SE_INC_WORKING_SET_PRIVILEGE),
        ROW(SeTimeZonePrivilege, SE_TIME_ZONE_PRIVILEGE),
        ROW(SeCreateSymbolicLinkPrivilege, SE_CREATE_SYMBOLIC_LINK_PRIVILEGE),
        ROW(SeDelegateSessionUserImpersonatePrivilege,
            SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE),
#undef ROW
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        *(LUID *)((char *)&exports + rows[i].offset) = (LUID){rows[i].privilege, 0};
}

static void sids_fill(void)
{
    exports.SeNullSid = SID_OF(sid_null);
    exports.SeWorldSid = SID_OF(sid_world);
    exports.SeLocalSid = SID_OF(sid_local);
    exports.SeCreatorOwnerSid = SID_OF(sid_creator_owner);
    exports.SeCreatorGroupSid = SID_OF(sid_creator_group);
    exports.SeNtAuthoritySid = SID_OF(sid_nt);
    exports.SeDialupSid = SID_OF(sid_dialup);
    exports.SeNetworkSid = SID_OF(sid_network);
    exports.SeBatchSid = SID_OF(sid_batch);
    exports.SeInteractiveSid = SID_OF(sid_interactive);
    exports.SeLocalSystemSid = SID_OF(sid_system);
    exports.SeAliasAdminsSid = SID_OF(sid_admins);
    exports.SeAliasUsersSid = SID_OF(sid_users);
    exports.SeAliasGuestsSid = SID_OF(sid_guests);
    exports.SeAliasPowerUsersSid = SID_OF(sid_power_users);
    exports.SeAliasAccountOpsSid = SID_OF(sid_account_ops);
    exports.SeAliasSystemOpsSid = SID_OF(sid_system_ops);
    exports.SeAliasPrintOpsSid = SID_OF(sid_print_ops);
    exports.SeAliasBackupOpsSid = SID_OF(sid_backup_ops);
    exports.SeAuthenticatedUsersSid = SID_OF(sid_authenticated);
    exports.SeRestrictedSid = SID_OF(sid_restricted);
    exports.SeAnonymousLogonSid = SID_OF(sid_anonymous);
    exports.SeLocalServiceSid = SID_OF(sid_local_service);
    exports.SeNetworkServiceSid = SID_OF(sid_network_service);
    exports.SeIUserSid = SID_OF(sid_iuser);
    exports.SeUntrustedMandatorySid = SID_OF(sid_untrusted);
    exports.SeLowMandatorySid = SID_OF(sid_low);
    exports.SeMediumMandatorySid = SID_OF(sid_medium);
    exports.SeHighMandatorySid = SID_OF(sid_high);
    exports.SeSystemMandatorySid = SID_OF(sid_system_level);
    exports.SeOwnerRightsSid = SID_OF(sid_owner_rights);
    exports.SeAllAppPackagesSid = SID_OF(sid_all_packages);
    exports.SeUserModeDriversSid = SID_OF(sid_user_drivers);
}

void exports_fill(void)
{
    privileges_fill();
    sids_fill();
    SeSystemDefaultDacl = system_default_dacl;
    SePublicDefaultDacl = public_default_dacl;
}
