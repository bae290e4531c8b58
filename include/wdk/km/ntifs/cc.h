/* SPDX-License-Identifier: MIT */
/* ntifs/cc.h - the cache manager as a file system uses it. Part of ntifs.h. */
#ifndef _NTIFS_CC_
#define _NTIFS_CC_

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _CC_FILE_SIZES {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER FileSize;
    LARGE_INTEGER ValidDataLength;
} CC_FILE_SIZES, *PCC_FILE_SIZES;

typedef BOOLEAN NTAPI ACQUIRE_FOR_LAZY_WRITE(PVOID Context, BOOLEAN Wait);
typedef ACQUIRE_FOR_LAZY_WRITE *PACQUIRE_FOR_LAZY_WRITE;
typedef VOID NTAPI RELEASE_FROM_LAZY_WRITE(PVOID Context);
typedef RELEASE_FROM_LAZY_WRITE *PRELEASE_FROM_LAZY_WRITE;
typedef BOOLEAN NTAPI ACQUIRE_FOR_READ_AHEAD(PVOID Context, BOOLEAN Wait);
typedef ACQUIRE_FOR_READ_AHEAD *PACQUIRE_FOR_READ_AHEAD;
typedef VOID NTAPI RELEASE_FROM_READ_AHEAD(PVOID Context);
typedef RELEASE_FROM_READ_AHEAD *PRELEASE_FROM_READ_AHEAD;

typedef struct _CACHE_MANAGER_CALLBACKS {
    PACQUIRE_FOR_LAZY_WRITE AcquireForLazyWrite;
    PRELEASE_FROM_LAZY_WRITE ReleaseFromLazyWrite;
    PACQUIRE_FOR_READ_AHEAD AcquireForReadAhead;
    PRELEASE_FROM_READ_AHEAD ReleaseFromReadAhead;
} CACHE_MANAGER_CALLBACKS, *PCACHE_MANAGER_CALLBACKS;

typedef struct _CACHE_UNINITIALIZE_EVENT {
    struct _CACHE_UNINITIALIZE_EVENT *Next;
    KEVENT Event;
} CACHE_UNINITIALIZE_EVENT, *PCACHE_UNINITIALIZE_EVENT;

typedef struct _PUBLIC_BCB {
    CSHORT NodeTypeCode;
    CSHORT NodeByteSize;
    ULONG MappedLength;
    LARGE_INTEGER MappedFileOffset;
} PUBLIC_BCB, *PPUBLIC_BCB;

typedef VOID NTAPI CC_POST_DEFERRED_WRITE(PVOID Context1, PVOID Context2);
typedef CC_POST_DEFERRED_WRITE *PCC_POST_DEFERRED_WRITE;

#define CcIsFileCached(FO)                   \
    (((FO)->SectionObjectPointer != NULL) && \
     (((PSECTION_OBJECT_POINTERS)(FO)->SectionObjectPointer)->SharedCacheMap != NULL))
extern NTKERNELAPI ULONG CcFastMdlReadWait;

/* For CcPinRead, CcMapData, CcPinMappedData. */
#define PIN_WAIT                                   (1)
#define PIN_EXCLUSIVE                              (2)
#define PIN_NO_READ                                (4)
#define PIN_IF_BCB                                 (8)
#define PIN_CALLER_TRACKS_DIRTY_DATA               (32)
#define PIN_HIGH_PRIORITY                          (64)
#define MAP_WAIT                                   (1)
#define MAP_NO_READ                                (16)
#define MAP_HIGH_PRIORITY                          (64)
#define UNINITIALIZE_CACHE_MAPS                    (1)
#define DO_NOT_RETRY_PURGE                         (2)
#define DO_NOT_PURGE_DIRTY_PAGES                   (4)
#define PURGE_WITH_ACTIVE_VIEWS                    (8)
#define CC_FLUSH_AND_PURGE_NO_PURGE                0x00000001
#define CC_FLUSH_AND_PURGE_GATHER_DIRTY_BITS       0x00000002
#define CC_FLUSH_AND_PURGE_WRITEABLE_VIEWS_NOTSEEN 0x00000004
#define CC_AGGRESSIVE_UNMAP_BEHIND                 0x00000001
#define CC_DISABLE_READ_AHEAD                      0x00000002
#define CC_DISABLE_WRITE_BEHIND                    0x00000004
#define CC_DISABLE_DIRTY_PAGE_TRACKING             0x00000008
#define CC_ENABLE_DISK_IO_ACCOUNTING               0x00000010
#define CC_DISABLE_UNMAP_BEHIND                    0x00000020
#define CC_ENABLE_CPU_CACHE                        0x10000000

NTKERNELAPI VOID NTAPI CcInitializeCacheMap(PFILE_OBJECT FileObject, PCC_FILE_SIZES FileSizes,
                                            BOOLEAN PinAccess, PCACHE_MANAGER_CALLBACKS Callbacks,
                                            PVOID LazyWriteContext);
NTKERNELAPI BOOLEAN NTAPI CcUninitializeCacheMap(PFILE_OBJECT FileObject,
                                                 PLARGE_INTEGER TruncateSize,
                                                 PCACHE_UNINITIALIZE_EVENT UninitializeEvent);
NTKERNELAPI VOID NTAPI CcSetFileSizes(PFILE_OBJECT FileObject, PCC_FILE_SIZES FileSizes);
NTKERNELAPI NTSTATUS NTAPI CcSetFileSizesEx(PFILE_OBJECT FileObject, PCC_FILE_SIZES FileSizes);
NTKERNELAPI VOID NTAPI CcSetDirtyPageThreshold(PFILE_OBJECT FileObject, ULONG DirtyPageThreshold);
NTKERNELAPI VOID NTAPI CcFlushCache(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                    PLARGE_INTEGER FileOffset, ULONG Length,
                                    PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI LARGE_INTEGER NTAPI CcGetFlushedValidData(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                                      BOOLEAN BcbListHeld);
NTKERNELAPI BOOLEAN NTAPI CcPurgeCacheSection(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                              PLARGE_INTEGER FileOffset, ULONG Length, ULONG Flags);
NTKERNELAPI VOID NTAPI CcCoherencyFlushAndPurgeCache(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                                     PLARGE_INTEGER FileOffset, ULONG Length,
                                                     PIO_STATUS_BLOCK IoStatus, ULONG Flags);
NTKERNELAPI PFILE_OBJECT NTAPI CcGetFileObjectFromSectionPtrs(PSECTION_OBJECT_POINTERS Pointers);
NTKERNELAPI PFILE_OBJECT NTAPI CcGetFileObjectFromSectionPtrsRef(PSECTION_OBJECT_POINTERS Pointers);
NTKERNELAPI PFILE_OBJECT NTAPI CcGetFileObjectFromBcb(PVOID Bcb);
NTKERNELAPI BOOLEAN NTAPI CcCanIWrite(PFILE_OBJECT FileObject, ULONG BytesToWrite, BOOLEAN Wait,
                                      BOOLEAN Retrying);
NTKERNELAPI VOID NTAPI CcDeferWrite(PFILE_OBJECT FileObject, PCC_POST_DEFERRED_WRITE PostRoutine,
                                    PVOID Context1, PVOID Context2, ULONG BytesToWrite,
                                    BOOLEAN Retrying);
NTKERNELAPI BOOLEAN NTAPI CcCopyRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                     ULONG Length, BOOLEAN Wait, PVOID Buffer,
                                     PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI VOID NTAPI CcFastCopyRead(PFILE_OBJECT FileObject, ULONG FileOffset, ULONG Length,
                                      ULONG PageCount, PVOID Buffer, PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI BOOLEAN NTAPI CcCopyWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                      ULONG Length, BOOLEAN Wait, PVOID Buffer);
NTKERNELAPI VOID NTAPI CcFastCopyWrite(PFILE_OBJECT FileObject, ULONG FileOffset, ULONG Length,
                                       PVOID Buffer);
#define CcCopyWriteWontFlush(FO, FOFF, LEN) ((LEN) <= 0x10000)
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI BOOLEAN NTAPI CcCopyReadEx(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                       ULONG Length, BOOLEAN Wait, PVOID Buffer,
                                       PIO_STATUS_BLOCK IoStatus, PETHREAD IoIssuerThread);
NTKERNELAPI BOOLEAN NTAPI CcCopyWriteEx(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                        ULONG Length, BOOLEAN Wait, PVOID Buffer,
                                        PETHREAD IoIssuerThread);
NTKERNELAPI VOID NTAPI CcScheduleReadAheadEx(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                             ULONG Length, PETHREAD IoIssuerThread);

typedef struct _READ_AHEAD_PARAMETERS {
    CSHORT NodeByteSize;
    ULONG Granularity;
    ULONG PipelinedRequestSize;
    ULONG ReadAheadGrowthPercentage;
} READ_AHEAD_PARAMETERS, *PREAD_AHEAD_PARAMETERS;
NTKERNELAPI VOID NTAPI CcSetAdditionalCacheAttributesEx(PFILE_OBJECT FileObject, ULONG Flags);
#endif
NTKERNELAPI VOID NTAPI CcMdlRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset, ULONG Length,
                                 PMDL *MdlChain, PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI VOID NTAPI CcMdlReadComplete(PFILE_OBJECT FileObject, PMDL MdlChain);
NTKERNELAPI VOID NTAPI CcPrepareMdlWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                         ULONG Length, PMDL *MdlChain, PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI VOID NTAPI CcMdlWriteComplete(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                          PMDL MdlChain);
NTKERNELAPI VOID NTAPI CcMdlWriteAbort(PFILE_OBJECT FileObject, PMDL MdlChain);
NTKERNELAPI VOID NTAPI CcScheduleReadAhead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                           ULONG Length);
NTKERNELAPI NTSTATUS NTAPI CcWaitForCurrentLazyWriterActivity(VOID);
NTKERNELAPI VOID NTAPI CcSetReadAheadGranularity(PFILE_OBJECT FileObject, ULONG Granularity);
NTKERNELAPI BOOLEAN NTAPI CcPinMappedData(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                          ULONG Length, ULONG Flags, PVOID *Bcb);
NTKERNELAPI BOOLEAN NTAPI CcPinRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                    ULONG Length, ULONG Flags, PVOID *Bcb, PVOID *Buffer);
NTKERNELAPI BOOLEAN NTAPI CcPreparePinWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                            ULONG Length, BOOLEAN Zero, ULONG Flags, PVOID *Bcb,
                                            PVOID *Buffer);
NTKERNELAPI BOOLEAN NTAPI CcMapData(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                    ULONG Length, ULONG Flags, PVOID *Bcb, PVOID *Buffer);
NTKERNELAPI VOID NTAPI CcSetDirtyPinnedData(PVOID BcbVoid, PLARGE_INTEGER Lsn);
NTKERNELAPI VOID NTAPI CcUnpinData(PVOID Bcb);
NTKERNELAPI VOID NTAPI CcUnpinDataForThread(PVOID Bcb, ERESOURCE_THREAD ResourceThreadId);
NTKERNELAPI VOID NTAPI CcSetBcbOwnerPointer(PVOID Bcb, PVOID OwnerPointer);
NTKERNELAPI VOID NTAPI CcRepinBcb(PVOID Bcb);
NTKERNELAPI PVOID NTAPI CcRemapBcb(PVOID Bcb);
NTKERNELAPI VOID NTAPI CcUnpinRepinnedBcb(PVOID Bcb, BOOLEAN WriteThrough,
                                          PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI BOOLEAN NTAPI CcZeroData(PFILE_OBJECT FileObject, PLARGE_INTEGER StartOffset,
                                     PLARGE_INTEGER EndOffset, BOOLEAN Wait);
NTKERNELAPI VOID NTAPI CcSetAdditionalCacheAttributes(PFILE_OBJECT FileObject,
                                                      BOOLEAN DisableReadAhead,
                                                      BOOLEAN DisableWriteBehind);
NTKERNELAPI BOOLEAN NTAPI CcIsThereDirtyData(PVPB Vpb);
NTKERNELAPI BOOLEAN NTAPI CcIsThereDirtyDataEx(PVPB Vpb, PULONG NumberOfDirtyPages);

typedef VOID NTAPI FLUSH_TO_LSN(PVOID LogHandle, LARGE_INTEGER Lsn);
typedef FLUSH_TO_LSN *PFLUSH_TO_LSN;
typedef VOID NTAPI DIRTY_PAGE_ROUTINE(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                      ULONG Length, PLARGE_INTEGER OldestLsn,
                                      PLARGE_INTEGER NewestLsn, PVOID Context1, PVOID Context2);
typedef DIRTY_PAGE_ROUTINE *PDIRTY_PAGE_ROUTINE;
NTKERNELAPI VOID NTAPI CcSetLogHandleForFile(PFILE_OBJECT FileObject, PVOID LogHandle,
                                             PFLUSH_TO_LSN FlushToLsnRoutine);
NTKERNELAPI LARGE_INTEGER NTAPI CcGetDirtyPages(PVOID LogHandle,
                                                PDIRTY_PAGE_ROUTINE DirtyPageRoutine,
                                                PVOID Context1, PVOID Context2);
#define CcGetFileSizePointer(FO) \
    ((PLARGE_INTEGER)((PUCHAR)((FO)->SectionObjectPointer->SharedCacheMap) + 8))

#ifdef __cplusplus
}
#endif
#endif
