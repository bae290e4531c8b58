/* SPDX-License-Identifier: MIT */
/* targets.c - I/O targets that a driver opens, and requests on their way to them: every kind, every
 * state, cancelled, timed out, reused.
 */
#include "target_lower.h"

#define BYTES 16

#define IOCTL_BUFFERED   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_IN_DIRECT  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_IN_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_OUT_DIRECT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_NEITHER    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_NEITHER, FILE_ANY_ACCESS)

static WDFDEVICE control;
static WDFIOTARGET target;

/* ---- a control device with a target, closed again ------------------------------------------ */

static NTSTATUS control_make(void)
{
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(kmdf_driver, &sddl);
    NTSTATUS status;

    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    WdfControlFinishInitializing(control);
    return STATUS_SUCCESS;
}

/* The lower device with these flags, and an open target for it. FALSE: the test cannot go on. */
static BOOLEAN begin(ULONG flags)
{
    WDF_IO_TARGET_OPEN_PARAMS params;
    NTSTATUS status;

    status = lower_make(flags);
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status))
        return FALSE;
    status = control_make();
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status)) {
        lower_drop();
        return FALSE;
    }
    status = WdfIoTargetCreate(control, WDF_NO_OBJECT_ATTRIBUTES, &target);
    expect_status(status, STATUS_SUCCESS);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&params, lower.device);
    status = WdfIoTargetOpen(target, &params);
    expect_status(status, STATUS_SUCCESS);
    expect_number(WdfIoTargetGetState(target), WdfIoTargetStarted);
    return NT_SUCCESS(status);
}

static void end(void)
{
    WdfObjectDelete(target);
    WdfObjectDelete(control);
    lower_drop();
}

/* ---- synchronous ---------------------------------------------------------------------------- */

static void sync_read_write(ULONG flags)
{
    WDF_MEMORY_DESCRIPTOR descriptor;
    UCHAR bytes[BYTES];
    LONGLONG offset = 0x123456789;
    ULONG_PTR moved = 0;
    WDFMEMORY memory;
    WDFMEMORY_OFFSET range = {4, 8};
    PUCHAR kept;
    PMDL mdl;

    if (!begin(flags))
        return;
    RtlZeroMemory(bytes, sizeof(bytes));
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    expect_status(
        WdfIoTargetSendReadSynchronously(target, NULL, &descriptor, &offset, NULL, &moved),
        STATUS_SUCCESS);
    expect_number(moved, BYTES);
    expect_number(lower.major, IRP_MJ_READ);
    expect_number(lower.offset, offset);
    expect(bytes[0] == 1 && bytes[BYTES - 1] == BYTES);
    bytes[3] = 0x77;
    expect_status(WdfIoTargetSendWriteSynchronously(target, NULL, &descriptor, NULL, NULL, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, BYTES);
    expect_number(lower.major, IRP_MJ_WRITE);
    expect_number(lower.offset, 0);
    expect(RtlEqualMemory(lower.input, bytes, BYTES));

    /* A memory object, a part of it. */
    expect_status(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', BYTES, &memory,
                                  (PVOID *)&kept),
                  STATUS_SUCCESS);
    RtlZeroMemory(kept, BYTES);
    WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(&descriptor, memory, &range);
    expect_status(WdfIoTargetSendReadSynchronously(target, NULL, &descriptor, NULL, NULL, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, 8);
    expect(kept[3] == 0 && kept[4] == 1 && kept[11] == 8 && kept[12] == 0);
    range.BufferLength = BYTES; /* beyond its end */
    expect_status(WdfIoTargetSendReadSynchronously(target, NULL, &descriptor, NULL, NULL, NULL),
                  STATUS_INTEGER_OVERFLOW);

    /* An MDL. */
    mdl = IoAllocateMdl(kept, BYTES, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(mdl);
    WDF_MEMORY_DESCRIPTOR_INIT_MDL(&descriptor, mdl, BYTES);
    expect_status(WdfIoTargetSendReadSynchronously(target, NULL, &descriptor, NULL, NULL, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, BYTES);
    expect(kept[0] == 1 && kept[12] == 13);
    IoFreeMdl(mdl);

    /* Nothing at all, and a refusal. */
    expect_status(WdfIoTargetSendWriteSynchronously(target, NULL, NULL, NULL, NULL, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, 0);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    lower.answer = STATUS_DEVICE_BUSY;
    expect_status(WdfIoTargetSendReadSynchronously(target, NULL, &descriptor, NULL, NULL, &moved),
                  STATUS_DEVICE_BUSY);
    expect_number(moved, 0);
    WdfObjectDelete(memory);
    end();
}

static void target_io_buffered(void)
{
    sync_read_write(DO_BUFFERED_IO);
}

static void target_io_direct(void)
{
    sync_read_write(DO_DIRECT_IO);
}

static void target_io_neither(void)
{
    sync_read_write(0);
}

static void control_once(ULONG code, BOOLEAN is_internal)
{
    WDF_MEMORY_DESCRIPTOR in, out;
    UCHAR given[BYTES], got[BYTES];
    ULONG_PTR moved = 0;
    NTSTATUS status;
    ULONG i;

    for (i = 0; i < BYTES; i++)
        given[i] = (UCHAR)(0x20 + i);
    RtlZeroMemory(got, sizeof(got));
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, given, BYTES);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, got, BYTES - 4);
    status =
        is_internal
            ? WdfIoTargetSendInternalIoctlSynchronously(target, NULL, code, &in, &out, NULL, &moved)
            : WdfIoTargetSendIoctlSynchronously(target, NULL, code, &in, &out, NULL, &moved);
    expect_status(status, STATUS_SUCCESS);
    expect_number(lower.major,
                  is_internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL);
    expect_number(lower.code, code);
    expect_number(lower.in_length, BYTES);
    expect_number(lower.out_length, BYTES - 4);
    expect_number(moved, BYTES - 4);
    expect(RtlEqualMemory(lower.input, given, BYTES));
    expect(got[0] == 0x21 && got[BYTES - 5] == 0x20 + BYTES - 4 && got[BYTES - 4] == 0);
    expect(given[0] == 0x20);
}

static void target_controls(void)
{
    static const ULONG codes[] = {IOCTL_BUFFERED, IOCTL_IN_DIRECT, IOCTL_OUT_DIRECT, IOCTL_NEITHER};
    WDF_MEMORY_DESCRIPTOR first, last;
    UCHAR bytes[4], other[4];
    ULONG_PTR moved = 1;
    ULONG i;

    if (!begin(0))
        return;
    for (i = 0; i < RTL_NUMBER_OF(codes); i++) {
        control_once(codes[i], FALSE);
        control_once(codes[i], TRUE);
    }
    expect_status(
        WdfIoTargetSendIoctlSynchronously(target, NULL, IOCTL_BUFFERED, NULL, NULL, NULL, &moved),
        STATUS_SUCCESS);
    expect_number(moved, 0);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&first, bytes, sizeof(bytes));
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&last, other, sizeof(other));
    lower.answer = STATUS_NOT_FOUND; /* it looks at no buffer then */
    expect_status(WdfIoTargetSendInternalIoctlOthersSynchronously(target, NULL, IOCTL_NEITHER,
                                                                  &first, NULL, &last, NULL, NULL),
                  STATUS_NOT_FOUND);
    expect_number(lower.major, IRP_MJ_INTERNAL_DEVICE_CONTROL);
    expect(lower.arguments[0] == bytes && lower.arguments[1] == NULL);
    expect_number(lower.code, IOCTL_NEITHER);
    expect(lower.arguments[3] == other);
    end();
}

/* ---- formatted and sent --------------------------------------------------------------------- */

struct done {
    KEVENT event;
    LONG count;
    NTSTATUS status;
    ULONG_PTR information;
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDFREQUEST request;
};

static EVT_WDF_REQUEST_COMPLETION_ROUTINE evt_done;

static VOID evt_done(WDFREQUEST request, WDFIOTARGET of, PWDF_REQUEST_COMPLETION_PARAMS params,
                     WDFCONTEXT context)
{
    struct done *done = context;

    InterlockedIncrement(&done->count);
    done->request = request;
    done->status = params->IoStatus.Status;
    done->information = params->IoStatus.Information;
    done->params = *params;
    expect(of == target);
    KeSetEvent(&done->event, IO_NO_INCREMENT, FALSE);
}

static void done_init(struct done *done)
{
    RtlZeroMemory(done, sizeof(*done));
    KeInitializeEvent(&done->event, SynchronizationEvent, FALSE);
}

static void done_wait(struct done *done)
{
    KeWaitForSingleObject(&done->event, Executive, KernelMode, FALSE, NULL);
}

static WDFREQUEST request_make(void)
{
    WDFREQUEST request = NULL;

    expect_status(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request), STATUS_SUCCESS);
    return request;
}

/* A control without buffers. */
static void request_format(WDFREQUEST request, struct done *done)
{
    expect_status(
        WdfIoTargetFormatRequestForIoctl(target, request, IOCTL_BUFFERED, NULL, NULL, NULL, NULL),
        STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, done);
}

static void request_renew(WDFREQUEST request)
{
    WDF_REQUEST_REUSE_PARAMS reuse;

    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    expect_status(WdfRequestReuse(request, &reuse), STATUS_SUCCESS);
}

static void target_formats(void)
{
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDFMEMORY_OFFSET range = {2, 4};
    WDFMEMORY in, out;
    WDFREQUEST request;
    struct done done;
    PUCHAR given, got;
    LONGLONG offset = 512;

    if (!begin(DO_BUFFERED_IO))
        return;
    done_init(&done);
    request = request_make();
    expect_status(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', BYTES, &in,
                                  (PVOID *)&given),
                  STATUS_SUCCESS);
    expect_status(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', BYTES, &out,
                                  (PVOID *)&got),
                  STATUS_SUCCESS);
    RtlFillMemory(given, BYTES, 5);
    RtlZeroMemory(got, BYTES);

    expect_status(
        WdfIoTargetFormatRequestForIoctl(target, request, IOCTL_BUFFERED, in, NULL, out, &range),
        STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.count, 1);
    expect_status(done.status, STATUS_SUCCESS);
    expect_number(done.params.Type, WdfRequestTypeDeviceControl);
    expect_number(done.params.Parameters.Ioctl.IoControlCode, IOCTL_BUFFERED);
    expect(done.params.Parameters.Ioctl.Input.Buffer == in);
    expect(done.params.Parameters.Ioctl.Output.Buffer == out);
    expect_number(done.params.Parameters.Ioctl.Output.Offset, 2);
    expect_number(done.params.Parameters.Ioctl.Output.Length, 4);
    expect(got[1] == 0 && got[2] == 6 && got[5] == 6 && got[6] == 0);
    expect_status(WdfRequestGetStatus(request), STATUS_SUCCESS);
    WDF_REQUEST_COMPLETION_PARAMS_INIT(&params);
    WdfRequestGetCompletionParams(request, &params);
    expect_number(params.Type, WdfRequestTypeDeviceControl);
    expect_number(params.IoStatus.Information, 4);

    request_renew(request);
    WdfRequestGetCompletionParams(request, &params);
    expect_number(params.Type, WdfRequestTypeNoFormat);
    expect_status(WdfIoTargetFormatRequestForRead(target, request, out, NULL, &offset),
                  STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.params.Type, WdfRequestTypeRead);
    expect(done.params.Parameters.Read.Buffer == out);
    expect_number(done.params.Parameters.Read.Length, BYTES);
    expect_number(lower.offset, 512);
    expect(got[0] == 1 && got[BYTES - 1] == BYTES);

    request_renew(request);
    expect_status(WdfIoTargetFormatRequestForWrite(target, request, in, &range, NULL),
                  STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.params.Type, WdfRequestTypeWrite);
    expect_number(done.params.Parameters.Write.Length, 4);
    expect_number(done.params.Parameters.Write.Offset, 2);

    request_renew(request);
    expect_status(WdfIoTargetFormatRequestForInternalIoctl(target, request, IOCTL_NEITHER, in, NULL,
                                                           out, NULL),
                  STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.params.Type, WdfRequestTypeDeviceControlInternal);
    expect(got[0] == 6);

    request_renew(request);
    lower.answer = STATUS_NOT_FOUND;
    expect_status(WdfIoTargetFormatRequestForInternalIoctlOthers(target, request, IOCTL_NEITHER, in,
                                                                 &range, out, NULL, NULL, NULL),
                  STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_status(done.status, STATUS_NOT_FOUND);
    expect_number(done.params.Type, WdfRequestTypeOther);
    expect(lower.arguments[0] == given + 2 && lower.arguments[1] == got);
    expect(lower.arguments[3] == NULL);
    expect_number(done.count, 5);

    WdfObjectDelete(request);
    WdfObjectDelete(in);
    WdfObjectDelete(out);
    end();
}

/* A stack location of the driver's own making. */
static void target_raw_format(void)
{
    IO_STACK_LOCATION stack;
    WDF_REQUEST_SEND_OPTIONS options;
    WDFREQUEST request;
    struct done done;

    if (!begin(0))
        return;
    done_init(&done);
    request = request_make();
    RtlZeroMemory(&stack, sizeof(stack));
    stack.MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    WdfRequestWdmFormatUsingStackLocation(request, &stack);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(lower.major, IRP_MJ_FLUSH_BUFFERS);
    expect_number(done.params.Type, WdfRequestTypeNoFormat);

    /* Synchronously: its completion routine runs as well. */
    request_renew(request);
    stack.MajorFunction = IRP_MJ_SHUTDOWN;
    WdfRequestWdmFormatUsingStackLocation(request, &stack);
    WdfRequestSetCompletionRoutine(request, evt_done, &done);
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    lower.answer = STATUS_DEVICE_NOT_READY;
    expect(WdfRequestSend(request, target, &options));
    expect_number(lower.major, IRP_MJ_SHUTDOWN);
    expect_number(done.count, 2);
    expect_status(WdfRequestGetStatus(request), STATUS_DEVICE_NOT_READY);

    /* Options that cannot be. */
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    expect(!WdfRequestSend(request, target, &options));
    expect_status(WdfRequestGetStatus(request), STATUS_INVALID_DEVICE_STATE);
    options.Flags |= WDF_REQUEST_SEND_OPTION_TIMEOUT;
    expect(!WdfRequestSend(request, target, &options));
    expect_status(WdfRequestGetStatus(request), STATUS_INVALID_PARAMETER);
    options.Flags = 0x100;
    expect(!WdfRequestSend(request, target, &options));
    WdfObjectDelete(request);
    end();
}

/* ---- timeouts and cancellation -------------------------------------------------------------- */

static void target_timeouts(void)
{
    WDF_REQUEST_SEND_OPTIONS options;
    WDFREQUEST request;
    struct done done;
    ULONG_PTR moved = 7;

    if (!begin(0))
        return;
    lower.keeps = TRUE;
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_TIMEOUT);
    options.Timeout = WDF_REL_TIMEOUT_IN_MS(1);
    expect_status(WdfIoTargetSendIoctlSynchronously(target, NULL, IOCTL_BUFFERED, NULL, NULL,
                                                    &options, &moved),
                  STATUS_IO_TIMEOUT);
    expect_number(moved, 0);

    done_init(&done);
    request = request_make();
    expect_status(WdfRequestAllocateTimer(request), STATUS_SUCCESS);
    request_format(request, &done);
    expect(WdfRequestSend(request, target, &options));
    done_wait(&done);
    expect_status(done.status, STATUS_IO_TIMEOUT);
    expect_status(WdfRequestGetStatus(request), STATUS_IO_TIMEOUT);

    /* In time. */
    request_renew(request);
    request_format(request, &done);
    options.Timeout = WDF_REL_TIMEOUT_IN_SEC(3600);
    expect(WdfRequestSend(request, target, &options));
    expect(lower_finish(STATUS_SUCCESS, 3));
    done_wait(&done);
    expect_status(done.status, STATUS_SUCCESS);
    expect_number(done.information, 3);

    /* While it waits for a stopped target. */
    request_renew(request);
    request_format(request, &done);
    WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete);
    options.Timeout = WDF_REL_TIMEOUT_IN_MS(1);
    expect(WdfRequestSend(request, target, &options));
    done_wait(&done);
    expect_status(done.status, STATUS_IO_TIMEOUT);
    expect_number(done.count, 3);
    WdfObjectDelete(request);
    end();
}

static void target_cancel(void)
{
    WDFREQUEST request;
    struct done done;

    if (!begin(0))
        return;
    lower.keeps = TRUE;
    done_init(&done);
    request = request_make();
    request_format(request, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.count, 0);
    expect(WdfRequestCancelSentRequest(request));
    done_wait(&done);
    expect_status(done.status, STATUS_CANCELLED);
    expect(!WdfRequestCancelSentRequest(request));

    /* Cancelled stays cancelled until it is reused. */
    request_format(request, &done);
    expect(!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_status(WdfRequestGetStatus(request), STATUS_CANCELLED);
    request_renew(request);
    request_format(request, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect(lower_finish(STATUS_SUCCESS, 0));
    expect_number(done.count, 2);

    /* While the target is stopped. */
    WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
    request_renew(request);
    request_format(request, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.count, 2);
    expect(WdfRequestCancelSentRequest(request));
    expect_number(done.count, 3);
    expect_status(done.status, STATUS_CANCELLED);
    WdfObjectDelete(request);
    end();
}

/* The race: one thread completes, another cancels, a third's timer runs. */
#define RACES 400

static KEVENT race_over;

static VOID race_thread(PVOID context)
{
    volatile LONG *rounds = context;

    while (*rounds < RACES)
        lower_finish(STATUS_SUCCESS, 0);
    KeSetEvent(&race_over, IO_NO_INCREMENT, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void target_races(void)
{
    WDF_REQUEST_SEND_OPTIONS options;
    volatile LONG round;
    WDFREQUEST request;
    struct done done;
    HANDLE thread;

    if (!begin(0))
        return;
    lower.keeps = TRUE;
    done_init(&done);
    KeInitializeEvent(&race_over, NotificationEvent, FALSE);
    request = request_make();
    round = 0;
    expect_status(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, race_thread,
                                       (PVOID)&round),
                  STATUS_SUCCESS);
    ZwClose(thread);
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_TIMEOUT);
    options.Timeout = WDF_REL_TIMEOUT_IN_US(50);
    for (; round < RACES; round++) {
        request_renew(request);
        request_format(request, &done);
        expect(WdfRequestSend(request, target, round % 2 ? &options : NULL));
        if (round % 3 == 0)
            WdfRequestCancelSentRequest(request);
        done_wait(&done);
        expect(done.status == STATUS_SUCCESS || done.status == STATUS_CANCELLED ||
               done.status == STATUS_IO_TIMEOUT);
    }
    expect_number(done.count, RACES);
    KeWaitForSingleObject(&race_over, Executive, KernelMode, FALSE, NULL);
    WdfObjectDelete(request);
    end();
}

/* ---- states --------------------------------------------------------------------------------- */

static void target_stop_start(void)
{
    WDF_REQUEST_SEND_OPTIONS options;
    WDFREQUEST first, second, third;
    struct done done;

    if (!begin(0))
        return;
    done_init(&done);
    first = request_make();
    second = request_make();
    third = request_make();

    /* Stopped: requests wait, in order; one that ignores the state goes through. */
    WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete);
    expect_number(WdfIoTargetGetState(target), WdfIoTargetStopped);
    request_format(first, &done);
    request_format(second, &done);
    expect(WdfRequestSend(first, target, WDF_NO_SEND_OPTIONS));
    expect(WdfRequestSend(second, target, WDF_NO_SEND_OPTIONS));
    expect_number(lower.count, 0);
    request_format(third, &done);
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE);
    expect(WdfRequestSend(third, target, &options));
    expect_number(lower.count, 1);
    expect_number(done.count, 1);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    expect_number(WdfIoTargetGetState(target), WdfIoTargetStarted);
    expect_number(lower.count, 3);
    expect_number(done.count, 3);
    expect(done.request == second);

    /* Stopped with requests below: left there, or cancelled. */
    lower.keeps = TRUE;
    request_renew(first);
    request_format(first, &done);
    expect(WdfRequestSend(first, target, WDF_NO_SEND_OPTIONS));
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    expect_number(done.count, 3);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    request_renew(second);
    request_format(second, &done);
    expect(WdfRequestSend(second, target, WDF_NO_SEND_OPTIONS));
    WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
    expect_number(done.count, 5);
    expect_status(done.status, STATUS_CANCELLED);

    /* Purged: what waits and what is below ends, what comes is refused. */
    request_renew(first);
    request_format(first, &done);
    expect(WdfRequestSend(first, target, WDF_NO_SEND_OPTIONS)); /* waits */
    request_renew(second);
    request_format(second, &done);
    expect(WdfRequestSend(second, target, &options)); /* is below */
    WdfIoTargetPurge(target, WdfIoTargetPurgeIoAndWait);
    expect_number(WdfIoTargetGetState(target), WdfIoTargetPurged);
    expect_number(done.count, 6);
    expect_status(done.status, STATUS_WDF_DEVICE_REMOVED_NOT_SENT);
    expect(done.request == first);
    request_renew(first);
    request_format(first, &done);
    expect(!WdfRequestSend(first, target, WDF_NO_SEND_OPTIONS));
    expect_status(WdfRequestGetStatus(first), STATUS_INVALID_DEVICE_STATE);
    expect(lower_finish(STATUS_SUCCESS, 0)); /* the one that ignored the state */
    expect_number(done.count, 7);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    expect(WdfRequestSend(first, target, WDF_NO_SEND_OPTIONS));
    WdfIoTargetPurge(target, WdfIoTargetPurgeIo);
    done_wait(&done);
    expect_number(done.count, 8);
    expect_status(done.status, STATUS_CANCELLED);

    WdfObjectDelete(first);
    WdfObjectDelete(second);
    WdfObjectDelete(third);
    end();
}

static VOID finisher(PVOID context)
{
    lower_wait();
    lower_finish(STATUS_SUCCESS, 0);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* A stop that waits: for who completes it later. */
static void target_stop_waits(void)
{
    WDFREQUEST request;
    struct done done;
    HANDLE thread;

    if (!begin(0))
        return;
    lower.keeps = TRUE;
    done_init(&done);
    request = request_make();
    request_format(request, &done);
    expect_status(
        PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, finisher, NULL),
        STATUS_SUCCESS);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete);
    expect_number(done.count, 1);
    expect_status(done.status, STATUS_SUCCESS);
    ZwWaitForSingleObject(thread, FALSE, NULL);
    ZwClose(thread);

    /* Closed with a request below: it is cancelled and waited for. */
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    request_renew(request);
    request_format(request, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    WdfIoTargetClose(target);
    expect_number(WdfIoTargetGetState(target), WdfIoTargetClosed);
    expect_number(done.count, 2);
    expect_status(done.status, STATUS_CANCELLED);
    request_renew(request);
    expect_status(
        WdfIoTargetFormatRequestForIoctl(target, request, IOCTL_BUFFERED, NULL, NULL, NULL, NULL),
        STATUS_INVALID_DEVICE_STATE);
    WdfObjectDelete(request);
    end();
}

/* ---- opening -------------------------------------------------------------------------------- */

static void target_open_by_name(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(LOWER_NAME);
    UNICODE_STRING other = RTL_CONSTANT_STRING(L"\\Device\\FxTargetNowhere");
    WDF_IO_TARGET_OPEN_PARAMS params, again;
    WDFIOTARGET remote;
    PFILE_OBJECT file;

    if (!begin(0))
        return;
    expect(WdfIoTargetGetDevice(target) == control);
    expect(WdfIoTargetWdmGetTargetDeviceObject(target) == lower.device);
    expect(WdfIoTargetWdmGetTargetFileObject(target) == NULL);
    expect(WdfIoTargetWdmGetTargetPhysicalDevice(target) == NULL);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&params, lower.device);
    expect_status(WdfIoTargetOpen(target, &params), STATUS_INVALID_DEVICE_STATE);

    expect_status(WdfIoTargetCreate(control, WDF_NO_OBJECT_ATTRIBUTES, &remote), STATUS_SUCCESS);
    expect_number(WdfIoTargetGetState(remote), WdfIoTargetClosed);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&again);
    expect_status(WdfIoTargetOpen(remote, &again), STATUS_INVALID_DEVICE_REQUEST);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &other, FILE_READ_DATA);
    expect_status(WdfIoTargetOpen(remote, &params), STATUS_OBJECT_NAME_NOT_FOUND);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &name, FILE_READ_DATA | FILE_WRITE_DATA);
    params.Size--;
    expect_status(WdfIoTargetOpen(remote, &params), STATUS_INFO_LENGTH_MISMATCH);
    params.Size++;
    params.Type = WdfIoTargetOpenUndefined;
    expect_status(WdfIoTargetOpen(remote, &params), STATUS_INVALID_PARAMETER);
    params.Type = WdfIoTargetOpenByName;
    expect_status(WdfIoTargetOpen(remote, &params), STATUS_SUCCESS);
    expect_number(params.FileInformation, FILE_OPENED);
    expect_number(lower.opened, 1);
    expect(WdfIoTargetWdmGetTargetDeviceObject(remote) == lower.device);
    expect(WdfIoTargetWdmGetTargetFileHandle(remote) != NULL);
    file = WdfIoTargetWdmGetTargetFileObject(remote);
    expect(file != NULL && file->DeviceObject == lower.device);
    expect_status(
        WdfIoTargetSendIoctlSynchronously(remote, NULL, IOCTL_BUFFERED, NULL, NULL, NULL, NULL),
        STATUS_SUCCESS);
    expect(lower.file == file);

    WdfIoTargetCloseForQueryRemove(remote);
    expect_number(WdfIoTargetGetState(remote), WdfIoTargetClosedForQueryRemove);
    expect_number(lower.closed, 1);
    expect(WdfIoTargetWdmGetTargetDeviceObject(remote) == NULL);
    expect_status(
        WdfIoTargetSendIoctlSynchronously(remote, NULL, IOCTL_BUFFERED, NULL, NULL, NULL, NULL),
        STATUS_INVALID_DEVICE_STATE);
    expect_status(WdfIoTargetOpen(remote, &again), STATUS_SUCCESS);
    expect_number(WdfIoTargetGetState(remote), WdfIoTargetStarted);
    expect_number(lower.opened, 2);
    WdfIoTargetClose(remote);
    expect_status(WdfIoTargetStart(remote), STATUS_INVALID_DEVICE_STATE);
    expect_number(lower.closed, 2);
    expect_status(WdfIoTargetOpen(remote, &again), STATUS_SUCCESS);
    WdfObjectDelete(remote); /* open */
    expect_number(lower.closed, 3);
    end();
}

/* ---- requests ------------------------------------------------------------------------------- */

#define REUSES 10000

static void target_reuse_often(void)
{
    WDFREQUEST request;
    struct done done;
    ULONG i;

    if (!begin(0))
        return;
    done_init(&done);
    request = request_make();
    for (i = 0; i < REUSES; i++) {
        request_renew(request);
        request_format(request, &done);
        if (!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS))
            break;
    }
    expect_number(i, REUSES);
    expect_number(done.count, REUSES);
    expect_number(lower.count, REUSES);
    WdfObjectDelete(request);
    end();
}

static void target_request_of_irp(void)
{
    WDF_REQUEST_REUSE_PARAMS reuse;
    WDFREQUEST request;
    struct done done;
    PIRP irp, small;

    if (!begin(0))
        return;
    done_init(&done);
    irp = IoAllocateIrp(lower.device->StackSize, FALSE);
    small = IoAllocateIrp(1, FALSE);
    expect_status(WdfRequestCreateFromIrp(WDF_NO_OBJECT_ATTRIBUTES, irp, FALSE, &request),
                  STATUS_SUCCESS);
    expect(WdfRequestWdmGetIrp(request) == irp);
    request_format(request, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.count, 1);
    expect(WdfRequestWdmGetIrp(request) == irp);

    /* Another IRP, one that the target finds too small. */
    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_SET_NEW_IRP, STATUS_SUCCESS);
    WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(&reuse, small);
    expect_status(WdfRequestReuse(request, &reuse), STATUS_SUCCESS);
    expect(WdfRequestWdmGetIrp(request) == small);
    IoSetNextIrpStackLocation(small);
    expect_status(WdfRequestChangeTarget(request, target), STATUS_REQUEST_NOT_ACCEPTED);
    expect_status(
        WdfIoTargetFormatRequestForIoctl(target, request, IOCTL_BUFFERED, NULL, NULL, NULL, NULL),
        STATUS_REQUEST_NOT_ACCEPTED);
    WdfObjectDelete(request);
    IoSkipCurrentIrpStackLocation(small);
    IoFreeIrp(small);
    IoFreeIrp(irp);

    /* One that goes with its request. */
    irp = IoAllocateIrp(1, FALSE);
    expect_status(WdfRequestCreateFromIrp(WDF_NO_OBJECT_ATTRIBUTES, irp, TRUE, &request),
                  STATUS_SUCCESS);
    expect_status(WdfRequestChangeTarget(request, target), STATUS_SUCCESS);
    WdfObjectDelete(request);

    /* One without a target at first. */
    expect_status(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &request), STATUS_SUCCESS);
    expect(WdfRequestWdmGetIrp(request) == NULL);
    expect(!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_status(WdfRequestGetStatus(request), STATUS_REQUEST_NOT_ACCEPTED);
    expect_status(WdfRequestChangeTarget(request, target), STATUS_SUCCESS);
    expect(WdfRequestWdmGetIrp(request) != NULL);
    request_format(request, &done);
    expect(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
    expect_number(done.count, 2);
    WdfObjectDelete(request);
    end();
}

DRIVERTEST_LIST = {
    DRIVERTEST(target_io_buffered),
    DRIVERTEST(target_io_direct),
    DRIVERTEST(target_io_neither),
    DRIVERTEST(target_controls),
    DRIVERTEST(target_formats),
    DRIVERTEST(target_raw_format),
    DRIVERTEST(target_timeouts),
    DRIVERTEST(target_cancel),
    DRIVERTEST(target_races),
    DRIVERTEST(target_stop_start),
    DRIVERTEST(target_stop_waits),
    DRIVERTEST(target_open_by_name),
    DRIVERTEST(target_reuse_often),
    DRIVERTEST(target_request_of_irp),
    DRIVERTEST_END,
};
