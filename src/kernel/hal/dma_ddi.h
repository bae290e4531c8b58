/* SPDX-License-Identifier: MIT */
/* dma_ddi.h - operations of DMA adapters that no header of the driver kit declares by name. */
#ifndef HAL_DMA_DDI_H
#define HAL_DMA_DDI_H

#include "dma.h"

/* A request for the channel. Errors: STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS dma_wait_create(struct dma_adapter *adapter, PDEVICE_OBJECT device, ULONG registers,
                         PDRIVER_CONTROL routine, void *context, struct dma_wait **out_wait);
/* The operations that version 3 adds. */
void dma_operations_fill_third(DMA_OPERATIONS *operations);

PVOID NTAPI HalAllocateCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                                    PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled);
VOID NTAPI HalFreeCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                               PHYSICAL_ADDRESS LogicalAddress, PVOID VirtualAddress,
                               BOOLEAN CacheEnabled);
NTSTATUS NTAPI IoAllocateAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                        ULONG NumberOfMapRegisters,
                                        PDRIVER_CONTROL ExecutionRoutine, PVOID Context);
VOID NTAPI IoFreeAdapterChannel(PDMA_ADAPTER DmaAdapter);
VOID NTAPI IoFreeMapRegisters(PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase,
                              ULONG NumberOfMapRegisters);
PHYSICAL_ADDRESS NTAPI IoMapTransfer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                     PVOID CurrentVa, PULONG Length, BOOLEAN WriteToDevice);
BOOLEAN NTAPI IoFlushAdapterBuffers(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                    PVOID CurrentVa, ULONG Length, BOOLEAN WriteToDevice);
ULONG NTAPI HalGetDmaAlignment(PDMA_ADAPTER DmaAdapter);
ULONG NTAPI HalReadDmaCounter(PDMA_ADAPTER DmaAdapter);
NTSTATUS NTAPI HalCalculateScatterGatherListSize(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID CurrentVa,
                                                 ULONG Length, PULONG ScatterGatherListSize,
                                                 PULONG pNumberOfMapRegisters);
NTSTATUS NTAPI HalBuildScatterGatherList(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                         PMDL Mdl, PVOID CurrentVa, ULONG Length,
                                         PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                         BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer,
                                         ULONG ScatterGatherLength);
NTSTATUS NTAPI HalBuildMdlFromScatterGatherList(PDMA_ADAPTER DmaAdapter,
                                                PSCATTER_GATHER_LIST ScatterGather,
                                                PMDL OriginalMdl, PMDL *TargetMdl);

/* Version 3: named after the fields of the table. */
NTSTATUS NTAPI DmaGetDmaAdapterInfo(PDMA_ADAPTER DmaAdapter, PDMA_ADAPTER_INFO AdapterInfo);
NTSTATUS NTAPI DmaGetDmaTransferInfo(PDMA_ADAPTER DmaAdapter, PMDL Mdl, ULONGLONG Offset,
                                     ULONG Length, BOOLEAN WriteOnly,
                                     PDMA_TRANSFER_INFO TransferInfo);
NTSTATUS NTAPI DmaInitializeDmaTransferContext(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext);
PVOID NTAPI DmaAllocateCommonBufferEx(PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MaximumAddress,
                                      ULONG Length, PPHYSICAL_ADDRESS LogicalAddress,
                                      BOOLEAN CacheEnabled, NODE_REQUIREMENT PreferredNode);
NTSTATUS NTAPI DmaAllocateAdapterChannelEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                           PVOID DmaTransferContext, ULONG NumberOfMapRegisters,
                                           ULONG Flags, PDRIVER_CONTROL ExecutionRoutine,
                                           PVOID ExecutionContext, PVOID *MapRegisterBase);
NTSTATUS NTAPI DmaConfigureAdapterChannel(PDMA_ADAPTER DmaAdapter, ULONG FunctionNumber,
                                          PVOID Context);
BOOLEAN NTAPI DmaCancelAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                      PVOID DmaTransferContext);
NTSTATUS NTAPI DmaMapTransferEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                ULONGLONG Offset, ULONG DeviceOffset, PULONG Length,
                                BOOLEAN WriteToDevice, PSCATTER_GATHER_LIST ScatterGatherBuffer,
                                ULONG ScatterGatherBufferLength,
                                PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
                                PVOID CompletionContext);
NTSTATUS NTAPI DmaGetScatterGatherListEx(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
    PVOID CompletionContext, PSCATTER_GATHER_LIST *ScatterGatherList);
NTSTATUS NTAPI DmaBuildScatterGatherListEx(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer, ULONG ScatterGatherLength,
    PDMA_COMPLETION_ROUTINE DmaCompletionRoutine, PVOID CompletionContext, PVOID ScatterGatherList);
NTSTATUS NTAPI DmaFlushAdapterBuffersEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                        ULONGLONG Offset, ULONG Length, BOOLEAN WriteToDevice);
VOID NTAPI DmaFreeAdapterObject(PDMA_ADAPTER DmaAdapter, IO_ALLOCATION_ACTION AllocationAction);
NTSTATUS NTAPI DmaCancelMappedTransfer(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext);
NTSTATUS NTAPI DmaAllocateDomainCommonBuffer(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle,
                                             PPHYSICAL_ADDRESS MaximumAddress, ULONG Length,
                                             ULONG Flags, MEMORY_CACHING_TYPE *CacheType,
                                             NODE_REQUIREMENT PreferredNode,
                                             PPHYSICAL_ADDRESS LogicalAddress,
                                             PVOID *VirtualAddress);
NTSTATUS NTAPI DmaFlushDmaBuffer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, BOOLEAN ReadOperation);
NTSTATUS NTAPI DmaJoinDmaDomain(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle);
NTSTATUS NTAPI DmaLeaveDmaDomain(PDMA_ADAPTER DmaAdapter);
HANDLE NTAPI DmaGetDmaDomain(PDMA_ADAPTER DmaAdapter);
PVOID NTAPI DmaAllocateCommonBufferWithBounds(PDMA_ADAPTER DmaAdapter,
                                              PPHYSICAL_ADDRESS MinimumAddress,
                                              PPHYSICAL_ADDRESS MaximumAddress, ULONG Length,
                                              ULONG Flags, MEMORY_CACHING_TYPE *CacheType,
                                              NODE_REQUIREMENT PreferredNode,
                                              PPHYSICAL_ADDRESS LogicalAddress);
NTSTATUS NTAPI DmaAllocateCommonBufferVector(PDMA_ADAPTER DmaAdapter, PHYSICAL_ADDRESS LowAddress,
                                             PHYSICAL_ADDRESS HighAddress,
                                             MEMORY_CACHING_TYPE CacheType, ULONG IdealNode,
                                             ULONG Flags, ULONG NumberOfElements,
                                             ULONGLONG SizeOfElements,
                                             PDMA_COMMON_BUFFER_VECTOR *VectorOut);
VOID NTAPI DmaGetCommonBufferFromVectorByIndex(PDMA_ADAPTER DmaAdapter,
                                               PDMA_COMMON_BUFFER_VECTOR Vector, ULONG Index,
                                               PVOID *VirtualAddressOut,
                                               PPHYSICAL_ADDRESS LogicalAddressOut);
VOID NTAPI DmaFreeCommonBufferFromVector(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector,
                                         ULONG Index);
VOID NTAPI DmaFreeCommonBufferVector(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector);

#endif
