/* SPDX-License-Identifier: MIT */
/* sync_services_ddi.c - events, mutants, semaphores, timers: what is waited for. */
#include "ob/dispatcher_types.h"
#include "services.h"

/* The body behind a handle of a type, referenced. */
static NTSTATUS body_of(HANDLE handle, struct object_type *type, ACCESS_MASK access,
                        void **out_body)
{
    return ob_handle_reference(handle, access, type, gate_mode(), out_body, NULL);
}

static NTSTATUS tell_long(PLONG user, LONG value)
{
    return user ? gate_copy_out(user, &value, sizeof value) : STATUS_SUCCESS;
}

/* A new unnamed body and captured attributes, or nothing. */
static NTSTATUS create_begin(POBJECT_ATTRIBUTES user, struct object_type *type, size_t size,
                             struct gate_attributes *out_attributes, void **out_body)
{
    NTSTATUS status = gate_capture_attributes(user, out_attributes);
    if (NT_SUCCESS(status)) {
        status = ob_create(type, size, out_body);
        if (!NT_SUCCESS(status))
            gate_release_attributes(out_attributes);
    }
    return status;
}

static NTSTATUS create_end(void *body, struct gate_attributes *attributes, ACCESS_MASK access,
                           PHANDLE handle)
{
    NTSTATUS status = gate_object_insert(body, attributes, access, handle);
    gate_release_attributes(attributes);
    return status;
}

/* ---- events -------------------------------------------------------------------------------- */

SERVICE NtCreateEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                      EVENT_TYPE Type, BOOLEAN InitialState)
{
    struct gate_attributes attributes;
    void *event;
    if (Type != NotificationEvent && Type != SynchronizationEvent)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = create_begin(Attributes, ob_event_type, sizeof(KEVENT), &attributes, &event);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeEvent(event, Type, InitialState);
    return create_end(event, &attributes, Access, Handle);
}

SERVICE NtOpenEvent(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return gate_object_open(ob_event_type, Attributes, Access, Handle);
}

SERVICE NtSetEvent(HANDLE Handle, PLONG PreviousState)
{
    void *event;
    NTSTATUS status = body_of(Handle, ob_event_type, EVENT_MODIFY_STATE, &event);
    if (!NT_SUCCESS(status))
        return status;
    LONG previous = KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    ob_dereference(event);
    return tell_long(PreviousState, previous);
}

SERVICE NtResetEvent(HANDLE Handle, PLONG PreviousState)
{
    void *event;
    NTSTATUS status = body_of(Handle, ob_event_type, EVENT_MODIFY_STATE, &event);
    if (!NT_SUCCESS(status))
        return status;
    LONG previous = KeResetEvent(event);
    ob_dereference(event);
    return tell_long(PreviousState, previous);
}

SERVICE NtClearEvent(HANDLE Handle)
{
    return NtResetEvent(Handle, NULL);
}

SERVICE NtPulseEvent(HANDLE Handle, PLONG PreviousState)
{
    void *event;
    NTSTATUS status = body_of(Handle, ob_event_type, EVENT_MODIFY_STATE, &event);
    if (!NT_SUCCESS(status))
        return status;
    LONG previous = KePulseEvent(event, IO_NO_INCREMENT, FALSE);
    ob_dereference(event);
    return tell_long(PreviousState, previous);
}

/* ---- mutants --------------------------------------------------------------------------------- */

SERVICE NtCreateMutant(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                       BOOLEAN InitialOwner)
{
    struct gate_attributes attributes;
    void *mutant;
    NTSTATUS status =
        create_begin(Attributes, ob_mutant_type, sizeof(KMUTANT), &attributes, &mutant);
    if (!NT_SUCCESS(status))
        return status;
    ke_mutant_init(mutant, InitialOwner);
    return create_end(mutant, &attributes, Access, Handle);
}

SERVICE NtOpenMutant(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return gate_object_open(ob_mutant_type, Attributes, Access, Handle);
}

SERVICE NtReleaseMutant(HANDLE Handle, PLONG PreviousCount)
{
    void *mutant;
    NTSTATUS status = body_of(Handle, ob_mutant_type, 0, &mutant);
    if (!NT_SUCCESS(status))
        return status;
    LONG previous = 0;
    status = ke_mutant_try_release(mutant, &previous);
    ob_dereference(mutant);
    return NT_SUCCESS(status) ? tell_long(PreviousCount, previous) : status;
}

/* ---- semaphores ---------------------------------------------------------------------------------
 */

SERVICE NtCreateSemaphore(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                          LONG Initial, LONG Maximum)
{
    struct gate_attributes attributes;
    void *semaphore;
    if (Maximum <= 0 || Initial < 0 || Initial > Maximum)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status =
        create_begin(Attributes, ob_semaphore_type, sizeof(KSEMAPHORE), &attributes, &semaphore);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeSemaphore(semaphore, Initial, Maximum);
    return create_end(semaphore, &attributes, Access, Handle);
}

SERVICE NtOpenSemaphore(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return gate_object_open(ob_semaphore_type, Attributes, Access, Handle);
}

SERVICE NtReleaseSemaphore(HANDLE Handle, LONG Count, PLONG PreviousCount)
{
    void *semaphore;
    if (Count <= 0)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = body_of(Handle, ob_semaphore_type, SEMAPHORE_MODIFY_STATE, &semaphore);
    if (!NT_SUCCESS(status))
        return status;
    LONG previous = 0;
    status = ke_semaphore_try_release(semaphore, Count, &previous);
    ob_dereference(semaphore);
    return NT_SUCCESS(status) ? tell_long(PreviousCount, previous) : status;
}

/* ---- timers
 * ----------------------------------------------------------------------------------------- */

SERVICE NtCreateTimer(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                      TIMER_TYPE Type)
{
    struct gate_attributes attributes;
    void *timer;
    if (Type != NotificationTimer && Type != SynchronizationTimer)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = create_begin(Attributes, ob_timer_type, sizeof(KTIMER), &attributes, &timer);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeTimerEx(timer, Type);
    return create_end(timer, &attributes, Access, Handle);
}

SERVICE NtOpenTimer(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return gate_object_open(ob_timer_type, Attributes, Access, Handle);
}

/* Differs: a timer with an APC routine is refused. */
SERVICE NtSetTimer(HANDLE Handle, PLARGE_INTEGER DueTime, PVOID ApcRoutine, PVOID ApcContext,
                   BOOLEAN Resume, LONG Period, PBOOLEAN PreviousState)
{
    LARGE_INTEGER due;
    void *timer;
    NTSTATUS status = gate_copy_in(&due, DueTime, sizeof due);
    if (NT_SUCCESS(status) && (ApcRoutine || Period < 0))
        status = ApcRoutine ? STATUS_NOT_SUPPORTED : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = body_of(Handle, ob_timer_type, TIMER_MODIFY_STATE, &timer);
    if (!NT_SUCCESS(status))
        return status;
    BOOLEAN was_signalled = KeReadStateTimer(timer);
    KeSetTimerEx(timer, due, Period, NULL);
    ob_dereference(timer);
    return PreviousState ? gate_copy_out(PreviousState, &was_signalled, sizeof was_signalled)
                         : STATUS_SUCCESS;
}

SERVICE NtCancelTimer(HANDLE Handle, PBOOLEAN CurrentState)
{
    void *timer;
    NTSTATUS status = body_of(Handle, ob_timer_type, TIMER_MODIFY_STATE, &timer);
    if (!NT_SUCCESS(status))
        return status;
    KeCancelTimer(timer);
    BOOLEAN is_signalled = KeReadStateTimer(timer);
    ob_dereference(timer);
    return CurrentState ? gate_copy_out(CurrentState, &is_signalled, sizeof is_signalled)
                        : STATUS_SUCCESS;
}
