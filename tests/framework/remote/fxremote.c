/* SPDX-License-Identifier: MIT */
/* fxremote.c - two devices of one driver: the near one opens the far one by its name and is told
 * when that one is about to go. What happened is asked for by the test's program.
 */
#include <ntddk.h>

#include <wdf.h>

#include "fxremote.h"

#define FAR_NAME L"\\Device\\FxRemoteFar"

static WDFDEVICE near_device, far_device;
static WDFIOTARGET target;
static struct fxremote_state seen;
static BOOLEAN vetoes;
static KEVENT gone;

/* ---- what the target's owner does ------------------------------------------------------------ */

static NTSTATUS refuses_query(WDFIOTARGET of)
{
    seen.queries++;
    return STATUS_UNSUCCESSFUL;
}

static NTSTATUS follows_query(WDFIOTARGET of)
{
    seen.queries++;
    WdfIoTargetCloseForQueryRemove(of);
    return STATUS_SUCCESS;
}

static VOID follows_canceled(WDFIOTARGET of)
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    seen.cancels++;
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&params);
    if (!NT_SUCCESS(WdfIoTargetOpen(of, &params)))
        WdfIoTargetClose(of);
}

static VOID follows_complete(WDFIOTARGET of)
{
    seen.completes++;
    WdfIoTargetClose(of);
    KeSetEvent(&gone, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS target_open(ULONG way)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(FAR_NAME);
    WDF_IO_TARGET_OPEN_PARAMS params;

    RtlZeroMemory(&seen, sizeof(seen));
    KeClearEvent(&gone);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &name, FILE_READ_DATA | FILE_WRITE_DATA);
    if (way == FXREMOTE_REFUSES) {
        params.EvtIoTargetQueryRemove = refuses_query;
    } else if (way == FXREMOTE_FOLLOWS) {
        params.EvtIoTargetQueryRemove = follows_query;
        params.EvtIoTargetRemoveCanceled = follows_canceled;
        params.EvtIoTargetRemoveComplete = follows_complete;
    }
    return WdfIoTargetOpen(target, &params);
}

static NTSTATUS target_ask(void)
{
    return WdfIoTargetSendIoctlSynchronously(target, NULL, FXREMOTE_ASK, NULL, NULL, NULL, NULL);
}

/* ---- requests -------------------------------------------------------------------------------- */

static VOID evt_near(WDFQUEUE queue, WDFREQUEST request, size_t out, size_t in, ULONG code)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG_PTR information = 0;
    PVOID buffer = NULL;

    if (in != 0)
        status = WdfRequestRetrieveInputBuffer(request, sizeof(ULONG), &buffer, NULL);
    else if (out != 0)
        status = WdfRequestRetrieveOutputBuffer(request, sizeof(seen), &buffer, NULL);
    if (!NT_SUCCESS(status) ||
        ((code == FXREMOTE_OPEN || code == FXREMOTE_VETO || code == FXREMOTE_STATE) &&
         buffer == NULL)) {
        WdfRequestComplete(request, STATUS_INVALID_PARAMETER);
        return;
    }
    switch (code) {
    case FXREMOTE_OPEN:
        status = target_open(*(PULONG)buffer);
        break;
    case FXREMOTE_CLOSE:
        WdfIoTargetClose(target);
        break;
    case FXREMOTE_STATE:
        seen.state = WdfIoTargetGetState(target);
        RtlCopyMemory(buffer, &seen, sizeof(seen));
        information = sizeof(seen);
        break;
    case FXREMOTE_VETO:
        vetoes = *(PULONG)buffer != 0;
        break;
    case FXREMOTE_FAIL:
        if (far_device != NULL)
            WdfDeviceSetFailed(far_device, WdfDeviceFailedNoRestart);
        else
            status = STATUS_NO_SUCH_DEVICE;
        break;
    case FXREMOTE_WAIT_GONE:
        KeWaitForSingleObject(&gone, Executive, KernelMode, FALSE, NULL);
        break;
    default:
        status = target_ask();
        break;
    }
    WdfRequestCompleteWithInformation(request, status, information);
}

static VOID evt_far(WDFQUEUE queue, WDFREQUEST request, size_t out, size_t in, ULONG code)
{
    WdfRequestComplete(request,
                       code == FXREMOTE_ASK ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST);
}

static NTSTATUS evt_far_query_remove(WDFDEVICE device)
{
    return vetoes ? STATUS_DEVICE_BUSY : STATUS_SUCCESS;
}

/* ---- devices --------------------------------------------------------------------------------- */

static NTSTATUS queue_make(WDFDEVICE device, PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL handler)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDeviceControl = handler;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    return WdfIoQueueCreate(device, &config, &attributes, NULL);
}

static VOID evt_far_cleanup(WDFOBJECT device)
{
    far_device = NULL;
}

static NTSTATUS far_add(PWDFDEVICE_INIT init)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(FAR_NAME);
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceQueryRemove = evt_far_query_remove;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &events);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = evt_far_cleanup;
    status = WdfDeviceInitAssignName(init, &name);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, &attributes, &far_device);
    return NT_SUCCESS(status) ? queue_make(far_device, evt_far) : status;
}

static NTSTATUS near_add(PWDFDEVICE_INIT init)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\FxRemote");
    NTSTATUS status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &near_device);

    if (NT_SUCCESS(status))
        status = WdfDeviceCreateSymbolicLink(near_device, &link);
    if (NT_SUCCESS(status))
        status = WdfIoTargetCreate(near_device, WDF_NO_OBJECT_ATTRIBUTES, &target);
    return NT_SUCCESS(status) ? queue_make(near_device, evt_near) : status;
}

static NTSTATUS evt_device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WCHAR ids[64] = {0};
    ULONG bytes;
    NTSTATUS status = WdfFdoInitQueryProperty(init, DevicePropertyHardwareID,
                                              sizeof(ids) - sizeof(WCHAR), ids, &bytes);

    if (!NT_SUCCESS(status))
        return status;
    return wcsstr(ids, L"Far") != NULL || wcsstr(ids, L"FAR") != NULL ? far_add(init)
                                                                      : near_add(init);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    KeInitializeEvent(&gone, NotificationEvent, FALSE);
    WDF_DRIVER_CONFIG_INIT(&config, evt_device_add);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
