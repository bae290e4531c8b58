/* SPDX-License-Identifier: MIT */
/* stays.c - a driver that does not come back from one of its routines.
 *
 * Which one the name of its service says: it ends in "entry", "unload" or "shutdown". One that ends
 * in "object" comes back from all and leaves two references: to a thread of its own that has
 * ended, and to the system process.
 */
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload, UnloadNever;
static DRIVER_DISPATCH Shutdown;

static KEVENT Never;

static VOID Stay(VOID)
{
    KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, NULL);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
    if (Driver->DeviceObject != NULL)
        IoDeleteDevice(Driver->DeviceObject);
}

static VOID UnloadNever(PDRIVER_OBJECT Driver)
{
    Stay();
}

static NTSTATUS Shutdown(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoMarkIrpPending(Irp); /* nobody completes it */
    return STATUS_PENDING;
}

static NTSTATUS RegisterForShutdown(PDRIVER_OBJECT Driver)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    Driver->MajorFunction[IRP_MJ_SHUTDOWN] = Shutdown;
    return IoRegisterShutdownNotification(device);
}

static VOID EndAtOnce(PVOID Context)
{
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS LeaveReferences(VOID)
{
    HANDLE handle;
    PVOID thread;
    PEPROCESS process;
    NTSTATUS status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, EndAtOnce, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                       &thread, NULL);
    ZwClose(handle);
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    return PsLookupProcessByProcessId(PsGetProcessId(PsInitialSystemProcess), &process);
}

static BOOLEAN EndsIn(PUNICODE_STRING Path, PCWSTR Text)
{
    UNICODE_STRING text, end;

    RtlInitUnicodeString(&text, Text);
    if (Path->Length < text.Length)
        return FALSE;
    end.Length = end.MaximumLength = text.Length;
    end.Buffer = Path->Buffer + (Path->Length - text.Length) / sizeof(WCHAR);
    return RtlEqualUnicodeString(&end, &text, TRUE);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    KeInitializeEvent(&Never, NotificationEvent, FALSE);
    Driver->DriverUnload = EndsIn(RegistryPath, L"unload") ? UnloadNever : Unload;
    if (EndsIn(RegistryPath, L"entry"))
        Stay();
    if (EndsIn(RegistryPath, L"shutdown"))
        return RegisterForShutdown(Driver);
    return EndsIn(RegistryPath, L"object") ? LeaveReferences() : STATUS_SUCCESS;
}
