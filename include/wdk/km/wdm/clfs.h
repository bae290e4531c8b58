/* SPDX-License-Identifier: MIT */
/*
 * The common log file system.
 */
#ifndef _WDM_CLFS_H_
#define _WDM_CLFS_H_

#include "io.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef FILE_OBJECT *PLOG_FILE_OBJECT;

typedef struct _CLS_LSN *PCLFS_LSN;
typedef NTSTATUS NTAPI CLFS_CLIENT_ADVANCE_TAIL_CALLBACK(PLOG_FILE_OBJECT LogFile,
                                                         PCLFS_LSN TargetLsn, PVOID ClientData);
typedef CLFS_CLIENT_ADVANCE_TAIL_CALLBACK *PCLFS_CLIENT_ADVANCE_TAIL_CALLBACK;

typedef VOID NTAPI CLFS_CLIENT_LFF_HANDLER_COMPLETE_CALLBACK(PLOG_FILE_OBJECT LogFile,
                                                             NTSTATUS OperationStatus,
                                                             BOOLEAN LogIsPinned, PVOID ClientData);
typedef CLFS_CLIENT_LFF_HANDLER_COMPLETE_CALLBACK *PCLFS_CLIENT_LFF_HANDLER_COMPLETE_CALLBACK;

typedef VOID NTAPI CLFS_CLIENT_LOG_UNPINNED_CALLBACK(PLOG_FILE_OBJECT LogFile, PVOID ClientData);
typedef CLFS_CLIENT_LOG_UNPINNED_CALLBACK *PCLFS_CLIENT_LOG_UNPINNED_CALLBACK;

typedef enum _CLFS_CONTEXT_MODE {
    ClfsContextNone,
    ClfsContextUndoNext,
    ClfsContextPrevious,
    ClfsContextForward
} CLFS_CONTEXT_MODE,
    *PCLFS_CONTEXT_MODE;

typedef enum _CLFS_MGMT_POLICY_TYPE {
    ClfsMgmtPolicyMaximumSize,
    ClfsMgmtPolicyMinimumSize,
    ClfsMgmtPolicyNewContainerSize,
    ClfsMgmtPolicyGrowthRate,
    ClfsMgmtPolicyLogTail,
    ClfsMgmtPolicyAutoShrink,
    ClfsMgmtPolicyAutoGrow,
    ClfsMgmtPolicyNewContainerPrefix,
    ClfsMgmtPolicyNewContainerSuffix,
    ClfsMgmtPolicyNewContainerExtension,
    ClfsMgmtPolicyInvalid
} CLFS_MGMT_POLICY_TYPE,
    *PCLFS_MGMT_POLICY_TYPE;

typedef enum _CLS_LOG_INFORMATION_CLASS {
    ClfsLogBasicInformation,
    ClfsLogBasicInformationPhysical,
    ClfsLogPhysicalNameInformation,
    ClfsLogStreamIdentifierInformation,
    ClfsLogSystemMarkingInformation,
    ClfsLogPhysicalLsnInformation
} CLS_LOG_INFORMATION_CLASS,
    *PCLS_LOG_INFORMATION_CLASS, *PCLFS_LOG_INFORMATION_CLASS;

typedef struct _CLFS_LOG_NAME_INFORMATION {
    USHORT NameLengthInBytes;
    WCHAR Name[1];
} CLFS_LOG_NAME_INFORMATION, *PCLFS_LOG_NAME_INFORMATION;

typedef struct _CLFS_MGMT_CLIENT_REGISTRATION {
    ULONG Version;
    PCLFS_CLIENT_ADVANCE_TAIL_CALLBACK AdvanceTailCallback;
    PVOID AdvanceTailCallbackData;
    PCLFS_CLIENT_LFF_HANDLER_COMPLETE_CALLBACK LogGrowthCompleteCallback;
    PVOID LogGrowthCompleteCallbackData;
    PCLFS_CLIENT_LOG_UNPINNED_CALLBACK LogUnpinnedCallback;
    PVOID LogUnpinnedCallbackData;
} CLFS_MGMT_CLIENT_REGISTRATION, *PCLFS_MGMT_CLIENT_REGISTRATION;

typedef struct _CLFS_MGMT_POLICY {
    ULONG Version;
    ULONG LengthInBytes;
    ULONG PolicyFlags;
    CLFS_MGMT_POLICY_TYPE PolicyType;
    union {
        struct {
            ULONG Containers;
        } MaximumSize;
        struct {
            ULONG Containers;
        } MinimumSize;
        struct {
            ULONG SizeInBytes;
        } NewContainerSize;
        struct {
            ULONG AbsoluteGrowthInContainers;
            ULONG RelativeGrowthPercentage;
        } GrowthRate;
        struct {
            ULONG MinimumAvailablePercentage;
            ULONG MinimumAvailableContainers;
        } LogTail;
        struct {
            ULONG Percentage;
        } AutoShrink;
        struct {
            ULONG Enabled;
        } AutoGrow;
        struct {
            USHORT PrefixLengthInBytes;
            WCHAR PrefixString[1];
        } NewContainerPrefix;
        struct {
            ULONGLONG NextContainerSuffix;
        } NewContainerSuffix;
        struct {
            USHORT ExtensionLengthInBytes;
            WCHAR ExtensionString[1];
        } NewContainerExtension;
    } PolicyParameters;
} CLFS_MGMT_POLICY, *PCLFS_MGMT_POLICY;

typedef struct _CLFS_STREAM_ID_INFORMATION {
    UCHAR StreamIdentifier;
} CLFS_STREAM_ID_INFORMATION, *PCLFS_STREAM_ID_INFORMATION;

typedef UINT32 CLS_CONTAINER_STATE;

typedef CLS_CONTAINER_STATE CLFS_CONTAINER_STATE;

typedef ULONG CLFS_CONTAINER_ID;

typedef struct _CLS_CONTAINER_INFORMATION {
    ULONG FileAttributes;
    ULONGLONG CreationTime;
    ULONGLONG LastAccessTime;
    ULONGLONG LastWriteTime;
    LONGLONG ContainerSize;
    ULONG FileNameActualLength;
    ULONG FileNameLength;
    WCHAR FileName[256];
    CLFS_CONTAINER_STATE State;
    CLFS_CONTAINER_ID PhysicalContainerId;
    CLFS_CONTAINER_ID LogicalContainerId;
} CLS_CONTAINER_INFORMATION, *PCLS_CONTAINER_INFORMATION, *PCLFS_CONTAINER_INFORMATION;

typedef struct _CLS_LSN {
    ULONGLONG Internal;
} CLS_LSN, *PCLS_LSN, *PCLFS_LSN;

typedef struct _CLS_INFORMATION {
    LONGLONG TotalAvailable;
    LONGLONG CurrentAvailable;
    LONGLONG TotalReservation;
    ULONGLONG BaseFileSize;
    ULONGLONG ContainerSize;
    ULONG TotalContainers;
    ULONG FreeContainers;
    ULONG TotalClients;
    ULONG Attributes;
    ULONG FlushThreshold;
    ULONG SectorSize;
    CLS_LSN MinArchiveTailLsn;
    CLS_LSN BaseLsn;
    CLS_LSN LastFlushedLsn;
    CLS_LSN LastLsn;
    CLS_LSN RestartLsn;
    GUID Identity;
} CLS_INFORMATION, *PCLS_INFORMATION, *PPCLS_INFORMATION, *PCLFS_INFORMATION, *PPCLFS_INFORMATION;

typedef enum _CLFS_IOSTATS_CLASS {
    ClfsIoStatsDefault,
    ClfsIoStatsMax = 65535
} CLFS_IOSTATS_CLASS,
    *PCLFS_IOSTATS_CLASS;

typedef struct _CLS_IO_STATISTICS_HEADER {
    UCHAR ubMajorVersion;
    UCHAR ubMinorVersion;
    CLFS_IOSTATS_CLASS eStatsClass;
    USHORT cbLength;
    ULONG coffData;
} CLS_IO_STATISTICS_HEADER, *PCLS_IO_STATISTICS_HEADER, *PCLFS_IO_STATISTICS_HEADER;

typedef struct _CLS_IO_STATISTICS {
    CLS_IO_STATISTICS_HEADER hdrIoStats;
    ULONGLONG cFlush;
    ULONGLONG cbFlush;
    ULONGLONG cMetaFlush;
    ULONGLONG cbMetaFlush;
} CLS_IO_STATISTICS, *PCLS_IO_STATISTICS, *PCLFS_IO_STATISTICS;

typedef struct _CLFS_NODE_ID {
    ULONG cType;
    ULONG cbNode;
} CLFS_NODE_ID, *PCLFS_NODE_ID;

typedef UCHAR CLFS_SCAN_MODE;

typedef struct _CLS_SCAN_CONTEXT {
    CLFS_NODE_ID cidNode;
    PLOG_FILE_OBJECT plfoLog;
    ULONG DECLSPEC_ALIGN(8) cIndex;
    ULONG DECLSPEC_ALIGN(8) cContainers;
    ULONG DECLSPEC_ALIGN(8) cContainersReturned;
    CLFS_SCAN_MODE DECLSPEC_ALIGN(8) eScanMode;
    PCLS_CONTAINER_INFORMATION DECLSPEC_ALIGN(8) pinfoContainer;
} CLS_SCAN_CONTEXT, *PCLS_SCAN_CONTEXT, *PCLFS_SCAN_CONTEXT;

typedef struct _CLS_WRITE_ENTRY {
    PVOID Buffer;
    ULONG ByteLength;
} CLS_WRITE_ENTRY, *PCLS_WRITE_ENTRY, *PCLFS_WRITE_ENTRY;

typedef FILE_OBJECT **PPLOG_FILE_OBJECT;

typedef CLS_LSN CLFS_LSN;

typedef PVOID CLFS_MGMT_CLIENT;

typedef PVOID *PCLFS_MGMT_CLIENT;

typedef VOID NTAPI CLFS_SET_LOG_SIZE_COMPLETE_CALLBACK(PLOG_FILE_OBJECT, NTSTATUS, PVOID);
typedef CLFS_SET_LOG_SIZE_COMPLETE_CALLBACK *PCLFS_SET_LOG_SIZE_COMPLETE_CALLBACK;

typedef CLS_LOG_INFORMATION_CLASS CLFS_LOG_INFORMATION_CLASS;

typedef UCHAR CLS_RECORD_TYPE;

typedef CLS_RECORD_TYPE *PCLFS_RECORD_TYPE;

/* ---- Routines ---- */

NTKERNELAPI NTSTATUS NTAPI ClfsCreateMarshallingArea(PLOG_FILE_OBJECT plfoLog, POOL_TYPE ePoolType,
                                                     PALLOCATE_FUNCTION pfnAllocBuffer,
                                                     PFREE_FUNCTION pfnFreeBuffer,
                                                     ULONG cbMarshallingBuffer,
                                                     ULONG cMaxWriteBuffers, ULONG cMaxReadBuffers,
                                                     PVOID *ppvMarshalContext);
NTKERNELAPI CLFS_LSN NTAPI ClfsEarlierLsn(PCLFS_LSN plsn);
NTKERNELAPI VOID NTAPI ClfsFinalize(VOID);
NTKERNELAPI NTSTATUS NTAPI ClfsFlushToLsn(PVOID pvMarshalContext, PCLFS_LSN plsnFlush,
                                          PCLFS_LSN plsnLastFlushed);
NTKERNELAPI NTSTATUS NTAPI ClfsFreeReservedLog(PVOID pvMarshalContext, ULONG cRecords,
                                               PLONGLONG pcbAdjustment);
NTKERNELAPI NTSTATUS NTAPI ClfsGetLastLsn(PLOG_FILE_OBJECT plfoLog, PCLFS_LSN plsnLast);
NTKERNELAPI NTSTATUS NTAPI ClfsGetLogFileInformation(PLOG_FILE_OBJECT plfoLog,
                                                     PCLFS_INFORMATION pinfoBuffer,
                                                     PULONG pcbInfoBuffer);
NTKERNELAPI NTSTATUS NTAPI ClfsInitialize(VOID);
NTKERNELAPI CLFS_LSN NTAPI ClfsLaterLsn(PCLFS_LSN plsn);
NTKERNELAPI NTSTATUS NTAPI ClfsLsnDifference(PCLFS_LSN plsnStart, PCLFS_LSN plsnFinish,
                                             ULONG cbContainer, ULONG cbMaxBlock,
                                             PLONGLONG pcbDifference);
NTKERNELAPI CLFS_LSN NTAPI ClfsLsnIncrement(PCLFS_LSN plsn);
NTKERNELAPI BOOLEAN NTAPI ClfsLsnInvalid(const CLFS_LSN *plsn);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtHandleLogFileFull(CLFS_MGMT_CLIENT Client);
NTKERNELAPI NTSTATUS NTAPI ClfsTerminateReadLog(PVOID pvCursorContext);
NTKERNELAPI BOOLEAN NTAPI ClfsValidTopLevelContext(PIRP pirpTopLevelContext);

#if (NTDDI_VERSION >= NTDDI_WS03)
NTKERNELAPI NTSTATUS NTAPI ClfsAddLogContainer(PLOG_FILE_OBJECT plfoLog, PULONGLONG pcbContainer,
                                               PUNICODE_STRING puszContainerPath);
NTKERNELAPI NTSTATUS NTAPI ClfsAddLogContainerSet(PLOG_FILE_OBJECT plfoLog, USHORT cContainers,
                                                  PULONGLONG pcbContainer,
                                                  PUNICODE_STRING rguszContainerPath);
NTKERNELAPI NTSTATUS NTAPI ClfsAdvanceLogBase(PVOID pvMarshalContext, PCLFS_LSN plsnBase,
                                              ULONG fFlags);
NTKERNELAPI NTSTATUS NTAPI ClfsAlignReservedLog(PVOID pvMarshalContext, ULONG cRecords,
                                                LONGLONG *rgcbReservation,
                                                PLONGLONG pcbAlignReservation);
NTKERNELAPI NTSTATUS NTAPI ClfsAllocReservedLog(PVOID pvMarshalContext, ULONG cRecords,
                                                PLONGLONG pcbAdjustment);
NTKERNELAPI NTSTATUS NTAPI ClfsCloseAndResetLogFile(PLOG_FILE_OBJECT plfoLog);
NTKERNELAPI NTSTATUS NTAPI ClfsCloseLogFileObject(PLOG_FILE_OBJECT plfoLog);
NTKERNELAPI NTSTATUS NTAPI ClfsCreateLogFile(PPLOG_FILE_OBJECT pplfoLog,
                                             PUNICODE_STRING puszLogFileName,
                                             ACCESS_MASK fDesiredAccess, ULONG dwShareMode,
                                             PSECURITY_DESCRIPTOR psdLogFile,
                                             ULONG fCreateDisposition, ULONG fCreateOptions,
                                             ULONG fFlagsAndAttributes, ULONG fLogOptionFlag,
                                             PVOID pvContext, ULONG cbContext);
NTKERNELAPI NTSTATUS NTAPI ClfsCreateScanContext(PLOG_FILE_OBJECT plfoLog, ULONG cFromContainer,
                                                 ULONG cContainers, CLFS_SCAN_MODE eScanMode,
                                                 PCLFS_SCAN_CONTEXT pcxScan);
NTKERNELAPI NTSTATUS NTAPI ClfsDeleteLogByPointer(PLOG_FILE_OBJECT plfoLog);
NTKERNELAPI NTSTATUS NTAPI ClfsDeleteLogFile(PUNICODE_STRING puszLogFileName, PVOID pvReserved,
                                             ULONG fLogOptionFlag, PVOID pvContext,
                                             ULONG cbContext);
NTKERNELAPI NTSTATUS NTAPI ClfsDeleteMarshallingArea(PVOID pvMarshalContext);
NTKERNELAPI NTSTATUS NTAPI ClfsFlushBuffers(PVOID pvMarshalContext);
NTKERNELAPI NTSTATUS NTAPI ClfsGetContainerName(PLOG_FILE_OBJECT plfoLog,
                                                CLFS_CONTAINER_ID cidLogicalContainer,
                                                PUNICODE_STRING puszContainerName,
                                                PULONG pcActualLenContainerName);
NTKERNELAPI NTSTATUS NTAPI ClfsGetIoStatistics(PLOG_FILE_OBJECT plfoLog, PVOID pvStatsBuffer,
                                               ULONG cbStatsBuffer, CLFS_IOSTATS_CLASS eStatsClass,
                                               PULONG pcbStatsWritten);
NTKERNELAPI ULONG NTAPI ClfsLsnBlockOffset(const CLFS_LSN *plsn);
NTKERNELAPI CLFS_CONTAINER_ID NTAPI ClfsLsnContainer(const CLFS_LSN *plsn);
NTKERNELAPI CLFS_LSN NTAPI ClfsLsnCreate(CLFS_CONTAINER_ID cidContainer, ULONG offBlock,
                                         ULONG cRecord);
NTKERNELAPI BOOLEAN NTAPI ClfsLsnEqual(const CLFS_LSN *plsn1, const CLFS_LSN *plsn2);
NTKERNELAPI BOOLEAN NTAPI ClfsLsnGreater(const CLFS_LSN *plsn1, const CLFS_LSN *plsn2);
NTKERNELAPI BOOLEAN NTAPI ClfsLsnLess(const CLFS_LSN *plsn1, const CLFS_LSN *plsn2);
NTKERNELAPI BOOLEAN NTAPI ClfsLsnNull(const CLFS_LSN *plsn);
NTKERNELAPI ULONG NTAPI ClfsLsnRecordSequence(const CLFS_LSN *plsn);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtDeregisterManagedClient(CLFS_MGMT_CLIENT ClientCookie);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtInstallPolicy(PLOG_FILE_OBJECT LogFile, PCLFS_MGMT_POLICY Policy,
                                                 ULONG PolicyLength);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtQueryPolicy(PLOG_FILE_OBJECT LogFile,
                                               CLFS_MGMT_POLICY_TYPE PolicyType,
                                               PCLFS_MGMT_POLICY Policy, PULONG PolicyLength);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtRegisterManagedClient(
    PLOG_FILE_OBJECT LogFile, PCLFS_MGMT_CLIENT_REGISTRATION RegistrationData,
    PCLFS_MGMT_CLIENT ClientCookie);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtRemovePolicy(PLOG_FILE_OBJECT LogFile,
                                                CLFS_MGMT_POLICY_TYPE PolicyType);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtSetLogFileSize(
    PLOG_FILE_OBJECT LogFile, PULONGLONG NewSizeInContainers, PULONGLONG ResultingSizeInContainers,
    PCLFS_SET_LOG_SIZE_COMPLETE_CALLBACK CompletionRoutine, PVOID CompletionRoutineData);
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtTailAdvanceFailure(CLFS_MGMT_CLIENT Client, NTSTATUS Reason);
NTKERNELAPI NTSTATUS NTAPI ClfsQueryLogFileInformation(PLOG_FILE_OBJECT plfoLog,
                                                       CLFS_LOG_INFORMATION_CLASS eInformationClass,
                                                       PVOID pinfoInputBuffer,
                                                       ULONG cbinfoInputBuffer, PVOID pinfoBuffer,
                                                       PULONG pcbInfoBuffer);
NTKERNELAPI NTSTATUS NTAPI ClfsReadLogRecord(PVOID pvMarshalContext, PCLFS_LSN plsnFirst,
                                             CLFS_CONTEXT_MODE peContextMode, PVOID *ppvReadBuffer,
                                             PULONG pcbReadBuffer, PCLFS_RECORD_TYPE peRecordType,
                                             PCLFS_LSN plsnUndoNext, PCLFS_LSN plsnPrevious,
                                             PVOID *ppvReadContext);
NTKERNELAPI NTSTATUS NTAPI ClfsReadNextLogRecord(PVOID pvReadContext, PVOID *ppvBuffer,
                                                 PULONG pcbBuffer, PCLFS_RECORD_TYPE peRecordType,
                                                 PCLFS_LSN plsnUser, PCLFS_LSN plsnUndoNext,
                                                 PCLFS_LSN plsnPrevious, PCLFS_LSN plsnRecord);
NTKERNELAPI NTSTATUS NTAPI ClfsReadPreviousRestartArea(PVOID pvReadContext, PVOID *ppvRestartBuffer,
                                                       PULONG pcbRestartBuffer,
                                                       PCLFS_LSN plsnRestart);
NTKERNELAPI NTSTATUS NTAPI ClfsReadRestartArea(PVOID pvMarshalContext, PVOID *ppvRestartBuffer,
                                               PULONG pcbRestartBuffer, PCLFS_LSN plsn,
                                               PVOID *ppvReadContext);
NTKERNELAPI NTSTATUS NTAPI ClfsRemoveLogContainer(PLOG_FILE_OBJECT plfoLog,
                                                  PUNICODE_STRING puszContainerPath,
                                                  BOOLEAN fForce);
NTKERNELAPI NTSTATUS NTAPI ClfsRemoveLogContainerSet(PLOG_FILE_OBJECT plfoLog, USHORT cContainers,
                                                     PUNICODE_STRING rgwszContainerPath,
                                                     BOOLEAN fForce);
NTKERNELAPI NTSTATUS NTAPI ClfsReserveAndAppendLog(PVOID pvMarshalContext,
                                                   PCLFS_WRITE_ENTRY rgWriteEntries,
                                                   ULONG cWriteEntries, PCLFS_LSN plsnUndoNext,
                                                   PCLFS_LSN plsnPrevious, ULONG cReserveRecords,
                                                   PLONGLONG rgcbReservation, ULONG fFlags,
                                                   PCLFS_LSN plsn);
NTKERNELAPI NTSTATUS NTAPI ClfsReserveAndAppendLogAligned(
    PVOID pvMarshalContext, PCLFS_WRITE_ENTRY rgWriteEntries, ULONG cWriteEntries,
    ULONG cbEntryAlignment, PCLFS_LSN plsnUndoNext, PCLFS_LSN plsnPrevious, ULONG cReserveRecords,
    PLONGLONG rgcbReservation, ULONG fFlags, PCLFS_LSN plsn);
NTKERNELAPI NTSTATUS NTAPI ClfsScanLogContainers(PCLFS_SCAN_CONTEXT pcxScan,
                                                 CLFS_SCAN_MODE eScanMode);
NTKERNELAPI NTSTATUS NTAPI ClfsSetArchiveTail(PLOG_FILE_OBJECT plfoLog, PCLFS_LSN plsnArchiveTail);
NTKERNELAPI NTSTATUS NTAPI ClfsSetEndOfLog(PLOG_FILE_OBJECT plfoLog, PCLFS_LSN plsnEnd);
NTKERNELAPI NTSTATUS NTAPI ClfsSetLogFileInformation(PLOG_FILE_OBJECT plfoLog,
                                                     CLFS_LOG_INFORMATION_CLASS eInformationClass,
                                                     PVOID pinfoBuffer, ULONG cbBuffer);
NTKERNELAPI NTSTATUS NTAPI ClfsWriteRestartArea(PVOID pvMarshalContext, PVOID pvRestartBuffer,
                                                ULONG cbRestartBuffer, PCLFS_LSN plsnBase,
                                                ULONG fFlags, PULONG pcbWritten,
                                                PCLFS_LSN plsnNext);
#endif

#if (NTDDI_VERSION >= NTDDI_WIN7)
NTKERNELAPI NTSTATUS NTAPI ClfsMgmtSetLogFileSizeAsClient(
    PLOG_FILE_OBJECT LogFile, PCLFS_MGMT_CLIENT ClientCookie, PULONGLONG NewSizeInContainers,
    PULONGLONG ResultingSizeInContainers, PCLFS_SET_LOG_SIZE_COMPLETE_CALLBACK CompletionRoutine,
    PVOID CompletionRoutineData);
#endif

#if (NTDDI_VERSION >= NTDDI_WIN10_RS4)
NTKERNELAPI NTSTATUS NTAPI ClfsCreateMarshallingAreaEx(
    PLOG_FILE_OBJECT plfoLog, POOL_TYPE ePoolType, PALLOCATE_FUNCTION pfnAllocBuffer,
    PFREE_FUNCTION pfnFreeBuffer, ULONG cbMarshallingBuffer, ULONG cMaxWriteBuffers,
    ULONG cMaxReadBuffers, ULONG cAlignmentSize, ULONGLONG fFlags, PVOID *ppvMarshalContext);
#endif

#ifdef __cplusplus
}
#endif

#endif
