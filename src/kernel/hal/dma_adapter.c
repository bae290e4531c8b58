/* SPDX-License-Identifier: MIT */
/* dma_adapter.c - DMA adapters: what a device says it can reach, as a table of operations.
 *
 * An adapter is one block of nonpaged pool, given to the driver until it puts it. Nothing is
 * known of the device but its description.
 */
#include "dma.h"

#include "base/assert.h"
#include "ke/ke.h"

#define REACH(bits) ((bits) >= 64 ? UINT64_MAX : (1ull << (bits)) - 1)

struct dma_adapter *dma_adapter_of(PDMA_ADAPTER adapter)
{
    return CONTAINING_RECORD(adapter, struct dma_adapter, abi);
}

static ULONG description_width(const DEVICE_DESCRIPTION *description)
{
    if (description->Version == DEVICE_DESCRIPTION_VERSION3 && description->DmaAddressWidth != 0)
        return description->DmaAddressWidth;
    if (description->Dma64BitAddresses)
        return 64;
    if (description->Dma32BitAddresses || description->InterfaceType != Isa)
        return 32;
    return 24;
}

struct dma_adapter *dma_adapter_create(const DEVICE_DESCRIPTION *description)
{
    struct dma_adapter *adapter;

    if (description->Version > DEVICE_DESCRIPTION_VERSION3)
        return NULL;
    adapter = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*adapter), DMA_TAG);
    if (adapter == NULL)
        return NULL;
    adapter->abi.Version = 1; /* whatever the version of the table, as documented */
    adapter->abi.Size = sizeof(adapter->abi);
    adapter->abi.DmaOperations = &adapter->operations;
    adapter->width_bits = description_width(description);
    adapter->highest = REACH(adapter->width_bits);
    adapter->is_scatter_gather = description->Master && description->ScatterGather;
    adapter->register_limit = (ULONG)BYTES_TO_PAGES((ULONGLONG)description->MaximumLength) + 1;
    list_init(&adapter->waiting);
    dma_operations_fill(&adapter->operations, description->Version);
    return adapter;
}

void dma_adapter_destroy(struct dma_adapter *adapter)
{
    COVE_ASSERT(list_is_empty(&adapter->waiting));
    ExFreePoolWithTag(adapter, DMA_TAG);
}
