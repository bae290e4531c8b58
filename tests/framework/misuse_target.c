/* SPDX-License-Identifier: MIT */
/* misuse_target.c - requests that are sent, and what a driver may not do with them meanwhile. */
#include <ntddk.h>

#include <wdf.h>

#include "misuse.h"

static WDFIOTARGET target;
static WDFREQUEST request;

/* A request that waits for a stopped target: the device behind is never asked. */
static BOOLEAN request_send(void)
{
    static const UNICODE_STRING sddl = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(WdfGetDriver(), &sddl);
    WDF_IO_TARGET_OPEN_PARAMS params;
    WDFDEVICE device;

    if (init == NULL || !NT_SUCCESS(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device)) ||
        !NT_SUCCESS(WdfIoTargetCreate(device, WDF_NO_OBJECT_ATTRIBUTES, &target)))
        return FALSE;
    WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&params, WdfDeviceWdmGetDeviceObject(device));
    if (!NT_SUCCESS(WdfIoTargetOpen(target, &params)) ||
        !NT_SUCCESS(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request)) ||
        !NT_SUCCESS(WdfIoTargetFormatRequestForIoctl(target, request, 4, NULL, NULL, NULL, NULL)))
        return FALSE;
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    return WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS);
}

static void sent_twice(void)
{
    if (request_send())
        WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS);
}

static void sent_reused(void)
{
    WDF_REQUEST_REUSE_PARAMS params;

    WDF_REQUEST_REUSE_PARAMS_INIT(&params, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    if (request_send())
        (void)WdfRequestReuse(request, &params);
}

static void sent_formatted(void)
{
    if (request_send())
        (void)WdfIoTargetFormatRequestForIoctl(target, request, 4, NULL, NULL, NULL, NULL);
}

static void format_without_irp(void)
{
    IO_STACK_LOCATION stack = {.MajorFunction = IRP_MJ_FLUSH_BUFFERS};

    if (NT_SUCCESS(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &request)))
        WdfRequestWdmFormatUsingStackLocation(request, &stack);
}

static void format_without_location(void)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    if (irp == NULL)
        return;
    IoSetNextIrpStackLocation(irp);
    if (NT_SUCCESS(WdfRequestCreateFromIrp(WDF_NO_OBJECT_ATTRIBUTES, irp, FALSE, &request)))
        WdfRequestFormatRequestUsingCurrentType(request);
}

const struct misuse_rule misuse_target[] = {
    {L"sent_twice", sent_twice},
    {L"sent_reused", sent_reused},
    {L"sent_formatted", sent_formatted},
    {L"format_without_irp", format_without_irp},
    {L"format_without_location", format_without_location},
};
const ULONG misuse_target_count = ARRAYSIZE(misuse_target);
