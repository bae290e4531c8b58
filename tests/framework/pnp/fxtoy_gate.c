/* SPDX-License-Identifier: MIT */
/* fxtoy_gate.c - a WDM filter that fails, keeps or holds one IRP when the test says so, and passes
 * all others. One source, for the filter below the function driver and for the one above
 * (FXTOY_PLACE).
 */
#include <ntddk.h>

#include "fxtoy.h"

static struct fxtoy_shared *shared;

struct extension {
    PDEVICE_OBJECT lower;
};

DRIVER_INITIALIZE DriverEntry;

static NTSTATUS finish(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void keep(struct fxtoy_gate *gate, PIRP irp)
{
    InterlockedExchangePointer(&gate->irp, irp);
    KeSetEvent(shared->kept_event, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI canceled(PDEVICE_OBJECT device, PIRP irp)
{
    struct fxtoy_gate *gate = &shared->gates[FXTOY_PLACE];

    IoReleaseCancelSpinLock(irp->CancelIrql);
    if (InterlockedExchangePointer(&gate->irp, NULL) == irp)
        finish(irp, gate->status);
}

static NTSTATUS NTAPI returned(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct fxtoy_gate *gate = &shared->gates[FXTOY_PLACE];

    if (context == NULL) {
        irp->IoStatus.Status = gate->status;
        return STATUS_SUCCESS;
    }
    keep(gate, irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS stay(PIRP irp, NTSTATUS status)
{
    finish(irp, status);
    KeSetEvent(shared->held_event, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(shared->go_event, Executive, KernelMode, FALSE, NULL);
    return STATUS_PENDING;
}

static NTSTATUS act(PDEVICE_OBJECT device, PIRP irp, int what)
{
    struct fxtoy_gate *gate = &shared->gates[FXTOY_PLACE];
    PDEVICE_OBJECT lower = ((struct extension *)device->DeviceExtension)->lower;

    if (what == FXTOY_FAIL)
        return finish(irp, gate->status);
    IoMarkIrpPending(irp);
    gate->lower = lower;
    switch (what) {
    case FXTOY_KEEP:
        keep(gate, irp);
        break;
    case FXTOY_CANCELED:
        IoSetCancelRoutine(irp, canceled);
        keep(gate, irp);
        break;
    case FXTOY_STAY:
        return stay(irp, gate->status);
    default:
        IoCopyCurrentIrpStackLocationToNext(irp);
        IoSetCompletionRoutine(irp, returned, what == FXTOY_KEEP_AFTER ? gate : NULL, TRUE, TRUE,
                               TRUE);
        IoCallDriver(lower, irp);
        break;
    }
    return STATUS_PENDING;
}

static BOOLEAN is_meant(const struct fxtoy_gate *gate, PIO_STACK_LOCATION stack)
{
    if (gate->major != stack->MajorFunction || gate->minor != stack->MinorFunction)
        return FALSE;
    if (stack->MajorFunction != IRP_MJ_POWER || stack->MinorFunction != IRP_MN_SET_POWER)
        return TRUE;
    return stack->Parameters.Power.Type == DevicePowerState &&
           (gate->state < 0 || gate->state == (int)stack->Parameters.Power.State.DeviceState);
}

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    struct extension *extension = device->DeviceExtension;
    struct fxtoy_gate *gate = &shared->gates[FXTOY_PLACE];
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    BOOLEAN is_end =
        stack->MajorFunction == IRP_MJ_PNP && stack->MinorFunction == IRP_MN_REMOVE_DEVICE;
    PDEVICE_OBJECT lower = extension->lower;
    NTSTATUS status;

    if (gate->what != FXTOY_PASS && is_meant(gate, stack)) {
        int what = InterlockedExchange((volatile LONG *)&gate->what, FXTOY_PASS);

        if (what != FXTOY_PASS)
            return act(device, irp, what);
    }
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(lower, irp);
    if (is_end) {
        IoDetachDevice(lower);
        IoDeleteDevice(device);
    }
    return status;
}

static NTSTATUS NTAPI add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    struct extension *extension;
    PDEVICE_OBJECT device;
    NTSTATUS status =
        IoCreateDevice(driver, sizeof(*extension), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->lower = IoAttachDeviceToDeviceStack(device, pdo);
    device->Flags |= extension->lower->Flags &
                     (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS key_open(HANDLE parent, PUNICODE_STRING name, PHANDLE out_key)
{
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, parent,
                               NULL);
    return ZwOpenKey(out_key, KEY_READ, &attributes);
}

static NTSTATUS shared_find(PUNICODE_STRING path)
{
    UNICODE_STRING parameters = RTL_CONSTANT_STRING(L"Parameters");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Shared");
    UCHAR buffer[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG64)];
    PKEY_VALUE_PARTIAL_INFORMATION info = (PVOID)buffer;
    HANDLE service, key;
    ULONG length;
    NTSTATUS status = key_open(NULL, path, &service);

    if (!NT_SUCCESS(status))
        return status;
    status = key_open(service, &parameters, &key);
    ZwClose(service);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwQueryValueKey(key, &name, KeyValuePartialInformation, info, sizeof(buffer), &length);
    ZwClose(key);
    if (NT_SUCCESS(status))
        RtlCopyMemory(&shared, info->Data, sizeof(shared));
    return status;
}

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = dispatch;
    driver->DriverExtension->AddDevice = add_device;
    driver->DriverUnload = unload;
    return shared_find(path);
}
