/* SPDX-License-Identifier: MIT */
/* ntdll/nt.h - system services and Rtl functions that the kit's headers do not declare.
 *
 * Services are the generated stubs; their pointers must lie in the program's window (stack of
 * a program's thread, heap, images): the kernel sees nothing else.
 */
#ifndef NTDLL_NT_H
#define NTDLL_NT_H

#include "ntdll/teb.h"

#define NT(name, ...) NTSTATUS NTAPI Nt##name(__VA_ARGS__)
NT(CoveMemoryFault, ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute);
NT(CoveTraceThunk, ULONG Kind, ULONG First, ULONG Second);
NT(MapViewOfSection, HANDLE SectionHandle, HANDLE ProcessHandle, PVOID *BaseAddress,
   ULONG_PTR ZeroBits, SIZE_T CommitSize, PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
   SECTION_INHERIT InheritDisposition, ULONG AllocationType, ULONG Protect);
NT(OpenSection, PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes);
NT(UnmapViewOfSection, HANDLE ProcessHandle, PVOID BaseAddress);
NT(LockVirtualMemory, HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize, ULONG Type);
NT(UnlockVirtualMemory, HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize, ULONG Type);
NT(ReadVirtualMemory, HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer, SIZE_T Length,
   PSIZE_T Done);
NT(WriteVirtualMemory, HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer, SIZE_T Length,
   PSIZE_T Done);
NT(CreateNamedPipeFile, PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
   ULONG CreateDisposition, ULONG CreateOptions, ULONG NamedPipeType, ULONG ReadMode,
   ULONG CompletionMode, ULONG MaximumInstances, ULONG InboundQuota, ULONG OutboundQuota,
   PLARGE_INTEGER DefaultTimeout);
NT(CancelIoFile, HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);
NT(CancelIoFileEx, HANDLE FileHandle, PVOID IoRequestToCancel, PIO_STATUS_BLOCK IoStatusBlock);
NT(CancelSynchronousIoFile, HANDLE ThreadHandle, PVOID IoRequestToCancel,
   PIO_STATUS_BLOCK IoStatusBlock);
NT(QueryAttributesFile, POBJECT_ATTRIBUTES ObjectAttributes, PVOID FileInformation);
NT(QueryFullAttributesFile, POBJECT_ATTRIBUTES ObjectAttributes, PVOID FileInformation);
NT(MakeTemporaryObject, HANDLE Handle);
NT(CreateDirectoryObject, PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes);
NT(QueryDirectoryObject, HANDLE DirectoryHandle, PVOID Buffer, ULONG Length,
   BOOLEAN ReturnSingleEntry, BOOLEAN RestartScan, PULONG Context, PULONG ReturnLength);
NT(CreateSymbolicLinkObject, PHANDLE LinkHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes, PUNICODE_STRING LinkTarget);
NT(OpenSymbolicLinkObject, PHANDLE LinkHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes);
NT(QuerySymbolicLinkObject, HANDLE LinkHandle, PUNICODE_STRING LinkTarget, PULONG ReturnedLength);
NT(WaitForMultipleObjects, ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType, BOOLEAN Alertable,
   PLARGE_INTEGER Timeout);
NT(SignalAndWaitForSingleObject, HANDLE SignalHandle, HANDLE WaitHandle, BOOLEAN Alertable,
   PLARGE_INTEGER Timeout);
NT(DelayExecution, BOOLEAN Alertable, PLARGE_INTEGER DelayInterval);
NT(YieldExecution, void);
NT(OpenEvent, PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes);
NT(ResetEvent, HANDLE EventHandle, PLONG PreviousState);
NT(ClearEvent, HANDLE EventHandle);
NT(PulseEvent, HANDLE EventHandle, PLONG PreviousState);
NT(QueryEvent, HANDLE EventHandle, ULONG Class, PVOID Information, ULONG Length, PULONG Returned);
NT(CreateMutant, PHANDLE MutantHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN InitialOwner);
NT(OpenMutant, PHANDLE MutantHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes);
NT(ReleaseMutant, HANDLE MutantHandle, PLONG PreviousCount);
NT(CreateSemaphore, PHANDLE SemaphoreHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes, LONG InitialCount, LONG MaximumCount);
NT(OpenSemaphore, PHANDLE SemaphoreHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes);
NT(ReleaseSemaphore, HANDLE SemaphoreHandle, LONG ReleaseCount, PLONG PreviousCount);
NT(CreateTimer, PHANDLE TimerHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
   TIMER_TYPE TimerType);
NT(OpenTimer, PHANDLE TimerHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes);
NT(SetTimer, HANDLE TimerHandle, PLARGE_INTEGER DueTime, PVOID TimerApcRoutine, PVOID TimerContext,
   BOOLEAN ResumeTimer, LONG Period, PBOOLEAN PreviousState);
NT(CancelTimer, HANDLE TimerHandle, PBOOLEAN CurrentState);
NT(CreateIoCompletion, PHANDLE IoCompletionHandle, ACCESS_MASK DesiredAccess,
   POBJECT_ATTRIBUTES ObjectAttributes, ULONG NumberOfConcurrentThreads);
NT(SetIoCompletion, HANDLE IoCompletionHandle, PVOID KeyContext, PVOID ApcContext,
   NTSTATUS IoStatus, ULONG_PTR IoStatusInformation);
NT(RemoveIoCompletion, HANDLE IoCompletionHandle, PVOID *KeyContext, PVOID *ApcContext,
   PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER Timeout);
NT(RemoveIoCompletionEx, HANDLE IoCompletionHandle, PVOID IoCompletionInformation, ULONG Count,
   PULONG NumEntriesRemoved, PLARGE_INTEGER Timeout, BOOLEAN Alertable);
NT(OpenThread, PHANDLE ThreadHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
   PCLIENT_ID ClientId);
NT(TerminateThread, HANDLE ThreadHandle, NTSTATUS ExitStatus);
NT(TerminateProcess, HANDLE ProcessHandle, NTSTATUS ExitStatus);
NT(QueueApcThread, HANDLE ThreadHandle, PVOID ApcRoutine, PVOID Argument1, PVOID Argument2,
   PVOID Argument3);
NT(TestAlert, void);
NT(CoveChildAnnounce, PUNICODE_STRING Image, PUNICODE_STRING Directory, const uint64_t *Standard,
   ULONG Flags, PVOID Answer);
NT(CoveChildCollect, ULONG64 Ticket, PHANDLE Process, PHANDLE Thread, PCLIENT_ID Id,
   PLARGE_INTEGER Timeout);
NT(CoveChildDrop, ULONG64 Ticket);
NT(CovePipeCreate, PHANDLE Read, PHANDLE Write, ULONG Attributes);
NT(SetInformationObject, HANDLE Handle, ULONG Class, PVOID Information, ULONG Length);
NT(CoveApcTake, PVOID Call);
NT(SuspendThread, HANDLE ThreadHandle, PULONG PreviousSuspendCount);
NT(ResumeThread, HANDLE ThreadHandle, PULONG PreviousSuspendCount);
NT(QueryInformationThread, HANDLE ThreadHandle, ULONG ThreadInformationClass,
   PVOID ThreadInformation, ULONG Length, PULONG ReturnLength);
NT(ProtectVirtualMemory, HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
   ULONG NewProtect, PULONG OldProtect);
NT(CreateKey, PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
   ULONG TitleIndex, PUNICODE_STRING Class, ULONG CreateOptions, PULONG Disposition);
NT(OpenKey, PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes);
NT(DeleteKey, HANDLE KeyHandle);
NT(QueryKey, HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass, PVOID KeyInformation,
   ULONG Length, PULONG ResultLength);
NT(EnumerateKey, HANDLE KeyHandle, ULONG Index, KEY_INFORMATION_CLASS KeyInformationClass,
   PVOID KeyInformation, ULONG Length, PULONG ResultLength);
NT(SetValueKey, HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex, ULONG Type,
   PVOID Data, ULONG DataSize);
NT(QueryValueKey, HANDLE KeyHandle, PUNICODE_STRING ValueName,
   KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass, PVOID KeyValueInformation, ULONG Length,
   PULONG ResultLength);
NT(EnumerateValueKey, HANDLE KeyHandle, ULONG Index,
   KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass, PVOID KeyValueInformation, ULONG Length,
   PULONG ResultLength);
NT(DeleteValueKey, HANDLE KeyHandle, PUNICODE_STRING ValueName);
NT(FlushKey, HANDLE KeyHandle);
NT(SaveKeyEx, HANDLE KeyHandle, HANDLE FileHandle, ULONG Format);
NT(RestoreKey, HANDLE KeyHandle, HANDLE FileHandle, ULONG Flags);
NT(LoadKey, POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile);
NT(UnloadKey, POBJECT_ATTRIBUTES TargetKey);
NT(ReplaceKey, POBJECT_ATTRIBUTES NewFile, HANDLE KeyHandle, POBJECT_ATTRIBUTES OldFile);
NT(QuerySystemInformation, ULONG SystemInformationClass, PVOID SystemInformation, ULONG Length,
   PULONG ReturnLength);
NT(QueryPerformanceCounter, PLARGE_INTEGER PerformanceCounter, PLARGE_INTEGER Frequency);
NT(LoadDriver, PUNICODE_STRING DriverServiceName);
NT(UnloadDriver, PUNICODE_STRING DriverServiceName);
NT(CoveThreadCreate, PHANDLE ThreadHandle, PULONG_PTR ThreadId, PULONG Channel,
   ACCESS_MASK DesiredAccess, BOOLEAN IsSuspended, PVOID StartRoutine);
NT(CoveThreadBegin, PVOID Teb);
NT(CoveServiceControl, ULONG Operation, const char *Name, const void *Input, ULONG InputLength,
   PVOID Output, ULONG OutputLength);
NT(CovePlugPlay, ULONG Operation, const void *Input, ULONG InputLength, PVOID Output,
   ULONG OutputLength);
#undef NT

#endif
