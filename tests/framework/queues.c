/* SPDX-License-Identifier: MIT */
/* queues.c - the queues of a device: how they are made, which requests they get, how they present
 * them.
 */
#include "queue_handlers.h"

/* ---- configuration ------------------------------------------------------------------------------
 */

static NTSTATUS create_with(WDFDEVICE device, WDF_IO_QUEUE_CONFIG *config)
{
    WDFQUEUE queue = NULL;
    NTSTATUS status = WdfIoQueueCreate(device, config, WDF_NO_OBJECT_ATTRIBUTES, &queue);

    expect((queue != NULL) == NT_SUCCESS(status));
    if (queue != NULL && !config->DefaultQueue)
        WdfObjectDelete(queue);
    return status;
}

static void configurations(void)
{
    WDFDEVICE device = sender_device(NULL), other = NULL;
    WDF_IO_QUEUE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFQUEUE queue;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    expect_status(create_with(device, &config), STATUS_WDF_NO_CALLBACK);
    config.EvtIoDefault = evt_hold;
    expect_status(create_with(device, &config), STATUS_SUCCESS);
    config.Settings.Parallel.NumberOfPresentedRequests = 0;
    expect_status(create_with(device, &config), STATUS_INVALID_PARAMETER_4);
    config.Size = 17;
    expect_status(create_with(device, &config), STATUS_INFO_LENGTH_MISMATCH);

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    expect_status(create_with(device, &config), STATUS_SUCCESS);
    config.EvtIoDefault = evt_hold;
    expect_status(create_with(device, &config), STATUS_INVALID_PARAMETER);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.Settings.Parallel.NumberOfPresentedRequests = 2;
    expect_status(create_with(device, &config), STATUS_INVALID_PARAMETER);

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDefault = evt_hold;
    config.DispatchType = WdfIoQueueDispatchMax;
    expect_status(create_with(device, &config), STATUS_INVALID_PARAMETER);

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDefault = evt_hold;
    expect(WdfDeviceGetDefaultQueue(device) == NULL);
    expect_status(create_with(device, &config), STATUS_SUCCESS);
    expect(WdfDeviceGetDefaultQueue(device) != NULL);
    expect(WdfIoQueueGetDevice(WdfDeviceGetDefaultQueue(device)) == device);
    expect_status(create_with(device, &config), STATUS_UNSUCCESSFUL);

    /* The parent must be below the device. */
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = kmdf_driver;
    expect_status(WdfIoQueueCreate(device, &config, &attributes, &queue),
                  STATUS_INVALID_DEVICE_REQUEST);
    UNREFERENCED_PARAMETER(other);
    WdfObjectDelete(device);
}

static void config_read_only(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes);

static void dispatching(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE fallback = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_complete);
    WDFQUEUE reads = sender_queue(device, WdfIoQueueDispatchSequential, FALSE, config_read_only);
    WDFQUEUE controls = sender_queue(device, WdfIoQueueDispatchParallel, FALSE, config_hold);
    struct sender_io read = {.major = IRP_MJ_READ, .output = 8};
    struct sent sent[2];

    seen_clear();
    expect_status(WdfDeviceConfigureRequestDispatching(device, reads, WdfRequestTypeRead),
                  STATUS_SUCCESS);
    expect_status(WdfDeviceConfigureRequestDispatching(device, reads, WdfRequestTypeWrite),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfDeviceConfigureRequestDispatching(device, controls, WdfRequestTypeRead),
                  STATUS_WDF_BUSY);
    expect_status(WdfDeviceConfigureRequestDispatching(device, fallback, WdfRequestTypeWrite),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfDeviceConfigureRequestDispatching(device, controls, WdfRequestTypePnp),
                  STATUS_INVALID_PARAMETER);
    expect_status(
        WdfDeviceConfigureRequestDispatching(device, controls, WdfRequestTypeDeviceControl),
        STATUS_SUCCESS);
    sent_begin(&sent[0], device, &read);
    expect_number(calls, 0); /* went to evt_read_length */
    expect_number(told, 8);
    expect_status(sent_end(&sent[0]), STATUS_SUCCESS);
    sent_control(&sent[1], device, 0);
    expect_number(held_count, 1);
    expect(WdfRequestGetIoQueue(held[0]) == controls);
    complete_held(0, 1);
    expect_status(sent_end(&sent[1]), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

/* ---- handlers by type
 * ---------------------------------------------------------------------------- */

static VOID evt_read_length(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    UNREFERENCED_PARAMETER(queue);
    told = (LONG)length;
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_write_length(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    UNREFERENCED_PARAMETER(queue);
    told = (LONG)length + 1000;
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input, ULONG code)
{
    UNREFERENCED_PARAMETER(queue);
    told = (LONG)(output * 100 + input * 10 + code);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_internal(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input,
                         ULONG code)
{
    UNREFERENCED_PARAMETER(queue);
    told = -(LONG)(output * 100 + input * 10 + code);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void config_read_only(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoRead = evt_read_length;
}

static void config_all(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoRead = evt_read_length;
    config->EvtIoWrite = evt_write_length;
    config->EvtIoDeviceControl = evt_control;
    config->EvtIoInternalDeviceControl = evt_internal;
}

static NTSTATUS send_one(WDFDEVICE device, UCHAR major, ULONG code, ULONG input, ULONG output)
{
    struct sender_io io = {.major = major, .code = code, .input = input, .output = output};
    struct sent sent;

    sent_begin(&sent, device, &io);
    return sent_end(&sent);
}

static void handlers(void)
{
    WDFDEVICE device = sender_device(NULL);

    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_all);
    seen_clear();
    expect_status(send_one(device, IRP_MJ_READ, 0, 0, 5), STATUS_SUCCESS);
    expect_number(told, 5);
    expect_status(send_one(device, IRP_MJ_WRITE, 0, 6, 0), STATUS_SUCCESS);
    expect_number(told, 1006);
    expect_status(send_one(device, IRP_MJ_DEVICE_CONTROL, 3, 4, 5), STATUS_SUCCESS);
    expect_number(told, 543);
    expect_status(send_one(device, IRP_MJ_INTERNAL_DEVICE_CONTROL, 3, 4, 5), STATUS_SUCCESS);
    expect_number(told, -543);
    /* Nothing to read or write: ends without the driver. */
    told = 0;
    expect_status(send_one(device, IRP_MJ_READ, 0, 0, 0), STATUS_SUCCESS);
    expect_status(send_one(device, IRP_MJ_WRITE, 0, 0, 0), STATUS_SUCCESS);
    expect_number(told, 0);
    /* No handler, and no queue at all. */
    expect_status(send_one(device, IRP_MJ_FLUSH_BUFFERS, 0, 0, 0), STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(device);
    device = sender_device(NULL);
    expect_status(send_one(device, IRP_MJ_READ, 0, 0, 5), STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(device);
}

static void config_empty_too(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    config_all(config, attributes);
    config->AllowZeroLengthRequests = TRUE;
}

static void zero_length_allowed(void)
{
    WDFDEVICE device = sender_device(NULL);

    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_empty_too);
    told = 77;
    expect_status(send_one(device, IRP_MJ_READ, 0, 0, 0), STATUS_SUCCESS);
    expect_number(told, 0);
    WdfObjectDelete(device);
}

/* ---- dispatch types
 * ------------------------------------------------------------------------------ */

static void parallel_presents_all(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    struct sent sent[MANY];
    ULONG i;

    seen_clear();
    expect_state(queue, READY | IDLE, 0, 0);
    send_many(sent, MANY, device);
    expect_number(held_count, MANY);
    expect_status(sent[0].answer, STATUS_PENDING);
    expect_state(queue, READY | WdfIoQueueNoRequests, 0, MANY);
    complete_held(0, MANY);
    for (i = 0; i < MANY; i++)
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    expect_state(queue, READY | IDLE, 0, 0);
    WdfObjectDelete(device);
}

static void parallel_keeps_its_limit(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_two);
    struct sent sent[5];
    ULONG i;

    seen_clear();
    send_many(sent, 5, device);
    expect_number(held_count, 2);
    expect_state(queue, READY, 3, 2);
    complete_held(1, 2);
    expect_number(held_count, 3);
    complete_held(0, 1);
    expect_number(held_count, 4);
    complete_held(2, 4);
    expect_number(held_count, 5);
    complete_held(4, 5);
    for (i = 0; i < 5; i++)
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

static void sequential_presents_one(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchSequential, TRUE, config_hold);
    struct sent sent[4];
    WDF_REQUEST_PARAMETERS parameters;
    ULONG i;

    seen_clear();
    send_many(sent, 4, device);
    for (i = 0; i < 4; i++) {
        expect_number(held_count, i + 1);
        expect_state(queue, READY | (i == 3 ? WdfIoQueueNoRequests : 0), 3 - i, 1);
        WDF_REQUEST_PARAMETERS_INIT(&parameters);
        WdfRequestGetParameters(held[i], &parameters);
        expect_number(parameters.Parameters.DeviceIoControl.IoControlCode,
                      SENDER_CODE(i, METHOD_BUFFERED));
        complete_held(i, i + 1);
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    }
    WdfObjectDelete(device);
}

/* Requests that are completed at once, from a queue that has many of them. */
static PUCHAR stack_low, stack_high;

static VOID evt_complete_deep(WDFQUEUE queue, WDFREQUEST request)
{
    UCHAR here;
    PUCHAR address = (PUCHAR)(ULONG_PTR)&here;

    UNREFERENCED_PARAMETER(queue);
    InterlockedIncrement(&calls);
    if (stack_low == NULL || address < stack_low)
        stack_low = address;
    if (stack_high == NULL || address > stack_high)
        stack_high = address;
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void config_deep(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoDefault = evt_complete_deep;
    if (config->DispatchType == WdfIoQueueDispatchParallel)
        config->Settings.Parallel.NumberOfPresentedRequests = 1;
}

#define DEEP 200
static struct sent deep_sent[DEEP];

static void completion_does_not_recurse(void)
{
    static const WDF_IO_QUEUE_DISPATCH_TYPE types[] = {WdfIoQueueDispatchSequential,
                                                       WdfIoQueueDispatchParallel};
    ULONG i, type;

    for (type = 0; type < 2; type++) {
        WDFDEVICE device = sender_device(NULL);
        WDFQUEUE queue = sender_queue(device, types[type], TRUE, config_deep);

        seen_clear();
        stack_low = stack_high = NULL;
        WdfIoQueueStop(queue, NULL, NULL);
        send_many(deep_sent, DEEP, device);
        expect_number(calls, 0);
        expect_state(queue, WdfIoQueueAcceptRequests | WdfIoQueueDriverNoRequests, DEEP, 0);
        WdfIoQueueStart(queue);
        expect_number(calls, DEEP);
        for (i = 0; i < DEEP; i++)
            expect_status(sent_end(&deep_sent[i]), STATUS_SUCCESS);
        expect(stack_high - stack_low < 2048);
        WdfObjectDelete(device);
    }
}

/* ---- manual queues
 * --------------------------------------------------------------------------------- */

static void manual_queue(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchManual, TRUE, NULL);
    WDFQUEUE parallel = sender_queue(device, WdfIoQueueDispatchParallel, FALSE, config_hold);
    struct sent sent[3];
    WDFREQUEST request = NULL;
    ULONG i;

    expect_status(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_NO_MORE_ENTRIES);
    expect_status(WdfIoQueueRetrieveNextRequest(parallel, &request), STATUS_INVALID_DEVICE_STATE);
    send_many(sent, 3, device);
    expect_state(queue, READY | WdfIoQueueDriverNoRequests, 3, 0);
    for (i = 0; i < 3; i++) {
        expect_status(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
        expect(WdfRequestGetIoQueue(request) == queue);
        expect(WdfRequestWdmGetIrp(request) == sent[i].irp);
        WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, i + 1);
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
        expect_number(sent[i].information, i + 1);
    }
    send_many(sent, 1, device);
    WdfIoQueueStop(queue, NULL, NULL);
    expect_status(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_WDF_PAUSED);
    WdfIoQueueStart(queue);
    expect_status(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
    expect_status(sent_end(&sent[0]), STATUS_UNSUCCESSFUL);
    WdfObjectDelete(device);
}

static void init_files(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;

    WDF_FILEOBJECT_CONFIG_INIT(&config, NULL, NULL, NULL);
    WdfDeviceInitSetFileObjectConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
}

static void find_and_retrieve(void)
{
    WDFDEVICE device = sender_device(init_files);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchManual, TRUE, NULL);
    struct sender_io io = {.major = IRP_MJ_DEVICE_CONTROL, .input = 8, .output = 8};
    WDF_REQUEST_PARAMETERS parameters;
    WDFREQUEST first, second, request;
    WDFFILEOBJECT file;
    PFILE_OBJECT files[2];
    HANDLE handles[2];
    struct sent sent[3];
    ULONG i;

    for (i = 0; i < 2; i++)
        expect_status(sender_open(NULL, &handles[i], &files[i]), STATUS_SUCCESS);
    for (i = 0; i < 3; i++) {
        io.file = files[i == 1];
        io.code = i;
        sent_begin(&sent[i], device, &io);
    }
    file = WdfDeviceGetFileObject(device, files[1]);
    expect(file != NULL);
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    expect_status(WdfIoQueueFindRequest(queue, NULL, NULL, &parameters, &first), STATUS_SUCCESS);
    expect_number(parameters.Parameters.DeviceIoControl.IoControlCode, 0);
    expect_status(WdfIoQueueFindRequest(queue, first, NULL, &parameters, &second), STATUS_SUCCESS);
    expect_number(parameters.Parameters.DeviceIoControl.IoControlCode, 1);
    expect_status(WdfIoQueueFindRequest(queue, NULL, file, NULL, &request), STATUS_SUCCESS);
    expect(request == second);
    WdfObjectDereference(request);
    expect_status(WdfIoQueueFindRequest(queue, second, file, NULL, &request),
                  STATUS_NO_MORE_ENTRIES);
    parameters.Size = 3;
    expect_status(WdfIoQueueFindRequest(queue, NULL, NULL, &parameters, &request),
                  STATUS_INVALID_PARAMETER_4);

    expect_status(WdfIoQueueRetrieveFoundRequest(queue, second, &request), STATUS_SUCCESS);
    expect(request == second);
    expect(WdfRequestGetFileObject(request) == file);
    expect_status(WdfIoQueueRetrieveFoundRequest(queue, second, &request), STATUS_NOT_FOUND);
    expect_status(WdfIoQueueFindRequest(queue, second, NULL, NULL, &request), STATUS_NOT_FOUND);
    WdfRequestComplete(second, STATUS_SUCCESS);
    expect_status(sent_end(&sent[1]), STATUS_SUCCESS);
    WdfObjectDereference(second); /* of FindRequest: kept the handle good until here */

    expect_status(WdfIoQueueRetrieveRequestByFileObject(queue, file, &request),
                  STATUS_NO_MORE_ENTRIES);
    file = WdfDeviceGetFileObject(device, files[0]);
    expect_status(WdfIoQueueRetrieveRequestByFileObject(queue, file, &request), STATUS_SUCCESS);
    expect(request == first);
    WdfRequestComplete(first, STATUS_SUCCESS);
    WdfObjectDereference(first);
    expect_status(sent_end(&sent[0]), STATUS_SUCCESS);
    /* The last one ends with the handle that it came by. */
    sender_close(handles[0], files[0]);
    expect_status(sent_end(&sent[2]), STATUS_CANCELLED);
    sender_close(handles[1], files[1]);
    WdfObjectDelete(device);
}

static VOID evt_ready(WDFQUEUE queue, WDFCONTEXT context)
{
    WDFREQUEST request;

    UNREFERENCED_PARAMETER(context);
    InterlockedIncrement(&told);
    while (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(queue, &request)))
        WdfRequestComplete(request, STATUS_SUCCESS);
}

static void ready_notify(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchManual, TRUE, NULL);
    WDFQUEUE parallel = sender_queue(device, WdfIoQueueDispatchParallel, FALSE, config_hold);
    struct sent sent[3];
    ULONG i;

    seen_clear();
    expect_status(WdfIoQueueReadyNotify(parallel, evt_ready, NULL), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfIoQueueReadyNotify(queue, NULL, NULL), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfIoQueueReadyNotify(queue, evt_ready, NULL), STATUS_SUCCESS);
    expect_status(WdfIoQueueReadyNotify(queue, evt_ready, NULL), STATUS_INVALID_DEVICE_REQUEST);
    for (i = 0; i < 2; i++) {
        sent_control(&sent[i], device, 0);
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
        expect_number(told, i + 1);
    }
    /* Not while stopped; once for all that came meanwhile. */
    WdfIoQueueStop(queue, NULL, NULL);
    send_many(sent, 3, device);
    expect_number(told, 2);
    WdfIoQueueStart(queue);
    expect_number(told, 3);
    for (i = 0; i < 3; i++)
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    expect_status(WdfIoQueueReadyNotify(queue, NULL, NULL), STATUS_INVALID_DEVICE_REQUEST);
    WdfIoQueueStop(queue, NULL, NULL);
    expect_status(WdfIoQueueReadyNotify(queue, NULL, NULL), STATUS_SUCCESS);
    WdfIoQueueStart(queue);
    sent_control(&sent[0], device, 0);
    expect_number(told, 3);
    WdfIoQueuePurgeSynchronously(queue);
    expect_status(sent_end(&sent[0]), STATUS_CANCELLED);
    WdfObjectDelete(device);
}

DRIVERTEST_LIST = {
    DRIVERTEST(configurations),
    DRIVERTEST(dispatching),
    DRIVERTEST(handlers),
    DRIVERTEST(zero_length_allowed),
    DRIVERTEST(parallel_presents_all),
    DRIVERTEST(parallel_keeps_its_limit),
    DRIVERTEST(sequential_presents_one),
    DRIVERTEST(completion_does_not_recurse),
    DRIVERTEST(manual_queue),
    DRIVERTEST(find_and_retrieve),
    DRIVERTEST(ready_notify),
    DRIVERTEST_END,
};
