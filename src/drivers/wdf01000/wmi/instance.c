/* SPDX-License-Identifier: MIT */
/* instance.c - WMI instances: registration, numbers, the values that they answer with.
 *
 * In: a provider and a configuration; out: an instance that is numbered by its place among the
 * provider's registered ones. Invariant: a number is looked up and the instance referenced under
 * the device's lock; its callbacks run without it.
 */
#include "wmi_internal.h"

static void instance_dispose(struct fx_object *object)
{
    struct fx_wmi_instance *instance = (struct fx_wmi_instance *)object;

    if (instance->provider)
        fx_wmi_instance_deregister(instance);
}

const struct fx_type fx_type_wmi_instance = {
    .name = "WDFWMIINSTANCE",
    .size = sizeof(struct fx_wmi_instance),
    .flags = FX_TYPE_PARENT_FIXED,
    .dispose = instance_dispose,
};

static NTSTATUS context_check(struct fx_wmi_provider *provider,
                              const WDF_WMI_INSTANCE_CONFIG *config,
                              const WDF_OBJECT_ATTRIBUTES *attributes)
{
    struct fx_globals *globals = provider->object.globals;
    SIZE_T size;

    if (config->EvtWmiInstanceSetInstance || config->EvtWmiInstanceSetItem) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfWmiInstanceCreate: with UseContextForQuery the instance cannot be set");
        return STATUS_INVALID_PARAMETER;
    }
    if (!attributes || !attributes->ContextTypeInfo) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfWmiInstanceCreate: UseContextForQuery, but the attributes have no context");
        return STATUS_INVALID_PARAMETER;
    }
    size = attributes->ContextSizeOverride ? attributes->ContextSizeOverride
                                           : attributes->ContextTypeInfo->ContextSize;
    if (size > MAXULONG)
        return STATUS_INTEGER_OVERFLOW;
    return size < provider->minimum_bytes ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

static NTSTATUS config_check(struct fx_wmi_provider *provider,
                             const WDF_WMI_INSTANCE_CONFIG *config,
                             const WDF_OBJECT_ATTRIBUTES *attributes)
{
    BOOLEAN has_callback = config->EvtWmiInstanceQueryInstance ||
                           config->EvtWmiInstanceSetInstance || config->EvtWmiInstanceSetItem ||
                           config->EvtWmiInstanceExecuteMethod;

    if ((provider->flags & WdfWmiProviderEventOnly) &&
        (config->UseContextForQuery || has_callback)) {
        fx_log(provider->object.globals, FX_LOG_ERROR,
               "WdfWmiInstanceCreate: WDFWMIPROVIDER %p has events only, no data",
               fx_handle_of(&provider->object));
        return STATUS_INVALID_PARAMETER;
    }
    return config->UseContextForQuery ? context_check(provider, config, attributes)
                                      : STATUS_SUCCESS;
}

NTSTATUS fx_wmi_instance_create(struct fx_wmi_provider *provider,
                                const WDF_WMI_INSTANCE_CONFIG *config,
                                PWDF_OBJECT_ATTRIBUTES attributes,
                                struct fx_wmi_instance **out_instance)
{
    struct fx_wmi_instance *instance;
    struct fx_object *object;
    NTSTATUS status;

    status = config_check(provider, config, attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_object_create(provider->object.globals, &fx_type_wmi_instance, 0, attributes,
                              &provider->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    instance = (struct fx_wmi_instance *)object;
    InitializeListHead(&instance->entry);
    instance->provider = provider;
    instance->is_context = config->UseContextForQuery;
    instance->query = config->UseContextForQuery ? NULL : config->EvtWmiInstanceQueryInstance;
    instance->set = config->EvtWmiInstanceSetInstance;
    instance->set_item = config->EvtWmiInstanceSetItem;
    instance->execute = config->EvtWmiInstanceExecuteMethod;
    *out_instance = instance;
    return STATUS_SUCCESS;
}

NTSTATUS fx_wmi_instance_register(struct fx_wmi_instance *instance)
{
    struct fx_wmi_provider *provider = instance->provider;
    struct fx_wmi *wmi = provider->wmi;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    KeAcquireSpinLock(&wmi->lock, &irql);
    if ((provider->flags & WdfWmiProviderTracing) || !IsListEmpty(&instance->entry)) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else {
        InsertTailList(&provider->instances, &instance->entry);
        provider->instance_count++;
        provider->is_removed = FALSE;
    }
    KeReleaseSpinLock(&wmi->lock, irql);
    if (NT_SUCCESS(status))
        fx_wmi_changed(wmi);
    else
        fx_log(provider->object.globals, FX_LOG_ERROR,
               "WDFWMIINSTANCE %p: registered already, or its provider is for tracing",
               fx_handle_of(&instance->object));
    return status;
}

void fx_wmi_instance_deregister(struct fx_wmi_instance *instance)
{
    struct fx_wmi_provider *provider = instance->provider;
    struct fx_wmi *wmi = provider->wmi;
    BOOLEAN was_registered;
    KIRQL irql;

    KeAcquireSpinLock(&wmi->lock, &irql);
    was_registered = !IsListEmpty(&instance->entry);
    if (was_registered) {
        RemoveEntryList(&instance->entry);
        InitializeListHead(&instance->entry);
        provider->instance_count--;
        /* Expensive blocks stay: who collects them has to be told when an instance comes again. */
        provider->is_removed =
            provider->instance_count == 0 && !(provider->flags & WdfWmiProviderExpensive);
    }
    KeReleaseSpinLock(&wmi->lock, irql);
    if (was_registered)
        fx_wmi_changed(wmi);
}

struct fx_wmi_instance *fx_wmi_instance_get(struct fx_wmi_provider *provider, ULONG index)
{
    struct fx_wmi_instance *instance = NULL;
    PLIST_ENTRY entry;
    KIRQL irql;

    KeAcquireSpinLock(&provider->wmi->lock, &irql);
    if (index < provider->instance_count) {
        for (entry = provider->instances.Flink; index; index--)
            entry = entry->Flink;
        instance = CONTAINING_RECORD(entry, struct fx_wmi_instance, entry);
        fx_object_ref(&instance->object);
    }
    KeReleaseSpinLock(&provider->wmi->lock, irql);
    return instance;
}

ULONG fx_wmi_instance_index(struct fx_wmi_instance *instance)
{
    struct fx_wmi_provider *provider = instance->provider;
    PLIST_ENTRY entry;
    ULONG index = 0;
    KIRQL irql;

    KeAcquireSpinLock(&provider->wmi->lock, &irql);
    for (entry = provider->instances.Flink;
         entry != &provider->instances && entry != &instance->entry; entry = entry->Flink)
        index++;
    KeReleaseSpinLock(&provider->wmi->lock, irql);
    return index;
}

/* ---- values ---------------------------------------------------------------------------------- */

BOOLEAN fx_wmi_instance_answers(const struct fx_wmi_instance *instance)
{
    return instance->is_context || instance->query || instance->execute || instance->power_switch;
}

static NTSTATUS query_copy(const void *data, ULONG length, ULONG size, PVOID buffer,
                           ULONG *out_used)
{
    *out_used = length;
    if (length > size)
        return STATUS_BUFFER_TOO_SMALL;
    RtlCopyMemory(buffer, data, length);
    return STATUS_SUCCESS;
}

/* A callback may write even to a buffer without room: it gets one byte of ours then. */
static NTSTATUS query_call(struct fx_wmi_instance *instance, ULONG size, PVOID buffer,
                           ULONG *out_used)
{
    struct fx_globals *globals = instance->object.globals;
    BOOLEAN is_empty = size == 0;
    UCHAR byte = 0;
    NTSTATUS status;

    *out_used = 0;
    if (is_empty) {
        buffer = &byte;
        size = sizeof byte;
    }
    status = instance->query(fx_handle_of(&instance->object), size, buffer, out_used);
    if (status == STATUS_PENDING || (NT_SUCCESS(status) && *out_used > size)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFWMIINSTANCE %p: EvtWmiInstanceQueryInstance answers 0x%08x with %u of %u bytes",
               fx_handle_of(&instance->object), status, *out_used, size);
        *out_used = 0;
        return STATUS_UNSUCCESSFUL;
    }
    if (NT_SUCCESS(status) && is_empty && *out_used)
        return STATUS_BUFFER_TOO_SMALL;
    return status;
}

NTSTATUS fx_wmi_instance_query(struct fx_wmi_instance *instance, ULONG size, PVOID buffer,
                               ULONG *out_used)
{
    if (instance->power_switch) {
        BOOLEAN value = instance->power_switch->get(instance->provider->wmi->device);

        return query_copy(&value, sizeof value, size, buffer, out_used);
    }
    if (instance->is_context) {
        struct fx_context *context = instance->object.contexts;

        return query_copy(context->data, (ULONG)context->size, size, buffer, out_used);
    }
    if (instance->query)
        return query_call(instance, size, buffer, out_used);
    *out_used = 0; /* an instance of methods has no data, but it is there */
    return STATUS_SUCCESS;
}
