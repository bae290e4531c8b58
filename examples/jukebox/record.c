/* SPDX-License-Identifier: MIT */
/* record.c - the function driver of a record: a read plays its title.
 *
 * It asks its bus for the slot's interface when its hardware is prepared, and lets go of it when
 * it is released.
 */
#include <ntddk.h>

#include <wdf.h>

#include <initguid.h>

#include "jukebox.h"
#include "jukebox_bus.h"

typedef struct _RECORD {
    JUKEBOX_SLOT_INTERFACE Slot;
    BOOLEAN IsIn;
} RECORD;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(RECORD, RecordOf)

DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_DEVICE_ADD RecordAdd;
EVT_WDF_DEVICE_PREPARE_HARDWARE RecordPrepare;
EVT_WDF_DEVICE_RELEASE_HARDWARE RecordRelease;
EVT_WDF_IO_QUEUE_IO_READ RecordRead;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, RecordAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, NULL);
}

NTSTATUS RecordAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDevicePrepareHardware = RecordPrepare;
    events.EvtDeviceReleaseHardware = RecordRelease;
    WdfDeviceInitSetPnpPowerEventCallbacks(Init, &events);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, RECORD);
    status = WdfDeviceCreate(&Init, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchParallel);
    queue.EvtIoRead = RecordRead;
    status = WdfIoQueueCreate(device, &queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    if (!NT_SUCCESS(status))
        return status;
    return WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_RECORD, NULL);
}

NTSTATUS RecordPrepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    RECORD *record = RecordOf(Device);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Raw);
    UNREFERENCED_PARAMETER(Translated);
    status =
        WdfFdoQueryForInterface(Device, &GUID_JUKEBOX_SLOT_INTERFACE, (PINTERFACE)&record->Slot,
                                sizeof(record->Slot), JUKEBOX_SLOT_INTERFACE_VERSION, NULL);
    record->IsIn = NT_SUCCESS(status);
    return status;
}

NTSTATUS RecordRelease(WDFDEVICE Device, WDFCMRESLIST Translated)
{
    RECORD *record = RecordOf(Device);

    UNREFERENCED_PARAMETER(Translated);
    if (record->IsIn)
        record->Slot.InterfaceHeader.InterfaceDereference(record->Slot.InterfaceHeader.Context);
    record->IsIn = FALSE;
    return STATUS_SUCCESS;
}

VOID RecordRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Bytes)
{
    RECORD *record = RecordOf(WdfIoQueueGetDevice(Queue));
    CHAR title[JUKEBOX_TITLE_MAX];
    size_t length = 0;
    NTSTATUS status;
    PVOID buffer;

    status = WdfRequestRetrieveOutputBuffer(Request, 1, &buffer, NULL);
    if (NT_SUCCESS(status))
        status = record->Slot.GetTitle(record->Slot.InterfaceHeader.Context, title);
    if (NT_SUCCESS(status)) {
        length = strlen(title);
        if (length > Bytes)
            length = Bytes;
        RtlCopyMemory(buffer, title, length);
    }
    WdfRequestCompleteWithInformation(Request, status, length);
}
