/* SPDX-License-Identifier: MIT */
/* switch.c - blocks of the Framework's own: one BOOLEAN that users switch through WMI. */
#include "wmi_internal.h"

static NTSTATUS switch_provider(struct fx_wmi *wmi, const GUID *guid,
                                struct fx_wmi_provider **out_provider, BOOLEAN *out_is_new)
{
    WDF_WMI_PROVIDER_CONFIG config;
    struct fx_wmi_provider *provider;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    *out_is_new = FALSE;
    KeAcquireSpinLock(&wmi->lock, &irql);
    provider = fx_wmi_provider_find_locked(wmi, guid);
    if (provider && provider->instance_count) {
        struct fx_wmi_instance *instance =
            CONTAINING_RECORD(provider->instances.Flink, struct fx_wmi_instance, entry);

        status =
            instance->power_switch ? STATUS_OBJECT_NAME_COLLISION : STATUS_WMI_GUID_DISCONNECTED;
    }
    KeReleaseSpinLock(&wmi->lock, irql);
    *out_provider = provider;
    if (provider || !NT_SUCCESS(status))
        return status;
    WDF_WMI_PROVIDER_CONFIG_INIT(&config, guid);
    config.MinInstanceBufferSize = sizeof(BOOLEAN);
    status = fx_wmi_provider_create(wmi->device, &config, NULL, out_provider);
    *out_is_new = status == STATUS_SUCCESS;
    return status == STATUS_OBJECT_NAME_EXISTS ? STATUS_OBJECT_NAME_COLLISION : status;
}

NTSTATUS fx_wmi_switch_create(struct fx_device *device, const struct fx_wmi_switch *power_switch)
{
    struct fx_wmi *wmi = fx_wmi_of(device);
    WDF_WMI_INSTANCE_CONFIG config;
    struct fx_wmi_provider *provider;
    struct fx_wmi_instance *instance;
    BOOLEAN is_new;
    NTSTATUS status;

    if (!wmi)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = switch_provider(wmi, power_switch->guid, &provider, &is_new);
    if (!NT_SUCCESS(status))
        return status;
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, fx_handle_of(&provider->object));
    status = fx_wmi_instance_create(provider, &config, NULL, &instance);
    if (NT_SUCCESS(status)) {
        instance->power_switch = power_switch;
        status = fx_wmi_instance_register(instance);
        if (!NT_SUCCESS(status))
            fx_object_abandon(&instance->object);
    }
    if (!NT_SUCCESS(status) && is_new)
        fx_object_abandon(&provider->object);
    return status;
}
