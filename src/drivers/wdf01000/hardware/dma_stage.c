/* SPDX-License-Identifier: MIT */
/* dma_stage.c - one transfer of a transaction: mapped, programmed, given back.
 *
 * In: a position in the transaction's memory and a length; out: EvtProgramDma at DISPATCH_LEVEL
 * with the list of what the device is to address. Scatter/gather profiles have lists made by the
 * kernel; packets are one element, through map registers. The transaction stays while the kernel
 * owes it a callback.
 */
#include "dma.h"

static void program(struct fx_dma_transaction *transaction, PSCATTER_GATHER_LIST list)
{
    FX_WATCHED(transaction->object.globals, transaction->program,
               (void)transaction->program(fx_handle_of(&transaction->object),
                                          fx_handle_of(&transaction->enabler->device->object),
                                          transaction->context, transaction->direction, list));
}

static PVOID address_of(const struct fx_dma_transaction *transaction)
{
    return (PUCHAR)MmGetMdlVirtualAddress(transaction->mdl) + transaction->offset;
}

/* ---- lists -------------------------------------------------------------------------------------
 */

static void NTAPI list_ready(PDEVICE_OBJECT device, PIRP irp, PSCATTER_GATHER_LIST list,
                             PVOID context)
{
    struct fx_dma_transaction *transaction = context;

    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    transaction->list = list;
    program(transaction, list);
    fx_object_deref(&transaction->object);
}

static NTSTATUS list_get(struct fx_dma_transaction *transaction)
{
    PDMA_ADAPTER adapter = fx_dma_way_of(transaction)->adapter;
    PDEVICE_OBJECT wdm = transaction->enabler->device->wdm;

    if (transaction->is_immediate && transaction->enabler->is_version3) {
        (void)adapter->DmaOperations->InitializeDmaTransferContext(adapter,
                                                                   transaction->transfer_context);
        return adapter->DmaOperations->GetScatterGatherListEx(
            adapter, wdm, transaction->transfer_context, transaction->mdl, transaction->offset,
            (ULONG)transaction->current_bytes, DMA_SYNCHRONOUS_CALLBACK, list_ready, transaction,
            transaction->direction, NULL, NULL, NULL);
    }
    return adapter->DmaOperations->GetScatterGatherList(
        adapter, wdm, transaction->mdl, address_of(transaction), (ULONG)transaction->current_bytes,
        list_ready, transaction, transaction->direction);
}

/* ---- packets -----------------------------------------------------------------------------------
 */

static void packet_map(struct fx_dma_transaction *transaction, PVOID register_base)
{
    PDMA_ADAPTER adapter = fx_dma_way_of(transaction)->adapter;
    ULONG length = (ULONG)transaction->current_bytes;

    transaction->register_base = register_base;
    transaction->mapped_mdl = transaction->mdl;
    transaction->packet.head.NumberOfElements = 1;
    transaction->packet.head.Reserved = 0;
    transaction->packet.head.Elements[0].Address = adapter->DmaOperations->MapTransfer(
        adapter, transaction->mdl, register_base, address_of(transaction), &length,
        transaction->direction);
    transaction->packet.head.Elements[0].Length = length;
    transaction->current_bytes = length; /* one element is contiguous */
    program(transaction, &transaction->packet.head);
}

static IO_ALLOCATION_ACTION NTAPI packet_ready(PDEVICE_OBJECT device, PIRP irp, PVOID register_base,
                                               PVOID context)
{
    struct fx_dma_transaction *transaction = context;

    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    packet_map(transaction, register_base);
    fx_object_deref(&transaction->object);
    return DeallocateObjectKeepRegisters;
}

static NTSTATUS packet_get(struct fx_dma_transaction *transaction)
{
    PDMA_ADAPTER adapter = fx_dma_way_of(transaction)->adapter;

    transaction->register_count =
        ADDRESS_AND_SIZE_TO_SPAN_PAGES(address_of(transaction), transaction->current_bytes);
    if (transaction->reserved_base) {
        packet_map(transaction, transaction->reserved_base);
        fx_object_deref(&transaction->object);
        return STATUS_SUCCESS;
    }
    return adapter->DmaOperations->AllocateAdapterChannel(
        adapter, transaction->enabler->device->wdm, transaction->register_count, packet_ready,
        transaction);
}

/* ---- both --------------------------------------------------------------------------------------
 */

NTSTATUS fx_dma_stage(struct fx_dma_transaction *transaction)
{
    struct fx_dma_enabler *enabler = transaction->enabler;
    NTSTATUS status;
    KIRQL irql;

    transaction->current_bytes = fx_dma_next_bytes(transaction);
    if (!enabler->is_packet &&
        fx_dma_pages(transaction, transaction->current_bytes) > enabler->maximum_elements)
        return STATUS_WDF_TOO_FRAGMENTED;
    fx_object_ref(&transaction->object); /* until the callback */
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = enabler->is_packet ? packet_get(transaction) : list_get(transaction);
    KeLowerIrql(irql);
    if (!NT_SUCCESS(status))
        fx_object_deref(&transaction->object);
    return status;
}

void fx_dma_unstage(struct fx_dma_transaction *transaction)
{
    PDMA_ADAPTER adapter = fx_dma_way_of(transaction)->adapter;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (transaction->list)
        adapter->DmaOperations->PutScatterGatherList(adapter, transaction->list,
                                                     transaction->direction);
    if (transaction->mapped_mdl) {
        adapter->DmaOperations->FlushAdapterBuffers(
            adapter, transaction->mapped_mdl, transaction->register_base,
            (PUCHAR)MmGetMdlVirtualAddress(transaction->mapped_mdl) + transaction->offset,
            transaction->packet.head.Elements[0].Length, transaction->direction);
        if (!transaction->reserved_base)
            adapter->DmaOperations->FreeMapRegisters(adapter, transaction->register_base,
                                                     transaction->register_count);
    }
    transaction->list = NULL;
    transaction->mapped_mdl = NULL;
    transaction->register_base = NULL;
    KeLowerIrql(irql);
}

/* ---- registers that stay -----------------------------------------------------------------------
 */

static IO_ALLOCATION_ACTION NTAPI reserve_ready(PDEVICE_OBJECT device, PIRP irp,
                                                PVOID register_base, PVOID context)
{
    struct fx_dma_transaction *transaction = context;

    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    transaction->reserved_base = register_base;
    transaction->reserve(fx_handle_of(&transaction->object), transaction->reserve_context);
    fx_object_deref(&transaction->object);
    return DeallocateObjectKeepRegisters;
}

NTSTATUS fx_dma_reserve(struct fx_dma_transaction *transaction, ULONG registers)
{
    PDMA_ADAPTER adapter = fx_dma_way_of(transaction)->adapter;
    NTSTATUS status;
    KIRQL irql;

    transaction->reserved_count = registers;
    fx_object_ref(&transaction->object);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = adapter->DmaOperations->AllocateAdapterChannel(
        adapter, transaction->enabler->device->wdm, registers, reserve_ready, transaction);
    KeLowerIrql(irql);
    if (!NT_SUCCESS(status))
        fx_object_deref(&transaction->object);
    return status;
}

void fx_dma_unreserve(struct fx_dma_transaction *transaction)
{
    PDMA_ADAPTER adapter = fx_dma_way_of(transaction)->adapter;
    KIRQL irql;

    if (!transaction->reserved_base)
        return;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    adapter->DmaOperations->FreeMapRegisters(adapter, transaction->reserved_base,
                                             transaction->reserved_count);
    KeLowerIrql(irql);
    transaction->reserved_base = NULL;
    transaction->reserved_count = 0;
}
