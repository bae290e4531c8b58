/* SPDX-License-Identifier: MIT */
/* thread_ddi.c - threads and processes. Doc: processthreadsapi.h
 *
 * Differs: priorities and affinities are taken and shown again but the host decides.
 */
#include <string.h>

#include "host/host.h"
#include "ntdll/process.h"
#include "ntdll/thread.h"
#include "win32_internal.h"

#define CREATE_SUSPENDED 0x4u
#define STILL_ACTIVE     259u

struct thread_basic { /* THREAD_BASIC_INFORMATION */
    NTSTATUS exit_status;
    PVOID teb;
    HANDLE process, thread;
    ULONG_PTR affinity;
    LONG priority, base_priority;
};

struct process_basic { /* PROCESS_BASIC_INFORMATION */
    NTSTATUS exit_status;
    PVOID peb;
    ULONG_PTR affinity;
    LONG base_priority;
    ULONG_PTR id, parent;
};

/* ---- threads ----------------------------------------------------------------------------------
 */

EXPORT(HANDLE, CreateThread,
       (SECURITY_ATTRIBUTES * security, SIZE_T stack, LPTHREAD_START_ROUTINE start, LPVOID argument,
        DWORD flags, DWORD *id))
{
    HANDLE handle;
    ULONG_PTR made;
    NTSTATUS status =
        thread_create(start, argument, stack, flags & CREATE_SUSPENDED, &handle, &made);
    if (!error_result(status))
        return NULL;
    if (id)
        *id = (DWORD)made;
    return handle;
}

EXPORT(HANDLE, CreateRemoteThread,
       (HANDLE process, SECURITY_ATTRIBUTES *security, SIZE_T stack, LPTHREAD_START_ROUTINE start,
        LPVOID argument, DWORD flags, DWORD *id))
{
    if (process != ZwCurrentProcess())
        return error_fail(ERROR_NOT_SUPPORTED), NULL;
    return CreateThread(security, stack, start, argument, flags, id);
}

EXPORT(void, ExitThread, (DWORD code))
{
    thread_exit(code);
}

EXPORT(void, FreeLibraryAndExitThread, (HMODULE module, DWORD code))
{
    BOOL WINAPI FreeLibrary(HMODULE);
    FreeLibrary(module);
    thread_exit(code);
}

EXPORT(BOOL, TerminateThread, (HANDLE thread, DWORD code))
{
    return error_result(NtTerminateThread(thread, (NTSTATUS)code));
}

EXPORT(DWORD, ResumeThread, (HANDLE thread))
{
    ULONG previous = 0;
    return error_result(NtResumeThread(thread, &previous)) ? previous : (DWORD)-1;
}

EXPORT(DWORD, SuspendThread, (HANDLE thread))
{
    ULONG previous = 0;
    struct thread_basic basic;
    if (!error_result(NtSuspendThread(thread, &previous)))
        return (DWORD)-1;
    if (NT_SUCCESS(NtQueryInformationThread(thread, 0, &basic, sizeof basic, NULL)) &&
        basic.process == teb_current()->UniqueProcess &&
        basic.thread != teb_current()->UniqueThread)
        thread_stopped_wait((ULONG_PTR)basic.thread);
    return previous;
}

EXPORT(HANDLE, GetCurrentThread, (void))
{
    return ZwCurrentThread();
}

EXPORT(DWORD, GetCurrentThreadId, (void))
{
    return (DWORD)(ULONG_PTR)teb_current()->UniqueThread;
}

EXPORT(DWORD, GetThreadId, (HANDLE thread))
{
    struct thread_basic basic;
    NTSTATUS status = NtQueryInformationThread(thread, 0, &basic, sizeof basic, NULL);
    return error_result(status) ? (DWORD)(ULONG_PTR)basic.thread : 0;
}

EXPORT(BOOL, GetExitCodeThread, (HANDLE thread, DWORD *code))
{
    struct thread_basic basic;
    NTSTATUS status = NtQueryInformationThread(thread, 0, &basic, sizeof basic, NULL);
    if (NT_SUCCESS(status))
        *code = (DWORD)basic.exit_status;
    return error_result(status);
}

EXPORT(HANDLE, OpenThread, (DWORD access, BOOL inherit, DWORD id))
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID client = {NULL, (HANDLE)(ULONG_PTR)id};
    HANDLE handle = NULL;
    InitializeObjectAttributes(&attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL, NULL);
    return error_result(NtOpenThread(&handle, access, &attributes, &client)) ? handle : NULL;
}

EXPORT(BOOL, SetThreadPriority, (HANDLE thread, int priority))
{
    LONG increment = priority;
    NTSTATUS status =
        NtSetInformationThread(thread, ThreadBasePriority, &increment, sizeof increment);
    /* A service that does not know the class knows no priorities: they are only advice. */
    return status == STATUS_INVALID_INFO_CLASS || status == STATUS_NOT_IMPLEMENTED
               ? TRUE
               : error_result(status);
}

EXPORT(int, GetThreadPriority, (HANDLE thread))
{
    return 0; /* THREAD_PRIORITY_NORMAL */
}

EXPORT(ULONG_PTR, SetThreadAffinityMask, (HANDLE thread, ULONG_PTR mask))
{
    if (!mask)
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    return ((ULONG_PTR)1 << host_cpu_count()) - 1;
}

EXPORT(DWORD, SetThreadIdealProcessor, (HANDLE thread, DWORD processor))
{
    return 0;
}

EXPORT(BOOL, SetThreadPriorityBoost, (HANDLE thread, BOOL disable))
{
    return TRUE;
}

EXPORT(LONG, SetThreadDescription, (HANDLE thread, PCWSTR text))
{
    return 0; /* S_OK */
}

EXPORT(DWORD, GetCurrentProcessorNumber, (void))
{
    return (DWORD)host_cpu_current();
}

EXPORT(void, GetCurrentThreadStackLimits, (ULONG_PTR * low, ULONG_PTR *high))
{
    *low = (ULONG_PTR)teb_current()->StackLimit;
    *high = (ULONG_PTR)teb_current()->StackBase;
}

/* ---- processes
 * ------------------------------------------------------------------------------------- */

EXPORT(HANDLE, GetCurrentProcess, (void))
{
    return ZwCurrentProcess();
}

EXPORT(DWORD, GetCurrentProcessId, (void))
{
    return (DWORD)(ULONG_PTR)teb_current()->UniqueProcess;
}

EXPORT(DWORD, GetProcessId, (HANDLE process))
{
    struct process_basic basic;
    NTSTATUS status =
        NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof basic, NULL);
    return error_result(status) ? (DWORD)basic.id : 0;
}

EXPORT(HANDLE, OpenProcess, (DWORD access, BOOL inherit, DWORD id))
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID client = {(HANDLE)(ULONG_PTR)id, NULL};
    HANDLE handle = NULL;
    InitializeObjectAttributes(&attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL, NULL);
    return error_result(NtOpenProcess(&handle, access, &attributes, &client)) ? handle : NULL;
}

EXPORT(void, ExitProcess, (DWORD code))
{
    process_exit(code);
}

EXPORT(BOOL, TerminateProcess, (HANDLE process, DWORD code))
{
    return error_result(NtTerminateProcess(process, (NTSTATUS)code));
}

EXPORT(BOOL, GetExitCodeProcess, (HANDLE process, DWORD *code))
{
    struct process_basic basic;
    if (process == ZwCurrentProcess()) {
        *code = STILL_ACTIVE;
        return TRUE;
    }
    NTSTATUS status =
        NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof basic, NULL);
    if (NT_SUCCESS(status))
        *code = (DWORD)basic.exit_status;
    return error_result(status);
}

EXPORT(BOOL, GetProcessAffinityMask, (HANDLE process, ULONG_PTR *mask, ULONG_PTR *system_mask))
{
    *mask = *system_mask = ((ULONG_PTR)1 << host_cpu_count()) - 1;
    return TRUE;
}

EXPORT(BOOL, SetProcessAffinityMask, (HANDLE process, ULONG_PTR mask))
{
    return mask ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

EXPORT(BOOL, SetPriorityClass, (HANDLE process, DWORD class))
{
    return TRUE;
}

EXPORT(DWORD, GetPriorityClass, (HANDLE process))
{
    return 0x20; /* NORMAL_PRIORITY_CLASS */
}

EXPORT(BOOL, IsWow64Process, (HANDLE process, BOOL *is_wow64))
{
    ULONG_PTR block32 = 0; /* of the process, where it has one */
    NTSTATUS status =
        NtQueryInformationProcess(process, ProcessWow64Information, &block32, sizeof block32, NULL);
    *is_wow64 = block32 != 0;
    return error_result(status);
}

#define MACHINE_UNKNOWN 0
#define MACHINE_I386    0x14c
#define MACHINE_AMD64   0x8664

EXPORT(BOOL, IsWow64Process2, (HANDLE process, USHORT *of_process, USHORT *of_machine))
{
    BOOL is_wow64;
    if (!IsWow64Process(process, &is_wow64))
        return FALSE;
    *of_process = is_wow64 ? MACHINE_I386 : MACHINE_UNKNOWN;
    if (of_machine)
        *of_machine = MACHINE_AMD64;
    return TRUE;
}

EXPORT(BOOL, ProcessIdToSessionId, (DWORD process, DWORD *session))
{
    *session = 0;
    return TRUE;
}

EXPORT(BOOL, IsDebuggerPresent, (void))
{
    return peb_current()->BeingDebugged;
}

EXPORT(BOOL, CheckRemoteDebuggerPresent, (HANDLE process, BOOL *is_present))
{
    *is_present = FALSE;
    return TRUE;
}

EXPORT(void, DebugBreak, (void))
{
    void WINAPI RaiseException(DWORD, DWORD, DWORD, const ULONG_PTR *);
    RaiseException((DWORD)STATUS_BREAKPOINT, 0, 0, NULL);
}

EXPORT(BOOL, FlushInstructionCache, (HANDLE process, LPCVOID base, SIZE_T size))
{
    return TRUE; /* x86 keeps it coherent */
}

EXPORT(void, FlushProcessWriteBuffers, (void))
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

EXPORT(BOOL, IsProcessorFeaturePresent, (DWORD feature))
{
    /* PF_COMPARE_EXCHANGE_DOUBLE, MMX, XMMI, RDTSC, PAE, XMMI64, NX, COMPARE_EXCHANGE128,
     * FASTFAIL: every processor of this family has them. */
    static const uint32_t present =
        1u << 2 | 1u << 3 | 1u << 6 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 12 | 1u << 14 | 1u << 23;
    return feature < 32 && (present >> feature & 1);
}

EXPORT(BOOL, GetThreadTimes,
       (HANDLE thread, FILETIME *created, FILETIME *ended, FILETIME *kernel, FILETIME *user))
{
    return error_fail(ERROR_CALL_NOT_IMPLEMENTED);
}

EXPORT(BOOL, GetProcessTimes,
       (HANDLE process, FILETIME *created, FILETIME *ended, FILETIME *kernel, FILETIME *user))
{
    return error_fail(ERROR_CALL_NOT_IMPLEMENTED);
}

/* The id of a thread of this process; 0 with the error set. */
static ULONG_PTR own_thread_id(HANDLE thread)
{
    struct thread_basic basic;
    if (!error_result(NtQueryInformationThread(thread, 0, &basic, sizeof basic, NULL)))
        return 0;
    if (basic.process != teb_current()->UniqueProcess)
        return error_fail(ERROR_NOT_SUPPORTED), 0;
    return (ULONG_PTR)basic.thread;
}

/* Differs: debug registers are zero; of a thread inside a system call, the registers are those
 * of our code. */
EXPORT(BOOL, GetThreadContext, (HANDLE thread, CONTEXT *context))
{
    ULONG_PTR id = own_thread_id(thread);
    if (!id)
        return FALSE;
    if ((HANDLE)id == teb_current()->UniqueThread) {
        void WINAPI RtlCaptureContext(CONTEXT *);
        RtlCaptureContext(context);
        return TRUE;
    }
    /* Stopped for the moment, in case it runs. */
    ULONG previous;
    if (!error_result(NtSuspendThread(thread, &previous)))
        return FALSE;
    thread_stopped_wait(id);
    BOOL is_known = thread_context_get(id, context);
    NtResumeThread(thread, &previous);
    return is_known ? TRUE : error_fail(ERROR_NOT_SUPPORTED);
}

EXPORT(BOOL, SetThreadContext, (HANDLE thread, const CONTEXT *context))
{
    ULONG_PTR id = own_thread_id(thread);
    if (!id)
        return FALSE;
    return thread_context_set(id, context) ? TRUE : error_fail(ERROR_NOT_SUPPORTED);
}
