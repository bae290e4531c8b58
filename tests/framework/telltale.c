/* SPDX-License-Identifier: MIT */
/* telltale.c - a Plug and Play driver that tells of itself: a block with two instances, one that is
 * its context, and idle settings that users may switch. test_wmi.py installs it and asks.
 */
#include <ntddk.h>

#include <wdf.h>

typedef struct _TALE {
    ULONG number;
} TALE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TALE, tale_of);

static const GUID numbers_guid = {0x7e117a1e, 0x0001, 0x4000, {0x80, 0, 0, 0, 0, 0, 0, 1}};
static const GUID context_guid = {0x7e117a1e, 0x0002, 0x4000, {0x80, 0, 0, 0, 0, 0, 0, 2}};

DRIVER_INITIALIZE DriverEntry;

static NTSTATUS evt_query(WDFWMIINSTANCE instance, ULONG size, PVOID buffer, PULONG used)
{
    *used = sizeof(ULONG);
    if (size < sizeof(ULONG))
        return STATUS_BUFFER_TOO_SMALL;
    *(PULONG)buffer = tale_of(instance)->number;
    return STATUS_SUCCESS;
}

static NTSTATUS evt_set(WDFWMIINSTANCE instance, ULONG size, PVOID buffer)
{
    tale_of(instance)->number = *(PULONG)buffer;
    return STATUS_SUCCESS;
}

static NTSTATUS numbers_make(WDFDEVICE device)
{
    WDF_WMI_PROVIDER_CONFIG provider_config;
    WDF_WMI_INSTANCE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFWMIINSTANCE instance;
    WDFWMIPROVIDER provider;
    NTSTATUS status;
    ULONG i;

    WDF_WMI_PROVIDER_CONFIG_INIT(&provider_config, &numbers_guid);
    provider_config.MinInstanceBufferSize = sizeof(ULONG);
    status = WdfWmiProviderCreate(device, &provider_config, WDF_NO_OBJECT_ATTRIBUTES, &provider);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TALE);
    for (i = 1; i <= 2 && NT_SUCCESS(status); i++) {
        WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, provider);
        config.Register = TRUE;
        config.EvtWmiInstanceQueryInstance = evt_query;
        config.EvtWmiInstanceSetInstance = evt_set;
        status = WdfWmiInstanceCreate(device, &config, &attributes, &instance);
        if (NT_SUCCESS(status))
            tale_of(instance)->number = 0x11111111 * i;
    }
    return status;
}

static NTSTATUS context_make(WDFDEVICE device)
{
    WDF_WMI_PROVIDER_CONFIG provider_config;
    WDF_WMI_INSTANCE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFWMIINSTANCE instance;
    NTSTATUS status;

    WDF_WMI_PROVIDER_CONFIG_INIT(&provider_config, &context_guid);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider_config);
    config.UseContextForQuery = TRUE;
    config.Register = TRUE;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TALE);
    status = WdfWmiInstanceCreate(device, &config, &attributes, &instance);
    if (NT_SUCCESS(status))
        tale_of(instance)->number = 0x44332211;
    return status;
}

static NTSTATUS idle_make(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCannotWakeFromS0);
    idle.UserControlOfIdleSettings = IdleAllowUserControl;
    idle.IdleTimeout = 3600 * 1000;
    return WdfDeviceAssignS0IdleSettings(device, &idle);
}

static NTSTATUS evt_device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    DECLARE_CONST_UNICODE_STRING(mof, L"TellTale");
    WDFDEVICE device;
    NTSTATUS status;

    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (NT_SUCCESS(status))
        status = WdfDeviceAssignMofResourceName(device, &mof);
    if (NT_SUCCESS(status))
        status = numbers_make(device);
    if (NT_SUCCESS(status))
        status = context_make(device);
    return NT_SUCCESS(status) ? idle_make(device) : status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, evt_device_add);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
