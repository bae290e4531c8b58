/* SPDX-License-Identifier: MIT */
/* target_control.c - see target_control.h. */
#include "target_control.h"

WDFDEVICE control;
WDFIOTARGET target;

/* ---- a control device with a target, closed again ------------------------------------------ */

NTSTATUS control_make(void)
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
BOOLEAN begin(ULONG flags)
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

void end(void)
{
    WdfObjectDelete(target);
    WdfObjectDelete(control);
    lower_drop();
}

/* ---- formatted and sent --------------------------------------------------------------------- */

EVT_WDF_REQUEST_COMPLETION_ROUTINE evt_done;

VOID evt_done(WDFREQUEST request, WDFIOTARGET of, PWDF_REQUEST_COMPLETION_PARAMS params,
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

void done_init(struct done *done)
{
    RtlZeroMemory(done, sizeof(*done));
    KeInitializeEvent(&done->event, SynchronizationEvent, FALSE);
}

void done_wait(struct done *done)
{
    KeWaitForSingleObject(&done->event, Executive, KernelMode, FALSE, NULL);
}

WDFREQUEST request_make(void)
{
    WDFREQUEST request = NULL;

    expect_status(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request), STATUS_SUCCESS);
    return request;
}

/* A control without buffers. */
void request_format(WDFREQUEST request, struct done *done)
{
    expect_status(
        WdfIoTargetFormatRequestForIoctl(target, request, IOCTL_BUFFERED, NULL, NULL, NULL, NULL),
        STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_done, done);
}

void request_renew(WDFREQUEST request)
{
    WDF_REQUEST_REUSE_PARAMS reuse;

    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    expect_status(WdfRequestReuse(request, &reuse), STATUS_SUCCESS);
}
