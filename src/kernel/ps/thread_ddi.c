/* SPDX-License-Identifier: MIT */
/* thread_ddi.c - what drivers call to start, end, find and read threads. */
#include "ps_internal.h"

#include "callout/callout.h"
#include "ps_ddi.h"

POBJECT_TYPE *PsThreadType = (POBJECT_TYPE *)&ps_thread_type;

static struct process_thread *thread_of(PETHREAD thread)
{
    return (struct process_thread *)thread;
}

static void driver_thread_main(void *context)
{
    callout_thread_start((PKSTART_ROUTINE)(uintptr_t)ps_thread_current()->start_address, context);
}

/* The process whose handle is given, or the system process; referenced. */
static NTSTATUS thread_process(HANDLE handle, struct process **out_process)
{
    if (handle)
        return ob_handle_reference(handle, 0, ps_process_type, KernelMode, (void **)out_process,
                                   NULL);
    ob_reference(ps_system_process);
    *out_process = ps_system_process;
    return STATUS_SUCCESS;
}

/* Starts a thread that runs driver code until PsTerminateSystemThread or its return.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_HANDLE, STATUS_PROCESS_IS_TERMINATING, STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-wdm-pscreatesystemthread
 * Differs: a thread that returns ends with STATUS_SUCCESS
 */
NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
                                    PVOID StartContext)
{
    struct process *process;
    struct process_thread *thread;
    HANDLE handle;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = thread_process(ProcessHandle, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = thread_make(process, "driver", &thread);
    ob_dereference(process);
    if (!NT_SUCCESS(status))
        return status;
    thread->tcb.is_system = true;
    thread->tcb.previous_mode = KernelMode;
    thread->start_address = (PVOID)(uintptr_t)StartRoutine;
    CLIENT_ID id = {(HANDLE)process->id, (HANDLE)thread->id};
    /* The handle first: once the thread runs nothing may fail any more. */
    status = ob_handle_create(thread, DesiredAccess,
                              ObjectAttributes ? ObjectAttributes->Attributes : 0, &handle);
    if (NT_SUCCESS(status)) {
        status = thread_launch(thread, driver_thread_main, StartContext);
        if (!NT_SUCCESS(status))
            ob_handle_close(handle, KernelMode);
    } else {
        thread->is_run_down = true;
        thread_unmake(thread);
    }
    ob_dereference(thread);
    if (!NT_SUCCESS(status))
        return status;
    *ThreadHandle = handle;
    if (ClientId)
        *ClientId = id;
    return STATUS_SUCCESS;
}

/* Ends the calling thread, which PsCreateSystemThread must have made.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER: not a system thread; otherwise it does not return
 * Doc:     nf-wdm-psterminatesystemthread
 */
NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    struct process_thread *thread = ps_thread_current();
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!thread || !thread->tcb.is_system)
        return STATUS_INVALID_PARAMETER;
    ps_thread_exit(ExitStatus);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-psgetcurrentthread
 */
PETHREAD NTAPI ddi_PsGetCurrentThread(VOID)
{
    return (PETHREAD)ke_thread_current();
}

/* Doc:     nf-ntddk-psgetcurrentthreadid */
HANDLE NTAPI PsGetCurrentThreadId(VOID)
{
    struct process_thread *thread = ps_thread_current();
    return (HANDLE)(thread ? thread->id : 0);
}

/* Gives a reference.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-ntifs-pslookupthreadbythreadid
 */
NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct process_thread *found = ps_thread_find_get((uint64_t)ThreadId);
    if (!found)
        return STATUS_INVALID_PARAMETER;
    *Thread = (PETHREAD)found;
    return STATUS_SUCCESS;
}

/* Both of a client id; both referenced. */
NTSTATUS NTAPI PsLookupProcessThreadByCid(PCLIENT_ID ClientId, PEPROCESS *Process, PETHREAD *Thread)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct process_thread *found = ps_thread_find_get((uint64_t)ClientId->UniqueThread);
    if (found && (HANDLE)found->process->id != ClientId->UniqueProcess) {
        ob_dereference(found);
        found = NULL;
    }
    if (!found)
        return STATUS_INVALID_CID;
    if (Process) {
        ob_reference(found->process);
        *Process = (PEPROCESS)found->process;
    }
    *Thread = (PETHREAD)found;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntddk-psgetthreadid */
HANDLE NTAPI PsGetThreadId(PETHREAD Thread)
{
    return (HANDLE)thread_of(Thread)->id;
}

/* Doc:     nf-ntddk-psgetthreadprocessid */
HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread)
{
    return (HANDLE)thread_of(Thread)->process->id;
}

PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread)
{
    return (PEPROCESS)thread_of(Thread)->process;
}

/* STATUS_PENDING while it runs.
 *
 * Doc:     nf-ntddk-psgetthreadexitstatus
 */
NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD Thread)
{
    struct process_thread *thread = thread_of(Thread);
    return thread->exit_time ? thread->tcb.exit_status : STATUS_PENDING;
}

/* Doc:     nf-ntddk-psgetthreadcreatetime */
LONGLONG NTAPI PsGetThreadCreateTime(PETHREAD Thread)
{
    return thread_of(Thread)->create_time;
}

/* Doc:     nf-ntifs-psissystemthread */
BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread)
{
    return thread_of(Thread)->tcb.is_system;
}

/* Doc:     nf-ntifs-psisthreadterminating */
BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD Thread)
{
    return atomic_load(&thread_of(Thread)->tcb.is_terminating);
}

PVOID NTAPI PsGetThreadTeb(PETHREAD Thread)
{
    return (PVOID)thread_of(Thread)->teb;
}

/* NULL in a system thread.
 *
 * Doc:     nf-ntddk-psgetcurrentthreadteb
 */
PVOID NTAPI PsGetCurrentThreadTeb(VOID)
{
    struct process_thread *thread = ps_thread_current();
    return thread ? (PVOID)thread->teb : NULL;
}
