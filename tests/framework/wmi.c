/* SPDX-License-Identifier: MIT */
/* wmi.c - WMI providers and instances, both sides in one driver: a control device that provides,
 * and a consumer that queries, sets, runs methods and listens.
 */
#include "control_device.h"

#define TAG 'tmwK'

static const GUID block_guid = {0x41111111, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
static const GUID event_guid = {0x42222222, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
static const GUID fixed_guid = {0x43333333, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};

typedef struct _UNIT {
    ULONG length; /* of value, in ULONGs */
    ULONG value;
} UNIT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(UNIT, unit_of);

static WDFDEVICE device;
static NTSTATUS answer; /* of the next callback, if it is an error */

/* ---- the provider ---------------------------------------------------------------------------- */

static NTSTATUS evt_query(WDFWMIINSTANCE instance, ULONG size, PVOID buffer, PULONG used)
{
    UNIT *unit = unit_of(instance);
    ULONG i;

    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    *used = unit->length * sizeof(ULONG);
    if (!NT_SUCCESS(answer))
        return answer;
    if (size < *used)
        return STATUS_BUFFER_TOO_SMALL;
    for (i = 0; i < unit->length; i++)
        ((PULONG)buffer)[i] = unit->value;
    return STATUS_SUCCESS;
}

static NTSTATUS evt_set(WDFWMIINSTANCE instance, ULONG size, PVOID buffer)
{
    if (size != sizeof(ULONG))
        return STATUS_BUFFER_TOO_SMALL;
    unit_of(instance)->value = *(PULONG)buffer;
    return answer;
}

static NTSTATUS evt_set_item(WDFWMIINSTANCE instance, ULONG item, ULONG size, PVOID buffer)
{
    expect(item == 9 && size == sizeof(ULONG));
    unit_of(instance)->value += *(PULONG)buffer;
    return STATUS_SUCCESS;
}

static NTSTATUS evt_method(WDFWMIINSTANCE instance, ULONG method, ULONG in, ULONG out, PVOID buffer,
                           PULONG used)
{
    expect(method == 5 && in == sizeof(ULONG) && out >= 2 * sizeof(ULONG));
    ((PULONG)buffer)[1] = *(PULONG)buffer + unit_of(instance)->value;
    *used = 2 * sizeof(ULONG);
    return STATUS_SUCCESS;
}

static ULONG controls_on, controls_off;
static KEVENT control_off; /* set by each of the latter */

static NTSTATUS evt_control(WDFWMIPROVIDER provider, WDF_WMI_PROVIDER_CONTROL control,
                            BOOLEAN enable)
{
    expect(WdfWmiProviderGetDevice(provider) == device);
    if (enable)
        controls_on++;
    else
        controls_off++;
    if (!enable)
        KeSetEvent(&control_off, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static WDFWMIPROVIDER provider_make(const GUID *guid, ULONG flags, ULONG minimum)
{
    WDF_WMI_PROVIDER_CONFIG config;
    WDFWMIPROVIDER provider = NULL;

    WDF_WMI_PROVIDER_CONFIG_INIT(&config, guid);
    config.Flags = flags;
    config.MinInstanceBufferSize = minimum;
    if (flags & (WdfWmiProviderExpensive | WdfWmiProviderTracing))
        config.EvtWmiProviderFunctionControl = evt_control;
    expect_status(WdfWmiProviderCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &provider),
                  STATUS_SUCCESS);
    return provider;
}

static WDFWMIINSTANCE instance_make(WDFWMIPROVIDER provider, ULONG length, BOOLEAN is_registered)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WMI_INSTANCE_CONFIG config;
    WDFWMIINSTANCE instance = NULL;

    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, provider);
    config.Register = is_registered;
    config.EvtWmiInstanceQueryInstance = evt_query;
    config.EvtWmiInstanceSetInstance = evt_set;
    config.EvtWmiInstanceSetItem = evt_set_item;
    config.EvtWmiInstanceExecuteMethod = evt_method;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, UNIT);
    expect_status(WdfWmiInstanceCreate(NULL, &config, &attributes, &instance), STATUS_SUCCESS);
    if (instance) {
        unit_of(instance)->length = length;
        unit_of(instance)->value = 100 * length;
    }
    return instance;
}

static void begin(void)
{
    answer = STATUS_SUCCESS;
    controls_on = controls_off = 0;
    KeInitializeEvent(&control_off, SynchronizationEvent, FALSE);
    device = control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelPassive);
}

/* ---- the consumer ---------------------------------------------------------------------------- */

static PVOID block_open(const GUID *guid, ULONG access)
{
    PVOID block = NULL;

    expect_status(IoWMIOpenBlock((GUID *)guid, access, &block), STATUS_SUCCESS);
    return block;
}

/* All instances, to be freed; NULL if there are none. */
static PWNODE_ALL_DATA all_query(const GUID *guid)
{
    PVOID block = block_open(guid, WMIGUID_QUERY);
    PWNODE_ALL_DATA all = NULL;
    ULONG size = 0;

    if (!block)
        return NULL;
    if (IoWMIQueryAllData(block, &size, NULL) == STATUS_BUFFER_TOO_SMALL) {
        all = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, TAG);
        expect_status(IoWMIQueryAllData(block, &size, all), STATUS_SUCCESS);
    }
    ObDereferenceObject(block);
    return all;
}

/* The name of the index-th instance of a control device's block: the driver's, and its number. */
static PUNICODE_STRING instance_name(ULONG index)
{
    static WCHAR text[64];
    static UNICODE_STRING name;
    const char *driver = WdfGetDriver() ? WdfDriverGlobals->DriverName : "";
    ULONG i;

    for (i = 0; driver[i]; i++)
        text[i] = driver[i];
    text[i++] = (WCHAR)('0' + index);
    text[i] = 0;
    RtlInitUnicodeString(&name, text);
    return &name;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void all_instances(void)
{
    WDFWMIPROVIDER provider;
    WDFWMIINSTANCE instances[3];
    PWNODE_ALL_DATA all;
    ULONG i;

    begin();
    provider = provider_make(&block_guid, 0, 0);
    for (i = 0; i < 3; i++) {
        instances[i] = instance_make(provider, i + 1, TRUE);
        expect(WdfWmiInstanceGetProvider(instances[i]) == provider);
        expect(WdfWmiInstanceGetDevice(instances[i]) == device);
    }
    all = all_query(&block_guid);
    expect(all != NULL);
    if (all) {
        expect_number(all->InstanceCount, 3);
        for (i = 0; i < 3; i++) {
            OFFSETINSTANCEDATAANDLENGTH *at = &all->OffsetInstanceDataAndLength[i];

            expect_number(at->LengthInstanceData, (i + 1) * sizeof(ULONG));
            expect_number(*(PULONG)((PUCHAR)all + at->OffsetInstanceData), 100 * (i + 1));
        }
        ExFreePoolWithTag(all, TAG);
    }
    /* One that is taken out is not there any more, and those behind it move up. */
    WdfWmiInstanceDeregister(instances[0]);
    WdfWmiInstanceDeregister(instances[0]);
    WdfObjectDelete(instances[1]);
    all = all_query(&block_guid);
    expect(all != NULL);
    if (all) {
        expect_number(all->InstanceCount, 1);
        expect_number(all->OffsetInstanceDataAndLength[0].LengthInstanceData, 3 * sizeof(ULONG));
        ExFreePoolWithTag(all, TAG);
    }
    expect_status(WdfWmiInstanceRegister(instances[0]), STATUS_SUCCESS);
    expect_status(WdfWmiInstanceRegister(instances[0]), STATUS_INVALID_DEVICE_REQUEST);
    all = all_query(&block_guid);
    expect(all && all->InstanceCount == 2);
    if (all)
        ExFreePoolWithTag(all, TAG);
    WdfObjectDelete(device);
    expect_status(IoWMIOpenBlock((GUID *)&block_guid, WMIGUID_QUERY, (PVOID *)&all),
                  STATUS_WMI_GUID_NOT_FOUND);
}

static void one_instance(void)
{
    union {
        WNODE_SINGLE_INSTANCE single;
        UCHAR bytes[256];
    } data;
    ULONG size = sizeof data, value = 555, wrong[2] = {0}, method[2] = {7, 0};
    WDFWMIPROVIDER provider;
    WDFWMIINSTANCE second;
    PVOID block;

    begin();
    provider = provider_make(&block_guid, 0, 0);
    instance_make(provider, 1, TRUE);
    second = instance_make(provider, 2, TRUE);
    block = block_open(&block_guid, WMIGUID_QUERY | WMIGUID_SET | WMIGUID_EXECUTE);
    expect_status(IoWMIQuerySingleInstance(block, instance_name(1), &size, &data), STATUS_SUCCESS);
    expect_number(data.single.SizeDataBlock, 2 * sizeof(ULONG));
    expect_number(*(PULONG)(data.bytes + data.single.DataBlockOffset), 200);
    expect_status(IoWMIQuerySingleInstance(block, instance_name(2), &size, &data),
                  STATUS_WMI_INSTANCE_NOT_FOUND);
    expect_status(IoWMISetSingleInstance(block, instance_name(1), 0, sizeof value, &value),
                  STATUS_SUCCESS);
    expect_number(unit_of(second)->value, 555);
    expect_status(IoWMISetSingleInstance(block, instance_name(1), 0, sizeof wrong, wrong),
                  STATUS_WMI_SET_FAILURE);
    expect_status(IoWMISetSingleItem(block, instance_name(1), 9, 0, sizeof value, &value),
                  STATUS_SUCCESS);
    expect_number(unit_of(second)->value, 1110);
    size = sizeof method;
    expect_status(
        IoWMIExecuteMethod(block, instance_name(1), 5, sizeof(ULONG), &size, (PUCHAR)method),
        STATUS_SUCCESS);
    expect(size == sizeof method && method[1] == 1117);
    answer = STATUS_DEVICE_NOT_READY;
    size = sizeof data;
    expect_status(IoWMIQuerySingleInstance(block, instance_name(1), &size, &data),
                  STATUS_DEVICE_NOT_READY);
    ObDereferenceObject(block);
    WdfObjectDelete(device);
}

/* Its context is its value: to be read, not to be set. */
static void from_the_context(void)
{
    WDF_WMI_PROVIDER_CONFIG provider;
    WDF_WMI_INSTANCE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFWMIINSTANCE instance = NULL;
    PWNODE_ALL_DATA all;
    ULONG value = 1;
    PVOID block;

    begin();
    WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &fixed_guid);
    provider.MinInstanceBufferSize = sizeof(UNIT);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
    config.UseContextForQuery = TRUE;
    config.Register = TRUE;
    expect_status(WdfWmiInstanceCreate(device, &config, NULL, &instance), STATUS_INVALID_PARAMETER);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, UNIT);
    config.EvtWmiInstanceSetInstance = evt_set;
    expect_status(WdfWmiInstanceCreate(device, &config, &attributes, &instance),
                  STATUS_INVALID_PARAMETER);
    config.EvtWmiInstanceSetInstance = NULL;
    provider.MinInstanceBufferSize = sizeof(UNIT) + 1;
    expect_status(WdfWmiInstanceCreate(device, &config, &attributes, &instance),
                  STATUS_BUFFER_TOO_SMALL);
    provider.MinInstanceBufferSize = sizeof(UNIT);
    /* What has failed left no provider behind. */
    expect_status(WdfWmiInstanceCreate(device, &config, &attributes, &instance), STATUS_SUCCESS);
    unit_of(instance)->length = 11;
    unit_of(instance)->value = 22;
    all = all_query(&fixed_guid);
    expect(all != NULL);
    if (all) {
        UNIT *unit = (UNIT *)((PUCHAR)all + all->OffsetInstanceDataAndLength[0].OffsetInstanceData);

        expect_number(all->OffsetInstanceDataAndLength[0].LengthInstanceData, sizeof(UNIT));
        expect(unit->length == 11 && unit->value == 22);
        ExFreePoolWithTag(all, TAG);
    }
    block = block_open(&fixed_guid, WMIGUID_SET);
    expect_status(IoWMISetSingleInstance(block, instance_name(0), 0, sizeof value, &value),
                  STATUS_WMI_READ_ONLY);
    expect_status(IoWMISetSingleItem(block, instance_name(0), 1, 0, sizeof value, &value),
                  STATUS_WMI_READ_ONLY);
    ObDereferenceObject(block);
    WdfObjectDelete(device);
}

static KEVENT event_came;
static ULONG event_value, event_index;

static VOID event_callback(PVOID wnode, PVOID context)
{
    PWNODE_SINGLE_INSTANCE single = wnode;

    expect(RtlEqualMemory(&single->WnodeHeader.Guid, context, sizeof(GUID)));
    event_value = single->SizeDataBlock ? *(PULONG)((PUCHAR)wnode + single->DataBlockOffset) : 0;
    event_index = single->InstanceIndex;
    KeSetEvent(&event_came, IO_NO_INCREMENT, FALSE);
}

static void events(void)
{
    WDF_WMI_INSTANCE_CONFIG config;
    WDFWMIINSTANCE first = NULL, second = NULL;
    WDFWMIPROVIDER provider;
    ULONG value = 4242;
    PVOID block;
    KIRQL irql;

    begin();
    KeInitializeEvent(&event_came, SynchronizationEvent, FALSE);
    provider = provider_make(&event_guid, WdfWmiProviderEventOnly | WdfWmiProviderExpensive, 0);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, provider);
    config.EvtWmiInstanceQueryInstance = evt_query;
    expect_status(WdfWmiInstanceCreate(device, &config, NULL, &first), STATUS_INVALID_PARAMETER);
    config.EvtWmiInstanceQueryInstance = NULL;
    config.Register = TRUE;
    expect_status(WdfWmiInstanceCreate(device, &config, NULL, &first), STATUS_SUCCESS);
    expect_status(WdfWmiInstanceCreate(device, &config, NULL, &second), STATUS_SUCCESS);

    expect(!WdfWmiProviderIsEnabled(provider, WdfWmiEventControl));
    block = block_open(&event_guid, WMIGUID_NOTIFICATION | SYNCHRONIZE);
    expect_status(IoWMISetNotificationCallback(block, event_callback, (PVOID)&event_guid),
                  STATUS_SUCCESS);
    expect(WdfWmiProviderIsEnabled(provider, WdfWmiEventControl));
    expect(!WdfWmiProviderIsEnabled(provider, WdfWmiInstanceControl));
    expect(controls_on == 1 && controls_off == 0);
    expect_status(WdfWmiInstanceFireEvent(second, sizeof value, &value), STATUS_SUCCESS);
    KeWaitForSingleObject(&event_came, Executive, KernelMode, FALSE, NULL);
    expect(event_value == 4242 && event_index == 1);
    expect_status(WdfWmiInstanceFireEvent(first, 0, NULL), STATUS_SUCCESS);
    KeWaitForSingleObject(&event_came, Executive, KernelMode, FALSE, NULL);
    expect(event_value == 0 && event_index == 0);
    expect_status(WdfWmiInstanceFireEvent(first, MAXULONG, &value), STATUS_BUFFER_OVERFLOW);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(WdfWmiInstanceFireEvent(first, sizeof value, &value),
                  STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(irql);
    /* Who has told us of the last event may hold the block a moment longer than we. */
    ObDereferenceObject(block);
    KeWaitForSingleObject(&control_off, Executive, KernelMode, FALSE, NULL);
    expect_number(controls_off, 1);
    expect(!WdfWmiProviderIsEnabled(provider, WdfWmiEventControl));
    WdfObjectDelete(device);
}

static void refused(void)
{
    WDF_WMI_PROVIDER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WMI_INSTANCE_CONFIG instance;
    WDFWMIPROVIDER provider = NULL, tracing;
    WDFWMIINSTANCE made = NULL;
    GUID nothing = {0};

    begin();
    WDF_WMI_PROVIDER_CONFIG_INIT(&config, &nothing);
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &provider), STATUS_INVALID_PARAMETER);
    WDF_WMI_PROVIDER_CONFIG_INIT(&config, &block_guid);
    config.Flags = 8;
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &provider), STATUS_INVALID_PARAMETER);
    config.Flags = WdfWmiProviderTracing | WdfWmiProviderExpensive;
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &provider), STATUS_INVALID_PARAMETER);
    config.Flags = 0;
    config.EvtWmiProviderFunctionControl = evt_control;
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &provider), STATUS_INVALID_PARAMETER);
    config.EvtWmiProviderFunctionControl = NULL;
    config.Size++;
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &provider),
                  STATUS_INFO_LENGTH_MISMATCH);
    config.Size--;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    expect_status(WdfWmiProviderCreate(device, &config, &attributes, &provider),
                  STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &provider), STATUS_SUCCESS);
    expect_status(WdfWmiProviderCreate(device, &config, NULL, &tracing), STATUS_OBJECT_NAME_EXISTS);

    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&instance, NULL);
    expect_status(WdfWmiInstanceCreate(device, &instance, NULL, &made), STATUS_INVALID_PARAMETER);
    instance.Provider = provider;
    instance.ProviderConfig = &config;
    expect_status(WdfWmiInstanceCreate(device, &instance, NULL, &made), STATUS_INVALID_PARAMETER);
    instance.ProviderConfig = NULL;
    instance.Size = 3;
    expect_status(WdfWmiInstanceCreate(device, &instance, NULL, &made),
                  STATUS_INFO_LENGTH_MISMATCH);

    tracing = provider_make(&event_guid, WdfWmiProviderTracing, 0);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&instance, tracing);
    instance.Register = TRUE;
    expect_status(WdfWmiInstanceCreate(device, &instance, NULL, &made),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_number(WdfWmiProviderGetTracingHandle(tracing), 0);
    expect(made == NULL);
    WdfObjectDelete(device);
}

/* What changes at DISPATCH_LEVEL is registered a little later; the device's end waits for it. */
static void changes_at_dispatch(void)
{
    WDFWMIPROVIDER provider;
    WDFWMIINSTANCE instance;
    ULONG i;
    KIRQL irql;

    for (i = 0; i < 20; i++) {
        begin();
        provider = provider_make(&block_guid, 0, 0);
        instance = instance_make(provider, 1, FALSE);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        expect_status(WdfWmiInstanceRegister(instance), STATUS_SUCCESS);
        WdfWmiInstanceDeregister(instance);
        expect_status(WdfWmiInstanceRegister(instance), STATUS_SUCCESS);
        KeLowerIrql(irql);
        WdfObjectDelete(device);
    }
}

static void mof_names(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"SomeMof");
    UNICODE_STRING empty = {0};
    KIRQL irql;

    begin();
    expect_status(WdfDeviceAssignMofResourceName(device, &empty), STATUS_INVALID_PARAMETER);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(WdfDeviceAssignMofResourceName(device, &name), STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(irql);
    expect_status(WdfDeviceAssignMofResourceName(device, &name), STATUS_SUCCESS);
    expect_status(WdfDeviceAssignMofResourceName(device, &name), STATUS_INVALID_DEVICE_REQUEST);
    provider_make(&block_guid, 0, 0);
    WdfObjectDelete(device);
}

DRIVERTEST_LIST = {DRIVERTEST(all_instances),    DRIVERTEST(one_instance),
                   DRIVERTEST(from_the_context), DRIVERTEST(events),
                   DRIVERTEST(refused),          DRIVERTEST(changes_at_dispatch),
                   DRIVERTEST(mof_names),        DRIVERTEST_END};
