/* SPDX-License-Identifier: MIT */
/* dma_enabler.c - what a device can do in DMA, and its channels filled and flushed with power.
 *
 * In: a profile and its limits; out: adapters of the kernel, one, or one for each direction. The
 * machine has no DMA controller: enablers of the system profiles are made and never get an adapter.
 */
#include "dma.h"

static void way_close(struct fx_dma_way *way)
{
    if (way->adapter)
        way->adapter->DmaOperations->PutDmaAdapter(way->adapter);
    way->adapter = NULL;
}

static void enabler_dispose(struct fx_object *object)
{
    struct fx_dma_enabler *enabler = (struct fx_dma_enabler *)object;
    KIRQL irql;

    if (!enabler->device)
        return;
    KeAcquireSpinLock(&enabler->device->lists_lock, &irql);
    RemoveEntryList(&enabler->link);
    KeReleaseSpinLock(&enabler->device->lists_lock, irql);
}

/* Transactions and common buffers are its children: they have given back what they had mapped. */
static void enabler_destroy(struct fx_object *object)
{
    struct fx_dma_enabler *enabler = (struct fx_dma_enabler *)object;

    if (!enabler->is_duplex)
        enabler->ways[TRUE].adapter = NULL;
    way_close(&enabler->ways[FALSE]);
    way_close(&enabler->ways[TRUE]);
}

const struct fx_type fx_type_dma_enabler = {
    .name = "WDFDMAENABLER",
    .size = sizeof(struct fx_dma_enabler),
    .flags = FX_TYPE_PASSIVE,
    .dispose = enabler_dispose,
    .destroy = enabler_destroy,
};

/* ---- creation ----------------------------------------------------------------------------------
 */

static NTSTATUS refused(struct fx_globals *globals, NTSTATUS status, const char *why)
{
    fx_log(globals, FX_LOG_ERROR, "WdfDmaEnablerCreate: %s (%x)", why, status);
    return status;
}

static NTSTATUS config_check(struct fx_globals *globals, const WDF_DMA_ENABLER_CONFIG *config)
{
    BOOLEAN is_system = config->Profile >= WdfDmaProfileSystem;

    if (config->Profile <= WdfDmaProfileInvalid || config->Profile > WdfDmaProfileSystemDuplex)
        return refused(globals, STATUS_INVALID_PARAMETER, "Profile is none");
    if (!config->MaximumLength)
        return refused(globals, STATUS_INVALID_PARAMETER, "MaximumLength is 0");
    if (config->WdmDmaVersionOverride != 0 && config->WdmDmaVersionOverride != 2 &&
        config->WdmDmaVersionOverride != 3)
        return refused(globals, STATUS_INVALID_PARAMETER, "WdmDmaVersionOverride is 0, 2 or 3");
    if (config->AddressWidthOverride &&
        (is_system || config->AddressWidthOverride < 24 || config->AddressWidthOverride > 63))
        return refused(globals, STATUS_INVALID_PARAMETER,
                       "AddressWidthOverride is 24 to 63, and 0 for a system profile");
    return STATUS_SUCCESS;
}

static BOOLEAN profile_is_wide(WDF_DMA_PROFILE profile)
{
    return profile == WdfDmaProfilePacket64 || profile == WdfDmaProfileScatterGather64 ||
           profile == WdfDmaProfileScatterGather64Duplex;
}

static NTSTATUS way_open(struct fx_dma_enabler *enabler, struct fx_dma_way *way)
{
    const WDF_DMA_ENABLER_CONFIG *config = &enabler->config;
    DEVICE_DESCRIPTION description = {
        .Version = enabler->is_version3 ? DEVICE_DESCRIPTION_VERSION3 : DEVICE_DESCRIPTION_VERSION2,
        .Master = TRUE,
        .ScatterGather = !enabler->is_packet,
        .Dma32BitAddresses = TRUE,
        .Dma64BitAddresses = profile_is_wide(config->Profile),
        .InterfaceType = PCIBus,
        .MaximumLength = (ULONG)min(config->MaximumLength, MAXULONG),
        .DmaAddressWidth = config->AddressWidthOverride,
    };
    ULONG bytes;

    (void)IoGetDeviceProperty(enabler->device->physical, DevicePropertyLegacyBusType,
                              sizeof description.InterfaceType, &description.InterfaceType, &bytes);
    way->adapter = IoGetDmaAdapter(enabler->device->physical, &description, &way->registers);
    if (!way->adapter)
        return refused(enabler->object.globals, STATUS_INSUFFICIENT_RESOURCES,
                       "the system has no such adapter");
    way->fragment_bytes = config->MaximumLength;
    /* A transfer that begins inside a page touches one page more. */
    if (way->registers > 1 && way->fragment_bytes > ((SIZE_T)way->registers - 1) << PAGE_SHIFT)
        way->fragment_bytes = ((SIZE_T)way->registers - 1) << PAGE_SHIFT;
    return STATUS_SUCCESS;
}

static NTSTATUS ways_open(struct fx_dma_enabler *enabler)
{
    NTSTATUS status;

    if (enabler->is_system)
        return STATUS_SUCCESS;
    status = way_open(enabler, &enabler->ways[FALSE]);
    if (!NT_SUCCESS(status))
        return status;
    if (enabler->is_duplex)
        return way_open(enabler, &enabler->ways[TRUE]);
    enabler->ways[TRUE] = enabler->ways[FALSE];
    return STATUS_SUCCESS;
}

NTSTATUS fx_dma_enabler_create(struct fx_device *device, const WDF_DMA_ENABLER_CONFIG *config,
                               PWDF_OBJECT_ATTRIBUTES attributes,
                               struct fx_dma_enabler **out_enabler)
{
    WDF_OBJECT_ATTRIBUTES own;
    struct fx_dma_enabler *enabler;
    struct fx_object *object;
    NTSTATUS status;
    KIRQL irql;

    status = config_check(device->object.globals, config);
    if (!NT_SUCCESS(status))
        return status;
    if (attributes && attributes->Size == sizeof own) {
        own = *attributes;
        own.ParentObject = NULL; /* always the device, whatever the client says */
        attributes = &own;
    }
    status = fx_object_create(device->object.globals, &fx_type_dma_enabler, 0, attributes,
                              &device->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    enabler = (struct fx_dma_enabler *)object;
    enabler->config = *config;
    enabler->is_system = config->Profile >= WdfDmaProfileSystem;
    enabler->is_packet = config->Profile == WdfDmaProfilePacket ||
                         config->Profile == WdfDmaProfilePacket64 || enabler->is_system;
    enabler->is_duplex = config->Profile == WdfDmaProfileScatterGatherDuplex ||
                         config->Profile == WdfDmaProfileScatterGather64Duplex ||
                         config->Profile == WdfDmaProfileSystemDuplex;
    enabler->is_version3 = config->WdmDmaVersionOverride == 3 || enabler->is_system ||
                           config->AddressWidthOverride != 0;
    enabler->maximum_elements = WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS;
    enabler->alignment = device->wdm->AlignmentRequirement;
    enabler->device = device;
    KeAcquireSpinLock(&device->lists_lock, &irql);
    InsertTailList(&device->dma_enablers, &enabler->link);
    KeReleaseSpinLock(&device->lists_lock, irql);
    status = ways_open(enabler);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    *out_enabler = enabler;
    return STATUS_SUCCESS;
}

/* ---- power -------------------------------------------------------------------------------------
 */

/* The index-th in order of creation, referenced; NULL past the end. */
static struct fx_dma_enabler *enabler_at(struct fx_device *device, ULONG index)
{
    struct fx_dma_enabler *enabler = NULL;
    LIST_ENTRY *link;
    KIRQL irql;

    KeAcquireSpinLock(&device->lists_lock, &irql);
    for (link = device->dma_enablers.Flink; link != &device->dma_enablers; link = link->Flink)
        if (index-- == 0) {
            enabler = CONTAINING_RECORD(link, struct fx_dma_enabler, link);
            fx_object_ref(&enabler->object);
            break;
        }
    KeReleaseSpinLock(&device->lists_lock, irql);
    return enabler;
}

/* All callbacks of an enabler have one shape. */
static NTSTATUS call(struct fx_dma_enabler *enabler, PFN_WDF_DMA_ENABLER_FILL evt, const char *name)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (evt)
        FX_WATCHED(enabler->object.globals, evt, status = evt(fx_handle_of(&enabler->object)));
    if (!NT_SUCCESS(status))
        fx_log(enabler->object.globals, FX_LOG_ERROR, "WDFDMAENABLER %p: EvtDmaEnabler%s: %x",
               fx_handle_of(&enabler->object), name, status);
    return status;
}

NTSTATUS fx_dma_power_up(struct fx_device *device)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_dma_enabler *enabler;
    ULONG index;

    for (index = 0; NT_SUCCESS(status) && (enabler = enabler_at(device, index)); index++) {
        status = call(enabler, enabler->config.EvtDmaEnablerFill, "Fill");
        if (NT_SUCCESS(status))
            status = call(enabler, enabler->config.EvtDmaEnablerEnable, "Enable");
        if (NT_SUCCESS(status))
            status = call(enabler, enabler->config.EvtDmaEnablerSelfManagedIoStart,
                          "SelfManagedIoStart");
        fx_object_deref(&enabler->object);
    }
    return status;
}

NTSTATUS fx_dma_power_down(struct fx_device *device)
{
    NTSTATUS first = STATUS_SUCCESS, status;
    struct fx_dma_enabler *enabler;
    ULONG index;

    for (index = 0; (enabler = enabler_at(device, index)); index++) {
        status = call(enabler, enabler->config.EvtDmaEnablerSelfManagedIoStop, "SelfManagedIoStop");
        if (NT_SUCCESS(first))
            first = status;
        status = call(enabler, enabler->config.EvtDmaEnablerDisable, "Disable");
        if (NT_SUCCESS(first))
            first = status;
        status = call(enabler, enabler->config.EvtDmaEnablerFlush, "Flush");
        if (NT_SUCCESS(first))
            first = status;
        fx_object_deref(&enabler->object);
    }
    return first;
}
