/* SPDX-License-Identifier: MIT */
/* kmdfbench.c - the least a KMDF driver can do with an IOCTL, in the ways that are measured.
 *
 * A control device with a parallel queue: answers at once, as benchdrv.sys does without the
 * Framework, or after a trip through a manual queue.
 */
#include <ntddk.h>
#include <wdf.h>

#include <wdmsec.h>

#include "benchdrv.h"

static WDFQUEUE Manual;

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL BenchControl;
static EVT_WDF_DRIVER_UNLOAD BenchUnload;

typedef struct _BENCH_CONTEXT {
    ULONG64 Number;
} BENCH_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(BENCH_CONTEXT, BenchContext);

/* Objects with a context below the device, one after the other. */
static NTSTATUS BenchObjects(WDFDEVICE Device, ULONG Turns, ULONG64 *Sum)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object;
    NTSTATUS status;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, BENCH_CONTEXT);
    attributes.ParentObject = Device;
    while (Turns-- > 0) {
        status = WdfObjectCreate(&attributes, &object);
        if (!NT_SUCCESS(status))
            return status;
        *Sum += ++BenchContext(object)->Number;
        WdfObjectDelete(object);
    }
    return STATUS_SUCCESS;
}

static VOID BenchControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                         size_t InputLength, ULONG Code)
{
    ULONG64 *number;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(OutputLength);
    UNREFERENCED_PARAMETER(InputLength);
    if (Code == IOCTL_BENCH_OBJECTS) {
        struct bench_loop *loop;
        status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*loop), (PVOID *)&loop, NULL);
        if (NT_SUCCESS(status)) {
            loop->sum = 0;
            status = BenchObjects(WdfIoQueueGetDevice(Queue), loop->turns, &loop->sum);
        }
        WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? sizeof(*loop) : 0);
        return;
    }
    if (Code == IOCTL_BENCH_FORWARD) {
        status = WdfRequestForwardToIoQueue(Request, Manual);
        if (NT_SUCCESS(status))
            status = WdfIoQueueRetrieveNextRequest(Manual, &Request);
        if (!NT_SUCCESS(status)) {
            WdfRequestComplete(Request, status);
            return;
        }
    }
    status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*number), (PVOID *)&number, NULL);
    if (!NT_SUCCESS(status)) {
        WdfRequestComplete(Request, status);
        return;
    }
    *number += 1;
    WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, sizeof(*number));
}

static VOID BenchUnload(WDFDRIVER Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

static NTSTATUS DeviceCreate(WDFDRIVER Driver)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\CoveBenchFx");
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\CoveBenchFx");
    PWDFDEVICE_INIT init =
        WdfControlDeviceInitAllocate(Driver, &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R);
    WDF_IO_QUEUE_CONFIG config;
    WDFDEVICE device;
    NTSTATUS status;

    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = WdfDeviceInitAssignName(init, &name);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = BenchControl;
    status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL);
    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
        status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &Manual);
    }
    if (NT_SUCCESS(status))
        status = WdfDeviceCreateSymbolicLink(device, &link);
    if (!NT_SUCCESS(status))
        return status;
    WdfControlFinishInitializing(device);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;
    WDFDRIVER driver;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = BenchUnload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    return NT_SUCCESS(status) ? DeviceCreate(driver) : status;
}
