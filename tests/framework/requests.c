/* SPDX-License-Identifier: MIT */
/* requests.c - received requests: what is known of them, their buffers, cancellation, moves. */
#include "sender.h"

#include <wdmsec.h>

static WDFREQUEST held[8];
static volatile LONG held_count;
static volatile LONG canceled, canceled_on_queue;

static void seen_clear(void)
{
    RtlZeroMemory(held, sizeof(held));
    held_count = canceled = canceled_on_queue = 0;
}

static VOID evt_hold(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    held[InterlockedIncrement(&held_count) - 1] = request;
}

static VOID evt_canceled(WDFREQUEST request)
{
    InterlockedIncrement(&canceled);
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID evt_canceled_kept(WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(request);
    InterlockedIncrement(&canceled);
}

static VOID evt_canceled_on_queue(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    InterlockedIncrement(&canceled_on_queue);
    WdfRequestComplete(request, STATUS_REQUEST_ABORTED);
}

static void config_hold(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoDefault = evt_hold;
    config->AllowZeroLengthRequests = TRUE;
}

static void config_told(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoCanceledOnQueue = evt_canceled_on_queue;
}

static WDFREQUEST send_held(struct sent *sent, WDFDEVICE device, const struct sender_io *io)
{
    held_count = 0;
    sent_begin(sent, device, io);
    expect_number(held_count, 1);
    return held[0];
}

static NTSTATUS end_held(struct sent *sent, WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_SUCCESS);
    return sent_end(sent);
}

/* ---- what is known ------------------------------------------------------------------------------
 */

static void parameters(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    struct sender_io io = {.major = IRP_MJ_READ, .output = 5};
    WDF_REQUEST_PARAMETERS params;
    WDFREQUEST request;
    struct sent sent;

    request = send_held(&sent, device, &io);
    WDF_REQUEST_PARAMETERS_INIT(&params);
    WdfRequestGetParameters(request, &params);
    expect_number(params.Type, WdfRequestTypeRead);
    expect_number(params.Parameters.Read.Length, 5);
    expect_number(params.Parameters.Read.Key, 7);
    expect_number(params.Parameters.Read.DeviceOffset, 0x123456789aLL);
    expect(WdfRequestGetIoQueue(request) == queue);
    expect(WdfRequestWdmGetIrp(request) == sent.irp);
    expect_number(WdfRequestGetRequestorMode(request), KernelMode);
    expect_number(WdfRequestIsFrom32BitProcess(request), FALSE);
    expect_number(WdfRequestIsReserved(request), FALSE);
    expect_number(WdfRequestIsCanceled(request), FALSE);
    expect(WdfRequestGetFileObject(request) == NULL);
    expect_number(WdfRequestGetRequestorProcessId(request),
                  (ULONG)(ULONG_PTR)PsGetCurrentProcessId());
    expect_number(WdfRequestGetInformation(request), 0);
    WdfRequestSetInformation(request, 3);
    expect_number(WdfRequestGetInformation(request), 3);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    expect_number(sent.information, 3);

    io = (struct sender_io){.major = IRP_MJ_WRITE, .input = 6};
    request = send_held(&sent, device, &io);
    WDF_REQUEST_PARAMETERS_INIT(&params);
    WdfRequestGetParameters(request, &params);
    expect_number(params.Type, WdfRequestTypeWrite);
    expect_number(params.Parameters.Write.Length, 6);
    expect_number(params.Parameters.Write.Key, 8);
    expect_number(params.Parameters.Write.DeviceOffset, 0x223456789aLL);
    WdfRequestCompleteWithPriorityBoost(request, STATUS_BUFFER_OVERFLOW, IO_SERIAL_INCREMENT);
    expect_status(sent_end(&sent), STATUS_BUFFER_OVERFLOW);

    io = (struct sender_io){.major = IRP_MJ_DEVICE_CONTROL,
                            .code = SENDER_CODE(1, METHOD_BUFFERED),
                            .input = 7,
                            .output = 9,
                            .from_user = TRUE,
                            .user_input = (PVOID)0x1234};
    request = send_held(&sent, device, &io);
    WDF_REQUEST_PARAMETERS_INIT(&params);
    WdfRequestGetParameters(request, &params);
    expect_number(params.Type, WdfRequestTypeDeviceControl);
    expect_number(params.Parameters.DeviceIoControl.InputBufferLength, 7);
    expect_number(params.Parameters.DeviceIoControl.OutputBufferLength, 9);
    expect_number(params.Parameters.DeviceIoControl.IoControlCode, io.code);
    expect(params.Parameters.DeviceIoControl.Type3InputBuffer == io.user_input);
    expect_number(WdfRequestGetRequestorMode(request), UserMode);
    WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, 9);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    expect_number(sent.information, 9);

    /* The Framework's own codes stay inside. */
    request = send_held(&sent, device, &io);
    WdfRequestComplete(request, STATUS_WDF_BUSY);
    expect_status(sent_end(&sent), STATUS_DEVICE_BUSY);
    WdfObjectDelete(device);
}

/* ---- buffers
 * -------------------------------------------------------------------------------------- */

static void expect_buffers(WDFREQUEST request, struct sent *sent, size_t input, size_t output)
{
    PVOID buffer = (PVOID)1;
    size_t length = 99;
    WDFMEMORY memory = NULL, again = NULL;
    PMDL mdl = NULL;

    if (input != 0) {
        expect_status(WdfRequestRetrieveInputBuffer(request, input, &buffer, &length),
                      STATUS_SUCCESS);
        expect(buffer == sent->buffer);
        expect_number(length, input);
        expect_status(WdfRequestRetrieveInputBuffer(request, input + 1, &buffer, &length),
                      STATUS_BUFFER_TOO_SMALL);
        expect(buffer == NULL && length == 0);
        expect_status(WdfRequestRetrieveInputMemory(request, &memory), STATUS_SUCCESS);
        expect_status(WdfRequestRetrieveInputMemory(request, &again), STATUS_SUCCESS);
        expect(memory == again);
        expect(WdfMemoryGetBuffer(memory, &length) == sent->buffer);
        expect_number(length, input);
        expect_status(WdfRequestRetrieveInputWdmMdl(request, &mdl), STATUS_SUCCESS);
        expect_number(MmGetMdlByteCount(mdl), input);
    } else {
        expect_status(WdfRequestRetrieveInputBuffer(request, 0, &buffer, &length),
                      STATUS_BUFFER_TOO_SMALL);
    }
    if (output != 0) {
        expect_status(WdfRequestRetrieveOutputBuffer(request, output, &buffer, NULL),
                      STATUS_SUCCESS);
        expect(buffer == sent->buffer);
        expect_status(WdfRequestRetrieveOutputBuffer(request, output + 1, &buffer, NULL),
                      STATUS_BUFFER_TOO_SMALL);
        expect_status(WdfRequestRetrieveOutputMemory(request, &memory), STATUS_SUCCESS);
        expect(WdfMemoryGetBuffer(memory, &length) == sent->buffer);
        expect_number(length, output);
        expect_status(WdfRequestRetrieveOutputWdmMdl(request, &mdl), STATUS_SUCCESS);
    } else {
        expect_status(WdfRequestRetrieveOutputBuffer(request, 0, &buffer, NULL),
                      STATUS_BUFFER_TOO_SMALL);
    }
}

static void buffers_of_controls(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sender_io io = {.major = IRP_MJ_DEVICE_CONTROL, .input = 8, .output = 16};
    WDFREQUEST request;
    PVOID buffer;
    PMDL mdl;
    struct sent sent;

    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    io.code = SENDER_CODE(0, METHOD_BUFFERED);
    request = send_held(&sent, device, &io);
    expect_buffers(request, &sent, 8, 16);
    expect_status(WdfRequestRetrieveUnsafeUserInputBuffer(request, 1, &buffer, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);

    io.input = io.output = 0;
    request = send_held(&sent, device, &io);
    expect_buffers(request, &sent, 0, 0);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);

    io = (struct sender_io){.major = IRP_MJ_DEVICE_CONTROL,
                            .code = SENDER_CODE(0, METHOD_OUT_DIRECT),
                            .input = 8,
                            .output = 64,
                            .direct = TRUE};
    request = send_held(&sent, device, &io);
    expect_buffers(request, &sent, 8, 64);
    expect_status(WdfRequestRetrieveOutputWdmMdl(request, &mdl), STATUS_SUCCESS);
    expect(mdl == sent.mdl);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);

    /* METHOD_NEITHER: good only from the kernel, or as an internal control. */
    io = (struct sender_io){.major = IRP_MJ_DEVICE_CONTROL,
                            .code = SENDER_CODE(0, METHOD_NEITHER),
                            .input = 4,
                            .output = 4,
                            .user_input = &sent,
                            .user_output = &io};
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestRetrieveInputBuffer(request, 4, &buffer, NULL), STATUS_SUCCESS);
    expect(buffer == &sent);
    expect_status(WdfRequestRetrieveOutputBuffer(request, 4, &buffer, NULL), STATUS_SUCCESS);
    expect(buffer == &io);
    expect_status(WdfRequestRetrieveInputWdmMdl(request, &mdl), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    io.from_user = TRUE;
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestRetrieveInputBuffer(request, 4, &buffer, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRequestRetrieveOutputBuffer(request, 4, &buffer, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

static void init_direct(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetIoType(init, WdfDeviceIoDirect);
}

static void init_neither(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetIoType(init, WdfDeviceIoNeither);
}

static void buffers_of_transfers(void)
{
    struct sender_io read = {.major = IRP_MJ_READ, .output = 8};
    struct sender_io write = {.major = IRP_MJ_WRITE, .input = 8};
    WDFDEVICE device = sender_device(NULL);
    WDFREQUEST request;
    PVOID buffer;
    size_t length;
    PMDL mdl;
    struct sent sent;

    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    request = send_held(&sent, device, &read);
    expect_status(WdfRequestRetrieveInputBuffer(request, 1, &buffer, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRequestRetrieveOutputBuffer(request, 8, &buffer, &length), STATUS_SUCCESS);
    expect(buffer == sent.buffer && length == 8);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    request = send_held(&sent, device, &write);
    expect_status(WdfRequestRetrieveOutputBuffer(request, 1, &buffer, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRequestRetrieveInputBuffer(request, 8, &buffer, &length), STATUS_SUCCESS);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    write.input = 0;
    request = send_held(&sent, device, &write);
    expect_status(WdfRequestRetrieveInputBuffer(request, 0, &buffer, &length),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    WdfObjectDelete(device);

    device = sender_device(init_direct);
    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    read.direct = TRUE;
    request = send_held(&sent, device, &read);
    expect_status(WdfRequestRetrieveOutputBuffer(request, 8, &buffer, &length), STATUS_SUCCESS);
    expect(buffer == sent.buffer);
    expect_status(WdfRequestRetrieveOutputWdmMdl(request, &mdl), STATUS_SUCCESS);
    expect(mdl == sent.mdl);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    WdfObjectDelete(device);

    device = sender_device(init_neither);
    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    read = (struct sender_io){
        .major = IRP_MJ_READ, .output = 8, .user_output = (PVOID)0x5000, .from_user = TRUE};
    request = send_held(&sent, device, &read);
    expect_status(WdfRequestRetrieveOutputBuffer(request, 8, &buffer, &length),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRequestRetrieveUnsafeUserOutputBuffer(request, 8, &buffer, &length),
                  STATUS_SUCCESS);
    expect(buffer == (PVOID)0x5000 && length == 8);
    expect_status(WdfRequestRetrieveUnsafeUserOutputBuffer(request, 9, &buffer, &length),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(WdfRequestRetrieveUnsafeUserInputBuffer(request, 8, &buffer, &length),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

/* A program's pages: locked for as long as the request is there. */
static void user_buffers(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sender_io io = {.major = IRP_MJ_DEVICE_CONTROL,
                           .code = SENDER_CODE(0, METHOD_NEITHER),
                           .input = 16,
                           .output = 16,
                           .user_input = drivertest_user_memory,
                           .user_output = drivertest_user_memory + 0x1000,
                           .from_user = TRUE};
    WDFMEMORY input, output, bad;
    WDFREQUEST request;
    PVOID buffer;
    size_t length;
    struct sent sent;

    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestRetrieveUnsafeUserInputBuffer(request, 16, &buffer, &length),
                  STATUS_SUCCESS);
    expect(buffer == drivertest_user_memory && length == 16);
    drivertest_user_memory[0] = 0x5a;
    expect_status(WdfRequestProbeAndLockUserBufferForRead(request, buffer, length, &input),
                  STATUS_SUCCESS);
    expect(*(PUCHAR)WdfMemoryGetBuffer(input, &length) == 0x5a);
    expect_number(length, 16);
    expect_status(WdfRequestRetrieveUnsafeUserOutputBuffer(request, 16, &buffer, &length),
                  STATUS_SUCCESS);
    expect_status(WdfRequestProbeAndLockUserBufferForWrite(request, buffer, length, &output),
                  STATUS_SUCCESS);
    *(PUCHAR)WdfMemoryGetBuffer(output, NULL) = 0xa5;
    expect_number(drivertest_user_memory[0x1000], 0xa5);
    expect_status(WdfRequestProbeAndLockUserBufferForRead(request, buffer, 0, &bad),
                  STATUS_INVALID_USER_BUFFER);
    expect_status(WdfRequestProbeAndLockUserBufferForRead(request, (PVOID)&sent, 16, &bad),
                  STATUS_ACCESS_VIOLATION);
    expect(bad == NULL);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

/* ---- contexts and references
 * ----------------------------------------------------------------------- */

typedef struct _NOTE {
    ULONG number;
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, note_of);
static volatile LONG cleaned, destroyed;
static PIRP cleaned_irp;

static VOID evt_cleanup(WDFOBJECT object)
{
    InterlockedIncrement(&cleaned);
    cleaned_irp = WdfRequestWdmGetIrp(object);
}

static VOID evt_destroy(WDFOBJECT object)
{
    UNREFERENCED_PARAMETER(object);
    InterlockedIncrement(&destroyed);
}

static void init_note(PWDFDEVICE_INIT init)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    WdfDeviceInitSetRequestAttributes(init, &attributes);
}

static void contexts(void)
{
    WDFDEVICE device = sender_device(init_note);
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    WDFREQUEST request;
    WDFMEMORY memory;
    WDF_OBJECT_ATTRIBUTES attributes;
    PVOID buffer;
    struct sent sent;
    ULONG round;
    KIRQL irql;

    cleaned = destroyed = 0;
    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    for (round = 0; round < 3; round++) {
        request = send_held(&sent, device, &io);
        expect_number(note_of(request)->number, 0);
        note_of(request)->number = 5;
        WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
        attributes.ParentObject = request;
        expect_status(WdfMemoryCreate(&attributes, NonPagedPoolNx, 'tseT', 32, &memory, &buffer),
                      STATUS_SUCCESS);
        cleaned_irp = NULL;
        irql = PASSIVE_LEVEL;
        if (round == 2)
            KeRaiseIrql(DISPATCH_LEVEL, &irql);
        WdfRequestComplete(request, STATUS_SUCCESS);
        if (round == 2)
            KeLowerIrql(irql);
        expect(cleaned_irp == sent.irp); /* before the IRP is gone */
        expect_status(sent_end(&sent), STATUS_SUCCESS);
        expect_number(cleaned, round + 1);
        expect_number(destroyed, round + 1);
    }
    /* A reference keeps the object, not the IRP. */
    request = send_held(&sent, device, &io);
    WdfObjectReference(request);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    expect_number(cleaned, 4);
    expect_number(destroyed, 3);
    expect(WdfRequestWdmGetIrp(request) == NULL);
    expect(WdfRequestGetIoQueue(request) == NULL);
    WdfObjectDereference(request);
    expect_number(destroyed, 4);
    WdfObjectDelete(device);
}

/* ---- cancellation
 * ------------------------------------------------------------------------------------- */

static void cancelable(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    WDFREQUEST request;
    struct sent sent;

    seen_clear();
    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestUnmarkCancelable(request), STATUS_INVALID_PARAMETER);
    WdfRequestMarkCancelable(request, evt_canceled);
    expect_status(WdfRequestUnmarkCancelable(request), STATUS_SUCCESS);
    expect_status(WdfRequestMarkCancelableEx(request, evt_canceled), STATUS_SUCCESS);
    expect_status(WdfRequestMarkCancelableEx(request, evt_canceled), STATUS_INVALID_DEVICE_REQUEST);
    sent_cancel(&sent);
    expect_number(canceled, 1);
    expect_status(sent_end(&sent), STATUS_CANCELLED);

    /* Cancelled before it is marked. */
    request = send_held(&sent, device, &io);
    sent_cancel(&sent);
    expect_number(WdfRequestIsCanceled(request), TRUE);
    expect_number(canceled, 1);
    expect_status(WdfRequestMarkCancelableEx(request, evt_canceled), STATUS_CANCELLED);
    expect_number(canceled, 1);
    WdfRequestMarkCancelable(request, evt_canceled);
    expect_number(canceled, 2);
    expect_status(sent_end(&sent), STATUS_CANCELLED);

    /* The call has been made: unmark says so, and the driver ends it later. */
    request = send_held(&sent, device, &io);
    WdfRequestMarkCancelable(request, evt_canceled_kept);
    sent_cancel(&sent);
    expect_number(canceled, 3);
    expect_status(WdfRequestUnmarkCancelable(request), STATUS_CANCELLED);
    WdfRequestComplete(request, STATUS_CANCELLED);
    expect_status(sent_end(&sent), STATUS_CANCELLED);
    WdfObjectDelete(device);
}

static void canceled_while_queued(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    WDFQUEUE parallel = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    WDFQUEUE manual = sender_queue(device, WdfIoQueueDispatchManual, FALSE, config_told);
    WDFQUEUE silent = sender_queue(device, WdfIoQueueDispatchManual, FALSE, NULL);
    WDFREQUEST request;
    struct sent sent;

    seen_clear();
    /* Never presented: ends without a word. */
    WdfIoQueueStop(parallel, NULL, NULL);
    sent_begin(&sent, device, &io);
    sent_cancel(&sent);
    expect_status(sent_end(&sent), STATUS_CANCELLED);
    expect_number(held_count, 0);
    WdfIoQueueStart(parallel);
    /* Presented, forwarded, cancelled: the driver hears of it if it wants to. */
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestForwardToIoQueue(request, manual), STATUS_SUCCESS);
    sent_cancel(&sent);
    expect_number(canceled_on_queue, 1);
    expect_status(sent_end(&sent), STATUS_REQUEST_ABORTED);
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestForwardToIoQueue(request, silent), STATUS_SUCCESS);
    sent_cancel(&sent);
    expect_status(sent_end(&sent), STATUS_CANCELLED);
    /* Cancelled while the driver had it: found out when it is forwarded. */
    request = send_held(&sent, device, &io);
    sent_cancel(&sent);
    expect_status(WdfRequestForwardToIoQueue(request, silent), STATUS_SUCCESS);
    expect_status(sent_end(&sent), STATUS_CANCELLED);
    WdfObjectDelete(device);
}

/* ---- moves
 * -----------------------------------------------------------------------------------------------
 */

static void forwarding(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    WDFQUEUE parallel = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    WDFQUEUE manual = sender_queue(device, WdfIoQueueDispatchManual, FALSE, NULL);
    WDFREQUEST request, other;
    struct sent sent, sent_2;
    ULONG waiting, owned;

    seen_clear();
    request = send_held(&sent, device, &io);
    expect_status(WdfRequestForwardToIoQueue(request, parallel), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRequestRequeue(request), STATUS_INVALID_DEVICE_REQUEST); /* not manual */
    WdfRequestMarkCancelable(request, evt_canceled);
    expect_status(WdfRequestForwardToIoQueue(request, manual), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfRequestUnmarkCancelable(request), STATUS_SUCCESS);
    WdfIoQueueDrainSynchronously(manual);
    expect_status(WdfRequestForwardToIoQueue(request, manual), STATUS_WDF_BUSY);
    expect(WdfRequestGetIoQueue(request) == parallel);
    WdfIoQueueStart(manual);
    expect_status(WdfRequestForwardToIoQueue(request, manual), STATUS_SUCCESS);
    WdfIoQueueGetState(parallel, &waiting, &owned);
    expect_number(owned, 0);
    other = send_held(&sent_2, device, &io);
    expect_status(WdfRequestForwardToIoQueue(other, manual), STATUS_SUCCESS);
    /* Requeued: in front of what came later. */
    expect_status(WdfIoQueueRetrieveNextRequest(manual, &request), STATUS_SUCCESS);
    expect(WdfRequestWdmGetIrp(request) == sent.irp);
    expect_status(WdfRequestRequeue(request), STATUS_SUCCESS);
    expect_status(WdfIoQueueRetrieveNextRequest(manual, &request), STATUS_SUCCESS);
    expect(WdfRequestWdmGetIrp(request) == sent.irp);
    expect(WdfRequestGetIoQueue(request) == manual);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    expect_status(WdfIoQueueRetrieveNextRequest(manual, &request), STATUS_SUCCESS);
    expect_status(end_held(&sent_2, request), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

/* ---- in the caller's context
 * -------------------------------------------------------------------------------- */

static volatile LONG in_caller;

static VOID evt_in_caller(WDFDEVICE device, WDFREQUEST request)
{
    WDF_REQUEST_PARAMETERS params;

    in_caller++;
    WDF_REQUEST_PARAMETERS_INIT(&params);
    WdfRequestGetParameters(request, &params);
    if (params.Type == WdfRequestTypeWrite)
        WdfRequestComplete(request, STATUS_ACCESS_DENIED);
    else
        expect_status(WdfDeviceEnqueueRequest(device, request), STATUS_SUCCESS);
}

static void init_in_caller(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetIoInCallerContextCallback(init, evt_in_caller);
}

static void in_callers_context(void)
{
    WDFDEVICE device = sender_device(init_in_caller);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    WDFREQUEST request;
    struct sent sent;

    in_caller = 0;
    request = send_held(&sent, device, &io);
    expect_number(in_caller, 1);
    expect(WdfRequestGetIoQueue(request) == queue);
    expect_status(WdfDeviceEnqueueRequest(device, request), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(end_held(&sent, request), STATUS_SUCCESS);
    io = (struct sender_io){.major = IRP_MJ_WRITE, .input = 8};
    sent_begin(&sent, device, &io);
    expect_status(sent_end(&sent), STATUS_ACCESS_DENIED);
    expect_number(in_caller, 2);
    WdfObjectDelete(device);
}

/* ---- forward progress
 * ------------------------------------------------------------------------------------------ */

static BOOLEAN resources_fail;
static volatile LONG reserved_made, examined;
static WDF_IO_FORWARD_PROGRESS_ACTION examine_answer;

static NTSTATUS evt_reserved_resources(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    expect_number(WdfRequestIsReserved(request), TRUE);
    note_of(request)->number = 100 + InterlockedIncrement(&reserved_made);
    return STATUS_SUCCESS;
}

static NTSTATUS evt_resources(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    UNREFERENCED_PARAMETER(request);
    return resources_fail ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

static WDF_IO_FORWARD_PROGRESS_ACTION evt_examine(WDFQUEUE queue, PIRP irp)
{
    UNREFERENCED_PARAMETER(queue);
    UNREFERENCED_PARAMETER(irp);
    examined++;
    return examine_answer;
}

static void init_note_only(PWDFDEVICE_INIT init)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    WdfDeviceInitSetRequestAttributes(init, &attributes);
}

static void forward_progress(void)
{
    WDFDEVICE device = sender_device(init_note_only);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    struct sent sent[5];
    WDFREQUEST first;
    ULONG i;

    seen_clear();
    reserved_made = 0;
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_DEFAULT_INIT(&policy, 0);
    expect_status(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_INVALID_PARAMETER);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_DEFAULT_INIT(&policy, 2);
    policy.Size--;
    expect_status(WdfIoQueueAssignForwardProgressPolicy(queue, &policy),
                  STATUS_INFO_LENGTH_MISMATCH);
    policy.Size++;
    policy.EvtIoAllocateResourcesForReservedRequest = evt_reserved_resources;
    policy.EvtIoAllocateRequestResources = evt_resources;
    expect_status(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_SUCCESS);
    expect_number(reserved_made, 2);

    resources_fail = FALSE;
    sent_begin(&sent[0], device, &io);
    expect_number(WdfRequestIsReserved(held[0]), FALSE);
    resources_fail = TRUE;
    for (i = 1; i < 5; i++)
        sent_begin(&sent[i], device, &io);
    /* Two have the reserve, two wait for it. */
    expect_number(held_count, 3);
    expect_number(WdfRequestIsReserved(held[1]), TRUE);
    expect(note_of(held[1])->number > 100);
    sent_cancel(&sent[4]);
    expect_status(sent_end(&sent[4]), STATUS_CANCELLED);
    first = held[1];
    WdfRequestComplete(held[1], STATUS_SUCCESS);
    expect_status(sent_end(&sent[1]), STATUS_SUCCESS);
    expect_number(held_count, 4);
    expect(held[3] == first && WdfRequestWdmGetIrp(first) == sent[3].irp);
    WdfRequestComplete(held[3], STATUS_SUCCESS);
    expect_status(sent_end(&sent[3]), STATUS_SUCCESS);
    WdfRequestComplete(held[2], STATUS_SUCCESS);
    expect_status(sent_end(&sent[2]), STATUS_SUCCESS);
    expect_status(end_held(&sent[0], held[0]), STATUS_SUCCESS);
    expect_number(reserved_made, 2);
    WdfObjectDelete(device);
}

static void forward_progress_examined(void)
{
    WDFDEVICE device = sender_device(init_note_only);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    struct sent sent[2];

    seen_clear();
    examined = 0;
    resources_fail = TRUE;
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_EXAMINE_INIT(&policy, 1, NULL);
    expect_status(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_INVALID_PARAMETER);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_EXAMINE_INIT(&policy, 1, evt_examine);
    policy.EvtIoAllocateRequestResources = evt_resources;
    expect_status(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_SUCCESS);
    examine_answer = WdfIoForwardProgressActionFailRequest;
    sent_begin(&sent[0], device, &io);
    expect_status(sent_end(&sent[0]), STATUS_UNSUCCESSFUL);
    examine_answer = WdfIoForwardProgressActionUseReservedRequest;
    sent_begin(&sent[0], device, &io);
    expect_number(held_count, 1);
    sent_begin(&sent[1], device, &io); /* waits; a purge ends it */
    WdfIoQueuePurge(queue, NULL, NULL);
    expect_status(sent_end(&sent[1]), STATUS_CANCELLED);
    expect_status(end_held(&sent[0], held[0]), STATUS_SUCCESS);
    expect_number(examined, 3);
    WdfObjectDelete(device);

    device = sender_device(init_note_only);
    queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_PAGINGIO_INIT(&policy, 1);
    policy.EvtIoAllocateRequestResources = evt_resources;
    expect_status(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_SUCCESS);
    sent_begin(&sent[0], device, &io); /* no paging I/O: fails */
    expect_status(sent_end(&sent[0]), STATUS_UNSUCCESSFUL);
    WdfObjectDelete(device);
}

DRIVERTEST_LIST = {
    DRIVERTEST(parameters),
    DRIVERTEST(buffers_of_controls),
    DRIVERTEST(buffers_of_transfers),
    DRIVERTEST(user_buffers),
    DRIVERTEST(contexts),
    DRIVERTEST(cancelable),
    DRIVERTEST(canceled_while_queued),
    DRIVERTEST(forwarding),
    DRIVERTEST(in_callers_context),
    DRIVERTEST(forward_progress),
    DRIVERTEST(forward_progress_examined),
    DRIVERTEST_END,
};
