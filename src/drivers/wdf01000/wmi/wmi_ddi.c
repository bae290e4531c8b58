/* SPDX-License-Identifier: MIT */
/* wmi_ddi.c - WdfWmiXxx and WdfDeviceAssignMofResourceName as a client calls them. */
#include <wmistr.h>

#include "wmi_internal.h"
#include <wdf_entries.h>
#include <wmilib.h>

static struct fx_wmi_provider *provider_of(PWDF_DRIVER_GLOBALS abi, WDFWMIPROVIDER handle)
{
    return (struct fx_wmi_provider *)fx_object_of(fx_globals_of(abi), handle,
                                                  &fx_type_wmi_provider);
}

static struct fx_wmi_instance *instance_of(PWDF_DRIVER_GLOBALS abi, WDFWMIINSTANCE handle)
{
    return (struct fx_wmi_instance *)fx_object_of(fx_globals_of(abi), handle,
                                                  &fx_type_wmi_instance);
}

static NTSTATUS provider_make(struct fx_globals *globals, WDFDEVICE device_handle,
                              const WDF_WMI_PROVIDER_CONFIG *given,
                              PWDF_OBJECT_ATTRIBUTES attributes,
                              struct fx_wmi_provider **out_provider)
{
    struct fx_object *device = fx_object_of(globals, device_handle, &fx_type_device);
    WDF_WMI_PROVIDER_CONFIG config;
    NTSTATUS status;

    status = fx_struct_copy(globals, &config, sizeof config, given, INDEX_WDF_WMI_PROVIDER_CONFIG);
    if (!NT_SUCCESS(status))
        return status;
    return fx_wmi_provider_create((struct fx_device *)device, &config, attributes, out_provider);
}

NTSTATUS NTAPI imp_WdfWmiProviderCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                        PWDF_WMI_PROVIDER_CONFIG WmiProviderConfig,
                                        PWDF_OBJECT_ATTRIBUTES ProviderAttributes,
                                        WDFWMIPROVIDER *WmiProvider)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_wmi_provider *provider;
    NTSTATUS status;

    fx_needed(globals, WmiProviderConfig);
    fx_needed(globals, WmiProvider);
    *WmiProvider = NULL;
    status = provider_make(globals, Device, WmiProviderConfig, ProviderAttributes, &provider);
    if (status != STATUS_SUCCESS)
        return status;
    fx_object_creator(&provider->object, _ReturnAddress());
    *WmiProvider = fx_handle_of(&provider->object);
    return STATUS_SUCCESS;
}

WDFDEVICE NTAPI imp_WdfWmiProviderGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                            WDFWMIPROVIDER WmiProvider)
{
    return fx_handle_of(&provider_of(DriverGlobals, WmiProvider)->wmi->device->object);
}

BOOLEAN NTAPI imp_WdfWmiProviderIsEnabled(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          WDFWMIPROVIDER WmiProvider,
                                          WDF_WMI_PROVIDER_CONTROL ProviderControl)
{
    struct fx_wmi_provider *provider = provider_of(DriverGlobals, WmiProvider);

    switch (ProviderControl) {
    case WdfWmiEventControl:
        return provider->is_events_enabled;
    case WdfWmiInstanceControl:
        return provider->is_instances_enabled;
    default:
        return FALSE;
    }
}

ULONGLONG NTAPI imp_WdfWmiProviderGetTracingHandle(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                   WDFWMIPROVIDER WmiProvider)
{
    return provider_of(DriverGlobals, WmiProvider)->tracing_handle;
}

/* A provider made for this instance alone goes again when the instance cannot be made. */
static NTSTATUS instance_make(struct fx_globals *globals, WDFDEVICE device,
                              const WDF_WMI_INSTANCE_CONFIG *config,
                              PWDF_OBJECT_ATTRIBUTES attributes,
                              struct fx_wmi_instance **out_instance)
{
    struct fx_wmi_provider *provider;
    struct fx_wmi_instance *instance = NULL;
    NTSTATUS status;

    if (!config->Provider == !config->ProviderConfig) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfWmiInstanceCreate: give either a Provider or a ProviderConfig");
        return STATUS_INVALID_PARAMETER;
    }
    if (config->Provider) {
        provider = provider_of(&globals->abi, config->Provider);
    } else {
        status = provider_make(globals, device, config->ProviderConfig, NULL, &provider);
        if (status != STATUS_SUCCESS)
            return status;
    }
    status = fx_wmi_instance_create(provider, config, attributes, &instance);
    if (NT_SUCCESS(status) && config->Register)
        status = fx_wmi_instance_register(instance);
    if (NT_SUCCESS(status)) {
        *out_instance = instance;
        return status;
    }
    if (instance)
        fx_object_abandon(&instance->object);
    if (config->ProviderConfig)
        fx_object_abandon(&provider->object);
    return status;
}

NTSTATUS NTAPI imp_WdfWmiInstanceCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                        PWDF_WMI_INSTANCE_CONFIG InstanceConfig,
                                        PWDF_OBJECT_ATTRIBUTES InstanceAttributes,
                                        WDFWMIINSTANCE *Instance)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_wmi_instance *instance;
    WDF_WMI_INSTANCE_CONFIG config;
    NTSTATUS status;

    fx_needed(globals, InstanceConfig);
    status = fx_struct_copy(globals, &config, sizeof config, InstanceConfig,
                            INDEX_WDF_WMI_INSTANCE_CONFIG);
    if (NT_SUCCESS(status))
        status = instance_make(globals, Device, &config, InstanceAttributes, &instance);
    if (status != STATUS_SUCCESS)
        return status;
    fx_object_creator(&instance->object, _ReturnAddress());
    if (Instance)
        *Instance = fx_handle_of(&instance->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfWmiInstanceRegister(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          WDFWMIINSTANCE WmiInstance)
{
    return fx_wmi_instance_register(instance_of(DriverGlobals, WmiInstance));
}

VOID NTAPI imp_WdfWmiInstanceDeregister(PWDF_DRIVER_GLOBALS DriverGlobals,
                                        WDFWMIINSTANCE WmiInstance)
{
    fx_wmi_instance_deregister(instance_of(DriverGlobals, WmiInstance));
}

WDFDEVICE NTAPI imp_WdfWmiInstanceGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                            WDFWMIINSTANCE WmiInstance)
{
    struct fx_wmi_instance *instance = instance_of(DriverGlobals, WmiInstance);

    return fx_handle_of(&instance->provider->wmi->device->object);
}

WDFWMIPROVIDER NTAPI imp_WdfWmiInstanceGetProvider(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                   WDFWMIINSTANCE WmiInstance)
{
    return fx_handle_of(&instance_of(DriverGlobals, WmiInstance)->provider->object);
}

/* The library takes its copy of the data, whatever comes. */
NTSTATUS NTAPI imp_WdfWmiInstanceFireEvent(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           WDFWMIINSTANCE WmiInstance, ULONG EventDataSize,
                                           PVOID EventData)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_wmi_instance *instance = instance_of(DriverGlobals, WmiInstance);
    struct fx_wmi_provider *provider = instance->provider;
    PVOID data = NULL;

    if (KeGetCurrentIrql() > APC_LEVEL) {
        fx_log(globals, FX_LOG_ERROR, "WdfWmiInstanceFireEvent above APC_LEVEL");
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!EventData)
        EventDataSize = 0;
    if (EventDataSize > MAXULONG - sizeof(WNODE_SINGLE_INSTANCE) - 16)
        return STATUS_BUFFER_OVERFLOW;
    if (EventDataSize) {
        data = fx_pool_take(globals, NonPagedPoolNx, 0, EventDataSize);
        if (!data)
            return STATUS_INSUFFICIENT_RESOURCES;
        RtlCopyMemory(data, EventData, EventDataSize);
    }
    return WmiFireEvent(provider->wmi->device->wdm, &provider->guid,
                        fx_wmi_instance_index(instance), EventDataSize, data);
}

NTSTATUS NTAPI imp_WdfDeviceAssignMofResourceName(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                  WDFDEVICE Device,
                                                  PCUNICODE_STRING MofResourceName)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_object *device = fx_object_of(globals, Device, &fx_type_device);
    NTSTATUS status;

    fx_needed(globals, MofResourceName);
    if (KeGetCurrentIrql() > PASSIVE_LEVEL)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_string_check(globals, MofResourceName);
    if (!NT_SUCCESS(status))
        return status;
    if (MofResourceName->Length == 0)
        return STATUS_INVALID_PARAMETER;
    return fx_wmi_mof_assign((struct fx_device *)device, MofResourceName);
}
