/* SPDX-License-Identifier: MIT */
/* dma.h - DMA adapters from inside: channel, map registers, scatter/gather lists.
 *
 * A device reaches physical addresses up to its adapter's highest one. A buffer that lies beyond,
 * or in pieces that the device cannot take, goes through map registers: pages within its reach,
 * to which data is copied before a transfer to the device and from which after one from it.
 */
#ifndef HAL_DMA_H
#define HAL_DMA_H

#include "hal/hal.h"

#include "base/list.h"
#include "host/host.h"

#define DMA_TAG ' amD'

struct dma_registers;

struct dma_adapter {
    DMA_ADAPTER abi;
    DMA_OPERATIONS operations; /* what abi shows; as much of it as its version has */
    uint64_t highest;          /* address the device reaches; these four are set once at create */
    ULONG register_limit;      /* of one transfer */
    ULONG width_bits;
    bool is_scatter_gather;

    /* guards: the channel: who has it, who waits for it */
    struct host_lock lock;
    struct list waiting;
    bool is_channel_taken;
    struct dma_registers *channel_registers; /* of who has it */
};

/* A driver that wants the channel, in order of arrival. */
struct dma_wait {
    struct list link;
    PDEVICE_OBJECT device;
    PDRIVER_CONTROL routine;
    void *context;
    void *transfer_context; /* AllocateAdapterChannelEx; NULL otherwise */
    struct dma_registers *registers;
    PVOID *out_base; /* where a caller of the Ex form wants the base; may be NULL */
};

struct dma_adapter *dma_adapter_of(PDMA_ADAPTER adapter);
struct dma_adapter *dma_adapter_create(const DEVICE_DESCRIPTION *description);
void dma_adapter_destroy(struct dma_adapter *adapter);

/* ---- dma_channel.c ------------------------------------------------------------------------ */

/* Calls wait's routine when the channel is free: now, or from who frees it. Takes wait, whose
 * memory is of the pool. IRQL: DISPATCH_LEVEL. */
void dma_channel_request(struct dma_adapter *adapter, struct dma_wait *wait);
/* The same, only if it is free now; false: it is not, wait stays the caller's. */
bool dma_channel_try(struct dma_adapter *adapter, struct dma_wait *wait);
/* Gives the channel to the next who waits; with its registers, unless they are kept. */
void dma_channel_free(struct dma_adapter *adapter, bool keep_registers);
/* The driver frees these registers itself: they do not go with the channel. */
void dma_channel_forget(struct dma_adapter *adapter, const struct dma_registers *registers);
/* Takes a request back that still waits. false: there is none. */
bool dma_channel_cancel(struct dma_adapter *adapter, const void *transfer_context);

/* ---- dma_map.c: map registers and runs of addresses ------------------------------------------ */

struct dma_registers *dma_registers_create(const struct dma_adapter *adapter, ULONG count);
void dma_registers_destroy(struct dma_registers *registers);

/* A place in a chain of MDLs. */
struct dma_cursor {
    PMDL mdl;
    ULONG offset;
};
/* false: length bytes from offset on are more than the chain has. out_registers: pages touched. */
bool dma_cursor_init(PMDL mdl, ULONGLONG offset, ULONG length, struct dma_cursor *out_cursor,
                     ULONG *out_registers);
/* The next run of side by side physical addresses, at most limit bytes; the cursor goes past it. */
uint64_t dma_cursor_next(struct dma_cursor *cursor, ULONG limit, ULONG *out_length);

/* Makes at most *length bytes at the cursor visible to the device, in one run; returns its
 * address, and in *length how many they are. 0: no register left. */
uint64_t dma_map(const struct dma_adapter *adapter, struct dma_registers *registers,
                 struct dma_cursor *cursor, ULONG *length, bool to_device);
/* Ends what was mapped there; what the device wrote is in the buffer then. */
void dma_flush(struct dma_registers *registers, PMDL mdl, ULONGLONG offset, ULONG length,
               bool to_device);

/* ---- dma_list.c --------------------------------------------------------------------------------
 */

/* One request for a scatter/gather list. */
struct dma_list_request {
    PDEVICE_OBJECT device;
    PMDL mdl;
    ULONGLONG offset; /* of the first byte in the MDL */
    ULONG length;
    bool to_device;
    PDRIVER_LIST_CONTROL routine;
    void *context;
    void *buffer; /* for the list; NULL: from the pool */
    ULONG buffer_length;
};
/* Builds the list and calls routine (if any) at DISPATCH_LEVEL.
 * Errors: STATUS_BUFFER_TOO_SMALL, STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS dma_list_get(struct dma_adapter *adapter, const struct dma_list_request *request,
                      SCATTER_GATHER_LIST **out_list);
void dma_list_put(SCATTER_GATHER_LIST *list, bool to_device);
NTSTATUS dma_list_size(struct dma_adapter *adapter, PMDL mdl, ULONGLONG offset, const void *address,
                       ULONG length, ULONG *out_size, ULONG *out_registers);
/* An MDL of the memory that the device sees. STATUS_NONE_MAPPED: there is one already. */
NTSTATUS dma_list_mdl(SCATTER_GATHER_LIST *list, PMDL original, PMDL *out_mdl);

/* ---- the operations, as their tables want them: dma_ddi.c, dma_transfer_ddi.c ------------------
 */

void dma_operations_fill(DMA_OPERATIONS *operations, ULONG version);

/* The address that a driver is given for a function: its entry thunk. Rooms' own tests have no
 * export table and get the function. */
#define DMA_ENTRY(function)                                                                        \
    __extension__({                                                                                \
        extern const char ddi_entry_##function[] __attribute__((weak));                            \
        ddi_entry_##function != NULL ? (void *)(uintptr_t)ddi_entry_##function : (void *)function; \
    })

#endif
