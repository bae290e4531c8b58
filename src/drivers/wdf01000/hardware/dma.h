/* SPDX-License-Identifier: MIT */
/* dma.h - DMA enablers and transactions, for the files of this room. */
#ifndef WDF01000_DMA_H
#define WDF01000_DMA_H

#include "../request/request.h"
#include "room.h"

/* One way of an enabler: an adapter of the kernel and how much it maps at once. */
struct fx_dma_way {
    PDMA_ADAPTER adapter; /* NULL: a system profile that is not configured */
    ULONG registers;
    SIZE_T fragment_bytes; /* the longest transfer */
};

struct fx_dma_enabler {
    struct fx_object object;
    struct fx_device *device;
    LIST_ENTRY link; /* device->dma_enablers, under its lists_lock */
    /* Set once at creation. */
    WDF_DMA_ENABLER_CONFIG config;
    BOOLEAN is_duplex, is_packet, is_system;
    BOOLEAN is_version3;
    struct fx_dma_way ways[2]; /* by WDF_DMA_DIRECTION; the same adapter twice unless duplex */
    ULONG alignment;           /* of common buffers; a mask */

    SIZE_T maximum_elements;
    volatile LONG is_busy; /* packets before version 3: one transaction at a time */
};

static __forceinline struct fx_dma_enabler *fx_dma_enabler_of(struct fx_globals *globals,
                                                              WDFDMAENABLER handle)
{
    return (struct fx_dma_enabler *)fx_object_of(globals, handle, &fx_type_dma_enabler);
}

/* Errors: those of WdfDmaEnablerCreate, each logged. IRQL: PASSIVE_LEVEL */
NTSTATUS fx_dma_enabler_create(struct fx_device *device, const WDF_DMA_ENABLER_CONFIG *config,
                               PWDF_OBJECT_ATTRIBUTES attributes,
                               struct fx_dma_enabler **out_enabler);

enum fx_dma_state {
    FX_DMA_CREATED = 0, /* or released: may be initialized */
    FX_DMA_INITIALIZED,
    FX_DMA_TRANSFER,  /* a transfer is staged or with the device */
    FX_DMA_COMPLETED, /* to be released */
};

struct fx_dma_transaction {
    struct fx_object object;
    struct fx_dma_enabler *enabler; /* the parent */
    KSPIN_LOCK lock;                /* guards: state */
    ULONG state;                    /* enum fx_dma_state */

    /* From initialization to release. */
    PFN_WDF_PROGRAM_DMA program;
    WDFCONTEXT context;
    WDF_DMA_DIRECTION direction;
    struct fx_request *request; /* referenced, or NULL */
    SIZE_T length_bytes;
    PMDL mdl; /* where the next transfer begins, and how far in it */
    SIZE_T offset;
    SIZE_T done_bytes;
    SIZE_T current_bytes; /* of the transfer that is staged */

    /* What the staged transfer holds; given back when it is completed. */
    PSCATTER_GATHER_LIST list;
    PVOID register_base;
    ULONG register_count;
    PMDL mapped_mdl;
    BOOLEAN holds_enabler; /* its is_busy is ours */

    /* Kept over release. */
    SIZE_T maximum_bytes; /* of one transfer */
    BOOLEAN is_immediate, is_single;
    PVOID reserved_base; /* WdfDmaTransactionAllocateResources */
    ULONG reserved_count;
    PFN_WDF_RESERVE_DMA reserve;
    PVOID reserve_context;

    struct {
        SCATTER_GATHER_LIST head;
        SCATTER_GATHER_ELEMENT element;
    } packet; /* the list of a packet: one element */
    DECLSPEC_ALIGN(16) UCHAR transfer_context[DMA_TRANSFER_CONTEXT_SIZE_V1];
};

static __forceinline struct fx_dma_transaction *fx_dma_transaction_of(struct fx_globals *globals,
                                                                      WDFDMATRANSACTION handle)
{
    return (struct fx_dma_transaction *)fx_object_of(globals, handle, &fx_type_dma_transaction);
}

static __forceinline struct fx_dma_way *fx_dma_way_of(struct fx_dma_transaction *transaction)
{
    return &transaction->enabler->ways[transaction->direction];
}

/* ---- dma_transaction.c ----------------------------------------------------------------------- */

NTSTATUS fx_dma_transaction_create(struct fx_dma_enabler *enabler,
                                   PWDF_OBJECT_ATTRIBUTES attributes,
                                   struct fx_dma_transaction **out_transaction);

/* What is to be transferred: length bytes from offset of an MDL, or a chain of them.
 * Errors: STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_REQUEST (not released),
 *         STATUS_WDF_TOO_FRAGMENTED, STATUS_WDF_TOO_MANY_TRANSFERS,
 *         STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS
 */
NTSTATUS fx_dma_initialize(struct fx_dma_transaction *transaction, PFN_WDF_PROGRAM_DMA program,
                           WDF_DMA_DIRECTION direction, PMDL mdl, SIZE_T offset, SIZE_T length);

NTSTATUS fx_dma_execute(struct fx_dma_transaction *transaction, WDFCONTEXT context);

/* The device is through with bytes of the staged transfer. TRUE: no other transfer follows, and
 * *out_status says how it ended; FALSE: the next was staged. is_final: none follows in any case.
 */
BOOLEAN fx_dma_completed(struct fx_dma_transaction *transaction, SIZE_T bytes, BOOLEAN is_final,
                         NTSTATUS *out_status);

/* Ready to be initialized again. */
NTSTATUS fx_dma_release(struct fx_dma_transaction *transaction);

/* Pages that the next transfer spans, in all of its MDLs. */
ULONG fx_dma_pages(const struct fx_dma_transaction *transaction, SIZE_T length);
/* Bytes of the next transfer: of what remains, what fits. */
SIZE_T fx_dma_next_bytes(struct fx_dma_transaction *transaction);

/* ---- dma_stage.c ----------------------------------------------------------------------------- */

/* Maps the next transfer and calls EvtProgramDma, now or when map registers are there.
 * Errors: the kernel's; STATUS_WDF_TOO_FRAGMENTED
 */
NTSTATUS fx_dma_stage(struct fx_dma_transaction *transaction);
/* Gives back what the staged transfer holds; its bytes are where they belong. */
void fx_dma_unstage(struct fx_dma_transaction *transaction);

NTSTATUS fx_dma_reserve(struct fx_dma_transaction *transaction, ULONG registers);
void fx_dma_unreserve(struct fx_dma_transaction *transaction);

#endif
