/* SPDX-License-Identifier: MIT */
/* ntifs/fsrtl_context.h - what filters hang on files and creates: contexts per stream,
 * file and file object, extra create parameters, file-system callbacks, UNC providers.
 * Part of ntifs.h.
 */
#ifndef _NTIFS_FSRTL_CONTEXT_
#define _NTIFS_FSRTL_CONTEXT_

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Contexts ---- */

#ifndef _PFREE_FUNCTION_DEFINED
#define _PFREE_FUNCTION_DEFINED
typedef VOID NTAPI FREE_FUNCTION(PVOID Buffer);
typedef FREE_FUNCTION *PFREE_FUNCTION;
#endif

typedef struct _FSRTL_PER_STREAM_CONTEXT {
    LIST_ENTRY Links;
    PVOID OwnerId;
    PVOID InstanceId;
    PFREE_FUNCTION FreeCallback;
} FSRTL_PER_STREAM_CONTEXT, *PFSRTL_PER_STREAM_CONTEXT;

typedef struct _FSRTL_PER_FILE_CONTEXT {
    LIST_ENTRY Links;
    PVOID OwnerId;
    PVOID InstanceId;
    PFREE_FUNCTION FreeCallback;
} FSRTL_PER_FILE_CONTEXT, *PFSRTL_PER_FILE_CONTEXT;

typedef struct _FSRTL_PER_FILEOBJECT_CONTEXT {
    LIST_ENTRY Links;
    PVOID OwnerId;
    PVOID InstanceId;
} FSRTL_PER_FILEOBJECT_CONTEXT, *PFSRTL_PER_FILEOBJECT_CONTEXT;

#define FsRtlInitPerStreamContext(_fc, _owner, _inst, _cb) \
    ((_fc)->OwnerId = (_owner), (_fc)->InstanceId = (_inst), (_fc)->FreeCallback = (_cb))
#define FsRtlInitPerFileContext(_fc, _owner, _inst, _cb) \
    ((_fc)->OwnerId = (_owner), (_fc)->InstanceId = (_inst), (_fc)->FreeCallback = (_cb))
#define FsRtlInitPerFileObjectContext(_fc, _owner, _inst) \
    ((_fc)->OwnerId = (_owner), (_fc)->InstanceId = (_inst))
#define FsRtlGetPerStreamContextPointer(FO) ((PFSRTL_ADVANCED_FCB_HEADER)((FO)->FsContext))
#define FsRtlSupportsPerStreamContexts(FO)                         \
    ((BOOLEAN)(NULL != FsRtlGetPerStreamContextPointer(FO) &&      \
               0 != (FsRtlGetPerStreamContextPointer(FO)->Flags2 & \
                     FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS)))
#define FsRtlGetPerFileContextPointer(_fo)                                             \
    (FsRtlSupportsPerFileContexts(_fo)                                                 \
         ? ((PFSRTL_ADVANCED_FCB_HEADER)((_fo)->FsContext))->FileContextSupportPointer \
         : NULL)
#define FsRtlSupportsPerFileContexts(_fo)                                                  \
    (((_fo)->FsContext != NULL) &&                                                         \
     (((PFSRTL_ADVANCED_FCB_HEADER)((_fo)->FsContext))->Version >= FSRTL_FCB_HEADER_V1) && \
     (((PFSRTL_ADVANCED_FCB_HEADER)((_fo)->FsContext))->FileContextSupportPointer != NULL))
#define FsRtlSetupAdvancedHeaderEx(_advhdr, _fmutx, _fctxptr)  \
    {                                                          \
        FsRtlSetupAdvancedHeader(_advhdr, _fmutx);             \
        if ((_fctxptr) != NULL) {                              \
            (_advhdr)->FileContextSupportPointer = (_fctxptr); \
        }                                                      \
    }

NTKERNELAPI NTSTATUS NTAPI FsRtlInsertPerStreamContext(PFSRTL_ADVANCED_FCB_HEADER PerStreamContext,
                                                       PFSRTL_PER_STREAM_CONTEXT Ptr);
NTKERNELAPI PFSRTL_PER_STREAM_CONTEXT NTAPI FsRtlLookupPerStreamContextInternal(
    PFSRTL_ADVANCED_FCB_HEADER StreamContext, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_STREAM_CONTEXT NTAPI FsRtlRemovePerStreamContext(
    PFSRTL_ADVANCED_FCB_HEADER StreamContext, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI VOID NTAPI FsRtlTeardownPerStreamContexts(PFSRTL_ADVANCED_FCB_HEADER AdvancedHeader);
#define FsRtlLookupPerStreamContext(_sc, _oid, _iid)                               \
    (((NULL != (_sc)) && ((_sc)->Flags2 & FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS) && \
      !IsListEmpty(&(_sc)->FilterContexts))                                        \
         ? FsRtlLookupPerStreamContextInternal((_sc), (_oid), (_iid))              \
         : NULL)
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertPerFileContext(PVOID *PerFileContextPointer,
                                                     PFSRTL_PER_FILE_CONTEXT Ptr);
NTKERNELAPI PFSRTL_PER_FILE_CONTEXT NTAPI FsRtlLookupPerFileContext(PVOID *PerFileContextPointer,
                                                                    PVOID OwnerId,
                                                                    PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_FILE_CONTEXT NTAPI FsRtlRemovePerFileContext(PVOID *PerFileContextPointer,
                                                                    PVOID OwnerId,
                                                                    PVOID InstanceId);
NTKERNELAPI VOID NTAPI FsRtlTeardownPerFileContexts(PVOID *PerFileContextPointer);
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertPerFileObjectContext(PFILE_OBJECT FileObject,
                                                           PFSRTL_PER_FILEOBJECT_CONTEXT Ptr);
NTKERNELAPI PFSRTL_PER_FILEOBJECT_CONTEXT NTAPI
FsRtlLookupPerFileObjectContext(PFILE_OBJECT FileObject, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_FILEOBJECT_CONTEXT NTAPI
FsRtlRemovePerFileObjectContext(PFILE_OBJECT FileObject, PVOID OwnerId, PVOID InstanceId);

FORCEINLINE VOID NTAPI FsRtlSetupAdvancedHeader(PVOID AdvHdr, PFAST_MUTEX FMutex)
{
    PFSRTL_ADVANCED_FCB_HEADER header = (PFSRTL_ADVANCED_FCB_HEADER)AdvHdr;

    header->Flags |= FSRTL_FLAG_ADVANCED_HEADER;
    header->Flags2 |= FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS;
#if (NTDDI_VERSION >= NTDDI_WIN8)
    header->Version = FSRTL_FCB_HEADER_V2;
#else
    header->Version = FSRTL_FCB_HEADER_V1;
#endif
    InitializeListHead(&header->FilterContexts);
    if (FMutex != NULL)
        header->FastMutex = FMutex;
    header->PushLock = 0;
    header->FileContextSupportPointer = NULL;
#if (NTDDI_VERSION >= NTDDI_WIN8)
    header->Oplock = NULL;
#endif
}

/* ---- Extra create parameters ---- */

struct _ECP_LIST;
typedef struct _ECP_LIST ECP_LIST, *PECP_LIST;
typedef PECP_LIST *PPECP_LIST;
typedef ULONG FSRTL_ALLOCATE_ECPLIST_FLAGS;
typedef ULONG FSRTL_ALLOCATE_ECP_FLAGS;
typedef ULONG FSRTL_ECP_LOOKASIDE_FLAGS;
#define FSRTL_ALLOCATE_ECPLIST_FLAG_CHARGE_QUOTA 0x00000001
#define FSRTL_ALLOCATE_ECP_FLAG_CHARGE_QUOTA     0x00000001
#define FSRTL_ALLOCATE_ECP_FLAG_NONPAGED_POOL    0x00000002
#define FSRTL_ECP_LOOKASIDE_FLAG_NONPAGED_POOL   0x00000002
typedef VOID NTAPI FSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK(PVOID EcpContext, LPCGUID EcpType);
typedef FSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK
    *PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK;

NTKERNELAPI NTSTATUS NTAPI FsRtlAllocateExtraCreateParameterList(FSRTL_ALLOCATE_ECPLIST_FLAGS Flags,
                                                                 PECP_LIST *EcpList);
NTKERNELAPI VOID NTAPI FsRtlFreeExtraCreateParameterList(PECP_LIST EcpList);
NTKERNELAPI NTSTATUS NTAPI FsRtlAllocateExtraCreateParameter(
    LPCGUID EcpType, ULONG SizeOfContext, FSRTL_ALLOCATE_ECP_FLAGS Flags,
    PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK CleanupCallback, ULONG PoolTag,
    PVOID *EcpContext);
NTKERNELAPI VOID NTAPI FsRtlFreeExtraCreateParameter(PVOID EcpContext);
NTKERNELAPI VOID NTAPI FsRtlInitExtraCreateParameterLookasideList(PVOID Lookaside,
                                                                  FSRTL_ECP_LOOKASIDE_FLAGS Flags,
                                                                  SIZE_T Size, ULONG Tag);
NTKERNELAPI VOID NTAPI
FsRtlDeleteExtraCreateParameterLookasideList(PVOID Lookaside, FSRTL_ECP_LOOKASIDE_FLAGS Flags);
NTKERNELAPI NTSTATUS NTAPI FsRtlAllocateExtraCreateParameterFromLookasideList(
    LPCGUID EcpType, ULONG SizeOfContext, FSRTL_ALLOCATE_ECP_FLAGS Flags,
    PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK CleanupCallback, PVOID LookasideList,
    PVOID *EcpContext);
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertExtraCreateParameter(PECP_LIST EcpList, PVOID EcpContext);
NTKERNELAPI NTSTATUS NTAPI FsRtlFindExtraCreateParameter(PECP_LIST EcpList, LPCGUID EcpType,
                                                         PVOID *EcpContext, ULONG *EcpContextSize);
NTKERNELAPI NTSTATUS NTAPI FsRtlRemoveExtraCreateParameter(PECP_LIST EcpList, LPCGUID EcpType,
                                                           PVOID *EcpContext,
                                                           ULONG *EcpContextSize);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetEcpListFromIrp(PIRP Irp, PECP_LIST *EcpList);
NTKERNELAPI NTSTATUS NTAPI FsRtlSetEcpListIntoIrp(PIRP Irp, PECP_LIST EcpList);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetNextExtraCreateParameter(PECP_LIST EcpList,
                                                            PVOID CurrentEcpContext,
                                                            LPGUID NextEcpType,
                                                            PVOID *NextEcpContext,
                                                            ULONG *NextEcpContextSize);
NTKERNELAPI VOID NTAPI FsRtlAcknowledgeEcp(PVOID EcpContext);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsEcpAcknowledged(PVOID EcpContext);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsEcpFromUserMode(PVOID EcpContext);
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI VOID NTAPI FsRtlPrepareToReuseEcp(PVOID EcpContext);
#endif
#if (NTDDI_VERSION >= NTDDI_WIN7)
NTKERNELAPI NTSTATUS NTAPI FsRtlInitializeExtraCreateParameterList(PECP_LIST EcpList);
#endif

/* ---- Callbacks around a file system's locks ---- */

#define FS_FILTER_ACQUIRE_FOR_SECTION_SYNCHRONIZATION ((UCHAR) - 1)
#define FS_FILTER_RELEASE_FOR_SECTION_SYNCHRONIZATION ((UCHAR) - 2)
#define FS_FILTER_ACQUIRE_FOR_MOD_WRITE               ((UCHAR) - 3)
#define FS_FILTER_RELEASE_FOR_MOD_WRITE               ((UCHAR) - 4)
#define FS_FILTER_ACQUIRE_FOR_CC_FLUSH                ((UCHAR) - 5)
#define FS_FILTER_RELEASE_FOR_CC_FLUSH                ((UCHAR) - 6)
#define FS_FILTER_QUERY_OPEN                          ((UCHAR) - 7)

typedef enum _FS_FILTER_SECTION_SYNC_TYPE {
    SyncTypeOther = 0,
    SyncTypeCreateSection
} FS_FILTER_SECTION_SYNC_TYPE,
    *PFS_FILTER_SECTION_SYNC_TYPE;

typedef enum _FS_FILTER_STREAM_FO_NOTIFICATION_TYPE {
    NotifyTypeCreate = 0,
    NotifyTypeRetired
} FS_FILTER_STREAM_FO_NOTIFICATION_TYPE,
    *PFS_FILTER_STREAM_FO_NOTIFICATION_TYPE;

typedef struct _FS_FILTER_SECTION_SYNC_OUTPUT {
    ULONG StructureSize;
    ULONG SizeReturned;
    ULONG Flags;
    ULONG DesiredReadAlignment;
} FS_FILTER_SECTION_SYNC_OUTPUT, *PFS_FILTER_SECTION_SYNC_OUTPUT;

typedef union _FS_FILTER_PARAMETERS {
    struct {
        PLARGE_INTEGER EndingOffset;
        PERESOURCE *ResourceToRelease;
    } AcquireForModifiedPageWriter;
    struct {
        PERESOURCE ResourceToRelease;
    } ReleaseForModifiedPageWriter;
    struct {
        FS_FILTER_SECTION_SYNC_TYPE SyncType;
        ULONG PageProtection;
        PFS_FILTER_SECTION_SYNC_OUTPUT OutputInformation;
#if (NTDDI_VERSION >= NTDDI_WIN10_RS5)
        ULONG Flags;
        ULONG AllocationAttributes;
#endif
    } AcquireForSectionSynchronization;
    struct {
        FS_FILTER_STREAM_FO_NOTIFICATION_TYPE NotificationType;
        BOOLEAN POINTER_ALIGNMENT SafeToRecurse;
    } NotifyStreamFileObject;
    struct {
        PIRP Irp;
        PVOID FileInformation;
        PULONG Length;
        FILE_INFORMATION_CLASS FileInformationClass;
        NTSTATUS CompletionStatus;
    } QueryOpen;
    struct {
        PVOID Argument1;
        PVOID Argument2;
        PVOID Argument3;
        PVOID Argument4;
        PVOID Argument5;
    } Others;
} FS_FILTER_PARAMETERS, *PFS_FILTER_PARAMETERS;

typedef struct _FS_FILTER_CALLBACK_DATA {
    ULONG SizeOfFsFilterCallbackData;
    UCHAR Operation;
    UCHAR Reserved;
    PDEVICE_OBJECT DeviceObject;
    PFILE_OBJECT FileObject;
    FS_FILTER_PARAMETERS Parameters;
} FS_FILTER_CALLBACK_DATA, *PFS_FILTER_CALLBACK_DATA;

typedef NTSTATUS NTAPI FS_FILTER_CALLBACK(PFS_FILTER_CALLBACK_DATA Data, PVOID *CompletionContext);
typedef FS_FILTER_CALLBACK *PFS_FILTER_CALLBACK;
typedef VOID NTAPI FS_FILTER_COMPLETION_CALLBACK(PFS_FILTER_CALLBACK_DATA Data,
                                                 NTSTATUS OperationStatus, PVOID CompletionContext);
typedef FS_FILTER_COMPLETION_CALLBACK *PFS_FILTER_COMPLETION_CALLBACK;

typedef struct _FS_FILTER_CALLBACKS {
    ULONG SizeOfFsFilterCallbacks;
    ULONG Reserved;
    PFS_FILTER_CALLBACK PreAcquireForSectionSynchronization;
    PFS_FILTER_COMPLETION_CALLBACK PostAcquireForSectionSynchronization;
    PFS_FILTER_CALLBACK PreReleaseForSectionSynchronization;
    PFS_FILTER_COMPLETION_CALLBACK PostReleaseForSectionSynchronization;
    PFS_FILTER_CALLBACK PreAcquireForCcFlush;
    PFS_FILTER_COMPLETION_CALLBACK PostAcquireForCcFlush;
    PFS_FILTER_CALLBACK PreReleaseForCcFlush;
    PFS_FILTER_COMPLETION_CALLBACK PostReleaseForCcFlush;
    PFS_FILTER_CALLBACK PreAcquireForModifiedPageWriter;
    PFS_FILTER_COMPLETION_CALLBACK PostAcquireForModifiedPageWriter;
    PFS_FILTER_CALLBACK PreReleaseForModifiedPageWriter;
    PFS_FILTER_COMPLETION_CALLBACK PostReleaseForModifiedPageWriter;
#if (NTDDI_VERSION >= NTDDI_WIN10)
    PFS_FILTER_CALLBACK PreQueryOpen;
    PFS_FILTER_COMPLETION_CALLBACK PostQueryOpen;
#endif
} FS_FILTER_CALLBACKS, *PFS_FILTER_CALLBACKS;

NTKERNELAPI NTSTATUS NTAPI FsRtlRegisterFileSystemFilterCallbacks(
    struct _DRIVER_OBJECT *FilterDriverObject, PFS_FILTER_CALLBACKS Callbacks);

/* ---- Network redirectors and the rest ---- */

NTKERNELAPI NTSTATUS NTAPI FsRtlRegisterUncProvider(PHANDLE MupHandle,
                                                    PCUNICODE_STRING RedirectorDeviceName,
                                                    BOOLEAN MailslotsSupported);
NTKERNELAPI NTSTATUS NTAPI FsRtlRegisterUncProviderEx(PHANDLE MupHandle,
                                                      PCUNICODE_STRING RedirDevName,
                                                      PDEVICE_OBJECT DeviceObject, ULONG Flags);
NTKERNELAPI VOID NTAPI FsRtlDeregisterUncProvider(HANDLE Handle);
NTKERNELAPI NTSTATUS NTAPI FsRtlMupGetProviderInfoFromFileObject(PFILE_OBJECT pFileObject,
                                                                 ULONG Level, PVOID pBuffer,
                                                                 PULONG pBufferSize);
NTKERNELAPI NTSTATUS NTAPI FsRtlMupGetProviderIdFromName(PCUNICODE_STRING pProviderName,
                                                         PULONG32 pProviderId);
#define FSRTL_UNC_PROVIDER_FLAGS_MAILSLOTS_SUPPORTED 0x00000001
#define FSRTL_UNC_PROVIDER_FLAGS_CSC_ENABLED         0x00000002
#define FSRTL_UNC_PROVIDER_FLAGS_DOMAIN_SVC_AWARE    0x00000004

NTKERNELAPI NTSTATUS NTAPI FsRtlCancellableWaitForSingleObject(PVOID Object, PLARGE_INTEGER Timeout,
                                                               PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI FsRtlCancellableWaitForMultipleObjects(ULONG Count, PVOID ObjectArray[],
                                                                  WAIT_TYPE WaitType,
                                                                  PLARGE_INTEGER Timeout,
                                                                  PKWAIT_BLOCK WaitBlockArray,
                                                                  PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI FsRtlCreateSectionForDataScan(
    PHANDLE SectionHandle, PVOID *SectionObject, PLARGE_INTEGER SectionFileSize,
    PFILE_OBJECT FileObject, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection, ULONG AllocationAttributes,
    ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI FsRtlAreVolumeStartupApplicationsComplete(VOID);
#if (NTDDI_VERSION >= NTDDI_WIN8)
NTKERNELAPI NTSTATUS NTAPI FsRtlGetSectorSizeInformation(PDEVICE_OBJECT DeviceObject,
                                                         PFILE_FS_SECTOR_SIZE_INFORMATION Sector);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetSupportedFeatures(PDEVICE_OBJECT DeviceObject,
                                                     PULONG SupportedFeatures);
NTKERNELAPI NTSTATUS NTAPI FsRtlKernelFsControlFile(PFILE_OBJECT FileObject, ULONG FsControlCode,
                                                    PVOID InputBuffer, ULONG InputBufferLength,
                                                    PVOID OutputBuffer, ULONG OutputBufferLength,
                                                    PULONG RetOutputBufferSize);
NTKERNELAPI NTSTATUS NTAPI FsRtlQueryKernelEaFile(PFILE_OBJECT FileObject, PVOID ReturnedEaData,
                                                  ULONG Length, BOOLEAN ReturnSingleEntry,
                                                  PVOID EaList, ULONG EaListLength, PULONG EaIndex,
                                                  BOOLEAN RestartScan, PULONG LengthReturned);
NTKERNELAPI NTSTATUS NTAPI FsRtlSetKernelEaFile(PFILE_OBJECT FileObject, PVOID EaBuffer,
                                                ULONG Length);
#define SUPPORTED_FS_FEATURES_OFFLOAD_READ  0x00000001
#define SUPPORTED_FS_FEATURES_OFFLOAD_WRITE 0x00000002
#define SUPPORTED_FS_FEATURES_QUERY_OPEN    0x00000004
#endif
#if (NTDDI_VERSION >= NTDDI_WIN10)
NTKERNELAPI NTSTATUS NTAPI FsRtlQueryInformationFile(PFILE_OBJECT FileObject, PVOID FileInformation,
                                                     ULONG Length,
                                                     FILE_INFORMATION_CLASS FileInformationClass,
                                                     PULONG RetFileInformationSize);
#endif

#ifdef __cplusplus
}
#endif
#endif
