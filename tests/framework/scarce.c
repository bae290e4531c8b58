/* SPDX-License-Identifier: MIT */
/* scarce.c - a DriverEntry that makes one of each small object and uses it, and gives up at the
 * first that cannot be made: test_scarce.py lets each allocation fail in turn.
 */
#include <ntddk.h>

#include <wdf.h>

#define TRY(call)                     \
    do {                              \
        status = said(#call, (call)); \
        if (!NT_SUCCESS(status))      \
            return status;            \
    } while (0)

/* Want of memory is the only thing that may go wrong. */
static NTSTATUS said(const char *call, NTSTATUS status)
{
    if (!NT_SUCCESS(status) && status != STATUS_INSUFFICIENT_RESOURCES &&
        status != STATUS_NO_MEMORY)
        DbgPrint("scarce: wrong status %08x: %s\n", status, call);
    return status;
}

typedef struct _NOTE {
    ULONG number;
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, note_of);

DRIVER_INITIALIZE DriverEntry;
DECLARE_CONST_UNICODE_STRING(key_path, L"\\Registry\\Machine\\Software\\Scarce");
DECLARE_CONST_UNICODE_STRING(value_name, L"Value");
DECLARE_CONST_UNICODE_STRING(text, L"some text");
static const GUID block = {0x51111111, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};

static NTSTATUS memories(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFLOOKASIDE list;
    WDFMEMORY memory;
    NTSTATUS status;
    UCHAR bytes[8];

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    TRY(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 100, &memory, NULL));
    TRY(WdfMemoryCreate(&attributes, PagedPool, 0, 100, &memory, NULL));
    TRY(WdfMemoryCreatePreallocated(&attributes, bytes, sizeof bytes, &memory));
    WdfObjectDelete(memory);
    TRY(WdfLookasideListCreate(NULL, 64, NonPagedPoolNx, &attributes, 0, &list));
    TRY(WdfMemoryCreateFromLookaside(list, &memory));
    TRY(WdfLookasideListCreate(NULL, 64, PagedPool, &attributes, 0, &list));
    TRY(WdfMemoryCreateFromLookaside(list, &memory));
    return said("the second", WdfMemoryCreateFromLookaside(list, &memory));
}

static NTSTATUS values(WDFKEY key)
{
    WDFCOLLECTION collection, other;
    WDFSTRING string;
    WDFMEMORY memory;
    NTSTATUS status;

    TRY(WdfStringCreate(&text, NULL, &string));
    TRY(WdfCollectionCreate(NULL, &collection));
    TRY(WdfCollectionAdd(collection, string));
    TRY(WdfCollectionAdd(collection, string));
    TRY(WdfRegistryAssignMultiString(key, &value_name, collection));
    TRY(WdfCollectionCreate(NULL, &other));
    TRY(WdfRegistryQueryMultiString(key, &value_name, NULL, other));
    TRY(WdfRegistryQueryMemory(key, &value_name, PagedPool, NULL, &memory, NULL));
    TRY(WdfRegistryAssignString(key, &value_name, string));
    TRY(WdfRegistryQueryString(key, &value_name, string));
    return said("the text", WdfRegistryAssignUnicodeString(key, &value_name, &text));
}

static NTSTATUS registry(void)
{
    NTSTATUS status;
    WDFKEY key;

    TRY(WdfRegistryCreateKey(NULL, &key_path, KEY_ALL_ACCESS, REG_OPTION_VOLATILE, NULL, NULL,
                             &key));
    status = values(key);
    (void)ZwDeleteKey(WdfRegistryWdmGetHandle(key));
    WdfRegistryClose(key);
    return status;
}

static VOID evt_timer(WDFTIMER timer)
{
}

static VOID evt_dpc(WDFDPC dpc)
{
}

static VOID evt_work(WDFWORKITEM item)
{
}

static NTSTATUS evt_query(WDFWMIINSTANCE instance, ULONG size, PVOID buffer, PULONG used)
{
    *used = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS timers(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG work;
    WDF_TIMER_CONFIG config;
    WDF_DPC_CONFIG dpc_config;
    WDFWORKITEM item;
    WDFTIMER timer;
    WDFDPC dpc;
    NTSTATUS status;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NOTE);
    attributes.ParentObject = device;
    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    TRY(WdfTimerCreate(&config, &attributes, &timer));
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_SEC(3600));
    config.UseHighResolutionTimer = WdfTrue;
    TRY(WdfTimerCreate(&config, &attributes, &timer));
    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    TRY(WdfTimerCreate(&config, &attributes, &timer));
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1));
    attributes.ExecutionLevel = WdfExecutionLevelInheritFromParent;
    WDF_DPC_CONFIG_INIT(&dpc_config, evt_dpc);
    TRY(WdfDpcCreate(&dpc_config, &attributes, &dpc));
    WdfDpcEnqueue(dpc);
    WDF_WORKITEM_CONFIG_INIT(&work, evt_work);
    TRY(WdfWorkItemCreate(&work, &attributes, &item));
    WdfWorkItemEnqueue(item);
    return STATUS_SUCCESS;
}

static NTSTATUS blocks(WDFDEVICE device)
{
    WDF_WMI_PROVIDER_CONFIG provider_config;
    WDF_WMI_INSTANCE_CONFIG config;
    WDFWMIPROVIDER provider;
    NTSTATUS status;

    TRY(WdfDeviceAssignMofResourceName(device, &text));
    WDF_WMI_PROVIDER_CONFIG_INIT(&provider_config, &block);
    TRY(WdfWmiProviderCreate(device, &provider_config, NULL, &provider));
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, provider);
    config.Register = TRUE;
    config.EvtWmiInstanceQueryInstance = evt_query;
    return said("the instance", WdfWmiInstanceCreate(device, &config, NULL, NULL));
}

static NTSTATUS device_make(WDFDRIVER driver)
{
    DECLARE_CONST_UNICODE_STRING(everybody, L"D:P(A;;GA;;;WD)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &everybody);
    WDFDEVICE device = NULL;
    NTSTATUS status;

    if (!init)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = said("the device", WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device));
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    status = timers(device);
    if (NT_SUCCESS(status))
        status = blocks(device);
    if (NT_SUCCESS(status))
        WdfControlFinishInitializing(device);
    else
        WdfObjectDelete(device);
    return status;
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
    TRY(WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver));
    TRY(memories());
    TRY(registry());
    TRY(device_make(driver));
    DbgPrint("scarce: all is there\n");
    return STATUS_SUCCESS;
}
