/* SPDX-License-Identifier: MIT */
/* verified_io.c - a control device whose queue breaks a rule of callbacks, and reads from itself.
 *
 * The service's name says which rule (test_verifier.py).
 */
#include <ntifs.h>

#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;

static PCWSTR rule;
static DECLARE_CONST_UNICODE_STRING(device_name, L"\\Device\\FxTestVerifiedIo");

static BOOLEAN is_rule(PCWSTR name)
{
    return _wcsicmp(rule, name) == 0;
}

static VOID evt_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    KIRQL irql;

    if (is_rule(L"length")) { /* more than a program has room for */
        WdfRequestWdmGetIrp(request)->RequestorMode = UserMode;
        WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length + 1);
        return;
    }
    WdfRequestComplete(request, STATUS_SUCCESS);
    if (is_rule(L"irql"))
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (is_rule(L"region"))
        KeEnterCriticalRegion();
}

static NTSTATUS device_make(WDFDRIVER driver, PCUNICODE_STRING name)
{
    DECLARE_CONST_UNICODE_STRING(everybody, L"D:P(A;;GA;;;WD)");
    WDF_IO_QUEUE_CONFIG config;
    PWDFDEVICE_INIT init;
    WDFDEVICE device;
    NTSTATUS status;

    init = WdfControlDeviceInitAllocate(driver, &everybody);
    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = WdfDeviceInitAssignName(init, name);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = evt_read;
    status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    WdfControlFinishInitializing(device);
    return status;
}

/* Not through a synchronous handle, whose caller is in a critical region of its own. */
static NTSTATUS self_read(PCUNICODE_STRING name)
{
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER offset = {0};
    IO_STATUS_BLOCK block;
    HANDLE file;
    UCHAR byte;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)name,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwOpenFile(&file, FILE_READ_DATA | SYNCHRONIZE, &attributes, &block, 0, 0);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwReadFile(file, NULL, NULL, NULL, &block, &byte, 1, &offset, NULL);
    ZwClose(file);
    return status;
}

/* DriverEntry may be called in a critical region; a thread of our own is in none. */
static VOID reader(PVOID context)
{
    *(NTSTATUS *)context = self_read(&device_name);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS thread_read(void)
{
    NTSTATUS status, result = STATUS_UNSUCCESSFUL;
    HANDLE thread;

    status = PsCreateSystemThread(&thread, SYNCHRONIZE, NULL, NULL, NULL, reader, &result);
    if (!NT_SUCCESS(status))
        return status;
    ZwWaitForSingleObject(thread, FALSE, NULL);
    ZwClose(thread);
    return result;
}

/* Given back with another tag, and one kept for good. */
static void tags(void)
{
    WDFOBJECT object;

    if (!NT_SUCCESS(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object)))
        return;
    WdfObjectReferenceWithTag(object, (PVOID)0x1111);
    WdfObjectDereferenceWithTag(object, (PVOID)0x2222);
    WdfObjectReferenceWithTag(object, (PVOID)0x3333);
    WdfObjectDelete(object);
}

static VOID evt_work(WDFWORKITEM item)
{
}

/* A request below which something wants PASSIVE_LEVEL is deleted above it. */
static void deferred(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM item;
    WDFREQUEST request;
    KIRQL irql;

    if (!NT_SUCCESS(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &request)))
        return;
    WDF_WORKITEM_CONFIG_INIT(&config, evt_work);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = request;
    (void)WdfWorkItemCreate(&config, &attributes, &item);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfObjectDelete(request);
    KeLowerIrql(irql);
}

static VOID evt_unload(WDFDRIVER driver)
{
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;
    WDFDRIVER driver;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (!NT_SUCCESS(status))
        return status;
    rule = wcsrchr(WdfDriverGetRegistryPath(driver), L'\\') + 1;
    if (is_rule(L"tags"))
        tags();
    if (wcsncmp(rule, L"deferred", 8) == 0)
        deferred();
    status = device_make(driver, &device_name);
    return NT_SUCCESS(status) ? thread_read() : status;
}
