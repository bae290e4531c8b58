/* SPDX-License-Identifier: MIT */
/* apc_services_ddi.c - user APCs: queued by a program, and handed out to it.
 *
 * The program's half of a thread is told by its channel that APCs are due; it takes them one
 * by one and calls their routines itself, on its own stack.
 */
#include "ex/ex.h"
#include "ke/ke.h"
#include "ps/ps.h"
#include "services.h"

#define TAG_APC 'pAuG'

/* ke's, without a public prototype. */
VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext);
BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment);

static VOID NTAPI apc_delivered(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                                PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    ExFreePoolWithTag(Apc, TAG_APC);
}

static VOID NTAPI apc_dropped(PKAPC Apc)
{
    ExFreePoolWithTag(Apc, TAG_APC);
}

NTSTATUS gate_apc_queue(void *body, PVOID routine, PVOID argument1, PVOID argument2,
                        PVOID argument3)
{
    struct process_thread *thread = body;
    if (thread->process == ps_system_process)
        return STATUS_INVALID_HANDLE; /* a system thread has no user mode to run it in */
    PKAPC apc = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *apc, TAG_APC);
    if (!apc)
        return STATUS_NO_MEMORY;
    KeInitializeApc(apc, (PRKTHREAD)&thread->tcb, OriginalApcEnvironment, apc_delivered,
                    apc_dropped, (PKNORMAL_ROUTINE)routine, UserMode, argument1);
    if (KeInsertQueueApc(apc, argument2, argument3, IO_NO_INCREMENT))
        return STATUS_SUCCESS;
    ExFreePoolWithTag(apc, TAG_APC);
    return STATUS_UNSUCCESSFUL; /* it ends */
}

/* Doc: processthreadsapi.h QueueUserAPC, whose service it is. */
SERVICE NtQueueApcThread(HANDLE Handle, PVOID Routine, PVOID Argument1, PVOID Argument2,
                         PVOID Argument3)
{
    void *body;
    NTSTATUS status =
        ob_handle_reference(Handle, THREAD_SET_CONTEXT, ps_thread_type, gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = gate_apc_queue(body, Routine, Argument1, Argument2, Argument3);
    ob_dereference(body);
    return status;
}

SERVICE NtTestAlert(VOID)
{
    return ke_user_apc_test();
}

/* Gives the program the next user APC that is due: routine and three arguments.
 * Errors: STATUS_NO_MORE_ENTRIES. */
SERVICE NtCoveApcTake(PVOID Call)
{
    struct ke_user_apc call;
    NTSTATUS status = gate_probe_write(Call, sizeof call, sizeof(ULONG));
    if (!NT_SUCCESS(status))
        return status;
    ke_thread_current()->is_user_apc_due = false;
    do {
        if (!ke_user_apc_take(&call))
            return STATUS_NO_MORE_ENTRIES;
    } while (!call.routine); /* its kernel routine took it back */
    return gate_copy_out(Call, &call, sizeof call);
}
