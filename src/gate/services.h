/* SPDX-License-Identifier: MIT */
/* services.h - what the room's services share: prototypes the kit does not have, and the
 * steps that many of them begin with. */
#ifndef GATE_SERVICES_H
#define GATE_SERVICES_H

#include "gate/gate.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"

/* A timeout from a program; out_timeout is NULL for "for ever". */
NTSTATUS gate_capture_timeout(const LARGE_INTEGER *user, LARGE_INTEGER *storage,
                              LARGE_INTEGER **out_timeout);
/* An optional ReturnLength. */
NTSTATUS gate_length_tell(PULONG user, ULONG length);
/* Creates an object of a type with a prepared body: name, handle, and the handle told to the
 * program. Takes body. */
NTSTATUS gate_object_insert(void *body, const struct gate_attributes *attributes,
                            ACCESS_MASK access, PHANDLE handle);
/* Opens by name and tells the handle. */
NTSTATUS gate_object_open(struct object_type *type, const OBJECT_ATTRIBUTES *attributes,
                          ACCESS_MASK access, PHANDLE handle);

struct io_request;
/* The first half of every request on a file: what they all have in common is captured into
 * request. On failure nothing is referenced. */
NTSTATUS gate_request_check(HANDLE file, HANDLE event, PIO_STATUS_BLOCK status_block,
                            ACCESS_MASK access, struct io_request *request,
                            ACCESS_MASK *out_granted);
/* What the check has referenced, when the request is not sent. */
void gate_request_release(struct io_request *request);
/* A user APC for a thread of a program. Errors: STATUS_INVALID_HANDLE (a system thread),
 * STATUS_NO_MEMORY, STATUS_UNSUCCESSFUL (it ends). */
NTSTATUS gate_apc_queue(void *thread, PVOID routine, PVOID argument1, PVOID argument2,
                        PVOID argument3);

/* NtDeviceIoControlFile as the gate enters it. */
uint64_t gate_device_control(const uint64_t *args);

#define SERVICE NTSTATUS NTAPI

/* winnt.h and winternl.h have these; the driver kit does not. */
#ifndef IO_COMPLETION_MODIFY_STATE
#define IO_COMPLETION_MODIFY_STATE 0x0002
#endif
struct gate_times {
    LARGE_INTEGER create, exit, kernel, user;
};

/* objects and waits */
SERVICE NtDuplicateObject(HANDLE SourceProcess, HANDLE Source, HANDLE TargetProcess, PHANDLE Target,
                          ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options);
SERVICE NtQueryObject(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length,
                      PULONG ReturnLength);
SERVICE NtSetInformationObject(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length);
SERVICE NtMakeTemporaryObject(HANDLE Handle);
SERVICE NtCreateDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtOpenDirectoryObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtCreateSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access,
                                   POBJECT_ATTRIBUTES Attributes, PUNICODE_STRING Target);
SERVICE NtOpenSymbolicLinkObject(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtQuerySymbolicLinkObject(HANDLE Handle, PUNICODE_STRING Target, PULONG ReturnedLength);
SERVICE NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);
SERVICE NtWaitForMultipleObjects(ULONG Count, HANDLE *Handles, WAIT_TYPE Type, BOOLEAN Alertable,
                                 PLARGE_INTEGER Timeout);
SERVICE NtSignalAndWaitForSingleObject(HANDLE Signal, HANDLE Wait, BOOLEAN Alertable,
                                       PLARGE_INTEGER Timeout);
SERVICE NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER Interval);
SERVICE NtYieldExecution(VOID);
SERVICE NtQueueApcThread(HANDLE Handle, PVOID Routine, PVOID Argument1, PVOID Argument2,
                         PVOID Argument3);
SERVICE NtTestAlert(VOID);
SERVICE NtCoveApcTake(PVOID Call);
SERVICE NtCoveTraceThunk(ULONG Kind, ULONG First, ULONG Second);
/* events, mutants, semaphores, timers */
SERVICE NtCreateEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                      EVENT_TYPE Type, BOOLEAN InitialState);
SERVICE NtOpenEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtSetEvent(HANDLE Handle, PLONG PreviousState);
SERVICE NtResetEvent(HANDLE Handle, PLONG PreviousState);
SERVICE NtClearEvent(HANDLE Handle);
SERVICE NtPulseEvent(HANDLE Handle, PLONG PreviousState);
SERVICE NtCreateMutant(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                       BOOLEAN InitialOwner);
SERVICE NtOpenMutant(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtReleaseMutant(HANDLE Handle, PLONG PreviousCount);
SERVICE NtCreateSemaphore(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                          LONG Initial, LONG Maximum);
SERVICE NtOpenSemaphore(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtReleaseSemaphore(HANDLE Handle, LONG Count, PLONG PreviousCount);
SERVICE NtCreateTimer(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                      TIMER_TYPE Type);
SERVICE NtOpenTimer(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtSetTimer(HANDLE Handle, PLARGE_INTEGER DueTime, PVOID ApcRoutine, PVOID ApcContext,
                   BOOLEAN Resume, LONG Period, PBOOLEAN PreviousState);
SERVICE NtCancelTimer(HANDLE Handle, PBOOLEAN CurrentState);
/* completion ports */
SERVICE NtCreateIoCompletion(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                             ULONG Count);
SERVICE NtSetIoCompletion(HANDLE Handle, PVOID Key, PVOID Context, NTSTATUS Status,
                          ULONG_PTR Information);
SERVICE NtRemoveIoCompletion(HANDLE Handle, PVOID *Key, PVOID *Context, PIO_STATUS_BLOCK Status,
                             PLARGE_INTEGER Timeout);
SERVICE NtRemoveIoCompletionEx(HANDLE Handle, PVOID Entries, ULONG Count, PULONG Removed,
                               PLARGE_INTEGER Timeout, BOOLEAN Alertable);
/* files */
SERVICE NtDeviceIoControlFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                              PIO_STATUS_BLOCK Status, ULONG Code, PVOID Input, ULONG InputLength,
                              PVOID Output, ULONG OutputLength);
SERVICE NtFsControlFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                        PIO_STATUS_BLOCK Status, ULONG Code, PVOID Input, ULONG InputLength,
                        PVOID Output, ULONG OutputLength);
SERVICE NtCancelIoFile(HANDLE File, PIO_STATUS_BLOCK Status);
SERVICE NtCancelIoFileEx(HANDLE File, PIO_STATUS_BLOCK Request, PIO_STATUS_BLOCK Status);
SERVICE NtCancelSynchronousIoFile(HANDLE Thread, PIO_STATUS_BLOCK Request, PIO_STATUS_BLOCK Status);
SERVICE NtQueryDirectoryFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                             PIO_STATUS_BLOCK Status, PVOID Information, ULONG Length,
                             FILE_INFORMATION_CLASS Class, BOOLEAN Single, PUNICODE_STRING Name,
                             BOOLEAN Restart);
SERVICE NtFlushBuffersFile(HANDLE File, PIO_STATUS_BLOCK Status);
SERVICE NtQueryVolumeInformationFile(HANDLE File, PIO_STATUS_BLOCK Status, PVOID Information,
                                     ULONG Length, FS_INFORMATION_CLASS Class);
SERVICE NtDeleteFile(POBJECT_ATTRIBUTES Attributes);
SERVICE NtPowerInformation(ULONG Level, PVOID Input, ULONG InputLength, PVOID Output,
                           ULONG OutputLength);
SERVICE NtQueryAttributesFile(POBJECT_ATTRIBUTES Attributes, PFILE_BASIC_INFORMATION Information);
SERVICE NtQueryFullAttributesFile(POBJECT_ATTRIBUTES Attributes,
                                  PFILE_NETWORK_OPEN_INFORMATION Information);
/* processes, threads, memory */
SERVICE NtOpenThread(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                     PCLIENT_ID Id);
SERVICE NtTerminateProcess(HANDLE Handle, NTSTATUS Status);
SERVICE NtAlertThread(HANDLE Handle);
SERVICE NtQueryInformationThread(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length,
                                 PULONG ReturnLength);
SERVICE NtAllocateVirtualMemory(HANDLE Process, PVOID *Base, ULONG_PTR ZeroBits, PSIZE_T Size,
                                ULONG Type, ULONG Protect);
SERVICE NtFreeVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type);
SERVICE NtProtectVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Protect,
                               PULONG OldProtect);
SERVICE NtQueryVirtualMemory(HANDLE Process, PVOID Base, ULONG Class, PVOID Information,
                             SIZE_T Length, PSIZE_T ReturnLength);
SERVICE NtCreateSection(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                        PLARGE_INTEGER MaximumSize, ULONG Protect, ULONG AllocationAttributes,
                        HANDLE File);
SERVICE NtOpenSection(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtMapViewOfSection(HANDLE Section, HANDLE Process, PVOID *Base, ULONG_PTR ZeroBits,
                           SIZE_T CommitSize, PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                           SECTION_INHERIT Inherit, ULONG Type, ULONG Protect);
SERVICE NtUnmapViewOfSection(HANDLE Process, PVOID Base);
SERVICE NtQuerySection(HANDLE Section, ULONG Class, PVOID Information, SIZE_T Length,
                       PSIZE_T ReturnLength);
SERVICE NtExtendSection(HANDLE Section, PLARGE_INTEGER Size);
SERVICE NtFlushVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, PIO_STATUS_BLOCK Status);
SERVICE NtLockVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type);
SERVICE NtUnlockVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, ULONG Type);
SERVICE NtReadVirtualMemory(HANDLE Process, PVOID Base, PVOID Buffer, SIZE_T Length, PSIZE_T Done);
SERVICE NtWriteVirtualMemory(HANDLE Process, PVOID Base, PVOID Buffer, SIZE_T Length, PSIZE_T Done);
SERVICE NtCoveMemoryFault(ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute);
/* A process with memory behind a handle: its window, and a reference to its body. */
NTSTATUS gate_process_window(HANDLE handle, ACCESS_MASK access, void **out_process,
                             struct mm_window **out_window);
/* Base and size of a range, in and out. */
NTSTATUS gate_range_in(PVOID *user_base, PSIZE_T user_size, uint64_t *out_base, uint64_t *out_size);
NTSTATUS gate_range_out(PVOID *user_base, PSIZE_T user_size, uint64_t base, uint64_t size);
/* tokens */
SERVICE NtOpenProcessToken(HANDLE Process, ACCESS_MASK Access, PHANDLE Token);
SERVICE NtQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Information,
                                ULONG Length, PULONG ReturnLength);
SERVICE NtAdjustPrivilegesToken(HANDLE Token, BOOLEAN DisableAll, PTOKEN_PRIVILEGES NewState,
                                ULONG Length, PTOKEN_PRIVILEGES Previous, PULONG ReturnLength);
SERVICE NtOpenProcessTokenEx(HANDLE Process, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token);
SERVICE NtOpenThreadToken(HANDLE Thread, ACCESS_MASK Access, BOOLEAN OpenAsSelf, PHANDLE Token);
SERVICE NtOpenThreadTokenEx(HANDLE Thread, ACCESS_MASK Access, BOOLEAN OpenAsSelf, ULONG Attributes,
                            PHANDLE Token);
SERVICE NtDuplicateToken(HANDLE Existing, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                         BOOLEAN EffectiveOnly, TOKEN_TYPE Type, PHANDLE Token);
SERVICE NtSetInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Information,
                              ULONG Length);
SERVICE NtPrivilegeCheck(HANDLE Token, PPRIVILEGE_SET Required, PBOOLEAN Result);
SERVICE NtAllocateLocallyUniqueId(PLUID Luid);
SERVICE NtQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                              PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                              PULONG LengthNeeded);
SERVICE NtSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                            PSECURITY_DESCRIPTOR SecurityDescriptor);
SERVICE NtQueryDirectoryObject(HANDLE Handle, PVOID Buffer, ULONG Length, BOOLEAN Single,
                               BOOLEAN Restart, PULONG Context, PULONG ReturnLength);
SERVICE NtSetInformationProcess(HANDLE Handle, ULONG Class, PVOID Information, ULONG Length);
SERVICE NtDisplayString(PUNICODE_STRING Text);
/* registry */
SERVICE NtRenameKey(HANDLE Handle, PUNICODE_STRING NewName);
SERVICE NtSetInformationKey(HANDLE Handle, KEY_SET_INFORMATION_CLASS Class, PVOID Information,
                            ULONG Length);
SERVICE NtNotifyChangeKey(HANDLE KeyHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG CompletionFilter,
                          BOOLEAN WatchTree, PVOID Buffer, ULONG BufferSize, BOOLEAN Asynchronous);
SERVICE NtCreateKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                    ULONG TitleIndex, PUNICODE_STRING Class, ULONG Options, PULONG Disposition);
SERVICE NtOpenKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
SERVICE NtOpenKeyEx(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                    ULONG Options);
SERVICE NtDeleteKey(HANDLE Handle);
SERVICE NtQueryKey(HANDLE Handle, KEY_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
                   PULONG ResultLength);
SERVICE NtEnumerateKey(HANDLE Handle, ULONG Index, KEY_INFORMATION_CLASS Class, PVOID Information,
                       ULONG Length, PULONG ResultLength);
SERVICE NtSetValueKey(HANDLE Handle, PUNICODE_STRING Name, ULONG TitleIndex, ULONG Type, PVOID Data,
                      ULONG Size);
SERVICE NtQueryValueKey(HANDLE Handle, PUNICODE_STRING Name, KEY_VALUE_INFORMATION_CLASS Class,
                        PVOID Information, ULONG Length, PULONG ResultLength);
SERVICE NtEnumerateValueKey(HANDLE Handle, ULONG Index, KEY_VALUE_INFORMATION_CLASS Class,
                            PVOID Information, ULONG Length, PULONG ResultLength);
SERVICE NtDeleteValueKey(HANDLE Handle, PUNICODE_STRING Name);
SERVICE NtFlushKey(HANDLE Handle);
SERVICE NtSaveKey(HANDLE KeyHandle, HANDLE FileHandle);
SERVICE NtSaveKeyEx(HANDLE KeyHandle, HANDLE FileHandle, ULONG Format);
SERVICE NtRestoreKey(HANDLE KeyHandle, HANDLE FileHandle, ULONG Flags);
SERVICE NtLoadKey(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile);
SERVICE NtLoadKey2(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile, ULONG Flags);
SERVICE NtLoadKeyEx(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile, ULONG Flags,
                    HANDLE TrustClassKey, HANDLE Event, ACCESS_MASK DesiredAccess,
                    PHANDLE RootHandle, PVOID Reserved);
SERVICE NtUnloadKey(POBJECT_ATTRIBUTES TargetKey);
SERVICE NtUnloadKey2(POBJECT_ATTRIBUTES TargetKey, ULONG Flags);
SERVICE NtReplaceKey(POBJECT_ATTRIBUTES NewFile, HANDLE KeyHandle, POBJECT_ATTRIBUTES OldFile);
/* Opens or creates a key for a caller, in a transaction (a body; NULL: none). */
/* Makes attributes name what a 32-bit program has in the place of a key. True: they were changed,
 * and the path is given back at the end. */
bool gate_key_redirect(ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *out_path);
void gate_key_redirect_end(UNICODE_STRING *path);

NTSTATUS gate_key_open(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user, bool create,
                       ULONG options, PUNICODE_STRING class_name, void *transaction,
                       PULONG disposition);
SERVICE NtCreateKeyTransacted(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                              ULONG TitleIndex, PUNICODE_STRING Class, ULONG Options,
                              HANDLE Transaction, PULONG Disposition);
SERVICE NtOpenKeyTransacted(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            HANDLE Transaction);
SERVICE NtOpenKeyTransactedEx(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                              ULONG Options, HANDLE Transaction);
/* the system */
SERVICE NtQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length, PULONG ReturnLength);
SERVICE NtQuerySystemTime(PLARGE_INTEGER Time);
SERVICE NtQueryPerformanceCounter(PLARGE_INTEGER Counter, PLARGE_INTEGER Frequency);
SERVICE NtLoadDriver(PUNICODE_STRING Service);
SERVICE NtUnloadDriver(PUNICODE_STRING Service);

#endif
