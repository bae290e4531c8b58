/* SPDX-License-Identifier: MIT */
/* io_wmi.c - tests of instrumentation, both sides in one driver: a device that registers blocks
 * through the library, and a consumer that queries, sets, runs a method and listens. */
#include "drivertest.h"

#include <wmilib.h>

#define TAG       'tstW'
#define INSTANCES 3

static const GUID block_guid = {0x11111111, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
static const GUID event_guid = {0x22222222, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
static const GUID other_guid = {0x33333333, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
static WMIGUIDREGINFO guids[] = {{&block_guid, INSTANCES, 0},
                                 {&event_guid, 1, WMIREG_FLAG_EVENT_ONLY_GUID}};
static UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Test");
static PDEVICE_OBJECT device;
static ULONG values[INSTANCES], reginfos, events_on, events_off;
static KEVENT switched_off;

static NTSTATUS query_reginfo(PDEVICE_OBJECT which, PULONG flags, PUNICODE_STRING name,
                              PUNICODE_STRING *path, PUNICODE_STRING mof, PDEVICE_OBJECT *pdo)
{
    UNREFERENCED_PARAMETER(pdo);
    expect(which == device);
    reginfos++;
    *flags = WMIREG_FLAG_INSTANCE_BASENAME;
    name->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, 10, TAG);
    name->MaximumLength = 10;
    RtlAppendUnicodeToString(name, L"Unit");
    *path = &registry;
    RtlInitUnicodeString(mof, L"Mof");
    return STATUS_SUCCESS;
}

/* Instance i is i + 1 ULONGs of its value. */
static NTSTATUS query_block(PDEVICE_OBJECT which, PIRP irp, ULONG guid, ULONG instance, ULONG count,
                            PULONG lengths, ULONG room, PUCHAR buffer)
{
    ULONG used = 0, i, k;

    expect(guid == 0);
    for (i = 0; i < count; i++) {
        ULONG length = (instance + i + 1) * sizeof(ULONG);

        used = (used + 7) & ~7u;
        if (used + length <= room) {
            for (k = 0; k <= instance + i; k++)
                ((PULONG)(buffer + used))[k] = values[instance + i];
            lengths[i] = length;
        }
        used += length;
    }
    return WmiCompleteRequest(which, irp, used <= room ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL,
                              used, IO_NO_INCREMENT);
}

static NTSTATUS set_block(PDEVICE_OBJECT which, PIRP irp, ULONG guid, ULONG instance, ULONG size,
                          PUCHAR buffer)
{
    expect(guid == 0 && size == sizeof(ULONG));
    values[instance] = *(PULONG)buffer;
    return WmiCompleteRequest(which, irp, STATUS_SUCCESS, 0, IO_NO_INCREMENT);
}

static NTSTATUS set_item(PDEVICE_OBJECT which, PIRP irp, ULONG guid, ULONG instance, ULONG item,
                         ULONG size, PUCHAR buffer)
{
    UNREFERENCED_PARAMETER(guid);
    expect(item == 9 && size == sizeof(ULONG));
    values[instance] += *(PULONG)buffer;
    return WmiCompleteRequest(which, irp, STATUS_SUCCESS, 0, IO_NO_INCREMENT);
}

static NTSTATUS run_method(PDEVICE_OBJECT which, PIRP irp, ULONG guid, ULONG instance, ULONG method,
                           ULONG in, ULONG out, PUCHAR buffer)
{
    UNREFERENCED_PARAMETER(guid);
    expect(method == 5 && in == sizeof(ULONG) && out >= 2 * sizeof(ULONG));
    ((PULONG)buffer)[1] = *(PULONG)buffer + values[instance];
    return WmiCompleteRequest(which, irp, STATUS_SUCCESS, 2 * sizeof(ULONG), IO_NO_INCREMENT);
}

static NTSTATUS function_control(PDEVICE_OBJECT which, PIRP irp, ULONG guid,
                                 WMIENABLEDISABLECONTROL function, BOOLEAN enable)
{
    expect(guid == 1 && function == WmiEventControl);
    if (enable)
        events_on++;
    else
        events_off++;
    NTSTATUS status = WmiCompleteRequest(which, irp, STATUS_SUCCESS, 0, IO_NO_INCREMENT);
    if (!enable)
        KeSetEvent(&switched_off, IO_NO_INCREMENT, FALSE);
    return status;
}

static WMILIB_CONTEXT library = {RTL_NUMBER_OF(guids), guids,           query_reginfo,
                                 query_block,          set_block,       set_item,
                                 run_method,           function_control};

static NTSTATUS dispatch(PDEVICE_OBJECT which, PIRP irp)
{
    SYSCTL_IRP_DISPOSITION disposition = IrpNotWmi;
    NTSTATUS status = irp->IoStatus.Status;

    if (IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_SYSTEM_CONTROL) {
        status = WmiSystemControl(&library, which, irp, &disposition);
        if (disposition == IrpProcessed)
            return status;
        status = disposition == IrpNotCompleted ? irp->IoStatus.Status : STATUS_NOT_SUPPORTED;
    }
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void provider_make(void)
{
    ULONG i;

    drivertest_dispatch = dispatch;
    reginfos = events_on = events_off = 0;
    KeInitializeEvent(&switched_off, NotificationEvent, FALSE);
    for (i = 0; i < INSTANCES; i++)
        values[i] = 100 * (i + 1);
    IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    expect_number(IoWMIDeviceObjectToProviderId(device), 0);
    expect_status(IoWMIRegistrationControl(device, WMIREG_ACTION_REGISTER), STATUS_SUCCESS);
    expect(IoWMIDeviceObjectToProviderId(device) != 0);
}

static void provider_drop(void)
{
    expect_status(IoWMIRegistrationControl(device, WMIREG_ACTION_DEREGISTER), STATUS_SUCCESS);
    expect_status(IoWMIRegistrationControl(device, WMIREG_ACTION_DEREGISTER),
                  STATUS_INVALID_PARAMETER);
    IoDeleteDevice(device);
    drivertest_dispatch = NULL;
}

static PVOID block_open(const GUID *guid, ULONG access)
{
    PVOID block = NULL;

    expect_status(IoWMIOpenBlock((GUID *)guid, access, &block), STATUS_SUCCESS);
    return block;
}

static void registration(void)
{
    PVOID block;

    provider_make();
    block = block_open(&block_guid, WMIGUID_QUERY);
    expect_number(reginfos, 1);
    ObDereferenceObject(block);
    expect_status(IoWMIOpenBlock((GUID *)&other_guid, WMIGUID_QUERY, &block),
                  STATUS_WMI_GUID_NOT_FOUND);
    expect_status(IoWMIRegistrationControl(device, WMIREG_ACTION_UPDATE_GUIDS), STATUS_SUCCESS);
    expect_number(reginfos, 2);
    expect_status(IoWMIRegistrationControl(device, 77), STATUS_INVALID_PARAMETER);
    provider_drop();
    expect_status(IoWMIOpenBlock((GUID *)&block_guid, WMIGUID_QUERY, &block),
                  STATUS_WMI_GUID_NOT_FOUND);
}

static void all_data(void)
{
    PVOID block;
    ULONG size = 0, i;
    PWNODE_ALL_DATA all;

    provider_make();
    block = block_open(&block_guid, WMIGUID_QUERY);
    expect_status(IoWMIQueryAllData(block, &size, NULL), STATUS_BUFFER_TOO_SMALL);
    expect(size > sizeof *all);
    all = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, TAG);
    expect_status(IoWMIQueryAllData(block, &size, all), STATUS_SUCCESS);
    expect_number(all->InstanceCount, INSTANCES);
    expect_number(all->WnodeHeader.ProviderId, IoWMIDeviceObjectToProviderId(device));
    for (i = 0; i < INSTANCES && i < all->InstanceCount; i++) {
        OFFSETINSTANCEDATAANDLENGTH *at = &all->OffsetInstanceDataAndLength[i];
        PULONG names = (PULONG)((PUCHAR)all + all->OffsetInstanceNameOffsets);
        PUSHORT name = (PUSHORT)((PUCHAR)all + names[i]);

        expect_number(at->LengthInstanceData, (i + 1) * sizeof(ULONG));
        expect_number(*(PULONG)((PUCHAR)all + at->OffsetInstanceData), 100 * (i + 1));
        expect_number(name[0], 5 * sizeof(WCHAR)); /* "Unit0" */
        expect(name[1] == 'U' && name[5] == '0' + i);
    }
    ExFreePoolWithTag(all, TAG);
    ObDereferenceObject(block);
    provider_drop();
}

static void one_instance(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Unit1"), none = RTL_CONSTANT_STRING(L"Unit9");
    UNICODE_STRING given = {0};
    union {
        WNODE_SINGLE_INSTANCE single;
        UCHAR bytes[256];
    } answer;
    ULONG size = sizeof answer, value = 555, method[2] = {7, 0};
    PVOID block, query_only;

    provider_make();
    block = block_open(&block_guid, WMIGUID_QUERY | WMIGUID_SET | WMIGUID_EXECUTE);
    query_only = block_open(&block_guid, WMIGUID_QUERY);
    expect_status(IoWMIQuerySingleInstance(block, &name, &size, &answer), STATUS_SUCCESS);
    expect_number(answer.single.SizeDataBlock, 2 * sizeof(ULONG));
    expect_number(*(PULONG)(answer.bytes + answer.single.DataBlockOffset), 200);
    expect_status(IoWMIQuerySingleInstance(block, &none, &size, &answer),
                  STATUS_WMI_INSTANCE_NOT_FOUND);
    expect_status(IoWMISetSingleInstance(block, &name, 0, sizeof value, &value), STATUS_SUCCESS);
    expect_number(values[1], 555);
    expect_status(IoWMISetSingleInstance(query_only, &name, 0, sizeof value, &value),
                  STATUS_ACCESS_DENIED);
    expect_status(IoWMISetSingleItem(block, &name, 9, 0, sizeof value, &value), STATUS_SUCCESS);
    expect_number(values[1], 1110);
    size = sizeof method;
    expect_status(IoWMIExecuteMethod(block, &name, 5, sizeof(ULONG), &size, (PUCHAR)method),
                  STATUS_SUCCESS);
    expect(size == sizeof method && method[1] == 1117);
    expect_status(IoWMIDeviceObjectToInstanceName(block, device, &given), STATUS_SUCCESS);
    expect(given.Length == 5 * sizeof(WCHAR) && given.Buffer[4] == '0');
    RtlFreeUnicodeString(&given);
    ObDereferenceObject(block);
    ObDereferenceObject(query_only);
    provider_drop();
}

static KEVENT event_came;
static ULONG event_value;

static VOID event_callback(PVOID wnode, PVOID context)
{
    PWNODE_SINGLE_INSTANCE single = wnode;

    expect(context == &event_came && single->SizeDataBlock == sizeof(ULONG));
    expect(RtlEqualMemory(&single->WnodeHeader.Guid, &event_guid, sizeof(GUID)));
    event_value = *(PULONG)((PUCHAR)wnode + single->DataBlockOffset);
    KeSetEvent(&event_came, IO_NO_INCREMENT, FALSE);
}

static void events(void)
{
    PVOID block;
    PULONG data;
    ULONG first, second;

    provider_make();
    KeInitializeEvent(&event_came, NotificationEvent, FALSE);
    block = block_open(&event_guid, WMIGUID_NOTIFICATION | SYNCHRONIZE);
    expect_status(IoWMISetNotificationCallback(block, event_callback, &event_came), STATUS_SUCCESS);
    expect(events_on == 1 && events_off == 0);
    data = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *data, TAG);
    *data = 4242;
    expect_status(WmiFireEvent(device, &event_guid, 0, sizeof *data, data), STATUS_SUCCESS);
    KeWaitForSingleObject(&event_came, Executive, KernelMode, FALSE, NULL);
    expect_number(event_value, 4242);
    ObDereferenceObject(block);
    /* Who delivered the event may hold the block a moment longer. */
    KeWaitForSingleObject(&switched_off, Executive, KernelMode, FALSE, NULL);
    expect_number(events_off, 1);
    expect_status(IoWMIAllocateInstanceIds((GUID *)&block_guid, 4, &first), STATUS_SUCCESS);
    expect_status(IoWMIAllocateInstanceIds((GUID *)&block_guid, 1, &second), STATUS_SUCCESS);
    expect(second >= first + 4);
    provider_drop();
}

/* Refused, and then still the caller's. */
static void events_refused(void)
{
    PWNODE_HEADER wnode = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *wnode, TAG);

    wnode->BufferSize = 0x20000;
    expect_status(IoWMIWriteEvent(wnode), STATUS_BUFFER_OVERFLOW);
    wnode->BufferSize = sizeof *wnode;
    expect_status(IoWMIWriteEvent(wnode), STATUS_SUCCESS); /* nobody listens; it is freed */
}

DRIVERTEST_LIST = {
    DRIVERTEST(registration), DRIVERTEST(all_data),       DRIVERTEST(one_instance),
    DRIVERTEST(events),       DRIVERTEST(events_refused), DRIVERTEST_END,
};
