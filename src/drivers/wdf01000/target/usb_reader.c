/* SPDX-License-Identifier: MIT */
/* usb_reader.c - the continuous reader of a pipe: several reads always on their way.
 *
 * Each read has a request of its own and gets new memory every time, for the driver may keep the
 * last one. When a read fails (other than by being cancelled), work at PASSIVE_LEVEL cancels the
 * others, asks the driver, resets the pipe and starts all again.
 * A read is run by one thread at a time: read.runs counts who has asked for it, and only the first
 * goes to work, so a bus that completes at once does not recurse.
 */
#include "usb_target.h"

#define READS_DEFAULT 2
#define READS_MAX     10

struct fx_usb_read {
    struct fx_usb_reader *reader;
    struct fx_request *request;
    struct fx_memory *memory;
    volatile LONG runs;
};

struct fx_usb_reader {
    struct fx_usb_pipe *pipe;
    WDF_USB_CONTINUOUS_READER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes; /* of the memories */
    BOOLEAN has_attributes;
    ULONG count;
    volatile LONG active;     /* reads that run or are on their way, and one while it may start */
    volatile LONG has_failed; /* work is queued or at it: no read starts */
    NTSTATUS failed_status;
    USBD_STATUS failed_usbd;
    KEVENT idle; /* set while active is 0 */
    struct fx_passive work;
    BOOLEAN has_work;
    struct fx_usb_read reads[READS_MAX];
};

static void reader_enter(struct fx_usb_reader *reader)
{
    if (InterlockedIncrement(&reader->active) == 1)
        KeClearEvent(&reader->idle);
}

static void reader_leave(struct fx_usb_reader *reader)
{
    if (InterlockedDecrement(&reader->active) == 0)
        KeSetEvent(&reader->idle, IO_NO_INCREMENT, FALSE);
}

static void read_memory_drop(struct fx_usb_read *read)
{
    struct fx_memory *memory = read->memory;

    read->memory = NULL;
    if (memory != NULL)
        fx_object_delete(&memory->object);
}

/* A read went wrong: the rest is work at PASSIVE_LEVEL. */
static void reader_fail(struct fx_usb_reader *reader, NTSTATUS status, USBD_STATUS usbd)
{
    if (InterlockedExchange(&reader->has_failed, 1))
        return;
    reader->failed_status = status;
    reader->failed_usbd = usbd;
    fx_passive_post(&reader->work);
}

static EVT_WDF_REQUEST_COMPLETION_ROUTINE read_completed;

/* New memory, formatted; STATUS_CANCELLED: the pipe is not to be read now. */
static NTSTATUS read_prepare(struct fx_usb_read *read)
{
    struct fx_usb_reader *reader = read->reader;
    const WDF_USB_CONTINUOUS_READER_CONFIG *config = &reader->config;
    struct fx_globals *globals = reader->pipe->target.object.globals;
    struct fx_buffer buffer = {.kind = FX_BUFFER_MEMORY};
    NTSTATUS status;

    if (reader->has_failed || reader->pipe->target.state != WdfIoTargetStarted ||
        fx_send_is_out(&read->request->send))
        return STATUS_CANCELLED;
    fx_send_reuse(read->request, 0, STATUS_NOT_SUPPORTED, NULL);
    read_memory_drop(read);
    status = fx_memory_create(
        globals, reader->has_attributes ? &reader->attributes : NULL, NULL, NonPagedPoolNx, 0,
        config->HeaderLength + config->TransferLength + config->TrailerLength, &read->memory);
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(read->memory->buffer, read->memory->length_bytes);
    buffer.memory = read->memory;
    buffer.offset = config->HeaderLength;
    buffer.length = (ULONG)config->TransferLength;
    buffer.bytes = (PUCHAR)read->memory->buffer + buffer.offset;
    status = fx_usb_format_transfer(reader->pipe, read->request, TRUE, &buffer);
    if (NT_SUCCESS(status)) {
        read->request->send.completion = read_completed;
        read->request->send.context = read;
    }
    return status;
}

/* Sends the read, again for each completion that came meanwhile. */
static void read_run(struct fx_usb_read *read)
{
    struct fx_usb_reader *reader = read->reader;
    struct fx_target *target = &reader->pipe->target;
    NTSTATUS status;
    ULONG action;

    if (InterlockedIncrement(&read->runs) != 1)
        return;
    do {
        status = read_prepare(read);
        if (NT_SUCCESS(status)) {
            reader_enter(reader);
            action = fx_send_submit(target, read->request, FX_SUBMIT_NO_PEND, 0);
            if (action & FX_SUBMIT_SEND)
                fx_target_call(target, read->request->irp);
            else if (action == 0)
                reader_leave(reader);
        } else if (status != STATUS_CANCELLED) {
            reader_fail(reader, status, 0);
        }
    } while (InterlockedDecrement(&read->runs) != 0);
}

static VOID NTAPI read_completed(WDFREQUEST request, WDFIOTARGET target,
                                 PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context)
{
    struct fx_usb_read *read = context;
    struct fx_usb_reader *reader = read->reader;
    const WDF_USB_REQUEST_COMPLETION_PARAMS *usb = params->Parameters.Usb.Completion;
    NTSTATUS status = params->IoStatus.Status;

    UNREFERENCED_PARAMETER(request);
    if (NT_SUCCESS(status)) {
        reader->config.EvtUsbTargetPipeReadComplete(
            (WDFUSBPIPE)target, fx_handle_of(&read->memory->object),
            usb->Parameters.PipeRead.Length, reader->config.EvtUsbTargetPipeReadCompleteContext);
        read_run(read);
    } else if (status != STATUS_CANCELLED) {
        reader_fail(reader, status, usb->UsbdStatus);
    }
    reader_leave(reader);
}

static void reader_start(struct fx_usb_pipe *pipe)
{
    struct fx_usb_reader *reader = pipe->reader;
    ULONG i;

    reader_enter(reader);
    for (i = 0; i < reader->count; i++)
        if (!fx_send_is_out(&reader->reads[i].request->send))
            read_run(&reader->reads[i]);
    reader_leave(reader);
}

void fx_usb_reader_restart(struct fx_usb_pipe *pipe)
{
    InterlockedExchange(&pipe->reader->has_failed, 0);
    reader_start(pipe);
}

void fx_usb_reader_settle(struct fx_usb_pipe *pipe)
{
    fx_wait(pipe->target.object.globals, &pipe->reader->idle, "the continuous reader of WDFUSBPIPE",
            fx_handle_of(&pipe->target.object));
}

/* Work at PASSIVE_LEVEL after a failure. */
static void reader_recover(struct fx_object *object)
{
    struct fx_usb_pipe *pipe = (struct fx_usb_pipe *)object;
    struct fx_usb_reader *reader = pipe->reader;
    WDF_REQUEST_SEND_OPTIONS always;
    struct fx_request *request;
    BOOLEAN restart = TRUE;
    NTSTATUS status;
    ULONG i;

    WDF_REQUEST_SEND_OPTIONS_INIT(&always, WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE);
    for (i = 0; i < reader->count; i++)
        fx_send_cancel(reader->reads[i].request);
    fx_usb_reader_settle(pipe);
    if (reader->config.EvtUsbTargetPipeReadersFailed != NULL)
        restart = reader->config.EvtUsbTargetPipeReadersFailed(
            fx_handle_of(object), reader->failed_status, reader->failed_usbd);
    if (restart && NT_SUCCESS(fx_usb_connected(pipe->device)) &&
        NT_SUCCESS(fx_wait_request(&pipe->target, NULL, &request))) {
        status = fx_usb_format_pipe(pipe, request, URB_FUNCTION_SYNC_RESET_PIPE_AND_CLEAR_STALL,
                                    WdfUsbRequestTypePipeReset);
        if (NT_SUCCESS(status))
            fx_send_wait(&pipe->target, request, &always, FALSE, NULL);
        fx_wait_request_done(request, NULL);
        InterlockedExchange(&reader->has_failed, 0);
        reader_start(pipe);
    }
}

NTSTATUS fx_usb_reader_create(struct fx_usb_pipe *pipe,
                              const WDF_USB_CONTINUOUS_READER_CONFIG *config)
{
    struct fx_globals *globals = pipe->target.object.globals;
    struct fx_usb_reader *reader;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    reader = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*reader), FX_TAG);
    if (reader == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    reader->pipe = pipe;
    reader->config = *config;
    if (config->BufferAttributes != NULL) {
        reader->attributes = *config->BufferAttributes;
        reader->has_attributes = TRUE;
    }
    reader->config.BufferAttributes = NULL;
    reader->count = config->NumPendingReads != 0 ? config->NumPendingReads : READS_DEFAULT;
    if (reader->count > READS_MAX)
        reader->count = READS_MAX;
    KeInitializeEvent(&reader->idle, NotificationEvent, TRUE);
    pipe->reader = reader;
    for (i = 0; i < reader->count && NT_SUCCESS(status); i++) {
        reader->reads[i].reader = reader;
        /* Not the pipe's children: these would be deleted before the pipe is closed. */
        status = fx_request_create(globals, NULL, NULL, NULL, FX_REQUEST_OWNS_IRP,
                                   &reader->reads[i].request);
    }
    if (NT_SUCCESS(status))
        status = fx_passive_init(&reader->work, &pipe->target.object, reader_recover);
    if (NT_SUCCESS(status))
        reader->has_work = TRUE;
    else
        fx_usb_reader_destroy(pipe);
    return status;
}

void fx_usb_reader_destroy(struct fx_usb_pipe *pipe)
{
    struct fx_usb_reader *reader = pipe->reader;
    ULONG i;

    if (reader == NULL)
        return;
    if (reader->has_work) {
        InterlockedExchange(&reader->has_failed, 1);
        fx_passive_flush(&reader->work);
        fx_passive_fini(&reader->work);
        fx_usb_reader_settle(pipe);
    }
    pipe->reader = NULL;
    for (i = 0; i < reader->count; i++) {
        struct fx_usb_read *read = &reader->reads[i];

        if (read->request != NULL) {
            fx_format_end(read->request);
            fx_object_delete(&read->request->object);
        }
        read_memory_drop(read);
    }
    ExFreePoolWithTag(reader, FX_TAG);
}
