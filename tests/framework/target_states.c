/* SPDX-License-Identifier: MIT */
/* target_states.c - targets and requests over time: time-outs, cancellation, targets that are
 * stopped, opened and closed, requests that are used again.
 */
#include "target_control.h"

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
