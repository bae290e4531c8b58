/* SPDX-License-Identifier: MIT */
/* meter.c - a device that is powered down when nobody has read it for a while.
 *
 * Reads come through a power-managed queue: they wait while the device is down, and bring it up.
 * Controls come through a queue that is not power-managed: they are answered in every state and do
 * not count as uses, except that METER_HOLD counts one until METER_RELEASE.
 */
#include <initguid.h>

#include <ntddk.h>

#include <wdf.h>

#include "meter_ioctl.h"

#define METER_IDLE_MS 10

typedef struct _METER {
    WDFSPINLOCK Lock; /* guards: Power, and that no waiter is put into Waiters while it is down */
    METER_POWER Power;
    WDFQUEUE Waiters; /* METER_WAIT_DOWN */
    ULONG Sample;     /* lost when the device is powered down */
} METER, *PMETER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(METER, MeterOf)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD MeterEvtDeviceAdd;
static EVT_WDF_DEVICE_D0_ENTRY MeterEvtD0Entry;
static EVT_WDF_DEVICE_D0_EXIT MeterEvtD0Exit;
static EVT_WDF_IO_QUEUE_IO_READ MeterEvtRead;
static EVT_WDF_IO_QUEUE_IO_STOP MeterEvtStop;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL MeterEvtControl;

/* ---- power ----------------------------------------------------------------------------------- */

static NTSTATUS MeterEvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    PMETER meter = MeterOf(Device);

    UNREFERENCED_PARAMETER(PreviousState);
    WdfSpinLockAcquire(meter->Lock);
    meter->Power.PoweredUp++;
    meter->Power.IsUp = TRUE;
    meter->Sample = 0;
    WdfSpinLockRelease(meter->Lock);
    DbgPrint("Meter: up\n");
    return STATUS_SUCCESS;
}

static NTSTATUS MeterEvtD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    PMETER meter = MeterOf(Device);
    WDFREQUEST waiter;

    WdfSpinLockAcquire(meter->Lock);
    meter->Power.PoweredDown++;
    meter->Power.IsUp = FALSE;
    WdfSpinLockRelease(meter->Lock);
    DbgPrint("Meter: down to D%u\n", TargetState - WdfPowerDeviceD0);
    while (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(meter->Waiters, &waiter)))
        WdfRequestComplete(waiter, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

/* ---- requests -------------------------------------------------------------------------------- */

/* Only while the device is up: the queue sees to it. */
static VOID MeterEvtRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PMETER meter = MeterOf(WdfIoQueueGetDevice(Queue));
    NTSTATUS status;
    PULONG sample;

    UNREFERENCED_PARAMETER(Length);
    status = WdfRequestRetrieveOutputBuffer(Request, sizeof *sample, (PVOID *)&sample, NULL);
    if (NT_SUCCESS(status))
        *sample = (ULONG)InterlockedIncrement((volatile LONG *)&meter->Sample);
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? sizeof *sample : 0);
}

/* Reads are completed as soon as they come; one that is in MeterEvtRead just now soon is. */
static VOID MeterEvtStop(WDFQUEUE Queue, WDFREQUEST Request, ULONG ActionFlags)
{
    UNREFERENCED_PARAMETER(Queue);
    UNREFERENCED_PARAMETER(Request);
    UNREFERENCED_PARAMETER(ActionFlags);
}

static VOID MeterPower(PMETER Meter, WDFREQUEST Request)
{
    METER_POWER *power;
    NTSTATUS status = WdfRequestRetrieveOutputBuffer(Request, sizeof *power, (PVOID *)&power, NULL);

    if (NT_SUCCESS(status)) {
        WdfSpinLockAcquire(Meter->Lock);
        *power = Meter->Power;
        WdfSpinLockRelease(Meter->Lock);
    }
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? sizeof *power : 0);
}

static VOID MeterWaitDown(PMETER Meter, WDFREQUEST Request)
{
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN waits;

    WdfSpinLockAcquire(Meter->Lock);
    waits = Meter->Power.IsUp != 0;
    if (waits)
        status = WdfRequestForwardToIoQueue(Request, Meter->Waiters);
    WdfSpinLockRelease(Meter->Lock);
    if (!waits || !NT_SUCCESS(status))
        WdfRequestComplete(Request, status);
}

static VOID MeterEvtControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                            size_t InputBufferLength, ULONG IoControlCode)
{
    WDFDEVICE device = WdfIoQueueGetDevice(Queue);

    UNREFERENCED_PARAMETER(OutputBufferLength);
    UNREFERENCED_PARAMETER(InputBufferLength);
    switch (IoControlCode) {
    case IOCTL_METER_POWER:
        MeterPower(MeterOf(device), Request);
        return;
    case IOCTL_METER_WAIT_DOWN:
        MeterWaitDown(MeterOf(device), Request);
        return;
    case IOCTL_METER_HOLD:
        WdfRequestComplete(Request, WdfDeviceStopIdle(device, TRUE));
        return;
    case IOCTL_METER_RELEASE:
        WdfDeviceResumeIdle(device);
        WdfRequestComplete(Request, STATUS_SUCCESS);
        return;
    default:
        WdfRequestComplete(Request, STATUS_INVALID_DEVICE_REQUEST);
    }
}

/* ---- the device ------------------------------------------------------------------------------ */

static NTSTATUS MeterCreateQueues(WDFDEVICE Device)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.PowerManaged = WdfTrue;
    config.EvtIoRead = MeterEvtRead;
    config.EvtIoStop = MeterEvtStop;
    status = WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.PowerManaged = WdfFalse;
    config.EvtIoDeviceControl = MeterEvtControl;
    status = WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
    if (NT_SUCCESS(status))
        status = WdfDeviceConfigureRequestDispatching(Device, queue, WdfRequestTypeDeviceControl);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.PowerManaged = WdfFalse;
    return WdfIoQueueCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &MeterOf(Device)->Waiters);
}

/* The device knows no wake signal: only requests bring it back. */
static NTSTATUS MeterAssignIdle(WDFDEVICE Device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCannotWakeFromS0);
    idle.IdleTimeout = METER_IDLE_MS;
    idle.UserControlOfIdleSettings = IdleAllowUserControl;
    return WdfDeviceAssignS0IdleSettings(Device, &idle);
}

static NTSTATUS MeterEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS callbacks;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
    callbacks.EvtDeviceD0Entry = MeterEvtD0Entry;
    callbacks.EvtDeviceD0Exit = MeterEvtD0Exit;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &callbacks);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, METER);
    /* METER_HOLD waits for power: controls come at PASSIVE_LEVEL. */
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    status = WdfSpinLockCreate(&attributes, &MeterOf(device)->Lock);
    if (NT_SUCCESS(status))
        status = MeterCreateQueues(device);
    if (NT_SUCCESS(status))
        status = MeterAssignIdle(device);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_METER, NULL);
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, MeterEvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
