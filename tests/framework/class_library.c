/* SPDX-License-Identifier: MIT */
/* class_library.c - a class extension, version 1.1, with two functions; a plain driver below. */
#include <ntddk.h>

#include <wdf.h>
#include <wdfldr.h>

#include <ntstrsafe.h>

DRIVER_INITIALIZE DriverEntry;

static PDEVICE_OBJECT device;
static LONG clients;
static int own;

static ULONG clients_count(void)
{
    return (ULONG)clients;
}

static LONG begun, ended;

/* How often it has begun, and in the upper half ended. */
static ULONG begun_and_ended(void)
{
    return (ULONG)(begun | ended << 16);
}

static NTSTATUS begin(void)
{
    begun++;
    return STATUS_SUCCESS;
}

static VOID end(void)
{
    NT_ASSERT(clients == 0);
    ended++;
}

static NTSTATUS bind_client(PWDF_CLASS_BIND_INFO info, PWDF_COMPONENT_GLOBALS globals)
{
    if (info->FunctionTableCount != 2 || globals == NULL)
        return STATUS_INVALID_PARAMETER;
    info->FunctionTable[0] = (WDFFUNC)clients_count;
    info->FunctionTable[1] = (WDFFUNC)begun_and_ended;
    info->ClassBindInfo = &own;
    InterlockedIncrement(&clients);
    return STATUS_SUCCESS;
}

static VOID unbind_client(PWDF_CLASS_BIND_INFO info, PWDF_COMPONENT_GLOBALS globals)
{
    InterlockedDecrement(&clients);
}

static WDF_CLASS_LIBRARY_INFO library = {sizeof(library), {1, 1, 0},    begin, end,
                                         bind_client,     unbind_client};

static NTSTATUS dispatch(PDEVICE_OBJECT target, PIRP irp)
{
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID unload(PDRIVER_OBJECT driver)
{
    NT_ASSERT(clients == 0 && begun == ended);
    IoDeleteDevice(device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WCHAR buffer[64];
    UNICODE_STRING name;
    NTSTATUS status;

    /* Called as the service, so that one that is about to go is in nobody's way. */
    (void)RtlStringCchPrintfW(buffer, ARRAYSIZE(buffer), L"\\Device\\%ws",
                              wcsrchr(RegistryPath->Buffer, L'\\') + 1);
    RtlInitUnicodeString(&name, buffer);

    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = dispatch;
    DriverObject->DriverUnload = unload;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = WdfRegisterClassLibrary(&library, &name, RegistryPath);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
