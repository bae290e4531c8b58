/* SPDX-License-Identifier: MIT */
/* jukebox.c - a bus whose children come and go, with the Framework's dynamic child list.
 *
 * A record is identified by its slot and addressed by its title: two descriptions that the child
 * list keeps. Programs put records in and take them out, where real hardware would raise an
 * interrupt; the Framework makes a PDO for each when the Plug and Play manager asks.
 */
#include <ntddk.h>

#include <wdf.h>
#include <ntstrsafe.h>
#include <wdmguid.h>

#include <initguid.h>

#include "jukebox.h"
#include "jukebox_bus.h"

typedef struct _SLOT_ID {
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER Header;
    ULONG Slot;
} SLOT_ID;

typedef struct _SLOT_ADDRESS {
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER Header;
    CHAR Title[JUKEBOX_TITLE_MAX];
} SLOT_ADDRESS;

DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_DEVICE_ADD JukeboxAdd;
EVT_WDF_CHILD_LIST_CREATE_DEVICE JukeboxCreateRecord;
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL JukeboxControl;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, JukeboxAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, NULL);
}

NTSTATUS JukeboxAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init)
{
    WDF_CHILD_LIST_CONFIG list;
    WDF_IO_QUEUE_CONFIG queue;
    PNP_BUS_INFORMATION bus = {
        .BusTypeGuid = GUID_DEVINTERFACE_JUKEBOX, .LegacyBusType = PNPBus, .BusNumber = 0};
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WdfDeviceInitSetDeviceType(Init, FILE_DEVICE_BUS_EXTENDER);
    WdfDeviceInitSetExclusive(Init, FALSE);
    WDF_CHILD_LIST_CONFIG_INIT(&list, sizeof(SLOT_ID), JukeboxCreateRecord);
    list.AddressDescriptionSize = sizeof(SLOT_ADDRESS);
    WdfFdoInitSetDefaultChildListConfig(Init, &list, WDF_NO_OBJECT_ATTRIBUTES);
    status = WdfDeviceCreate(&Init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status))
        return status;
    WdfDeviceSetBusInformationForChildren(device, &bus);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchSequential);
    queue.EvtIoDeviceControl = JukeboxControl;
    status = WdfIoQueueCreate(device, &queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    if (!NT_SUCCESS(status))
        return status;
    return WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_JUKEBOX, NULL);
}

/* ---- a record's PDO ---------------------------------------------------------------------- */

static NTSTATUS RecordTitle(PVOID Context, PCHAR Title)
{
    SLOT_ADDRESS address;
    NTSTATUS status;

    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.Header, sizeof(address));
    status = WdfPdoRetrieveAddressDescription((WDFDEVICE)Context, &address.Header);
    if (NT_SUCCESS(status))
        RtlCopyMemory(Title, address.Title, sizeof(address.Title));
    return status;
}

static NTSTATUS RecordOfferInterface(WDFDEVICE Record, ULONG Slot)
{
    JUKEBOX_SLOT_INTERFACE slot = {0};
    WDF_QUERY_INTERFACE_CONFIG config;

    slot.InterfaceHeader.Size = sizeof(slot);
    slot.InterfaceHeader.Version = JUKEBOX_SLOT_INTERFACE_VERSION;
    slot.InterfaceHeader.Context = Record;
    slot.InterfaceHeader.InterfaceReference = WdfDeviceInterfaceReferenceNoOp;
    slot.InterfaceHeader.InterfaceDereference = WdfDeviceInterfaceDereferenceNoOp;
    slot.GetTitle = RecordTitle;
    slot.Slot = Slot;
    WDF_QUERY_INTERFACE_CONFIG_INIT(&config, (PINTERFACE)&slot, &GUID_JUKEBOX_SLOT_INTERFACE, NULL);
    return WdfDeviceAddQueryInterface(Record, &config);
}

/* What the Plug and Play manager finds a driver by, and shows. */
static NTSTATUS RecordNames(PWDFDEVICE_INIT Init, ULONG Slot)
{
    DECLARE_CONST_UNICODE_STRING(id, L"Jukebox\\Record");
    DECLARE_CONST_UNICODE_STRING(description, L"Record in a jukebox");
    DECLARE_UNICODE_STRING_SIZE(text, 32);
    NTSTATUS status = WdfPdoInitAssignDeviceID(Init, &id);

    if (NT_SUCCESS(status))
        status = WdfPdoInitAddHardwareID(Init, &id);
    if (NT_SUCCESS(status))
        status = RtlUnicodeStringPrintf(&text, L"%02u", Slot);
    if (NT_SUCCESS(status))
        status = WdfPdoInitAssignInstanceID(Init, &text);
    if (NT_SUCCESS(status))
        status = RtlUnicodeStringPrintf(&text, L"Slot %u", Slot);
    if (NT_SUCCESS(status))
        status = WdfPdoInitAddDeviceText(Init, &description, &text, 0x409);
    WdfPdoInitSetDefaultLocale(Init, 0x409);
    return status;
}

NTSTATUS JukeboxCreateRecord(WDFCHILDLIST List, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER Id,
                             PWDFDEVICE_INIT Init)
{
    ULONG slot = CONTAINING_RECORD(Id, SLOT_ID, Header)->Slot;
    WDF_DEVICE_PNP_CAPABILITIES capabilities;
    WDFDEVICE record;
    NTSTATUS status = RecordNames(Init, slot);

    UNREFERENCED_PARAMETER(List);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfDeviceCreate(&Init, WDF_NO_OBJECT_ATTRIBUTES, &record);
    if (!NT_SUCCESS(status))
        return status;
    WDF_DEVICE_PNP_CAPABILITIES_INIT(&capabilities);
    capabilities.Removable = WdfTrue;
    capabilities.EjectSupported = WdfTrue;
    capabilities.SurpriseRemovalOK = WdfTrue;
    capabilities.Address = slot;
    capabilities.UINumber = slot;
    WdfDeviceSetPnpCapabilities(record, &capabilities);
    return RecordOfferInterface(record, slot);
}

/* ---- what programs ask -------------------------------------------------------------------- */

static NTSTATUS Insert(WDFCHILDLIST List, const JUKEBOX_RECORD *Record)
{
    SLOT_ID id;
    SLOT_ADDRESS address;
    NTSTATUS status;

    if (Record->Slot == 0 || Record->Slot > JUKEBOX_SLOTS_MAX)
        return STATUS_INVALID_PARAMETER;
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&id.Header, sizeof(id));
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.Header, sizeof(address));
    id.Slot = Record->Slot;
    RtlCopyMemory(address.Title, Record->Title, sizeof(address.Title));
    address.Title[JUKEBOX_TITLE_MAX - 1] = 0;
    status = WdfChildListAddOrUpdateChildDescriptionAsPresent(List, &id.Header, &address.Header);
    /* It was there: only its title is another now. */
    return status == STATUS_OBJECT_NAME_EXISTS ? STATUS_SUCCESS : status;
}

static NTSTATUS Remove(WDFCHILDLIST List, ULONG Slot, BOOLEAN IsEject)
{
    SLOT_ID id;

    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&id.Header, sizeof(id));
    id.Slot = Slot;
    if (!IsEject)
        return WdfChildListUpdateChildDescriptionAsMissing(List, &id.Header);
    return WdfChildListRequestChildEject(List, &id.Header) ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

/* A scan: what is not said between its begin and its end is missing. */
static NTSTATUS Refill(WDFCHILDLIST List, const JUKEBOX_RECORD *Records, size_t Count)
{
    NTSTATUS status = STATUS_SUCCESS;

    WdfChildListBeginScan(List);
    for (size_t i = 0; i < Count && NT_SUCCESS(status); i++)
        status = Insert(List, &Records[i]);
    WdfChildListEndScan(List);
    return status;
}

static size_t ListSlots(WDFCHILDLIST List, ULONG *Slots, size_t Room)
{
    WDF_CHILD_LIST_ITERATOR iterator;
    WDF_CHILD_RETRIEVE_INFO info;
    SLOT_ID id;
    WDFDEVICE record;
    size_t count = 0;

    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&id.Header, sizeof(id));
    WDF_CHILD_LIST_ITERATOR_INIT(&iterator,
                                 WdfRetrievePresentChildren | WdfRetrievePendingChildren);
    WdfChildListBeginIteration(List, &iterator);
    WDF_CHILD_RETRIEVE_INFO_INIT(&info, &id.Header);
    while (count < Room &&
           NT_SUCCESS(WdfChildListRetrieveNextDevice(List, &iterator, &record, &info)))
        Slots[count++] = id.Slot;
    WdfChildListEndIteration(List, &iterator);
    return count;
}

VOID JukeboxControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBytes, size_t InputBytes,
                    ULONG Code)
{
    WDFCHILDLIST list = WdfFdoGetDefaultChildList(WdfIoQueueGetDevice(Queue));
    ULONG_PTR information = 0;
    NTSTATUS status;
    PVOID buffer;
    size_t bytes;

    if (Code == IOCTL_JUKEBOX_LIST) {
        status = WdfRequestRetrieveOutputBuffer(Request, sizeof(ULONG), &buffer, &bytes);
        if (NT_SUCCESS(status))
            information = ListSlots(list, buffer, bytes / sizeof(ULONG)) * sizeof(ULONG);
        WdfRequestCompleteWithInformation(Request, status, information);
        return;
    }
    /* A jukebox may be refilled with nothing at all. */
    if (Code == IOCTL_JUKEBOX_REFILL && InputBytes == 0) {
        WdfRequestComplete(Request, Refill(list, NULL, 0));
        return;
    }
    status = WdfRequestRetrieveInputBuffer(Request, sizeof(ULONG), &buffer, &bytes);
    if (NT_SUCCESS(status)) {
        switch (Code) {
        case IOCTL_JUKEBOX_INSERT:
            status =
                bytes == sizeof(JUKEBOX_RECORD) ? Insert(list, buffer) : STATUS_INVALID_BUFFER_SIZE;
            break;
        case IOCTL_JUKEBOX_REMOVE:
        case IOCTL_JUKEBOX_EJECT:
            status = Remove(list, *(ULONG *)buffer, Code == IOCTL_JUKEBOX_EJECT);
            break;
        case IOCTL_JUKEBOX_REFILL:
            status = bytes % sizeof(JUKEBOX_RECORD) == 0
                         ? Refill(list, buffer, bytes / sizeof(JUKEBOX_RECORD))
                         : STATUS_INVALID_BUFFER_SIZE;
            break;
        default:
            status = STATUS_INVALID_DEVICE_REQUEST;
        }
    }
    WdfRequestComplete(Request, status);
}
