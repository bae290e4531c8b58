/* SPDX-License-Identifier: MIT */
/* process_ddi.c - what drivers call to find and read processes, and to stand in one. */
#include "ps_internal.h"
#include "rtl/rtl.h"

#include <string.h>

#include "ps_ddi.h"

/* Variables that drivers import. */
PEPROCESS PsInitialSystemProcess; /* set when the machine starts */
POBJECT_TYPE *PsProcessType = (POBJECT_TYPE *)&ps_process_type;

static struct process *process_of(PEPROCESS process)
{
    return (struct process *)process;
}

/* The process in whose context the caller runs.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-iogetcurrentprocess
 */
PEPROCESS NTAPI ddi_PsGetCurrentProcess(VOID)
{
    return (PEPROCESS)ps_process_current();
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-ntddk-psgetcurrentprocessid
 * Differs: as documented it is the process of the thread, not the attached one
 */
HANDLE NTAPI PsGetCurrentProcessId(VOID)
{
    struct process_thread *thread = ps_thread_current();
    return (HANDLE)(thread ? thread->process : ps_system_process)->id;
}

ULONG NTAPI PsGetCurrentProcessSessionId(VOID)
{
    return 0;
}

ULONG NTAPI PsGetProcessSessionId(PEPROCESS Process)
{
    return 0;
}

/* Gives a reference.
 *
 * IRQL:    <= APC_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER: no such process (any more)
 * Doc:     nf-ntifs-pslookupprocessbyprocessid
 */
NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct process *found = ps_process_find_get((uint64_t)ProcessId);
    if (!found)
        return STATUS_INVALID_PARAMETER;
    *Process = (PEPROCESS)found;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntddk-psgetprocessid */
HANDLE NTAPI PsGetProcessId(PEPROCESS Process)
{
    return (HANDLE)process_of(Process)->id;
}

/* Doc:     nf-ntddk-psgetprocesscreatetimequadpart */
LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process)
{
    return process_of(Process)->create_time;
}

/* STATUS_PENDING while it runs.
 *
 * Doc:     nf-ntddk-psgetprocessexitstatus
 */
NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process)
{
    return process_of(Process)->exit_status;
}

/* Of the current process, as documented; 0 while it runs.
 *
 * Doc:     nf-ntifs-psgetprocessexittime
 */
LARGE_INTEGER NTAPI PsGetProcessExitTime(VOID)
{
    LARGE_INTEGER time = {.QuadPart = ps_process_current()->exit_time};
    return time;
}

BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS Process)
{
    return process_of(Process)->is_ending;
}

/* The file's name, at most 14 bytes. */
PUCHAR NTAPI PsGetProcessImageFileName(PEPROCESS Process)
{
    return (PUCHAR)process_of(Process)->image_file_name;
}

/* An identifier of this run of the machine that is never used again.
 *
 * Doc:     nf-ntddk-psgetprocessstartkey
 */
ULONGLONG NTAPI PsGetProcessStartKey(PEPROCESS Process)
{
    return (uint64_t)process_of(Process)->create_time << 16 ^ process_of(Process)->id;
}

PVOID NTAPI PsGetProcessPeb(PEPROCESS Process)
{
    return (PVOID)process_of(Process)->peb;
}

PVOID NTAPI PsGetProcessSectionBaseAddress(PEPROCESS Process)
{
    return (PVOID)process_of(Process)->image_base;
}

/* The 32-bit environment of the process, NULL for a 64-bit one. */
PVOID NTAPI PsGetProcessWow64Process(PEPROCESS Process)
{
    return process_of(Process)->is_32bit ? (PVOID)process_of(Process)->peb : NULL;
}

/* No process of ours is in a job, debugged or protected. */
PVOID NTAPI PsGetProcessJob(PEPROCESS Process)
{
    return NULL;
}

BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS Process)
{
    return FALSE;
}

UCHAR NTAPI PsGetProcessProtection(PEPROCESS Process)
{
    return 0;
}

/* Doc:     nf-wdm-psgetversion
 * IRQL:    <= DISPATCH_LEVEL
 */
BOOLEAN NTAPI PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
                           PUNICODE_STRING CSDVersion)
{
    const KUSER_SHARED_DATA *shared = ke_shared_data();
    if (MajorVersion)
        *MajorVersion = shared->NtMajorVersion;
    if (MinorVersion)
        *MinorVersion = shared->NtMinorVersion;
    if (BuildNumber)
        *BuildNumber = shared->NtBuildNumber & 0x3fffffff;
    if (CSDVersion)
        RtlInitUnicodeString(CSDVersion, rtl_service_pack());
    return FALSE; /* not a checked build */
}

/* Gives a reference.
 *
 * Doc:     nf-ntifs-psreferenceprimarytoken
 */
PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    ob_reference(process_of(Process)->token);
    return process_of(Process)->token;
}

/* Doc:     nf-ntifs-psdereferenceprimarytoken */
VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken)
{
    ob_dereference(PrimaryToken);
}

/* Keeps the process from being taken down; its memory and handles stay meanwhile.
 *
 * Errors:  STATUS_PROCESS_IS_TERMINATING
 */
NTSTATUS NTAPI PsAcquireProcessExitSynchronization(PEPROCESS Process)
{
    return ExAcquireRundownProtection(&process_of(Process)->exit_synchronization)
               ? STATUS_SUCCESS
               : STATUS_PROCESS_IS_TERMINATING;
}

VOID NTAPI PsReleaseProcessExitSynchronization(PEPROCESS Process)
{
    ExReleaseRundownProtection(&process_of(Process)->exit_synchronization);
}

/* There is no window manager in the kernel: nothing of its hangs on a process or thread. */
PVOID NTAPI PsGetProcessWin32Process(PEPROCESS Process)
{
    return NULL;
}

PVOID NTAPI PsGetThreadWin32Thread(PETHREAD Thread)
{
    return NULL;
}

/* Nobody collects counters of disks here.
 *
 * Doc:     nf-ntifs-psisdiskcountersenabled
 */
BOOLEAN NTAPI PsIsDiskCountersEnabled(VOID)
{
    return FALSE;
}

/* The full name of the program's file, in pool (ExFreePool).
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-ntifs-selocateprocessimagename
 * Differs: the name that the process was started with, which need not be a full one
 */
NTSTATUS NTAPI SeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *pImageFileName)
{
    UNICODE_STRING name;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    NTSTATUS status = rtl_unicode_of(process_of(Process)->image_name, &name);
    if (!NT_SUCCESS(status))
        return status;
    UNICODE_STRING *copy =
        ExAllocatePool2(POOL_FLAG_PAGED, sizeof *copy + name.Length + sizeof(WCHAR), PS_TAG);
    if (copy) {
        *copy =
            (UNICODE_STRING){name.Length, (USHORT)(name.Length + sizeof(WCHAR)), (PWCH)(copy + 1)};
        memcpy(copy->Buffer, name.Buffer, name.Length);
        *pImageFileName = copy;
    } else {
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlFreeUnicodeString(&name);
    return status;
}

/* ---- standing in another process ------------------------------------------------------ */

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-ntifs-kestackattachprocess
 * Differs: APCs stay deliverable while attached
 */
VOID NTAPI KeStackAttachProcess(PRKPROCESS PROCESS, PRKAPC_STATE ApcState)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    memset(ApcState, 0, sizeof *ApcState);
    ApcState->Process = (PRKPROCESS)ps_attach((struct process *)PROCESS);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-ntifs-keunstackdetachprocess
 */
VOID NTAPI KeUnstackDetachProcess(PRKAPC_STATE ApcState)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ps_detach((struct process *)ApcState->Process);
}

/* A second, different process is bug check INVALID_PROCESS_ATTACH_ATTEMPT.
 *
 * Doc:     nf-ntifs-keattachprocess
 */
VOID NTAPI KeAttachProcess(PRKPROCESS Process)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct process *attached = ke_thread_current()->attached_process;
    if (attached && attached != (struct process *)Process) {
        struct bugcheck stop = {.code = 0x5,
                                .parameter = {(ULONG_PTR)Process, (ULONG_PTR)attached}};
        ke_bugcheck(&stop);
    }
    ps_attach((struct process *)Process);
}

/* Doc:     nf-ntifs-kedetachprocess */
VOID NTAPI KeDetachProcess(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ps_detach(NULL);
}
