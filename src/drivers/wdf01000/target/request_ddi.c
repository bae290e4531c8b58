/* SPDX-License-Identifier: MIT */
/* request_ddi.c - entries of WDFREQUEST that have to do with sending.
 *
 * A driver's own requests are created here and may be reused for ever; requests from a queue pass
 * through here when the driver hands them on. All at or below DISPATCH_LEVEL, unless they wait.
 */
#include "target_internal.h"

#include <wdf_entries.h>

#include <intrin.h>

NTSTATUS NTAPI imp_WdfRequestCreate(PWDF_DRIVER_GLOBALS abi, PWDF_OBJECT_ATTRIBUTES attributes,
                                    WDFIOTARGET handle, WDFREQUEST *out_request)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = handle != NULL ? fx_target_of(globals, handle) : NULL;
    struct fx_request *request;
    PIO_STACK_LOCATION next;
    NTSTATUS status;

    fx_needed(globals, out_request);
    *out_request = NULL;
    status = fx_request_create(globals, attributes, NULL, NULL, FX_REQUEST_OWNS_IRP, &request);
    if (!NT_SUCCESS(status))
        return status;
    if (target != NULL)
        status = fx_format_begin(target, request, &next);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(&request->object);
        return status;
    }
    fx_object_creator(&request->object, _ReturnAddress());
    *out_request = fx_handle_of(&request->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfRequestCreateFromIrp(PWDF_DRIVER_GLOBALS abi,
                                           PWDF_OBJECT_ATTRIBUTES attributes, PIRP irp,
                                           BOOLEAN frees_irp, WDFREQUEST *out_request)
{
    struct fx_globals *globals = fx_globals_of(abi);
    ULONG extra = frees_irp ? FX_REQUEST_OWNS_IRP : FX_REQUEST_FROM_IRP;
    struct fx_request *request;
    NTSTATUS status;

    fx_needed(globals, irp);
    fx_needed(globals, out_request);
    *out_request = NULL;
    status = fx_request_create(globals, attributes, NULL, irp, extra, &request);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&request->object, _ReturnAddress());
    *out_request = fx_handle_of(&request->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfRequestReuse(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                   PWDF_REQUEST_REUSE_PARAMS params)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);

    fx_needed(globals, params);
    if (params->Size != sizeof(*params)) {
        fx_log(globals, FX_LOG_ERROR, "WdfRequestReuse: WDF_REQUEST_REUSE_PARAMS has %u bytes",
               params->Size);
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return fx_send_reuse(request, params->Flags, params->Status, params->NewIrp);
}

NTSTATUS NTAPI imp_WdfRequestChangeTarget(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                          WDFIOTARGET target_handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);
    PIO_STACK_LOCATION next;

    return fx_format_begin(fx_target_of(globals, target_handle), request, &next);
}

/* Room for one more location below the current one; a violation otherwise. */
static void next_location_check(struct fx_request *request, CHAR needed)
{
    struct fx_globals *globals = request->object.globals;
    PIRP irp = request->irp;

    if (irp == NULL) {
        fx_log(globals, FX_LOG_ERROR, "WDFREQUEST %p is formatted but has no IRP yet",
               fx_handle_of(&request->object));
        fx_violation(globals, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_NULL_IRP,
                     (ULONG_PTR)fx_handle_of(&request->object), 0);
    }
    if (irp->CurrentLocation < needed) {
        fx_log(globals, FX_LOG_ERROR, "WDFREQUEST %p has no stack location left to format",
               fx_handle_of(&request->object));
        fx_violation(globals, WDF_REQUEST_FATAL_ERROR,
                     WDF_REQUEST_FATAL_ERROR_NO_MORE_STACK_LOCATIONS, (ULONG_PTR)irp, 0);
    }
}

VOID NTAPI imp_WdfRequestFormatRequestUsingCurrentType(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of(fx_globals_of(abi), handle);

    next_location_check(request, 2);
    if (!fx_send_is_out(&request->send))
        fx_format_end(request);
    IoCopyCurrentIrpStackLocationToNext(request->irp);
    request->send.flags |= FX_SEND_FORMATTED | FX_SEND_OWN_STACK;
}

VOID NTAPI imp_WdfRequestWdmFormatUsingStackLocation(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                     PIO_STACK_LOCATION stack)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);
    PIO_STACK_LOCATION next;

    fx_needed(globals, stack);
    next_location_check(request, 2);
    if (!fx_send_is_out(&request->send))
        fx_format_end(request);
    next = IoGetNextIrpStackLocation(request->irp);
    RtlCopyMemory(next, stack, FIELD_OFFSET(IO_STACK_LOCATION, CompletionRoutine));
    next->Control = 0;
    request->send.flags |= FX_SEND_FORMATTED | FX_SEND_OWN_STACK;
}

/* Why a request cannot be sent with these options; STATUS_SUCCESS: it can. */
static NTSTATUS send_check(struct fx_request *request, ULONG flags)
{
    struct fx_globals *globals = request->object.globals;
    PVOID handle = fx_handle_of(&request->object);

    if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) {
        if (!fx_request_has(request, FX_REQUEST_RECEIVED)) {
            fx_log(globals, FX_LOG_ERROR,
                   "WDFREQUEST %p is the driver's own: only requests from a queue can be sent and "
                   "forgotten",
                   handle);
            return STATUS_INVALID_DEVICE_STATE;
        }
        if (request->send.flags & FX_SEND_HAS_PARAMS) {
            fx_log(globals, FX_LOG_ERROR,
                   "WDFREQUEST %p is formatted for a target and cannot be sent and forgotten",
                   handle);
            return STATUS_INVALID_DEVICE_REQUEST;
        }
        return STATUS_SUCCESS;
    }
    if (flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS)
        return fx_passive_check(globals, "WdfRequestSend (synchronous)");
    if (request->send.completion == NULL && fx_request_has(request, FX_REQUEST_RECEIVED)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p comes from a queue and has no completion routine: nobody would "
               "complete it",
               handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI imp_WdfRequestSend(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                 WDFIOTARGET target_handle, PWDF_REQUEST_SEND_OPTIONS options)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);
    struct fx_target *target = fx_target_of(globals, target_handle);
    ULONG flags = 0;
    NTSTATUS status;
    BOOLEAN sent;

    status = fx_options_check(globals, options);
    if (!NT_SUCCESS(status)) {
        status = STATUS_INVALID_PARAMETER;
    } else {
        flags = options != NULL ? options->Flags : 0;
        status = send_check(request, flags);
    }
    if (!NT_SUCCESS(status)) {
        fx_send_refused(request, status);
        return FALSE;
    }
    if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET)
        return fx_send_forget(target, request);
    if (flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS) {
        fx_send_wait(target, request, options, TRUE, &sent);
        return sent;
    }
    return fx_send(target, request, flags, options != NULL ? options->Timeout : 0);
}

NTSTATUS NTAPI imp_WdfRequestGetStatus(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of(fx_globals_of(abi), handle);

    return request->irp != NULL ? request->irp->IoStatus.Status : request->status;
}

BOOLEAN NTAPI imp_WdfRequestCancelSentRequest(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_send_cancel(fx_request_of(fx_globals_of(abi), handle));
}

VOID NTAPI imp_WdfRequestSetCompletionRoutine(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                              PFN_WDF_REQUEST_COMPLETION_ROUTINE routine,
                                              WDFCONTEXT context)
{
    struct fx_request *request = fx_request_of(fx_globals_of(abi), handle);

    request->send.completion = routine;
    request->send.context = context;
}

VOID NTAPI imp_WdfRequestGetCompletionParams(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                             PWDF_REQUEST_COMPLETION_PARAMS out_params)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);
    ULONG size;

    fx_needed(globals, out_params);
    size = out_params->Size;
    if (size != sizeof(*out_params)) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfRequestGetCompletionParams: WDF_REQUEST_COMPLETION_PARAMS has %u bytes, not %u: "
               "use its _INIT",
               size, (ULONG)sizeof(*out_params));
        return;
    }
    if (request->send.flags & FX_SEND_HAS_PARAMS) {
        *out_params = request->send.params;
    } else {
        RtlZeroMemory(out_params, sizeof(*out_params));
        out_params->Type = WdfRequestTypeNoFormat;
        if (request->irp != NULL)
            out_params->IoStatus = request->irp->IoStatus;
    }
    out_params->Size = size;
}

NTSTATUS NTAPI imp_WdfRequestAllocateTimer(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_timer_allocate(fx_request_of(fx_globals_of(abi), handle));
}
