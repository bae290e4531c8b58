/* SPDX-License-Identifier: MIT */
/* ntifs/nt.h - system services under their Nt and Zw names that wdm.h and ntddk.h do not
 * declare: tokens, security, directories, quotas, memory, control codes. Part of ntifs.h.
 */
#ifndef _NTIFS_NT_
#define _NTIFS_NT_

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _OBJECT_INFORMATION_CLASS {
    ObjectBasicInformation = 0,
    ObjectTypeInformation = 2
} OBJECT_INFORMATION_CLASS;

typedef struct _PUBLIC_OBJECT_BASIC_INFORMATION {
    ULONG Attributes;
    ACCESS_MASK GrantedAccess;
    ULONG HandleCount;
    ULONG PointerCount;
    ULONG Reserved[10];
} PUBLIC_OBJECT_BASIC_INFORMATION, *PPUBLIC_OBJECT_BASIC_INFORMATION;

typedef struct __PUBLIC_OBJECT_TYPE_INFORMATION {
    UNICODE_STRING TypeName;
    ULONG Reserved[22];
} PUBLIC_OBJECT_TYPE_INFORMATION, *PPUBLIC_OBJECT_TYPE_INFORMATION;

typedef enum _MEMORY_INFORMATION_CLASS { MemoryBasicInformation } MEMORY_INFORMATION_CLASS;

typedef struct _MEMORY_BASIC_INFORMATION {
    PVOID BaseAddress;
    PVOID AllocationBase;
    ULONG AllocationProtect;
#ifdef _WIN64
    USHORT PartitionId;
#endif
    SIZE_T RegionSize;
    ULONG State;
    ULONG Protect;
    ULONG Type;
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

typedef enum _VIRTUAL_MEMORY_INFORMATION_CLASS {
    VmPrefetchInformation,
    VmPagePriorityInformation,
    VmCfgCallTargetInformation
} VIRTUAL_MEMORY_INFORMATION_CLASS;
typedef struct _MEMORY_RANGE_ENTRY {
    PVOID VirtualAddress;
    SIZE_T NumberOfBytes;
} MEMORY_RANGE_ENTRY, *PMEMORY_RANGE_ENTRY;

/* Every service exists as Nt (arguments from the caller's mode) and Zw (trusted). */
#define NTIFS_SERVICE(name, arguments)              \
    NTSYSCALLAPI NTSTATUS NTAPI Nt##name arguments; \
    NTSYSAPI NTSTATUS NTAPI Zw##name arguments

NTIFS_SERVICE(DeviceIoControlFile,
              (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
               PIO_STATUS_BLOCK IoStatusBlock, ULONG IoControlCode, PVOID InputBuffer,
               ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength));
NTIFS_SERVICE(FsControlFile,
              (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
               PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode, PVOID InputBuffer,
               ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength));
NTIFS_SERVICE(LockFile,
              (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
               PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length,
               ULONG Key, BOOLEAN FailImmediately, BOOLEAN ExclusiveLock));
NTIFS_SERVICE(UnlockFile, (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                           PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key));
NTIFS_SERVICE(QueryDirectoryFile,
              (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
               PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation, ULONG Length,
               FILE_INFORMATION_CLASS FileInformationClass, BOOLEAN ReturnSingleEntry,
               PUNICODE_STRING FileName, BOOLEAN RestartScan));
#if (NTDDI_VERSION >= NTDDI_WIN10_RS3)
NTIFS_SERVICE(QueryDirectoryFileEx,
              (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
               PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation, ULONG Length,
               FILE_INFORMATION_CLASS FileInformationClass, ULONG QueryFlags,
               PUNICODE_STRING FileName));
#define SL_QUERY_DIRECTORY_MASK 0x1b
#endif
NTIFS_SERVICE(QueryVolumeInformationFile,
              (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FsInformation, ULONG Length,
               FS_INFORMATION_CLASS FsInformationClass));
NTIFS_SERVICE(SetVolumeInformationFile,
              (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FsInformation, ULONG Length,
               FS_INFORMATION_CLASS FsInformationClass));
NTIFS_SERVICE(QueryQuotaInformationFile,
              (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
               BOOLEAN ReturnSingleEntry, PVOID SidList, ULONG SidListLength, PSID StartSid,
               BOOLEAN RestartScan));
NTIFS_SERVICE(SetQuotaInformationFile,
              (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length));
NTIFS_SERVICE(QueryEaFile, (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                            ULONG Length, BOOLEAN ReturnSingleEntry, PVOID EaList,
                            ULONG EaListLength, PULONG EaIndex, BOOLEAN RestartScan));
NTIFS_SERVICE(SetEaFile,
              (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length));
NTIFS_SERVICE(DeleteFile, (POBJECT_ATTRIBUTES ObjectAttributes));
NTIFS_SERVICE(FlushBuffersFile, (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock));
#if (NTDDI_VERSION >= NTDDI_WIN8)
#define FLUSH_FLAGS_FILE_DATA_ONLY      0x00000001
#define FLUSH_FLAGS_NO_SYNC             0x00000002
#define FLUSH_FLAGS_FILE_DATA_SYNC_ONLY 0x00000004
NTIFS_SERVICE(FlushBuffersFileEx, (HANDLE FileHandle, ULONG Flags, PVOID Parameters,
                                   ULONG ParametersSize, PIO_STATUS_BLOCK IoStatusBlock));
#endif

NTIFS_SERVICE(OpenProcessToken,
              (HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle));
NTIFS_SERVICE(OpenProcessTokenEx, (HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                   ULONG HandleAttributes, PHANDLE TokenHandle));
NTIFS_SERVICE(OpenThreadToken, (HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                                PHANDLE TokenHandle));
NTIFS_SERVICE(OpenThreadTokenEx, (HANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                  BOOLEAN OpenAsSelf, ULONG HandleAttributes, PHANDLE TokenHandle));
NTIFS_SERVICE(DuplicateToken, (HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess,
                               POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN EffectiveOnly,
                               TOKEN_TYPE TokenType, PHANDLE NewTokenHandle));
NTIFS_SERVICE(QueryInformationToken,
              (HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
               PVOID TokenInformation, ULONG TokenInformationLength, PULONG ReturnLength));
NTIFS_SERVICE(SetInformationToken,
              (HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
               PVOID TokenInformation, ULONG TokenInformationLength));
NTIFS_SERVICE(PrivilegeCheck,
              (HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges, PBOOLEAN Result));
NTIFS_SERVICE(AdjustPrivilegesToken,
              (HANDLE TokenHandle, BOOLEAN DisableAllPrivileges, PTOKEN_PRIVILEGES NewState,
               ULONG BufferLength, PTOKEN_PRIVILEGES PreviousState, PULONG ReturnLength));
NTIFS_SERVICE(QuerySecurityObject,
              (HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
               PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length, PULONG LengthNeeded));
NTIFS_SERVICE(SetSecurityObject, (HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                  PSECURITY_DESCRIPTOR SecurityDescriptor));

NTIFS_SERVICE(QueryObject,
              (HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
               PVOID ObjectInformation, ULONG ObjectInformationLength, PULONG ReturnLength));
NTIFS_SERVICE(DuplicateObject, (HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options));
NTIFS_SERVICE(OpenDirectoryObject, (PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes));
NTIFS_SERVICE(CreateEvent,
              (PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
               EVENT_TYPE EventType, BOOLEAN InitialState));
NTIFS_SERVICE(SetEvent, (HANDLE EventHandle, PLONG PreviousState));
NTIFS_SERVICE(WaitForSingleObject, (HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout));
NTIFS_SERVICE(WaitForMultipleObjects, (ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType,
                                       BOOLEAN Alertable, PLARGE_INTEGER Timeout));
NTIFS_SERVICE(NotifyChangeKey,
              (HANDLE KeyHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
               PIO_STATUS_BLOCK IoStatusBlock, ULONG CompletionFilter, BOOLEAN WatchTree,
               PVOID Buffer, ULONG BufferSize, BOOLEAN Asynchronous));

NTIFS_SERVICE(AllocateVirtualMemory, (HANDLE ProcessHandle, PVOID *BaseAddress, ULONG_PTR ZeroBits,
                                      PSIZE_T RegionSize, ULONG AllocationType, ULONG Protect));
NTIFS_SERVICE(FreeVirtualMemory,
              (HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize, ULONG FreeType));
NTIFS_SERVICE(QueryVirtualMemory,
              (HANDLE ProcessHandle, PVOID BaseAddress,
               MEMORY_INFORMATION_CLASS MemoryInformationClass, PVOID MemoryInformation,
               SIZE_T MemoryInformationLength, PSIZE_T ReturnLength));
NTIFS_SERVICE(FlushVirtualMemory, (HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
                                   PIO_STATUS_BLOCK IoStatus));
#if (NTDDI_VERSION >= NTDDI_WIN10)
NTIFS_SERVICE(SetInformationVirtualMemory,
              (HANDLE ProcessHandle, VIRTUAL_MEMORY_INFORMATION_CLASS VmInformationClass,
               ULONG_PTR NumberOfEntries, PMEMORY_RANGE_ENTRY VirtualAddresses, PVOID VmInformation,
               ULONG VmInformationLength));
#endif
#undef NTIFS_SERVICE

/* Zw forms of these are in wdm.h. */
NTSYSCALLAPI NTSTATUS NTAPI NtClose(HANDLE Handle);
NTSYSCALLAPI NTSTATUS NTAPI NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes,
                                         PIO_STATUS_BLOCK IoStatusBlock,
                                         PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                                         ULONG ShareAccess, ULONG CreateDisposition,
                                         ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                       POBJECT_ATTRIBUTES ObjectAttributes,
                                       PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                       ULONG OpenOptions);
NTSYSCALLAPI NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                       PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                       PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset,
                                       PULONG Key);
NTSYSCALLAPI NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                        PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                        PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset,
                                        PULONG Key);
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationFile(HANDLE FileHandle,
                                                   PIO_STATUS_BLOCK IoStatusBlock,
                                                   PVOID FileInformation, ULONG Length,
                                                   FILE_INFORMATION_CLASS FileInformationClass);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                                 PVOID FileInformation, ULONG Length,
                                                 FILE_INFORMATION_CLASS FileInformationClass);
NTSYSCALLAPI NTSTATUS NTAPI NtCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes,
                                            PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection,
                                            ULONG AllocationAttributes, HANDLE FileHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationThread(HANDLE ThreadHandle,
                                                   THREADINFOCLASS ThreadInformationClass,
                                                   PVOID ThreadInformation,
                                                   ULONG ThreadInformationLength);

#ifdef __cplusplus
}
#endif
#endif
