/* SPDX-License-Identifier: MIT */
/* dma_transaction.c - a transaction from initialization to release: how it is cut into transfers.
 *
 * In: memory described by MDLs, what the device transferred; out: transfers, each as long as the
 * enabler, its adapter and the transaction allow, one after the other. Invariant: only one transfer
 * of a transaction is staged.
 */
#include "dma.h"

static void transaction_dispose(struct fx_object *object)
{
    struct fx_dma_transaction *transaction = (struct fx_dma_transaction *)object;

    if (!transaction->enabler)
        return;
    (void)fx_dma_release(transaction);
    fx_dma_unreserve(transaction);
}

const struct fx_type fx_type_dma_transaction = {
    .name = "WDFDMATRANSACTION",
    .size = sizeof(struct fx_dma_transaction),
    .dispose = transaction_dispose,
};

NTSTATUS fx_dma_transaction_create(struct fx_dma_enabler *enabler,
                                   PWDF_OBJECT_ATTRIBUTES attributes,
                                   struct fx_dma_transaction **out_transaction)
{
    struct fx_dma_transaction *transaction;
    struct fx_object *object;
    NTSTATUS status = fx_object_create(enabler->object.globals, &fx_type_dma_transaction, 0,
                                       attributes, &enabler->object, &object);

    if (!NT_SUCCESS(status))
        return status;
    transaction = (struct fx_dma_transaction *)object;
    transaction->enabler = enabler;
    KeInitializeSpinLock(&transaction->lock);
    transaction->maximum_bytes = enabler->config.MaximumLength;
    transaction->is_single =
        (enabler->config.Flags & WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER) != 0;
    *out_transaction = transaction;
    return STATUS_SUCCESS;
}

/* ---- how much -------------------------------------------------------------------------------- */

/* From one state to the next, or not at all. */
static BOOLEAN state_change(struct fx_dma_transaction *transaction, ULONG from, ULONG to)
{
    BOOLEAN is_it;
    KIRQL irql;

    KeAcquireSpinLock(&transaction->lock, &irql);
    is_it = transaction->state == from;
    if (is_it)
        transaction->state = to;
    KeReleaseSpinLock(&transaction->lock, irql);
    return is_it;
}

/* Documented: what is asked of a transaction in a state that does not allow it stops the machine.
 */
static DECLSPEC_NORETURN void state_wrong(struct fx_dma_transaction *transaction, const char *what)
{
    fx_log(transaction->object.globals, FX_LOG_ERROR, "WDFDMATRANSACTION %p %s",
           fx_handle_of(&transaction->object), what);
    fx_violation(transaction->object.globals, WDF_DMA_FATAL_ERROR,
                 (ULONG_PTR)fx_handle_of(&transaction->object), transaction->state, 0);
}

ULONG fx_dma_pages(const struct fx_dma_transaction *transaction, SIZE_T length)
{
    SIZE_T offset = transaction->offset, piece;
    const MDL *mdl = transaction->mdl;
    ULONG pages = 0;

    for (; length && mdl; mdl = mdl->Next, offset = 0) {
        piece = min(length, MmGetMdlByteCount(mdl) - offset);
        pages += ADDRESS_AND_SIZE_TO_SPAN_PAGES((PUCHAR)MmGetMdlVirtualAddress((PMDL)mdl) + offset,
                                                piece);
        length -= piece;
    }
    return pages;
}

SIZE_T fx_dma_next_bytes(struct fx_dma_transaction *transaction)
{
    SIZE_T bytes = transaction->length_bytes - transaction->done_bytes;
    SIZE_T reserved = (SIZE_T)transaction->reserved_count << PAGE_SHIFT;

    bytes = min(bytes, transaction->maximum_bytes);
    bytes = min(bytes, fx_dma_way_of(transaction)->fragment_bytes);
    if (!transaction->enabler->is_packet)
        return bytes;
    /* One element does not leave its MDL, nor the registers that are reserved. */
    bytes = min(bytes, MmGetMdlByteCount(transaction->mdl) - transaction->offset);
    if (reserved)
        bytes = min(bytes, reserved - BYTE_OFFSET((PUCHAR)MmGetMdlVirtualAddress(transaction->mdl) +
                                                  transaction->offset));
    return bytes;
}

static void position_advance(struct fx_dma_transaction *transaction, SIZE_T bytes)
{
    transaction->offset += bytes;
    while (transaction->mdl && transaction->offset >= MmGetMdlByteCount(transaction->mdl)) {
        transaction->offset -= MmGetMdlByteCount(transaction->mdl);
        transaction->mdl = transaction->mdl->Next;
    }
}

static SIZE_T chain_bytes(const MDL *mdl)
{
    SIZE_T bytes = 0;

    for (; mdl; mdl = mdl->Next)
        bytes += MmGetMdlByteCount(mdl);
    return bytes;
}

/* ---- beginning ---------------------------------------------------------------------------------
 */

static NTSTATUS single_check(struct fx_dma_transaction *transaction)
{
    ULONG registers = transaction->reserved_count ? transaction->reserved_count
                                                  : fx_dma_way_of(transaction)->registers;

    if (!transaction->is_single)
        return STATUS_SUCCESS;
    if (transaction->length_bytes > transaction->maximum_bytes)
        return STATUS_WDF_TOO_MANY_TRANSFERS;
    if (fx_dma_pages(transaction, transaction->length_bytes) > registers)
        return STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS;
    return fx_dma_next_bytes(transaction) < transaction->length_bytes
               ? STATUS_WDF_TOO_MANY_TRANSFERS
               : STATUS_SUCCESS;
}

NTSTATUS fx_dma_initialize(struct fx_dma_transaction *transaction, PFN_WDF_PROGRAM_DMA program,
                           WDF_DMA_DIRECTION direction, PMDL mdl, SIZE_T offset, SIZE_T length)
{
    struct fx_globals *globals = transaction->object.globals;
    SIZE_T held = chain_bytes(mdl);
    NTSTATUS status;

    if (!program || !mdl || !length || length > held || offset > held - length ||
        (direction != WdfDmaDirectionReadFromDevice && direction != WdfDmaDirectionWriteToDevice)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFDMATRANSACTION %p: %Iu bytes at %Iu of an MDL of %Iu, or no callback",
               fx_handle_of(&transaction->object), length, offset, held);
        return STATUS_INVALID_PARAMETER;
    }
    if (!transaction->enabler->ways[direction].adapter) {
        fx_log(globals, FX_LOG_ERROR, "WDFDMATRANSACTION %p: its enabler has no adapter",
               fx_handle_of(&transaction->object));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!state_change(transaction, FX_DMA_CREATED, FX_DMA_INITIALIZED))
        state_wrong(transaction, "is in use: WdfDmaTransactionRelease comes first");
    transaction->program = program;
    transaction->direction = direction;
    transaction->mdl = mdl;
    transaction->offset = 0;
    transaction->length_bytes = length;
    transaction->done_bytes = transaction->current_bytes = 0;
    position_advance(transaction, offset);
    status = single_check(transaction);
    if (NT_SUCCESS(status) && !transaction->enabler->is_packet &&
        fx_dma_pages(transaction, fx_dma_next_bytes(transaction)) >
            transaction->enabler->maximum_elements)
        status = STATUS_WDF_TOO_FRAGMENTED;
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "WDFDMATRANSACTION %p: %Iu bytes in %u pages: %x",
               fx_handle_of(&transaction->object), length, fx_dma_pages(transaction, length),
               status);
        state_change(transaction, FX_DMA_INITIALIZED, FX_DMA_CREATED);
    }
    return status;
}

NTSTATUS fx_dma_execute(struct fx_dma_transaction *transaction, WDFCONTEXT context)
{
    struct fx_dma_enabler *enabler = transaction->enabler;
    NTSTATUS status;

    if (enabler->is_packet && !enabler->is_version3) {
        if (InterlockedCompareExchange(&enabler->is_busy, TRUE, FALSE))
            return STATUS_WDF_BUSY;
        transaction->holds_enabler = TRUE;
    }
    transaction->context = context;
    if (!state_change(transaction, FX_DMA_INITIALIZED, FX_DMA_TRANSFER))
        state_wrong(transaction, "is executed without being initialized");
    status = fx_dma_stage(transaction);
    if (!NT_SUCCESS(status))
        state_change(transaction, FX_DMA_TRANSFER, FX_DMA_COMPLETED);
    if (!NT_SUCCESS(status) && transaction->holds_enabler) {
        transaction->holds_enabler = FALSE;
        InterlockedExchange(&enabler->is_busy, FALSE);
    }
    return status;
}

/* ---- end ---------------------------------------------------------------------------------------
 */

static BOOLEAN transaction_end(struct fx_dma_transaction *transaction, NTSTATUS status,
                               NTSTATUS *out_status)
{
    transaction->current_bytes = 0;
    if (transaction->holds_enabler) {
        transaction->holds_enabler = FALSE;
        InterlockedExchange(&transaction->enabler->is_busy, FALSE);
    }
    state_change(transaction, FX_DMA_TRANSFER, FX_DMA_COMPLETED);
    *out_status = status;
    return TRUE;
}

BOOLEAN fx_dma_completed(struct fx_dma_transaction *transaction, SIZE_T bytes, BOOLEAN is_final,
                         NTSTATUS *out_status)
{
    NTSTATUS status;

    if (transaction->state != FX_DMA_TRANSFER)
        state_wrong(transaction, "is completed, and is not executing");
    if (bytes > transaction->current_bytes) {
        fx_log(transaction->object.globals, FX_LOG_ERROR,
               "WDFDMATRANSACTION %p: %Iu bytes transferred, %Iu were programmed",
               fx_handle_of(&transaction->object), bytes, transaction->current_bytes);
        *out_status = STATUS_INVALID_DEVICE_REQUEST;
        return TRUE;
    }
    fx_dma_unstage(transaction);
    transaction->done_bytes += bytes;
    if (is_final || transaction->done_bytes == transaction->length_bytes)
        return transaction_end(transaction, STATUS_SUCCESS, out_status);
    if (transaction->is_single)
        return transaction_end(transaction, STATUS_WDF_TOO_MANY_TRANSFERS, out_status);
    position_advance(transaction, bytes);
    /* The driver may complete the next transfer before this returns, and be through. */
    *out_status = STATUS_MORE_PROCESSING_REQUIRED;
    status = fx_dma_stage(transaction);
    if (!NT_SUCCESS(status))
        return transaction_end(transaction, status, out_status);
    return FALSE;
}

NTSTATUS fx_dma_release(struct fx_dma_transaction *transaction)
{
    struct fx_request *request = transaction->request;
    NTSTATUS ignored;

    if (transaction->state == FX_DMA_TRANSFER) {
        fx_dma_unstage(transaction);
        transaction_end(transaction, STATUS_SUCCESS, &ignored);
    }
    transaction->request = NULL;
    transaction->mdl = NULL;
    transaction->state = FX_DMA_CREATED;
    if (request)
        fx_object_deref(&request->object);
    return STATUS_SUCCESS;
}
