/* SPDX-License-Identifier: MIT */
/* wait_services_ddi.c - waiting for objects, and for time. */
#include "ps/ps.h"
#include "services.h"

NTSTATUS gate_capture_timeout(const LARGE_INTEGER *user, LARGE_INTEGER *storage,
                              LARGE_INTEGER **out_timeout)
{
    *out_timeout = NULL;
    if (!user)
        return STATUS_SUCCESS;
    NTSTATUS status = gate_copy_in(storage, user, sizeof *storage);
    if (NT_SUCCESS(status))
        *out_timeout = storage;
    return status;
}

/* The object to wait on behind a handle; a file's event stands inside it. */
static NTSTATUS waitable(HANDLE handle, void **out_body, PVOID *out_header)
{
    NTSTATUS status = ob_handle_reference(handle, SYNCHRONIZE, NULL, gate_mode(), out_body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    *out_header = ob_waitable_of(*out_body);
    if (*out_header)
        return STATUS_SUCCESS;
    ob_dereference(*out_body);
    return STATUS_OBJECT_TYPE_MISMATCH;
}

/* Doc: nf-ntifs-ntwaitforsingleobject */
SERVICE NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    LARGE_INTEGER storage, *timeout;
    void *body;
    PVOID header;
    NTSTATUS status = gate_capture_timeout(Timeout, &storage, &timeout);
    if (NT_SUCCESS(status))
        status = waitable(Handle, &body, &header);
    if (!NT_SUCCESS(status))
        return status;
    status = KeWaitForSingleObject(header, UserRequest, gate_mode(), Alertable, timeout);
    ob_dereference(body);
    return status;
}

struct wait_set {
    void *body[MAXIMUM_WAIT_OBJECTS];
    PVOID header[MAXIMUM_WAIT_OBJECTS];
    HANDLE handle[MAXIMUM_WAIT_OBJECTS];
    KWAIT_BLOCK block[MAXIMUM_WAIT_OBJECTS];
};

SERVICE NtWaitForMultipleObjects(ULONG Count, HANDLE *Handles, WAIT_TYPE Type, BOOLEAN Alertable,
                                 PLARGE_INTEGER Timeout)
{
    LARGE_INTEGER storage, *timeout;
    struct wait_set set;
    ULONG ready = 0;
    if (!Count || Count > MAXIMUM_WAIT_OBJECTS)
        return STATUS_INVALID_PARAMETER_1;
    if (Type != WaitAll && Type != WaitAny)
        return STATUS_INVALID_PARAMETER_3;
    NTSTATUS status = gate_copy_in(set.handle, Handles, Count * sizeof(HANDLE));
    if (NT_SUCCESS(status))
        status = gate_capture_timeout(Timeout, &storage, &timeout);
    for (; NT_SUCCESS(status) && ready < Count; ready += NT_SUCCESS(status))
        status = waitable(set.handle[ready], &set.body[ready], &set.header[ready]);
    if (NT_SUCCESS(status))
        status = KeWaitForMultipleObjects(Count, set.header, Type, UserRequest, gate_mode(),
                                          Alertable, timeout, set.block);
    while (ready > 0)
        ob_dereference(set.body[--ready]);
    return status;
}

/* What NtSignalAndWait… can signal, by type. */
static NTSTATUS signal_one(HANDLE handle)
{
    NTSTATUS status = NtSetEvent(handle, NULL);
    if (status == STATUS_OBJECT_TYPE_MISMATCH)
        status = NtReleaseSemaphore(handle, 1, NULL);
    if (status == STATUS_OBJECT_TYPE_MISMATCH)
        status = NtReleaseMutant(handle, NULL);
    return status;
}

/* Differs: signal and wait are two steps; another thread may run between them. */
SERVICE NtSignalAndWaitForSingleObject(HANDLE Signal, HANDLE Wait, BOOLEAN Alertable,
                                       PLARGE_INTEGER Timeout)
{
    NTSTATUS status = signal_one(Signal);
    return NT_SUCCESS(status) ? NtWaitForSingleObject(Wait, Alertable, Timeout) : status;
}

SERVICE NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER Interval)
{
    LARGE_INTEGER interval;
    NTSTATUS status = gate_copy_in(&interval, Interval, sizeof interval);
    return NT_SUCCESS(status) ? KeDelayExecutionThread(gate_mode(), Alertable, &interval) : status;
}

SERVICE NtYieldExecution(VOID)
{
    ke_processor_leave();
    host_thread_yield();
    ke_processor_enter();
    return STATUS_SUCCESS;
}
