/* SPDX-License-Identifier: MIT */
/* common_buffer.c - memory that driver and device both address, with its entries.
 *
 * In: an enabler, a length, an alignment; out: memory of the enabler's adapter, aligned for both.
 */
#include "dma.h"
#include <wdf_entries.h>

struct fx_common_buffer {
    struct fx_object object;
    struct fx_dma_enabler *enabler; /* the parent */
    SIZE_T length_bytes;            /* what was asked for */
    ULONG allocated_bytes;
    PVOID base;
    PHYSICAL_ADDRESS logical;
    ULONG skip; /* to the aligned begin */
};

static void common_buffer_dispose(struct fx_object *object)
{
    struct fx_common_buffer *buffer = (struct fx_common_buffer *)object;
    PDMA_ADAPTER adapter;

    if (!buffer->base)
        return;
    adapter = buffer->enabler->ways[FALSE].adapter;
    adapter->DmaOperations->FreeCommonBuffer(adapter, buffer->allocated_bytes, buffer->logical,
                                             buffer->base, TRUE);
    buffer->base = NULL;
}

const struct fx_type fx_type_common_buffer = {
    .name = "WDFCOMMONBUFFER",
    .size = sizeof(struct fx_common_buffer),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_PARENT_FIXED,
    .dispose = common_buffer_dispose,
};

static NTSTATUS memory_take(struct fx_common_buffer *buffer, SIZE_T length, ULONG mask)
{
    PDMA_ADAPTER adapter = buffer->enabler->ways[FALSE].adapter;
    /* The kernel's buffers begin at pages. */
    SIZE_T extra = mask >= PAGE_SIZE ? mask : 0;

    if (length + extra > MAXULONG)
        return STATUS_INVALID_PARAMETER;
    buffer->length_bytes = length;
    buffer->allocated_bytes = (ULONG)(length + extra);
    buffer->base = adapter->DmaOperations->AllocateCommonBuffer(adapter, buffer->allocated_bytes,
                                                                &buffer->logical, TRUE);
    if (!buffer->base)
        return STATUS_INSUFFICIENT_RESOURCES;
    buffer->skip =
        (ULONG)(((buffer->logical.QuadPart + mask) & ~(LONGLONG)mask) - buffer->logical.QuadPart);
    return STATUS_SUCCESS;
}

/* IRQL: PASSIVE_LEVEL */
static NTSTATUS common_buffer_create(struct fx_dma_enabler *enabler, SIZE_T length, ULONG mask,
                                     PWDF_OBJECT_ATTRIBUTES attributes,
                                     struct fx_common_buffer **out_buffer)
{
    struct fx_globals *globals = enabler->object.globals;
    struct fx_object *object;
    NTSTATUS status;

    if (!length || (mask & (mask + 1)) || !enabler->ways[FALSE].adapter) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfCommonBufferCreate: no bytes, an alignment (%x) that is no mask, or an enabler "
               "without an adapter",
               mask);
        return STATUS_INVALID_PARAMETER;
    }
    status =
        fx_object_create(globals, &fx_type_common_buffer, 0, attributes, &enabler->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    *out_buffer = (struct fx_common_buffer *)object;
    (*out_buffer)->enabler = enabler;
    status = memory_take(*out_buffer, length, mask);
    if (!NT_SUCCESS(status))
        fx_object_abandon(object);
    return status;
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static struct fx_common_buffer *buffer_of(PWDF_DRIVER_GLOBALS abi, WDFCOMMONBUFFER handle)
{
    return (struct fx_common_buffer *)fx_object_of(fx_globals_of(abi), handle,
                                                   &fx_type_common_buffer);
}

static NTSTATUS create(struct fx_dma_enabler *enabler, SIZE_T length, ULONG mask,
                       PWDF_OBJECT_ATTRIBUTES attributes, WDFCOMMONBUFFER *out_handle,
                       PVOID creator)
{
    struct fx_common_buffer *buffer;
    NTSTATUS status;

    fx_needed(enabler->object.globals, out_handle);
    *out_handle = NULL;
    status = common_buffer_create(enabler, length, mask, attributes, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&buffer->object, creator);
    *out_handle = fx_handle_of(&buffer->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfCommonBufferCreate(PWDF_DRIVER_GLOBALS abi, WDFDMAENABLER DmaEnabler,
                                         size_t Length, PWDF_OBJECT_ATTRIBUTES Attributes,
                                         WDFCOMMONBUFFER *CommonBuffer)
{
    struct fx_dma_enabler *enabler = fx_dma_enabler_of(fx_globals_of(abi), DmaEnabler);

    return create(enabler, Length, enabler->alignment, Attributes, CommonBuffer, _ReturnAddress());
}

NTSTATUS NTAPI imp_WdfCommonBufferCreateWithConfig(PWDF_DRIVER_GLOBALS abi,
                                                   WDFDMAENABLER DmaEnabler, size_t Length,
                                                   PWDF_COMMON_BUFFER_CONFIG Config,
                                                   PWDF_OBJECT_ATTRIBUTES Attributes,
                                                   WDFCOMMONBUFFER *CommonBuffer)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_dma_enabler *enabler = fx_dma_enabler_of(globals, DmaEnabler);
    WDF_COMMON_BUFFER_CONFIG config;
    NTSTATUS status;

    fx_needed(globals, Config);
    status =
        fx_struct_copy(globals, &config, sizeof config, Config, INDEX_WDF_COMMON_BUFFER_CONFIG);
    return NT_SUCCESS(status) ? create(enabler, Length, config.AlignmentRequirement, Attributes,
                                       CommonBuffer, _ReturnAddress())
                              : status;
}

PVOID NTAPI imp_WdfCommonBufferGetAlignedVirtualAddress(PWDF_DRIVER_GLOBALS abi,
                                                        WDFCOMMONBUFFER CommonBuffer)
{
    struct fx_common_buffer *buffer = buffer_of(abi, CommonBuffer);

    return (PUCHAR)buffer->base + buffer->skip;
}

PHYSICAL_ADDRESS NTAPI imp_WdfCommonBufferGetAlignedLogicalAddress(PWDF_DRIVER_GLOBALS abi,
                                                                   WDFCOMMONBUFFER CommonBuffer)
{
    struct fx_common_buffer *buffer = buffer_of(abi, CommonBuffer);
    PHYSICAL_ADDRESS address = buffer->logical;

    address.QuadPart += buffer->skip;
    return address;
}

size_t NTAPI imp_WdfCommonBufferGetLength(PWDF_DRIVER_GLOBALS abi, WDFCOMMONBUFFER CommonBuffer)
{
    return buffer_of(abi, CommonBuffer)->length_bytes;
}
