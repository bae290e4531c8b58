/* SPDX-License-Identifier: MIT */
/* targets.c - requests to a target: synchronous ones, and those that are formatted and sent. */
#include "target_control.h"

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

DRIVERTEST_LIST = {
    DRIVERTEST(target_io_buffered),
    DRIVERTEST(target_io_direct),
    DRIVERTEST(target_io_neither),
    DRIVERTEST(target_controls),
    DRIVERTEST(target_formats),
    DRIVERTEST(target_raw_format),
    DRIVERTEST_END,
};
