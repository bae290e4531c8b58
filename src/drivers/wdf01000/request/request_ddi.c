/* SPDX-License-Identifier: MIT */
/* request_ddi.c - the WdfRequestXxx entries for a request that a driver has received: completion,
 * cancellation, queues, and what is known of it.
 *
 * Always: a handle that is none ends the machine (fx_object_of); a request that is not the
 * driver's gets the documented failure where the entry has one, the violation where it has none.
 */
#include "request_internal.h"

#include "wdf_entries.h"

static struct fx_request *fx_request_of_handle(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_request_of(fx_globals_of(abi), handle);
}

/* --- completion
 * ----------------------------------------------------------------------------------- */

VOID NTAPI imp_WdfRequestComplete(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle, NTSTATUS status)
{
    fx_request_complete(fx_request_of_handle(abi, handle), status, IO_NO_INCREMENT);
}

VOID NTAPI imp_WdfRequestCompleteWithPriorityBoost(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                   NTSTATUS status, CCHAR boost)
{
    fx_request_complete(fx_request_of_handle(abi, handle), status, boost);
}

VOID NTAPI imp_WdfRequestCompleteWithInformation(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                 NTSTATUS status, ULONG_PTR information)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    if (request->irp != NULL && !fx_request_has(request, FX_REQUEST_COMPLETED))
        request->irp->IoStatus.Information = information;
    fx_request_complete(request, status, IO_NO_INCREMENT);
}

VOID NTAPI imp_WdfRequestSetInformation(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                        ULONG_PTR information)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    if (request->irp != NULL)
        request->irp->IoStatus.Information = information;
    else
        request->information = information;
}

ULONG_PTR NTAPI imp_WdfRequestGetInformation(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    return request->irp != NULL ? request->irp->IoStatus.Information : request->information;
}

/* --- cancellation
 * --------------------------------------------------------------------------------- */

/* Owned, and not marked yet.
 * Errors: STATUS_INVALID_DEVICE_REQUEST, logged */
static NTSTATUS fx_request_may_mark(struct fx_request *request)
{
    if (fx_request_is_owned(request) && request->irp != NULL &&
        !fx_request_has(request, FX_REQUEST_CANCELABLE | FX_REQUEST_COMPLETED))
        return STATUS_SUCCESS;
    fx_log(request->object.globals, FX_LOG_ERROR,
           "WDFREQUEST %p cannot be marked cancelable: it is %s", fx_handle_of(&request->object),
           fx_request_is_owned(request) ? "marked already, or completed"
                                        : "not from one of the driver's queues");
    return STATUS_INVALID_DEVICE_REQUEST;
}

VOID NTAPI imp_WdfRequestMarkCancelable(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                        PFN_WDF_REQUEST_CANCEL routine)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    fx_needed(request->object.globals, routine);
    if (!NT_SUCCESS(fx_request_may_mark(request)))
        fx_request_violation(request, WDF_REQUEST_FATAL_ERROR_REQUEST_NOT_IN_QUEUE);
    (void)fx_queue_mark_cancelable(request, routine, TRUE);
}

NTSTATUS NTAPI imp_WdfRequestMarkCancelableEx(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                              PFN_WDF_REQUEST_CANCEL routine)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    NTSTATUS status;

    fx_needed(request->object.globals, routine);
    status = fx_request_may_mark(request);
    if (!NT_SUCCESS(status))
        return status;
    return fx_queue_mark_cancelable(request, routine, FALSE);
}

NTSTATUS NTAPI imp_WdfRequestUnmarkCancelable(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    if (!fx_request_is_owned(request))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!fx_request_has(request, FX_REQUEST_CANCELABLE | FX_REQUEST_CANCEL_CALLED))
        return STATUS_INVALID_PARAMETER;
    return fx_queue_unmark_cancelable(request);
}

BOOLEAN NTAPI imp_WdfRequestIsCanceled(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    return request->irp != NULL && request->irp->Cancel;
}

/* --- queues
 * --------------------------------------------------------------------------------------- */

/* Errors: STATUS_INVALID_DEVICE_REQUEST: not from a queue, cancelable, completed; logged */
static NTSTATUS fx_request_may_move(struct fx_request *request, const char *what)
{
    if (fx_request_is_owned(request) &&
        !fx_request_has(request, FX_REQUEST_CANCELABLE | FX_REQUEST_COMPLETED) &&
        !fx_send_is_out(&request->send))
        return STATUS_SUCCESS;
    fx_log(request->object.globals, FX_LOG_ERROR,
           "WDFREQUEST %p cannot be %s: it must come from a queue, be the driver's and not be "
           "cancelable",
           fx_handle_of(&request->object), what);
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS NTAPI imp_WdfRequestForwardToIoQueue(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                              WDFQUEUE queue_handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);
    struct fx_queue *queue = (struct fx_queue *)fx_object_of(globals, queue_handle, &fx_type_queue);
    NTSTATUS status = fx_request_may_move(request, "forwarded");

    if (!NT_SUCCESS(status))
        return status;
    if (fx_queue_device(queue) != request->object.device) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p cannot be forwarded to WDFQUEUE %p of another device", handle,
               queue_handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_queue_forward(request, queue);
}

/* WdfRequestForwardToParentDeviceIoQueue
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER (flags),
 *          STATUS_INVALID_DEVICE_REQUEST (not a PDO whose WDFDEVICE_INIT allowed it, not its
 *          parent's queue, reserved, …), STATUS_WDF_BUSY, STATUS_INSUFFICIENT_RESOURCES
 * Doc:     wdfrequest.h WdfRequestForwardToParentDeviceIoQueue
 */
NTSTATUS NTAPI imp_WdfRequestForwardToParentDeviceIoQueue(PWDF_DRIVER_GLOBALS abi,
                                                          WDFREQUEST handle, WDFQUEUE queue_handle,
                                                          PWDF_REQUEST_FORWARD_OPTIONS options)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_request *request = fx_request_of(globals, handle);
    struct fx_queue *queue = (struct fx_queue *)fx_object_of(globals, queue_handle, &fx_type_queue);
    struct fx_device *device = request->object.device;
    NTSTATUS status;

    fx_needed(globals, options);
    if (options->Size != sizeof(*options))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (options->Flags != WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET)
        return STATUS_INVALID_PARAMETER;
    status = fx_request_may_move(request, "forwarded to the parent's queue");
    if (!NT_SUCCESS(status))
        return status;
    if (device->kind != FX_DEVICE_PDO || !device->forward_to_parent ||
        fx_queue_device(queue) != device->parent || fx_request_has(request, FX_REQUEST_RESERVED) ||
        request->irp->CurrentLocation <= 1) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p cannot go to WDFQUEUE %p: its device must be a PDO with "
               "WdfPdoInitAllowForwardingRequestToParent, the queue its parent's",
               handle, queue_handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_request_to_parent(request, queue);
}

WDFQUEUE NTAPI imp_WdfRequestGetIoQueue(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    struct fx_queue *queue = request->queue;

    return queue == NULL ? NULL : fx_queue_handle(queue);
}

NTSTATUS NTAPI imp_WdfRequestRequeue(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    NTSTATUS status = fx_request_may_move(request, "requeued");

    return NT_SUCCESS(status) ? fx_queue_requeue(request) : status;
}

/* WdfRequestStopAcknowledge
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  violation when the driver does not own the request, or requeues one that is cancelable;
 *          with the verifier on also when EvtIoStop was not called for it (it may have been, and
 *          the request has left the queue and come back since)
 * Doc:     wdfrequest.h WdfRequestStopAcknowledge
 */
VOID NTAPI imp_WdfRequestStopAcknowledge(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                         BOOLEAN requeue)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    BOOLEAN is_awaited = fx_request_has(request, FX_REQUEST_STOP_AWAITED);
    BOOLEAN is_cancelable = requeue && fx_request_has(request, FX_REQUEST_CANCELABLE);

    if (!is_awaited || is_cancelable)
        fx_log(request->object.globals, FX_LOG_WARNING,
               "WdfRequestStopAcknowledge: WDFREQUEST %p is %s", handle,
               is_cancelable ? "cancelable: unmark it before it is requeued"
                             : "not one that EvtIoStop was called for");
    if (!fx_request_is_owned(request) || is_cancelable ||
        (!is_awaited && request->object.globals->verifier.on))
        fx_request_violation(request, WDF_REQUEST_FATAL_ERROR_REQUEST_NOT_IN_QUEUE);
    fx_queue_stop_acknowledge(request, requeue);
}

BOOLEAN NTAPI imp_WdfRequestIsReserved(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_request_has(fx_request_of_handle(abi, handle), FX_REQUEST_RESERVED);
}

/* --- what is known
 * -------------------------------------------------------------------------------- */

/* The IRP's request needs one. */
static PIRP fx_request_irp(struct fx_request *request)
{
    if (request->irp == NULL) {
        fx_log(request->object.globals, FX_LOG_ERROR, "WDFREQUEST %p has no IRP (any more)",
               fx_handle_of(&request->object));
        fx_request_violation(request, WDF_REQUEST_FATAL_ERROR_NULL_IRP);
    }
    return request->irp;
}

PIRP NTAPI imp_WdfRequestWdmGetIrp(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_request_of_handle(abi, handle)->irp;
}

VOID NTAPI imp_WdfRequestGetParameters(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                       PWDF_REQUEST_PARAMETERS parameters)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    PIRP irp = fx_request_irp(request);
    struct fx_request own;

    fx_needed(request->object.globals, parameters);
    if (parameters->Size != sizeof(*parameters)) {
        fx_log(request->object.globals, FX_LOG_ERROR,
               "WdfRequestGetParameters: Size %u, not %u: use WDF_REQUEST_PARAMETERS_INIT",
               parameters->Size, (ULONG)sizeof(*parameters));
        return;
    }
    if (request->stack != NULL) {
        fx_request_parameters(request, parameters);
        return;
    }
    /* A request made from an IRP: the location that the IRP stands at. */
    own.stack = IoGetCurrentIrpStackLocation(irp);
    fx_request_parameters(&own, parameters);
}

KPROCESSOR_MODE NTAPI imp_WdfRequestGetRequestorMode(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_request_irp(fx_request_of_handle(abi, handle))->RequestorMode;
}

BOOLEAN NTAPI imp_WdfRequestIsFrom32BitProcess(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return IoIs32bitProcess(fx_request_irp(fx_request_of_handle(abi, handle)));
}

ULONG NTAPI imp_WdfRequestGetRequestorProcessId(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return IoGetRequestorProcessId(fx_request_irp(fx_request_of_handle(abi, handle)));
}

WDFFILEOBJECT NTAPI imp_WdfRequestGetFileObject(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    struct fx_file *file;

    if (request->irp == NULL || request->stack == NULL)
        return NULL;
    file = fx_file_of(request->object.device, request->stack->FileObject);
    return file == NULL ? NULL : fx_handle_of(&file->object);
}
