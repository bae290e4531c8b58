/* SPDX-License-Identifier: MIT */
/* queue_ddi.c - the WdfIoQueueXxx entries of the table: handles and parameters, then the queue.
 *
 * Always: a handle that is none ends the machine (fx_object_of); a second stop, drain or purge
 * notice while one is owed is the violation WDF_QUEUE_FATAL_ERROR, as documented.
 */
#include "queue_internal.h"

#include <intrin.h>

#include "wdf_entries.h"

static struct fx_queue *fx_queue_of(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    return (struct fx_queue *)fx_object_of(fx_globals_of(abi), handle, &fx_type_queue);
}

static void fx_queue_fatal(struct fx_queue *queue, NTSTATUS status)
{
    WDF_QUEUE_FATAL_ERROR_DATA data;

    data.Queue = fx_handle_of(&queue->object);
    data.Request = NULL;
    data.Status = status;
    fx_log(queue->object.globals, FX_LOG_ERROR,
           "WDFQUEUE %p: a stop, drain or purge is already to be told of: %08x", data.Queue,
           status);
    fx_violation(queue->object.globals, WDF_QUEUE_FATAL_ERROR, (ULONG_PTR)data.Queue,
                 (ULONG_PTR)&data, 0);
}

/* WdfIoQueueCreate
 *
 * IRQL:   <= DISPATCH_LEVEL
 * Errors: STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER_4,
 *         STATUS_WDF_NO_CALLBACK, STATUS_INVALID_DEVICE_REQUEST, STATUS_UNSUCCESSFUL (there is a
 *         default queue), STATUS_INSUFFICIENT_RESOURCES, those of the attributes
 * Doc:    wdfio.h WdfIoQueueCreate
 */
NTSTATUS NTAPI imp_WdfIoQueueCreate(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                                    PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes,
                                    WDFQUEUE *out_queue)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = (struct fx_device *)fx_object_of(globals, handle, &fx_type_device);
    WDF_IO_QUEUE_CONFIG full;
    struct fx_queue *queue;
    NTSTATUS status;

    fx_needed(globals, config);
    status = fx_struct_copy(globals, &full, config->Size, config, INDEX_WDF_IO_QUEUE_CONFIG);
    if (!NT_SUCCESS(status))
        return status;
    if (config->Size <= FIELD_OFFSET(WDF_IO_QUEUE_CONFIG, Settings)) {
        /* Clients of before 1.9 know no limit. */
        full.Settings.Parallel.NumberOfPresentedRequests =
            full.DispatchType == WdfIoQueueDispatchParallel ? (ULONG)-1 : 0;
    } else if (full.DispatchType == WdfIoQueueDispatchParallel &&
               full.Settings.Parallel.NumberOfPresentedRequests == 0) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfIoQueueCreate: a parallel queue with NumberOfPresentedRequests 0");
        return STATUS_INVALID_PARAMETER_4;
    }
    status = fx_queue_create(device, &full, attributes, &queue);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&queue->object, _ReturnAddress());
    if (out_queue != NULL)
        *out_queue = fx_queue_handle(queue);
    return STATUS_SUCCESS;
}

WDF_IO_QUEUE_STATE NTAPI imp_WdfIoQueueGetState(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                                                PULONG queue_requests, PULONG driver_requests)
{
    return fx_queue_state(fx_queue_of(abi, handle), queue_requests, driver_requests);
}

WDFDEVICE NTAPI imp_WdfIoQueueGetDevice(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    return fx_handle_of(&fx_queue_of(abi, handle)->device->object);
}

VOID NTAPI imp_WdfIoQueueStart(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    fx_queue_start(fx_queue_of(abi, handle));
}

/* --- stop, drain, purge -------------------------------------------------------------------------
 */

typedef NTSTATUS fx_queue_rest(struct fx_queue *queue, BOOLEAN cancel,
                               PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context);

static void fx_queue_rest_told(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle, fx_queue_rest *rest,
                               BOOLEAN cancel, PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
    struct fx_queue *queue = fx_queue_of(abi, handle);
    NTSTATUS status = rest(queue, cancel, routine, context);

    if (!NT_SUCCESS(status))
        fx_queue_fatal(queue, status);
}

static void NTAPI fx_queue_rested(WDFQUEUE queue, WDFCONTEXT context)
{
    UNREFERENCED_PARAMETER(queue);
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static void fx_queue_rest_wait(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle, fx_queue_rest *rest,
                               BOOLEAN cancel)
{
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    fx_queue_rest_told(abi, handle, rest, cancel, fx_queue_rested, &event);
    KeEnterCriticalRegion();
    fx_wait(fx_globals_of(abi), &event, "requests of WDFQUEUE", handle);
    KeLeaveCriticalRegion();
}

VOID NTAPI imp_WdfIoQueueStop(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                              PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
    fx_queue_rest_told(abi, handle, fx_queue_stop, FALSE, routine, context);
}

VOID NTAPI imp_WdfIoQueueStopSynchronously(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    fx_queue_rest_wait(abi, handle, fx_queue_stop, FALSE);
}

VOID NTAPI imp_WdfIoQueueStopAndPurge(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                                      PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
    fx_queue_rest_told(abi, handle, fx_queue_stop, TRUE, routine, context);
}

VOID NTAPI imp_WdfIoQueueStopAndPurgeSynchronously(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    fx_queue_rest_wait(abi, handle, fx_queue_stop, TRUE);
}

VOID NTAPI imp_WdfIoQueueDrain(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                               PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
    fx_queue_rest_told(abi, handle, fx_queue_empty, FALSE, routine, context);
}

VOID NTAPI imp_WdfIoQueueDrainSynchronously(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    fx_queue_rest_wait(abi, handle, fx_queue_empty, FALSE);
}

VOID NTAPI imp_WdfIoQueuePurge(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                               PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
    fx_queue_rest_told(abi, handle, fx_queue_empty, TRUE, routine, context);
}

VOID NTAPI imp_WdfIoQueuePurgeSynchronously(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle)
{
    fx_queue_rest_wait(abi, handle, fx_queue_empty, TRUE);
}

NTSTATUS NTAPI imp_WdfIoQueueReadyNotify(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                                         PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
    return fx_queue_ready_notify(fx_queue_of(abi, handle), routine, context);
}

/* --- requests -----------------------------------------------------------------------------------
 */

NTSTATUS NTAPI imp_WdfIoQueueRetrieveNextRequest(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                                                 WDFREQUEST *out_request)
{
    struct fx_queue *queue = fx_queue_of(abi, handle);
    struct fx_request *request;
    NTSTATUS status;

    fx_needed(queue->object.globals, out_request);
    *out_request = NULL;
    status = fx_queue_retrieve(queue, NULL, &request);
    if (NT_SUCCESS(status))
        *out_request = fx_handle_of(&request->object);
    return status;
}

static PFILE_OBJECT fx_queue_file_of(struct fx_globals *globals, WDFFILEOBJECT handle)
{
    return ((struct fx_file *)fx_object_of(globals, handle, &fx_type_file))->wdm;
}

NTSTATUS NTAPI imp_WdfIoQueueRetrieveRequestByFileObject(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                                                         WDFFILEOBJECT file,
                                                         WDFREQUEST *out_request)
{
    struct fx_queue *queue = fx_queue_of(abi, handle);
    struct fx_request *request;
    NTSTATUS status;

    fx_needed(queue->object.globals, out_request);
    *out_request = NULL;
    status = fx_queue_retrieve(queue, fx_queue_file_of(queue->object.globals, file), &request);
    if (NT_SUCCESS(status))
        *out_request = fx_handle_of(&request->object);
    return status;
}

NTSTATUS NTAPI imp_WdfIoQueueRetrieveFoundRequest(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle,
                                                  WDFREQUEST found, WDFREQUEST *out_request)
{
    struct fx_queue *queue = fx_queue_of(abi, handle);
    struct fx_globals *globals = queue->object.globals;
    struct fx_request *request;
    NTSTATUS status;

    fx_needed(globals, out_request);
    *out_request = NULL;
    status = fx_queue_retrieve_found(queue, fx_request_of(globals, found), &request);
    if (NT_SUCCESS(status))
        *out_request = fx_handle_of(&request->object);
    return status;
}

NTSTATUS NTAPI imp_WdfIoQueueFindRequest(PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle, WDFREQUEST found,
                                         WDFFILEOBJECT file, PWDF_REQUEST_PARAMETERS parameters,
                                         WDFREQUEST *out_request)
{
    struct fx_queue *queue = fx_queue_of(abi, handle);
    struct fx_globals *globals = queue->object.globals;
    struct fx_request *request;
    NTSTATUS status;

    fx_needed(globals, out_request);
    *out_request = NULL;
    if (parameters != NULL && parameters->Size != sizeof(*parameters))
        return STATUS_INVALID_PARAMETER_4;
    status =
        fx_queue_find(queue, found == NULL ? NULL : fx_request_of(globals, found),
                      file == NULL ? NULL : fx_queue_file_of(globals, file), parameters, &request);
    if (NT_SUCCESS(status))
        *out_request = fx_handle_of(&request->object);
    return status;
}

/* WdfIoQueueAssignForwardProgressPolicy
 *
 * IRQL:   PASSIVE_LEVEL
 * Errors: STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES,
 *         what EvtIoAllocateResourcesForReservedRequest answers
 * Doc:    wdfio.h WdfIoQueueAssignForwardProgressPolicy
 */
NTSTATUS NTAPI imp_WdfIoQueueAssignForwardProgressPolicy(
    PWDF_DRIVER_GLOBALS abi, WDFQUEUE handle, PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy)
{
    struct fx_queue *queue = fx_queue_of(abi, handle);

    fx_needed(queue->object.globals, policy);
    if (policy->Size != sizeof(*policy))
        return STATUS_INFO_LENGTH_MISMATCH;
    switch (policy->ForwardProgressReservedPolicy) {
    case WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest:
    case WdfIoForwardProgressReservedPolicyPagingIO:
        break;
    case WdfIoForwardProgressReservedPolicyUseExamine:
        if (policy->ForwardProgressReservePolicySettings.Policy.ExaminePolicy
                .EvtIoWdmIrpForForwardProgress == NULL)
            return STATUS_INVALID_PARAMETER;
        break;
    default:
        return STATUS_INVALID_PARAMETER;
    }
    if (policy->TotalForwardProgressRequests == 0)
        return STATUS_INVALID_PARAMETER;
    if (!fx_client_is(queue->object.globals, 11) && !fx_io_is_top(queue))
        return STATUS_INVALID_PARAMETER;
    return fx_reserve_create(queue, policy);
}

/* --- of a device
 * ---------------------------------------------------------------------------------- */

static struct fx_device *fx_queue_device_of(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle)
{
    return (struct fx_device *)fx_object_of(fx_globals_of(abi), handle, &fx_type_device);
}

WDFQUEUE NTAPI imp_WdfDeviceGetDefaultQueue(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle)
{
    struct fx_queue *queue = fx_queue_device_of(abi, handle)->io->by_default;

    return queue == NULL ? NULL : fx_queue_handle(queue);
}

NTSTATUS NTAPI imp_WdfDeviceConfigureRequestDispatching(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                                                        WDFQUEUE queue_handle,
                                                        WDF_REQUEST_TYPE type)
{
    struct fx_device *device = fx_queue_device_of(abi, handle);
    struct fx_queue *queue = fx_queue_of(abi, queue_handle);
    NTSTATUS status;

    switch (type) {
    case WdfRequestTypeCreate:
    case WdfRequestTypeRead:
    case WdfRequestTypeWrite:
    case WdfRequestTypeDeviceControl:
    case WdfRequestTypeDeviceControlInternal:
        break;
    default:
        return STATUS_INVALID_PARAMETER;
    }
    if (queue->device != device)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_io_configure(device->io, queue, type);
    if (!NT_SUCCESS(status))
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WdfDeviceConfigureRequestDispatching: WDFQUEUE %p for type %u: %08x", queue_handle,
               type, status);
    return status;
}

NTSTATUS NTAPI imp_WdfDeviceEnqueueRequest(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                                           WDFREQUEST request_handle)
{
    struct fx_device *device = fx_queue_device_of(abi, handle);
    struct fx_request *request = fx_request_of(device->object.globals, request_handle);

    if (request->io != device->io || !fx_request_has(request, FX_REQUEST_IN_CALLER)) {
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WdfDeviceEnqueueRequest: WDFREQUEST %p is not in EvtIoInCallerContext of this "
               "device",
               request_handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_io_enqueue(device, request);
}
