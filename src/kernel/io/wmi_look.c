/* SPDX-License-Identifier: MIT */
/* wmi_look.c - instrumentation for who looks from outside: what there is, and each instance's data.
 *
 * Goes the way of a consumer inside the kernel (wmi_block.c), without a handle. The data of a
 * block is as its driver has made it; only the driver's schema says what it means.
 */
#include "wmi.h"

void io_wmi_visit(void (*visit)(DEVICE_OBJECT *device, const WMIREGGUIDW *block, void *context),
                  void *context)
{
    struct wmi_provider *provider;

    for (unsigned i = 0; (provider = wmi_provider_at(i)) != NULL; i++) {
        for (ULONG n = 0; provider->info != NULL && n < provider->info->GuidCount; n++)
            visit(provider->device, &provider->info->WmiRegGuid[n], context);
        wmi_provider_put(provider);
    }
}

/* One instance of one provider. */
static NTSTATUS instance_look(const struct wmi_block *block, const UNICODE_STRING *name,
                              io_wmi_instance *visit, void *context)
{
    struct wmi_call call = {
        .minor = IRP_MN_QUERY_SINGLE_INSTANCE, .name = name, .output_size = IO_WMI_MOST};
    WNODE_HEADER *wnode = NULL;
    ULONG size = 0;
    NTSTATUS status = wmi_call_instance(block, &call, &wnode);

    if (!NT_SUCCESS(status))
        return status;
    void *data = wmi_wnode_data(wnode, call.minor, &size);
    visit(name, data, data != NULL ? size : 0, context);
    ExFreePool(wnode);
    return STATUS_SUCCESS;
}

static NTSTATUS provider_look(struct wmi_provider *provider, const struct wmi_block *block,
                              io_wmi_instance *visit, void *context)
{
    const WMIREGGUIDW *entry = wmi_provider_block(provider, &block->guid);
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG n = 0; entry != NULL && NT_SUCCESS(status) && n < entry->InstanceCount; n++) {
        UNICODE_STRING name;
        status = wmi_instance_name(provider, entry, n, &name);
        if (NT_SUCCESS(status)) {
            status = instance_look(block, &name, visit, context);
            RtlFreeUnicodeString(&name);
        }
    }
    return status;
}

NTSTATUS io_wmi_query(const GUID *guid, io_wmi_instance *visit, void *context)
{
    struct wmi_provider *provider;
    struct wmi_block *block;
    NTSTATUS status = wmi_block_open(guid, WMIGUID_QUERY, &block);

    if (!NT_SUCCESS(status))
        return status;
    for (unsigned i = 0; (provider = wmi_provider_at(i)) != NULL; i++) {
        NTSTATUS one = provider_look(provider, block, visit, context);
        if (!NT_SUCCESS(one))
            status = one;
        wmi_provider_put(provider);
    }
    ob_dereference(block);
    return status;
}

NTSTATUS io_wmi_set(const GUID *guid, const UNICODE_STRING *instance, const void *data, ULONG size)
{
    struct wmi_call call = {.minor = IRP_MN_CHANGE_SINGLE_INSTANCE,
                            .name = instance,
                            .input = data,
                            .input_size = size};
    WNODE_HEADER *wnode = NULL;
    struct wmi_block *block;
    NTSTATUS status = wmi_block_open(guid, WMIGUID_SET, &block);

    if (!NT_SUCCESS(status))
        return status;
    status = wmi_call_instance(block, &call, &wnode);
    if (NT_SUCCESS(status))
        ExFreePool(wnode);
    ob_dereference(block);
    return status;
}
