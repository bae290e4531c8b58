/* SPDX-License-Identifier: MIT */
/* reuse.c - what may be asked of a send, and requests used again or handed on for good.
 *
 * After fx_send_reuse a request is as new: no completion routine, no format, its IRP fresh. After
 * fx_send_forget the driver has nothing to do with a request any more.
 */
#include "target_internal.h"

#define OPTIONS_VALID                                                                        \
    (WDF_REQUEST_SEND_OPTION_TIMEOUT | WDF_REQUEST_SEND_OPTION_SYNCHRONOUS |                 \
     WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE | WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET | \
     WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT |                                            \
     WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE)

NTSTATUS fx_options_check(struct fx_globals *globals, const WDF_REQUEST_SEND_OPTIONS *options)
{
    if (options == NULL)
        return STATUS_SUCCESS;
    if (options->Size != sizeof(*options)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDF_REQUEST_SEND_OPTIONS has %u bytes, not %u: use WDF_REQUEST_SEND_OPTIONS_INIT",
               options->Size, (ULONG)sizeof(*options));
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (options->Flags & ~(ULONG)OPTIONS_VALID) {
        fx_log(globals, FX_LOG_ERROR, "WDF_REQUEST_SEND_OPTIONS: flags %x are not all known",
               options->Flags);
        return STATUS_INVALID_PARAMETER;
    }
    if ((options->Flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) &&
        options->Flags != WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) {
        fx_log(globals, FX_LOG_ERROR,
               "WDF_REQUEST_SEND_OPTIONS: send-and-forget goes with no other flag (%x)",
               options->Flags);
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_passive_check(struct fx_globals *globals, const char *entry)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "%s is called at IRQL %u: it may wait and needs PASSIVE_LEVEL",
           entry, KeGetCurrentIrql());
    return STATUS_INVALID_DEVICE_REQUEST;
}

void fx_send_refused(struct fx_request *request, NTSTATUS status)
{
    request->status = status;
    if (request->irp != NULL && !fx_send_is_out(&request->send))
        request->irp->IoStatus.Status = status;
}

/* The IRP that a reused request goes on with. */
static NTSTATUS irp_renew(struct fx_request *request, ULONG flags, NTSTATUS status, PIRP new_irp)
{
    if (flags & WDF_REQUEST_REUSE_SET_NEW_IRP) {
        if (request->irp != NULL && fx_request_has(request, FX_REQUEST_OWNS_IRP))
            IoFreeIrp(request->irp);
        fx_request_clear(request, FX_REQUEST_OWNS_IRP);
        fx_request_set(request, FX_REQUEST_FROM_IRP);
        request->irp = new_irp;
    } else if (request->irp != NULL && fx_request_has(request, FX_REQUEST_OWNS_IRP)) {
        IoReuseIrp(request->irp, status);
    } else if (request->irp != NULL) {
        request->irp->IoStatus.Status = status;
        request->irp->Cancel = FALSE;
    }
    request->status = status;
    return STATUS_SUCCESS;
}

NTSTATUS fx_send_reuse(struct fx_request *request, ULONG flags, NTSTATUS status, PIRP new_irp)
{
    struct fx_globals *globals = request->object.globals;
    struct fx_send *send = &request->send;
    PVOID handle = fx_handle_of(&request->object);

    if (flags & ~(ULONG)WDF_REQUEST_REUSE_SET_NEW_IRP) {
        fx_log(globals, FX_LOG_ERROR, "WdfRequestReuse(%p): flags %x are not supported", handle,
               flags);
        return (flags & ~3u) != 0 ? STATUS_INVALID_PARAMETER : STATUS_NOT_SUPPORTED;
    }
    if (fx_send_is_out(send)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p is reused while it is at WDFIOTARGET %p: wait for its completion "
               "routine",
               handle, fx_handle_of(&send->target->object));
        fx_violation(globals, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT,
                     (ULONG_PTR)handle, 0);
    }
    if (fx_client_is(globals, 9)) {
        send->completion = NULL;
        send->context = NULL;
    }
    fx_format_end(request);
    send->target = NULL;
    if (fx_request_has(request, FX_REQUEST_RECEIVED) && (flags & WDF_REQUEST_REUSE_SET_NEW_IRP)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p comes from a queue: WdfRequestReuse cannot give it another IRP",
               handle);
        return STATUS_WDF_REQUEST_INVALID_STATE;
    }
    InterlockedExchange(&send->is_canceled, 0);
    fx_request_clear(request, FX_REQUEST_COMPLETED);
    return irp_renew(request, flags, status, new_irp);
}

BOOLEAN fx_send_forget(struct fx_target *target, struct fx_request *request)
{
    BOOLEAN is_formatted = (request->send.flags & FX_SEND_OWN_STACK) != 0;
    PIRP irp;

    if (target->target_device == NULL) {
        fx_log(request->object.globals, FX_LOG_ERROR, "WDFIOTARGET %p is closed",
               fx_handle_of(&target->object));
        fx_send_refused(request, STATUS_INVALID_DEVICE_STATE);
        return FALSE;
    }
    fx_object_ref(&target->object);
    irp = fx_request_let_go(request);
    /* Our location says that it is pending, so the next driver gets one of its own. */
    if (!is_formatted && irp->CurrentLocation > target->stack_size)
        IoCopyCurrentIrpStackLocationToNext(irp);
    else if (!is_formatted)
        IoSkipCurrentIrpStackLocation(irp);
    fx_target_call(target, irp);
    fx_object_deref(&target->object);
    return TRUE;
}

NTSTATUS fx_wait_request(struct fx_target *target, WDFREQUEST handle,
                         struct fx_request **out_request)
{
    struct fx_globals *globals = target->object.globals;

    if (handle == NULL)
        return fx_request_create(globals, NULL, NULL, NULL, FX_REQUEST_OWNS_IRP, out_request);
    *out_request = fx_request_of(globals, handle);
    return STATUS_SUCCESS;
}

void fx_wait_request_done(struct fx_request *request, WDFREQUEST handle)
{
    if (handle == NULL)
        fx_object_abandon(&request->object);
    else
        fx_format_end(request);
}
