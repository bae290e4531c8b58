/* SPDX-License-Identifier: MIT */
/* shown.c - a Plug and Play driver to look at: test_wdfkd.py installs it twice and asks `cove kd`.
 *
 * The first device stays in D0, has a child, and sends itself three requests: the driver holds one,
 * cancelable, and two wait behind it. The second has nothing to do and goes to sleep.
 */
#include <ntddk.h>

#include <wdf.h>

#define REQUESTS 3

typedef struct _SHOWN_CONTEXT {
    WDFQUEUE held;
    WDFREQUEST sent[REQUESTS];
    volatile LONG back;
} SHOWN_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(SHOWN_CONTEXT, shown_of);

DRIVER_INITIALIZE DriverEntry;
EVT_WDF_REQUEST_CANCEL ShownEvtRequestCancel;
EVT_WDF_IO_QUEUE_IO_WRITE ShownEvtIoWrite;
EVT_WDF_OBJECT_CONTEXT_CLEANUP ShownEvtCleanup;
EVT_WDF_DEVICE_SELF_MANAGED_IO_INIT ShownEvtSelfManagedIoInit;
EVT_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND ShownEvtSelfManagedIoSuspend;

static volatile LONG devices;

VOID ShownEvtRequestCancel(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

/* Holds what it is given until it is cancelled. */
VOID ShownEvtIoWrite(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    if (!NT_SUCCESS(WdfRequestMarkCancelableEx(request, ShownEvtRequestCancel)))
        WdfRequestComplete(request, STATUS_CANCELLED);
}

VOID ShownEvtCleanup(WDFOBJECT object)
{
    InterlockedDecrement(&devices);
}

static VOID sent_back(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS params,
                      WDFCONTEXT context)
{
    InterlockedIncrement((volatile LONG *)context);
}

NTSTATUS ShownEvtSelfManagedIoInit(WDFDEVICE device)
{
    WDFIOTARGET self = WdfDeviceGetSelfIoTarget(device);
    SHOWN_CONTEXT *shown = shown_of(device);
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG i = 0; shown->held != NULL && i < REQUESTS && NT_SUCCESS(status); i++) {
        WDF_OBJECT_ATTRIBUTES attributes;

        WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
        attributes.ParentObject = device;
        status = WdfRequestCreate(&attributes, self, &shown->sent[i]);
        if (!NT_SUCCESS(status))
            break;
        status = WdfIoTargetFormatRequestForWrite(self, shown->sent[i], NULL, NULL, NULL);
        WdfRequestSetCompletionRoutine(shown->sent[i], sent_back, (WDFCONTEXT)&shown->back);
        if (NT_SUCCESS(status) && !WdfRequestSend(shown->sent[i], self, WDF_NO_SEND_OPTIONS))
            status = WdfRequestGetStatus(shown->sent[i]);
    }
    return status;
}

NTSTATUS ShownEvtSelfManagedIoSuspend(WDFDEVICE device)
{
    SHOWN_CONTEXT *shown = shown_of(device);

    if (shown->held != NULL)
        WdfIoQueuePurgeSynchronously(shown->held);
    return STATUS_SUCCESS;
}

static NTSTATUS child_add(WDFDEVICE parent)
{
    DECLARE_CONST_UNICODE_STRING(device_id, L"Shown\\Child");
    DECLARE_CONST_UNICODE_STRING(instance_id, L"0");
    static const GUID raw_class = {0x7e117a1e, 0x0003, 0x4000, {0x80, 0, 0, 0, 0, 0, 0, 3}};
    PWDFDEVICE_INIT init = WdfPdoInitAllocate(parent);
    WDFDEVICE child = NULL;
    NTSTATUS status;

    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = WdfPdoInitAssignDeviceID(init, &device_id);
    if (NT_SUCCESS(status))
        status = WdfPdoInitAssignInstanceID(init, &instance_id);
    if (NT_SUCCESS(status))
        status = WdfPdoInitAssignRawDevice(init, &raw_class);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &child);
    if (!NT_SUCCESS(status)) {
        if (init != NULL)
            WdfDeviceInitFree(init);
        return status;
    }
    return WdfFdoAddStaticChild(parent, child);
}

static NTSTATUS held_make(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.PowerManaged = WdfFalse;
    config.AllowZeroLengthRequests = TRUE;
    config.EvtIoWrite = ShownEvtIoWrite;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    status = WdfIoQueueCreate(device, &config, &attributes, &shown_of(device)->held);
    if (NT_SUCCESS(status))
        status = WdfDeviceConfigureRequestDispatching(device, shown_of(device)->held,
                                                      WdfRequestTypeWrite);
    return NT_SUCCESS(status) ? child_add(device) : status;
}

static NTSTATUS idle_make(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCannotWakeFromS0);
    idle.IdleTimeout = 1;
    return WdfDeviceAssignS0IdleSettings(device, &idle);
}

static NTSTATUS evt_device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceSelfManagedIoInit = ShownEvtSelfManagedIoInit;
    events.EvtDeviceSelfManagedIoSuspend = ShownEvtSelfManagedIoSuspend;
    events.EvtDeviceSelfManagedIoRestart = ShownEvtSelfManagedIoInit;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &events);
    WdfDeviceInitAllowSelfIoTarget(init);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SHOWN_CONTEXT);
    attributes.EvtCleanupCallback = ShownEvtCleanup;
    status = WdfDeviceCreate(&init, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchManual);
    status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    if (!NT_SUCCESS(status))
        return status;
    return InterlockedIncrement(&devices) == 1 ? held_make(device) : idle_make(device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, evt_device_add);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
