/* SPDX-License-Identifier: MIT */
/* dma_transaction_ddi.c - WdfDmaTransactionXxx as a client calls it. */
#include "dma.h"
#include <wdf_entries.h>

static struct fx_dma_transaction *transaction_of(PWDF_DRIVER_GLOBALS abi, WDFDMATRANSACTION handle)
{
    return fx_dma_transaction_of(fx_globals_of(abi), handle);
}

NTSTATUS NTAPI imp_WdfDmaTransactionCreate(PWDF_DRIVER_GLOBALS abi, WDFDMAENABLER DmaEnabler,
                                           PWDF_OBJECT_ATTRIBUTES Attributes,
                                           WDFDMATRANSACTION *DmaTransaction)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_dma_enabler *enabler = fx_dma_enabler_of(globals, DmaEnabler);
    struct fx_dma_transaction *transaction;
    NTSTATUS status;

    fx_needed(globals, DmaTransaction);
    *DmaTransaction = NULL;
    status = fx_dma_transaction_create(enabler, Attributes, &transaction);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&transaction->object, _ReturnAddress());
    *DmaTransaction = fx_handle_of(&transaction->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfDmaTransactionInitializeUsingOffset(PWDF_DRIVER_GLOBALS abi,
                                                          WDFDMATRANSACTION DmaTransaction,
                                                          PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                                          WDF_DMA_DIRECTION DmaDirection, PMDL Mdl,
                                                          size_t Offset, size_t Length)
{
    return fx_dma_initialize(transaction_of(abi, DmaTransaction), EvtProgramDmaFunction,
                             DmaDirection, Mdl, Offset, Length);
}

NTSTATUS NTAPI imp_WdfDmaTransactionInitialize(PWDF_DRIVER_GLOBALS abi,
                                               WDFDMATRANSACTION DmaTransaction,
                                               PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                               WDF_DMA_DIRECTION DmaDirection, PMDL Mdl,
                                               PVOID VirtualAddress, size_t Length)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_dma_transaction *transaction = fx_dma_transaction_of(globals, DmaTransaction);

    fx_needed(globals, Mdl);
    if ((PUCHAR)VirtualAddress < (PUCHAR)MmGetMdlVirtualAddress(Mdl))
        return STATUS_INVALID_PARAMETER;
    return fx_dma_initialize(transaction, EvtProgramDmaFunction, DmaDirection, Mdl,
                             (PUCHAR)VirtualAddress - (PUCHAR)MmGetMdlVirtualAddress(Mdl), Length);
}

/* Where the data of a request lies, if it goes in this direction. */
static NTSTATUS request_mdl(PWDF_DRIVER_GLOBALS abi, struct fx_request *request,
                            WDF_DMA_DIRECTION direction, PMDL *out_mdl, SIZE_T *out_length)
{
    WDFREQUEST handle = fx_handle_of(&request->object);
    WDF_REQUEST_PARAMETERS parameters;
    NTSTATUS status;
    ULONG method;

    fx_request_parameters(request, &parameters);
    switch (parameters.Type) {
    case WdfRequestTypeRead:
        *out_length = parameters.Parameters.Read.Length;
        return direction == WdfDmaDirectionReadFromDevice
                   ? imp_WdfRequestRetrieveOutputWdmMdl(abi, handle, out_mdl)
                   : STATUS_INVALID_DEVICE_REQUEST;
    case WdfRequestTypeWrite:
        *out_length = parameters.Parameters.Write.Length;
        return direction == WdfDmaDirectionWriteToDevice
                   ? imp_WdfRequestRetrieveInputWdmMdl(abi, handle, out_mdl)
                   : STATUS_INVALID_DEVICE_REQUEST;
    case WdfRequestTypeDeviceControl:
    case WdfRequestTypeDeviceControlInternal:
        break;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    method = METHOD_FROM_CTL_CODE(parameters.Parameters.DeviceIoControl.IoControlCode);
    if (direction == WdfDmaDirectionWriteToDevice && method != METHOD_IN_DIRECT) {
        *out_length = parameters.Parameters.DeviceIoControl.InputBufferLength;
        return method == METHOD_BUFFERED ? imp_WdfRequestRetrieveInputWdmMdl(abi, handle, out_mdl)
                                         : STATUS_INVALID_DEVICE_REQUEST;
    }
    if (direction == WdfDmaDirectionReadFromDevice && method == METHOD_IN_DIRECT)
        return STATUS_INVALID_DEVICE_REQUEST;
    /* The second buffer of a direct control, in whichever direction it goes. */
    *out_length = parameters.Parameters.DeviceIoControl.OutputBufferLength;
    if (method == METHOD_IN_DIRECT && request->irp) {
        *out_mdl = request->irp->MdlAddress;
        return *out_mdl ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
    }
    status = imp_WdfRequestRetrieveOutputWdmMdl(abi, handle, out_mdl);
    return status;
}

NTSTATUS NTAPI imp_WdfDmaTransactionInitializeUsingRequest(
    PWDF_DRIVER_GLOBALS abi, WDFDMATRANSACTION DmaTransaction, WDFREQUEST Request,
    PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction, WDF_DMA_DIRECTION DmaDirection)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_dma_transaction *transaction = fx_dma_transaction_of(globals, DmaTransaction);
    struct fx_request *request = fx_request_of(globals, Request);
    SIZE_T length = 0;
    PMDL mdl = NULL;
    NTSTATUS status;

    status = request_mdl(abi, request, DmaDirection, &mdl, &length);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p has no data that goes in direction %u, or no memory for it: %x",
               Request, DmaDirection, status);
        return status;
    }
    status = fx_dma_initialize(transaction, EvtProgramDmaFunction, DmaDirection, mdl, 0, length);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_ref(&request->object);
    transaction->request = request;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfDmaTransactionExecute(PWDF_DRIVER_GLOBALS abi,
                                            WDFDMATRANSACTION DmaTransaction, WDFCONTEXT Context)
{
    return fx_dma_execute(transaction_of(abi, DmaTransaction), Context);
}

NTSTATUS NTAPI imp_WdfDmaTransactionRelease(PWDF_DRIVER_GLOBALS abi,
                                            WDFDMATRANSACTION DmaTransaction)
{
    return fx_dma_release(transaction_of(abi, DmaTransaction));
}

/* ---- transfers that are through ----------------------------------------------------------------
 */

BOOLEAN NTAPI imp_WdfDmaTransactionDmaCompleted(PWDF_DRIVER_GLOBALS abi,
                                                WDFDMATRANSACTION DmaTransaction, NTSTATUS *Status)
{
    struct fx_dma_transaction *transaction = transaction_of(abi, DmaTransaction);

    fx_needed(transaction->object.globals, Status);
    return fx_dma_completed(transaction, transaction->current_bytes, FALSE, Status);
}

BOOLEAN NTAPI imp_WdfDmaTransactionDmaCompletedWithLength(PWDF_DRIVER_GLOBALS abi,
                                                          WDFDMATRANSACTION DmaTransaction,
                                                          size_t TransferredLength,
                                                          NTSTATUS *Status)
{
    struct fx_dma_transaction *transaction = transaction_of(abi, DmaTransaction);

    fx_needed(transaction->object.globals, Status);
    return fx_dma_completed(transaction, TransferredLength, FALSE, Status);
}

BOOLEAN NTAPI imp_WdfDmaTransactionDmaCompletedFinal(PWDF_DRIVER_GLOBALS abi,
                                                     WDFDMATRANSACTION DmaTransaction,
                                                     size_t FinalTransferredLength,
                                                     NTSTATUS *Status)
{
    struct fx_dma_transaction *transaction = transaction_of(abi, DmaTransaction);

    fx_needed(transaction->object.globals, Status);
    return fx_dma_completed(transaction, FinalTransferredLength, TRUE, Status);
}

/* ---- what it is --------------------------------------------------------------------------------
 */

size_t NTAPI imp_WdfDmaTransactionGetBytesTransferred(PWDF_DRIVER_GLOBALS abi,
                                                      WDFDMATRANSACTION DmaTransaction)
{
    return transaction_of(abi, DmaTransaction)->done_bytes;
}

size_t NTAPI imp_WdfDmaTransactionGetCurrentDmaTransferLength(PWDF_DRIVER_GLOBALS abi,
                                                              WDFDMATRANSACTION DmaTransaction)
{
    return transaction_of(abi, DmaTransaction)->current_bytes;
}

WDFREQUEST NTAPI imp_WdfDmaTransactionGetRequest(PWDF_DRIVER_GLOBALS abi,
                                                 WDFDMATRANSACTION DmaTransaction)
{
    struct fx_request *request = transaction_of(abi, DmaTransaction)->request;

    return request ? fx_handle_of(&request->object) : NULL;
}

WDFDEVICE NTAPI imp_WdfDmaTransactionGetDevice(PWDF_DRIVER_GLOBALS abi,
                                               WDFDMATRANSACTION DmaTransaction)
{
    return fx_handle_of(&transaction_of(abi, DmaTransaction)->enabler->device->object);
}

VOID NTAPI imp_WdfDmaTransactionGetTransferInfo(PWDF_DRIVER_GLOBALS abi,
                                                WDFDMATRANSACTION DmaTransaction,
                                                ULONG *MapRegisterCount,
                                                ULONG *ScatterGatherElementCount)
{
    struct fx_dma_transaction *transaction = transaction_of(abi, DmaTransaction);
    ULONG pages = transaction->mdl ? fx_dma_pages(transaction, fx_dma_next_bytes(transaction)) : 0;

    if (MapRegisterCount)
        *MapRegisterCount = pages;
    if (ScatterGatherElementCount)
        *ScatterGatherElementCount = transaction->enabler->is_packet && pages ? 1 : pages;
}

PVOID NTAPI imp_WdfDmaTransactionWdmGetTransferContext(PWDF_DRIVER_GLOBALS abi,
                                                       WDFDMATRANSACTION DmaTransaction)
{
    return transaction_of(abi, DmaTransaction)->transfer_context;
}

/* ---- how it goes -------------------------------------------------------------------------------
 */

VOID NTAPI imp_WdfDmaTransactionSetMaximumLength(PWDF_DRIVER_GLOBALS abi,
                                                 WDFDMATRANSACTION DmaTransaction,
                                                 size_t MaximumLength)
{
    struct fx_dma_transaction *transaction = transaction_of(abi, DmaTransaction);

    if (MaximumLength)
        transaction->maximum_bytes = min(MaximumLength, transaction->enabler->config.MaximumLength);
}

VOID NTAPI imp_WdfDmaTransactionSetSingleTransferRequirement(PWDF_DRIVER_GLOBALS abi,
                                                             WDFDMATRANSACTION DmaTransaction,
                                                             BOOLEAN RequireSingleTransfer)
{
    transaction_of(abi, DmaTransaction)->is_single = RequireSingleTransfer;
}

VOID NTAPI imp_WdfDmaTransactionSetImmediateExecution(PWDF_DRIVER_GLOBALS abi,
                                                      WDFDMATRANSACTION DmaTransaction,
                                                      BOOLEAN UseImmediateExecution)
{
    transaction_of(abi, DmaTransaction)->is_immediate = UseImmediateExecution;
}

NTSTATUS NTAPI imp_WdfDmaTransactionAllocateResources(PWDF_DRIVER_GLOBALS abi,
                                                      WDFDMATRANSACTION DmaTransaction,
                                                      WDF_DMA_DIRECTION DmaDirection,
                                                      ULONG RequiredMapRegisters,
                                                      PFN_WDF_RESERVE_DMA EvtReserveDmaFunction,
                                                      PVOID EvtReserveDmaContext)
{
    struct fx_dma_transaction *transaction = transaction_of(abi, DmaTransaction);
    struct fx_dma_enabler *enabler = transaction->enabler;

    fx_needed(transaction->object.globals, EvtReserveDmaFunction);
    if (DmaDirection != WdfDmaDirectionReadFromDevice &&
        DmaDirection != WdfDmaDirectionWriteToDevice)
        return STATUS_INVALID_PARAMETER;
    if (!enabler->is_version3 || !enabler->is_packet || transaction->reserved_base ||
        !enabler->ways[DmaDirection].adapter) {
        fx_log(transaction->object.globals, FX_LOG_ERROR,
               "WDFDMATRANSACTION %p: registers are reserved once, for packets, in DMA version 3",
               DmaTransaction);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!RequiredMapRegisters || RequiredMapRegisters > enabler->ways[DmaDirection].registers)
        return STATUS_INSUFFICIENT_RESOURCES;
    transaction->direction = DmaDirection;
    transaction->reserve = EvtReserveDmaFunction;
    transaction->reserve_context = EvtReserveDmaContext;
    return fx_dma_reserve(transaction, RequiredMapRegisters);
}

VOID NTAPI imp_WdfDmaTransactionFreeResources(PWDF_DRIVER_GLOBALS abi,
                                              WDFDMATRANSACTION DmaTransaction)
{
    fx_dma_unreserve(transaction_of(abi, DmaTransaction));
}

/* Differs: registers that are waited for stay waited for, so that nothing is ever cancelled. */
BOOLEAN NTAPI imp_WdfDmaTransactionCancel(PWDF_DRIVER_GLOBALS abi, WDFDMATRANSACTION DmaTransaction)
{
    (void)transaction_of(abi, DmaTransaction);
    return FALSE;
}
