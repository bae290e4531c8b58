/* SPDX-License-Identifier: MIT */
/* dma_enabler_ddi.c - WdfDmaEnablerXxx as a client calls it. */
#include "dma.h"
#include <wdf_entries.h>

static struct fx_dma_enabler *enabler_of(PWDF_DRIVER_GLOBALS abi, WDFDMAENABLER handle)
{
    return fx_dma_enabler_of(fx_globals_of(abi), handle);
}

static BOOLEAN direction_is(WDF_DMA_DIRECTION direction)
{
    return direction == WdfDmaDirectionReadFromDevice || direction == WdfDmaDirectionWriteToDevice;
}

NTSTATUS NTAPI imp_WdfDmaEnablerCreate(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                       PWDF_DMA_ENABLER_CONFIG Config,
                                       PWDF_OBJECT_ATTRIBUTES Attributes,
                                       WDFDMAENABLER *DmaEnablerHandle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = (struct fx_device *)fx_object_of(globals, Device, &fx_type_device);
    struct fx_dma_enabler *enabler;
    WDF_DMA_ENABLER_CONFIG config;
    NTSTATUS status;

    fx_needed(globals, Config);
    fx_needed(globals, DmaEnablerHandle);
    *DmaEnablerHandle = NULL;
    status = fx_struct_copy(globals, &config, sizeof config, Config, INDEX_WDF_DMA_ENABLER_CONFIG);
    if (NT_SUCCESS(status))
        status = fx_dma_enabler_create(device, &config, Attributes, &enabler);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&enabler->object, _ReturnAddress());
    *DmaEnablerHandle = fx_handle_of(&enabler->object);
    return STATUS_SUCCESS;
}

/* Differs: the machine has no DMA controller. */
NTSTATUS NTAPI imp_WdfDmaEnablerConfigureSystemProfile(PWDF_DRIVER_GLOBALS abi,
                                                       WDFDMAENABLER DmaEnabler,
                                                       PWDF_DMA_SYSTEM_PROFILE_CONFIG ProfileConfig,
                                                       WDF_DMA_DIRECTION ConfigDirection)
{
    struct fx_dma_enabler *enabler = enabler_of(abi, DmaEnabler);

    fx_needed(enabler->object.globals, ProfileConfig);
    if (!enabler->is_system || !direction_is(ConfigDirection))
        return STATUS_INVALID_PARAMETER;
    fx_log(enabler->object.globals, FX_LOG_ERROR,
           "WDFDMAENABLER %p: this machine has no DMA controller", DmaEnabler);
    return STATUS_NOT_SUPPORTED;
}

size_t NTAPI imp_WdfDmaEnablerGetMaximumLength(PWDF_DRIVER_GLOBALS abi, WDFDMAENABLER DmaEnabler)
{
    return enabler_of(abi, DmaEnabler)->config.MaximumLength;
}

size_t NTAPI imp_WdfDmaEnablerGetMaximumScatterGatherElements(PWDF_DRIVER_GLOBALS abi,
                                                              WDFDMAENABLER DmaEnabler)
{
    return enabler_of(abi, DmaEnabler)->maximum_elements;
}

VOID NTAPI imp_WdfDmaEnablerSetMaximumScatterGatherElements(PWDF_DRIVER_GLOBALS abi,
                                                            WDFDMAENABLER DmaEnabler,
                                                            size_t MaximumFragments)
{
    struct fx_dma_enabler *enabler = enabler_of(abi, DmaEnabler);

    if (!MaximumFragments)
        fx_log(enabler->object.globals, FX_LOG_ERROR,
               "WDFDMAENABLER %p: a limit of no elements is none", DmaEnabler);
    else
        enabler->maximum_elements = MaximumFragments;
}

size_t NTAPI imp_WdfDmaEnablerGetFragmentLength(PWDF_DRIVER_GLOBALS abi, WDFDMAENABLER DmaEnabler,
                                                WDF_DMA_DIRECTION DmaDirection)
{
    struct fx_dma_enabler *enabler = enabler_of(abi, DmaEnabler);

    return direction_is(DmaDirection) ? enabler->ways[DmaDirection].fragment_bytes : 0;
}

PDMA_ADAPTER NTAPI imp_WdfDmaEnablerWdmGetDmaAdapter(PWDF_DRIVER_GLOBALS abi,
                                                     WDFDMAENABLER DmaEnabler,
                                                     WDF_DMA_DIRECTION DmaDirection)
{
    struct fx_dma_enabler *enabler = enabler_of(abi, DmaEnabler);

    return direction_is(DmaDirection) ? enabler->ways[DmaDirection].adapter : NULL;
}
