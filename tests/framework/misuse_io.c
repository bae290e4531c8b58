/* SPDX-License-Identifier: MIT */
/* misuse_io.c - a driver that breaks one rule about requests or queues: the one that its service
 * is called by (test_misuse_io.py copies the file under that name).
 *
 * It makes a control device and sends itself one IRP; the queue's handler breaks the rule.
 */
#include <ntddk.h>
#include <wdf.h>

#include <wdmsec.h>

DRIVER_INITIALIZE DriverEntry;

static WDFQUEUE queue;

static VOID evt_cancel(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID evt_state(WDFQUEUE of, WDFCONTEXT context)
{
    UNREFERENCED_PARAMETER(of);
    UNREFERENCED_PARAMETER(context);
}

static void completed_twice(WDFREQUEST request)
{
    WdfObjectReference(request);
    WdfRequestComplete(request, STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void completed_while_cancelable(WDFREQUEST request)
{
    WdfRequestMarkCancelable(request, evt_cancel);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void completed_with_memory_held(WDFREQUEST request)
{
    WDFMEMORY memory;

    (void)WdfRequestRetrieveOutputMemory(request, &memory);
    WdfObjectReference(memory);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void completed_own(WDFREQUEST request)
{
    WDFREQUEST own;

    UNREFERENCED_PARAMETER(request);
    (void)WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &own);
    WdfRequestComplete(own, STATUS_SUCCESS);
}

static void marked_twice(WDFREQUEST request)
{
    WdfRequestMarkCancelable(request, evt_cancel);
    WdfRequestMarkCancelable(request, evt_cancel);
}

static void acknowledged_after_the_end(WDFREQUEST request)
{
    WdfObjectReference(request);
    WdfRequestComplete(request, STATUS_SUCCESS);
    WdfRequestStopAcknowledge(request, FALSE);
}

static void parameters_after_the_end(WDFREQUEST request)
{
    WDF_REQUEST_PARAMETERS parameters;

    WdfObjectReference(request);
    WdfRequestComplete(request, STATUS_SUCCESS);
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(request, &parameters);
}

static void deleted_by_driver(WDFREQUEST request)
{
    WdfObjectDelete(request); /* refused: it is still there */
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void drained_twice(WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(request);
    WdfIoQueueDrain(queue, evt_state, NULL);
    WdfIoQueueDrain(queue, evt_state, NULL);
}

static void default_queue_deleted(WDFREQUEST request)
{
    WdfObjectDelete(queue);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void nothing(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static const struct {
    PCWSTR name;
    void (*run)(WDFREQUEST request);
} rules[] = {
    {L"completed_twice", completed_twice},
    {L"completed_while_cancelable", completed_while_cancelable},
    {L"completed_with_memory_held", completed_with_memory_held},
    {L"completed_own", completed_own},
    {L"marked_twice", marked_twice},
    {L"acknowledged_after_the_end", acknowledged_after_the_end},
    {L"parameters_after_the_end", parameters_after_the_end},
    {L"deleted_by_driver", deleted_by_driver},
    {L"drained_twice", drained_twice},
    {L"default_queue_deleted", default_queue_deleted},
    {L"nothing", nothing},
};

static VOID evt_read(WDFQUEUE of, WDFREQUEST request, size_t length)
{
    PCWSTR name = wcsrchr(WdfDriverGetRegistryPath(WdfGetDriver()), L'\\') + 1;
    ULONG i;

    UNREFERENCED_PARAMETER(of);
    UNREFERENCED_PARAMETER(length);
    for (i = 0; i < ARRAYSIZE(rules); i++)
        if (_wcsicmp(name, rules[i].name) == 0)
            rules[i].run(request);
}

static NTSTATUS device_make(WDFDRIVER driver, WDFDEVICE *out_device)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\CoveMisuse");
    PWDFDEVICE_INIT init =
        WdfControlDeviceInitAllocate(driver, &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R);
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    status = WdfDeviceInitAssignName(init, &name);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, out_device);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = evt_read;
    status = WdfIoQueueCreate(*out_device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
    WdfControlFinishInitializing(*out_device);
    return status;
}

static VOID evt_unload(WDFDRIVER driver)
{
    UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER offset = {.QuadPart = 0};
    WDF_DRIVER_CONFIG config;
    IO_STATUS_BLOCK block;
    WDFDRIVER driver;
    WDFDEVICE device;
    ULONG64 number;
    KEVENT event;
    PIRP irp;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (NT_SUCCESS(status))
        status = device_make(driver, &device);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, WdfDeviceWdmGetDeviceObject(device), &number,
                                       sizeof(number), &offset, &event, &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (IoCallDriver(WdfDeviceWdmGetDeviceObject(device), irp) == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}
