/* SPDX-License-Identifier: MIT */
/* thread_services_ddi.c - services that make, start and resume a program's threads.
 *
 * They stand here and not with the other services because a thread of a program is a
 * channel and a companion, which only this room knows.
 */
#include <limits.h>

#include "gate/gate.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "server_internal.h"

NTSTATUS NTAPI NtCoveThreadCreate(PHANDLE ThreadHandle, PULONG_PTR ThreadId, PULONG Channel,
                                  ACCESS_MASK DesiredAccess, BOOLEAN IsSuspended,
                                  PVOID StartRoutine);
NTSTATUS NTAPI NtCoveThreadBegin(PVOID Teb);
NTSTATUS NTAPI NtResumeThread(HANDLE ThreadHandle, PULONG PreviousSuspendCount);
NTSTATUS NTAPI NtSuspendThread(HANDLE ThreadHandle, PULONG PreviousSuspendCount);
NTSTATUS NTAPI NtTerminateThread(HANDLE ThreadHandle, NTSTATUS ExitStatus);

#define SUSPEND_LIMIT 127  /* MAXIMUM_SUSPEND_COUNT */
#define TEB_PEB       0x60 /* TEB.ProcessEnvironmentBlock */
#define TEB32_PEB     0x30

NTSTATUS NTAPI NtCoveThreadCreate(PHANDLE ThreadHandle, PULONG_PTR ThreadId, PULONG Channel,
                                  ACCESS_MASK DesiredAccess, BOOLEAN IsSuspended,
                                  PVOID StartRoutine)
{
    struct program *program = ps_process_current()->program;
    if (!program)
        return STATUS_NOT_SUPPORTED; /* an in-process program makes its threads itself */
    NTSTATUS status = gate_probe_write(ThreadHandle, sizeof *ThreadHandle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(ThreadId, sizeof *ThreadId, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(Channel, sizeof *Channel, sizeof(ULONG));
    if (!NT_SUCCESS(status))
        return status;

    struct companion *companion;
    struct process_thread *thread;
    status = companion_create(program, IsSuspended, &companion, &thread);
    if (!NT_SUCCESS(status))
        return status;
    thread->channel = companion;
    thread->start_address = StartRoutine;
    HANDLE handle;
    ULONG_PTR id = thread->id;
    ULONG index = companion->index;
    status =
        ob_handle_create(thread, DesiredAccess ? DesiredAccess : THREAD_ALL_ACCESS, 0, &handle);
    if (!NT_SUCCESS(status)) {
        ke_thread_terminate(&thread->tcb);
        atomic_store(&program->shared->channel[index].turn, WIRE_TURN_CLOSED);
        host_wake_shared(&program->shared->channel[index].turn, 1);
    } else {
        gate_copy_out(ThreadHandle, &handle, sizeof handle);
        gate_copy_out(ThreadId, &id, sizeof id);
        gate_copy_out(Channel, &index, sizeof index);
    }
    ob_dereference(thread);
    return status;
}

NTSTATUS NTAPI NtCoveThreadBegin(PVOID Teb)
{
    struct process_thread *thread = ps_thread_current();
    struct companion *companion = thread->channel;
    if (!companion)
        return STATUS_INVALID_SYSTEM_SERVICE;
    thread->teb = (uint64_t)Teb;
    bool is_32bit = thread->process->is_32bit;
    uint64_t peb = 0;
    NTSTATUS status = gate_copy_in(&peb, (char *)Teb + (is_32bit ? TEB32_PEB : TEB_PEB),
                                   is_32bit ? sizeof(uint32_t) : sizeof peb);
    if (!NT_SUCCESS(status))
        return status;
    thread->process->peb = peb; /* the same for every thread */
    bool may_begin;
    do {
        status = KeWaitForSingleObject(&companion->may_begin, Suspended, UserMode, FALSE, NULL);
        companion_lock(thread);
        /* Suspended again between the wake and now? */
        may_begin = !companion->suspend_count || status != STATUS_SUCCESS;
        if (!may_begin)
            KeClearEvent(&companion->may_begin);
        companion->has_begun = may_begin;
        companion_unlock();
    } while (!may_begin);
    return status;
}

/* The count before the change; delta is +1 or -1 and the count stays at 0 or more. Under the
 * companions' lock. */
static ULONG suspend_count_change(struct companion *companion, int32_t delta)
{
    ULONG previous = (ULONG)companion->suspend_count;
    if (delta > 0 || previous)
        companion->suspend_count += delta;
    if (!companion->has_begun) {
        if (!companion->suspend_count)
            KeSetEvent(&companion->may_begin, IO_NO_INCREMENT, FALSE);
    } else if (!previous && companion->suspend_count) {
        companion_ask(companion, WIRE_ASK_SUSPEND);
    } else if (previous && !companion->suspend_count) {
        atomic_fetch_and(&companion->channel->asks, ~(uint32_t)WIRE_ASK_SUSPEND);
        host_wake_shared(&companion->channel->asks, INT_MAX);
    }
    return previous;
}

/* Differs: a thread inside a service finishes it and stops at its return; one that runs the
 * program's code stops when its process has been told, a moment later. */
static NTSTATUS suspend_change(HANDLE ThreadHandle, int32_t delta, PULONG PreviousSuspendCount)
{
    NTSTATUS status = PreviousSuspendCount
                          ? gate_probe_write(PreviousSuspendCount, sizeof(ULONG), sizeof(ULONG))
                          : STATUS_SUCCESS;
    struct process_thread *thread;
    if (NT_SUCCESS(status))
        status = ob_handle_reference(ThreadHandle, THREAD_SUSPEND_RESUME, ps_thread_type,
                                     gate_mode(), (void **)&thread, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct companion *companion = companion_lock(thread);
    ULONG previous = 0;
    if (!companion) {
        status = STATUS_THREAD_IS_TERMINATING;
    } else {
        if (delta > 0 && companion->suspend_count >= SUSPEND_LIMIT)
            status = STATUS_SUSPEND_COUNT_EXCEEDED;
        else
            previous = suspend_count_change(companion, delta);
        companion_unlock();
    }
    ob_dereference(thread);
    if (NT_SUCCESS(status) && PreviousSuspendCount)
        status = gate_copy_out(PreviousSuspendCount, &previous, sizeof previous);
    return status;
}

NTSTATUS NTAPI NtResumeThread(HANDLE ThreadHandle, PULONG PreviousSuspendCount)
{
    return suspend_change(ThreadHandle, -1, PreviousSuspendCount);
}

NTSTATUS NTAPI NtSuspendThread(HANDLE ThreadHandle, PULONG PreviousSuspendCount)
{
    return suspend_change(ThreadHandle, 1, PreviousSuspendCount);
}

/* No locks of ps are held. */
static void end_ask(struct process_thread *thread)
{
    struct companion *companion = companion_lock(thread);
    if (!companion)
        return;
    KeSetEvent(&companion->may_begin, IO_NO_INCREMENT, FALSE);
    companion_ask(companion, WIRE_ASK_END);
    host_wake_shared(&companion->channel->asks, INT_MAX); /* it may be suspended */
    companion_unlock();
}

void thread_services_init(void)
{
    ps_thread_ask_end_set(end_ask);
}

NTSTATUS NTAPI NtTerminateThread(HANDLE ThreadHandle, NTSTATUS ExitStatus)
{
    struct process_thread *thread;
    NTSTATUS status =
        ob_handle_reference(ThreadHandle ? ThreadHandle : NtCurrentThread(), THREAD_TERMINATE,
                            ps_thread_type, gate_mode(), (void **)&thread, NULL);
    if (!NT_SUCCESS(status))
        return status;
    ps_thread_terminate(thread, ExitStatus);
    if (thread != ps_thread_current())
        end_ask(thread);
    ob_dereference(thread);
    return STATUS_SUCCESS;
}
