/* SPDX-License-Identifier: MIT */
/* dma_ddi.c - DMA adapters: the routines of versions 1 and 2 of their tables.
 *
 * Drivers call most of them through the table, some under their old names; both ways pass the
 * entry thunks.
 */
#include "dma_ddi.h"

#include "ke/ke.h"

/* An adapter for a device, from its description.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  NULL: no memory, or a version that is not known
 * Doc:     wdm.h IoGetDmaAdapter
 * Differs: the device object is not looked at; there is no system DMA controller: a slave's
 *          transfers are mapped, but nobody carries them out
 */
PDMA_ADAPTER NTAPI IoGetDmaAdapter(PDEVICE_OBJECT PhysicalDeviceObject,
                                   PDEVICE_DESCRIPTION DeviceDescription,
                                   PULONG NumberOfMapRegisters)
{
    struct dma_adapter *adapter;

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)PhysicalDeviceObject;
    adapter = dma_adapter_create(DeviceDescription);
    if (adapter == NULL)
        return NULL;
    *NumberOfMapRegisters = adapter->register_limit;
    return &adapter->abi;
}

/* The same under its first name. Doc: replaced by IoGetDmaAdapter */
PADAPTER_OBJECT NTAPI HalGetAdapter(PDEVICE_DESCRIPTION DeviceDescription,
                                    PULONG NumberOfMapRegisters)
{
    return (PADAPTER_OBJECT)IoGetDmaAdapter(NULL, DeviceDescription, NumberOfMapRegisters);
}

/* IRQL: PASSIVE_LEVEL. Takes: DmaAdapter. Doc: wdm.h PutDmaAdapter */
VOID NTAPI HalPutDmaAdapter(PADAPTER_OBJECT DmaAdapter)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    dma_adapter_destroy(dma_adapter_of((PDMA_ADAPTER)DmaAdapter));
}

/* Memory that driver and device see at once.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  NULL
 * Doc:     wdm.h AllocateCommonBuffer
 * Differs: always cached; all memory is coherent
 */
PVOID NTAPI HalAllocateCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                                    PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled)
{
    PHYSICAL_ADDRESS highest = {.QuadPart = (LONGLONG)dma_adapter_of(DmaAdapter)->highest};
    PVOID buffer;

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)CacheEnabled;
    buffer = MmAllocateContiguousMemory(Length, highest);
    if (buffer != NULL)
        *LogicalAddress = MmGetPhysicalAddress(buffer);
    return buffer;
}

/* Doc: wdm.h FreeCommonBuffer. IRQL: PASSIVE_LEVEL */
VOID NTAPI HalFreeCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                               PHYSICAL_ADDRESS LogicalAddress, PVOID VirtualAddress,
                               BOOLEAN CacheEnabled)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)DmaAdapter, (void)Length, (void)LogicalAddress, (void)CacheEnabled;
    MmFreeContiguousMemory(VirtualAddress);
}

NTSTATUS dma_wait_create(struct dma_adapter *adapter, PDEVICE_OBJECT device, ULONG registers,
                         PDRIVER_CONTROL routine, void *context, struct dma_wait **out_wait)
{
    struct dma_wait *wait;

    if (registers > adapter->register_limit)
        return STATUS_INSUFFICIENT_RESOURCES;
    wait = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*wait), DMA_TAG);
    if (wait == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    wait->registers = dma_registers_create(adapter, registers);
    if (wait->registers == NULL) {
        ExFreePoolWithTag(wait, DMA_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    wait->device = device;
    wait->routine = routine;
    wait->context = context;
    *out_wait = wait;
    return STATUS_SUCCESS;
}

/* Calls the routine when the channel and so many registers are the driver's.
 *
 * IRQL:    DISPATCH_LEVEL
 * Errors:  STATUS_INSUFFICIENT_RESOURCES: more registers than the adapter has
 * Doc:     wdm.h AllocateAdapterChannel; ntddk.h IoAllocateAdapterChannel
 */
NTSTATUS NTAPI IoAllocateAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                        ULONG NumberOfMapRegisters,
                                        PDRIVER_CONTROL ExecutionRoutine, PVOID Context)
{
    struct dma_adapter *adapter = dma_adapter_of(DmaAdapter);
    struct dma_wait *wait;
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    status = dma_wait_create(adapter, DeviceObject, NumberOfMapRegisters, ExecutionRoutine, Context,
                             &wait);
    if (NT_SUCCESS(status))
        dma_channel_request(adapter, wait);
    return status;
}

/* Doc: wdm.h FreeAdapterChannel. IRQL: DISPATCH_LEVEL; may run who waits */
VOID NTAPI IoFreeAdapterChannel(PDMA_ADAPTER DmaAdapter)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    dma_channel_free(dma_adapter_of(DmaAdapter), false);
}

/* Doc: wdm.h FreeMapRegisters. IRQL: DISPATCH_LEVEL */
VOID NTAPI IoFreeMapRegisters(PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase,
                              ULONG NumberOfMapRegisters)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)NumberOfMapRegisters;
    dma_channel_forget(dma_adapter_of(DmaAdapter), MapRegisterBase);
    dma_registers_destroy(MapRegisterBase);
}

static ULONGLONG offset_of(PMDL mdl, PVOID address)
{
    return (ULONGLONG)((char *)address - (char *)MmGetMdlVirtualAddress(mdl));
}

/* One run of a buffer for the device: its address, and in Length how much of it.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h MapTransfer
 */
PHYSICAL_ADDRESS NTAPI IoMapTransfer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                     PVOID CurrentVa, PULONG Length, BOOLEAN WriteToDevice)
{
    struct dma_cursor cursor;
    PHYSICAL_ADDRESS address = {.QuadPart = 0};
    ULONG registers;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (dma_cursor_init(Mdl, offset_of(Mdl, CurrentVa), *Length, &cursor, &registers))
        address.QuadPart = (LONGLONG)dma_map(dma_adapter_of(DmaAdapter), MapRegisterBase, &cursor,
                                             Length, WriteToDevice);
    return address;
}

/* Doc: wdm.h FlushAdapterBuffers. IRQL: <= DISPATCH_LEVEL */
BOOLEAN NTAPI IoFlushAdapterBuffers(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                    PVOID CurrentVa, ULONG Length, BOOLEAN WriteToDevice)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)DmaAdapter;
    dma_flush(MapRegisterBase, Mdl, offset_of(Mdl, CurrentVa), Length, WriteToDevice);
    return TRUE;
}

/* Doc: wdm.h GetDmaAlignment. Units: bytes; any address will do */
ULONG NTAPI HalGetDmaAlignment(PDMA_ADAPTER DmaAdapter)
{
    (void)DmaAdapter;
    return 1;
}

/* Doc: wdm.h ReadDmaCounter. There is no system DMA controller that could have any left. */
ULONG NTAPI HalReadDmaCounter(PDMA_ADAPTER DmaAdapter)
{
    (void)DmaAdapter;
    return 0;
}

/* ---- scatter/gather ------------------------------------------------------------------------ */

/* Builds a list and calls the routine with it.
 *
 * IRQL:    DISPATCH_LEVEL
 * Errors:  STATUS_BUFFER_TOO_SMALL, STATUS_INSUFFICIENT_RESOURCES
 * Doc:     wdm.h GetScatterGatherList
 */
NTSTATUS NTAPI HalGetScatterGatherList(PADAPTER_OBJECT DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                       PMDL Mdl, PVOID CurrentVa, ULONG Length,
                                       PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                       BOOLEAN WriteToDevice)
{
    struct dma_list_request request = {
        .device = DeviceObject,
        .mdl = Mdl,
        .offset = offset_of(Mdl, CurrentVa),
        .length = Length,
        .to_device = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
    };

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return dma_list_get(dma_adapter_of((PDMA_ADAPTER)DmaAdapter), &request, NULL);
}

/* Doc: wdm.h PutScatterGatherList. IRQL: DISPATCH_LEVEL. Takes: ScatterGather */
VOID NTAPI HalPutScatterGatherList(PADAPTER_OBJECT DmaAdapter, PSCATTER_GATHER_LIST ScatterGather,
                                   BOOLEAN WriteToDevice)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)DmaAdapter;
    dma_list_put(ScatterGather, WriteToDevice);
}

/* Doc: wdm.h CalculateScatterGatherList. Errors: as HalGetScatterGatherList */
NTSTATUS NTAPI HalCalculateScatterGatherListSize(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID CurrentVa,
                                                 ULONG Length, PULONG ScatterGatherListSize,
                                                 PULONG pNumberOfMapRegisters)
{
    return dma_list_size(dma_adapter_of(DmaAdapter), Mdl,
                         Mdl != NULL ? offset_of(Mdl, CurrentVa) : 0, CurrentVa, Length,
                         ScatterGatherListSize, pNumberOfMapRegisters);
}

/* As HalGetScatterGatherList, into the driver's memory. Doc: wdm.h BuildScatterGatherList */
NTSTATUS NTAPI HalBuildScatterGatherList(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                         PMDL Mdl, PVOID CurrentVa, ULONG Length,
                                         PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                         BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer,
                                         ULONG ScatterGatherLength)
{
    struct dma_list_request request = {
        .device = DeviceObject,
        .mdl = Mdl,
        .offset = offset_of(Mdl, CurrentVa),
        .length = Length,
        .to_device = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
        .buffer = ScatterGatherBuffer,
        .buffer_length = ScatterGatherLength,
    };

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (ScatterGatherBuffer == NULL)
        return STATUS_BUFFER_TOO_SMALL;
    return dma_list_get(dma_adapter_of(DmaAdapter), &request, NULL);
}

/* Doc: wdm.h BuildMdlFromScatterGatherList. Errors: STATUS_INVALID_PARAMETER, STATUS_NONE_MAPPED */
NTSTATUS NTAPI HalBuildMdlFromScatterGatherList(PDMA_ADAPTER DmaAdapter,
                                                PSCATTER_GATHER_LIST ScatterGather,
                                                PMDL OriginalMdl, PMDL *TargetMdl)
{
    (void)DmaAdapter;
    return dma_list_mdl(ScatterGather, OriginalMdl, TargetMdl);
}

/* ---- the table ------------------------------------------------------------------------------- */

void dma_operations_fill(DMA_OPERATIONS *operations, ULONG version)
{
    operations->Size = FIELD_OFFSET(DMA_OPERATIONS, CalculateScatterGatherList);
    operations->PutDmaAdapter = DMA_ENTRY(HalPutDmaAdapter);
    operations->AllocateCommonBuffer = DMA_ENTRY(HalAllocateCommonBuffer);
    operations->FreeCommonBuffer = DMA_ENTRY(HalFreeCommonBuffer);
    operations->AllocateAdapterChannel = DMA_ENTRY(IoAllocateAdapterChannel);
    operations->FlushAdapterBuffers = DMA_ENTRY(IoFlushAdapterBuffers);
    operations->FreeAdapterChannel = DMA_ENTRY(IoFreeAdapterChannel);
    operations->FreeMapRegisters = DMA_ENTRY(IoFreeMapRegisters);
    operations->MapTransfer = DMA_ENTRY(IoMapTransfer);
    operations->GetDmaAlignment = DMA_ENTRY(HalGetDmaAlignment);
    operations->ReadDmaCounter = DMA_ENTRY(HalReadDmaCounter);
    operations->GetScatterGatherList = DMA_ENTRY(HalGetScatterGatherList);
    operations->PutScatterGatherList = DMA_ENTRY(HalPutScatterGatherList);
    if (version < DEVICE_DESCRIPTION_VERSION2)
        return;
    operations->Size = FIELD_OFFSET(DMA_OPERATIONS, GetDmaAdapterInfo);
    operations->CalculateScatterGatherList = DMA_ENTRY(HalCalculateScatterGatherListSize);
    operations->BuildScatterGatherList = DMA_ENTRY(HalBuildScatterGatherList);
    operations->BuildMdlFromScatterGatherList = DMA_ENTRY(HalBuildMdlFromScatterGatherList);
    if (version >= DEVICE_DESCRIPTION_VERSION3)
        dma_operations_fill_third(operations);
}
