/* SPDX-License-Identifier: MIT */
/* dma_transfer_ddi.c - the operations that version 3 of an adapter's table adds.
 *
 * A driver reaches them through the table only; they have entry thunks like exports. System DMA
 * and domains need hardware that is not there and say so.
 */
#include "dma_ddi.h"

#include "callout/callout.h"
#include "ke/ke.h"

/* Doc: wdm.h GetDmaAdapterInfo. Errors: STATUS_NOT_SUPPORTED: another version */
NTSTATUS NTAPI DmaGetDmaAdapterInfo(PDMA_ADAPTER DmaAdapter, PDMA_ADAPTER_INFO AdapterInfo)
{
    const struct dma_adapter *adapter = dma_adapter_of(DmaAdapter);

    if (AdapterInfo->Version != DMA_ADAPTER_INFO_VERSION1)
        return STATUS_NOT_SUPPORTED;
    AdapterInfo->V1 = (DMA_ADAPTER_INFO_V1){
        .ReadDmaCounterAvailable = FALSE,
        .ScatterGatherLimit = adapter->is_scatter_gather ? adapter->register_limit : 1,
        .DmaAddressWidth = adapter->width_bits,
        .Flags = ADAPTER_INFO_SYNCHRONOUS_CALLBACK,
        .MinimumTransferUnit = 1,
    };
    return STATUS_SUCCESS;
}

/* Doc: wdm.h GetDmaTransferInfo. Errors: STATUS_NOT_SUPPORTED; as HalGetScatterGatherList */
NTSTATUS NTAPI DmaGetDmaTransferInfo(PDMA_ADAPTER DmaAdapter, PMDL Mdl, ULONGLONG Offset,
                                     ULONG Length, BOOLEAN WriteOnly,
                                     PDMA_TRANSFER_INFO TransferInfo)
{
    ULONG bytes, registers;
    NTSTATUS status;

    (void)WriteOnly;
    if (TransferInfo->Version != DMA_TRANSFER_INFO_VERSION1 &&
        TransferInfo->Version != DMA_TRANSFER_INFO_VERSION2)
        return STATUS_NOT_SUPPORTED;
    status =
        dma_list_size(dma_adapter_of(DmaAdapter), Mdl, Offset, NULL, Length, &bytes, &registers);
    if (!NT_SUCCESS(status))
        return status;
    TransferInfo->V1 = (DMA_TRANSFER_INFO_V1){.MapRegisterCount = registers,
                                              .ScatterGatherElementCount = registers,
                                              .ScatterGatherListSize = bytes};
    if (TransferInfo->Version == DMA_TRANSFER_INFO_VERSION2)
        TransferInfo->V2.LogicalPageCount = registers;
    return STATUS_SUCCESS;
}

/* Doc: wdm.h InitializeDmaTransferContext: DMA_TRANSFER_CONTEXT_SIZE_V1 bytes of the driver's */
NTSTATUS NTAPI DmaInitializeDmaTransferContext(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext)
{
    (void)DmaAdapter;
    __builtin_memset(DmaTransferContext, 0, DMA_TRANSFER_CONTEXT_SIZE_V1);
    return STATUS_SUCCESS;
}

static PVOID common_buffer(const struct dma_adapter *adapter, const PHYSICAL_ADDRESS *lowest,
                           const PHYSICAL_ADDRESS *highest, ULONG length,
                           PHYSICAL_ADDRESS *out_address)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, none = {.QuadPart = 0};
    PHYSICAL_ADDRESS high = {.QuadPart = (LONGLONG)adapter->highest};
    PVOID buffer;

    if (lowest != NULL)
        low = *lowest;
    if (highest != NULL && (uint64_t)highest->QuadPart < adapter->highest)
        high = *highest;
    buffer = MmAllocateContiguousMemorySpecifyCache(length, low, high, none, MmCached);
    if (buffer != NULL)
        *out_address = MmGetPhysicalAddress(buffer);
    return buffer;
}

/* Doc: wdm.h AllocateCommonBufferEx. IRQL: PASSIVE_LEVEL. There is one node */
PVOID NTAPI DmaAllocateCommonBufferEx(PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MaximumAddress,
                                      ULONG Length, PPHYSICAL_ADDRESS LogicalAddress,
                                      BOOLEAN CacheEnabled, NODE_REQUIREMENT PreferredNode)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)CacheEnabled, (void)PreferredNode;
    return common_buffer(dma_adapter_of(DmaAdapter), NULL, MaximumAddress, Length, LogicalAddress);
}

/* Doc: wdm.h AllocateCommonBufferWithBounds. Flags: none is known */
PVOID NTAPI DmaAllocateCommonBufferWithBounds(PDMA_ADAPTER DmaAdapter,
                                              PPHYSICAL_ADDRESS MinimumAddress,
                                              PPHYSICAL_ADDRESS MaximumAddress, ULONG Length,
                                              ULONG Flags, MEMORY_CACHING_TYPE *CacheType,
                                              NODE_REQUIREMENT PreferredNode,
                                              PPHYSICAL_ADDRESS LogicalAddress)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)Flags, (void)CacheType, (void)PreferredNode;
    return common_buffer(dma_adapter_of(DmaAdapter), MinimumAddress, MaximumAddress, Length,
                         LogicalAddress);
}

/* Asks for the channel; with DMA_SYNCHRONOUS_CALLBACK it is had now or not at all, and the
 * routine is optional.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES
 * Doc:     wdm.h AllocateAdapterChannelEx
 */
NTSTATUS NTAPI DmaAllocateAdapterChannelEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                           PVOID DmaTransferContext, ULONG NumberOfMapRegisters,
                                           ULONG Flags, PDRIVER_CONTROL ExecutionRoutine,
                                           PVOID ExecutionContext, PVOID *MapRegisterBase)
{
    struct dma_adapter *adapter = dma_adapter_of(DmaAdapter);
    bool is_synchronous = (Flags & DMA_SYNCHRONOUS_CALLBACK) != 0, is_given = true;
    struct dma_wait *wait;
    NTSTATUS status;
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (DmaTransferContext == NULL || (ExecutionRoutine == NULL && !is_synchronous))
        return STATUS_INVALID_PARAMETER;
    status = dma_wait_create(adapter, DeviceObject, NumberOfMapRegisters, ExecutionRoutine,
                             ExecutionContext, &wait);
    if (!NT_SUCCESS(status))
        return status;
    wait->transfer_context = DmaTransferContext;
    wait->out_base = is_synchronous ? MapRegisterBase : NULL;
    irql = ke_irql_raise(DISPATCH_LEVEL);
    if (is_synchronous)
        is_given = dma_channel_try(adapter, wait);
    else
        dma_channel_request(adapter, wait);
    if (!is_given) {
        dma_registers_destroy(wait->registers);
        ExFreePoolWithTag(wait, DMA_TAG);
    }
    ke_irql_lower(irql);
    return is_given ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Functions of a system DMA controller: there is none. Doc: wdm.h ConfigureAdapterChannel */
NTSTATUS NTAPI DmaConfigureAdapterChannel(PDMA_ADAPTER DmaAdapter, ULONG FunctionNumber,
                                          PVOID Context)
{
    (void)DmaAdapter, (void)FunctionNumber, (void)Context;
    return STATUS_NOT_IMPLEMENTED;
}

/* Doc: wdm.h CancelAdapterChannel
 * Differs: a request that is made later is not cancelled
 */
BOOLEAN NTAPI DmaCancelAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                      PVOID DmaTransferContext)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)DeviceObject;
    return dma_channel_cancel(dma_adapter_of(DmaAdapter), DmaTransferContext);
}

/* Maps what fits into the list and the registers; Length says how much that is.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER; STATUS_BUFFER_TOO_SMALL: no room for one element;
 *          STATUS_INSUFFICIENT_RESOURCES
 * Doc:     wdm.h MapTransferEx
 */
NTSTATUS NTAPI DmaMapTransferEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                ULONGLONG Offset, ULONG DeviceOffset, PULONG Length,
                                BOOLEAN WriteToDevice, PSCATTER_GATHER_LIST ScatterGatherBuffer,
                                ULONG ScatterGatherBufferLength,
                                PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
                                PVOID CompletionContext)
{
    ULONG header = FIELD_OFFSET(SCATTER_GATHER_LIST, Elements), room, done = 0, registers;
    struct dma_cursor cursor;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)CompletionContext;
    if (DmaCompletionRoutine != NULL || DeviceOffset != 0 ||
        !dma_cursor_init(Mdl, Offset, *Length, &cursor, &registers))
        return STATUS_INVALID_PARAMETER; /* the first two are for system DMA */
    if (ScatterGatherBufferLength < header + sizeof(SCATTER_GATHER_ELEMENT))
        return STATUS_BUFFER_TOO_SMALL;
    room = (ScatterGatherBufferLength - header) / sizeof(SCATTER_GATHER_ELEMENT);
    ScatterGatherBuffer->NumberOfElements = 0;
    ScatterGatherBuffer->Reserved = 0;
    while (done < *Length && ScatterGatherBuffer->NumberOfElements < room) {
        ULONG run = *Length - done;
        uint64_t address =
            dma_map(dma_adapter_of(DmaAdapter), MapRegisterBase, &cursor, &run, WriteToDevice);

        if (address == 0)
            break;
        ScatterGatherBuffer->Elements[ScatterGatherBuffer->NumberOfElements++] =
            (SCATTER_GATHER_ELEMENT){.Address.QuadPart = (LONGLONG)address, .Length = run};
        done += run;
    }
    *Length = done;
    return done != 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS list_get(PDMA_ADAPTER adapter, struct dma_list_request *request, ULONG flags,
                         SCATTER_GATHER_LIST **out_list)
{
    bool is_synchronous = (flags & DMA_SYNCHRONOUS_CALLBACK) != 0;

    if (request->routine == NULL && (!is_synchronous || out_list == NULL))
        return STATUS_INVALID_PARAMETER;
    return dma_list_get(dma_adapter_of(adapter), request, is_synchronous ? out_list : NULL);
}

/* Doc: wdm.h GetScatterGatherListEx. IRQL: <= DISPATCH_LEVEL. The list is always there at once */
NTSTATUS NTAPI DmaGetScatterGatherListEx(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
    PVOID CompletionContext, PSCATTER_GATHER_LIST *ScatterGatherList)
{
    struct dma_list_request request = {
        .device = DeviceObject,
        .mdl = Mdl,
        .offset = Offset,
        .length = Length,
        .to_device = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
    };

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)CompletionContext;
    if (DmaTransferContext == NULL || DmaCompletionRoutine != NULL)
        return STATUS_INVALID_PARAMETER;
    return list_get(DmaAdapter, &request, Flags, ScatterGatherList);
}

/* As DmaGetScatterGatherListEx, into the driver's memory. Doc: wdm.h BuildScatterGatherListEx */
NTSTATUS NTAPI DmaBuildScatterGatherListEx(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer, ULONG ScatterGatherLength,
    PDMA_COMPLETION_ROUTINE DmaCompletionRoutine, PVOID CompletionContext, PVOID ScatterGatherList)
{
    struct dma_list_request request = {
        .device = DeviceObject,
        .mdl = Mdl,
        .offset = Offset,
        .length = Length,
        .to_device = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
        .buffer = ScatterGatherBuffer,
        .buffer_length = ScatterGatherLength,
    };

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)CompletionContext;
    if (DmaTransferContext == NULL || DmaCompletionRoutine != NULL || ScatterGatherBuffer == NULL)
        return STATUS_INVALID_PARAMETER;
    return list_get(DmaAdapter, &request, Flags, ScatterGatherList);
}

/* Doc: wdm.h FlushAdapterBuffersEx. IRQL: <= DISPATCH_LEVEL */
NTSTATUS NTAPI DmaFlushAdapterBuffersEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                        ULONGLONG Offset, ULONG Length, BOOLEAN WriteToDevice)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)DmaAdapter;
    dma_flush(MapRegisterBase, Mdl, Offset, Length, WriteToDevice);
    return STATUS_SUCCESS;
}

/* Frees what a synchronous AllocateAdapterChannelEx gave. IRQL: DISPATCH_LEVEL
 * Doc:     wdm.h FreeAdapterObject
 */
VOID NTAPI DmaFreeAdapterObject(PDMA_ADAPTER DmaAdapter, IO_ALLOCATION_ACTION AllocationAction)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (AllocationAction != KeepObject)
        dma_channel_free(dma_adapter_of(DmaAdapter),
                         AllocationAction == DeallocateObjectKeepRegisters);
}

/* A transfer of a system DMA controller: there is none. Doc: wdm.h CancelMappedTransfer */
NTSTATUS NTAPI DmaCancelMappedTransfer(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext)
{
    (void)DmaAdapter, (void)DmaTransferContext;
    return STATUS_NOT_SUPPORTED;
}

/* Memory is coherent. Doc: wdm.h FlushDmaBuffer */
NTSTATUS NTAPI DmaFlushDmaBuffer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, BOOLEAN ReadOperation)
{
    (void)DmaAdapter, (void)Mdl, (void)ReadOperation;
    return STATUS_SUCCESS;
}

/* ---- domains and vectors: there is no unit that translates for devices ------------------------
 */

/* Doc: wdm.h AllocateDomainCommonBuffer */
NTSTATUS NTAPI DmaAllocateDomainCommonBuffer(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle,
                                             PPHYSICAL_ADDRESS MaximumAddress, ULONG Length,
                                             ULONG Flags, MEMORY_CACHING_TYPE *CacheType,
                                             NODE_REQUIREMENT PreferredNode,
                                             PPHYSICAL_ADDRESS LogicalAddress,
                                             PVOID *VirtualAddress)
{
    (void)DmaAdapter, (void)DomainHandle, (void)MaximumAddress, (void)Length, (void)Flags;
    (void)CacheType, (void)PreferredNode, (void)LogicalAddress, (void)VirtualAddress;
    return STATUS_NOT_SUPPORTED;
}

/* Doc: wdm.h JoinDmaDomain */
NTSTATUS NTAPI DmaJoinDmaDomain(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle)
{
    (void)DmaAdapter, (void)DomainHandle;
    return STATUS_NOT_SUPPORTED;
}

/* Doc: wdm.h LeaveDmaDomain */
NTSTATUS NTAPI DmaLeaveDmaDomain(PDMA_ADAPTER DmaAdapter)
{
    (void)DmaAdapter;
    return STATUS_NOT_SUPPORTED;
}

/* Doc: wdm.h GetDmaDomain. NULL: the adapter is in none */
HANDLE NTAPI DmaGetDmaDomain(PDMA_ADAPTER DmaAdapter)
{
    (void)DmaAdapter;
    return NULL;
}

/* Doc: wdm.h AllocateCommonBufferVector */
NTSTATUS NTAPI DmaAllocateCommonBufferVector(PDMA_ADAPTER DmaAdapter, PHYSICAL_ADDRESS LowAddress,
                                             PHYSICAL_ADDRESS HighAddress,
                                             MEMORY_CACHING_TYPE CacheType, ULONG IdealNode,
                                             ULONG Flags, ULONG NumberOfElements,
                                             ULONGLONG SizeOfElements,
                                             PDMA_COMMON_BUFFER_VECTOR *VectorOut)
{
    (void)DmaAdapter, (void)LowAddress, (void)HighAddress, (void)CacheType, (void)IdealNode;
    (void)Flags, (void)NumberOfElements, (void)SizeOfElements;
    *VectorOut = NULL;
    return STATUS_NOT_SUPPORTED;
}

/* Of a vector that nobody can have. Doc: wdm.h GetCommonBufferFromVectorByIndex */
VOID NTAPI DmaGetCommonBufferFromVectorByIndex(PDMA_ADAPTER DmaAdapter,
                                               PDMA_COMMON_BUFFER_VECTOR Vector, ULONG Index,
                                               PVOID *VirtualAddressOut,
                                               PPHYSICAL_ADDRESS LogicalAddressOut)
{
    (void)DmaAdapter, (void)Vector, (void)Index;
    *VirtualAddressOut = NULL;
    LogicalAddressOut->QuadPart = 0;
}

/* Doc: wdm.h FreeCommonBufferFromVector */
VOID NTAPI DmaFreeCommonBufferFromVector(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector,
                                         ULONG Index)
{
    (void)DmaAdapter, (void)Vector, (void)Index;
}

/* Doc: wdm.h FreeCommonBufferVector */
VOID NTAPI DmaFreeCommonBufferVector(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector)
{
    (void)DmaAdapter, (void)Vector;
}

void dma_operations_fill_third(DMA_OPERATIONS *operations)
{
    operations->Size = sizeof(*operations);
    operations->GetDmaAdapterInfo = DMA_ENTRY(DmaGetDmaAdapterInfo);
    operations->GetDmaTransferInfo = DMA_ENTRY(DmaGetDmaTransferInfo);
    operations->InitializeDmaTransferContext = DMA_ENTRY(DmaInitializeDmaTransferContext);
    operations->AllocateCommonBufferEx = DMA_ENTRY(DmaAllocateCommonBufferEx);
    operations->AllocateAdapterChannelEx = DMA_ENTRY(DmaAllocateAdapterChannelEx);
    operations->ConfigureAdapterChannel = DMA_ENTRY(DmaConfigureAdapterChannel);
    operations->CancelAdapterChannel = DMA_ENTRY(DmaCancelAdapterChannel);
    operations->MapTransferEx = DMA_ENTRY(DmaMapTransferEx);
    operations->GetScatterGatherListEx = DMA_ENTRY(DmaGetScatterGatherListEx);
    operations->BuildScatterGatherListEx = DMA_ENTRY(DmaBuildScatterGatherListEx);
    operations->FlushAdapterBuffersEx = DMA_ENTRY(DmaFlushAdapterBuffersEx);
    operations->FreeAdapterObject = DMA_ENTRY(DmaFreeAdapterObject);
    operations->CancelMappedTransfer = DMA_ENTRY(DmaCancelMappedTransfer);
    operations->AllocateDomainCommonBuffer = DMA_ENTRY(DmaAllocateDomainCommonBuffer);
    operations->FlushDmaBuffer = DMA_ENTRY(DmaFlushDmaBuffer);
    operations->JoinDmaDomain = DMA_ENTRY(DmaJoinDmaDomain);
    operations->LeaveDmaDomain = DMA_ENTRY(DmaLeaveDmaDomain);
    operations->GetDmaDomain = DMA_ENTRY(DmaGetDmaDomain);
    operations->AllocateCommonBufferWithBounds = DMA_ENTRY(DmaAllocateCommonBufferWithBounds);
    operations->AllocateCommonBufferVector = DMA_ENTRY(DmaAllocateCommonBufferVector);
    operations->GetCommonBufferFromVectorByIndex = DMA_ENTRY(DmaGetCommonBufferFromVectorByIndex);
    operations->FreeCommonBufferFromVector = DMA_ENTRY(DmaFreeCommonBufferFromVector);
    operations->FreeCommonBufferVector = DMA_ENTRY(DmaFreeCommonBufferVector);
}
