/* SPDX-License-Identifier: MIT */
/* ntifs/fsrtl.h - the file-system run-time library: file control block headers,
 * byte-range locks, oplocks, name rules, extents, directory notification.
 *
 * Contexts, extra create parameters and callbacks are in fsrtl_context.h.
 */
#ifndef _NTIFS_FSRTL_
#define _NTIFS_FSRTL_

#ifdef __cplusplus
extern "C" {
#endif

typedef PVOID OPLOCK, *POPLOCK;
typedef ULONG LBN, *PLBN;
typedef ULONG VBN, *PVBN;

/* ---- What every file control block begins with ---- */

#define FSRTL_COMMON_FCB_HEADER_LAYOUT \
    CSHORT NodeTypeCode;               \
    CSHORT NodeByteSize;               \
    UCHAR Flags;                       \
    UCHAR IsFastIoPossible;            \
    UCHAR Flags2;                      \
    UCHAR Reserved : 4;                \
    UCHAR Version : 4;                 \
    PERESOURCE Resource;               \
    PERESOURCE PagingIoResource;       \
    LARGE_INTEGER AllocationSize;      \
    LARGE_INTEGER FileSize;            \
    LARGE_INTEGER ValidDataLength;

typedef struct _FSRTL_COMMON_FCB_HEADER {
    FSRTL_COMMON_FCB_HEADER_LAYOUT
} FSRTL_COMMON_FCB_HEADER, *PFSRTL_COMMON_FCB_HEADER;

#ifdef __cplusplus
typedef struct _FSRTL_ADVANCED_FCB_HEADER : FSRTL_COMMON_FCB_HEADER {
#else
typedef struct _FSRTL_ADVANCED_FCB_HEADER {
    struct {
        FSRTL_COMMON_FCB_HEADER_LAYOUT
    };
#endif
    PFAST_MUTEX FastMutex;
    LIST_ENTRY FilterContexts;
    EX_PUSH_LOCK PushLock;
    PVOID *FileContextSupportPointer;
#if (NTDDI_VERSION >= NTDDI_WIN8)
    union {
        OPLOCK Oplock;
        PVOID ReservedForRemote;
    };
#endif
#if (NTDDI_VERSION >= NTDDI_WINBLUE)
    union {
        PVOID AePushLock;
        PVOID ReservedContext;
    };
#endif
#if (NTDDI_VERSION >= NTDDI_WIN10_CO)
    ULONG BypassIoOpenCount;
#endif
} FSRTL_ADVANCED_FCB_HEADER;
typedef FSRTL_ADVANCED_FCB_HEADER *PFSRTL_ADVANCED_FCB_HEADER;

#define FSRTL_FCB_HEADER_V0 (0x00)
#define FSRTL_FCB_HEADER_V1 (0x01)
#define FSRTL_FCB_HEADER_V2 (0x02)
#define FSRTL_FCB_HEADER_V3 (0x03)
#define FSRTL_FCB_HEADER_V4 (0x04)

#define FSRTL_FLAG_FILE_MODIFIED              (0x01)
#define FSRTL_FLAG_FILE_LENGTH_CHANGED        (0x02)
#define FSRTL_FLAG_LIMIT_MODIFIED_PAGES       (0x04)
#define FSRTL_FLAG_ACQUIRE_MAIN_RSRC_EX       (0x08)
#define FSRTL_FLAG_ACQUIRE_MAIN_RSRC_SH       (0x10)
#define FSRTL_FLAG_USER_MAPPED_FILE           (0x20)
#define FSRTL_FLAG_ADVANCED_HEADER            (0x40)
#define FSRTL_FLAG_EOF_ADVANCE_ACTIVE         (0x80)
#define FSRTL_FLAG2_DO_MODIFIED_WRITE         (0x01)
#define FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS  (0x02)
#define FSRTL_FLAG2_PURGE_WHEN_MAPPED         (0x04)
#define FSRTL_FLAG2_IS_PAGING_FILE            (0x08)
#define FSRTL_FLAG2_BYPASSIO_STREAM_PAUSED    (0x10)
#define FSRTL_FLAG2_WRITABLE_USER_MAPPED_FILE (0x20)

/* IoGetTopLevelIrp answers one of these when no IRP is the first of its thread. */
#define FSRTL_FSP_TOP_LEVEL_IRP       ((LONG_PTR)0x01)
#define FSRTL_CACHE_TOP_LEVEL_IRP     ((LONG_PTR)0x02)
#define FSRTL_MOD_WRITE_TOP_LEVEL_IRP ((LONG_PTR)0x03)
#define FSRTL_FAST_IO_TOP_LEVEL_IRP   ((LONG_PTR)0x04)
#define FSRTL_NETWORK1_TOP_LEVEL_IRP  ((LONG_PTR)0x05)
#define FSRTL_NETWORK2_TOP_LEVEL_IRP  ((LONG_PTR)0x06)
#define FSRTL_MAX_TOP_LEVEL_IRP_FLAG  ((LONG_PTR)0xFFFF)

typedef enum _FSRTL_COMPARISON_RESULT {
    LessThan = -1,
    EqualTo = 0,
    GreaterThan = 1
} FSRTL_COMPARISON_RESULT;

typedef enum _FAST_IO_POSSIBLE {
    FastIoIsNotPossible = 0,
    FastIoIsPossible,
    FastIoIsQuestionable
} FAST_IO_POSSIBLE;

NTKERNELAPI BOOLEAN NTAPI FsRtlCopyRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                        ULONG Length, BOOLEAN Wait, ULONG LockKey, PVOID Buffer,
                                        PIO_STATUS_BLOCK IoStatus, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlCopyWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                         ULONG Length, BOOLEAN Wait, ULONG LockKey, PVOID Buffer,
                                         PIO_STATUS_BLOCK IoStatus, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlReadDev(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                          ULONG Length, ULONG LockKey, PMDL *MdlChain,
                                          PIO_STATUS_BLOCK IoStatus, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlReadCompleteDev(PFILE_OBJECT FileObject, PMDL MdlChain,
                                                  PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlPrepareMdlWriteDev(PFILE_OBJECT FileObject,
                                                  PLARGE_INTEGER FileOffset, ULONG Length,
                                                  ULONG LockKey, PMDL *MdlChain,
                                                  PIO_STATUS_BLOCK IoStatus,
                                                  PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlWriteCompleteDev(PFILE_OBJECT FileObject,
                                                   PLARGE_INTEGER FileOffset, PMDL MdlChain,
                                                   PDEVICE_OBJECT DeviceObject);
NTKERNELAPI VOID NTAPI FsRtlAcquireFileExclusive(PFILE_OBJECT FileObject);
NTKERNELAPI VOID NTAPI FsRtlReleaseFile(PFILE_OBJECT FileObject);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetFileSize(PFILE_OBJECT FileObject, PLARGE_INTEGER FileSize);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsTotalDeviceFailure(NTSTATUS Status);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsNtstatusExpected(NTSTATUS Exception);
NTKERNELAPI NTSTATUS NTAPI FsRtlNormalizeNtstatus(NTSTATUS Exception, NTSTATUS GenericException);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
                                                 ULONG Tag);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
                                                      ULONG Tag);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes);
NTKERNELAPI PERESOURCE NTAPI FsRtlAllocateResource(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadNotPossible(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadWait(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadNoWait(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadResourceMiss(VOID);
NTKERNELAPI NTSTATUS NTAPI FsRtlBalanceReads(PDEVICE_OBJECT TargetDevice);
NTKERNELAPI NTSTATUS NTAPI FsRtlDismountComplete(PDEVICE_OBJECT DeviceObject,
                                                 NTSTATUS DismountStatus);
NTKERNELAPI LOGICAL NTAPI FsRtlIsPagingFile(PFILE_OBJECT FileObject);
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI NTSTATUS NTAPI FsRtlUpdateDiskCounters(ULONG64 BytesRead, ULONG64 BytesWritten);
NTKERNELAPI LOGICAL NTAPI FsRtlIsSystemPagingFile(PFILE_OBJECT FileObject);
#endif
NTKERNELAPI VOID NTAPI FsRtlPostStackOverflow(PVOID Context, PKEVENT Event,
                                              VOID(NTAPI *StackOverflowRoutine)(PVOID Context,
                                                                                PKEVENT Event));
NTKERNELAPI VOID NTAPI FsRtlPostPagingFileStackOverflow(
    PVOID Context, PKEVENT Event, VOID(NTAPI *StackOverflowRoutine)(PVOID Context, PKEVENT Event));
#define FsRtlEnterFileSystem() KeEnterCriticalRegion()
#define FsRtlExitFileSystem()  KeLeaveCriticalRegion()
#define FsRtlCompleteRequest(IRP, STATUS)            \
    {                                                \
        (IRP)->IoStatus.Status = (STATUS);           \
        IoCompleteRequest((IRP), IO_DISK_INCREMENT); \
    }

/* ---- Byte-range locks ---- */

typedef struct _FILE_LOCK_INFO {
    LARGE_INTEGER StartingByte;
    LARGE_INTEGER Length;
    BOOLEAN ExclusiveLock;
    ULONG Key;
    PFILE_OBJECT FileObject;
    PVOID ProcessId;
    LARGE_INTEGER EndingByte;
} FILE_LOCK_INFO, *PFILE_LOCK_INFO;

typedef NTSTATUS NTAPI COMPLETE_LOCK_IRP_ROUTINE(PVOID Context, PIRP Irp);
typedef COMPLETE_LOCK_IRP_ROUTINE *PCOMPLETE_LOCK_IRP_ROUTINE;
typedef VOID NTAPI UNLOCK_ROUTINE(PVOID Context, PFILE_LOCK_INFO FileLockInfo);
typedef UNLOCK_ROUTINE *PUNLOCK_ROUTINE;

typedef struct _FILE_LOCK {
    PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine;
    PUNLOCK_ROUTINE UnlockRoutine;
    BOOLEAN FastIoIsQuestionable;
    BOOLEAN SpareC[3];
    PVOID LockInformation;
    FILE_LOCK_INFO LastReturnedLockInfo;
    PVOID LastReturnedLock;
    LONG volatile LockRequestsInProgress;
} FILE_LOCK, *PFILE_LOCK;

NTKERNELAPI PFILE_LOCK NTAPI FsRtlAllocateFileLock(
    PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine, PUNLOCK_ROUTINE UnlockRoutine);
NTKERNELAPI VOID NTAPI FsRtlFreeFileLock(PFILE_LOCK FileLock);
NTKERNELAPI VOID NTAPI FsRtlInitializeFileLock(PFILE_LOCK FileLock,
                                               PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine,
                                               PUNLOCK_ROUTINE UnlockRoutine);
NTKERNELAPI VOID NTAPI FsRtlUninitializeFileLock(PFILE_LOCK FileLock);
NTKERNELAPI NTSTATUS NTAPI FsRtlProcessFileLock(PFILE_LOCK FileLock, PIRP Irp, PVOID Context);
NTKERNELAPI BOOLEAN NTAPI FsRtlCheckLockForReadAccess(PFILE_LOCK FileLock, PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI FsRtlCheckLockForWriteAccess(PFILE_LOCK FileLock, PIRP Irp);
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI BOOLEAN NTAPI FsRtlCheckLockForOplockRequest(PFILE_LOCK FileLock,
                                                         PLARGE_INTEGER AllocationSize);
#endif
NTKERNELAPI BOOLEAN NTAPI FsRtlFastCheckLockForRead(PFILE_LOCK FileLock,
                                                    PLARGE_INTEGER StartingByte,
                                                    PLARGE_INTEGER Length, ULONG Key,
                                                    PFILE_OBJECT FileObject, PVOID ProcessId);
NTKERNELAPI BOOLEAN NTAPI FsRtlFastCheckLockForWrite(PFILE_LOCK FileLock,
                                                     PLARGE_INTEGER StartingByte,
                                                     PLARGE_INTEGER Length, ULONG Key,
                                                     PVOID FileObject, PVOID ProcessId);
NTKERNELAPI PFILE_LOCK_INFO NTAPI FsRtlGetNextFileLock(PFILE_LOCK FileLock, BOOLEAN Restart);
NTKERNELAPI NTSTATUS NTAPI FsRtlFastUnlockSingle(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                                 LARGE_INTEGER UNALIGNED *FileOffset,
                                                 PLARGE_INTEGER Length, PEPROCESS Process,
                                                 ULONG Key, PVOID Context,
                                                 BOOLEAN AlreadySynchronized);
NTKERNELAPI NTSTATUS NTAPI FsRtlFastUnlockAll(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                              PEPROCESS Process, PVOID Context);
NTKERNELAPI NTSTATUS NTAPI FsRtlFastUnlockAllByKey(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                                   PEPROCESS Process, ULONG Key, PVOID Context);
NTKERNELAPI BOOLEAN NTAPI FsRtlPrivateLock(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                           PLARGE_INTEGER FileOffset, PLARGE_INTEGER Length,
                                           PEPROCESS Process, ULONG Key, BOOLEAN FailImmediately,
                                           BOOLEAN ExclusiveLock, PIO_STATUS_BLOCK IoStatus,
                                           PIRP Irp, PVOID Context, BOOLEAN AlreadySynchronized);
#define FsRtlFastLock(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11) \
    FsRtlPrivateLock(A1, A2, A3, A4, A5, A6, A7, A8, A9, NULL, A10, A11)
#define FsRtlAreThereCurrentFileLocks(FL) ((FL)->FastIoIsQuestionable)
#define FsRtlIncrementLockRequestsInProgress(FL) \
    (InterlockedIncrement((LONG volatile *)&((FL)->LockRequestsInProgress)))
#define FsRtlDecrementLockRequestsInProgress(FL) \
    (InterlockedDecrement((LONG volatile *)&((FL)->LockRequestsInProgress)))
#define FsRtlAreThereCurrentOrInProgressFileLocks(FL) \
    ((FL)->FastIoIsQuestionable || (FL)->LockRequestsInProgress)
NTKERNELAPI BOOLEAN NTAPI FsRtlAreThereWaitingFileLocks(PFILE_LOCK FileLock);

/* ---- Oplocks ---- */

typedef VOID NTAPI OPLOCK_WAIT_COMPLETE_ROUTINE(PVOID Context, PIRP Irp);
typedef OPLOCK_WAIT_COMPLETE_ROUTINE *POPLOCK_WAIT_COMPLETE_ROUTINE;
typedef VOID NTAPI OPLOCK_FS_PREPOST_IRP(PVOID Context, PIRP Irp);
typedef OPLOCK_FS_PREPOST_IRP *POPLOCK_FS_PREPOST_IRP;

#define OPLOCK_FLAG_COMPLETE_IF_OPLOCKED    0x00000001
#define OPLOCK_FLAG_OPLOCK_KEY_CHECK_ONLY   0x00000002
#define OPLOCK_FLAG_BACK_OUT_ATOMIC_OPLOCK  0x00000004
#define OPLOCK_FLAG_IGNORE_OPLOCK_KEYS      0x00000008
#define OPLOCK_FLAG_PARENT_OBJECT           0x00000010
#define OPLOCK_FLAG_CLOSING_DELETE_ON_CLOSE 0x00000020
#define OPLOCK_FLAG_REMOVING_FILE_OR_LINK   0x00000040
#define OPLOCK_FSCTRL_FLAG_ALL_KEYS_MATCH   0x00000001
#define OPLOCK_UPPER_FLAG_CHECK_NO_BREAK    0x00010000

NTKERNELAPI VOID NTAPI FsRtlInitializeOplock(POPLOCK Oplock);
NTKERNELAPI VOID NTAPI FsRtlUninitializeOplock(POPLOCK Oplock);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockFsctrl(POPLOCK Oplock, PIRP Irp, ULONG OpenCount);
NTKERNELAPI NTSTATUS NTAPI FsRtlCheckOplock(POPLOCK Oplock, PIRP Irp, PVOID Context,
                                            POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                            POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI BOOLEAN NTAPI FsRtlOplockIsFastIoPossible(POPLOCK Oplock);
NTKERNELAPI BOOLEAN NTAPI FsRtlCurrentBatchOplock(POPLOCK Oplock);
NTKERNELAPI NTSTATUS NTAPI FsRtlCheckOplockEx(POPLOCK Oplock, PIRP Irp, ULONG Flags, PVOID Context,
                                              POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                              POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockBreakToNone(POPLOCK Oplock, PIO_STACK_LOCATION IrpSp,
                                                  PIRP Irp, PVOID Context,
                                                  POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                                  POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
#if (NTDDI_VERSION >= NTDDI_WIN7)
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockBreakToNoneEx(POPLOCK Oplock, PIRP Irp, ULONG Flags,
                                                    PVOID Context,
                                                    POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                                    POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockFsctrlEx(POPLOCK Oplock, PIRP Irp, ULONG OpenCount,
                                               ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI FsRtlOplockKeysEqual(PFILE_OBJECT Fo1, PFILE_OBJECT Fo2);
NTKERNELAPI BOOLEAN NTAPI FsRtlOplockIsSharedRequest(PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockBreakH(POPLOCK Oplock, PIRP Irp, ULONG Flags, PVOID Context,
                                             POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                             POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI BOOLEAN NTAPI FsRtlCurrentOplock(POPLOCK Oplock);
NTKERNELAPI BOOLEAN NTAPI FsRtlCurrentOplockH(POPLOCK Oplock);
#endif
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI NTSTATUS NTAPI FsRtlUpperOplockFsctrl(POPLOCK Oplock, PIRP Irp, ULONG OpenCount,
                                                  ULONG LowerOplockState, ULONG Flags);
NTKERNELAPI NTSTATUS NTAPI FsRtlCheckUpperOplock(POPLOCK Oplock, ULONG NewLowerOplockState,
                                                 PVOID CompletionRoutineContext,
                                                 POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                                 POPLOCK_FS_PREPOST_IRP PrependRoutine,
                                                 ULONG Flags);
#endif

/* ---- Extents: maps from virtual to logical block numbers ---- */

typedef struct _BASE_MCB {
    ULONG MaximumPairCount;
    ULONG PairCount;
    USHORT PoolType;
    USHORT Flags;
    PVOID Mapping;
} BASE_MCB, *PBASE_MCB;

typedef struct _LARGE_MCB {
    PKGUARDED_MUTEX GuardedMutex;
    BASE_MCB BaseMcb;
} LARGE_MCB, *PLARGE_MCB;

typedef struct _MCB {
    LARGE_MCB DummyFieldThatSizesThisStructureCorrectly;
} MCB, *PMCB;

NTKERNELAPI VOID NTAPI FsRtlInitializeLargeMcb(PLARGE_MCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID NTAPI FsRtlUninitializeLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI VOID NTAPI FsRtlResetLargeMcb(PLARGE_MCB Mcb, BOOLEAN SelfSynchronized);
NTKERNELAPI VOID NTAPI FsRtlTruncateLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlAddLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                                LONGLONG SectorCount);
NTKERNELAPI VOID NTAPI FsRtlRemoveLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                                   PLONGLONG SectorCountFromLbn,
                                                   PLONGLONG StartingLbn,
                                                   PLONGLONG SectorCountFromStartingLbn,
                                                   PULONG Index);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastLargeMcbEntry(PLARGE_MCB Mcb, PLONGLONG Vbn,
                                                       PLONGLONG Lbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastLargeMcbEntryAndIndex(PLARGE_MCB OpaqueMcb,
                                                               PLONGLONG LargeVbn,
                                                               PLONGLONG LargeLbn, PULONG Index);
NTKERNELAPI ULONG NTAPI FsRtlNumberOfRunsInLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI BOOLEAN NTAPI FsRtlGetNextLargeMcbEntry(PLARGE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                                    PLONGLONG Lbn, PLONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlSplitLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount);
NTKERNELAPI VOID NTAPI FsRtlInitializeBaseMcb(PBASE_MCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID NTAPI FsRtlUninitializeBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI BOOLEAN NTAPI FsRtlAddBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                               LONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlRemoveBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn,
                                                  LONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                                  PLONGLONG SectorCountFromLbn,
                                                  PLONGLONG StartingLbn,
                                                  PLONGLONG SectorCountFromStartingLbn,
                                                  PULONG Index);
NTKERNELAPI VOID NTAPI FsRtlTruncateBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn);
NTKERNELAPI VOID NTAPI FsRtlResetBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastBaseMcbEntry(PBASE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastBaseMcbEntryAndIndex(PBASE_MCB OpaqueMcb,
                                                              PLONGLONG LargeVbn,
                                                              PLONGLONG LargeLbn, PULONG Index);
NTKERNELAPI ULONG NTAPI FsRtlNumberOfRunsInBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI BOOLEAN NTAPI FsRtlGetNextBaseMcbEntry(PBASE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                                   PLONGLONG Lbn, PLONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlSplitBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount);
NTKERNELAPI VOID NTAPI FsRtlInitializeMcb(PMCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID NTAPI FsRtlUninitializeMcb(PMCB Mcb);
NTKERNELAPI VOID NTAPI FsRtlTruncateMcb(PMCB Mcb, ULONG Vbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlAddMcbEntry(PMCB Mcb, ULONG Vbn, ULONG Lbn, ULONG SectorCount);
NTKERNELAPI VOID NTAPI FsRtlRemoveMcbEntry(PMCB Mcb, ULONG Vbn, ULONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupMcbEntry(PMCB Mcb, ULONG Vbn, PULONG Lbn, PULONG SectorCount,
                                              PULONG Index);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastMcbEntry(PMCB Mcb, PULONG Vbn, PULONG Lbn);
NTKERNELAPI ULONG NTAPI FsRtlNumberOfRunsInMcb(PMCB Mcb);
NTKERNELAPI BOOLEAN NTAPI FsRtlGetNextMcbEntry(PMCB Mcb, ULONG RunIndex, PULONG Vbn, PULONG Lbn,
                                               PULONG SectorCount);

/* ---- Directory notification ---- */

typedef struct _REAL_NOTIFY_SYNC *PNOTIFY_SYNC;
typedef BOOLEAN NTAPI CHECK_FOR_TRAVERSE_ACCESS(PVOID NotifyContext, PVOID TargetContext,
                                                PSECURITY_SUBJECT_CONTEXT SubjectContext);
typedef CHECK_FOR_TRAVERSE_ACCESS *PCHECK_FOR_TRAVERSE_ACCESS;
typedef BOOLEAN NTAPI FILTER_REPORT_CHANGE(PVOID NotifyContext, PVOID FilterContext);
typedef FILTER_REPORT_CHANGE *PFILTER_REPORT_CHANGE;

NTKERNELAPI VOID NTAPI FsRtlNotifyInitializeSync(PNOTIFY_SYNC *NotifySync);
NTKERNELAPI VOID NTAPI FsRtlNotifyUninitializeSync(PNOTIFY_SYNC *NotifySync);
NTKERNELAPI VOID NTAPI FsRtlNotifyFullChangeDirectory(
    PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList, PVOID FsContext, PSTRING FullDirectoryName,
    BOOLEAN WatchTree, BOOLEAN IgnoreBuffer, ULONG CompletionFilter, PIRP NotifyIrp,
    PCHECK_FOR_TRAVERSE_ACCESS TraverseCallback, PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyFilterChangeDirectory(
    PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList, PVOID FsContext, PSTRING FullDirectoryName,
    BOOLEAN WatchTree, BOOLEAN IgnoreBuffer, ULONG CompletionFilter, PIRP NotifyIrp,
    PCHECK_FOR_TRAVERSE_ACCESS TraverseCallback, PSECURITY_SUBJECT_CONTEXT SubjectContext,
    PFILTER_REPORT_CHANGE FilterCallback);
NTKERNELAPI VOID NTAPI FsRtlNotifyFullReportChange(PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList,
                                                   PSTRING FullTargetName, USHORT TargetNameOffset,
                                                   PSTRING StreamName, PSTRING NormalizedParentName,
                                                   ULONG FilterMatch, ULONG Action,
                                                   PVOID TargetContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyFilterReportChange(PNOTIFY_SYNC NotifySync,
                                                     PLIST_ENTRY NotifyList, PSTRING FullTargetName,
                                                     USHORT TargetNameOffset, PSTRING StreamName,
                                                     PSTRING NormalizedParentName,
                                                     ULONG FilterMatch, ULONG Action,
                                                     PVOID TargetContext, PVOID FilterContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyCleanup(PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList,
                                          PVOID FsContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyCleanupAll(PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList);
NTKERNELAPI NTSTATUS NTAPI FsRtlNotifyVolumeEvent(PFILE_OBJECT FileObject, ULONG EventCode);
NTKERNELAPI NTSTATUS NTAPI FsRtlNotifyVolumeEventEx(PFILE_OBJECT FileObject, ULONG EventCode,
                                                    PTARGET_DEVICE_CUSTOM_NOTIFICATION Event);
#define FSRTL_VOLUME_DISMOUNT          1
#define FSRTL_VOLUME_DISMOUNT_FAILED   2
#define FSRTL_VOLUME_LOCK              3
#define FSRTL_VOLUME_LOCK_FAILED       4
#define FSRTL_VOLUME_UNLOCK            5
#define FSRTL_VOLUME_MOUNT             6
#define FSRTL_VOLUME_NEEDS_CHKDSK      7
#define FSRTL_VOLUME_WORM_NEAR_FULL    8
#define FSRTL_VOLUME_WEARING_OUT       9
#define FSRTL_VOLUME_FORCED_CLOSED     10
#define FSRTL_VOLUME_INFO_MAKE_COMPAT  11
#define FSRTL_VOLUME_PREPARING_EJECT   12
#define FSRTL_VOLUME_CHANGE_SIZE       13
#define FSRTL_VOLUME_BACKGROUND_FORMAT 14

#ifdef __cplusplus
}
#endif
#endif
