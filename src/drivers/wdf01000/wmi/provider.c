/* SPDX-License-Identifier: MIT */
/* provider.c - WMI providers: one block of data of a device, with its rules.
 *
 * In: a device and a configuration; out: a provider that stays until the device goes. A device has
 * one provider a GUID.
 */
#include "wmi_internal.h"

static void provider_dispose(struct fx_object *object)
{
    struct fx_wmi_provider *provider = (struct fx_wmi_provider *)object;
    struct fx_wmi *wmi = provider->wmi;
    KIRQL irql;

    if (!wmi)
        return;
    KeAcquireSpinLock(&wmi->lock, &irql);
    if (!IsListEmpty(&provider->entry)) {
        RemoveEntryList(&provider->entry);
        InitializeListHead(&provider->entry);
        wmi->provider_count--;
    }
    KeReleaseSpinLock(&wmi->lock, irql);
}

const struct fx_type fx_type_wmi_provider = {
    .name = "WDFWMIPROVIDER",
    .size = sizeof(struct fx_wmi_provider),
    .flags = FX_TYPE_NO_DELETE | FX_TYPE_PARENT_FIXED,
    .dispose = provider_dispose,
};

struct fx_wmi_provider *fx_wmi_provider_find_locked(struct fx_wmi *wmi, const GUID *guid)
{
    PLIST_ENTRY entry;

    for (entry = wmi->providers.Flink; entry != &wmi->providers; entry = entry->Flink) {
        struct fx_wmi_provider *provider = CONTAINING_RECORD(entry, struct fx_wmi_provider, entry);

        if (RtlEqualMemory(&provider->guid, guid, sizeof *guid))
            return provider;
    }
    return NULL;
}

static NTSTATUS config_check(struct fx_globals *globals, const WDF_WMI_PROVIDER_CONFIG *config)
{
    static const GUID nothing;
    const char *wrong = NULL;

    if (config->Flags & ~(ULONG)WdfWmiProviderValidFlags)
        wrong = "unknown Flags";
    else if ((config->Flags & WdfWmiProviderTracing) && config->Flags != WdfWmiProviderTracing)
        wrong = "WdfWmiProviderTracing stands alone";
    else if (config->EvtWmiProviderFunctionControl &&
             !(config->Flags & (WdfWmiProviderTracing | WdfWmiProviderExpensive)))
        wrong = "EvtWmiProviderFunctionControl needs WdfWmiProviderTracing or Expensive";
    else if (RtlEqualMemory(&config->Guid, &nothing, sizeof nothing))
        wrong = "Guid is zero";
    if (!wrong)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "WDF_WMI_PROVIDER_CONFIG: %s (Flags 0x%x)", wrong, config->Flags);
    return STATUS_INVALID_PARAMETER;
}

static NTSTATUS provider_add(struct fx_wmi *wmi, struct fx_wmi_provider *provider)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    KeAcquireSpinLock(&wmi->lock, &irql);
    if (fx_wmi_provider_find_locked(wmi, &provider->guid)) {
        status = STATUS_OBJECT_NAME_EXISTS;
    } else {
        InsertTailList(&wmi->providers, &provider->entry);
        wmi->provider_count++;
    }
    KeReleaseSpinLock(&wmi->lock, irql);
    return status;
}

NTSTATUS fx_wmi_provider_create(struct fx_device *device, const WDF_WMI_PROVIDER_CONFIG *config,
                                PWDF_OBJECT_ATTRIBUTES attributes,
                                struct fx_wmi_provider **out_provider)
{
    struct fx_globals *globals = device->object.globals;
    struct fx_wmi *wmi = fx_wmi_of(device);
    struct fx_wmi_provider *provider;
    struct fx_object *object;
    NTSTATUS status;

    if (!wmi)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = config_check(globals, config);
    if (!NT_SUCCESS(status))
        return status;
    status =
        fx_object_create(globals, &fx_type_wmi_provider, 0, attributes, &device->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    provider = (struct fx_wmi_provider *)object;
    InitializeListHead(&provider->entry);
    InitializeListHead(&provider->instances);
    provider->wmi = wmi;
    provider->guid = config->Guid;
    provider->flags = config->Flags;
    provider->control = config->EvtWmiProviderFunctionControl;
    if (!(config->Flags & WdfWmiProviderEventOnly))
        provider->minimum_bytes = config->MinInstanceBufferSize;
    status = provider_add(wmi, provider);
    /* STATUS_OBJECT_NAME_EXISTS is no error by its number, but here it is one. */
    if (status != STATUS_SUCCESS) {
        fx_log(globals, FX_LOG_ERROR, "WDFDEVICE %p has a WMI provider with this GUID already",
               fx_handle_of(&device->object));
        fx_object_abandon(object);
        return status;
    }
    if (provider->flags & WdfWmiProviderTracing)
        fx_wmi_changed(wmi); /* it will have no instance that says so */
    *out_provider = provider;
    return STATUS_SUCCESS;
}
