/* SPDX-License-Identifier: MIT */
/*
 * System services as kernel-mode code calls them: Zw entries take trusted parameters.
 */
#ifndef _WDM_ZW_H_
#define _WDM_ZW_H_

#include "ktmtypes.h"
#include "io.h"
#include "cm.h"
#include "po.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _KTMOBJECT_TYPE {
    KTMOBJECT_TRANSACTION,
    KTMOBJECT_TRANSACTION_MANAGER,
    KTMOBJECT_RESOURCE_MANAGER,
    KTMOBJECT_ENLISTMENT,
    KTMOBJECT_INVALID
} KTMOBJECT_TYPE,
    *PKTMOBJECT_TYPE;

typedef struct _KTMOBJECT_CURSOR {
    GUID LastQuery;
    ULONG ObjectIdCount;
    GUID ObjectIds[1];
} KTMOBJECT_CURSOR, *PKTMOBJECT_CURSOR;

typedef enum _ENLISTMENT_INFORMATION_CLASS {
    EnlistmentBasicInformation,
    EnlistmentRecoveryInformation,
    EnlistmentCrmInformation
} ENLISTMENT_INFORMATION_CLASS;

typedef enum _PROCESSINFOCLASS {
    ProcessBasicInformation,
    ProcessQuotaLimits,
    ProcessIoCounters,
    ProcessVmCounters,
    ProcessTimes,
    ProcessBasePriority,
    ProcessRaisePriority,
    ProcessDebugPort,
    ProcessExceptionPort,
    ProcessAccessToken,
    ProcessLdtInformation,
    ProcessLdtSize,
    ProcessDefaultHardErrorMode,
    ProcessIoPortHandlers,
    ProcessPooledUsageAndLimits,
    ProcessWorkingSetWatch,
    ProcessUserModeIOPL,
    ProcessEnableAlignmentFaultFixup,
    ProcessPriorityClass,
    ProcessWx86Information,
    ProcessHandleCount,
    ProcessAffinityMask,
    ProcessPriorityBoost,
    ProcessDeviceMap,
    ProcessSessionInformation,
    ProcessForegroundInformation,
    ProcessWow64Information,
    ProcessImageFileName,
    ProcessLUIDDeviceMapsEnabled,
    ProcessBreakOnTermination,
    ProcessDebugObjectHandle,
    ProcessDebugFlags,
    ProcessHandleTracing,
    ProcessIoPriority,
    ProcessExecuteFlags,
    ProcessTlsInformation,
    ProcessCookie,
    ProcessImageInformation,
    ProcessCycleTime,
    ProcessPagePriority,
    ProcessInstrumentationCallback,
    ProcessThreadStackAllocation,
    ProcessWorkingSetWatchEx,
    ProcessImageFileNameWin32,
    ProcessImageFileMapping,
    ProcessAffinityUpdateMode,
    ProcessMemoryAllocationMode,
    ProcessGroupInformation,
    ProcessTokenVirtualizationEnabled,
    ProcessConsoleHostProcess,
    ProcessWindowInformation,
    MaxProcessInfoClass
} PROCESSINFOCLASS;

typedef enum _RESOURCEMANAGER_INFORMATION_CLASS {
    ResourceManagerBasicInformation,
    ResourceManagerCompletionInformation
} RESOURCEMANAGER_INFORMATION_CLASS;

typedef enum _TRANSACTION_INFORMATION_CLASS {
    TransactionBasicInformation,
    TransactionPropertiesInformation,
    TransactionEnlistmentInformation,
    TransactionSuperiorEnlistmentInformation
} TRANSACTION_INFORMATION_CLASS;

typedef enum _TRANSACTIONMANAGER_INFORMATION_CLASS {
    TransactionManagerBasicInformation,
    TransactionManagerLogInformation,
    TransactionManagerLogPathInformation,
    TransactionManagerRecoveryInformation = 4
} TRANSACTIONMANAGER_INFORMATION_CLASS;

typedef GUID *PCRM_PROTOCOL_ID;

typedef enum _THREADINFOCLASS {
    ThreadBasicInformation,
    ThreadTimes,
    ThreadPriority,
    ThreadBasePriority,
    ThreadAffinityMask,
    ThreadImpersonationToken,
    ThreadDescriptorTableEntry,
    ThreadEnableAlignmentFaultFixup,
    ThreadEventPair_Reusable,
    ThreadQuerySetWin32StartAddress,
    ThreadZeroTlsCell,
    ThreadPerformanceCount,
    ThreadAmILastThread,
    ThreadIdealProcessor,
    ThreadPriorityBoost,
    ThreadSetTlsArrayAddress,
    ThreadIsIoPending,
    ThreadHideFromDebugger,
    ThreadBreakOnTermination,
    ThreadSwitchLegacyState,
    ThreadIsTerminated,
    ThreadLastSystemCall,
    ThreadIoPriority,
    ThreadCycleTime,
    ThreadPagePriority,
    ThreadActualBasePriority,
    ThreadTebInformation,
    ThreadCSwitchMon,
    ThreadCSwitchPmu,
    ThreadWow64Context,
    ThreadGroupInformation,
    ThreadUmsInformation,
    ThreadCounterProfiling,
    ThreadIdealProcessorEx,
    MaxThreadInfoClass
} THREADINFOCLASS;

typedef VOID NTAPI TIMER_APC_ROUTINE(PVOID, ULONG, LONG);
typedef TIMER_APC_ROUTINE *PTIMER_APC_ROUTINE;

typedef enum _TIMER_SET_INFORMATION_CLASS {
    TimerSetCoalescableTimer,
    MaxTimerInfoClass
} TIMER_SET_INFORMATION_CLASS;

/* ---- Routines ---- */

NTSYSCALLAPI NTSTATUS NTAPI NtEnumerateTransactionObject(HANDLE RootObjectHandle,
                                                         KTMOBJECT_TYPE QueryType,
                                                         PKTMOBJECT_CURSOR ObjectCursor,
                                                         ULONG ObjectCursorLength,
                                                         PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSCALLAPI NTSTATUS NTAPI NtPropagationComplete(HANDLE ResourceManagerHandle, ULONG RequestCookie,
                                                  ULONG BufferLength, PVOID Buffer);
NTSYSCALLAPI NTSTATUS NTAPI NtPropagationFailed(HANDLE ResourceManagerHandle, ULONG RequestCookie,
                                                NTSTATUS PropStatus);
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationProcess(HANDLE ProcessHandle,
                                                      PROCESSINFOCLASS ProcessInformationClass,
                                                      PVOID ProcessInformation,
                                                      ULONG ProcessInformationLength,
                                                      PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI NtRegisterProtocolAddressInformation(HANDLE ResourceManager,
                                                                 PCRM_PROTOCOL_ID ProtocolId,
                                                                 ULONG ProtocolInformationSize,
                                                                 PVOID ProtocolInformation,
                                                                 ULONG CreateOptions);
NTSYSCALLAPI NTSTATUS NTAPI NtRenameTransactionManager(PUNICODE_STRING LogFileName,
                                                       LPGUID ExistingTransactionManagerGuid);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationTransactionManager(
    HANDLE TmHandle, TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwAllocateLocallyUniqueId(PLUID Luid);
NTSYSCALLAPI NTSTATUS NTAPI ZwCancelTimer(HANDLE TimerHandle, PBOOLEAN CurrentState);
NTSYSCALLAPI NTSTATUS NTAPI ZwClose(HANDLE Handle);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateDirectoryObject(PHANDLE DirectoryHandle,
                                                    ACCESS_MASK DesiredAccess,
                                                    POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes,
                                         PIO_STATUS_BLOCK IoStatusBlock,
                                         PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                                         ULONG ShareAccess, ULONG CreateDisposition,
                                         ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex,
                                        PUNICODE_STRING Class, ULONG CreateOptions,
                                        PULONG Disposition);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes,
                                            PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection,
                                            ULONG AllocationAttributes, HANDLE FileHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateTimer(PHANDLE TimerHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes,
                                          TIMER_TYPE TimerType);
NTSYSCALLAPI NTSTATUS NTAPI ZwDeleteKey(HANDLE KeyHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName);
NTSYSCALLAPI NTSTATUS NTAPI ZwDeviceIoControlFile(HANDLE FileHandle, HANDLE Event,
                                                  PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                                  PIO_STATUS_BLOCK IoStatusBlock,
                                                  ULONG IoControlCode, PVOID InputBuffer,
                                                  ULONG InputBufferLength, PVOID OutputBuffer,
                                                  ULONG OutputBufferLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwDisplayString(PUNICODE_STRING String);
NTSYSCALLAPI NTSTATUS NTAPI ZwEnumerateKey(HANDLE KeyHandle, ULONG Index,
                                           KEY_INFORMATION_CLASS KeyInformationClass,
                                           PVOID KeyInformation, ULONG Length, PULONG ResultLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwEnumerateTransactionObject(HANDLE RootObjectHandle,
                                                         KTMOBJECT_TYPE QueryType,
                                                         PKTMOBJECT_CURSOR ObjectCursor,
                                                         ULONG ObjectCursorLength,
                                                         PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwEnumerateValueKey(
    HANDLE KeyHandle, ULONG Index, KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
    PVOID KeyValueInformation, ULONG Length, PULONG ResultLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwFlushKey(HANDLE KeyHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwLoadDriver(PUNICODE_STRING DriverServiceName);
NTSYSCALLAPI NTSTATUS NTAPI ZwMakeTemporaryObject(HANDLE Handle);
NTSYSCALLAPI NTSTATUS NTAPI ZwMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle,
                                               PVOID *BaseAddress, ULONG_PTR ZeroBits,
                                               SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                                               PSIZE_T ViewSize, SECTION_INHERIT InheritDisposition,
                                               ULONG AllocationType, ULONG Protect);
NTSYSCALLAPI NTSTATUS NTAPI ZwNotifyChangeMultipleKeys(
    HANDLE MasterKeyHandle, ULONG Count, OBJECT_ATTRIBUTES *SubordinateObjects, HANDLE Event,
    PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
    ULONG CompletionFilter, BOOLEAN WatchTree, PVOID Buffer, ULONG BufferSize,
    BOOLEAN Asynchronous);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                       POBJECT_ATTRIBUTES ObjectAttributes,
                                       PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                       ULONG OpenOptions);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenSymbolicLinkObject(PHANDLE LinkHandle, ACCESS_MASK DesiredAccess,
                                                     POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenTimer(PHANDLE TimerHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryFullAttributesFile(
    POBJECT_ATTRIBUTES ObjectAttributes, PFILE_NETWORK_OPEN_INFORMATION FileInformation);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryInformationFile(HANDLE FileHandle,
                                                   PIO_STATUS_BLOCK IoStatusBlock,
                                                   PVOID FileInformation, ULONG Length,
                                                   FILE_INFORMATION_CLASS FileInformationClass);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
                                       PVOID KeyInformation, ULONG Length, PULONG ResultLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryMultipleValueKey(HANDLE KeyHandle, PKEY_VALUE_ENTRY ValueEntries,
                                                    ULONG EntryCount, PVOID ValueBuffer,
                                                    PULONG BufferLength,
                                                    PULONG RequiredBufferLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQuerySymbolicLinkObject(HANDLE LinkHandle, PUNICODE_STRING LinkTarget,
                                                      PULONG ReturnedLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
                                            KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                                            PVOID KeyValueInformation, ULONG Length,
                                            PULONG ResultLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryVolumeInformationFile(HANDLE FileHandle,
                                                         PIO_STATUS_BLOCK IoStatusBlock,
                                                         PVOID FsInformation, ULONG Length,
                                                         FS_INFORMATION_CLASS FsInformationClass);
NTSYSCALLAPI NTSTATUS NTAPI ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                       PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                       PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset,
                                       PULONG Key);
NTSYSCALLAPI NTSTATUS NTAPI ZwRenameKey(HANDLE KeyHandle, PUNICODE_STRING NewName);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                                 PVOID FileInformation, ULONG Length,
                                                 FILE_INFORMATION_CLASS FileInformationClass);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationKey(HANDLE KeyHandle,
                                                KEY_SET_INFORMATION_CLASS KeySetInformationClass,
                                                PVOID KeySetInformation,
                                                ULONG KeySetInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationThread(HANDLE ThreadHandle,
                                                   THREADINFOCLASS ThreadInformationClass,
                                                   PVOID ThreadInformation,
                                                   ULONG ThreadInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationTransactionManager(
    HANDLE TmHandle, TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetTimer(HANDLE TimerHandle, PLARGE_INTEGER DueTime,
                                       PTIMER_APC_ROUTINE TimerApcRoutine, PVOID TimerContext,
                                       BOOLEAN ResumeTimer, LONG Period, PBOOLEAN PreviousState);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetTimerEx(HANDLE TimerHandle,
                                         TIMER_SET_INFORMATION_CLASS TimerSetInformationClass,
                                         PVOID TimerSetInformation,
                                         ULONG TimerSetInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
                                          ULONG TitleIndex, ULONG Type, PVOID Data, ULONG DataSize);
NTSYSCALLAPI NTSTATUS NTAPI ZwTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus);
NTSYSCALLAPI NTSTATUS NTAPI ZwUnloadDriver(PUNICODE_STRING DriverServiceName);
NTSYSCALLAPI NTSTATUS NTAPI ZwUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress);
NTSYSCALLAPI NTSTATUS NTAPI ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                        PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                        PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset,
                                        PULONG Key);

#if (NTDDI_VERSION >= NTDDI_VISTA)
NTSYSCALLAPI NTSTATUS NTAPI NtCommitComplete(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtCommitEnlistment(HANDLE EnlistmentHandle,
                                               PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtCommitTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSCALLAPI NTSTATUS NTAPI NtCreateEnlistment(
    PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess, HANDLE ResourceManagerHandle,
    HANDLE TransactionHandle, POBJECT_ATTRIBUTES ObjectAttributes, ULONG CreateOptions,
    NOTIFICATION_MASK NotificationMask, PVOID EnlistmentKey);
NTSYSCALLAPI NTSTATUS NTAPI NtCreateResourceManager(
    PHANDLE ResourceManagerHandle, ACCESS_MASK DesiredAccess, HANDLE TmHandle, LPGUID RmGuid,
    POBJECT_ATTRIBUTES ObjectAttributes, ULONG CreateOptions, PUNICODE_STRING Description);
NTSYSCALLAPI NTSTATUS NTAPI NtCreateTransaction(
    PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    LPGUID Uow, HANDLE TmHandle, ULONG CreateOptions, ULONG IsolationLevel, ULONG IsolationFlags,
    PLARGE_INTEGER Timeout, PUNICODE_STRING Description);
NTSYSCALLAPI NTSTATUS NTAPI NtCreateTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                       POBJECT_ATTRIBUTES ObjectAttributes,
                                                       PUNICODE_STRING LogFileName,
                                                       ULONG CreateOptions, ULONG CommitStrength);
NTSYSCALLAPI NTSTATUS NTAPI NtGetNotificationResourceManager(
    HANDLE ResourceManagerHandle, PTRANSACTION_NOTIFICATION TransactionNotification,
    ULONG NotificationLength, PLARGE_INTEGER Timeout, PULONG ReturnLength, ULONG Asynchronous,
    ULONG_PTR AsynchronousContext);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenEnlistment(PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess,
                                             HANDLE ResourceManagerHandle, LPGUID EnlistmentGuid,
                                             POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenResourceManager(PHANDLE ResourceManagerHandle,
                                                  ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                                  LPGUID ResourceManagerGuid,
                                                  POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenTransaction(PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes, LPGUID Uow,
                                              HANDLE TmHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                                     PUNICODE_STRING LogFileName, LPGUID TmIdentity,
                                                     ULONG OpenOptions);
NTSYSCALLAPI NTSTATUS NTAPI NtPrePrepareComplete(HANDLE EnlistmentHandle,
                                                 PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtPrePrepareEnlistment(HANDLE EnlistmentHandle,
                                                   PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtPrepareComplete(HANDLE EnlistmentHandle,
                                              PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtPrepareEnlistment(HANDLE EnlistmentHandle,
                                                PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength, PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength, PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength, PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationTransactionManager(
    HANDLE TransactionManagerHandle,
    TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength,
    PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI NtReadOnlyEnlistment(HANDLE EnlistmentHandle,
                                                 PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtRecoverEnlistment(HANDLE EnlistmentHandle, PVOID EnlistmentKey);
NTSYSCALLAPI NTSTATUS NTAPI NtRecoverResourceManager(HANDLE ResourceManagerHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtRecoverTransactionManager(HANDLE TransactionManagerHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtRollbackComplete(HANDLE EnlistmentHandle,
                                               PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtRollbackEnlistment(HANDLE EnlistmentHandle,
                                                 PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtRollbackTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSCALLAPI NTSTATUS NTAPI NtRollforwardTransactionManager(HANDLE TransactionManagerHandle,
                                                            PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI NtSinglePhaseReject(HANDLE EnlistmentHandle,
                                                PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwCommitComplete(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwCommitEnlistment(HANDLE EnlistmentHandle,
                                               PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwCommitTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateEnlistment(
    PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess, HANDLE ResourceManagerHandle,
    HANDLE TransactionHandle, POBJECT_ATTRIBUTES ObjectAttributes, ULONG CreateOptions,
    NOTIFICATION_MASK NotificationMask, PVOID EnlistmentKey);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateKeyTransacted(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                                  POBJECT_ATTRIBUTES ObjectAttributes,
                                                  ULONG TitleIndex, PUNICODE_STRING Class,
                                                  ULONG CreateOptions, HANDLE TransactionHandle,
                                                  PULONG Disposition);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateResourceManager(PHANDLE ResourceManagerHandle,
                                                    ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                                    LPGUID ResourceManagerGuid,
                                                    POBJECT_ATTRIBUTES ObjectAttributes,
                                                    ULONG CreateOptions,
                                                    PUNICODE_STRING Description);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateTransaction(
    PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    LPGUID Uow, HANDLE TmHandle, ULONG CreateOptions, ULONG IsolationLevel, ULONG IsolationFlags,
    PLARGE_INTEGER Timeout, PUNICODE_STRING Description);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                       POBJECT_ATTRIBUTES ObjectAttributes,
                                                       PUNICODE_STRING LogFileName,
                                                       ULONG CreateOptions, ULONG CommitStrength);
NTSYSCALLAPI NTSTATUS NTAPI ZwGetNotificationResourceManager(
    HANDLE ResourceManagerHandle, PTRANSACTION_NOTIFICATION TransactionNotification,
    ULONG NotificationLength, PLARGE_INTEGER Timeout, PULONG ReturnLength, ULONG Asynchronous,
    ULONG_PTR AsynchronousContext);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenEnlistment(PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess,
                                             HANDLE RmHandle, LPGUID EnlistmentGuid,
                                             POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenKeyTransacted(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                                POBJECT_ATTRIBUTES ObjectAttributes,
                                                HANDLE TransactionHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenResourceManager(PHANDLE ResourceManagerHandle,
                                                  ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                                  LPGUID ResourceManagerGuid,
                                                  POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenTransaction(PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes, LPGUID Uow,
                                              HANDLE TmHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                                     PUNICODE_STRING LogFileName, LPGUID TmIdentity,
                                                     ULONG OpenOptions);
NTSYSCALLAPI NTSTATUS NTAPI ZwPrePrepareComplete(HANDLE EnlistmentHandle,
                                                 PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwPrePrepareEnlistment(HANDLE EnlistmentHandle,
                                                   PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwPrepareComplete(HANDLE EnlistmentHandle,
                                              PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwPrepareEnlistment(HANDLE EnlistmentHandle,
                                                PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength, PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength, PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength, PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryInformationTransactionManager(
    HANDLE TransactionManagerHandle,
    TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength,
    PULONG ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwReadOnlyEnlistment(HANDLE EnlistmentHandle,
                                                 PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwRecoverEnlistment(HANDLE EnlistmentHandle, PVOID EnlistmentKey);
NTSYSCALLAPI NTSTATUS NTAPI ZwRecoverResourceManager(HANDLE ResourceManagerHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwRecoverTransactionManager(HANDLE TransactionManagerHandle);
NTSYSCALLAPI NTSTATUS NTAPI ZwRollbackComplete(HANDLE EnlistmentHandle,
                                               PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwRollbackEnlistment(HANDLE EnlistmentHandle,
                                                 PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwRollbackTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSCALLAPI NTSTATUS NTAPI ZwRollforwardTransactionManager(HANDLE TransactionManagerHandle,
                                                            PLARGE_INTEGER TmVirtualClock);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSinglePhaseReject(HANDLE EnlistmentHandle,
                                                PLARGE_INTEGER TmVirtualClock);
#endif

#if (NTDDI_VERSION >= NTDDI_WIN7)
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenKeyTransactedEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                                  POBJECT_ATTRIBUTES ObjectAttributes,
                                                  ULONG OpenOptions, HANDLE TransactionHandle);
#endif

#if (NTDDI_VERSION >= NTDDI_WIN8)
NTSYSCALLAPI NTSTATUS NTAPI ZwPowerInformation(POWER_INFORMATION_LEVEL PowerInformationLevel,
                                               PVOID InputBuffer, ULONG InputBufferLength,
                                               PVOID OutputBuffer, ULONG OutputBufferLength);
#endif

#if (NTDDI_VERSION >= NTDDI_WIN10_RS2)
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryInformationByName(POBJECT_ATTRIBUTES ObjectAttributes,
                                                     PIO_STATUS_BLOCK IoStatusBlock,
                                                     PVOID FileInformation, ULONG Length,
                                                     FILE_INFORMATION_CLASS FileInformationClass);
#endif
#define NtCurrentProcess() ((HANDLE)(LONG_PTR) - 1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread()  ((HANDLE)(LONG_PTR) - 2)
#define ZwCurrentThread()  NtCurrentThread()

#ifdef __cplusplus
}
#endif

#endif
