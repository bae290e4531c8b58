/* SPDX-License-Identifier: MIT */
/* send.c - a request on its way through a target: into the books, down, back, completed.
 *
 * From fx_send_submit to fx_send_finish a request is referenced and counted by the target.
 * send.completers says how many have a hand on it: the way back itself, and whoever cancels it or
 * is its timer at the moment. Who takes it to zero calls fx_send_finish, exactly once.
 */
#include "target_internal.h"

#include "../queue/queue.h"

struct fx_sync {
    KEVENT done;
    NTSTATUS status;
    BOOLEAN call_completion;
};

/* One more hand, unless the request is ended already. */
static BOOLEAN completers_take(volatile LONG *count)
{
    LONG seen = *count;

    while (seen > 0) {
        LONG now = InterlockedCompareExchange(count, seen + 1, seen);

        if (now == seen)
            return TRUE;
        seen = now;
    }
    return FALSE;
}

static NTSTATUS NTAPI irp_came_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    fx_send_came_back(context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

void fx_target_call(struct fx_target *target, PIRP irp)
{
    if (target->kind == FX_TARGET_SELF)
        fx_target_self_call(target, irp);
    else
        (void)IoCallDriver(target->target_device, irp);
}

/* Whether the target takes a request now: FX_SUBMIT_..., or 0 and a status. */
static ULONG admit_locked(struct fx_target *target, ULONG flags, NTSTATUS *out_status)
{
    *out_status = STATUS_SUCCESS;
    if (flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE) {
        if (target->target_device != NULL)
            return FX_SUBMIT_SEND;
    } else if (target->state == WdfIoTargetStarted) {
        return FX_SUBMIT_SEND;
    } else if (target->state == WdfIoTargetStopped && !(flags & FX_SUBMIT_NO_PEND)) {
        return FX_SUBMIT_QUEUED;
    }
    *out_status = STATUS_INVALID_DEVICE_STATE;
    return 0;
}

/* What a driver must have done before: an IRP, formatted, with room for the target's stack. */
static NTSTATUS request_check(struct fx_target *target, struct fx_request *request)
{
    struct fx_globals *globals = request->object.globals;

    if (request->send.completers != 0) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p is sent to WDFIOTARGET %p but is still at another one: wait for its "
               "completion routine",
               fx_handle_of(&request->object), fx_handle_of(&target->object));
        fx_violation(globals, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT,
                     (ULONG_PTR)fx_handle_of(&request->object), 0);
    }
    if (request->irp == NULL || request->irp->CurrentLocation <= target->stack_size) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p has too few stack locations for WDFIOTARGET %p: format it for this "
               "target",
               fx_handle_of(&request->object), fx_handle_of(&target->object));
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    if (globals->verifier.on && !(request->send.flags & FX_SEND_FORMATTED)) {
        fx_log(globals, FX_LOG_ERROR, "WDFREQUEST %p is sent but was not formatted",
               fx_handle_of(&request->object));
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    return STATUS_SUCCESS;
}

/* Into the list it belongs to. 0: it was cancelled before it got anywhere. */
static ULONG enter_locked(struct fx_target *target, struct fx_request *request, ULONG action,
                          ULONG flags, NTSTATUS *out_status)
{
    struct fx_send *send = &request->send;

    send->target = target;
    send->cancel_round = 0;
    send->flags &= ~(FX_SEND_COMPLETED | FX_SEND_TIMED_OUT | FX_SEND_IGNORED);
    InitializeListHead(&send->entry);
    fx_target_hold(target);
    fx_object_ref(&request->object);
    InterlockedExchange(&send->completers, 1);
    if (send->is_canceled) {
        /* Who cancels may have a hand on it by now: then he ends it. */
        *out_status = STATUS_CANCELLED;
        request->irp->IoStatus.Status = STATUS_CANCELLED;
        return InterlockedDecrement(&send->completers) == 0 ? 0 : FX_SUBMIT_QUEUED;
    }
    if (action == FX_SUBMIT_QUEUED) {
        *out_status = fx_pended_add_locked(target, request);
        if (!NT_SUCCESS(*out_status))
            return InterlockedDecrement(&send->completers) == 0 ? 0 : FX_SUBMIT_QUEUED;
        return action;
    }
    if (flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE) {
        send->flags |= FX_SEND_IGNORED;
        InsertTailList(&target->ignored, &send->entry);
    } else {
        InsertTailList(&target->sent, &send->entry);
    }
    IoSetCompletionRoutine(request->irp, irp_came_back, request, TRUE, TRUE, TRUE);
    return action;
}

ULONG fx_send_submit(struct fx_target *target, struct fx_request *request, ULONG flags,
                     LONGLONG timeout_100ns)
{
    BOOLEAN has_timeout = (flags & WDF_REQUEST_SEND_OPTION_TIMEOUT) && timeout_100ns != 0;
    BOOLEAN entered = FALSE;
    NTSTATUS status;
    ULONG action = 0;
    KIRQL irql;

    status = request_check(target, request);
    if (NT_SUCCESS(status) && has_timeout)
        status = fx_timer_allocate(request);
    if (NT_SUCCESS(status)) {
        KeAcquireSpinLock(&target->lock, &irql);
        action = admit_locked(target, flags, &status);
        if (action != 0) {
            entered = TRUE;
            action = enter_locked(target, request, action, flags, &status);
            if (NT_SUCCESS(status) && has_timeout)
                fx_timer_start_locked(request, timeout_100ns);
        }
        KeReleaseSpinLock(&target->lock, irql);
    }
    if (!NT_SUCCESS(status) && action == 0) {
        request->status = status;
        if (request->irp != NULL)
            request->irp->IoStatus.Status = status;
        if (entered) {
            fx_object_deref(&request->object);
            fx_target_let_go(target);
        }
    }
    return action;
}

BOOLEAN fx_send(struct fx_target *target, struct fx_request *request, ULONG flags,
                LONGLONG timeout_100ns)
{
    ULONG action = fx_send_submit(target, request, flags, timeout_100ns);

    if (action & FX_SUBMIT_SEND)
        fx_target_call(target, request->irp);
    return action != 0;
}

BOOLEAN fx_send_cancel(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    struct fx_target *target;
    BOOLEAN was_asked, wake;
    KIRQL irql;

    /* Before the look at completers: a send that begins now will see it. */
    InterlockedExchange(&send->is_canceled, 1);
    if (!completers_take(&send->completers))
        return FALSE;
    was_asked = IoCancelIrp(request->irp);
    if (InterlockedDecrement(&send->completers) != 0)
        return was_asked;

    /* It came back while we had a hand on it: its end was left to us. */
    target = send->target;
    KeAcquireSpinLock(&target->lock, &irql);
    wake = fx_send_forget_locked(target, request);
    KeReleaseSpinLock(&target->lock, irql);
    fx_send_finish(target, request, wake);
    return was_asked;
}

BOOLEAN fx_send_forget_locked(struct fx_target *target, struct fx_request *request)
{
    struct fx_send *send = &request->send;
    PIRP irp = request->irp;
    BOOLEAN was_ignored = (send->flags & FX_SEND_IGNORED) != 0;

    RemoveEntryList(&send->entry);
    InitializeListHead(&send->entry);
    if ((send->flags & FX_SEND_TIMED_OUT) && irp->IoStatus.Status == STATUS_CANCELLED)
        irp->IoStatus.Status = STATUS_IO_TIMEOUT;
    send->flags &= ~(FX_SEND_COMPLETED | FX_SEND_TIMER_SET | FX_SEND_TIMED_OUT | FX_SEND_IGNORED |
                     FX_SEND_FORMATTED | FX_SEND_OWN_STACK);
    if (target->is_removing) {
        if (!IsListEmpty(&target->sent) || !IsListEmpty(&target->ignored))
            return FALSE;
        target->is_removing = FALSE;
        fx_target_forget_device_locked(target);
        return TRUE;
    }
    if (!target->is_waiting || was_ignored || !IsListEmpty(&target->sent))
        return FALSE;
    target->is_waiting = FALSE;
    return TRUE;
}

void fx_send_came_back(struct fx_request *request)
{
    struct fx_target *target = request->send.target;
    BOOLEAN is_mine, wake = FALSE;
    KIRQL irql;

    KeAcquireSpinLock(&target->lock, &irql);
    request->send.flags |= FX_SEND_COMPLETED;
    is_mine = fx_timer_stop_locked(request) && InterlockedDecrement(&request->send.completers) == 0;
    if (is_mine)
        wake = fx_send_forget_locked(target, request);
    KeReleaseSpinLock(&target->lock, irql);
    if (is_mine)
        fx_send_finish(target, request, wake);
}

/* Copies what a buffered transfer brought, and says in params how it went. */
static void params_complete(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    WDF_REQUEST_COMPLETION_PARAMS *params = &send->params;
    IO_STATUS_BLOCK *outcome = &request->irp->IoStatus;

    if (!(send->flags & FX_SEND_HAS_PARAMS)) {
        RtlZeroMemory(params, sizeof(*params));
        params->Type = WdfRequestTypeNoFormat;
    }
    params->Size = sizeof(*params);
    params->IoStatus = *outcome;
    if (send->copy_to != NULL && !NT_ERROR(outcome->Status)) {
        ULONG_PTR bytes = outcome->Information;

        RtlCopyMemory(send->copy_to, send->buffer,
                      bytes < send->copy_bytes ? bytes : send->copy_bytes);
    }
    fx_format_restore(request);
    switch (params->Type) {
    case WdfRequestTypeRead:
        params->Parameters.Read.Length = outcome->Information;
        break;
    case WdfRequestTypeWrite:
        params->Parameters.Write.Length = outcome->Information;
        break;
    case WdfRequestTypeDeviceControl:
    case WdfRequestTypeDeviceControlInternal:
        params->Parameters.Ioctl.Output.Length = outcome->Information;
        break;
    default:
        break;
    }
    if (send->came_back != NULL)
        send->came_back(request);
}

void fx_send_finish(struct fx_target *target, struct fx_request *request, BOOLEAN wake)
{
    struct fx_send *send = &request->send;
    struct fx_sync *sync = send->sync;
    PFN_WDF_REQUEST_COMPLETION_ROUTINE completion = send->completion;
    WDFCONTEXT context = send->context;
    NTSTATUS status;

    params_complete(request);
    status = send->params.IoStatus.Status;
    request->status = status;
    send->sync = NULL;
    if (sync == NULL || sync->call_completion) {
        send->completion = NULL;
        send->context = NULL;
        /* After this the request may be sent again, or gone but for our reference. */
        if (completion != NULL)
            FX_WATCHED(request->object.globals, completion,
                       completion(fx_handle_of(&request->object), fx_handle_of(&target->object),
                                  &send->params, context));
    }
    if (sync != NULL) {
        sync->status = status;
        KeSetEvent(&sync->done, IO_NO_INCREMENT, FALSE);
    }
    fx_object_deref(&request->object);
    if (wake)
        KeSetEvent(&target->sent_empty, IO_NO_INCREMENT, FALSE);
    fx_target_let_go(target);
}

NTSTATUS fx_send_wait(struct fx_target *target, struct fx_request *request,
                      const WDF_REQUEST_SEND_OPTIONS *options, BOOLEAN call_completion,
                      BOOLEAN *out_sent)
{
    ULONG flags = options != NULL ? options->Flags & ~(ULONG)WDF_REQUEST_SEND_OPTION_TIMEOUT : 0;
    LARGE_INTEGER timeout, *wait = NULL;
    struct fx_sync sync;
    ULONG action;
    KIRQL irql;

    KeInitializeEvent(&sync.done, NotificationEvent, FALSE);
    sync.call_completion = call_completion;
    sync.status = STATUS_SUCCESS;
    if (options != NULL && (options->Flags & WDF_REQUEST_SEND_OPTION_TIMEOUT) &&
        options->Timeout != 0) {
        timeout.QuadPart = options->Timeout;
        wait = &timeout;
    }
    fx_object_ref(&request->object);
    if (request->send.completers == 0)
        request->send.sync = &sync;
    action = fx_send_submit(target, request, flags, 0);
    if (out_sent != NULL)
        *out_sent = action != 0;
    if (action == 0) {
        request->send.sync = NULL;
        sync.status = request->status;
        goto out;
    }
    if (action & FX_SUBMIT_SEND)
        fx_target_call(target, request->irp);
    if (KeWaitForSingleObject(&sync.done, Executive, KernelMode, FALSE, wait) == STATUS_TIMEOUT) {
        KeAcquireSpinLock(&target->lock, &irql);
        if (request->send.sync == &sync)
            request->send.flags |= FX_SEND_TIMED_OUT;
        KeReleaseSpinLock(&target->lock, irql);
        fx_send_cancel(request);
        KeWaitForSingleObject(&sync.done, Executive, KernelMode, FALSE, NULL);
    }

out:
    fx_object_deref(&request->object);
    return sync.status;
}
